"""The gap check: every household and member against every programme in force.

What is undetermined becomes a visit: what to ask of each household.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from itertools import groupby
from operator import attrgetter

from sqlite_utils import Database

from relieftool.eligibility.findings import (
    LISTED_STATUSES,
    TIMES_A_YEAR,
    ConstantCriterion,
    Finding,
    Status,
    sum_per_month,
)
from relieftool.eligibility.kept_findings import KeptFindings, open_findings
from relieftool.pack.models import Pack
from relieftool.store.communities import list_household_numbers


@dataclass(frozen=True)
class GapTotals:
    """The figures of one community, or of all together; amounts in fen.

    People on several households count once; who may be gone counts only at most.
    `unclaimed_amount_unknown` is the number of claims whose yearly gain is unknown. The figures at
    most count what is open too: what could still turn out unclaimed, at its greatest amount.
    `unclaimed_fen_per_month_at_most` is None if `households_without_limit` may be owed more than
    anybody can tell; by the values and amounts as far as they are known it is
    `unclaimed_fen_per_month_as_known`.
    """

    households: int
    members: int
    unclaimed_households: int
    undetermined_households: int
    review_households: int
    unclaimed_fen_per_month: int
    unclaimed_amount_unknown: int
    unclaimed_households_at_most: int
    unclaimed_fen_per_month_at_most: int | None
    unclaimed_fen_per_month_as_known: int
    households_without_limit: int
    members_at_most: int


@dataclass(frozen=True)
class Gaps:
    """The result of the gap check: figures in all and per community, and the sorted findings.

    `is_near`: only findings near a line were asked for. `has_questions`: undetermined findings can
    be asked what to ask. `unvalued` are parameters in use without a value on the day; `uniform` are
    criteria with the same result for everybody.
    """

    as_of: dt.date
    pack: Pack
    totals: GapTotals
    communities: dict[str, GapTotals]
    findings: tuple[Finding, ...]
    is_near: bool = False
    has_questions: bool = True
    unvalued: tuple[str, ...] = ()
    uniform: tuple[ConstantCriterion, ...] = ()


def find_gaps(  # noqa: PLR0913, PLR0917 what to check, and what to list of it
    db: Database,
    pack: Pack,
    as_of: dt.date,
    community: str | None = None,
    statuses: Iterable[Status] = LISTED_STATUSES,
    near: Fraction | None = None,
    *,
    with_questions: bool = True,
) -> Gaps:
    """Check all households, or those of `community`, and list the findings with one of `statuses`.

    With `near`, a share of a line such as 1/10, only findings are listed that could turn if a line
    within that share were crossed. The figures do not depend on `statuses` or `near`. What to ask
    can only be read off undetermined findings `with_questions`.
    """
    asked_statuses = set(statuses)
    with open_findings(db, pack, as_of, with_questions=with_questions) as kept:
        if near is None and Status.INELIGIBLE not in asked_statuses:
            listed = kept.list_findings(asked_statuses, community)
        else:
            numbers = list_household_numbers(db, community)
            listed = _evaluate_again(db, pack, as_of, numbers, asked_statuses, near)
        totals, communities = _count_totals(kept, community)
        return Gaps(
            as_of,
            pack,
            totals,
            communities,
            tuple(listed),
            is_near=near is not None,
            has_questions=with_questions,
            unvalued=kept.summary.unvalued,
            uniform=kept.find_constant_criteria(),
        )


def _evaluate_again(  # noqa: PLR0913, PLR0917 what to evaluate, and what to list of it
    db: Database,
    pack: Pack,
    as_of: dt.date,
    numbers: Collection[str],
    statuses: Collection[Status],
    near: Fraction | None,
) -> list[Finding]:
    """Return findings that are not kept: ineligible, or with the lines near them.

    They are sorted by community, household and member.
    """
    from relieftool.eligibility.evaluation import evaluate_register  # noqa: PLC0415 start-up time
    from relieftool.eligibility.household_findings import (  # noqa: PLC0415 start-up time
        find_household_findings,
    )

    evaluation = evaluate_register(db, pack, as_of, households=numbers)
    findings = [
        finding
        for household in evaluation.households
        for finding in find_household_findings(evaluation, household, near, statuses=statuses)
        if finding.status in statuses and (near is None or finding.near)
    ]
    return sorted(
        findings,
        key=lambda finding: (finding.community, finding.household_no, finding.member_no or ""),
    )


def _count_totals(
    kept: KeptFindings, community: str | None
) -> tuple[GapTotals, dict[str, GapTotals]]:
    """Return the figures of all communities together, and of each by name; or of one only."""
    asked = {"evaluation": kept.evaluation_id, "community": community}
    rows = kept.db.execute(_TOTALS, asked).fetchall()
    people = kept.count_people(community)
    figures = {name: [count or 0 for count in counts] for name, *counts in rows}
    together = [sum(column) for column in zip(*figures.values(), strict=True)]
    together = together or [0] * (len(fields(GapTotals)) - 3)
    return _build_totals(together, people.get(None, (0, 0))), {
        name: _build_totals(counts, people.get(name, (0, 0))) for name, counts in figures.items()
    }


def _build_totals(figures: Sequence[int], people: tuple[int, int]) -> GapTotals:
    """Return figures; what unclaimed benefits would bring is counted per year until here."""
    households, unclaimed, undetermined, review, least, unknown, at_most, *above = figures
    most, without_limit = above
    return GapTotals(
        households=households,
        members=people[0],
        unclaimed_households=unclaimed,
        undetermined_households=undetermined,
        review_households=review,
        unclaimed_fen_per_month=sum_per_month([least]),
        unclaimed_amount_unknown=unknown,
        unclaimed_households_at_most=at_most,
        unclaimed_fen_per_month_at_most=None if without_limit else sum_per_month([most]),
        unclaimed_fen_per_month_as_known=sum_per_month([most]),
        households_without_limit=without_limit,
        members_at_most=people[1],
    )


# A programme without money and an amount paid once add nothing in a year, so that gain is known.
_TOTALS = f"""
    WITH found AS (
        SELECT household_no,
            max(status = '{Status.UNCLAIMED}') AS is_unclaimed,
            max(status = '{Status.UNDETERMINED}') AS is_undetermined,
            max(status = '{Status.REVIEW}') AS is_review,
            max(status IN ('{Status.UNCLAIMED}', '{Status.UNDETERMINED}')) AS is_open,
            sum(status = '{Status.UNCLAIMED}' AND gain_fen_per_year IS NULL
                AND amount_period IS NOT NULL
                AND (amount_period <> 'once' OR amount_fen IS NULL)) AS unknown
        FROM kept_findings WHERE evaluation_id = :evaluation GROUP BY household_no)
    SELECT communities.name, count(*), sum(found.is_unclaimed),
        sum(found.is_undetermined), sum(found.is_review), sum(kept.least_fen_per_year),
        sum(found.unknown), sum(found.is_open), sum(kept.most_fen_per_year),
        sum(kept.is_without_limit)
    FROM households
    JOIN communities ON communities.community_id = households.community_id
    JOIN kept_households kept
        ON kept.evaluation_id = :evaluation AND kept.household_no = households.household_no
    LEFT JOIN found ON found.household_no = households.household_no
    WHERE :community IS NULL OR communities.name = :community
    GROUP BY communities.name ORDER BY communities.name
"""


def count_presumed(findings: Iterable[Finding]) -> Counter[str]:
    """Count the findings that rest on each presumed fact."""
    return Counter(name for finding in findings for name in finding.presumed)


def count_assumed(findings: Iterable[Finding]) -> Counter[str]:
    """Count the findings that rest on each assumed parameter."""
    return Counter(name for finding in findings for name in finding.assumed)


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
    """Return one visit for each household with undetermined findings, the most likely need first.

    What is at stake counts half for each condition that is still open: a sum of mere possibilities
    comes after what hangs on one answer, and what has no known sum comes last. Of equal visits,
    those with fewer questions come first, then those with the lower household number.
    """
    undetermined = [finding for finding in findings if finding.status == Status.UNDETERMINED]
    number = attrgetter("household_no")
    grouped = [
        list(of_household)
        for _number, of_household in groupby(sorted(undetermined, key=number), number)
    ]
    visits = [(_weigh(findings), _plan_visit(findings)) for findings in grouped]
    visits.sort(key=lambda each: (-each[0], len(each[1].ask), each[1].household_no))
    return [visit for _weight, visit in visits]


def _weigh(findings: Iterable[Finding]) -> Fraction:
    """Return what is at stake in fen per month, halved for each condition that is open."""
    return sum(
        (
            Fraction(finding.at_stake_fen_per_month or 0, 2 ** [*truths].count(None))
            for finding in findings
            for truths in [dict(finding.criteria).values()]
        ),
        Fraction(),
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
