"""Undoes and redoes imports. Each step can itself be undone."""

import json
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.store.import_status import (
    LIVE,
    ImportState,
    find_next_step,
    list_import_states,
    record_import_event,
    refresh_live_imports,
)
from relieftool.store.imports import ANSWERED, refresh_mappings
from relieftool.values.communities import normalise_community


@dataclass(frozen=True)
class ImportRecord:
    """An import: its number, file, time and state, and its number of data rows.

    `replaced_by` is the number of the import that replaces it; None unless it is replaced.
    """

    import_no: int
    file_name: str
    imported_at: str
    state: ImportState
    replaced_by: int | None
    rows: int


@dataclass(frozen=True)
class ImportContents:
    """What an import is about.

    `programmes` are those of its rosters, `months` the days, months or years that its tables cover.
    `communities` are those that its tables are about, or else those of its households.
    `is_complete` is whether its rosters count as complete; None if it has none that counts.
    """

    record: ImportRecord
    programmes: list[str]
    communities: list[str]
    months: list[str]
    is_complete: bool | None


@dataclass(frozen=True)
class UndoStep:
    """The result of undoing or redoing imports: whether they are live now, and the other changes.

    `back` are the numbers of other imports that are live again, `gone` of imports no longer live.
    """

    records: list[ImportRecord]
    is_live: bool
    back: list[int]
    gone: list[int]


def undo_import(db: Database, import_id: int) -> UndoStep:
    """Undo an import; imports that it replaced are live again. Only inside `write`.

    The register is stale afterwards if other imports are live than before.

    Raises:
        ReliefError: There is no such import, or it is already undone.
    """
    record = _find_import(db, import_id)
    if record.state == "undone":
        raise ReliefError(
            str(import_id),
            _("this import is taken back already"),
            _("`relief undo {number} --redo` makes it count again.").format(number=import_id),
        )
    return _record_step(db, [record], "undone")


def redo_import(db: Database, import_id: int) -> UndoStep:
    """Redo an import that was undone; only inside `write`.

    If the same file was imported again meanwhile with the same declaration, this import replaces
    the later import.

    Raises:
        ReliefError: There is no such import, or it is not undone.
    """
    record = _find_import(db, import_id)
    if record.state != "undone":
        raise ReliefError(
            str(import_id),
            _("this import was not taken back"),
            _("`relief imports` says what became of each."),
        )
    return _record_step(db, [record], "redone")


def undo_last(db: Database) -> UndoStep:
    """Undo all imports of the last command that has a live one; only inside `write`.

    Raises:
        ReliefError: No import is live.
    """
    records = list_last_imported(db)
    if not records:
        raise ReliefError(
            _("the register"),
            _("no import that counts is left to take back"),
            _("`relief undo --last --redo` makes those count again that were taken back last."),
        )
    return _record_step(db, records, "undone")


def redo_last(db: Database) -> UndoStep:
    """Redo all imports of the last undoing that are still undone; only inside `write`.

    Raises:
        ReliefError: No import is undone.
    """
    records = _list_last_step(db, "undone", "undone")
    if not records:
        raise ReliefError(
            _("the register"),
            _("no import was taken back"),
            _("`relief imports` says what became of each."),
        )
    return _record_step(db, records, "redone")


def list_last_imported(db: Database) -> list[ImportRecord]:
    """Return the imports that `undo_last` would undo."""
    return _list_last_step(db, "imported", "live")


def _list_last_step(db: Database, event: str, state: ImportState) -> list[ImportRecord]:
    """Return the imports of the last command that has such an event of an import in this state.

    Without those of its imports that were undone, if the event is `imported`.
    """
    records = {record.import_no: record for record in list_imports(db)}
    steps: dict[int, list[ImportRecord]] = {}
    for step, number in db.execute(
        "SELECT step, import_id FROM import_events WHERE event = ? ORDER BY event_id", [event]
    ):
        steps.setdefault(step, []).append(records[number])
    for _step, imports in sorted(steps.items(), reverse=True):
        if any(record.state == state for record in imports):
            is_undone = state == "undone"
            return [record for record in imports if (record.state == "undone") == is_undone]
    return []


def list_imports(db: Database) -> list[ImportRecord]:
    """Return all imports in the order of their numbers."""
    states = list_import_states(db)
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


_IMPORTS = """
    SELECT imports.import_id, imports.file_name, imports.imported_at, count(row_id) AS rows
    FROM imports
    LEFT JOIN source_tables ON source_tables.import_id = imports.import_id
    LEFT JOIN borrowed_rows ON borrowed_rows.table_id = source_tables.table_id
    LEFT JOIN source_rows ON role IN ('first', 'continuation')
        AND source_rows.table_id = ifnull(borrowed_rows.rows_of, source_tables.table_id)
    GROUP BY imports.import_id ORDER BY imports.import_id
"""


def list_import_contents(db: Database) -> list[ImportContents]:
    """Return what each import is about, in the order of their numbers, from a fresh register.

    Answers to questions are no imports of files, and left out.
    """
    found = {row["import_id"]: row for row in db.query(_CONTENTS)}
    return [
        ImportContents(
            record,
            programmes=json.loads(found[record.import_no]["programmes"]),
            communities=_list_normalised(json.loads(found[record.import_no]["communities"])),
            months=json.loads(found[record.import_no]["months"]),
            is_complete=json.loads(found[record.import_no]["is_complete"]),
        )
        for record in list_imports(db)
        if record.import_no in found
    ]


def _list_normalised(communities: list[str]) -> list[str]:
    return sorted({normalise_community(name) for name in communities})


_CONTENTS = f"""
    WITH paid AS (
        SELECT import_id, programme FROM source_tables
        WHERE table_kind = 'roster' AND programme IS NOT NULL
        UNION
        SELECT import_id, receipts.programme FROM receipts
        JOIN source_rows USING (row_id) JOIN source_tables USING (table_id)
        WHERE origin = 'roster'
    ),
    placed AS (
        SELECT import_id, community FROM source_tables WHERE community IS NOT NULL
        UNION
        SELECT import_id, communities.name FROM became
        JOIN source_rows USING (row_id) JOIN source_tables USING (table_id)
        JOIN households USING (household_no) JOIN communities USING (community_id)
        WHERE source_tables.community IS NULL
    )
    SELECT import_id,
        (SELECT json_group_array(programme) FROM (
            SELECT programme FROM paid WHERE paid.import_id = imports.import_id ORDER BY 1
        )) AS programmes,
        (SELECT json_group_array(community) FROM (
            SELECT community FROM placed WHERE placed.import_id = imports.import_id ORDER BY 1
        )) AS communities,
        (SELECT json_group_array(covers) FROM (
            SELECT DISTINCT covers FROM source_tables
            WHERE source_tables.import_id = imports.import_id AND covers IS NOT NULL ORDER BY 1
        )) AS months,
        (SELECT CASE min(built_from.is_complete) WHEN 1 THEN 'true' WHEN 0 THEN 'false'
            ELSE 'null' END FROM source_tables JOIN built_from USING (table_id)
            WHERE source_tables.import_id = imports.import_id) AS is_complete
    FROM imports WHERE json_extract(declared, '$.{ANSWERED}') IS NULL
"""


def _find_import(db: Database, import_id: int) -> ImportRecord:
    """Return the import with this number; raise ReliefError if it does not exist."""
    for record in list_imports(db):
        if record.import_no == import_id:
            return record
    raise ReliefError(
        str(import_id),
        _("no import has this number"),
        _("`relief imports` lists the numbers."),
    )


def _record_step(db: Database, records: list[ImportRecord], event: str) -> UndoStep:
    """Record that imports were `undone` or `redone` by one command; return the changes."""
    numbers = {record.import_no for record in records}
    before = {number for (number,) in db.execute(LIVE)}
    step = find_next_step(db)
    for number in sorted(numbers):
        record_import_event(db, number, event, step)
    refresh_live_imports(db)
    refresh_mappings(db)
    after = {number for (number,) in db.execute(LIVE)}
    return UndoStep(
        records,
        not numbers.isdisjoint(after),
        sorted(after - before - numbers),
        sorted(before - after - numbers),
    )
