"""The columns of a list of decisions: what they are called, and what a row says under them.

Two columns of one meaning must agree or leave one blank: none of them goes before the other.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from relieftool.spreadsheets.column_names import read_heading
from relieftool.spreadsheets.tables import Table, TableRow
from relieftool.values.cells import ValueProblem, parse_date, parse_money
from relieftool.values.text import Cell, drop_invisible, is_blank, plain_text
from relieftool.values.words import list_words

DECISION_HEADINGS = {
    name: words for name, words in list_words("headings_of_decisions").items() if name != "beside"
}


def _bare_heading(heading: str) -> str:
    return read_heading(heading).bare


_COLUMNS = {
    _bare_heading(heading): name for name, known in DECISION_HEADINGS.items() for heading in known
}
_PASSED_OVER = frozenset(map(_bare_heading, list_words("headings_of_decisions")["beside"]))


@dataclass(frozen=True)
class _FilledCell:
    """A cell that says something, the heading above it, and what amounts are measured in."""

    heading: str
    cell: Cell
    scale: str | None


@dataclass(frozen=True)
class DecisionRow:
    """One row of the list, by the names of its columns; `headings` are those of the table."""

    sheet: str
    row: int
    headings: Mapping[str, str]
    filled: Mapping[str, list[_FilledCell]] = field(default_factory=dict)

    def says(self, name: str) -> bool:
        """Say whether anything stands under a column, or under one of several alike."""
        return bool(self.filled.get(name))

    def cell(self, name: str) -> Cell:
        """Give what stands under a column; None where it is blank or there is none."""
        return self.filled[name][0].cell if self.says(name) else None

    def scale(self, name: str) -> str | None:
        """Give what the amount under a column is measured in."""
        return self.filled[name][0].scale if self.says(name) else None

    def text(self, name: str) -> str:
        """Give what stands there as plain text, to be compared."""
        return plain_text(self.cell(name))

    def words(self, name: str) -> str | None:
        """Give what stands there word for word; None where nothing does."""
        cell = self.cell(name)
        return (drop_invisible(cell).strip() if isinstance(cell, str) else plain_text(cell)) or None

    def heading(self, name: str) -> str:
        """Give the heading of a column in this table, or the usual one."""
        return self.filled[name][0].heading if self.says(name) else self.headings[name]

    def differing(self) -> str | None:
        """Name a column that stands there more than once and says different things."""
        return next(
            (name for name, cells in self.filled.items() if len(_said(name, cells)) > 1), None
        )


def _said(name: str, cells: list[_FilledCell]) -> set[object]:
    """Give the different things that cells of one meaning say."""
    return {_READ.get(name, _plain)(one) for one in cells}


def _plain(filled: _FilledCell) -> object:
    return plain_text(filled.cell).casefold()


def _money(filled: _FilledCell) -> object:
    try:
        return parse_money(filled.cell, filled.scale)
    except ValueProblem:
        return _plain(filled)


def _day(filled: _FilledCell) -> object:
    try:
        return parse_date(filled.cell)
    except ValueProblem:
        return _plain(filled)


_READ: dict[str, Callable[[_FilledCell], object]] = {"amount": _money, "day": _day}


def is_known_heading(heading: str) -> bool:
    """Say whether a heading means something in a list of decisions."""
    return _bare_heading(heading) in _COLUMNS


def has_decision_column(table: Table) -> bool:
    """Say whether a table has a column for decisions."""
    return "decision" in _columns(table).values()


def _columns(table: Table) -> dict[int, str]:
    named = enumerate(map(_bare_heading, table.headers))
    return {place: _COLUMNS[heading] for place, heading in named if heading in _COLUMNS}


def list_unused_headings(table: Table) -> list[str]:
    """Name the columns with something in them that mean nothing here."""
    return [
        heading
        for place, heading in enumerate(table.headers)
        if _bare_heading(heading) not in _COLUMNS.keys() | _PASSED_OVER
        and any(_is_filled(row, place) for row in table.rows)
    ]


def _is_filled(row: TableRow, place: int) -> bool:
    is_body = row.role in ("first", "continuation")
    return is_body and place < len(row.cells) and not is_blank(row.cells[place])


def read_decision_rows(table: Table) -> Iterator[DecisionRow]:
    """Give the rows that speak of a decision; notes and rows nobody filled in are passed over."""
    columns = _columns(table)
    first = {name: table.headers[place] for place, name in reversed(columns.items())}
    usual = {name: known[0] for name, known in DECISION_HEADINGS.items()}
    for row in table.rows:
        filled: dict[str, list[_FilledCell]] = defaultdict(list)
        for place, name in columns.items():
            if _is_filled(row, place):
                heading = table.headers[place]
                scale = read_heading(heading).scale
                filled[name].append(_FilledCell(heading, row.cells[place], scale))
        if filled.keys() & {"decision", "reason", "amount", "day"}:
            yield DecisionRow(table.sheet, row.number, usual | first, filled)
