"""A clerk's round: import, write the doubtful rows out, correct them, import, undo."""

import csv
import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from relieftool.store.database import open_register
from relieftool.values.id_numbers import compute_check_digit
from tests.support.corrections import LI, correct, sheet_of
from tests.support.ready_folders import fill_folder
from tests.support.rows_accounted import lost_rows

WANG = "36030219751111456" + compute_check_digit("36030219751111456")
HEADINGS = ("社区", "户编号", "姓名", "身份证号", "与户主关系", "家庭月收入", "家庭住址")


def save(name, *rows):
    with Path(name).open("w", encoding="utf-8-sig", newline="") as lines:
        csv.writer(lines).writerows(rows)
    return name


def answer(relief, *line):
    return json.loads(relief(*line, "--format", "json").stdout)


@pytest.fixture
def doubtful(relief):
    """Import a list with a wrong ID number, a wrong amount, a formula for a name, a good row."""
    return fill_folder(_import_doubtful_list, relief)


def _import_doubtful_list(relief):
    save(
        "户.csv",
        ["困难家庭名单（2024年11月）"],
        HEADINGS,
        ["西岭", "X1", "李四", "36030219700305120", "户主", "300", "西岭1号"],
        ["西岭", "X2", "=王五", WANG, "户主", "许多", "西岭2号"],
    )
    relief("import", "户.csv")


def cells_of(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def codes(relief):
    return sorted(problem["code"] for problem in answer(relief, "problems")["problems"])


def test_doubtful_rows_are_written_as_they_came_in_with_what_is_wrong(doubtful):
    result = doubtful("problems", "--out", "fix.xlsx", "--reveal", "--reason", "逐户核对")

    _workbook, sheet = sheet_of()
    rows = cells_of(sheet)
    assert result.exit_code == 3
    assert "户.csv" in rows[0][1]
    assert rows[1][3:] == list(HEADINGS)
    assert rows[2][1] == "3"
    assert rows[2][3:] == ["西岭", "X1", "李四", "36030219700305120", "户主", "300", "西岭1号"]
    assert sheet["F4"].data_type == "s"
    assert sheet.column_dimensions["A"].hidden


def test_without_a_reveal_no_name_number_or_address_leaves_the_register(doubtful):
    doubtful("problems", "--out", "fix.xlsx")

    text = str(cells_of(sheet_of()[1]))
    assert [secret for secret in ("李四", WANG, LI, "西岭2号") if secret in text] == []
    assert "李*" in text


@pytest.mark.parametrize(
    "reveal", [(), ("--reveal", "--reason", "核对名单")], ids=["masked", "full"]
)
def test_corrected_rows_leave_the_list_and_others_stay_in_doubt(doubtful, reveal):
    before = codes(doubtful)
    doubtful("problems", "--out", "fix.xlsx", *reveal)
    correct("身份证号", 3, LI)

    doubtful("import", "fix.xlsx")

    home = answer(doubtful, "show", "X1", "--reveal", "--reason", "逐户核对")
    assert "id-number-wrong" in before
    assert codes(doubtful) == [code for code in before if code != "id-number-wrong"]
    assert home["members"][0]["name"] == "李四"
    assert home["members"][0]["id_number"] == LI


def test_the_old_row_is_kept_word_for_word_and_undo_brings_it_back(doubtful, tmp_path):
    before = codes(doubtful)
    doubtful("problems", "--out", "fix.xlsx")
    correct("身份证号", 3, LI)
    doubtful("import", "fix.xlsx")

    doubtful("undo", "--last")

    assert codes(doubtful) == before
    with open_register(tmp_path / "relief.db") as db:
        kept = "".join(cells for (cells,) in db.execute("SELECT cells FROM source_rows"))
    assert "36030219700305120" in kept
    assert LI in kept


def test_a_file_in_which_nothing_was_corrected_changes_nothing(doubtful):
    before = codes(doubtful)
    doubtful("problems", "--out", "fix.xlsx")

    doubtful("import", "fix.xlsx")

    assert codes(doubtful) == before


def test_a_row_without_a_key_is_told_and_not_used(doubtful):
    doubtful("problems", "--out", "fix.xlsx")
    workbook, sheet = sheet_of()
    sheet["A3"].value = sheet["A3"].value.replace("-", "-0", 1)
    workbook.save("fix.xlsx")

    doubtful("import", "fix.xlsx")

    assert "correction-unknown" in codes(doubtful)


def test_a_file_whose_columns_were_moved_is_refused(doubtful):
    doubtful("problems", "--out", "fix.xlsx")
    workbook, sheet = sheet_of()
    sheet.delete_cols(5)
    workbook.save("fix.xlsx")

    result = doubtful("import", "fix.xlsx")
    both = doubtful("import", "fix.xlsx", save("更.csv", HEADINGS, ["西岭", "X3", "赵六"]))

    assert (result.exit_code, "moved, taken out or renamed" in result.stderr) == (1, True)
    assert (both.exit_code, "moved, taken out or renamed" in both.stderr) == (3, True)
    assert doubtful("show", "X3").exit_code == 0


@pytest.mark.parametrize(
    "filters, count",
    [
        (("--file", "户*"), 3),
        (("--file", "别*"), 0),
        (("--code", "id-number-wrong"), 1),
        (("--community", "西岭社区"), 3),
    ],
)
def test_problems_are_listed_by_file_code_and_community(doubtful, filters, count):
    assert len(answer(doubtful, "problems", *filters)["problems"]) == count


def test_a_corrected_mapping_is_applied_without_the_file(relief):
    save(
        "户.csv",
        ("社区", "户编号", "姓名", "身份证号", "月里外收"),
        ["西岭", "X1", "李四", LI, "300"],
    )
    relief("import", "户.csv")
    Path("户.csv").unlink()

    result = relief("import", "--again", 1, "--map", "月里外收=household_income")

    assert result.exit_code in (0, 3)
    assert answer(relief, "show", "X1")["household"]["household_income"] == 30000
    assert [record["state"] for record in answer(relief, "imports")["imports"]] == [
        "replaced",
        "live",
    ]
    relief("undo", 2)
    assert answer(relief, "show", "X1")["household"]["household_income"] is None


def test_a_mapping_corrected_afterwards_is_remembered_for_the_next_list(relief):
    heading = ("社区", "户编号", "姓名", "身份证号", "月里外收")
    save("户11.csv", heading, ["西岭", "X1", "李四", LI, "300"])
    save("户12.csv", heading, ["西岭", "X2", "王五", WANG, "400"])
    relief("import", "户11.csv")
    relief("import", "--again", 1, "--map", "月里 外收=household_income")

    relief("import", "户12.csv")

    assert answer(relief, "show", "X2")["household"]["household_income"] == 40000


def test_households_counted_by_relation_are_told_no_more_once_a_number_tells_them(relief):
    save(
        "名单.csv",
        ("社区", "卷宗", "姓名", "身份证号", "与户主关系"),
        ["西岭", "X1", "李四", LI, "户主"],
        ["西岭", "X2", "王五", WANG, "儿子"],
    )
    relief("import", "名单.csv")
    before = [problem["code"] for problem in answer(relief, "problems")["problems"]]

    relief("import", "--again", 1, "--map", "卷宗=household_no")

    assert "households-by-relation" in before
    left = [problem["code"] for problem in answer(relief, "problems")["problems"]]
    assert left == ["household-without-head"]  # a 儿子 alone
    assert answer(relief, "show", "X2")["members"][0]["relation"] == "儿子"


def test_a_merged_cell_holds_for_each_of_its_rows_under_a_mapping_corrected_afterwards(relief):
    workbook = Workbook()
    for row in (
        ("社区", "户编号", "姓名", "身份证号", "病重与否"),
        ("西岭", "X1", "李四", LI, "是"),
        ("西岭", "X1", "王五", WANG, None),
    ):
        workbook.active.append(row)
    workbook.active.merge_cells("E2:E3")
    workbook.save("户.xlsx")
    relief("import", "户.xlsx")

    relief("import", "--again", 1, "--map", "病重与否=serious_illness")

    with open_register(Path("relief.db")) as db:
        assert db.execute("SELECT serious_illness FROM members").fetchall() == [(1,), (1,)]


def test_a_table_nobody_understood_is_read_by_a_mapping_with_what_stands_above(relief):
    known = [HEADINGS, ["西岭", "X1", "李四", LI, "户主", "300", ""]]
    unknown = [["某街道台账"], ("甲乙", "丙丁"), ["X1", "20000"]]
    workbook = Workbook()
    for name, rows in (("一", known), ("二", unknown)):
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del workbook["Sheet"]
    workbook.save("户.xlsx")
    relief("import", "户.xlsx")

    relief("import", "--again", 1, "--map", "甲乙=household_no", "--map", "丙丁=deposits")

    with open_register(Path("relief.db")) as db:
        assert lost_rows(db, Path("户.xlsx")) == []
        assert db.execute("SELECT deposits FROM households").fetchall() == [(2000000,)]


@pytest.mark.parametrize(
    "line, code",
    [
        (("--again", "1"), 2),
        (("--again", "9", "--map", "姓名=-"), 1),
        (("--again", "1", "--map", "没有=-"), 1),
        (("--again", "1", "--map", "姓名"), 2),
        ((), 2),
    ],
)
def test_a_line_that_says_too_little_or_wrong_changes_nothing(doubtful, line, code):
    assert doubtful("import", *line).exit_code == code
    assert len(answer(doubtful, "imports")["imports"]) == 1


def test_an_import_says_what_changed_since_the_last(relief):
    row = ("西岭", "X1", "李四", LI, "户主")
    save(
        "户11.csv",
        ["名单（2024年11月）"],
        HEADINGS,
        [*row, "300", ""],
        ["西岭", "X1", "王五", WANG, "妻", "", ""],
    )
    save(
        "户12.csv",
        ["名单（2024年12月）"],
        HEADINGS,
        [*row, "9000", ""],
        ["西岭", "X1", "赵大山", "", "子", "", ""],
    )
    first = answer(relief, "import", "户11.csv")

    second = answer(relief, "import", "户12.csv")

    assert first["changes"] is None
    counts = second["changes"]["counts"]
    assert (counts["member-new"], counts["member-gone"]) == (1, 1)
    facts = [change for change in second["changes"]["list"] if change["sort"] == "fact-changed"]
    assert [fact["about"] for fact in facts if fact["member_no"] is None] == ["household_income"]


@pytest.mark.parametrize(
    "said, expected",
    [
        (("--roster", "dibao"), [("dibao", None, 0)]),
        (("--roster", "dibao", "--complete"), [("dibao", None, 1)]),
        (
            ("--roster", "城市低保", "--complete", "--month", "2024-11"),
            [("dibao", "2024-11-30", 1)],
        ),
    ],
)
def test_a_line_says_what_a_file_is_a_roster_of(relief, tmp_path, said, expected):
    save("户.csv", HEADINGS, ["西岭", "X1", "李四", LI, "户主", "300", ""])
    save("表.csv", ("姓名", "身份证号", "金额"), ["李四", LI, "500"])
    relief("import", "户.csv")

    relief("import", "表.csv", *said)

    with open_register(tmp_path / "relief.db") as db:
        found = db.execute("SELECT programme, covers_until, is_complete FROM rosters").fetchall()
    assert found == expected


@pytest.mark.parametrize("said", [("--roster", "没有"), ("--month", "2024-13"), ("--map", "x=")])
def test_what_is_said_wrongly_of_a_file_is_a_wrong_line(doubtful, said):
    assert doubtful("import", "户.csv", *said).exit_code == 2


@pytest.mark.parametrize(
    "line",
    [("undo", "--last"), ("import", "--again", "1", "--map", "家庭月收入=-")],
)
def test_a_rehearsal_changes_no_byte(doubtful, tmp_path, line):
    before = (tmp_path / "relief.db").read_bytes()

    doubtful(*line, "--dry-run")

    assert (tmp_path / "relief.db").read_bytes() == before


def correct_copy(name, heading, value):
    """Correct one cell of the sheet as it was handed out, and save it under another name."""
    workbook, sheet = sheet_of()
    headings = [cell.value for cell in sheet[2]]
    sheet.cell(4, headings.index(heading) + 1).value = value
    workbook.save(name)
    return name


@pytest.mark.parametrize(
    "undone, income", [([], 40000), (["2"], 40000), (["3"], 30000), (["2", "3"], None)]
)
def test_a_cell_left_as_it_was_keeps_the_newest_correction_that_counts(
    doubtful, tmp_path, undone, income
):
    doubtful("problems", "--out", "fix.xlsx")
    for name, value in (("one.xlsx", "300"), ("two.xlsx", "400")):
        doubtful("import", correct_copy(name, "家庭月收入", value))
    for number in undone:
        doubtful("undo", number)

    doubtful("import", correct_copy("three.xlsx", "姓名", "王五"))

    with open_register(tmp_path / "relief.db") as db:
        found = db.execute(
            "SELECT household_income, name FROM households JOIN members USING (household_no)"
            " WHERE household_no = 'X2'"
        )
        assert found.fetchall() == [(income, "王五")]


def test_when_the_second_of_two_corrections_is_taken_back_the_first_counts(doubtful, tmp_path):
    doubtful("problems", "--out", "fix.xlsx")
    doubtful("import", correct_copy("one.xlsx", "家庭月收入", "300"))
    doubtful("import", correct_copy("two.xlsx", "家庭月收入", "400"))

    doubtful("undo", "3")

    with open_register(tmp_path / "relief.db") as db:
        found = db.execute("SELECT household_income FROM households WHERE household_no = 'X2'")
        assert found.fetchall() == [(30000,)]
