"""Explaining a household at the door, and supposing changes: the real program on small sheets."""

import csv
import io
import json
from pathlib import Path
from shutil import copytree

import pytest

from relieftool.pack.pack_files import find_shipped_pack
from tests.support.own_files import QIAN, SUN, ZHAO, write_workbook
from tests.support.ready_folders import fill_folder

HEAD = ["户编号", "姓名", "身份证号", "与户主关系", "社区", "家庭月收入", "银行存款（元）"]
MORE = ["车辆（辆）", "住房套数", "残疾级别", "残疾类型", "是否重病", "月收入", "已享受政策"]


LEFT_OUT = """
[[not_encoded]]
id = "rain-dew"
names = { zh = "雨露计划", en = "Rain and Dew" }
reason = { zh = "农村项目", en = "not applicable: urban" }
"""


@pytest.fixture
def imported(relief):
    """Return relief with two households of its own."""
    return fill_folder(_import_households, relief)


def _import_households(relief):
    path = write_workbook(
        Path("困难户.xlsx"),
        [
            ["西岭街道困难户摸排情况（2024年12月5日）"],
            [*HEAD, *MORE],
            ["X-1", "赵大山", ZHAO, "户主", "西岭", 1800, 12345, 0, 1, "无", "无", "否", "", "无"],
            ["X-1", "钱小花", QIAN, "妻", "西岭", "", "", "", "", "二级", "肢体", "否", "", "无"],
            ["X-2", "孙老太", SUN, "户主", "西岭", "", 0, 0, 1, "无", "无", "否", "", "无"],
        ],
    )
    assert relief("import", path).exit_code in (0, 3)


def explained(relief, *arguments):
    result = relief("explain", *arguments, "--format", "json")
    assert result.exit_code == 0
    return json.loads(result.stdout)


def of(document, programme):
    (found,) = [one for one in document["explanations"] if one["programme"] == programme]
    return found


def criterion(document, programme, key):
    return next(one for one in of(document, programme)["criteria"] if one["id"] == key)


def test_the_numbers_compared_stand_with_their_cell(imported):
    income = criterion(explained(imported, "X-1", "dibao"), "dibao", "income")

    fact = next(one for one in income["facts"] if one["fact"] == "household_income")
    assert (income["truth"], income["left"], income["right"]) == (True, 180000, 187000)
    assert (fact["fact"], fact["value"], fact["file"]) == (
        "household_income",
        180000,
        "困难户.xlsx",
    )
    assert (fact["row"], fact["column"], fact["heading"]) == (3, "F", "家庭月收入")
    line = next(one for one in income["parameters"] if one["id"] == "dibao_line")
    assert line["confidence"] == "reported"


@pytest.mark.parametrize(
    "lang, words",
    [
        ("en", ["[met]", "1,800.00 < 935.00 × 2 = 1,870.00", "column F", "unclaimed", "ASSUMED"]),
        ("zh", ["[符合]", "1,800.00 < 935.00 × 2 = 1,870.00", "F 列", "应享未享", "暂定，待确认"]),
    ],
)
def test_a_page_says_mark_numbers_cell_and_status_in_both_languages(imported, lang, words):
    page = imported("explain", "X-1", "dibao", "--full", "--lang", lang).stdout

    assert [word for word in words if word not in page] == []


@pytest.mark.parametrize(
    "programme, lines",
    [
        (
            "dibao",
            [
                "They can have 70.00 a month.",
                "Why: income",
                "To do: apply at the sub-district office, for",
            ],
        ),
        ("edge", ["Why: does not meet: ", "To do: nothing, unless"]),
    ],
)
def test_explaining_begins_with_three_lines_to_say_at_the_door(imported, programme, lines):
    short = imported("explain", "X-1", programme).stdout.splitlines()
    full = imported("explain", "X-1", programme, "--full").stdout.splitlines()

    said = short[1 : 1 + len(lines)]
    assert [line.strip()[: len(start)] for line, start in zip(said, lines, strict=True)] == lines
    assert full[: len(said) + 1] == short[: len(said) + 1]
    assert len(short) == len(said) + 3
    assert "--full" in short[-1]


def test_what_is_said_at_the_door_of_an_open_finding_is_what_to_ask_once(imported):
    page = imported("explain", "X-2", "dibao").stdout

    assert "it is not known whether: income per head is below the dibao line" in page
    assert page.count("What does the whole household earn in a month") == 1


def test_a_family_is_not_asked_for_a_value_of_the_law(imported):
    page = imported("explain", "X-2", "dibao", "--as-of", "2026-11-30").stdout

    asked, _mark, office = page.partition("the office must find out: ")
    assert "dibao line" in office.splitlines()[0]
    assert "What is this" not in asked


def test_what_is_undetermined_of_a_household_is_on_one_page_with_each_question_once(imported):
    page = imported("explain", "X-2").stdout
    undetermined = [
        each["programme"]
        for each in explained(imported, "X-2")["explanations"]
        if each["status"] == "undetermined"
    ]

    lines = [line.strip() for line in page.splitlines()]
    assert len(set(undetermined)) == len(undetermined) == 3
    assert len([line for line in lines if line.startswith("Perhaps ")]) == len(set(undetermined))
    asked = [line for line in lines if line.startswith(("Ask ", "Look up for "))]
    whom = [line.partition(":")[0] for line in asked]
    assert len(whom) == len(set(whom))
    for line in asked:
        questions = line.partition(":")[2].split("? ")
        assert len(questions) == len(set(questions))


def test_members_of_the_same_surname_are_told_apart_by_their_place(imported):
    lines = imported("explain", "X-1", "disability-care").stdout.splitlines()

    assert any("member 2 钱*" in line for line in lines)


def test_a_full_explanation_says_no_line_twice(imported):
    page = imported("explain", "X-1", "dibao", "--full").stdout
    lines = [line for line in page.splitlines() if line.strip()]

    assert len(lines) == len(set(lines))


def test_an_unknown_fact_is_asked_for_and_left_null(imported):
    income = criterion(explained(imported, "X-2", "dibao"), "dibao", "income")
    page = imported("explain", "X-2", "dibao", "--full").stdout

    assert (income["truth"], income["left"], income["right"]) == (None, None, 93500)
    assert "[unknown] income per head is below the dibao line" in page
    assert "What does the whole household earn in a month" in page


def test_a_private_number_is_hidden_even_where_it_is_compared(imported):
    page = imported("explain", "X-1", "dibao", "--full").stdout
    document = explained(imported, "X-1", "dibao")

    assert "12,345" not in page
    assert "1234500" not in json.dumps(document)
    assert criterion(document, "dibao", "deposits")["left"] is None
    assert criterion(document, "dibao", "deposits")["facts"][0]["value"] == "***"


def test_a_reveal_shows_private_numbers_and_names(imported):
    reveal = ("--reveal", "--reason", "home visit")
    page = imported("explain", "X-1", "dibao", "--full", *reveal).stdout

    assert "12,345.00 ≤" in page
    assert "赵大山" in page


def test_names_are_masked(imported):
    page = imported("explain", "X-1").stdout

    assert [name for name in ("赵大山", "钱小花", ZHAO) if name in page] == []
    assert "赵*" in page


def test_only_what_is_not_plainly_ineligible_is_explained_unless_it_is_named(imported):
    listed = {one["status"] for one in explained(imported, "X-1")["explanations"]}
    named = of(explained(imported, "X-1", "edge"), "edge")

    assert "ineligible" not in listed
    assert named["status"] == "ineligible"


def test_one_member_can_be_asked_about(imported):
    document = explained(imported, "X-1", "disability-care", "--member", "2")

    assert [one["member_no"] for one in document["explanations"]] == ["X-1-02"]
    assert document["explanations"][0]["status"] == "unclaimed"


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["X-1", "diabo"], "Did you mean 'dibao'?"),
        (["X-9", "dibao"], "The nearest are: X-"),
        (["X-1", "tekun", "--member", "3"], "there is no member number 3"),
        (["X-1", "dibao", "--as-of", "2020-01-01"], "this programme is not in force on 2020-01-01"),
    ],
)
def test_what_does_not_exist_is_told_with_what_to_do(imported, arguments, words):
    result = imported("explain", *arguments)

    assert (result.exit_code, result.stdout) == (1, "")
    assert words in result.stderr


def test_a_programme_without_rules_answers_with_its_reason(imported, tmp_path):
    copytree(find_shipped_pack(), tmp_path / "own")
    head = tmp_path / "own" / "pack.toml"
    head.write_text(head.read_text("utf-8") + LEFT_OUT, "utf-8")

    result = imported("explain", "X-1", "雨露计划", "--pack", tmp_path / "own")

    assert "not applicable: urban" in result.stdout.lower()


def supposed(relief, *arguments):
    result = relief("what-if", "X-1", *arguments, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def benefit(document, programme, place=None):
    found = [o for o in document["benefits"] if (o["programme"], o["place"]) == (programme, place)]
    return (found[0]["before"], found[0]["after"]) if found else None


@pytest.mark.parametrize(
    "setting, after, income",
    [
        ("household_income=+1000", "ineligible", 280000),
        ("household_income=1869", "unclaimed", 186900),
        ("household_income=1869.01", "ineligible", 186901),  # less than a yuan is no finding
        ("household_income=", "undetermined", None),
        ("家庭月收入=0.1万", "unclaimed", 100000),
    ],
)
def test_income_supposed_turns_dibao_at_the_line(imported, setting, after, income):
    document = supposed(imported, "--set", setting)

    assert benefit(document, "dibao") == ("unclaimed", after)
    assert (document["before"]["income_fen"], document["after"]["income_fen"]) == (180000, income)


def test_the_sum_is_income_with_what_is_received_and_could_be_claimed(imported):
    document = supposed(imported, "--set", "household_income=1000")

    # dibao tops up to 1870: 70 before and 870 after; the rest stays
    before, after = document["before"], document["after"]
    assert before["total_fen"] == before["income_fen"] + before["benefits_fen"]
    assert after["benefits_fen"] - before["benefits_fen"] == 80000


def test_a_new_disability_card_opens_the_care_subsidy(imported):
    document = supposed(imported, "--set", "1.disability_grade=一级", "--set", "1.残疾类别=肢体")

    assert benefit(document, "disability-care", 1) == ("ineligible", "unclaimed")


def test_a_birth_raises_the_line(imported):
    document = supposed(
        imported, "--add-member", "birth_date=2024-12-01,income=0,has_able_supporter=有"
    )

    assert document["after"]["benefits_fen"] - document["before"]["benefits_fen"] == 93500


def test_a_member_who_leaves_lowers_the_line(imported):
    document = supposed(imported, "--remove-member", "2")

    assert benefit(document, "dibao") == ("unclaimed", "ineligible")


def test_receipts_are_supposed_for_household_and_member(imported):
    received = supposed(imported, "--receives", "dibao", "--receives", "2.disability-care")

    assert benefit(received, "dibao") == ("unclaimed", "receiving")
    assert benefit(received, "disability-care", 2) == ("unclaimed", "receiving")


def test_what_rests_on_a_receipt_falls_with_it(imported):
    both = ["--receives", "dibao", "--receives", "2.disability-living"]
    kept = supposed(imported, *both)
    fallen = supposed(imported, *both, "--set", "household_income=5000")

    assert benefit(kept, "disability-living", 2)[1] == "receiving"
    assert benefit(fallen, "dibao")[1] == "review"
    assert benefit(fallen, "disability-living", 2)[1] == "review"


def test_nothing_is_written(imported):
    before = Path("relief.db").read_bytes()

    supposed(imported, "--set", "household_income=0")

    assert Path("relief.db").read_bytes() == before


@pytest.mark.parametrize(
    "arguments, words",
    [
        ([], "say what to suppose"),
        (["--set", "houshold_income=1"], "Did you mean 'household_income'?"),
        (["--set", "household_income"], "not written as FACT=VALUE"),
        (["--set", "income=1"], "2.income"),
        (["--set", "1.household_income=1"], "is a fact of the household"),
        (["--set", "household_income=lots"], "not an amount"),
        (["--set", "9.income=1"], "there is no member number 9; the household has 2"),
        (["--set", "zzzz=1"], "is no fact of this unit. `relief show HOUSEHOLD` lists them."),
        (["--remove-member", "3"], "there is no member number 3"),
        (["--receives", "disability-care"], "2.disability-care"),
        (["--sweep", "household_income=5"], "LOW..HIGH"),
        (["--sweep", "household_income=5..5"], "goes nowhere"),
        (["--sweep", "household_income=0..3000000"], "too many steps"),
    ],
)
def test_what_cannot_be_supposed_is_a_wrong_command_line(imported, arguments, words):
    result = imported("what-if", "X-1", *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_a_sweep_tells_where_a_benefit_falls_away(imported):
    document = supposed(imported, "--sweep", "household_income=1850..1890", "--step", "10")

    turns = [(o["value"], o["before"], o["after"], o["change_fen"]) for o in document["turns"]]
    assert (187000, "unclaimed", "ineligible", -1000) in turns
    assert [one["value"] for one in document["points"]] == [185000, 186000, 187000, 188000, 189000]


def test_a_sweep_is_drawn_and_its_points_are_data(imported):
    arguments = ["what-if", "X-1", "--sweep", "household_income=0..3000"]

    page = imported(*arguments).stdout
    rows = list(csv.reader(io.StringIO(imported(*arguments, "--format", "csv").stdout)))

    assert "*" in page
    assert "1900.00" in page.replace(",", "")
    assert rows[0] == ["value", "income", "benefits", "total"]
    assert len(rows) == 62


def near(relief, share):
    found = json.loads(relief("gaps", "--near", share, "--format", "json").stdout)["findings"]
    return {
        (one["programme"], each["criterion"]): (each["holds"], each["distance"], each["percent"])
        for one in found
        for each in one["near"]
        if one["household_no"] == "X-1" and each["unit"] == "fen" and each["distance"]
    }


@pytest.mark.parametrize("share, is_listed", [("4%", True), ("3.7%", False)])
def test_who_stands_near_a_line_is_listed_with_side_and_distance(imported, share, is_listed):
    # 1800 against 1870: 70 yuan, 3.74 percent
    found = near(imported, share)

    assert found.get(("dibao", "income")) == ((True, 7000, 3.74) if is_listed else None)


def test_findings_are_filtered_by_any_status(imported):
    found = json.loads(imported("gaps", "--status", "ineligible", "--format", "json").stdout)

    assert {one["status"] for one in found["findings"]} == {"ineligible"}
    assert found["totals"]["unclaimed_households"] == 1


def test_undetermined_findings_alone_are_the_visit_list(imported):
    result = imported("gaps", "--status", "undetermined", "--format", "json")

    visits = json.loads(result.stdout)["visits"]
    visit = next(one for one in visits if one["household_no"] == "X-2")
    finding = next(o for o in json.loads(result.stdout)["findings"] if o["programme"] == "dibao")
    assert (visit["household_no"], visit["ask"][0]) == ("X-2", finding["cheapest"][0])
    assert finding["at_stake_fen_per_month"] == 93500
    assert visit["questions"] != []


def test_a_household_on_no_list_yet_is_told_as_that(imported):
    result = imported("explain", "X-1", "--as-of", "2020-01-01")

    assert result.exit_code == 1
    assert "no list in force by the day asked about names this household" in result.stderr


def test_a_blank_cell_that_the_pack_reads_as_none_is_said_to_be_blank(imported):
    path = write_workbook(
        Path("残疾.xlsx"),
        [
            ["西岭街道困难户摸排情况（2024年12月6日）"],
            ["户编号", "姓名", "身份证号", "与户主关系", "社区", "残疾级别", "残疾类型"],
            ["X-3", "李秋菊", "", "户主", "西岭", "", ""],
        ],
    )
    imported("import", path)

    page = imported("explain", "X-3", "disability-care", "--full").stdout

    assert "grade on the disability card: *** (the cell is blank)" in page
