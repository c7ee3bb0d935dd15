"""A household without number whose head has another head's name: a person decides."""

from datetime import date

import pytest

from relieftool.intake.undo import redo_import, undo_import
from relieftool.register import row_groups
from relieftool.register.build import rebuild_register, refresh_register, show_register_on
from relieftool.store.database import write
from relieftool.store.imports import list_problems
from relieftool.store.problem_decisions import record_decision
from tests.support.register_hash import content_of
from tests.support.registers import (
    LI,
    PUPIL,
    QIAN,
    ZHAO,
    codes,
    keep,
    more,
    places_of,
    register,
    rows,
    shipped_pack,
    table,
)

PERSON = "household_no name id_number relation"
NUMBERED = table(PERSON, ["H1", "王一", ZHAO, "户主"], ["H1", "李二", LI, "配偶"], file="a.csv")
BARE = table(
    "name id_number relation", ["王一", "", "户主"], more("王小", QIAN, "子"), file="b.csv"
)
CODE = "household-doubled"


def doubts(db):
    return [kept.number for kept in list_problems(db) if kept.problem.code == CODE]


def decide(db, choice, number=None):
    with write(db):
        record_decision(db, number or doubts(db)[0], choice, "王五")
        refresh_register(db, shipped_pack())


def homes(db):
    """Return the names of each household's people."""
    named = rows(
        db,
        "SELECT household_no, group_concat(name) FROM"
        " (SELECT household_no, name FROM members ORDER BY household_no, place) GROUP BY 1",
    )
    return sorted(names for _number, names in named)


def lone(name, number="", household="", **stated):
    return table(PERSON, [household, name, number, "户主"], **stated)


@pytest.mark.parametrize(
    "first, second, reported",
    [
        (lone("王一", ZHAO, "H1", file="a"), lone("王一", file="b"), ["b"]),
        (lone("王一", "", "H1", file="a"), lone("王一", ZHAO, file="b"), ["b"]),
        (lone("王一", file="a"), lone("王一", file="b"), ["b"]),
        (lone("王一", ZHAO, file="a"), lone("王一", file="b"), ["b"]),
        (lone("王一", "", "H1", file="a"), lone("王一", "", "H2", file="b"), []),
        (lone("王一", ZHAO, "H1", file="a"), lone("王一", QIAN, file="b"), []),
        (lone("王一", ZHAO, file="a"), lone("王一", ZHAO, file="b"), []),
        (lone("王一", ZHAO, "H1", file="a"), lone("王二", file="b"), []),
        (lone("王一", file="a"), lone("王一", file="b", community="花园"), []),
        (lone("", ZHAO, "H1", file="a"), lone("", QIAN, file="b"), []),
    ],
    ids=[
        *("number and none", "no ID beside one", "neither", "an ID beside none", "two numbers"),
        *("two IDs", "one ID", "another name", "another community", "no names"),
    ],
)
def test_a_household_that_may_be_another_is_reported_once(tmp_path, first, second, reported):
    db = register(tmp_path, first, second)

    assert [file for file, _row, _column in places_of(db, CODE)] == reported


@pytest.mark.parametrize(
    "choice, found",
    [
        ("same-household", ["王一,李二,王小"]),
        ("different-households", ["王一,李二", "王一,王小"]),
    ],
)
def test_what_was_decided_holds_after_every_rebuild(tmp_path, choice, found):
    db = register(tmp_path, NUMBERED, BARE)

    decide(db, choice)
    rebuild_register(db, shipped_pack())

    assert (homes(db), codes(db)) == (found, [])


def test_of_a_joined_household_every_row_is_the_other_ones(tmp_path):
    db = register(tmp_path, NUMBERED, BARE)

    decide(db, "same-household")

    assert rows(db, "SELECT DISTINCT household_no FROM became") == [("H1",)]
    assert rows(db, "SELECT head_member_no, listed_members FROM households") == [("H1-01", 3)]


def test_two_rows_of_one_list_that_are_one_household_have_one_head(tmp_path):
    db = register(tmp_path, table(PERSON, ["", "王一", "", ""], ["", "王一", "", ""]))

    decide(db, "same-household")

    assert (homes(db), codes(db)) == (["王一"], [])


@pytest.mark.parametrize("choice", ["same-household", "different-households"])
def test_a_doubt_opened_again_is_as_if_nothing_had_been_decided(tmp_path, choice):
    db = register(tmp_path, NUMBERED, BARE)
    before, (number,) = content_of(db), doubts(db)
    decide(db, choice)

    decide(db, "reopen", number)

    assert (content_of(db), doubts(db)) == (before, [number])


@pytest.mark.parametrize("place", [1, 2])
def test_undoing_one_of_two_joined_lists_leaves_the_other_as_it_is_alone(tmp_path, place):
    db = register(tmp_path, NUMBERED, BARE)
    decide(db, "same-household")
    both = content_of(db)

    with write(db):
        undo_import(db, place)
        refresh_register(db, shipped_pack())
    alone = homes(db)
    with write(db):
        redo_import(db, place)
        refresh_register(db, shipped_pack())

    assert alone == [["王一,王小"], ["王一,李二"]][place - 1]
    assert content_of(db) == both


def test_a_case_of_a_joined_household_is_found_under_the_other_number(tmp_path):
    db = register(tmp_path, NUMBERED, BARE)
    ((former,),) = rows(db, "SELECT household_no FROM households WHERE is_provisional = 1")

    decide(db, "same-household")

    found = rows(db, "SELECT number FROM former_numbers WHERE former_no = ?", former)
    assert found == [("H1",)]


def test_three_of_one_name_are_asked_about_one_after_the_other(tmp_path):
    db = register(tmp_path, *(lone("王一", file=name) for name in ("a", "b", "c")))
    assert [file for file, _row, _column in places_of(db, CODE)] == ["b", "c"]

    first, second = doubts(db)
    decide(db, "different-households", second)
    (second,) = set(doubts(db)) - {first}
    decide(db, "same-household", second)
    decide(db, "same-household", first)

    assert (homes(db), doubts(db)) == (["王一"], [])


def test_a_decision_holds_for_the_list_of_the_next_month(tmp_path):
    db = register(tmp_path, NUMBERED, lone("王一", file="临时11月.csv", covers="2024-11"))
    decide(db, "same-household")

    keep(db, lone("王一", file="临时12月.csv", covers="2024-12"))
    refresh_register(db, shipped_pack())

    assert (homes(db), codes(db)) == (["王一,李二"], [])


def test_a_day_before_shows_the_households_as_they_were_joined(tmp_path):
    later = table(PERSON, ["", "王一", "", "户主"], file="c.csv", covers="2024-12")
    db = register(tmp_path, NUMBERED, BARE, later)
    decide(db, "same-household")

    show_register_on(db, shipped_pack(), date(2024, 11, 30))

    assert "王一,李二,王小" in homes(db)


def test_parts_report_and_join_what_is_reported_and_joined_at_once(tmp_path, monkeypatch):
    listed = [[f"H{home}" if home % 3 else "", f"王{home // 2}", "", "户主"] for home in range(60)]
    db = register(tmp_path, table(PERSON, *listed))
    decide(db, "same-household")
    at_once = content_of(db)

    monkeypatch.setattr(row_groups, "FEWEST_ROWS", 0)
    monkeypatch.setattr(row_groups, "ROWS_OF_A_PART", 5)
    rebuild_register(db, shipped_pack())

    assert content_of(db) == at_once
    assert codes(db).count(CODE) > 5


UNNUMBERED = "name id_number relation"
FAMILY = (["赵大山", ZHAO, "户主"], more("钱小花", QIAN, "配偶"), more("赵小", PUPIL, "子"))
WIDOW = (["钱小花", QIAN, "户主"], more("赵小", PUPIL, "子"))


def month(number, *listed):
    return table(UNNUMBERED, *listed, file=f"户表{number}.csv", covers=f"2024-{number}")


def test_a_widow_at_the_head_of_the_next_list_is_one_question_about_the_same_household(tmp_path):
    db = register(tmp_path, month(10, *FAMILY), month(12, *WIDOW))

    assert places_of(db, "not-on-newest-list") == codes_and_places(db) == [("户表10.csv", 2, "")]
    assert rows(db, "SELECT name, belongs FROM members ORDER BY place") == [
        ("赵大山", None), ("钱小花", 1), ("赵小", 1)
    ]  # fmt: skip
    assert heads_of(db) == ["钱小花"]


def codes_and_places(db):
    return [place for code in codes(db) for place in places_of(db, code)]


def heads_of(db):
    sql = "SELECT name FROM members JOIN households ON head_member_no = member_no"
    return [name for (name,) in rows(db, sql)]


@pytest.mark.parametrize(
    "later, households",
    [
        pytest.param(month(12, ["赵大山", ZHAO, "户主"], *WIDOW), 2, id="divided on that list"),
        pytest.param(month(12, ["钱小花", QIAN, "户主"], more("李四", LI, "夫")), 2, id="half new"),
        pytest.param(month(12, ["钱小花", "", "户主"], more("赵小", "", "子")), 2, id="no numbers"),
        pytest.param(
            table(UNNUMBERED, *WIDOW, file="残疾人.csv", covers="2024-12"), 2, id="another list"
        ),
    ],
)
def test_who_may_have_divided_is_not_taken_for_the_same_household(tmp_path, later, households):
    db = register(tmp_path, month(10, *FAMILY), later)

    assert rows(db, "SELECT count(*) FROM households") == [(households,)]
