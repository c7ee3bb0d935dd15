"""Spot checks: everybody who draws again draws the same, and the error rate says how sure it is."""

import hashlib
from datetime import date
from fractions import Fraction

import pytest

from relieftool.cases.verify import verify_ledger
from relieftool.errors import ReliefError
from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.fieldwork.error_rates import (
    find_error_rates,
    find_finite_wilson_interval,
    find_wilson_interval,
)
from relieftool.fieldwork.samples import (
    FramedHousehold,
    Revisit,
    Sample,
    SampleResults,
    Stratum,
    build_frame,
    draw_sample,
    draw_strata,
    find_sample_results,
    hash_frame,
    parse_rate,
    parse_strata,
    record_revisit,
)
from relieftool.fieldwork.visits import Visit, VisitLevel, VisitMethod, VisitStep, record_visit
from relieftool.pack.loading import load_pack
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.store.entries import FIELD_CHAINS
from tests.support.ledger_register import new_register

DAY = date(2024, 12, 10)
FRAME = [FramedHousehold(f"A-{n:02}", "甲") for n in range(40)] + [
    FramedHousehold(f"B-{n}", "乙") for n in range(3)
]


@pytest.fixture
def db(tmp_path):
    register = new_register(tmp_path / "relief.db")
    yield register
    register.close()


@pytest.mark.parametrize(
    "rate, drawn",
    [("10%", (1, 4)), ("11%", (1, 5)), ("1%", (1, 1)), ("50%", (2, 20)), ("100%", (3, 40))],
)
def test_each_stratum_gives_its_share_rounded_up_and_at_least_one(rate, drawn):
    strata = draw_strata(FRAME, parse_rate(rate), "7")

    assert tuple(len(one.drawn) for one in strata) == drawn
    assert [one.name for one in strata] == ["乙", "甲"]


def test_the_same_list_in_any_order_and_the_same_seed_give_the_same_sample():
    one = draw_strata(FRAME, Fraction(1, 10), "7")

    assert draw_strata(FRAME[::-1], Fraction(1, 10), "7") == one
    assert draw_strata(FRAME, Fraction(1, 10), "8") != one


def test_the_draw_is_the_one_anybody_can_compute_by_hand():
    import hmac  # noqa: PLC0415 the same thing by another way

    numbers = sorted(
        (hmac.new(b"7", f"A-{n:02}".encode(), hashlib.sha256).hexdigest(), f"A-{n:02}")
        for n in range(40)
    )

    assert draw_strata(FRAME, Fraction(1, 10), "7")[1].drawn == tuple(
        sorted(number for _key, number in numbers[:4])
    )


def test_the_hash_of_the_list_is_over_numbers_and_strata_in_order():
    frame = [FramedHousehold("B", "乙"), FramedHousehold("A", "甲")]

    assert hash_frame(frame) == hashlib.sha256("A\t甲\nB\t乙\n".encode()).hexdigest()


@pytest.mark.parametrize("text", ["0", "0%", "101%", "1.01", "-5%", "x", "", "1/0"])
def test_what_is_no_share_is_refused(text):
    with pytest.raises(ReliefError, match="is no share of households"):
        parse_rate(text)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("community", ("community",)),
        ("status,community", ("community", "status")),
        ("community， status", ("community", "status")),
        ("", ()),
    ],
)
def test_strata_are_read_in_one_order(text, expected):
    assert parse_strata(text) == expected


def test_what_is_nothing_to_stratify_by_is_refused():
    with pytest.raises(ReliefError, match="'colour' is nothing to stratify by"):
        parse_strata("colour")


@pytest.mark.parametrize(
    "by, strata",
    [
        ((), {"all"}),
        (("community",), {"河口下", "花园"}),
        (("community", "status"), {"河口下/undetermined", "花园/undetermined"}),
    ],
)
def test_the_list_is_all_households_of_the_register_by_stratum(db, by, strata):
    frame = build_frame(db, load_pack(find_shipped_pack()), DAY, by)

    assert [one.household_no for one in frame] == ["HK-1", "HK-2", "HY-1"]
    assert {one.stratum for one in frame} == strata


@pytest.mark.parametrize(
    "method, drawn_from", [(VisitMethod.HOME, ["HK-1"]), (VisitMethod.PHONE, [])]
)
def test_only_homes_that_were_visited_are_in_the_list_of_those_surveyed(db, method, drawn_from):
    survey(db, method=method)

    frame = build_frame(db, load_pack(find_shipped_pack()), DAY, (), step=VisitStep.SURVEY)

    assert [one.household_no for one in frame] == drawn_from


def survey(db, by=("张三", "李四"), on="2024-12-09", method=VisitMethod.HOME):
    stated = (VisitLevel.COMMUNITY, method, by, "情况属实")
    record_visit(db, Visit("HK-1", on, VisitStep.SURVEY, *stated))


def draw(db, numbers=("HK-1", "HK-2"), rate="100%"):
    frame = [FramedHousehold(number, "河口下") for number in numbers]
    return draw_sample(db, frame, rate=parse_rate(rate), seed="7", on=DAY)


def revisit(db, sample_id=None, **stated):
    said = {"number": "HK-1", "on": "2024-12-12", "agrees": True, "note": None, "by": "赵六"}
    return record_revisit(db, Revisit(*(said | stated).values()), sample_id=sample_id)


@pytest.mark.parametrize(
    "stated", [{"on": "2024-12-10"}, {"by": "王五"}, {"by": "张三", "number": "HK-2"}]
)
def test_a_re_visit_from_the_day_of_the_drawing_on_by_somebody_else_is_kept(db, stated):
    survey(db)
    draw(db)

    revisit(db, **stated)

    assert db.table("revisits").count == 1
    assert verify_ledger(db, chains=FIELD_CHAINS, checks=FIELD_CHECKS) == []


def test_an_empty_list_is_refused(db):
    with pytest.raises(ReliefError, match="there is no household to draw from"):
        draw(db, ())


def test_the_last_word_on_a_household_counts_and_all_stay(db):
    draw(db)
    revisit(db, agrees=False, note="人数不符")
    revisit(db)

    results = find_sample_results(db)

    assert (results.revisits["HK-1"].agrees, db.table("revisits").count) == (True, 2)
    assert verify_ledger(db, chains=FIELD_CHAINS, checks=FIELD_CHECKS) == []


def test_the_newest_sample_is_meant_unless_another_is_named(db):
    draw(db, ("HK-1",))
    draw(db, ("HK-2",))

    revisit(db, sample_id=1)

    assert (find_sample_results(db).revisits, list(find_sample_results(db, 1).revisits)) == (
        {},
        ["HK-1"],
    )


@pytest.mark.parametrize(
    "stated, words",
    [
        ({"number": "HY-1"}, "this household is not in sample 1"),
        ({"number": "HX"}, "no household has this number"),
        ({"agrees": False}, "--note: says nothing"),
        ({"by": " "}, "--by: names nobody"),
        ({"sample_id": 9}, "there is no such sample"),
        ({"on": "2024-12-09"}, "--on: sample 1 was drawn on 2024-12-10, after 2024-12-09"),
        ({"by": "张三"}, "--visitor: surveyed this household"),
        ({"by": "李　四 "}, "--visitor: surveyed this household"),
    ],
)
def test_a_result_that_fits_nothing_is_refused(db, stated, words):
    survey(db)
    draw(db)

    with pytest.raises(ReliefError, match=words):
        revisit(db, **stated)

    assert db.table("revisits").count == 0


def test_a_re_visit_of_a_day_before_the_last_one_takes_its_place_no_more(db):
    draw(db)
    revisit(db, on="2024-12-13", agrees=False, note="收入不符")

    with pytest.raises(ReliefError, match="--on: a re-visit of 2024-12-13 is recorded already"):
        revisit(db, on="2024-12-12")
    revisit(db, on="2024-12-13")

    assert [one.agrees for one in find_sample_results(db).revisits.values()] == [True]


def test_without_a_sample_the_way_to_draw_one_is_told(db):
    with pytest.raises(ReliefError, match="no such sample\n`relief sample --rate"):
        find_sample_results(db)


@pytest.mark.parametrize(
    "errors, drawn, frame, expected",
    [
        # by hand: 5 drawn of 9 are worth 5 x 8/4 = 10 cases, and Wilson of 2 in 10 follows
        (1, 5, 9, (0.0567, 0.5098)),
        # 10 of 46 are worth 10 x 45/36 = 12.5; of 2.5 in 12.5
        (2, 10, 46, (0.0642, 0.4769)),
    ],
)
def test_wilsons_interval_of_a_finite_list_agrees_with_figures_by_hand(
    errors, drawn, frame, expected
):
    assert find_finite_wilson_interval(errors, drawn, frame) == pytest.approx(expected, abs=5e-5)


def test_the_weighted_interval_agrees_with_figures_by_hand():
    # Weights 0.8 and 0.2, rates 1/10 and 2/4: 0.18. The variance in shares is
    # 0.64 x 70/79 / 10 + 0.04 x 16/19 / 4 = 0.0567089 + 0.0084211 = 0.0651299, so worth 15.3539.
    overall = find_error_rates(results((80, 10, 10, 1), (20, 4, 4, 2)))[-1]

    assert overall.rate == Fraction(18, 100)
    assert overall.wilson == pytest.approx(find_wilson_interval(0.18 * 15.3539, 15.3539), abs=1e-5)
    assert overall.wilson == pytest.approx((0.06063, 0.42745), abs=5e-5)


@pytest.mark.parametrize(
    "strata, is_approximate",
    [
        ([(90, 10, 10, 1), (10, 5, 5, 2)], True),
        ([(90, 10, 10, 1)], False),
        ([(9, 9, 9, 1), (5, 5, 5, 2)], False),
        ([(90, 10, 10, 1), (10, 5, 0, 0)], False),
    ],
)
def test_only_an_interval_weighted_over_strata_is_called_approximate(strata, is_approximate):
    *parts, overall = find_error_rates(results(*strata))

    assert overall.is_approximate == is_approximate
    assert not any(one.is_approximate for one in parts)
    if len(parts) == 1:
        assert overall.wilson == parts[0].wilson


@pytest.mark.parametrize("errors, drawn, frame", [(0, 5, 20), (2, 10, 50), (10, 10, 30)])
def test_an_interval_holds_the_rate_and_closes_when_all_are_counted(errors, drawn, frame):
    low, high = find_finite_wilson_interval(errors, drawn, frame)

    assert low <= errors / drawn <= high
    assert low < high
    assert find_finite_wilson_interval(errors, frame, frame) == (errors / frame, errors / frame)


def results(*strata):
    """Return results from strata of (households, drawn, re-visited, errors)."""
    made, revisits = [], {}
    for name, (households, drawn, seen, errors) in enumerate(strata):
        numbers = tuple(f"{name}-{n}" for n in range(drawn))
        made.append(Stratum(str(name), households, numbers))
        revisits |= {
            number: Revisit(number, "2024-12-12", place >= errors, None, "赵六")
            for place, number in enumerate(numbers[:seen])
        }
    sample = Sample(1, "2024-12-10", "1/10", "7", (), None, "0" * 64, tuple(made))
    return SampleResults(sample, revisits)


def test_strata_weigh_by_their_sizes_and_not_by_what_was_drawn():
    *strata, overall = find_error_rates(results((90, 10, 10, 1), (10, 10, 10, 10)))

    assert [one.rate for one in strata] == [Fraction(1, 10), Fraction(1)]
    assert overall.rate == Fraction(90, 100) * Fraction(1, 10) + Fraction(10, 100)
    assert overall.wilson[0] < 0.19 < overall.wilson[1]


@pytest.mark.parametrize("seen", [(0, 5), (5, 0), (0, 0)])
def test_while_a_stratum_has_no_re_visit_the_rate_over_all_is_not_known(seen):
    overall = find_error_rates(results((50, 5, seen[0], 0), (50, 5, seen[1], 0)))[-1]

    assert (overall.rate, overall.wilson) == (None, None)
    assert overall.outstanding == 10 - sum(seen)


def test_of_all_households_visited_the_rate_is_certain():
    overall = find_error_rates(results((20, 20, 20, 1), (5, 5, 5, 0)))[-1]

    assert overall.wilson == (0.04, 0.04)
