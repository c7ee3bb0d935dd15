"""Places in a household: whoever was once given one keeps it, whatever is imported later.

A place that a case or a decision refers to is never given to anybody else. Only taking an import
back, or letting it count again, forgets places, and only those that nothing refers to.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from sqlite_utils import Database

from relieftool.register.people import RegisterHousehold, RegisterPerson
from relieftool.store.settings import hash_person, read_setting, write_setting

_MOVED = "imports_moved"
_NO_GIVEN: tuple[()] = ()
_Row = tuple[str, int, str | None, str | None, int]


class _GivenNumber(NamedTuple):
    """A place as it was given, with the marks of whoever has it, and the newest import then.

    A place that is forgotten bears the import with a minus, and only says who came before whom.
    """

    place: int
    id_mark: str | None
    name_mark: str | None
    given_at: int


@dataclass(eq=False, slots=True)
class _HashedPerson:
    """A person to be numbered, with the marks of his ID number and of the name first written."""

    person: RegisterPerson
    id_mark: str | None
    name_mark: str | None


@dataclass
class MemberNumbers:
    """Numbers the people of households; `is_kept` says whether new places are given for good."""

    db: Database
    secret: str
    is_kept: bool = False
    _moved: list[tuple[int, int, int]] = field(default_factory=list)
    _last_row: int = 0
    _import_id: int = 0

    def begin(self) -> None:
        """Forget what only stood because of imports that moved; then new places may be given.

        To be called while the numbers of before are remembered and the register still stands.
        """
        (self._import_id,) = self.db.execute(
            "SELECT ifnull(max(import_id), 0) FROM imports"
        ).fetchone()
        self._last_row = _last_row_before(self.db)
        self._moved = _moved_rows(self.db)
        if self._last_row:
            for low, high, since in self._moved:
                self._forget(_HOMES_OF_ROWS, since, low=low, high=high)

    def number(self, households: Mapping[str, RegisterHousehold]) -> None:
        """Return everybody a place and a member number."""
        returned = self._forget_returned(households.values()) if self._moved else set()
        given = self._load(households)
        fresh = [
            one
            for number, one in households.items()
            if number not in given and number not in returned
        ]
        new = self._carry_over(fresh, given) if self._last_row else []
        for number, household in households.items():
            new += self._number(household, given.get(number, _NO_GIVEN))
        if self._moved:
            self.db.execute(_CLEAR, [json.dumps(list(households))])
        if self.is_kept:
            self.db.conn.executemany("REPLACE INTO given_places VALUES (?, ?, ?, ?, ?)", new)

    def settle(self) -> None:
        """Forget what imports that moved left of households that are no more."""
        if self._moved:
            first = min(since for _low, _high, since in self._moved)
            self._forget(_HOMES_NO_MORE, first)
            self.db.execute("DELETE FROM given_places WHERE given_at < 0")
            write_setting(self.db, _MOVED, "[]")

    def _number(
        self, household: RegisterHousehold, given: Sequence[_GivenNumber]
    ) -> Iterator[_Row]:
        """Number the people of one household; return the places to keep, new or marked anew."""
        people = self._marked(household)
        standing = [one for one in given if one.given_at > 0]
        found = _matched(people, standing) if given else {}
        taken = {one.place for one in standing}
        free = (place for place in count(1) if place not in taken)
        begun = dict.fromkeys(people, self._import_id)
        if len(standing) < len(given):
            begun |= _begun_again(people, [one for one in given if one.given_at < 0])
            people.sort(key=begun.__getitem__)
        for person in people:
            before = found.get(person) or _GivenNumber(next(free), None, None, 0)
            person.person.place = before.place
            person.person.member_no = f"{household.household_no}-{before.place:02}"
            marks = person.id_mark or before.id_mark, person.name_mark or before.name_mark
            if before != (before.place, *marks, before.given_at) or not before.given_at:
                since = before.given_at or begun[person]
                yield household.household_no, before.place, *marks, since

    def _load(self, numbers: Iterable[str]) -> dict[str, list[_GivenNumber]]:
        """Return the places given in some households."""
        given: dict[str, list[_GivenNumber]] = defaultdict(list)
        if self.db.execute("SELECT 1 FROM given_places LIMIT 1").fetchone():
            for number, *row in self.db.execute(_SOME, [json.dumps(list(numbers))]):
                given[number].append(_GivenNumber(*row))
        return given

    def _carry_over(
        self, fresh: Iterable[RegisterHousehold], given: dict[str, list[_GivenNumber]]
    ) -> list[_Row]:
        """Let households of a new number have the places they had under their earlier one."""
        homes = {one.household_no: one for one in fresh}
        rows = {
            line.row_id: number
            for number, household in homes.items()
            for line in household.lines
            if line.row_id <= self._last_row
        }
        earlier = _earlier_numbers(self.db, rows) if rows else {}
        former = self._load(set(earlier.values()))
        for number, before in earlier.items():
            places = [one for one in former.get(before, ()) if one.given_at > 0]
            found = _matched(self._marked(homes[number]), places)
            # where most of those people are elsewhere now, it is not the same household
            if len(found) * 2 > len(places):
                given[number] = places
        return [
            (number, one.place, one.id_mark, one.name_mark, self._import_id)
            for number in earlier
            for one in given.get(number, ())
        ]

    def _marked(self, household: RegisterHousehold) -> list[_HashedPerson]:
        """Return the people of a household with their marks."""
        return [
            _HashedPerson(person, *hash_person(self.secret, person.id.number, person.name))
            for person in household.people
        ]

    def _forget_returned(self, households: Iterable[RegisterHousehold]) -> set[str]:
        """Forget places of households on whose lists an import that moved has rows now.

        Gives their numbers.
        """
        homes: dict[int, list[str]] = defaultdict(list)
        for household in households:
            for low, high, since in self._moved:
                if any(low <= line.row_id <= high for line in household.lines):
                    homes[since].append(household.household_no)
        for since, numbers in homes.items():
            self._forget(_SOME_HOMES, since, homes=json.dumps(numbers))
        return {number for numbers in homes.values() for number in numbers}

    def _forget(self, which: str, since: int, **bound: int | str) -> None:
        """Forget places given since an import in some households, if nothing refers to them."""
        self.db.execute(_FORGET.format(homes=which), {"since": since, **bound})


def record_moved_rows(db: Database, since: int, imports: Iterable[int]) -> None:
    """Keep for the next making that imports were taken back or count again; only inside `write`.

    Places given before the import `since` came stand without it.
    """
    moved = json.loads(read_setting(db, _MOVED) or "[]")
    write_setting(db, _MOVED, json.dumps([*moved, *([number, since] for number in imports)]))


def _moved_rows(db: Database) -> list[tuple[int, int, int]]:
    """Return the first and last row of each table of imports that moved, and since when places go."""
    moved = read_setting(db, _MOVED) or "[]"
    return [(low, high, since) for low, high, since in db.execute(_ROWS_OF_MOVED, [moved])]


def _last_row_before(db: Database) -> int:
    """Return the last row that the register before was made of; 0 where there was none."""
    if not db.execute(_HAS_BEFORE).fetchone():
        return 0
    return int(db.execute("SELECT ifnull(max(row_id), 0) FROM temp.numbers_before").fetchone()[0])


def _earlier_numbers(db: Database, numbers: Mapping[int, str]) -> dict[str, str]:
    """Return for each household the number that most of its rows stood under before."""
    db.execute("CREATE INDEX IF NOT EXISTS temp.numbers_before_row ON numbers_before (row_id)")
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row_id, before in db.execute(_BEFORE, [json.dumps(list(numbers))]):
        found[numbers[row_id]][before] += 1
    return {
        number: min(counts, key=lambda one: (-counts[one], one)) for number, counts in found.items()
    }


def _begun_again(
    people: Iterable[_HashedPerson], forgotten: list[_GivenNumber]
) -> dict[_HashedPerson, int]:
    """Say of people whose place is forgotten with which of the imports that count they came."""
    return {
        one: max(-given.given_at, min(seen.line.table.import_id for seen in one.person.sightings))
        for one, given in _matched(people, forgotten).items()
    }


def _matched(
    people: Iterable[_HashedPerson], given: Iterable[_GivenNumber]
) -> dict[_HashedPerson, _GivenNumber]:
    """Find whom the given places belong to: by ID number, else by a name that leaves no choice.

    People of one name without any number are alike, and stand in the order they had.
    """
    waiting, free = list(people), sorted(given, key=lambda one: one.place)
    alike = {(one.id_mark, one.name_mark): one for one in free}
    found = {one: alike[key] for one in waiting if (key := (one.id_mark, one.name_mark)) in alike}
    if len(found) == len(waiting) == len(set(found.values())):
        return found  # so it is almost always: everybody is known by both, and nobody twice
    found = _paired(waiting, free, _number_of)
    for mark_of, is_alone in ((_only_name_of, False), (_name_of, True)):
        taken = {one.place for one in found.values()}
        waiting = [one for one in waiting if one not in found]
        free = [one for one in free if one.place not in taken]
        found |= _paired(waiting, free, mark_of, is_alone=is_alone)
    return found


def _paired(
    people: Iterable[_HashedPerson],
    given: Iterable[_GivenNumber],
    mark_of: Callable[[_HashedPerson | _GivenNumber], str | None],
    *,
    is_alone: bool = False,
) -> dict[_HashedPerson, _GivenNumber]:
    """Pair people and places of the same mark; with `is_alone` only where there is one of each."""
    by_mark: dict[str | None, list[_GivenNumber]] = defaultdict(list)
    for place in given:
        by_mark[mark_of(place)].append(place)
    bearers: dict[str | None, list[_HashedPerson]] = defaultdict(list)
    for person in people:
        bearers[mark_of(person)].append(person)
    return {
        one: place
        for mark, those in bearers.items()
        if mark is not None and (not is_alone or len(those) == len(by_mark[mark]) == 1)
        for one, place in zip(those, by_mark[mark], strict=False)
    }


def _number_of(one: _HashedPerson | _GivenNumber) -> str | None:
    return one.id_mark


def _name_of(one: _HashedPerson | _GivenNumber) -> str | None:
    return one.name_mark


def _only_name_of(one: _HashedPerson | _GivenNumber) -> str | None:
    """Return the mark of whoever has no number; those without a name are of one name too."""
    return one.name_mark or "" if one.id_mark is None else None


_SOME = """
    SELECT household_no, place, id_mark, name_mark, given_at FROM given_places
    WHERE household_no IN (SELECT value FROM json_each(?))
"""
_HAS_BEFORE = "SELECT 1 FROM temp.sqlite_master WHERE name = 'numbers_before'"
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
_FORGET = """
    UPDATE given_places SET given_at = -given_at
    WHERE given_at >= :since AND household_no IN ({homes})
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
_HOMES_OF_ROWS = "SELECT household_no FROM main.became WHERE row_id BETWEEN :low AND :high"
_SOME_HOMES = "SELECT value FROM json_each(:homes)"
_HOMES_NO_MORE = (
    "SELECT household_no FROM given_places WHERE household_no NOT IN"
    " (SELECT household_no FROM main.households)"
)
