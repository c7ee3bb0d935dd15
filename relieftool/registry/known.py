"""Facts from many lines into one value each: the newest day wins, equals must agree."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from relieftool.idnumbers import read_id_number
from relieftool.messages import Message
from relieftool.pack.models import Fact, Pack
from relieftool.registry.lines import FactReader, Findings, Line, split_pair
from relieftool.registry.people import Household, Person
from relieftool.values import Stored, is_blank

_DISAGREE = Message(
    "lists of the same day disagree on this; it counts as unknown until one of them is corrected"
)
_BIRTH = Message("the date of birth is not the one in the ID number; the ID number's was used")
_SIZE = Message("the stated number of people is not the number of rows; ask who lives together")


@dataclass(frozen=True)
class _Stated:
    """One value as one line states it."""

    dated_on: str
    is_written: bool
    value: Stored
    line: Line
    place: int | None


class Knowledge:
    """Reads all facts of households and people, telling disagreements."""

    def __init__(self, pack: Pack, findings: Findings) -> None:
        self._findings = findings
        self._reader = FactReader(pack, findings)
        self._household = [fact for fact in pack.facts.values() if fact.owner == "household"]
        self._member = [fact for fact in pack.facts.values() if fact.owner == "member"]

    def of_household(self, household: Household) -> dict[str, Stored]:
        """Give a household's facts by id."""
        return {
            fact.id: self._settled(
                fact,
                (self._stated(fact, line, None) for line in household.lines if line.has(fact.id)),
            )
            for fact in self._household
        }

    def of_person(self, person: Person) -> dict[str, Stored]:
        """Give a member's facts by id; a valid ID number gives birth date and sex."""
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
        return facts

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
        return _Stated(line.table.dated_on or "", not is_blank(cell), value, line, place)

    def _settled(self, fact: Fact, stated: Iterable[_Stated]) -> Stored:
        """Choose the newest value; what is written goes before what a blank means.

        Beside a cell that could not be read a blank means nothing.
        """
        listed = list(stated)
        is_unreadable = any(one.is_written and one.value is None for one in listed)
        known = [one for one in listed if one.value is not None]
        known = [one for one in known if one.is_written or not is_unreadable]
        if not known:
            return None
        best = max((one.dated_on, one.is_written) for one in known)
        newest = [one for one in known if (one.dated_on, one.is_written) == best]
        values = {one.value for one in newest}
        if len(values) == 1:
            return newest[0].value
        for one in newest:
            self._findings.add(one.line, "facts-disagree", _DISAGREE, fact.id, one.place)
        return None

    def _add_from_number(self, person: Person, facts: dict[str, Stored]) -> None:
        """Take from ID and card number what they say; the ID number carries a check digit."""
        number = person.id
        if number.birth_date and "birth_date" in facts:
            if facts["birth_date"] not in (None, number.birth_date):
                line = next(one.line for one in person.sightings if one.id.number)
                self._findings.add(line, "birth-date-differs", _BIRTH, "birth_date")
            facts["birth_date"] = number.birth_date
        cards = [one.id for one in person.sightings]
        cards += [
            read_id_number(one.line.cell("disability_card", one.place)) for one in person.sightings
        ]
        hints = {
            "sex": number.sex,
            "disability_kind": self._written_beside(person, "disability_grade")
            or next((one.card_kind for one in cards if one.card_kind), None),
            "disability_grade": self._written_beside(person, "disability_kind")
            or next((one.card_grade for one in cards if one.card_grade), None),
        }
        for fact, hint in hints.items():
            is_open = facts.get(fact) is None or (fact != "sex" and self._is_blank(person, fact))
            if fact in facts and hint is not None and is_open:
                facts[fact] = hint

    def _written_beside(self, person: Person, fact: str) -> str | None:
        """Give what a cell under one fact says of the other, as 肢体二级 under 残疾类别 does."""
        cells = (one.line.cell(fact, one.place) for one in person.sightings)
        both = (split_pair(self._reader.pack, fact, cell) for cell in cells)
        return next((found[1] for found in both if found), None)

    def _is_blank(self, person: Person, fact: str) -> bool:
        """Say whether no line writes anything under a fact."""
        return all(is_blank(one.line.cell(fact, one.place)) for one in person.sightings)


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
