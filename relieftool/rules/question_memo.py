"""What is found for one household serves every other that is alike in all that a question reads.

The cone of a question is everything below it in the rules. Where a comparison is settled, whatever
else becomes known, only its truth counts: two incomes below the same line are alike. Otherwise the
stored values count, for they say where the line is. Members count in order.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from relieftool.rules import syntax
from relieftool.rules.bounds import Bounds
from relieftool.rules.rule_reads import SIZE_COLUMNS, RuleReads, keep_some
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.syntax import Node
from relieftool.values.cells import UnitRow

# For whom a part of a cone is asked: the household, the member asked about, each who lives there.
Scope = Literal["household", "own", "each"]

ConePart = tuple[Node, Scope]


class ConePatterns:
    """What each part of the rules is made of, and what is known of its states, for all households.

    A leaf is a truth or comparison at the end of a cone. Its atoms are the facts it reads, and the
    leaves of the conditions inside it.
    """

    def __init__(self, reads: RuleReads) -> None:
        """Start with nothing looked up."""
        self.reads = reads
        self.states: dict[Hashable, Hashable] = {}
        self._cones: dict[int, tuple[Node, list[ConePart]]] = {}
        self._atoms: dict[int, tuple[Node, list[ConePart]]] = {}

    def list_cone(self, node: Node) -> list[ConePart]:
        """Return every leaf below a node, each once, and for whom it is asked."""
        if id(node) not in self._cones:
            self._cones[id(node)] = node, list(self._walk(node, is_value=False))
        return self._cones[id(node)][1]

    def list_atoms(self, leaf: Node) -> list[ConePart]:
        """Return the facts that a leaf reads, and the leaves of the conditions inside it."""
        if id(leaf) not in self._atoms:
            self._atoms[id(leaf)] = leaf, list(self._walk(leaf, is_value=True))
        return self._atoms[id(leaf)][1]

    def _walk(self, node: Node, *, is_value: bool) -> Iterator[ConePart]:
        """Yield the leaves below a node; with `is_value`, the parts of one leaf."""
        waiting: list[ConePart] = [(node, "own" if node.owner == "member" else "household")]
        seen: set[tuple[int, Scope]] = set()
        while waiting:
            part, scope = waiting.pop()
            scope = "household" if part.owner == "household" else scope
            part = self.reads.find_same(part)
            if (id(part), scope) in seen:
                continue
            seen.add((id(part), scope))
            below = self._open(part, scope)
            is_leaf = isinstance(part, (syntax.Compare, syntax.OneOf)) and part is not node
            if below is None or (is_leaf if is_value else not _is_join(part)):
                yield part, scope
            else:
                waiting += below

    def _open(self, node: Node, scope: Scope) -> list[ConePart] | None:
        """Return what is directly below a node, also in its column; None for what is stored."""
        match node:
            case syntax.Eligible(programme=programme):
                name = format_column_name(ColumnKind.ELIGIBLE, programme)
                return [(self.reads.statement.plan.by_name(name).node, scope)]
            case syntax.ColumnRef(column=name):
                return [(self.reads.statement.plan.by_name(name).node, scope)]
            case syntax.OverMembers(of=of):
                return [(of, "each" if of.owner == "member" else "household")]
            case syntax.FactRef() | syntax.Receives() | syntax.PaidAmount():
                return None
        return [(child, scope) for child in syntax.children(node)]


def _is_join(node: Node) -> bool:
    """Whether the truth of a node follows from the truths below it."""
    joins = (syntax.And, syntax.Or, syntax.Not, syntax.IsCertain, syntax.Eligible)
    return (
        isinstance(node, joins)
        or (isinstance(node, syntax.OverMembers) and node.question in ("any", "all"))
        or (isinstance(node, syntax.ColumnRef) and node.type.sort == "truth")
    )


@dataclass(frozen=True)
class HouseholdPattern:
    """Describes one household by what questions read of it."""

    patterns: ConePatterns
    bounds: Bounds
    _states: dict[tuple[int, int | None], Hashable] = field(default_factory=dict)
    _stored: dict[tuple[int, int | None], Hashable] = field(default_factory=dict)

    def describe(self, node: Node, place: int | None) -> Hashable:
        """Return a pattern; the same questions are found for all households that have it."""
        return id(node), place, self._size, self._list_states(self.patterns.list_cone(node), place)

    def find_stored(self, leaf: Node, place: int | None) -> Hashable:
        """Return all that a leaf follows from: what is stored, and the states of leaves inside."""
        key = id(leaf), place
        if key not in self._stored:
            atoms = self._list_states(self.patterns.list_atoms(leaf), place)
            has_size = not self.patterns.reads.of_node(leaf).isdisjoint(SIZE_COLUMNS)
            self._stored[key] = (atoms, self._size) if has_size else atoms
        return self._stored[key]

    @cached_property
    def _size(self) -> Hashable:
        """The values from which the size of the household is computed."""
        household = self.bounds.household
        lives = tuple(member["lives"] for member in self.bounds.members)
        return lives, household["listed_members"], household.get("stated_size")

    def _list_states(self, parts: list[ConePart], place: int | None) -> Hashable:
        states: list[Hashable] = []
        for leaf, scope in parts:
            if scope == "each":
                states += [self._find_state(leaf, each) for each in range(len(self.bounds.members))]
            else:
                states.append(self._find_state(leaf, None if scope == "household" else place))
        return tuple(states)

    def _find_state(self, leaf: Node, place: int | None) -> Hashable:
        """Return a leaf's truth if it is settled, otherwise the values from which it follows."""
        key = id(leaf), place
        if key not in self._states:
            self._states[key] = self._compute_state(leaf, place)
        return self._states[key]

    def _compute_state(self, leaf: Node, place: int | None) -> Hashable:
        row = None if place is None else self.bounds.members[place]
        match leaf:
            case syntax.FactRef(fact=name):
                return (self.bounds.household if row is None else row)[name]
            case syntax.Receives(programme=name):
                column = format_column_name(ColumnKind.RECEIVES, name)
                return (self.bounds.household if row is None else row)[column]
            case syntax.PaidAmount(programme=name):
                column = format_column_name(ColumnKind.PAID, name)
                return (self.bounds.household if row is None else row)[column]
            case syntax.ParameterRef() | syntax.Constant() | syntax.HouseholdSize():
                return None  # the same for all, or part of the pattern anyhow
        stored = self.find_stored(leaf, place)
        known, key = self.patterns.states, (id(leaf), stored)
        if key not in known:
            is_settled = _is_settled(self.bounds, leaf, row)
            keep_some(known, key, self.bounds.value(leaf, row) if is_settled else (stored,))
        return known[key]


def _is_settled(bounds: Bounds, node: Node, row: UnitRow | None) -> bool:  # noqa: PLR0911 one line per form
    """Return whether a value stays as it is, whatever answers there may be to what is unknown."""
    match node:
        case syntax.FactRef() | syntax.Receives():
            return bounds.is_known(node, row)
        case syntax.FirstKnown(parts=parts):
            return _is_settled(bounds, parts[0], row)
        case syntax.OnlyIf(when=when) if bounds.truth(when, row) is False:
            return _is_settled(bounds, when, row)
        case syntax.HouseholdSize():
            return bounds.size.is_known
        case syntax.OverMembers(of=of):
            living = [member for member in bounds.members if member["lives"] != 0]
            return bounds.size.is_known and all(
                _is_settled(bounds, of, member) for member in living
            )
        case syntax.ColumnRef(column=name):
            return _is_settled(bounds, bounds.statement.plan.by_name(name).node, row)
        case syntax.Eligible(programme=programme):
            name = format_column_name(ColumnKind.ELIGIBLE, programme)
            return _is_settled(bounds, bounds.statement.plan.by_name(name).node, row)
        case syntax.IsUnknown(of=of):
            return _is_settled(bounds, of, row)
    return all(_is_settled(bounds, child, row) for child in syntax.children(node))
