"""Eligible and received together: what can be claimed, what bars it, what a claim unlocks."""

import datetime as dt

import pytest

from relieftool.rules.sql import ColumnKind, format_column_name
from tests.support.tiny_packs import (
    as_truth,
    definition,
    home,
    pack_of,
    person,
    programme,
    receipt,
    rows_of,
)

T, F, U = True, False, None
NO = "no"


def columns(row, kind, *names):
    return {name: as_truth(row[format_column_name(kind, name)]) for name in names}


@pytest.mark.parametrize(
    "is_urban, is_safe, eligible",
    [(1, 1, T), (1, 0, F), (0, None, F), (1, None, U), (None, None, U)],
)
def test_eligible_joins_the_criteria_by_and(is_urban, is_safe, eligible):
    pack = pack_of([programme("aid", criteria={"urban": "is_urban", "safe": "is_safe"})])

    row, _members = rows_of(pack, home(is_urban=is_urban, is_safe=is_safe))

    assert columns(row, ColumnKind.ELIGIBLE, "aid") == {"aid": eligible}


@pytest.mark.parametrize("is_urban, opposite", [(1, F), (0, T), (None, U)])
def test_eligible_of_another_programme_keeps_unknown(is_urban, opposite):
    pack = pack_of(
        [
            programme("second", criteria="not eligible('first')"),
            programme("first", criteria="is_urban"),
        ]
    )

    row, _members = rows_of(pack, home(is_urban=is_urban))

    assert columns(row, ColumnKind.ELIGIBLE, "second") == {"second": opposite}


def test_eligibility_says_nothing_of_receipt_and_receipt_nothing_of_eligibility():
    pack = pack_of(
        [
            programme("aid", criteria="is_urban"),
            programme("by-right", criteria="eligible('aid')"),
            programme("by-receipt", criteria="receives('aid')"),
        ]
    )
    household = home(receipts=[receipt("aid")], is_urban=0)

    row, _members = rows_of(pack, household)

    assert columns(row, ColumnKind.ELIGIBLE, "by-right", "by-receipt") == {
        "by-right": F,
        "by-receipt": T,
    }


@pytest.mark.parametrize("says, receives", [("yes", T), ("no", F), ("maybe", U)])
def test_a_member_sees_what_the_household_receives(says, receives):
    pack = pack_of([programme("aid"), programme("care", "member", "receives('aid')")])
    household = home([person()], [receipt("aid", says, "sheet" if says == NO else "roster")])

    _row, members = rows_of(pack, household)

    assert columns(members[0], ColumnKind.ELIGIBLE, "care") == {"care": receives}


def test_a_household_asks_what_any_of_its_members_receives():
    pack = pack_of(
        [programme("care", "member"), programme("aid", criteria="any_member(receives('care'))")]
    )
    household = home([person([receipt("care", "no", "sheet")]), person([receipt("care")])])

    row, _members = rows_of(pack, household)

    assert columns(row, ColumnKind.ELIGIBLE, "aid") == {"aid": T}


@pytest.mark.parametrize(
    "cars, is_urban, eligible",
    [(1, 1, T), (1, 0, F), (1, None, U), (0, 1, F), (None, 1, F), (None, None, F)],
)
def test_a_programme_for_an_event_waits_for_the_event_to_be_stated(cars, is_urban, eligible):
    asked = programme("fire", criteria="is_urban", trigger="cars > 0", is_event=True)

    row, _members = rows_of(pack_of([asked]), home(cars=cars, is_urban=is_urban))

    assert columns(row, ColumnKind.ELIGIBLE, "fire") == {"fire": eligible}


def test_nobody_has_a_programme_that_is_not_in_force():
    later = programme("aid", criteria="is_urban", in_force_from=dt.date(2024, 12, 11))
    pack = pack_of([later])

    row, _members = rows_of(pack, home(is_urban=1))

    assert columns(row, ColumnKind.ELIGIBLE, "aid") == {"aid": F}


CHAIN = pack_of(
    [
        programme("living", "member", {"ill": "is_ill", "single": "receives('single')"}),
        programme("single", "member", {"pupil": "is_pupil", "edge": "receives('edge')"}),
        programme("edge", criteria="is_urban"),
    ]
)


def chained(is_urban, edge, member):
    _row, members = rows_of(CHAIN, home([member], edge, is_urban=is_urban))
    return columns(members[0], ColumnKind.UNLOCKED, "single", "living")


NONE_OF_BOTH = [receipt("single", "no", "sheet"), receipt("living", "no", "sheet")]
PERSON = person(NONE_OF_BOTH, is_ill=1, is_pupil=1)
NOT_EDGE, EDGE = [receipt("edge", "no", "sheet")], [receipt("edge")]


@pytest.mark.parametrize(
    "is_urban, edge, member, single, living",
    [
        (1, NOT_EDGE, PERSON, T, T),
        (1, EDGE, PERSON, F, T),
        (0, NOT_EDGE, PERSON, F, F),
        (None, NOT_EDGE, PERSON, F, F),
        (1, [], PERSON, F, F),
        (1, NOT_EDGE, {**PERSON, "is_pupil": 0}, F, F),
        (1, NOT_EDGE, {**PERSON, "is_pupil": None}, F, F),
        (1, NOT_EDGE, {**PERSON, "is_ill": 0}, T, F),
        (1, NOT_EDGE, {**PERSON, "receipts": NONE_OF_BOTH[:1]}, T, F),
        (1, NOT_EDGE, {**PERSON, "receipts": NONE_OF_BOTH[1:]}, F, F),
    ],
)
def test_a_claim_unlocks_one_programme_after_another_where_all_is_known(
    is_urban, edge, member, single, living
):
    assert chained(is_urban, edge, member) == {"single": single, "living": living}


@pytest.mark.parametrize(
    "condition, is_unlocked",
    [
        ("receives('first')", T),
        ("receives('first') or cars > 9", T),
        ("receives('first') and cars = 0", T),
        ("not not receives('first')", T),
        ("not (not receives('first') or cars > 9)", T),
        ("any_member(receives('first'))", T),
        ("all_members(receives('first'))", T),
        ("not receives('first') and cars > 9", F),
        ("not receives('first') and receives('other')", F),
        ("receives('first') and cars > 9", F),
        ("eligible('first') and cars > 9", F),
    ],
)
def test_every_receives_that_is_not_negated_is_widened_by_a_claim(condition, is_unlocked):
    pack = pack_of(
        [
            programme("first", criteria="is_urban"),
            programme("other", criteria="cars > 9"),
            programme("second", criteria=condition),
        ]
    )
    nothing = [receipt(name, "no", "sheet") for name in ("first", "other", "second")]

    row, _members = rows_of(pack, home([person()], nothing, is_urban=1, cars=0))

    assert columns(row, ColumnKind.UNLOCKED, "second") == {"second": is_unlocked}


def test_a_receives_behind_a_not_stays_as_it_is_even_where_widening_would_change_it():
    pack = pack_of(
        [
            programme("first", criteria="is_urban"),
            programme(
                "second", criteria="not (not receives('first') or receives('first')) or is_safe"
            ),
        ]
    )
    nothing = [receipt("first", "no", "sheet"), receipt("second", "no", "sheet")]

    row, _members = rows_of(pack, home(receipts=nothing, is_urban=1, is_safe=0))

    assert columns(row, ColumnKind.UNLOCKED, "second") == {"second": T}


def test_a_definition_hides_no_receipt_from_widening():
    pack = pack_of(
        [programme("second", criteria="is_helped"), programme("first", criteria="is_urban")],
        [definition("is_helped", "household", "receives('first')")],
    )
    nothing = [receipt("first", "no", "sheet"), receipt("second", "no", "sheet")]

    row, _members = rows_of(pack, home(receipts=nothing, is_urban=1))

    assert columns(row, ColumnKind.UNLOCKED, "second") == {"second": T}


def better(one_amount, other_amount, *, excludes=("other",), back=(), order=("one", "other")):
    programmes = {
        "one": programme("one", amounts=one_amount, excludes=list(excludes)),
        "other": programme("other", amounts=other_amount, excludes=list(back)),
    }
    return pack_of([programmes[name] for name in order])


NEITHER = [receipt("one", "no", "sheet"), receipt("other", "no", "sheet")]


@pytest.mark.parametrize(
    "one_amount, other_amount, lesser_one, lesser_other",
    [
        (["wages"], ["rent"], T, F),
        (["rent"], ["wages"], F, T),
        (["wages"], ["wages + 0"], T, F),
        (["wages"], ["rent * 2 - rent"], T, F),
        (["sum_members(income)"], ["rent"], F, F),
        ([], ["rent"], T, F),
        ([{"when": "is_urban", "value": "wages * 9"}], ["rent"], T, F),
    ],
)
def test_of_two_exclusive_programmes_the_better_is_to_be_had(
    one_amount, other_amount, lesser_one, lesser_other
):
    pack = better(one_amount, other_amount)

    row, _members = rows_of(pack, home([person()], NEITHER, wages=100, rent=200))

    assert columns(row, ColumnKind.GIVES_WAY, "one", "other") == {
        "one": lesser_one,
        "other": lesser_other,
    }


@pytest.mark.parametrize("order, lesser", [(("one", "other"), "other"), (("other", "one"), "one")])
@pytest.mark.parametrize("amounts", [["wages"], []], ids=["equal", "not to be compared"])
def test_of_two_that_exclude_each_other_exactly_one_yields(order, lesser, amounts):
    pack = better(amounts, amounts, back=("one",), order=order)

    row, _members = rows_of(pack, home([], NEITHER, wages=100))

    assert columns(row, ColumnKind.GIVES_WAY, "one", "other") == {
        "one": lesser == "one",
        "other": lesser == "other",
    }


@pytest.mark.parametrize(
    "of_other, is_urban, barred",
    [
        ("yes", 1, T),
        ("yes", 0, T),
        ("no", 1, F),
        ("maybe", 1, U),
        ("maybe", 0, F),
        ("maybe", None, U),
    ],
)
def test_an_exclusive_receipt_bars_and_an_unknown_one_counts_only_for_who_may_qualify(
    of_other, is_urban, barred
):
    pack = pack_of([programme("one", excludes=["other"]), programme("other", criteria="is_urban")])
    said = receipt("other", of_other, "sheet" if of_other == NO else "roster")

    row, _members = rows_of(pack, home(receipts=[said], is_urban=is_urban))

    assert columns(row, ColumnKind.BARRED, "one", "other") == {"one": barred, "other": F}


def test_each_exclusive_programme_that_bars_is_named():
    pack = pack_of(
        [programme("one", excludes=["other", "third"]), programme("other"), programme("third")]
    )
    receipts = [receipt("other"), receipt("third", "no", "sheet")]

    row, _members = rows_of(pack, home(receipts=receipts))

    assert (row["barred_by__one__other"], row["barred_by__one__third"], row["barred__one"]) == (
        1,
        0,
        1,
    )


@pytest.mark.parametrize("is_urban, claimable", [(1, F), (0, T), (None, T)])
def test_an_undetermined_alternative_changes_nothing(is_urban, claimable):
    pack = pack_of(
        [
            programme("one", amounts=["wages"], excludes=["other"]),
            programme("other", criteria="is_urban", amounts=["rent"]),
        ]
    )

    row, _members = rows_of(pack, home([], NEITHER, wages=100, rent=200, is_urban=is_urban))

    assert columns(row, ColumnKind.CLAIMABLE, "one") == {"one": claimable}


@pytest.mark.parametrize(
    "receive, is_ill, barred",
    [
        ((), 1, U),
        (("yes",), 1, T),
        (("yes", "yes"), 1, T),
        (("yes", "yes"), None, T),
        (("yes", "no"), 1, T),
        (("yes", "no"), 0, F),
        (("yes", "no"), None, F),
        (("yes", "maybe"), 1, U),
        (("yes", "maybe"), 0, F),
        (("no", "maybe"), 1, U),
        (("no", "maybe"), 0, F),
        (("no", "no"), 1, F),
        (("yes", "no", "no"), 1, T),
    ],
)
def test_a_household_is_barred_where_each_member_receives_the_other_or_may_claim_it(
    receive, is_ill, barred
):
    pack = pack_of([programme("care", "member", "is_ill"), programme("aid", excludes=["care"])])
    members = [
        person([receipt("care", says, "sheet" if says == NO else "roster")], is_ill=is_ill)
        for says in receive
    ]

    row, _members = rows_of(pack, home(members))

    assert columns(row, ColumnKind.BARRED, "aid") == {"aid": barred}


def test_a_member_is_barred_by_what_the_household_receives():
    pack = pack_of([programme("aid"), programme("care", "member", excludes=["aid"])])

    _row, members = rows_of(pack, home([person()], [receipt("aid")]))

    assert columns(members[0], ColumnKind.BARRED, "care") == {"care": T}


@pytest.mark.parametrize(
    "third, of_third, is_unlocked",
    [
        ("is_safe", "no", F),
        ("not is_safe", "no", T),
        ("receives('first')", "no", F),
        ("not is_safe", "yes", F),
    ],
    ids=["claimable", "not to be had", "unlocked itself", "received"],
)
def test_nothing_is_unlocked_beside_an_exclusive_claim_or_receipt(third, of_third, is_unlocked):
    pack = pack_of(
        [
            programme("first", criteria="is_urban"),
            programme("third", criteria=third),
            programme("second", criteria="receives('first')", excludes=["third"]),
        ]
    )
    said = [
        receipt("first", "no", "sheet"),
        receipt("second", "no", "sheet"),
        receipt("third", of_third, "sheet"),
    ]

    row, _members = rows_of(pack, home(receipts=said, is_urban=1, is_safe=1))

    assert columns(row, ColumnKind.UNLOCKED, "second") == {"second": is_unlocked}


@pytest.mark.parametrize("cars, is_unlocked", [(1, T), (0, F), (None, F)])
def test_aid_for_an_event_is_unlocked_only_after_the_event(cars, is_unlocked):
    pack = pack_of(
        [
            programme("first", criteria="is_urban"),
            programme("fire", criteria="receives('first')", trigger="cars > 0", is_event=True),
        ]
    )
    nothing = [receipt("first", "no", "sheet"), receipt("fire", "no", "sheet")]

    row, _members = rows_of(pack, home(receipts=nothing, is_urban=1, cars=cars))

    assert columns(row, ColumnKind.UNLOCKED, "fire") == {"fire": is_unlocked}


@pytest.mark.parametrize(
    "eligible, receives, claimable",
    [
        (1, "no", T),
        (1, "maybe", U),
        (1, "yes", F),
        (0, "no", F),
        (None, "no", U),
        (None, "yes", F),
    ],
)
def test_a_claim_needs_eligibility_and_no_receipt(eligible, receives, claimable):
    pack = pack_of([programme("aid", criteria="is_urban")])
    said = receipt("aid", receives, "sheet" if receives == NO else "roster")

    row, _members = rows_of(pack, home(receipts=[said], is_urban=eligible))

    assert columns(row, ColumnKind.CLAIMABLE, "aid") == {"aid": claimable}
