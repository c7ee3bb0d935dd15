"""A marked row of relief's own form, and whether it is still what was printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relieftool.spreadsheets.form_marks import (
    ABOUT,
    KNOWN,
    QUESTION,
    SEAL,
    Mark,
    Seal,
    read_seal,
    seal_row,
)
from relieftool.text import Cell, plain

Columns = Mapping[str, int]


@dataclass(frozen=True)
class FormRow:
    """A row of a form that carries a mark."""

    number: int
    mark: Mark
    question: str
    answer: Cell
    cells: list[Cell]


def at(cells: Sequence[Cell], place: int) -> Cell:
    """Give the cell at a place; a short row has none there."""
    return cells[place] if place < len(cells) else None


def names_its_person(row: FormRow, columns: Columns) -> bool:
    """Say whether a row is about the household, or the member at the place that its mark says."""
    if not row.mark.is_of_register:
        return True
    about = plain(at(row.cells, columns[ABOUT])).split()[:1]
    place = int(about[0]) if about and about[0].isdecimal() else None
    return place == (int(row.mark.unit) if row.mark.unit.isdecimal() else None)


def has_its_words(row: FormRow, columns: Columns) -> bool:
    """Say whether mark and words are those printed together; forms without seals cannot say."""
    if SEAL not in columns:
        return True
    seal = read_seal(at(row.cells, columns[SEAL]))
    return seal is not None and seal.words == _seal_anew(row, columns).words


def is_known_changed(row: FormRow, columns: Columns) -> bool:
    """Say whether what was known was written over in a row that is otherwise as printed."""
    if not (row.mark.is_of_register and {SEAL, KNOWN} <= columns.keys()):
        return False
    if not (names_its_person(row, columns) and has_its_words(row, columns)):
        return False
    return read_seal(at(row.cells, columns[SEAL])) != _seal_anew(row, columns)


def _seal_anew(row: FormRow, columns: Columns) -> Seal:
    """Seal a row by the words it has now."""
    about, question = columns[ABOUT], columns[QUESTION]
    places = (about, question) if row.mark.is_of_register else (about - 1,)
    words = [at(row.cells, place) for place in places]
    return seal_row(str(row.mark), words, at(row.cells, columns.get(KNOWN, len(row.cells))))
