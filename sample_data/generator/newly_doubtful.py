"""Doubts about the programmes that few have heard of, and rosters of theirs that are wrong."""

from sample_data.generator.households import (
    CARE_SERVICE,
    CHILD,
    ELDERLY,
    LINE,
    SUBSIDY,
    Household,
    not_poor,
    poor,
)
from sample_data.generator.people import Maker, spouse, surname


def parent_blank(make: Maker) -> Household:
    """A child's father is dead; nobody wrote down what became of the mother."""
    guardian = make.elder(62, 70)
    child = make.ward("primary", guardian, "dead", "")
    household = not_poor(make, "parent-blank", [guardian, child])
    household.needs_column = "parents"
    household.expect("undetermined", "orphan", child)
    return household.expect("undetermined", "unsupported-child", child)


def idle_months_blank(make: Maker) -> Household:
    """Somebody over 50 is registered as out of work; nobody wrote down since when."""
    head = make.adult(50, 57, employment="employed")
    person = make.registered(51, 57, **spouse(head), idle_months=None)
    household = not_poor(make, "idle-months-blank", [head, person])
    household.needs_column = "jobs"
    return household.expect("undetermined", "employment-help", person)


def insured_months_blank(make: Maker) -> Household:
    """Somebody lost a job; nobody wrote down for how long it was insured."""
    head = make.adult(34, 44, employment="employed")
    person = make.registered(30, 38, **spouse(head), idle_months=4, insured_months=None)
    household = not_poor(make, "insured-months-blank", [head, person])
    household.needs_column = "jobs"
    return household.expect("undetermined", "unemployment-benefit", person)


def own_income_blank(make: Maker) -> Household:
    """Somebody severely disabled has no work; nobody asked what money of his own he has."""
    head = make.adult(42, 57, employment="employed")
    person = make.disabled("limb", 2, 24, 40, relation="兄弟姐妹")
    household = not_poor(make, "own-income-blank", [head, person])
    household.needs_column = "own"
    household.gets_subsidies(person, is_poor=False)
    return household.expect("undetermined", "dibao-single", person)


def floor_area_blank(make: Maker) -> Household:
    """Somebody on dibao has a home; nobody measured it."""
    household = poor(make, "floor-area-blank", [make.adult(45, 58)]).gets_dibao()
    household.homes, household.floor_area = 1, None
    return household.expect("undetermined", "housing")


def housing_number_ruined(make: Maker) -> Household:
    """The list of rented homes has this name beside a wreck of a number."""
    household = poor(make, "housing-number-ruined", [make.adult(45, 58)]).gets_dibao()
    household.homes = 0
    return household.receives("housing", is_ruined=True).expect("undetermined", "housing")


def premium_number_ruined(make: Maker) -> Household:
    """The list of paid premiums has this name beside a wreck of a number."""
    person = make.elder(62, 78)
    household = poor(make, "premium-number-ruined", [person]).gets_dibao()
    household.receives("medical-premium", person, is_ruined=True)
    return household.expect("undetermined", "medical-premium", person)


def care_service_number_ruined(make: Maker) -> Household:
    """The list of those in care has this name beside a wreck of a number."""
    person = make.disabled("mental", 1, self_care="full")
    household = poor(make, "care-service-number-ruined", [person], income=0)
    household.gets_dibao().gets_subsidies(person)
    household.receives("disabled-care-service", person, CARE_SERVICE, is_ruined=True)
    return household.expect("undetermined", "disabled-care-service", person)


def elderly_care_number_ruined(make: Maker) -> Household:
    """The list of the care subsidy for the old has this name beside a wreck of a number."""
    person = make.elder(64, 77, self_care="full")
    household = poor(make, "elderly-care-number-ruined", [person]).gets_dibao()
    household.receives("elderly-care", person, ELDERLY, is_ruined=True)
    return household.expect("undetermined", "elderly-care", person)


def rehabilitation_number_ruined(make: Maker) -> Household:
    """The list of children in training has this name beside a wreck of a number."""
    parent = make.adult(30, 38)
    child = make.pupil("preschool", surname(parent), kind="speech", grade=3)
    household = poor(make, "rehabilitation-number-ruined", [parent, child]).gets_dibao()
    household.gets_student_aid(child).gets_subsidies(child)
    household.receives("child-rehabilitation", child, is_ruined=True)
    return household.expect("undetermined", "child-rehabilitation", child)


def union_income_blank(make: Maker) -> Household:
    """Nobody asked a member of a union for the income of the family."""
    head = make.adult(40, 55, employment="employed", is_unionist=True)
    other = make.adult(40, 55, employment="unemployed", **spouse(head))
    household = poor(make, "union-income-blank", [head, other], income=0)
    household.income, household.needs_column = None, "union"
    household.expect("undetermined", "union-hardship")
    return household.expect("undetermined", "dibao").expect("undetermined", "edge")


def funeral_unknown(make: Maker) -> Household:
    """Somebody of the family died; nobody wrote down whether it cost anything."""
    household = not_poor(make, "funeral-unknown", [make.elder(66, 78)])
    household.has_death, household.needs_column = True, "aid"
    return household.expect("undetermined", "funeral")


def disaster_unknown(make: Maker) -> Household:
    """The river came into the house; nobody wrote down whether anything was given."""
    household = not_poor(make, "disaster-unknown", make.couple(42, 57))
    household.hardship = "disaster"
    return household.expect("undetermined", "disaster-relief")


def care_service_short(make: Maker) -> Household:
    """The care of somebody severely disabled is paid for with six hundred yuan."""
    person = make.disabled("limb", 1, self_care="full")
    household = poor(make, "underpaid-care-service", [person], income=0)
    household.gets_dibao().gets_subsidies(person)
    household.receives("disabled-care-service", person, CARE_SERVICE * 3 // 5)
    return household.expect("underpaid", "disabled-care-service", person)


def elderly_care_short(make: Maker) -> Household:
    """The care subsidy for the old is paid at 30 yuan."""
    person = make.elder(64, 77, self_care="partly")
    household = poor(make, "underpaid-elderly-care", [person]).gets_dibao()
    household.receives("elderly-care", person, ELDERLY * 3 // 5)
    return household.expect("underpaid", "elderly-care", person)


def orphan_short(make: Maker) -> Household:
    """An orphan is still paid what was paid years ago."""
    guardian = make.elder(62, 70)
    child = make.ward("junior", guardian, "dead", "untraceable")
    household = not_poor(make, "underpaid-orphan", [guardian, child])
    household.needs_column = "parents"
    household.receives("orphan", child, 900)
    return household.expect("underpaid", "orphan", child)


def benefit_short(make: Maker) -> Household:
    """Unemployment benefit is paid below the dibao line, which the law forbids."""
    head = make.adult(34, 44, employment="employed")
    person = make.registered(30, 38, **spouse(head), idle_months=5, insured_months=70)
    household = not_poor(make, "underpaid-benefit", [head, person])
    household.needs_column = "jobs"
    household.receives("unemployment-benefit", person, 700)
    return household.expect("underpaid", "unemployment-benefit", person)


def housing_not_poor(make: Maker) -> Household:
    """Somebody who is not poor any more still lives in a rented public home."""
    household = not_poor(make, "review-housing", [make.adult(40, 57, employment="employed")])
    household.homes = 0
    return household.receives("housing").expect("review", "housing")


def premium_not_poor(make: Maker) -> Household:
    """The premium is still paid for somebody who left dibao."""
    person = make.adult(40, 57, employment="employed")
    household = not_poor(make, "review-premium", [person])
    household.receives("medical-premium", person)
    return household.expect("review", "medical-premium", person)


def elderly_care_not_poor(make: Maker) -> Household:
    """The care subsidy for the poor is paid to somebody with a good pension."""
    person = make.elder(66, 78, self_care="partly")
    household = not_poor(make, "review-elderly-care", [person])
    household.receives("elderly-care", person, ELDERLY)
    return household.expect("review", "elderly-care", person)


def benefit_after_term(make: Maker) -> Household:
    """Unemployment benefit is paid beyond the twelve months it was insured for."""
    head = make.adult(34, 44, employment="employed")
    person = make.registered(30, 38, **spouse(head), idle_months=15, insured_months=30)
    household = not_poor(make, "review-benefit", [head, person])
    household.needs_column = "jobs"
    household.receives("unemployment-benefit", person, LINE)
    return household.expect("review", "unemployment-benefit", person)


def care_twice(make: Maker) -> Household:
    """Somebody old draws the subsidy for severe disability and the one for the old besides."""
    person = make.elder(64, 77, kind="limb", grade=2, self_care="partly")
    household = poor(make, "conflict-elderly-care", [person]).gets_dibao().gets_subsidies(person)
    household.receives("elderly-care", person, ELDERLY)
    household.expect("conflict", "disability-care", person)
    return household.expect("conflict", "elderly-care", person)


def tekun_and_orphan(make: Maker) -> Household:
    """An orphan draws tekun and the orphans' allowance, between which one must choose."""
    youth = make.pupil("junior", relation="户主", father="dead", mother="dead")
    youth.has_supporter = False
    household = poor(make, "conflict-orphan", [youth], income=0)
    household.needs_column = "parents"
    household.receives("tekun", youth, 1220).receives("orphan", youth, CHILD)
    household.gets_student_aid(youth)
    household.expect("conflict", "tekun", youth)
    return household.expect("conflict", "orphan", youth)


def living_beside_child(make: Maker) -> Household:
    """A child on the whole allowance draws the living subsidy, which excludes it."""
    guardian = make.elder(62, 70)
    child = make.ward("primary", guardian, "lost", "dead")
    child.kind, child.grade = "limb", 3
    household = not_poor(make, "conflict-unsupported", [guardian, child])
    household.needs_column = "parents"
    household.receives("unsupported-child", child, CHILD)
    household.receives("disability-living", child, SUBSIDY)
    household.expect("conflict", "unsupported-child", child)
    return household.expect("conflict", "disability-living", child)
