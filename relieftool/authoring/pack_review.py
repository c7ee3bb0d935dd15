"""Reviews a pack that loads without errors: unused parts, values that run out, open questions.

Open questions are for the district office: assumed or missing values, programmes without rules.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from relieftool.authoring.law_calendar import list_below_base
from relieftool.eligibility.rule_warnings import (
    list_parameters,
    list_used_parameters,
)
from relieftool.errors import ReliefError, suggest_name
from relieftool.messages import _
from relieftool.pack.facts import BilingualText
from relieftool.pack.models import (
    DatedValue,
    Definition,
    LeastValue,
    Pack,
    Parameter,
    Programme,
    UnencodedProgramme,
)
from relieftool.rules import syntax
from relieftool.rules.parser import parse_definition
from relieftool.rules.programme_rules import ProgrammeRules, parse_programmes
from relieftool.rules.statement import parse_priority
from relieftool.rules.syntax import Node

DoubtKind = Literal[
    "unused_parameter", "unused_fact", "no_roster_name", "runs_out", "ran_out", "below_base"
]
_SOON = dt.timedelta(days=60)
# Facts from which the size of a household is counted, whether a rule reads them or not.
_ALWAYS_USED = frozenset({"stated_size", "lives_together"})


@dataclass(frozen=True)
class ReviewNote:
    """A point to look at: its kind, and the id of the parameter, fact or programme.

    `on` is the first day without a value, for a parameter whose value runs out or ran out.
    """

    doubt: DoubtKind
    id: str
    on: dt.date | None = None


@dataclass(frozen=True)
class PackContents:
    """The number of parts of each kind in a pack."""

    facts: int
    definitions: int
    parameters: int
    programmes: int
    criteria: int
    examples: int
    indicators: int
    not_encoded: int


def count_contents(pack: Pack) -> PackContents:
    """Return the number of parts of each kind in a pack."""
    programmes = pack.programmes.values()
    return PackContents(
        facts=len(pack.facts),
        definitions=len(pack.definitions),
        parameters=len(pack.parameters),
        programmes=len(pack.programmes),
        criteria=sum(len(programme.criteria) for programme in programmes),
        examples=sum(len(programme.examples) for programme in programmes),
        indicators=len(pack.priority.indicators),
        not_encoded=len(pack.not_encoded),
    )


def review_pack(pack: Pack, as_of: dt.date) -> list[ReviewNote]:
    """Return the points that the author of a pack, or its office, should look at on a day."""
    rules = parse_programmes(pack)
    trees = list(list_all_trees(pack, rules))
    facts = _ALWAYS_USED | {fact for tree in trees for fact in syntax.list_facts(tree)}
    unnamed = [name for name, programme in pack.programmes.items() if not programme.roster_names]
    unread = [name for name, fact in pack.facts.items() if name not in facts and not fact.headers]
    in_force = [rule for rule in rules.values() if rule.programme.is_in_force(as_of)]
    priority_trees = [node for nodes in parse_priority(pack) for node in nodes.values()]
    needed = _list_time_limit_settings(pack) | set(
        list_used_parameters(in_force, priority_trees, pack.parameters, as_of)
    )
    return [
        *(ReviewNote("unused_parameter", name) for name in list_unused_parameters(pack)),
        *(ReviewNote("unused_fact", name) for name in unread),
        *(ReviewNote("no_roster_name", name) for name in unnamed),
        *_list_running_out(pack, (name for name in pack.parameters if name in needed), as_of),
        *(ReviewNote("below_base", low.parameter, low.from_) for low, _f in list_below_base(pack)),
    ]


def list_unused_parameters(pack: Pack) -> list[str]:
    """Return the parameters that no rule, definition, time limit or line of priority.toml reads."""
    trees = list_all_trees(pack, parse_programmes(pack))
    used = _list_time_limit_settings(pack) | set(list_parameters(trees, pack.parameters))
    return [name for name in pack.parameters if name not in used]


def _list_time_limit_settings(pack: Pack) -> set[str]:
    """Return the parameters that decide which time limit of a programme applies."""
    return {
        limit.setting for programme in pack.programmes.values() for limit in programme.time_limits
    }


def list_all_trees(pack: Pack, rules: dict[str, ProgrammeRules]) -> Iterator[Node]:
    """Yield the trees of the programmes in `rules`, of all definitions and of priority.toml."""
    for rule in rules.values():
        yield from rule.nodes
    for definition in pack.definitions.values():
        yield parse_definition(pack, definition)
    for nodes in parse_priority(pack):
        yield from nodes.values()


def _list_running_out(pack: Pack, names: Iterable[str], as_of: dt.date) -> Iterator[ReviewNote]:
    """Yield a note for each parameter that has lost its value, or will lose it within 60 days."""
    for name in names:
        value = pack.parameters[name].in_force(as_of)
        if isinstance(value, LeastValue):
            yield ReviewNote("ran_out", name, value.from_)
            continue
        ends = as_of if value is None else value.until
        if ends == "open" or ends > as_of + _SOON or _has_value(pack.parameters[name], ends):
            continue
        if value is not None:
            yield ReviewNote("runs_out", name, ends)
        elif (since := pack.parameters[name].first_day_without(as_of)) < as_of:
            yield ReviewNote("ran_out", name, since)


def _has_value(parameter: Parameter, day: dt.date) -> bool:
    """Whether a parameter has a value on a day, and not only the least that it can be."""
    value = parameter.in_force(day)
    return value is not None and not isinstance(value, LeastValue)


@dataclass(frozen=True)
class LawQuestion:
    """An open question about a parameter and its present value, or about a programme without rules.

    `value` is None if the parameter has no value on the day; `rests` are the programmes in force
    that use the parameter.
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
    """Return the questions on assumed or missing values on a day, then on programmes without rules.

    With `programme`, an id, only the questions on values that it uses.

    Raises:
        ReliefError: There is no such programme.
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
    questions = list(_list_parameter_questions(pack, as_of, used))
    if programme is not None:
        return [question for question in questions if programme in question.rests]
    questions += [
        LawQuestion(each.id, each.names, is_parameter=False, value=None, question=each.question)
        for each in pack.not_encoded
        if each.question is not None
    ]
    return questions


def _list_parameter_questions(
    pack: Pack, as_of: dt.date, used: dict[str, list[str]]
) -> Iterator[LawQuestion]:
    """Yield the questions on parameters whose value is assumed, or missing where it is used.

    `used` has the parameters that each programme in force uses.
    """
    for name, parameter in pack.parameters.items():
        value = parameter.in_force(as_of)
        rests = tuple(programme for programme, names in used.items() if name in names)
        is_missing = value is None and bool(rests)
        if is_missing or (value is not None and value.confidence == "assumed"):
            yield LawQuestion(
                name,
                parameter.labels,
                is_parameter=True,
                value=value,
                question=parameter.question,
                rests=rests,
            )


def list_trees_behind(rules: dict[str, ProgrammeRules], name: str) -> Iterator[Node]:
    """Yield the trees of a programme and of those whose eligibility it reads, even indirectly."""
    for tree in rules[name].nodes:
        yield tree
        for node in syntax.walk(tree):
            if isinstance(node, syntax.Eligible):
                yield from list_trees_behind(rules, node.programme)


def find_programme_or_unencoded(pack: Pack, name: str) -> Programme | UnencodedProgramme:
    """Return a programme by its id, name or roster name; it may be one without rules.

    Raises:
        ReliefError: No programme has this name. The message suggests the nearest id, if any.
    """
    known: dict[str, Programme | UnencodedProgramme] = {each.id: each for each in pack.not_encoded}
    known.update(pack.programmes)
    for programme in known.values():
        names = (programme.id, programme.names.zh, programme.names.en)
        if name in (*names, *getattr(programme, "roster_names", ())):
            return programme
    raise ReliefError(
        f"relief pack show {name}",
        _("'{name}' is not a programme").format(name=name),
        suggest_name(name, known) or _("`relief pack show` lists them."),
    )


def list_parameters_behind(pack: Pack, programme: str) -> list[str]:
    """Return the parameters that a programme uses.

    They are in its time limits, its rules, or the rules of programmes whose eligibility it reads.
    """
    settings = {limit.setting for limit in pack.programmes[programme].time_limits}
    used = list_parameters(list_trees_behind(parse_programmes(pack), programme), pack.parameters)
    return [name for name in pack.parameters if name in settings or name in used]


def list_definitions_behind(pack: Pack, programme: str) -> list[Definition]:
    """Return the definitions that a programme's expressions use, directly or through others.

    They are searched for in the text, because a parsed tree no longer shows definitions.
    """
    own = pack.programmes[programme]
    texts = [
        *([own.trigger] if own.trigger else []),
        *(criterion.when for criterion in own.criteria),
        *(text for amount in own.amounts for text in (amount.when, amount.value) if text),
    ]
    found: set[str] = set()
    while texts:
        words = set(re.findall(r"[a-z][a-z0-9_]*", texts.pop()))
        new = (words & pack.definitions.keys()) - found
        found |= new
        texts += [pack.definitions[name].value for name in new]
    return [definition for name, definition in pack.definitions.items() if name in found]
