"""Due days of cases as a calendar file, which phones and office programs take in."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from icalendar import Alarm, Calendar, Event

from relieftool.cases.records import CaseRecord
from relieftool.cases.reexaminations import DueReexamination
from relieftool.messages import _
from relieftool.output.cases import DueCase
from relieftool.output.files import replace_file
from relieftool.output.wording import format_programme
from relieftool.pack.models import Pack

_REMIND = dt.timedelta(days=-1)


def write_due_calendar(
    cases: Iterable[DueCase],
    again: Iterable[DueReexamination],
    pack: Pack,
    made_at: dt.datetime,
    out: Path,
) -> None:
    """Write an .ics with a whole-day event for each due day; it names helpers, and no family."""
    calendar = Calendar()
    calendar.add("prodid", "-//relief//due days//")
    calendar.add("version", "2.0")
    for case, helpers in cases:
        if case.due_on is not None:
            programme = format_programme(pack, case.programme)
            summary = _("Due: {case}, {programme}").format(case=case.case, programme=programme)
            lines = _describe(case, helpers)
            calendar.add_component(_build_event(case.case, case.due_on, summary, lines, made_at))
    for due in again:
        whose, programme = due.member_no or due.household_no, format_programme(pack, due.programme)
        summary = _("Examine again: {household}, {programme}").format(
            household=whose, programme=programme
        )
        named = f"{due.programme}-{whose}"
        lines = [str(due.words)]
        calendar.add_component(_build_event(named, due.due_on, summary, lines, made_at))
    with replace_file(out) as beside:
        beside.write_bytes(calendar.to_ical())


def _build_event(
    named: str, due_on: str, summary: str, lines: Iterable[str], made_at: dt.datetime
) -> Event:
    """Return the event of a whole day, with a reminder on the day before."""
    event, alarm = Event(), Alarm()
    event.add("uid", f"{named}-{due_on}@relief")
    event.add("dtstamp", made_at)
    event.add("dtstart", dt.date.fromisoformat(due_on))
    event.add("summary", summary)
    event.add("description", "\n".join(lines))
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", _REMIND)
    event.add_component(alarm)
    return event


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
