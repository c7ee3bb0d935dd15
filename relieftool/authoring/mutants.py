"""Variants of a rule that an example must tell from the rule itself: one small change each.

A criterion or trigger taken out, one part of an `and` or `or` taken out, one comparison turned to
its neighbour. Trees in, trees out; a definition is changed wherever it is used.

Syntax tree -> expression text, as the author of a pack writes it.

What rules mean for one household whose facts are stated: for trying many variants of a rule.

A value is kept for every lasting node, so that a variant costs only what differs.
"""

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from relieftool.pack.facts import Owner
from relieftool.rules import syntax
from relieftool.rules.evaluator import Evaluator, ExpressionValue
from relieftool.rules.syntax import Node
from relieftool.rules.truth import decide_all

_LOOSE = {syntax.Or: 1, syntax.And: 2, syntax.Not: 3}  # higher binds closer; all others 4 and up
_COMPARISON, _SUM, _PRODUCT, _WORD = 4, 5, 6, 7


def format_expression(node: Node, names: Mapping[int, str] | None = None) -> str:
    """Write a tree as an expression; nodes named by identity, such as definitions, by name."""
    return _ExpressionWriter(names or {}).text(node)


class _ExpressionWriter:
    """Writes nodes, with brackets only where they are needed."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self._names = names

    def text(self, node: Node, closer_than: int = 0) -> str:
        """Write a node, in brackets where it binds no closer than what is around it."""
        if id(node) in self._names:
            return self._names[id(node)]
        text, binds = self._bare(node), _closeness(node)
        return f"({text})" if binds <= closer_than else text

    def _bare(self, node: Node) -> str:  # noqa: PLR0911 one line per form of the language
        """Write a node without brackets around it."""
        match node:
            case syntax.And(parts=parts):
                return " and ".join(self.text(part, 1) for part in parts)
            case syntax.Or(parts=parts):
                return " or ".join(self.text(part, 0) for part in parts)
            case syntax.Not(of=of):
                return f"not {self.text(of, 2)}"
            case syntax.Compare(operator=sign, left=left, right=right):
                return f"{self.text(left, _COMPARISON)} {sign} {self.text(right, _COMPARISON)}"
            case syntax.Arithmetic(operator=sign, left=left, right=right):
                binds = _closeness(node)
                return f"{self.text(left, binds - 1)} {sign} {self.text(right, binds)}"
            case syntax.OneOf(of=of, values=values):
                return f"{self.text(of, _COMPARISON)} in ({', '.join(map(_literal, values))})"
            case syntax.IsUnknown(of=of):
                return f"{self.text(of, _COMPARISON)} is null"
            case syntax.FirstKnown(parts=parts):
                return f"first_known({', '.join(map(self.text, parts))})"
        return self._word(node)

    def _word(self, node: Node) -> str:  # noqa: PLR0911 one line per form of the language
        """Write a node that is one name, value or function."""
        match node:
            case syntax.FactRef(fact=name) | syntax.ParameterRef(parameter=name):
                return name
            case syntax.Constant(value=value):
                return _literal(value)
            case syntax.Receives(programme=name):
                return f"receives({_literal(name)})"
            case syntax.Eligible(programme=name):
                return f"eligible({_literal(name)})"
            case syntax.YearsSince(of=of):
                return f"years_since({self.text(of)})"
            case syntax.OverMembers(question=question, of=of):
                ending = "member" if question == "any" else "members"
                return f"{question}_{ending}({self.text(of)})"
        return "size"


def _closeness(node: Node) -> int:
    """Say how close a node holds its parts."""
    match node:
        case syntax.Compare() | syntax.OneOf() | syntax.IsUnknown():
            return _COMPARISON
        case syntax.Arithmetic(operator=sign):
            return _SUM if sign in "+-" else _PRODUCT
    return _LOOSE.get(type(node), _WORD)


def _literal(value: int | str) -> str:
    """Write a constant; words are quoted."""
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


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
        """Return the places of the members known to live with the household."""
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
        """Return the same household under other rules; what is kept of it is shared."""
        return TrialEvaluator(self._stated, programmes, self._lasting, self._kept)

    @property
    def as_of(self) -> dt.date:
        """Return the day asked about."""
        return self._stated.as_of

    @property
    def living(self) -> Sequence[int]:
        """Return the places of those known to live with the household."""
        return self._stated.living

    @property
    def size(self) -> int | None:
        """Return how many live together."""
        return self._stated.size

    def parameter(self, name: str) -> ExpressionValue:
        """Return the value of the law on the day; for a setting its choice."""
        return self._stated.parameters[name]

    def eligible(self, programme: str, place: MemberIndex) -> bool | None:
        """Return whether a programme's criteria hold; False where it is not in force or not begun."""
        trees = self._programmes.get(programme)
        if trees is None:
            return False
        asked = place if trees.unit == "member" else None
        if trees.trigger is not None and self.value(trees.trigger, asked) is not True:
            return False
        return decide_all(self.truth(node, asked) for node in trees.criteria)

    def amount(self, programme: str, place: MemberIndex) -> int | None:
        """Return what a programme grants, in whole fen; None is unknown or nothing."""
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
        """Return the value of a node for the household, or for the member at a place."""
        asked = place if node.owner == "member" else None
        if id(node) not in self._lasting:
            return super().value(node, asked)
        key = (id(node), asked)
        if key not in self._kept:
            self._kept[key] = super().value(node, asked)
        return self._kept[key]

    def stored(self, node: Node, place: MemberIndex) -> ExpressionValue:
        """Return what is stated of a fact or receipt; ask the rules about an eligibility."""
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
        """Return whether a programme is drawn; one not in force is drawn only where that is stated."""
        stated = self._stated
        told = stated.household_receives if place is None else stated.members_receive[place]
        is_drawn = told.get(programme)
        return is_drawn is True if programme not in self._programmes else is_drawn


def round_to_fen(value: ExpressionValue) -> int | None:
    """Return an amount in whole fen, halves rounded up.

    >>> round_to_fen(Fraction(5, 2)), round_to_fen(3), round_to_fen(None)
    (3, 3, None)
    """
    if value is None or isinstance(value, str):
        return None
    return math.floor(value + Fraction(1, 2))


MutantKind = Literal["criterion", "trigger", "part", "comparison"]
TreesByProgramme = Mapping[str, ProgrammeTrees]
_NEIGHBOURS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "<>", "<>": "="}


@dataclass(frozen=True)
class Mutant:
    """One change of one expression: where it stands, what is changed, and the rules then.

    `key` is the key in the programme's file, or in definitions.toml where `programme` is None.
    """

    programme: str | None
    key: str
    change: MutantKind
    before: Node
    after: Node | None
    rules: TreesByProgramme


@dataclass(frozen=True)
class SharedTrees:
    """Trees whose equal parts are one object, so that a definition is known wherever it stands."""

    rules: TreesByProgramme
    definitions: Mapping[str, Node]
    keys: Mapping[str, tuple[str, ...]]  # the criteria's ids, by programme

    @property
    def stops(self) -> frozenset[int]:
        """Return the definitions by identity: what is inside them is changed in their own name."""
        return frozenset(map(id, self.definitions.values()))


def share_parts(node: Node, pool: dict[Node, Node]) -> Node:
    """Return a node whose every part is the one object in the pool that equals it."""
    rebuilt = _with_children(node, [share_parts(child, pool) for child in syntax.children(node)])
    return pool.setdefault(rebuilt, rebuilt)


def list_mutants(source: SharedTrees) -> Iterator[Mutant]:
    """Return every mutant of a pack's programmes, then those of the definitions they use."""
    for name in source.rules:
        yield from _of_programme(source, name)
    for name, node in source.definitions.items():
        if any(part is node for tree in _trees(source.rules) for part in syntax.walk(tree)):
            yield from _of_definition(source, name, node)


def list_trees(trees: ProgrammeTrees) -> list[Node]:
    """Return every tree of a programme."""
    amounts = [node for pair in trees.amounts for node in pair if node is not None]
    return [*([trees.trigger] if trees.trigger else []), *trees.criteria, *amounts]


def _trees(rules: TreesByProgramme) -> Iterator[Node]:
    for trees in rules.values():
        yield from list_trees(trees)


def _of_programme(source: SharedTrees, name: str) -> Iterator[Mutant]:
    """Return the mutants of one programme's own expressions."""
    trees, stops = source.rules[name], source.stops

    def made(
        key: str, change: MutantKind, before: Node, after: Node | None, new: ProgrammeTrees
    ) -> Mutant:
        return Mutant(name, key, change, before, after, {**source.rules, name: new})

    if trees.trigger is not None:
        yield made("trigger", "trigger", trees.trigger, None, replace(trees, trigger=None))
        for change, before, after, tree in list_variants(trees.trigger, stops):
            yield made("trigger", change, before, after, replace(trees, trigger=tree))
    for place, (key, node) in enumerate(zip(source.keys[name], trees.criteria, strict=True)):
        where = f"criteria.{key}"
        rest = (*trees.criteria[:place], *trees.criteria[place + 1 :])
        yield made(where, "criterion", node, None, replace(trees, criteria=rest))
        for change, before, after, tree in list_variants(node, stops):
            new = (*trees.criteria[:place], tree, *trees.criteria[place + 1 :])
            yield made(f"{where}.when", change, before, after, replace(trees, criteria=new))
    for place, part, node in _amount_trees(trees):
        when, value = trees.amounts[place]
        for change, before, after, tree in list_variants(node, stops):
            pair = (tree, value) if part == "when" else (when, tree)
            amounts = (*trees.amounts[:place], pair, *trees.amounts[place + 1 :])
            where = f"amounts.{place + 1}.{part}"
            yield made(where, change, before, after, replace(trees, amounts=amounts))


def _amount_trees(trees: ProgrammeTrees) -> Iterator[tuple[int, Literal["when", "value"], Node]]:
    """Return the trees of the amounts, each with its place and key."""
    for place, (when, value) in enumerate(trees.amounts):
        if when is not None:
            yield place, "when", when
        yield place, "value", value


def _of_definition(source: SharedTrees, name: str, node: Node) -> Iterator[Mutant]:
    """Return the mutants of a definition; each changes it in every rule that uses it."""
    stops = source.stops - {id(node)}
    for change, before, after, tree in list_variants(node, stops):
        rules = {key: _replaced_in(trees, node, tree) for key, trees in source.rules.items()}
        yield Mutant(None, f"{name}.value", change, before, after, rules)


def _replaced_in(trees: ProgrammeTrees, old: Node, new: Node) -> ProgrammeTrees:
    """Put a changed definition into a programme; one that does not use it stays the same object."""
    changed = ProgrammeTrees(
        trees.unit,
        None if trees.trigger is None else _replaced(trees.trigger, old, new),
        tuple(_replaced(node, old, new) for node in trees.criteria),
        tuple(
            (None if when is None else _replaced(when, old, new), _replaced(value, old, new))
            for when, value in trees.amounts
        ),
    )
    pairs = zip(list_trees(trees), list_trees(changed), strict=True)
    return trees if all(one is other for one, other in pairs) else changed


def _replaced(node: Node, old: Node, new: Node) -> Node:
    """Put one node in place of another, wherever that very object stands."""
    if node is old:
        return new
    children = list(syntax.children(node))
    put = [_replaced(child, old, new) for child in children]
    is_same = all(one is other for one, other in zip(children, put, strict=True))
    return node if is_same else _with_children(node, put)


def list_variants(
    node: Node, stops: frozenset[int] = frozenset()
) -> Iterator[tuple[MutantKind, Node, Node | None, Node]]:
    """Return each variant of a tree: what is changed, the part before and after, the whole tree."""
    if id(node) in stops or _asks_whether_stated(node):
        return
    if isinstance(node, syntax.Compare):
        turned = replace(node, operator=_NEIGHBOURS[node.operator])
        yield "comparison", node, turned, turned
    children = list(syntax.children(node))
    for place, child in enumerate(children):
        if isinstance(node, syntax.And | syntax.Or) and not _is_chained(node, child, stops):
            rest = (*children[:place], *children[place + 1 :])
            yield "part", child, None, rest[0] if len(rest) == 1 else replace(node, parts=rest)
        for change, before, after, tree in list_variants(child, stops):
            put = [*children[:place], tree, *children[place + 1 :]]
            yield change, before, after, _with_children(node, put)


def _asks_whether_stated(node: Node) -> bool:
    """Return whether a node is `x or not x`: true where x is stated, unknown elsewhere.

    Its halves are no conditions of their own: where one alone begins a rule, the criterion that
    asks for x gives the same outcome, and no example could tell.
    """
    match node:
        case syntax.Or(parts=(one, syntax.Not(of=other))):
            return one == other
    return False


def _is_chained(node: Node, child: Node, stops: frozenset[int]) -> bool:
    """Return whether a part is itself such a chain, to be taken out piece by piece."""
    return type(child) is type(node) and id(child) not in stops


def _with_children(node: Node, children: list[Node]) -> Node:
    """Return a node with other nodes directly below it, in the order `children` gives them."""
    waiting = iter(children)
    changes: dict[str, Any] = {}
    for name, value in vars(node).items():
        if isinstance(value, Node):
            changes[name] = next(waiting)
        elif isinstance(value, tuple) and any(isinstance(part, Node) for part in value):
            changes[name] = tuple(
                next(waiting) if isinstance(part, Node) else part for part in value
            )
    return replace(node, **changes) if changes else node
