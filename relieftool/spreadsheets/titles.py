"""The community and the day that stand in a title, a line above the table or a sheet's name.

Rows among others that name the community of the rows below: 二、花园社区（12户）.

What is not clearly a community is none: it ends in 社区, 村, 居委会 …, is called one by its label,
or is one that the file names elsewhere.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from relieftool.values.communities import normalise_community
from relieftool.values.text import Cell, drop_spaces, narrow_characters, simplify_characters

_YEAR = r"(?<!\d)(?P<year>20\d\d)"
_TO = r"\s*(?:[-–—―─~〜]{1,2}|至|到)\s*"
_AND = rf"(?:{_TO}|[、,/和及与])"
# Several months, which are none: 2024年1-11月, 2024年10月、11月, 2024.10-12, 202410-12.
_MONTHS = re.compile(
    r"(?<!\d)20\d\d(?:"
    rf"年\d{{1,2}}(?:月?{_AND}|月)(?:20\d\d年)?\d{{1,2}}月(?!\d)"
    rf"|年\d{{1,2}}月?{_TO}\d{{1,2}}(?![\d月日号])"
    rf"|(?P<sign>[./-])\d{{1,2}}(?!(?P=sign)){_TO}(?:20\d\d(?P=sign))?\d{{1,2}}(?!\d|(?P=sign))"
    rf"|[01]\d{_TO}(?:20\d\d)?[01]\d(?!\d)"
    r")"
)
# From one day to another: year and month of the first, and of the last where they are said.
_DAYS = tuple(
    re.compile(rf"(?<!\d)(20\d\d){pattern}")
    for pattern in (
        rf"年(\d{{1,2}})月\d{{1,2}}[日号]?{_TO}(?:(20\d\d)年)?(?:(\d{{1,2}})月)?\d{{1,2}}[日号]",
        rf"[./-](\d{{1,2}})[./-]\d{{1,2}}{_TO}(20\d\d)[./-](\d{{1,2}})[./-]\d{{1,2}}(?!\d)",
        rf"[./](\d{{1,2}})[./]\d{{1,2}}{_TO}()(?:(\d{{1,2}})[./])?\d{{1,2}}(?![\d./])",
        rf"([01]\d)[0-3]\d{_TO}(20\d\d)([01]\d)[0-3]\d(?!\d)",
    )
)
_DATES = (
    re.compile(_YEAR + r"[年./-](?P<month>\d{1,2})月(?P<day>\d{1,2})(?![\d月])"),
    re.compile(_YEAR + r"年(?P<month>\d{1,2})[./](?P<day>\d{1,2})(?![\d月])"),
    re.compile(_YEAR + r"(?P<sign>[./-])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})(?!\d)"),
    re.compile(_YEAR + r"(?P<month>[01]\d)(?P<day>[0-3]\d)(?!\d)"),
    re.compile(_YEAR + r"年(?P<month>\d{1,2})月"),
    re.compile(_YEAR + r"[./-](?P<month>\d{1,2})(?![\d./-])"),
    re.compile(_YEAR + r"(?P<month>[01]\d)(?!\d)"),
)
_FIGURES = "[一二三四五六七八九十]{1,3}"
_CHINESE_MONTH = re.compile(
    rf"(?<=年){_FIGURES}(?=月|{_AND}(?:{_FIGURES}|\d+)月)"
    rf"|(?<=[月\d一二三四五六七八九十][-–—―─~〜至到、,/和及与]){_FIGURES}(?=月)"
)
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_CHINESE_YEAR = re.compile(
    r"[二2][〇○零0][〇○零一二三四五六七八九\d]{2}年(?:[一二三四五六七八九十]{1,3}月)?(?:[一二三四五六七八九十]{1,3}日)?"
)
_AS_OF = re.compile(r"截至|截止|数据(?:日期|时间)")
_WRITTEN_ON = re.compile(r"(?:填表|填报|填写|制表|打印|报送|上报|编制|统计|审核)?(?:日期|时间)")
_REMARKS = re.compile(r"^(?:注|备注|说明|填表说明|填写说明|依据|根据|※)")
_LONGEST_LINE = 80

_LABEL = re.compile(
    r"(?:^|[\s,;])(?:社区|社區|村居|村\(居\)|居委会|所在社区|所属社区)(?:名称)?:\s*(?P<value>[^\s:]+)"
)
_BEFORE_COMMITTEE = re.compile(r"(?P<name>[^\s:]+?)\s*村?\(居\)\s*(?:民\s*)?委\s*(?:员\s*)?会")
_NAMED = re.compile(r"(?P<name>[一-鿿]{1,20}?(?:社区|社區|居委会|居民委员会|村委会|村民委员会))")
_WHOLE_VILLAGE = re.compile(r"[一-鿿]{2,7}村")
_AREA = re.compile(r"^.{2,}?(?:街道办事处|街道办|街道|[省市县区镇乡街](?!道))(?=.{2})")
_TABLE_WORDS = re.compile(r"^.*(?:关于|表|册|名单|台账)(?=..)")
_NO_NAME = re.compile(
    r"^(?:各|本|该|所属|所在|全部|所辖|下辖|街道|城市|农村|居民|年度|全|关于)?(?:社区|社區|居委会|村委会|居民委员会|村民委员会)$"
)


def find_titled_community(lines: Iterable[str], sheet_name: str = "") -> str | None:
    """Find the community named in the lines above a table, else in the sheet's name.

    The name is given as written, without the sub-district before it; None where none is named.

    >>> find_titled_community(["所属地区：某某街道　乡镇（街道）　河口下　村（居）委会"])
    '河口下'
    >>> find_titled_community(["安源区后埠街河口下社区2024年11月低保金发放表"])
    '河口下社区'
    """
    for line in [*lines, sheet_name]:
        if len(line) <= _LONGEST_LINE and (found := _community_in(narrow_characters(line))):
            return found
    return sheet_name.strip() if _WHOLE_VILLAGE.fullmatch(sheet_name.strip()) else None


def _community_in(line: str) -> str | None:
    if found := _BEFORE_COMMITTEE.search(line):
        return strip_area(found["name"])
    undated = _without_dates(line)
    named = _NAMED.search(undated)
    if named and (name := strip_area(named["name"])):
        return name
    label = _LABEL.search(line)
    return strip_area(label["value"]) if label else None


def strip_area(name: str) -> str | None:
    """Cut what stands before the community's own name; 新街口社区 keeps its 新街.

    A cut leaves at least two characters besides 社区.
    """
    name = _TABLE_WORDS.sub("", name)
    while (area := _AREA.match(name)) and len(re.sub("社区$|社區$", "", name[area.end() :])) > 1:
        name = name[area.end() :]
    return None if has_no_own_name(name) else name


def has_no_own_name(name: str) -> bool:
    """Return whether a word with 社区 in it names no community of its own, as 各社区."""
    return bool(_NO_NAME.match(name))


def _without_dates(line: str) -> str:
    line = _timed(line)
    for pattern in (_MONTHS, *_DATES):
        line = pattern.sub(" ", line)
    return re.sub(r"20\d\d年?度?", " ", line)


def find_date(text: str) -> str | None:
    """Find the newest day or month in a text: 'YYYY-MM-DD', else 'YYYY-MM', else None.

    From one day to another of the same month is that month; several months are none.

    >>> [find_date(text) for text in ("2024年12月10日", "（二〇二四年十一月）", "2024年度")]
    ['2024-12-10', '2024-11', None]
    >>> [find_date(text) for text in ("2024年11月1日至30日", "2024年1-11月", "2024-10至2024-12")]
    ['2024-11', None, None]
    """
    line = _timed(text)
    if _MONTHS.search(line):
        return None
    found: list[str] = []
    for pattern in _DATES:
        found += filter(None, (_iso(date) for date in pattern.finditer(line)))
        line = pattern.sub(" ", line)
    return max(found, default=None)


def has_several_months(text: str) -> bool:
    """Return whether a text speaks of several months, as 2024年1-11月 does."""
    return _MONTHS.search(_timed(text)) is not None


def has_time(text: str) -> bool:
    """Return whether a text names a day or month, or several."""
    return has_several_months(text) or find_date(text) is not None


def _timed(text: str) -> str:
    """Return a text with its dates in figures, and days of one month as that month."""
    unspaced = re.sub(r"\s*([年月日])\s*", r"\1", narrow_characters(text))
    line = _CHINESE_YEAR.sub(lambda found: _digits(found[0]), unspaced)
    line = _CHINESE_MONTH.sub(_number, line)
    for pattern in _DAYS:
        line = pattern.sub(_month_of_days, line)
    return line


def _month_of_days(found: re.Match[str]) -> str:
    """Return the month that days from one to another lie in; where there are two, both."""
    year, month, last_year, last_month = found.groups()
    first, last = f"{year}年{int(month)}月", f"{last_year or year}年{int(last_month or month)}月"
    return first if first == last else f"{first}至{last}"


def _iso(found: re.Match[str]) -> str | None:
    groups = found.groupdict()
    year, month, day = int(groups["year"]), int(groups["month"]), int(groups.get("day") or 1)
    try:
        on = dt.date(year, month, day)
    except ValueError:
        return None
    return on.isoformat() if groups.get("day") else f"{on:%Y-%m}"


def _digits(date: str) -> str:
    """Turn 二〇二四年十一月 into 2024年11月."""
    year, _sign, rest = date.partition("年")
    return (
        year.translate(_CHINESE_DIGITS) + "年" + re.sub(r"[一二三四五六七八九十]+", _number, rest)
    )


def _number(found: re.Match[str]) -> str:
    tens, is_ten, ones = found[0].rpartition("十")
    value = int((tens or "1").translate(_CHINESE_DIGITS)) * 10 if is_ten else 0
    return str(value + int(ones.translate(_CHINESE_DIGITS) or 0))


def find_covered_period(
    lines: Iterable[str], sheet_name: str, footers: Iterable[str]
) -> str | None:
    """Find the day or month a table speaks for; None where it speaks of several months.

    A day it is stated as of comes first, then a date in the title, then the day it was filled in,
    then the sheet's name, then a date in its footer. The newest counts within each.
    """
    for group in _dating(lines, sheet_name, footers):
        dates = [date for line in group if (date := find_date(line))]
        if any(map(has_several_months, group)):
            return None
        if dates:
            return max(dates)
    return None


def has_no_single_month(lines: Iterable[str], sheet_name: str) -> bool:
    """Return whether what would tell a table's month speaks of several, so that none is known."""
    for group in _dating(lines, sheet_name, ()):
        if any(map(has_several_months, group)):
            return True
        if any(map(find_date, group)):
            return False
    return False


def _dating(lines: Iterable[str], sheet_name: str, footers: Iterable[str]) -> tuple[list[str], ...]:
    """Return the lines that may date a table, the surest first."""
    above = [
        line
        for line in lines
        if len(line) <= _LONGEST_LINE and not _REMARKS.match(simplify_characters(line))
    ]
    as_of = [line for line in above if _AS_OF.search(line)]
    written = [line for line in above if _WRITTEN_ON.search(line) and line not in as_of]
    titles = [line for line in above if line not in as_of and line not in written]
    below = [line for line in footers if _WRITTEN_ON.search(line) and len(line) <= _LONGEST_LINE]
    return as_of, titles, written, [sheet_name], below


_COUNT = r"(?:共|计|合计)?(?:\d+[户人][、,;]?)+"
_SECTION = re.compile(
    r"(?P<lead>\(?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.)]|第[一二三四五六七八九十]{1,3}部分[、:]?)?"
    r"(?P<label>(?:所在|所属)?(?:社区|村居|村\(居\)|居委会)(?:名称)?:)?"
    r"(?P<name>[一-鿿]{2,20}?)"
    rf"(?P<count>:?\({_COUNT}\)|:?{_COUNT})?[:。]?"
)
_SURE = re.compile(r"(?:社区|居委会|居民委员会|村委会|村民委员会)$")
_VILLAGE = "村"
_OTHER_WORDS = re.compile(r"[的各本等]|名单|困难|家庭|合计|小计|情况|意见|负责|领导|人员|签|盖章")
_ROWS_OF_TITLES = 10


@dataclass(frozen=True)
class Section:
    """A row that names a community, counted from 1, and the community as written."""

    row: int
    community: str


def find_section_community(
    text: str, known: Collection[str] = (), *, is_apart: bool = False
) -> str | None:
    """Return the community that the only text of a row names; None where it is clearly none.

    `known` are plain names of communities. `is_apart`: the cell stands where no person's name may
    be, so that a village's bare name is no person's.

    >>> find_section_community("二、花园社区（12户）"), find_section_community("社区：河口下")
    ('花园社区', '河口下')
    >>> find_section_community("一、低保户"), find_section_community("陈新村")
    (None, None)
    """
    found = _SECTION.fullmatch(narrow_characters(simplify_characters(drop_spaces(text))))
    if found is None:
        return None
    name = strip_area(found["name"])
    if name is None or has_no_own_name(name) or _OTHER_WORDS.search(name):
        return None
    is_marked = bool(found["lead"] or found["count"] or is_apart)
    is_known = is_marked and normalise_community(name) in known
    is_village = is_marked and name.endswith(_VILLAGE) and len(name) > len("新村")
    return name if _SURE.search(name) or found["label"] or is_known or is_village else None


def find_only_text(cells: Sequence[Cell], filled: Sequence[int]) -> str | None:
    """Return the text that stands alone on a row; one merged over several cells may fill them all."""
    text = cells[filled[0]]
    is_alone = len(filled) == 1 or (
        len(filled) == len(cells) and all(cell == text for cell in cells)
    )
    return text if is_alone and isinstance(text, str) else None


def list_named_communities(
    names: Iterable[str], sheets: Iterable[Sequence[Sequence[Cell]]]
) -> set[str]:
    """Return the plain names of communities that the sheets of a file are called or titled by."""
    texts = [
        cell
        for rows in sheets
        for row in rows[:_ROWS_OF_TITLES]
        for cell in row
        if isinstance(cell, str)
    ]
    found = [find_titled_community((), name) for name in names]
    found += [find_titled_community([text]) for text in texts]
    return {normalise_community(name) for name in found if name}
