"""Kept rows as lines: the live tables with their columns, each row as it was corrected last."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlite_utils import Database

from relieftool.register.lines import Line, MappedColumn, SheetTable, TargetKey
from relieftool.values.cells import has_two_for_no
from relieftool.values.text import fold_heading, is_blank, simplify_characters
from relieftool.values.units import add_unit_above, find_unit_above, split_heading

_FORM_KEY, _OPENING = "form_key", "opening."  # what relief's own form, and openings, are kept as
# Who a row is about: of several columns the first says it; another may be the payee's.
_OF_ONE_COLUMN = frozenset(
    {
        *("serial", "household_no", "head_name", "head_id_number", "community", "name"),
        *("id_number", "relation", "receives", "remark", "programme", "paid_state", "covers"),
    }
)


def read_lines(db: Database) -> Iterator[tuple[SheetTable, list[Line]]]:
    """Return the live tables with their data and total rows, in the order of file and sheet."""
    corrected = _corrected(db)
    for table, rows_of in list_live_tables(db):
        yield _lines(db, rows_of, table, corrected)


def list_live_tables(db: Database) -> Iterator[tuple[SheetTable, int]]:
    """Return the live tables that say something, each with the number its rows are kept under."""
    tables = db.query(
        "SELECT source_tables.*, borrowed_rows.rows_of, imports.file_name, imports.imported_at,"
        " imports.declared"
        " FROM source_tables"
        " JOIN imports ON imports.import_id = source_tables.import_id"
        " LEFT JOIN borrowed_rows ON borrowed_rows.table_id = source_tables.table_id"
        " WHERE imports.undone_at IS NULL"
        " ORDER BY imports.file_name, imports.sha256, source_tables.table_id"
    )
    for row in list(tables):
        table = _table(row)
        if table.columns:  # rows of a table nobody understands are kept and say nothing
            yield table, row["rows_of"] or row["table_id"]


def list_household_lines(read: Iterable[tuple[SheetTable, list[Line]]]) -> list[Line]:
    """Return the rows that speak of households and their people, without totals."""
    lists = [line for table, lines in read if table.kind == "households" for line in lines]
    return [line for line in lists if line.role != "total"]


def _corrected(db: Database) -> dict[int, tuple[int, str]]:
    """Return for each row that live corrections replace the newest one: its number and its cells."""
    rows = db.execute(
        "SELECT corrections.replaces, corrections.row_id, source_rows.cells FROM corrections"
        " JOIN source_rows ON source_rows.row_id = corrections.row_id"
        " JOIN source_tables ON source_tables.table_id = source_rows.table_id"
        " JOIN imports ON imports.import_id = source_tables.import_id"
        " WHERE imports.undone_at IS NULL ORDER BY corrections.row_id"
    )
    return {replaced: (row_id, cells) for replaced, row_id, cells in rows}


def _table(row: dict[str, Any]) -> SheetTable:
    found: dict[TargetKey, list[MappedColumn]] = {}
    listed = json.loads(row["columns"])
    for column in listed:
        if column["target"] is not None:
            kept = _mapped(column, row["title"])
            found.setdefault((column["target"], column.get("place")), []).append(kept)
    columns = {key: alike[0] for key, alike in found.items()}
    return SheetTable(
        row["import_id"],
        row["file_name"],
        row["sheet"],
        _kind(columns) or row["table_kind"],
        row["title"],
        row["programme"],
        row["community"],
        row["covers"],
        None if row["is_complete"] is None else bool(row["is_complete"]),
        columns,
        imported_on=row["imported_at"][: len("2024-11-30")],
        unread=tuple(
            _mapped(one, row["title"]) for one in listed if one["target"] is None and one["header"]
        ),
        doubled=tuple(
            tuple(alike)
            for (target, _place), alike in found.items()
            if len(alike) > 1 and target not in _OF_ONE_COLUMN
        ),
        stated_area=_stated_area(row),
        folder=json.loads(row["declared"]).get("folder"),
        header_row=row["first_header_row"],
    )


def _stated_area(row: dict[str, Any]) -> str | None:
    """Return the community that was stated for a table: for its sheet, else for its file."""
    declared = json.loads(row["declared"])
    of_sheet = declared.get("sheets", {}).get(row["sheet"], {})
    area: str | None = of_sheet.get("area", declared.get("area"))
    return area


def _kind(columns: dict[TargetKey, MappedColumn]) -> str | None:
    """Tell forms and lists of openings, which speak of no households by themselves."""
    if (_FORM_KEY, None) in columns:
        return "form"
    return "openings" if any(name.startswith(_OPENING) for name, _place in columns) else None


def _mapped(column: dict[str, Any], title: str) -> MappedColumn:
    """Return a column as it was kept; an older import did not keep its place, nor every unit."""
    position = column["position"]
    sheet_column = column.get("sheet_column", position)
    return MappedColumn(
        position,
        column["header"],
        find_column_unit(column.get("scale"), column["header"], title),
        sheet_column,
        dict(column.get("covered", ())),
        column.get("is_of_each", False),
    )


def find_column_unit(own: str | None, heading: str, title: str) -> str | None:
    """Return what a column is measured in: by its heading, else by what is said of all columns."""
    stated = own or split_heading(fold_heading(heading.replace("/", "")))[1]
    return add_unit_above(stated, find_unit_above([simplify_characters(title)]))


def _lines(
    db: Database, table_id: int, table: SheetTable, corrected: Mapping[int, tuple[int, str]]
) -> tuple[SheetTable, list[Line]]:
    """Return the rows of a table, each as it was corrected last; one corrected to nothing is gone.

    The table comes with what all its rows prove.
    """
    rows = db.execute(
        "SELECT row_id, row_number, role, continues, cells FROM source_rows"
        " WHERE table_id = ? AND role <> 'note'"
        " AND row_id NOT IN (SELECT row_id FROM corrections) ORDER BY row_number",
        [table_id],
    )
    by_number: dict[int, Line] = {}
    for original_id, number, role, continues, original in rows:
        row_id, text = corrected.get(original_id, (original_id, original))
        cells = json.loads(text)
        if row_id == original_id or not all(is_blank(cell) for cell in cells):
            table.join_duplicate_cells(cells)
            head = by_number.get(continues) if continues is not None else None
            by_number[number] = Line(row_id, table, number, role, cells, head)
    if any(column.covered for column in table.columns.values()):
        table = _uncovered(table, by_number)
    return _settled(table, list(by_number.values()))


def _uncovered(table: SheetTable, lines: Mapping[int, Line]) -> SheetTable:
    """Let what was merged over several rows, and holds for each, stand with each of them.

    The table given keeps as covered only the blanks below an amount.
    """
    columns = {}
    for key, column in table.columns.items():
        covered = {
            number: top
            for number, top in column.covered.items()
            if top in lines and not is_blank(lines[top].cell(*key))
        }
        if column.is_of_each:
            for number in covered.keys() & lines.keys():
                line = lines[number]
                if is_blank(line.cell(*key)) and column.position < len(line.cells):
                    line.cells[column.position] = lines[covered[number]].cell(*key)
            covered = {}
        columns[key] = replace(column, covered=covered) if column.covered else column
    return replace(table, columns=columns)


def _settled(table: SheetTable, lines: list[Line]) -> tuple[SheetTable, list[Line]]:
    """Let a table know what the cells of its people prove."""
    people = [line for line in lines if line.role != "total"]
    proven = (
        key for key in table.columns if has_two_for_no(person.cell(*key) for person in people)
    )
    settled = replace(table, two_is_no=frozenset(proven))
    for line in lines:
        line.table = settled
    return settled, lines
