"""A large register in parts, so that its people need not all be in memory at once.

Whatever may have to do with each other is in the same part; what is linked with more than one
household is all in the first part.
"""

import json
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlite_utils import Database

from relieftool.messages import ProgressCallback, _, report_progress
from relieftool.register.lines import Line, SheetTable
from relieftool.register.live_rows import list_live_tables
from relieftool.register.row_groups import RowGroups

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
        """Give all rows but notes, those of totals among them."""
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
        """Give the tables, each with all its rows."""
        return [(table, StoredLines(self.db, table, root)) for table, root in self.tables]

    @property
    def rosters(self) -> list[tuple[SheetTable, StoredLines]]:
        """Give the rosters, each with all its rows."""
        return [one for one in self.lists if one[0].kind == "roster"]

    def __iter__(self) -> Iterator[LinesByTable]:
        """Give the rows of one part after the other, by their tables."""
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
    """Say whether no row has to do with all others."""
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
    """Say whether a cell speaks for other rows than its own."""
    return any(one.covered for one in table.columns.values())


def _count(db: Database, root: int) -> int:
    sql = f"SELECT count(*) FROM source_rows WHERE table_id = ? AND role IN ({_ROLES})"
    (count,) = db.execute(sql, [root]).fetchone()
    return int(count)


def _begun(
    db: Database, tables: Iterable[tuple[SheetTable, int]], links: RowGroups
) -> Iterator[tuple[Line, int | None]]:
    """Give the rows of one table after the other, each begun before its first row."""
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
    """Give some rows of a table, with the rows they continue, which are among them."""
    sql = _ROWS.format(roles=_ROLES, some=_SOME)
    rows = db.execute(sql, [root, json.dumps(numbers.tolist())])
    return (line for line, _continues in _read(rows, table))


def _read(rows: Iterator[tuple[Any, ...]], table: SheetTable) -> Iterator[tuple[Line, int | None]]:
    """Give rows as lines, each with the number of the row it continues."""
    first: Line | None = None
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        cells = json.loads(f"[{','.join([row[-1] for row in some])}]")
        for (row_id, number, continues, role, _text), read in zip(some, cells, strict=True):
            table.join_duplicate_cells(read)
            head = first if first is not None and first.number == continues else None
            line = Line(row_id, table, number, role, read, head)
            first = line if continues is None else first
            yield line, continues
