"""The words of the ledger: states, outcomes, and the records its functions give and take."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from relieftool.messages import Message

PRIORITY = "priority"  # stands where a programme stands, in the case of a priority household


class CaseState(StrEnum):
    """Where a case stands."""

    FOUND = "found"
    REFERRED = "referred"
    DECIDED = "decided"
    RECEIPT_SEEN = "receipt_seen"
    CLOSED = "closed"
    REOPENED = "reopened"


STATE_WORDS = {
    CaseState.FOUND: Message("found"),
    CaseState.REFERRED: Message("referred"),
    CaseState.DECIDED: Message("decided"),
    CaseState.RECEIPT_SEEN: Message("receipt seen"),
    CaseState.CLOSED: Message("closed"),
    CaseState.REOPENED: Message("reopened"),
}


class ClosingOutcome(StrEnum):
    """Why a case could be closed."""

    RECEIVING = "receiving"
    REFUSED = "refused"
    DECLINED = "declined"
    MOVED = "moved"
    DECEASED = "deceased"
    DUPLICATE = "duplicate"
    IMPROVED = "improved"
    OTHER = "other"


# What clerks call each outcome; the Chinese names stand in the catalogue, and may be typed too.
OUTCOME_WORDS: Mapping[str, Message] = {
    ClosingOutcome.RECEIVING: Message("receiving"),
    ClosingOutcome.REFUSED: Message("refused"),
    ClosingOutcome.DECLINED: Message("declined by the family"),
    ClosingOutcome.MOVED: Message("moved away"),
    ClosingOutcome.DECEASED: Message("deceased"),
    ClosingOutcome.DUPLICATE: Message("duplicate"),
    ClosingOutcome.IMPROVED: Message("improved"),
    ClosingOutcome.OTHER: Message("other"),
}


class DepartmentDecision(StrEnum):
    """What a department decided."""

    GRANTED = "granted"
    REFUSED = "refused"


DECISION_WORDS: Mapping[str, Message] = {
    DepartmentDecision.GRANTED: Message("granted"),
    DepartmentDecision.REFUSED: Message("refused"),
}


@dataclass(frozen=True, order=True)
class CaseFinding:
    """A finding that calls for a case; `member_no` is "" or None where it is the household's.

    `paid_until` is the last day of what was paid then; None where nothing was, or no day is known.
    """

    household_no: str
    member_no: str | None
    programme: str
    status: str
    paid_until: str | None = None


@dataclass(frozen=True)
class OpenedCases:
    """What opening came to: the numbers of the new cases, and how many findings had one already."""

    opened: list[str]
    already: int


@dataclass(frozen=True)
class CaseRecord:
    """One case as it stands now.

    `community` is None for a household no longer in the register. `verified` is None unless the
    outcome is one the register can verify. `due_on` is None where no time limit runs;
    `due_counts` says whether its working days leave out "holidays" or "weekends" only. `reason`
    and `evidence_sha256` are those of the last decision, closing or reopening. What happened
    before a case was reopened is in its history and no longer here. `found` is the status it was
    found with last, on `found_on`, when `paid_until` was the last day paid for.
    """

    case: str
    household_no: str
    member_no: str | None
    community: str | None
    programme: str
    state: CaseState
    opened_on: str
    due_on: str | None
    closed_on: str | None
    outcome: str | None
    verified: bool | None
    by: str | None
    checked_by: str | None = None
    referred_on: str | None = None
    department: str | None = None
    decision: str | None = None
    decided_on: str | None = None
    decided_fen: int | None = None
    reopened_on: str | None = None
    last_on: str | None = None
    due_counts: str | None = None
    is_overdue: bool = False
    days_open: int | None = None
    reason: str | None = None
    evidence_sha256: str | None = None
    found: str | None = None
    found_on: str | None = None
    paid_until: str | None = None

    @property
    def is_month_unknown(self) -> bool:
        """Return whether too little was paid, and nobody knows until when."""
        return self.found == "underpaid" and self.paid_until is None

    @property
    def is_open(self) -> bool:
        """Return whether there is still something to do."""
        return self.state != CaseState.CLOSED

    @property
    def key(self) -> tuple[str, str | None, str]:
        """Return what the case is about: household, member if it is a member's, programme."""
        return self.household_no, self.member_no, self.programme


@dataclass(frozen=True)
class ClosedCase:
    """A case just closed, with the SHA-256 of its evidence where that is a file.

    `is_underpaid` says that a roster lists them, with less than is due; `is_uncompared`, that one
    lists them and nobody knows whether that is enough.
    """

    record: CaseRecord
    evidence_sha256: str | None
    is_underpaid: bool = False
    is_uncompared: bool = False

    @property
    def is_verified(self) -> bool | None:
        """Return whether the register bears the outcome out; None where it cannot speak to it."""
        return self.record.verified


def format_closing_outcome(outcome: str | None) -> str:
    """Name the outcome of a case as clerks do; an open case has none."""
    return str(OUTCOME_WORDS.get(outcome or "", outcome or ""))


def format_case_state(state: CaseState) -> str:
    """Name the state of a case as clerks do."""
    return str(STATE_WORDS[state])


def format_decision(decision: str | None) -> str:
    """Name a department's decision; none is nothing."""
    return str(DECISION_WORDS.get(decision or "", ""))
