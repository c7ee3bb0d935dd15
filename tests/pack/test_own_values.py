"""Values of the law an office sets over its pack: set, refused, listed, carried away, withdrawn."""

import datetime as dt
import json
import tomllib
from pathlib import Path

import pytest

from relieftool.errors import ReliefError
from relieftool.pack.value_overrides import OfficeValue, list_office_parameters
from relieftool.store.database import open_register
from relieftool.store.office_values import (
    apply_office_values,
    list_office_values,
    record_office_values,
)
from tests.support.registers import empty_register
from tests.support.small_street import import_small_street, shipped_but
from tests.support.tiny_packs import pack_of

CITY = Path(__file__).parent.parent / "packs" / "baita-bay"
BY_PHONE = ("--from", "2024-06-01", "--source", "区民政局电话", "--by", "王五")


@pytest.fixture
def street(relief):
    """Return relief with two households."""
    import_small_street(relief)
    return relief


def answer(relief, *command):
    result = relief(*command, "--format", "json")
    assert result.exit_code in (0, 3), result.stderr
    return json.loads(result.stdout)


def finding(relief, household, programme_id, *more):
    listed = answer(relief, "gaps", "--status", "unclaimed", "--status", "undetermined", *more)
    return next(
        (
            finding
            for finding in listed["findings"]
            if (finding["household_no"], finding["programme"]) == (household, programme_id)
        ),
        None,
    )


def own(value="7", first="2024-06-01", until="open", **keys):
    return OfficeValue.model_validate(
        {
            "parameter": "line",
            "value": value,
            "from": dt.date.fromisoformat(first),
            "until": until if until == "open" else dt.date.fromisoformat(until),
            "source": "the office",
            "confidence": "reported",
            **keys,
        }
    )


def test_a_value_set_here_changes_the_findings_and_every_answer_says_so(street):
    before = finding(street, "X-1", "dibao")

    result = street("pack", "set", "dibao_line", "890.50", *BY_PHONE)

    assert before["status"] == "unclaimed"  # 1,800 is below 935 x 2
    assert result.exit_code == 0
    assert "per person per month = 890.50 a month from 2024-06-01." in result.stderr
    assert finding(street, "X-1", "dibao") is None  # and not below 890.50 x 2
    for command in (["gaps"], ["priority"], ["show", "X-1"], ["explain", "X-1", "dibao"]):
        assert answer(street, *command)["pack"]["set_here"] == ["dibao_line"]


def test_a_value_set_here_holds_from_its_first_day_on(street):
    street("pack", "set", "dibao_line", "890.50", "--from", "2024-12-06", "--source", "x")

    assert finding(street, "X-1", "dibao", "--as-of", "2024-12-05")["status"] == "unclaimed"
    assert finding(street, "X-1", "dibao", "--as-of", "2024-12-06") is None
    head = answer(street, "gaps", "--as-of", "2024-12-05")["pack"]
    assert head["set_here"] == []


def test_explain_names_the_source_of_a_value_set_here(street):
    street("pack", "set", "dibao_line", "940", *BY_PHONE)

    page = street("explain", "X-1", "dibao", "--full")

    assert "940.00 a month, since 2024-06-01; reported, not seen: 区民政局电话" in page.stdout


def test_setting_an_assumed_value_confirms_it(street):
    before = finding(street, "X-1", "dibao")

    street(*("pack", "set", "vehicle_limit", "0", "--from", "2021-07-01", "--source", "文件"))

    after = finding(street, "X-1", "dibao")
    assert set(before["assumed"]) - set(after["assumed"]) == {"vehicle_limit"}
    asked = {
        question["id"] for question in answer(street, "pack", "show", "--assumed")["questions"]
    }
    assert "vehicle_limit" not in asked


def test_full_width_digits_are_digits(street):
    street("pack", "set", "dibao_line", "９８０", *BY_PHONE)

    (value,) = answer(street, "pack", "values")["values"]
    assert value["value"] == "980"


def test_a_trial_run_sets_nothing(street):
    result = street("pack", "set", "dibao_line", "980", *BY_PHONE, "--dry-run")

    assert "Would be set: " in result.stderr
    assert "Nothing was written." in result.stderr
    assert answer(street, "pack", "values")["values"] == []


def test_setting_what_no_rule_reads_is_said(street):
    result = street("pack", "set", "grace_months", "9", *BY_PHONE)

    assert "No rule uses this parameter: no finding changes by it." in result.stderr


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["dibao_lin", "980"], "'dibao_lin' is no parameter\nDid you mean 'dibao_line'?"),
        (["zzzz", "980"], "'zzzz' is no parameter\n`relief pack show --assumed` lists"),
        (["dibao_line", "9x"], "('9x' is not a number)\nWrite yuan, 0 or more, such as 980 or"),
        (["dibao_line", "9.801"], "('9.801' is finer than one fen)\nWrite yuan"),
        (["dibao_line", "1/3"], "('1/3' is finer than one fen)"),
        (["vehicle_limit", "1.5"], "('1.5' is not a whole number)\nWrite a whole number, 0 or"),
        (["medical_aid_share", "70%"], "('70%' is not a number)\nWrite a number, such as 1.5"),
        (["dibao_amount_mode", "both"], "('both' is none of the choices)\nThe choices are: "),
        (["--", "dibao_line", "-5"], "('-5' is less than 0)"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_nothing_is_written(street, arguments, words):
    result = street("pack", "set", *BY_PHONE, *arguments)

    assert result.exit_code == 1
    assert words in result.stderr
    assert answer(street, "pack", "values")["values"] == []


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["dibao_line", "980", "--from", "2024-06-01"], "--source: this is needed, or --file"),
        (["dibao_line", "980", "--source", "x"], "--from: this is needed, or --file"),
        (["dibao_line", *BY_PHONE], "VALUE: this is needed, or --file"),
        (["dibao_line", "980", *BY_PHONE, "--source", "  "], "--source: this is needed"),
        (["dibao_line", "980", *BY_PHONE, "--from", "2024-13-01"], "'2024-13-01' is not a day"),
        (
            ["dibao_line", "980", *BY_PHONE, "--until", "2024-06-01"],
            "--until: this day is not after --from",
        ),
    ],
)
def test_a_command_line_that_lacks_something_is_a_wrong_one(street, arguments, words):
    result = street("pack", "set", *arguments)

    assert result.exit_code == 2
    assert words in result.stderr


def test_a_refusal_speaks_chinese_to_who_reads_chinese(street):
    result = street("pack", "set", "dibao_line", "9x", *BY_PHONE, "--lang", "zh")

    assert "这个值不能用（“9x”不是数字）" in result.stderr


def test_a_value_for_an_earlier_day_leaves_alone_what_the_pack_says_of_later_ones(street):
    result = street("pack", "set", "dibao_line", "900", "--from", "2023-06-01", "--source", "x")

    assert "It holds until 2024-01-01, when another value begins." in result.stderr
    rows = answer(street, "pack", "show", "dibao", "--as-of", "2024-06-01")["parameters"]
    line = next(row for row in rows if row["id"] == "dibao_line")
    assert (line["value"]["value"], line["set_here"]) == (935, False)


@pytest.mark.parametrize(
    "arguments, told",
    [
        (
            ["dibao_line", "900", "--from", "2023-06-01"],
            [
                "from 2023-06-01.",
                "It holds until 2024-01-01, when another value begins.",
                "On these days it takes the place of the pack's: ",
                " a month (2023-01-01 – 2024-01-01).",
            ],
        ),
        (
            ["dibao_line", "990", "--from", "2024-06-01"],
            [
                "It holds for all later years too; --until YYYY-MM-DD lets it end.",
                "935.00 a month (2024-01-01 – ",
            ],
        ),
        (
            ["dibao_line", "990", "--from", "2024-06-01", "--until", "2024-07-01"],
            ["It holds until 2024-07-01."],
        ),
        (
            ["medical_aid_share", "70", "--from", "2024-06-01"],
            ["this share is more than 1, the whole. 70 % is written 0.7."],
        ),
    ],
)
def test_setting_says_from_when_until_when_and_what_it_goes_over(street, arguments, told):
    result = street("pack", "set", *arguments, "--source", "x")

    assert [words for words in told if words not in result.stderr] == []


def test_setting_the_same_day_again_says_what_is_replaced(street):
    first = street("pack", "set", "dibao_line", "980", *BY_PHONE)
    again = street("pack", "set", "dibao_line", "990", *BY_PHONE)

    words = "It replaces the value set here from the same day: 980.00 a month."
    assert (words in first.stderr, words in again.stderr) == (False, True)


@pytest.mark.parametrize("word", ["分档", "by grades", "grades"])
def test_a_choice_is_named_by_its_id_or_by_its_label(street, word):
    street("pack", "set", "dibao_amount_mode", word, *BY_PHONE)

    assert [value["value"] for value in answer(street, "pack", "values")["values"]] == ["grades"]


def test_the_choices_are_listed_with_their_labels(street):
    result = street("pack", "set", "dibao_amount_mode", "both", *BY_PHONE, "--lang", "zh")

    assert "分档 (grades)" in result.stderr


def test_a_number_below_zero_is_told_not_to_be_an_option(street):
    result = street("pack", "set", "dibao_line", "-5", *BY_PHONE)

    assert result.exit_code == 2
    assert "-5 is read as an option: amounts are 0 or more" in result.stderr


def test_an_assumed_value_gives_way_to_an_open_one_set_earlier(street):
    street("pack", "set", "orphan_amount", "1400", "--from", "2023-06-01", "--source", "x")

    rows = answer(street, "pack", "show", "orphan", "--as-of", "2024-06-01")["parameters"]
    amount = next(row for row in rows if row["id"] == "orphan_amount")
    assert (amount["value"]["value"], amount["set_here"]) == ("1400", True)


def test_the_newest_value_for_a_day_counts_and_the_older_stays_in_the_register(street, tmp_path):
    street("pack", "set", "dibao_line", "980", *BY_PHONE)
    street("pack", "set", "dibao_line", "990", *BY_PHONE)

    assert [value["value"] for value in answer(street, "pack", "values")["values"]] == ["990"]
    with open_register(tmp_path / "relief.db") as db:
        assert db.table("parameter_values").count == 2


def test_a_value_withdrawn_gives_back_what_held_before(street):
    street("pack", "set", "dibao_line", "890.50", *BY_PHONE)

    result = street("pack", "unset", "dibao_line", "--from", "2024-06-01", "--by", "王五")

    assert "Withdrawn: dibao_line from 2024-06-01. Value on that day now: 935.00 a month" in (
        result.stderr
    )
    assert finding(street, "X-1", "dibao")["status"] == "unclaimed"
    assert "No value is set here over the pack." in street("pack", "values").stderr


def test_a_value_can_be_withdrawn_by_the_label_of_its_parameter(street):
    street("pack", "set", "dibao_line", "980", *BY_PHONE)
    label = "城市低保标准"  # without its remark in brackets

    result = street("pack", "unset", label, "--from", "2024-06-01", "--by", "王五")

    assert (result.exit_code, "Withdrawn: dibao_line" in result.stderr) == (0, True)
    assert "No value is set here over the pack." in street("pack", "values").stderr


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["dibao_line", "--from", "2024-01-01"], "Values are set from: 2024-06-01"),
        (["dibao_lin", "--from", "2024-06-01"], "Did you mean 'dibao_line'?"),
        (["edge_multiple", "--from", "2024-06-01"], "`relief pack values` lists what is set."),
    ],
)
def test_what_is_not_set_cannot_be_withdrawn(street, arguments, words):
    street("pack", "set", "dibao_line", "980", *BY_PHONE)

    result = street("pack", "unset", *arguments)

    assert result.exit_code == 1
    assert words in result.stderr


def test_withdrawing_on_trial_withdraws_nothing(street):
    street("pack", "set", "dibao_line", "980", *BY_PHONE)

    result = street("pack", "unset", "dibao_line", "--from", "2024-06-01", "--dry-run")

    assert "Would be withdrawn" in result.stderr
    assert len(answer(street, "pack", "values")["values"]) == 1


def test_values_are_listed_with_unit_source_and_who_set_them(street):
    street("pack", "set", "dibao_line", "980", *BY_PHONE)

    row = street("pack", "values").stdout.splitlines()[1].split("\t")

    assert row[0] == "dibao_line"
    assert row[2:8] == [
        *("980.00 a month", "2024-06-01", "open", "区民政局电话", "reported", "王五"),
    ]


def test_a_file_of_values_is_taken_by_another_register_and_by_a_pack(street, tmp_path):
    source = '文件"甲"\\乙；O\'Brien "; DROP TABLE'
    street("pack", "set", "dibao_line", "890.50", "--from", "2024-06-01", "--source", source)
    street("pack", "set", "dibao_amount_mode", "exact", "--from", "2021-07-01", "--source", "x",
           "--until", "2030-01-01", "--confidence", "verified", "--by", "李四")  # fmt: skip
    street("pack", "values", "--out", "values.toml")
    listed = answer(street, "pack", "values")["values"]

    other = tmp_path / "other.db"
    Path("relief.db").rename("first.db")
    import_small_street(street)
    Path("relief.db").rename(other)
    result = street("pack", "set", "--file", "values.toml", "--db", other)

    assert result.exit_code == 0, result.stderr
    assert answer(street, "pack", "values", "--db", other)["values"] == listed
    written = tomllib.loads(Path("values.toml").read_text("utf-8"))["values"]
    assert (written[1]["source"], written[1]["value"]) == (source, "890.50")


def test_values_of_the_file_go_into_a_copy_of_the_pack(street, tmp_path):
    dates = ("--from", "2021-07-01", "--until", "2022-01-01")
    street("pack", "set", "dibao_line", "980", *dates, "--source", "文件")
    street("pack", "values", "--out", "values.toml")
    street("pack", "unset", "dibao_line", "--from", "2021-07-01")
    lines = Path("values.toml").read_text("utf-8").splitlines()[1:]
    kept = "\n".join(line for line in lines if line.split(" ")[0] in _OF_A_PACK)
    following = '[[values]]\nparameter = "dibao_line"'

    folder = shipped_but(tmp_path, following, f"[[values]]\n{kept}\n\n{following}")

    shown = answer(street, "pack", "show", "dibao", "--pack", folder, "--as-of", "2021-08-01")
    line = next(parameter for parameter in shown["parameters"] if parameter["id"] == "dibao_line")
    assert (line["value"]["value"], line["value"]["source"]) == ("980", "文件")
    assert line["set_here"] is False


_OF_A_PACK = {"parameter", "from", "until", "value", "source", "confidence"}


@pytest.mark.parametrize(
    "text, words",
    [
        ("[[values]]\nparameter = 'dibao_lin'", "Did you mean 'dibao_line'?"),
        ("[[values]]\nparameter = 'dibao_line'\nvalue = 'x'", "values.1.dibao_line: this value"),
        (
            "[[values]]\nconfidence = 'assumed'",
            "a value that an office sets cannot be assumed\nWrite verified",
        ),
        ("[[values]]\nsorce = 'x'", "this key does not exist\nDid you mean 'source'?"),
        ("[[value]]", "this key does not exist\nDid you mean 'values'?"),
        ("values = [", "values.toml: this is not TOML"),
    ],
)
def test_a_file_that_is_wrong_sets_nothing(street, text, words):
    good = {
        "parameter": "'dibao_line'",
        "from": "2024-01-01",
        "until": "'open'",
        "value": "980",
        "source": "'x'",
        "confidence": "'reported'",
    }
    more = "".join(f"\n{key} = {one}" for key, one in good.items() if f"\n{key} =" not in text)
    Path("values.toml").write_text(text + more * text.startswith("[[values]]"), "utf-8")

    result = street("pack", "set", "--file", "values.toml")

    assert result.exit_code == 1
    assert words in result.stderr
    assert answer(street, "pack", "values")["values"] == []


def test_a_file_that_is_not_there_is_told(street):
    result = street("pack", "set", "--file", "werte.toml")

    assert result.exit_code == 1
    assert "werte.toml: there is no such file" in result.stderr


def test_a_value_that_a_newer_pack_cannot_have_is_told_with_the_way_out(tmp_path):
    pack = pack_of()
    with open_register(empty_register(tmp_path / "relief.db")) as db:
        record_office_values(db, pack, [own("much")], dt.date(2024, 6, 2))

        with pytest.raises(ReliefError, match=r"line 2024-06-01: .*\nWithdraw it: relief pack un"):
            apply_office_values(db, pack)


def test_a_value_of_a_parameter_the_pack_has_no_longer_waits(tmp_path):
    pack = pack_of()
    with open_register(empty_register(tmp_path / "relief.db")) as db:
        record_office_values(db, pack, [own(parameter="gone"), own()], dt.date(2024, 6, 2))

        assert list_office_parameters(apply_office_values(db, pack), dt.date(2024, 12, 10)) == [
            "line"
        ]
        assert [value.parameter for value in list_office_values(db, pack)] == ["gone", "line"]


def test_values_of_one_pack_are_none_of_another(tmp_path):
    pack = pack_of()
    with open_register(empty_register(tmp_path / "relief.db")) as db:
        record_office_values(db, pack, [own()], dt.date(2024, 6, 2))

        assert list_office_values(db, pack.model_copy(update={"id": "other"})) == []


def test_examples_ignore_values_set_here(relief):
    assert relief("pack", "use", CITY).exit_code == 0
    assert relief("pack", "set", "line", "1", *BY_PHONE).exit_code == 0

    result = relief("pack", "test", "--format", "json")

    assert json.loads(result.stdout)["totals"]["examples_failed"] == 0, result.stderr


def test_a_value_set_later_for_an_earlier_day_leaves_the_later_days_as_they_were_set(tmp_path):
    pack = pack_of()
    with open_register(empty_register(tmp_path / "relief.db")) as db:
        record_office_values(db, pack, [own("8", "2025-01-01")], dt.date(2025, 1, 2))
        record_office_values(db, pack, [own("7", "2024-01-01")], dt.date(2025, 1, 3))

        line = apply_office_values(db, pack).parameters["line"]
        days = [str(value.from_) for value in list_office_values(db, pack)]

    valued = [line.in_force(dt.date(year, 6, 1)) for year in (2024, 2025)]
    assert [str(value.value) for value in valued] == ["7", "8"]
    assert days == ["2024-01-01", "2025-01-01"]


TOWN = """id = "town"
extends = "pingxiang"
version = "{version}"
title = {{ zh = "镇", en = "town" }}
area = {{ zh = "镇", en = "town" }}
"""
LIMIT = """[[parameters]]
id = "well_limit"
labels = {{ zh = "{label}", en = "limit" }}
unit = "{unit}"
question = {{ zh = "多少？", en = "How much?" }}
"""


def write_town(version, label, unit="count"):
    Path("town").mkdir(exist_ok=True)
    Path("town/pack.toml").write_text(TOWN.format(version=version), "utf-8")
    Path("town/parameters.toml").write_text(LIMIT.format(label=label, unit=unit), "utf-8")


def test_a_newer_version_of_the_pack_keeps_the_offices_values_and_names_those_that_changed(street):
    write_town("1", "水井数")
    street("pack", "use", "town")
    for name, value in (("dibao_line", "950"), ("well_limit", "3")):
        assert street("pack", "set", name, value, *BY_PHONE).exit_code == 0
    unchanged = street("pack", "values").stderr
    write_town("2", "水井距离", "ratio")

    first, again = street("gaps", "--format", "csv").stderr, street("gaps").stderr

    assert "well_limit" not in unchanged
    told = "well_limit = 3 from 2024-06-01: was 水井数 [count], is now 水井距离 [ratio]; check it."
    assert (told in first, told in again, "dibao_line" in first) == (True, False, False)
    kept = json.loads(street("pack", "values", "--format", "json").stdout)["values"]
    assert [(each["parameter"], each["value"]) for each in kept] == [
        ("dibao_line", "950"),
        ("well_limit", "3"),
    ]


def test_a_value_that_a_newer_version_no_longer_has_is_told_and_kept(street):
    write_town("1", "水井数")
    street("pack", "use", "town")
    assert street("pack", "set", "well_limit", "3", *BY_PHONE).exit_code == 0
    Path("town/parameters.toml").unlink()

    said = street("gaps", "--format", "csv").stderr

    assert "was 水井数 [count], which this pack no longer has; not used." in said
