"""Which imports count: those not taken back and not replaced. Steps are added, never changed."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.registry.imports import STALE, STATE, set_setting

State = Literal["live", "undone", "replaced"]


@dataclass(frozen=True)
class ImportRecord:
    """One import: its number and file, whether it counts, and how many rows of data it holds.

    `replaced_by` is the import that stands in its place, None unless it is replaced.
    """

    import_no: int
    file_name: str
    imported_at: str
    state: State
    replaced_by: int | None
    rows: int


@dataclass(frozen=True)
class Step:
    """What one undoing did: the import, whether it counts now, and what else changed with it."""

    import_no: int
    file_name: str
    is_live: bool
    back: list[int]
    gone: list[int]


def note_replacements(db: Database, import_id: int, replaced: list[int]) -> None:
    """Keep that an import stands in the place of others; only inside `write`."""
    for other in replaced:
        db.execute("INSERT OR IGNORE INTO replacements VALUES (?, ?)", [import_id, other])
    settle(db)


def undo_import(db: Database, import_id: int) -> Step:
    """Take an import back, as if it had never been; what it replaced counts again.

    Only inside `write`. The register is stale.

    Raises:
        ReliefError: There is no such import, or it does not count as it is.
    """
    record = _record(db, import_id)
    if record.state == "undone":
        raise ReliefError(
            str(import_id),
            _("this import is taken back already"),
            _("`relief undo {number} --redo` lets it count again.").format(number=import_id),
        )
    return _step(db, record, "undone")


def redo_import(db: Database, import_id: int) -> Step:
    """Let an import that was taken back count again; only inside `write`.

    Raises:
        ReliefError: There is no such import, it was not taken back, or the same file was imported
            again since.
    """
    record = _record(db, import_id)
    if record.state != "undone":
        raise ReliefError(
            str(import_id),
            _("this import was not taken back"),
            _("`relief imports` says what became of each."),
        )
    return _step(db, record, "redone")


def undo_last(db: Database) -> Step:
    """Undo the last step, an import or an undoing; only inside `write`.

    Raises:
        ReliefError: Nothing was imported yet.
    """
    last = db.execute(
        "SELECT import_id, event FROM import_events ORDER BY event_id DESC LIMIT 1"
    ).fetchone()
    if last is None:
        raise ReliefError(
            _("the register"),
            _("nothing was imported yet"),
            _("`relief import PATH` imports."),
        )
    import_id, event = last
    return redo_import(db, import_id) if event == "undone" else undo_import(db, import_id)


def note_event(db: Database, import_id: int, event: str) -> None:
    """Keep that an import came, was taken back, or counts again; only inside `write`."""
    db.execute(
        "INSERT INTO import_events (event_id, at, import_id, event)"
        " SELECT ifnull(max(event_id), 0) + 1, ?, ?, ? FROM import_events",
        [_now(), import_id, event],
    )


def settle(db: Database) -> None:
    """Let exactly those imports count that were not taken back and stand in nobody's shadow."""
    states = _states(db)
    live = {number for number, (state, _by) in states.items() if state == "live"}
    counted = {number for (number,) in db.execute(_LIVE)}
    for number in sorted(counted - live):
        db.execute("UPDATE imports SET undone_at = ? WHERE import_id = ?", [_now(), number])
    for number in sorted(live - counted):
        db.execute("UPDATE imports SET undone_at = NULL WHERE import_id = ?", [number])
    if live != counted:
        set_setting(db, STATE, STALE)


def list_imports(db: Database) -> list[ImportRecord]:
    """List all imports in the order of their numbers."""
    states = _states(db)
    return [
        ImportRecord(
            row["import_id"],
            row["file_name"],
            row["imported_at"],
            *states[row["import_id"]],
            row["rows"],
        )
        for row in db.query(_IMPORTS)
    ]


_LIVE = "SELECT import_id FROM imports WHERE undone_at IS NULL"
_IMPORTS = """
    SELECT imports.import_id, imports.file_name, imports.imported_at, count(row_id) AS rows
    FROM imports
    LEFT JOIN source_tables ON source_tables.import_id = imports.import_id
    LEFT JOIN borrowed_rows ON borrowed_rows.table_id = source_tables.table_id
    LEFT JOIN source_rows ON role IN ('first', 'continuation')
        AND source_rows.table_id = ifnull(borrowed_rows.rows_of, source_tables.table_id)
    GROUP BY imports.import_id ORDER BY imports.import_id
"""


def _record(db: Database, import_id: int) -> ImportRecord:
    """Give one import."""
    found = [one for one in list_imports(db) if one.import_no == import_id]
    if not found:
        raise ReliefError(
            str(import_id),
            _("no import has this number"),
            _("`relief imports` lists the numbers."),
        )
    return found[0]


def _step(db: Database, record: ImportRecord, event: str) -> Step:
    """Keep the step, and say which imports it brought back and took away."""
    before = {number for (number,) in db.execute(_LIVE)}
    note_event(db, record.import_no, event)
    settle(db)
    after = {number for (number,) in db.execute(_LIVE)}
    return Step(
        record.import_no,
        record.file_name,
        record.import_no in after,
        sorted(after - before - {record.import_no}),
        sorted(before - after - {record.import_no}),
    )


def _states(db: Database) -> dict[int, tuple[State, int | None]]:
    """Say of each import whether it counts; of equal ones the first does."""
    undone = {
        number
        for number, event in db.execute(
            "SELECT import_id, event FROM import_events WHERE event_id IN"
            " (SELECT max(event_id) FROM import_events GROUP BY import_id)"
        )
        if event == "undone"
    }
    replaced_by = defaultdict(list)
    for number, other in db.execute("SELECT import_id, replaces FROM replacements ORDER BY 1"):
        replaced_by[other].append(number)
    states: dict[int, tuple[State, int | None]] = {}
    first: dict[tuple[str, str], int] = {}
    numbers = db.execute("SELECT import_id, sha256, declared FROM imports ORDER BY import_id")
    for number, sha256, declared in numbers.fetchall():
        shadow = _shadow(number, undone, replaced_by)
        if number in undone:
            states[number] = "undone", None
        elif shadow is not None:
            states[number] = "replaced", shadow
        elif first.setdefault((sha256, declared), number) != number:
            states[number] = "replaced", first[sha256, declared]
        else:
            states[number] = "live", None
    return states


def _shadow(number: int, undone: set[int], replaced_by: dict[int, list[int]]) -> int | None:
    """Give the import that stands in the place of another, None if none does."""
    standing = (
        one
        for one in replaced_by.get(number, ())
        if one not in undone and _shadow(one, undone, replaced_by) is None
    )
    return next(standing, None)


def _now() -> str:
    return dt.datetime.now().astimezone().isoformat(timespec="seconds")
