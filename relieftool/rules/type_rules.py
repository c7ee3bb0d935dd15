"""Which numbers may be added, multiplied, divided and compared, and what comes out.

Money keeps its period: month and year never mix, and turn into each other only by 12.
"""

from dataclasses import replace

from relieftool.messages import _
from relieftool.pack.facts import Period
from relieftool.rules.mistakes import ExpressionError
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
    """Say whether a node is the number 0."""
    return isinstance(node, Constant) and node.value == 0


def _of_sum(left: Node, right: Node) -> Type:
    """Give the type of a sum or difference: both sides must be alike."""
    if left.type != right.type or left.type.sort not in ("money", "count"):
        raise ExpressionError(
            _("different units or periods are added"),
            _("Bring both to money of one period; a year's amount becomes a month's by / 12."),
        )
    return left.type


def _of_product(left: Node, right: Node) -> Type:
    """Give the type of a product: money times a count or ratio, or counts among themselves."""
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
    """Give the type of a quotient; only a written whole number other than 0 may divide."""
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
