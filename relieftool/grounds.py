"""What a finding rests on: unknown facts to ask for, presumed facts, assumed values of the law."""

from collections.abc import Iterator

from relieftool.evaluate import Household, Row
from relieftool.rules import syntax
from relieftool.rules.programmes import Rules
from relieftool.rules.sql import column_name
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import Node, walk

_NOTHING: Row = {}


class Grounds:
    """Answers for one household, and for one member where `member` is given."""

    def __init__(self, statement: Statement, household: Household, member: Row = _NOTHING) -> None:
        self._statement = statement
        self._rows = {"household": household.row, "member": member}

    def missing(self, programme: str) -> list[str]:
        """Name the unknown facts and receipts that leave a programme undetermined."""
        rules = self._statement.rules[programme]
        found = list(self._missing_in(rules))
        unit = rules.programme.unit
        if not found and self._rows[unit][column_name("r", programme)] is None:
            found = [f"receipt:{programme}"]
        return list(dict.fromkeys(found))

    def presumed(self, programme: str) -> list[str]:
        """Name the facts for which the pack's presumption stood in."""
        found = (
            name
            for node in self._all_nodes(self._statement.rules[programme])
            for name in self._presumed_at(node)
        )
        return sorted(set(found))

    def assumed(self, programme: str) -> list[str]:
        """Name the assumed parameters that a programme's rules use."""
        found = {
            node.parameter
            for node in self._all_nodes(self._statement.rules[programme])
            if isinstance(node, syntax.ParameterRef) and self._is_assumed(node.parameter)
        }
        return sorted(found)

    def _is_assumed(self, parameter: str) -> bool:
        value = self._statement.pack.parameters[parameter].in_force(self._statement.as_of)
        return value is not None and value.confidence == "assumed"

    def _all_nodes(self, rules: Rules) -> Iterator[Node]:
        """Give every node a programme rests on, through eligible() too."""
        for tree in rules.nodes:
            for node in walk(tree):
                yield node
                if isinstance(node, syntax.Eligible):
                    yield from self._all_nodes(self._statement.rules[node.programme])

    def _missing_in(self, rules: Rules) -> Iterator[str]:
        """Name what is unknown in a programme's undecided criteria."""
        unit, name = rules.programme.unit, rules.programme.id
        for key, node in rules.criteria.items():
            if self._rows[unit].get(column_name("c", name, key)) is None:
                yield from self._unknown(node)

    def _unknown(self, node: Node, *, is_inside: bool = False) -> list[str]:
        """Name what is unknown in a node; `is_inside` a question over all members."""
        match node:
            case syntax.FactRef():
                return [node.fact] if self._lacks(node, is_inside=is_inside) else []
            case syntax.ParameterRef(parameter=name):
                value = self._statement.pack.parameters[name].in_force(self._statement.as_of)
                return [f"parameter:{name}"] if value is None else []
            case syntax.Size():
                return ["stated_size"] if self._rows["household"]["size"] is None else []
            case syntax.Receives(owner=owner, programme=name):
                is_known = (
                    not is_inside and self._rows[owner].get(column_name("r", name)) is not None
                )
                return [] if is_known else [f"receipt:{name}"]
            case syntax.Eligible(programme=name):
                return list(self._missing_in(self._statement.rules[name]))
            case syntax.FirstKnown(parts=parts):
                each = [self._unknown(part, is_inside=is_inside) for part in parts]
                return each[0] if all(each) else []
            case syntax.OverMembers(of=of):
                size = ["stated_size"] if self._rows["household"]["size"] is None else []
                return [*self._unknown(of, is_inside=True), *size]
        return [
            name
            for child in syntax.children(node)
            for name in self._unknown(child, is_inside=is_inside)
        ]

    def _lacks(self, node: syntax.FactRef, *, is_inside: bool) -> bool:
        """Say whether a fact is unknown and nothing stands in for it."""
        if node.presumed is not None:
            return False
        return self._is_null(node, is_inside=is_inside)

    def _is_null(self, node: syntax.FactRef, *, is_inside: bool) -> bool:
        """Say whether a fact is unknown here, or for any member where all are asked about."""
        if node.owner == "member" and is_inside:
            return self._rows["household"].get(f"n__{node.fact}") != 0
        return self._rows[node.owner].get(node.fact) is None

    def _presumed_at(self, node: Node) -> list[str]:
        """Name the presumption a node makes here, also that all listed live together."""
        if isinstance(node, (syntax.Size, syntax.OverMembers)):
            unknown = self._rows["household"].get("n__lives_together")
            return ["lives_together"] if unknown else []
        if not isinstance(node, syntax.FactRef) or node.presumed is None:
            return []
        is_inside = node.owner == "member" and not self._rows["member"]
        return [node.fact] if self._is_null(node, is_inside=is_inside) else []
