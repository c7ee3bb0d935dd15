"""Who died or moved away and is still paid is found: to be reviewed, stopped, reclaimed."""

import datetime as dt

import pytest

from relieftool.register.build import rebuild_register, refresh_register
from relieftool.store.database import write
from relieftool.store.imports import list_problems
from relieftool.store.problem_decisions import record_decision
from tests.cases.test_month_changes import happen
from tests.support.registers import QIAN, ZHAO, codes, keep, register, rows, shipped_pack, table

LISTED = "household_no name id_number remark"
ALONE = ["H1", "赵大山", ZHAO, "2024年10月去世"]
WIFE = ["H1", "钱小花", QIAN, ""]


def roster(month="2024-12"):
    return table(
        "name id_number amount",
        ["赵大山", ZHAO, 300],
        file="名单.csv",
        kind="roster",
        programme="dibao",
        covers=month,
    )


def office(tmp_path, *listed, month="2024-12"):
    homes = table(LISTED, *listed, file="户.csv", covers="2024-12")
    return register(tmp_path, homes, roster(month))


def answer(db, code, choice):
    (kept,) = (kept for kept in list_problems(db) if kept.problem.code == code)
    with write(db):
        record_decision(db, kept.number, choice, "王五")
        refresh_register(db, shipped_pack())


def payees(db):
    return rows(db, "SELECT says, payee_is_gone FROM receipts WHERE origin = 'roster'")


@pytest.mark.parametrize("remark, is_gone", [("2024年10月去世", 1), ("已迁出", 1), ("", 0)])
def test_what_is_paid_to_somebody_who_may_be_gone_is_marked(tmp_path, remark, is_gone):
    db = office(tmp_path, [*ALONE[:3], remark], WIFE)

    assert payees(db) == [("yes", is_gone)]


@pytest.mark.parametrize("remark", ["2024年10月去世", "已迁出"])
def test_who_is_said_to_be_gone_and_is_decided_to_live_here_is_paid_like_others(tmp_path, remark):
    db = office(tmp_path, [*ALONE[:3], remark], WIFE)

    answer(db, "perhaps-gone", "leave")

    assert payees(db) == [("yes", 0)]


@pytest.mark.parametrize("month, is_gone", [("2024-09", 0), ("2024-12", 1)])
def test_only_what_is_paid_after_they_left_is_to_be_reclaimed(tmp_path, month, is_gone):
    db = office(tmp_path, ALONE, WIFE, month=month)

    answer(db, "perhaps-gone", "left")

    assert payees(db) == [("yes", is_gone)]
    assert codes(db) == ["roster-person-left"]
    assert [bool(kept.number) for kept in list_problems(db)] == [bool(is_gone)]


def test_it_is_asked_of_a_household_where_nobody_is_left_too_until_it_is_settled(tmp_path):
    db = office(tmp_path, ALONE, ["H2", "钱小花", QIAN, ""])
    answer(db, "perhaps-gone", "left")
    asked = [kept.problem.code for kept in list_problems(db) if kept.number]

    answer(db, "roster-person-left", "stopped")

    assert asked == ["roster-person-left"]
    assert [kept.problem.code for kept in list_problems(db) if kept.number] == []


def test_of_each_month_that_is_still_paid_it_is_asked_anew(tmp_path):
    db = office(tmp_path, ALONE, WIFE)
    answer(db, "perhaps-gone", "left")
    answer(db, "roster-person-left", "stopped")

    keep(db, roster("2025-01"))
    refresh_register(db, shipped_pack())

    assert [kept.file_name for kept in list_problems(db) if kept.number] == ["名单.csv"]
    assert sorted(payees(db)) == [("yes", 0), ("yes", 1)]


@pytest.mark.parametrize(
    "remark, is_gone",
    [
        ("2024年12月去世", 0),
        ("2024年9月去世", 1),
        ("2024年9月3日去世", 1),
        ("20240903去世", 1),
        ("24年12月去世", 1),
        ("去世", 1),
    ],
)
@pytest.mark.parametrize("choice", ["left", None])
def test_what_is_paid_before_the_day_said_is_not_to_be_reviewed(tmp_path, remark, is_gone, choice):
    db = office(tmp_path, [*ALONE[:3], remark], WIFE, month="2024-11")

    if choice:
        answer(db, "perhaps-gone", choice)

    assert payees(db) == [("yes", is_gone)]


@pytest.mark.parametrize(
    "remark, listed, month, is_gone",
    [
        ("11月8日去世", "2024-10", "2024-10", 0),
        ("11月8日去世", "2024-10", "2024-12", 1),
        ("11月去世", "2024-11", "2024-10", 0),
        ("12月20日病故", "2025-01", "2024-12", 1),
        ("6月去世", "2024-05", "2024-12", 1),
        ("去年12月去世", "2024-12", "2024-11", 1),  # the list may be of the year before
    ],
)
def test_a_day_without_its_year_is_the_nearest_to_the_list(
    tmp_path, remark, listed, month, is_gone
):
    homes = table(LISTED, [*ALONE[:3], remark], WIFE, file="户.csv", covers=listed)

    assert payees(register(tmp_path, homes, roster(month))) == [("yes", is_gone)]


def test_one_more_doubt_about_who_may_be_gone_leaves_what_is_paid_to_be_reviewed(tmp_path):
    elsewhere = (["H2", "孙老太", "", ""], ["H2", "赵大山", ZHAO, ""])
    db = office(tmp_path, ALONE, WIFE, *elsewhere, month="2025-02")

    happen(db, "moved_out", "H2", ["赵大山"], on=dt.date(2025, 1, 5))

    assert {"perhaps-gone", "left-elsewhere"} <= set(codes(db))
    assert payees(db) == [("yes", 1)]


@pytest.mark.parametrize("file", ["a.csv", "z.csv"])
@pytest.mark.parametrize("number", [ZHAO, ""])
@pytest.mark.parametrize("month, is_gone", [("2024-11", 0), ("2024-12", 1)])
def test_whom_another_roster_calls_dead_is_paid_what_is_to_be_reviewed(
    tmp_path, file, number, month, is_gone
):
    homes = table(LISTED, [*ALONE[:3], ""], WIFE, file="户.csv", covers="2024-09")
    ended = table(
        "name id_number amount remark",
        ["赵大山", number, 0, "死亡停发"],
        file=file,
        kind="roster",
        programme="elderly-80",
        covers="2024-12",
    )
    files = sorted([ended, roster(month)], key=lambda each: each[0])

    db = register(tmp_path, homes, *files)

    paid = "SELECT payee_is_gone FROM receipts WHERE programme = 'dibao'"
    assert rows(db, paid) == [(is_gone,)]


def test_a_newer_list_that_says_who_is_gone_marks_what_was_paid_before_too(tmp_path):
    db = office(tmp_path, [*ALONE[:3], ""], WIFE, month="2024-12")

    keep(db, table(LISTED, ALONE, file="残疾.csv", covers="2024-12"))
    refresh_register(db, shipped_pack())
    in_part = payees(db)
    rebuild_register(db, shipped_pack())

    assert in_part == payees(db) == [("yes", 1)]


def test_a_roster_that_says_died_of_somebody_of_two_leaves_both_in_doubt_until_it_is_told(tmp_path):
    homes = table(
        "household_no name id_number",
        ["H1", "赵大山", ZHAO],
        ["H2", "赵大山", QIAN],
        file="户.csv",
        covers="2024-12",
    )
    ended = table(
        "name paid_state amount",
        ["赵大山", "死亡停发", 0],
        file="名单.csv",
        kind="roster",
        programme="dibao",
        covers="2024-12",
    )

    db = register(tmp_path, homes, ended)

    assert rows(db, "SELECT belongs, may_be_gone FROM members") == [(None, 1)] * 2
