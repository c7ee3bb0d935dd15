"""A small register for tests of the ledger: two communities, three households, no sheet behind."""

import contextlib
import sqlite3
from dataclasses import replace
from datetime import date

from relieftool.cases.case_list import open_cases
from relieftool.cases.case_status import SubjectStatuses
from relieftool.cases.closing import record_closing
from relieftool.cases.records import CaseFinding
from relieftool.eligibility.findings import Finding
from relieftool.pack.loading import load_pack
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.register.build import refresh_register
from relieftool.store.access_log import record_access
from relieftool.store.database import open_database, write
from relieftool.store.migrations import run_script
from tests.support.registers import bytes_of_register

DAY = date(2024, 12, 10)
DIBAO = CaseFinding("HK-1", None, "dibao", "unclaimed")
MEMBERS_CASE = CaseFinding("HK-2", "HK-2-2", "disability-living", "unclaimed")
UNDERPAID = CaseFinding("HY-1", None, "dibao", "underpaid", "2024-11-30")
PRIORITY_CASE = CaseFinding("HK-1", None, "priority", "priority")
LEDGER_TABLES = ("cases", "case_entries", "access_log")


SOURCE = """
    INSERT INTO imports VALUES (1, 'a.csv', hex(zeroblob(32)), '{}', '2024-12-10', NULL, '');
    INSERT INTO source_tables VALUES
        (1, 1, 'a', '', 1, 1, 'roster', 'dibao', NULL, NULL, '[]', '[]', '[]');
    INSERT INTO source_rows (row_id, table_id, row_number, role, cells)
        VALUES (1, 1, 2, 'first', '[]');
    INSERT INTO communities VALUES (1, '河口下'), (2, '花园');
    INSERT INTO households (household_no, community_id, is_provisional, listed_members)
        VALUES ('HK-1', 1, 0, 1), ('HK-2', 1, 0, 2), ('HY-1', 2, 0, 1);
    INSERT INTO members (member_no, household_no, place, is_provisional) VALUES
        ('HK-1-1', 'HK-1', 1, 0), ('HK-2-1', 'HK-2', 1, 0), ('HK-2-2', 'HK-2', 2, 0),
        ('HY-1-1', 'HY-1', 1, 0);
"""


def new_register(path):
    path.write_bytes(bytes_of_register(_fill))
    return open_database(path)


def _fill(db):
    refresh_register(db, load_pack(find_shipped_pack()))
    with write(db):
        run_script(db, SOURCE)


def add_receipt(db, household_no="HK-1", member_no=None, programme="dibao", **columns):
    row = {
        "says": "yes",
        "origin": "roster",
        "row_id": 1,
        "covers_from": None,
        "covers_until": None,
    }
    row |= {"household_no": household_no, "member_no": member_no, "programme": programme}
    _insert(db, "receipts", row | columns)


def add_roster(db, community_id, **columns):
    row = {"programme": "dibao", "community_id": community_id, "is_complete": 1}
    _insert(db, "rosters", row | columns)


def _insert(db, table, row):
    with write(db):
        db.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
            list(row.values()),
        )


def close(db, case_no="C2024-0001", outcome="moved", **stated):
    given = {"evidence": "决定书", "by": "王五", "closed_on": date(2024, 12, 20)}
    given |= {"reason": "子女已就业"} if outcome in ("improved", "refused") else {}
    return record_closing(db, case_no, outcome=outcome, **(given | stated))


def fill_ledger(db):
    """Open three cases, close two of them, and log two accesses."""
    open_cases(db, [DIBAO, MEMBERS_CASE, PRIORITY_CASE], DAY, by="李四")
    close(db, "C2024-0001")
    close(db, "C2024-0003", "receiving")
    record_access(db, "show", "home visit", "HK-1")
    record_access(db, "gaps", "referral", "")


def rows_of(db, table):
    return list(db.query(f"SELECT * FROM {table}"))


def ledger_rows(db):
    return {table: rows_of(db, table) for table in LEDGER_TABLES}


FINDING = Finding(
    *("HK-1", "河口下", None, None, None, "dibao", "unclaimed", None, "month", None, (), "区民政局")
)


def seen(status, is_priority=None, of=DIBAO, **changed):
    """Return how the register sees one case; "" for a finding that is not there at all."""
    finding = replace(FINDING, household_no=of.household_no, status=status, **changed)
    findings = {(of.household_no, of.member_no, of.programme): finding} if status else {}
    return SubjectStatuses(findings, {of.household_no: is_priority})


def tamper(path, *statements):
    """Change a file as somebody with another program could: no trigger, no check in the way."""
    with contextlib.closing(sqlite3.connect(path)) as raw:
        names = [
            name for (name,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        ]
        raw.executescript("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF;")
        raw.executescript("".join(f"DROP TRIGGER {name};" for name in names))
        for statement in statements:
            raw.execute(statement)
        raw.commit()
