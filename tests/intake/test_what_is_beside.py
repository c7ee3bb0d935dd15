"""Amounts beside the only benefit that a row names are its own; ends of nothing are told."""

import pytest

from relieftool.intake.source_files import read_paths
from tests.intake.test_what_is_paid import HOME, PLACE, A, B, C, paid, sheet
from tests.layouts.files import save_xlsx
from tests.support.registers import shipped_pack

TITLE = "困难家庭台账（2024年11月）"


def listed(folder, headings, *lines):
    people = (("H1", "钱测一", A), ("H2", "吴测五", C), ("H3", "孙测二", B))
    rows = [[PLACE, *who, *line] for who, line in zip(people, lines, strict=False)]
    return sheet(folder, [*HOME, *headings], *rows, title=TITLE)


def codes(got):
    return [(code, row) for code, row, _column in got.problems]


@pytest.mark.parametrize("heading", ["享受政策", "救助类型", "补贴项目", "待遇类别"])
@pytest.mark.parametrize("amount", ["金额", "发放金额", "月救助金", "补贴标准"])
def test_an_amount_beside_the_only_benefit_of_a_row_is_its_own(tmp_path, heading, amount):
    got = listed(tmp_path, [heading, amount], ["低保", 900])

    assert got.said() == {"户": ("yes", 90000)}
    assert got.problems == []


@pytest.mark.parametrize("cell", ["低保、高龄补贴", "低保，临时救助", "某某补贴"])
@pytest.mark.parametrize("heading", ["享受政策", "救助类型"])
def test_an_amount_beside_several_benefits_is_of_none_and_told(tmp_path, heading, cell):
    got = listed(tmp_path, [heading, "金额"], [cell, 900], ["低保", 700])

    assert {fen for *_of, fen, _from, _until in got.receipts} - {None} == {70000}
    assert ("amount-of-several", 3) in codes(got)
    assert {row for _code, row in codes(got)} == {3}


@pytest.mark.parametrize("amount", [0, None, "-"])
def test_no_amount_beside_several_benefits_is_not_told(tmp_path, amount):
    assert listed(tmp_path, ["享受政策", "金额"], ["低保、高龄补贴", amount]).problems == []


@pytest.mark.parametrize(
    "cells, expected",
    [(["是", 900], ("yes", 90000)), (["否", 0], ("no", None)), (["否", 900], ("maybe", None))],
)
def test_an_amount_beside_the_only_column_of_a_benefit_is_its_own(tmp_path, cells, expected):
    got = listed(tmp_path, ["低保", "月救助金"], cells)

    assert got.said() == {"户": expected}
    assert bool(got.problems) == (expected[0] == "maybe")


def test_an_amount_beside_the_columns_of_two_benefits_is_of_none_and_told(tmp_path):
    got = listed(tmp_path, ["低保", "高龄补贴", "金额"], ["是", "否", 900])

    assert (got.said(), codes(got)) == ({"户": ("yes", None)}, [("amounts-of-no-benefit", 2)])


@pytest.mark.parametrize("cell", ["低保", "城市低保", "低保A类"])
def test_the_kind_of_aid_in_a_list_of_households_is_received_and_denies_no_other(tmp_path, cell):
    got = listed(tmp_path, ["救助类型"], [cell], ["一般户"], [None])

    assert [(name, says) for _who, name, says, *_rest in got.receipts] == [("dibao", "yes")]
    assert codes(got) == [("benefit-unknown", 4)]


@pytest.mark.parametrize("heading", ["儿童类别", "困境儿童类型", "孤儿类别"])
def test_the_kind_of_child_in_a_list_of_payments_is_its_benefit(tmp_path, heading):
    lines = [["钱测一", A, "孤儿", 1360], ["孙测二", B, "事实无人抚养儿童", 1000]]
    lines.append(["吴测五", C, "某类儿童", 300])

    name = "2024年11月儿童福利发放表.xlsx"
    got = paid(tmp_path, ["姓名", "身份证号", heading, "金额"], *lines, name=name)

    assert got.said("orphan") == {"钱测一": ("yes", 136000)}
    assert got.said("unsupported-child") == {"孙测二": ("yes", 100000)}
    assert len(got.receipts) == 2
    assert ("benefit-unknown", 4) in codes(got)


@pytest.mark.parametrize("heading", ["儿童类别", "孤儿类别"])
def test_the_kind_of_child_alone_is_a_fact_and_no_payment(tmp_path, heading):
    rows = [[*HOME, heading], [PLACE, "H1", "钱测一", A, "孤儿"]]
    (file,) = read_paths(shipped_pack(), [save_xlsx(tmp_path / "儿童.xlsx", {"x": rows})])
    (table,) = file.tables

    assert [column["target"] for column in table.columns][-1] == "child_kind"
    assert table.problems == []
    assert listed(tmp_path, [heading], ["孤儿"]).receipts == []


@pytest.mark.parametrize("state", ["注销", "已注销", "减员", "已销户"])
def test_a_person_struck_off_a_list_that_names_no_benefit_may_be_gone(tmp_path, state):
    got = listed(tmp_path, ["人员状态"], [state], ["正常"], ["在册"])

    assert codes(got) == [("perhaps-gone", 3)]


@pytest.mark.parametrize("state", ["停发", "已失效", "未发放"])
def test_an_end_of_nothing_that_is_named_is_told(tmp_path, state):
    got = listed(tmp_path, ["状态"], [state], ["正常"])

    assert codes(got) == [("state-of-nothing", 3)]


@pytest.mark.parametrize(
    "remark, says",
    [
        ("低保已停", "maybe"),
        ("低保已于2024年6月停发", "maybe"),
        ("停发", "maybe"),
        ("已退出低保", "maybe"),
        ("高龄补贴已停", "yes"),
        ("停电两天", "yes"),
        ("低保户", "yes"),
    ],
)
def test_a_remark_that_a_benefit_has_ended_makes_it_doubtful_and_no_other(tmp_path, remark, says):
    got = listed(tmp_path, ["低保", "备注"], ["是", remark], ["否", remark])

    assert sorted(receipt[2] for receipt in got.receipts) == sorted([says, "no"])
    assert codes(got) == [("receipt-state-unclear", 3)] * (says == "maybe")


@pytest.mark.parametrize("unit", ["元/季", "元／半年", "元/周"])
def test_an_income_for_another_time_is_stated_and_unusable_and_told(tmp_path, unit):
    heading = f"家庭收入（{unit}）"

    got = listed(tmp_path, [heading], [9000], [3000])

    assert [(code, row) for code, row, _column in got.problems] == [("unit-unknown", None)]
