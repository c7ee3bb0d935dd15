"""Opens the register's file and writes to it in transactions. No other module opens the file."""

import contextlib
import datetime as dt
import gc
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakSet

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.store.chain import record_chain_ends
from relieftool.store.file_check import check_if_changed, find_faults
from relieftool.store.head_log import find_head_log, log_beginning, log_head
from relieftool.store.migrations import Schema, load_shipped_schema, run_script
from relieftool.store.seals import seal_tables, watch_changes

APPLICATION_ID = 0x52454C46  # "RELF"
# Chosen in trials of power cuts and tampering.
_PRAGMAS = {
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "busy_timeout": 10_000,
    "cache_size": -65_536,
    "journal_mode": "truncate",
    "synchronous": 3,
}
_ONLY_OWNER, _ONLY_OWNERS_FOLDER = 0o600, 0o700
BACKUP_STAMP = "%Y-%m-%dT%H%M%S"  # the time in a backup's name, in UTC
_SHORT_WAIT = 500  # milliseconds
_LONGEST_NAP, _SHORTEST_NAP = 0.02, 0.002  # seconds between two tries to get the write lock
_HELD = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}  # by another process
_OLDER_COPIES: WeakSet[Database] = WeakSet()
# Errors with a cause outside relief: a second process writes, a full or faulty disk, a read-only
# file.
_OUTSIDE_FAULTS = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
}


@contextmanager
def open_register(
    path: Path, *, create: bool = False, is_checked: bool = True
) -> Iterator[Database]:
    """Open a register's file and close it at the end of the block.

    With `is_checked`, a file that does not look as relief left it is checked before.

    Raises:
        ReliefError: As of `open_database`; or the file was changed by other means.
    """
    db = open_database(path, create=create)
    try:
        if is_checked and not _check(db, path.name):
            _OLDER_COPIES.add(db)
        yield db
    finally:
        db.close()


def _check(db: Database, name: str) -> bool:
    """Check a file as `check_if_changed` does; of kept findings that are wrong, none are left.

    They are found again from the rest of the register, which is as it was left.
    """
    try:
        return check_if_changed(db, name)
    except ReliefError:
        if not {fault.place for fault in find_faults(db)} <= set(_FOUND_AGAIN):
            raise
        with write(db):
            for table in _FOUND_AGAIN:
                db.execute(f"DELETE FROM {table}")
        return check_if_changed(db, name)


_FOUND_AGAIN = ("kept_findings", "kept_households", "kept_evaluations")


def is_older_copy(db: Database) -> bool:
    """Whether a register was opened only to be read, as it is older than what was written here."""
    return db in _OLDER_COPIES


def read_words(path: Path, sql: str) -> list[str]:
    """Return the first column of what a query finds in a register, which is only read.

    Empty if anything is in the way: nobody who completes a word is told of a fault.
    """
    try:
        address = f"{path.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=0)) as file:
            return [str(word) for (word,) in file.execute(sql)]
    except (sqlite3.Error, OSError, ValueError):
        return []


@contextmanager
def create_register(path: Path) -> Iterator[Database]:
    """Open a register's file, created if it is absent.

    If the block raises, the file is removed, unless it has an import, as of another process.
    """
    is_unused = False
    try:
        with open_register(path, create=True) as db:
            try:
                yield db
            except BaseException:
                is_unused = not db.execute("SELECT 1 FROM imports").fetchone()
                raise
    finally:
        if is_unused:
            _remove_files(path)


@contextmanager
def rehearse(path: Path) -> Iterator[Database]:
    """Open a temporary copy of a register's file, or a temporary new register if there is none."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "rehearsal.db"
        if path.exists():
            with open_register(path) as db, contextlib.closing(sqlite3.connect(copy)) as target:
                db.conn.backup(target)
        with open_register(copy, create=True, is_checked=False) as db:
            yield db


def open_database(path: Path, *, create: bool = False, schema: Schema | None = None) -> Database:
    """Open a register's file and migrate an older schema.

    With `create`, an absent or empty file becomes a new register. `schema` is that of this version
    if None.

    Raises:
        ReliefError: The file is absent, cannot be opened, is damaged or no register, or has a
            schema that cannot be migrated.
    """
    is_new = _is_absent_or_empty(path)
    if is_new and not create:
        raise ReliefError(
            path.name,
            _("there is no such register"),
            _("`relief import PATH` makes one; --db names another."),
        )
    try:
        return _open_file(path, schema or load_shipped_schema(), is_new=is_new)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _HELD:
            raise _refuse_held(path.name) from error
        raise ReliefError(
            path.name,
            _("this file cannot be used as a register ({reason})").format(reason=error),
            _("Check the path, that it can be written, and that it is a file made by relief."),
        ) from error


def _is_absent_or_empty(path: Path) -> bool:
    """Whether nothing is in a file, after what a power cut left half written is undone.

    A power cut while a register is made leaves an empty file, or a part of the first tables.
    """
    journal = path.with_name(f"{path.name}-journal")
    with contextlib.suppress(OSError, sqlite3.DatabaseError):  # said when it is opened to be used
        if path.is_file() and path.stat().st_size and journal.stat().st_size:
            with contextlib.closing(sqlite3.connect(path, timeout=0)) as raw:
                raw.execute("SELECT 1 FROM sqlite_schema")
    return not path.exists() or (path.is_file() and path.stat().st_size == 0)


def _open_file(path: Path, schema: Schema, *, is_new: bool) -> Database:
    """Open the file. Make the tables of a new one; check the origin of any other and migrate it."""
    is_made_here = is_new and _make_file(path)
    # no implicit transactions: `write` begins each one, with the lock that it needs
    connection = sqlite3.connect(path, isolation_level=None)
    db = Database(connection)
    try:
        if is_new:
            path.chmod(_ONLY_OWNER)
        else:
            _check_origin(db, path, schema)
        _set_pragmas(db)
        if is_new:
            _make_tables(db, schema)
            log_beginning(db, "new")  # there may be the log of a register that was moved away
        else:
            _migrate(db, path, schema)
    except BaseException:
        db.close()
        if is_made_here and _is_unused(path):
            _remove_files(path)
        raise
    return db


def _make_file(path: Path) -> bool:
    """Make an empty file; return whether this process made it. SQLite reports what goes wrong."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _ONLY_OWNER))
    except OSError:
        return False
    return True


def _is_unused(path: Path) -> bool:
    """Whether nothing was imported into a new file and no process is using it."""
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as raw:
            raw.execute("BEGIN EXCLUSIVE")
            has_tables = raw.execute(
                "SELECT 1 FROM sqlite_schema WHERE name = 'imports'"
            ).fetchone()
            return not has_tables or raw.execute("SELECT 1 FROM imports").fetchone() is None
    except sqlite3.DatabaseError:
        return False


def _remove_files(path: Path) -> None:
    """Remove a register's file, the empty journal that SQLite leaves beside it, and its log."""
    for name in (path, path.with_name(f"{path.name}-journal"), find_head_log(path)):
        name.unlink(missing_ok=True)


def _check_origin(db: Database, path: Path, schema: Schema) -> None:
    """Raise ReliefError for a file of another program or with an unknown schema.

    This check runs before anything is written to the file.
    """
    (origin,) = db.execute("PRAGMA application_id").fetchone()
    if origin != APPLICATION_ID:
        raise ReliefError(
            path.name,
            _("this database was not made by relief"),
            _("Name another file with --db, or leave --db out."),
        )
    if schema.steps_from(_read_stamp(db)) is None:
        raise ReliefError(
            path.name,
            _("this file was made by another development version of relief"),
            _(
                "Nothing was changed. Import the sheets into a new file (--db names it),"
                " or use the version that made this one."
            ),
        )


def _read_stamp(db: Database) -> int:
    """Return the stamp of the file's schema; 0 if it has none."""
    (stamp,) = db.execute("PRAGMA user_version").fetchone()
    return int(stamp)


def _set_pragmas(db: Database) -> None:
    """Set the pragmas and read each back, because SQLite ignores pragmas that it does not know."""
    for name, value in _PRAGMAS.items():
        db.execute(f"PRAGMA {name} = {value}").fetchall()
        (found,) = db.execute(f"PRAGMA {name}").fetchone()
        if found != value:
            raise sqlite3.DatabaseError(f"{name} = {found}")


def _make_tables(db: Database, schema: Schema) -> None:
    """Make and stamp the tables of a new file, unless another process has done so meanwhile."""
    with write(db):
        if _read_stamp(db) == schema.stamp:
            return
        run_script(db, schema.sql)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {schema.stamp}")


def _migrate(db: Database, path: Path, schema: Schema) -> None:
    """Apply all pending migrations in one transaction, after copying the file aside."""
    stamp = _read_stamp(db)
    if stamp == schema.stamp:
        return
    aside = _copy_aside(db, path)
    # a table that others refer to can only be rebuilt while SQLite does not check references,
    # which it cannot be told inside a transaction; they are checked before the commit instead
    db.execute("PRAGMA foreign_keys = 0")
    try:
        with write(db):
            # read again under the lock: another process may have migrated the file meanwhile
            for migration in schema.steps_from(_read_stamp(db)) or ():
                migration.apply(db)
            if lost := db.execute("PRAGMA foreign_key_check").fetchall():
                raise sqlite3.IntegrityError(f"{len(lost)} rows refer to nothing")
    except sqlite3.DatabaseError as error:
        raise ReliefError(
            path.name,
            _("its schema could not be brought up to date ({reason})").format(reason=error),
            _(
                "Nothing was changed; {copy} is a copy. Report it to whoever maintains relief."
            ).format(copy=aside.name),
        ) from error
    finally:
        db.execute("PRAGMA foreign_keys = 1")


def find_backup_folder(register: Path) -> Path:
    """Return the folder of a register's backups, which need not exist."""
    return register.with_name(f"{register.name}.backups")


def find_forgotten_list(db: Database) -> Path:
    """Return the list beside a register of who was forgotten, which need not exist."""
    register = Path(db.execute("PRAGMA database_list").fetchone()[2])
    return register.with_name(f"{register.name}.forgotten")


def _copy_aside(db: Database, path: Path) -> Path:
    """Copy a register into the folder of its backups, even while it is in use; return the copy."""
    folder = find_backup_folder(path)
    folder.mkdir(mode=_ONLY_OWNERS_FOLDER, exist_ok=True)
    aside = folder / f"{dt.datetime.now(dt.UTC):{BACKUP_STAMP}}-migration.db"
    aside.touch(_ONLY_OWNER)
    with contextlib.closing(sqlite3.connect(aside)) as copy:
        db.conn.backup(copy)
    return aside


@contextmanager
def write(db: Database) -> Iterator[None]:
    """Run the block in one transaction, which has the write lock from its start.

    If the block raises, nothing is written. A `write` inside another belongs to the outer
    transaction. The new ends of the chains are recorded before the commit.

    Raises:
        ReliefError: Another process keeps writing, the disk is full or faulty, or the file is
            read-only, damaged or an older copy.
    """
    if db.conn.in_transaction:
        yield
        return
    if is_older_copy(db):
        raise ReliefError(_find_file_name(db), *explain_older_copy())
    try:
        with watch_changes(db) as changed:
            _begin_writing(db)
            yield
        _commit(db, changed)
    except BaseException as error:
        if db.conn.in_transaction:
            with contextlib.suppress(sqlite3.OperationalError):
                db.execute("ROLLBACK")
        if refusal := _explain_failure(db, error):
            raise refusal from error
        raise


def write_if_free(db: Database, change: Callable[[], object]) -> bool:
    """Make a change in one transaction, and return whether the file could be written.

    Only for data that can be computed again: if another process is writing for longer than
    `_SHORT_WAIT`, the change is not made. Inside a transaction, it is part of that transaction.
    """
    if db.conn.in_transaction:
        change()
        return True
    if is_older_copy(db):
        return False
    (timeout,) = db.execute("PRAGMA busy_timeout").fetchone()
    db.execute(f"PRAGMA busy_timeout = {_SHORT_WAIT}")
    try:
        with watch_changes(db) as changed:
            db.execute("BEGIN IMMEDIATE")
            change()
        _commit(db, changed)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in _OUTSIDE_FAULTS:
            raise
        return False
    finally:
        if db.conn.in_transaction:
            db.execute("ROLLBACK")
        db.execute(f"PRAGMA busy_timeout = {timeout}")
    return True


def _commit(db: Database, changed: Collection[str]) -> None:
    """Commit a transaction that changed these tables, and write down where the chains end."""
    seal_tables(db, changed)
    record_chain_ends(db)
    db.execute("COMMIT")
    log_head(db)


def _begin_writing(db: Database) -> None:
    """Begin a transaction with the write lock.

    Wait as long as other processes complete transactions, so that of many imports at once none is
    refused only for being the last. If a process completes none, wait only for `busy_timeout`.
    Whoever waits asks ever more often: SQLite itself asks ever more seldom, and so lets those who
    came last go first.
    """
    (limit,) = db.execute("PRAGMA busy_timeout").fetchone()
    nap, seen, end, is_last = _LONGEST_NAP, None, 0.0, False
    while not _has_begun(db, limit, is_last=is_last):
        if time.monotonic() > end:
            count = _count_commits(db)
            is_last = count == seen
            seen, end = count, time.monotonic() + limit / 1000
        time.sleep(nap)
        nap = max(nap * 0.9, _SHORTEST_NAP)


def _has_begun(db: Database, limit: int, *, is_last: bool) -> bool:
    """Begin a transaction; if another process has the lock, return False, or raise the last time.

    `limit` are the milliseconds that anything else waits for a lock.
    """
    db.execute("PRAGMA busy_timeout = 0")
    try:
        db.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or is_last:
            raise
        return False
    finally:
        db.execute(f"PRAGMA busy_timeout = {limit}")
    return True


def _count_commits(db: Database) -> int:
    """Return a number that changes when another process has written to the file."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])


def _explain_failure(db: Database, error: BaseException) -> ReliefError | None:
    """Return the error to report for a lock, a full or faulty disk, or a read-only or damaged file.

    None for any other failure.
    """
    # only errors from SQLite itself have a code, not those that Python's module raises
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_READONLY:
        return ReliefError(
            _find_file_name(db),
            _("this file may only be read, and nothing was written"),
            _("Copy it to a folder where you may write, and name the copy with --db."),
        )
    if code in _HELD:
        return _refuse_held(_find_file_name(db))
    if isinstance(error, sqlite3.OperationalError) and code in _OUTSIDE_FAULTS:
        return ReliefError(
            _find_file_name(db),
            _("nothing could be written ({reason})").format(reason=error),
            _("Close relief elsewhere, see that the disk has room, and try again."),
        )
    if code == sqlite3.SQLITE_CORRUPT:
        return ReliefError(
            _find_file_name(db),
            _("the file is damaged, and nothing was written"),
            _("`relief verify` says where. Go back to the newest copy that verifies."),
        )
    return None


def explain_older_copy() -> tuple[str, str]:
    """Return what to say of a register that is older than what was written here, and its remedy."""
    return (
        _("this is an older copy: what was written here later is not in it, and it is only read"),
        _(
            "If it was put here on purpose, `relief file accept --reason TEXT` takes it on;"
            " `relief file backups` lists what there is of later."
        ),
    )


def _refuse_held(name: str) -> ReliefError:
    return ReliefError(
        name,
        _("another process is writing to this file, and nothing was written"),
        _("Wait for it, or close relief elsewhere; then try again."),
    )


class _RehearsedError(Exception):
    """Raised to undo what a rehearsal wrote; never leaves this module."""


@contextmanager
def write_or_rehearse(db: Database, *, is_rehearsal: bool) -> Iterator[None]:
    """Write in one transaction; undo everything at the end if it is a rehearsal.

    Inside another `write`, only the outer block can undo anything.
    """
    with contextlib.suppress(_RehearsedError), write(db):
        yield
        if is_rehearsal:
            raise _RehearsedError


@contextmanager
def read_snapshot(db: Database) -> Iterator[None]:
    """Read one unchanging state of the file in the block, which may only write `temp` tables.

    Inside a transaction, what it has written is read.
    """
    if db.conn.in_transaction:
        yield
        return
    db.execute("BEGIN")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def keep_temporary_in_memory(db: Database) -> None:
    """Keep temporary tables in memory: people's data stay out of temporary files.

    Only outside transactions.
    """
    db.execute("PRAGMA temp_store = memory")


@contextmanager
def pause_gc() -> Iterator[None]:
    """Pause the garbage collector: rows form no reference cycles, and checking millions is slow."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _find_file_name(db: Database) -> str:
    """Return the name of the open file."""
    return Path(db.execute("PRAGMA database_list").fetchone()[2]).name
