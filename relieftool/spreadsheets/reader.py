"""Reads the sheets of a spreadsheet file, with every cell unchanged.

The bytes are parsed in a child process, because a damaged workbook can make a parser abort its
whole process or fill the memory.
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
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, overload

import relieftool
from relieftool.errors import ReliefError
from relieftool.messages import Message, _
from relieftool.spreadsheets.grid import HiddenParts, MergedCells
from relieftool.values.text import Cell, escape_surrogates

ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et", ".csv", ".tsv")
# What an office may keep a list in and relief does not read: documents, pictures, other archives.
UNREAD_ENDINGS = (
    *(".doc", ".docx", ".wps", ".wpt", ".pdf", ".ofd", ".rtf", ".odt", ".txt", ".htm", ".html"),
    *(".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".heic"),
    *(".ppt", ".pptx", ".dps", ".mdb", ".accdb", ".dbf", ".rar", ".7z"),
)
# A file may take this many seconds to be read, and the next number more for each megabyte.
SECONDS = 10
_SECONDS_PER_MEGABYTE = 5
_SECONDS_TO_START = 60

# Documents, programs and settings: most are text, but their lines make no sense as cells.
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
# Sheets of more cells are kept compressed.
_MOST_PLAIN_CELLS = 500_000
_ROWS_PER_BATCH = 200
_FASTEST_COMPRESSION = 1
_EMPTY_ROW: list[Cell] = []
RowProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Sheet:
    """One sheet: row 0 is the sheet's row 1, column 0 its column A; rows may differ in length.

    Cells are word for word; an empty cell is None. A date is ISO text, an error is its sign (#N/A),
    and a formula saved without a result is the text of the formula. `is_damaged`: some bytes of a
    text file could not be read. Cells under a merged cell are blank, as nobody sees them; those in
    `hidden` rows and columns are not.
    """

    name: str
    rows: Sequence[list[Cell]]
    merged: list[MergedCells]
    is_hidden: bool
    is_damaged: bool = False
    hidden: HiddenParts = field(default_factory=HiddenParts)


def read_sheets(
    path: Path,
    known: Callable[[str], bool] = lambda _text: True,
    progress: RowProgress = lambda _done, _total: None,
) -> list[Sheet]:
    """Return every sheet of a spreadsheet file, whose kind is recognised by its content.

    `known` returns whether a text is a known heading. A text file that has no known heading when it
    is decoded as GB18030 is decoded as Big5 if it has a known heading then. `progress` is called
    with the number of rows read so far and that of the sheet (approximate; 0 if not known).

    Raises:
        ReliefError: There is no such file, or it cannot be read.
    """
    _check_file(path)
    sheets, encoding = _read(path, progress)
    if encoding == "gb18030" and not _has_heading(sheets, known):
        # Any Big5 text also decodes as GB18030, but to nonsense: only headings tell them apart.
        try:
            others, _encoding = _read(path, progress, "cp950")
        except ReliefError:
            return sheets
        return others if _has_heading(others, known) else sheets
    return sheets


def read_document_tables(path: Path) -> list[Sheet]:
    """Return the tables of a .docx, each as a sheet without a name of its own.

    Raises:
        ReliefError: There is no such file, or it cannot be read.
    """
    _check_file(path)
    return _read(path, lambda _done, _total: None, is_document=True)[0]


def unpack_archive(path: Path, folder: Path, also: str) -> None:
    """Unpack the spreadsheets of a .zip into a folder, and the files whose name ends in `also`.

    Of documents and pictures only an empty file is made.

    Raises:
        ReliefError: It is not an archive, or it must not be unpacked (see `unpack_members`).
    """
    _check_file(path)
    try:
        endings = [*ENDINGS, also]
        for _answer in ask_reader(path, folder=str(folder), endings=endings, unread=UNREAD_ENDINGS):
            pass
    except ReaderRefusedError as error:
        raise _build_refusal(path, str(error)) from error


def _check_file(path: Path) -> None:
    """Raise ReliefError for a path that need not even be parsed.

    It is missing, a folder, not a regular file, not readable, empty or too large, or its first
    bytes or its ending show another known kind of file.
    """
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise ReliefError(path.name, _("this is a folder"), _("Name a file in it."))
        if not stat.S_ISREG(found.st_mode):
            raise _build_refusal(path, "not-a-spreadsheet")
        if found.st_size > _MOST_BYTES:
            raise _build_refusal(path, "too-large")
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
            path.name, _("the file is empty"), _("Ask for the file again; there is nothing in it.")
        )
    is_workbook = start.startswith((b"PK", b"\xd0\xcf\x11\xe0"))
    if start.startswith(_OTHER_SIGNS) or (path.suffix.lower() in _OTHER_TEXTS and not is_workbook):
        raise _build_refusal(path, "not-a-spreadsheet")


def _has_heading(sheets: list[Sheet], known: Callable[[str], bool]) -> bool:
    texts = (cell for sheet in sheets for row in sheet.rows[:_ROWS_LOOKED_AT] for cell in row)
    return any(isinstance(text, str) and known(text) for text in texts)


def _read(
    path: Path, progress: RowProgress, encoding: str | None = None, *, is_document: bool = False
) -> tuple[list[Sheet], str | None]:
    """Return the sheets that the child reads, and the encoding (None if it is not a text file)."""
    sheets: list[Sheet] = []
    rows: list[list[Cell]] | CompressedRows = []
    read_as = None
    height = count = 0
    try:
        for answer in ask_reader(path, encoding=encoding, is_document=is_document):
            if "rows" in answer:
                batch = list(_expand_empty_rows(answer["rows"]))
                rows.extend(batch)
                count += sum(map(len, batch))
                if count > _MOST_PLAIN_CELLS and isinstance(rows, list):
                    rows = CompressedRows(rows)
                    sheets[-1] = replace(sheets[-1], rows=rows)
                progress(len(rows), height)
            else:
                merged = [
                    (top, left, bottom, right) for top, left, bottom, right in answer["merged"]
                ]
                name = answer["sheet"] or escape_surrogates(path.stem)
                rows, count = [], 0
                is_damaged = answer["is_damaged"]
                hidden = HiddenParts(
                    answer["hidden_rows"], answer["hidden_columns"], answer["struck"]
                )
                sheets.append(Sheet(name, rows, merged, answer["hidden"], is_damaged, hidden))
                read_as, height = answer["encoding"], answer["height"]
    except ReaderRefusedError as error:
        raise _build_refusal(path, str(error)) from error
    return sheets, read_as


def _expand_empty_rows(batch: list[list[Cell] | int]) -> Iterator[list[Cell]]:
    """Return the rows of a batch; a number in the batch means that many empty rows."""
    for row in batch:
        yield from [_EMPTY_ROW] * row if isinstance(row, int) else [row]


class CompressedRows(Sequence[list[Cell]]):
    """The rows of a long sheet, compressed: plain lists would take ten times the memory.

    Callers must not change the rows they get.
    """

    def __init__(self, rows: Iterable[list[Cell]] = ()) -> None:
        self._batches: list[bytes] = []
        self._rest: list[list[Cell]] = []
        self._open: tuple[int, list[list[Cell]]] = (-1, [])
        self.extend(rows)

    def extend(self, rows: Iterable[list[Cell]]) -> None:
        """Add rows at the end."""
        self._rest.extend(rows)
        while len(self._rest) >= _ROWS_PER_BATCH:
            batch = json.dumps(self._rest[:_ROWS_PER_BATCH], ensure_ascii=True)
            self._batches.append(zlib.compress(batch.encode("ascii"), _FASTEST_COMPRESSION))
            del self._rest[:_ROWS_PER_BATCH]

    def __len__(self) -> int:
        return len(self._batches) * _ROWS_PER_BATCH + len(self._rest)

    @overload
    def __getitem__(self, place: int) -> list[Cell]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[Cell]]: ...
    def __getitem__(self, place: int | slice) -> list[Cell] | list[list[Cell]]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        number, row = divmod(place, _ROWS_PER_BATCH)
        # Rows are mostly read in order, so the last batch is kept decompressed.
        if number == self._open[0]:
            return self._open[1][row]
        number, row = divmod(range(len(self))[place], _ROWS_PER_BATCH)
        if number != self._open[0] and number < len(self._batches):
            self._open = number, _decompress(self._batches[number])
        return (self._open[1] if number < len(self._batches) else self._rest)[row]

    def __iter__(self) -> Iterator[list[Cell]]:
        yield from chain.from_iterable(map(_decompress, self._batches))
        yield from self._rest


def _decompress(batch: bytes) -> list[list[Cell]]:
    rows: list[list[Cell]] = json.loads(zlib.decompress(batch))
    return rows


_NAME_A_LIST = Message(
    "Name a list saved as .xlsx, .xls, .xlsb, .ods, .et, .csv or .tsv; a table in a document or a"
    " picture has to be copied into one first."
)


def _build_refusal(path: Path, reason: str) -> ReliefError:
    """Return the error for a file that was refused: the reason, and what the user can do."""
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
            problem = _("reading it took too long and was stopped")
            remedy = _("Copy the filled cells into a new workbook, save it, and import that.")
        case "archive-too-large" | "archive-leads-out" | "archive-in-archive" | "archive-twice":
            problem = (
                _("the archive is too large, or unpacks to far too much")
                if reason == "archive-too-large"
                else _("the archive holds another archive, a name twice, or one that leads outside")
            )
            remedy = _("Unpack it yourself and import the files that are in it.")
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


class ReaderRefusedError(Exception):
    """The child did not read a file; the first argument is the code of the reason."""


def ask_reader(path: Path, **request: object) -> Iterator[Any]:
    """Send a request about a file to the child, and return its answers.

    These are each sheet's description, followed by its rows in batches; there are none if an
    archive is unpacked. `request` are further fields of the child's `ReadRequest`.

    Raises:
        ReaderRefusedError: The child refused the file, crashed, or took too long.
    """
    process = _Child.start()
    is_whole = False
    seconds = SECONDS + _SECONDS_PER_MEGABYTE * path.stat().st_size / 2**20
    try:
        with _time_limit(process, seconds) as is_over:
            _send(process, {"path": str(path.resolve()), **request})
            while (answer := _read_answer(process)) is not None:
                if "done" in answer or "refused" in answer:
                    is_whole = True
                    break
                yield answer
        if not is_whole:
            raise ReaderRefusedError("too-slow" if is_over.is_set() else "crashed")
        if "refused" in answer:
            raise ReaderRefusedError(answer["refused"])
    finally:
        # Also if the caller stops early: the next request must not get the unread answers.
        if not is_whole:
            _Child.stop()


def stop_reader() -> None:
    """End the child process; the next request starts a new one."""
    _Child.stop()


atexit.register(stop_reader)


class _Child:
    """The only child process: started by the first request, and again after it has died.

    The process pool of the standard library isolates less: if a worker is killed while it writes,
    the pool waits for ever; a worker outlives a program that is killed; it imports modules from the
    current folder and the main program; only newer versions have a public method to kill a worker.
    """

    process: subprocess.Popen[str] | None = None

    @classmethod
    def start(cls) -> subprocess.Popen[str]:
        """Return the child; start it if it is not running."""
        if cls.process is None or cls.process.poll() is not None:
            cls.stop()
            cls.process = _start_child()
        return cls.process

    @classmethod
    def stop(cls) -> None:
        """End the child and close its pipes."""
        if cls.process is not None:
            cls.process.kill()
            cls.process.communicate()
            cls.process = None


def _start_child() -> subprocess.Popen[str]:
    """Start a child and wait until it is ready. Raise RuntimeError if it does not start."""
    home = str(Path(relieftool.__file__).resolve().parent.parent)
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(
        # -P: a file csv.py in the user's current folder must not be imported.
        [sys.executable, "-P", "-X", "utf8", "-m", "relieftool.spreadsheets.reader_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
    )
    with _time_limit(process, _SECONDS_TO_START):
        is_ready = _read_answer(process) is not None
    if not is_ready:
        process.kill()
        process.communicate()
        raise RuntimeError("the process that reads workbooks does not start")
    return process


@contextmanager
def _time_limit(process: subprocess.Popen[str], seconds: float) -> Iterator[threading.Event]:
    """Kill the process if the `with` block takes too long, and set the event that it yields."""
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


def _send(process: subprocess.Popen[str], request: dict[str, object]) -> None:
    """Send a request; if the child has just died, `_read_answer` will return None."""
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()


def _read_answer(process: subprocess.Popen[str]) -> Any:
    """Return the child's next answer; None if it has died."""
    line = process.stdout.readline() if process.stdout else ""
    return json.loads(line) if line.endswith("\n") else None
