"""How many households each step has reached, and how many families know the policies."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from sqlite_utils import Database

from relieftool.fieldwork.entries import list_household_communities
from relieftool.fieldwork.visits import Visit, VisitStep, list_visits

DUE_SOON_DAYS = 30
_NOT_COVERED = ("overdue", "never")


@dataclass(frozen=True)
class HouseholdCoverage:
    """The state of one household in one step; `last_on` is None if it was never visited.

    `phoned_on` is the last call by telephone, which does not count as a visit.
    """

    household_no: str
    community: str
    step: VisitStep
    last_on: str | None
    state: str
    phoned_on: str | None = None


@dataclass(frozen=True)
class StepCoverage:
    """How many households are in each state of a step.

    `phone_only` counts households overdue or never visited that were asked by telephone instead.
    """

    step: VisitStep
    households: int
    done: int
    due: int
    overdue: int
    never: int
    phone_only: int = 0

    @property
    def share(self) -> Fraction | None:
        """Return the share of households with a visit that still counts; None if there are none."""
        return Fraction(self.done + self.due, self.households) if self.households else None


@dataclass(frozen=True)
class Awareness:
    """How many families were asked whether they know the policies, and how many do."""

    asked: int
    knows: int

    @property
    def rate(self) -> Fraction | None:
        """Return the policy awareness rate; None if no family was asked."""
        return Fraction(self.knows, self.asked) if self.asked else None


@dataclass(frozen=True)
class VisitCoverage:
    """Every household in every step on a day, when a visit counts for `every_days` days."""

    day: dt.date
    every_days: int
    households: tuple[HouseholdCoverage, ...]
    knowing: dict[str, bool]

    @property
    def communities(self) -> list[str]:
        """Return the names of the communities in order."""
        return sorted({household.community for household in self.households})

    def count(self, step: VisitStep, community: str | None = None) -> StepCoverage:
        """Count one step, of a community or of all."""
        counted = [
            household
            for household in self.households
            if household.step == step and community in (None, household.community)
        ]
        states = [household.state for household in counted]
        figures = {name: states.count(name) for name in ("done", "due", "overdue", "never")}
        phone_only = sum(self._is_phone_only(household) for household in counted)
        return StepCoverage(step, len(states), **figures, phone_only=phone_only)

    def _is_phone_only(self, household: HouseholdCoverage) -> bool:
        """Whether no visit to a household still counts, but a call would."""
        called = find_visit_state(household.phoned_on, self.day, self.every_days)
        return household.state in _NOT_COVERED and called not in _NOT_COVERED

    def awareness(self, community: str | None = None) -> Awareness:
        """Count the newest answer of each household, of a community or of all."""
        numbers = {
            household.household_no
            for household in self.households
            if community in (None, household.community)
        }
        answers = [knows for number, knows in self.knowing.items() if number in numbers]
        return Awareness(len(answers), sum(answers))


def find_coverage(
    db: Database, day: dt.date, every_days: int, *, community: str | None = None
) -> VisitCoverage:
    """Return the state of each household in each step on a day; see `VisitCoverage`."""
    visits = [visit for visit in list_visits(db) if visit.visited_on <= day.isoformat()]
    last: dict[bool, dict[tuple[str, VisitStep], str]] = {True: {}, False: {}}
    for visit in visits:  # by day, so that the last visit, and the last call, remain
        last[visit.counts][visit.household_no, visit.step] = visit.visited_on
    households = tuple(
        HouseholdCoverage(
            number,
            name,
            step,
            last[True].get((number, step)),
            find_visit_state(last[True].get((number, step)), day, every_days),
            last[False].get((number, step)),
        )
        for number, name in list_household_communities(db, community).items()
        for step in VisitStep
    )
    return VisitCoverage(day, every_days, households, _find_newest_answers(visits))


def find_visit_state(last_on: str | None, day: dt.date, every_days: int) -> str:
    """Return the state on `day` after a last visit on `last_on`: "done", "due" soon, and so on.

    >>> find_visit_state("2024-01-01", dt.date(2024, 12, 31), 365)
    'due'
    >>> find_visit_state("2024-01-01", dt.date(2025, 1, 1), 365)
    'overdue'
    >>> find_visit_state(None, dt.date.max, 365)
    'never'
    """
    if last_on is None:
        return "never"
    days_left = every_days - (day - dt.date.fromisoformat(last_on)).days
    if days_left < 0:
        return "overdue"
    return "due" if days_left < DUE_SOON_DAYS else "done"


def _find_newest_answers(visits: Iterable[Visit]) -> dict[str, bool]:
    """Return whether each household knows the policies, by its last answer; visits are by day."""
    return {
        visit.household_no: visit.knows_policy for visit in visits if visit.knows_policy is not None
    }
