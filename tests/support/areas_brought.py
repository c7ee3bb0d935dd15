"""Lists of communities as workbooks, archives and folders, and what an import of them came to."""

import csv
from contextlib import closing

import openpyxl

from relieftool.intake.column_mapping import StatedMappings
from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.store.database import open_database
from relieftool.store.imports import list_problems
from tests.support.registers import empty_register, rows, shipped_pack
from tests.support.rows_accounted import lost_rows

HEAD = ["户编号", "姓名", "身份证号", "与户主关系"]
IN_COLUMN = [*HEAD, "社区"]
PAID = ["序号", "姓名", "身份证号", "金额"]


def of(number, name, id_number, *more):
    return [number, name, id_number, "户主", *more]


def save_csv(path, *lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(lines)
    return path


def save_book(path, **sheets):
    """Write a workbook; the names of sheets are given as keywords."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    book.save(path)
    return path


class Brought:
    """What an import came to: household and community, problems as code and words, in order."""

    def __init__(self, folder, *paths, replace=False, **said):
        with closing(open_database(empty_register(folder / "relief.db"))) as db:
            stated = StatedMappings(file_values=said)
            read = read_paths(shipped_pack(), list(paths), said=stated)
            self.reports = record_files(db, shipped_pack(), read, replace_namesakes=replace)
            files = [path for path in paths if path.is_file() and path.suffix != ".zip"]
            assert [lost for path in files for lost in lost_rows(db, path)] == []
            self.places = rows(
                db,
                "SELECT household_no, communities.name FROM households"
                " JOIN communities USING (community_id) ORDER BY household_no",
            )
            kept = list_problems(db)
            self.codes = [one.problem.code for one in kept]
            self.told = [str(one.problem.message) for one in kept]
            self.files = [one.file_name for one in kept]
            self.spots = [(one.problem.sheet, one.problem.row) for one in kept]
