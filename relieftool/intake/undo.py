"""Undoes and redoes imports. Each step can itself be undone."""

from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import _
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
class UndoStep:
    """The result of undoing or redoing an import: whether it is live now, and the other changes.

    `back` are the numbers of other imports that are live again, `gone` of imports no longer live.
    """

    import_no: int
    file_name: str
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
    return _record_step(db, record, "undone")


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
    return _record_step(db, record, "redone")


def undo_last(db: Database) -> UndoStep:
    """Undo the last step, which is an import, an undo or a redo; only inside `write`.

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


def _record_step(db: Database, record: ImportRecord, event: str) -> UndoStep:
    """Record that an import was `undone` or `redone`; return the changes."""
    from relieftool.register.member_numbers import (  # noqa: PLC0415 start-up time
        record_moved_rows,
    )

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
