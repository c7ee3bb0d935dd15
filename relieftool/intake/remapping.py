"""A corrected mapping for rows that are kept already: the file itself is not needed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from sqlite_utils import Database

from relieftool.errors import Problem, ReliefError
from relieftool.intake.column_mapping import (
    add_mappings,
    decide_columns,
    find_unmet_mappings,
    hash_headings,
)
from relieftool.intake.import_toml import FileDeclaration
from relieftool.intake.source_files import build_source_table, declared_values
from relieftool.messages import Message, _
from relieftool.pack.models import Pack
from relieftool.spreadsheets.column_names import Catalogue
from relieftool.spreadsheets.columns import ColumnMeaning, build_pack_catalogue
from relieftool.spreadsheets.filled_form import TITLES
from relieftool.spreadsheets.grid import Grid
from relieftool.spreadsheets.rows import TableRow, read_rows
from relieftool.spreadsheets.source_tables import SourceTable
from relieftool.spreadsheets.tables import Table
from relieftool.store.import_status import record_replacements
from relieftool.store.imports import find_import, record_import, record_mappings
from relieftool.values.text import drop_spaces, squeeze_heading


def remap_import(db: Database, pack: Pack, import_no: int, columns: Mapping[str, str]) -> int:
    """Let a live import's rows be read by a corrected mapping; return the number of the new import.

    The new import stands in the place of the old one and can be taken back. Only inside `write`.

    Raises:
        ReliefError: No live import has this number, a heading or a target is not known, or nothing
            would change.
    """
    kept = next(db.query(_LIVE, [import_no]), None)
    if kept is None:
        raise ReliefError(
            str(import_no),
            _("no import that counts has this number"),
            _("`relief imports` lists the numbers."),
        )
    said = FileDeclaration.model_validate(json.loads(kept["declared"]))
    declared = add_mappings(said, {"": columns})
    known = build_pack_catalogue(pack)
    rows = list(db.query(_TABLES, [import_no]))
    _check_no_form(rows, import_no)
    tables = [_remap_table(db, row, declared, known, pack, kept["file_name"]) for row in rows]
    _check_met(tables, columns)
    if find_import(db, kept["sha256"], declared_values(declared)) is not None:
        raise ReliefError(
            str(import_no),
            _("its columns are mapped like this already"),
            _("Name another column or another fact after --map."),
        )
    number = record_import(
        db,
        kept["file_name"],
        kept["sha256"],
        declared_values(declared),
        tables,
        [declared_values(said)],
    )
    record_replacements(db, number, [import_no])
    record_mappings(db, number, _mappings(tables, columns))
    return number


def _mappings(tables: list[SourceTable], columns: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return what is said of each table's columns, to be remembered by its headings."""
    said = {squeeze_heading(header): target for header, target in columns.items()}
    found = {}
    for table in tables:
        headers = [str(column["header"]) for column in table.columns]
        own = {header: said[header] for header in map(squeeze_heading, headers) if header in said}
        if own:
            found[hash_headings(headers)] = own
    return found


def _check_no_form(rows: Iterable[Mapping[str, object]], import_no: int) -> None:
    """Refuse an import of relief's own forms: their rows are known by marks, not by headings."""
    if any(row["title"] in TITLES for row in rows):
        raise ReliefError(
            str(import_no),
            _("holds forms of relief, whose rows are not mapped by headings"),
            _("Correct the form, and import it again with --replace."),
        )


_LIVE = "SELECT * FROM imports WHERE import_id = ? AND undone_at IS NULL"
_TABLES = """
    SELECT source_tables.*, ifnull(rows_of, source_tables.table_id) AS root FROM source_tables
    LEFT JOIN borrowed_rows ON borrowed_rows.table_id = source_tables.table_id
    WHERE import_id = ? ORDER BY source_tables.table_id
"""


def _remap_table(  # noqa: PLR0913, PLR0917 a table and all that is known of its file
    db: Database,
    row: dict[str, Any],
    declared: FileDeclaration,
    known: Catalogue,
    pack: Pack,
    file_name: str,
) -> SourceTable:
    """Return a kept table as the corrected mapping has it, its rows borrowed."""
    kept = sorted(json.loads(row["columns"]), key=lambda one: int(one["position"]))
    declared = declared.of_sheet(row["sheet"])
    columns = decide_columns(tuple(_column(one) for one in kept), declared.map, known, pack)
    table = Table(
        row["sheet"],
        row["title"],
        row["first_header_row"],
        row["last_header_row"],
        tuple(column.header for column in columns),
        _unread_rows(db, row, kept),
        row["community"],
        row["covers"],
        tuple(one.get("sheet_column", one["position"]) for one in kept),
        _rows_above(db, row, kept),
        _covered(kept),
    )
    made = build_source_table(table, columns, declared, pack, PurePath(file_name).stem)
    made = made or _table_as_kept(row)
    problems = _kept_problems(
        db, row, declared, {str(one["target"]) for one in _mapped(made.columns)}
    )
    rows_of = None if made.rows else row["root"]
    return replace(made, rows_of=rows_of, problems=problems)


def _mapped(columns: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [column for column in columns if column["target"]]


def _unread_rows(
    db: Database, row: dict[str, Any], columns: list[dict[str, Any]]
) -> Sequence[TableRow]:
    """Return the rows of a table nobody understood, now told apart; of others none: they are lent."""
    if _mapped(columns) or not columns:
        return ()
    headings = [column["header"] for column in columns]
    below = db.execute(
        "SELECT row_number, cells FROM source_rows WHERE table_id = ? AND row_number > ?",
        [row["root"], row["last_header_row"]],
    ).fetchall()
    cells = {number: json.loads(text) for number, text in below}
    last = max(cells, default=row["last_header_row"])
    rows = [cells.get(number, []) for number in range(1, last + 1)]
    rows[row["last_header_row"] - 1] = headings
    header_rows = range(row["first_header_row"] - 1, row["last_header_row"])
    places = list(range(len(headings)))
    return read_rows(Grid(rows, []), places, header_rows, last - 1, headings)


def _rows_above(
    db: Database, row: dict[str, Any], columns: list[dict[str, Any]]
) -> tuple[TableRow, ...]:
    """Return what stands above the headings of a table nobody understood."""
    if _mapped(columns) or not columns:
        return ()
    above = db.execute(
        "SELECT row_number, cells FROM source_rows WHERE table_id = ? AND row_number < ?",
        [row["root"], row["first_header_row"]],
    )
    return tuple(
        TableRow(number, tuple(json.loads(cells)), "note", None) for number, cells in above
    )


def _table_as_kept(row: dict[str, Any]) -> SourceTable:
    """Return a kept table as it is, without its rows."""
    return SourceTable(
        row["sheet"],
        row["title"],
        row["first_header_row"],
        row["last_header_row"],
        row["table_kind"],
        row["programme"],
        row["community"],
        row["covers"],
        None if row["is_complete"] is None else bool(row["is_complete"]),
        json.loads(row["columns"]),
        [],
    )


def _covered(columns: Iterable[Mapping[str, Any]]) -> dict[tuple[int, int], int]:
    """Return the cells that were merged with one above, as a table has them."""
    return {
        (row, column["position"]): top
        for column in columns
        for row, top in column.get("covered", ())
    }


def _column(record: dict[str, Any]) -> ColumnMeaning:
    """Return a column as it was kept."""
    return ColumnMeaning(
        record["position"],
        record["header"],
        record["target"],
        record.get("place"),
        record.get("scale"),
    )


def _kept_problems(
    db: Database, row: dict[str, Any], declared: FileDeclaration, targets: set[str]
) -> list[Problem]:
    """Return what was wrong in reading the sheet and still is; what the mapping answers is not."""
    mapped = {squeeze_heading(header) for header in declared.map}
    rows = db.query(
        "SELECT * FROM problems WHERE import_id = ? AND sheet = ? AND stage = 'reading'",
        [row["import_id"], row["sheet"]],
    )
    return [
        Problem(
            one["code"],
            Message(one["template"], json.loads(one["params"])),
            one["sheet"],
            one["row_number"],
            one["column_header"],
            bool(one["is_unused"]),
        )
        for one in rows
        if not _is_answered(one, mapped, targets)
    ]


def _is_answered(one: Mapping[str, Any], mapped: set[str], targets: set[str]) -> bool:
    """Return whether a mapping of these columns to these targets settles what was wrong."""
    match one["code"]:
        case "map-unused":
            return True
        case "table-unknown":
            return bool(targets)
        case "column-unknown":
            return drop_spaces(one["column_header"]) in mapped
        case "households-by-relation":
            return "household_no" in targets
    return False


def _check_met(tables: list[SourceTable], columns: Mapping[str, str]) -> None:
    """Refuse headings that none of the tables has."""
    for problem in find_unmet_mappings(tables, FileDeclaration(map=dict(columns))):
        headings = [str(column["header"]) for table in tables for column in table.columns]
        raise ReliefError(
            problem.column,
            _("this import has no such column"),
            _("Its columns are: {headers}").format(headers=", ".join(filter(None, headings))),
        )
