"""The answer of `relief pack show --assumed`: what to ask, and the command that answers it."""

import datetime as dt
from collections.abc import Sequence

from relieftool.authoring.pack_questions import LawQuestion
from relieftool.eligibility.rule_warnings import find_first_day_without
from relieftool.messages import _
from relieftool.output.pack_head import build_pack_document, format_set_command
from relieftool.output.result import Columns, PlainTable, Result, ResultColumn
from relieftool.output.wording import format_programme
from relieftool.output.words_of_packs import format_parameter_value
from relieftool.pack.models import Pack


def build_law_questions_result(
    pack: Pack, as_of: dt.date, questions: Sequence[LawQuestion]
) -> Result:
    """Give the questions for people and programs."""
    document = {
        "relief_result": 1,
        "command": "pack show",
        "as_of": as_of.isoformat(),
        "pack": build_pack_document(pack, as_of),
        "questions": [_question_document(pack, one, as_of) for one in questions],
    }
    return Result(document, (_questions_table(pack, questions, as_of),))


def _question_document(pack: Pack, one: LawQuestion, as_of: dt.date) -> dict[str, object]:
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


def _command(pack: Pack, one: LawQuestion, as_of: dt.date) -> str | None:
    """Write the command that answers a question; None where no value would."""
    if not one.is_parameter:
        return None
    parameter = pack.parameters[one.id]
    day = find_first_day_without(parameter, as_of) if one.value is None else one.value.from_
    return format_set_command(one.id, day)


def _questions_table(pack: Pack, questions: Sequence[LawQuestion], as_of: dt.date) -> PlainTable:
    """Give the questions, one a row."""
    rows = [
        [
            one.id,
            str(one.label),
            _("none") if one.value is None else format_parameter_value(pack, one.id, one.value),
            "" if one.value is None else one.value.source,
            str(one.question or ""),
            _("; ").join(format_programme(pack, name) for name in one.rests),
            _command(pack, one, as_of) or "",
        ]
        if one.is_parameter
        else [one.id, str(one.label), "", "", str(one.question), "", ""]
        for one in questions
    ]
    columns: Columns = (
        ResultColumn("id", _("Id"), is_whole=True),
        ResultColumn("label", _("Meaning")),
        ResultColumn("value", _("Value now")),
        ResultColumn("source", _("Source"), is_wide=True),
        ResultColumn("question", _("Question"), is_wide=True),
        ResultColumn("programmes", _("Programmes that rest on it"), is_wide=True),
        ResultColumn("command", _("The command that answers it"), is_wide=True),
    )
    title = _("To ask the district office, as of {day}").format(day=as_of.isoformat())
    return PlainTable(title, columns, rows)
