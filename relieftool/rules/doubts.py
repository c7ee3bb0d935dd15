"""Tells the rules what is not simply known or unknown: facts in doubt, and facts within a range.

A fact that nobody states may be taken from another source, or presumed. A fact that cells state
but that is unknown all the same may not: they cannot be read, or differ. Of a fact that lies within
a range, a comparison is decided where the whole range is on one side. Only the trees of facts that
are so in some household are changed, so that all others cost nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from relieftool.rules import syntax
from relieftool.rules.programme_rules import ProgrammeRules, build_and, build_or
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.syntax import TRUTH, Compare, FactRef, Node, RangeSide

_NUMBERS = ("money", "count", "ratio")
_OTHER: dict[RangeSide, RangeSide] = {"low": "high", "high": "low"}


@dataclass(frozen=True)
class Doubts:
    """The facts that are in doubt in some household, and those of them that lie within a range."""

    facts: frozenset[str] = frozenset()
    ranged: frozenset[str] = frozenset()

    def narrow(self, trees: Iterable[Node], more: Iterable[str]) -> "Doubts":
        """Return the facts of which some trees read that they are so, and of `more`."""
        read = {fact for tree in trees for fact in _list_doubted(tree)} | set(more)
        return Doubts(self.facts & read, self.ranged & read)

    def list_columns(self) -> dict[str, tuple[str, ColumnKind]]:
        """Return the columns that say so, by name, each with its fact."""
        kinds = {ColumnKind.IN_DOUBT: self.facts}
        kinds |= dict.fromkeys((ColumnKind.LOW, ColumnKind.HIGH), self.ranged)
        return {
            format_column_name(kind, fact): (fact, kind)
            for kind, facts in kinds.items()
            for fact in sorted(facts)
        }

    def mark_rules(self, rules: ProgrammeRules) -> ProgrammeRules:
        """Return the rules of a programme with all their trees marked."""
        return ProgrammeRules(
            rules.programme,
            None if rules.trigger is None else self.mark(rules.trigger),
            {key: self.mark(node) for key, node in rules.criteria.items()},
            tuple(
                (None if when is None else self.mark(when), self.mark(value))
                for when, value in rules.amounts
            ),
        )

    def mark(self, node: Node) -> Node:
        """Return a tree that minds the facts that are in doubt or within a range."""
        if not self.facts:
            return node
        node = syntax.replace_children(node, map(self.mark, syntax.children(node)))
        match node:
            case FactRef(fact=fact) if node.presumed is not None and fact in self.facts:
                return replace(node, may_be_in_doubt=True)
            case syntax.FirstKnown(parts=parts, doubts=()):
                doubts = tuple(build_or(part.owner, self._list_doubts(part)) for part in parts)
                has_any = any(isinstance(doubt, syntax.Or) and doubt.parts for doubt in doubts)
                return replace(node, doubts=doubts) if has_any else node
            case Compare(left=left, bounds=()) if left.type.sort in _NUMBERS:
                return replace(node, bounds=self._build_bounds(node))
        return node

    def _list_doubts(self, node: Node) -> Iterator[Node]:
        """Yield the conditions under which a node is in doubt if it is unknown."""
        match node:
            case FactRef(fact=fact, owner=owner):
                if fact in self.facts:
                    yield syntax.IsInDoubt(TRUTH, owner, fact)
                return
            case syntax.OverMembers(of=of):
                if doubts := tuple(self._list_doubts(of)):
                    either = build_or("member", doubts)
                    yield syntax.OverMembers(TRUTH, "household", "any", either)
                return
            case syntax.FirstKnown(parts=parts):
                own = tuple(doubt for part in parts for doubt in self._list_doubts(part))
                if own:  # of a known value, what was passed over does not matter
                    unknown = syntax.IsUnknown(TRUTH, node.owner, node)
                    yield build_and(node.owner, (unknown, build_or(node.owner, own)))
                return
        for part in syntax.list_read_parts(node):
            yield from self._list_doubts(part)

    def _build_bounds(self, node: Compare) -> tuple[Node, ...]:
        """Return what surely and what possibly makes a comparison true; empty if all is exact."""
        (low, high), (other_low, other_high) = (
            (self._find_end(part, "low"), self._find_end(part, "high"))
            for part in (node.left, node.right)
        )
        if (low, other_low) == (node.left, node.right):
            return ()

        def compare(operator: str, left: Node, right: Node) -> Node:
            return replace(node, operator=operator, left=left, right=right)

        match node.operator:
            case "<" | "<=" as sign:
                return compare(sign, high, other_low), compare(sign, low, other_high)
            case ">" | ">=" as sign:
                return compare(sign, low, other_high), compare(sign, high, other_low)
            case "=":
                equal = (compare(">=", low, other_high), compare("<=", high, other_low))
                meets = (compare("<=", low, other_high), compare(">=", high, other_low))
                return build_and(node.owner, equal), build_and(node.owner, meets)
        apart = (compare(">", low, other_high), compare("<", high, other_low))
        unequal = (compare("<", low, other_high), compare(">", high, other_low))
        return build_or(node.owner, apart), build_or(node.owner, unequal)

    def _find_end(self, node: Node, side: RangeSide) -> Node:
        """Return the lowest or highest value of a number: the number itself if it is exact.

        A factor that may be negative turns the ends around, so what it multiplies must be exact.
        """
        match node:
            case FactRef(fact=fact) if fact in self.ranged:
                return syntax.RangeEnd(node.type, node.owner, fact, side, node.presumed)
            case syntax.Arithmetic(operator="*", left=left, right=right):
                left_end, right_end = (self._find_end(part, side) for part in (left, right))
                return replace(
                    node,
                    left=left_end if is_never_negative(right) else left,
                    right=right_end if is_never_negative(left) else right,
                )
            case syntax.Arithmetic(operator=operator, left=left, right=right):
                turned = _OTHER[side] if operator == "-" else side
                return replace(
                    node, left=self._find_end(left, side), right=self._find_end(right, turned)
                )
            case syntax.FirstKnown(parts=parts):
                return replace(node, parts=tuple(self._find_end(part, side) for part in parts))
            case (
                syntax.OnlyIf(of=of)
                | syntax.AtLeastZero(of=of)
                | syntax.SharedBy(of=of)
                | syntax.OverMembers(question="sum", of=of)
            ):
                return replace(node, of=self._find_end(of, side))
        return node


NO_DOUBTS = Doubts()


def is_never_negative(node: Node) -> bool:
    """Whether the form of a number shows that it is never negative."""
    match node:
        case syntax.Constant(value=int(value)):
            return value >= 0
        case syntax.Arithmetic(operator=operator, left=left, right=right):
            return operator != "-" and is_never_negative(left) and is_never_negative(right)
        case syntax.FirstKnown(parts=parts):
            return all(map(is_never_negative, parts))
        case syntax.OnlyIf(of=of) | syntax.OverMembers(question="sum", of=of):
            return is_never_negative(of)
    return True  # facts, counts and values of the law never are


def _list_doubted(tree: Node) -> Iterator[str]:
    """Yield the facts of which a tree reads whether they are in doubt, or within which range."""
    for node in syntax.walk(tree):
        match node:
            case syntax.RangeEnd(fact=fact) | syntax.IsInDoubt(fact=fact):
                yield fact
            case FactRef(fact=fact, may_be_in_doubt=True):
                yield fact
