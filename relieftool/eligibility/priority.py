"""Finds the priority households: poor even with every benefit, and poor by an indicator too.

Amounts are fen per month. A household for which this is unknown is undecided, not left out.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlite_utils import Database

from relieftool.eligibility.claim_values import sum_per_month
from relieftool.eligibility.evaluation import Evaluation, Household, evaluate_register, read_truth
from relieftool.eligibility.finding_basis import FindingBasis
from relieftool.eligibility.findings import (
    CLAIMABLE_STATUSES,
    RECEIVED_STATUSES,
    TIMES_A_YEAR,
    Finding,
    Status,
)
from relieftool.eligibility.gaps import find_household_findings
from relieftool.eligibility.rule_warnings import (
    ConstantCriterion,
    find_constant_indicators,
    list_missing_parameters,
)
from relieftool.pack.models import Indicator, Pack
from relieftool.rules.sql import ColumnKind
from relieftool.rules.truth import decide_all, decide_any


@dataclass(frozen=True)
class IndicatorTruth:
    """An indicator for one household: whether it is true (None: unknown), and its weight."""

    id: str
    truth: bool | None
    weight: Fraction


@dataclass(frozen=True)
class PriorityFinding:
    """The result for one household; amounts are fen per month, None if unknown.

    `left_fen` is what is left to live on; `missing` are the names of the unknown facts, receipts
    and parameters on which indicators or amounts depend.
    """

    household_no: str
    community: str
    head: str | None
    members: int
    reasons: tuple[IndicatorTruth, ...]
    left_fen: int | None
    line_fen: int | None
    missing: tuple[str, ...] = ()
    is_private: bool = False  # the income in left_fen rests on a fact only a reveal may show

    @property
    def score(self) -> Fraction:
        """The sum of the weights of the indicators that are true."""
        return sum((reason.weight for reason in self.reasons if reason.truth), Fraction())

    @property
    def score_max(self) -> Fraction:
        """The score if every unknown indicator turns out to be true."""
        return sum(
            (reason.weight for reason in self.reasons if reason.truth is not False), Fraction()
        )


_Decided = tuple[PriorityFinding, bool | None]  # a household, and whether it is a priority


@dataclass(frozen=True)
class PriorityTotals:
    """The figures of one community, or of all together.

    Headcount `h`, intensity `a` and adjusted headcount `m0` cover the people of households whose
    indicators are all known; None if there are none to count. `left_out_members` are all other
    people.
    """

    households: int
    members: int
    priority_households: int
    priority_members: int
    undecided_households: int
    h: Fraction | None
    a: Fraction | None
    m0: Fraction | None
    left_out_members: int


@dataclass(frozen=True)
class PriorityCheck:
    """The result: figures in all and per community, priority households, undecided households.

    `unvalued` are parameters without a value on the day, `uniform` indicators with the same result
    for everybody.
    """

    as_of: dt.date
    pack: Pack
    totals: PriorityTotals
    communities: dict[str, PriorityTotals]
    findings: tuple[PriorityFinding, ...]
    undecided: tuple[PriorityFinding, ...]
    unvalued: tuple[str, ...] = ()
    uniform: tuple[ConstantCriterion, ...] = ()


def find_priority(
    db: Database, pack: Pack, as_of: dt.date, *, community: str | None = None
) -> PriorityCheck:
    """Return the priority households and the figures, of all communities or of one.

    Households are sorted by score, highest first.
    """
    evaluation = evaluate_register(db, pack, as_of)
    decided = [
        _decide_priority(evaluation, household)
        for household in evaluation.households
        if community is None or household.community == community
    ]
    by_community: dict[str, list[_Decided]] = {}
    for finding, is_priority in decided:
        by_community.setdefault(finding.community, []).append((finding, is_priority))
    cutoff = Fraction(pack.priority.cutoff)
    return PriorityCheck(
        as_of,
        pack,
        _count_totals(decided, cutoff),
        {name: _count_totals(by_community[name], cutoff) for name in sorted(by_community)},
        _rank(finding for finding, is_priority in decided if is_priority),
        _rank(finding for finding, is_priority in decided if is_priority is None),
        list_missing_parameters(evaluation.statement, with_priority=True),
        find_constant_indicators(evaluation),
    )


def is_priority_household(evaluation: Evaluation, household: Household) -> bool | None:
    """Whether a household is a priority household; None if that is unknown."""
    _finding, is_priority = _decide_priority(evaluation, household)
    return is_priority


def _rank(findings: Iterable[PriorityFinding]) -> tuple[PriorityFinding, ...]:
    """Return the findings sorted by `score` and `score_max`, highest first.

    If both are equal, by community and household number.
    """
    return tuple(
        sorted(
            findings,
            key=lambda finding: (
                -finding.score,
                -finding.score_max,
                finding.community,
                finding.household_no,
            ),
        )
    )


def _decide_priority(evaluation: Evaluation, household: Household) -> _Decided:
    """Return a household's finding, and whether it is a priority household (None: unknown)."""
    indicators = evaluation.statement.pack.priority.indicators
    reasons = tuple(_read_indicator(indicator, household) for indicator in indicators)
    findings = find_household_findings(evaluation, household, with_grounds=False)
    gains, more = sum_gains_per_month(findings, _list_openers(evaluation))
    resources, spending, line = (
        _read_int(household.row[name]) for name in ("resources", "spending", "line")
    )
    evaluator = household.evaluator(evaluation.statement)
    is_known = resources is not None and spending is not None and more == 0
    left = (resources or 0) + gains - (spending or 0) if is_known else None
    finding = PriorityFinding(
        household.household_no,
        household.community,
        household.head,
        len(household.members),
        reasons,
        left,
        line,
        tuple(FindingBasis(evaluator).missing_for_priority()),
        evaluator.is_based_on_private(evaluation.statement.money["resources"], None),
    )
    below = is_below(resources, gains, spending, line, more=more)
    is_priority = decide_all([below, decide_any(reason.truth for reason in reasons)])
    if is_priority is None and more != 0:
        asked = [*finding.missing, *_list_missing_for_gains(evaluation, household, findings)]
        finding = replace(finding, missing=tuple(dict.fromkeys(asked)))
    return finding, is_priority


def _list_openers(evaluation: Evaluation) -> set[str]:
    """Return the programmes that other programmes in force refer to."""
    statement = evaluation.statement
    return {other for name in statement.in_force for other in statement.rules[name].references}


def _list_missing_for_gains(
    evaluation: Evaluation, household: Household, findings: Iterable[Finding]
) -> list[str]:
    """Return the unknowns that leave monthly or yearly benefits undetermined."""
    rows = {member.member_no: member.row for member in household.members}
    basis = FindingBasis(household.evaluator(evaluation.statement))
    return [
        name
        for finding in findings
        if finding.status == Status.UNDETERMINED and finding.amount_period in TIMES_A_YEAR
        for name in basis.missing(finding.programme, rows.get(finding.member_no or ""))
    ]


def _read_indicator(indicator: Indicator, household: Household) -> IndicatorTruth:
    """Return an indicator with its value in the household's row."""
    truth = read_truth(household.row, ColumnKind.INDICATOR, indicator.id)
    return IndicatorTruth(indicator.id, truth, Fraction(indicator.weight))


def _read_int(value: int | str | None) -> int | None:
    """Return an amount in a row; None if it is unknown."""
    return value if isinstance(value, int) else None


def sum_gains_per_month(
    findings: Iterable[Finding], openers: Collection[str] = ()
) -> tuple[int, int | None]:
    """Return the benefits received or claimable, and the most that may come on top of them.

    Both are fen per month. Undetermined benefits may come on top. The second is None if there is no
    upper bound: an amount is unknown, or the benefit is one of the `openers`, which may make others
    claimable. Benefits paid only once and ineligible findings do not count.
    """
    counted = [
        finding
        for finding in findings
        if finding.amount_period in TIMES_A_YEAR and finding.status != Status.INELIGIBLE
    ]
    more = [_find_most(finding, openers) for finding in counted if _find_gain(finding) is None]
    gains = sum_per_month(_find_gain(finding) for finding in counted)
    return gains, None if None in more else sum_per_month(more)


def _find_most(finding: Finding, openers: Collection[str]) -> int | None:
    """Return the most that a benefit can bring in fen per year; None if there is no upper bound."""
    is_bounded = finding.status == Status.UNDETERMINED and finding.programme not in openers
    if not is_bounded or finding.amount_fen is None:
        return None
    return finding.amount_fen * TIMES_A_YEAR[finding.amount_period]


def _find_gain(finding: Finding) -> int | None:
    """Return the fen that a finding brings in a year; None if that is unknown."""
    if finding.status in CLAIMABLE_STATUSES:
        return finding.gain_fen_per_year
    if finding.status in RECEIVED_STATUSES and finding.paid_fen is not None:
        return finding.paid_fen * TIMES_A_YEAR[finding.amount_period]
    return None


def is_below(
    resources: int | None,
    gains: int,
    spending: int | None,
    line: int | None,
    *,
    more: int | None,
) -> bool | None:
    """Whether what is left to live on is below the line; None if it depends on an unknown amount.

    Unknown spending can only lower what is left. `more` is the most that may still come on top of
    the gains, and can only raise it; None: it has no upper bound.

    >>> is_below(500, 100, 0, 600, more=0), is_below(500, 99, 0, 600, more=0)
    (False, True)
    >>> is_below(500, 0, None, 600, more=0), is_below(700, 0, 0, 600, more=None)
    (True, False)
    >>> is_below(500, 0, 0, 600, more=99), is_below(500, 0, 0, 600, more=100)
    (True, None)
    """
    if resources is None or line is None:
        return None
    least_spent = 0 if spending is None else spending  # a lower bound, not a guess
    if more is not None and resources + gains + more - least_spent < line:
        return True
    is_enough = spending is not None and resources + gains - spending >= line
    return False if is_enough else None


def _count_totals(decided: list[_Decided], cutoff: Fraction) -> PriorityTotals:
    """Return the figures of some households.

    Poor are those whose indicators are all known and whose score reaches `cutoff`.
    """
    findings = [finding for finding, _is_priority in decided]
    known = [finding for finding in findings if finding.score == finding.score_max]
    poor = [finding for finding in known if finding.score >= cutoff]
    priority = [finding for finding, is_priority in decided if is_priority]
    everybody, people, poor_people = map(_count_members, (findings, known, poor))
    weighted = sum((finding.score * finding.members for finding in poor), Fraction())
    return PriorityTotals(
        households=len(decided),
        members=everybody,
        priority_households=len(priority),
        priority_members=_count_members(priority),
        undecided_households=sum(is_priority is None for _finding, is_priority in decided),
        h=Fraction(poor_people, people) if people else None,
        a=weighted / poor_people if poor_people else None,
        m0=weighted / people if people else None,
        left_out_members=everybody - people,
    )


def _count_members(findings: Iterable[PriorityFinding]) -> int:
    """Return the number of members in the households of the findings."""
    return sum(finding.members for finding in findings)
