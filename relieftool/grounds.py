"""What a finding rests on: unknown facts to ask for, presumed facts, assumed values of the law."""

from collections.abc import Iterator, Sequence

from relieftool.evaluate import Household, Row
from relieftool.pack.models import Owner
from relieftool.rules import syntax
from relieftool.rules.programmes import Rules
from relieftool.rules.sql import column_name
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import Node

_NOBODY: Row = {}
Asked = Sequence[Row]  # the members a node is about: one, or all who may live together


class Grounds:
    """Answers for one household, and for one member where `member` is given."""

    def __init__(self, statement: Statement, household: Household, member: Row = _NOBODY) -> None:
        self._statement = statement
        self._household = household.row
        self._member = member
        self._living = [one.row for one in household.members if one.row["lives"] != 0]
        self._listed = [one.row for one in household.members]

    def missing(self, programme: str) -> list[str]:
        """Name the unknown facts and receipts that leave a programme undetermined."""
        rules = self._statement.rules[programme]
        found = list(self._missing_in(rules, self._asked))
        if not found and self._is_unknown(column_name("r", programme), rules, self._asked):
            found = [f"receipt:{programme}"]
        if not found:
            found = [f"receipt:{name}" for name in self._open_exclusions(rules)]
        return list(dict.fromkeys(found))

    def _open_exclusions(self, rules: Rules) -> Iterator[str]:
        """Name exclusive programmes one qualifies for and whose receipt is unknown."""
        for exclusion in rules.programme.excludes:
            name = exclusion.programme
            rows = [self._household] if self._unit(name) == "household" else self._asked_or_living
            received, eligible = column_name("r", name), column_name("e", name)
            if any(row[received] is None and row[eligible] == 1 for row in rows):
                yield name

    def missing_for_priority(self) -> list[str]:
        """Name the unknown facts behind what is left to live on, and behind the indicators."""
        unknown = [
            node
            for name, node in self._statement.indicators.items()
            if self._household[column_name("i", name)] is None
        ]
        unknown += [
            node for name, node in self._statement.money.items() if self._household[name] is None
        ]
        found = [name for node in unknown for name in self._unknown(node, [])]
        return list(dict.fromkeys(found))

    def presumed(self, programme: str) -> list[str]:
        """Name the facts for which the pack's presumption stood in."""
        found = (
            name
            for node, asked in self._all_nodes(programme)
            for name in self._presumed(node, asked)
        )
        return sorted(set(found))

    def assumed(self, programme: str) -> list[str]:
        """Name the assumed parameters that a programme's rules use."""
        found = {
            node.parameter
            for node, _asked in self._all_nodes(programme)
            if isinstance(node, syntax.ParameterRef) and self._is_assumed(node.parameter)
        }
        return sorted(found)

    @property
    def _asked(self) -> Asked:
        """Give the member asked about, or nobody for a household's programme."""
        return [self._member] if self._member else []

    @property
    def _asked_or_living(self) -> Asked:
        """Give the member asked about, or all members for a household's programme."""
        return self._asked or self._living

    def _unit(self, programme: str) -> Owner:
        return self._statement.rules[programme].programme.unit

    def _is_assumed(self, parameter: str) -> bool:
        value = self._statement.pack.parameters[parameter].in_force(self._statement.as_of)
        return value is not None and value.confidence == "assumed"

    def _all_nodes(self, programme: str) -> Iterator[tuple[Node, Asked]]:
        """Give every node a programme rests on, through eligible() too, and whom it is about."""
        for tree in self._statement.rules[programme].nodes:
            yield from self._below(tree, self._asked)

    def _below(self, node: Node, asked: Asked) -> Iterator[tuple[Node, Asked]]:
        """Give a node and all below it."""
        yield node, asked
        if isinstance(node, syntax.OnlyIf) and self._is_switched_off(node):
            yield from self._below(node.when, asked)
            return
        if isinstance(node, syntax.Eligible):
            for tree in self._statement.rules[node.programme].nodes:
                yield from self._below(tree, asked)
        for child in syntax.children(node):
            yield from self._below(child, self._about(node, asked))

    def _is_switched_off(self, node: syntax.OnlyIf) -> bool:
        """Say whether a setting of the pack leaves a number out: then nothing rests on it."""
        match node.when:
            case syntax.Compare(
                operator="=",
                left=syntax.ParameterRef(parameter=name),
                right=syntax.Constant(value=on),
            ):
                value = self._statement.pack.parameters[name].in_force(self._statement.as_of)
                return value is not None and value.value != on
        return False

    def _about(self, node: Node, asked: Asked) -> Asked:
        """Say whom the parts of a node are about."""
        return self._living if isinstance(node, syntax.OverMembers) else asked

    def _missing_in(self, rules: Rules, asked: Asked) -> Iterator[str]:
        """Name what is unknown in a programme's undecided criteria."""
        for key, node in rules.criteria.items():
            if self._is_unknown(column_name("c", rules.programme.id, key), rules, asked):
                yield from self._unknown(node, asked)

    def _is_unknown(self, column: str, rules: Rules, asked: Asked) -> bool:
        """Say whether a programme's column is unknown, for any member asked about."""
        rows = [self._household] if self._unit(rules.programme.id) == "household" else asked
        return any(row.get(column) is None for row in rows)

    def _unknown(self, node: Node, asked: Asked) -> list[str]:
        """Name what is unknown in a node."""
        match node:
            case syntax.FirstKnown(parts=parts):
                each = [self._unknown(part, asked) for part in parts]
                return each[0] if all(each) else []
            case syntax.IsUnknown():
                return []
            case syntax.OnlyIf() if self._is_switched_off(node):
                return []
            case syntax.Eligible(programme=name) if name in self._statement.in_force:
                return list(self._missing_in(self._statement.rules[name], asked))
        own = self._unknown_here(node, asked)
        below = self._about(node, asked)
        found = [name for child in syntax.children(node) for name in self._unknown(child, below)]
        return [*found, *own]

    def _unknown_here(self, node: Node, asked: Asked) -> list[str]:
        """Name what is unknown at a node itself."""
        match node:
            case syntax.FactRef(fact=name, presumed=None):
                return [name] if self._is_null(node, name, asked) else []
            case syntax.Receives(programme=name):
                is_null = self._is_null(node, column_name("r", name), asked)
                return [f"receipt:{name}"] if is_null else []
            case syntax.ParameterRef(parameter=name):
                value = self._statement.pack.parameters[name].in_force(self._statement.as_of)
                return [f"parameter:{name}"] if value is None else []
            case syntax.Size() | syntax.OverMembers() if self._household["size"] is None:
                is_unsure = any(row["lives"] is None for row in self._listed)
                return ["lives_together" if is_unsure else "stated_size"]
        return []

    def _is_null(self, node: Node, column: str, asked: Asked) -> bool:
        """Say whether a column is unknown of the household, or of any member asked about."""
        rows = [self._household] if node.owner == "household" else asked
        return any(row[column] is None for row in rows)

    def _presumed(self, node: Node, asked: Asked) -> list[str]:
        """Name the presumption made at a node, also on who lives together."""
        if isinstance(node, syntax.FactRef) and node.presumed is not None:
            return [node.fact] if self._is_null(node, node.fact, asked) else []
        if not isinstance(node, (syntax.Size, syntax.OverMembers)):
            return []
        fact = self._statement.pack.facts.get("lives_together")
        is_presumed = fact is not None and fact.presume is not None
        unknown = is_presumed and any(row["lives_together"] is None for row in self._listed)
        return ["lives_together"] if unknown else []
