"""Files that are not the sample's: as a clerk would make them, and some that cannot be used."""

import csv
import json
import os
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.support.own_files import QIAN, SUN, ZHAO, id_number, write_workbook


@pytest.fixture
def own_list():
    """Return a list in another order and wording than any of the sample's."""
    return write_workbook(
        Path("困难户摸排.xlsx"),
        [
            ["西岭街道困难户摸排情况（2024年12月5日）"],
            [
                "公民身份号码", "成员姓名", "称谓", "户编码", "村（居）", "车辆（辆）",
                "银行存款（元）", "月收入合计", "残疾级别", "残疾类型", "住房（套）", "户内人口",
                "备用栏",
            ],
            [ZHAO, "赵大山", "户主", "X-1", "西岭居委会", 0, 100, "800.00", "", "", 1, 2, "a"],
            [QIAN, "钱小花", "妻", "X-1", "西岭居委会", "", "", "", "二级", "肢体", "", "", "b"],
            [SUN, "孙老太", "本人", "X-2", "西岭居委会", 0, 0, 3000, "", "", 1, 1, "c"],
            ["", "合计", "", "", "", "", "", "", "", "", "", 3, ""],
        ],
    )  # fmt: skip


def write_roster(path, rows):
    with path.open("w", encoding="gb18030", newline="") as lines:
        csv.writer(lines).writerows(rows)
    return path


def test_a_list_in_another_order_and_wording_is_read_right(relief, own_list):
    result = relief("import", own_list)

    form = json.loads(relief("show", "X-1", "--format", "json").stdout)
    assert result.exit_code == 0, result.stderr
    assert form["community"] == "西岭"
    assert form["household"]["household_income"] == 80000
    assert [member["facts"]["birth_date"] for member in form["members"]] == ["***", "***"]
    assert [member["facts"]["sex"] for member in form["members"]] == ["male", "female"]


def test_without_any_roster_nobody_is_called_unclaimed(relief, own_list):
    relief("import", own_list)

    totals = json.loads(relief("gaps", "--format", "json").stdout)["totals"]

    assert (totals["households"], totals["members"]) == (2, 3)
    assert totals["unclaimed_households"] == 0
    assert totals["undetermined_households"] > 0


def test_a_complete_roster_turns_unknown_receipt_into_unclaimed(relief, own_list):
    roster = write_roster(
        Path("低保金发放表.csv"),
        [
            ["西岭街道城市低保金发放表（2024年11月）"],
            ["序号", "户主姓名", "身份证号", "发放金额"],
            ["1", "李不在", id_number("36030219800101222"), "500"],
        ],
    )
    Path("import.toml").write_text(
        '[[file]]\npath = "低保金发放表.csv"\ncomplete = true\n', "utf-8"
    )

    relief("import", own_list, roster)

    findings = json.loads(relief("gaps", "--format", "json").stdout)["findings"]
    dibao = [finding for finding in findings if finding["programme"] == "dibao"]
    assert [(finding["household_no"], finding["status"]) for finding in dibao] == [
        ("X-1", "unclaimed")
    ]
    assert (dibao[0]["amount_fen"], dibao[0]["amount_period"]) == (935 * 2 * 100 - 80000, "month")


def test_no_name_number_phone_or_address_leaves_unmasked(relief, own_list):
    relief("import", own_list)

    shown = "".join(
        relief(*line).stdout
        for line in (
            ("gaps",),
            ("gaps", "--format", "json"),
            ("gaps", "--format", "csv"),
            ("show", "X-1"),
            ("show", "X-1", "--format", "json"),
            ("priority",),
            ("problems",),
        )
    )

    assert "赵*" in shown
    assert [
        word for word in ("赵大山", "钱小花", ZHAO, QIAN, "肢体", "二级") if word in shown
    ] == []


def test_a_reveal_shows_names_and_is_kept_in_the_access_log(relief, own_list):
    relief("import", own_list)

    result = relief("show", "X-1", "--reveal", "--reason", "home visit of 12 December")

    assert "赵大山" in result.stdout
    assert ZHAO in result.stdout
    assert relief("verify").exit_code == 0


def test_a_reveal_without_a_reason_is_a_wrong_command_line(relief, own_list):
    relief("import", own_list)

    result = relief("show", "X-1", "--reveal")

    assert result.exit_code == 2
    assert "赵大山" not in result.stdout


def bad_file(name, content):
    path = Path(name)
    path.write_bytes(content)
    return path


def unknown_headings():
    return write_workbook(
        Path("车辆.xlsx"), [["牌照", "颜色", "残疾等极"], ["a", "b", "c"], ["d", "e", "f"]]
    )


def empty_sheet():
    path = Path("空.xlsx")
    Workbook().save(path)
    return path


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: Path("没有.xlsx"), ["没有.xlsx"]),
        (
            lambda: bad_file("图.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
            ["图.xlsx", "spreadsheet"],
        ),
        (lambda: bad_file("零.csv", b""), ["零.csv", "empty"]),
        (empty_sheet, ["空.xlsx", "empty"]),
        (unknown_headings, ["车辆.xlsx", "牌照, 颜色, 残疾等极", "残疾等级"]),
    ],
    ids=["no such file", "no spreadsheet", "empty file", "empty sheet", "no known heading"],
)
def test_a_file_that_cannot_be_used_is_told_and_nothing_is_written(relief, make, words):
    path = make()

    result = relief("import", path)

    assert result.exit_code == 1
    assert [word for word in words if word not in result.stderr] == []
    assert not Path("relief.db").exists()


def test_bad_files_beside_a_good_one_are_named_and_the_good_one_is_imported(relief, own_list):
    bad = [bad_file("x.csv", b"\0"), unknown_headings(), Path("没有.xlsx"), empty_sheet()]
    bad.append(bad_file("包.zip", b"PK\x03\x04 no archive"))

    result = relief("import", *bad, own_list, "--format", "json")

    told = [line for line in result.stderr.splitlines() if line.startswith("NOT imported: ")]
    names = ["x.csv", "车辆.xlsx", "没有.xlsx", "空.xlsx", "包.zip"]
    assert result.exit_code == 3
    assert sorted(line.split(": ")[1] for line in told) == sorted(names)
    assert all(line.endswith((".", "姓名, 身份证号, 社区 above its rows.")) for line in told)
    shown = json.loads(result.stdout)
    assert [file["file_name"] for file in shown["files"]] == [own_list.name]
    assert sorted(file["file"] for file in shown["unusable"]) == sorted(names)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are Unicode there")
def test_a_name_that_is_no_unicode_or_too_long_costs_no_other_file(relief, own_list):
    named = Path(os.fsdecode("低保".encode("gbk") + b".xlsx"))
    own_list.rename(named)

    result = relief("import", named, Path("x" * 300 + ".xlsx"))

    assert result.exit_code == 3
    assert result.stderr.count("NOT imported: ") == 1
    assert relief("show", "X-1").exit_code == 0


def test_where_no_file_can_be_used_all_are_named_and_nothing_is_written(relief):
    result = relief("import", bad_file("x.csv", b"\0"), empty_sheet())

    assert result.exit_code == 1
    assert [name for name in ("x.csv", "空.xlsx") if name not in result.stderr] == []
    assert not Path("relief.db").exists()


def test_a_damaged_archive_in_a_folder_costs_only_itself(relief, own_list):
    folder = Path("文件")
    folder.mkdir()
    own_list.rename(folder / own_list.name)
    bad_file(folder / "包.zip", b"PK\x03\x04 no archive")
    bad_file(folder / "坏.xlsx", b"PK\x03\x04 no workbook")

    result = relief("import", folder)

    assert result.exit_code == 3
    assert result.stderr.count("NOT imported: ") == 2
    assert relief("show", "X-1").exit_code == 0


def test_an_unknown_community_names_the_nearest(relief, own_list):
    relief("import", own_list)

    result = relief("gaps", "--community", "西领社区")

    assert result.exit_code == 1
    assert "西岭" in result.stderr


def test_an_unknown_household_names_the_nearest(relief, own_list):
    relief("import", own_list)

    result = relief("show", "X-3")

    assert result.exit_code == 1
    assert "X-1" in result.stderr


def test_an_unknown_case_number_is_told(relief, own_list):
    relief("import", own_list)

    result = relief(
        "close-case", "C2024-9999", "--outcome", "other", "--evidence", "x", "--by", "周"
    )

    assert result.exit_code == 1
    assert "C2024-9999" in result.stderr


def test_questions_without_a_register_say_how_to_make_one(relief):
    result = relief("gaps")

    assert result.exit_code == 1
    assert "relief import" in result.stderr


def test_a_rehearsed_import_tells_the_same_and_writes_nothing(relief, own_list):
    rehearsed = relief("import", own_list, "--dry-run")

    assert not Path("relief.db").exists()
    assert rehearsed.stdout == relief("import", own_list).stdout
    assert "nothing was written" in rehearsed.stderr


def test_a_list_without_headings_is_told_and_nobody_on_it_is_quoted(relief):
    path = write_roster(Path("名单.csv"), [["张三", "河口路3号"], ["李四", "河口路5号"]])

    result = relief("import", path)

    assert result.exit_code == 1
    assert "no row of headings" in result.stderr
    assert "张三" not in result.stderr
