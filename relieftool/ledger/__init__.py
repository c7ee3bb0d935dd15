"""Cases and how they were dealt with: entries are only added, and what was written can be proved.

Knows the register and nothing above it; gives records, prints nothing.
"""

from relieftool.ledger.access import record_access
from relieftool.ledger.cases import list_cases, open_cases
from relieftool.ledger.chain import ACCESSES, ENTRIES, Head, read_head
from relieftool.ledger.closing import close_case
from relieftool.ledger.records import (
    PRIORITY,
    CaseFinding,
    CaseRecord,
    CaseState,
    ClosedCase,
    OpenedCases,
    Outcome,
)
from relieftool.ledger.verifying import Broken, verify_ledger

__all__ = [
    "ACCESSES",
    "ENTRIES",
    "PRIORITY",
    "Broken",
    "CaseFinding",
    "CaseRecord",
    "CaseState",
    "ClosedCase",
    "Head",
    "OpenedCases",
    "Outcome",
    "close_case",
    "list_cases",
    "open_cases",
    "read_head",
    "record_access",
    "verify_ledger",
]
