"""The steps of a case as one table: what may follow what, and what each must say.

Every entry of the ledger but an access is one of these, and is written here alone.
"""

import datetime as dt
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.ledger.evidence import says_something, storable
from relieftool.ledger.records import CaseRecord, CaseState, outcome_word, state_word
from relieftool.messages import _
from relieftool.registry.chain import ENTRIES, add_entry

_OPEN = frozenset(CaseState) - {CaseState.CLOSED}
_ASKED = _OPEN - {CaseState.RECEIPT_SEEN}
_SHUT = frozenset({CaseState.CLOSED})


@dataclass(frozen=True)
class Step:
    """A kind of entry: the states it may follow, the state it leaves, what it must say.

    `leads_to` is None where the case stays as it was.
    """

    follows: frozenset[CaseState]
    leads_to: CaseState | None
    needs_reason: bool = False
    needs_name: bool = True


STEPS = {
    "opened": Step(frozenset(), CaseState.FOUND, needs_reason=True, needs_name=False),
    "referred": Step(_ASKED, CaseState.REFERRED),
    "decided": Step(_OPEN, CaseState.DECIDED),
    "receipt_seen": Step(_ASKED, CaseState.RECEIPT_SEEN, needs_name=False),
    "closed": Step(_OPEN, CaseState.CLOSED, needs_reason=True),
    "verified": Step(_SHUT, None, needs_name=False),
    "checked": Step(_SHUT, None),
    "reopened": Step(_SHUT, CaseState.REOPENED, needs_reason=True),
    "found_again": Step(
        _SHUT | {CaseState.RECEIPT_SEEN}, CaseState.REOPENED, needs_reason=True, needs_name=False
    ),
}
FINDING_STEPS = ("opened", "found_again")  # their note is the status of the finding


def add_step(  # noqa: PLR0913 what every step says
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
        "by": None if by is None else storable(by.strip()),
        "note": None if reason is None else storable(reason.strip()) or None,
    }
    add_entry(db, ENTRIES, entry | said)


def _check_follows(record: CaseRecord, step: str) -> None:
    follows = STEPS[step].follows
    if record.state in follows:
        return
    if record.state == CaseState.CLOSED:
        raise ReliefError(
            record.case,
            _("was closed on {day}, outcome {outcome}").format(
                day=record.closed_on, outcome=outcome_word(record.outcome)
            ),
            _(
                "Nothing was written. `relief reopen-case` opens it again;"
                " `relief cases` lists the cases still open."
            ),
        )
    raise ReliefError(
        record.case,
        _("stands at: {state}").format(state=state_word(record.state)),
        _("Nothing was written. This step follows only: {states}.").format(
            states=", ".join(state_word(one) for one in CaseState if one in follows)
        ),
    )


def check_day(record: CaseRecord, on: dt.date) -> None:
    """Refuse a step on a day before the last one of its case, or on one that has not come.

    No later step could follow one that is ahead.
    """
    check_has_come(record.case, on)
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


def check_has_come(place: str, on: dt.date) -> None:
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
    if STEPS[step].needs_name and not says_something(by or ""):
        raise ReliefError("--by", _("names nobody"), _("Say who answers for this step: --by NAME."))
    if STEPS[step].needs_reason and not says_something(reason or ""):
        raise ReliefError(
            "--reason", _("says nothing"), _("Say why in words; the reason stays with the case.")
        )
