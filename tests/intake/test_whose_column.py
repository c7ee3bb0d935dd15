"""Whose column it is: the owner in a heading, the name before it, or the cells."""

import pytest

from tests.layouts.files import save_xlsx
from tests.layouts.outcome import A, B, C, imported

PLACE = "河口下"
BOOK = [
    ["社区", "户主姓名", "姓名", "与户主关系", "身份证号"],
    [PLACE, "钱测一", "钱测一", "户主", A],
    [PLACE, "钱测一", "孙测二", "配偶", B],
    [PLACE, "吴测五", "吴测五", "户主", C],
]


def read(folder, headings, *rows, title="河口下社区困难家庭台账"):
    return imported(folder, save_xlsx(folder / "a.xlsx", {"x": [[title], headings, *rows]}))


def read_roster(folder, name, headings, *rows):
    book = save_xlsx(folder / "底册.xlsx", {"x": BOOK})
    return imported(folder, book, save_xlsx(folder / name, {"x": [headings, *rows]}))


def people(got):
    return [person[:3] for _place, _facts, home in got.whole for person in home]


def codes(got):
    return [code for code, _row, _column in got.problems]


@pytest.mark.parametrize(
    "owner",
    [
        *("老年人", "党员", "职工", "孤儿", "困难群众", "被救助人", "持证人", "参保人", "村民"),
        *("退役军人", "优抚对象", "特困人员", "高龄老人", "受益人"),
    ],
)  # fmt: skip
def test_a_group_of_people_before_a_noun_is_the_person_of_the_row(tmp_path, owner):
    got = read(tmp_path, ["社区", f"{owner}身份证号码", f"{owner}姓名"], [PLACE, A, "钱测一"])

    assert (people(got), got.problems) == ([("钱测一", A, None)], [])


@pytest.mark.parametrize("owner", ["领取人", "某某", "低保户", "门诊"])
def test_an_unknown_owner_is_decided_by_the_cells_and_told(tmp_path, owner):
    got = read(tmp_path, ["社区", f"{owner}姓名", f"{owner}证件号码"], [PLACE, "钱测一", A])

    assert people(got) == [("钱测一", A, None)]
    assert got.problems == [
        ("column-assumed", 2, f"{owner}姓名"),
        ("column-assumed", 2, f"{owner}证件号码"),
    ]


@pytest.mark.parametrize(
    "heading, cell", [("单位名称", "第三小学"), ("门诊证件号", "0017"), ("楼栋名称", "三号楼")]
)
def test_an_unknown_owner_whose_cells_are_something_else_is_not_used(tmp_path, heading, cell):
    got = read(tmp_path, ["社区", "户主姓名", "身份证号", heading], [PLACE, "钱测一", A, cell])

    assert people(got) == [("钱测一", A, None)]
    assert "column-assumed" not in codes(got)


def test_names_of_an_official_are_nobody_in_the_household(tmp_path):
    rows = [[PLACE, head, number, "周六一"] for head, number in (("钱测一", A), ("吴测五", C))]

    got = read(tmp_path, ["社区", "户主姓名", "身份证号", "片区姓名"], *rows)

    assert sorted(people(got)) == [("吴测五", C, None), ("钱测一", A, None)]


@pytest.mark.parametrize("heading", ["享受对象", "救助对象", "受益人", "被保障人"])
def test_a_group_without_a_noun_is_a_name_where_its_cells_are_names(tmp_path, heading):
    named = read(tmp_path, ["社区", heading, "身份证号"], [PLACE, "钱测一", A])

    assert people(named) == [("钱测一", A, None)]


def test_a_group_with_yes_and_no_is_no_name(tmp_path):
    got = read(tmp_path, ["社区", "残疾人", "身份证号"], [PLACE, "是", A])

    assert people(got) == [(None, A, None)]


@pytest.mark.parametrize(
    "name, number", [("监护人姓名", "身份证号码"), ("联系人", "证件号"), ("收款人姓名", "身份证")]
)
def test_a_plain_number_behind_another_persons_name_is_not_the_rows(tmp_path, name, number):
    got = read(
        tmp_path,
        ["序号", name, number, "联系电话", "儿童姓名", "身份证号码", "残疾类别"],
        [1, "吴测五", C, "13800000001", "郑测六", A, "智力"],
    )

    assert people(got) == [("郑测六", A, None)]
    assert (got.fact("phone"), got.fact("disability_kind")) == ([None], ["intellect"])
    assert got.problems == [("column-of-numbers", 2, number)]


def test_what_follows_a_guardian_behind_the_child_is_the_childs_again(tmp_path):
    got = read(
        tmp_path,
        ["学生姓名", "身份证号", "监护人姓名", "身份证号", "联系电话", "残疾类别"],
        ["郑测六", A, "吴测五", C, "13800000001", "智力"],
    )

    assert people(got) == [("郑测六", A, None)]
    assert (got.fact("phone"), got.fact("disability_kind")) == ([None], ["intellect"])


@pytest.mark.parametrize(
    "headings, expected",
    [
        (["姓名", "身份证号", "户名", "银行账号"], [(PLACE, "郑测六")]),
        (["户名", "身份证号", "姓名"], [(PLACE, "郑测六", "吴测五")]),
    ],
)
def test_the_name_of_an_account_is_no_head(tmp_path, headings, expected):
    got = read(tmp_path, headings, ["郑测六", A, "吴测五", "6222"][: len(headings)])

    assert got.households == expected


def test_children_with_one_guardians_account_are_not_one_household(tmp_path):
    headings = ["姓名", "身份证号", "户名", "银行账号"]

    got = read(tmp_path, headings, ["郑测六", A, "吴测五", "1"], ["李测三", B, "吴测五", "1"])

    assert got.households == [(PLACE, "李测三"), (PLACE, "郑测六")]


def test_whether_there_is_a_guardian_is_no_name(tmp_path):
    got = read(tmp_path, ["姓名", "是否有监护人", "身份证号"], ["郑测六", "是", A])

    assert people(got) == [("郑测六", A, None)]


def test_the_heads_own_columns_before_the_members_are_the_heads(tmp_path):
    headings = ["户主姓名", "残疾等级", "身份证号", "姓名", "残疾等级", "身份证号", "与户主关系"]

    got = read(
        tmp_path,
        headings,
        ["钱测一", "一级", A, "孙测二", "三级", B, "配偶"],
        ["钱测一", "一级", A, "李测三", None, C, "儿子"],
    )

    assert people(got) == [("钱测一", A, None), ("孙测二", B, "配偶"), ("李测三", C, "儿子")]
    assert got.fact("disability_grade") == [None, "grade3", "none"]


def test_facts_behind_the_heads_name_are_the_persons_where_nobody_else_follows(tmp_path):
    headings = ["姓名", "身份证号", "户主姓名", "身份证号", "残疾类别", "残疾等级"]

    got = read(tmp_path, headings, ["孙测二", B, "钱测一", A, "肢体", "二级"])

    assert people(got) == [("钱测一", A, None), ("孙测二", B, None)]
    assert got.fact("disability_grade") == [None, "grade2"]


def test_plain_columns_behind_a_numbered_name_are_that_members(tmp_path):
    members = ["成员一姓名", "身份证号", "关系", "成员二姓名", "身份证号", "关系"]
    headings = ["户主姓名", "身份证号", *members]

    got = read(tmp_path, headings, ["钱测一", A, "孙测二", B, "配偶", "李测三", C, "儿子"])

    assert people(got) == [("钱测一", A, None), ("孙测二", B, "配偶"), ("李测三", C, "儿子")]


@pytest.mark.parametrize("above", [[], ["人员登记"]])
@pytest.mark.parametrize("member", ["成员{}", "家庭成员{}", "共同生活成员（{}）"])
@pytest.mark.parametrize("owner", ["", "本人", "户主"])
def test_members_under_grouped_headings_have_what_stands_under_their_group(
    tmp_path, above, member, owner
):
    groups, headings = ["户主信息", None], [f"{owner}姓名", f"{owner}身份证号"]
    for who in (member.format("一"), member.format("二")):
        plain = who if owner else ""
        groups += [f"{who}信息", None, None]
        headings += [f"{who}姓名", f"{plain}身份证号", f"{plain}与户主关系"]
    rows = [["河口下社区困难家庭台账"], *([word] for word in above), groups, headings]
    rows.append(["钱测一", A, "孙测二", B, "配偶", "李测三", C, "儿子"])
    top = 1 + len(above)
    merges = [(top, 0, top, 1), (top, 2, top, 4), (top, 5, top, 7), (1, 0, 1, 7)]

    path = save_xlsx(tmp_path / "a.xlsx", {"x": rows}, merges if above else merges[:3])
    got = imported(tmp_path, path)

    assert people(got) == [("钱测一", A, None), ("孙测二", B, "配偶"), ("李测三", C, "儿子")]
    assert got.problems == []


@pytest.mark.parametrize("head", ["户主", "家庭户主", "户主名称"])
def test_a_head_under_a_group_of_heads_is_the_head(tmp_path, head):
    rows = [
        ["户主信息", "人员信息", None],
        [head, "姓名", "身份证号"],
        ["钱测一", "钱测一", A],
        ["钱测一", "孙测二", B],
    ]
    sheets = {"x": [["河口下社区困难家庭台账"], *rows]}

    got = imported(tmp_path, save_xlsx(tmp_path / "a.xlsx", sheets, [(1, 1, 1, 2)]))

    assert (got.households, got.problems) == ([(PLACE, "钱测一", "孙测二")], [])


@pytest.mark.parametrize("owner", ["在册", "册内", "失独父母"])
@pytest.mark.parametrize("number", [[], ["户主身份证号"]])
def test_names_nobody_knows_beside_the_head_on_each_row_are_the_members(tmp_path, owner, number):
    headings = ["户主姓名", *number, f"{owner}姓名", "身份证号"]
    own, other = ([A], [C]) if number else ([], [])

    got = read(
        tmp_path,
        headings,
        ["钱测一", *own, "钱测一", A],
        ["李测三", *other, "李测三", C],
        ["钱测一", *own, "孙测二", B],
    )

    assert got.households == [(PLACE, "李测三"), (PLACE, "钱测一", "孙测二")]
    assert people(got)[1:] == [("钱测一", A, None), ("孙测二", B, None)]


def test_names_with_marks_are_names_under_a_heading_nobody_knows(tmp_path):
    got = read(
        tmp_path,
        ["户编号", "在册姓名", "在册身份证号"],
        ["H1", "钱测一（户主）", A],
        ["H1", "孙测二（低保）", B],
    )

    assert people(got) == [("钱测一", A, None), ("孙测二", B, None)]


@pytest.mark.parametrize("own", ["钱测一", "周测九"])
def test_names_nobody_knows_beside_a_head_on_one_row_are_nobody(tmp_path, own):
    got = read(
        tmp_path,
        ["户主姓名", "经手姓名", "身份证号"],
        ["钱测一", own, A],
        ["李测三", "周测九", C],
    )

    assert sorted(people(got)) == [("李测三", C, None), ("钱测一", A, None)]


def test_an_applicant_with_a_number_beside_the_head_is_another_person(tmp_path):
    got = read(tmp_path, ["申请人", "身份证号", "户主姓名", "户主证件"], ["孙测二", B, "钱测一", A])

    assert sorted(people(got)) == [("孙测二", B, None), ("钱测一", A, None)]


@pytest.mark.parametrize(
    "heading", ["户主证件", "户主证件号码", "低保户主身份证号", "证件号码（户主）"]
)
def test_the_number_of_the_head_in_other_words(tmp_path, heading):
    got = read(
        tmp_path,
        ["姓名", "证件号码", "家庭关系", "户主姓名", heading],
        ["钱测一", A, "户主", "钱测一", A],
        ["李测三", C, "孙子", "钱测一", A],
    )

    assert people(got) == [("钱测一", A, "户主"), ("李测三", C, "孙子")]
    assert got.problems == []


@pytest.mark.parametrize("relation", ["与本人关系", "与户主间关系", "与户主之间的关系", "的关系"])
def test_a_relation_in_other_words(tmp_path, relation):
    got = read(
        tmp_path,
        ["姓名", "身份证号", "家庭成员1姓名", "家庭成员1身份证号", f"家庭成员1{relation}"],
        ["钱测一", A, "孙测二", B, "配偶"],
    )

    assert people(got) == [("钱测一", A, None), ("孙测二", B, "配偶")]


def test_a_relation_to_the_guardian_is_not_that_to_the_head(tmp_path):
    got = read(tmp_path, ["户主姓名", "身份证号", "与监护人关系"], ["钱测一", A, "外甥"])

    assert people(got) == [("钱测一", A, None)]


@pytest.mark.parametrize(
    "headings, cells",
    [
        (["老年人姓名", "身份证号", "收款人姓名", "收款人身份证号"], ["孙测二", B, "吴测五", C]),
        (["收款人姓名", "身份证号", "老年人姓名", "身份证号"], ["吴测五", C, "孙测二", B]),
        (["姓名", "身份证号", "补贴对象姓名", "补贴对象身份证号"], ["吴测五", C, "孙测二", B]),
        (["户主姓名", "身份证号", "姓名", "身份证号"], ["钱测一", A, "孙测二", B]),
        (["户主姓名", "身份证号", "领款人", "证件号码"], ["孙测二", B, "吴测五", C]),
    ],
)
def test_a_payment_is_for_whom_the_benefit_is(tmp_path, headings, cells):
    got = read_roster(
        tmp_path,
        "2024年11月高龄补贴发放表.xlsx",
        ["序号", *headings, "补贴金额"],
        [1, *cells, 50],
    )

    assert [(name, programme, fen) for name, programme, fen, _until in got.receipts] == [
        ("孙测二", "elderly-80", 5000)
    ]


@pytest.mark.parametrize(
    "heading", ["所属乡镇/社区", "街道／社区", "所在乡镇或社区", "乡镇/行政村", "镇/村（居）委会"]
)
def test_of_two_words_in_a_heading_the_cells_say_which_is_meant(tmp_path, heading):
    known = read(tmp_path, ["姓名", heading, "身份证号"], ["钱测一", "测试社区", A], title="困难户")

    assert [place for place, *_people in known.households] == ["测试"]
    assert codes(known) == ["column-assumed"]


def test_two_words_over_the_other_of_them_are_not_used(tmp_path):
    got = read(tmp_path, ["姓名", "所属乡镇/社区", "身份证号"], ["钱测一", "测试街道", A])

    assert got.households == [(PLACE, "钱测一")]


@pytest.mark.parametrize(
    "heading, told",
    [
        ("监护人身份证号", ["column-of-numbers"]),
        ("经办人证件", ["column-of-numbers"]),
        ("开户人身份证号", []),
    ],
)
def test_a_column_of_right_numbers_for_nobody_is_told_unless_they_are_known(
    tmp_path, heading, told
):
    number = B if told else A

    got = read(tmp_path, ["户主姓名", "身份证号", heading], ["钱测一", A, number])

    assert (people(got), codes(got)) == ([("钱测一", A, None)], told)


@pytest.mark.parametrize(
    "headings, cells, expected",
    [
        (["某某姓名", "某某身份证号"], ["孙测二", B], [("孙测二", B, None), ("钱测一", A, None)]),
        (["某某身份证号", "某某姓名"], [B, "孙测二"], [("孙测二", B, None), ("钱测一", A, None)]),
        (["某某姓名", "某某电话"], ["孙测二", "0799"], [("钱测一", A, None)]),
        (["某某身份证号", "某某姓名"], [B, "第三小组"], [("钱测一", A, None)]),
    ],
)
def test_an_unknown_owner_beside_heads_needs_names_and_numbers(tmp_path, headings, cells, expected):
    got = read(tmp_path, ["户主姓名", "户主身份证号", *headings], ["钱测一", A, *cells])

    assert sorted(people(got)) == expected


def test_a_fact_of_an_unknown_owner_goes_with_the_owners_names(tmp_path):
    got = read(tmp_path, ["某某姓名", "某某身份证号", "某某残疾等级"], ["孙测二", B, "二级"])

    assert got.fact("disability_grade") == ["grade2"]


@pytest.mark.parametrize(
    "owner",
    [
        *("已故老人", "去世居民", "停发人员", "注销人员", "已退出对象", "不享受人员", "非低保对象"),
        *("曾享受人员", "迁出人员", "非共同生活成员", "已故家庭成员"),
    ],
)
def test_those_who_are_no_longer_meant_are_nobody_and_told(tmp_path, owner):
    headings = ["社区", "户主姓名", "户主身份证号", f"{owner}姓名", f"{owner}身份证号"]

    got = read(tmp_path, headings, [PLACE, "钱测一", A, "孙测二", B])

    assert people(got) == [("钱测一", A, None)]
    assert f"{owner}身份证号" in [column for _code, _row, column in got.problems]


@pytest.mark.parametrize(
    "owner",
    ["变更前户主", "前户主", "前任户主", "原户主", "退出低保户主", "去世低保户主", "原低保户主"],
)
def test_a_former_head_is_not_the_head(tmp_path, owner):
    headings = ["社区", "姓名", "身份证号", f"{owner}姓名", f"{owner}身份证号"]

    got = read(tmp_path, headings, [PLACE, "钱测一", A, "孙测二", B])

    assert people(got) == [("钱测一", A, None)]
    assert f"{owner}身份证号" in [column for _code, _row, column in got.problems]


@pytest.mark.parametrize(
    "name, number",
    [
        ("家庭成员姓名（已故）", "家庭成员身份证号（已故）"),
        ("低保户主姓名（原）", "低保户主身份证号（原）"),
        ("姓名（停发）", "身份证号（停发）"),
        ("停发人员／姓名", "停发人员／身份证号"),
        ("死者姓名", "死者身份证号"),
        ("死者", "身份证号"),
        ("停发对象", "身份证号"),
    ],
)
def test_brackets_and_plain_columns_name_them_too(tmp_path, name, number):
    headings = ["社区", "户主姓名", "户主身份证号", name, number]

    got = read(tmp_path, headings, [PLACE, "钱测一", A, "孙测二", B])

    assert people(got) == [("钱测一", A, None)]
    assert number in [column for _code, _row, column in got.problems]


def test_an_upper_heading_names_them_too(tmp_path):
    upper = ["社区", "户主姓名", "户主身份证号", "停发人员", None]

    got = read(
        tmp_path, upper, [None, None, None, "姓名", "身份证号"], [PLACE, "钱测一", A, "孙测二", B]
    )

    assert people(got) == [("钱测一", A, None)]
    assert ("column-unknown", 3, "停发人员/身份证号") in got.problems


@pytest.mark.parametrize(
    "owner",
    [
        *("原籍人员", "前进社区老人", "前进村村民", "学前儿童", "未成年人", "不能自理老人"),
        *("非农业人员", "太原老人", "目前享受人员", "退出现役军人", "退休人员", "未就业者"),
    ],
)
def test_an_innocent_word_before_a_group_changes_nothing(tmp_path, owner):
    got = read(tmp_path, ["社区", f"{owner}身份证号", f"{owner}姓名"], [PLACE, A, "钱测一"])

    assert (people(got), got.problems) == ([("钱测一", A, None)], [])


@pytest.mark.parametrize(
    "heading", ["备注（死亡、迁出）", "备注（已故）", "停发原因", "不动产", "曾用姓名"]
)
def test_what_is_no_owner_changes_nothing(tmp_path, heading):
    got = read(tmp_path, ["社区", "姓名", heading, "身份证号"], [PLACE, "钱测一", "无", A])

    assert (people(got), codes(got)) == ([("钱测一", A, None)], [])


@pytest.mark.parametrize("owner", ["死者", "逝者", "亡者", "死亡人员"])
def test_the_dead_count_where_no_head_is_named(tmp_path, owner):
    headings = ["序号", f"{owner}姓名", f"{owner}身份证号", "申请人姓名", "补贴金额"]

    got = read_roster(
        tmp_path, "2024年11月养老服务补贴发放表.xlsx", headings, [1, "孙测二", B, "钱测一", 100]
    )

    assert [(name, fen) for name, _programme, fen, _until in got.receipts] == [("孙测二", 10000)]


def test_a_number_of_the_dead_is_not_that_of_the_living(tmp_path):
    got = read(tmp_path, ["社区", "姓名", "死者身份证号"], [PLACE, "钱测一", B])

    assert people(got) == [("钱测一", None, None)]


@pytest.mark.parametrize("owner", ["停发人员", "不享受人员", "注销人员"])
def test_a_stopped_payment_is_no_receipt(tmp_path, owner):
    headings = ["序号", f"{owner}姓名", f"{owner}身份证号", "补贴金额"]

    got = read_roster(tmp_path, "2024年11月高龄补贴发放表.xlsx", headings, [1, "钱测一", A, 100])

    assert got.receipts == []
    assert "column-of-numbers" in codes(got)
