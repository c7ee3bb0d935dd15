"""The truth of a damaged street lies within the bounds, and the questions lead to it."""

from statistics import median

import pytest

from tests.streets.damages import DAMAGES
from tests.streets.judging import FEW, draw, judge

SEED = 20261130
STREETS = 100
WIDEST = 1 / 5


def test_the_truth_lies_within_the_bounds_and_every_answer_leads_to_it(tmp_path):
    verdicts = [judge(tmp_path / str(number), SEED, number) for number in range(STREETS)]

    # python -m tests.streets 1 20261130 NUMBER shows the street
    assert {place: each.faults for place, each in enumerate(verdicts) if each.faults} == {}
    assert median(each.width for each in verdicts if len(each.damages) <= FEW) <= WIDEST


@pytest.mark.parametrize("name", sorted(DAMAGES))
def test_every_damage_changes_what_the_files_say(name):
    whole, damaged = draw(SEED, 1, ())[0], draw(SEED, 1, (name,))[0]

    assert [sheet.shown() for sheet in damaged.sheets] != [sheet.shown() for sheet in whole.sheets]


def test_the_same_number_draws_the_same_street():
    first, again = draw(SEED, 7)[0], draw(SEED, 7)[0]

    assert [sheet.rows() for sheet in first.sheets] == [sheet.rows() for sheet in again.sheets]
