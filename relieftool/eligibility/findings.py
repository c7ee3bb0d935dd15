"""What the check finds: one programme for one household or member, and what that rests on.

Eligibility x receipt -> status, the table of the design, one cell after the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from relieftool.eligibility.evaluation import UnitRow
from relieftool.eligibility.near_lines import NearLine
from relieftool.messages import Message
from relieftool.pack.facts import Period
from relieftool.pack.models import Programme
from relieftool.rules.sql import ColumnKind, format_column_name

Status = Literal[
    "unclaimed",
    "unlocked",
    "undetermined",
    "underpaid",
    "review",
    "conflict",
    "receiving",
    "ineligible",
]
LISTED_STATUSES: tuple[Status, ...] = (
    "unclaimed",
    "unlocked",
    "undetermined",
    "underpaid",
    "review",
    "conflict",
)
# What is received in some way, and what can be claimed.
RECEIVING_STATUSES: tuple[Status, ...] = ("receiving", "underpaid", "review", "conflict")
CLAIMABLE_STATUSES: tuple[Status, ...] = ("unclaimed", "unlocked")
# What clerks call each status; the Chinese names stand in the catalogue, and may be typed too.
STATUS_WORDS: Mapping[str, Message] = {
    "unclaimed": Message("unclaimed"),
    "unlocked": Message("unlocked"),
    "undetermined": Message("undetermined"),
    "underpaid": Message("underpaid"),
    "review": Message("to review"),
    "conflict": Message("conflict"),
    "receiving": Message("receiving"),
    "ineligible": Message("ineligible"),
}
EligibilityOutcome = Literal["eligible", "ineligible", "undetermined", "not_in_force"]


def format_status(status: str) -> str:
    """Name a status as clerks do."""
    return str(STATUS_WORDS[status])


def find_outcome(is_eligible: object) -> EligibilityOutcome:
    """Return the outcome of a programme in force from its truth: 1, 0, or None for unknown."""
    return "undetermined" if is_eligible is None else "eligible" if is_eligible else "ineligible"


def decide_status(
    programme: Programme, row: UnitRow, amount_fen: int | None, *, has_conflict: bool
) -> Status:
    """Return the status of a programme in force for one household's or member's row.

    `amount_fen` is what is due per period of the programme; None where that is unknown.
    """
    received = row[format_column_name(ColumnKind.RECEIVES, programme.id)]
    if received == 1:
        return _decide_received(programme, row, amount_fen, has_conflict=has_conflict)
    eligible = row[format_column_name(ColumnKind.ELIGIBLE, programme.id)]
    is_barred = row[format_column_name(ColumnKind.BARRED, programme.id)]
    if is_barred == 1 or (
        eligible == 1 and row[format_column_name(ColumnKind.GIVES_WAY, programme.id)] == 1
    ):
        return "ineligible"
    if eligible == 0:
        return (
            "unlocked"
            if row[format_column_name(ColumnKind.UNLOCKED, programme.id)] == 1
            else "ineligible"
        )
    is_certain = eligible == 1 and received == 0 and is_barred == 0
    return "unclaimed" if is_certain else "undetermined"


def _decide_received(
    programme: Programme, row: UnitRow, amount_fen: int | None, *, has_conflict: bool
) -> Status:
    """Return the status of what is received; aid for an event that was given stays given."""
    if programme.is_event:
        return "receiving"
    if has_conflict:
        return "conflict"
    eligible = row[format_column_name(ColumnKind.ELIGIBLE, programme.id)]
    if eligible == 0:
        return "review" if _is_refuted(programme, row) else "receiving"
    paid = row[format_column_name(ColumnKind.PAID, programme.id)]
    is_less = isinstance(paid, int) and amount_fen is not None and paid < amount_fen
    return "underpaid" if eligible == 1 and is_less else "receiving"


def _is_refuted(programme: Programme, row: UnitRow) -> bool:
    """Return whether something is known not to hold; an event that nobody stated refutes nothing."""
    if (
        programme.trigger is None
        or row[format_column_name(ColumnKind.TRIGGER, programme.id)] is not None
    ):
        return True
    return any(
        row[format_column_name(ColumnKind.CRITERION, programme.id, criterion.id)] == 0
        for criterion in programme.criteria
    )


# Why what is received cannot be set against what is due: that is unknown, what is paid is unknown,
# or what was paid last was paid under other values of the law.
UncomparedReason = Literal["due-unknown", "paid-unknown", "other-values"]
TIMES_A_YEAR: dict[Period | None, int] = {"month": 12, "year": 1}


@dataclass(frozen=True)
class Finding:
    """One programme for one household or member: the status and what it rests on.

    Amounts are fen per `amount_period`; None is unknown. `paid_until` is the last day that what is
    paid covers; None without a date. `uncompared` says why nobody knows whether what is received is
    enough; None where it is, or nothing is due. Truths are True, False or None. The gain is what a
    claim adds in a year to what is received now; None where nothing is to be claimed.
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
    cheapest: tuple[str, ...] = ()
    cheapest_eligible: tuple[str, ...] = ()
    at_stake_fen_per_month: int | None = None
    near: tuple[NearLine, ...] = ()
    paid_until: str | None = None
    uncompared: UncomparedReason | None = None
