"""Keys of households without 户编号 became longer: a register made before keeps what is its own."""

import datetime as dt
import sqlite3
from contextlib import closing

import pytest

from relieftool.fieldwork import Level, Method, Visit, VisitStep, list_visits, record_visit
from relieftool.ledger import CaseFinding, list_cases, open_cases
from relieftool.registry import people
from relieftool.registry.decisions import record_decision
from relieftool.registry.imports import list_problems
from relieftool.registry.projection import ensure_register
from relieftool.registry.store import opened, write
from relieftool.registry.trail import present_number
from relieftool.registry.undoing import redo_import, undo_import
from tests.registers import (
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
ZHAOS = table("name id_number", ["赵大山", ZHAO], more("钱小花", QIAN), file="a")


@pytest.fixture
def before(tmp_path, monkeypatch):
    """Give a function that makes a register as the schema before had it, and does things to it."""

    def make(*files, do=codes):
        path = tmp_path / "relief.db"
        monkeypatch.setattr(people, "_KEY_LENGTH", 8)
        with opened(path, create=True) as db:
            keep(db, *files)
            ensure_register(db, shipped_pack())
            do(db)
        monkeypatch.undo()
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            # what came with the longer keys and with places is yet to be done
            connection.executescript("""
                DROP TABLE given_places;
                DROP TABLE said_mappings;
                DELETE FROM _sqlite_migrations WHERE name GLOB 'm01[12]_*';
                PRAGMA user_version = 10;
            """)
        return path

    return make


def number_of(db, name="赵大山"):
    return rows(db, "SELECT household_no FROM members WHERE name = ?", name)[0][0]


def step(db, do, number):
    with write(db):
        do(db, number)
        ensure_register(db, shipped_pack())


def decide(db, choice):
    with write(db):
        record_decision(db, list_problems(db)[0].number, choice, "王五")
        ensure_register(db, shipped_pack())


def test_a_key_has_sixteen_digits(tmp_path):
    db = register(tmp_path, ZHAOS, table("household_no name", [LI, "李四"], file="b"))

    assert [len(number_of(db, name)) for name in ("赵大山", "李四")] == [len("河口下-") + 16] * 2


def work(db):
    number = number_of(db)
    findings = [CaseFinding(number, None, "dibao", "unclaimed")]
    findings.append(CaseFinding(number, f"{number}-02", "disability-care", "unclaimed"))
    open_cases(db, findings, DAY)
    survey = (VisitStep.SURVEY, Level.COMMUNITY, Method.HOME, ("张三", "李四"), "属实")
    record_visit(db, Visit(number, "2024-12-01", *survey))


def test_cases_and_visits_of_a_register_made_before_are_found_under_the_longer_key(before):
    path = before(ZHAOS, do=work)

    with opened(path) as db:
        (short,) = db.execute("SELECT DISTINCT household_no FROM households").fetchone()
        ensure_register(db, shipped_pack())

        long = number_of(db)
        assert (long[:-8], len(short)) == (short, len("河口下-") + 8)
        assert [(one.household_no, one.member_no) for one in list_cases(db)] == [
            (long, None), (long, f"{long}-02")
        ]  # fmt: skip
        assert [one.household_no for one in list_visits(db, long)] == [long]
        again = open_cases(db, [CaseFinding(long, None, "dibao", "unclaimed")], DAY)
        assert again.opened == []
    assert path.with_name("relief.db.schema-10").is_file()


def undone_with_work(db):
    work(db)
    step(db, undo_import, 1)


def test_a_household_that_was_taken_back_meanwhile_has_its_cases_when_it_returns(before):
    path = before(ZHAOS, do=undone_with_work)

    with opened(path) as db:
        ensure_register(db, shipped_pack())
        gone = {one.household_no for one in list_cases(db)}
        step(db, redo_import, 1)

        long = number_of(db)
        assert gone == {long[:-8]}
        assert [(one.household_no, one.member_no) for one in list_cases(db)] == [
            (long, None), (long, f"{long}-02")
        ]  # fmt: skip


def test_a_household_numbered_before_goes_back_to_the_longer_key_when_that_is_undone(before):
    def number_and_undo_later(db):
        work(db)
        keep(db, table("household_no name id_number", ["H1", "赵大山", ZHAO], file="b"))
        ensure_register(db, shipped_pack())

    path = before(ZHAOS, do=number_and_undo_later)

    with opened(path) as db:
        ensure_register(db, shipped_pack())
        numbered = {one.household_no for one in list_cases(db)}
        step(db, undo_import, 2)

        assert (numbered, {one.household_no for one in list_cases(db)}) == ({"H1"}, {number_of(db)})


def test_what_was_decided_under_a_shorter_key_still_holds(before):
    november = table("name id_number", ["孙老太", GRAN], file="户11月.csv", covers="2024-11")
    december = table("name id_number", ["李四", LI], file="户12月.csv", covers="2024-12")
    path = before(november, december, do=lambda db: decide(db, "left"))

    with opened(path) as db:
        ensure_register(db, shipped_pack())

        assert (codes(db), rows(db, "SELECT name FROM members")) == ([], [("李四",)])


def test_whoever_was_decided_to_live_under_a_shorter_key_lives_there(before):
    other = table(
        "household_no name id_number", ["H2", "李四", LI], more("", "钱小花", QIAN), file="c"
    )
    path = before(ZHAOS, other, do=lambda db: decide(db, f"lives-in:{number_of(db)}"))

    with opened(path) as db:
        ensure_register(db, shipped_pack())

        assert codes(db) == []
        assert number_of(db, "钱小花") == number_of(db)


def test_a_key_that_two_longer_ones_begin_with_is_nobodys(before, monkeypatch):
    path = before(ZHAOS, do=undone_with_work)

    with opened(path) as db:
        monkeypatch.setattr(people, "keyed_hash", lambda _secret, seed, _length: _alike(db, seed))
        keep(db, table("name id_number", ["孙老太", GRAN], ["李四", LI], file="d"))
        ensure_register(db, shipped_pack())

        (case, _other) = list_cases(db)
        assert present_number(db, case.household_no) == case.household_no
        assert rows(db, "SELECT count(*) FROM households") == [(2,)]


def _alike(db, seed):
    (short,) = db.execute("SELECT household_no FROM cases").fetchone()
    return short.rpartition("-")[2] + ("0" if seed == GRAN else "1") * 8
