"""Taking a cell, a row or a file away from a street never makes anything surer."""

from random import Random

import pytest

from tests.streets.judging import draw
from tests.streets.removals import HOUSEHOLDS, find_sure, judge_removals, removed

STREETS = 8
TIMES = 4


@pytest.mark.parametrize("number", range(STREETS))
def test_what_is_taken_away_never_adds_a_sure_finding(tmp_path, number):
    assert judge_removals(tmp_path / "street", 20261130, number, TIMES) == []


def test_what_is_taken_away_comes_back():
    scene = draw(1, 1, (), HOUSEHOLDS)[0]
    whole = [sheet.rows() for sheet in scene.sheets]

    for number in range(20):
        with removed(scene, Random(number)) as what:  # noqa: S311 drawn streets
            taken = [sheet.rows() for sheet in scene.sheets]
        assert taken != whole, what

    assert [sheet.rows() for sheet in scene.sheets] == whole


def test_a_roster_taken_for_complete_without_some_who_are_paid_makes_them_sure(tmp_path):
    scene = draw(1, 1, (), HOUSEHOLDS)[0]
    before = find_sure(tmp_path / "before", scene)
    scene.roster("dibao").lines.clear()

    after = find_sure(tmp_path / "after", scene)

    assert [sure for sure in after if not sure.is_among(before)] != []
