"""A sheet as a grid of cells: which are filled, which are figures, which are merged.

Rows and columns count from 0.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from relieftool.values.amounts import parse_numeral
from relieftool.values.text import (
    Cell,
    format_column_letter,
    is_empty_cell,
    narrow_characters,
)
from relieftool.values.vocabulary import list_words

# The top row, left column, bottom row and right column, all inclusive.
MergedCells = tuple[int, int, int, int]
# The first and last of some rows, or of some columns.
Span = tuple[int, int]


@dataclass
class HiddenParts:
    """The rows and columns of a sheet that are not shown: hidden, filtered out or collapsed.

    `struck` are the row and column of each cell that is struck through, all from 0.
    """

    rows: list[Span] = field(default_factory=list)
    columns: list[Span] = field(default_factory=list)
    struck: list[tuple[int, int]] = field(default_factory=list)


def blank_covered_cells(
    rows: Iterable[list[Cell]], merged: Iterable[MergedCells]
) -> Iterator[list[Cell]]:
    """Return rows with each cell under a merged cell blank: WPS and Excel show its corner alone.

    A value stays below a merged cell when only formats are pasted, and nobody sees it.
    """
    waiting = sorted(merged, reverse=True)
    covering: list[MergedCells] = []
    for number, cells in enumerate(rows):
        while waiting and waiting[-1][0] <= number:
            covering.append(waiting.pop())
        for top, left, _bottom, right in covering:
            covered = slice(left + (number == top), right + 1)
            cells[covered] = [None] * len(cells[covered])
        covering = [merge for merge in covering if merge[2] > number]
        yield cells


# Column signs: 3=1+2 and 1.0 are 3 and 1; the first columns may have such words instead.
_AFTER_SIGN = re.compile(r"[=＝].*|\.0$")
_STEMS = list("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥")
_LABELS_OF_SIGNS = frozenset({*_STEMS[:5], *list_words("around_tables")["column_signs"]})
# Two numbers may be a row of data; two signs such as ① ② are not.
_FEWEST_SIGNS, _FEWEST_PLAIN_SIGNS = 2, 4
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


def are_column_signs(texts: Sequence[str]) -> bool:
    """Whether the texts of a row only count the columns, as 甲 乙 1 2 3 or ① ② ③=①+② do.

    >>> are_column_signs(["甲", "1", "2", "3"]), are_column_signs(["(1)", "(2)"])
    (True, True)
    >>> are_column_signs(["A", "B"]), are_column_signs(["1", "2"])
    (True, False)
    >>> are_column_signs(["甲", "乙", "丙"])
    True
    """
    ordinals = [
        _AFTER_SIGN.sub("", narrow_characters(text)).strip("()第栏列.").upper()
        for text in texts
        if text not in _LABELS_OF_SIGNS
    ]
    is_plain = all(text.isdecimal() or text.endswith(".0") for text in texts)
    if len(texts) >= _FEWEST_SIGNS and list(texts) == _STEMS[: len(texts)]:
        return True
    if not ordinals or len(texts) < (_FEWEST_PLAIN_SIGNS if is_plain else _FEWEST_SIGNS):
        return False
    letters = [format_column_letter(number) for number in range(len(ordinals))]
    numbers = [str(parse_numeral(ordinal) or ordinal) for ordinal in ordinals]
    return ordinals == letters or numbers == [str(1 + i) for i in range(len(ordinals))]


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
