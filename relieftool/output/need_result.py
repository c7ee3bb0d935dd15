"""What families say they need beside what was done, for people and programs."""

from collections.abc import Sequence

from relieftool.fieldwork.measures import kind_word
from relieftool.fieldwork.needs import AnsweredNeed
from relieftool.messages import _
from relieftool.output.form_words import need_word
from relieftool.output.masking import Words, private, sentence
from relieftool.output.result import Column, Result, Table
from relieftool.spreadsheets.form_marks import Need


def needs_result(needs: Sequence[AnsweredNeed]) -> Result:
    """Return the needs and how far each is answered."""
    table = needs_table(needs)
    answer = {"relief_result": 1, "command": "needs", "needs": table.documents()}
    return Result(answer, (table,))


def needs_table(needs: Sequence[AnsweredNeed]) -> Table[AnsweredNeed]:
    """Return the table of needs; a family's own words are private."""
    return Table(_("What families need"), _columns(), needs)


def _columns() -> tuple[Column[AnsweredNeed], ...]:
    states = {"open": _("still open"), "planned": _("planned"), "done": _("done")}
    return (
        Column(
            "household_no",
            _("Household"),
            is_whole=True,
            value=lambda need: need.stated.household_no,
        ),
        Column("stated_on", _("Stated on"), value=lambda need: need.stated.stated_on),
        Column("need", _("Need"), value=lambda need: need.stated.need, words=_need_words),
        Column("words", only="json", unit="private", value=lambda need: need.stated.words),
        Column("state", _("State"), words=lambda need: states[need.state]),
        Column("measure_kinds", only="json", value=lambda need: need.kinds),
        Column(
            "measures",
            _("Measures that answer it"),
            is_wide=True,
            value=lambda need: [measure.measure_id for measure in need.measures],
            words=lambda need: _(", ").join(kind_word(kind) for kind in need.kinds),
        ),
    )


def _need_words(need: AnsweredNeed) -> Words:
    word = need_word(need.stated.need)
    if need.stated.need is not Need.WORDS:
        return word
    return sentence(_("{label}: {value}"), label=word, value=private(need.stated.words))
