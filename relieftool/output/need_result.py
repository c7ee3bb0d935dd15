"""What families say they need beside what was done, for people and programs."""

from collections.abc import Sequence

from relieftool.fieldwork.measures import format_measure_kind
from relieftool.fieldwork.needs import AnsweredNeed
from relieftool.messages import _
from relieftool.output.form_words import format_need
from relieftool.output.masking import MaskableText, build_sentence, hide_value
from relieftool.output.result import RecordTable, Result, ResultColumn
from relieftool.spreadsheets.form_row_keys import NeedKind


def build_needs_result(needs: Sequence[AnsweredNeed]) -> Result:
    """Return the needs and how far each is answered."""
    table = needs_table(needs)
    answer = {"relief_result": 1, "command": "needs", "needs": table.documents()}
    return Result(answer, (table,))


def needs_table(needs: Sequence[AnsweredNeed]) -> RecordTable[AnsweredNeed]:
    """Return the table of needs; a family's own words are private."""
    return RecordTable(_("What families need"), _columns(), needs)


def _columns() -> tuple[ResultColumn[AnsweredNeed], ...]:
    states = {"open": _("still open"), "planned": _("planned"), "done": _("done")}
    return (
        ResultColumn(
            "household_no",
            _("Household"),
            is_whole=True,
            value=lambda need: need.stated.household_no,
        ),
        ResultColumn("stated_on", _("Stated on"), value=lambda need: need.stated.stated_on),
        ResultColumn("need", _("Need"), value=lambda need: need.stated.need, words=_need_words),
        ResultColumn("words", only="json", unit="private", value=lambda need: need.stated.words),
        ResultColumn("state", _("State"), words=lambda need: states[need.state]),
        ResultColumn("measure_kinds", only="json", value=lambda need: need.kinds),
        ResultColumn(
            "measures",
            _("Measures that answer it"),
            is_wide=True,
            value=lambda need: [measure.measure_id for measure in need.measures],
            words=lambda need: _(", ").join(format_measure_kind(kind) for kind in need.kinds),
        ),
    )


def _need_words(need: AnsweredNeed) -> MaskableText:
    word = format_need(need.stated.need)
    if need.stated.need is not NeedKind.WORDS:
        return word
    return build_sentence(_("{label}: {value}"), label=word, value=hide_value(need.stated.words))
