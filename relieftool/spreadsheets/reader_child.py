"""The child process that parses files: a file that crashes its parser ends only this process.

Each line of standard input is a request about one file. The answers are lines of JSON: for each
sheet its description and its rows in batches, and at the end `done` or `refused`. The only files it
writes are the members of an archive, into the folder named in the request.
"""

import csv
import io
import json
import os
import re
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
from relieftool.spreadsheets.grid import blank_covered_cells
from relieftool.spreadsheets.text_files import (
    DAMAGED,
    find_encoding,
    read_text_rows,
    replace_control_characters,
)
from relieftool.spreadsheets.web_pages import is_web_page, read_web_page
from relieftool.spreadsheets.workbook_reader import (
    ReadSheet,
    read_document,
    read_ole_workbook,
    read_zip_workbook,
)
from relieftool.values.text import Cell

_MOST_MEMORY = 4 << 30
_LEAST_MEMORY, _MEMORY_PER_BYTE = 1 << 30, 200
_MOST_CELLS = 50_000_000
_ROWS_PER_BATCH = 200
_LONGEST_START = 1 << 12
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What the readers raise for a damaged file. Anything else ends this process and is reported as a
# crash: a parser in an unknown state must not read the next file.
_DAMAGED = (
    CalamineError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    ParseError,
    DefusedXmlException,
)
# A control character as JSON writes it, after any backslashes that are text.
_CONTROL = re.compile(r"(?<!\\)((?:\\\\)*)(?:\\u00(?:0[0-8bcef]|1[\da-f]|7f|[89][\da-f])|\\[bf])")

ReadAnswer = dict[str, object]


@dataclass(frozen=True)
class ReadRequest:
    """A file to read, or an archive to unpack.

    `encoding` is the encoding of a text file; None if it is not known. With `folder`, the file is
    an archive, and its members whose names end in one of `endings` are unpacked into that folder;
    of those that end in one of `unread`, empty files are made there. `is_document`: the tables of a
    .docx are wanted.
    """

    path: str
    encoding: str | None = None
    folder: str | None = None
    endings: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    is_document: bool = False


def read_file(
    path: Path, encoding: str | None = None, *, is_document: bool = False
) -> Iterator[ReadSheet]:
    """Yield the sheets of a file, whose kind is recognised by its content, not by its name.

    `encoding` is that of a text file; None if it is not known.
    """
    with path.open("rb") as stream:
        start = stream.read(len(_OLE))
        stream.seek(0)
        if start.startswith(b"PK"):
            yield from (read_document if is_document else read_zip_workbook)(stream)
        elif start == _OLE:
            yield from read_ole_workbook(stream)
        else:
            yield from _read_text(stream, encoding)


def _read_text(stream: IO[bytes], encoding: str | None) -> Iterator[ReadSheet]:
    """Return the sheets of a text file: cells with separators, a web page or XML.

    Raise RefusedError if the file is not text.
    """
    found = find_encoding(stream, encoding)
    if found is None:
        raise RefusedError("not-a-spreadsheet")
    stream.seek(0)
    errors = DAMAGED if found.is_damaged else "strict"
    text = io.TextIOWrapper(stream, encoding=found.encoding, errors=errors, newline="")
    start = text.read(_LONGEST_START)
    while start.isspace() and (more := text.read(_LONGEST_START)):
        start = more
    text.seek(0)
    if is_web_page(start):
        yield from read_web_page(text.read())
    else:
        rows = read_text_rows(replace_control_characters(text) if found.is_damaged else text)
        yield ReadSheet(
            "", rows, encoding=found.encoding, height=found.lines, is_damaged=found.is_damaged
        )


@dataclass
class _Budget:
    """The number of cells of a file that may still be sent, to limit the parent's memory too."""

    left: int = _MOST_CELLS

    def spend(self, cells: int) -> None:
        """Subtract the cells that are sent; raise RefusedError if no more may be sent."""
        self.left -= cells
        if self.left < 0:
            raise RefusedError("too-large")


def _batch_rows(rows: Iterable[list[Cell]], budget: _Budget) -> Iterator[list[object]]:
    """Return rows in batches; a number in a batch means that many empty rows.

    Empty rows at the end are left out, because some files have a million of them.
    """
    batch: list[object] = []
    empty = 0
    for row in rows:
        cells = _trim(row)
        if not cells:
            empty += 1
            continue
        batch += [empty] if empty else []
        empty = 0
        batch.append(cells)
        budget.spend(len(cells))
        if len(batch) >= _ROWS_PER_BATCH:
            yield batch
            batch = []
    yield batch


def _trim(row: list[Cell]) -> list[Cell]:
    """Return a row without the empty cells at its end."""
    last = len(row)
    while last and row[last - 1] is None:
        last -= 1
    return row[:last]


def answer_request(request: ReadRequest) -> Iterator[ReadAnswer]:
    """Return the answers to a request; the last answer is `done`, or `refused` with a reason."""
    try:
        yield from _carry_out(request)
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


def _carry_out(request: ReadRequest) -> Iterator[ReadAnswer]:
    """Unpack the archive, or return each sheet's description followed by its rows."""
    if request.folder is not None:
        with Path(request.path).open("rb") as stream:
            kept = tuple(request.endings), tuple(request.unread)
            unpack_members(stream, Path(request.folder), *kept)
        return
    budget = _Budget()
    path = Path(request.path)
    for sheet in read_file(path, request.encoding, is_document=request.is_document):
        yield {
            "sheet": sheet.name,
            "hidden": sheet.is_hidden,
            "merged": sheet.merged,
            "encoding": sheet.encoding,
            "height": sheet.height,
            "is_damaged": sheet.is_damaged,
            "hidden_rows": sheet.hidden.rows,
            "hidden_columns": sheet.hidden.columns,
            "struck": sheet.hidden.struck,
        }
        rows = blank_covered_cells(sheet.rows, sheet.merged) if sheet.merged else sheet.rows
        for batch in _batch_rows(rows, budget):
            yield {"rows": batch}


def _limit_memory(file_size: int) -> None:
    """Limit the memory of this process according to the size of the file; not on Windows.

    A small file that claims to be huge then fails at once: filling gigabytes would take seconds.
    """
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 not on Windows

        _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = _MOST_MEMORY if hard == resource.RLIM_INFINITY else min(hard, _MOST_MEMORY)
        limit = min(_LEAST_MEMORY + _MEMORY_PER_BYTE * file_size, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))


def _encode_answer(answer: ReadAnswer) -> str:
    r"""Return an answer as JSON, without control characters other than tabs and line breaks.

    Nobody sees them in a cell, and a household number with one could never be typed again.

    >>> _encode_answer({"rows": [["H1\x00\x1b", "a\nb", "\\u0001"]]})
    '{"rows": [["H1", "a\\nb", "\\\\u0001"]]}'
    """
    text = json.dumps(answer, ensure_ascii=True)
    # they can only be there if one of these is, and that is looked up much faster
    if any(sign in text for sign in ("\\u00", "\\b", "\\f")):
        text = _CONTROL.sub(r"\1", text)
    return text


def serve_requests(requests: Iterable[str], answers: IO[str]) -> None:
    """Answer requests until there are no more."""
    for line in requests:
        request = ReadRequest(**json.loads(line))
        _limit_memory(Path(request.path).stat().st_size)
        for answer in answer_request(request):
            answers.write(_encode_answer(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    # Ctrl-C in a terminal reaches both processes; the parent then ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a parser prints must not get between the answers, so it is sent to standard error.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as own_answers:
        os.dup2(2, 1)
        own_answers.write(json.dumps({"ready": True}) + "\n")
        own_answers.flush()
        serve_requests(sys.stdin, own_answers)
