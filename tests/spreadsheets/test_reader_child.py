"""A parser that aborts, hangs or eats the memory ends its own process and nothing else."""

import sys

import openpyxl
import pytest

from relieftool.errors import ReliefError
from relieftool.spreadsheets import reader
from relieftool.spreadsheets.reader import read_sheets

# It stands in for the real parser, in the child alone: the names that are imported from it.
PARSER = """
import os, sys
class CalamineError(Exception): pass
class PasswordError(CalamineError): pass
CalamineSheet = SheetTypeEnum = SheetVisibleEnum = object
def load_workbook(stream):
    print("noise on one stream", flush=True)
    print("noise on the other", file=sys.stderr, flush=True)
    {act}
"""
DAMAGED = "a.xlsx: the workbook is damaged, or far too large to be read\nOpen it in WPS or Excel"


@pytest.fixture
def workbook(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["姓名"])
    book.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


@pytest.fixture
def parser(tmp_path, monkeypatch):
    """Have the next child start with a parser that does this instead of reading."""

    def act(statement):
        folder = tmp_path / "parser"
        folder.mkdir()
        (folder / "python_calamine.py").write_text(PARSER.format(act=statement), "utf-8")
        monkeypatch.setenv("PYTHONPATH", str(folder))
        reader.stop_reader()

    yield act
    reader.stop_reader()


@pytest.mark.parametrize(
    "statement",
    [
        "os.abort()",
        "raise RuntimeError",
        pytest.param(
            "hoard = [bytes(1 << 26) for _ in range(10_000)]",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="no limit can be set there"),
        ),
    ],
    ids=["aborts", "fails", "eats the memory"],
)
def test_a_parser_that_dies_is_reported_and_the_next_file_is_read(
    workbook, parser, monkeypatch, capfd, statement
):
    parser(statement)

    with pytest.raises(ReliefError, match=DAMAGED):
        read_sheets(workbook)
    monkeypatch.delenv("PYTHONPATH")

    assert read_sheets(workbook)[0].rows == [["姓名"]]
    assert capfd.readouterr() == ("", "")


def test_a_parser_that_hangs_is_stopped_when_its_time_is_over(workbook, parser, monkeypatch):
    monkeypatch.setattr(reader, "SECONDS", 0.5)
    parser("while True: pass")

    with pytest.raises(ReliefError, match=r"a\.xlsx: reading it took too long and was stopped"):
        read_sheets(workbook)
    monkeypatch.delenv("PYTHONPATH")
    monkeypatch.undo()

    assert read_sheets(workbook)[0].rows == [["姓名"]]
