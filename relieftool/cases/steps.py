"""The steps of a case as one table: what may follow what, and what each must say.

Every entry of the ledger but an access is one of these, and is written here alone.

Who asked to see people's names in full, when and why; chained like the entries of cases.
"""

import datetime as dt
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.cases.evidence import escape_surrogates
from relieftool.cases.records import (
    CaseRecord,
    CaseState,
    format_case_state,
    format_closing_outcome,
)
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.store.chain import ACCESS_ENTRIES, CASE_ENTRIES, add_entry
from relieftool.store.database import write
from relieftool.values.text import has_letter_or_digit

_OPEN = frozenset(CaseState) - {CaseState.CLOSED}
_ASKED = _OPEN - {CaseState.RECEIPT_SEEN}
_CLOSED = frozenset({CaseState.CLOSED})


@dataclass(frozen=True)
class EntryKind:
    """A kind of entry: the states it may follow, the state it leaves, what it must say.

    `leads_to` is None where the case stays as it was.
    """

    follows: frozenset[CaseState]
    leads_to: CaseState | None
    needs_reason: bool = False
    needs_name: bool = True


ENTRY_KINDS = {
    "opened": EntryKind(frozenset(), CaseState.FOUND, needs_reason=True, needs_name=False),
    "referred": EntryKind(_ASKED, CaseState.REFERRED),
    "decided": EntryKind(_OPEN, CaseState.DECIDED),
    "receipt_seen": EntryKind(_ASKED, CaseState.RECEIPT_SEEN, needs_name=False),
    "closed": EntryKind(_OPEN, CaseState.CLOSED, needs_reason=True),
    "verified": EntryKind(_CLOSED, None, needs_name=False),
    "checked": EntryKind(_CLOSED, None),
    "reopened": EntryKind(_CLOSED, CaseState.REOPENED, needs_reason=True),
    "found_again": EntryKind(
        _CLOSED | {CaseState.RECEIPT_SEEN}, CaseState.REOPENED, needs_reason=True, needs_name=False
    ),
}
FINDING_ENTRY_KINDS = ("opened", "found_again")  # their note is the status of the finding


def record_entry(  # noqa: PLR0913 what every step says
    db: Database,
    record: CaseRecord,
    step: str,
    on: dt.date,
    *,
    by: str | None = None,
    reason: str | None = None,
    **said: str | int | None,
) -> None:
    """Add a step to a case as it stands; only inside a transaction that writes.

    Raises:
        ReliefError: the step may not follow, its day comes too early, or it lacks reason or name.
    """
    _check_follows(record, step)
    check_day(record, on)
    _check_said(step, by, reason)
    entry: dict[str, str | int | None] = {
        "case_no": record.case,
        "entry_type": step,
        "entered_on": on.isoformat(),
        "by": None if by is None else escape_surrogates(by.strip()),
        "note": None if reason is None else escape_surrogates(reason.strip()) or None,
    }
    add_entry(db, CASE_ENTRIES, entry | said)


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


def _check_said(step: str, by: str | None, reason: str | None) -> None:
    """Refuse a step without the reason or the name that it must have."""
    if ENTRY_KINDS[step].needs_name and not has_letter_or_digit(by or ""):
        raise ReliefError("--by", _("names nobody"), _("Say who answers for this step: --by NAME."))
    if ENTRY_KINDS[step].needs_reason and not has_letter_or_digit(reason or ""):
        raise ReliefError(
            "--reason", _("says nothing"), _("Say why in words; the reason stays with the case.")
        )


def record_access(
    db: Database, action: str, reason: str, detail: str, *, at: dt.datetime | None = None
) -> None:
    """Keep one look at private facts, at this moment unless another is given."""
    moment = (at or dt.datetime.now(dt.UTC)).isoformat(timespec="seconds")
    content = {
        "at": moment,
        "action": action,
        "reason": escape_surrogates(reason),
        "detail": escape_surrogates(detail),
    }
    with write(db):
        add_entry(db, ACCESS_ENTRIES, content)
