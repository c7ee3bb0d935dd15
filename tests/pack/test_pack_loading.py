"""A pack with one mistake is refused at load, and the message names file, key and remedy."""

import re
from datetime import date

import pytest

from relieftool.errors import ReliefError
from relieftool.pack.loading import load_pack
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules.statement import load_checked_pack
from tests.support.pack_folders import AID, CARE, WHOLE, broken

FACTS, PARAMETERS = "facts.toml", "parameters.toml"


def test_the_pack_that_the_others_break_is_whole():
    pack = load_checked_pack(WHOLE)

    assert (list(pack.facts), list(pack.programmes)) == (
        ["wages", "stated_size", "standing", "is_ill"],
        ["aid", "care"],
    )


def test_the_shipped_pack_is_whole():
    assert load_checked_pack(find_shipped_pack()).id == "pingxiang"


@pytest.mark.parametrize("file", ["pack.toml", "facts.toml", "priority.toml"])
def test_a_folder_that_lacks_a_file_is_no_pack(tmp_path, file):
    folder = broken(tmp_path)
    (folder / file).unlink()

    with pytest.raises(ReliefError, match=rf"^whole: .*{file} is missing\nCopy a whole pack"):
        load_pack(folder)


def test_a_line_that_is_not_toml_is_told_by_its_number(tmp_path):
    folder = broken(tmp_path, (PARAMETERS, "from = 2024-01-01", "from = 2024-02-30"))

    with pytest.raises(ReliefError, match=r"^parameters.toml: .*line 8.*\nCorrect that line"):
        load_pack(folder)


def test_a_file_in_another_encoding_is_refused(tmp_path):
    folder = broken(tmp_path)
    (folder / FACTS).write_bytes("工资".encode("gb18030"))

    with pytest.raises(ReliefError, match=r"^facts.toml: .* not UTF-8 text\nSave it as UTF-8"):
        load_pack(folder)


@pytest.mark.parametrize(
    "mistake",
    [
        ("pack.toml", 'version = "1"\n', "", "pack.toml: version", "a key is missing"),
        ("pack.toml", "version", "verzion", "pack.toml: verzion", "mean 'version'"),
        ("pack.toml", "area", 'facts = "x"\narea', "pack.toml: facts", "this key does not exist"),
        (FACTS, "blank", "blnk", "facts.toml: facts.stated_size: blnk", "mean 'blank'"),
        (FACTS, '"integer"', '"number"', "facts.stated_size: type", "cannot be used"),
        (FACTS, 'id = "wages"', "", "facts.toml: facts.1: id", "a key is missing"),
        (FACTS, '"wages"', '"my-wages"', "facts.my-wages: id", "cannot be used"),
        (FACTS, '"wages"', '"stated_size"', "facts.toml: stated_size", "used twice"),
        (FACTS, '"wages"', '"size"', "facts.toml: size", "kept for relief"),
        (FACTS, '"wages"', '"name"', "facts.toml: name", "kept for relief"),
        (PARAMETERS, '"line"', '"size"', "parameters.toml: size", "kept for relief"),
        (FACTS, '"wages"', '"receives__aid"', "facts.toml: receives__aid", "kept for relief"),
        (FACTS, '"wages"', '"line"', "parameters.toml: line", "is in facts.toml too"),
        (FACTS, 'period = "month"\n', "", "facts.wages", "has a period"),
        (FACTS, 'id = "rent"', 'id = "own"', "facts.standing", "'own' is used twice"),
        (FACTS, "value = false", "value = 0", "facts.is_ill", "presumed value"),
        (FACTS, '"integer"', '"yes_no"', "facts.toml: stated_size", "type integer, of a household"),
        (FACTS, 'blank = "unknown"', 'blank = "zero"', "stated_size: blank", "cannot be used"),
        (FACTS, "[[facts]]", "[[fact]]", "facts.toml: fact", "mean 'facts'"),
        ("definitions.toml", "is_poor", "wages", "definitions.toml: wages", "is in facts.toml"),
        ("definitions.toml", "[[definitions]]", "[definitions]", "definitions", "list of tables"),
        (PARAMETERS, 'period = "month"\n', "", "parameters.line", "has a period"),
        (PARAMETERS, '"9.35"', '"9.355"', "parameters.line", "finer than one fen"),
        (PARAMETERS, '"9.35"', "9.35", "parameters.line: values.0.value", "cannot be used"),
        (PARAMETERS, '"9.35"', '"nine"', "parameters.line", "values.0: 'nine' is not a number"),
        (PARAMETERS, "until = 2025-01-01", "until = 2025-01-02", "line", "hold on 2025-01-01"),
        (PARAMETERS, "until = 2025-01-01", 'until = "open"', "line", "hold on 2025-01-01"),
        (PARAMETERS, "until = 2025-01-01", "until = 2024-01-01", "values.0", "not after `from`"),
        (PARAMETERS, '"verified"', '"sure"', "line: values.0.confidence", "cannot be used"),
        ("priority.toml", 'weight = "1/2"', 'weight = "1/0"', "indicators.0.weight", "cannot be"),
        (CARE, 'id = "care"', 'id = "aid"', f"{CARE}: id", f"is in {AID} too\nGive one"),
        (AID, 'id = "home"', 'id = "poor"', AID, "'poor' is used twice"),
        (AID, "roster_valid_days = 60\n", "", f"{AID}: roster_valid_days", "missing"),
        (AID, "days = 60", "days = -1", f"{AID}: roster_valid_days", "'-1' is less than 0"),
        (
            FACTS,
            '"unknown"',
            '"unknown"\nunknown_beside = ["wages"]',
            "facts.stated_size",
            "needs blank",
        ),
        (
            FACTS,
            '"unknown"',
            '"none"\nunknown_beside = ["wagse"]',
            "unknown_beside",
            "mean 'wages'",
        ),
        (FACTS, '"unknown"', '"none"\nunknown_beside = ["is_ill"]', "unknown_beside", "no figure"),
        (AID, "unit =", "units =", f"{AID}: units", "mean 'unit'"),
        (AID, 'article = "2"', 'article = "2"\nnote = ""', f"{AID}: criteria.1.note", "not exist"),
        (AID, 'period = "month"\n', "", AID, "needs a period"),
        (AID, '"care"', '"aid"', AID, "cannot exclude itself"),
        (AID, '"care"', '"caer"', f"{AID}: excludes", "mean 'care'"),
        (AID, '"care"', '"xyz"', f"{AID}: excludes", "programmes are: aid, care"),
        (AID, 'when = "is_poor"', 'when = ""', f"{AID}: criteria.0.when", "cannot be used"),
        (
            CARE,
            "sources = [{ title",
            "sources = [{ titel",
            f"{CARE}: sources.0.titel",
            "mean 'title'",
        ),
        (
            CARE,
            "in_force_from = 2024-01-01",
            "in_force_from = 2024-01-01\nin_force_until = 2024-01-01",
            CARE,
            "in_force_until is not after",
        ),
    ],
)
def test_a_mistake_in_a_table_is_told_with_file_and_key(tmp_path, mistake):
    *edit, place, words = mistake
    folder = broken(tmp_path, edit)

    with pytest.raises(ReliefError, match=rf"(?s)^.*{re.escape(place)}.*{re.escape(words)}"):
        load_pack(folder)


POOR, HOME, ILL = 'when = "is_poor"', "standing = 'rent'", 'when = "is_ill"'


@pytest.mark.parametrize(
    "mistake",
    [
        (AID, POOR, 'when = "  "', f"{AID}: criteria.poor.when", "empty"),
        (AID, "is_poor", "is_por", f"{AID}: criteria.poor.when", "mean 'is_poor'"),
        (AID, HOME, "standing = 'rented'", f"{AID}: criteria.home.when", "choices are: own, rent"),
        (AID, POOR, 'when = "is_ill"', f"{AID}: criteria.poor.when", "any_member"),
        (AID, POOR, "when = \"receives('care')\"", f"{AID}: criteria.poor.when", "any_member"),
        (AID, POOR, "when = \"receives('cara')\"", f"{AID}: criteria.poor.when", "mean 'care'"),
        (AID, "- wages", "- wages / size", f"{AID}: amounts.1.value", "divisor could be 0"),
        (AID, "- wages", "- wages * 12", f"{AID}: amounts.1.value", "periods are added"),
        (AID, '"month"', '"year"', f"{AID}: amounts.1.value", "not per year"),
        (CARE, ILL, 'when = "wages > 0"', f"{CARE}: criteria.ill.when", "household.<fact>"),
        (
            "definitions.toml",
            "wages <",
            "wages <<",
            "definitions.toml: is_poor.value",
            "not allowed",
        ),
        ("definitions.toml", "wages <", "is_poor and wages <", "is_poor.value", "refers to itself"),
        ("priority.toml", "line * size", "size", "priority.toml: line", "not an amount of money"),
        ("priority.toml", '"wages"', '"wages * 12"', "priority.toml: resources", "not per month"),
        ("priority.toml", "any_member(is_ill)", "1 < 2", "indicators.illness.when", "everybody"),
    ],
)
def test_a_mistake_in_an_expression_is_told_with_file_and_key(tmp_path, mistake):
    *edit, place, words = mistake
    folder = broken(tmp_path, edit)

    with pytest.raises(ReliefError, match=rf"(?s)^.*{re.escape(place)}.*{re.escape(words)}"):
        load_checked_pack(folder)


def test_programmes_that_refer_to_each_other_are_refused(tmp_path):
    folder = broken(
        tmp_path,
        (AID, "is_poor", "any_member( Eligible ('care') )"),
        (CARE, ILL, "when = \"receives('aid')\""),
    )

    with pytest.raises(ReliefError, match=r"in a ring: aid, care, aid\nTake one of the references"):
        load_checked_pack(folder)


def test_a_ring_through_a_definition_is_found_too(tmp_path):
    folder = broken(tmp_path, ("definitions.toml", "wages < line * size", "eligible('aid')"))

    with pytest.raises(ReliefError, match=r"in a ring: aid, aid\n"):
        load_checked_pack(folder)


def test_programmes_come_in_the_order_of_their_references(tmp_path):
    folder = broken(tmp_path, (AID, "is_poor", "any_member(eligible('care'))"))

    assert list(load_checked_pack(folder).programmes) == ["care", "aid"]


def test_any_change_of_a_file_changes_the_fingerprint_of_the_pack(tmp_path):
    folder = broken(tmp_path, (PARAMETERS, "9.35", "9.36"))

    assert load_pack(folder).sha256 != load_pack(WHOLE).sha256


@pytest.mark.parametrize(
    "as_of, value",
    [
        ("2023-12-31", None),
        ("2024-01-01", "9.35"),
        ("2024-12-31", "9.35"),
        ("2025-01-01", 10),
        ("2099-12-31", 10),
    ],
)
def test_a_value_holds_from_its_first_day_until_the_day_before_its_end(as_of, value):
    dated = load_pack(WHOLE).parameters["line"].in_force(date.fromisoformat(as_of))

    assert (dated.value if dated else None) == value
