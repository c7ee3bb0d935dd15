"""What the shipped pack must say of itself, whatever its examples say of its rules."""

import datetime as dt
from fractions import Fraction

import pytest

from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import load_checked_pack
from tests.support.tiny_packs import as_truth, home, person, receipt, rows_of

T, F, U = True, False, None
PACK = load_checked_pack(find_shipped_pack())
DAY = dt.date(2024, 12, 10)
ADULT = {"birth_date": "1984-01-01", "disability_grade": "none", "self_care": "none"}
CHILD = {"birth_date": "2014-01-01", "disability_grade": "none", "self_care": "none"}


def indicator(name, *members, receipts=(), **facts):
    row, _members = rows_of(PACK, home(members, receipts, **facts), DAY)
    return as_truth(row[format_column_name(ColumnKind.INDICATOR, name)])


def test_there_are_thirty_programmes_and_each_has_what_a_caseworker_reads():
    silent = [
        f"{programme.id}.{criterion.id}"
        for programme in PACK.programmes.values()
        for criterion in programme.criteria
        if not (criterion.says.zh and criterion.says.en and criterion.article)
    ]

    assert (len(PACK.programmes), silent) == (30, [])


def test_every_assumed_value_has_a_question_for_the_district():
    assumed = {
        parameter.id
        for parameter in PACK.parameters.values()
        if any(value.confidence == "assumed" for value in parameter.values)
    }

    assert [name for name in assumed if PACK.parameters[name].question is None] == []


def test_no_name_of_a_list_and_no_heading_of_receipts_stands_for_two_programmes():
    for names in ("roster_names", "receipt_headers"):
        listed = [
            name for programme in PACK.programmes.values() for name in getattr(programme, names)
        ]

        assert sorted(set(listed)) == sorted(listed)


def test_no_heading_means_two_facts():
    listed = [header for fact in PACK.facts.values() for header in fact.headers]

    assert sorted(set(listed)) == sorted(listed)


def test_the_weights_of_priority_sum_to_one_and_two_indicators_meet_the_cutoff_exactly():
    weights = [Fraction(indicator.weight) for indicator in PACK.priority.indicators]

    assert (len(weights), sum(weights)) == (13, 1)
    assert weights[0] * 2 == Fraction(PACK.priority.cutoff)


@pytest.mark.parametrize(
    "one, other",
    [
        ("disability-living", "tekun"),
        ("disability-care", "tekun"),
        ("orphan", "tekun"),
        ("unsupported-child", "tekun"),
        ("rigid-expenditure", "dibao"),
        ("rigid-expenditure", "tekun"),
        ("rigid-expenditure", "edge"),
        ("edge", "dibao"),
        ("disability-living", "unsupported-child"),
        ("elderly-care", "disability-care"),
        ("dibao", "tekun"),
    ],
)
def test_the_table_of_what_excludes_what_is_in_the_pack(one, other):
    excluded = {exclusion.programme for exclusion in PACK.programmes[one].excludes}

    assert other in excluded


def test_what_the_law_lets_go_together_is_not_excluded():
    assert "disability-care" not in {
        exclusion.programme
        for name in ("disability-living", "unsupported-child", "dibao")
        for exclusion in PACK.programmes[name].excludes
    }


@pytest.mark.parametrize("name", ["dibao", "edge", "dibao-single"])
def test_dibao_takes_twenty_working_days_where_the_street_confirms_it(name):
    (limit,) = PACK.programmes[name].time_limits

    assert PACK.programmes[name].time_limit_working_days == 30
    assert (limit.working_days, limit.setting, limit.choice) == (
        20,
        "dibao_confirmed_by",
        "street",
    )


def test_what_has_no_rules_says_why_and_what_is_rural_says_that_it_does_not_apply():
    reasons = {programme.id: programme.reason.en for programme in PACK.not_encoded}

    assert reasons["yulu-plan"].startswith("Not applicable: urban")
    assert {"old-age-allowance", "urban-poverty-register"} <= reasons.keys()


@pytest.mark.parametrize(
    "name, facts, truth",
    [
        ("food", {"has_enough_food": 0}, T),
        ("food", {"has_enough_food": 1}, F),
        ("food", {}, U),
        ("clothing", {"has_enough_clothing": 0}, T),
        ("clothing", {"has_enough_clothing": 1}, F),
        ("clothing", {}, U),
        ("unsafe-housing", {"housing_is_safe": 0}, T),
        ("unsafe-housing", {"housing_is_safe": 1}, F),
        ("unsafe-housing", {}, U),
        *(("sudden-hardship", {"sudden_hardship": cause}, T) for cause in ("fire", "accident")),
        *(("sudden-hardship", {"sudden_hardship": cause}, T) for cause in ("disaster", "other")),
        *(("sudden-hardship", {"sudden_hardship": cause}, F) for cause in ("illness", "none")),
        ("sudden-hardship", {"sudden_hardship": "job_loss"}, F),
        ("sudden-hardship", {}, U),
        ("sudden-illness", {"sudden_hardship": "illness"}, T),
        ("sudden-illness", {"sudden_hardship": "fire"}, F),
        ("sudden-illness", {}, U),
        ("lost-job", {"sudden_hardship": "job_loss"}, T),
        ("lost-job", {"sudden_hardship": "fire"}, F),
        ("lost-job", {}, U),
    ],
)
def test_an_indicator_reads_what_is_stated_of_the_household(name, facts, truth):
    assert indicator(name, person(), **facts) is truth


@pytest.mark.parametrize(
    "name, member, truth",
    [
        ("out-of-school", {"birth_date": "2018-12-10", "school_stage": "none"}, T),
        ("out-of-school", {"birth_date": "2018-12-11", "school_stage": "none"}, F),
        ("out-of-school", {"birth_date": "2008-12-11", "school_stage": "none"}, T),
        ("out-of-school", {"birth_date": "2008-12-10", "school_stage": "none"}, F),
        ("out-of-school", {"birth_date": "2014-01-01", "school_stage": "primary"}, F),
        ("out-of-school", {"birth_date": "2014-01-01"}, U),
        ("schooling-costs", {"schooling_cost": 1}, T),
        ("schooling-costs", {"schooling_cost": 0}, F),
        ("schooling-costs", {}, U),
        ("uninsured", {"is_insured": 0}, T),
        ("uninsured", {"is_insured": 1}, F),
        ("uninsured", {}, U),
        ("grave-illness", {"serious_illness": 1}, T),
        ("grave-illness", {"serious_illness": 0}, F),
        ("grave-illness", {}, U),
        ("medical-costs", {"medical_own_cost": 336600}, F),  # 935 x 0.3 x 12 = 3366 yuan a year
        ("medical-costs", {"medical_own_cost": 336601}, T),
        ("medical-costs", {}, U),
        ("severe-without-care", {"disability_grade": "grade3"}, F),
        ("severe-without-care", {"disability_grade": "grade2"}, U),
    ],
)
def test_an_indicator_reads_what_is_stated_of_a_member(name, member, truth):
    assert indicator(name, person(**member)) is truth


@pytest.mark.parametrize("says, truth", [("yes", F), ("no", T)])
def test_a_severely_disabled_person_is_without_care_where_the_subsidy_is_known_not_to_come(
    says, truth
):
    stated = receipt("disability-care", says, "sheet")

    asked = person([stated], disability_grade="grade1")

    assert indicator("severe-without-care", asked) is truth


@pytest.mark.parametrize(
    "carer, other, truth",
    [
        ({}, {}, T),
        ({"birth_date": "2006-12-10"}, {}, T),  # 18 today
        ({"birth_date": "2006-12-11"}, {}, F),
        ({"birth_date": "1964-12-11"}, {}, T),  # 60 tomorrow
        ({"birth_date": "1964-12-10"}, {}, F),
        ({"disability_grade": "grade2"}, {}, F),
        ({"self_care": "full"}, {}, F),
        ({"self_care": "partly"}, {}, T),
        ({"self_care": None}, {}, U),
        ({}, {"birth_date": "2008-12-11"}, T),  # 16 tomorrow
        ({}, {"birth_date": "2008-12-10"}, F),
        ({}, {"birth_date": "1950-01-01"}, F),
        ({}, {"birth_date": "1950-01-01", "disability_grade": "grade1"}, T),
        ({}, {"birth_date": "1950-01-01", "self_care": "full"}, T),
        ({}, {"birth_date": "1984-01-01"}, F),
    ],
)
def test_a_sole_carer_is_one_able_adult_beside_somebody_who_needs_care(carer, other, truth):
    members = person(**ADULT | carer), person(**CHILD | other)

    assert indicator("sole-carer", *members) is truth


def test_two_able_adults_beside_a_child_are_no_sole_carer():
    assert indicator("sole-carer", person(**ADULT), person(**ADULT), person(**CHILD)) is F
