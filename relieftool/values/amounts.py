"""Texts that state an amount of money: its number, and what they say of its unit. Pure.

Chinese numerals: only those that are well formed are read, and exactly. Pure.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from relieftool.values.text import drop_spaces
from relieftool.values.units import (
    FEN,
    TIMES,
    find_money_part,
    find_time_part,
    read_unit,
    split_unit,
)

_PLAIN = str.maketrans("〇○零壹贰叁肆伍陆柒捌玖拾佰仟弍弎两", "000一二三四五六七八九十百千二三二")
_DIGITS = "0一二三四五六七八九"
_PLACES = (("千", 1000), ("百", 100), ("十", 10))
_GROUPS = (("亿", 10**8), ("万", 10**4))
_NUMERAL = re.compile(r"[0一二三四五六七八九十百千万亿]+")


def parse_numeral(text: str) -> int | None:
    """Read a whole number written in Chinese; None where it is none, or not well formed.

    What could be read in two ways, as 二百五 (250 or 205), is not well formed.

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
    value = _value(plain)
    return value if value is not None and plain in _writings(value) else None


def _value(plain: str) -> int | None:
    """Add up a numeral, group by group, whether or not it is well formed."""
    total = 0
    for sign, factor in _GROUPS:
        group, is_there, rest = plain.partition(sign)
        if is_there:
            total += _below_wan(group) * factor
            plain = rest
    return None if re.search("[万亿]", plain) else total + _below_wan(plain)


def _below_wan(plain: str) -> int:
    """Add up the signs of a group below 一万."""
    total = digit = 0
    for sign in plain:
        factor = dict(_PLACES).get(sign)
        if factor is None:
            digit = _DIGITS.index(sign) if sign in _DIGITS else digit
        else:
            total, digit = total + (digit or 1) * factor, 0
    return total + digit


def _writings(value: int) -> set[str]:
    """Write a number as it is written well: 一十 at the beginning may be 十."""
    if value == 0:
        return {"0"}
    if value >= 10**12:
        return set()
    written = ""
    for sign, factor in (*_GROUPS, ("", 1)):
        group, value = divmod(value, factor)
        if group:
            # a nought stands where the place before the first digit is empty
            has_gap = bool(written) and group < _PLACES[0][1]
            written += ("0" if has_gap else "") + _written_group(group) + sign
    return {written, re.sub("^一十", "十", written)}


def _written_group(group: int) -> str:
    """Write a number below 一万, with one nought for any run of empty places within it."""
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


_FIGURE = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<part>\d+))?(?P<rest>\D.*)?", re.ASCII
)
_NUMERAL_AND_REST = re.compile(r"(?P<numeral>[^\d元圆块角分/每]+)(?P<rest>(?:[元圆块角分/每].*)?)")
_SMALL = re.compile(r"[元圆块](?:(?P<jiao>.)角)?(?:零?(?P<fen>.)分)?(?P<rest>[/每].*|)")
_CURRENCY = re.compile(r"^(?:¥|人民币|rmb)+[::]?", re.IGNORECASE)
_EACH_BEFORE = re.compile(r"^(?P<each>每[月年])(?P<rest>.+)$")
_ROUND_SUM = re.compile(r"(?<=[元圆块角])[整正]")
_TWO_FIGURES = re.compile(r"[\d.,]\s+[\d.,]")
_LARGE, _MULTIPLES = "万亿", "十百千拾佰仟"
_LOOSE = ("百", "千")
# Amounts come again in later rows; so many are remembered.
_REMEMBERED = 1 << 14


@dataclass(frozen=True)
class StatedAmount:
    """A number of money as a text states it.

    `unit` and `time` are None where the text does not say them. `is_loose`: a multiple was named,
    as in 五百 or 1.2千, without saying whether it is of yuan.
    """

    number: Decimal
    unit: str | None = None
    time: str | None = None
    is_loose: bool = False


@lru_cache(_REMEMBERED)
def read_amount(text: str) -> StatedAmount | None:
    """Read an amount in figures or in Chinese numerals; None where it is none.

    >>> read_amount("1,234.50元/月")
    Amount(number=Decimal('1234.50'), unit='yuan', time='month', is_loose=False)
    >>> read_amount("1.2千"), read_amount("约800")
    (Amount(number=Decimal('1.2'), unit='qian', time=None, is_loose=True), None)
    """
    if _TWO_FIGURES.search(text):
        return None
    bare = _ROUND_SUM.sub("", drop_spaces(text))
    rest = _CURRENCY.sub("", bare)
    if before := _EACH_BEFORE.match(rest):
        rest = before["rest"] + before["each"]
    found = _in_figures(rest) or _in_numerals(rest)
    if found is None or bare == rest or found.unit or before:
        return found
    return StatedAmount(found.number, "yuan", found.time)


def _in_figures(text: str) -> StatedAmount | None:
    """Read 1,200.5 and what follows it: nothing, or a unit."""
    found = _FIGURE.fullmatch(text)
    if found is None:
        return None
    number = Decimal(f"{found['sign']}{found['whole'].replace(',', '')}.{found['part'] or 0}")
    return _with_unit(number, found["rest"] or "")


def _with_unit(number: Decimal, rest: str) -> StatedAmount | None:
    """Join a number with the unit after it; None where that is no unit of an amount."""
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


def _in_numerals(text: str) -> StatedAmount | None:
    """Read 壹仟贰佰元伍角整, 五百 and 三万元/月."""
    found = _NUMERAL_AND_REST.fullmatch(text)
    number = parse_numeral(found["numeral"]) if found else None
    if found is None or number is None:
        return None
    small = _SMALL.fullmatch(found["rest"])
    rest = small["rest"] if small else found["rest"]
    parts = _below_yuan(small["jiao"], small["fen"]) if small else Decimal(0)
    each = _with_unit(number + parts, rest) if parts is not None else None
    if each is None or (each.unit and small is None):
        return None
    is_large = any(sign in found["numeral"] for sign in _LARGE)
    is_loose = not small and not is_large and any(one in found["numeral"] for one in _MULTIPLES)
    return StatedAmount(each.number, "yuan" if small or is_large else None, each.time, is_loose)


def _below_yuan(jiao: str | None, fen: str | None) -> Decimal | None:
    """Add up what stands after 元; None where it is no digit."""
    total = Decimal(0)
    for sign, worth in ((jiao, "0.1"), (fen, "0.01")):
        digit = parse_numeral(sign) if sign else 0
        if digit is None or digit > len("123456789"):
            return None
        total += digit * Decimal(worth)
    return total
