"""Deadlines of cases: the last day for the department's decision, by the legal time limit.

Time limits are in working days, but those of help that cannot wait are in days of the calendar.
Public holidays are known only for the years of the calendar.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from relieftool.cases.records import CaseRecord, CaseState
from relieftool.pack.models import Pack, find_time_limit, find_urgent_limit

_SATURDAY = 5
_RUNNING = (CaseState.FOUND, CaseState.REFERRED, CaseState.REOPENED)


@dataclass(frozen=True)
class DueDay:
    """The last day of a time limit; `is_by_holidays`: all days were in the calendar's years."""

    on: dt.date
    is_by_holidays: bool


def list_calendar_years() -> tuple[int, int]:
    """Return the first and the last year (inclusive) for which the calendar has holidays."""
    from chinese_calendar import (  # type: ignore[import-untyped]  # noqa: PLC0415 start-up time
        holidays,
    )

    years = {day.year for day in holidays}
    return min(years), max(years)


def add_working_days(day: dt.date, count: int) -> DueDay:
    """Return the day that is `count` working days after `day`.

    Outside the years of the calendar, Monday to Friday count as working days.
    """
    from chinese_calendar import is_workday  # noqa: PLC0415 start-up time

    first, last = list_calendar_years()
    is_by_holidays = True
    while count:
        day += dt.timedelta(days=1)
        if first <= day.year <= last:
            count -= is_workday(day)
        else:
            is_by_holidays = False
            count -= day.weekday() < _SATURDAY
    return DueDay(day, is_by_holidays)


def find_due_day(pack: Pack, programme: str, start: dt.date) -> DueDay | None:
    """Return when a claim of a programme is due, by the time limit in force on its first day.

    None if it has no limit, or if it is not in the pack.
    """
    found = pack.programmes.get(programme)
    if found is None:
        return None
    if urgent := find_urgent_limit(found, start):
        return DueDay(start + dt.timedelta(days=urgent.days), is_by_holidays=True)
    limit, _source = find_time_limit(pack, found, start)
    return None if limit is None else add_working_days(start, limit)


def add_deadlines(records: Iterable[CaseRecord], pack: Pack, day: dt.date) -> list[CaseRecord]:
    """Return cases with their days open and their due days as of `day`.

    The overdue cases come first, the earliest due day at the top; the others keep their order.

    A time limit runs from the day a case was referred; if it was not referred, from the day it was
    opened or last reopened. No time limit runs for a case that is decided or closed, or whose
    receipt was seen.
    """
    dated = [_add_deadline(record, pack, day) for record in records]
    # "~" sorts after every date.
    return sorted(dated, key=lambda record: (record.is_overdue and record.due_on) or "~")


def _add_deadline(record: CaseRecord, pack: Pack, day: dt.date) -> CaseRecord:
    if not record.is_open:
        return record
    since = dt.date.fromisoformat(record.reopened_on or record.opened_on)
    record = replace(record, days_open=max(0, (day - since).days))
    start = dt.date.fromisoformat(record.referred_on) if record.referred_on else since
    due = find_due_day(pack, record.programme, start) if record.state in _RUNNING else None
    if due is None:
        return record
    return replace(
        record,
        due_on=due.on.isoformat(),
        due_counts="holidays" if due.is_by_holidays else "weekends",
        is_overdue=due.on < day,
    )
