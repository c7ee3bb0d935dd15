"""The steps of a case: the states that each may follow, and the texts that its entry requires.

Every entry of a case except the first is added by `add_step`. Also logs each access to personal
data, with its reason.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from relieftool.cases.records import (
    CaseRecord,
    CaseState,
    format_closing_outcome,
)
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.store.entries import CASE_ENTRIES, record_entry

_OPEN = frozenset(CaseState) - {CaseState.CLOSED}
_ASKED = _OPEN - {CaseState.RECEIPT_SEEN}
_CLOSED = frozenset({CaseState.CLOSED})


@dataclass(frozen=True)
class StepRule:
    """The rule of a step: the states it may follow, and the state it leads to.

    `leads_to` is None if the state stays the same. `needs` are the texts that its entry requires.
    """

    follows: frozenset[CaseState]
    leads_to: CaseState | None
    needs: tuple[str, ...] = ("by",)


CASE_STEPS = {
    "opened": StepRule(frozenset(), CaseState.FOUND, ("note",)),
    "referred": StepRule(_ASKED, CaseState.REFERRED),
    "decided": StepRule(_OPEN, CaseState.DECIDED),
    "receipt_seen": StepRule(_ASKED, CaseState.RECEIPT_SEEN, ()),
    "closed": StepRule(_OPEN, CaseState.CLOSED, ("by", "note")),
    "verified": StepRule(_CLOSED, None, ()),
    "checked": StepRule(_CLOSED, None),
    "reopened": StepRule(_CLOSED, CaseState.REOPENED, ("by", "note")),
    "found_again": StepRule(_CLOSED | {CaseState.RECEIPT_SEEN}, CaseState.REOPENED, ("note",)),
}
FINDING_STEPS = ("opened", "found_again")  # their note is the status of the finding


def add_step(  # noqa: PLR0913 the parts of every step
    db: Database,
    record: CaseRecord,
    step: str,
    on: dt.date,
    *,
    by: str | None = None,
    reason: str | None = None,
    proxy: str | None = None,
    **columns: Any,
) -> None:
    """Add a step to a case; only called inside `write`.

    `columns` are the other columns of the entry.

    Raises:
        ReliefError: The step may not follow, its day is too early or in the future, or its reason
            or name is missing.
    """
    _check_may_follow(record, step)
    check_day(record, on)
    record_entry(
        db,
        CASE_ENTRIES,
        needs=(*CASE_STEPS[step].needs, *(("proxy",) if proxy is not None else ())),
        case_no=record.case,
        entry_type=step,
        entered_on=on,
        by=by,
        note=reason,
        proxy=proxy,
        **columns,
    )


def _check_may_follow(record: CaseRecord, step: str) -> None:
    follows = CASE_STEPS[step].follows
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
        _("stands at: {state}").format(state=str(record.state.word)),
        _("Nothing was written. This step follows only: {states}.").format(
            states=", ".join(str(state.word) for state in CaseState if state in follows)
        ),
    )


def check_day(record: CaseRecord, on: dt.date) -> None:
    """Raise ReliefError if a day is before the last entry of a case, or in the future.

    A step in the future would keep all other steps from being recorded until that day.
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
    """Raise ReliefError if a day is after today; `place` is named in the message."""
    if on > dt.datetime.now().astimezone().date():
        raise ReliefError(
            place,
            _("{day} has not come yet").format(day=on.isoformat()),
            _("Nothing was written. Give the day it happened, today at the latest."),
        )
