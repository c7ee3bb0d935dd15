"""What the rows of rosters pay: of which programme, whether it is paid now, and how much a month.

A row that does not say for certain that it is paid, or for how many months, is asked about; what
was decided about it counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from relieftool.messages import Message
from relieftool.pack.models import Pack, Programme
from relieftool.register.fact_cells import find_programme_fault, find_roster_programme
from relieftool.register.lines import Line, ProblemLog, SheetTable
from relieftool.register.rosters import (
    ListState,
    RosterBenefits,
    RowState,
    count_table_months,
    divide_by_months,
    find_row_period,
    read_months_column,
    read_months_paid,
)
from relieftool.register.sheet_receipts import (
    ENDED_YET_PAID,
    StatedReceipt,
    gather_receipt,
    list_cell_parts,
    states_paid,
)
from relieftool.store.problem_decisions import FOR_MONTHS, MONTHS, NO, PAID, ProblemDecisions
from relieftool.values.cells import OTHER_PERIOD, UNIT_UNKNOWN
from relieftool.values.text import is_blank

# Which question the problems of a row's payment ask: is it paid, and for how many months.
_ASKS = {"receipt-state-unclear": PAID, "amount-not-of-month": MONTHS}


class RowPayment(NamedTuple):
    """What a roster's row says of a programme: `says` is "yes", "maybe" or "no".

    `fen` is the amount for one period of the programme, None if unknown.
    """

    programme: Programme
    says: str
    fen: int | None


@dataclass(frozen=True)
class PaymentReader:
    """Reads what the rows of rosters pay; reports what is unclear, unless it was decided."""

    pack: Pack
    problems: ProblemLog
    benefits: RosterBenefits
    decisions: ProblemDecisions

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
            is_filled = named or stated.says is not None or stated.unread
            of_list = None if programme.is_event else list_state
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
            self.report(line, "receipt-state-unclear", ENDED_YET_PAID, header)
            return RowPayment(programme, "maybe", None)
        for code, message, header in (*stated.doubts, *stated.unread):
            self.report(line, code, message, header)
        if "maybe" in (stated.says, state.says) or list_state == "proposed":
            return RowPayment(programme, "maybe", None)
        fen = self._read_amount(line, programme, stated, state)
        is_own = self.benefits.find_programme(line.table) is not None
        paid = read_months_paid(line, stated.fen, fen) if is_own and not state.in_part else None
        if paid is None:
            return RowPayment(programme, "yes", fen)
        if paid.fen is None:
            self.report(line, "amount-not-of-month", _OF_MONTHS, paid.header)
        return RowPayment(programme, "maybe" if paid.is_stopped else "yes", paid.fen)

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
            self.report(line, "amount-not-of-month", _IN_PART, line.header(state.in_part))
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
                return payment._replace(says="no")
            amount = self._read_amount(line, payment.programme, stated, state)
            payment = payment._replace(says="yes", fen=amount)
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
_OF_MONTHS = Message(
    "the amounts of the months differ, are not those of the sum, or the last is not paid, so the"
    " amount for one month is unknown, and whether it is still received may be. Correct them, or"
    " write 停发 if it has ended"
)
