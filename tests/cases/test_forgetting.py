"""Names and texts of entries can be forgotten, and nothing else of an entry can change."""

import sqlite3
from contextlib import closing

import pytest

from relieftool.cases.case_list import find_case
from relieftool.cases.department_decisions import record_referral
from relieftool.cases.verify import count_forgotten_texts, verify_ledger
from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.fieldwork.helpers import Helper, list_helpers, list_household_helpers, record_helper
from relieftool.fieldwork.measures import Measure, MeasureKind, list_measures, record_measure
from relieftool.fieldwork.needs import list_needs
from relieftool.fieldwork.samples import find_sample_results
from relieftool.fieldwork.visits import list_visits
from relieftool.store.chain import add_entry, forget_texts
from relieftool.store.database import open_database, write
from relieftool.store.entries import (
    ALL_KINDS,
    CASE_ENTRIES,
    FIELD_CHAINS,
    HELPERS,
    REVISITS,
    VISITS,
)
from tests.fieldwork.test_fieldwork import fill_fieldwork
from tests.store.test_every_byte import fill_decisions
from tests.support.ledger_register import DAY, close, fill_ledger, new_register

TEXTS = [(kind, column) for kind in ALL_KINDS for column in kind.personal]
NAMES = [f"{kind.table}.{column}" for kind, column in TEXTS]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Make a register with every kind of entry, to be copied."""
    path = tmp_path_factory.mktemp("filled") / "relief.db"
    with closing(new_register(path)) as db:
        fill_ledger(db)
        with write(db):
            record_referral(db, "C2024-0002", "民政局", by="王五", on=DAY, proxy="孙大民")
        close(db, "C2024-0002", checked_by="赵六")
        record_helper(db, Helper("吴敏", "person", "区税务局", ()), DAY)
        fill_fieldwork(db)
        done = Measure("HK-1", MeasureKind.CONDOLENCE, None, "2024-12-20", None, "米油", "王五")
        record_measure(db, done)
        fill_decisions(db)
    return path


@pytest.fixture
def db(filled):
    with closing(new_copy(filled)) as copy:
        yield copy


def new_copy(path):
    copy = path.with_name("copy.db")
    copy.write_bytes(path.read_bytes())
    return open_database(copy)


def faults(db):
    found = verify_ledger(db, chains=FIELD_CHAINS, checks=FIELD_CHECKS)
    return [(one.check, one.place) for one in found if not one.is_doubt]


def place_of(db, kind, column):
    """Find the first entry that says something in a column."""
    said = f'SELECT min({kind.key}) FROM {kind.table} WHERE "{column}" IS NOT NULL'
    return db.execute(said).fetchone()[0]


# What goes when the household of an entry is forgotten, as HK-1 was: words, but not who acted.
GO_ALONG = {"case_entries.note", "visits.found", "life_events.note", "measures.result"}
GO_ALONG |= {"revisits.note", "needs.words"}


@pytest.mark.parametrize("kind, column", TEXTS, ids=NAMES)
def test_a_text_is_forgotten_and_every_chain_holds_but_only_with_somebody(db, kind, column):
    number = place_of(db, kind, column)
    before = db.table(kind.table).get(number)

    with write(db):
        forget_texts(db, kind, number, [column])

    gone = {column: None, f"{column}_salt": None}
    assert db.table(kind.table).get(number) == before | gone
    taken = [] if f"{kind.table}.{column}" in GO_ALONG else ["text-taken"]
    assert [check for check, _place in faults(db)] == taken
    assert count_forgotten_texts(db, ALL_KINDS) == 1


@pytest.mark.parametrize("kind, column", TEXTS, ids=NAMES)
@pytest.mark.parametrize(
    "change",
    [
        "\"{0}\" = 'x'",
        '"{0}" = NULL',
        "{0}_salt = NULL",
        '"{0}" = NULL, {0}_salt = NULL, {0}_hash = NULL',
        '"{0}" = NULL, {0}_salt = NULL, hash = hash || 1',
        '"{0}" = NULL, {0}_salt = NULL, rowid = 99',
        '"{0}" = "{0}"',
    ],
)
def test_a_text_is_changed_in_no_other_way(db, kind, column, change):
    number = place_of(db, kind, column)
    statement = f"UPDATE {kind.table} SET {change} WHERE {kind.key} = {number}"

    with pytest.raises(sqlite3.IntegrityError, match="are never changed"):
        db.execute(statement.format(column))


@pytest.mark.parametrize("kind", ALL_KINDS, ids=lambda kind: kind.table)
def test_every_text_declared_as_personal_has_hash_and_salt_and_no_other_column_has(db, kind):
    columns = {column.name for column in db.table(kind.table).columns}

    salted = {name for name in columns if f"{name}_salt" in columns}
    assert salted == set(kind.personal)
    assert {f"{name}_hash" for name in salted} <= columns


def test_what_was_forgotten_is_not_written_back(db):
    with write(db):
        forget_texts(db, VISITS, 1, ["found"])

    with pytest.raises(sqlite3.IntegrityError, match="visits are never changed"):
        db.execute("UPDATE visits SET found = 'x', found_salt = 'y'")


def test_entries_of_people_who_were_forgotten_are_still_listed(db):
    with write(db):
        forget_texts(db, VISITS, 1, ["investigators", "found"])
        forget_texts(db, HELPERS, 2, ["name"])
        forget_texts(db, REVISITS, 1, ["by", "note"])
        forget_texts(db, CASE_ENTRIES, 4, ["by", "note"])

    (visit,) = list_visits(db)
    (revisit,) = find_sample_results(db).revisits.values()
    assert (visit.investigators, visit.found, revisit.by, revisit.note) == ((), "", "", None)
    assert (list_household_helpers(db, "HK-1"), len(list_measures(db))) == ([], 2)
    assert [one.name for one in list_helpers(db)] == ["吴敏"]
    assert (find_case(db, "C2024-0001").by, len(list_needs(db))) == (None, 1)
    assert {check for check, _place in faults(db)} == {"text-taken"}


def test_an_entry_from_outside_that_lacks_what_it_must_say_is_found(db):
    said = {"household_no": "HK-1", "entered_on": "2024-12-10", "is_active": 1}
    with write(db):
        add_entry(db, FIELD_CHAINS[2], said | {"helper": "周华", "by": " "})

    assert faults(db) == [("entry-incomplete", "assignments 2")]


def test_verify_says_how_much_was_forgotten(relief, db):
    with write(db):
        forget_texts(db, VISITS, 1, ["investigators", "found"])
    path = db.execute("PRAGMA database_list").fetchone()[2]

    result = relief("verify", "--db", path, "--lang", "en")

    assert "Names and texts that were forgotten: 2." in result.stderr
