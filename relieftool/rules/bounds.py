"""Evaluates syntax trees for one household: whether a condition holds, and the range of a number.

SQL computes only single values, and only on the facts as they are. A value that is known here is
known in SQL too, and equal; a test compares the two. The module also lists the facts that a value
is made of.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from relieftool.rules import syntax
from relieftool.rules.evaluator import OPERATORS, count_years_since
from relieftool.rules.programme_rules import ProgrammeRules
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement, convert_parameter_value
from relieftool.rules.syntax import FactRef, Node
from relieftool.rules.truth import decide_all, decide_any, negate
from relieftool.values.cells import UnitRow

RangeEnd = Fraction | float  # a float only for plus or minus infinity
_NUMBERS = ("money", "count", "ratio")


@dataclass(frozen=True)
class Range:
    """The numbers that a value can be, both ends included.

    `is_known` means that the facts settle the value. A range of a single number can still be
    unknown, as it is in SQL: a sum of zeros over an unknown number of members.
    """

    low: RangeEnd
    high: RangeEnd
    is_known: bool = False

    @property
    def known(self) -> Fraction | None:
        """The number if it is known, otherwise None."""
        return self.low if self.is_known and isinstance(self.low, Fraction) else None

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.high + other.high, self.is_known and other.is_known)

    def __sub__(self, other: "Range") -> "Range":
        return self + Range(-other.high, -other.low, other.is_known)

    def __mul__(self, other: "Range") -> "Range":
        ends = [
            _multiply(end, other_end)
            for end in (self.low, self.high)
            for other_end in (other.low, other.high)
        ]
        return Range(min(ends), max(ends), self.is_known and other.is_known)


UNKNOWN_RANGE = Range(Fraction(0), math.inf)  # money and counts are never negative
ZERO_RANGE = Range(Fraction(0), Fraction(0), is_known=True)
_UNLISTED_MEMBER: UnitRow = defaultdict(lambda: None)  # all their facts are unknown


def build_exact_range(number: Fraction | int) -> Range:
    """Return the range of a known number."""
    return Range(Fraction(number), Fraction(number), is_known=True)


def find_hull(ranges: Iterable[Range]) -> Range:
    """Return the smallest range that contains all the ranges; it does not count as known."""
    listed = list(ranges)
    return Range(min(each.low for each in listed), max(each.high for each in listed))


def _multiply(left: RangeEnd, right: RangeEnd) -> RangeEnd:
    """Return the product of two ends of ranges; 0 times infinity is 0, where floats return nan."""
    if not left or not right:
        return Fraction(0)
    if isinstance(left, float) or isinstance(right, float):
        return math.inf if (left > 0) == (right > 0) else -math.inf
    return left * right


@dataclass
class Bounds:
    """Evaluates nodes for one household, from its row of the statement and the rows of its members.

    In the methods, `member` is the row of the member that a node is about; None for the household.
    """

    statement: Statement
    household: UnitRow
    members: Sequence[UnitRow]

    def __post_init__(self) -> None:
        """Create the caches: the same columns and numbers are asked for many times.

        A cached number keeps its node and member alive, because the id of a freed object can be
        given to a new object.
        """
        self._truths: dict[tuple[str, int], bool | None] = {}
        self._numbers: dict[tuple[int, int], tuple[Node, UnitRow | None, Range]] = {}

    def truth(self, node: Node, member: UnitRow | None = None) -> bool | None:  # noqa: PLR0911 one line per form
        """Return whether a condition holds; None if that is unknown."""
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
                return self._compare(node, member)
            case syntax.FirstKnown(parts=parts):
                truths = (self.truth(part, member) for part in parts)
                return next((truth for truth in truths if truth is not None), None)
            case syntax.OverMembers():
                return self._ask_members(node)
        return self._stored_truth(node, member)

    def is_known(self, node: Node, member: UnitRow | None = None) -> bool:
        """Return whether the value of a node is known."""
        return self.value(node, member) is not None

    def value(self, node: Node, member: UnitRow | None = None) -> Fraction | str | bool | None:
        """Return the value of a node of any sort; None if it is unknown."""
        if node.type.sort == "truth":
            return self.truth(node, member)
        if node.type.sort in _NUMBERS:
            return self.number(node, member).known
        return self._word(node, member)

    def eligible(self, programme: str, member: UnitRow | None = None) -> bool | None:
        """Return whether the household or member is eligible for a programme; None if unknown."""
        return self.column(format_column_name(ColumnKind.ELIGIBLE, programme), member)

    def column(self, name: str, member: UnitRow | None = None) -> bool | None:
        """Return whether the condition of a planned column holds; None if that is unknown."""
        planned = self.statement.plan.by_name(name)
        asked = member if planned.owner == "member" else None
        key = name, id(asked)
        if key not in self._truths:
            self._truths[key] = self.truth(planned.node, asked)
        return self._truths[key]

    def _compare(self, node: syntax.Compare, member: UnitRow | None) -> bool | None:
        left, right = self.value(node.left, member), self.value(node.right, member)
        return (
            None if left is None or right is None else bool(OPERATORS[node.operator](left, right))
        )

    def _stored_truth(self, node: Node, member: UnitRow | None) -> bool | None:
        """Return whether a condition in a row or planned column holds; None if that is unknown."""
        match node:
            case syntax.Eligible(programme=name):
                return self.eligible(name, member)
            case syntax.ColumnRef(column=name):
                return self.column(name, member)
            case syntax.Receives(programme=name):
                return _as_truth(
                    self._row(node, member)[format_column_name(ColumnKind.RECEIVES, name)]
                )
            case syntax.FactRef():
                return _as_truth(self._fact(node, member))
        raise TypeError(node)

    def _fact(self, node: FactRef, member: UnitRow | None) -> int | str | None:
        """Return a stored fact, or the pack's presumed value if the fact is unknown."""
        stored = self._row(node, member)[node.fact]
        return node.presumed if stored is None else stored

    def _row(self, node: Node, member: UnitRow | None) -> UnitRow:
        """Return the row that a node is about."""
        return self.household if node.owner == "household" or member is None else member

    @cached_property
    def _disputed_size(self) -> int | None:
        """The stated number of people if it fits neither the rows nor those known to live here.

        None if it fits, or if no number is stated.
        """
        stated = self.household.get("stated_size")
        agreed = (self._count(1), self.household["listed_members"])
        return stated if isinstance(stated, int) and stated not in agreed else None

    @property
    def is_size_disputed(self) -> bool:
        """Whether the stated number of people fits neither the rows nor those living here."""
        return self._disputed_size is not None

    def _count(self, lives: int | None) -> int:
        return sum(member["lives"] == lives for member in self.members)

    @cached_property
    def size(self) -> Range:
        """The range of the number of people who live together."""
        sure, unsure, stated = self._count(1), self._count(None), self._disputed_size
        if not self.members and self.household.get("stated_size") != 0:
            return UNKNOWN_RANGE if stated is None else Range(Fraction(0), Fraction(stated))
        if stated is None and not unsure:
            return build_exact_range(sure)
        ends = [sure, sure + unsure, *([] if stated is None else [stated])]
        return Range(Fraction(min(ends)), Fraction(max(ends)))

    @cached_property
    def _possible_members(self) -> list[tuple[UnitRow, bool]]:
        """The people who may live here, unlisted people too, each with whether this is certain.

        If the sheet states fewer people than are known to live here, somebody listed does not live
        here, and it is unknown who. Empty if there is no upper bound to their number.
        """
        size, stated = self.size, self._disputed_size
        if size.high == math.inf:
            return []
        is_sure = stated is None or stated >= self._count(1)
        listed = [
            (member, member["lives"] == 1 and is_sure)
            for member in self.members
            if member["lives"] != 0
        ]
        unlisted = int(size.high) - len(listed)
        return [*listed, *[(_UNLISTED_MEMBER, False)] * unlisted]

    def _ask_members(self, node: syntax.OverMembers) -> bool | None:
        """Return whether any, or all, members who live here meet a condition; None if unknown.

        If the size is unknown, an unknown answer is added for whoever else may live here.
        """
        truths = [self.truth(node.of, member) for member in self.members if member["lives"] == 1]
        unknown = [] if self.size.is_known else [None]
        join = decide_any if node.question == "any" else decide_all
        return join([*truths, *unknown])

    def _add_members(self, node: syntax.OverMembers) -> Range:
        """Return the count of members who meet a condition, or the sum of their numbers.

        For a member who may live elsewhere, the range includes 0.
        """
        parts = []
        for row, is_sure in self._possible_members:
            is_count = node.question == "count"
            part = _as_range(self.truth(node.of, row)) if is_count else self.number(node.of, row)
            parts.append(part if is_sure else find_hull([part, ZERO_RANGE]))
        total = sum(parts, ZERO_RANGE) if self.size.high < math.inf else UNKNOWN_RANGE
        return total if self.size.is_known else replace(total, is_known=False)

    def number(self, node: Node, member: UnitRow | None = None) -> Range:
        """Return the range of a number; money in fen."""
        key = id(node), id(member)
        if key not in self._numbers:
            self._numbers[key] = node, member, self._compute_number(node, member)
        return self._numbers[key][2]

    def _compute_number(self, node: Node, member: UnitRow | None) -> Range:  # noqa: PLR0911 one line per form
        match node:
            case syntax.Arithmetic():
                return self._calculate(node, member)
            case syntax.FirstKnown(parts=parts):
                numbers = [self.number(part, member) for part in parts]
                return next((each for each in numbers if each.is_known), None) or find_hull(numbers)
            case syntax.OnlyIf(when=when, of=of):
                holds, number = self.truth(when, member), self.number(of, member)
                if holds is None:
                    return find_hull([number, ZERO_RANGE])
                return number if holds else ZERO_RANGE
            case syntax.AtLeastZero(of=of):
                number, zero = self.number(of, member), Fraction(0)
                return replace(number, low=max(number.low, zero), high=max(number.high, zero))
            case syntax.HouseholdSize():
                return self.size
            case syntax.OverMembers():
                return self._add_members(node)
            case syntax.ColumnRef(column=name):
                planned = self.statement.plan.by_name(name)
                # Asked without a member where it is the household's, it is computed only once.
                return self.number(planned.node, member if planned.owner == "member" else None)
        known = self._read_number(node, member)
        return UNKNOWN_RANGE if known is None else build_exact_range(known)

    def _read_number(self, node: Node, member: UnitRow | None) -> Fraction | int | None:
        """Return a number that is either known exactly or not at all; None if it is unknown."""
        match node:
            case syntax.Constant(value=value):
                number: object = value
            case syntax.YearsSince(of=of):
                return count_years_since(self._word(of, member), self.statement.as_of)
            case syntax.ParameterRef(parameter=name):
                parameter = self.statement.pack.parameters[name]
                dated = parameter.in_force(self.statement.as_of)
                return convert_parameter_value(parameter, dated)
            case syntax.PaidAmount(programme=name):
                number = self._row(node, member)[format_column_name(ColumnKind.PAID, name)]
            case syntax.FactRef():
                number = self._fact(node, member)
            case _:
                raise TypeError(node)
        return number if isinstance(number, int) else None

    def _calculate(self, node: syntax.Arithmetic, member: UnitRow | None) -> Range:
        left, right = self.number(node.left, member), self.number(node.right, member)
        if node.operator == "/":
            return left * build_exact_range(1 / (right.known or Fraction(1)))
        joined: Range = OPERATORS[node.operator](left, right)
        return joined

    def _word(self, node: Node, member: UnitRow | None) -> str | None:
        """Return a choice's id, a text or an ISO date; None if it is unknown."""
        match node:
            case syntax.Constant(value=value):
                return str(value)
            case syntax.FirstKnown(parts=parts):
                words = (self._word(part, member) for part in parts)
                return next((word for word in words if word is not None), None)
            case syntax.ParameterRef(parameter=name):
                chosen = self.statement.pack.parameters[name].in_force(self.statement.as_of)
                return None if chosen is None else str(chosen.value)
            case syntax.FactRef():
                stored = self._fact(node, member)
                return None if stored is None else str(stored)
        raise TypeError(node)

    def amount(self, rules: ProgrammeRules, member: UnitRow | None = None) -> Range | None:
        """Return the range of a programme's amount in fen per period; None if no amount applies."""
        possible = []
        for when, value in rules.amounts:
            holds = True if when is None else self.truth(when, member)
            if holds is not False:
                possible.append(self.number(value, member))
            if holds:
                return possible[0] if len(possible) == 1 else find_hull(possible)
        return find_hull([*possible, ZERO_RANGE]) if possible else None


def _as_truth(stored: int | str | None) -> bool | None:
    return None if stored is None else stored == 1


def _as_range(truth: bool | None) -> Range:  # noqa: FBT001 a truth, no switch
    """Return a condition as a number: 1 or 0, or the range from 0 to 1 if it is unknown."""
    return Range(Fraction(0), Fraction(1)) if truth is None else build_exact_range(int(truth))


def list_used_parts(bounds: Bounds, node: Node, member: UnitRow | None) -> list[Node]:
    """Return the nodes directly below a node that its value rests on, for one household or member.

    Of first_known this is the first known part (all parts if none is known), of only_if with a
    false condition the condition alone.
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
    """Yield the facts that a value rests on, with their stored values (None: unknown)."""
    if isinstance(node, FactRef):
        is_of_household = node.owner == "household" or member is None
        yield node, (bounds.household if is_of_household else member or {})[node.fact]
    asked: list[UnitRow | None] = [member]
    if isinstance(node, syntax.OverMembers):
        asked = [row for row in bounds.members if row["lives"] != 0]
    for row in asked:
        for part in list_used_parts(bounds, node, row):
            yield from list_used_facts(bounds, part, row)


def is_based_on_private(bounds: Bounds, node: Node, member: UnitRow | None) -> bool:
    """Return whether a value would reveal a private fact; an unknown fact reveals nothing."""
    facts = bounds.statement.pack.facts
    return any(
        facts[fact.fact].is_private and stored is not None
        for fact, stored in list_used_facts(bounds, node, member)
    )
