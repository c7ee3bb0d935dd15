"""Whatever another program changes in any table of a register is found, and nothing else is."""

import contextlib
import os
import re
import shutil
import sqlite3

import pytest
from sqlite_utils import Database
from typer.testing import CliRunner

from relieftool.cli import app
from relieftool.errors import ReliefError
from relieftool.store import database
from relieftool.store.backups import make_backup, restore_backup
from relieftool.store.chain import CHAIN_ENDS, find_chains
from relieftool.store.database import open_register, write, write_if_free
from relieftool.store.file_check import accept_file, find_faults
from relieftool.store.head_log import find_head_log, find_kept_log
from relieftool.store.settings import read_setting, write_setting
from tests.support import registers
from tests.support.registers import QIAN, ZHAO
from tests.support.small_street import import_small_street

CASCADED = "kept_findings"


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    """Return the bytes of a register with lists, a roster, findings and cases."""
    folder = tmp_path_factory.mktemp("street")
    path = folder / "relief.db"

    def relief(*line):
        return CliRunner().invoke(app, [*map(str, line), "--db", str(path), "--lang", "en"])

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        import_small_street(relief)
        relief("gaps", "--open-cases", "--as-of", "2024-12-10")
    return path.read_bytes()


def opened(content):
    """Return a register in memory of which anything can be changed: its triggers are gone."""
    raw = sqlite3.connect(":memory:", isolation_level=None)
    raw.deserialize(content)
    raw.executescript("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF;")
    return raw


def checks(raw):
    """Return what is found besides the missing triggers."""
    return [fault.check for fault in find_faults(Database(raw)) if fault.check != "schema-changed"]


def without_triggers(content):
    raw = opened(content)
    for (name,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    return raw.serialize()


def list_tables(raw):
    sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return [name for (name,) in raw.execute(sql)]


def list_changes(raw, table):
    """Return statements that each change one thing in a table: a column, a row more, a row less."""
    columns = raw.execute(f"PRAGMA table_info({table})").fetchall()
    is_filled = raw.execute(f"SELECT 1 FROM {table}").fetchone()
    if is_filled:
        key = ", ".join(f'"{column[1]}"' for column in columns if column[5]) or "rowid"
        last = f"({key}) IN (SELECT {key} FROM {table} ORDER BY {key} DESC LIMIT 1)"
        yield f"DELETE FROM {table} WHERE {last}"
        for column in columns:
            changed = (
                "7919 + ifnull({0}, 0)" if column[2] == "INTEGER" else "ifnull({0}, '') || 'x'"
            )
            name = f'"{column[1]}"'
            yield f"UPDATE {table} SET {name} = {changed.format(name)} WHERE {last}"
    else:
        values = ", ".join("7" if column[2] == "INTEGER" else "'7'" for column in columns)
        yield f"INSERT INTO {table} VALUES ({values})"


def find_unseen(content):
    """Return the changes, each made alone, after which nothing is found."""
    for table in list_tables(opened(content)):
        for change in list_changes(opened(content), table):
            with contextlib.closing(opened(content)) as raw:
                raw.execute(change)
                if not checks(raw):
                    yield change


def test_every_change_of_every_table_is_found(street):
    content = without_triggers(street)

    unseen = list(find_unseen(content))

    assert (checks(opened(content)), unseen) == ([], [])
    assert len(list_tables(opened(content))) > 45


def test_without_seals_and_chains_no_change_of_a_row_is_found(street, monkeypatch):
    monkeypatch.setattr("relieftool.store.file_check.find_seal_faults", lambda _db: [])
    raw = opened(without_triggers(street))

    raw.execute("UPDATE members SET name = 'x'")

    assert checks(raw) == []


@pytest.mark.parametrize(
    "change, place",
    [
        ("DROP TRIGGER visits_no_update", "visits_no_update"),
        ("CREATE TRIGGER more AFTER INSERT ON cases BEGIN SELECT 1; END", "more"),
        ("CREATE VIEW more AS SELECT 1", "more"),
        ("DROP INDEX cases_once", "cases_once"),
        ("DROP TABLE evidence_places", "evidence_places"),
        ("UPDATE imports SET undone_at = '2024-12-10' WHERE import_id = 1", "imports"),
    ],
)
def test_what_guards_the_tables_is_missed(street, change, place):
    raw = opened(street)

    raw.execute(change)

    assert place in [fault.place for fault in find_faults(Database(raw))]


def test_no_import_is_taken_back_without_an_entry(street):
    raw = opened(street)
    raw.execute("UPDATE imports SET undone_at = '2024-12-10' WHERE import_id = 1")

    assert "import-state" in checks(raw)


def test_every_table_is_a_chain_or_is_sealed(street):
    db = Database(opened(street))
    chained = {chain.table for chain in (*find_chains(db), CHAIN_ENDS)}
    sealed = {table for (table,) in db.execute("SELECT table_name FROM table_seals")}
    with_imports = {"source_tables", "source_rows", "borrowed_rows", "corrections"}

    assert set(list_tables(db.conn)) == chained | sealed | with_imports | {"table_seals"}


@pytest.fixture
def register(tmp_path):
    lists = registers.table("household_no name id_number", ["1", "甲一", ZHAO], ["2", "乙二", QIAN])
    registers.register(tmp_path, lists).close()
    with open_register(tmp_path / "relief.db"):
        return tmp_path / "relief.db"


def change_outside(path, sql="UPDATE members SET name = '丙三'"):
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute(sql)


def test_a_register_changed_by_another_program_is_not_opened(register):
    change_outside(register)

    with (
        pytest.raises(ReliefError, match=r"changed by other means \(members\)"),
        open_register(register),
    ):
        pass


def test_a_register_that_another_program_only_rewrote_is_opened(register):
    change_outside(register, "VACUUM")

    with open_register(register) as db:
        assert db.execute("SELECT count(*) FROM members").fetchone() == (2,)


def rebuild_ledger(path):
    """Write everything anew, as who has the program and the file can: all chains hold again."""
    with open_register(path) as db:
        name = "chain_heads"
        triggers = db.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?", [name]
        ).fetchall()
        for trigger, _sql in triggers:
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute("UPDATE members SET name = '丙三'")
        db.execute("DELETE FROM chain_heads")
        for _trigger, sql in triggers:
            db.execute(sql)
        with write(db):
            db.execute("UPDATE members SET name = '丙三'")


def test_a_ledger_rebuilt_from_its_beginning_is_found_by_the_log_beside_it(register):
    log = find_head_log(register).read_bytes()
    rebuild_ledger(register)
    find_head_log(register).write_bytes(log)

    with open_register(register, is_checked=False) as db:
        assert [fault.check for fault in find_faults(db)] == ["log-differs"]


def test_a_ledger_rebuilt_with_the_log_is_found_by_the_log_among_the_backups(register):
    with open_register(register) as db:
        make_backup(db, "hand")
    rebuild_ledger(register)
    find_head_log(register).unlink()

    with open_register(register, is_checked=False) as db:
        assert [fault.check for fault in find_faults(db)] == ["log-differs"]


def test_an_older_copy_is_found_by_newer_backups_where_both_logs_were_taken_away(register):
    old = register.read_bytes()
    with open_register(register) as db:
        with write(db):
            write_setting(db, "said", "later")
        make_backup(db, "hand")
    register.write_bytes(old)
    for log in (find_head_log(register), find_kept_log(register)):
        log.unlink()

    with (
        pytest.raises(ReliefError, match="not the file that was written here last"),
        open_register(register),
    ):
        pass
    with open_register(register, is_checked=False) as db:
        assert accept_file(db, register.name)
    with open_register(register) as db:
        with write(db):
            write_setting(db, "said", "other")
        assert list(find_faults(db)) == []


def test_a_backup_that_was_changed_is_not_restored(register):
    with open_register(register) as db:
        backup = make_backup(db, "hand").path
        change_outside(backup, "INSERT INTO settings VALUES ('said', 'forged')")

        with pytest.raises(ReliefError, match="changed by other means: settings"):
            restore_backup(db, backup)
        assert read_setting(db, "said") is None


@pytest.mark.parametrize("table", ["access_log", "members"])
def test_an_index_that_relief_did_not_make_is_found(register, table):
    change_outside(register, f"CREATE INDEX strange ON {table} (1)")

    with (
        pytest.raises(ReliefError, match=r"changed by other means \((strange|members)\)"),
        open_register(register),
    ):
        pass


def test_a_restored_backup_needs_not_have_what_came_after_it(register):
    with open_register(register) as db:
        made = make_backup(db, "hand")
        with write(db):
            write_setting(db, "said", "later")
        undo = restore_backup(db, made.path)
        with write(db):
            write_setting(db, "said", "other")
        after = list(find_faults(db))
        restore_backup(db, undo.path)

        assert (after, list(find_faults(db))) == ([], [])
        assert read_setting(db, "said") == "later"


# -- what an office does with files by hand locks nobody out --


def write_later(path, said="later"):
    with open_register(path) as db, write(db):
        write_setting(db, "said", said)


def put_back_older(path, tmp_path):
    copy = shutil.copy(path, tmp_path / "stick.db")
    write_later(path)
    shutil.copy(copy, path)


def test_an_older_copy_put_back_by_hand_is_read_and_not_written(register, tmp_path):
    put_back_older(register, tmp_path)

    with open_register(register) as db:
        assert db.execute("SELECT count(*) FROM members").fetchone() == (2,)
        assert not write_if_free(db, lambda: write_setting(db, "said", "x"))
        with pytest.raises(ReliefError, match="relief file accept"), write(db):
            pass


def test_an_older_copy_is_written_again_once_it_is_accepted(register, tmp_path):
    put_back_older(register, tmp_path)

    with open_register(register, is_checked=False) as db:
        assert accept_file(db, register.name)
    write_later(register, "after")

    with open_register(register) as db:
        assert (read_setting(db, "said"), list(find_faults(db))) == ("after", [])
        assert not accept_file(db, register.name)


def test_another_register_put_here_is_refused_until_it_is_accepted(register, tmp_path):
    copy = shutil.copy(register, tmp_path / "stick.db")
    write_later(copy, "elsewhere")
    write_later(register)
    shutil.copy(copy, register)

    with pytest.raises(ReliefError, match="relief file accept"), open_register(register):
        pass
    with open_register(register, is_checked=False) as db:
        accept_file(db, register.name)
    with open_register(register) as db:
        assert read_setting(db, "said") == "elsewhere"


def test_a_copy_that_was_changed_outside_is_not_accepted(register, tmp_path):
    put_back_older(register, tmp_path)
    change_outside(register)

    with (
        open_register(register, is_checked=False) as db,
        pytest.raises(ReliefError, match=r"changed by other means \(members\)"),
    ):
        accept_file(db, register.name)


def test_what_a_copy_was_given_elsewhere_counts_when_it_comes_back(register, tmp_path):
    copy = shutil.copy(register, tmp_path / "stick.db")
    write_later(copy, "elsewhere")
    shutil.copy(copy, register)

    write_later(register, "here")

    with open_register(register) as db:
        assert read_setting(db, "said") == "here"


def test_a_new_register_may_take_the_name_of_one_that_was_moved_away(register, tmp_path):
    with open_register(register) as db:
        make_backup(db, "hand")
    register.rename(tmp_path / "last_year.db")

    with open_register(register, create=True):
        pass
    find_head_log(register).unlink()
    write_later(register)

    for path in (register, tmp_path / "last_year.db"):
        with open_register(path) as db:
            assert list(find_faults(db)) == []


def leave_wal(path):
    change_outside(path, "PRAGMA journal_mode = wal")


def test_a_file_that_another_program_holds_is_said_to_be_held(register, monkeypatch):
    monkeypatch.setitem(database._PRAGMAS, "busy_timeout", 50)  # noqa: SLF001 else ten seconds
    with contextlib.closing(sqlite3.connect(register, isolation_level=None)) as browser:
        browser.execute("PRAGMA journal_mode = wal")
        browser.execute("BEGIN")
        browser.execute("SELECT * FROM members").fetchone()
        with pytest.raises(ReliefError, match="another process"), open_register(register):
            pass


def set_clock_back(path):
    log = find_head_log(path)
    log.write_text(re.sub('"checked":"20..', '"checked":"2999', log.read_text("ascii")), "ascii")


def take_zone_away(path):
    log = find_head_log(path)
    log.write_text(log.read_text("ascii").replace("+00:00", ""), "ascii")


@pytest.mark.parametrize(
    "happening",
    [
        take_zone_away,
        lambda path: os.utime(path, (1, 1)),
        leave_wal,
        set_clock_back,
        lambda path: find_head_log(path).unlink(),
        lambda path: find_head_log(path).write_bytes(b'{"at'),
        lambda path: find_head_log(path).write_bytes(
            b"".join(find_head_log(path).read_bytes().splitlines(keepends=True)[:-1])
        ),
        lambda path: path.with_name(f"{path.name}-journal").write_bytes(b""),
    ],
    ids=["zone", "time", "wal", "clock", "no log", "torn log", "crash before the log", "journal"],
)
def test_what_happens_to_a_file_without_a_change_locks_nobody_out(register, happening):
    write_later(register, "before")
    happening(register)

    write_later(register, "after")

    with open_register(register) as db:
        assert (read_setting(db, "said"), list(find_faults(db))) == ("after", [])


def test_a_table_that_is_altered_by_relief_itself_is_sealed_again(street, tmp_path):
    path = tmp_path / "relief.db"
    path.write_bytes(street)

    with open_register(path) as db, write(db):
        db.execute("ALTER TABLE communities ADD COLUMN colour TEXT")

    with open_register(path) as db:
        assert list(find_faults(db)) == []
