"""Reads amounts of money, in figures or in Chinese numerals, with their units.

A numeral that can be read in two ways is not read, and an estimate such as 约800 is not an amount.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from relieftool.values.text import drop_spaces
from relieftool.values.units import (
    FEN,
    TIMES,
    find_money_part,
    find_time_part,
    read_unit,
    split_unit,
)
from relieftool.values.vocabulary import match_words

_PLAIN = str.maketrans("〇○零壹贰叁肆伍陆柒捌玖拾佰仟弍弎两", "000一二三四五六七八九十百千二三二")
_DIGITS = "0一二三四五六七八九"
_PLACES = (("千", 1000), ("百", 100), ("十", 10))
_GROUPS = (("亿", 10**8), ("万", 10**4))
_PLAIN_FIGURE = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)
_SIZES_APART = 1000  # an amount in 万元 is less than a thousandth of one in 元
_NUMERAL = re.compile(r"[0一二三四五六七八九十百千万亿]+")
_FIGURE = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<part>\d+))?(?P<rest>\D.*)?", re.ASCII
)
_NUMERAL_AND_REST = re.compile(r"(?P<numeral>[^\d元圆块角分/每]+)(?P<rest>(?:[元圆块角分/每].*)?)")
_SMALL = re.compile(r"[元圆块](?:(?P<jiao>.)角)?(?:零?(?P<fen>.)分)?(?P<rest>[/每].*|)")
_CURRENCY = re.compile(r"^(?:¥|人民币|rmb)+[::]?", re.IGNORECASE)
# 每月800元, 月均800元, 月800元; but 人均 is another amount.
_EACH_BEFORE = re.compile(r"^(?:平均)?每?(?P<each>[月年])(?:平均|均)?(?P<rest>[\d零〇一-鿿].*)$")
_AMOUNT = r"(?:每[月年]|[月年]均?)?\d[\d,.]*[^\d~～至到—–\-]*?"
_CLASS = re.compile(
    rf"(?P<low>{_AMOUNT})(?:[~—–―\-]{{1,2}}|至|到|及?以上[、,至到]?)(?P<high>{_AMOUNT})(?:及?以[下内])?"
)
_LIMITS = match_words("limits")
_OPEN_CLASS = re.compile(
    f"(?P<below>{_AMOUNT}){_LIMITS['below']}|(?P<above>{_AMOUNT}){_LIMITS['above']}"
    f"|{_LIMITS['until']}(?P<until>{_AMOUNT})|{_LIMITS['from']}(?P<from>{_AMOUNT})"
)
_ENDS_COUNT = re.compile(r"\(不?含(?:本数)?(?:[\d.,]+元?)?\)|[()\[\]](?=\d|$)")
_ROUND_SUM = re.compile(r"(?<=[元圆块角])[整正]")
_TWO_FIGURES = re.compile(r"[\d.,]\s+[\d.,]")
_LARGE, _MULTIPLES = "万亿", "十百千拾佰仟"
_LOOSE = ("百", "千")
# The number of results that are cached: the same amounts occur in many rows.
_REMEMBERED = 1 << 14


def find_least_amount(cells: Iterable[object]) -> float | None:
    """Return a thousandth of the middle of plain figures, if a figure above 0 is below it.

    Such a figure was probably meant in 万元; None if there is none.

    >>> find_least_amount([18000, "2.4", None]), find_least_amount([500, 0, 2.4])
    (18.0, None)
    """
    figures = sorted(figure for cell in cells if (figure := read_plain_figure(cell)))
    least = figures[len(figures) // 2] / _SIZES_APART if figures else 0
    return least if figures and figures[0] < least else None


def read_plain_figure(cell: object) -> float | None:
    """Return the figure that is all of a cell; None if it has a unit or is no figure."""
    found = _PLAIN_FIGURE.fullmatch(str(cell).strip())
    return float(found[0].replace(",", "")) if found else None


def parse_numeral(text: str) -> int | None:
    """Return the whole number of a Chinese numeral; None for any other text.

    A numeral that can be read in two ways, such as 二百五 (250 or 205), is not read.

    >>> [parse_numeral(text) for text in ("五百", "壹仟贰佰", "两万零三十", "十")]
    [500, 1200, 20030, 10]
    >>> [parse_numeral(text) for text in ("二百五", "百", "三四百", "5")]
    [None, None, None, None]
    """
    if re.search(r"[0-9]", text):
        return None
    plain = text.translate(_PLAIN)
    if not _NUMERAL.fullmatch(plain):
        return None
    value = _add_groups(plain)
    # `_add_groups` also accepts 三四百 and the like: check that the value would be written so
    return value if value is not None and plain in _write_numeral(value) else None


def _add_groups(plain: str) -> int | None:
    """Return the value of a numeral from its parts at 亿 and 万; None if one of these repeats."""
    total = 0
    for sign, factor in _GROUPS:
        group, is_there, rest = plain.partition(sign)
        if is_there:
            total += _add_signs(group) * factor
            plain = rest
    return None if re.search("[万亿]", plain) else total + _add_signs(plain)


def _add_signs(plain: str) -> int:
    """Return the value of a part of a numeral that is below 一万."""
    total = digit = 0
    for sign in plain:
        factor = dict(_PLACES).get(sign)
        if factor is None:
            digit = _DIGITS.index(sign) if sign in _DIGITS else digit
        else:
            total, digit = total + (digit or 1) * factor, 0
    return total + digit


def _write_numeral(value: int) -> set[str]:
    """Return the correct numerals for a value: none from 10**12 on, two if it begins with 一十."""
    if value == 0:
        return {"0"}
    if value >= 10**12:
        return set()
    written = ""
    for sign, factor in (*_GROUPS, ("", 1)):
        group, value = divmod(value, factor)
        if group:
            # 一万零二百: a zero is written before a group without thousands
            has_gap = bool(written) and group < _PLACES[0][1]
            written += ("0" if has_gap else "") + _write_group(group) + sign
    return {written, re.sub("^一十", "十", written)}


def _write_group(group: int) -> str:
    """Return a number below 一万 as a numeral, with one zero for each run of zeros inside it."""
    written = ""
    is_gap = False
    for sign, factor in (*_PLACES, ("", 1)):
        digit, group = divmod(group, factor)
        if digit:
            written += ("0" if is_gap else "") + _DIGITS[digit] + sign
            is_gap = False
        else:
            is_gap = bool(written)
    return written


@dataclass(frozen=True)
class StatedAmount:
    """An amount of money as it is written in a text.

    `unit` and `time` are None if the text has none. `is_loose`: the text has 十, 百 or 千 without
    元 or 万, such as 五百 or 1.2千, so that it may also be in the heading's unit.
    """

    number: Decimal
    unit: str | None = None
    time: str | None = None
    is_loose: bool = False


class AmountRange(NamedTuple):
    """The least and the greatest amount that a class such as 500~999元 has; None: no end."""

    low: StatedAmount
    high: StatedAmount | None


@lru_cache(_REMEMBERED)
def read_range(text: str) -> AmountRange | None:
    """Return the ends of a class of amounts, such as 500-999 or 3000元以上; None for other texts.

    A unit or a time behind the second amount is that of the first too, if the first has none.

    >>> [int(end.number) for end in read_range("500~999元")]
    [500, 999]
    >>> int(read_range("500元以下").low.number), read_range("3000以上").high, read_range("999-500")
    (0, None, None)
    """
    bare = _ENDS_COUNT.sub("", drop_spaces(text))
    if is_open := _OPEN_CLASS.fullmatch(bare):
        most = is_open["below"] or is_open["until"]
        end = read_amount(most or is_open["above"] or is_open["from"])
        if end is None or end.is_loose:
            return None
        return AmountRange(replace(end, number=Decimal(0)), end) if most else AmountRange(end, None)
    found = _CLASS.fullmatch(bare)
    low = read_amount(found["low"]) if found else None
    high = read_amount(found["high"]) if found else None
    # the 2 of 2.500-999 is the number of the class
    if not (found and low and high) or len(found["low"].partition(".")[2]) > len("00"):
        return None
    low = replace(low, unit=low.unit or high.unit, time=low.time or high.time)
    high = replace(high, time=high.time or low.time)
    is_same = (low.unit, low.time) == (high.unit, high.time)
    is_loose = low.is_loose or high.is_loose
    return AmountRange(low, high) if is_same and not is_loose and low.number < high.number else None


@lru_cache(_REMEMBERED)
def read_amount(text: str) -> StatedAmount | None:
    """Return the amount in a text, in figures or Chinese numerals; None for any other text.

    >>> read_amount("1,234.50元/月")
    StatedAmount(number=Decimal('1234.50'), unit='yuan', time='month', is_loose=False)
    >>> read_amount("1.2千").is_loose, read_amount("约800")
    (True, None)
    >>> int(read_amount("600元+200元").number), read_amount("月均800元").time
    (800, 'month')
    """
    if "+" in text.lstrip("+"):
        return _add_parts([read_amount(part.strip()) for part in text.split("+")])
    if _TWO_FIGURES.search(text):
        return None
    bare = _ROUND_SUM.sub("", drop_spaces(text))
    rest = _CURRENCY.sub("", bare)
    if before := _EACH_BEFORE.match(rest):
        rest = f"{before['rest']}/{before['each']}"
    found = _read_figure(rest) or _read_numerals(rest)
    has_currency = bare != rest and not before
    if found is None or found.unit or not has_currency:
        return found
    return StatedAmount(found.number, "yuan", found.time)


def _add_parts(parts: Sequence[StatedAmount | None]) -> StatedAmount | None:
    """Return the sum of amounts such as 600+200元; None if their units or times differ.

    A unit or a time behind the last amount is that of all, as in 600+200元/月.
    """
    amounts = [part for part in parts if part and part.number >= 0 and not part.is_loose]
    if not parts or len(amounts) < len(parts):
        return None
    last = amounts[-1]
    units = {(part.unit or last.unit, part.time or last.time) for part in amounts}
    # in 1+0.5万 the 1 may be in yuan
    is_clear = last.unit in {None, "yuan"} or all(part.unit for part in amounts)
    if len(units) > 1 or not is_clear:
        return None
    return replace(last, number=sum((part.number for part in amounts), Decimal(0)))


def _read_figure(text: str) -> StatedAmount | None:
    """Return an amount in figures, such as 1,200.5 or 1200元/月; None for any other text."""
    found = _FIGURE.fullmatch(text)
    if found is None:
        return None
    number = Decimal(f"{found['sign']}{found['whole'].replace(',', '')}.{found['part'] or 0}")
    return _join_unit(number, found["rest"] or "")


def _join_unit(number: Decimal, rest: str) -> StatedAmount | None:
    """Return the amount made of a number and the text after it.

    `rest` may be empty or a unit such as 元, 元/月 or 千. For any other text the result is None.
    """
    if not rest:
        return StatedAmount(number)
    unit = read_unit(rest.casefold())
    if unit is None or any(part not in FEN and part not in TIMES for part in split_unit(unit)):
        return None
    if find_money_part(unit) is None and rest[0] not in "/每·":
        return None
    return StatedAmount(
        number, find_money_part(unit), find_time_part(unit), is_loose=rest.rstrip() in _LOOSE
    )


def _read_numerals(text: str) -> StatedAmount | None:
    """Return an amount such as 壹仟贰佰元伍角, 五百 or 三万元/月; None for any other text."""
    found = _NUMERAL_AND_REST.fullmatch(text)
    number = parse_numeral(found["numeral"]) if found else None
    if found is None or number is None:
        return None
    small = _SMALL.fullmatch(found["rest"])
    rest = small["rest"] if small else found["rest"]
    parts = _add_jiao_and_fen(small["jiao"], small["fen"]) if small else Decimal(0)
    amount = _join_unit(number + parts, rest) if parts is not None else None
    if amount is None or (amount.unit and small is None):
        return None
    is_large = any(sign in found["numeral"] for sign in _LARGE)
    is_loose = not small and not is_large and any(sign in found["numeral"] for sign in _MULTIPLES)
    return StatedAmount(amount.number, "yuan" if small or is_large else None, amount.time, is_loose)


def _add_jiao_and_fen(jiao: str | None, fen: str | None) -> Decimal | None:
    """Return jiao and fen in yuan; an absent one is 0. None if either is not a single digit."""
    total = Decimal(0)
    for sign, worth in ((jiao, "0.1"), (fen, "0.01")):
        digit = parse_numeral(sign) if sign else 0
        if digit is None or digit > len("123456789"):
            return None
        total += digit * Decimal(worth)
    return total
