"""Criteria that come out alike for everybody asked: often a column that is missing or misread."""

from collections.abc import Iterator
from dataclasses import dataclass

from relieftool.evaluate import Evaluation, Row
from relieftool.rules.sql import column_name

_FEWEST_HOUSEHOLDS = 10  # in fewer, chance alone makes many alike


@dataclass(frozen=True)
class Uniform:
    """A criterion with the same truth (None: unknown) for all `count` households or members."""

    programme: str
    criterion: str
    truth: bool | None
    count: int


def find_uniform(evaluation: Evaluation) -> tuple[Uniform, ...]:
    """Find the criteria with one truth for everybody; none in a register of few households."""
    if len(evaluation.households) < _FEWEST_HOUSEHOLDS:
        return ()
    return tuple(_uniform(evaluation))


def _uniform(evaluation: Evaluation) -> Iterator[Uniform]:
    rows: dict[str, list[Row]] = {
        "household": [one.row for one in evaluation.households],
        "member": [member.row for one in evaluation.households for member in one.members],
    }
    for name, rules in evaluation.statement.rules.items():
        if name not in evaluation.statement.in_force:
            continue
        asked = rows[rules.programme.unit]
        for key in rules.criteria:
            truths = {row[column_name("c", name, key)] for row in asked}
            if len(truths) == 1:
                truth = truths.pop()
                yield Uniform(name, key, None if truth is None else truth == 1, len(asked))
