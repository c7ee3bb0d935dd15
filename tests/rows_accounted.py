"""Where every row of a file is: used, in the problems, or named as not data. None may be lost."""

import json

from relieftool.registry.imports import list_problems
from relieftool.spreadsheets.grid import is_blank
from relieftool.spreadsheets.sheets import read_sheets


def lost_rows(db, path):
    """Give sheet and number of every row that shows something and is nowhere in the register.

    Title and heading rows are those from the top of a table to its last row of headings.
    """
    kept = {}
    for sheet, title, top, first, last, number, role in db.execute(_ROWS, [path.name]):
        place = kept.setdefault(sheet, {"data": {}, "heads": set()})
        place["heads"] |= set(range(first, last + 1))
        del title, top
        if number is not None:
            place["data"][number] = role
    used = set(map(tuple, db.execute(_USED, [path.name])))
    told = {
        (one.problem.sheet, one.problem.row)
        for one in list_problems(db)
        if one.file_name == path.name
    }
    titles = {sheet: json.loads(lines) for sheet, lines in db.execute(_TITLES, [path.name])}
    return [
        (sheet.name, number)
        for sheet in read_sheets(path)
        for number, cells in enumerate(sheet.rows, start=1)
        if not all(map(is_blank, cells))
        and not _is_somewhere(sheet.name, number, kept, used, told, titles)
    ]
