"""Tables as an xlsx workbook where every text is text: no formula, no ID number made a number."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.output.clean import escape_invisible, measure_width
from relieftool.output.paper import fit_to_paper, lay_out_for_print
from relieftool.output.result import PlainTable
from relieftool.output.result_cells import ResultCell, format_cell, format_plain

_MOST_ROWS = 1_048_576
_MOST_CHARACTERS = 32_767
_LONGEST_SHEET_NAME = 31
_WIDEST_COLUMN = 60
_ROWS_MEASURED = 200


def write_workbook(grids: Sequence[PlainTable], path: Path) -> None:
    """Write one sheet for each table, and a last one with the titles and notes.

    openpyxl makes a formula of a text like "=1+1" and cuts long texts silently: neither may happen.
    """
    from openpyxl import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 start-up time

    workbook = Workbook()
    workbook.remove(workbook.active)
    for grid, name in zip(grids, _sheet_names(grids), strict=True):
        sheet = workbook.create_sheet(name)
        _fill_sheet(sheet, [[column.label for column in grid.columns], *grid.rows])
        sheet.freeze_panes = "A2"
        fit_to_paper(sheet, escape_invisible(grid.title))
        if grid.is_for_print:
            lay_out_for_print(sheet, grid)
    notes = workbook.create_sheet(_("Notes"))
    _fill_sheet(notes, list(_notes(grids)))
    fit_to_paper(notes, "")
    workbook.save(path)


def count_workbook_rows(path: Path) -> list[int]:
    """Count the rows of each sheet of a workbook as another program would read them."""
    from openpyxl import load_workbook  # noqa: PLC0415 start-up time

    workbook = load_workbook(path, read_only=True)
    try:
        return [sum(1 for _row in sheet.iter_rows()) for sheet in workbook.worksheets]
    finally:
        workbook.close()


def _notes(grids: Sequence[PlainTable]) -> Iterator[list[ResultCell]]:
    for grid in grids:
        yield [grid.heading]
        for line in (*grid.warnings, *grid.footer):
            yield [line]


def _sheet_names(grids: Sequence[PlainTable]) -> Iterator[str]:
    """Name each sheet by its table's title, cut to what Excel allows, its number in front."""
    for number, grid in enumerate(grids, start=1):
        yield format_sheet_name(f"{number} {grid.title}")


def format_sheet_name(title: str) -> str:
    """Give a title as Excel allows it for a sheet."""
    return re.sub(r"[\[\]:*?/\\']", " ", escape_invisible(title))[:_LONGEST_SHEET_NAME].strip()


def _fill_sheet(sheet: Any, rows: Sequence[Sequence[ResultCell]]) -> None:
    if len(rows) > _MOST_ROWS:
        raise ReliefError(
            sheet.title,
            _("{rows} rows are more than a workbook holds").format(rows=len(rows)),
            _("Write a file that ends in .csv, or ask for one community at a time."),
        )
    for row_number, row in enumerate(rows, start=1):
        for column_number, cell in enumerate(row, start=1):
            write_cell(sheet.cell(row_number, column_number), cell)
    widen_columns(sheet, rows)


def write_cell(target: Any, cell: ResultCell) -> None:
    """Write one cell: figures as figures, every text as text."""
    if isinstance(cell, (int, Decimal)) and not isinstance(cell, bool):
        target.value = cell
        target.number_format = "#,##0.00" if isinstance(cell, Decimal) else "0"
    elif cell is not None and (text := format_plain(cell)):
        target.value = _whole(text)
        target.data_type = "s"
        target.number_format = "@"


def _whole(text: str) -> str:
    if len(text) <= _MOST_CHARACTERS:
        return text
    raise ReliefError(
        ".xlsx",
        _("a cell of {count} characters is longer than a workbook holds").format(count=len(text)),
        _("Write a file that ends in .csv or .json instead."),
    )


def widen_columns(sheet: Any, rows: Sequence[Sequence[ResultCell]]) -> None:
    """Make the columns as wide as what the first rows hold, up to a limit."""
    from openpyxl.utils import (  # type: ignore[import-untyped] # noqa: PLC0415 start-up time
        get_column_letter,
    )

    for number, cells in enumerate(zip_longest(*rows[:_ROWS_MEASURED], fillvalue=""), start=1):
        widest = max(measure_width(format_cell(cell)) for cell in cells)
        sheet.column_dimensions[get_column_letter(number)].width = min(widest + 2, _WIDEST_COLUMN)
