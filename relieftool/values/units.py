"""What headings, notes and cells say an amount, an area or a time is measured in. Pure, no I/O.

Texts are given folded, as `text.fold` does. A unit is a text of parts set off by "/": wan/month,
month, m2, 亩. A part that is not known here stays the word it was, so that whoever needs a unit can
refuse it; none is ever left out.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from relieftool.values.text import UNIFIED_BRACKETS, drop_spaces, narrow_characters

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
# A unit of money said of a whole table, or over several columns: it counts for amounts only.
OF_WHOLE_TABLE = "all:"
PERIODS = ("month", "year")
_MONEY = {
    "角": "jiao",
    "元": "yuan",
    "圆": "yuan",
    "块": "yuan",
    "块钱": "yuan",
    "人民币": "yuan",
    "rmb": "yuan",
    "cny": "yuan",
    "¥": "yuan",
    "百": "bai",
    "百元": "bai",
    "佰元": "bai",
    "千": "qian",
    "千元": "qian",
    "仟元": "qian",
    "万": "wan",
    "万元": "wan",
    "十万元": "shiwan",
    "百万": "baiwan",
    "百万元": "baiwan",
    "千万": "qianwan",
    "千万元": "qianwan",
    "亿": "yi",
    "亿元": "yi",
}
_TIMES = {
    "月": "month",
    "个月": "month",
    "年": "year",
    "年度": "year",
    "日": "day",
    "天": "day",
    "周": "week",
    "星期": "week",
    "季": "quarter",
    "季度": "quarter",
    "半年": "half-year",
    "学期": "term",
    "学年": "school-year",
    "小时": "hour",
    "次": "time",
}
TIMES = frozenset(_TIMES.values())
_SHARES = {"人": "person", "户": "household", "家": "household"}
SHARES = frozenset(_SHARES.values())
_AREAS = dict.fromkeys(("m2", "m^2", "平方米", "平米", "平方", "平"), "m2")
COUNTERS = (
    "人",
    "户",
    "口",
    "套",
    "辆",
    "个",
    "间",
    "名",
    "位",
    "台",
    "栋",
    "幢",
    "处",
    "次",
    "件",
)
_OTHERS = (
    *("亩", "公顷", "平方公里", "平方千米", "平方尺", "km2", "m3", "立方米", "公里", "千米", "里"),
    *("斤", "公斤", "千克", "kg", "克", "吨", "头", "只", "棵", "株", "升", "度", "米", "厘米"),
    *("%", "‰", "百分比", "分", "分钟", "成", "km", "cm"),
    *("美元", "美金", "usd", "港元", "港币", "hkd", "欧元", "日元", "英镑", "台币", "外币"),
)  # fmt: skip
_AGES = {"岁": "age", "周岁": "age"}
_PLAIN = {word: word for word in (*_OTHERS, *COUNTERS)} | _TIMES | _AREAS | _AGES


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_EACH = _any_of([*_TIMES, *_SHARES])
_PER = rf"(?:[/每·]*(?:{_EACH}))"
_AMOUNT = re.compile(rf"(?:人民币:?)?(?P<money>{_any_of(_MONEY)})(?P<per>{_PER}*)")
_PER_ALONE = re.compile(rf"(?P<per>(?:[/每·]+(?:{_EACH}))+)")
_ONE_EACH = re.compile(_EACH)
_LABEL = re.compile(r"^(?:金额|货币|计量|计价|收入|数据|面积)?单位(?:为|是)?:?")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_TRAILING = re.compile(
    rf"(?<=[^\d,])(?:(?:[千百十]?万元|[百千佰仟]元|元)(?:[/每·]{_PER}+)?|平方米|平米|m2)$"
)
_ASIDES = re.compile(r"[,;、]")
_NOTE = re.compile(r"单位(?:为|是)?[:\s(]*(?=([^()。;]{1,24}))")
_IN_NOTE = re.compile(r"[,、\s和及]+")
_CURRENCY = re.compile(r"[一-鿿]{1,3}币|[美港日欧澳加韩]元")
_SHOWN = {
    "jiao": "角", "yuan": "元", "bai": "百元", "qian": "千元", "wan": "万元", "shiwan": "十万元",
    "baiwan": "百万元", "qianwan": "千万元", "yi": "亿元", "month": "月", "year": "年", "day": "天",
    "week": "周", "quarter": "季度", "half-year": "半年", "term": "学期", "school-year": "学年",
    "hour": "小时", "time": "次", "person": "人", "household": "户", "m2": "平方米", "age": "岁",
}  # fmt: skip


def split_unit(unit: str | None) -> tuple[str, ...]:
    """Return the parts of a unit; none for None."""
    return tuple(unit.split("/")) if unit else ()


def format_unit(unit: str | None) -> str:
    """Return a unit in the words offices use.

    >>> format_unit("wan/month"), format_unit("all:qian"), format_unit("亩")
    ('万元/月', '千元', '亩')
    """
    return "/".join(_SHOWN.get(part, part) for part in map(strip_scope, split_unit(unit)))


def strip_scope(part: str) -> str:
    """Return a part, said of the column itself or of a whole table."""
    return part.removeprefix(OF_WHOLE_TABLE)


def find_money_part(unit: str | None) -> str | None:
    """Return the part that says what an amount is counted in: the column's own, else the table's."""
    own = (part for part in split_unit(unit) if strip_scope(part) in FEN)
    return next((strip_scope(part) for part in sorted(own, key=is_of_whole_table)), None)


def find_time_part(unit: str | None) -> str | None:
    """Return the part that is a time: what an amount is per, or what is counted."""
    own = (part for part in split_unit(unit) if strip_scope(part) in TIMES)
    return next((strip_scope(part) for part in sorted(own, key=is_of_whole_table)), None)


def is_of_whole_table(part: str) -> bool:
    """Return whether a part is said of a whole table, and not of the column itself."""
    return part.startswith(OF_WHOLE_TABLE)


def list_column_parts(unit: str | None) -> list[str]:
    """Return the parts that the column itself states."""
    return [part for part in split_unit(unit) if not is_of_whole_table(part)]


def is_amount_part(part: str) -> bool:
    """Return whether a part of a unit belongs to an amount; things counted do so only over a table."""
    bare = strip_scope(part)
    is_counted = is_of_whole_table(part) and bare in COUNTERS
    return is_counted or bare in FEN or bare in TIMES or bare in SHARES


def read_unit(text: str) -> str | None:
    """Read a folded text that is nothing but a unit; None where it is none.

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
        return _one_part(bare) if bare and bare != text else None
    groups = found.groupdict()
    words = {**_SHARES, **_TIMES}
    each = dict.fromkeys(words[word] for word in _ONE_EACH.findall(groups["per"]))
    return "/".join(([_MONEY[groups["money"]]] if "money" in groups else []) + list(each))


def _one_part(text: str) -> str:
    """Return a text as one part of a unit."""
    return text.replace("/", "／")


def split_heading(folded: str) -> tuple[str, str | None]:
    """Part a folded heading into its text without units, and the unit; None where it has none.

    What else stands in the brackets stays there.

    >>> split_heading("家庭存款(万元,含利息)"), split_heading("月收入千元"), split_heading("备注(情况说明)")
    (('家庭存款(含利息)', 'wan'), ('月收入', 'qian'), ('备注(情况说明)', None))
    """
    units: list[str] = []

    def without(found: re.Match[str]) -> str:
        asides = _ASIDES.split(found[1])
        read = [read_unit(aside) for aside in asides]
        if all(unit is None or unit in COUNTERS for unit in read) and len(asides) > 1:
            return found[0]
        units.extend(unit for unit in read if unit)
        rest = [aside for aside, unit in zip(asides, read, strict=True) if not unit]
        return f"({','.join(rest)})" if any(rest) else ""

    rest = _BRACKETS.sub(without, folded)
    if found := _TRAILING.search(rest):
        units.append(read_unit(found[0].lstrip("/每·")) or found[0])
        rest = rest[: found.start()]
    return rest, _joined(units)


def _joined(units: Iterable[str]) -> str | None:
    """Join units of one heading; two of the same sort contradict each other and become a word."""
    parts = list(dict.fromkeys(part for unit in units for part in split_unit(unit)))
    for sort in (FEN, TIMES):
        same = [part for part in parts if part in sort]
        if len(same) > 1:
            return "、".join(map(format_unit, same))
    return "/".join(parts) or None


def find_unit_above(texts: Iterable[str]) -> str | None:
    """Return the unit of money that a title or a line above a table states; simplified texts.

    Two that contradict each other become a word, which is no unit.

    >>> find_unit_above(["东园社区困难户", "单位：户、人、万元"]), find_unit_above(["收入表（单位：元/月）"])
    ('all:wan', 'all:yuan/all:month')
    >>> find_unit_above(["填报单位：河口下社区"]), find_unit_above(["单位：元", "单位：万元"])
    (None, 'all:元、万元')
    """
    said = list(dict.fromkeys(unit for text in texts for unit in _units_in(text)))
    if len({find_money_part(unit) or unit for unit in said}) > 1:
        return OF_WHOLE_TABLE + "、".join(map(format_unit, said)).replace("/", "每")
    return mark_whole_table(said[0]) if said else None


@lru_cache(1 << 8)
def _units_in(text: str) -> tuple[str, ...]:
    """List the units of money that a line states; a title is asked for each of its columns."""
    return tuple(dict.fromkeys(_stated_units(text)))


def _stated_units(text: str) -> Iterator[str]:
    """Return the units of money that a line states after 单位, or alone in brackets."""
    line = narrow_characters(text).casefold().translate(UNIFIED_BRACKETS)
    for found in _NOTE.finditer(line):
        said = (w for w in _IN_NOTE.split(found[1]) if w)
        for word in (one for w in said for one in ([w] if read_unit(w) else w.split("/"))):
            unit = read_unit(word)
            if unit is None and not _CURRENCY.fullmatch(word):
                break
            if unit is None or find_money_part(unit) or _CURRENCY.fullmatch(word):
                yield unit or _one_part(word)
    for aside in _BRACKETS.findall(line):
        unit = read_unit(drop_spaces(aside))
        if find_money_part(unit) and "元" in aside and "单位" not in aside:
            yield unit or ""


def add_unit_above(unit: str | None, over: str | None) -> str | None:
    """Return a column's own unit, with that over it where it says nothing of money itself."""
    if over is None or find_money_part(unit) or set(split_unit(over)) <= set(split_unit(unit)):
        return unit
    return f"{unit}/{over}" if unit else over


def mark_whole_table(unit: str | None) -> str | None:
    """Return a unit as one that is said over several columns."""
    return "/".join(OF_WHOLE_TABLE + part for part in split_unit(unit)) or None
