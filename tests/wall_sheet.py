"""The sheet to pin on the wall, made from its section in docs/zh/README.md."""

import re
from pathlib import Path

from docx import Document
from docx.shared import Cm, Pt

from relieftool.documents.word_styles import set_fonts, set_widths, speak_chinese

ROOT = Path(__file__).parent.parent
SHEET = ROOT / "docs" / "zh" / "墙上一页.docx"
_TITLE = "## 贴在墙上的一页"


def sheet_rows():
    """Return the rows of the table: what to do, and what to type."""
    lines = [line for line in _section().splitlines() if line.startswith("| ")]
    return [[cell.strip().replace("`", "") for cell in line.split("|")[1:-1]] for line in lines]


def sheet_rules():
    """Return the sentences below the table."""
    return [line[2:].replace("`", "") for line in _section().splitlines() if line[:2] == "- "]


def _section():
    page = (ROOT / "docs" / "zh" / "README.md").read_text("utf-8")
    return re.split("^## ", page.split(_TITLE)[1], flags=re.MULTILINE)[0]


def write_sheet(path):
    """Write the sheet, one page of A4."""
    document = Document()
    speak_chinese(document)
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    for edge in ("left", "right", "top", "bottom"):
        setattr(page, f"{edge}_margin", Cm(1.8))
    for name, font in (("Normal", "仿宋"), ("Title", "黑体")):
        set_fonts(document.styles[name], "Times New Roman", font)
    document.add_heading("relief 常用命令", 0)
    rows = sheet_rows()
    table = document.add_table(len(rows), 2, style="Table Grid")
    set_widths(table, [5.6, 11.8])
    for number, (cells, texts) in enumerate(zip(table.rows, rows, strict=True)):
        for cell, text in zip(cells.cells, texts, strict=True):
            run = cell.paragraphs[0].add_run(text)
            run.font.size, run.bold = Pt(12), number == 0
    document.add_paragraph()
    for rule in sheet_rules():
        document.add_paragraph(rule, style="List Bullet")
    document.save(path)


if __name__ == "__main__":
    write_sheet(SHEET)
