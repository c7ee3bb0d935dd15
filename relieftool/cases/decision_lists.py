"""A list of decisions that comes back from a department as a spreadsheet.

A row that fits no case is a problem with its place; it is never guessed and stops no other row.

The columns of a list of decisions: what they are called, and what a row says under them.

Two columns of one meaning must agree or leave one blank: none of them goes before the other.
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlite_utils import Database

from relieftool.cases.case_list import list_cases
from relieftool.cases.department_decisions import StatedDecision, is_already_decided
from relieftool.cases.records import CaseRecord, DepartmentDecision
from relieftool.errors import Problem, ReliefError
from relieftool.messages import Message, _
from relieftool.pack.models import Pack
from relieftool.register.fact_cells import find_programme_fault
from relieftool.spreadsheets.column_names import read_heading
from relieftool.spreadsheets.reader import read_sheets
from relieftool.spreadsheets.rows import TableRow
from relieftool.spreadsheets.tables import Table, find_tables
from relieftool.values.cells import UNIT_UNKNOWN, ValueProblem, parse_date, parse_money
from relieftool.values.text import Cell, drop_invisible, has_letter_or_digit, is_blank, plain_text
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
        """Return whether anything stands under a column, or under one of several alike."""
        return bool(self.filled.get(name))

    def cell(self, name: str) -> Cell:
        """Return what stands under a column; None where it is blank or there is none."""
        return self.filled[name][0].cell if self.says(name) else None

    def scale(self, name: str) -> str | None:
        """Return what the amount under a column is measured in."""
        return self.filled[name][0].scale if self.says(name) else None

    def text(self, name: str) -> str:
        """Return what stands there as plain text, to be compared."""
        return plain_text(self.cell(name))

    def words(self, name: str) -> str | None:
        """Return what stands there word for word; None where nothing does."""
        cell = self.cell(name)
        return (drop_invisible(cell).strip() if isinstance(cell, str) else plain_text(cell)) or None

    def heading(self, name: str) -> str:
        """Return the heading of a column in this table, or the usual one."""
        return self.filled[name][0].heading if self.says(name) else self.headings[name]

    def differing(self) -> str | None:
        """Name a column that stands there more than once and says different things."""
        return next(
            (name for name, cells in self.filled.items() if len(_said(name, cells)) > 1), None
        )


def _said(name: str, cells: list[_FilledCell]) -> set[object]:
    """Return the different things that cells of one meaning say."""
    return {_READ.get(name, _plain)(cell) for cell in cells}


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
    """Return whether a heading means something in a list of decisions."""
    return _bare_heading(heading) in _COLUMNS


def has_decision_column(table: Table) -> bool:
    """Return whether a table has a column for decisions."""
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
    """Return the rows that speak of a decision; notes and rows nobody filled in are passed over."""
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


_GRANTED = frozenset(
    {"批准", "同意", "准予", "通过", "给予", "符合", "已批准", "是", "granted", "yes"}
)
_REFUSED = frozenset(
    {"不批准", "不同意", "不予", "不予批准", "不通过", "不符合", "未批准", "未通过", "拒绝", "否"}
    | {"未获批准", "refused", "not granted", "no"}
)


@dataclass(frozen=True)
class DecisionList:
    """The decisions that fit a case, what is wrong with the other rows, and columns not used."""

    stated: list[StatedDecision]
    problems: list[Problem]
    unused: tuple[str, ...] = ()


class _RowError(Exception):
    """A row that cannot be used; never leaves this module."""

    def __init__(self, code: str, column: str, message: Message) -> None:
        super().__init__(code)
        self.code = code
        self.column = column
        self.message = message


def read_decisions(
    db: Database, path: Path, pack: Pack, day: dt.date | None, *, today: dt.date
) -> DecisionList:
    """Read a list of decisions and fit each row to its case; `day` stands in where none is written.

    Raises:
        ReliefError: the file cannot be read, or has no table of decisions.
    """
    tables = [
        table for sheet in read_sheets(path) for table in find_tables(sheet, is_known_heading)
    ]
    tables = [table for table in tables if has_decision_column(table)]
    if not tables:
        raise ReliefError(
            path.name,
            _("no table of decisions was found in this file"),
            _("It needs the headings 条目号 (or 户编号 and 救助项目), 结果, 理由, 金额, 日期."),
        )
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    reader = _DecisionReader(db, pack, day, sha256, today)
    found = reader.read([line for table in tables for line in read_decision_rows(table)])
    unused = [heading for table in tables for heading in list_unused_headings(table)]
    return replace(found, unused=tuple(dict.fromkeys(unused)))


class _DecisionReader:
    """Fits rows to cases."""

    def __init__(
        self, db: Database, pack: Pack, day: dt.date | None, sha256: str, today: dt.date
    ) -> None:
        self._db = db
        self._records = list_cases(db)
        self._cases = {record.case: record for record in self._records}
        self._pack = pack
        self._day = day
        self._sha256 = sha256
        self._today = today

    def read(self, lines: Sequence[DecisionRow]) -> DecisionList:
        """Read all rows; a case decided on two rows is a problem of the second."""
        found = DecisionList([], [])
        seen: set[str] = set()
        for line in lines:
            try:
                stated = self._stated(line, seen)
            except _RowError as error:
                heading = line.heading(error.column)
                found.problems.append(
                    Problem(
                        error.code, error.message, line.sheet, line.row, heading, is_unused=True
                    )
                )
            else:
                seen.add(stated.case)
                found.stated.append(stated)
        return found

    def _stated(self, line: DecisionRow, seen: set[str]) -> StatedDecision:
        """Return what a row states; `seen` are the cases of the rows above."""
        if (column := line.differing()) is not None:
            raise _RowError("columns-differ", column, _DIFFERING)
        record = self._case(line)
        if record.case in seen:
            raise _RowError("decision-repeated", "case", _REPEATED)
        decision = _decision(line)
        reason = line.words("reason")
        amount = self._amount(record, line)
        if decision == DepartmentDecision.REFUSED and not has_letter_or_digit(reason or ""):
            raise _RowError("refusal-without-reason", "reason", _NO_REASON)
        if decision == DepartmentDecision.REFUSED and amount:
            raise _RowError("refusal-with-amount", "amount", _REFUSED_AMOUNT)
        stated = StatedDecision(record.case, decision, self._on(line), reason, amount, self._sha256)
        if not is_already_decided(self._db, record, stated):
            _check_open(record, stated)
        return stated

    def _case(self, line: DecisionRow) -> CaseRecord:
        """Find the case of a row by its number, or by household and programme."""
        number = line.text("case").upper()
        record = self._cases.get(number) if number else self._by_household(line)
        if record is None:
            raise _RowError("case-unknown", "case", _NO_CASE)
        if line.text("household") not in ("", record.household_no):
            raise _RowError("household-differs", "household", _OTHER_HOUSEHOLD)
        if line.text("programme") and not self._is_named(record, line):
            raise _RowError("programme-differs", "programme", _OTHER_PROGRAMME)
        return record

    def _by_household(self, line: DecisionRow) -> CaseRecord | None:
        """Find the one open case of a household and a programme."""
        if not (line.text("household") and line.text("programme")):
            raise _RowError("case-missing", "case", _NO_NUMBER)
        found = [
            record
            for record in self._records
            if record.is_open
            and record.household_no == line.text("household")
            and self._is_named(record, line)
        ]
        if len(found) > 1:
            raise _RowError("case-ambiguous", "case", _SEVERAL)
        return found[0] if found else None

    def _is_named(self, record: CaseRecord, line: DecisionRow) -> bool:
        programme = self._pack.programmes.get(record.programme)
        names = {record.programme}
        if programme is not None:
            names |= {programme.names.zh, programme.names.en, *programme.roster_names}
        return line.text("programme") in {plain_text(name) for name in names}

    def _on(self, line: DecisionRow) -> dt.date:
        """Return the day of a decision."""
        if not line.says("day"):
            if self._day is None:
                raise _RowError("day-missing", "day", _NO_DAY)
            return self._day
        try:
            day = dt.date.fromisoformat(parse_date(line.cell("day")))
        except ValueProblem as error:
            raise _RowError("day-unreadable", "day", error.message) from None
        if day > self._today:
            raise _RowError("day-ahead", "day", _AHEAD)
        return day

    def _amount(self, record: CaseRecord, line: DecisionRow) -> int | None:
        """Return what was granted, in fen per period of the programme; None where it is blank."""
        if not line.says("amount"):
            return None
        programme = self._pack.programmes.get(record.programme)
        scale, period = line.scale("amount"), programme.period if programme else None
        if programme and (fault := find_programme_fault(programme, scale)):
            message = _OTHER_PERIOD if fault.is_period else UNIT_UNKNOWN
            raise _RowError("amount-unreadable", "amount", message)
        try:
            return parse_money(line.cell("amount"), scale, period)
        except ValueProblem as error:
            raise _RowError("amount-unreadable", "amount", error.message) from None


def _check_open(record: CaseRecord, stated: StatedDecision) -> None:
    """Refuse what is new for a closed case, or older than the last entry of its case."""
    if not record.is_open:
        raise _RowError("case-closed", "case", _CLOSED)
    if stated.on.isoformat() < (record.last_on or record.opened_on):
        raise _RowError("day-too-early", "day", _TOO_EARLY)


def _decision(line: DecisionRow) -> DepartmentDecision:
    word = line.text("decision").lower()
    if word in _GRANTED:
        return DepartmentDecision.GRANTED
    if word in _REFUSED:
        return DepartmentDecision.REFUSED
    raise _RowError("decision-unknown", "decision", _NO_DECISION)


_REPEATED = Message("this case stands on a row above too; leave one of them")
_NO_REASON = Message("a refusal needs its reason; write it under 理由")
_REFUSED_AMOUNT = Message("a refusal grants no amount; clear the amount, or correct the result")
_NO_CASE = Message("no open case fits this row; compare it with `relief cases`")
_OTHER_HOUSEHOLD = Message(
    "the case with this number is of another household; correct one of the two"
)
_OTHER_PROGRAMME = Message("the case with this number is about another programme; correct one")
_CLOSED = Message("this case is closed; `relief reopen-case` opens it again")
_NO_NUMBER = Message("write the number of the case, or household and programme")
_SEVERAL = Message("several open cases fit this household and programme; write 条目号")
_NO_DAY = Message("the day of the decision is missing; write it, or give it with --on")
_TOO_EARLY = Message("this day is before the last entry of the case; check it")
_OTHER_PERIOD = Message(
    "the heading states an amount of another period than this benefit is paid for; correct it"
)
_AHEAD = Message("this day has not come yet; check the year")
_DIFFERING = Message("two columns mean the same and say different things; leave one of them")
_NO_DECISION = Message("this is neither 批准 nor 不予批准; write one of them")
