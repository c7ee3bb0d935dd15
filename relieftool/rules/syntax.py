"""The syntax tree of an expression, checked and typed; plain values that know nothing of SQL.

Every node says what type it has and whose it is: a household's node is the same for all members.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from relieftool.pack.facts import Owner, Period

ValueSort = Literal["truth", "money", "count", "ratio", "date", "choice", "text"]


@dataclass(frozen=True)
class Type:
    """What a node is: its sort, for money the period, for a choice the ids it may have."""

    sort: ValueSort
    period: Period | None = None
    choices: frozenset[str] = frozenset()


TRUTH = Type("truth")
COUNT = Type("count")
RATIO = Type("ratio")
DATE = Type("date")


@dataclass(frozen=True)
class Node:
    """Anything an expression is made of."""

    type: Type
    owner: Owner


@dataclass(frozen=True)
class FactRef(Node):
    """A fact; `presumed` stands in where it is unknown (None: nothing does)."""

    fact: str
    presumed: int | str | None = None


@dataclass(frozen=True)
class HouseholdSize(Node):
    """The number of member rows living together; unknown without any, or stated otherwise."""


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
    """Full years from a date to the as-of date; unknown from a day yet to come."""

    of: Node


@dataclass(frozen=True)
class FirstKnown(Node):
    """The first of several that is known."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class OnlyIf(Node):
    """A number where a condition holds, 0 where it does not; unknown where that is unknown."""

    when: Node
    of: Node


@dataclass(frozen=True)
class AtLeastZero(Node):
    """A number, and 0 where it is less."""

    of: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    """Two numbers joined by + - * or /, exact; the divisor is a whole number other than 0."""

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
    """A value is one of several words or numbers."""

    of: Node
    values: tuple[int | str, ...]


@dataclass(frozen=True)
class IsUnknown(Node):
    """A value is unknown; itself never unknown."""

    of: Node


@dataclass(frozen=True)
class IsCertain(Node):
    """A truth is known to be `wanted`; itself never unknown. Made by the planner, not written."""

    of: Node
    wanted: bool


@dataclass(frozen=True)
class Not(Node):
    """The opposite; unknown stays unknown."""

    of: Node


@dataclass(frozen=True)
class And(Node):
    """All of several; false wins over unknown. Of none: true."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Or(Node):
    """Any of several; true wins over unknown. Of none: false."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Receives(Node):
    """The unit receives a programme, by rosters and its own sheet; says nothing of eligibility."""

    programme: str


@dataclass(frozen=True)
class PaidAmount(Node):
    """What the unit is paid of a programme; unknown also where nothing is. Made by the planner."""

    programme: str


@dataclass(frozen=True)
class Eligible(Node):
    """A programme's criteria hold on the facts as they are; says nothing of receipt."""

    programme: str


@dataclass(frozen=True)
class OverMembers(Node):
    """A question over the members living together: any, all, count or sum."""

    question: Literal["any", "all", "count", "sum"]
    of: Node


@dataclass(frozen=True)
class ColumnRef(Node):
    """A column computed in an earlier layer of the statement. Made by the planner, not written.

    `over` are the factors of the denominator of what stands in the column.
    """

    column: str
    over: tuple[str, ...] = ()


def children(node: Node) -> Iterator[Node]:
    """Return the nodes directly below a node."""
    for name in node.__dataclass_fields__:  # asked for every node of every tree that is walked
        value: object = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, Node))


def walk(node: Node) -> Iterator[Node]:
    """Return a node and all below it, in the order they stand."""
    yield node
    for child in children(node):
        yield from walk(child)


def list_facts(node: Node) -> Iterator[str]:
    """Name the facts a tree may read."""
    return (part.fact for part in walk(node) if isinstance(part, FactRef))


def is_about_unit(node: Node) -> bool:
    """Return whether a tree can differ from one household or member to the next."""
    somebody = (FactRef, HouseholdSize, Receives, Eligible, OverMembers)
    return any(isinstance(part, somebody) for part in walk(node))


def find_joined_owner(*nodes: Node) -> Owner:
    """Say whose a node made of others is: a member's as soon as one of them is."""
    return "member" if any(node.owner == "member" for node in nodes) else "household"
