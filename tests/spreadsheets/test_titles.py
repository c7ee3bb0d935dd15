"""The community and the day a table speaks for, read from what stands around it."""

import pytest

from relieftool.spreadsheets.column_names import build_identity_catalogue
from relieftool.spreadsheets.reader import Sheet
from relieftool.spreadsheets.tables import find_tables

ID = "36030219900101123X"


def tables_of(rows, name="Sheet1"):
    return find_tables(Sheet(name, rows, [], is_hidden=False), build_identity_catalogue().known)


@pytest.mark.parametrize(
    "line, expected",
    [
        ("所属地区：某某街道　乡镇（街道）　河口下　村（居）委会", "河口下"),
        ("安源区后埠街河口下社区2024年11月低保金发放表", "河口下社区"),
        ("萍乡市安源区后埠街道办事处花园社区困难家庭台账", "花园社区"),
        ("填报单位：河口下社區居委會", "河口下社區"),
        ("困难家庭名单（花园社区）", "花园社区"),
        ("社区：商城　　填表日期：2024年12月10日", "商城"),
        ("新街口社区", "新街口社区"),
        ("困难家庭花名册花园社区", "花园社区"),
        ("农村低保名单　单位：元", None),
        ("各社区汇总表", None),
        ("说明：本表由社区填写", None),
        ("此表由各有关社区上报", None),
        ("请于12月10日前报社区", None),
        ("本表由花园社区填写", "花园社区"),
        ("填报社区：向阳社区", "向阳社区"),
        ("三八社区困难家庭", "三八社区"),
        ("填报单位：后埠街道民政所", None),
    ],
)
def test_the_community_is_read_from_a_line_above_the_table(line, expected):
    (table,) = tables_of([[line], ["姓名", "身份证号"], ["赵甲", ID]])

    assert table.community == expected


@pytest.mark.parametrize(
    "name, community, covers",
    [
        ("花园社区", "花园社区", None),
        ("跃进村", "跃进村", None),
        ("2024年11月", None, "2024-11"),
        ("Sheet1", None, None),
    ],
)
def test_the_sheets_name_speaks_where_nothing_else_does(name, community, covers):
    (table,) = tables_of([["姓名", "身份证号"], ["赵甲", ID]], name=name)

    assert (table.community, table.covers) == (community, covers)


@pytest.mark.parametrize(
    "lines, expected",
    [
        (["低保金发放表（2024年11月）", "填表日期：2024年12月10日"], "2024-11"),
        (["困难家庭台账", "填表日期：2024年12月10日"], "2024-12-10"),
        (["2024年困难家庭台账", "数据截至 2024.12.10"], "2024-12-10"),
        (["（二〇二四年十一月）"], "2024-11"),
        (["２０２４年 １１ 月"], "2024-11"),
        (["2024年困难家庭台账（2024年10月）", "截至2024.12.10"], "2024-12-10"),
        (["2024年11月低保金发放表", "填表日期：2024年11月-12月"], "2024-11"),
        (["2024年1-11月低保金发放表", "填表日期：2024年12月10日"], "2024-01/2024-11"),
        (["2024年1-11月低保金", "2024年12月发放"], "2024-01/2024-11"),
        (["2024年1-11月低保金", "数据截至2024年12月10日"], "2024-12-10"),
        (["2024年度低保金", "发放11月"], "2024-11"),
        (["2024年度", "2024年13月"], "2024"),
        (["注：标准自2021年7月起执行", "联系电话：20241201123"], None),
    ],
)
def test_the_day_or_month_a_table_speaks_for_is_read_above_it(lines, expected):
    (table,) = tables_of([*([line] for line in lines), ["姓名", "身份证号"], ["赵甲", ID]])

    assert table.covers == expected


@pytest.mark.parametrize(
    "months, lines",
    [
        (
            "2024-10/2024-12",
            (
                "2024年10-12月 2024年10月—12月 2024年10月至12月 2024.10-12 2024.10-2024.12"
                " 202410-12 2024-10至2024-12 202410-202412 2024年10月、11月、12月"
                " 2024年10、11、12月"
                " 2024年10-12 二〇二四年十至十二月 2024年１０～１２月"
                " 2024年10月31日-12月30日 2024.10.1-2024.12.30"
                " 2024年第四季度 2024年四季度 2024年第4季度 2024年4季度 2024Q4"
                " 24年第四季度 24年10-12月 二〇二四年第四季度 2024年度第四季度 第四季度低保金2024年"
                " 2024年低保金10-12月"
            ),
        ),
        ("2024-10/2024-11", "2024年10月11月 2024年十及十一月 20241001-20241130 2024年10月、11月"),
        ("2024-07/2024-12", "2024年下半年 2024年第三、四季度 2024年第3-4季度"),
        ("2024-01/2024-06", "2024年上半年 2024年度上半年 2024年一、二季度"),
        ("2024-01/2024-09", "2024年前三季度 2024年一至三季度 2024年1-9月"),
        ("2024-01/2024-12", "2024年全年 2024年1月1日至12月31日"),
        ("2024-12/2025-01", "2024年12月-2025年1月 2024年12月至2025年1月"),
    ],
)
def test_several_months_in_a_row_are_one_period(months, lines):
    rows = [["姓名", "身份证号"], ["赵甲", ID]]

    above = [tables_of([[f"低保金发放表（{line}）"], *rows])[0] for line in lines.split(" ")]
    beside = [tables_of(rows, name=line)[0] for line in lines.split(" ")]

    assert {table.covers for table in above + beside} == {months}


@pytest.mark.parametrize("line", ["2024年3月、6月、9月", "2024年3、6月", "2024年12-13月"])
def test_months_that_are_not_in_a_row_are_no_period(line):
    (table,) = tables_of([[line], ["姓名", "身份证号"], ["赵甲", ID]])

    assert (table.covers, table.names_unclear_months) == (None, True)


@pytest.mark.parametrize(
    "title, sheet",
    [
        ("24年11月城市低保金发放表", "Sheet1"),
        ("城市低保金11月发放表 2024年", "Sheet1"),
        ("2024年城市低保金发放表（11月份）", "Sheet1"),
        ("2024年城市低保金十一月发放表", "Sheet1"),
        ("城市低保金发放表 2024.11", "Sheet1"),
        ("202411城市低保金发放表", "Sheet1"),
        ("二〇二四年十一月城市低保金发放表", "Sheet1"),
        ("2024 年度 11 月份城市低保金", "Sheet1"),
        ("2024年城市低保金发放表", "11月"),
        ("11月城市低保金发放表", "2024年"),
    ],
)
def test_a_month_of_a_title_is_read_in_whatever_way_it_is_written(title, sheet):
    (table,) = tables_of([[title], ["姓名", "身份证号"], ["赵甲", ID]], name=sheet)

    assert table.covers == "2024-11"


@pytest.mark.parametrize(
    "line, expected",
    [
        ("2024年11月1日-11月30日", "2024-11"),
        ("2024年11月1日至30日", "2024-11"),
        ("2024.11.1-11.30", "2024-11"),
        ("20241101-20241130", "2024-11"),
        ("2024-11-15", "2024-11-15"),
        ("2024年11月15", "2024-11-15"),
        ("2024年11.15", "2024-11-15"),
        ("2024.11月5日", "2024-11-05"),
        ("20241115", "2024-11-15"),
        ("2024年十一月", "2024-11"),
        ("2024年11月3和5号楼", "2024-11-03"),
        ("2024年", None),
    ],
)
def test_days_of_one_month_are_that_month_and_a_single_day_is_a_day(line, expected):
    (table,) = tables_of([[line], ["姓名", "身份证号"], ["赵甲", ID]])

    assert (table.covers, table.names_unclear_months) == (expected, False)


@pytest.mark.parametrize(
    "month",
    ["2024年1-11月", "二〇二四年一至十一月", "2024年", "2024年3月", "2024年第四季度", "24年11月"],
)
@pytest.mark.parametrize("name", ["河口下社区", "三和社区"])
def test_months_before_a_community_are_no_part_of_its_name(month, name):
    (table,) = tables_of([[f"{month}{name}低保金发放表"], ["姓名", "身份证号"], ["赵甲", ID]])

    assert table.community == name


def test_a_date_in_the_footer_counts_where_no_other_stands():
    rows = [["姓名", "身份证号"], ["赵甲", ID], ["制表人：钱乙", "填表日期：2024年12月10日"]]

    (table,) = tables_of(rows)

    assert (table.rows[-1].role, table.covers) == ("note", "2024-12-10")
