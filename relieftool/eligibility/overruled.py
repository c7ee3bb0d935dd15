"""Supposed facts that a rule passes over, because one that it prefers is known.

Where the household's income is stated, a member's pay is not read: whoever supposes that somebody
takes up work must be told, or sees that nothing changes and believes it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from relieftool.eligibility.evaluation import Household, UnitRow
from relieftool.rules import syntax
from relieftool.rules.bounds import Bounds
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import Node

SupposedValues = tuple[str, int | None]  # a fact, and the place of the member it is about


@dataclass(frozen=True)
class UnreadSupposition:
    """A fact, and the known facts that some rule prefers to it here.

    `place` is the member's whose fact it is, from 1; None the household's.
    """

    fact: str
    by: tuple[str, ...]
    place: int | None = None


@dataclass
class _PreferenceReader:
    """The facts passed over for a preferred one where the rules are read for a household."""

    bounds: Bounds
    passed: dict[SupposedValues, list[str]] = field(default_factory=dict)

    def visit(self, node: Node, member: UnitRow | None) -> None:
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

    def _visit_preferred(self, parts: tuple[Node, ...], member: UnitRow | None) -> None:
        for place, part in enumerate(parts):
            self.visit(part, member)
            if self.bounds.is_known(part, member):
                preferred = list(syntax.list_facts(part))
                for later in parts[place + 1 :]:
                    for supposed in self._facts(later, member):
                        self.passed.setdefault(supposed, []).extend(preferred)
                return

    def _facts(self, node: Node, member: UnitRow | None) -> Iterator[SupposedValues]:
        """Give the facts a node reads, each with the member it is read of."""
        if isinstance(node, syntax.FactRef):
            yield node.fact, None if node.owner == "household" else self._place(member)
        asked = self.bounds.members if isinstance(node, syntax.OverMembers) else [member]
        for row in asked:
            for child in syntax.children(node):
                yield from self._facts(child, row)

    def _place(self, member: UnitRow | None) -> int | None:
        return next(
            (place for place, row in enumerate(self.bounds.members, 1) if row is member), None
        )


def find_unread_suppositions(
    statement: Statement, household: Household, supposed: Iterable[SupposedValues]
) -> list[UnreadSupposition]:
    """Name the supposed facts that a programme in force passes over, and for which others."""
    reading = _PreferenceReader(household.bounds(statement))
    members = [one.row for one in household.members]
    for name in sorted(statement.in_force):
        rules = statement.rules[name]
        asked = members if rules.programme.unit == "member" else [None]
        for tree in rules.nodes:
            for member in asked:
                reading.visit(tree, member)
    return [
        UnreadSupposition(one[0], tuple(dict.fromkeys(reading.passed[one])), one[1])
        for one in dict.fromkeys(supposed)
        if one in reading.passed
    ]
