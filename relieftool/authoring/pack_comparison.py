"""Two packs on one register: which rules differ, and who gains, loses or becomes undecided."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel
from sqlite_utils import Database

from relieftool.eligibility.claim_values import round_per_month
from relieftool.eligibility.evaluation import (
    Evaluation,
    Household,
    evaluate_register,
    find_amount_due,
)
from relieftool.eligibility.findings import EligibilityOutcome, find_outcome
from relieftool.eligibility.gaps import find_household_findings
from relieftool.pack.models import Pack
from relieftool.rules.sql import ColumnKind, format_column_name

PackPart = Literal["programme", "parameter", "definition", "fact", "priority", "not_encoded"]
Difference = Literal["added", "removed", "changed"]
Effect = Literal["gains", "loses", "becomes_undecided", "becomes_decided", "ends", "more", "less"]
ComparisonKey = tuple[str, str | None, str]  # household, member, programme


@dataclass(frozen=True)
class RuleChange:
    """A part of the pack that one has and the other lacks, or that reads otherwise."""

    part: PackPart
    id: str
    difference: Difference


@dataclass(frozen=True)
class ProgrammeResult:
    """How one household or member stands with one programme; the amount is fen per month."""

    outcome: EligibilityOutcome
    fen_per_month: int | None


@dataclass(frozen=True)
class AffectedUnit:
    """A household or member for whom a programme changes."""

    household_no: str
    community: str
    head: str | None
    member_no: str | None
    member: str | None
    programme: str
    effect: Effect
    before: ProgrammeResult
    after: ProgrammeResult


@dataclass(frozen=True)
class PackDiff:
    """What differs between two packs, and whom it touches on the register at hand."""

    as_of: dt.date
    old: Pack
    new: Pack
    rules: tuple[RuleChange, ...]
    affected: tuple[AffectedUnit, ...]


@dataclass(frozen=True)
class _Person:
    """Whom a key stands for."""

    community: str
    head: str | None
    member: str | None


def compare_packs(
    old: tuple[Database, Pack], new: tuple[Database, Pack], as_of: dt.date
) -> PackDiff:
    """Compare two packs, each with the register as that pack reads it.

    A fact that only one of them has is unknown under the other.
    """
    before, people = _results(*old, as_of)
    after, more_people = _results(*new, as_of)
    affected = [
        _affected(key, {**people, **more_people}[key], effect, one, other)
        for key in sorted({*before, *after}, key=lambda key: (key[0], key[1] or "", key[2]))
        for one, other in [(before.get(key, _NOT_IN_FORCE), after.get(key, _NOT_IN_FORCE))]
        for effect in _effects(one, other)
    ]
    rules = tuple(_rule_changes(old[1], new[1]))
    return PackDiff(as_of, old[1], new[1], rules, tuple(affected))


_NOT_IN_FORCE = ProgrammeResult("not_in_force", None)


def _affected(
    key: ComparisonKey,
    person: _Person,
    effect: Effect,
    before: ProgrammeResult,
    after: ProgrammeResult,
) -> AffectedUnit:
    household_no, member_no, programme = key
    named = person.community, person.head, member_no, person.member
    return AffectedUnit(household_no, *named, programme, effect, before, after)


def _results(
    db: Database, pack: Pack, as_of: dt.date
) -> tuple[dict[ComparisonKey, ProgrammeResult], dict[ComparisonKey, _Person]]:
    """Return how everybody stands with every programme in force."""
    standings, people = {}, {}
    evaluation = evaluate_register(db, pack, as_of)
    for household in evaluation.households:
        displaced = _displaced(evaluation, household)
        for name in sorted(evaluation.statement.in_force):
            rules = evaluation.statement.rules[name]
            whole = (None, None, household.row)
            each = [(one.member_no, one.name, one.row) for one in household.members]
            for number, member, row in each if rules.programme.unit == "member" else [whole]:
                key = household.household_no, number, name
                outcome = find_outcome(row[format_column_name(ColumnKind.ELIGIBLE, name)])
                if (name, number) in displaced:
                    outcome = "ineligible"
                amount = round_per_month(find_amount_due(rules, row), rules.programme.period)
                standings[key] = ProgrammeResult(outcome, amount if outcome == "eligible" else None)
                people[key] = _Person(household.community, household.head, member)
    return standings, people


def _displaced(evaluation: Evaluation, household: Household) -> set[tuple[str, str | None]]:
    """Name what cannot be had although every condition holds: a better benefit takes its place."""
    return {
        (finding.programme, finding.member_no)
        for finding in find_household_findings(evaluation, household, with_grounds=False)
        if finding.status == "ineligible" and all(truth for _id, truth in finding.criteria)
    }


def _effects(before: ProgrammeResult, after: ProgrammeResult) -> Iterator[Effect]:
    """Say what changes for somebody; nothing where it stays."""
    if before.outcome != after.outcome:
        if after.outcome == "eligible":
            yield "gains"
        elif before.outcome == "eligible" and after.outcome != "undetermined":
            yield "loses"
        elif after.outcome == "undetermined":
            yield "becomes_undecided"
        elif before.outcome == "undetermined":
            yield "ends" if after.outcome == "not_in_force" else "becomes_decided"
    elif before.fen_per_month != after.fen_per_month:
        yield _amount_effect(before.fen_per_month, after.fen_per_month)


def _amount_effect(before: int | None, after: int | None) -> Effect:
    """Say how an amount changes; one that becomes unknown is undecided."""
    if after is None:
        return "becomes_undecided"
    if before is None:
        return "becomes_decided"
    return "more" if after > before else "less"


def _rule_changes(old: Pack, new: Pack) -> Iterator[RuleChange]:
    """Name what one pack has and the other lacks, or what reads otherwise; examples aside."""
    parts: list[tuple[PackPart, Mapping[str, BaseModel], Mapping[str, BaseModel]]] = [
        ("programme", old.programmes, new.programmes),
        ("parameter", old.parameters, new.parameters),
        ("definition", old.definitions, new.definitions),
        ("fact", old.facts, new.facts),
        ("priority", _priority_parts(old), _priority_parts(new)),
        ("not_encoded", _left_out(old), _left_out(new)),
    ]
    for part, before, after in parts:
        for name in [*before, *(name for name in after if name not in before)]:
            if name not in after:
                yield RuleChange(part, name, "removed")
            elif name not in before:
                yield RuleChange(part, name, "added")
            elif _plain(before[name]) != _plain(after[name]):
                yield RuleChange(part, name, "changed")


def _priority_parts(pack: Pack) -> dict[str, BaseModel]:
    """Return the indicators of priority by their ids, and the rule beside them as one part."""
    rule = pack.priority
    alone = rule.model_copy(update={"indicators": []})
    return {"priority.toml": alone, **{indicator.id: indicator for indicator in rule.indicators}}


def _left_out(pack: Pack) -> dict[str, BaseModel]:
    """Return the programmes a pack knows of and has no rules for."""
    return {one.id: one for one in pack.not_encoded}


def _plain(record: BaseModel) -> dict[str, object]:
    """Return what counts in a comparison: all but the examples."""
    return record.model_dump(exclude={"examples"})
