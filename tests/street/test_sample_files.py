"""The files of the invented street: written again alike, and damaged as real sheets are."""

import csv
import importlib
import io
import re
import sys
import zipfile
from pathlib import Path
from xml.etree.ElementTree import canonicalize

import pytest
from python_calamine import CalamineWorkbook

ROOT = Path(__file__).parent.parents[1]
SAMPLE = ROOT / "sample_data"
sys.path.insert(0, str(ROOT))
generator = importlib.import_module("sample_data.generator.__main__")

COMMITTED = sorted(
    path.name for path in SAMPLE.iterdir() if path.suffix in (".xls", ".xlsx", ".csv")
)
LATER = sorted(f"2026/{path.name}" for path in (SAMPLE / "2026").iterdir())


@pytest.fixture(scope="module")
def written_again(tmp_path_factory):
    folder = tmp_path_factory.mktemp("again")
    generator.main(folder)
    return folder


def parts(path):
    """Return a file's content; of a workbook the parts in it, whatever wrote and packed them."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as packed:
        return {name: canonicalize(packed.read(name)) for name in packed.namelist()}


def all_cells():
    """Return every cell of every workbook and text file."""
    for name in COMMITTED:
        if name.endswith(".csv"):
            text = (SAMPLE / name).read_bytes().decode(encoding(name))
            yield from (cell for row in csv.reader(io.StringIO(text)) for cell in row)
        else:
            book = CalamineWorkbook.from_path(SAMPLE / name)
            sheets = [book.get_sheet_by_name(sheet) for sheet in book.sheet_names]
            yield from (cell for sheet in sheets for row in sheet.to_python() for cell in row)


def encoding(name):
    """Tell how a text file is written."""
    content = (SAMPLE / name).read_bytes()
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


@pytest.mark.parametrize("name", ["刘䶮", "王㛃", "阿依古丽·吐尔逊", "欧阳明远"])
def test_names_that_sheets_have_trouble_with_are_there(name):
    assert name in {str(cell).strip() for cell in all_cells()}


@pytest.mark.parametrize("name", [*COMMITTED, *LATER])
def test_the_generator_writes_the_committed_file_again(name, written_again):
    assert parts(written_again / name) == parts(SAMPLE / name)


def test_the_generator_writes_nothing_that_is_not_committed(written_again):
    again = {path.name for path in written_again.iterdir() if path.is_file()}
    later = sorted(f"2026/{path.name}" for path in (written_again / "2026").iterdir())

    assert (again, later) == ({*COMMITTED, "import.toml"}, LATER)
    assert (written_again / "import.toml").read_bytes() == (SAMPLE / "import.toml").read_bytes()


def test_the_generator_knows_nothing_of_the_rules():
    sources = [path.read_text("utf-8") for path in (SAMPLE / "generator").glob("*.py")]

    assert not re.search(r"^\s*(?:from|import) relieftool", "\n".join(sources), re.MULTILINE)


def test_there_are_four_kinds_of_files():
    suffixes = {Path(name).suffix for name in COMMITTED}
    encodings = {encoding(name) for name in COMMITTED if name.endswith(".csv")}

    assert suffixes == {".xls", ".xlsx", ".csv"}
    assert {"gb18030", "utf-8-sig"} <= encodings


@pytest.mark.parametrize(
    "damage, at_least",
    [
        (r"\d{17}x", 5),
        (r"\d{14} \d{3}[\dX]", 20),
        (r"'\d{17}[\dX]", 10),
        (r"\d{17}[\dX][1-6][1-4]", 50),
        (r"\d{17}[\dX][1-6][1-4]B1", 2),
        (r"\d\.\d{5}E\+17", 2),
    ],
)
def test_id_numbers_are_damaged_as_in_real_sheets(damage, at_least):
    found = [cell for cell in all_cells() if isinstance(cell, str) and re.fullmatch(damage, cell)]

    assert len(found) >= at_least


def test_some_id_numbers_were_typed_as_numbers_and_lost_their_end():
    wrecks = [cell for cell in all_cells() if isinstance(cell, float) and cell > 1e17]

    assert len(wrecks) >= 10
