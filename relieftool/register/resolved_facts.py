"""Facts from many lines into one value each: the newest day wins, equals must agree.

Fact cells read where they stand; what cannot be read is told and unknown.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from relieftool.messages import Message
from relieftool.pack.facts import Fact, Owner
from relieftool.pack.models import Pack
from relieftool.register.fact_cells import find_unit_fault, parse_fact, split_fact_pair
from relieftool.register.lines import (
    DuplicateCells,
    Line,
    ProblemLog,
    TargetNames,
    read_duplicate_cells,
)
from relieftool.register.people import RegisterHousehold, RegisterPerson
from relieftool.register.person_mentions import Mention
from relieftool.values.cells import StoredValue, ValueProblem
from relieftool.values.id_numbers import IdNumber
from relieftool.values.text import Cell, is_blank

# A column says the same few things over and over; so many are remembered.
_MOST_SEEN = 1 << 14


@dataclass(frozen=True)
class FactReader:
    """Reads fact cells by the pack's list of facts; what cannot be read is told and unknown."""

    pack: Pack
    findings: ProblemLog
    _faulty: dict[tuple[str, str], bool] = field(default_factory=dict, repr=False)
    _seen: dict[tuple[object, ...], StoredValue] = field(default_factory=dict, repr=False)

    def read(self, fact: Fact, line: Line, cell: Cell, place: int | None = None) -> StoredValue:
        """Read one cell as a fact; a blank cell is what the fact says blank means.

        Under a heading whose unit does not belong every cell is unknown, a blank one too.
        """
        scale = line.table.columns[fact.id, place].scale
        if scale is not None and self._is_faulty(fact, scale):
            return None
        if is_blank(cell):
            return self._of_blank(fact, line, place)
        try:
            return self._past(fact, line, self._parse(fact, line, cell, place))
        except ValueProblem as problem:
            self.findings.add(line, problem.code, problem.message, fact.id, place)
            return None

    def _past(self, fact: Fact, line: Line, value: StoredValue) -> StoredValue:
        """Return a value; nobody was born after the day of the import."""
        latest = line.table.imported_on
        if fact.id == "birth_date" and latest and isinstance(value, str) and value > latest:
            raise ValueProblem(Message("this day has not come yet; check the year"))
        return value

    def _is_faulty(self, fact: Fact, scale: str) -> bool:
        """Return whether a heading's unit is none the fact is measured in; told with its column."""
        key = fact.id, scale
        if key not in self._faulty:
            self._faulty[key] = find_unit_fault(fact, scale) is not None
        return self._faulty[key]

    def _of_blank(self, fact: Fact, line: Line, place: int | None) -> StoredValue:
        """Return what a blank means; merged with the amount above it is not none, but unknown."""
        if fact.blank != "none":
            return None
        top = line.table.columns[fact.id, place].covered.get(line.number)
        if top is None:
            return fact.none_value
        if fact.owner == "member":  # a household's amount stands with its first row as a rule
            self.findings.add(line, "amount-merged", _merged(top), fact.id, place)
        return None

    def _parse(self, fact: Fact, line: Line, cell: Cell, place: int | None) -> StoredValue:
        is_coded = (fact.id, place) in line.table.two_is_no
        scale = line.table.columns[fact.id, place].scale
        if isinstance(cell, DuplicateCells):
            return read_duplicate_cells(
                cell, scale, lambda one, own: self._value(fact, one, own, is_coded=is_coded)
            )
        return self._value(fact, cell, scale, is_coded=is_coded)

    def _value(self, fact: Fact, cell: Cell, scale: str | None, *, is_coded: bool) -> StoredValue:
        """Return the value of one cell, remembered."""
        key = fact.id, scale, is_coded, type(cell), cell
        if key not in self._seen:
            both = split_fact_pair(self.pack, fact.id, cell)
            value = both[0] if both else parse_fact(fact, cell, scale, two_is_no=is_coded)
            if len(self._seen) >= _MOST_SEEN:
                self._seen.clear()
            self._seen[key] = value
        return self._seen[key]


def _merged(top: int) -> Message:
    return Message(
        "this cell is merged with row {row}: one amount for several rows, and how much of it is"
        " this one's nobody says; write each his own, or 0",
        {"row": top},
    )


_DISAGREE = Message(
    "lists of the same day disagree on this; it counts as unknown until one of them is corrected"
)
_BIRTH = Message("the date of birth is not the one in the ID number; the ID number's was used")
_SEX = Message("the sex is not the one in the ID number; the ID number's was used")
_SIZE = Message("the stated number of people is not the number of rows; ask who lives together")


class FactOrigin(NamedTuple):
    """A cell that settled a fact: its line, and the column by what it means."""

    line: Line
    target: str
    place: int | None = None


class ResolvedFact(NamedTuple):
    """A fact's value, None where unknown, and the cells that settled it; several may agree."""

    value: StoredValue
    origins: tuple[FactOrigin, ...] = ()


_UNKNOWN = ResolvedFact(None)


class _StatedValue(NamedTuple):
    """One value as one line states it."""

    dated_on: str
    is_written: bool
    value: StoredValue
    origin: FactOrigin


class FactResolver:
    """Reads all facts of households and people, telling disagreements."""

    def __init__(self, pack: Pack, findings: ProblemLog) -> None:
        self._findings = findings
        self._reader = FactReader(pack, findings)
        self._household = [fact for fact in pack.facts.values() if fact.owner == "household"]
        self._member = [fact for fact in pack.facts.values() if fact.owner == "member"]
        self._blanks = {
            "household": dict.fromkeys(fact.id for fact in self._household),
            "member": dict.fromkeys(fact.id for fact in self._member),
        }
        self._doubtable = {fact.id: fact for fact in pack.facts.values() if fact.unknown_beside}
        self._stated_under: dict[tuple[str, frozenset[TargetNames]], tuple[Fact, ...]] = {}

    def of_household(self, household: RegisterHousehold) -> dict[str, StoredValue]:
        """Return a household's facts by id."""
        return self._values("household", self.resolve_household(household))

    def list_person_values(self, person: RegisterPerson) -> dict[str, StoredValue]:
        """Return a member's facts by id; a valid ID number gives birth date and sex."""
        return self._values("member", self.resolve_person(person))

    def resolve_household(self, household: RegisterHousehold) -> dict[str, ResolvedFact]:
        """Return what is stated of a household by fact, each with the cells that settled it."""
        facts: dict[str, ResolvedFact] = {}
        lines = household.lines
        targets = frozenset([line.table.targets.get(None, ()) for line in lines])
        for fact in self._under("household", targets):
            facts[fact.id] = self._known(fact, [(one, None) for one in lines if one.has(fact.id)])
        return self._without_doubtful_blanks(facts)

    def resolve_person(self, person: RegisterPerson) -> dict[str, ResolvedFact]:
        """Return what is stated of a member by fact, each with the cells that settled it."""
        facts: dict[str, ResolvedFact] = {}
        seen = person.sightings
        targets = frozenset([one.line.table.targets.get(one.place, ()) for one in seen])
        for fact in self._under("member", targets):
            places = [(one.line, one.place) for one in seen if one.line.has(fact.id, one.place)]
            facts[fact.id] = self._known(fact, places)
        self._add_from_number(person, facts)
        return self._without_doubtful_blanks(facts)

    def _values(self, owner: Owner, facts: Mapping[str, ResolvedFact]) -> dict[str, StoredValue]:
        """Return the value of every fact, in the pack's order; None where nothing states one."""
        values: dict[str, StoredValue] = dict(self._blanks[owner])
        for name, known in facts.items():
            values[name] = known.value
        return values

    def _without_doubtful_blanks(self, facts: dict[str, ResolvedFact]) -> dict[str, ResolvedFact]:
        """Leave unknown what is blank everywhere, where a figure stands that it has to fit."""
        doubtful = [
            name
            for name, fact in self._doubtable.items()
            if name in facts
            and fact.is_doubted_by({one: _value(facts, one) for one in fact.unknown_beside})
            and all(is_blank(at.line.cell(at.target, at.place)) for at in facts[name].origins)
        ]
        facts.update(dict.fromkeys(doubtful, _UNKNOWN))
        return facts

    def _under(self, owner: Owner, targets: frozenset[TargetNames]) -> tuple[Fact, ...]:
        """Return the facts that some columns state, in the pack's order."""
        key = owner, targets
        if key not in self._stated_under:
            named = {target for some in targets for target in some}
            facts = self._household if owner == "household" else self._member
            self._stated_under[key] = tuple(fact for fact in facts if fact.id in named)
        return self._stated_under[key]

    def report_size_difference(
        self, household: RegisterHousehold, facts: dict[str, StoredValue], living: int
    ) -> None:
        """Tell a stated number of people that is not the number of rows."""
        stated = facts.get("stated_size")
        if stated is None or stated in (living, len(household.people)):
            return
        line = next((one for one in household.lines if one.has("stated_size")), None)
        if line is not None:
            self._findings.add(line, "size-differs", _SIZE, "stated_size")

    def _known(self, fact: Fact, places: Sequence[tuple[Line, int | None]]) -> ResolvedFact:
        """Return what one or more cells say of a fact."""
        if len(places) != 1:
            return self._settled(fact, [self._stated(fact, *place) for place in places])
        ((line, place),) = places
        value = self._reader.read(fact, line, line.cell(fact.id, place), place)
        return (
            _UNKNOWN if value is None else ResolvedFact(value, (FactOrigin(line, fact.id, place),))
        )

    def _stated(self, fact: Fact, line: Line, place: int | None) -> _StatedValue:
        cell = line.cell(fact.id, place)
        value = self._reader.read(fact, line, cell, place)
        origin = FactOrigin(line, fact.id, place)
        return _StatedValue(line.table.dated_on or "", not is_blank(cell), value, origin)

    def _settled(self, fact: Fact, listed: list[_StatedValue]) -> ResolvedFact:
        """Choose the newest value; what is written goes before what a blank means.

        From the day of a cell that could not be read nothing older counts, and no blank beside it.
        """
        known = [one for one in listed if one.value is not None]
        unread = [one.dated_on for one in listed if one.is_written and one.value is None]
        if unread:
            known = [one for one in known if one.dated_on > max(unread)]
        if not known:
            return _UNKNOWN
        best = max((one.dated_on, one.is_written) for one in known)
        newest = [one for one in known if (one.dated_on, one.is_written) == best]
        values = {one.value for one in newest}
        if len(values) == 1:
            return ResolvedFact(newest[0].value, tuple(one.origin for one in newest))
        for one in newest:
            at = one.origin
            self._findings.add(at.line, "facts-disagree", _DISAGREE, fact.id, at.place)
        return _UNKNOWN

    def _add_from_number(self, person: RegisterPerson, facts: dict[str, ResolvedFact]) -> None:
        """Take from ID and card number what they say; the ID number carries a check digit."""
        asked = self._blanks["member"]
        seen = next((sighting for sighting in person.sightings if sighting.id.number), None)
        if seen is not None:
            for fact, value, code, message in (
                ("birth_date", seen.id.birth_date, "birth-date-differs", _BIRTH),
                ("sex", seen.id.sex, "sex-differs", _SEX),
            ):
                if fact in asked:
                    self._tell_other(facts.get(fact, _UNKNOWN), value, code, message)
                    facts[fact] = ResolvedFact(value, (_id_cell(seen),))
        if not any(one.id.card_kind or one.line.table.has_disability for one in person.sightings):
            return
        for fact, hints in (
            ("disability_kind", self._hints_of_kind(person)),
            ("disability_grade", self._hints_of_grade(person)),
        ):
            if fact in asked and (_value(facts, fact) is None or self._is_blank(person, fact)):
                hint = next((one for one in hints if one[0]), None)
                if hint:
                    facts[fact] = ResolvedFact(hint[0], (hint[1],))

    def _tell_other(
        self, stated: ResolvedFact, value: StoredValue, code: str, message: Message
    ) -> None:
        """Tell a cell that says otherwise than the ID number."""
        if stated.value not in (None, value):
            for at in stated.origins[:1]:
                self._findings.add(at.line, code, message, at.target, at.place)

    def _hints_of_kind(self, person: RegisterPerson) -> Iterator[tuple[str | None, FactOrigin]]:
        """Return the kinds of disability that other cells than its own name, the surest first."""
        yield from self._written_beside(person, "disability_grade")
        yield from ((id_.card_kind, at) for id_, at in _cards(person))

    def _hints_of_grade(self, person: RegisterPerson) -> Iterator[tuple[str | None, FactOrigin]]:
        """Return the grades of disability that other cells than its own name, the surest first."""
        yield from self._written_beside(person, "disability_kind")
        yield from ((id_.card_grade, at) for id_, at in _cards(person))

    def _written_beside(
        self, person: RegisterPerson, fact: str
    ) -> Iterator[tuple[str, FactOrigin]]:
        """Return what cells under one fact say of the other, as 肢体二级 under 残疾类别 does."""
        for sighting in person.sightings:
            cell = sighting.line.cell(fact, sighting.place)
            if cell is None:
                continue
            if both := split_fact_pair(self._reader.pack, fact, cell):
                yield both[1], FactOrigin(sighting.line, fact, sighting.place)

    def _is_blank(self, person: RegisterPerson, fact: str) -> bool:
        """Return whether no line writes anything under a fact."""
        return all(
            is_blank(sighting.line.cell(fact, sighting.place)) for sighting in person.sightings
        )


def _value(facts: Mapping[str, ResolvedFact], name: str) -> StoredValue:
    """Return the value that is stated of a fact; None where none is."""
    return facts[name].value if name in facts else None


def _id_cell(sighting: Mention) -> FactOrigin:
    """Return the cell a person's ID number stands in; a head may have a column of his own."""
    line, place = sighting.line, sighting.place
    if sighting.id_target == "id_number" and sighting.id.number:
        return FactOrigin(line, "id_number", place)
    is_own = line.id_number("id_number", place) == sighting.id
    is_own &= line.has("id_number", place)
    return FactOrigin(line, "id_number", place) if is_own else FactOrigin(line, "head_id_number")


def _cards(person: RegisterPerson) -> Iterator[tuple[IdNumber, FactOrigin]]:
    """Return the numbers that may be a disability card's: in the ID column, then in their own."""
    for one in person.sightings:
        if one.id.card_kind:
            yield one.id, _id_cell(one)
    for one in person.sightings:
        if one.line.cell("disability_card", one.place) is not None:
            card = one.line.id_number("disability_card", one.place)
            yield card, FactOrigin(one.line, "disability_card", one.place)


def find_newest_day(lines: Iterable[Line]) -> str | None:
    """Return the newest day of some lines; None where all are undated."""
    return max((line.table.dated_on for line in lines if line.table.dated_on), default=None)


def index_by_id_number(
    people: Iterable[tuple[RegisterHousehold, RegisterPerson]],
) -> dict[str, list[tuple[RegisterHousehold, RegisterPerson]]]:
    """Index people by ID number; more than one under a number is for a person to decide."""
    found = defaultdict(list)
    for household, person in people:
        if person.id.number:
            found[person.id.number].append((household, person))
    return dict(found)
