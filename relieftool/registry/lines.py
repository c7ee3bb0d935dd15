"""Source rows as lines whose cells are found by what they mean, and problems found on the way."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from relieftool.messages import Message
from relieftool.pack.models import Fact, Pack
from relieftool.problems import Problem
from relieftool.registry.dates import period_of
from relieftool.values import (
    ERROR_LEFT,
    Cell,
    Stored,
    ValueProblem,
    is_blank,
    is_error,
    parse_choice,
    parse_date,
    parse_integer,
    parse_money,
    parse_text,
    parse_yes_no,
    plain,
)

Key = tuple[str, int | None]
_FORM_KEY, _OPENING = "form_key", "opening."  # what relief's own form, and openings, are kept as
_CHANGES = ("新增", "补发", "停发", "变动", "退出", "拟")


@dataclass(frozen=True)
class Column:
    """A mapped column: where it is, its heading, the unit the heading states.

    `position` counts the columns of the table, `sheet_column` those of the sheet, both from 0.
    """

    position: int
    header: str
    scale: str | None
    sheet_column: int


@dataclass(frozen=True)
class SheetTable:
    """A source table as the projection sees it; `columns` by target and place."""

    import_id: int
    file_name: str
    sheet: str
    kind: str
    title: str
    programme: str | None
    community: str | None
    covers: str | None
    is_complete: bool | None
    columns: dict[Key, Column]

    @property
    def is_payment_list(self) -> bool:
        """Say whether title, sheet or file call it a list of what is paid out, not of changes."""
        called = f"{self.title} {self.sheet} {self.file_name}"
        return "发放" in called and not any(word in called for word in _CHANGES)

    @property
    def dated_on(self) -> str | None:
        """Give the last day the table speaks for; None if it is undated."""
        return period_of(self.covers)[1] if self.covers else None

    @property
    def places(self) -> list[int]:
        """Give the places of repeated member columns."""
        return sorted({place for _target, place in self.columns if place is not None})


@dataclass
class Line:
    """One data row of a table; `head` is the row whose household cells it shares."""

    row_id: int
    table: SheetTable
    number: int
    role: str
    cells: list[Cell]
    head: "Line | None" = None

    @property
    def order(self) -> tuple[str, str, int]:
        """Give the place to sort by."""
        return self.table.file_name, self.table.sheet, self.number

    def has(self, target: str, place: int | None = None) -> bool:
        """Say whether the table has such a column."""
        return (target, place) in self.table.columns

    def cell(self, target: str, place: int | None = None) -> Cell:
        """Give the cell under a target; None without such a column."""
        column = self.table.columns.get((target, place))
        if column is None or column.position >= len(self.cells):
            return None
        return self.cells[column.position]

    def shared_cell(self, target: str) -> Cell:
        """Give a household's cell: the line's own, or that of the row it continues."""
        own = self.cell(target)
        if is_blank(own) and self.head is not None:
            return self.head.cell(target)
        return own

    def header(self, target: str, place: int | None = None) -> str:
        """Give the heading of a column, for telling a place."""
        column = self.table.columns.get((target, place))
        return column.header if column else ""


@dataclass
class Findings:
    """The problems met while projecting, each with its import and row."""

    found: list[tuple[int, int | None, str, Problem]] = field(default_factory=list)

    def add(  # noqa: PLR0913 a problem and its whole place
        self,
        line: Line,
        code: str,
        message: Message,
        target: str = "",
        place: int | None = None,
        *,
        is_unused: bool = False,
    ) -> None:
        """Keep a problem at a cell of a line, or at the whole line."""
        problem = Problem(
            code, message, line.table.sheet, line.number, line.header(target, place), is_unused
        )
        self.found.append((line.table.import_id, line.row_id, "register", problem))


def read_lines(db: Database) -> Iterator[tuple[SheetTable, list[Line]]]:
    """Give the live tables with their data and total rows, in the order of file and sheet."""
    tables = db.query(
        "SELECT source_tables.*, imports.file_name FROM source_tables"
        " JOIN imports ON imports.import_id = source_tables.import_id"
        " WHERE imports.undone_at IS NULL"
        " ORDER BY imports.file_name, imports.sha256, source_tables.table_id"
    )
    for row in list(tables):
        table = _table(row)
        yield table, _lines(db, row["table_id"], table)


def _table(row: dict[str, Any]) -> SheetTable:
    columns: dict[Key, Column] = {}
    for column in json.loads(row["columns"]):
        if column["target"] is not None:
            key = (column["target"], column.get("place"))
            columns.setdefault(key, _mapped(column))
    return SheetTable(
        row["import_id"],
        row["file_name"],
        row["sheet"],
        _kind(columns) or row["table_kind"],
        row["title"],
        row["programme"],
        row["community"],
        row["covers"],
        None if row["is_complete"] is None else bool(row["is_complete"]),
        columns,
    )


def _kind(columns: dict[Key, Column]) -> str | None:
    """Tell forms and lists of openings, which speak of no households by themselves."""
    if (_FORM_KEY, None) in columns:
        return "form"
    return "openings" if any(name.startswith(_OPENING) for name, _place in columns) else None


def _mapped(column: dict[str, Any]) -> Column:
    """Give a column as it was kept; an older import did not keep its place on the sheet."""
    position = column["position"]
    sheet_column = column.get("sheet_column", position)
    return Column(position, column["header"], column.get("scale"), sheet_column)


def household_lines(read: Iterable[tuple[SheetTable, list[Line]]]) -> list[Line]:
    """Give the rows that speak of households and their people, without totals."""
    lists = [line for table, lines in read if table.kind == "households" for line in lines]
    return [line for line in lists if line.role != "total"]


def _lines(db: Database, table_id: int, table: SheetTable) -> list[Line]:
    rows = db.execute(
        "SELECT row_id, row_number, role, continues, cells FROM source_rows"
        " WHERE table_id = ? AND role <> 'note' ORDER BY row_number",
        [table_id],
    )
    by_number: dict[int, Line] = {}
    for row_id, number, role, continues, cells in rows:
        head = by_number.get(continues) if continues is not None else None
        by_number[number] = Line(row_id, table, number, role, json.loads(cells), head)
    return list(by_number.values())


@dataclass(frozen=True)
class FactReader:
    """Reads fact cells by the pack's list of facts; what cannot be read is told and unknown."""

    pack: Pack
    findings: Findings

    def read(self, fact: Fact, line: Line, cell: Cell, place: int | None = None) -> Stored:
        """Read one cell as a fact; a blank cell is what the fact says blank means."""
        if is_blank(cell):
            return fact.none_value if fact.blank == "none" else None
        column = line.table.columns[fact.id, place]
        try:
            return parse_fact(fact, cell, column.scale)
        except ValueProblem as problem:
            self.findings.add(line, "value-unreadable", problem.message, fact.id, place)
            return None


def parse_fact(fact: Fact, cell: Cell, scale: str | None = None) -> Stored:
    """Read a cell as a fact is stored; `scale` is what its heading says it is measured in.

    Raises:
        ValueProblem: It cannot be read.
    """
    if is_error(cell):
        raise ValueProblem(ERROR_LEFT)
    is_figure = fact.type in ("money", "integer")
    if is_figure and fact.blank == "none" and plain(cell) in _NONE_WORDS:
        return 0
    value: Stored
    match fact.type:
        case "money":
            check_period(fact.period, scale)
            value = parse_money(cell, scale)
        case "integer":
            value = parse_integer(cell)
        case "date":
            value = parse_date(cell)
        case "yes_no":
            value = parse_yes_no(cell)
        case "choice":
            value = parse_choice(cell, fact.choices)
        case "text":
            value = parse_text(cell)
    return value


_NONE_WORDS = frozenset({"无", "没有", "否"})


def check_period(period: str | None, scale: str | None) -> None:
    """Refuse a year's amount where a month's belongs, and the other way round."""
    stated = next((part for part in (scale or "").split("/") if part in ("month", "year")), None)
    if stated and period in ("month", "year") and stated != period:
        raise ValueProblem(
            Message("the heading states another period than belongs here; map the column anew")
        )
