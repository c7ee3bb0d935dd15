"""Errors and uncomputed formulas of an .ods, and how far it reaches; in the child process only."""

import zipfile
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from relieftool.spreadsheets.prescan import RefusedError, SheetScan

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
_CELL, _COVERED = f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"
_LONGEST_SIGN = 20


@dataclass
class _Place:
    """Where on a sheet the reader is, and what the row being read holds so far."""

    scan: SheetScan = field(default_factory=SheetScan)
    row: int = 0
    column: int = 0
    marks: dict[int, str] = field(default_factory=dict)
    is_filled: bool = False


def scan_opendocument(archive: zipfile.ZipFile) -> list[SheetScan]:
    """Give, sheet by sheet, the cells of an .ods that hold an error or no result.

    Raises:
        RefusedError: it is locked, is another kind of document, or reaches too far.
    """
    _refuse_locked(archive)
    scans: list[SheetScan] = []
    place = _Place()
    with archive.open("content.xml") as stream:
        for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                if element.tag == f"{_TABLE}table":
                    place = _Place()
                    scans.append(place.scan)
            elif element.tag in (_CELL, _COVERED):
                _read_cell(place, element)
            elif element.tag == f"{_TABLE}table-row":
                _read_row(place, _times(element, "rows"))
                element.clear()
    return scans


def _refuse_locked(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read(
        "META-INF/manifest.xml"
    ):
        raise RefusedError("password")
    kind = archive.read("mimetype") if "mimetype" in names else b"spreadsheet"
    if b"spreadsheet" not in kind:
        raise RefusedError("not-a-spreadsheet")


def _read_cell(place: _Place, cell: Element) -> None:
    """Count one cell and mark it if it shows an error, or a formula without its result."""
    value_type = cell.get(f"{_OFFICE}value-type")
    text = "".join("".join(part.itertext()) for part in cell.iter(_TEXT))
    formula = cell.get(f"{_TABLE}formula")
    times = _times(cell, "columns")
    if value_type is not None or text or formula:
        place.is_filled = True
        place.scan.cells += times
        place.scan.last_column = max(place.scan.last_column, place.column + times - 1)
    is_error = cell.get(f"{_CALC}value-type") == "error" or (formula and text.startswith("#"))
    if is_error:
        place.marks[place.column] = text[:_LONGEST_SIGN] or "#N/A"
    elif formula and value_type is None and not text:
        place.marks[place.column] = f"={formula.rpartition('=')[2]}"
    place.column += times


def _read_row(place: _Place, times: int) -> None:
    """Move on by a row, or by as many as it stands for."""
    for column, mark in place.marks.items():
        place.scan.marks[place.row, column] = mark
    if place.is_filled:
        place.scan.rows += times
        place.scan.last_row = place.row + times
        place.scan.check()
        if place.scan.is_sparse:
            raise RefusedError("too-large")
    place.row += times
    place.column, place.marks, place.is_filled = 0, {}, False


def _times(element: Element, what: str) -> int:
    """Give how often a row or column is repeated; nonsense counts once."""
    text = element.get(f"{_TABLE}number-{what}-repeated", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1  # noqa: PLR2004
