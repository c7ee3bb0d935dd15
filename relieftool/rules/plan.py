"""What columns the statement has and in which layer each can be computed.

A column may use facts and receipts, and columns of earlier layers. Questions over members become
columns of the household, one layer above the members' columns they rest on.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from relieftool.pack.facts import Owner
from relieftool.rules import syntax
from relieftool.rules.sql import ColumnKind, compile_number, format_column_name
from relieftool.rules.syntax import Node


@dataclass(frozen=True)
class PlanColumn:
    """A named column of the household's or member's row, in a layer from 1 up."""

    name: str
    owner: Owner
    node: Node
    layer: int


@dataclass
class ColumnPlan:
    """The columns found so far, in the order they were asked for."""

    columns: dict[str, PlanColumn] = field(default_factory=dict)
    questions: dict[syntax.OverMembers, PlanColumn] = field(default_factory=dict)

    def add(self, name: str, owner: Owner, node: Node) -> syntax.ColumnRef:
        """Plan a column for a node, and first those it rests on."""
        lowered = self._lower(node)
        layer = 1 + max((self._layer(part) for part in syntax.walk(lowered)), default=0)
        self.columns[name] = PlanColumn(name, owner, lowered, layer)
        return syntax.ColumnRef(node.type, owner, name)

    @property
    def layers(self) -> int:
        """Give the number of layers."""
        planned = [*self.columns.values(), *self.questions.values()]
        return max((column.layer for column in planned), default=0)

    def _layer(self, node: Node) -> int:
        """Give the layer a node must wait for; facts and receipts are there from the start."""
        match node:
            case syntax.ColumnRef(column=name):
                return self.by_name(name).layer
            case syntax.Eligible(programme=programme):
                return self.by_name(format_column_name(ColumnKind.ELIGIBLE, programme)).layer
            case syntax.HouseholdSize():
                return 1
        return 0

    def by_name(self, name: str) -> PlanColumn:
        """Find a planned column or question by its name."""
        if name in self.columns:
            return self.columns[name]
        return next(column for column in self.questions.values() if column.name == name)

    def _lower(self, node: Node) -> Node:
        """Replace every question over members by a reference to its own column."""
        if isinstance(node, syntax.OverMembers):
            return self._question(node)
        changes: dict[str, Any] = {
            name: tuple(self._lower(part) if isinstance(part, Node) else part for part in value)
            if isinstance(value, tuple)
            else self._lower(value)
            for name, value in vars(node).items()
            if isinstance(value, Node)
            or (isinstance(value, tuple) and any(isinstance(part, Node) for part in value))
        }
        return replace(node, **changes) if changes else node

    def _question(self, node: syntax.OverMembers) -> syntax.ColumnRef:
        """Plan the column of a question over members, once for the same question."""
        inner = self._lower(node.of)
        if node not in self.questions:
            # the size of the household, which every answer needs, stands from layer 1 on
            layer = 1 + max(1, *(self._layer(part) for part in syntax.walk(inner)))
            name = format_column_name(ColumnKind.QUESTION, len(self.questions) + 1)
            self.questions[node] = PlanColumn(name, "household", replace(node, of=inner), layer)
        # the column holds the numerator of a sum, over what every member's number is over
        over = compile_number(inner).over if node.question == "sum" else ()
        return syntax.ColumnRef(node.type, "household", self.questions[node].name, over)
