"""What `relief problems` lists: gone once a column is mapped, and equal ones on one line."""

import csv
import json

import pytest

from tests.support.registers import LI, QIAN, ZHAO

PEOPLE = [["H1", "赵大山", ZHAO], ["H2", "钱小花", QIAN], ["H3", "李四", LI]]


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def save(folder, headings, *cells, name="名单.csv"):
    """Save a list of one household for each tuple of cells."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["社区", "户编号", "姓名", "身份证号", *headings])
        for person, more in zip(PEOPLE, cells, strict=False):
            writer.writerow(["河口下", *person, *more])
    return path


def codes(relief):
    listed = json.loads(relief("problems", "--format", "json").stdout)["problems"]
    return [problem["code"] for problem in listed]


@pytest.mark.parametrize(
    "column, code, target",
    [
        (("家庭月收人（税前）", "800"), "column-unknown", "家庭月收入"),
        (("家庭 月收人", "800"), "column-unknown", "household_income"),
        (("家庭月收人", "800"), "column-unknown", "-"),
        (("家庭月收入（元/天）", "800"), "unit-unknown", "-"),
        (("号码甲", LI), "column-of-numbers", "-"),
        (("家庭月收入", "较低"), "value-unreadable", "-"),
        (("家庭月收入", "较低"), "value-unreadable", "phone"),
    ],
)
def test_a_problem_of_a_column_is_gone_once_the_column_is_mapped(
    relief, folder, column, code, target
):
    heading, cell = column
    relief("import", save(folder, [heading], [cell]))
    assert code in codes(relief)

    relief("import", "--again", 1, "--map", f"{heading}={target}")

    assert codes(relief) == []


def test_a_column_that_loses_its_meaning_to_another_is_told_anew(relief, folder):
    relief("import", save(folder, ["号码甲"], [LI]))

    relief("import", "--again", 1, "--map", "号码甲=身份证号")

    told = json.loads(relief("problems", "--format", "json").stdout)["problems"]
    assert [(problem["code"], problem["column"]) for problem in told] == [
        ("column-of-numbers", "身份证号")
    ]


def test_equal_problems_of_one_column_are_one_line_with_their_rows_on_a_screen(relief, folder):
    relief("import", save(folder, ["家庭月收入"], ["较低"], ["一般"], ["未知"]))

    lines = relief("problems").stdout.splitlines()
    listed = json.loads(relief("problems", "--format", "json").stdout)["problems"]
    in_csv = relief("problems", "--format", "csv").stdout.splitlines()

    assert len(lines) == 2
    assert "\t2-4\t3\t家庭月收入\t" in lines[1]
    assert [problem["row"] for problem in listed] == [2, 3, 4]
    assert len(in_csv) == 1 + 3


def test_problems_of_two_columns_or_with_other_words_are_lines_of_their_own(relief, folder):
    headings = ["家庭月收入", "住房套数", "备注"]
    relief("import", save(folder, headings, ["较低", "许多", "去世"], ["较低", "2", "去世"]))

    rows = [line.split("\t")[3:6:2] for line in relief("problems").stdout.splitlines()[1:]]

    assert sorted(rows) == [
        ["2", "住房套数"], ["2", "备注"], ["2-3", "家庭月收入"], ["3", "备注"]
    ]  # fmt: skip


def test_problems_are_told_in_chinese_words_on_a_chinese_screen(relief, folder):
    relief("import", save(folder, ["备注"], ["2024年10月去世"]))

    shown = relief("problems", "--lang", "zh")

    assert "死亡：年-月-日 | 迁出：年-月-日 | 已不在本户 | 维持不变" in shown.stderr
    assert "perhaps-gone" not in shown.output


def test_the_text_that_a_decision_is_about_is_quoted_and_masked(relief, folder):
    relief("import", save(folder, ["备注"], ["2024年10月去世"]))

    hidden = json.loads(relief("problems", "--format", "json").stdout)["problems"]
    shown = relief("problems", "--reveal", "--reason", "逐户核对", "--format", "json").stdout

    assert [problem["cell"] for problem in hidden] == ["***"]
    assert [problem["cell"] for problem in json.loads(shown)["problems"]] == ["2024年10月去世"]


@pytest.mark.parametrize(
    "heading, cell, exit_code",
    [
        ("电压等级", "220", 0),
        ("家庭月收人", "800", 0),
        ("家庭月收入", "较低", 3),
        ("备注", "已去世", 3),
    ],
)
def test_an_import_whose_only_news_is_an_unused_column_is_done(
    relief, folder, heading, cell, exit_code
):
    assert relief("import", save(folder, [heading], [cell])).exit_code == exit_code
