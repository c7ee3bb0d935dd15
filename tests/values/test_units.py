"""Units of headings, notes and cells: each is applied or reported, none is dropped."""

import pytest

from relieftool.register.fact_cells import find_base_unit, find_unit_fault
from relieftool.values.amounts import parse_numeral, read_amount
from relieftool.values.cells import ValueProblem, parse_measure, parse_money
from relieftool.values.text import fold_heading
from relieftool.values.units import add_unit_above, find_unit_above, read_unit, split_heading
from tests.support.registers import shipped_pack


@pytest.mark.parametrize(
    "word, fen",
    [
        ("角", 20), ("元", 200), ("百元", 20_000), ("佰元", 20_000), ("千", 200_000),
        ("千元", 200_000), ("仟元", 200_000), ("万", 2_000_000), ("万元", 2_000_000),
        ("萬元", 2_000_000), ("十万元", 20_000_000), ("百万元", 200_000_000),
        ("千万元", 2_000_000_000), ("亿元", 20_000_000_000), ("单位:千元", 200_000),
        ("人民币", 200), ("人民币:万元", 2_000_000),
    ],
)  # fmt: skip
def test_every_unit_of_money_in_a_heading_is_applied(word, fen):
    rest, unit = split_heading(fold_heading(f"家庭存款（{word}）"))

    assert (rest, parse_money(2, unit)) == ("家庭存款", fen)


@pytest.mark.parametrize(
    "word", ["分", "美元", "港币", "亩", "%", "人", "斤", "单位：担", "元、万元", "岁", "平方米"]
)
def test_a_unit_that_is_none_of_money_makes_no_amount(word):
    _rest, unit = split_heading(fold_heading(f"家庭存款（{word}）"))

    with pytest.raises(ValueProblem, match="unit that the heading states is not known"):
        parse_money(2, unit)


@pytest.mark.parametrize(
    "heading, parted",
    [
        ("月收入（元/月）", ("月收入", "yuan/month")),
        ("月收入（元每月）", ("月收入", "yuan/month")),
        ("月收入（元/人·月）", ("月收入", "yuan/person/month")),
        ("月收入千元", ("月收入", "qian")),
        ("月收入百万元/月", ("月收入", "baiwan/month")),
        ("存款（万元，含利息）", ("存款(含利息)", "wan")),
        ("存款（万元）（年）", ("存款", "wan/year")),
        ("住房面积㎡", ("住房面积", "m2")),
        ("人数（户、人）", ("人数(户、人)", None)),
        ("救助60元", ("救助60元", None)),
        ("备注（情况说明）", ("备注(情况说明)", None)),
        ("姓名（监护人）", ("姓名(监护人)", None)),
    ],
)
def test_a_heading_is_parted_into_name_and_unit(heading, parted):
    assert split_heading(fold_heading(heading)) == parted


@pytest.mark.parametrize("word", ["平方米", "㎡", "平米", "m2", "m²", "平方"])
def test_square_metres_however_they_are_written(word):
    assert read_unit(fold_heading(word)) == "m2"


@pytest.mark.parametrize("word", ["情况说明", "税前", "", "本人", "含利息", "18位", "年收入"])
def test_what_is_no_unit_is_taken_for_none(word):
    assert read_unit(word) is None


@pytest.mark.parametrize(
    "text, unit",
    [
        ("单位：元", "all:yuan"),
        ("单位:千元", "all:qian"),
        ("金额单位： 万元", "all:wan"),
        ("（单位：户、人、万元）", "all:wan"),
        ("困难户名单 单位：百元 填表人：某某", "all:bai"),
        ("收入表（元）", "all:yuan"),
        ("单位：户/人/万元", "all:wan"),
        ("单位：美元", "all:美元"),
        ("金额单位为万元", "all:wan"),
        ("填报单位：河口下社区居委会　　单位：万元　　说明：重病填 1 是 2 否", "all:wan"),
        ("单位：韩元", "all:韩元"),
        ("单位：户、人", None),
        ("单位负责人：张三元", None),
        ("单位：张三元", None),
        ("2024年（元旦）慰问名单", None),
        ("填报单位：河口下社区", None),
        ("用人单位：元坝纺织厂", None),
        ("单位名称：万元户", None),
        ("困难户名单（2024年11月）", None),
    ],
)
def test_a_unit_over_a_whole_table_is_found_and_an_office_is_none(text, unit):
    assert find_unit_above([text]) == unit


@pytest.mark.parametrize(
    "own, over, joined",
    [
        (None, "all:wan", "all:wan"),
        ("month", "all:wan", "month/all:wan"),
        ("yuan", "all:wan", "yuan"),
        ("all:wan", "all:wan", "all:wan"),
        ("人", "all:wan", "人/all:wan"),
        ("yuan", None, "yuan"),
    ],
)
def test_a_columns_own_unit_goes_before_the_tables(own, over, joined):
    assert add_unit_above(own, over) == joined


@pytest.mark.parametrize(
    "fact, unit, part",
    [
        ("household_income", "qian/month", None),
        ("household_income", "yuan/household", None),
        ("household_income", "month/all:wan", None),
        ("household_income", "all:人/all:wan", None),
        ("household_income", "yuan/year", "year"),
        ("household_income", "yuan/quarter", "quarter"),
        ("household_income", "all:yuan/all:year", "year"),
        ("household_income", "yuan/person", "person"),
        ("household_income", "人", "人"),
        ("household_income", "亩", "亩"),
        ("household_income", "all:美元", "美元"),
        ("income", "yuan/person", None),
        ("income", "yuan/household", "household"),
        ("income_per_head", "yuan/person", None),
        ("income_per_head", "yuan/household", "household"),
        ("deposits", "wan", None),
        ("deposits", "yuan/month", "month"),
        ("vehicles", "辆", None),
        ("vehicles", "all:wan", None),
        ("vehicles", "wan", "wan"),
        ("vehicles", "year", "year"),
        ("floor_area", "m2", None),
        ("floor_area", "亩", "亩"),
        ("floor_area", "all:亩", "亩"),
        ("floor_area", "all:wan", None),
        ("floor_area", "间", "间"),
        ("unemployed_months", "month", None),
        ("unemployed_months", "year", None),
        ("unemployed_months", "day", "day"),
        ("unemployed_months", "人", "人"),
        ("stated_age", "age", None),
        ("stated_age", "year", None),
        ("stated_age", "month", "month"),
        ("is_insured", "yuan", "yuan"),
        ("is_insured", "人", None),
        ("address", "亩", None),
    ],
)
def test_what_of_a_unit_does_not_belong_to_a_fact(fact, unit, part):
    fault = find_unit_fault(shipped_pack().facts[fact], unit)

    assert (fault and fault.part) == part


@pytest.mark.parametrize(
    "fact, base",
    [
        ("floor_area", "m2"),
        ("unemployed_months", "month"),
        ("unemployment_insured_months", "month"),
        ("stated_age", "age"),
        ("vehicles", None),
        ("stated_size", None),
    ],
)
def test_the_packs_headings_say_what_a_whole_number_counts(fact, base):
    assert find_base_unit(shipped_pack().facts[fact]) == base


@pytest.mark.parametrize(
    "cell, base, stated, number",
    [
        (2, "month", "year", 24),
        (1.5, "month", "year", 18),
        ("2年", "month", None, 24),
        ("1年3个月", "month", None, 15),
        ("8个月", "month", "year", 8),
        (8, "month", None, 8),
        ("60㎡", "m2", None, 60),
        ("60平方米", "m2", "m2", 60),
        ("63岁", "age", None, 63),
        (63, "age", "year", 63),
    ],
)
def test_a_measure_is_turned_into_the_facts_own_where_that_is_exact(cell, base, stated, number):
    assert parse_measure(cell, base, stated) == number


@pytest.mark.parametrize(
    "cell, base, stated, words",
    [
        ("180天", "month", None, "another unit"),
        (0.3, "month", "year", "not a whole number"),
        ("2亩", "m2", None, "another unit"),
        ("30个月", "age", None, "another unit"),
        ("两年", "month", None, "not a whole number"),
        ("2年多", "month", None, "not a whole number"),
        (180, "month", "day", "another unit"),
        (True, "month", None, "not a whole number"),
    ],
)
def test_a_measure_that_is_not_exact_is_told(cell, base, stated, words):
    with pytest.raises(ValueProblem, match=words):
        parse_measure(cell, base, stated)


@pytest.mark.parametrize(
    "text, number",
    [
        ("零", 0), ("五", 5), ("十", 10), ("一十", 10), ("十五", 15), ("二十", 20), ("五百", 500),
        ("一百零五", 105), ("一百五十", 150), ("壹仟", 1000), ("一千二百", 1200),
        ("一千零五", 1005),
        ("两千", 2000), ("贰仟叁佰肆拾伍", 2345), ("三万", 30_000), ("一万零五百", 10_500),
        ("十二万三千", 123_000), ("一亿零三百", 100_000_300), ("二〇", None), ("二百五", None),
        ("百", None), ("三四百", None), ("一百五", None), ("五百几", None), ("一千二百零", None),
        ("千三", None), ("", None), ("5", None), ("约五百", None),
    ],
)  # fmt: skip
def test_only_a_well_formed_numeral_is_read(text, number):
    assert parse_numeral(text) == number


@pytest.mark.parametrize(
    "cell, scale, fen",
    [
        ("5000元", "wan", 500_000),
        ("5000", "wan", 5_000_000_000),
        (1.2, "wan", 1_200_000),
        ("1.2万", "qian", 1_200_000),
        ("2千元", "wan", 200_000),
        ("¥5000", "wan", 500_000),
        ("三万", "wan", 3_000_000),
        ("五百元", "wan", 50_000),
        ("五", "wan", 5_000_000),
        ("5", "all:qian", 500_000),
        ("5元", "all:qian", 500),
        ("1.2千", None, 120_000),
        ("3百", None, 30_000),
        ("五百", None, 50_000),
        ("壹仟元整", None, 100_000),
        ("一千二百元", "yuan", 120_000),
        ("壹佰元伍角", None, 10_050),
        ("三元零五分", None, 305),
        ("人民币500元", None, 50_000),
        ("800元整", None, 80_000),
        ("800块", None, 80_000),
    ],
)
def test_a_cells_own_unit_goes_before_the_headings(cell, scale, fen):
    assert parse_money(cell, scale) == fen


@pytest.mark.parametrize("cell", ["1.2千", "五百", "3百"])
def test_a_multiple_that_may_be_of_yuan_or_of_the_headings_unit_is_told(cell):
    with pytest.raises(ValueProblem, match="may be in yuan or in the heading's unit"):
        parse_money(cell, "wan")


@pytest.mark.parametrize(
    "cell", ["800/月", "800元每月", "800元/月", "每月800元", "八百元/月", "800 元 / 月"]
)
def test_an_amount_may_say_its_period_where_that_is_the_facts(cell):
    assert parse_money(cell, None, "month") == 80_000


@pytest.mark.parametrize(
    "cell, period, words",
    [
        ("800/年", "month", "another period"),
        ("800元每年", "month", "another period"),
        ("800元/月", "year", "another period"),
        ("800元/天", "month", "another period"),
        ("800元/月", "once", "another period"),
        ("800元/月", None, "not an amount"),
        ("800月", "month", "not an amount"),
        ("800元/人", "month", "not an amount"),
    ],
)
def test_an_amount_for_another_period_is_told(cell, period, words):
    with pytest.raises(ValueProblem, match=words):
        parse_money(cell, None, period)


@pytest.mark.parametrize(
    "text", ["约800", "800左右", "八百多", "800-1000", "二百五", "800斤", "800美元", "元", "800元5"]
)
def test_an_estimate_and_what_is_no_amount_are_none(text):
    assert read_amount(text) is None
