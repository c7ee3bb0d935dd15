"""What an expression may not contain, and what the message advises."""

import re

import pytest

from relieftool.errors import ReliefError
from relieftool.rules.statement import check_pack
from tests.support.tiny_packs import definition, pack_of, parameter, programme

PARAMETERS = (
    parameter("line", "yuan", 10, "month"),
    parameter("year_line", "yuan", 120, "year"),
    parameter("multiple", "ratio", "1.5"),
    parameter("allowed", "count", 2),
)


def message_of(condition, unit="household"):
    """Return the message about a condition that is refused: place, problem, remedy."""
    with pytest.raises(ReliefError, match=r"^programmes/aid.toml: criteria.it.when: ") as caught:
        pack_of(
            [
                programme("other"),
                programme("care", "member"),
                programme("aid", unit, {"it": condition}),
            ],
            [definition("is_rich", "household", "wages > line")],
            parameters=PARAMETERS,
        )
    return str(caught.value)


@pytest.mark.parametrize(
    "condition, words",
    [
        ("wage > line", "'wage' is no fact of this unit\nDid you mean 'wages'?"),
        ("zzzz > line", "facts.toml lists every fact."),
        ("is_ill", "'is_ill' is no fact of this unit\nIt belongs to the other unit"),
        ("household.wages > line", "Only a member's rule may write household.<fact>"),
        ("any_member(x.household.wages > line)", "Only a member's rule may write"),
        ("any_member(is_rich)", "household.<fact>"),
        ("any_member(size > 1)", "household.<fact>"),
        ("receives('othre')", "'othre' is not a programme\nDid you mean 'other'?"),
        ("receives('zzzz')", "The programmes are: other, care, aid"),
        ("receives(other)", "'other' is not a programme"),
        ("receives('care')", "'care' belongs to members\nAsk inside any_member"),
        ("eligible('care')", "'care' belongs to members"),
        (" \n ", "this expression is empty\nWrite a condition"),
        ("1 < 2", "the same for everybody\nAsk about a fact in it"),
        ("line > 0", "the same for everybody"),
        ("wages > wages", "compared with itself"),
        ("wages >= (wages)", "compared with itself"),
        ("wages", "not something that is true or false\nCompare it with something"),
        ("wages > line and cars", "'cars' is not something that is true or false"),
        ("wages >", "cannot be read as an expression\nCheck brackets"),
        ("wages > line; is_urban", "cannot be read as an expression"),
        ("wages > harvest", "two different units are compared"),
        ("wages > cars", "two different units are compared"),
        ("only_if(wages, rent) > 0", "'wages' is not something that is true or false"),
        ("only_if(is_urban, standing) = 'one'", "only_if needs a number"),
        (
            "only_if(is_urban, is_urban)",
            "only_if needs a number\nWrite only_if(condition, amount)",
        ),
        ("only_if(is_urban, rent) > harvest", "two different units are compared"),
        ("at_least_zero(is_urban)", "at_least_zero needs a number\nWrite"),
        ("shared_by(size, size) > 1", "shared_by needs an amount of money and a number of people"),
        ("only_if(is_urban) > 0", "is not a function of the rules"),
        ("wages > 5", "two different units are compared"),
        ("cars > multiple", "two different units are compared"),
        ("is_urban = is_safe", "two different units are compared"),
        ("wages + harvest > line", "different units or periods are added"),
        ("wages + 5 > line", "different units or periods are added"),
        ("wages + line * 12 > 0", "different units or periods are added"),
        ("wages * rent > 0", "cannot be multiplied\nMultiply money by a count or a ratio"),
        ("wages / cars > line", "the divisor could be 0\nDivide only by a whole number"),
        ("wages / 0 > line", "the divisor could be 0"),
        ("wages / multiple > line", "the divisor could be 0"),
        ("wages / -2 > line", "the divisor could be 0"),
        ("year_line > wages", "money of the same period"),
        (
            "standing = 'three'",
            "'three' is none of the choices of this fact\nThe choices are: none,",
        ),
        ("standing in ('one', 'three')", "'three' is none of the choices"),
        ("standing = 1", "'1' is none of the choices"),
        ("standing > 'one'", "words have no order\nUse =, <> or in"),
        ("cars in ()", "'in' needs a list of plain values"),
        ("cars in (1, allowed)", "'in' needs a list of plain values"),
        ("cars in (select 1)", "'in' needs a list of plain values"),
        ("cars is 1", "not allowed in a rule"),
        ("is_urban is true", "'is' goes only with null"),
        ("cars > 1.5", "'1.5' is not a whole number\nPut the number into parameters.toml"),
        ("first_known(wages, harvest) > line", "first_known mixes units or periods"),
        ("first_known(wages, line) > line", "a fixed value in place of an unknown fact"),
        ("first_known(cars, 0) > 1", "Only `presume`, written with the fact"),
        ("first_known(wages) > line", "is not a function of the rules"),
        ("years_since(cars) > 1", "years_since needs a date"),
        ("sum_members(is_ill) > 1", "sum_members needs a number"),
        ("any_member(points)", "not something that is true or false"),
        ("today() > visited_on", "not a function of the rules\nThere are receives, eligible"),
        ("random() > 1", "not allowed in a rule"),
        ("coalesce(cars, 0) > 1", "not allowed in a rule"),
        ("abs(cars) > 1", "not allowed in a rule"),
        ("case when is_urban then is_safe end", "not allowed in a rule"),
        ("remark like 'x'", "not allowed in a rule"),
        ("remark || 'x' = 'y'", "not allowed in a rule"),
        ("cars % 2 = 1", "not allowed in a rule"),
        ("exists(select 1)", "not allowed in a rule"),
        ("(select 1) = cars", "not allowed in a rule"),
        ("cars = null", "not allowed in a rule"),
        (":line > wages", "not allowed in a rule"),
    ],
)
def test_the_message_names_the_mistake_and_the_remedy(condition, words):
    assert words in message_of(condition)


@pytest.mark.parametrize(
    "condition, words",
    [
        ("wages > line", "'wages' is no fact of this unit\nIt belongs to the other unit"),
        ("size > 1", "household.<fact>"),
        ("household.is_ill", "'is_ill' is no fact of this unit"),
    ],
)
def test_a_member_says_household_where_he_means_it(condition, words):
    assert words in message_of(condition, "member")


@pytest.mark.parametrize(
    "definitions, place, words",
    [
        ({"a": "b > line", "b": "a"}, "definitions.toml: a.value", "'a' refers to itself"),
        ({"a": "a + wages"}, "definitions.toml: a.value", "'a' refers to itself"),
        ({"a": "wagez"}, "definitions.toml: a.value", "Did you mean 'wages'?"),
    ],
)
def test_a_mistake_in_a_definition_names_its_place(definitions, place, words):
    listed = [definition(name, "household", value) for name, value in definitions.items()]

    with pytest.raises(ReliefError, match=rf"^{re.escape(place)}: .*\n?.*{re.escape(words)}"):
        pack_of([], listed)


@pytest.mark.parametrize(
    "value, words",
    [
        ("cars", "this is not an amount of money"),
        ("is_urban", "this is not an amount of money"),
        ("harvest", "this amount is not per month"),
        ("wages * 12", "this amount is not per month"),
    ],
)
def test_an_amount_is_money_per_the_programmes_period(value, words):
    with pytest.raises(ReliefError, match=f"^programmes/aid.toml: amounts.1.value: {words}"):
        pack_of([programme("aid", amounts=[value])])


def test_what_is_paid_once_may_be_a_part_of_any_money():
    pack = pack_of([programme("aid", amounts=["harvest"], period="once")])

    assert check_pack(pack).programmes["aid"].period == "once"
