"""Evaluates an expression for one household in plain Python; values are exact, None is unknown.

Outcomes in the register always come from SQL; a test checks that both agree. Subclasses supply the
facts and receipts, from rows of the statement or from an example of a pack.
"""

import datetime as dt
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Generic, TypeVar

from relieftool.rules import syntax
from relieftool.rules.syntax import Node
from relieftool.rules.truth import decide_all, decide_any, negate
from relieftool.values.cells import count_full_years

# True or False, a number, an id or a text; None is unknown.
ExpressionValue = bool | int | str | Fraction | None
Place = TypeVar("Place")  # what a subclass identifies a member by
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": Fraction,
}


def count_years_since(day: object, as_of: dt.date) -> int | None:
    """Return the full years from an ISO date to the as-of date; None if it is unknown or later."""
    if day is None or (begun := dt.date.fromisoformat(str(day))) > as_of:
        return None
    return count_full_years(begun, as_of)


class Evaluator(ABC, Generic[Place]):
    """Evaluates nodes for one household. For a member's node, `place` identifies the member."""

    @property
    @abstractmethod
    def as_of(self) -> dt.date:
        """The as-of date."""

    @property
    @abstractmethod
    def living(self) -> Sequence[Place]:
        """The members known to live with the household."""

    @property
    @abstractmethod
    def size(self) -> int | None:
        """The number of members who live together; None if it is unknown."""

    @abstractmethod
    def parameter(self, name: str) -> ExpressionValue:
        """Return a parameter's number or choice on the as-of date; None if it has no value."""

    @abstractmethod
    def stored(self, node: Node, place: Place) -> ExpressionValue:
        """Return the stored value of a fact, receipt, eligibility or column; None if unknown."""

    def value(self, node: Node, place: Place) -> ExpressionValue:
        """Return the exact value of a node, money in fen; None if it is unknown."""
        return _READERS[type(node)](self, node, place)

    def truth(self, node: Node, place: Place) -> bool | None:
        """Return whether a condition holds; None if that is unknown."""
        value = self.value(node, place)
        return None if value is None else bool(value)

    def fact(self, node: syntax.FactRef, place: Place) -> ExpressionValue:
        """Return a fact, or the pack's presumed value if it is unknown; None if there is none."""
        stated = self.stored(node, place)
        return _convert_stored(node, node.presumed if stated is None else stated)

    def known(self, node: Node, place: Place) -> ExpressionValue:
        """Return the value of a receipt, an eligibility or a column; None if it is unknown."""
        return _convert_stored(node, self.stored(node, place))

    def years_since(self, node: syntax.YearsSince, place: Place) -> ExpressionValue:
        """Return the full years from a date to the as-of date; None if it is unknown or later."""
        return count_years_since(self.value(node.of, place), self.as_of)

    def first_known(self, node: syntax.FirstKnown, place: Place) -> ExpressionValue:
        """Return the value of the first part that is known; None if no part is."""
        values = (self.value(part, place) for part in node.parts)
        return next((value for value in values if value is not None), None)

    def only_if(self, node: syntax.OnlyIf, place: Place) -> ExpressionValue:
        """Return a number if its condition holds, 0 if it does not, None if unknown."""
        holds = self.truth(node.when, place)
        return self.value(node.of, place) if holds else (None if holds is None else 0)

    def at_least_zero(self, node: syntax.AtLeastZero, place: Place) -> ExpressionValue:
        """Return a number, or 0 if it is negative; None if it is unknown."""
        number = self.value(node.of, place)
        return None if number is None else max(Fraction(number), Fraction())

    def joined(self, node: syntax.Compare | syntax.Arithmetic, place: Place) -> ExpressionValue:
        """Return the result of a comparison or calculation; None if a side is unknown."""
        left, right = self.value(node.left, place), self.value(node.right, place)
        if left is None or right is None:
            return None
        joined: ExpressionValue = OPERATORS[node.operator](left, right)
        return joined

    def one_of(self, node: syntax.OneOf, place: Place) -> ExpressionValue:
        """Return whether a value is in a list; None if the value is unknown."""
        value = self.value(node.of, place)
        return None if value is None else value in node.values

    def opposite(self, node: syntax.Not, place: Place) -> ExpressionValue:
        """Return the opposite of a condition; None if the condition is unknown."""
        return negate(self.truth(node.of, place))

    def over_members(self, node: syntax.OverMembers, _place: Place) -> ExpressionValue:
        """Return the answer to a question over the members who live together; None if unknown.

        If their number is unknown, an unknown answer is added for whoever else may live here.
        """
        unsure = [None] if self.size is None else []
        if node.question in ("any", "all"):
            join = decide_any if node.question == "any" else decide_all
            return join([*(self.truth(node.of, place) for place in self.living), *unsure])
        values = [*(self.value(node.of, place) for place in self.living), *unsure]
        numbers = [Fraction(value) for value in values if value is not None]
        return None if len(numbers) < len(values) else sum(numbers, Fraction())


def _convert_stored(node: Node, stored: ExpressionValue) -> ExpressionValue:
    """Return a stored value; of a condition, 1 and 0 become True and False."""
    return stored == 1 if stored is not None and node.type.sort == "truth" else stored


_READERS: dict[type[Node], Callable[[Any, Any, Any], ExpressionValue]] = {
    syntax.FactRef: Evaluator.fact,
    syntax.HouseholdSize: lambda evaluator, _node, _place: evaluator.size,
    syntax.ColumnRef: Evaluator.known,
    syntax.ParameterRef: lambda evaluator, node, _place: evaluator.parameter(node.parameter),
    syntax.Constant: lambda _evaluator, node, _place: node.value,
    syntax.YearsSince: Evaluator.years_since,
    syntax.FirstKnown: Evaluator.first_known,
    syntax.OnlyIf: Evaluator.only_if,
    syntax.AtLeastZero: Evaluator.at_least_zero,
    syntax.Arithmetic: Evaluator.joined,
    syntax.Compare: Evaluator.joined,
    syntax.OneOf: Evaluator.one_of,
    syntax.IsUnknown: lambda evaluator, node, place: evaluator.value(node.of, place) is None,
    syntax.Not: Evaluator.opposite,
    syntax.IsCertain: lambda evaluator, node, place: evaluator.truth(node.of, place) is node.wanted,
    syntax.And: lambda evaluator, node, place: decide_all(
        evaluator.truth(part, place) for part in node.parts
    ),
    syntax.Or: lambda evaluator, node, place: decide_any(
        evaluator.truth(part, place) for part in node.parts
    ),
    syntax.Receives: Evaluator.known,
    syntax.Eligible: Evaluator.known,
    syntax.OverMembers: Evaluator.over_members,
}
