"""What the check finds: one programme for one household or member, and what that rests on."""

from dataclasses import dataclass
from typing import Literal

from relieftool.eligibility.near_lines import NearLine
from relieftool.eligibility.statuses import Status
from relieftool.pack.facts import Period

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
