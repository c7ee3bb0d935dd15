"""Criteria that come out alike for everybody asked: often a column that is missing or misread."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from relieftool.eligibility.evaluation import Evaluation, UnitRow
from relieftool.rules.programme_rules import ProgrammeRules
from relieftool.rules.sql import ColumnKind, format_column_name

_FEWEST_HOUSEHOLDS = 10  # in fewer, chance alone makes many alike


@dataclass(frozen=True)
class ConstantCriterion:
    """A criterion with the same truth (None: unknown) for all `count` households or members.

    The programme of an indicator of priority is "priority".
    """

    programme: str
    criterion: str
    truth: bool | None
    count: int


def find_constant_criteria(evaluation: Evaluation) -> tuple[ConstantCriterion, ...]:
    """Find the criteria with one truth for everybody; none in a register of few households."""
    if len(evaluation.households) < _FEWEST_HOUSEHOLDS:
        return ()
    statement = evaluation.statement
    in_force = [one for name, one in statement.rules.items() if name in statement.in_force]
    return tuple(_uniform(evaluation, in_force))


def find_constant_indicators(evaluation: Evaluation) -> tuple[ConstantCriterion, ...]:
    """Find the indicators of priority with one truth for every household, as `find_constant_criteria`."""
    if len(evaluation.households) < _FEWEST_HOUSEHOLDS:
        return ()
    rows = [one.row for one in evaluation.households]
    return tuple(
        ConstantCriterion("priority", name, truth, len(rows))
        for name in evaluation.statement.indicators
        for truth in _one_truth(rows, format_column_name(ColumnKind.INDICATOR, name))
    )


def _uniform(
    evaluation: Evaluation, in_force: Iterable[ProgrammeRules]
) -> Iterator[ConstantCriterion]:
    rows: dict[str, list[UnitRow]] = {
        "household": [one.row for one in evaluation.households],
        "member": [member.row for one in evaluation.households for member in one.members],
    }
    for rules in in_force:
        asked, name = rows[rules.programme.unit], rules.programme.id
        for key in rules.criteria:
            for truth in _one_truth(asked, format_column_name(ColumnKind.CRITERION, name, key)):
                yield ConstantCriterion(name, key, truth, len(asked))


def _one_truth(rows: Iterable[UnitRow], column: str) -> list[bool | None]:
    """Give the truth of a column if it is one for all rows; otherwise nothing."""
    truths = {None if row[column] is None else row[column] == 1 for row in rows}
    return list(truths) if len(truths) == 1 else []
