"""Where every row of a file is: used, in the problems, or named as not data. None may be lost."""

import json

from relieftool.spreadsheets.reader import read_sheets
from relieftool.values.id_numbers import read_id_number
from relieftool.values.text import is_empty_cell

_HEADINGS = """
    SELECT sheet, first_header_row, last_header_row FROM source_tables
    JOIN imports USING (import_id) WHERE file_name = ? AND undone_at IS NULL
"""
# A table read anew has its rows from the one it stands for.
# Rows that are no data by their role, became a household, are received, or have a problem.
_ACCOUNTED = """
    SELECT sheet, row_number FROM source_tables JOIN imports USING (import_id)
    LEFT JOIN borrowed_rows USING (table_id)
    JOIN source_rows ON source_rows.table_id = ifnull(rows_of, source_tables.table_id)
    WHERE file_name = ? AND undone_at IS NULL AND (
        role IN ('note', 'total')
        OR row_id IN (SELECT row_id FROM became)
        OR row_id IN (SELECT row_id FROM receipts)
        OR row_id IN (SELECT row_id FROM problems))
"""
_ROSTERS = """
    SELECT table_id, sheet, columns, row_number, cells FROM source_rows
    JOIN source_tables USING (table_id) JOIN imports USING (import_id)
    WHERE file_name = ? AND undone_at IS NULL AND table_kind = 'roster'
"""
_NOTHING_PAID = (None, "否", "无", "-")


def unpaid_rows(db, path):
    """Return sheet and number of the roster rows that say nothing is paid, or are blank."""
    found = set()
    for _table, sheet, columns, number, cells in db.execute(_ROSTERS, [path.name]).fetchall():
        read = json.loads(cells)
        places = [one["position"] for one in json.loads(columns) if _is_payment(one["target"])]
        if all(_is_nothing(_cell(read, place)) for place in places):
            found.add((sheet, number))
    return found


def _is_payment(target):
    return target is not None and (target == "amount" or target.startswith("receipt."))


def _is_nothing(text):
    """Return whether a cell pays nothing: blank, no, or a zero of any number of digits."""
    return text in _NOTHING_PAID or not text.strip("0.,")


def _cell(cells, place):
    cell = cells[place] if place < len(cells) else None
    return None if cell is None else str(cell).strip()


def lost_rows(db, path):
    """Return sheet and number of every row that shows something and is nowhere in the register.

    A roster's row that says nothing is paid is used by saying so.
    """
    kept = set(map(tuple, db.execute(_ACCOUNTED, [path.name]).fetchall())) | unpaid_rows(db, path)
    kept |= _heading_rows(db, path)
    return [
        (sheet.name, number)
        for sheet in read_sheets(path)
        for number, cells in enumerate(sheet.rows, start=1)
        if not all(map(is_empty_cell, cells)) and (sheet.name, number) not in kept
    ]


def _heading_rows(db, path):
    found = db.execute(_HEADINGS, [path.name]).fetchall()
    return {(sheet, number) for sheet, first, last in found for number in range(first, last + 1)}


_USED_OR_TOLD = """
    SELECT sheet, row_number FROM source_rows JOIN source_tables USING (table_id)
    JOIN imports USING (import_id) WHERE file_name = ? AND undone_at IS NULL AND (
        row_id IN (SELECT row_id FROM became) OR row_id IN (SELECT row_id FROM receipts)
        OR row_id IN (SELECT row_id FROM problems))
    UNION SELECT sheet, row_number FROM problems JOIN imports USING (import_id)
    WHERE file_name = ? AND undone_at IS NULL
"""
_WHOLE_SHEETS = ("sheet-without-table", "sheet-is-a-form", "table-unknown")


def people_left_aside(db, path):
    """Return sheet and number of every row with a right ID number that is neither used nor told.

    Such a row may be named as not data only where it says that it is a sample.
    """
    known = set(map(tuple, db.execute(_USED_OR_TOLD, [path.name] * 2).fetchall()))
    known |= unpaid_rows(db, path) | _heading_rows(db, path)
    asked = "SELECT sheet FROM problems WHERE code IN (SELECT value FROM json_each(?))"
    told = {sheet for (sheet,) in db.execute(asked, [json.dumps(_WHOLE_SHEETS)]).fetchall()}
    return [
        (sheet.name, number)
        for sheet in read_sheets(path)
        for number, cells in enumerate(sheet.rows, start=1)
        if sheet.name not in told
        and any(read_id_number(cell).number for cell in cells)
        and not any("示例" in str(cell) for cell in cells)
        and (sheet.name, number) not in known
    ]
