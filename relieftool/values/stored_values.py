"""What the columns of households, members and tables hold, and the days of a period in one.

Apart from the reading of cells and dates, whose patterns take long to load.
"""

import calendar
from collections.abc import Mapping

StoredValue = None | int | str
UnitRow = Mapping[str, StoredValue]  # the columns of a household or member
_LAST_MONTH = 12


def parse_period(covers: str) -> tuple[str, str]:
    """Return the first and last day (inclusive) of a period.

    >>> parse_period("2024-11"), parse_period("2024"), parse_period("2024-12-10")
    (('2024-11-01', '2024-11-30'), ('2024-01-01', '2024-12-31'), ('2024-12-10', '2024-12-10'))
    >>> parse_period("2024-10/2024-12")
    ('2024-10-01', '2024-12-31')
    """
    begin, is_several, end = covers.partition("/")
    if is_several:
        return parse_period(begin)[0], parse_period(end)[1]
    year, *rest = (int(part) for part in covers.split("-"))
    month = rest[0] if rest else None
    if len(rest) > 1:
        return covers, covers
    first, last = month or 1, month or _LAST_MONTH
    days = calendar.monthrange(year, last)[1]
    return f"{year}-{first:02}-01", f"{year}-{last:02}-{days}"
