"""Which numbers may be added, multiplied, divided and compared, and what comes out.

Money keeps its period: month and year never mix, and turn into each other only by 12.

A mistake in an expression, before it is known in which file it stands.

Conditions that can only come out one way, whatever is known: refused when a pack is read.

Only what can be seen from the expression alone, without values of the law.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.facts import Period
from relieftool.rules import syntax
from relieftool.rules.syntax import (
    COUNT,
    RATIO,
    TRUTH,
    Arithmetic,
    Compare,
    Constant,
    Node,
    Type,
    find_joined_owner,
)


class ExpressionError(ValueError):
    """What is wrong with an expression and what to do; becomes a ReliefError with its place."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


@contextmanager
def locate_errors(place: str) -> Iterator[None]:
    """Tell a mistake found inside with the file and key it stands at."""
    try:
        yield
    except ExpressionError as mistake:
        raise ReliefError(place, mistake.problem, mistake.remedy) from mistake


_MONTHS = 12
_TURNED: dict[tuple[str, Period | None], Period] = {("*", "month"): "year", ("/", "year"): "month"}


def combine_numbers(operator: str, left: Node, right: Node) -> Node:
    """Join two numbers by + - * or /.

    Raises:
        ExpressionError: The units or periods do not go together, or the divisor could be 0.
    """
    if operator in ("+", "-"):
        left, right = _with_zero(left, right)
        kind = _of_sum(left, right)
    elif operator == "*":
        kind = _of_product(left, right)
    else:
        kind = _of_quotient(left, right)
    return Arithmetic(kind, find_joined_owner(left, right), operator, left, right)


def compare_values(operator: str, left: Node, right: Node) -> Node:
    """Compare two values of one unit; a word compared with a choice must be one of its ids.

    Raises:
        ExpressionError: The units differ, or the word is not among the choices.
    """
    left, right = _with_zero(left, right)
    if left == right:
        raise ExpressionError(
            _("something is compared with itself"), _("Compare it with something else.")
        )
    if left.type.sort == "choice" and isinstance(right, Constant):
        _check_choice(left.type, right.value)
        right = replace(right, type=left.type)
    same = (left.type.sort, left.type.period) == (right.type.sort, right.type.period)
    if not same or left.type.sort == "truth":
        raise ExpressionError(
            _("two different units are compared"),
            _("Compare money with money of the same period, counts with counts."),
        )
    if left.type.sort in ("choice", "text") and operator not in ("=", "<>"):
        raise ExpressionError(_("words have no order"), _("Use =, <> or in."))
    return Compare(TRUTH, find_joined_owner(left, right), operator, left, right)


def _with_zero(left: Node, right: Node) -> tuple[Node, Node]:
    """Let a plain 0 stand for no money."""
    if left.type.sort == "money" and _is_zero(right):
        return left, replace(right, type=left.type)
    if right.type.sort == "money" and _is_zero(left):
        return replace(left, type=right.type), right
    return left, right


def _is_zero(node: Node) -> bool:
    """Return whether a node is the number 0."""
    return isinstance(node, Constant) and node.value == 0


def _of_sum(left: Node, right: Node) -> Type:
    """Return the type of a sum or difference: both sides must be alike."""
    if left.type != right.type or left.type.sort not in ("money", "count"):
        raise ExpressionError(
            _("different units or periods are added"),
            _("Bring both to money of one period; a year's amount becomes a month's by / 12."),
        )
    return left.type


def _of_product(left: Node, right: Node) -> Type:
    """Return the type of a product: money times a count or ratio, or counts among themselves."""
    number, factor = (left, right) if right.type.sort != "money" else (right, left)
    if factor.type.sort not in ("count", "ratio") or number.type.sort not in (
        "money",
        "count",
        "ratio",
    ):
        raise ExpressionError(
            _("these two cannot be multiplied"), _("Multiply money by a count or a ratio.")
        )
    if number.type.sort == "money":
        return _turned("*", number, factor)
    return RATIO if RATIO in (number.type, factor.type) else COUNT


def _of_quotient(left: Node, right: Node) -> Type:
    """Return the type of a quotient; only a written whole number other than 0 may divide."""
    if not isinstance(right, Constant) or not isinstance(right.value, int) or right.value == 0:
        raise ExpressionError(
            _("the divisor could be 0"),
            _("Divide only by a whole number; multiply the other side instead."),
        )
    return _turned("/", left, right) if left.type.sort == "money" else left.type


def _turned(operator: str, money: Node, factor: Node) -> Type:
    """Turn a month into a year by * 12 and a year into a month by / 12."""
    period = _TURNED.get((operator, money.type.period))
    if period and isinstance(factor, Constant) and factor.value == _MONTHS:
        return Type("money", period)
    return money.type


def _check_choice(kind: Type, word: int | str) -> None:
    """Refuse a word that the fact never has."""
    if word not in kind.choices:
        raise ExpressionError(
            _("'{word}' is none of the choices of this fact").format(word=word),
            _("The choices are: {names}").format(names=", ".join(sorted(kind.choices))),
        )


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
    """Return what is joined, through brackets of the same word."""
    for part in syntax.children(node):
        if type(part) is type(node):
            yield from _parts(part)
        else:
            yield part


def _are_at_odds(one: Node, other: Node) -> bool:
    """Return whether two truths can never both hold."""
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
    """Return whether one value cannot stand to two different constants as it should."""
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
