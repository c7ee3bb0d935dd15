"""The columns of the programmes: criteria, eligibility, amount, exclusion, and what is unlocked.

Column names: c criterion, t trigger, e eligible, amt amount, r receives, x barred by one other
programme that is received, b barred by any, l the lesser of two exclusive ones, k can be claimed, w
widened criterion, we widened eligibility, un unlocked, u unclaimed or unlocked. Their parts are
programme and criterion ids.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.models import Owner, Pack, Programme
from relieftool.rules import syntax
from relieftool.rules.parsing import parse_money, parse_truth
from relieftool.rules.plan import Plan
from relieftool.rules.settings import Settings, decided, live_nodes
from relieftool.rules.sql import column_name
from relieftool.rules.syntax import TRUTH, And, ColumnRef, Node, Not, Or, Surely


@dataclass(frozen=True)
class Rules:
    """A programme's expressions as syntax trees."""

    programme: Programme
    trigger: Node | None
    criteria: dict[str, Node]
    amounts: tuple[tuple[Node | None, Node], ...]

    @property
    def nodes(self) -> list[Node]:
        """Give every tree of the programme."""
        whens = [when for when, _value in self.amounts if when is not None]
        values = [value for _when, value in self.amounts]
        return [*self.criteria.values(), *whens, *values, *([self.trigger] if self.trigger else [])]

    def live_trees(self, settings: Settings) -> Iterator[Iterator[Node]]:
        """Give the nodes of each tree that can matter under some settings of the law."""
        for node in [*self.criteria.values(), *([self.trigger] if self.trigger else [])]:
            yield live_nodes(node, settings)
        for when, value in self.amounts:
            truth = None if when is None else decided(when, settings)
            if when is not None:
                yield live_nodes(when, settings)
            if truth is not False:
                yield live_nodes(value, settings)
            if when is None or truth:
                return  # the first that applies counts

    @property
    def has_one_amount(self) -> bool:
        """Say whether the same expression gives the amount for everybody."""
        return len(self.amounts) == 1 and self.amounts[0][0] is None

    @property
    def references(self) -> set[str]:
        """Name the programmes whose receipt or eligibility the rules read, in definitions too."""
        return {
            node.programme
            for tree in self.nodes
            for node in syntax.walk(tree)
            if isinstance(node, (syntax.Receives, syntax.Eligible))
        }


def parse_programme(pack: Pack, programme: Programme) -> Rules:
    """Read a programme's expressions; errors name file and key."""
    unit = programme.unit
    place = pack.files.get(programme.id, f"programmes/{programme.id}.toml")
    period = None if programme.period == "once" else programme.period

    def truth(text: str, key: str) -> Node:
        return parse_truth(pack, text, unit, f"{place}: {key}")

    def general(text: str | None, key: str) -> Node | None:
        if text is None:
            return None
        return parse_truth(pack, text, unit, f"{place}: {key}", may_be_general=True)

    return Rules(
        programme,
        general(programme.trigger, "trigger"),
        {one.id: truth(one.when, f"criteria.{one.id}.when") for one in programme.criteria},
        tuple(
            (
                general(amount.when, f"amounts.{number}.when"),
                parse_money(pack, amount.value, unit, f"{place}: amounts.{number}.value", period),
            )
            for number, amount in enumerate(programme.amounts, start=1)
        ),
    )


def parse_programmes(pack: Pack) -> dict[str, Rules]:
    """Read all programmes and put each behind those it refers to.

    Raises:
        ReliefError: An expression is wrong, or programmes refer to each other in a ring.
    """
    waiting = {name: parse_programme(pack, one) for name, one in pack.programmes.items()}
    placed: dict[str, Rules] = {}
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


def _ring(waiting: dict[str, Rules]) -> list[str]:
    """Follow references among programmes that all wait for another, until one comes again."""
    path = [next(iter(waiting))]
    while path[-1] not in path[:-1]:
        path.append(min(waiting[path[-1]].references & waiting.keys()))
    return path[path.index(path[-1]) :]


def surely(node: Node, *, wanted: bool = True) -> Node:
    """Say that a truth is known to be true (or false); never unknown."""
    return Surely(TRUTH, node.owner, node, wanted)


def together(owner: Owner, parts: Iterable[Node]) -> Node:
    """Join truths by and."""
    return And(TRUTH, owner, tuple(parts))


def either(owner: Owner, parts: Iterable[Node]) -> Node:
    """Join truths by or."""
    return Or(TRUTH, owner, tuple(parts))


def widened(node: Node, *, is_positive: bool = True) -> Node:
    """Let every unnegated receives(x) also hold where x is unclaimed or unlocked."""
    match node:
        case syntax.Receives(owner=owner, programme=name) if is_positive:
            claim = ColumnRef(TRUTH, owner, column_name("u", name))
            return either(owner, (node, claim))
        case syntax.Not(of=of):
            return replace(node, of=widened(of, is_positive=not is_positive))
        case syntax.And(parts=parts) | syntax.Or(parts=parts):
            wide = tuple(widened(part, is_positive=is_positive) for part in parts)
            return replace(node, parts=wide)
        case syntax.OverMembers(question="any" | "all", of=of):
            return replace(node, of=widened(of, is_positive=is_positive))
    return node


@dataclass
class ProgrammeColumns:
    """Plans the columns of all programmes in force; others are neither eligible nor claimed."""

    pack: Pack
    rules: dict[str, Rules]
    in_force: frozenset[str]
    plan: Plan = field(default_factory=Plan)

    def add_all(self) -> Plan:
        """Plan facts first, then exclusion, then what one claim unlocks, in programme order."""
        self.add_eligibility()
        for name in self.rules:
            self._add_claim(name)
        for name in self.rules:
            self._add_unlocked(name)
        return self.plan

    def add_eligibility(self) -> Plan:
        """Plan criteria, eligibility and amounts alone."""
        for name in self.rules:
            self._add_eligibility(name)
        return self.plan

    def _column(self, kind: str, name: str, *parts: str) -> ColumnRef:
        unit = self.rules[name].programme.unit
        return ColumnRef(TRUTH, unit, column_name(kind, name, *parts))

    def _receives(self, name: str) -> Node:
        return syntax.Receives(TRUTH, self.rules[name].programme.unit, name)

    def _add(self, kind: str, name: str, node: Node) -> None:
        self.plan.add(column_name(kind, name), self.rules[name].programme.unit, node)

    def _add_eligibility(self, name: str) -> None:
        rules, unit = self.rules[name], self.rules[name].programme.unit
        if name not in self.in_force:
            self._add("e", name, either(unit, ()))
            return
        parts = [
            self.plan.add(column_name("c", name, key), unit, node)
            for key, node in rules.criteria.items()
        ]
        begun = [surely(rules.trigger)] if rules.trigger else []
        if rules.trigger is not None:
            self._add("t", name, rules.trigger)
        self._add("e", name, together(unit, [*begun, *parts]))
        for place, (when, value) in enumerate(rules.amounts, start=1):
            self.plan.add(column_name("amt", name, place), unit, value)
            if when is not None:
                self.plan.add(column_name("when", name, place), unit, when)

    def _add_claim(self, name: str) -> None:
        """Plan whether a programme can be claimed now, by receipts and by exclusive others."""
        unit = self.rules[name].programme.unit
        barring = [
            self.plan.add(
                column_name("x", name, other), unit, self._is_received_by_all(name, other)
            )
            for other in self._excluded_by(name)
        ]
        self._add("b", name, either(unit, barring))
        self._add("l", name, either(unit, self._better_ones(name)))
        eligible = self._column("e", name)
        free = [
            Not(TRUTH, unit, self._column("b", name)),
            surely(self._column("l", name), wanted=False),
        ]
        self._add(
            "k", name, together(unit, [eligible, Not(TRUTH, unit, self._receives(name)), *free])
        )

    def _excluded_by(self, name: str) -> list[str]:
        return [exclusion.programme for exclusion in self.rules[name].programme.excludes]

    def _is_received_by_all(self, name: str, other: str) -> Node:
        """Say that the other programme is received by the unit, or by all its members.

        Unknown only where the unit qualifies for the other one and its receipt is unknown: a
        receipt nobody could have bars nothing.
        """
        unit, received = self._unit(other), self._receives(other)
        is_possible = either(unit, (surely(received), surely(self._column("e", other))))
        node = together(unit, (is_possible, received))
        if self._unit(name) == "household" and unit == "member":
            everybody = syntax.OverMembers(TRUTH, "household", "all", node)
            somebody = syntax.OverMembers(TRUTH, "household", "any", node)
            return together("household", (everybody, somebody))
        return node

    def _seen_from(self, name: str, node: Node) -> Node:
        """Turn a member's truth into one of the household where the household asks."""
        if self.rules[name].programme.unit == "household" and node.owner == "member":
            everybody = syntax.OverMembers(TRUTH, "household", "all", node)
            somebody = syntax.OverMembers(TRUTH, "household", "any", node)
            return together("household", (surely(everybody), surely(somebody)))
        return node

    def _better_ones(self, name: str) -> list[Node]:
        """Say of each exclusive programme that it is open and is to be had instead of this one."""
        return [
            self._seen_from(name, self._is_better(other, name))
            for other in self.rules
            if other in self._excluded_by(name) or name in self._excluded_by(other)
        ]

    def _is_better(self, other: str, name: str) -> Node:
        """Say that another programme is open and worth more; of equals, one yields."""
        yields = self._yields(name, to=other)
        if not self._is_alike(name, other):
            return self._is_open(other) if yields else either(self._unit(other), ())
        if yields:
            is_worth = surely(self._is_worth_more(name, other), wanted=False)
        else:
            is_worth = surely(self._is_worth_more(other, name))
        return together(self._unit(other), (self._is_open(other), is_worth))

    def _yields(self, name: str, *, to: str) -> bool:
        """Say which of two programmes of equal worth yields: the one that names the other.

        Where each names the other, the one that stands later in the order of reference.
        """
        order = list(self.rules)
        is_named_back = name in self._excluded_by(to)
        return to in self._excluded_by(name) and not (
            is_named_back and order.index(name) < order.index(to)
        )

    def _unit(self, name: str) -> Owner:
        return self.rules[name].programme.unit

    def _is_open(self, name: str) -> Node:
        """Say that a programme is certainly eligible and certainly not received."""
        unit = self._unit(name)
        eligible, received = self._column("e", name), self._receives(name)
        return together(unit, (surely(eligible), surely(received, wanted=False)))

    def _is_alike(self, name: str, other: str) -> bool:
        """Say whether the amounts of two programmes can be compared."""
        one, two = self.rules[name], self.rules[other]
        same_unit = one.programme.unit == two.programme.unit
        same_period = one.programme.period == two.programme.period
        both = {name, other} <= self.in_force
        return both and same_unit and same_period and one.has_one_amount and two.has_one_amount

    def _is_worth_more(self, name: str, other: str) -> Node:
        left, right = (self.rules[each].amounts[0][1] for each in (name, other))
        return syntax.Compare(TRUTH, syntax.joined_owner(left, right), ">", left, right)

    def _add_unlocked(self, name: str) -> None:
        """Plan whether a programme opens up once others are claimed."""
        rules, unit = self.rules[name], self._unit(name)
        wide = {key: widened(node) for key, node in rules.criteria.items()}
        changed = {key for key, node in wide.items() if node != rules.criteria[key]}
        if name not in self.in_force or not changed:
            self._add("un", name, either(unit, ()))
            self._add("u", name, together(unit, [self._column("k", name)]))
            return
        parts: list[Node] = [
            self.plan.add(column_name("w", name, key), unit, wide[key])
            if key in changed
            else self._column("c", name, key)
            for key in wide
        ]
        begun = [surely(rules.trigger)] if rules.trigger else []
        self._add("we", name, together(unit, [*begun, *parts]))
        self._add("un", name, together(unit, self._unlocking(name)))
        self._add("u", name, either(unit, [self._column("k", name), self._column("un", name)]))

    def _unlocking(self, name: str) -> list[Node]:
        """Say that a programme is closed now, opens by a claim, and no exclusive one is in the way.

        All must be known: an unknown part never makes a finding.
        """
        unit = self._unit(name)
        claimed = [
            self._seen_from(name, surely(self._claim(other))) for other in self._excluded_by(name)
        ]
        return [
            surely(self._column("e", name), wanted=False),
            surely(self._column("we", name)),
            surely(self._receives(name), wanted=False),
            surely(self._column("b", name), wanted=False),
            surely(either(unit, claimed), wanted=False),
        ]

    def _claim(self, name: str) -> ColumnRef:
        """Give the column of what can be claimed, unlocked ones included once they are planned."""
        is_planned = column_name("u", name) in self.plan.columns
        return self._column("u" if is_planned else "k", name)
