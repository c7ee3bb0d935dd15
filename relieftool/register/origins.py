"""Where the facts of one household came from: file, sheet, row and column of each, on demand.

Nothing is kept for this: the rows are gathered and settled again, by the code that made the
register.

The source rows behind a household, word for word, also under headings that nobody knows.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from relieftool.pack.models import Pack
from relieftool.register.lines import DuplicateCells, ProblemLog
from relieftool.register.member_numbers import MemberNumbers as GivenPlaces
from relieftool.register.residents import read_households
from relieftool.register.resolved_facts import FactOrigin, FactResolver, ResolvedFact
from relieftool.store.problem_decisions import load_decisions
from relieftool.store.settings import read_setting
from relieftool.values.text import Cell, format_column_letter, is_blank


@dataclass(frozen=True)
class CellPlace:
    """A cell as a person finds it: file, sheet, row from 1, column by letter, and its heading."""

    file: str
    sheet: str
    row: int
    column: str
    heading: str


PlacesByFact = Mapping[str, tuple[CellPlace, ...]]


@dataclass(frozen=True)
class HouseholdOrigins:
    """The cells behind each fact, by its id; of the household, and of each member by number."""

    household: PlacesByFact
    members: Mapping[str, PlacesByFact]


def find_origins(
    db: Database, pack: Pack, household_no: str, as_of: str | None = None
) -> HouseholdOrigins:
    """Find the cells that settled each fact of a household; a fact nobody states has none.

    `as_of` None is every day that is imported.
    """
    secret = read_setting(db, "secret") or ""
    given, decisions = GivenPlaces(db, secret), load_decisions(db, secret)
    _read, households = read_households(given, decisions, ProblemLog(), as_of)
    household = households.get(household_no)
    if household is None:
        return HouseholdOrigins({}, {})
    knowledge = FactResolver(pack, ProblemLog())
    return HouseholdOrigins(
        _places(knowledge.resolve_household(household)),
        {
            person.member_no: _places(knowledge.resolve_person(person))
            for person in household.people
        },
    )


def _places(facts: Mapping[str, ResolvedFact]) -> PlacesByFact:
    return {
        name: tuple(_place(origin) for origin in known.origins)
        for name, known in facts.items()
        if known.origins
    }


def _place(origin: FactOrigin) -> CellPlace:
    line = origin.line
    cell = line.cell(origin.target, origin.place)
    column = line.table.columns[origin.target, origin.place]
    if isinstance(cell, DuplicateCells):
        column = cell.parts[0].column
    table = line.table
    letter = format_column_letter(column.sheet_column)
    return CellPlace(table.file_name, table.sheet, line.number, letter, column.header)


@dataclass(frozen=True)
class SourceCell:
    """A cell that shows something: its heading, what the column was read as (None: not used)."""

    heading: str
    target: str | None
    value: Cell


@dataclass(frozen=True)
class HouseholdRow:
    """A row that speaks of a household, as it counts now, and where it stands."""

    file_name: str
    sheet: str
    number: int
    cells: tuple[SourceCell, ...]


def list_source_rows(db: Database, household_no: str) -> list[HouseholdRow]:
    """List the rows that a household's facts, members and receipts come from."""
    return [
        HouseholdRow(row["file_name"], row["sheet"], row["row_number"], _cells(row))
        for row in db.query(_HOUSEHOLD_ROWS, {"household_no": household_no})
    ]


# A corrected row is told where the one stands that it replaces, in the table that reads it now.
_HOUSEHOLD_ROWS = """
    SELECT imports.file_name, source_tables.sheet, root.row_number, told.cells,
        source_tables.columns
    FROM (
        SELECT row_id FROM became WHERE household_no = :household_no
        UNION SELECT row_id FROM receipts WHERE household_no = :household_no
    ) AS used
    JOIN source_rows AS told ON told.row_id = used.row_id
    LEFT JOIN corrections ON corrections.row_id = told.row_id
    JOIN source_rows AS root ON root.row_id = ifnull(corrections.replaces, told.row_id)
    JOIN source_tables ON root.table_id = ifnull(
        (SELECT rows_of FROM borrowed_rows WHERE borrowed_rows.table_id = source_tables.table_id),
        source_tables.table_id)
    JOIN imports ON imports.import_id = source_tables.import_id
    WHERE imports.undone_at IS NULL
    ORDER BY imports.file_name, source_tables.table_id, root.row_number
"""


def _cells(row: dict[str, Any]) -> tuple[SourceCell, ...]:
    columns = sorted(json.loads(row["columns"]), key=lambda one: int(one["position"]))
    cells = zip(columns, json.loads(row["cells"]), strict=False)
    return tuple(
        SourceCell(column["header"], column["target"], cell)
        for column, cell in cells
        if not is_blank(cell)
    )
