"""What families say they need beside what was done, for people and programs."""

from collections.abc import Sequence

from relieftool.fieldwork.measures import kind_word
from relieftool.fieldwork.needs import AnsweredNeed
from relieftool.messages import _
from relieftool.output.cells import Cell
from relieftool.output.form_words import need_word
from relieftool.output.masking import HIDDEN
from relieftool.output.result import Column, Columns, Grid, Result
from relieftool.spreadsheets.form_marks import Need


def needs_result(needs: Sequence[AnsweredNeed], *, is_revealed: bool) -> Result:
    """Give the needs and how far each is answered; a family's own words are private."""
    document = {
        "relief_result": 1,
        "command": "needs",
        "needs": [_document(one, is_revealed=is_revealed) for one in needs],
    }
    columns: Columns = (
        Column("household_no", _("Household"), is_whole=True),
        Column("stated_on", _("Stated on")),
        Column("need", _("Need")),
        Column("state", _("State")),
        Column("measures", _("Measures that answer it"), is_wide=True),
    )
    rows = [_row(one, is_revealed=is_revealed) for one in needs]
    return Result(document, (Grid(_("What families need"), columns, rows),))


def _document(one: AnsweredNeed, *, is_revealed: bool) -> dict[str, object]:
    return {
        "household_no": one.stated.household_no,
        "stated_on": one.stated.stated_on,
        "need": one.stated.need,
        "words": _words(one, is_revealed=is_revealed),
        "state": one.state,
        "measure_kinds": list(one.kinds),
        "measures": [measure.measure_id for measure in one.measures],
    }


def _words(one: AnsweredNeed, *, is_revealed: bool) -> str | None:
    return one.stated.words if is_revealed or one.stated.words is None else HIDDEN


def _row(one: AnsweredNeed, *, is_revealed: bool) -> list[Cell]:
    states = {"open": _("still open"), "planned": _("planned"), "done": _("done")}
    words = _words(one, is_revealed=is_revealed)
    need = need_word(one.stated.need)
    if one.stated.need is Need.WORDS:
        need = _("{label}: {value}").format(label=need, value=words)
    kinds = _(", ").join(kind_word(kind) for kind in one.kinds)
    return [one.stated.household_no, one.stated.stated_on, need, states[one.state], kinds]
