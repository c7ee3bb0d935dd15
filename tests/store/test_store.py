"""The register's file: opened safely or refused, written whole or not at all, never rewritten."""

import contextlib
import hashlib
import sqlite3

import pytest

from relieftool.errors import ReliefError
from relieftool.store import database
from relieftool.store.database import open_database, open_register, rehearse, write
from relieftool.store.migrations import load_shipped_schema
from relieftool.store.seals import watch_changes

pytestmark = pytest.mark.durability


@pytest.fixture
def path(tmp_path):
    return tmp_path / "relief.db"


@pytest.fixture
def db(path):
    with open_register(path, create=True) as register:
        yield register


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def set_pragma(path, name, value):
    with sqlite3.connect(path) as raw:
        raw.execute(f"PRAGMA {name} = {value}")


@pytest.mark.parametrize(
    "name, value",
    [
        ("foreign_keys", 1),
        ("recursive_triggers", 1),
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("busy_timeout", 10_000),
        ("journal_mode", "truncate"),
        ("synchronous", 3),
        ("application_id", 0x52454C46),
        ("user_version", load_shipped_schema().stamp),
    ],
)
def test_the_file_is_opened_with_what_keeps_it_safe(db, name, value):
    assert db.execute(f"PRAGMA {name}").fetchone() == (value,)


def test_only_its_owner_may_read_the_file(path):
    open_database(path, create=True).close()

    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_not_there_is_told_with_the_command_that_makes_it(path):
    with pytest.raises(ReliefError, match="no such register\n`relief import PATH` makes one"):
        open_database(path)

    assert not path.exists()


def test_a_file_in_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ReliefError, match="unable to open"):
        open_database(tmp_path / "nowhere" / "relief.db", create=True)


def test_a_folder_is_no_register(tmp_path):
    with pytest.raises(ReliefError, match="cannot be used as a register"):
        open_database(tmp_path, create=True)


def test_a_file_of_no_bytes_is_made_a_register(path):
    path.touch()

    with open_register(path, create=True) as db:
        assert db.execute("SELECT count(*) FROM imports").fetchone() == (0,)


def open_rehearsal(path):
    with rehearse(path):
        pass


OPENING = [open_database, lambda path: open_database(path, create=True), open_rehearsal]


@pytest.mark.parametrize("stamp", [0, 1, 15, load_shipped_schema().stamp + 1, -1])
@pytest.mark.parametrize("opening", OPENING, ids=["opened", "opened to import", "rehearsed"])
def test_a_file_of_another_development_version_is_refused_and_not_touched(path, stamp, opening):
    with open_register(path, create=True) as db:
        add_setting(db, "secret")
    set_pragma(path, "user_version", stamp)
    before = digest(path)

    with pytest.raises(ReliefError, match="another development version of relief\nNothing was"):
        opening(path)

    assert digest(path) == before
    assert names(path.parent) == ["relief.db", "relief.db.heads"]


def test_the_refusal_of_another_version_is_said_in_chinese_too(path, relief, monkeypatch):
    monkeypatch.setenv("RELIEF_LANG", "zh")
    open_database(path, create=True).close()
    set_pragma(path, "user_version", 15)

    refused = relief("gaps")

    assert refused.exit_code == 1
    assert "另一个开发版本的 relief" in refused.stderr


def test_a_database_of_another_program_is_refused_and_not_touched(path):
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE notes (text TEXT)")
    before = digest(path)

    with pytest.raises(ReliefError, match="not made by relief"):
        open_database(path, create=True)

    assert digest(path) == before


def test_a_text_file_is_refused_and_not_touched(path):
    path.write_text("姓名,身份证号\n" * 100, "utf-8")
    before = digest(path)

    with pytest.raises(ReliefError, match="cannot be used as a register"):
        open_database(path, create=True)

    assert digest(path) == before


def add_setting(db, key):
    db.execute("INSERT INTO settings VALUES (?, '1')", [key])


def test_what_is_written_together_is_there_together(db, path):
    with write(db):
        add_setting(db, "a")
        add_setting(db, "b")

    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT key FROM settings ORDER BY key").fetchall() == [("a",), ("b",)]


def add_and_fail(db, error):
    with write(db):
        add_setting(db, "a")
        raise error("half way")


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, sqlite3.IntegrityError])
def test_whatever_goes_wrong_inside_a_write_leaves_the_file_as_it_was(db, path, error):
    before = digest(path)

    with pytest.raises(error, match="half way"):
        add_and_fail(db, error)

    assert digest(path) == before
    assert not db.conn.in_transaction


def test_a_failing_commit_leaves_nothing_open(db):
    db.executescript("CREATE TABLE a (b REFERENCES settings DEFERRABLE INITIALLY DEFERRED)")

    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"), write(db):
        db.execute("INSERT INTO a VALUES ('nothing')")

    assert not db.conn.in_transaction


def test_a_register_somebody_else_writes_to_is_told(db, path):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    db.execute("PRAGMA busy_timeout = 1")

    with pytest.raises(ReliefError, match=r"relief\.db: another process is writing"), write(db):
        add_setting(db, "a")

    other.close()


def test_a_file_that_may_only_be_read_is_told(db):
    db.execute("PRAGMA query_only = 1")

    with pytest.raises(ReliefError, match=r"relief\.db: this file may only be read"), write(db):
        db.execute("INSERT INTO settings VALUES ('name', 'value')")


def test_a_full_disk_is_told_and_leaves_the_register_as_it_was(db, path):
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages}")
    before = digest(path)

    with pytest.raises(ReliefError, match=r"nothing could be written .*full"), write(db):
        add_setting(db, "x" * 100_000)

    assert digest(path) == before


ADDED = (
    "INSERT INTO parameter_values (value_id, pack_id, parameter, holds_from, holds_until, value,"
    " source, confidence, set_on, previous_hash, hash) SELECT column1, column2, column3, column4,"
    " column5, column6, column7, column8, '2024-05-01', '', '' FROM (VALUES"
)


@pytest.mark.parametrize(
    "statement, words",
    [
        ("UPDATE parameter_values SET value = '1'", "are never changed"),
        ("DELETE FROM parameter_values", "are never deleted"),
        (f"{ADDED} (7, 'p', 'a', '2024-01-01', NULL, NULL, NULL, NULL))", "only added at the end"),
        (f"{ADDED} (2, 'p', 'a', '2024-01-01', NULL, '1', NULL, NULL))", "CHECK"),
        (f"{ADDED} (2, 'p', 'a', '2024-01-01', '2024-01-01', '1', 's', 'reported'))", "CHECK"),
        (f"{ADDED} (2, 'p', 'a', '2024-01-01', NULL, '1', 's', 'assumed'))", "CHECK"),
        (f"{ADDED} (2, 'p', 'a', '2024-1-1', NULL, '1', 's', 'reported'))", "CHECK"),
    ],
)
def test_the_values_set_here_only_grow_and_each_has_its_source(db, statement, words):
    db.execute(f"{ADDED} (1, 'p', 'line', '2024-01-01', NULL, '980', 'paper', 'reported'))")

    with pytest.raises(sqlite3.IntegrityError, match=words):
        db.execute(statement)


LEDGER = """
    INSERT INTO cases VALUES ('C2024-0001', 'H1', NULL, 'dibao', 'unclaimed', '2024-12-10');
    INSERT INTO case_entries (entry_id, case_no, entry_type, entered_on, previous_hash, hash)
        VALUES (1, 'C2024-0001', 'opened', '2024-12-10', '', 'a');
    INSERT INTO access_log (log_id, at, action, reason, detail, previous_hash, hash)
    VALUES (1, '2024-12-10', 'show', 'visit', 'H1', '', 'a');
"""
ENTRY = "INTO case_entries (entry_id, case_no, entry_type, entered_on, previous_hash, hash) VALUES"
DATED = f"INSERT {ENTRY.replace('hash) VALUES', 'hash, paid_until) VALUES')}"
ENTERED = "'C2024-0001', 'closed', '2024-12-11', 'a', 'b'"


@pytest.mark.parametrize("keys", [0, 1], ids=["triggers not recursive", "triggers recursive"])
@pytest.mark.parametrize(
    "statement, words",
    [
        ("UPDATE case_entries SET note = 'x'", "never changed"),
        ("UPDATE case_entries SET entry_id = 2", "never changed"),
        ("DELETE FROM case_entries", "never deleted"),
        (f"INSERT OR REPLACE {ENTRY} (1, {ENTERED})", "only added at the end"),
        (f"INSERT {ENTRY} (3, {ENTERED})", "only added at the end"),
        (f"INSERT {ENTRY} (0, {ENTERED})", "only added at the end"),
        ("UPDATE access_log SET reason = 'x'", "never changed"),
        ("DELETE FROM access_log", "never deleted"),
        (
            "REPLACE INTO access_log (log_id, at, action, hash) VALUES (1, '', '', '')",
            "only added at the end",
        ),
        ("UPDATE cases SET household_no = 'H2'", "never changed"),
        ("DELETE FROM cases", "never deleted"),
        (
            "REPLACE INTO cases VALUES ('C2024-0001', 'H2', NULL, 'dibao', 'x', '2024-12-10')",
            "never replaced",
        ),
        (
            "REPLACE INTO cases VALUES ('C2024-0002', 'H1', NULL, 'dibao', 'x', '2024-12-10')",
            "never replaced",
        ),
    ],
)
def test_the_ledger_only_grows_even_for_another_program(db, path, keys, statement, words):
    db.executescript(LEDGER)
    raw = sqlite3.connect(path)
    raw.execute(f"PRAGMA recursive_triggers = {keys}")

    with pytest.raises(sqlite3.IntegrityError, match=words):
        raw.execute(statement)

    raw.close()


def test_what_was_paid_for_last_is_a_day(db):
    db.executescript(LEDGER)

    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        db.execute(f"{DATED} (2, {ENTERED}, '2024-11')")
    db.execute(f"{DATED} (2, {ENTERED}, '2024-11-30')")


def test_the_next_entry_and_another_case_are_taken(db):
    db.executescript(LEDGER)

    db.executescript(f"""
        INSERT {ENTRY} (2, {ENTERED});
        INSERT INTO cases VALUES ('C2024-0002', 'H1', 'H1-01', 'dibao', 'x', '2024-12-10');
    """)

    assert db.execute("SELECT count(*) FROM case_entries").fetchone() == (2,)
    assert db.execute("SELECT count(*) FROM cases").fetchone() == (2,)


def test_a_register_that_somebody_else_is_making_is_not_taken_away(path, monkeypatch):
    monkeypatch.setitem(database._PRAGMAS, "busy_timeout", 50)  # noqa: SLF001 else ten seconds
    path.touch()

    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ReliefError, match="another process is writing"):
            open_database(path, create=True)

    assert path.exists()


@pytest.mark.parametrize(
    "refused, words",
    [
        (sqlite3.SQLITE_SELECT, "not authorized"),
        (sqlite3.SQLITE_READ, "is prohibited"),
        (sqlite3.SQLITE_FUNCTION, "to use function"),
    ],
)
def test_ctrl_c_while_sqlite_asks_what_a_statement_does_is_no_fault_of_the_file(db, refused, words):
    """An exception in the function that SQLite asks reaches us only as its refusal."""

    def stopped(action, *_rest):
        return sqlite3.SQLITE_DENY if action == refused else sqlite3.SQLITE_OK

    def ask():
        with watch_changes(db):
            db.conn.set_authorizer(stopped)
            db.execute("SELECT length(table_kind) FROM source_tables").fetchall()

    with pytest.raises(KeyboardInterrupt) as stop:
        ask()

    assert words in str(stop.value.__cause__)
