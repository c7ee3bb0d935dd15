"""Writes results to files, whole or not at all: a new file is read back and moved into place.

In JSON the keys are a contract, an unknown value is null, and invisible characters are escaped. A
web page loads nothing: it has no scripts, pictures or links.
"""

import contextlib
import csv
import errno
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import Any, TextIO

from relieftool.errors import ReliefError
from relieftool.messages import _, current_language
from relieftool.output.result import Column, PlainTable, Result, ShownResult
from relieftool.output.result_cells import format_cell, format_plain, format_unarmed
from relieftool.output.streams import print_data, print_message
from relieftool.output.workbooks import count_workbook_rows, write_workbook
from relieftool.values.screen_text import escape_invisible

_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font-family: sans-serif; margin: 2em; }}
table {{ border-collapse: collapse; }}
th, td {{ border: 1px solid #888; padding: .2em .6em; text-align: left; }}
th {{ background: #eee; }}
.right {{ text-align: right; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def print_table(table: PlainTable) -> None:
    """Print a table for a program to read: its cells uncut, what is said about it on stderr."""
    for line in (table.heading, *table.warnings):
        print_message(line)
    if table.is_empty:
        return
    places = [place for place, column in enumerate(table.columns) if column.only != "screen"]
    print_data("\t".join(escape_invisible(table.columns[place].label) for place in places))
    for row in table.rows:
        cells = (row[place] for place in places)
        print_data(
            "\t".join(format_cell(None) if cell is None else format_plain(cell) for cell in cells)
        )
    for line in table.footer:
        print_message(line)


def format_html(tables: Sequence[PlainTable]) -> str:
    """Return tables as one web page, each under its heading; HTML in their text is escaped."""
    return _PAGE.format(
        language=current_language(),
        title=_escape_text(tables[0].title),
        body="\n".join(map(_format_section, tables)),
    )


def _format_section(table: PlainTable) -> str:
    warnings = [f"<p><strong>{_escape_text(line)}</strong></p>" for line in table.warnings]
    heading = [f"<h2>{_escape_text(table.heading)}</h2>", *warnings]
    if table.is_empty:
        return "\n".join(heading)
    head = "".join(
        f"<th{_format_class(column)}>{_escape_text(column.label)}</th>" for column in table.columns
    )
    rows = [
        "".join(
            f"<td{_format_class(column)}>{_escape_text(format_cell(cell))}</td>"
            for column, cell in zip(table.columns, row, strict=True)
        )
        for row in table.rows
    ]
    lines = [f"<tr>{cells}</tr>" for cells in (head, *rows)]
    notes = [f"<p>{_escape_text(line)}</p>" for line in table.footer]
    return "\n".join([*heading, "<table>", *lines, "</table>", *notes])


def _format_class(column: Column[Any]) -> str:
    return ' class="right"' if column.justify == "right" else ""


def _escape_text(text: str) -> str:
    return escape(escape_invisible(text))


def format_json(document: Mapping[str, object]) -> str:
    r"""Return a document as JSON that people can read and a terminal shows safely.

    An invisible character becomes a \uXXXX escape, so that it is read back unchanged.

    >>> print(format_json({"head": "李*", "amount_fen": None, "title": "a\u202e"}))
    {
      "head": "李*",
      "amount_fen": null,
      "title": "a\u202e"
    }
    """
    return "\n".join(stream_json(document))


def stream_json(document: Mapping[str, object]) -> Iterator[str]:
    """Yield the lines of a document as JSON; a value that is an iterator is read as they are.

    >>> list(stream_json({"rows": iter([1, 2]), "none": iter([])}))
    ['{', '  "rows": [', '    1,', '    2', '  ],', '  "none": []', '}']
    """
    yield from _enclose(
        "{}",
        (
            _join_lines(f"{json.dumps(key, ensure_ascii=False)}: ", _stream_value(value))
            for key, value in document.items()
        ),
    )


def _stream_value(value: object) -> Iterator[str]:
    """Yield the lines of a value; of an iterator, each value when it is asked for."""
    if isinstance(value, Iterator):
        return _enclose("[]", (_stream_value(each) for each in value))
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2, default=_date_text)
    return map(_escape, text.split("\n"))


def _join_lines(before: str, lines: Iterator[str]) -> Iterator[str]:
    """Yield lines with a text before the first."""
    yield before + next(lines)
    yield from lines


def _enclose(brackets: str, parts: Iterator[Iterator[str]]) -> Iterator[str]:
    """Yield the lines of parts within brackets, indented, with a comma after all but the last."""
    held = opening = brackets[0]
    for part in parts:
        yield held if held == opening else held + ","
        held = "  " + next(part)
        for line in part:
            yield held
            held = "  " + line
    if held == opening:
        yield brackets
    else:
        yield held
        yield brackets[1]


def _escape(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in line)


def _date_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


_ONLY_OWNER = 0o600
_DATABASE = b"SQLite format 3\0"


def write_result(result: Result, path: Path, *, is_revealed: bool = False) -> None:
    """Write a result to a file in the format of its ending; masked unless `is_revealed`.

    An existing file is replaced, or kept if the write fails. Only the owner may read the new file.
    """
    write_shown(result.shown(is_revealed=is_revealed), path)


def write_shown(result: ShownResult, path: Path) -> None:
    """Write a result whose private values are already masked or revealed."""
    _check_table_ending(path)
    write = _WRITERS[path.suffix.lower()]
    _check_is_no_folder(path)
    with replace_file(path) as beside:
        write(result, beside)


def write_text(text: str, path: Path) -> None:
    """Write a text to a file, whole or not at all; ReliefError for a folder or a database."""
    check_no_register(path)
    _check_is_no_folder(path)
    with replace_file(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")
        _compare(path, beside.read_text(encoding="utf-8"), text)


def write_csv(result: ShownResult, file: TextIO, *, has_labels: bool) -> int:
    """Write the list of a result as CSV, row by row, and return the number of rows.

    The first row, which counts too, has the labels if `has_labels`, otherwise the keys.
    """
    listing = result.result.tables[-1]
    columns = listing.list_file_columns()
    head = [escape_invisible(each.label) if has_labels else each.key for each in columns]
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(head)
    for row in listing.stream_rows(is_revealed=result.is_revealed):
        writer.writerow(map(format_unarmed, row))
    return 1 + len(listing.records)


def check_out_file(path: Path | None) -> None:
    """Raise ReliefError if `path` has an unknown ending or is a database; called before any work.

    None means that no file is to be written.
    """
    if path is not None:
        _check_table_ending(path)
        check_no_register(path)


def check_ending(path: Path, problem: str, *endings: str) -> None:
    """Raise ReliefError with a problem if a file has another ending than these."""
    if path.suffix.lower() not in endings:
        remedy = _("End the file name in one of: {endings}.")
        remedy = remedy if len(endings) > 1 else _("End the file name in {endings}.")
        stated = remedy.format(endings=" ".join(endings))
        raise ReliefError(escape_invisible(path.name), problem, stated)


def _check_is_no_folder(path: Path) -> None:
    if path.is_dir():
        raise ReliefError(
            escape_invisible(str(path)), _("is a folder"), _("Add a file name after it.")
        )


def check_no_register(path: Path) -> None:
    """Raise ReliefError if the file is an SQLite database, which a report must not replace."""
    if path.is_file():
        with path.open("rb") as file:
            is_database = file.read(len(_DATABASE)) == _DATABASE
        if is_database:
            raise ReliefError(
                escape_invisible(str(path)),
                _("this file is a database, perhaps the register itself"),
                _("Give --out another file name."),
            )


def _check_table_ending(path: Path) -> None:
    check_ending(path, _("the ending does not say what to write"), *_WRITERS)


@contextlib.contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Yield an empty file beside `path`; it replaces `path` if the block ends without an error.

    Only the owner may read it. Raises ReliefError if the system refuses to write.
    """
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
            _format_reason(error),
            _("Check the name and the folder; close the file if another program shows it."),
        ) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def _format_reason(error: OSError) -> str:
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
    written = hashlib.sha256()
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for line in stream_json(result.document):
            file.write(line + "\n")
            written.update(f"{line}\n".encode())
    _compare(path, hashlib.sha256(path.read_bytes()).digest(), written.digest())


def _write_csv(result: ShownResult, path: Path) -> None:
    # With a byte order mark in front, Excel and WPS read the file as UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        count = write_csv(result, file, has_labels=True)
    with path.open(encoding="utf-8-sig", newline="") as written:
        row_count = sum(1 for _row in csv.reader(written, strict=True))
    _compare(path, row_count, count)


def _write_xlsx(result: ShownResult, path: Path) -> None:
    *before, listing = result.tables
    tables = [*(table for table in before if not table.is_empty), listing]
    write_workbook(tables, path)
    written_counts = count_workbook_rows(path)[: len(tables)]
    _compare(path, written_counts, [len(table.rows) + 1 for table in tables])


def _write_html(result: ShownResult, path: Path) -> None:
    text = format_html(result.tables)
    path.write_text(text, encoding="utf-8")
    _compare(path, path.read_text(encoding="utf-8"), text)


def _compare(path: Path, read_back: object, wanted: object) -> None:
    """Raise ReliefError if what was read back is not what was written, as on a failing disk."""
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
