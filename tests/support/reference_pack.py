"""A pack with every form of the language, its conditions, and registers to ask it of."""

import datetime as dt

from hypothesis import strategies as st

from tests.support.tiny_packs import (
    FACTS,
    PARAMETERS,
    InDoubt,
    definition,
    fact,
    pack_of,
    parameter,
    programme,
    setting,
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
    "only-if": "only_if(is_urban and cars > 0, wages + harvest / 12) <= line",
    "only-if-of-members": "sum_members(only_if(is_ill, cost / 12)) * multiple > rent",
    "shared-by": "shared_by(wages - rent, size) * 2 < line",
    "at-least-zero": "at_least_zero(wages - rent - harvest / 12) * multiple < line",
    "setting": "mode = 'exact' and is_urban or mode in ('grades') and is_safe",
    "setting-only-if": "only_if(mode <> 'exact', wages) + rent > line",
    "setting-and-choice": "standing <> rank or mode = 'grades'",
    "lapsed": "wages < lapsed or cars < 2",
    "dates": "visited_on >= visited_before",
    "negative": "-wages + rent < line",
    "years": "years_since(visited_on) >= cars",
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
    "setting": "only_if(household.mode = 'exact', income) >= line",
    "income": "income * 12 - cost > household.harvest",
}


PACK_FACTS = (
    *FACTS,
    fact("savings", "household", "money", "month", presume=0),
    fact("is_new", "household", "yes_no", presume=False),
    fact("visited_before", "household", "date"),
)


LAPSED = {"from": dt.date(2020, 1, 1), "until": dt.date(2024, 1, 1)}


PACK_PARAMETERS = (
    *PARAMETERS,
    setting("mode", "exact"),
    setting("unset", "exact", **LAPSED),
    parameter("lapsed", "yuan", 10, "month", **LAPSED),
)


PACK_DEFINITIONS = (definition("age", "member", "first_known(years_since(born_on), stated_age)"),)


PROGRAMMES = (
    programme("first", criteria={"poor": "wages < line", "urban": "is_urban"}),
    programme("care", "member", {"ill": "is_ill", "grade": "grade <> 'none'"}),
    programme("event", criteria="is_urban", trigger="cars > 1", is_event=True),
)


MODES = {"exact": "mode = 'exact'", "grades": "mode = 'grades'", "unset": "unset = 'exact'"}


SET = [programme(name, criteria="is_urban", trigger=when) for name, when in MODES.items()]


PAID = programme(
    "paid",
    amounts=[
        {"when": "mode = 'grades'", "value": "rent"},
        {"when": "standing = 'one'", "value": "line * multiple * size - wages"},
        {"when": "standing = 'two'", "value": "sum_members(cost / 12) / 7"},
        {"value": "first_known(wages, harvest / 12)"},
    ],
)


PAID_EACH = programme("paid-each", "member", amounts=["only_if(is_ill, income) / 3 + line"])


PACK = pack_of(
    [
        *PROGRAMMES,
        *SET,
        PAID,
        PAID_EACH,
        programme("asked", criteria=HOUSEHOLD_CONDITIONS),
        programme("each", "member", criteria=MEMBER_CONDITIONS),
    ],
    PACK_DEFINITIONS,
    PACK_FACTS,
    PACK_PARAMETERS,
)


UNUSABLE = InDoubt("unusable")


DISPUTED = InDoubt("disputed")


def ranges(*ends):
    """Return ranges with these ends."""
    return [InDoubt("range", low, high) for low, high in ends]


TRUTH = st.sampled_from([1, 0, 1, 0, None, UNUSABLE])


MONEY = st.sampled_from(
    [
        *(None, 0, 999, 1000, 1001, 1499, 1500, 1501, 2000, 3000, UNUSABLE, DISPUTED),
        *ranges((999, 1000), (1000, 1500), (1501, None), (None, 999)),
    ]
)


YEARLY = st.sampled_from(
    [None, 0, 11999, 12000, 12001, 17999, 18000, DISPUTED, *ranges((0, 11999), (12000, 17999))]
)


COUNT = st.sampled_from([None, 0, 1, 2, 3, UNUSABLE, *ranges((1, 2), (3, None))])


GRADE = st.sampled_from([None, "none", "one", "two", DISPUTED])


DAYS = st.sampled_from(
    [None, "1964-12-10", "1964-12-11", "2008-12-10", "2008-12-11", "2024-12-11", UNUSABLE]
)


AGES = st.sampled_from([None, 15, 16, 59, 60, UNUSABLE])


RECEIVES = st.sampled_from([True, False, None])


MEMBER = st.fixed_dictionaries(
    {
        "lives_together": st.sampled_from([1, 1, 1, 1, 0, None, UNUSABLE]),
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
        "visited_on": DAYS,
        "visited_before": DAYS,
        "receives": st.fixed_dictionaries({"first": RECEIVES}),
        "members": st.lists(MEMBER, max_size=3),
    }
)


def joined(parts):
    """Return conditions made of conditions."""
    return st.one_of(
        st.tuples(parts, st.sampled_from(["and", "or"]), parts).map(
            lambda sides: f"({sides[0]}) {sides[1]} ({sides[2]})"
        ),
        parts.map(lambda part: f"not ({part})"),
        parts.map(lambda part: f"({part}) is null"),
    )


AMOUNTS = st.recursive(
    st.sampled_from(
        ["wages", "rent", "savings", "line", "harvest / 12", "sum_members(income)", "line * size"]
    ),
    lambda parts: st.one_of(
        st.tuples(parts, st.sampled_from(["+", "-"]), parts).map(
            lambda sides: f"({sides[0]} {sides[1]} {sides[2]})"
        ),
        st.tuples(parts, st.sampled_from(["* multiple", "/ 7", "* cars", "* 3"])).map(
            lambda sides: f"({sides[0]} {sides[1]})"
        ),
        parts.map(lambda part: f"first_known(wages, {part} + rent)"),
        parts.map(lambda part: f"(-{part})"),
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
        .filter(lambda sides: sides[0] != sides[2])
        .map(" ".join),
        st.tuples(st.sampled_from(["any_member", "all_members"]), MEMBERS_OWN).map(
            lambda call: f"{call[0]}({call[1]})"
        ),
        MEMBERS_OWN.map(lambda condition: f"count_members({condition}) >= cars"),
        st.sampled_from(["is_urban", "standing = 'two'", "receives('first')", "eligible('first')"]),
    ),
    joined,
    max_leaves=5,
)
