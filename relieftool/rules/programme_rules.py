"""Parses the expressions of the programmes; each programme comes after those it refers to.

A setting of the law is a parameter whose value is a choice. A part of a tree that a setting rules
out does not matter, and its parameters need no value.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.facts import Owner
from relieftool.pack.models import Pack, Programme
from relieftool.rules import syntax
from relieftool.rules.syntax import TRUTH, And, IsCertain, Node, Or
from relieftool.rules.truth import decide_all, decide_any, negate

LawSettings = Mapping[str, str]  # the choice in force, by parameter
AmountCase = tuple[tuple[Node, ...], Node]  # the conditions that must hold, and the amount


def decide_by_settings(node: Node, settings: LawSettings) -> bool | None:
    """Return whether a condition holds by the settings alone; None if they do not decide it."""
    match node:
        case syntax.Compare(
            operator="=" | "<>" as operator,
            left=syntax.ParameterRef(parameter=name),
            right=syntax.Constant(value=value),
        ) if name in settings:
            return (settings[name] == value) == (operator == "=")
        case syntax.OneOf(of=syntax.ParameterRef(parameter=name), values=values) if (
            name in settings
        ):
            return settings[name] in values
        case syntax.Not(of=of):
            return negate(decide_by_settings(of, settings))
        case syntax.And(parts=parts):
            return decide_all(decide_by_settings(part, settings) for part in parts)
        case syntax.Or(parts=parts):
            return decide_any(decide_by_settings(part, settings) for part in parts)
    return None


def list_live_nodes(node: Node, settings: LawSettings) -> Iterator[Node]:
    """Yield a node and the nodes below it that can matter under the settings."""
    yield node
    for part in _live_parts(node, settings):
        yield from list_live_nodes(part, settings)


def _live_parts(node: Node, settings: LawSettings) -> Iterable[Node]:
    """Return the children of a node that can matter under the settings.

    Of an `and` or `or` that a part decides, this part is the only one; of an only_if with a false
    condition, the condition.
    """
    match node:
        case syntax.And(parts=parts) | syntax.Or(parts=parts):
            deciding_truth = isinstance(node, syntax.Or)
            deciding = [
                part for part in parts if decide_by_settings(part, settings) is deciding_truth
            ]
            return deciding[:1] or parts
        case syntax.OnlyIf(when=when) if decide_by_settings(when, settings) is False:
            return [when]
    return syntax.children(node)


@dataclass(frozen=True)
class ProgrammeRules:
    """The expressions of a programme as syntax trees.

    `amounts` are pairs of a condition (None: no condition) and a value.
    """

    programme: Programme
    trigger: Node | None
    criteria: dict[str, Node]
    amounts: tuple[tuple[Node | None, Node], ...]

    @cached_property
    def eligible(self) -> Node:
        """The condition of being eligible; an event that is not recorded counts as not happened."""
        trigger = [] if self.trigger is None else [build_certain(self.trigger)]
        return build_and(self.programme.unit, [*trigger, *self.criteria.values()])

    @property
    def nodes(self) -> list[Node]:
        """All trees of the programme: criteria, amounts with their conditions, and trigger."""
        whens = [when for when, _value in self.amounts if when is not None]
        values = [value for _when, value in self.amounts]
        return [*self.criteria.values(), *whens, *values, *([self.trigger] if self.trigger else [])]

    def live_trees(self, settings: LawSettings) -> Iterator[Iterator[Node]]:
        """Yield, for each tree that can matter under the settings, its nodes that can."""
        for node in [*self.criteria.values(), *([self.trigger] if self.trigger else [])]:
            yield list_live_nodes(node, settings)
        for when, value in self.amounts:
            truth = None if when is None else decide_by_settings(when, settings)
            if when is not None:
                yield list_live_nodes(when, settings)
            if truth is not False:
                yield list_live_nodes(value, settings)
            if when is None or truth:
                return  # the first amount that applies counts

    @property
    def grants(self) -> list[AmountCase]:
        """Each amount with the conditions under which it is known to be the first that applies."""
        found: list[AmountCase] = []
        earlier: list[Node] = []
        for when, value in self.amounts:
            own = [] if when is None else [build_certain(when)]
            found.append(((*earlier, *own), value))
            if when is None:
                break
            earlier.append(build_certain(when, wanted=False))
        return found

    @property
    def has_one_amount(self) -> bool:
        """Whether there is a single amount, without a condition."""
        return len(self.amounts) == 1 and self.amounts[0][0] is None

    @property
    def references(self) -> set[str]:
        """The programmes whose receipt or eligibility the rules read, directly or in definitions.

        The receipt of the programme itself does not count: it does not affect the order.
        """
        nodes = [node for tree in self.nodes for node in syntax.walk(tree)]
        received = {node.programme for node in nodes if isinstance(node, syntax.Receives)}
        eligible = {node.programme for node in nodes if isinstance(node, syntax.Eligible)}
        return eligible | (received - {self.programme.id})


def parse_programme(pack: Pack, programme: Programme) -> ProgrammeRules:
    """Parse the expressions of a programme; if one is wrong, a ReliefError names file and key."""
    from relieftool.rules.parser import (  # noqa: PLC0415 start-up time
        parse_condition,
        parse_money_expression,
    )

    unit = programme.unit
    place = pack.files.get(programme.id, f"programmes/{programme.id}.toml")
    period = None if programme.period == "once" else programme.period

    def parse_own(text: str, key: str) -> Node:
        return parse_condition(pack, text, unit, f"{place}: {key}")

    def parse_general(text: str | None, key: str) -> Node | None:
        if text is None:
            return None
        return parse_condition(pack, text, unit, f"{place}: {key}", may_be_general=True)

    return ProgrammeRules(
        programme,
        parse_general(programme.trigger, "trigger"),
        {
            criterion.id: parse_own(criterion.when, f"criteria.{criterion.id}.when")
            for criterion in programme.criteria
        },
        tuple(
            (
                parse_general(amount.when, f"amounts.{number}.when"),
                parse_money_expression(
                    pack, amount.value, unit, f"{place}: amounts.{number}.value", period
                ),
            )
            for number, amount in enumerate(programme.amounts, start=1)
        ),
    )


def parse_programmes(pack: Pack) -> dict[str, ProgrammeRules]:
    """Parse all programmes and return them by id, each after those it refers to.

    Raises:
        ReliefError: An expression is wrong, or programmes refer to each other in a ring.
    """
    waiting = {
        name: parse_programme(pack, programme) for name, programme in pack.programmes.items()
    }
    references = {name: rules.references for name, rules in waiting.items()}
    placed: dict[str, ProgrammeRules] = {}
    while waiting:
        ready = [name for name in waiting if references[name] <= placed.keys()]
        if not ready:
            raise ReliefError(
                "programmes",
                _("these refer to each other in a ring: {names}").format(
                    names=", ".join(_find_ring(waiting))
                ),
                _("Take one of the references out."),
            )
        placed[ready[0]] = waiting.pop(ready[0])
    return placed


def _find_ring(waiting: dict[str, ProgrammeRules]) -> list[str]:
    """Return a ring of programmes in `waiting`, which must have one; the first is repeated last."""
    path = [next(iter(waiting))]
    while path[-1] not in path[:-1]:
        path.append(min(waiting[path[-1]].references & waiting.keys()))
    return path[path.index(path[-1]) :]


def list_programmes_in_force(pack: Pack, as_of: dt.date) -> frozenset[str]:
    """Return the ids of the programmes in force on a day."""
    return frozenset(
        name for name, programme in pack.programmes.items() if programme.is_in_force(as_of)
    )


def build_certain(node: Node, *, wanted: bool = True) -> Node:
    """Return a node that is true if a condition is known to hold, otherwise false.

    With `wanted` False, it is true if the condition is known not to hold.
    """
    return IsCertain(TRUTH, node.owner, node, wanted)


def build_and(owner: Owner, parts: Iterable[Node]) -> Node:
    """Return the `and` of some conditions."""
    return And(TRUTH, owner, tuple(parts))


def build_or(owner: Owner, parts: Iterable[Node]) -> Node:
    """Return the `or` of some conditions."""
    return Or(TRUTH, owner, tuple(parts))
