"""The answer of `relief pack show --assumed`: what to ask, and the command that answers it."""

import datetime as dt
from collections.abc import Sequence

from relieftool.messages import _
from relieftool.output.pack_head import pack_document, set_command
from relieftool.output.result import Column, Columns, Grid, Result
from relieftool.output.words_of_findings import programme_word
from relieftool.output.words_of_packs import value_words
from relieftool.pack.models import Pack
from relieftool.pack_questions import Question
from relieftool.unvalued import first_day_without


def questions_result(pack: Pack, as_of: dt.date, questions: Sequence[Question]) -> Result:
    """Give the questions for people and programs."""
    document = {
        "relief_result": 1,
        "command": "pack show",
        "as_of": as_of.isoformat(),
        "pack": pack_document(pack, as_of),
        "questions": [_document(pack, one, as_of) for one in questions],
    }
    return Result(document, (_grid(pack, questions, as_of),))


def _document(pack: Pack, one: Question, as_of: dt.date) -> dict[str, object]:
    return {
        "id": one.id,
        "is_parameter": one.is_parameter,
        "label": str(one.label),
        "value": None if one.value is None else str(one.value.value),
        "source": None if one.value is None else one.value.source,
        "question": None if one.question is None else str(one.question),
        "programmes": list(one.rests),
        "command": _command(pack, one, as_of),
    }


def _command(pack: Pack, one: Question, as_of: dt.date) -> str | None:
    """Write the command that answers a question; None where no value would."""
    if not one.is_parameter:
        return None
    parameter = pack.parameters[one.id]
    day = first_day_without(parameter, as_of) if one.value is None else one.value.from_
    return set_command(one.id, day)


def _grid(pack: Pack, questions: Sequence[Question], as_of: dt.date) -> Grid:
    """Give the questions, one a row."""
    rows = [
        [
            one.id,
            str(one.label),
            _("none") if one.value is None else value_words(pack, one.id, one.value),
            "" if one.value is None else one.value.source,
            str(one.question or ""),
            _("; ").join(programme_word(pack, name) for name in one.rests),
            _command(pack, one, as_of) or "",
        ]
        if one.is_parameter
        else [one.id, str(one.label), "", "", str(one.question), "", ""]
        for one in questions
    ]
    columns: Columns = (
        Column("id", _("Id"), is_whole=True),
        Column("label", _("Meaning")),
        Column("value", _("Value now")),
        Column("source", _("Source"), is_wide=True),
        Column("question", _("Question"), is_wide=True),
        Column("programmes", _("Programmes that rest on it"), is_wide=True),
        Column("command", _("The command that answers it"), is_wide=True),
    )
    title = _("To ask the district office, as of {day}").format(day=as_of.isoformat())
    return Grid(title, columns, rows)
