"""Which household a line belongs to, and what number it has."""

import pytest

from relieftool.intake.undo import redo_import, undo_import
from relieftool.register.build import rebuild_register
from relieftool.store.former_numbers import find_current_number
from relieftool.store.imports import list_problems
from tests.support.registers import (
    GRAN,
    LI,
    QIAN,
    ZHAO,
    fact,
    households,
    keep,
    people,
    places_of,
    register,
    rows,
    shipped_pack,
    table,
)

PERSON = "household_no name id_number relation"


def heads(db):
    return rows(
        db,
        "SELECT households.household_no, members.name FROM households"
        " JOIN members ON members.member_no = head_member_no ORDER BY households.household_no",
    )


MEMBER_FILES = {
    "with community": table(
        "household_no name id_number relation community",
        ["H1", "钱小花", QIAN, "配偶", "河口下社区"],
        ["H1", "赵大山", ZHAO, "户主", "河口下社区"],
        file="成员.csv",
        community=None,
    ),
    "without community": table(
        PERSON,
        ["H1", "钱小花", QIAN, "配偶"],
        ["H1", "赵大山", ZHAO, "户主"],
        file="成员.csv",
        community=None,
    ),
}


def test_a_made_number_is_used_for_nobody_else_after_its_import_is_undone(tmp_path):
    db = register(tmp_path, table("name id_number", ["赵大山", ZHAO], ["钱小花", QIAN]))

    undo_import(db, 1)
    keep(db, table("name id_number", ["李四", LI], file="b"))
    rebuild_register(db, shipped_pack())
    after = heads(db)
    redo_import(db, 1)
    rebuild_register(db, shipped_pack())

    assert after == [("河口下-003", "李四")]
    assert heads(db) == [("河口下-001", "赵大山"), ("河口下-002", "钱小花"), *after]


@pytest.mark.parametrize("members", MEMBER_FILES.values(), ids=MEMBER_FILES)
def test_two_files_meet_by_household_number(tmp_path, members):
    homes = table(
        "household_no head_name community household_income",
        ["H1", "赵大山", "河口下", 700],
        community=None,
    )

    db = register(tmp_path, homes, members)

    assert people(db) == [("H1", 1, "赵大山", ZHAO), ("H1", 2, "钱小花", QIAN)]
    assert fact(db, "household_income") == [70000]
    assert rows(db, "SELECT name FROM communities") == [("河口下",)]


@pytest.mark.parametrize(
    "one, other", [("1001", 1001.0), ("１００１", "1001"), ("'1001", " 1001 "), ("10 01", 1001)]
)
def test_a_household_number_is_the_same_however_it_is_typed(tmp_path, one, other):
    homes = table("household_no household_income", [one, 100])
    members = table("household_no name id_number", [other, "赵大山", ZHAO], file="成员.csv")

    assert households(register(tmp_path, homes, members)) == [("1001",)]


def test_one_number_in_two_communities_is_two_households(tmp_path):
    here = table("household_no name id_number", ["1", "赵大山", ZHAO])
    there = table("household_no name id_number", ["1", "孙老太", GRAN], file="b", community="花园")
    alone = table("household_no name id_number", ["2", "李四", LI], file="c", community="花园")

    db = register(tmp_path, here, there, alone)

    assert people(db) == [
        ("2", 1, "李四", LI), ("河口下-1", 1, "赵大山", ZHAO), ("花园-1", 1, "孙老太", GRAN)
    ]  # fmt: skip


def test_a_shared_number_without_community_goes_where_its_head_lives(tmp_path):
    here = table("household_no name id_number", ["1", "赵大山", ZHAO])
    there = table("household_no name id_number", ["1", "孙老太", GRAN], file="b", community="花园")
    more_of = table(
        "household_no name id_number relation household_income",
        ["1", "孙老太", GRAN, "户主", 400],
        ["1", "李四", LI, "子", ""],
        file="0.csv",
        community=None,
    )

    db = register(tmp_path, here, there, more_of)

    assert [(number, name) for number, _p, name, _i in people(db)] == [
        ("河口下-1", "赵大山"), ("花园-1", "孙老太"), ("花园-1", "李四")
    ]  # fmt: skip


def test_a_shared_number_that_nothing_places_is_reported_and_not_used(tmp_path):
    here = table("household_no name id_number", ["1", "赵大山", ZHAO])
    there = table("household_no name id_number", ["1", "孙老太", GRAN], file="b", community="花园")
    unplaced = table("household_no name id_number", ["1", "李四", LI], file="c", community=None)

    db = register(tmp_path, here, there, unplaced)

    assert len(people(db)) == 2
    assert places_of(db, "community-unknown") == [("c", 2, "")]


def test_rows_of_no_known_community_are_reported_and_nobody_is_made_of_them(tmp_path):
    db = register(tmp_path, table("name id_number", ["赵大山", ZHAO], ["李四", LI], community=None))

    assert households(db) == []
    assert rows(db, "SELECT name FROM communities") == []
    assert [(kept.problem.row, kept.problem.is_unused) for kept in list_problems(db)] == [
        (2, True), (3, True)
    ]  # fmt: skip


def test_a_sheet_that_has_a_known_communitys_bare_name_speaks_for_it(tmp_path):
    known = table("household_no name", ["1", "赵大山"], community="花园社区")
    bare = table("household_no name", ["2", "李四"], file="b", sheet="花园", community=None)
    other = table("household_no name", ["3", "孙老太"], file="c", sheet="表一", community=None)

    db = register(tmp_path, known, bare, other)

    assert households(db) == [("1",), ("2",)]
    assert places_of(db, "community-unknown") == [("c", 2, "")]


def test_communities_have_one_name_each_however_they_are_written(tmp_path):
    writings = ["河口下", "河口下社区", "河口下社區", " 河口下 居委会", "后埠街道河口下社区"]
    homes = [[str(place), "某人", text] for place, text in enumerate(writings)]

    db = register(tmp_path, table("household_no name community", *homes, community=None))

    assert rows(db, "SELECT name FROM communities") == [("河口下",)]
    assert len(households(db)) == 5


NUMBERLESS = table("serial name id_number relation", ["1", "赵大山", ZHAO, "户主"])


def test_a_household_without_number_gets_a_steady_one_that_hides_the_id(tmp_path):
    db = register(tmp_path, NUMBERLESS)
    (number,) = households(db)[0]

    again = table("name id_number relation household_income", ["赵大山", ZHAO, "户主", 5], file="b")
    keep(db, again)
    rebuild_register(db, shipped_pack())

    assert households(db) == [(number,)]
    assert number == "河口下-001"
    assert fact(db, "household_income") == [500]
    assert fact(db, "is_provisional") == [1]


def test_a_household_without_number_joins_the_numbered_one_of_its_head(tmp_path):
    numbered = table(PERSON, ["H1", "赵大山", ZHAO, "户主"], file="z.csv")

    db = register(tmp_path, NUMBERLESS, numbered)

    assert households(db) == [("H1",)]
    assert fact(db, "is_provisional") == [0]


def test_without_number_and_id_the_same_row_of_two_files_is_two_households(tmp_path):
    one = table("name", ["赵大山"])
    other = table("name", ["钱小花"], sheet="Sheet2", file="b")

    assert len(households(register(tmp_path, one, other))) == 2


def test_one_row_of_two_files_of_one_name_is_not_one_household(tmp_path):
    one = table("name", ["赵大山"])
    other = table("name", ["钱小花"])

    assert len(households(register(tmp_path, one, other))) == 2


def test_members_apart_from_each_other_meet_by_the_number_of_their_head(tmp_path):
    listed = table(
        "head_name head_id_number name id_number",
        ["赵大山", ZHAO, "钱小花", QIAN],
        ["孙老太", GRAN, "孙老太", GRAN],
        ["赵大山", ZHAO, "赵大山", ZHAO],
    )

    db = register(tmp_path, listed)

    assert sorted(name for _number, name in heads(db)) == ["孙老太", "赵大山"]
    assert rows(db, "SELECT listed_members FROM households ORDER BY 1") == [(1,), (2,)]


def test_a_head_who_is_only_named_beside_the_members_is_a_member_too(tmp_path):
    listed = table(
        "household_no head_name head_id_number name id_number income relation",
        ["H1", "赵大山", ZHAO, "钱小花", QIAN, 500, "配偶"],
    )

    db = register(tmp_path, listed)

    assert people(db) == [("H1", 1, "赵大山", ZHAO), ("H1", 2, "钱小花", QIAN)]
    assert fact(db, "income", "members") == [None, 50000]
    assert rows(db, "SELECT relation FROM members ORDER BY place") == [(None,), ("配偶",)]


ROW_OF_THREE = table(
    "head_name head_id_number name@1 name@2", ["赵大山", ZHAO, "钱小花", "李四"], file="a.csv"
)
NUMBERED = table(PERSON, ["H1", "赵大山", ZHAO, "户主"], file="b.csv")
ELSEWHERE = table(PERSON, ["H1", "孙老太", GRAN, "户主"], file="c.csv", community="花园")


def renamed(db, *files):
    """Import more, and give the numbers that everybody had before."""
    before = dict(rows(db, "SELECT name, member_no FROM members"))
    keep(db, *files)
    rebuild_register(db, shipped_pack())
    return before


def test_of_several_people_on_a_row_each_is_found_under_their_own_new_number(tmp_path):
    db = register(tmp_path, ROW_OF_THREE)

    before = renamed(db, NUMBERED)

    now = dict(rows(db, "SELECT name, member_no FROM members"))
    assert {name: find_current_number(db, number) for name, number in before.items()} == now
    assert sorted(now.values()) == ["H1-01", "H1-02", "H1-03"]


def test_who_was_renamed_twice_is_found_under_the_newest_number(tmp_path):
    db = register(tmp_path, ROW_OF_THREE)
    ((first,),) = households(db)

    before = renamed(db, NUMBERED)
    second = renamed(db, ELSEWHERE)

    now = dict(rows(db, "SELECT name, member_no FROM members"))
    assert [find_current_number(db, number) for number in (first, "H1")] == ["河口下-H1"] * 2
    assert {name: find_current_number(db, number) for name, number in before.items()} == {
        name: now[name] for name in second
    }
