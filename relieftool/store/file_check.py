"""Checks of the file itself: its pages, its schema, its seals, its chains, and the log beside it.

Every command makes them before it answers if the file does not look as relief left it.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache, partial
from typing import TypeVar

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import Message, _
from relieftool.store.chain import CHAIN_ENDS
from relieftool.store.chain_check import (
    LedgerFault,
    find_chain_faults,
    read_all_recorded_ends,
)
from relieftool.store.entries import ALL_KINDS, list_taken_texts
from relieftool.store.head_log import (
    find_lost_heads,
    is_as_left,
    is_end_logged,
    log_beginning,
    log_head,
)
from relieftool.store.import_status import LIVE, list_import_states
from relieftool.store.migrations import load_shipped_schema, run_script
from relieftool.store.seals import find_seal_faults

_Value = TypeVar("_Value")


def check_if_changed(db: Database, name: str) -> bool:
    """Check the whole file if it does not look as relief left it, or once a day.

    Return whether it may be written: an older copy may only be read until it is accepted.

    Raises:
        ReliefError: The file, which is called `name`, is damaged, was changed by other means or is
            another register.
    """
    if is_as_left(db):
        return True
    fault = _find_fault_within(db, name)
    if fault is None:
        log_head(db, is_checked=True)
        return True
    if is_end_logged(db):
        return False
    raise ReliefError(
        name,
        _("this is not the file that was written here last ({place}); nothing was done").format(
            place=fault.place
        ),
        _(
            "If it was put here on purpose, `relief file accept --reason TEXT` takes it on after a"
            " check; `relief file backups` lists the copies of the other."
        ),
    )


def accept_file(db: Database, name: str) -> bool:
    """Take on a register that was put here by hand, and return whether it was not known already.

    Raises:
        ReliefError: The file is damaged, or was changed by other means.
    """
    is_strange = _find_fault_within(db, name) is not None
    if is_strange:
        log_beginning(db, "accepted", is_always=True)
    return is_strange


def _find_fault_within(db: Database, name: str) -> LedgerFault | None:
    """Return what the log beside a register says otherwise, if nothing in the file is wrong.

    Raises:
        ReliefError: The file is damaged, or was changed by other means.
    """
    faults = list(find_faults(db))
    fault = next((fault for fault in faults if fault.check != "log-differs"), None)
    if fault is None:
        return faults[0] if faults else None
    problem = _("the file is damaged, or was changed by other means ({place}); nothing was done")
    raise ReliefError(
        name,
        problem.format(place=fault.place),
        _("`relief verify` says where; `relief file restore BACKUP` goes back to a backup."),
    )


def find_faults(db: Database) -> Iterator[LedgerFault]:
    """Yield the faults of the file, its schema, seals and chains; each kind is found when asked."""
    with read_damaged_snapshot(db):
        yield from find_unsealed(db)
        recorded = read_all_recorded_ends(db)
        for chain in (*ALL_KINDS, CHAIN_ENDS):
            yield from read_or_fault(chain.table, partial(find_chain_faults, db, chain, recorded))


def find_unsealed(db: Database) -> Iterator[LedgerFault]:
    """Yield the faults of what is no chain: pages, schema, seals, and the log beside the file."""
    finders: dict[str, Callable[[], list[LedgerFault]]] = {
        "file": partial(_find_damage, db),
        "schema": partial(find_schema_faults, db),
        "seals": partial(find_seal_faults, db),
        "imports": partial(_find_wrong_states, db),
        "texts": partial(_find_taken_texts, db),
        "heads": partial(find_lost_heads, db),
    }
    for place, find in finders.items():
        yield from read_or_fault(place, find)


def read_or_fault(place: str, find: Callable[[], list[LedgerFault]]) -> list[LedgerFault]:
    """Return the faults found; a fault of the place if the file is damaged where they are read."""
    return read_or([LedgerFault("file-damaged", place, _UNREADABLE)], find)


def read_or(default: _Value, read: Callable[[], _Value]) -> _Value:
    """Return the result of `read`, or the default if the database is damaged where it reads."""
    try:
        return read()
    except (sqlite3.DatabaseError, OverflowError):
        return default


_UNREADABLE = Message(
    "cannot be read as it should: the file is damaged. Go back to the newest copy that verifies."
)


@contextmanager
def read_damaged_snapshot(db: Database) -> Iterator[None]:
    """Read the database as of one moment in the `with` block, even text that is invalid UTF-8."""
    factory = db.conn.text_factory
    db.conn.text_factory = lambda stored: stored.decode("utf-8", "surrogateescape")
    try:
        db.execute("BEGIN")
        # Take the read lock now: later, a busy file could be mistaken for a damaged file.
        db.execute("SELECT 1 FROM sqlite_schema").fetchone()
        yield
    finally:
        db.conn.text_factory = factory
        db.rollback()  # nothing was written, and a damaged file cannot be committed


def _find_damage(db: Database) -> list[LedgerFault]:
    """Return the faults that SQLite finds in pages, indexes, types and references."""
    answers = [text for (text,) in db.execute("PRAGMA integrity_check")]
    faults = [] if answers == ["ok"] else [LedgerFault("file-damaged", "file", _UNREADABLE)]
    astray = Counter(table for table, *_rest in db.execute("PRAGMA foreign_key_check"))
    for table, count in astray.items():
        message = Message("rows that point to rows that do not exist: {count}.", {"count": count})
        faults.append(LedgerFault("reference-astray", table, message))
    return faults


def find_schema_faults(db: Database) -> list[LedgerFault]:
    """Return a fault for each table, index and trigger that is not as this version makes it.

    The register's own tables are not in the schema: they are made with a column for each fact. So
    of what the schema does not have, triggers, views and indexes of its tables are strange; the
    indexes of other tables are sealed with them.
    """
    found, shipped = _read_schema(db.conn), _read_shipped_schema()
    strange = db.execute(
        f"SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        f" AND tbl_name IN ({', '.join('?' * len(shipped))})",
        list(shipped),
    )
    indexes = {name for (name,) in strange}
    return [
        LedgerFault("schema-changed", name, _STRANGE)
        for name in sorted(found.keys() | shipped.keys())
        if found.get(name) != shipped.get(name)
        and (
            name in shipped | dict.fromkeys(indexes)
            or found[name].startswith(("CREATE TRIGGER", "CREATE VIEW"))
        )
    ]


_STRANGE = Message(
    "is not as this version makes it: somebody changed the file by other means."
    " Go back to a backup."
)


@cache
def _read_shipped_schema() -> dict[str, str]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        run_script(Database(connection), load_shipped_schema().sql)
        return _read_schema(connection)


def _read_schema(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the statement that made each table, index, trigger and view, by name."""
    rows = connection.execute("SELECT name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL")
    return dict(rows.fetchall())


def _find_taken_texts(db: Database) -> list[LedgerFault]:
    """Return a fault for each kind of entry with a text taken out, but not by forgetting."""
    return [
        LedgerFault("text-taken", f"{kind.table} {numbers[0]}", _TAKEN)
        for kind in ALL_KINDS
        if (numbers := list_taken_texts(db, kind))
    ]


_TAKEN = Message(
    "a name or text of this entry was taken out, and nobody it is about was forgotten."
    " Go back to the newest copy that verifies."
)


def _find_wrong_states(db: Database) -> list[LedgerFault]:
    """Return a fault for each import that counts, or does not, against what its entries say."""
    states = list_import_states(db)
    live = {number for number, (state, _by) in states.items() if state == "live"}
    return [
        LedgerFault("import-state", f"imports {number}", _WRONG_STATE)
        for number in sorted(live ^ {number for (number,) in db.execute(LIVE)})
    ]


_WRONG_STATE = Message(
    "no entry says that this import was undone, or that it counts again."
    " Go back to the newest copy that verifies."
)
