"""Builds mutants of a pack: its rules with one small change each, which an example should notice.

A change removes a criterion, a trigger or a part of an `and` or `or`, or replaces a comparison by
its neighbour (< by <=). The module also evaluates the rules for an example, and writes a tree as
the text of an expression.
"""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Literal, Self

from relieftool.rules import syntax
from relieftool.rules.compiled_rules import LIVES, CompiledRules, ExpressionValue, Unit, Units
from relieftool.rules.programme_rules import ProgrammeRules, build_or
from relieftool.rules.sql import ColumnKind, format_column_name, quote_literal
from relieftool.rules.syntax import Node, replace_children

FactValues = Mapping[str, int | str | None]
MemberIndex = int | None  # a member's index from 0; None is the household
MutantKind = Literal["criterion", "trigger", "part", "comparison"]
RulesByProgramme = Mapping[str, ProgrammeRules]
_NEIGHBOURS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "<>", "<>": "="}
# How tightly an operator binds: a part that binds less tightly than its parent needs brackets.
_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _WORD = range(1, 8)
_BINDING: dict[type[Node], int] = {
    syntax.Or: _OR,
    syntax.And: _AND,
    syntax.Not: _NOT,
    syntax.Compare: _COMPARISON,
    syntax.OneOf: _COMPARISON,
    syntax.IsUnknown: _COMPARISON,
}


@dataclass(frozen=True)
class Mutant:
    """A change of one expression: its place, the part before and after, and the rules after it.

    `key` is the key in the programme's file, or in definitions.toml if `programme` is None. `after`
    is None if the part is removed.
    """

    programme: str | None
    key: str
    change: MutantKind
    before: Node
    after: Node | None
    rules: RulesByProgramme


@dataclass(frozen=True)
class SharedTrees:
    """The rules and definitions of a pack, in which equal parts are the same object.

    The parser copies the tree of a definition into every rule that uses it. As a single object, it
    can be recognised by its id(): changed in every rule at once, and written by its name.
    """

    rules: RulesByProgramme
    definitions: Mapping[str, Node]

    @property
    def definition_ids(self) -> frozenset[int]:
        """The id() of each definition. Only its own mutants change what is inside."""
        return frozenset(map(id, self.definitions.values()))


def share_parts(node: Node, pool: dict[Node, Node]) -> Node:
    """Return an equal node made of objects in the pool; parts that are not in it are added."""
    rebuilt = replace_children(node, [share_parts(child, pool) for child in syntax.children(node)])
    return pool.setdefault(rebuilt, rebuilt)


def map_trees(rules: ProgrammeRules, change: Callable[[Node], Node]) -> ProgrammeRules:
    """Return the rules of a programme with `change` applied to every tree."""
    return replace(
        rules,
        trigger=None if rules.trigger is None else change(rules.trigger),
        criteria={key: change(node) for key, node in rules.criteria.items()},
        amounts=tuple(
            (None if when is None else change(when), change(value)) for when, value in rules.amounts
        ),
    )


def list_mutants(source: SharedTrees) -> Iterator[Mutant]:
    """Yield the mutants of all programmes of a pack, then of the definitions they use."""
    for name in source.rules:
        yield from _list_programme_mutants(source, name)
    trees = [tree for rules in source.rules.values() for tree in rules.nodes]
    for name, node in source.definitions.items():
        if any(part is node for tree in trees for part in syntax.walk(tree)):
            yield from _list_definition_mutants(source, name, node)


def _list_programme_mutants(source: SharedTrees, name: str) -> Iterator[Mutant]:
    """Yield the mutants of the expressions of one programme."""
    rules, stops = source.rules[name], source.definition_ids

    def build(
        key: str, change: MutantKind, before: Node, after: Node | None, changed: ProgrammeRules
    ) -> Mutant:
        return Mutant(name, key, change, before, after, {**source.rules, name: changed})

    if rules.trigger is not None:
        yield build("trigger", "trigger", rules.trigger, None, replace(rules, trigger=None))
        for change, before, after, tree in list_variants(rules.trigger, stops):
            yield build("trigger", change, before, after, replace(rules, trigger=tree))
    for key, node in rules.criteria.items():
        place = f"criteria.{key}"
        others = {other: tree for other, tree in rules.criteria.items() if other != key}
        yield build(place, "criterion", node, None, replace(rules, criteria=others))
        for change, before, after, tree in list_variants(node, stops):
            criteria = {**rules.criteria, key: tree}
            yield build(f"{place}.when", change, before, after, replace(rules, criteria=criteria))
    for index, part, node in _list_amount_trees(rules):
        when, value = rules.amounts[index]
        for change, before, after, tree in list_variants(node, stops):
            pair = (tree, value) if part == "when" else (when, tree)
            amounts = (*rules.amounts[:index], pair, *rules.amounts[index + 1 :])
            place = f"amounts.{index + 1}.{part}"
            yield build(place, change, before, after, replace(rules, amounts=amounts))


def _list_amount_trees(
    rules: ProgrammeRules,
) -> Iterator[tuple[int, Literal["when", "value"], Node]]:
    """Yield the trees of the amounts, each with the index of its amount and its key."""
    for index, (when, value) in enumerate(rules.amounts):
        if when is not None:
            yield index, "when", when
        yield index, "value", value


def _list_definition_mutants(source: SharedTrees, name: str, node: Node) -> Iterator[Mutant]:
    """Yield the mutants of a definition; each changes it in every rule that uses it."""
    stops = source.definition_ids - {id(node)}
    for change, before, after, tree in list_variants(node, stops):
        rules = {key: _replace_in_rules(each, node, tree) for key, each in source.rules.items()}
        yield Mutant(None, f"{name}.value", change, before, after, rules)


def _replace_in_rules(rules: ProgrammeRules, old: Node, new: Node) -> ProgrammeRules:
    """Return the rules of a programme with node `new` in place of `old`.

    If `old` does not occur, the same object is returned: mutation testing compares identities to
    skip the programmes that a mutant does not change.
    """
    changed = map_trees(rules, lambda node: _replace_node(node, old, new))
    pairs = zip(rules.nodes, changed.nodes, strict=True)
    return rules if all(before is after for before, after in pairs) else changed


def _replace_node(node: Node, old: Node, new: Node) -> Node:
    """Return a tree with `new` in place of the object `old`; nodes that are only equal stay."""
    if node is old:
        return new
    children = list(syntax.children(node))
    replaced = [_replace_node(child, old, new) for child in children]
    is_same = all(before is after for before, after in zip(children, replaced, strict=True))
    return node if is_same else replace_children(node, replaced)


def list_variants(
    node: Node, stops: frozenset[int] = frozenset()
) -> Iterator[tuple[MutantKind, Node, Node | None, Node]]:
    """Yield each variant of a tree: the kind of change, the part before and after, the whole tree.

    Nodes whose id() is in `stops` are not changed.
    """
    if id(node) in stops or _asks_whether_stated(node):
        return
    if isinstance(node, syntax.Compare):
        turned = replace(node, operator=_NEIGHBOURS[node.operator])
        yield "comparison", node, turned, turned
    children = list(syntax.children(node))
    for index, child in enumerate(children):
        if isinstance(node, syntax.And | syntax.Or) and not _is_chained(node, child, stops):
            rest = (*children[:index], *children[index + 1 :])
            yield "part", child, None, rest[0] if len(rest) == 1 else replace(node, parts=rest)
        for change, before, after, tree in list_variants(child, stops):
            changed = [*children[:index], tree, *children[index + 1 :]]
            yield change, before, after, replace_children(node, changed)


def _asks_whether_stated(node: Node) -> bool:
    """Return whether a node is `x or not x`: true if x is stated, unknown otherwise.

    Its halves are not removed: next to a criterion that asks for x, one half alone gives the same
    outcome, and no example could notice the difference.
    """
    match node:
        case syntax.Or(parts=(left, syntax.Not(of=right))):
            return left == right
    return False


def _is_chained(node: Node, child: Node, stops: frozenset[int]) -> bool:
    """Return whether a part has the same operator as its parent, as in (a and b) and c.

    Its own parts are then removed one by one, not all at once.
    """
    return type(child) is type(node) and id(child) not in stops


@dataclass(frozen=True)
class StatedHousehold:
    """The facts and receipts that an example states; what is absent or None is unknown.

    Facts are in stored form; `lives` has for each member whether they count as living with the
    household, `at_home` whether they do live there, if that differs.
    """

    as_of: dt.date
    parameters: Mapping[str, ExpressionValue]
    household: FactValues
    members: Sequence[FactValues]
    lives: Sequence[bool | None]
    household_receives: Mapping[str, bool | None]
    members_receive: Sequence[Mapping[str, bool | None]]
    at_home: Sequence[bool | None] = ()

    @cached_property
    def living(self) -> list[int]:
        """The indexes of the members known to live with the household."""
        return [index for index, lives in enumerate(self.lives) if lives]

    @cached_property
    def size(self) -> int | None:
        """The number of members who live together.

        None if we do not know of every member whether they live here, or if the stated size is
        neither the number who live here or are at home nor the number listed. If nobody is listed,
        None unless 0 is stated.
        """
        stated, living = self.household.get("stated_size"), len(self.living)
        if not self.lives:
            return 0 if stated == 0 else None
        at_home = sum(bool(each) for each in self.at_home or self.lives)
        is_agreed = stated in (None, living, at_home, len(self.lives))
        return living if is_agreed and None not in self.lives else None


class TrialEvaluator:
    """Evaluates one household; nobody is eligible for a programme missing from `programmes`.

    `rules` are the functions of rules with the same day and parameters. A mutant shares those of
    its rules that it does not change, and what was computed by them.
    """

    def __init__(
        self,
        stated: StatedHousehold,
        programmes: RulesByProgramme,
        rules: CompiledRules | None = None,
    ) -> None:
        self.programmes = programmes
        columns = _list_eligible(programmes)
        self.rules = rules or CompiledRules(columns, stated.parameters, stated.as_of)
        receipts = [*stated.members_receive, stated.household_receives]
        in_force = frozenset(programmes)
        members_facts = [
            {**facts, LIVES: lives}
            for facts, lives in zip(stated.members, stated.lives, strict=True)
        ]
        *members, home = [
            Unit(_StatedRow(facts, received, in_force))
            for facts, received in zip([*members_facts, stated.household], receipts, strict=True)
        ]
        self.units = Units(home, members, [members[place] for place in stated.living], stated.size)

    def under(self, programmes: RulesByProgramme) -> Self:
        """Return an evaluator of the same household under other rules."""
        if all(rules is self.programmes.get(name) for name, rules in programmes.items()):
            return self
        other = copy(self)
        other.programmes = programmes
        other.rules = self.rules.under(_list_eligible(programmes))
        *members, home = [
            Unit(unit.row, dict(unit.values)) for unit in (*self.units.members, self.units.home)
        ]
        places = [self.units.members.index(unit) for unit in self.units.living]
        living = [members[place] for place in places]
        other.units = Units(home, members, living, self.units.size)
        return other

    def eligible(self, programme: str, place: MemberIndex) -> bool | None:
        """Return whether the criteria of a programme hold; None if that is unknown.

        False if `programmes` lacks the programme, or its event is not known to have happened.
        """
        if programme not in self.programmes:
            return False
        return self.truth(self.programmes[programme].eligible, place)

    def amount(self, programme: str, place: MemberIndex) -> int | None:
        """Return a programme's amount in whole fen; None if it is unknown or none applies."""
        for when, value in self.programmes[programme].amounts:
            holds = True if when is None else self.value(when, place)
            if holds is None:
                return None
            if holds:
                return round_to_fen(self.value(value, place))
        return None

    def value(self, node: Node, place: MemberIndex) -> ExpressionValue:
        """Return the value of a node for the household, or for the member with index `place`."""
        unit = self.units.home if node.owner == "household" else self.units.members[place or 0]
        return self.rules.part(node).value(self.units, unit)

    def truth(self, node: Node, place: MemberIndex) -> bool | None:
        """Return whether a condition holds; None if that is unknown."""
        value = self.value(node, place)
        return None if value is None else bool(value)


class _StatedRow(dict[str, int | str | None]):
    """The row of an example: what it does not state is unknown.

    If a programme is not in force, whether it is received counts as no where it is unknown.
    """

    def __init__(
        self, facts: FactValues, received: Mapping[str, bool | None], in_force: frozenset[str]
    ) -> None:
        receipts = {_name_receipt(name): receives for name, receives in received.items()}
        super().__init__({**facts, **{k: int(r) for k, r in receipts.items() if r is not None}})
        self._in_force = frozenset(map(_name_receipt, in_force))

    def __missing__(self, column: str) -> int | None:
        is_receipt = column.startswith(_name_receipt(""))
        return 0 if is_receipt and column not in self._in_force else None


def _name_receipt(programme: str) -> str:
    return format_column_name(ColumnKind.RECEIVES, programme)


def _list_eligible(programmes: RulesByProgramme) -> Mapping[str, Node]:
    """Return the trees of the columns that other programmes read."""
    nobody = build_or("household", ())
    columns = {
        format_column_name(ColumnKind.ELIGIBLE, name): rules.eligible
        for name, rules in programmes.items()
    }
    return defaultdict(lambda: nobody, columns)


def round_to_fen(value: ExpressionValue) -> int | None:
    """Return an amount in whole fen, halves rounded up; None if it is unknown.

    >>> round_to_fen(Fraction(5, 2)), round_to_fen(3), round_to_fen(None)
    (3, 3, None)
    """
    if value is None or isinstance(value, str):
        return None
    return math.floor(value + Fraction(1, 2))


def format_expression(node: Node, names: Mapping[int, str] | None = None) -> str:
    """Return a tree as the text of an expression.

    `names` has texts by the id() of nodes, such as definitions, that are written in their place.
    """
    return _ExpressionWriter(names or {}).write(node)


class _ExpressionWriter:
    """Writes nodes as text, with brackets only where they are needed."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self._names = names

    def write(self, node: Node, around: int = 0) -> str:
        """Return the text of a node, in brackets if its binding is not above `around`."""
        if id(node) in self._names:
            return self._names[id(node)]
        text = self._write_bare(node)
        return f"({text})" if _get_binding(node) <= around else text

    def _write_bare(self, node: Node) -> str:  # noqa: PLR0911 one line per form of the language
        """Return the text of a node without brackets around it."""
        match node:
            case syntax.And(parts=parts):
                return " and ".join(self.write(part, _OR) for part in parts)
            case syntax.Or(parts=parts):
                return " or ".join(self.write(part) for part in parts)
            case syntax.Not(of=of):
                return f"not {self.write(of, _AND)}"
            case syntax.Compare(operator=sign, left=left, right=right):
                return f"{self.write(left, _COMPARISON)} {sign} {self.write(right, _COMPARISON)}"
            case syntax.Arithmetic(operator=sign, left=left, right=right):
                binding = _get_binding(node)
                return f"{self.write(left, binding - 1)} {sign} {self.write(right, binding)}"
            case syntax.OneOf(of=of, values=values):
                listed = ", ".join(map(quote_literal, values))
                return f"{self.write(of, _COMPARISON)} in ({listed})"
            case syntax.IsUnknown(of=of):
                return f"{self.write(of, _COMPARISON)} is null"
            case syntax.FirstKnown(parts=parts):
                return f"first_known({', '.join(map(self.write, parts))})"
        return self._write_word(node)

    def _write_word(self, node: Node) -> str:  # noqa: PLR0911 one line per form of the language
        """Return the text of a node that is a name, a value or a function call."""
        match node:
            case syntax.FactRef(fact=name) | syntax.ParameterRef(parameter=name):
                return name
            case syntax.Constant(value=value):
                return quote_literal(value)
            case syntax.AsResident(of=of):
                return self.write(of)
            case syntax.Receives(programme=name):
                return f"receives({quote_literal(name)})"
            case syntax.Eligible(programme=name):
                return f"eligible({quote_literal(name)})"
            case syntax.YearsSince(of=of):
                return f"years_since({self.write(of)})"
            case syntax.OverMembers(question=question, of=of):
                ending = "member" if question == "any" else "members"
                return f"{question}_{ending}({self.write(of)})"
        return "size"


def _get_binding(node: Node) -> int:
    """Return how tightly the operator of a node binds its parts."""
    if isinstance(node, syntax.Arithmetic):
        return _SUM if node.operator in "+-" else _PRODUCT
    return _BINDING.get(type(node), _WORD)
