"""`relief show --all`: every cell that a household came from, known or not."""

import csv
import json
from pathlib import Path

import pytest

from tests.support.corrections import LI, correct
from tests.support.own_files import QIAN, SUN
from tests.support.ready_folders import fill_folder

HEADINGS = ("社区", "户编号", "姓名", "身份证号", "家庭月收入", "家庭住址", "宠物")


@pytest.fixture
def household(relief):
    """Import a household whose list has an unknown column, and a roster that it is on."""
    return fill_folder(_import_household, relief)


def _import_household(relief):
    save("户.csv", HEADINGS, ["西岭", "X1", "李四", LI, "许多", "西岭1号", "猫"])
    save("低保表.csv", ["城市低保金发放表"], ("姓名", "身份证号", "金额"), ["李四", LI, "500"])
    relief("import", "户.csv", "低保表.csv")


def save(name, *rows):
    with Path(name).open("w", encoding="utf-8-sig", newline="") as lines:
        csv.writer(lines).writerows(rows)


def shown(relief, *options):
    result = relief("show", "X1", "--all", "--format", "json", *options)
    return {
        (row["file"], row["row"], cell["column"]): cell["value"]
        for row in json.loads(result.stdout)["rows"]
        for cell in row["cells"]
    }


def test_a_column_nobody_knows_is_shown_with_its_file_and_row(household):
    cells = shown(household, "--reveal", "--reason", "逐户核对")

    assert cells["户.csv", 2, "宠物"] == "猫"
    assert cells["低保表.csv", 3, "金额"] == "500"
    assert cells["户.csv", 2, "身份证号"] == LI


def test_what_is_private_or_unknown_is_masked(household):
    cells = shown(household)

    assert cells["户.csv", 2, "宠物"] == "***"
    assert cells["户.csv", 2, "家庭住址"] == "***"
    assert cells["户.csv", 2, "姓名"] == "李*"
    assert cells["低保表.csv", 3, "身份证号"].startswith("3603****")
    assert cells["户.csv", 2, "社区"] == "西岭"


def test_a_corrected_cell_is_shown_where_its_row_stands(household):
    household("problems", "--out", "fix.xlsx")
    correct("家庭月收入", 3, "300")
    household("import", "fix.xlsx")

    cells = shown(household, "--reveal", "--reason", "逐户核对")

    assert cells["户.csv", 2, "家庭月收入"] == "300"
    assert cells["户.csv", 2, "宠物"] == "猫"


def test_a_column_read_anew_is_told_as_what_it_is_read_as_now(household):
    household("import", "--again", 1, "--map", "宠物=deposits")

    result = household("show", "X1", "--all", "--format", "json")

    read_as = {
        cell["column"]: cell["read_as"]
        for row in json.loads(result.stdout)["rows"]
        for cell in row["cells"]
        if row["file"] == "户.csv"
    }
    assert read_as["宠物"] == "deposits"


def test_without_all_no_row_is_shown(household):
    assert "rows" not in json.loads(household("show", "X1", "--format", "json").stdout)


def test_the_table_says_which_columns_are_not_used(household):
    result = household("show", "X1", "--all", "--lang", "en", "--format", "csv")

    assert "户.csv / 户 / 2,宠物,***,not used" in result.stdout.splitlines()


def test_a_members_own_copy_has_their_cells_whole_and_those_of_others_masked(household):
    headings = (
        "社区",
        "户编号",
        "户主姓名",
        "成员一姓名",
        "成员一身份证号",
        "户主身份证号",
        "宠物",
    )
    save("宽.csv", headings, ["西岭", "X2", "孙老太", "钱小花", QIAN, SUN, "狗"])
    save("长.csv", ("户编号", "姓名", "身份证号"), ["X2", "孙老太", SUN], ["X2", "钱小花", QIAN])
    household("import", "宽.csv", "长.csv")
    line = ("show", "X2", "--all", "--format", "json", "--reveal", "--reason", "本人查阅")

    own = household(*line, "--member", "2").stdout
    nobody = household(*line, "--member", "3")

    cells = [cell for row in json.loads(own)["rows"] for cell in row["cells"]]
    assert ("孙老太" in own, SUN in own) == (False, False), own
    assert {cell["value"] for cell in cells} >= {"钱小花", QIAN, "***"}
    assert [member["name"] for member in json.loads(own)["members"]] == ["钱小花"]
    assert (nobody.exit_code, "no member number 3" in nobody.stderr) == (1, True)


WIDE = ("社区", "户编号", "户主姓名", "户主身份证号", "成员一姓名", "成员一身份证号")


def test_a_members_own_cells_are_whole_however_their_name_and_number_are_spaced(household):
    spaced, phone = f"{QIAN[:6]} {QIAN[6:]}", "13911112222"
    save("宽.csv", (*WIDE, "成员一电话"), ["西岭", "X2", "孙老太", SUN, "钱 小 花", spaced, phone])
    household("import", "宽.csv")
    line = ("show", "X2", "--all", "--format", "json", "--reveal", "--reason", "本人查阅")

    own = household(*line, "--member", "2").stdout

    values = {cell["value"] for row in json.loads(own)["rows"] for cell in row["cells"]}
    assert values >= {"钱 小 花", spaced, phone}
    assert ("孙老太" in own, SUN in own) == (False, False)


@pytest.mark.parametrize("member, is_shown", [("1", False), ("2", False), (None, True)])
def test_a_remark_on_several_people_is_in_no_members_own_copy(household, member, is_shown):
    save("宽.csv", (*WIDE, "备注"), ["西岭", "X2", "孙老太", SUN, "钱小花", QIAN, "孙老太患肝病"])
    household("import", "宽.csv")
    own = () if member is None else ("--member", member)

    shown = household("show", "X2", "--all", "--reveal", "--reason", "本人查阅", *own).stdout

    assert ("肝病" in shown) == is_shown
