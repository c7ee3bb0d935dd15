"""A household is named by its number, a member's name or ID number, or the start of its address."""

import json
from pathlib import Path

import pytest

from tests.support.own_files import QIAN, SUN, ZHAO, write_workbook


@pytest.fixture(autouse=True)
def street(relief):
    write_workbook(
        Path("户表.xlsx"),
        [
            ["社区", "户编号", "姓名", "身份证号", "与户主关系", "家庭住址", "家庭月收入"],
            ["西岭", "X-1", "赵大山", ZHAO, "户主", "和平路12号", 1800],
            ["西岭", "X-1", "钱小花", QIAN, "妻", "", ""],
            ["东岭", "X-2", "孙老太", SUN, "户主", "建设路3号", 500],
            ["东岭", "X-3", "钱小花", "", "户主", "和平路8号", 500],
        ],
    )
    relief("import", "户表.xlsx")


@pytest.mark.parametrize(
    "named, number",
    [
        ("X-2", "X-2"),
        ("孙老太", "X-2"),
        (" 赵 大山 ", "X-1"),
        (SUN, "X-2"),
        (QIAN, "X-1"),
        ("和平路12", "X-1"),
        ("建设路", "X-2"),
    ],
)
@pytest.mark.parametrize("line", [("show",), ("explain",), ("what-if", "--set", "deposits=1")])
def test_a_household_is_found_by_what_a_clerk_knows_of_it(relief, line, named, number):
    command, *more = line

    found = json.loads(relief(command, named, *more, "--format", "json").stdout)

    assert number in (found.get("household_no"), found.get("household", {}).get("household_no"))


def test_an_entry_names_its_household_likewise(relief):
    who = ("--by", "张三", "--by", "李四", "--level", "社区", "--method", "上门")

    relief("visit", "孙老太", *who, "--found", "情况属实")

    shown = json.loads(relief("show", "X-2", "--format", "json").stdout)
    assert len(shown["visits"]) == 1


@pytest.mark.parametrize("named", ["钱小花", "和平路"])
def test_of_several_that_fit_the_numbers_are_listed_and_nobodys_name(relief, named):
    result = relief("show", named)

    assert result.exit_code == 1
    assert "2 households fit: X-1 (西岭), X-3 (东岭)" in result.stderr
    assert not any(name in result.stderr for name in ("钱小花", "赵大山"))


@pytest.mark.parametrize("named", ["周五", "和", "", "99"])
def test_what_means_no_household_is_told_as_before(relief, named):
    result = relief("show", named or "X-9")

    assert result.exit_code == 1
    assert "fit" in result.stderr or "no household has this number" in result.stderr


WHO = ("--by", "张三", "--on", "2024-12-10")


@pytest.mark.parametrize("named", ["钱小花", "和平路"])
@pytest.mark.parametrize(
    "line",
    [
        ("visit", *WHO, "--by", "李四", "--level", "社区", "--method", "上门", "--found", "属实"),
        ("measure", "--kind", "慰问", "--done-on", "2024-12-10", "--by", "张三"),
        ("event", "--dissolved", *WHO),
    ],
)
def test_what_writes_needs_exactly_one_household(relief, line, named):
    relief("helpers", "add", "王五", "--on", "2024-12-01")
    before = Path("relief.db").read_bytes()
    command, *more = line

    result = relief(command, named, *more)
    helped = relief("assign", named, "王五", "--by", "张三")

    assert (result.exit_code, result.stdout, helped.exit_code) == (1, "", 1)
    assert "2 households fit: X-1 (西岭), X-3 (东岭)" in result.stderr
    assert Path("relief.db").read_bytes() == before


@pytest.mark.parametrize(
    "line",
    [("show", "钱小花"), ("event", QIAN, "--undo", "--on", "2024-12-01", "--by", "王五")],
)
def test_of_whoever_has_left_it_is_told_which_household_and_when(relief, line):
    relief("event", "X-3", "--moved-out", "1", "--on", "2024-11-01", "--by", "王五")
    relief("event", "X-1", "--died", "2", "--on", "2024-11-02", "--by", "王五")

    result = relief(*line)

    assert result.exit_code == 1
    assert "X-1 (died, 2024-11-02)" in result.stderr


@pytest.mark.parametrize("named", ["X-2", "孙老太"])
def test_of_a_household_that_ended_it_is_told_how_and_what_takes_that_back(relief, named):
    relief("event", "X-2", "--died", "1", "--on", "2024-11-02", "--by", "王五")

    refused = relief("show", named)
    taken_back = relief("event", "X-2", "--undo", *WHO)

    assert (refused.exit_code, "died, 2024-11-02" in refused.stderr) == (1, True)
    assert "`relief event X-2 --undo`" in refused.stderr
    assert (taken_back.exit_code, relief("show", named).exit_code) == (0, 0)


def test_a_name_mistyped_finds_the_household_of_one_nearly_like_it_and_shows_no_name(relief):
    result = relief("show", "孙老大")

    assert "A name nearly like it is in: X-2." in result.stderr
    assert "孙老太" not in result.stderr
