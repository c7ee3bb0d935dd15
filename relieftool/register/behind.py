"""The source rows behind a household, word for word, also under headings that nobody knows."""

import json
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from relieftool.values.text import Cell, is_blank


@dataclass(frozen=True)
class SourceCell:
    """A cell that shows something: its heading, what the column was read as (None: not used)."""

    heading: str
    target: str | None
    value: Cell


@dataclass(frozen=True)
class HouseholdRow:
    """A row that speaks of a household, as it counts now, and where it stands."""

    file_name: str
    sheet: str
    number: int
    cells: tuple[SourceCell, ...]


def list_source_rows(db: Database, household_no: str) -> list[HouseholdRow]:
    """List the rows that a household's facts, members and receipts come from."""
    return [
        HouseholdRow(row["file_name"], row["sheet"], row["row_number"], _cells(row))
        for row in db.query(_HOUSEHOLD_ROWS, {"household_no": household_no})
    ]


# A corrected row is told where the one stands that it replaces, in the table that reads it now.
_HOUSEHOLD_ROWS = """
    SELECT imports.file_name, source_tables.sheet, root.row_number, told.cells,
        source_tables.columns
    FROM (
        SELECT row_id FROM became WHERE household_no = :household_no
        UNION SELECT row_id FROM receipts WHERE household_no = :household_no
    ) AS used
    JOIN source_rows AS told ON told.row_id = used.row_id
    LEFT JOIN corrections ON corrections.row_id = told.row_id
    JOIN source_rows AS root ON root.row_id = ifnull(corrections.replaces, told.row_id)
    JOIN source_tables ON root.table_id = ifnull(
        (SELECT rows_of FROM borrowed_rows WHERE borrowed_rows.table_id = source_tables.table_id),
        source_tables.table_id)
    JOIN imports ON imports.import_id = source_tables.import_id
    WHERE imports.undone_at IS NULL
    ORDER BY imports.file_name, source_tables.table_id, root.row_number
"""


def _cells(row: dict[str, Any]) -> tuple[SourceCell, ...]:
    columns = sorted(json.loads(row["columns"]), key=lambda one: int(one["position"]))
    cells = zip(columns, json.loads(row["cells"]), strict=False)
    return tuple(
        SourceCell(column["header"], column["target"], cell)
        for column, cell in cells
        if not is_blank(cell)
    )
