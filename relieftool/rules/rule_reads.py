"""What the rules of a statement read, looked up once for all households."""

from collections.abc import Hashable
from functools import cached_property
from typing import TypeVar

from relieftool.pack.facts import RECEIPT
from relieftool.rules import syntax
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import Node

LIVES, STATED_SIZE = "lives_together", "stated_size"
SIZE_COLUMNS = frozenset({LIVES, STATED_SIZE})

# Whatever is kept of households is forgotten at this number, so that memory has a bound.
_MOST_KEPT = 200_000
Kept = TypeVar("Kept")


class RuleReads:
    """What the rules of a statement read, whoever they are evaluated for."""

    def __init__(self, statement: Statement) -> None:
        """Start with nothing looked up."""
        self.statement = statement
        self._columns: dict[str, frozenset[str]] = {}
        # With its node, because the id of an object that is gone may come to be that of another.
        self._nodes: dict[int, tuple[Node, frozenset[str]]] = {}
        self._turning: dict[int, tuple[Node, bool]] = {}
        self._comparisons: dict[str, list[Node]] = {}
        # What one answer makes of a leaf, and which numbers are at its line.
        self.truths: dict[Hashable, bool | None] = {}
        self.lines: dict[Hashable, set[int]] = {}
        self._same: dict[int, tuple[Node, Node]] = {}
        self._first: dict[Node, Node] = {}

    def find_same(self, node: Node) -> Node:
        """Return one and the same node for all nodes that are equal.

        Definitions are written out wherever they are used; so their values are looked up once.
        """
        if id(node) not in self._same:
            self._same[id(node)] = node, self._first.setdefault(node, node)
        return self._same[id(node)][1]

    @cached_property
    def names(self) -> list[str]:
        """The names of all that can be asked: facts, receipts, who lives here and how many do."""
        plan = self.statement.plan
        nodes = [
            node
            for planned in (*plan.columns.values(), *plan.questions.values())
            for node in syntax.walk(planned.node)
        ]
        facts = {node.fact for node in nodes if isinstance(node, syntax.FactRef)}
        receipts = {
            f"{RECEIPT}{node.programme}" for node in nodes if isinstance(node, syntax.Receives)
        }
        return sorted(facts | receipts | SIZE_COLUMNS)

    def of_column(self, name: str) -> frozenset[str]:
        """Return the columns of facts and receipts that a planned column rests on."""
        if name not in self._columns:
            self._columns[name] = self.of_node(self.statement.plan.by_name(name).node)
        return self._columns[name]

    def of_node(self, node: Node) -> frozenset[str]:
        """Return the columns that a tree rests on, also through planned columns."""
        if id(node) not in self._nodes:
            parts = (self._of_part(part) for part in syntax.walk(node))
            self._nodes[id(node)] = node, frozenset().union(*parts)
        return self._nodes[id(node)][1]

    def _of_part(self, node: Node) -> frozenset[str]:  # noqa: PLR0911 one line per form
        match node:
            case syntax.FactRef(fact=name):
                return frozenset({name})
            case syntax.Receives(programme=name):
                return frozenset({format_column_name(ColumnKind.RECEIVES, name)})
            case syntax.Eligible(programme=name):
                return self.of_column(format_column_name(ColumnKind.ELIGIBLE, name))
            case syntax.ColumnRef(column=name):
                return self.of_column(name)
            case syntax.PaidAmount(programme=name):
                return frozenset({format_column_name(ColumnKind.PAID, name)})
            case syntax.HouseholdSize() | syntax.OverMembers():
                return SIZE_COLUMNS
        return frozenset()

    def find_comparisons(self, fact: str) -> list[Node]:
        """Return every comparison of the rules that may change with a fact."""
        if fact not in self._comparisons:
            plan = self.statement.plan
            compared = (
                self.find_same(node)
                for planned in (*plan.columns.values(), *plan.questions.values())
                for node in syntax.walk(planned.node)
                if isinstance(node, (syntax.Compare, syntax.OneOf)) and fact in self.of_node(node)
            )
            self._comparisons[fact] = list({id(node): node for node in compared}.values())
        return self._comparisons[fact]

    def may_turn(self, node: Node) -> bool:
        """Return whether a known truth can change as more becomes known.

        A condition that is true stays true. But what is not certain, or unknown, today may no
        longer be so tomorrow, also in a column, where that does not show.
        """
        if id(node) not in self._turning:
            turning = (syntax.IsCertain, syntax.IsUnknown, syntax.ColumnRef, syntax.Eligible)
            is_turning = any(isinstance(part, turning) for part in syntax.walk(node))
            self._turning[id(node)] = node, is_turning
        return self._turning[id(node)][1]


def keep_some(kept: dict[Hashable, Kept], key: Hashable, value: Kept) -> None:
    """Keep a value for the next households. If too many are kept, drop them all first."""
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    kept[key] = value
