"""Questions over the members of a household: what an unknown member, or none, does to them."""

import pytest

from tests.support.tiny_packs import (
    FACTS,
    amount_of,
    as_truth,
    fact,
    home,
    pack_of,
    person,
    programme,
    receipt,
    rows_of,
    truth_for_member,
    truth_of,
)

T, F, U = True, False, None
ILL, WELL, UNSURE = person(is_ill=1), person(is_ill=0), person()
APART = {**ILL, "lives_together": 0}
NOT_SAID = {**ILL, "lives_together": None}
PRESUMED = [
    *(each for each in FACTS if each.id != "lives_together"),
    fact("lives_together", "member", "yes_no", presume=True),
]


@pytest.mark.parametrize(
    "members, somebody, everybody, exactly_one",
    [
        ([], U, U, U),
        ([ILL], T, T, T),
        ([WELL], F, F, F),
        ([UNSURE], U, U, U),
        ([ILL, WELL], T, F, T),
        ([ILL, ILL], T, T, F),
        ([ILL, UNSURE], T, U, U),
        ([WELL, UNSURE], U, F, U),
        ([WELL, WELL], F, F, F),
        ([APART], F, T, F),
        ([APART, WELL], F, F, F),
        ([APART, ILL], T, T, T),
        ([NOT_SAID], U, U, U),
        ([NOT_SAID, ILL], T, U, U),
        ([NOT_SAID, WELL], U, F, U),
    ],
)
def test_an_unknown_member_counts_only_where_he_could_change_the_answer(
    members, somebody, everybody, exactly_one
):
    household = home(members)

    answers = (
        truth_of("any_member(is_ill)", household),
        truth_of("all_members(is_ill)", household),
        truth_of("count_members(is_ill) = 1", household),
    )

    assert answers == (somebody, everybody, exactly_one)


@pytest.mark.parametrize(
    "members, total",
    [
        ([], None),
        ([person(income=500)], 500),
        ([person(income=500), person(income=0)], 500),
        ([person(income=500), person()], None),
        ([person(income=500), person(income=700, lives_together=0)], 500),
        ([person(income=500), person(income=700, lives_together=None)], None),
        ([person(income=500, lives_together=0)], 0),
    ],
)
def test_a_sum_is_unknown_as_soon_as_one_part_is(members, total):
    assert amount_of("sum_members(income)", home(members)) == total


@pytest.mark.parametrize(
    "stated_size, size_is_two, somebody_ill, somebody_well, everybody_well",
    [(None, T, T, T, F), (2, T, T, T, F), (3, U, T, T, F), (1, U, T, T, F)],
)
def test_where_another_size_is_stated_only_what_is_seen_decides(
    stated_size, size_is_two, somebody_ill, somebody_well, everybody_well
):
    household = home([ILL, WELL], stated_size=stated_size)

    answers = (
        truth_of("size = 2", household),
        truth_of("any_member(is_ill)", household),
        truth_of("any_member(not is_ill)", household),
        truth_of("all_members(not is_ill)", household),
    )

    assert answers == (size_is_two, somebody_ill, somebody_well, everybody_well)


@pytest.mark.parametrize(
    "condition", ["any_member(is_ill)", "all_members(not is_ill)", "count_members(is_ill) = 0"]
)
def test_a_member_stated_but_not_listed_leaves_the_question_open(condition):
    assert truth_of(condition, home([WELL], stated_size=2)) is U


def test_over_nobody_any_is_false_all_is_true_and_count_and_sum_are_nought():
    nobody = home(stated_size=0)

    answers = (
        truth_of("any_member(is_ill)", nobody),
        truth_of("all_members(is_ill)", nobody),
        truth_of("count_members(is_ill) = 0", nobody),
        amount_of("sum_members(income)", nobody),
    )

    assert answers == (F, T, T, 0)


@pytest.mark.parametrize("stated_size, size", [(None, None), (0, 0), (1, None)])
def test_where_nobody_is_listed_it_is_unknown_who_lives_there_unless_nobody_is_stated_to(
    stated_size, size
):
    pack = pack_of([programme("asked")])

    row, _members = rows_of(pack, home(stated_size=stated_size))

    assert row["size"] == size


@pytest.mark.parametrize("stated_size, size", [(None, 1), (1, 1), (2, 1), (3, None)], ids=str)
def test_the_stated_size_may_count_those_who_live_apart(stated_size, size):
    pack = pack_of([programme("asked")])

    row, _members = rows_of(pack, home([ILL, APART], stated_size=stated_size))

    assert row["size"] == size


@pytest.mark.parametrize("lives_together, size", [(None, 2), (1, 2), (0, 1)])
def test_only_a_written_presumption_lets_an_unknown_member_live_here(lives_together, size):
    pack = pack_of([programme("asked")], facts=PRESUMED)
    members = [ILL, {**WELL, "lives_together": lives_together}]

    row, _members = rows_of(pack, home(members))

    assert row["size"] == size


@pytest.mark.parametrize("left_out", ["stated_size", "lives_together"])
@pytest.mark.parametrize("members, size", [([], None), ([{"receipts": []}], 1)])
def test_where_nobody_is_listed_the_size_is_unknown_whatever_the_pack_asks(left_out, members, size):
    facts = [each for each in PRESUMED if each.id != left_out]
    pack = pack_of([programme("asked")], facts=facts)

    row, _members = rows_of(pack, home(members))

    assert row["size"] == size


def test_a_pack_that_does_not_ask_who_lives_apart_counts_all_members():
    facts = [each for each in FACTS if each.id != "lives_together"]
    pack = pack_of([programme("asked")], facts=facts)
    bare = {"receipts": []}

    row, _members = rows_of(pack, home([bare, bare]))

    assert row["size"] == 2


def test_a_question_may_mix_facts_of_member_and_household():
    household = home([person(points=3), person(points=1)], cars=2)

    answers = (
        truth_of("any_member(points > household.cars)", household),
        truth_of("all_members(points > household.cars)", household),
    )

    assert answers == (T, F)


def test_a_question_may_be_asked_within_a_question():
    household = home([person(points=3, is_ill=0), person(points=1, is_ill=1)])

    assert truth_of("any_member(not is_ill and any_member(is_ill))", household) is T


def test_a_member_may_ask_about_all_who_live_with_him():
    assert truth_for_member("not is_ill and all_members(not is_ill)", WELL) is T


def test_the_same_question_about_different_facts_has_different_answers():
    household = home([person(is_ill=1, is_pupil=0)])

    assert truth_of("any_member(is_ill) and not any_member(is_pupil)", household) is T


@pytest.mark.parametrize(
    "lives, says, expected",
    [
        (1, "yes", T),
        (1, "no", F),
        (1, "maybe", U),
        (0, "yes", F),
        (0, "maybe", F),
        (None, "yes", U),
        (None, "no", F),
    ],
)
def test_what_a_household_receives_counts_for_those_who_live_there(lives, says, expected):
    aid = programme("aid", criteria="is_urban")
    asked = programme("asked", "member", "receives('aid')")
    household = home(
        [person(lives_together=lives)],
        [receipt("aid", says, "sheet" if says == "no" else "roster")],
    )

    _row, (member,) = rows_of(pack_of([aid, asked]), household)

    assert as_truth(member["criterion__asked__it"]) is expected
