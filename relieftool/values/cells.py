"""Reads cells as money in fen, whole numbers, days, yes or no, choices, and text.

A cell that cannot be read raises ValueProblem; its value is never guessed. Callers handle blank
cells themselves, because a blank does not mean the same for every fact.
"""

import datetime as dt
import math
import re
from collections.abc import Collection, Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from relieftool.messages import Message
from relieftool.values.amounts import StatedAmount, read_amount, read_range
from relieftool.values.coded_words import OPEN_BOX, TICKED_BOX, find_box, list_words_in
from relieftool.values.text import Cell, drop_spaces, plain_text, simplified_text
from relieftool.values.units import FEN, find_money_part, is_amount_part, read_unit, split_unit
from relieftool.values.vocabulary import list_cell_words

_WHOLE = re.compile(r"(\d{1,6})\s*[人口套辆岁间个]?", re.ASCII)
_MEASURE = re.compile(r"(?P<number>\d{1,6}(?:\.\d{1,3})?)(?P<unit>\D*|m\^?2)", re.ASCII)
_YEARS_AND_MONTHS = re.compile(r"(\d{1,3})年零?(\d{1,2})个?月", re.ASCII)
_MONTHS = 12
_DAY = re.compile(
    r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?", re.ASCII
)
_PACKED_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_MONTH = re.compile(r"\d{4}[-./年]?\d{0,2}月?", re.ASCII)
_ERROR = re.compile(r"=.+|#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)", re.DOTALL)
_ERROR_SIGNS = ("=", "#")
_ROUNDED = re.compile(r"\d(?:\.\d+)?E\+\d{2}", re.IGNORECASE)
_DAMAGED_FROM = 1e15
_MOST_FEN = 10**13
_EARLIEST = dt.date(1900, 1, 1)
# The number of results that are cached: a column repeats the same few cells.
_REMEMBERED = 1 << 10

ERROR_LEFT = Message(
    "the cell holds a formula without result, or an error; save the file in WPS again"
)
DITTO_LEFT = Message(
    "the cell refers to the cell above, which cannot be meant here; write the value itself"
)
_ROUNDED_TEXT = Message("the number was kept as a figure and lost its last digits; type it again")
UNIT_UNKNOWN = Message("the unit that the heading states is not known; map the column otherwise")
OTHER_PERIOD = Message("this amount is for another period than this column; check it")
_LOOSE_AMOUNT = Message(
    "this may be in yuan or in the heading's unit; write the number alone, or with 元"
)
NO_AMOUNT = Message("this is not an amount like 1250 or 1250.50; write a number")
_ONLY_A_CLASS = Message("this is a range, not an amount; write the amount itself")
IMPROBABLE_DAY = Message(
    "systems put this day where none was entered, so the date is unknown; write the real day, or"
    " the ID number"
)
# Other figures than 0 to 9: in half-width, ①500 would become 1500.
_OTHER_FIGURES = re.compile("[²³¹⁰-₉①-⒛⓪-⓿❶-➓㈠-㉃]")
_NO_WHOLE_NUMBER = Message("this is not a whole number; write a number")
_OTHER_MEASURE = Message("this is in another unit than this column; check it")


class ValueProblem(ValueError):  # noqa: N818 a problem in the data, not a fault
    """Raised for a cell that cannot be read, with a message for the user about the cell.

    `state` is what becomes of the value: "unusable"; "disputed" if cells differ; or "range" if it
    lies from `low` to `high` (None: no end).
    """

    code = "value-unreadable"
    state: Literal["unusable", "disputed", "range"] = "unusable"
    low: int | None = None
    high: int | None = None

    def __init__(self, message: Message) -> None:
        super().__init__(message.template)
        self.message = message


class RangeProblem(ValueProblem):
    """A cell has a class of amounts, such as 500~999, and not the amount itself."""

    code = "value-range"
    state = "range"

    def __init__(self, low: int, high: int | None) -> None:
        super().__init__(_ONLY_A_CLASS)
        self.low, self.high = low, high


def is_error(cell: Cell) -> bool:
    """Whether a cell holds a formula without a result, or an error such as #N/A.

    >>> is_error("=A1"), is_error("#N/A"), is_error("#3楼"), is_error(-1)
    (True, True, False, False)
    """
    if not isinstance(cell, str) or cell[:1].isalnum():
        return False
    text = plain_text(cell)
    return text[:1] in _ERROR_SIGNS and _ERROR.fullmatch(text) is not None


def is_rounded(cell: Cell) -> bool:
    """Whether a cell is a number whose last digits the spreadsheet may have lost.

    That is a number cell of 10**15 or more, or a text such as 3.6E+17.

    >>> is_rounded(3.60302199001011e17), is_rounded("3.60302E+17"), is_rounded("360302")
    (True, True, False)
    """
    if isinstance(cell, (int, float)):
        return abs(cell) >= _DAMAGED_FROM
    if cell is None or (cell.isascii() and "+" not in cell):
        return False
    text = plain_text(cell)
    return "+" in text and _ROUNDED.fullmatch(text) is not None


@lru_cache(_REMEMBERED, typed=True)
def parse_money(cell: Cell, scale: str | None = None, period: str | None = None) -> int:
    """Return the amount in a cell, in fen; `scale` is the unit in the heading (None: yuan).

    A unit in the cell takes precedence: 5000元 under （万元） is 5,000 yuan. If the cell has a
    period, as in 800元/月, it must be `period`. A float of at least half a fen is rounded to
    the fen. Estimates, amounts below 0 and other amounts finer than a fen raise ValueProblem.

    >>> parse_money("1,234.50"), parse_money(1000), parse_money("1.5万"), parse_money(2, "wan")
    (123450, 100000, 1500000, 2000000)
    >>> parse_money("5000元", "wan"), parse_money("800元/月", None, "month"), parse_money("五百")
    (500000, 80000, 50000)
    """
    amount = _read_amount(cell)
    if amount is not None:
        return _convert_to_fen(amount, scale, period, is_figure=isinstance(cell, float))
    if not isinstance(cell, str) or _OTHER_FIGURES.search(cell):
        raise ValueProblem(NO_AMOUNT)
    ends = read_range(simplified_text(cell))
    if ends is None:
        raise ValueProblem(NO_AMOUNT)
    high = _convert_to_fen(ends.high, scale, period) if ends.high else None
    raise RangeProblem(_convert_to_fen(ends.low, scale, period), high)


def _convert_to_fen(
    amount: StatedAmount, scale: str | None, period: str | None, *, is_figure: bool = False
) -> int:
    """Return an amount in fen; raise ValueProblem as `parse_money` does."""
    if amount.time and amount.time != period:
        raise ValueProblem(NO_AMOUNT if period is None else OTHER_PERIOD)
    if amount.is_loose and find_money_part(scale) not in (None, "yuan"):
        raise ValueProblem(_LOOSE_AMOUNT)
    fen = amount.number * FEN[amount.unit or _find_money_unit(scale)]
    # a computed figure such as 1300 / 3 is rounded to the fen; less than half a fen is refused
    if is_figure and Decimal("0.5") <= abs(fen) <= _MOST_FEN:
        fen = fen.quantize(Decimal(1))
    if fen != fen.to_integral_value() or abs(fen) > _MOST_FEN:
        raise ValueProblem(Message("this amount is finer than a fen or too large; check it"))
    if fen < 0:
        raise ValueProblem(Message("this amount is below 0; check it"))
    return int(fen)


def _read_amount(cell: Cell) -> StatedAmount | None:
    """Return the amount in a number or text cell; None if it is not an amount."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float)):
        return StatedAmount(Decimal(repr(cell))) if math.isfinite(cell) else None
    if cell is None or (not cell.isascii() and _OTHER_FIGURES.search(cell)):
        return None
    return read_amount(simplified_text(cell))


def _find_money_unit(scale: str | None) -> str:
    """Return the unit for an amount without a unit: that of the heading, or yuan if it has none.

    Raises:
        ValueProblem: Part of the heading's unit is unknown. If it were ignored, the amount could be
            wrong by any factor.
    """
    if not all(is_amount_part(part) for part in split_unit(scale)):
        raise ValueProblem(UNIT_UNKNOWN)
    return find_money_part(scale) or "yuan"


def parse_measure(cell: Cell, base: str, stated: str | None = None) -> int:
    """Return a cell's number as a whole number in `base`, which is month, year, age or m2.

    `stated` is the heading's unit, used if the cell has none; without both, the number is in
    `base`. Years are converted to months, and an age counts as years. Any other unit raises
    ValueProblem. Of an area the whole square metres count: less than 15 is the same of 14.6 and 14.

    >>> parse_measure(2, "month", "year"), parse_measure("1年3个月", "month")
    (24, 15)
    >>> parse_measure("8个月", "month", "year"), parse_measure("62.5㎡", "m2")
    (8, 62)
    """
    text = drop_spaces(simplified_text(cell))
    if (both := _YEARS_AND_MONTHS.fullmatch(text)) and base == "month":
        return int(both[1]) * _MONTHS + int(both[2])
    found = _MEASURE.fullmatch(text)
    unit = (read_unit(found["unit"].casefold()) if found["unit"] else stated) if found else None
    if found is None or (found["unit"] and unit is None):
        raise ValueProblem(_NO_WHOLE_NUMBER)
    factor = find_measure_factor(unit or base, base)
    if factor is None:
        raise ValueProblem(_OTHER_MEASURE)
    number = Decimal(found["number"]) * factor
    if number != number.to_integral_value() and base != "m2":
        raise ValueProblem(_NO_WHOLE_NUMBER)
    return int(number)


def find_measure_factor(unit: str, base: str) -> int | None:
    """Return the factor from a unit to `base`; None if the unit is not converted to it."""
    if unit == base or {unit, base} == {"age", "year"}:
        return 1
    return _MONTHS if (unit, base) == ("year", "month") else None


def parse_integer(cell: Cell) -> int:
    """Return a whole number of up to six digits; a counting word such as 人 may follow it.

    >>> parse_integer(3.0), parse_integer("2人"), parse_integer("1 辆")
    (3, 2, 1)
    """
    found = _WHOLE.fullmatch(simplified_text(cell))
    if found is None:
        raise ValueProblem(_NO_WHOLE_NUMBER)
    return int(found[1])


def parse_date(cell: Cell) -> str:
    """Return a date as ISO text.

    A year or month without a day raises ValueProblem, and so does a day before 1900 or one that
    systems put where none was entered, such as 1970-01-01.

    >>> parse_date("1950年3月4日"), parse_date("19500304"), parse_date("1950.3.4")
    ('1950-03-04', '1950-03-04', '1950-03-04')
    """
    text = plain_text(cell)
    found = _DAY.fullmatch(text) or _PACKED_DAY.fullmatch(text)
    if found is None:
        if _MONTH.fullmatch(text):
            raise ValueProblem(Message("the day is missing; write year, month and day"))
        raise ValueProblem(Message("this is not a day like 1950-03-04; write year, month and day"))
    try:
        day = dt.date(*(int(part) for part in found.groups()))
    except ValueError as error:
        raise ValueProblem(Message("there is no such day in the calendar; check it")) from error
    if day < _EARLIEST:
        raise ValueProblem(Message("this day lies before 1900; check it"))
    if day.isoformat() in list_cell_words("default_days"):
        raise ValueProblem(IMPROBABLE_DAY)
    return day.isoformat()


def count_full_years(begun: dt.date, as_of: dt.date) -> int:
    """Return the full years between two days, as for an age; negative if `begun` is later.

    >>> count_full_years(dt.date(2000, 2, 29), dt.date(2024, 2, 28))
    23
    """
    return as_of.year - begun.year - ((as_of.month, as_of.day) < (begun.month, begun.day))


def parse_yes_no(cell: Cell, *, two_is_no: bool = False) -> int:
    """Return 1 for a cell that means yes and 0 for one that means no.

    A 2 means no only with `two_is_no`, because forms use it differently; see `has_two_for_no`.

    >>> parse_yes_no("是"), parse_yes_no("无"), parse_yes_no(True), parse_yes_no("√")
    (1, 0, 1, 1)
    """
    is_yes = read_yes_or_no(cell, two_is_no=two_is_no)
    if is_yes is None:
        raise ValueProblem(Message("this is neither yes nor no; write 是 or 否"))
    return int(is_yes)


@lru_cache(_REMEMBERED, typed=True)
def read_yes_or_no(cell: Cell, *, two_is_no: bool = False) -> bool | None:
    """Whether a cell means yes; None if it is neither yes nor no.

    With `two_is_no`, 2 means no, and so does an empty box.
    """
    if two_is_no and (box := find_box(plain_text(cell))):
        return box == TICKED_BOX
    for word in list_words_in(simplified_text(cell).lower()):
        if word in list_cell_words("yes"):
            return True
        if word in list_cell_words("no") or (two_is_no and word == "2"):
            return False
    return None


def has_two_for_no(cells: Iterable[Cell]) -> bool:
    """Whether a column uses 1 for yes and 2 for no, or boxes: nothing else occurs, and both do.

    >>> has_two_for_no([1, 2, "2"]), has_two_for_no([1, 2, None]), has_two_for_no([2, 2])
    (True, False, False)
    >>> has_two_for_no(["☑", "☐"])
    True
    """
    found = set()
    for cell in cells:
        code = read_code(cell)
        if code is None:
            return False
        found.add(code)
    return are_codes(found)


def read_code(cell: Cell) -> str | None:
    """Return 1, 2 or a box alone, as ☑ or □, that codes yes or no in a cell; None if none does."""
    text = plain_text(cell)
    return text if text in {"1", "2"} else find_box(text)


def are_codes(found: Collection[str]) -> bool:
    """Whether what `read_code` found in a column's cells is a yes and a no of one kind."""
    return set(found) in ({"1", "2"}, {TICKED_BOX, OPEN_BOX})


def parse_text(cell: Cell) -> str:
    """Return a cell as text.

    A formula without a result, an error and a number as in `is_rounded` raise ValueProblem.

    >>> parse_text(" 河口下 ")
    '河口下'
    """
    if is_error(cell):
        raise ValueProblem(ERROR_LEFT)
    if is_rounded(cell):
        raise ValueProblem(_ROUNDED_TEXT)
    return plain_text(cell)
