"""What is hidden on a sheet: a sheet is left out and told, rows and columns are read and told."""

import json
import zipfile

import openpyxl
import pytest
import xlwt
from openpyxl.styles import Font

from relieftool.errors import ReliefError
from relieftool.store.database import open_register
from tests.layouts.outcome import A, B, C, imported
from tests.support.registers import rows

HEADINGS = ["社区", "户编号", "姓名", "与户主关系", "身份证号", "家庭月收入"]
THIS_YEAR = [HEADINGS, ["河口下", "H1", "钱测一", "户主", A, 500]]
LAST_YEAR = [
    HEADINGS,
    ["河口下", "H1", "钱测一", "户主", A, 900],
    ["河口下", "H9", "吴测五", "户主", B, 100],
]
PAID = ["序号", "姓名", "身份证号", "发放金额"]
ROSTER = [PAID, [1, "钱测一", A, 900], [2, "吴测五", B, 800], [3, "李测三", C, 700]]


def save(path, state="hidden", hidden_rows=(), hidden_columns="", struck=(), **sheets):
    """Save sheets by name; those whose name ends in _ are hidden; `struck` are cells like C3."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name.strip("_"))
        for line in lines:
            sheet.append(line)
        if name.endswith("_"):
            sheet.sheet_state = state
    for row in hidden_rows:
        book.worksheets[0].row_dimensions[row].hidden = True
    for place in struck:
        book.worksheets[0][place].font = Font(strike=True)
    for column in hidden_columns:
        book.worksheets[0].column_dimensions[column].hidden = True
    book.save(path)
    return path


def save_old(path, struck=(), **sheets):
    book, line_through = xlwt.Workbook(), xlwt.easyxf("font: struck_out on")
    for name, lines in sheets.items():
        sheet = book.add_sheet(name.strip("_"))
        sheet.visibility = int(name.endswith("_"))
        for row, line in enumerate(lines):
            for column, cell in enumerate(line):
                style = [line_through] if (row, column) in struck else []
                sheet.write(row, column, cell, *style)
    book.save(str(path))
    return path


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_told_and_not_used(tmp_path, state):
    got = imported(tmp_path, save(tmp_path / "户.xlsx", state, 名单=THIS_YEAR, 旧表_=LAST_YEAR))

    assert (got.households, got.fact("household_income")) == ([("河口下", "钱测一")], [50000])
    assert got.problems == [("sheet-hidden", None, "")]


def test_so_it_is_in_an_old_workbook(tmp_path):
    got = imported(tmp_path, save_old(tmp_path / "户.xls", 名单=THIS_YEAR, 旧表_=LAST_YEAR))

    assert (got.with_ids, got.problems) == ([A], [("sheet-hidden", None, "")])


def test_a_hidden_sheet_of_words_to_choose_from_is_no_news(tmp_path):
    words = [["关系", "性别"], ["配偶", "男"], ["儿子", "女"]]

    got = imported(tmp_path, save(tmp_path / "户.xlsx", 名单=THIS_YEAR, 选项_=words))

    assert got.problems == []


@pytest.mark.parametrize("how", ["option", "import.toml"])
def test_a_hidden_sheet_that_is_named_is_read(relief, tmp_path, how):
    path = save(tmp_path / "户.xlsx", 名单=THIS_YEAR[:1], 旧表_=LAST_YEAR)
    said = ["--sheet", "旧表"] if how == "option" else []
    if not said:
        declared = '[[file]]\npath = "户.xlsx"\nsheet = "旧表"\n'
        (tmp_path / "import.toml").write_text(declared, "utf-8")

    result = relief("import", path, *said)

    assert result.exit_code == 0, result.stderr
    with open_register(tmp_path / "relief.db") as db:
        assert rows(db, "SELECT count(*) FROM members") == [(2,)]


def test_a_file_whose_only_list_is_hidden_says_which_sheet(tmp_path):
    path = save(tmp_path / "户.xlsx", 封面=[["某某社区"]], 旧表_=LAST_YEAR)

    with pytest.raises(ReliefError, match=r"hidden: 旧表\n.*--sheet 旧表"):
        imported(tmp_path, path)


def test_a_sheet_that_is_not_there_cannot_be_named(relief, tmp_path):
    path = save(tmp_path / "户.xlsx", 名单=THIS_YEAR)

    result = relief("import", path, "--sheet", "旧表")

    assert result.exit_code == 1
    assert "no sheet of this name" in result.stderr


def test_hidden_rows_and_columns_are_read_and_told_once(tmp_path):
    lists = {"名单": LAST_YEAR, "名单2": THIS_YEAR}
    path = save(tmp_path / "户.xlsx", hidden_rows=[3, 9], hidden_columns="EZ", **lists)

    got = imported(tmp_path, path)

    assert got.with_ids == [A, B]
    assert [code for code, _row, _column in got.problems if code != "facts-disagree"] == [
        "parts-hidden"
    ]


@pytest.mark.parametrize("hidden", [{"hidden_rows": [1, 9]}, {"hidden_columns": "AZ"}])
def test_a_hidden_heading_an_unused_column_and_blank_parts_are_no_question(tmp_path, hidden):
    lines = [[None, *line] for line in THIS_YEAR]

    got = imported(tmp_path, save(tmp_path / "户.xlsx", 名单=lines, **hidden))

    assert (got.with_ids, got.problems) == ([A], [])


def complete(db):
    return rows(db, "SELECT programme, is_complete FROM rosters")


def test_a_roster_with_hidden_rows_is_not_complete_until_that_is_decided(relief, tmp_path):
    save(tmp_path / "户.xlsx", 名单=[HEADINGS, *LAST_YEAR[1:]])
    path = save(tmp_path / "低保发放表.xlsx", hidden_rows=[3, 4], 低保=ROSTER)
    relief("import", tmp_path / "户.xlsx")
    said = ["--roster", "dibao", "--complete", "--area", "河口下", "--month", "2024-11"]

    asked = relief("import", path, *said)
    before = paid(tmp_path)
    told = json.loads(relief("problems", "--code", "parts-hidden", "--format", "json").stdout)
    (problem,) = told["problems"]
    relief("answer", problem["number"], "belongs", "--by", "王五")

    assert asked.exit_code == 3
    assert "低保 3-4" in problem["message"]
    assert problem["choices"] == ["belongs", "no", "leave"]
    assert before == ([("dibao", 0)], [("钱测一", 90000), ("吴测五", None)])
    assert paid(tmp_path) == ([("dibao", 1)], [("钱测一", 90000), ("吴测五", 80000)])
    assert relief("problems", "--code", "parts-hidden").exit_code == 0
    relief("answer", problem["number"], "--undo", "--by", "王五")
    assert paid(tmp_path)[0] == [("dibao", 0)]
    relief("answer", problem["number"], "否", "--by", "王五")
    assert paid(tmp_path) == ([("dibao", 1)], [("钱测一", 90000)])


def paid(folder):
    with open_register(folder / "relief.db") as db:
        receipts = rows(
            db,
            "SELECT members.name, amount_fen FROM receipts JOIN households USING (household_no)"
            " JOIN members ON members.member_no = ifnull(receipts.member_no, head_member_no)",
        )
        return complete(db), receipts


STATES = "SELECT members.name, says, amount_fen FROM receipts JOIN members USING (member_no)"
DIBAO = "2024年11月城市低保金发放表.xlsx"


def decide(relief, code, choice):
    (problem,) = json.loads(relief("problems", "--code", code, "--format", "json").stdout)[
        "problems"
    ]
    return relief("answer", problem["number"], choice, "--by", "王五")


def found(folder, sql):
    with open_register(folder / "relief.db") as db:
        return rows(db, sql)


@pytest.mark.parametrize("save_as", ["xlsx", "xls"])
def test_a_payment_on_a_row_struck_through_is_unknown_until_it_is_decided(
    relief, tmp_path, save_as
):
    relief("import", save(tmp_path / "户.xlsx", 名单=LAST_YEAR))
    if save_as == "xls":
        path = save_old(tmp_path / "2024年11月城市低保金发放表.xls", struck=[(2, 1)], x=ROSTER)
    else:
        path = save(tmp_path / DIBAO, struck=["B3"], x=ROSTER)

    asked = relief("import", path)
    before = found(tmp_path, STATES)
    decide(relief, "row-struck", "belongs")

    assert asked.exit_code == 3
    assert before == [("钱测一", "yes", 90000), ("吴测五", "maybe", None)]
    assert found(tmp_path, STATES) == [("钱测一", "yes", 90000), ("吴测五", "yes", 80000)]


@pytest.mark.parametrize("choice, left", [("left", 1), ("leave", 2)])
def test_whether_somebody_struck_out_of_a_household_lives_there_is_asked(
    relief, tmp_path, choice, left
):
    relief("import", save(tmp_path / "户.xlsx", struck=["C3", "E3"], 名单=LAST_YEAR))

    decide(relief, "row-struck", choice)

    assert found(tmp_path, "SELECT count(*) FROM members") == [(left,)]
    assert relief("problems", "--code", "row-struck").exit_code == 0


@pytest.mark.parametrize("struck", [["A1", "C1"], ["F2"], ["H2", "C9"], []])
def test_a_line_through_a_heading_an_income_or_a_blank_cell_strikes_nobody_out(tmp_path, struck):
    got = imported(tmp_path, save(tmp_path / "户.xlsx", struck=struck, 名单=LAST_YEAR))

    assert got.problems == []


def test_a_font_that_says_it_is_not_struck_strikes_nobody_out(tmp_path):
    path = save(tmp_path / "户.xlsx", struck=["C2"], 名单=LAST_YEAR)
    rewrite(path, "xl/styles.xml", lambda text: text.replace('strike val="1"', 'strike val="0"'))

    got = imported(tmp_path, path)

    assert got.problems == []


def rewrite(path, part, change):
    """Change a part of a workbook, as another program would write it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before = parts[part].decode()
    assert change(before) != before
    parts[part] = change(before).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_an_amount_left_under_a_merged_cell_is_paid_once(tmp_path):
    book = [["社区", "户编号", "姓名", "与户主关系", "身份证号"]]
    book += [["河口下", "H1", "钱测一", "户主", A], ["河口下", "H1", "孙测二", "配偶", B]]
    homes = save(tmp_path / "户.xlsx", 名单=book)
    roster = openpyxl.Workbook()
    for line in (PAID, [1, "钱测一", A, 900], [2, "孙测二", B, 900]):
        roster.active.append(line)
    for merge in ("A2:A3", "D2:D3"):
        roster.active.merged_cells.add(merge)  # merge_cells would empty the cells below
    roster.save(tmp_path / "2024年11月城市低保金发放表.xlsx")

    got = imported(tmp_path, homes, tmp_path / "2024年11月城市低保金发放表.xlsx")

    assert sum(fen for _name, _programme, fen, _until in got.receipts if fen) == 90000


def test_what_is_hidden_stays_asked_when_a_column_is_mapped_again(relief, tmp_path):
    lines = [[*PAID, "备用"], *([*line, "x"] for line in ROSTER[1:])]
    path = save(tmp_path / "低保发放表.xlsx", hidden_rows=[3], 低保=lines)
    relief("import", save(tmp_path / "户.xlsx", 名单=LAST_YEAR))
    relief("import", path, "--roster", "dibao", "--complete", "--area", "河口下")

    relief("import", "--again", "2", "--map", "备用=-")

    assert paid(tmp_path)[0] == [("dibao", 0)]
    assert "they belong" in relief("problems", "--code", "parts-hidden").stderr
