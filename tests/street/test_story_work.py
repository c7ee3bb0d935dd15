"""The street's year at people's homes, and the ledger at its end, each figure counted again."""

import hashlib
import hmac
import math
from collections import Counter

import pytest

from tests.support import story
from tests.support import story_files as files
from tests.support.story import FOUND, NEW_BY_FORMS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("story")]


def households_by_community(year):
    counted = {}
    for number, (community, *_rest) in year.heads().items():
        counted.setdefault(community, []).append(number)
    return counted


def test_the_sample_is_a_fiftieth_of_every_community_and_can_be_drawn_again(year):
    told, strata = year.told["work"], households_by_community(year)
    lines = sorted(f"{one}\t{name}\n" for name, numbers in strata.items() for one in numbers)

    drawn = {(one["household_no"], one["stratum"]) for one in told["drawn"]["households"]}

    frame = hashlib.sha256("".join(lines).encode()).hexdigest()
    assert told["drawn"]["sample"]["frame_sha256"] == frame
    assert drawn == {
        (number, name)
        for name, numbers in strata.items()
        for number in sorted(numbers, key=lottery)[: math.ceil(len(numbers) / 50)]
    }
    assert told["again"]["households"] == told["drawn"]["households"]


def lottery(number):
    return hmac.digest(b"2025", number.encode(), "sha256")


def test_the_error_rate_is_that_of_the_communities_weighted_by_their_size(year):
    strata, (*parts, overall) = households_by_community(year), year.told["work"]["rates"]
    sizes = {name: len(numbers) for name, numbers in strata.items()}

    rates = {one["stratum"]: one["rate"] for one in parts}

    shares = {name: 1 / math.ceil(sizes[name] / 50) for name in story.ERRORS}
    assert rates == {name: pytest.approx(shares.get(name, 0)) for name in sizes}
    weighted = sum(sizes[name] * share for name, share in shares.items()) / sum(sizes.values())
    assert overall["rate"] == pytest.approx(weighted)
    assert 0 < overall["wilson"][0] < weighted < overall["wilson"][1] < 1


def test_the_interval_of_a_community_is_wilsons_for_a_draw_without_putting_back(year):
    (part,) = (one for one in year.told["work"]["rates"] if one["stratum"] == "河口下")
    size = len(households_by_community(year)["河口下"])
    drawn = math.ceil(size / 50)

    n = drawn * (size - 1) / (size - drawn)
    p, z = 1 / drawn, 1.96
    ends = sorted(
        (p + z * z / (2 * n) + sign * z * math.sqrt(p * (1 - p) / n + (z / (2 * n)) ** 2))
        / (1 + z * z / n)
        for sign in (-1, 1)
    )
    assert part["wilson"] == pytest.approx(ends, abs=1e-4)


def test_nobody_is_without_a_helper_and_two_in_one_community_share_evenly(year):
    told, strata = year.told["work"], households_by_community(year)

    loads = {one["name"]: one["households"] for one in told["helpers"]}

    here = len(strata["河口下"])
    assert told["left"] == []
    assert sorted((loads["周华"], loads["吴敏"])) == [here // 2, here - here // 2]
    assert loads["区税务局"] == sum(map(len, strata.values())) - here


def test_a_need_stated_at_the_door_is_answered_by_the_measure_planned(year):
    (need,) = year.told["work"]["needs"]

    assert (need["household_no"], need["need"], need["state"]) == (
        *(story.BETTER, "schooling"),
        "planned",
    )


def test_a_survey_takes_two_and_a_check_somebody_of_another_level(year):
    told = year.told["work"]["visits"]
    early, same = told["own"]

    assert (told["alone"].exit_code, early.exit_code, same.exit_code) == (1, 1, 1)
    assert "at least two investigators" in told["alone"].stderr
    assert "no survey of this household" in early.stderr
    assert "another level" in same.stderr


def test_a_survey_counts_for_a_year_and_is_overdue_the_day_after(year):
    counts = [
        {one["step"]: one for one in counted["coverage"] if one["community"] is None}
        for counted in year.told["work"]["visits"]["counted"]
    ]
    surveyed = {*story.ANSWERS, story.BETTER}
    again = {"HK20240026", "HK20240007"}

    figures = [
        [one["survey"][name] for name in ("done", "due", "overdue", "never")] for one in counts
    ]

    old, never = len(surveyed - again), len(year.heads()) - len(surveyed | again)
    assert figures == [[2, old, 0, never], [2, 0, old, never]]
    assert counts[0]["check"]["done"] == 1


def test_policy_awareness_is_the_share_of_those_asked(year):
    (overall,) = (
        one
        for one in year.told["work"]["visits"]["counted"][0]["awareness"]
        if one["community"] is None
    )

    # on forms: yes, yes, no; later the two surveyed again know it
    assert (overall["asked"], overall["knows"]) == (5, 4)


def test_the_years_ledger_has_every_case_with_the_usual_columns(year):
    told, heads = year.told["end"], year.heads()
    sizes = {
        row["head_id"]: int(row["members"]) for row in files.read_truth("truth_households.csv")
    }
    numbers = {one["case"]: one["household_no"] for one in told["cases"]}

    rows = {row["条目号"]: row for row in told["ledger"]}

    assert set(files.LEDGER) <= set(told["ledger"][0])
    assert set(rows) == set(numbers)
    assert {number: (row["社区"], row["户主"], row["人口"]) for number, row in rows.items()} == {
        number: (*heads[household][:2], sizes[heads[household][2]])
        for number, household in numbers.items()
    }


def test_the_years_ledger_says_who_helped_how_and_how_it_ended(year):
    rows = {row["条目号"]: row for row in year.told["end"]["ledger"]}
    row = rows[year.case("HK20240026", "priority")]

    assert (row["责任人"], row["帮扶单位"]) == ("吴敏", None)
    assert (row["措施"], row["核查人"]) == ("公益性岗位", "孙七")
    assert row["落实情况"] == "公益性岗位 2025-04-10 落实 1,500.00 元"
    assert str(row["销号时间"])[:10] == "2025-01-06"
    open_again = {(story.CHANGED_MIND, "edge"), (story.STOPPED[0], "elderly-80")}
    closed = {one[:2] for one in story.CLOSINGS} - open_again
    assert {number for number, one in rows.items() if one["销号时间"]} == {
        year.case(*one) for one in closed
    }


def test_the_years_chains_are_whole_and_hold_every_entry_written(year):
    verify = year.told["end"]["verify"]

    counts = {one["table"]: one["entries"] for one in verify["chains"]}

    assert (verify["is_whole"], verify["broken"]) == (True, [])
    assert counts["visits"] == len(story.ANSWERS) + 1 + 3
    assert (counts["helpers"], counts["assignments"]) == (3, len(year.heads()))
    assert (counts["measures"], counts["needs"], counts["samples"]) == (4, 1, 1)
    assert counts["revisits"] == len(year.told["work"]["drawn"]["households"])


def test_each_file_handed_over_is_in_the_log_once_with_its_hash(year):
    out = "SELECT file_sha256 FROM access_log WHERE action <> 'import'"
    logged = [row[0] for row in year.query(out)]

    names = ("转办-*.xlsx", "再转-*.xlsx", "forms.xlsx", "better.xlsx", "台账.xlsx")
    files_of = [path.read_bytes() for name in names for path in year.folder.glob(name)]
    assert Counter(logged) == Counter(hashlib.sha256(content).hexdigest() for content in files_of)


def test_the_entries_of_cases_are_those_of_every_step_and_no_other(year):
    steps = Counter(step for (step,) in year.query("SELECT entry_type FROM case_entries"))
    cases, happened = year.told["end"]["cases"], year.told["happen"]
    before, after = (
        {case["case"] for case in cases if case["state"] == "closed"}
        for _people, cases in (happened["before"], happened["after"])
    )
    assert len(after - before) == 1  # that of somebody who died

    referred = len(FOUND) + len(NEW_BY_FORMS)
    december = sum(row["programme"] in ("dibao", "elderly-80") for row in FOUND)
    not_seen = len(story.UNPAID_DIBAO) + 4  # refused, dibao and old age too little, one not paid
    assert steps == {
        "opened": len(cases),
        "referred": referred,
        "decided": referred - sum(row["programme"] == "student-aid" for row in FOUND),
        "receipt_seen": december - not_seen + 2,
        "closed": len(story.CLOSINGS) + 1,
        "checked": 1,
        "verified": 2,
        "found_again": len(story.STOPPED),
        "reopened": 1,
    }
