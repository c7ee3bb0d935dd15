"""Sheets of cells written as .xlsx, .xls and .csv, the same bytes every time."""

import csv
import datetime as dt
import io
import os
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("OPENPYXL_LXML", "False")  # lxml would write the same parts in other bytes

import openpyxl
import xlwt

from sample_data.generator.cells import Cell

_SAVED_AT = dt.datetime(2024, 12, 10, 9, 0, tzinfo=dt.UTC)
Merge = tuple[int, int, int, int]


@dataclass
class Sheet:
    """A sheet: its rows from the first on, and what is merged (first row, column, last both)."""

    name: str
    rows: list[list[Cell]] = field(default_factory=list)
    merged: list[Merge] = field(default_factory=list)

    def add_line(self, text: str, width: int = 0) -> None:
        """Add a line of text, merged over a number of columns."""
        if width > 1:
            self.merged.append((len(self.rows), 0, len(self.rows), width - 1))
        self.rows.append([text])


def write_xlsx(path: Path, sheets: list[Sheet]) -> None:
    """Write a workbook of today's kind."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook.properties.creator = "民政办"
    workbook.properties.created = _SAVED_AT.replace(tzinfo=None)
    for sheet in sheets:
        target = workbook.create_sheet(sheet.name)
        for row, cells in enumerate(sheet.rows, start=1):
            for column, cell in enumerate(cells, start=1):
                if cell is not None:
                    target.cell(row, column, cell)
        for top, left, bottom, right in sheet.merged:
            target.merge_cells(None, top + 1, left + 1, bottom + 1, right + 1)
    content = io.BytesIO()
    workbook.save(content)
    path.write_bytes(_undated(content.getvalue()))


def _undated(content: bytes) -> bytes:
    """Return a workbook all of whose times are the same."""
    stamp = f"{_SAVED_AT:%Y-%m-%dT%H:%M:%SZ}".encode()
    fixed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, part)
            entry = zipfile.ZipInfo(name, _SAVED_AT.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, part)
    return fixed.getvalue()


def write_xls(path: Path, sheets: list[Sheet]) -> None:
    """Write a workbook of the old kind."""
    workbook = xlwt.Workbook(encoding="utf-8")
    for sheet in sheets:
        target = workbook.add_sheet(sheet.name)
        covered = {(top, left): area for area in sheet.merged for top, left in [area[:2]]}
        for row, cells in enumerate(sheet.rows):
            for column, cell in enumerate(cells):
                if (row, column) in covered:
                    top, left, bottom, right = covered[row, column]
                    target.write_merge(top, bottom, left, right, cell)
                elif cell is not None:
                    target.write(row, column, cell)
    workbook.save(str(path))


def write_csv(path: Path, sheet: Sheet, encoding: str) -> None:
    """Write a text file with commas and the line ends of Windows."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(sheet.rows)
    path.write_bytes(text.getvalue().encode(encoding))
