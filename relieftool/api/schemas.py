"""The contract of the answers as JSON Schema, made from their models."""

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from relieftool.api.answers import AnswerPart
from relieftool.api.explanation_answers import ExplainAnswer
from relieftool.api.gap_answers import GapsAnswer, VisitListAnswer
from relieftool.api.question_answers import (
    AnsweredQuestionsAnswer,
    CommunityQuestionsAnswer,
    FileQuestionsAnswer,
    QuestionsAnswer,
)

# Each command line that gives an answer, and the model of its JSON.
ANSWERS: dict[str, type[AnswerPart]] = {
    "gaps": GapsAnswer,
    "gaps --status undetermined": VisitListAnswer,
    "questions": QuestionsAnswer,
    "questions --closed": AnsweredQuestionsAnswer,
    "questions --per community": CommunityQuestionsAnswer,
    "questions --per file": FileQuestionsAnswer,
    "explain HOUSEHOLD": ExplainAnswer,
}


def build_schema() -> dict[str, object]:
    """Return one JSON Schema (2020-12): any of the answers, each under its command line."""
    mode: JsonSchemaMode = "serialization"
    references, schema = models_json_schema([(model, mode) for model in ANSWERS.values()])
    answers = {line: references[model, mode] for line, model in ANSWERS.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "relief_result 1",
        "anyOf": list(answers.values()),
        "answers": answers,
        "$defs": schema["$defs"],
    }
