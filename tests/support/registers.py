"""Registers of a few lines: source tables from plain lists, projected with the shipped pack.

Columns are named by what they mean, in one string: "household_no name id_number income:wan". A
place follows `@` (name@1), the unit of the heading follows `:`. The heading is the target itself;
one after `?` is known to nobody.
Rows are lists of cells; `more` continues the household above, `total` and `note` are what they say.
"""

import hashlib
import json
import tempfile
from functools import cache
from pathlib import Path

from relieftool.pack.loading import load_pack
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.register.build import refresh_register
from relieftool.spreadsheets.source_tables import SourceRow, SourceTable
from relieftool.store.database import open_database, open_register, write
from relieftool.store.imports import list_problems, record_import

# Invented people, each with a right check digit; PUPIL's ends in X.
ZHAO = "360302197003051237"
QIAN = "360302197511114564"
PUPIL = "36030220150607021X"
GRAN = "360302194412037897"
LI = "360302196208153312"
NOBODY = "360302196802290010"
DAMAGED = 3.60302197003051e17


@cache
def shipped_pack():
    return load_pack(find_shipped_pack())


def more(*cells):
    return "continuation", list(cells)


def total(*cells):
    return "total", list(cells)


def note(*cells):
    return "note", list(cells)


def table(columns, *rows, file="名单.csv", kind="households", **stated):
    """Return a file name and its one table; undated and of 河口下 unless stated otherwise."""
    given = {
        "sheet": "Sheet1",
        "title": "",
        "programme": None,
        "community": "河口下",
        "covers": None,
    }
    given |= {"is_complete": None} | stated
    named = [_column(place, text) for place, text in enumerate(columns.split())]
    source = SourceTable(
        first_header_row=1,
        last_header_row=1,
        kind=kind,
        columns=named,
        rows=_rows(rows),
        **given,
    )
    return file, source


def roster(programme, columns, *rows, file="发放表.csv", **stated):
    return table(columns, *rows, file=file, kind="roster", programme=programme, **stated)


def _column(position, text):
    target, _sign, scale = text.partition(":")
    target, _sign, place = target.partition("@")
    place = int(place) if place else None
    if text.startswith("?"):
        return {"position": position, "header": text[1:], "target": None}
    named = {"position": position, "header": text, "target": target}
    return named | {"place": place, "scale": scale or None}


def _rows(rows):
    kept, first = [], None
    for number, row in enumerate(rows, start=2):
        role, cells = row if isinstance(row, tuple) else ("first", row)
        first = number if role == "first" else first
        kept.append(SourceRow(number, role, first if role == "continuation" else None, cells))
    return kept


def keep(db, *files, declared=None):
    """Keep files as they would be imported, without making the register."""
    for name, source in files:
        seen = json.dumps([name, str(source)], ensure_ascii=False).encode()
        with write(db):
            record_import(db, name, hashlib.sha256(seen).hexdigest(), declared or {}, [source])


@cache
def bytes_of_register(fill=lambda _db: None):
    """Make a register once, fill it, and return its file's bytes, to be copied."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "relief.db"
        with open_register(path, create=True) as db:
            fill(db)
        return path.read_bytes()


def empty_register(path):
    """Copy an empty register to a path, unless there is one, and return the path.

    Making one costs most of a small test. It has no secret yet: that is chosen when it is filled,
    so that no two registers share one.
    """
    if not path.exists():
        path.write_bytes(bytes_of_register())
        path.chmod(0o600)
    return path


def register(folder, *files, pack=None):
    """Return an open register made from these files."""
    db = open_database(empty_register(folder / "relief.db"))
    keep(db, *files)
    refresh_register(db, pack or shipped_pack())
    return db


def rows(db, sql, *values):
    return [tuple(row) for row in db.execute(sql, values).fetchall()]


def households(db):
    return rows(db, "SELECT household_no FROM households ORDER BY household_no")


def people(db):
    """Return household number, place, name and ID number of everybody."""
    return rows(
        db, "SELECT household_no, place, name, id_number FROM members ORDER BY household_no, place"
    )


def fact(db, name, owner="households"):
    """Return the values of a fact, in the order of households and members."""
    order = {"households": "household_no", "members": "household_no, place"}[owner]
    return [value for (value,) in rows(db, f'SELECT "{name}" FROM {owner} ORDER BY {order}')]


def said(db, programme):
    """Return what is said of a programme: member, says, origin, amount; sorted."""
    return rows(
        db,
        "SELECT member_no, says, origin, amount_fen FROM receipts WHERE programme = ?"
        " ORDER BY household_no, member_no, origin, says, amount_fen",
        programme,
    )


def codes(db):
    return [kept.problem.code for kept in list_problems(db)]


def places_of(db, code):
    """Return file, row and column of every problem of a kind."""
    return [
        (kept.file_name, kept.problem.row, kept.problem.column)
        for kept in list_problems(db)
        if kept.problem.code == code
    ]
