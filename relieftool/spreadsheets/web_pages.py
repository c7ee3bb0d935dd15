"""Reads web pages and Spreadsheet-2003 XML that are named .xls; used in the child process only.

Cells are returned word for word. All tables of a page are put on one sheet, below each other; each
line of text between them becomes a row.
"""

import email
import email.policy
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from relieftool.spreadsheets.archive_guard import RefusedError
from relieftool.spreadsheets.grid import HiddenParts, MergedCells
from relieftool.spreadsheets.workbook_reader import ReadSheet, convert_cell
from relieftool.values.text import Cell

_MARKUP = re.compile(r"\s*(?:<[!?a-zA-Z]|MIME-Version:)")
_XML_2003 = "urn:schemas-microsoft-com:office:spreadsheet"
_SS, _X = f"{{{_XML_2003}}}", "{urn:schemas-microsoft-com:office:excel}"
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_MIDNIGHT = re.compile(r"T00:00:00(?:\.0+)?$")
_MOST_COLUMNS, _MOST_ROWS, _MOST_SPAN = 1 << 14, 1 << 20, 1000
_NOT_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_UNSHOWN = ("script", "style", "title")
_BLOCKS = ("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "body", "center", "li")


def is_web_page(text: str) -> bool:
    """Whether a text begins like a web page, a web archive or XML."""
    return _MARKUP.match(text) is not None


def read_web_page(text: str) -> Iterator[ReadSheet]:
    """Return the sheets of a web page or an XML workbook.

    Raises:
        RefusedError: The text has no table or sheet in it, or a table or sheet is too large.
    """
    if _XML_2003 in text and "<html" not in text[:2000].lower():
        yield from _read_xml(text)
        return
    sheets = [sheet for page in _split_pages(text) if (sheet := _read_page(page)) is not None]
    if not sheets:
        raise RefusedError("markup")
    yield from sheets


def _split_pages(text: str) -> Iterator[str]:
    """Return the pages of a file: the pages in a web archive (.mht), or else the whole text."""
    if not text.lstrip().startswith("MIME-Version:"):
        yield text
        return
    message = email.message_from_string(text.lstrip(), policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            charset = part.get_content_charset() or "utf-8"
            known = charset if charset in ("utf-8", "gb2312", "gbk", "gb18030", "big5") else "utf-8"
            known = "gb18030" if known.startswith("gb") else known
            yield content.decode(known, "replace") if isinstance(content, bytes) else ""


def _read_page(page: str) -> ReadSheet | None:
    """Return a page as a sheet; None if it has no table."""
    reader = _PageParser()
    reader.feed(page)
    reader.close()
    reader.finish()
    if not reader.has_table:
        return None
    return ReadSheet("", reader.rows, reader.merged, hidden=reader.hidden)


@dataclass
class _OpenCell:
    """The cell being read: its text so far, and the numbers of columns and rows it covers."""

    columns: int
    rows: int
    parts: list[str] = field(default_factory=list)


class _PageParser(HTMLParser):
    """Reads the tables of a page; a table inside a cell is read as the text of that cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[Cell]] = []
        self.merged: list[MergedCells] = []
        self.hidden = HiddenParts()
        self.has_table = False
        self._columns = 0
        self._depth = 0
        self._unshown = 0
        self._cell: _OpenCell | None = None
        self._row: list[Cell] | None = None
        self._covered: dict[int, set[int]] = {}
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, row or cell; begin a new line at a block of text."""
        if tag in _UNSHOWN:
            self._unshown += 1
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                self._end_text()
                self.has_table = True
                self._columns = 0
        elif tag == "col" and self._depth == 1:
            self._add_columns(attrs)
        elif tag == "tr" and self._depth == 1:
            self._end_row()
            self._row = []
            if _is_hidden(attrs):
                self.hidden.rows.append((len(self.rows), len(self.rows)))
        elif tag in ("td", "th") and self._depth == 1:
            self._end_cell()
            stated = dict(attrs)
            self._cell = _OpenCell(
                _parse_span(stated.get("colspan")), _parse_span(stated.get("rowspan"))
            )
        elif tag == "br" or (tag in _BLOCKS and self._cell is not None):
            self.handle_data("\n")
        elif tag in _BLOCKS:
            self._end_text()

    def _add_columns(self, attributes: Iterable[tuple[str, str | None]]) -> None:
        """Add the description of one or several columns."""
        first = self._columns
        self._columns += _parse_span(dict(attributes).get("span"))
        if _is_hidden(attributes):
            self.hidden.columns.append((first, self._columns - 1))

    def handle_endtag(self, tag: str) -> None:
        """Close a table, row or cell, or the line of a block of text."""
        if tag in _UNSHOWN:
            self._unshown = max(0, self._unshown - 1)
        elif tag == "table" and self._depth:
            if self._depth == 1:
                self._end_row()
                self._covered = {}
            self._depth -= 1
        elif tag == "tr" and self._depth == 1:
            self._end_row()
        elif tag in ("td", "th") and self._depth == 1:
            self._end_cell()
        elif tag in _BLOCKS and self._cell is None:
            self._end_text()

    def handle_data(self, data: str) -> None:
        """Add text to the open cell, or to the line between tables."""
        if not self._unshown:
            (self._text if self._cell is None else self._cell.parts).append(data)

    def finish(self) -> None:
        """Add the row or the text that was still open at the end of the page."""
        self._end_row()
        self._end_text()

    def _end_text(self) -> None:
        text = " ".join("".join(self._text).split())
        self._text = []
        if text and self._depth == 0:
            self.rows.append([text])

    def _end_cell(self) -> None:
        """Add the open cell to its row, after any columns that merged cells above cover."""
        cell, self._cell = self._cell, None
        if cell is None:
            return
        if self._row is None:
            self._row = []
        number, row = len(self.rows), self._row
        while len(row) in self._covered.get(number, ()):
            row.append(None)
        lines = ("".join(cell.parts)).strip("\r\n\t ").split("\n")
        left = len(row)
        row.append("\n".join(line.strip("\r\t ") for line in lines) or None)
        row += [None] * (cell.columns - 1)
        if len(row) > _MOST_COLUMNS or number > _MOST_ROWS:
            raise RefusedError("too-large")
        if cell.columns > 1 or cell.rows > 1:
            self._merge(number, left, cell)

    def _merge(self, number: int, left: int, cell: _OpenCell) -> None:
        """Record a merged cell, and the columns that it covers in the rows below."""
        right = left + cell.columns - 1
        self.merged.append((number, left, number + cell.rows - 1, right))
        for below in range(number + 1, number + cell.rows):
            self._covered.setdefault(below, set()).update(range(left, right + 1))

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self._covered.pop(len(self.rows), None)
            self.rows.append(self._row)
            self._row = None


def _is_hidden(attributes: Iterable[tuple[str, str | None]]) -> bool:
    """Whether the attributes of a row or column say that it is not shown."""
    stated = dict(attributes)
    return "hidden" in stated or _NOT_SHOWN.search(stated.get("style") or "") is not None


def _parse_span(text: str | None) -> int:
    """Return the number of columns or rows a cell covers, at most 1000; 1 if it is not stated.

    It is 1 also for a text that is not in digits, or longer than five characters.
    """
    is_number = text is not None and text.isascii() and text.strip().isdigit() and len(text) < 6  # noqa: PLR2004
    return min(max(int(text or 1), 1), _MOST_SPAN) if is_number else 1


def _read_xml(text: str) -> Iterator[ReadSheet]:
    """Return the sheets of a Spreadsheet-2003 XML workbook; raise RefusedError if it has none."""
    body = _DECLARATION.sub("", text.lstrip("\ufeff"), count=1).encode("utf-8", "replace")
    sheets: list[_XmlSheet] = []
    for event, element in iterparse(BytesIO(body), events=("start", "end"), forbid_dtd=True):
        if event == "start":
            if element.tag == f"{_SS}Worksheet":
                sheets.append(_XmlSheet(element.get(f"{_SS}Name", "")))
        elif sheets and element.tag == f"{_SS}Row":
            sheets[-1].add_row(element)
            element.clear()
        elif sheets and element.tag == f"{_SS}Column":
            sheets[-1].add_column(element)
        elif sheets and element.tag == f"{_X}Visible":
            sheets[-1].is_hidden = (element.text or "").strip() != "SheetVisible"
    if not sheets:
        raise RefusedError("markup")
    for sheet in sheets:
        yield ReadSheet(
            sheet.name, sheet.rows, sheet.merged, is_hidden=sheet.is_hidden, hidden=sheet.hidden
        )


@dataclass
class _XmlSheet:
    """A sheet of an XML workbook, as far as it has been read."""

    name: str
    rows: list[list[Cell]] = field(default_factory=list)
    merged: list[MergedCells] = field(default_factory=list)
    is_hidden: bool = False
    hidden: HiddenParts = field(default_factory=HiddenParts)
    columns: int = 0

    def add_column(self, column: Element) -> None:
        """Add the description of one or several columns."""
        first = _find_place(column, self.columns, _MOST_COLUMNS)
        self.columns = first + 1 + _parse_integer(column, "Span")
        if column.get(f"{_SS}Hidden") == "1":
            self.hidden.columns.append((first, self.columns - 1))

    def add_row(self, row: Element) -> None:
        """Add a row with the number that it states, but not above the last row."""
        number = _find_place(row, len(self.rows), _MOST_ROWS)
        if row.get(f"{_SS}Hidden") == "1":
            self.hidden.rows.append((number, number))
        self.rows += [[] for _ in range(number - len(self.rows))]
        cells: list[Cell] = []
        for cell in row.iter(f"{_SS}Cell"):
            column = _find_place(cell, len(cells), _MOST_COLUMNS)
            cells += [None] * (column - len(cells))
            cells.append(_read_xml_value(cell))
            across, down = _parse_integer(cell, "MergeAcross"), _parse_integer(cell, "MergeDown")
            if across or down:
                self.merged.append((number, column, number + down, column + across))
                cells += [None] * min(across, _MOST_COLUMNS)
        self.rows.append(cells)


def _find_place(element: Element, following: int, most: int) -> int:
    """Return the number of a row or column, from 0: as stated, but at least `following`.

    Raise RefusedError if it is not below `most`.
    """
    place = max(_parse_integer(element, "Index") - 1, following)
    if place >= most:
        raise RefusedError("too-large")
    return place


def _parse_integer(element: Element, name: str) -> int:
    """Return an attribute as an integer.

    It is 0 if the attribute is missing, not in digits, or longer than seven digits.
    """
    text = element.get(f"{_SS}{name}", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0  # noqa: PLR2004


def _read_xml_value(cell: Element) -> Cell:
    """Return a cell's value according to its type; the formula if it was saved without a value."""
    found = cell.find(f"{_SS}Data")
    text = "" if found is None else "".join(found.itertext())
    formula = cell.get(f"{_SS}Formula", "")
    if not text:
        return f"={formula.removeprefix('=')}" if formula and found is None else None
    match None if found is None else found.get(f"{_SS}Type"):
        case "Number":
            return _parse_number(text)
        case "DateTime":
            return _MIDNIGHT.sub("", text).replace("T", " ")
        case "Boolean":
            return text.strip() == "1"
        case _:
            return text


def _parse_number(text: str) -> Cell:
    try:
        number = float(text)
    except ValueError:
        return text
    return convert_cell(number) if math.isfinite(number) else text
