"""Turns expressions into functions, once for all households of a statement.

A walk over the tree for every household would look up the form of every node anew. Equal parts
share one function, and each household keeps what was computed of it. Numbers are whole: a part has
one denominator for everybody, known from the rules, so the functions work on numerators only.
"""

import datetime as dt
import math
import operator
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from copy import copy
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import count
from typing import Any, Literal, Self
from weakref import WeakKeyDictionary

from relieftool.rules import syntax
from relieftool.rules.sql import (
    ColumnKind,
    find_planned_column,
    find_stored_column,
    format_column_name,
)
from relieftool.rules.statement import Statement, list_parameter_values
from relieftool.rules.syntax import Node
from relieftool.rules.truth import negate
from relieftool.values.stored_values import UnitRow

# True or False, a number, an id or a text; None is unknown.
ExpressionValue = bool | Fraction | str | None
# Where a part reads a column: in the row it is computed for, in the household's, in every member's.
Scope = Literal["own", "home", "each"]
Reads = frozenset[tuple[Scope, str]]

NUMBERS = ("money", "count", "ratio")
LIVES, STATED_SIZE = "lives", "stated_size"
# Stands for the columns that the size of a household is found from.
SIZE_READ: tuple[Scope, str] = ("home", "size")
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


class Unit:
    """A household or member: its row, and what has been computed for it, by number of the part.

    `ranges` are those of parts whose value is unknown. Of what is supposed, `before` is the same
    household and unit as it is: only parts that read what is `changed` are computed again.
    """

    __slots__ = ("before", "changed", "ranges", "row", "values")

    def __init__(self, row: UnitRow, values: dict[int, Any] | None = None) -> None:
        self.row = row
        self.values: dict[int, Any] = {} if values is None else values
        self.ranges: dict[int, Any] = {}
        self.before: tuple[Units, Unit] | None = None
        self.changed: Reads = frozenset()


@dataclass
class Units:
    """A household with its members, those known to live there, and their number if it is known."""

    home: Unit
    members: Sequence[Unit]
    living: Sequence[Unit]
    size: int | None


# Returns True or False, a numerator, an id or a text; None is unknown.
Read = Callable[[Units, Unit], Any]


@dataclass(frozen=True)
class Part:
    """A part of the rules: the function that reads it, its denominator, and what it reads.

    A known truth stays, however more becomes known, unless it `may_turn`: what is not certain, or
    unknown, today may no longer be so tomorrow, also in a column, where that does not show.
    """

    number: int
    read: Read
    over: int
    reads: Reads
    below: tuple[Node, ...]  # the nodes directly below it
    is_number: bool
    planned: Node | None  # the tree of the planned column that it refers to
    refers: bool  # to a planned column, itself or below
    may_turn: bool

    def value(self, units: Units, unit: Unit) -> ExpressionValue:
        """Return the exact value, money in fen; None if it is unknown."""
        value: Any = self.read(units, unit)
        return Fraction(value, self.over) if self.is_number and value is not None else value

    @cached_property
    def columns(self) -> tuple[tuple[Scope, str], ...]:
        """The columns of facts and receipts that it reads, in order, without those of the size."""
        return tuple(sorted(self.reads - {SIZE_READ}))


class CompiledRules:
    """The functions of a statement's rules, made when they are first asked for."""

    def __init__(
        self,
        columns: Mapping[str, Node],
        parameters: Mapping[str, ExpressionValue],
        as_of: dt.date,
    ) -> None:
        """Take the trees of the planned columns, and the parameters in force."""
        self.columns = columns
        self.as_of = as_of
        self._parameters = parameters
        # With its node, because the id of a freed object can be given to a new object. Those that
        # refer to columns are apart, because they change with them.
        self.by_node: MutableMapping[int, tuple[Node, Part]] = {}
        self.referring: dict[int, tuple[Node, Part]] = {}
        self.parts: dict[int, Part] = {}  # those of both: parts are looked up all the time
        self.by_form: MutableMapping[tuple[Any, ...], Part] = {}
        self._numbers = count()
        self.references: dict[str, Node] = {}

    def under(self, columns: Mapping[str, Node]) -> Self:
        """Return the functions of the rules with other columns; those that stay are shared."""
        other = copy(self)
        other.columns, other.referring, other.references = columns, {}, {}
        other.parts = {}
        other.by_node = ChainMap({}, self.by_node)
        other.by_form = ChainMap({}, self.by_form)
        return other

    def part(self, node: Node) -> Part:
        """Return the part of a node; equal nodes have the same."""
        part = self.parts.get(id(node))
        if part is None:
            part = self.parts[id(node)] = self._find_part(node)
        return part

    def _find_part(self, node: Node) -> Part:
        """Return the part of a node that was not asked for before under these columns."""
        known = self.by_node.get(id(node)) or self.referring.get(id(node))
        if known is None:
            part = self._find(node)
            kept = self.referring if part.refers else self.by_node
            known = kept[id(node)] = node, part
        return known[1]

    def refer_to(self, column: str) -> Node:
        """Return the one node that refers to a planned column."""
        if column not in self.references:
            planned = self.columns[column]
            self.references[column] = syntax.ColumnRef(planned.type, planned.owner, column)
        return self.references[column]

    def _find(self, node: Node) -> Part:
        fields = (getattr(node, name) for name in node.__dataclass_fields__)
        column = find_planned_column(node)
        planned = () if column is None else (self.part(self.columns[column]).number,)
        form = (type(node), *planned, *map(self._describe, fields))
        if form not in self.by_form:
            self.by_form[form] = self._build(node)
        return self.by_form[form]

    def _describe(self, value: object) -> object:
        """Return what stands for a field of a node: for a node, the number of its part."""
        if isinstance(value, Node):
            return self.part(value).number
        return tuple(map(self._describe, value)) if isinstance(value, tuple) else value

    def _build(self, node: Node) -> Part:
        number, reads = next(self._numbers), self._list_reads(node)
        compute, over = self._compile(node)
        if not isinstance(node, _STORED):
            compute = _keep(number, reads, compute)
        if node.owner == "household":
            compute = _of_household(compute)
        below = tuple(syntax.list_read_parts(node))
        column = find_planned_column(node)
        planned = None if column is None else self.columns[column]
        parts = [self.part(part) for part in syntax.children(node)]
        refers = planned is not None or any(part.refers for part in parts)
        is_turning = isinstance(node, (syntax.IsCertain, syntax.IsUnknown))
        may_turn = is_turning or planned is not None or any(part.may_turn for part in parts)
        is_number = node.type.sort in NUMBERS
        return Part(number, compute, over, reads, below, is_number, planned, refers, may_turn)

    def _list_reads(self, node: Node) -> Reads:
        """Return the columns of facts and receipts that a node is computed from."""
        column = find_stored_column(node)
        if column is not None:
            return frozenset({("home" if node.owner == "household" else "own", column)})
        if isinstance(node, syntax.HouseholdSize):
            return frozenset({SIZE_READ})
        below = [part.reads for part in self._list_parts(node)]
        reads: Reads = frozenset().union(*below)
        if isinstance(node, syntax.AsResident):
            return reads | {("own", LIVES)}
        if isinstance(node, syntax.OverMembers):
            of_each: list[tuple[Scope, str]] = [
                ("each" if scope == "own" else scope, name) for scope, name in reads
            ]
            return frozenset([*of_each, SIZE_READ])
        return reads

    def _find_value(self, node: syntax.ParameterRef | syntax.BeyondLeast) -> ExpressionValue:
        """Return the value of a parameter; None for what is beyond the least known of it."""
        return self._parameters[node.parameter] if isinstance(node, syntax.ParameterRef) else None

    def _list_parts(self, node: Node) -> list[Part]:
        """Return the parts directly below a node, also in the planned column that it refers to."""
        name = find_planned_column(node)
        if name is not None:
            return [self.part(self.columns[name])]
        return [self.part(child) for child in syntax.children(node)]

    def _compile(self, node: Node) -> tuple[Read, int]:  # noqa: C901, PLR0911, PLR0912 one line per form
        """Return the function of a node, and the denominator of its number."""
        parts = [] if isinstance(node, _STORED) else self._list_parts(node)
        own = [_read_lives] if isinstance(node, syntax.AsResident) else []
        reads = [*own, *(part.read for part in parts)]
        match node:
            case syntax.Constant(value=value):
                return (lambda _units, _unit: value), 1
            case syntax.ParameterRef() | syntax.BeyondLeast():
                return _read_constant(self._find_value(node))
            case syntax.HouseholdSize():
                return (lambda units, _unit: units.size), 1
            case _ if isinstance(node, _STORED):
                return _read_stored(node), 1
            case syntax.ColumnRef() | syntax.Eligible():
                return _read_planned(node, parts[0]), parts[0].over
            case syntax.And() | syntax.Or() | syntax.AsResident():
                return _decide(reads, decisive=isinstance(node, syntax.Or)), 1
            case syntax.Not():
                return (lambda units, unit: negate(reads[0](units, unit))), 1
            case syntax.IsCertain(wanted=wanted):
                return (lambda units, unit: reads[0](units, unit) is wanted), 1
            case syntax.IsUnknown():
                return (lambda units, unit: reads[0](units, unit) is None), 1
            case syntax.YearsSince():
                return _count_years(reads[0], self.as_of.isoformat()), 1
            case syntax.FirstKnown(parts=preferred):
                return _find_first_known(parts[: len(preferred)], reads[len(preferred) :])
            case syntax.OnlyIf(when=when, of=of):
                when_part, of_part = self.part(when), self.part(of)
                return _read_only_if(when_part.read, of_part.read), of_part.over
            case syntax.AtLeastZero():
                return _cut_at_zero(reads[0]), parts[0].over
            case syntax.Arithmetic() | syntax.Compare() | syntax.SharedBy():
                return _calculate(node, *parts)
            case syntax.OneOf(values=values):
                return _look_up(reads[0], values, parts[0].over), 1
            case syntax.OverMembers():
                return _ask_members(node, reads[0]), parts[0].over
        raise TypeError(node)


def compile_rules(statement: Statement) -> CompiledRules:
    """Return the functions of the rules of a statement: the same ones as long as it exists.

    Memos and households keep what they found by the numbers of parts, which every compilation gives
    out anew: two of one statement would be taken for each other.
    """
    compiled = _COMPILED.get(statement)
    if compiled is None:
        plan = statement.plan
        columns = {column.name: column.node for column in plan.questions.values()}
        columns |= {column.name: column.node for column in plan.columns.values()}
        parameters = list_parameter_values(statement.pack, statement.as_of)
        compiled = _COMPILED[statement] = CompiledRules(columns, parameters, statement.as_of)
    return compiled


# Each day and each set of supposed values has its own statement.
_COMPILED: WeakKeyDictionary[Statement, CompiledRules] = WeakKeyDictionary()


_STORED = (
    syntax.Constant,
    syntax.BeyondLeast,
    syntax.ParameterRef,
    syntax.HouseholdSize,
    syntax.FactRef,
    syntax.RangeEnd,
    syntax.IsInDoubt,
    syntax.Receives,
    syntax.PaidAmount,
)


def _keep(number: int, reads: Reads, compute: Read) -> Read:
    """Return a function that computes a value once for each unit, and all who are alike in it."""

    def read(units: Units, unit: Unit) -> Any:
        values = unit.values
        if number in values:
            return values[number]
        if unit.before is not None and reads.isdisjoint(unit.changed):
            value = values[number] = read(*unit.before)
        else:
            value = values[number] = compute(units, unit)
        return value

    return read


def _of_household(compute: Read) -> Read:
    """Return a function that computes a value for the household, whichever unit asks."""
    return lambda units, _unit: compute(units, units.home)


def _read_constant(value: ExpressionValue) -> tuple[Read, int]:
    if isinstance(value, Fraction):
        numerator, over = value.numerator, value.denominator
        return (lambda _units, _unit: numerator), over
    return (lambda _units, _unit: value), 1


def _read_stored(node: Node) -> Read:
    """Return the function of a fact or receipt; a presumed value stands in where it is unknown."""
    column, is_truth = find_stored_column(node) or "", node.type.sort == "truth"
    presumed = node.presumed if isinstance(node, (syntax.FactRef, syntax.RangeEnd)) else None
    in_doubt = ""
    if isinstance(node, syntax.RangeEnd) or (
        isinstance(node, syntax.FactRef) and node.may_be_in_doubt
    ):
        in_doubt = format_column_name(ColumnKind.IN_DOUBT, node.fact)

    def read(_units: Units, unit: Unit) -> Any:
        stored = unit.row[column]
        if stored is None and not (in_doubt and unit.row[in_doubt]):
            stored = presumed
        return stored == 1 if is_truth and stored is not None else stored

    return read


def _read_lives(_units: Units, unit: Unit) -> Any:
    """Return whether a member lives in the household; None if that is unknown."""
    lives = unit.row[LIVES]
    return None if lives is None else lives == 1


def _read_planned(node: Node, planned: Part) -> Read:
    """Return the function of a planned column: from the row if it has the truth, else computed.

    Numbers are always computed, because the statement rounds them.
    """
    column, compute = find_planned_column(node) or "", planned.read
    if node.type.sort != "truth":
        return compute

    def read(units: Units, unit: Unit) -> Any:
        if column not in unit.row:
            return compute(units, unit)
        stored = unit.row[column]
        return None if stored is None else stored == 1

    return read


def _count_years(read_day: Read, as_of: str) -> Read:
    """Return the function of full years since a date; None if it is unknown or later.

    The difference of two dates written as yyyymmdd, cut to ten-thousands, is the full years.
    """
    today = int(as_of.replace("-", ""))

    def read(units: Units, unit: Unit) -> Any:
        day = read_day(units, unit)
        return None if day is None or day > as_of else (today - int(day.replace("-", ""))) // 10_000

    return read


def _share_denominator(parts: Iterable[Part]) -> tuple[int, list[Read]]:
    """Return a common denominator of some parts, and functions of their numerators for it."""
    listed = list(parts)
    over = math.lcm(*(part.over for part in listed))
    return over, [_scale(part.read, over // part.over) for part in listed]


def _scale(read: Read, factor: int) -> Read:
    if factor == 1:
        return read

    def scaled(units: Units, unit: Unit) -> Any:
        number = read(units, unit)
        return None if number is None else number * factor

    return scaled


def _calculate(
    node: syntax.Arithmetic | syntax.Compare | syntax.SharedBy,
    left: Part,
    right: Part,
    *bounds: Part,
) -> tuple[Read, int]:
    """Return the function of a calculation or comparison; a divisor is a number of the rules."""
    if bounds:
        return _decide_by_bounds(*bounds), 1
    if isinstance(node, syntax.SharedBy):
        return _share_among(left.read, right.read, left.over), 1
    if node.operator == "/" and isinstance(node.right, syntax.Constant):
        return left.read, left.over * int(node.right.value)
    if node.operator == "*":
        return _join(operator.mul, left.read, right.read), left.over * right.over
    over, reads = _share_denominator([left, right])
    return _join(OPERATORS[node.operator], *reads), 1 if node.type.sort == "truth" else over


def _join(join: Callable[[Any, Any], Any], left: Read, right: Read) -> Read:
    """Return the function of two values joined; None if one is unknown."""

    def read(units: Units, unit: Unit) -> Any:
        first = left(units, unit)
        if first is None:
            return None
        second = right(units, unit)
        return None if second is None else join(first, second)

    return read


def _look_up(read_value: Read, values: tuple[int | str, ...], over: int) -> Read:
    listed = {value * over if isinstance(value, int) else value for value in values}

    def read(units: Units, unit: Unit) -> Any:
        value = read_value(units, unit)
        return None if value is None else value in listed

    return read


def _find_first_known(parts: Sequence[Part], doubts: Sequence[Read]) -> tuple[Read, int]:
    """Return the function of the first value that is known, up to the first that is in doubt."""
    over, reads = _share_denominator(parts)

    def read(units: Units, unit: Unit) -> Any:
        for place, each in enumerate(reads):
            value = each(units, unit)
            if value is not None:
                return value
            if doubts and doubts[place](units, unit):
                return None
        return None

    return read, over


def _decide_by_bounds(surely: Part, possibly: Part) -> Read:
    """Return the function of a comparison of what lies within a range."""

    def read(units: Units, unit: Unit) -> Any:
        if surely.read(units, unit):
            return True
        return False if possibly.read(units, unit) is False else None

    return read


def _read_only_if(when: Read, of: Read) -> Read:
    def read(units: Units, unit: Unit) -> Any:
        holds = when(units, unit)
        return of(units, unit) if holds else (None if holds is None else 0)

    return read


def _cut_at_zero(read_number: Read) -> Read:
    def read(units: Units, unit: Unit) -> Any:
        number = read_number(units, unit)
        return None if number is None else max(number, 0)

    return read


def _share_among(read_amount: Read, read_people: Read, over: int) -> Read:
    def read(units: Units, unit: Unit) -> Any:
        amount, people = read_amount(units, unit), read_people(units, unit)
        return amount // (over * people) if amount is not None and people else None

    return read


def _decide(reads: Sequence[Read], *, decisive: bool) -> Read:
    """Return the function of an `or`, which a true part decides, or of an `and` with a false."""

    def read(units: Units, unit: Unit) -> Any:
        joined: bool | None = not decisive
        for each in reads:
            truth = each(units, unit)
            if truth is decisive:
                return decisive
            if truth is None:
                joined = None
        return joined

    return read


def _ask_members(node: syntax.OverMembers, of: Read) -> Read:
    """Return the function of a question over the members who live together.

    If their number is unknown, an unknown answer is added for whoever else may live here.
    """
    if node.question in ("any", "all"):
        decisive = node.question == "any"

        def decide(units: Units, _unit: Unit) -> Any:
            joined: bool | None = None if units.size is None else not decisive
            for member in units.living:
                truth = of(units, member)
                if truth is decisive:
                    return decisive
                if truth is None:
                    joined = None
            return joined

        return decide

    def add_up(units: Units, _unit: Unit) -> Any:
        answers = [of(units, member) for member in units.living]
        return None if units.size is None or None in answers else sum(answers)

    return add_up
