"""A column that asks whether somebody is disabled states kind and grade where its cells do."""

import pytest

from tests.layouts.files import save_xlsx
from tests.layouts.outcome import A, B, imported

HEADINGS = ["社区", "户编号", "姓名", "身份证号"]


def read(folder, headings, *cells):
    people = zip((("钱测一", A), ("孙测二", B)), cells, strict=False)
    rows = [["河口下", "H1", name, number, *own] for (name, number), own in people]
    got = imported(folder, save_xlsx(folder / "a.xlsx", {"x": [[*HEADINGS, *headings], *rows]}))
    stated = zip(got.fact("disability_kind"), got.fact("disability_grade"), strict=True)
    return list(stated), got.problems


@pytest.mark.parametrize("heading", ["是否残疾", "是否残疾人", "有无残疾", "是否持证残疾人"])
@pytest.mark.parametrize(
    "cell, stated",
    [
        ("肢体二级", ("limb", "grade2")),
        ("是（肢体二级）", ("limb", "grade2")),
        ("是/精神/四级", ("mental", "grade4")),
        ("有，智力三级", ("intellect", "grade3")),
        ("否", ("none", "none")),
        ("无", ("none", "none")),
    ],
)
def test_kind_and_grade_are_read_from_the_answer(tmp_path, heading, cell, stated):
    got, problems = read(tmp_path, [heading], [cell], ["否"])

    assert (got, problems) == ([stated, ("none", "none")], [])


@pytest.mark.parametrize(
    "cell, stated",
    [("是", (None, None)), (1, (None, None)), ("√", (None, None)), ("二级", (None, "grade2"))],
)
@pytest.mark.parametrize("heading", ["是否残疾", "有无残疾"])
def test_an_answer_that_leaves_the_kind_open_is_told(tmp_path, heading, cell, stated):
    got, problems = read(tmp_path, [heading], [cell], [0])

    assert got == [stated, ("none", "none")]
    assert problems == [("value-unreadable", 2, heading)]


BESIDE = ["是否残疾", "残疾类别", "残疾等级"]


@pytest.mark.parametrize(
    "cells, stated, codes",
    [
        (["是", "肢体", "二级"], ("limb", "grade2"), []),
        (["否", None, None], ("none", "none"), []),
        (["是", None, None], (None, None), ["value-unreadable"]),
        (["否", "智力", "一级"], (None, "grade1"), ["columns-disagree"]),
    ],
)
def test_a_yes_beside_kind_and_grade_adds_nothing_and_a_no_denies_them(
    tmp_path, cells, stated, codes
):
    got, problems = read(tmp_path, BESIDE, cells, ["否", None, None])

    assert got == [stated, ("none", "none")]
    assert [code for code, *_at in problems] == codes


def test_a_heading_that_leaves_open_what_it_is_of_is_told(tmp_path):
    got, problems = read(tmp_path, ["残疾"], [1], [0])

    assert (got, problems) == ([(None, None), (None, None)], [("column-unknown", 1, "残疾")])
