"""Reads workbooks with a parser; used in the child process only.

The parser shows a cell as blank if it has an error, or a formula without a result. Such a cell gets
its mark (see `SheetScan`) instead.
"""

import datetime as dt
import math
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

from defusedxml import ElementTree  # type: ignore[import-untyped]
from python_calamine import (
    CalamineSheet,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from relieftool.spreadsheets.archive_guard import CellMarks, RefusedError, SheetScan
from relieftool.spreadsheets.error_cells import scan_ole_workbook, scan_zip_workbook
from relieftool.spreadsheets.grid import HiddenParts, MergedCells
from relieftool.values.text import Cell

_EXACT_INTEGERS = 10**15
_LOCKED = "EncryptedPackage"
_DOCUMENT, _LARGEST_DOCUMENT = "word/document.xml", 1 << 26
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True)
class ReadSheet:
    """A sheet that is being read; iterate over `rows` to read it, from row 1 and column A on.

    `height` is the approximate number of rows; 0 if it is not known beforehand. `is_damaged`: some
    bytes of a text file are no text.
    """

    name: str
    rows: Iterable[list[Cell]]
    merged: Sequence[MergedCells] = ()
    is_hidden: bool = False
    encoding: str | None = None
    height: int = 0
    is_damaged: bool = False
    hidden: HiddenParts = field(default_factory=HiddenParts)


def convert_cell(cell: object) -> str | float | bool | None:  # noqa: PLR0911 one for each kind
    """Return a parser's value as a cell: dates as ISO text, whole numbers as integers, '' as None.

    A number too long to be exact, such as an ID number typed as a number, becomes a float. This
    shows later that its last digits are lost.
    """
    match cell:
        case None | "":
            return None
        case int() if abs(cell) >= _EXACT_INTEGERS:
            return float(cell)
        case bool() | str() | int():
            return cell
        case float() if not math.isfinite(cell):
            return str(cell)
        case float():
            return int(cell) if cell.is_integer() and abs(cell) < _EXACT_INTEGERS else cell
        case dt.datetime() if cell.time() == dt.time.min:
            return cell.date().isoformat()
        case dt.datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case dt.date():
            return cell.isoformat()
        case _:
            return str(cell)


def read_zip_workbook(stream: IO[bytes]) -> Iterator[ReadSheet]:
    """Return the sheets of an .xlsx, .xlsb or .ods, after its zip was checked.

    Raises:
        RefusedError: The workbook is locked or too large, or the zip is not a workbook.
        zipfile.BadZipFile: The zip is damaged.
    """
    with zipfile.ZipFile(stream) as archive:
        scans = scan_zip_workbook(archive)
    stream.seek(0)
    if any(scan.is_sparse for scan in scans):
        yield from _read_sparse(stream, scans)
    else:
        yield from _read_dense(stream, scans)


def read_document(stream: IO[bytes]) -> Iterator[ReadSheet]:
    """Return the tables of a .docx, each as a sheet; cells that are merged are not told apart.

    Raises:
        RefusedError: The document is too large, or the zip is no document.
        zipfile.BadZipFile: The zip is damaged.
    """
    with zipfile.ZipFile(stream) as archive:
        if _DOCUMENT not in archive.namelist():
            raise RefusedError("not-a-spreadsheet")
        if archive.getinfo(_DOCUMENT).file_size > _LARGEST_DOCUMENT:
            raise RefusedError("too-large")
        root = ElementTree.fromstring(archive.read(_DOCUMENT))
    for table in root.iter(f"{_WORD}tbl"):
        rows: list[list[Cell]] = [
            ["".join(cell.itertext()) for cell in row.iter(f"{_WORD}tc")]
            for row in table.iter(f"{_WORD}tr")
        ]
        yield ReadSheet("", rows)


def read_ole_workbook(stream: IO[bytes]) -> Iterator[ReadSheet]:
    """Return the sheets of an .xls or .et.

    Raises:
        RefusedError: The file is a locked workbook or another kind of document.
    """
    content = stream.read()
    if _LOCKED.encode("utf-16-le") in content:
        raise RefusedError("password")
    names = ("Workbook", "Book", "WORKBOOK", "BOOK")
    if not any(name.encode("utf-16-le") in content for name in names):
        raise RefusedError("not-a-spreadsheet")
    stream.seek(0)
    yield from _read_dense(stream, scan_ole_workbook(content, names))


def _read_dense(stream: IO[bytes], scans: list[SheetScan]) -> Iterator[ReadSheet]:
    """Return the sheets read by the fast parser, which allocates the whole grid of a sheet."""
    with load_workbook(stream) as workbook:
        for index, found in enumerate(workbook.sheets_metadata):
            if found.typ is SheetTypeEnum.WorkSheet:
                sheet = workbook.get_sheet_by_index(index)
                scan = scans[index] if index < len(scans) else SheetScan()
                merged = sheet.merged_cell_ranges
                yield ReadSheet(
                    found.name,
                    _add_marks(_read_rows(sheet), scan.marks),
                    tuple((*first, *last) for first, last in merged) if merged else scan.merged,
                    is_hidden=found.visible is not SheetVisibleEnum.Visible,
                    height=sheet.total_height,
                    hidden=scan.hidden,
                )


def _read_sparse(stream: IO[bytes], scans: list[SheetScan]) -> Iterator[ReadSheet]:
    """Return the sheets of an .xlsx that has a sheet too sparse for the fast parser."""
    from openpyxl import load_workbook as load_sparse  # type: ignore[import-untyped]  # noqa: PLC0415 start-up time
    from openpyxl.utils.escape import unescape  # type: ignore[import-untyped]  # noqa: PLC0415

    book = load_sparse(stream, read_only=True, data_only=True)
    for sheet, scan in zip(book.worksheets, scans, strict=False):
        sheet.reset_dimensions()
        rows = (
            [convert_cell(unescape(cell) if isinstance(cell, str) else cell) for cell in row]
            for row in sheet.iter_rows(values_only=True)
        )
        yield ReadSheet(
            sheet.title,
            _add_marks(rows, scan.marks),
            scan.merged,
            is_hidden=sheet.sheet_state != "visible",
            hidden=scan.hidden,
        )


def _read_rows(sheet: CalamineSheet) -> Iterator[list[Cell]]:
    # iter_rows starts at row 1 but at the first filled column, so columns are added on the left.
    # to_python would not need that, but it would keep the whole sheet in memory twice.
    if sheet.start is not None:
        left: list[Cell] = [None] * sheet.start[1]
        for row in sheet.iter_rows():
            yield left + [
                cell if cell and cell.__class__ is str else convert_cell(cell) for cell in row
            ]


def _add_marks(rows: Iterable[list[Cell]], marks: CellMarks) -> Iterator[list[Cell]]:
    """Return the rows of a sheet, with a mark in each marked cell that is blank."""
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), text in marks.items():
        by_row.setdefault(row, {})[column] = text
    number = -1
    for number, cells in enumerate(rows):
        yield _mark_row(cells, by_row.get(number, {}))
    for row in range(number + 1, max(by_row, default=-1) + 1):
        yield _mark_row([], by_row.get(row, {}))


def _mark_row(cells: list[Cell], marks: dict[int, str]) -> list[Cell]:
    if marks:
        cells = cells + [None] * (max(marks) + 1 - len(cells))
        for column, text in marks.items():
            cells[column] = text if cells[column] is None else cells[column]
    return cells
