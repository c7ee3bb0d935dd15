"""Claims nobody makes under the programmes that few have heard of."""

from sample_data.generator.households import (
    Household,
    not_poor,
    on_edge,
    poor,
)
from sample_data.generator.people import Maker, spouse, surname


def single_without_edge(make: Maker) -> Household:
    """A grown person, severely disabled and without work, in a family that is not poor."""
    head = make.adult(42, 57, employment="employed")
    person = make.disabled(*make.rng.choice((("limb", 1), ("mental", 2))), 24, 40)
    person.relation, person.own_income = "兄弟姐妹", make.rng.choice((0, 200))
    household = not_poor(make, "single-unclaimed-no-edge", [head, person])
    household.needs_column = "own"
    household.gets_subsidies(person, is_poor=False)
    household.expect("unlocked", "disability-living", person)
    return household.expect("unclaimed", "dibao-single", person)


def care_service(make: Maker) -> Household:
    """Somebody severely disabled who cannot look after himself is offered no care."""
    person = make.disabled("limb", 1, self_care="full")
    household = poor(make, "care-service-unclaimed", [person], income=0)
    household.gets_dibao().gets_subsidies(person)
    return household.expect("unclaimed", "disabled-care-service", person)


def orphan(make: Maker) -> Household:
    """A grandparent with a pension brings up a child whose parents are both dead."""
    guardian = make.elder(62, 70)
    child = make.ward("junior", guardian, "dead", "dead")
    household = not_poor(make, "orphan-unclaimed", [guardian, child])
    household.needs_column = "parents"
    return household.expect("unclaimed", "orphan", child)


def unsupported_child(make: Maker) -> Household:
    """A grandparent brings up a child; one parent is dead, the other in prison or lost."""
    guardian = make.elder(62, 70)
    father = make.rng.choice(("custody", "lost", "rehab"))
    child = make.ward("primary", guardian, father, "dead")
    household = not_poor(make, "unsupported-unclaimed", [guardian, child])
    household.needs_column = "parents"
    return household.expect("unclaimed", "unsupported-child", child)


def elderly_care(make: Maker) -> Household:
    """Somebody old on dibao needs help with dressing and washing and draws nothing for it."""
    person = make.elder(64, 77, self_care=make.rng.choice(("partly", "full")))
    household = poor(make, "elderly-care-unclaimed", [person]).gets_dibao()
    return household.expect("unclaimed", "elderly-care", person)


def housing(make: Maker) -> Household:
    """Somebody on dibao has no home of his own and stands on no list for one."""
    household = poor(make, "housing-unclaimed", [make.adult(45, 58)]).gets_dibao()
    household.homes = 0
    return household.expect("unclaimed", "housing")


def cramped_home(make: Maker) -> Household:
    """A family on dibao has a home of eight square metres a head."""
    household = poor(make, "housing-unclaimed-cramped", make.couple(42, 57)).gets_dibao()
    household.homes, household.floor_area = 1, 16
    return household.expect("unclaimed", "housing")


def public_post(make: Maker) -> Household:
    """Somebody on dibao is recognised as hard to employ and was offered no post."""
    person = make.registered(45, 57)
    household = poor(make, "post-unclaimed", [person]).gets_dibao()
    household.needs_column = "jobs"
    household.receives("employment-help", person)
    return household.expect("unclaimed", "public-post", person)


def unemployment_benefit(make: Maker) -> Household:
    """Somebody lost an insured job three months ago and draws no benefit."""
    head = make.adult(40, 50, employment="employed")
    person = make.registered(30, 38, **spouse(head), idle_months=3, insured_months=40)
    household = not_poor(make, "benefit-unclaimed", [head, person])
    household.needs_column = "jobs"
    return household.expect("unclaimed", "unemployment-benefit", person)


def medical_premium(make: Maker) -> Household:
    """For one of a couple on dibao the premium of the medical insurance is not paid."""
    couple = make.couple(44, 57)
    household = poor(make, "premium-unclaimed", couple).gets_dibao()
    return household.expect("unclaimed", "medical-premium", couple[1])


def pension_premium(make: Maker) -> Household:
    """For somebody on dibao nobody pays into the pension of residents."""
    person = make.adult(44, 57, employment="unemployed")
    household = poor(make, "pension-unclaimed", [person]).gets_dibao()
    household.needs_column = "pension"
    return household.expect("unclaimed", "pension-premium", person)


def union_on_dibao(make: Maker) -> Household:
    """A member of a union earns so little that the family draws dibao; the union does not know."""
    head = make.adult(40, 55, employment="employed", is_unionist=True)
    other = make.adult(40, 55, employment="unemployed", **spouse(head))
    household = poor(make, "union-unclaimed", [head, other], income=1100).gets_dibao()
    household.needs_column = "union"
    return household.expect("unclaimed", "union-hardship")


def union_and_ill(make: Maker) -> Household:
    """A member of a union in an edge household is gravely ill and draws single-person dibao."""
    head = make.adult(42, 55, employment="employed", is_unionist=True)
    ill = make.adult(42, 55, employment="unemployed", is_ill=True, **spouse(head))
    household = on_edge(make, "union-unclaimed-ill", [head, ill], low=1.24).receives("edge")
    household.receives("dibao-single", ill, 467)
    household.needs_column = "union"
    return household.expect("unclaimed", "union-hardship")


def child_rehabilitation(make: Maker) -> Household:
    """A small child that hardly hears grows up on dibao without any training."""
    parent = make.adult(30, 38)
    child = make.pupil("preschool", surname(parent), kind="hearing", grade=2)
    household = poor(make, "rehabilitation-unclaimed", [parent, child]).gets_dibao()
    household.gets_student_aid(child).gets_subsidies(child)
    return household.expect("unclaimed", "child-rehabilitation", child)


def funeral(make: Maker) -> Household:
    """Somebody of a family that is not poor died; the sheet says nothing was paid for it."""
    household = not_poor(make, "funeral-unclaimed", [make.elder(66, 78)])
    household.has_death, household.own_funeral_aid = True, "否"
    household.needs_column = "aid"
    return household.expect("unclaimed", "funeral")


def disaster(make: Maker) -> Household:
    """The river came into the house; the sheet says nothing was given."""
    household = not_poor(make, "disaster-unclaimed", make.couple(42, 57))
    household.hardship, household.own_disaster_aid = "disaster", "否"
    household.needs_column = "aid"
    return household.expect("unclaimed", "disaster-relief")


def medical_chain(make: Maker) -> Household:
    """20,000 yuan of treatment, 16,000 settled, 600 came back later: 3,400 were paid, no aid."""
    couple = make.couple(44, 57)
    household = on_edge(make, "medical-chain-unclaimed", couple, low=1.31).receives("edge")
    patient = couple[1]
    patient.care, patient.medical, patient.own_medical_aid = (20000, 16000, 600), 3400, "否"
    household.needs_column = "chain"
    return household.expect("unclaimed", "medical-aid", patient)
