"""Rows that look like no data but hold a right ID number: used, or told, never left aside."""

import pytest

from tests.layouts.files import save_xlsx
from tests.layouts.outcome import A, B, imported

HEAD = ["序号", "姓名", "身份证号", "社区"]


@pytest.mark.parametrize(
    "row",
    [
        ["合计", "钱乙", B, "河口下"],
        ["制表人：周", "钱乙", B, "河口下"],
        ["注：已搬迁", None, B, "河口下"],
        [None, None, B, None],
    ],
)
def test_a_person_under_the_headings_is_no_total_and_no_note(tmp_path, row):
    path = save_xlsx(tmp_path / "a.xlsx", {"河口下社区": [HEAD, [1, "赵甲", A, "河口下"], row]})

    assert imported(tmp_path, path).with_ids == sorted([A, B])


def test_a_sample_row_of_a_template_stays_a_note(tmp_path):
    rows = [HEAD, ["示例", "张某", B, "河口下"], [1, "赵甲", A, "河口下"]]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert (got.with_ids, got.problems) == ([A], [])


def test_a_person_above_the_headings_is_told(tmp_path):
    rows = [[9, "钱乙", B, "河口下"], HEAD, [1, "赵甲", A, "河口下"]]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": rows}))

    assert (got.with_ids, got.problems) == ([A], [("row-above-headings", 1, "")])


def test_people_on_a_sheet_called_like_an_aid_are_told(tmp_path):
    sheets = {"名单": [HEAD, [1, "赵甲", A, "河口下"]], "Sheet2": [["钱乙", B]]}

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", sheets))

    assert got.problems == [("sheet-without-table", None, "")]


HOMES = [["户编号", "姓名", "身份证号", "社区"], ["H1", "赵甲", A, "河口下"]]


@pytest.mark.parametrize(
    "cells, problems",
    [
        ([B, "否", None], [("roster-person-not-in-register", 2, "身份证号")]),
        ([A, "否", 420], [("benefit-unknown", 2, "领取金额")]),
        ([A, "否", 0], []),
    ],
)
def test_a_roster_row_that_pays_nothing_is_told_where_somebody_or_an_amount_would_be_lost(
    tmp_path, cells, problems
):
    rows = [["姓名", "身份证号", "低保", "领取金额"], ["赵甲", *cells]]
    paths = [
        save_xlsx(tmp_path / "户.xlsx", {"x": HOMES}),
        save_xlsx(tmp_path / "名册.xlsx", {"名册": rows}),
    ]

    got = imported(tmp_path, *paths)

    assert (got.receipts, got.problems) == ([], problems)
