"""Refer, decide, close and follow up, month after month, as people type it."""

import json
from datetime import date

import pytest
from openpyxl import load_workbook

from tests.support.dibao_cases import answer, dibao_case
from tests.support.dibao_cases import street as street  # noqa: PLC0414 a fixture that files share
from tests.support.two_months import LI, LI_ROW, household_list, id_number, roster

ZHAO = id_number("36030219680417123")
WIFE = id_number("36030219720417124")


def states(relief, *line):
    """Return where each dibao case stands."""
    cases = answer(relief, "cases", *line)["cases"]
    return [one["state"] for one in cases if one["programme"] == "dibao"]


def pay(relief, month, amount):
    path = roster(month, ["1", "李四", LI, amount], name=f"低保{month}.csv")
    return relief("import", path)


def test_a_referral_writes_one_masked_workbook_for_each_department_and_marks_the_cases(street):
    result = street(
        "refer", "--by", "王五", "--on", "2024-12-12", "--department", "民政", "--out", "转办.xlsx"
    )

    sheet = load_workbook("转办.xlsx").worksheets[0]
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert (result.exit_code, states(street)) == (0, ["referred"])
    assert "李*" in cells
    assert not {"李四", LI} & set(cells)
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$1:$1"


def test_names_go_out_in_full_only_with_a_reason_which_is_kept(street):
    line = (
        "refer",
        "--by",
        "王五",
        "--on",
        "2024-12-12",
        "--out",
        "转办.xlsx",
        "--department",
        "民政",
    )

    refused = street(*line, "--reveal")
    street(*line, "--reveal", "--reason", "民政局要求")

    cells = [
        str(c.value) for row in load_workbook("转办.xlsx").worksheets[0].iter_rows() for c in row
    ]
    assert refused.exit_code == 2
    assert {"李四", LI} <= set(cells)


def test_a_case_whose_finding_is_gone_is_left_out_of_referrals_and_told(street):
    case = dibao_case(street)
    pay(street, 12, "635")

    result = street("refer", "--by", "王五", "--on", "2024-12-31", "--department", "民政")

    assert (result.exit_code, states(street)) == (0, ["found"])
    assert f"Left out, because the finding is no longer there: {case}." in result.stderr


def test_what_was_sent_is_not_sent_again_unless_named(street):
    line = ("refer", "--by", "王五", "--on", "2024-12-12")
    street(*line)

    again = street(*line)
    reminder = street("refer", dibao_case(street), "--by", "王五", "--on", "2024-12-20")

    assert "No case waits to be referred" in again.stderr
    assert (reminder.exit_code, "1 cases are referred." in reminder.stderr) == (0, True)


def test_a_decided_case_is_sent_again_only_with_a_word(street):
    case, day = dibao_case(street), ("--by", "王五", "--on", "2024-12-20")
    street("decide", case, "--granted", *day)

    refused = street("refer", case, *day)
    between = states(street)
    again = street("refer", case, *day, "--again")

    assert (refused.exit_code, again.exit_code) == (1, 0)
    assert f"`relief refer {case} --again` asks the department anew" in refused.stderr
    assert (between, states(street)) == (["decided"], ["referred"])


def test_a_rehearsed_referral_writes_no_file_and_marks_nothing(street, tmp_path):
    before = sorted(tmp_path.iterdir())

    result = street("refer", "--by", "王五", "--on", "2024-12-12", "--dry-run")

    assert (result.exit_code, sorted(tmp_path.iterdir())) == (0, before)
    assert states(street) == ["found"]


def test_where_the_workbook_cannot_be_written_nothing_is_marked(street):
    result = street("refer", "--by", "王五", "--on", "2024-12-12", "--out", "nowhere/转办.xlsx")

    assert (result.exit_code, states(street)) == (1, ["found"])


@pytest.mark.parametrize(
    "line, words",
    [
        (("--department", "水利局"), "no programme is granted by a department of this name"),
        (("C2024-0099",), "there is no such case"),
        (("--out", "转办"), "the ending does not say what to write"),
    ],
)
def test_a_referral_that_cannot_be_made_is_refused(street, line, words):
    result = street("refer", *line, "--by", "王五", "--on", "2024-12-12")

    assert (result.exit_code, words in result.stderr) == (1, True)


def test_a_paid_case_is_seen_closed_and_verified(street):
    case = dibao_case(street)
    pay(street, 12, "635")

    seen = street("gaps", "--open-cases", "--as-of", "2024-12-31")
    closing = (
        "close-case",
        case,
        "--outcome",
        "receiving",
        "--evidence",
        "12月花名册",
        "--by",
        "王五",
    )
    closed = street(*closing, "--checked-by", "赵六", "--on", "2024-12-31", "--format", "json")

    (record,) = json.loads(closed.stdout)["cases"]
    assert f"Receipt seen (1): {case}." in seen.stderr
    assert (record["verified"], record["checked_by"]) == (True, "赵六")
    assert street("verify").exit_code == 0


def test_a_closing_is_verified_by_the_import_that_brings_the_roster(street):
    case = dibao_case(street)
    closing = ("close-case", case, "--outcome", "receiving", "--evidence", "通知书", "--by", "王五")
    street(*closing, "--on", "2024-12-12")
    before = answer(street, "cases")["cases"]

    imported = pay(street, 12, "635")

    after = answer(street, "cases")["cases"]
    verified = [
        [one["verified"] for one in cases if one["case"] == case] for cases in (before, after)
    ]
    assert verified == [[False], [True]]
    assert f"Closed and now verified by a roster (1): {case}." in imported.stderr


def test_a_closing_is_verified_by_the_answer_that_settles_who_is_paid(street):
    case = dibao_case(street)
    closing = ("close-case", case, "--outcome", "receiving", "--evidence", "通知书", "--by", "王五")
    street(*closing, "--on", "2024-12-12")
    street("import", roster(12, ["1", "李四", "", "635"], name="低保12.csv"))
    asked = answer(street, "questions", "--kind", "same-person")["questions"]
    (number,) = [one["question"] for one in asked if "低保12" in one["text_zh"]]

    answered = street("answer", str(number), "X1-01", "--by", "王五")

    (found,) = [one for one in answer(street, "cases")["cases"] if one["case"] == case]
    assert found["verified"]
    assert f"Closed and now verified by a roster (1): {case}." in answered.stderr


@pytest.mark.parametrize("paid, is_verified", [("1800", False), ("2800", True)])
def test_an_import_verifies_by_the_values_set_here_and_not_by_the_pack_alone(
    street, paid, is_verified
):
    case = dibao_case(street)
    line = (
        "dibao_line",
        "3000",
        "--from",
        "2024-01-01",
        "--source",
        "市民政局文件",
        "--by",
        "王五",
    )
    assert street("pack", "set", *line).exit_code == 0
    closing = ("close-case", case, "--outcome", "receiving", "--evidence", "通知书", "--by", "王五")
    street(*closing, "--on", "2024-12-12")

    imported = pay(street, 12, paid)

    verified = [one["verified"] for one in answer(street, "cases")["cases"] if one["case"] == case]
    assert verified == [is_verified]
    assert ("now verified by a roster" in imported.stderr) is is_verified


SET_LINE = ("pack", "set", "dibao_line", "3000", "--from", "2024-01-01", "--source", "文件")


@pytest.mark.parametrize(
    "change",
    [
        ("event", "X1", "--died", "02", "--on", "2024-12-20", "--by", "王五"),
        ("pack", "unset", "dibao_line", "--from", "2024-01-01", "--by", "王五"),
    ],
)
def test_whatever_makes_a_payment_enough_verifies_a_closing(street, change):
    case = dibao_case(street)
    wife = ("西岭", "X1", "钱二", WIFE, "配偶", "", "", "", "", "")
    street("import", household_list(12, LI_ROW, wife) if change[0] == "event" else ".")
    if change[0] == "pack":
        street(*SET_LINE, "--by", "王五")
    pay(street, 12, "635")
    closing = ("close-case", case, "--outcome", "receiving", "--evidence", "通知书", "--by", "王五")
    street(*closing, "--on", "2024-12-31", "--reason", "先结")
    before = [one["verified"] for one in answer(street, "cases")["cases"] if one["case"] == case]

    changed = street(*change)

    after = [one["verified"] for one in answer(street, "cases")["cases"] if one["case"] == case]
    assert (before, after) == ([False], [True])
    assert f"Closed and now verified by a roster (1): {case}." in changed.stderr


def test_an_import_writes_on_the_day_it_is_told_so_that_what_stops_comes_back(street):
    case = dibao_case(street)
    closing = ("close-case", case, "--outcome", "receiving", "--evidence", "通知书", "--by", "王五")
    street(*closing, "--on", "2024-12-01")
    november = roster(11, ["1", "李四", LI, "635"], name="低保11.csv")
    december = roster(12, ["1", "王五", "", "500"], name="低保12.csv")
    ahead = street("import", november, "--on", "2099-01-01")

    street("import", november, "--on", "2024-12-02")
    verified_on = [
        one["last_on"] for one in answer(street, "cases")["cases"] if one["case"] == case
    ]
    street("import", december, "--on", "2024-12-04")
    back = street("gaps", "--open-cases", "--as-of", "2024-12-05")

    assert (ahead.exit_code, "has not come yet" in ahead.stderr) == (2, True)
    assert verified_on == ["2024-12-02"]
    assert f"Came back, and open again (1): {case}." in back.stderr


def test_a_roster_from_before_a_closing_does_not_speak_of_what_was_paid_since(street):
    case = dibao_case(street)
    closing = ("close-case", case, "--outcome", "receiving", "--evidence", "通知书", "--by", "王五")
    street(*closing, "--on", "2024-12-01")

    november = street("import", roster(11, ["1", "王五", "", "500"], name="低保11.csv"))
    december = street("import", roster(12, ["1", "王五", "", "500"], name="低保12.csv"))

    told = f"the newest complete roster does not have them (1): {case}."
    assert (told in november.stderr, told in december.stderr) == (False, True)


def test_two_months_at_once_tell_whom_the_newer_one_lacks(street):
    case = dibao_case(street)
    closing = ("close-case", case, "--outcome", "receiving", "--evidence", "通知书", "--by", "王五")
    street(*closing, "--on", "2024-12-01")
    november = roster(11, ["1", "李四", LI, "635"], name="低保11.csv")
    december = roster(12, ["1", "王五", "", "500"], name="低保12.csv")

    imported = street("import", november, december, "--on", "2024-12-04")

    told = f"the newest complete roster does not have them (1): {case}."
    assert told in imported.stderr
    assert told in street("gaps", "--open-cases", "--as-of", "2024-12-05", "--dry-run").stderr
    assert "1 changed" in street("gaps", "--as-of", "2024-12-05").stderr


def test_less_than_is_due_leaves_a_closing_unverified_and_says_so(street):
    case = dibao_case(street)
    pay(street, 12, "100")

    closing = (
        "close-case",
        case,
        "--outcome",
        "receiving",
        "--evidence",
        "12月花名册",
        "--by",
        "王五",
    )
    result = street(*closing, "--on", "2024-12-31")

    assert "but with less than is due" in result.stderr
    assert states(street, "--state", "closed") == ["closed"]


def test_a_benefit_that_stops_opens_its_case_again(street):
    case = dibao_case(street)
    pay(street, 11, "635")
    street("gaps", "--open-cases", "--as-of", "2024-11-30")
    street("import", roster(12, ["1", "王五", "", "500"], name="低保停.csv"))

    back = street("gaps", "--open-cases", "--as-of", "2024-12-31")

    assert f"Came back, and open again (1): {case}." in back.stderr
    assert "reopened" in states(street)
    assert "the longest for" in back.stderr


def test_looking_ahead_writes_nothing_ahead(street):
    pay(street, 12, "635")

    told = street("gaps", "--as-of", "2099-01-01")
    street("gaps", "--open-cases", "--as-of", "2099-01-01")

    assert told.exit_code in (0, 3)
    today = date.today().isoformat()  # noqa: DTZ011 the local day
    assert {one["last_on"] for one in answer(street, "cases")["cases"]} <= {"2024-11-02", today}


def test_overdue_cases_can_be_asked_for_alone_and_stand_first(street):
    due = answer(street, "cases", "--as-of", "2025-03-03", "--overdue")["cases"]

    assert [one["programme"] for one in due] == ["dibao"]
    assert "Overdue: 1; they stand first." in street("cases", "--as-of", "2025-03-03").stderr


def test_reopening_needs_a_reason_and_keeps_the_chain(street):
    case = dibao_case(street)
    street(
        "close-case",
        case,
        "--outcome",
        "other",
        "--evidence",
        "x",
        "--by",
        "王五",
        "--on",
        "2024-12-12",
    )

    silent = street("reopen-case", case, "--by", "王五")
    rehearsed = street("reopen-case", case, "--reason", "误销", "--by", "王五", "--dry-run")
    between = states(street)
    done = street("reopen-case", case, "--reason", "误销", "--by", "王五")

    assert (silent.exit_code, rehearsed.exit_code, done.exit_code) == (2, 0, 0)
    assert (between, states(street)) == (["closed"], ["reopened"])
    assert street("verify").exit_code == 0


@pytest.mark.parametrize(
    "line, code, words",
    [
        ((), 2, "name one case, or a list with --file"),
        (("C2024-0001",), 2, "say one of --granted, --refused, --reduced and --ended"),
        (("C2024-0001", "--refused"), 1, "a refusal needs its reason"),
        (("C2024-0001", "--granted", "--amount", "many"), 2, "this is not an amount"),
        (("C2024-0099", "--granted"), 1, "there is no such case"),
    ],
)
def test_a_decision_that_lacks_something_is_refused(street, line, code, words):
    result = street("decide", *line, "--by", "王五", "--on", "2024-12-12")

    assert (result.exit_code, words in result.stderr) == (code, True)


def test_checking_is_somebody_elses_work(street):
    case = dibao_case(street)
    street(
        "close-case",
        case,
        "--outcome",
        "other",
        "--evidence",
        "x",
        "--by",
        "王五",
        "--on",
        "2024-12-12",
    )

    same = street("check-case", case, "--by", "王五")
    other = street("check-case", case, "--by", "赵六")

    assert (same.exit_code, other.exit_code) == (1, 0)
    assert f"{case} is closed and checked." in other.stderr


def test_gaps_says_what_is_new_and_resolved_and_how_long_each_is_open_and_writes_nothing(
    street, tmp_path
):
    case = dibao_case(street)
    household_list(12, LI_ROW, ("西岭", "X2", "赵七", ZHAO, "户主", "200", "0", "0", "1"))
    before = answer(street, "gaps", "--as-of", "2024-11-12")
    street("import", "困难家庭12.csv")
    pay(street, 12, "635")
    written = (tmp_path / "relief.db").read_bytes()

    told = street("gaps", "--as-of", "2024-12-31")

    (open_dibao,) = (one for one in before["findings"] if one["programme"] == "dibao")
    assert (open_dibao["case"], open_dibao["days_open"]) == (case, 10)
    (line,) = [line for line in told.stderr.splitlines() if line.startswith("Cases: ")]
    assert "1 open" in line
    assert "1 changed" in line
    assert (tmp_path / "relief.db").read_bytes() == written
