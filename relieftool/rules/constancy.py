"""Conditions that can only come out one way, whatever is known: refused when a pack is read.

Only what can be seen from the expression alone, without values of the law.
"""

from collections.abc import Iterator
from itertools import combinations

from relieftool.messages import _
from relieftool.rules import syntax
from relieftool.rules.mistakes import ExpressionError
from relieftool.rules.syntax import Node

_SIGNS = {
    "<": frozenset("<"),
    "<=": frozenset("<="),
    "=": frozenset("="),
    ">=": frozenset(">="),
    ">": frozenset(">"),
    "<>": frozenset("<>"),
}


def refuse_never_unknown(of: Node) -> None:
    """Refuse to ask whether something is unknown that never is."""
    if _is_never_unknown(of):
        raise ExpressionError(
            _("'is null' asks about a fact that is never unknown: a value is presumed for it"),
            _("Take this part out, or take `presume` away from the fact."),
        )


def refuse_dead_parts(parts: tuple[Node, ...]) -> None:
    """Refuse what stands in first_known behind a part that is never unknown."""
    if any(map(_is_never_unknown, parts[:-1])):
        raise ExpressionError(
            _("first_known never comes to what stands behind a presumed fact"),
            _("Put the presumed fact last."),
        )


def refuse_reversed(low: Node, high: Node) -> None:
    """Refuse a range that ends before it begins."""
    match low, high:
        case syntax.Constant(value=int(one)), syntax.Constant(value=int(other)) if one > other:
            raise ExpressionError(
                _("nothing lies between {low} and {high}").format(low=one, high=other),
                _("Write the smaller number first."),
            )


def refuse_every_choice(node: syntax.OneOf) -> None:
    """Refuse a list of all that a fact can be."""
    if node.of.type.choices and node.of.type.choices <= set(node.values):
        raise ExpressionError(
            _("this list names every choice of the fact, so it is always true"),
            _("Leave a choice out, or write `is not null`."),
        )


def refuse_contradiction(node: syntax.And) -> None:
    """Refuse parts of which no two can hold together.

    `x or not x` is no mistake: it says that x is known.
    """
    if any(_are_at_odds(*pair) for pair in combinations(_parts(node), 2)):
        raise ExpressionError(
            _("two parts joined by and contradict each other, so it is never true"),
            _("Correct one of the two, or join them by or."),
        )


def _is_never_unknown(node: Node) -> bool:
    match node:
        case syntax.FactRef(presumed=presumed):
            return presumed is not None
        case syntax.FirstKnown(parts=parts):
            return any(map(_is_never_unknown, parts))
    return isinstance(node, (syntax.Constant, syntax.IsUnknown))


def _parts(node: Node) -> Iterator[Node]:
    """Give what is joined, through brackets of the same word."""
    for part in syntax.children(node):
        if type(part) is type(node):
            yield from _parts(part)
        else:
            yield part


def _are_at_odds(one: Node, other: Node) -> bool:
    """Say whether two truths can never both hold."""
    if one in _opposites(other) or other in _opposites(one):
        return True
    if not isinstance(one, syntax.Compare) or not isinstance(other, syntax.Compare):
        return False
    if one.left != other.left:
        return False
    if one.right == other.right:
        return not _SIGNS[one.operator] & _SIGNS[other.operator]
    return _are_apart(one, other)


def _opposites(node: Node) -> tuple[Node, ...]:
    return (node.of,) if isinstance(node, syntax.Not) else ()


def _are_apart(one: syntax.Compare, other: syntax.Compare) -> bool:
    """Say whether one value cannot stand to two different constants as it should."""
    left, right = one.right, other.right
    if not isinstance(left, syntax.Constant) or not isinstance(right, syntax.Constant):
        return False
    if one.operator == other.operator == "=":
        return True
    if not isinstance(left.value, int) or not isinstance(right.value, int):
        return False
    (low, of_low), (high, of_high) = sorted(
        [(left.value, one.operator), (right.value, other.operator)]
    )
    return low < high and of_low in ("<", "<=", "=") and of_high in (">", ">=", "=")
