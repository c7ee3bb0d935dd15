"""The process that opens files for relief, so that one that kills its parser kills only it.

It is asked on standard input, one file a line, and answers in lines of JSON: a sheet's head, its
rows, and at the end done or refused. It writes nothing but an archive's members, and those into
the folder it is told.
"""

import csv
import io
import json
import os
import signal
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from python_calamine import CalamineError, PasswordError

from relieftool.spreadsheets.archive_guard import RefusedError, unpack_members
from relieftool.spreadsheets.grid import MergedCells
from relieftool.spreadsheets.text_files import find_encoding, read_text_rows
from relieftool.spreadsheets.web_pages import is_web_page, read_web_page
from relieftool.spreadsheets.workbook_reader import ReadSheet, read_ole_workbook, read_zip_workbook
from relieftool.values.text import Cell

_MOST_MEMORY = 4 << 30
_LEAST_MEMORY, _MEMORY_PER_BYTE = 1 << 30, 200
_MOST_CELLS = 50_000_000
_ROWS_A_LINE = 200
_LONGEST_START = 1 << 12
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What the readers raise about a file that is broken; anything else ends this process instead.
_DAMAGED = (
    CalamineError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    ParseError,
    DefusedXmlException,
)

ReadAnswer = dict[str, object]


@dataclass(frozen=True)
class ReadRequest:
    """A file to read; `encoding` says how a text file is to be read, None leaves it to the file.

    With `folder` the file is an archive, whose members with these `endings` are unpacked there.
    """

    path: str
    encoding: str | None = None
    folder: str | None = None
    endings: tuple[str, ...] = ()


def read_file(path: Path, encoding: str | None = None) -> Iterator[ReadSheet]:
    """Read the sheets of a file by what it holds, whatever it is called."""
    with path.open("rb") as stream:
        start = stream.read(len(_OLE))
        stream.seek(0)
        if start.startswith(b"PK"):
            yield from read_zip_workbook(stream)
        elif start == _OLE:
            yield from read_ole_workbook(stream)
        else:
            yield from _read_text(stream, encoding)


def _read_text(stream: IO[bytes], encoding: str | None) -> Iterator[ReadSheet]:
    """Read a text file: cells with separators, or a web page or XML that calls itself .xls."""
    found = find_encoding(stream, encoding)
    if found is None:
        raise RefusedError("not-a-spreadsheet")
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=found.encoding, newline="")
    start = text.read(_LONGEST_START)
    while start.isspace() and (more := text.read(_LONGEST_START)):
        start = more
    if is_web_page(start):
        text.seek(0)
        yield from read_web_page(text.read())
    else:
        text.seek(0)
        yield ReadSheet("", read_text_rows(text), encoding=found.encoding, height=found.lines)


@dataclass
class _Budget:
    """What all sheets of a file may hold together, so that our own side's memory is bounded too."""

    left: int = _MOST_CELLS

    def spend(self, cells: int) -> None:
        """Count cells that are shown."""
        self.left -= cells
        if self.left < 0:
            raise RefusedError("too-large")


def _lines(rows: Iterable[list[Cell]], budget: _Budget) -> Iterator[list[object]]:
    """Return rows in lots, a number standing for that many empty ones; none after the last filled."""
    lot: list[object] = []
    empty = 0
    for row in rows:
        cells = _trimmed(row)
        if not cells:
            empty += 1
            continue
        lot += [empty] if empty else []
        empty = 0
        lot.append(cells)
        budget.spend(len(cells))
        if len(lot) >= _ROWS_A_LINE:
            yield lot
            lot = []
    yield lot


def _trimmed(row: list[Cell]) -> list[Cell]:
    """Return a row without the blanks behind its last cell."""
    last = len(row)
    while last and row[last - 1] is None:
        last -= 1
    return row[:last]


def answer_request(question: ReadRequest) -> Iterator[ReadAnswer]:
    """Return all there is to say about one file, the last answer being done or refused."""
    try:
        yield from _done(question)
    except PasswordError:
        yield {"refused": "password"}
    except RefusedError as error:
        yield {"refused": str(error)}
    except csv.Error:
        yield {"refused": "quotation"}
    except _DAMAGED:
        yield {"refused": "damaged"}
    else:
        yield {"done": True}


def _done(question: ReadRequest) -> Iterator[ReadAnswer]:
    """Do what is asked."""
    if question.folder is not None:
        with Path(question.path).open("rb") as stream:
            unpack_members(stream, Path(question.folder), tuple(question.endings))
        return
    budget = _Budget()
    for sheet in read_file(Path(question.path), question.encoding):
        yield _head(sheet, list(sheet.merged))
        for lot in _lines(sheet.rows, budget):
            yield {"rows": lot}


def _head(sheet: ReadSheet, merged: list[MergedCells]) -> ReadAnswer:
    return {
        "sheet": sheet.name,
        "hidden": sheet.is_hidden,
        "merged": merged,
        "encoding": sheet.encoding,
        "height": sheet.height,
    }


def _limit_memory(file_size: int) -> None:
    """Let the system end this process before a workbook eats all memory, where it can.

    A small file that claims to be huge gets little: filling gigabytes takes seconds by itself.
    """
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 not on Windows

        _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = _MOST_MEMORY if hard == resource.RLIM_INFINITY else min(hard, _MOST_MEMORY)
        limit = min(_LEAST_MEMORY + _MEMORY_PER_BYTE * file_size, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))


def serve_requests(questions: Iterable[str], answers: IO[str]) -> None:
    """Answer questions until there are no more."""
    for line_asked in questions:
        question = ReadRequest(**json.loads(line_asked))
        _limit_memory(Path(question.path).stat().st_size)
        for line in answer_request(question):
            answers.write(json.dumps(line, ensure_ascii=True) + "\n")
        answers.flush()


if __name__ == "__main__":
    # Ctrl-C on a terminal reaches both of us; the other side ends this process then.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a parser prints by itself must not come between the answers: it goes where stderr goes.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as own_answers:
        os.dup2(2, 1)
        own_answers.write(json.dumps({"ready": True}) + "\n")
        own_answers.flush()
        serve_requests(sys.stdin, own_answers)
