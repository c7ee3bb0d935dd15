"""Rows handed out to be corrected and taken back in, each with a key that proves which row it is.

The key also tells which cells were left as they were handed out, shown in full or masked: those
keep what the register has. What is corrected stands for the old row, which is kept word for word.

Finding the rows of a file that `relief problems --out` wrote and a clerk corrected.
"""

import hmac
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from relieftool.errors import Problem, ReliefError
from relieftool.messages import Message, _
from relieftool.spreadsheets.reader import Sheet
from relieftool.spreadsheets.source_tables import SourceRow, SourceTable
from relieftool.store.imports import RecordedProblem
from relieftool.store.settings import keyed_hash, read_setting
from relieftool.values.text import Cell, drop_spaces, is_blank, is_empty_cell

KEY_HEADING = "relief:key"
_CELL_LENGTH, _PROOF_LENGTH = 6, 12


@dataclass(frozen=True)
class DoubtfulRow:
    """A row as it counts now, with its number in its sheet and what is wrong with it."""

    row_id: int
    number: int
    cells: list[Cell]
    reasons: list[Message]


@dataclass(frozen=True)
class DoubtfulTable:
    """The doubtful rows of one table, with its headings and what each column means."""

    file_name: str
    sheet: str
    headings: list[str]
    targets: list[str | None]
    rows: list[DoubtfulRow]


@dataclass(frozen=True)
class CorrectedRow:
    """A row of a corrected file: where it is, its key, its cells and the headings above them."""

    sheet: str
    number: int
    key: str
    cells: list[Cell]
    headings: list[str]


def format_for_correction(cell: Cell) -> str:
    """Return a cell as text for a person; a number too long to be exact looks like the wreck it is.

    >>> format_for_correction(12.0), format_for_correction(3.60302199003071e17), format_for_correction(True), format_for_correction(None)
    ('12', '3.60302199003071e+17', '是', '')
    """
    match cell:
        case None:
            return ""
        case bool():
            return "是" if cell else "否"
        case float():
            return f"{cell:.15g}"
        case _:
            return str(cell)


def find_doubtful_tables(db: Database, problems: Iterable[RecordedProblem]) -> list[DoubtfulTable]:
    """Gather the rows that problems are about, table by table."""
    reasons: dict[int, list[Message]] = defaultdict(list)
    for problem in problems:
        if problem.row_id is not None:
            reasons[problem.row_id].append(problem.problem.message)
    tables: dict[int, DoubtfulTable] = {}
    for row in db.query(_DOUBTFUL, [json.dumps(list(reasons))]):
        if row["table_id"] not in tables:
            tables[row["table_id"]] = _doubtful_table(row)
        tables[row["table_id"]].rows.append(
            DoubtfulRow(
                row["root_id"],
                row["row_number"],
                json.loads(row["cells"]),
                reasons[row["row_id"]],
            )
        )
    return list(tables.values())


_DOUBTFUL = """
    SELECT told.row_id, root.row_id AS root_id, root.row_number, told.cells,
        source_tables.*, imports.file_name
    FROM source_rows AS told
    LEFT JOIN corrections ON corrections.row_id = told.row_id
    JOIN source_rows AS root ON root.row_id = ifnull(corrections.replaces, told.row_id)
    JOIN source_tables ON source_tables.table_id = root.table_id
    JOIN imports ON imports.import_id = source_tables.import_id
    WHERE told.row_id IN (SELECT value FROM json_each(?))
    ORDER BY imports.file_name, source_tables.table_id, root.row_number
"""


def _doubtful_table(row: dict[str, Any]) -> DoubtfulTable:
    columns = sorted(json.loads(row["columns"]), key=lambda one: int(one["position"]))
    return DoubtfulTable(
        row["file_name"],
        row["sheet"],
        [str(column["header"]) for column in columns],
        [one["target"] for one in columns],
        [],
    )


@dataclass(frozen=True)
class RowKeys:
    """Makes and reads the keys of rows; they prove nothing to another register."""

    secret: str

    def make(self, row_id: int, texts: Sequence[str]) -> str:
        """Return the key of a row handed out with these texts."""
        cells = ".".join(
            self._mark(f"{row_id}|{place}|{text}", _CELL_LENGTH) for place, text in enumerate(texts)
        )
        return f"{row_id}-{self._mark(f'{row_id}-{cells}', _PROOF_LENGTH)}-{cells}"

    def row_of(self, key: str) -> int | None:
        """Return the row that a key is of; None for no key, and for one of another register."""
        number, _dash, rest = key.partition("-")
        proof, _dash, cells = rest.partition("-")
        expected = self._mark(f"{number}-{cells}", _PROOF_LENGTH)
        is_ours = number.isdecimal() and hmac.compare_digest(proof.encode(), expected.encode())
        return int(number) if is_ours else None

    def is_as_handed_out(self, key: str, place: int, cell: Cell) -> bool:
        """Return whether a cell of a row still reads as it was handed out."""
        number, _proof, cells = key.split("-", 2)
        marks = cells.split(".")
        mark = self._mark(f"{number}|{place}|{format_for_correction(cell)}", _CELL_LENGTH)
        return place < len(marks) and marks[place] == mark

    def _mark(self, text: str, length: int) -> str:
        return keyed_hash(self.secret, text, length)


def load_row_keys(db: Database) -> RowKeys:
    """Return the keys of a register."""
    return RowKeys(read_setting(db, "secret") or "")


def build_corrected_tables(db: Database, rows: Sequence[CorrectedRow]) -> list[SourceTable]:
    """Make source tables of the rows that were changed; those left as they were stay in doubt.

    Raises:
        ReliefError: Columns were moved, taken out or renamed.
    """
    keys = load_row_keys(db)
    made: dict[int, SourceTable] = {}
    corrected: dict[int, list[SourceRow]] = defaultdict(list)
    unknown: list[CorrectedRow] = []
    for row in rows:
        row_id = keys.row_of(row.key)
        found = None if row_id is None else next(db.query(_ROOT, [row_id]), None)
        if found is None:
            unknown.append(row)
            continue
        _check_headings(row, json.loads(found["columns"]))
        cells = _merged_cells(keys, row, json.loads(found["cells"]))
        if cells is not None:
            made.setdefault(found["table_id"], _table_like(found))
            place = found["row_number"], found["role"], found["continues"]
            corrected[found["table_id"]].append(SourceRow(*place, cells, replaces=row_id))
    tables = [replace(table, rows=corrected[number]) for number, table in made.items()]
    return [*tables, *([_strangers(unknown)] if unknown else [])]


_ROOT = """
    SELECT source_tables.*, root.row_number, root.role, root.continues, ifnull((
        SELECT latest.cells FROM corrections JOIN source_rows latest USING (row_id)
        JOIN source_tables ON source_tables.table_id = latest.table_id
        JOIN imports ON imports.import_id = source_tables.import_id
        WHERE corrections.replaces = root.row_id AND imports.undone_at IS NULL
        ORDER BY corrections.row_id DESC LIMIT 1), root.cells) AS cells
    FROM source_rows AS root JOIN source_tables ON source_tables.table_id = root.table_id
    WHERE root.row_id = ?
"""


def _check_headings(row: CorrectedRow, columns: list[dict[str, Any]]) -> None:
    """Refuse a file in which a column may have changed its meaning."""
    columns = sorted(columns, key=lambda one: int(one["position"]))
    expected = [drop_spaces(str(column["header"])) for column in columns]
    found = [drop_spaces(heading) for heading in row.headings]
    if found[: len(expected)] != expected:
        raise ReliefError(
            row.sheet,
            _("a column of this file was moved, taken out or renamed"),
            _("Write it anew with `relief problems --out FILE.xlsx`, and change only cells."),
        )


def _merged_cells(keys: RowKeys, row: CorrectedRow, kept: list[Cell]) -> list[Cell] | None:
    """Return a row's cells as corrected; None where each is as it was handed out."""
    cells = list(kept)
    is_changed = False
    for place, cell in enumerate(row.cells[: max(len(kept), len(row.headings))]):
        if keys.is_as_handed_out(row.key, place, cell):
            continue
        cells += [None] * (place + 1 - len(cells))
        cells[place] = None if is_blank(cell) and not isinstance(cell, str) else cell
        is_changed = True
    return cells if is_changed else None


def _table_like(found: dict[str, Any]) -> SourceTable:
    """Make an empty table like a kept one; its rows speak in the place of that one's only."""
    return SourceTable(
        sheet=found["sheet"],
        title=found["title"],
        first_header_row=found["first_header_row"],
        last_header_row=found["last_header_row"],
        kind=found["table_kind"],
        programme=None,
        community=None,
        covers=None,
        is_complete=None,
        columns=[],
        rows=[],
    )


def _strangers(rows: Sequence[CorrectedRow]) -> SourceTable:
    """Keep rows that carry no key of this register, each told as not used."""
    message = Message(
        "this row has no key of this register; import new rows as an ordinary list instead"
    )
    return SourceTable(
        sheet=rows[0].sheet,
        title="",
        first_header_row=1,
        last_header_row=1,
        kind="households",
        programme=None,
        community=None,
        covers=None,
        is_complete=None,
        columns=[],
        rows=[SourceRow(row.number, "note", None, row.cells) for row in rows],
        problems=[
            Problem("correction-unknown", message, row.sheet, row.number, is_unused=True)
            for row in rows
        ],
    )


_MOST_ROWS_ABOVE = 10
# The columns that stand between the key and the row's own: its number, what is wrong.
ADDED_HEADINGS = 2


def find_corrections(sheets: Iterable[Sheet]) -> list[CorrectedRow] | None:
    """Return the rows of a corrected file, None for any other file."""
    found = None
    for sheet in sheets:
        place = _key_place(sheet)
        if place is not None:
            found = [*(found or []), *_rows(sheet, *place)]
    return found


def _key_place(sheet: Sheet) -> tuple[int, int] | None:
    """Find row and column of the key's heading, None where there is none."""
    for row, cells in enumerate(sheet.rows[:_MOST_ROWS_ABOVE]):
        if KEY_HEADING in cells:
            return row, cells.index(KEY_HEADING)
    return None


def _rows(sheet: Sheet, header: int, column: int) -> Iterator[CorrectedRow]:
    """Return the rows below the headings that show anything."""
    first = column + 1 + ADDED_HEADINGS
    headings = ["" if cell is None else str(cell) for cell in sheet.rows[header][first:]]
    for number in range(header + 2, len(sheet.rows) + 1):
        cells = sheet.rows[number - 1]
        own = _padded(cells[first:], len(headings))
        key = cells[column] if column < len(cells) else None
        if not is_empty_cell(key) or not all(is_empty_cell(cell) for cell in own):
            yield CorrectedRow(sheet.name, number, "" if key is None else str(key), own, headings)


def _padded(cells: list[Cell], width: int) -> list[Cell]:
    return cells + [None] * (width - len(cells))
