"""Asking a department, writing down what it decides, and opening a closed case again."""

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
    """What a department decided on one case; `amount_fen` None where no amount is stated."""

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
    """Note that a case was sent to the department that decides; only inside a transaction.

    Sent again it is a reminder: the time limit runs on from the first day. One that is decided is
    asked about anew only where that is said, since its decision then counts no longer.

    Raises:
        ReliefError: the case cannot be referred, or is decided and not to be asked about anew.
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
    """Write down decisions, all or none; one that is known word for word is not written again.

    `listed_in` is the file they came in, which is their evidence.

    Raises:
        ReliefError: a case cannot be decided, or a refusal has no reason.
    """
    decided = []
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        for one in stated:
            record = find_case(db, one.case)
            if not is_already_decided(db, record, one):
                _decide(db, record, one, by)
                record_evidence_place(db, one.evidence_sha256, listed_in)
            decided.append(find_case(db, one.case))
    return decided


def is_already_decided(db: Database, record: CaseRecord, stated: StatedDecision) -> bool:
    """Return whether a case already stands as decided like this, with the same reason.

    The file it came in is not compared: a list saved again is no other decision.
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


def check_stated_decision(stated: StatedDecision) -> None:
    """Refuse a refusal without its reason, and one that grants an amount."""
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


def _decide(db: Database, record: CaseRecord, stated: StatedDecision, by: str) -> None:
    check_stated_decision(stated)
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
    """Open a closed case again; its history stays.

    Raises:
        ReliefError: the case is not closed or there is none, or reason or name is missing.
    """
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        add_step(db, find_case(db, case_no), "reopened", on, by=by, reason=reason)
        return find_case(db, case_no)
