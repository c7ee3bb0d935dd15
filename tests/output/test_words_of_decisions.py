"""Every doubt that can be decided has words for a screen, and every choice about it."""

import pytest

from relieftool.errors import Problem
from relieftool.messages import Message
from relieftool.output.imports import build_decisions_result, build_problems_result
from relieftool.store.imports import RecordedProblem
from relieftool.store.problem_decisions import CHOICES, ProblemDecision


@pytest.mark.parametrize("sort", CHOICES)
def test_what_can_be_decided_is_asked_in_words(sort):
    problem = Problem("some-code", Message("a doubt"), row=2, subject=f"{sort}:x")

    result = build_problems_result([RecordedProblem("名单.csv", problem, number=1)])

    (question,) = [line for line in result.tables[0].footer if ": " in line and "(" in line]
    assert not question.startswith(f"{sort}: ")
    assert all(choice in question for choice in CHOICES[sort])


@pytest.mark.parametrize(
    "choice", sorted({choice for choices in CHOICES.values() for choice in choices})
)
def test_what_was_decided_is_listed_in_words(choice):
    decision = ProblemDecision(1, "lives:x", choice, None, None, "王五", "2024-12-01")

    (row,) = build_decisions_result([decision]).shown().tables[0].rows

    assert row[1]
    assert row[1] != choice or choice in ("yes", "no")
