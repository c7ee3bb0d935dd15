"""The process that opens workbooks for relief, so that a file that kills the parser kills only it.

It is asked on standard input, one path a line, and answers in lines of JSON: a sheet's head, its
rows, and at the end done or refused. It imports nothing that writes.
"""

import datetime as dt
import json
import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO
from zipfile import BadZipFile

from python_calamine import (
    CalamineError,
    CalamineSheet,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from relieftool.spreadsheets.prescan import Marks, RefusedError, scan_zip

_MOST_MEMORY = 4 << 30
_EXACT_INTEGERS = 10**15

Answer = dict[str, object] | list[object]


def plain_cell(cell: object) -> str | float | bool | None:  # noqa: PLR0911 one for each kind
    """Give a parser's value as a cell: dates as ISO text, whole numbers as integers, '' as None.

    A number too long to be exact stays a float, as a sign of the damage.
    """
    match cell:
        case None | "":
            return None
        case bool() | str() | int():
            return cell
        case float() if not math.isfinite(cell):
            return str(cell)
        case float():
            return int(cell) if cell.is_integer() and abs(cell) < _EXACT_INTEGERS else cell
        case dt.datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case dt.date():
            return cell.isoformat()
        case _:
            return str(cell)


def read_workbook(path: Path) -> Iterator[Answer]:
    """Give each sheet of a workbook: its head, then its rows from row 1 and column A on."""
    with path.open("rb") as stream:
        marks = scan_zip(stream) if stream.read(2) == b"PK" else []
        stream.seek(0)
        with load_workbook(stream) as workbook:
            for index, found in enumerate(workbook.sheets_metadata):
                if found.typ is SheetTypeEnum.WorkSheet:
                    sheet = workbook.get_sheet_by_index(index)
                    is_hidden = found.visible is not SheetVisibleEnum.Visible
                    yield {"sheet": found.name, "hidden": is_hidden, "merged": _merged(sheet)}
                    yield from _rows(sheet, marks[index] if index < len(marks) else {})


def _merged(sheet: CalamineSheet) -> list[tuple[int, int, int, int]]:
    return [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]


def _rows(sheet: CalamineSheet, marks: Marks) -> Iterator[list[object]]:
    """Give the rows of a sheet; marked cells show their mark instead of nothing."""
    marked: dict[int, dict[int, str]] = {}
    for (row, column), text in marks.items():
        marked.setdefault(row, {})[column] = text
    number = -1
    for number, cells in enumerate(_cells(sheet)):
        yield _with_marks(cells, marked.get(number, {}))
    for row in range(number + 1, max(marked, default=-1) + 1):
        yield _with_marks([], marked.get(row, {}))


def _cells(sheet: CalamineSheet) -> Iterator[list[object]]:
    # iter_rows starts at row 1 but at the first filled column; to_python would hold it all twice.
    if sheet.start is not None:
        left: list[object] = [None] * sheet.start[1]
        for row in sheet.iter_rows():
            yield left + [plain_cell(cell) for cell in row]


def _with_marks(cells: list[object], marks: dict[int, str]) -> list[object]:
    if marks:
        cells = cells + [None] * (max(marks) + 1 - len(cells))
        for column, text in marks.items():
            cells[column] = text if cells[column] is None else cells[column]
    return cells


def answer(path: Path) -> Iterator[Answer]:
    """Give all there is to say about one file, the last answer being done or refused."""
    try:
        yield from read_workbook(path)
    except PasswordError:
        yield {"refused": "password"}
    except RefusedError as error:
        yield {"refused": str(error)}
    except (CalamineError, BadZipFile):
        yield {"refused": "damaged"}
    else:
        yield {"done": True}


def _limit_memory() -> None:
    """Let the system end this process before a workbook eats all memory, where it can."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


def serve(questions: Iterable[str], answers: IO[str]) -> None:
    """Answer questions until there are no more."""
    for question in questions:
        for line in answer(Path(json.loads(question))):
            answers.write(json.dumps(line, ensure_ascii=True) + "\n")
        answers.flush()


if __name__ == "__main__":
    _limit_memory()
    sys.stdout.write(json.dumps({"ready": True}) + "\n")
    sys.stdout.flush()
    serve(sys.stdin, sys.stdout)
