"""Where the facts of one household came from: file, sheet, row and column of each, on demand.

Nothing is kept for this: the rows are gathered and settled again, by the code that made the
register.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.pack.models import Pack
from relieftool.registry.decisions import load_decisions
from relieftool.registry.doubled import Doubled, column_letter
from relieftool.registry.known import Knowledge, Known, Origin
from relieftool.registry.lines import Findings
from relieftool.registry.places import Places as GivenPlaces
from relieftool.registry.presence import read_households
from relieftool.registry.settings import setting


@dataclass(frozen=True)
class Place:
    """A cell as a person finds it: file, sheet, row from 1, column by letter, and its heading."""

    file: str
    sheet: str
    row: int
    column: str
    heading: str


Places = Mapping[str, tuple[Place, ...]]


@dataclass(frozen=True)
class Origins:
    """The cells behind each fact, by its id; of the household, and of each member by number."""

    household: Places
    members: Mapping[str, Places]


def find_origins(db: Database, pack: Pack, household_no: str, as_of: str | None = None) -> Origins:
    """Find the cells that settled each fact of a household; a fact nobody states has none.

    `as_of` None is every day that is imported.
    """
    secret = setting(db, "secret") or ""
    given, decisions = GivenPlaces(db, secret), load_decisions(db, secret)
    _read, households = read_households(given, decisions, Findings(), as_of)
    household = households.get(household_no)
    if household is None:
        return Origins({}, {})
    knowledge = Knowledge(pack, Findings())
    return Origins(
        _places(knowledge.known_of_household(household)),
        {one.member_no: _places(knowledge.known_of_person(one)) for one in household.people},
    )


def _places(facts: Mapping[str, Known]) -> Places:
    return {
        name: tuple(_place(origin) for origin in known.origins)
        for name, known in facts.items()
        if known.origins
    }


def _place(origin: Origin) -> Place:
    line = origin.line
    cell = line.cell(origin.target, origin.place)
    column = line.table.columns[origin.target, origin.place]
    if isinstance(cell, Doubled):
        column = cell.parts[0].column
    table = line.table
    letter = column_letter(column.sheet_column)
    return Place(table.file_name, table.sheet, line.number, letter, column.header)
