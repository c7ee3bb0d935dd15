"""Who receives what, as rosters and the households' own sheets say it; dated, never inferred."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from relieftool.idnumbers import read_id_number
from relieftool.messages import Message
from relieftool.pack.models import Pack, Programme
from relieftool.registry.communities import normal_community
from relieftool.registry.dates import month_of, period_of
from relieftool.registry.lines import Findings, Line, SheetTable, check_period
from relieftool.registry.people import Household, Person, clean_name
from relieftool.values import (
    Cell,
    ValueProblem,
    is_blank,
    is_error,
    parse_money,
    parse_yes_no,
    plain,
)

_PARTS = re.compile(r"[、，,；;/\s＋+]+")
_NONE_WORDS = frozenset({"无", "没有", "未享受", "否", "无享受"})
_CERTAIN, _PERHAPS = "yes", "maybe"
_MONTH = re.compile(r"(\d{4})[-./年](0?[1-9]|1[0-2])(?:月|[-./月]\d{1,2}日?)?", re.ASCII)
_PACKED_MONTH = re.compile(r"(\d{4})(0[1-9]|1[0-2])(?:\d{2})?", re.ASCII)
Period = tuple[str | None, str | None]


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
            if not is_blank(line.cell("receives")):
                person = self._person_on(household, line, "receives")
                yield from self._listed(household, person, line)
            yield from self._columns(household, line)

    def _person_on(self, household: Household, line: Line, target: str) -> Person | None:
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

    def _columns(self, household: Household, line: Line) -> Iterator[Receipt]:
        for programme in self.pack.programmes.values():
            target = f"receipt.{programme.id}"
            for place in [None, *line.table.places]:
                cell = line.cell(target, place)
                if is_blank(cell):
                    continue
                says = _yes_or_no(cell)
                owner = _at_place(household, line, place)
                if says is None:
                    message = Message("this is neither yes, no nor an amount; write 是 or 否")
                    self.findings.add(line, "receipt-unreadable", message, target, place)
                elif place is None:
                    owner = self._person_on(household, line, target)
                    yield self._statement(household, owner, line, programme, says)
                elif owner is not None:
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


def _at_place(household: Household, line: Line, place: int | None) -> Person | None:
    """Give the person at a place of repeated member columns, or the line's own person."""
    for person in household.people:
        if any(one.line is line and one.place == place for one in person.sightings):
            return person
    return None


def _yes_or_no(cell: Cell) -> str | None:
    """Read a receipt cell: yes, no, or an amount; None where it is none of these."""
    if _is_tick(cell):
        return "yes" if parse_yes_no(cell) else "no"
    try:
        return "yes" if parse_money(cell) else "no"
    except ValueProblem:
        return None


def _is_tick(cell: Cell) -> bool:
    """Say whether a cell says yes or no."""
    try:
        parse_yes_no(cell)
    except ValueProblem:
        return False
    return True


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
            stated = line.shared_cell("covers")
            if not is_blank(stated) and _month(stated) is None:
                self.findings.add(line, "value-unreadable", _NO_MONTH, "covers")
            for programme, amount in self._paid(table, line):
                yield from self._row(line, programme, amount, _area(line) or area)

    def declared(self, table: SheetTable, lines: Iterable[Line]) -> dict[str, list[Period]]:
        """Name the programmes a roster speaks of, each with the periods of its rows."""
        columns = self._columns(table)
        own = self._programme(table)
        found: dict[str, set[Period]] = defaultdict(set)
        for line in lines:
            if line.role != "total":
                named = own or self.names.find(plain(line.shared_cell("programme")))
                for name in [named] if named else columns:
                    stated = line.shared_cell("covers")
                    found[name].add(roster_period(table, self.pack.programmes[name], stated))
        for name in ([own] if own else columns) if not found else ():
            found[name].add(roster_period(table, self.pack.programmes[name]))
        return {name: sorted(periods, key=str) for name, periods in sorted(found.items())}

    def _programme(self, table: SheetTable) -> str | None:
        """Give the one programme of a roster; None if there are several, or the pack has it not."""
        return table.programme if table.programme in self.pack.programmes else None

    def _columns(self, table: SheetTable) -> list[str]:
        """Name the programmes that have a column in a roster."""
        return [name for name in self.pack.programmes if (f"receipt.{name}", None) in table.columns]

    def _paid(self, table: SheetTable, line: Line) -> Iterator[tuple[Programme, int | None]]:
        """Give the programmes a row says are paid, with the amounts."""
        named = self._programme(table) or self.names.find(plain(line.shared_cell("programme")))
        if named:
            target = f"receipt.{named}"
            is_own = is_blank(line.cell("amount")) and line.has(target)
            if not (is_own and _yes_or_no(line.cell(target)) == "no"):
                programme = self.pack.programmes[named]
                target = target if is_own else "amount"
                amount = self._amount(line, target, programme)
                if amount != 0 or is_blank(line.cell(target)):
                    yield programme, amount
            return
        columns = self._columns(table)
        for name in columns:
            target = f"receipt.{name}"
            if not is_blank(line.cell(target)) and _yes_or_no(line.cell(target)) != "no":
                programme = self.pack.programmes[name]
                yield programme, self._amount(line, target, programme)
        if not columns:
            message = Message(
                "this row names no benefit that is known; say `programme` in import.toml"
            )
            self.findings.add(line, "benefit-unknown", message, "programme", is_unused=True)

    def _amount(self, line: Line, target: str, programme: Programme) -> int | None:
        """Read an amount; a tick is no amount, and what cannot be read is unknown.

        A household's amount stands once, on its first row: the rows that continue it add nothing.
        """
        cell = line.cell(target)
        if is_blank(cell):
            is_once = programme.unit == "household" and line.head is not None
            return 0 if is_once and not is_blank(line.shared_cell(target)) else None
        if _is_tick(cell) and target != "amount":
            return None
        try:
            scale = line.table.columns[target, None].scale
            check_period(programme.period, scale)
            return parse_money(cell, scale)
        except ValueProblem as problem:
            if not _is_tick(cell):
                self.findings.add(line, "value-unreadable", problem.message, target)
            return None

    def _row(
        self, line: Line, programme: Programme, amount: int | None, area: str | None
    ) -> Iterator[Receipt]:
        """Match one row: exactly one person by number, or perhaps those of that name."""
        number_target = "id_number" if line.has("id_number") else "head_id_number"
        name_target = "name" if line.has("name") else "head_name"
        read = read_id_number(line.cell(number_target))
        name = None if is_error(line.cell(name_target)) else clean_name(line.cell(name_target))
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
        """Give those of that very name in the area; with a number, those whose own is unknown."""
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
        begins, ends = roster_period(line.table, programme, line.shared_cell("covers"))
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


_NO_MONTH = Message("this is not a month like 2024-11; write year and month as text")


def _area(line: Line) -> str | None:
    """Give the community in a roster row's own column."""
    cell = line.shared_cell("community")
    return None if is_blank(cell) or is_error(cell) else normal_community(plain(cell))


def roster_period(table: SheetTable, programme: Programme, stated: Cell = None) -> Period:
    """Give the days a roster covers: its month for a monthly benefit, else what it says."""
    covers = _month(stated) or table.covers
    if covers is None:
        return None, None
    return month_of(covers) if programme.period == "month" else period_of(covers)


def _month(cell: Cell) -> str | None:
    """Read a month such as 2024年11月 or 202411 from a row; None where it is none.

    The figure 2024.1 may have been 2024.10, so it is none.
    """
    text = plain(cell)
    if isinstance(cell, float) and text.endswith(".1"):
        return None
    found = _MONTH.fullmatch(text.removesuffix(" 00:00:00")) or _PACKED_MONTH.fullmatch(text)
    return f"{found[1]}-{int(found[2]):02}" if found else None
