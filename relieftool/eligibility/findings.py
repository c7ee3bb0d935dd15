"""Findings: the status of one programme for one household or member.

`decide_status` derives the status from a row of the statement. What depends on the status alone
(its word, its urgency and the sets it belongs to) is in its row of `Status`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Self

from relieftool.eligibility.evaluation import read_number, read_truth
from relieftool.eligibility.near_lines import NearLine
from relieftool.messages import Message
from relieftool.pack.facts import Period
from relieftool.pack.models import Programme
from relieftool.rules.compiled_rules import UnitRow
from relieftool.rules.minimal_questions import Proof
from relieftool.rules.sql import ColumnKind

# listed: calls for action, and is shown unless other statuses are asked for.
# received: the benefit is received in some way. claimable: it can be claimed.
StatusSet = Literal["listed", "received", "claimable"]
EligibilityOutcome = Literal["eligible", "ineligible", "undetermined", "not_in_force"]
# Why what is received cannot be compared with what is due: the amount due is unknown, the amount
# paid is unknown, or the last payment was made under other values of the law.
UncomparedReason = Literal["due-unknown", "paid-unknown", "other-values"]
TIMES_A_YEAR: dict[Period | None, int] = {"month": 12, "year": 1}


class Status(StrEnum):
    """The statuses: for each its id in JSON and `--status`, the word for clerks, urgency and sets.

    Urgency 1 is the highest: a household with several findings is shown with its most urgent
    status.

    A new status needs a row here, a rule in `decide_status`, and its sentences in `output.wording`.
    The Chinese words are in the translation catalogue.
    """

    UNCLAIMED = "unclaimed", Message("unclaimed"), 1, "listed", "claimable"
    UNLOCKED = "unlocked", Message("unlocked"), 5, "listed", "claimable"
    UNDETERMINED = "undetermined", Message("undetermined"), 6, "listed"
    UNDERPAID = "underpaid", Message("underpaid"), 2, "listed", "received"
    REVIEW = "review", Message("to review"), 4, "listed", "received"
    CONFLICT = "conflict", Message("conflict"), 3, "listed", "received"
    RECEIVING = "receiving", Message("receiving"), 7, "received"
    INELIGIBLE = "ineligible", Message("ineligible"), 8

    words: Message
    urgency: int
    sets: frozenset[StatusSet]

    def __new__(cls, status_id: str, words: Message, urgency: int, *sets: StatusSet) -> Self:
        """Create a status that is equal to its id."""
        status = str.__new__(cls, status_id)
        status._value_ = status_id
        status.words = words
        status.urgency = urgency
        status.sets = frozenset(sets)
        return status


def _list_statuses(in_set: StatusSet) -> tuple[Status, ...]:
    """Return the statuses that belong to a set, in the order of their rows."""
    return tuple(status for status in Status if in_set in status.sets)


LISTED_STATUSES = _list_statuses("listed")
RECEIVED_STATUSES = _list_statuses("received")
CLAIMABLE_STATUSES = _list_statuses("claimable")
STATUS_WORDS: Mapping[str, Message] = {status.value: status.words for status in Status}


def format_status(status: str) -> str:
    """Return the word for a status that clerks read."""
    return str(STATUS_WORDS[status])


def find_outcome(is_eligible: object) -> EligibilityOutcome:
    """Return 'eligible', 'ineligible' or, if `is_eligible` is None, 'undetermined'.

    Only for programmes in force.
    """
    return "undetermined" if is_eligible is None else "eligible" if is_eligible else "ineligible"


def decide_status(
    programme: Programme, row: UnitRow, amount_fen: int | None, *, has_conflict: bool
) -> Status:
    """Return the status of a programme in force for one household's or member's row.

    `amount_fen` is the amount per period of the programme; None if it is unknown or none applies.
    """
    is_received = read_truth(row, ColumnKind.RECEIVES, programme.id)
    if is_received:
        return _decide_received(programme, row, amount_fen, has_conflict=has_conflict)
    is_eligible = read_truth(row, ColumnKind.ELIGIBLE, programme.id)
    is_barred = read_truth(row, ColumnKind.BARRED, programme.id)
    if is_barred or (is_eligible and read_truth(row, ColumnKind.GIVES_WAY, programme.id)):
        return Status.INELIGIBLE
    if is_eligible is False:
        is_unlocked = read_truth(row, ColumnKind.UNLOCKED, programme.id)
        return Status.UNLOCKED if is_unlocked else Status.INELIGIBLE
    is_certain = is_eligible and is_received is False and is_barred is False
    return Status.UNCLAIMED if is_certain else Status.UNDETERMINED


def _decide_received(
    programme: Programme, row: UnitRow, amount_fen: int | None, *, has_conflict: bool
) -> Status:
    """Return the status of a programme that is received."""
    if programme.is_event:  # aid given for an event is not taken back when the event is over
        return Status.RECEIVING
    if has_conflict:
        return Status.CONFLICT
    is_eligible = read_truth(row, ColumnKind.ELIGIBLE, programme.id)
    if is_eligible is False:
        return Status.REVIEW if _is_refuted(programme, row) else Status.RECEIVING
    paid = read_number(row, ColumnKind.PAID, programme.id)
    is_less = paid is not None and amount_fen is not None and paid < amount_fen
    return Status.UNDERPAID if is_eligible and is_less else Status.RECEIVING


def _is_refuted(programme: Programme, row: UnitRow) -> bool:
    """Whether a condition is known not to hold.

    Only for a benefit that is received by an ineligible household or member. An event that is not
    recorded counts as not happened. That makes them ineligible, but does not show that they receive
    the benefit wrongly.
    """
    if programme.trigger is None or read_truth(row, ColumnKind.TRIGGER, programme.id) is not None:
        return True
    return any(
        read_truth(row, ColumnKind.CRITERION, programme.id, criterion.id) is False
        for criterion in programme.criteria
    )


@dataclass(frozen=True)
class QuestionValue:
    """The fewest questions that could decide a finding, and the fewest that could make it a claim.

    The proofs say whether it is proved that fewer would not do, or only that these are enough.
    A question is "fact" or "receipt:programme" for the household; for a member, the member number
    and a colon come first. `at_stake_fen_per_month` is the most that the claim could bring, less
    the benefits it would replace; None if it has no upper bound, is paid only once, or no amount
    can apply.
    """

    cheapest: tuple[str, ...] = ()
    cheapest_eligible: tuple[str, ...] = ()
    cheapest_proof: Proof | None = None
    cheapest_eligible_proof: Proof | None = None
    at_stake_fen_per_month: int | None = None


@dataclass(frozen=True)
class Finding:
    """The status of one programme for one household or member, and its grounds.

    Amounts are fen per `amount_period`; None is unknown. `paid_until` is the last day that the
    payments cover; None without a date. `uncompared` is why a received benefit cannot be compared
    with what is due; None if it can, or if there is nothing to compare. `criteria` are pairs of a
    criterion's id and whether it holds (None: unknown). `gain_fen_per_year` is what a claim adds in
    a year to what is received now; None if nothing can be claimed, or if an amount is unknown or
    paid once. `find_questions` searches what to ask, which takes long: only when it is read.
    """

    household_no: str
    community: str
    head: str | None
    member_no: str | None
    member: str | None
    programme: str
    status: Status
    amount_fen: int | None
    amount_period: Period | None
    paid_fen: int | None
    criteria: tuple[tuple[str, bool | None], ...]
    department: str
    missing: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    presumed: tuple[str, ...] = ()
    unlocked_by: tuple[str, ...] = ()
    alternative_to: tuple[str, ...] = ()
    conflicts_with: tuple[str, ...] = ()
    undated: tuple[str, ...] = ()
    gain_fen_per_year: int | None = None
    near: tuple[NearLine, ...] = ()
    paid_until: str | None = None
    uncompared: UncomparedReason | None = None
    find_questions: Callable[[], QuestionValue] = field(
        default=QuestionValue, compare=False, repr=False
    )

    @property
    def cheapest(self) -> tuple[str, ...]:
        """The fewest questions that could decide the finding."""
        return self.find_questions().cheapest

    @property
    def cheapest_eligible(self) -> tuple[str, ...]:
        """The fewest questions that could make it a claim."""
        return self.find_questions().cheapest_eligible

    @property
    def cheapest_proof(self) -> Proof | None:
        """Whether it is proved that no fewer questions could decide it."""
        return self.find_questions().cheapest_proof

    @property
    def cheapest_eligible_proof(self) -> Proof | None:
        """Whether it is proved that no fewer questions could make it a claim."""
        return self.find_questions().cheapest_eligible_proof

    @property
    def at_stake_fen_per_month(self) -> int | None:
        """The most that it could bring per month; None without a known limit."""
        return self.find_questions().at_stake_fen_per_month
