"""Compares two packs on one register: the rules that differ, and the people affected."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel
from sqlite_utils import Database

from relieftool.eligibility.evaluation import (
    Evaluation,
    Household,
    evaluate_register,
    find_amount_due,
)
from relieftool.eligibility.findings import EligibilityOutcome, find_outcome, round_per_month
from relieftool.eligibility.household_findings import find_household_findings
from relieftool.pack.models import Pack
from relieftool.rules.sql import ColumnKind, format_column_name

PackPart = Literal["programme", "parameter", "definition", "fact", "priority", "not_encoded"]
Difference = Literal["added", "removed", "changed"]
Effect = Literal["gains", "loses", "becomes_undecided", "becomes_decided", "ends", "more", "less"]
ComparisonKey = tuple[str, str | None, str]  # household, member, programme
RegisterOfPack = tuple[Database, Pack]  # a register built with a pack, and the pack


@dataclass(frozen=True)
class RuleChange:
    """A part of a pack that was added, removed or changed."""

    part: PackPart
    id: str
    difference: Difference


@dataclass(frozen=True)
class ProgrammeResult:
    """The outcome of a programme for a household or member.

    `fen_per_month` is None if the unit is not eligible, or if the amount is unknown or paid once.
    """

    outcome: EligibilityOutcome
    fen_per_month: int | None


_NOT_IN_FORCE = ProgrammeResult("not_in_force", None)


@dataclass(frozen=True)
class AffectedUnit:
    """A household or member for whom the result of a programme changes."""

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
    """The differences between two packs, and the households and members they affect."""

    as_of: dt.date
    old: Pack
    new: Pack
    rules: tuple[RuleChange, ...]
    affected: tuple[AffectedUnit, ...]


@dataclass(frozen=True)
class _Person:
    """The community, head of household and member (if any) that a comparison key is about."""

    community: str
    head: str | None
    member: str | None


def compare_packs(
    old: RegisterOfPack, new: RegisterOfPack, as_of: dt.date, *, before_on: dt.date | None = None
) -> PackDiff:
    """Compare two packs; each comes with a register built from the same imports.

    `before_on` is the day asked about under the old one; None if it is `as_of` too.
    """
    (_db, old_pack), (_new_db, new_pack) = old, new
    results_before, people = _evaluate_everybody(*old, before_on or as_of)
    results_after, new_people = _evaluate_everybody(*new, as_of)
    people |= new_people
    affected = []
    for key in sorted(people, key=lambda key: (key[0], key[1] or "", key[2])):
        household_no, member_no, programme = key
        person = people[key]
        before = results_before.get(key, _NOT_IN_FORCE)
        after = results_after.get(key, _NOT_IN_FORCE)
        names = person.community, person.head, member_no, person.member
        affected += [
            AffectedUnit(household_no, *names, programme, effect, before, after)
            for effect in _list_effects(before, after)
        ]
    rules = tuple(_list_rule_changes(old_pack, new_pack))
    return PackDiff(as_of, old_pack, new_pack, rules, tuple(affected))


def _evaluate_everybody(
    db: Database, pack: Pack, as_of: dt.date
) -> tuple[dict[ComparisonKey, ProgrammeResult], dict[ComparisonKey, _Person]]:
    """Return the results of every household and member, and the person that each key is about."""
    results, people = {}, {}
    evaluation = evaluate_register(db, pack, as_of)
    for household in evaluation.households:
        displaced = _list_displaced(evaluation, household)
        members = [(member.member_no, member.name, member.row) for member in household.members]
        for name in sorted(evaluation.statement.in_force):
            rules = evaluation.statement.rules[name]
            is_of_members = rules.programme.unit == "member"
            for number, member, row in members if is_of_members else [(None, None, household.row)]:
                key = household.household_no, number, name
                outcome = find_outcome(row[format_column_name(ColumnKind.ELIGIBLE, name)])
                if (name, number) in displaced:
                    outcome = "ineligible"
                amount = round_per_month(find_amount_due(rules, row), rules.programme.period)
                results[key] = ProgrammeResult(outcome, amount if outcome == "eligible" else None)
                people[key] = _Person(household.community, household.head, member)
    return results, people


def _list_displaced(evaluation: Evaluation, household: Household) -> set[tuple[str, str | None]]:
    """Return the ineligible programmes whose criteria all hold, each with the member.

    Another benefit takes their place, for example. Counted as eligible, they would look like a
    gain.
    """
    return {
        (finding.programme, finding.member_no)
        for finding in find_household_findings(evaluation, household, statuses=())
        if finding.status == "ineligible" and all(truth for _id, truth in finding.criteria)
    }


def _list_effects(before: ProgrammeResult, after: ProgrammeResult) -> Iterator[Effect]:
    """Yield the effect of a changed result.

    A change between ineligible and not in force has none.
    """
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
        yield _find_amount_effect(before.fen_per_month, after.fen_per_month)


def _find_amount_effect(before: int | None, after: int | None) -> Effect:
    """Return the effect of a changed amount.

    An amount that becomes unknown counts as becoming undecided, the reverse as becoming decided.
    """
    if after is None:
        return "becomes_undecided"
    if before is None:
        return "becomes_decided"
    return "more" if after > before else "less"


def _list_rule_changes(old: Pack, new: Pack) -> Iterator[RuleChange]:
    """Yield the parts that were added, removed or changed; examples are not compared."""
    parts: list[tuple[PackPart, Mapping[str, BaseModel], Mapping[str, BaseModel]]] = [
        ("programme", old.programmes, new.programmes),
        ("parameter", old.parameters, new.parameters),
        ("definition", old.definitions, new.definitions),
        ("fact", old.facts, new.facts),
        ("priority", _list_priority_parts(old), _list_priority_parts(new)),
        ("not_encoded", _list_not_encoded(old), _list_not_encoded(new)),
    ]
    for part, before, after in parts:
        for name in [*before, *(name for name in after if name not in before)]:
            if name not in after:
                yield RuleChange(part, name, "removed")
            elif name not in before:
                yield RuleChange(part, name, "added")
            elif _dump(before[name]) != _dump(after[name]):
                yield RuleChange(part, name, "changed")


# What is a rule of a part, and no text about it: texts differ by the names of the place alone.
_RULE_KEYS = {
    "programme": {
        *(
            "unit",
            "in_force_from",
            "in_force_until",
            "time_limit_working_days",
            "trigger",
            "period",
        ),
        *("amounts", "roster_names", "receipt_headers"),
    },
    "definition": {"value"},
    "fact": {"headers", "written"},
}


def list_local_changes(base: Pack, pack: Pack) -> list[RuleChange]:
    """Return the parts other than values that an overlay adds, removes or changes as rules."""
    return [
        change
        for change in _list_rule_changes(base, pack)
        if change.part != "parameter" and not _is_of_words(base, pack, change)
    ]


def _is_of_words(base: Pack, pack: Pack, change: RuleChange) -> bool:
    """Whether a changed part differs in its texts alone."""
    keys = _RULE_KEYS.get(change.part)
    if change.difference != "changed" or keys is None:
        return False
    parts = [getattr(each, f"{change.part}s")[change.id] for each in (base, pack)]
    before, after = (part.model_dump(include=keys) for part in parts)
    conditions = [
        [(each.id, each.when) for each in getattr(part, "criteria", [])] for part in parts
    ]
    return before == after and conditions[0] == conditions[1]


def _list_priority_parts(pack: Pack) -> dict[str, BaseModel]:
    """Return the indicators of priority.toml by id, and everything else in it as one part."""
    rule = pack.priority
    others = rule.model_copy(update={"indicators": []})
    return {"priority.toml": others, **{indicator.id: indicator for indicator in rule.indicators}}


def _list_not_encoded(pack: Pack) -> dict[str, BaseModel]:
    """Return the programmes that a pack names without rules, by id."""
    return {programme.id: programme for programme in pack.not_encoded}


def _dump(record: BaseModel) -> dict[str, object]:
    """Return the values of a record that are compared: all except the examples."""
    return record.model_dump(exclude={"examples"})
