"""The columns of the programmes: criteria, eligibility, amount, exclusion, and what is unlocked.

A column's name is its ColumnKind and the ids of the programme and criterion it is about.
"""

from dataclasses import dataclass, field, replace

from relieftool.pack.facts import Owner
from relieftool.pack.models import Pack
from relieftool.rules import syntax
from relieftool.rules.parser import parse_condition
from relieftool.rules.programme_rules import (
    AmountCase,
    ProgrammeRules,
    build_and,
    build_certain,
    build_or,
)
from relieftool.rules.sql import ColumnKind, ColumnPlan, format_column_name
from relieftool.rules.syntax import TRUTH, ColumnRef, Node, Not


def _of_everybody(node: Node, some: Node | None = None) -> Node:
    """Say that something holds for all members, and that (or `some`) for one of them at least."""
    everybody = syntax.OverMembers(TRUTH, "household", "all", node)
    somebody = syntax.OverMembers(TRUTH, "household", "any", some or node)
    return build_and("household", (everybody, somebody))


def _compare(owner: Owner, left: Node, operator: str, right: Node) -> Node:
    """Compare two amounts."""
    return syntax.Compare(TRUTH, owner, operator, left, right)


def widen_receipts(node: Node, own: str, *, is_positive: bool = True) -> Node:
    """Let every unnegated receives(x) also hold where x is unclaimed or unlocked.

    Not the programme's `own`: no claim opens itself.
    """
    match node:
        case syntax.Receives(owner=owner, programme=name) if is_positive and name != own:
            claim = ColumnRef(TRUTH, owner, format_column_name(ColumnKind.OPEN_TO_CLAIM, name))
            return build_or(owner, (node, claim))
        case syntax.Not(of=of):
            return replace(node, of=widen_receipts(of, own, is_positive=not is_positive))
        case syntax.And(parts=parts) | syntax.Or(parts=parts):
            wide = tuple(widen_receipts(part, own, is_positive=is_positive) for part in parts)
            return replace(node, parts=wide)
        case syntax.OverMembers(question="any" | "all", of=of):
            return replace(node, of=widen_receipts(of, own, is_positive=is_positive))
    return node


@dataclass
class ProgrammeColumns:
    """Plans the columns of all programmes in force; others are neither eligible nor claimed."""

    pack: Pack
    rules: dict[str, ProgrammeRules]
    in_force: frozenset[str]
    plan: ColumnPlan = field(default_factory=ColumnPlan)

    def add_all(self) -> ColumnPlan:
        """Plan facts first, then exclusion, then what one claim unlocks, in programme order."""
        self.add_eligibility()
        for name in self.rules:
            self._add_claim(name)
        for name in self.rules:
            self._add_unlocked(name)
        return self.plan

    def add_eligibility(self) -> ColumnPlan:
        """Plan criteria, eligibility and amounts alone."""
        for name in self.rules:
            self._add_eligibility(name)
        return self.plan

    def _column(self, kind: ColumnKind, name: str, *parts: str) -> ColumnRef:
        unit = self.rules[name].programme.unit
        return ColumnRef(TRUTH, unit, format_column_name(kind, name, *parts))

    def _receives(self, name: str) -> Node:
        return syntax.Receives(TRUTH, self.rules[name].programme.unit, name)

    def _add(self, kind: ColumnKind, name: str, node: Node) -> None:
        self.plan.add(format_column_name(kind, name), self.rules[name].programme.unit, node)

    def _add_eligibility(self, name: str) -> None:
        rules, unit = self.rules[name], self.rules[name].programme.unit
        if name not in self.in_force:
            self._add(ColumnKind.ELIGIBLE, name, build_or(unit, ()))
            return
        parts = [
            self.plan.add(format_column_name(ColumnKind.CRITERION, name, key), unit, node)
            for key, node in rules.criteria.items()
        ]
        begun = [build_certain(rules.trigger)] if rules.trigger else []
        if rules.trigger is not None:
            self._add(ColumnKind.TRIGGER, name, rules.trigger)
        self._add(ColumnKind.ELIGIBLE, name, build_and(unit, [*begun, *parts]))
        for place, (when, value) in enumerate(rules.amounts, start=1):
            self.plan.add(format_column_name(ColumnKind.AMOUNT, name, place), unit, value)
            if when is not None:
                self.plan.add(
                    format_column_name(ColumnKind.AMOUNT_APPLIES, name, place), unit, when
                )

    def _add_claim(self, name: str) -> None:
        """Plan whether a programme can be claimed now, by receipts and by exclusive others."""
        unit = self.rules[name].programme.unit
        barring = [
            self.plan.add(
                format_column_name(ColumnKind.BARRED_BY, name, other),
                unit,
                self._is_received_by_all(name, other),
            )
            for other in self._excluded_by(name)
        ]
        shared = [self._is_shared_out(name, other) for other in self._excluded_by(name)]
        self._add(ColumnKind.BARRED, name, build_or(unit, [*barring, *shared]))
        better = [
            self.plan.add(
                format_column_name(ColumnKind.GIVES_WAY_TO, name, other),
                unit,
                self._gives_way(name, other),
            )
            for other in self._rivals(name)
        ]
        self._add(ColumnKind.GIVES_WAY, name, build_or(unit, better))
        eligible = self._column(ColumnKind.ELIGIBLE, name)
        free = [
            Not(TRUTH, unit, self._column(ColumnKind.BARRED, name)),
            build_certain(self._column(ColumnKind.GIVES_WAY, name), wanted=False),
        ]
        self._add(
            ColumnKind.CLAIMABLE,
            name,
            build_and(unit, [eligible, Not(TRUTH, unit, self._receives(name)), *free]),
        )

    def _excluded_by(self, name: str) -> list[str]:
        return [exclusion.programme for exclusion in self.rules[name].programme.excludes]

    def _is_received_by_all(self, name: str, other: str) -> Node:
        """Say that the other programme is received by the unit, or by all its members.

        Unknown only where the unit qualifies for the other one and its receipt is unknown: a
        receipt nobody could have bars nothing.
        """
        node = self._is_taken(other)
        return _of_everybody(node) if self._is_above(name, other) else node

    def _is_taken(self, other: str) -> Node:
        """Say that a programme is received, by somebody who may be receiving it."""
        unit, received = self._unit(other), self._receives(other)
        is_possible = build_or(
            unit, (build_certain(received), build_certain(self._column(ColumnKind.ELIGIBLE, other)))
        )
        return build_and(unit, (is_possible, received))

    def _is_above(self, name: str, other: str) -> bool:
        """Return whether one programme is the household's and the other its members'."""
        return (self._unit(name), self._unit(other)) == ("household", "member")

    def _is_shared_out(self, name: str, other: str) -> Node:
        """Say that some members receive an exclusive programme and the rest may claim it.

        Then nobody is left for whom the household could claim its own.
        """
        if other not in self._excluded_by(name) or not self._is_above(name, other):
            return build_or(self._unit(name), ())
        taken = self._is_taken(other)
        return _of_everybody(build_or("member", (taken, self._is_better(other, name))), taken)

    def _seen_from(self, name: str, node: Node) -> Node:
        """Turn a member's truth into one of the household where the household asks."""
        if self.rules[name].programme.unit == "household" and node.owner == "member":
            return build_certain(_of_everybody(node))
        return node

    def _gives_way(self, name: str, other: str) -> Node:
        """Say that an exclusive programme takes this one's place: it is open, or drawn already."""
        open_one = self._seen_from(name, self._is_better(other, name))
        shared = build_certain(self._is_shared_out(name, other))
        drawn = self._is_drawn_instead(other, name)
        return build_or(self._unit(name), (open_one, shared, drawn))

    def _rivals(self, name: str) -> list[str]:
        """Name the programmes that exclude one, or that it excludes."""
        return [
            other
            for other in self.rules
            if other in self._excluded_by(name) or name in self._excluded_by(other)
        ]

    def _is_drawn_instead(self, other: str, name: str) -> Node:
        """Say that the same person draws another, which pays, or owes, no less than this one."""
        unit, owner = self._unit(name), self._unit(other)
        period = self.rules[other].programme.period
        is_alike = period == self.rules[name].programme.period != "once"
        if not {name, other} <= self.in_force or self._is_above(name, other) or not is_alike:
            return build_or(unit, ())
        paid: AmountCase = ((), syntax.PaidAmount(syntax.Type("money", period), owner, other))
        owed: list[AmountCase] = [
            ((build_certain(self._column(ColumnKind.ELIGIBLE, other)), *whens), due)
            for whens, due in self.rules[other].grants
        ]
        is_enough = [
            build_and(unit, (*whens, *others, build_certain(_compare(unit, drawn, ">=", value))))
            for whens, value in self.rules[name].grants
            for others, drawn in (paid, *owed)
        ]
        is_alone = [] if owner == unit else self._living_alone()
        received = build_certain(self._receives(other))
        return build_and(unit, (received, *is_alone, build_or(unit, is_enough)))

    def _living_alone(self) -> list[Node]:
        """Say of a member that he is the whole household: what it draws is his."""
        texts = ["household.size = 1", *{"lives_together"} & self.pack.facts.keys()]
        return [build_certain(parse_condition(self.pack, text, "member", "")) for text in texts]

    def _is_better(self, other: str, name: str) -> Node:
        """Say that another programme is open and worth more; of equals, one yields."""
        yields = self._yields(name, to=other)
        if not self._is_alike(name, other):
            return self._is_open(other) if yields else build_or(self._unit(other), ())
        if yields:
            is_worth = build_certain(self._is_worth_more(name, other), wanted=False)
        else:
            is_worth = build_certain(self._is_worth_more(other, name))
        return build_and(self._unit(other), (self._is_open(other), is_worth))

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
        eligible, received = self._column(ColumnKind.ELIGIBLE, name), self._receives(name)
        return build_and(unit, (build_certain(eligible), build_certain(received, wanted=False)))

    def _is_alike(self, name: str, other: str) -> bool:
        """Return whether the amounts of two programmes can be compared."""
        one, two = self.rules[name], self.rules[other]
        same_unit = one.programme.unit == two.programme.unit
        same_period = one.programme.period == two.programme.period
        both = {name, other} <= self.in_force
        return both and same_unit and same_period and one.has_one_amount and two.has_one_amount

    def _is_worth_more(self, name: str, other: str) -> Node:
        left, right = (self.rules[each].amounts[0][1] for each in (name, other))
        return _compare(syntax.find_joined_owner(left, right), left, ">", right)

    def _add_unlocked(self, name: str) -> None:
        """Plan whether a programme opens up once others are claimed."""
        rules, unit = self.rules[name], self._unit(name)
        wide = {key: widen_receipts(node, name) for key, node in rules.criteria.items()}
        changed = {key for key, node in wide.items() if node != rules.criteria[key]}
        if name not in self.in_force or not changed:
            self._add(ColumnKind.UNLOCKED, name, build_or(unit, ()))
            self._add(
                ColumnKind.OPEN_TO_CLAIM,
                name,
                build_and(unit, [self._column(ColumnKind.CLAIMABLE, name)]),
            )
            return
        parts: list[Node] = [
            self.plan.add(
                format_column_name(ColumnKind.WIDENED_CRITERION, name, key), unit, wide[key]
            )
            if key in changed
            else self._column(ColumnKind.CRITERION, name, key)
            for key in wide
        ]
        begun = [build_certain(rules.trigger)] if rules.trigger else []
        self._add(ColumnKind.WIDENED_ELIGIBLE, name, build_and(unit, [*begun, *parts]))
        self._add(ColumnKind.UNLOCKED, name, build_and(unit, self._unlocking(name)))
        self._add(
            ColumnKind.OPEN_TO_CLAIM,
            name,
            build_or(
                unit,
                [self._column(ColumnKind.CLAIMABLE, name), self._column(ColumnKind.UNLOCKED, name)],
            ),
        )

    def _unlocking(self, name: str) -> list[Node]:
        """Say that a programme is closed now, opens by a claim, and no exclusive one is in the way.

        All must be known: an unknown part never makes a finding.
        """
        unit = self._unit(name)
        claimed = [
            self._seen_from(name, build_certain(self._claim(other)))
            for other in self._excluded_by(name)
        ]
        return [
            build_certain(self._column(ColumnKind.ELIGIBLE, name), wanted=False),
            build_certain(self._column(ColumnKind.WIDENED_ELIGIBLE, name)),
            build_certain(self._receives(name), wanted=False),
            build_certain(self._column(ColumnKind.BARRED, name), wanted=False),
            build_certain(build_or(unit, claimed), wanted=False),
        ]

    def _claim(self, name: str) -> ColumnRef:
        """Return the column of what can be claimed, unlocked ones included once they are planned."""
        is_planned = format_column_name(ColumnKind.OPEN_TO_CLAIM, name) in self.plan.columns
        return self._column(ColumnKind.OPEN_TO_CLAIM if is_planned else ColumnKind.CLAIMABLE, name)
