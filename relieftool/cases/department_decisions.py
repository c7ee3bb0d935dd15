"""Records referrals of cases to departments, the departments' decisions, and reopened cases."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from relieftool.cases.case_list import find_case
from relieftool.cases.evidence import record_evidence_place
from relieftool.cases.records import CaseRecord, CaseState, DepartmentDecision, format_decision
from relieftool.cases.steps import add_step
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.store.database import write_or_rehearse
from relieftool.values.text import has_letter_or_digit, plain_text


@dataclass(frozen=True)
class StatedDecision:
    """A department's decision on a case.

    `amount_fen` is per period of the programme; None if no amount is stated.
    """

    case: str
    decision: DepartmentDecision
    on: dt.date
    reason: str | None = None
    amount_fen: int | None = None
    evidence_sha256: str | None = None


def record_referral(  # noqa: PLR0913 what the ledger must know of a referral
    db: Database,
    case_no: str,
    department: str,
    *,
    by: str,
    on: dt.date,
    is_anew: bool = False,
) -> CaseRecord:
    """Record that a case was referred to a department; only called inside `write`.

    If the case is already referred, this is a reminder: the time limit still runs from the first
    referral. To refer a decided case, `is_anew` must be True, because its decision then no longer
    counts.

    Raises:
        ReliefError: The case cannot be referred, or is decided and `is_anew` is False.
    """
    record = find_case(db, case_no)
    if record.state == CaseState.DECIDED and not is_anew:
        raise ReliefError(
            record.case,
            _("was decided on {day}: {decision}").format(
                day=record.decided_on, decision=format_decision(record.decision)
            ),
            _(
                "Nothing was written. `relief refer {case} --again` asks the department anew;"
                " this decision then no longer counts."
            ).format(case=record.case),
        )
    add_step(db, record, "referred", on, by=by, department=department)
    return find_case(db, case_no)


def record_case_decisions(
    db: Database,
    stated: Iterable[StatedDecision],
    *,
    by: str,
    listed_in: Path | None = None,
    is_rehearsal: bool = False,
) -> list[CaseRecord]:
    """Record decisions, all or none; a decision that its case has already is skipped.

    Return the cases afterwards. `listed_in` is the file with the decisions, which is their
    evidence.

    Raises:
        ReliefError: A case cannot be decided, or a refusal has no reason or has an amount.
    """
    decided = []
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        for decision in stated:
            record = find_case(db, decision.case)
            if not is_already_decided(db, record, decision):
                _record_decision(db, record, decision, by)
                record_evidence_place(db, decision.evidence_sha256, listed_in)
            decided.append(find_case(db, decision.case))
    return decided


def is_already_decided(db: Database, record: CaseRecord, stated: StatedDecision) -> bool:
    """Whether a case already has this decision, with the same day, amount and reason.

    The hash of the file is not compared, because saving a list again makes no new decision.
    """
    known = record.decision, record.decided_on, record.decided_fen
    if known != (stated.decision, stated.on.isoformat(), stated.amount_fen):
        return False
    (reason,) = db.execute(_LAST_REASON, [record.case]).fetchone()
    return plain_text(reason) == plain_text(stated.reason)


_LAST_REASON = """
    SELECT note FROM case_entries WHERE case_no = ? AND entry_type = 'decided'
    ORDER BY entry_id DESC LIMIT 1
"""


def _check_refusal(stated: StatedDecision) -> None:
    """Raise ReliefError for a refusal without a reason, or with an amount."""
    if stated.decision == DepartmentDecision.GRANTED:
        return
    if not has_letter_or_digit(stated.reason or ""):
        raise ReliefError(
            stated.case,
            _("a refusal needs its reason"),
            _("Write the reason the department gives in its letter."),
        )
    if stated.amount_fen:
        raise ReliefError(
            stated.case,
            _("a refusal grants no amount"),
            _("Leave the amount out, or write that it was granted."),
        )


def _record_decision(db: Database, record: CaseRecord, stated: StatedDecision, by: str) -> None:
    _check_refusal(stated)
    add_step(
        db,
        record,
        "decided",
        stated.on,
        by=by,
        reason=stated.reason,
        outcome=str(stated.decision),
        amount_fen=stated.amount_fen,
        evidence_sha256=stated.evidence_sha256,
    )


def record_reopening(  # noqa: PLR0913 what the ledger must know of a reopening
    db: Database, case_no: str, *, reason: str, by: str, on: dt.date, is_rehearsal: bool = False
) -> CaseRecord:
    """Reopen a closed case; its history stays.

    Raises:
        ReliefError: There is no such case, it is not closed, the reason or name is missing, or `on`
            is too early or in the future.
    """
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        add_step(db, find_case(db, case_no), "reopened", on, by=by, reason=reason)
        return find_case(db, case_no)
