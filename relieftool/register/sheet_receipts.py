"""Reads receipts from the households' own sheets: 已享受政策 cells and columns of single benefits.

A list of benefits denies all benefits missing from it (except events), but not if any part of the
list is unclear. What the columns of a row say of one benefit is one statement: yes or no, its
state, its days and its amount.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from relieftool.messages import Message
from relieftool.pack.models import Pack, Programme
from relieftool.pack.programme_names import ProgrammeNames, list_shared_names, read_benefits
from relieftool.register.fact_cells import find_programme_fault
from relieftool.register.lines import (
    MERGED_AMOUNT,
    CellPart,
    ColumnsDiffer,
    DuplicateCells,
    Line,
    MergedAmount,
    ProblemLog,
    SheetTable,
    TargetKey,
    format_difference,
)
from relieftool.register.people import RegisterHousehold, RegisterPerson
from relieftool.values.benefit_days import is_day_heading, may_be_of_card, read_run
from relieftool.values.cells import ValueProblem, parse_money, read_yes_or_no
from relieftool.values.payments import (
    PaymentState,
    find_ended_benefits,
    find_word_of_leaving,
    has_state_words,
    is_state_heading,
    read_state,
)
from relieftool.values.remarks import says_gone
from relieftool.values.stored_values import parse_period
from relieftool.values.text import (
    Cell,
    drop_spaces,
    is_blank,
    match_any,
    plain_text,
    simplified_text,
)
from relieftool.values.vocabulary import list_cell_words, list_words

_WORDS = {meaning: match_any(words) for meaning, words in list_words("sheet_receipts").items()}
_NO_ANSWER = Message("this is neither yes, no nor an amount; write 是 or 否")
_TAKES_BACK = Message(
    "an amount below 0 takes money back (扣回), which says neither that the benefit is received nor"
    " that it is not. Check whether this person still receives it"
)
STATE_UNCLEAR = Message(
    "this does not say for certain that the benefit is paid now, so it counts as unknown whether it"
    " is received. Find out, and write 正常 if it is paid, or 停发 if it has ended"
)
_DAYS_UNCLEAR = Message(
    "this does not say for certain whether the benefit is still paid in the month of the list, so"
    " it counts as unknown whether it is received. Write the days like 2024-06-30, and say the"
    " month of a list that has none with --month"
)
_BEGINS_LATER = Message(
    "the benefit begins after the month of this list, so whether it is received counts as unknown."
    " Import the list of the month in which it begins, or answer whether it is paid now"
)
_DAYS_OF_WHICH = Message(
    "this row names several benefits, and it is not certain which of them has ended, so it counts"
    " as unknown whether they are received. Write the days of each in a column of its own"
)
ENDED_YET_PAID = Message(
    "this row says that the benefit has ended, and beside it that an amount was paid, so it counts"
    " as unknown whether it is received. If it is still paid, delete 停发; if it has ended, write 0"
    " as the amount"
)
_REPEATED = Message(
    "several rows of this household state the same amount, which may be that of the household or"
    " that of each person, so it is unknown. Write 户 or 人均 in the heading"
)
_OTHER_SHEET = Message(
    "another sheet of the same days states another amount for this benefit, so it is unknown;"
    " correct one"
)
_REMARKED_END = Message(
    "this text says that a benefit has ended which the row states as received, so it counts as"
    " unknown whether it is. Write 停发 or 正常 in a column 状态, or correct the text"
)
_OF_NOTHING = Message(
    "this says that something has ended or is not paid, and the row names no benefit, so it is not"
    " used. Name the benefit in a column 已享受政策; if the person died or moved away, write that"
)
_OF_WHICH = Message(
    "this amount is none that {name} pays, and {other} is often called the same, so it counts as"
    " unknown which of them is received. Write the full name of the benefit, or correct the amount"
)
_OF_SEVERAL = Message(
    "this row names several benefits or none that is known, so it is not known of which the amount"
    " is, and it is not used; write the amount of each benefit in a column of its own"
)
_OF_PERSON, _OF_HOUSEHOLD = map(re.compile, (_WORDS["of_person"], _WORDS["of_household"]))
_AMOUNT_HEADING = re.compile("金额")
_PAID_OUT = re.compile("(?:{paid_out})(?!标准)".format(**_WORDS))
_DISPUTED = -1
# The number of results that are cached: a column repeats the same few cells.
_REMEMBERED = 1 << 12
DayRange = tuple[str | None, str | None]
Doubt = tuple[str, Message, str]  # code, message and heading of a problem


class Receipt(NamedTuple):
    """A statement about the receipt of a benefit; `says` is "yes", "no" or "maybe".

    It says "maybe" if it is in doubt. A roster row says "no" if it states that the benefit ended.
    `member_no` is None if the statement is about the household. `amount_fen` is for one period of
    the benefit, None if unknown. Both days are inclusive, and None if undated. `is_open`: a row
    surely names this person, and leaves open whether they are paid. `payee_is_gone`: a
    roster names somebody who died or moved away, or may have.
    """

    household_no: str
    member_no: str | None
    programme: str
    says: str
    origin: str
    amount_fen: int | None
    amount_period: str | None
    covers_from: str | None
    covers_until: str | None
    payee_is_gone: bool
    row_id: int
    is_open: bool = False


class BenefitCell(NamedTuple):
    """What one cell of a benefit's columns says; `fen` is its amount, None if it has none.

    `problem` is the code and message of a cell that cannot be read in full.
    """

    says: str | None = None
    state: PaymentState | None = None
    fen: int | None = None
    problem: tuple[str, Message] | None = None


@dataclass(frozen=True)
class StatedReceipt:
    """What the columns of a row say together of one benefit.

    `says` is None if they say nothing, and `is_ended` if its "no" states that the benefit ended.
    `fen` is the amount as it is written, None if unknown. `is_beside_zero`: only an amount of 0
    makes it doubtful. `unread` are the cells that cannot be read.
    """

    says: str | None
    fen: int | None = None
    is_ended: bool = False
    is_beside_zero: bool = False
    doubts: Sequence[Doubt] = ()
    unread: Sequence[Doubt] = ()


@lru_cache(_REMEMBERED, typed=True)
def read_benefit_cell(
    cell: Cell, heading: str, scale: str | None, period: str | None, covers: str | None = None
) -> BenefitCell:
    """Return what a cell in a column of a benefit says: a state, yes or no, or an amount.

    `period` is that of the benefit; the amount is unknown if its cell states another. `covers` is
    the time that the table is of.
    """
    is_of_days = is_day_heading(heading)
    if is_of_days or is_state_heading(heading):
        state = read_state(cell, heading, covers)
        runs = is_of_days and state is None and not is_blank(cell)
        return BenefitCell("yes" if runs else None, state)
    answer = read_yes_or_no(cell)
    is_figure = _AMOUNT_HEADING.search(heading) is not None and plain_text(cell).isdigit()
    if answer is not None and not is_figure:
        return BenefitCell("yes" if answer else "no", fen=0 if is_zero(cell) else None)
    problem: tuple[str, Message] | None = None
    for known in (period, None, "month", "year"):  # for whatever period it is, it is received
        try:
            fen = parse_money(cell, scale, known)
        except ValueProblem as found:
            problem = problem or (found.code, found.message)
        else:
            return BenefitCell("yes" if fen else "no", None, None if problem else fen, problem)
    if _is_negative_amount(cell):
        return BenefitCell("maybe", problem=("roster-takes-back", _TAKES_BACK))
    if drop_spaces(simplified_text(cell)) in list_cell_words("no_benefit"):
        return BenefitCell("no")
    state = read_state(cell, covers=covers)
    return BenefitCell(problem=problem) if state == "unclear" else BenefitCell(state=state)


def _is_negative_amount(cell: Cell) -> bool:
    """Whether a cell is an amount below 0."""
    text = simplified_text(cell).lstrip("¥ ")
    try:
        return text.startswith("-") and parse_money(text[1:]) > 0
    except ValueProblem:
        return False


def explain_unclear(heading: str, cell: Cell, covers: str | None) -> Message:
    """Return the message for a cell that does not say whether a benefit is paid now."""
    if not is_day_heading(heading):
        return STATE_UNCLEAR
    return _BEGINS_LATER if read_run(cell, heading, covers) == "later" else _DAYS_UNCLEAR


def is_zero(cell: Cell) -> bool:
    """Whether a cell is the figure 0, also as 0.00 or 0元."""
    return not drop_spaces(simplified_text(cell)).strip("0.元¥")


def list_cell_parts(line: Line, key: TargetKey) -> Sequence[CellPart]:
    """Return the filled cells of a row in the columns with one meaning."""
    cell = line.cell(*key)
    if isinstance(cell, DuplicateCells):
        return cell.parts
    return () if is_blank(cell) else (CellPart(cell, line.table.columns[key]),)


def has_no_amount(line: Line) -> bool:
    """Whether all cells of a row that may hold an amount are blank."""
    keys = (
        key for key in line.table.columns if key[0] == "amount" or key[0].startswith("receipt.")
    )
    parts = (part for key in keys for part in list_cell_parts(line, key))
    return all(is_day_heading(part.column.header) for part in parts)


def _read_part(
    key: TargetKey, part: CellPart, programme: Programme, table: SheetTable
) -> BenefitCell:
    """Return what a cell says; the amount under a unit that does not fit the benefit is unknown.

    On a roster, whose rows pay, an end that may be that of a card leaves open what it says.
    """
    covers, is_paying = table.covers, table.kind != "households"
    heading = part.column.header if key[0] != "amount" else f"{part.column.header}金额"
    is_known = find_programme_fault(programme, part.column.scale) is None
    scale = part.column.scale if is_known else None
    shared = part.cell if isinstance(part.cell, MergedAmount) else None
    own = shared.cell if shared is not None else part.cell
    cell = read_benefit_cell(own, heading, scale, programme.period, covers)
    if is_paying and cell.state == "ended" and may_be_of_card(heading):
        cell = cell._replace(state="unclear")
    if shared is not None and cell.fen:
        return cell._replace(fen=None, problem=("amount-merged", MERGED_AMOUNT))
    return cell if is_known or not cell.fen else cell._replace(fen=None)


def states_paid(part: CellPart, fen: int | None) -> bool:
    """Whether an amount was paid out: 发放金额, but not 低保金额, which may be that of earlier."""
    return bool(fen) and _PAID_OUT.search(part.column.header) is not None


_ReadPart = tuple[TargetKey, CellPart, BenefitCell]


def gather_receipt(
    line: Line, programme: Programme, keys: Iterable[TargetKey], stated: str | None = None
) -> StatedReceipt:
    """Return what a row says of a benefit in all columns with these meanings.

    `stated` is what it says of it elsewhere, "yes" or "no". An end goes before all else but what
    was paid, then a doubt. The amount is that of the first meaning which has one.
    """
    read = [
        (key, part, _read_part(key, part, programme, line.table))
        for key in keys
        for part in list_cell_parts(line, key)
    ]
    if len(read) == 1 and stated is None:
        only = read[0][2]
        if only.state is None and only.problem is None and only.says != "maybe":
            return _state_alone(only.says, only.fen)  # nearly every row of a roster
    says = {stated, *(cell.says for _key, _part, cell in read)} - {None}
    states = {cell.state for _key, _part, cell in read}
    unread = [(*cell.problem, part.column.header) for _key, part, cell in read if cell.problem]
    is_paid = "paid" in states or any(states_paid(part, cell.fen) for _key, part, cell in read)
    if "ended" in states and not is_paid:
        return StatedReceipt("no", is_ended=True)
    doubted = ("unpaid", "unclear", "ended")
    unsure = next((part for _key, part, cell in read if cell.state in doubted), None)
    if unsure is not None:
        header = unsure.column.header
        message = explain_unclear(header, unsure.cell, line.table.covers)
        message = ENDED_YET_PAID if "ended" in states else message
        return StatedReceipt("maybe", doubts=[("receipt-state-unclear", message, header)])
    if "maybe" in says:
        return StatedReceipt("maybe", doubts=unread)
    if "no" in says and (len(says) > 1 or "paid" in states):
        denied = [cell for _key, _part, cell in read if cell.says == "no"]
        is_beside_zero = stated != "no" and all(cell.fen == 0 for cell in denied)
        doubt = _describe_difference(line, read)
        return StatedReceipt("maybe", is_beside_zero=is_beside_zero, doubts=[doubt])
    fen, differing = _choose_amount(read)
    answer = says.pop() if says else "yes" if "paid" in states else None
    return StatedReceipt(answer, fen, doubts=differing, unread=unread)


@lru_cache(_REMEMBERED)
def _state_alone(says: str | None, fen: int | None) -> StatedReceipt:
    """Return what a single cell says of a benefit."""
    return StatedReceipt(says, fen)


def _choose_amount(read: Sequence[_ReadPart]) -> tuple[int | None, Sequence[Doubt]]:
    """Return the amount in the columns of the first meaning that has one; None if they differ."""
    paid = [(key, part, cell.fen) for key, part, cell in read if cell.fen is not None]
    best = [(part, fen) for key, part, fen in paid if key == paid[0][0]]
    if len({fen for _part, fen in best}) <= 1:
        return (best[0][1] if best else None), ()
    message = format_difference(DuplicateCells([part for part, _fen in best]))
    return None, [(ColumnsDiffer.code, message, best[0][0].column.header)]


def _describe_difference(line: Line, read: Sequence[_ReadPart]) -> Doubt:
    """Return the problem that a benefit's columns, or its column and 已享受政策, differ."""
    parts = [part for _key, part, _cell in read]
    if len(parts) == 1:
        parts += list_cell_parts(line, ("receives", None))
    return ColumnsDiffer.code, format_difference(DuplicateCells(parts)), parts[0].column.header


@dataclass(frozen=True)
class _Statement:
    """What a line says of a benefit, and of whom: `person` is None for the household.

    `place` is the number of the member whose columns say it, None for the line's own.
    `is_one_of_several`: the line says "yes" of other benefits too.
    """

    line: Line
    person: RegisterPerson | None
    programme: Programme
    stated: StatedReceipt
    place: int | None = None
    is_one_of_several: bool = False

    @property
    def about(self) -> tuple[str, str | None]:
        """Return the ids of benefit and member; a household's benefit is about no member."""
        is_of_member = self.person is not None and self.programme.unit == "member"
        return self.programme.id, self.person.member_no if self.person and is_of_member else None


@dataclass(frozen=True)
class SheetReceipts:
    """Reads the 已享受政策 cells and the benefits' own columns of household sheets."""

    pack: Pack
    problems: ProblemLog
    names: ProgrammeNames
    _of_columns: dict[frozenset[str], list[Programme]] = field(default_factory=dict)

    def read_household(self, household: RegisterHousehold) -> Iterator[Receipt]:
        """Yield the receipts, and denials of receipt, that a household's own sheets state."""
        groups: dict[tuple[str, str | None], list[_Statement]] = defaultdict(list)
        for line in household.lines:
            if line.row_id not in household.moved_rows:
                said = list(self._read_line(household, line))
                if not said and line.has("paid_state"):
                    self._report_state(line)
                is_several = (
                    len({each.programme.id for each in said if each.stated.says == "yes"}) > 1
                )
                for statement in said:
                    groups[statement.about].append(
                        replace(statement, is_one_of_several=True) if is_several else statement
                    )
        for statements in groups.values():
            yield from self._settle(household, statements)

    def _read_line(self, household: RegisterHousehold, line: Line) -> Iterator[_Statement]:
        """Yield what a line says of each benefit, in its 已享受政策 cell and in its columns."""
        listing = "receives" if line.has("receives") else "programme"
        has_list = not is_blank(line.cell(listing))
        columns = line.table.receipt_programmes
        if not has_list and not columns:
            return
        person = self._find_person(household, line, listing) if has_list else None
        listed = self._read_benefit_cell(line, listing) if has_list else {}
        joined = self._find_joined(line, listed if has_list else None)
        programmes = self.pack.programmes.values()
        for programme in programmes if has_list else self._list_programmes(columns):
            says = listed.get(programme.id)
            own: list[_Statement] = []
            if programme.id in columns or programme.id == joined:
                keys = [("amount", None)] if programme.id == joined else []
                own = list(self._read_columns(household, line, programme, (person, says), keys))
                yield from own
            if says and all(statement.place is not None for statement in own):
                is_yes = says == "yes"
                yield _Statement(line, person, programme, StatedReceipt("yes" if is_yes else "no"))

    def _report_state(self, line: Line) -> None:
        """Report an end in a row that names nothing which may have ended."""
        for part in list_cell_parts(line, ("paid_state", None)):
            state = read_state(part.cell, part.column.header, line.table.covers)
            is_of_person = find_word_of_leaving(part.cell) or (
                line.table.state_of_people is not None and says_gone(part.cell)
            )
            if state in ("ended", "unpaid") and not is_of_person:
                self.problems.add(line, "state-of-nothing", _OF_NOTHING, header=part.column.header)

    def _find_joined(self, line: Line, listed: dict[str, str] | None) -> str | None:
        """Return the only benefit that a row names, of which an amount in it is."""
        if listed is None:
            return line.table.only_benefit
        received = [name for name, says in listed.items() if says == "yes"]
        is_one = len(received) == 1
        if not is_one and any(
            not is_zero(part.cell) for part in list_cell_parts(line, ("amount", None))
        ):
            self.problems.add(line, "amount-of-several", _OF_SEVERAL, "amount")
        return received[0] if is_one else None

    def _list_programmes(self, names: frozenset[str]) -> list[Programme]:
        """Return the programmes with these ids in the order of the pack, looked up only once."""
        if names not in self._of_columns:
            found = [self.pack.programmes[name] for name in self.pack.programmes if name in names]
            self._of_columns[names] = found
        return self._of_columns[names]

    def _find_person(
        self, household: RegisterHousehold, line: Line, target: str
    ) -> RegisterPerson | None:
        """Return the person that a cell is about; None if it is about the household.

        In a household of several, a cell is about all of them if it is blank on the rows that
        continue its row, or if its row is not about a single person.
        """
        if len(household.people) == 1:
            return household.people[0]
        continued = [other.cell(target) for other in household.lines if other.head is line]
        is_shared = bool(continued) and all(is_blank(cell) for cell in continued)
        has_own = line.has("name") or line.head is not None or bool(continued)
        if is_shared or line.table.places or not has_own:
            return None
        return _find_person_at(household, line, None)

    def _read_benefit_cell(self, line: Line, target: str) -> dict[str, str]:
        """Return what a line's 已享受政策 cell says of each benefit, and report what is unclear.

        It says "yes", "no", or "unlisted" for a benefit that is only missing from the list. A cell
        of `target` programme, as below 救助类型, is no list of all that is received.
        """
        stated = read_benefits(simplified_text(line.cell(target)), self.names)
        for message in stated.unclear:
            self.problems.add(line, "benefit-unknown", message, target)
        # an unclear word may mean any of them, so the cell denies none
        is_whole = stated.is_list and not stated.unclear and target == "receives"
        unlisted = "no" if is_whole and not stated.received and not stated.denied else "unlisted"
        return {
            **{
                programme.id: unlisted
                for programme in self.pack.programmes.values()
                if is_whole and not programme.is_event
            },
            **dict.fromkeys(stated.denied, "no"),
            **dict.fromkeys(stated.received, "yes"),
        }

    def _read_columns(
        self,
        household: RegisterHousehold,
        line: Line,
        programme: Programme,
        listed: tuple[RegisterPerson | None, str | None],
        joined: Sequence[TargetKey],
    ) -> Iterator[_Statement]:
        """Yield what a line's columns of one benefit say.

        `listed` is what its 已享受政策 cell says, and of whom: what it says in so many words must
        agree with the columns. `joined` are columns that are of this benefit only in this row.
        """
        target = f"receipt.{programme.id}"
        for place in (None, *line.table.places):
            keys = [(target, place), *(joined if place is None else ())]
            is_own = bool(list_cell_parts(line, (target, place)))
            if not any(list_cell_parts(line, key) for key in keys):
                continue
            if place is None:
                person = self._find_person(household, line, target) if is_own else listed[0]
                is_same = programme.unit == "household" or person is listed[0]
                other = listed[1] if is_same and listed[1] != "unlisted" else None
            else:
                person, other = _find_person_at(household, line, place), None
                if person is None:
                    continue
            stated = gather_receipt(line, programme, keys, other)
            if stated.says is None:
                for _code, _message, header in stated.unread:
                    self.problems.add(line, "receipt-unreadable", _NO_ANSWER, header=header)
            else:
                yield _Statement(line, person, programme, stated, place)

    def _settle(
        self, household: RegisterHousehold, statements: Sequence[_Statement]
    ) -> Iterator[Receipt]:
        """Yield the receipts of what all lines say of one benefit, and report what is in doubt."""
        paying = {id(each.line.table) for each in statements if each.stated.fen}
        settled = [
            # a household's amount is on one of its rows, and 0 on the others contradicts nothing
            replace(statement, stated=StatedReceipt("yes", 0))
            if statement.stated.is_beside_zero and id(statement.line.table) in paying
            else self._apply_state(household, statement)
            for statement in statements
        ]
        amounts = self._share_amounts(settled)
        for statement, amount in zip(settled, amounts, strict=True):
            for code, message, header in (*statement.stated.doubts, *statement.stated.unread):
                self.problems.add(statement.line, code, message, header=header)
            yield _make_receipt(household, statement, amount)

    def _apply_state(self, household: RegisterHousehold, statement: _Statement) -> _Statement:
        """Return a statement with the state of payments in the row's own column, such as 停发.

        Words that name no state may be about anything in such a column of a household list. An
        end that is said of one person of several leaves open whether the household's ended.
        """
        line = statement.line
        if statement.place is not None or statement.stated.says != "yes":
            return statement
        is_sure = statement.programme.unit == "member" or len(household.people) == 1
        for part in list_cell_parts(line, ("paid_state", None)):
            header = part.column.header
            state = read_state(part.cell, header, line.table.covers)
            is_of_days = is_day_heading(header)
            is_open = state == "unclear" and (is_of_days or has_state_words(part.cell))
            if not (state in ("ended", "unpaid") or is_open) or find_word_of_leaving(part.cell):
                continue
            is_of_which = is_of_days and statement.is_one_of_several
            if state == "ended" and (is_sure or is_of_days) and not is_of_which:
                return replace(statement, stated=StatedReceipt("no", is_ended=True))
            message = (
                _DAYS_OF_WHICH
                if is_of_which
                else explain_unclear(header, part.cell, line.table.covers)
            )
            doubt = ("receipt-state-unclear", message, header)
            return replace(statement, stated=StatedReceipt("maybe", doubts=[doubt]))
        for part in list_cell_parts(line, ("remark", None)):
            ended = find_ended_benefits(part.cell)
            if "" in ended or statement.programme.id in map(self.names.find_in_cell, ended):
                doubt = ("receipt-state-unclear", _REMARKED_END, part.column.header)
                return replace(statement, stated=StatedReceipt("maybe", doubts=[doubt]))
        return statement

    def _share_amounts(self, statements: Sequence[_Statement]) -> list[int | None]:
        """Return the amount of each statement in fen, so that they can be added up.

        Of the sheets of the same days only one counts. A row without an amount beside a row that
        has one adds 0. The amount is None for all if it is not clear.
        """
        if len(statements) == 1:
            (only,) = statements
            return [only.stated.fen if only.stated.says == "yes" else None]
        tables: dict[tuple[str | None, int], list[int]] = defaultdict(list)
        for place, statement in enumerate(statements):
            if statement.stated.says == "yes":
                tables[statement.line.table.covers, id(statement.line.table)].append(place)
        amounts: dict[str | None, dict[int, int]] = {}
        for (covers, _table), places in tables.items():
            own = self._read_amounts([statements[place] for place in places])
            known = amounts.setdefault(covers, {})
            if own and not known:
                known.update(zip(places, own, strict=True))
            elif own and known and sum(own) != sum(known.values()):
                line = statements[places[0]].line
                target = f"receipt.{statements[0].programme.id}"
                self.problems.add(line, ColumnsDiffer.code, _OTHER_SHEET, target)
                known.update(dict.fromkeys(places, _DISPUTED))
        found: list[int | None] = [None] * len(statements)
        for (covers, _table), places in tables.items():
            known = amounts[covers]
            if known and _DISPUTED not in known.values():
                for place in places:
                    found[place] = known.get(place, 0)
        return found

    def _read_amounts(self, rows: Sequence[_Statement]) -> list[int]:
        """Return the amounts of a table's rows, 0 for a row without; an empty list if unknown.

        If several rows state the same amount, the heading must show whose it is.
        """
        filled = [row.stated.fen for row in rows if row.stated.fen]
        own = [row.stated.fen or 0 for row in rows]
        if not filled or len(set(filled)) > 1 or len(filled) == 1:
            return own if filled else []
        own_key, place = f"receipt.{rows[0].programme.id}", rows[0].place
        key = (own_key if rows[0].line.has(own_key, place) else "amount", place)
        header = " ".join(part.column.header for part in list_cell_parts(rows[0].line, key))
        if _OF_PERSON.search(header):
            return own
        if _OF_HOUSEHOLD.search(header):
            first = own.index(filled[0])
            return [amount if place == first else 0 for place, amount in enumerate(own)]
        self.problems.add(rows[1].line, "receipt-amount-repeated", _REPEATED, *key)
        return []


def _make_receipt(
    household: RegisterHousehold, statement: _Statement, amount: int | None
) -> Receipt:
    """Return the receipt that a line of a household's sheet states."""
    covers = statement.line.table.covers
    begins, ends = parse_period(covers) if covers else (None, None)
    programme, member_no = statement.about
    return Receipt(
        household.household_no,
        member_no,
        programme,
        str(statement.stated.says),
        "sheet",
        amount,
        None if amount is None else statement.programme.period,
        begins,
        ends,
        payee_is_gone=False,  # a list of households says who is of them
        row_id=statement.line.row_id,
    )


def doubt_shared_names(
    receipts: list[Receipt], lines: Iterable[Line], pack: Pack, problems: ProblemLog
) -> list[Receipt]:
    """Return the receipts; those are in doubt that may be of another benefit called the same.

    They are if only the shared name is in their row, heading, title, sheet or file name, and their
    amount is none that the programme pays. `lines` are the rows of all of them.
    """
    usual = {each.id: _list_usual_amounts(pack, each) for each in pack.programmes.values()}
    shared = {name: list_shared_names(pack, pack.programmes[name]) for name in usual if usual[name]}
    unusual = {
        place: receipt
        for place, receipt in enumerate(receipts)
        if shared.get(receipt.programme)
        and receipt.says == "yes"
        and receipt.amount_fen not in {None, 0, *usual[receipt.programme]}
    }
    ids = {receipt.row_id for receipt in unusual.values()}
    rows = {line.row_id: line for line in lines if line.row_id in ids} if ids else {}
    found = list(receipts)
    for place, receipt in unusual.items():
        line, programme = rows.get(receipt.row_id), pack.programmes[receipt.programme]
        other = _find_other(line, programme, shared[programme.id]) if line else None
        if line and other:
            message = Message(_OF_WHICH.template, {"name": programme.names.zh, "other": other})
            problems.add(line, "benefit-of-two-names", message, f"receipt.{programme.id}")
            found[place] = receipt._replace(says="maybe", amount_fen=None)
    return found


def _find_other(line: Line, programme: Programme, shared: Mapping[str, str]) -> str | None:
    """Return the other benefit of a name that a row has; None if a name of its own is there too."""
    table = line.table
    cells = [line.shared_cell(target) for target in ("programme", "receives")]
    header = line.header(f"receipt.{programme.id}")
    around = [table.title, table.sheet, table.file_name.rpartition("/")[2], header]
    text = drop_spaces(simplified_text(" ".join([*around, *map(plain_text, cells)])))
    own = {programme.names.zh, *programme.roster_names, *programme.receipt_headers} - {*shared}
    if any(name in text for name in own):
        return None
    return next((other for name, other in shared.items() if name in text), None)


def _list_usual_amounts(pack: Pack, programme: Programme) -> set[int]:
    """Return the amounts in fen of a programme's parameters; empty if one is unknown."""
    named = [pack.parameters.get(amount.value) for amount in programme.amounts]
    values = [dated.value for each in named if each for dated in each.values]
    return {round(Fraction(value) * 100) for value in values} if all(named) else set()


def _find_person_at(
    household: RegisterHousehold, line: Line, place: int | None
) -> RegisterPerson | None:
    """Return the person whom a line mentions at `place` (None: its own person), if any."""
    for person in household.people:
        if any(mention.line is line and mention.place == place for mention in person.mentions):
            return person
    return None
