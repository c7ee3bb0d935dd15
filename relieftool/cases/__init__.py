"""Cases and how they were dealt with: entries are only added, and what was written can be proved.

Knows the register and nothing above it; gives records, prints nothing.
"""

from relieftool.cases.access import record_access
from relieftool.cases.case_list import find_case, list_cases, open_cases
from relieftool.cases.case_status import (
    SubjectStatus,
    SubjectStatuses,
    find_subject_statuses,
    list_findings_needing_case,
)
from relieftool.cases.closing import record_check, record_closing
from relieftool.cases.deadlines import add_deadlines
from relieftool.cases.department_decisions import (
    StatedDecision,
    record_case_decisions,
    record_referral,
    record_reopening,
)
from relieftool.cases.follow_up import FollowUp, record_follow_up, record_receipts_seen
from relieftool.cases.records import (
    PRIORITY,
    CaseFinding,
    CaseRecord,
    CaseState,
    ClosedCase,
    ClosingOutcome,
    DepartmentDecision,
    OpenedCases,
)
from relieftool.cases.verify import verify_ledger
from relieftool.store.chain import ACCESS_ENTRIES, CASE_ENTRIES, ChainEnd, read_chain_end
from relieftool.store.chain_check import LedgerFault

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
