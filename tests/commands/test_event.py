"""`relief event`, as a clerk types it."""

import json

import pytest

from tests.support.two_months import LI_ROW, declare_complete, household_list, id_number, roster

WIFE = id_number("36030219720305224")
WIFE_ROW = ("西岭", "X1", "钱小花", WIFE, "配偶", "", "", "", "")
LINE_FEN, INCOME_FEN = 93500, 30000


@pytest.fixture
def street(relief):
    """Import a couple with 300 yuan a month, who draw nothing, and open their cases."""
    declare_complete()
    household_list(10, LI_ROW, WIFE_ROW)
    relief("import", "困难家庭10.csv", roster(10, ["1", "王五", "", "500"]))
    relief("gaps", "--open-cases", "--as-of", "2024-11-02")
    return relief


def happen(relief, *line):
    return relief("event", "X1", *line, "--on", "2024-11-05", "--by", "王五")


def dibao_of(found):
    answer = json.loads(found.stdout)
    (change,) = [each for each in answer["benefits"] if each["programme"] == "dibao"]
    return change["before_fen_per_month"], change["after_fen_per_month"]


def test_a_death_says_what_it_does_to_dibao(street):
    found = happen(street, "--died", "钱小花", "--format", "json")

    assert found.exit_code == 0
    assert dibao_of(found) == (2 * LINE_FEN - INCOME_FEN, LINE_FEN - INCOME_FEN)


def test_a_household_that_ends_has_no_open_case_and_no_finding(street):
    happen(street, "--moved-out", "1", "--moved-out", "2")

    states = {
        case["state"] for case in json.loads(street("cases", "--format", "json").stdout)["cases"]
    }
    assert states == {"closed"}
    assert json.loads(street("gaps", "--format", "json").stdout)["totals"]["households"] == 0
    assert street("verify").exit_code == 0


def test_a_rehearsal_and_an_undo_leave_everything_as_it_was(street):
    before = street("gaps", "--format", "json").stdout

    rehearsed = happen(street, "--died", "2", "--dry-run")
    happen(street, "--died", "2")
    undone = happen(street, "--undo")

    assert (rehearsed.exit_code, undone.exit_code) == (0, 0)
    assert street("gaps", "--format", "json").stdout == before
    assert street("verify").exit_code == 0


@pytest.mark.parametrize(
    "line, code",
    [
        (["--died", "1"], 1),
        (["--died", "3"], 1),
        (["--split", "1，2"], 1),
        ([], 2),
        (["--died", "1", "--moved-out", "2"], 2),
        (["--died", "2", "--id-number", WIFE], 2),
    ],
)
def test_what_cannot_be_is_refused(street, line, code):
    found = happen(street, *line)

    assert (found.exit_code, found.stdout) == (code, "")
    assert street("event", "X1", "--undo", "--on", "2024-11-05", "--by", "王").exit_code == 1
