"""Cases and how they were dealt with: entries are only added, and what was written can be proved.

Knows the register and nothing above it; gives records, prints nothing.
"""

from relieftool.ledger.access import record_access
from relieftool.ledger.asking import Stated, decide_cases, refer_case, reopen_case
from relieftool.ledger.cases import find_case, list_cases, open_cases
from relieftool.ledger.closing import check_case, close_case
from relieftool.ledger.deadlines import with_deadlines
from relieftool.ledger.following import FollowUp, confirm_receipts, follow_up_cases
from relieftool.ledger.links import Broken
from relieftool.ledger.records import (
    PRIORITY,
    CaseFinding,
    CaseRecord,
    CaseState,
    ClosedCase,
    Decision,
    OpenedCases,
    Outcome,
)
from relieftool.ledger.standing import Standing, Standings, calling, find_standings
from relieftool.ledger.verifying import verify_ledger
from relieftool.registry.chain import ACCESSES, ENTRIES, Head, read_head

__all__ = [
    "ACCESSES",
    "ENTRIES",
    "PRIORITY",
    "Broken",
    "CaseFinding",
    "CaseRecord",
    "CaseState",
    "ClosedCase",
    "Decision",
    "FollowUp",
    "Head",
    "OpenedCases",
    "Outcome",
    "Standing",
    "Standings",
    "Stated",
    "calling",
    "check_case",
    "close_case",
    "confirm_receipts",
    "decide_cases",
    "find_case",
    "find_standings",
    "follow_up_cases",
    "list_cases",
    "open_cases",
    "read_head",
    "record_access",
    "refer_case",
    "reopen_case",
    "verify_ledger",
    "with_deadlines",
]
