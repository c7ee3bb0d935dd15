"""Who receives what, as rosters and the households' own sheets say it; dated, never inferred."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from relieftool.idnumbers import read_id_number
from relieftool.messages import Message
from relieftool.pack.models import Pack, Programme
from relieftool.registry.dates import month_of, period_of
from relieftool.registry.lines import Findings, Line, SheetTable
from relieftool.registry.people import Household, Person, clean_name
from relieftool.values import Cell, ValueProblem, is_blank, parse_money, parse_yes_no, plain

_PARTS = re.compile(r"[、，,；;/\s＋+]+")
_NONE_WORDS = frozenset({"无", "没有", "未享受", "否", "无享受"})
_CERTAIN, _PERHAPS = "yes", "maybe"


@dataclass(frozen=True)
class Receipt:
    """One statement about receipt: yes, no, or maybe where a roster row may mean the member."""

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
            _bare(name): programme.id
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
        return self._names.get(_bare(word))


def _bare(text: str) -> str:
    """Give a name without blanks and without 享受 before it."""
    return re.sub(r"^(?:正在|已|现)?享受", "", "".join(plain(text).split()))


@dataclass(frozen=True)
class SheetStatements:
    """Reads 已享受政策 cells and yes-no columns of household sheets."""

    pack: Pack
    findings: Findings
    names: ProgrammeNames

    def of(self, household: Household) -> Iterator[Receipt]:
        """Give what a household's own sheets say it receives and does not."""
        for line in household.lines:
            person = self._person_on(household, line)
            if line.has("receives") and not is_blank(line.cell("receives")):
                yield from self._listed(household, person, line)
            yield from self._columns(household, person, line)

    def _person_on(self, household: Household, line: Line) -> Person | None:
        """Give the one person a line speaks of; None where it speaks for the household."""
        if len(household.people) == 1:
            return household.people[0]
        if any(other.head is line for other in household.lines) or line.table.places:
            return None
        on_line = [
            person
            for person in household.people
            if any(one.line is line and line.has("name") for one in person.sightings)
        ]
        return on_line[0] if len(on_line) == 1 else None

    def _listed(self, household: Household, person: Person | None, line: Line) -> Iterator[Receipt]:
        text = plain(line.cell("receives"))
        words = [word for word in _PARTS.split(text) if word]
        named = {word: self.names.find(word) for word in words if word not in _NONE_WORDS}
        unknown = [word for word, programme in named.items() if programme is None]
        if unknown:
            message = Message("a benefit named here is not known; write its usual name")
            self.findings.add(line, "benefit-unknown", message, "receives")
            # an unknown word may mean any of them, so the cell denies none
        received = {programme for programme in named.values() if programme}
        for programme in self.pack.programmes.values():
            if programme.id in received:
                yield self._statement(household, person, line, programme, "yes")
            elif not unknown and not programme.is_event:
                yield self._statement(household, person, line, programme, "no")

    def _columns(
        self, household: Household, person: Person | None, line: Line
    ) -> Iterator[Receipt]:
        for programme in self.pack.programmes.values():
            target = f"receipt.{programme.id}"
            for place in [None, *line.table.places]:
                cell = line.cell(target, place)
                if is_blank(cell):
                    continue
                says = _yes_or_no(cell)
                if says is None:
                    message = Message("this is neither yes, no nor an amount; write 是 or 否")
                    self.findings.add(line, "receipt-unreadable", message, target, place)
                    continue
                owner = person if place is None else _at_place(household, line, place)
                yield self._statement(household, owner, line, programme, says)

    def _statement(
        self,
        household: Household,
        person: Person | None,
        line: Line,
        programme: Programme,
        says: str,
    ) -> Receipt:
        covers = line.table.covers
        begins, ends = period_of(covers) if covers else (None, None)
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


def _at_place(household: Household, line: Line, place: int) -> Person | None:
    """Give the person at a place of repeated member columns."""
    for person in household.people:
        if any(one.line is line and one.place == place for one in person.sightings):
            return person
    return None


def _yes_or_no(cell: Cell) -> str | None:
    """Read a receipt cell: yes, no, or an amount; None where it is none of these."""
    try:
        return "yes" if parse_yes_no(cell) else "no"
    except ValueProblem:
        pass
    try:
        return "yes" if parse_money(cell) else "no"
    except ValueProblem:
        return None


@dataclass(frozen=True)
class RosterReader:
    """Matches roster rows to people by ID number; a name alone only makes a perhaps."""

    pack: Pack
    findings: Findings
    names: ProgrammeNames
    by_number: dict[str, list[tuple[Household, Person]]]
    by_name: dict[str, list[tuple[Household, Person]]]

    def read(self, table: SheetTable, lines: Iterable[Line], area: str | None) -> Iterator[Receipt]:
        """Give the receipts of one roster."""
        for line in lines:
            if line.role == "total":
                continue
            paid = list(self._paid(table, line))
            for programme, amount in paid:
                yield from self._row(line, programme, amount, area)

    def programmes(self, table: SheetTable, lines: Iterable[Line]) -> list[str]:
        """Name the programmes a roster speaks of."""
        if table.programme:
            return [table.programme]
        columns = {
            target.removeprefix("receipt.")
            for target, _place in table.columns
            if target.startswith("receipt.")
        }
        named = {self.names.find(plain(line.cell("programme"))) for line in lines}
        return sorted(columns | {one for one in named if one})

    def _paid(self, table: SheetTable, line: Line) -> Iterator[tuple[Programme, int | None]]:
        """Give the programmes a row says are paid, with the amounts."""
        stated = line.shared_cell("programme")
        named = table.programme or (self.names.find(plain(stated)) if stated else None)
        if named:
            cell = line.cell("amount")
            own = line.cell(f"receipt.{named}")
            yield self.pack.programmes[named], self._amount(line, own if is_blank(cell) else cell)
            return
        found = False
        for programme in self.pack.programmes.values():
            target = f"receipt.{programme.id}"
            cell = line.cell(target)
            if not line.has(target) or is_blank(cell) or _yes_or_no(cell) == "no":
                found |= line.has(target)
                continue
            found = True
            yield programme, self._amount(line, cell)
        if not found:
            message = Message(
                "this row names no benefit that is known; say `programme` in import.toml"
            )
            self.findings.add(line, "benefit-unknown", message, "programme", is_unused=True)

    def _amount(self, line: Line, cell: Cell) -> int | None:
        """Read an amount; a tick is no amount, and what cannot be read is unknown."""
        if is_blank(cell):
            return None
        try:
            return parse_money(cell)
        except ValueProblem as problem:
            if _yes_or_no(cell) is None:
                self.findings.add(line, "value-unreadable", problem.message, "amount")
            return None

    def _row(
        self, line: Line, programme: Programme, amount: int | None, area: str | None
    ) -> Iterator[Receipt]:
        """Match one row: exactly one person by number, or perhaps those of that name."""
        number_target = "id_number" if line.has("id_number") else "head_id_number"
        name_target = "name" if line.has("name") else "head_name"
        read = read_id_number(line.cell(number_target))
        name = clean_name(line.cell(name_target))
        people = self.by_number.get(read.number, []) if read.number else []
        if len(people) == 1:
            yield self._receipt(line, programme, amount, people[0], _CERTAIN)
            return
        perhaps = people or self._of_name(name, area, has_number=bool(read.number))
        self._tell(line, number_target, read.problem, len(people), len(perhaps))
        for one in perhaps:
            yield self._receipt(line, programme, None, one, _PERHAPS)

    def _of_name(
        self, name: str | None, area: str | None, *, has_number: bool
    ) -> list[tuple[Household, Person]]:
        """Give those of exactly that name in the area; with a number, those whose own is unknown."""
        return [
            (household, person)
            for household, person in self.by_name.get(name or "", [])
            if (area is None or household.community == area)
            and not (has_number and person.id.number)
        ]

    def _tell(
        self, line: Line, target: str, problem: Message | None, same: int, perhaps: int
    ) -> None:
        """Tell a row that could not be matched to exactly one person."""
        if same:
            message = Message("this ID number stands in more than one household; decide which")
            self.findings.add(line, "roster-person-twice", message, target)
        elif perhaps:
            message = problem or Message(
                "nobody has this ID number, but somebody of this name has none; compare them"
            )
            self.findings.add(line, "roster-person-unsure", message, target)
        else:
            message = problem or Message(
                "this person is in no household list; check whether a list is missing"
            )
            self.findings.add(
                line, "roster-person-not-in-register", message, target, is_unused=True
            )

    def _receipt(
        self,
        line: Line,
        programme: Programme,
        amount: int | None,
        owner: tuple[Household, Person],
        says: str,
    ) -> Receipt:
        household, person = owner
        begins, ends = roster_period(line.table, programme, line.cell("covers"))
        return Receipt(
            household.household_no,
            person.member_no,
            programme.id,
            says,
            "roster",
            amount,
            programme.period,
            begins,
            ends,
            line.row_id,
        )


def roster_period(
    table: SheetTable, programme: Programme, stated: Cell = None
) -> tuple[str | None, str | None]:
    """Give the days a roster covers: its month for a monthly benefit, else what it says."""
    covers = _month(stated) or table.covers
    if covers is None:
        return None, None
    return month_of(covers) if programme.period == "month" else period_of(covers)


def _month(cell: Cell) -> str | None:
    """Read a month such as 2024年11月 or 202411 from a row; None where it is none."""
    found = re.fullmatch(r"(\d{4})[-./年]?(0?[1-9]|1[0-2])月?(?:[-./]?\d{1,2}日?)?", plain(cell))
    return f"{found[1]}-{int(found[2]):02}" if found else None
