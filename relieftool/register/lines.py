"""Source rows as lines, whose cells are found by what their columns mean; and the problem log.

Several columns of one table may mean the same: where they agree, the value counts; where they
differ, it is unknown and a problem.
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
    clean_name,
    format_column_letter,
    is_blank,
    plain_text,
    simplify_characters,
)

Value = TypeVar("Value")
MessageParams = Mapping[str, str | int]


@dataclass(frozen=True)
class MappedColumn:
    """A mapped column: where it is, its heading, and the unit that the heading states.

    `position` counts the columns of the table, `sheet_column` those of the sheet, both from 0.
    `merged_with` maps a row whose cell is merged with one above to the row of that cell.
    `applies_to_each`: such a cell counts for every row it covers, as 是否重病 does and an amount
    does not.
    """

    position: int
    header: str
    scale: str | None
    sheet_column: int
    merged_with: Mapping[int, int] = field(default_factory=dict)
    applies_to_each: bool = False

    @property
    def label(self) -> str:
        """Return heading and letter: two columns may have the same heading."""
        return f"{self.header} ({format_column_letter(self.sheet_column)})"


class CellPart(NamedTuple):
    """What one of several columns of one meaning states on a row."""

    cell: Cell
    column: MappedColumn


class DuplicateCells(str):
    """The filled cells of several columns of one meaning on one row.

    It is a text of all of them, so that code which does not know it never reads it as a value.
    """

    __slots__ = ("parts",)
    parts: tuple[CellPart, ...]

    def __new__(cls, parts: Sequence[CellPart]) -> Self:
        """Join the cells."""
        joined = super().__new__(cls, " | ".join(plain_text(part.cell) for part in parts))
        joined.parts = tuple(parts)
        return joined


class ColumnsDiffer(ValueProblem):
    """Columns of one meaning state different values on one row."""

    code = "columns-disagree"


def _join_duplicates(cells: list[Cell], columns: Sequence[MappedColumn]) -> None:
    """Put the filled cells of several columns of one meaning into the first of them."""
    parts = [
        CellPart(cells[column.position], column)
        for column in columns
        if column.position < len(cells)
    ]
    filled = [part for part in parts if not is_blank(part.cell)]
    # the same text in the same unit again is no second statement
    if filled and filled[0].column is columns[0]:
        first, *others = filled
        filled = [
            first,
            *(other for other in others if _value_and_unit(other) != _value_and_unit(first)),
        ]
    if filled and (len(filled) > 1 or filled[0].column is not columns[0]):
        cells[columns[0].position] = DuplicateCells(filled)


def _value_and_unit(part: CellPart) -> tuple[Cell, str | None]:
    return part.cell, part.column.scale


def read_duplicate_cells(
    cell: Cell, scale: str | None, read: Callable[[Cell, str | None], Value]
) -> Value:
    """Read a cell; of several columns, each in its own unit.

    Raises:
        ValueProblem: A cell cannot be read.
        ColumnsDiffer: They state different values.
    """
    if not isinstance(cell, DuplicateCells):
        return read(cell, scale)
    values = [read(part.cell, part.column.scale) for part in cell.parts]
    if any(value != values[0] for value in values):
        raise ColumnsDiffer(format_difference(cell))
    return values[0]


def format_difference(cell: DuplicateCells) -> Message:
    """Return the message that columns of one meaning differ on a row, with their headings."""
    return Message(
        "these columns mean the same and say different things here, so it is unknown: {columns}."
        " Correct one, or leave one out with --map HEADING=-",
        {"columns": ", ".join(part.column.label for part in cell.parts)},
    )


# What a column means, and the place in the household of the member it is about: 成员2姓名 has place
# 2; None is a column of the whole row.
TargetKey = tuple[str, int | None]
TargetNames = tuple[str, ...]
_RECEIPT = "receipt."
_NO_COLUMNS: dict[str, int] = {}
_NO_NUMBER = IdNumber()
_CHANGES = ("新增", "补发", "停发", "变动", "退出", "拟")  # such a list is never the whole one


@dataclass(frozen=True)
class SheetTable:
    """A source table as the register reads it; `columns` by meaning and place.

    `two_is_no`: columns whose cells prove that they code yes and no as 1 and 2.
    `imported_on`: nobody on the table was born after this day.
    `unknown_columns`: columns that have a heading of no known meaning.
    `duplicate_columns`: those of one meaning; the first of them is the one in `columns`.
    `stated_area`: the community that somebody stated for the table; `folder`: the one its folder is
    named after. `community_problem` is a problem of the whole table.
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
    unknown_columns: tuple[MappedColumn, ...] = ()
    duplicate_columns: tuple[tuple[MappedColumn, ...], ...] = ()
    stated_area: str | None = None
    folder: str | None = None
    header_row: int = 0
    community_problem: Message | None = None

    @cached_property
    def area(self) -> str | None:
        """Return the community of the whole table, in its normal writing; None if unknown."""
        return normalise_community(self.community) if self.community else None

    @property
    def headings_key(self) -> tuple[int, str, int]:
        """Return import, sheet and heading row: the sections below one heading share it."""
        return self.import_id, self.sheet, self.header_row

    @property
    def is_payment_list(self) -> bool:
        """Whether title, sheet or file name call it a list of payments, not of changes."""
        own_name = self.file_name.rpartition("/")[2]  # not the folder it was in
        called = simplify_characters(f"{self.title} {self.sheet} {own_name}")
        return "发放" in called and not any(word in called for word in _CHANGES)

    def join_duplicate_cells(self, cells: list[Cell]) -> None:
        """Put what columns of one meaning state on a row into the first of them, in place."""
        for columns in self.duplicate_columns:
            _join_duplicates(cells, columns)

    @cached_property
    def begins_on(self) -> str | None:
        """Return the first day that the table covers; None if it is undated."""
        return parse_period(self.covers)[0] if self.covers else None

    @cached_property
    def dated_on(self) -> str | None:
        """Return the last day that the table covers; None if it is undated."""
        return parse_period(self.covers)[1] if self.covers else None

    @cached_property
    def places(self) -> list[int]:
        """Return the places of repeated member columns, in order."""
        return sorted({place for _target, place in self.columns if place is not None})

    @cached_property
    def id_columns(self) -> list[TargetKey]:
        """Return the columns of people's own ID numbers."""
        return [("id_number", place) for place in (None, *self.places)]

    @cached_property
    def positions(self) -> dict[int | None, dict[str, int]]:
        """Return, by the place of the member, the position of each column by its meaning."""
        found: dict[int | None, dict[str, int]] = {None: {}}
        for (target, place), column in self.columns.items():
            found.setdefault(place, {})[target] = column.position
        return found

    @cached_property
    def targets(self) -> dict[int | None, TargetNames]:
        """Return, by the place of the member, the meanings of the columns."""
        return {place: tuple(found) for place, found in self.positions.items()}

    @cached_property
    def has_disability_columns(self) -> bool:
        """Whether any column is about a disability."""
        return any(target.startswith("disability_") for target, _place in self.columns)

    @cached_property
    def receipt_programmes(self) -> frozenset[str]:
        """Return the ids of the programmes that have a column of receipts."""
        targets = (target for target, _place in self.columns if target.startswith(_RECEIPT))
        return frozenset(target.removeprefix(_RECEIPT) for target in targets)


@dataclass(slots=True)
class Line:
    """One row of a table; `head` is the row above whose household cells it shares."""

    row_id: int
    table: SheetTable
    number: int
    role: str
    cells: list[Cell]
    head: "Line | None" = None

    @property
    def location_params(self) -> dict[str, str | int]:
        """Return file, sheet and row, for a message that refers to this line."""
        return {"file": self.table.file_name, "sheet": self.table.sheet, "row": self.number}

    @property
    def sort_key(self) -> tuple[str, str, int]:
        """Return file, sheet and row, by which lines are sorted."""
        return self.table.file_name, self.table.sheet, self.number

    @property
    def id_target(self) -> str:
        """Return the column of the person's ID number: the head's where there is no other."""
        return "id_number" if self.has("id_number") else "head_id_number"

    def has(self, target: str, place: int | None = None) -> bool:
        """Whether the table has such a column."""
        return target in self.table.positions.get(place, ())

    def cell(self, target: str, place: int | None = None) -> Cell:
        """Return the cell under a target; None without such a column."""
        position = self.table.positions.get(place, _NO_COLUMNS).get(target)
        if position is None:
            return None
        cells = self.cells
        return cells[position] if position < len(cells) else None

    def shared_cell(self, target: str) -> Cell:
        """Return a cell of the household: the line's own, else that of the row it continues."""
        own = self.cell(target)
        return self.head.cell(target) if self.head is not None and is_blank(own) else own

    def id_number(self, target: str = "id_number", place: int | None = None) -> IdNumber:
        """Read the ID number under a target."""
        cell = self.cell(target, place)
        return _NO_NUMBER if cell is None else read_id_number(cell, self.table.imported_on)

    def name(self, target: str = "name", place: int | None = None) -> str | None:
        """Return the name under a target; None where there is none, or an Excel error."""
        cell = self.cell(target, place)
        return None if is_error(cell) else clean_name(cell)

    def header(self, target: str, place: int | None = None) -> str:
        """Return the heading of a column; empty without such a column."""
        column = self.table.columns.get((target, place))
        return column.header if column else ""


LinesByTable = list[tuple[SheetTable, list[Line]]]


def find_line_community(line: Line) -> str | None:
    """Return the community of a line: that of its own column, else that of the table."""
    named = read_row_community(line)
    return line.table.area if named is None else named


def read_row_community(line: Line) -> str | None:
    """Return the community in a line's own column; None if it names none."""
    return _read_community(line.shared_cell("community"))


@cache
def _read_community(cell: Cell) -> str | None:
    """Read a cell that names a community; None if it names none."""
    text = "" if is_blank(cell) or is_error(cell) else plain_text(cell)
    return normalise_community(text) if text else None


def find_newest_day(lines: Iterable[Line]) -> str | None:
    """Return the newest day that some lines cover; None where all are undated."""
    return max((line.table.dated_on for line in lines if line.table.dated_on), default=None)


@dataclass
class ProblemLog:
    """The problems met while the register is built, each with its import and row."""

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
        params: MessageParams | None = None,
        is_unused: bool = False,
        subject: str | None = None,
    ) -> None:
        """Record a problem of a line, or of one cell of it; `params` fill the message."""
        message = Message(message.template, params) if params else message
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
        """Record a problem of a whole column."""
        problem = Problem(code, message, table.sheet, None, header, community=table.area)
        self.found.append((table.import_id, None, "register", problem))

    def add_undated_list(self, table: SheetTable, other: SheetTable) -> None:
        """Report, once for each import, a list without a date beside another list of its name."""
        if table.import_id not in self._undated:
            self._undated.add(table.import_id)
            message = Message(
                "this list has no date, and another list of this name counts beside it ({file});"
                " so it cannot be seen who is missing. Import it again with --month YYYY-MM",
                {"file": other.file_name},
            )
            problem = Problem("list-undated", message, table.sheet)
            self.found.append((table.import_id, None, "register", problem))

    def add_table_problems(self, tables: Iterable[SheetTable]) -> None:
        """Record the problems of whole tables."""
        for table in tables:
            if table.community_problem is not None:
                problem = Problem("community-differs", table.community_problem, table.sheet)
                self.found.append((table.import_id, None, "register", problem))
