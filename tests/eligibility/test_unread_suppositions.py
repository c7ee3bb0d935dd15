"""A supposed fact that no rule reads is reported, with the fact that is preferred to it."""

import pytest

from relieftool.eligibility.scenario import UnreadSupposition
from relieftool.eligibility.what_if import find_unread_suppositions
from tests.support.tiny_packs import evaluated, home, pack_of, person, programme

POOR = "first_known(wages, harvest / 12, sum_members(income)) < line * size"


def told(household, *supposed, condition=POOR, unit="household"):
    """Return the supposed facts that no rule reads for a household of a tiny pack."""
    evaluation = evaluated(pack_of([programme("aid", unit, criteria=condition)]), household)
    return find_unread_suppositions(evaluation.statement, evaluation.households[0], supposed)


@pytest.mark.parametrize(
    "known, expected",
    [
        ({"wages": 500}, [UnreadSupposition("income", ("wages",), 1)]),
        ({"harvest": 500}, [UnreadSupposition("income", ("harvest",), 1)]),
        ({}, []),
    ],
)
def test_a_fact_is_unread_only_where_a_preferred_one_is_known(known, expected):
    assert told(home([person(income=5)], **known), ("income", 1)) == expected


def test_the_preferred_fact_and_facts_not_supposed_are_not_reported():
    household = home([person(income=5)], wages=500)

    assert told(household, ("wages", None), ("rent", None)) == []
    assert told(household) == []


OWN = "first_known(cost / 12, income) > line"


@pytest.mark.parametrize("unit, condition", [("household", f"any_member({OWN})"), ("member", OWN)])
@pytest.mark.parametrize(
    "place, expected", [(1, [UnreadSupposition("income", ("cost",), 1)]), (2, [])]
)
def test_what_is_known_of_one_member_leaves_no_others_fact_unread(unit, condition, place, expected):
    household = home([person(cost=12, income=5), person(income=5)])

    assert told(household, ("income", place), condition=condition, unit=unit) == expected
