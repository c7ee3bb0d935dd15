"""Chinese numerals: only those that are well formed are read, and exactly. Pure."""

import re

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
