"""Reads receipts from the households' own sheets: 已享受政策 cells and yes-no columns.

A word counts only if it has a single meaning. A list of benefits denies all benefits missing from
it (except events), but not if any part of the list is unclear.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from relieftool.messages import Message
from relieftool.pack.models import Pack, Programme
from relieftool.register.lines import (
    ColumnsDiffer,
    DuplicateCells,
    Line,
    ProblemLog,
    format_difference,
)
from relieftool.register.people import RegisterHousehold, RegisterPerson
from relieftool.values.cells import ValueProblem, parse_money, read_yes_or_no
from relieftool.values.periods import parse_period
from relieftool.values.text import Cell, drop_spaces, is_blank, simplified_text
from relieftool.values.vocabulary import list_cell_words

FindProgramme = Callable[[str], str | None]
_WEAK, _STRONG = r"、/\s＋+", "，,；;"
_PARTS = re.compile(rf"([{_WEAK}{_STRONG}]+)")
_DENIED = re.compile(r"^(?:(?:未|不|没有?|尚未)(?:享受|领取|纳入)|没有|无|未|非)(?P<name>.+)$")
_STATED = re.compile(r"^(?:正在|已|现)?(?:享受|领取)")
_NOT_NOW = re.compile(
    r"申请|申报|审[核批]|公示|办理中|^拟|待[审批办]|已?停|取消|退出|注销|终止|到期|^(?:曾|原)"
)
_GRADE = re.compile(r"\(?[a-e一二三四][类档级]\)?$", re.IGNORECASE)
_SUM = re.compile(r"\(?(?:每?[月年])?0*(?P<sum>[1-9]\d*(?:\.\d+)?)元?(?:每[月年])?\)?$", re.ASCII)
_BOTH_DISABILITY = re.compile(r"(?:困难|重度)?(?:残疾人|残疾)?两项补贴")
_EACH = re.compile(r"/\s*([月年])")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")

_UNKNOWN = Message("a benefit named here is not known; write its usual name")
_NOT_RECEIVED = Message(
    "what is applied for, or has ended, is not received; leave it out, or write 无"
)
_WHICH = Message("this names two benefits ({names}); write which of them is received")
_UNCLEAR = Message(
    "it is unclear whether 未 is said of all that follows; write each benefit with 享受 or 未享受"
)


@dataclass
class StatedBenefits:
    """The ids of the benefits that a cell states as received or denied.

    `is_list`: the cell lists what is received, so that all other benefits except for events are
    denied. `unclear`: messages about what was not understood; if there are any, only what is named
    is denied.
    """

    received: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)
    unclear: list[Message] = field(default_factory=list)
    is_list: bool = False

    def add_unclear(self, message: Message) -> None:
        """Add a message about something unclear, unless it is there already."""
        if message not in self.unclear:
            self.unclear.append(message)


def read_benefits(text: str, find: FindProgramme) -> StatedBenefits:
    """Return the benefits stated in a text of simplified characters.

    `find` returns the programme of a name, or None.
    """
    stated = StatedBenefits()
    # in 未享受低保、特困, the denial may also be meant for what follows the weak separator
    is_open = False
    for before, word in _split_words(text):
        is_open &= not any(sign in before for sign in _STRONG)
        denied = None if find(word) else _DENIED.match(word)
        programme = _find_named(denied["name"] if denied else word, find)
        if word in list_cell_words("no_benefit"):
            stated.is_list = True
        elif programme is None:
            stated.add_unclear(_explain_unknown(word, find))
        elif denied:
            stated.denied.add(programme)
            is_open = True
        elif is_open and not _STATED.match(word):
            stated.add_unclear(_UNCLEAR)
        else:
            stated.received.add(programme)
            stated.is_list = True
            is_open = False
    if both := stated.received & stated.denied:
        stated.received -= both
        stated.denied -= both
        stated.add_unclear(_UNCLEAR)
    return stated


def _split_words(text: str) -> Iterator[tuple[str, str]]:
    """Yield each word with the separator before it; 300元/月 and 1,200元 are not split."""
    whole = _THOUSANDS.sub("", _EACH.sub(r"每\1", text))
    before = ""
    for position, part in enumerate(_PARTS.split(whole)):
        if position % 2:
            before = part
        elif part:
            yield before, part


def _find_named(word: str, find: FindProgramme) -> str | None:
    """Return the programme that a word names, also with a grade or amount after it: 低保A类."""
    if (programme := find(word)) is not None:
        return programme
    bare = word
    for tail in (_SUM, _GRADE):
        bare = tail.sub("", bare)
    return find(bare) if bare and bare != word else None


def _explain_unknown(word: str, find: FindProgramme) -> Message:
    """Return the message for a word that is not the name of a benefit, with what to do about it."""
    if _BOTH_DISABILITY.fullmatch(_STATED.sub("", word)):
        both = [name for name in ("生活补贴", "护理补贴") if find(name)]
        return Message(_WHICH.template, {"names": ", ".join(both)}) if both else _UNKNOWN
    return _NOT_RECEIVED if _NOT_NOW.search(word) else _UNKNOWN


_NO_ANSWER = Message("this is neither yes, no nor an amount; write 是 or 否")
DayRange = tuple[str | None, str | None]


class Receipt(NamedTuple):
    """A statement about the receipt of a benefit; `says` is "yes", "no" or "maybe".

    A roster row says "maybe" if it is in doubt, and "no" if it states that the benefit ended.
    `member_no` is None if the statement is about the household. Both days are inclusive, and None
    if undated.
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
    row_id: int


class ProgrammeNames:
    """Finds the programmes of a pack by name, id, roster name or heading.

    Blanks, traditional characters and 享受 in front do not matter.
    """

    def __init__(self, pack: Pack) -> None:
        self._names = {
            _strip_receiving(name): programme.id
            for programme in pack.programmes.values()
            for name in [
                programme.names.zh,
                programme.names.en,
                programme.id,
                *programme.roster_names,
                *programme.receipt_headers,
            ]
        }

    def find(self, word: str) -> str | None:
        """Return the programme with this name; None if there is none."""
        return self._names.get(_strip_receiving(word))


def _strip_receiving(text: str) -> str:
    """Return a name in simplified characters, without blanks and without 享受 in front."""
    return re.sub(r"^(?:正在|已|现)?享受", "", drop_spaces(simplified_text(text)))


@dataclass(frozen=True)
class SheetReceipts:
    """Reads the 已享受政策 cells and the yes-no columns of household sheets."""

    pack: Pack
    problems: ProblemLog
    names: ProgrammeNames

    def read_household(self, household: RegisterHousehold) -> Iterator[Receipt]:
        """Yield the receipts, and denials of receipt, that a household's own sheets state."""
        for line in household.lines:
            if line.row_id in household.moved_rows:
                continue
            if not is_blank(line.cell("receives")):
                person = self._find_person(household, line, "receives")
                yield from self._read_benefit_cell(household, person, line)
            if line.table.receipt_programmes:
                yield from self._read_receipt_columns(household, line)

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

    def _read_benefit_cell(
        self, household: RegisterHousehold, person: RegisterPerson | None, line: Line
    ) -> Iterator[Receipt]:
        """Yield the receipts in the 已享受政策 cell of a line, and report what is unclear in it."""
        stated = read_benefits(simplified_text(line.cell("receives")), self.names.find)
        for message in stated.unclear:
            self.problems.add(line, "benefit-unknown", message, "receives")
        for programme in self.pack.programmes.values():
            if programme.id in stated.received:
                yield self._make_receipt(household, person, line, programme, "yes")
            elif programme.id in stated.denied:
                yield self._make_receipt(household, person, line, programme, "no")
            elif stated.is_list and not stated.unclear and not programme.is_event:
                # an unclear word may mean any of them, so the cell denies none
                yield self._make_receipt(household, person, line, programme, "no")

    def _read_receipt_columns(self, household: RegisterHousehold, line: Line) -> Iterator[Receipt]:
        """Yield the receipts in a line's columns of single programmes; report unreadable cells."""
        for programme in self.pack.programmes.values():
            if programme.id not in line.table.receipt_programmes:
                continue
            target = f"receipt.{programme.id}"
            for place in [None, *line.table.places]:
                cell = line.cell(target, place)
                if is_blank(cell):
                    continue
                says = says_received(cell)
                if says is None:
                    code, message = "receipt-unreadable", _NO_ANSWER
                    if isinstance(cell, DuplicateCells):
                        code, message = ColumnsDiffer.code, format_difference(cell)
                    self.problems.add(line, code, message, target, place)
                elif place is None:
                    person = self._find_person(household, line, target)
                    yield self._make_receipt(household, person, line, programme, says)
                elif (person := _find_person_at(household, line, place)) is not None:
                    yield self._make_receipt(household, person, line, programme, says)

    def _make_receipt(
        self,
        household: RegisterHousehold,
        person: RegisterPerson | None,
        line: Line,
        programme: Programme,
        says: str,
    ) -> Receipt:
        covers = line.table.covers
        begins, ends = parse_period(covers) if covers else (None, None)
        return Receipt(
            household.household_no,
            person.member_no if person and programme.unit == "member" else None,
            programme.id,
            says,
            "sheet",
            None,
            None,
            begins,
            ends,
            line.row_id,
        )


def _find_person_at(
    household: RegisterHousehold, line: Line, place: int | None
) -> RegisterPerson | None:
    """Return the person whom a line mentions at `place` (None: its own person), if any."""
    for person in household.people:
        if any(mention.line is line and mention.place == place for mention in person.mentions):
            return person
    return None


def says_received(cell: Cell) -> str | None:
    """Return "yes" or "no" for a cell that is yes, no or an amount; None for any other cell.

    An amount of 0 is "no". Duplicate cells that differ are None.
    """
    if isinstance(cell, DuplicateCells):
        says = {says_received(part.cell) for part in cell.parts}
        return says.pop() if len(says) == 1 else None
    answer = read_yes_or_no(cell)
    if answer is not None:
        return "yes" if answer else "no"
    for period in (None, "month", "year"):  # for whatever period the amount is, it is received
        try:
            return "yes" if parse_money(cell, None, period) else "no"
        except ValueProblem:
            continue
    return None


def is_yes_or_no(cell: Cell) -> bool:
    """Whether a cell, or each of its duplicates, is a yes or no."""
    if isinstance(cell, DuplicateCells):
        return all(is_yes_or_no(part.cell) for part in cell.parts)
    return read_yes_or_no(cell) is not None
