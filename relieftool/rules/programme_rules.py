"""The expressions of the programmes as syntax trees, in the order of their references.

What the settings of the law leave of an expression: branches they rule out count for nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.facts import Owner
from relieftool.pack.models import Pack, Programme
from relieftool.rules import syntax
from relieftool.rules.parser import parse_condition, parse_money_expression
from relieftool.rules.syntax import TRUTH, And, IsCertain, Node, Or
from relieftool.rules.truth import decide_all, decide_any, negate

LawSettings = Mapping[str, str]  # the choice in force, by parameter


def decide_by_settings(node: Node, settings: LawSettings) -> bool | None:
    """Return whether a condition is true or false by the settings alone; None where they leave it."""
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
    """Return a node and those below it that can still matter under the settings."""
    yield node
    for part in _live_parts(node, settings):
        yield from list_live_nodes(part, settings)


def _live_parts(node: Node, settings: LawSettings) -> Iterable[Node]:
    """Return the parts that can matter: the one that decides alone, or all."""
    match node:
        case syntax.And(parts=parts) | syntax.Or(parts=parts):
            wins = isinstance(node, syntax.Or)
            deciding = [part for part in parts if decide_by_settings(part, settings) is wins]
            return deciding[:1] or parts
        case syntax.OnlyIf(when=when) if decide_by_settings(when, settings) is False:
            return [when]
    return syntax.children(node)


# An amount, and what must hold for it.
AmountCase = tuple[tuple[Node, ...], Node]


@dataclass(frozen=True)
class ProgrammeRules:
    """A programme's expressions as syntax trees."""

    programme: Programme
    trigger: Node | None
    criteria: dict[str, Node]
    amounts: tuple[tuple[Node | None, Node], ...]

    @property
    def nodes(self) -> list[Node]:
        """Return every tree of the programme."""
        whens = [when for when, _value in self.amounts if when is not None]
        values = [value for _when, value in self.amounts]
        return [*self.criteria.values(), *whens, *values, *([self.trigger] if self.trigger else [])]

    def live_trees(self, settings: LawSettings) -> Iterator[Iterator[Node]]:
        """Return the nodes of each tree that can matter under some settings of the law."""
        for node in [*self.criteria.values(), *([self.trigger] if self.trigger else [])]:
            yield list_live_nodes(node, settings)
        for when, value in self.amounts:
            truth = None if when is None else decide_by_settings(when, settings)
            if when is not None:
                yield list_live_nodes(when, settings)
            if truth is not False:
                yield list_live_nodes(value, settings)
            if when is None or truth:
                return  # the first that applies counts

    @property
    def grants(self) -> list[AmountCase]:
        """Return each amount with what must be known to hold for it to be the one that counts."""
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
        """Return whether the same expression gives the amount for everybody."""
        return len(self.amounts) == 1 and self.amounts[0][0] is None

    @property
    def references(self) -> set[str]:
        """Name the programmes whose receipt or eligibility the rules read, in definitions too.

        A programme's own receipt waits for nothing.
        """
        nodes = [node for tree in self.nodes for node in syntax.walk(tree)]
        received = {node.programme for node in nodes if isinstance(node, syntax.Receives)}
        eligible = {node.programme for node in nodes if isinstance(node, syntax.Eligible)}
        return eligible | (received - {self.programme.id})


def parse_programme(pack: Pack, programme: Programme) -> ProgrammeRules:
    """Read a programme's expressions; errors name file and key."""
    unit = programme.unit
    place = pack.files.get(programme.id, f"programmes/{programme.id}.toml")
    period = None if programme.period == "once" else programme.period

    def truth(text: str, key: str) -> Node:
        return parse_condition(pack, text, unit, f"{place}: {key}")

    def general(text: str | None, key: str) -> Node | None:
        if text is None:
            return None
        return parse_condition(pack, text, unit, f"{place}: {key}", may_be_general=True)

    return ProgrammeRules(
        programme,
        general(programme.trigger, "trigger"),
        {
            criterion.id: truth(criterion.when, f"criteria.{criterion.id}.when")
            for criterion in programme.criteria
        },
        tuple(
            (
                general(amount.when, f"amounts.{number}.when"),
                parse_money_expression(
                    pack, amount.value, unit, f"{place}: amounts.{number}.value", period
                ),
            )
            for number, amount in enumerate(programme.amounts, start=1)
        ),
    )


def parse_programmes(pack: Pack) -> dict[str, ProgrammeRules]:
    """Read all programmes and put each behind those it refers to.

    Raises:
        ReliefError: An expression is wrong, or programmes refer to each other in a ring.
    """
    waiting = {
        name: parse_programme(pack, programme) for name, programme in pack.programmes.items()
    }
    placed: dict[str, ProgrammeRules] = {}
    while waiting:
        ready = [name for name in waiting if waiting[name].references <= placed.keys()]
        if not ready:
            raise ReliefError(
                "programmes",
                _("these refer to each other in a ring: {names}").format(
                    names=", ".join(_ring(waiting))
                ),
                _("Take one of the references out."),
            )
        placed[ready[0]] = waiting.pop(ready[0])
    return placed


def _ring(waiting: dict[str, ProgrammeRules]) -> list[str]:
    """Follow references among programmes that all wait for another, until one comes again."""
    path = [next(iter(waiting))]
    while path[-1] not in path[:-1]:
        path.append(min(waiting[path[-1]].references & waiting.keys()))
    return path[path.index(path[-1]) :]


def build_certain(node: Node, *, wanted: bool = True) -> Node:
    """Say that a truth is known to be true (or false); never unknown."""
    return IsCertain(TRUTH, node.owner, node, wanted)


def build_and(owner: Owner, parts: Iterable[Node]) -> Node:
    """Join truths by and."""
    return And(TRUTH, owner, tuple(parts))


def build_or(owner: Owner, parts: Iterable[Node]) -> Node:
    """Join truths by or."""
    return Or(TRUTH, owner, tuple(parts))
