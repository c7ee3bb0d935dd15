"""Following up cases: receipts that have arrived since, findings that have come back.

The program writes these entries from what the register shows, so they name no person.
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
    """The numbers of cases, by what happened to them.

    `receipt_seen`, `verified` and `came_back` got an entry; the others somebody has to look into.
    `gone` are open cases without a finding and without a receipt: facts changed, or the household
    left. Of `undecided` something is unknown now. `month_unknown` were paid too little until an
    unknown month, and no later month shows that they are paid in full. `uncompared` receive the
    benefit, but it is not known whether it is enough. `not_listed` are closed as receiving, but no
    roster shows it and the newest complete one omits them. `later` would have changed, but have an
    entry after the day of the follow-up.
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
    """Record as verified the cases closed as receiving that a roster shows now.

    What is or may be less than is due verifies nothing.
    """
    return _record_changes(db, list_unverified_cases(db), statuses, on, is_rehearsal=is_rehearsal)


def list_unverified_cases(db: Database) -> list[CaseRecord]:
    """Return the cases closed as receiving that no roster has shown yet."""
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
    """Record what the register shows of cases: of all, one community's, or some programmes'.

    A case whose last entry is later than `on` gets no entry; if it would have got one, it is in
    `later`.
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
    """Add the steps that the register shows, and return the cases by what happened to them."""
    changed: dict[str, list[str]] = {field.name: [] for field in fields(FollowUp)}
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        for record in records:
            subject = statuses.of(record)
            step = _find_step(db, record, subject)
            if (record.last_on or record.opened_on) > on.isoformat():
                is_later = step in CASE_STEPS and record.opened_on <= on.isoformat()
                step = "later" if is_later else None
            if step in CASE_STEPS:
                # What came back is a new finding, with the day paid until now.
                said = {"paid_until": subject.paid_until} if step == "found_again" else {}
                add_step(db, record, step, on, reason=subject.status, **said)
            if step:
                changed["came_back" if step == "found_again" else step].append(record.case)
    return FollowUp(**{name: tuple(cases) for name, cases in changed.items()})


def _find_step(db: Database, record: CaseRecord, subject: SubjectStatus) -> str | None:
    """Return the field of FollowUp, or the step of the case, that the register calls for."""
    if record.state == CaseState.CLOSED:
        return _find_step_for_closed(db, record, subject)
    if record.state == CaseState.RECEIPT_SEEN:
        return "found_again" if subject.is_case_needed else None
    if subject.status == "receiving":
        return _find_step_for_receiving(db, record, subject)
    if subject.status == "undetermined":
        return "undecided"
    # If it is not known whether a household has priority, its case is not over.
    is_open_question = record.programme == PRIORITY and subject.is_priority is not False
    return None if subject.is_case_needed or is_open_question else "gone"


def _find_step_for_receiving(db: Database, record: CaseRecord, subject: SubjectStatus) -> str:
    """Return what it means that the benefit is received: it arrived, or nothing new was paid.

    Somebody paid too little received it all along: unless a roster shows a later month, it is the
    facts that changed.
    """
    if not subject.is_enough_for(record):
        return "uncompared"
    if record.found != "underpaid" or is_on_roster(db, record):
        return "receipt_seen"
    return "month_unknown" if record.is_month_unknown else "gone"


def _find_step_for_closed(db: Database, record: CaseRecord, subject: SubjectStatus) -> str | None:
    """Return what the register shows of a closed case: a receipt, or a finding that is back."""
    if record.verified:  # only a case that was verified as over can come back
        return "found_again" if subject.is_case_needed else None
    if record.outcome != ClosingOutcome.RECEIVING:
        return None
    if is_on_roster(db, record) and not subject.is_case_needed:
        return "verified" if subject.is_enough_for(record) else "uncompared"
    is_perhaps_due = subject.status in ("unclaimed", "undetermined")
    return "not_listed" if is_perhaps_due and is_left_out(db, record) else None
