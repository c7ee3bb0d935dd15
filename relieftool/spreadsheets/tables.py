"""Tables on a sheet: title, header, rows with their roles, and what stands around them.

Nothing below a header is dropped; no cell is changed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from relieftool.spreadsheets.grid import Cell, Grid, is_blank
from relieftool.spreadsheets.headings import Header, find_headers
from relieftool.spreadsheets.rows import TableRow, notes_of, read_rows
from relieftool.spreadsheets.sheets import Sheet
from relieftool.spreadsheets.titles import find_community, find_covers

__all__ = ["Table", "TableRow", "find_tables", "rows_as_notes"]
_MOST_TITLE_ROWS = 6
_MOST_TITLE_CELLS = 3


@dataclass(frozen=True)
class Table:
    """One table: where it stands, its headers column by column, every row below them.

    Header rows count from 1. `community` and `covers` are what title, lines above or sheet name
    say, None where they say nothing; `covers` is 'YYYY-MM-DD' or 'YYYY-MM'. `sheet_columns` tells
    where on the sheet each column stands, from 0: a stray far cell has a column of its own.
    `above` are the rows over the header that show something, with all their cells. `covered` gives
    for a cell under one merged downward (its row and the column's position) the row of that one.
    `sheet_community` is the community that the sheet's name says, whatever the lines above say.
    """

    sheet: str
    title: str
    first_header_row: int
    last_header_row: int
    headers: tuple[str, ...]
    rows: Sequence[TableRow]
    community: str | None
    covers: str | None
    sheet_columns: tuple[int, ...] = ()
    above: tuple[TableRow, ...] = ()
    covered: Mapping[tuple[int, int], int] = field(default_factory=dict)
    sheet_community: str | None = None


def rows_as_notes(rows: Sequence[Sequence[Cell]], numbers: range) -> tuple[TableRow, ...]:
    """Give those rows of a sheet that show something, as notes; `numbers` count from 0."""
    return tuple(
        TableRow(row + 1, tuple(rows[row]), "note", None)
        for row in numbers
        if any(not is_blank(cell) for cell in rows[row])
    )


def find_tables(sheet: Sheet, known: Callable[[str], bool]) -> list[Table]:
    """Find the tables of a sheet, one below the other; `known`: does a header mean something.

    A table with no known header at all is given too, so that its headers can be told; a sheet with
    nothing like a table gives an empty list.
    """
    grid = Grid(sheet.rows, sheet.merged)
    headers = _without_repeats(find_headers(grid, known))
    tables = []
    for index, header in enumerate(headers):
        top = _title_top(grid, header, headers[index - 1].rows[-1] + 1) if index else 0
        later = headers[index + 1 :]
        last = _title_top(grid, later[0], header.rows[-1] + 1) - 1 if later else len(grid.rows) - 1
        tables.append(_table(sheet.name, grid, header, top, last))
    return tables


def _without_repeats(headers: list[Header]) -> list[Header]:
    """Leave out a header that only repeats the one above it on a new page."""
    kept: list[Header] = []
    for header in headers:
        if not kept or kept[-1].texts != header.texts:
            kept.append(header)
    return kept


def _title_top(grid: Grid, header: Header, floor: int) -> int:
    """Find where the title of a lower table begins: the few lines above its header."""
    top = header.rows[0]
    while top > max(floor, header.rows[0] - _MOST_TITLE_ROWS) and _is_title(grid, top - 1):
        top -= 1
    return top


def _is_title(grid: Grid, row: int) -> bool:
    filled = grid.filled(row)
    texts = all(isinstance(grid.cell(row, column), str) for column in filled)
    return bool(filled) and len(filled) <= _MOST_TITLE_CELLS and texts and filled[0] <= 1


def _table(sheet: str, grid: Grid, header: Header, top: int, last: int) -> Table:
    columns = _columns(grid, header, last)
    headers = tuple(header.texts.get(column, "") for column in columns)
    rows = read_rows(grid, columns, header.rows, last, headers)
    lines = _lines(grid, range(top, header.rows[0]))
    named_by_sheet = find_community((), sheet)
    footers = [_line(row.cells) for row in notes_of(rows)]
    return Table(
        sheet=sheet,
        title=" ".join(lines),
        first_header_row=header.rows[0] + 1,
        last_header_row=header.rows[-1] + 1,
        headers=headers,
        rows=rows,
        community=find_community(lines) or named_by_sheet,
        sheet_community=named_by_sheet,
        covers=find_covers(lines, sheet, footers),
        sheet_columns=tuple(columns),
        above=rows_as_notes(grid.rows, range(top, header.rows[0])),
        covered=_covered(grid, columns, range(header.rows[-1] + 1, last + 1)),
    )


def _covered(grid: Grid, columns: list[int], body: range) -> dict[tuple[int, int], int]:
    """Find the cells of a table's body that a cell merged downward covers; rows count from 1."""
    places = {column: position for position, column in enumerate(columns)}
    return {
        (row + 1, places[left]): top + 1
        for top, left, bottom, right in grid.merged
        if left == right and left in places and top in body
        for row in range(top + 1, min(bottom, body[-1]) + 1)
    }


def _columns(grid: Grid, header: Header, last: int) -> list[int]:
    """List the sheet columns of a table: those with a header, and those with any cell below."""
    columns = set(header.texts)
    for row in range(header.rows[-1] + 1, last + 1):
        columns.update(
            column
            for column, cell in enumerate(grid.rows[row])
            if cell is not None and column not in columns and not is_blank(cell)
        )
    return sorted(columns)


def _lines(grid: Grid, rows: range) -> list[str]:
    """List the texts above a header, line by line, none twice."""
    lines = (_line(grid.rows[row]) for row in rows)
    return list(dict.fromkeys(line for line in lines if line))


def _line(cells: Sequence[Cell]) -> str:
    return " ".join(str(cell).strip() for cell in cells if not is_blank(cell))
