"""A condition with one truth for everybody is reported after a run."""

import datetime as dt
import json

import pytest

from relieftool.api.gap_answers import describe_gaps
from relieftool.eligibility.gaps import find_gaps
from relieftool.eligibility.priority import find_priority
from relieftool.output.priority import build_priority_result
from tests.support.tiny_packs import DAY, home, pack_of, person, programme, register_of

TEN = 10


def criteria_of(pack, *homes):
    with register_of(pack, *homes) as db:
        return find_gaps(db, pack, DAY).uniform


def indicators_of(pack, *homes):
    with register_of(pack, *homes) as db:
        return find_priority(db, pack, DAY).uniform


def found_in(homes, criteria="cars > 0", unit="household", **keys):
    pack = pack_of([programme("aid", unit, criteria, **keys)])
    return [
        (constant.programme, constant.criterion, constant.truth, constant.count)
        for constant in criteria_of(pack, *homes)
    ]


@pytest.mark.parametrize("facts, truth", [({"cars": 1}, True), ({"cars": 0}, False), ({}, None)])
def test_one_truth_for_every_household_is_found(facts, truth):
    assert found_in([home(**facts)] * TEN) == [("aid", "it", truth, TEN)]


@pytest.mark.parametrize("other", [{"cars": 0}, {}])
def test_a_condition_that_differs_once_is_not(other):
    assert found_in([*[home(cars=1)] * TEN, home(**other)]) == []


@pytest.mark.parametrize("count", [1, 9])
def test_in_few_households_chance_alone_makes_many_alike(count):
    assert found_in([home(cars=1)] * count) == []


def test_a_members_condition_counts_members():
    homes = [home([person(is_ill=1), person(is_ill=1)])] * TEN

    assert found_in(homes, "is_ill", "member") == [("aid", "it", True, 2 * TEN)]


def test_a_members_condition_without_any_members_is_not_reported():
    assert found_in([home()] * TEN, "is_ill", "member") == []


def test_a_programme_not_in_force_is_not_asked():
    assert found_in([home(cars=1)] * TEN, in_force_from=dt.date(2025, 1, 1)) == []


@pytest.mark.parametrize(
    "facts, truth", [({"is_safe": 0}, True), ({"is_safe": 1}, False), ({}, None)]
)
def test_an_indicator_with_one_truth_for_every_household_is_found(facts, truth):
    assert [
        (constant.programme, constant.criterion, constant.truth, constant.count)
        for constant in indicators_of(pack_of(), *[home(**facts)] * TEN)
    ] == [("priority", "unsafe", truth, TEN)]


def test_an_indicator_that_differs_or_few_households_are_not():
    assert indicators_of(pack_of(), *[home(is_safe=1)] * TEN, home(is_safe=0)) == ()
    assert indicators_of(pack_of(), home(is_safe=1)) == ()


def test_the_answers_list_them():
    pack = pack_of([programme("aid", criteria={"a": "cars > 0", "b": "is_urban", "c": "is_safe"})])
    with register_of(pack, *[home(cars=1, is_urban=0)] * TEN) as register:
        gaps = find_gaps(register, pack, DAY)
        priority = find_priority(register, pack, DAY)

    listed = describe_gaps(gaps).answer().uniform
    assert [(constant.criterion, constant.truth) for constant in listed] == [
        ("a", True),
        ("b", False),
        ("c", None),
    ]
    assert build_priority_result(priority).document["uniform"] == [
        {"programme": "priority", "criterion": "unsafe", "truth": None, "count": TEN}
    ]


def test_only_json_says_it_of_a_real_list(relief, tmp_path):
    lines = ["户编号,姓名,与户主关系,社区,家庭月收入,住房是否安全"]
    lines += [f"N-{number},王{number},户主,北湾,{number}00,是" for number in range(1, 13)]
    (tmp_path / "北湾困难户.csv").write_text("\n".join(lines), "utf-8")
    assert relief("import", "北湾困难户.csv").exit_code in (0, 3)

    gaps, priority = (relief(name, "--as-of", "2024-12-10") for name in ("gaps", "priority"))

    assert "for everybody" not in gaps.stderr + gaps.stdout + priority.stderr
    answer = json.loads(relief("priority", "--format", "json").stdout)
    assert {"programme", "criterion", "truth", "count"} == set(answer["uniform"][0])
