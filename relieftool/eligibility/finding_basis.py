"""Finds what a finding rests on: unknown facts to ask for, presumed facts, assumed values, claims.

Outcomes come from the statement alone. The rules are evaluated again for one household only to
explain an outcome: what left it unknown, and which parts of a condition decided it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache

from relieftool.eligibility.evaluation import read_truth
from relieftool.pack.facts import MEMBERS, Owner
from relieftool.rules import syntax
from relieftool.rules.base_tables import BELONGS
from relieftool.rules.eligibility_sql import widen_receipts
from relieftool.rules.evaluator import Evaluator
from relieftool.rules.programme_rules import ProgrammeRules
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import Node
from relieftool.values.stored_values import UnitRow

# Returns the names that a node itself adds to an explanation, for a member (by row).
_NodeNames = Callable[[Node, UnitRow | None], Sequence[str]]
# Once for all households, because what is evaluated is known by its node.
_widen = cache(widen_receipts)


class _DecisiveParts:
    """Collects names from the parts of a condition that decided it; each name once, in order.

    A true `or` is decided by one true part, a false `and` by one false part. If there are several
    such parts, the part with the fewest names is taken, so that a finding rests on as little as
    possible. If no part decides alone, all parts count.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        node_names: _NodeNames,
        living_names: _NodeNames,
        may_name: Callable[[Node], bool],
    ) -> None:
        self._evaluator = evaluator
        self._may_name = may_name
        self._node_names = node_names
        self._living_names = living_names
        self._found: dict[tuple[int, int], list[str]] = {}

    def collect(self, node: Node, member: UnitRow | None) -> list[str]:
        """Return the names from the parts of a node that decided its value."""
        if not self._may_name(node):
            return []
        # Kept, because programmes share definitions.
        key = self._evaluator.rules.part(node).number, id(member)
        if key not in self._found:
            self._found[key] = self._collect(node, member)
        return self._found[key]

    def _collect(self, node: Node, member: UnitRow | None) -> list[str]:
        match node:
            case syntax.And(parts=parts):
                return self.collect_truths(parts, member, decisive=False)
            case syntax.Or(parts=parts):
                return self.collect_truths(parts, member, decisive=True)
            case syntax.OverMembers():
                return self._collect_over_members(node)
        found = self._collect_all(self._evaluator.list_used_parts(node, member), member)
        own = self._node_names(node, member)
        return _unique([*found, *own]) if own else found

    def collect_truths(
        self, parts: Sequence[Node], member: UnitRow | None, *, decisive: bool
    ) -> list[str]:
        """Return the names from the part that decides alone, or from all parts if none does.

        A part decides alone if its value is `decisive`.
        """
        fewest: list[str] | None = None
        for part in parts:
            if self._evaluator.truth(part, member) is decisive:
                names = self.collect(part, member)
                if not names:
                    return names
                if fewest is None or len(names) < len(fewest):
                    fewest = names
        return self._collect_all(parts, member) if fewest is None else fewest

    def _collect_all(self, parts: Iterable[Node], member: UnitRow | None) -> list[str]:
        """Return the names from several parts, all of which count."""
        return _unique([name for part in parts for name in self.collect(part, member)])

    def _collect_over_members(self, node: syntax.OverMembers) -> list[str]:
        """Return the names from one member who decides alone, or from all who live here."""
        living = [unit.row for unit in self._evaluator.units.living]
        names = [(row, self._collect_member(node, row)) for row in living]
        decisive = {"any": True, "all": False}.get(node.question)
        alone = [
            of_member
            for row, of_member in names
            if decisive is not None and self._evaluator.truth(node.of, row) is decisive
        ]
        if alone:
            return min(alone, key=len)
        return _unique([name for _row, of_member in names for name in of_member])

    def _collect_member(self, node: syntax.OverMembers, row: UnitRow) -> list[str]:
        """Return the names from a member's condition, and from whether the member lives here."""
        return _unique([*self.collect(node.of, row), *self._living_names(node, row)])


def _unique(names: list[str]) -> list[str]:
    """Return each name once, in the order of their first use."""
    return list(dict.fromkeys(names)) if len(names) > 1 else names


class FindingBasis:
    """Finds the grounds of the findings of a household and its members.

    In the methods, `member` is the row of the member that a finding is about, None the household.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self._statement = evaluator.statement
        self._household = evaluator.household
        self._evaluator = evaluator
        self._living = [unit.row for unit in evaluator.units.living]
        self._first_claims = {
            format_column_name(ColumnKind.OPEN_TO_CLAIM, name): name
            for name in evaluator.statement.rules
        }
        self._unknown: dict[tuple[int, int], list[str]] = {}
        may_doubt = _find_doubtful(evaluator.statement)
        self._doubts = self._build_parts(self._name_doubt, self._name_presumed_living, may_doubt)
        self._claims = self._build_parts(self._name_claim, _no_names, _may_claim)

    def missing(self, programme: str, member: UnitRow | None = None) -> list[str]:
        """Return the unknowns that leave a programme undetermined.

        They are ids of facts, "receipt:programme", "parameter:name" or `MEMBERS`. Before the fact
        of a member stand their number and |: only of those is it asked on whom something depends.
        """
        rules = self._statement.rules[programme]
        row = self._find_row(programme, member)
        found = [
            name for node in rules.criteria.values() for name in self._list_unknown(node, member)
        ]
        if not found and read_truth(row, ColumnKind.RECEIVES, programme) is None:
            found = [f"receipt:{programme}"]
        if not found:
            found = [f"receipt:{name}" for name in self._list_open_exclusions(rules, member)]
        if not found and read_truth(row, ColumnKind.BARRED, programme) is None:
            found = self._list_unknown_size()
        return _unique(found)

    def missing_of_amount(self, programme: str, member: UnitRow | None = None) -> list[str]:
        """Return the facts in doubt that leave the amount of a programme unknown, as `missing`."""
        nodes = self._list_amount_nodes(self._statement.rules[programme], member)
        names = _unique([name for node in nodes for name in self._list_unknown(node, member)])
        return [name for name in names if self._is_in_doubt(name)]

    def _is_in_doubt(self, name: str) -> bool:
        """Whether cells state a fact that is unknown all the same."""
        member_no, _bar, fact = name.rpartition("|")
        rows = [row for row in self._evaluator.members if row["member_no"] == member_no]
        column = format_column_name(ColumnKind.IN_DOUBT, fact)
        return any(row.get(column) for row in (rows if member_no else [self._household]))

    def missing_for_priority(self) -> list[str]:
        """Return the unknowns on which indicators, resources, spending or line depend."""
        nodes = [*self._statement.indicators.values(), *self._statement.money.values()]
        return _unique([name for node in nodes for name in self._list_unknown(node, None)])

    def rests_on(
        self, programme: str, member: UnitRow | None = None
    ) -> tuple[list[str], list[str]]:
        """Return the assumed parameters, and the presumed facts, that decided the outcome.

        Those of the amount count too, except for an ineligible programme that is not unlocked: then
        nothing is due.
        """
        found = self._collect_from_criteria(programme, member, self._doubts)
        row = self._find_row(programme, member)
        is_eligible = read_truth(row, ColumnKind.ELIGIBLE, programme)
        if is_eligible is not False or read_truth(row, ColumnKind.UNLOCKED, programme):
            for node in self._list_amount_nodes(self._statement.rules[programme], member):
                found = [*found, *self._doubts.collect(node, member)]
        parameters = self._statement.pack.parameters
        assumed = {name for name in found if name in parameters}
        return sorted(assumed), sorted({*found} - assumed)

    def claims(self, programme: str, member: UnitRow | None = None) -> list[str]:
        """Return the programmes to claim before an unlocked programme, in the order of claiming."""
        return self._collect_from_criteria(programme, member, self._claims)

    def _find_row(self, programme: str, member: UnitRow | None) -> UnitRow:
        """Return the row that has a programme's columns: the household's or the member's."""
        is_household = self._find_unit(programme) == "household" or member is None
        return self._household if is_household else member or {}

    def _find_unit(self, programme: str) -> Owner:
        """Return "household" or "member", whichever the programme is for."""
        return self._statement.rules[programme].programme.unit

    def _collect_from_criteria(
        self, programme: str, member: UnitRow | None, parts: _DecisiveParts
    ) -> list[str]:
        """Return the names from the parts of a programme's event and criteria that decided them."""
        rules = self._statement.rules[programme]
        criteria = list(rules.criteria.values())
        if read_truth(self._find_row(programme, member), ColumnKind.UNLOCKED, programme):
            # only the widened criteria hold; the plain criteria would explain why they fail
            criteria = [_widen(node, programme) for node in criteria]
        trigger = [rules.trigger] if rules.trigger else []
        return parts.collect_truths([*trigger, *criteria], member, decisive=False)

    def _build_parts(
        self, node_names: _NodeNames, living_names: _NodeNames, may_name: Callable[[Node], bool]
    ) -> _DecisiveParts:
        """Return a collector that also follows eligible() into the rules of other programmes.

        The same for the programmes to be claimed first.
        """

        def names_at(node: Node, member: UnitRow | None) -> Sequence[str]:
            match node:
                case syntax.Eligible(programme=name) if name in self._statement.in_force:
                    return self._collect_from_criteria(name, member, parts)
                case syntax.ColumnRef(column=column):
                    first = self._first_claims[column]
                    claimed_first = self._collect_from_criteria(first, member, parts)
                    return [*claimed_first, *node_names(node, member)]
            return node_names(node, member)

        parts = _DecisiveParts(self._evaluator, names_at, living_names, may_name)
        return parts

    def _list_amount_nodes(self, rules: ProgrammeRules, member: UnitRow | None) -> Iterator[Node]:
        """Yield the conditions of the amounts up to the first that is not false.

        If this condition holds, its amount is yielded too.
        """
        for when, value in rules.amounts:
            holds = True if when is None else self._evaluator.truth(when, member)
            if when is not None:
                yield when
            if holds:
                yield value
            if holds is not False:
                return

    def _name_doubt(self, node: Node, member: UnitRow | None) -> list[str]:
        """Return the assumed parameter or presumed fact that a node itself uses, if any."""
        match node:
            case syntax.ParameterRef(parameter=name):
                value = self._statement.pack.parameters[name].in_force(self._statement.as_of)
                return [name] if value is not None and value.confidence == "assumed" else []
            case syntax.FactRef(fact=name, presumed=presumed) if presumed is not None:
                row = self._household if node.owner == "household" or member is None else member
                is_presumed = row[name] is None and self._evaluator.is_known(node, member)
                return [name] if is_presumed else []
            case syntax.HouseholdSize():
                return [
                    name for row in self._living for name in self._name_presumed_living(node, row)
                ]
        return []

    def _name_presumed_living(self, _node: Node, member: UnitRow | None) -> list[str]:
        """Return "lives_together" if it is only presumed that a member lives here."""
        row = member or self._household
        if row.get("lives") is None:
            return []
        is_known = row.get("lives_together", row.get("lives")) is not None
        return [] if is_known else ["lives_together"]

    def _name_claim(self, node: Node, _member: UnitRow | None) -> list[str]:
        """Return the programme that has to be claimed for a node to hold, if any."""
        return [self._first_claims[node.column]] if isinstance(node, syntax.ColumnRef) else []

    def _list_open_exclusions(self, rules: ProgrammeRules, member: UnitRow | None) -> Iterator[str]:
        """Yield the excluded programmes with unknown receipt that somebody may be eligible for."""
        for exclusion in rules.programme.excludes:
            name = exclusion.programme
            members = [member] if member else self._living
            rows = [self._household] if self._find_unit(name) == "household" else members
            if any(
                read_truth(row, ColumnKind.RECEIVES, name) is None
                and read_truth(row, ColumnKind.ELIGIBLE, name) is not False
                for row in rows
            ):
                yield name

    def _list_unknown(self, node: Node, member: UnitRow | None) -> list[str]:
        """Return the names of what leaves a node unknown; none if its value is known."""
        part = self._evaluator.rules.part(node)
        if part.read(self._evaluator.units, self._evaluator.find_unit(member)) is not None:
            return []
        key = part.number, id(member)
        if key not in self._unknown:
            self._unknown[key] = _unique(self._find_unknown(node, member))
        return self._unknown[key]

    def _find_unknown(self, node: Node, member: UnitRow | None) -> list[str]:
        below: Sequence[Node] = self._evaluator.rules.part(node).below
        match node:
            case syntax.FirstKnown():
                # any part would do, unless the doubt about it stops the search: ask for the first
                used = self._evaluator.list_used_parts(node, member)
                names = (self._list_unknown(part, member) for part in used)
                return next((of_part for of_part in names if of_part), [])
            case syntax.Eligible(programme=name):
                below = list(self._statement.rules[name].criteria.values())
            case syntax.OverMembers(of=of):
                rows = [row for row in self._evaluator.members if row["lives"] != 0]
                of_members = [name for row in rows for name in self._list_unknown(of, row)]
                return [*of_members, *self._list_unknown_size()]
        found = [name for part in below for name in self._list_unknown(part, member)]
        return [*found, *self._name_unknown(node, member)]

    def _list_unknown_size(self) -> list[str]:
        """Return the facts to ask for if the household's size is unknown; empty if it is known."""
        if self._evaluator.units.size is not None:
            return []
        if not self._evaluator.members:
            return [MEMBERS]
        is_unsure = any(row["lives"] is None for row in self._evaluator.members)
        return ["lives_together" if is_unsure else "stated_size"]

    def _name_unknown(self, node: Node, member: UnitRow | None) -> Sequence[str]:
        """Return the name under which an unknown node itself is asked for, if it has one."""
        match node:
            case syntax.FactRef(fact=name):
                whose = f"{member['member_no']}|" if member and node.owner == "member" else ""
                return [whose + ("lives_together" if name == BELONGS else name)]
            case syntax.AsResident() if member and member["lives"] is None:
                return [f"{member['member_no']}|lives_together"]
            case syntax.Receives(programme=name):
                return [f"receipt:{name}"]
            case syntax.ParameterRef(parameter=name) | syntax.BeyondLeast(parameter=name):
                return [f"parameter:{name}"]
            case syntax.HouseholdSize():
                return self._list_unknown_size()
        return []


def _no_names(_node: Node, _member: UnitRow | None) -> list[str]:
    """Return no names: whether a member lives here requires no claim."""
    return []


def _may_claim(_node: Node) -> bool:
    """Whether anything below a node may require a claim: only unlocked findings ask, and rarely."""
    return True


@lru_cache(maxsize=8)
def _find_doubtful(statement: Statement) -> Callable[[Node], bool]:
    """Return whether a value may rest on anything assumed or presumed, in whichever household.

    Most conditions cannot: to look through them again for every household takes a quarter of all.
    """
    assumed = {
        name
        for name, parameter in statement.pack.parameters.items()
        if (value := parameter.in_force(statement.as_of)) and value.confidence == "assumed"
    }

    known: dict[int, tuple[Node, bool]] = {}  # by id: to hash a whole tree would take longer

    def may_doubt(node: Node) -> bool:
        found = known.get(id(node))
        if found is None:
            found = known[id(node)] = node, find(node)
        return found[1]

    def find(node: Node) -> bool:
        match node:
            case syntax.ParameterRef(parameter=name):
                return name in assumed
            case syntax.FactRef(presumed=presumed):
                return presumed is not None
            case syntax.HouseholdSize() | syntax.OverMembers() | syntax.ColumnRef():
                return True
            case syntax.Eligible(programme=name) if name in statement.in_force:
                rules = statement.rules[name]
                trigger = [rules.trigger] if rules.trigger else []
                return any(map(may_doubt, [*trigger, *rules.criteria.values()]))
        return any(map(may_doubt, syntax.children(node)))

    return may_doubt
