"""What was paid is set against what is due only where the law was the same then."""

import pytest
from test_two_months import LI, LI_ROW, declare_complete, household_list, roster, status_of


@pytest.fixture
def paid(relief):
    """Give a household with 300 yuan that got the difference to 935, and no less, in November."""
    declare_complete()
    household_list(11, LI_ROW)
    relief("import", "困难家庭11.csv", roster(11, ["1", "李四", LI, "635"]))
    return relief


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
