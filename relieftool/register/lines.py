"""Source rows as lines whose cells are found by what they mean, and problems found on the way.

Columns of one table that mean the same: used where they agree, unknown and told where not.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple, Self, TypeVar

from relieftool.errors import Problem
from relieftool.messages import Message
from relieftool.values.cells import ValueProblem, is_error
from relieftool.values.communities import normalise_community
from relieftool.values.id_numbers import IdNumber, read_id_number
from relieftool.values.periods import parse_period
from relieftool.values.text import (
    Cell,
    format_column_letter,
    is_blank,
    plain_text,
    simplify_characters,
)

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
        """Return heading and letter, for two columns may be headed alike."""
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
        made = super().__new__(cls, " | ".join(plain_text(part.cell) for part in parts))
        made.parts = tuple(parts)
        return made


class ColumnsDiffer(ValueProblem):
    """Columns of one meaning hold different values on one row."""

    code = "columns-disagree"


def join_cells(cells: list[Cell], columns: Sequence[MappedColumn]) -> None:
    """Let the first of several columns stand for all of them on one row."""
    parts = [
        CellPart(cells[column.position], column)
        for column in columns
        if column.position < len(cells)
    ]
    filled = [part for part in parts if not is_blank(part.cell)]
    if filled and filled[0].column is columns[0]:
        first, *others = filled
        filled = [first, *(other for other in others if _other(other) != _other(first))]
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
    values = [read(part.cell, part.column.scale) for part in cell.parts]
    if any(value != values[0] for value in values):
        raise ColumnsDiffer(format_difference(cell))
    return values[0]


def format_difference(cell: DuplicateCells) -> Message:
    """Say that columns of one meaning differ on a row, and which."""
    return Message(
        "these columns mean the same and say different things here, so it is unknown: {columns}."
        " Correct one, or leave one out with --map HEADING=-",
        {"columns": ", ".join(part.column.told for part in cell.parts)},
    )


TargetKey = tuple[str, int | None]
TargetNames = tuple[str, ...]
_RECEIPT = "receipt."
_NO_COLUMNS: dict[str, int] = {}
_NO_NUMBER = IdNumber()
_CHANGES = ("新增", "补发", "停发", "变动", "退出", "拟")


@dataclass(frozen=True)
class SheetTable:
    """A source table as the projection sees it; `columns` by target and place.

    `two_is_no` are the columns whose cells prove that they code yes and no as 1 and 2. Nobody on it
    was born after `imported_on`. `unread` are the columns with a heading nobody knows,
    `doubled` those that mean the same, the one that `columns` names first. `stated_area` is the
    community that somebody stated for it, `folder` the one its folder is called by, `doubt` what is
    to be told of the whole table.
    """

    import_id: int
    file_name: str
    sheet: str
    kind: str
    title: str
    programme: str | None
    community: str | None
    covers: str | None
    is_complete: bool | None
    columns: dict[TargetKey, MappedColumn]
    two_is_no: frozenset[TargetKey] = frozenset()
    imported_on: str | None = None
    unread: tuple[MappedColumn, ...] = ()
    doubled: tuple[tuple[MappedColumn, ...], ...] = ()
    stated_area: str | None = None
    folder: str | None = None
    header_row: int = 0
    doubt: Message | None = None

    @property
    def place(self) -> tuple[int, str, int]:
        """Say under which headings of which sheet the table stands; its sections share them."""
        return self.import_id, self.sheet, self.header_row

    @property
    def is_payment_list(self) -> bool:
        """Return whether title, sheet or file call it a list of what is paid out, not of changes."""
        own_name = self.file_name.rpartition("/")[2]  # not the folder it was in
        called = simplify_characters(f"{self.title} {self.sheet} {own_name}")
        return "发放" in called and not any(word in called for word in _CHANGES)

    def join_duplicate_cells(self, cells: list[Cell]) -> None:
        """Let columns that mean the same stand for each other on a row."""
        for alike in self.doubled:
            join_cells(cells, alike)

    @cached_property
    def begins_on(self) -> str | None:
        """Return the first day the table speaks for; None if it is undated."""
        return parse_period(self.covers)[0] if self.covers else None

    @cached_property
    def dated_on(self) -> str | None:
        """Return the last day the table speaks for; None if it is undated."""
        return parse_period(self.covers)[1] if self.covers else None

    @cached_property
    def places(self) -> list[int]:
        """Return the places of repeated member columns."""
        return sorted({place for _target, place in self.columns if place is not None})

    @cached_property
    def id_places(self) -> list[TargetKey]:
        """Return the columns of people's own ID numbers."""
        return [("id_number", place) for place in (None, *self.places)]

    @cached_property
    def positions(self) -> dict[int | None, dict[str, int]]:
        """Return the positions of the columns by what they mean, by the place of the member."""
        found: dict[int | None, dict[str, int]] = {None: {}}
        for (target, place), column in self.columns.items():
            found.setdefault(place, {})[target] = column.position
        return found

    @cached_property
    def targets(self) -> dict[int | None, TargetNames]:
        """Return what the columns mean, by the place of the member they are about."""
        return {place: tuple(found) for place, found in self.positions.items()}

    @cached_property
    def has_disability(self) -> bool:
        """Return whether any column speaks of disabilities."""
        return any(target.startswith("disability_") for target, _place in self.columns)

    @cached_property
    def benefits(self) -> frozenset[str]:
        """Name the programmes that have a column of receipts."""
        receipts = (target for target, _place in self.columns if target.startswith(_RECEIPT))
        return frozenset(target.removeprefix(_RECEIPT) for target in receipts)


@dataclass(slots=True)
class Line:
    """One data row of a table; `head` is the row whose household cells it shares."""

    row_id: int
    table: SheetTable
    number: int
    role: str
    cells: list[Cell]
    head: "Line | None" = None

    @property
    def place_params(self) -> dict[str, str | int]:
        """Return file, sheet and row for a message that tells of another line."""
        return {"file": self.table.file_name, "sheet": self.table.sheet, "row": self.number}

    @property
    def order(self) -> tuple[str, str, int]:
        """Return the place to sort by."""
        return self.table.file_name, self.table.sheet, self.number

    def has(self, target: str, place: int | None = None) -> bool:
        """Return whether the table has such a column."""
        return target in self.table.positions.get(place, ())

    def cell(self, target: str, place: int | None = None) -> Cell:
        """Return the cell under a target; None without such a column."""
        position = self.table.positions.get(place, _NO_COLUMNS).get(target)
        if position is None:
            return None
        cells = self.cells
        return cells[position] if position < len(cells) else None

    def shared_cell(self, target: str) -> Cell:
        """Return a household's cell: the line's own, or that of the row it continues."""
        own = self.cell(target)
        return self.head.cell(target) if self.head is not None and is_blank(own) else own

    def id_number(self, target: str = "id_number", place: int | None = None) -> IdNumber:
        """Read the ID number under a target."""
        cell = self.cell(target, place)
        return _NO_NUMBER if cell is None else read_id_number(cell, self.table.imported_on)

    def header(self, target: str, place: int | None = None) -> str:
        """Return the heading of a column, for telling a place."""
        column = self.table.columns.get((target, place))
        return column.header if column else ""


def find_line_community(line: Line) -> str | None:
    """Return the community of a line: its own column, else what the table says."""
    named = _read_community(line.shared_cell("community"))
    if named is None and line.table.community:
        return normalise_community(line.table.community)
    return named


@cache
def _read_community(cell: Cell) -> str | None:
    """Read a cell that names a community; None if it names none."""
    text = "" if is_blank(cell) or is_error(cell) else plain_text(cell)
    return normalise_community(text) if text else None


@dataclass
class ProblemLog:
    """The problems met while projecting, each with its import and row."""

    found: list[tuple[int, int | None, str, Problem]] = field(default_factory=list)
    _undated: set[int] = field(default_factory=set)

    def add(  # noqa: PLR0913 a problem and its whole place
        self,
        line: Line,
        code: str,
        message: Message,
        target: str = "",
        place: int | None = None,
        *,
        is_unused: bool = False,
        subject: str | None = None,
    ) -> None:
        """Keep a problem at a cell of a line, or at the whole line."""
        problem = Problem(
            code,
            message,
            line.table.sheet,
            line.number,
            line.header(target, place),
            is_unused,
            find_line_community(line),
            subject,
        )
        self.found.append((line.table.import_id, line.row_id, "register", problem))

    def add_column(self, table: SheetTable, code: str, message: Message, header: str) -> None:
        """Keep a problem of a whole column."""
        named = normalise_community(table.community) if table.community else None
        problem = Problem(code, message, table.sheet, None, header, community=named)
        self.found.append((table.import_id, None, "register", problem))

    def add_undated_list(self, table: SheetTable, other: SheetTable) -> None:
        """Tell once of a file that its list has no date, and that another of its name counts."""
        if table.import_id not in self._undated:
            self._undated.add(table.import_id)
            message = Message(
                "this list has no date, and another list of this name counts beside it ({file});"
                " so nobody can be found missing. Import it again with --month YYYY-MM",
                {"file": other.file_name},
            )
            problem = Problem("list-undated", message, table.sheet)
            self.found.append((table.import_id, None, "register", problem))

    def add_table_problems(self, tables: Iterable[SheetTable]) -> None:
        """Keep what is to be told of whole tables."""
        for table in tables:
            if table.doubt is not None:
                problem = Problem("community-differs", table.doubt, table.sheet)
                self.found.append((table.import_id, None, "register", problem))
