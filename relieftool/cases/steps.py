"""The steps of a case as one table: what may follow what, and what each must say.

Every entry of the ledger but an access is one of these, and is written here alone.

Who asked to see people's names in full, when and why; chained like the entries of cases.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from relieftool.cases.records import (
    CaseRecord,
    CaseState,
    format_case_state,
    format_closing_outcome,
)
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.store.database import write
from relieftool.store.entries import ACCESSES, CASE_ENTRIES, record_entry

_OPEN = frozenset(CaseState) - {CaseState.CLOSED}
_ASKED = _OPEN - {CaseState.RECEIPT_SEEN}
_CLOSED = frozenset({CaseState.CLOSED})


@dataclass(frozen=True)
class EntryKind:
    """A step: the states it may follow, the state it leaves, the columns that it must fill.

    `leads_to` is None where the case stays as it was.
    """

    follows: frozenset[CaseState]
    leads_to: CaseState | None
    needs: tuple[str, ...] = ("by",)


ENTRY_KINDS = {
    "opened": EntryKind(frozenset(), CaseState.FOUND, ("note",)),
    "referred": EntryKind(_ASKED, CaseState.REFERRED),
    "decided": EntryKind(_OPEN, CaseState.DECIDED),
    "receipt_seen": EntryKind(_ASKED, CaseState.RECEIPT_SEEN, ()),
    "closed": EntryKind(_OPEN, CaseState.CLOSED, ("by", "note")),
    "verified": EntryKind(_CLOSED, None, ()),
    "checked": EntryKind(_CLOSED, None),
    "reopened": EntryKind(_CLOSED, CaseState.REOPENED, ("by", "note")),
    "found_again": EntryKind(_CLOSED | {CaseState.RECEIPT_SEEN}, CaseState.REOPENED, ("note",)),
}
FINDING_ENTRY_KINDS = ("opened", "found_again")  # their note is the status of the finding


def add_step(  # noqa: PLR0913 what every step says
    db: Database,
    record: CaseRecord,
    step: str,
    on: dt.date,
    *,
    by: str | None = None,
    reason: str | None = None,
    **said: Any,
) -> None:
    """Add a step to a case as it stands; only inside a transaction that writes.

    Raises:
        ReliefError: the step may not follow, its day comes too early, or it lacks reason or name.
    """
    _check_follows(record, step)
    check_day(record, on)
    record_entry(
        db,
        CASE_ENTRIES,
        needs=ENTRY_KINDS[step].needs,
        case_no=record.case,
        entry_type=step,
        entered_on=on,
        by=by,
        note=reason,
        **said,
    )


def _check_follows(record: CaseRecord, step: str) -> None:
    follows = ENTRY_KINDS[step].follows
    if record.state in follows:
        return
    if record.state == CaseState.CLOSED:
        raise ReliefError(
            record.case,
            _("was closed on {day}, outcome {outcome}").format(
                day=record.closed_on, outcome=format_closing_outcome(record.outcome)
            ),
            _(
                "Nothing was written. `relief reopen-case` opens it again;"
                " `relief cases` lists the cases still open."
            ),
        )
    raise ReliefError(
        record.case,
        _("stands at: {state}").format(state=format_case_state(record.state)),
        _("Nothing was written. This step follows only: {states}.").format(
            states=", ".join(format_case_state(one) for one in CaseState if one in follows)
        ),
    )


def check_day(record: CaseRecord, on: dt.date) -> None:
    """Refuse a step on a day before the last one of its case, or on one that has not come.

    No later step could follow one that is ahead.
    """
    check_not_ahead(record.case, on)
    last = record.last_on or record.opened_on
    if on.isoformat() >= last:
        return
    problem = _("was opened on {opened}, after {closed}")
    if last != record.opened_on:
        problem = _("has an entry of {opened}, after {closed}")
    raise ReliefError(
        record.case,
        problem.format(opened=last, closed=on.isoformat()),
        _("Give the day it happened with --on, {opened} or later.").format(opened=last),
    )


def check_not_ahead(place: str, on: dt.date) -> None:
    """Refuse a day after today.

    Raises:
        ReliefError: The day has not come yet.
    """
    if on > dt.datetime.now().astimezone().date():
        raise ReliefError(
            place,
            _("{day} has not come yet").format(day=on.isoformat()),
            _("Nothing was written. Give the day it happened, today at the latest."),
        )


def record_access(
    db: Database, action: str, reason: str, detail: str, *, at: dt.datetime | None = None
) -> None:
    """Keep one look at private facts, at this moment unless another is given."""
    moment = (at or dt.datetime.now(dt.UTC)).isoformat(timespec="seconds")
    with write(db):
        record_entry(db, ACCESSES, at=moment, action=action, reason=reason, detail=detail)
