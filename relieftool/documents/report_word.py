"""The report as a Word file, which an office edits: its sections, and the list of what is owed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from relieftool.documents.report_parts import Report
from relieftool.documents.word_styles import (
    repeat_head,
    set_fonts,
    set_widths,
    speak_chinese,
)
from relieftool.messages import _
from relieftool.output.files import replace_file
from relieftool.output.month_changes import format_signatures
from relieftool.output.result import Column, PlainTable, RecordTable
from relieftool.output.result_cells import format_cell
from relieftool.values.screen_text import escape_invisible, measure_width

_FONT, _CHINESE_FONT = "Times New Roman", "仿宋"
_HEADING_FONT = "黑体"
_MARGIN_CM, _WIDTH_CM, _HEIGHT_CM = 2.0, 21.0, 29.7
_LABEL, _WIDEST, _PADDING = 6, 22, 6  # letters
_LETTER_CM, _PADDING_CM, _LEAST_CM = 0.2, 0.45, 1.1
_MOST_COLUMNS = 12
_MOST_ROWS = 300  # of a list; the web page has all of it


def write_report_word(report: Report, path: Path) -> None:
    """Write the report as a .docx of A4 pages; private values are masked."""
    document = Document()
    _set_up(document)
    document.add_heading(_clean(report.title), 0)
    _say(document, report.head)
    for section in report.sections:
        document.add_heading(_clean(section.title), 1)
        _say(document, section.lines)
        for figures in section.figures:
            _add_table(document, figures.table)
    _turn_page(document)
    document.add_heading(_("Owed and not received"), 1)
    _add_table(document, _choose_unclaimed(report))
    _say(document, [*report.foot, format_signatures()])
    with replace_file(path) as beside:
        document.save(str(beside))


def _choose_unclaimed(report: Report) -> RecordTable[Any]:
    """Return the list of findings with only those that are unclaimed, which it need not say."""
    findings = report.lists[0]
    columns = [column for column in findings.table.columns if column.key != "status"]
    unclaimed = [
        finding
        for finding in findings.table.records
        if "status:unclaimed" in findings.find_marks(finding)
    ]
    return replace(findings.table, columns=columns, records=unclaimed)


_CLAUSE_END = re.compile(r"(?<=[，；。])|(?<=[,;.] )")


def _say(document: Any, lines: Iterable[str]) -> None:
    """Add lines as paragraphs, without what they say of commands."""
    for line in lines:
        if words := _drop_commands(line):
            document.add_paragraph(_clean(words))


def _drop_commands(line: str) -> str:
    """Return a line without the clauses that name a command: nobody types one there.

    >>> _drop_commands("Open questions: 3. `relief questions` lists them.")
    'Open questions: 3.'
    """
    clauses = _CLAUSE_END.split(line)
    kept = "".join(clause for clause in clauses if "`relief " not in clause).strip()
    return kept if kept == line else re.sub("[，；]$", "。", re.sub("[,;]$", ".", kept))


def _clean(text: str) -> str:
    """Return a text that XML can hold; a percent sign stays on the line of its number."""
    return escape_invisible(text).replace(" %", "\u00a0%")


def _set_up(document: Any) -> None:
    """Set the paper, the fonts for both writings, and the number of the page at its foot."""
    speak_chinese(document)
    page = document.sections[0]
    page.page_width, page.page_height = Cm(_WIDTH_CM), Cm(_HEIGHT_CM)
    for edge in ("left", "right", "top", "bottom"):
        setattr(page, f"{edge}_margin", Cm(_MARGIN_CM))
    for name, chinese in (
        ("Normal", _CHINESE_FONT),
        *((heading, _HEADING_FONT) for heading in ("Title", "Heading 1")),
    ):
        set_fonts(document.styles[name], _FONT, chinese)
    document.styles["Normal"].font.size = Pt(11)
    document.styles["Title"].font.size = Pt(20)
    _add_page_number(page.footer.paragraphs[0])


def _turn_page(document: Any) -> None:
    """Begin a page that lies on its side, for a long list."""
    page = document.add_section()
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Cm(_HEIGHT_CM), Cm(_WIDTH_CM)


def _add_page_number(paragraph: Any) -> None:
    paragraph.alignment = 1
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001 the library has no fields


def _list_places(shown: PlainTable) -> list[int]:
    """Return the places of the columns on paper: of many, without those that say nothing or 0."""
    places = [place for place, column in enumerate(shown.columns) if not column.is_for_files]
    if len(places) <= _MOST_COLUMNS:
        return places
    return [
        place
        for place in places
        if any(format_cell(row[place]) not in ("", "0") for row in shown.rows)
    ]


def _add_table(document: Any, records: RecordTable[Any]) -> None:
    """Add a table below its title, its head on every page; the notes come below."""
    shown = records.shown(is_revealed=False, is_screen=True)
    places = _list_places(shown)
    title = document.add_paragraph(style="Caption")
    title.add_run(_clean(shown.title))
    title.paragraph_format.keep_with_next = True
    rows = shown.rows[:_MOST_ROWS]
    table = document.add_table(len(rows) + 1, len(places), style="Table Grid")
    repeat_head(table)
    texts = [[shown.columns[place].label for place in places]]
    texts += [[format_cell(row[place]) for place in places] for row in rows]
    page = document.sections[-1]
    room = page.page_width.cm - 2 * _MARGIN_CM
    set_widths(table, _share_width([shown.columns[place] for place in places], texts, room))
    for number, (row, line) in enumerate(zip(table.rows, texts, strict=True)):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 not in the library
        for cell, text, place in zip(row.cells, line, places, strict=True):
            (paragraph,) = cell.paragraphs
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(_clean(text))
            run.font.size, run.bold = Pt(9), number == 0
            paragraph.alignment = 2 if shown.columns[place].justify == "right" else None
    left_out = len(shown.rows) - len(rows)
    more = [_("{count} more rows are in the web page.").format(count=left_out)] if left_out else []
    _say(document, (*shown.footer, *more))


def _share_width(
    columns: Sequence[Column[Any]], texts: Sequence[Sequence[str]], room: float
) -> list[float]:
    """Return the widths of columns in cm that fill the room together.

    Numbers and what is typed again are not broken; the others share what is left by their longest
    texts, up to a limit.
    """
    longest = [max(map(measure_width, each)) for each in zip(*texts, strict=True)]
    labels = [min(_LABEL, measure_width(label)) for label in texts[0]]
    fixed = [
        _LETTER_CM * max([label, *(measure_width(line[place]) for line in texts[1:])]) + _PADDING_CM
        if column.is_whole or column.justify == "right"
        else 0.0
        for place, (label, column) in enumerate(zip(labels, columns, strict=True))
    ]
    shares = [
        0.0 if width else min(_WIDEST * (1 + column.is_wide), most) + _PADDING
        for width, column, most in zip(fixed, columns, longest, strict=True)
    ]
    left = room - sum(fixed)
    if left < _LEAST_CM * sum(share > 0 for share in shares) or not any(shares):
        shares, left = [width or _LEAST_CM for width in fixed], room
        fixed = [0.0] * len(fixed)
    return [width + left * share / sum(shares) for width, share in zip(fixed, shares, strict=True)]
