"""What in a pack is right as far as it goes, and yet worth a look: unused, unnamed, running out."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from relieftool.eligibility.rule_warnings import (
    find_first_day_without,
    list_parameters,
    list_used_parameters,
)
from relieftool.pack.models import Pack
from relieftool.rules import syntax
from relieftool.rules.parser import parse_definition
from relieftool.rules.programme_rules import ProgrammeRules, parse_programmes
from relieftool.rules.statement import parse_priority
from relieftool.rules.syntax import Node

DoubtKind = Literal["unused_parameter", "unused_fact", "no_roster_name", "runs_out", "ran_out"]
_SOON = dt.timedelta(days=60)
# Facts that mean something to the register itself, whether a rule reads them or not.
_REGISTERS_OWN = frozenset({"stated_size", "lives_together"})


@dataclass(frozen=True)
class ReviewNote:
    """One thing to look at: what kind, whose id, and the day it is about, if any."""

    doubt: DoubtKind
    id: str
    on: dt.date | None = None


@dataclass(frozen=True)
class PackContents:
    """How much a pack holds."""

    facts: int
    definitions: int
    parameters: int
    programmes: int
    criteria: int
    examples: int
    indicators: int
    not_encoded: int


def count_contents(pack: Pack) -> PackContents:
    """Count what a pack holds."""
    programmes = pack.programmes.values()
    return PackContents(
        facts=len(pack.facts),
        definitions=len(pack.definitions),
        parameters=len(pack.parameters),
        programmes=len(pack.programmes),
        criteria=sum(len(one.criteria) for one in programmes),
        examples=sum(len(one.examples) for one in programmes),
        indicators=len(pack.priority.indicators),
        not_encoded=len(pack.not_encoded),
    )


def review_pack(pack: Pack, as_of: dt.date) -> list[ReviewNote]:
    """Find what a pack's author or office should look at on a day."""
    rules = parse_programmes(pack)
    trees = list(list_all_trees(pack, rules))
    settings = {one.setting for p in pack.programmes.values() for one in p.time_limits}
    facts = _REGISTERS_OWN | _facts_in(trees)
    unnamed = [name for name, one in pack.programmes.items() if not one.roster_names]
    unread = [name for name, fact in pack.facts.items() if name not in facts and not fact.headers]
    in_force = [one for one in rules.values() if one.programme.is_in_force(as_of)]
    more = [node for nodes in parse_priority(pack) for node in nodes.values()]
    needed = settings | set(list_used_parameters(in_force, more, pack.parameters, as_of))
    return [
        *(ReviewNote("unused_parameter", name) for name in list_unused_parameters(pack)),
        *(ReviewNote("unused_fact", name) for name in unread),
        *(ReviewNote("no_roster_name", name) for name in unnamed),
        *_running_out(pack, (name for name in pack.parameters if name in needed), as_of),
    ]


def list_unused_parameters(pack: Pack) -> list[str]:
    """Name the parameters no rule, no definition, no indicator and no time limit reads."""
    trees = list_all_trees(pack, parse_programmes(pack))
    settings = {one.setting for p in pack.programmes.values() for one in p.time_limits}
    used = settings | set(list_parameters(trees, pack.parameters))
    return [name for name in pack.parameters if name not in used]


def list_all_trees(pack: Pack, rules: dict[str, ProgrammeRules]) -> Iterator[Node]:
    """Give the trees of some programmes, of all definitions and of priority.toml."""
    for one in rules.values():
        yield from one.nodes
    for definition in pack.definitions.values():
        yield parse_definition(pack, definition)
    for nodes in parse_priority(pack):
        yield from nodes.values()


def _facts_in(trees: Iterable[Node]) -> set[str]:
    """Name the facts that some trees read."""
    nodes = (node for tree in trees for node in syntax.walk(tree))
    return {node.fact for node in nodes if isinstance(node, syntax.FactRef)}


def _running_out(pack: Pack, names: Iterable[str], as_of: dt.date) -> Iterator[ReviewNote]:
    """Name the parameters that have no value any more on the day, or soon with none to follow."""
    for name in names:
        value = pack.parameters[name].in_force(as_of)
        ends = as_of if value is None else value.until
        if ends == "open" or ends > as_of + _SOON or pack.parameters[name].in_force(ends):
            continue
        if value is not None:
            yield ReviewNote("runs_out", name, ends)
        elif (since := find_first_day_without(pack.parameters[name], as_of)) < as_of:
            yield ReviewNote("ran_out", name, since)
