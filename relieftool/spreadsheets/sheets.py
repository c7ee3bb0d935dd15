"""Bytes to sheets: the cells of a file word for word, whatever its name ends in.

The only room that opens an office's files. All of them are parsed in a child process.
"""

import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from relieftool.errors import ReliefError
from relieftool.messages import Message, _
from relieftool.spreadsheets.compressed_rows import CompressedRows
from relieftool.spreadsheets.grid import MergedCells
from relieftool.spreadsheets.reader import ReaderRefusedError, ask_reader
from relieftool.values.text import Cell

__all__ = ["ENDINGS", "Cell", "Sheet", "read_sheets", "unpack_archive"]

ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et", ".csv", ".tsv")

# Documents, programs and settings are text too, and read as cells they make no sense of any kind.
_OTHER_TEXTS = frozenset(
    {
        *(".py", ".js", ".ts", ".java", ".c", ".h", ".sh", ".bat", ".ps1", ".sql", ".css", ".r"),
        *(".json", ".jsonl", ".toml", ".yaml", ".yml", ".ini", ".cfg", ".conf", ".log", ".po"),
        *(".md", ".rst", ".tex", ".rtf", ".eml", ".svg", ".pdf", ".doc", ".docx", ".wps", ".ofd"),
    }
)
_OTHER_SIGNS = (b"%PDF-", b"{\\rtf", b"#!")
_LONGEST_SIGN = 8
_MOST_BYTES = 1 << 30
_ROWS_LOOKED_AT = 60
_MOST_PLAIN_ROWS = 2000
_NOTHING: list[Cell] = []
RowProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Sheet:
    """One sheet: row 0 is the sheet's row 1, column 0 its column A; rows may differ in length.

    A cell is word for word; None is truly empty. Dates are ISO text, an error is its sign (#N/A),
    a formula saved without its result is the formula. `merged` are (top, left, bottom, right).
    """

    name: str
    rows: Sequence[list[Cell]]
    merged: list[MergedCells]
    is_hidden: bool


def read_sheets(
    path: Path,
    known: Callable[[str], bool] = lambda _text: True,
    progress: RowProgress = lambda _done, _total: None,
) -> list[Sheet]:
    """Read every sheet of a spreadsheet file, whatever its name ends in.

    `known`: does a text mean something as a heading. A text file that reads as simplified Chinese
    without any such heading is read as traditional Chinese (Big5) where that gives one.
    `progress` is told how many rows of a sheet are read, and of how many (0: nobody knows).

    Raises:
        ReliefError: there is no such file, or it is none that can be read; says which and why.
    """
    _check_file(path)
    sheets, encoding = _read(path, progress)
    if encoding == "gb18030" and not _has_heading(sheets, known):
        try:
            others, _encoding = _read(path, progress, "cp950")
        except ReliefError:
            return sheets
        return others if _has_heading(others, known) else sheets
    return sheets


def unpack_archive(path: Path, folder: Path, also: str) -> None:
    """Unpack the spreadsheets of a .zip into a folder, and the files called `also`.

    Raises:
        ReliefError: it is no archive, locked, or too large, or leads out of the folder.
    """
    _check_file(path)
    try:
        for _answer in ask_reader(path, folder=str(folder), endings=[*ENDINGS, also]):
            pass
    except ReaderRefusedError as error:
        raise _refusal(path, str(error)) from error


def _has_heading(sheets: list[Sheet], known: Callable[[str], bool]) -> bool:
    texts = (cell for sheet in sheets for row in sheet.rows[:_ROWS_LOOKED_AT] for cell in row)
    return any(isinstance(text, str) and known(text) for text in texts)


def _check_file(path: Path) -> None:
    """Refuse what cannot be looked into: a folder, a device, a file that is locked or empty."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise ReliefError(path.name, _("this is a folder"), _("Name a file in it."))
        if not stat.S_ISREG(found.st_mode):
            raise _refusal(path, "not-a-spreadsheet")
        if found.st_size > _MOST_BYTES:
            raise _refusal(path, "too-large")
        with path.open("rb") as stream:
            start = stream.read(_LONGEST_SIGN)
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
    is_workbook = start.startswith((b"PK", b"\xd0\xcf\x11\xe0"))
    if start.startswith(_OTHER_SIGNS) or (path.suffix.lower() in _OTHER_TEXTS and not is_workbook):
        raise _refusal(path, "not-a-spreadsheet")


def _read(
    path: Path, progress: RowProgress, encoding: str | None = None
) -> tuple[list[Sheet], str | None]:
    """Give the sheets as the child reads them, and the encoding of a text file."""
    sheets: list[Sheet] = []
    rows = CompressedRows()
    read_as = None
    height = 0
    try:
        for line in ask_reader(path, encoding=encoding):
            if "rows" in line:
                rows.extend(_spread(line["rows"]))
                progress(len(rows), height)
            else:
                merged = [(top, left, bottom, right) for top, left, bottom, right in line["merged"]]
                name = line["sheet"] or path.stem
                rows = CompressedRows()
                sheets.append(Sheet(name, rows, merged, line["hidden"]))
                read_as, height = line["encoding"], line["height"]
    except ReaderRefusedError as error:
        raise _refusal(path, str(error)) from error
    return [_lighter(sheet) for sheet in sheets], read_as


def _lighter(sheet: Sheet) -> Sheet:
    """Return a short sheet with its rows as they are; only many are better kept compressed."""
    return sheet if len(sheet.rows) > _MOST_PLAIN_ROWS else replace(sheet, rows=list(sheet.rows))


def _spread(lot: list[list[Cell] | int]) -> list[list[Cell]]:
    """Give a lot of rows, with an empty one for each that a number stands for."""
    rows: list[list[Cell]] = []
    for row in lot:
        rows.extend([_NOTHING] * row if isinstance(row, int) else [row])
    return rows


_NAME_A_LIST = Message(
    "Name a list saved as .xlsx, .xls, .xlsb, .ods, .et, .csv or .tsv; a table in a document or a"
    " picture has to be copied into one first."
)


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
            problem = _("this is a web page or an XML file without a table in it")
            remedy = _("Open it in WPS and save as .xlsx, then import that.")
        case "quotation":
            problem = _("a quotation mark is opened and never closed, so cells run into each other")
            remedy = _("Open it in WPS, look for a lone quotation mark, and save as .xlsx.")
        case "too-slow":
            problem = _("reading it took too long and was given up")
            remedy = _("Copy the filled cells into a new workbook, save it, and import that.")
        case "archive-too-large" | "archive-leads-out" | "archive-in-archive" | "archive-twice":
            problem, remedy = _refused_archive(reason)
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
            problem, remedy = _("this is not a spreadsheet"), str(_NAME_A_LIST)
    return ReliefError(path.name, problem, remedy)


def _refused_archive(reason: str) -> tuple[str, str]:
    """Say why an archive was refused and what to do."""
    problem = _("the archive holds another archive, a name twice, or one that leads outside")
    if reason == "archive-too-large":
        problem = _("the archive is too large, or unpacks to far too much")
    return problem, _("Unpack it yourself and import the files it holds.")
