"""Claims of one household: what may be had together is added up, less what is given up for it."""

import pytest

from relieftool.eligibility.gaps import find_gaps
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules.statement import load_checked_pack
from tests.support.tiny_gaps import no
from tests.support.tiny_packs import DAY, home, person, receipt, register_of

PINGXIANG = load_checked_pack(find_shipped_pack())
HEALTHY = {
    **dict.fromkeys(("disability_kind", "disability_grade", "self_care", "school_stage"), "none"),
    "serious_illness": 0,
    "medical_own_cost": 0,
    "employment": "none",
}


def draws_no(unit, drawn):
    """Return that no programme for a unit is drawn but what is given."""
    named = {each["programme"] for each in drawn}
    programmes = PINGXIANG.programmes.values()
    return [no(each.id) for each in programmes if each.unit == unit and each.id not in named]


def old(born="1950-05-01", *drawn, **facts):
    """Return somebody of 74 who is well and draws nothing but what is given."""
    stated = {"birth_date": born, "has_able_supporter": 1, "kinship": "head"}
    return person([*draws_no("member", drawn), *drawn], **HEALTHY | stated | facts)


def poor(*members, receipts=(), **facts):
    said = [*draws_no("household", receipts), *receipts]
    nothing = {"household_income": 0, "deposits": 0, "vehicles": 0, "homes": 1}
    return home(list(members), said, **nothing | facts)


def paid(programme, yuan):
    return receipt(programme, amount_fen=yuan * 100, amount_period="month")


def owed(household, day=DAY):
    """Return the yuan a month that a household is owed, and of which programmes and members."""
    with register_of(PINGXIANG, household) as db:
        found = find_gaps(db, PINGXIANG, day)
    claims = {
        (finding.programme, finding.member_no): finding.gain_fen_per_year / 1200
        for finding in found.findings
        if finding.status == "unclaimed" and finding.gain_fen_per_year is not None
    }
    return found.totals.unclaimed_fen_per_month / 100, claims


DESTITUTE = {"has_able_supporter": 0}
WIFE = {"born": "1952-05-01", "kinship": "spouse", "sex": "female"}


def test_dibao_is_added_to_tekun_for_the_other_one_alone():
    total, claims = owed(poor(old(**DESTITUTE), old(**WIFE)))

    assert total == 2155
    assert claims == {("tekun", "H1-1"): 1220, ("dibao", None): 935}


@pytest.mark.parametrize(
    "income, total",
    [(0, 2155), (900, 1255), (934, 1221), (935, 1220), (1000, 1220), (1869, 1220), (1870, 0)],
)
def test_the_sum_follows_what_dibao_is_left_with_beside_tekun(income, total):
    couple = poor(old(**DESTITUTE), old(**WIFE), household_income=income * 100)

    assert owed(couple)[0] == total


@pytest.mark.parametrize("supporter, total", [(0, 2155), (1, 1870), (None, 1870)])
def test_only_a_sure_claim_is_added(supporter, total):
    assert owed(poor(old(has_able_supporter=supporter), old(**WIFE)))[0] == total


def child(*drawn, **facts):
    stated = {"father_state": "dead", "mother_state": "custody", "kinship": "grandchild"}
    return old("2014-05-01", *drawn, **stated | facts)


@pytest.mark.parametrize(
    "income, total",
    [(0, 2295), (600, 1995), (1869, 1360)],
    ids=["no income", "some income", "dibao of one yuan"],
)
def test_a_child_on_dibao_is_topped_up_to_the_standard(income, total):
    found, _claims = owed(poor(old(), child(), household_income=income * 100))

    assert found == pytest.approx(total, abs=1)


def test_a_child_whose_mother_is_well_is_owed_nothing_beside_dibao():
    assert owed(poor(old(), child(mother_state="able")))[0] == 1870


@pytest.mark.parametrize("mother", [None, "untraceable"])
def test_a_child_of_whose_mother_nothing_sure_is_known_adds_nothing(mother):
    known = child(mother_state=mother, father_state="severe")

    assert owed(poor(old(), known))[0] == 1870


@pytest.mark.parametrize(
    "drawn, total",
    [
        ([paid("dibao", 1870)], 285),
        ([paid("dibao", 700)], 520),
        ([receipt("dibao")], 285),
        ([], 2155),
    ],
    ids=["paid in full", "paid in part", "paid nobody knows what", "not paid"],
)
def test_what_of_dibao_is_given_up_for_tekun_is_taken_off(drawn, total):
    couple = poor(old(**DESTITUTE), old(**WIFE), receipts=drawn)

    assert owed(couple)[0] == total


def test_what_another_one_draws_because_of_dibao_is_given_up_with_it():
    ill = {"disability_kind": "hearing", "disability_grade": "grade4"}
    wife = old("1952-05-01", paid("disability-living", 100), kinship="spouse", **ill)
    couple = poor(
        old(**DESTITUTE),
        wife,
        receipts=[paid("dibao", 600)],
        household_income=127000,
    )

    assert owed(couple)[0] == 1220 - 600 - 100


def test_a_claim_that_brings_less_than_is_given_up_for_it_adds_nothing():
    lone = poor(old(**DESTITUTE), receipts=[paid("dibao", 1300)])

    assert owed(lone) == (0, {})


def bounds(*households):
    """Return households owed something and the yuan a month: at least, at most."""
    numbered = [{**each, "household_no": f"H{place}"} for place, each in enumerate(households, 1)]
    with register_of(PINGXIANG, *numbered) as db:
        fresh = find_gaps(db, PINGXIANG, DAY).totals
        kept = find_gaps(db, PINGXIANG, DAY).totals
    assert kept == fresh
    return (
        (fresh.unclaimed_households, fresh.unclaimed_households_at_most),
        (fresh.unclaimed_fen_per_month / 100, fresh.unclaimed_fen_per_month_at_most / 100),
    )


SUPPORTED, UNSUPPORTED, UNASKED = ({"has_able_supporter": each} for each in (1, 0, None))


@pytest.mark.parametrize(
    "household, households, yuan",
    [
        (poor(old(), old(**WIFE)), (1, 1), (1870, 1870)),
        (poor(old(**UNASKED), old(**WIFE)), (1, 1), (1870, 2155)),
        (poor(old(**UNASKED), old(**WIFE | UNASKED)), (1, 1), (1870, 2440)),
        (poor(old(), household_income=None), (0, 1), (0, 935)),
        (poor(old(**UNASKED), household_income=None), (0, 1), (0, 1220)),
        (poor(old(**UNSUPPORTED), household_income=None), (0, 1), (0, 1220)),
        (poor(old(**UNASKED), old(**WIFE), household_income=None), (0, 1), (0, 2155)),
        (poor(old(), household_income=200000), (0, 0), (0, 0)),
        (poor(old(), receipts=[paid("dibao", 935)]), (1, 1), (0, 0)),  # help with a premium
        (
            poor(old(**UNASKED), old(**WIFE), receipts=[paid("dibao", 1870)]),
            (1, 1),
            (0, 285),
        ),
        (poor(old(), child(mother_state=None)), (1, 1), (1870, 3230)),  # an orphan, perhaps
    ],
)
def test_the_most_is_that_of_the_best_set_of_sure_and_open_claims(household, households, yuan):
    assert bounds(household) == (households, yuan)


def test_the_bounds_of_several_households_add_up():
    sure, open_one = poor(old()), poor(old(), household_income=None)

    assert bounds(sure, open_one) == ((1, 2), (935, 1870))
