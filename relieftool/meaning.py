"""What a part of the rules comes to for one household, read off the rows the statement gave.

Serves explanations: which part of a condition decided. Outcomes come from the statement alone.
"""

import datetime as dt
import operator
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from relieftool.evaluate import Household, Row
from relieftool.rules import syntax
from relieftool.rules.sql import column_name
from relieftool.rules.statement import Statement, parameter_value
from relieftool.rules.syntax import Node

# True or False, a number, an id or a text; None is unknown.
Known = bool | int | Fraction | str | None

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


class Meaning:
    """Answers for one household; `member` is the row of the member a node is about."""

    def __init__(self, statement: Statement, household: Household) -> None:
        self._statement = statement
        self._household = household.row
        self.listed: list[Row] = [one.row for one in household.members]
        self.living: list[Row] = [row for row in self.listed if row["lives"] == 1]

    def value(self, node: Node, member: Row) -> Known:  # noqa: PLR0911 one line per kind of node
        """Give what a node comes to; money in fen, exact."""
        match node:
            case syntax.And(parts=parts):
                return all_of(self.value(part, member) for part in parts)
            case syntax.Or(parts=parts):
                return any_of(self.value(part, member) for part in parts)
            case syntax.Not(of=of):
                truth = self.value(of, member)
                return None if truth is None else not truth
            case syntax.IsUnknown(of=of):
                return self.value(of, member) is None
            case syntax.OneOf(of=of, values=values):
                value = self.value(of, member)
                return None if value is None else value in values
            case syntax.Compare(operator=sign, left=left, right=right):
                return self._joined(sign, left, right, member)
            case syntax.Arithmetic(operator=sign, left=left, right=right):
                return self._joined(sign, left, right, member)
            case syntax.OverMembers():
                return self._over_members(node)
        return self._simple(node, member)

    def _joined(self, sign: str, left: Node, right: Node, member: Row) -> Known:
        """Compare or calculate; unknown as soon as one side is."""
        one, other = self.value(left, member), self.value(right, member)
        if one is None or other is None:
            return None
        joined: Known = _OPERATORS[sign](one, other)
        return joined

    def _simple(self, node: Node, member: Row) -> Known:  # noqa: PLR0911 one line per kind of node
        """Give what a node without truths below it comes to."""
        match node:
            case syntax.Constant(value=value):
                return value
            case syntax.ParameterRef(parameter=name):
                return self._parameter(name)
            case syntax.YearsSince(of=of):
                day = self.value(of, member)
                return None if day is None else self._years_since(str(day))
            case syntax.FirstKnown(parts=parts):
                values = (self.value(part, member) for part in parts)
                return next((value for value in values if value is not None), None)
            case syntax.OnlyIf(when=when, of=of):
                holds = self.value(when, member)
                return self.value(of, member) if holds else (None if holds is None else 0)
            case syntax.AtLeastZero(of=of):
                number = self.value(of, member)
                return None if number is None else max(Fraction(number), Fraction())
        return self._stored(node, member)

    def _stored(self, node: Node, member: Row) -> Known:
        """Give what stands in a column of the household's or the member's row."""
        value = (self._household if node.owner == "household" else member)[_column(node)]
        if value is None and isinstance(node, syntax.FactRef):
            value = node.presumed
        return value == 1 if value is not None and node.type.sort == "truth" else value

    def _parameter(self, name: str) -> Known:
        """Give the value of the law on the day; for a setting its choice."""
        parameter = self._statement.pack.parameters[name]
        dated = parameter.in_force(self._statement.as_of)
        if dated is not None and parameter.unit == "choice":
            return dated.value
        return parameter_value(parameter, dated)

    def _years_since(self, day: str) -> int | None:
        """Count full years up to the day asked about; from a later day they are unknown."""
        begun, as_of = dt.date.fromisoformat(day), self._statement.as_of
        if begun > as_of:
            return None
        return as_of.year - begun.year - ((as_of.month, as_of.day) < (begun.month, begun.day))

    def _over_members(self, node: syntax.OverMembers) -> Known:
        """Ask all who live here; who is unsure, or not listed, leaves it open."""
        values = [self.value(node.of, row) for row in self.living]
        if self._household["size"] is None:
            values.append(None)
        if node.question == "any":
            return any_of(values)
        if node.question == "all":
            return all_of(values)
        numbers = [Fraction(value) for value in values if value is not None]
        return None if len(numbers) < len(values) else sum(numbers, Fraction())


def _column(node: Node) -> str:
    """Name the column that holds a node's value."""
    match node:
        case syntax.FactRef(fact=name):
            return name
        case syntax.ColumnRef(column=name):
            return name
        case syntax.Receives(programme=name):
            return column_name("r", name)
        case syntax.Eligible(programme=name):
            return column_name("e", name)
        case syntax.Size():
            return "size"
    raise TypeError(type(node).__name__)


def all_of(truths: Iterable[Known]) -> bool | None:
    """Join truths by and: false wins over unknown, unknown over true.

    >>> all_of([True, None, False]), all_of([True, None]), all_of([])
    (False, None, True)
    """
    found = list(truths)
    return False if False in found else None if None in found else True


def any_of(truths: Iterable[Known]) -> bool | None:
    """Join truths by or: true wins over unknown, unknown over false.

    >>> any_of([False, None, True]), any_of([False, None]), any_of([])
    (True, None, False)
    """
    found = list(truths)
    return True if True in found else None if None in found else False
