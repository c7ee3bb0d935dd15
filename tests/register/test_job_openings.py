"""Lists of openings come in, and members who can work are set against them with reasons."""

import csv
import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from relieftool.register.live_rows import list_job_openings
from relieftool.spreadsheets.job_lists import read_job_opening
from relieftool.store.database import open_register
from relieftool.store.imports import list_problems
from tests.support.ready_folders import fill_folder
from tests.support.registers import GRAN, LI, PUPIL, QIAN, ZHAO

PEOPLE = [
    [
        *("户编号", "姓名", "身份证号", "与户主关系", "社区", "家庭月收入", "就业状况"),
        *("残疾类别", "残疾等级", "自理能力"),
    ],
    ["H1", "赵大山", ZHAO, "户主", "河口下", "800", "失业", "肢体", "三级", ""],
    ["H2", "李建国", LI, "户主", "花园", "600", "无就业条件", "肢体", "一级", "完全丧失"],
    ["H2", "钱小花", QIAN, "妻", "花园", "600", "失业", "", "", ""],
    ["H3", "李奶奶", GRAN, "户主", "花园", "", "", "", "", ""],
    ["H3", "小明", PUPIL, "孙", "花园", "", "学生", "", "", ""],
]
HEADINGS = [
    *("序号", "用人单位", "岗位名称", "月工资（元）", "社区", "年龄要求", "性别要求"),
    *("劳动能力要求", "是否接受残疾人", "技能要求", "是否居家", "招聘人数"),
]
CASHIER = [
    *(1, "河口超市", "收银员", "1800-2000", "河口下社区", "18-55", "不限"),
    *("部分劳动能力", "肢体、听力", "会用电脑", "否", 1),
]
ASSEMBLY = [
    *(2, "花园来料加工点", "居家组装", 1000, "花园社区", "60岁以下", "不限"),
    *("不限", "是", "", "是", 20),
]
PORTER = [
    *(3, "城东仓库", "搬运工", 3000, "外地", "18-45", "男"),
    *("完全劳动能力", "否", "", "否", 2),
]


@pytest.fixture
def street(relief):
    """Return the runner, with the founding cases' households and openings imported."""
    return fill_folder(_import_households_and_openings, relief)


def _import_households_and_openings(relief):
    with Path("户 2024-11.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(PEOPLE)
    save("openings.xlsx", CASHIER, ASSEMBLY, PORTER)
    assert relief("import", "户 2024-11.csv", "openings.xlsx").exit_code == 0


def save(name, *rows):
    workbook = Workbook()
    workbook.active.append(["2024年11月用工岗位信息表"])
    for row in (HEADINGS, *rows):
        workbook.active.append(row)
    workbook.save(name)


def matches(relief, *line):
    found = json.loads(relief("match", *line, "--format", "json").stdout)["matches"]
    return {(match["member_no"], match["post"]): match for match in found}


def reasons(match):
    return {reason["id"]: reason["truth"] for reason in match["reasons"]}


def test_a_cashiers_post_fits_a_disabled_person(street):
    found = matches(street, "H1")["H1-01", "收银员"]

    assert (found["fit"], found["distance"]) == ("fits", "same-community")
    assert reasons(found) == {
        "age": True,
        "sex": True,
        "disability": True,
        "capacity": True,
        "care": True,
        "idle": True,
    }


def test_home_work_fits_who_cares_for_a_spouse_and_work_elsewhere_is_to_ask(street):
    found = matches(street, "--all")
    home, away = found["H2-02", "居家组装"], found["H2-02", "收银员"]

    assert (home["fit"], home["distance"], reasons(home)["care"]) == ("fits", "home", True)
    assert (away["fit"], away["distance"], reasons(away)["care"]) == ("ask", "same-street", None)
    assert ("H2-01", "居家组装") not in found


def test_what_the_job_would_do_is_worked_out_for_one_household(street):
    match = matches(street, "H2")["H2-02", "居家组装"]
    listed = matches(street)["H2-02", "居家组装"]
    expected = json.loads(
        street(
            *("what-if", "H2", "--set", "household_income=+1000"),
            *("--set", "2.employment=灵活就业", "--format", "json"),
        ).stdout
    )

    assert listed["effect"] is None
    assert match["effect"]["before_fen"] == expected["before"]["total_fen"]
    assert match["effect"]["after_fen"] == expected["after"]["total_fen"]


def test_reasons_against_are_reported_with_all(street):
    (text,) = [
        line for line in street("match", "H1", "--all").stdout.splitlines() if "搬运工" in line
    ]

    assert matches(street, "H1", "--all")["H1-01", "搬运工"]["fit"] == "against"
    assert ("H1-01", "搬运工") not in matches(street, "H1")
    assert "is not of the age asked for" in text
    assert "the post takes nobody with this disability" in text


@pytest.mark.parametrize(
    "demand, truth, words",
    [
        ("", None, "ask how strong one must be"),
        ("护工", None, "ask how strong one must be"),
        ("轻体力", None, "ask how strong one must be"),
        ("不限", True, "the strength asked for is there"),
        ("部分劳动能力", True, "the strength asked for is there"),
        ("完全劳动能力", None, "ask whether the strength is enough"),
    ],
)
def test_a_demand_of_strength_that_is_blank_or_not_understood_is_asked_about(
    street, demand, truth, words
):
    """The member is 78: for the strongest posts that is asked too."""
    save("openings.xlsx", [*CASHIER[:5], "不限", "不限", demand])
    street("import", "openings.xlsx", "--replace")

    found = matches(street, "H3", "--all")["H3-01", "收银员"]
    text = street("match", "H3", "--all").stdout

    assert (reasons(found)["capacity"], words in text) == (truth, True)


@pytest.mark.parametrize("demand, truth", [("完全劳动能力", True), ("", None)])
def test_of_somebody_young_and_well_only_an_unknown_demand_is_asked_about(street, demand, truth):
    save("openings.xlsx", [*CASHIER[:7], demand, *CASHIER[8:]])
    street("import", "openings.xlsx", "--replace")

    assert reasons(matches(street, "H2", "--all")["H2-02", "收银员"])["capacity"] is truth


def test_pupils_and_those_unable_to_work_are_not_matched_and_unknown_is_asked(street):
    members = {member for member, _post in matches(street, "--all")}
    gran = matches(street, "H3", "--all")["H3-01", "居家组装"]

    assert members == {"H1-01", "H2-02", "H3-01"}
    assert (gran["can_work"], gran["fit"], reasons(gran)["idle"]) == (None, "against", None)


def test_a_community_narrows_the_list_and_names_are_masked(street):
    found = matches(street, "--community", "河口下")

    assert {member for member, _post in found} == {"H1-01"}
    assert {match["member"] for match in found.values()} == {"赵*"}


def test_openings_are_taken_back_with_their_file(street, tmp_path):
    save("openings.xlsx", ASSEMBLY)
    street("import", "openings.xlsx", "--replace")

    with open_register(tmp_path / "relief.db") as db:
        assert [opening.post for opening in list_job_openings(db)] == ["居家组装"]
        assert db.execute("SELECT count(*) FROM households").fetchone() == (3,)


def test_without_openings_the_list_says_how_to_bring_them(relief, tmp_path):
    (tmp_path / "户.csv").write_text("户编号,姓名,社区\nH1,赵大山,河口下\n", "utf-8")
    relief("import", "户.csv")

    result = relief("match")

    assert (result.exit_code, "relief import openings.xlsx" in result.stderr) == (0, True)


def test_a_cell_that_cannot_be_read_is_reported_at_its_place_and_unknown(relief, tmp_path):
    save("openings.xlsx", [*CASHIER[:5], "年轻", *CASHIER[6:]], [4, "某厂", "", *CASHIER[3:]])

    result = relief("import", "openings.xlsx")

    with open_register(tmp_path / "relief.db") as db:
        found = [
            (kept.problem.row, kept.problem.column, kept.problem.is_unused)
            for kept in list_problems(db)
        ]
        (opening,) = list_job_openings(db)
    assert (result.exit_code, opening.ages) == (3, None)
    assert found == [(3, "年龄要求", False), (4, "岗位名称", True)]


def test_a_declared_list_needs_no_headings_but_the_post(relief, tmp_path):
    folder = tmp_path / "表"
    folder.mkdir()
    (folder / "a.csv").write_text("岗位,要求\n收银员,会算账\n", "utf-8")
    (folder / "import.toml").write_text('[[file]]\npath = "a.csv"\nkind = "openings"\n', "utf-8")

    result = relief("import", folder)

    with open_register(tmp_path / "relief.db") as db:
        (opening,) = list_job_openings(db)
    assert (result.exit_code, opening.post, opening.skills) == (0, "收银员", "会算账")
    assert (opening.ages, opening.sex, opening.accepts_disabled) == (None, None, None)


def test_a_roster_of_people_in_posts_is_no_list_of_openings(relief, tmp_path):
    text = "姓名,岗位,用人单位,月工资,社区\n赵大山,保洁,街道办,900,河口下\n"
    (tmp_path / "a.csv").write_text(text, "utf-8")

    relief("import", "a.csv")

    with open_register(tmp_path / "relief.db") as db:
        assert list_job_openings(db) == []
        assert db.execute("SELECT count(*) FROM members").fetchone() == (1,)


@pytest.mark.parametrize(
    "column, cell, field, value",
    [
        ("pay", 1800, "pay_from_fen", 180000),
        ("pay", "1800-2500", "pay_until_fen", 250000),
        ("pay", "1800元/月", "pay_from_fen", 180000),
        ("pay", "面议", "pay_from_fen", None),
        ("age", "18至45周岁", "ages", (18, 45)),
        ("age", "50岁以下", "ages", (None, 50)),
        ("age", "18周岁以上", "ages", (18, None)),
        ("age", "不限", "ages", (None, None)),
        ("age", "", "ages", None),
        ("sex", "女", "sex", "female"),
        ("sex", "不限", "sex", "any"),
        ("capacity", "完全劳动能力", "capacity", "whole"),
        ("disability", "否", "accepts_disabled", False),
        ("disability", "肢体", "accepts_disabled", True),
        ("home", "是", "is_home_work", True),
        ("vacancies", "3人", "vacancies", 3),
    ],
)
def test_what_openings_say_is_read(column, cell, field, value):
    opening, reported = read_job_opening("a", {"post": "收银员", column: cell}, None)

    assert (getattr(opening, field), reported) == (value, [])


@pytest.mark.parametrize(
    "column, cell",
    [
        ("pay", "高薪"),
        ("pay", "1800-很多"),
        ("age", "年轻"),
        ("sex", "女士优先"),
        ("capacity", "好"),
        ("disability", "看情况"),
        ("home", "有时"),
    ],
)
def test_what_cannot_be_read_is_reported_and_never_guessed(column, cell):
    _opening, reported = read_job_opening("a", {"post": "收银员", column: cell}, None)

    assert [name for name, _message in reported] == [column]
