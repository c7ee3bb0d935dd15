"""The history of a case: each entry, the state it left the case in, and the deadline then."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from relieftool.cases.case_list import replay_case
from relieftool.cases.deadlines import add_deadlines
from relieftool.cases.records import CaseRecord, CaseState
from relieftool.pack.models import Pack

# In the entries of these steps, the note is the status of the finding.
_AUTOMATIC = ("opened", "receipt_seen", "found_again")


@dataclass(frozen=True)
class CaseEntry:
    """An entry as it was written, and the state in which it left the case.

    `status` is the status of the finding, in the steps opened, receipt_seen and found_again; the
    note of any other step is its `reason`. `due_on` is the last day of the time limit that ran
    after this entry; None if none ran.
    """

    entry: int
    on: str
    step: str
    state: CaseState
    by: str | None
    checked_by: str | None
    proxy: str | None
    department: str | None
    decision: str | None
    amount_fen: int | None
    outcome: str | None
    verified: bool | None
    status: str | None
    reason: str | None
    evidence_sha256: str | None
    heard_on: str | None
    told_on: str | None
    due_on: str | None
    due_counts: str | None
    hash: str


def list_case_entries(db: Database, pack: Pack, case_no: str) -> list[CaseEntry]:
    """Return the entries of a case, the oldest first.

    Raises:
        ReliefError: There is no such case.
    """
    return [
        _build_entry(entry, _add_deadline(record, pack))
        for entry, record in replay_case(db, case_no)
    ]


def _add_deadline(record: CaseRecord, pack: Pack) -> CaseRecord:
    """Return a case with its due day as of the day of its last entry."""
    day = dt.date.fromisoformat(record.last_on or record.opened_on)
    return add_deadlines([record], pack, day)[0]


def _build_entry(entry: Mapping[str, Any], left: CaseRecord) -> CaseEntry:
    step = entry["entry_type"]
    is_ours = step in _AUTOMATIC
    is_decision = step == "decided"
    return CaseEntry(
        entry=entry["entry_id"],
        on=entry["entered_on"],
        step=step,
        state=left.state,
        by=entry["by"],
        checked_by=entry["checked_by"],
        proxy=entry["proxy"],
        department=entry["department"],
        decision=entry["outcome"] if is_decision else None,
        amount_fen=entry["amount_fen"],
        outcome=None if is_decision else entry["outcome"],
        verified=None if entry["is_verified"] is None else entry["is_verified"] == 1,
        status=entry["note"] if is_ours else None,
        reason=None if is_ours else entry["note"],
        evidence_sha256=entry["evidence_sha256"],
        heard_on=entry["heard_on"],
        told_on=entry["told_on"],
        due_on=left.due_on,
        due_counts=left.due_counts,
        hash=entry["hash"],
    )
