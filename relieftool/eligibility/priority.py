"""Who stays poor with every benefit received or claimable, and is poor in a second way too."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlite_utils import Database

from relieftool.eligibility.claim_values import sum_per_month
from relieftool.eligibility.evaluation import Evaluation, Household, evaluate_register
from relieftool.eligibility.finding_basis import FindingBasis
from relieftool.eligibility.findings import (
    CLAIMABLE_STATUSES,
    RECEIVED_STATUSES,
    TIMES_A_YEAR,
    Finding,
)
from relieftool.eligibility.gaps import find_household_findings
from relieftool.eligibility.rule_warnings import (
    ConstantCriterion,
    find_constant_indicators,
    list_missing_parameters,
)
from relieftool.pack.models import Indicator, Pack
from relieftool.rules.bounds import is_based_on_private
from relieftool.rules.sql import ColumnKind, format_column_name


@dataclass(frozen=True)
class IndicatorTruth:
    """One indicator for one household: its truth (None: unknown) and its weight."""

    id: str
    truth: bool | None
    weight: Fraction


@dataclass(frozen=True)
class PriorityFinding:
    """A household that comes first, or may; amounts are fen per month, None unknown."""

    household_no: str
    community: str
    head: str | None
    members: int
    reasons: tuple[IndicatorTruth, ...]
    left_fen: int | None
    line_fen: int | None
    missing: tuple[str, ...] = ()
    is_private: bool = False  # the income in what is left rests on a fact only a reveal may show

    @property
    def score(self) -> Fraction:
        """Return the weights of the indicators that are true."""
        return sum((reason.weight for reason in self.reasons if reason.truth), Fraction())

    @property
    def score_max(self) -> Fraction:
        """Return the score if every unknown indicator were true."""
        return sum(
            (reason.weight for reason in self.reasons if reason.truth is not False), Fraction()
        )


@dataclass(frozen=True)
class PriorityTotals:
    """The figures of a community, or of all; h, a and m0 count people (None: nobody known)."""

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
    """The outcome: figures, figures per community, priority households, undecided ones."""

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
    """Find the priority households of all communities, or of one; highest score first."""
    evaluation = evaluate_register(db, pack, as_of)
    judged = [
        _judge(evaluation, household)
        for household in evaluation.households
        if community is None or household.community == community
    ]
    names = sorted({finding.community for finding, _is_priority in judged})
    cutoff = Fraction(pack.priority.cutoff)
    return PriorityCheck(
        as_of,
        pack,
        _totals(judged, cutoff),
        {name: _totals([o for o in judged if o[0].community == name], cutoff) for name in names},
        _ranked(finding for finding, is_priority in judged if is_priority),
        _ranked(finding for finding, is_priority in judged if is_priority is None),
        list_missing_parameters(evaluation.statement, with_priority=True),
        find_constant_indicators(evaluation),
    )


def is_priority_household(evaluation: Evaluation, household: Household) -> bool | None:
    """Return whether one household comes first; None where an unknown fact decides it."""
    _finding, found = _judge(evaluation, household)
    return found


def _ranked(findings: Iterable[PriorityFinding]) -> tuple[PriorityFinding, ...]:
    """Put the highest score first, then by community and number."""
    return tuple(
        sorted(
            findings, key=lambda one: (-one.score, -one.score_max, one.community, one.household_no)
        )
    )


def _judge(evaluation: Evaluation, household: Household) -> tuple[PriorityFinding, bool | None]:
    """Return whether a household comes first; None where an unknown fact decides it."""
    indicators = evaluation.statement.pack.priority.indicators
    reasons = tuple(_reason(indicator, household) for indicator in indicators)
    found = find_household_findings(evaluation, household, with_grounds=False)
    gains, more = sum_gains_per_month(found, _unlockers(evaluation))
    resources, spending, line = (
        _whole(household.row[name]) for name in ("resources", "spending", "line")
    )
    known = None not in (resources, spending) and more == 0
    left = (resources or 0) + gains - (spending or 0) if known else None
    finding = PriorityFinding(
        household.household_no,
        household.community,
        household.head,
        len(household.members),
        reasons,
        left,
        line,
        tuple(FindingBasis(evaluation.statement, household).missing_for_priority()),
        is_based_on_private(
            household.bounds(evaluation.statement), evaluation.statement.money["resources"], None
        ),
    )
    below = is_below(resources, gains, spending, line, more=more)
    is_priority = _both(below, _any(reason.truth for reason in reasons))
    if is_priority is None and more != 0:
        asked = [*finding.missing, *_missing_for_gains(evaluation, household, found)]
        finding = replace(finding, missing=tuple(dict.fromkeys(asked)))
    return finding, is_priority


def _unlockers(evaluation: Evaluation) -> set[str]:
    """Name the programmes in force on which others rest: what they open is not bounded."""
    statement = evaluation.statement
    return {other for name in statement.in_force for other in statement.rules[name].references}


def _missing_for_gains(
    evaluation: Evaluation, household: Household, findings: Iterable[Finding]
) -> list[str]:
    """Name what is to be asked to know what the household receives or could claim."""
    rows = {member.member_no: [member.row] for member in household.members}
    return [
        name
        for finding in findings
        if finding.status == "undetermined" and finding.amount_period in TIMES_A_YEAR
        for name in FindingBasis(
            evaluation.statement, household, *rows.get(finding.member_no or "", [])
        ).missing(finding.programme)
    ]


def _reason(indicator: Indicator, household: Household) -> IndicatorTruth:
    """Read the truth of an indicator from the household's row."""
    value = household.row[format_column_name(ColumnKind.INDICATOR, indicator.id)]
    return IndicatorTruth(
        indicator.id, None if value is None else value == 1, Fraction(indicator.weight)
    )


def _whole(value: int | str | None) -> int | None:
    """Take a whole number from a row."""
    return value if isinstance(value, int) else None


def sum_gains_per_month(
    findings: Iterable[Finding], openers: Collection[str] = ()
) -> tuple[int, int | None]:
    """Add up what is received and what could be claimed, in fen per month.

    Also give the most that may come on top of it: of an undetermined benefit its amount; None
    where an amount is unknown, or where it might open others (`openers`). What is paid only once,
    and a status that carries no money, count for nothing.
    """
    counted = [
        finding
        for finding in findings
        if finding.amount_period in TIMES_A_YEAR and finding.status != "ineligible"
    ]
    doubtful = [one for one in counted if _gain(one) is None]
    more = [_most(one, openers) for one in doubtful]
    return sum_per_month(map(_gain, counted)), None if None in more else sum_per_month(more)


def _most(finding: Finding, openers: Collection[str]) -> int | None:
    """Return the most that a benefit in doubt can bring in a year; None where nothing bounds it."""
    is_bounded = finding.status == "undetermined" and finding.programme not in openers
    if not is_bounded or finding.amount_fen is None:
        return None
    return finding.amount_fen * TIMES_A_YEAR[finding.amount_period]


def _gain(finding: Finding) -> int | None:
    """Return what a finding brings in a year; None where that is unknown."""
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
    """Return whether what is left is below the line; None where an unknown amount decides.

    Unknown spending can only lower what is left, and what may come on top (`more`; None: without
    bound) only raise it.

    >>> is_below(500, 100, 0, 600, more=0), is_below(500, 99, 0, 600, more=0)
    (False, True)
    >>> is_below(500, 0, None, 600, more=0), is_below(700, 0, 0, 600, more=None)
    (True, False)
    >>> is_below(500, 0, 0, 600, more=99), is_below(500, 0, 0, 600, more=100)
    (True, None)
    """
    if resources is None or line is None:
        return None
    surely_spent = 0 if spending is None else spending  # the least it can be, not a guess
    if more is not None and resources + gains + more - surely_spent < line:
        return True
    is_enough = spending is not None and resources + gains - spending >= line
    return False if is_enough else None


def _any(truths: Iterable[bool | None]) -> bool | None:
    """Join truths by or, unknown kept."""
    found = list(truths)
    return True if True in found else None if None in found else False


def _both(one: bool | None, other: bool | None) -> bool | None:  # noqa: FBT001 two truths, no switches
    """Join two truths by and, unknown kept."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _totals(judged: list[tuple[PriorityFinding, bool | None]], cutoff: Fraction) -> PriorityTotals:
    """Count households and people, and measure headcount H, intensity A and M0 over people."""
    known = [one for one, _first in judged if one.score == one.score_max]
    people = sum(one.members for one in known)
    poor = [one for one in known if one.score >= cutoff]
    poor_people = sum(one.members for one in poor)
    weighted = sum((one.score * one.members for one in poor), Fraction())
    first = [one for one, is_priority in judged if is_priority]
    everybody = sum(one.members for one, _first in judged)
    return PriorityTotals(
        households=len(judged),
        members=everybody,
        priority_households=len(first),
        priority_members=sum(one.members for one in first),
        undecided_households=sum(is_priority is None for _one, is_priority in judged),
        h=Fraction(poor_people, people) if people else None,
        a=weighted / poor_people if poor_people else None,
        m0=weighted / people if people else None,
        left_out_members=everybody - people,
    )
