"""Who comes first: what is left compared with the line, the indicators, and H, A and M0."""

from dataclasses import replace
from fractions import Fraction

import pytest

from relieftool.eligibility.findings import TIMES_A_YEAR, Finding
from relieftool.eligibility.household_results import is_below, sum_gains_per_month
from relieftool.eligibility.priority import find_priority
from relieftool.output.priority import build_priority_result
from relieftool.pack.models import PriorityRule
from relieftool.rules.statement import check_pack
from tests.support.tiny_packs import (
    DAY,
    LABELS,
    PARAMETERS,
    home,
    pack_of,
    parameter,
    person,
    programme,
    receipt,
    register_of,
)

T, F, U = True, False, None
MONEY = (
    *PARAMETERS,
    parameter("small", "yuan", 3, "month"),
    parameter("large", "yuan", 5, "month"),
)
THIRDS = {"unsafe": "not is_safe", "rural": "not is_urban", "car": "cars > 0"}


def pack_with(*programmes, cutoff="1/3"):
    """Return a pack with three indicators of one third each and a line of 1000 fen."""
    pack = pack_of(programmes, parameters=MONEY)
    rule = PriorityRule.model_validate(
        {
            "resources": "wages",
            "spending": "rent",
            "line": "line",
            "cutoff": cutoff,
            "indicators": [
                {"id": name, "says": LABELS, "when": when, "weight": "1/3"}
                for name, when in THIRDS.items()
            ],
        }
    )
    return check_pack(pack.model_copy(update={"priority": rule}))


PACK = pack_with()


def poor(people=1, receipts=(), **facts):
    """Return a household below the line that is poor in no indicator unless stated."""
    stated = {"wages": 0, "rent": 0, "is_safe": 1, "is_urban": 1, "cars": 0, **facts}
    return home([person()] * people, receipts, **stated)


def priority_of(*homes, pack=PACK, community=None):
    with register_of(pack, *homes) as db:
        return find_priority(db, pack, DAY, community=community)


def numbers(findings):
    return [finding.household_no for finding in findings]


@pytest.mark.parametrize(
    "resources, spending, line, surely, with_more",
    [
        (400, 100, 501, T, U),
        (400, 100, 500, F, F),
        (400, 100, 499, F, F),
        (400, None, 601, T, U),
        (400, None, 600, U, U),
        (400, 100, None, U, U),
        (400, None, None, U, U),
        (None, 100, 501, U, U),
        (None, None, 501, U, U),
        (None, 100, None, U, U),
        (None, None, None, U, U),
    ],
)
def test_below_the_line_only_where_no_unknown_could_change_it(
    resources, spending, line, surely, with_more
):
    found = [is_below(resources, 200, spending, line, more=more) for more in (0, None)]

    assert found == [surely, with_more]


def finding(status, amount, period, paid):
    return Finding(
        "H1", "花园", None, None, None, "aid", status, amount, period, paid, (), "an office"
    )


def with_gains(*findings):
    """Return findings whose claims add what is due."""
    return [
        replace(finding, gain_fen_per_year=finding.amount_fen * TIMES_A_YEAR[finding.amount_period])
        if finding.amount_fen is not None and finding.amount_period in TIMES_A_YEAR
        else finding
        for finding in findings
    ]


@pytest.mark.parametrize(
    "status, amount, period, paid, expected",
    [
        ("unclaimed", 500, "month", None, (500, 0)),
        ("unlocked", 500, "month", None, (500, 0)),
        ("unclaimed", 1200, "year", None, (100, 0)),
        ("unclaimed", 500, "once", None, (0, 0)),
        ("undetermined", 500, "once", None, (0, 0)),
        ("unclaimed", None, None, None, (0, 0)),
        ("undetermined", None, None, None, (0, 0)),
        ("unclaimed", None, "month", None, (0, None)),
        ("unlocked", None, "month", None, (0, None)),
        ("undetermined", 500, "month", None, (0, 500)),
        ("undetermined", 1200, "year", None, (0, 100)),
        ("undetermined", None, "month", None, (0, None)),
        ("receiving", 500, "month", 300, (300, 0)),
        ("receiving", 500, "month", None, (500, 0)),
        ("receiving", None, "month", None, (0, None)),
        ("receiving", 1200, "year", 1200, (100, 0)),
        ("underpaid", 500, "month", 300, (300, 0)),
        ("review", None, "month", 300, (300, 0)),
        ("conflict", 500, "month", 300, (300, 0)),
        ("ineligible", 500, "month", None, (0, 0)),
    ],
)
def test_gains_are_what_is_received_and_what_can_be_claimed_per_month(
    status, amount, period, paid, expected
):
    found = with_gains(finding(status, amount, period, paid))

    assert sum_gains_per_month(found) == expected


def test_gains_of_several_programmes_add_up():
    found = [finding("unclaimed", 500, "month", None), finding("receiving", None, "year", 1200)]

    assert sum_gains_per_month(with_gains(*found)) == (600, 0)


@pytest.mark.parametrize(
    "status, paid, expected",
    [
        ("unclaimed", None, (0, 0)),
        ("unlocked", None, (0, 0)),
        ("undetermined", None, (0, 0)),
        ("receiving", 300, (300, 0)),
        ("receiving", None, (500, 0)),
    ],
)
def test_an_amount_that_is_only_assumed_counts_only_where_it_is_received(status, paid, expected):
    found = with_gains(finding(status, 500, "month", paid))

    assert sum_gains_per_month(found, assumed=["aid"]) == expected


def test_what_a_benefit_in_doubt_might_open_has_no_bound():
    found = with_gains(finding("undetermined", 500, "month", None))

    assert sum_gains_per_month(found, ["other"]) == (0, 500)
    assert sum_gains_per_month(found, ["aid"]) == (0, None)


@pytest.mark.parametrize(
    "line, expected", [(600, F), (601, U), (700, U), (701, T)], ids=["on", "over", "most", "above"]
)
def test_what_may_come_on_top_decides_only_between_the_least_and_the_most(line, expected):
    assert is_below(500, 100, 0, line, more=100) is expected


def test_what_one_is_not_eligible_for_adds_nothing_though_its_receipt_is_unknown():
    pack = pack_with(programme("aid", criteria="cars > 9", amounts=["large"]))

    found = priority_of(poor(is_safe=0, wages=999), pack=pack)

    assert [(finding.household_no, finding.left_fen) for finding in found.findings] == [("H1", 999)]


@pytest.mark.parametrize(
    "wages, rent, priority, undecided",
    [
        (999, 0, ["H1"], []),
        (1000, 0, [], []),
        (1000, 1, ["H1"], []),
        (999, None, ["H1"], []),
        (1000, None, [], ["H1"]),
        (None, 0, [], ["H1"]),
    ],
)
def test_a_household_on_the_line_is_not_below_it(wages, rent, priority, undecided):
    found = priority_of(poor(is_safe=0, wages=wages, rent=rent))

    assert (numbers(found.findings), numbers(found.undecided)) == (priority, undecided)


@pytest.mark.parametrize(
    "facts, priority, undecided",
    [
        ({}, [], []),
        ({"cars": None}, [], ["H1"]),
        ({"cars": None, "is_safe": 0}, ["H1"], []),
        ({"cars": None, "wages": 1000}, [], []),
        ({"cars": None, "wages": None}, [], ["H1"]),
        ({"wages": None}, [], []),
    ],
)
def test_below_the_line_and_poor_in_an_indicator_are_both_needed(facts, priority, undecided):
    found = priority_of(poor(**facts))

    assert (numbers(found.findings), numbers(found.undecided)) == (priority, undecided)


def test_the_score_adds_true_indicators_and_the_most_also_unknown_ones():
    (found,) = priority_of(poor(is_safe=0, cars=None)).findings

    assert [(reason.id, reason.truth) for reason in found.reasons] == [
        ("unsafe", T),
        ("rural", F),
        ("car", U),
    ]
    assert (found.score, found.score_max) == (Fraction(1, 3), Fraction(2, 3))


@pytest.mark.parametrize(
    "said, left, is_priority",
    [("no", 900, T), ("yes", 900, T), ("maybe", None, U)],
)
def test_of_two_exclusive_programmes_only_the_better_is_counted(said, left, is_priority):
    pack = pack_with(
        programme("one", amounts=["small"], excludes=["other"]),
        programme("other", amounts=["large"], excludes=["one"]),
    )
    receipts = [
        receipt("one", "no", "sheet"),
        receipt("other", said, "sheet" if said == "no" else "roster"),
    ]

    found = priority_of(poor(is_safe=0, wages=400, receipts=receipts), pack=pack)

    given = [(finding.left_fen, T) for finding in found.findings]
    given += [(finding.left_fen, U) for finding in found.undecided]
    assert given == [(left, is_priority)]


MEASURED = (
    poor(1, is_safe=0),
    poor(2),
    poor(1, is_safe=0, is_urban=0, wages=5000),
    poor(3, is_safe=0, cars=None),
)


def test_h_a_and_m0_count_people_and_a_score_on_the_cutoff_is_poor():
    totals = priority_of(*MEASURED).totals

    # of 4 people in households known whole, 1 has 1/3 and 1 has 2/3; 3 more are left out
    assert (totals.h, totals.a, totals.m0) == (Fraction(1, 2), Fraction(1, 2), Fraction(1, 4))
    assert (totals.members, totals.left_out_members) == (7, 3)


def test_a_score_under_the_cutoff_is_not_poor():
    totals = priority_of(*MEASURED, pack=pack_with(cutoff="2/3")).totals

    assert (totals.h, totals.a, totals.m0) == (Fraction(1, 4), Fraction(2, 3), Fraction(1, 6))


@pytest.mark.parametrize(
    "homes, expected",
    [
        ((), (U, U, U)),
        ((poor(cars=None),), (U, U, U)),
        ((poor(),), (Fraction(0), U, Fraction(0))),
    ],
    ids=["nobody", "nobody known", "nobody poor"],
)
def test_a_measure_over_no_people_is_unknown(homes, expected):
    totals = priority_of(*homes).totals

    assert (totals.h, totals.a, totals.m0) == expected


RANKED = (
    poor(is_safe=0),
    poor(is_safe=0, is_urban=0),
    poor(is_safe=0, cars=None),
    poor(2, is_safe=0, wages=None),
    poor(is_safe=0),
    poor(wages=5000, is_safe=0),
)


def test_the_highest_score_stands_first_then_what_could_be_higher_then_the_number():
    assert numbers(priority_of(*RANKED).findings) == ["H2", "H3", "H1", "H5"]


def test_undecided_households_are_listed_apart_and_not_counted():
    found = priority_of(*RANKED)

    assert numbers(found.undecided) == ["H4"]
    assert (found.totals.priority_households, found.totals.priority_members) == (4, 4)
    assert (found.totals.undecided_households, found.totals.households) == (1, 6)


def test_a_screen_has_the_sure_households_before_the_undecided():
    shown = build_priority_result(priority_of(*RANKED)).on_screen

    assert [len(each.records) for each in shown[1:]] == [4, 1]


def test_one_community_gives_only_its_own():
    with register_of(PACK, *RANKED) as db:
        db.table("communities").insert({"community_id": 2, "name": "东门"})
        db.execute("UPDATE households SET community_id = 2 WHERE household_no = 'H2'")
        whole = find_priority(db, PACK, DAY)
        own = find_priority(db, PACK, DAY, community="东门")

    counts = {name: totals.priority_households for name, totals in whole.communities.items()}
    assert counts == {"东门": 1, "花园": 3}
    assert (numbers(own.findings), own.totals) == (["H2"], whole.communities["东门"])


@pytest.mark.parametrize("is_revealed, left", [(False, None), (True, 300)])
def test_money_left_that_would_tell_a_private_fact_is_null_unless_revealed(is_revealed, left):
    found = priority_of(poor(wages=300, is_safe=0))
    private = tuple(replace(finding, is_private=True) for finding in found.findings)

    result = build_priority_result(replace(found, findings=private))

    document = result.shown(is_revealed=is_revealed).document
    assert [row["left_fen_per_month"] for row in document["findings"]] == [left]


@pytest.mark.parametrize(
    "doubt, least, most",
    [
        ("place = place", 2, 5),
        ("belongs = NULL, may_be_gone = 1", 0, 5),
        ("may_be_gone = 1", 0, 5),
        ("id_number = '360302197003051237'", 1, 1),
    ],
)
def test_priority_counts_people_once_and_at_least_the_sure_ones(doubt, least, most):
    sure, open_, out = poor(2, is_safe=0), poor(3, is_safe=None), poor(4, wages=1000)
    with register_of(PACK, sure, open_, out) as db:
        db.execute(f"UPDATE members SET {doubt}")
        totals = find_priority(db, PACK, DAY).totals

    assert (totals.priority_members, totals.priority_members_at_most) == (least, most)
    assert (totals.priority_households, totals.priority_households_at_most) == (1, 2)
