"""Bytes to sheets: what kind of file it is by its content, and its cells word for word.

The only room that opens an office's files. Workbooks are parsed in a child process.
"""

import csv
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.spreadsheets.grid import Cell, Merge
from relieftool.spreadsheets.parent import Refused, ask_child
from relieftool.spreadsheets.text import decode_text, read_text_rows

__all__ = ["Cell", "Sheet", "read_sheets"]

_MOST_BYTES = 1 << 30
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(r"\s*(?:<[!?a-zA-Z]|MIME-Version:)")


@dataclass(frozen=True)
class Sheet:
    """One sheet: row 0 is the sheet's row 1, column 0 its column A; rows may differ in length.

    A cell is word for word; None is truly empty. Dates are ISO text, an error is its sign (#N/A),
    a formula saved without its result is the formula. `merged` are (top, left, bottom, right).
    """

    name: str
    rows: list[list[Cell]]
    merged: list[Merge]
    is_hidden: bool


def read_sheets(path: Path) -> list[Sheet]:
    """Read every sheet of a spreadsheet file, whatever its name ends in.

    Raises:
        ReliefError: there is no such file, or it is none that can be read; says which and why.
    """
    content = _read_start(path)
    if content.startswith(b"PK"):
        return _read_workbook(path)
    if content.startswith(_OLE):
        return _read_ole(path)
    return [_read_text(path)]


def _read_start(path: Path) -> bytes:
    """Give the first bytes of a file that may be looked into."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise ReliefError(path.name, _("this is a folder"), _("Name a file in it."))
        if not stat.S_ISREG(found.st_mode):
            raise _not_a_spreadsheet(path)
        if found.st_size > _MOST_BYTES:
            raise _refusal(path, "too-large")
        with path.open("rb") as stream:
            start = stream.read(8)
    except FileNotFoundError as error:
        raise ReliefError(path.name, _("there is no such file"), _("Check the path.")) from error
    except OSError as error:
        raise ReliefError(
            path.name,
            _("the file cannot be opened"),
            _("Close it in WPS or Excel, or ask whose file it is, then try again."),
        ) from error
    if not start:
        raise ReliefError(
            path.name, _("the file is empty"), _("Ask for the file again; it holds nothing at all.")
        )
    return start


def _read_ole(path: Path) -> list[Sheet]:
    """Read an .xls; the same container also holds locked workbooks and other documents."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise _refusal(path, "password")
    if not any(
        name.encode("utf-16-le") in content for name in ("Workbook", "Book", "WORKBOOK", "BOOK")
    ):
        raise _not_a_spreadsheet(path)
    return _read_workbook(path)


def _read_workbook(path: Path) -> list[Sheet]:
    sheets: list[Sheet] = []
    try:
        for line in ask_child(path):
            if isinstance(line, list):
                sheets[-1].rows.append(line)
            else:
                merged = [(top, left, bottom, right) for top, left, bottom, right in line["merged"]]
                sheets.append(Sheet(line["sheet"], [], merged, line["hidden"]))
    except Refused as error:
        raise _refusal(path, str(error)) from error
    return sheets


def _read_text(path: Path) -> Sheet:
    text = decode_text(path.read_bytes())
    if text is None:
        raise _not_a_spreadsheet(path)
    if _MARKUP.match(text):
        raise _refusal(path, "markup")
    try:
        return Sheet(path.stem, read_text_rows(text), [], is_hidden=False)
    except csv.Error as error:
        raise ReliefError(
            path.name,
            _("a quotation mark is opened and never closed, so cells run into each other"),
            _("Open it in WPS, look for a lone quotation mark, and save as .xlsx."),
        ) from error


def _not_a_spreadsheet(path: Path) -> ReliefError:
    return _refusal(path, "not-a-spreadsheet")


def _refusal(path: Path, reason: str) -> ReliefError:
    """Say why a file was refused and what to do."""
    match reason:
        case "password":
            problem = _("the workbook is locked with a password")
            remedy = _("Open it in WPS or Excel, remove the password, save, and import it again.")
        case "too-large":
            problem = _("the workbook is too large, or claims to be")
            remedy = _("Copy the filled cells into a new workbook, save it, and import that.")
        case "markup":
            problem = _("this is a web page or an XML file, though its name may end in .xls")
            remedy = _("Open it in WPS and save as .xlsx, then import that.")
        case "too-slow":
            problem = _("reading it took too long and was given up")
            remedy = _("Copy the filled cells into a new workbook, save it, and import that.")
        case "damaged" | "crashed":
            problem = (
                _("the workbook is damaged")
                if reason == "damaged"
                else _("the workbook is damaged, or far too large to be read")
            )
            remedy = _(
                "Open it in WPS or Excel and save as .xlsx; if it does not open, ask for it again."
            )
        case _:
            problem = _("this is not a spreadsheet")
            remedy = _("relief reads .xlsx, .xls, .xlsb, .ods, .csv and .tsv files.")
    return ReliefError(path.name, problem, remedy)
