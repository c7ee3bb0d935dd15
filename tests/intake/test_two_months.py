"""A second month beside the first: newer rows decide, and nobody gets another number."""

import pytest
from openpyxl import load_workbook

from tests.support.two_months import (
    LI,
    LI_ROW,
    answer,
    declare_complete,
    household_list,
    id_number,
    roster,
    save,
    status_of,
)

OLD = id_number("36030219400305128")
WANG = id_number("36030219751111456")


@pytest.mark.parametrize("order", [(11, 12), (12, 11)])
def test_a_newer_complete_roster_takes_back_an_older_receipt(relief, order):
    declare_complete()
    household_list(11, LI_ROW)
    rosters = {11: roster(11, ["1", "李四", LI, "635"]), 12: roster(12, ["1", "王五", WANG, "500"])}

    relief("import", "困难家庭11.csv", *(rosters[month] for month in order))

    assert status_of(relief, "dibao", "--as-of", "2024-12-31") == ["unclaimed"]
    assert status_of(relief, "dibao", "--as-of", "2024-11-30") == []


def test_a_newer_fact_counts_and_the_older_one_does_not(relief):
    household_list(11, LI_ROW)
    household_list(12, (*LI_ROW[:5], "9000", "0", "0", "1"))

    relief("import", "困难家庭12.csv", "困难家庭11.csv")

    assert answer(relief, "show", "X1")["household"]["household_income"] == 900000


def test_somebody_older_who_joins_later_moves_nobody(relief):
    household_list(11, LI_ROW, (*LI_ROW[:2], "王五", WANG, "妻"))
    relief("import", "困难家庭11.csv")
    before = [member["member_no"] for member in answer(relief, "show", "X1")["members"]]

    household_list(12, LI_ROW, (*LI_ROW[:2], "李老太", OLD, "母亲"))
    relief("import", "困难家庭12.csv")

    after = answer(relief, "show", "X1")["members"]
    assert [member["member_no"] for member in after] == [*before, "X1-03"]
    assert after[2]["relation"] == "母亲"


def test_the_same_month_on_two_rosters_is_paid_once(relief):
    declare_complete()
    household_list(11, LI_ROW)
    roster(11, ["1", "李四", LI, "400"])
    roster(11, ["1", "李四", LI, "400"], ["2", "王五", WANG, "1"], name="低保金发放表补.csv")

    relief("import", "困难家庭11.csv", "低保金发放表11.csv", "低保金发放表补.csv")

    findings = answer(relief, "gaps", "--as-of", "2024-11-30")["findings"]
    (finding,) = (seen for seen in findings if seen["programme"] == "dibao")
    assert (finding["status"], finding["paid_fen"], finding["amount_fen"]) == (
        "underpaid",
        40000,
        63500,
    )


def test_two_rosters_of_a_month_that_disagree_leave_the_amount_unknown(relief):
    declare_complete()
    household_list(11, LI_ROW)
    roster(11, ["1", "李四", LI, "400"])
    roster(11, ["1", "李四", LI, "600"], name="低保金发放表补.csv")

    relief("import", "困难家庭11.csv", "低保金发放表11.csv", "低保金发放表补.csv")

    codes = [problem["code"] for problem in answer(relief, "problems")["problems"]]
    assert codes == ["roster-amounts-disagree"]
    assert status_of(relief, "dibao", "--as-of", "2024-11-30") == []


def test_a_corrected_file_replaces_its_namesake_only_when_told_to(relief):
    declare_complete()
    household_list(11, LI_ROW)
    relief("import", "困难家庭11.csv", roster(11, ["1", "李四", LI, "635"]))

    corrected = roster(11, ["1", "王五", WANG, "635"])
    beside = relief("import", corrected)
    kept = status_of(relief, "dibao", "--as-of", "2024-11-30")
    relief("import", corrected, "--replace")

    assert "--replace" in beside.stderr
    assert kept == []
    assert status_of(relief, "dibao", "--as-of", "2024-11-30") == ["unclaimed"]


@pytest.mark.parametrize(
    "cells, status",
    [
        (("李是", LI[:17] + "0"), "undetermined"),
        (("李是", LI[:10] + "9" + LI[11:]), "undetermined"),
        (("李是", ""), "undetermined"),
        (("周五", WANG), "unclaimed"),
        (("周五", ""), "unclaimed"),
    ],
)
def test_a_complete_roster_denies_nobody_whom_a_miswritten_row_may_mean(relief, cells, status):
    declare_complete()
    household_list(11, LI_ROW)

    relief("import", "困难家庭11.csv", roster(11, ["1", *cells, "635"]))

    assert status_of(relief, "dibao", "--as-of", "2024-11-30") == [status]


def test_a_roster_of_months_not_in_a_row_is_of_no_month_until_somebody_says_which(relief):
    household_list(11, LI_ROW)
    relief("import", "困难家庭11.csv")
    paid = roster("1、6、11", ["1", "李四", LI, "635"], ["合计", "", "", "635"])

    asked = relief("import", paid)
    problems = answer(relief, "problems")["problems"]
    relief("import", paid, "--month", "2024-11")

    assert asked.exit_code == 3
    assert [problem["code"] for problem in problems] == ["covers-several-months"]
    assert "--month" in problems[0]["message"]
    assert answer(relief, "problems")["problems"] == []


@pytest.mark.parametrize("amount", ["0", "0.00"])
def test_a_row_of_nothing_on_a_roster_is_no_receipt(relief, amount):
    declare_complete()
    household_list(11, LI_ROW)

    relief("import", "困难家庭11.csv", roster(11, ["1", "李四", LI, amount]))

    assert status_of(relief, "dibao", "--as-of", "2024-11-30") == ["unclaimed"]


@pytest.mark.parametrize(
    "title, rows, statuses",
    [
        ("发放表", [["1", "王五", WANG, "500"], ["", "合计", "", "500"]], ["unclaimed"]),
        ("发放表", [["1", "王五", WANG, "500"], ["", "合计", "", "700"]], ["undetermined"]),
        ("新增对象名单", [["1", "王五", WANG, "500"], ["", "合计", "", "500"]], ["undetermined"]),
    ],
    ids=["total agrees", "total differs", "a list of changes"],
)
def test_only_a_payment_list_whose_total_agrees_speaks_for_those_it_lacks(
    relief, title, rows, statuses
):
    household_list(11, LI_ROW)
    header = ["序号", "户主姓名", "身份证号", "发放金额"]
    save("低保.csv", [f"西岭社区城市低保金{title}（2024年11月）"], header, *rows)

    relief("import", "困难家庭11.csv", "低保.csv")

    assert status_of(relief, "dibao", "--as-of", "2024-11-30") == statuses


def test_what_an_import_changed_is_a_table_on_the_screen_and_in_a_workbook(relief, tmp_path):
    household_list(11, LI_ROW)
    relief("import", "困难家庭11.csv")
    household_list(12, (*LI_ROW[:5], "400", "7", "0", "1"), (*LI_ROW[:2], "王五", WANG, "妻"))

    shown = relief("import", "困难家庭12.csv", "--dry-run").stdout.splitlines()
    relief("import", "困难家庭12.csv", "--out", "变化.xlsx")

    written = load_workbook(tmp_path / "变化.xlsx")["2 Changes"]
    lines = ["\t".join("" if cell is None else str(cell) for cell in row) for row in written.values]
    for line in (
        "people who are new\tX1\tX1-02\t\t\t",
        "facts that changed\tX1\t\thousehold income per month\t300.00\t400.00",
        "facts that changed\tX1\t\thousehold deposits\t***\t***",
    ):
        assert line in shown
        assert line.replace(".00", "") in lines


def test_an_import_that_changed_nothing_lists_no_changes(relief):
    household_list(11, LI_ROW)
    relief("import", "困难家庭11.csv")

    again = relief("import", "困难家庭11.csv")

    assert "Before\tAfter" not in again.stdout


def test_visits_are_counted_on_the_day_of_the_lists_or_of_the_newest_visit(relief):
    household_list(12, LI_ROW)
    relief("import", "困难家庭12.csv")
    before = answer(relief, "visits")["as_of"]

    who = ("--by", "张三", "--by", "李四", "--level", "社区", "--method", "上门")
    relief("visit", "X1", *who, "--found", "情况属实", "--on", "2025-06-30")

    assert (before, answer(relief, "visits")["as_of"]) == ("2024-12-31", "2025-06-30")
