"""Layouts of kinds that are read already, with the words of other offices."""

import pytest

from tests.layouts.files import save_xlsx
from tests.layouts.outcome import A, B, C, D, imported

PLACE = "测试社区"


def read(folder, *lines):
    return imported(folder, save_xlsx(folder / "名单.xlsx", {"x": list(lines)}))


@pytest.mark.parametrize("keeper", ["代养人姓名", "寄养人", "抚养人", "看护人姓名"])
@pytest.mark.parametrize("child", ["孩子姓名", "被抚养人", "小孩姓名"])
def test_a_keeper_in_front_is_not_the_child_whose_number_follows(tmp_path, keeper, child):
    headings = ["社区", keeper, "证件号码", "联系方式", child, "证件号码"]

    got = read(tmp_path, headings, [PLACE, "吴测五", A, "13800000001", "郑测六", B])

    assert got.households == [("测试", "郑测六")]
    assert B in got.with_ids or ("column-of-numbers", 1, "证件号码") in got.problems
    assert A not in got.with_ids


@pytest.mark.parametrize("heading", ["户主否", "户主与否", "是否户主"])
def test_a_tick_marks_the_head_of_those_below(tmp_path, heading):
    headings = ["社区", "姓名", "身份证号", heading]
    lines = [[PLACE, "钱测一", A, "√"], [PLACE, "孙测二", B, None], [PLACE, "吴测五", C, "√"]]

    got = read(tmp_path, headings, *lines)

    assert got.households == [("测试", "吴测五"), ("测试", "钱测一", "孙测二")]


@pytest.mark.parametrize("word", ["本人即户主", "户主、本人", "户主就是本人", "本人为户主"])
def test_words_that_say_who_is_the_head_are_the_head(tmp_path, word):
    headings = ["社区", "姓名", "身份证号", "与户主关系"]
    lines = [[PLACE, "钱测一", A, word], [PLACE, "孙测二", B, "妻"], [PLACE, "吴测五", C, word]]

    got = read(tmp_path, headings, *lines)

    assert got.households == [("测试", "吴测五"), ("测试", "钱测一", "孙测二")]


@pytest.mark.parametrize("dots", ["……", "...", "…"])
def test_dots_are_no_community_and_no_address(tmp_path, dots):
    headings = ["社区", "户编号", "姓名", "身份证号", "家庭住址"]

    got = read(
        tmp_path, headings, [PLACE, "H1", "钱测一", A, "测试路1号"], [dots, "H2", "周测四", D, dots]
    )

    assert {place for place, *_people in got.households} <= {"测试"}
    assert dots not in got.fact("address")
