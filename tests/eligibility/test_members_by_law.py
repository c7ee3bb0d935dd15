"""Spouse, minor children and students count wherever they live; others as the list says."""

import pytest

from relieftool.eligibility.evaluation import evaluate_register
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules.statement import load_checked_pack
from tests.support.tiny_packs import DAY, home, person, register_of

PINGXIANG = load_checked_pack(find_shipped_pack())
GROWN = {"birth_date": "1984-05-01", "school_stage": "none", "employment": "employed"}


def evaluated(other, **facts):
    """Return the household of a head and somebody who is said to live elsewhere."""
    away = person(**{"lives_together": 0, **GROWN} | other)
    household = home([person(**GROWN, kinship="head"), away], **facts)
    with register_of(PINGXIANG, household) as db:
        evaluation = evaluate_register(db, PINGXIANG, DAY)
    (found,) = evaluation.households
    return found, found.evaluator(evaluation.statement)


@pytest.mark.parametrize(
    "other, lives",
    [
        ({"kinship": "spouse"}, 1),
        ({"kinship": "child"}, 0),
        ({"kinship": "child", "birth_date": "2006-12-11"}, 1),
        ({"kinship": "child", "birth_date": "2006-12-10"}, 0),
        ({"kinship": "child", "birth_date": None}, None),
        ({"kinship": "child", "school_stage": "college"}, 1),
        ({"kinship": "child", "employment": "student"}, 1),
        ({"kinship": "grandchild", "birth_date": "2014-05-01"}, 0),
        ({"kinship": "sibling"}, 0),
        ({"kinship": None}, None),
        ({"kinship": None, "lives_together": 1}, 1),
        ({"kinship": None, "lives_together": None}, 1),
    ],
)
def test_who_counts_follows_from_kinship_before_the_list(other, lives):
    household, evaluator = evaluated(other)

    assert household.members[1].row["lives"] == lives
    assert evaluator.suppose({(1, "sex"): "male"}).members[1]["lives"] == lives


@pytest.mark.parametrize(
    "stated, size", [(None, 2), (1, 2), (2, 2), (3, None)], ids=["no", "at home", "all", "more"]
)
def test_a_stated_number_of_those_at_home_agrees_with_the_spouse_who_is_away(stated, size):
    household, evaluator = evaluated({"kinship": "spouse"}, stated_size=stated)

    assert household.row["size"] == size
    known = evaluator.size.known
    assert (None if known is None else int(known)) == size


@pytest.mark.parametrize(
    "answers, lives",
    [
        ({"kinship": "spouse"}, 1),
        ({"kinship": "other"}, 0),
        ({"lives_together": 1}, 1),
        ({"kinship": "child", "birth_date": "2014-05-01"}, 1),
    ],
)
def test_an_answer_settles_who_counts(answers, lives):
    _household, evaluator = evaluated({"kinship": None})

    supposed = evaluator.suppose({(1, name): value for name, value in answers.items()})

    assert supposed.members[1]["lives"] == lives
    assert supposed.size.known == 1 + lives
