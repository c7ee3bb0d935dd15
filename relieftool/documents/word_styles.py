"""Fonts, column widths and repeated heads of Word files, for which the library has no words."""

from collections.abc import Sequence

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.styles.style import ParagraphStyle
from docx.table import Table

_THEMES = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")  # go before any named font


def set_fonts(style: ParagraphStyle, latin: str, chinese: str) -> None:
    """Set the fonts of a style, for Latin letters and for Chinese characters."""
    style.font.name = latin
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in _THEMES:
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), chinese)


def speak_chinese(document: Document) -> None:
    """Mark Chinese characters as simplified Chinese: a comma then stands at the lower left."""
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def set_widths(table: Table, widths: Sequence[float]) -> None:
    """Set the widths of a table's columns in centimetres; call it once all rows are there."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:  # some programs go by the cells
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)


def repeat_head(table: Table) -> None:
    """Show the first row of a table on every page that it runs over."""
    mark = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 the library has no word for it
