"""A list reads the same in every format and encoding that an office may save it in."""

import random
from pathlib import Path

import pytest
from opencc import OpenCC

from tests.layouts import files
from tests.layouts.drawing import people_of
from tests.layouts.drawing_files import Judge, draw, read_paths_into

FILES_EACH = 12
SEED = "formats"
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
# Kinds of lists that mean something else, or less, where merged cells are not known.
NEEDS_MERGES = ("list: merged", "left below merges", "roster with members", "header rows")
TRADITIONAL = OpenCC("s2t").convert


def saved(folder, page, name):
    """Save a sheet in a format, and return its path."""
    save, file_name, options = FORMATS[name]
    rows = page.rows
    if "big5" in name:
        rows = [[in_big5(cell) for cell in row] for row in rows]
    return save(folder / file_name, {page.name: rows}, page.merges, **options)


def in_big5(cell):
    """Return a cell as an office in Hong Kong would write it."""
    return TRADITIONAL(cell).replace("√", "是") if isinstance(cell, str) else cell


def is_plain(drawn, name):
    """Whether a drawn file is one sheet that a format can hold as it is."""
    pages = [page for paper in drawn.papers for page in paper.pages]
    shows_merges = name in WORKBOOKS and name != "ods"
    needs_merges = any(kind.startswith(NEEDS_MERGES) for kind in drawn.kinds)
    if len(pages) > 1 or drawn.told or (needs_merges and not shows_merges):
        return False
    return is_writable(pages[0], name)


def is_writable(page, name):
    """Whether the encoding of a format has every sign of a sheet; values below merges are lost."""
    encoding = FORMATS[name][2].get("encoding", "utf-8")
    cells = [cell for row in page.rows for cell in row]
    text = "".join(str(in_big5(cell) if "big5" in name else cell) for cell in cells)
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize("name", FORMATS)
def test_a_list_reads_the_same_in_every_format(tmp_path, name):
    chance = random.Random(name)  # noqa: S311 drawn files
    wrong, left = {}, FILES_EACH
    numbers = iter(range(20 * FILES_EACH))
    for number in numbers:
        drawn = draw(SEED, number)
        if not is_plain(drawn, name) or chance.random() < 0.5:
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        got = read_paths_into(folder, [saved(folder, drawn.papers[0].pages[0], name)])
        move(drawn, Path(FORMATS[name][1]).name, got.sheets[0])
        if "big5" in name:
            write_traditionally(drawn)
        if faults := Judge(drawn, got).judge().faults:
            wrong[number] = faults
        left -= 1
        if not left:
            break

    assert (wrong, left) == ({}, 0)


def move(drawn, file, sheet):
    """Note that everybody of a drawn file stands in another file."""
    for person in people_of(drawn.homes):
        person.place = (file, sheet, person.place[2])
    for payment in drawn.payments:
        payment.place = (file, sheet, payment.place[2])


def write_traditionally(drawn):
    """Note that names and addresses of a drawn file are written in traditional characters."""
    for person in people_of(drawn.homes):
        person.name = TRADITIONAL(person.name)
    for home in drawn.homes:
        if address := home.facts.get("address"):
            home.facts["address"] = address._replace(allowed=(in_big5(address.allowed[0]),))
