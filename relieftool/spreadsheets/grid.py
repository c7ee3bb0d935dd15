"""The cells of a sheet as people see them: what is blank, what is a figure, what is merged."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from relieftool.values.text import Cell, is_empty_cell

MergedCells = tuple[int, int, int, int]

# A number, an amount, a date, a phone or an ID number.
_FIGURE = re.compile(r"[\s'`\xa0]*[-+￥¥]?\d[\d\s.,:：/\-+%％元年月日号eExXＸ*]*")
_LONG_NUMBER = re.compile(r"\d{7}")


def is_figure(cell: Cell) -> bool:
    """Whether a cell is a figure, as in the body of a table and not in its header.

    >>> [is_figure(cell) for cell in (3.0, "1,570.44", "2024-12-10", "36030219900101123X", "姓名")]
    [True, True, True, True, False]
    """
    if not isinstance(cell, str):
        return cell is not None
    return bool(_FIGURE.fullmatch(cell) or _LONG_NUMBER.search(cell))


def list_filled_places(cells: Sequence[Cell]) -> list[int]:
    """Return the places of a row that show something."""
    return [
        place
        for place, cell in enumerate(cells)
        if cell is not None and (not isinstance(cell, str) or (cell and not cell.isspace()))
    ]


@dataclass(frozen=True)
class Grid:
    """The rows of a sheet and its merged cells; rows and columns count from 0."""

    rows: Sequence[list[Cell]]
    merged: list[MergedCells]

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell's own value; None beyond the end of a row or of the sheet."""
        cells = self.rows[row] if 0 <= row < len(self.rows) else []
        return cells[column] if column < len(cells) else None

    def filled(self, row: int) -> list[int]:
        """Return the columns of a row that show something."""
        return list_filled_places(self.rows[row])

    def is_empty(self, row: int) -> bool:
        """Whether a row shows nothing at all."""
        return all(cell is None or is_empty_cell(cell) for cell in self.rows[row])

    def merges_from(self, first: int, last: int) -> list[MergedCells]:
        """Return the merged areas whose top row is from `first` to `last` (inclusive)."""
        return [merge for merge in self.merged if first <= merge[0] <= last]
