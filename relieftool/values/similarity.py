"""Whether two writings are the same person's name; only to doubt, never to find somebody by.

Whom a miswritten row of a roster may mean: those whose ID number or name is nearly the same.

Nobody is ever matched by likeness: it only makes a perhaps, where else the roster would say no.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from relieftool.values.id_numbers import IdNumber, readable_digits
from relieftool.values.text import Cell, drop_invisible, narrow_characters, simplify_characters

_ASIDE = re.compile(r"\([^()]*\)")
_NO_LETTERS = re.compile(r"[^\w*]|_")
_HIDDEN = re.compile(r"\*+")


def is_same_name(one: str, other: str) -> bool:
    """Return whether two names differ in nothing but writing, or in what one of them hides.

    >>> is_same_name("阿依古丽・买买提", "阿依古丽 买买提")
    True
    >>> is_same_name("趙大山（户主）", "赵 大山")
    True
    >>> is_same_name("赵*山", "赵大山"), is_same_name("赵大衫", "赵大山")
    (True, False)
    """
    written, known = _letters(one), _letters(other)
    if not written or not known or written == known:
        return True
    return _fits_hidden_name(written, known) or _fits_hidden_name(known, written)


def _letters(name: str) -> str:
    """Return what counts of a name: its letters, and stars for those it hides."""
    folded = narrow_characters(simplify_characters(drop_invisible(name))).casefold()
    kept = _NO_LETTERS.sub("", _ASIDE.sub("", folded).replace("×", "*"))
    return kept.rstrip("0123456789")


def _fits_hidden_name(hiding: str, name: str) -> bool:
    """Return whether a name may be the one of which letters are hidden."""
    parts = map(re.escape, _HIDDEN.split(hiding))
    return "*" in hiding and re.fullmatch(".+".join(parts), name) is not None


One = TypeVar("One")
_LENGTH, _LEFT = 18, 15  # of an ID number, and of one that was kept as a figure
_MOST_OTHER = 2
_SHORTEST_NAME = 2


class WrittenNumber(NamedTuple):
    """An ID number as it stands on a row, and whether it is a right one."""

    text: str
    is_right: bool


def read_written_number(cell: Cell, read: IdNumber) -> WrittenNumber | None:
    """Return the ID number of a cell for comparing; None where too little of one is left."""
    if read.number:
        return WrittenNumber(read.number, is_right=True)
    text = readable_digits(cell)
    return WrittenNumber(text, is_right=False) if _is_long_enough(text) else None


def _is_long_enough(text: str) -> bool:
    return len(text) == _LEFT or abs(len(text) - _LENGTH) <= 1


def is_similar_number(one: WrittenNumber, other: WrittenNumber) -> bool:
    """Return whether two numbers may be one: two characters differ, or one is missing.

    Two right numbers are two people. Of one kept as a figure the first 15 digits count.

    >>> wrong, right = (WrittenNumber(f"3603021975111145{end}", end == "64") for end in ("55", "64"))
    >>> is_similar_number(wrong, right), is_similar_number(right, right)
    (True, False)
    """
    if one.is_right and other.is_right:
        return False
    short, long = sorted((one.text, other.text), key=len)
    if len(short) == _LEFT:
        return long.startswith(short)
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) <= _MOST_OTHER
    return _is_without_one(short, long)


def is_similar_name(one: str, other: str) -> bool:
    """Return whether two names differ in one character: another, one more or one less.

    >>> is_similar_name("李尔", "李二"), is_similar_name("王小明", "王明")
    (True, True)
    >>> is_similar_name("王明", "王明"), is_similar_name("王明", "李强")
    (False, False)
    """
    short, long = sorted((one, other), key=len)
    if len(short) < _SHORTEST_NAME:
        return False
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) == 1
    return _is_without_one(short, long)


def _is_without_one(short: str, long: str) -> bool:
    """Return whether a text is another one with a character taken out."""
    return len(short) + 1 == len(long) and any(
        long[:place] + long[place + 1 :] == short for place in range(len(long))
    )


@dataclass
class SimilarPeople(Generic[One]):
    """Finds those whose ID number or name is nearly the one on a row, without asking each."""

    _listed: list[One] = field(default_factory=list)
    _numbers: dict[str, list[tuple[WrittenNumber, int]]] = field(default_factory=dict)
    _names: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Return whether there is anybody."""
        return bool(self._listed)

    def add(self, one: One, name: str | None, number: WrittenNumber | None) -> None:
        """Add somebody by a name and a number, as one row writes them."""
        place = len(self._listed)
        self._listed.append(one)
        if number is not None:
            written = number, place  # one for all its parts
            for part in _parts(number.text):
                self._numbers.setdefault(part, []).append(written)
        if name is not None:
            called = name, place
            for part in _shortened(name):
                self._names.setdefault(part, []).append(called)

    def find_by_number(self, number: WrittenNumber | None) -> list[One]:
        """Return those whose number may be this one, in the order they were added."""
        if number is None:
            return []
        near = (one for part in _parts(number.text) for one in self._numbers.get(part, ()))
        return self._at({place for other, place in near if is_similar_number(number, other)})

    def find_by_name(self, name: str | None) -> list[One]:
        """Return those whose name may be this one, in the order they were added."""
        if name is None:
            return []
        near = (one for part in _shortened(name) for one in self._names.get(part, ()))
        return self._at({place for other, place in near if is_similar_name(name, other)})

    def _at(self, places: Iterable[int]) -> list[One]:
        return [self._listed[place] for place in sorted(places)]


def _parts(text: str) -> set[str]:
    """Return year, day and end of a number, counted from both sides: two errors leave one of them."""
    parts = {f"y{text[6:10]}", f"d{text[10:14]}"}
    if len(text) != _LEFT:
        parts |= {f"e{text[14:18]}", f"y{text[-12:-8]}", f"d{text[-8:-4]}", f"e{text[-4:]}"}
    return parts


def _shortened(name: str) -> set[str]:
    """Return a name, and what is left of it without each of its characters."""
    if len(name) < _SHORTEST_NAME:
        return set()
    return {name, *(name[:place] + name[place + 1 :] for place in range(len(name)))}
