"""Which facts a value is really made of: branches not taken, and what stands behind, left out."""

from collections.abc import Iterator

from relieftool.rules import syntax
from relieftool.rules.bounds import Bounds, UnitRow
from relieftool.rules.syntax import FactRef, Node


def list_used_parts(bounds: Bounds, node: Node, member: UnitRow | None) -> list[Node]:
    """Give the parts of a node that its value is made of, for one household or member.

    Of several that may do the one that is known, else all; of a number that holds only if
    something is so, the condition alone where it is not.
    """
    match node:
        case syntax.FirstKnown(parts=parts):
            known = [part for part in parts if bounds.is_known(part, member)]
            return known[:1] or list(parts)
        case syntax.OnlyIf(when=when) if bounds.truth(when, member) is False:
            return [when]
    return list(syntax.children(node))


def list_used_facts(
    bounds: Bounds, node: Node, member: UnitRow | None
) -> Iterator[tuple[FactRef, int | str | None]]:
    """Give every fact a value is made of, with what is stored of it (None: unknown)."""
    if isinstance(node, FactRef):
        of_household = node.owner == "household" or member is None
        yield node, (bounds.household if of_household else member or {})[node.fact]
    asked = [member]
    if isinstance(node, syntax.OverMembers):
        asked = [one for one in bounds.members if one["lives"] != 0]
    for one in asked:
        for part in list_used_parts(bounds, node, one):
            yield from list_used_facts(bounds, part, one)


def is_based_on_private(bounds: Bounds, node: Node, member: UnitRow | None) -> bool:
    """Say whether a value would tell a private fact; what nobody knows tells nothing."""
    facts = bounds.statement.pack.facts
    return any(
        facts[fact.fact].is_private and stored is not None
        for fact, stored in list_used_facts(bounds, node, member)
    )
