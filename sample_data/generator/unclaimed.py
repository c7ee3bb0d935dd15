"""Households that have a claim and do not make it; some claims open up others."""

from sample_data.generator.households import (
    ELDERLY,
    LINE,
    SUBSIDY,
    TEKUN,
    Household,
    destitute,
    not_poor,
    on_edge,
    poor,
)
from sample_data.generator.people import Maker, spouse, surname


def dibao_alone(make: Maker) -> Household:
    """Somebody out of work lives alone on little and is on no list."""
    household = poor(make, "dibao-unclaimed-alone", [make.adult(45, 58)])
    return household.expect("unclaimed", "dibao")


def dibao_old_couple(make: Maker) -> Household:
    """An old couple lives on little; their children could support them and dibao is open."""
    household = poor(make, "dibao-unclaimed-old-couple", make.couple(63, 77, is_old=True))
    return household.expect("unclaimed", "dibao")


def dibao_with_pupils(make: Maker) -> Household:
    """A family with children in school is on no list: dibao would open student aid."""
    parents = make.couple(34, 46) if make.rng.random() < 0.5 else [make.adult(34, 46)]
    stages = ("primary", "junior") if len(parents) == 1 else ("primary",)
    children = [make.pupil(stage, surname(parents[0])) for stage in stages]
    household = poor(make, "dibao-unclaimed-pupils", [*parents, *children])
    for child in children:
        household.expect("unlocked", "student-aid", child)
    return household.expect("unclaimed", "dibao")


def dibao_came_later(make: Maker) -> Household:
    """The same of a family that was written down after the others, on a sheet of its own."""
    household = dibao_with_pupils(make)
    household.archetype, household.needs_column = "dibao-unclaimed-came-later", "later"
    return household


def dibao_with_card(make: Maker) -> Household:
    """A lightly disabled son lives with a parent: dibao would open the living subsidy."""
    parent = make.adult(50, 58)
    kind, grade = make.rng.choice((("hearing", 3), ("limb", 3), ("limb", 4), ("speech", 4)))
    child = make.disabled(kind, grade, 24, 30, sex="男", relation="子", surname=surname(parent))
    household = poor(make, "dibao-unclaimed-card", [parent, child])
    household.expect("unlocked", "disability-living", child)
    return household.expect("unclaimed", "dibao")


def dibao_over_80(make: Maker) -> Household:
    """Somebody over 80 lives alone on little: dibao would open the subsidy for the old."""
    household = poor(make, "dibao-unclaimed-over-80", [make.elder(81, 90)])
    household.expect("unlocked", "elderly-80", household.head)
    return household.expect("unclaimed", "dibao")


def dibao_said_on_sheet(make: Maker) -> Household:
    """The sheet says the household draws dibao; the complete roster of November lacks it."""
    household = poor(make, "dibao-unclaimed-despite-sheet", [make.adult(45, 58)])
    household.needs_column = "receives"
    household.own_receives = "低保"
    return household.expect("unclaimed", "dibao")


def tekun_alone(make: Maker) -> Household:
    """Somebody old without means or family: tekun, which is more than dibao."""
    household = destitute(make, "tekun-unclaimed", make.elder(64, 78))
    return household.expect("unclaimed", "tekun", household.head)


def tekun_over_80(make: Maker) -> Household:
    """The same above 80: tekun would open the subsidy for the old."""
    household = destitute(make, "tekun-unclaimed-over-80", make.elder(81, 89))
    household.expect("unlocked", "elderly-80", household.head)
    return household.expect("unclaimed", "tekun", household.head)


def edge(make: Maker) -> Household:
    """A couple above the line and below the edge is in no register."""
    household = on_edge(make, "edge-unclaimed", make.couple(40, 57))
    return household.expect("unclaimed", "edge")


def edge_with_ill(make: Maker) -> Household:
    """The same with somebody gravely ill: edge status would open single-person dibao."""
    household = on_edge(make, "edge-unclaimed-ill", make.couple(42, 57), low=1.24)
    ill = household.members[1]
    ill.is_ill = True
    household.expect("unlocked", "dibao-single", ill)
    return household.expect("unclaimed", "edge")


def edge_with_pupil(make: Maker) -> Household:
    """The same with a child in school: edge status would open student aid."""
    parents = make.couple(34, 45)
    child = make.pupil(make.rng.choice(("primary", "junior", "senior")), surname(parents[0]))
    household = on_edge(make, "edge-unclaimed-pupil", [*parents, child])
    household.expect("unlocked", "student-aid", child)
    return household.expect("unclaimed", "edge")


def single_with_card(make: Maker) -> Household:
    """A severely disabled member of an edge household: single-person dibao, then the subsidy."""
    head = make.adult(45, 58, employment="flexible")
    other = make.disabled("limb", make.rng.choice((1, 2)), 40, 57, **spouse(head))
    household = on_edge(make, "single-unclaimed-card", [head, other]).receives("edge")
    household.gets_subsidies(other, is_poor=False)
    household.expect("unlocked", "disability-living", other)
    return household.expect("unclaimed", "dibao-single", other)


def single_ill(make: Maker) -> Household:
    """A gravely ill member of an edge household is not taken into dibao as if single."""
    household = on_edge(make, "single-unclaimed-ill", make.couple(42, 57), low=1.24)
    ill = household.members[0]
    ill.is_ill = True
    return household.receives("edge").expect("unclaimed", "dibao-single", ill)


def living_subsidy(make: Maker) -> Household:
    """A holder of a card draws dibao, and nobody applied for the living subsidy."""
    kind, grade = make.rng.choice((("limb", 3), ("limb", 4), ("hearing", 3), ("sight", 3)))
    person = make.disabled(kind, grade)
    members = [person]
    if make.rng.random() < 0.4:
        members.append(make.adult(40, 57, **spouse(person)))
    household = poor(make, "living-subsidy-unclaimed", members).gets_dibao()
    return household.expect("unclaimed", "disability-living", person)


def care_subsidy(make: Maker) -> Household:
    """A severely disabled person in a family that is not poor: care has no test of income."""
    head = make.adult(40, 58, employment="employed")
    kind, grade = make.rng.choice((("limb", 1), ("limb", 2), ("sight", 1), ("hearing", 1)))
    person = make.disabled(kind, grade, 19, 57, relation="兄弟姐妹", employment="flexible")
    household = not_poor(make, "care-subsidy-unclaimed", [head, person])
    return household.expect("unclaimed", "disability-care", person)


def both_subsidies(make: Maker) -> Household:
    """Somebody severely disabled draws dibao and neither of the two subsidies."""
    person = make.disabled("limb", make.rng.choice((1, 2)))
    household = poor(make, "both-subsidies-unclaimed", [person], income=0).gets_dibao()
    household.expect("unclaimed", "disability-living", person)
    return household.expect("unclaimed", "disability-care", person)


def over_80_on_dibao(make: Maker) -> Household:
    """Somebody over 80 draws dibao and not the subsidy for the old."""
    household = poor(make, "elderly-unclaimed", [make.elder(81, 91)]).gets_dibao()
    return household.expect("unclaimed", "elderly-80", household.head)


def over_80_on_tekun(make: Maker) -> Household:
    """Somebody over 80 draws tekun and not the subsidy for the old."""
    household = destitute(make, "elderly-unclaimed-tekun", make.elder(81, 88))
    household.receives("tekun", household.head, TEKUN)
    return household.expect("unclaimed", "elderly-80", household.head)


def pupil_on_dibao(make: Maker) -> Household:
    """One of two children of a dibao family gets student aid, the other does not."""
    parent = make.adult(36, 46)
    children = [make.pupil(stage, surname(parent)) for stage in ("junior", "primary")]
    household = poor(make, "student-aid-unclaimed", [parent, *children]).gets_dibao()
    household.gets_student_aid(children[0])
    return household.expect("unclaimed", "student-aid", children[1])


def pupil_on_edge(make: Maker) -> Household:
    """A youth of an edge household in upper secondary school gets no aid."""
    parents = make.couple(42, 50)
    child = make.pupil("senior", surname(parents[0]))
    household = on_edge(make, "student-aid-unclaimed-edge", [*parents, child]).receives("edge")
    return household.expect("unclaimed", "student-aid", child)


def medical_aid(make: Maker) -> Household:
    """A member of an edge household paid for care; the sheet says medical aid was not had."""
    parents = make.couple(48, 55)
    child = make.adult(24, 27, relation="子", sex="男", surname=surname(parents[0]))
    household = on_edge(make, "medical-aid-unclaimed", [*parents, child], low=1.31)
    patient = parents[1]
    patient.medical, patient.own_medical_aid = 6000, "否"
    household.needs_column = "aid"
    return household.receives("edge").expect("unclaimed", "medical-aid", patient)


def temporary_aid(make: Maker) -> Household:
    """An edge household had a fire or an accident; the sheet says no temporary aid was given."""
    household = on_edge(make, "temporary-aid-unclaimed", make.couple(38, 56), low=1.24)
    household.hardship = make.rng.choice(("fire", "accident"))
    household.needs_column = "aid"
    household.own_temporary_aid = "否"
    return household.receives("edge").expect("unclaimed", "temporary-aid")


def low_underpaid(make: Maker) -> Household:
    """A dibao household is paid a quarter less than the line leaves it."""
    income = make.rng.choice((0, 100, 200))
    household = poor(make, "underpaid-dibao", [make.adult(45, 58)], income=income)
    return household.gets_dibao(0.75).expect("underpaid", "dibao")


def old_rate_subsidies(make: Maker) -> Household:
    """The living subsidy is still paid at the rate of 2016."""
    person = make.disabled("limb", 3)
    household = poor(make, "underpaid-living", [person]).gets_dibao()
    household.receives("disability-living", person, SUBSIDY // 2)
    return household.expect("underpaid", "disability-living", person)


def old_rate_care(make: Maker) -> Household:
    """The care subsidy is still paid at the rate of 2016."""
    head = make.adult(40, 58, employment="employed")
    person = make.disabled("limb", 2, 40, 57, employment="flexible", **spouse(head))
    household = not_poor(make, "underpaid-care", [head, person])
    household.receives("disability-care", person, SUBSIDY // 2)
    return household.expect("underpaid", "disability-care", person)


def little_for_the_old(make: Maker) -> Household:
    """The subsidy for the old is paid at 30 yuan."""
    household = poor(make, "underpaid-elderly", [make.elder(82, 88)]).gets_dibao()
    household.receives("elderly-80", household.head, ELDERLY * 3 // 5)
    return household.expect("underpaid", "elderly-80", household.head)


def tekun_at_dibao_rate(make: Maker) -> Household:
    """Tekun is paid at the dibao line."""
    household = destitute(make, "underpaid-tekun", make.elder(65, 78))
    household.receives("tekun", household.head, LINE)
    return household.expect("underpaid", "tekun", household.head)
