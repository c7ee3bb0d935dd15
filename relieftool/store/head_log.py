"""The log beside a register: where its chains ended after each write, and how its file looked.

Who rebuilds the whole ledger in the file must also change this log, the one among the backups, and
what was printed. By the look of the file, a command sees at once that something else than relief
wrote to it, or that a bit of it changed on the disk.
"""

import contextlib
import datetime as dt
import json
import os
import sqlite3
import time
import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from relieftool.messages import Message
from relieftool.store.chain import CHAIN_ENDS, ChainEnd, read_chain_end
from relieftool.store.chain_check import LedgerFault

_ONLY_OWNER = 0o600
_CHECKED_EVERY = dt.timedelta(days=1)
_LONGEST_SUMMED = 64 * 2**20  # bytes: to sum up more takes longer than a short command
_TRIES, _MOMENT, _JUST_NOW = 2, 0.01, 0.5  # how often, and seconds
_LOOK = ("size", "changed_ns", "sum")
_LINE_END = b"\n"
_LONGEST_LINE = 1000
Look = dict[str, Any]


def find_head_log(register: Path) -> Path:
    """Return the log beside a register, which need not exist."""
    return register.with_name(f"{register.name}.heads")


def find_kept_log(register: Path) -> Path:
    """Return the second log, among the backups of a register."""
    return register.with_name(f"{register.name}.backups") / "heads"


def log_head(db: Database, *, is_checked: bool = False, restored: str | None = None) -> None:
    """Write down where the chains end, and how the file looks; after each commit.

    `is_checked`: the whole file was checked. `restored` is the backup that the register was made
    from: what was written down before needs not be in it. Nothing is written if the log cannot be,
    or if it says the same already.
    """
    register = _find_file(db)
    if register is None:
        return
    with contextlib.suppress(OSError, sqlite3.OperationalError):
        last = _read_last(find_head_log(register))
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        number, head = read_chain_end(db, CHAIN_ENDS)
        line = {"at": now, "number": number, "head": head, **_look_at(db, register)}
        line["checked"] = now if is_checked or not last else last.get("checked", "")
        line |= {"restored": restored} if restored else {}
        if {**last, "at": now} != line:
            _append(find_head_log(register), line)


def log_beginning(db: Database, beginning: str, *, is_always: bool = False) -> None:
    """Write into both logs that the register begins anew: what they had need not be in it."""
    register = _find_file(db)
    if register is not None and (is_always or any(_list_ends(db, register))):
        log_head(db, restored=beginning)
        copy_last_head(register)


def log_restoring(register: Path, end: ChainEnd, backup: str) -> None:
    """Write into both logs, and onto the disk, that a backup with this end is about to be restored.

    If the power goes, the register is either what it was or what the backup is.
    """
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    line = {"at": at, "number": end.number, "head": end.hash, "restoring": backup}
    for log in (find_head_log(register), find_kept_log(register)):
        with contextlib.suppress(OSError):
            _append(log, line, is_synced=True)


def copy_last_head(register: Path) -> None:
    """Write the last line of the log into that among the backups, too."""
    with contextlib.suppress(OSError):
        if last := _read_last(find_head_log(register)):
            _append(find_kept_log(register), last)


def _append(log: Path, line: Look, *, is_synced: bool = False) -> None:
    content = json.dumps(line, separators=(",", ":")).encode("ascii") + _LINE_END
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(log, flags, _ONLY_OWNER), "ab") as opened:
        opened.write(content)
        if is_synced:
            opened.flush()
            os.fsync(opened.fileno())


def _read_last(log: Path) -> Look:
    """Return the last line of a log; {} if there is none."""
    try:
        with log.open("rb") as opened:
            opened.seek(max(0, log.stat().st_size - _LONGEST_LINE))
            lines = opened.read().splitlines()
    except OSError:
        return {}
    return _parse(lines[-1]) if lines else {}


def _parse(line: bytes) -> Look:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _look_at(db: Database, register: Path) -> Look:
    """Return size, time and checksum of the file, as one transaction left it."""
    size = register.stat().st_size
    # SQLite reads it itself: to close a file that is open elsewhere in a process drops its locks
    is_long = size > _LONGEST_SUMMED
    total = None if is_long else zlib.crc32(db.conn.serialize())
    return {"size": size, "changed_ns": register.stat().st_mtime_ns, "sum": total}


def _find_file(db: Database) -> Path | None:
    """Return the path of the open file; None if it is in memory."""
    path = db.execute("PRAGMA database_list").fetchone()[2]
    return Path(path) if path else None


def is_as_left(db: Database) -> bool:
    """Whether the file looks as relief left it, and was checked not more than a day ago."""
    register = _find_file(db)
    if register is None:
        return True
    last, look = _read_last(find_head_log(register)), _look_at(db, register)
    for _try in range(_TRIES):
        if any(last.get(name) != look[name] for name in _LOOK) and _is_just_written(register):
            # another process may be about to log what it has just written
            time.sleep(_MOMENT)
            last, look = _read_last(find_head_log(register)), _look_at(db, register)
    try:
        age = dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(last.get("checked", ""))
    except (TypeError, ValueError):  # also where the zone is missing
        return False
    is_recent = dt.timedelta(0) <= age < _CHECKED_EVERY
    return is_recent and all(last.get(name) == look[name] for name in _LOOK)


def _is_just_written(register: Path) -> bool:
    return abs(time.time() - register.stat().st_mtime) < _JUST_NOW


def find_lost_heads(db: Database) -> list[LedgerFault]:
    """Return a fault if an end that a log beside the register has is not in the register."""
    register = _find_file(db)
    if register is None:
        return []
    kept = _read_ends(db)
    if not any(_list_ends(db, register)):  # both logs were taken away, or never were
        return _find_backups_ahead(register, kept)
    for log, ends in zip(_LOGS, _list_ends(db, register), strict=True):
        for number, head, at in ends:
            if number and kept.get(number) != head:
                return [LedgerFault("log-differs", f"{log(register).name} {at}", _LOST)]
    return []


def _find_backups_ahead(register: Path, kept: dict[int, str]) -> list[LedgerFault]:
    """Return a fault if a backup beside a register has an end that the register has not."""
    for backup in sorted(find_kept_log(register).parent.glob("*.db"), reverse=True):
        with (
            contextlib.suppress(sqlite3.DatabaseError),
            contextlib.closing(
                sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)
            ) as opened,
        ):
            end = read_chain_end(Database(opened), CHAIN_ENDS)
            if end.number and kept.get(end.number) != end.hash:
                return [LedgerFault("log-differs", backup.name, _LOST)]
    return []


def _read_ends(db: Database) -> dict[int, str]:
    return dict(db.execute(f"SELECT {CHAIN_ENDS.key}, hash FROM {CHAIN_ENDS.table}").fetchall())


def is_end_logged(db: Database) -> bool:
    """Whether a log beside the register has its end: it is what the register once was."""
    register = _find_file(db)
    end = read_chain_end(db, CHAIN_ENDS)
    logged = chain.from_iterable(_list_ends(db, register)) if register and end.number else ()
    return any((number, head) == end for number, head, _at in logged)


_LOST = Message(
    "what was written then is no longer in the register: it was taken out, or everything was"
    " written anew. Go back to the newest copy that verifies; if the file was put here on purpose,"
    " `relief file accept` takes it on."
)


def _list_ends(db: Database, register: Path) -> list[list[tuple[int, str, str]]]:
    """Return, for each log, the ends in it that the register must still have, with their moments.

    When a backup was restored, what had been written after it was given up. When one was about to
    be restored, it was if the register has its end and lacks another.
    """
    kept = _read_ends(db)
    found = []
    for log in _LOGS:
        ends: list[tuple[int, str, str]] = []
        for line in _read_lines(log(register)):
            number, head = line.get("number"), line.get("head")
            if not isinstance(number, int) or not isinstance(head, str):
                continue
            is_restored = "restoring" in line and kept.get(number) == head
            is_restored = is_restored and any(kept.get(end[0]) != end[1] for end in ends if end[0])
            if is_restored or "restored" in line:
                ends = []
            if "restoring" not in line or is_restored:
                ends.append((number, head, str(line.get("at"))))
        found.append(ends)
    return found


_LOGS = (find_head_log, find_kept_log)


def _read_lines(log: Path) -> Iterator[Look]:
    try:
        content = log.read_bytes()
    except OSError:
        return
    yield from map(_parse, content.splitlines())
