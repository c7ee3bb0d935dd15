"""What is stated of columns: with --map, remembered from earlier, or asked on a terminal."""

import csv
import io
import json
from pathlib import Path

import pytest

from relieftool.errors import ReliefError
from relieftool.intake.column_mapping import StatedMappings, hash_headings
from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.output.imports import ask_about_columns
from relieftool.spreadsheets.columns import build_pack_catalogue
from relieftool.store.database import open_register
from relieftool.store.imports import load_mappings
from tests.support.registers import ZHAO, codes, empty_register, fact, rows, shipped_pack

HEADINGS = ["户编号", "姓名", "身份证号", "社区"]
ZHAOS = ["H1", "赵大山", ZHAO, "河口下"]


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def save(folder, name, *lines):
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(lines)
    return path


def listed(folder, name, heading, cell):
    return save(folder, name, [*HEADINGS, heading], [*ZHAOS, cell])


def incomes(db="relief.db"):
    with open_register(Path(db)) as register:
        return fact(register, "household_income"), codes(register)


@pytest.mark.parametrize("target", ["household_income", "家庭月收入"])
def test_a_column_named_on_the_command_line_is_read_as_said(relief, folder, target):
    path = listed(folder, "a.csv", "每月 进账", "800")

    result = relief("import", path, "--map", f"每月进账={target}")

    assert (result.exit_code, incomes()) == (0, ([80000], []))


def test_a_dash_leaves_a_column_out(relief, folder):
    path = listed(folder, "a.csv", "家庭月收入", "800")

    relief("import", path, "--map", "家庭月收入=-")

    assert incomes() == ([None], [])


UNUSED = "`--map COLUMN=FACT` uses such a column, `--map COLUMN=-` leaves it out unnamed."


def test_columns_nobody_knows_are_named_once_for_each_file(relief, folder):
    heading = [*HEADINGS, "电压等级", "备注2", "备注"]
    path = save(folder, "a.csv", heading, [*ZHAOS, "220", "甲", "乙"])

    result = relief("import", path)
    again = json.loads(relief("import", path, "--format", "json").stdout)

    assert "Not used: 电压等级 (a.csv; a).\n" in result.stderr
    text = "Read as text only, which states no fact: 备注2 (a.csv; a)."
    assert f"{text}\n{UNUSED}\n" in result.stderr
    assert again["files"][0]["unused_columns"] == [
        {"sheet": "a", "column": "电压等级", "is_text": False},
        {"sheet": "a", "column": "备注2", "is_text": True},
    ]


def test_the_months_of_a_quarter_are_read_and_so_are_not_named(relief, folder):
    heading = ["姓名", "身份证号", "10月", "11月", "12月", "合计", "血型"]
    name = "2024年第四季度城市低保金发放表.csv"
    path = save(folder, name, heading, ["赵甲", ZHAO, "900", "900", "900", "2700", "O"])

    result = relief("import", path, "--format", "json")

    (file,) = json.loads(result.stdout)["files"]
    assert [unused["column"] for unused in file["unused_columns"]] == ["血型"]


@pytest.mark.parametrize("written", ["--map", "import.toml"])
def test_a_column_somebody_left_out_is_not_named(relief, folder, written):
    path = listed(folder, "a.csv", "电压 等级", "220")
    toml = '[[file]]\npath = "a.csv"\nmap = { "电压等级" = "-" }\n'
    (folder / "import.toml").write_text(toml if written == "import.toml" else "", "utf-8")
    line = ("--map", "电压等级=-") if written == "--map" else ()

    result = relief("import", path, *line)

    assert (result.exit_code, "Not used" in result.stderr) == (0, False)


def test_a_heading_that_may_be_somebodys_number_is_not_repeated(relief, folder):
    path = listed(folder, "a.csv", "张三 13800", "220")

    result = relief("import", path, "--format", "json")

    assert json.loads(result.stdout)["files"][0]["unused_columns"] == [
        {"sheet": "a", "column": "张三…", "is_text": False}
    ]


def test_a_mapping_is_remembered_for_tables_of_the_same_headings_in_any_order(relief, folder):
    first = listed(folder, "一月.csv", "每月进账", "800")
    later = save(folder, "二月.csv", ["每月进账", *HEADINGS], ["900", "H2", "钱乙", "", "河口下"])
    other = save(folder, "三月.csv", [*HEADINGS, "每月进账", "住址"], [*ZHAOS, "1000", "一号"])

    relief("import", first, "--map", "每月进账=household_income")
    relief("import", later)
    relief("import", other)

    assert incomes()[0] == [80000, 90000]


def test_a_later_word_on_a_column_replaces_the_earlier(relief, folder):
    path = listed(folder, "a.csv", "每月进账", "800")
    relief("import", path, "--map", "每月进账=household_income")

    relief("import", path, "--map", "每月进账=-")

    assert incomes() == ([None], [])
    assert list(load_mappings(Path("relief.db")).values()) == [{"每月进账": "-"}]


def test_importing_again_without_the_mapping_changes_nothing(relief, folder):
    path = listed(folder, "a.csv", "每月进账", "800")
    relief("import", path, "--map", "每月进账=household_income")
    before = Path("relief.db").read_bytes()

    again = relief("import", path)

    assert (again.exit_code, Path("relief.db").read_bytes()) == (0, before)


def remembered():
    return list(load_mappings(Path("relief.db")).values())


def test_what_was_said_with_an_import_is_forgotten_with_it(relief, folder):
    relief("import", listed(folder, "a.csv", "每月进账", "800"), "--map", "每月进账=deposits")
    before = remembered()

    relief("undo", "1")

    assert (before, remembered()) == ([{"每月进账": "deposits"}], [])
    relief("undo", "1", "--redo")
    assert remembered() == before


def test_what_was_used_silently_was_not_said_again(relief, folder):
    relief("import", listed(folder, "a.csv", "每月进账", "800"), "--map", "每月进账=deposits")
    relief("import", listed(folder, "b.csv", "每月进账", "900"))

    relief("undo", "1")

    assert remembered() == []


def test_what_another_import_said_too_stays(relief, folder):
    for name in ("a.csv", "b.csv"):
        relief("import", listed(folder, name, "每月进账", name), "--map", "每月进账=deposits")

    relief("undo", "1")

    assert remembered() == [{"每月进账": "deposits"}]


def test_what_was_said_before_counts_again_when_a_later_word_is_taken_back(relief, folder):
    path = listed(folder, "a.csv", "每月进账", "800")
    relief("import", path, "--map", "每月进账=household_income")
    relief("import", path, "--map", "每月进账=-")

    relief("undo", "2")

    assert remembered() == [{"每月进账": "household_income"}]


def test_a_replaced_import_was_not_taken_back(relief, folder):
    relief("import", listed(folder, "a.csv", "每月进账", "8"), "--map", "每月进账=household_income")

    relief("import", listed(folder, "a.csv", "每月进账", "900"), "--replace")

    assert remembered() == [{"每月进账": "household_income"}]
    assert incomes() == ([90000], [])


def test_the_command_line_goes_before_import_toml(relief, folder):
    path = listed(folder, "a.csv", "每月进账", "800")
    (folder / "import.toml").write_text(
        '[[file]]\npath = "a.csv"\nmap = { "每月进账" = "deposits" }', "utf-8"
    )

    relief("import", path, "--map", "每月进账=household_income")

    assert incomes() == ([80000], [])


def test_a_rehearsal_remembers_nothing(relief, folder):
    path = listed(folder, "a.csv", "每月进账", "800")

    relief("import", path, "--map", "每月进账=household_income", "--dry-run")

    assert not Path("relief.db").exists()


@pytest.mark.parametrize(
    "said, code, words",
    [
        ("每月进账", 2, "is not COLUMN=FACT"),
        ("=household_income", 2, "is not COLUMN=FACT"),
        ("每月进账=", 2, "is not COLUMN=FACT"),
        ("每月进账=家庭月收人", 1, "--map: '家庭月收人' is neither a fact nor a heading"),
        ("每月进帐=household_income", 1, "--map 每月进帐: no table of these files has this column"),
    ],
)
def test_a_mapping_that_cannot_be_met_writes_nothing(relief, folder, said, code, words):
    path = listed(folder, "a.csv", "每月进账", "800")

    result = relief("import", path, "--map", said)

    assert (result.exit_code, words in result.stderr) == (code, True)
    assert not Path("relief.db").exists()


def test_a_near_miss_is_told_with_what_to_do_and_not_taken(relief, folder):
    path = listed(folder, "a.csv", "家庭月收人", "800")

    result = relief("import", path, "--format", "json")

    assert (result.exit_code, incomes()) == (0, ([None], ["column-unknown"]))
    (problem,) = json.loads(relief("problems", "--format", "json").stdout)["problems"]
    assert "--map 家庭月收人=" in problem["message"]


def test_what_another_pack_called_a_fact_is_left_out(folder):
    path = listed(folder, "a.csv", "每月进账", "800")
    key = hash_headings([*HEADINGS, "每月进账"])

    (read,) = read_paths(
        shipped_pack(), [path], said=StatedMappings({}, {key: {"每月进账": "rent_paid"}})
    )

    assert read.mappings == {}


DOUBTFUL = ["家庭月收人", "残疾等及"]


def interview(folder, *answers):
    """Return what is asked, and what is understood from the answers."""
    path = save(folder, "a.csv", [*HEADINGS, *DOUBTFUL], [*ZHAOS, "800", "二级"])
    (read,) = read_paths(shipped_pack(), [path])
    asked, answered = io.StringIO(), io.StringIO("".join(f"{text}\n" for text in answers))
    pack = shipped_pack()
    said = ask_about_columns(read.doubts, build_pack_catalogue(pack), pack, asked, answered)
    return asked.getvalue(), list(said.values())


@pytest.mark.parametrize(
    "answers, understood",
    [
        (["1", "-", "y"], [{"家庭月收人": "家庭月收入", "残疾等及": "-"}]),
        (["1", "", "是"], [{"家庭月收人": "家庭月收入"}]),
        (["household_income", "残疾等级", ""], [
            {"家庭月收人": "household_income", "残疾等及": "残疾等级"}
        ]),
        (["9", "什么", "1", "", "yes"], [{"家庭月收人": "家庭月收入"}]),
        (["1", "1", "n"], []),
        (["1", "1", "否"], []),
        (["", ""], []),
        (["1"], []),
        ([], []),
    ],
)  # fmt: skip
def test_an_answer_counts_only_when_it_is_complete_and_confirmed(folder, answers, understood):
    assert interview(folder, *answers)[1] == understood


def test_what_is_certain_is_shown_before_anything_is_asked(folder):
    asked, _said = interview(folder)

    assert "a.csv / a: these columns are read as\n  户编号 = 户编号\n  姓名 = 姓名\n" in asked
    assert "The column '家庭月收人' is not known.\n  Its cells: 800\n  1 = 家庭月收入\n" in asked


@pytest.mark.parametrize(
    "cells, shown",
    [
        (["肢体二级", "肢体二级", "无", "", "视力一级", "智力三级"], "肢体二级, 无, 视力一级"),
        ([ZHAO, "13900001111", "07991234567"], "3603************37, ***********, ***********"),
        (["赵大山", "欧阳小明", "李四"], "赵*, 欧阳*, 李*"),
        (["和平路12号", "5栋301室"], "***, ***"),
        (["丈夫王五在外打工，子女在校读书", "800"], "***, 800"),
        (["见13900001111"], "见***********"),
    ],
)
def test_a_question_shows_three_cells_of_its_column_masked(folder, cells, shown):
    lines = [[f"H{number}", "赵大山", "", "河口下", cell] for number, cell in enumerate(cells)]
    path = save(folder, "a.csv", [*HEADINGS, "残疾等及"], *lines)
    (read,) = read_paths(shipped_pack(), [path])
    asked, pack = io.StringIO(), shipped_pack()

    ask_about_columns(read.doubts, build_pack_catalogue(pack), pack, asked, io.StringIO())

    assert f"\n  Its cells: {shown}\n" in asked.getvalue()


TWO = ["残疾类别及等级", "肢体二级"]


@pytest.mark.parametrize(
    "answer", ["1+2", "2 + 1", "残疾类别+残疾等级", "disability_kind＋残疾等级"]
)
def test_a_question_may_be_answered_with_two_facts(folder, answer):
    path = listed(folder, "a.csv", *TWO)
    (read,) = read_paths(shipped_pack(), [path])
    pack, answered = shipped_pack(), io.StringIO(f"{answer}\ny\n")
    said = ask_about_columns(read.doubts, build_pack_catalogue(pack), pack, io.StringIO(), answered)

    read = read_paths(shipped_pack(), [path], said=StatedMappings().add_answers(said))

    with open_register(empty_register(folder / "relief.db")) as db:
        record_files(db, shipped_pack(), read)
        assert fact(db, "disability_kind", "members") == ["limb"]
        assert fact(db, "disability_grade", "members") == ["grade2"]


@pytest.mark.parametrize("again", [False, True])
def test_a_column_may_be_mapped_to_two_facts(relief, folder, again):
    path = save(
        folder,
        "a.csv",
        [*HEADINGS, "残况"],
        [*ZHAOS, "视力1级"],
        ["H2", "李四", "", "河口下", "无"],
    )
    said = ["--map", "残况=残疾类别+残疾等级"]
    relief("import", path, *([] if again else said))
    if again:
        relief("import", "--again", 1, *said)

    with open_register(Path("relief.db")) as db:
        assert fact(db, "disability_kind", "members") == ["sight", "none"]
        assert fact(db, "disability_grade", "members") == ["grade1", "none"]
        assert codes(db) == []


def test_two_columns_of_one_meaning_and_no_fact_are_refused(relief, folder):
    path = listed(folder, "a.csv", "残况", "视力1级")

    result = relief("import", path, "--map", "残况=残疾类别+姓名")

    assert result.exit_code == 1
    assert "only facts can be in one column, not '残疾类别+姓名'" in result.stderr


def test_answers_are_applied_and_remembered_like_a_mapping(folder):
    path = save(folder, "a.csv", [*HEADINGS, *DOUBTFUL], [*ZHAOS, "800", "二级"])
    (first,) = read_paths(shipped_pack(), [path])
    answers = {first.doubts[0].fingerprint: {"家庭月收人": "家庭月收入", "残疾等及": "-"}}

    read = read_paths(shipped_pack(), [path], said=StatedMappings().add_answers(answers))

    with open_register(empty_register(folder / "relief.db")) as db:
        record_files(db, shipped_pack(), read)
        assert fact(db, "household_income") == [80000]
        assert rows(db, "SELECT header, target FROM column_mappings ORDER BY 1") == [
            ("家庭月收人", "家庭月收入"), ("残疾等及", "-")
        ]  # fmt: skip
    assert read[0].doubts == []


def test_an_unknown_target_names_the_nearest(folder):
    path = listed(folder, "a.csv", "每月进账", "800")

    with pytest.raises(ReliefError, match="Did you mean: 家庭月收入"):
        read_paths(shipped_pack(), [path], said=StatedMappings({"每月进账": "家庭月收人"}))


@pytest.mark.parametrize(
    "typed", ["进账（元/年）", "进账(元/年)", "进账（元／年）", "进账 (元／年)"]
)
@pytest.mark.parametrize("written", ["进账（元/年）", "进账(元／年)"])
def test_brackets_and_slashes_of_either_width_name_a_column(relief, folder, typed, written):
    path = listed(folder, "a.csv", written, "9600")

    first = relief("import", path, "--map", f"{typed}=household_income_year")
    again = relief("import", "--again", "1", "--map", f"{typed}=-")

    assert (first.exit_code, again.exit_code) == (0, 0)
    with open_register(Path("relief.db")) as register:
        assert fact(register, "household_income_year") == [None]


def test_a_heading_of_other_words_is_still_another_column(relief, folder):
    path = listed(folder, "a.csv", "进账（元/年）", "9600")

    result = relief("import", path, "--map", "进账（元/月）=household_income")

    assert result.exit_code == 1
    assert "no table of these files has this column" in result.stderr
