"""The days, months and years that imported sheets are about, as ISO texts."""

import calendar
import re
from functools import lru_cache

_DATES = re.compile(r"[\d年月日季度\W_]+")


@lru_cache
def parse_period(covers: str) -> tuple[str, str]:
    """Return the first and last day (inclusive) of a year, month or day written as ISO text.

    >>> parse_period("2024-11"), parse_period("2024"), parse_period("2024-12-10")
    (('2024-11-01', '2024-11-30'), ('2024-01-01', '2024-12-31'), ('2024-12-10', '2024-12-10'))
    """
    year, *rest = (int(part) for part in covers.split("-"))
    month = rest[0] if rest else None
    if len(rest) > 1:
        return covers, covers
    first, last = month or 1, month or 12
    days = calendar.monthrange(year, last)[1]
    return f"{year}-{first:02}-01", f"{year}-{last:02}-{days}"


def parse_month_period(covers: str) -> tuple[str, str]:
    """Return the first and last day of a month, of a day's month, or of a year."""
    return parse_period(covers[:7])


def strip_dates(name: str) -> str:
    """Return a file's or sheet's name without digits, signs and the characters 年月日季度.

    The result is the same for the files of each month.

    >>> strip_dates("困难家庭 2024年11月(2)"), strip_dates("困难家庭12")
    ('困难家庭', '困难家庭')
    """
    return _DATES.sub("", name)
