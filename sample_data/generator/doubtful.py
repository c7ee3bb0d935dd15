"""Households with one fact, or one receipt, that nobody knows: undetermined, never unclaimed."""

from sample_data.generator.households import (
    STUDENT_AID,
    SUBSIDY,
    TEKUN,
    Household,
    destitute,
    not_poor,
    on_edge,
    poor,
)
from sample_data.generator.people import Maker, Person, spouse, surname


def income_blank(make: Maker) -> Household:
    """Nobody asked for the income: dibao and edge both hang on it."""
    members = make.couple(40, 57) if make.rng.random() < 0.5 else [make.adult(45, 58)]
    household = poor(make, "income-blank", members, income=0)
    household.income = None
    return household.expect("undetermined", "dibao").expect("undetermined", "edge")


def income_blank_and_ill(make: Maker) -> Household:
    """The same with somebody gravely ill: whether the household comes first is undecided."""
    household = income_blank(make)
    household.archetype, household.priority = "income-blank-ill", "undecided"
    household.members[-1].is_ill = True
    household.members[-1].medical = make.rng.choice((9000, 12000, 15000))
    return household


def deposits_blank(make: Maker) -> Household:
    """Income is below the line, and nobody asked for deposits."""
    members = make.couple(40, 57) if make.rng.random() < 0.4 else [make.adult(45, 58)]
    household = poor(make, "deposits-blank", members)
    household.deposits = None
    return household.expect("undetermined", "dibao").expect("undetermined", "edge")


def deposits_blank_no_family(make: Maker) -> Household:
    """The same of somebody old without family: tekun hangs on it too."""
    household = destitute(make, "deposits-blank-no-family", make.elder(64, 77))
    household.deposits = None
    household.expect("undetermined", "tekun", household.head)
    return household.expect("undetermined", "dibao").expect("undetermined", "edge")


def deposits_blank_on_edge(make: Maker) -> Household:
    """Income is above the line and below the edge, and nobody asked for deposits."""
    household = on_edge(make, "deposits-blank-edge", make.couple(40, 57))
    household.deposits = None
    return household.expect("undetermined", "edge")


def size_disagrees(make: Maker) -> Household:
    """The sheet states one person more than it lists; with an illness, priority is undecided.

    Whoever is not listed may be on tekun, and then a home is to be had.
    """
    members = make.couple(42, 57)
    household = poor(make, "size-disagrees", members, income=make.share(0.5, 0.7, 2))
    household.stated_size = 3
    members[0].is_ill = True
    household.priority = "undecided"
    household.expect("undetermined", "housing")
    return household.expect("undetermined", "dibao").expect("undetermined", "edge")


def supporter_blank(make: Maker) -> Household:
    """Somebody old draws dibao; nobody asked whether there is family, so tekun is open."""
    household = poor(make, "supporter-blank", [make.elder(64, 77, has_supporter=None)])
    return household.gets_dibao().expect("undetermined", "tekun", household.head)


def supporters_blank(make: Maker) -> Household:
    """The same of a couple: each of them could be tekun."""
    members = make.couple(64, 77, is_old=True)
    for person in members:
        person.has_supporter = None
    household = poor(make, "supporters-blank", members, income=0).gets_dibao()
    for person in members:
        household.expect("undetermined", "tekun", person)
    return household


def dibao_number_ruined(make: Maker) -> Household:
    """The dibao roster has this name beside an ID number that is a wreck."""
    household = poor(make, "dibao-number-ruined", [make.adult(45, 58)])
    return household.gets_dibao(is_ruined=True).expect("undetermined", "dibao")


def dibao_number_ruined_card(make: Maker) -> Household:
    """The same of a holder of a card: the living subsidy hangs on it too."""
    person = make.disabled("limb", 3)
    household = poor(make, "dibao-number-ruined-card", [person]).gets_dibao(is_ruined=True)
    household.expect("undetermined", "disability-living", person)
    return household.expect("undetermined", "dibao")


def care_number_ruined(make: Maker) -> Household:
    """The roster of the subsidies has this name beside a wreck of a number."""
    head = make.adult(45, 58, employment="employed")
    person = make.disabled("limb", 2, 40, 57, employment="flexible", **spouse(head))
    household = not_poor(make, "care-number-ruined", [head, person])
    household.receives("disability-care", person, SUBSIDY, is_ruined=True)
    return household.expect("undetermined", "disability-care", person)


def pupil_number_ruined(make: Maker) -> Household:
    """The school's list has this name beside a wreck of a number."""
    parent = make.adult(36, 46)
    child = make.pupil("primary", surname(parent))
    household = poor(make, "pupil-number-ruined", [parent, child]).gets_dibao()
    household.receives("student-aid", child, STUDENT_AID[child.stage], is_ruined=True)
    return household.expect("undetermined", "student-aid", child)


def tekun_number_ruined(make: Maker) -> Household:
    """The tekun roster has this name beside a wreck: tekun is open, and so is dibao beside it."""
    household = destitute(make, "tekun-number-ruined", make.elder(64, 78))
    household.receives("tekun", household.head, TEKUN, is_ruined=True)
    household.expect("undetermined", "tekun", household.head)
    return household.expect("undetermined", "dibao")


def edge_number_ruined(make: Maker) -> Household:
    """The register of edge households has this head beside a wreck of a number."""
    household = on_edge(make, "edge-number-ruined", make.couple(40, 57))
    return household.receives("edge", is_ruined=True).expect("undetermined", "edge")


def medical_aid_unknown(make: Maker) -> Household:
    """An edge household paid for care; nobody wrote down whether medical aid was had."""
    parents = make.couple(48, 55)
    child = make.adult(24, 27, relation="子", sex="男", surname=surname(parents[0]))
    household = on_edge(make, "medical-aid-unknown", [*parents, child], low=1.31)
    parents[1].medical = 6000
    return household.receives("edge").expect("undetermined", "medical-aid", parents[1])


def temporary_aid_unknown(make: Maker) -> Household:
    """An edge household had an accident; nobody wrote down whether aid was given."""
    household = on_edge(make, "temporary-aid-unknown", make.couple(38, 56), low=1.24)
    household.hardship = make.rng.choice(("fire", "accident", "illness"))
    return household.receives("edge").expect("undetermined", "temporary-aid")


def _review(household: Household, programme: str, member: Person | None = None) -> Household:
    return household.expect("review", programme, member)


def dibao_despite_income(make: Maker) -> Household:
    """A household draws dibao with an income well above every line."""
    household = not_poor(make, "review-income", [make.adult(employment="employed")], 1.8, 2.4)
    return _review(household.receives("dibao", None, 400), "dibao")


def dibao_despite_vehicles(make: Maker) -> Household:
    """A household draws dibao and owns two cars."""
    household = poor(make, "review-vehicles", make.couple(38, 55)).gets_dibao()
    household.vehicles = 2
    return _review(household, "dibao")


def dibao_despite_deposits(make: Maker) -> Household:
    """A household draws dibao and has hundreds of thousands in the bank."""
    household = poor(make, "review-deposits", [make.adult(45, 58)]).gets_dibao()
    household.deposits = make.rng.choice((220000, 260000, 310000))
    return _review(household, "dibao")


def dibao_despite_homes(make: Maker) -> Household:
    """A household draws dibao and owns three homes."""
    household = poor(make, "review-homes", make.couple(45, 57)).gets_dibao()
    household.homes = 3
    return _review(household, "dibao")


def edge_despite_income(make: Maker) -> Household:
    """A household is kept as an edge household with an income well above."""
    household = not_poor(make, "review-edge", make.couple(40, 57), 1.8, 2.4)
    return _review(household.receives("edge"), "edge")


def living_without_dibao(make: Maker) -> Household:
    """Somebody draws the living subsidy in a household that draws no dibao."""
    head = make.adult(45, 58, employment="employed")
    person = make.disabled("hearing", 3, 40, 57, **spouse(head))
    household = not_poor(make, "review-living", [head, person])
    return _review(
        household.receives("disability-living", person, SUBSIDY), "disability-living", person
    )


def care_with_grade_4(make: Maker) -> Household:
    """Somebody with a card of grade 4 draws the care subsidy."""
    person = make.disabled("limb", 4, employment="flexible")
    household = not_poor(make, "review-care", [person])
    return _review(
        household.receives("disability-care", person, SUBSIDY), "disability-care", person
    )


def elderly_without_dibao(make: Maker) -> Household:
    """Somebody over 80 with a good pension draws the subsidy for the poor."""
    household = not_poor(make, "review-elderly", [make.elder(82, 88)])
    return _review(
        household.receives("elderly-80", household.head, 50), "elderly-80", household.head
    )


def aid_for_pupil_not_poor(make: Maker) -> Household:
    """A child of parents who are not poor is on the school's list."""
    parents = make.couple(36, 46)
    child = make.pupil("junior", surname(parents[0]))
    household = not_poor(make, "review-student", [*parents, child]).gets_student_aid(child)
    return _review(household, "student-aid", child)


def tekun_with_family(make: Maker) -> Household:
    """Somebody draws tekun whom a daughter is able to support."""
    household = destitute(make, "review-tekun", make.elder(66, 78))
    household.head.has_supporter = True
    household.receives("tekun", household.head, TEKUN)
    return _review(household, "tekun", household.head)


def tekun_and_living(make: Maker) -> Household:
    """Somebody draws tekun and the living subsidy, which exclude each other."""
    household = destitute(make, "conflict-living", make.elder(64, 75, kind="limb", grade=3))
    person = household.head
    household.receives("tekun", person, TEKUN).receives("disability-living", person, SUBSIDY)
    household.expect("conflict", "tekun", person)
    return household.expect("conflict", "disability-living", person)


def tekun_and_care(make: Maker) -> Household:
    """Somebody draws tekun and the care subsidy, which exclude each other."""
    household = destitute(make, "conflict-care", make.elder(64, 75, kind="limb", grade=2))
    person = household.head
    household.receives("tekun", person, TEKUN).receives("disability-care", person, SUBSIDY)
    household.expect("conflict", "tekun", person)
    return household.expect("conflict", "disability-care", person)


def dibao_and_edge(make: Maker) -> Household:
    """A household draws dibao and still stands among the edge households."""
    household = poor(make, "conflict-edge", make.couple(40, 57), income=900).gets_dibao()
    household.receives("edge").expect("conflict", "dibao")
    return household.expect("conflict", "edge")
