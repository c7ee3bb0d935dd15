"""Cases and how they were dealt with: entries are only added, and what was written can be proved.

Knows the register and nothing above it; gives records, prints nothing.
"""

from relieftool.ledger.access import record_access
from relieftool.ledger.asking import (
    StatedDecision,
    record_case_decisions,
    record_referral,
    record_reopening,
)
from relieftool.ledger.cases import find_case, list_cases, open_cases
from relieftool.ledger.closing import record_check, record_closing
from relieftool.ledger.deadlines import add_deadlines
from relieftool.ledger.following import FollowUp, record_follow_up, record_receipts_seen
from relieftool.ledger.links import LedgerFault
from relieftool.ledger.records import (
    PRIORITY,
    CaseFinding,
    CaseRecord,
    CaseState,
    ClosedCase,
    ClosingOutcome,
    DepartmentDecision,
    OpenedCases,
)
from relieftool.ledger.standing import (
    SubjectStatus,
    SubjectStatuses,
    find_subject_statuses,
    list_findings_needing_case,
)
from relieftool.ledger.verifying import verify_ledger
from relieftool.registry.chain import ACCESS_ENTRIES, CASE_ENTRIES, ChainEnd, read_chain_end

__all__ = [
    "ACCESS_ENTRIES",
    "CASE_ENTRIES",
    "PRIORITY",
    "LedgerFault",
    "CaseFinding",
    "CaseRecord",
    "CaseState",
    "ClosedCase",
    "DepartmentDecision",
    "FollowUp",
    "ChainEnd",
    "OpenedCases",
    "ClosingOutcome",
    "SubjectStatus",
    "SubjectStatuses",
    "StatedDecision",
    "list_findings_needing_case",
    "record_check",
    "record_closing",
    "record_receipts_seen",
    "record_case_decisions",
    "find_case",
    "find_subject_statuses",
    "record_follow_up",
    "list_cases",
    "open_cases",
    "read_chain_end",
    "record_access",
    "record_referral",
    "record_reopening",
    "verify_ledger",
    "add_deadlines",
]
