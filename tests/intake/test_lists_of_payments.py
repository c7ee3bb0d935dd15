"""A list of payments is read as the roster of its benefit, or its amounts are told."""

import json

import pytest

from tests.layouts.files import save_xlsx
from tests.layouts.outcome import A, B, C, D, imported

HOUSEHOLDS = [
    ["社区", "户主姓名", "姓名", "与户主关系", "身份证号"],
    ["河口下", "钱测一", "钱测一", "户主", A],
    ["河口下", "钱测一", "孙测二", "配偶", B],
    ["花园", "吴测五", "吴测五", "户主", C],
]
LIVING = "困难残疾人生活补贴"


def read(folder, *lines, name="名单", sheet="x"):
    homes = save_xlsx(folder / "户.xlsx", {"x": HOUSEHOLDS})
    return imported(folder, homes, save_xlsx(folder / f"{name}.xlsx", {sheet: list(lines)}))


def dropped(got):
    return [column for code, _row, column in got.problems if code == "amounts-of-no-benefit"]


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "发放标准",
            "补贴标准",
            "补助标准",
            "津贴标准",
            "享受金额",
            "每月金额",
            "实际发放",
            "打卡金额",
        ),
        *(
            "应发",
            "实发",
            "本月应发",
            "月发放额",
            "月补贴额（元）",
            "标准",
            "补贴",
            "月标准（元／月）",
        ),
    ],
)
@pytest.mark.parametrize("place", ["title", "sheet", "file"])
def test_what_a_titled_benefit_pays_is_read_under_any_heading_of_an_amount(
    tmp_path, heading, place
):
    title = f"2024年11月{LIVING}"
    lines = [["序号", "姓名", "身份证号", heading], [1, "孙测二", B, 100], [2, "吴测五", C, 80]]

    got = read(
        tmp_path,
        *([[title]] if place == "title" else []),
        *lines,
        name=title if place == "file" else "名单",
        sheet=title if place == "sheet" else "x",
    )

    month = "2024-11-30"
    assert got.receipts == [
        ("吴测五", "disability-living", 8000, month),
        ("孙测二", "disability-living", 10000, month),
    ]
    assert len(got.numbers) == 2
    assert {code for code, *_at in got.problems} <= {"column-assumed"}


@pytest.mark.parametrize(
    "title", ["2024年11月高龄津贴发放表", "尊老金", "2024年11月大学生生活补贴", "春节慰问金"]
)
@pytest.mark.parametrize("heading", ["发放标准", "金额", "津贴（元）", "尊老慰问"])
def test_amounts_of_a_benefit_that_is_not_known_are_told(tmp_path, title, heading):
    got = read(tmp_path, [title], ["序号", "姓名", "身份证号", heading], [1, "孙测二", B, 100])

    assert (dropped(got), got.receipts, len(got.numbers)) == ([heading], [], 2)


def test_amounts_that_the_clerk_leaves_out_are_not_told_again(tmp_path, relief):
    homes = save_xlsx(tmp_path / "户.xlsx", {"x": HOUSEHOLDS})
    lines = [["高龄津贴"], ["姓名", "身份证号", "发放标准"], ["孙测二", B, 100]]
    path = save_xlsx(tmp_path / "名单.xlsx", {"x": lines})

    relief("import", homes)
    relief("import", path)
    before = relief("problems")
    relief("undo", "--last")
    relief("import", path, "--map", "发放标准=-")
    after = relief("problems")

    assert ("发放标准" in before.stdout, "发放标准" in after.stdout) == (True, False)


@pytest.mark.parametrize(
    "title, programme",
    [
        ("2024年11月低保、孤儿基本生活费发放表", None),
        ("2024年11月低保特困救助金发放表", None),
        ("2024年11月孤儿和事实无人抚养儿童基本生活费发放表", None),
        ("2024年11月低保家庭学生资助发放表", "student-aid"),
        ("2024年11月低保边缘家庭学生资助发放表", "student-aid"),
        ("2024年11月低保、特困对象医疗救助发放表", "medical-aid"),
        ("2024年11月价格临时补贴发放表（低保、特困）", "price-supplement"),
        ("2024年11月残疾人护理补贴发放表", "disability-care"),
    ],
)
def test_a_title_of_two_benefits_pays_neither_of_them_by_guess(tmp_path, title, programme):
    got = read(tmp_path, [title], ["序号", "姓名", "身份证号", "金额"], [1, "孙测二", B, 100])

    assert [receipt[1] for receipt in got.receipts] == ([programme] if programme else [])
    assert dropped(got) == ([] if programme else ["金额"])


@pytest.mark.parametrize("heading", ["低保金", "实发金额"])
def test_a_rate_beside_what_was_paid_is_not_what_was_paid(tmp_path, heading):
    lines = ["2024年第一季度城市低保金发放表"], ["姓名", "身份证号", "月补贴标准", heading]

    got = read(tmp_path, *lines, ["钱测一", A, 600, 1800], ["吴测五", C, 500, 1500])

    assert got.amounts == [60000, 50000]


@pytest.mark.parametrize("facts", [["是", 500], ["", ""]])
def test_amounts_of_other_things_in_a_household_list_are_no_payments(tmp_path, facts):
    got = read(
        tmp_path, ["社区", "姓名", "身份证号", "是否重病", "月收入"], ["花园", "吴测五", C, *facts]
    )

    assert dropped(got) == []


@pytest.mark.parametrize("state", ["停发", "已停发", "停保", "注销", "死亡停发"])
@pytest.mark.parametrize(
    "heading, amount, says",
    [
        ("低保金额", 900, "no"),
        ("发放金额", 0, "no"),
        ("发放金额", None, "no"),
        ("发放金额", 900, "maybe"),
    ],
)
def test_an_end_counts_unless_an_amount_beside_it_was_paid(tmp_path, state, heading, amount, says):
    title = ["2024年11月城市低保金发放表"]
    lines = [title, ["姓名", "身份证号", heading, "状态"], ["钱测一", A, 800, "正常"]]
    got = read(tmp_path, *lines, ["吴测五", C, amount, state])

    unclear = [
        (row, column) for code, row, column in got.problems if code == "receipt-state-unclear"
    ]
    assert unclear == ([(4, "状态")] if says == "maybe" else [])
    assert got.receipts == [("钱测一", "dibao", 80000, "2024-11-30")]


def test_the_question_of_an_end_beside_a_payment_says_what_to_do(tmp_path, relief):
    title = ["2024年11月城市低保金发放表"]
    lines = [title, ["姓名", "身份证号", "发放金额", "状态"], ["吴测五", C, 900, "停发"]]
    homes = save_xlsx(tmp_path / "户.xlsx", {"x": HOUSEHOLDS})
    relief("import", homes, save_xlsx(tmp_path / "名单.xlsx", {"x": lines}))

    told = relief("problems", "--lang", "en")

    assert "If it is still paid, delete 停发; if it has ended, write 0" in told.stdout


def test_nobody_on_a_list_of_payments_becomes_a_second_household(tmp_path):
    lines = [["高龄津贴"], ["社区", "姓名", "身份证号", "金额"], ["河口下", "孙测二", B, 100]]

    got = read(tmp_path, *lines, ["河口下", "周测四", D, 100])

    assert got.households == [
        ("河口下", "周测四"),
        ("河口下", "钱测一", "孙测二"),
        ("花园", "吴测五"),
    ]
    assert {code for code, *_at in got.problems} == {"amounts-of-no-benefit", "households-of-one"}


def test_a_problem_says_whom_it_is_about_and_masks_the_name(tmp_path, relief):
    title = ["2024年11月城市低保金发放表"]
    lines = [title, ["姓名", "身份证号", "发放金额", "状态"], ["吴测五", C, 900, "停发"]]
    homes = save_xlsx(tmp_path / "户.xlsx", {"x": HOUSEHOLDS})
    relief("import", homes, save_xlsx(tmp_path / "名单.xlsx", {"x": lines}))

    (problem,) = json.loads(relief("problems", "--format", "json").stdout)["problems"]
    shown = relief("problems").stdout

    assert (problem["household_no"], problem["member"]) == ("花园-001", "吴*")
    assert ("花园-001" in shown, "吴测五" in shown) == (True, False)


@pytest.mark.parametrize("heading", ["编号", "备注"])
def test_right_id_numbers_under_a_heading_of_something_else_are_told(tmp_path, heading):
    lines = [
        ["社区", "户编号", heading, "姓名"],
        ["花园", "1", B, "孙测二"],
        ["花园", "2", C, "吴测五"],
    ]

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", {"x": lines}))

    assert ("column-of-numbers", 1, heading) in got.problems
