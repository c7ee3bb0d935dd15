"""Stores imports: source rows word for word, problems, and column mappings that users stated.

Nothing is interpreted here. A stated mapping is remembered for tables with the same headings until
all imports with which it was stated are undone.
"""

import datetime as dt
import json
import re
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from relieftool.errors import Problem
from relieftool.messages import Message, ProgressCallback, _, no_progress, report_progress
from relieftool.spreadsheets.source_tables import SourceRow, SourceTable
from relieftool.store.database import open_register
from relieftool.store.import_status import (
    find_next_step,
    record_import_event,
    record_replacements,
)
from relieftool.store.life_events import list_life_events
from relieftool.store.problem_decisions import IS_OPEN, declare_complete
from relieftool.store.seals import hash_import
from relieftool.store.settings import mark_register_stale
from relieftool.values.stored_values import parse_period
from relieftool.values.text import Cell, drop_spaces

_encode_text = json.encoder.encode_basestring
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_SALT_BYTES = 16
ANSWERED = "question"  # declared of an import that is the answer to a question: its number
_WHAT = ("kind", "programme", "area", "date")  # what an import is, besides its bytes
# If a row of data was taken for headings, a person's number may be among them.
_LONG_FIGURE = re.compile(r"\d{5,}")


@dataclass(frozen=True)
class RecordedProblem:
    """A problem, the name of its file, and its source row, if any.

    `number` is the number under which the user can decide about it; None if they cannot. `cell` is
    the text that a decision is about; None if it is about no text. `household_no` and `member` are
    the household and the name of the only person whom its row is about; None if it is about none,
    or about several.
    """

    file_name: str
    problem: Problem
    row_id: int | None = None
    number: int | None = None
    cell: str | None = None
    household_no: str | None = None
    member: str | None = None


def find_import(db: Database, sha256: str, declared: Mapping[str, object]) -> int | None:
    """Return the live import of the same bytes with the same declaration; None if there is none.

    If nothing is declared, and the bytes were declared to be several imports, it is the first.
    """
    live = _list_live_declarations(db, sha256)
    exact = [number for number, text in live if text == _encode(declared)]
    others = [json.loads(text) for _number, text in live]
    is_several = any(_contradicts(one, two) for one, two in combinations(others, 2))
    if not exact and not declared and is_several:
        return live[0][0]
    return exact[0] if exact else None


def list_live_namesakes(db: Database, file_name: str) -> list[int]:
    """Return the numbers of the live imports of files with this name."""
    rows = db.execute(
        "SELECT import_id FROM imports WHERE file_name = ? AND undone_at IS NULL", [file_name]
    )
    return [number for (number,) in rows]


def list_live_answers(db: Database, question: int) -> dict[int, str]:
    """Return the hash of each live import that is an answer to a question, by its number."""
    sql = (
        "SELECT import_id, sha256 FROM imports WHERE undone_at IS NULL"
        f" AND json_extract(declared, '$.{ANSWERED}') = ?"
    )
    return dict(db.execute(sql, [question]).fetchall())


def is_import_live(db: Database, import_id: int) -> bool:
    """Whether an import counts: it is neither undone nor replaced."""
    live = "SELECT 1 FROM imports WHERE import_id = ? AND undone_at IS NULL"
    return db.execute(live, [import_id]).fetchone() is not None


def find_newest_date(db: Database) -> dt.date | None:
    """Return the newest day that a table of a live import covers, or of an event.

    None if no table has a date and nothing happened. Of a month or year, the last day counts, but
    no day after that of the import. Answers to questions do not count: they are about the day of
    the lists.
    """
    rows = db.query(
        "SELECT DISTINCT covers, substr(imported_at, 1, 10) AS imported_on FROM source_tables"
        " JOIN imports ON imports.import_id = source_tables.import_id"
        " WHERE imports.undone_at IS NULL AND covers IS NOT NULL"
        f" AND json_extract(imports.declared, '$.{ANSWERED}') IS NULL"
    )
    days = [min(parse_period(row["covers"])[1], row["imported_on"]) for row in rows]
    days += [event.happened_on for event in list_life_events(db)]
    return max((dt.date.fromisoformat(day) for day in days), default=None)


def record_import(  # noqa: PLR0913, PLR0917 a file, its declarations and its rows
    db: Database,
    file_name: str,
    sha256: str,
    declared: Mapping[str, object],
    tables: Iterable[SourceTable],
    beside: Iterable[Mapping[str, object]] = (),
    progress: ProgressCallback = no_progress,
    step: int | None = None,
) -> int:
    """Record a file and its rows as a new import, mark the register as stale, return the number.

    The import replaces live imports of the same bytes that are declared otherwise, but none that
    are declared to be of another kind, programme, community or month, and none in `beside`, the
    declarations of files with the same bytes in this run. `step` is the number of the command;
    None: it is a command of its own. Only inside `write`.
    """
    replaced = _list_replaced(db, sha256, declared, beside)
    now = dt.datetime.now().astimezone()
    import_id = _insert(
        db,
        "imports",
        {
            "file_name": file_name,
            "sha256": sha256,
            "declared": _encode(declared),
            "imported_at": now.isoformat(timespec="seconds"),
            "salt": secrets.token_hex(_SALT_BYTES),
        },
    )
    for table in tables:
        _record_table(db, import_id, _drop_day_ahead(table, now.date()), progress)
    rows_sha256 = hash_import(db, import_id)
    record_import_event(db, import_id, "imported", step or find_next_step(db), rows_sha256)
    record_replacements(db, import_id, replaced)
    mark_register_stale(db)
    return import_id


def _drop_day_ahead(table: SourceTable, today: dt.date) -> SourceTable:
    """Return a table; without its day or month, and with a problem, if that is yet to come.

    By one mistyped year, all answers would be about a day in decades.
    """
    if table.covers is None or parse_period(table.covers)[0] <= today.isoformat():
        return table
    message = Message(
        "this list is of {covers}, which is yet to come, so its day counts as unknown; correct the"
        " date, or import it again with --month YYYY-MM",
        {"covers": table.covers},
    )
    problem = Problem("list-ahead", message, table.sheet, table.first_header_row)
    return replace(table, covers=None, problems=[*table.problems, problem])


def _list_replaced(
    db: Database,
    sha256: str,
    declared: Mapping[str, Any],
    beside: Iterable[Mapping[str, object]],
) -> list[int]:
    """Return the live imports of the same bytes that an import declared so replaces.

    An import is its bytes and its kind, programme, community and month: the same empty form may be
    the roster of several programmes. What was not stated before is only added.
    """
    kept = [_encode(other) for other in (declared, *beside)]
    return [
        number
        for number, text in _list_live_declarations(db, sha256)
        if text not in kept and not _contradicts(declared, json.loads(text))
    ]


def _list_live_declarations(db: Database, sha256: str) -> list[tuple[int, str]]:
    """Return the numbers of the live imports of the same bytes, each with its declaration."""
    return db.execute(
        "SELECT import_id, declared FROM imports WHERE sha256 = ? AND undone_at IS NULL"
        " ORDER BY import_id",
        [sha256],
    ).fetchall()


def _contradicts(declared: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two declarations of the same bytes are of different imports."""
    sheets = [declared.get("sheets", {}), other.get("sheets", {})]
    pairs = [(declared, other)] + [
        ({**declared, **sheets[0].get(name, {})}, {**other, **sheets[1].get(name, {})})
        for name in sheets[0] | sheets[1]
    ]
    return any(
        key in one and key in two and one[key] != two[key] for one, two in pairs for key in _WHAT
    )


def _record_table(
    db: Database, import_id: int, table: SourceTable, progress: ProgressCallback
) -> None:
    """Record a table, its rows, and the problems found in reading it."""
    table_id = _insert(
        db,
        "source_tables",
        {
            "import_id": import_id,
            "sheet": table.sheet,
            "title": table.title,
            "first_header_row": table.first_header_row,
            "last_header_row": table.last_header_row,
            "table_kind": table.kind,
            "programme": table.programme,
            "community": table.community,
            "covers": table.covers,
            "columns": _encode(table.columns),
            "hidden_rows": _encode(list(table.hidden_rows)),
            "struck_rows": _encode(list(table.struck_rows)),
        },
    )
    rows = report_progress(table.rows, len(table.rows), _("Keeping rows"), progress)
    db.conn.executemany(
        "INSERT INTO source_rows (table_id, row_number, role, continues, cells)"
        " VALUES (?, ?, ?, ?, ?)",
        ((table_id, row.number, row.role, row.continues, _encode_cells(row.cells)) for row in rows),
    )
    if table.is_complete is not None:
        declare_complete(db, table_id, is_complete=table.is_complete)
    if table.rows_of is not None:
        db.execute("INSERT INTO borrowed_rows VALUES (?, ?)", [table_id, table.rows_of])
    # a table of corrected rows has no columns: the columns of the corrected table apply
    if not table.columns and any(row.replaces is not None for row in table.rows):
        _record_corrections(db, table_id, table.rows)
    record_problems(db, [(import_id, None, "reading", problem) for problem in table.problems])


def _record_corrections(db: Database, table_id: int, rows: Iterable[SourceRow]) -> None:
    """Record the kept row that each row of a table corrects; `rows` are in order of insertion."""
    kept = db.execute("SELECT row_id FROM source_rows WHERE table_id = ? ORDER BY 1", [table_id])
    db.conn.executemany(
        "INSERT INTO corrections VALUES (?, ?)",
        [(row_id, row.replaces) for (row_id,), row in zip(kept.fetchall(), rows, strict=True)],
    )


def record_problems(db: Database, found: list[tuple[int, int | None, str, Problem]]) -> None:
    """Record problems, each with its import, its row (or None) and the stage that found it."""
    db.conn.executemany(
        "INSERT INTO problems (import_id, row_id, stage, code, sheet, row_number, column_header,"
        " template, params, is_unused, community, subject)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                import_id,
                row_id,
                stage,
                problem.code,
                problem.sheet,
                problem.row,
                problem.column,
                problem.message.template,
                _encode(problem.message.params),
                int(problem.is_unused),
                problem.community,
                problem.subject,
            )
            for import_id, row_id, stage, problem in found
        ),
    )


def list_problems(
    db: Database,
    *,
    file: str | None = None,
    code: str | None = None,
    community: str | None = None,
) -> list[RecordedProblem]:
    """Return the problems of all live imports, ordered by file, sheet and row.

    `file` (a pattern of file names), `code` and `community` limit the problems; None: no limit.
    """
    rows = db.query(_PROBLEMS, {"file": file, "code": code, "community": community})
    return [
        RecordedProblem(
            row["file_name"], build_kept_problem(row), row["row_id"], row["number"], row["cell"]
        )
        for row in rows
    ]


def build_kept_problem(row: Mapping[str, Any]) -> Problem:
    """Return a row of the table `problems` as a problem."""
    return Problem(
        row["code"],
        Message(row["template"], json.loads(row["params"])),
        row["sheet"],
        row["row_number"],
        row["column_header"],
        bool(row["is_unused"]),
        row["community"],
        row["subject"],
    )


def build_kept_table(row: Mapping[str, Any]) -> SourceTable:
    """Return a row of the table `source_tables` as a source table without its rows."""
    return SourceTable(
        sheet=row["sheet"],
        title=row["title"],
        first_header_row=row["first_header_row"],
        last_header_row=row["last_header_row"],
        kind=row["table_kind"],
        programme=row["programme"],
        community=row["community"],
        covers=row["covers"],
        columns=json.loads(row["columns"]),
        rows=[],
        hidden_rows=json.loads(row["hidden_rows"]),
        struck_rows=json.loads(row["struck_rows"]),
    )


_PROBLEMS = f"""
    SELECT problems.*, imports.file_name, doubts.number,
        json_extract(cells, '$[' || json_extract(params, '$.position') || ']') AS cell
    FROM problems
    JOIN imports ON imports.import_id = problems.import_id
    LEFT JOIN source_rows ON source_rows.row_id = problems.row_id
        AND json_extract(params, '$.position') IS NOT NULL
    LEFT JOIN doubts ON doubts.subject = problems.subject
    WHERE imports.undone_at IS NULL AND {IS_OPEN}
    AND (:file IS NULL OR imports.file_name GLOB :file OR imports.file_name GLOB '*/' || :file)
    AND (:code IS NULL OR problems.code = :code)
    AND (:community IS NULL OR problems.community = :community)
    ORDER BY imports.file_name, problems.sheet, problems.row_number, problems.problem_id
"""


def count_import(db: Database, import_id: int) -> dict[str, int]:
    """Return the numbers of rows, households, members, receipts and problems of an import.

    Total rows and notes do not count, nor receipts that do not say yes. Households, members and
    receipts count if they come from rows of the import. `doubts` are the problems that are more
    than an unused column, `without_community` the rows not used as their community is unknown.
    """
    counts = db.execute(_SUMMARY, {"import_id": import_id}).fetchone()
    return dict(zip(_COUNTED, counts, strict=True))


_COUNTED = (
    *("rows", "households", "members", "receipts", "problems", "doubts"),
    "without_community",
)


_SUMMARY = f"""
    WITH source AS (
        SELECT source_rows.row_id, source_rows.role FROM source_tables
        LEFT JOIN borrowed_rows ON borrowed_rows.table_id = source_tables.table_id
        JOIN source_rows ON source_rows.table_id
            = ifnull(borrowed_rows.rows_of, source_tables.table_id)
        WHERE source_tables.import_id = :import_id
    )
    SELECT
        (SELECT count(*) FROM source WHERE role IN ('first', 'continuation')),
        (SELECT count(DISTINCT household_no) FROM became
            WHERE row_id IN (SELECT row_id FROM source)),
        (SELECT count(DISTINCT member_no) FROM became
            WHERE row_id IN (SELECT row_id FROM source)),
        (SELECT count(*) FROM receipts WHERE says = 'yes'
            AND row_id IN (SELECT row_id FROM source)),
        (SELECT count(*) FROM problems WHERE import_id = :import_id AND {IS_OPEN}),
        (SELECT count(*) FROM problems WHERE import_id = :import_id AND {IS_OPEN}
            AND code <> 'column-unknown'),
        (SELECT count(*) FROM problems WHERE import_id = :import_id AND code = 'community-unknown')
"""


@dataclass(frozen=True)
class UnusedColumn:
    """The sheet and heading of a column that states no fact; … replaces long numbers in headings.

    `is_text`: it is read as remarks are, which may make facts doubtful.
    """

    sheet: str
    column: str
    is_text: bool = False


def list_unused_columns(db: Database, import_id: int) -> list[UnusedColumn]:
    """Return an import's unread columns, except columns left out with `-` for the whole file."""
    from relieftool.values.payments import is_of_paid_months  # noqa: PLC0415 start-up time
    from relieftool.values.remarks import is_free_text  # noqa: PLC0415 start-up time

    (declared,) = db.execute(
        "SELECT declared FROM imports WHERE import_id = ?", [import_id]
    ).fetchone()
    mapped = json.loads(declared).get("map", {})
    left_out = {drop_spaces(header) for header, target in mapped.items() if target == "-"}
    tables = db.execute(
        "SELECT sheet, columns, programme, covers FROM source_tables WHERE import_id = ?"
        " ORDER BY table_id",
        [import_id],
    )
    found = [
        UnusedColumn(sheet, _LONG_FIGURE.sub("…", column["header"]), is_free_text(column["header"]))
        for sheet, columns, programme, covers in tables.fetchall()
        for column in _list_unread(json.loads(columns))
        if not is_of_paid_months(column["header"], programme, covers)
        if drop_spaces(column["header"]) not in left_out
    ]
    return list(dict.fromkeys(found))


def _list_unread(columns: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return a table's columns with a heading but without a meaning.

    The result is empty if no column has a meaning: such a table is reported as a whole.
    """
    is_understood = any(column["target"] for column in columns)
    return [
        column for column in columns if is_understood and column["header"] and not column["target"]
    ]


def _insert(db: Database, table: str, row: Mapping[str, object]) -> int:
    """Insert a row and return its number."""
    columns, places = ", ".join(row), ", ".join(f":{name}" for name in row)
    cursor = db.conn.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", dict(row))
    return int(cursor.lastrowid or 0)


def _encode_cells(cells: Sequence[Cell]) -> str:
    """Return the cells of a row as `_encode` does; rows of texts alone take a third of its time."""
    try:
        return f"[{','.join([_encode_text(cell) for cell in cells])}]"  # type: ignore[arg-type]
    except TypeError:
        return _encode(cells)


def _encode(value: object) -> str:
    """Return a value as JSON, always in the same order and spacing, so that it can be compared."""
    return _ENCODER.encode(value)


def load_mappings(path: Path) -> dict[str, dict[str, str]]:
    """Return a register's remembered targets; {} if there is no file.

    They are by fingerprint of a table's headings, and then by heading.
    """
    if not path.exists() or (path.is_file() and path.stat().st_size == 0):
        return {}
    found: dict[str, dict[str, str]] = defaultdict(dict)
    # who imports has had the file checked, and has it checked again before they write
    with open_register(path, is_checked=False) as db:
        for key, header, target in db.execute(
            "SELECT fingerprint, header, target FROM column_mappings"
        ):
            found[key][header] = target
    return dict(found)


def record_mappings(
    db: Database, import_id: int, mappings: Mapping[str, Mapping[str, str]]
) -> None:
    """Record the column mappings stated with an import, by fingerprint; only inside `write`."""
    stated = [
        (key, header, to) for key, mapping in mappings.items() for header, to in mapping.items()
    ]
    if stated:
        db.conn.executemany(
            "INSERT INTO said_mappings (import_id, fingerprint, header, target)"
            " VALUES (?, ?, ?, ?)",
            [(import_id, *mapping) for mapping in stated],
        )
        refresh_mappings(db)


def refresh_mappings(db: Database) -> None:
    """Recompute the remembered mappings: the last of each heading, without undone imports.

    Only inside `write`.
    """
    db.execute("DELETE FROM column_mappings")
    db.execute(_LATEST_MAPPINGS)


_LATEST_MAPPINGS = """
    INSERT INTO column_mappings (fingerprint, header, target)
    SELECT fingerprint, header, target FROM said_mappings WHERE said_id IN (
        SELECT max(said_id) FROM said_mappings
        WHERE import_id NOT IN (
            SELECT import_id FROM import_events WHERE event = 'undone'
            AND event_id IN (SELECT max(event_id) FROM import_events GROUP BY import_id))
        GROUP BY fingerprint, header)
"""
