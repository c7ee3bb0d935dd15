"""Where the facts of one household came from: file, sheet, row and column of each, on demand.

Nothing is kept for this: the rows are gathered and settled again, by the code that made the
register.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.pack.models import Pack
from relieftool.register.doubled import DuplicateCells, format_column_letter
from relieftool.register.lines import ProblemLog
from relieftool.register.member_numbers import MemberNumbers as GivenPlaces
from relieftool.register.residents import read_households
from relieftool.register.resolved_facts import FactOrigin, FactResolver, ResolvedFact
from relieftool.store.problem_decisions import load_decisions
from relieftool.store.settings import read_setting


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
        {one.member_no: _places(knowledge.resolve_person(one)) for one in household.people},
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
