"""The days, months and years that imported sheets are about, as ISO texts.

A period is a day, a month, a year, or several months in a row: 2024-12-10, 2024-11, 2024,
2024-10/2024-12.
"""

import datetime as dt
import re
from functools import lru_cache

from relieftool.values.amounts import parse_numeral
from relieftool.values.stored_values import parse_period
from relieftool.values.text import Cell, drop_spaces, narrow_characters, plain_text

_REMEMBERED = 1 << 10
_NAMED_DATES = re.compile(r"[\d年月日季度\W_]+")
_MONTHS_OF_YEAR = 12

_YEAR = r"(?<!\d)(?P<year>20\d\d)"
_TO = r"\s*(?:[-–—―─~〜]{1,2}|至|到)\s*"
_AND = rf"(?:{_TO}|[、,/和及与])"
# Several months: 2024年1-11月, 2024年10月、11月, 2024年3、6、9月, 2024.10-12, 202410-12.
_SEVERAL_MONTHS = re.compile(
    r"(?<!\d)20\d\d(?:"
    rf"年(?:\d{{1,2}}(?:月?{_AND}(?:20\d\d年)?|月))+\d{{1,2}}月(?!\d)"
    rf"|年\d{{1,2}}月?{_TO}\d{{1,2}}(?![\d月日号])"
    rf"|(?P<sign>[./-])\d{{1,2}}(?!(?P=sign)){_TO}(?:20\d\d(?P=sign))?\d{{1,2}}(?!\d|(?P=sign))"
    rf"|[01]\d{_TO}(?:20\d\d)?[01]\d(?!\d)"
    r")"
)
_ONE_OF_SEVERAL = re.compile(r"(?P<before>\D*?)(?:(?P<year>20\d\d)[年./-]?)?(?P<month>\d{1,2})月?")
# A range of days; the groups are year and month of its first day, then those of its last day, which
# may be left out.
_DAY_RANGES = tuple(
    re.compile(rf"(?<!\d)(20\d\d){pattern}")
    for pattern in (
        rf"年(\d{{1,2}})月\d{{1,2}}[日号]?{_TO}(?:(20\d\d)年)?(?:(\d{{1,2}})月)?\d{{1,2}}[日号]",
        rf"[./-](\d{{1,2}})[./-]\d{{1,2}}{_TO}(20\d\d)[./-](\d{{1,2}})[./-]\d{{1,2}}(?!\d)",
        rf"[./](\d{{1,2}})[./]\d{{1,2}}{_TO}()(?:(\d{{1,2}})[./])?\d{{1,2}}(?![\d./])",
        rf"([01]\d)[0-3]\d{_TO}(20\d\d)([01]\d)[0-3]\d(?!\d)",
    )
)
# The most exact patterns come first: what a pattern finds is removed before the next is tried.
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
    rf"(?<![一二三四五六七八九十第]){_FIGURES}(?=月(?!份?以)|{_AND}(?:{_FIGURES}|\d+)月)"
)
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_CHINESE_YEAR = re.compile(
    r"[二2][〇○零0][〇○零一二三四五六七八九\d]{2}年(?:[一二三四五六七八九十]{1,3}月)?(?:[一二三四五六七八九十]{1,3}日)?"
)
# Words for several months, and the first and last of these: 第四季度, 一至三季度, Q4, 下半年, 全年.
_QUARTER = "[一二三四1-4]"
_LONG_PERIOD = re.compile(
    r"(?:(?P<year>(?<!\d)20\d\d)(?:年度?)?-?)?(?:"
    rf"第?(?P<first>{_QUARTER})(?:季?度?{_AND}第?(?P<last>{_QUARTER}))?季度?"
    rf"|前(?P<until>{_QUARTER})个?季度|Q(?P<short>[1-4])(?!\d)"
    r"|(?P<half>[上下])半年|(?P<whole>全年)度?)",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(
    rf"(?<![\d第满])(?=2\d年(?:度?\d{{1,2}}(?:月|{_AND})|第?{_QUARTER}季|[上下]半年))"
)
_LOOSE_YEAR = re.compile(r"(?<=\d{4})(?:年度|\s+)(?=\d{1,2}月)")
# 24.11城市低保金, 低保金24.11: a year of two digits is one only where a name begins or ends.
_NO_COUNT = "(?<![年人户元万亿平米斤岁名个份册])"
_SHORT_MONTH = re.compile(
    rf"(?:(?:^|(?<=[\s(_]))(?=2\d\.\d+月?(?:$|[\s)_]|[一-鿿]{_NO_COUNT}))|(?<=[一-鿿])(?=2\d\.\d\d$))"
    r"(?P<year>2\d)\.(?P<month>0?[1-9]|1[0-2])(?!\d)月?"
)
_UNDERLINED = re.compile(r"(?<!\d)(20\d\d)_(?=(?:0?[1-9]|1[0-2])(?!\d))")
# 2024年, 2024年度, and 2024城市低保金 or 城市低保金2024 without 年.
_YEAR_ALONE = re.compile(rf"(?<!\d)(20\d\d)(?:年度?|(?=$|[\s)_]|[一-鿿]{_NO_COUNT}))(?!\d)")
_NO_YEAR = re.compile(
    rf"(?<![\d年./-])(?:\d{{1,2}}月?{_AND})*(?<![\d年.])\d{{1,2}}月(?![\d日]|以|{_AND}?\d{{1,2}}日)"
)
_OF_YEAR = re.compile(r"(?<!\d)(20\d\d)年度(?!\d)")


@lru_cache
def parse_month_period(covers: str) -> tuple[str, str]:
    """Return the first and last day of the months that a period is in."""
    return parse_period(covers if "/" in covers else covers[: len("2024-11")])


@lru_cache
def count_months(covers: str) -> int:
    """Return how many months a period is in.

    >>> [count_months(covers) for covers in ("2024", "2024-11", "2024-12-10", "2024-10/2025-01")]
    [12, 1, 1, 4]
    """
    first, last = (dt.date.fromisoformat(day) for day in parse_month_period(covers))
    return (last.year - first.year) * _MONTHS_OF_YEAR + last.month - first.month + 1


def strip_dates(name: str) -> str:
    """Return a file's or sheet's name without digits, signs and the characters 年月日季度.

    The result is the same for the files of each month.

    >>> strip_dates("困难家庭 2024年11月(2)"), strip_dates("困难家庭12")
    ('困难家庭', '困难家庭')
    """
    return _NAMED_DATES.sub("", name)


def drop_dates(text: str) -> str:
    """Return a text without the days, months and years in it."""
    line = write_dates_in_figures(text)
    for pattern in (_SEVERAL_MONTHS, *_DATES):
        line = pattern.sub(" ", line)
    return re.sub(r"20\d\d年?度?", " ", line)


def find_date(text: str) -> str | None:
    """Return the newest day or month in a text, as 'YYYY-MM-DD' or 'YYYY-MM'.

    A range of days within one month counts as that month. The result is None for a text without a
    date, or with a range or list of months.

    >>> [find_date(text) for text in ("2024年12月10日", "（二〇二四年十一月）", "2024年度")]
    ['2024-12-10', '2024-11', None]
    >>> [find_date(text) for text in ("24年11月", "城市低保金11月发放表 2024年", "2024年1-11月")]
    ['2024-11', '2024-11', None]
    """
    line = write_dates_in_figures(text)
    if _SEVERAL_MONTHS.search(line):
        return None
    found: list[str] = []
    for pattern in _DATES:
        found += filter(None, map(_format_found_date, pattern.finditer(line)))
        line = pattern.sub(" ", line)
    return max(found, default=None)


def find_months(text: str) -> str | None:
    """Return the months that a text names, if they are several in a row, as a period.

    >>> [find_months(text) for text in ("2024年第四季度", "2023年12月至2024年1月")]
    ['2024-10/2024-12', '2023-12/2024-01']
    >>> [find_months(text) for text in ("2024年3月、6月、9月", "2024年11月", "2024年度")]
    [None, None, None]
    """
    found = {
        _join_months(match[0]) for match in _SEVERAL_MONTHS.finditer(write_dates_in_figures(text))
    }
    return found.pop() if len(found) == 1 else None


def find_year(text: str) -> str | None:
    """Return the year that a text names as a whole (年度), if it is only one; otherwise None."""
    found = set(_OF_YEAR.findall(write_dates_in_figures(text)))
    return found.pop() if len(found) == 1 else None


def has_several_months(text: str) -> bool:
    """Whether a text names several months, as 2024年1-11月 does."""
    return _SEVERAL_MONTHS.search(write_dates_in_figures(text)) is not None


def has_time(text: str) -> bool:
    """Whether a text names a day, a month or several months."""
    return has_several_months(text) or find_date(text) is not None


@lru_cache(_REMEMBERED, typed=True)
def read_months(cell: Cell, year: str | None = None) -> str | None:
    """Return the month or months in a cell as a period; None if the cell is anything else.

    `year` is that of the table, for a cell such as 10-12月. The figure 2024.1 may have been
    2024.10, so it is None.

    >>> read_months("202411"), read_months("2024年10月至12月"), read_months("10-12月", "2024")
    ('2024-11', '2024-10/2024-12', '2024-10/2024-12')
    """
    text = plain_text(cell).removesuffix(" 00:00:00")
    if isinstance(cell, float) and text.endswith(".1"):
        return None
    line = drop_spaces(text)
    if year and not re.match(r"20\d\d|2\d年", line):
        line = f"{year}年{line}"
    if drop_spaces(drop_dates(line)).strip("份()的-,、"):
        return None
    day = find_date(line)
    return find_months(line) or (day and day[: len("2024-11")])


def _join_months(text: str) -> str | None:
    """Return the period of the months in a text such as 2024年10-12月.

    None if they are not in a row, or if there is no such month.
    """
    found = _list_months(text)
    if not found or max(found) - min(found) != len(found) - 1:
        return None
    first, until = (
        f"{month // _MONTHS_OF_YEAR}-{month % _MONTHS_OF_YEAR + 1:02}"
        for month in (min(found), max(found))
    )
    return f"{first}/{until}"


def _list_months(text: str) -> set[int]:
    """Return the months in a text such as 10-12月, counted from year 0; none if one is wrong."""
    found: set[int] = set()
    year, last = 0, None
    for match in _ONE_OF_SEVERAL.finditer(text):
        year = int(match["year"] or year)
        month = int(match["month"])
        if not 1 <= month <= _MONTHS_OF_YEAR:
            return set()
        number = year * _MONTHS_OF_YEAR + month - 1
        is_range = last is not None and re.search(_TO, match["before"])
        found |= set(range(last, number + 1)) if is_range and last is not None else {number}
        if is_range and last is not None and number <= last:
            return set()
        last = number
    return found


@lru_cache
def count_named_months(text: str) -> int | None:
    """Return how many months a text names, also without a year; None if it names none.

    Several months count before a single one, which may be that of payment. 0 if they are not clear.

    >>> [count_named_months(text) for text in ("10-12月", "四季度(12月发放)", "2024年3、6、9月")]
    [3, 3, 3]
    >>> [count_named_months(text) for text in ("11月", "城市低保", "4-6月(7-8月发放)")]
    [1, None, 0]
    """
    line = _CHINESE_MONTH.sub(_convert_numeral, write_dates_in_figures(text))
    line = _LONG_PERIOD.sub(_convert_long_period, line)
    with_year = [match[0] for match in _SEVERAL_MONTHS.finditer(line)]
    named = with_year or [match[0] for match in _NO_YEAR.finditer(line)]
    counts = {len(_list_months(months)) for months in named}
    several = counts - {1}
    return several.pop() if len(several) == 1 else 0 if several else 1 if counts else None


@lru_cache(_REMEMBERED)
def write_dates_in_figures(text: str) -> str:
    """Return a text with its dates in figures, and each range of days as its month or months.

    A quarter and the like become their months: 2024年10至12月 for 2024年第四季度. A month without
    its year gets the only year in the text.
    """
    unspaced = re.sub(r"\s*([年月日第季])\s*", r"\1", narrow_characters(text))
    line = _CHINESE_YEAR.sub(_convert_chinese_date, unspaced)
    line = _SHORT_YEAR.sub("20", line)
    line = _SHORT_MONTH.sub(r"20\g<year>年\g<month>月", line)
    line = _UNDERLINED.sub(r"\1-", line)
    if "年" in line:
        line = _CHINESE_MONTH.sub(_convert_numeral, line)
    line = _LOOSE_YEAR.sub("年", line)
    for pattern in _DAY_RANGES:
        line = pattern.sub(_shorten_day_range, line)
    return _add_years(_LONG_PERIOD.sub(_convert_long_period, line) if "20" in line else line)


def _add_years(line: str) -> str:
    """Return a line in which the only year is put before the only month without one."""
    years = _YEAR_ALONE.findall(line)
    months = list(_NO_YEAR.finditer(line))
    if len(set(years)) != 1 or len(months) != 1:
        return line
    if _SEVERAL_MONTHS.search(line) or any(pattern.search(line) for pattern in _DATES):
        return line
    (month,) = months
    rest = _YEAR_ALONE.sub(" ", line[: month.start()]), _YEAR_ALONE.sub(" ", line[month.end() :])
    return f"{rest[0]}{years[0]}年{month[0]}{rest[1]}"


def _convert_long_period(found: re.Match[str]) -> str:
    """Return the months of a quarter, of several quarters, of half a year or of a year."""
    if found["half"]:
        first, last = (1, 6) if found["half"] == "上" else (7, 12)
    elif found["whole"]:
        first, last = 1, 12
    else:
        begin = _number_quarter(found["first"] or found["short"] or "1")
        end = _number_quarter(found["last"] or found["until"] or "") or begin
        first, last = begin * 3 - 2, end * 3
    year = f"{found['year']}年" if found["year"] else ""
    return f"{year}{first}至{last}月"


def _number_quarter(sign: str) -> int:
    return parse_numeral(sign) or int(sign or 0)


def _shorten_day_range(found: re.Match[str]) -> str:
    """Return the month of a range of days, or its first and last month if these differ."""
    year, month, last_year, last_month = found.groups()
    first, last = f"{year}年{int(month)}月", f"{last_year or year}年{int(last_month or month)}月"
    return first if first == last else f"{first}至{last}"


def _convert_chinese_date(found: re.Match[str]) -> str:
    """Return a date in Chinese numerals in figures: 2024年11月 for 二〇二四年十一月."""
    year, _sign, rest = found[0].partition("年")
    figures = re.sub(r"[一二三四五六七八九十]+", _convert_numeral, rest)
    return f"{year.translate(_CHINESE_DIGITS)}年{figures}"


def _convert_numeral(found: re.Match[str]) -> str:
    return str(parse_numeral(found[0]) or found[0])


def _format_found_date(found: re.Match[str]) -> str | None:
    """Return a matched date as 'YYYY-MM-DD', or 'YYYY-MM' without a day.

    None if the calendar has no such day.
    """
    groups = found.groupdict()
    year, month, day = int(groups["year"]), int(groups["month"]), int(groups.get("day") or 1)
    try:
        on = dt.date(year, month, day)
    except ValueError:
        return None
    return on.isoformat() if groups.get("day") else f"{on:%Y-%m}"
