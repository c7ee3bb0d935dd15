"""What rules mean for one household, in plain Python: exact, with None for unknown.

The register is always asked in SQL; a test holds the two to the same answers. Where facts and
receipts come from is left to those who build on it: the rows of the statement, or an example.
"""

import datetime as dt
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Generic, TypeVar

from relieftool.rules import syntax
from relieftool.rules.syntax import Node
from relieftool.rules.truth import decide_all, decide_any
from relieftool.values.cells import count_full_years

# True or False, a number, an id or a text; None is unknown.
ExpressionValue = bool | int | str | Fraction | None
Place = TypeVar("Place")  # what stands for a member
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
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


class Evaluator(ABC, Generic[Place]):
    """Answers for one household; `place` is the member a member's node is about."""

    @property
    @abstractmethod
    def as_of(self) -> dt.date:
        """Return the day asked about."""

    @property
    @abstractmethod
    def living(self) -> Sequence[Place]:
        """Return the members known to live with the household."""

    @property
    @abstractmethod
    def size(self) -> int | None:
        """Return how many live together; unknown where that is unknown of one, or disputed."""

    @abstractmethod
    def parameter(self, name: str) -> ExpressionValue:
        """Return the value of the law on the day; for a setting its choice."""

    @abstractmethod
    def stored(self, node: Node, place: Place) -> ExpressionValue:
        """Return what is known for a fact, a receipt, an eligibility or a column."""

    def value(self, node: Node, place: Place) -> ExpressionValue:
        """Return what a node comes to; money in fen, exact."""
        return _READERS[type(node)](self, node, place)

    def truth(self, node: Node, place: Place) -> bool | None:
        """Return the truth of a condition."""
        value = self.value(node, place)
        return None if value is None else bool(value)

    def fact(self, node: syntax.FactRef, place: Place) -> ExpressionValue:
        """Return a fact, or what the pack presumes where it is unknown."""
        stated = self.stored(node, place)
        found = node.presumed if stated is None else stated
        return found == 1 if found is not None and node.type.sort == "truth" else found

    def known(self, node: Node, place: Place) -> ExpressionValue:
        """Return a receipt, an eligibility or a column as what its type says."""
        stored = self.stored(node, place)
        return stored == 1 if stored is not None and node.type.sort == "truth" else stored

    def years_since(self, node: syntax.YearsSince, place: Place) -> ExpressionValue:
        """Count full years up to the day; from a later day they are unknown."""
        stated = self.value(node.of, place)
        if stated is None:
            return None
        day = dt.date.fromisoformat(str(stated))
        return None if day > self.as_of else count_full_years(day, self.as_of)

    def first_known(self, node: syntax.FirstKnown, place: Place) -> ExpressionValue:
        """Return the first part that is known."""
        values = (self.value(part, place) for part in node.parts)
        return next((value for value in values if value is not None), None)

    def only_if(self, node: syntax.OnlyIf, place: Place) -> ExpressionValue:
        """Return a number where its condition holds, nothing where it does not."""
        holds = self.truth(node.when, place)
        return self.value(node.of, place) if holds else (None if holds is None else 0)

    def at_least_zero(self, node: syntax.AtLeastZero, place: Place) -> ExpressionValue:
        """Return a number, nothing in place of one below."""
        number = self.value(node.of, place)
        return None if number is None else max(Fraction(number), Fraction())

    def joined(self, node: syntax.Compare | syntax.Arithmetic, place: Place) -> ExpressionValue:
        """Compare or calculate; unknown as soon as one side is."""
        left, right = self.value(node.left, place), self.value(node.right, place)
        if left is None or right is None:
            return None
        joined: ExpressionValue = _OPERATORS[node.operator](left, right)
        return joined

    def one_of(self, node: syntax.OneOf, place: Place) -> ExpressionValue:
        """Return whether a value is in a list."""
        value = self.value(node.of, place)
        return None if value is None else value in node.values

    def opposite(self, node: syntax.Not, place: Place) -> ExpressionValue:
        """Turn a truth round."""
        truth = self.truth(node.of, place)
        return None if truth is None else not truth

    def over_members(self, node: syntax.OverMembers, _place: Place) -> ExpressionValue:
        """Ask all who live here; who is unsure, or not listed, leaves it open."""
        unsure = [None] if self.size is None else []
        if node.question in ("any", "all"):
            join = decide_any if node.question == "any" else decide_all
            return join([*(self.truth(node.of, place) for place in self.living), *unsure])
        values = [*(self.value(node.of, place) for place in self.living), *unsure]
        numbers = [Fraction(value) for value in values if value is not None]
        return None if len(numbers) < len(values) else sum(numbers, Fraction())


_READERS: dict[type[Node], Callable[[Any, Any, Any], ExpressionValue]] = {
    syntax.FactRef: Evaluator.fact,
    syntax.HouseholdSize: lambda meaning, _node, _place: meaning.size,
    syntax.ColumnRef: Evaluator.known,
    syntax.ParameterRef: lambda meaning, node, _place: meaning.parameter(node.parameter),
    syntax.Constant: lambda _meaning, node, _place: node.value,
    syntax.YearsSince: Evaluator.years_since,
    syntax.FirstKnown: Evaluator.first_known,
    syntax.OnlyIf: Evaluator.only_if,
    syntax.AtLeastZero: Evaluator.at_least_zero,
    syntax.Arithmetic: Evaluator.joined,
    syntax.Compare: Evaluator.joined,
    syntax.OneOf: Evaluator.one_of,
    syntax.IsUnknown: lambda meaning, node, place: meaning.value(node.of, place) is None,
    syntax.Not: Evaluator.opposite,
    syntax.IsCertain: lambda meaning, node, place: meaning.truth(node.of, place) is node.wanted,
    syntax.And: lambda meaning, node, place: decide_all(
        meaning.truth(part, place) for part in node.parts
    ),
    syntax.Or: lambda meaning, node, place: decide_any(
        meaning.truth(part, place) for part in node.parts
    ),
    syntax.Receives: Evaluator.known,
    syntax.Eligible: Evaluator.known,
    syntax.OverMembers: Evaluator.over_members,
}
