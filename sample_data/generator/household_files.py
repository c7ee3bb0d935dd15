"""The files of households: for each community the layout its office likes."""

import random
from pathlib import Path

from sample_data.generator import headings
from sample_data.generator.cells import Words
from sample_data.generator.files import Sheet, write_csv, write_xls, write_xlsx
from sample_data.generator.households import Household
from sample_data.generator.street import SEED, Street
from sample_data.generator.tables import (
    Arrange,
    Column,
    Office,
    add_header,
    continued,
    members_across,
    merged_down,
    one_row_each,
    repeated,
    wide_columns,
)

_FOOTER = "制表人：            审核人：            填表日期：2024年12月10日"


def _office(number: int, words: Words, *, is_text: bool = False) -> Office:
    return Office(words, random.Random(SEED + number), is_text)


def _columns(text: str, *above: str) -> list[Column]:
    """Read columns written as `key=heading`, one per line; ｜ stands for a line break."""
    pairs = (line.strip().partition("=") for line in text.strip().splitlines())
    return [Column(key, heading.replace("｜", "\n"), above) for key, _sign, heading in pairs]


def write_all(folder: Path, street: Street) -> None:
    """Write every household file into a folder."""
    for write in (_merged, _three_rows, _by_community, _wide, _flat, _two_files, _in_wan, _shiliu):
        write(folder, street)
    _traditional(folder, street)


def _fill(
    sheet: Sheet, office: Office, columns: list[Column], arrange: Arrange, rows: list[Household]
) -> None:
    add_header(sheet, columns)
    arrange(sheet, office, columns, rows)


def _without_supplement(street: Street) -> list[Household]:
    supplement = _supplement(street)
    return [one for one in street.of("桥北") if one is not supplement]


def _supplement(street: Street) -> Household:
    """Choose the household that came later and was written down by a returned relative."""
    return next(one for one in street.of("桥北") if one.needs_column == "later")


def _merged(folder: Path, street: Street) -> None:
    """河口下: title and notes above a header of two rows, household cells merged over members."""
    columns = [
        *_columns(headings.MERGED_OWN),
        *_columns(headings.MERGED_MONEY, "家庭收入、财产及住房"),
        *_columns(headings.MERGED_PERSON, "家庭成员基本情况"),
        *_columns(headings.MERGED_COSTS, "近12个月支出"),
    ]
    sheet = Sheet("台账")
    sheet.add_line("河湾街道河口下社区困难居民一户一表台账", len(columns))
    sheet.add_line("填表日期：2024年12月10日")
    sheet.add_line("说明：1.带*的为必填项；2.家庭月收入不含政府救助；3.没有的可以不填。", 12)
    rows = street.of("河口下")
    _fill(sheet, _office(1, Words()), columns, merged_down, rows)
    people = sum(one.size for one in rows)
    sheet.rows.append(["合   计", None, f"{len(rows)}户", None, None, people])
    sheet.add_line(_FOOTER)
    write_xlsx(folder / "河口下社区一户一表台账.xlsx", [sheet, Sheet("Sheet2")])


def _three_rows(folder: Path, street: Street) -> None:
    """花园: an old .xls with a header of three rows; members follow with a blank number."""
    columns = [
        *_columns(headings.THREE_OWN),
        *_columns(headings.THREE_MONEY, "家庭情况", "收入和财产"),
        *_columns(headings.THREE_HOUSE, "家庭情况", "住房"),
        Column("hardship", "急难情况", ("家庭情况",)),
        *_columns(headings.THREE_NEEDS, "家庭情况", "吃穿"),
        *_columns(headings.THREE_PERSON, "家庭成员"),
        *_columns(headings.THREE_HEALTH, "家庭成员", "健康"),
        *_columns(headings.THREE_COSTS, "家庭成员", "就学及支出（元）"),
    ]
    words = Words(
        none="无",
        nothing=0,
        kind_ending="残疾",
        employment={"flexible": "打零工"},
        self_care=("能自理", "半自理", "不能自理"),
    )
    sheet = Sheet("花园")
    sheet.add_line("困难家庭情况调查表", 9)
    sheet.add_line("所属地区：河湾街道　乡镇（街道）　花园　村（居）委会")
    sheet.add_line("填报日期：2024-12-06")
    _fill(sheet, _office(2, words), columns, continued, street.of("花园"))
    sheet.add_line("注：家庭年收入按近12个月计算，不含低保金等救助。")
    write_xls(folder / "花园社区困难家庭情况调查表.xls", [sheet])


def _by_community(folder: Path, street: Street) -> None:
    """商城, 柳堤, 月塘, 青石: a sheet each; every row repeats what is so of the household."""
    office = _office(
        3,
        Words(
            grades=("", "1级", "2级", "3级", "4级"), nothing=0, self_care=("无", "半失能", "失能")
        ),
    )
    hints = Sheet("填表说明", [["一、每户每人一行。"], ["二、收入不含政府发放的救助款物。"]])
    sheets = [hints]
    for name in ("商城", "柳堤", "月塘", "青石"):
        sheet = Sheet(f"{name}社区")
        sheet.add_line("2024年城镇困难居民信息采集表", 22)
        sheet.add_line("填表日期：2024年12月10日")
        _fill(sheet, office, _columns(headings.SHEETS), repeated, street.of(name))
        sheets.append(sheet)
    write_xlsx(folder / "四个社区困难居民信息采集表.xlsx", [*sheets, Sheet("Sheet6")])


def _wide(folder: Path, street: Street) -> None:
    """桥北: one row per household, its members side by side under 成员一, 成员二, 成员三."""
    places = ("成员一", "成员二", "成员三")
    columns = wide_columns(_columns(headings.WIDE_OWN), _columns(headings.WIDE_PERSON), places)
    sheet = Sheet("Sheet1")
    sheet.add_line("桥北社区困难家庭登记册", 13)
    sheet.add_line("统计单位：桥北社区居委会        统计日期：2024年12月9日")
    office = _office(4, Words(kind_ending="残疾"))
    _fill(sheet, office, columns, members_across(len(places)), _without_supplement(street))
    sheet.add_line("制表人：")
    write_xlsx(folder / "桥北社区困难家庭登记册.xlsx", [sheet])


def _flat(folder: Path, street: Street) -> None:
    """梧桐里: a text file in GB18030; each row repeats the head, and each member has an income."""
    words = Words(safe=("安全", "不安全"), insured=("已参保", "未参保"), has_thousands=True)
    sheet = Sheet("梧桐里")
    sheet.add_line("河湾街道梧桐里社区居民困难情况摸底表")
    sheet.add_line("填表日期：2024年12月8日")
    _fill(
        sheet,
        _office(5, words, is_text=True),
        _columns(headings.FLAT),
        repeated,
        street.of("梧桐里"),
    )
    write_csv(folder / "梧桐里社区摸底表.csv", sheet, "gb18030")


def _two_files(folder: Path, street: Street) -> None:
    """东园 and 望江: households in a text file, members in an .xls, joined by 户编号."""
    rows = street.of("东园", "望江")
    houses = Sheet("户信息")
    houses.add_line("河湾街道户信息导出")
    houses.add_line("导出条件：全部    数据日期：2024-12-10")
    office = _office(6, Words(), is_text=True)
    _fill(houses, office, _columns(headings.HOUSES), one_row_each, rows)
    write_csv(folder / "东园望江户信息.csv", houses, "gb18030")
    people = Sheet("成员信息")
    people.add_line("数据日期：2024-12-10")
    words = Words(stages={"college": "大专"})
    _fill(people, _office(7, words), _columns(headings.PEOPLE), repeated, rows)
    write_xls(folder / "东园望江户成员信息.xls", [people])


def _in_wan(folder: Path, street: Street) -> None:
    """南塘: an old .xls with merged household cells and yearly income in ten thousands."""
    words = Words(
        insured=("有", "无"),
        employment={"unemployed": "无业"},
        self_care=("自理", "半自理", "失能"),
    )
    columns = _columns(headings.WAN)
    sheet = Sheet("南塘社区")
    sheet.add_line("河湾街道南塘社区困难群众基本情况", len(columns))
    sheet.add_line("填表日期：2024年12月5日")
    rows = street.of("南塘")
    _fill(sheet, _office(8, words), columns, merged_down, rows)
    sheet.rows.append([f"合计{len(rows)}户，{sum(one.size for one in rows)}人"])
    write_xls(folder / "南塘社区困难群众基本情况.xls", [sheet])


def _shiliu(folder: Path, street: Street) -> None:
    """石榴: members follow with a blank number; no household numbers; what each household draws."""
    words = Words(grades=("", "1", "2", "3", "4"), stages={"senior": "中职"})
    sheet = Sheet("石榴社区")
    sheet.add_line("石榴社区网格排查登记（困难户）", 20)
    sheet.add_line("登记日期：2024.12.10")
    _fill(sheet, _office(9, words), _columns(headings.CONTINUED), continued, street.of("石榴"))
    write_xlsx(folder / "石榴社区网格排查登记.xlsx", [sheet])


def _traditional(folder: Path, street: Street) -> None:
    """桥北 again: one household that came later, under headings in traditional characters."""
    sheet = Sheet("補錄")
    sheet.add_line("桥北社區補錄戶")
    sheet.add_line("填表日期：2024年12月10日")
    office = _office(10, Words(), is_text=True)
    _fill(sheet, office, _columns(headings.OLD_CHARACTERS), repeated, [_supplement(street)])
    for row in sheet.rows[3:]:
        row[1] = "橋北社區"
    sheet.rows[0] = ["橋北社區補錄戶"]
    write_csv(folder / "桥北社区补录户.csv", sheet, "utf-8-sig")
