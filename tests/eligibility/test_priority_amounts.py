"""What counts as money a household could have: no amount that is only assumed, and what is due."""

import pytest

from relieftool.eligibility.priority import find_priority
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules.statement import load_checked_pack
from tests.support.tiny_gaps import no
from tests.support.tiny_packs import DAY, home, person, receipt, register_of

PINGXIANG = load_checked_pack(find_shipped_pack())
OTHERS = ("tekun", "dibao-single", "disability-living", "disability-care", "elderly-care")
SERVICES = ("disabled-care-service", "unsupported-child", "orphan", "elderly-80", "student-aid")
DIBAO = receipt("dibao", amount_fen=93500, amount_period="month")


def ill(**facts):
    said = [no(name) for name in (*OTHERS, *SERVICES, "unemployment-benefit")]
    stated = {
        "birth_date": "1980-05-01",
        "has_able_supporter": 1,
        "disability_kind": "limb",
        "disability_grade": "grade2",
        "serious_illness": 1,
        "medical_own_cost": 600000,
        "schooling_cost": 0,
        "rehabilitation_cost": 0,
        "self_care": "none",
    }
    return person(said, **stated | facts)


def found_of(member, dibao=DIBAO, **facts):
    nothing = {"household_income": 0, "deposits": 0, "vehicles": 0, "homes": 1}
    alone = home([member], [dibao, no("edge")], **nothing | facts)
    with register_of(PINGXIANG, alone) as db:
        return find_priority(db, PINGXIANG, DAY)


@pytest.mark.parametrize("self_care", ["none", "partly", "full", None])
def test_an_assumed_amount_takes_nobody_off_the_list(self_care):
    found = found_of(ill(self_care=self_care))

    assert [finding.left_fen for finding in found.findings] == [93500 + 20000 - 50000]


def test_a_known_amount_takes_off_the_list_whom_it_lifts_over_the_line():
    found = found_of(ill(medical_own_cost=20000 * 12))

    assert found.findings == found.undecided == ()


@pytest.mark.parametrize("cost, is_listed", [(20000, False), (20001, True)])
def test_what_is_due_counts_where_no_sheet_says_what_is_paid(cost, is_listed):
    found = found_of(ill(medical_own_cost=cost * 12), receipt("dibao"))

    assert bool(found.findings) == is_listed
    assert [finding.as_due for finding in found.findings] == [("dibao",)] * is_listed
    assert all("paid:dibao" in finding.missing for finding in found.findings)


def test_what_is_paid_is_asked_where_neither_it_nor_what_is_due_is_known():
    found = found_of(ill(), receipt("dibao"), dibao_grade=None, homes=None, household_income=None)

    (finding,) = found.undecided
    assert "household_income" in finding.missing
    assert finding.as_due == ()
