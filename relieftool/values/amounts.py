"""Texts that state an amount of money: its number, and what they say of its unit. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from relieftool.values.numerals import parse_numeral
from relieftool.values.text import drop_spaces
from relieftool.values.units import (
    FEN,
    TIMES,
    find_money_part,
    find_time_part,
    read_unit,
    split_unit,
)

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
