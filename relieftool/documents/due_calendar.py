"""Due days of cases as a calendar file, which phones and office programs take in."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from relieftool.cases.records import CaseRecord
from relieftool.messages import _
from relieftool.output.cases import DueCase
from relieftool.output.files import replace_file
from relieftool.output.wording import format_programme
from relieftool.pack.models import Pack

_REMIND = dt.timedelta(days=-1)


def write_due_calendar(
    cases: Iterable[DueCase], pack: Pack, made_at: dt.datetime, out: Path
) -> None:
    """Write an .ics with a whole-day event for each due day; it names helpers, and no family."""
    from icalendar import Alarm, Calendar, Event  # noqa: PLC0415 start-up time

    calendar = Calendar()
    calendar.add("prodid", "-//relief//due days//")
    calendar.add("version", "2.0")
    for case, helpers in cases:
        if case.due_on is None:
            continue
        event, alarm = Event(), Alarm()
        summary = _("Due: {case}, {programme}").format(
            case=case.case, programme=format_programme(pack, case.programme)
        )
        event.add("uid", f"{case.case}-{case.due_on}@relief")
        event.add("dtstamp", made_at)
        event.add("dtstart", dt.date.fromisoformat(case.due_on))
        event.add("summary", summary)
        event.add("description", "\n".join(_describe(case, helpers)))
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary)
        alarm.add("trigger", _REMIND)
        event.add_component(alarm)
        calendar.add_component(event)
    with replace_file(out) as beside:
        beside.write_bytes(calendar.to_ical())


def _describe(case: CaseRecord, helpers: Iterable[str]) -> list[str]:
    """Return where the case is, who decides it, and who helps the household."""
    line = _("{label}: {value}")
    parts = (
        (_("Household"), case.household_no),
        (_("Community"), case.community),
        (_("Department"), case.department),
        (_("Helper"), _(", ").join(helpers)),
    )
    return [line.format(label=label, value=value) for label, value in parts if value]
