"""Visits, helpers and measures: what each must say, and what is counted from them."""

import datetime as dt
import sqlite3
from datetime import date
from fractions import Fraction

import pytest

from relieftool.cases.verify import verify_ledger
from relieftool.errors import ReliefError
from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.fieldwork.coverage import find_coverage
from relieftool.fieldwork.helpers import (
    Helper,
    list_helpers,
    list_household_helpers,
    record_assignment,
    record_helper,
    record_pairings,
    suggest_helpers,
)
from relieftool.fieldwork.measures import Measure, MeasureKind, list_measures, record_measure
from relieftool.fieldwork.visits import (
    VisitLevel,
    VisitMethod,
    VisitStep,
    list_visits,
    record_visit,
)
from relieftool.store.entries import FIELD_CHAINS
from tests.support.fieldwork_entries import DAY, SURVEY, fill_fieldwork, helper, visit
from tests.support.ledger_register import new_register


@pytest.fixture
def db(tmp_path):
    register = new_register(tmp_path / "relief.db")
    yield register
    register.close()


def is_whole(db):
    return verify_ledger(db, chains=FIELD_CHAINS, checks=FIELD_CHECKS) == []


def check(db, **changed):
    stated = {"level": VisitLevel.STREET, "investigators": ("王五",), "on": "2024-12-20"}
    return visit(db, step=VisitStep.CHECK, **(stated | changed))


def test_a_visit_is_kept_as_it_was_stated(db):
    record_visit(db, SURVEY)

    assert list_visits(db) == [SURVEY]
    assert is_whole(db)


@pytest.mark.parametrize(
    "step, names, is_enough",
    [
        (VisitStep.SURVEY, ("张三", "李四"), True),
        (VisitStep.SURVEY, ("张三",), False),
        (VisitStep.SURVEY, ("张三", " 张三 "), False),
        (VisitStep.SURVEY, ("张三", "张 三"), False),
        (VisitStep.SURVEY, ("Li Bo", "ｌｉ　ｂｏ"), False),
        (VisitStep.SCREENING, ("张三",), True),
    ],
)
def test_a_survey_takes_two_different_investigators(db, step, names, is_enough):
    if is_enough:
        visit(db, step=step, investigators=names)
    else:
        with pytest.raises(ReliefError, match="a survey takes at least two investigators"):
            visit(db, step=step, investigators=names)

    assert len(list_visits(db)) == is_enough


@pytest.mark.parametrize(
    "changed, words",
    [
        ({"household_no": "HK-9"}, "no household has this number\nThe nearest are: HK-"),
        ({"found": " — "}, "--found: says nothing"),
        ({"investigators": ("张三", "-")}, "--by: names nobody"),
    ],
)
def test_a_visit_that_lacks_something_is_refused(db, changed, words):
    with pytest.raises(ReliefError, match=words):
        visit(db, **changed)

    assert list_visits(db) == []


def test_a_check_is_made_by_another_level_after_a_survey(db):
    visit(db)

    check(db)

    assert [one.step for one in list_visits(db)] == ["survey", "check"]
    assert is_whole(db)


@pytest.mark.parametrize(
    "changed, words",
    [
        ({"level": VisitLevel.COMMUNITY}, "somebody of another level than the survey's"),
        ({"investigators": ("王五", "李四")}, "somebody else than those who made the survey"),
        ({"investigators": ("李 四",)}, "The survey of 2024-12-10 was made by: 李 四"),
        ({"household_no": "HK-2"}, "no survey of this household was written down"),
        ({"on": "2024-12-09"}, "no survey of this household was written down"),
    ],
)
def test_a_check_that_is_not_independent_is_refused(db, changed, words):
    visit(db)

    with pytest.raises(ReliefError, match=words):
        check(db, **changed)


@pytest.mark.parametrize(
    "day, states",
    [
        ("2024-12-09", (0, 0, 0, 3)),
        ("2024-12-10", (1, 0, 0, 2)),
        ("2025-11-10", (1, 0, 0, 2)),
        ("2025-11-11", (0, 1, 0, 2)),
        ("2025-12-10", (0, 1, 0, 2)),
        ("2025-12-11", (0, 0, 1, 2)),
    ],
)
def test_a_visit_counts_a_year_is_due_in_its_last_month_and_then_overdue(db, day, states):
    visit(db)

    counted = find_coverage(db, date.fromisoformat(day), 365).count(VisitStep.SURVEY)

    assert (counted.done, counted.due, counted.overdue, counted.never) == states


def test_coverage_is_counted_for_each_community_and_step(db):
    visit(db)
    visit(db, "HK-2")
    check(db)

    coverage = find_coverage(db, date(2024, 12, 31), 365)

    assert coverage.communities == ["河口下", "花园"]
    assert coverage.count(VisitStep.SURVEY, "河口下").share == 1
    assert coverage.count(VisitStep.SURVEY).share == Fraction(2, 3)
    assert coverage.count(VisitStep.CHECK, "河口下").share == Fraction(1, 2)
    assert coverage.count(VisitStep.SCREENING).share == 0


@pytest.mark.parametrize(
    "method, step, figures",
    [
        (VisitMethod.HOME, VisitStep.SURVEY, (1, 2, 0)),
        (VisitMethod.SITE, VisitStep.SURVEY, (1, 2, 0)),
        (VisitMethod.PHONE, VisitStep.SURVEY, (0, 3, 1)),
        (VisitMethod.PHONE, VisitStep.SCREENING, (1, 2, 0)),
    ],
)
def test_a_telephone_call_is_no_survey_of_a_home_and_is_shown_apart(db, method, step, figures):
    kept = visit(db, method=method, step=step)

    counted = find_coverage(db, date(2024, 12, 31), 365).count(step)

    assert (counted.done, counted.never, counted.phone_only) == figures
    assert kept.counts == (figures[0] == 1)


def test_a_call_after_a_visit_neither_counts_nor_takes_the_visit_away(db):
    visit(db)
    visit(db, on="2025-06-01", method=VisitMethod.PHONE)

    after = find_coverage(db, date(2025, 6, 2), 365).count(VisitStep.SURVEY)
    later = find_coverage(db, date(2025, 12, 11), 365).count(VisitStep.SURVEY)

    assert (after.done, after.phone_only) == (1, 0)
    assert (later.overdue, later.phone_only) == (1, 1)


def test_policy_awareness_counts_the_newest_answer_and_nobody_who_was_not_asked(db):
    visit(db, knows_policy=False)
    visit(db, on="2024-12-12", knows_policy=True)
    visit(db, "HK-2", knows_policy=False)
    visit(db, "HY-1")

    coverage = find_coverage(db, date(2024, 12, 31), 365)

    assert coverage.awareness().rate == Fraction(1, 2)
    assert coverage.awareness("花园").rate is None


@pytest.mark.parametrize("table", [chain.table for chain in FIELD_CHAINS])
def test_no_row_of_the_fieldwork_is_changed_or_deleted(db, table):
    fill_fieldwork(db)
    first = f'"{db.table(table).columns[1].name}"'

    for statement in (f"UPDATE {table} SET {first} = {first}", f"DELETE FROM {table}"):
        with pytest.raises(sqlite3.IntegrityError, match=r"are never (changed|deleted)"):
            db.conn.execute(statement)


def test_the_newest_word_on_a_helper_counts(db):
    helper(db, "周华", "河口下")
    helper(db, "周华", "花园")
    helper(db, "区税务局", helper_type="unit")
    helper(db, "吴敏")
    helper(db, "吴敏", is_active=False)

    listed = list_helpers(db)

    assert [(one.name, one.communities) for one in listed] == [
        ("区税务局", ()),
        ("周华", ("花园",)),
    ]
    assert [one.name for one in list_helpers(db, is_active=False)] == ["吴敏"]


def test_who_stopped_helping_keeps_unit_and_communities_and_is_told_apart(db):
    record_helper(db, Helper("周华", "person", "区税务局", ("河口下",)), DAY)
    helper(db, "周华", is_active=False)

    (former,) = list_helpers(db, is_active=False)

    assert (former.unit, former.communities, list_helpers(db)) == ("区税务局", ("河口下",), [])
    with pytest.raises(ReliefError, match="no longer helps\n`relief helpers add NAME`"):
        record_assignment(db, "HK-1", "周 华", by="王五", on=DAY)
    helper(db, "周华", "花园")
    assert [one.communities for one in list_helpers(db)] == [("花园",)]


def test_a_name_with_a_blank_in_it_is_the_same_helper(db):
    helper(db, "周华", "河口下")
    helper(db, "周 华", "花园")

    record_assignment(db, "HK-1", "周　华", by="王五", on=DAY)

    assert [(one.name, one.communities) for one in list_household_helpers(db, "HK-1")] == [
        ("周华", ("花园",))
    ]
    with pytest.raises(ReliefError, match="no helper has this name"):
        record_assignment(db, "HK-2", "周花", by="王五", on=DAY)


def test_a_household_may_have_several_helpers_and_a_helper_several_households(db):
    helper(db, "周华")
    helper(db, "吴敏")
    for number, name in (("HK-1", "周华"), ("HK-1", "吴敏"), ("HK-2", "周华")):
        record_assignment(db, number, name, by="王五", on=DAY)

    assert [one.name for one in list_household_helpers(db, "HK-1")] == ["周华", "吴敏"]
    assert {one.name: one.households for one in list_helpers(db)} == {"周华": 2, "吴敏": 1}


def test_an_ended_pairing_no_longer_counts(db):
    helper(db, "周华")
    record_assignment(db, "HK-1", "周华", by="王五", on=DAY)

    record_assignment(db, "HK-1", "周华", by="王五", on=DAY, is_active=False)

    assert (list_household_helpers(db, "HK-1"), list_helpers(db)[0].households) == ([], 0)
    assert is_whole(db)


@pytest.mark.parametrize(
    "household_no, name, is_active, words",
    [
        ("HK-9", "周华", True, "no household has this number"),
        ("HK-1", "周花", True, "no helper has this name\nDid you mean: 周华"),
        ("HK-1", "周华", True, "answers for the household already"),
        ("HK-2", "周华", False, "does not answer for the household"),
    ],
)
def test_a_pairing_that_cannot_be_is_refused(db, household_no, name, is_active, words):
    helper(db, "周华")
    record_assignment(db, "HK-1", "周华", by="王五", on=DAY)

    with pytest.raises(ReliefError, match=words):
        record_assignment(db, household_no, name, by="王五", on=DAY, is_active=is_active)


def suggested(db, **settings):
    return {one.household_no: one.helper for one in suggest_helpers(db, **settings)}


def test_whoever_works_in_several_communities_goes_where_nobody_else_is(db):
    helper(db, "周华", "河口下", "花园")
    helper(db, "吴敏", "河口下")

    assert suggested(db) == {"HK-1": "吴敏", "HK-2": "吴敏", "HY-1": "周华"}


def test_households_with_a_helper_are_left_alone_and_the_load_is_evened_out(db):
    helper(db, "周华")
    helper(db, "吴敏")
    record_assignment(db, "HK-1", "周华", by="王五", on=DAY)

    assert suggested(db) == {"HK-2": "吴敏", "HY-1": "吴敏"}


def test_one_to_one_leaves_those_over_without(db):
    helper(db, "周华")

    assert suggested(db, is_one_to_one=True) == {"HK-1": "周华", "HK-2": None, "HY-1": None}


@pytest.mark.parametrize(
    "helpers, expected",
    [
        ([("区税务局", "unit"), ("周华", "person")], "周华"),
        ([("区税务局", "unit")], "区税务局"),
        ([], None),
    ],
)
def test_a_person_comes_before_a_unit(db, helpers, expected):
    for name, helper_type in helpers:
        helper(db, name, helper_type=helper_type)

    assert set(suggested(db).values()) == {expected}


def test_suggestions_are_written_down_only_when_applied_and_then_nobody_is_without(db):
    helper(db, "周华")
    pairings = suggest_helpers(db)
    record_pairings(db, pairings, by="王五", on=DAY, is_rehearsal=True)
    rehearsed = list_helpers(db)[0].households

    record_pairings(db, pairings, by="王五", on=DAY)

    assert (rehearsed, list_helpers(db)[0].households, suggest_helpers(db)) == (0, 3, [])


def measure(db, planned_on=None, done_on=None, kind=MeasureKind.SCHOOLING, **changed):
    stated = {"amount_fen": None, "result": None, "by": "王五", "household_no": "HK-1"}
    stated |= {"kind": kind, "planned_on": planned_on, "done_on": done_on}
    return record_measure(db, Measure(**(stated | changed)))


def test_what_is_done_completes_the_oldest_plan_of_its_kind_and_both_entries_stay(db):
    measure(db, "2024-12-01")
    measure(db, "2024-12-05")
    measure(db, "2024-12-01", kind=MeasureKind.CONDOLENCE)

    done = measure(db, done_on="2024-12-20", result="已资助")

    assert (done.planned_on, done.done_on) == ("2024-12-01", "2024-12-20")
    assert [(one.kind, one.planned_on, one.done_on) for one in list_measures(db, "HK-1")] == [
        ("助学", "2024-12-05", None),
        ("慰问", "2024-12-01", None),
        ("助学", "2024-12-01", "2024-12-20"),
    ]
    assert db.table("measures").count == 4
    assert is_whole(db)


@pytest.mark.parametrize(
    "stated, words",
    [
        ({}, "needs the day it is planned for, or the day it was done"),
        ({"planned_on": "2024-12-20", "done_on": "2024-12-19"}, "was planned for 2024-12-20"),
        ({"done_on": "2024-12-19", "by": "-"}, "--by: names nobody"),
        ({"done_on": "2024-12-19", "household_no": "X"}, "no household has this number"),
    ],
)
def test_a_measure_that_lacks_something_is_refused(db, stated, words):
    with pytest.raises(ReliefError, match=words):
        measure(db, **stated)

    assert list_measures(db) == []


def test_a_plan_may_lie_in_the_future(db):
    planned = measure(db, (DAY + dt.timedelta(days=900)).isoformat())

    assert planned.done_on is None
