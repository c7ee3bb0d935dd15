"""What was done for a household stays with it when it gets another number, and when that is undone.

A household of a list without 户编号 is called by a number made for it until a later list has one.
"""

import datetime as dt
from fractions import Fraction

import pytest

from relieftool.cases.case_list import list_cases, open_cases
from relieftool.cases.records import CaseFinding
from relieftool.cases.verify import verify_ledger
from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.fieldwork.coverage import find_coverage
from relieftool.fieldwork.helpers import (
    Helper,
    list_helpers,
    list_household_helpers,
    record_assignment,
    record_helper,
)
from relieftool.fieldwork.measures import Measure, MeasureKind, list_measures, record_measure
from relieftool.fieldwork.needs import StatedNeed, list_answered_needs, list_needs, record_need
from relieftool.fieldwork.samples import (
    FramedHousehold,
    Revisit,
    draw_sample,
    find_sample_results,
    record_revisit,
)
from relieftool.fieldwork.visits import (
    Visit,
    VisitLevel,
    VisitMethod,
    VisitStep,
    list_visits,
    record_visit,
)
from relieftool.intake.undo import redo_import, undo_import
from relieftool.register.build import refresh_register
from relieftool.spreadsheets.form_row_keys import NeedKind
from relieftool.store.database import write
from relieftool.store.entries import FIELD_CHAINS
from relieftool.store.former_numbers import find_current_number
from relieftool.store.imports import list_problems
from relieftool.store.problem_decisions import record_decision
from tests.support.registers import (
    GRAN,
    LI,
    QIAN,
    ZHAO,
    codes,
    keep,
    more,
    register,
    rows,
    shipped_pack,
    table,
)

DAY = dt.date(2024, 12, 10)
UNNUMBERED = table("name id_number", ["赵大山", ZHAO], file="a")
NUMBERED = table("household_no name id_number", ["H1", "赵大山", ZHAO], file="b")
ELSEWHERE = table("household_no name id_number", ["H1", "李四", LI], file="c", community="花园")


def import_(db, *files):
    keep(db, *files)
    refresh_register(db, shipped_pack())


def step(db, do, number):
    with write(db):
        do(db, number)
        refresh_register(db, shipped_pack())


def decide(db, choice):
    """Decide the first doubt there is."""
    with write(db):
        record_decision(db, list_problems(db)[0].number, choice, "王五")
        refresh_register(db, shipped_pack())


def number_of(db, name="赵大山"):
    ((number,),) = rows(db, "SELECT household_no FROM members WHERE name = ?", name)
    return number


@pytest.fixture
def db(tmp_path):
    """Return a register whose only household has no number of its own yet, and work done for it."""
    db = register(tmp_path, UNNUMBERED)
    number = number_of(db)
    survey = (VisitStep.SURVEY, VisitLevel.COMMUNITY, VisitMethod.HOME, ("张三", "李四"), "属实")
    record_visit(db, Visit(number, "2024-12-01", *survey))
    record_helper(db, Helper("周华", "person", None, ()), DAY)
    record_assignment(db, number, "周华", by="王五", on=DAY)
    record_measure(db, Measure(number, MeasureKind.SCHOOLING, "2024-12-05", None, None, None, "王"))
    with write(db):
        record_need(db, StatedNeed(number, "2024-12-01", NeedKind.SCHOOLING))
    draw_sample(db, [FramedHousehold(number, "all")], rate=Fraction(1), seed="1", on=DAY)
    yield db
    db.close()


def work_of(db, number):
    """Count what is found for a household: visits, helpers, measures, needs."""
    return (
        len(list_visits(db, number)),
        [helper.name for helper in list_household_helpers(db, number)],
        [measure.kind for measure in list_measures(db, number)],
        [need.need for need in list_needs(db, number)],
    )


WORK = (1, ["周华"], [MeasureKind.SCHOOLING], [NeedKind.SCHOOLING])


def test_households_without_a_number_are_counted_from_one_in_the_order_of_their_rows(tmp_path):
    db = register(tmp_path, UNNUMBERED, table("household_no name", [LI, "李四"], file="b"))

    assert [number_of(db, name) for name in ("赵大山", "李四")] == ["河口下-001", "河口下-002"]


def test_a_number_made_for_a_household_that_is_taken_back_is_given_to_nobody_else(tmp_path):
    db = register(tmp_path, UNNUMBERED, table("name id_number", ["李四", LI], file="b"))
    step(db, undo_import, 1)

    import_(db, table("name id_number", ["钱小花", QIAN], file="d"))
    step(db, redo_import, 1)

    numbers = [number_of(db, name) for name in ("赵大山", "李四", "钱小花")]
    assert numbers == ["河口下-001", "河口下-002", "河口下-003"]


def test_a_household_imported_for_the_wrong_community_keeps_its_number_in_the_right_one(tmp_path):
    wrong = table("household_no name id_number", ["H1", "赵大山", ZHAO], file="b", community="花园")
    db = register(tmp_path, wrong)
    open_cases(db, [CaseFinding("H1", None, "dibao", "unclaimed")], DAY)
    step(db, undo_import, 1)

    import_(db, NUMBERED)

    assert number_of(db) == "H1"
    assert [case.community for case in list_cases(db)] == ["河口下"]


def test_a_number_that_entries_use_is_not_another_familys(tmp_path):
    db = register(tmp_path, NUMBERED)
    open_cases(db, [CaseFinding("H1", None, "dibao", "unclaimed")], DAY)
    step(db, undo_import, 1)

    import_(db, ELSEWHERE)

    assert number_of(db, "李四") == "花园-H1"
    step(db, redo_import, 1)
    assert [case.household_no for case in list_cases(db)] == [number_of(db)]


def test_a_renumbered_list_leaves_each_case_with_its_people(tmp_path):
    two = [["H1", "赵大山", ZHAO], ["H2", "钱小花", QIAN]]
    db = register(tmp_path, table("household_no name id_number", *two, file="b"))
    open_cases(db, [CaseFinding("H2", "H2-01", "dibao", "unclaimed")], DAY)
    step(db, undo_import, 1)

    renumbered = [["K7", "钱小花", QIAN], ["K8", "赵大山", ZHAO]]
    import_(db, table("household_no name id_number", *renumbered, file="c"))

    assert [(case.household_no, case.member_no) for case in list_cases(db)] == [("K7", "K7-01")]


def test_a_household_that_was_taken_back_has_its_cases_and_visits_when_it_returns(db):
    number = number_of(db)
    findings = [
        CaseFinding(number, member, "dibao", "unclaimed") for member in (None, f"{number}-01")
    ]
    open_cases(db, findings, DAY)
    step(db, undo_import, 1)
    gone = {case.household_no for case in list_cases(db)}

    step(db, redo_import, 1)

    assert (gone, number_of(db)) == ({number}, number)
    assert [(case.household_no, case.member_no) for case in list_cases(db)] == [
        (number, None), (number, f"{number}-01")
    ]  # fmt: skip
    assert work_of(db, number) == WORK


def test_the_fieldwork_is_found_under_the_number_a_household_gets(db):
    old = number_of(db)

    import_(db, NUMBERED)

    assert (work_of(db, "H1"), work_of(db, old)) == (WORK, (0, [], [], []))
    assert [visit.household_no for visit in list_visits(db)] == ["H1"]
    assert list_helpers(db)[0].households == 1
    assert find_coverage(db, DAY, 365).count(VisitStep.SURVEY).done == 1
    assert [need.state for need in list_answered_needs(db, ["H1"])] == ["planned"]


def test_the_fieldwork_goes_back_when_the_number_is_undone(db):
    old = number_of(db)
    import_(db, NUMBERED)

    step(db, undo_import, 2)

    assert (work_of(db, old), work_of(db, "H1")) == (WORK, (0, [], [], []))


def test_what_is_written_under_the_new_number_follows_back_and_forth(db):
    old = number_of(db)
    import_(db, NUMBERED)
    record_measure(db, Measure("H1", MeasureKind.CONDOLENCE, None, "2024-12-06", None, None, "王"))

    step(db, undo_import, 2)
    undone = [measure.kind for measure in list_measures(db, old)]
    step(db, redo_import, 2)

    assert undone == [MeasureKind.SCHOOLING, MeasureKind.CONDOLENCE]
    assert [measure.kind for measure in list_measures(db, "H1")] == undone


def test_a_plan_a_check_and_a_pairing_of_the_former_number_count_for_the_new(db):
    import_(db, NUMBERED)

    done = record_measure(
        db, Measure("H1", MeasureKind.SCHOOLING, None, "2024-12-20", None, None, "王")
    )
    check = (VisitStep.CHECK, VisitLevel.STREET, VisitMethod.HOME, ("赵六",), "属实")
    record_visit(db, Visit("H1", "2024-12-20", *check))
    record_assignment(db, "H1", "周华", by="王五", on=DAY, is_active=False)

    assert done.planned_on == "2024-12-05"
    assert list_household_helpers(db, "H1") == []
    assert verify_ledger(db, chains=FIELD_CHAINS, checks=FIELD_CHECKS) == []


def test_an_entry_may_name_the_former_number(db):
    old = number_of(db)
    import_(db, NUMBERED)

    record_measure(db, Measure(old, MeasureKind.CONDOLENCE, None, "2024-12-06", None, None, "王"))

    assert len(list_measures(db, "H1")) == 2


def test_a_re_visit_under_the_new_number_is_of_the_household_drawn(db):
    old = number_of(db)
    import_(db, NUMBERED)

    record_revisit(db, Revisit("H1", "2024-12-20", agrees=True, note=None, by="王"))

    assert list(find_sample_results(db).revisits) == [old]
    assert verify_ledger(db, chains=FIELD_CHAINS, checks=FIELD_CHECKS) == []


def test_a_decision_holds_although_the_household_decided_on_gets_a_number(tmp_path):
    other = table(
        "household_no name id_number", ["H2", "李四", LI], ["H2", "钱小花", QIAN], file="c"
    )
    own = table("name id_number", ["赵大山", ZHAO], more("钱小花", QIAN), file="a")
    db = register(tmp_path, own, other)
    decide(db, f"lives-in:{number_of(db)}")

    import_(db, NUMBERED)

    assert codes(db) == []
    assert rows(db, "SELECT household_no FROM members WHERE name = '钱小花'") == [("H1",)]


def test_what_was_decided_of_who_is_missing_holds_under_a_new_number(tmp_path):
    november = table("name id_number", ["孙老太", GRAN], file="户11月.csv", covers="2024-11")
    december = table("name id_number", ["李四", LI], file="户12月.csv", covers="2024-12")
    db = register(tmp_path, november, december)
    decide(db, "leave")
    decide(db, "leave")

    import_(db, table("household_no name id_number", ["H9", "孙老太", GRAN], file="号.csv",
                      covers="2024-10"))  # fmt: skip

    assert codes(db) == []
    assert number_of(db, "孙老太") == "H9"


@pytest.mark.parametrize("member", [False, True], ids=["household", "member"])
def test_a_case_goes_back_with_its_household_and_its_member(tmp_path, member):
    db = register(tmp_path, UNNUMBERED)
    old = number_of(db)
    finding = CaseFinding(old, f"{old}-01" if member else None, "dibao", "unclaimed")
    open_cases(db, [finding], DAY)

    import_(db, NUMBERED)
    (renamed,) = list_cases(db)
    step(db, undo_import, 2)
    (back,) = list_cases(db)

    assert (renamed.household_no, back.household_no) == ("H1", old)
    assert (renamed.member_no, back.member_no) == (
        ("H1-01", f"{old}-01") if member else (None, None)
    )


def test_two_households_that_a_list_made_one_are_two_again_with_their_own_cases(tmp_path):
    db = register(tmp_path, table("name id_number", ["赵大山", ZHAO], ["钱小花", QIAN], file="a"))
    one, other = number_of(db), number_of(db, "钱小花")
    open_cases(db, [CaseFinding(no, None, "dibao", "unclaimed") for no in (one, other)], DAY)
    second = table("household_no name id_number", ["H1", "钱小花", QIAN], file="c")

    import_(db, NUMBERED, second)
    joined = {case.household_no for case in list_cases(db)}
    step(db, undo_import, 2)
    step(db, undo_import, 3)

    assert joined == {"H1"}
    assert {case.household_no for case in list_cases(db)} == {one, other}


def test_a_number_that_a_second_community_took_too_goes_back_when_that_is_undone(tmp_path):
    db = register(tmp_path, NUMBERED)
    open_cases(db, [CaseFinding("H1", "H1-01", "dibao", "unclaimed")], DAY)

    import_(db, ELSEWHERE)
    (renamed,) = list_cases(db)
    step(db, undo_import, 2)
    (back,) = list_cases(db)

    assert (renamed.household_no, renamed.member_no) == ("河口下-H1", "河口下-H1-01")
    assert (back.household_no, back.member_no) == ("H1", "H1-01")


def test_a_chain_of_numbers_goes_back_step_by_step(tmp_path):
    db = register(tmp_path, UNNUMBERED)
    old = number_of(db)
    import_(db, NUMBERED)
    import_(db, ELSEWHERE)

    seen = [find_current_number(db, old)]
    for number in (3, 2):
        step(db, undo_import, number)
        seen.append(find_current_number(db, old))

    assert seen == ["河口下-H1", "H1", old]
    assert find_current_number(db, "河口下-H1") == old


def test_a_helper_assigned_under_a_former_number_belongs_to_the_number_of_today(db):
    old = number_of(db)
    import_(db, NUMBERED)
    record_helper(db, Helper("税务局", "unit", None, ()), DAY)

    number = record_assignment(db, old, "税务局", by="王五", on=DAY)

    helpers = [helper.name for helper in list_household_helpers(db, "H1")]
    assert (number, helpers) == ("H1", ["周华", "税务局"])
