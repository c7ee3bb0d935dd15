import contextlib
import json
import shutil
import sqlite3
from itertools import islice

import pytest

from relieftool.cases.case_list import open_cases
from relieftool.cases.records import CaseFinding
from relieftool.cases.verify import CASE_CHECKS, verify_ledger
from relieftool.store.access_log import record_access
from relieftool.store.chain import (
    CHAIN_ENDS,
    FIRST_HASH,
    ChainEnd,
    add_entry,
    hash_entry,
    read_chain_end,
)
from relieftool.store.database import open_database, write
from relieftool.store.entries import ACCESSES, CASE_ENTRIES
from tests.support.ledger_register import (
    DAY,
    DIBAO,
    LEDGER_TABLES,
    add_receipt,
    close,
    fill_ledger,
    new_register,
    tamper,
)
from tests.support.registers import empty_register


@pytest.fixture
def path(tmp_path):
    return tmp_path / "relief.db"


@pytest.fixture
def db(path):
    register = new_register(path)
    yield register
    register.close()


@pytest.fixture
def filled(db):
    fill_ledger(db)
    return db


# Found besides by what guards the file as a whole: the tests here are about chains and rules.
BESIDE = {"schema-changed", "table-changed", "seals-changed", "log-differs"}


def found(db, heads=()):
    faults = verify_ledger(db, heads)
    return [(one.check, one.place) for one in faults if one.check not in BESIDE]


def test_a_new_register_is_whole(db):
    assert verify_ledger(db) == []
    assert (read_chain_end(db, CASE_ENTRIES), read_chain_end(db, ACCESSES)) == (
        ChainEnd(0, FIRST_HASH),
        ChainEnd(0, FIRST_HASH),
    )


def test_a_ledger_written_by_relief_is_whole_and_proving_it_changes_nothing(filled, path):
    before = path.read_bytes()

    broken = verify_ledger(
        filled, [read_chain_end(filled, CASE_ENTRIES).hash, read_chain_end(filled, ACCESSES).hash]
    )

    assert broken == []
    assert path.read_bytes() == before
    assert filled.conn.text_factory is str


def test_a_register_into_which_nothing_was_imported_is_whole(tmp_path):
    with contextlib.closing(open_database(empty_register(tmp_path / "empty.db"))) as empty:
        broken = verify_ledger(empty)

    assert broken == []


CASE = "WHERE case_no = 'C2024-0001'"
CLOSING = "WHERE entry_id = 4"
ACCESS = "WHERE log_id = 1"
TAMPERED = [
    ("cases", "case_no", "'C2024-0009'", CASE, "case_entries 1"),
    ("cases", "household_no", "'HK-2'", CASE, "case_entries 1"),
    ("cases", "member_no", "'HK-1-1'", CASE, "case_entries 1"),
    ("cases", "programme", "'edge'", CASE, "case_entries 1"),
    ("cases", "found_status", "'underpaid'", CASE, "case_entries 1"),
    ("cases", "opened_on", "'2024-12-09'", CASE, "case_entries 1"),
    ("case_entries", "entry_id", "9", CLOSING, "case_entries 4"),
    ("case_entries", "case_no", "'C2024-0002'", CLOSING, "case_entries 4"),
    ("case_entries", "entry_type", "'noted'", CLOSING, "case_entries 4"),
    ("case_entries", "entered_on", "'2024-12-21'", CLOSING, "case_entries 4"),
    ("case_entries", "by", "NULL", CLOSING, "case_entries 4"),
    ("case_entries", "outcome", "'declined'", CLOSING, "case_entries 4"),
    ("case_entries", "evidence_sha256", f"'{'a' * 64}'", CLOSING, "case_entries 4"),
    ("case_entries", "note", "note || ' '", CLOSING, "case_entries 4"),
    ("case_entries", "is_verified", "1", CLOSING, "case_entries 4"),
    ("case_entries", "checked_by", "'赵六'", CLOSING, "case_entries 4"),
    ("case_entries", "department", "'区民政局'", CLOSING, "case_entries 4"),
    ("case_entries", "amount_fen", "1", CLOSING, "case_entries 4"),
    ("case_entries", "paid_until", "'2024-11-30'", CLOSING, "case_entries 4"),
    ("case_entries", "heard_on", "'2024-11-30'", CLOSING, "case_entries 4"),
    ("case_entries", "told_on", "'2024-12-30'", CLOSING, "case_entries 4"),
    ("case_entries", "by_hash", "note_hash", CLOSING, "case_entries 4"),
    ("case_entries", "by_salt", "NULL", CLOSING, "case_entries 4"),
    ("case_entries", "checked_by_hash", "by_hash", CLOSING, "case_entries 4"),
    ("case_entries", "checked_by_salt", "by_salt", CLOSING, "case_entries 4"),
    ("case_entries", "note_hash", "NULL", CLOSING, "case_entries 4"),
    ("case_entries", "note_salt", "by_salt", CLOSING, "case_entries 4"),
    ("case_entries", "previous_hash", f"'{FIRST_HASH}'", CLOSING, "case_entries 4"),
    ("case_entries", "hash", f"'{FIRST_HASH}'", CLOSING, "case_entries 4"),
    ("access_log", "log_id", "9", ACCESS, "access_log 1"),
    ("access_log", "at", "'2024-12-10T00:00:00+00:00'", ACCESS, "access_log 1"),
    ("access_log", "action", "'priority'", ACCESS, "access_log 1"),
    ("access_log", "reason", "'Home visit'", ACCESS, "access_log 1"),
    ("access_log", "detail", "''", ACCESS, "access_log 1"),
    ("access_log", "reason_hash", "detail_hash", ACCESS, "access_log 1"),
    ("access_log", "reason_salt", "detail_salt", ACCESS, "access_log 1"),
    ("access_log", "detail_hash", "NULL", ACCESS, "access_log 1"),
    ("access_log", "detail_salt", "NULL", ACCESS, "access_log 1"),
    ("access_log", "previous_hash", "'1' || substr(previous_hash, 2)", ACCESS, "access_log 1"),
    ("access_log", "hash", f"'{FIRST_HASH}'", ACCESS, "access_log 1"),
]


@pytest.mark.parametrize("change", TAMPERED, ids=lambda change: ".".join(change[:2]))
def test_a_change_of_any_column_is_found_at_the_first_entry_it_breaks(filled, path, change):
    table, column, value, row, place = change

    tamper(path, f'UPDATE {table} SET "{column}" = {value} {row}')

    broken = found(filled)

    assert place in [where for _check, where in broken]


@pytest.mark.parametrize("number, note", [(1, "'underpaid'"), (2, "NULL"), (5, "'x'")])
def test_the_first_broken_entry_is_named_and_only_that(filled, path, number, note):
    tamper(path, f"UPDATE case_entries SET note = {note} WHERE entry_id >= {number}")

    broken = found(filled)

    assert [place for check, place in broken if check == "entry-changed"] == [
        f"case_entries {number}"
    ]


@pytest.mark.parametrize(
    "statement, expected",
    [
        ("DELETE FROM case_entries WHERE entry_id = 4", ("entry-missing", "case_entries 4")),
        ("DELETE FROM case_entries WHERE entry_id = 1", ("entry-missing", "case_entries 1")),
        ("DELETE FROM access_log WHERE log_id = 1", ("entry-missing", "access_log 1")),
        (
            "UPDATE case_entries SET entry_id = 0 WHERE entry_id = 1",
            ("entry-missing", "case_entries 1"),
        ),
    ],
)
def test_a_removed_entry_is_named(filled, path, statement, expected):
    tamper(path, statement)

    assert expected in found(filled)


@pytest.mark.parametrize(
    "statement, place, words",
    [
        ("UPDATE case_entries SET note = 'x' WHERE entry_id = 4", 4, "it was changed afterwards"),
        ("UPDATE case_entries SET note = 'x' WHERE entry_id = 1", 1, "it, or the case it opened,"),
        ("UPDATE cases SET programme = 'edge' WHERE case_no = 'C2024-0001'", 1, "it, or the case"),
    ],
)
def test_only_of_an_opening_the_case_it_opened_is_spoken_of(filled, path, statement, place, words):
    tamper(path, statement)

    (broken,) = [one for one in verify_ledger(filled) if one.check == "entry-changed"]

    assert broken.place == f"case_entries {place}"
    assert f"is not what was written: {words}" in str(broken.message)


def test_entries_in_another_order_are_found(filled, path):
    tamper(
        path,
        "UPDATE case_entries SET entry_id = 99 WHERE entry_id = 4",
        "UPDATE case_entries SET entry_id = 4 WHERE entry_id = 5",
        "UPDATE case_entries SET entry_id = 5 WHERE entry_id = 99",
    )

    assert ("chain-broken", "case_entries 4") in found(filled)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM case_entries WHERE entry_id = 5",
        "DELETE FROM access_log WHERE log_id = 2",
        "DELETE FROM case_entries",
    ],
)
def test_entries_cut_off_at_the_end_are_found_by_whoever_wrote_the_hash_down(
    filled, path, statement
):
    heads = [
        read_chain_end(filled, CASE_ENTRIES).hash.upper(),
        read_chain_end(filled, ACCESSES).hash,
    ]
    tamper(path, statement)

    broken = found(filled, heads)

    assert "head-lost" in [check for check, _place in broken]


LAST_WRITE = "DELETE FROM chain_heads WHERE head_id = (SELECT MAX(head_id) FROM chain_heads)"


def test_everything_of_the_last_write_cut_off_at_once_shows_only_by_the_hash(filled, path):
    head = read_chain_end(filled, CHAIN_ENDS).hash
    tamper(path, "DELETE FROM access_log WHERE log_id = 2", LAST_WRITE)

    assert (found(filled), found(filled, [head])) == ([], [("head-lost", head)])


def test_a_hash_written_down_earlier_is_still_good_when_more_was_written_since(filled):
    earlier = read_chain_end(filled, CASE_ENTRIES).hash
    close(filled, "C2024-0002")

    assert found(filled, [f" {earlier.upper()} "]) == []


def test_a_chain_written_anew_from_outside_is_found_by_the_old_hash(filled, path):
    old = read_chain_end(filled, CASE_ENTRIES).hash
    row = next(filled.query("SELECT * FROM case_entries WHERE entry_id = 5"))
    anew = hash_entry(row | {"outcome": "moved"}, personal=CASE_ENTRIES.personal)
    tamper(
        path,
        f"UPDATE case_entries SET outcome = 'moved', hash = '{anew}' WHERE entry_id = 5",
    )

    assert found(filled, [old]) == [
        ("entries-rewritten", "case_entries 5"),
        ("head-lost", old),
    ]


def test_a_case_slipped_in_without_an_entry_is_found(filled, path):
    tamper(
        path,
        "INSERT INTO cases (case_no, household_no, programme, found_status, opened_on)"
        " VALUES ('C2024-0004', 'HK-2', 'edge', 'unclaimed', '2024-12-10')",
    )

    assert found(filled) == [("case-without-opening", "C2024-0004")]


def test_a_case_removed_from_under_its_entries_is_found(filled, path):
    tamper(path, "DELETE FROM cases WHERE case_no = 'C2024-0002'")

    assert [check for check, _place in found(filled)] == [
        "reference-astray",
        "entry-changed",
        "entry-without-case",
    ]


WRITTEN = {
    "case_no": "C2024-0001",
    "entry_type": "closed",
    "entered_on": "2024-12-20",
    "by": "王五",
    "outcome": "refused",
    "note": "决定书",
}


@pytest.mark.parametrize(
    "wrong, check",
    [
        ({"outcome": None}, "closed-without-outcome"),
        ({"outcome": "done"}, "closed-without-outcome"),
        ({"note": None}, "closed-without-reason"),
        ({"note": " "}, "closed-without-reason"),
        ({"by": None}, "closed-without-name"),
        ({"by": " "}, "closed-without-name"),
        ({"entered_on": "2024-12-09"}, "entry-before-opening"),
        ({"entry_type": "opened"}, "case-opened-twice"),
    ],
)
def test_an_entry_that_is_chained_but_wrong_is_found_by_its_check(db, path, wrong, check):
    open_cases(db, [DIBAO], DAY)
    tamper(path)
    db.execute("PRAGMA ignore_check_constraints = ON")
    with write(db):
        case = next(db.query("SELECT * FROM cases")) if "entry_type" in wrong else None
        add_entry(db, CASE_ENTRIES, WRITTEN | wrong, case)

    broken = found(db)

    assert check in [name for name, _place in broken]
    assert not {"entry-changed", "chain-broken"} & {name for name, _place in broken}


def test_a_case_closed_twice_is_found(db, path):
    open_cases(db, [DIBAO], DAY)
    close(db, "C2024-0001")
    tamper(path)
    with write(db):
        add_entry(db, CASE_ENTRIES, WRITTEN)

    assert found(db) == [("closed-twice", "case_entries 3")]


def test_an_open_case_of_a_household_no_longer_in_the_register_is_only_a_doubt(db):
    gone = [CaseFinding(f"GONE-{n}", None, "dibao", "unclaimed") for n in (1, 2)]
    open_cases(db, gone, DAY)
    close(db, "C2024-0002", "moved")

    (doubt,) = verify_ledger(db)

    assert (doubt.check, doubt.place, doubt.is_doubt) == ("household-unknown", "C2024-0001", True)


def test_a_verified_closing_whose_roster_is_gone_is_only_a_doubt(db):
    open_cases(db, [DIBAO], DAY)
    add_receipt(db)
    close(db, "C2024-0001", "receiving")
    with write(db):
        db.execute("DELETE FROM receipts")

    (doubt,) = verify_ledger(db)

    assert (doubt.check, doubt.place, doubt.is_doubt) == ("receipt-gone", "C2024-0001", True)


def test_every_check_has_a_name_of_its_own():
    assert len({check.name for check in CASE_CHECKS}) == len(CASE_CHECKS)


def ledger_offsets(db):
    """Return where the pages of the ledger's tables lie in the file, byte by byte."""
    roots = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
    for table in LEDGER_TABLES:
        (page,) = db.execute(roots, [table]).fetchone()
        yield from range((page - 1) * 4096, page * 4096)


def unseen_flips(path, offsets, copy):
    """Flip one bit of each byte in turn; return where rows changed and nothing was found."""
    whole = ledger_bytes(path)
    for place, offset in enumerate(offsets):
        shutil.copyfile(path, copy)
        with copy.open("r+b") as opened:
            opened.seek(offset)
            byte = opened.read(1)[0]
            opened.seek(offset)
            opened.write(bytes([byte ^ 1 << place % 8]))
        with contextlib.closing(open_database(copy)) as db:
            if not verify_ledger(db) and ledger_bytes(copy) != whole:
                yield offset


def ledger_bytes(path):
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.text_factory = bytes
        return [list(raw.execute(f"SELECT * FROM {table} NOT INDEXED")) for table in LEDGER_TABLES]


@pytest.mark.slow
def test_one_flipped_bit_in_any_row_of_the_ledger_is_found(filled, path, tmp_path):
    offsets = list(islice(ledger_offsets(filled), 0, None, 29))

    unseen = list(unseen_flips(path, offsets, tmp_path / "copy.db"))

    assert (len(offsets), unseen) == (424, [])


def test_a_page_overwritten_with_rubbish_is_found(filled, path):
    overwrite(filled, path, "case_entries")

    with contextlib.closing(open_database(path)) as reopened:
        broken = found(reopened)

    assert ("file-damaged", "file") in broken
    assert ("file-damaged", "case_entries") in broken


def test_years_of_entries_are_proved_in_seconds(db):
    open_cases(db, [CaseFinding(f"X{n}", None, "dibao", "unclaimed") for n in range(3000)], DAY)
    record_access(db, "show", "x", "")

    head = read_chain_end(db, CASE_ENTRIES)

    assert (head.number, found(db, [head.hash])[:1]) == (
        3000,
        [("household-unknown", "C2024-0001")],
    )


def overwrite(db, path, table):
    """Fill the page where a table begins with rubbish; the register is closed."""
    (page,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", [table]).fetchone()
    db.close()
    with path.open("r+b") as opened:
        opened.seek((page - 1) * 4096)
        opened.write(b"\xff" * 4096)


@pytest.mark.parametrize("table", ["case_entries", "chain_heads", "import_events", "visits"])
def test_verify_of_a_damaged_file_says_so_and_shows_no_end_it_cannot_read(
    relief, filled, path, table
):
    overwrite(filled, path, table)

    result = relief("verify", "--format", "json")

    document = json.loads(result.stdout)
    ends = {one["table"]: one["head"] for one in document["chains"]}
    places = {one["place"] for one in document["broken"] if one["check"] == "file-damaged"}
    assert (result.exit_code, document["is_whole"], ends[table]) == (3, False, None)
    assert {"file", table} <= places
    assert "Not whole: " in result.stderr
    assert "Write this hash down" not in result.stderr


def test_into_a_damaged_file_nothing_is_written_and_that_is_said(relief, filled, path):
    overwrite(filled, path, "visits")
    before = path.read_bytes()

    result = relief("reopen-case", "C2024-0001", "--reason", "误销", "--by", "王五")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "relief.db: the file is damaged, or was changed by other means (file)" in result.stderr
    assert path.read_bytes() == before
