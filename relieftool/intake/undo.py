"""Taking imports back, and letting them count again; each step can itself be undone."""

from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.register.member_numbers import record_moved_rows
from relieftool.store.import_status import (
    LIVE,
    ImportState,
    list_import_states,
    record_import_event,
    refresh_live_imports,
)
from relieftool.store.imports import refresh_mappings


@dataclass(frozen=True)
class ImportRecord:
    """One import: its number and file, whether it counts, and how many rows of data it holds.

    `replaced_by` is the import that stands in its place, None unless it is replaced.
    """

    import_no: int
    file_name: str
    imported_at: str
    state: ImportState
    replaced_by: int | None
    rows: int


@dataclass(frozen=True)
class UndoStep:
    """What one undoing did: the import, whether it counts now, and what else changed with it."""

    import_no: int
    file_name: str
    is_live: bool
    back: list[int]
    gone: list[int]


def undo_import(db: Database, import_id: int) -> UndoStep:
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


def redo_import(db: Database, import_id: int) -> UndoStep:
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


def undo_last(db: Database) -> UndoStep:
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


def list_imports(db: Database) -> list[ImportRecord]:
    """List all imports in the order of their numbers."""
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


def _record(db: Database, import_id: int) -> ImportRecord:
    """Return one import."""
    found = [one for one in list_imports(db) if one.import_no == import_id]
    if not found:
        raise ReliefError(
            str(import_id),
            _("no import has this number"),
            _("`relief imports` lists the numbers."),
        )
    return found[0]


def _step(db: Database, record: ImportRecord, event: str) -> UndoStep:
    """Keep the step, and say which imports it brought back and took away."""
    before = {number for (number,) in db.execute(LIVE)}
    record_import_event(db, record.import_no, event)
    refresh_live_imports(db)
    refresh_mappings(db)
    after = {number for (number,) in db.execute(LIVE)}
    record_moved_rows(db, record.import_no, sorted(before ^ after))
    return UndoStep(
        record.import_no,
        record.file_name,
        record.import_no in after,
        sorted(after - before - {record.import_no}),
        sorted(before - after - {record.import_no}),
    )
