"""What was paid is compared with what is due only where the law was the same then."""

import json

import pytest

from tests.support.ready_folders import fill_folder
from tests.support.two_months import LI, LI_ROW, declare_complete, household_list, roster, status_of


@pytest.fixture
def paid(relief):
    """Return a household with 300 yuan that got the difference to 935, and no less, in November."""
    return fill_folder(_import_november, relief)


def _import_november(relief):
    declare_complete()
    household_list(11, LI_ROW)
    relief("import", "困难家庭11.csv", roster(11, ["1", "李四", LI, "635"]))


def set_line(relief, yuan):
    line = ("pack", "set", "dibao_line", yuan, "--from", "2024-12-01", "--source", "通知")
    assert relief(*line, "--by", "王五").exit_code == 0


def december(relief, amount):
    relief("import", roster(12, ["1", "李四", LI, amount], name="低保金12.csv"))


def test_a_raised_standard_makes_no_underpayment_of_the_month_before(paid):
    before = status_of(paid, "dibao", "--as-of", "2024-12-10")
    set_line(paid, "1000")

    assert (before, status_of(paid, "dibao", "--as-of", "2024-12-10")) == ([], [])
    assert status_of(paid, "dibao", "--status", "receiving", "--as-of", "2024-12-10") == [
        "receiving"
    ]


@pytest.mark.parametrize("amount, statuses", [("635", ["underpaid"]), ("700", [])])
def test_the_month_of_the_raised_standard_is_set_against_it(paid, amount, statuses):
    set_line(paid, "1000")
    december(paid, amount)

    assert status_of(paid, "dibao", "--as-of", "2024-12-31") == statuses


def test_a_standard_that_goes_on_unchanged_is_the_same_law(paid):
    set_line(paid, "935")
    paid("import", roster(11, ["1", "李四", LI, "600"], name="低保金发放表11.csv"), "--replace")

    assert status_of(paid, "dibao", "--as-of", "2024-12-10") == ["underpaid"]


def why(relief, day):
    line = ("gaps", "--status", "receiving", "--as-of", day, "--format", "json")
    (dibao,) = (
        finding
        for finding in json.loads(relief(*line).stdout)["findings"]
        if finding["programme"] == "dibao"
    )
    return dibao["uncompared"]


def test_the_answer_says_why_what_is_paid_cannot_be_compared_with_what_is_due(paid):
    in_november = why(paid, "2024-11-30")
    set_line(paid, "1000")

    told = paid("explain", "X1", "dibao", "--as-of", "2024-12-10")

    assert (in_november, why(paid, "2024-12-10")) == (None, "other-values")
    assert "it was paid before what is due last changed" in told.stdout
    assert "nothing is to be done" not in told.stdout


def test_what_is_paid_in_a_year_without_a_standard_is_compared_with_the_last_known_one(paid):
    paid("import", roster(11, ["1", "李四", LI, "467.50"], name="低保金发放表11.csv"), "--replace")
    paid("gaps", "--open-cases", "--as-of", "2024-11-30")
    stop = ("pack", "set", "dibao_line", "935", "--from", "2024-01-01", "--until", "2025-01-01")
    assert paid(*stop, "--source", "通知", "--by", "王五").exit_code == 0
    december(paid, "467.50")

    paid("gaps", "--open-cases", "--as-of", "2025-01-05")

    (case,) = (
        case
        for case in json.loads(paid("cases", "--format", "json").stdout)["cases"]
        if case["programme"] == "dibao"
    )
    explained = paid("explain", "X1", "dibao", "--as-of", "2025-01-05")
    assert (case["found"], case["state"], case["paid_until"]) == (
        "underpaid",
        "found",
        "2024-11-30",
    )
    assert "is paid 467.50 a month, is due 635.00 a month" in explained.stdout


def test_somebody_on_a_list_without_amounts_receives_it_and_how_much_is_not_known(paid):
    december(paid, "")

    assert why(paid, "2024-12-31") == "paid-unknown"
