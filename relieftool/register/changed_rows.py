"""Finds the rows that a change of imports or decisions touches, so that only they are built again.

A row touches the households that may be built differently because of it: those with its household
number, an ID number on it, or, if there are households without number, the name of its head; those
that rest on it already; and the same again for the rows of these households. They are looked up in
the register as it was built last, and in `loose_keys` what cannot be found there: rows that no
household rests on, people who by decision live elsewhere, and other names of a member.

What cannot be told from a few rows is left to a full rebuild:

- a roster that is new or gone, one whose rows may mean somebody who changed, and a decision about
  one of its rows;
- a list of another month, and one without a day beside others of its name;
- rows of tables with merged cells, with corrected rows, or with the rows of a household apart;
- a decision about a problem that was decided before, and a new event;
- a community that another table's sheet is named after, if it is new or gone, and communities of
  nearly one name;
- more rows than a quarter of all.
"""

import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlite_utils import Database

from relieftool import __version__
from relieftool.register.identities import Identities
from relieftool.register.lines import (
    Line,
    LinesByTable,
    ProblemLog,
    SheetTable,
    find_line_community,
)
from relieftool.register.live_rows import (
    list_chosen_tables,
    list_live_tables,
    read_table_lines,
)
from relieftool.register.people import (
    LineGroup,
    RegisterHousehold,
    gather_households,
    group_lines,
)
from relieftool.register.person_mentions import (
    read_household_no,
)
from relieftool.register.register_tables import PLAIN_NUMBER
from relieftool.register.residents import ListKey
from relieftool.register.rosters import RosterDeclaration
from relieftool.register.row_groups import list_names, read_some_rows
from relieftool.register.sheet_communities import (
    list_doubtful_pairs,
    list_stated_communities,
    take_sheet_name,
)
from relieftool.register.sheet_receipts import Receipt
from relieftool.spreadsheets.form_row_keys import FORM_KEY
from relieftool.store.life_events import list_life_events
from relieftool.store.problem_decisions import (
    COMMUNITY,
    COMPLETE,
    HIDDEN,
    MONTHS,
    PAID,
    RECLAIM,
    WHOLE,
    ProblemDecisions,
)
from relieftool.store.settings import read_setting, write_setting
from relieftool.values.id_numbers import is_corrected_number, read_id_number

# Up to so many rows, or this share of all rows, are built again alone; more would not be faster.
_FEW_ROWS, _SHARE = 500, 4
_BASIS = "register_basis"  # setting: the program, corrections and decisions last built from
_ID, _NUMBER, _NAME, _FORM = "id:", "number:", "name:", "form:"
# Decisions that say what a roster means, or which communities are one.
_NOT_LOCAL = (
    "roster:",
    "said:",  # by a row that may name its person without a number
    *(f"{sort}:" for sort in (HIDDEN, COMPLETE, COMMUNITY, PAID, MONTHS, RECLAIM, WHOLE)),
)


@dataclass
class ChangedRows:
    """The rows to build again, table by table, and the households that rest on them so far.

    `added` are the tables that were not there before, with all their rows; `gone` are no longer
    live. `row_ids` has the touched rows, also those of gone tables, whose lines are `gone_lines`.
    `rosters` are the live rosters by the id of the table that has their rows. `newest` are the
    lists of the newest month, by which is seen who is missing from it; `lists` are the whole lists
    of people, with all their rows.
    """

    read: LinesByTable
    added: LinesByTable
    gone: list[SheetTable]
    gone_lines: list[Line]
    rosters: dict[int, SheetTable]
    newest: dict[ListKey, SheetTable]
    row_ids: set[int]
    households: set[str]
    lists: LinesByTable


def find_changed_rows(db: Database, decisions: ProblemDecisions) -> ChangedRows | None:
    """Return what changed since the register was built; None if all must be built again."""
    if read_setting(db, _BASIS) in (None, "null"):
        return None
    decided = _find_decided_rows(db)
    tables = _Tables.read(db)
    if decided is None or tables is None or decisions.unite_communities:
        return None
    if list_doubtful_pairs([*tables.live.values(), *tables.gone.values()], decisions):
        return None
    return _Search(db, decisions, tables).run(decided)


def find_touching_rows(
    db: Database, decisions: ProblemDecisions, household_no: str
) -> ChangedRows | None:
    """Return all rows that a household may rest on; None if they cannot be looked up."""
    tables = _Tables.read(db)
    if tables is None or tables.added or tables.gone:
        return None
    rows = db.execute(_ROWS_OF, [json.dumps([household_no])])
    return _Search(db, decisions, tables).run({row_id for (row_id,) in rows})


def write_basis(db: Database) -> None:
    """Store what the register was built from, beside its tables; only inside `write`."""
    write_setting(db, _BASIS, json.dumps(_read_basis(db)))


def _read_basis(db: Database) -> list[Any]:
    """Return the last decision, and what else must be the same."""
    (last,) = db.execute("SELECT ifnull(max(decision_id), 0) FROM decisions").fetchone()
    corrected = [number for (number,) in db.execute(_LIVE_CORRECTIONS)]
    (event,) = db.execute("SELECT ifnull(max(event_id), 0) FROM life_events").fetchone()
    return [last, [__version__, corrected, event]]


def _find_decided_rows(db: Database) -> set[int] | None:
    """Return the rows of problems decided since the last build; None if they cannot be found.

    They cannot if a problem that was decided before is decided again: it is no longer reported.
    """
    last, same = json.loads(read_setting(db, _BASIS) or "")
    if same != _read_basis(db)[1]:
        return None
    rows: set[int] = set()
    new = db.execute("SELECT DISTINCT subject FROM decisions WHERE decision_id > ?", [last])
    for (subject,) in new.fetchall():
        found = db.execute("SELECT row_id FROM problems WHERE subject = ?", [subject]).fetchall()
        if not found or subject.startswith(_NOT_LOCAL):
            return None
        rows |= {row_id for (row_id,) in found}
    return rows


@dataclass
class _Tables:
    """The live tables as the register reads them, those added with their lines, and those gone.

    All are by the id of the table that has their rows.
    """

    live: dict[int, SheetTable]
    added: dict[int, tuple[SheetTable, list[Line]]]
    gone: dict[int, SheetTable]

    @classmethod
    def read(cls, db: Database) -> "_Tables | None":
        """Read the tables; None if some change may touch any household, or rows are shared."""
        rows = db.execute("SELECT table_id, stated_communities, two_is_no FROM main.built_from")
        built = {table_id: kept for table_id, *kept in rows}
        listed = list(list_live_tables(db))
        live = {stored: table for table, stored in listed}
        missing = built.keys() - {table.table_id for table in live.values()}
        gone = {stored: table for table, stored in list_chosen_tables(db, missing)}
        added = {
            stored: _read_added(db, stored, table)
            for stored, table in live.items()
            if table.table_id not in built
        }
        moved = [*gone.values(), *(table for table, _lines in added.values())]
        is_of_all = any(table.kind == "roster" or table.lists_people for table in moved)
        if len(live) < len(listed) or len(gone) < len(missing) or is_of_all:
            return None
        tables = cls(
            {
                stored: _recall(table, *built.get(table.table_id, ()))
                for stored, table in live.items()
            },
            added,
            {stored: _recall(table, *built[table.table_id]) for stored, table in gone.items()},
        )
        return tables if tables._take_sheet_names() else None

    def _take_sheet_names(self) -> bool:
        """Set the communities that sheets are named after; False if a built table changes."""
        for stored, (table, _lines) in self.added.items():
            self.live[stored] = table
        kept = [table for stored, table in self.live.items() if stored not in self.added]
        before = _list_communities([*kept, *self.gone.values()])
        now = _list_communities(self.live.values())
        if any("-" in name for name in before | now):
            return False  # their households cannot be looked up by number
        if before != now and any(
            take_sheet_name(table, before) != take_sheet_name(table, now) for table in kept
        ):
            return False
        self.live = {stored: take_sheet_name(table, now) for stored, table in self.live.items()}
        self.gone = {stored: take_sheet_name(table, before) for stored, table in self.gone.items()}
        for stored, (_table, lines) in self.added.items():
            for line in lines:
                line.table = self.live[stored]
            self.added[stored] = self.live[stored], lines
        return True


def _read_added(db: Database, stored: int, table: SheetTable) -> tuple[SheetTable, list[Line]]:
    table, lines = read_table_lines(db, stored, table, {})
    return list_stated_communities(table, lines), lines


def _recall(table: SheetTable, stated: str = "[]", coded: str = "[]") -> SheetTable:
    """Return a table with what was found in all of its rows when it was built."""
    return replace(
        table,
        stated_communities=frozenset(json.loads(stated)),
        two_is_no=frozenset((target, place) for target, place in json.loads(coded)),
    )


def _list_communities(tables: Iterable[SheetTable]) -> set[str]:
    return {name for table in tables for name in table.stated_communities}


def store_tables(
    db: Database, schema: str, tables: Iterable[SheetTable], complete: Mapping[int, bool]
) -> None:
    """Store which tables the register was built from, and what was found in all of their rows.

    `complete` is whether each roster counts as complete, by the id of its table.
    """
    db.conn.executemany(
        f"INSERT INTO {schema}.built_from VALUES (?, ?, ?, ?)",
        [
            (
                table.table_id,
                json.dumps(sorted(table.stated_communities), ensure_ascii=False),
                json.dumps(sorted(table.two_is_no, key=str)),
                complete.get(table.table_id),
            )
            for table in tables
        ],
    )


def recall_rosters(
    db: Database, changed: ChangedRows
) -> tuple[list[RosterDeclaration], list[Receipt]]:
    """Return the declarations of all rosters, and their receipts of the touched households."""
    declared = [
        RosterDeclaration(None, {programme: []}, area, bool(is_complete))
        for programme, area, is_complete in db.execute(_ROSTERS)
    ]
    numbers = json.dumps(list(changed.households))
    return declared, [Receipt(*row) for row in db.execute(_ROSTER_RECEIPTS, [numbers])]


def remove_former_numbers(db: Database, changed: ChangedRows) -> None:
    """Remove what the touched households were called before; only inside `write`."""
    numbers = json.dumps(list(changed.households))
    db.execute(f"DELETE FROM former_numbers WHERE household_no {_AMONG}", [numbers])


def remove_part(db: Database, changed: ChangedRows) -> None:
    """Remove the touched households, and all that was found out about the touched rows."""
    numbers, rows = json.dumps(list(changed.households)), json.dumps(list(changed.row_ids))
    for table in (
        "household_digests",
        "fact_states",
        "receipts",
        "became",
        "members",
        "households",
        "household_ids",
    ):
        db.execute(f"DELETE FROM main.{table} WHERE household_no {_AMONG}", [numbers])
    db.execute(f"DELETE FROM main.loose_keys WHERE row_id {_AMONG}", [rows])
    db.execute(f"DELETE FROM problems WHERE stage = 'register' AND row_id {_AMONG}", [rows])
    gone = json.dumps([table.table_id for table in changed.gone])
    db.execute(f"DELETE FROM main.built_from WHERE table_id {_AMONG}", [gone])
    imports = json.dumps([table.import_id for table in changed.gone])
    db.execute(f"DELETE FROM problems WHERE stage = 'register' AND import_id {_AMONG}", [imports])


@dataclass
class _Keys:
    """What lines have in common with others: ID numbers, household numbers, and form numbers."""

    ids: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    forms: set[str] = field(default_factory=set)

    def add(self, line: Line) -> None:
        """Add the keys of a line."""
        if line.table.kind == "form":
            self.forms.add(line.header(FORM_KEY).partition(":")[2])
            return
        number = read_household_no(line, None)
        ids = {
            line.id_number(target, place).number
            for target, place in (("head_id_number", None), *line.table.id_columns)
        }
        ids.add(number and read_id_number(number).number)
        own = {id_number for id_number in ids if id_number}
        self.ids |= own
        if number:
            self.numbers.add(number)

    def texts(self) -> list[str]:
        """Return the keys as they are stored."""
        return [
            *(_ID + id_number for id_number in self.ids),
            *(_NUMBER + number.lstrip("0") for number in self.numbers),
            *(_FORM + number for number in self.forms),
        ]


def list_loose_keys(
    lines: Iterable[Line], households: Iterable[RegisterHousehold]
) -> Iterator[tuple[str, int]]:
    """Yield the keys, each with its row, by which rows cannot be found in the register itself.

    `lines` are of household lists and forms; `households` are those built from them.
    """
    used: set[int] = set()
    for household in households:
        used |= {line.row_id for line in household.lines if _is_found_by(household, line)}
        used -= household.moved_rows
        for person in household.people:
            for mention in person.mentions[1:]:
                if mention.name and mention.name != person.name:
                    yield _NAME + mention.name, mention.line.row_id
    for line in lines:
        if line.row_id not in used:
            keys = _Keys()
            keys.add(line)
            for text in (*keys.texts(), *(_NAME + name for name in list_names(line))):
                yield text, line.row_id


def _is_found_by(household: RegisterHousehold, line: Line) -> bool:
    """Whether a line is found by its household: not if it has its head but another number."""
    if line.table.kind == "form" or find_line_community(line) is not None:
        return True
    number = read_household_no(line, None)
    return number is None or f"-{household.household_no}".endswith(f"-{number}")


class _Search:
    """Finds all rows that may affect each other, beginning with those that changed."""

    def __init__(self, db: Database, decisions: ProblemDecisions, tables: _Tables) -> None:
        self._db = db
        self._decisions = decisions
        self._tables = tables
        self._households: set[str] = set()
        self._rows: set[int] = set()
        self._lines: dict[int, dict[int, Line]] = defaultdict(dict)
        self._gone_lines: list[Line] = []
        self._events = list_life_events(db)
        (last,) = db.execute("SELECT ifnull(max(row_id), 0) FROM source_rows").fetchone()
        self._most = max(_FEW_ROWS, last // _SHARE)

    def run(self, decided: set[int]) -> ChangedRows | None:
        """Return the touched rows; None if they are too many, or some cannot be read alone."""
        try:
            waiting = (decided | self._begin()) - self._rows
            while waiting or (waiting := self._find_more()):
                waiting = self._touch(waiting) - self._rows
            newest = self._find_newest_lists()
        except _NotLocalError:
            return None
        listed = ((table, self._list_lines(stored)) for stored, table in self._tables.live.items())
        return ChangedRows(
            [(table, lines) for table, lines in listed if lines],
            list(self._tables.added.values()),
            list(self._tables.gone.values()),
            self._gone_lines,
            {key: table for key, table in self._tables.live.items() if table.kind == "roster"},
            newest,
            self._rows,
            self._households,
            [
                read_table_lines(self._db, stored, table, {})
                for stored, table in self._tables.live.items()
                if table.lists_people and table.is_complete
            ],
        )

    def _find_newest_lists(self) -> dict[ListKey, SheetTable]:
        """Return the newest of the dated lists that touched rows are on, if there are several.

        A list of another month touches all who are on one of its name, and one without a day is
        reported beside another; what was corrected is read in other rows: _NotLocalError is raised.
        """
        if self._look_up(_CORRECTED, [*self._tables.gone, *self._lines]):
            raise _NotLocalError
        by_name: dict[tuple[str, str], list[SheetTable]] = defaultdict(list)
        for table in (*self._tables.live.values(), *self._tables.gone.values()):
            if table.kind == "households":
                by_name[table.undated_names].append(table)
        moved = [table for table, _lines in self._tables.added.values()]
        moved += self._tables.gone.values()
        names = {self._tables.live[stored].undated_names for stored in self._lines}
        newest: dict[ListKey, SheetTable] = {}
        for name in names | {table.undated_names for table in moved}:
            lists = by_name[name]
            days = {table.dated_on for table in lists}
            if None in days and len({table.import_id for table in lists}) > 1:
                raise _NotLocalError
            if len(days - {None}) > 1:
                if any(table.undated_names == name for table in moved) or self._is_nowhere(name):
                    raise _NotLocalError
                if self._db.execute(_HAS_PARTS).fetchone():
                    raise _NotLocalError  # which list is whole is told by all of their rows
                newest |= _find_newest(lists)
        if self._look_up(_UNUSABLE, {table.import_id for table in newest.values()}):
            raise _NotLocalError  # the newest list may have nobody in one of its communities
        return newest

    def _is_nowhere(self, name: tuple[str, str]) -> bool:
        """Whether a touched row on lists of a name is of no known community."""
        lines = (line for some in self._lines.values() for line in some.values())
        return any(
            line.table.undated_names == name and find_line_community(line) is None for line in lines
        )

    def _begin(self) -> set[int]:
        """Add the rows of added and gone tables; return the rows that they touch."""
        for stored, table in self._tables.gone.items():
            if table.kind in _OF_HOUSEHOLDS:
                self._gone_lines += read_table_lines(self._db, stored, table, {})[1]
        for stored, (table, lines) in self._tables.added.items():
            if table.kind in _OF_HOUSEHOLDS:
                self._lines[stored] = {line.row_id: line for line in lines}
        added = [line for lines in self._lines.values() for line in lines.values()]
        return self._follow([*added, *self._gone_lines])

    def _list_lines(self, stored: int) -> list[Line]:
        """Return the touched lines of a table in their order."""
        lines = self._lines.get(stored, {})
        return [lines[row_id] for row_id in sorted(lines)]

    def _touch(self, row_ids: set[int]) -> set[int]:
        """Add rows, and the rows that continue them; return the rows that they touch."""
        by_table: dict[int, set[int]] = defaultdict(set)
        for row_id, stored in self._look_up(_TABLES_OF, row_ids):
            if row_id not in self._lines[stored]:
                group = self._db.execute(_GROUP, {"table": stored, "row": row_id})
                by_table[stored] |= {other for (other,) in group}
        read = [line for stored, some in by_table.items() for line in self._read(stored, some)]
        return self._follow(read)

    def _read(self, stored: int, row_ids: set[int]) -> Iterator[Line]:
        """Yield some lines of a table that was built before."""
        table = self._tables.live[stored]
        if table.is_scattered or any(column.merged_with for column in table.columns.values()):
            raise _NotLocalError  # the cells of some rows are in others
        for line in read_some_rows(self._db, stored, table, array("q", row_ids)):
            self._lines[stored][line.row_id] = line
            yield line

    def _follow(self, lines: list[Line]) -> set[int]:
        """Add lines and the households that they touch; return the rows of these households."""
        self._rows |= {line.row_id for line in lines}
        if len(self._rows) > self._most:
            raise _NotLocalError
        keys = _Keys()
        for line in lines:
            keys.add(line)
        found = {number for (number,) in self._look_up(_BY_ROW, (line.row_id for line in lines))}
        found |= {number for (number,) in self._look_up(_BY_ID, keys.ids)}
        found |= {number for (number,) in self._look_up(_BY_FORM, keys.forms)}
        plain = {number.lstrip("0") for number in keys.numbers}
        parts = {number.partition("-")[2].lstrip("0") for number in keys.numbers if "-" in number}
        for (number,) in self._look_up(_BY_PLAIN_NUMBER, plain | parts):
            if not plain.isdisjoint(
                text.lstrip("0") for text in (number, number.partition("-")[2])
            ):
                found.add(number)
        return self._add_households(found) | self._find_loose(keys.texts())

    def _add_households(self, found: set[str]) -> set[int]:
        """Add households; return the rows of those that are new."""
        new = found - self._households
        self._households |= new
        return {row_id for (row_id,) in self._look_up(_ROWS_OF, new)}

    def _find_loose(self, keys: Iterable[str]) -> set[int]:
        return {row_id for (row_id,) in self._look_up(_LOOSE, keys)}

    def _find_more(self) -> set[int]:
        """Return rows of households that the touched ones meet by number or by name, and forms."""
        lines: list[Line] = []
        for stored in self._lines:
            lines += self._list_lines(stored)
        listed = [
            line for line in lines if line.table.kind == "households" and line.role != "total"
        ]
        gathered = gather_households(listed, self._decisions, ProblemLog())
        identities = Identities(self._db, self._decisions.subjects.secret)
        known = identities.list_holders(gathered, self._households)
        identities.name(gathered)
        homes = gathered.households.values()
        numbers = {number for home in homes for number in (home.household_no, *home.former)}
        for event in self._events:
            if not numbers.isdisjoint(event.households):
                numbers |= event.households
                known |= {number for (number,) in self._look_up(_BY_FORM, event.households)}
        rows = self._find_loose(_FORM + number for number in numbers)
        gone = [line for line in self._gone_lines if line.role != "total"]
        groups = [*group_lines(listed, ProblemLog()), *group_lines(gone, ProblemLog())]
        known |= self._find_corrected(groups)
        has_unnumbered = any(group.number is None for group in groups)
        if has_unnumbered or self._db.execute(_HAS_PROVISIONAL).fetchone():
            heads = {
                (group.head.name, group.community, int(group.number is not None))
                for group in groups
                if group.head and group.head.name
            }
            known |= {number for (number,) in self._look_up(_BY_HEAD, heads)}
            rows |= self._find_loose({_NAME + name for name, _community, _numbered in heads})
        return (self._add_households(known) | rows) - self._rows

    def _find_corrected(self, groups: Iterable[LineGroup]) -> set[str]:
        """Return the households of people who have a name of these lines and nearly its number."""
        ids: dict[str, set[str]] = defaultdict(set)
        for mention in (mention for group in groups for mention in group.mentions):
            if mention.name and mention.id.number:
                ids[mention.name].add(mention.id.number)
        return {
            household
            for household, name, number in self._look_up(_BY_NAME, ids)
            if any(is_corrected_number(number, other) for other in ids[name] - {number})
        }

    def _look_up(self, sql: str, values: Iterable[object]) -> list[tuple[Any, ...]]:
        """Return the rows of a query for a list of values."""
        listed = list(values)
        return self._db.execute(sql, [json.dumps(listed)]).fetchall() if listed else []


def _find_newest(lists: Iterable[SheetTable]) -> dict[ListKey, SheetTable]:
    """Return the newest list of one name for each community; raise _NotLocalError if it is unclear.

    It is if another of the same day may be named in a problem instead.
    """
    newest: dict[ListKey, SheetTable] = {}
    for table in sorted(lists, key=lambda table: table.dated_on or "", reverse=True):
        has_own = ("community", None) in table.columns
        for community in table.stated_communities if has_own else {table.area}:
            best = newest.setdefault((*table.undated_names, community), table)
            is_same = (best.file_name, best.covers) == (table.file_name, table.covers)
            if community is None or (best.dated_on == table.dated_on and not is_same):
                raise _NotLocalError
    return newest


class _NotLocalError(Exception):
    """Raised if a change may touch more than can be looked up; only used within this module."""


_AMONG = "IN (SELECT value FROM json_each(?))"
_LIVE_CORRECTIONS = """
    SELECT DISTINCT imports.import_id FROM corrections
    JOIN source_rows ON source_rows.row_id = corrections.row_id
    JOIN source_tables ON source_tables.table_id = source_rows.table_id
    JOIN imports ON imports.import_id = source_tables.import_id
    WHERE imports.undone_at IS NULL ORDER BY 1
"""
_ROSTERS = """
    SELECT rosters.programme, communities.name, rosters.is_complete FROM main.rosters AS rosters
    LEFT JOIN main.communities AS communities ON communities.community_id = rosters.community_id
"""
_ROSTER_RECEIPTS = f"""
    SELECT {", ".join(Receipt._fields)} FROM main.receipts
    WHERE household_no {_AMONG} AND origin = 'roster'
"""
_OF_HOUSEHOLDS = ("households", "form")
_TABLES_OF = f"SELECT row_id, table_id FROM source_rows WHERE row_id {_AMONG}"
_BY_ROW = f"SELECT DISTINCT household_no FROM main.became WHERE row_id {_AMONG}"
_BY_ID = f"SELECT household_no FROM main.members WHERE id_number {_AMONG}"
_BY_NAME = f"""
    SELECT household_no, name, id_number FROM main.members
    WHERE name {_AMONG} AND id_number IS NOT NULL
"""
_BY_FORM = """
    SELECT household_no FROM main.households, json_each(?) AS form WHERE household_no = ifnull(
        (SELECT number FROM former_numbers WHERE former_no = form.value), form.value)
"""
_BY_PLAIN_NUMBER = f"SELECT household_no FROM main.households WHERE {PLAIN_NUMBER} {_AMONG}"
_CORRECTED = f"""
    SELECT 1 FROM corrections JOIN source_rows ON source_rows.row_id = corrections.replaces
    WHERE source_rows.table_id {_AMONG} LIMIT 1
"""
_UNUSABLE = f"SELECT 1 FROM problems WHERE code = 'row-unusable' AND import_id {_AMONG} LIMIT 1"
_HAS_PARTS = f"""
    SELECT 1 FROM problems WHERE subject LIKE '{WHOLE}:%'
    UNION ALL SELECT 1 FROM decisions WHERE subject LIKE '{WHOLE}:%' LIMIT 1
"""
_ROWS_OF = f"SELECT DISTINCT row_id FROM main.became WHERE household_no {_AMONG}"
_LOOSE = f"SELECT DISTINCT row_id FROM main.loose_keys WHERE key {_AMONG}"
_HAS_PROVISIONAL = "SELECT 1 FROM main.households WHERE is_provisional = 1 LIMIT 1"
# Among households with the same name of the head, only those without number are compared.
_BY_HEAD = """
    SELECT DISTINCT households.household_no FROM json_each(?) AS head
    JOIN main.members AS members ON members.name = json_extract(head.value, '$[0]')
    JOIN main.households AS households ON households.household_no = members.household_no
    JOIN main.communities AS communities ON communities.community_id = households.community_id
    WHERE ifnull(json_extract(head.value, '$[1]'), communities.name) = communities.name
    AND households.is_provisional >= json_extract(head.value, '$[2]')
"""
# A first row and those that continue it, which follow it.
_GROUP = """
    SELECT row_id FROM source_rows WHERE table_id = :table AND role IN ('first', 'continuation')
    AND row_id >= ifnull((
        SELECT row_id FROM source_rows WHERE table_id = :table AND role = 'first'
        AND row_id <= :row ORDER BY row_id DESC LIMIT 1), :row)
    AND row_id < ifnull((
        SELECT row_id FROM source_rows WHERE table_id = :table AND role = 'first'
        AND row_id > :row ORDER BY row_id LIMIT 1), 9223372036854775807)
"""
