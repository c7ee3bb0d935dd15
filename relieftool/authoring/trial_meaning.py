"""What rules mean for one household whose facts are stated: for trying many variants of a rule.

A value is kept for every lasting node, so that a variant costs only what differs.
"""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from relieftool.pack.facts import Owner
from relieftool.rules import syntax
from relieftool.rules.evaluator import Evaluator, ExpressionValue
from relieftool.rules.syntax import Node
from relieftool.rules.truth import decide_all

FactValues = Mapping[str, int | str | None]
MemberIndex = int | None  # a member by place from 0; None is the household


@dataclass(frozen=True)
class ProgrammeTrees:
    """The expressions of one programme, as far as outcome and amount rest on them."""

    unit: Owner
    trigger: Node | None
    criteria: tuple[Node, ...]
    amounts: tuple[tuple[Node | None, Node], ...]


@dataclass(frozen=True)
class StatedHousehold:
    """All that is known of one household on a day: what is absent, or None, is unknown.

    Facts are as stored; `lives` says of each member whether he lives with the household.
    """

    as_of: dt.date
    parameters: Mapping[str, ExpressionValue]
    household: FactValues
    members: Sequence[FactValues]
    lives: Sequence[bool | None]
    household_receives: Mapping[str, bool | None]
    members_receive: Sequence[Mapping[str, bool | None]]

    @cached_property
    def living(self) -> list[int]:
        """Give the places of the members known to live with the household."""
        return [place for place, lives in enumerate(self.lives) if lives]

    @cached_property
    def size(self) -> int | None:
        """Count who lives together; unknown where nobody is listed, or the sheet differs."""
        stated, living = self.household.get("stated_size"), len(self.living)
        if not self.lives:
            return 0 if stated == 0 else None
        is_agreed = stated in (None, living, len(self.lives))
        return living if is_agreed and None not in self.lives else None


class TrialEvaluator(Evaluator[MemberIndex]):
    """Answers for one household under one set of programmes; those not in force stand for no."""

    def __init__(
        self,
        stated: StatedHousehold,
        programmes: Mapping[str, ProgrammeTrees],
        lasting: frozenset[int] = frozenset(),
        kept: dict[tuple[int, MemberIndex], ExpressionValue] | None = None,
    ) -> None:
        self._stated = stated
        self._programmes = programmes
        self._lasting = lasting  # ids of nodes whose values may be kept
        self._kept: dict[tuple[int, MemberIndex], ExpressionValue] = {} if kept is None else kept

    def under(self, programmes: Mapping[str, ProgrammeTrees]) -> "TrialEvaluator":
        """Give the same household under other rules; what is kept of it is shared."""
        return TrialEvaluator(self._stated, programmes, self._lasting, self._kept)

    @property
    def as_of(self) -> dt.date:
        """Give the day asked about."""
        return self._stated.as_of

    @property
    def living(self) -> Sequence[int]:
        """Give the places of those known to live with the household."""
        return self._stated.living

    @property
    def size(self) -> int | None:
        """Give how many live together."""
        return self._stated.size

    def parameter(self, name: str) -> ExpressionValue:
        """Give the value of the law on the day; for a setting its choice."""
        return self._stated.parameters[name]

    def eligible(self, programme: str, place: MemberIndex) -> bool | None:
        """Say whether a programme's criteria hold; False where it is not in force or not begun."""
        trees = self._programmes.get(programme)
        if trees is None:
            return False
        asked = place if trees.unit == "member" else None
        if trees.trigger is not None and self.value(trees.trigger, asked) is not True:
            return False
        return decide_all(self.truth(node, asked) for node in trees.criteria)

    def amount(self, programme: str, place: MemberIndex) -> int | None:
        """Give what a programme grants, in whole fen; None is unknown or nothing."""
        trees = self._programmes[programme]
        asked = place if trees.unit == "member" else None
        for when, value in trees.amounts:
            holds = True if when is None else self.truth(when, asked)
            if holds is None:
                return None
            if holds:
                return round_to_fen(self.value(value, asked))
        return None

    def value(self, node: Node, place: MemberIndex) -> ExpressionValue:
        """Give the value of a node for the household, or for the member at a place."""
        asked = place if node.owner == "member" else None
        if id(node) not in self._lasting:
            return super().value(node, asked)
        key = (id(node), asked)
        if key not in self._kept:
            self._kept[key] = super().value(node, asked)
        return self._kept[key]

    def stored(self, node: Node, place: MemberIndex) -> ExpressionValue:
        """Give what is stated of a fact or receipt; ask the rules about an eligibility."""
        stated = self._stated
        match node:
            case syntax.FactRef(fact=name):
                return (stated.household if place is None else stated.members[place]).get(name)
            case syntax.Receives(programme=name):
                return self._receives(name, place)
            case syntax.Eligible(programme=name):
                return self.eligible(name, place)
        raise TypeError(type(node).__name__)

    def _receives(self, programme: str, place: MemberIndex) -> bool | None:
        """Say whether a programme is drawn; one not in force is drawn only where that is stated."""
        stated = self._stated
        told = stated.household_receives if place is None else stated.members_receive[place]
        is_drawn = told.get(programme)
        return is_drawn is True if programme not in self._programmes else is_drawn


def round_to_fen(value: ExpressionValue) -> int | None:
    """Give an amount in whole fen, halves rounded up.

    >>> round_to_fen(Fraction(5, 2)), round_to_fen(3), round_to_fen(None)
    (3, 3, None)
    """
    if value is None or isinstance(value, str):
        return None
    return math.floor(value + Fraction(1, 2))
