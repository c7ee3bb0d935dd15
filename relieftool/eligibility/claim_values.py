"""Computes what claims and open questions are worth, and whether a payment can be compared.

Amounts are net: benefits that would be given up are subtracted. What was paid is compared with what
is due only under the same values of the law: a payment for November is not too low because the
standard was raised in January.
"""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from relieftool.eligibility.evaluation import Household, Member, read_number, read_truth
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

_Key = tuple[str, str | None]  # programme and member: identifies a finding of one household


def set_claim_values(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with the yearly gain of each claim: its amount minus what it replaces.

    `findings` are those of one household. A benefit that several claims would replace is subtracted
    only once; unclaimed programmes come before unlocked programmes.
    """
    not_given_up = {
        _key(finding): _per_year(finding.paid_fen, finding.amount_period)
        for finding in findings
        if finding.status in RECEIVED_STATUSES and finding.amount_period in TIMES_A_YEAR
    }
    gains = {
        _key(claim): _take_gain(claim, not_given_up)
        for status in CLAIMABLE_STATUSES
        for claim in findings
        if claim.status == status
    }
    return [replace(finding, gain_fen_per_year=gains.get(_key(finding))) for finding in findings]


def _key(finding: Finding) -> _Key:
    """Return the programme and member, which identify a finding within its household."""
    return finding.programme, finding.member_no


def _take_gain(claim: Finding, not_given_up: dict[_Key, int | None]) -> int | None:
    """Return the fen per year that a claim adds; None if an amount is unknown or paid only once.

    The benefits that the claim replaces are reduced in `not_given_up`.
    """
    gain = _per_year(claim.amount_fen, claim.amount_period)
    for key in list(not_given_up):
        programme, member_no = key
        if programme in claim.alternative_to and member_no in (None, claim.member_no):
            received = not_given_up[key]
            if gain is None or received is None:
                return None
            not_given_up[key] = max(0, received - gain)
            gain = max(0, gain - received)
    return gain


def _per_year(fen: int | None, period: Period | None) -> int | None:
    """Return an amount per period in fen per year; None if it is unknown or paid only once."""
    times = TIMES_A_YEAR.get(period)
    return None if fen is None or times is None else fen * times


def set_net_question_values(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings; what is at stake is reduced by benefits that the claim would replace."""
    listed = list(findings)
    return [
        finding
        if finding.at_stake_fen_per_month is None
        else replace(finding, at_stake_fen_per_month=_find_net_value(finding, listed))
        for finding in listed
    ]


def _find_net_value(open_finding: Finding, findings: Iterable[Finding]) -> int:
    """Return the most that an open finding can add per month to what is received or claimable."""
    replaced = [
        _per_year(
            finding.paid_fen if finding.status in RECEIVED_STATUSES else finding.amount_fen,
            finding.amount_period,
        )
        for finding in findings
        if finding.programme in open_finding.alternative_to
        and finding.status in (*RECEIVED_STATUSES, *CLAIMABLE_STATUSES)
        and (finding.member_no is None or open_finding.member_no in (None, finding.member_no))
    ]
    return max(0, (open_finding.at_stake_fen_per_month or 0) - sum_per_month(replaced))


def sum_per_month(fen_per_year: Iterable[int | None]) -> int:
    """Return the monthly share of yearly amounts, in whole fen; unknown amounts are left out.

    >>> sum_per_month([50000, 50000, None])
    8333
    """
    return _round_month(sum(fen for fen in fen_per_year if fen is not None))


def round_per_month(fen: int | Fraction | None, period: Period | None) -> int | None:
    """Return the monthly share of an amount, in whole fen; None if unknown or paid only once.

    >>> [round_per_month(50000, period) for period in ("month", "year", "once")]
    [50000, 4167, None]
    """
    times = TIMES_A_YEAR.get(period)
    return None if fen is None or times is None else _round_month(fen * times)


def _round_month(fen_per_year: int | Fraction) -> int:
    """Return a twelfth of a yearly amount in whole fen, halves rounded up."""
    return int((2 * fen_per_year + 12) // 24)


@dataclass(frozen=True)
class QuestionValue:
    """The fewest questions that could decide a finding, and the fewest that could make it a claim.

    A question is "fact" or "receipt:programme" for the household; for a member, the member number
    and a colon come first. `at_stake_fen_per_month` is the most that the claim could bring; None if
    it has no upper bound, is paid only once, or no amount can apply.
    """

    cheapest: tuple[str, ...]
    cheapest_eligible: tuple[str, ...]
    at_stake_fen_per_month: int | None


def find_question_value(
    questions: MinimalQuestions, household: Household, member: Member | None, rules: ProgrammeRules
) -> QuestionValue:
    """Return the questions on an undetermined programme, and the money that depends on them."""
    place = None if member is None else household.members.index(member)
    claim = _build_column(ColumnKind.CLAIMABLE, rules)
    decided, eligible = (
        _name_questions(household, questions.smallest(node, place))
        for node in (_build_decided(rules), claim)
    )
    most = questions.bounds.amount(rules, member.row if member else None)
    if decided and not eligible and most is not None:  # no answer can make it a claim
        most = ZERO_RANGE
    return QuestionValue(decided, eligible, _round_most(most, rules.programme.period))


def _round_most(most: Range | None, period: Period | None) -> int | None:
    """Return the monthly share of the highest possible amount; None if there is none."""
    if most is None or most.high == math.inf:
        return None
    share = round_per_month(Fraction(most.high), period)
    return None if share is None else max(0, share)


def _build_column(kind: ColumnKind, rules: ProgrammeRules) -> Node:
    """Return a node that reads a programme's column of the statement."""
    name = rules.programme.id
    return ColumnRef(TRUTH, rules.programme.unit, format_column_name(kind, name))


def _build_decided(rules: ProgrammeRules) -> Node:
    """Return the condition that is true once a programme is decided.

    It is then claimable, received or barred, or the unit is not eligible, or it gives way to a
    better programme.
    """
    unit = rules.programme.unit
    eligible = _build_column(ColumnKind.ELIGIBLE, rules)
    gives_way = build_and(unit, (eligible, _build_column(ColumnKind.GIVES_WAY, rules)))
    return build_or(
        unit,
        (
            _build_column(ColumnKind.CLAIMABLE, rules),
            Not(TRUTH, unit, eligible),
            Receives(TRUTH, unit, rules.programme.id),
            _build_column(ColumnKind.BARRED, rules),
            gives_way,
        ),
    )


def _name_questions(household: Household, questions: frozenset[Question] | None) -> tuple[str, ...]:
    """Return the names of questions, the household's before the members'."""
    return tuple(
        question.name
        if question.place < 0
        else f"{household.members[question.place].member_no}:{question.name}"
        for question in sorted(questions or ())
    )


def is_comparable(statement: Statement, programme: str, row: UnitRow) -> bool:
    """Whether the last day paid for had the values of the amount that are in force now.

    A payment without a date can always be compared.
    """
    paid_until = row[format_column_name(ColumnKind.PAID_UNTIL, programme)]
    since = _find_amount_start(statement, programme)
    return paid_until is None or since is None or str(paid_until) >= since.isoformat()


def find_uncompared_reason(
    statement: Statement, programme: str, row: UnitRow, due_fen: int | None
) -> UncomparedReason | None:
    """Return the reason why a payment cannot be compared with what is due; None if it can be.

    None also for aid given for an event, for a programme without a period, and if at least the
    amount due is paid, whatever else is unknown.
    """
    rules = statement.rules[programme].programme
    if rules.is_event or rules.period is None:
        return None
    paid = read_number(row, ColumnKind.PAID, programme)
    if paid is None:
        return "paid-unknown"
    if due_fen is not None and paid >= due_fen:
        return None
    if due_fen is None or not read_truth(row, ColumnKind.ELIGIBLE, programme):
        return "due-unknown"
    return None if is_comparable(statement, programme, row) else "other-values"


def _find_amount_start(statement: Statement, programme: str) -> dt.date | None:
    """Return the first day since which all parameters of a programme's amount are as they are now.

    Parameters without a value are left out; None if no other is used.
    """
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
        _find_unchanged_since(parameters[node.parameter], statement.as_of)
        for node in nodes
        if isinstance(node, syntax.ParameterRef)
    ]
    return max((day for day in days if day is not None), default=None)


def _find_unchanged_since(parameter: Parameter, as_of: dt.date) -> dt.date | None:
    """Return the first day from which a parameter has had its present value without a gap.

    None if it has no value now. A new circular that confirms the old value is not a change.
    """
    dated = parameter.in_force(as_of)
    first = None
    while dated is not None:
        first = dated.from_
        before = parameter.in_force(first - dt.timedelta(days=1))
        dated = before if before is not None and _is_same(parameter, before, dated) else None
    return first


def _is_same(parameter: Parameter, value: DatedValue, other: DatedValue) -> bool:
    """Whether two values are equal, however they are written: 1.5 and 1.50 are."""
    if parameter.unit == "choice":
        return value.value == other.value
    return value.number == other.number
