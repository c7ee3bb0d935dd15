"""Matches members who can work with job openings, by each demand of the opening.

Unknown is not yes: if a demand or a fact is unknown, somebody must ask first.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from sqlite_utils import Database

from relieftool.eligibility.scenario import SupposedFact, Suppositions
from relieftool.eligibility.what_if import WhatIf, compare_household
from relieftool.pack.models import Pack
from relieftool.register.live_rows import list_job_openings
from relieftool.spreadsheets.job_lists import JobOpening
from relieftool.values.cells import count_full_years
from relieftool.values.communities import normalise_community
from relieftool.values.stored_values import UnitRow

JobFit = Literal["fits", "ask", "against"]
Distance = Literal["home", "same-community", "same-street", "unknown", "elsewhere"]
JobDemand = Literal["age", "sex", "disability", "capacity", "care", "idle"]
# Best first: the order in which matches are listed.
_FITS: tuple[JobFit, ...] = get_args(JobFit)
_DISTANCES: tuple[Distance, ...] = get_args(Distance)
_WORKING_AGE = 16  # the least age at which a person may be employed: 《劳动法》第十五条
_ADULT_AGE = 18
_OLD_AGE = 60  # from this age, strength and the ability to care for others are not presumed
_HAS_WORK = ("employed",)
_SEVERE = ("grade1", "grade2")


@dataclass(frozen=True)
class JobCandidate:
    """A member who can work (`can_work` True), or for whom this is unknown (None).

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
        """The member's place in the household."""
        return int(str(self.row["place"]))


@dataclass(frozen=True)
class JobMatch:
    """A member and an opening, with the distance between them.

    `reasons` has for each demand whether the member meets it (None: unknown). `effect` is the
    result of `find_job_effect`; None if it was not asked for or is unknown.
    """

    candidate: JobCandidate
    opening: JobOpening
    reasons: tuple[tuple[JobDemand, bool | None], ...]
    distance: Distance
    effect: WhatIf | None = None

    @property
    def fit(self) -> JobFit:
        """Whether the member can take the job, cannot take it, or must be asked first."""
        truths = [truth for _demand, truth in self.reasons]
        if False in truths:
            return "against"
        return "ask" if None in truths else "fits"


def find_listed_matches(  # noqa: PLR0913 whom to match
    db: Database,
    pack: Pack,
    as_of: dt.date,
    *,
    household_no: str | None,
    community: str | None,
    is_every: bool,
) -> list[JobMatch]:
    """Return the matches; for one household, also what each job would change.

    Openings that do not fit are left out unless `is_every`.
    """
    found = find_matches(db, pack, as_of, household_no=household_no, community=community)
    listed = [match for match in found if is_every or match.fit != "against"]
    if household_no is None:
        return listed
    return [replace(match, effect=find_job_effect(db, pack, as_of, match)) for match in listed]


def find_matches(
    db: Database,
    pack: Pack,
    as_of: dt.date,
    *,
    household_no: str | None = None,
    community: str | None = None,
) -> list[JobMatch]:
    """Return a match for every opening and every member who can work or for whom this is unknown.

    Ordered by fit, member, distance, and pay (highest first). `household_no` and `community`
    restrict the members.
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
    """Return the key by which matches are sorted."""
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
    """Return the members who can work or for whom this is unknown, by household and place."""
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
    """Return a member as a candidate; None if they cannot work."""
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
    """Return a member's age in full years; None if the date of birth is unknown."""
    born = row.get("birth_date")
    return None if born is None else count_full_years(dt.date.fromisoformat(str(born)), as_of)


def _can_work(row: UnitRow, as_of: dt.date) -> bool | None:
    """Whether a member may and can work; None if that is unknown.

    A disability alone does not rule it out.
    """
    age = _find_age(row, as_of)
    is_at_school = row.get("school_stage") not in (None, "none")
    is_unable = row.get("employment") in ("none", "student") or row.get("self_care") == "full"
    if is_at_school or is_unable or (age is not None and age < _WORKING_AGE):
        return False
    return None if age is None or row.get("employment") is None else True


def _list_cared_for(row: UnitRow, members: Iterable[UnitRow], as_of: dt.date) -> Iterator[str]:
    """Yield the other members known to need care; none if one of the others could give it."""
    others = [member for member in members if member["member_no"] != row["member_no"]]
    if not any(_could_care(other, as_of) for other in others):
        yield from (str(other["member_no"]) for other in others if _needs_care(other, as_of))


def _needs_care(row: UnitRow, as_of: dt.date) -> bool:
    """Whether a member is known to be a child, severely disabled or fully dependent on care."""
    age = _find_age(row, as_of)
    is_child = age is not None and age < _WORKING_AGE
    is_severe = row.get("disability_grade") in _SEVERE or row.get("self_care") == "full"
    return is_child or is_severe


def _could_care(row: UnitRow, as_of: dt.date) -> bool:
    """Whether a member is known to be 18 to 59, and not known to need care or to have a job."""
    age = _find_age(row, as_of)
    is_of_age = age is not None and _ADULT_AGE <= age < _OLD_AGE
    return is_of_age and not _needs_care(row, as_of) and row.get("employment") not in _HAS_WORK


def _check_demands(
    pack: Pack, candidate: JobCandidate, opening: JobOpening
) -> Iterator[tuple[JobDemand, bool | None]]:
    """Yield each demand and whether the candidate meets it (None: unknown)."""
    row = candidate.row
    employment = row.get("employment")
    yield "age", _meets_age(candidate.age, opening)
    yield "sex", _meets_sex(row.get("sex"), opening)
    yield "disability", _meets_disability(pack, row, opening)
    yield "capacity", _meets_capacity(row, candidate.age, opening)
    # a carer can work from home; whether they can take any other job must be asked
    yield "care", True if not candidate.cares_for or opening.is_home_work else None
    yield "idle", None if employment is None else employment not in _HAS_WORK


def _meets_age(age: int | None, opening: JobOpening) -> bool | None:
    """Whether an age is within the limits, both inclusive; None if age or limits are unknown."""
    if opening.ages is None:
        return None
    low, high = opening.ages
    if low is None and high is None:
        return True
    if age is None:
        return None
    return (low is None or age >= low) and (high is None or age <= high)


def _meets_sex(sex: object, opening: JobOpening) -> bool | None:
    """Whether the opening accepts members of this sex; None if that is unknown."""
    if opening.sex == "any":
        return True
    return None if sex is None or opening.sex is None else sex == opening.sex


def _meets_disability(pack: Pack, row: UnitRow, opening: JobOpening) -> bool | None:
    """Whether the opening accepts the disability of a member, or a member without one.

    None if that is unknown. The kind of disability counts only if the opening names kinds.
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
    """Whether a member is strong enough for the job: True, or None if somebody must ask.

    None if the demand is unknown. If full capacity is demanded, None also for severe disability,
    limited self-care, and old or unknown age.
    """
    if opening.capacity is None:
        return None
    if opening.capacity != "whole":
        return True
    is_impaired = row.get("self_care") == "partly" or row.get("disability_grade") in _SEVERE
    return None if is_impaired or age is None or age >= _OLD_AGE else True


def _find_distance(community: str, opening: JobOpening, communities: Collection[str]) -> Distance:
    """Return the distance from a community to a job; `communities` are all names in the register.

    They are all in one sub-district, so a job in another community counts as on the same street.
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
    """Return the community whose name with 社区 is in an address; None if none or several are."""
    found = [name for name in communities if f"{name}社区" in address]
    return found[0] if len(found) == 1 else None


def find_job_effect(db: Database, pack: Pack, as_of: dt.date, match: JobMatch) -> WhatIf | None:
    """Return the household's benefits before and after the member takes the job.

    The lowest pay is added to every known income, because the rules may read any of them. None if
    the pay is unknown, or if no income is known to which it could be added.
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


# The income facts, and the number of months of pay in each.
_INCOMES = {"household_income": 1, "household_income_year": 12, "income": 1, "income_year": 12}


def _add_pay(row: Mapping[str, object], pay: int, place: int | None) -> Iterator[SupposedFact]:
    """Yield, for each known income in a row, the supposition that the pay is added to it."""
    for name, times in _INCOMES.items():
        if row.get(name) is not None:
            yield SupposedFact(name, pay * times, place, is_added=True)
    people = row.get("listed_members")
    if row.get("income_per_head") is not None and isinstance(people, int) and people:
        yield SupposedFact("income_per_head", pay // people, place, is_added=True)
