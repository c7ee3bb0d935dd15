"""Which imports count: those not taken back and not replaced. Steps are added, never changed."""

import datetime as dt
from collections import defaultdict
from typing import Literal

from sqlite_utils import Database

from relieftool.store.entries import IMPORT_EVENTS, list_entries, record_entry
from relieftool.store.settings import mark_register_stale

ImportState = Literal["live", "undone", "replaced"]
LIVE = "SELECT import_id FROM imports WHERE undone_at IS NULL"


def record_replacements(db: Database, import_id: int, replaced: list[int]) -> None:
    """Keep that an import stands in the place of others; only inside `write`."""
    for other in replaced:
        db.execute("INSERT OR IGNORE INTO replacements VALUES (?, ?)", [import_id, other])
    refresh_live_imports(db)


def record_import_event(db: Database, import_id: int, event: str) -> None:
    """Keep that an import came, was taken back, or counts again; only inside `write`."""
    record_entry(db, IMPORT_EVENTS, at=_now(), import_id=import_id, event=event)


def refresh_live_imports(db: Database) -> None:
    """Let exactly those imports count that were not taken back and stand in nobody's shadow."""
    states = list_import_states(db)
    live = {number for number, (state, _by) in states.items() if state == "live"}
    counted = {number for (number,) in db.execute(LIVE)}
    for number in sorted(counted - live):
        db.execute("UPDATE imports SET undone_at = ? WHERE import_id = ?", [_now(), number])
    for number in sorted(live - counted):
        db.execute("UPDATE imports SET undone_at = NULL WHERE import_id = ?", [number])
    if live != counted:
        mark_register_stale(db)


def list_import_states(db: Database) -> dict[int, tuple[ImportState, int | None]]:
    """Say of each import whether it counts; of equal ones the first does."""
    last = {entry["import_id"]: entry["event"] for entry in list_entries(db, IMPORT_EVENTS)}
    undone = {number for number, event in last.items() if event == "undone"}
    replaced_by = defaultdict(list)
    for number, other in db.execute("SELECT import_id, replaces FROM replacements ORDER BY 1"):
        replaced_by[other].append(number)
    states: dict[int, tuple[ImportState, int | None]] = {}
    first: dict[tuple[str, str], int] = {}
    numbers = db.execute("SELECT import_id, sha256, declared FROM imports ORDER BY import_id")
    for number, sha256, declared in numbers.fetchall():
        shadow = _live_replacement(number, undone, replaced_by)
        if number in undone:
            states[number] = "undone", None
        elif shadow is not None:
            states[number] = "replaced", shadow
        elif first.setdefault((sha256, declared), number) != number:
            states[number] = "replaced", first[sha256, declared]
        else:
            states[number] = "live", None
    return states


def _live_replacement(
    number: int, undone: set[int], replaced_by: dict[int, list[int]]
) -> int | None:
    """Return the nearest import that stands in the place of another, None if none does.

    One that was itself replaced still stands there; in the place of one that was taken back stands
    what had replaced that.
    """
    waiting, seen = list(replaced_by.get(number, ())), {number}
    for one in waiting:
        if one not in undone and one not in seen:
            return one
        if one not in seen:
            waiting += replaced_by.get(one, ())
        seen.add(one)
    return None


def _now() -> str:
    return dt.datetime.now().astimezone().isoformat(timespec="seconds")
