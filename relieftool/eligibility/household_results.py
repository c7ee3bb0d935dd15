"""Evaluates households and returns all that is kept of each: findings, priority, results."""

import datetime as dt
from collections.abc import Iterator, Sequence

from sqlite_utils import Database

from relieftool.eligibility.constant_criteria import Asked, format_results
from relieftool.eligibility.evaluation import (
    Evaluation,
    Household,
    evaluate_register,
    read_truth,
)
from relieftool.eligibility.findings import HouseholdResult, RuleSummary
from relieftool.eligibility.household_findings import find_household_findings
from relieftool.eligibility.household_priority import decide_priority
from relieftool.eligibility.rule_warnings import list_missing_parameters
from relieftool.pack.models import Pack
from relieftool.rules.sql import ColumnKind
from relieftool.rules.statement import Statement


def evaluate_households(
    db: Database, pack: Pack, as_of: dt.date, households: Sequence[str] | None
) -> tuple[RuleSummary, Iterator[HouseholdResult]]:
    """Return what is found of the rules, and the results of some households, or of all if None."""
    evaluation = evaluate_register(db, pack, as_of, households=households)
    statement = evaluation.statement
    summary = RuleSummary(
        list_missing_parameters(statement),
        list_missing_parameters(statement, with_priority=True),
        tuple(_list_asked(statement)),
    )
    results = (
        _find_result(evaluation, household, summary.asked) for household in evaluation.households
    )
    return summary, results


def _list_asked(statement: Statement) -> Iterator[Asked]:
    """Yield the criteria of the programmes in force, then the indicators."""
    for name, rules in statement.rules.items():
        if name in statement.in_force:
            for criterion in rules.criteria:
                yield name, criterion, rules.programme.unit
    for indicator in statement.indicators:
        yield "priority", indicator, "household"


def _find_result(
    evaluation: Evaluation, household: Household, asked: Sequence[Asked]
) -> HouseholdResult:
    """Return all that is kept of a household."""
    findings = find_household_findings(evaluation, household)
    priority, is_priority = decide_priority(evaluation, household, findings)
    rows = {"household": [household.row], "member": [each.row for each in household.members]}
    results = format_results(
        [
            read_truth(row, ColumnKind.INDICATOR, criterion)
            if programme == "priority"
            else read_truth(row, ColumnKind.CRITERION, programme, criterion)
            for row in rows[unit]
        ]
        for programme, criterion, unit in asked
    )
    return HouseholdResult(household.household_no, findings, priority, is_priority, results)
