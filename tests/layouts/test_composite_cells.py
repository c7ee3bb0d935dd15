"""Cells that say more than one thing: codes, boxes, kind and grade, marks, ditto, classes."""

import pytest

from tests.layouts.files import save_xlsx
from tests.layouts.outcome import A, B, C, D, imported

PLACE = "河口下"


def listed(folder, head, *people):
    """Import a list of one household each, with columns besides number, name and community."""
    ids = [A, B, C, D]
    rows = [[f"H{n}", f"赵{n}", ids[n], PLACE, *cells] for n, cells in enumerate(people)]
    top = ["户编号", "姓名", "身份证号", "社区", *head]
    return imported(folder, save_xlsx(folder / "a.xlsx", {"x": [top, *rows]}))


# -- codes, boxes, kind and grade --


def test_a_code_before_a_word_is_no_part_of_it(tmp_path):
    got = listed(tmp_path, ["性别", "残疾类别", "残疾等级"], ["1-男", "61-视力残疾", "02-二级"])

    assert got.fact("disability_kind") == ["sight"]
    assert got.fact("disability_grade") == ["grade2"]
    assert got.problems == []


@pytest.mark.parametrize(
    "kind, grade, values",
    [
        ("肢残", "2", ("limb", "grade2")),
        ("智残", "叁级", ("intellect", "grade3")),
        ("听力言语", "一级", ("multiple", "grade1")),
        ("听力、言语", "一级", ("multiple", "grade1")),
        ("精神类", "二级", ("mental", "grade2")),
        ("肢体（二级）", None, ("limb", "grade2")),
        ("肢残二级", None, ("limb", "grade2")),
        ("肢体", "贰", ("limb", "grade2")),
        ("4", "2", ("limb", "grade2")),
        (4, 2, ("limb", "grade2")),
        ("视力残疾（一级）", None, ("sight", "grade1")),
        ("一级视力", None, ("sight", "grade1")),
        ("肢体2级", None, ("limb", "grade2")),
        ("肢体/2", None, ("limb", "grade2")),
        ("多重（肢体、智力）", "一级", ("multiple", "grade1")),
        ("64-肢体", "2-二级", ("limb", "grade2")),
        (None, "肢体二级", ("limb", "grade2")),
        ("肢体残疾人", "残疾三级", ("limb", "grade3")),
        ("无", None, ("none", "none")),
        (None, None, ("none", "none")),
        ("肢体", None, ("limb", None)),
        (None, "二级", (None, "grade2")),
        ("肢体(4)", None, ("limb", None)),
    ],
)
def test_kind_and_grade_however_they_are_shared_out(tmp_path, kind, grade, values):
    got = listed(tmp_path, ["残疾类别", "残疾等级"], [kind, grade])

    assert (*got.fact("disability_kind"), *got.fact("disability_grade")) == values
    assert got.problems == []


@pytest.mark.parametrize(
    "heading", ["残疾类别及等级", "残疾类别等级", "残疾情况", "残疾类型及等级", "残疾类别、等级"]
)
def test_a_heading_of_both_feeds_kind_and_grade(tmp_path, heading):
    got = listed(tmp_path, [heading], ["肢体二级"], ["无"], [None], ["智力"])

    assert got.fact("disability_kind") == ["limb", "none", "none", "intellect"]
    assert got.fact("disability_grade") == ["grade2", "none", "none", None]
    assert got.problems == []


def test_two_kinds_with_two_grades_are_told(tmp_path):
    got = listed(tmp_path, ["残疾类别及等级"], ["视力一级、肢体三级"])

    assert (got.fact("disability_kind"), got.fact("disability_grade")) == ([None], [None])
    assert got.problems == [("value-unreadable", 2, "残疾类别及等级")]


@pytest.mark.parametrize(
    "cell, value",
    [
        ("☑是□否", 1),
        ("□是☑否", 0),
        ("是√ 否", 1),
        ("是 否√", 0),
        ("是(√) 否( )", 1),
        ("■有 □无", 1),
        ("√", 1),
        ("1-是", 1),
        ("0-否", 0),
        ("□是□否", None),
        ("☑是☑否", None),
    ],
)
def test_of_boxes_the_ticked_one_counts(tmp_path, cell, value):
    got = listed(tmp_path, ["是否重病"], [cell])

    told = [] if value is not None else [("value-unreadable", 2, "是否重病")]
    assert (got.fact("serious_illness"), got.problems) == ([value], told)


# -- words for none, and words that are no count --


@pytest.mark.parametrize(
    "heading, fact, cell, value",
    [
        ("住房套数", "homes", "租房", 0),
        ("住房套数", "homes", "公租房1套", 0),
        ("住房套数", "homes", "无房", 0),
        ("住房套数", "homes", "自有1套", None),
        ("住房套数", "homes", "自建房2间", None),
        ("机动车", "vehicles", "无车", 0),
        ("机动车", "vehicles", "电动车1辆", 0),
        ("机动车", "vehicles", "有车", None),
        ("机动车", "vehicles", "摩托车1辆", None),
        ("户籍", "is_registered_here", "本地", 1),
        ("户籍", "is_registered_here", "外省", 0),
        ("户籍", "is_registered_here", "城镇", None),
        ("户籍", "is_registered_here", "非农业", None),
    ],
)
def test_a_word_of_the_fact_is_read_and_any_other_is_told(tmp_path, heading, fact, cell, value):
    got = listed(tmp_path, [heading], [cell])

    told = [] if value is not None else [("value-unreadable", 2, heading)]
    assert (got.fact(fact), got.problems) == ([value], told)
