"""Rules on a day on which only the least of a line or an amount is known.

Past its last known value such a parameter counts as a lower bound: what is below the last value is
below the line for sure, and whether anything else is below it nobody can tell. A line of which no
value is known at all is still more than nothing: an income of 0 is below it.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import replace

from relieftool.pack.models import LeastValue, Pack
from relieftool.rules import syntax
from relieftool.rules.doubts import is_never_negative
from relieftool.rules.programme_rules import ProgrammeRules
from relieftool.rules.syntax import COUNT, TRUTH, Node

_TURNED = {"<": 1, "<=": 1, ">": -1, ">=": -1}


def list_least_known(pack: Pack, as_of: dt.date) -> frozenset[str]:
    """Return the lines and amounts of which a lower bound at most is known on a day."""
    return frozenset(
        name
        for name, parameter in pack.parameters.items()
        if parameter.lower_bound and isinstance(parameter.in_force(as_of), LeastValue | None)
    )


def leave_rules_open(rules: ProgrammeRules, least: Collection[str]) -> ProgrammeRules:
    """Return a programme's rules in which nothing counts as decided that `least` leaves open.

    An amount that may only be more stays, as the least; any other becomes unknown.
    """
    if not least:
        return rules
    return replace(
        rules,
        trigger=None if rules.trigger is None else leave_open(rules.trigger, least),
        criteria={name: leave_open(node, least) for name, node in rules.criteria.items()},
        amounts=tuple(
            (None if when is None else leave_open(when, least), _leave_amount_open(value, least))
            for when, value in rules.amounts
        ),
    )


def leave_open(node: Node, least: Collection[str]) -> Node:
    """Return a tree in which each comparison is unknown where a greater parameter would turn it."""
    if find_bounded(node, least) is None:
        return node
    if not isinstance(node, syntax.Compare):
        parts = [leave_open(part, least) for part in syntax.children(node)]
        return syntax.replace_children(node, parts)
    return _leave_comparison_open(node, least)


def find_bounded(node: Node, least: Collection[str]) -> str | None:
    """Return a parameter among `least` that a tree reads; None if it reads none."""
    read = (part.parameter for part in syntax.walk(node) if isinstance(part, syntax.ParameterRef))
    return next((name for name in read if name in least), None)


def _leave_comparison_open(node: syntax.Compare, least: Collection[str]) -> Node:
    """Return a comparison that stays true, or stays false, only if a greater value keeps it so."""
    beyond = syntax.BeyondLeast(TRUTH, "household", find_bounded(node, least) or "")
    slope = _join_slopes(_find_slope(node.left, least), _turn(_find_slope(node.right, least)))
    if slope is None or node.operator not in _TURNED:
        return beyond
    # `left - right` falls as the parameter grows: what is below now is below then.
    if slope * _TURNED[node.operator] > 0:
        return syntax.And(TRUTH, node.owner, (node, beyond))
    return syntax.Or(TRUTH, node.owner, (node, *_list_zero(node, least), beyond))


def _is_line_product(node: Node) -> bool:
    """Whether a number is made of numbers of the law and the household's size alone, multiplied."""
    match node:
        case syntax.Arithmetic(operator="*", left=left, right=right):
            return _is_line_product(left) and _is_line_product(right)
    return isinstance(node, (syntax.Constant, syntax.ParameterRef, syntax.HouseholdSize))


def _list_zero(node: syntax.Compare, least: Collection[str]) -> Iterator[Node]:
    """Yield that the left side is 0, if that is enough: the right is a product of the line."""
    is_line = _is_line_product(node.right) and find_bounded(node.left, least) is None
    if node.operator == "<" and is_line and node.left.type.sort == "money":
        zero = syntax.Constant(COUNT, "household", 0)
        yield syntax.Compare(TRUTH, node.owner, "<=", node.left, zero)


def _leave_amount_open(node: Node, least: Collection[str]) -> Node:
    """Return an amount, unknown unless it can only grow with the parameters."""
    name = find_bounded(node, least)
    if name is None or _find_slope(node, least) == 1:
        return node
    beyond = syntax.BeyondLeast(TRUTH, "household", name)
    return syntax.OnlyIf(node.type, node.owner, beyond, node)


def _find_slope(node: Node, least: Collection[str]) -> int | None:  # noqa: PLR0911 one line per form
    """Return 1 or -1 if a number can only grow or fall with the parameters, 0 if it stays.

    None means that it cannot be told.
    """
    if find_bounded(node, least) is None:
        return 0
    match node:
        case syntax.ParameterRef():
            return 1
        case syntax.Arithmetic(operator="+", left=left, right=right):
            return _join_slopes(_find_slope(left, least), _find_slope(right, least))
        case syntax.Arithmetic(operator="-", left=left, right=right):
            return _join_slopes(_find_slope(left, least), _turn(_find_slope(right, least)))
        case syntax.Arithmetic(operator="*", left=left, right=right):
            slopes = [_find_slope(side, least) for side in (left, right)]
            is_plain = all(is_never_negative(side) for side in (left, right))
            return _join_slopes(*slopes) if is_plain else None
        case syntax.Arithmetic(operator="/", left=of, right=by) | syntax.SharedBy(of=of, by=by):
            return _find_slope(of, least) if find_bounded(by, least) is None else None
        case syntax.OnlyIf(when=when, of=of):
            return _find_slope(of, least) if find_bounded(when, least) is None else None
        case syntax.AtLeastZero(of=of) | syntax.OverMembers(question="sum", of=of):
            return _find_slope(of, least)
    return None


def _join_slopes(first: int | None, second: int | None) -> int | None:
    """Return the slope of a sum; None if one part grows and the other falls."""
    if first is None or second is None or first * second < 0:
        return None
    return first or second


def _turn(slope: int | None) -> int | None:
    """Return the slope of what is taken away."""
    return None if slope is None else -slope
