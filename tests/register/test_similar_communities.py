"""Communities written in several ways are one, and nearly equal names are asked about."""

import pytest

from relieftool.register.build import rebuild_register, refresh_register
from relieftool.store.database import open_register, write
from relieftool.store.imports import list_problems
from relieftool.store.problem_decisions import record_decision
from tests.layouts.outcome import A, B, C, Outcome
from tests.support.register_hash import content_of
from tests.support.registers import empty_register, keep, rows, shipped_pack, table

COLUMNS = "community household_no name id_number relation"


@pytest.fixture
def db(tmp_path):
    with open_register(empty_register(tmp_path / "relief.db")) as opened:
        yield opened


def build(db, *listed, columns=COLUMNS, file="户表.csv", **stated):
    keep(db, table(columns, *map(list, listed), file=file, **stated))
    refresh_register(db, shipped_pack())


def told(db):
    return [
        (one.problem.row, one.problem.message.params["name"], one.problem.message.params["other"])
        for one in list_problems(db)
        if one.problem.code == "community-similar"
    ]


@pytest.mark.parametrize(
    "written",
    [
        *("河口下社区", "后埠街河口下社区", "安源区后埠街河口下社区", "河口下社区（村）"),
        *("河口下（社区）", "後埠街道河口下社區", "后埠街道办事处河口下社区居委会", "河口下村委会"),
        *("萍乡市安源区后埠街道河口下", "河口下社区居民委员会"),
    ],
)
def test_a_community_in_a_cell_is_cut_as_in_a_title(db, written):
    build(db, ["河口下", "H1", "钱测一", A, "户主"], [written, "H2", "孙测二", B, "户主"])

    assert rows(db, "SELECT name FROM communities") == [("河口下",)]
    assert told(db) == []


@pytest.mark.parametrize("near", ["河囗下", "河口夏", "后埠河口下", "和口下"])
def test_a_nearly_equal_community_is_told_at_its_row(db, near):
    build(
        db,
        ["河口下", "H1", "钱测一", A, "户主"],
        ["河口下", "H1", "李测三", C, "儿子"],
        [near, "H2", "孙测二", B, "户主"],
    )

    assert told(db) == [(4, near, "河口下")]
    assert len(rows(db, "SELECT name FROM communities")) == 2


@pytest.mark.parametrize("other", ["河口上", "花园", "莲花", "河口"])
def test_a_neighbour_is_another_community(db, other):
    build(db, ["河口下", "H1", "钱测一", A, "户主"], [other, "H2", "孙测二", B, "户主"])

    assert told(db) == []


def test_a_nearly_equal_community_on_another_list_is_told(db):
    build(db, ["河口下", "H1", "钱测一", A, "户主"], ["河口下", "H3", "李测三", C, "户主"])
    build(db, ["河囗下", "H2", "孙测二", B, "户主"], file="另表.csv")

    assert told(db) == [(2, "河囗下", "河口下")]


def test_one_number_in_two_nearly_equal_communities_is_one_household(db):
    build(
        db,
        ["河囗下", "H1", "孙测二", B, "配偶"],
        ["河口下", "H1", "钱测一", A, "户主"],
    )

    assert Outcome(db).households == [("河口下", "钱测一", "孙测二")]
    assert told(db) == [(3, "河口下", "河囗下")]


def test_each_row_of_a_slip_is_told_and_of_many_rows_the_first(db):
    many = [["河口下", f"H{n}", None, None, None] for n in range(100)]
    some = [["河囗下", f"K{n}", None, None, None] for n in range(3)]
    others = [["花圆", f"M{n}", None, None, None] for n in range(60)]
    build(db, *many, *some, *others, *[["花园", f"G{n}", None, None, None] for n in range(70)])

    assert sorted(told(db)) == [
        (102, "河囗下", "河口下"),
        (103, "河囗下", "河口下"),
        (104, "河囗下", "河口下"),
        (105, "花圆", "花园"),
    ]


def test_two_heads_of_one_number_in_nearly_equal_communities_stay_two(db):
    build(db, ["河囗下", "H1", "孙测二", B, "户主"], ["河口下", "H1", "钱测一", A, "户主"])

    assert [place for place, _name in Outcome(db).households] == ["河口下", "河囗下"]
    assert len(told(db)) == 1


@pytest.mark.parametrize(
    "choice, expected",
    [("same-community", ["河口下"]), ("different-communities", ["河口下", "河囗下"])],
)
def test_a_decision_unites_or_parts_them_for_good(db, choice, expected):
    listed = [["河口下", "H1", "钱测一", A, "户主"], ["河口下", "H3", "李测三", C, "户主"]]
    build(db, *listed, ["河囗下", "H2", "孙测二", B, "户主"])
    (number,) = {one.number for one in list_problems(db) if one.problem.code == "community-similar"}

    with write(db):
        record_decision(db, number, choice, "王")
    refresh_register(db, shipped_pack())

    assert rows(db, "SELECT name FROM communities ORDER BY name") == [(name,) for name in expected]
    assert told(db) == []
    before = content_of(db)
    rebuild_register(db, shipped_pack())
    assert content_of(db) == before
