"""How many working days the law gives: the same for all, or as a setting decides."""

import datetime as dt

from relieftool.pack.models import Pack, Programme, TimeLimit


def find_time_limit(pack: Pack, programme: Programme, day: dt.date) -> tuple[int | None, str]:
    """Give the working days in force on a day (None: no limit), and where that stands."""
    decided = find_limit_by_setting(pack, programme, day)
    if decided is not None:
        return decided.working_days, decided.source
    return programme.time_limit_working_days, programme.time_limit_source


def find_limit_by_setting(pack: Pack, programme: Programme, day: dt.date) -> TimeLimit | None:
    """Give the limit whose setting has its choice on a day; None where none decides."""
    for limit in programme.time_limits:
        value = pack.parameters[limit.setting].in_force(day)
        if value is not None and value.value == limit.choice:
            return limit
    return None
