"""`relief cases`: the list of cases with the state of each.

`relief case`: the whole history of one case.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import typer

from relieftool.cases.case_list import find_case, list_cases
from relieftool.cases.deadlines import add_deadlines
from relieftool.cases.headcounts import CountedOnDay, add_payments
from relieftool.cases.history import list_case_entries
from relieftool.cases.records import CaseRecord, CaseState
from relieftool.cases.reexaminations import DueReexamination, list_due_reexaminations
from relieftool.commands import options
from relieftool.commands.session import RegisterOnDay, Session
from relieftool.fieldwork.helpers import list_assigned_helpers
from relieftool.messages import _
from relieftool.output.cases import (
    build_cases_result,
    build_due_result,
    build_history_result,
    register_table,
)
from relieftool.output.show import report_written

_DUE_DAYS = {"today": 0, "week": 7, "month": 31}


def check_due(text: str) -> str:
    """Return a time until which cases are due; a usage error if it is neither word nor day."""
    if text not in _DUE_DAYS:
        options.parse_day(text)
    return text


@dataclass(frozen=True)
class CaseListOptions(options.RevealOptions):
    """The options of the list of cases, whose due days may be written as a calendar too."""

    @property
    def is_calendar(self) -> bool:
        """Whether a calendar is to be written."""
        return self.out is not None and self.out.suffix.lower() == ".ics"

    def __post_init__(self) -> None:
        options.Revealing.__post_init__(self)
        if not self.is_calendar:
            options.ShowOptions.__post_init__(self)


def cases(
    *,
    where: RegisterOnDay,
    community: options.Community = None,
    state: Annotated[CaseState | None, typer.Option(case_sensitive=False)] = None,
    overdue: bool = False,
    due: Annotated[str | None, typer.Option(parser=check_due)] = None,
    showing: CaseListOptions,
) -> None:
    """List the cases and where each stands, those whose time limit has passed first.

    A workbook (--out 台账.xlsx) has the register of help and closed cases in front, set out for A4.

    Example: relief cases --community 河口下 --state found

    Args:
        state (STATE): Only cases in this state: `found`, `referred`, `decided`, `receipt_seen`,
            `closed` or `reopened`.
        overdue: Only cases whose legal time limit has passed.
        due (WHEN): Only cases due by then, by helper: `today`, `week`, `month` or a day like
            2024-12-31. With --out 到期.ics they go into a calendar.
    """
    if showing.is_calendar and due is None:
        raise typer.BadParameter(
            _("a calendar needs --due, such as --due week"), param_hint="--out"
        )
    with where.open() as opened:
        name = opened.community(community)
        records = list_cases(opened.db, name, state)
        listed = add_deadlines(records, opened.pack, opened.day)
        listed = [record for record in listed if record.is_overdue or not overdue]
        if due is not None:
            until = _find_due_day(opened, due)
            again = _list_reexaminations(opened, until, name) if state is None else []
            _show_due(opened, listed, again, until, showing)
            return
        result = build_cases_result("cases", listed, opened.pack)
        if showing.out is not None and showing.out.suffix.lower() in (".xlsx", ".html"):
            register = register_table(opened.db, opened.pack, listed)
            result = replace(result, tables=(register, *result.tables))
        opened.show(result, showing)


def _find_due_day(opened: Session, due: str) -> dt.date:
    """Return the last day of a time such as `week`, or the day that is stated."""
    days = _DUE_DAYS.get(due)
    return options.parse_day(due) if days is None else opened.day + dt.timedelta(days=days)


def _list_reexaminations(
    opened: Session, until: dt.date, community: str | None
) -> list[DueReexamination]:
    """Return who receives a benefit and must be examined again by a day."""
    paid = CountedOnDay()
    add_payments(opened.db, opened.pack, paid, opened.as_of)
    found = list_due_reexaminations(opened.db, opened.pack, paid, until.isoformat())
    return [each for each in found if community in (None, each.community)]


def _show_due(
    opened: Session,
    records: Iterable[CaseRecord],
    again: Sequence[DueReexamination],
    until: dt.date,
    showing: CaseListOptions,
) -> None:
    """Show or write what is due: cases in the order of helpers, and who is examined again."""
    helpers = list_assigned_helpers(opened.db)
    found = [
        (record, helpers.get(record.household_no, []))
        for record in records
        if record.due_on is not None and record.due_on <= until.isoformat()
    ]
    found.sort(key=lambda case: (not case[1], case[1], case[0].due_on))
    if not showing.is_calendar or showing.out is None:
        opened.show(build_due_result(found, again, opened.pack, until.isoformat()), showing)
        return
    from relieftool.documents.due_calendar import write_due_calendar

    write_due_calendar(found, again, opened.pack, dt.datetime.now(dt.UTC), showing.out)
    report_written(showing.out)


def case(
    case: str,
    *,
    where: RegisterOnDay,
    showing: options.RevealOptions,
) -> None:
    """Show the whole history of a case: every entry, also those from before it was reopened.

    Each has its day, who wrote it, the state it left, decision and amount, the day then due, and
    the hash of its file of evidence. What people wrote as reasons is shown with --reveal.

    Example: relief case C2024-0001

    Args:
        case: The case's number: C2024-0001.
    """
    with where.open() as opened:
        steps = list_case_entries(opened.db, opened.pack, case)
        (record,) = add_deadlines([find_case(opened.db, case)], opened.pack, opened.day)
        opened.show(build_history_result(record, steps, opened.pack), showing)
