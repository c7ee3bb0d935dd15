"""Finds what each programme in force means to one household and its members.

The rows of the compiled statement are turned into findings, with the lines of the law nearby whose
crossing would change them. What was paid is compared with what is due only under the same values of
the law: a payment for November is not too low because the standard was raised in January.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache, lru_cache
from typing import Literal

from relieftool.eligibility.claim_values import (
    set_gains,
    set_questions,
)
from relieftool.eligibility.evaluation import (
    Evaluation,
    Household,
    Member,
    find_amount_due,
    read_number,
    read_truth,
)
from relieftool.eligibility.finding_basis import FindingBasis
from relieftool.eligibility.findings import (
    LISTED_STATUSES,
    Finding,
    NearLine,
    Status,
    UncomparedReason,
    name_missing,
    replace_fields,
)
from relieftool.eligibility.rule_warnings import list_settings
from relieftool.eligibility.worlds import settle_findings
from relieftool.pack.facts import FEN_PER_YUAN
from relieftool.pack.models import DatedValue, Parameter, Programme
from relieftool.rules import syntax
from relieftool.rules.evaluator import Evaluator
from relieftool.rules.minimal_questions import MinimalQuestions
from relieftool.rules.programme_rules import ProgrammeRules, list_live_nodes
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import TRUTH, Compare, FactRef, Node, OverMembers
from relieftool.values.stored_values import UnitRow


def find_household_findings(  # noqa: PLR0913 what is evaluated, and what is found of it
    evaluation: Evaluation,
    household: Household,
    near: Fraction | None = None,
    *,
    statuses: Collection[Status] = LISTED_STATUSES,
    with_ineligible: bool = True,
    evaluator: Evaluator | None = None,
) -> list[Finding]:
    """Return the findings of a household and its members, for every programme in force.

    With `near`, a share of a line, each finding lists the lines within that share whose crossing
    could turn it. Grounds take longest to find: only findings with one of `statuses` have them.
    Nearly all findings are ineligible: `with_ineligible` False leaves them out. `evaluator` is the
    one of the household if there is one already.
    """
    findings: list[Finding] = []
    for name, rules in evaluation.statement.rules.items():
        if name not in evaluation.statement.in_force:
            continue
        members = [None] if rules.programme.unit == "household" else household.members
        findings += [
            _decide_finding(evaluation, household, member, rules)
            for member in members
            if with_ineligible or not _is_surely_ineligible(household, member, rules)
        ]
    evaluator = evaluator or household.evaluator(evaluation.statement)
    findings = settle_findings(evaluator, household, findings, with_ineligible=with_ineligible)
    findings = set_gains(evaluator, household, findings)
    questions = MinimalQuestions(evaluator, evaluation.question_memo)
    basis = FindingBasis(evaluator)
    findings = [
        _add_grounds(household, finding, basis) if finding.status in statuses else finding
        for finding in set_questions(questions, household, findings)
    ]
    if near is None:
        return findings
    return _add_near_lines(household, findings, questions.evaluator, near)


def _add_near_lines(
    household: Household, findings: list[Finding], evaluator: Evaluator, margin: Fraction
) -> list[Finding]:
    """Return the findings with the lines within a margin whose crossing could turn them."""
    rows = {member.member_no: member.row for member in household.members}
    return [
        replace_fields(
            finding,
            near=find_near_lines(
                evaluator,
                evaluator.statement.rules[finding.programme],
                rows.get(finding.member_no or ""),
                dict(finding.criteria),
                margin,
            ),
        )
        for finding in findings
    ]


def _decide_finding(
    evaluation: Evaluation, household: Household, member: Member | None, rules: ProgrammeRules
) -> Finding:
    """Return the finding of a programme for a household or member, without its grounds."""
    programme = rules.programme
    row = member.row if member else household.row
    amount = find_amount_due(rules, row)
    is_received = read_truth(row, ColumnKind.RECEIVES, programme.id)
    conflicts = _find_conflicts(evaluation, household, row, rules) if is_received else []
    status = decide_status(programme, row, amount, has_conflict=bool(conflicts))
    if status == Status.UNDERPAID and not is_comparable(evaluation.statement, programme.id, row):
        status = Status.RECEIVING
    finding = Finding(
        household.household_no,
        household.community,
        household.head,
        member.member_no if member else None,
        member.name if member else None,
        programme.id,
        status,
        amount,
        programme.period,
        read_number(row, ColumnKind.PAID, programme.id) if is_received else None,
        _read_criteria(rules, row),
        str(programme.department),
        conflicts_with=tuple(conflicts),
        is_paid_to_gone=bool(read_number(row, ColumnKind.PAID_TO_GONE, programme.id)),
        paid_until=_find_paid_until(row, programme.id) if is_received else None,
    )
    if status == Status.RECEIVING:
        reason = find_uncompared_reason(evaluation.statement, programme.id, row, amount)
        finding = replace_fields(finding, uncompared=reason)
    if status in (Status.REVIEW, Status.INELIGIBLE):  # nothing is due
        finding = replace_fields(finding, amount_fen=None)
    # every criterion holds, but another programme takes its place, or the event is not recorded
    is_displaced = status == Status.INELIGIBLE and all(truth for _id, truth in finding.criteria)
    if status not in LISTED_STATUSES and not is_displaced:
        return finding
    others = tuple(_find_alternatives(evaluation, household, row, rules, is_sure=is_displaced))
    return replace_fields(finding, alternative_to=others)


def _is_surely_ineligible(
    household: Household, member: Member | None, rules: ProgrammeRules
) -> bool:
    """Whether the status is ineligible, without building the finding."""
    row = member.row if member else household.row
    if read_truth(row, ColumnKind.RECEIVES, rules.programme.id):
        return False
    return decide_status(rules.programme, row, None, has_conflict=False) == Status.INELIGIBLE


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
    if read_number(row, ColumnKind.PAID_TO_GONE, programme.id):
        return Status.REVIEW
    is_eligible = read_truth(row, ColumnKind.ELIGIBLE, programme.id)
    if is_eligible is False:
        return Status.REVIEW if _is_refuted(programme, row) else Status.RECEIVING
    paid = read_number(row, ColumnKind.PAID, programme.id)
    is_less = paid is not None and amount_fen is not None and amount_fen - paid >= FEN_PER_YUAN
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


def _read_criteria(rules: ProgrammeRules, row: UnitRow) -> tuple[tuple[str, bool | None], ...]:
    """Return each criterion of a programme, and whether it holds in a row (None: unknown)."""
    return tuple(
        (key, read_truth(row, ColumnKind.CRITERION, rules.programme.id, key))
        for key in rules.criteria
    )


def _find_paid_until(row: UnitRow, programme: str) -> str | None:
    """Return the last day that the payments of a programme cover; None without a date."""
    until = row[format_column_name(ColumnKind.PAID_UNTIL, programme)]
    return None if until is None else str(until)


def _add_grounds(household: Household, finding: Finding, basis: FindingBasis) -> Finding:
    """Return a finding with its grounds.

    A finding that calls for no action is returned unchanged.
    """
    name, status = finding.programme, finding.status
    if status not in LISTED_STATUSES:
        return finding
    members = [each.row for each in household.members if each.member_no == finding.member_no]
    member = members[0] if members else None
    assumed, presumed = basis.rests_on(name, member)
    if status == Status.UNDETERMINED:
        asks = tuple(basis.missing(name, member))
        finding = replace_fields(finding, missing=name_missing(asks), asks=asks)
    elif finding.status == Status.UNCLAIMED and finding.amount_fen is None:
        asks = tuple(basis.missing_of_amount(name, member))
        finding = replace_fields(finding, missing=name_missing(asks), asks=asks)
    return replace_fields(
        finding,
        assumed=tuple(assumed),
        presumed=tuple(presumed),
        unlocked_by=tuple(basis.claims(name, member)) if status == Status.UNLOCKED else (),
        undated=tuple(_list_undated(household, member or household.row, name)),
    )


def _find_rows(
    evaluation: Evaluation, household: Household, row: UnitRow, programme: str
) -> list[UnitRow]:
    """Return the rows that have the columns of another programme, for the unit of `row`.

    For a household's row and a programme for members, these are the rows of all members.
    """
    if evaluation.statement.rules[programme].programme.unit == "household":
        return [household.row]
    return [row] if "member_no" in row else [member.row for member in household.members]


def _find_conflicts(
    evaluation: Evaluation, household: Household, row: UnitRow, rules: ProgrammeRules
) -> list[str]:
    """Return the received programmes that exclude this programme or that it excludes."""
    name = rules.programme.id
    excluded = [
        exclusion.programme
        for exclusion in rules.programme.excludes
        if read_truth(row, ColumnKind.BARRED_BY, name, exclusion.programme)
    ]
    excluding = [
        other
        for other in _list_excluding(evaluation.statement, name)
        for other_row in _find_rows(evaluation, household, row, other)
        if read_truth(other_row, ColumnKind.RECEIVES, other)
        and read_truth(other_row, ColumnKind.BARRED_BY, other, name)
    ]
    return list(dict.fromkeys([*excluded, *excluding]))


@lru_cache(maxsize=1000)  # asked of every finding
def _list_excluding(statement: Statement, name: str) -> list[str]:
    """Return the programmes whose own rules exclude the programme `name`."""
    return [
        other.programme.id
        for other in statement.rules.values()
        if name in {exclusion.programme for exclusion in other.programme.excludes}
    ]


def _find_alternatives(
    evaluation: Evaluation,
    household: Household,
    row: UnitRow,
    rules: ProgrammeRules,
    *,
    is_sure: bool,
) -> list[str]:
    """Return the exclusive programmes that are received, or that the unit may be eligible for.

    With `is_sure`, only the programmes that bar this programme or take its place.
    """
    name = rules.programme.id
    excluded = [exclusion.programme for exclusion in rules.programme.excludes]
    rivals = dict.fromkeys([*excluded, *_list_excluding(evaluation.statement, name)])
    if is_sure:
        return [rival for rival in rivals if _is_displaced_by(rival, row, rules)]
    return [
        rival
        for rival in rivals
        if any(
            read_truth(rival_row, ColumnKind.ELIGIBLE, rival) is not False
            or read_truth(rival_row, ColumnKind.RECEIVES, rival)
            for rival_row in _find_rows(evaluation, household, row, rival)
        )
    ]


def _is_displaced_by(other: str, row: UnitRow, rules: ProgrammeRules) -> bool:
    """Whether programme `other` bars the programme of `rules`, or takes its place."""
    columns = (
        format_column_name(kind, rules.programme.id, other)
        for kind in (ColumnKind.BARRED_BY, ColumnKind.GIVES_WAY_TO)
    )
    return any(row.get(name) == 1 for name in columns)


def _list_undated(household: Household, row: UnitRow, programme: str) -> list[str]:
    """Return "facts" if the household's facts have no date, and "receipt" if a receipt has none."""
    facts = ["facts"] if household.row["dated_on"] is None else []
    receipt = ["receipt"] if read_number(row, ColumnKind.UNDATED, programme) else []
    return [*facts, *receipt]


def find_near_lines(
    evaluator: Evaluator,
    rules: ProgrammeRules,
    member: UnitRow | None,
    truths: Mapping[str, bool | None],
    margin: Fraction,
) -> tuple[NearLine, ...]:
    """Return the lines within a margin (inclusive) whose crossing could change the outcome.

    `truths` has for each criterion whether it holds (None: unknown). If several criteria fail, no
    single line changes the outcome and none is returned; if one criterion fails, only its lines
    count. Nor is any returned if the programme's event is not known to have happened.
    """
    failing = [key for key, truth in truths.items() if truth is False]
    if len(failing) > 1 or not _has_begun(evaluator, rules, member):
        return ()
    return tuple(
        dict.fromkeys(
            near
            for key in failing or truths
            for comparison in dict.fromkeys(_list_comparisons(rules.criteria[key]))
            for near in _measure_distance(evaluator, key, truths[key], comparison, member)
            if near.share <= margin
            and _turns_condition(evaluator, rules.criteria[key], comparison, member)
        )
    )


def _has_begun(evaluator: Evaluator, rules: ProgrammeRules, member: UnitRow | None) -> bool:
    """Whether the event of a programme is known to have happened; true if it has no event."""
    return rules.trigger is None or evaluator.truth(rules.trigger, member) is True


def _list_comparisons(node: Node) -> Iterator[Compare]:
    """Yield the comparisons of money or counts in a condition, except in questions over members."""
    match node:
        case syntax.And(parts=parts) | syntax.Or(parts=parts):
            for part in parts:
                yield from _list_comparisons(part)
        case syntax.Not(of=of):
            yield from _list_comparisons(of)
        case syntax.Compare() if node.left.type.sort in ("money", "count"):
            yield node


def _turns_condition(
    evaluator: Evaluator, node: Node, comparison: Compare, member: UnitRow | None
) -> bool:
    """Whether a condition gets another value if one of its comparisons turns."""
    turned = _turn(node, comparison)
    return evaluator.truth(turned, member) is not evaluator.truth(node, member)


@cache  # the same node for all households, because it is compiled only once
def _turn(node: Node, comparison: Compare) -> Node:
    """Return a condition in which one of its comparisons has turned."""
    if node == comparison:
        return syntax.Not(TRUTH, comparison.owner, comparison)
    match node:
        case syntax.And(parts=parts) | syntax.Or(parts=parts):
            return replace(node, parts=tuple(_turn(part, comparison) for part in parts))
        case syntax.Not(of=of):
            return replace(node, of=_turn(of, comparison))
    return node


def _measure_distance(
    evaluator: Evaluator,
    criterion: str,
    holds: bool | None,  # noqa: FBT001 a truth, no switch
    comparison: Compare,
    member: UnitRow | None,
) -> Iterator[NearLine]:
    """Yield the distance of a comparison from turning.

    Nothing is yielded if the criterion or a side is unknown, or if the line is 0.
    """
    is_true = evaluator.truth(comparison, member)
    sides = _order_sides(comparison)
    value, line = (evaluator.number(side, member).known for side in sides)
    if is_true is None or holds is None or value is None or not line:
        return
    is_money = comparison.left.type.sort == "money"
    distance = abs(value - line)
    # A count at the line is a whole step from crossing it. Without this step everybody with one
    # home would be at distance 0 from "at most one home".
    if not is_money and _turns_beyond(comparison.operator, is_true=is_true):
        distance += 1
    private = (evaluator.is_based_on_private(side, member) for side in sides)
    unit: Literal["fen", "count"] = "fen" if is_money else "count"
    yield NearLine(criterion, holds, unit, value, line, distance, *private)


def _order_sides(comparison: Compare) -> tuple[Node, Node]:
    """Return the side that rests on facts of a household or member, then the line of the law.

    A line multiplied by the household's size is still a line. If both sides rank alike, the left
    side is the value.
    """
    left, right = comparison.left, comparison.right
    return (right, left) if _rank_side(left) < _rank_side(right) else (left, right)


def _rank_side(node: Node) -> int:
    """Rank a side: 2 with a fact or a question over the members, 1 with the size only, else 0.

    >>> from relieftool.rules.syntax import COUNT, Constant, HouseholdSize
    >>> size, constant = HouseholdSize(COUNT, "household"), Constant(COUNT, "household", 3)
    >>> _rank_side(size), _rank_side(constant)
    (1, 0)
    """
    parts = list(syntax.walk(node))
    if any(isinstance(part, FactRef | OverMembers) for part in parts):
        return 2
    return int(any(isinstance(part, syntax.HouseholdSize) for part in parts))


def _turns_beyond(operator: str, *, is_true: bool) -> bool:
    """Whether a comparison turns only when the line is passed, not when it is reached."""
    return operator in (("<=", ">=") if is_true else ("<", ">"))


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
