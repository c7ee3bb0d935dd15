"""Columns to facts: exact names only, whose column it is, and what a table is."""

import pytest

from relieftool.pack.facts import BilingualText, Fact
from relieftool.pack.models import Pack, Programme
from relieftool.spreadsheets.column_names import build_identity_catalogue
from relieftool.spreadsheets.columns import build_pack_catalogue, map_columns
from relieftool.spreadsheets.reader import Sheet
from relieftool.spreadsheets.table_kinds import find_table_kind
from relieftool.spreadsheets.tables import find_tables
from relieftool.values.headings import read_heading
from tests.support.registers import shipped_pack

ID = "36030219900101123X"


def fact(name, owner, of_type, headers, period=None):
    labels = BilingualText(zh=headers[0], en=name)
    return Fact(id=name, owner=owner, type=of_type, period=period, labels=labels, headers=headers)


def programme(name, roster_names, receipt_headers):
    """A programme as far as columns ask about it."""
    names = BilingualText(zh=receipt_headers[0], en=name)
    return Programme.model_construct(
        id=name, names=names, roster_names=roster_names, receipt_headers=receipt_headers
    )


FACTS = [
    fact("stated_size", "household", "integer", ["家庭人口数", "家庭人口", "人口"]),
    fact("phone", "household", "text", ["联系电话", "电话"]),
    fact("address", "household", "text", ["家庭住址", "住址"]),
    fact("household_income", "household", "money", ["家庭月收入", "家庭收入（元/月）"], "month"),
    fact("household_income_year", "household", "money", ["家庭年收入"], "year"),
    fact("income_per_head", "household", "money", ["家庭月人均收入"], "month"),
    fact("deposits", "household", "money", ["存款"], "once"),
    fact("homes", "household", "integer", ["住房套数", "住房（套）"]),
    fact("income", "member", "money", ["月收入"], "month"),
    fact("sex", "member", "text", ["性别"]),
    fact("disability_grade", "member", "text", ["残疾等级", "残疾登记"]),
]
PROGRAMMES = [
    programme("dibao", ["低保", "最低生活保障"], ["低保", "最低生活保障"]),
    programme("edge", ["低保边缘"], ["低保边缘"]),
    programme("disability-living", ["困难残疾人生活补贴"], ["生活补贴"]),
    programme("disability-care", ["重度残疾人护理补贴"], ["护理补贴"]),
]
PACK = Pack.model_construct(
    sha256="",
    facts={fact.id: fact for fact in FACTS},
    programmes={programme.id: programme for programme in PROGRAMMES},
)
CATALOGUE = build_pack_catalogue(PACK)


def table_of(*rows, title="", sheet="Sheet1"):
    (table,) = find_tables(Sheet(sheet, [[title], *rows], [], is_hidden=False), CATALOGUE.known)
    return table


def columns_of(headers, *rows):
    return map_columns(table_of(headers, *(rows or [[1] * len(headers)])), CATALOGUE)


def meanings(columns):
    return [f"{column.target} {column.place or ''}".strip() for column in columns]


@pytest.mark.parametrize(
    "header, target",
    [
        ("户主   姓名", "head_name"),
        ("户主\n姓名*", "head_name"),
        ("1.姓名", "name"),
        ("（二）家庭人口", "stated_size"),
        ("與戶主關係", "relation"),
        ("所属社區", "community"),
        ("村(居)", "community"),
        ("户主（与户主关系）", "relation"),
        ("公民身份号码（原始）", "id_number"),
        ("家庭人口（人）", "stated_size"),
        ("户编号", "household_no"),
        ("编号", "serial"),
        ("备注\n(情况说明)", "remark"),
        ("残疾登记", "disability_grade"),
        ("户主/姓名", "head_name"),
        ("户主基本情况/身份证号", "head_id_number"),
        ("家庭成员（含户主）/姓名", "name"),
        ("家庭/人口", "stated_size"),
        ("领取金额/合计", "amount"),
        ("是否享受低保", "receipt.dibao"),
        ("低保/金额", "receipt.dibao"),
        ("低保边缘", "receipt.edge"),
        ("监护人姓名", None),
        ("姓名（监护人）", None),
        ("配偶/姓名", None),
        ("开户人姓名", None),
        ("收款人/身份证号", None),
        ("联系人/电话", None),
        ("保障人数", None),
        ("家庭收入", None),
        ("住房", None),
        ("乡／镇", None),
        ("户主姓名及电话", None),
    ],
)
def test_a_header_means_what_its_exact_name_says(header, target):
    assert CATALOGUE.target(header) == target


@pytest.mark.parametrize(
    "header, target, scale",
    [
        ("家庭月收入", "household_income", None),
        ("家庭月收入（元）", "household_income", "yuan"),
        ("家庭收入（元／月）", "household_income", "yuan/month"),
        ("家庭收入（元/年）", "household_income_year", "yuan/year"),
        ("家庭年收入(万元)", "household_income_year", "wan"),
        ("家庭年收入（万元/年）", "household_income_year", "wan/year"),
        ("存款/（万元）", "deposits", "wan"),
        ("存款（单位：万元）", "deposits", "wan"),
        ("家庭月人均收入（元）", "income_per_head", "yuan"),
        ("住房（套）", "homes", "套"),
    ],
)
def test_a_unit_in_the_header_becomes_the_scale(header, target, scale):
    _, column = columns_of(["姓名", header])

    assert (column.target, column.scale) == (target, scale)


def test_the_unit_of_a_parent_is_not_the_columns_own():
    found = CATALOGUE.match("家庭成员/就学及支出（元）/残疾等级")

    assert (found.target, found.scale) == ("disability_grade", "all:yuan")


def test_a_number_that_belongs_to_the_name_is_no_numbering():
    assert read_heading("60岁以上老人").name == "60岁以上老人"
    assert read_heading("（3）60岁以上老人").name == "60岁以上老人"


def test_of_two_columns_with_the_same_meaning_only_the_better_name_counts():
    columns = columns_of(["姓名", "身份证号", "补贴金额", "补贴金额", "实发金额", "证件号"])

    assert meanings(columns) == ["name", "id_number", "None", "None", "amount", "None"]


def test_of_two_equal_headers_the_first_counts_and_the_second_gets_no_suggestion():
    columns = columns_of(["姓名", "身份证号", "电话", "电话"])

    assert meanings(columns) == ["name", "id_number", "phone", "None"]
    assert columns[3].near == ()


@pytest.mark.parametrize(
    "headers, expected",
    [
        (["家庭月收入", "家庭收入（元/月）"], ["household_income", "household_income"]),
        (["月收入", "存款", "月收入"], ["income", "deposits", "income"]),
        (["是否享受低保", "低保金额"], ["receipt.dibao", "receipt.dibao"]),
        (["补贴金额", "性别", "补贴金额"], ["amount", "sex", "amount"]),
        (["应发金额", "实发金额"], ["None", "amount"]),
        (["联系电话", "电话"], ["phone", "None"]),
        (["月收入", "监护人姓名", "月收入"], ["income", "None", "None"]),
        (["月收入", "姓名", "卡号", "月收入"], ["income", "None", "None", "None"]),
        (["家庭月收入", "家庭年收入"], ["household_income", "household_income_year"]),
    ],
)
def test_columns_that_state_the_same_are_both_kept_to_be_compared(headers, expected):
    assert meanings(columns_of(["姓名", *headers]))[1:] == expected


def test_an_unknown_header_gets_suggestions_that_are_not_taken():
    _, column = columns_of(["姓名", "残疾等及"])

    assert column.target is None
    assert "残疾等级" in column.near


def test_repeated_member_columns_have_places():
    headers = [
        "户主姓名",
        "身份证号",
        "成员一姓名",
        "成员一身份证号",
        "家庭成员2姓名",
        "成员（三）关系",
    ]

    columns = columns_of(headers)

    assert meanings(columns) == [
        "head_name",
        "head_id_number",
        "name 1",
        "id_number 1",
        "name 2",
        "relation 3",
    ]


def test_numbers_at_the_end_are_places_only_where_names_are_numbered():
    numbered = columns_of(["户主姓名", "姓名1", "性别1", "姓名2", "性别2"])
    single = columns_of(["姓名", "电话2"])

    assert meanings(numbered) == ["head_name", "name 1", "sex 1", "name 2", "sex 2"]
    assert meanings(single) == ["name", "None"]


def test_the_same_columns_again_and_again_are_members_one_after_the_other():
    headers = ["户主姓名", "住址", "姓名", "与户主关系", "姓名", "与户主关系", "备注"]

    columns = columns_of(headers)

    assert meanings(columns) == [
        "head_name",
        "address",
        "name 1",
        "relation 1",
        "name 2",
        "relation 2",
        "remark",
    ]


def test_a_second_name_followed_by_something_else_is_no_second_member():
    columns = columns_of(["姓名", "身份证号", "姓名", "银行账号"])

    assert meanings(columns) == ["name", "id_number", "None", "None"]


@pytest.mark.parametrize(
    "headers, expected",
    [
        (["户主姓名", "姓名", "身份证号"], ["head_name", "name", "id_number"]),
        (["户主姓名", "身份证号", "领取金额"], ["head_name", "id_number", "amount"]),
        (["姓名", "家庭成员姓名", "关系"], ["head_name", "name", "relation"]),
        (
            ["户主姓名", "身份证号", "姓名", "身份证号"],
            ["head_name", "head_id_number", "name", "id_number"],
        ),
        (["户主姓名", "身份证号", "姓名", "关系"], ["head_name", "id_number", "name", "relation"]),
    ],
)
def test_the_head_is_distinguished_from_the_member(headers, expected):
    assert meanings(columns_of(headers)) == expected


def test_what_is_said_of_the_head_is_not_said_of_each_member():
    parents = ["户主", "", "", "家庭成员", ""]
    leaves = ["姓名", "性别", "电话", "姓名", "身份证号"]

    beside_members = map_columns(
        table_of(parents, leaves, ["赵甲", "男", "1", "赵乙", ID]), CATALOGUE
    )
    alone = map_columns(
        table_of([*parents[:3], "住址"], leaves[:3], ["赵甲", "男", "1", "一号"]), CATALOGUE
    )

    assert meanings(beside_members) == ["head_name", "None", "phone", "name", "id_number"]
    assert meanings(alone) == ["head_name", "sex", "phone", "address"]


def test_a_column_of_several_names_in_a_cell_is_no_name_column():
    columns = columns_of(["户主姓名", "身份证号", "家庭成员"], ["赵甲", ID, "赵乙、赵丙"])

    assert meanings(columns) == ["head_name", "id_number", "None"]


@pytest.mark.parametrize(
    "title, headers, expected",
    [
        ("低保金发放表", ["姓名", "身份证号", "领取金额"], ("roster", "dibao")),
        ("低保边缘家庭花名册", ["姓名", "身份证号", "电话"], ("roster", "edge")),
        (
            "低保金发放表",
            ["姓名", "住址", "电话", "性别", "人口", "存款", "金额"],
            ("roster", "dibao"),
        ),
        ("两项补贴发放表", ["姓名", "身份证号", "生活补贴", "护理补贴"], ("roster", None)),
        ("救助资金发放表", ["姓名", "身份证号", "补贴类型", "金额"], ("roster", None)),
        ("困难家庭台账", ["户主姓名", "姓名", "关系", "月收入", "低保"], ("households", None)),
        ("困难家庭花名册", ["户主姓名", "姓名", "身份证号", "月收入"], ("households", None)),
        ("低保家庭信息表", ["户主姓名", "身份证号", "家庭人口"], ("households", None)),
        ("", ["甲列", "乙列"], ("unknown", None)),
    ],
)
def test_a_table_is_households_or_a_roster(title, headers, expected):
    table = table_of(headers, [1] * len(headers), title=title)

    assert find_table_kind(table, map_columns(table, CATALOGUE), PACK) == expected


@pytest.mark.parametrize(
    "facts, kind",
    [("电话 住址 月收入 性别", "roster"), ("电话 住址 月收入 性别 存款", "households")],
)
def test_a_list_of_several_benefits_with_more_than_four_facts_is_of_households(facts, kind):
    table = table_of(
        ["姓名", "低保", "低保边缘", *facts.split()], ["赵甲", *"12345678"], title="困难家庭花名册"
    )

    assert find_table_kind(table, map_columns(table, CATALOGUE), PACK) == (kind, None)


@pytest.mark.parametrize(
    "title, programme",
    [
        ("困难残疾人生活补贴发放表", "disability-living"),
        ("困难残疾人生活补贴、重度残疾人护理补贴发放表", None),
        ("低保、困难残疾人生活补贴发放表", None),
    ],
)
def test_a_title_that_lists_two_programmes_names_neither(title, programme):
    table = table_of(["姓名", "身份证号", "领取金额"], ["赵甲", ID, 300], title=title)

    assert find_table_kind(table, map_columns(table, CATALOGUE), PACK)[1] == programme


@pytest.mark.parametrize(
    "sheet, file_name", [("低保金发放表", "11月.xlsx"), ("Sheet1", "2024年11月低保金发放表.xlsx")]
)
def test_the_programme_may_be_named_by_the_sheet_or_the_file(sheet, file_name):
    table = table_of(["姓名", "身份证号", "领取金额"], ["赵甲", ID, 300], sheet=sheet)

    columns = map_columns(table, CATALOGUE)

    assert find_table_kind(table, columns, PACK, file_name) == ("roster", "dibao")


@pytest.mark.parametrize(
    "heading, expected",
    [
        ("监护人身份证号", ()),
        ("配偶身份证号码", ()),
        ("监护人身份证号码：", ()),
        ("户主身份证件", ("户主身份证件号", "户主身份证", "户主身份证件号码")),
        ("身份证件码", ("身份证件号码", "身份证号码", "身份证件号")),
    ],
)
def test_what_is_anothers_is_never_suggested_as_the_persons_own(heading, expected):
    assert build_identity_catalogue().nearest(heading) == expected


@pytest.mark.parametrize(
    "heading, target",
    [
        ("高龄补贴金额", "receipt.elderly-80"),
        ("护理补贴发放金额", "receipt.disability-care"),
        ("低保补助金额", "receipt.dibao"),
        ("户低保金额", "receipt.dibao"),
        ("低保发放状态", "receipt.dibao"),
        ("低保是否停发", "receipt.dibao"),
        ("当前状态", "paid_state"),
        ("是否停发", "paid_state"),
        ("资金到账情况", "paid_state"),
        ("健康状态", None),
        ("就业状态", None),
        ("婚姻状态", None),
        ("未享受人员姓名", None),
        ("未享受低保人员身份证号", None),
    ],
)
def test_headings_of_amounts_and_states_of_benefits(heading, target):
    assert build_pack_catalogue(shipped_pack()).target(heading) == target
