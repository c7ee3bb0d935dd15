"""How a form stands on paper: how high its rows are, and where its pages end.

A page never ends between a heading and its first row, nor before the signatures alone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from relieftool.output.clean import measure_width

LINE_HEIGHT = 14.0
PRINTED_LAST = 6
TITLE_ROWS = "2:3"
# A4 less the margins below, in points; less a little, as no two programs measure alike.
_PAGE_HEIGHT = 735.0
_MARGINS = {"left": 0.45, "right": 0.45, "top": 0.5, "bottom": 0.75, "header": 0.3, "footer": 0.35}
# Narrow enough for A4 at full size where letters are as wide as in WPS.
_WIDTHS = {"A": 5, "B": 9, "C": 26, "D": 13, "E": 19, "F": 15}  # D: a telephone number
_LOST_AT_LINE_ENDS = 1, 4


@dataclass(frozen=True)
class PaperRow:
    """One printed row: how high it is, and whether the next must stand on the same page."""

    height: float
    is_kept: bool = False


def measure_columns(first: int, last: int) -> int:
    """Give how many letters stand side by side in these columns (both inclusive)."""
    return sum(list(_WIDTHS.values())[first - 1 : last])


def measure_height(text: str, width: int) -> float:
    """Give the height of a text in points; a Chinese character takes the room of two letters.

    >>> measure_height("家庭住址", 8), measure_height("家庭住址在哪里", 8), measure_height("a long question", 9)
    (16.0, 30.0, 44.0)
    """
    wide = measure_width(text)
    lost = _LOST_AT_LINE_ENDS[wide <= len(text)]  # words go over to the next line as a whole
    lines = 1 if wide <= width else math.ceil(wide / max(1, width - lost))
    return LINE_HEIGHT * lines + 2


def find_page_ends(rows: Sequence[PaperRow], repeated: float) -> list[int]:
    """Give the places, counted from 1, of the rows that a page ends after.

    `repeated` is the height of the rows that every page but the first begins with.

    >>> find_page_ends([PaperRow(300), PaperRow(300), PaperRow(100, is_kept=True), PaperRow(300)], 50)
    [2]
    """
    ends: list[int] = []
    start, used = 0, 0.0
    for place, row in enumerate(rows):
        used += row.height
        if used > _PAGE_HEIGHT and place > start:
            end = _last_end(rows, start, place)
            ends.append(end)
            start = end
            used = repeated + sum(one.height for one in rows[end : place + 1])
    return ends


def _last_end(rows: Sequence[PaperRow], start: int, place: int) -> int:
    """Give the last place at which a page may end; where there is none, the one before `place`."""
    allowed = [one for one in range(start + 1, place + 1) if not rows[one - 1].is_kept]
    return allowed[-1] if allowed else place


def lay_out_form(sheet: Any, rows: Sequence[PaperRow], number: str) -> None:
    """Fit a form to the width of A4, its top rows on every page; hide its marks.

    `rows` begin with the second row of the sheet: the first names the columns and is hidden.
    """
    from openpyxl.worksheet.pagebreak import (  # type: ignore[import-untyped]  # noqa: PLC0415
        Break,
    )

    for column, width in _WIDTHS.items():
        sheet.column_dimensions[column].width = width
    sheet.row_dimensions[1].hidden = True
    for place, row in enumerate(rows, start=2):
        sheet.row_dimensions[place].height = row.height
    for end in find_page_ends(rows, rows[0].height + rows[1].height):
        sheet.row_breaks.append(Break(id=end + 1))
    setup = sheet.page_setup
    setup.orientation, setup.paperSize = "portrait", sheet.PAPERSIZE_A4
    setup.fitToWidth, setup.fitToHeight = 1, 0
    setup.firstPageNumber, setup.useFirstPageNumber = 1, True  # each household's own pages
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = TITLE_ROWS
    sheet.print_area = f"A2:F{len(rows) + 1}"
    for edge, inches in _MARGINS.items():
        setattr(sheet.page_margins, edge, inches)
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.center.text = f"{number.replace('&', '&&')}    &P"
