"""Reads the live tables with their columns and lines, each row as it was last corrected.

A table is live if its import was not undone.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from sqlite_utils import Database

from relieftool.register.lines import (
    JoinedPeople,
    Line,
    MappedColumn,
    MergedAmount,
    SheetTable,
    TargetKey,
)
from relieftool.spreadsheets.form_row_keys import FORM_KEY
from relieftool.spreadsheets.job_lists import OPENING_TARGET, JobOpening, read_job_opening
from relieftool.store.imports import ANSWERED
from relieftool.store.problem_decisions import BELONGS, HIDDEN, NO, ROSTER_SUBJECT, YES
from relieftool.values.cells import has_two_for_no
from relieftool.values.stored_values import parse_period
from relieftool.values.text import (
    Cell,
    drop_spaces,
    fold_heading,
    is_blank,
    simplified_text,
    simplify_characters,
)
from relieftool.values.units import add_unit_above, find_unit_above, split_heading
from relieftool.values.vocabulary import is_ditto, list_cell_words

_ROWS_AT_ONCE = 500  # rows whose cells are parsed by one call
# Columns of which only the first counts: a second name or ID number may be that of the payee.
_OF_ONE_COLUMN = frozenset(
    {
        *("serial", "household_no", "head_name", "head_id_number", "community", "name"),
        *("id_number", "relation", "is_head", "receives", "remark", "programme", "covers"),
        "months",
    }
)


def read_lines(db: Database) -> Iterator[tuple[SheetTable, list[Line]]]:
    """Yield the live tables with their data and total rows, in the order of file and sheet."""
    corrections = _list_corrections(db)
    for table, rows_of in list_live_tables(db):
        yield read_table_lines(db, rows_of, table, corrections)


def list_live_tables(db: Database) -> Iterator[tuple[SheetTable, int]]:
    """Yield the live tables with a known column, each with the id of the table that has its rows.

    A remapped table has no rows of its own: `borrowed_rows` names the table whose rows it uses.
    """
    return _list_tables(db, "imports.undone_at IS NULL")


def list_chosen_tables(db: Database, table_ids: Iterable[int]) -> Iterator[tuple[SheetTable, int]]:
    """Yield tables as `list_live_tables` does, but these, live or not."""
    chosen = json.dumps(list(table_ids))
    return _list_tables(
        db, "source_tables.table_id IN (SELECT value FROM json_each(:chosen))", chosen=chosen
    )


def _list_tables(db: Database, condition: str, **bound: str) -> Iterator[tuple[SheetTable, int]]:
    """Yield the tables with a known column that meet a condition, in the order of their files."""
    tables = db.query(
        "SELECT source_tables.*, borrowed_rows.rows_of, imports.file_name, imports.imported_at,"
        f" imports.declared, ({_HIDDEN_CHOICE}) AS hidden_choice,"
        f" ({_COMPLETE_CHOICE}) AS complete_choice"
        " FROM source_tables"
        " JOIN imports ON imports.import_id = source_tables.import_id"
        " LEFT JOIN borrowed_rows ON borrowed_rows.table_id = source_tables.table_id"
        f" WHERE {condition}"
        " ORDER BY imports.file_name, imports.sha256, source_tables.table_id",
        bound,
    )
    for row in list(tables):
        table = _read_table(row)
        if table.columns:  # without a known column its rows are kept but not used
            yield table, row["rows_of"] or row["table_id"]


def list_household_lines(read: Iterable[tuple[SheetTable, list[Line]]]) -> list[Line]:
    """Return the lines of household lists, without totals."""
    return [
        line
        for table, lines in read
        if table.kind == "households"
        for line in lines
        if line.role != "total"
    ]


def _list_corrections(db: Database) -> dict[int, tuple[int, str]]:
    """Map each corrected row to the newest live correction: its row id and its cells."""
    rows = db.execute(
        "SELECT corrections.replaces, corrections.row_id, source_rows.cells FROM corrections"
        " JOIN source_rows ON source_rows.row_id = corrections.row_id"
        " JOIN source_tables ON source_tables.table_id = source_rows.table_id"
        " JOIN imports ON imports.import_id = source_tables.import_id"
        " WHERE imports.undone_at IS NULL ORDER BY corrections.row_id"
    )
    return {replaced: (row_id, cells) for replaced, row_id, cells in rows}


def _read_table(row: dict[str, Any]) -> SheetTable:
    """Return the table in a row of `source_tables`, with the columns that duplicate each other."""
    listed = json.loads(row["columns"])
    found = _group_columns(listed, row["title"])
    joined = _find_joined_people(listed) if row["table_kind"] == "households" else None
    firsts = {key: same[0] for key, same in found.items()}
    columns = joined.list_columns(firsts) if joined else firsts
    return SheetTable(
        row["import_id"],
        row["file_name"],
        row["sheet"],
        _find_kind(columns) or row["table_kind"],
        row["title"],
        row["programme"],
        row["community"],
        row["covers"],
        _read_completeness(row),
        columns,
        imported_on=row["imported_at"][: len("2024-11-30")],
        unknown_columns=tuple(
            _read_column(column, row["title"])
            for column in listed
            if column["target"] is None and column["header"]
        ),
        duplicate_columns=_list_duplicates(found),
        stated_area=_read_stated_area(row),
        folder=json.loads(row["declared"]).get("folder"),
        is_answer=ANSWERED in json.loads(row["declared"]),
        header_row=row["first_header_row"],
        table_id=row["table_id"],
        is_scattered=any(column.get("is_scattered") for column in listed),
        hidden_rows=_read_hidden_rows(row, None),
        struck_rows=frozenset(json.loads(row["struck_rows"])),
        dropped_rows=_read_hidden_rows(row, NO),
        joined_people=joined,
    )


def _group_columns(
    listed: Iterable[dict[str, Any]], title: str
) -> dict[TargetKey, list[MappedColumn]]:
    """Return the columns with a meaning; one of two facts is in both groups."""
    found: dict[TargetKey, list[MappedColumn]] = {}
    for column in listed:
        for target in filter(None, (column["target"], column.get("also"))):
            kept = _read_column(column, title)
            found.setdefault((target, column.get("place")), []).append(kept)
    return found


def _list_duplicates(
    found: Mapping[TargetKey, list[MappedColumn]],
) -> tuple[tuple[MappedColumn, ...], ...]:
    """Return the groups of columns with the same meaning of which all count."""
    return tuple(
        tuple(same)
        for (target, _place), same in found.items()
        if len(same) > 1 and target not in _OF_ONE_COLUMN
    )


_HIDDEN_CHOICE = f"""
    SELECT choice FROM decisions WHERE subject = '{HIDDEN}:' || substr(sha256, 1, 24)
    ORDER BY decision_id DESC LIMIT 1
"""
_COMPLETE_CHOICE = f"""
    SELECT choice FROM decisions WHERE subject = {ROSTER_SUBJECT}
    ORDER BY decision_id DESC LIMIT 1
"""


def _read_completeness(row: dict[str, Any]) -> bool | None:
    """Return whether somebody decided that a list is complete; None if nobody has."""
    return {YES: True, NO: False}.get(row["complete_choice"])


def _read_hidden_rows(row: dict[str, Any], choice: str | None) -> frozenset[int]:
    """Return the hidden rows of people of a table of which this was chosen; None: nothing yet."""
    chosen = row["hidden_choice"] if row["hidden_choice"] in {BELONGS, NO} else None
    return frozenset(json.loads(row["hidden_rows"]) if chosen == choice else ())


def _find_joined_people(columns: Sequence[dict[str, Any]]) -> JoinedPeople | None:
    """Return the columns whose cells may have values of several people; None if there are none."""
    joined: dict[Any, int] = {}
    for column in columns:
        for target in (column["target"], column.get("also")) if column.get("people") else ():
            joined.setdefault(target, column["position"])
    joined.pop(None, None)
    count = max((column.get("people", 0) for column in columns), default=0)
    return JoinedPeople(joined, len(columns), count) if "name" in joined else None


def _read_stated_area(row: dict[str, Any]) -> str | None:
    """Return the community stated for a table's sheet, otherwise for its file, if any."""
    declared = json.loads(row["declared"])
    of_sheet = declared.get("sheets", {}).get(row["sheet"], {})
    area: str | None = of_sheet.get("area", declared.get("area"))
    return area


def _find_kind(columns: dict[TargetKey, MappedColumn]) -> str | None:
    """Return "form" or "openings" if a table has such columns; None for other tables."""
    if (FORM_KEY, None) in columns:
        return "form"
    return "openings" if any(name.startswith(OPENING_TARGET) for name, _place in columns) else None


def _read_column(column: dict[str, Any], title: str) -> MappedColumn:
    """Return a stored column; columns of older imports lack some of the keys."""
    position = column["position"]
    sheet_column = column.get("sheet_column", position)
    return MappedColumn(
        position,
        column["header"],
        find_column_unit(column.get("scale"), column["header"], title),
        sheet_column,
        dict(column.get("covered", ())),
        column.get("is_of_each", False),
        column.get("is_amount", False),
        parse_period(covers)[1] if (covers := column.get("covers")) else None,
        column.get("least"),
    )


def find_column_unit(own: str | None, heading: str, title: str) -> str | None:
    """Return a column's unit, if any; the title's unit is added if the column's has no money."""
    stated = own or split_heading(fold_heading(heading.replace("/", "")))[1]
    return add_unit_above(stated, find_unit_above([simplify_characters(title)]))


def read_table_lines(
    db: Database, table_id: int, table: SheetTable, corrections: Mapping[int, tuple[int, str]]
) -> tuple[SheetTable, list[Line]]:
    """Return a table with its lines, each as it was last corrected.

    A row that was corrected to blank cells is left out.
    """
    rows = db.execute(
        "SELECT row_id, row_number, role, continues, cells FROM source_rows"
        " WHERE table_id = ? AND role <> 'note'"
        " AND row_id NOT IN (SELECT row_id FROM corrections) ORDER BY row_number",
        [table_id],
    )
    by_number: dict[int, Line] = {}
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        texts = [corrections.get(row_id, (0, text))[1] for row_id, *_rest, text in some]
        parsed = json.loads(f"[{','.join(texts)}]")
        for (original_id, number, role, continues, _text), cells in zip(some, parsed, strict=True):
            row_id, _text = corrections.get(original_id, (original_id, ""))
            if number in table.dropped_rows:
                continue
            if row_id == original_id or not all(is_blank(cell) for cell in cells):
                table.join_duplicate_cells(cells)
                head = by_number.get(continues) if continues is not None else None
                by_number[number] = Line(row_id, table, number, role, cells, head)
    if any(column.merged_with for column in table.columns.values()):
        table = _fill_merged_cells(table, by_number)
    return _add_coded_columns(table, list(by_number.values()))


def _fill_merged_cells(table: SheetTable, lines: Mapping[int, Line]) -> SheetTable:
    """Copy merged cells into the rows they cover if they apply to each of these rows, in place.

    So are cells copied that 〃 below them means, and merged cells that say 0 or 无. Other merged
    cells remain in `merged_with` of the returned table; of a household list, an amount becomes a
    MergedAmount in each row. A roster may share a household's amount, so its amounts stay.
    """
    columns = {}
    for key, column in table.columns.items():
        # a merged cell that is blank, or whose row was corrected away, covers nothing
        merged_with = {
            number: top
            for number, top in column.merged_with.items()
            if top in lines and number in lines and not is_blank(lines[top].cell(*key))
        }
        shared: dict[int, MergedAmount] = {}
        for number, top in merged_with.items():
            cell, above = lines[number].cell(*key), lines[top].cell(*key)
            is_of_each = column.applies_to_each or (column.is_amount and _is_nothing(above))
            if is_ditto(cell) if not is_blank(cell) else is_of_each:
                _put(lines[number], column, above)
            elif is_blank(cell) and column.is_amount and table.kind == "households":
                shared[number] = shared[top] = MergedAmount(above)
        for number, amount in shared.items():
            _put(lines[number], column, amount)
        if column.applies_to_each:
            merged_with = {}
        columns[key] = replace(column, merged_with=merged_with) if column.merged_with else column
    return replace(table, columns=columns)


def _is_nothing(cell: Cell) -> bool:
    """Whether a cell says 0 or 无, which holds for everybody whom it is merged over."""
    text = drop_spaces(simplified_text(cell))
    return not text.strip("0.元¥") or text in list_cell_words("none")


def _put(line: Line, column: MappedColumn, cell: Cell) -> None:
    """Replace a cell of a line by another."""
    line.cells += [None] * (column.position + 1 - len(line.cells))
    line.cells[column.position] = cell


def _add_coded_columns(table: SheetTable, lines: list[Line]) -> tuple[SheetTable, list[Line]]:
    """Return the table and its lines, with `two_is_no` set by what the cells prove."""
    people = [line for line in lines if line.role != "total"]
    coded = (key for key in table.columns if has_two_for_no(line.cell(*key) for line in people))
    table = replace(table, two_is_no=frozenset(coded))
    for line in lines:
        line.table = table
    return table, lines


def list_job_openings(db: Database) -> list[JobOpening]:
    """Return the job openings of all live imports, sorted by file, sheet and row.

    They are stored nowhere else. What a list does not require is unknown, not absent.
    """
    return [
        opening
        for table, lines in read_lines(db)
        if table.kind == "openings"
        for line in lines
        if (opening := _read_opening(line)) is not None
    ]


def _read_opening(line: Line) -> JobOpening | None:
    """Return the opening of a row; None if the row names no post."""
    cells = {
        target.removeprefix(OPENING_TARGET): line.shared_cell(target)
        for target, _place in line.table.columns
    }
    pay = line.table.columns.get((f"{OPENING_TARGET}pay", None))
    name = f"{line.table.file_name} / {line.table.sheet} / {line.number}"
    return read_job_opening(name, cells, pay.scale if pay else None)[0]
