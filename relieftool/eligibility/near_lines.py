"""How near a line a household stands, where crossing that line would decide a programme."""

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
    """A criterion close to turning, by one of its comparisons: both sides, and what is missing.

    `holds` is the criterion's truth. Money is fen, counts are plain; `value` is the side that
    rests on facts of somebody, `line` the other, `share` the distance as a part of it.
    `is_private` and `is_line_private`: that side rests on a fact that only a reveal may show.
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
        """Return the distance as a part of the line."""
        return self.distance / abs(self.line)


def find_near_lines(
    bounds: Bounds,
    rules: ProgrammeRules,
    member: UnitRow | None,
    truths: Mapping[str, bool | None],
    margin: Fraction,
) -> tuple[NearLine, ...]:
    """Find the lines within a margin whose crossing would change a criterion that decides.

    It decides where no other criterion fails; those that are unknown may yet hold. `truths` are
    those of the criteria, already known.
    """
    failing = [key for key, truth in truths.items() if truth is False]
    if len(failing) > 1 or not _has_begun(bounds, rules, member):
        return ()
    return tuple(
        dict.fromkeys(
            near
            for key in failing or truths
            for leaf in dict.fromkeys(_comparisons(rules.criteria[key]))
            for near in _measured(bounds, key, truths[key], leaf, member)
            if near.share <= margin and _decides(bounds, rules.criteria[key], leaf, member)
        )
    )


def _has_begun(bounds: Bounds, rules: ProgrammeRules, member: UnitRow | None) -> bool:
    """Return whether the event a programme is for is known to have happened, if it is for one."""
    return rules.trigger is None or bounds.truth(rules.trigger, member) is True


def _comparisons(node: Node) -> Iterator[Compare]:
    """Return the comparisons of numbers that a condition itself makes."""
    match node:
        case syntax.And(parts=parts) | syntax.Or(parts=parts):
            for part in parts:
                yield from _comparisons(part)
        case syntax.Not(of=of):
            yield from _comparisons(of)
        case syntax.Compare() if node.left.type.sort in ("money", "count"):
            yield node


def _decides(bounds: Bounds, node: Node, leaf: Compare, member: UnitRow | None) -> bool:
    """Return whether a condition turns with one of its comparisons."""
    turned = syntax.Not(TRUTH, leaf.owner, leaf)
    return bounds.truth(_with(node, leaf, turned), member) is not bounds.truth(node, member)


def _with(node: Node, leaf: Node, turned: Node) -> Node:
    """Put one condition in place of another."""
    if node == leaf:
        return turned
    match node:
        case syntax.And(parts=parts) | syntax.Or(parts=parts):
            return replace(node, parts=tuple(_with(part, leaf, turned) for part in parts))
        case syntax.Not(of=of):
            return replace(node, of=_with(of, leaf, turned))
    return node


def _measured(
    bounds: Bounds,
    key: str,
    holds: bool | None,  # noqa: FBT001 a truth, no switch
    leaf: Compare,
    member: UnitRow | None,
) -> Iterator[NearLine]:
    """Return how far a comparison is from turning; nothing where a side is unknown or 0."""
    is_so = bounds.truth(leaf, member)
    sides = _value_and_line(leaf)
    value, line = (bounds.number(side, member).known for side in sides)
    if is_so is None or holds is None or value is None or not line:
        return
    is_money = leaf.left.type.sort == "money"
    distance = abs(value - line)
    # a count at the line is a whole step from crossing it: nearly everybody has one home
    if not is_money and _is_one_more(leaf.operator, holds=is_so):
        distance += 1
    private = (is_based_on_private(bounds, side, member) for side in sides)
    unit: Literal["fen", "count"] = "fen" if is_money else "count"
    yield NearLine(key, holds, unit, value, line, distance, *private)


def _value_and_line(leaf: Compare) -> tuple[Node, Node]:
    """Return the side that rests on somebody's facts before the one that is the law's.

    A line counted per person is the law's too; of two alike the left one is the value.
    """
    is_swapped = _closeness(leaf.left) < _closeness(leaf.right)
    return (leaf.right, leaf.left) if is_swapped else (leaf.left, leaf.right)


def _closeness(node: Node) -> int:
    """Say how much a side is somebody's own: 2 with his facts, 1 by the size alone, 0 not at all.

    >>> from relieftool.rules.syntax import COUNT, Constant, Size
    >>> [_closeness(one) for one in (Size(COUNT, "household"), Constant(COUNT, "household", 3))]
    [1, 0]
    """
    parts = list(syntax.walk(node))
    if any(isinstance(part, FactRef | OverMembers) for part in parts):
        return 2
    return int(any(isinstance(part, syntax.HouseholdSize) for part in parts))


def _is_one_more(operator: str, *, holds: bool) -> bool:
    """Return whether reaching the line does not turn a comparison yet."""
    return (operator in ("<=", ">=")) if holds else (operator in ("<", ">"))
