"""Our side of the child process: start it when first needed, ask it, and outlive it.

The standard library's process pool was tried in its place, and gives less isolation: a worker that
is killed while it writes leaves the pool waiting for the rest, also when the program is to end; a
worker outlives a program that is killed; it imports modules that lie in the current folder, and
its own copy of the main program; only newer versions can kill a worker by a public method.

The rows of a long sheet, compressed: as plain lists they would take ten times the memory.

Bytes to sheets: the cells of a file word for word, whatever its name ends in.

The only room that opens an office's files. All of them are parsed in a child process.
"""

import atexit
import json
import os
import stat
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, overload

import relieftool
from relieftool.errors import ReliefError
from relieftool.messages import Message, _
from relieftool.spreadsheets.grid import MergedCells
from relieftool.values.text import Cell

SECONDS = 10
_SECONDS_PER_MEGABYTE = 5
_SECONDS_TO_START = 60


class ReaderRefusedError(Exception):
    """A file was not read; the first argument is the reason in one word."""


class _Child:
    """The one child process; started by the first question, started anew after it died."""

    process: subprocess.Popen[str] | None = None

    @classmethod
    def start(cls) -> subprocess.Popen[str]:
        """Return the running child."""
        if cls.process is None or cls.process.poll() is not None:
            cls.stop()
            cls.process = _start()
        return cls.process

    @classmethod
    def stop(cls) -> None:
        """End the child and release its pipes."""
        if cls.process is not None:
            cls.process.kill()
            cls.process.communicate()
            cls.process = None


def _start() -> subprocess.Popen[str]:
    """Start a child and wait until it is ready."""
    home = str(Path(relieftool.__file__).resolve().parent.parent)
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(
        # -P: a csv.py lying among somebody's spreadsheets must not be imported.
        [sys.executable, "-P", "-X", "utf8", "-m", "relieftool.spreadsheets.reader_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
    )
    with _time_limit(process, _SECONDS_TO_START):
        line = _next_line(process)
    if not line:
        process.kill()
        process.communicate()
        raise RuntimeError("the process that reads workbooks does not start")
    return process


@contextmanager
def _time_limit(process: subprocess.Popen[str], seconds: float) -> Iterator[threading.Event]:
    """End the process if this takes longer; the event tells that it did."""
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        yield is_over
    finally:
        timer.cancel()


def _next_line(process: subprocess.Popen[str]) -> Any:
    """Return the child's next answer; None when it has died."""
    line = process.stdout.readline() if process.stdout else ""
    return json.loads(line) if line.endswith("\n") else None


def ask_reader(path: Path, **asked: object) -> Iterator[Any]:
    """Have a file read: give each sheet's head and after it its rows, in lots.

    `asked` is what else a question of the child's says.

    Raises:
        Refused: with the child's reason, or crashed, or too-slow.
    """
    process = _Child.start()
    is_whole = False
    seconds = SECONDS + _SECONDS_PER_MEGABYTE * path.stat().st_size / 2**20
    try:
        with _time_limit(process, seconds) as is_over:
            _send(process, {"path": str(path.resolve()), **asked})
            while (line := _next_line(process)) is not None:
                if "done" in line or "refused" in line:
                    is_whole = True
                    break
                yield line
        if not is_whole:
            raise ReaderRefusedError("too-slow" if is_over.is_set() else "crashed")
        if "refused" in line:
            raise ReaderRefusedError(line["refused"])
    finally:
        if not is_whole:
            _Child.stop()


def _send(process: subprocess.Popen[str], question: dict[str, object]) -> None:
    """Ask; a child that has just died shows by its missing answer."""
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()


def stop_reader() -> None:
    """End the child; the next question starts another."""
    _Child.stop()


atexit.register(stop_reader)


_ROWS_PER_BATCH = 200
_QUICKLY = 1


class CompressedRows(Sequence[list[Cell]]):
    """Rows in the order they were added; none of them may be changed."""

    def __init__(self) -> None:
        self._batches: list[bytes] = []
        self._rest: list[list[Cell]] = []
        self._open: tuple[int, list[list[Cell]]] = (-1, [])

    def extend(self, rows: Iterable[list[Cell]]) -> None:
        """Add rows at the end."""
        self._rest.extend(rows)
        while len(self._rest) >= _ROWS_PER_BATCH:
            batch = json.dumps(self._rest[:_ROWS_PER_BATCH], ensure_ascii=True)
            self._batches.append(zlib.compress(batch.encode("ascii"), _QUICKLY))
            del self._rest[:_ROWS_PER_BATCH]

    def __len__(self) -> int:
        return len(self._batches) * _ROWS_PER_BATCH + len(self._rest)

    @overload
    def __getitem__(self, place: int) -> list[Cell]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[Cell]]: ...
    def __getitem__(self, place: int | slice) -> list[Cell] | list[list[Cell]]:
        places = range(len(self))[place]
        if isinstance(places, range):
            return [self[number] for number in places]
        number, row = divmod(places, _ROWS_PER_BATCH)
        # Rows are mostly asked for one after another: the batch is opened once for all of them.
        if number != self._open[0] and number < len(self._batches):
            self._open = number, _opened(self._batches[number])
        return (self._open[1] if number < len(self._batches) else self._rest)[row]

    def __iter__(self) -> Iterator[list[Cell]]:
        yield from chain.from_iterable(map(_opened, self._batches))
        yield from self._rest


def _opened(batch: bytes) -> list[list[Cell]]:
    rows: list[list[Cell]] = json.loads(zlib.decompress(batch))
    return rows


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
    """Return the sheets as the child reads them, and the encoding of a text file."""
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
    """Return a lot of rows, with an empty one for each that a number stands for."""
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
