"""Who receives must be examined again: by the law's intervals, from the last examination on."""

import datetime as dt

import pytest

from relieftool.cases.case_list import find_case, open_cases
from relieftool.cases.headcounts import CountedOnDay, add_payments
from relieftool.cases.records import CaseFinding
from relieftool.cases.reexaminations import list_due_reexaminations
from relieftool.cases.steps import add_step
from tests.cases.test_life_events import COLUMNS, OTHER, ROWS, happen
from tests.support.fieldwork_entries import visit
from tests.support.registers import GRAN, ZHAO, register, roster, shipped_pack, table

PAID = "name id_number amount"
BY = dt.date(2026, 12, 31)


@pytest.fixture
def db(tmp_path):
    """Return a register in which a family and a woman alone are on dibao since November 2024."""
    homes = table(COLUMNS, *ROWS, OTHER, covers="2024-11")
    paid = roster("dibao", PAID, ["赵大山", ZHAO, 900], ["孙老太", GRAN, 500], covers="2024-11")
    return register(tmp_path, homes, paid)


def due(db, household="H1", until=BY):
    counted = CountedOnDay()
    add_payments(db, shipped_pack(), counted, dt.date(2024, 12, 31))
    found = list_due_reexaminations(db, shipped_pack(), counted, until.isoformat())
    return [each for each in found if each.household_no == household]


def test_without_any_examination_the_time_runs_from_the_first_month_paid(db):
    (found,) = due(db)

    assert (found.programme, found.due_on) == ("dibao", "2025-05-01")
    words = str(found.words)
    assert "no visit or decision is written down" in words
    assert "by 2025-05-01 for those whose income is irregular" in words
    assert "by 2025-11-01 for those whose means change little" in words
    assert "第三十一条" in words


def test_after_a_visit_the_time_runs_from_its_day(db):
    visit(db, "H1", visited_on="2025-02-10")

    assert [each.due_on for each in due(db)] == ["2025-08-10"]
    assert [each.due_on for each in due(db, "H2")] == ["2025-05-01"]


def test_after_a_decision_the_time_runs_from_its_day(db):
    (number,) = open_cases(
        db, [CaseFinding("H1", None, "dibao", "unclaimed")], dt.date(2024, 11, 5)
    ).opened
    add_step(
        *(db, find_case(db, number), "decided", dt.date(2024, 12, 31)),
        by="王五",
        reason="批准",
        outcome="granted",
    )

    assert [each.due_on for each in due(db)] == ["2025-06-30"]


def test_after_a_death_the_household_is_examined_within_three_months(db):
    happen(db, "died", "H1", ["2"], on=dt.date(2024, 12, 1))

    (found, regular) = due(db)

    assert (found.due_on, regular.due_on) == ("2025-03-01", "2025-05-01")
    assert "Somebody died on 2024-12-01" in str(found.words)


def test_a_visit_after_a_death_is_that_examination(db):
    happen(db, "died", "H1", ["2"], on=dt.date(2024, 12, 1))

    visit(db, "H1", visited_on="2024-12-20")

    assert [each.due_on for each in due(db)] == ["2025-06-20"]


@pytest.mark.parametrize("until, count", [("2025-04-30", 0), ("2025-05-01", 1)])
def test_only_what_is_due_by_the_day_is_listed(db, until, count):
    assert len(due(db, until=dt.date.fromisoformat(until))) == count


def test_what_the_law_wants_examined_at_no_time_is_not_listed(tmp_path):
    homes = table(COLUMNS, OTHER, covers="2024-11")
    paid = roster("elderly-80", PAID, ["孙老太", GRAN, 500], covers="2024-11")

    assert due(register(tmp_path, homes, paid), "H2") == []
