"""Households for the questions the founding case put: who could earn, and what would fall away."""

from sample_data.generator.households import (
    LINE,
    SUBSIDY,
    Household,
    on_edge,
    poor,
)
from sample_data.generator.people import Maker, spouse, surname


def able_cashier(make: Maker) -> Household:
    """Somebody with a bad leg could work a till; nobody recognised him as hard to employ."""
    person = make.registered(32, 45, kind="limb", grade=3, has_supporter=True)
    household = poor(make, "founding-cashier", [person], income=0).gets_dibao()
    household.gets_subsidies(person)
    household.needs_column = "jobs"
    household.expect("unlocked", "public-post", person)
    return household.expect("unclaimed", "employment-help", person)


def carer_at_home(make: Maker) -> Household:
    """Somebody cares for a spouse and could do home work at 1,000 yuan a month."""
    head = make.adult(46, 56, employment="unemployed")
    other = make.disabled("limb", 1, 46, 56, self_care="full", **spouse(head))
    household = poor(make, "founding-carer", [head, other], income=0).gets_dibao()
    household.gets_subsidies(other)
    return household.expect("unclaimed", "disabled-care-service", other)


def chain_of_claims(make: Maker) -> Household:
    """Edge status would open single-person dibao, and that the living subsidy."""
    head = make.adult(44, 57, employment="flexible")
    other = make.disabled("limb", make.rng.choice((1, 2)), 40, 57, **spouse(head))
    other.employment = "flexible"
    household = on_edge(make, "edge-unclaimed-chain", [head, other])
    household.gets_subsidies(other, is_poor=False)
    household.expect("unlocked", "dibao-single", other)
    household.expect("unlocked", "disability-living", other)
    return household.expect("unclaimed", "edge")


def just_below_line(make: Maker) -> Household:
    """Somebody has a few yuan less than the line and is on no list."""
    household = poor(make, "near-line-unclaimed", [make.adult(45, 58)], income=LINE - 25)
    return household.expect("unclaimed", "dibao")


def at_the_slope(make: Maker) -> Household:
    """A family is a little below the line: a small wage more, and all it draws falls away."""
    parent = make.adult(38, 46, employment="flexible")
    child = make.pupil("junior", surname(parent), kind="limb", grade=3)
    household = poor(make, "steep-slope", [parent, child], income=2 * LINE - 60).gets_dibao()
    household.homes = 0
    household.receives("disability-living", child, SUBSIDY)
    return household.gets_student_aid(child)


def below_line(make: Maker) -> Household:
    """Somebody on dibao with an income a little below the line."""
    income = LINE - make.rng.choice((20, 45, 80))
    return poor(make, "near-line-dibao", [make.adult(44, 58)], income=income).gets_dibao()


def above_line(make: Maker) -> Household:
    """Somebody registered as an edge household with an income at the line or a little above."""
    household = on_edge(make, "near-line-edge", [make.adult(44, 58)])
    household.income = LINE + make.rng.choice((0, 25, 70))
    return household.receives("edge")


def basic_pension(make: Maker) -> Household:
    """Somebody old has more than the line, but less without the basic pension, which is exempt."""
    person = make.elder(64, 77, basic_pension=150)
    household = on_edge(make, "near-line-basic-pension", [person])
    household.income, household.needs_column = LINE + 60, "pension"
    return household.receives("dibao", None, 90)


def in_grace(make: Maker) -> Household:
    """Somebody found work and keeps dibao for the months of grace, at a small rate."""
    person = make.adult(40, 55, employment="employed")
    household = on_edge(make, "dibao-in-grace", [person]).receives("dibao", None, 300)
    household.is_in_grace, household.needs_column = True, "grace"
    return household
