"""How near a household is to a line of the law whose crossing would change the outcome."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from relieftool.rules import syntax
from relieftool.rules.bounds import Bounds, UnitRow, is_based_on_private
from relieftool.rules.programme_rules import ProgrammeRules
from relieftool.rules.syntax import TRUTH, Compare, FactRef, Node, OverMembers


@dataclass(frozen=True)
class NearLine:
    """One comparison of a criterion that is close to turning.

    `holds` is the criterion's truth. `value` is the side that rests on somebody's facts, `line` the
    other, `distance` what lies between them; money in fen. `is_private` and `is_line_private`:
    that side rests on a fact that only a reveal may show.
    """

    criterion: str
    holds: bool
    unit: Literal["fen", "count"]
    value: Fraction
    line: Fraction
    distance: Fraction
    is_private: bool = False
    is_line_private: bool = False

    @property
    def share(self) -> Fraction:
        """Return the distance as a share of the line."""
        return self.distance / abs(self.line)


def find_near_lines(
    bounds: Bounds,
    rules: ProgrammeRules,
    member: UnitRow | None,
    truths: Mapping[str, bool | None],
    margin: Fraction,
) -> tuple[NearLine, ...]:
    """Return the lines within a margin (inclusive) whose crossing could change the outcome.

    `truths` are the truths of the criteria, by id. Where two criteria fail, no single line changes
    anything; where one fails, only its lines count. Unknown criteria may still turn out to hold.
    """
    failing = [key for key, truth in truths.items() if truth is False]
    if len(failing) > 1 or not _has_begun(bounds, rules, member):
        return ()
    return tuple(
        dict.fromkeys(
            near
            for key in failing or truths
            for comparison in dict.fromkeys(_list_comparisons(rules.criteria[key]))
            for near in _measure_distance(bounds, key, truths[key], comparison, member)
            if near.share <= margin and _decides(bounds, rules.criteria[key], comparison, member)
        )
    )


def _has_begun(bounds: Bounds, rules: ProgrammeRules, member: UnitRow | None) -> bool:
    """Whether the event a programme is for is known to have happened; true if it is for none."""
    return rules.trigger is None or bounds.truth(rules.trigger, member) is True


def _list_comparisons(node: Node) -> Iterator[Compare]:
    """Return the comparisons of numbers in a condition, without those made over members."""
    match node:
        case syntax.And(parts=parts) | syntax.Or(parts=parts):
            for part in parts:
                yield from _list_comparisons(part)
        case syntax.Not(of=of):
            yield from _list_comparisons(of)
        case syntax.Compare() if node.left.type.sort in ("money", "count"):
            yield node


def _decides(bounds: Bounds, node: Node, comparison: Compare, member: UnitRow | None) -> bool:
    """Whether the truth of a condition changes if one of its comparisons turns."""
    turned = syntax.Not(TRUTH, comparison.owner, comparison)
    changed = _replace_node(node, comparison, turned)
    return bounds.truth(changed, member) is not bounds.truth(node, member)


def _replace_node(node: Node, old: Node, new: Node) -> Node:
    """Return a condition with one of its parts replaced."""
    if node == old:
        return new
    match node:
        case syntax.And(parts=parts) | syntax.Or(parts=parts):
            return replace(node, parts=tuple(_replace_node(part, old, new) for part in parts))
        case syntax.Not(of=of):
            return replace(node, of=_replace_node(of, old, new))
    return node


def _measure_distance(
    bounds: Bounds,
    criterion: str,
    holds: bool | None,  # noqa: FBT001 a truth, no switch
    comparison: Compare,
    member: UnitRow | None,
) -> Iterator[NearLine]:
    """Return how far a comparison is from turning; nothing if a side is unknown or the line 0."""
    is_true = bounds.truth(comparison, member)
    sides = _order_sides(comparison)
    value, line = (bounds.number(side, member).known for side in sides)
    if is_true is None or holds is None or value is None or not line:
        return
    is_money = comparison.left.type.sort == "money"
    distance = abs(value - line)
    # A count at the line is a whole step from crossing it. Without this step everybody with one
    # home would be at distance 0 from "at most one home".
    if not is_money and _turns_beyond(comparison.operator, is_true=is_true):
        distance += 1
    private = (is_based_on_private(bounds, side, member) for side in sides)
    unit: Literal["fen", "count"] = "fen" if is_money else "count"
    yield NearLine(criterion, holds, unit, value, line, distance, *private)


def _order_sides(comparison: Compare) -> tuple[Node, Node]:
    """Return the side that rests on somebody's facts, then the line of the law.

    A line multiplied by the household's size is still a line. Where both sides rank alike, the left
    one is the value.
    """
    left, right = comparison.left, comparison.right
    return (right, left) if _rank_side(left) < _rank_side(right) else (left, right)


def _rank_side(node: Node) -> int:
    """Return 2 for a side that reads somebody's facts, 1 if only the household's size, else 0.

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
    """Whether a comparison turns only beyond the line, not when the line is reached."""
    return operator in (("<=", ">=") if is_true else ("<", ">"))
