"""What is the same whichever way a doubt turns out is decided; the most is that of one world."""

import pytest

from relieftool.eligibility.findings import Status
from relieftool.eligibility.gaps import find_gaps
from tests.support.tiny_gaps import MONEY, no
from tests.support.tiny_packs import (
    DAY,
    InDoubt,
    home,
    pack_of,
    person,
    programme,
    receipt,
    register_of,
)

PACK = pack_of(
    [
        programme("support", criteria="wages < large * size", amounts=["large * size - wages"]),
        programme("care", "member", "is_ill and receives('support')", amounts=["large"]),
    ],
    parameters=MONEY,
)
HERE, UNSURE = (person([no("care")], is_ill=0, lives_together=lives) for lives in (1, None))


def found_of(*homes):
    with register_of(PACK, *homes) as db:
        gaps = find_gaps(db, PACK, DAY)
    found = {(each.household_no, each.programme): each.status for each in gaps.findings}
    totals = gaps.totals
    return found, (totals.unclaimed_fen_per_month, totals.unclaimed_fen_per_month_at_most)


@pytest.mark.parametrize(
    "wages, status, bounds",
    [
        (300, Status.UNCLAIMED, (200, 700)),  # below 500 alone, and below 1000 together
        (400, Status.UNCLAIMED, (100, 600)),
        (401, Status.UNDETERMINED, (0, 599)),  # under a yuan unless both live here
        (900, Status.UNDETERMINED, (0, 100)),
        (901, None, (0, 0)),  # under a yuan in any case
        (None, Status.UNDETERMINED, (0, 1000)),
    ],
)
def test_what_is_so_whether_somebody_lives_here_or_not_is_sure(wages, status, bounds):
    found, money = found_of(home([HERE, UNSURE], [no("support")], wages=wages))

    assert (found.get(("H1", "support")), money) == (status, bounds)


def test_what_is_paid_only_to_the_supported_is_never_added_to_what_they_are_not_paid():
    old = person([no("care")], is_ill=1)

    _found, money = found_of(home([old], wages=100))

    # either 400 of support are owed, or support is paid and 500 of care are owed
    assert money == (0, 500)


def test_two_amounts_that_differ_bound_what_is_owed():
    household = home([HERE], [no("support")], wages=InDoubt("disputed", 100, 300))

    found, money = found_of(household)

    assert (found["H1", "support"], money) == (Status.UNCLAIMED, (200, 400))


def test_a_receipt_in_doubt_makes_nothing_sure():
    found, money = found_of(home([HERE], [receipt("support", "maybe")], wages=100))

    assert (found["H1", "support"], money) == (Status.UNDETERMINED, (0, 400))


def test_what_a_member_in_doubt_is_owed_is_not_settled_by_worlds():
    rule = "is_ill and household.wages < large * household.size"
    pack = pack_of([programme("own", "member", rule, amounts=["large"])], parameters=MONEY)
    ill = [person([no("own")], is_ill=1, lives_together=lives) for lives in (1, None)]

    with register_of(pack, home(ill, wages=300)) as db:
        found = {each.member_no: each.status for each in find_gaps(db, pack, DAY).findings}

    assert sorted(found.values()) == [Status.UNCLAIMED, Status.UNDETERMINED]
