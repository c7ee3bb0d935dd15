"""Any register, written in any layout, format and encoding, reads back as the same register."""

import os
import random
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.store.database import open_database
from relieftool.store.imports import list_problems
from tests.layouts import drawn, files
from tests.support.registers import empty_register, rows, shipped_pack
from tests.support.rows_accounted import lost_rows

SETTINGS = settings(
    derandomize=True,
    deadline=None,
    max_examples=int(os.environ.get("RELIEF_EXAMPLES", "15")),
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # making a failure smaller would take minutes
)
FORMATS_EACH = 2
# Which formats say what is merged; text files have blanks in the place of it.
WORKBOOKS = {
    "xlsx": (files.save_xlsx, "a.xlsx", {}),
    "xls": (files.save_xls, "a.xls", {}),
    "et": (files.save_xls, "a.et", {}),
    "xlsb": (files.save_xlsb, "a.xlsb", {}),
    "ods": (files.save_ods, "a.ods", {}),
    "xml 2003": (files.save_xml_2003, "b.xls", {}),
    "xml 2003 gb18030": (files.save_xml_2003, "b.xls", {"encoding": "gb18030"}),
}
TEXTS = {
    "html": (files.save_html, "c.xls", {}),
    "html gb18030": (files.save_html, "c.xls", {"encoding": "gb18030"}),
    "csv": (files.save_csv, "a.csv", {}),
    "csv bom": (files.save_csv, "a.csv", {"encoding": "utf-8-sig"}),
    "csv utf-16": (files.save_csv, "a.csv", {"encoding": "utf-16"}),
    "csv gb18030": (files.save_csv, "a.csv", {"encoding": "gb18030"}),
    "csv big5": (files.save_csv, "a.csv", {"encoding": "cp950"}),
    "tsv": (files.save_csv, "a.tsv", {"separator": "\t"}),
    "tsv gb18030": (files.save_csv, "a.tsv", {"separator": "\t", "encoding": "gb18030"}),
}
FORMATS = WORKBOOKS | TEXTS
TRADITIONAL = OpenCC("s2t").convert


def saved(folder, written, name):
    """Save what was written in a format; one that holds a single sheet makes a file of each."""
    save, file_name, options = FORMATS[name]
    sheets = written.sheets
    if "big5" in name:
        sheets = {key: [list(map(in_big5, row)) for row in rows] for key, rows in sheets.items()}
    if name in WORKBOOKS:
        # a helper merges on the first sheet only; the second goes without, as many do
        return [save(folder / file_name, sheets, next(iter(written.merges.values())), **options)]
    return [
        save(folder / f"{key}{file_name}", {key: rows}, written.merges[key], **options)
        for key, rows in sheets.items()
    ]


def in_big5(cell):
    """Return a cell as an office in Hong Kong would write it; names stay as they are."""
    if isinstance(cell, str) and set(cell) <= set(drawn.SURNAMES + drawn.GIVEN):
        return cell
    return TRADITIONAL(cell).replace("√", "是") if isinstance(cell, str) else cell


def read_back(folder, paths):
    """Import files and give the register in the same words as it was drawn in, and problems."""
    with closing(open_database(empty_register(Path(folder) / "relief.db"))) as db:
        record_files(db, shipped_pack(), read_paths(shipped_pack(), paths))
        homes = rows(
            db,
            "SELECT households.household_no, communities.name, address, household_income,"
            " stated_size,"
            " (SELECT says FROM receipts WHERE receipts.household_no = households.household_no"
            "  AND programme = 'dibao'), heads.name FROM households JOIN members AS heads"
            " ON heads.member_no = head_member_no JOIN communities USING (community_id)",
        )
        members = rows(
            db,
            "SELECT household_no, name, id_number, relation, serious_illness, disability_grade,"
            " employment FROM members",
        )
        problems = [(one.problem.code, str(one.problem.message)) for one in list_problems(db)]
        lost = [row for path in paths for row in lost_rows(db, path)]
        return sorted(map(str, homes)), sorted(map(str, members)), problems, lost


def compared(homes, layout):
    """Return the households and people that must come back, sorted; people in any order."""
    expected = drawn.meaning(homes, states_head_relation=layout != "places")
    people = [(home[0], *one) for home in expected for one in home[-1]]
    return sorted(map(str, (home[:-1] for home in expected))), sorted(map(str, people))


@pytest.mark.parametrize("layout", drawn.LAYOUTS)
@SETTINGS
@given(homes=drawn.registers(), style=drawn.styles(), number=st.integers(0, 10**6))
def test_a_register_written_in_any_way_reads_back_the_same(layout, homes, style, number):
    # by chance alone, for hypothesis would draw the first formats most of the time
    names = random.Random(f"{number}{homes}").sample(list(FORMATS), FORMATS_EACH)  # noqa: S311
    written = drawn.LAYOUTS[layout](homes, style)

    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            read = read_back(folder, saved(Path(folder), written, name))
        assert read == (*compared(homes, layout), [], []), name
