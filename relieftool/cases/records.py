"""The states, outcomes and decisions of cases, each with its name, and the records of cases."""

from dataclasses import dataclass

from relieftool.messages import Message, NamedChoice
from relieftool.store.life_events import LifeEvent

PRIORITY = "priority"  # instead of a programme, in the case of a priority household

# The household, the member (None if the finding is about the household), and the programme.
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
    """The reason for closing a case; clerks may also type its Chinese name."""

    RECEIVING = "receiving", Message("receiving")
    REFUSED = "refused", Message("refused")
    DECLINED = "declined", Message("declined by the family")
    MOVED = "moved", Message("moved away")
    DECEASED = "deceased", Message("deceased")
    DUPLICATE = "duplicate", Message("duplicate")
    IMPROVED = "improved", Message("improved")
    ENDED = "ended", Message("ended")
    OTHER = "other", Message("other")


class DepartmentDecision(NamedChoice):
    """The decision of a department."""

    GRANTED = "granted", Message("granted")
    REFUSED = "refused", Message("refused")
    REDUCED = "reduced", Message("reduced")
    ENDED = "ended", Message("ended")

    @property
    def takes_away(self) -> bool:
        """Whether it cuts or ends what is received."""
        return self in (DepartmentDecision.REDUCED, DepartmentDecision.ENDED)


@dataclass(frozen=True, order=True)
class CaseFinding:
    """A finding for which a case is opened; `member_no` is None if it is about the household.

    `paid_until` is the last day for which the benefit was paid; None if nothing was paid or the day
    is not known.
    """

    household_no: str
    member_no: str | None
    programme: str
    status: str
    paid_until: str | None = None

    @property
    def key(self) -> SubjectKey:
        """The household, the member (None if it is about the household), and the programme."""
        return self.household_no, self.member_no, self.programme


@dataclass(frozen=True)
class OpenedCases:
    """The numbers of the new cases, and the count of findings that had a case already."""

    opened: list[str]
    already: int


@dataclass(frozen=True)
class CaseRecord:
    """A case in its current state. What a reopening clears is only in the history.

    `community` is None if the household is no longer in the register. `verified` is None if the
    register cannot verify the outcome, or the case is open. Only `add_deadlines` sets `days_open`,
    `is_overdue`, `due_on` (None if no time limit runs) and `due_counts`: "holidays" if the working
    days leave out weekends and public holidays, "weekends" if some leave out weekends only.
    `last_on` is the day of the last entry. `reason` and `evidence_sha256` are those of the last
    decision, closing or reopening. `found` is the status of the last finding, `found_on` its day,
    and `paid_until` the last day paid for at that time. `heard_on` and `told_on` are the days on
    which the family was heard before the decision, and told of it in writing. `proxy` is who
    applied for the family, None if it did so itself.
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
    proxy: str | None = None
    decision: str | None = None
    decided_on: str | None = None
    decided_fen: int | None = None
    heard_on: str | None = None
    told_on: str | None = None
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
        """Whether the case was last found as underpaid, without a known last day paid for."""
        return self.found == "underpaid" and self.paid_until is None

    @property
    def is_open(self) -> bool:
        """Whether the case is not closed."""
        return self.state != CaseState.CLOSED

    @property
    def key(self) -> SubjectKey:
        """The household, the member (None if it is about the household), and the programme."""
        return self.household_no, self.member_no, self.programme


@dataclass(frozen=True)
class ClosedCase:
    """A case that was just closed, with the SHA-256 of its evidence if that is a file.

    `is_underpaid`: a roster lists the subject of the case, but with less than is due.
    `is_uncompared`: a roster lists the subject, but it is not known whether the amount is enough.
    `omitted_until` is the last day of the newest complete roster without them, if there is one.
    """

    record: CaseRecord
    evidence_sha256: str | None
    is_underpaid: bool = False
    is_uncompared: bool = False
    omitted_until: str | None = None

    @property
    def is_verified(self) -> bool | None:
        """Whether the register confirms the outcome; None if the register cannot show it."""
        return self.record.verified


def format_closing_outcome(outcome: str | None) -> str:
    """Return the name of an outcome; '' for None. An unknown outcome is returned unchanged."""
    return next((str(known.word) for known in ClosingOutcome if known == outcome), outcome or "")


def format_decision(decision: str | None) -> str:
    """Return the name of a decision; '' for None or an unknown decision."""
    return next((str(known.word) for known in DepartmentDecision if known == decision), "")


@dataclass(frozen=True)
class BenefitChange:
    """A finding of a household or member before and after; None where there is none.

    Amounts are fen a month; None is unknown, or nothing every month.
    """

    household_no: str
    member_no: str | None
    programme: str
    before: str | None
    before_fen_per_month: int | None
    after: str | None
    after_fen_per_month: int | None


@dataclass(frozen=True)
class RecordedEvent:
    """An event as recorded, the cases that it closed or reopened, and the benefits it changes."""

    event: LifeEvent
    cases: tuple[CaseRecord, ...]
    benefits: tuple[BenefitChange, ...]
