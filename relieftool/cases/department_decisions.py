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
from relieftool.eligibility.findings import RECEIVED_STATUSES
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.models import Hearing
from relieftool.store.database import write_or_rehearse
from relieftool.values.text import has_letter_or_digit, plain_text


@dataclass(frozen=True)
class StatedDecision:
    """A department's decision on a case.

    `amount_fen` is per period of the programme; None if no amount is stated. `heard_on` and
    `told_on` are the days on which the family was heard before, and told in writing after.
    """

    case: str
    decision: DepartmentDecision
    on: dt.date
    reason: str | None = None
    amount_fen: int | None = None
    evidence_sha256: str | None = None
    heard_on: dt.date | None = None
    told_on: dt.date | None = None

    def lacks_hearing(self, hearing: Hearing | None) -> bool:
        """Whether it takes something away without the hearing and the notice that law asks for."""
        is_due = hearing is not None and self.decision.takes_away and self.on >= hearing.from_
        return is_due and (self.heard_on is None or self.told_on is None)

    def has_days_out_of_order(self) -> bool:
        """Whether the family was heard after the decision, or told of it before."""
        heard, told = self.heard_on or self.on, self.told_on or self.on
        return not heard <= self.on <= told


def record_referral(  # noqa: PLR0913 what the ledger must know of a referral
    db: Database,
    case_no: str,
    department: str,
    *,
    by: str,
    on: dt.date,
    is_anew: bool = False,
    proxy: str | None = None,
) -> CaseRecord:
    """Record that a case was referred to a department; only called inside `write`.

    `proxy` is who applies for the family with its authority; None: the family itself.

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
    add_step(db, record, "referred", on, by=by, department=department, proxy=proxy)
    return find_case(db, case_no)


def record_case_decisions(  # noqa: PLR0913 what the ledger must know of decisions
    db: Database,
    stated: Iterable[StatedDecision],
    *,
    by: str,
    hearing: Hearing | None = None,
    listed_in: Path | None = None,
    is_rehearsal: bool = False,
) -> list[CaseRecord]:
    """Record decisions, all or none; a decision that its case has already is skipped.

    Return the cases afterwards. `listed_in` is the file with the decisions, which is their
    evidence; `hearing` is the duty of the pack.

    Raises:
        ReliefError: A case cannot be decided, a refusal has no reason or has an amount, or
            something is taken away from a family that was not heard or not told.
    """
    decided = []
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        for decision in stated:
            record = find_case(db, decision.case)
            if not is_already_decided(db, record, decision):
                _check_decision(db, record, decision, hearing)
                _record_decision(db, record, decision, by)
                record_evidence_place(db, decision.evidence_sha256, listed_in)
            decided.append(find_case(db, decision.case))
    return decided


def is_already_decided(db: Database, record: CaseRecord, stated: StatedDecision) -> bool:
    """Whether a case already has this decision, with the same day, amount and reason.

    The hash of the file is not compared, because saving a list again makes no new decision.
    """
    days = [day and day.isoformat() for day in (stated.on, stated.heard_on, stated.told_on)]
    known = record.decided_on, record.heard_on, record.told_on
    if [record.decision, record.decided_fen] != [stated.decision, stated.amount_fen]:
        return False
    if [*known] != days:
        return False
    (reason,) = db.execute(_LAST_REASON, [record.case]).fetchone()
    return plain_text(reason) == plain_text(stated.reason)


_LAST_REASON = """
    SELECT note FROM case_entries WHERE case_no = ? AND entry_type = 'decided'
    ORDER BY entry_id DESC LIMIT 1
"""


def _check_decision(
    db: Database, record: CaseRecord, stated: StatedDecision, hearing: Hearing | None
) -> None:
    """Raise ReliefError for a decision that its case, the law or its own parts do not allow."""
    if stated.decision == DepartmentDecision.GRANTED:
        return
    _check_refusal(stated)
    if stated.decision == DepartmentDecision.REFUSED and record.found == "review":
        raise ReliefError(
            stated.case,
            _("they receive this, so it cannot be refused"),
            _("Write --reduced or --ended, or --granted where it stays as it is."),
        )
    if stated.decision.takes_away and not _is_received(db, record):
        raise ReliefError(
            stated.case,
            _("they receive nothing of this that could be cut or ended"),
            _("Write --refused with the reason, or --granted."),
        )
    if hearing is not None and stated.lacks_hearing(hearing):
        raise ReliefError(
            stated.case,
            _("nothing is cut or ended before the family was heard ({source})").format(
                source=hearing.source
            ),
            _("Give both days: --heard DAY, then --told DAY of the written notice with reasons."),
        )
    if stated.has_days_out_of_order():
        raise ReliefError(
            stated.case,
            _("the family is heard before the decision and told of it after"),
            _("Correct --heard, --on or --told."),
        )


def _is_received(db: Database, record: CaseRecord) -> bool:
    """Whether the case was found as received, or was ever granted, or its receipt seen."""
    if record.found in RECEIVED_STATUSES:
        return True
    return db.execute(_GRANTED, [record.case]).fetchone() is not None


_GRANTED = """
    SELECT 1 FROM case_entries WHERE case_no = ?
    AND (entry_type = 'receipt_seen' OR outcome IN ('granted', 'reduced', 'receiving'))
"""


def _check_refusal(stated: StatedDecision) -> None:
    """Raise ReliefError where a refusal, cut or end has no reason, or grants an amount."""
    if not has_letter_or_digit(stated.reason or ""):
        raise ReliefError(
            stated.case,
            _("a refusal needs its reason"),
            _("Write the reason the department gives in its letter."),
        )
    if stated.amount_fen and stated.decision != DepartmentDecision.REDUCED:
        raise ReliefError(
            stated.case,
            _("a refusal grants no amount"),
            _("Leave the amount out, or write that it was granted."),
        )


def _record_decision(db: Database, record: CaseRecord, stated: StatedDecision, by: str) -> None:
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
        heard_on=stated.heard_on,
        told_on=stated.told_on,
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
