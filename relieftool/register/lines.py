"""Source rows as lines, whose cells are found by the meaning of their column; and the problem log.

Several columns of one table may have the same meaning. Of some, such as names, only the first
counts. Others count if they agree on a row; if they differ, the value is unknown and a problem.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import PurePath
from typing import NamedTuple, Self, TypeVar

from relieftool.errors import Problem
from relieftool.messages import Message
from relieftool.spreadsheets.source_tables import OF_HOMES
from relieftool.values.cells import ValueProblem, is_error
from relieftool.values.communities import normalise_community
from relieftool.values.id_numbers import IdNumber, read_id_number
from relieftool.values.names import clean_name, split_cell, split_people
from relieftool.values.payments import names_money, read_paid_months
from relieftool.values.periods import parse_month_period, strip_dates
from relieftool.values.remarks import GONE, Claim, is_free_text, read_cell, says_gone
from relieftool.values.stored_values import parse_period
from relieftool.values.text import (
    Cell,
    format_column_letter,
    is_blank,
    plain_text,
    simplify_characters,
)
from relieftool.values.vocabulary import is_ditto, list_words

# What a roster's row may say of its payment besides the amount, the state first.
PAYMENT_TARGETS = ("paid_state", "remark", "arrears", "months")
_FEWEST_BARE_MONTHS = 3
Value = TypeVar("Value")
MessageParams = Mapping[str, str | int]


@dataclass(frozen=True)
class MappedColumn:
    """A column of a table, with its heading and its unit (`scale`).

    `position` counts columns in the table, `sheet_column` in the sheet, both from 0.
    `merged_with` maps each row whose cell is merged with a cell above to the row of that cell.
    `applies_to_each`: a merged cell counts for every row, as in 是否重病, but not if `is_amount`.
    `dated_on` is the last day of the year or month that the heading names, if it names one.
    A plain figure between 0 and `least` is far too small beside the others of the column.
    """

    position: int
    header: str
    scale: str | None
    sheet_column: int
    merged_with: Mapping[int, int] = field(default_factory=dict)
    applies_to_each: bool = False
    is_amount: bool = False
    dated_on: str | None = None
    least: float | None = None

    @property
    def label(self) -> str:
        """Return the heading with the column's letter, as two columns may have the same heading."""
        return f"{self.header} ({format_column_letter(self.sheet_column)})"


class CellPart(NamedTuple):
    """The cell of one of several columns with the same meaning."""

    cell: Cell
    column: MappedColumn


class DuplicateCells(str):
    """The filled cells of several columns with the same meaning on one row.

    As a text it joins them, so that code unaware of this class does not read several as one value.
    """

    __slots__ = ("parts",)
    parts: tuple[CellPart, ...]

    def __new__(cls, parts: Sequence[CellPart]) -> Self:
        """Make one text of the cells."""
        joined = super().__new__(cls, " | ".join(plain_text(part.cell) for part in parts))
        joined.parts = tuple(parts)
        return joined


class MergedAmount(str):
    """An amount in a cell that is merged over several people or households.

    As a text it is no amount, so that code unaware of this class does not read it as one.
    """

    __slots__ = ("cell",)
    cell: Cell

    def __new__(cls, cell: Cell) -> Self:
        """Make a text of the merged cell."""
        shared = super().__new__(cls, f"{plain_text(cell)} / ?")
        shared.cell = cell
        return shared


MERGED_AMOUNT = Message(
    "this cell is merged over several people or households, and nobody says how much of it is"
    " whose, so it is unknown; enter each one's own amount, or 0"
)


class _AmountMergedError(ValueProblem):
    """An amount is merged over several people or households."""

    code = "amount-merged"


class ColumnsDiffer(ValueProblem):
    """Columns with the same meaning state different values on a row."""

    code, state = "columns-disagree", "disputed"


def _join_duplicates(cells: list[Cell], columns: Sequence[MappedColumn]) -> None:
    """Move the filled cells of columns with the same meaning into the first of them."""
    parts = [
        CellPart(cells[column.position], column)
        for column in columns
        if column.position < len(cells)
    ]
    filled = [part for part in parts if not is_blank(part.cell)]
    # a cell that repeats the first in the same unit adds nothing
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
    """Return the value that `read` finds in a cell; duplicate cells are read in their own units.

    Raises:
        ValueProblem: A cell cannot be read.
        ColumnsDiffer: Duplicate cells have different values.
    """
    if isinstance(cell, MergedAmount):
        raise _AmountMergedError(MERGED_AMOUNT)
    if not isinstance(cell, DuplicateCells):
        return read(cell, scale)
    values = [read(part.cell, part.column.scale) for part in cell.parts]
    if any(value != values[0] for value in values):
        raise ColumnsDiffer(format_difference(cell))
    return values[0]


def format_difference(cell: DuplicateCells) -> Message:
    """Return the message that columns with the same meaning differ, with their headings."""
    return Message(
        "these columns mean the same and say different things here, so it is unknown: {columns}."
        " Correct one, or leave one out with --map HEADING=-",
        {"columns": ", ".join(part.column.label for part in cell.parts)},
    )


@dataclass(frozen=True)
class JoinedPeople:
    """Columns whose cells may have the values of several people, as 李四、王五 under 姓名.

    `positions` are those of the columns by meaning; the values of each person are added behind the
    `width` cells of a row, `count` for each column.
    """

    positions: Mapping[str, int]
    width: int
    count: int

    def list_columns(
        self, columns: Mapping["TargetKey", MappedColumn]
    ) -> dict["TargetKey", MappedColumn]:
        """Return the columns of a table, with one for each person instead of the joined ones."""
        found = {
            key: column
            for key, column in columns.items()
            if key[1] is not None or key[0] not in self.positions
        }
        for order, target in enumerate(self.positions):
            for person in range(self.count):
                position = self.width + order * self.count + person
                column = replace(columns[target, None], position=position, merged_with={})
                found[target, person + 1] = column
        return found

    def split(self, cells: list[Cell]) -> None:
        """Add the values of each person to the cells of a row, in place.

        Where a cell has not as many values as there are names, nobody's is known.
        """
        cells += [None] * (self.width - len(cells))
        number = self.positions.get("id_number")
        own = None if number is None else cells[number]
        names = split_people(cells[self.positions["name"]], own)
        for target, position in self.positions.items():
            cell = cells[position]
            parts: list[Cell] = [cell]
            if len(names) > 1 and not is_blank(cell):
                parts = [*(split_cell(cell, len(names)) or [f"{plain_text(cell)} / ?"])]
            if target == "name" and len(names) > 1:
                parts = [*names]
            cells += [*parts, *[None] * (self.count - len(parts))]


# The meaning of a column, and the member it is about: 2 for 成员2姓名, None for a column about the
# whole row.
TargetKey = tuple[str, int | None]
TargetNames = tuple[str, ...]
_RECEIPT = "receipt."
_NO_COLUMNS: dict[str, int] = {}
_CARD = "disability_card"
_NO_NUMBER = IdNumber()
_LISTS = list_words("lists")


def _has_sum(days: tuple[str, str], others: Sequence[tuple[str, str]]) -> bool:
    """Whether a column of these days has the sum of those of several others among its days."""
    within = [own for own in others if own != days and days[0] <= own[0] and own[1] <= days[1]]
    return len(within) > 1


@dataclass(frozen=True)
class SheetTable:
    """A source table as the register reads it.

    `columns`: the columns by their meaning and the number of the member (None: the line's own).
    `two_is_no`: columns whose cells prove that they code yes and no as 1 and 2.
    `imported_on`: the day of the import; dates of birth after it are wrong.
    `unknown_columns`: columns with a heading whose meaning is unknown.
    `duplicate_columns`: groups of columns with the same meaning, of which `columns` has the first.
    `stated_area`: the community that was stated for the table at its import.
    `folder`: the community that the folder of its file is named after.
    `community_problem`: what is wrong with the community of the whole table.
    `stated_communities`: those that the rows of a household list state, or the whole roster; not
    that of the sheet's name. `is_scattered`: households of it have rows apart from each other.
    `united` maps a community to another that by decision is the same.
    `hidden_rows`: the rows of people that the sheet does not show, until somebody decides whether
    they belong to the list; `dropped_rows`: those that do not, and are not read. `struck_rows`:
    those that are struck through.
    `joined_people`: columns whose cells may have the values of several people. `is_answer`: it is
    the answer to a question.
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
    table_id: int = 0
    stated_communities: frozenset[str] = frozenset()
    joined_people: JoinedPeople | None = None
    is_scattered: bool = False
    united: Mapping[str, str] = field(default_factory=dict)
    is_answer: bool = False
    hidden_rows: frozenset[int] = frozenset()
    struck_rows: frozenset[int] = frozenset()
    dropped_rows: frozenset[int] = frozenset()

    @cached_property
    def area(self) -> str | None:
        """Return the normalised name of the whole table's community; None if unknown."""
        name = normalise_community(self.community) if self.community else None
        return self.united.get(name, name) if name else None

    @property
    def headings_key(self) -> tuple[int, str, int]:
        """Return import, sheet and heading row, which all sections below one heading row share."""
        return self.import_id, self.sheet, self.header_row

    @property
    def is_payment_list(self) -> bool:
        """Whether title, sheet or file name contain 发放 (payment), and nothing of changes."""
        own_name = self.file_name.rpartition("/")[2]  # not the folder it was in
        called = simplify_characters(f"{self.title} {self.sheet} {own_name}")
        is_of_changes = any(word in called for word in _LISTS["changing"])
        return not is_of_changes and any(word in called for word in _LISTS["payments"])

    def join_duplicate_cells(self, cells: list[Cell]) -> None:
        """Move the cells of columns with the same meaning into the first of them, in place.

        Cells with the values of several people are split.
        """
        for columns in self.duplicate_columns:
            _join_duplicates(cells, columns)
        if self.joined_people is not None:
            self.joined_people.split(cells)

    @cached_property
    def states_payments(self) -> bool:
        """Whether a column may say of a payment more than its amount."""
        return any((target, None) in self.columns for target in PAYMENT_TARGETS)

    @cached_property
    def month_columns(self) -> list[tuple[tuple[str, str], MappedColumn]]:
        """Return the columns of the amounts of single months, each with its first and last day.

        Only a roster of one benefit has them. Bare figures as headings are months if at least
        three follow each other. A single column of another time than the list's is none.
        """
        if self.covers is None or self.programme is None or not self.unknown_columns:
            return []
        columns = self.unknown_columns
        named = [(column, read_paid_months(column.header, self.covers)) for column in columns]
        found = [(parse_month_period(months), column) for column, months in named if months]
        bare = sorted(int(column.header) for _days, column in found if column.header.isdecimal())
        if len(bare) < _FEWEST_BARE_MONTHS or bare[-1] - bare[0] != len(bare) - 1:
            found = [(days, column) for days, column in found if not column.header.isdecimal()]
        # a column of several others' months has their sum
        found = [each for each in found if not _has_sum(each[0], [days for days, _ in found])]
        own = parse_month_period(self.covers)
        is_own = len(found) > 1 or any(days == own for days, _column in found)
        return sorted(found, key=lambda each: each[0]) if is_own else []

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
        """Return the numbers of the members with columns of their own, such as 2 for 成员2姓名."""
        return sorted({place for _target, place in self.columns if place is not None})

    @cached_property
    def names_heads(self) -> bool:
        """Whether there are columns for the head of household."""
        return not self.positions[None].keys().isdisjoint(("head_name", "head_id_number"))

    @cached_property
    def undated_names(self) -> tuple[str, str]:
        """Return the names of file and sheet without dates, which all months of a list share."""
        return strip_dates(PurePath(self.file_name).stem), strip_dates(self.sheet)

    @cached_property
    def id_columns(self) -> list[TargetKey]:
        """Return the keys of the columns that may have ID numbers of members."""
        return [("id_number", place) for place in (None, *self.places)]

    @cached_property
    def positions(self) -> dict[int | None, dict[str, int]]:
        """Return the positions of the columns, by member and then by meaning."""
        found: dict[int | None, dict[str, int]] = {None: {}}
        for (target, place), column in self.columns.items():
            found.setdefault(place, {})[target] = column.position
        return found

    @cached_property
    def targets(self) -> dict[int | None, TargetNames]:
        """Return the meanings of the columns, by member."""
        return {place: tuple(found) for place, found in self.positions.items()}

    @cached_property
    def lists_people(self) -> bool:
        """Whether it is a household list that names people and says nothing of their households."""
        names = self.positions[None].keys()
        return self.kind == "households" and "name" in names and names.isdisjoint(OF_HOMES)

    @cached_property
    def has_disability_columns(self) -> bool:
        """Whether any column is about a disability."""
        return any(target.startswith("disability_") for target, _place in self.columns)

    @cached_property
    def free_columns(self) -> list[MappedColumn]:
        """Return the columns of a household list that may say anything in words of their own."""
        if self.kind != "households":
            return []
        named = [self.columns.get((target, None)) for target in ("remark", "paid_state")]
        unnamed = [column for column in self.unknown_columns if is_free_text(column.header)]
        return [*filter(None, named), *unnamed]

    @cached_property
    def text_columns(self) -> list[MappedColumn]:
        """Return the columns of a roster that nobody knows, except those of its months."""
        if self.kind != "roster":
            return []
        of_months = [column for _days, column in self.month_columns]
        return [column for column in self.unknown_columns if column not in of_months]

    @cached_property
    def state_of_people(self) -> MappedColumn | None:
        """Return the column of states in a household list that names no benefits, if any."""
        of_benefits = (("receives", None), ("programme", None), ("amount", None))
        if self.receipt_programmes or any(key in self.columns for key in of_benefits):
            return None
        return self.columns.get(("paid_state", None))

    @cached_property
    def only_benefit(self) -> str | None:
        """Return the programme of a household list's only column of a benefit, without amounts."""
        columns = {
            key[0]: column for key, column in self.columns.items() if key[0].startswith(_RECEIPT)
        }
        if len(columns) != 1 or ("receives", None) in self.columns:
            return None
        ((target, column),) = columns.items()
        return None if names_money(column.header) else target.removeprefix(_RECEIPT)

    @cached_property
    def receipt_programmes(self) -> frozenset[str]:
        """Return the ids of the programmes that have a receipt column."""
        targets = (target for target, _place in self.columns if target.startswith(_RECEIPT))
        return frozenset(target.removeprefix(_RECEIPT) for target in targets)


@dataclass(slots=True)
class Line:
    """A row of a table; `head` is the row it continues, whose household cells it shares."""

    row_id: int
    table: SheetTable
    number: int
    role: str
    cells: list[Cell]
    head: "Line | None" = None
    _claims: Sequence[tuple[MappedColumn, Claim]] | None = field(default=None, compare=False)

    @property
    def location_params(self) -> dict[str, str | int]:
        """Return file, sheet and row, for a message that refers to this line."""
        return {"file": self.table.file_name, "sheet": self.table.sheet, "row": self.number}

    @property
    def is_struck(self) -> bool:
        """Whether the row is struck through on the sheet."""
        return self.number in self.table.struck_rows

    @property
    def sort_key(self) -> tuple[str, str, int]:
        """Return file, sheet and row as the key to sort lines by."""
        return self.table.file_name, self.table.sheet, self.number

    @property
    def id_target(self) -> str:
        """Return the meaning of the ID number column: the head's if the table has no other."""
        is_own = self.has("id_number") or not self.has("head_id_number")
        return "id_number" if is_own else "head_id_number"

    def has(self, target: str, place: int | None = None) -> bool:
        """Whether the table has a column that means `target`; `place` selects the member."""
        return target in self.table.positions.get(place, ())

    def cell(self, target: str, place: int | None = None) -> Cell:
        """Return the cell in the column that means `target`; None if there is no such column.

        `place` selects the columns of one member, as in 成员2姓名.
        """
        positions = self.table.positions
        found = positions[None] if place is None else positions.get(place, _NO_COLUMNS)
        position = found.get(target)
        if position is None:
            return None
        cells = self.cells
        return cells[position] if position < len(cells) else None

    def shared_cell(self, target: str) -> Cell:
        """Return a cell about the household; if it is blank, that of the row this one continues."""
        own = self.cell(target)
        return self.head.cell(target) if self.head is not None and is_blank(own) else own

    def id_number(self, target: str = "id_number", place: int | None = None) -> IdNumber:
        """Return the ID number in the column that means `target`; a blank `IdNumber` if none.

        Where a person has none, the number of their disability card begins with it.
        """
        cell = self.cell(target, place)
        if is_blank(cell) and target == "id_number" and self.has(_CARD, place):
            card = read_id_number(self.cell(_CARD, place), self.table.imported_on)
            return IdNumber(card.number, card.birth_date, card.sex) if card.number else _NO_NUMBER
        return _NO_NUMBER if cell is None else read_id_number(cell, self.table.imported_on)

    def name(self, target: str = "name", place: int | None = None) -> str | None:
        """Return the name in the column that means `target`; None if blank or an Excel error."""
        cell = self.cell(target, place)
        return None if is_error(cell) else clean_name(cell)

    def list_claims(self) -> Sequence[tuple[MappedColumn, Claim]]:
        """Return what the line's remarks and other free texts say, each with its column."""
        if self._claims is None:
            self._claims = tuple(self._read_claims())
        return self._claims

    def _read_claims(self) -> Iterator[tuple[MappedColumn, Claim]]:
        for column in self.table.free_columns:
            cell = self.cells[column.position] if column.position < len(self.cells) else None
            parts = cell.parts if isinstance(cell, DuplicateCells) else (CellPart(cell, column),)
            for text, own in parts:
                if not is_blank(text):
                    name = self.name() or self.name("head_name")
                    named = name if name and name in plain_text(text) else None
                    claims = read_cell(own.header, text, named)
                    if not claims and column == self.table.state_of_people and says_gone(text):
                        claims = (Claim(GONE, "away"),)
                    yield from ((own, claim) for claim in claims)

    def header(self, target: str, place: int | None = None) -> str:
        """Return the heading of the column that means `target`; "" if there is no such column."""
        column = self.table.columns.get((target, place))
        return column.header if column else ""


LinesByTable = list[tuple[SheetTable, list[Line]]]


def find_line_community(line: Line) -> str | None:
    """Return the community in a line's own column, otherwise that of the table; None if unknown."""
    named = read_row_community(line)
    return line.table.area if named is None else line.table.united.get(named, named)


def read_row_community(line: Line) -> str | None:
    """Return the normalised name of the community in the community column of a line.

    If the cell is blank, that of the row which this line continues is read. None if that is blank
    too, or if the cell read is an error.
    """
    return _read_community(line.shared_cell("community"))


@cache
def _read_community(cell: Cell) -> str | None:
    """Return the normalised name of the community in a cell; None if it is blank or an error."""
    text = "" if is_blank(cell) or is_error(cell) or is_ditto(cell) else plain_text(cell)
    return normalise_community(text) if text else None


def find_newest_day(lines: Iterable[Line]) -> str | None:
    """Return the last day that the tables of some lines cover; None if all are undated."""
    return max((line.table.dated_on for line in lines if line.table.dated_on), default=None)


@dataclass
class ProblemLog:
    """The problems found while the register is built, with import id, row id and stage."""

    found: list[tuple[int, int | None, str, Problem]] = field(default_factory=list)
    _undated: set[int] = field(default_factory=set)

    def add(  # noqa: PLR0913 a problem and all of its location
        self,
        line: Line,
        code: str,
        message: Message,
        target: str = "",
        place: int | None = None,
        *,
        header: str | None = None,
        params: MessageParams | None = None,
        is_unused: bool = False,
        subject: str | None = None,
    ) -> None:
        """Record a problem of a line, or of its cell in the column of `target` and `place`.

        `params` fill the message. `is_unused`: the row is not used. `subject` is the key of the
        decision that would settle the problem. `header` is that of the column where it is not the
        first of its meaning, or has none.
        """
        message = Message(message.template, params) if params else message
        problem = Problem(
            code,
            message,
            line.table.sheet,
            line.number,
            line.header(target, place) if header is None else header,
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
        """Record that an undated list counts beside another list of its name; once per import."""
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
        """Record what is wrong with the communities of whole tables."""
        for table in tables:
            if table.community_problem is not None:
                problem = Problem("community-differs", table.community_problem, table.sheet)
                self.found.append((table.import_id, None, "register", problem))


def list_merged_amounts(rows: Sequence[Line]) -> Iterator[tuple[str, list[Line]]]:
    """Yield the meaning and the rows of each amount that is merged over several rows."""
    by_number = {line.number: line for line in rows}
    columns = rows[0].table.columns if rows else {}
    for (target, place), column in columns.items():
        joined: dict[int, list[Line]] = defaultdict(list)
        if place is None and (target == "amount" or target.startswith("receipt.")):
            for number, top in column.merged_with.items():
                line = by_number.get(number)
                if line is not None and top in by_number and is_blank(line.cell(target)):
                    joined[top].append(line)
        for top, covered in joined.items():
            yield target, [by_number[top], *covered]
