"""Source rows as lines whose cells are found by what they mean, and problems found on the way."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from sqlite_utils import Database

from relieftool.messages import Message
from relieftool.problems import Problem
from relieftool.registry.communities import normal_community
from relieftool.registry.dates import period_of
from relieftool.values import (
    Cell,
    is_blank,
    is_error,
    plain,
    proves_two_is_no,
    simplified,
)

Key = tuple[str, int | None]
_FORM_KEY, _OPENING = "form_key", "opening."  # what relief's own form, and openings, are kept as
Targets = tuple[str, ...]
_RECEIPT = "receipt."
_NO_COLUMNS: dict[str, int] = {}
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
    """A source table as the projection sees it; `columns` by target and place.

    `two_is_no` are the columns whose cells prove that they code yes and no as 1 and 2.
    `stated_area` is the community that somebody stated for it, `folder` the one its folder is
    called by, `doubt` what is to be told of the whole table.
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
    columns: dict[Key, Column]
    two_is_no: frozenset[Key] = frozenset()
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
        """Say whether title, sheet or file call it a list of what is paid out, not of changes."""
        own_name = self.file_name.rpartition("/")[2]  # not the folder it was in
        called = simplified(f"{self.title} {self.sheet} {own_name}")
        return "发放" in called and not any(word in called for word in _CHANGES)

    @cached_property
    def begins_on(self) -> str | None:
        """Give the first day the table speaks for; None if it is undated."""
        return period_of(self.covers)[0] if self.covers else None

    @cached_property
    def dated_on(self) -> str | None:
        """Give the last day the table speaks for; None if it is undated."""
        return period_of(self.covers)[1] if self.covers else None

    @cached_property
    def places(self) -> list[int]:
        """Give the places of repeated member columns."""
        return sorted({place for _target, place in self.columns if place is not None})

    @cached_property
    def id_places(self) -> list[Key]:
        """Give the columns of people's own ID numbers."""
        return [("id_number", place) for place in (None, *self.places)]

    @cached_property
    def positions(self) -> dict[int | None, dict[str, int]]:
        """Give the positions of the columns by what they mean, by the place of the member."""
        found: dict[int | None, dict[str, int]] = {None: {}}
        for (target, place), column in self.columns.items():
            found.setdefault(place, {})[target] = column.position
        return found

    @cached_property
    def targets(self) -> dict[int | None, Targets]:
        """Give what the columns mean, by the place of the member they are about."""
        return {place: tuple(found) for place, found in self.positions.items()}

    @cached_property
    def has_disability(self) -> bool:
        """Say whether any column speaks of disabilities."""
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
    def told_place(self) -> dict[str, str | int]:
        """Give file, sheet and row for a message that tells of another line."""
        return {"file": self.table.file_name, "sheet": self.table.sheet, "row": self.number}

    @property
    def order(self) -> tuple[str, str, int]:
        """Give the place to sort by."""
        return self.table.file_name, self.table.sheet, self.number

    def has(self, target: str, place: int | None = None) -> bool:
        """Say whether the table has such a column."""
        return target in self.table.positions.get(place, ())

    def cell(self, target: str, place: int | None = None) -> Cell:
        """Give the cell under a target; None without such a column."""
        position = self.table.positions.get(place, _NO_COLUMNS).get(target)
        if position is None:
            return None
        cells = self.cells
        return cells[position] if position < len(cells) else None

    def shared_cell(self, target: str) -> Cell:
        """Give a household's cell: the line's own, or that of the row it continues."""
        own = self.cell(target)
        return self.head.cell(target) if self.head is not None and is_blank(own) else own

    def header(self, target: str, place: int | None = None) -> str:
        """Give the heading of a column, for telling a place."""
        column = self.table.columns.get((target, place))
        return column.header if column else ""


def community_of(line: Line) -> str | None:
    """Give the community of a line: its own column, else what the table says."""
    named = _read_community(line.shared_cell("community"))
    if named is None and line.table.community:
        return normal_community(line.table.community)
    return named


@cache
def _read_community(cell: Cell) -> str | None:
    """Read a cell that names a community; None if it names none."""
    text = "" if is_blank(cell) or is_error(cell) else plain(cell)
    return normal_community(text) if text else None


@dataclass
class Findings:
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
            community_of(line),
            subject,
        )
        self.found.append((line.table.import_id, line.row_id, "register", problem))

    def add_undated(self, table: SheetTable, other: SheetTable) -> None:
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

    def add_doubts(self, tables: Iterable[SheetTable]) -> None:
        """Keep what is to be told of whole tables."""
        for table in tables:
            if table.doubt is not None:
                problem = Problem("community-differs", table.doubt, table.sheet)
                self.found.append((table.import_id, None, "register", problem))


def read_lines(db: Database) -> Iterator[tuple[SheetTable, list[Line]]]:
    """Give the live tables with their data and total rows, in the order of file and sheet."""
    corrected = _corrected(db)
    for table, rows_of in live_tables(db):
        yield _lines(db, rows_of, table, corrected)


def live_tables(db: Database) -> Iterator[tuple[SheetTable, int]]:
    """Give the live tables that say something, each with the number its rows are kept under."""
    tables = db.query(
        "SELECT source_tables.*, borrowed_rows.rows_of, imports.file_name, imports.declared"
        " FROM source_tables"
        " JOIN imports ON imports.import_id = source_tables.import_id"
        " LEFT JOIN borrowed_rows ON borrowed_rows.table_id = source_tables.table_id"
        " WHERE imports.undone_at IS NULL"
        " ORDER BY imports.file_name, imports.sha256, source_tables.table_id"
    )
    for row in list(tables):
        table = _table(row)
        if table.columns:  # rows of a table nobody understands are kept and say nothing
            yield table, row["rows_of"] or row["table_id"]


def household_lines(read: Iterable[tuple[SheetTable, list[Line]]]) -> list[Line]:
    """Give the rows that speak of households and their people, without totals."""
    lists = [line for table, lines in read if table.kind == "households" for line in lines]
    return [line for line in lists if line.role != "total"]


def _corrected(db: Database) -> dict[int, tuple[int, str]]:
    """Give for each row that live corrections replace the newest one: its number and its cells."""
    rows = db.execute(
        "SELECT corrections.replaces, corrections.row_id, source_rows.cells FROM corrections"
        " JOIN source_rows ON source_rows.row_id = corrections.row_id"
        " JOIN source_tables ON source_tables.table_id = source_rows.table_id"
        " JOIN imports ON imports.import_id = source_tables.import_id"
        " WHERE imports.undone_at IS NULL ORDER BY corrections.row_id"
    )
    return {replaced: (row_id, cells) for replaced, row_id, cells in rows}


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
        stated_area=_stated_area(row),
        folder=json.loads(row["declared"]).get("folder"),
        header_row=row["first_header_row"],
    )


def _stated_area(row: dict[str, Any]) -> str | None:
    """Give the community that was stated for a table: for its sheet, else for its file."""
    declared = json.loads(row["declared"])
    of_sheet = declared.get("sheets", {}).get(row["sheet"], {})
    area: str | None = of_sheet.get("area", declared.get("area"))
    return area


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


def _lines(
    db: Database, table_id: int, table: SheetTable, corrected: Mapping[int, tuple[int, str]]
) -> tuple[SheetTable, list[Line]]:
    """Give the rows of a table, each as it was corrected last; one corrected to nothing is gone.

    The table comes with what all its rows prove.
    """
    rows = db.execute(
        "SELECT row_id, row_number, role, continues, cells FROM source_rows"
        " WHERE table_id = ? AND role <> 'note'"
        " AND row_id NOT IN (SELECT row_id FROM corrections) ORDER BY row_number",
        [table_id],
    )
    by_number: dict[int, Line] = {}
    for original_id, number, role, continues, original in rows:
        row_id, text = corrected.get(original_id, (original_id, original))
        cells = json.loads(text)
        if row_id == original_id or not all(is_blank(cell) for cell in cells):
            head = by_number.get(continues) if continues is not None else None
            by_number[number] = Line(row_id, table, number, role, cells, head)
    return _settled(table, list(by_number.values()))


def _settled(table: SheetTable, lines: list[Line]) -> tuple[SheetTable, list[Line]]:
    """Let a table know what the cells of its people prove."""
    people = [line for line in lines if line.role != "total"]
    proven = (key for key in table.columns if proves_two_is_no(one.cell(*key) for one in people))
    settled = replace(table, two_is_no=frozenset(proven))
    for line in lines:
        line.table = settled
    return settled, lines
