"""Of which community the rows of a table are, and what is told where two are named."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from relieftool.problems import Problem
from relieftool.register.sheet_communities import format_stated_difference, format_titled_difference
from relieftool.spreadsheets.columns import ColumnMeaning
from relieftool.spreadsheets.sections import Section
from relieftool.spreadsheets.tables import Table
from relieftool.store.imports import SourceRow, SourceTable
from relieftool.values.communities import normalise_community
from relieftool.values.text import is_empty_cell

_DIFFERS = "community-differs"


def find_area_problems(
    table: Table, columns: Sequence[ColumnMeaning], stated: str | None
) -> Iterator[Problem]:
    """Tell a title that names another community than the sheet, and either than is stated."""
    named, on_sheet = table.community, table.sheet_community
    if named and on_sheet and normalise_community(named) != normalise_community(on_sheet):
        yield Problem(_DIFFERS, format_titled_difference(on_sheet, named), table.sheet)
    if stated is None:
        return
    row, own = _first_other(table, columns, stated)
    if own is not None:
        yield Problem(_DIFFERS, format_stated_difference(own, stated), table.sheet, row)
        return
    sections = ((one.row, one.community) for one in table.sections)
    for place, named in ((None, table.community), *sections):
        if named and normalise_community(named) != normalise_community(stated):
            yield Problem(_DIFFERS, format_stated_difference(named, stated), table.sheet, place)
            return


def _first_other(
    table: Table, columns: Sequence[ColumnMeaning], stated: str
) -> tuple[int | None, str | None]:
    """Give the first row whose own column names another community than is stated, and which."""
    name = normalise_community(stated)
    for place in (one.position for one in columns if one.target == "community"):
        for row in table.rows:
            cell = row.cells[place] if row.role in {"first", "continuation"} else None
            if not is_empty_cell(cell) and normalise_community(str(cell)) != name:
                return row.number, str(cell)
    return None, None


def split_by_sections(table: SourceTable, sections: Sequence[Section]) -> Iterator[SourceTable]:
    """Part a table at the rows that name the community of those below; what is told comes once.

    The first section takes what stands above it where nobody does.
    """
    starts = [0, *_starts(table.rows, {one.row for one in sections})]
    names = [table.community, *(one.community for one in sections)]
    if len(starts) > 1 and not any(map(_is_data, table.rows[: starts[1]])):
        del starts[1], names[0]
    ends = [*starts[1:], len(table.rows)]
    for place, (start, end, name) in enumerate(zip(starts, ends, names, strict=True)):
        rows = _cut(table.rows[start:end]) if len(starts) > 1 else table.rows
        problems = [] if place else table.problems
        yield replace(table, rows=rows, community=name, problems=problems)


def _starts(rows: Iterable[SourceRow], sections: set[int]) -> list[int]:
    """Give the places of the rows that begin a section."""
    return [place for place, row in enumerate(rows) if row.number in sections] if sections else []


def _is_data(row: SourceRow) -> bool:
    return row.role in {"first", "continuation"}


def _cut(rows: Sequence[SourceRow]) -> Sequence[SourceRow]:
    """Give the rows of a section; one that continues a row before it begins a household."""
    first = rows[0].number if rows else 0
    return [
        replace(row, role="first", continues=None)
        if row.continues is not None and row.continues < first
        else row
        for row in rows
    ]
