"""Each trap seen in real headings: what such a column becomes, and what it must not become."""

import pytest

from tests.layouts.files import save_xlsx
from tests.layouts.outcome import A, B, imported

PLACE = "河口下"


def one_row(folder, headings, cells, title="河口下社区困难家庭台账"):
    return imported(folder, save_xlsx(folder / "a.xlsx", {"x": [[title], headings, cells]}))


def test_a_file_number_headed_like_an_id_beside_the_id_number_is_no_id(tmp_path):
    got = one_row(tmp_path, ["证件号码", "户主姓名", "身份证号"], ["2024-0017", "赵甲", A])

    assert (got.households, got.with_ids, got.problems) == ([(PLACE, "赵甲")], [A], [])


def test_a_file_number_headed_like_an_id_alone_is_told_and_never_an_id(tmp_path):
    got = one_row(tmp_path, ["证件号码", "户主姓名", "住址"], ["2024-0017", "赵甲", "一号"])

    assert got.with_ids == []
    assert got.problems == [("id-number-wrong", 3, "证件号码")]


@pytest.mark.parametrize(
    "heading, cell",
    [
        ("低保人口*", "是"), ("类型", "城市"), ("收入", "达标"), ("户籍类型", "农村"),
        ("身份", "低保"),
        ("保障人数", 1), ("家庭人均收入", "达标"),
    ],
)  # fmt: skip
def test_a_word_with_several_meanings_is_kept_and_used_for_nothing(tmp_path, heading, cell):
    got = one_row(tmp_path, ["户编号", "户主姓名", "身份证号", heading], ["H1", "赵甲", A, cell])

    assert got.fact("stated_size") + got.fact("household_income") == [None, None]
    assert [code for code, _row, _column in got.problems if code != "column-unknown"] == []


@pytest.mark.parametrize("heading", ["地区", "属地", "村社区", "村（居）"])
def test_a_community_under_its_other_names(tmp_path, heading):
    got = one_row(tmp_path, [heading, "户主姓名", "身份证号"], [PLACE, "赵甲", A], title="台账")

    assert got.households == [(PLACE, "赵甲")]


def test_headings_that_come_twice_are_told_apart_by_their_place(tmp_path):
    got = one_row(
        tmp_path,
        ["户编号", "姓名", "身份证号", "联系电话", "联系号码", "联系电话", "负责人", "负责人"],
        ["H1", "赵甲", A, "0799-1", "0799-2", "0799-3", "周", "吴"],
    )

    assert (got.fact("phone"), got.households) == (["0799-1"], [(PLACE, "赵甲")])


def test_a_role_before_a_name_or_number_is_another_person(tmp_path):
    others = ["监护人姓名", "监护人身份证号", "配偶姓名", "代理人姓名", "收款人姓名", "开户人姓名"]
    got = one_row(
        tmp_path,
        [*others, "户主姓名", "户主身份证号码*", "姓名", "身份证"],
        ["周一", B, "周二", "周三", "周四", "周五", "赵甲", A, "赵甲", A],
    )

    assert (got.households, got.with_ids) == ([(PLACE, "赵甲")], [A])


def test_the_persons_telephone_is_not_the_households(tmp_path):
    got = one_row(
        tmp_path,
        ["户编号", "姓名", "身份证号", "人联系电话", "户联系电话"],
        ["H1", "赵甲", A, "1", "0799-2"],
    )

    assert got.fact("phone") == ["0799-2"]


@pytest.mark.parametrize(
    "name, number, size",
    [
        ("户主   姓名", "身份证号*", "家庭人口（人）"),
        ("户主\n姓名", "身份证　号", "1.家庭人口数"),
        ("户主姓名*", "（二）身份证号", "其中：家庭人口"),
        ("户主姓名　　", "身份证号（18位）", "家庭人口数(人)"),
        ("戶主姓名", "身份證號", "家庭人口數"),
    ],
)
def test_decoration_around_a_heading_is_taken_off(tmp_path, name, number, size):
    got = one_row(tmp_path, [name, number, size], ["赵甲", A, 1])

    assert (got.households, got.with_ids, got.fact("stated_size")) == ([(PLACE, "赵甲")], [A], [1])


@pytest.mark.parametrize(
    "heading, cell, fen",
    [
        ("家庭月收入(元)", 800, 80000),
        ("家庭月收入（万元）", "0.08", 80000),
        ("家庭收入（元／月）", 800, 80000),
        ("家庭月收入（元/月）", "1,234.50", 123450),
        ("家庭月收入（元/年）", 800, None),
    ],
)
def test_the_unit_in_a_heading_is_applied_and_a_wrong_period_is_told(tmp_path, heading, cell, fen):
    got = one_row(tmp_path, ["户主姓名", "身份证号", heading], ["赵甲", A, cell])

    told = [] if fen else [("unit-unknown", None, heading.replace("/", "／"))]
    assert (got.fact("household_income"), got.problems) == ([fen], told)


def test_an_amount_in_a_heading_is_no_amount_received(tmp_path):
    got = one_row(
        tmp_path, ["户主姓名", "身份证号", "救助60元", "重点救助100元"], ["赵甲", A, "√", 100]
    )

    assert (got.households, got.receipts) == ([(PLACE, "赵甲")], [])


@pytest.mark.parametrize(
    "heading, fact, cell, value",
    [
        ("残疾登记", "disability_grade", "二级", "grade2"),
        ("残疾级别", "disability_grade", "2", "grade2"),
    ],
)
def test_a_slip_of_the_pen_that_was_seen_is_known(tmp_path, heading, fact, cell, value):
    got = one_row(tmp_path, ["户主姓名", "身份证号", heading], ["赵甲", A, cell])

    assert got.fact(fact) == [value]


@pytest.mark.parametrize("heading", ["人住审核日期", "户口薄", "开户银行帐号", "检测户"])
def test_a_slip_in_a_heading_of_no_fact_harms_nothing(tmp_path, heading):
    got = one_row(tmp_path, ["户主姓名", "身份证号", heading], ["赵甲", A, "x"])

    assert got.households == [(PLACE, "赵甲")]


def test_headings_in_pinyin_and_english_beside_chinese(tmp_path):
    got = one_row(
        tmp_path,
        ["suoyin", "户主\n姓名", "name", "ID", "ID2", "phone", "cardnumber"],
        [1, "赵甲", "赵甲", A, "x", "0799", "6222"],
    )

    assert (got.households, got.with_ids) == ([(PLACE, "赵甲")], [A])
