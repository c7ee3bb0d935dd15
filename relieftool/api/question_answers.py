"""The answers of `relief questions`: what is open, what was answered, and how many are open."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from relieftool.api.answers import AnswerPart, AnswerSource, DatedHead, Head, ShownText, read_fields
from relieftool.eligibility.question_records import (
    AnsweredQuestion,
    OpenQuestion,
    QuestionKind,
    QuestionSums,
)
from relieftool.output.questions import format_answer_command, write_in_language
from relieftool.output.result_cells import HiddenValue
from relieftool.output.wording import build_document_head
from relieftool.pack.models import Pack


class QuestionAnswer(AnswerPart):
    """A question, as it is asked and answered by its number."""

    question: int | None = Field(description="Its number; null until an import has given it one.")
    kind: QuestionKind
    text_zh: str = Field(description="Its words in Chinese.")
    text_en: str = Field(description="Its words in English.")


class OpenQuestionAnswer(QuestionAnswer):
    """A question that is open: whom it touches, what hangs on it, and how it is answered."""

    households: int = Field(description="How many households it touches.")
    household_nos: tuple[str, ...]
    at_stake_fen_per_month: int | None = Field(
        description="The most they could be owed, less what is sure; null: no sum is known."
    )
    rests_fen_per_month: int | None = Field(
        description="What claims bring that rest on an assumed value of the law; else null."
    )
    answers: tuple[str, ...] = Field(description="What it takes; capitals stand for a value.")
    command: str = Field(description="What to type to answer it.")
    is_open: Literal[True]
    member_no: str | None = Field(description="What it is about: this and the next seven.")
    fact: str | None
    programme: str | None
    parameter: str | None
    file: str | None
    sheet: str | None
    row: int | None
    column: str | None
    choices: tuple[str, ...] = Field(description="Likely answers.")


class AnsweredQuestionAnswer(QuestionAnswer):
    """A question that was answered: with what, by whom and when."""

    answer: ShownText | None = Field(description="null: it is private.")
    by: str | None = Field(description="null: the name was forgotten.")
    answered_on: str
    source: str | None
    is_inert: bool = Field(description="Whether its import was taken back, so that it is idle.")
    is_open: Literal[False]


class QuestionFigures(AnswerPart):
    """How many questions are open somewhere, and what hangs on them."""

    questions: int
    households: int = Field(description="Each counts once.")
    at_stake_fen_per_month: int


class CommunityQuestions(QuestionFigures):
    """The open questions of a community."""

    community: str


class FileQuestions(QuestionFigures):
    """The open questions that a file leaves."""

    file: str


class QuestionsAnswer(DatedHead):
    """The answer of `relief questions`: what is open, the most at stake first."""

    questions: tuple[OpenQuestionAnswer, ...]


class AnsweredQuestionsAnswer(Head):
    """The answer of `relief questions --closed`: what was answered."""

    questions: tuple[AnsweredQuestionAnswer, ...]


class CommunityQuestionsAnswer(DatedHead):
    """The answer of `relief questions --per community`."""

    communities: tuple[CommunityQuestions, ...]


class FileQuestionsAnswer(DatedHead):
    """The answer of `relief questions --per file`."""

    files: tuple[FileQuestions, ...]


def describe_questions(
    questions: Sequence[OpenQuestion], pack: Pack, as_of: dt.date
) -> AnswerSource[QuestionsAnswer]:
    """Return what the answer with the open questions is made from."""
    return AnswerSource(
        QuestionsAnswer,
        lambda: {
            **build_document_head("questions", as_of, pack),
            "questions": (_read_open(question) for question in questions),
        },
    )


def _read_open(asked: OpenQuestion) -> dict[str, object]:
    """Return the records of each field of an open question."""
    return {
        **_read_question(asked),
        **vars(asked.topic),
        **read_fields(OpenQuestionAnswer, asked),
        "households": len(asked.households),
        "household_nos": sorted(asked.households),
        "command": format_answer_command(asked),
        "is_open": True,
    }


def _read_question(asked: OpenQuestion | AnsweredQuestion) -> dict[str, object]:
    """Return the records of what all questions have."""
    texts = {f"text_{language}": write_in_language(asked, language) for language in ("zh", "en")}
    return {"question": asked.number, "kind": asked.kind, **texts}


def describe_answered(
    answered: Sequence[AnsweredQuestion],
) -> AnswerSource[AnsweredQuestionsAnswer]:
    """Return what the answer with the answered questions is made from."""
    return AnswerSource(
        AnsweredQuestionsAnswer,
        lambda: {
            "relief_result": 1,
            "command": "questions",
            "questions": (_read_answered(question) for question in answered),
        },
    )


def _read_answered(asked: AnsweredQuestion) -> dict[str, object]:
    """Return the records of each field of an answered question."""
    answer = HiddenValue(asked.answer, None) if asked.is_private else asked.answer
    fields = read_fields(AnsweredQuestionAnswer, asked)
    return {**_read_question(asked), **fields, "answer": answer, "is_open": False}


def describe_sums(
    sums: Sequence[QuestionSums], per: Literal["community", "file"], pack: Pack, as_of: dt.date
) -> AnswerSource[CommunityQuestionsAnswer] | AnswerSource[FileQuestionsAnswer]:
    """Return what the answer with the number of questions per community or file is made from."""
    head = build_document_head("questions", as_of, pack)

    def list_sums() -> list[dict[str, object]]:
        return [{per: each.name, **read_fields(QuestionFigures, each)} for each in sums]

    if per == "file":
        return AnswerSource(FileQuestionsAnswer, lambda: {**head, "files": iter(list_sums())})
    return AnswerSource(
        CommunityQuestionsAnswer, lambda: {**head, "communities": iter(list_sums())}
    )
