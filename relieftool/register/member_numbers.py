"""Numbers members: each person gets a place in their household, and keeps it at later imports.

Places are forgotten only when an import is undone or redone, and only if no case or decision refers
to them.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from operator import attrgetter
from typing import NamedTuple

from sqlite_utils import Database

from relieftool.register.people import RegisterHousehold, RegisterPerson
from relieftool.store.settings import hash_person, read_setting, write_setting

_MOVED = "imports_moved"  # setting: imports undone or redone since the last rebuild
_NO_PLACES: tuple[()] = ()
_PlaceRow = tuple[str, int, str | None, str | None, int]


class _GivenPlace(NamedTuple):
    """A stored place: the marks of the person who has it, and the newest import when it was given.

    A mark is a short keyed hash of an ID number or name, which the table must not show.
    `given_at` is negative for a forgotten place, which only affects the order of numbering.
    """

    place: int
    id_mark: str | None
    name_mark: str | None
    given_at: int


@dataclass(eq=False, slots=True)
class _HashedPerson:
    """A person to be numbered, with the marks of their ID number and first written name."""

    person: RegisterPerson
    id_mark: str | None
    name_mark: str | None


@dataclass
class MemberNumbers:
    """Numbers the members of households; `is_saved`: new places are stored in the file.

    Without stored places the numbers would follow the order of the lists, and an import could
    give the number of a person who has a case to somebody else.
    """

    db: Database
    secret: str
    is_saved: bool = False
    _moved_rows: list[tuple[int, int, int]] = field(default_factory=list)
    _last_row: int = 0
    _import_id: int = 0

    def start(self) -> None:
        """Forget places of households on imports that were undone or redone since the last rebuild.

        Call it after `snapshot_numbers` and before the register's tables are dropped: the rows of
        those imports are looked up in both.
        """
        newest = self.db.execute("SELECT ifnull(max(import_id), 0) FROM imports")
        (self._import_id,) = newest.fetchone()
        self._last_row = _find_last_row(self.db)
        self._moved_rows = _list_moved_rows(self.db)
        if self._last_row:
            for low, high, since in self._moved_rows:
                self._forget(_HOUSEHOLDS_OF_ROWS, since, low=low, high=high)

    def assign(self, households: Mapping[str, RegisterHousehold]) -> None:
        """Set the place and member number of every person in the households."""
        returned = self._forget_returned(households.values()) if self._moved_rows else set()
        given = self._load_given(households)
        fresh = [
            household
            for number, household in households.items()
            if number not in given and number not in returned
        ]
        new = self._carry_over(fresh, given) if self._last_row else []
        for number, household in households.items():
            new += self._assign_places(household, given.get(number, _NO_PLACES))
        if self._moved_rows:
            self.db.execute(_CLEAR, [json.dumps(list(households))])
        if self.is_saved:
            self.db.conn.executemany("REPLACE INTO given_places VALUES (?, ?, ?, ?, ?)", new)

    def finish(self) -> None:
        """After an undo or redo, forget places of vanished households; delete forgotten places."""
        if self._moved_rows:
            first = min(since for _low, _high, since in self._moved_rows)
            self._forget(_VANISHED_HOUSEHOLDS, first)
            self.db.execute("DELETE FROM given_places WHERE given_at < 0")
            write_setting(self.db, _MOVED, "[]")

    def _assign_places(
        self, household: RegisterHousehold, given: Sequence[_GivenPlace]
    ) -> Iterator[_PlaceRow]:
        """Number the people of a household; yield the places that are new or have new marks."""
        if not given:
            for place, member in enumerate(household.people, start=1):
                member.place = place
                member.member_no = f"{household.household_no}-{place:02}"
                marks = hash_person(self.secret, member.id.number, member.name)
                yield household.household_no, place, *marks, self._import_id
            return
        people = self._hash_people(household)
        valid = [place for place in given if place.given_at > 0]
        forgotten = [place for place in given if place.given_at < 0]
        found = _match_places(people, valid)
        taken = {place.place for place in valid}
        free = (number for number in count(1) if number not in taken)
        came_with = dict.fromkeys(people, self._import_id)
        if forgotten:
            # in the order in which they first came: undoing and redoing an import changes no number
            came_with |= _find_return_imports(people, forgotten)
            people.sort(key=came_with.__getitem__)
        for person in people:
            before = found.get(person) or _GivenPlace(next(free), None, None, 0)
            person.person.place = before.place
            person.person.member_no = f"{household.household_no}-{before.place:02}"
            # marks are never removed: without ID number on the newest list the old mark stays
            marks = person.id_mark or before.id_mark, person.name_mark or before.name_mark
            if before != (before.place, *marks, before.given_at) or not before.given_at:
                since = before.given_at or came_with[person]
                yield household.household_no, before.place, *marks, since

    def _load_given(self, numbers: Iterable[str]) -> dict[str, list[_GivenPlace]]:
        """Return the stored places of some households, by household number."""
        given: dict[str, list[_GivenPlace]] = defaultdict(list)
        if self.db.execute("SELECT 1 FROM given_places LIMIT 1").fetchone():
            for number, *row in self.db.execute(_PLACES_OF, [json.dumps(list(numbers))]):
                given[number].append(_GivenPlace(*row))
        return given

    def _carry_over(
        self, fresh: Iterable[RegisterHousehold], given: dict[str, list[_GivenPlace]]
    ) -> list[_PlaceRow]:
        """Add the places of households whose number changed to `given`; return them as new rows.

        A column that is mapped differently may change a household's number, but its members should
        keep their places. The earlier number is found by the household's rows.
        """
        households = {household.household_no: household for household in fresh}
        rows = {
            line.row_id: number
            for number, household in households.items()
            for line in household.lines
            if line.row_id <= self._last_row
        }
        earlier = _find_earlier_numbers(self.db, rows) if rows else {}
        former = self._load_given(set(earlier.values()))
        for number, before in earlier.items():
            places = [place for place in former.get(before, ()) if place.given_at > 0]
            found = _match_places(self._hash_people(households[number]), places)
            # if most of the earlier members are elsewhere now, it is another household
            if len(found) * 2 > len(places):
                given[number] = places
        return [
            (number, place.place, place.id_mark, place.name_mark, self._import_id)
            for number in earlier
            for place in given.get(number, ())
        ]

    def _hash_people(self, household: RegisterHousehold) -> list[_HashedPerson]:
        """Return the people of a household with their marks."""
        return [
            _HashedPerson(person, *hash_person(self.secret, person.id.number, person.name))
            for person in household.people
        ]

    def _forget_returned(self, households: Iterable[RegisterHousehold]) -> set[str]:
        """Forget places in households with rows of a redone import; return these households."""
        returned: dict[int, list[str]] = defaultdict(list)
        for household in households:
            for low, high, since in self._moved_rows:
                if any(low <= line.row_id <= high for line in household.lines):
                    returned[since].append(household.household_no)
        for since, numbers in returned.items():
            self._forget(_LISTED_HOUSEHOLDS, since, numbers=json.dumps(numbers))
        return {number for numbers in returned.values() for number in numbers}

    def _forget(self, which: str, since: int, **bound: int | str) -> None:
        """Forget places given at or after the import `since`, unless a case or decision names them.

        `which` is a query for the numbers of the households; `bound` are its parameters.
        """
        self.db.execute(_FORGET.format(households=which), {"since": since, **bound})


def record_moved_rows(db: Database, since: int, imports: Iterable[int]) -> None:
    """Record for the next rebuild that imports were undone or redone; only inside `write`.

    Places given before the import `since` do not depend on them.
    """
    moved = json.loads(read_setting(db, _MOVED) or "[]")
    write_setting(db, _MOVED, json.dumps([*moved, *([number, since] for number in imports)]))


def list_moved_imports(db: Database) -> set[int]:
    """Return the imports that were undone or redone since the last rebuild."""
    return {number for number, _since in json.loads(read_setting(db, _MOVED) or "[]")}


def _list_moved_rows(db: Database) -> list[tuple[int, int, int]]:
    """Return the first and last row id of each table undone or redone, and its `since`."""
    moved = read_setting(db, _MOVED) or "[]"
    return [(low, high, since) for low, high, since in db.execute(_ROWS_OF_MOVED, [moved])]


def _find_last_row(db: Database) -> int:
    """Return the last row id in the register before this rebuild; 0 if there was no register."""
    if not db.execute(_HAS_BEFORE).fetchone():
        return 0
    return int(db.execute("SELECT ifnull(max(row_id), 0) FROM main.became").fetchone()[0])


def _find_earlier_numbers(db: Database, numbers: Mapping[int, str]) -> dict[str, str]:
    """Map household numbers to the number that most of the household's rows had before.

    `numbers` maps row ids to present household numbers.
    """
    db.execute("CREATE INDEX IF NOT EXISTS temp.numbers_before_row ON numbers_before (row_id)")
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row_id, before in db.execute(_BEFORE, [json.dumps(list(numbers))]):
        found[numbers[row_id]][before] += 1
    return {
        number: min(counts, key=lambda before: (-counts[before], before))
        for number, counts in found.items()
    }


def _find_return_imports(
    people: Iterable[_HashedPerson], forgotten: list[_GivenPlace]
) -> dict[_HashedPerson, int]:
    """Map people whose place was forgotten to the import with which they came.

    It is the first live import that mentions them, or the newest import when their place was
    given, whichever is later.
    """
    return {
        person: max(
            -place.given_at,
            min(mention.line.table.import_id for mention in person.person.mentions),
        )
        for person, place in _match_places(people, forgotten).items()
    }


def _match_places(
    people: Iterable[_HashedPerson], given: Iterable[_GivenPlace]
) -> dict[_HashedPerson, _GivenPlace]:
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
    given: Iterable[_GivenPlace],
    mark_of: Callable[[_HashedPerson | _GivenPlace], str | None],
    *,
    is_alone: bool = False,
) -> dict[_HashedPerson, _GivenPlace]:
    """Pair people and places with the same mark, in order.

    `is_alone`: pair only if just one person and one place have the mark.
    """
    places: dict[str | None, list[_GivenPlace]] = defaultdict(list)
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


def _name_without_id(owner: _HashedPerson | _GivenPlace) -> str | None:
    """Return the name mark ("" without a name); None for somebody with an ID number."""
    return owner.name_mark or "" if owner.id_mark is None else None


_PLACES_OF = """
    SELECT household_no, place, id_mark, name_mark, given_at FROM given_places
    WHERE household_no IN (SELECT value FROM json_each(?))
"""
_HAS_BEFORE = "SELECT 1 FROM main.sqlite_master WHERE name = 'became'"
_BEFORE = """
    SELECT DISTINCT row_id, household_no FROM temp.numbers_before
    WHERE row_id IN (SELECT value FROM json_each(?))
"""
_ROWS_OF_MOVED = """
    SELECT min(row_id), max(row_id), json_extract(moved.value, '$[1]')
    FROM json_each(?) AS moved
    JOIN source_tables ON source_tables.import_id = json_extract(moved.value, '$[0]')
    LEFT JOIN borrowed_rows ON borrowed_rows.table_id = source_tables.table_id
    JOIN source_rows ON source_rows.table_id
        = ifnull(borrowed_rows.rows_of, source_tables.table_id)
    GROUP BY moved.key, source_tables.table_id
"""
# Forgotten places are kept until the people are numbered: the negative import orders them.
_FORGET = """
    UPDATE given_places SET given_at = -given_at
    WHERE given_at >= :since AND household_no IN ({households})
    AND printf('%s-%02d', household_no, place) NOT IN (
        WITH referred AS (
            SELECT member_no FROM cases WHERE member_no IS NOT NULL
            UNION SELECT target FROM decisions WHERE target IS NOT NULL)
        SELECT member_no FROM referred
        UNION SELECT number FROM former_numbers
            WHERE former_no IN (SELECT member_no FROM referred))
"""
_CLEAR = """
    DELETE FROM given_places WHERE given_at < 0
    AND household_no IN (SELECT value FROM json_each(?))
"""
_HOUSEHOLDS_OF_ROWS = "SELECT household_no FROM main.became WHERE row_id BETWEEN :low AND :high"
_LISTED_HOUSEHOLDS = "SELECT value FROM json_each(:numbers)"
_VANISHED_HOUSEHOLDS = (
    "SELECT household_no FROM given_places WHERE household_no NOT IN"
    " (SELECT household_no FROM main.households)"
)
