"""Computes what open questions are worth, and whether a payment can be compared.

What is at stake is net: benefits that would be given up are subtracted. What was paid is compared
with what is due only under the same values of the law: a payment for November is not too low
because the standard was raised in January.
"""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache

from relieftool.eligibility.evaluation import Household, Member, read_number, read_truth
from relieftool.eligibility.findings import (
    CLAIMABLE_STATUSES,
    RECEIVED_STATUSES,
    TIMES_A_YEAR,
    Finding,
    QuestionValue,
    Status,
    UncomparedReason,
    replace_fields,
    round_per_month,
    sum_per_month,
)
from relieftool.eligibility.rule_warnings import list_settings
from relieftool.pack.facts import Owner, Period
from relieftool.pack.models import DatedValue, Parameter
from relieftool.rules import syntax
from relieftool.rules.evaluator import ZERO_RANGE, Range
from relieftool.rules.minimal_questions import MinimalQuestions, Question
from relieftool.rules.programme_rules import ProgrammeRules, build_and, build_or, list_live_nodes
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import TRUTH, ColumnRef, Node, Not, Receives
from relieftool.values.cells import UnitRow


def _per_year(fen: int | None, period: Period | None) -> int | None:
    """Return an amount per period in fen per year; None if it is unknown or paid only once."""
    times = TIMES_A_YEAR.get(period)
    return None if fen is None or times is None else fen * times


def set_questions(
    questions: MinimalQuestions, household: Household, findings: Sequence[Finding]
) -> list[Finding]:
    """Return the findings of a household, the open ones with a function that finds what to ask."""
    return [
        _make_askable(questions, household, finding, findings)
        if finding.status == Status.UNDETERMINED
        else finding
        for finding in findings
    ]


def _make_askable(
    questions: MinimalQuestions,
    household: Household,
    open_finding: Finding,
    findings: Iterable[Finding],
) -> Finding:
    """Return an open finding with a function that searches what to ask, once."""
    found: list[QuestionValue] = []  # not `cache`: to make one takes longer than all else here

    def find() -> QuestionValue:
        if not found:
            number = open_finding.member_no
            member = next((each for each in household.members if each.member_no == number), None)
            rules = questions.evaluator.statement.rules[open_finding.programme]
            replaced = _find_replaced(open_finding, findings)
            found.append(find_question_value(questions, household, member, rules, replaced))
        return found[0]

    return replace_fields(open_finding, find_questions=find)


def _find_replaced(open_finding: Finding, findings: Iterable[Finding]) -> int:
    """Return the fen per month received or claimable that the claim would replace."""
    return sum_per_month(
        _per_year(
            finding.paid_fen if finding.status in RECEIVED_STATUSES else finding.amount_fen,
            finding.amount_period,
        )
        for finding in findings
        if finding.programme in open_finding.alternative_to
        and finding.status in (*RECEIVED_STATUSES, *CLAIMABLE_STATUSES)
        and (finding.member_no is None or open_finding.member_no in (None, finding.member_no))
    )


def find_question_value(
    questions: MinimalQuestions,
    household: Household,
    member: Member | None,
    rules: ProgrammeRules,
    replaced: int,
) -> QuestionValue:
    """Return the questions on an undetermined programme, and the money that depends on them.

    `replaced` are the fen per month of benefits that it would replace.
    """
    place = None if member is None else household.members.index(member)
    programme = rules.programme
    decided = questions.find(_build_decided(programme.id, programme.unit), place)
    claim = questions.find(_build_claimable(programme.id, programme.unit), place)
    most = questions.evaluator.amount(rules, member.row if member else None)
    if decided.questions and claim.proof == "impossible" and most is not None:
        most = ZERO_RANGE  # no answer can make it a claim
    share = _round_most(most, programme.period)
    return QuestionValue(
        _name_questions(household, decided.questions),
        _name_questions(household, claim.questions),
        decided.proof,
        claim.proof,
        None if share is None else max(0, share - replaced),
    )


def _round_most(most: Range | None, period: Period | None) -> int | None:
    """Return the monthly share of the highest possible amount; None if there is none."""
    if most is None or most.high == math.inf:
        return None
    return round_per_month(Fraction(most.high), period)


def _build_column(kind: ColumnKind, name: str, unit: Owner) -> Node:
    """Return a node that reads a programme's column of the statement."""
    return ColumnRef(TRUTH, unit, format_column_name(kind, name))


# Cached, because what is found for a node serves the next household only if it is the same node.
@cache
def _build_claimable(name: str, unit: Owner) -> Node:
    """Return the condition that is true once a programme can be claimed."""
    return _build_column(ColumnKind.CLAIMABLE, name, unit)


@cache
def _build_decided(name: str, unit: Owner) -> Node:
    """Return the condition that is true once a programme is decided.

    It is then claimable, received or barred, or the unit is not eligible, or it gives way to a
    better programme.
    """
    eligible = _build_column(ColumnKind.ELIGIBLE, name, unit)
    gives_way = build_and(unit, (eligible, _build_column(ColumnKind.GIVES_WAY, name, unit)))
    return build_or(
        unit,
        (
            _build_claimable(name, unit),
            Not(TRUTH, unit, eligible),
            Receives(TRUTH, unit, name),
            _build_column(ColumnKind.BARRED, name, unit),
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
