"""Finds the tables on a sheet: title, header, rows with their roles, and the lines around them.

Every row below a header that is not blank is kept, and no cell is changed.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, islice

from relieftool.spreadsheets.grid import Grid, Span
from relieftool.spreadsheets.header_rows import HeaderRows, find_headers, split_side_by_side
from relieftool.spreadsheets.reader import Sheet
from relieftool.spreadsheets.rows import has_person, list_notes, read_rows
from relieftool.spreadsheets.source_tables import SourceRow
from relieftool.spreadsheets.text_files import UNREADABLE
from relieftool.spreadsheets.titles import (
    Section,
    find_covered_period,
    find_titled_community,
    names_unclear_months,
)
from relieftool.values.communities import normalise_community
from relieftool.values.periods import has_time
from relieftool.values.text import Cell, drop_spaces, is_empty_cell, simplify_characters
from relieftool.values.units import find_unit_above

_MOST_TITLE_ROWS = 6
_MOST_TITLE_CELLS = 3
_LONGEST_NAME = 4
_LAST_ROW = 1 << 20
_ABOUT = re.compile(
    r"[:：]|[年月]|表|册|名单|台账|单位|页|续|^[（(]?[一二三四五六七八九十]+[、)）.]"
)
_NEW_PAGE = re.compile(r"^[（(]?(?:续|接上页|第.{1,3}页)")


@dataclass(frozen=True)
class Table:
    """A table on a sheet: its title, its headings, and every row below them that is not blank.

    All rows count from 1. `headers` has the heading of each column, '' for a column without one.
    `sheet_columns` has the position of each column on the sheet, from 0; there may be gaps.
    `community` is named in the lines above the header or in the sheet's name; `sheet_community` is
    named in the sheet's name. Each is None if no community is named there.
    `covers` is the period of the table, 'YYYY-MM-DD' or 'YYYY-MM'; None if it is not stated. If
    months are stated that are no period, it is None and `names_unclear_months` is True.
    `above` are the rows above the header that are not blank, with all their cells.
    `covered` has the cells hidden under a cell that is merged downward: it maps the row and the
    position of the column to the top row of the merged cell.
    `sections` are the rows that name the community of the rows below them.
    `damaged` are the cells with bytes that are no text, by row and position of the column.
    `hidden_rows` are the rows of people, and `hidden_columns` the positions of the filled columns,
    that the sheet does not show. `struck` has the positions of the cells that are struck through,
    by row.
    """

    sheet: str
    title: str
    first_header_row: int
    last_header_row: int
    headers: tuple[str, ...]
    rows: Sequence[SourceRow]
    community: str | None
    covers: str | None
    sheet_columns: tuple[int, ...] = ()
    above: tuple[SourceRow, ...] = ()
    covered: Mapping[tuple[int, int], int] = field(default_factory=dict)
    names_unclear_months: bool = False
    sheet_community: str | None = None
    sections: tuple[Section, ...] = ()
    damaged: tuple[tuple[int, int], ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    struck: Mapping[int, frozenset[int]] = field(default_factory=dict)


def list_rows_as_notes(rows: Sequence[Sequence[Cell]], numbers: range) -> tuple[SourceRow, ...]:
    """Return these rows of a sheet, numbered from 0, as notes; blank rows are left out."""
    return tuple(
        SourceRow(row + 1, "note", None, tuple(rows[row]))
        for row in numbers
        if any(not is_empty_cell(cell) for cell in rows[row])
    )


def find_tables(
    sheet: Sheet, known: Callable[[str], bool], communities: Collection[str] = ()
) -> list[Table]:
    """Return the tables of a sheet from top to bottom; an empty list if it has none.

    `known` returns whether a heading is known. A table without any known heading is returned too,
    so that its headings can be reported. `communities` are the normalised names of the communities
    named elsewhere in the file.
    """
    grid = Grid(sheet.rows, sheet.merged)
    found = find_headers(grid, known)
    headers, repeated_titles = _drop_repeated_headers(grid, found)
    tables: list[Table] = []
    for index, header in enumerate(headers):
        top = _find_title_top(grid, header, headers[index - 1].rows[-1] + 1) if index else 0
        later = headers[index + 1 :]
        last = (
            _find_title_top(grid, later[0], header.rows[-1] + 1) - 1
            if later
            else len(grid.rows) - 1
        )
        around = _Surroundings(sheet, top, last, repeated_titles, communities)
        above: list[Table] = tables[-1:]
        parts = split_side_by_side(grid, header)
        is_of_each = _is_about_each(grid, header.rows[0] - 1, [columns for _part, columns in parts])
        for part, columns in parts:
            is_alone = len(part.texts) == len(header.texts)
            own = grid if is_alone else _cut_columns(grid, header.rows[0] - is_of_each, columns)
            table = _read_table(own, part, around)
            # the lines above belong to all lists side by side, and are kept once
            table = replace(table, above=()) if tables[-1:] != above else table
            tables.append(_continue_table(table, above[0]) if above else table)
    return tables


def _is_about_each(grid: Grid, row: int, lists: Sequence[range]) -> bool:
    """Whether a row above lists side by side is about each by itself: 河口下社区 and 学前社区.

    It is not if it has other kinds of cells: an office on the left and a day on the right are of
    all lists.
    """
    places = grid.filled(row) if row >= 0 else []
    texts = [str(grid.cell(row, place)) for place in places]
    kinds = {(has_time(text), find_titled_community([text]) is not None) for text in texts}
    return len(kinds) <= 1 and all(any(at in columns for at in places) for columns in lists)


def _cut_columns(grid: Grid, first_row: int, columns: range) -> Grid:
    """Return a grid with only these columns from `first_row` on; the rows above stay whole."""
    blank = [None] * columns.start
    rows = [
        row if number < first_row else [*blank, *row[columns.start : columns.stop]]
        for number, row in enumerate(grid.rows)
    ]
    merged = [merge for merge in grid.merged if merge[0] < first_row or merge[1] in columns]
    return Grid(rows, merged)


def _drop_repeated_headers(
    grid: Grid, headers: list[HeaderRows]
) -> tuple[list[HeaderRows], set[int]]:
    """Drop each header that only repeats the header above it on a new page.

    Return the other headers, and the rows of the titles above the dropped headers. A repeated
    header whose title names another community is kept, because it begins a table of its own.
    """
    kept: list[HeaderRows] = []
    titles: set[int] = set()
    community = None
    for header in headers:
        floor = kept[-1].rows[-1] + 1 if kept else header.rows[0]
        above = range(_find_title_top(grid, header, floor) if kept else 0, header.rows[0])
        named = find_titled_community(_list_lines(grid, above))
        if kept and kept[-1].texts == header.texts and _is_same_community(named, community):
            titles.update(row for row in above if not has_person(grid.rows[row]))
        else:
            kept.append(header)
            community = named
    return kept, titles


def _is_same_community(named: str | None, above: str | None) -> bool:
    """Whether a title names no community, or the same community as the title above it."""
    return named is None or (
        above is not None and normalise_community(named) == normalise_community(above)
    )


def _continue_table(table: Table, above: Table) -> Table:
    """Return a table, with the title, community and period of the table above if it continues it.

    It does if it has the same headings, and either no title or a title such as 续表 or 第2页.
    """
    if table.title and not _NEW_PAGE.search(table.title):
        return table
    if _list_leaves(table) != _list_leaves(above):
        return table
    return replace(
        table,
        title=above.title,
        community=find_titled_community([table.title])
        or _find_last_community(above)
        or table.community,
        covers=find_covered_period([table.title], "", ()) or above.covers or table.covers,
    )


def _find_last_community(table: Table) -> str | None:
    """Return the community of the last rows of a table; None if it is not known."""
    return table.sections[-1].community if table.sections else table.community


def _list_leaves(table: Table) -> set[str]:
    """Return the lowest level of each heading of a table."""
    return {header.rpartition("/")[2] for header in table.headers} - {""}


def _find_title_top(grid: Grid, header: HeaderRows, floor: int) -> int:
    """Return the first row of the title directly above a header, not above the row `floor`.

    It is the first row of the header if there is no title.
    """
    top = header.rows[0]
    while top > max(floor, header.rows[0] - _MOST_TITLE_ROWS) and _is_title(grid, top - 1):
        top -= 1
    return top


def _is_title(grid: Grid, row: int) -> bool:
    """Whether a row between two tables is about the lower table, and not a row of the upper."""
    filled = grid.filled(row)
    cells = [grid.cell(row, column) for column in filled]
    if not filled or len(filled) > _MOST_TITLE_CELLS or has_person(cells):
        return False
    texts = [cell for cell in cells if isinstance(cell, str)]
    if len(texts) < len(cells):
        return False
    if find_unit_above([simplify_characters(_join_cells(grid.rows[row]))]) is not None:
        return True  # 单位：万元 may be far to the right; other title lines start at the left
    if filled[0] > 1:
        return False
    is_long = len(texts) == 1 and len(drop_spaces(texts[0])) > _LONGEST_NAME
    return is_long or any(_ABOUT.search(text) or find_titled_community([text]) for text in texts)


@dataclass(frozen=True)
class _Surroundings:
    """A table's sheet, the first row of its title, and its last row, from 0.

    `repeated_titles` are rows that repeat the title on a new page. `communities` are the normalised
    names of the communities named elsewhere in the file.
    """

    sheet: Sheet
    top: int
    last: int
    repeated_titles: Collection[int]
    communities: Collection[str]


def _read_table(grid: Grid, header: HeaderRows, around: _Surroundings) -> Table:
    columns = _find_columns(grid, header, around.last)
    headers = tuple(header.texts.get(column, "") for column in columns)
    above = range(around.top, header.rows[0])
    lines = _list_lines(grid, above)
    if find_titled_community([header.group]) is not None:
        lines.append(header.group)
    sections: dict[int, str] = {}
    rows = read_rows(
        grid,
        columns,
        header.rows,
        around.last,
        headers,
        communities=around.communities,
        titles=around.repeated_titles,
        sections=sections,
    )
    sheet, hidden = around.sheet.name, around.sheet.hidden
    named_by_sheet = find_titled_community((), sheet)
    return Table(
        sheet=sheet,
        title=" ".join(lines),
        first_header_row=header.rows[0] + 1,
        last_header_row=header.rows[-1] + 1,
        headers=headers,
        rows=rows,
        community=find_titled_community(lines) or named_by_sheet,
        covers=find_covered_period(lines, sheet, _list_footers(rows)),
        sheet_columns=tuple(columns),
        above=list_rows_as_notes(grid.rows, above),
        covered=_find_covered(grid, columns, range(header.rows[-1] + 1, around.last + 1)),
        names_unclear_months=names_unclear_months(lines, sheet),
        sheet_community=named_by_sheet,
        sections=tuple(Section(row, name) for row, name in sorted(sections.items())),
        damaged=tuple(_find_damaged(rows)) if around.sheet.is_damaged else (),
        hidden_rows=tuple(_find_hidden_rows(rows, hidden.rows)),
        hidden_columns=tuple(_find_hidden_columns(rows, columns, hidden.columns)),
        struck=_find_struck(columns, hidden.struck),
    )


def _find_struck(
    columns: Sequence[int], cells: Iterable[tuple[int, int]]
) -> dict[int, frozenset[int]]:
    """Return the positions of the struck cells of a table by row; `cells` count from 0."""
    places = {column: position for position, column in enumerate(columns)}
    found: dict[int, set[int]] = {}
    for row, column in cells:
        if column in places:
            found.setdefault(row + 1, set()).add(places[column])
    return {row: frozenset(positions) for row, positions in found.items()}


def _find_hidden_rows(rows: Iterable[SourceRow], spans: Iterable[Span]) -> Iterator[int]:
    """Return the numbers of the rows of people that are hidden; `spans` count from 0."""
    hidden = {row + 1 for first, last in spans for row in range(first, min(last, _LAST_ROW) + 1)}
    for row in rows if hidden else ():
        if row.number in hidden and row.role in {"first", "continuation"}:
            yield row.number


def _find_hidden_columns(
    rows: Iterable[SourceRow], columns: Sequence[int], spans: Iterable[Span]
) -> Iterator[int]:
    """Return the positions of the columns that are hidden and have a filled cell."""
    for position, column in enumerate(columns):
        if any(first <= column <= last for first, last in spans) and any(
            not is_empty_cell(row.cells[position]) for row in rows
        ):
            yield position


def _find_damaged(rows: Iterable[SourceRow]) -> Iterator[tuple[int, int]]:
    """Return the cells with bytes that are no text, by row and position of the column."""
    for row in rows:
        for position, cell in enumerate(row.cells):
            if isinstance(cell, str) and UNREADABLE in cell:
                yield row.number, position


def _find_covered(grid: Grid, columns: list[int], body: range) -> dict[tuple[int, int], int]:
    """Return the cells hidden under a cell that is merged downward only, each with its top row.

    Rows count from 1; columns are positions in the table.
    """
    places = {column: position for position, column in enumerate(columns)}
    return {
        (row + 1, places[left]): top + 1
        for top, left, bottom, right in grid.merged
        if left == right and left in places and top in body
        for row in range(top + 1, min(bottom, body[-1]) + 1)
    }


def _find_columns(grid: Grid, header: HeaderRows, last: int) -> list[int]:
    """Return the columns of the sheet that have a heading, or a filled cell below the header."""
    columns = set(header.texts)
    first_other = next(column for column in count() if column not in columns)
    for cells in islice(grid.rows, header.rows[-1] + 1, last + 1):
        if len(cells) > first_other:
            columns.update(
                column
                for column, cell in enumerate(cells)
                if cell is not None and column not in columns and not is_empty_cell(cell)
            )
    return sorted(columns)


def _list_lines(grid: Grid, rows: range) -> list[str]:
    """Return the text of each of these rows, without blank rows and repeated texts."""
    lines = (_join_cells(grid.rows[row]) for row in rows)
    return list(dict.fromkeys(line for line in lines if line))


def _list_footers(rows: Sequence[SourceRow]) -> list[str]:
    """Return the texts of the notes among the rows of a table."""
    return [_join_cells(row.cells) for row in list_notes(rows)]


def _join_cells(cells: Sequence[Cell]) -> str:
    return " ".join(str(cell).strip() for cell in cells if not is_empty_cell(cell))
