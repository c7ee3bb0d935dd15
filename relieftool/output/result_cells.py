"""Cells of a result: how a value is written, and how private values are masked.

Unknown is None; a cell that does not apply is ''. Money is a Decimal of yuan, exact to the fen.

A masked name shows the surname, a masked ID number the first four and last two characters. Phones,
addresses, health and disability texts are hidden completely. Code that builds an answer only marks
what is private; `reveal_or_mask` masks or reveals the whole answer just before it is written.
Turning a marked value into text raises TypeError, so that a forgotten case fails in the tests and
leaks nothing.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, NoReturn

from relieftool.messages import _
from relieftool.values.screen_text import escape_invisible
from relieftool.values.vocabulary import list_words

ResultCell = None | str | bool | int | Decimal
UNKNOWN_SIGN = "?"
# Excel, WPS and LibreOffice read a text that starts with one of these as a formula or a command.
_FORMULA_START = re.compile(r"\s*[=+\-@|%＝＋－＠｜％]")


def convert_to_yuan(fen: int | None) -> Decimal | None:
    """Return an amount in fen as exact yuan; None (unknown) stays None.

    >>> convert_to_yuan(123450), convert_to_yuan(None)
    (Decimal('1234.50'), None)
    """
    return None if fen is None else Decimal(fen).scaleb(-2)


def format_yuan(fen: int | None) -> str:
    """Return an amount in fen as yuan for a sentence; '?' if it is None (unknown).

    >>> format_yuan(123450), format_yuan(-5), format_yuan(None)
    ('1,234.50', '-0.05', '?')
    """
    return format_cell(convert_to_yuan(fen))


def format_cell(cell: ResultCell) -> str:
    """Return a cell as people read it, on one line; only money has thousands separators.

    >>> format_cell(None), format_cell(2024), format_cell(Decimal("1234.50"))
    ('?', '2024', '1,234.50')
    """
    if cell is None:
        return UNKNOWN_SIGN
    return f"{cell:,f}" if isinstance(cell, Decimal) else format_plain(cell)


def format_plain(cell: ResultCell) -> str:
    """Return a cell as a program reads it: no thousands separators, '' for None (unknown).

    >>> format_plain(None), format_plain(Decimal("1234.50"))
    ('', '1234.50')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    return escape_invisible(str(cell))


def format_unarmed(cell: ResultCell) -> str:
    """Return a cell for CSV; a text that a spreadsheet would run as a formula starts with a quote.

    Numbers are unchanged, so an income of -500 stays a number.

    >>> format_unarmed("=1+1"), format_unarmed(-500)
    ("'=1+1", '-500')
    """
    text = format_plain(cell)
    return "'" + text if isinstance(cell, str) and _FORMULA_START.match(text) else text


HIDDEN = "***"  # shown in place of a value that is hidden completely
_ID_SHOWN_FIRST, _ID_SHOWN_LAST = 4, 2
_COMPOUND_NAME_LENGTH = 3


def mask_name(name: str | None) -> str | None:
    """Return the surname and a star; of a name not written in Chinese, the first letter and a star.

    None stays None. Two characters are never a compound surname: 东方 may be surname 东 and given
    name 方.

    >>> mask_name("李四"), mask_name("欧阳小明"), mask_name("O'Brien"), mask_name(None)
    ('李*', '欧阳*', 'O*', None)
    """
    if name is None:
        return None
    name = name.strip()
    is_compound = len(name) >= _COMPOUND_NAME_LENGTH and name[:2] in _list_compound_surnames()
    return name[: 2 if is_compound else 1] + "*" if name else name


@cache
def _list_compound_surnames() -> frozenset[str]:
    return frozenset(list_words("family_names")["double"])


def mask_id(number: str | None) -> str | None:
    """Replace all but the first four and last two characters of an identity number with stars.

    A number of fewer than 12 characters becomes all stars; None stays None.

    >>> mask_id("360302199001011234"), mask_id("1234567")
    ('3603************34', '*******')
    """
    if number is None:
        return None
    number = number.strip()
    hidden_count = len(number) - _ID_SHOWN_FIRST - _ID_SHOWN_LAST
    if hidden_count < _ID_SHOWN_FIRST + _ID_SHOWN_LAST:
        return "*" * len(number)
    return number[:_ID_SHOWN_FIRST] + "*" * hidden_count + number[-_ID_SHOWN_LAST:]


class MaskedValue(ABC):
    """A private value. Turning it into text raises TypeError, so that no f-string leaks it."""

    @abstractmethod
    def shown(self, *, is_revealed: bool) -> Any:
        """Return the value, masked unless revealed."""

    def __str__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} was written without being resolved")

    def __format__(self, _spec: str) -> NoReturn:
        str(self)
        raise AssertionError


@dataclass(frozen=True, repr=False)
class MaskedName(MaskedValue):
    """A person's name, masked by `mask_name`. None is unknown."""

    name: str | None

    def shown(self, *, is_revealed: bool) -> str | None:
        """Return the name, masked unless revealed."""
        return self.name if is_revealed else mask_name(self.name)


@dataclass(frozen=True, repr=False)
class MaskedIdNumber(MaskedValue):
    """An identity number, masked by `mask_id`. None is unknown."""

    number: str | None

    def shown(self, *, is_revealed: bool) -> str | None:
        """Return the number, masked unless revealed."""
        return self.number if is_revealed else mask_id(self.number)


@dataclass(frozen=True, repr=False)
class HiddenValue(MaskedValue):
    """A value that is hidden completely; `instead` is shown in its place."""

    value: Any
    instead: Any = HIDDEN

    def shown(self, *, is_revealed: bool) -> Any:
        """Return the value if revealed, otherwise `instead`."""
        return reveal_or_mask(self.value, is_revealed=is_revealed) if is_revealed else self.instead


@dataclass(frozen=True, repr=False)
class MaskedSentence(MaskedValue):
    """A sentence with names in braces, as for `str.format`; some of its parts are private."""

    template: str
    parts: Mapping[str, object]

    def shown(self, *, is_revealed: bool) -> str:
        """Return the sentence, its parts masked unless revealed; an unknown part is empty."""
        shown = reveal_or_mask(self.parts, is_revealed=is_revealed)
        return self.template.format(**{k: "" if v is None else v for k, v in shown.items()})


@dataclass(frozen=True, repr=False)
class MaskedText(MaskedValue):
    """Texts, some of them private, with a separator between them."""

    separator: str
    parts: tuple[object, ...]

    def shown(self, *, is_revealed: bool) -> str:
        """Return the texts joined, masked unless revealed; a part that is then None is left out."""
        shown = reveal_or_mask(self.parts, is_revealed=is_revealed)
        return self.separator.join(str(part) for part in shown if part is not None)


MaskableText = str | MaskedValue  # a text that may contain private values


def hide_value(value: object) -> HiddenValue | None:
    """Mark a value as private; None (unknown) stays None."""
    return None if value is None else HiddenValue(value)


def when_hidden(words: str) -> HiddenValue:
    """Return a line that is shown only while private values are masked."""
    return HiddenValue(None, instead=words)


def build_sentence(template: str, **parts: object) -> MaskableText:
    """Fill in a sentence; the result is marked as private if one of its parts is.

    >>> sentence = build_sentence("{who}: {what}", who=MaskedName("李四"), what=3)
    >>> reveal_or_mask(sentence, is_revealed=False)
    '李*: 3'
    """
    marked = MaskedSentence(template, parts)
    is_private = any(isinstance(part, MaskedValue) for part in parts.values())
    return marked if is_private else marked.shown(is_revealed=False)


def join_texts(separator: str, parts: Iterable[MaskableText]) -> MaskableText:
    """Join texts; the result is marked as private if one of them is."""
    joined = MaskedText(separator, tuple(parts))
    is_private = any(isinstance(part, MaskedValue) for part in joined.parts)
    return joined if is_private else joined.shown(is_revealed=False)


def reveal_or_mask(value: Any, *, is_revealed: bool) -> Any:
    """Return a value, list or mapping with its private values masked, or in full if revealed.

    A tuple becomes a list.
    """
    match value:
        case MaskedValue():
            return value.shown(is_revealed=is_revealed)
        case str():
            return value
        case Mapping():
            return {
                key: reveal_or_mask(part, is_revealed=is_revealed) for key, part in value.items()
            }
        case list() | tuple():
            return [reveal_or_mask(part, is_revealed=is_revealed) for part in value]
        case _:
            return value
