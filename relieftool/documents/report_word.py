"""The report as a Word file, which an office edits: its sections, and the list of what is owed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from relieftool.documents.report import Report
from relieftool.documents.word_styles import (
    repeat_head,
    set_fonts,
    set_widths,
    speak_chinese,
)
from relieftool.messages import _
from relieftool.output.files import replace_file
from relieftool.output.month_changes import format_signatures
from relieftool.output.result import PlainTable, RecordTable
from relieftool.output.result_cells import format_cell
from relieftool.values.screen_text import escape_invisible, measure_width

_FONT, _CHINESE_FONT = "Times New Roman", "仿宋"
_HEADING_FONT = "黑体"
_MARGIN_CM, _WIDTH_CM, _HEIGHT_CM = 2.0, 21.0, 29.7
_WIDEST, _PADDING = 22, 6  # letters
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
    document.add_heading(_("Owed and not received"), 1)
    _add_table(document, _choose_unclaimed(report))
    _say(document, [*report.foot, format_signatures()])
    with replace_file(path) as beside:
        document.save(str(beside))


def _choose_unclaimed(report: Report) -> RecordTable[Any]:
    """Return the list of findings with only those that are unclaimed."""
    findings = report.lists[0]
    unclaimed = [
        finding
        for finding in findings.table.records
        if "status:unclaimed" in findings.find_marks(finding)
    ]
    return replace(findings.table, records=unclaimed)


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
    set_widths(table, _share_width(texts))
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


def _share_width(texts: Sequence[Sequence[str]]) -> list[float]:
    """Return the widths of columns in cm: by their longest text, up to a limit, over the page."""
    wanted = [
        min(_WIDEST, max(map(measure_width, column))) + _PADDING
        for column in zip(*texts, strict=True)
    ]
    return [(_WIDTH_CM - 2 * _MARGIN_CM) * width / sum(wanted) for width in wanted]
