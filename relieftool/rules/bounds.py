"""What a syntax tree can be for one household, as exact ranges: known values, unknowns as ends.

The same meaning as the SQL, in plain Python and one household at a time: what is known here is
known there, and equal. It serves questions that SQL does not answer: by how much, and what if.

Which facts a value is really made of: branches not taken, and what stands behind, left out.
"""

import datetime as dt
import math
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from relieftool.rules import syntax
from relieftool.rules.programme_rules import ProgrammeRules
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement, convert_parameter_value
from relieftool.rules.syntax import FactRef, Node
from relieftool.rules.truth import decide_all, decide_any, negate
from relieftool.values.cells import count_full_years

UnitRow = Mapping[str, int | str | None]
End = Fraction | float  # a float only where there is no end: plus or minus infinity
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NUMBERS = ("money", "count", "ratio")


@dataclass(frozen=True)
class Range:
    """The numbers something can be, both ends included; `is_known` where facts settle it."""

    low: End
    high: End
    is_known: bool = False

    @property
    def known(self) -> Fraction | None:
        """Return the number where it is known."""
        return self.low if self.is_known and isinstance(self.low, Fraction) else None

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.high + other.high, self.is_known and other.is_known)

    def __sub__(self, other: "Range") -> "Range":
        return self + Range(-other.high, -other.low, other.is_known)

    def __mul__(self, other: "Range") -> "Range":
        ends = [
            _times(one, two) for one in (self.low, self.high) for two in (other.low, other.high)
        ]
        return Range(min(ends), max(ends), self.is_known and other.is_known)


UNKNOWN_RANGE = Range(Fraction(0), math.inf)  # money and counts are never below nothing
ZERO_RANGE = Range(Fraction(0), Fraction(0), is_known=True)
_UNKNOWN_MEMBER_ROW: UnitRow = defaultdict(lambda: None)  # a member whom no sheet lists


def build_exact_range(number: Fraction | int) -> Range:
    """Return a known number."""
    return Range(Fraction(number), Fraction(number), is_known=True)


def find_hull(ranges: Iterable[Range]) -> Range:
    """Return the range that holds all of several; which of them it is is not known."""
    listed = list(ranges)
    return Range(min(one.low for one in listed), max(one.high for one in listed))


def _times(one: End, two: End) -> End:
    """Multiply two ends; nothing times no end is nothing."""
    if not one or not two:
        return Fraction(0)
    if isinstance(one, float) or isinstance(two, float):
        return math.inf if (one > 0) == (two > 0) else -math.inf
    return one * two


@dataclass
class Bounds:
    """Answers for one household by its row and those of all its members."""

    statement: Statement
    household: UnitRow
    members: Sequence[UnitRow]

    def __post_init__(self) -> None:
        """Remember columns and numbers: criteria are asked for again and again.

        A number is kept with its node and member: an id alone might come to stand for another.
        """
        self._truths: dict[tuple[str, int], bool | None] = {}
        self._numbers: dict[tuple[int, int], tuple[Node, UnitRow | None, Range]] = {}

    # ---- truths ----

    def truth(self, node: Node, member: UnitRow | None = None) -> bool | None:  # noqa: PLR0911 one line per form
        """Return whether a condition holds; None where it is unknown."""
        match node:
            case syntax.And(parts=parts):
                return decide_all(self.truth(part, member) for part in parts)
            case syntax.Or(parts=parts):
                return decide_any(self.truth(part, member) for part in parts)
            case syntax.Not(of=of):
                return negate(self.truth(of, member))
            case syntax.IsCertain(of=of, wanted=wanted):
                return self.truth(of, member) is wanted
            case syntax.IsUnknown(of=of):
                return not self.is_known(of, member)
            case syntax.OneOf(of=of, values=values):
                value = self.value(of, member)
                return None if value is None else value in values
            case syntax.Compare():
                return self._compared(node, member)
            case syntax.FirstKnown(parts=parts):
                found = (self.truth(part, member) for part in parts)
                return next((one for one in found if one is not None), None)
            case syntax.OverMembers():
                return self._asked(node)
        return self._stored_truth(node, member)

    def is_known(self, node: Node, member: UnitRow | None = None) -> bool:
        """Return whether the value of a node is known."""
        return self.value(node, member) is not None

    def value(self, node: Node, member: UnitRow | None = None) -> Fraction | str | bool | None:
        """Return a node's value of whatever sort; None where it is unknown."""
        if node.type.sort == "truth":
            return self.truth(node, member)
        if node.type.sort in _NUMBERS:
            return self.number(node, member).known
        return self._word(node, member)

    def eligible(self, programme: str, member: UnitRow | None = None) -> bool | None:
        """Return whether a programme's criteria hold, as far as known."""
        return self.column(format_column_name(ColumnKind.ELIGIBLE, programme), member)

    def column(self, name: str, member: UnitRow | None = None) -> bool | None:
        """Return a truth that the statement has as a column."""
        planned = self.statement.plan.by_name(name)
        asked = member if planned.owner == "member" else None
        key = name, id(asked)
        if key not in self._truths:
            self._truths[key] = self.truth(planned.node, asked)
        return self._truths[key]

    def _compared(self, node: syntax.Compare, member: UnitRow | None) -> bool | None:
        left, right = self.value(node.left, member), self.value(node.right, member)
        return None if left is None or right is None else _COMPARED[node.operator](left, right)

    def _stored_truth(self, node: Node, member: UnitRow | None) -> bool | None:
        """Read a truth from a row, or from a planned column."""
        match node:
            case syntax.Eligible(programme=name):
                return self.eligible(name, member)
            case syntax.ColumnRef(column=name):
                return self.column(name, member)
            case syntax.Receives(programme=name):
                return _as_truth(
                    self._row(node, member)[format_column_name(ColumnKind.RECEIVES, name)]
                )
            case syntax.FactRef(fact=fact, presumed=presumed):
                stored = self._row(node, member)[fact]
                return _as_truth(presumed if stored is None else stored)
        raise TypeError(node)

    def _row(self, node: Node, member: UnitRow | None) -> UnitRow:
        """Return the row a node is about."""
        return self.household if node.owner == "household" or member is None else member

    # ---- members ----

    @cached_property
    def _stated(self) -> int | None:
        """Return the stated number of people where the rows say otherwise."""
        stated = self.household.get("stated_size")
        agreed = (self._count(1), self.household["listed_members"])
        return stated if isinstance(stated, int) and stated not in agreed else None

    @property
    def is_size_disputed(self) -> bool:
        """Return whether the stated number of people is not the number of rows."""
        return self._stated is not None

    def _count(self, lives: int | None) -> int:
        return sum(member["lives"] == lives for member in self.members)

    @cached_property
    def size(self) -> Range:
        """Return the number of people living together."""
        sure, unsure, stated = self._count(1), self._count(None), self._stated
        if not self.members and self.household.get("stated_size") != 0:
            return UNKNOWN_RANGE if stated is None else Range(Fraction(0), Fraction(stated))
        if stated is None and not unsure:
            return build_exact_range(sure)
        ends = [sure, sure + unsure, *([] if stated is None else [stated])]
        return Range(Fraction(min(ends)), Fraction(max(ends)))

    @cached_property
    def _living(self) -> list[tuple[UnitRow, bool]]:
        """Return who may live together, unlisted people too, and whether each surely does."""
        size, stated = self.size, self._stated
        if size.high == math.inf:
            return []
        is_sure = stated is None or stated >= self._count(1)
        listed = [
            (member, member["lives"] == 1 and is_sure)
            for member in self.members
            if member["lives"] != 0
        ]
        unlisted = int(size.high) - len(listed)
        return [*listed, *[(_UNKNOWN_MEMBER_ROW, False)] * unlisted]

    def _asked(self, node: syntax.OverMembers) -> bool | None:
        """Answer whether any, or all, meet a condition; members of unknown number count."""
        truths = [self.truth(node.of, member) for member in self.members if member["lives"] == 1]
        open_ones = [] if self.size.is_known else [None]
        join = decide_any if node.question == "any" else decide_all
        return join([*truths, *open_ones])

    def _counted(self, node: syntax.OverMembers) -> Range:
        """Count those who meet a condition."""
        return self._added(_as_range(self.truth(node.of, one)) for one, _sure in self._living)

    def _summed(self, node: syntax.OverMembers) -> Range:
        """Add up a number over the members."""
        return self._added(self.number(node.of, one) for one, _sure in self._living)

    def _added(self, each: Iterable[Range]) -> Range:
        """Add up a range for each who may live together; who may not counts from nothing."""
        pairs = zip(each, self._living, strict=True)
        parts = (one if is_sure else find_hull([one, ZERO_RANGE]) for one, (_row, is_sure) in pairs)
        total = sum(parts, ZERO_RANGE) if self.size.high < math.inf else UNKNOWN_RANGE
        return total if self.size.is_known else replace(total, is_known=False)

    # ---- numbers and words ----

    def number(self, node: Node, member: UnitRow | None = None) -> Range:
        """Return what a number can be; fen for money."""
        key = id(node), id(member)
        if key not in self._numbers:
            self._numbers[key] = node, member, self._worked_out(node, member)
        return self._numbers[key][2]

    def _worked_out(self, node: Node, member: UnitRow | None) -> Range:  # noqa: C901, PLR0911 one line per form
        match node:
            case syntax.Arithmetic():
                return self._calculated(node, member)
            case syntax.FirstKnown(parts=parts):
                found = [self.number(part, member) for part in parts]
                return next((one for one in found if one.is_known), None) or find_hull(found)
            case syntax.OnlyIf(when=when, of=of):
                holds, inner = self.truth(when, member), self.number(of, member)
                return (
                    inner
                    if holds
                    else ZERO_RANGE
                    if holds is False
                    else find_hull([inner, ZERO_RANGE])
                )
            case syntax.AtLeastZero(of=of):
                one = self.number(of, member)
                return replace(
                    one, low=max(one.low, ZERO_RANGE.low), high=max(one.high, ZERO_RANGE.low)
                )
            case syntax.HouseholdSize():
                return self.size
            case syntax.OverMembers(question=question):
                return self._counted(node) if question == "count" else self._summed(node)
            case syntax.Constant(value=int(value)):
                return build_exact_range(value)
            case syntax.YearsSince(of=of):
                years = self._years(self._word(of, member))
                return UNKNOWN_RANGE if years is None else build_exact_range(years)
            case syntax.ParameterRef(parameter=name):
                parameter = self.statement.pack.parameters[name]
                number = convert_parameter_value(
                    parameter, parameter.in_force(self.statement.as_of)
                )
                return UNKNOWN_RANGE if number is None else build_exact_range(number)
            case syntax.ColumnRef(column=name):
                return self.number(self.statement.plan.by_name(name).node, member)
            case syntax.PaidAmount(programme=name):
                paid = self._row(node, member)[format_column_name(ColumnKind.PAID, name)]
                return build_exact_range(paid) if isinstance(paid, int) else UNKNOWN_RANGE
            case syntax.FactRef(fact=fact, presumed=presumed):
                stored = self._row(node, member)[fact]
                stored = presumed if stored is None else stored
                return build_exact_range(stored) if isinstance(stored, int) else UNKNOWN_RANGE
        raise TypeError(node)

    def _calculated(self, node: syntax.Arithmetic, member: UnitRow | None) -> Range:
        left, right = self.number(node.left, member), self.number(node.right, member)
        if node.operator == "/":
            return left * build_exact_range(1 / (right.known or Fraction(1)))
        return {"+": left + right, "-": left - right}.get(node.operator) or left * right

    def _years(self, day: str | None) -> int | None:
        """Count full years from a day to the as-of date; None from a later one."""
        as_of = self.statement.as_of
        if day is None or day > as_of.isoformat():
            return None
        return count_full_years(dt.date.fromisoformat(day), as_of)

    def _word(self, node: Node, member: UnitRow | None) -> str | None:
        """Return a word or a day; None where it is unknown."""
        match node:
            case syntax.Constant(value=value):
                return str(value)
            case syntax.FirstKnown(parts=parts):
                found = (self._word(part, member) for part in parts)
                return next((one for one in found if one is not None), None)
            case syntax.ParameterRef(parameter=name):
                chosen = self.statement.pack.parameters[name].in_force(self.statement.as_of)
                return None if chosen is None else str(chosen.value)
            case syntax.FactRef(fact=fact, presumed=presumed):
                stored = self._row(node, member)[fact]
                stored = presumed if stored is None else stored
                return None if stored is None else str(stored)
        raise TypeError(node)

    def amount(self, rules: ProgrammeRules, member: UnitRow | None = None) -> Range | None:
        """Return what a programme can grant, in fen per period; None where it grants nothing."""
        found = []
        for when, value in rules.amounts:
            holds = True if when is None else self.truth(when, member)
            if holds is not False:
                found.append(self.number(value, member))
            if holds:
                return found[0] if len(found) == 1 else find_hull(found)
        return find_hull([*found, ZERO_RANGE]) if found else None


def _as_truth(stored: int | str | None) -> bool | None:
    return None if stored is None else stored == 1


def _as_range(truth: bool | None) -> Range:  # noqa: FBT001 a truth, no switch
    """Count a truth as one or none."""
    return Range(Fraction(0), Fraction(1)) if truth is None else build_exact_range(int(truth))


def list_used_parts(bounds: Bounds, node: Node, member: UnitRow | None) -> list[Node]:
    """Return the parts of a node that its value is made of, for one household or member.

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
    """Return every fact a value is made of, with what is stored of it (None: unknown)."""
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
    """Return whether a value would tell a private fact; what nobody knows tells nothing."""
    facts = bounds.statement.pack.facts
    return any(
        facts[fact.fact].is_private and stored is not None
        for fact, stored in list_used_facts(bounds, node, member)
    )
