"""Whoever supposes a fact that a rule passes over is told, and which fact goes before it."""

import pytest
from tiny_packs import evaluated, home, pack_of, person, programme

from relieftool.overruled import Overruled, overruled

POOR = "first_known(wages, harvest / 12, sum_members(income)) < line * size"


def told(one, *supposed, condition=POOR):
    """Name what is passed over for a household of a tiny pack."""
    evaluation = evaluated(pack_of([programme("aid", criteria=condition)]), one)
    return overruled(evaluation.statement, evaluation.households[0], supposed)


@pytest.mark.parametrize(
    "known, expected",
    [
        ({"wages": 500}, [Overruled("income", ("wages",))]),
        ({"harvest": 500}, [Overruled("income", ("harvest",))]),
        ({}, []),
    ],
)
def test_a_fact_is_passed_over_only_where_a_preferred_one_is_known(known, expected):
    assert told(home([person(income=5)], **known), "income") == expected


def test_the_preferred_fact_itself_and_facts_not_supposed_are_not_told():
    one = home([person(income=5)], wages=500)

    assert told(one, "wages", "rent") == []
    assert told(one) == []


def test_a_fact_preferred_in_the_rule_of_a_member_is_told_too():
    condition = "any_member(first_known(cost / 12, income) > line)"

    found = told(home([person(cost=12, income=5)]), "income", condition=condition)

    assert found == [Overruled("income", ("cost",))]
