"""The invented street keeps its promises; everything here is counted plainly, without any rule."""

import csv
import importlib
import io
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parents[1]
SAMPLE = ROOT / "sample_data"
sys.path.insert(0, str(ROOT))
streets = importlib.import_module("sample_data.generator.street")

LINE = 935
FINDINGS = list(csv.DictReader(io.StringIO((SAMPLE / "truth.csv").read_text("utf-8"))))
HOUSEHOLDS = list(csv.DictReader(io.StringIO((SAMPLE / "truth_households.csv").read_text("utf-8"))))
STREET = streets.build_street()
PEOPLE = [person for one in STREET.households for person in one.members]
# What is due per month under a programme whose amount is one number.
DUE = {
    "tekun": 1220,
    "disability-living": 100,
    "disability-care": 100,
    "elderly-80": 50,
    "elderly-care": 50,
    "disabled-care-service": 1000,
    "orphan": 1360,
    "unsupported-child": 1360,
    "unemployment-benefit": LINE,
}
PLANTED_NEAR = {
    "near-line-unclaimed",
    "near-line-dibao",
    "near-line-edge",
    "near-line-basic-pension",
    "steep-slope",
}
PAID_BY_THE_MONTH = {*DUE, "dibao", "dibao-single"}
A_PUPIL_A_YEAR = {"primary": 500, "junior": 625, "senior": 2000}


def is_right(number):
    """Compute the check digit of an ID number (GB 11643) the long way round."""
    values = [10 if digit == "X" else int(digit) for digit in number]
    return sum(value * 2 ** (17 - i) for i, value in enumerate(values)) % 11 == 1


def received(one):
    """Add up what a household is paid by the month; single aid and wrecked numbers aside."""
    certain = [receipt for receipt in one.receipts if not receipt.is_ruined]
    monthly = sum(r.amount for r in certain if r.programme in PAID_BY_THE_MONTH)
    return monthly + sum(r.amount for r in certain if r.programme == "student-aid") / 12


def claimable(one):
    """Add up what a household could claim by the month, as far as the amount is known."""
    open_claims = [find for find in one.expected if find.status in ("unclaimed", "unlocked")]
    own = sum(DUE.get(find.programme, 0) for find in open_claims)
    pupils = [find.member.stage for find in open_claims if find.programme == "student-aid"]
    names = [find.programme for find in open_claims]
    dibao = LINE * one.size - one.income if "dibao" in names else 0
    return own + dibao + sum(A_PUPIL_A_YEAR[stage] for stage in pupils) / 12


def left_over(one):
    """Return what is left by the month, as a share of the line for the household."""
    costs = sum(p.medical + p.schooling + p.rehabilitation for p in one.members) / 12
    return (one.income + received(one) + claimable(one) - costs) / (LINE * one.size)


def is_burdened(one):
    """Return whether anything but income weighs on a household, one adult's own burden aside."""
    cared_for = {r.member for r in one.receipts if r.programme == "disability-care"}
    return (
        any(p.is_ill or p.medical or p.schooling for p in one.members)
        or not one.is_safe
        or not (one.has_food and one.has_clothing and all(p.is_insured for p in one.members))
        or any(6 <= p.age <= 15 and not p.stage for p in one.members)
        or bool(one.hardship)
        or any(p.grade in (1, 2) and p not in cared_for for p in one.members)
    )


def is_known(one):
    return one.income is not None and one.stated_size == one.size


def test_the_street_has_937_households_1484_members_and_12_communities():
    communities = {row["community"] for row in HOUSEHOLDS}

    members = sum(int(row["members"]) for row in HOUSEHOLDS)

    assert (len(HOUSEHOLDS), members, len(communities)) == (937, 1484, 12)
    assert {"河口下", "花园", "商城"} <= communities


@pytest.mark.parametrize(
    "status, households",
    [
        ("unclaimed", 101),
        ("unlocked", 48),
        ("undetermined", 82),
        ("underpaid", 16),
        ("review", 18),
        ("conflict", 7),
        ("priority", 24),
        ("undecided", 8),
    ],
)
def test_truth_names_as_many_households_of_each_status_as_promised(status, households):
    heads = {row["head_id"] for row in FINDINGS if row["status"] == status}

    assert len(heads) == households
    assert streets.KNOWN[status] == households


def test_26_people_live_in_the_priority_households():
    members = [int(row["members"]) for row in FINDINGS if row["status"] == "priority"]

    assert sum(members) == 26
    assert streets.PRIORITY_MEMBERS == 26


def test_every_community_has_unclaimed_benefits_and_a_priority_household():
    unclaimed = Counter(row["community"] for row in FINDINGS if row["status"] == "unclaimed")
    priority = Counter(row["community"] for row in FINDINGS if row["status"] == "priority")

    assert (len(unclaimed), len(priority)) == (12, 12)
    assert min(unclaimed["河口下"], priority["河口下"]) >= 4


@pytest.mark.parametrize(
    "programme",
    [
        "dibao",
        "edge",
        "dibao-single",
        "tekun",
        "disability-living",
        "disability-care",
        "elderly-80",
        "student-aid",
        "medical-aid",
        "temporary-aid",
        "disabled-care-service",
        "orphan",
        "unsupported-child",
        "elderly-care",
        "housing",
        "employment-help",
        "public-post",
        "unemployment-benefit",
        "medical-premium",
        "pension-premium",
        "union-hardship",
        "child-rehabilitation",
        "funeral",
        "disaster-relief",
    ],
)
def test_every_programme_is_unclaimed_somewhere_and_in_doubt_or_opened_elsewhere(programme):
    statuses = {row["status"] for row in FINDINGS if row["programme"] == programme}

    assert "unclaimed" in statuses
    assert statuses & {"undetermined", "unlocked"}


def test_some_are_drawn_twice_too_little_or_wrongly():
    statuses = {(row["programme"], row["status"]) for row in FINDINGS}

    assert {
        ("elderly-care", "conflict"),
        ("orphan", "conflict"),
        ("unsupported-child", "conflict"),
        ("disabled-care-service", "underpaid"),
        ("unemployment-benefit", "underpaid"),
        ("housing", "review"),
        ("medical-premium", "review"),
    } <= statuses


def test_every_finding_is_about_a_household_that_exists():
    known = {(row["household_no"], row["head_id"], row["community"]) for row in HOUSEHOLDS}

    told = {(row["household_no"], row["head_id"], row["community"]) for row in FINDINGS}

    assert told <= known
    assert len({row["head_id"] for row in HOUSEHOLDS}) == 937


def test_no_finding_is_told_twice():
    keys = [(row["head_id"], row["member_id"], row["programme"]) for row in FINDINGS]

    assert len(keys) == len(set(keys))


def test_household_numbers_come_only_once():
    numbers = [row["household_no"] for row in HOUSEHOLDS if row["household_no"]]

    assert len(set(numbers)) == len(numbers) > 500


def test_everybody_has_a_number_of_their_own_with_a_right_check_digit():
    numbers = [person.id_number for person in PEOPLE]

    wrong = [number for number in numbers if not is_right(number)]

    assert wrong == []
    assert len(set(numbers)) == 1484


def test_the_number_tells_birth_and_sex():
    odd = [
        person.id_number
        for person in PEOPLE
        if person.id_number[6:14] != f"{person.birth:%Y%m%d}"
        or (int(person.id_number[16]) % 2 == 1) != (person.sex == "男")
    ]

    assert odd == []


def test_nobody_shares_a_name_so_a_wrecked_number_may_mean_one_person_only():
    names = [person.name for person in PEOPLE]

    assert len(set(names)) == 1484


@pytest.mark.parametrize("line", [LINE, 1.5 * LINE])
def test_incomes_are_a_tenth_off_every_line_but_where_that_was_planted(line):
    known = [one for one in STREET.households if is_known(one)]

    near = {one.archetype for one in known if 0.9 < one.income / (line * one.size) < 1.1}

    assert near <= PLANTED_NEAR


def test_households_stand_on_either_side_of_the_dibao_line_and_one_pair_at_its_steepest():
    near = Counter(
        (one.archetype, one.income < LINE * one.size)
        for one in STREET.households
        if one.archetype in PLANTED_NEAR
    )

    assert near == {
        ("near-line-unclaimed", True): 1,
        ("near-line-dibao", True): 3,
        ("near-line-edge", False): 3,
        ("near-line-basic-pension", False): 2,
        ("steep-slope", True): 2,
    }


def test_one_household_shows_what_treatment_cost_and_what_came_back():
    (one,) = [one for one in STREET.households if one.archetype == "medical-chain-unclaimed"]
    (patient,) = [person for person in one.members if person.care]

    assert patient.care == (20000, 16000, 600)
    assert patient.medical == 3400 == 20000 - 16000 - 600


def test_the_founding_cases_are_there():
    kinds = Counter(row["archetype"] for row in HOUSEHOLDS)

    assert kinds["founding-cashier"] == 2
    assert kinds["founding-carer"] == 1


def test_property_is_nil_or_extreme():
    known = [one for one in STREET.households if one.deposits is not None]

    doubtful = [o.archetype for o in known if 500 * o.size < o.deposits < 200_000]
    others = {(one.vehicles, one.homes) for one in STREET.households}

    assert doubtful == []
    assert others <= {(0, 0), (0, 1), (0, 3), (2, 0), (2, 1), (2, 3)}


def test_priority_households_are_a_tenth_below_the_line_with_all_they_can_have():
    chosen = [one for one in STREET.households if one.priority == "priority"]

    assert max(left_over(one) for one in chosen) <= 0.9
    assert all(is_burdened(one) for one in chosen)


def test_other_burdened_households_are_a_tenth_above_the_line():
    others = [one for one in STREET.households if is_known(one) and not one.priority]

    near = [one.archetype for one in others if is_burdened(one) and left_over(one) < 1.1]

    assert near == []


def test_underpaid_households_are_a_fifth_short():
    short = {
        (one.archetype, receipt.programme): receipt.amount
        / (DUE.get(receipt.programme) or LINE - one.income)
        for one in STREET.households
        for find in one.expected
        for receipt in one.receipts
        if find.status == "underpaid" and find.programme == receipt.programme
    }

    assert len(short) == 9
    assert max(short.values()) <= 0.8


def test_at_most_15_percent_of_the_households_are_undetermined():
    heads = {row["head_id"] for row in FINDINGS if row["status"] == "undetermined"}

    assert len(heads) / len(HOUSEHOLDS) <= 0.15
