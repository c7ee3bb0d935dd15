"""H, A and M0 of published tables, fed in as spreadsheets with a pack of plain facts."""

import csv
import json
from pathlib import Path

import pytest

from tests.support.own_files import id_number

pytestmark = pytest.mark.slow
PACKS = Path(__file__).parent.parent / "packs"


def person(number):
    """Return the ID number of an invented person."""
    return id_number(f"36030219700101{number:03d}")


@pytest.fixture
def measured(relief):
    """Return a function that imports rows with a pack and returns what priority says of them."""

    def measure(pack, rows, *options):
        with Path("矩阵.csv").open("w", encoding="utf-8-sig", newline="") as written:
            csv.writer(written).writerows(rows)
        imported = relief("import", "矩阵.csv", "--pack", PACKS / pack)
        assert imported.exit_code in (0, 3), imported.stderr
        asked = ("priority", "--pack", PACKS / pack, "--as-of", "2024-12-10", "--format", "json")
        return json.loads(relief(*asked, *options).stdout)

    return measure


HEAD = ["户编号", "姓名", "身份证号", "与户主关系", "社区"]
FOUR = ["收入", "受教育年限", "健康自评", "公共服务"]
# y and z of Alkire and Foster: z = (13, 12, 3, 1) stands in the pack's parameters.
MATRIX = [["13.1", 14, 4, 1], ["15.2", 7, 5, 0], ["12.5", 10, 1, 0], ["20", 11, 3, 1]]


def matrix_rows(matrix=MATRIX):
    """Return a household of one for each row of a matrix."""
    return [
        [*HEAD, *FOUR],
        *(
            [f"Y-{number}", f"甲{number}", person(number), "户主", "东里", *row]
            for number, row in enumerate(matrix, start=1)
        ),
    ]


def test_the_reference_matrix_gives_its_headcount_intensity_and_adjusted_headcount(measured):
    totals = measured("alkire-foster", matrix_rows())["totals"]

    # Below z: nobody, (schooling, services), all four, (schooling). From 2 of 4 on 2 of 4 people
    # are poor: H = 2/4, A = (2/4 + 4/4) / 2 = 3/4, M0 = (2/4 + 4/4) / 4 = 3/8.
    assert (totals["h_exact"], totals["a_exact"], totals["m0_exact"]) == ("1/2", "3/4", "3/8")
    assert (totals["h"], totals["a"], totals["m0"]) == (0.5, 0.75, 0.375)
    assert (totals["members"], totals["left_out_members"]) == (4, 0)


def test_an_unknown_cell_leaves_its_household_out_of_the_measures(measured):
    unknown = [*MATRIX[:1], ["15.2", 7, "", 0], *MATRIX[2:]]

    answer = measured("alkire-foster", matrix_rows(unknown))

    # Of the 3 known whole, one is poor in all four.
    totals = answer["totals"]
    assert (totals["h_exact"], totals["a_exact"], totals["m0_exact"]) == ("1/3", "1", "1/3")
    assert totals["left_out_members"] == 1


def test_the_score_and_the_most_it_could_be_are_exact(measured):
    unknown = [["12.5", 10, "", 0]]

    (found,) = measured("alkire-foster", matrix_rows(unknown))["findings"]

    assert (found["score_exact"], found["score_max_exact"]) == ("3/4", "1")
    assert {
        reason["id"]: (reason["truth"], reason["weight_exact"]) for reason in found["reasons"]
    } == {
        "income": (True, "1/4"),
        "schooling": (True, "1/4"),
        "health": (None, "1/4"),
        "services": (True, "1/4"),
    }


TEN = [
    *("有人上过五年学", "学龄儿童都在学", "无人营养不良", "没有孩子夭折", "有电"),
    *("有清洁饮水", "有卫生厕所", "地面硬化", "不用柴草做饭", "有耐用品"),
]
# The worked table of the Human Development Report's technical note on the multidimensional poverty
# index: four households, their size, and their deprivations (1) in ten indicators.
TABLE = [
    (4, [0, 0, 0, 1, 0, 0, 0, 0, 1, 0]),
    (7, [1, 1, 0, 1, 1, 0, 1, 0, 1, 1]),
    (5, [0, 0, 1, 0, 1, 1, 1, 0, 1, 0]),
    (4, [1, 0, 0, 1, 1, 0, 0, 0, 1, 1]),
]


def table_rows(communities=("东里",) * 4):
    """Return the households of the table, each person on their own row."""
    rows, people = [[*HEAD, "收入", *TEN]], iter(range(1, 100))
    for number, ((size, deprived), community) in enumerate(
        zip(TABLE, communities, strict=True), start=1
    ):
        has = ["否" if is_deprived else "是" for is_deprived in deprived]
        for place in range(size):
            someone = next(people)
            relation, facts = ("户主", [0, *has]) if place == 0 else ("子女", [""] * 11)
            name = f"乙{someone:02d}"
            rows.append([f"T-{number}", name, person(someone), relation, community, *facts])
    return rows


def test_a_published_table_with_unequal_weights_gives_its_published_figures(measured):
    totals = measured("ten-indicators", table_rows())["totals"]

    # Weights 1/6 for the first four indicators and 1/18 for the other six. The scores are
    #   1: 1/6 + 1/18          = 4/18      not poor at 1/3
    #   2: 3 x 1/6 + 4 x 1/18  = 13/18     7 people
    #   3: 1/6 + 4 x 1/18      = 7/18      5 people
    #   4: 2 x 1/6 + 3 x 1/18  = 9/18      4 people
    # H = 16/20 = 0.80; A = (7 x 13 + 5 x 7 + 4 x 9) / 18 / 16 = 162/288 = 9/16 = 0.5625;
    # M0 = H x A = 9/20 = 0.45, as published.
    assert (totals["h_exact"], totals["a_exact"], totals["m0_exact"]) == ("4/5", "9/16", "9/20")
    assert (totals["h"], totals["a"], totals["m0"]) == (0.8, 0.5625, 0.45)
    assert totals["members"] == 20


def test_each_community_is_measured_by_itself(measured):
    answer = measured("ten-indicators", table_rows(("东里", "东里", "西里", "西里")))

    own = {
        community["community"]: (community["h_exact"], community["a_exact"], community["m0_exact"])
        for community in answer["communities"]
    }
    # 东里: 7 of 11 are poor, at 13/18. 西里: all 9 are, at (5 x 7 + 4 x 9) / 18 / 9 = 71/162.
    assert own == {"东里": ("7/11", "13/18", "91/198"), "西里": ("1", "71/162", "71/162")}
