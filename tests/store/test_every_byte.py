"""One changed column in any row that is chained is found by `relief verify`."""

import contextlib
import sqlite3
from datetime import UTC, date, datetime

import pytest
from sqlite_utils import Database

from relieftool.cases.case_list import find_case
from relieftool.cases.closing import record_check
from relieftool.cases.department_decisions import (
    StatedDecision,
    record_case_decisions,
    record_referral,
    record_reopening,
)
from relieftool.cases.month_tables import record_month_table
from relieftool.cases.records import DepartmentDecision
from relieftool.cases.steps import add_step
from relieftool.cases.verify import LEDGER_CHAINS, verify_ledger
from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.store.chain import add_entry
from relieftool.store.database import write as write_to
from relieftool.store.entries import (
    DECISIONS,
    FIELD_CHAINS,
    FORGETTINGS,
    LIFE_EVENTS,
    PARAMETER_VALUES,
    record_entry,
)
from relieftool.store.import_status import record_import_event, refresh_live_imports
from tests.support.fieldwork_entries import fill_fieldwork
from tests.support.ledger_register import DAY, add_receipt, close, fill_ledger, new_register

CHAINED = ("cases", *(chain.table for chain in (*LEDGER_CHAINS, *FIELD_CHAINS)))
LATER = date(2025, 1, 2)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """Return a register in memory with every kind of entry, and nothing that guards it."""
    db = new_register(tmp_path_factory.mktemp("full") / "relief.db")
    with write_to(db):  # so that it is sealed without it: two cases may become alike below
        db.execute("DROP INDEX cases_once")
    fill_ledger(db)
    add_receipt(db)
    with write_to(db):
        record_referral(db, "C2024-0002", "区民政局", by="王五", on=DAY)
    granted = StatedDecision("C2024-0002", DepartmentDecision.GRANTED, LATER, "符合", 63500)
    record_case_decisions(db, [granted], by="王五")
    close(db, "C2024-0002", "receiving", closed_on=LATER, checked_by="赵六")
    record_check(db, "C2024-0001", by="赵六", on=LATER)
    record_reopening(db, "C2024-0001", reason="误销", by="王五", on=LATER)
    with write_to(db):
        add_step(db, find_case(db, "C2024-0001"), "receipt_seen", LATER, reason="receiving")
    fill_fieldwork(db)
    fill_decisions(db)
    raw = sqlite3.connect(":memory:", isolation_level=None)
    db.conn.backup(raw)
    db.close()
    raw.executescript("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF;")
    for (name,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    with contextlib.closing(raw):
        yield Database(raw)


def fill_decisions(db):
    """Decide a doubt, set and withdraw a value, import a file and undo it, forget."""
    said = {"decided_at": "2024-12-10", "by": "王五", "subject": "lives:1", "choice": "leave"}
    own = {"pack_id": "p", "parameter": "line", "holds_from": "2024-01-01", "set_on": "2024-05-01"}
    for event in ("imported", "undone"):
        with write_to(db):
            record_import_event(db, 1, event, 1)
            refresh_live_imports(db)
    with write_to(db):
        record_month_table(db, DAY, {("members", "河口下"): 2}, datetime(2025, 1, 2, tzinfo=UTC))
        add_entry(db, DECISIONS, said)
        add_entry(db, DECISIONS, said | {"choice": "lives-in", "target": "HK-1"})
        stated = {"value": "980", "source": "通知", "confidence": "reported", "set_by": "王五"}
        add_entry(db, PARAMETER_VALUES, own | stated | {"holds_until": "2024-12-31"})
        add_entry(db, PARAMETER_VALUES, own)
        event = {"household_no": "HK-1", "happened_on": "2024-12-10", "members": '["HK-1-01"]'}
        event |= {"closed_cases": "[]", "by": "王五", "note": "证明"}
        add_entry(db, LIFE_EVENTS, event | {"event_type": "died", "head_no": "HK-1-02"})
        add_entry(db, LIFE_EVENTS, event | {"event_type": "undone", "undoes": 1})
        forgotten = {"household_no": "HK-1", "member_no": "HK-1-02", "reason": "保存期限已满"}
        record_entry(db, FORGETTINGS, **forgotten, import_id=None, rows_sha256=None)


def faults(db):
    found = verify_ledger(db, chains=FIELD_CHAINS, checks=FIELD_CHECKS)
    # the triggers are gone, so that rows can be changed
    return [fault for fault in found if not fault.is_doubt and fault.check != "schema-changed"]


def changed(value):
    """Return another value of the same type; any value for NULL."""
    if value is None:
        return 1
    return value + 1000 if isinstance(value, int) else f"{value}x"


def unseen(db, table):
    """Change each column of each row in turn; return those where nothing was found."""
    columns = {column.name: column.type for column in db.table(table).columns}
    for row in list(db.query(f"SELECT rowid AS place, * FROM {table}")):
        for name, column_type in columns.items():
            old, where = row[name], row["place"]
            new = "x" if old is None and column_type == "TEXT" else changed(old)
            place = new if name == next(iter(columns)) and isinstance(new, int) else where
            db.execute(f'UPDATE {table} SET "{name}" = ? WHERE rowid = ?', [new, where])
            if not faults(db):
                yield table, where, name
            db.execute(f'UPDATE {table} SET "{name}" = ? WHERE rowid = ?', [old, place])


def test_a_register_with_every_kind_of_entry_is_whole(full):
    kinds = {kind for (kind,) in full.execute("SELECT entry_type FROM case_entries")}

    assert faults(full) == []
    assert kinds >= {"opened", "referred", "decided", "closed", "checked", "reopened"}


@pytest.mark.parametrize("table", CHAINED)
def test_one_changed_column_of_any_row_is_found(full, table):
    missed = list(unseen(full, table))

    assert (full.table(table).count > 0, missed, faults(full)) == (True, [], [])


CHAIN_FAULTS = ("entry-changed", "chain-broken", "entry-missing")
FIRST_COLUMNS = {chain.table: chain.key for chain in (*LEDGER_CHAINS, *FIELD_CHAINS)}


def misnamed(db, table):
    """Flip one bit of every row, in one text after the other; return where its entry is not named.

    A case is sealed by the entry that opened it.
    """
    texts = [column.name for column in db.table(table).columns if column.type == "TEXT"]
    openings = "SELECT case_no, entry_id FROM case_entries WHERE entry_type = 'opened'"
    opened = dict(db.execute(openings).fetchall())
    for row in list(db.query(f"SELECT rowid AS place, * FROM {table}")):
        named = (
            f"case_entries {opened[row['case_no']]}"
            if table == "cases"
            else f"{table} {row[FIRST_COLUMNS[table]]}"
        )
        filled = [column for column in texts if row[column]]
        name = filled[row["place"] % len(filled)]
        write(db, table, name, row["place"], with_a_bit_flipped(row[name]))
        places = [fault.place for fault in faults(db) if fault.check in CHAIN_FAULTS]
        write(db, table, name, row["place"], row[name].encode())
        if places != [named]:
            yield row["place"], name, places


def with_a_bit_flipped(text):
    stored = bytearray(text.encode())
    stored[len(stored) // 2] ^= 1
    return bytes(stored)


def write(db, table, name, place, stored):
    db.execute(f'UPDATE {table} SET "{name}" = CAST(? AS TEXT) WHERE rowid = ?', [stored, place])


@pytest.mark.parametrize("table", CHAINED)
def test_one_flipped_bit_in_any_row_names_that_entry_and_no_other(full, table):
    wrong = list(misnamed(full, table))

    assert (full.table(table).count > 0, wrong, faults(full)) == (True, [], [])
