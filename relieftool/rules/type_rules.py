"""Checks which values an expression combines, and refuses some conditions with only one outcome.

Units must match: money keeps its period, so that monthly and yearly amounts never mix; only * 12
and / 12 turn one into the other. Conditions whose form shows that they never hold, such as
`x < 3 and x > 5`, are refused when the pack is loaded.
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

_MONTHS = 12
_PERIOD_AFTER: dict[tuple[str, Period | None], Period] = {
    ("*", "month"): "year",
    ("/", "year"): "month",
}
# For each operator, the signs of the orders (less, equal, greater) in which it holds. Two
# comparisons of the same sides whose operators share no sign cannot both hold.
_SIGNS = {
    "<": frozenset("<"),
    "<=": frozenset("<="),
    "=": frozenset("="),
    ">=": frozenset(">="),
    ">": frozenset(">"),
    "<>": frozenset("<>"),
}


class ExpressionError(ValueError):
    """An error in an expression: the problem and the remedy. `locate_errors` adds file and key."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


@contextmanager
def locate_errors(place: str) -> Iterator[None]:
    """Turn an ExpressionError raised inside into a ReliefError with the file and key `place`."""
    try:
        yield
    except ExpressionError as mistake:
        raise ReliefError(place, mistake.problem, mistake.remedy) from mistake


def combine_numbers(operator: str, left: Node, right: Node) -> Node:
    """Return the node of two numbers joined by + - * or /.

    Raises:
        ExpressionError: The units or periods do not match, or the divisor is not a written whole
            number other than 0.
    """
    if operator in ("+", "-"):
        left, right = _match_zero(left, right)
        result = _find_sum_type(left, right)
    elif operator == "*":
        result = _find_product_type(left, right)
    else:
        result = _find_quotient_type(left, right)
    return Arithmetic(result, find_joined_owner(left, right), operator, left, right)


def compare_values(operator: str, left: Node, right: Node) -> Node:
    """Return the node of a comparison of two values with the same unit.

    Raises:
        ExpressionError: The units differ, the sides are conditions or the same, a word is not among
            the choices, or the operator needs an order that words do not have.
    """
    left, right = _match_zero(left, right)
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


def _match_zero(left: Node, right: Node) -> tuple[Node, Node]:
    """Return both sides; a plain 0 beside an amount of money becomes money, as in `income > 0`."""
    if left.type.sort == "money" and _is_zero(right):
        return left, replace(right, type=left.type)
    if right.type.sort == "money" and _is_zero(left):
        return replace(left, type=right.type), right
    return left, right


def _is_zero(node: Node) -> bool:
    """Return whether a node is the number 0."""
    return isinstance(node, Constant) and node.value == 0


def _find_sum_type(left: Node, right: Node) -> Type:
    """Return the type of a sum or difference: of money of one period, or of counts."""
    if left.type != right.type or left.type.sort not in ("money", "count"):
        raise ExpressionError(
            _("different units or periods are added"),
            _("Bring both to money of one period; a year's amount becomes a month's by / 12."),
        )
    return left.type


def _find_product_type(left: Node, right: Node) -> Type:
    """Return the type of a product: of money and a count or ratio, or of counts and ratios."""
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
        return _convert_period("*", number, factor)
    return RATIO if RATIO in (number.type, factor.type) else COUNT


def _find_quotient_type(left: Node, right: Node) -> Type:
    """Return the type of a quotient; the divisor must be a written whole number other than 0."""
    if not isinstance(right, Constant) or not isinstance(right.value, int) or right.value == 0:
        raise ExpressionError(
            _("the divisor could be 0"),
            _("Divide only by a whole number; multiply the other side instead."),
        )
    return _convert_period("/", left, right) if left.type.sort == "money" else left.type


def _convert_period(operator: str, money: Node, factor: Node) -> Type:
    """Return the type of money after * or /.

    Only * 12 of a monthly amount and / 12 of a yearly amount change the period.
    """
    period = _PERIOD_AFTER.get((operator, money.type.period))
    if period and isinstance(factor, Constant) and factor.value == _MONTHS:
        return Type("money", period)
    return money.type


def _check_choice(choice_type: Type, word: int | str) -> None:
    """Refuse a word that is not among the choices of a fact."""
    if word not in choice_type.choices:
        raise ExpressionError(
            _("'{word}' is none of the choices of this fact").format(word=word),
            _("The choices are: {names}").format(names=", ".join(sorted(choice_type.choices))),
        )


def refuse_never_unknown(of: Node) -> None:
    """Refuse `is null` for a value that is never unknown: it would always be false."""
    if _is_never_unknown(of):
        raise ExpressionError(
            _("'is null' asks about a fact that is never unknown: a value is presumed for it"),
            _("Take this part out, or take `presume` away from the fact."),
        )


def refuse_dead_parts(parts: tuple[Node, ...]) -> None:
    """Refuse a first_known with parts that are never used, after a part that is never unknown."""
    if any(map(_is_never_unknown, parts[:-1])):
        raise ExpressionError(
            _("first_known never uses what comes after a presumed fact"),
            _("Put the presumed fact last."),
        )


def refuse_reversed(low: Node, high: Node) -> None:
    """Refuse a range between two written numbers if the first is greater."""
    match low, high:
        case syntax.Constant(value=int(first)), syntax.Constant(value=int(last)) if first > last:
            raise ExpressionError(
                _("nothing lies between {low} and {high}").format(low=first, high=last),
                _("Write the smaller number first."),
            )


def refuse_every_choice(node: syntax.OneOf) -> None:
    """Refuse an `in` that lists every choice of the fact: it would always be true."""
    if node.of.type.choices and node.of.type.choices <= set(node.values):
        raise ExpressionError(
            _("this list names every choice of the fact, so it is always true"),
            _("Leave a choice out, or write `is not null`."),
        )


def refuse_contradiction(node: syntax.And) -> None:
    """Refuse an `and` with two parts whose form shows that they cannot both hold.

    `x or not x` is allowed: it is true if x is known, and unknown otherwise. Rules use it to
    require that x is stated.
    """
    if any(_can_never_both_hold(*pair) for pair in combinations(_list_joined(node), 2)):
        raise ExpressionError(
            _("two parts joined by and contradict each other, so it is never true"),
            _("Correct one of the two, or join them by or."),
        )


def _is_never_unknown(node: Node) -> bool:
    """Return whether the form of a node shows that its value is never unknown."""
    match node:
        case syntax.FactRef(presumed=presumed):
            return presumed is not None
        case syntax.FirstKnown(parts=parts):
            return any(map(_is_never_unknown, parts))
    return isinstance(node, (syntax.Constant, syntax.IsUnknown))


def _list_joined(node: Node) -> Iterator[Node]:
    """Yield the parts of an `and` or `or`, with parts of the same operator split up."""
    for part in syntax.children(node):
        if type(part) is type(node):
            yield from _list_joined(part)
        else:
            yield part


def _can_never_both_hold(left: Node, right: Node) -> bool:
    """Return whether the form of two conditions shows that they cannot both hold."""
    if _is_opposite(left, right) or _is_opposite(right, left):
        return True
    if not isinstance(left, syntax.Compare) or not isinstance(right, syntax.Compare):
        return False
    if left.left != right.left:
        return False
    if left.right == right.right:
        return not _SIGNS[left.operator] & _SIGNS[right.operator]
    return _leave_no_value(left, right)


def _is_opposite(node: Node, other: Node) -> bool:
    return isinstance(node, syntax.Not) and node.of == other


def _leave_no_value(left: syntax.Compare, right: syntax.Compare) -> bool:
    """Return whether no value meets both comparisons, as in x < 3 and x > 5.

    Only comparisons with constants are recognised; the constants must differ.
    """
    first, second = left.right, right.right
    if not isinstance(first, syntax.Constant) or not isinstance(second, syntax.Constant):
        return False
    if left.operator == right.operator == "=":
        return True
    if not isinstance(first.value, int) or not isinstance(second.value, int):
        return False
    (low, low_operator), (high, high_operator) = sorted(
        [(first.value, left.operator), (second.value, right.operator)]
    )
    return low < high and low_operator in ("<", "<=", "=") and high_operator in (">", ">=", "=")
