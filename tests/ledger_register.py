"""A small register for tests of the ledger: two communities, three households, no sheet behind."""

from datetime import date

from relieftool.ledger import CaseFinding, close_case, open_cases, record_access
from relieftool.registry.store import open_database, write

DAY = date(2024, 12, 10)
DIBAO = CaseFinding("HK-1", None, "dibao", "unclaimed")
MEMBERS_CASE = CaseFinding("HK-2", "HK-2-2", "disability-living", "unclaimed")
UNDERPAID = CaseFinding("HY-1", None, "dibao", "underpaid")
PRIORITY_CASE = CaseFinding("HK-1", None, "priority", "priority")
LEDGER_TABLES = ("cases", "case_entries", "access_log")


REGISTER = """
    CREATE TABLE communities(community_id INTEGER PRIMARY KEY, name TEXT UNIQUE) STRICT;
    CREATE TABLE households(household_no TEXT PRIMARY KEY, community_id INTEGER) STRICT;
    CREATE TABLE members(member_no TEXT PRIMARY KEY, household_no TEXT) STRICT;
    CREATE TABLE rosters(roster_id INTEGER PRIMARY KEY, programme TEXT, community_id INTEGER,
        covers_from TEXT, covers_until TEXT, is_complete INTEGER) STRICT;
    CREATE TABLE receipts(receipt_id INTEGER PRIMARY KEY, household_no TEXT, member_no TEXT,
        programme TEXT, says TEXT, origin TEXT, covers_from TEXT, covers_until TEXT) STRICT;
"""


def new_register(path):
    db = open_database(path, create=True)
    db.executescript(REGISTER)
    with write(db):
        db.execute("INSERT INTO communities (community_id, name) VALUES (1, '河口下'), (2, '花园')")
        db.execute(
            "INSERT INTO households (household_no, community_id)"
            " VALUES ('HK-1', 1), ('HK-2', 1), ('HY-1', 2)"
        )
        db.execute(
            "INSERT INTO members (member_no, household_no)"
            " VALUES ('HK-1-1', 'HK-1'), ('HK-2-1', 'HK-2'), ('HK-2-2', 'HK-2'), ('HY-1-1', 'HY-1')"
        )
    return db


def add_receipt(db, household_no="HK-1", member_no=None, programme="dibao", **columns):
    row = {"says": "yes", "origin": "roster", "covers_from": None, "covers_until": None}
    row |= {"household_no": household_no, "member_no": member_no, "programme": programme}
    _insert(db, "receipts", row | columns)


def add_roster(db, community_id, covers_from, covers_until, programme="dibao"):
    row = {"programme": programme, "community_id": community_id, "is_complete": 1}
    _insert(db, "rosters", row | {"covers_from": covers_from, "covers_until": covers_until})


def _insert(db, table, row):
    with write(db):
        db.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
            list(row.values()),
        )


def close(db, case_no="C2024-0001", outcome="refused", **stated):
    given = {"evidence": "决定书", "by": "王五", "closed_on": date(2024, 12, 20)}
    return close_case(db, case_no, outcome=outcome, **(given | stated))


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
