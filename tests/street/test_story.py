"""A year of the sample street through the real commands, each figure counted a second time here.

First the lists and cases, then what happens at homes, and the ledger at the end of the year.
All of it is one file, because one worker lives the year for the tests of a file.
"""

import hashlib
import hmac
import math
from collections import Counter
from datetime import date

import pytest

from tests.support import story
from tests.support import story_files as files
from tests.support.story import FOUND, NEW_BY_FORMS, TRUTH

pytestmark = pytest.mark.slow
FIRST = [row for row in TRUTH if row["status"] == "priority"]
ASKED_PROGRAMMES = {"dibao", "edge", "tekun", "student-aid", "temporary-aid"}


def by_state(cases, programme=None):
    return Counter(one["state"] for one in cases if programme in (None, one["programme"]))


def opened_on(cases, day):
    return {
        (one["household_no"], one["programme"], one["member_no"])
        for one in cases
        if one["opened_on"] == day
    }


def state_of(cases, household, programme):
    (found,) = (
        one for one in cases if (one["household_no"], one["programme"]) == (household, programme)
    )
    return found["state"]


def unlocked_by_dibao(year, households):
    """Count what was planted as opened by a claim of dibao, of households that get it now."""
    heads = {year.heads()[number][2] for number in households}
    return Counter(
        (row["head_id"], row["programme"])
        for row in TRUTH
        if row["status"] == "unlocked" and row["head_id"] in heads
    )


def new_by_head(year, cases, day):
    heads = year.heads()
    return Counter(
        (heads[household][2], programme)
        for household, programme, _member in opened_on(cases, day)
        if (household, programme) not in NEW_BY_FORMS
    )


def test_in_december_every_planted_gap_and_priority_household_gets_its_case(year):
    heads, told = year.heads(), year.told["screen"]

    opened = Counter((heads[one["household_no"]][2], one["programme"]) for one in told["cases"])

    planted = Counter((row["head_id"], row["programme"]) for row in FOUND + FIRST)
    assert opened == planted
    assert f"Opened {len(FOUND)} cases; 0 had one already." in told["gaps"]["words"]
    assert f"Opened {len(FIRST)} cases; 0 had one already." in told["priority"]["words"]


def test_each_department_is_sent_its_own_cases_and_no_name_or_number_in_full(year):
    sent, departments = year.told["refer"]["sent"], files.departments()
    names, numbers = zip(*[row[1:] for row in year.heads().values()], strict=True)

    cells = {str(cell) for rows in sent.values() for row in rows for cell in row.values()}

    expected = Counter(departments[row["programme"]] for row in FOUND)
    assert {name: len(rows) for name, rows in sent.items()} == expected
    assert not cells & {name for name in names if len(name) > 1}
    assert not cells & set(numbers)


def test_what_was_referred_waits_for_its_department_and_is_not_sent_again(year):
    told = year.told["refer"]

    assert by_state(told["cases"]) == {"referred": len(FOUND), "found": len(FIRST)}
    assert "No case waits to be referred" in told["again"].stderr


def test_a_time_limit_of_30_working_days_passes_over_new_years_day_and_puts_overdue_first(year):
    cases = year.told["refer"]["cases"]
    dibao = [one for one in cases if one["programme"] == "dibao"]

    due, overdue = {one["due_on"] for one in dibao}, [one["is_overdue"] for one in cases]

    # 13 + 14 days of December from the 12th on, less the week-ends, then 16 more from 2 January
    assert due == {date(2025, 1, 23).isoformat()}
    assert all(one["is_overdue"] for one in dibao)
    assert overdue == sorted(overdue, reverse=True)


def test_forms_go_out_to_exactly_the_households_with_something_open(year):
    heads = year.heads()

    going = sorted(heads[name][2] for name in year.told["survey"]["sheets"])

    assert going == sorted({row["head_id"] for row in TRUTH if row["status"] == "undetermined"})


def test_the_forms_that_came_back_are_visits_and_the_blank_one_is_none(year):
    read = year.told["survey"]["read"]
    visits = year.query("SELECT household_no FROM visits WHERE visited_on = '2024-12-17'")

    filled = len(story.ANSWERS) + 1  # with the better one; what came back blank counts for nothing
    assert f"Forms: {filled}. Written down: visits {filled}, needs 1." in read.stderr
    assert {one for (one,) in visits} == {*story.ANSWERS, story.BETTER}


def test_findings_become_what_the_answers_say(year):
    said = {
        (one["household_no"], one["programme"], one["status"])
        for one in year.told["survey"]["gaps"]["findings"]
        if one["household_no"] in story.ANSWERS and one["programme"] in ASKED_PROGRAMMES
    }

    decided = {(number, programme, "unclaimed") for number, programme in NEW_BY_FORMS}
    assert said == decided | {("YT20240057", "dibao", "undetermined")}


def test_only_what_the_answers_brought_up_gets_a_new_case(year):
    told = year.told["survey"]

    new = {one[:2] for one in opened_on(told["cases"], "2024-12-18")}

    # who is gravely ill and has 300 yuan for two now comes first too
    assert new == NEW_BY_FORMS | {("HK20240007", "priority")}
    better = year.case(story.BETTER, "priority")
    assert (
        f"No longer found, and no receipt seen; look into them (1): {better}."
        in (told["priority"]["words"])
    )


def test_every_row_of_a_decision_list_is_used_but_the_one_that_fits_no_case(year):
    told = year.told["decide"]

    assert all(
        (decided, problems) == (rows, ["case-unknown"])
        for rows, decided, problems in told["counts"].values()
    )
    waiting = sum(row["programme"] == "student-aid" for row in FOUND)
    referred = len(FOUND) + len(NEW_BY_FORMS)
    assert by_state(told["cases"]) == {
        "decided": referred - waiting,
        "referred": waiting,
        "found": len(FIRST) + 1,
    }
    granted = [one["decision"] for one in told["cases"] if one["state"] == "decided"]
    assert Counter(granted) == {"granted": referred - waiting - 1, "refused": 1}


def test_who_is_on_decembers_lists_in_full_is_seen_and_nobody_else(year):
    told = year.told["pay_december"]
    dibao = sum(row["programme"] == "dibao" for row in FOUND)
    age = sum(row["programme"] == "elderly-80" for row in FOUND)

    unpaid = len(story.UNPAID_DIBAO) + 2  # refused, too little
    by_forms = sum(programme == "dibao" for _number, programme in NEW_BY_FORMS)
    assert len(told["paid"]) == dibao - len(story.UNPAID_DIBAO) - 1
    assert by_state(told["cases"], "dibao") == {
        "receipt_seen": dibao - unpaid,
        "decided": unpaid + by_forms,
    }
    assert by_state(told["cases"], "elderly-80")["receipt_seen"] == age - 2
    assert f"Receipt seen ({dibao - unpaid + age - 2}): " in told["gaps"]["words"]


def test_what_dibao_opens_is_new_in_december_and_how_long_cases_are_open_is_said(year):
    told = year.told["pay_december"]

    new = new_by_head(year, told["cases"], "2024-12-31")

    expected = unlocked_by_dibao(year, told["paid"])
    assert set(new) == set(expected)
    assert f"Opened {expected.total()} cases; " in told["gaps"]["words"]
    closable = len(FOUND) + len(NEW_BY_FORMS)
    assert f"Open cases: {closable}, the longest for 21 days." in told["gaps"]["words"]


def test_closings_that_lack_something_are_refused(year):
    own, priority, silent = year.told["refused"]

    assert [one.exit_code for one in (own, priority, silent)] == [1, 1, 1]
    assert "is the person who closed the case" in own.stderr
    assert "the household still meets the priority rule" in priority.stderr
    assert "--evidence: says nothing" in silent.stderr


def test_a_closing_says_its_outcome_evidence_and_whether_it_is_verified(year):
    told = year.told["close"]

    verified = {
        (one["household_no"], one["programme"]): one["verified"]
        for one in told["before"]
        if one["state"] == "closed"
    }

    assert [one.exit_code for one in told["said"]] == [0] * len(story.CLOSINGS)
    assert hashlib.sha256(told["letter"].read_bytes()).hexdigest() in told["said"][0].stderr
    assert verified == {(one[0], one[1]): None for one in story.CLOSINGS} | {
        ("DY20240012", "elderly-80"): True,
        ("HK20240029", "elderly-80"): True,
        ("YT20240035", "dibao"): False,
        ("SC20240006", "elderly-80"): False,
        (story.BETTER, "priority"): True,
    }


def test_an_unchecked_closing_is_shown_as_one_until_somebody_else_checks_it(year):
    told = year.told["close"]
    closed = [one for one in told["before"] if one["state"] == "closed"]

    checked = Counter(one["checked_by"] for one in closed)

    assert checked == Counter(one[3] for one in story.CLOSINGS)
    assert (told["own"].exit_code, "is the person who closed" in told["own"].stderr) == (1, True)
    # since then one of those without a name was checked
    assert told["shown"].count("unchecked") == checked[None] - 1
    assert told["shown"].count("closed, unverified") == 2


def test_januarys_lists_verify_what_was_closed_before_and_open_again_what_stopped(year):
    told = year.told["pay_january"]
    verified = [year.case("SC20240006", "elderly-80"), year.case("YT20240035", "dibao")]
    stopped = [year.case(number, "elderly-80") for number in story.STOPPED]

    assert f"now verified by a roster (2): {', '.join(sorted(verified))}." in told["read"].stderr
    assert f"Came back, and open again (2): {', '.join(sorted(stopped))}." in told["gaps"]["words"]
    assert by_state(told["cases"])["reopened"] == len(story.STOPPED)


def test_january_sees_the_two_paid_late_and_opens_only_what_their_dibao_brings(year):
    told = year.told["pay_january"]
    seen = [year.case(story.LITTLE_DIBAO, "dibao"), year.case(story.UNPAID_AGE, "elderly-80")]

    new = new_by_head(year, told["cases"], "2025-01-31")

    expected = unlocked_by_dibao(year, [story.UNPAID_DIBAO[0]])
    assert f"Receipt seen (2): {', '.join(sorted(seen))}." in told["gaps"]["words"]
    assert set(new) == set(expected)
    assert f"Opened {expected.total()} cases; " in told["gaps"]["words"]


def test_a_reopening_needs_its_reason_and_keeps_what_was_before(year):
    silent = year.told["pay_january"]["silent"]
    number = year.case(story.CHANGED_MIND, "edge")

    steps = [
        step
        for (step,) in year.query(
            f"SELECT entry_type FROM case_entries WHERE case_no = '{number}' ORDER BY entry_id"
        )
    ]

    assert (silent.exit_code, "--reason: says nothing" in silent.stderr) == (1, True)
    assert steps == ["opened", "referred", "decided", "closed", "reopened"]


def test_every_event_of_the_year_was_written_down_and_the_ledger_holds(year):
    told = year.told["happen"]

    assert told["codes"] == [0] * 7, told["words"]
    assert told["verify"]["broken"] == []


def test_a_death_a_birth_a_divorce_a_marriage_and_a_return_are_counted(year):
    told = year.told["happen"]
    before, after = told["before"][0], told["after"][0]
    elsewhere = next(place for place in before if place == "桥北")

    # 河口下: one died, one was born, one married elsewhere; one household became two
    homes, people = before["河口下"]
    assert told["away"]["河口下"] == (homes + 1, people - 1 + 1 - 1 - 1)
    assert after["河口下"] == (homes + 1, people - 1 + 1 - 1)
    homes, people = before[elsewhere]
    assert after[elsewhere] == (homes, people + 1)
    rest = before.keys() - {"河口下", elsewhere}
    assert {place: after[place] for place in rest} == {place: before[place] for place in rest}


def test_the_new_head_signs_and_who_came_back_is_who_left(year):
    told = year.told["happen"]
    headed, returned = told["homes"][4:6]

    assert told["head"] == [(f"{headed}-02",)]
    assert len(told["back"]) == 1
    assert returned in {change["household_no"] for change in told["january"]["changes"]}


def test_the_table_of_each_month_tells_what_happened_in_it_and_adds_up(year):
    told = year.told["happen"]
    dead, born, parted, _married, _headed, returned, spouse_home = told["homes"]

    def of(month, counted):
        return {
            (change["kind"], change["household_no"])
            for change in told[month]["changes"]
            if change["counted"] == counted
        }

    assert of("december", "members") == {
        *(("died", dead), ("came", born), ("moved", spouse_home), ("moved-out", returned)),
    }
    assert of("december", "households") == {("split", f"{parted}-2")}
    assert of("january", "members") == {("came", returned)}
    for count in (*told["december"]["counts"], *told["january"]["counts"]):
        came = count["new"] + count["came"] + count["split"] + count["arrived"]
        went = [count[kind] for kind in ("died", "moved_out", "stopped", "unlisted", "moved")]
        assert count["before"] + came - sum(went) == count["after"]


def test_the_cases_of_who_died_or_left_are_closed_and_no_others(year):
    told = year.told["happen"]
    dead, _born, _parted, _married, _headed, returned, _spouse = told["homes"]
    before = {case["case"] for case in told["before"][1] if case["state"] != "closed"}

    closed = {case["case"] for case in told["after"][1] if case["case"] in before
              and case["state"] == "closed"}  # fmt: skip

    gone = {f"{dead}-02", f"{returned}-02"}
    members = year.query("SELECT case_no, member_no FROM cases")
    assert closed == {case for case, member in members if member in gone and case in before}


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
