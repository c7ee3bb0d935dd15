"""Gives each household and each person an identity, once, and the numbers by which they are called.

An identity is kept for good, with all by which its household is known again: its number in its
community, the ID number of its head on lists without numbers, its first row, its people. Numbers
are labels: they may change, and all that an identity ever had lead to it. So entries, which keep
the label that they were written with, are never rewritten. A label that entries use belongs to
nobody else, and neither does a place in a household, even after an undo.
"""

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

from sqlite_utils import Database

from relieftool.register.lines import Line
from relieftool.register.people import (
    NUMBER_KEY,
    GatheredHouseholds,
    RegisterHousehold,
    RegisterPerson,
)
from relieftool.register.person_mentions import Mention
from relieftool.store.settings import hash_person

# How surely something finds an identity, after its number (0) and its head or row on a list (1).
_BY_ROW, _BY_PEOPLE = 2, 3
_Row = tuple[Any, ...]


class _Claim(NamedTuple):
    """A household's claim to an identity; the least of several counts.

    `is_added`: the identity was not made with this key, but got it later. `position` is the
    household's place among those built.
    """

    is_added: bool
    surety: int
    household_id: int
    position: int


class _Place(NamedTuple):
    """The place that a person was given in a household, and the marks by which they are known.

    A mark is a short keyed hash of an ID number or name, which the table must not show.
    """

    place: int
    id_mark: str | None
    name_mark: str | None


@dataclass(eq=False, slots=True)
class _HashedPerson:
    """A person to be numbered, with the marks of their ID number and first written name."""

    person: RegisterPerson
    id_mark: str | None
    name_mark: str | None


@dataclass
class Identities:
    """Names households and numbers their members; `is_saved`: what is new is kept in the file.

    `is_in_parts`: the households are not all built together, so that those that are gone are not
    known.
    """

    db: Database
    secret: str
    is_saved: bool = False
    is_in_parts: bool = False
    _taken: set[int] = field(default_factory=set)

    def name(self, gathered: GatheredHouseholds) -> None:
        """Set the identities of each household, and the number by which it is called."""
        homes = sorted(gathered.households.values(), key=lambda home: _order_line(home.first_line))
        mentions = {home.household_no: gathered.mentions[home.household_no] for home in homes}
        self._identify(homes, mentions)
        before = [home.household_no for home in homes]
        self._label(homes)
        gathered.mentions.clear()
        for number, home in zip(before, homes, strict=True):
            gathered.mentions[home.household_no] = mentions[number]
        gathered.households = {home.household_no: home for home in gathered.households.values()}

    def name_part(self, part: RegisterHousehold) -> None:
        """Set the identity and the numbers of a household that was divided off from another."""
        self._identify([part], {part.household_no: ()})
        self._label([part])

    def list_holders(self, gathered: GatheredHouseholds, touched: Iterable[str]) -> set[str]:
        """Return the households of the register that may lose a number or identity, or get one.

        They have one that those gathered claim, or may claim one that those touched had, because
        lists call them alike. So they are built together.
        """
        homes = list(gathered.households.values())
        ids = {claim.household_id for claim in self._find_claims(homes, gathered.mentions)[0]}
        found = self.db.execute(_HOLDERS, [_dump(ids), _dump(gathered.households), _dump(touched)])
        return {number for (number,) in found}

    def number_members(self, households: Mapping[str, RegisterHousehold]) -> None:
        """Set the place and member number of every person, and the numbers they had before."""
        ids = {number for home in households.values() for number in home.labels}
        given: dict[int, list[_Place]] = defaultdict(list)
        for household_id, *row in self.db.execute(_PLACES, [_dump(ids)]):
            given[household_id].append(_Place(*row))
        new = [row for home in households.values() for row in self._assign_places(home, given)]
        if self.is_saved:
            self.db.conn.executemany("REPLACE INTO person_identities VALUES (?, ?, ?, ?)", new)
            homes = households.values()
            former = (row for home in homes for row in _list_former(home))
            self.db.conn.executemany("REPLACE INTO former_numbers VALUES (?, ?, ?)", former)
            # who moved took the number of their place along
            left = (row for home in homes for row in _list_left_places(home, given))
            self.db.conn.executemany("INSERT OR IGNORE INTO former_numbers VALUES (?, ?, ?)", left)

    def _find_claims(
        self, homes: Sequence[RegisterHousehold], mentions: Mapping[str, Sequence[Mention]]
    ) -> tuple[list[_Claim], set[tuple[str, int]]]:
        """Return all claims of households to identities, the surest first; and the keys known."""
        keys = {key: position for position, home in enumerate(homes) for key in home.keys}
        found = self.db.execute(_KEYS, [_dump(keys)]).fetchall()
        claims = [
            _Claim(not is_first, not key.startswith(NUMBER_KEY), household_id, keys[key])
            for key, household_id, is_first in found
        ]
        unknown = set(range(len(homes))) - {claim.position for claim in claims}
        if unknown and self.db.execute("SELECT 1 FROM household_identities LIMIT 1").fetchone():
            rows = {line.row_id: position for position in unknown for line in homes[position].lines}
            for household_id, row_id in self.db.execute(_FIRST_ROWS, [_dump(rows)]):
                claims.append(
                    _Claim(
                        is_added=True,
                        surety=_BY_ROW,
                        household_id=household_id,
                        position=rows[row_id],
                    )
                )
            if not self.is_in_parts:
                people = {place: mentions[homes[place].household_no] for place in unknown}
                claims += self._claim_by_people(people)
        return sorted(claims), {(key, household_id) for key, household_id, _is_first in found}

    def _claim_by_people(self, people: Mapping[int, Sequence[Mention]]) -> Iterator[_Claim]:
        """Yield the claims of households that have most people of an identity, by ID number."""
        positions: dict[str | None, set[int]] = defaultdict(set)
        for position, mentions in people.items():
            for mention in mentions:
                if mention.id.number:
                    mark, _name = hash_person(self.secret, mention.id.number, None)
                    positions[mark].add(position)
        shared: Counter[tuple[int, int, int]] = Counter()
        for household_id, mark, count in self.db.execute(_BY_MARKS, [_dump(positions)]):
            shared.update((household_id, position, count) for position in positions[mark])
        for (household_id, position, count), common in shared.items():
            if common * 2 > count:
                yield _Claim(
                    is_added=True, surety=_BY_PEOPLE, household_id=household_id, position=position
                )

    def _identify(
        self, homes: Sequence[RegisterHousehold], mentions: Mapping[str, Sequence[Mention]]
    ) -> None:
        """Set the identities of households, that by which each is called first; keep new ones.

        Of several households that claim one identity, the surest has it. One that a household was
        made with, and that nobody else has, leads to it too: as after two became one.
        """
        claims, known = self._find_claims(homes, mentions)
        found: list[list[int]] = [[] for _home in homes]
        for is_first in (True, False):
            for claim in claims:
                own = found[claim.position]
                if claim.household_id not in self._taken and (
                    not own if is_first else not claim.is_added
                ):
                    self._taken.add(claim.household_id)
                    own.append(claim.household_id)
        (last,) = self.db.execute(_LAST).fetchone()
        identities: list[_Row] = []
        keys: list[_Row] = []
        for home, own in zip(homes, found, strict=True):
            is_new = not own
            if is_new:
                last += 1
                own.append(last)
                identities.append((last, home.first_line.row_id))
            home.labels = {household_id: [] for household_id in own}
            keys += [(key, own[0], int(is_new)) for key in home.keys if (key, own[0]) not in known]
        if self.is_saved:
            self.db.conn.executemany("INSERT INTO household_identities VALUES (?, ?)", identities)
            self.db.conn.executemany("INSERT INTO household_keys VALUES (?, ?, ?)", keys)

    def _label(self, homes: Sequence[RegisterHousehold]) -> None:
        """Set the number of each household, and all numbers that it ever had; keep new ones."""
        by_id = {number: home for home in homes for number in home.labels}
        made: dict[int, str] = {}
        for label, household_id, short in self.db.execute(_LABELS, [_dump(by_id)]):
            by_id[household_id].labels[household_id].append(label)
            if short is not None:
                made[household_id] = label
        stated = [home.household_no for home in homes if not home.has_made_number]
        owners = dict(self.db.execute(_OWNERS, [_dump(stated)]).fetchall())
        new: list[_Row] = []
        for home in homes:
            own, number = home.identity, home.household_no
            if home.has_made_number:
                home.household_no = made.get(own) or self._make_label(home)
            elif owners.get(number) is None:
                new.append((number, own, None, None))
            elif owners[number] != own:
                home.household_no = self._take_label(home)
            if home.household_no not in home.labels[own]:
                home.labels[own].append(home.household_no)
        if self.is_saved:
            self.db.conn.executemany("INSERT INTO household_labels VALUES (?, ?, ?, ?)", new)

    def _make_label(self, home: RegisterHousehold) -> str:
        """Return a short number for a household without its own, never given before."""
        if not self.is_saved:
            return home.household_no
        (short,) = self.db.execute(_NEXT_SHORT, [home.community]).fetchone()
        while self.db.execute(_OWNER, [f"{home.community}-{short:03}"]).fetchone():
            short += 1
        label = f"{home.community}-{short:03}"
        row = label, home.identity, home.community, short
        self.db.execute("INSERT INTO household_labels VALUES (?, ?, ?, ?)", row)
        return label

    def _take_label(self, home: RegisterHousehold) -> str:
        """Return the number that a list states, or a longer one if that is another household's.

        It is theirs for good if it was made for them, or if entries name them by it.
        """
        number, start = home.household_no, home.household_no
        if not start.startswith(f"{home.community}-"):
            start = f"{home.community}-{start}"
        longer = (f"{start}-{count}" for count in itertools.count(2))
        for label in itertools.chain([number, start], longer):
            owner, short = self.db.execute(_OWNER, [label]).fetchone() or (None, None)
            if owner == home.identity:
                return label
            is_free = owner is None or owner in home.labels or not self._is_used(label)
            if is_free and short is None:
                break
        if self.is_saved:
            row = label, home.identity, None, None
            self.db.execute("REPLACE INTO household_labels VALUES (?, ?, ?, ?)", row)
        return label

    def _is_used(self, number: str) -> bool:
        """Whether any entry names a household by a number."""
        found = (
            self.db.execute(f"SELECT 1 FROM {table} WHERE household_no = ? LIMIT 1", [number])
            for table in _NAMING
        )
        return any(row.fetchone() for row in found)

    def _assign_places(
        self, home: RegisterHousehold, given: Mapping[int, Sequence[_Place]]
    ) -> Iterator[_Row]:
        """Number the people of a household; yield the places that are new or have new marks."""
        own, *others = home.labels
        known = given.get(own, ())
        if not known and not others:
            for place, person in enumerate(home.people, start=1):
                person.place = place
                person.member_no = f"{home.household_no}-{place:02}"
                yield own, place, *hash_person(self.secret, person.id.number, person.name)
            return
        people = [
            _HashedPerson(person, *hash_person(self.secret, person.id.number, person.name))
            for person in home.people
        ]
        found = _match_places(people, known)
        free = itertools.count(1 + max((place.place for place in known), default=0))
        for hashed in people:
            before = found.get(hashed) or _Place(next(free), None, None)
            # marks are never removed: without ID number on the newest list the old mark stays
            marks = hashed.id_mark or before.id_mark, hashed.name_mark or before.name_mark
            hashed.person.place = before.place
            hashed.person.member_no = f"{home.household_no}-{before.place:02}"
            if before != (before.place, *marks) or hashed not in found:
                yield own, before.place, *marks
        for other in others:
            for hashed, earlier in _match_places(people, given.get(other, ())).items():
                numbers = (f"{label}-{earlier.place:02}" for label in home.labels[other])
                hashed.person.former += numbers


def _order_line(line: Line) -> tuple[int, int, int]:
    """Return the key that orders lines by import and row."""
    return line.table.import_id, line.table.table_id, line.number


def _list_former(home: RegisterHousehold) -> Iterator[tuple[str, str, str]]:
    """Yield the former numbers of a household and of its members: former, current, household."""
    number = home.household_no
    for former in home.former:
        yield former, number, number
        if former in home.labels[home.identity]:
            for person in home.people:
                yield f"{former}-{person.place:02}", f"{number}-{person.place:02}", number
    for person in home.people:
        for former in person.former:
            yield former, person.member_no, number


def _list_left_places(
    home: RegisterHousehold, given: Mapping[int, Sequence[_Place]]
) -> Iterator[tuple[str, str, str]]:
    """Yield the former numbers of the places of a household in which nobody is now."""
    number = home.household_no
    left = {place.place for place in given.get(home.identity, ())}
    left -= {person.place for person in home.people}
    for former in home.labels[home.identity]:
        for place in sorted(left) if former != number else ():
            yield f"{former}-{place:02}", f"{number}-{place:02}", number


def _dump(values: Iterable[object]) -> str:
    return json.dumps(list(values))


def _match_places(
    people: Iterable[_HashedPerson], given: Iterable[_Place]
) -> dict[_HashedPerson, _Place]:
    """Return the place of each person who has one, matched by the surest mark first.

    1. By ID number.
    2. By name, if person and place have no ID number; namesakes keep their order.
    3. By name alone, if only one person and one place of that name are left. With more, an ID
       number that was added later could give one namesake the place of another.
    """
    waiting, free = list(people), sorted(given, key=lambda place: place.place)
    by_marks = {(place.id_mark, place.name_mark): place for place in free}
    found = {
        person: by_marks[marks]
        for person in waiting
        if (marks := (person.id_mark, person.name_mark)) in by_marks
    }
    # the usual case: both marks of everybody match, and nobody is matched twice
    if len(found) == len(waiting) == len(set(found.values())):
        return found
    found = _pair_by_mark(waiting, free, attrgetter("id_mark"))
    for mark_of, is_alone in ((_name_without_id, False), (attrgetter("name_mark"), True)):
        taken = {place.place for place in found.values()}
        waiting = [person for person in waiting if person not in found]
        free = [place for place in free if place.place not in taken]
        found |= _pair_by_mark(waiting, free, mark_of, is_alone=is_alone)
    return found


def _pair_by_mark(
    people: Iterable[_HashedPerson],
    given: Iterable[_Place],
    mark_of: Callable[[_HashedPerson | _Place], str | None],
    *,
    is_alone: bool = False,
) -> dict[_HashedPerson, _Place]:
    """Pair people and places with the same mark, in order.

    `is_alone`: pair only if just one person and one place have the mark.
    """
    places: dict[str | None, list[_Place]] = defaultdict(list)
    for place in given:
        places[mark_of(place)].append(place)
    owners: dict[str | None, list[_HashedPerson]] = defaultdict(list)
    for person in people:
        owners[mark_of(person)].append(person)
    return {
        person: place
        for mark, persons in owners.items()
        if mark is not None and (not is_alone or len(persons) == len(places[mark]) == 1)
        for person, place in zip(persons, places[mark], strict=False)
    }


def _name_without_id(owner: _HashedPerson | _Place) -> str | None:
    """Return the name mark ("" without a name); None for somebody with an ID number."""
    return owner.name_mark or "" if owner.id_mark is None else None


_KEYS = """
    SELECT key, household_id, is_first FROM household_keys
    WHERE key IN (SELECT value FROM json_each(?))
"""
_FIRST_ROWS = """
    SELECT household_id, first_row FROM household_identities
    WHERE first_row IN (SELECT value FROM json_each(?))
"""
_BY_MARKS = """
    SELECT household_id, id_mark, (SELECT count(*) FROM person_identities AS other
        WHERE other.household_id = person.household_id)
    FROM person_identities AS person WHERE id_mark IN (SELECT value FROM json_each(?))
"""
_LAST = "SELECT ifnull(max(household_id), 0) FROM household_identities"
_LABELS = """
    SELECT label, household_id, short FROM household_labels
    WHERE household_id IN (SELECT value FROM json_each(?)) ORDER BY household_id, label
"""
_OWNERS = """
    SELECT label, household_id FROM household_labels
    WHERE label IN (SELECT value FROM json_each(?))
"""
_OWNER = "SELECT household_id, short FROM household_labels WHERE label = ?"
_NEXT_SHORT = "SELECT 1 + ifnull(max(short), 0) FROM household_labels WHERE community = ?"
_PLACES = """
    SELECT household_id, place, id_mark, name_mark FROM person_identities
    WHERE household_id IN (SELECT value FROM json_each(?)) ORDER BY household_id, place
"""
_HOLDERS = """
    WITH had AS (
        SELECT value AS household_id FROM json_each(?1)
        UNION SELECT household_id FROM main.household_ids
        WHERE household_no IN (SELECT value FROM json_each(?3)))
    SELECT household_no FROM main.household_ids WHERE household_id IN (
        SELECT household_id FROM had
        UNION SELECT other.household_id FROM had JOIN household_keys AS own USING (household_id)
        JOIN household_keys AS other ON other.key = own.key)
    UNION SELECT household_no FROM main.households
    WHERE household_no IN (SELECT value FROM json_each(?2))
"""
# The tables whose entries name a household.
_NAMING = ("cases", "visits", "needs", "assignments", "measures", "revisits", "life_events")
