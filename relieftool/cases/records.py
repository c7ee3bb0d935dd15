"""The states and outcomes of cases, what clerks call them, and the records other modules use."""

from dataclasses import dataclass

from relieftool.messages import Message, NamedChoice

PRIORITY = "priority"  # in place of a programme, in the case of a priority household

# Household, member (None if the finding is the household's), programme.
SubjectKey = tuple[str, str | None, str]


class CaseState(NamedChoice):
    """The state of a case."""

    FOUND = "found", Message("found")
    REFERRED = "referred", Message("referred")
    DECIDED = "decided", Message("decided")
    RECEIPT_SEEN = "receipt_seen", Message("receipt seen")
    CLOSED = "closed", Message("closed")
    REOPENED = "reopened", Message("reopened")


class ClosingOutcome(NamedChoice):
    """Why a case could be closed; clerks may also type the Chinese name."""

    RECEIVING = "receiving", Message("receiving")
    REFUSED = "refused", Message("refused")
    DECLINED = "declined", Message("declined by the family")
    MOVED = "moved", Message("moved away")
    DECEASED = "deceased", Message("deceased")
    DUPLICATE = "duplicate", Message("duplicate")
    IMPROVED = "improved", Message("improved")
    OTHER = "other", Message("other")


class DepartmentDecision(NamedChoice):
    """What a department decided."""

    GRANTED = "granted", Message("granted")
    REFUSED = "refused", Message("refused")


@dataclass(frozen=True, order=True)
class CaseFinding:
    """A finding that needs a case; `member_no` is None if it is the household's.

    `paid_until` is the last day of what was paid then; None if nothing was paid or the day is not
    known.
    """

    household_no: str
    member_no: str | None
    programme: str
    status: str
    paid_until: str | None = None

    @property
    def key(self) -> SubjectKey:
        """Return what the case is about: household, member if it is a member's, programme."""
        return self.household_no, self.member_no, self.programme


@dataclass(frozen=True)
class OpenedCases:
    """The numbers of the new cases, and how many findings had a case already."""

    opened: list[str]
    already: int


@dataclass(frozen=True)
class CaseRecord:
    """One case in its current state.

    `community` is None for a household no longer in the register. `verified` is None unless the
    register can verify the outcome. `due_on` is None while no time limit runs; `due_counts` says
    whether its working days leave out "holidays" or "weekends" only. `reason` and
    `evidence_sha256` are those of the last decision, closing or reopening. What happened before a
    reopening is only in the history. `found` is the status of the last finding, made on `found_on`,
    when `paid_until` was the last day paid for.
    """

    case: str
    household_no: str
    member_no: str | None
    community: str | None
    programme: str
    state: CaseState
    opened_on: str
    due_on: str | None = None
    closed_on: str | None = None
    outcome: str | None = None
    verified: bool | None = None
    by: str | None = None
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
        """Whether too little was paid, and it is not known until when."""
        return self.found == "underpaid" and self.paid_until is None

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.state != CaseState.CLOSED

    @property
    def key(self) -> SubjectKey:
        """Return what the case is about: household, member if it is a member's, programme."""
        return self.household_no, self.member_no, self.programme


@dataclass(frozen=True)
class ClosedCase:
    """A case just closed, with the SHA-256 of its evidence if that is a file.

    With `is_underpaid` a roster lists the subject with less than is due; with `is_uncompared` a
    roster lists it and it is not known whether that is enough.
    """

    record: CaseRecord
    evidence_sha256: str | None
    is_underpaid: bool = False
    is_uncompared: bool = False

    @property
    def is_verified(self) -> bool | None:
        """Whether the register confirms the outcome; None if it cannot show it."""
        return self.record.verified


def format_closing_outcome(outcome: str | None) -> str:
    """Return what clerks call an outcome; an empty text for an open case."""
    return next((str(known.word) for known in ClosingOutcome if known == outcome), outcome or "")


def format_decision(decision: str | None) -> str:
    """Return what clerks call a decision; an empty text for None."""
    return next((str(known.word) for known in DepartmentDecision if known == decision), "")
