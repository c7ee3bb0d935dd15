"""What the rows of rosters pay: of which programme, whether it is paid now, and how much a month.

A row that does not say for certain that it is paid, or for how many months, is asked about; what
was decided about it counts.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import takewhile
from typing import NamedTuple

from relieftool.messages import Message
from relieftool.pack.models import Pack, Programme
from relieftool.register.fact_cells import find_programme_fault, find_roster_programme
from relieftool.register.lines import Line, MappedColumn, ProblemLog, SheetTable
from relieftool.register.rosters import (
    ListState,
    RosterBenefits,
    RowState,
    count_table_months,
    divide_by_months,
    find_months_paid,
    find_row_period,
    read_months_column,
)
from relieftool.register.sheet_receipts import (
    ENDED_YET_PAID,
    STATE_UNCLEAR,
    DayRange,
    Doubt,
    StatedReceipt,
    gather_receipt,
    list_cell_parts,
    states_paid,
)
from relieftool.store.problem_decisions import FOR_MONTHS, MONTHS, NO, PAID, ProblemDecisions
from relieftool.values.cells import OTHER_PERIOD, UNIT_UNKNOWN, ValueProblem, parse_money
from relieftool.values.payments import (
    count_heading_months,
    is_of_each_month,
    names_raise,
    read_state,
)
from relieftool.values.periods import count_months
from relieftool.values.text import Cell, drop_spaces, is_blank, match_any, simplified_text
from relieftool.values.vocabulary import list_cell_words, list_words

# Which question the problems of a row's payment ask: is it paid, and for how many months.
_STATE = "receipt-state-unclear"
_ASKS = {_STATE: PAID, "amount-not-of-month": MONTHS}
_LISTS = list_words("states")
_SUM, _BESIDE = (re.compile(match_any(_LISTS[name])) for name in ("sums", "beside_months"))


class RowPayment(NamedTuple):
    """What a roster's row says of a programme: `says` is "yes", "maybe" or "no".

    `fen` is the amount for one period of the programme, None if unknown. `days` are the months that
    it is said of, None for those of the row. `is_open`: the row leaves open whether it is paid.
    """

    programme: Programme
    says: str
    fen: int | None
    days: DayRange | None = None
    is_open: bool = False


class _Month(NamedTuple):
    """What a row says of the months of one column; `fen` is the amount for each of them."""

    days: tuple[str, str]
    says: str
    header: str
    fen: int | None = None
    whole: int = 0
    doubt: Message | None = None


@dataclass(frozen=True)
class PaymentReader:
    """Reads what the rows of rosters pay; reports what is unclear, unless it was decided."""

    pack: Pack
    problems: ProblemLog
    benefits: RosterBenefits
    decisions: ProblemDecisions
    _paid_until: dict[int, str] = field(default_factory=dict)

    def begin(self, table: SheetTable, lines: Iterable[Line]) -> None:
        """Note until when a roster's columns of months are filled in, before its rows are read."""
        days = find_months_paid(table, lines)
        if days is not None and days[1] is not None:
            self._paid_until[id(table)] = days[1]

    def list_paid(
        self, table: SheetTable, line: Line, state: RowState, list_state: ListState | None
    ) -> Iterator[RowPayment]:
        """Yield what a row says of each programme that it pays or ends."""
        named = self.benefits.find_programme(table) or self.benefits.find_named_programme(line)
        columns = [named] if named else self.benefits.list_columns(table)
        for name in columns:
            programme = self.pack.programmes[name]
            keys = [*([("amount", None)] if named else []), (f"receipt.{name}", None)]
            stated = gather_receipt(line, programme, keys)
            of_list = None if programme.is_event else list_state
            is_of_ended = of_list == "ended" and not state.says
            around = RowState("no", state.header) if is_of_ended else state
            months = self._read_months(line, around) if named else []
            if months and of_list not in ("others", "proposed"):
                for payment in self._combine_months(line, programme, stated, (state, months)):
                    yield self._apply_decisions(line, payment, stated, state)
                continue
            is_filled = named or stated.says is not None or stated.unread
            is_denied = stated.says == "no" and not stated.is_ended and state.says != "no"
            if is_filled and not is_denied and of_list != "others":
                payment = self._combine(line, programme, stated, (state, of_list))
                yield self._apply_decisions(line, payment, stated, state)
        if not columns:
            message = Message(
                "this row names no benefit that is known; say `programme` in import.toml"
            )
            self.problems.add(line, "benefit-unknown", message, "programme", is_unused=True)

    def _combine(
        self,
        line: Line,
        programme: Programme,
        stated: StatedReceipt,
        around: tuple[RowState, ListState | None],
    ) -> RowPayment:
        """Return what a benefit's cells say, together with the row's state and the list's name."""
        state, list_state = around
        is_ended = state.says == "no" or (list_state == "ended" and not state.says)
        if is_ended or stated.is_ended:
            keys = ("amount", None), (f"receipt.{programme.id}", None)
            parts = [part for key in keys for part in list_cell_parts(line, key)]
            is_paid = is_ended and any(states_paid(part, stated.fen) for part in parts)
            if not is_paid and not (stated.is_ended and state.says == "yes"):
                return RowPayment(programme, "no", None)
            header = state.header or parts[0].column.header
            self.report(line, _STATE, ENDED_YET_PAID, header)
            return RowPayment(programme, "maybe", None, is_open=True)
        for code, message, header in (*stated.doubts, *stated.unread):
            self.report(line, code, message, header)
        if "maybe" in (stated.says, state.says) or list_state == "proposed":
            is_open = list_state != "proposed" and (
                state.says == "maybe" or any(code == _STATE for code, *_of in stated.doubts)
            )
            return RowPayment(programme, "maybe", None, is_open=is_open)
        return RowPayment(programme, "yes", self._read_amount(line, programme, stated, state))

    def _read_months(self, line: Line, state: RowState) -> list[_Month]:
        """Return what a row says of each month, up to the last that its roster has.

        Of a month without a word nothing is said before the first payment and between two. Behind
        the last it is over if the row says so; otherwise it is open whether it is paid again.
        """
        until = self._paid_until.get(id(line.table), "")
        columns = [each for each in line.table.month_columns if each[0][1] <= until]
        cells = [line.cells[column.position : column.position + 1] for _days, column in columns]
        read = [
            _read_month(days, column, cell[0]) if cell else None
            for (days, column), cell in zip(columns, cells, strict=True)
        ]
        found = [month for month in read if month]
        if not found:
            return [
                _Month(days, "maybe", column.header, doubt=_NOTHING_PAID)
                for (days, column), cell in zip(columns, cells, strict=True)
                if cell and _read_fen(cell[0], column.scale) == 0
            ]
        is_over = state.says == "no" or found[-1].says == "no"
        for days, column in columns[len(read) - len(list(takewhile(_is_none, reversed(read)))) :]:
            doubt = None if is_over or found[-1].says == "maybe" else _NOT_PAID_SINCE
            found.append(_Month(days, "no" if is_over else "maybe", column.header, doubt=doubt))
        last = found[-1]
        if last.says == "yes" and state.says in ("no", "maybe"):
            doubt = ENDED_YET_PAID if state.says == "no" else None
            found[-1] = last._replace(says="maybe", fen=None, doubt=doubt)
        return found

    def _combine_months(
        self,
        line: Line,
        programme: Programme,
        stated: StatedReceipt,
        around: tuple[RowState, Sequence[_Month]],
    ) -> Iterator[RowPayment]:
        """Yield what a row pays month by month, joined where nothing changes."""
        state, months = around
        faults = list(_check_sum(line, stated.fen, state, months))
        joined: list[_Month] = []
        for month in months:
            fen = None if faults or month.says != "yes" else month.fen
            before = joined[-1] if joined else None
            is_same = before and (before.says, before.fen) == (month.says, fen)
            if before and is_same and _find_next_day(before.days[1]) == month.days[0]:
                joined[-1] = before._replace(days=(before.days[0], month.days[1]))
            else:
                joined.append(month._replace(fen=fen))
        doubts = [(_STATE, part.doubt, part.header) for part in joined if part.doubt]
        for code, message, header in (*faults, *doubts, *stated.unread):
            self.report(line, code, message, header)
        for part in joined:
            yield RowPayment(programme, part.says, part.fen, part.days, part.says == "maybe")

    def _read_amount(
        self, line: Line, programme: Programme, stated: StatedReceipt, state: RowState
    ) -> int | None:
        """Return the amount in fen for one period of a benefit; None if it is not known.

        The amount of a household's benefit is on its first row: blank rows that continue it add 0.
        """
        own = f"receipt.{programme.id}"
        target = own if is_blank(line.cell("amount")) and line.has(own) else "amount"
        if is_blank(line.cell(target)):
            is_once = programme.unit == "household" and line.head is not None
            return 0 if is_once and not is_blank(line.shared_cell(target)) else None
        column = line.table.columns[target, None]
        fault = find_programme_fault(programme, column.scale)
        if fault and find_roster_programme(line.table, target, self.pack) is None:
            message = OTHER_PERIOD if fault.is_period else UNIT_UNKNOWN
            self.problems.add(line, "value-unreadable", message, target)
        if not stated.fen:
            return stated.fen
        if programme.period == "month" and state.in_part:
            is_raised = names_raise(line.cell(state.in_part))
            message = _RAISED if is_raised else _IN_PART
            self.report(line, "amount-not-of-month", message, line.header(state.in_part))
            return None
        covers = find_row_period(line)
        counted = state.months or read_months_column(line, column)
        months = counted or (None if covers else count_table_months(line.table))
        return divide_by_months(stated.fen, programme, column, covers, months)

    def _apply_decisions(
        self, line: Line, payment: RowPayment, stated: StatedReceipt, state: RowState
    ) -> RowPayment:
        """Return what a row pays as it was decided, where that is not certain."""
        if payment.says == "maybe" and (decided := self._find(PAID, line)):
            if decided == NO:
                return payment._replace(says="no", is_open=False)
            amount = (
                None if payment.days else self._read_amount(line, payment.programme, stated, state)
            )
            payment = payment._replace(says="yes", fen=amount, is_open=False)
        months = self._find(MONTHS, line) if payment.fen is None and stated.fen else None
        choice, _colon, count = (months or "").partition(":")
        if choice != FOR_MONTHS or payment.programme.period != "month":
            return payment
        return payment._replace(fen=round((stated.fen or 0) / Decimal(count)))

    def _find(self, sort: str, line: Line) -> str | None:
        """Return what was decided about a row: the choice, with the months if it has any."""
        decided = self.decisions.of(self._name_subject(sort, line))
        if decided is None:
            return None
        return ":".join(filter(None, (decided.choice, decided.target)))

    def _name_subject(self, sort: str, line: Line) -> str:
        """Return the key of a decision about a row's payment, made of its place and name."""
        table, target = line.table, "name" if line.has("name") else "head_name"
        place = table.file_name, table.sheet, table.covers, line.number
        return self.decisions.subjects.name(sort, *place, line.name(target))

    def report(self, line: Line, code: str, message: Message, header: str) -> None:
        """Report what is unclear of a row's payment; nothing if it was decided."""
        subject = self._name_subject(_ASKS[code], line) if code in _ASKS else None
        if subject is None or self.decisions.of(subject) is None:
            self.problems.add(line, code, message, header=header, subject=subject)


_IN_PART = Message(
    "this says that the amount holds arrears, or is not for a whole month, so the amount for one"
    " month is unknown. Write that, or the months that it is for (发放月份)"
)
_RAISED = Message(
    "this says that the amount changed within the months of this list, so the amount for one month"
    " is unknown. Write the amount of each month in a column of its own"
)
_NOT_THE_SUM = Message(
    "the amounts of the months are not those of the sum, so they count as unknown. Correct them, or"
    " write what else is in the sum in a column of its own"
)
_NOTHING_PAID = Message(
    "0 was paid for these months, so it counts as unknown whether the benefit is received. If it"
    " has ended, write 停发; if it is only late, answer when it is paid"
)
_NOT_PAID_SINCE = Message(
    "the last months have no amount, so it counts as unknown whether the benefit is still received."
    " If it has ended, write 停发; if it is only late, answer when it is paid"
)


def _read_month(days: tuple[str, str], column: MappedColumn, cell: Cell) -> _Month | None:
    """Return what a cell says of the months of its column; None if it is blank, 0 or a dash."""
    if is_blank(cell) or drop_spaces(simplified_text(cell)) in list_cell_words("none"):
        return None
    fen = _read_fen(cell, column.scale)
    if fen == 0:
        return None
    if fen:
        is_of_each = is_of_each_month(column.header)
        months = 1 if is_of_each else count_months(f"{days[0][:7]}/{days[1][:7]}")
        return _Month(days, "yes", column.header, round(Fraction(fen, months)), fen)
    state = read_state(cell, covers=days[1][:7])
    says = {"paid": "yes", "ended": "no"}.get(state or "", "maybe")
    return _Month(days, says, column.header, doubt=STATE_UNCLEAR if says == "maybe" else None)


def _check_sum(
    line: Line, total: int | None, state: RowState, months: Sequence[_Month]
) -> Iterator[Doubt]:
    """Yield why the amounts of a row's months are not known, if its sum is another.

    In the sum there may be what other columns have: 物价补贴. The amount beside the months may also
    be that of each month. What was paid for earlier months is in none of them.
    """
    paid = [month for month in months if month.says == "yes" and month.whole]
    amounts = {month.fen for month in paid}
    has_arrears = state.in_part and not names_raise(line.cell(state.in_part))
    if paid and state.in_part and has_arrears and (len(amounts) > 1 or len(paid) == 1):
        yield "amount-not-of-month", _IN_PART, line.header(state.in_part)
        return
    of_months = [column for _days, column in line.table.month_columns]
    columns = [each for each in line.table.unknown_columns if each.position < len(line.cells)]
    read = [
        (each.header, _read_fen(line.cells[each.position], each.scale))
        for each in columns
        if each not in of_months
    ]
    sums = [fen for header, fen in read if fen and _SUM.search(header)]
    others = [fen for header, fen in read if fen and _BESIDE.search(header)]
    whole, is_rate = sum(month.whole for month in paid), bool(total) and _is_of_a_month(line)
    total = total or next(iter(sums), None)
    may_be = {*amounts}
    if not is_rate:
        may_be |= {whole, *(whole + fen for fen in others), whole + sum(others)}
    if paid and total and total not in may_be:
        yield "amount-not-of-month", _NOT_THE_SUM, line.header("amount") or paid[-1].header


def _is_of_a_month(line: Line) -> bool:
    """Whether the heading of a row's amount says that it is for a month: 月保障金额."""
    column = line.table.columns.get(("amount", None))
    return column is not None and count_heading_months(column.header) == 1


def _read_fen(cell: Cell, scale: str | None) -> int | None:
    """Return an amount in fen; None for anything else."""
    try:
        return parse_money(cell, scale, "month")
    except ValueProblem:
        return None


def _is_none(month: _Month | None) -> bool:
    return month is None


def _find_next_day(day: str) -> str:
    """Return the day after a day."""
    return (dt.date.fromisoformat(day) + dt.timedelta(days=1)).isoformat()
