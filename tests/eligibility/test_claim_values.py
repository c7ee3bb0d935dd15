"""What a claim adds in a year: its amount minus the benefits it replaces, each subtracted once."""

import pytest

from relieftool.eligibility.gaps import find_gaps
from relieftool.eligibility.priority import find_priority
from tests.support.tiny_gaps import no
from tests.support.tiny_packs import (
    DAY,
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
    parameter("large", "yuan", 12, "month"),
    parameter("yearly", "yuan", 60, "year"),
)
PACK = pack_of(
    [
        programme("tekun", "member", "is_ill", amounts=["large"]),
        programme("dibao", amounts=["line"], excludes=["tekun"]),
    ],
    parameters=MONEY,
)
DESTITUTE, WELL = person([no("tekun")], is_ill=1), person([no("tekun")], is_ill=0)


def on_dibao(*members, paid=500):
    drawn = receipt("dibao", amount_fen=paid, amount_period="month")
    return home(members, [drawn], wages=0, rent=500, is_safe=0)


def claims_of(*homes, pack=PACK):
    """Return the claims of a register and the figures of its street."""
    with register_of(pack, *homes) as db:
        found = find_gaps(db, pack, DAY)
        left = [finding.left_fen for finding in find_priority(db, pack, DAY).findings]
    claims = [finding for finding in found.findings if finding.status == "unclaimed"]
    return claims, found.totals, left


@pytest.mark.parametrize(
    "paid, gain, per_month, unknown",
    [
        (500, 8400, 700, 0),
        (1199, 12, 1, 0),
        (None, 2400, 200, 0),  # 1000 fen of dibao are due, so they are given up
    ],
)
def test_a_claim_counts_what_it_adds_to_what_would_be_given_up(paid, gain, per_month, unknown):
    claims, totals, _left = claims_of(on_dibao(DESTITUTE, paid=paid))

    assert [(claim.amount_fen, claim.gain_fen_per_year) for claim in claims] == [(1200, gain)]
    assert claims[0].alternative_to == ("dibao",)
    assert (totals.unclaimed_fen_per_month, totals.unclaimed_amount_unknown) == (per_month, unknown)


def test_priority_counts_the_same_as_the_gaps():
    _claims, totals, left = claims_of(on_dibao(DESTITUTE, WELL, paid=100))

    # no wages, 100 of dibao, which the other one keeps, and the claim; 500 go for rent
    assert totals.unclaimed_fen_per_month == 1200
    assert left == [100 + 1200 - 500]


@pytest.mark.parametrize(
    "paid, gains",
    [(500, [8400, 14400]), (1300, [0, 13200]), (2400, [0, 0]), (2500, [0, 0])],
)
def test_what_is_given_up_is_taken_off_once_for_all_claims(paid, gains):
    claims, totals, _left = claims_of(on_dibao(DESTITUTE, DESTITUTE, paid=paid))

    assert [claim.gain_fen_per_year for claim in claims] == gains
    assert totals.unclaimed_fen_per_month == sum(gains) // 12


def test_what_another_household_receives_is_not_given_up():
    alone = home([DESTITUTE], [no("dibao")], wages=0)

    claims, _totals, _left = claims_of(on_dibao(WELL), alone)

    assert [claim.gain_fen_per_year for claim in claims if claim.programme == "tekun"] == [14400]


def test_what_another_member_receives_is_not_given_up():
    pack = pack_of(
        [
            programme("one", "member", "is_ill", amounts=["large"]),
            programme("other", "member", amounts=["yearly"], period="year", excludes=["one"]),
        ],
        parameters=MONEY,
    )
    yearly = receipt("other", amount_fen=6000, amount_period="year")
    members = [
        person([no("one"), yearly], is_ill=1),
        person([no("one"), no("other")], is_ill=1),
        person([no("one"), yearly], is_ill=0),
    ]

    claims, _totals, _left = claims_of(home(members), pack=pack)

    gains = {
        claim.member_no: claim.gain_fen_per_year for claim in claims if claim.programme == "one"
    }
    assert gains == {"H1-1": 8400, "H1-2": 14400}


@pytest.mark.parametrize("period, amounts", [(None, []), ("once", ["large"])])
def test_what_carries_no_yearly_money_takes_nothing_off(period, amounts):
    pack = pack_of(
        [
            programme("tekun", "member", "is_ill", amounts=["large"]),
            programme("edge", period=period, amounts=amounts, excludes=["tekun"]),
        ],
        parameters=MONEY,
    )

    claims, _totals, _left = claims_of(home([DESTITUTE], [receipt("edge")]), pack=pack)

    assert [claim.gain_fen_per_year for claim in claims] == [14400]


def stakes_of(household):
    """Return the fen a month at stake in each open finding of a household."""
    with register_of(PACK, household) as db:
        found = find_gaps(db, PACK, DAY).findings
    return {
        finding.programme: finding.at_stake_fen_per_month
        for finding in found
        if finding.status == "undetermined"
    }


@pytest.mark.parametrize(
    "said, at_stake",
    [
        ([receipt("dibao", amount_fen=500, amount_period="month")], 700),
        ([receipt("dibao", amount_fen=1200, amount_period="month")], 0),
        ([no("dibao")], 200),
    ],
    ids=["received", "as much received", "claimable"],
)
def test_what_hangs_on_an_open_question_is_less_what_would_be_given_up(said, at_stake):
    unsure = person([no("tekun")])

    assert stakes_of(home([unsure], said, wages=0))["tekun"] == at_stake


def test_what_is_displaced_names_the_benefit_that_takes_its_place():
    with register_of(PACK, home([DESTITUTE], [no("dibao")], wages=0)) as db:
        found = find_gaps(db, PACK, DAY, statuses=("ineligible", "unclaimed")).findings

    assert {finding.programme: (finding.status, finding.alternative_to) for finding in found} == {
        "tekun": ("unclaimed", ("dibao",)),
        "dibao": ("ineligible", ("tekun",)),
    }
