"""Variants of a rule that an example must tell from the rule itself: one small change each.

A criterion or trigger taken out, one part of an `and` or `or` taken out, one comparison turned to
its neighbour. Trees in, trees out; a definition is changed wherever it is used.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from relieftool.authoring.trial_meaning import ProgrammeTrees
from relieftool.rules import syntax
from relieftool.rules.syntax import Node

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
        """Give the definitions by identity: what is inside them is changed in their own name."""
        return frozenset(map(id, self.definitions.values()))


def share_parts(node: Node, pool: dict[Node, Node]) -> Node:
    """Give a node whose every part is the one object in the pool that equals it."""
    rebuilt = _with_children(node, [share_parts(child, pool) for child in syntax.children(node)])
    return pool.setdefault(rebuilt, rebuilt)


def list_mutants(source: SharedTrees) -> Iterator[Mutant]:
    """Give every mutant of a pack's programmes, then those of the definitions they use."""
    for name in source.rules:
        yield from _of_programme(source, name)
    for name, node in source.definitions.items():
        if any(part is node for tree in _trees(source.rules) for part in syntax.walk(tree)):
            yield from _of_definition(source, name, node)


def list_trees(trees: ProgrammeTrees) -> list[Node]:
    """Give every tree of a programme."""
    amounts = [node for pair in trees.amounts for node in pair if node is not None]
    return [*([trees.trigger] if trees.trigger else []), *trees.criteria, *amounts]


def _trees(rules: TreesByProgramme) -> Iterator[Node]:
    for trees in rules.values():
        yield from list_trees(trees)


def _of_programme(source: SharedTrees, name: str) -> Iterator[Mutant]:
    """Give the mutants of one programme's own expressions."""
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
    """Give the trees of the amounts, each with its place and key."""
    for place, (when, value) in enumerate(trees.amounts):
        if when is not None:
            yield place, "when", when
        yield place, "value", value


def _of_definition(source: SharedTrees, name: str, node: Node) -> Iterator[Mutant]:
    """Give the mutants of a definition; each changes it in every rule that uses it."""
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
    """Give each variant of a tree: what is changed, the part before and after, the whole tree."""
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
    """Say whether a node is `x or not x`: true where x is stated, unknown elsewhere.

    Its halves are no conditions of their own: where one alone begins a rule, the criterion that
    asks for x gives the same outcome, and no example could tell.
    """
    match node:
        case syntax.Or(parts=(one, syntax.Not(of=other))):
            return one == other
    return False


def _is_chained(node: Node, child: Node, stops: frozenset[int]) -> bool:
    """Say whether a part is itself such a chain, to be taken out piece by piece."""
    return type(child) is type(node) and id(child) not in stops


def _with_children(node: Node, children: list[Node]) -> Node:
    """Give a node with other nodes directly below it, in the order `children` gives them."""
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
