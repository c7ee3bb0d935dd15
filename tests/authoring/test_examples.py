"""Every worked example of the shipped pack comes out as its author wrote it."""

import re
from functools import cache

import pytest

from relieftool.authoring.examples import run_examples
from relieftool.errors import ReliefError
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules.statement import load_checked_pack
from tests.support.pack_folders import AID, CARE, WHOLE, broken

EVENTS = {"temporary-aid", "disaster-relief"}


@cache
def shipped_results():
    return run_examples(load_checked_pack(find_shipped_pack()))


def test_every_example_comes_out_as_written():
    results = shipped_results()

    differing = [
        f"{result.programme}: {result.example}: {result.expected}, {result.expected_fen} written, "
        f"{result.got}, {result.got_fen} found"
        for result in results
        if not comes_out_as_written(result)
    ]

    assert results != []
    assert not differing, "\n".join(differing)


def comes_out_as_written(result):
    is_amount_stated = result.is_amount_unknown or result.expected_fen is not None
    stated_fen = result.got_fen if is_amount_stated else None
    written = (result.expected, result.expected_fen)
    return (result.got, stated_fen) == written and result.is_met


def test_every_programme_has_examples_of_every_outcome():
    found = {programme: set() for programme in load_checked_pack(find_shipped_pack()).programmes}
    for result in shipped_results():
        found[result.programme].add(result.expected)
    every = {"eligible", "ineligible", "not_in_force", "undetermined"}

    differing = [
        f"{programme}: {sorted(outcomes)}"
        for programme, outcomes in found.items()
        if outcomes & every != every - impossible_for(programme)
    ]

    assert not differing, "\n".join(differing)


def impossible_for(programme):
    # what rests on nothing but the event itself is never undetermined: the event is stated or not
    return {"undetermined"} if programme in EVENTS else set()


def test_an_example_that_is_met_says_so():
    results = run_examples(load_checked_pack(WHOLE))

    assert [(each.programme, each.got, each.got_fen, each.is_met) for each in results] == [
        ("aid", "eligible", 935, True),
        ("care", "eligible", None, True),
    ]


@pytest.mark.parametrize(
    "good, bad, got, got_fen",
    [
        ('amount = "9.35"', "amount = 9", "eligible", 935),
        ('expect = "eligible"', 'expect = "ineligible"', "eligible", 935),
        ("wages = 0", 'wages = "9.35"', "ineligible", 0),
        ("wages = 0, ", "", "undetermined", None),
        ("as_of = 2024-06-30", "as_of = 2023-12-31", "not_in_force", None),
    ],
)
def test_an_example_that_is_not_met_is_a_result_with_both_sides(tmp_path, good, bad, got, got_fen):
    pack = load_checked_pack(broken(tmp_path, (AID, good, bad)))

    result, _other = run_examples(pack)

    assert (result.got, result.got_fen, result.is_met) == (got, got_fen, False)


def test_an_amount_said_to_be_unknown_is_not_met_by_a_known_one(tmp_path):
    pack = load_checked_pack(broken(tmp_path, (AID, 'amount = "9.35"', 'amount = "unknown"')))

    result, _other = run_examples(pack)

    assert (result.is_amount_unknown, result.got_fen, result.is_met) == (True, 935, False)


FIRST, SECOND = (
    f"{AID}: examples.One person, no wages",
    f"{CARE}: examples.The second member is ill",
)


@pytest.mark.parametrize(
    "mistake",
    [
        (AID, "wages = 0", "wage = 0", f"{FIRST}.wage", "Did you mean 'wages'?"),
        (AID, "wages = 0", "is_ill = true", f"{FIRST}.is_ill", "There are: wages"),
        (AID, "wages = 0", "wages = true", f"{FIRST}.wages", "no value of type money"),
        (AID, "wages = 0", 'wages = "1.234"', f"{FIRST}.wages", "'1.234' is no amount in yuan"),
        (AID, "wages = 0", 'wages = "much"', f"{FIRST}.wages", "'much' is no amount in yuan"),
        (AID, '"rent"', '"rented"', f"{FIRST}.standing", "Did you mean 'rent'?"),
        (AID, '"rent"', "3", f"{FIRST}.standing", "no value of type choice"),
        (AID, "is_ill = true", "is_ill = 1", f"{FIRST}.members.1.is_ill", "of type yes_no"),
        (AID, 'amount = "9.35"', 'amount = "9.3x"', f"{FIRST}.amount", "no amount in yuan"),
        (CARE, '["aid"]', '["ade"]', f"{SECOND}.receives", "Did you mean 'aid'?"),
        (CARE, '["aid"]', '["care"]', f"{SECOND}.receives", "'care' is no programme of this unit"),
        (CARE, '["care"]', '["aid"]', f"{SECOND}.receives_not", "'aid' is no programme"),
        (CARE, "expect_for = 2", "expect_for = 3", SECOND, "there is no member number 3"),
    ],
)
def test_a_mistake_in_an_example_names_file_and_key(tmp_path, mistake):
    *edit, place, words = mistake
    pack = load_checked_pack(broken(tmp_path, edit))

    with pytest.raises(ReliefError, match=rf"(?s)^{re.escape(place)}: .*{re.escape(words)}"):
        run_examples(pack)
