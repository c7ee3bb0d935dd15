"""Writes tables to an xlsx workbook in which every text stays text, ID numbers and formulas too.

Each table prints on A4, with borders, wrapped cells and rows as high as their text.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.output.result import Column, PlainTable
from relieftool.output.result_cells import (
    ResultCell,
    format_cell,
    format_plain,
)
from relieftool.values.screen_text import escape_invisible, measure_width

_MARGINS = {"left": 0.4, "right": 0.4, "top": 0.8, "bottom": 0.7, "header": 0.4, "footer": 0.35}
_PAGE_WIDTH = 140  # letters on landscape A4 at full size
_NARROWEST, _ROOM_FOR_A_PEN = 6, 11
_WIDEST, _WIDEST_WIDE = 24, 34
_LINE_HEIGHT, _LEAST_HEIGHT = 15, 22
_LONGEST_FOOTER = 200  # Excel takes 255 characters, formatting codes included


def fit_to_paper(sheet: Any, title: str) -> None:
    """Fit a sheet to the width of landscape A4, its title and first row on every page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    for edge, inches in _MARGINS.items():
        setattr(sheet.page_margins, edge, inches)
    sheet.oddHeader.center.text = title.replace("&", "&&")
    sheet.oddHeader.center.size = 14
    sheet.oddFooter.right.text = "&P / &N"


def lay_out_for_print(sheet: Any, table: PlainTable) -> None:
    """Set borders, wrapping, sizes and drop-down lists; print the table's footer on every page."""
    from openpyxl.styles import (  # type: ignore[import-untyped] # noqa: PLC0415 start-up time
        Alignment,
        Border,
        Font,
        PatternFill,
        Side,
    )
    from openpyxl.utils import (  # type: ignore[import-untyped] # noqa: PLC0415 start-up time
        get_column_letter,
    )

    line = Side(style="thin")
    border = Border(line, line, line, line)
    wrapped = {
        side: Alignment(wrap_text=True, vertical="center", horizontal=side)
        for side in ("left", "right")
    }
    for row in sheet.iter_rows(max_col=len(table.columns)):
        for cell, column in zip(row, table.columns, strict=True):
            cell.alignment, cell.border = wrapped[column.justify], border
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E7E6E6")
    widths = measure_printed_widths(table)
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for number, texts in enumerate(_list_lines(table), start=1):
        sheet.row_dimensions[number].height = _measure_height(texts, widths)
    sheet.oddFooter.left.text = escape_invisible(" ".join(table.footer))[:_LONGEST_FOOTER].replace(
        "&", "&&"
    )
    _add_choices(sheet, table)


def measure_printed_widths(table: PlainTable) -> list[float]:
    """Return the widths of a printed table's columns, in letters.

    The rest of the page is shared by the wide columns or, if there are none, by the empty columns
    to fill in. A column that `is_whole` is never wrapped; an empty column has room for a pen.
    """
    columns = [[line[place] for line in _list_lines(table)] for place in range(len(table.columns))]
    widths = [
        _measure_width(column, texts) for column, texts in zip(table.columns, columns, strict=True)
    ]
    left = _PAGE_WIDTH - sum(widths)
    takers = [place for place, column in enumerate(table.columns) if column.is_wide] or [
        place for place, texts in enumerate(columns) if not any(texts[1:])
    ]
    for place in takers:
        widths[place] += max(0.0, left) / len(takers)
    return widths


def _measure_width(column: Column[Any], texts: Sequence[str]) -> float:
    """Return the width of one column, in letters, before the rest of the page is shared."""
    widest = max(map(measure_width, texts)) + 2
    if column.is_whole:
        return widest
    if not any(texts[1:]):
        return max(_ROOM_FOR_A_PEN, min(widest, _WIDEST))
    least = max(_NARROWEST, min(measure_width(texts[0]) + 2, _ROOM_FOR_A_PEN))
    return max(least, min(widest, _WIDEST_WIDE if column.is_wide else _WIDEST))


def _list_lines(table: PlainTable) -> Iterator[list[str]]:
    """Yield the cells of each row as printed, the labels first."""
    yield [column.label for column in table.columns]
    for row in table.rows:
        yield ["" if cell is None else format_cell(cell) for cell in row]


def _measure_height(texts: Sequence[str], widths: Sequence[float]) -> float:
    """Return the height of a row in points, so that its longest cell fits."""
    lines = max(
        math.ceil(measure_width(text) / max(1.0, width - 2))
        for text, width in zip(texts, widths, strict=True)
    )
    return max(_LEAST_HEIGHT, lines * _LINE_HEIGHT + 4)


def _add_choices(sheet: Any, table: PlainTable) -> None:
    """Add a drop-down list to each column that has choices."""
    from openpyxl.worksheet.datavalidation import (  # type: ignore[import-untyped]  # noqa: PLC0415
        DataValidation,
    )

    for number, column in enumerate(table.columns, start=1):
        if column.choices and table.rows:
            drop_down = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"')
            sheet.add_data_validation(drop_down)
            first, last = sheet.cell(2, number), sheet.cell(len(table.rows) + 1, number)
            drop_down.add(f"{first.coordinate}:{last.coordinate}")


_MOST_ROWS = 1_048_576
_MOST_CHARACTERS = 32_767
_LONGEST_SHEET_NAME = 31
_WIDEST_COLUMN = 60
_ROWS_MEASURED = 200


def write_workbook(
    tables: Sequence[PlainTable],
    path: Path,
    lines: Sequence[str] = (),
    finish: Callable[[Any], None] | None = None,
) -> None:
    """Write one sheet for each table, and a last sheet with `lines` and the titles and notes.

    `finish` may add to the workbook before it is saved.

    openpyxl would turn a text like "=1+1" into a formula and cut long texts silently; `write_cell`
    prevents both.
    """
    from openpyxl import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 start-up time

    workbook = Workbook()
    workbook.remove(workbook.active)
    for table, name in zip(tables, _sheet_names(tables), strict=True):
        sheet = workbook.create_sheet(name)
        _fill_sheet(sheet, [[column.label for column in table.columns], *table.rows])
        sheet.freeze_panes = "A2"
        fit_to_paper(sheet, escape_invisible(table.title))
        lay_out_for_print(sheet, table)
    notes = workbook.create_sheet(_("Notes"))
    _fill_sheet(notes, [*([line] for line in lines), *_list_notes(tables)])
    fit_to_paper(notes, "")
    if finish is not None:
        finish(workbook)
    workbook.save(path)


def count_workbook_rows(path: Path) -> list[int]:
    """Return the number of rows on each sheet of a workbook, as read from the file."""
    from openpyxl import load_workbook  # noqa: PLC0415 start-up time

    workbook = load_workbook(path, read_only=True)
    try:
        return [sum(1 for _row in sheet.iter_rows()) for sheet in workbook.worksheets]
    finally:
        workbook.close()


def _list_notes(tables: Sequence[PlainTable]) -> Iterator[list[ResultCell]]:
    for table in tables:
        yield [table.heading]
        for line in (*table.warnings, *table.footer):
            yield [line]


def _sheet_names(tables: Sequence[PlainTable]) -> Iterator[str]:
    """Yield a sheet name for each table: its number and title, cut to what Excel allows."""
    for number, table in enumerate(tables, start=1):
        yield format_sheet_name(f"{number} {table.title}")


def format_sheet_name(title: str) -> str:
    """Return a title without the characters that Excel forbids, cut to 31 characters."""
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
    """Write one cell: numbers as numbers, texts as text. Raise ReliefError if it is too long."""
    if isinstance(cell, (int, Decimal)) and not isinstance(cell, bool):
        target.value = cell
        target.number_format = "#,##0.00" if isinstance(cell, Decimal) else "0"
    elif cell is not None and (text := format_plain(cell)):
        target.value = _check_length(text)
        target.data_type = "s"
        target.number_format = "@"


def _check_length(text: str) -> str:
    if len(text) <= _MOST_CHARACTERS:
        return text
    raise ReliefError(
        ".xlsx",
        _("a cell of {count} characters is longer than a workbook holds").format(count=len(text)),
        _("Write a file that ends in .csv or .json instead."),
    )


def widen_columns(sheet: Any, rows: Sequence[Sequence[ResultCell]]) -> None:
    """Set the widths of the columns to fit the first rows, up to a limit."""
    from openpyxl.utils import (  # noqa: PLC0415 start-up time
        get_column_letter,
    )

    for number, cells in enumerate(zip_longest(*rows[:_ROWS_MEASURED], fillvalue=""), start=1):
        widest = max(measure_width(format_cell(cell)) for cell in cells)
        sheet.column_dimensions[get_column_letter(number)].width = min(widest + 2, _WIDEST_COLUMN)
