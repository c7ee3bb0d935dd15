"""The one place that opens the register's file; every write is one transaction from here.

Working through very many rows: what Python does by itself meanwhile would only cost time.
"""

import contextlib
import gc
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.store.chain import record_chain_ends
from relieftool.store.migrations import Schema, load_shipped_schema, run_script

APPLICATION_ID = 0x52454C46  # "RELF"
# Why each: measured in power-cut and tampering trials; every one is read back after setting.
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
_ONLY_OWNER = 0o600
# Not our fault: somebody else writes, the disk is full, the file may only be read.
_OUTSIDE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
}


@contextmanager
def open_register(path: Path, *, create: bool = False) -> Iterator[Database]:
    """Open a register's file for a while."""
    db = open_database(path, create=create)
    try:
        yield db
    finally:
        db.close()


@contextmanager
def create_register(path: Path) -> Iterator[Database]:
    """Make a new register's file and open it for a while; where that fails, it is gone again.

    One that somebody else has meanwhile imported into stays.
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
            _remove(path)


@contextmanager
def rehearse(path: Path) -> Iterator[Database]:
    """Open a passing copy of a register's file, or a new one; the file itself stays as it is."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "rehearsal.db"
        if path.exists():
            with open_register(path) as db, contextlib.closing(sqlite3.connect(copy)) as target:
                db.conn.backup(target)
        with open_register(copy, create=True) as db:
            yield db


def open_database(path: Path, *, create: bool = False, schema: Schema | None = None) -> Database:
    """Open a register's file; with `create` an absent one is made. Older schemas are migrated.

    Raises:
        ReliefError: The file is absent, no register, damaged, or of a schema that no migration
            leads from.
    """
    # a file of no bytes is what a power cut leaves of the first import
    is_new = not path.exists() or (path.is_file() and path.stat().st_size == 0)
    if is_new and not create:
        raise ReliefError(
            path.name,
            _("there is no such register"),
            _("`relief import PATH` makes one; --db names another."),
        )
    try:
        return _open_file(path, schema or load_shipped_schema(), is_new=is_new)
    except sqlite3.DatabaseError as error:
        raise ReliefError(
            path.name,
            _("this file cannot be used as a register ({reason})").format(reason=error),
            _("Check the path, that it can be written, and that it is a file made by relief."),
        ) from error


def _open_file(path: Path, schema: Schema, *, is_new: bool) -> Database:
    """Open the file: make its tables, or refuse what is not ours and migrate what is older."""
    # Transactions are begun by `write` alone, so that each starts with the lock it needs.
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
        else:
            _migrate(db, path, schema)
    except BaseException:
        db.close()
        if is_new:
            _remove(path)
        raise
    return db


def _remove(path: Path) -> None:
    """Take a register's file away, and the empty one that SQLite leaves beside it."""
    for name in (path, path.with_name(f"{path.name}-journal")):
        name.unlink(missing_ok=True)


def _check_origin(db: Database, path: Path, schema: Schema) -> None:
    """Refuse a file of another program or of an unknown schema, before anything is written."""
    (origin,) = db.execute("PRAGMA application_id").fetchone()
    if origin != APPLICATION_ID:
        raise ReliefError(
            path.name,
            _("this database was not made by relief"),
            _("Name another file with --db, or leave --db out."),
        )
    if schema.steps_from(_stamp(db)) is None:
        raise ReliefError(
            path.name,
            _("this file was made by another development version of relief"),
            _(
                "Nothing was changed. Import the sheets into a new file (--db names it),"
                " or use the version that made this one."
            ),
        )


def _stamp(db: Database) -> int:
    """Return the stamp of the schema that the file has; 0 where it has none."""
    (stamp,) = db.execute("PRAGMA user_version").fetchone()
    return int(stamp)


def _set_pragmas(db: Database) -> None:
    """Set what keeps the file safe, and read each setting back."""
    for name, value in _PRAGMAS.items():
        db.execute(f"PRAGMA {name} = {value}").fetchall()
        (found,) = db.execute(f"PRAGMA {name}").fetchone()
        if found != value:
            raise sqlite3.DatabaseError(f"{name} = {found}")


def _make_tables(db: Database, schema: Schema) -> None:
    """Make the tables of a new file and stamp it, unless somebody else has done so meanwhile."""
    with write(db):
        if _stamp(db) == schema.stamp:
            return
        run_script(db, schema.sql)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {schema.stamp}")


def _migrate(db: Database, path: Path, schema: Schema) -> None:
    """Apply what is pending, all in one transaction; the older file is copied aside first."""
    stamp = _stamp(db)
    if stamp == schema.stamp:
        return
    _copy(db, path.with_name(f"{path.name}.schema-{stamp}"))
    with write(db):
        # asked again under the lock: somebody else may have migrated the file meanwhile
        for migration in schema.steps_from(_stamp(db)) or ():
            migration.apply(db)


def _copy(db: Database, aside: Path) -> None:
    """Copy a register as it stands, whoever else is using it; only its owner may read the copy."""
    aside.touch(_ONLY_OWNER)
    with contextlib.closing(sqlite3.connect(aside)) as copy:
        db.conn.backup(copy)


@contextmanager
def write(db: Database) -> Iterator[None]:
    """Do everything inside in one transaction that takes the lock at once, or nothing of it.

    Inside another `write` it is part of that one. Where the chains end then is kept with it.

    Raises:
        ReliefError: Somebody else keeps writing, the disk is full, the file may only be read or
            is damaged.
    """
    if db.conn.in_transaction:
        yield
        return
    try:
        db.execute("BEGIN IMMEDIATE")
        yield
        record_chain_ends(db)
        db.execute("COMMIT")
    except BaseException as error:
        if db.conn.in_transaction:
            with contextlib.suppress(sqlite3.OperationalError):
                db.execute("ROLLBACK")
        if refusal := _refusal(db, error):
            raise refusal from error
        raise


def _refusal(db: Database, error: BaseException) -> ReliefError | None:
    """Say why nothing could be written, where that is no fault of ours."""
    # SQLite itself sets the code; an error of the module between has none
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if isinstance(error, sqlite3.OperationalError) and code in _OUTSIDE:
        return ReliefError(
            _file_name(db),
            _("nothing could be written ({reason})").format(reason=error),
            _("Close relief elsewhere, see that the disk has room, and try again."),
        )
    if code == sqlite3.SQLITE_CORRUPT:
        return ReliefError(
            _file_name(db),
            _("the file is damaged, and nothing was written"),
            _("`relief verify` says where. Go back to the newest copy that verifies."),
        )
    return None


class _RehearsedError(Exception):
    """Undoes what a rehearsal wrote; never leaves this module."""


@contextmanager
def write_or_rehearse(db: Database, *, is_rehearsal: bool) -> Iterator[None]:
    """Write in one transaction; a rehearsal does all the same, and then undoes it."""
    with contextlib.suppress(_RehearsedError), write(db):
        yield
        if is_rehearsal:
            raise _RehearsedError


@contextmanager
def read_snapshot(db: Database) -> Iterator[None]:
    """Read everything inside from one state of the file; only tables of `temp` may be written."""
    db.execute("BEGIN")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def _file_name(db: Database) -> str:
    """Name the open file."""
    return Path(db.execute("PRAGMA database_list").fetchone()[2]).name


@contextmanager
def pause_gc() -> Iterator[None]:
    """Do not look for rings among objects meanwhile: rows make none, and there are millions."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
