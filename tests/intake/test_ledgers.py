"""A list of households or people stays one where it also states what is received or paid."""

from contextlib import closing

import pytest

from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.store.database import open_database
from tests.intake.test_what_is_paid import PLACE, A, B, C, Imported
from tests.layouts.files import save_xlsx
from tests.support.registers import empty_register, shipped_pack

LEDGER = ["社区", "户主姓名", "姓名", "与户主关系", "身份证号", "性别", "出生日期", "家庭人口"]
LEDGER += ["联系电话", "残疾类别", "类别"]


def facts_of(folder, path, owner):
    with closing(open_database(empty_register(folder / "relief.db"))) as db:
        record_files(db, shipped_pack(), read_paths(shipped_pack(), [path]))
        return [dict(row) for row in db.query(f"SELECT * FROM {owner} ORDER BY 1")]


def book(folder, headings, *lines, title="", name="名单.xlsx"):
    path = save_xlsx(folder / name, {"x": [*([[title]] if title else []), headings, *lines]})
    (file,) = read_paths(shipped_pack(), [path])
    return file.tables[0], Imported(folder, path)


@pytest.mark.parametrize("heading", ["月救助金", "救助金额", "保障金额", "月保障金", "月低保金"])
def test_an_amount_beside_facts_of_households_makes_no_roster_of_their_list(tmp_path, heading):
    home = [PLACE, "钱测一", "钱测一", "户主", A, "男", "1951-03-04", 2, "13800000001", "无"]
    wife = [PLACE, "钱测一", "孙测二", "妻", B, "女", "1954-05-06", None, None, "肢体"]
    lines = [[*home, "城市低保A类", 900], [*wife, None, None]]

    table, got = book(tmp_path, [*LEDGER, heading], *lines, name="低保台账.xlsx")

    assert table.kind == "households"
    assert got.said() == {"户": ("yes", 90000)}


@pytest.mark.parametrize("heading", ["是否享受护理补贴", "护理补贴"])
def test_who_receives_is_one_fact_of_people_beside_the_others(tmp_path, heading):
    headings = ["社区", "姓名", "身份证号", "残疾类别", "残疾等级", "是否享受生活补贴", heading]
    lines = [[PLACE, "钱测一", A, "精神", "一级", "是", "否"]]
    lines.append([PLACE, "吴测五", C, "肢体", "二级", None, "是"])

    table, got = book(tmp_path, headings, *lines, name="持证残疾人名单.xlsx")

    assert table.kind == "households"
    assert {column["target"] for column in table.columns} >= {"disability_kind", "disability_grade"}
    assert got.said("disability-care") == {"钱测一": ("no", None), "吴测五": ("yes", None)}
    assert got.said("disability-living") == {"钱测一": ("yes", None)}


@pytest.mark.parametrize(
    "name, kind",
    [("困难家庭名单.xlsx", "households"), ("2024年11月低保发放名单.xlsx", "roster")],
)
def test_a_name_list_with_household_numbers_is_of_households_unless_it_pays(tmp_path, name, kind):
    headings = ["户编号", "户主姓名", "身份证号", "家庭住址", "低保金额"]

    table, _got = book(tmp_path, headings, ["H1", "钱测一", A, "测试路1号", 900], name=name)

    assert table.kind == kind


@pytest.mark.parametrize("cell", ["0101-城市低保", "0102-农村低保", "城市低保"])
def test_the_kind_of_aid_may_have_its_code_before_it(tmp_path, cell):
    headings = ["社区", "户编号", "姓名", "身份证号", "救助类型", "业务状态", "月保障金额"]
    lines = [[PLACE, "H1", "钱测一", A, cell, "01-在享", 820]]
    lines.append([PLACE, "H2", "吴测五", C, cell, "05-停保", 820])

    _table, got = book(tmp_path, headings, *lines, name="导出.xlsx")

    assert sorted(receipt[2:4] for receipt in got.receipts) == [("no", None), ("yes", 82000)]


HOUSE = ["社区", "户编号", "姓名", "身份证号"]


@pytest.mark.parametrize(
    "heading, cell, fact, value",
    [
        ("户月收入", 1073, "household_income", 107300),
        ("货币财产（元）", 12000, "deposits", 1200000),
        ("机动车辆数", 1, "vehicles", 1),
        ("家里几口人", 3, "stated_size", 3),
        ("住房建筑面积(㎡)", 62.5, "floor_area", 62),
    ],
)
def test_what_real_ledgers_call_a_fact_is_it(tmp_path, heading, cell, fact, value):
    line = [PLACE, "H1", "钱测一", A, cell]

    path = save_xlsx(tmp_path / "台账.xlsx", {"x": [[*HOUSE, heading], line]})

    (found,) = facts_of(tmp_path, path, "households")
    assert found[fact] == value


@pytest.mark.parametrize("sum_of", ["小计", "合计"])
def test_a_sum_is_what_stands_above_it(tmp_path, sum_of):
    top = [*HOUSE, "家庭月收入（元）", None, None]
    rows = [top, [*[None] * 4, "务工", "种养殖", sum_of], [PLACE, "H1", "钱测一", A, 800, 150, 950]]
    merges = [(0, 4, 0, 6), *((0, place, 1, place) for place in range(4))]

    path = save_xlsx(tmp_path / "台账.xlsx", {"x": rows}, merges)

    (found,) = facts_of(tmp_path, path, "households")
    assert found["household_income"] == 95000


@pytest.mark.parametrize("relation", ["二子", "之子", "之女", "幼子"])
def test_sons_and_daughters_are_children_however_they_are_counted(tmp_path, relation):
    lines = [[PLACE, "H1", "钱测一", A, "户主"], [PLACE, "H1", "孙测二", B, relation]]

    path = save_xlsx(tmp_path / "台账.xlsx", {"x": [[*HOUSE, "与户主关系"], *lines]})

    assert [found["kinship"] for found in facts_of(tmp_path, path, "members")] == ["head", "child"]


@pytest.mark.parametrize(
    "title, place",
    [
        ("石塘村2024年11月高龄老人花名册", "石塘村"),
        ("某某镇石塘村困难家庭情况表", "石塘村"),
        ("农村困难家庭台账", None),
        ("全村困难家庭台账", None),
    ],
)
def test_a_village_at_the_beginning_of_a_title_is_the_community(tmp_path, title, place):
    table, _got = book(tmp_path, HOUSE[1:], ["H1", "钱测一", A], title=title)

    assert table.community == place


@pytest.mark.parametrize("heading", ["务工收入", "种养殖收入", "其他支出（元/月）"])
def test_income_and_spending_are_not_asked_about_as_payments(tmp_path, heading):
    headings = ["姓名", "身份证号", "发放金额", heading]

    table, _got = book(
        tmp_path, headings, ["钱测一", A, 900, 300], name="2024年11月低保发放表.xlsx"
    )

    assert table.kind == "roster"
    assert [one.column for one in table.problems if one.code == "column-unknown"] == []


def test_nobody_is_made_of_the_answers_of_forms_below_each_other(tmp_path):
    rows = [
        ["户主", "赵甲", "身份证号", A, "住址", "测试路7号"],
        ["成员", "关系", "身份证号", "健康", "备注"],
        ["钱乙", "儿子", B],
        ["月收入", 900],
        [],
        ["户主", "孙丙", "身份证号", C, "住址", "测试路9号"],
        ["成员", "关系", "身份证号", "健康", "备注"],
        ["李丁", "妻"],
        ["月收入", 2600],
    ]
    path = save_xlsx(tmp_path / "新增.xlsx", {"测试社区": rows})
    (table,) = read_paths(shipped_pack(), [path])[0].tables

    assert [row["name"] for row in facts_of(tmp_path, path, "members")] == ["钱乙", "李丁"]
    told = {(one.code, one.row) for one in table.problems}
    assert told >= {("row-above-headings", 1), ("row-of-answers", 6)}


@pytest.mark.parametrize(
    "note, code",
    [
        ("备注：赵甲老人10月已随子迁往外市", "note-says-gone"),
        ("备注：按户填写", None),
    ],
)
def test_a_note_below_a_list_that_somebody_is_gone_is_told(tmp_path, note, code):
    table, _got = book(tmp_path, HOUSE, [PLACE, "H1", "赵甲", A], [note])

    assert [one.code for one in table.problems if one.row == 3] == [code] * bool(code)


def test_who_signed_below_a_list_is_no_member(tmp_path):
    lines = [[1, "钱测一", A], ["村主任：赵甲", None, "制表人：钱乙"]]

    table, _got = book(tmp_path, ["序号", "姓名", "身份证号"], *lines, title=f"{PLACE}名单")

    roles = [row.role for row in table.rows]
    assert (roles.count("first"), roles[-1]) == (1, "note")


def test_people_within_the_texts_of_a_column_are_told(tmp_path):
    headings = [*HOUSE, "家里几口人", "其他成员（姓名、关系、身份证）"]
    text = f"妻：孙测二 {B}\n子：周测四 {C} 大专在读"

    table, _got = book(tmp_path, headings, [PLACE, "H1", "钱测一", A, 3, text])
    (home,) = facts_of(tmp_path, tmp_path / "名单.xlsx", "households")

    assert [(one.code, one.column) for one in table.problems] == [("people-in-text", headings[-1])]
    assert home["stated_size"] == 3  # so that how many they are is not known for certain


@pytest.mark.parametrize(
    "other, numbers, sure",
    [
        ("钱测一（户主）", [A], 1),
        ("钱测三", [None, None], 1),  # they may be one person, miswritten
        ("孙大国", [None, None], 2),
    ],
)
def test_two_people_with_one_id_number_stay_two_and_neither_has_it(tmp_path, other, numbers, sure):
    lines = [[PLACE, "H1", "钱测一", A, "户主"], [PLACE, "H1", other, A, "配偶"]]

    path = save_xlsx(tmp_path / "台账.xlsx", {"x": [[*HOUSE, "与户主关系"], *lines]})

    found = facts_of(tmp_path, path, "members")
    assert [row["id_number"] for row in found] == numbers
    assert [row["may_be_gone"] for row in found].count(0) == sure
    assert all((row["birth_date"] is None) == (row["id_number"] is None) for row in found)


@pytest.mark.parametrize("other, is_asked", [("钱测三", True), ("孙大国", False)])
def test_whoever_shares_an_id_number_with_another_name_is_told(tmp_path, other, is_asked):
    lines = [[PLACE, "H1", "钱测一", A], [PLACE, "H1", other, A], [PLACE, "H1", "李丁", C]]

    _table, got = book(tmp_path, HOUSE, *lines)

    told = [(code, row) for code, row, _header in got.problems]
    assert [row for code, row in told if code == "id-number-of-several"] == [2, 3]
    assert ("namesakes", 3) in told if is_asked else "namesakes" not in dict(told)
