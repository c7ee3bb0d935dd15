"""Resolves each fact of a household or member to one value, from all cells that state it.

The newest day counts. If filled cells of that day disagree, the fact is unknown and reported; blank
cells count only if no filled cell of that day does. Birth date and sex come from the ID number of a
person who has a valid one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from relieftool.messages import Message
from relieftool.pack.facts import Fact, Owner
from relieftool.pack.models import Pack
from relieftool.register.fact_cells import FACT_PAIRS, find_unit_fault, parse_fact, split_fact_pair
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

# The number of parsed cells that are remembered: a column repeats the same few texts.
_MOST_REMEMBERED = 1 << 14


@dataclass(frozen=True)
class FactReader:
    """Reads the cells of the pack's facts; a cell that cannot be read is unknown and reported."""

    pack: Pack
    problems: ProblemLog
    _faulty: dict[tuple[str, str], bool] = field(default_factory=dict, repr=False)
    _parsed: dict[tuple[object, ...], StoredValue] = field(default_factory=dict, repr=False)

    def read(self, fact: Fact, line: Line, cell: Cell, place: int | None = None) -> StoredValue:
        """Return the value of a cell; None if unknown. What a blank cell means depends on the fact.

        If the unit of the heading does not fit the fact, every cell is unknown, also a blank cell.
        """
        scale = line.table.columns[fact.id, place].scale
        if scale is not None and self._is_faulty(fact, scale):
            return None
        if is_blank(cell):
            return self._read_blank(fact, line, place)
        try:
            value = self._parse(fact, line, cell, place)
            _refuse_future_birth(fact, line, value)
        except ValueProblem as problem:
            self.problems.add(line, problem.code, problem.message, fact.id, place)
            return None
        return value

    def _is_faulty(self, fact: Fact, scale: str) -> bool:
        """Whether a heading's unit does not fit a fact; `report_unit_faults` reports the column."""
        key = fact.id, scale
        if key not in self._faulty:
            self._faulty[key] = find_unit_fault(fact, scale) is not None
        return self._faulty[key]

    def _read_blank(self, fact: Fact, line: Line, place: int | None) -> StoredValue:
        """Return the fact's value for none, if a blank cell means none; otherwise None (unknown).

        A cell that is merged with a cell above is unknown.
        """
        if fact.blank != "none":
            return None
        top = line.table.columns[fact.id, place].merged_with.get(line.number)
        if top is None:
            return fact.none_value
        if fact.owner == "member":  # by custom, a household's amount is on its first row only
            self.problems.add(line, "amount-merged", _MERGED, fact.id, place, params={"row": top})
        return None

    def _parse(self, fact: Fact, line: Line, cell: Cell, place: int | None) -> StoredValue:
        """Return the value of a cell; of duplicate cells, the value on which they agree."""
        is_coded = (fact.id, place) in line.table.two_is_no
        scale = line.table.columns[fact.id, place].scale
        if isinstance(cell, DuplicateCells):
            return read_duplicate_cells(
                cell, scale, lambda part, own: self._value_of(fact, part, own, is_coded=is_coded)
            )
        return self._value_of(fact, cell, scale, is_coded=is_coded)

    def _value_of(
        self, fact: Fact, cell: Cell, scale: str | None, *, is_coded: bool
    ) -> StoredValue:
        """Return the value of a cell, which is parsed unless it is remembered."""
        key = fact.id, scale, is_coded, type(cell), cell
        if key not in self._parsed:
            both = split_fact_pair(self.pack, fact.id, cell)
            value = both[0] if both else parse_fact(fact, cell, scale, two_is_no=is_coded)
            if len(self._parsed) >= _MOST_REMEMBERED:
                self._parsed.clear()
            self._parsed[key] = value
        return self._parsed[key]


def _refuse_future_birth(fact: Fact, line: Line, value: StoredValue) -> None:
    """Raise ValueProblem if the value is a date of birth after the day of the import."""
    latest = line.table.imported_on
    if fact.id == "birth_date" and latest and isinstance(value, str) and value > latest:
        raise ValueProblem(Message("this day has not come yet; check the year"))


_MERGED = Message(
    "this cell is merged with row {row}, so one amount covers several rows; enter each person's own"
    " amount, or 0"
)
_DISAGREE = Message(
    "lists of the same day disagree on this; it counts as unknown until one of them is corrected"
)
_BIRTH = Message("the date of birth is not the one in the ID number; the ID number's was used")
_SEX = Message("the sex is not the one in the ID number; the ID number's was used")
_SIZE = Message("the stated number of people is not the number of rows; ask who lives together")


class FactOrigin(NamedTuple):
    """A cell that a fact's value came from: its line, and the meaning and member of its column."""

    line: Line
    target: str
    place: int | None = None

    @property
    def cell(self) -> Cell:
        """Return the content of the cell."""
        return self.line.cell(self.target, self.place)


class ResolvedFact(NamedTuple):
    """The value of a fact (None: unknown) and the cells it came from; several may agree."""

    value: StoredValue
    origins: tuple[FactOrigin, ...] = ()


_UNKNOWN = ResolvedFact(None)


class _StatedValue(NamedTuple):
    """The value of a fact in one cell; `is_written`: the cell is filled."""

    dated_on: str
    is_written: bool
    value: StoredValue
    origin: FactOrigin

    @property
    def rank(self) -> tuple[str, bool]:
        """Return the day and whether the cell is filled; the value with the highest rank counts."""
        return self.dated_on, self.is_written

    @property
    def is_unreadable(self) -> bool:
        """Whether the cell is filled, but its value is unknown."""
        return self.is_written and self.value is None


class FactResolver:
    """Resolves the facts of households and people, and reports cells that disagree."""

    def __init__(self, pack: Pack, problems: ProblemLog) -> None:
        self._problems = problems
        self._reader = FactReader(pack, problems)
        self._household = [fact for fact in pack.facts.values() if fact.owner == "household"]
        self._member = [fact for fact in pack.facts.values() if fact.owner == "member"]
        self._blanks = {
            "household": dict.fromkeys(fact.id for fact in self._household),
            "member": dict.fromkeys(fact.id for fact in self._member),
        }
        self._doubtable = {fact.id: fact for fact in pack.facts.values() if fact.unknown_beside}
        self._facts_by_columns: dict[tuple[str, frozenset[TargetNames]], tuple[Fact, ...]] = {}

    def list_household_values(self, household: RegisterHousehold) -> dict[str, StoredValue]:
        """Return the value of every household fact by its id; None if unknown."""
        return self._list_values("household", self.resolve_household(household))

    def list_person_values(self, person: RegisterPerson) -> dict[str, StoredValue]:
        """Return the value of every member fact by its id; None if unknown."""
        return self._list_values("member", self.resolve_person(person))

    def resolve_household(self, household: RegisterHousehold) -> dict[str, ResolvedFact]:
        """Return the facts, by id, that a household's lines have columns for."""
        facts: dict[str, ResolvedFact] = {}
        lines = household.lines
        targets = frozenset([line.table.targets.get(None, ()) for line in lines])
        for fact in self._list_stated_facts("household", targets):
            cells = [(line, None) for line in lines if line.has(fact.id)]
            facts[fact.id] = self._resolve(fact, cells)
        return self._drop_doubtful_blanks(facts)

    def resolve_person(self, person: RegisterPerson) -> dict[str, ResolvedFact]:
        """Return the facts, by id, that a member's lines or ID and card numbers state."""
        facts: dict[str, ResolvedFact] = {}
        places = [(mention.line, mention.place) for mention in person.mentions]
        targets = frozenset([line.table.targets.get(place, ()) for line, place in places])
        for fact in self._list_stated_facts("member", targets):
            cells = [(line, place) for line, place in places if line.has(fact.id, place)]
            facts[fact.id] = self._resolve(fact, cells)
        self._add_from_number(person, facts)
        return self._drop_doubtful_blanks(facts)

    def _list_values(
        self, owner: Owner, facts: Mapping[str, ResolvedFact]
    ) -> dict[str, StoredValue]:
        """Return the value of every fact in the pack's order; None if it is not among `facts`."""
        values: dict[str, StoredValue] = dict(self._blanks[owner])
        values.update((name, fact.value) for name, fact in facts.items())
        return values

    def _drop_doubtful_blanks(self, facts: dict[str, ResolvedFact]) -> dict[str, ResolvedFact]:
        """Make facts with only blank cells unknown if other facts show that they may not be 0."""
        doubtful = [
            name
            for name, fact in self._doubtable.items()
            if name in facts
            and fact.is_doubted_by(
                {other: _value_of(facts, other) for other in fact.unknown_beside}
            )
            and all(is_blank(origin.cell) for origin in facts[name].origins)
        ]
        facts.update(dict.fromkeys(doubtful, _UNKNOWN))
        return facts

    def _list_stated_facts(self, owner: Owner, targets: frozenset[TargetNames]) -> tuple[Fact, ...]:
        """Return the facts whose columns are among the meanings `targets`, in the pack's order."""
        key = owner, targets
        if key not in self._facts_by_columns:
            named = {target for names in targets for target in names}
            facts = self._household if owner == "household" else self._member
            self._facts_by_columns[key] = tuple(fact for fact in facts if fact.id in named)
        return self._facts_by_columns[key]

    def report_size_difference(
        self, household: RegisterHousehold, facts: dict[str, StoredValue], living: int
    ) -> None:
        """Report a stated size that differs from the number of members and from `living`.

        `living` is the number of members who are not known to live elsewhere.
        """
        stated = facts.get("stated_size")
        if stated is None or stated in (living, len(household.people)):
            return
        line = next((line for line in household.lines if line.has("stated_size")), None)
        if line is not None:
            self._problems.add(line, "size-differs", _SIZE, "stated_size")

    def _resolve(self, fact: Fact, cells: Sequence[tuple[Line, int | None]]) -> ResolvedFact:
        """Return a fact resolved from its cells, each given by line and place."""
        if len(cells) != 1:
            return self._choose(fact, [self._read_stated(fact, *cell) for cell in cells])
        ((line, place),) = cells
        value = self._reader.read(fact, line, line.cell(fact.id, place), place)
        origins = (FactOrigin(line, fact.id, place),)
        return _UNKNOWN if value is None else ResolvedFact(value, origins)

    def _read_stated(self, fact: Fact, line: Line, place: int | None) -> _StatedValue:
        """Return the value of a fact in one cell, with its day."""
        cell = line.cell(fact.id, place)
        value = self._reader.read(fact, line, cell, place)
        origin = FactOrigin(line, fact.id, place)
        dated_on = line.table.columns[fact.id, place].dated_on or line.table.dated_on or ""
        return _StatedValue(dated_on, not is_blank(cell), value, origin)

    def _choose(self, fact: Fact, stated: list[_StatedValue]) -> ResolvedFact:
        """Return the newest value; on the same day, a filled cell goes before a blank cell.

        If such values differ, they are reported and the fact is unknown: no list is better.
        """
        known = [value for value in stated if value.value is not None]
        unreadable = [value.dated_on for value in stated if value.is_unreadable]
        if unreadable:
            # the unreadable cell may state a change: nothing of its day or older counts
            known = [value for value in known if value.dated_on > max(unreadable)]
        if not known:
            return _UNKNOWN
        best = max(value.rank for value in known)
        newest = [value for value in known if value.rank == best]
        if len({value.value for value in newest}) == 1:
            return ResolvedFact(newest[0].value, tuple(value.origin for value in newest))
        for value in newest:
            cell = value.origin
            self._problems.add(cell.line, "facts-disagree", _DISAGREE, fact.id, cell.place)
        return _UNKNOWN

    def _add_from_number(self, person: RegisterPerson, facts: dict[str, ResolvedFact]) -> None:
        """Add birth date and sex from the ID number, and the disability from cells about it.

        An ID number goes before other cells, because it has a check digit.
        """
        defined = self._blanks["member"]
        mention = next((mention for mention in person.mentions if mention.id.number), None)
        if mention is not None:
            for fact, value, code, message in (
                ("birth_date", mention.id.birth_date, "birth-date-differs", _BIRTH),
                ("sex", mention.id.sex, "sex-differs", _SEX),
            ):
                if fact in defined:
                    self._report_difference(facts.get(fact, _UNKNOWN), value, code, message)
                    facts[fact] = ResolvedFact(value, (_find_id_cell(mention),))
        if any(
            mention.id.card_kind or mention.line.table.has_disability_columns
            for mention in person.mentions
        ):
            self._add_disability(person, facts)

    def _add_disability(self, person: RegisterPerson, facts: dict[str, ResolvedFact]) -> None:
        """Take kind and grade of a disability from other cells if their own are blank or unknown.

        A blank cell may mean "no disability" for the pack, but a card number beside it is surer.
        """
        for fact in filter(self._blanks["member"].__contains__, FACT_PAIRS):
            if _value_of(facts, fact) is None or self._is_blank_everywhere(person, fact):
                hints = (hint for hint in self._list_hints(person, fact) if hint.value)
                facts.update((fact, hint) for hint in islice(hints, 1))

    def _report_difference(
        self, stated: ResolvedFact, value: StoredValue, code: str, message: Message
    ) -> None:
        """Report a fact's first cell if its value differs from `value`, that of the ID number."""
        if stated.value not in (None, value):
            for cell in stated.origins[:1]:
                self._problems.add(cell.line, code, message, cell.target, cell.place)

    def _list_hints(self, person: RegisterPerson, fact: str) -> Iterator[ResolvedFact]:
        """Yield kinds or grades of a disability that other cells state, the surest first."""
        partner = FACT_PAIRS[fact]  # 肢体二级 under 残疾类别 states the grade too
        for mention in person.mentions:
            cell = mention.line.cell(partner, mention.place)
            if cell is not None and (both := split_fact_pair(self._reader.pack, partner, cell)):
                yield ResolvedFact(both[1], (FactOrigin(mention.line, partner, mention.place),))
        for card, origin in _list_cards(person):
            stated = card.card_kind if fact == "disability_kind" else card.card_grade
            yield ResolvedFact(stated, (origin,))

    def _is_blank_everywhere(self, person: RegisterPerson, fact: str) -> bool:
        """Whether a fact has no filled cell in any mention of a person."""
        return all(is_blank(mention.line.cell(fact, mention.place)) for mention in person.mentions)


def _value_of(facts: Mapping[str, ResolvedFact], name: str) -> StoredValue:
    """Return the value of a fact; None if it is unknown or not among `facts`."""
    return facts[name].value if name in facts else None


def _find_id_cell(mention: Mention) -> FactOrigin:
    """Return the cell that a mention's ID number is in, which may be the head's column."""
    line, place = mention.line, mention.place
    if mention.id_target == "id_number" and mention.id.number:
        return FactOrigin(line, "id_number", place)
    is_own = line.has("id_number", place) and line.id_number("id_number", place) == mention.id
    return FactOrigin(line, "id_number", place) if is_own else FactOrigin(line, "head_id_number")


def _list_cards(person: RegisterPerson) -> Iterator[tuple[IdNumber, FactOrigin]]:
    """Yield numbers of disability cards with their cells: in ID columns, then in card columns."""
    for mention in person.mentions:
        if mention.id.card_kind:
            yield mention.id, _find_id_cell(mention)
    for mention in person.mentions:
        line, place = mention.line, mention.place
        if line.cell("disability_card", place) is not None:
            card = line.id_number("disability_card", place)
            yield card, FactOrigin(line, "disability_card", place)
