"""A sheet as a grid of cells: which are filled, which are figures, which are merged.

Rows and columns count from 0.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from relieftool.values.text import Cell, is_empty_cell

# The top row, left column, bottom row and right column, all inclusive.
MergedCells = tuple[int, int, int, int]

# A number, an amount, a date, a phone number or an ID number.
_FIGURE = re.compile(r"[\s'`\xa0]*[-+￥¥]?\d[\d\s.,:：/\-+%％元年月日号eExXＸ*]*")
_LONG_NUMBER = re.compile(r"\d{7}")


def is_figure(cell: Cell) -> bool:
    """Whether a cell is a figure: a number, an amount, a date, or a text with a long number.

    Figures are common in the body of a table and rare in its header.

    >>> [is_figure(cell) for cell in (3.0, "1,570.44", "2024-12-10", "36030219900101123X", "姓名")]
    [True, True, True, True, False]
    """
    if not isinstance(cell, str):
        return cell is not None
    return bool(_FIGURE.fullmatch(cell) or _LONG_NUMBER.search(cell))


def list_filled_places(cells: Sequence[Cell]) -> list[int]:
    """Return the positions, from 0, of the cells of a row that are not blank."""
    return [
        position
        for position, cell in enumerate(cells)
        if cell is not None and (not isinstance(cell, str) or (cell and not cell.isspace()))
    ]


def is_empty_row(cells: Sequence[Cell]) -> bool:
    """Whether a row has only blank cells."""
    for cell in cells:  # noqa: SIM110 called for every row: a generator is twice as slow
        if not is_empty_cell(cell):
            return False
    return True


@dataclass(frozen=True)
class Grid:
    """The rows of a sheet and its merged cells."""

    rows: Sequence[list[Cell]]
    merged: list[MergedCells]

    def cell(self, row: int, column: int) -> Cell:
        """Return the value of a cell; None if it is beyond the end of its row or of the sheet."""
        cells = self.rows[row] if 0 <= row < len(self.rows) else []
        return cells[column] if column < len(cells) else None

    def filled(self, row: int) -> list[int]:
        """Return the columns in which a row is not blank."""
        return list_filled_places(self.rows[row])

    def is_empty(self, row: int) -> bool:
        """Whether a row has only blank cells."""
        return is_empty_row(self.rows[row])

    def merges_from(self, first: int, last: int) -> list[MergedCells]:
        """Return the merged cells whose top row is from `first` to `last` (inclusive)."""
        return [merge for merge in self.merged if first <= merge[0] <= last]
