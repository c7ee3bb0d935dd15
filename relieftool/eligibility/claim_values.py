"""What claims and open questions are worth to a household, less what would be given up for them.

What to ask first where a finding is open, and what a month's money hangs on the answer.

Whether what was paid may be set against what is due now: only where the law was the same then.

A payment of November is no underpayment by a standard that was raised in January.
"""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from relieftool.eligibility.evaluation import Household, Member
from relieftool.eligibility.findings import (
    CLAIMABLE_STATUSES,
    RECEIVED_STATUSES,
    TIMES_A_YEAR,
    Finding,
    UncomparedReason,
)
from relieftool.eligibility.rule_warnings import list_settings
from relieftool.pack.facts import Period
from relieftool.pack.models import DatedValue, Parameter
from relieftool.rules import syntax
from relieftool.rules.bounds import ZERO_RANGE, Range, UnitRow
from relieftool.rules.minimal_questions import MinimalQuestions, Question
from relieftool.rules.programme_rules import ProgrammeRules, build_and, build_or, list_live_nodes
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import TRUTH, ColumnRef, Node, Not, Receives

_Key = tuple[str, str | None]  # what a finding of one household is about: programme and member


def set_claim_values(findings: Sequence[Finding]) -> list[Finding]:
    """Say of each claim of one household what it adds, less what would be given up for it.

    What is received is given up only once, however many claims exclude it.
    """
    left = {
        _key(finding): _per_year(finding.paid_fen, finding.amount_period)
        for finding in findings
        if finding.status in RECEIVED_STATUSES and finding.amount_period in TIMES_A_YEAR
    }
    gains = {
        _key(claim): _gain(claim, left)
        for status in CLAIMABLE_STATUSES
        for claim in findings
        if claim.status == status
    }
    return [replace(one, gain_fen_per_year=gains.get(_key(one))) for one in findings]


def _key(finding: Finding) -> _Key:
    """Name what a finding of one household is about."""
    return finding.programme, finding.member_no


def _gain(claim: Finding, left: dict[_Key, int | None]) -> int | None:
    """Return what a claim adds in a year, and take what is given up for it out of what is left.

    None where an amount is unknown, or paid only once.
    """
    gain = _per_year(claim.amount_fen, claim.amount_period)
    for key in list(left):
        programme, member_no = key
        if programme in claim.alternative_to and member_no in (None, claim.member_no):
            received = left[key]
            if gain is None or received is None:
                return None
            left[key] = max(0, received - gain)
            gain = max(0, gain - received)
    return gain


def _per_year(fen: int | None, period: Period | None) -> int | None:
    """Turn an amount per period into one per year."""
    times = TIMES_A_YEAR.get(period)
    return None if fen is None or times is None else fen * times


def set_net_question_values(findings: Iterable[Finding]) -> list[Finding]:
    """Take from what hangs on an open finding the benefits that it would take the place of."""
    listed = list(findings)
    return [
        one
        if one.at_stake_fen_per_month is None
        else replace(one, at_stake_fen_per_month=_net_question_value(one, listed))
        for one in listed
    ]


def _net_question_value(finding: Finding, findings: Iterable[Finding]) -> int:
    """Return what an open finding would add to what is received or can be claimed already."""
    given_up = [
        _per_year(
            one.paid_fen if one.status in RECEIVED_STATUSES else one.amount_fen, one.amount_period
        )
        for one in findings
        if one.programme in finding.alternative_to
        and one.status in (*RECEIVED_STATUSES, *CLAIMABLE_STATUSES)
        and (one.member_no is None or finding.member_no in (None, one.member_no))
    ]
    return max(0, (finding.at_stake_fen_per_month or 0) - sum_per_month(given_up))


def sum_per_month(fen_per_year: Iterable[int | None]) -> int:
    """Add up amounts of a year, leaving out unknown ones, and return a month's share in whole fen.

    >>> sum_per_month([50000, 50000, None])
    8333
    """
    return _month_of(sum(fen for fen in fen_per_year if fen is not None))


def round_per_month(fen: int | Fraction | None, period: Period | None) -> int | None:
    """Return a month's share of an amount, in whole fen; None where unknown, or paid only once.

    >>> round_per_month(50000, "month"), round_per_month(50000, "year"), round_per_month(50000, "once")
    (50000, 4167, None)
    """
    times = TIMES_A_YEAR.get(period)
    return None if fen is None or times is None else _month_of(fen * times)


def _month_of(fen_per_year: int | Fraction) -> int:
    """Return the twelfth part in whole fen, halves up."""
    return int((2 * fen_per_year + 12) // 24)


_MONTHS: dict[Period, int] = {"month": 1, "year": 12}


@dataclass(frozen=True)
class QuestionValue:
    """The fewest facts that could decide a finding, and those that could make it a claim.

    Each is "fact" or "receipt:programme" of the household, or the same of a member after his number
    and a colon. `at_stake_fen_per_month` is the most that could come of it; None: no
    amount, or no end.
    """

    cheapest: tuple[str, ...]
    cheapest_eligible: tuple[str, ...]
    at_stake_fen_per_month: int | None


def find_question_value(
    cheapest: MinimalQuestions, household: Household, member: Member | None, rules: ProgrammeRules
) -> QuestionValue:
    """Weigh an undetermined programme of a household or member."""
    place = None if member is None else household.members.index(member)
    claim = _column(ColumnKind.CLAIMABLE, rules)
    decided, eligible = (
        _names(household, cheapest.smallest(node, place)) for node in (_settled(rules), claim)
    )
    most = cheapest.bounds.amount(rules, member.row if member else None)
    if decided and not eligible and most is not None:  # it can only turn out not to be had
        most = ZERO_RANGE
    return QuestionValue(decided, eligible, _share_of(most, rules.programme.period))


def _share_of(most: Range | None, period: Period | None) -> int | None:
    """Return a month's share of the most an amount can be; None where that has no end."""
    ends = most is not None and most.high != math.inf
    share = round_per_month(Fraction(most.high), period) if most is not None and ends else None
    return None if share is None else max(0, share)


def _column(kind: ColumnKind, rules: ProgrammeRules) -> Node:
    name = rules.programme.id
    return ColumnRef(TRUTH, rules.programme.unit, format_column_name(kind, name))


def _settled(rules: ProgrammeRules) -> Node:
    """Say that a programme is open no longer: to be claimed, received, barred or not met."""
    unit = rules.programme.unit
    eligible, is_barred = _column(ColumnKind.ELIGIBLE, rules), _column(ColumnKind.BARRED, rules)
    received = Receives(TRUTH, unit, rules.programme.id)
    yields = build_and(unit, (eligible, _column(ColumnKind.GIVES_WAY, rules)))
    failed = Not(TRUTH, unit, eligible)
    return build_or(
        unit, (_column(ColumnKind.CLAIMABLE, rules), failed, received, is_barred, yields)
    )


def _names(household: Household, atoms: frozenset[Question] | None) -> tuple[str, ...]:
    """Name what to ask, of the household first."""
    return tuple(
        atom.name if atom.place < 0 else f"{household.members[atom.place].member_no}:{atom.name}"
        for atom in sorted(atoms or ())
    )


def is_comparable(statement: Statement, programme: str, row: UnitRow) -> bool:
    """Return whether the last payment was made under the values of the law that its amount rests on.

    One without a date holds on every day.
    """
    paid_until = row[format_column_name(ColumnKind.PAID_UNTIL, programme)]
    since = find_amount_start(statement, programme)
    return paid_until is None or since is None or str(paid_until) >= since.isoformat()


def find_uncompared_reason(
    statement: Statement, programme: str, row: UnitRow, due_fen: int | None
) -> UncomparedReason | None:
    """Say why it cannot be said whether what is received is enough; None where it can.

    What is at least as much as is due is enough, whatever else is unknown.
    """
    rules = statement.rules[programme].programme
    if rules.is_event or rules.period is None:
        return None
    paid = row[format_column_name(ColumnKind.PAID, programme)]
    if not isinstance(paid, int):
        return "paid-unknown"
    if due_fen is not None and paid >= due_fen:
        return None
    if due_fen is None or row[format_column_name(ColumnKind.ELIGIBLE, programme)] != 1:
        return "due-unknown"
    return None if is_comparable(statement, programme, row) else "other-values"


def find_amount_start(statement: Statement, programme: str) -> dt.date | None:
    """Return the day since which a programme grants what it grants; None where no value decides."""
    parameters = statement.pack.parameters
    settings = list_settings(parameters, statement.as_of)
    nodes = [
        node
        for when, value in statement.rules[programme].amounts
        for tree in (when, value)
        if tree is not None
        for node in list_live_nodes(tree, settings)
    ]
    days = [
        _unchanged_since(parameters[node.parameter], statement.as_of)
        for node in nodes
        if isinstance(node, syntax.ParameterRef)
    ]
    return max((day for day in days if day is not None), default=None)


def _unchanged_since(parameter: Parameter, as_of: dt.date) -> dt.date | None:
    """Return the first day of an unbroken time with the value in force; None without one."""
    dated = parameter.in_force(as_of)
    first = None
    while dated is not None:
        first = dated.from_
        before = parameter.in_force(first - dt.timedelta(days=1))
        dated = before if before is not None and _is_same(parameter, before, dated) else None
    return first


def _is_same(parameter: Parameter, one: DatedValue, other: DatedValue) -> bool:
    """Return whether two values are one, however they are written."""
    if parameter.unit == "choice":
        return one.value == other.value
    return one.number == other.number
