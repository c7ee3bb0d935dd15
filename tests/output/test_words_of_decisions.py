"""Every doubt about rows is asked in words, and takes its answers in either language."""

import pytest

from relieftool.errors import Problem
from relieftool.messages import Message, in_language
from relieftool.output.imports import build_problems_result
from relieftool.store.imports import RecordedProblem
from relieftool.store.problem_decisions import (
    DOUBTS,
    format_answer,
    format_answers,
    list_accepted,
    read_answer,
)

ANSWERS = [(sort, answer) for sort in DOUBTS for answer in list_accepted(f"{sort}:x")]


@pytest.mark.parametrize("sort", DOUBTS)
def test_what_is_in_doubt_is_asked_in_words_below_the_problems(sort):
    problem = Problem("some-code", Message("a doubt"), row=2, subject=f"{sort}:x")

    result = build_problems_result([RecordedProblem("名单.csv", problem, number=1)])

    (question,) = [line for line in result.tables[0].footer if "?" in line]
    assert str(DOUBTS[sort].asks) in question
    assert format_answers(sort) in question


@pytest.mark.parametrize("sort, answer", ANSWERS)
def test_every_answer_is_chinese_on_a_chinese_screen_and_is_taken_so(sort, answer):
    with in_language("zh"):
        words = format_answer(answer)

    assert not any(letter.isascii() and letter.isalpha() for letter in words)
    if not answer.rpartition(":")[2].isupper():
        assert read_answer(f"{sort}:x", words) == answer
        assert read_answer(f"{sort}:x", format_answer(answer)) == answer
