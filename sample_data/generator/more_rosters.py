"""The lists of smaller programmes: homes, premiums, posts, care, children, the union."""

from pathlib import Path

from sample_data.generator.files import Sheet, write_csv, write_xls, write_xlsx
from sample_data.generator.lists import MONTH, Lists, add_people
from sample_data.generator.street import Street

_AID = {
    "employment-help": "就业困难人员",
    "public-post": "公益性岗位",
    "orphan": "孤儿基本生活费",
    "unsupported-child": "事实无人抚养儿童",
}
_HELP = ("employment-help", "public-post")
_CHILDREN = ("orphan", "unsupported-child")


def write_all(folder: Path, street: Street) -> None:
    """Write the lists of the smaller programmes into a folder."""
    lists = Lists.of_street(street, 200)
    for write in (_premiums, _pensions, _homes, _posts, _benefit, _children, _care, _union):
        write(folder, lists)


def _premiums(folder: Path, lists: Lists) -> None:
    """Write whose medical insurance is paid for: a long text file, a year's list."""
    sheet = Sheet("参保")
    sheet.add_line("河湾街道2024年度城乡居民医保资助参保名单")
    sheet.rows.append(["序号", "社区", "姓名", "身份证号码", "备注"])
    strangers = [lists.stranger() for _ in range(3)]
    add_people(sheet, lists, lists.paid("medical-premium", *strangers), is_text=True)
    write_csv(folder / "2024年医保资助参保名单.csv", sheet, "gb18030")


def _pensions(folder: Path, lists: Lists) -> None:
    """Write whose pension is paid for: a text file in UTF-8."""
    sheet = Sheet("代缴")
    sheet.add_line("2024年城乡居民养老保险代缴名单")
    sheet.rows.append(["序号", "社区", "姓名", "公民身份号码"])
    add_people(sheet, lists, lists.paid("pension-premium", lists.stranger(40, 57)), is_text=True)
    write_csv(folder / "2024年城乡居民养老保险代缴名单.csv", sheet, "utf-8")


def _homes(folder: Path, lists: Lists) -> None:
    """Write who lives in a rented public home: heads of households only."""
    sheet = Sheet("公租房")
    sheet.add_line(f"河湾街道公租房保障家庭名册（{MONTH}）", 5)
    sheet.rows.append(["序号", "社区", "户主姓名", "户主身份证号", "保障方式"])
    add_people(sheet, lists, lists.paid("housing", lists.stranger(), lists.stranger()))
    for row in sheet.rows[2:]:
        row.append(lists.rng.choice(("实物配租", "实物配租", "租赁补贴")))
    write_xlsx(folder / "公租房保障家庭名册.xlsx", [sheet])


def _posts(folder: Path, lists: Lists) -> None:
    """Write who is recognised as hard to employ and who has a post: one list, told apart by row."""
    sheet = Sheet("就业服务")
    sheet.add_line(f"河湾街道就业服务对象名册（{MONTH}）", 6)
    sheet.rows.append(["序号", "社区", "姓名", "身份证号", "享受项目", "备注"])
    _add_by_row(sheet, lists, _HELP)
    write_xlsx(folder / "就业服务对象名册.xlsx", [sheet])


def _add_by_row(sheet: Sheet, lists: Lists, programmes: tuple[str, ...], low: int = 41) -> None:
    """Add the people of several programmes, each with one stranger, and name it in every row."""
    for programme in programmes:
        before = len(sheet.rows)
        add_people(sheet, lists, lists.paid(programme, lists.stranger(low, low + 8)))
        for row in sheet.rows[before:]:
            row.insert(4, _AID[programme])
    for serial, row in enumerate(sheet.rows[2:], start=1):
        row[0] = serial


def _benefit(folder: Path, lists: Lists) -> None:
    """Write who draws unemployment benefit: an old .xls with a total."""
    sheet = Sheet("失业金")
    sheet.add_line(f"{MONTH}失业保险金发放表", 5)
    sheet.rows.append(["序号", "社区", "姓名", "身份证号码", "实发金额（元）"])
    paid = lists.paid("unemployment-benefit", lists.stranger(30, 45))
    add_people(sheet, lists, paid, has_amounts=True)
    write_xls(folder / "2024年11月失业保险金发放表.xls", [sheet])


def _children(folder: Path, lists: Lists) -> None:
    """Write orphans and children without care: one list, told apart by row."""
    sheet = Sheet("困境儿童")
    sheet.add_line(f"河湾街道{MONTH}困境儿童基本生活费发放表", 6)
    sheet.rows.append(["序号", "社区", "儿童姓名", "身份证号", "补贴项目", "发放金额（元）"])
    _add_by_row(sheet, lists, _CHILDREN, low=8)
    paid = [receipt.amount for name in _CHILDREN for _place, _who, receipt in lists.added[name]]
    for row, amount in zip(sheet.rows[2:], paid, strict=True):
        row.append(amount)
    write_xlsx(folder / "困境儿童基本生活费发放表.xlsx", [sheet])


def _care(folder: Path, lists: Lists) -> None:
    """Write two lists of care and the one of small disabled children: plain sheets."""
    for programme, title, name in (
        ("disabled-care-service", "困难重度失能残疾人照护托养名单", "重度失能残疾人照护托养名单"),
        ("elderly-care", "经济困难失能老年人护理补贴发放表", "失能老年人护理补贴发放表"),
    ):
        sheet = Sheet("Sheet1")
        sheet.add_line(f"河湾街道{title}（{MONTH}）", 5)
        sheet.rows.append(["序号", "社区", "姓名", "身份证号", "补助金额（元/月）"])
        paid = lists.paid(programme, lists.stranger(62, 78))
        add_people(sheet, lists, paid, has_amounts=True)
        write_xlsx(folder / f"{name}.xlsx", [sheet])
    sheet = Sheet("名单")
    sheet.add_line("2024年残疾儿童康复救助名单", 5)
    sheet.rows.append(["序号", "社区", "儿童姓名", "身份证号"])
    add_people(sheet, lists, lists.paid("child-rehabilitation", lists.stranger(3, 5)))
    write_xlsx(folder / "2024年残疾儿童康复救助名单.xlsx", [sheet])


def _union(folder: Path, lists: Lists) -> None:
    """Write whom the union helps: heads of households, half a year's list."""
    sheet = Sheet("困难职工")
    sheet.add_line(f"困难职工帮扶名册（{MONTH}）", 4)
    sheet.rows.append(["序号", "社区", "户主姓名", "户主身份证号"])
    add_people(sheet, lists, lists.paid("union-hardship", lists.stranger(38, 54)))
    write_xlsx(folder / "困难职工帮扶名册.xlsx", [sheet])
