"""What rules mean for one household, in plain Python: for trying many variants of a rule quickly.

The register is always asked in SQL; a test holds the two to the same answers on every example. None
is unknown. A value is kept for every lasting node, so that a variant costs only what differs.
"""

import datetime as dt
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from relieftool.pack.models import Owner
from relieftool.rules import syntax
from relieftool.rules.syntax import Node

Value = bool | int | str | Fraction | None
Facts = Mapping[str, int | str | None]
Place = int | None  # a member by place from 0; None is the household
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CALCULATED: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


@dataclass(frozen=True)
class Trees:
    """The expressions of one programme, as far as outcome and amount rest on them."""

    unit: Owner
    trigger: Node | None
    criteria: tuple[Node, ...]
    amounts: tuple[tuple[Node | None, Node], ...]


@dataclass(frozen=True)
class Known:
    """All that is known of one household on a day: what is absent, or None, is unknown.

    Facts are as stored; `lives` says of each member whether he lives with the household.
    """

    as_of: dt.date
    parameters: Mapping[str, Value]
    household: Facts
    members: Sequence[Facts]
    lives: Sequence[bool | None]
    household_receives: Mapping[str, bool | None]
    members_receive: Sequence[Mapping[str, bool | None]]


@dataclass
class Meaning:
    """Answers for one household under one set of programmes; those not in force stand for no."""

    known: Known
    programmes: Mapping[str, Trees]
    lasting: frozenset[int] = frozenset()  # ids of nodes whose values may be kept
    kept: dict[tuple[int, Place], Value] = field(default_factory=dict)

    def under(self, programmes: Mapping[str, Trees]) -> "Meaning":
        """Give the same household under other rules; what is kept of it is shared."""
        return Meaning(self.known, programmes, self.lasting, self.kept)

    def eligible(self, programme: str, place: Place) -> bool | None:
        """Say whether a programme's criteria hold; False where it is not in force or not begun."""
        trees = self.programmes.get(programme)
        if trees is None:
            return False
        asked = place if trees.unit == "member" else None
        if trees.trigger is not None and self.value(trees.trigger, asked) is not True:
            return False
        return _all(self._truth(node, asked) for node in trees.criteria)

    def amount(self, programme: str, place: Place) -> int | None:
        """Give what a programme grants, in whole fen; None is unknown or nothing."""
        trees = self.programmes[programme]
        asked = place if trees.unit == "member" else None
        for when, value in trees.amounts:
            holds = True if when is None else self._truth(when, asked)
            if holds is None:
                return None
            if holds:
                return _whole(value, self.value(value, asked))
        return None

    def value(self, node: Node, place: Place) -> Value:
        """Give the value of a node for the household, or for the member at a place."""
        asked = place if node.owner == "member" else None
        if id(node) not in self.lasting:
            return _READERS[type(node)](self, node, asked)
        key = (id(node), asked)
        if key not in self.kept:
            self.kept[key] = _READERS[type(node)](self, node, asked)
        return self.kept[key]

    def _truth(self, node: Node, place: Place) -> bool | None:
        value = self.value(node, place)
        return None if value is None else bool(value)

    def size(self) -> int | None:
        """Count who lives together; unknown where that is unknown of one, or the sheet differs."""
        lives = self.known.lives
        if None in lives:
            return None
        living, stated = sum(one is True for one in lives), self.known.household.get("stated_size")
        return living if stated in (None, living, len(lives)) else None

    def living(self) -> list[int]:
        """Give the places of the members known to live with the household."""
        return [place for place, lives in enumerate(self.known.lives) if lives]

    def fact(self, node: syntax.FactRef, place: Place) -> Value:
        """Give a fact, or what the pack presumes where it is unknown."""
        facts = self.known.household if place is None else self.known.members[place]
        stated = facts.get(node.fact)
        found = node.presumed if stated is None else stated
        return found == 1 if found is not None and node.type.sort == "truth" else found

    def receives(self, node: syntax.Receives, place: Place) -> Value:
        """Say whether a programme is received."""
        known = self.known
        receipts = known.household_receives if place is None else known.members_receive[place]
        return receipts.get(node.programme)

    def years_since(self, node: syntax.YearsSince, place: Place) -> Value:
        """Count full years up to the day; from a later day they are unknown."""
        stated = self.value(node.of, place)
        if stated is None or dt.date.fromisoformat(str(stated)) > self.known.as_of:
            return None
        day, as_of = dt.date.fromisoformat(str(stated)), self.known.as_of
        return as_of.year - day.year - ((as_of.month, as_of.day) < (day.month, day.day))

    def first_known(self, node: syntax.FirstKnown, place: Place) -> Value:
        """Give the first part that is known."""
        values = (self.value(part, place) for part in node.parts)
        return next((value for value in values if value is not None), None)

    def arithmetic(self, node: syntax.Arithmetic, place: Place) -> Value:
        """Calculate exactly."""
        left, right = self.value(node.left, place), self.value(node.right, place)
        if left is None or right is None:
            return None
        return _CALCULATED[node.operator](Fraction(left), Fraction(right))

    def compare(self, node: syntax.Compare, place: Place) -> Value:
        """Compare two known values."""
        left, right = self.value(node.left, place), self.value(node.right, place)
        return None if left is None or right is None else _COMPARED[node.operator](left, right)

    def one_of(self, node: syntax.OneOf, place: Place) -> Value:
        """Say whether a value is in a list."""
        value = self.value(node.of, place)
        return None if value is None else value in node.values

    def opposite(self, node: syntax.Not, place: Place) -> Value:
        """Turn a truth round."""
        truth = self._truth(node.of, place)
        return None if truth is None else not truth

    def surely(self, node: syntax.Surely, place: Place) -> Value:
        """Say whether a truth is known to be as wanted."""
        return self._truth(node.of, place) is node.wanted

    def all_of(self, node: syntax.And, place: Place) -> Value:
        """Join by and."""
        return _all(self._truth(part, place) for part in node.parts)

    def any_of(self, node: syntax.Or, place: Place) -> Value:
        """Join by or."""
        return _any(self._truth(part, place) for part in node.parts)

    def over_members(self, node: syntax.OverMembers, _place: Place) -> Value:
        """Answer a question over the members living together, as far as they are known."""
        size = self.size()
        if node.question in ("any", "all"):
            truths = [self._truth(node.of, place) for place in self.living()]
            join = _any if node.question == "any" else _all
            return join([*truths, *([None] if size is None else [])])
        values = [self.value(node.of, place) for place in self.living()]
        if size is None or None in values:
            return None
        if node.question == "count":
            return sum(value is True for value in values)
        return sum((Fraction(value) for value in values if value is not None), Fraction())


_READERS: dict[type[Node], Callable[..., Value]] = {
    syntax.FactRef: Meaning.fact,
    syntax.Size: lambda meaning, _node, _place: meaning.size(),
    syntax.ParameterRef: lambda meaning, node, _place: meaning.known.parameters[node.parameter],
    syntax.Constant: lambda _meaning, node, _place: node.value,
    syntax.YearsSince: Meaning.years_since,
    syntax.FirstKnown: Meaning.first_known,
    syntax.Arithmetic: Meaning.arithmetic,
    syntax.Compare: Meaning.compare,
    syntax.OneOf: Meaning.one_of,
    syntax.IsUnknown: lambda meaning, node, place: meaning.value(node.of, place) is None,
    syntax.Not: Meaning.opposite,
    syntax.Surely: Meaning.surely,
    syntax.And: Meaning.all_of,
    syntax.Or: Meaning.any_of,
    syntax.Receives: Meaning.receives,
    syntax.Eligible: lambda meaning, node, place: meaning.eligible(node.programme, place),
    syntax.OverMembers: Meaning.over_members,
}


def _all(truths: Iterable[bool | None]) -> bool | None:
    """Join truths by and: false wins over unknown, unknown over true."""
    joined: bool | None = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            joined = None
    return joined


def _any(truths: Iterable[bool | None]) -> bool | None:
    """Join truths by or: true wins over unknown, unknown over false."""
    joined: bool | None = False
    for truth in truths:
        if truth:
            return True
        if truth is None:
            joined = None
    return joined


def _whole(node: Node, value: Value) -> int | None:
    """Give an amount in whole fen, halves rounded up, exactly as the statement does."""
    if value is None or isinstance(value, str):
        return None
    return math.trunc(value + Fraction(1, 2)) if _is_divided(node) else int(value)


def _is_divided(node: Node) -> bool:
    """Say whether a number may have parts of a fen."""
    match node:
        case syntax.ParameterRef():
            return node.type.sort == "ratio"
        case syntax.Arithmetic(operator=sign, left=left, right=right):
            return sign == "/" or _is_divided(left) or _is_divided(right)
        case syntax.FirstKnown(parts=parts):
            return any(map(_is_divided, parts))
        case syntax.OverMembers(question="sum", of=of):
            return _is_divided(of)
    return False
