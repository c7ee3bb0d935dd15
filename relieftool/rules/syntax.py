"""The syntax tree of an expression: typed, immutable nodes.

Each node has a type and an owner, the household or a member. The value of a household's node is the
same for all its members.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import Any, Literal

from relieftool.pack.facts import Owner, Period

ValueSort = Literal["truth", "money", "count", "ratio", "date", "choice", "text"]
RangeSide = Literal["low", "high"]


@dataclass(frozen=True)
class Type:
    """The type of a value.

    `period` is only for money; `choices`, the possible ids, only for a choice.
    """

    sort: ValueSort
    period: Period | None = None
    choices: frozenset[str] = frozenset()


TRUTH = Type("truth")
COUNT = Type("count")
RATIO = Type("ratio")
DATE = Type("date")


@dataclass(frozen=True)
class Node:
    """Base of all nodes: the type of the value, and whether it is the household's or a member's."""

    type: Type
    owner: Owner


@dataclass(frozen=True)
class FactRef(Node):
    """A fact.

    If no cell states it, `presumed` is its value; if that is None too, it stays unknown.
    `may_be_in_doubt`: in some household, cells state it and yet it is unknown.
    """

    fact: str
    presumed: int | str | None = None
    may_be_in_doubt: bool = False


@dataclass(frozen=True)
class RangeEnd(Node):
    """The lowest or highest value that a fact can have, which is its own if that is known.

    Unknown if there is no such end. Expressions of a pack cannot write it.
    """

    fact: str
    end: RangeSide
    presumed: int | str | None = None


@dataclass(frozen=True)
class IsInDoubt(Node):
    """Whether a fact is unknown although cells state it; this itself is always known.

    Expressions of a pack cannot write it.
    """

    fact: str


@dataclass(frozen=True)
class HouseholdSize(Node):
    """The number of members who live together.

    It is unknown if it is not known of every listed member whether they live here, or if the sheet
    states a number that fits neither the members living here nor all listed. If nobody is listed,
    it is unknown unless the sheet states 0.
    """


@dataclass(frozen=True)
class ParameterRef(Node):
    """The value of a parameter in force on the as-of date; unknown if it has none."""

    parameter: str


@dataclass(frozen=True)
class Constant(Node):
    """A whole number or a word written in the expression."""

    value: int | str


@dataclass(frozen=True)
class BeyondLeast(Node):
    """Whether a parameter, of which only the least is known, is great enough: always unknown.

    Expressions of a pack cannot write it; `lower_bounds` puts it beside comparisons.
    """

    parameter: str


@dataclass(frozen=True)
class YearsSince(Node):
    """Full years from a date to the as-of date; unknown if the date is unknown or later."""

    of: Node


@dataclass(frozen=True)
class FirstKnown(Node):
    """The value of the first part that is known; unknown if no part is.

    `doubts` are, for each part, whether cells state it that leave it unknown: such a part stops the
    search, because only what nobody states may be taken from elsewhere. Empty: no part can be so.
    """

    parts: tuple[Node, ...]
    doubts: tuple[Node, ...] = ()


@dataclass(frozen=True)
class OnlyIf(Node):
    """A number if a condition holds, 0 if it does not; unknown if the condition is unknown."""

    when: Node
    of: Node


@dataclass(frozen=True)
class AtLeastZero(Node):
    """A number, or 0 if it is negative."""

    of: Node


@dataclass(frozen=True)
class SharedBy(Node):
    """The share of each of `by` people in an amount, in whole fen, rounded down.

    Unknown if either is unknown or nobody shares. The amount must not be negative.
    """

    of: Node
    by: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    """The exact result of + - * or /; unknown if a side is unknown.

    A divisor is a positive whole number written in the expression.
    """

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Compare(Node):
    """Whether a comparison (= <> < <= > >=) holds; unknown if a side is unknown.

    If a side can lie within a range, `bounds` are two conditions: it holds if the first does, and
    does not if the second does not, wherever in the range the side is. Empty: no side can.
    """

    operator: str
    left: Node
    right: Node
    bounds: tuple[Node, ...] = ()


@dataclass(frozen=True)
class OneOf(Node):
    """Whether a value is in a list of words or numbers; unknown if the value is unknown."""

    of: Node
    values: tuple[int | str, ...]


@dataclass(frozen=True)
class IsUnknown(Node):
    """Whether a value is unknown; this itself is always known."""

    of: Node


@dataclass(frozen=True)
class IsCertain(Node):
    """Whether a condition is known to hold, or with `wanted` False known not to hold.

    This itself is always known. Expressions of a pack cannot write it; `build_certain` creates it.
    """

    of: Node
    wanted: bool


@dataclass(frozen=True)
class Not(Node):
    """The opposite of a condition; unknown if the condition is unknown."""

    of: Node


@dataclass(frozen=True)
class And(Node):
    """Whether all parts hold. A false part makes it false even if others are unknown.

    Without parts it is true.
    """

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Or(Node):
    """Whether any part holds. A true part makes it true even if others are unknown.

    Without parts it is false.
    """

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Receives(Node):
    """Whether a household or member receives a programme, by rosters and the household's sheet."""

    programme: str


@dataclass(frozen=True)
class AsResident(Node):
    """Whether a member lives in the household and something is true of the household.

    In a member's rule, what the household receives counts only for those who live there.
    """

    of: Node


@dataclass(frozen=True)
class PaidAmount(Node):
    """The fen paid to a household or member per period of a programme.

    Unknown if nothing is paid or an amount is not stated. Expressions of a pack cannot write it.
    """

    programme: str


@dataclass(frozen=True)
class Eligible(Node):
    """Whether a programme is in force, its event known to have happened, and its criteria hold."""

    programme: str


@dataclass(frozen=True)
class OverMembers(Node):
    """A question over the members who live together: any, all, count or sum."""

    question: Literal["any", "all", "count", "sum"]
    of: Node


@dataclass(frozen=True)
class ColumnRef(Node):
    """A column that an earlier layer of the statement computes.

    If the value is a number, the column has its numerator; `over` are the factors of the
    denominator. Expressions of a pack cannot write it.
    """

    column: str
    over: tuple[str, ...] = ()


_PARTS: dict[type[Node], tuple[str, ...]] = {}


def list_child_fields(form: type[Node]) -> tuple[str, ...]:
    """Return the fields of a kind of node that hold the nodes below it."""
    # Kept, because this runs for every node of every walk.
    if form not in _PARTS:
        held = (Node, tuple[Node, ...])
        _PARTS[form] = tuple(part.name for part in fields(form) if part.type in held)
    return _PARTS[form]


def children(node: Node) -> list[Node]:
    """Return the nodes directly below a node."""
    found: list[Node] = []
    for name in list_child_fields(type(node)):
        value: Node | tuple[Node, ...] = getattr(node, name)
        found += value if isinstance(value, tuple) else (value,)
    return found


def list_read_parts(node: Node) -> list[Node]:
    """Return the nodes directly below a node as its rule is written: without doubts and bounds."""
    match node:
        case FirstKnown(parts=parts):
            return list(parts)
        case Compare(left=left, right=right):
            return [left, right]
    return children(node)


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all nodes below it; each node comes before its children."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(children(node))


def replace_children(node: Node, parts: Iterable[Node]) -> Node:
    """Return a node with `parts` in place of the nodes directly below it, in the same order."""
    new = list(parts)
    if all(part is old for part, old in zip(new, children(node), strict=True)):
        return node
    remaining = iter(new)
    changes: dict[str, Any] = {}
    for name in list_child_fields(type(node)):
        value: Node | tuple[Node, ...] = getattr(node, name)
        if isinstance(value, tuple):
            changes[name] = tuple(islice(remaining, len(value)))
        else:
            changes[name] = next(remaining)
    return replace(node, **changes)


def list_facts(node: Node) -> Iterator[str]:
    """Yield the id of each fact in a tree, as often as it occurs."""
    return (part.fact for part in walk(node) if isinstance(part, FactRef))


def is_about_unit(node: Node) -> bool:
    """Whether an expression of a pack can differ between households or members."""
    per_unit = (FactRef, HouseholdSize, Receives, Eligible, OverMembers)
    return any(isinstance(part, per_unit) for part in walk(node))


def find_joined_owner(*nodes: Node) -> Owner:
    """Return "member" if any of the nodes is a member's, otherwise "household"."""
    return "member" if any(node.owner == "member" for node in nodes) else "household"
