"""What a finding rests on: what to ask for, what was presumed, what the office must confirm."""

import datetime as dt

import pytest

from relieftool.eligibility.finding_basis import FindingBasis
from relieftool.eligibility.findings import name_missing
from tests.support.tiny_packs import (
    DAY,
    FACTS,
    definition,
    evaluated,
    fact,
    home,
    pack_of,
    parameter,
    person,
    programme,
    receipt,
)


class Grounds:
    """What the findings of a household rest on, or of the member with a row."""

    def __init__(self, basis, row):
        self.basis, self.row = basis, row

    def missing(self, programme):
        return list(name_missing(self.asks(programme)))

    def asks(self, programme):
        return self.basis.missing(programme, self.row)

    def rests_on(self, programme):
        return self.basis.rests_on(programme, self.row)


def grounds(pack, household, as_of=DAY, member=None):
    """Return what findings rest on, of a household or of its member at a place from 0."""
    evaluation = evaluated(pack, household, as_of=as_of)
    (household,) = evaluation.households
    row = None if member is None else household.members[member].row
    return Grounds(FindingBasis(household.evaluator(evaluation.statement)), row)


def missing(condition, household, as_of=DAY, **keys):
    pack = pack_of([programme("aid", criteria=condition)], **keys)
    return grounds(pack, household, as_of).missing("aid")


@pytest.mark.parametrize(
    "condition, household, expected",
    [
        ("wages < line", home(), ["wages"]),
        ("wages < line and cars = 0", home(cars=0), ["wages"]),
        ("wages < rent", home(), ["wages", "rent"]),
        ("first_known(wages, harvest / 12) < line", home(), ["wages"]),
        ("first_known(wages, rent) > line and is_urban", home(rent=1001), ["is_urban"]),
        ("is_urban is null and is_safe", home(), ["is_safe"]),
        ("any_member(is_ill)", home([person(is_ill=0), person()]), ["is_ill"]),
        ("any_member(is_ill and is_pupil)", home([person(is_ill=1)]), ["is_pupil"]),
        ("any_member(is_ill)", home([person(is_ill=0)], stated_size=2), ["stated_size"]),
        ("size = 1", home([person()], stated_size=2), ["stated_size"]),
        ("size = 1", home([person(lives_together=None)]), ["lives_together"]),
        ("size = 1", home(), ["members"]),
        ("size = 1", home(stated_size=1), ["members"]),
        ("size = 1", home(stated_size=0), []),
        ("wages < line * size and sum_members(income) < line", home(wages=0), ["members"]),
        ("is_urban or (cars > 0 and is_safe)", home(cars=0), ["is_urban"]),
        ("first_known(years_since(visited_on), cars) = 1", home(visited_on="2042-01-01"), ["cars"]),
        (
            "any_member(is_ill)",
            home([person(is_ill=0), person(lives_together=0)], stated_size=2),
            [],
        ),
    ],
)
def test_the_unknown_facts_of_undecided_criteria_are_asked_for(condition, household, expected):
    said = {**household, "receipts": [receipt("aid", "no", "sheet")]}

    assert missing(condition, said) == expected


def test_a_criterion_that_is_decided_asks_for_nothing():
    pack = pack_of([programme("aid", criteria={"a": "wages < line", "b": "cars = 0 and is_urban"})])

    assert grounds(pack, home(cars=1)).missing("aid") == ["wages"]


def test_a_value_of_the_law_may_be_what_is_missing():
    day = dt.date(2025, 6, 1)

    assert missing("wages < line", home(wages=1), day) == ["parameter:line"]


@pytest.mark.parametrize(
    "said, expected",
    [([], ["receipt:aid"]), ([receipt("aid", "maybe")], ["receipt:aid"])],
)
def test_where_all_facts_are_known_the_receipt_is_asked_for(said, expected):
    assert missing("is_urban", home(is_urban=1, receipts=said)) == expected


def test_the_receipt_of_another_programme_is_asked_for_by_its_name():
    pack = pack_of([programme("first"), programme("aid", criteria="receives('first')")])

    assert grounds(pack, home()).missing("aid") == ["receipt:first"]


@pytest.mark.parametrize(
    "receipts, expected",
    [([], ["receipt:care"]), ([receipt("care", "no", "sheet")], ["receipt:aid"])],
)
def test_the_members_receipts_are_looked_at_one_by_one(receipts, expected):
    pack = pack_of(
        [
            programme("care", "member"),
            programme("aid", criteria="any_member(receives('care')) or is_urban"),
        ]
    )

    assert grounds(pack, home([person(receipts)], is_urban=0)).missing("aid")[:1] == expected


def test_what_leaves_another_programme_undecided_is_asked_for():
    pack = pack_of(
        [
            programme("first", criteria="cars = 0"),
            programme("aid", criteria="not eligible('first')"),
        ]
    )

    assert grounds(pack, home()).missing("aid") == ["cars"]


def test_what_leaves_a_members_programme_undecided_is_asked_for_of_who_is_unknown():
    pack = pack_of(
        [
            programme("care", "member", "is_ill"),
            programme("aid", criteria="any_member(eligible('care'))"),
        ]
    )

    found = grounds(pack, home([person(is_ill=0), person()]))

    assert found.missing("aid") == ["is_ill"]
    assert [name.endswith("2|is_ill") for name in found.asks("aid")] == [True]


@pytest.mark.parametrize(
    "is_urban, expected", [(1, ["receipt:other"]), (0, []), (None, ["receipt:other"])]
)
def test_an_exclusive_receipt_is_asked_for_only_of_who_may_qualify(is_urban, expected):
    pack = pack_of(
        [
            programme("aid", excludes=["other"]),
            programme("other", criteria="is_urban"),
        ]
    )
    household = home(receipts=[receipt("aid", "no", "sheet")], is_urban=is_urban)

    assert grounds(pack, household).missing("aid") == expected


@pytest.mark.parametrize(
    "members, expected", [([], ["members"]), ([person([receipt("care")])], ["stated_size"])]
)
def test_who_else_may_have_the_exclusive_receipt_is_asked_for(members, expected):
    pack = pack_of(
        [programme("care", "member"), programme("aid", criteria="is_urban", excludes=["care"])]
    )
    household = home(members, [receipt("aid", "no", "sheet")], is_urban=1, stated_size=2)

    assert grounds(pack, household).missing("aid") == expected


def test_a_member_is_asked_only_about_themselves():
    pack = pack_of([programme("care", "member", "is_ill and is_pupil")])
    household = home([person(is_ill=1), person(is_pupil=1)])

    asked = [grounds(pack, household, member=place).missing("care") for place in (0, 1)]

    assert asked == [["is_pupil"], ["is_ill"]]


PRESUMING = [
    *(fact for fact in FACTS if fact.id != "lives_together"),
    fact("lives_together", "member", "yes_no", presume=True),
    fact("is_local", "member", "yes_no", presume=True),
    fact("savings", "household", "money", "month", presume=0),
]
LOCAL, FOREIGN = {"is_local": 1}, {"is_local": None}


@pytest.mark.parametrize(
    "condition, household, expected",
    [
        ("savings < line", home(), ["savings"]),
        ("savings < line", home(savings=0), []),
        ("any_member(is_local)", home([person(**FOREIGN), person(**FOREIGN)]), ["is_local"]),
        ("any_member(is_local)", home([person(**FOREIGN), person(**LOCAL)]), []),
        ("all_members(is_local)", home([person(**LOCAL), person(**FOREIGN)]), ["is_local"]),
        ("any_member(is_local)", home([person(**LOCAL), person(**LOCAL)]), []),
        ("size = 1", home([person(lives_together=None)]), ["lives_together"]),
        ("size = 1", home([person(lives_together=1)]), []),
        ("has_little", home(), ["savings"]),
    ],
)
def test_a_presumption_is_named_where_it_stood_in(condition, household, expected):
    has_little = definition("has_little", "household", "savings < line")
    pack = pack_of([programme("aid", criteria=condition)], [has_little], facts=PRESUMING)

    assert grounds(pack, household).rests_on("aid")[1] == expected


def test_a_presumption_about_one_member_is_not_named_for_another():
    pack = pack_of([programme("care", "member", "is_local")], facts=PRESUMING)
    household = home([person(**LOCAL), person(**FOREIGN)])

    told = [grounds(pack, household, member=place).rests_on("care")[1] for place in (0, 1)]

    assert told == [[], ["is_local"]]


def test_a_presumption_about_another_member_is_named_where_all_are_asked_about():
    pack = pack_of([programme("care", "member", "all_members(is_local)")], facts=PRESUMING)
    household = home([person(**LOCAL), person(**FOREIGN)])

    assert grounds(pack, household, member=0).rests_on("care")[1] == ["is_local"]


def test_assumed_values_of_the_law_are_named_through_eligible_too():
    parameters = [
        parameter("line", "yuan", 10, "month"),
        parameter("limit", "yuan", 5, "month", confidence="assumed"),
        parameter("share", "ratio", "0.5", confidence="assumed"),
    ]
    pack = pack_of(
        [
            programme("first", criteria="rent <= limit"),
            programme(
                "aid", criteria="not eligible('first') and wages < line", amounts=["wages * share"]
            ),
        ],
        parameters=parameters,
    )

    assert grounds(pack, home()).rests_on("aid")[0] == ["limit", "share"]
