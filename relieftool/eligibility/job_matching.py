"""Members who can work against the openings there are: what speaks for each, against, unknown.

Nobody is matched by a guess: a demand or a fact that is unknown is a question, not a yes.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

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
Distance = Literal["home", "same-community", "same-street", "elsewhere", "unknown"]
JobDemand = Literal["age", "sex", "disability", "capacity", "care", "idle"]
_DISTANCES: tuple[Distance, ...] = (
    *("home", "same-community", "same-street"),
    *("unknown", "elsewhere"),
)
_WORKING_AGE = 16  # below it nobody may be employed: 《劳动法》第十五条
_CARER_UNTIL = 60
_FITS: tuple[JobFit, ...] = ("fits", "ask", "against")
_HAS_WORK = ("employed",)
_SEVERE = ("grade1", "grade2")


@dataclass(frozen=True)
class JobCandidate:
    """A member who can work, or of whom that is not known; `can_work` is True or None.

    `cares_for` are members whom nobody else of the household could look after.
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
    """A member and an opening: for each demand True, False or None, the distance, and the fit."""

    candidate: JobCandidate
    opening: JobOpening
    reasons: tuple[tuple[JobDemand, bool | None], ...]
    distance: Distance
    effect: WhatIf | None = None

    @property
    def fit(self) -> JobFit:
        """Return whether the member could take the post, could not, or what must be asked first."""
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
    """Set every member who can work against every opening; the best fitting and nearest first."""
    openings = list_job_openings(db)
    streets = {row["name"] for row in db.query("SELECT name FROM communities")}
    found = [
        JobMatch(
            candidate,
            opening,
            tuple(_reasons(pack, candidate, opening)),
            _distance(candidate.community, opening, streets),
        )
        for candidate in find_candidates(db, as_of, household_no=household_no, community=community)
        for opening in openings
    ]
    return sorted(found, key=_order)


def _order(one: JobMatch) -> tuple[object, ...]:
    return (
        _FITS.index(one.fit),
        one.candidate.household_no,
        one.candidate.member_no,
        _DISTANCES.index(one.distance),
        -(one.opening.pay_from_fen or 0),
        one.opening.opening,
    )


def find_candidates(
    db: Database, as_of: dt.date, *, household_no: str | None = None, community: str | None = None
) -> list[JobCandidate]:
    """Return the members who can work, and those of whom nobody knows, by household and place."""
    rows = list(db.query(_MEMBERS, {"number": household_no, "community": community}))
    households: dict[str, list[UnitRow]] = {}
    for row in rows:
        households.setdefault(row["household_no"], []).append(row)
    return [
        candidate
        for members in households.values()
        for row in members
        if (candidate := _candidate(row, members, as_of)) is not None
    ]


_MEMBERS = """
    SELECT members.*, communities.name AS community FROM members
    JOIN households ON households.household_no = members.household_no
    JOIN communities ON communities.community_id = households.community_id
    WHERE (:number IS NULL OR members.household_no = :number)
    AND (:community IS NULL OR communities.name = :community)
    ORDER BY members.household_no, members.place
"""


def _candidate(row: UnitRow, members: Iterable[UnitRow], as_of: dt.date) -> JobCandidate | None:
    can_work = _can_work(row, as_of)
    if can_work is False:
        return None
    name = row["name"]
    return JobCandidate(
        str(row["household_no"]),
        str(row["community"]),
        str(row["member_no"]),
        None if name is None else str(name),
        _age(row, as_of),
        row,
        can_work,
        tuple(_cared_for(row, list(members), as_of)),
    )


def _age(row: UnitRow, as_of: dt.date) -> int | None:
    """Return a member's age in full years; None where the day of birth is unknown."""
    born = row.get("birth_date")
    return None if born is None else count_full_years(dt.date.fromisoformat(str(born)), as_of)


def _can_work(row: UnitRow, as_of: dt.date) -> bool | None:
    """Return whether a member may and can work; disability alone never says no."""
    age = _age(row, as_of)
    is_at_school = row.get("school_stage") not in (None, "none")
    is_told = row.get("employment") in ("none", "student") or row.get("self_care") == "full"
    if is_at_school or is_told or (age is not None and age < _WORKING_AGE):
        return False
    return None if age is None or row.get("employment") is None else True


def _cared_for(row: UnitRow, members: list[UnitRow], as_of: dt.date) -> Iterator[str]:
    """Name those who need somebody by them, where no other member could be that."""
    others = [member for member in members if member["member_no"] != row["member_no"]]
    if any(_could_care(one, as_of) for one in others):
        return
    for other in others:
        if _needs_somebody(other, as_of):
            yield str(other["member_no"])


def _needs_somebody(row: UnitRow, as_of: dt.date) -> bool:
    age = _age(row, as_of)
    is_small = age is not None and age < _WORKING_AGE
    is_severe = row.get("disability_grade") in _SEVERE or row.get("self_care") == "full"
    return is_small or is_severe


def _could_care(row: UnitRow, as_of: dt.date) -> bool:
    """Return whether a grown member could stay with another; unknown ages do not count."""
    age = _age(row, as_of)
    is_grown = age is not None and _WORKING_AGE + 2 <= age < _CARER_UNTIL
    return is_grown and not _needs_somebody(row, as_of) and row.get("employment") not in _HAS_WORK


def _reasons(
    pack: Pack, one: JobCandidate, opening: JobOpening
) -> Iterator[tuple[JobDemand, bool | None]]:
    """Return each demand with whether the member meets it."""
    employment = one.row.get("employment")
    is_idle = None if employment is None else employment not in _HAS_WORK
    yield "age", _meets_age(one.age, opening)
    yield "sex", _meets_sex(one.row.get("sex"), opening)
    yield "disability", _meets_disability(pack, one.row, opening)
    yield "capacity", _meets_capacity(one.row, one.age, opening)
    yield "care", _leaves_room_for_care(one, opening)
    yield "idle", is_idle


def _meets_age(age: int | None, opening: JobOpening) -> bool | None:
    if opening.ages is None:
        return None
    low, high = opening.ages
    if low is None and high is None:
        return True
    if age is None:
        return None
    return (low is None or age >= low) and (high is None or age <= high)


def _meets_sex(sex: object, opening: JobOpening) -> bool | None:
    if opening.sex == "any":
        return True
    return None if sex is None or opening.sex is None else sex == opening.sex


def _meets_disability(pack: Pack, row: UnitRow, opening: JobOpening) -> bool | None:
    """Return whether the post takes the member as he is; the kind counts where kinds are named."""
    kind, grade = row.get("disability_kind"), row.get("disability_grade")
    if kind in (None, "none") and grade in (None, "none"):
        is_told_of_none = "none" in (kind, grade)
        return True if is_told_of_none or opening.accepts_disabled else None
    if not opening.accepts_disabled or opening.disabilities is None:
        return opening.accepts_disabled
    if kind in (None, "none"):
        return None
    fact = pack.facts.get("disability_kind")
    choices = fact.choices if fact else []
    words = [word for choice in choices if choice.id == kind for word in choice.written]
    return any(word in opening.disabilities for word in words)


def _meets_capacity(row: UnitRow, age: int | None, opening: JobOpening) -> bool | None:
    """Return whether the member's strength is enough; a disability or old age leaves that open.

    So does a demand that nobody wrote, or that was not understood.
    """
    if opening.capacity is None:
        return None
    if opening.capacity != "whole":
        return True
    is_impaired = row.get("self_care") == "partly" or row.get("disability_grade") in _SEVERE
    return None if is_impaired or age is None or age >= _CARER_UNTIL else True


def _leaves_room_for_care(one: JobCandidate, opening: JobOpening) -> bool | None:
    """Return whether somebody who must be at home could do it; elsewhere that has to be asked."""
    return True if not one.cares_for or opening.is_home_work else None


def _distance(community: str, opening: JobOpening, streets: Iterable[str]) -> Distance:
    """Say how far off the work is, by names of communities; there is no map."""
    if opening.is_home_work:
        return "home"
    if opening.place is None:
        return "unknown"
    own = normalise_community(opening.place)
    named = own if own in streets else _named_in(opening.place, streets)
    if named is None:
        return "elsewhere"
    return "same-community" if named == community else "same-street"


def _named_in(place: str, streets: Iterable[str]) -> str | None:
    """Find the one community an address names, 社区 after it; None where none or several."""
    found = [name for name in streets if f"{name}社区" in place]
    return found[0] if len(found) == 1 else None


def find_job_effect(db: Database, pack: Pack, as_of: dt.date, match: JobMatch) -> WhatIf | None:
    """Say what the job would do to the family's benefits; None where pay or income is unknown.

    The least pay is counted, and added to each statement of income there is.
    """
    pay = match.opening.pay_from_fen
    if pay is None:
        return None
    number, place = match.candidate.household_no, match.candidate.place
    (household,) = db.query("SELECT * FROM households WHERE household_no = ?", [number])
    settings = [*_added(household, pay, None), *_added(match.candidate.row, pay, place)]
    if not settings:
        return None
    if "employment" in pack.facts:
        settings.append(SupposedFact("employment", "flexible", place))
    return compare_household(db, pack, as_of, number, Suppositions(tuple(settings)))


_INCOMES = {"household_income": 1, "household_income_year": 12, "income": 1}


def _added(row: Mapping[str, object], pay: int, place: int | None) -> Iterator[SupposedFact]:
    """Add the pay to each statement of income that is known."""
    for name, times in _INCOMES.items():
        if row.get(name) is not None:
            yield SupposedFact(name, pay * times, place, is_added=True)
    people = row.get("listed_members")
    if row.get("income_per_head") is not None and isinstance(people, int) and people:
        yield SupposedFact("income_per_head", pay // people, place, is_added=True)
