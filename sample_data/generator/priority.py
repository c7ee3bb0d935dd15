"""Households that stay poor with all they receive or could claim: sickness, care, schooling.

All but the last get what they are entitled to. Aid for single events is paid once and counts for
nothing by the month.
"""

from sample_data.generator.households import (
    ELDERLY,
    TEKUN,
    Household,
    destitute,
    on_edge,
    poor,
)
from sample_data.generator.people import Maker, Person


def _ill(make: Maker, household: Household, patient: Person, low: int, high: int) -> Household:
    """Make somebody gravely ill, with own costs for which medical aid was given once."""
    patient.is_ill = True
    patient.medical = make.rng.randrange(low, high, 500)
    household.priority = "priority"
    return household.receives("medical-aid", patient, patient.medical * 7 // 10)


def ill_on_dibao(make: Maker) -> Household:
    """Somebody gravely ill lives alone on dibao and pays for treatment."""
    household = poor(make, "priority-ill", [make.adult(41, 58, employment="unemployed")])
    household.gets_dibao()
    household.is_safe = make.rng.random() < 0.7
    household.has_food, household.has_clothing = make.rng.random() < 0.7, make.rng.random() < 0.8
    return _ill(make, household, household.head, 9000, 30000)


def disabled_and_ill(make: Maker) -> Household:
    """Somebody severely disabled and ill draws dibao and both subsidies, and pays for care."""
    person = make.disabled("limb", make.rng.choice((1, 2)))
    person.rehabilitation = make.rng.choice((3600, 4800, 6000))
    household = poor(make, "priority-disabled", [person]).gets_dibao().gets_subsidies(person)
    return _ill(make, household, person, 9000, 15000)


def alone_in_school(make: Maker) -> Household:
    """A youth in upper secondary school, whose parents are far away, on dibao and student aid."""
    youth = make.pupil("senior", relation="户主")
    youth.schooling = make.rng.choice((7200, 7800, 8400))
    household = poor(make, "priority-schooling", [youth]).gets_dibao().gets_student_aid(youth)
    household.priority, household.needs_column = "priority", "parents"
    return household


def ill_on_edge(make: Maker) -> Household:
    """Somebody gravely ill of an edge household draws single-person dibao and still sinks."""
    household = on_edge(make, "priority-single", [make.adult(42, 57, employment="flexible")])
    household.receives("edge").receives("dibao-single", household.head, 467)
    return _ill(make, household, household.head, 20000, 30000)


def ill_on_tekun(make: Maker) -> Household:
    """Somebody destitute and gravely ill pays more than tekun leaves over."""
    household = destitute(make, "priority-tekun", make.elder(63, 78))
    household.receives("tekun", household.head, TEKUN)
    return _ill(make, household, household.head, 12000, 18000)


def old_and_ill_on_tekun(make: Maker) -> Household:
    """The same above 80."""
    household = destitute(make, "priority-tekun-old", make.elder(81, 86))
    household.receives("tekun", household.head, TEKUN)
    household.receives("elderly-80", household.head, ELDERLY)
    return _ill(make, household, household.head, 12000, 18000)


def couple_on_dibao(make: Maker) -> Household:
    """An old couple draws dibao; one of them is gravely ill."""
    household = poor(make, "priority-couple", make.couple(64, 76, is_old=True)).gets_dibao()
    return _ill(make, household, household.members[1], 18000, 30000)


def ill_without_dibao(make: Maker) -> Household:
    """Somebody gravely ill is on no list; even dibao will not be enough."""
    household = poor(make, "priority-unclaimed", [make.adult(44, 58, employment="unemployed")])
    household.head.is_ill = True
    household.head.medical = make.rng.randrange(9000, 24000, 500)
    household.priority = "priority"
    return household.expect("unclaimed", "dibao")


def ill_without_anything(make: Maker) -> Household:
    """The same, and the sheet says medical aid was never had: dibao would open it."""
    household = ill_without_dibao(make)
    household.archetype, household.needs_column = "priority-unclaimed-aid", "aid"
    household.head.own_medical_aid = "否"
    return household.expect("unlocked", "medical-aid", household.head)
