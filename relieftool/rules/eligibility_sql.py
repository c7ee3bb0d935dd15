"""Plans the columns of the programmes: criteria, eligibility, amounts, exclusions, unlocked claims.

A condition is wrapped in IsCertain where unknown must count as no.
"""

from dataclasses import dataclass, field, replace

from relieftool.pack.facts import FEN_PER_YUAN, Owner
from relieftool.pack.models import Pack
from relieftool.rules import syntax
from relieftool.rules.base_tables import BELONGS
from relieftool.rules.programme_rules import (
    AmountCase,
    ProgrammeRules,
    build_and,
    build_certain,
    build_or,
)
from relieftool.rules.sql import ColumnKind, ColumnPlan, format_column_name
from relieftool.rules.syntax import TRUTH, ColumnRef, Node, Not


def widen_receipts(node: Node, own: str, *, is_positive: bool = True) -> Node:
    """Return a condition in which receives(x) also holds if x can be claimed or is unlocked.

    A receives(x) that a `not` reverses is not widened: a claim would make the condition false. The
    receipt of the programme itself (`own`) is not widened, because no claim unlocks itself.
    """
    match node:
        case syntax.Receives(owner=owner, programme=name) if is_positive and name != own:
            claim = ColumnRef(TRUTH, owner, format_column_name(ColumnKind.OPEN_TO_CLAIM, name))
            return build_or(owner, (node, claim))
        case syntax.AsResident(of=of):
            return replace(node, of=widen_receipts(of, own, is_positive=is_positive))
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
    """Plans the columns of all programmes.

    Nobody is eligible for a programme that is not in force, and nobody can claim it.
    """

    pack: Pack
    rules: dict[str, ProgrammeRules]
    in_force: frozenset[str]
    plan: ColumnPlan = field(default_factory=ColumnPlan)

    def add_all(self) -> ColumnPlan:
        """Plan every column, in three rounds over the programmes in order of reference.

        Programmes can exclude each other, so the claim of a programme may read the eligibility of a
        later programme, and whether it is unlocked may read a later claim.
        """
        for name in self.rules:
            self._add_eligibility(name)
        for name in self.rules:
            self._add_claim(name)
        for name in self.rules:
            self._add_unlocked(name)
        return self.plan

    def _add(self, kind: ColumnKind, name: str, node: Node, *parts: str | int) -> ColumnRef:
        return self.plan.add(format_column_name(kind, name, *parts), self._unit(name), node)

    def _column(self, kind: ColumnKind, name: str, *parts: str) -> ColumnRef:
        return ColumnRef(TRUTH, self._unit(name), format_column_name(kind, name, *parts))

    def _certain(self, kind: ColumnKind, name: str, *, wanted: bool = True) -> Node:
        return build_certain(self._column(kind, name), wanted=wanted)

    def _receives(self, name: str) -> Node:
        return syntax.Receives(TRUTH, self._unit(name), name)

    def _unit(self, name: str) -> Owner:
        return self.rules[name].programme.unit

    def _list_excluded(self, name: str) -> list[str]:
        """Return the programmes whose receipt excludes this programme."""
        return [exclusion.programme for exclusion in self.rules[name].programme.excludes]

    def _list_rivals(self, name: str) -> list[str]:
        """Return the programmes that exclude this programme or are excluded by it."""
        return [
            other
            for other in self.rules
            if other in self._list_excluded(name) or name in self._list_excluded(other)
        ]

    def _is_household_beside_member(self, name: str, other: str) -> bool:
        """Return whether programme `name` is for households and `other` for members."""
        return (self._unit(name), self._unit(other)) == ("household", "member")

    def _add_eligibility(self, name: str) -> None:
        rules, unit = self.rules[name], self._unit(name)
        if name not in self.in_force:
            self._add(ColumnKind.ELIGIBLE, name, _build_false(unit))
            return
        criteria = [
            self._add(ColumnKind.CRITERION, name, node, key) for key, node in rules.criteria.items()
        ]
        if rules.trigger is not None:
            self._add(ColumnKind.TRIGGER, name, rules.trigger)
        conditions = [*_list_trigger(rules), *criteria, *self._list_belonging(unit)]
        self._add(ColumnKind.ELIGIBLE, name, build_and(unit, conditions))
        for number, (when, value) in enumerate(rules.amounts, start=1):
            # A household above the line is due nothing, not less than nothing.
            due = syntax.AtLeastZero(value.type, value.owner, value)
            self._add(ColumnKind.AMOUNT, name, due, number)
            if when is not None:
                self._add(ColumnKind.AMOUNT_APPLIES, name, when, number)

    def _list_belonging(self, unit: Owner) -> list[Node]:
        """Return the condition that a member has neither died nor moved away, as far as known."""
        is_asked = unit == "member" and "lives_together" in self.pack.facts
        return [syntax.FactRef(TRUTH, "member", BELONGS)] if is_asked else []

    def _add_claim(self, name: str) -> None:
        """Plan whether a programme can be claimed now.

        The unit must be eligible, must not receive it, and no other programme may bar or displace
        it.
        """
        unit, excluded = self._unit(name), self._list_excluded(name)
        barring = [
            self._add(ColumnKind.BARRED_BY, name, self._build_barred_by(name, other), other)
            for other in excluded
        ]
        shared = [self._build_shared_out(name, other) for other in excluded]
        trifling = self._build_trifling(name)
        self._add(ColumnKind.BARRED, name, build_or(unit, [*barring, *shared, trifling]))
        better = [
            self._add(ColumnKind.GIVES_WAY_TO, name, self._build_gives_way(name, other), other)
            for other in self._list_rivals(name)
        ]
        self._add(ColumnKind.GIVES_WAY, name, build_or(unit, better))
        conditions = [
            self._column(ColumnKind.ELIGIBLE, name),
            Not(TRUTH, unit, self._receives(name)),
            Not(TRUTH, unit, self._column(ColumnKind.BARRED, name)),
            # An alternative that is undetermined must not make this programme undetermined.
            self._certain(ColumnKind.GIVES_WAY, name, wanted=False),
        ]
        self._add(ColumnKind.CLAIMABLE, name, build_and(unit, conditions))

    def _build_barred_by(self, name: str, other: str) -> Node:
        """Return the condition that `other` is received and therefore bars `name`.

        If `name` is for households and `other` for members, all members must receive it: if only
        some do, the household can still claim for the rest.
        """
        node = self._build_taken(other)
        is_above = self._is_household_beside_member(name, other)
        return _build_all_members(node) if is_above else node

    def _build_taken(self, other: str) -> Node:
        """Return the condition that a programme is received.

        An unknown receipt counts as none if the unit is known not to be eligible. Otherwise every
        household without a roster of the other programme would be undetermined, because of a
        receipt that is very unlikely.
        """
        unit, received = self._unit(other), self._receives(other)
        is_refused = self._certain(ColumnKind.ELIGIBLE, other, wanted=False)
        is_possible = build_or(unit, (build_certain(received), Not(TRUTH, unit, is_refused)))
        return build_and(unit, (is_possible, received))

    def _build_trifling(self, name: str) -> Node:
        """Return the condition that less than one yuan is due: nobody would claim that."""
        unit = self._unit(name)
        cases = [
            build_and(unit, (*whens, build_certain(_compare(unit, value, "<", _build_yuan(value)))))
            for whens, value in self.rules[name].grants
        ]
        return build_or(unit, cases)

    def _build_shared_out(self, name: str, other: str) -> Node:
        """Return the condition that some members receive `other` and the rest should claim it.

        Then no member is left for whom the household could claim `name`.
        """
        is_excluded = other in self._list_excluded(name)
        if not is_excluded or not self._is_household_beside_member(name, other):
            return _build_false(self._unit(name))
        taken = self._build_taken(other)
        return _build_all_members(
            build_or("member", (taken, self._build_better(other, name))), taken
        )

    def _build_gives_way(self, name: str, other: str) -> Node:
        """Return the condition that `other` takes the place of `name`: by a claim or a payment."""
        open_instead = self._lift_to_unit(name, self._build_better(other, name))
        shared = build_certain(self._build_shared_out(name, other))
        drawn = self._build_drawn_instead(other, name)
        return build_or(self._unit(name), (open_instead, shared, drawn))

    def _lift_to_unit(self, name: str, node: Node) -> Node:
        """Return a node as a condition of the unit of programme `name`.

        If the programme is for households, all members must meet a member's condition.
        """
        if self._unit(name) == "household" and node.owner == "member":
            return build_certain(_build_all_members(node))
        return node

    def _build_drawn_instead(self, other: str, name: str) -> Node:
        """Return the condition that `other` is received and pays, or should pay, as much as `name`.

        Both what is paid and what is due are compared: a receipt may have no amount, and the amount
        paid may be too low, which a finding of the other programme reports.
        """
        unit, owner = self._unit(name), self._unit(other)
        period = self.rules[other].programme.period
        has_one_period = period == self.rules[name].programme.period != "once"
        is_above = self._is_household_beside_member(name, other)
        if not {name, other} <= self.in_force or is_above or not has_one_period:
            return _build_false(unit)
        paid: AmountCase = ((), syntax.PaidAmount(syntax.Type("money", period), owner, other))
        due: list[AmountCase] = [
            ((self._certain(ColumnKind.ELIGIBLE, other), *whens), value)
            for whens, value in self.rules[other].grants
        ]
        is_enough = [
            build_and(
                unit, (*whens, *drawn_whens, build_certain(_compare(unit, drawn, ">=", value)))
            )
            for whens, value in self.rules[name].grants
            for drawn_whens, drawn in (paid, *due)
        ]
        # A household's benefit replaces a member's programme only if the member lives alone.
        is_alone = [] if owner == unit else self._list_living_alone()
        received = build_certain(self._receives(other))
        return build_and(unit, (received, *is_alone, build_or(unit, is_enough)))

    def _list_living_alone(self) -> list[Node]:
        """Return the conditions under which a member lives alone in the household."""
        from relieftool.rules.parser import parse_condition  # noqa: PLC0415 start-up time

        texts = ["household.size = 1", *{"lives_together"} & self.pack.facts.keys()]
        return [build_certain(parse_condition(self.pack, text, "member", "")) for text in texts]

    def _build_better(self, other: str, name: str) -> Node:
        """Return the condition that `other` can be claimed and is the better choice than `name`.

        If `name` yields, it must be known that `name` does not pay more; otherwise it must be known
        that `other` pays more. If their amounts cannot be compared, the programme that yields
        always gives way.
        """
        yields = self._yields(name, to=other)
        if not self._are_amounts_comparable(name, other):
            return self._build_open(other) if yields else _build_false(self._unit(other))
        if yields:
            is_worth = build_certain(self._build_worth_more(name, other), wanted=False)
        else:
            is_worth = build_certain(self._build_worth_more(other, name))
        return build_and(self._unit(other), (self._build_open(other), is_worth))

    def _yields(self, name: str, *, to: str) -> bool:
        """Return whether programme `name` gives way to `to` if both pay the same.

        The programme whose rules exclude the other yields; if each excludes the other, the later in
        order of reference. If both yielded, neither would be claimed; if neither did, both would.
        """
        order = list(self.rules)
        is_mutual = name in self._list_excluded(to)
        return to in self._list_excluded(name) and not (
            is_mutual and order.index(name) < order.index(to)
        )

    def _build_open(self, name: str) -> Node:
        """Return the condition that the unit is known to be eligible and not to receive it."""
        received = build_certain(self._receives(name), wanted=False)
        return build_and(self._unit(name), (self._certain(ColumnKind.ELIGIBLE, name), received))

    def _are_amounts_comparable(self, name: str, other: str) -> bool:
        """Return whether the amounts of two programmes can be compared.

        Both must be in force and pay one amount without a condition, for the same unit and period.
        """
        left, right = self.rules[name], self.rules[other]
        return (
            {name, other} <= self.in_force
            and left.programme.unit == right.programme.unit
            and left.programme.period == right.programme.period
            and left.has_one_amount
            and right.has_one_amount
        )

    def _build_worth_more(self, name: str, other: str) -> Node:
        left, right = (self.rules[each].amounts[0][1] for each in (name, other))
        return _compare(syntax.find_joined_owner(left, right), left, ">", right)

    def _add_unlocked(self, name: str) -> None:
        """Plan whether a programme can be claimed once others are claimed.

        One pass in order of reference covers every chain of claims: a programme comes after those
        whose receipt it reads, so their OPEN_TO_CLAIM is planned first.
        """
        rules, unit = self.rules[name], self._unit(name)
        wide = {key: widen_receipts(node, name) for key, node in rules.criteria.items()}
        changed = {key for key, node in wide.items() if node != rules.criteria[key]}
        claimable = self._column(ColumnKind.CLAIMABLE, name)
        if name not in self.in_force or not changed:
            self._add(ColumnKind.UNLOCKED, name, _build_false(unit))
            self._add(ColumnKind.OPEN_TO_CLAIM, name, build_and(unit, [claimable]))
            return
        criteria: list[Node] = [
            self._add(ColumnKind.WIDENED_CRITERION, name, wide[key], key)
            if key in changed
            else self._column(ColumnKind.CRITERION, name, key)
            for key in wide
        ]
        widened = build_and(unit, [*_list_trigger(rules), *criteria, *self._list_belonging(unit)])
        self._add(ColumnKind.WIDENED_ELIGIBLE, name, widened)
        unlocked = build_and(unit, self._list_unlocking(name))
        unlocked_column = self._add(ColumnKind.UNLOCKED, name, unlocked)
        self._add(ColumnKind.OPEN_TO_CLAIM, name, build_or(unit, [claimable, unlocked_column]))

    def _list_unlocking(self, name: str) -> list[Node]:
        """Return the conditions of an unlocked programme; all must be known to hold.

        The unit is not eligible now but would be after a claim. It does not receive the programme,
        and it receives or can claim no programme that excludes it.
        """
        claimed = [
            self._lift_to_unit(name, build_certain(self._find_claim(other)))
            for other in self._list_excluded(name)
        ]
        return [
            self._certain(ColumnKind.ELIGIBLE, name, wanted=False),
            self._certain(ColumnKind.WIDENED_ELIGIBLE, name),
            build_certain(self._receives(name), wanted=False),
            self._certain(ColumnKind.BARRED, name, wanted=False),
            build_certain(build_or(self._unit(name), claimed), wanted=False),
        ]

    def _find_claim(self, name: str) -> ColumnRef:
        """Return the column of whether a programme can be claimed.

        It is OPEN_TO_CLAIM, which counts unlocked programmes too, or CLAIMABLE if that is not
        planned yet.
        """
        is_planned = format_column_name(ColumnKind.OPEN_TO_CLAIM, name) in self.plan.columns
        return self._column(ColumnKind.OPEN_TO_CLAIM if is_planned else ColumnKind.CLAIMABLE, name)


def _list_trigger(rules: ProgrammeRules) -> list[Node]:
    """Return the condition that a programme's event is known to have happened, if it has one.

    An event that is not recorded counts as not happened: otherwise everybody would be undetermined.
    """
    return [build_certain(rules.trigger)] if rules.trigger else []


def _build_yuan(like: Node) -> Node:
    """Return one yuan, for a comparison with an amount."""
    return syntax.Constant(like.type, "household", FEN_PER_YUAN)


def _build_false(owner: Owner) -> Node:
    """Return a condition that never holds: an `or` without parts."""
    return build_or(owner, ())


def _build_all_members(node: Node, some: Node | None = None) -> Node:
    """Return the condition that all members meet `node`, and one meets `some` (None: `node`).

    The second half matters for a household without members, where `all` alone would be true.
    """
    everybody = syntax.OverMembers(TRUTH, "household", "all", node)
    somebody = syntax.OverMembers(TRUTH, "household", "any", some or node)
    return build_and("household", (everybody, somebody))


def _compare(owner: Owner, left: Node, operator: str, right: Node) -> Node:
    return syntax.Compare(TRUTH, owner, operator, left, right)
