"""Closes cases, with an outcome from a fixed list, evidence, and the name of who closes them.

Also has the SQL that finds the receipts of a case. A case keeps the numbers that its household and
member had when it was opened; receipts have the current numbers.
"""

import datetime as dt
from collections.abc import Sequence

from sqlite_utils import Database

from relieftool.cases.case_list import find_case
from relieftool.cases.case_status import SubjectStatus
from relieftool.cases.evidence import Evidence, read_evidence, record_evidence_place, redact_names
from relieftool.cases.records import (
    CaseRecord,
    CaseState,
    ClosedCase,
    ClosingOutcome,
    DepartmentDecision,
)
from relieftool.cases.steps import FINDING_STEPS, add_step
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.store.database import write_or_rehearse
from relieftool.store.former_numbers import compile_current_number
from relieftool.values.text import fold_name, has_letter_or_digit

_FINDING = ", ".join(f"'{step}'" for step in FINDING_STEPS)
HOUSEHOLD_NOW, _MEMBER_NOW = (
    compile_current_number(f"cases.{column}") for column in ("household_no", "member_no")
)
# A subject that was underpaid had receipts all along. So only a receipt whose period begins after
# the last day paid for counts; if that day is unknown, after the day of the finding.
_IS_LATER = f"""
    EXISTS (
        SELECT 1 FROM case_entries found
        WHERE found.entry_id = (
            SELECT MAX(entry_id) FROM case_entries
            WHERE case_no = cases.case_no AND entry_type IN ({_FINDING}))
        AND (found.note <> 'underpaid'
            OR receipt.covers_from > ifnull(found.paid_until, found.entered_on)))
"""
# The receipt is of the case's programme and household; if the case has a member, of that member.
IS_ABOUT = f"""
    receipt.household_no = {HOUSEHOLD_NOW}
    AND (cases.member_no IS NULL OR receipt.member_no = {_MEMBER_NOW})
    AND receipt.programme = cases.programme
"""
# A roster in the register lists the subject of the case. Receipts of any other origin, such as a
# list of households, are no proof.
ON_A_ROSTER = f"""
    {IS_ABOUT}
    AND receipt.says = 'yes' AND receipt.origin = 'roster' AND {_IS_LATER}
"""


_LISTED = f"""
    SELECT 1 FROM cases JOIN receipts receipt ON {ON_A_ROSTER}
    LEFT JOIN households ON households.household_no = receipt.household_no
    WHERE cases.case_no = ? AND NOT EXISTS (
        SELECT 1 FROM rosters newer
        WHERE newer.programme = cases.programme AND newer.is_complete = 1
        AND (newer.community_id IS NULL OR newer.community_id = households.community_id)
        AND newer.covers_from > receipt.covers_until)
    LIMIT 1
"""
_LEFT_OUT = f"""
    SELECT ifnull(roster.covers_until, '')
    FROM cases JOIN households ON households.household_no = {HOUSEHOLD_NOW}
    JOIN rosters roster ON roster.programme = cases.programme AND roster.is_complete = 1
    WHERE cases.case_no = ?
    AND (roster.community_id IS NULL OR roster.community_id = households.community_id)
    AND NOT EXISTS (
        SELECT 1 FROM receipts receipt
        WHERE {IS_ABOUT} AND receipt.origin = 'roster' AND receipt.says IN ('yes', 'maybe')
        AND (receipt.covers_until IS NULL OR roster.covers_until IS NULL
            OR receipt.covers_until >= roster.covers_until))
    ORDER BY roster.covers_until IS NULL DESC, roster.covers_until DESC LIMIT 1
"""
_NO_STATUS = SubjectStatus()


def record_closing(  # noqa: PLR0913 what the ledger must know of a closing
    db: Database,
    case_no: str,
    *,
    outcome: str,
    evidence: str,
    by: str,
    closed_on: dt.date,
    checked_by: str | None = None,
    reason: str | None = None,
    subject: SubjectStatus = _NO_STATUS,
    is_rehearsal: bool = False,
) -> ClosedCase:
    """Close a case; `receiving` is verified only if a roster in the register shows the receipt.

    `evidence` is words or the path of a file. `improved` requires that `subject` has no priority,
    `refused` requires a recorded refusal; a reason may replace either of these.

    Raises:
        ReliefError: There is no such case, it is closed, or what is stated does not support it.
    """
    stated_outcome, proof = _parse_outcome(outcome), read_evidence(evidence)
    check_other_person(by, checked_by)
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        record = find_case(db, case_no)
        _check_supported(record, stated_outcome, subject, reason)
        add_step(
            db,
            record,
            "closed",
            closed_on,
            by=by,
            reason=join_reason(reason, proof, _list_names(db, record)),
            outcome=str(stated_outcome),
            evidence_sha256=proof.sha256,
            checked_by=checked_by,
            is_verified=_verify_outcome(db, record, stated_outcome, subject),
        )
        record_evidence_place(db, proof.sha256, proof.path)
        return _build_closed_case(db, case_no, stated_outcome, proof, subject)


def _build_closed_case(
    db: Database, case_no: str, outcome: ClosingOutcome, proof: Evidence, subject: SubjectStatus
) -> ClosedCase:
    """Return a closed case, and whether a roster lists its subject with (perhaps) too little."""
    record = find_case(db, case_no)
    is_listed = outcome == ClosingOutcome.RECEIVING and is_on_roster(db, record)
    is_underpaid = is_listed and subject.status == "underpaid"
    is_uncompared = is_listed and not subject.is_enough_for(record)
    omitted = _find_omitting_roster(db, record)
    return ClosedCase(record, proof.sha256, is_underpaid, is_uncompared, omitted)


def _list_names(db: Database, record: CaseRecord) -> list[str]:
    """Return the names of the household's members, to remove them from the names of files."""
    statement = "SELECT name FROM members WHERE household_no = ? AND name IS NOT NULL"
    return [name for (name,) in db.execute(statement, [record.household_no])]


def join_reason(reason: str | None, proof: Evidence, names: Sequence[str]) -> str:
    """Return the reason, followed by the evidence: its words, or the name of its file.

    In the name of the file, `names` and all ID numbers are replaced by stars. If no letter or digit
    is left in it, the hash of the file is added.
    """
    stated, note = (reason or "").strip(), proof.note
    if proof.sha256:
        note = redact_names(proof.note, names)
        note = note if has_letter_or_digit(note) else f"{note} {proof.sha256}"
    return f"{stated} — {note}" if stated else note


def record_check(
    db: Database, case_no: str, *, by: str, on: dt.date, is_rehearsal: bool = False
) -> CaseRecord:
    """Record that a second person checked a closed case and agrees.

    Raises:
        ReliefError: There is no such case, it is open, `by` is missing or is the person who closed
            it, or `on` is too early or in the future.
    """
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        record = find_case(db, case_no)
        if record.state == CaseState.CLOSED:
            check_other_person(record.by or "", by, option="--by")
        add_step(db, record, "checked", on, by=by)
        return find_case(db, case_no)


def is_on_roster(db: Database, record: CaseRecord) -> bool:
    """Whether a roster lists the subject of a case, and no later complete roster omits them.

    If the case was last found as underpaid, only a receipt for a later time counts.
    """
    return db.execute(_LISTED, [record.case]).fetchone() is not None


def is_left_out(db: Database, record: CaseRecord) -> bool:
    """Whether a complete roster omits the subject of a closed case, and no later one lists them.

    A roster that ends before the closing says nothing of what was paid since.
    """
    until = _find_omitting_roster(db, record)
    return until is not None and (not until or until >= (record.closed_on or ""))


def _find_omitting_roster(db: Database, record: CaseRecord) -> str | None:
    """Return the last day of the newest complete roster without the subject of a case.

    "" if that has no day; None if no complete roster leaves them out.
    """
    found = db.execute(_LEFT_OUT, [record.case]).fetchone()
    return found and str(found[0])


def _parse_outcome(outcome: str) -> ClosingOutcome:
    try:
        return ClosingOutcome(outcome)
    except ValueError:
        raise ReliefError(
            "--outcome",
            _("'{outcome}' is no outcome of a case").format(outcome=outcome),
            _("Give one of: {outcomes}.").format(outcomes=", ".join(ClosingOutcome)),
        ) from None


def check_other_person(by: str, checked_by: str | None, option: str = "--checked-by") -> None:
    """Raise ReliefError if `checked_by` is not a name, or is the person who closed the case.

    `by` is the person who closed it; `option` is the option that named the checker. If `checked_by`
    is None, nothing is checked.
    """
    if checked_by is None:
        return
    if not has_letter_or_digit(checked_by):
        raise ReliefError(option, _("names nobody"), _("Name who checked it."))
    if fold_name(by) == fold_name(checked_by):
        raise ReliefError(
            option,
            _("is the person who closed the case"),
            _("Somebody else must check it; until then it stays closed, unchecked."),
        )


def _check_supported(
    record: CaseRecord, outcome: ClosingOutcome, subject: SubjectStatus, reason: str | None
) -> None:
    """Raise ReliefError if an open case cannot be closed as improved, refused or ended."""
    if record.is_open and outcome == ClosingOutcome.IMPROVED:
        _check_improved(record, subject, reason)
    if record.is_open and outcome == ClosingOutcome.REFUSED:
        _check_refused(record, reason)
    is_ended = record.decision == DepartmentDecision.ENDED
    if record.is_open and outcome == ClosingOutcome.ENDED and not is_ended:
        raise ReliefError(
            record.case,
            _("no end of it is written down"),
            _("Write it down first: `relief decide {case} --ended --heard DAY --told DAY`.").format(
                case=record.case
            ),
        )


def _check_refused(record: CaseRecord, reason: str | None) -> None:
    """Raise ReliefError if a case cannot be closed as refused.

    It cannot if a receipt was seen, if it was granted, or if no refusal is recorded and no reason
    is stated.
    """
    if record.state == CaseState.RECEIPT_SEEN:
        raise ReliefError(
            record.case,
            _("a receipt was seen, so it is not refused"),
            _("Close it as receiving; where it was refused since, `relief decide` that first."),
        )
    if record.found == "review":
        raise ReliefError(
            record.case,
            _("they receive this, so it cannot be refused"),
            _("Close it as ended or receiving, by what was decided."),
        )
    if record.decision == DepartmentDecision.GRANTED:
        raise ReliefError(
            record.case,
            _("it was granted on {day}, so it is not refused").format(day=record.decided_on),
            _("Where it was refused since, write that down first: `relief decide {case}`.").format(
                case=record.case
            ),
        )
    if record.decision is None and not has_letter_or_digit(reason or ""):
        raise ReliefError(
            record.case,
            _("no refusal is written down"),
            _(
                "Write the department's refusal down first: `relief decide {case}`;"
                " or say with --reason who refused it, and why."
            ).format(case=record.case),
        )


def _check_improved(record: CaseRecord, subject: SubjectStatus, reason: str | None) -> None:
    """Raise ReliefError if the household may still have priority and no reason is stated."""
    if subject.is_priority is False or has_letter_or_digit(reason or ""):
        return
    problem = (
        _("the household still meets the priority rule")
        if subject.is_priority
        else _("whether the household still meets the priority rule is not known")
    )
    raise ReliefError(
        record.case,
        problem,
        _("Say with --reason why it counts as improved all the same, or import newer facts."),
    )


def _verify_outcome(
    db: Database, record: CaseRecord, outcome: ClosingOutcome, subject: SubjectStatus
) -> int | None:
    """Return 1 if the register confirms the outcome.

    If it does not, return 0 for `receiving` and None for any other outcome.
    """
    if outcome == ClosingOutcome.RECEIVING:
        is_enough = not subject.is_case_needed and subject.is_enough_for(record)
        return int(is_on_roster(db, record) and is_enough)
    if outcome == ClosingOutcome.IMPROVED and subject.is_priority is False:
        return 1
    return None
