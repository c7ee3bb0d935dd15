"""The syntax tree of an expression: typed, checked, immutable nodes that know nothing of SQL.

Every node has a type and an owner. A node owned by the household has one value for all its members.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from relieftool.pack.facts import Owner, Period

ValueSort = Literal["truth", "money", "count", "ratio", "date", "choice", "text"]


@dataclass(frozen=True)
class Type:
    """The sort of a value; for money also its period, for a choice the ids it may have."""

    sort: ValueSort
    period: Period | None = None
    choices: frozenset[str] = frozenset()


TRUTH = Type("truth")
COUNT = Type("count")
RATIO = Type("ratio")
DATE = Type("date")


@dataclass(frozen=True)
class Node:
    """Base of all nodes: the type of the value, and whose value it is."""

    type: Type
    owner: Owner


@dataclass(frozen=True)
class FactRef(Node):
    """A fact. `presumed` is used where the fact is unknown; None means that it stays unknown."""

    fact: str
    presumed: int | str | None = None


@dataclass(frozen=True)
class HouseholdSize(Node):
    """How many members live together; unknown if none is listed or another number is stated."""


@dataclass(frozen=True)
class ParameterRef(Node):
    """The value of a parameter in force on the as-of date; unknown without one."""

    parameter: str


@dataclass(frozen=True)
class Constant(Node):
    """A whole number or a word written in the expression."""

    value: int | str


@dataclass(frozen=True)
class YearsSince(Node):
    """Full years from a date to the as-of date; unknown if the date is later."""

    of: Node


@dataclass(frozen=True)
class FirstKnown(Node):
    """The first of several values that is known; unknown if none is."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class OnlyIf(Node):
    """A number where a condition holds, 0 where it does not, unknown where that is unknown."""

    when: Node
    of: Node


@dataclass(frozen=True)
class AtLeastZero(Node):
    """A number, or 0 if the number is negative."""

    of: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    """Two numbers joined by + - * or /, exactly; a divisor is a written number other than 0."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Compare(Node):
    """Two values compared by = <> < <= > or >=."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class OneOf(Node):
    """Whether a value is one of several words or numbers."""

    of: Node
    values: tuple[int | str, ...]


@dataclass(frozen=True)
class IsUnknown(Node):
    """Whether a value is unknown; itself always known."""

    of: Node


@dataclass(frozen=True)
class IsCertain(Node):
    """Whether a truth is known to be `wanted`; itself always known. Only the planner makes it."""

    of: Node
    wanted: bool


@dataclass(frozen=True)
class Not(Node):
    """The opposite of a truth; unknown stays unknown."""

    of: Node


@dataclass(frozen=True)
class And(Node):
    """Whether all parts hold. False wins over unknown; without parts it is true."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Or(Node):
    """Whether any part holds. True wins over unknown; without parts it is false."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Receives(Node):
    """Whether the unit receives a programme, by rosters and its own sheet, eligible or not."""

    programme: str


@dataclass(frozen=True)
class PaidAmount(Node):
    """What the unit is paid in fen per period of the programme; unknown also if nothing is paid.

    Only the planner makes it.
    """

    programme: str


@dataclass(frozen=True)
class Eligible(Node):
    """Whether a programme's criteria hold on the facts as they are, received or not."""

    programme: str


@dataclass(frozen=True)
class OverMembers(Node):
    """A question over the members living together: any, all, count or sum."""

    question: Literal["any", "all", "count", "sum"]
    of: Node


@dataclass(frozen=True)
class ColumnRef(Node):
    """A column computed in an earlier layer of the statement. Only the planner makes it.

    The column holds a numerator; `over` are the factors of its denominator.
    """

    column: str
    over: tuple[str, ...] = ()


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes directly below a node."""
    # Not dataclasses.fields(): this runs for every node of every walk, and that is slower.
    for name in node.__dataclass_fields__:
        value: object = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, Node))


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and everything below it, parents before their parts."""
    yield node
    for child in children(node):
        yield from walk(child)


def replace_children(node: Node, children: Iterable[Node]) -> Node:
    """Return a node with other nodes directly below it, in the order of `children`."""
    waiting = iter(children)
    changes: dict[str, Any] = {}
    for name in node.__dataclass_fields__:
        value: object = getattr(node, name)
        if isinstance(value, Node):
            changes[name] = next(waiting)
        elif isinstance(value, tuple) and any(isinstance(part, Node) for part in value):
            changes[name] = tuple(
                next(waiting) if isinstance(part, Node) else part for part in value
            )
    return replace(node, **changes) if changes else node


def list_facts(node: Node) -> Iterator[str]:
    """Yield the ids of the facts that a tree may read."""
    return (part.fact for part in walk(node) if isinstance(part, FactRef))


def is_about_unit(node: Node) -> bool:
    """Whether a tree can have another value for another household or member."""
    per_unit = (FactRef, HouseholdSize, Receives, Eligible, OverMembers)
    return any(isinstance(part, per_unit) for part in walk(node))


def find_joined_owner(*nodes: Node) -> Owner:
    """Return the owner of a node made of others: a member if any of them is a member's."""
    return "member" if any(node.owner == "member" for node in nodes) else "household"
