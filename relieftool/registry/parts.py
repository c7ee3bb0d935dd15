"""A large register in parts, so that its people need not all be in memory at once.

Whatever may have to do with each other is in the same part: rows of one household number, and
households that share an ID number. Rows without a household number are all in the first part.
"""

import json
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

from sqlite_utils import Database

from relieftool.idnumbers import read_id_number
from relieftool.messages import Tell, _, telling
from relieftool.registry.communities import normal_community
from relieftool.registry.lines import (
    Key,
    Line,
    SheetTable,
    community_of,
    live_tables,
)
from relieftool.registry.sightings import household_no
from relieftool.values import plain

FEWEST_ROWS, ROWS_OF_A_PART = 50_000, 20_000
_BUCKETS = 64
_ONE_OR_TWO = frozenset({"1", "2"})
_ID_BODY = 17


@dataclass(frozen=True)
class Parts:
    """The parts of a register, and all communities that its households are in."""

    communities: list[str]
    db: Database
    tables: list[tuple[SheetTable, int]]
    rows: list[list["array[int]"]]

    @property
    def count(self) -> int:
        """Say how many rows there are in all."""
        return sum(len(numbers) for rows in self.rows for numbers in rows)

    def __iter__(self) -> Iterator[list[Line]]:
        """Give the rows of one part after the other."""
        for rows in self.rows:
            yield [
                line
                for (table, root), numbers in zip(self.tables, rows, strict=True)
                for line in (_some_lines(self.db, root, table, numbers) if numbers else ())
            ]


def find_parts(db: Database, progress: Tell) -> Parts | None:
    """Part the rows that count; None where there are few, or all must be seen together.

    That is so for rosters, whose rows may mean anybody, for lists of several days, which tell who
    is missing, for cells merged over rows, and for corrected rows.
    """
    tables = list(live_tables(db))
    days = {table.dated_on for table, _root in tables} - {None}
    is_parted = all(table.kind == "households" and not _is_merged(table) for table, _ in tables)
    if not is_parted or len(days) > 1 or db.execute("SELECT 1 FROM corrections").fetchone():
        return None
    count = sum(_count(db, root) for _table, root in tables)
    if count < FEWEST_ROWS:
        return None
    links = _Links()
    lines = (line for table, root in tables for line in links.of_table(db, root, table))
    for line in telling(lines, count, _("Looking who belongs together"), progress):
        links.add(line)
    return links.parts(db, count // ROWS_OF_A_PART + 1) if links.is_in_order else None


def _is_merged(table: SheetTable) -> bool:
    """Say whether a cell speaks for other rows than its own."""
    return any(one.covered for one in table.columns.values())


def _count(db: Database, root: int) -> int:
    sql = (
        "SELECT count(*) FROM source_rows WHERE table_id = ? AND role IN ('first', 'continuation')"
    )
    (count,) = db.execute(sql, [root]).fetchone()
    return int(count)


@dataclass
class _Table:
    """One table while it is looked through: its rows and their households, and what it proves."""

    table: SheetTable
    root: int
    rows: "array[int]" = field(default_factory=lambda: array("q"))
    keys: "array[int]" = field(default_factory=lambda: array("Q"))
    codes: dict[Key, set[str]] = field(default_factory=dict)

    def settled(self, known: Iterable[str]) -> SheetTable:
        """Give the table with what its cells prove, and the community its sheet is named by."""
        proven = frozenset(key for key, values in self.codes.items() if values == _ONE_OR_TWO)
        table = replace(self.table, two_is_no=proven)
        name = normal_community(table.sheet)
        if _may_be_named(table) and name in known:
            return replace(table, community=name)
        return table


def _may_be_named(table: SheetTable) -> bool:
    """Say whether only its sheet's name may say which community a table is of."""
    return table.community is None and ("community", None) not in table.columns


@dataclass
class _Links:
    """What links rows: numbers of households by a short hash each, ID numbers, communities."""

    tables: list[_Table] = field(default_factory=list)
    communities: dict[str, int] = field(default_factory=dict)
    inhabited: set[int] = field(default_factory=set)
    is_in_order: bool = True
    together: set[int] = field(default_factory=set)
    ids: list[tuple["array[int]", "array[int]"]] = field(
        default_factory=lambda: [(array("Q"), array("Q")) for _bucket in range(_BUCKETS)]
    )

    def of_table(self, db: Database, root: int, table: SheetTable) -> Iterator[Line]:
        """Begin a table and give its rows."""
        codes: dict[Key, set[str]] = {key: set() for key in table.columns}
        self.tables.append(_Table(table, root, codes=codes))
        last = 0
        for line, continues in _read(db.execute(_ROWS.format(some=""), [root]), table):
            is_head_missing = continues is not None and line.head is None
            self.is_in_order &= line.number > last and not is_head_missing
            last = line.number
            yield line

    def add(self, line: Line) -> None:
        """Note whom a row is linked with."""
        current = self.tables[-1]
        _narrow(current.codes, line)
        number = household_no(line, None)
        key = _key(number) if number else 0
        current.rows.append(line.row_id)
        current.keys.append(key)
        if number is not None and read_id_number(number).number:
            self.together.add(key)
        if line.head is not None and (other := household_no(line.head, None)) != number:
            self.together |= {key, _key(other) if other else 0}
        self._note_place(line, is_numbered=number is not None)
        for body in _id_bodies(line):
            keys, owners = self.ids[body % _BUCKETS]
            keys.append(body)
            owners.append(key)

    def _note_place(self, line: Line, *, is_numbered: bool) -> None:
        """Note the community of a row; one that the sheet may be named by is found later."""
        name = community_of(line)
        if name is None and not _may_be_named(line.table):
            return
        code = -len(self.tables)
        if name is not None:
            code = self.communities.setdefault(name, len(self.communities))
        if is_numbered:
            self.inhabited.add(code)

    def parts(self, db: Database, count: int) -> Parts:
        """Part the rows; those that others of another number are linked with are together."""
        known = list(self.communities)
        tables = [one.settled(self.communities) for one in self.tables]
        named = [self.communities.get(table.community or "") for table in tables]
        together = self.together | _sharing(self.ids)
        rows = [[array("q") for _table in tables] for _part in range(count + 1)]
        for place, table in enumerate(self.tables):
            for row_id, key in zip(table.rows, table.keys, strict=True):
                is_together = key == 0 or key in together
                rows[0 if is_together else 1 + (key >> 1) % count][place].append(row_id)
        kept = [(table, one.root) for table, one in zip(tables, self.tables, strict=True)]
        inhabited = {code for code in _named(self.inhabited, named) if code is not None}
        return Parts([known[code] for code in inhabited], db, kept, rows)


def _narrow(codes: dict[Key, set[str]], line: Line) -> None:
    """Forget the columns that hold anything else than 1 and 2."""
    for key in list(codes):
        text = plain(line.cell(*key))
        if text in _ONE_OR_TWO:
            codes[key].add(text)
        else:
            del codes[key]


def _named(codes: Iterable[int], named: list[int | None]) -> Iterator[int | None]:
    """Give the communities of rows, those of tables named by their sheets among them."""
    return (code if code >= 0 else named[-code - 1] for code in codes)


def _sharing(buckets: Iterable[tuple[Iterable[int], Iterable[int]]]) -> set[int]:
    """Give the households that have an ID number together with another one."""
    found: set[int] = set()
    for ids, keys in buckets:
        owners: dict[int, int] = {}
        for body, key in zip(ids, keys, strict=True):
            if owners.setdefault(body, key) != key:
                found |= {owners[body], key}
    return found


_ROWS = """
    SELECT row_id, row_number, continues, role, cells FROM source_rows
    WHERE table_id = ? AND role IN ('first', 'continuation') {some} ORDER BY row_id
"""
_SOME = "AND row_id IN (SELECT value FROM json_each(?))"


def _some_lines(
    db: Database, root: int, table: SheetTable, numbers: "array[int]"
) -> Iterator[Line]:
    """Give some rows of a table, with the rows they continue, which are among them."""
    rows = db.execute(_ROWS.format(some=_SOME), [root, json.dumps(numbers.tolist())])
    return (line for line, _continues in _read(rows, table))


def _read(rows: Iterable[tuple[Any, ...]], table: SheetTable) -> Iterator[tuple[Line, int | None]]:
    """Give rows as lines, each with the number of the row it continues."""
    first: Line | None = None
    for row_id, number, continues, role, cells in rows:
        head = first if first is not None and first.number == continues else None
        line = Line(row_id, table, number, role, json.loads(cells), head)
        first = line if continues is None else first
        yield line, continues


def _key(number: str) -> int:
    """Give a household number as a short hash, never 0."""
    text = number.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest()) | 1


def _id_bodies(line: Line) -> set[int]:
    """Give the ID numbers on a row, without their check digits."""
    table = line.table
    cells = [line.cell("id_number", place) for place in (None, *table.places)]
    numbers = (read_id_number(cell).number for cell in (*cells, line.cell("head_id_number")))
    return {int(number[:_ID_BODY]) for number in numbers if number}
