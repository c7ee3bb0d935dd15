"""Households that draw what few have heard of, or were struck by something; nothing to be found."""

from sample_data.generator.households import (
    CARE_SERVICE,
    CHILD,
    ELDERLY,
    LINE,
    Household,
    not_poor,
    poor,
)
from sample_data.generator.people import Maker, Person, spouse, surname


def rigid_costs(make: Maker) -> Household:
    """A couple spends over half of a fair income on an illness; that counts from 2025 on."""
    couple = make.couple(42, 57)
    household = not_poor(make, "rigid-costs", couple, 2.85, 3.1)
    couple[1].is_ill, couple[1].medical = True, (household.income or 0) * 56 // 100 * 12
    return household


def in_care(make: Maker) -> Household:
    """Somebody who cannot look after himself is cared for in a home or by day."""
    parent = make.elder(63, 77)
    child = make.disabled(*make.rng.choice((("intellect", 1), ("limb", 1))), 32, 42, sex="女")
    child.relation, child.self_care = "女", "full"
    household = poor(make, "care-service", [parent, child]).gets_dibao().gets_subsidies(child)
    return household.receives("disabled-care-service", child, CARE_SERVICE)


def orphan(make: Maker) -> Household:
    """A grandparent brings up an orphan who draws the allowance."""
    guardian = make.elder(62, 70)
    child = make.ward("primary", guardian, "dead", make.rng.choice(("dead", "untraceable")))
    household = not_poor(make, "orphan", [guardian, child])
    household.needs_column = "parents"
    return household.receives("orphan", child, CHILD)


def orphan_unasked(make: Maker) -> Household:
    """The same wherever it lives: most sheets do not ask what became of a child's parents."""
    household = orphan(make)
    household.archetype, household.needs_column = "orphan-unasked", ""
    return household


def unsupported_child(make: Maker) -> Household:
    """A grandparent brings up a child whose parents cannot, and who draws the allowance."""
    guardian = make.elder(62, 70)
    father, mother = make.rng.choice((("severe", "lost"), ("custody", "ill"), ("dead", "severe")))
    child = make.ward("junior", guardian, father, mother)
    household = not_poor(make, "unsupported", [guardian, child])
    household.needs_column = "parents"
    return household.receives("unsupported-child", child, CHILD)


def elderly_care(make: Maker) -> Household:
    """Somebody old on dibao draws the care subsidy for the old."""
    person = make.elder(64, 77, self_care=make.rng.choice(("partly", "full")))
    household = poor(make, "elderly-care", [person]).gets_dibao()
    return household.receives("elderly-care", person, ELDERLY)


def unemployment_benefit(make: Maker) -> Household:
    """Somebody lost an insured job and draws the benefit."""
    head = make.adult(34, 44, employment="employed")
    person = make.registered(30, 38, **spouse(head), idle_months=7, insured_months=90)
    household = not_poor(make, "benefit", [head, person])
    household.needs_column = "jobs"
    return household.receives("unemployment-benefit", person, LINE + 400)


def benefit_unasked(make: Maker) -> Household:
    """The same wherever it lives: most sheets do not ask who is registered as out of work."""
    household = unemployment_benefit(make)
    household.archetype, household.needs_column = "benefit-unasked", ""
    return household


def public_post(make: Maker) -> Household:
    """Somebody hard to employ has a public post; who has one is no longer out of work."""
    person = make.person(52, 57, employment="employed")
    household = not_poor(make, "public-post", [person], 1.9, 2.4)
    return household.receives("employment-help", person).receives("public-post", person)


def union_help(make: Maker) -> Household:
    """A member of a union on dibao is helped by the union."""
    head = make.adult(40, 55, employment="employed", is_unionist=True)
    other = make.adult(40, 55, employment="unemployed", **spouse(head))
    household = poor(make, "union", [head, other], income=1200).gets_dibao()
    household.needs_column = "union"
    return household.receives("union-hardship")


def child_rehabilitation(make: Maker) -> Household:
    """A small disabled child on dibao is trained by the federation."""
    parent = make.adult(30, 38)
    child = make.pupil("preschool", surname(parent), kind="hearing", grade=1)
    household = poor(make, "rehabilitation", [parent, child]).gets_dibao()
    household.gets_student_aid(child).gets_subsidies(child)
    return household.receives("child-rehabilitation", child)


def lost_job(make: Maker) -> Household:
    """One of a couple that is not poor lost work all of a sudden: aid may still be due for that."""
    household = not_poor(make, "not-poor-lost-job", make.couple(40, 56), 2, 3)
    household.hardship = "job_loss"
    return household.expect("undetermined", "temporary-aid")


def uninsured(make: Maker) -> Household:
    """Somebody who is not poor is in no medical insurance."""
    person = make.adult(40, 57, employment="employed", is_insured=False)
    return not_poor(make, "not-poor-uninsured", [person])


def out_of_school(make: Maker) -> Household:
    """A child of parents who are not poor stays away from school."""
    parents = make.couple(40, 48)
    child: Person = make.pupil("junior", surname(parents[0]))
    child.stage, child.employment = "", "none"
    return not_poor(make, "not-poor-out-of-school", [*parents, child])
