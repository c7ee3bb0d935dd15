"""Questions about values of the law as letters to print: one sheet for each office that decides.

An office fills in the last column and sends the file back; `relief answer --file` reads it.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from docx import Document
from docx.document import Document as Letter
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt
from docx.table import Table

from relieftool.documents.word_styles import (
    repeat_head,
    set_fonts,
    set_widths,
    speak_chinese,
)
from relieftool.eligibility.question_records import OpenQuestion
from relieftool.messages import _
from relieftool.output.files import check_no_register, replace_file
from relieftool.output.result_cells import format_yuan
from relieftool.output.wording import format_parameter_value
from relieftool.pack.models import Pack

_WIDTHS = (1.2, 6.6, 3.0, 1.3, 2.3, 1.9, 1.7)  # centimetres, of the table's columns
LETTER_COLUMNS = len(_WIDTHS)
_FONT = "仿宋"


def write_inquiries(
    path: Path, offices: Mapping[str, Sequence[OpenQuestion]], pack: Pack, as_of: dt.date
) -> None:
    """Write a letter to each office with its questions, which have numbers, into one .docx.

    Raises:
        ReliefError: The file is a register or a folder, or cannot be written.
    """
    check_no_register(path)
    letter = Document()
    speak_chinese(letter)
    style = letter.styles["Normal"]
    style.font.size = Pt(10.5)
    set_fonts(style, _FONT, _FONT)
    for place, (office, asked) in enumerate(offices.items()):
        if place:
            letter.add_section(WD_SECTION.NEW_PAGE)
        _add_letter(letter, office, asked, pack, as_of)
    for section in letter.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(1.5)
    with replace_file(path) as beside:
        letter.save(str(beside))


def _add_letter(
    letter: Letter, office: str, asked: Sequence[OpenQuestion], pack: Pack, as_of: dt.date
) -> None:
    """Add the letter to one office: what is asked and why, the table, and room to sign."""
    title = letter.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    words = title.add_run(_("Inquiry about standards"))
    words.bold, words.font.size = True, Pt(18)
    letter.add_paragraph(_("To: {office}").format(office=office))
    sentence = _(
        "To find who is owed a benefit, {area} needs the values below, as of {day}. Please fill in"
        " the last two columns; a row without an answer stays open. The number tells the question:"
        " please leave it as it is."
    )
    letter.add_paragraph(sentence.format(area=pack.area, day=as_of.isoformat()))
    table = letter.add_table(rows=1, cols=len(_WIDTHS), style="Table Grid")
    heads = [_("No."), _("What is asked"), _("Taken for now"), _("Households")]
    _fill(table, 0, [*heads, _("Yuan a month at stake"), _("In force from"), _("Answer")])
    repeat_head(table)
    for question in asked:
        table.add_row()
        _fill(table, -1, _write_row(question, pack, as_of))
    set_widths(table, _WIDTHS)
    letter.add_paragraph()
    letter.add_paragraph(_("Filled in by:                    Day:                    Seal:"))


def _write_row(question: OpenQuestion, pack: Pack, as_of: dt.date) -> tuple[str, ...]:
    """Return the cells of a question; the last two are left for the office."""
    stake = question.at_stake_fen_per_month or question.rests_fen_per_month
    return (
        str(question.number),
        str(question.words),
        _write_present(question, pack, as_of),
        str(len(question.households)),
        "" if stake is None else format_yuan(stake),
        "",
        "",
    )


def _write_present(question: OpenQuestion, pack: Pack, as_of: dt.date) -> str:
    """Return the value that is taken for now, and the choices that there are."""
    name = question.topic.parameter or ""
    parameter = pack.parameters[name]
    value = parameter.in_force(as_of)
    present = _("none") if value is None else format_parameter_value(pack, name, value)
    if not parameter.choices:
        return present
    choices = _(", ").join(str(choice.labels) for choice in parameter.choices)
    return _("{present}; one of: {choices}").format(present=present, choices=choices)


def _fill(table: Table, row: int, texts: Sequence[str]) -> None:
    for cell, text in zip(table.rows[row].cells, texts, strict=True):
        cell.text = text
