"""Layouts that no mechanism was made for: what is right was written down before they were read."""

import pytest

from tests.layouts.files import save_csv, save_xlsx
from tests.layouts.outcome import imported, person

A, B, C, D, E, F = map(person, range(20, 26))
PLACE = "测试社区"
# Of rosters: who stands in the household list, by name and number.
BOOK = [
    ["社区", "户编号", "姓名", "与户主关系", "身份证号"],
    [PLACE, "H1", "钱测一", "户主", A],
    [PLACE, "H1", "孙测二", "配偶", B],
    [PLACE, "H2", "吴测五", "户主", E],
    [PLACE, "H2", "郑测六", "女儿", F],
    [PLACE, "H3", "周测四", "户主", D],
]
TOLD_NOTHING = frozenset()


def read(folder, name, rows, merges=(), *, book=False):
    files = [save_xlsx(folder / "底册.xlsx", {"x": BOOK})] if book else []
    save = save_csv if name.endswith("csv") else save_xlsx
    sheets = rows if isinstance(rows, dict) else {"Sheet1": rows}
    options = {"encoding": "gb18030"} if name.endswith("csv") else {"merges": merges}
    return imported(folder, *files, save(folder / name, sheets, **options))


def homes(got):
    """Return who lives together, by name and number."""
    return {frozenset(one[:2] for one in people) for _place, _facts, people in got.whole}


def codes(got):
    return {code for code, _row, _column in got.problems}


def home(*people):
    return frozenset(people)


ONE = ("钱测一", A)
TWO = ("孙测二", B)
FOUR = ("周测四", D)
FIVE = ("吴测五", E)
SIX = ("郑测六", F)

HOUSEHOLDS = {
    "a trustee behind people of a group": (
        "困难户.xlsx",
        [
            ["社区", "重残人员姓名", "重残人员身份证号", "残疾类别", "托管人", "托管人电话"],
            [PLACE, "钱测一", A, "肢体", "王某", "13800000001"],
            [PLACE, "吴测五", E, "视力", "李某", "13800000002"],
        ],
        (),
        {home(ONE), home(FIVE)},
    ),
    "numbers before names, the relation first and the key last": (
        "困难户.xlsx",
        [
            ["与户主关系", "身份证号", "姓名", "社区", "户口簿编号"],
            ["本人", A, "钱测一", PLACE, "0017"],
            ["本人", E, "吴测五", PLACE, "0018"],
            ["之妻", B, "孙测二", PLACE, "0017"],
        ],
        (),
        {home(ONE, TWO), home(FIVE)},
    ),
    "a merged running number in English": (
        "困难户.xlsx",
        [
            [f"{PLACE}困难家庭摸底表"],
            ["NO.", "姓名", "身份证号码", "备注"],
            [1, "钱测一", A, None],
            [None, "孙测二", B, None],
            [2, "吴测五", E, None],
            [None, "郑测六", F, None],
        ],
        [(2, 0, 3, 0), (4, 0, 5, 0)],
        {home(ONE, TWO), home(FIVE, SIX)},
    ),
    "text of an old system: GBK, apostrophes, blanks, the community in the file's name": (
        "河口下社区困难户.csv",
        [
            ["户号", "姓名 ", "身份证号", "关系"],
            ["1", "钱测一", f"'{A}", "户主 "],
            ["1", " 孙测二", f"{B} ", "妻"],
            ["2", "吴 测 五", f"`{E}", "户主"],
        ],
        (),
        {home(ONE, TWO), home(FIVE)},
    ),
    "nothing but names and numbers, the community in the name of the sheet": (
        "a.xlsx",
        {"河口下社区": [["姓名", "身份证号"], ["钱测一", A], ["吴测五", E]]},
        (),
        {home(ONE), home(FIVE)},
    ),
    "sections of communities between the rows": (
        "困难户.xlsx",
        [
            ["后埠街困难家庭名册"],
            ["序号", "户主姓名", "姓名", "身份证号"],
            ["一、河口下社区（2人）"],
            [1, "钱测一", "钱测一", A],
            [2, "钱测一", "孙测二", B],
            ["二、学前社区（1人）"],
            [1, "吴测五", "吴测五", E],
        ],
        (),
        {home(ONE, TWO), home(FIVE)},
    ),
    "traditional headings": (
        "a.xlsx",
        [
            ["社區", "戶編號", "姓名", "身份證號碼", "與戶主關係"],
            [PLACE, "1", "钱测一", A, "戶主"],
            [PLACE, "1", "孙测二", B, "配偶"],
            [PLACE, "2", "吴测五", E, "戶主"],
        ],
        (),
        {home(ONE, TWO), home(FIVE)},
    ),
    "children with their own number before the guardian's": (
        "困境儿童.xlsx",
        [
            ["社区", "儿童姓名", "儿童身份证号", "监护人", "监护人身份证", "监护人与儿童关系"],
            [PLACE, "郑测六", F, "吴测五", E, "父亲"],
        ],
        (),
        {home(SIX)},
    ),
    "three lists side by side of unequal length": (
        "困难户.xlsx",
        [
            [f"{PLACE}困难群众名单"],
            ["序号", "姓名", "身份证号"] * 3,
            [1, "钱测一", A, 3, "吴测五", E, 5, "周测四", D],
            [2, "孙测二", B, 4, "郑测六", F],
        ],
        (),
        {home(ONE), home(TWO), home(FOUR), home(FIVE), home(SIX)},
    ),
    "marks of heads beside names of a group nobody has heard of": (
        "困难户.xlsx",
        [
            ["社区", "在册姓名", "身份证件号", "户主"],
            [PLACE, "钱测一", A, "Y"],
            [PLACE, "孙测二", B, "N"],
            [PLACE, "吴测五", E, "Y"],
        ],
        (),
        {home(ONE, TWO), home(FIVE)},
    ),
    "two signs of columns under two headings": (
        "困难户.xlsx",
        [[f"{PLACE}名单"], ["姓名", "身份证号"], ["1", "2"], ["钱测一", A], ["吴测五", E]],
        (),
        {home(ONE), home(FIVE)},
    ),
    "an agent before a number with the person's own word": (
        "困难户.xlsx",
        [
            ["社区", "代理人姓名", "电话", "居民身份证号码", "居民姓名"],
            [PLACE, "王某", "13800000001", A, "钱测一"],
            [PLACE, "李某", "13800000002", E, "吴测五"],
        ],
        (),
        {home(ONE), home(FIVE)},
    ),
    "few people under groups of headings that might be a form's": (
        "困难户.xlsx",
        [
            [f"{PLACE}困难群众花名册"],
            ["序号", "户主信息", None, "成员信息", None, "其他"],
            [None, "户主姓名", "户主身份证号", "家庭成员", "家庭成员身份证号", "血型"],
            ["A", "B", "C", "D", "E", "F"],
            [1, "钱测一", A, "孙测二", B, "O"],
            [2, "吴测五", E, "郑测六", F, "A"],
        ],
        [(1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 1, 4)],
        {home(ONE, TWO), home(FIVE, SIX)},
    ),
    "a house with a room in two merged columns": (
        "困难户.xlsx",
        [
            ["社区", "楼栋", "房间", "成员姓名", "成员证件号码", "联系方式"],
            [PLACE, "3栋", "101", "钱测一", A, "13800000001"],
            [None, None, None, "孙测二", B, None],
            [None, None, "102", "吴测五", E, "13800000002"],
        ],
        [(1, 0, 3, 0), (1, 1, 3, 1), (1, 2, 2, 2)],
        {home(ONE, TWO), home(FIVE)},
    ),
}


@pytest.mark.parametrize("layout", HOUSEHOLDS)
def test_people_have_their_own_number_and_household(tmp_path, layout):
    name, rows, merges, expected = HOUSEHOLDS[layout]

    got = read(tmp_path, name, rows, merges)

    assert homes(got) == expected


ROSTERS = {
    "wards before guardians": (
        "2024年11月孤儿基本生活费发放表.xlsx",
        [
            ["序号", "被监护人", "被监护人身份证", "监护人", "监护人身份证", "发放金额"],
            [1, "郑测六", F, "吴测五", E, 1500],
        ],
        {("郑测六", "orphan", 150000, "2024-11-30")},
    ),
    "a state called 在保情况": (
        "2024年11月城市低保花名册.xlsx",
        [
            ["序号", "户主", "身份证号", "在保情况", "月保障金"],
            [1, "钱测一", A, "在保", 900],
            [2, "吴测五", E, "停保(户口迁出)", 800],
        ],
        {("钱测一", "dibao", 90000, "2024-11-30")},
    ),
    "months with points in the title": (
        "低保.xlsx",
        [
            ["城市低保金发放表（2024.10-2024.12）"],
            ["序号", "户主姓名", "身份证号码", "人口", "金额（元）"],
            [1, "钱测一", A, 2, 2700],
            [2, "吴测五", E, 2, "2,400.00"],
        ],
        {("钱测一", "dibao", 90000, "2024-12-31"), ("吴测五", "dibao", 80000, "2024-12-31")},
    ),
    "arrears beside the month, and the sum": (
        "2024年11月城市低保金发放表.xlsx",
        [
            ["序号", "户主姓名", "身份证号码", "本月金额", "补发金额", "实发合计"],
            [1, "钱测一", A, 900, None, 900],
        ],
        {("钱测一", "dibao", 90000, "2024-11-30")},
    ),
    "three blocks of old people": (
        "2024年11月高龄补贴发放公示.xlsx",
        [
            ["后埠街2024年11月高龄补贴发放公示"],
            ["序号", "姓名", "身份证号", "金额", None] * 2,
            [1, "周测四", D, "50元", None, 2, "钱测一", A, "50元"],
        ],
        {
            ("周测四", "elderly-80", 5000, "2024-11-30"),
            ("钱测一", "elderly-80", 5000, "2024-11-30"),
        },
    ),
    "benefits by row, the amount before and words around them": (
        "民政资金发放明细表.xlsx",
        [
            ["民政惠民资金发放明细表", None, None, None, "2024年11月"],
            ["行号", "实发金额", "补助项目名称", "领款人姓名", "领取人姓名", "领取人身份证号"],
            [1, 900, "城市最低生活保障", "王某", "钱测一", A],
            [2, 100, "困难残疾人生活补贴", "王某", "吴测五", E],
        ],
        {
            ("钱测一", "dibao", 90000, "2024-11-30"),
            ("吴测五", "disability-living", 10000, "2024-11-30"),
        },
    ),
    "a column for each benefit, the total last": (
        "2024年11月社会救助金打卡发放表.xlsx",
        [
            ["序号", "姓名", "身份证号", "低保金", "残疾人护理补贴", "高龄补贴", "合计"],
            [1, "钱测一", A, 900, None, 50, 950],
            [2, "周测四", D, None, 80, 0, 80],
            ["合计", None, None, 900, 80, 50, 1030],
        ],
        {
            ("钱测一", "dibao", 90000, "2024-11-30"),
            ("钱测一", "elderly-80", 5000, "2024-11-30"),
            ("周测四", "disability-care", 8000, "2024-11-30"),
        },
    ),
}


@pytest.mark.parametrize("layout", ROSTERS)
def test_payments_have_their_benefit_months_and_amount(tmp_path, layout):
    name, rows, expected = ROSTERS[layout]

    got = read(tmp_path, name, rows, book=True)

    assert set(got.receipts) == expected


FACTS = {
    "yearly income in ten thousands, and the month's of each": (
        [
            ["社区", "户主姓名", "身份证号", "家庭人口", "家庭年收入(万元)", "存款（千元）"],
            [PLACE, "钱测一", A, 1, 0.96, 8],
        ],
        {"household_income_year": [960000], "deposits": [800000]},
    ),
    "kind and grade in one column": (
        [
            ["社区", "户编号", "姓名", "身份证号", "残疾情况"],
            [PLACE, "1", "钱测一", A, "肢体二级"],
            [PLACE, "2", "吴测五", E, "无"],
            [PLACE, "3", "周测四", D, "智力叁级"],
        ],
        {
            "disability_kind": ["limb", "none", "intellect"],
            "disability_grade": ["grade2", "none", "grade3"],
        },
    ),
    "amounts with words around them": (
        [
            ["社区", "户编号", "姓名", "身份证号", "本人月收入"],
            [PLACE, "1", "钱测一", A, "￥1,200.00元"],
            [PLACE, "2", "吴测五", E, "一千二百元"],
            [PLACE, "3", "周测四", D, "0.12万元"],
        ],
        {"income": [120000, 120000, 120000]},
    ),
}


@pytest.mark.parametrize("layout", FACTS)
def test_facts_are_those_that_a_clerk_would_read(tmp_path, layout):
    rows, expected = FACTS[layout]

    got = read(tmp_path, "困难户.xlsx", rows)

    assert {name: got.fact(name) for name in expected} == expected


def test_numbers_of_a_spouse_that_are_not_used_are_told(tmp_path):
    rows = [
        ["社区", "户主姓名", "户主身份证号", "配偶姓名", "配偶身份证号"],
        [PLACE, "钱测一", A, "孙测二", B],
        [PLACE, "吴测五", E, None, None],
    ]

    got = read(tmp_path, "困难户.xlsx", rows)

    assert home(FIVE) in homes(got)
    assert home(ONE, TWO) in homes(got) or "column-of-numbers" in codes(got)


def test_arrears_in_the_sum_are_not_the_amount_of_a_month(tmp_path):
    rows = [
        ["序号", "户主姓名", "身份证号码", "本月金额", "补发金额", "实发合计"],
        [1, "钱测一", A, 900, 450, 1350],
    ]

    got = read(tmp_path, "2024年11月城市低保金发放表.xlsx", rows, book=True)

    assert [receipt[2] for receipt in got.receipts] in ([90000], [None])
    assert got.receipts[0][2] == 90000 or "amount-not-of-month" in codes(got)


def test_who_is_dead_by_a_state_is_doubted_and_nobody_else(tmp_path):
    rows = [
        ["社区", "户编号", "姓名", "身份证号", "人员状态"],
        [PLACE, "1", "钱测一", A, "正常"],
        [PLACE, "1", "孙测二", B, "死亡"],
        [PLACE, "2", "吴测五", E, "正常"],
    ]

    got = read(tmp_path, "困难户.xlsx", rows)

    assert homes(got) == {home(ONE, TWO), home(FIVE)}
    assert [(code, row) for code, row, _column in got.problems] == [("perhaps-gone", 3)]
