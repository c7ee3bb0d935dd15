"""Resident identity numbers.

A number is valid if its check digit is right and its date of birth exists, is not before 1900 and
not after the day of the import. The area code is not checked.
"""

import re
from calendar import isleap, monthrange
from functools import lru_cache
from operator import mul
from typing import NamedTuple

from relieftool.messages import Message
from relieftool.values.cells import ERROR_LEFT, is_error, is_rounded
from relieftool.values.text import Cell, drop_spaces, is_blank, plain_text

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
# The sum for the check digit is over character codes, not digits; it is too large by this much.
_ZEROS = ord("0") * sum(_WEIGHTS)
_LENGTH, _OLD_LENGTH = 18, 15
_LEAP_DAY = "0229"
_DAYS = frozenset(
    f"{month:02}{day:02}"
    for month in range(1, 13)
    for day in range(1, monthrange(2000, month)[1] + 1)
)
_EXACT_DIGITS = 15
_CARD_LENGTHS = (20, 22)
_FROM_CARD_KIND = dict(
    zip(
        "1234567",
        ("sight", "hearing", "speech", "limb", "intellect", "mental", "multiple"),
        strict=True,
    )
)
_FROM_CARD_GRADE = {grade: f"grade{grade}" for grade in "1234"}
_NOISE = dict.fromkeys(map(ord, " '`’‘\u00a0\u3000\t\n"))
# The number of results that are cached: each ID number is read several times.
_REMEMBERED = 1 << 13
_AS_IT_SHOULD = re.compile(r"\d{17}[\dXx]", re.ASCII)
_EIGHTEEN = re.compile(r"\d{17}.", re.ASCII | re.DOTALL)
_X = str.maketrans("xХх×＊*", "XXXXXX")
_STAR = str.maketrans("×＊", "**")
_HIDDEN = re.compile(r"(?=.*[*＊×])[\d*＊×]{17}[\dXx*＊×]", re.ASCII)

_DAMAGED = Message(
    "the ID number was kept as a figure and lost its last digits; type it again as text"
)
_CARD = Message(
    "this is a disability card number; its first 18 characters were used as the ID number"
)
_NO_NUMBER = Message("an ID number has 18 characters; compare it with the identity card")
_NO_DAY = Message("the date in the ID number does not exist; compare it with the identity card")
_UNBORN = Message(
    "the date of birth in the ID number lies after the day of the import; compare it with the"
    " identity card"
)
_WRONG = Message("the ID number's check digit is wrong; compare it with the identity card")
_PARTLY = Message(
    "part of the ID number is hidden (*), so it is taken as unknown; write it out in full"
)


class IdNumber(NamedTuple):
    """The ID number in a cell, and the problem with it, if any.

    `number` has 18 characters; it is None for a blank cell and for a number that cannot be used.
    `card_kind` and `card_grade` are from a disability card's number. `is_damaged`: the last digits
    are lost. `shown` is a partly hidden number, with a star for each hidden character.
    """

    number: str | None = None
    birth_date: str | None = None
    sex: str | None = None
    card_kind: str | None = None
    card_grade: str | None = None
    problem: Message | None = None
    is_damaged: bool = False
    shown: str | None = None

    def may_be(self, known: str | None) -> bool:
        """Whether it may be that of a person of the same name whose number is `known`.

        It may if theirs is unknown (None), or if it is blank or unreadable. If it is hidden in
        part, the visible digits must agree. If both are valid, they are two people's, unless one
        looks like the other with a digit or a day of birth corrected.
        """
        if known is None or (self.shown is None and not self.number):
            return True
        if self.number:
            return is_corrected_number(self.number, known)
        return can_be_same_number(self.shown or "", known)


# digits before the check digit; and how many of them a corrected mistake changes
_BODY_LENGTH, _MOST_CORRECTED = 17, 2
_TOO_SHORT = IdNumber(problem=_NO_NUMBER)


@lru_cache(_REMEMBERED, typed=True)
def read_id_number(  # noqa: PLR0911 one for each kind of cell
    cell: Cell, latest: str | None = None
) -> IdNumber:
    """Return the ID number in a cell. Blanks and apostrophes are dropped, 15 digits extended to 18.

    A disability card's number is an ID number followed by kind and grade. A number that a
    spreadsheet stored as a figure has lost its last digits and is never repaired. A date of birth
    after `latest` (ISO text) is a problem; None: no date is too late.

    >>> read_id_number("36030219900101123x").number is None
    True
    >>> read_id_number(3.60302199001011e17).is_damaged
    True
    """
    if isinstance(cell, str) and _AS_IT_SHOULD.fullmatch(cell):
        # nearly all cells are like this, and this check is much faster than the checks below
        return _check_digits(cell.upper(), latest, None, None)
    if isinstance(cell, str) and len(cell) < _OLD_LENGTH and cell.isascii() and cell.isalnum():
        return _TOO_SHORT
    if is_rounded(cell):
        return IdNumber(problem=_DAMAGED, is_damaged=True)
    if is_error(cell):
        return IdNumber(problem=ERROR_LEFT)
    written = drop_spaces(plain_text(cell).translate(_NOISE))
    text = _normalise(cell)
    if not text or is_blank(cell):
        return IdNumber()
    if _HIDDEN.fullmatch(written) and not _check_number(text, latest).number:
        return IdNumber(problem=_PARTLY, shown=written.translate(_STAR).upper())
    if len(text) == _OLD_LENGTH and text.isdecimal() and text.isascii():
        body = f"{text[:6]}19{text[6:]}"
        text = body + compute_check_digit(body)
    kind, grade = None, None
    is_card = len(text) in _CARD_LENGTHS and text[18] in _FROM_CARD_KIND and text[19] in "1234"
    if is_card:
        kind, grade = _FROM_CARD_KIND[text[18]], _FROM_CARD_GRADE[text[19]]
        text = text[:_LENGTH]
    return _check_number(text, latest, kind, grade)


def _normalise(cell: Cell) -> str:
    """Return a cell's text in capitals without blanks and apostrophes; ×, * and Cyrillic х as X."""
    return drop_spaces(plain_text(cell).translate(_NOISE)).translate(_X).upper()


def readable_digits(cell: Cell) -> str:
    """Return a wrong ID number as far as it can be read: 15 digits if it was stored as a figure.

    >>> readable_digits("3603 02197511114555"), readable_digits(3.60302197511114e17)
    ('360302197511114555', '360302197511114')
    """
    if is_rounded(cell):
        return f"{float(plain_text(cell)):.14e}".replace(".", "")[:_EXACT_DIGITS]
    return _normalise(cell)


def _check_number(
    text: str, latest: str | None, kind: str | None = None, grade: str | None = None
) -> IdNumber:
    """Return a text as an ID number, or the problem if it is not valid.

    `kind` and `grade` are the disability card's, if the text is the start of a card's number.
    """
    if not _EIGHTEEN.fullmatch(text):
        return IdNumber(None, None, None, kind, grade, _NO_NUMBER)
    return _check_digits(text, latest, kind, grade)


def _check_digits(text: str, latest: str | None, kind: str | None, grade: str | None) -> IdNumber:
    """Return 17 digits and any character as an ID number, or the problem if it is not valid."""
    birth = _parse_birth_date(text[6:14])
    if birth is None:
        return IdNumber(None, None, None, kind, grade, _NO_DAY)
    if latest is not None and birth > latest:
        return IdNumber(None, None, None, kind, grade, _UNBORN)
    if compute_check_digit(text) != text[17]:
        return IdNumber(None, None, None, kind, grade, _WRONG)
    sex = "male" if text[16] in "13579" else "female"
    return IdNumber(text, birth, sex, kind, grade, _CARD if kind else None)


def is_plain_number(cell: Cell) -> bool:
    """Whether a cell is surely an ID number, as nearly all are, without any need to clean it."""
    return (
        isinstance(cell, str)
        and _AS_IT_SHOULD.fullmatch(cell) is not None
        and compute_check_digit(cell) == cell[17].upper()
        and _parse_birth_date(cell[6:14]) is not None
    )


def can_be_same_number(first: str, second: str) -> bool:
    """Whether two numbers can be the same, where a star in either may be any character.

    >>> can_be_same_number("36030219751111**", "3603021975111145")
    True
    >>> can_be_same_number("36*", "35*")
    False
    """
    pairs = zip(first, second, strict=False)
    return len(first) == len(second) and all(a == b or "*" in (a, b) for a, b in pairs)


def is_corrected_number(first: str, second: str) -> bool:
    """Whether two valid numbers differ as one does from itself with a mistake corrected.

    At most two of the first 17 digits differ; the last follows from them.

    >>> is_corrected_number("360302197003051237", "360302197003151233")
    True
    >>> is_corrected_number("360302197003051237", "360302197511114564")
    False
    """
    pairs = list(zip(first, second, strict=False))[:_BODY_LENGTH]
    return len(first) == len(second) and sum(a != b for a, b in pairs) <= _MOST_CORRECTED


def _parse_birth_date(digits: str) -> str | None:
    """Return eight digits as an ISO date; None if the date does not exist or is before 1900."""
    year, day = digits[:4], digits[4:]
    # nobody alive was born before 1900
    if day not in _DAYS or year < "1900" or (day == _LEAP_DAY and not isleap(int(year))):
        return None
    return f"{year}-{day[:2]}-{day[2:]}"


def compute_check_digit(body: str) -> str:
    """Return the check character of the first 17 digits of a text (ISO 7064 MOD 11-2).

    >>> compute_check_digit("11010519491231002")
    'X'
    """
    return _CHECK[(sum(map(mul, body.encode(), _WEIGHTS)) - _ZEROS) % 11]
