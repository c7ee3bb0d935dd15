"""Splits a large register into parts, so that its people need not all be in memory at once.

Rows that may affect each other must be in the same part, or the register would differ from one that
is built at once:

- rows with the same household number, and rows that continue another row;
- households that share an ID number;
- a roster row, and the household that has its ID number;
- a roster row whose person is in doubt, and all households with nearly the same name or number;
- if there are households without number: people known by name alone, and all households with this
  name.

Households that are linked with others, and roster rows in doubt, go into the first part; all other
rows go into the part of their household.

The links are kept as hashes and row ids in arrays, because the names and cells of a million rows
would not fit into memory.
"""

import json
from array import array
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice, repeat
from typing import Any

from sqlite_utils import Database

from relieftool.messages import ProgressCallback, _, report_progress
from relieftool.register.lines import (
    Line,
    LinesByTable,
    SheetTable,
    TargetKey,
    find_line_community,
)
from relieftool.register.live_rows import list_live_tables
from relieftool.register.people import strip_leading_zeros
from relieftool.register.person_mentions import read_household_no
from relieftool.register.sheet_communities import (
    can_take_sheet_name,
    take_sheet_name,
)
from relieftool.store.problem_decisions import COMPLETE
from relieftool.values.cells import are_codes, read_code
from relieftool.values.id_numbers import compute_check_digit, read_id_number
from relieftool.values.similarity import SimilarPeople, WrittenNumber, read_written_number

FEWEST_ROWS, ROWS_OF_A_PART = 60_000, 10_000
_ROWS_AT_ONCE = 500  # rows whose cells are parsed by one call
# One dictionary of all ID numbers would need more memory than the parts save. The numbers are
# collected in buckets by their value, and only one bucket at a time becomes a dictionary.
_BUCKETS = 64
_ID_BODY = 17  # digits before the check digit, which need not be stored
_ANYBODY_KEY = 0  # the key of a roster row that may be about anybody
# Whether a row surely adds a person with its ID number. A value above _SURE is _SURE plus the
# number of a table (from 1): the row is sure if that table gets a community from its sheet's name.
_UNSURE, _SURE = 0, 1
_POSITION_BITS = 40
_HASH_BITS = (1 << 64) - 1


@dataclass
class GroupedTable:
    """A table: the ids of its rows, their household keys, and at which rows a group begins.

    `stored_under` is the id of the table that has the rows. `names` are the hashed names on a
    roster's rows (0: no name). `codes` are the columns with nothing but codes so far, each with
    the values that occurred. `stated` are the communities that its rows state, or the whole roster.
    """

    table: SheetTable
    stored_under: int
    rows: "array[int]" = field(default_factory=lambda: array("q"))
    keys: "array[int]" = field(default_factory=lambda: array("Q"))
    names: "array[int]" = field(default_factory=lambda: array("Q"))
    begins: bytearray = field(default_factory=bytearray)
    codes: dict[TargetKey, set[str]] = field(default_factory=dict)
    stated: set[str] = field(default_factory=set)

    @property
    def is_roster(self) -> bool:
        """Whether the table is a roster."""
        return self.table.kind == "roster"

    def to_sheet_table(self, known: Container[str | None]) -> SheetTable:
        """Return the table with `two_is_no`, and the community that its sheet is named after."""
        proven = frozenset(key for key, values in self.codes.items() if are_codes(values))
        table = replace(self.table, two_is_no=proven, stated_communities=frozenset(self.stated))
        return take_sheet_name(table, known)

    def groups(self) -> Iterator[range]:
        """Yield the positions of each first row, together with the rows that continue it."""
        start = 0
        for position in range(1, len(self.rows) + 1):
            if position == len(self.rows) or self.begins[position]:
                yield range(start, position)
                start = position


@dataclass
class _Bucket:
    """A share of the ID numbers or hashed names, each with household key, certainty and name.

    For a roster row, the key is the packed position of the row (see `_split_place`).
    They are parallel arrays, because an object for each row would take many times the memory.
    """

    values: "array[int]" = field(default_factory=lambda: array("Q"))
    keys: "array[int]" = field(default_factory=lambda: array("Q"))
    certainties: "array[int]" = field(default_factory=lambda: array("H"))
    names: "array[int]" = field(default_factory=lambda: array("Q"))

    def add(self, value: int, key: int, certainty: int = _SURE, name: int = 0) -> None:
        """Add an ID number without check digit, or a hashed name."""
        self.values.append(value)
        self.keys.append(key)
        self.certainties.append(certainty)
        if name or self.names:
            self.names.extend([0] * (len(self.values) - 1 - len(self.names)))
            self.names.append(name)

    def __iter__(self) -> Iterator[tuple[int, int, int, int]]:
        """Iterate over value, key, certainty and hashed name (0: no name)."""
        names = chain(self.names, repeat(0))
        return zip(self.values, self.keys, self.certainties, names, strict=False)


def _make_buckets() -> list[_Bucket]:
    return [_Bucket() for _number in range(_BUCKETS)]


@dataclass
class RowGroups:
    """Collects the rows of all tables, and finds rows that may affect each other.

    `has_names`: names are collected too. `linked` are the keys of the households that go into the
    first part. `is_in_order`: the rows are in order of their numbers, and each comes after the row
    that it continues.
    """

    has_names: bool = False
    tables: list[GroupedTable] = field(default_factory=list)
    communities: set[str] = field(default_factory=set)
    linked: set[int] = field(default_factory=set)
    is_in_order: bool = True
    has_unnumbered: bool = False
    _by_name_alone: "array[int]" = field(default_factory=lambda: array("Q"))
    _ids: list[_Bucket] = field(default_factory=_make_buckets)
    _names: list[_Bucket] = field(default_factory=_make_buckets)
    _roster_ids: list[_Bucket] = field(default_factory=_make_buckets)
    _unreadable: list[tuple[str | None, WrittenNumber | None]] = field(default_factory=list)
    _doubtful: SimilarPeople[None] = field(default_factory=SimilarPeople)

    def begin(self, table: SheetTable, stored_under: int) -> None:
        """Begin the next table; the rows added after this are its rows."""
        codes: dict[TargetKey, set[str]] = {key: set() for key in table.columns}
        stated = {table.area} if table.kind == "roster" and table.area else set()
        self.tables.append(GroupedTable(table, stored_under, codes=codes, stated=stated))

    def add(self, line: Line, continues: int | None) -> None:
        """Add a row to the table begun last; `continues` is the number of the row it continues."""
        current = self.tables[-1]
        current.rows.append(line.row_id)
        current.begins.append(continues is None)
        self.is_in_order &= continues is None or line.head is not None
        if current.codes:
            _narrow_codes(current.codes, line)
        if current.is_roster:
            self._add_roster_row(current, line)
        else:
            self._add_household_row(current, line)

    def _add_roster_row(self, current: GroupedTable, line: Line) -> None:
        """Add ID number and name of a roster row."""
        place = len(self.tables) - 1 << _POSITION_BITS | len(current.keys)
        name = line.name("name" if line.has("name") else "head_name")
        current.keys.append(_ANYBODY_KEY)
        current.names.append(_hash_name(name))
        read = line.id_number(line.id_target)
        if read.number:
            body = int(read.number[:_ID_BODY])
            self._roster_ids[body % _BUCKETS].add(body, place, name=current.names[-1])
        else:
            self._unreadable.append((name, read_written_number(line.cell(line.id_target), read)))

    def _add_household_row(self, current: GroupedTable, line: Line) -> None:
        """Add household, community, ID numbers and names of a row on a household list."""
        key = self._household_key(line)
        current.keys.append(key)
        if line.head is not None and (other := self._household_key(line.head)) != key:
            self.linked |= {key, other}
        community = find_line_community(line)
        if community is not None:
            current.stated.add(community)
        # a row without community may be left out, and then its ID number belongs to nobody
        certainty = _SURE if community is not None else _UNSURE
        if community is None and can_take_sheet_name(line.table):
            certainty = _SURE + len(self.tables)
        bodies = _list_id_bodies(line)
        for body, (is_own, name) in bodies.items():
            kept_name = name if self.has_names else 0
            bucket = self._ids[body % _BUCKETS]
            bucket.add(body, key, certainty if is_own else _UNSURE, kept_name)
        may_lack_ids = not bodies or line.table.places or line.has("head_name")
        if self.has_names or may_lack_ids:
            self._add_names(line, key, len(bodies))

    def _add_names(self, line: Line, key: int, numbers: int) -> None:
        """Add the names on a row; with fewer ID numbers, somebody is known by name alone."""
        names = set(map(_hash_text, list_names(line)))
        if len(names) > numbers:
            self._by_name_alone.extend(names)
        if self.has_names:
            for name in names:
                self._names[name % _BUCKETS].add(name, key)

    @property
    def has_duplicates(self) -> bool:
        """Whether there are households without number, and people known by name alone.

        Then a household may be the same as another by its head's name.
        """
        return self.has_unnumbered and bool(self._by_name_alone)

    def _household_key(self, line: Line) -> int:
        """Return the hash of a row's household number; without number, of its first row."""
        number = read_household_no(line, None)
        if number is None:
            self.has_unnumbered = True
            return _hash_text(f"{len(self.tables)}|{(line.head or line).number}")
        # numbers that differ only by leading zeros are reported together, so they share a key
        key = _hash_text(strip_leading_zeros(number))
        if id_number := read_id_number(number).number:
            # a household without number gets the same number if its head has this ID number
            self.linked.add(key)
            body = int(id_number[:_ID_BODY])
            self._ids[body % _BUCKETS].add(body, key, _UNSURE)
        return key

    def link(self) -> list[SheetTable]:
        """Find all links between households; return the tables as the register reads them."""
        self.communities |= {name for grouped in self.tables for name in grouped.stated}
        tables = [grouped.to_sheet_table(self.communities) for grouped in self.tables]
        self.communities |= {table.area for table in tables if table.area}
        for ids, roster_ids in zip(self._ids, self._roster_ids, strict=True):
            self._match(ids, roster_ids, tables)
        rosters = [grouped for grouped in self.tables if grouped.is_roster]
        doubtful = {name for roster in rosters for name in self._find_doubtful_names(roster)}
        self._gather_doubtful()
        if self.has_duplicates:
            doubtful.update(self._by_name_alone)
        for names in self._names:
            self.linked |= {key for name, key, *_rest in names if name in doubtful}
        return tables

    def _match(self, ids: _Bucket, roster_ids: _Bucket, tables: list[SheetTable]) -> None:
        """Link households that share an ID number, and set the household keys of roster rows.

        If it is not sure that a row's number belongs to somebody with its name, the row keeps
        `_ANYBODY_KEY`, and the household that has the number is linked.
        """
        owners: dict[int, int] = {}
        names_of: dict[int, set[int]] = {}
        for body, key, certainty, name in ids:
            if owners.setdefault(body, key) != key:
                self.linked |= {owners[body], key}
            is_named_by_sheet = certainty > _SURE and tables[certainty - _SURE - 1].community
            if roster_ids.values and (certainty == _SURE or is_named_by_sheet):
                names_of.setdefault(body, set()).add(name)
        for body, place, _certainty, name in roster_ids:
            names = names_of.get(body, set())
            if names and (not name or names == {0} or name in names):
                table, position = _split_place(place)
                self.tables[table].keys[position] = owners[body]
            elif body in owners:
                self.linked.add(owners[body])

    def _gather_doubtful(self) -> None:
        """Collect numbers and names of roster rows in doubt, to compare them with similar ones."""
        for name, number in self._unreadable:
            self._doubtful.add(None, name, number)
        for bucket in self._roster_ids:
            for body, place, *_rest in bucket:
                table, position = _split_place(place)
                if self.tables[table].keys[position] == _ANYBODY_KEY:
                    text = f"{body:017}"
                    number = WrittenNumber(text + compute_check_digit(text), is_right=True)
                    self._doubtful.add(None, None, number)

    @property
    def has_doubtful_rows(self) -> bool:
        """Whether any roster row may mean somebody with nearly its number or name."""
        return bool(self._doubtful)

    def link_similar(self, key: int, line: Line) -> None:
        """Link the household of a row if a roster row in doubt may mean somebody on it.

        `key` is the household key of the row.
        """
        if key not in self.linked and self._is_similar(line):
            self.linked.add(key)

    def _is_similar(self, line: Line) -> bool:
        """Whether a number or name on a row is nearly that of a roster row in doubt."""
        for target, place in (("head_id_number", None), *line.table.id_columns):
            cell = line.cell(target, place)
            if cell is not None:
                number = read_written_number(cell, line.id_number(target, place))
                if self._doubtful.find_by_number(number):
                    return True
        return any(self._doubtful.find_by_name(name) for name in list_names(line))

    def _find_doubtful_names(self, roster: GroupedTable) -> Iterator[int]:
        """Link the households of roster groups that are not surely of one household.

        Set the keys of their rows to `_ANYBODY_KEY`, and yield their hashed names.
        """
        for group in roster.groups():
            keys = {roster.keys[position] for position in group}
            if len(keys) == 1 and _ANYBODY_KEY not in keys:
                continue
            self.linked |= keys
            for position in group:
                yield roster.names[position]
                roster.keys[position] = _ANYBODY_KEY


def _split_place(place: int) -> tuple[int, int]:
    """Return the table's index and the row's position in it, which are packed into one number."""
    return place >> _POSITION_BITS, place & (1 << _POSITION_BITS) - 1


def _narrow_codes(codes: dict[TargetKey, set[str]], line: Line) -> None:
    """Drop the columns whose cell on a row is no code of yes or no; add the code to the others."""
    for key in list(codes):
        code = read_code(line.cell(*key))
        if code is None:
            del codes[key]
        else:
            codes[key].add(code)


def _hash_text(text: str) -> int:
    """Return a hash of a text in 64 bits; the lowest bit is always 1, so it is never 0."""
    return hash(text) & _HASH_BITS | 1


def _hash_name(name: str | None) -> int:
    """Return the hash of a name; 0 if there is none."""
    return _hash_text(name) if name else 0


def list_names(line: Line) -> list[str]:
    """Return the names on a row."""
    names = [line.name("name", place) for place in (None, *line.table.places)]
    return [name for name in (*names, line.name("head_name")) if name]


def _list_id_bodies(line: Line) -> dict[int, tuple[bool, int]]:
    """Map each ID number on a row to whether it surely adds a person, and to their hashed name.

    The numbers are without check digit. A head named beside the members is not sure: they are added
    only if nobody else is the head.
    """
    found: dict[int, tuple[bool, int]] = {}
    for target, place in (("head_id_number", None), *line.table.id_columns):
        if number := line.id_number(target, place).number:
            body = int(number[:_ID_BODY])
            is_own = target == line.id_target or place is not None
            name = "name" if target == "id_number" and line.has("name", place) else "head_name"
            was_own, _name = found.get(body, (False, 0))
            found[body] = was_own or is_own, _hash_name(line.name(name, place))
    return found


@dataclass(frozen=True)
class StoredLines:
    """The rows of a table, which are read from the file at each iteration."""

    db: Database
    table: SheetTable
    stored_under: int

    def __iter__(self) -> Iterator[Line]:
        """Iterate over data rows and totals."""
        rows = self.db.execute(_ROWS.format(roles=_ROLES_AND_TOTALS, some=""), [self.stored_under])
        return (line for line, _continues in _parse_rows(rows, self.table))


@dataclass(frozen=True)
class RegisterParts:
    """The parts of a register, and the communities that its households may be in.

    `tables` are given with the id of the table that has the rows; `rows` are the row ids of each
    part, table by table.
    """

    communities: set[str]
    db: Database
    tables: list[tuple[SheetTable, int]]
    rows: list[list["array[int]"]]

    @property
    def count(self) -> int:
        """Return the number of rows in all parts."""
        return sum(len(row_ids) for rows in self.rows for row_ids in rows)

    @property
    def lists(self) -> list[tuple[SheetTable, StoredLines]]:
        """Return the tables, each with all its rows."""
        return [(table, StoredLines(self.db, table, stored)) for table, stored in self.tables]

    @property
    def rosters(self) -> list[tuple[SheetTable, StoredLines]]:
        """Return the rosters, each with all its rows."""
        return [(table, lines) for table, lines in self.lists if table.kind == "roster"]

    def __iter__(self) -> Iterator[LinesByTable]:
        """Iterate over the parts, each as the rows of its tables."""
        for rows in self.rows:
            yield [
                (table, list(read_some_rows(self.db, stored, table, row_ids)) if row_ids else [])
                for (table, stored), row_ids in zip(self.tables, rows, strict=True)
            ]


def split_register(db: Database, progress: ProgressCallback) -> RegisterParts | None:
    """Split the live rows into parts; None if they are few, or cannot be split.

    They cannot be split if there are household lists of several days, which show who is missing;
    forms or openings; merged cells; households with rows apart; corrected rows; events; rosters as
    well as decisions, but that they are whole; or rows out of order.
    """
    tables = list(list_live_tables(db))
    count = sum(_count(db, stored_under) for _table, stored_under in tables)
    if count < FEWEST_ROWS or not _can_be_split(db, [table for table, _stored in tables]):
        return None
    has_rosters = any(table.kind == "roster" for table, _stored in tables)
    groups = _collect_groups(db, tables, count, progress, has_names=has_rosters)
    if groups.has_duplicates and not groups.has_names:
        # names take memory, so they are collected only if they turn out to be needed
        groups = _collect_groups(db, tables, count, progress, has_names=True)
    return _assign_parts(db, groups, count // ROWS_OF_A_PART + 1) if groups.is_in_order else None


def _collect_groups(
    db: Database,
    tables: list[tuple[SheetTable, int]],
    count: int,
    progress: ProgressCallback,
    *,
    has_names: bool,
) -> RowGroups:
    """Read all rows and return them as groups; `has_names`: collect names too."""
    groups = RowGroups(has_names=has_names)
    lines = _iterate_rows(db, tables, groups)
    for line, continues in report_progress(
        lines, count, _("Finding rows that belong together"), progress
    ):
        groups.add(line, continues)
    return groups


def _can_be_split(db: Database, tables: list[SheetTable]) -> bool:
    """Whether tables, corrections and decisions allow a split; see `split_register`."""
    days = {table.dated_on for table in tables if table.kind == "households"} - {None}
    kinds = {table.kind for table in tables}
    if len(days) > 1 or not kinds <= {"households", "roster"}:
        return False
    if any(table.is_scattered for table in tables) or any(
        column.merged_with for table in tables for column in table.columns.values()
    ):
        return False
    if _has_any(db, "corrections") or _has_any(db, "life_events"):
        return False
    others = f"decisions WHERE subject NOT LIKE '{COMPLETE}:%'"
    return "roster" not in kinds or not _has_any(db, others)


def _has_any(db: Database, table: str) -> bool:
    return bool(db.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0])


def _count(db: Database, stored_under: int) -> int:
    sql = f"SELECT count(*) FROM source_rows WHERE table_id = ? AND role IN ({_ROLES})"
    (count,) = db.execute(sql, [stored_under]).fetchone()
    return int(count)


def _iterate_rows(
    db: Database, tables: Iterable[tuple[SheetTable, int]], groups: RowGroups
) -> Iterator[tuple[Line, int | None]]:
    """Yield the rows of all tables in order; each table is begun in `groups` before its rows."""
    for table, stored_under in tables:
        groups.begin(table, stored_under)
        last = 0
        rows = db.execute(_ROWS.format(roles=_ROLES, some=""), [stored_under])
        for line, continues in _parse_rows(rows, table):
            groups.is_in_order &= line.number > last
            last = line.number
            yield line, continues


def _assign_parts(db: Database, groups: RowGroups, count: int) -> RegisterParts:
    """Assign each row to a part; rows of linked households and rows in doubt go into the first."""
    tables = groups.link()
    if groups.has_doubtful_rows:
        _link_similar(db, groups)
    rows = [[array("q") for _table in tables] for _part in range(count + 1)]
    for position, grouped in enumerate(groups.tables):
        for row_id, key in zip(grouped.rows, grouped.keys, strict=True):
            is_linked = key == _ANYBODY_KEY or key in groups.linked
            # the lowest bit of a key is always 1, so it is dropped
            part = 0 if is_linked else 1 + (key >> 1) % count
            rows[part][position].append(row_id)
    stored = [grouped.stored_under for grouped in groups.tables]
    return RegisterParts(groups.communities, db, list(zip(tables, stored, strict=True)), rows)


def _link_similar(db: Database, groups: RowGroups) -> None:
    """Read the household lists again, and link households that roster rows in doubt may mean."""
    for grouped in groups.tables:
        if not grouped.is_roster:
            rows = db.execute(_ROWS.format(roles=_ROLES, some=""), [grouped.stored_under])
            lines = _parse_rows(rows, grouped.table)
            for key, (line, _continues) in zip(grouped.keys, lines, strict=True):
                groups.link_similar(key, line)


_ROLES, _ROLES_AND_TOTALS = "'first', 'continuation'", "'first', 'continuation', 'total'"
_ROWS = """
    SELECT row_id, row_number, continues, role, cells FROM source_rows
    WHERE table_id = ? AND role IN ({roles}) {some} ORDER BY row_id
"""
_SOME = "AND row_id IN (SELECT value FROM json_each(?))"


def read_some_rows(
    db: Database, stored_under: int, table: SheetTable, row_ids: "array[int]"
) -> Iterator[Line]:
    """Return an iterator over some rows of a table; the rows they continue must be among them."""
    sql = _ROWS.format(roles=_ROLES, some=_SOME)
    rows = db.execute(sql, [stored_under, json.dumps(row_ids.tolist())])
    return (line for line, _continues in _parse_rows(rows, table))


def _parse_rows(
    rows: Iterator[tuple[Any, ...]], table: SheetTable
) -> Iterator[tuple[Line, int | None]]:
    """Yield rows as lines, each with the number of the row that it continues (None: none)."""
    first: Line | None = None
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        cells = json.loads(f"[{','.join([row[-1] for row in some])}]")
        for (row_id, number, continues, role, _text), row_cells in zip(some, cells, strict=True):
            if number in table.dropped_rows:
                continue
            table.join_duplicate_cells(row_cells)
            head = first if first is not None and first.number == continues else None
            line = Line(row_id, table, number, role, row_cells, head)
            first = line if continues is None else first
            yield line, continues
