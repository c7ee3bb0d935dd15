"""What in a pack is right as far as it goes, and yet worth a look: unused, unnamed, running out.

What of a pack is still to be asked of the district office, and which rules rest on it.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from relieftool.eligibility.rule_warnings import (
    find_first_day_without,
    list_parameters,
    list_used_parameters,
)
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.facts import BilingualText
from relieftool.pack.models import DatedValue, Definition, Pack, Programme, UnencodedProgramme
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
        criteria=sum(len(programme.criteria) for programme in programmes),
        examples=sum(len(one.examples) for one in programmes),
        indicators=len(pack.priority.indicators),
        not_encoded=len(pack.not_encoded),
    )


def review_pack(pack: Pack, as_of: dt.date) -> list[ReviewNote]:
    """Find what a pack's author or office should look at on a day."""
    rules = parse_programmes(pack)
    trees = list(list_all_trees(pack, rules))
    settings = {
        time_limit.setting for p in pack.programmes.values() for time_limit in p.time_limits
    }
    facts = _REGISTERS_OWN | _facts_in(trees)
    unnamed = [name for name, programme in pack.programmes.items() if not programme.roster_names]
    unread = [name for name, fact in pack.facts.items() if name not in facts and not fact.headers]
    in_force = [rule for rule in rules.values() if rule.programme.is_in_force(as_of)]
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
    settings = {
        time_limit.setting for p in pack.programmes.values() for time_limit in p.time_limits
    }
    used = settings | set(list_parameters(trees, pack.parameters))
    return [name for name in pack.parameters if name not in used]


def list_all_trees(pack: Pack, rules: dict[str, ProgrammeRules]) -> Iterator[Node]:
    """Return the trees of some programmes, of all definitions and of priority.toml."""
    for rule in rules.values():
        yield from rule.nodes
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


@dataclass(frozen=True)
class LawQuestion:
    """One question: about a parameter and its value now, or about a programme without rules.

    `value` is None where the parameter has none on the day; `rests` are the programmes in force
    that use it.
    """

    id: str
    label: BilingualText
    is_parameter: bool
    value: DatedValue | None
    question: BilingualText | None
    rests: tuple[str, ...] = ()


def list_law_questions(
    pack: Pack, as_of: dt.date, programme: str | None = None
) -> list[LawQuestion]:
    """List parameters assumed or without a value on a day, then what else the pack asks.

    With a programme: only those it rests on.
    """
    if programme is not None:
        find_programme_or_unencoded(pack, programme)
    rules = parse_programmes(pack)
    used = {
        name: list_parameters(list_trees_behind(rules, name), pack.parameters)
        + [limit.setting for limit in rule.programme.time_limits]
        for name, rule in rules.items()
        if rule.programme.is_in_force(as_of)
    }
    asked = list(_of_parameters(pack, as_of, used))
    if programme is not None:
        return [one for one in asked if programme in one.rests]
    left_out = [one for one in pack.not_encoded if one.question is not None]
    return [*asked, *(LawQuestion(o.id, o.names, False, None, o.question) for o in left_out)]  # noqa: FBT003


def _of_parameters(pack: Pack, as_of: dt.date, used: dict[str, list[str]]) -> Iterator[LawQuestion]:
    """Return the parameters whose value is assumed, or is needed and missing."""
    for name, parameter in pack.parameters.items():
        value = parameter.in_force(as_of)
        rests = tuple(programme for programme, names in used.items() if name in names)
        is_missing = value is None and bool(rests)
        if is_missing or (value is not None and value.confidence == "assumed"):
            yield LawQuestion(name, parameter.labels, True, value, parameter.question, rests)  # noqa: FBT003


def list_trees_behind(rules: dict[str, ProgrammeRules], name: str) -> Iterator[Node]:
    """Return a programme's trees, and those of the programmes whose eligibility it asks about."""
    for tree in rules[name].nodes:
        yield tree
        for node in syntax.walk(tree):
            if isinstance(node, syntax.Eligible):
                yield from list_trees_behind(rules, node.programme)


def find_programme_or_unencoded(pack: Pack, name: str) -> Programme | UnencodedProgramme:
    """Find a programme, with rules or without.

    Raises:
        ReliefError: There is none of that name; the nearest is named.
    """
    known: dict[str, Programme | UnencodedProgramme] = {one.id: one for one in pack.not_encoded}
    known.update(pack.programmes)
    for one in known.values():
        words = (one.id, one.names.zh, one.names.en)
        if name in (*words, *getattr(one, "roster_names", ())):
            return one
    near = get_close_matches(name, known, 1)
    raise ReliefError(
        f"relief pack show {name}",
        _("'{name}' is not a programme").format(name=name),
        _("Did you mean '{near}'?").format(near=near[0])
        if near
        else _("`relief pack show` lists them."),
    )


def list_parameters_behind(pack: Pack, programme: str) -> list[str]:
    """Name the parameters a programme rests on: in its rules, and for its time limit."""
    settings = {limit.setting for limit in pack.programmes[programme].time_limits}
    used = list_parameters(list_trees_behind(parse_programmes(pack), programme), pack.parameters)
    return [name for name in pack.parameters if name in settings or name in used]


def list_definitions_behind(pack: Pack, programme: str) -> list[Definition]:
    """Return the definitions that a programme's own expressions use, also by way of others."""
    one = pack.programmes[programme]
    texts = [
        *([one.trigger] if one.trigger else []),
        *(criterion.when for criterion in one.criteria),
        *(text for amount in one.amounts for text in (amount.when, amount.value) if text),
    ]
    found: set[str] = set()
    while texts:
        words = set(re.findall(r"[a-z][a-z0-9_]*", texts.pop()))
        new = (words & pack.definitions.keys()) - found
        found |= new
        texts += [pack.definitions[name].value for name in new]
    return [definition for name, definition in pack.definitions.items() if name in found]
