"""The compiled SQL and the plain reference agree, on any register and on any expression."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference import Reference
from tiny_packs import (
    FACTS,
    as_truth,
    definition,
    evaluated,
    fact,
    home,
    pack_of,
    person,
    programme,
    receipt,
)

from relieftool.rules.meaning import Known, Meaning, Trees
from relieftool.rules.statement import parameter_values

FULL = settings(
    database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
HOUSEHOLD_CONDITIONS = {
    "below": "wages < line * size",
    "edge": "wages < line * multiple * size",
    "year": "harvest / 12 <= line",
    "known": "first_known(wages, harvest / 12, sum_members(income)) >= line",
    "between": "wages between rent and rent * 2",
    "not-between": "not (cars between 1 and allowed)",
    "choice": "standing in ('one', 'two') or rank <> 'none'",
    "not-in": "standing not in ('none')",
    "null": "wages is null or not is_urban",
    "not-null": "(is_urban and is_safe) is not null",
    "presumed": "savings <= rent and not is_new",
    "any": "any_member(is_ill and points > household.cars)",
    "all": "all_members(not is_ill or is_pupil)",
    "count": "count_members(is_ill) * 2 >= size",
    "sum": "sum_members(cost / 12) > rent - line",
    "sum-points": "sum_members(points) = 3",
    "age": "any_member(age >= 16 and age < 60)",
    "nested": "any_member(is_ill and not all_members(is_ill))",
    "received": "receives('first') or any_member(receives('care'))",
    "eligible": "not eligible('first') and is_urban",
    "any-eligible": "any_member(eligible('care'))",
    "mixed": "(wages - rent) * multiple + harvest / 12 > line - (rent - wages) / 3",
}
MEMBER_CONDITIONS = {
    "own": "is_ill and not is_pupil",
    "age": "age >= 60 or age < 16",
    "grade": "grade in ('one', 'two') and grade <> 'one'",
    "house": "household.wages < line * household.size",
    "all": "all_members(is_ill) or household.is_safe",
    "received": "receives('first') and not receives('care')",
    "eligible": "eligible('care') or eligible('first')",
    "income": "income * 12 - cost > household.harvest",
}
PACK_FACTS = (
    *FACTS,
    fact("savings", "household", "money", "month", presume=0),
    fact("is_new", "household", "yes_no", presume=False),
)
PACK_DEFINITIONS = (definition("age", "member", "first_known(years_since(born_on), stated_age)"),)
PROGRAMMES = (
    programme("first", criteria={"poor": "wages < line", "urban": "is_urban"}),
    programme("care", "member", {"ill": "is_ill", "grade": "grade <> 'none'"}),
    programme("event", criteria="is_urban", trigger="cars > 1", is_event=True),
)
PACK = pack_of(
    [
        *PROGRAMMES,
        programme("asked", criteria=HOUSEHOLD_CONDITIONS),
        programme("each", "member", criteria=MEMBER_CONDITIONS),
    ],
    PACK_DEFINITIONS,
    PACK_FACTS,
)

TRUTH = st.sampled_from([1, 0, None])
MONEY = st.sampled_from([None, 0, 999, 1000, 1001, 1499, 1500, 1501, 2000, 3000])
YEARLY = st.sampled_from([None, 0, 11999, 12000, 12001, 17999, 18000])
COUNT = st.sampled_from([None, 0, 1, 2, 3])
GRADE = st.sampled_from([None, "none", "one", "two"])
DAYS = st.sampled_from([None, "1964-12-10", "1964-12-11", "2008-12-10", "2008-12-11", "2024-12-11"])
AGES = st.sampled_from([None, 15, 16, 59, 60])
RECEIVES = st.sampled_from([True, False, None])
MEMBER = st.fixed_dictionaries(
    {
        "lives_together": st.sampled_from([1, 1, 1, 0, None]),
        "income": MONEY,
        "cost": YEARLY,
        "points": COUNT,
        "stated_age": AGES,
        "born_on": DAYS,
        "is_ill": TRUTH,
        "is_pupil": TRUTH,
        "grade": GRADE,
        "receives": st.fixed_dictionaries({"care": RECEIVES}),
    }
)
HOUSEHOLD = st.fixed_dictionaries(
    {
        "stated_size": st.sampled_from([None, None, None, 0, 1, 2, 3]),
        "wages": MONEY,
        "rent": MONEY,
        "savings": MONEY,
        "harvest": YEARLY,
        "cars": COUNT,
        "is_urban": TRUTH,
        "is_safe": TRUTH,
        "is_new": TRUTH,
        "standing": GRADE,
        "rank": GRADE,
        "receives": st.fixed_dictionaries({"first": RECEIVES}),
        "members": st.lists(MEMBER, max_size=3),
    }
)


def receipts_of(stated):
    """Turn what is received into what a roster or sheet would say."""
    says = {True: ("yes", "roster"), False: ("no", "sheet"), None: ("maybe", "roster")}
    return [receipt(name, *says[truth]) for name, truth in stated["receives"].items()]


def stored(stated):
    """Turn a drawn household into one of the register."""
    members = [
        person(receipts_of(one), **{key: one[key] for key in one if key != "receives"})
        for one in stated["members"]
    ]
    facts = {key: stated[key] for key in stated if key not in ("receives", "members")}
    return home(members, receipts_of(stated), **facts)


def answers(statement, row, names):
    """Give criteria and eligibility of programmes as the SQL has them."""
    return {
        name: (
            {
                key: as_truth(row[f"c__{name}__{key.replace('-', '_')}"])
                for key in statement.rules[name].criteria
            },
            as_truth(row[f"e__{name}"]),
        )
        for name in names
    }


def expected(reference, names, member=None):
    """Give criteria and eligibility of programmes as the reference has them."""
    return {
        name: (reference.criteria(name, member), reference.eligible(name, member)) for name in names
    }


def meaning_of(statement, stated):
    """Give the evaluator that the mutants of a pack are tried in."""
    members = stated["members"]
    trees = {
        name: Trees(one.programme.unit, one.trigger, tuple(one.criteria.values()), one.amounts)
        for name, one in statement.rules.items()
    }
    known = Known(
        statement.as_of,
        parameter_values(statement.pack, statement.as_of),
        stated,
        members,
        [None if one["lives_together"] is None else one["lives_together"] == 1 for one in members],
        stated["receives"],
        [one["receives"] for one in members],
    )
    return Meaning(known, trees)


def meant(meaning, rules, names, place=None):
    """Give criteria and eligibility of programmes as that evaluator has them."""
    return {
        name: (
            {key: meaning.value(node, place) for key, node in rules[name].criteria.items()},
            meaning.eligible(name, place),
        )
        for name in names
    }


def assert_agreement(pack, households):
    """Compare SQL, reference and evaluator, household by household and member by member."""
    evaluation = evaluated(pack, *map(stored, households))
    units = {
        unit: [name for name, one in pack.programmes.items() if one.unit == unit]
        for unit in ("household", "member")
    }
    by_number = {one.household_no: one for one in evaluation.households}
    for number, stated in enumerate(households, start=1):
        found = by_number[f"H{number}"]
        rules = evaluation.statement.rules
        reference = Reference(evaluation.statement, stated, stated["members"])
        meaning = meaning_of(evaluation.statement, stated)
        answered = answers(evaluation.statement, found.row, units["household"])
        assert answered == expected(reference, units["household"])
        assert answered == meant(meaning, rules, units["household"])
        for place, (member, one) in enumerate(zip(found.members, stated["members"], strict=True)):
            answered = answers(evaluation.statement, member.row, units["member"])
            assert answered == expected(reference, units["member"], one)
            assert answered == meant(meaning, rules, units["member"], place)


@settings(FULL, max_examples=60)
@given(st.lists(HOUSEHOLD, min_size=8, max_size=12))
def test_sql_and_reference_agree_on_random_registers(households):
    assert_agreement(PACK, households)


def joined(parts):
    """Give conditions made of conditions."""
    return st.one_of(
        st.tuples(parts, st.sampled_from(["and", "or"]), parts).map(
            lambda one: f"({one[0]}) {one[1]} ({one[2]})"
        ),
        parts.map(lambda one: f"not ({one})"),
        parts.map(lambda one: f"({one}) is null"),
    )


AMOUNTS = st.recursive(
    st.sampled_from(
        ["wages", "rent", "savings", "line", "harvest / 12", "sum_members(income)", "line * size"]
    ),
    lambda parts: st.one_of(
        st.tuples(parts, st.sampled_from(["+", "-"]), parts).map(
            lambda one: f"({one[0]} {one[1]} {one[2]})"
        ),
        st.tuples(parts, st.sampled_from(["* multiple", "/ 7", "* cars", "* 3"])).map(
            lambda one: f"({one[0]} {one[1]})"
        ),
        parts.map(lambda one: f"first_known(wages, {one} + rent)"),
        parts.map(lambda one: f"(-{one})"),
    ),
    max_leaves=5,
)
MEMBERS_OWN = st.recursive(
    st.sampled_from(
        [
            "is_ill",
            "is_pupil",
            "age < 16",
            "grade = 'one'",
            "income > household.wages",
            "points in (1, 3)",
        ]
    ),
    joined,
    max_leaves=4,
)
CONDITIONS = st.recursive(
    st.one_of(
        st.tuples(AMOUNTS, st.sampled_from(["<", "<=", "=", "<>", ">", ">="]), AMOUNTS)
        .filter(lambda one: one[0] != one[2])
        .map(" ".join),
        st.tuples(st.sampled_from(["any_member", "all_members"]), MEMBERS_OWN).map(
            lambda one: f"{one[0]}({one[1]})"
        ),
        MEMBERS_OWN.map(lambda one: f"count_members({one}) >= cars"),
        st.sampled_from(["is_urban", "standing = 'two'", "receives('first')", "eligible('first')"]),
    ),
    joined,
    max_leaves=5,
)


@settings(FULL, max_examples=120)
@given(CONDITIONS, st.lists(HOUSEHOLD, min_size=4, max_size=6))
def test_sql_and_reference_agree_on_random_expressions(condition, households):
    asked = programme(
        "asked", criteria={"always": "size >= 0", "it": f"({condition}) and cars >= 0"}
    )

    assert_agreement(pack_of([*PROGRAMMES, asked], PACK_DEFINITIONS, PACK_FACTS), households)
