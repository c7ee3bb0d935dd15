"""Finds the criteria with the same result for everybody; often a column is missing or misread."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from relieftool.pack.facts import Owner
from relieftool.values.stored_values import StoredValue

_FEWEST_HOUSEHOLDS = 10  # among fewer households, many criteria are alike by chance
# The digits of results (as in SQL, 1 is true): those of several members of a household add up, so
# it is octal.
_DIGITS: Mapping[StoredValue, int] = {1: 1, 0: 2, None: 4}
_SINGLE_RESULTS = {1: True, 2: False, 4: None}
# Programme ("priority" for an indicator), criterion, and the unit that it is asked of.
Asked = tuple[str, str, Owner]


@dataclass(frozen=True)
class ConstantCriterion:
    """A criterion with the same result for all `count` households or members.

    `truth` is this result; None is unknown. For a priority indicator, the programme is "priority".
    """

    programme: str
    criterion: str
    truth: bool | None
    count: int


def format_results(results: Iterable[Iterable[StoredValue]]) -> str:
    """Return a text with a digit for each criterion: which results it has in one household.

    >>> format_results([[1], [0, None], []])
    '160'
    """
    return "".join(_find_digit(tuple(of_criterion)) for of_criterion in results)


@cache
def _find_digit(results: tuple[StoredValue, ...]) -> str:
    """Return the digit of a criterion with these results; few combinations occur."""
    return str(sum({_DIGITS[result] for result in results}))


def find_constant_criteria(
    asked: Sequence[Asked], households: Iterable[str], members: int
) -> tuple[ConstantCriterion, ...]:
    """Return the criteria with one result for everybody; none if there are few households.

    `households` has for each the text of its results, in the order of `asked`.
    """
    occurring, count = 0, 0
    for count, results in enumerate(households, start=1):  # noqa: B007 the number of all
        occurring |= int(results or "0", 8)
    if count < _FEWEST_HOUSEHOLDS:
        return ()
    digits = map(int, f"{occurring:o}".zfill(len(asked)))
    return tuple(
        ConstantCriterion(
            programme, criterion, _SINGLE_RESULTS[digit], count if unit == "household" else members
        )
        for (programme, criterion, unit), digit in zip(asked, digits, strict=True)
        if digit in _SINGLE_RESULTS
    )
