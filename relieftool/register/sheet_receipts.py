"""Who receives what, as the households' own sheets say it; dated, never inferred."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from relieftool.messages import Message
from relieftool.pack.models import Pack, Programme
from relieftool.register.benefit_words import read_benefits
from relieftool.register.doubled import ColumnsDiffer, DuplicateCells, format_difference
from relieftool.register.lines import Line, ProblemLog
from relieftool.register.people import RegisterHousehold, RegisterPerson
from relieftool.values.cells import ValueProblem, parse_money, read_yes_or_no
from relieftool.values.periods import parse_period
from relieftool.values.text import Cell, drop_spaces, is_blank, simplified_text

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
        """Give the programme of a word; None where nobody knows it."""
        return self._names.get(_without_receiving(word))


def _without_receiving(text: str) -> str:
    """Give a name without blanks and without 享受 before it."""
    return re.sub(r"^(?:正在|已|现)?享受", "", drop_spaces(simplified_text(text)))


@dataclass(frozen=True)
class SheetReceipts:
    """Reads 已享受政策 cells and yes-no columns of household sheets."""

    pack: Pack
    findings: ProblemLog
    names: ProgrammeNames

    def of(self, household: RegisterHousehold) -> Iterator[Receipt]:
        """Give what a household's own sheets say it receives and does not."""
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
        """Give the one person a cell speaks of; None where it speaks for the household.

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
    """Give the person at a place of repeated member columns, or the line's own person."""
    for person in household.people:
        if any(one.line is line and one.place == place for one in person.sightings):
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
