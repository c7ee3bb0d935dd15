"""How far the three steps have come: done, due, overdue, never; and who knows the policies."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from sqlite_utils import Database

from relieftool.fieldwork.visits import Visit, VisitStep, list_visits

DUE_SOON_DAYS = 30
_WITHOUT = ("overdue", "never")


@dataclass(frozen=True)
class HouseholdCoverage:
    """Where one household stands in one step; `last_on` None where nobody ever came.

    `phoned_on` is the last call by telephone, which does not count as a visit to a home.
    """

    household_no: str
    community: str
    step: VisitStep
    last_on: str | None
    state: str
    phoned_on: str | None = None


@dataclass(frozen=True)
class StepCoverage:
    """The figures of one step, of a community or of all.

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
        """Return the share of households with a visit that still counts; None of no household."""
        return Fraction(self.done + self.due, self.households) if self.households else None


@dataclass(frozen=True)
class Awareness:
    """How many families were asked whether they know the policies, and how many do."""

    asked: int
    knows: int

    @property
    def rate(self) -> Fraction | None:
        """Return the policy awareness rate; None where nobody was asked."""
        return Fraction(self.knows, self.asked) if self.asked else None


@dataclass(frozen=True)
class VisitCoverage:
    """Every household in every step, with the day and the rhythm the answer is for."""

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
        asked = [
            household
            for household in self.households
            if household.step == step and community in (None, household.community)
        ]
        states = [one.state for one in asked]
        figures = {name: states.count(name) for name in ("done", "due", "overdue", "never")}
        phone_only = sum(self._is_phone_only(one) for one in asked)
        return StepCoverage(step, len(states), **figures, phone_only=phone_only)

    def _is_phone_only(self, one: HouseholdCoverage) -> bool:
        """Return whether a call counts where no visit does."""
        called = find_visit_state(one.phoned_on, self.day, self.every_days)
        return one.state in _WITHOUT and called not in _WITHOUT

    def awareness(self, community: str | None = None) -> Awareness:
        """Count the newest answers, one a household, of a community or of all."""
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
    """See how far each household has come by a day, a visit counting for so many days."""
    visits = [visit for visit in list_visits(db) if visit.visited_on <= day.isoformat()]
    last = {(one.household_no, one.step): one.visited_on for one in visits if one.counts}
    calls = {(one.household_no, one.step): one.visited_on for one in visits if not one.counts}
    rows = list(db.query(_HOUSEHOLDS, {"community": community}))
    households = tuple(
        HouseholdCoverage(
            row["household_no"],
            row["community"],
            step,
            last.get((row["household_no"], step)),
            find_visit_state(last.get((row["household_no"], step)), day, every_days),
            calls.get((row["household_no"], step)),
        )
        for row in rows
        for step in VisitStep
    )
    return VisitCoverage(day, every_days, households, _knowing(visits))


_HOUSEHOLDS = """
    SELECT households.household_no, communities.name AS community FROM households
    JOIN communities ON communities.community_id = households.community_id
    WHERE :community IS NULL OR communities.name = :community
    ORDER BY communities.name, households.household_no
"""


def find_visit_state(last_on: str | None, day: dt.date, every_days: int) -> str:
    """Return whether a visit still counts on a day, soon runs out, has run out, or never was.

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


def _knowing(visits: Iterable[Visit]) -> dict[str, bool]:
    """Return each household's newest answer; visits come by day."""
    return {
        visit.household_no: visit.knows_policy for visit in visits if visit.knows_policy is not None
    }
