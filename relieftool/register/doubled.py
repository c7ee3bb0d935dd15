"""Columns of one table that mean the same: used where they agree, unknown and told where not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self, TypeVar

from relieftool.messages import Message
from relieftool.values.cells import ValueProblem
from relieftool.values.text import Cell, is_blank, plain_text

_LETTERS = 26
Value = TypeVar("Value")


@dataclass(frozen=True)
class MappedColumn:
    """A mapped column: where it is, its heading, the unit the heading states.

    `position` counts the columns of the table, `sheet_column` those of the sheet, both from 0.
    `covered` gives for a row whose cell is merged with one above the row of that one; `is_of_each`
    says that such a cell holds for every row it covers, as 是否重病 does and an amount does not.
    """

    position: int
    header: str
    scale: str | None
    sheet_column: int
    covered: Mapping[int, int] = field(default_factory=dict)
    is_of_each: bool = False

    @property
    def told(self) -> str:
        """Give heading and letter, for two columns may be headed alike."""
        return f"{self.header} ({format_column_letter(self.sheet_column)})"


class CellPart(NamedTuple):
    """What one of the columns holds on a row."""

    cell: Cell
    column: MappedColumn


class DuplicateCells(str):
    """What several columns of one meaning hold on one row, without those left blank.

    As a text it is all of it, which nobody mistakes for a value.
    """

    __slots__ = ("parts",)
    parts: tuple[CellPart, ...]

    def __new__(cls, parts: Sequence[CellPart]) -> Self:
        """Join the cells."""
        made = super().__new__(cls, " | ".join(plain_text(one.cell) for one in parts))
        made.parts = tuple(parts)
        return made


class ColumnsDiffer(ValueProblem):
    """Columns of one meaning hold different values on one row."""

    code = "columns-disagree"


def join_cells(cells: list[Cell], columns: Sequence[MappedColumn]) -> None:
    """Let the first of several columns stand for all of them on one row."""
    parts = [CellPart(cells[one.position], one) for one in columns if one.position < len(cells)]
    filled = [one for one in parts if not is_blank(one.cell)]
    if filled and filled[0].column is columns[0]:
        first, *others = filled
        filled = [first, *(one for one in others if _other(one) != _other(first))]
    if filled and (len(filled) > 1 or filled[0].column is not columns[0]):
        cells[columns[0].position] = DuplicateCells(filled)


def _other(part: CellPart) -> tuple[Cell, str | None]:
    return part.cell, part.column.scale


def read_duplicate_cells(
    cell: Cell, scale: str | None, read: Callable[[Cell, str | None], Value]
) -> Value:
    """Read a cell, or the cells of several columns, each in its own unit.

    Raises:
        ValueProblem: A cell cannot be read.
        ColumnsDiffer: They say different things.
    """
    if not isinstance(cell, DuplicateCells):
        return read(cell, scale)
    values = [read(one.cell, one.column.scale) for one in cell.parts]
    if any(value != values[0] for value in values):
        raise ColumnsDiffer(format_difference(cell))
    return values[0]


def format_difference(cell: DuplicateCells) -> Message:
    """Say that columns of one meaning differ on a row, and which."""
    return Message(
        "these columns mean the same and say different things here, so it is unknown: {columns}."
        " Correct one, or leave one out with --map HEADING=-",
        {"columns": ", ".join(one.column.told for one in cell.parts)},
    )


def format_column_letter(number: int) -> str:
    """Name a sheet's column, counted from 0, as spreadsheets do.

    >>> format_column_letter(0), format_column_letter(25), format_column_letter(26), format_column_letter(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters
