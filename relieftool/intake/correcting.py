"""Finding the rows of a file that `relief problems --out` wrote and a clerk corrected."""

from collections.abc import Iterable, Iterator

from relieftool.intake.corrections import KEY_HEADING, CorrectedRow
from relieftool.spreadsheets.sheets import Sheet
from relieftool.values.text import Cell, is_empty_cell

_MOST_ROWS_ABOVE = 10
# The columns that stand between the key and the row's own: its number, what is wrong.
ADDED_HEADINGS = 2


def find_corrections(sheets: Iterable[Sheet]) -> list[CorrectedRow] | None:
    """Give the rows of a corrected file, None for any other file."""
    found = None
    for sheet in sheets:
        place = _key_place(sheet)
        if place is not None:
            found = [*(found or []), *_rows(sheet, *place)]
    return found


def _key_place(sheet: Sheet) -> tuple[int, int] | None:
    """Find row and column of the key's heading, None where there is none."""
    for row, cells in enumerate(sheet.rows[:_MOST_ROWS_ABOVE]):
        if KEY_HEADING in cells:
            return row, cells.index(KEY_HEADING)
    return None


def _rows(sheet: Sheet, header: int, column: int) -> Iterator[CorrectedRow]:
    """Give the rows below the headings that show anything."""
    first = column + 1 + ADDED_HEADINGS
    headings = ["" if cell is None else str(cell) for cell in sheet.rows[header][first:]]
    for number in range(header + 2, len(sheet.rows) + 1):
        cells = sheet.rows[number - 1]
        own = _padded(cells[first:], len(headings))
        key = cells[column] if column < len(cells) else None
        if not is_empty_cell(key) or not all(is_empty_cell(cell) for cell in own):
            yield CorrectedRow(sheet.name, number, "" if key is None else str(key), own, headings)


def _padded(cells: list[Cell], width: int) -> list[Cell]:
    return cells + [None] * (width - len(cells))
