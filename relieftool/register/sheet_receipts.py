"""Who receives what, as the households' own sheets say it; dated, never inferred.

What a cell under 已享受政策 says: which benefits are received, which are not, what is unclear.

A word is read only where it can mean one thing. What is unclear denies nothing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

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
from relieftool.values.words import list_cell_words

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
    """What one cell says; `is_list`: it names what is received, so that the rest is not.

    `told` is what was unclear in it; nothing is denied beside that but what is denied by name.
    """

    received: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)
    told: list[Message] = field(default_factory=list)
    is_list: bool = False

    def tell(self, message: Message) -> None:
        """Note once that something is unclear."""
        if message not in self.told:
            self.told.append(message)


def read_benefits(text: str, find: FindProgramme) -> StatedBenefits:
    """Read a simplified text; `find` gives the programme of a name, None where nobody knows it."""
    spoken = StatedBenefits()
    is_open = False  # a denial may reach over the weak separators behind it
    for before, said in _words(text):
        is_open &= not any(sign in before for sign in _STRONG)
        denied = None if find(said) else _DENIED.match(said)
        programme = _named(denied["name"] if denied else said, find)
        if said in list_cell_words("no_benefit"):
            spoken.is_list = True
        elif programme is None:
            spoken.tell(_why_unknown(said, find))
        elif denied:
            spoken.denied.add(programme)
            is_open = True
        elif is_open and not _STATED.match(said):
            spoken.tell(_UNCLEAR)
        else:
            spoken.received.add(programme)
            spoken.is_list = True
            is_open = False
    if both := spoken.received & spoken.denied:
        spoken.received -= both
        spoken.denied -= both
        spoken.tell(_UNCLEAR)
    return spoken


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Return each word with the separator before it; 300元/月 and 1,200元 are not parted."""
    whole = _THOUSANDS.sub("", _EACH.sub(r"每\1", text))
    before = ""
    for place, part in enumerate(_PARTS.split(whole)):
        if place % 2:
            before = part
        elif part:
            yield before, part


def _named(said: str, find: FindProgramme) -> str | None:
    """Find the programme of a name, perhaps with a grade or an amount behind it: 低保A类."""
    if (programme := find(said)) is not None:
        return programme
    bare = said
    for tail in (_SUM, _GRADE):
        bare = tail.sub("", bare)
    return find(bare) if bare and bare != said else None


def _why_unknown(said: str, find: FindProgramme) -> Message:
    """Say what to do about a word that names no benefit that is received."""
    if _BOTH_DISABILITY.fullmatch(_STATED.sub("", said)):
        both = [name for name in ("生活补贴", "护理补贴") if find(name)]
        return Message(_WHICH.template, {"names": ", ".join(both)}) if both else _UNKNOWN
    return _NOT_RECEIVED if _NOT_NOW.search(said) else _UNKNOWN


_NO_ANSWER = Message("this is neither yes, no nor an amount; write 是 or 否")
DayRange = tuple[str | None, str | None]


@dataclass(frozen=True)
class Receipt:
    """One statement about receipt: yes, no, or maybe where a roster row may mean the member.

    A roster says no where it says that the benefit ended.
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
    """Finds the programme a word in a sheet means, by its exact names."""

    def __init__(self, pack: Pack) -> None:
        self._names = {
            _without_receiving(name): programme.id
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
        """Return the programme of a word; None where nobody knows it."""
        return self._names.get(_without_receiving(word))


def _without_receiving(text: str) -> str:
    """Return a name without blanks and without 享受 before it."""
    return re.sub(r"^(?:正在|已|现)?享受", "", drop_spaces(simplified_text(text)))


@dataclass(frozen=True)
class SheetReceipts:
    """Reads 已享受政策 cells and yes-no columns of household sheets."""

    pack: Pack
    findings: ProblemLog
    names: ProgrammeNames

    def of(self, household: RegisterHousehold) -> Iterator[Receipt]:
        """Return what a household's own sheets say it receives and does not."""
        for line in household.lines:
            if line.row_id in household.moved:
                continue
            if not is_blank(line.cell("receives")):
                person = self._person_on(household, line, "receives")
                yield from self._listed(household, person, line)
            yield from self._columns(household, line)

    def _person_on(
        self, household: RegisterHousehold, line: Line, target: str
    ) -> RegisterPerson | None:
        """Return the one person a cell speaks of; None where it speaks for the household.

        The first of several rows speaks for all where the rows that continue it are blank.
        """
        if len(household.people) == 1:
            return household.people[0]
        continued = [other.cell(target) for other in household.lines if other.head is line]
        is_shared = bool(continued) and all(is_blank(cell) for cell in continued)
        has_own = line.has("name") or line.head is not None or bool(continued)
        if is_shared or line.table.places or not has_own:
            return None
        return _at_place(household, line, None)

    def _listed(
        self, household: RegisterHousehold, person: RegisterPerson | None, line: Line
    ) -> Iterator[Receipt]:
        spoken = read_benefits(simplified_text(line.cell("receives")), self.names.find)
        for message in spoken.told:
            self.findings.add(line, "benefit-unknown", message, "receives")
        for programme in self.pack.programmes.values():
            if programme.id in spoken.received:
                yield self._statement(household, person, line, programme, "yes")
            elif programme.id in spoken.denied:
                yield self._statement(household, person, line, programme, "no")
            elif spoken.is_list and not spoken.told and not programme.is_event:
                # an unclear word may mean any of them, so the cell denies none
                yield self._statement(household, person, line, programme, "no")

    def _columns(self, household: RegisterHousehold, line: Line) -> Iterator[Receipt]:
        for programme in self.pack.programmes.values() if line.table.benefits else ():
            if programme.id not in line.table.benefits:
                continue
            target = f"receipt.{programme.id}"
            for place in [None, *line.table.places]:
                cell = line.cell(target, place)
                if is_blank(cell):
                    continue
                says = says_received(cell)
                owner = _at_place(household, line, place)
                if says is None:
                    code, message = "receipt-unreadable", _NO_ANSWER
                    if isinstance(cell, DuplicateCells):
                        code, message = ColumnsDiffer.code, format_difference(cell)
                    self.findings.add(line, code, message, target, place)
                elif place is None:
                    owner = self._person_on(household, line, target)
                    yield self._statement(household, owner, line, programme, says)
                elif owner is not None:
                    yield self._statement(household, owner, line, programme, says)

    def _statement(
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


def _at_place(household: RegisterHousehold, line: Line, place: int | None) -> RegisterPerson | None:
    """Return the person at a place of repeated member columns, or the line's own person."""
    for person in household.people:
        if any(sighting.line is line and sighting.place == place for sighting in person.sightings):
            return person
    return None


def says_received(cell: Cell) -> str | None:
    """Read a receipt cell: yes, no, or an amount; None where it is none of these."""
    if isinstance(cell, DuplicateCells):
        says = {says_received(part.cell) for part in cell.parts}
        return says.pop() if len(says) == 1 else None
    said = read_yes_or_no(cell)
    if said is not None:
        return "yes" if said else "no"
    for period in (None, "month", "year"):  # whatever the amount is for, it is received
        try:
            return "yes" if parse_money(cell, None, period) else "no"
        except ValueProblem:
            continue
    return None


def is_yes_or_no(cell: Cell) -> bool:
    """Whether a cell says yes or no."""
    if isinstance(cell, DuplicateCells):
        return all(is_yes_or_no(part.cell) for part in cell.parts)
    return read_yes_or_no(cell) is not None
