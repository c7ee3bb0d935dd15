"""Households of whom nothing is to be found: all is claimed, or nothing is due."""

from collections.abc import Callable

from sample_data.generator.households import (
    ELDERLY,
    TEKUN,
    Household,
    destitute,
    not_poor,
    on_edge,
    poor,
)
from sample_data.generator.people import Maker, Person, spouse, surname

Build = Callable[[Maker], Household]
LIGHT = (("limb", 3), ("limb", 4), ("hearing", 3), ("hearing", 4), ("sight", 3), ("speech", 3))
SEVERE = (("limb", 1), ("limb", 2), ("sight", 1), ("mental", 2), ("intellect", 2), ("hearing", 1))


def _child(make: Maker, parents: list[Person], stages: tuple[str, ...]) -> Person:
    return make.pupil(make.rng.choice(stages), surname(parents[0]))


def _grown_child(make: Maker, parents: list[Person]) -> Person:
    sex = make.rng.choice("男女")
    relation = "子" if sex == "男" else "女"
    return make.adult(22, 26, sex=sex, relation=relation, surname=surname(parents[0]))


def dibao_adult(make: Maker) -> Household:
    """Somebody out of work on dibao."""
    return poor(make, "dibao", [make.adult(44, 58)]).gets_dibao()


def dibao_elder(make: Maker) -> Household:
    """Somebody old on dibao, with family."""
    return poor(make, "dibao-old", [make.elder()]).gets_dibao()


def dibao_over_80(make: Maker) -> Household:
    """Somebody over 80 on dibao and the subsidy for the old."""
    household = poor(make, "dibao-over-80", [make.elder(81, 92)]).gets_dibao()
    return household.receives("elderly-80", household.head, ELDERLY)


def dibao_disabled(make: Maker) -> Household:
    """A holder of a card on dibao and every subsidy that is due."""
    person = make.disabled(*make.rng.choice(LIGHT + SEVERE))
    return poor(make, "dibao-card", [person]).gets_dibao().gets_subsidies(person)


def dibao_old_couple(make: Maker) -> Household:
    """An old couple on dibao."""
    return poor(make, "dibao-old-couple", make.couple(63, 78, is_old=True)).gets_dibao()


def dibao_couple(make: Maker) -> Household:
    """A couple out of work on dibao."""
    return poor(make, "dibao-couple", make.couple(44, 57)).gets_dibao()


def dibao_parent_and_pupil(make: Maker) -> Household:
    """One parent with a child in school, on dibao and student aid."""
    parent = make.adult(41, 50)
    child = _child(make, [parent], ("preschool", "primary", "junior", "senior", "college"))
    return poor(make, "dibao-pupil", [parent, child]).gets_dibao().gets_student_aid(child)


def dibao_parent_and_disabled(make: Maker) -> Household:
    """An old parent with a disabled child on dibao and the subsidies."""
    parent = make.elder(63, 77)
    child = make.disabled(*make.rng.choice(SEVERE), 32, 42, sex="女", relation="女")
    return poor(make, "dibao-disabled-child", [parent, child]).gets_dibao().gets_subsidies(child)


def dibao_family_of_3(make: Maker) -> Household:
    """Parents with a child in school, on dibao and student aid."""
    parents = make.couple(41, 50)
    child = _child(make, parents, ("primary", "junior", "senior", "college"))
    household = poor(make, "dibao-family", [*parents, child]).gets_dibao()
    return household.gets_student_aid(child)


def dibao_parent_and_2_pupils(make: Maker) -> Household:
    """One parent with two children in school, on dibao and student aid."""
    parent = make.adult(34, 46)
    children = [make.pupil(stage, surname(parent)) for stage in ("junior", "primary")]
    household = poor(make, "dibao-2-pupils", [parent, *children]).gets_dibao()
    return household.gets_student_aid(children[0]).gets_student_aid(children[1])


def dibao_family_of_4(make: Maker) -> Household:
    """Parents, a pupil and a grandparent on dibao."""
    parents = make.couple(35, 47)
    child = _child(make, parents, ("primary", "junior"))
    old = make.elder(66, 78, relation="父母", surname=surname(parents[0]))
    household = poor(make, "dibao-four", [*parents, child, old]).gets_dibao()
    return household.gets_student_aid(child)


def tekun_old(make: Maker) -> Household:
    """Somebody old and destitute on tekun."""
    household = destitute(make, "tekun", make.elder(62, 78))
    return household.receives("tekun", household.head, TEKUN)


def tekun_over_80(make: Maker) -> Household:
    """The same above 80, with the subsidy for the old."""
    household = destitute(make, "tekun-over-80", make.elder(81, 91))
    household.receives("tekun", household.head, TEKUN)
    return household.receives("elderly-80", household.head, ELDERLY)


def tekun_disabled(make: Maker) -> Household:
    """Somebody severely disabled and destitute on tekun, which excludes the subsidies."""
    person = make.disabled(*make.rng.choice((("intellect", 2), ("mental", 2), ("limb", 1))))
    household = destitute(make, "tekun-card", person)
    return household.receives("tekun", person, TEKUN)


def edge_alone(make: Maker) -> Household:
    """Somebody just above the line, registered as an edge household."""
    member = make.adult(employment="flexible") if make.rng.random() < 0.6 else make.elder()
    return on_edge(make, "edge", [member]).receives("edge")


def edge_couple(make: Maker) -> Household:
    """A couple registered as an edge household."""
    return on_edge(make, "edge-couple", make.couple(40, 57)).receives("edge")


def edge_couple_ill(make: Maker) -> Household:
    """The same with somebody gravely ill who draws single-person dibao."""
    household = on_edge(make, "edge-ill", make.couple(42, 57)).receives("edge")
    ill = household.members[1]
    ill.is_ill = True
    return household.receives("dibao-single", ill, make.rng.choice((420, 467, 500)))


def edge_couple_disabled(make: Maker) -> Household:
    """The same with a severely disabled member who draws all that is due."""
    head = make.adult(44, 57, employment="flexible")
    other = make.disabled("limb", make.rng.choice((1, 2)), 40, 57, **spouse(head))
    household = on_edge(make, "edge-card", [head, other]).receives("edge")
    household.receives("dibao-single", other, make.rng.choice((420, 467, 500)))
    return household.gets_subsidies(other)


def edge_family_of_3(make: Maker) -> Household:
    """A family registered as an edge household, the pupil with student aid."""
    parents = make.couple(41, 50)
    child = _child(make, parents, ("primary", "junior", "senior", "college"))
    household = on_edge(make, "edge-family", [*parents, child]).receives("edge")
    return household.gets_student_aid(child)


def edge_family_of_4(make: Maker) -> Household:
    """A family of four registered as an edge household, one of the children in school."""
    parents = make.couple(46, 53)
    children = [_grown_child(make, parents), _child(make, parents, ("junior", "senior"))]
    household = on_edge(make, "edge-four", [*parents, *children]).receives("edge")
    return household.gets_student_aid(children[1])


def fine_alone(make: Maker) -> Household:
    """Somebody on the register who is not poor any more."""
    member = make.adult(employment="employed") if make.rng.random() < 0.5 else make.elder(62, 88)
    return not_poor(make, "not-poor", [member])


def fine_ill(make: Maker) -> Household:
    """Somebody gravely ill who can bear the costs."""
    person = make.adult(employment="employed", is_ill=True)
    person.medical = make.rng.choice((6000, 7000, 8000, 9000))
    return not_poor(make, "not-poor-ill", [person], 2.3, 3.2)


def fine_unsafe(make: Maker) -> Household:
    """Somebody with a fair income in a house that is not safe."""
    household = not_poor(make, "not-poor-unsafe", [make.elder(62, 78)])
    household.is_safe = False
    return household


def fine_disabled(make: Maker) -> Household:
    """A holder of a card with a fair income; care is drawn where the grade allows it."""
    person = make.disabled(*make.rng.choice(LIGHT + SEVERE), employment="employed")
    return not_poor(make, "not-poor-card", [person]).gets_subsidies(person, is_poor=False)


def rich_alone(make: Maker) -> Household:
    """Somebody with little income and much property."""
    household = poor(make, "property", [make.adult(44, 57)])
    household.deposits, household.vehicles, household.homes = make.rng.choice(
        ((240000, 0, 1), (0, 2, 1), (300, 0, 3), (350000, 2, 3))
    )
    return household


def fine_couple(make: Maker) -> Household:
    """A couple that is not poor any more."""
    is_old = make.rng.random() < 0.4
    return not_poor(
        make, "not-poor-couple", make.couple(*((63, 79) if is_old else (38, 57)), is_old=is_old)
    )


def fine_parent_and_pupil(make: Maker) -> Household:
    """One parent with a pupil; not poor, so no aid is due."""
    parent = make.adult(37, 48, employment="employed")
    child = _child(make, [parent], ("preschool", "primary", "junior", "senior"))
    child.schooling = make.rng.choice((0, 0, 4000, 6000))
    return not_poor(make, "not-poor-pupil", [parent, child], 1.9, 3)


def fine_family_of_3(make: Maker) -> Household:
    """A family with a pupil that is not poor any more."""
    parents = make.couple(41, 50)
    child = _child(make, parents, ("primary", "junior", "senior", "college"))
    return not_poor(make, "not-poor-family", [*parents, child])


def fine_family_of_4(make: Maker) -> Household:
    """A family of four that is not poor any more."""
    parents = make.couple(46, 53)
    children = [_grown_child(make, parents), _child(make, parents, ("junior", "senior"))]
    return not_poor(make, "not-poor-four", [*parents, *children])


def damaged_number(make: Maker) -> Household:
    """A family that is not poor; the number of one of them is a wreck in the sheet."""
    household = not_poor(make, "number-damaged", make.couple(40, 56))
    household.members[1].written_id = "ruined"
    return household


def missing_number(make: Maker) -> Household:
    """A family that is not poor; the number of one of them was never written down."""
    household = not_poor(make, "number-missing", make.couple(40, 56))
    household.members[1].written_id = "missing"
    return household


# How often each comes among the ordinary households of its size.
BY_SIZE: dict[int, tuple[tuple[Build, int], ...]] = {
    1: (
        (dibao_adult, 20),
        (dibao_elder, 22),
        (dibao_over_80, 5),
        (dibao_disabled, 13),
        (tekun_old, 9),
        (tekun_over_80, 3),
        (tekun_disabled, 2),
        (edge_alone, 8),
        (fine_alone, 20),
        (fine_ill, 3),
        (fine_unsafe, 3),
        (fine_disabled, 5),
        (rich_alone, 3),
    ),
    2: (
        (dibao_old_couple, 10),
        (dibao_couple, 14),
        (dibao_parent_and_pupil, 16),
        (dibao_parent_and_disabled, 9),
        (edge_couple, 9),
        (edge_couple_ill, 4),
        (edge_couple_disabled, 4),
        (fine_couple, 20),
        (fine_parent_and_pupil, 8),
        (damaged_number, 3),
        (missing_number, 2),
    ),
    3: (
        (dibao_family_of_3, 9),
        (dibao_parent_and_2_pupils, 7),
        (edge_family_of_3, 6),
        (fine_family_of_3, 9),
    ),
    4: ((dibao_family_of_4, 5), (edge_family_of_4, 4), (fine_family_of_4, 5)),
}
