"""Which rows have to do with each other, found in one look at all of them; holds numbers only.

Linked are: rows of one household number, rows that continue one row, households that share an ID
number, a roster row with the household whose member's ID number it states, and a roster row that
may be about anybody of its name with all households that have somebody of that name, or of nearly
that name or number; where there are households without number, so is a row on which an ID number
is missing.

A large register in parts, so that its people need not all be in memory at once.

Whatever may have to do with each other is in the same part; what is linked with more than one
household is all in the first part.
"""

import json
from array import array
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import chain, islice, repeat
from typing import Any

from sqlite_utils import Database

from relieftool.messages import ProgressCallback, _, report_progress
from relieftool.register.lines import Line, SheetTable, TargetKey, find_line_community
from relieftool.register.live_rows import list_live_tables
from relieftool.register.people import strip_leading_zeros
from relieftool.register.person_mentions import read_household_no
from relieftool.register.sheet_communities import (
    can_take_sheet_name,
    list_roster_communities,
    take_sheet_name,
)
from relieftool.values.cells import is_error
from relieftool.values.communities import normalise_community
from relieftool.values.id_numbers import compute_check_digit, read_id_number
from relieftool.values.similarity import SimilarPeople, WrittenNumber, read_written_number
from relieftool.values.text import Cell, clean_name, plain_text

_BUCKETS = 64
_ONE_OR_TWO = frozenset({"1", "2"})
_ID_BODY = 17
_ANYBODY_KEY = 0  # the key of a roster row that may be about anybody
_UNSURE, _SURE = 0, 1  # whether a row surely makes a person of an ID number; more is below
_POSITION_BITS = 40


@dataclass
class GroupedTable:
    """One table: its rows, the household each is linked with, what begins a group, what it proves.

    `names` are a roster's, one for each row, 0 where none stands.
    """

    table: SheetTable
    root: int
    rows: "array[int]" = field(default_factory=lambda: array("q"))
    keys: "array[int]" = field(default_factory=lambda: array("Q"))
    names: "array[int]" = field(default_factory=lambda: array("Q"))
    begins: bytearray = field(default_factory=bytearray)
    codes: dict[TargetKey, set[str]] = field(default_factory=dict)

    @property
    def is_roster(self) -> bool:
        """Return whether the table is a roster."""
        return self.table.kind == "roster"

    def settled(self, known: Container[str | None]) -> SheetTable:
        """Return the table with what its cells prove, and the community its sheet is named by."""
        proven = frozenset(key for key, values in self.codes.items() if values == _ONE_OR_TWO)
        table = replace(self.table, two_is_no=proven)
        return take_sheet_name(table, known)

    def groups(self) -> Iterator[range]:
        """Return the positions of the rows that belong together, one group after the other."""
        start = 0
        for position in range(1, len(self.rows) + 1):
            if position == len(self.rows) or self.begins[position]:
                yield range(start, position)
                start = position


@dataclass
class _Bucket:
    """Some of the ID numbers or names: each with a key, how sure it counts, and who is called."""

    bodies: "array[int]" = field(default_factory=lambda: array("Q"))
    keys: "array[int]" = field(default_factory=lambda: array("Q"))
    sure: "array[int]" = field(default_factory=lambda: array("H"))
    names: "array[int]" = field(default_factory=lambda: array("Q"))

    def add(self, body: int, key: int, sure: int = _SURE, name: int = 0) -> None:
        """Add one."""
        self.bodies.append(body)
        self.keys.append(key)
        self.sure.append(sure)
        if name or self.names:
            self.names.extend([0] * (len(self.bodies) - 1 - len(self.names)))
            self.names.append(name)

    def __iter__(self) -> Iterator[tuple[int, int, int, int]]:
        """Return all: what, key, how sure, and the name, 0 where none stands."""
        names = chain(self.names, repeat(0))
        return zip(self.bodies, self.keys, self.sure, names, strict=False)


def _buckets() -> list[_Bucket]:
    return [_Bucket() for _number in range(_BUCKETS)]


@dataclass
class RowGroups:
    """What links rows, as short hashes; `has_names` says whether names are noted and count."""

    has_names: bool = False
    tables: list[GroupedTable] = field(default_factory=list)
    communities: set[str] = field(default_factory=set)
    together: set[int] = field(default_factory=set)
    is_in_order: bool = True
    has_unnumbered: bool = False
    _by_name_alone: "array[int]" = field(default_factory=lambda: array("Q"))
    _ids: list[_Bucket] = field(default_factory=_buckets)
    _names: list[_Bucket] = field(default_factory=_buckets)
    _listed: list[_Bucket] = field(default_factory=_buckets)
    _written: dict[int, tuple[str | None, WrittenNumber | None]] = field(default_factory=dict)
    _unsure: SimilarPeople[None] = field(default_factory=SimilarPeople)

    def begin(self, table: SheetTable, root: int) -> None:
        """Begin with the next table."""
        codes: dict[TargetKey, set[str]] = {key: set() for key in table.columns}
        self.tables.append(GroupedTable(table, root, codes=codes))

    def add(self, line: Line, continues: int | None) -> None:
        """Note whom a row of the table begun last is linked with."""
        current = self.tables[-1]
        current.rows.append(line.row_id)
        current.begins.append(continues is None)
        self.is_in_order &= continues is None or line.head is not None
        if current.codes:
            _narrow(current.codes, line)
        if current.is_roster:
            self._add_listed(current, line)
        else:
            self._add_household(current, line)

    def _add_listed(self, current: GroupedTable, line: Line) -> None:
        """Note the ID number and the name on a row of a roster."""
        place = len(self.tables) - 1 << _POSITION_BITS | len(current.keys)
        current.keys.append(_ANYBODY_KEY)
        current.names.append(_name_key(_roster_name(line)))
        target = "id_number" if line.has("id_number") else "head_id_number"
        read = line.id_number(target)
        if read.number:
            body = int(read.number[:_ID_BODY])
            self._listed[body % _BUCKETS].add(body, place, name=current.names[-1])
        else:
            number = read_written_number(line.cell(target), read)
            self._written[place] = clean_name(_roster_name(line)), number

    def _add_household(self, current: GroupedTable, line: Line) -> None:
        """Note household, community, ID numbers and names on a row of a list of households."""
        key = self._household_key(line)
        current.keys.append(key)
        if line.head is not None and (other := self._household_key(line.head)) != key:
            self.together |= {key, other}
        community = find_line_community(line)
        if community is not None:
            self.communities.add(community)
        sure = _SURE if community is not None else _UNSURE
        if community is None and can_take_sheet_name(line.table):
            sure = _SURE + len(self.tables)
        bodies = _id_bodies(line)
        for body, (is_own, name) in bodies.items():
            called = name if self.has_names else 0
            self._ids[body % _BUCKETS].add(body, key, sure if is_own else _UNSURE, called)
        may_be_unsure = not bodies or line.table.places or line.has("head_name")
        if self.has_names or may_be_unsure:
            self._add_names(line, key, len(bodies))

    def _add_names(self, line: Line, key: int, numbers: int) -> None:
        """Note the names on a row, and whether anybody on it is known by his name alone."""
        names = _names_on(line)
        if len(names) > numbers:
            self._by_name_alone.extend(names)
        if self.has_names:
            for name in names:
                self._names[name % _BUCKETS].add(name, key)

    @property
    def has_duplicates(self) -> bool:
        """Return whether a household without number may be another of the same name."""
        return self.has_unnumbered and bool(self._by_name_alone)

    def _household_key(self, line: Line) -> int:
        """Return a short hash of a row's household number; without one, of the row it continues."""
        number = read_household_no(line, None)
        if number is None:
            self.has_unnumbered = True
            return _key(f"{len(self.tables)}|{(line.head or line).number}")
        key = _key(strip_leading_zeros(number))  # those that differ by zeros are told of each other
        if id_number := read_id_number(number).number:
            # such a household is called as one whose head has this ID number, and no number else
            self.together.add(key)
            body = int(id_number[:_ID_BODY])
            self._ids[body % _BUCKETS].add(body, key, _UNSURE)
        return key

    def settle(self) -> list[SheetTable]:
        """Find who belongs together beyond one household; return the tables with what they prove."""
        self.communities |= list_roster_communities(one.table for one in self.tables)
        settled = [one.settled(self.communities) for one in self.tables]
        self.communities |= {
            normalise_community(table.community) for table in settled if table.community
        }
        for ids, listed in zip(self._ids, self._listed, strict=True):
            self._match(ids, listed, settled)
        doubted = {name for one in self.tables if one.is_roster for name in self._doubted(one)}
        self._gather_unsure()
        if self.has_duplicates:
            doubted.update(self._by_name_alone)
        for names in self._names:
            self.together |= {key for name, key, *_rest in names if name in doubted}
        return settled

    def _match(self, ids: _Bucket, listed: _Bucket, settled: list[SheetTable]) -> None:
        """Find who shares an ID number, and whose a roster's rows are.

        One that may be nobody's meets those it may be, and all of its name.
        """
        owners: dict[int, int] = {}
        called: dict[int, set[int]] = {}
        for body, key, how, name in ids:
            if owners.setdefault(body, key) != key:
                self.together |= {owners[body], key}
            if how == _SURE or (how > _SURE and settled[how - _SURE - 1].community):
                called.setdefault(body, set()).add(name)
        for body, place, _how, name in listed:
            table, position = place >> _POSITION_BITS, place & (1 << _POSITION_BITS) - 1
            names = called.get(body, set())
            if names and (not name or names == {0} or name in names):
                self.tables[table].keys[position] = owners[body]
            elif body in owners:
                self.together.add(owners[body])

    def _gather_unsure(self) -> None:
        """Gather how the rows of rosters are written that may be anybody's, or somebody alike's."""
        for name, number in self._written.values():
            self._unsure.add(None, name, number)
        for listed in self._listed:
            for body, place, *_rest in listed:
                table, position = place >> _POSITION_BITS, place & (1 << _POSITION_BITS) - 1
                if self.tables[table].keys[position] == _ANYBODY_KEY:
                    text = f"{body:017}"
                    number = WrittenNumber(text + compute_check_digit(text), is_right=True)
                    self._unsure.add(None, None, number)

    @property
    def has_uncertain(self) -> bool:
        """Return whether rows of rosters may mean somebody whose number or name is nearly theirs."""
        return bool(self._unsure)

    def add_similar(self, key: int, line: Line) -> None:
        """Put a household together with rows of rosters that may mean somebody on one of its rows.

        `key` is that of the row.
        """
        if key not in self.together and self._is_alike(line):
            self.together.add(key)

    def _is_alike(self, line: Line) -> bool:
        for target, place in (("head_id_number", None), *line.table.id_places):
            cell = line.cell(target, place)
            if cell is not None:
                number = read_written_number(cell, line.id_number(target, place))
                if self._unsure.find_by_number(number):
                    return True
        cells = [line.cell("name", place) for place in (None, *line.table.places)]
        names = map(clean_name, [*cells, line.cell("head_name")])
        return any(self._unsure.find_by_name(name) for name in names)

    def _doubted(self, roster: GroupedTable) -> Iterator[int]:
        """Put rows of a roster that may be about anybody together; return the names they state."""
        for group in roster.groups():
            keys = {roster.keys[position] for position in group}
            if len(keys) == 1 and _ANYBODY_KEY not in keys:
                continue
            self.together |= keys
            for position in group:
                yield roster.names[position]
                roster.keys[position] = _ANYBODY_KEY


def _roster_name(line: Line) -> Cell:
    """Return the cell of the name on a row of a roster."""
    cell = line.cell("name" if line.has("name") else "head_name")
    return None if is_error(cell) else cell


def _narrow(codes: dict[TargetKey, set[str]], line: Line) -> None:
    """Forget the columns that hold anything else than 1 and 2."""
    for key in list(codes):
        text = plain_text(line.cell(*key))
        if text in _ONE_OR_TWO:
            codes[key].add(text)
        else:
            del codes[key]


def _key(text: str) -> int:
    """Return a text as a short hash, never 0."""
    written = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(written, digest_size=8).digest()) | 1


def _name_key(cell: str | float | None) -> int:
    """Return a name as a short hash; 0 where none stands."""
    name = None if is_error(cell) else clean_name(cell)
    return _key(name) if name else 0


def _names_on(line: Line) -> set[int]:
    """Return the names on a row, as short hashes."""
    found = {_name_key(line.cell("name", place)) for place in (None, *line.table.places)}
    return (found | {_name_key(line.cell("head_name"))}) - {0}


def _id_bodies(line: Line) -> dict[int, tuple[bool, int]]:
    """Return the ID numbers on a row without check digits: whether each surely makes a person, whose.

    That of a head beside the members only makes one where nobody else is head.
    """
    found: dict[int, tuple[bool, int]] = {}
    own = "id_number" if line.has("id_number") else "head_id_number"
    for target, place in (("head_id_number", None), *line.table.id_places):
        if number := line.id_number(target, place).number:
            body = int(number[:_ID_BODY])
            is_own = found.get(body, (False,))[0] or target == own or place is not None
            name = "name" if target == "id_number" and line.has("name", place) else "head_name"
            found[body] = is_own, _name_key(line.cell(name, place))
    return found


FEWEST_ROWS, ROWS_OF_A_PART = 50_000, 10_000
_ROWS_AT_ONCE = 500  # so many rows are parsed by one call
LinesByTable = list[tuple[SheetTable, list[Line]]]


@dataclass(frozen=True)
class StoredLines:
    """The rows of one table, read anew each time they are asked for, one by one."""

    db: Database
    table: SheetTable
    root: int

    def __iter__(self) -> Iterator[Line]:
        """Return all rows but notes, those of totals among them."""
        rows = self.db.execute(_ROWS.format(roles=_ROLES_AND_TOTALS, some=""), [self.root])
        return (line for line, _continues in _read(rows, self.table))


@dataclass(frozen=True)
class RegisterParts:
    """The parts of a register, and the communities that its households may be in."""

    communities: set[str]
    db: Database
    tables: list[tuple[SheetTable, int]]
    rows: list[list["array[int]"]]

    @property
    def count(self) -> int:
        """Say how many rows there are in all."""
        return sum(len(numbers) for rows in self.rows for numbers in rows)

    @property
    def lists(self) -> list[tuple[SheetTable, StoredLines]]:
        """Return the tables, each with all its rows."""
        return [(table, StoredLines(self.db, table, root)) for table, root in self.tables]

    @property
    def rosters(self) -> list[tuple[SheetTable, StoredLines]]:
        """Return the rosters, each with all its rows."""
        return [one for one in self.lists if one[0].kind == "roster"]

    def __iter__(self) -> Iterator[LinesByTable]:
        """Return the rows of one part after the other, by their tables."""
        for rows in self.rows:
            yield [
                (table, list(_some_lines(self.db, root, table, numbers)) if numbers else [])
                for (table, root), numbers in zip(self.tables, rows, strict=True)
            ]


def split_register(db: Database, progress: ProgressCallback) -> RegisterParts | None:
    """Part the rows that count; None where there are few, or all must be seen together.

    That is so for lists of several days, which tell who is missing, for cells merged over rows, for
    corrected rows, and for rosters about which a person decided something.
    """
    tables = list(list_live_tables(db))
    count = sum(_count(db, root) for _table, root in tables)
    if count < FEWEST_ROWS or not _can_be_parted(db, [table for table, _root in tables]):
        return None
    has_rosters = any(table.kind == "roster" for table, _root in tables)
    links = _linked(db, tables, count, progress, has_names=has_rosters)
    if links.has_duplicates and not links.has_names:
        links = _linked(db, tables, count, progress, has_names=True)
    return _split(db, links, count // ROWS_OF_A_PART + 1) if links.is_in_order else None


def _linked(
    db: Database,
    tables: list[tuple[SheetTable, int]],
    count: int,
    progress: ProgressCallback,
    *,
    has_names: bool,
) -> RowGroups:
    """Look at all rows once."""
    links = RowGroups(has_names=has_names)
    lines = _begun(db, tables, links)
    for line, continues in report_progress(
        lines, count, _("Looking who belongs together"), progress
    ):
        links.add(line, continues)
    return links


def _can_be_parted(db: Database, tables: list[SheetTable]) -> bool:
    """Return whether no row has to do with all others."""
    days = {table.dated_on for table in tables if table.kind == "households"} - {None}
    sorts = {table.kind for table in tables}
    if len(days) > 1 or not sorts <= {"households", "roster"} or any(map(_is_merged, tables)):
        return False
    if _has_any(db, "corrections"):
        return False
    return "roster" not in sorts or not _has_any(db, "decisions")


def _has_any(db: Database, table: str) -> bool:
    return bool(db.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0])


def _is_merged(table: SheetTable) -> bool:
    """Return whether a cell speaks for other rows than its own."""
    return any(column.covered for column in table.columns.values())


def _count(db: Database, root: int) -> int:
    sql = f"SELECT count(*) FROM source_rows WHERE table_id = ? AND role IN ({_ROLES})"
    (count,) = db.execute(sql, [root]).fetchone()
    return int(count)


def _begun(
    db: Database, tables: Iterable[tuple[SheetTable, int]], links: RowGroups
) -> Iterator[tuple[Line, int | None]]:
    """Return the rows of one table after the other, each begun before its first row."""
    for table, root in tables:
        links.begin(table, root)
        last = 0
        rows = db.execute(_ROWS.format(roles=_ROLES, some=""), [root])
        for line, continues in _read(rows, table):
            links.is_in_order &= line.number > last
            last = line.number
            yield line, continues


def _split(db: Database, links: RowGroups, count: int) -> RegisterParts:
    """Put each row into its part; those that others of another household are linked with first."""
    settled = links.settle()
    if links.has_uncertain:
        _link_alike(db, links)
    rows = [[array("q") for _table in settled] for _part in range(count + 1)]
    for place, table in enumerate(links.tables):
        for row_id, key in zip(table.rows, table.keys, strict=True):
            is_together = key == 0 or key in links.together
            rows[0 if is_together else 1 + (key >> 1) % count][place].append(row_id)
    roots = [one.root for one in links.tables]
    return RegisterParts(links.communities, db, list(zip(settled, roots, strict=True)), rows)


def _link_alike(db: Database, links: RowGroups) -> None:
    """Go through the lists of households again, for those whom doubted rows of rosters may mean."""
    for table in links.tables:
        if not table.is_roster:
            rows = db.execute(_ROWS.format(roles=_ROLES, some=""), [table.root])
            for key, (line, _continues) in zip(table.keys, _read(rows, table.table), strict=True):
                links.add_similar(key, line)


_ROLES, _ROLES_AND_TOTALS = "'first', 'continuation'", "'first', 'continuation', 'total'"
_ROWS = """
    SELECT row_id, row_number, continues, role, cells FROM source_rows
    WHERE table_id = ? AND role IN ({roles}) {some} ORDER BY row_id
"""
_SOME = "AND row_id IN (SELECT value FROM json_each(?))"


def _some_lines(
    db: Database, root: int, table: SheetTable, numbers: "array[int]"
) -> Iterator[Line]:
    """Return some rows of a table, with the rows they continue, which are among them."""
    sql = _ROWS.format(roles=_ROLES, some=_SOME)
    rows = db.execute(sql, [root, json.dumps(numbers.tolist())])
    return (line for line, _continues in _read(rows, table))


def _read(rows: Iterator[tuple[Any, ...]], table: SheetTable) -> Iterator[tuple[Line, int | None]]:
    """Return rows as lines, each with the number of the row it continues."""
    first: Line | None = None
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        cells = json.loads(f"[{','.join([row[-1] for row in some])}]")
        for (row_id, number, continues, role, _text), read in zip(some, cells, strict=True):
            table.join_duplicate_cells(read)
            head = first if first is not None and first.number == continues else None
            line = Line(row_id, table, number, role, read, head)
            first = line if continues is None else first
            yield line, continues
