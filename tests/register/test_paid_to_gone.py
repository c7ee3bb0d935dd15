"""Who died or moved away and is still paid is found: to be reviewed, stopped, reclaimed."""

import pytest

from relieftool.register.build import refresh_register
from relieftool.store.database import write
from relieftool.store.imports import list_problems
from relieftool.store.problem_decisions import record_decision
from tests.support.registers import QIAN, ZHAO, codes, register, rows, shipped_pack, table

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
