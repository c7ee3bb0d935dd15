"""What a part of the rules comes to for one household, read off the rows the statement gave.

Serves explanations: which part of a condition decided. Outcomes come from the statement alone.
"""

import datetime as dt

from relieftool.eligibility.evaluation import Household, UnitRow
from relieftool.rules import syntax
from relieftool.rules.evaluator import Evaluator, ExpressionValue
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement, list_parameter_values
from relieftool.rules.syntax import Node


class RowEvaluator(Evaluator[UnitRow]):
    """Answers for one household of an evaluation; a member is his row."""

    def __init__(self, statement: Statement, household: Household) -> None:
        self._statement = statement
        self._parameters = list_parameter_values(statement.pack, statement.as_of)
        self._household = household.row
        self.listed: list[UnitRow] = [one.row for one in household.members]
        self._living: list[UnitRow] = [row for row in self.listed if row["lives"] == 1]

    @property
    def as_of(self) -> dt.date:
        """Give the day asked about."""
        return self._statement.as_of

    @property
    def living(self) -> list[UnitRow]:
        """Give the rows of those known to live with the household."""
        return self._living

    @property
    def size(self) -> int | None:
        """Give how many live together, as the statement counted them."""
        size = self._household["size"]
        return None if size is None else int(size)

    def parameter(self, name: str) -> ExpressionValue:
        """Give the value of the law on the day; for a setting its choice."""
        return self._parameters[name]

    def stored(self, node: Node, place: UnitRow) -> ExpressionValue:
        """Give what stands in a column of the household's or the member's row."""
        return (self._household if node.owner == "household" else place)[_column(node)]


def _column(node: Node) -> str:
    """Name the column that holds a node's value."""
    match node:
        case syntax.FactRef(fact=name):
            return name
        case syntax.ColumnRef(column=name):
            return name
        case syntax.Receives(programme=name):
            return format_column_name(ColumnKind.RECEIVES, name)
        case syntax.Eligible(programme=name):
            return format_column_name(ColumnKind.ELIGIBLE, name)
    raise TypeError(type(node).__name__)
