"""Builds the rows that `relief problems --out` writes for correction, and reads them back.

Each written row has a key. It proves which kept row this is, and shows which cells are still as
they were written, in full or masked: these keep their value in the register. A corrected row
replaces the old row, which is kept word for word.
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
from relieftool.store.imports import RecordedProblem, build_kept_table
from relieftool.store.settings import keyed_hash, read_setting
from relieftool.values.text import Cell, drop_spaces, is_blank, is_empty_cell

KEY_HEADING = "relief:key"
# The number of columns between the key and the row's own cells: row number, and what is wrong.
ADDED_HEADINGS = 2
_CELL_LENGTH, _PROOF_LENGTH = 6, 12
_MOST_ROWS_ABOVE = 10


@dataclass(frozen=True)
class DoubtfulRow:
    """A row with problems: its current cells, its number in its sheet, and the problems' messages.

    `row_id` is that of the row as it was first imported.
    """

    row_id: int
    number: int
    cells: list[Cell]
    reasons: list[Message]


@dataclass(frozen=True)
class DoubtfulTable:
    """The rows of a table that have problems, with the headings and targets of its columns."""

    file_name: str
    sheet: str
    headings: list[str]
    targets: list[str | None]
    rows: list[DoubtfulRow]


@dataclass(frozen=True)
class CorrectedRow:
    """A row of a corrected file: its sheet and row number, key, own cells, and their headings."""

    sheet: str
    number: int
    key: str
    cells: list[Cell]
    headings: list[str]


def format_for_correction(cell: Cell) -> str:
    """Return a cell as text for a person to correct.

    A number with more than 15 digits stays in scientific notation, so that the damage shows.

    >>> [format_for_correction(cell) for cell in (12.0, 3.60302199003071e17, True, None)]
    ['12', '3.60302199003071e+17', '是', '']
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
    """Return the rows that have these problems, by table."""
    reasons: dict[int, list[Message]] = defaultdict(list)
    for problem in problems:
        if problem.row_id is not None:
            reasons[problem.row_id].append(problem.problem.message)
    tables: dict[int, DoubtfulTable] = {}
    for row in db.query(_DOUBTFUL, [json.dumps(list(reasons))]):
        if row["table_id"] not in tables:
            tables[row["table_id"]] = _make_doubtful_table(row)
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
    SELECT doubtful.row_id, root.row_id AS root_id, root.row_number, doubtful.cells,
        source_tables.*, imports.file_name
    FROM source_rows AS doubtful
    LEFT JOIN corrections ON corrections.row_id = doubtful.row_id
    JOIN source_rows AS root ON root.row_id = ifnull(corrections.replaces, doubtful.row_id)
    JOIN source_tables ON source_tables.table_id = root.table_id
    JOIN imports ON imports.import_id = source_tables.import_id
    WHERE doubtful.row_id IN (SELECT value FROM json_each(?))
    ORDER BY imports.file_name, source_tables.table_id, root.row_number
"""


def _make_doubtful_table(row: dict[str, Any]) -> DoubtfulTable:
    """Return the table of a row from _DOUBTFUL, without rows."""
    columns = _order_columns(json.loads(row["columns"]))
    headings = [str(column["header"]) for column in columns]
    targets = [column["target"] for column in columns]
    return DoubtfulTable(row["file_name"], row["sheet"], headings, targets, [])


def _order_columns(columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records of columns in order from left to right."""
    return sorted(columns, key=lambda column: int(column["position"]))


@dataclass(frozen=True)
class RowKeys:
    """Makes and reads the keys of rows, which are valid only in the register with the secret.

    A key is ROW-PROOF-CELLS: the row's id, a hash of the rest of the key, and a short hash of each
    cell's text.
    """

    secret: str

    def make(self, row_id: int, texts: Sequence[str]) -> str:
        """Return the key of a row that is written with these texts in its cells."""
        cells = ".".join(
            self._mark(f"{row_id}|{place}|{text}", _CELL_LENGTH) for place, text in enumerate(texts)
        )
        return f"{row_id}-{self._mark(f'{row_id}-{cells}', _PROOF_LENGTH)}-{cells}"

    def find_row(self, key: str) -> int | None:
        """Return the id of a key's row; None if the key is not from this register."""
        number, _dash, rest = key.partition("-")
        proof, _dash, cells = rest.partition("-")
        expected = self._mark(f"{number}-{cells}", _PROOF_LENGTH)
        is_ours = number.isdecimal() and hmac.compare_digest(proof.encode(), expected.encode())
        return int(number) if is_ours else None

    def is_as_handed_out(self, key: str, place: int, cell: Cell) -> bool:
        """Whether a cell is as it was written; `place` is its position in the row, from 0."""
        number, _proof, cells = key.split("-", 2)
        marks = cells.split(".")
        mark = self._mark(f"{number}|{place}|{format_for_correction(cell)}", _CELL_LENGTH)
        return place < len(marks) and marks[place] == mark

    def _mark(self, text: str, length: int) -> str:
        return keyed_hash(self.secret, text, length)


def load_row_keys(db: Database) -> RowKeys:
    """Return the RowKeys of a register, which use its secret."""
    return RowKeys(read_setting(db, "secret") or "")


def build_corrected_tables(db: Database, rows: Sequence[CorrectedRow]) -> list[SourceTable]:
    """Return source tables of the rows that were changed, and a table of rows without a valid key.

    Raises:
        ReliefError: Columns were moved, taken out or renamed.
    """
    keys = load_row_keys(db)
    tables: dict[int, SourceTable] = {}
    corrected: dict[int, list[SourceRow]] = defaultdict(list)
    unknown: list[CorrectedRow] = []
    for row in rows:
        row_id = keys.find_row(row.key)
        found = None if row_id is None else next(db.query(_ROOT, [row_id]), None)
        if found is None:
            unknown.append(row)
            continue
        _check_headings(row, json.loads(found["columns"]))
        cells = _merge_cells(keys, row, json.loads(found["cells"]))
        if cells is not None:
            tables.setdefault(found["table_id"], build_kept_table(found))
            place = found["row_number"], found["role"], found["continues"]
            corrected[found["table_id"]].append(SourceRow(*place, cells, replaces=row_id))
    made = [_replace_rows(table, corrected[number]) for number, table in tables.items()]
    return [*made, *([_keep_unknown_rows(unknown)] if unknown else [])]


def _replace_rows(table: SourceTable, rows: Sequence[SourceRow]) -> SourceTable:
    """Return the table with corrected rows as its rows. It has no columns, programme and so on."""
    return replace(
        table,
        programme=None,
        community=None,
        covers=None,
        is_complete=None,
        columns=[],
        rows=rows,
    )


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
    """Raise ReliefError unless a row's headings begin with the headings of its kept table.

    Otherwise a cell could be stored in another column.
    """
    expected = [drop_spaces(str(column["header"])) for column in _order_columns(columns)]
    found = [drop_spaces(heading) for heading in row.headings]
    if found[: len(expected)] != expected:
        raise ReliefError(
            row.sheet,
            _("a column of this file was moved, taken out or renamed"),
            _("Write it again with `relief problems --out FILE.xlsx`, and change only cells."),
        )


def _merge_cells(keys: RowKeys, row: CorrectedRow, kept: list[Cell]) -> list[Cell] | None:
    """Return the kept cells with corrections; None if all cells are as they were written."""
    cells = list(kept)
    is_changed = False
    for place, cell in enumerate(row.cells[: max(len(kept), len(row.headings))]):
        if keys.is_as_handed_out(row.key, place, cell):
            continue
        cells += [None] * (place + 1 - len(cells))
        cells[place] = None if is_blank(cell) and not isinstance(cell, str) else cell
        is_changed = True
    return cells if is_changed else None


def _keep_unknown_rows(rows: Sequence[CorrectedRow]) -> SourceTable:
    """Return a table of the rows without a valid key, each with a problem: it is not used."""
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


def find_corrections(sheets: Iterable[Sheet]) -> list[CorrectedRow] | None:
    """Return the rows of a file with corrections; None if no sheet has KEY_HEADING near its top."""
    found = None
    for sheet in sheets:
        place = _find_key(sheet)
        if place is not None:
            found = [*(found or []), *_list_rows(sheet, *place)]
    return found


def _find_key(sheet: Sheet) -> tuple[int, int] | None:
    """Return row and column of KEY_HEADING, from 0; None if the sheet's first rows lack it."""
    for row, cells in enumerate(sheet.rows[:_MOST_ROWS_ABOVE]):
        if KEY_HEADING in cells:
            return row, cells.index(KEY_HEADING)
    return None


def _list_rows(sheet: Sheet, header: int, column: int) -> Iterator[CorrectedRow]:
    """Yield the rows below the headings, except empty rows; `header` and `column` count from 0."""
    first = column + 1 + ADDED_HEADINGS
    headings = ["" if cell is None else str(cell) for cell in sheet.rows[header][first:]]
    for number in range(header + 2, len(sheet.rows) + 1):
        cells = sheet.rows[number - 1]
        own = cells[first:]
        own += [None] * (len(headings) - len(own))
        key = cells[column] if column < len(cells) else None
        if not is_empty_cell(key) or not all(is_empty_cell(cell) for cell in own):
            yield CorrectedRow(sheet.name, number, "" if key is None else str(key), own, headings)
