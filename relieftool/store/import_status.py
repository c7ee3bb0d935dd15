"""Records the events of imports, and finds the live imports, which are not undone or replaced.

Events are only added, never changed.
"""

import datetime as dt
from collections import defaultdict
from typing import Any, Literal

from sqlite_utils import Database

from relieftool.store.entries import IMPORT_EVENTS, list_entries, record_entry
from relieftool.store.settings import mark_register_stale

ImportState = Literal["live", "undone", "replaced"]
LIVE = "SELECT import_id FROM imports WHERE undone_at IS NULL"


def record_replacements(db: Database, import_id: int, replaced: list[int]) -> None:
    """Record that an import replaces others, and update the live imports; only inside `write`."""
    for other in replaced:
        db.execute("INSERT OR IGNORE INTO replacements VALUES (?, ?)", [import_id, other])
    refresh_live_imports(db)


def count_replaced(db: Database, import_id: int) -> int:
    """Return how many imports an import replaces."""
    found = db.execute("SELECT count(*) FROM replacements WHERE import_id = ?", [import_id])
    (count,) = found.fetchone()
    return int(count)


def find_next_step(db: Database) -> int:
    """Return the number of the next step: all events of one command have the same."""
    (last,) = db.execute("SELECT ifnull(max(step), 0) FROM import_events").fetchone()
    return int(last) + 1


def record_import_event(
    db: Database, import_id: int, event: str, step: int, rows_sha256: str | None = None
) -> None:
    """Record that an import was `imported`, `undone` or `redone`; only inside `write`.

    `rows_sha256` is the hash of what is kept of it, if that is new.
    """
    said: dict[str, Any] = {"event": event, "step": step, "rows_sha256": rows_sha256}
    record_entry(db, IMPORT_EVENTS, at=_now(), import_id=import_id, **said)


def refresh_live_imports(db: Database) -> None:
    """Recompute which imports are live: not undone and not replaced.

    If that changes, the register is marked as stale. Only inside `write`.
    """
    states = list_import_states(db)
    live = {number for number, (state, _by) in states.items() if state == "live"}
    before = {number for (number,) in db.execute(LIVE)}
    for number in sorted(before - live):
        db.execute("UPDATE imports SET undone_at = ? WHERE import_id = ?", [_now(), number])
    for number in sorted(live - before):
        db.execute("UPDATE imports SET undone_at = NULL WHERE import_id = ?", [number])
    if live != before:
        mark_register_stale(db)


def list_import_states(db: Database) -> dict[int, tuple[ImportState, int | None]]:
    """Return, by number, each import's state and the import that replaces it, or None.

    If several imports of the same file have the same declaration, only the first of them that is
    neither undone nor replaced is live; it counts as the replacement of the later imports.
    """
    last = {entry["import_id"]: entry["event"] for entry in list_entries(db, IMPORT_EVENTS)}
    undone = {number for number, event in last.items() if event == "undone"}
    replaced_by = defaultdict(list)
    for number, other in db.execute("SELECT import_id, replaces FROM replacements ORDER BY 1"):
        replaced_by[other].append(number)
    states: dict[int, tuple[ImportState, int | None]] = {}
    first: dict[tuple[str, str], int] = {}
    numbers = db.execute("SELECT import_id, sha256, declared FROM imports ORDER BY import_id")
    for number, sha256, declared in numbers.fetchall():
        replacement = _find_replacement(number, undone, replaced_by)
        if number in undone:
            states[number] = "undone", None
        elif replacement is not None:
            states[number] = "replaced", replacement
        elif first.setdefault((sha256, declared), number) != number:
            states[number] = "replaced", first[sha256, declared]
        else:
            states[number] = "live", None
    return states


def _find_replacement(
    number: int, undone: set[int], replaced_by: dict[int, list[int]]
) -> int | None:
    """Return the import that replaces this one; None if there is none.

    A replacement counts even if it was replaced itself. If it was undone, the imports that replaced
    it count in its place.
    """
    waiting, seen = list(replaced_by.get(number, ())), {number}
    for other in waiting:  # the loop also reaches what is appended below
        if other not in undone and other not in seen:
            return other
        if other not in seen:
            waiting += replaced_by.get(other, ())
        seen.add(other)
    return None


def _now() -> str:
    return dt.datetime.now().astimezone().isoformat(timespec="seconds")
