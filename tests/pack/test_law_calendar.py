"""What a household or person is due on the day before and the day of each change of the law.

The sums are those of the notices, written down here by hand and worked out from them.
"""

import datetime as dt
from collections import defaultdict

import pytest

from relieftool.authoring.mutation_testing import try_examples
from relieftool.pack.models import Example
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules.statement import load_checked_pack

POOR = {"household_income": 300, "deposits": 0, "vehicles": 0, "homes": 1}
ON_DIBAO = {"receives": ["dibao"]}
ON_EDGE = {"receives": ["edge"], "receives_not": ["dibao"]}
CARD = {"disability_kind": "limb", "disability_grade": "grade1"}
ALONE = {"birth_date": dt.date(1960, 1, 1), "has_able_supporter": False}
ORPHAN = {"birth_date": dt.date(2014, 1, 1), "father_state": "dead", "mother_state": "dead"}
WELL = {"disability_grade": "none", "serious_illness": False}
CHILD = {"birth_date": dt.date(2015, 1, 1), **WELL}


def pupil(stage):
    return ON_DIBAO, {"birth_date": dt.date(2012, 1, 1), "school_stage": stage}


def born(day):
    return {}, {"birth_date": dt.date.fromisoformat(day)}


ONE_OF_300 = POOR, {"receives_not": ["tekun"]}
TEKUN = {**POOR, "household_income": 0}, ALONE
ON_TEKUN = {"receives_not": ["dibao"]}, {"receives": ["tekun"], "receives_not": ["dibao-single"]}
OF_DIBAO = ON_DIBAO, {"receives_not": ["tekun", "orphan"]}
OLD = ON_DIBAO, {"birth_date": dt.date(1950, 1, 1), **WELL}
ASSESSED = {}, {**OLD[1], "assessed_ability": "severe", "receives_not": ["tekun"]}
OLD_ON_EDGE = {**ON_EDGE}, {**OLD[1], "receives_not": ["dibao-single"]}
NIF, OPEN = "not_in_force", "unknown"

# Pack, programme, household and member, and what they are due on each day.
CHANGES = [
    # the line less 300; what is due past the last known line is at least that
    ("pingxiang", "dibao", ONE_OF_300, {"2022-12-31": 825 - 300, "2023-01-01": 885 - 300}),
    ("pingxiang", "dibao", ONE_OF_300, {"2023-12-31": 885 - 300, "2024-01-01": 935 - 300}),
    ("pingxiang", "dibao", ONE_OF_300, {"2025-06-30": 935 - 300, "2025-07-01": 980 - 300}),
    ("pingxiang", "tekun", TEKUN, {"2022-12-31": 1080, "2023-01-01": 1150}),
    ("pingxiang", "tekun", TEKUN, {"2023-12-31": 1150, "2024-01-01": 1220}),
    ("pingxiang", "tekun", TEKUN, {"2025-06-30": 1220, "2025-07-01": 1275}),
    ("pingxiang", "disability-living", (ON_DIBAO, CARD), {"2022-12-31": 80, "2023-01-01": 100}),
    ("pingxiang", "disability-living", (ON_DIBAO, CARD), {"2024-12-31": 100, "2025-01-01": 110}),
    ("pingxiang", "disability-care", ({}, CARD), {"2022-12-31": 80, "2023-01-01": 100}),
    ("pingxiang", "disability-care", ({}, CARD), {"2024-12-31": 100, "2025-01-01": 110}),
    ("pingxiang", "orphan", ({}, ORPHAN), {"2022-12-31": NIF, "2023-01-01": 1360}),
    ("pingxiang", "student-aid", pupil("primary"), {"2024-02-29": 500, "2024-03-01": 625}),
    ("pingxiang", "student-aid", pupil("junior"), {"2024-02-29": 625, "2024-03-01": 750}),
    ("pingxiang", "student-aid", pupil("senior"), {"2025-02-28": 2000, "2025-03-01": 2300}),
    ("pingxiang", "student-aid", pupil("preschool"), {"2024-02-29": 1500, "2024-03-01": 1500}),
    ("pingxiang", "childcare-subsidy", born("2024-06-01"), {"2024-12-31": NIF, "2025-01-01": 3600}),
    ("pingxiang", "medical-premium", ON_TEKUN, {"2024-12-31": OPEN, "2025-01-01": 400}),
    ("pingxiang", "medical-premium", ON_TEKUN, {"2026-12-31": 400, "2027-01-01": OPEN}),
    ("pingxiang", "medical-premium", OF_DIBAO, {"2024-12-31": OPEN, "2025-01-01": 320}),
    ("pingxiang", "elderly-care-voucher", ASSESSED, {"2025-12-31": NIF, "2026-01-01": OPEN}),
    ("pingxiang", "elderly-care-voucher", ASSESSED, {"2026-12-31": OPEN, "2027-01-01": NIF}),
    ("pingxiang", "dibao-extra", OLD, {"2026-06-30": NIF, "2026-07-01": OPEN}),
    # the Act of 2026-07-01 changes no sum; what has no later notice is at least that of the last
    ("pingxiang", "dibao", ONE_OF_300, {"2026-06-30": 980 - 300, "2026-10-31": 980 - 300}),
    ("pingxiang", "tekun", TEKUN, {"2026-06-30": 1275, "2026-10-31": 1275}),
    ("pingxiang", "disability-living", (ON_DIBAO, CARD), {"2026-06-30": 110, "2026-10-31": 110}),
    ("pingxiang", "disability-care", ({}, CARD), {"2026-06-30": 110, "2026-10-31": 110}),
    ("pingxiang", "orphan", ({}, ORPHAN), {"2026-06-30": 1360, "2026-10-31": 1360}),
    ("pingxiang", "student-aid", pupil("primary"), {"2026-06-30": 625, "2026-10-31": 625}),
    ("pingxiang", "student-aid", pupil("junior"), {"2026-06-30": 750, "2026-10-31": 750}),
    ("pingxiang", "student-aid", pupil("senior"), {"2026-06-30": 2300, "2026-10-31": 2300}),
    ("pingxiang", "medical-premium", ON_TEKUN, {"2026-06-30": 400, "2026-10-31": 400}),
    ("pingxiang", "medical-premium", OF_DIBAO, {"2026-06-30": 320, "2026-10-31": 320}),
    ("shenzhen", "dibao", ONE_OF_300, {"2023-12-31": 1413 - 300, "2024-01-01": 1483 - 300}),
    ("shenzhen", "dibao", ONE_OF_300, {"2024-12-31": 1483 - 300, "2025-01-01": 1535 - 300}),
    ("shenzhen", "tekun", TEKUN, {"2024-12-31": 2373, "2025-01-01": 2456}),  # 1.6 x 1,535
    ("shenzhen", "disability-living", (ON_DIBAO, CARD), {"2023-04-30": OPEN, "2023-05-01": 400}),
    ("shenzhen", "disability-care", ({}, CARD), {"2023-04-30": OPEN, "2023-05-01": 452}),
    ("shenzhen", "orphan", ({}, ORPHAN), {"2024-12-31": 2560, "2025-01-01": 2700}),
    ("shenzhen", "dibao-extra", OLD, {"2025-05-31": NIF, "2025-06-01": 461}),  # 30 % of 1,535
    ("shenzhen", "dibao-extra", OLD_ON_EDGE, {"2025-05-31": NIF, "2025-06-01": 461}),
    ("shenzhen", "old-age-allowance", born("1949-10-01"), {"2019-09-30": NIF, "2019-10-01": 200}),
    ("shenzhen", "old-age-allowance", born("1945-07-01"), {"2025-06-30": 200, "2025-07-01": 300}),
    ("shenzhen", "old-age-allowance", born("1935-07-01"), {"2025-06-30": 300, "2025-07-01": 500}),
    ("shenzhen", "old-age-allowance", born("1925-07-01"), {"2025-06-30": 500, "2025-07-01": 1000}),
    ("hangzhou", "dibao", ONE_OF_300, {"2023-07-30": 1216 - 300, "2023-07-31": 1259 - 300}),
    ("hangzhou", "dibao", ONE_OF_300, {"2025-01-22": 1259 - 300, "2025-01-23": 1301 - 300}),
    ("hangzhou", "tekun", TEKUN, {"2023-07-30": 2027, "2023-07-31": 2098}),
    ("hangzhou", "tekun", TEKUN, {"2025-01-22": 2098, "2025-01-23": 2255}),
    ("hangzhou", "orphan", ({}, ORPHAN), {"2025-01-22": 2350, "2025-01-23": 2525}),
    ("hangzhou", "hardship-child", (ON_DIBAO, CHILD), {"2025-01-22": NIF, "2025-01-23": 612}),
    (
        *("hangzhou", "hardship-child"),
        (ON_EDGE, {**CHILD, "receives_not": ["dibao-single"]}),
        {"2025-01-22": NIF, "2025-01-23": 368},
    ),
]
# What is local and was not found, as the office may have answered.
ANSWERED = {
    "dibao_deposit_limit": 20000,
    "vehicle_limit": 0,
    "home_limit": 1,
    "dibao_amount_mode": "exact",
    "job_cost_deduction": "none",
    "spending_deduction": "none",
}


def list_examples(pack):
    """Return the days above as examples of a pack's programmes, with its values as they are."""
    listed = defaultdict(list)
    for number, (name, programme, (household, member), days) in enumerate(CHANGES):
        for day, due in days.items() if name == pack.id else ():
            is_in_force = due != NIF
            stated = {
                "name": f"{number} {day}",
                "as_of": dt.date.fromisoformat(day),
                "household": household,
                "members": [member],
                "expect": "eligible" if is_in_force else NIF,
                "parameters": ANSWERED,
            }
            stated |= {"amount": due} if is_in_force else {}
            listed[programme].append(Example.model_validate(stated))
    return listed


@pytest.mark.parametrize("name", ["pingxiang", "shenzhen", "hangzhou"])
def test_on_each_day_is_due_what_the_notice_of_that_day_says(name):
    pack = load_checked_pack(find_shipped_pack(name))
    listed = list_examples(pack)
    programmes = {
        key: each.model_copy(update={"examples": listed[key]})
        for key, each in pack.programmes.items()
    }

    results = try_examples(pack.model_copy(update={"programmes": programmes}))

    assert len(results) == 2 * sum(pack.id == name for name, *_rest in CHANGES)
    assert [result for result in results if not result.is_met] == []
