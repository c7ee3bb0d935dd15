"""Finds the cells that the facts of a household come from: file, sheet, row and column.

Nothing is stored for this: the rows are read again by the code that builds the register, so
they are the cells it used.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from relieftool.pack.models import Pack
from relieftool.register.fact_cells import Doubt
from relieftool.register.lines import DuplicateCells, LinesByTable, ProblemLog
from relieftool.register.resolved_facts import FactOrigin, FactResolver, ResolvedFact
from relieftool.register.status_lists import find_status_lists
from relieftool.store.imports import RecordedProblem
from relieftool.store.problem_decisions import load_decisions
from relieftool.store.settings import read_setting
from relieftool.values.id_numbers import read_id_number
from relieftool.values.names import clean_name
from relieftool.values.payments import is_of_paid_months
from relieftool.values.text import Cell, format_column_letter, is_blank


@dataclass(frozen=True)
class CellPlace:
    """Where a person finds a cell: file, sheet, row (from 1), column letter, and heading.

    `is_blank`: nothing stands in it, and the pack says what that means there.
    """

    file: str
    sheet: str
    row: int
    column: str
    heading: str
    is_blank: bool = False


PlacesByFact = Mapping[str, tuple[CellPlace, ...]]


def name_people(db: Database, problems: Sequence[RecordedProblem]) -> list[RecordedProblem]:
    """Return the problems of rows with the household and the person whom each row is about."""
    rows = json.dumps([recorded.row_id for recorded in problems if recorded.row_id is not None])
    found = {row_id: owner for row_id, *owner in db.execute(_ABOUT, [rows])}
    return [
        replace(recorded, household_no=owner[0], member=owner[1])
        for recorded in problems
        for owner in [found.get(recorded.row_id, (None, None))]
    ]


@dataclass(frozen=True)
class HouseholdOrigins:
    """The cells of the household's facts by id, and of each member's facts by member number.

    `doubts` are why facts are unknown although these cells state them, by member number (None: the
    household) and fact.
    """

    household: PlacesByFact
    members: Mapping[str, PlacesByFact]
    doubts: Mapping[tuple[str | None, str], Doubt]


def find_origins(
    db: Database, pack: Pack, household_no: str, as_of: str | None = None
) -> HouseholdOrigins:
    """Return the cells that the facts of a household come from; a fact without cells is left out.

    With `as_of`, lists that begin after that day do not count.
    """
    household, read = _build_household(db, household_no, as_of)
    if household is None:
        return HouseholdOrigins({}, {}, {})
    decisions = load_decisions(db, read_setting(db, "secret") or "")
    lists = list(find_status_lists(pack, read, as_of))
    resolver = FactResolver(pack, ProblemLog(), decisions, lists)
    own, of_people = resolver.resolve(household)
    numbers = [person.member_no for person in household.people]
    of_members = dict(zip(numbers, of_people, strict=True))
    resolved: list[tuple[str | None, dict[str, ResolvedFact]]] = [(None, own), *of_members.items()]
    return HouseholdOrigins(
        _list_places(own),
        {member_no: _list_places(facts) for member_no, facts in of_members.items()},
        {
            (member_no, name): fact.doubt
            for member_no, facts in resolved
            for name, fact in facts.items()
            if fact.doubt is not None
        },
    )


def _build_household(
    db: Database, household_no: str, as_of: str | None
) -> tuple[Any, LinesByTable]:
    """Return a household as the register has it, None if there is none, and the lists of people.

    Only the rows that it may rest on are read, unless the register is shown as of another day.
    """
    # imported where a household has something to explain: it is most of what builds the register
    from relieftool.register.changed_rows import find_touching_rows  # noqa: PLC0415
    from relieftool.register.identities import Identities  # noqa: PLC0415
    from relieftool.register.live_rows import list_household_lines  # noqa: PLC0415
    from relieftool.register.residents import build_households, read_households  # noqa: PLC0415

    secret = read_setting(db, "secret") or ""
    identities, decisions, problems = (
        Identities(db, secret),
        load_decisions(db, secret),
        ProblemLog(),
    )
    touching = None if _is_shown_on_a_day(db) else find_touching_rows(db, decisions, household_no)
    if touching is None:
        read, households = read_households(identities, decisions, problems, as_of)
        return households.get(household_no), read
    lines, newest = list_household_lines(touching.read), touching.newest
    built = build_households(lines, identities, decisions, problems, as_of, touching.read, newest)
    return built.get(household_no), touching.lists


def _is_shown_on_a_day(db: Database) -> bool:
    """Whether this connection reads a register without the lists that began after some day."""
    sql = "SELECT 1 FROM temp.sqlite_master WHERE name = 'households'"
    return db.execute(sql).fetchone() is not None


def _list_places(facts: Mapping[str, ResolvedFact]) -> PlacesByFact:
    """Return where the cells of each fact are; a fact without cells is left out.

    A row that doubts a fact without a column of its own, such as one that says 去世, has no cell.
    """
    found = {
        name: tuple(
            find_place(origin)
            for origin in fact.origins
            if (origin.target, origin.place) in origin.line.table.columns
        )
        for name, fact in facts.items()
        if fact.value is not None or fact.doubt is not None
    }
    return {name: places for name, places in found.items() if places}


def find_place(origin: FactOrigin) -> CellPlace:
    """Return where a cell is; of several columns with the same meaning, the first filled cell."""
    table, cell = origin.line.table, origin.cell
    column = table.columns[origin.target, origin.place]
    if isinstance(cell, DuplicateCells):
        column = cell.parts[0].column
    letter = format_column_letter(column.sheet_column)
    place = (table.file_name, table.sheet, origin.line.number, letter, column.header)
    return CellPlace(*place, is_blank=is_blank(cell))


@dataclass(frozen=True)
class SourceCell:
    """A filled cell, with its heading and the meaning of its column (None: not used).

    `is_of_others`: it is about somebody else than the one whose own copy is asked for.
    """

    heading: str
    target: str | None
    value: Cell
    is_of_others: bool = False


@dataclass(frozen=True)
class HouseholdRow:
    """A row about a household: where it is, and its cells as last corrected."""

    file_name: str
    sheet: str
    number: int
    cells: tuple[SourceCell, ...]


def list_import_households(db: Database, imports: Sequence[int]) -> list[str]:
    """Return the numbers of the households that rows of these imports became."""
    return [number for (number,) in db.execute(_OF_IMPORTS, [json.dumps(list(imports))])]


_OF_IMPORTS = """
    SELECT DISTINCT household_no FROM became WHERE row_id IN (
        SELECT row_id FROM source_rows JOIN source_tables USING (table_id)
        WHERE import_id IN (SELECT value FROM json_each(?)))
"""


def list_source_rows(
    db: Database, household_no: str, member_no: str | None = None
) -> list[HouseholdRow]:
    """Return the source rows that a household's facts, members and receipts come from.

    The cells of other households, and with `member_no` those of other members, are marked.
    """
    bound = {"household_no": household_no, "member_no": member_no}
    return [
        HouseholdRow(row["file_name"], row["sheet"], row["row_number"], _list_cells(row))
        for row in db.query(_HOUSEHOLD_ROWS, bound)
    ]


# A correction appears where the row is that it replaces, in the table that uses this row now.
_HOUSEHOLD_ROWS = """
    WITH owners AS NOT MATERIALIZED (
        SELECT row_id, household_no, member_no FROM became
        UNION ALL SELECT row_id, household_no, member_no FROM receipts)
    SELECT imports.file_name, source_tables.sheet, original.row_number, current.cells,
        source_tables.columns, source_tables.programme, source_tables.covers,
        (SELECT json_group_array(name) FROM (
            SELECT name FROM members WHERE household_no = :household_no
                AND ifnull(member_no = :member_no, 1)
            UNION SELECT id_number FROM members WHERE household_no = :household_no
                AND ifnull(member_no = :member_no, 1))) AS known_by,
        EXISTS (SELECT 1 FROM owners WHERE owners.row_id = used.row_id
            AND (household_no <> :household_no OR member_no <> :member_no)) AS is_of_others,
        EXISTS (SELECT 1 FROM owners WHERE owners.row_id = used.row_id
            AND household_no = :household_no AND ifnull(member_no = :member_no, 1)) AS is_theirs
    FROM (
        SELECT DISTINCT row_id FROM owners WHERE household_no = :household_no
    ) AS used
    JOIN source_rows AS current ON current.row_id = used.row_id
    LEFT JOIN corrections ON corrections.row_id = current.row_id
    JOIN source_rows AS original ON original.row_id = ifnull(corrections.replaces, current.row_id)
    JOIN source_tables ON original.table_id = ifnull(
        (SELECT rows_of FROM borrowed_rows WHERE borrowed_rows.table_id = source_tables.table_id),
        source_tables.table_id)
    JOIN imports ON imports.import_id = source_tables.import_id
    WHERE imports.undone_at IS NULL
    ORDER BY imports.file_name, source_tables.table_id, original.row_number
"""


def _list_cells(row: dict[str, Any]) -> tuple[SourceCell, ...]:
    """Return the filled cells of a row, also under unknown headings; months have amounts."""
    of_table = row["programme"], row["covers"]
    columns = sorted(json.loads(row["columns"]), key=lambda column: int(column["position"]))
    cells = list(zip(columns, json.loads(row["cells"]), strict=False))
    return tuple(
        SourceCell(
            column["header"],
            "amount" if is_of_paid_months(column["header"], *of_table) else column["target"],
            cell,
            is_others,
        )
        for (column, cell), is_others in zip(cells, _mark_others(row, cells), strict=True)
        if not is_blank(cell)
    )


def _mark_others(row: dict[str, Any], cells: Sequence[tuple[Any, Cell]]) -> list[bool]:
    """Return for each cell of a row whether it is about others than those asked for.

    Where a row is about several, a person's columns are those at the place where their name or ID
    number stands, spaced or not. All columns without a place are too, but for a remark on several
    people: it may speak of another.
    """
    known = set(json.loads(row["known_by"])) - {None}
    places = {
        find_person_place(column)
        for column, cell in cells
        if not known.isdisjoint((clean_name(cell), read_id_number(cell).number))
    }
    is_shared = row["is_of_others"]
    return [
        is_shared and place not in places
        if (place := find_person_place(column)) is not None
        else is_shared and not (row["is_theirs"] and column["target"] != "remark")
        for column, _cell in cells
    ]


def find_person_place(column: dict[str, Any]) -> int | None:
    """Return which member of the row a column is about: 0 is the head; None: whoever it is of."""
    is_head = str(column.get("target")).startswith("head_")
    return 0 if is_head else column.get("place")


_ABOUT = """
    WITH owners AS (
        SELECT row_id, household_no, member_no FROM became
        UNION SELECT row_id, household_no, member_no FROM receipts)
    SELECT row_id,
        iif(count(DISTINCT owners.household_no) = 1, min(owners.household_no), NULL),
        iif(count(DISTINCT owners.member_no) = 1, min(members.name), NULL)
    FROM owners LEFT JOIN members ON members.member_no = owners.member_no
    WHERE row_id IN (SELECT value FROM json_each(?)) GROUP BY row_id
"""


def list_doubts(
    household_no: str, member_no: str | None, facts: Mapping[str, ResolvedFact]
) -> list[tuple[str | int | None, ...]]:
    """Return the rows of `fact_states` for the facts that cells state and that are unknown."""
    return [
        (household_no, member_no, name, *fact.doubt, json.dumps(_list_row_ids(fact)))
        for name, fact in facts.items()
        if fact.doubt is not None
    ]


def _list_row_ids(fact: ResolvedFact) -> list[int]:
    return sorted({origin.line.row_id for origin in fact.origins})
