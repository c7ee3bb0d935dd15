"""Which parts of a condition decided it, so that only what mattered is told.

Of an "or" that is true one true part decides, of an "and" that is false one false part; of several
that would each do, the one with least to tell. Otherwise all parts are needed.
"""

from collections.abc import Callable, Iterable

from relieftool.eligibility.evaluation import UnitRow
from relieftool.eligibility.meaning import RowEvaluator
from relieftool.rules import syntax
from relieftool.rules.syntax import Node

# What is to be told of a node without parts, for the member it is about.
NameParts = Callable[[Node, UnitRow], Iterable[str]]


class DecisiveParts:
    """Gathers what is to be told of the parts that decided; each thing once, in order."""

    def __init__(self, meaning: RowEvaluator, tell: NameParts, tell_living: NameParts) -> None:
        self._meaning = meaning
        self._tell = tell
        self._tell_living = tell_living

    def told(self, node: Node, member: UnitRow) -> list[str]:
        """Give what is to be told of a node."""
        match node:
            case syntax.And(parts=parts):
                return self.joined([(part, member) for part in parts], decisive=False)
            case syntax.Or(parts=parts):
                return self.joined([(part, member) for part in parts], decisive=True)
            case syntax.OverMembers():
                return self._of_members(node)
            case syntax.FirstKnown(parts=parts):
                return self._together((part, member) for part in self._up_to_known(parts, member))
            case syntax.OnlyIf(when=when) if self._meaning.value(when, member) is False:
                return self.told(when, member)
        below = self._together((child, member) for child in syntax.children(node))
        return _once([*below, *self._tell(node, member)])

    def joined(self, parts: list[tuple[Node, UnitRow]], *, decisive: bool) -> list[str]:
        """Give what is to be told of truths of which one that is `decisive` decides."""
        alone = [
            self.told(node, member)
            for node, member in parts
            if self._meaning.value(node, member) is decisive
        ]
        return min(alone, key=len) if alone else self._together(parts)

    def _together(self, parts: Iterable[tuple[Node, UnitRow]]) -> list[str]:
        """Give what is to be told of several parts."""
        return _once(name for node, member in parts for name in self.told(node, member))

    def _up_to_known(self, parts: tuple[Node, ...], member: UnitRow) -> list[Node]:
        """Give the part that is used: the first known one; all where none is known."""
        known = [part for part in parts if self._meaning.value(part, member) is not None]
        return known[:1] or list(parts)

    def _of_members(self, node: syntax.OverMembers) -> list[str]:
        """Give what is to be told of one member who decides, or of all who live here."""
        each = [(row, self._of_member(node, row)) for row in self._meaning.living]
        decisive = {"any": True, "all": False}.get(node.question)
        alone = [
            told
            for row, told in each
            if decisive is not None and self._meaning.value(node.of, row) is decisive
        ]
        return min(alone, key=len) if alone else _once(name for _row, told in each for name in told)

    def _of_member(self, node: syntax.OverMembers, row: UnitRow) -> list[str]:
        """Give what is to be told of a question put to one member, and of his living here."""
        return _once([*self.told(node.of, row), *self._tell_living(node, row)])


def _once(names: Iterable[str]) -> list[str]:
    """Give each name once, in the order they come."""
    return list(dict.fromkeys(names))
