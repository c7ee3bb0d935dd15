"""Finds names and ID numbers that are nearly the same, because one of them was miswritten.

A similar person on a roster only raises a doubt about whether somebody is absent from it. Nobody is
matched by similarity.
"""

import re
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from relieftool.values.id_numbers import IdNumber, readable_digits
from relieftool.values.text import Cell, drop_invisible, narrow_characters, simplify_characters

_ASIDE = re.compile(r"\([^()]*\)")
_NO_LETTERS = re.compile(r"[^\w*]|_")
_HIDDEN = re.compile(r"\*+")
_LENGTH, _SHORT_LENGTH = 18, 15  # of an ID number; of the digits left if it was stored as a figure
_MOST_DIFFERENCES = 2
_SHORTEST_NAME = 2
Person = TypeVar("Person")


def is_same_name(first: str, second: str) -> bool:
    """Whether two names are the same apart from letters hidden by stars.

    Signs, bracketed parts and digits at the end do not count, and traditional characters count as
    simplified. A name without any letter is the same as every name.

    >>> is_same_name("阿依古丽・买买提", "阿依古丽 买买提")
    True
    >>> is_same_name("趙大山（户主）", "赵 大山")
    True
    >>> is_same_name("赵*山", "赵大山"), is_same_name("赵大衫", "赵大山")
    (True, False)
    """
    if first == second:
        return True
    written, known = _list_letters(first), _list_letters(second)
    if not written or not known or written == known:
        return True
    return _fits_hidden_name(written, known) or _fits_hidden_name(known, written)


def _list_letters(name: str) -> str:
    """Return a name's letters and stars, simplified; brackets and final digits are left out."""
    folded = narrow_characters(simplify_characters(drop_invisible(name))).casefold()
    kept = _NO_LETTERS.sub("", _ASIDE.sub("", folded).replace("×", "*"))
    return kept.rstrip("0123456789")


def _fits_hidden_name(hiding: str, name: str) -> bool:
    """Whether a name fits another in which each run of stars hides one or more letters."""
    parts = map(re.escape, _HIDDEN.split(hiding))
    return "*" in hiding and re.fullmatch(".+".join(parts), name) is not None


class WrittenNumber(NamedTuple):
    """An ID number as a row has it; `is_right`: its check digit and date of birth are right."""

    text: str
    is_right: bool


def read_written_number(cell: Cell, read: IdNumber) -> WrittenNumber | None:
    """Return a cell's ID number, right or wrong, for comparison.

    A wrong number must have 15 or 17 to 19 characters; None for any other. `read` is the result of
    `read_id_number` for this cell.
    """
    if read.number:
        return WrittenNumber(read.number, is_right=True)
    text = readable_digits(cell)
    return WrittenNumber(text, is_right=False) if _is_long_enough(text) else None


def _is_long_enough(text: str) -> bool:
    return len(text) == _SHORT_LENGTH or abs(len(text) - _LENGTH) <= 1


def is_similar_number(first: WrittenNumber, second: WrittenNumber) -> bool:
    """Whether two numbers are so alike that one may be the other, written wrongly.

    They differ in at most two characters, or one of them lacks one character. If one has only 15
    digits, another rule holds instead: the other must begin with these digits. A spreadsheet keeps
    no more than 15 when it stores an ID number as a figure. Two right numbers are never similar,
    because neither was written wrongly.

    >>> right = WrittenNumber("360302197511114564", is_right=True)
    >>> wrong = WrittenNumber("360302197511114555", is_right=False)
    >>> is_similar_number(wrong, right), is_similar_number(right, right)
    (True, False)
    """
    if first.is_right and second.is_right:
        return False
    short, long = sorted((first.text, second.text), key=len)
    if len(short) == _SHORT_LENGTH:
        return long.startswith(short)
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) <= _MOST_DIFFERENCES
    return _lacks_one_character(short, long)


def is_similar_name(first: str, second: str) -> bool:
    """Whether two names differ in exactly one character, which is replaced, added or missing.

    >>> is_similar_name("李尔", "李二"), is_similar_name("王小明", "王明")
    (True, True)
    >>> is_similar_name("王明", "王明"), is_similar_name("王明", "李强")
    (False, False)
    """
    short, long = sorted((first, second), key=len)
    if len(short) < _SHORTEST_NAME:
        return False
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) == 1
    return _lacks_one_character(short, long)


def _lacks_one_character(short: str, long: str) -> bool:
    """Whether the short text is the long text without one of its characters."""
    return len(short) + 1 == len(long) and any(
        long[:place] + long[place + 1 :] == short for place in range(len(long))
    )


@dataclass
class SimilarPeople(Generic[Person]):
    """Finds the people whose ID number or name is similar to that of a row.

    People are indexed by parts of their number and name. A mistake leaves at least one of these
    parts unchanged, so only people who share a part with the row are compared.
    """

    _listed: list[Person] = field(default_factory=list)
    _numbers: dict[str, list[tuple[WrittenNumber, int]]] = field(default_factory=dict)
    _names: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anybody was added."""
        return bool(self._listed)

    def add(self, person: Person, name: str | None, number: WrittenNumber | None) -> None:
        """Add a person with the name and the number from a row."""
        place = len(self._listed)
        self._listed.append(person)
        if number is not None:
            number_at = number, place  # one tuple shared by all parts, to save memory
            for part in _list_number_parts(number.text):
                self._numbers.setdefault(part, []).append(number_at)
        if name is not None:
            name_at = name, place
            for part in _list_name_parts(name):
                self._names.setdefault(part, []).append(name_at)

    def find_by_number(self, number: WrittenNumber | None) -> list[Person]:
        """Return the people with a similar number, in the order they were added; [] for None."""
        if number is None:
            return []
        places = {
            place
            for part in _list_number_parts(number.text)
            for other, place in self._numbers.get(part, ())
            if is_similar_number(number, other)
        }
        return [self._listed[place] for place in sorted(places)]

    def find_by_name(self, name: str | None) -> list[Person]:
        """Return the people with a similar name, in the order they were added; [] for None."""
        if name is None:
            return []
        places = {
            place
            for part in _list_name_parts(name)
            for other, place in self._names.get(part, ())
            if is_similar_name(name, other)
        }
        return [self._listed[place] for place in sorted(places)]


def _list_number_parts(text: str) -> set[str]:
    """Return year, day and end of an ID number, cut out by position from its start and its end.

    Two wrong characters leave one of the three unchanged. If a character is missing, the parts
    before it still match from the start and those after it from the end. A number of 15 digits has
    only year and day.
    """
    parts = {f"y{text[6:10]}", f"d{text[10:14]}"}
    if len(text) != _SHORT_LENGTH:
        parts |= {f"e{text[14:18]}", f"y{text[-12:-8]}", f"d{text[-8:-4]}", f"e{text[-4:]}"}
    return parts


def _list_name_parts(name: str) -> set[str]:
    """Return a name and its forms with one character left out; an empty set for one character."""
    if len(name) < _SHORTEST_NAME:
        return set()
    return {name, *(name[:place] + name[place + 1 :] for place in range(len(name)))}
