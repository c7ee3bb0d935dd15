"""Units as offices state them: in a heading, over the table, in a cell; applied or told."""

import json
from contextlib import closing

import pytest

from relieftool.intake.column_mapping import StatedMappings
from relieftool.intake.imports import record_files
from relieftool.intake.remapping import remap_import
from relieftool.intake.source_files import read_paths
from relieftool.register.build import rebuild_register, refresh_register
from relieftool.store.database import open_database, write
from relieftool.store.imports import list_problems
from tests.layouts.files import save_xls, save_xlsx
from tests.layouts.outcome import A, B, Outcome, imported
from tests.support.registers import empty_register, rows, shipped_pack

WHO = ["户编号", "姓名", "身份证号", "社区"]
PEOPLE = [["H1", "赵甲", A, "河口下"], ["H2", "钱乙", B, "河口下"]]


def listed(folder, headings, *cells, above=()):
    """Import a list of as many households as there are rows of cells, under lines above it."""
    body = [[*who, *row] for who, row in zip(PEOPLE, cells, strict=False)]
    path = save_xlsx(folder / "a.xlsx", {"x": [*above, [*WHO, *headings], *body]})
    return imported(folder, path)


@pytest.mark.parametrize(
    "heading, fact, cell, value",
    [
        ("家庭月收入（千元）", "household_income", 3, 300_000),
        ("家庭年收入(千元)", "household_income_year", 12, 1_200_000),
        ("有价证券（万）", "securities", 2, 2_000_000),
        ("月收入（百元）", "income", 3, 30_000),
        ("家庭存款（百万元）", "deposits", 1, 100_000_000),
        ("家庭存款（万元，含利息）", "deposits", 2, 2_000_000),
        ("家庭存款（万元）", "deposits", "5000元", 500_000),
        ("家庭存款（万元）", "deposits", "1.2万", 1_200_000),
        ("住房面积（平米）", "floor_area", 60, 60),
        ("住房面积（㎡）", "floor_area", 60, 60),
        ("月收入（元/人）", "income", 800, 80_000),
        ("家庭月人均收入（元/人）", "income_per_head", 800, 80_000),
        ("失业时间（年）", "unemployed_months", 2, 24),
        ("失业时间（月）", "unemployed_months", 2, 2),
        ("失业时间（年）", "unemployed_months", "8个月", 8),
        ("失业保险缴费年限（年）", "unemployment_insured_months", 1, 12),
        ("年龄（岁）", "stated_age", 54, 54),
    ],
)
def test_a_unit_in_a_heading_is_applied(tmp_path, heading, fact, cell, value):
    got = listed(tmp_path, [heading], [cell])

    assert (got.fact(fact), got.problems) == ([value], [])


@pytest.mark.parametrize(
    "heading, fact, words",
    [
        ("住房面积（亩）", "floor_area", "the unit 亩"),
        ("家庭存款（美元）", "deposits", "the unit 美元"),
        ("家庭存款（单位：担）", "deposits", "the unit 担"),
        ("家庭月收入（元／人）", "household_income", "the unit /人"),
        ("机动车（万元）", "vehicles", "the unit 万元"),
        ("失业时间（天）", "unemployed_months", "the unit 天"),
        ("医疗自付（亩）", "medical_own_cost", "the unit 亩"),
        ("医疗自付（元／月）", "medical_own_cost", "no fact is kept for that one"),
        ("基础养老金（元／年）", "basic_pension", "no fact is kept for that one"),
        ("家庭月收入（元／年）", "household_income", "if it is 家庭年收入"),
        ("家庭年收入（元／月）", "household_income_year", "if it is 家庭月收入"),
    ],
)
def test_a_unit_that_does_not_belong_is_told_once_and_makes_its_cells_unknown(
    tmp_path, heading, fact, words
):
    path = save_xlsx(
        tmp_path / "a.xlsx", {"x": [[*WHO, heading], [*PEOPLE[0], 3], [*PEOPLE[1], None]]}
    )
    with open_register(tmp_path) as db:
        record_files(db, shipped_pack(), read_paths(shipped_pack(), [path]))
        ((told, params),) = [
            (str(one.problem.message), one.problem.message.params) for one in list_problems(db)
        ]

        assert words in told
        assert f"--map {heading}=-" in told
        assert params["count"] == 1
        assert Outcome(db).fact(fact) == [None, None]


def open_register(folder):
    return closing(open_database(empty_register(folder / "relief.db")))


@pytest.mark.parametrize(
    "above",
    [
        [["困难户登记表"], [None, None, None, None, None, "单位：万元"]],
        [["困难户登记表", None, None, "单位：万元"]],
        [["困难户登记表（单位：万元）"]],
        [["困难户登记表"], ["单位", "万元"]],
        [["困难户登记表"], ["单位：户、人、万元"]],
        [["困難戶登記表"], ["單位：萬元"]],
    ],
)
def test_a_unit_above_the_table_is_that_of_all_amounts_without_their_own(tmp_path, above):
    got = listed(
        tmp_path,
        ["家庭年收入", "家庭存款", "月收入（元）", "家庭人口"],
        [1.2, "3.5", 800, 1],
        above=above,
    )

    amounts = [got.fact(name) for name in ("household_income_year", "deposits", "income")]
    assert amounts == [[1_200_000], [3_500_000], [80_000]]
    assert (got.fact("stated_size"), got.problems) == ([1], [])


def test_a_cells_own_unit_goes_before_that_above_the_table(tmp_path):
    got = listed(tmp_path, ["家庭存款"], ["5000元"], [0.5], above=[["表"], ["单位：万元"]])

    assert got.fact("deposits") == [500_000, 500_000]


def test_an_office_named_as_unit_is_none(tmp_path):
    got = listed(tmp_path, ["家庭存款"], [500], above=[["表"], ["填报单位：河口下社区"]])

    assert (got.fact("deposits"), got.problems) == ([50_000], [])


@pytest.mark.parametrize("line", ["单位：元、万元", "单位：美元"])
def test_a_unit_above_the_table_that_is_not_plain_makes_its_amounts_unknown(tmp_path, line):
    got = listed(tmp_path, ["家庭存款", "月收入（元）"], [500, 800], above=[["表"], [line]])

    assert (got.fact("deposits"), got.fact("income")) == ([None], [80_000])
    assert got.problems == [("unit-unknown", None, "家庭存款")]


def test_a_unit_over_several_columns_is_theirs(tmp_path):
    top = [*WHO, "收入（万元）", None, None]
    leaves = [None] * 4 + ["家庭年收入", "月收入（元）", "家庭人口"]
    merges = [(0, 4, 0, 6), *((0, place, 1, place) for place in range(4))]
    path = save_xls(
        tmp_path / "a.xls", {"x": [top, leaves, [*PEOPLE[0], 1.5, 800, 1]]}, merges=merges
    )

    got = imported(tmp_path, path)

    facts = [got.fact(name) for name in ("household_income_year", "income", "stated_size")]
    assert (facts, got.problems) == ([[1_500_000], [80_000], [1]], [])


def test_the_second_table_of_a_sheet_has_its_own_unit(tmp_path):
    first = [[*WHO, "家庭存款"], [*PEOPLE[0], 500]]
    second = [["第二批困难户"], [None] * 4 + ["单位：万元"], [*WHO, "家庭存款", "家庭年收入"]]
    path = save_xlsx(tmp_path / "a.xlsx", {"x": [*first, *second, [*PEOPLE[1], 2, 1]]})

    got = imported(tmp_path, path)

    assert (got.fact("deposits"), got.problems) == ([50_000, 2_000_000], [])


def test_the_kept_table_says_what_its_columns_are_measured_in(tmp_path):
    path = save_xlsx(
        tmp_path / "a.xlsx",
        {
            "x": [
                ["单位：万元"],
                [*WHO, "家庭存款", "全部积蓄", "月收入（元）"],
                [*PEOPLE[0], 1, 2, 3],
            ]
        },
    )
    with open_register(tmp_path) as db:
        record_files(db, shipped_pack(), read_paths(shipped_pack(), [path]))

        ((kept,),) = rows(db, "SELECT columns FROM source_tables")

    assert [one["scale"] for one in json.loads(kept)[4:]] == ["all:wan", "all:wan", "yuan"]


def test_a_column_mapped_later_has_the_unit_above_its_table(tmp_path):
    path = save_xlsx(
        tmp_path / "a.xlsx", {"x": [["单位：万元"], [*WHO, "全部积蓄"], [*PEOPLE[0], 2]]}
    )
    pack = shipped_pack()
    with open_register(tmp_path) as db:
        record_files(db, pack, read_paths(pack, [path]))
        with write(db):
            remap_import(db, pack, 1, {"全部积蓄": "deposits"})
        refresh_register(db, pack)

        assert Outcome(db).fact("deposits") == [2_000_000]


@pytest.mark.parametrize(
    "heading, cell, fact, value",
    [
        ("失业多久（年）", 2, "unemployed_months", 24),
        ("失业多久（天）", 60, "unemployed_months", None),
        ("全部积蓄（千元）", 2, "deposits", 200_000),
        ("占地（亩）", 2, "floor_area", None),
        ("全年进账（元/年）", 2, "household_income", None),
    ],
)
def test_a_column_mapped_by_hand_keeps_its_unit(tmp_path, heading, cell, fact, value):
    path = save_xlsx(tmp_path / "a.xlsx", {"x": [[*WHO, heading], [*PEOPLE[0], cell]]})
    stated = {heading.replace("/", "／"): fact}
    with open_register(tmp_path) as db:
        pack = shipped_pack()
        record_files(db, pack, read_paths(pack, [path], said=StatedMappings(stated)))
        got = Outcome(db)

    told = [] if value else [("unit-unknown", None, heading.replace("/", "／"))]
    assert (got.fact(fact), got.problems) == ([value], told)


def test_a_register_made_before_units_were_kept_reads_them_from_its_headings(tmp_path):
    path = save_xlsx(
        tmp_path / "a.xlsx",
        {"x": [["单位：万元"], [*WHO, "家庭存款", "月收入（千元）"], [*PEOPLE[0], 2, 3]]},
    )
    pack = shipped_pack()
    with open_register(tmp_path) as db:
        record_files(db, pack, read_paths(pack, [path]))
        ((kept,),) = rows(db, "SELECT columns FROM source_tables")
        older = [one | {"scale": None} for one in json.loads(kept)]
        with write(db):
            db.execute("UPDATE source_tables SET columns = ?", [json.dumps(older)])
            rebuild_register(db, pack)

        got = Outcome(db)
    assert (got.fact("deposits"), got.fact("income")) == ([2_000_000], [300_000])


@pytest.mark.parametrize(
    "heading, cell, amount, problems",
    [
        ("发放金额（百元）", 4, 40_000, []),
        ("发放金额", "420元/月", 42_000, []),
        ("发放金额（千元）", "420元", 42_000, []),
        ("发放金额（亩）", 4, None, [("unit-unknown", None, "发放金额（亩）")]),
        ("发放金额（元／年）", 4, None, [("unit-unknown", None, "发放金额（元／年）")]),
    ],
)
def test_a_roster_pays_in_the_unit_of_its_heading(tmp_path, heading, cell, amount, problems):
    home = save_xlsx(tmp_path / "h.xlsx", {"x": [WHO, PEOPLE[0]]})
    rows_ = [["2024年11月城市低保金发放表"], ["姓名", "身份证号", heading], ["赵甲", A, cell]]
    paid = save_xlsx(tmp_path / "r.xlsx", {"x": rows_})

    got = imported(tmp_path, home, paid)

    assert [one[2] for one in got.receipts] == [amount]
    assert got.problems == problems
