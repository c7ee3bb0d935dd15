import csv
import io
import json
import math
import os
import re
import stat
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from rich.console import Console

from relieftool import cli
from relieftool.errors import ReliefError
from relieftool.messages import use_language
from relieftool.output.files import check_out_file, format_json, write_csv, write_result
from relieftool.output.result import Column, OutputFormat, PlainTable, RecordTable, Result
from relieftool.output.show import show_result
from relieftool.output.terminal import make_console, show_table, show_text
from tests.support.screens import Screen
from tests.support.stubs import FINDINGS, LISTING, RESULT

LONG = LISTING.rows[0][0]
HOSTILE = "\x1b[2J=1+1\u202e<script>\ud800"
SHOWN_HOSTILE = "\\u{1B}[2J=1+1\\u{202E}<script>\\u{D800}"
FORMULA_LEADS = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "|calc", "%x", " =1+1", "\u3000=1+1", "\u00a0=1"),
    *("＝1+1", "＋1", "－1", "＠a", "\t=1+1", "\r=1+1", "\n=1+1", "\x00=1"),
)


class OldScreen(Screen):
    encoding = "gbk"


def records_of(*values):
    return RecordTable(
        "名单", Column.by_place(Column("value", "值")), [(value,) for value in values]
    )


def table_of(*values):
    return records_of(*values).shown(is_revealed=False)


def result_of(*values):
    return Result({"values": None}, (records_of(*values),))


def test_a_long_line_of_text_goes_on_below_its_own_beginning_on_a_terminal_only(capsys):
    line = "    " + "词语 " * 20
    screen = Screen()

    show_text([line], make_console(screen, {"TERM": "dumb"}))
    show_text([line])

    wrapped = screen.getvalue().rstrip("\n").split("\n")
    assert len(wrapped) > 1
    assert all(one.startswith("    词语") for one in wrapped)
    assert capsys.readouterr().out == line + "\n"


def test_off_a_terminal_a_table_is_tab_separated_uncut_and_its_words_apart(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")

    show_table(LISTING)

    shown = capsys.readouterr()
    assert shown.out == (
        f"Household\tHead\tYuan\tMembers\n{LONG}\t李*\t1234.50\t3\n"
        "HK-2\t欧阳*\t?\t1\nHK-3\t=1+1\t-500.00\t2\n"
    )
    assert shown.err == "Findings as of 2024-12-10\nRests on assumed values: line.\n"


def test_off_a_terminal_no_cell_breaks_its_line(capsys):
    show_table(table_of("a\tb\nc"))

    assert capsys.readouterr().out == "值\na\\u{9}b\\u{A}c\n"


def test_on_a_terminal_a_narrow_table_folds_and_loses_no_character(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    screen = Screen()

    show_table(table_of(LONG), make_console(screen, {"NO_COLOR": "1"}))

    drawn = screen.getvalue()
    assert LONG in "".join(drawn.split())
    assert max(map(len, drawn.splitlines())) <= 30


def test_a_terminal_draws_what_is_to_be_drawn_and_says_how_many_more_there_are(capsys):
    few = replace(records_of(*"甲乙丙丁"), is_drawn=lambda record: record[0] != "丁")
    table = few.shown(is_revealed=False)
    screen = Screen()

    show_table(table, make_console(screen, {"NO_COLOR": "1"}))
    show_table(table)

    assert "丙" in screen.getvalue()
    assert "丁" not in screen.getvalue()
    assert "1 more are in the file of --out" in screen.getvalue()
    assert "丁" in capsys.readouterr().out


def test_on_a_terminal_a_table_has_its_title_above_and_its_notes_below():
    screen = Screen()

    show_table(LISTING, make_console(screen, {"NO_COLOR": "1"}))

    lines = screen.getvalue().splitlines()
    assert (lines[0], lines[-1]) == (LISTING.title, LISTING.footer[0])
    assert "1,234.50" in screen.getvalue()


def test_a_terminal_obeys_nothing_that_stands_in_a_cell():
    screen = Screen()

    show_table(table_of("[red]x[/red]:warning:", HOSTILE), make_console(screen, {"NO_COLOR": "1"}))

    assert "[red]x[/red]:warning:" in screen.getvalue()
    assert SHOWN_HOSTILE in screen.getvalue()
    assert "\x1b" not in screen.getvalue()


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_colour_gets_no_escape_at_all(monkeypatch, environment):
    monkeypatch.setenv("FORCE_COLOR", "1")
    screen = Screen()

    show_table(LISTING, make_console(screen, environment))

    assert "\x1b" not in screen.getvalue()


def test_an_old_terminal_gets_lines_of_plain_characters():
    screen = OldScreen()

    show_table(table_of("x"), make_console(screen, {"NO_COLOR": "1"}))

    assert "─" not in screen.getvalue()
    assert "+----" in screen.getvalue()


def test_json_keeps_unknown_as_null_and_reads_back_the_same():
    document = {"head": "李*", "amount_fen": None, "text": HOSTILE, "count": 0}

    text = format_json(document)

    assert json.loads(text) == document
    assert '"head": "李*"' in text
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800]", text) is None


def test_json_writes_a_day_as_iso_text():
    text = format_json({"as_of": date(2024, 12, 10)})

    assert json.loads(text) == {"as_of": "2024-12-10"}


def test_json_refuses_a_number_that_is_none():
    with pytest.raises(ValueError, match="not JSON compliant"):
        format_json({"amount": math.nan})


def test_json_refuses_what_it_cannot_write():
    with pytest.raises(TypeError, match="Decimal has no form in JSON"):
        format_json({"amount": Decimal(1)})


def test_csv_for_programs_is_headed_by_keys_and_leaves_unknown_empty(capsys):
    show_result(RESULT, OutputFormat.CSV)

    shown = capsys.readouterr()
    assert shown.out == (
        f"household_no,head,amount,members\n{LONG},李*,1234.50,3\n"
        "HK-2,欧阳*,,1\nHK-3,'=1+1,-500.00,2\n"
    )
    assert shown.err == ""


def test_json_on_the_screen_is_the_document(capsys):
    show_result(RESULT, OutputFormat.JSON)

    assert json.loads(capsys.readouterr().out) == RESULT.document


@pytest.mark.parametrize("lead", FORMULA_LEADS)
def test_no_text_in_csv_starts_like_a_formula(lead):
    written = io.StringIO()
    write_csv(result_of(lead).shown(), written, has_labels=True)

    assert written.getvalue().splitlines()[1].strip('"')[0] in "'\\"


@pytest.mark.parametrize("lead", FORMULA_LEADS)
def test_no_text_in_a_workbook_is_a_formula(tmp_path, lead):
    write_result(result_of(lead), tmp_path / "名单.xlsx")

    cell = load_workbook(tmp_path / "名单.xlsx").worksheets[0]["A2"]
    assert (cell.data_type, cell.number_format) == ("s", "@")
    assert cell.value.endswith(lead.lstrip("\t\r\n\x00"))


@pytest.mark.parametrize(
    "value, expected, data_type",
    [
        (Decimal("-500.00"), -500, "n"),
        (Decimal("1234.56"), 1234.56, "n"),
        (937, 937, "n"),
        ("360302199001011234", "360302199001011234", "s"),
        ("000123", "000123", "s"),
        ("2024-12-10", "2024-12-10", "s"),
        (True, "yes", "s"),
        (None, None, "n"),
    ],
)
def test_a_workbook_keeps_numbers_numbers_texts_texts_and_unknown_empty(
    tmp_path, value, expected, data_type
):
    write_result(result_of(value), tmp_path / "list.xlsx")

    cell = load_workbook(tmp_path / "list.xlsx").worksheets[0]["A2"]
    assert (cell.value, cell.data_type) == (expected, data_type)


def test_a_workbook_has_a_sheet_for_each_table_and_one_for_the_notes(tmp_path):
    summary = RecordTable(
        "总计: 萍乡[城]/安源*?", Column.by_place(Column("a", "社区")), (("河口下",), (None,))
    )

    write_result(Result({}, (summary, FINDINGS)), tmp_path / "all.xlsx")

    workbook = load_workbook(tmp_path / "all.xlsx")
    assert workbook.sheetnames == ["1 总计  萍乡 城  安源", "2 Findings as of 2024-12-10", "Notes"]
    assert [row[0] for row in workbook["Notes"].values] == [
        "总计: 萍乡[城]/安源*?",
        "Findings as of 2024-12-10",
        "Rests on assumed values: line.",
    ]
    listing = workbook.worksheets[1]
    assert [cell.value for cell in listing[1]] == ["Household", "Head", "Yuan", "Members"]
    assert listing.freeze_panes == "A2"
    assert listing.column_dimensions["A"].width == 24


def test_a_csv_file_says_it_is_utf_8_and_is_headed_for_people(tmp_path):
    write_result(RESULT, tmp_path / "list.csv")

    assert (tmp_path / "list.csv").read_bytes().startswith(b"\xef\xbb\xbfHousehold,")
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as written:
        assert list(csv.reader(written))[2] == ["HK-2", "欧阳*", "", "1"]


def test_a_json_file_is_what_the_screen_shows(tmp_path, capsys):
    show_result(RESULT, OutputFormat.JSON)

    write_result(RESULT, tmp_path / "list.JSON")

    assert (tmp_path / "list.JSON").read_text("utf-8") == capsys.readouterr().out


def test_a_page_shows_what_it_is_given_and_runs_none_of_it(tmp_path):
    use_language("zh")

    write_result(result_of(HOSTILE, None), tmp_path / "list.html")

    page = (tmp_path / "list.html").read_text("utf-8")
    assert '<html lang="zh">' in page
    assert "<td>\\u{1B}[2J=1+1\\u{202E}&lt;script&gt;\\u{D800}</td>" in page
    assert "<td>?</td>" in page
    assert re.search(r"<script|https?:|src=", page) is None


@pytest.mark.parametrize("ending", ["xlsx", "csv", "json", "html"])
def test_a_written_file_is_the_owners_alone_and_nothing_is_left_beside_it(tmp_path, ending):
    before = os.umask(0)
    target = tmp_path / f"list.{ending}"
    target.write_text("old")
    target.chmod(0o644)

    show_result(RESULT, OutputFormat.TABLE, target)

    os.umask(before)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert target.read_bytes() != b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    "name, expected",
    [
        (
            "list.pdf",
            r"list.pdf: the ending does not say.*\nEnd .* in one of: .xlsx .csv .json .html.",
        ),
        ("list", "list: the ending does not say"),
        ("list.csv/list.csv", "there is no such folder"),
        ("absent/list.csv", "there is no such folder"),
        ("folder.csv", "folder.csv: is a folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_and_nothing_is_left(tmp_path, name, expected):
    (tmp_path / "list.csv").write_text("old")
    (tmp_path / "folder.csv").mkdir()

    with pytest.raises(ReliefError, match=expected):
        write_result(RESULT, tmp_path / name)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.csv", "list.csv"]
    assert (tmp_path / "list.csv").read_text() == "old"


def test_what_a_workbook_cannot_hold_is_refused_and_the_old_file_stays(tmp_path):
    (tmp_path / "list.xlsx").write_text("old")

    with pytest.raises(ReliefError, match="a cell of 32768 characters is longer"):
        write_result(result_of("x" * 32_768), tmp_path / "list.xlsx")

    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_an_ending_is_refused_before_any_work(tmp_path):
    check_out_file(None)
    check_out_file(tmp_path / "list.XLSX")

    with pytest.raises(ReliefError, match=r"list\.pdf: the ending does not say"):
        check_out_file(tmp_path / "list.pdf")


def test_a_command_writes_the_file_it_is_asked_for_and_says_so_on_stderr(
    relief, tmp_path, monkeypatch
):
    monkeypatch.setitem(cli.COMMANDS, "look", "tests.support.stubs:look")

    result = relief("look", "HK-1", "--out", tmp_path / "list.csv", "--format", "json")

    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == f"Written: {tmp_path / 'list.csv'}\n"
    assert (tmp_path / "list.csv").exists()


@pytest.mark.parametrize("width", [20, 40, 80, 120, 180])
def test_no_character_is_lost_at_any_width_of_the_screen(width):
    why = "医疗自付每人每月超过低保标准的三成；有教育自付支出；重度残疾而没有护理补贴"
    table = PlainTable(
        "重点关注",
        (
            Column("household_no", "户编号", is_whole=True),
            Column("programme", "救助项目"),
            Column("why", "说明", is_wide=True),
            Column("department", "办理部门"),
        ),
        [[f"HK2024000{n}", "最低生活保障（低保）", why, "街道办事处、区民政局"] for n in "123"],
    )
    screen = io.StringIO()

    show_table(table, Console(file=screen, width=width, color_system=None))

    drawn = Counter(screen.getvalue())
    assert Counter("".join(str(cell) for row in table.rows for cell in row)) - drawn == Counter()
