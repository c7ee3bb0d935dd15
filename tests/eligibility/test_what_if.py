"""A household before and after: who joins, who leaves, what begins, what ends, what it brings."""

import datetime as dt

import pytest

from relieftool.eligibility.priority import find_priority
from relieftool.eligibility.scenario import (
    HouseholdCopy,
    SupposedFact,
    Suppositions,
    UnreadSupposition,
    apply_suppositions,
)
from relieftool.eligibility.what_if import compare_copy, sweep_copy
from relieftool.output.priority import build_priority_result
from relieftool.output.show import page_lines
from relieftool.output.what_if import build_sweep_result, build_what_if_result
from tests.support.tiny_packs import (
    DAY,
    FACTS,
    fact,
    home,
    pack_of,
    person,
    programme,
    receipt,
    register_of,
)

LIVES = fact("lives_together", "member", "yes_no", presume=True)
SECRET = fact("secret", "household", "money", "month").model_copy(update={"is_private": True})
ALL_FACTS = (*(fact for fact in FACTS if fact.id != "lives_together"), LIVES, SECRET)
NOVEMBER = {"covers_from": "2024-11-01", "covers_until": "2024-11-30"}
MID_NOVEMBER = dt.date(2024, 11, 15)
OWN = programme("own", criteria="any_member(first_known(cost / 12, income) > line)")
POOR = programme("poor", criteria="wages < line", amounts=["line - wages"])


def pack(*programmes, resources="wages"):
    made = pack_of(programmes or (POOR,), facts=ALL_FACTS)
    priority = made.priority.model_copy(update={"resources": resources})
    return made.model_copy(update={"priority": priority})


def copy_of(household, rosters=(), facts=ALL_FACTS):
    """Return the copy of a tiny household; a fact that is left out is unknown."""
    stated = dict(household)
    members, receipts = stated.pop("members"), stated.pop("receipts")
    known = {each.id: None for each in facts if each.owner == "household"} | stated
    household = {
        **known,
        "household_no": "H",
        "community_id": 1,
        "dated_on": None,
        "is_provisional": 0,
        "listed_members": len(members),
    }
    empty = {"amount_fen": None, "amount_period": None, "covers_from": None, "covers_until": None}
    rows = [{**empty, "member_no": None, **each} for each in receipts]
    people = []
    for place, member in enumerate(members, start=1):
        own = dict(member)
        rows += [{**empty, "member_no": f"H-{place}", **each} for each in own.pop("receipts")]
        blank = {each.id: None for each in facts if each.owner == "member"}
        named = {"member_no": f"H-{place}", "place": place, "name": f"P{place}"}
        people.append({**blank, **own, **named, "is_provisional": 0, "may_be_gone": 0})
    everywhere = {"community_id": None, "covers_from": None, "covers_until": None}
    complete = [{**everywhere, "is_complete": 1, **each} for each in rosters]
    return HouseholdCopy(household, "花园", people, rows, complete)


def compared(rules, household, changes, rosters=(), as_of=DAY):
    return compare_copy(rules, as_of, "H", copy_of(household, rosters), changes)


def benefit(found, name, place=None):
    """Return the statuses and the fen a month before and after."""
    ((before, after, fen_before, fen_after),) = [
        (each.before, each.after, each.before_fen, each.after_fen)
        for each in found.benefits
        if (each.programme, each.place) == (name, place)
    ]
    return before, after, fen_before, fen_after


def setting(name, value, place=None, **keys):
    return Suppositions((SupposedFact(name, value, place, **keys),))


@pytest.mark.parametrize(
    "is_received, after", [(True, "receiving"), (False, "unclaimed")], ids=["begins", "ends"]
)
@pytest.mark.parametrize("roster", [{}, NOVEMBER], ids=["undated", "whole-month"])
def test_a_receipt_supposed_inside_the_month_of_a_complete_roster_counts(
    roster, is_received, after
):
    on_it = receipt("poor", **NOVEMBER)
    household = home([person()], [] if is_received else [on_it], wages=100)
    changes = Suppositions(receipts=((None, "poor", is_received),))

    found = compared(pack(), household, changes, [{"programme": "poor", **roster}], MID_NOVEMBER)

    assert benefit(found, "poor")[1] == after


def test_a_members_receipt_supposed_in_mid_month_is_theirs_alone():
    care = programme("care", "member")
    changes = Suppositions(receipts=((2, "care", True),))
    rosters = [{"programme": "care", **NOVEMBER}]

    found = compared(pack(care), home([person(), person()]), changes, rosters, MID_NOVEMBER)

    assert benefit(found, "care", 1)[1] == "unclaimed"
    assert benefit(found, "care", 2)[1] == "receiving"


APART = {"lives_together": 0}


@pytest.mark.parametrize(
    "stated, members, joined, removed, expected",
    [
        # as many as live together: stays so
        (2, [{}, {}, APART], [{}], [], 3),
        (2, [{}, {}, APART], [], [1, 2], 0),
        (2, [{}, {}, APART], [], [3], 2),
        (2, [{}, {}, APART], [APART], [], 2),
        (1, [{"lives_together": 1}, APART], [{}, {}], [1], 2),
        # as many as are listed: stays so
        (3, [{}, {}, APART], [{}], [], 4),
        (3, [{}, {}, APART], [], [3], 2),
        # neither: what was stated stays in dispute
        (5, [{}, {}], [{}], [], 5),
        (None, [{}, {}], [{}], [], None),
    ],
)
def test_the_stated_number_of_people_keeps_step_where_it_agreed(
    stated, members, joined, removed, expected
):
    household = home([{"receipts": [], **each} for each in members], stated_size=stated)
    changes = Suppositions(added=tuple(joined), removed=tuple(removed))

    after = apply_suppositions(pack(), copy_of(household), changes, DAY)

    people = len(members) + len(joined) - len(removed)
    assert after.household["stated_size"] == expected
    assert after.household["listed_members"] == len(after.members) == people


def test_somebody_who_moves_out_lowers_the_stated_number_too():
    household = home([person(), person(), person(lives_together=0)], stated_size=2)

    after = apply_suppositions(pack(), copy_of(household), setting("lives_together", 0, 1), DAY)

    assert after.household["stated_size"] == 1


def test_a_stated_number_that_is_itself_supposed_stays():
    household = home([person(), person()], stated_size=2)
    changes = Suppositions((SupposedFact("stated_size", 2),), added=({},))

    assert (
        apply_suppositions(pack(), copy_of(household), changes, DAY).household["stated_size"] == 2
    )


def test_with_size_known_what_rests_on_it_is_decided_after_people_joined_or_left():
    roomy = programme("roomy", criteria="wages < line * size")
    household = home([person(), person(), person(lives_together=0)], stated_size=2, wages=2500)

    joined = compared(pack(roomy), household, Suppositions(added=({},)), [{"programme": "roomy"}])
    gone = compared(pack(roomy), household, Suppositions(removed=(1,)), [{"programme": "roomy"}])

    assert benefit(joined, "roomy")[:2] == ("ineligible", "unclaimed")
    assert gone.benefits == ()


def test_who_joins_takes_a_place_after_the_others_and_who_leaves_has_no_status_after():
    care = programme("care", "member", criteria="is_ill")
    household = home([person(is_ill=1), person(is_ill=1)])
    changes = Suppositions(added=({"is_ill": 1},), removed=(1,))

    found = compared(pack(care), household, changes, [{"programme": "care"}])

    assert {(each.place, each.before, each.after) for each in found.benefits} == {
        (1, "unclaimed", None),
        (2, "unclaimed", "unclaimed"),
        (3, None, "unclaimed"),
    }


def test_the_receipts_of_who_leaves_leave_too():
    household = home([person(), person([receipt("poor")])], wages=100)

    after = apply_suppositions(pack(), copy_of(household), Suppositions(removed=(2,)), DAY)

    assert after.receipts == []


@pytest.mark.parametrize(
    "paid, wages, expected",
    [
        # due 9 yuan, paid 7: what is paid goes on while what is due stays the same
        (700, 100, ("underpaid", "underpaid", 700, 700)),
        # once what is due is another, that is what will be paid
        (700, 500, ("underpaid", "receiving", 700, 500)),
        (900, 600, ("receiving", "receiving", 900, 400)),
        (950, 100, ("receiving", "receiving", 950, 950)),
    ],
)
def test_a_payment_changes_when_the_amount_due_does(paid, wages, expected):
    drawn = receipt("poor", amount_fen=paid, amount_period="month")
    household = home([person()], [drawn], wages=100)

    found = compared(pack(), household, setting("wages", wages))

    assert benefit(found, "poor") == expected


def test_a_receipt_whose_conditions_fail_ends_and_so_does_what_rests_on_it():
    more = programme("more", criteria="receives('poor')", amounts=["line"])
    household = home([person()], [receipt("poor"), receipt("more")], wages=100)

    found = compared(pack(POOR, more), household, setting("wages", 5000))

    assert benefit(found, "poor") == ("receiving", "review", 900, 0)
    assert benefit(found, "more") == ("receiving", "review", 1000, 0)
    assert found.after.benefits_fen == 0


def test_what_is_to_be_reviewed_already_goes_on_and_what_rests_on_it_too():
    more = programme("more", criteria="receives('poor')", amounts=["line"])
    drawn = receipt("poor", amount_fen=900, amount_period="month")
    household = home([person()], [drawn, receipt("more")], wages=5000)

    found = compared(pack(POOR, more), household, setting("rent", 5))

    assert benefit(found, "poor") == ("review", "review", 900, 900)
    assert benefit(found, "more")[:2] == ("receiving", "receiving")


@pytest.mark.parametrize("fen, is_shown", [(None, True), (792_00, False)])
def test_an_income_that_rests_on_a_private_fact_is_shown_to_a_reveal_only(fen, is_shown):
    rules = pack(resources="first_known(secret, wages)")
    found = compared(rules, home([person()], wages=500, secret=fen), setting("wages", 400))
    hidden, shown = (
        build_what_if_result(found).shown(is_revealed=is_revealed) for is_revealed in (False, True)
    )

    income = 500 if fen is None else fen
    assert shown.document["before"]["income_fen"] == income
    assert hidden.document["before"]["income_fen"] == (income if is_shown else None)
    assert (hidden.document["before"]["total_fen"] is not None) is is_shown
    assert [row[4] == "***" for row in hidden.tables[0].rows[-2:]] == [not is_shown] * 2
    assert "***" not in [cell for row in shown.tables[0].rows for cell in row]


def test_a_sweep_hides_an_income_that_rests_on_a_private_fact_and_draws_nothing():
    rules = pack(resources="wages - secret")
    copy = copy_of(home([person()], wages=500, secret=100))
    found = sweep_copy(
        rules, DAY, "H", copy, Suppositions(), SupposedFact("wages", None), [500, 600]
    )

    hidden, shown = (
        build_sweep_result(found).shown(is_revealed=is_revealed) for is_revealed in (False, True)
    )

    assert [point["income_fen"] for point in hidden.document["points"]] == [None, None]
    assert [point["total_fen"] for point in hidden.document["points"]] == [None, None]
    assert [point["income_fen"] for point in shown.document["points"]] == [400, 500]
    assert "no plot without --reveal" in page_lines(hidden)[0]


@pytest.mark.parametrize("is_revealed", [False, True])
@pytest.mark.parametrize("secret", [None, 500])
def test_priority_hides_what_is_left_where_the_income_in_it_is_private(secret, is_revealed):
    rules = pack(OWN, resources="first_known(secret, wages)")
    household = home([person(cost=0)], wages=500, rent=0, is_safe=0, secret=secret)
    with register_of(rules, household) as db:
        answer = build_priority_result(find_priority(db, rules, DAY))

    found = answer.shown(is_revealed=is_revealed)

    (first,) = found.document["findings"]
    assert first["left_fen_per_month"] == (500 if secret is None or is_revealed else None)


@pytest.mark.parametrize(
    "place, removed, expected",
    [
        (1, (), [UnreadSupposition("income", ("cost",), 1)]),
        (2, (), []),
        (2, (1,), []),
        (3, (), [UnreadSupposition("income", ("cost",), 3)]),
        (3, (1,), [UnreadSupposition("income", ("cost",), 3)]),
    ],
)
def test_an_unread_fact_is_named_by_its_members_place_before_anybody_left(place, removed, expected):
    household = home([person(cost=12), person(), person(cost=12)])
    changes = Suppositions((SupposedFact("income", 5, place),), removed=removed)

    assert list(compared(pack(OWN), household, changes).overruled) == expected


def test_a_sweep_reports_every_supposition_that_no_rule_reads():
    copy = copy_of(home([person(cost=12), person()]))
    changes = Suppositions((SupposedFact("income", 5, 1),))

    found = sweep_copy(
        pack(OWN), DAY, "H", copy, changes, SupposedFact("income", None, 2), [0, 100]
    )

    assert list(found.overruled) == [UnreadSupposition("income", ("cost",), 1)]


def test_a_member_keeps_their_number_in_a_sweep_when_another_leaves():
    rich = programme("rich", "member", criteria="income > line")
    copy = copy_of(home([person(income=0), person(income=0)]), [{"programme": "rich"}])
    ends = [500, 2000]

    found = sweep_copy(
        pack(rich),
        DAY,
        "H",
        copy,
        Suppositions(removed=(1,)),
        SupposedFact("income", None, 2),
        ends,
    )

    assert [(turn.place, turn.before, turn.after) for turn in found.turns] == [
        (2, "ineligible", "unclaimed")
    ]


@pytest.mark.parametrize(
    "changes, is_advised",
    [
        (setting("wages", 900, is_added=True), True),
        (setting("wages", 899, is_added=True), False),
        (setting("cars", 5), False),
    ],
    ids=["work ends it", "work leaves it", "something else ends it"],
)
def test_where_work_ends_a_benefit_the_advice_of_the_pack_is_given(changes, is_advised):
    advice = {"zh": "渐退期", "en": "Ask for the grace period."}
    aid = programme("aid", criteria="wages < line and cars < 2", advice_if_work_ends_it=[advice])
    household = home([person()], [receipt("aid")], wages=100, cars=0)

    found = compared(pack(aid), household, changes)

    assert build_what_if_result(found).document["advice"] == [advice["en"]] * is_advised
