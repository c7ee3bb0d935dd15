"""Counts the households that each visit step reached, and the families that know the policies."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from sqlite_utils import Database

from relieftool.fieldwork.entries import list_household_communities
from relieftool.fieldwork.visits import Visit, VisitStep, list_visits

DUE_SOON_DAYS = 30
A_YEAR = 365  # days that a visit counts, unless the office says otherwise
_NOT_COVERED = ("overdue", "never")


@dataclass(frozen=True)
class HouseholdCoverage:
    """The state of one household in one visit step.

    `last_on` is the day of the last visit that counts, `phoned_on` that of the last survey by
    telephone, which does not count; each is None if there is none. For `state` see
    `find_visit_state`.
    """

    household_no: str
    community: str
    step: VisitStep
    last_on: str | None
    state: str
    phoned_on: str | None = None


@dataclass(frozen=True)
class StepCoverage:
    """The numbers of households in each state of a step.

    `phone_only` counts the households overdue or never visited whose last survey by telephone
    would still count if it had been a visit.
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
        """Return the share of households whose last visit still counts; None if there are none."""
        return Fraction(self.done + self.due, self.households) if self.households else None


@dataclass(frozen=True)
class Awareness:
    """The number of families asked whether they know the policies, and how many of them do."""

    asked: int
    knows: int

    @property
    def rate(self) -> Fraction | None:
        """Return the policy awareness rate; None if no family was asked."""
        return Fraction(self.knows, self.asked) if self.asked else None


@dataclass(frozen=True)
class VisitCoverage:
    """The state of each household in each visit step on `day`.

    A visit counts for `every_days` days. `knowing` holds, by household number, whether the
    family knows the policies (its latest answer).
    """

    day: dt.date
    every_days: int
    households: tuple[HouseholdCoverage, ...]
    knowing: dict[str, bool]

    @property
    def communities(self) -> list[str]:
        """Return the names of the communities, sorted."""
        return sorted({household.community for household in self.households})

    def count(self, step: VisitStep, community: str | None = None) -> StepCoverage:
        """Return the numbers of households in each state of a step; `community` None means all."""
        counted = [
            household
            for household in self.households
            if household.step == step and community in (None, household.community)
        ]
        states = [household.state for household in counted]
        figures = {name: states.count(name) for name in ("done", "due", "overdue", "never")}
        phone_only = sum(self._is_phone_only(household) for household in counted)
        return StepCoverage(step, len(states), **figures, phone_only=phone_only)

    def count_ending(self, step: VisitStep, until: dt.date) -> int:
        """Return how many households have a last visit that stops counting by `until`."""
        first = (until - dt.timedelta(days=self.every_days)).isoformat()
        visited = [each.last_on for each in self.households if each.step == step and each.last_on]
        return sum(last_on < first for last_on in visited)

    def _is_phone_only(self, household: HouseholdCoverage) -> bool:
        """Whether no visit of a household still counts, but its last survey by telephone would."""
        called = find_visit_state(household.phoned_on, self.day, self.every_days)
        return household.state in _NOT_COVERED and called not in _NOT_COVERED

    def awareness(self, community: str | None = None) -> Awareness:
        """Return the counts of the families' latest answers; `community` None means all."""
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
    """Return the coverage on a day, without later visits; `community` None means all."""
    visits = [visit for visit in list_visits(db) if visit.visited_on <= day.isoformat()]
    last: dict[bool, dict[tuple[str, VisitStep], str]] = {True: {}, False: {}}
    for visit in visits:  # in order of days, so the last day is kept
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


def find_day_of_visits(db: Database, day: dt.date) -> dt.date:
    """Return the later of a day and that of the newest visit: no visit made is left out."""
    newest = max((visit.visited_on for visit in list_visits(db)), default=day.isoformat())
    return max(day, dt.date.fromisoformat(newest))


def find_visit_state(last_on: str | None, day: dt.date, every_days: int) -> str:
    """Return "done", "due", "overdue" or "never": the state on `day` after a visit on `last_on`.

    "due" means that the visit counts for fewer than `DUE_SOON_DAYS` more days.

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
    """Map household numbers to the latest answer to whether the family knows the policies.

    `visits` are in order of days.
    """
    return {
        visit.household_no: visit.knows_policy for visit in visits if visit.knows_policy is not None
    }
