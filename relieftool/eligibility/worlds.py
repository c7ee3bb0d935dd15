"""Decides what holds whichever way a doubt about a household turns out.

Whether somebody still lives here, or whether something is received that other rules ask for, is
unknown; but each of the few worlds that are possible can be looked at. What is a claim in every
world is a claim, whatever the answer; what is owed at most is what the best single world owes, not
the best of each benefit from different worlds.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from relieftool.eligibility.evaluation import Household
from relieftool.eligibility.findings import Finding, Status, replace_fields
from relieftool.rules import syntax
from relieftool.rules.compiled_rules import LIVES
from relieftool.rules.evaluator import HOUSEHOLD, Evaluator
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement
from relieftool.values.stored_values import UnitRow

_MOST_DOUBTS = 3  # of a household: eight worlds
_AT_HOME = "lives_together"
_OPEN = (Status.UNDETERMINED, Status.UNCLAIMED)
_Doubt = tuple[int, str]  # the place of a member, or HOUSEHOLD, and a column


def list_worlds(
    evaluator: Evaluator, findings: Sequence[Finding], *, with_receipts: bool = False
) -> list[Evaluator]:
    """Return the household as it would be for each way in which its doubts may turn out.

    They are who lives here, and `with_receipts` the benefits of the household that rules of open
    findings ask for. Empty if nothing of it is in doubt, or too much.
    """
    doubts = list(_list_doubts(evaluator, findings, with_receipts=with_receipts))
    if not 0 < len(doubts) <= _MOST_DOUBTS:
        return []
    worlds = [evaluator]
    for doubt in doubts:  # one upon the other, so that they share what they have in common
        worlds = [world.suppose({doubt: answer}) for world in worlds for answer in (0, 1)]
    return worlds


def _list_doubts(
    evaluator: Evaluator, findings: Sequence[Finding], *, with_receipts: bool
) -> Iterator[_Doubt]:
    """Yield what is in doubt of a household, if anything of it is undetermined."""
    undetermined = {each.programme for each in findings if each.status == Status.UNDETERMINED}
    if not undetermined:
        return
    if _AT_HOME in evaluator.statement.pack.facts:
        for place, member in enumerate(evaluator.members):
            if member[LIVES] is None:
                yield place, _AT_HOME
    if with_receipts:
        for name in _list_receipts_asked(evaluator.statement):
            column = format_column_name(ColumnKind.RECEIVES, name)
            if name in undetermined and evaluator.household[column] is None:
                yield HOUSEHOLD, column


@lru_cache(maxsize=8)
def _list_receipts_asked(statement: Statement) -> tuple[str, ...]:
    """Return the benefits of a household whose receipt criteria of other programmes ask for."""
    asked = {
        node.programme
        for name, rules in statement.rules.items()
        for tree in rules.criteria.values()
        for node in syntax.walk(tree)
        if isinstance(node, syntax.Receives) and node.programme != name
    }
    return tuple(
        name
        for name, rules in statement.rules.items()
        if name in asked and name in statement.in_force and rules.programme.unit == "household"
    )


def settle_findings(
    evaluator: Evaluator,
    household: Household,
    findings: Sequence[Finding],
    *,
    with_ineligible: bool = True,
) -> list[Finding]:
    """Return the findings of a household of which it is in doubt who lives there.

    A finding is decided if it is the same whoever of the doubtful lives there. With
    `with_ineligible` False, those that turn out ineligible are left out.
    """
    worlds = list_worlds(evaluator, findings)
    if not worlds:
        return list(findings)
    settled = [
        _settle(worlds, household, finding)
        if _may_settle(evaluator, household, finding)
        else finding
        for finding in findings
    ]
    is_listed = [with_ineligible or each.status != Status.INELIGIBLE for each in settled]
    return [finding for finding, listed in zip(settled, is_listed, strict=True) if listed]


def _may_settle(evaluator: Evaluator, household: Household, finding: Finding) -> bool:
    """Whether a finding is undetermined, and not of somebody in doubt, who may be nobody at all."""
    member = _row(evaluator, _find_place(household, finding))
    return finding.status == Status.UNDETERMINED and (member is None or member[LIVES] is not None)


def _settle(worlds: Sequence[Evaluator], household: Household, finding: Finding) -> Finding:
    """Return an undetermined finding as it is in every world, if it is the same in all."""
    place = _find_place(household, finding)
    statuses = {_decide(world, finding, place) for world in worlds}
    if statuses not in ({Status.UNCLAIMED}, {Status.INELIGIBLE}):
        return finding
    rules = worlds[0].statement.rules[finding.programme]
    truths = [
        (key, {world.truth(node, _row(world, place)) for world in worlds})
        for key, node in rules.criteria.items()
    ]
    criteria = tuple((key, found.pop() if len(found) == 1 else None) for key, found in truths)
    return replace_fields(finding, status=statuses.pop(), criteria=criteria)


def suppose_findings(
    world: Evaluator, household: Household, findings: Sequence[Finding]
) -> list[Finding]:
    """Return the findings as they are in one world: what is no claim there is left out."""
    places = [_find_place(household, finding) for finding in findings]
    return [
        finding
        for finding, place in zip(findings, places, strict=True)
        if finding.status not in _OPEN or _decide(world, finding, place) in _OPEN
    ]


def _decide(world: Evaluator, finding: Finding, place: int) -> Status:
    """Return the status of an open finding in a world."""
    member = _row(world, place)

    def read(kind: ColumnKind) -> bool | None:
        return world.column(format_column_name(kind, finding.programme), member)

    is_eligible, is_barred = read(ColumnKind.ELIGIBLE), read(ColumnKind.BARRED)
    row = world.household if member is None else member
    is_received = row[format_column_name(ColumnKind.RECEIVES, finding.programme)]
    if is_received:
        return Status.RECEIVING
    if is_barred:
        return Status.INELIGIBLE
    if is_eligible is False:
        return Status.UNLOCKED if read(ColumnKind.UNLOCKED) else Status.INELIGIBLE
    if is_eligible and is_received == 0 and is_barred is False:
        return Status.INELIGIBLE if read(ColumnKind.GIVES_WAY) else Status.UNCLAIMED
    return Status.UNDETERMINED


def _find_place(household: Household, finding: Finding) -> int:
    """Return the place of a finding's member; HOUSEHOLD if it is the household's."""
    places = {each.member_no: place for place, each in enumerate(household.members)}
    return HOUSEHOLD if finding.member_no is None else places[finding.member_no]


def _row(world: Evaluator, place: int) -> UnitRow | None:
    """Return the row of a member in a world; None for the household."""
    return None if place == HOUSEHOLD else world.members[place]
