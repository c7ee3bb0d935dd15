"""Keeps what was found of households for those in the same situation.

Two households are in the same situation if they are alike in all that the rules read: then the same
is found of both, apart from names and numbers. A fact that is only compared with something counts
by the outcomes: two ages on the same side of every line are alike. Members count in order.
"""

from collections.abc import Hashable, Iterator
from dataclasses import replace
from functools import lru_cache
from operator import attrgetter, itemgetter

from relieftool.eligibility.evaluation import Household
from relieftool.eligibility.findings import (
    Finding,
    HouseholdResult,
    QuestionValue,
    replace_fields,
)
from relieftool.pack.facts import Owner
from relieftool.rules import syntax
from relieftool.rules.base_tables import LAW_MEMBER
from relieftool.rules.compiled_rules import Read, Unit, compile_rules
from relieftool.rules.evaluator import Evaluator
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import Node

_MOST_KEPT = 1000
_IDENTITIES = {"household_no", "member_no", "community_id"}
_COMPARISONS = (syntax.Compare, syntax.OneOf)


class SituationMemo:
    """What was found of households under a statement, the last used of them, by situation."""

    def __init__(self, statement: Statement) -> None:
        """Find what the rules read; nothing is kept yet."""
        self._kept: dict[Hashable, tuple[Household, HouseholdResult]] = {}
        read = list(_list_read(statement))
        exact = {node.fact for node in read if isinstance(node, syntax.FactRef)}
        compared = {node: None for node in read if isinstance(node, _COMPARISONS)}
        facts = {name for node in compared for name in syntax.list_facts(node)} - exact
        self._home = _Reader(statement, "household", list(compared), facts)
        self._member = _Reader(statement, "member", list(compared), facts)

    def describe(self, evaluator: Evaluator) -> Hashable:
        """Return the situation of a household."""
        units = evaluator.units
        home = self._home.read(evaluator, units.home)
        return home, *(self._member.read(evaluator, unit) for unit in units.members)

    def find(self, situation: Hashable, household: Household) -> HouseholdResult | None:
        """Return what was found in the same situation, with the names of a household.

        Its findings cannot be asked for questions. None if nothing is kept.
        """
        kept = self._kept.pop(situation, None)
        if kept is None:
            return None
        self._kept[situation] = kept  # the one used last stands last
        return _rename(*kept, household)

    def keep(self, situation: Hashable, household: Household, result: HouseholdResult) -> None:
        """Keep what was found of a household."""
        findings = [replace_fields(each, find_questions=QuestionValue) for each in result.findings]
        self._kept[situation] = household, replace(result, findings=findings)
        if len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]


share_situations = lru_cache(maxsize=4)(SituationMemo)


class _Reader:
    """Reads what a situation has of a household or member.

    These are the columns of the register, but of `facts` only whether they are known, and the
    outcomes of the comparisons of these.
    """

    def __init__(
        self, statement: Statement, owner: Owner, compared: list[Node], facts: set[str]
    ) -> None:
        rules, plan = compile_rules(statement), statement.plan
        computed = {*plan.columns, *(column.name for column in plan.questions.values())}
        names = [
            name for name in statement.columns[owner] if name not in computed | _IDENTITIES | facts
        ]
        self._columns = itemgetter(*names)
        self._facts = sorted(facts.intersection(statement.columns[owner]))
        self._outcomes: list[Read] = [
            rules.part(node).read
            for node in compared
            if node.owner == owner and facts.intersection(syntax.list_facts(node))
        ]

    def read(self, evaluator: Evaluator, unit: Unit) -> Hashable:
        """Return what counts of a household or member."""
        row, units = unit.row, evaluator.units
        known = [row[name] is None for name in self._facts]
        return self._columns(row), *known, *[read(units, unit) for read in self._outcomes]


def _list_read(statement: Statement) -> Iterator[Node]:
    """Yield the comparisons in the rules, and the facts that are read outside of any.

    Who shares an amount counts as read outside.
    """
    by_law = statement.definitions.get(LAW_MEMBER)
    waiting = [column.node for column in statement.plan.columns.values()]
    waiting += [node for rules in statement.rules.values() for node in rules.nodes]
    waiting += [*statement.indicators.values(), *statement.money.values()]
    waiting += [] if by_law is None else [by_law]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        inside = list(syntax.walk(node))
        if isinstance(node, syntax.SharedBy):
            yield from (part for part in inside if isinstance(part, syntax.FactRef))
        if isinstance(node, _COMPARISONS):
            yield from (part for part in inside if isinstance(part, _COMPARISONS))
            waiting += [part for part in inside if isinstance(part, syntax.SharedBy)]
            continue
        yield node
        waiting += syntax.children(node)


def _rename(household: Household, result: HouseholdResult, other: Household) -> HouseholdResult:
    """Return what was found of a household with the names and numbers of another."""
    number, community, head = attrgetter("household_no", "community", "head")(other)
    members = {
        each.member_no: new for each, new in zip(household.members, other.members, strict=True)
    }

    def ask(name: str) -> str:
        member, bar, fact = name.rpartition("|")
        return f"{members[member].member_no}|{fact}" if bar else name

    def rename(finding: Finding) -> Finding:
        whose = {"household_no": number, "community": community, "head": head}
        if finding.member_no is not None:
            member = members[finding.member_no]
            whose |= {"member_no": member.member_no, "member": member.name}
        return replace_fields(finding, **whose, asks=tuple(map(ask, finding.asks)))

    priority = result.priority
    asks = tuple(map(ask, priority.asks))
    named = replace(priority, household_no=number, community=community, head=head, asks=asks)
    findings = [rename(finding) for finding in result.findings]
    return replace(result, household_no=number, findings=findings, priority=named)
