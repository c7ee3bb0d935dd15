"""Follows up cases: records new receipts, verified closings and findings that have come back.

The program writes these entries from the register, so no person is named as their author.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields

from sqlite_utils import Database

from relieftool.cases.case_list import list_cases
from relieftool.cases.case_status import SubjectStatus, SubjectStatuses
from relieftool.cases.closing import is_left_out, is_on_roster
from relieftool.cases.records import PRIORITY, CaseRecord, CaseState, ClosingOutcome
from relieftool.cases.steps import CASE_STEPS, add_step
from relieftool.store.database import write_or_rehearse


@dataclass(frozen=True)
class FollowUp:
    """The numbers of cases, by what the follow-up found.

    Cases in `receipt_seen`, `verified` and `came_back` got an entry. A person has to look into the
    others:

    - `gone`: open cases whose finding needs no case now, without a new receipt: facts changed, or
      the household left.
    - `undecided`: open cases whose finding cannot be determined now.
    - `month_unknown`: found as underpaid without a known last day paid for; now enough is received,
      but no roster shows a later payment.
    - `uncompared`: the benefit is received, but it is not known whether the amount is enough.
    - `not_listed`: closed as receiving and not verified; a complete roster omits the subject, who
      may still be due the benefit.
    - `later`: would have got an entry, but have an entry after the day of the follow-up.
    """

    receipt_seen: tuple[str, ...] = ()
    verified: tuple[str, ...] = ()
    came_back: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    month_unknown: tuple[str, ...] = ()
    uncompared: tuple[str, ...] = ()
    not_listed: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


def record_receipts_seen(
    db: Database, statuses: SubjectStatuses, on: dt.date, *, is_rehearsal: bool = False
) -> FollowUp:
    """Record as verified the cases closed as receiving whose receipt a roster shows now.

    A case is not verified if too little is received, or not enough is known about the amount (see
    `SubjectStatus.is_enough_for`).
    """
    return _record_changes(db, list_unverified_cases(db), statuses, on, is_rehearsal=is_rehearsal)


def list_unverified_cases(db: Database) -> list[CaseRecord]:
    """Return the cases closed as receiving that are not verified by a roster yet."""
    return [
        record
        for record in list_cases(db, state=CaseState.CLOSED)
        if record.outcome == ClosingOutcome.RECEIVING and not record.verified
    ]


def record_follow_up(  # noqa: PLR0913 what to look at, and how
    db: Database,
    statuses: SubjectStatuses,
    on: dt.date,
    *,
    community: str | None = None,
    programmes: Iterable[str] | None = None,
    is_rehearsal: bool = False,
) -> FollowUp:
    """Record what the register shows about cases, as steps on the day `on`.

    `community` and `programmes` limit the cases, if they are not None. A case with an entry after
    `on` gets no step; it is in `later` if it was opened by then and would have got a step.
    """
    wanted = None if programmes is None else set(programmes)
    records = [
        record
        for record in list_cases(db, community)
        if wanted is None or record.programme in wanted
    ]
    return _record_changes(db, records, statuses, on, is_rehearsal=is_rehearsal)


def _record_changes(
    db: Database,
    records: Iterable[CaseRecord],
    statuses: SubjectStatuses,
    on: dt.date,
    *,
    is_rehearsal: bool,
) -> FollowUp:
    """Add the steps that the register shows; return the numbers of cases by what was found."""
    changed: dict[str, list[str]] = {field.name: [] for field in fields(FollowUp)}
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        for record in records:
            subject = statuses.of(record)
            step = _find_step(db, record, subject)
            if (record.last_on or record.opened_on) > on.isoformat():
                is_later = step in CASE_STEPS and record.opened_on <= on.isoformat()
                step = "later" if is_later else None
            if step in CASE_STEPS:
                # A finding that came back is a new finding, with its own last day paid for.
                columns = {"paid_until": subject.paid_until} if step == "found_again" else {}
                add_step(db, record, step, on, reason=subject.status, **columns)
            if step:
                changed["came_back" if step == "found_again" else step].append(record.case)
    return FollowUp(**{name: tuple(cases) for name, cases in changed.items()})


def _find_step(db: Database, record: CaseRecord, subject: SubjectStatus) -> str | None:
    """Return the step to add to a case, or the field of `FollowUp` for a case without a new step.

    None if the register shows nothing new.
    """
    if record.state == CaseState.CLOSED:
        return _find_step_for_closed(db, record, subject)
    if record.state == CaseState.RECEIPT_SEEN:
        return "found_again" if subject.is_case_needed else None
    if subject.status == "receiving":
        return _find_step_for_receiving(db, record, subject)
    if subject.status == "undetermined":
        return "undecided"
    # While it is not known whether a household has priority, its case stays open.
    is_open_question = record.programme == PRIORITY and subject.is_priority is not False
    return None if subject.is_case_needed or is_open_question else "gone"


def _find_step_for_receiving(db: Database, record: CaseRecord, subject: SubjectStatus) -> str:
    """Return the result of `_find_step` for an open case whose subject receives the benefit.

    A subject that was underpaid received the benefit all along. If no roster shows a later payment,
    the facts changed and the case is `gone`; but it is `month_unknown` if the last day paid for is
    not known.
    """
    if not subject.is_enough_for(record):
        return "uncompared"
    if record.found != "underpaid" or is_on_roster(db, record):
        return "receipt_seen"
    return "month_unknown" if record.is_month_unknown else "gone"


def _find_step_for_closed(db: Database, record: CaseRecord, subject: SubjectStatus) -> str | None:
    """Return the result of `_find_step` for a closed case."""
    if record.verified:  # only a case that was verified as over can come back
        return "found_again" if subject.is_case_needed else None
    if record.outcome != ClosingOutcome.RECEIVING:
        return None
    if is_on_roster(db, record) and not subject.is_case_needed:
        return "verified" if subject.is_enough_for(record) else "uncompared"
    is_perhaps_due = subject.status in ("unclaimed", "undetermined")
    return "not_listed" if is_perhaps_due and is_left_out(db, record) else None
