"""The visit list: households in the order to visit them, and what to ask there."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from relieftool.eligibility.findings import TIMES_A_YEAR, Finding, Status
from relieftool.pack.facts import RECEIPT


@dataclass(frozen=True)
class PlannedVisit:
    """A household with undetermined findings: what to ask, and the fen per month at stake.

    `at_stake_fen_per_month` is the most that the findings could bring; None if no finding has a
    known limit per month. `is_more`: a monthly or yearly benefit without a known limit may come on
    top.
    """

    household_no: str
    community: str
    head: str | None
    ask: tuple[str, ...]
    programmes: tuple[str, ...]
    at_stake_fen_per_month: int | None
    is_more: bool


def plan_visits(findings: Iterable[Finding]) -> list[PlannedVisit]:
    """Return one visit for each household with undetermined findings, the most at stake first.

    Visits without a known limit come last; of equal visits, those with fewer questions come first,
    then those with the lower household number.
    """
    undetermined = [finding for finding in findings if finding.status == Status.UNDETERMINED]
    number = attrgetter("household_no")
    visits = [
        _plan_visit(list(of_household))
        for _number, of_household in groupby(sorted(undetermined, key=number), number)
    ]
    return sorted(
        visits,
        key=lambda visit: (
            visit.at_stake_fen_per_month is None,
            -(visit.at_stake_fen_per_month or 0),
            len(visit.ask),
            visit.household_no,
        ),
    )


def _plan_visit(findings: list[Finding]) -> PlannedVisit:
    """Return the visit for the undetermined findings of one household."""
    first = findings[0]
    at_stake = [finding for finding in findings if finding.at_stake_fen_per_month is not None]
    return PlannedVisit(
        first.household_no,
        first.community,
        first.head,
        tuple(
            dict.fromkeys(
                name for finding in findings for name in finding.cheapest or finding.missing
            )
        ),
        tuple(dict.fromkeys(finding.programme for finding in findings)),
        _sum_at_stake(at_stake) if at_stake else None,
        any(
            finding.amount_period in TIMES_A_YEAR and finding.at_stake_fen_per_month is None
            for finding in findings
        ),
    )


def _sum_at_stake(findings: list[Finding]) -> int:
    """Return the fen per month at stake; of exclusive programmes only the highest amount counts."""
    counted: list[Finding] = []
    for finding in sorted(findings, key=lambda each: -(each.at_stake_fen_per_month or 0)):
        is_excluded = any(
            other.programme in finding.alternative_to or finding.programme in other.alternative_to
            for other in counted
            if other.member_no in (None, finding.member_no) or finding.member_no is None
        )
        if not is_excluded:
            counted.append(finding)
    return sum(finding.at_stake_fen_per_month or 0 for finding in counted)


def count_decided_by_rosters(findings: Iterable[Finding]) -> Counter[str]:
    """Count, for each programme, the findings that lack only the receipt of this programme.

    A complete roster of the programme could decide them.
    """
    return Counter(
        finding.missing[0].removeprefix(RECEIPT)
        for finding in findings
        if len(finding.missing) == 1 and finding.missing[0].startswith(RECEIPT)
    )
