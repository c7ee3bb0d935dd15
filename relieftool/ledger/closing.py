"""Closing a case: an outcome from a closed list, something that proves it, and who says so."""

import datetime as dt
import difflib

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.ledger.cases import list_cases, writing
from relieftool.ledger.chain import ENTRIES, add_entry
from relieftool.ledger.evidence import read_evidence, says_something, storable
from relieftool.ledger.records import CaseRecord, CaseState, ClosedCase, Outcome, outcome_word
from relieftool.messages import _

# A roster in the register lists the household, or the member where the case is a member's. What
# the household's own sheet says proves nothing, and being on a roster does not prove a higher pay.
_HOUSEHOLD_NOW, _MEMBER_NOW = (
    f"ifnull((SELECT number FROM former_numbers WHERE former_no = cases.{column}), cases.{column})"
    for column in ("household_no", "member_no")
)
ON_A_ROSTER = f"""
    receipt.household_no = {_HOUSEHOLD_NOW}
    AND (cases.member_no IS NULL OR receipt.member_no = {_MEMBER_NOW})
    AND receipt.programme = cases.programme
    AND receipt.says = 'yes' AND receipt.origin = 'roster'
    AND (cases.found_status <> 'underpaid' OR receipt.covers_from > cases.opened_on)
"""
_VERIFIED = f"""
    SELECT 1 FROM cases JOIN receipts receipt ON {ON_A_ROSTER}
    LEFT JOIN households ON households.household_no = receipt.household_no
    WHERE cases.case_no = ? AND NOT EXISTS (
        SELECT 1 FROM rosters newer
        WHERE newer.programme = cases.programme AND newer.is_complete = 1
        AND (newer.community_id IS NULL OR newer.community_id = households.community_id)
        AND newer.covers_from > receipt.covers_until)
    LIMIT 1
"""


def close_case(  # noqa: PLR0913 what the ledger must know of a closing
    db: Database,
    case_no: str,
    *,
    outcome: str,
    evidence: str,
    by: str,
    closed_on: dt.date,
    is_rehearsal: bool = False,
) -> ClosedCase:
    """Close a case; `receiving` counts as verified only where a roster in the register shows it.

    `evidence` is words, or the name of a file of which only hash and place are kept.

    Raises:
        ReliefError: there is no such case, it is closed, or the reason or the name is missing.
    """
    stated_outcome, proof = _check_outcome(outcome), read_evidence(evidence)
    _check_name(by)
    case_no = case_no.strip().upper()
    with writing(db, is_rehearsal=is_rehearsal):
        _check_open(_find(db, case_no), closed_on)
        entry = {
            "case_no": case_no,
            "entry_type": "closed",
            "entered_on": closed_on.isoformat(),
            "by": storable(by.strip()),
            "outcome": str(stated_outcome),
            "evidence_sha256": proof.sha256,
            "note": proof.note,
            "is_verified": _is_verified(db, case_no, stated_outcome),
        }
        add_entry(db, ENTRIES, entry)
        record = _find(db, case_no)
    return ClosedCase(record, proof.sha256)


def _check_outcome(outcome: str) -> Outcome:
    try:
        return Outcome(outcome)
    except ValueError:
        raise ReliefError(
            "--outcome",
            _("'{outcome}' is no outcome of a case").format(outcome=outcome),
            _("Give one of: {outcomes}.").format(outcomes=", ".join(Outcome)),
        ) from None


def _check_name(by: str) -> None:
    if not says_something(by):
        raise ReliefError(
            "--by",
            _("names nobody"),
            _("Say who answers for closing this case: --by NAME."),
        )


def _find(db: Database, case_no: str) -> CaseRecord:
    """Give a case; where there is none, name those with the nearest numbers."""
    found = list_cases(db, case_no=case_no)
    if found:
        return found[0]
    numbers = [str(number) for (number,) in db.execute("SELECT case_no FROM cases ORDER BY 1")]
    near = difflib.get_close_matches(case_no, numbers, n=3)
    raise ReliefError(case_no, _("there is no such case"), _remedy(numbers, near))


def _remedy(numbers: list[str], near: list[str]) -> str:
    if not numbers:
        return _("No case is open yet: `relief gaps --open-cases` opens one for each finding.")
    if near:
        return _("Did you mean {near}? `relief cases` lists them all.").format(near=", ".join(near))
    return _("`relief cases` lists them all.")


def _check_open(record: CaseRecord, closed_on: dt.date) -> None:
    if record.state == CaseState.CLOSED:
        raise ReliefError(
            record.case,
            _("was closed on {day}, outcome {outcome}").format(
                day=record.closed_on, outcome=outcome_word(record.outcome)
            ),
            _("Nothing was written. `relief cases --state found` lists the cases still open."),
        )
    if closed_on.isoformat() < record.opened_on:
        raise ReliefError(
            record.case,
            _("was opened on {opened}, after {closed}").format(
                opened=record.opened_on, closed=closed_on.isoformat()
            ),
            _("Give the day it was closed with --on, {opened} or later.").format(
                opened=record.opened_on
            ),
        )


def _is_verified(db: Database, case_no: str, outcome: Outcome) -> int | None:
    """Say whether the register bears an outcome out: 1, 0, or None where it cannot speak to it."""
    if outcome != Outcome.RECEIVING:
        return None
    return int(db.execute(_VERIFIED, [case_no]).fetchone() is not None)
