"""Reads from when and until when a benefit is paid: 低保起始时间, 停发时间, 享受起止时间.

Only months are compared: a benefit that ends within a month is paid for that month, unless the
column says when it was stopped.
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from relieftool.values.headings import BRACKETED, fold_unnumbered
from relieftool.values.periods import parse_month_period, write_dates_in_figures
from relieftool.values.text import Cell, drop_spaces, is_blank, match_any, simplified_text
from relieftool.values.vocabulary import list_cell_words, list_words

BenefitRun = Literal["runs", "ended", "later", "unclear"]
_Sort = Literal["begin", "stop", "last", "until", "span", "of"]
_SORTS: tuple[_Sort, ...] = ("begin", "stop", "last", "until", "span", "of")
_REMEMBERED = 1 << 10
_WORDS = {name: match_any(words) for name, words in list_words("benefit_days").items()}
_ABOUT = f"(?:{_WORDS['about']})*"
_DATED = "(?:{begin}|{stop}|{last})".format(
    **{sort: f"(?P<{sort}>{_WORDS[sort]})" for sort in ("begin", "stop", "last")}
)
# of a benefit, or of none that is named: 低保停发时间, 享受起始年月
_TAIL = re.compile(
    f"{_ABOUT}(?:{_DATED}(?:{_ABOUT}(?:{_WORDS['nouns']}))?{_ABOUT}(?:{_WORDS['nouns']})"
    f"|(?P<until>{_WORDS['until']})|(?P<span>{_WORDS['span']})(?:{_WORDS['nouns']})?)$"
)
# around the name of a benefit: 停发低保时间, 享受低保时间
_AROUND = re.compile(f"^(?:{_DATED}|(?P<of>{_WORDS['acts']}))(?P<name>.+?)(?:{_WORDS['nouns']})$")
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>\d{4})年(?P<month>\d{1,2})(?:月份?(?:\d{1,2}[日号]?)?|(?!\d))",
        r"(?P<year>\d{4})(?P<sign>[./-])(?P<month>\d{1,2})(?P=sign)\d{1,2}(?!\d)(?!(?P=sign))",
        r"(?P<year>\d{4})[./-](?P<month>\d{1,2})(?!\d)",
        r"(?P<year>(?:19|20|99)\d\d)(?P<month>0[1-9]|1[0-2])(?:[0-3]\d)?(?!\d)",
        r"(?P<year>\d{4})(?:年度?|(?!\d))(?P<month>)",
    )
)
_OF_BENEFIT = re.compile(_WORDS["about"])
_OF_PAYMENT = re.compile(_WORDS["of_payment"])
_TENTH = re.compile(r"(?<!\d)\d{4}\.1$")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d)?$")
_BETWEEN = re.compile(r"(?P<to>[至到~〜—–―─-]{1,2})|[起开始从自由止日()、,]")
_OPEN = re.compile(_WORDS["open"])
_EARLIEST, _NEVER, _MONTHS_OF_YEAR = 1949, "2099", 12
Month = tuple[str, str]  # the first and last month that a date may mean, as YYYY-MM


class _Span(NamedTuple):
    """The dates in a cell, and whether it says that there is no end."""

    dates: list[Month]
    is_open: bool
    is_until: bool


def strip_day_words(name: str) -> list[str]:
    """Return what may be the name of a benefit in a folded heading of its days; "" for none.

    What words such as 补贴 stand before may be the end of the name.

    >>> [strip_day_words(name) for name in ("低保截止时间", "停发低保时间", "停发时间", "出生日期")]
    [['低保'], ['低保'], [''], []]
    >>> strip_day_words("护理补贴停发日期")
    ['护理补贴', '护理']
    """
    tail, around = _TAIL.search(name), _AROUND.match(name)
    if tail is None:
        return [around["name"]] if around else []
    ends, end = [tail.start()], tail.start()
    while word := _OF_BENEFIT.match(name, end):
        end = word.end()
        ends.append(end)
    return [name[:end] for end in reversed(ends)]


def _fold(heading: str) -> list[str]:
    """Return a heading without signs and numbering, whole and without what is in brackets."""
    name = fold_unnumbered(heading)
    return [re.sub(r"[()/、·:_\-]", "", form) for form in (name, BRACKETED.sub("", name))]


@lru_cache
def _find_sort(heading: str) -> _Sort | None:
    """Return what the dates below a heading are of; None if it is no heading of days."""
    found = next(
        (found for name in _fold(heading) if (found := _TAIL.search(name) or _AROUND.match(name))),
        None,
    )
    if found is None:
        return None
    named = found.groupdict()
    return next(sort for sort in _SORTS if named.get(sort))


def is_day_heading(heading: str) -> bool:
    """Whether a heading is of the days from or until which a benefit is paid."""
    return _find_sort(heading) is not None


def names_benefit(heading: str) -> bool:
    """Whether a heading of days says that they are of a benefit: 停发时间, 享受截止时间.

    >>> names_benefit("享受起止时间"), names_benefit("停发日期"), names_benefit("有效期至")
    (True, True, False)
    """
    return _find_sort(heading) == "stop" or _OF_BENEFIT.search(simplified_text(heading)) is not None


def may_be_of_card(heading: str) -> bool:
    """Whether a heading of an end names no benefit, so that it may be that of a card or a paper.

    >>> may_be_of_card("有效期至"), may_be_of_card("低保有效期至"), may_be_of_card("停发日期")
    (True, False, False)
    """
    names = (name for form in _fold(heading) for name in strip_day_words(form))
    return not names_benefit(heading) and "" in names


def may_be_months_paid(heading: str) -> bool:
    """Whether a heading may be of the months that an amount is for: 补贴起止时间."""
    is_paid = _OF_PAYMENT.search(simplified_text(heading)) is not None
    return is_paid and _find_sort(heading) == "span"


@lru_cache(_REMEMBERED, typed=True)
def read_run(cell: Cell, heading: str, covers: str | None) -> BenefitRun | None:
    """Return whether a benefit is paid at the end of `covers`, by a cell of its days.

    None if the cell is blank. What begins later is approved and not yet paid, so it is neither
    received nor to be claimed. Without `covers` an end is unclear, as it may be before or after the
    list.

    >>> [read_run(day, "截止时间", "2024-11") for day in ("2024-06-30", "2024-11-05", "?")]
    ['ended', 'runs', 'unclear']
    >>> read_run("2024年11月", "停发时间", "2024-11"), read_run("202412", "起始时间", "2024-11")
    ('ended', 'later')
    >>> read_run("2023.01-2024.06", "起止时间", "2024-11"), read_run("2023.1至今", "起止时间", None)
    ('ended', 'runs')
    """
    text = re.sub(r"\s*00:00:00$", "", simplified_text(cell))
    if is_blank(cell) or drop_spaces(text) in list_cell_words("none"):
        return None
    found = _read_span(text)
    sort = _find_sort(heading)
    if found is None or sort is None or len(found.dates) > (1 if found.is_open else 2):
        return "unclear"
    if not found.dates:
        return "runs"
    first, *others = found.dates
    is_end = not found.is_open and (sort in ("stop", "last", "until") or found.is_until)
    if others:
        begin, end = (first, others[0]) if sort in ("span", "of", "until") else (None, None)
        if begin is None or end is None or begin > end:
            return "unclear"
    else:
        begin, end = (None, first) if is_end else (first, None)
    if _TENTH.search(drop_spaces(text)):  # it may have been 2024.10, also where a text file has it
        if end or begin is None:
            return "unclear"
        begin = (begin[0], f"{begin[1][:4]}-10")
    return _compare(begin, end, covers, is_stop=sort == "stop")


def _compare(
    begin: Month | None, end: Month | None, covers: str | None, *, is_stop: bool
) -> BenefitRun:
    """Return whether a benefit that begins and ends in these months is paid in the last covered.

    Within a period of several months, or a year, that is not clear.
    """
    if covers is None:
        return "runs" if end is None or end[0] >= _NEVER else "unclear"
    first, last = (day[:7] for day in parse_month_period(covers))
    if begin and begin[1] > first:
        return "later" if begin[0] > last else "unclear"
    if end is None or end[0] > last or (end[1] >= last and not is_stop):
        return "runs"
    if end[1] < first or (first == last == end[1] and end[0] == end[1]):
        return "ended"
    return "unclear"


def _read_span(text: str) -> _Span | None:
    """Return the dates in a text; None if there is anything else, or no such month."""
    line = _CLOCK.sub("", drop_spaces(write_dates_in_figures(text)))
    rest = _OPEN.sub("", line)
    is_open = rest != line
    places: list[tuple[int, Month]] = []
    for pattern in _DATES:
        for match in pattern.finditer(rest):
            month = _read_month(match)
            if month is None:
                return None
            places.append((match.start(), month))
        rest = pattern.sub(lambda match: " " * len(match[0]), rest)
    left = rest.replace(" ", "")
    if _BETWEEN.sub("", left) or not (places or is_open):
        return None
    dates = [month for _place, month in sorted(places)]
    is_until = len(dates) == 1 and (left.endswith("止") or left[:1] in tuple("至到"))
    return _Span(dates, is_open, is_until)


def _read_month(match: re.Match[str]) -> Month | None:
    """Return the month of a date, or the first and last of its year; None if there is none."""
    year, month = int(match["year"]), match["month"]
    if year < _EARLIEST or (month and not 1 <= int(month) <= _MONTHS_OF_YEAR):
        return None
    return (f"{year}-{int(month):02}",) * 2 if month else (f"{year}-01", f"{year}-12")
