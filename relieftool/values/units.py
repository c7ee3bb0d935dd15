"""The units of amounts, areas and times, as headings, notes and cells write them.

A unit is a text of parts joined by "/": wan/month, month, m2, 亩. An unknown part is kept as it is
written, so that values in that unit can be refused.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from relieftool.values.text import UNIFIED_BRACKETS, drop_spaces, match_any, narrow_characters
from relieftool.values.vocabulary import list_words, match_words

FEN = {
    "jiao": 10,
    "yuan": 100,
    "bai": 10_000,
    "qian": 100_000,
    "wan": 1_000_000,
    "shiwan": 10_000_000,
    "baiwan": 100_000_000,
    "qianwan": 1_000_000_000,
    "yi": 10_000_000_000,
}
# The prefix of a part that is stated for a whole table or above several columns.
OF_WHOLE_TABLE = "all:"
PERIODS = ("month", "year")


def _index_words(section: str) -> dict[str, str]:
    """Return the part of a unit for each word in a section of the vocabulary."""
    return {word: part for part, words in list_words(section).items() for word in words}


_MONEY, _TIMES = _index_words("units_of_money"), _index_words("units_of_time")
_SHARES, _MEASURES = _index_words("units_of_share"), _index_words("units_of_measure")
TIMES, SHARES = frozenset(_TIMES.values()), frozenset(_SHARES.values())
COUNTERS, _OTHERS = map(tuple, list_words("units_kept_as_written").values())
_PLAIN = {word: word for word in (*_OTHERS, *COUNTERS)} | _TIMES | _MEASURES
_SHOWN = {
    part: words[0]
    for section in ("units_of_money", "units_of_time", "units_of_share", "units_of_measure")
    for part, words in list_words(section).items()
}


_EACH = match_any([*_TIMES, *_SHARES])
_PER = rf"(?:[/每·]*(?:{_EACH}))"
_AMOUNT = re.compile(rf"(?:人民币:?)?(?P<money>{match_any(_MONEY)})(?P<per>{_PER}*)")
_PER_ALONE = re.compile(rf"(?P<per>(?:[/每·]+(?:{_EACH}))+)")
_ONE_EACH = re.compile(_EACH)
_LABEL = re.compile(f"^{match_words('around_tables')['units_of']}?单位(?:为|是)?:?")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_TRAILING = re.compile(
    rf"(?<=[^\d,])(?:(?:[千百十]?万元|[百千佰仟]元|元)(?:[/每·]{_PER}+)?|平方米|平米|m2)$"
)
_ASIDES = re.compile(r"[,;、]")
_NOTE = re.compile(r"单位(?:为|是)?[:\s(]*(?=([^()。;]{1,24}))")
_IN_NOTE = re.compile(r"[,、\s和及]+")
_CURRENCY = re.compile(r"[一-鿿]{1,3}币|[美港日欧澳加韩]元")


def split_unit(unit: str | None) -> tuple[str, ...]:
    """Return the parts of a unit; () for None."""
    return tuple(unit.split("/")) if unit else ()


def format_unit(unit: str | None) -> str:
    """Return a unit in the words that offices use.

    >>> format_unit("wan/month"), format_unit("all:qian"), format_unit("亩")
    ('万元/月', '千元', '亩')
    """
    return "/".join(_SHOWN.get(part, part) for part in map(strip_scope, split_unit(unit)))


def strip_scope(part: str) -> str:
    """Return a part of a unit without the prefix of a whole table's unit."""
    return part.removeprefix(OF_WHOLE_TABLE)


def find_money_part(unit: str | None) -> str | None:
    """Return the part of a unit that is money, without its prefix; None if no part is money.

    The column's own part takes precedence over that of the whole table.
    """
    own = (part for part in split_unit(unit) if strip_scope(part) in FEN)
    return next((strip_scope(part) for part in sorted(own, key=is_of_whole_table)), None)


def find_time_part(unit: str | None) -> str | None:
    """Return the part of a unit that is a time, without its prefix; None if no part is a time.

    The column's own part takes precedence over that of the whole table.
    """
    own = (part for part in split_unit(unit) if strip_scope(part) in TIMES)
    return next((strip_scope(part) for part in sorted(own, key=is_of_whole_table)), None)


def is_of_whole_table(part: str) -> bool:
    """Whether a part of a unit is stated for a whole table or above several columns."""
    return part.startswith(OF_WHOLE_TABLE)


def list_column_parts(unit: str | None) -> list[str]:
    """Return the parts of a unit that are stated for the column itself."""
    return [part for part in split_unit(unit) if not is_of_whole_table(part)]


def is_amount_part(part: str) -> bool:
    """Whether a part of a unit can belong to an amount of money.

    A counter such as 户 can only if it is stated for a whole table, as in 单位：户、万元.
    """
    bare = strip_scope(part)
    is_counted = is_of_whole_table(part) and bare in COUNTERS
    return is_counted or bare in FEN or bare in TIMES or bare in SHARES


def read_unit(text: str) -> str | None:
    """Return the unit that a whole folded text means; None if it is not a unit.

    After 单位, every other text is an unknown unit.

    >>> read_unit("万元/月"), read_unit("单位:千元"), read_unit("元/人·月"), read_unit("亩")
    ('wan/month', 'qian', 'yuan/person/month', '亩')
    >>> read_unit("每月"), read_unit("情况说明"), read_unit("单位:担")
    ('month', None, '担')
    """
    bare = _LABEL.sub("", text)
    if bare in _PLAIN:
        return _PLAIN[bare]
    found = _AMOUNT.fullmatch(bare) or _PER_ALONE.fullmatch(bare)
    if found is None:
        return _make_part(bare) if bare and bare != text else None
    groups = found.groupdict()
    words = {**_SHARES, **_TIMES}
    each = dict.fromkeys(words[word] for word in _ONE_EACH.findall(groups["per"]))
    return "/".join(([_MONEY[groups["money"]]] if "money" in groups else []) + list(each))


def _make_part(text: str) -> str:
    """Return a text as a single part of a unit: without "/", which would split it."""
    return text.replace("/", "／")


def split_heading(folded: str) -> tuple[str, str | None]:
    """Return a folded heading without its unit, and the unit; None if the heading has no unit.

    Brackets keep everything in them that is not a unit, and a list of counters such as (人、户).

    >>> split_heading("家庭存款(万元,含利息)"), split_heading("月收入千元")
    (('家庭存款(含利息)', 'wan'), ('月收入', 'qian'))
    >>> split_heading("备注(情况说明)")
    ('备注(情况说明)', None)
    """
    units: list[str] = []

    def remove_unit(found: re.Match[str]) -> str:
        asides = _ASIDES.split(found[1])
        read = [read_unit(aside) for aside in asides]
        # (人、户) lists what is counted; it is not a unit
        if all(unit is None or unit in COUNTERS for unit in read) and len(asides) > 1:
            return found[0]
        units.extend(unit for unit in read if unit)
        rest = [aside for aside, unit in zip(asides, read, strict=True) if not unit]
        return f"({','.join(rest)})" if any(rest) else ""

    rest = _BRACKETS.sub(remove_unit, folded)
    if found := _TRAILING.search(rest):
        units.append(read_unit(found[0].lstrip("/每·")) or found[0])
        rest = rest[: found.start()]
    return rest, _join_units(units)


def _join_units(units: Iterable[str]) -> str | None:
    """Return the units of a heading joined into one; None if there are none.

    If parts differ in money, or in time, the result is an unknown unit that names them, so that
    values in it are refused.
    """
    parts = list(dict.fromkeys(part for unit in units for part in split_unit(unit)))
    for sort in (FEN, TIMES):
        same = [part for part in parts if part in sort]
        if len(same) > 1:
            return "、".join(map(format_unit, same))
    return "/".join(parts) or None


def find_unit_above(texts: Iterable[str]) -> str | None:
    """Return the unit of money in the lines above a table, with prefix; None if they have no unit.

    The lines are in simplified characters. If their units differ in money, the result is an unknown
    unit that names them, so that amounts are refused. Otherwise the first unit counts.

    >>> find_unit_above(["东园社区困难户", "单位：户、人、万元"])
    'all:wan'
    >>> find_unit_above(["收入表（单位：元/月）"]), find_unit_above(["填报单位：河口下社区"])
    ('all:yuan/all:month', None)
    >>> find_unit_above(["单位：元", "单位：万元"])
    'all:元、万元'
    """
    stated = list(dict.fromkeys(unit for text in texts for unit in _list_stated_units(text)))
    if len({find_money_part(unit) or unit for unit in stated}) > 1:
        return OF_WHOLE_TABLE + "、".join(map(format_unit, stated)).replace("/", "每")
    return mark_whole_table(stated[0]) if stated else None


@lru_cache(1 << 8)
def _list_stated_units(text: str) -> tuple[str, ...]:
    """Return the units of `_read_stated_units`; cached, as each column of a table needs them."""
    return tuple(dict.fromkeys(_read_stated_units(text)))


def _read_stated_units(text: str) -> Iterator[str]:
    """Yield the units of money and currencies after 单位, and the units of money in brackets."""
    line = narrow_characters(text).casefold().translate(UNIFIED_BRACKETS)
    for found in _NOTE.finditer(line):
        words = (
            word
            for listed in filter(None, _IN_NOTE.split(found[1]))
            # 元/月 is one unit, but 户/万元 are two
            for word in ([listed] if read_unit(listed) else listed.split("/"))
        )
        for word in words:
            unit = read_unit(word)
            if unit is None and not _CURRENCY.fullmatch(word):
                break
            if unit is None or find_money_part(unit) or _CURRENCY.fullmatch(word):
                yield unit or _make_part(word)
    for aside in _BRACKETS.findall(line):
        unit = read_unit(drop_spaces(aside))
        if find_money_part(unit) and "元" in aside and "单位" not in aside:
            yield unit or ""


def add_unit_above(unit: str | None, over: str | None) -> str | None:
    """Return a column's unit; the unit `over` it is added unless the column's own has money."""
    if over is None or find_money_part(unit) or set(split_unit(over)) <= set(split_unit(unit)):
        return unit
    return f"{unit}/{over}" if unit else over


def mark_whole_table(unit: str | None) -> str | None:
    """Return a unit with the prefix of a whole table's unit on each part; None for None."""
    return "/".join(OF_WHOLE_TABLE + part for part in split_unit(unit)) or None
