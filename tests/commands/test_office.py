"""`relief` alone is the office's morning page; Tab completes what a clerk would look up."""

import json
import re
from pathlib import Path

import pytest

from relieftool import cli
from tests.support.own_files import QIAN, SUN, ZHAO, write_workbook

HEAD = ["社区", "户编号", "姓名", "身份证号", "与户主关系", "家庭月收入"]
ROWS = [
    ["西岭", "X-1", "赵大山", ZHAO, "户主", 1800],
    ["西岭", "X-1", "钱小花", QIAN, "妻", ""],
    ["东岭", "X-2", "孙老太", SUN, "户主", 0],
]


with_street = pytest.mark.usefixtures("street")


@pytest.fixture
def street(relief):
    write_workbook(Path("户表.xlsx"), [HEAD, *ROWS])
    relief("import", "户表.xlsx")


def commands_of(page):
    return re.findall(r"^  (relief [a-z-]+)", page, re.MULTILINE)


def test_without_a_register_the_page_says_how_to_begin_and_makes_no_file(relief):
    page = relief()

    assert page.exit_code == 0
    assert commands_of(page.stdout)[:2] == ["relief import", "relief demo"]
    assert not list(Path().iterdir())


@with_street
def test_the_page_says_what_is_there_what_is_owed_what_is_open_and_what_is_next(relief):
    page = relief()

    figures = json.loads(relief("gaps", "--format", "json").stdout)["totals"]
    assert page.exit_code == 0
    assert "relief.db: 2 households, 3 people" in page.stdout
    assert "Files imported: 1" in page.stdout
    assert f"at most {figures['unclaimed_households_at_most']} are owed" in page.stdout
    assert "Open questions: " in page.stdout
    assert "home surveys: 0 to be made again by then, 2 never made" in page.stdout
    assert len(commands_of(page.stdout)) == 3


@with_street
def test_the_page_names_no_person_and_no_number_of_one(relief):
    page = relief().stdout

    assert not [word for word in ("赵", "钱", "孙", ZHAO[:6]) if word in page]


@with_street
def test_the_page_says_what_the_last_import_changed_until_that_is_undone(relief):
    write_workbook(Path("新表.xlsx"), [HEAD, *ROWS, ["东岭", "X-3", "周五", "", "户主", 500]])
    relief("import", "新表.xlsx", "--replace")

    after_import = relief().stdout
    relief("undo", "--last")
    after_undo = relief().stdout

    assert "people who are new 1" in after_import
    assert "It changed" not in after_undo


@with_street
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("line", [(), ("file", "backups"), ("import", "新表.xlsx", "--dry-run")])
def test_the_register_may_be_named_before_the_command_or_after_it(relief, line, language):
    write_workbook(Path("新表.xlsx"), [HEAD, *ROWS])
    said = ("--db", "street.db")
    Path("relief.db").rename("street.db")

    before = relief(*said, *line, "--lang", language)
    after = relief(*line, *said, "--lang", language)

    assert before.exit_code in (0, 3)
    assert before.stdout == after.stdout
    assert not Path("relief.db").exists()


@with_street
@pytest.mark.parametrize("line", [("--step", "入户调查"), ("--step=survey",)])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_choice_is_said_by_its_chinese_word_or_its_code(relief, line, language):
    chosen = relief("visits", *line, "--lang", language)
    refused = relief("visits", "--step", "没有", "--lang", language)

    assert chosen.stdout == relief("visits", "--step", "survey", "--lang", language).stdout
    assert refused.exit_code == 2
    assert {"zh": "入户调查", "en": "survey"}[language] in refused.stderr


@with_street
def test_of_two_registers_on_a_line_the_one_after_the_command_counts(relief):
    assert relief("--db", "none.db", "show", "X-1", "--db", "relief.db").exit_code == 0
    assert relief("--db", "relief.db", "show", "X-1", "--db", "none.db").exit_code == 1


@with_street
def test_a_case_whose_time_limit_ends_within_a_week_is_counted_and_asked_for(relief):
    relief("gaps", "--open-cases", "--as-of", "2024-12-10")

    page = relief().stdout

    opened = re.search(r"cases: (\d+) open, 0 to be decided by then, (\d+) overdue", page)
    assert opened
    assert (int(opened[2]) > 0) == ("relief cases" in commands_of(page))


def test_every_command_stands_in_a_group_of_the_work(relief):
    page = relief("--help", "--lang", "zh")

    titles = re.findall(r"^(\S+)：$", page.stdout, re.MULTILINE)
    assert page.exit_code == 0
    assert titles[-7:] == ["导入", "筛查", "走访", "台账", "报送", "政策", "维护"]
    assert set(re.findall(r"^  ([a-z-]+) ", page.stdout, re.MULTILINE)) >= set(cli.COMMANDS)


def completed(relief, monkeypatch, line):
    monkeypatch.setenv("_RELIEF_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
    result = relief()
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.split()


@with_street
def test_tab_completes_by_the_pack_of_the_register(relief, monkeypatch):
    relief("pack", "use", "shenzhen")

    assert completed(relief, monkeypatch, "relief pack set old_age_7") == ["old_age_70_amount"]
    assert "old-age-allowance" in completed(relief, monkeypatch, "relief explain X-1 old-")


@with_street
@pytest.mark.parametrize(
    "line, expected",
    [
        ("relief ga", ["gaps"]),
        ("relief gaps --community ", ["东岭", "西岭"]),
        ("relief gaps --community 东", ["东岭"]),
        ("relief explain X-", ["X-1", "X-2"]),
        ("relief explain 赵", []),
        ("relief explain X-1 diba", ["dibao", "dibao-single", "dibao-extra"]),
        ("relief what-if X-1 --receives tek", ["tekun"]),
        ("relief case C", []),
        ("relief gaps --pack nan", ["nanchang"]),
        ("relief pack use sh", ["shenzhen"]),
        ("relief pack set elderly_c", ["elderly_care_amount"]),
    ],
)
def test_tab_completes_numbers_communities_and_programmes_and_no_name(
    relief, monkeypatch, line, expected
):
    assert completed(relief, monkeypatch, line) == expected


@pytest.mark.parametrize("content", [None, b"", b"no register at all" * 100])
@pytest.mark.parametrize("line", ["relief explain X", "relief case ", "relief gaps --community "])
def test_tab_never_fails_and_never_makes_a_file(relief, monkeypatch, content, line):
    if content is not None:
        Path("relief.db").write_bytes(content)
    before = [(path.name, path.read_bytes()) for path in Path().iterdir()]

    assert completed(relief, monkeypatch, line) == []
    assert [(path.name, path.read_bytes()) for path in Path().iterdir()] == before
