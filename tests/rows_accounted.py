"""Where every row of a file is: used, in the problems, or named as not data. None may be lost."""

from relieftool.spreadsheets.grid import is_blank
from relieftool.spreadsheets.sheets import read_sheets

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
        OR row_id IN (SELECT row_id FROM problems)
        OR (table_kind = 'roster' AND row_id IN (SELECT row_id FROM unpaid)))
"""
_UNPAID = """
    CREATE TEMP TABLE IF NOT EXISTS unpaid AS
    SELECT row_id FROM source_rows WHERE EXISTS (
        SELECT 1 FROM json_each(cells) WHERE value IN (0, '0', '0.00', '否', '无'))
"""


def lost_rows(db, path):
    """Give sheet and number of every row that shows something and is nowhere in the register.

    A roster's row that says nothing is paid is used by saying so.
    """
    db.execute("DROP TABLE IF EXISTS temp.unpaid")
    db.execute(_UNPAID)
    kept = set(map(tuple, db.execute(_ACCOUNTED, [path.name]).fetchall()))
    for sheet, first, last in db.execute(_HEADINGS, [path.name]).fetchall():
        kept |= {(sheet, number) for number in range(first, last + 1)}
    return [
        (sheet.name, number)
        for sheet in read_sheets(path)
        for number, cells in enumerate(sheet.rows, start=1)
        if not all(map(is_blank, cells)) and (sheet.name, number) not in kept
    ]
