"""What became of cases since the last time: receipts that arrived, findings that came back.

Written by the program from what the register shows, so these entries name no person.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields

from sqlite_utils import Database

from relieftool.cases.case_list import list_cases
from relieftool.cases.case_status import GIVEN_STATUSES, SubjectStatus, SubjectStatuses
from relieftool.cases.closing import is_left_out, is_on_roster
from relieftool.cases.records import PRIORITY, CaseRecord, CaseState, ClosingOutcome
from relieftool.cases.steps import ENTRY_KINDS, add_step
from relieftool.store.database import write_or_rehearse


@dataclass(frozen=True)
class FollowUp:
    """What became of the cases, by their numbers.

    `gone` are open cases whose finding is no longer there although no receipt was seen: facts
    changed, or the household left. `undecided` are those of which something is unknown now.
    `month_unknown` were paid too little, nobody knows until when, and no month since they were
    found shows that they are paid in full. `uncompared` receive it, but nobody can say whether it
    is enough. `not_listed` are closed as receiving without a roster that shows it, and the newest
    complete one lacks them. `later` would have moved, but have an entry after the day they are
    looked at from. These are only told; somebody has to look.
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
    db: Database, standings: SubjectStatuses, on: dt.date, *, is_rehearsal: bool = False
) -> FollowUp:
    """Verify by an entry of its own each case closed as receiving for which a roster has arrived.

    Less than is due verifies nothing, nor does what may be less.
    """
    return _follow(db, list_unverified_cases(db), standings, on, is_rehearsal=is_rehearsal)


def list_unverified_cases(db: Database) -> list[CaseRecord]:
    """Return the cases closed as receiving that still wait for a roster to show it."""
    closed = list_cases(db, state=CaseState.CLOSED)
    return [one for one in closed if one.outcome == ClosingOutcome.RECEIVING and not one.verified]


def record_follow_up(  # noqa: PLR0913 what to look at, and how
    db: Database,
    standings: SubjectStatuses,
    on: dt.date,
    *,
    community: str | None = None,
    programmes: Iterable[str] | None = None,
    is_rehearsal: bool = False,
) -> FollowUp:
    """Write down what the register shows of the cases: of all, one community's, some programmes'.

    A case whose last entry is later than `on` is left alone, and told where it would have moved: it
    is looked at from the past.
    """
    wanted = None if programmes is None else set(programmes)
    records = [
        case for case in list_cases(db, community) if wanted is None or case.programme in wanted
    ]
    return _follow(db, records, standings, on, is_rehearsal=is_rehearsal)


def _follow(
    db: Database,
    records: Iterable[CaseRecord],
    standings: SubjectStatuses,
    on: dt.date,
    *,
    is_rehearsal: bool,
) -> FollowUp:
    """Take the steps that the register shows of cases, and tell what is only to be looked at."""
    moved: dict[str, list[str]] = {field.name: [] for field in fields(FollowUp)}
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        for record in records:
            standing = standings.of(record)
            step = _step_for(db, record, standing)
            if _is_later(record, on):
                step = (
                    "later" if step in ENTRY_KINDS and record.opened_on <= on.isoformat() else None
                )
            if step in ENTRY_KINDS:
                _add_seen(db, record, step, on, standing)
            if step:
                moved["came_back" if step == "found_again" else step].append(record.case)
    return FollowUp(**{name: tuple(cases) for name, cases in moved.items()})


def _add_seen(
    db: Database, record: CaseRecord, step: str, on: dt.date, standing: SubjectStatus
) -> None:
    """Add what the register shows; what was found again is found as of what is paid now."""
    said = {"paid_until": standing.paid_until} if step == "found_again" else {}
    add_step(db, record, step, on, reason=standing.status, **said)


def _is_later(record: CaseRecord, on: dt.date) -> bool:
    return (record.last_on or record.opened_on) > on.isoformat()


def _step_for(db: Database, record: CaseRecord, standing: SubjectStatus) -> str | None:
    """Say what the register shows that the case does not say yet.

    What is only told is no step.
    """
    if record.state == CaseState.CLOSED:
        return _step_for_closed(db, record, standing)
    if record.state == CaseState.RECEIPT_SEEN:
        return "found_again" if standing.is_case_needed else None
    if standing.status == GIVEN_STATUSES:
        return _step_for_given(db, record, standing)
    if standing.status == "undetermined":
        return "undecided"
    # of a priority case, an undecided household is no household that got better
    is_open_question = record.programme == PRIORITY and standing.is_priority is not False
    return None if standing.is_case_needed or is_open_question else "gone"


def _step_for_given(db: Database, record: CaseRecord, standing: SubjectStatus) -> str:
    """Say what it means that the benefit is received: it arrived, or nothing new was paid.

    Who was paid too little was paid all along: facts changed, unless a roster shows another month.
    """
    if not standing.is_enough_for(record):
        return "uncompared"
    if record.found != "underpaid" or is_on_roster(db, record):
        return "receipt_seen"
    return "month_unknown" if record.is_month_unknown else "gone"


def _step_for_closed(db: Database, record: CaseRecord, standing: SubjectStatus) -> str | None:
    """Say what the register shows of a closed case: its receipt arrived, or what ended is back."""
    if record.verified:  # only what was once seen to be over can come back
        return "found_again" if standing.is_case_needed else None
    if record.outcome != ClosingOutcome.RECEIVING:
        return None
    if is_on_roster(db, record) and not standing.is_case_needed:
        return "verified" if standing.is_enough_for(record) else "uncompared"
    is_perhaps_due = standing.status in ("unclaimed", "undetermined")
    return "not_listed" if is_perhaps_due and is_left_out(db, record) else None
