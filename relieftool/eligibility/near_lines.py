"""Finds the lines of the law near a household whose crossing would change the outcome."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Literal

from relieftool.eligibility.findings import NearLine
from relieftool.rules import syntax
from relieftool.rules.evaluator import Evaluator
from relieftool.rules.programme_rules import ProgrammeRules
from relieftool.rules.syntax import TRUTH, Compare, FactRef, Node, OverMembers
from relieftool.values.cells import UnitRow


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
