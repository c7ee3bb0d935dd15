"""Maps the columns of an import again, for `relief import --again`. The file is not needed.

The new import uses the rows of the old one and replaces it; both can be undone.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from relieftool.messages import _
from relieftool.pack.models import Pack
from relieftool.spreadsheets.column_names import Catalogue
from relieftool.spreadsheets.columns import ColumnMeaning, build_pack_catalogue
from relieftool.spreadsheets.filled_form import TITLES
from relieftool.spreadsheets.grid import Grid
from relieftool.spreadsheets.rows import read_rows
from relieftool.spreadsheets.source_tables import SourceRow, SourceTable
from relieftool.spreadsheets.table_problems import find_number_problems
from relieftool.spreadsheets.tables import Table
from relieftool.store.import_status import record_replacements
from relieftool.store.imports import (
    build_kept_problem,
    build_kept_table,
    find_import,
    record_import,
    record_mappings,
)
from relieftool.values.text import Cell, squeeze_heading

_LIVE = "SELECT * FROM imports WHERE import_id = ? AND undone_at IS NULL"
# `root` is the table with the rows: a table that was mapped again has none of its own.
_TABLES = """
    SELECT source_tables.*, ifnull(rows_of, source_tables.table_id) AS root FROM source_tables
    LEFT JOIN borrowed_rows ON borrowed_rows.table_id = source_tables.table_id
    WHERE import_id = ? ORDER BY source_tables.table_id
"""


def remap_import(db: Database, pack: Pack, import_no: int, columns: Mapping[str, str]) -> int:
    """Map columns of a live import to new targets; return the number of the import that results.

    `columns` are headings with their new targets. Only inside `write`.

    Raises:
        ReliefError: No live import has this number, it has relief's own forms, a heading or target
            does not exist, or the columns already have these targets.
    """
    kept = next(db.query(_LIVE, [import_no]), None)
    if kept is None:
        raise ReliefError(
            str(import_no),
            _("no import that counts has this number"),
            _("`relief imports` lists the numbers."),
        )
    before = FileDeclaration.model_validate(json.loads(kept["declared"]))
    declared = add_mappings(before, {"": columns})
    known = build_pack_catalogue(pack)
    rows = list(db.query(_TABLES, [import_no]))
    _refuse_forms(rows, import_no)
    tables = [_remap_table(db, row, declared, known, pack, kept["file_name"]) for row in rows]
    _refuse_unmet_headings(tables, columns)
    name, sha256, values = kept["file_name"], kept["sha256"], declared_values(declared)
    if find_import(db, sha256, values) is not None:
        raise ReliefError(
            str(import_no),
            _("its columns are mapped like this already"),
            _("Name another column or another fact after --map."),
        )
    number = record_import(db, name, sha256, values, tables, [declared_values(before)])
    record_replacements(db, number, [import_no])
    record_mappings(db, number, _list_mappings(tables, columns))
    return number


def _list_mappings(
    tables: Iterable[SourceTable], columns: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Return the new targets of each table's columns, by fingerprint and heading."""
    targets = {squeeze_heading(header): target for header, target in columns.items()}
    mappings = {}
    for table in tables:
        headings = [str(column["header"]) for column in table.columns]
        own = {
            heading: targets[heading]
            for heading in map(squeeze_heading, headings)
            if heading in targets
        }
        if own:
            mappings[hash_headings(headings)] = own
    return mappings


def _refuse_forms(rows: Iterable[Mapping[str, object]], import_no: int) -> None:
    """Raise ReliefError if a table is a form of relief: its cells are not found by headings."""
    if any(row["title"] in TITLES for row in rows):
        raise ReliefError(
            str(import_no),
            _("this import has forms of relief, whose rows are not mapped by headings"),
            _("Correct the form, and import it again with --replace."),
        )


def _refuse_unmet_headings(tables: list[SourceTable], columns: Mapping[str, str]) -> None:
    """Raise ReliefError if no table has a heading of `columns`."""
    for problem in find_unmet_mappings(tables, FileDeclaration(map=dict(columns))):
        headings = [str(column["header"]) for table in tables for column in table.columns]
        raise ReliefError(
            problem.column,
            _("this import has no such column"),
            _("Its columns are: {headers}").format(headers=", ".join(filter(None, headings))),
        )


def _remap_table(  # noqa: PLR0913, PLR0917 a table and all that is known of its file
    db: Database,
    row: dict[str, Any],
    declared: FileDeclaration,
    known: Catalogue,
    pack: Pack,
    file_name: str,
) -> SourceTable:
    """Return a kept table with the corrected mapping; it borrows its rows unless parsed again."""
    kept = sorted(json.loads(row["columns"]), key=lambda column: int(column["position"]))
    declared = declared.of_sheet(row["sheet"])
    meanings = tuple(_read_column(column) for column in kept)
    above, below = _reparse_rows(db, row, meanings)
    columns = decide_columns(meanings, declared.map, known, pack)
    table = Table(
        sheet=row["sheet"],
        title=row["title"],
        first_header_row=row["first_header_row"],
        last_header_row=row["last_header_row"],
        headers=tuple(column.header for column in columns),
        rows=below,
        community=row["community"],
        covers=row["covers"],
        sheet_columns=tuple(column.get("sheet_column", column["position"]) for column in kept),
        above=above,
        covered=_list_covered(kept),
        hidden_rows=tuple(json.loads(row["hidden_rows"])),
    )
    remapped = build_source_table(table, columns, declared, pack, PurePath(file_name).stem)
    remapped = remapped or build_kept_table(row)
    return replace(
        remapped,
        struck_rows=json.loads(row["struck_rows"]),
        rows_of=None if remapped.rows else row["root"],
        problems=[
            *_list_open_problems(db, row, declared, remapped.columns),
            *_find_number_problems(db, row, table, columns, declared),
        ],
    )


def _list_covered(columns: Iterable[Mapping[str, Any]]) -> dict[tuple[int, int], int]:
    """Return the cells that a kept table has under merged cells, each with its top row."""
    return {
        (number, column["position"]): top
        for column in columns
        for number, top in column.get("covered", ())
    }


def _find_number_problems(
    db: Database,
    row: dict[str, Any],
    table: Table,
    columns: Iterable[ColumnMeaning],
    declared: FileDeclaration,
) -> Iterator[Problem]:
    """Yield the problems of columns of ID numbers that are not used now, unless left out."""
    kept = db.execute(_FIRST_ROWS, [row["root"]]).fetchall()
    rows = [
        SourceRow(number, role, continues, _fill(json.loads(cells), len(table.headers)))
        for number, role, continues, cells in kept
    ]
    left_out = {squeeze_heading(header) for header, target in declared.map.items() if target == "-"}
    asked = [column for column in columns if squeeze_heading(column.header) not in left_out]
    yield from find_number_problems(replace(table, rows=tuple(rows)), asked)


_FIRST_ROWS = """
    SELECT row_number, role, continues, cells FROM source_rows WHERE table_id = ?
    ORDER BY row_number LIMIT 1000
"""


def _fill(cells: list[Cell], width: int) -> list[Cell]:
    """Return the cells of a row, with blank ones at the end as far as there are headings."""
    return cells + [None] * (width - len(cells))


def _read_column(record: Mapping[str, Any]) -> ColumnMeaning:
    """Return the stored record of a column as a ColumnMeaning."""
    return ColumnMeaning(
        record["position"],
        record["header"],
        record["target"],
        record.get("place"),
        record.get("scale"),
        covers=record.get("covers"),
        also=record.get("also"),
        is_scattered=record.get("is_scattered", False),
    )


def _reparse_rows(
    db: Database, row: dict[str, Any], columns: Sequence[ColumnMeaning]
) -> tuple[tuple[SourceRow, ...], Sequence[SourceRow]]:
    """Return the rows above and below the headings of a table without a known column, parsed again.

    They were kept as notes, and people must be found in them now. For any other table, no rows are
    returned: its kept rows have the right roles and are borrowed.
    """
    if not columns or any(column.target for column in columns):
        return (), ()
    first, last = row["first_header_row"], row["last_header_row"]
    kept = db.execute("SELECT row_number, cells FROM source_rows WHERE table_id = ?", [row["root"]])
    cells = {number: json.loads(text) for number, text in kept.fetchall()}
    above = tuple(
        SourceRow(number, "note", None, tuple(row_cells))
        for number, row_cells in cells.items()
        if number < first
    )
    headings = [column.header for column in columns]
    end = max([last, *cells])
    grid = [cells.get(number, []) if number > last else [] for number in range(1, end + 1)]
    grid[last - 1] = headings
    places = list(range(len(headings)))
    return above, read_rows(Grid(grid, []), places, range(first - 1, last), end - 1, headings)


def _list_open_problems(
    db: Database,
    row: dict[str, Any],
    declared: FileDeclaration,
    columns: Iterable[Mapping[str, object]],
) -> list[Problem]:
    """Return the problems found in reading a sheet, except those that the new mapping solves."""
    mapped = {squeeze_heading(header) for header in declared.map}
    targets = {str(column["target"]) for column in columns if column["target"]}
    problems = db.query(
        "SELECT * FROM problems WHERE import_id = ? AND sheet = ? AND stage = 'reading'",
        [row["import_id"], row["sheet"]],
    )
    return [
        build_kept_problem(problem)
        for problem in problems
        if not _is_settled(problem, mapped, targets)
    ]


def _is_settled(problem: Mapping[str, Any], mapped: set[str], targets: set[str]) -> bool:
    """Whether a problem is solved by mapping the headings `mapped`, so that `targets` are known."""
    match problem["code"]:
        case "map-unused":
            return True
        case "table-unknown":
            return bool(targets)
        case "column-of-numbers" | "column-unheaded":
            return True  # found anew, as another column may have lost its meaning
        case "column-unknown" | "column-assumed":
            return squeeze_heading(problem["column_header"]) in mapped
        case "households-by-relation" | "households-by-column" | "households-of-one":
            return "household_no" in targets
    return False
