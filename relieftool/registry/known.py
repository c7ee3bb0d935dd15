"""Facts from many lines into one value each: the newest day wins, equals must agree."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from relieftool.idnumbers import IdNumber, read_id_number
from relieftool.messages import Message
from relieftool.pack.facts import Fact
from relieftool.pack.models import Pack
from relieftool.registry.lines import FactReader, Findings, Line, split_pair
from relieftool.registry.people import Household, Person
from relieftool.registry.sightings import Sighting
from relieftool.values import Stored, is_blank

_DISAGREE = Message(
    "lists of the same day disagree on this; it counts as unknown until one of them is corrected"
)
_BIRTH = Message("the date of birth is not the one in the ID number; the ID number's was used")
_SIZE = Message("the stated number of people is not the number of rows; ask who lives together")


@dataclass(frozen=True)
class Origin:
    """A cell that settled a fact: its line, and the column by what it means."""

    line: Line
    target: str
    place: int | None = None


@dataclass(frozen=True)
class Known:
    """A fact's value, None where unknown, and the cells that settled it; several may agree."""

    value: Stored
    origins: tuple[Origin, ...] = ()


_UNKNOWN = Known(None)


@dataclass(frozen=True)
class _Stated:
    """One value as one line states it."""

    dated_on: str
    is_written: bool
    value: Stored
    origin: Origin


class Knowledge:
    """Reads all facts of households and people, telling disagreements."""

    def __init__(self, pack: Pack, findings: Findings) -> None:
        self._findings = findings
        self._reader = FactReader(pack, findings)
        self._household = [fact for fact in pack.facts.values() if fact.owner == "household"]
        self._member = [fact for fact in pack.facts.values() if fact.owner == "member"]

    def of_household(self, household: Household) -> dict[str, Stored]:
        """Give a household's facts by id."""
        return _values(self.known_of_household(household))

    def of_person(self, person: Person) -> dict[str, Stored]:
        """Give a member's facts by id; a valid ID number gives birth date and sex."""
        return _values(self.known_of_person(person))

    def known_of_household(self, household: Household) -> dict[str, Known]:
        """Give a household's facts by id, each with the cells that settled it."""
        facts = {
            fact.id: self._settled(
                fact,
                (self._stated(fact, line, None) for line in household.lines if line.has(fact.id)),
            )
            for fact in self._household
        }
        return _without_doubtful_blanks(self._household, facts)

    def known_of_person(self, person: Person) -> dict[str, Known]:
        """Give a member's facts by id, each with the cells that settled it."""
        facts = {
            fact.id: self._settled(
                fact,
                (
                    self._stated(fact, one.line, one.place)
                    for one in person.sightings
                    if one.line.has(fact.id, one.place)
                ),
            )
            for fact in self._member
        }
        self._add_from_number(person, facts)
        return _without_doubtful_blanks(self._member, facts)

    def tell_size(self, household: Household, facts: dict[str, Stored], living: int) -> None:
        """Tell a stated number of people that is not the number of rows."""
        stated = facts.get("stated_size")
        if stated is None or stated in (living, len(household.people)):
            return
        line = next((one for one in household.lines if one.has("stated_size")), None)
        if line is not None:
            self._findings.add(line, "size-differs", _SIZE, "stated_size")

    def _stated(self, fact: Fact, line: Line, place: int | None) -> _Stated:
        cell = line.cell(fact.id, place)
        value = self._reader.read(fact, line, cell, place)
        origin = Origin(line, fact.id, place)
        return _Stated(line.table.dated_on or "", not is_blank(cell), value, origin)

    def _settled(self, fact: Fact, stated: Iterable[_Stated]) -> Known:
        """Choose the newest value; what is written goes before what a blank means.

        Beside a cell that could not be read a blank means nothing.
        """
        listed = list(stated)
        is_unreadable = any(one.is_written and one.value is None for one in listed)
        known = [one for one in listed if one.value is not None]
        known = [one for one in known if one.is_written or not is_unreadable]
        if not known:
            return _UNKNOWN
        best = max((one.dated_on, one.is_written) for one in known)
        newest = [one for one in known if (one.dated_on, one.is_written) == best]
        values = {one.value for one in newest}
        if len(values) == 1:
            return Known(newest[0].value, tuple(one.origin for one in newest))
        for one in newest:
            at = one.origin
            self._findings.add(at.line, "facts-disagree", _DISAGREE, fact.id, at.place)
        return _UNKNOWN

    def _add_from_number(self, person: Person, facts: dict[str, Known]) -> None:
        """Take from ID and card number what they say; the ID number carries a check digit."""
        numbers = [(one.id, _id_cell(one)) for one in person.sightings]
        number, cell = next(((id_, at) for id_, at in numbers if id_.number), (IdNumber(), None))
        if number.birth_date and cell is not None and "birth_date" in facts:
            if facts["birth_date"].value not in (None, number.birth_date):
                self._findings.add(cell.line, "birth-date-differs", _BIRTH, "birth_date")
            facts["birth_date"] = Known(number.birth_date, (cell,))
        cards = [*numbers, *map(_read_card, person.sightings)]
        hints = {
            "sex": (number.sex, cell),
            "disability_kind": _first_hint(
                (
                    *self._written_beside(person, "disability_grade"),
                    *((id_.card_kind, at) for id_, at in cards),
                )
            ),
            "disability_grade": _first_hint(
                (
                    *self._written_beside(person, "disability_kind"),
                    *((id_.card_grade, at) for id_, at in cards),
                )
            ),
        }
        for fact, (hint, at) in hints.items():
            if fact not in facts or hint is None or at is None:
                continue
            if facts[fact].value is None or (fact != "sex" and self._is_blank(person, fact)):
                facts[fact] = Known(hint, (at,))

    def _written_beside(self, person: Person, fact: str) -> Iterator[tuple[str, Origin]]:
        """Give what cells under one fact say of the other, as 肢体二级 under 残疾类别 does."""
        for one in person.sightings:
            cell = one.line.cell(fact, one.place)
            if both := split_pair(self._reader.pack, fact, cell):
                yield both[1], Origin(one.line, fact, one.place)

    def _is_blank(self, person: Person, fact: str) -> bool:
        """Say whether no line writes anything under a fact."""
        return all(is_blank(one.line.cell(fact, one.place)) for one in person.sightings)


def _without_doubtful_blanks(asked: Iterable[Fact], facts: dict[str, Known]) -> dict[str, Known]:
    """Leave unknown what is blank everywhere, where a figure stands that it would have to fit."""
    doubtful = {
        fact.id
        for fact in asked
        if all(is_blank(at.line.cell(at.target, at.place)) for at in facts[fact.id].origins)
        and fact.is_doubted_by({name: facts[name].value for name in fact.unknown_beside})
    }
    return {name: _UNKNOWN if name in doubtful else known for name, known in facts.items()}


def _values(facts: dict[str, Known]) -> dict[str, Stored]:
    """Give the values alone."""
    return {name: known.value for name, known in facts.items()}


def _id_cell(sighting: Sighting) -> Origin:
    """Give the cell a person's ID number stands in; a head may have a column of his own."""
    line, place = sighting.line, sighting.place
    is_own = read_id_number(line.cell("id_number", place)) == sighting.id
    is_own &= line.has("id_number", place)
    return Origin(line, "id_number", place) if is_own else Origin(line, "head_id_number")


def _read_card(sighting: Sighting) -> tuple[IdNumber, Origin]:
    """Read the disability card's number on a line."""
    line, place = sighting.line, sighting.place
    number = read_id_number(line.cell("disability_card", place))
    return number, Origin(line, "disability_card", place)


def _first_hint(
    hints: Iterable[tuple[str | None, Origin]],
) -> tuple[str | None, Origin | None]:
    """Give the first hint there is, and where it stands."""
    return next(((hint, at) for hint, at in hints if hint), (None, None))


def newest_day(lines: Iterable[Line]) -> str | None:
    """Give the newest day of some lines; None where all are undated."""
    return max((line.table.dated_on for line in lines if line.table.dated_on), default=None)


def by_number(
    people: Iterable[tuple[Household, Person]],
) -> dict[str, list[tuple[Household, Person]]]:
    """Index people by ID number; more than one under a number is for a person to decide."""
    found = defaultdict(list)
    for household, person in people:
        if person.id.number:
            found[person.id.number].append((household, person))
    return dict(found)
