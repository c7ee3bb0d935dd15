"""Rosters: whose row is whose, and what it pays.

A name alone only makes a perhaps. A death or a move closes the receipt, not the person.

The same person, benefit and month on several rows: told, and never added up by a guess.

Of two rosters one counts. Rows of one roster add up only where it says what each of them is for.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial

from relieftool.messages import Message
from relieftool.pack.models import Pack, Programme
from relieftool.register.fact_cells import find_programme_fault, find_roster_programme
from relieftool.register.lines import (
    DuplicateCells,
    Line,
    ProblemLog,
    SheetTable,
    read_duplicate_cells,
)
from relieftool.register.people import RegisterHousehold, RegisterPerson
from relieftool.register.rosters import (
    RosterBenefits,
    find_paid_cell,
    find_roster_period,
    find_row_ending,
    is_negative_amount,
    read_ending,
    read_month,
)
from relieftool.register.sheet_receipts import Receipt, is_yes_or_no, says_received
from relieftool.store.problem_decisions import IS_MEMBER, LEAVE, NOBODY, ProblemDecisions
from relieftool.values.cells import OTHER_PERIOD, UNIT_UNKNOWN, ValueProblem, is_error, parse_money
from relieftool.values.communities import normalise_community
from relieftool.values.id_numbers import IdNumber, can_be_same_number
from relieftool.values.similarity import SimilarPeople, is_same_name, read_written_number
from relieftool.values.text import Cell, clean_name, is_blank, plain_text

_CERTAIN, _PERHAPS, _CLOSED = "yes", "maybe", "no"
HouseholdMember = tuple[RegisterHousehold, RegisterPerson]
_MOST_PLACES = 3


@dataclass(frozen=True)
class RosterReader:
    """Matches roster rows to people by ID number; a name alone only makes a perhaps."""

    pack: Pack
    findings: ProblemLog
    benefits: RosterBenefits
    by_number: Mapping[str, list[HouseholdMember]]
    by_name: Mapping[str, list[HouseholdMember]]
    by_member: Mapping[str, HouseholdMember]
    decisions: ProblemDecisions

    def read(self, table: SheetTable, lines: Iterable[Line], area: str | None) -> Iterator[Receipt]:
        """Return the receipts of one roster."""
        for line in lines:
            if line.role == "total":
                continue
            stated = line.shared_cell("covers")
            if not is_blank(stated) and read_month(stated) is None:
                self.findings.add(line, "value-unreadable", _NO_MONTH, "covers")
            paid = list(self._paid(table, line))
            for programme, amount in paid:
                yield from self._row(line, programme, amount, _area(line) or area)
            if not paid and self.benefits.columns(table):
                self._meant(line, _area(line) or area)  # a person of no list must not vanish
                if not is_blank(line.cell("amount")) and says_received(line.cell("amount")) != "no":
                    self.findings.add(line, "benefit-unknown", _FOR_NOTHING, "amount")

    def _paid(self, table: SheetTable, line: Line) -> Iterator[tuple[Programme, int | None]]:
        """Return the programmes a row says are paid, with the amounts."""
        named = self.benefits.programme(table) or self.benefits.find_named_programme(line)
        if named:
            target = f"receipt.{named}"
            is_own = is_blank(line.cell("amount")) and line.has(target)
            if not (is_own and says_received(line.cell(target)) == "no"):
                programme = self.pack.programmes[named]
                target = target if is_own else "amount"
                amount = self._amount(line, target, programme)
                if amount != 0 or is_blank(line.cell(target)):
                    yield programme, amount
            return
        columns = self.benefits.columns(table)
        for name in columns:
            target = f"receipt.{name}"
            if not is_blank(line.cell(target)) and says_received(line.cell(target)) != "no":
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
        if (is_yes_or_no(cell) and target != "amount") or read_ending(cell) is not None:
            return None
        scale = line.table.columns[target, None].scale
        try:
            if (fault := find_programme_fault(programme, scale)) is None:
                return read_duplicate_cells(
                    _untick(cell, target), scale, partial(_paid_amount, programme)
                )
            if find_roster_programme(line.table, target, self.pack) is None:
                message = OTHER_PERIOD if fault.is_period else UNIT_UNKNOWN
                self.findings.add(line, "value-unreadable", message, target)
        except ValueProblem as problem:
            if is_negative_amount(cell):
                self.findings.add(line, "roster-takes-back", _TAKES_BACK, target)
            elif not is_yes_or_no(cell):
                self.findings.add(line, problem.code, problem.message, target)
        return None

    def _row(
        self, line: Line, programme: Programme, amount: int | None, area: str | None
    ) -> Iterator[Receipt]:
        """Match one row: exactly one person by number or decision, or perhaps those of that name.

        A row that says the benefit ended says no of that one person, and nothing of others; one
        that takes money back says neither yes nor no.
        """
        ended = find_row_ending(line, programme)
        is_known = not is_negative_amount(find_paid_cell(line, programme))
        people, perhaps = self._meant(line, area)
        if len(people) == 1 and ended is not None:
            self._tell_gone(line, ended)
            yield self._receipt(line, programme, None, people[0], _CLOSED)
        elif len(people) == 1:
            is_open = not is_known or _may_be_nothing(line, programme)
            says = _PERHAPS if is_open else _CERTAIN
            yield self._receipt(line, programme, amount, people[0], says)
        for one in perhaps if ended is None else ():
            yield self._receipt(line, programme, None, one, _PERHAPS)

    def _meant(
        self, line: Line, area: str | None
    ) -> tuple[list[HouseholdMember], list[HouseholdMember]]:
        """Return the one whom a row certainly means, or those whom it may mean; tell a doubt."""
        number_target = "id_number" if line.has("id_number") else "head_id_number"
        read = line.id_number(number_target)
        people = self.by_number.get(read.number, []) if read.number else []
        name = _name(line)
        is_strange = len(people) == 1 and not _may_be_called(people[0], name)
        if len(people) == 1 and not is_strange:
            return people, []
        subject = self._subject(line, plain_text(line.cell(number_target)), area)
        decided = self.decisions.of(subject)
        if decided and decided.choice == IS_MEMBER:
            owner = self.by_member.get(decided.find_target(self.by_member) or "")
            if owner is not None:
                return [owner], []
        if decided and decided.choice == NOBODY:
            return [], []
        perhaps = people or self._of_name(name, area, read)
        if is_strange:  # the number may be miswritten as well as the name
            perhaps = [*people, *self._of_name(name, area, _NO_NUMBER)]
        alike = [] if people else self._alike(line, read, area, perhaps)
        if decided is None or decided.choice != LEAVE:
            code, message = self._doubt(read.problem, people, perhaps, alike)
            is_unused = code == _NOT_IN_REGISTER
            self.findings.add(
                line, code, message, number_target, is_unused=is_unused, subject=subject
            )
        return [], [*perhaps, *alike]

    def _alike(
        self, line: Line, read: IdNumber, area: str | None, named: list[HouseholdMember]
    ) -> list[HouseholdMember]:
        """Return those in the area whose ID number is nearly that of a row; else of whose name it is.

        Nobody where one of them is of that very name, or where the number is right and the name is
        all that is alike.
        """
        cell = line.cell("id_number" if line.has("id_number") else "head_id_number")
        found = _in_area(self._alikes.find_by_number(read_written_number(cell, read)), area)
        if {one[1].member_no for one in found} & {one[1].member_no for one in named}:
            return []
        if found or named or read.number:
            return found
        return _in_area(self._alikes.find_by_name(_name(line)), area)

    @cached_property
    def _alikes(self) -> SimilarPeople[HouseholdMember]:
        """Index everybody by numbers and names as the lists write them."""
        alikes: SimilarPeople[HouseholdMember] = SimilarPeople()
        for owner in self.by_member.values():
            for sighting in owner[1].sightings:
                cell = sighting.line.cell(sighting.id_target, sighting.place or None)
                alikes.add(owner, sighting.name, read_written_number(cell, sighting.id))
        return alikes

    def _subject(self, line: Line, number: str, area: str | None) -> str:
        """Name what is decided about: whoever is written so, or without ID number this very row."""
        name = _name(line) or ""
        if number:
            return self.decisions.subjects.name("roster", number, name, area)
        table = line.table
        place = (table.file_name, table.sheet, table.covers, line.number)
        return self.decisions.subjects.name("roster", *place, name)

    def _of_name(self, name: str | None, area: str | None, read: IdNumber) -> list[HouseholdMember]:
        """Return those of that very name in the area whom the ID number read does not exclude."""
        return [
            (household, person)
            for household, person in self.by_name.get(name or "", [])
            if (area is None or household.community == area) and _may_have(person, read)
        ]

    def _doubt(
        self,
        problem: Message | None,
        same: list[HouseholdMember],
        perhaps: list[HouseholdMember],
        alike: list[HouseholdMember],
    ) -> tuple[str, Message]:
        """Say why a row was not matched to exactly one person, and where those it means stand."""
        if len(same) == 1:
            return "roster-name-differs", _other_name(_places(perhaps))
        if same:
            return "roster-person-twice", _twice(_places(same))
        if perhaps:
            return "roster-person-unsure", problem or _unsure(_places(perhaps))
        if alike:
            return "roster-person-unsure", _nearly(_places(alike))
        return _NOT_IN_REGISTER, problem or _IN_NO_LIST

    def _tell_gone(self, line: Line, ended: str) -> None:
        """Tell a death or a move, which the household lists should say too."""
        if ended:
            target = "paid_state" if line.has("paid_state") else "remark"
            self.findings.add(line, "roster-says-gone", _SAYS_GONE, target)

    def _receipt(
        self,
        line: Line,
        programme: Programme,
        amount: int | None,
        owner: HouseholdMember,
        says: str,
    ) -> Receipt:
        household, person = owner
        begins, ends = find_roster_period(line.table, programme, line.shared_cell("covers"))
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


_NOT_IN_REGISTER = "roster-person-not-in-register"
_IN_NO_LIST = Message("this person is in no household list; check whether a list is missing")
_SAYS_GONE = Message(
    "the roster says this person died or moved, so the benefit ended; the household list still has"
    " them"
)


def _paid_amount(programme: Programme, cell: Cell, scale: str | None) -> int:
    """Read one amount, in the unit its heading states."""
    return parse_money(cell, scale, programme.period)


def _untick(cell: Cell, target: str) -> Cell:
    """Leave ticks out beside an amount in another column of the same benefit."""
    if not isinstance(cell, DuplicateCells) or target == "amount":
        return cell
    return DuplicateCells([part for part in cell.parts if not is_yes_or_no(part.cell)])


def _may_be_nothing(line: Line, programme: Programme) -> bool:
    """Return whether one of two columns says that nothing is paid, and the other does not."""
    cells = (line.cell("amount"), line.cell(f"receipt.{programme.id}"))
    cell = next((one for one in cells if not is_blank(one)), None)
    said = (
        {says_received(part.cell) for part in cell.parts}
        if isinstance(cell, DuplicateCells)
        else set()
    )
    return len(said) > 1 and "no" in said


def _twice(told: Mapping[str, str | int]) -> Message:
    return Message(
        "this ID number stands in more than one household ({places}); decide which", told
    )


def _other_name(told: Mapping[str, str | int]) -> Message:
    return Message(
        "this ID number is that of somebody who is called otherwise; it may mean {places}. Correct"
        " the name or the number, or decide whom it means",
        told,
    )


def _unsure(told: Mapping[str, str | int]) -> Message:
    return Message(
        "nobody has this ID number, but somebody of this name has none or another ({places});"
        " compare them",
        told,
    )


def _nearly(told: Mapping[str, str | int]) -> Message:
    return Message(
        "nobody has this ID number and name, but one that is nearly the same stands elsewhere"
        " ({places}), so it is asked whether they receive it; correct whichever is miswritten, or"
        " decide",
        told,
    )


def _in_area(owners: list[HouseholdMember], area: str | None) -> list[HouseholdMember]:
    """Return each of some people of an area once; None is everywhere."""
    listed = {owner[1].member_no: owner for owner in owners if area in (None, owner[0].community)}
    return list(listed.values())


def _places(owners: list[HouseholdMember]) -> dict[str, str | int]:
    """Say where those stand whom a row may mean: member number, file, sheet and row."""
    words = []
    for _household, person in owners[:_MOST_PLACES]:
        line = person.sightings[0].line
        words.append(
            f"{person.member_no}: {line.table.file_name} / {line.table.sheet} / {line.number}"
        )
    return {"places": "; ".join(words)}


def _may_have(person: RegisterPerson, read: IdNumber) -> bool:
    """Return whether a person may have the number on a row: his own is unknown, or hidden there."""
    own = person.id.number
    if own is None or read.number:
        return own is None
    return read.shown is None or can_be_same_number(read.shown, own)


_NO_NUMBER = IdNumber()


def _may_be_called(owner: HouseholdMember, name: str | None) -> bool:
    """Return whether a person may bear a name: any line calls him so, or no line names him."""
    names = [sighting.name for sighting in owner[1].sightings if sighting.name]
    return not name or not names or any(is_same_name(name, one) for one in names)


def _name(line: Line) -> str | None:
    """Return the name a roster row is about."""
    cell = line.cell("name" if line.has("name") else "head_name")
    return None if is_error(cell) else clean_name(cell)


_TAKES_BACK = Message(
    "an amount below 0 takes money back (扣回); it was taken neither for a receipt nor for none."
    " Look whether this person still receives"
)
_FOR_NOTHING = Message("this row states an amount and no benefit that it is for; tick one")
_NO_MONTH = Message("this is not a month like 2024-11; write year and month as text")


def _area(line: Line) -> str | None:
    """Return the community in a roster row's own column."""
    cell = line.shared_cell("community")
    return None if is_blank(cell) or is_error(cell) else normalise_community(plain_text(cell))


_DISAGREE = Message(
    "another roster of the same days pays this person another amount; the amount counts as unknown"
)
_ADDED = Message(
    "this person stands on this roster more than once for the same days, for different things; the"
    " amounts were added up"
)
_NOT_ADDED = Message(
    "this person stands on this roster more than once for the same days, and nothing says what each"
    " row is for; the amount counts as unknown. Delete the row that is one too many, or write under"
    " 备注 what each is for"
)
_KINDS = ("programme", "covers", "paid_state", "remark")
_OF_A_KIND = re.compile(r"日期|时间|时段|月|季|[批届][次别]?|类|种|项目|用途|事由|原因|说明")


def drop_duplicate_payments(
    receipts: Iterable[Receipt], lines: Mapping[int, Line], findings: ProblemLog
) -> list[Receipt]:
    """Leave one roster to speak of a person, benefit and month; amounts that differ are unknown.

    `lines` are the rows of all rosters by their numbers.
    """
    kept: list[Receipt] = []
    groups: dict[tuple[object, ...], dict[tuple[object, ...], list[Receipt]]] = defaultdict(dict)
    for receipt in receipts:
        if receipt.origin != "roster" or receipt.says != "yes":
            kept.append(receipt)
            continue
        table = lines[receipt.row_id].table
        about = (
            receipt.household_no,
            receipt.member_no,
            receipt.programme,
            receipt.covers_from,
            receipt.covers_until,
        )
        place = (table.file_name, table.sheet, table.import_id, id(table))
        groups[about].setdefault(place, []).append(receipt)
    for tables in groups.values():
        kept += _drop_repeated_rows(tables, lines, findings)
    return kept


def _drop_repeated_rows(
    tables: Mapping[tuple[object, ...], list[Receipt]],
    lines: Mapping[int, Line],
    findings: ProblemLog,
) -> list[Receipt]:
    """Keep the first roster's rows; where others differ, tell them and leave the amount unknown."""
    first, *others = (
        _told_apart(tables[place], lines, findings) for place in sorted(tables, key=str)
    )
    if all(_sum(rows) == _sum(first) for rows in others):
        return first
    for rows in others:
        findings.add(lines[rows[0].row_id], "roster-amounts-disagree", _DISAGREE, "amount")
    return [replace(one, amount_fen=None) for one in first]


def _told_apart(
    rows: list[Receipt], lines: Mapping[int, Line], findings: ProblemLog
) -> list[Receipt]:
    """Tell several rows of one roster; amounts are unknown where nothing tells the rows apart.

    Once-only aid is paid as often as there is cause.
    """
    paying = [row for row in rows if row.amount_fen != 0]
    if len(paying) <= 1:
        return rows
    kinds = {_kind(lines[one.row_id]) for one in paying}
    is_clear = len(kinds) == len(paying)
    if not is_clear or rows[0].amount_period != "once":
        message = _ADDED if is_clear else _NOT_ADDED
        findings.add(lines[paying[-1].row_id], "roster-person-repeated", message, "amount")
    return rows if is_clear else [replace(one, amount_fen=None) for one in rows]


def _kind(line: Line) -> tuple[str, ...]:
    """Return what a row says of what it is for, under known headings and others that may tell it."""
    told = (one for one in line.table.unread if _OF_A_KIND.search(one.header))
    places = (one.position for one in told if one.position < len(line.cells))
    cells = (*map(line.shared_cell, _KINDS), *(line.cells[place] for place in places))
    return tuple(plain_text(cell) for cell in cells)


def _sum(rows: Iterable[Receipt]) -> int | None:
    """Add up amounts; one unknown leaves the sum unknown."""
    amounts = [row.amount_fen for row in rows]
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None
