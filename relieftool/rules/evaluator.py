"""Evaluates expressions for one household: whether a condition holds, and what a number can be.

Outcomes in the register always come from SQL, which computes single values on the facts as they
are. A value that is known here is known in SQL too, and equal; a test compares the two. Whatever is
explained, asked or supposed of one household is evaluated here.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, cached_property, lru_cache

from relieftool.rules import syntax
from relieftool.rules.base_tables import BELONGS, LAW_MEMBER
from relieftool.rules.compiled_rules import (
    LIVES,
    NUMBERS,
    OPERATORS,
    SIZE_READ,
    STATED_SIZE,
    ExpressionValue,
    Reads,
    Scope,
    Unit,
    Units,
    compile_rules,
)
from relieftool.rules.programme_rules import ProgrammeRules
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import FactRef, Node, list_facts
from relieftool.rules.truth import decide_all, decide_any
from relieftool.values.stored_values import StoredValue, UnitRow

HOUSEHOLD = -1  # the place of the household itself, after its members
_AT_HOME = "lives_together"
_SIZE_COLUMNS = {_AT_HOME, BELONGS, LIVES, STATED_SIZE}
RangeEnd = Fraction | float  # a float only for plus or minus infinity


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


def build_exact_range(number: Fraction | int) -> Range:
    """Return the range of a known number."""
    exact = number if isinstance(number, Fraction) else Fraction(number)
    return Range(exact, exact, is_known=True)


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


@cache
def _list_doubt_columns(fact: str) -> frozenset[str]:
    """Return the columns that tell of doubts about a fact, and of its range."""
    kinds = (ColumnKind.IN_DOUBT, ColumnKind.LOW, ColumnKind.HIGH)
    return frozenset(format_column_name(kind, fact) for kind in kinds)


@lru_cache(maxsize=8)
def _list_living_facts(statement: Statement) -> frozenset[str]:
    """Return the facts on which it rests whether a member lives with the household."""
    by_law = statement.definitions.get(LAW_MEMBER)
    return frozenset({_AT_HOME, *([] if by_law is None else list_facts(by_law))})


def _list_changed_reads(changed: Iterable[tuple[int, str]], count: int) -> list[Reads]:
    """Return what each unit of a household reads of some columns: the members, then the household.

    The columns are given with the place of the unit that has them.
    """
    shared: set[tuple[Scope, str]] = set()
    own: list[list[tuple[Scope, str]]] = [[] for _unit in range(count)]
    for place, column in changed:
        shared.add(("home" if place == HOUSEHOLD else "each", column))
        own[place].append(("own", column))
        if column in (LIVES, STATED_SIZE):
            shared.add(SIZE_READ)
    return [frozenset(shared.union(read)) for read in own]


class _UnlistedMember(dict[str, None]):
    """The row of a member who is not listed: all their facts are unknown."""

    def __missing__(self, _column: str) -> None:
        return None


class _CompletedRow(dict[str, StoredValue]):
    """The stored columns of a household or member; a planned one is computed when first read."""

    evaluator: "Evaluator"

    def __missing__(self, name: str) -> StoredValue:
        member = None if self is self.evaluator.household else self
        found = self[name] = self.evaluator.compute_column(name, member)
        return found


def complete_rows(
    statement: Statement, household: UnitRow, members: Iterable[UnitRow]
) -> tuple[UnitRow, list[UnitRow]]:
    """Return the rows of a household and of its members with all columns of the statement.

    The given rows have the stored columns alone.
    """
    home, *listed = rows = [_CompletedRow(row) for row in (household, *members)]
    evaluator = Evaluator(statement, home, listed)
    for row in rows:
        row.evaluator = evaluator
    return home, [*listed]


class Evaluator:
    """Evaluates nodes for one household, from its row of the statement and the rows of its members.

    In the methods, `member` is the row of the member that a node is about; None for the household.
    Truths that the rows have are read there; all else is computed.
    """

    def __init__(
        self,
        statement: Statement,
        household: UnitRow,
        members: Sequence[UnitRow],
        size: Range | None = None,
    ) -> None:
        """Start with nothing computed; `size` is the number of people if it is known already."""
        if size is not None:
            self.size = size
        self.statement = statement
        self.rules = compile_rules(statement)
        self.household = household
        self.members = members
        self._before: Evaluator | None = None
        self.units = self._build_units([Unit(row) for row in members], Unit(household))

    def _build_units(self, members: list[Unit], home: Unit) -> Units:
        self._unit_of = {id(unit.row): unit for unit in members}
        living = [unit for unit in members if unit.row["lives"] == 1]
        known = self.size.known
        return Units(home, members, living, None if known is None else int(known))

    def find_unit(self, member: UnitRow | None) -> Unit:
        """Return what is computed of a member, by their row; of the household if it is None."""
        return self.units.home if member is None else self._unit_of.get(id(member)) or Unit(member)

    def truth(self, node: Node, member: UnitRow | None = None) -> bool | None:
        """Return whether a condition holds; None if that is unknown."""
        truth: bool | None = self.rules.part(node).read(self.units, self.find_unit(member))
        return truth

    def value(self, node: Node, member: UnitRow | None = None) -> ExpressionValue:
        """Return the value of a node of any sort, exactly; None if it is unknown."""
        return self._value(node, self.find_unit(member))

    def _value(self, node: Node, unit: Unit) -> ExpressionValue:
        return self.rules.part(node).value(self.units, unit)

    def is_known(self, node: Node, member: UnitRow | None = None) -> bool:
        """Return whether the value of a node is known."""
        return self.rules.part(node).read(self.units, self.find_unit(member)) is not None

    def eligible(self, programme: str, member: UnitRow | None = None) -> bool | None:
        """Return whether the household or member is eligible for a programme; None if unknown."""
        return self.column(format_column_name(ColumnKind.ELIGIBLE, programme), member)

    def column(self, name: str, member: UnitRow | None = None) -> bool | None:
        """Return whether the condition of a planned column holds; None if that is unknown."""
        return self.truth(self.rules.refer_to(name), member)

    def compute_column(self, name: str, member: UnitRow | None = None) -> StoredValue:
        """Return what the statement has in a planned column; numbers are in whole fen.

        Raises:
            KeyError: No such column is planned.
        """
        column = self.statement.plan.find(name)
        if column is None:
            raise KeyError(name)
        found = self.value(column.node, member)
        if isinstance(found, Fraction):
            return math.floor(found + Fraction(1, 2))
        return int(found) if isinstance(found, bool) else found

    def suppose(self, answers: Mapping[tuple[int, str], int | str | None]) -> "Evaluator":
        """Return the household as it would be if some columns had other values.

        The keys are a member's place, or HOUSEHOLD, and a column. What reads none of these columns
        is not computed again.
        """
        changed = dict(answers)
        for (place, column), value in answers.items():
            if column == _AT_HOME:
                changed[place, BELONGS] = value
            for name in self._stored_rows[place].keys() & _list_doubt_columns(column):
                changed[place, name] = 0 if name.startswith(ColumnKind.IN_DOUBT) else value
        changed |= self._find_living(changed)
        rows = list(self._stored_rows)
        for place in {place for place, _column in changed}:
            new = {column: value for (of, column), value in changed.items() if of == place}
            rows[place] = {**rows[place], **new}
        size = None if _SIZE_COLUMNS & {column for _place, column in changed} else self.size
        supposed = Evaluator(self.statement, rows[HOUSEHOLD], rows[:HOUSEHOLD], size)
        supposed._stored_rows = rows
        supposed._before = self
        units = (*self.units.members, self.units.home)
        for unit, before, reads in zip(
            (*supposed.units.members, supposed.units.home),
            units,
            _list_changed_reads(changed, len(units)),
            strict=True,
        ):
            unit.before, unit.changed = (self.units, before), reads
        return supposed

    def _find_living(
        self, changed: Mapping[tuple[int, str], int | str | None]
    ) -> dict[tuple[int, str], int | None]:
        """Return who would count as living here, of those of whom something about it changes."""
        found: dict[tuple[int, str], int | None] = {}
        read = _list_living_facts(self.statement)
        touched = {place for place, column in changed if column in read and place >= 0}
        by_law = self.statement.definitions.get(LAW_MEMBER) if touched else None
        for place in touched:
            new = {column: value for (of, column), value in changed.items() if of == place}
            row = {**self._stored_rows[place], **new}
            truth = self._is_at_home(row)
            if by_law is not None:
                part = self.rules.part(by_law)
                belongs = None if row[BELONGS] is None else row[BELONGS] == 1
                lawful = decide_all([belongs, part.read(self.units, Unit(row))])
                truth = decide_any([lawful, truth])
            found[place, LIVES] = None if truth is None else int(truth)
        return found

    def _is_at_home(self, row: UnitRow) -> bool | None:
        """Whether a member lives with the household, as known or as presumed."""
        fact = self.statement.pack.facts.get(_AT_HOME)
        if fact is None:
            return True
        stated = row[_AT_HOME]
        in_doubt = row.get(format_column_name(ColumnKind.IN_DOUBT, _AT_HOME))
        is_presumed = fact.presume is not None and row[BELONGS] == 1 and not in_doubt
        if stated is None and fact.presume is not None and is_presumed:
            stated = int(fact.presume.value)
        return None if stated is None else stated == 1

    @cached_property
    def _stored_rows(self) -> list[UnitRow]:
        """The rows of the members and of the household, without what is computed from others."""
        planned = self.rules.columns
        return [
            {name: value for name, value in row.items() if name not in planned}
            for row in (*self.members, self.household)
        ]

    @cached_property
    def _disputed_size(self) -> int | None:
        """The stated number of people if it fits neither the rows nor those known to live here.

        None if it fits, or if no number is stated.
        """
        stated = self.household.get(STATED_SIZE)
        at_home = sum(bool(self._is_at_home(member)) for member in self.members)
        agreed = (self._count(1), at_home, self.household["listed_members"])
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
        if not self.members and self.household.get(STATED_SIZE) != 0:
            return UNKNOWN_RANGE if stated is None else Range(Fraction(0), Fraction(stated))
        if stated is None and not unsure:
            return build_exact_range(sure)
        ends = [sure, sure + unsure, *([] if stated is None else [stated])]
        return Range(Fraction(min(ends)), Fraction(max(ends)))

    @cached_property
    def _possible_members(self) -> list[tuple[Unit, bool]]:
        """The people who may live here, unlisted people too, each with whether this is certain.

        If the sheet states fewer people than are known to live here, somebody listed does not live
        here, and it is unknown who. Empty if there is no upper bound to their number.
        """
        size, stated = self.size, self._disputed_size
        if size.high == math.inf:
            return []
        is_sure = stated is None or stated >= self._count(1)
        listed = [
            (unit, unit.row["lives"] == 1 and is_sure)
            for unit in self.units.members
            if unit.row["lives"] != 0
        ]
        unlisted = int(size.high) - len(listed)
        return [*listed, *[(Unit(_UnlistedMember()), False)] * unlisted]

    def _add_members(self, node: syntax.OverMembers) -> Range:
        """Return the count of members who meet a condition, or the sum of their numbers.

        For a member who may live elsewhere, the range includes 0.
        """
        parts = []
        for unit, is_sure in self._possible_members:
            part = self.range_of(node.of, unit)
            parts.append(part if is_sure else find_hull([part, ZERO_RANGE]))
        total = sum(parts, ZERO_RANGE) if self.size.high < math.inf else UNKNOWN_RANGE
        return replace(total, is_known=False)

    def number(self, node: Node, member: UnitRow | None = None) -> Range:
        """Return the range of a number; money in fen."""
        return self.range_of(node, self.find_unit(member))

    def range_of(self, node: Node, unit: Unit) -> Range:
        """Return the range of a number, or of a condition counted as 1 or 0."""
        part = self.rules.part(node)
        found: Range | None = unit.ranges.get(part.number)
        if found is None:
            known = part.value(self.units, unit)
            if known is not None:
                found = build_exact_range(Fraction(known))
            elif unit.before and self._before and part.reads.isdisjoint(unit.changed):
                found = self._before.range_of(node, unit.before[1])
            else:
                found = self._find_range(node, unit)
            unit.ranges[part.number] = found
        return found

    def _find_range(self, node: Node, unit: Unit) -> Range:  # noqa: PLR0911 one line per form
        """Return the range of a number or condition whose value is unknown."""
        match node:
            case syntax.Arithmetic():
                return self._calculate(node, unit)
            case syntax.FirstKnown():
                used = self._list_used_sources(node, unit)
                return find_hull(self.range_of(part, unit) for part in used)
            case syntax.OnlyIf(when=when, of=of):
                number, holds = self.range_of(of, unit), self._value(when, unit)
                return number if holds else find_hull([number, ZERO_RANGE])
            case syntax.AtLeastZero(of=of):
                number, zero = self.range_of(of, unit), Fraction(0)
                return replace(number, low=max(number.low, zero), high=max(number.high, zero))
            case syntax.SharedBy(of=of, by=by):
                most, fewest = (
                    self.range_of(of, unit).high,
                    max(self.range_of(by, unit).low, Fraction(1)),
                )
                return Range(Fraction(0), most if most == math.inf else most / fewest)
            case syntax.HouseholdSize():
                return self.size
            case syntax.OverMembers(question="count" | "sum"):
                return self._add_members(node)
            case syntax.ColumnRef(column=name) if node.type.sort in NUMBERS:
                return self.range_of(self.rules.columns[name], unit)
        is_truth = node.type.sort == "truth"
        return Range(Fraction(0), Fraction(1)) if is_truth else self._find_stated_range(node, unit)

    def _find_stated_range(self, node: Node, unit: Unit) -> Range:
        """Return the range within which an unknown number is stated to lie; if not, from 0 up."""
        if not isinstance(node, FactRef):
            return UNKNOWN_RANGE
        row = (self.units.home if node.owner == "household" else unit).row
        low, high = (
            row.get(format_column_name(kind, node.fact))
            for kind in (ColumnKind.LOW, ColumnKind.HIGH)
        )
        return Range(
            Fraction(low) if isinstance(low, int) else Fraction(0),
            Fraction(high) if isinstance(high, int) else math.inf,
        )

    def _calculate(self, node: syntax.Arithmetic, unit: Unit) -> Range:
        left, right = self.range_of(node.left, unit), self.range_of(node.right, unit)
        if node.operator == "/":
            return left * build_exact_range(1 / (right.known or Fraction(1)))
        joined: Range = OPERATORS[node.operator](left, right)
        return joined

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

    def list_used_parts(self, node: Node, member: UnitRow | None) -> Sequence[Node]:
        """Return the nodes directly below a node that its value rests on.

        Of first_known this is the first part that is known or in doubt (all parts if there is
        none), of only_if with a false condition the condition alone.
        """
        match node:
            case syntax.FirstKnown():
                return self._list_used_sources(node, self.find_unit(member))
            case syntax.OnlyIf(when=when) if self.truth(when, member) is False:
                return [when]
            case syntax.AsResident() if member is not None and member[LIVES] == 0:
                return []
        return self.rules.part(node).below

    def _list_used_sources(self, node: syntax.FirstKnown, unit: Unit) -> Sequence[Node]:
        """Return the part that is used or stops the search, alone; all if there is none."""
        for place, part in enumerate(node.parts):
            is_stopping = bool(node.doubts) and self._value(node.doubts[place], unit) is True
            if is_stopping or self._value(part, unit) is not None:
                return [part]
        return node.parts

    def list_used_facts(
        self, node: Node, member: UnitRow | None
    ) -> Iterator[tuple[FactRef, int | str | None]]:
        """Yield the facts that a value rests on, with their stored values (None: unknown)."""
        if isinstance(node, FactRef):
            is_of_household = node.owner == "household" or member is None
            yield node, (self.household if is_of_household else member or {})[node.fact]
        asked: list[UnitRow | None] = [member]
        if isinstance(node, syntax.OverMembers):
            asked = [row for row in self.members if row["lives"] != 0]
        for row in asked:
            for part in self.list_used_parts(node, row):
                yield from self.list_used_facts(part, row)

    def is_based_on_private(self, node: Node, member: UnitRow | None) -> bool:
        """Return whether a value would reveal a private fact; an unknown fact reveals nothing."""
        facts = self.statement.pack.facts
        return any(
            facts[fact.fact].is_private and stored is not None
            for fact, stored in self.list_used_facts(node, member)
        )
