"""What of a pack is still to be asked of the district office, and which rules rest on it."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from relieftool.eligibility.rule_warnings import list_parameters
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.facts import BilingualText
from relieftool.pack.models import DatedValue, Definition, Pack, Programme, UnencodedProgramme
from relieftool.rules import syntax
from relieftool.rules.programme_rules import ProgrammeRules, parse_programmes
from relieftool.rules.syntax import Node


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
        + [limit.setting for limit in one.programme.time_limits]
        for name, one in rules.items()
        if one.programme.is_in_force(as_of)
    }
    asked = list(_of_parameters(pack, as_of, used))
    if programme is not None:
        return [one for one in asked if programme in one.rests]
    left_out = [one for one in pack.not_encoded if one.question is not None]
    return [*asked, *(LawQuestion(o.id, o.names, False, None, o.question) for o in left_out)]  # noqa: FBT003


def _of_parameters(pack: Pack, as_of: dt.date, used: dict[str, list[str]]) -> Iterator[LawQuestion]:
    """Give the parameters whose value is assumed, or is needed and missing."""
    for name, parameter in pack.parameters.items():
        value = parameter.in_force(as_of)
        rests = tuple(programme for programme, names in used.items() if name in names)
        is_missing = value is None and bool(rests)
        if is_missing or (value is not None and value.confidence == "assumed"):
            yield LawQuestion(name, parameter.labels, True, value, parameter.question, rests)  # noqa: FBT003


def list_trees_behind(rules: dict[str, ProgrammeRules], name: str) -> Iterator[Node]:
    """Give a programme's trees, and those of the programmes whose eligibility it asks about."""
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
    """Give the definitions that a programme's own expressions use, also by way of others."""
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
    return [one for name, one in pack.definitions.items() if name in found]
