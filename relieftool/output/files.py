"""Results in files, whole or not at all: written beside, read back, then moved into place."""

import contextlib
import csv
import errno
import json
import os
import secrets
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.output.clean import escape_invisible
from relieftool.output.document import format_json
from relieftool.output.pages import format_html
from relieftool.output.result import PlainTable, Result, ShownResult
from relieftool.output.result_cells import format_unarmed
from relieftool.output.workbooks import count_workbook_rows, write_workbook

_ONLY_OWNER = 0o600
_DATABASE = b"SQLite format 3\0"


def write_result(result: Result, path: Path, *, is_revealed: bool = False) -> None:
    """Write a result to a file in the form its ending names, masked unless revealed.

    A file that was there is replaced. Only the owner may read it. Nothing is left behind when it
    cannot be written.
    """
    write_shown(result.shown(is_revealed=is_revealed), path)


def write_shown(result: ShownResult, path: Path) -> None:
    """Write a result whose private values are masked already, or revealed."""
    write = _writer(path)
    if path.is_dir():
        raise ReliefError(
            escape_invisible(str(path)), _("is a folder"), _("Add a file name after it.")
        )
    with replace_file(path) as beside:
        write(result, beside)


def write_text(text: str, path: Path) -> None:
    """Write a text to a file, whole or not at all; a database is never written over."""
    _check_is_no_register(path)
    if path.is_dir():
        raise ReliefError(
            escape_invisible(str(path)), _("is a folder"), _("Add a file name after it.")
        )
    with replace_file(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")
        _compare(path, beside.read_text(encoding="utf-8"), text)


def format_csv(grid: PlainTable, *, has_labels: bool) -> str:
    """Write a table as CSV; its first row is the headings for people, or the names for programs."""
    lines = StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow([escape_invisible(c.label) if has_labels else c.key for c in grid.columns])
    writer.writerows([format_unarmed(cell) for cell in row] for row in grid.rows)
    return lines.getvalue()


def check_out_file(path: Path | None) -> None:
    """Refuse a file name whose ending names no form, before any work is done; None is no file."""
    if path is not None:
        _writer(path)
        _check_is_no_register(path)


def _check_is_no_register(path: Path) -> None:
    """Refuse to write a report over a database."""
    if path.is_file():
        with path.open("rb") as file:
            is_database = file.read(len(_DATABASE)) == _DATABASE
        if is_database:
            raise ReliefError(
                escape_invisible(str(path)),
                _("this file is a database, perhaps the register itself"),
                _("Give --out another file name."),
            )


def _writer(path: Path) -> Callable[[ShownResult, Path], None]:
    try:
        return _WRITERS[path.suffix.lower()]
    except KeyError:
        raise ReliefError(
            escape_invisible(path.name),
            _("the ending does not say what to write"),
            _("End the file name in one of: {endings}.").format(endings=" ".join(_WRITERS)),
        ) from None


@contextlib.contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Give an empty file beside the one wanted, and move it there once it is written."""
    beside = path.with_name(f".{path.stem}-{secrets.token_hex(4)}{path.suffix}")
    try:
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_OWNER))
        yield beside
        with beside.open("rb+") as written:
            os.fsync(written.fileno())
        beside.replace(path)
    except OSError as error:
        raise ReliefError(
            escape_invisible(str(path)),
            _reason(error),
            _("Check the name and the folder; close the file if another program shows it."),
        ) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def _reason(error: OSError) -> str:
    match error.errno:
        case errno.ENOENT | errno.ENOTDIR:
            return _("there is no such folder")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return _("this place does not let you write")
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return _("the disk is full")
        case _other:
            return _("the system did not let it be written (number {number})").format(
                number=error.errno
            )


def _write_json(result: ShownResult, path: Path) -> None:
    text = format_json(result.document)
    path.write_text(text + "\n", encoding="utf-8")
    _compare(path, format_json(json.loads(path.read_text(encoding="utf-8"))), text)


def _write_csv(result: ShownResult, path: Path) -> None:
    # The mark in front (BOM) tells Excel and WPS that this is UTF-8.
    path.write_text(format_csv(result.listing, has_labels=True), encoding="utf-8-sig", newline="")
    with path.open(encoding="utf-8-sig", newline="") as written:
        row_count = sum(1 for _row in csv.reader(written, strict=True))
    _compare(path, row_count, len(result.listing.rows) + 1)


def _write_xlsx(result: ShownResult, path: Path) -> None:
    write_workbook(result.grids, path)
    written_counts = count_workbook_rows(path)[: len(result.grids)]
    _compare(path, written_counts, [len(grid.rows) + 1 for grid in result.grids])


def _write_html(result: ShownResult, path: Path) -> None:
    text = format_html(result.grids)
    path.write_text(text, encoding="utf-8")
    _compare(path, path.read_text(encoding="utf-8"), text)


def _compare(path: Path, read_back: object, wanted: object) -> None:
    if read_back != wanted:
        raise ReliefError(
            escape_invisible(path.suffix),
            _("what was written does not read back the same"),
            _("Nothing was kept. Try another folder or another ending."),
        )


_WRITERS: dict[str, Callable[[ShownResult, Path], None]] = {
    ".xlsx": _write_xlsx,
    ".csv": _write_csv,
    ".json": _write_json,
    ".html": _write_html,
}
