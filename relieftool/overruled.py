"""Supposed facts that a rule passes over, because one that it prefers is known.

Where the household's income is stated, a member's pay is not read: whoever supposes that somebody
takes up work must be told, or sees that nothing changes and believes it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from relieftool.evaluate import Household, Row
from relieftool.rules import syntax
from relieftool.rules.bounds import Bounds
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import Node


@dataclass(frozen=True)
class Overruled:
    """A fact, and the known facts that some rule prefers to it here."""

    fact: str
    by: tuple[str, ...]


@dataclass
class _Reading:
    """The facts passed over for a preferred one where the rules are read for a household."""

    bounds: Bounds
    passed: dict[str, list[str]] = field(default_factory=dict)

    def visit(self, node: Node, member: Row | None) -> None:
        """Follow a node as far as its value is looked for."""
        match node:
            case syntax.FirstKnown(parts=parts):
                self._visit_preferred(parts, member)
                return
            case syntax.OverMembers(of=of):
                for row in self.bounds.members:
                    self.visit(of, row)
                return
        for child in syntax.children(node):
            self.visit(child, member)

    def _visit_preferred(self, parts: tuple[Node, ...], member: Row | None) -> None:
        for place, part in enumerate(parts):
            self.visit(part, member)
            if self.bounds.is_known(part, member):
                for later in parts[place + 1 :]:
                    for name in syntax.facts_in(later):
                        self.passed.setdefault(name, []).extend(syntax.facts_in(part))
                return


def overruled(
    statement: Statement, household: Household, supposed: Iterable[str]
) -> list[Overruled]:
    """Name the supposed facts that a programme in force passes over, and for which others."""
    reading = _Reading(household.bounds(statement))
    members = [one.row for one in household.members]
    for name in statement.in_force:
        rules = statement.rules[name]
        asked = members if rules.programme.unit == "member" else [None]
        for tree in rules.nodes:
            for member in asked:
                reading.visit(tree, member)
    return [
        Overruled(name, tuple(dict.fromkeys(reading.passed[name])))
        for name in dict.fromkeys(supposed)
        if name in reading.passed
    ]
