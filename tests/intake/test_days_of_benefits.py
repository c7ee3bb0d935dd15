"""A benefit that ended before the month of its list is not received; one that still runs is."""

import pytest

from relieftool.intake.source_files import read_paths
from tests.intake.test_what_is_paid import HOME, PAID, PLACE, A, C, Imported, paid, sheet
from tests.layouts.files import save_xlsx
from tests.support.registers import shipped_pack

NAMED = ["姓名", "身份证号"]
TITLE = "困难家庭台账（2024年11月）"


def told(got):
    return [column for code, _row, column in got.problems if code == "receipt-state-unclear"]


@pytest.mark.parametrize(
    "heading, cell, says",
    [
        ("低保截止时间", "2024-06-30", "no"),
        ("低保享受截止时间*", "2024-06-30", "no"),
        ("城市低保金停发日期（年月）", "2024-06", "no"),
        ("低保截止时间", "2024年11月", "yes"),
        ("低保截止时间", "2025.06", "yes"),
        ("低保截止时间", "长期", "yes"),
        ("低保截止时间", None, "yes"),
        ("低保截止时间", "年底", "maybe"),
        ("低保截止时间", 2024.1, "maybe"),
        ("低保截止时间", "2024.1", "maybe"),  # a text file has 2024.10 so, too
        ("低保待遇终止日期", "20240630", "no"),
        ("低保停发时间", "2024年11月", "no"),
        ("低保停发时间", "2024年12月", "yes"),
        ("停发低保时间", "2024/6/30", "no"),
        ("低保有效期至", "2023年", "no"),
        ("低保起始时间", "2020年3月", "yes"),
        ("低保起始时间", "2025年1月", "maybe"),
        ("低保起始时间", "某月", "maybe"),
        ("享受低保时间", "2020.3-2024.6", "no"),
        ("低保享受起止时间", "2020年3月至今", "yes"),
        ("低保起止时间", "2020年3月1日至2024年6月30日", "no"),
        ("低保起止时间", "2024.6-2020.3", "maybe"),
    ],
)
def test_a_benefits_own_days_say_whether_it_runs_in_the_lists_month(tmp_path, heading, cell, says):
    line = [PLACE, "H1", "钱测一", A, "是", 900, cell]

    got = sheet(tmp_path, [*HOME, "低保", "低保金额", heading], line, title=TITLE)

    assert got.said() == {"户": (says, 90000 if says == "yes" else None)}
    assert told(got) == [heading] * (says == "maybe")


@pytest.mark.parametrize(
    "cells, says",
    [
        (["2020-01-01", "2024-06-30"], "no"),
        (["2020-01-01", None], "yes"),
        (["2020-01-01", "2025-06-30"], "yes"),
        ([None, None], None),
    ],
)
def test_plain_days_behind_a_benefit_are_its_own(tmp_path, cells, says):
    headings = [*HOME, "低保金额", "起始时间", "截止时间", "高龄补贴", "起始时间", "截止时间"]
    own = [900 if says else None, *cells]

    line = [PLACE, "H1", "钱测一", A, *own, "是", "2022.1", "长期"]
    got = sheet(tmp_path, headings, line, title=TITLE)

    expected = {"户": (says, 90000 if says == "yes" else None)} if says else {}
    assert got.said() == expected
    assert got.said("elderly-80") == {"钱测一": ("yes", None)}


@pytest.mark.parametrize(
    "heading, cell, says",
    [
        ("享受截止时间", "2024-06-30", "no"),
        ("享受起止时间", "2020.1-2024.6", "no"),
        ("停发时间", "2024-06-30", "no"),
        ("停发时间", "已停发", "no"),
        ("享受起止时间", "2020.1-2025.6", "yes"),
        ("停发时间", None, "yes"),
        ("有效期至", "2024-06-30", "no"),
        ("终止日期", "不清楚", "maybe"),
    ],
)
def test_days_beside_what_a_row_receives_are_of_it(tmp_path, heading, cell, says):
    line = [PLACE, "H1", "钱测一", A, "低保", cell]

    got = sheet(tmp_path, [*HOME, "已享受政策", heading], line, title=TITLE)

    assert got.said() == {"户": (says, None)}
    assert told(got) == [heading] * (says == "maybe")


def test_an_end_beside_several_benefits_leaves_open_which_has_ended(tmp_path):
    line = [PLACE, "H1", "钱测一", A, "低保、高龄补贴", "2024-06-30"]

    got = sheet(tmp_path, [*HOME, "已享受政策", "停发时间"], line, title=TITLE)

    assert got.said() == {"户": ("maybe", None)}
    assert set(told(got)) == {"停发时间"}


def test_without_a_month_of_the_list_an_end_is_in_doubt(tmp_path):
    lines = [[PLACE, "H1", "钱测一", A, 900, "2024-06-30"], [PLACE, "H2", "吴测五", C, 800, None]]

    got = sheet(tmp_path, [*HOME, "低保金额", "低保截止时间"], *lines)

    assert sorted(receipt[2] for receipt in got.receipts) == ["maybe", "yes"]
    assert told(got) == ["低保截止时间"]


@pytest.mark.parametrize(
    "heading", ["残疾证有效期至", "身份证有效期限", "合同终止日期", "有效期至"]
)
def test_the_days_of_a_card_end_no_benefit(tmp_path, heading):
    headings = [*HOME, heading, "联系电话", "已享受政策"]

    line = [PLACE, "H1", "钱测一", A, "2020-01-01", "", "低保"]
    got = sheet(tmp_path, headings, line, title=TITLE)

    assert got.said() == {"户": ("yes", None)}


@pytest.mark.parametrize(
    "heading, cell, says",
    [
        ("享受起始时间", "2020-01", "yes"),
        ("享受起始时间", "2025-01", "maybe"),
        ("享受截止时间", "2024-06", "no"),
        ("享受截止时间", "2024-12", "yes"),
        ("停发时间", "2024-10", "no"),
        ("终止日期", "下月", "maybe"),
        ("低保截止时间", "2024-06", "no"),
        ("有效期至", "2025-10-31", "yes"),
        ("有效期至", "2024-06-30", "maybe"),  # it may be that of a card
    ],
)
def test_a_rosters_days_say_the_same(tmp_path, heading, cell, says):
    lines = [[1, "钱测一", A, 900, "2025-01" if "截" in heading else None]]
    lines.append([2, "吴测五", C, 800, cell])

    got = paid(tmp_path, [*PAID, heading], *lines)

    assert got.said()["吴测五"] == (says, 80000 if says == "yes" else None)
    assert got.said()["钱测一"] == ("yes", 90000)
    assert told(got) == [heading] * (says == "maybe")


@pytest.mark.parametrize(
    "headings, says",
    [
        (["低保金额", "备注", "截止时间"], "no"),  # a list of nothing but one benefit
        (["是否低保", "备注", "截止时间"], "yes"),
        (["是否低保", "残疾证号", "有效期至"], "yes"),
    ],
)
def test_plain_days_apart_from_a_benefit_are_its_own_where_the_list_is_of_it(
    tmp_path, headings, says
):
    line = ["钱测一", A, 900 if "额" in headings[0] else "是", "360302", "2024-06"]

    path = save_xlsx(tmp_path / "x.xlsx", {"x": [[f"{PLACE}{TITLE}"], [*NAMED, *headings], line]})
    (table,) = read_paths(shipped_pack(), [path])[0].tables
    got = Imported(tmp_path, path)

    assert got.said() == {"户": (says, None)}
    unused = [one.column for one in table.problems if one.code == "column-unknown"]
    assert unused == [headings[2]] * ("截止" in headings[2] and says == "yes")


def test_the_days_of_a_benefit_take_no_amount_from_it(tmp_path):
    headings = ["序号", "姓名", "身份证号", "发放标准", "城市低保享受起止时间"]

    got = paid(tmp_path, headings, [1, "钱测一", A, 900, "2023年1月至2025年3月"])

    assert got.said() == {"钱测一": ("yes", 90000)}
    assert got.problems == []


def test_an_end_beside_what_was_paid_out_is_in_doubt(tmp_path):
    headings = ["序号", "姓名", "身份证号", "发放金额", "停发时间"]

    got = paid(tmp_path, headings, [1, "钱测一", A, 335, "2024-09"])

    assert got.said() == {"钱测一": ("maybe", None)}
    assert told(got) == ["停发时间"]


@pytest.mark.parametrize(
    "heading, fen", [("补贴起止时间", None), ("享受起止时间", 90000), ("有效期", 90000)]
)
def test_days_that_may_be_the_months_paid_leave_the_amount_open(tmp_path, heading, fen):
    headings = ["序号", "姓名", "身份证号", "发放金额", heading]

    got = paid(tmp_path, headings, [1, "钱测一", A, 900, "2024.09-2024.11"])

    assert got.said() == {"钱测一": ("yes", fen)}
