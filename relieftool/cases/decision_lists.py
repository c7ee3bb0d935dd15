"""Reads a list of decisions that a department returns as a spreadsheet.

A row that cannot be used, such as a row that fits no case, is reported as a problem, and the other
rows are still read. Cells in two columns of the same meaning must agree, unless one is blank.
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
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
from relieftool.spreadsheets.reader import read_sheets
from relieftool.spreadsheets.source_tables import SourceRow
from relieftool.spreadsheets.tables import Table, find_tables
from relieftool.values.cells import UNIT_UNKNOWN, ValueProblem, parse_date, parse_money
from relieftool.values.headings import read_heading
from relieftool.values.text import Cell, drop_invisible, has_letter_or_digit, is_blank, plain_text
from relieftool.values.vocabulary import list_words

DECISION_HEADINGS = {
    name: words for name, words in list_words("headings_of_decisions").items() if name != "beside"
}


def _bare_heading(heading: str) -> str:
    return read_heading(heading).bare


_COLUMNS = {
    _bare_heading(heading): name for name, known in DECISION_HEADINGS.items() for heading in known
}
_IGNORED = frozenset(map(_bare_heading, list_words("headings_of_decisions")["beside"]))


@dataclass(frozen=True)
class _FilledCell:
    """A cell that is not blank, the heading above it, and the unit stated in that heading."""

    heading: str
    cell: Cell
    scale: str | None

    def read(self, name: str) -> object:
        """Return the value of the cell in the column `name`, to be compared with other cells.

        It is an amount in fen, a day as ISO text, or the text of the cell.
        """
        try:
            if name == "amount":
                return parse_money(self.cell, self.scale)
            if name in ("day", "heard", "told"):
                return parse_date(self.cell)
        except ValueProblem:
            pass
        return plain_text(self.cell).casefold()


@dataclass(frozen=True)
class DecisionRow:
    """A row of the list: its filled cells by column, and the heading of each column."""

    sheet: str
    row: int
    headings: Mapping[str, str]
    filled: Mapping[str, list[_FilledCell]] = field(default_factory=dict)

    def is_filled(self, name: str) -> bool:
        """Whether the row has a filled cell of this column."""
        return bool(self.filled.get(name))

    def cell(self, name: str) -> Cell:
        """Return the first filled cell of a column; None if there is none."""
        return self.filled[name][0].cell if self.is_filled(name) else None

    def scale(self, name: str) -> str | None:
        """Return the unit in the heading above the first filled cell of a column.

        None if the heading has no unit, or if there is no filled cell.
        """
        return self.filled[name][0].scale if self.is_filled(name) else None

    def text(self, name: str) -> str:
        """Return the first filled cell of a column as plain text, to be compared."""
        return plain_text(self.cell(name))

    def words(self, name: str) -> str | None:
        """Return the text of a column's first filled cell as written; None if there is none."""
        cell = self.cell(name)
        return (drop_invisible(cell).strip() if isinstance(cell, str) else plain_text(cell)) or None

    def heading(self, name: str) -> str:
        """Return the heading above the first filled cell of a column.

        If there is no filled cell, return the column's heading in this table, or its usual heading.
        """
        return self.filled[name][0].heading if self.is_filled(name) else self.headings[name]

    def find_conflict(self) -> str | None:
        """Return the name of a column whose filled cells differ; None if there is none."""
        for name, cells in self.filled.items():
            if len({cell.read(name) for cell in cells}) > 1:
                return name
        return None


def _is_known_heading(heading: str) -> bool:
    return _bare_heading(heading) in _COLUMNS


def _find_columns(table: Table) -> dict[int, str]:
    named = enumerate(map(_bare_heading, table.headers))
    return {place: _COLUMNS[heading] for place, heading in named if heading in _COLUMNS}


def _list_unused_headings(table: Table) -> list[str]:
    """Return the headings of the filled columns whose meaning is not known."""
    return [
        heading
        for place, heading in enumerate(table.headers)
        if _bare_heading(heading) not in _COLUMNS.keys() | _IGNORED
        and any(_is_filled(row, place) for row in table.rows)
    ]


def _is_filled(row: SourceRow, place: int) -> bool:
    is_body = row.role in ("first", "continuation")
    return is_body and place < len(row.cells) and not is_blank(row.cells[place])


def _read_rows(table: Table) -> Iterator[DecisionRow]:
    """Return the rows in which the department filled in a decision, reason, amount or day."""
    columns = _find_columns(table)
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
_TAKEN = {
    **dict.fromkeys(("减发", "核减", "降低", "调低", "reduced"), DepartmentDecision.REDUCED),
    **dict.fromkeys(
        ("停发", "终止", "停止", "取消", "退出", "停保", "ended"), DepartmentDecision.ENDED
    ),
}


@dataclass(frozen=True)
class DecisionList:
    """The decisions that fit a case, the problems of the other rows, and the unused headings."""

    stated: list[StatedDecision]
    problems: list[Problem]
    unused: tuple[str, ...] = ()


_OTHER_PERIOD = Message(
    "the heading states an amount of another period than this benefit is paid for; correct it"
)
_MESSAGES = {
    "columns-differ": Message(
        "two columns mean the same and say different things; leave one of them"
    ),
    "decision-repeated": Message("this case stands on a row above too; leave one of them"),
    "refusal-without-reason": Message("a refusal needs its reason; write it under 理由"),
    "refusal-with-amount": Message(
        "a refusal grants no amount; clear the amount, or correct the result"
    ),
    "case-unknown": Message("no open case fits this row; compare it with `relief cases`"),
    "household-differs": Message(
        "the case with this number is of another household; correct one of the two"
    ),
    "programme-differs": Message(
        "the case with this number is about another programme; correct one"
    ),
    "case-missing": Message("write the number of the case, or household and programme"),
    "case-ambiguous": Message("several open cases fit this household and programme; write 条目号"),
    "day-missing": Message("the day of the decision is missing; write it, or give it with --on"),
    "day-ahead": Message("this day has not come yet; check the year"),
    "case-closed": Message("this case is closed; `relief reopen-case` opens it again"),
    "day-too-early": Message("this day is before the last entry of the case; check it"),
    "decision-unknown": Message("this is none of 批准, 不予批准, 减发, 停发; write one of them"),
    "decision-unfit": Message("they receive this; write 停发, 减发, or 批准 where it stays"),
    "not-heard": Message("before anything is cut or ended the family is heard; write both days"),
    "heard-too-late": Message("the family is heard before the decision and told of it after"),
}


class _RowError(Exception):
    """A row cannot be used; `code` is the code of its problem. It is caught in this module."""

    def __init__(self, code: str, column: str, message: Message | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.column = column
        self.message = message or _MESSAGES[code]


def read_decisions(
    db: Database, path: Path, pack: Pack, day: dt.date | None, *, today: dt.date
) -> DecisionList:
    """Return the decisions in a file, each with its case, and the problems of the other rows.

    `day` is the day of the decision in rows without a day; if it is None, such a row is a problem.
    A day after `today` is a problem too.

    Raises:
        ReliefError: The file cannot be read, or has no table of decisions.
    """
    tables = [
        table for sheet in read_sheets(path) for table in find_tables(sheet, _is_known_heading)
    ]
    tables = [table for table in tables if "decision" in _find_columns(table).values()]
    if not tables:
        raise ReliefError(
            path.name,
            _("no table of decisions was found in this file"),
            _("It needs the headings 条目号 (or 户编号 and 救助项目), 结果, 理由, 金额, 日期."),
        )
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    reader = _DecisionReader(db, pack, day, sha256, today)
    found = reader.read([line for table in tables for line in _read_rows(table)])
    unused = [heading for table in tables for heading in _list_unused_headings(table)]
    return replace(found, unused=tuple(dict.fromkeys(unused)))


class _DecisionReader:
    """Finds the case of each row and checks the decision stated for it."""

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
        """Return the decisions and problems of all rows.

        A row whose case has a decision on a row above is a problem.
        """
        found = DecisionList([], [])
        earlier: set[str] = set()
        for line in lines:
            try:
                stated = self._read_decision(line, earlier)
            except _RowError as error:
                heading = line.heading(error.column)
                found.problems.append(
                    Problem(
                        error.code, error.message, line.sheet, line.row, heading, is_unused=True
                    )
                )
            else:
                earlier.add(stated.case)
                found.stated.append(stated)
        return found

    def _read_decision(self, line: DecisionRow, earlier: set[str]) -> StatedDecision:
        """Return the decision on a row; `earlier` are the cases that rows above decide.

        Raise _RowError if the row cannot be used.
        """
        if (column := line.find_conflict()) is not None:
            raise _RowError("columns-differ", column)
        record = self._find_case(line)
        if record.case in earlier:
            raise _RowError("decision-repeated", "case")
        decision = _parse_decision(line)
        reason = line.words("reason")
        amount = self._read_amount(record, line)
        if decision != DepartmentDecision.GRANTED and not has_letter_or_digit(reason or ""):
            raise _RowError("refusal-without-reason", "reason")
        if decision in (DepartmentDecision.REFUSED, DepartmentDecision.ENDED) and amount:
            raise _RowError("refusal-with-amount", "amount")
        day, heard, told = (self._read_day(line, name) for name in ("day", "heard", "told"))
        if (day := day or self._day) is None:
            raise _RowError("day-missing", "day")
        stated = StatedDecision(
            *(record.case, decision, day, reason, amount, self._sha256),
            *(heard, told),
        )
        if decision == DepartmentDecision.REFUSED and record.found == "review":
            raise _RowError("decision-unfit", "decision")
        if stated.lacks_hearing(self._pack.hearing):
            raise _RowError("not-heard", "heard" if heard is None else "told")
        if stated.has_days_out_of_order():
            raise _RowError("heard-too-late", "heard")
        if not is_already_decided(self._db, record, stated):
            _check_open(record, stated)
        return stated

    def _find_case(self, line: DecisionRow) -> CaseRecord:
        """Return the case of a row, found by its number or by household and programme.

        Raise _RowError if there is no such case, or if the row contradicts it.
        """
        number = line.text("case").upper()
        record = self._cases.get(number) if number else self._find_by_household(line)
        if record is None:
            raise _RowError("case-unknown", "case")
        if line.text("household") not in ("", record.household_no):
            raise _RowError("household-differs", "household")
        if line.text("programme") and not self._names_programme(record, line):
            raise _RowError("programme-differs", "programme")
        return record

    def _find_by_household(self, line: DecisionRow) -> CaseRecord | None:
        """Return the only open case of a row's household and programme; None if there is none.

        Raise _RowError if the row has no household or programme, or if there are several cases.
        """
        if not (line.text("household") and line.text("programme")):
            raise _RowError("case-missing", "case")
        found = [
            record
            for record in self._records
            if record.is_open
            and record.household_no == line.text("household")
            and self._names_programme(record, line)
        ]
        if len(found) > 1:
            raise _RowError("case-ambiguous", "case")
        return found[0] if found else None

    def _names_programme(self, record: CaseRecord, line: DecisionRow) -> bool:
        """Whether a row names the programme of a case, by its id or one of its names."""
        programme = self._pack.programmes.get(record.programme)
        names = {record.programme}
        if programme is not None:
            names |= {programme.names.zh, programme.names.en, *programme.roster_names}
        return line.text("programme") in {plain_text(name) for name in names}

    def _read_day(self, line: DecisionRow, name: str) -> dt.date | None:
        """Return the day in a column, None if it is blank; raise _RowError if it is unusable."""
        if not line.is_filled(name):
            return None
        try:
            day = dt.date.fromisoformat(parse_date(line.cell(name)))
        except ValueProblem as error:
            raise _RowError("day-unreadable", name, error.message) from None
        if day > self._today:
            raise _RowError("day-ahead", name)
        return day

    def _read_amount(self, record: CaseRecord, line: DecisionRow) -> int | None:
        """Return the amount granted, in fen per period of the programme; None if it is blank.

        Raise _RowError if it cannot be read, or if its unit does not fit the programme.
        """
        if not line.is_filled("amount"):
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
    """Raise _RowError if the case is closed, or has an entry after the day of the decision."""
    if not record.is_open:
        raise _RowError("case-closed", "case")
    if stated.on.isoformat() < (record.last_on or record.opened_on):
        raise _RowError("day-too-early", "day")


def _parse_decision(line: DecisionRow) -> DepartmentDecision:
    word = line.text("decision").lower()
    if word in _GRANTED:
        return DepartmentDecision.GRANTED
    if word in _REFUSED:
        return DepartmentDecision.REFUSED
    if word in _TAKEN:
        return _TAKEN[word]
    raise _RowError("decision-unknown", "decision")
