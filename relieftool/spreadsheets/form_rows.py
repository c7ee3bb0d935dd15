"""A marked row of relief's own form, and whether it is still what was printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relieftool.spreadsheets.form_row_keys import (
    ABOUT,
    KNOWN,
    QUESTION,
    SEAL,
    FormRowKey,
    FormRowSeal,
    parse_seal,
    seal_row,
)
from relieftool.values.text import Cell, plain_text

ColumnPlaces = Mapping[str, int]


@dataclass(frozen=True)
class FormRow:
    """A row of a form that carries a mark."""

    number: int
    mark: FormRowKey
    question: str
    answer: Cell
    cells: list[Cell]


def find_cell(cells: Sequence[Cell], place: int) -> Cell:
    """Give the cell at a place; a short row has none there."""
    return cells[place] if place < len(cells) else None


def has_own_person(row: FormRow, columns: ColumnPlaces) -> bool:
    """Say whether a row is about the household, or the member at the place that its mark says."""
    if not row.mark.is_of_register:
        return True
    about = plain_text(find_cell(row.cells, columns[ABOUT])).split()[:1]
    place = int(about[0]) if about and about[0].isdecimal() else None
    return place == (int(row.mark.unit) if row.mark.unit.isdecimal() else None)


def has_printed_words(row: FormRow, columns: ColumnPlaces) -> bool:
    """Say whether mark and words are those printed together; forms without seals cannot say."""
    if SEAL not in columns:
        return True
    seal = parse_seal(find_cell(row.cells, columns[SEAL]))
    return seal is not None and seal.words == _rebuild_seal(row, columns).words


def is_known_changed(row: FormRow, columns: ColumnPlaces) -> bool:
    """Say whether what was known was written over in a row that is otherwise as printed."""
    if not (row.mark.is_of_register and {SEAL, KNOWN} <= columns.keys()):
        return False
    if not (has_own_person(row, columns) and has_printed_words(row, columns)):
        return False
    return parse_seal(find_cell(row.cells, columns[SEAL])) != _rebuild_seal(row, columns)


def _rebuild_seal(row: FormRow, columns: ColumnPlaces) -> FormRowSeal:
    """Seal a row by the words it has now."""
    about, question = columns[ABOUT], columns[QUESTION]
    places = (about, question) if row.mark.is_of_register else (about - 1,)
    words = [find_cell(row.cells, place) for place in places]
    return seal_row(str(row.mark), words, find_cell(row.cells, columns.get(KNOWN, len(row.cells))))
