"""Two programmes that exclude each other: a household is owed one of them, and the better one."""

import pytest

from relieftool.eligibility.gaps import find_gaps
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules.statement import load_checked_pack
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

ALL = ("unclaimed", "ineligible", "undetermined", "receiving", "conflict", "underpaid", "review")
MONEY = (*PARAMETERS, parameter("large", "yuan", 12, "month"))
PINGXIANG = load_checked_pack(find_shipped_pack())


def found_of(pack, household):
    with register_of(pack, household) as db:
        return find_gaps(db, pack, DAY, statuses=ALL)


def statuses_of(pack, household):
    found = found_of(pack, household)
    return {(f.programme, f.member_no): f.status for f in found.findings}


def old(says, **facts):
    """Return somebody of 74 who meets the criteria of tekun, unless a fact says otherwise."""
    drawn = receipt("tekun", amount_fen=122000, amount_period="month")
    said = {
        "yes": [drawn],
        "no": [no("tekun")],
        "unknown": [],
        "maybe": [receipt("tekun", "maybe")],
    }
    return person(said[says], **{"birth_date": "1950-05-01", "has_able_supporter": 0} | facts)


def poor(*members, receipts=None):
    receipts = [no("dibao"), no("edge")] if receipts is None else receipts
    nothing = {"household_income": 0, "deposits": 0, "vehicles": 0, "homes": 1}
    return home(list(members), receipts, **nothing)


@pytest.mark.parametrize(
    "one, other, dibao, tekun",
    [
        (old("yes"), old("no"), "ineligible", "unclaimed"),
        (old("no"), old("no"), "ineligible", "unclaimed"),
        (old("yes"), old("yes"), "ineligible", "receiving"),
        (old("yes"), old("unknown"), "undetermined", "undetermined"),
        (old("no"), old("unknown"), "undetermined", "undetermined"),
        (old("yes"), old("no", has_able_supporter=1), "unclaimed", "ineligible"),
        (old("yes"), old("unknown", has_able_supporter=1), "unclaimed", "ineligible"),
        (old("yes"), old("no", has_able_supporter=None), "unclaimed", "undetermined"),
    ],
)
def test_dibao_gives_way_where_each_member_draws_tekun_or_may_claim_it(one, other, dibao, tekun):
    found = statuses_of(PINGXIANG, poor(one, other))

    assert (found["dibao", None], found["tekun", "H1-2"]) == (dibao, tekun)


def test_of_two_old_people_one_on_tekun_only_the_other_ones_tekun_is_owed():
    found = found_of(PINGXIANG, poor(old("yes"), old("no")))

    owed = [f for f in found.findings if f.programme in ("dibao", "tekun")]
    by_place = {(f.programme, f.member_no): f for f in owed}
    assert by_place["tekun", "H1-2"].gain_fen_per_year == 122000 * 12
    assert by_place["dibao", None].alternative_to == ("tekun",)
    assert by_place["dibao", None].amount_fen is None


@pytest.mark.parametrize(
    "other, paid, status, due",
    [
        (old("no"), 93500, "receiving", 93500),
        (old("no"), 93400, "underpaid", 93500),
        (old("no", has_able_supporter=1), 93400, "underpaid", 93500),
        (old("unknown", has_able_supporter=1), 93400, "underpaid", 93500),
        (old("unknown", has_able_supporter=None), 50000, "receiving", None),
        (old("maybe"), 50000, "receiving", None),
    ],
)
def test_dibao_beside_tekun_is_due_for_the_others_alone(other, paid, status, due):
    drawn = receipt("dibao", amount_fen=paid, amount_period="month")

    found = found_of(PINGXIANG, poor(old("yes"), other, receipts=[drawn, no("edge")]))

    (dibao,) = [f for f in found.findings if f.programme == "dibao"]
    assert (dibao.status, dibao.amount_fen) == (status, due)


@pytest.mark.parametrize(
    "income, receipts, status",
    [
        (93500, [no("dibao")], "ineligible"),
        (93499, [no("dibao")], "ineligible"),  # not a yuan is due
        (93400, [no("dibao")], "unclaimed"),
        (93500, [], "undetermined"),
        (93500, [receipt("dibao", amount_fen=100, amount_period="month")], "receiving"),
        (93300, [receipt("dibao", amount_fen=100, amount_period="month")], "underpaid"),
        (93400, [receipt("dibao", amount_fen=100, amount_period="month")], "receiving"),
    ],
)
def test_a_grace_period_opens_no_claim_and_hides_no_short_payment(income, receipts, status):
    member = old("no", has_able_supporter=1)
    household = poor(member, receipts=[*receipts, no("edge")])

    found = statuses_of(PINGXIANG, {**household, "household_income": income, "in_grace_period": 1})

    assert found["dibao", None] == status


CHILD = {"birth_date": "2014-01-01", "has_able_supporter": 0}
ORPHAN = {**CHILD, "father_state": "dead", "mother_state": "dead"}
UNCARED = {**CHILD, "father_state": "lost", "mother_state": "lost"}
NO_OTHERS = [no("disability-living"), no("dibao-single")]


def beside_grandmother(*receipts, **facts):
    child = person([no("tekun"), *NO_OTHERS, *receipts], **facts)
    return poor(child, old("no"))


@pytest.mark.parametrize("drawn, facts", [("orphan", ORPHAN), ("unsupported-child", UNCARED)])
@pytest.mark.parametrize("paid", [136000, 90000, None])
def test_tekun_of_a_child_is_not_owed_beside_an_allowance_that_is_more(drawn, facts, paid):
    other = {"orphan": "unsupported-child", "unsupported-child": "orphan"}[drawn]
    child = beside_grandmother(
        receipt(drawn, amount_fen=paid, amount_period="month"), no(other), **facts
    )

    found = found_of(PINGXIANG, child)

    (tekun,) = [f for f in found.findings if (f.programme, f.member_no) == ("tekun", "H1-1")]
    assert (tekun.status, tekun.alternative_to) == ("ineligible", (drawn,))
    assert tekun.amount_fen is None


LESSER = pack_of(
    [
        programme("tekun", "member", "is_ill", amounts=["line"]),
        programme("orphan", "member", "is_pupil", amounts=["large"], excludes=["tekun"]),
    ],
    parameters=MONEY,
)


@pytest.mark.parametrize(
    "paid, is_pupil, status",
    [
        (1000, 0, "ineligible"),
        (1001, None, "ineligible"),
        (999, 0, "unclaimed"),
        (999, None, "unclaimed"),
        (None, None, "unclaimed"),
        (None, 0, "unclaimed"),
        (None, 1, "ineligible"),
        (999, 1, "ineligible"),
    ],
)
def test_what_brings_no_more_than_is_drawn_or_due_is_not_owed(paid, is_pupil, status):
    drawn = receipt("orphan", amount_fen=paid, amount_period="month")
    child = person([no("tekun"), drawn], is_ill=1, is_pupil=is_pupil)

    assert statuses_of(LESSER, home([child]))["tekun", "H1-1"] == status


@pytest.mark.parametrize("says, status", [("yes", "ineligible"), ("maybe", "unclaimed")])
def test_only_what_is_surely_drawn_takes_the_place_of_a_claim(says, status):
    drawn = receipt("orphan", says, amount_fen=1200, amount_period="month")
    child = person([no("tekun"), drawn], is_ill=1, is_pupil=0)

    assert statuses_of(LESSER, home([child]))["tekun", "H1-1"] == status


def test_what_another_member_receives_takes_no_place():
    drawn = receipt("orphan", amount_fen=1200, amount_period="month")
    brother = person([no("tekun"), drawn], is_ill=0, is_pupil=1)
    child = person([no("tekun"), no("orphan")], is_ill=1, is_pupil=0)

    assert statuses_of(LESSER, home([brother, child]))["tekun", "H1-2"] == "unclaimed"


SHARED = pack_of(
    [
        programme("tekun", "member", "is_ill", amounts=["line"]),
        programme("dibao", amounts=["large"], excludes=["tekun"]),
    ],
    parameters=MONEY,
)
ILL, WELL = person([no("tekun")], is_ill=1), person([no("tekun")], is_ill=0)


@pytest.mark.parametrize(
    "members, status",
    [
        ([ILL], "ineligible"),
        ([ILL, WELL], "unclaimed"),
        ([{**ILL, "lives_together": 1}, {**WELL, "lives_together": 0}], "ineligible"),
        ([{**ILL, "lives_together": 0}, {**WELL, "lives_together": 1}], "unclaimed"),
    ],
)
def test_a_households_benefit_takes_a_members_place_only_where_they_live_alone(members, status):
    drawn = receipt("dibao", amount_fen=1200, amount_period="month")

    assert statuses_of(SHARED, home(members, [drawn]))["tekun", "H1-1"] == status
