"""`relief pack check|show|test`: what a pack holds, how a rule reads, what is still to be asked."""

import csv
import datetime as dt
import json
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules.statement import load_checked_pack
from tests.support.pack_folders import AID, WHOLE, broken
from tests.support.small_street import import_small_street

ASKED = ("pack", "show", "--assumed", "--as-of", "2024-12-10")
DAY = ("--as-of", "2024-12-10")
# A day for which nobody has said whether basic pensions count as income.
UNSAID = ("--as-of", "2026-02-01")
ADD_PENSION = "relief pack set basic_pension_exempt VALUE --from 2026-01-01 --source TEXT"
PENSION = "whether the basic pension is left out of income"


@pytest.fixture
def street(relief):
    """Return relief with two households."""
    import_small_street(relief)
    return relief


def answer(relief, *command):
    result = relief(*command, "--format", "json")
    assert result.exit_code in (0, 3), result.stderr
    return json.loads(result.stdout)


# pack test


def test_a_pack_whose_examples_notice_everything_is_said_in_one_sentence(relief):
    result = relief("pack", "test")

    assert result.exit_code == 0
    whole = r"\d{3} examples, all met; \d{3} changes of a rule tried, each noticed[.]"
    assert re.fullmatch(whole, result.stderr.strip())
    assert result.stdout == ""


def test_an_example_that_is_not_met_is_listed_with_what_came_out(relief, tmp_path):
    folder = broken(tmp_path, (AID, 'amount = "9.35"', 'amount = "9.36"'))

    result = relief("pack", "test", folder)

    assert result.exit_code == 3
    assert "Examples that are not met: 1 of " in result.stderr
    row = result.stdout.splitlines()[1].split("\t")
    assert row == ["aid", "One person, no wages", "eligible", "eligible", "9.36", "9.35"]


def test_a_rule_that_no_example_would_miss_is_listed_with_file_and_key(relief):
    result = relief("pack", "test", WHOLE)

    assert result.exit_code == 3
    assert "Add an example on the other side of each line" in result.stderr
    assert f"{AID}: criteria.home" in result.stdout
    assert "0 unnoticed" not in result.stderr


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".json", ".html"])
def test_the_outcome_of_the_examples_goes_into_a_file_and_is_said_beside_it(relief, ending):
    out = Path(f"proben{ending}")

    result = relief("pack", "test", WHOLE, "--out", out)

    assert result.exit_code == 3
    assert out.stat().st_size > 0
    assert "changes of a rule tried" in result.stderr


def test_what_is_no_pack_cannot_be_tested(relief, tmp_path):
    (tmp_path / "empty").mkdir()

    of_no_name, of_no_pack = relief("pack", "test", "nowhere"), relief("pack", "test", "empty")

    assert (of_no_name.exit_code, of_no_pack.exit_code) == (1, 1)
    assert "nowhere: there is no pack of this name" in of_no_name.stderr
    assert "this folder is no rule pack: pack.toml is missing" in of_no_pack.stderr


# pack check


def test_a_pack_says_what_it_holds(relief):
    document = answer(relief, "pack", "check", WHOLE)

    assert document["contents"] == {
        "facts": 4,
        "definitions": 1,
        "parameters": 1,
        "programmes": 2,
        "criteria": 3,
        "examples": 2,
        "indicators": 1,
        "not_encoded": 0,
    }


def test_a_value_that_runs_out_soon_is_told_with_the_command_that_adds_one(relief):
    result = relief("pack", "check", "--as-of", "2025-12-10")

    assert result.exit_code == 3
    assert "dibao_line\turban dibao line, per person per month: has no value from" in result.stdout
    assert ADD_PENSION.replace("basic_pension_exempt", "dibao_line") in result.stdout


def test_grades_that_nobody_pays_by_are_not_missed(relief):
    ids = [one["id"] for one in answer(relief, "pack", "check", *DAY)["warnings"]]

    assert [name for name in ids if name.startswith("dibao_grade")] == []


def test_grades_are_missed_once_the_office_pays_by_them(street):
    street("pack", "set", "dibao_amount_mode", "grades", "--from", "2021-07-01", "--source", "x")

    warnings = answer(street, "pack", "check", *DAY)["warnings"]
    missed = [one["id"] for one in warnings if one["doubt"] == "ran_out"]
    missed.remove("price_supplement_amount")  # a month's notice says it, whoever pays by grades
    assert missed == ["dibao_grade_ab", "dibao_grade_c", "dibao_grade_d", "dibao_grade_e"]
    assert "dibao_grade_c" in answer(street, "gaps", *DAY)["unvalued"]


def test_a_parameter_no_rule_reads_is_said_to_change_nothing(relief):
    lines = relief("pack", "check", *DAY).stdout.splitlines()

    (line,) = [one for one in lines if one.startswith("grace_months\t")]
    assert "no rule uses this parameter, no finding changes by it" in line
    assert "Nothing, where it is kept for people to read" in line


def test_a_pack_with_nothing_to_look_at_says_so(relief, tmp_path):
    named = 'roster_names = ["x"]\nroster_valid_days'
    folder = broken(tmp_path, (AID, "roster_valid_days", named))
    care = folder / "programmes" / "care.toml"
    care.write_text(care.read_text("utf-8").replace("roster_valid_days", named), "utf-8")

    result = relief("pack", "check", folder, *DAY)

    doubts = answer(relief, "pack", "check", folder, *DAY)["warnings"]
    assert (result.exit_code, doubts) == (0, [])
    assert "Nothing else to look at as of 2024-12-10." in result.stderr


def test_a_pack_with_a_mistake_is_refused(relief, tmp_path):
    folder = broken(tmp_path, (AID, 'when = "is_poor"', 'when = "is_por"'))

    result = relief("pack", "check", folder)

    assert result.exit_code == 1
    assert f"Error: {AID}: criteria.poor.when: 'is_por'" in result.stderr
    assert "Did you mean 'is_poor'?" in result.stderr


# pack show


def test_a_programme_is_shown_with_rule_sentence_article_value_source_and_confidence(relief):
    page = relief("pack", "show", "dibao", *DAY).stdout

    assert "income\tincome per head is below the dibao line" in page
    assert "\tcountable_income < dibao_line * size or (in_grace_period and receives(" in page
    assert "\t《最低生活保障审核确认办法》第十四条\t" in page
    assert "935.00 a month\t2024-01-01\t2025-01-01\t萍乡日报 2024-08-16" in page
    assert "20,000.00 yuan\t2021-07-01\topen\t未找到江西、萍乡规定" in page
    assert "\tassumed" in page
    assert "In force\tfrom 2021-07-01" in page


def test_a_value_set_here_is_marked_where_a_programme_is_shown(street):
    street("pack", "set", "dibao_line", "990", "--from", "2024-06-01", "--source", "电话")

    page = street("pack", "show", "dibao", *DAY).stdout

    assert "990.00 a month\t2024-06-01\topen\t电话\treported, set here" in page


def test_a_value_the_pack_lacks_is_shown_with_the_command_that_adds_it(relief):
    page = relief("pack", "show", "dibao", *UNSAID).stdout

    assert f"basic_pension_exempt\t{PENSION}\t?\t\t\t{ADD_PENSION}" in page


def test_all_programmes_are_listed_with_those_that_have_no_rules(relief):
    document = answer(relief, "pack", "show", *DAY)

    pack = load_checked_pack(find_shipped_pack())
    assert [one["id"] for one in document["programmes"]] == list(pack.programmes)
    assert "yulu-plan" in {one["id"] for one in document["not_encoded"]}


def test_a_programme_without_rules_says_why(relief):
    result = relief("pack", "show", "yulu-plan", *DAY)

    assert result.exit_code == 0
    assert "Not applicable: urban." in result.stdout


def test_a_programme_nobody_knows_is_refused_with_the_nearest(relief):
    result = relief("pack", "show", "dibaoo")

    assert result.exit_code == 1
    assert "'dibaoo' is not a programme\nDid you mean 'dibao'?" in result.stderr


def test_the_heading_of_an_id_is_no_persons_name_in_chinese(relief):
    result = relief("pack", "show", *DAY, "--lang", "zh")

    assert result.stdout.startswith("代号\t救助项目\t")


# pack show --assumed


def test_the_questions_are_those_of_all_assumed_or_missing_values(relief):
    questions = answer(relief, *ASKED)["questions"]

    pack = load_checked_pack(find_shipped_pack())
    values = {name: one.in_force(dt.date(2024, 12, 10)) for name, one in pack.parameters.items()}
    assumed = {name for name, one in values.items() if one and one.confidence == "assumed"}
    asked = {one["id"] for one in questions if one["is_parameter"]}
    assert assumed <= asked
    assert {name for name in asked - assumed if values[name] is not None} == set()
    assert [one["id"] for one in questions if not one["question"]] == []


def test_a_question_stands_with_the_command_that_answers_it(relief):
    questions = {one["id"]: one for one in answer(relief, *ASKED)["questions"]}

    one = questions["vehicle_limit"]
    assert one["command"] == "relief pack set vehicle_limit VALUE --from 2021-07-01 --source TEXT"
    assert one["value"] == "0"
    assert "dibao" in one["programmes"]
    assert questions["old-age-allowance"]["command"] is None


def test_the_questions_of_one_programme_are_those_it_rests_on(relief):
    questions = answer(relief, *ASKED, "housing")["questions"]

    assert "housing_area_per_head" in {one["id"] for one in questions}
    assert "cpi_rise" not in {one["id"] for one in questions}
    assert all("housing" in one["programmes"] for one in questions)


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".html"])
def test_the_questions_go_into_a_file_for_the_district_office(relief, ending):
    out = Path(f"fragen{ending}")

    assert relief(*ASKED, "--out", out, "--lang", "zh").exit_code == 0

    assert "低保、低保边缘家庭可否有机动车" in text_of(out)


# a value nobody has given


OUTPUTS = {
    "gaps": ("gaps",),
    "visits": ("gaps", "--status", "undetermined"),
    "near": ("gaps", "--near", "10%"),
    "priority": ("priority",),
    "show": ("show", "X-1"),
    "explain": ("explain", "X-1", "dibao", "--full"),
    "what-if": ("what-if", "X-1", "--set", "household_income=900"),
    "sweep": ("what-if", "X-1", "--sweep", "household_income=0..300", "--step", "100"),
}


def text_of(path):
    """Return all the text of a file that was written."""
    if path.suffix != ".xlsx":
        return path.read_text("utf-8-sig")
    sheets = load_workbook(path).worksheets
    return "\n".join(str(cell.value) for sheet in sheets for row in sheet.rows for cell in row)


@pytest.mark.parametrize("command", OUTPUTS.values(), ids=OUTPUTS)
def test_a_value_nobody_gave_is_named_in_every_answer(street, command):
    assert answer(street, *command, *UNSAID)["unvalued"] == ["basic_pension_exempt"]


@pytest.mark.parametrize("name", ["show", "explain", "what-if", "sweep"])
def test_a_value_nobody_gave_heads_the_page_of_a_household_with_the_command_that_adds_it(
    street, name
):
    table = street(*OUTPUTS[name], *UNSAID)

    said = table.stdout + table.stderr
    assert f"No value on 2026-02-01: {PENSION}." in said
    assert ADD_PENSION in said


@pytest.mark.parametrize(
    "name, ending",
    [
        *((name, ".xlsx") for name in ("gaps", "priority", "show", "what-if")),
        *((name, ".html") for name in ("gaps", "explain", "sweep")),
    ],
)
def test_it_heads_the_file_too(street, name, ending):
    out = Path(f"bericht{ending}")

    result = street(*OUTPUTS[name], *UNSAID, "--out", out)

    assert ADD_PENSION in text_of(out)
    assert ADD_PENSION in result.stderr


@pytest.mark.parametrize("name", ["gaps", "priority", "explain"])
def test_beside_csv_it_is_said(street, name):
    result = street(*OUTPUTS[name], *UNSAID, "--format", "csv")

    assert ADD_PENSION in result.stderr
    assert len(list(csv.reader(result.stdout.splitlines()))) >= 1


def test_at_the_least_known_line_a_condition_is_unknown_and_the_line_is_what_is_missing(street):
    dates = ("--from", "2025-12-01", "--until", "2026-01-01", "--source", "文件")
    street("pack", "set", "dibao_line", "800", *dates)  # they have 900 each

    criteria = answer(street, "explain", "X-1", "dibao", *UNSAID)["explanations"][0]

    truths = {one["id"]: one["truth"] for one in criteria["criteria"]}
    assert (truths["income"], truths["vehicles"]) == (None, True)
    assert (criteria["status"], criteria["missing"]) == ("undetermined", ["parameter:dibao_line"])


def test_once_the_value_is_given_nothing_is_missing(street):
    street("pack", "set", "basic_pension_exempt", "yes", "--from", "2026-01-01", "--source", "文件")

    document = answer(street, "explain", "X-1", "dibao", *UNSAID)
    assert document["unvalued"] == []
    assert document["explanations"][0]["status"] == "unclaimed"


def test_explain_names_only_the_values_its_amount_is_made_of(street):
    page = street("explain", "X-1", "dibao", "--full", *DAY).stdout

    assert "dibao of grade" not in page
    assert "costs of work as a share" not in page
    assert "urban dibao line, per person per month = 935.00 a month" in page
