"""Matching members who can work with job openings, one demand of the opening after the other.

Unknown is not yes: a demand or a fact that is unknown must be asked for first.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from sqlite_utils import Database

from relieftool.eligibility.scenario import SupposedFact, Suppositions
from relieftool.eligibility.what_if import WhatIf, compare_household
from relieftool.pack.models import Pack
from relieftool.register.job_openings import list_job_openings
from relieftool.rules.bounds import UnitRow
from relieftool.spreadsheets.job_lists import JobOpening
from relieftool.values.cells import count_full_years
from relieftool.values.communities import normalise_community

JobFit = Literal["fits", "ask", "against"]
Distance = Literal["home", "same-community", "same-street", "unknown", "elsewhere"]
JobDemand = Literal["age", "sex", "disability", "capacity", "care", "idle"]
# Best first: the order in which matches are listed.
_FITS: tuple[JobFit, ...] = get_args(JobFit)
_DISTANCES: tuple[Distance, ...] = get_args(Distance)
_WORKING_AGE = 16  # the least age at which a person may be employed: 《劳动法》第十五条
_ADULT_AGE = 18
_OLD_AGE = 60  # from here on strength, and being able to care for others, is not taken for granted
_HAS_WORK = ("employed",)
_SEVERE = ("grade1", "grade2")


@dataclass(frozen=True)
class JobCandidate:
    """A member who can work, or of whom that is unknown; `can_work` is True or None.

    `cares_for` are the members who need care that no other member could give.
    """

    household_no: str
    community: str
    member_no: str
    name: str | None
    age: int | None
    row: UnitRow
    can_work: bool | None
    cares_for: tuple[str, ...]

    @property
    def place(self) -> int:
        """Return the member's place in the household."""
        return int(str(self.row["place"]))


@dataclass(frozen=True)
class JobMatch:
    """A member and an opening: whether each demand is met (None: unknown), and the distance."""

    candidate: JobCandidate
    opening: JobOpening
    reasons: tuple[tuple[JobDemand, bool | None], ...]
    distance: Distance
    effect: WhatIf | None = None

    @property
    def fit(self) -> JobFit:
        """Return whether the member can take the job, cannot, or has to be asked first."""
        truths = [truth for _demand, truth in self.reasons]
        if False in truths:
            return "against"
        return "ask" if None in truths else "fits"


def find_matches(
    db: Database,
    pack: Pack,
    as_of: dt.date,
    *,
    household_no: str | None = None,
    community: str | None = None,
) -> list[JobMatch]:
    """Match every member who can work with every opening.

    Ordered by fit, member, distance, and pay with the highest first.
    """
    openings = list_job_openings(db)
    communities = {row["name"] for row in db.query("SELECT name FROM communities")}
    found = [
        JobMatch(
            candidate,
            opening,
            tuple(_check_demands(pack, candidate, opening)),
            _find_distance(candidate.community, opening, communities),
        )
        for candidate in _find_candidates(db, as_of, household_no, community)
        for opening in openings
    ]
    return sorted(found, key=_order_key)


def _order_key(match: JobMatch) -> tuple[object, ...]:
    """Return what matches are ordered by."""
    return (
        _FITS.index(match.fit),
        match.candidate.household_no,
        match.candidate.member_no,
        _DISTANCES.index(match.distance),
        -(match.opening.pay_from_fen or 0),
        match.opening.opening,
    )


def _find_candidates(
    db: Database, as_of: dt.date, household_no: str | None, community: str | None
) -> list[JobCandidate]:
    """Return the members who can work or of whom that is unknown, by household and place."""
    households: dict[str, list[UnitRow]] = {}
    for row in db.query(_MEMBERS, {"number": household_no, "community": community}):
        households.setdefault(row["household_no"], []).append(row)
    return [
        candidate
        for members in households.values()
        for row in members
        if (candidate := _build_candidate(row, members, as_of)) is not None
    ]


_MEMBERS = """
    SELECT members.*, communities.name AS community FROM members
    JOIN households ON households.household_no = members.household_no
    JOIN communities ON communities.community_id = households.community_id
    WHERE (:number IS NULL OR members.household_no = :number)
    AND (:community IS NULL OR communities.name = :community)
    ORDER BY members.household_no, members.place
"""


def _build_candidate(
    row: UnitRow, members: Iterable[UnitRow], as_of: dt.date
) -> JobCandidate | None:
    """Return a member as a candidate; None for one who cannot work."""
    can_work = _can_work(row, as_of)
    if can_work is False:
        return None
    name = row["name"]
    return JobCandidate(
        str(row["household_no"]),
        str(row["community"]),
        str(row["member_no"]),
        None if name is None else str(name),
        _find_age(row, as_of),
        row,
        can_work,
        tuple(_list_cared_for(row, members, as_of)),
    )


def _find_age(row: UnitRow, as_of: dt.date) -> int | None:
    """Return a member's age in full years; None where the day of birth is unknown."""
    born = row.get("birth_date")
    return None if born is None else count_full_years(dt.date.fromisoformat(str(born)), as_of)


def _can_work(row: UnitRow, as_of: dt.date) -> bool | None:
    """Whether a member may and can work; a disability alone does not rule it out."""
    age = _find_age(row, as_of)
    is_at_school = row.get("school_stage") not in (None, "none")
    is_unable = row.get("employment") in ("none", "student") or row.get("self_care") == "full"
    if is_at_school or is_unable or (age is not None and age < _WORKING_AGE):
        return False
    return None if age is None or row.get("employment") is None else True


def _list_cared_for(row: UnitRow, members: Iterable[UnitRow], as_of: dt.date) -> Iterator[str]:
    """Return the members who need care; none if another member could care for them."""
    others = [member for member in members if member["member_no"] != row["member_no"]]
    if not any(_could_care(other, as_of) for other in others):
        yield from (str(other["member_no"]) for other in others if _needs_care(other, as_of))


def _needs_care(row: UnitRow, as_of: dt.date) -> bool:
    """Whether a member is known to be a child, severely disabled, or unable to live alone."""
    age = _find_age(row, as_of)
    is_child = age is not None and age < _WORKING_AGE
    is_severe = row.get("disability_grade") in _SEVERE or row.get("self_care") == "full"
    return is_child or is_severe


def _could_care(row: UnitRow, as_of: dt.date) -> bool:
    """Whether a member is known to be of an age to care for others, is able to, and has no job."""
    age = _find_age(row, as_of)
    is_of_age = age is not None and _ADULT_AGE <= age < _OLD_AGE
    return is_of_age and not _needs_care(row, as_of) and row.get("employment") not in _HAS_WORK


def _check_demands(
    pack: Pack, candidate: JobCandidate, opening: JobOpening
) -> Iterator[tuple[JobDemand, bool | None]]:
    """Return each demand with whether the candidate meets it; None where that is unknown."""
    row = candidate.row
    employment = row.get("employment")
    yield "age", _meets_age(candidate.age, opening)
    yield "sex", _meets_sex(row.get("sex"), opening)
    yield "disability", _meets_disability(pack, row, opening)
    yield "capacity", _meets_capacity(row, candidate.age, opening)
    # whoever must be at home can still work from home; other jobs have to be asked about
    yield "care", True if not candidate.cares_for or opening.is_home_work else None
    yield "idle", None if employment is None else employment not in _HAS_WORK


def _meets_age(age: int | None, opening: JobOpening) -> bool | None:
    """Whether an age is within the limits, both inclusive; None where either is unknown."""
    if opening.ages is None:
        return None
    low, high = opening.ages
    if low is None and high is None:
        return True
    if age is None:
        return None
    return (low is None or age >= low) and (high is None or age <= high)


def _meets_sex(sex: object, opening: JobOpening) -> bool | None:
    """Whether the opening is for a sex; None where either is unknown."""
    if opening.sex == "any":
        return True
    return None if sex is None or opening.sex is None else sex == opening.sex


def _meets_disability(pack: Pack, row: UnitRow, opening: JobOpening) -> bool | None:
    """Whether the opening accepts a member with their disability, or without one.

    The kind of disability counts only where the opening names kinds.
    """
    kind, grade = row.get("disability_kind"), row.get("disability_grade")
    if kind in (None, "none") and grade in (None, "none"):
        is_known_to_have_none = "none" in (kind, grade)
        return True if is_known_to_have_none or opening.accepts_disabled else None
    if not opening.accepts_disabled or opening.disabilities is None:
        return opening.accepts_disabled
    if kind in (None, "none"):
        return None
    fact = pack.facts.get("disability_kind")
    choices = fact.choices if fact else []
    words = [word for choice in choices if choice.id == kind for word in choice.written]
    return any(word in opening.disabilities for word in words)


def _meets_capacity(row: UnitRow, age: int | None, opening: JobOpening) -> bool | None:
    """Whether a member is strong enough for the job.

    Unknown for severe disability and old age, and where the opening demands nothing readable.
    """
    if opening.capacity is None:
        return None
    if opening.capacity != "whole":
        return True
    is_impaired = row.get("self_care") == "partly" or row.get("disability_grade") in _SEVERE
    return None if is_impaired or age is None or age >= _OLD_AGE else True


def _find_distance(community: str, opening: JobOpening, communities: Collection[str]) -> Distance:
    """Return how far a job is from a community, by the names of `communities` of the register.

    All of them are in one sub-district, so a job in another of them counts as on the same street.
    """
    if opening.is_home_work:
        return "home"
    if opening.place is None:
        return "unknown"
    place = normalise_community(opening.place)
    named = place if place in communities else _find_community_in(opening.place, communities)
    if named is None:
        return "elsewhere"
    return "same-community" if named == community else "same-street"


def _find_community_in(address: str, communities: Iterable[str]) -> str | None:
    """Return the one community whose name with 社区 is in an address; None for none or several."""
    found = [name for name in communities if f"{name}社区" in address]
    return found[0] if len(found) == 1 else None


def find_job_effect(db: Database, pack: Pack, as_of: dt.date, match: JobMatch) -> WhatIf | None:
    """Return what the job would change in the household's benefits.

    The lowest pay is added to every stated income, as any of them may be the one the rules read.
    None where the pay is unknown, or no income is stated to add it to.
    """
    pay = match.opening.pay_from_fen
    if pay is None:
        return None
    number, place = match.candidate.household_no, match.candidate.place
    (household,) = db.query("SELECT * FROM households WHERE household_no = ?", [number])
    settings = [*_add_pay(household, pay, None), *_add_pay(match.candidate.row, pay, place)]
    if not settings:
        return None
    if "employment" in pack.facts:
        settings.append(SupposedFact("employment", "flexible", place))
    return compare_household(db, pack, as_of, number, Suppositions(tuple(settings)))


# How many months of pay the facts of income count.
_INCOMES = {"household_income": 1, "household_income_year": 12, "income": 1}


def _add_pay(row: Mapping[str, object], pay: int, place: int | None) -> Iterator[SupposedFact]:
    """Return the known incomes of a row as supposed facts to which a month's pay is added."""
    for name, times in _INCOMES.items():
        if row.get(name) is not None:
            yield SupposedFact(name, pay * times, place, is_added=True)
    people = row.get("listed_members")
    if row.get("income_per_head") is not None and isinstance(people, int) and people:
        yield SupposedFact("income_per_head", pay // people, place, is_added=True)
