"""Backups of a register: checked copies in a folder beside it, of which old ones are thinned out.

A copy of a file that is in use, made by other means than these, is often damaged.
"""

import contextlib
import datetime as dt
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.store.chain import CHAIN_ENDS, ChainEnd, read_chain_end
from relieftool.store.database import (
    APPLICATION_ID,
    BACKUP_STAMP,
    find_backup_folder,
    read_snapshot,
)
from relieftool.store.file_check import find_faults
from relieftool.store.head_log import copy_last_head, log_head, log_restoring
from relieftool.store.migrations import load_shipped_schema

BY_HAND, BEFORE_RESTORE = "hand", "restore"
# How many days, weeks and months with a backup keep their newest one; the last day keeps all.
_KEPT_DAYS, _KEPT_WEEKS, _KEPT_MONTHS = 12, 10, 9
_LEAST_APART = dt.timedelta(hours=1)
_LONGEST_WAIT = 10.0  # seconds, for another process that is writing
_NAME = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{6})-([a-z]+)(?:-\d+)?\.db")
_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700


@dataclass(frozen=True)
class Backup:
    """A copy of a register: when it was made (UTC), before what, and its size in bytes."""

    path: Path
    made_at: dt.datetime
    occasion: str
    size: int

    @property
    def name(self) -> str:
        """Return the file name, by which `relief file restore` is told which backup is meant."""
        return self.path.name


def list_backups(register: Path) -> list[Backup]:
    """Return the backups beside a register, newest first. Other files are left out."""
    folder = find_backup_folder(register)
    found = [
        Backup(
            path,
            dt.datetime.strptime(match[1], BACKUP_STAMP).replace(tzinfo=dt.UTC),
            match[2],
            size,
        )
        for path in (folder.iterdir() if folder.is_dir() else ())
        if (match := _NAME.fullmatch(path.name))
        for size in [path.stat().st_size]
    ]
    return sorted(found, key=lambda backup: (backup.made_at, backup.name), reverse=True)


def make_backup_if_due(db: Database, occasion: str) -> Backup | None:
    """Back a register up before it is changed; None if the last backup is less than an hour old.

    A register without an import has nothing to lose, and is not backed up.
    """
    register = find_register(db)
    now = dt.datetime.now(dt.UTC)
    # one of a day yet to come, made while the clock was wrong, is no reason to make none
    if any(dt.timedelta(0) <= now - made.made_at < _LEAST_APART for made in list_backups(register)):
        return None
    if db.execute("SELECT 1 FROM imports").fetchone() is None:
        return None
    return make_backup(db, occasion)


def make_backup(db: Database, occasion: str) -> Backup:
    """Back a register up into the folder beside it, and thin out the old backups.

    Raises:
        ReliefError: The copy cannot be written, or is not the same as the register.
    """
    register = find_register(db)
    folder = find_backup_folder(register)
    made_at = dt.datetime.now(dt.UTC).replace(microsecond=0)
    stem = f"{made_at.strftime(BACKUP_STAMP)}-{occasion}"
    with _explaining_failure(folder):
        folder.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
        taken = {path.name for path in folder.iterdir()}
    names = (f"{stem}.db", *(f"{stem}-{number}.db" for number in range(2, 100)))
    target = folder / next(name for name in names if name not in taken)
    copy_register_to(db, target)
    copy_last_head(register)
    if occasion != BEFORE_RESTORE:  # the backup to be restored must not be the one that goes
        _thin_out(register)
    return Backup(target, made_at, occasion, target.stat().st_size)


def copy_register_to(db: Database, target: Path) -> None:
    """Copy a register, even while others write to it, to a file that appears only once it is whole.

    The copy is checked (structure, references, rows of each table, end of the ledger) and written
    to the disk under another name first.

    Raises:
        ReliefError: The copy cannot be written, or is not the same as the register.
    """
    temporary = target.with_name(f".{target.name}.part")
    with _explaining_failure(target):
        try:
            with read_snapshot(db):
                contents = _read_contents(db)
                _copy(db, temporary)
            _check_copy(temporary, contents)
            _sync(temporary)
            temporary.replace(target)
            _sync(target.parent)
        finally:
            temporary.unlink(missing_ok=True)
            temporary.with_name(f"{temporary.name}-journal").unlink(missing_ok=True)


def restore_backup(db: Database, backup: Path) -> Backup:
    """Make a register what it was at a backup, and return the backup of what it was before.

    Raises:
        ReliefError: The backup is damaged or no register, or another process keeps writing.
    """
    end = _check_usable(backup)
    before = make_backup(db, BEFORE_RESTORE)
    log_restoring(find_register(db), end, backup.name)
    with contextlib.closing(_open_to_read(backup)) as source:
        source.backup(db.conn, progress=_stop_waiting(find_register(db)))
    log_head(db, restored=backup.name)
    copy_last_head(find_register(db))
    return before


def replace_damaged(register: Path, backup: Path) -> Path:
    """Replace a register that cannot be opened by a backup; return the path it was moved to."""
    end = _check_usable(backup)
    aside = register.with_name(f"{register.name}.damaged-{dt.datetime.now(dt.UTC):{BACKUP_STAMP}}")
    temporary = register.with_name(f".{register.name}.part")
    with _explaining_failure(register):
        temporary.touch(_PRIVATE_FILE)
        with (
            contextlib.closing(_open_to_read(backup)) as source,
            contextlib.closing(sqlite3.connect(temporary)) as copy,
        ):
            source.backup(copy)
        _sync(temporary)
        # its journal belongs to the damaged file and must not be applied to the backup
        journal = register.with_name(f"{register.name}-journal")
        if journal.exists():
            shutil.copyfile(journal, aside.with_name(f"{aside.name}-journal"))
            _sync(aside.with_name(f"{aside.name}-journal"))
            journal.unlink()
        _set_aside(register, aside)
        _sync(register.parent)
        log_restoring(register, end, backup.name)
        temporary.replace(register)
        _sync(register.parent)
    return aside


def _set_aside(register: Path, aside: Path) -> None:
    """Copy a damaged register, so that there is one at any moment; move it if it cannot be read."""
    try:
        aside.touch(_PRIVATE_FILE)
        shutil.copyfile(register, aside)
        _sync(aside)
    except OSError:
        register.replace(aside)


def find_register(db: Database) -> Path:
    """Return the path of the open register."""
    return Path(db.execute("PRAGMA database_list").fetchone()[2])


def _read_contents(db: Database) -> tuple[dict[str, int], ChainEnd]:
    """Return the rows of each table, and the end of the chain of all chains."""
    return _count_rows(db.conn), read_chain_end(db, CHAIN_ENDS)


def _count_rows(connection: sqlite3.Connection) -> dict[str, int]:
    tables = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    counts = {}
    for (table,) in tables:
        (counts[table],) = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    return counts


def _copy(db: Database, target: Path) -> None:
    target.unlink(missing_ok=True)
    target.touch(_PRIVATE_FILE)
    with contextlib.closing(sqlite3.connect(target)) as copy:
        db.conn.backup(copy)


def _check_copy(path: Path, contents: tuple[dict[str, int], ChainEnd]) -> None:
    """Raise sqlite3.DatabaseError if a copy is damaged or lacks anything."""
    with contextlib.closing(sqlite3.connect(path)) as copy:
        _check_structure(copy)
        if _read_contents(Database(copy)) != contents:
            raise sqlite3.DatabaseError(_("the copy is not the same"))


def _check_structure(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError if a file is damaged or a row refers to nothing."""
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(found)
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        raise sqlite3.DatabaseError(_("rows of it belong to rows that are not there"))


def _check_usable(backup: Path) -> ChainEnd:
    """Return the end of a backup's chains.

    Raises:
        ReliefError: The file is no undamaged register.
    """
    try:
        with contextlib.closing(_open_to_read(backup)) as copy:
            _check_structure(copy)
            _check_maker(copy)
            _check_unchanged(copy)
            return read_chain_end(Database(copy), CHAIN_ENDS)
    except sqlite3.DatabaseError as error:
        raise ReliefError(
            backup.name,
            _("this backup cannot be used ({reason})").format(reason=error),
            _("`relief file backups` lists the others; nothing was changed."),
        ) from error


def _check_unchanged(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError if seals or chains of a register are not as relief wrote them."""
    if fault := next(find_faults(Database(connection)), None):
        words = _("it was changed by other means: {place}")
        raise sqlite3.DatabaseError(words.format(place=fault.place))


def _check_maker(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError unless relief made a file, and this version can open it."""
    (maker,) = connection.execute("PRAGMA application_id").fetchone()
    if maker != APPLICATION_ID:
        raise sqlite3.DatabaseError(_("this database was not made by relief"))
    (stamp,) = connection.execute("PRAGMA user_version").fetchone()
    if load_shipped_schema().steps_from(stamp) is None:
        raise sqlite3.DatabaseError(_("another version of relief made it"))


def _open_to_read(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _stop_waiting(register: Path) -> Callable[[int, int, int], None]:
    """Return a callback that ends a copy once another process has kept writing for too long.

    Without it, SQLite waits for ever.
    """
    end = time.monotonic() + _LONGEST_WAIT

    def check(status: int, _left: int, _pages: int) -> None:
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and time.monotonic() > end:
            raise ReliefError(
                register.name,
                _("another process keeps writing; nothing was restored"),
                _("Close relief elsewhere, and try again."),
            )

    return check


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read: as a whole, or not at all if the power goes."""
    draft = path.with_name(f".{path.name}.part")
    draft.touch(_PRIVATE_FILE)
    draft.write_bytes(content)
    _sync(draft)
    draft.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    """Wait until a file or folder is on the disk; folders cannot be waited for on Windows."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _explaining_failure(target: Path) -> Iterator[None]:
    """Turn a failure to write a copy into a ReliefError."""
    try:
        yield
    except (OSError, sqlite3.DatabaseError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ReliefError(
            target.name,
            _("no backup could be made ({reason})").format(reason=reason),
            _("See that the disk has room and that you may write there; --to names another place."),
        ) from error


def _thin_out(register: Path) -> None:
    """Delete the backups that are no longer to be kept."""
    backups = list_backups(register)
    now = dt.datetime.now(dt.UTC)
    past = [backup for backup in backups if backup.made_at <= now]
    kept = set(choose_kept([backup.made_at for backup in past]))
    for backup in past:
        if backup.made_at not in kept:
            backup.path.unlink(missing_ok=True)


def choose_kept(moments: Sequence[dt.datetime]) -> list[dt.datetime]:
    """Return which of the moments of backups to keep, given newest first.

    All of the newest day, and the newest of each of the last days, weeks and months that have any.
    """
    kept = [moment for moment in moments if moment.date() == moments[0].date()]
    for count, period in (
        (_KEPT_DAYS, "%Y-%j"),
        (_KEPT_WEEKS, "%G-%V"),
        (_KEPT_MONTHS, "%Y-%m"),
    ):
        newest: dict[str, dt.datetime] = {}
        for moment in moments:
            newest.setdefault(moment.strftime(period), moment)
        kept += islice(newest.values(), count)
    return sorted(set(kept), reverse=True)
