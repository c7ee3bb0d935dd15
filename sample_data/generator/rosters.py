"""The lists of what is really paid, as the paying offices keep them; with people nobody knows."""

import random
from pathlib import Path

from sample_data.generator.cells import KINDS, Cell
from sample_data.generator.damage import card_number
from sample_data.generator.files import Sheet, write_csv, write_xls, write_xlsx
from sample_data.generator.households import STUDENT_AID, Household, Receipt
from sample_data.generator.lists import MONTH, Lists, add_people
from sample_data.generator.people import Person
from sample_data.generator.street import Street

_PARTS = (
    ("东片", ("河口下", "花园", "商城", "柳堤")),
    ("西片", ("月塘", "青石", "桥北", "梧桐里")),
    ("北片", ("东园", "望江", "南塘", "石榴")),
)
_SCHOOLS = {
    "preschool": "河湾幼儿园",
    "primary": "河湾小学",
    "junior": "河湾初级中学",
    "senior": "河湾职业中学",
    "college": "（外地院校）",
}
_STAGE_WORDS = {
    "preschool": "学前",
    "primary": "小学",
    "junior": "初中",
    "senior": "高中",
    "college": "大专以上",
}


def write_all(folder: Path, street: Street) -> None:
    """Write every roster into a folder."""
    lists = Lists.of_street(street, 100)
    for write in (_dibao, _single, _subsidies, _tekun, _elderly, _students, _medical, _edge):
        write(folder, lists)


def _dibao(folder: Path, lists: Lists) -> None:
    """Write 低保金: an old .xls with a sheet per part of the street, members with blank numbers."""
    sheets = [_dibao_sheet(lists, name, communities) for name, communities in _PARTS]
    write_xls(folder / "2024年11月城市低保金发放领取表.xls", sheets)


def _dibao_sheet(lists: Lists, name: str, communities: tuple[str, ...]) -> Sheet:
    sheet = Sheet(name)
    sheet.add_line(f"河湾街道{MONTH}城市低保金发放领取表", 5)
    sheet.add_line(f"所属地区：安源区河湾街道（{name}）")
    if name == "东片":
        sheet.rows.append(
            ["序号", "低保证号", "户主", "身份证号码", "保障", "领取", "领款人签字（章）", "备注"]
        )
        sheet.rows.append([None, None, "姓名", None, "人数", "金额"])
    else:
        sheet.rows.append(
            [
                "序号",
                "低保证号",
                "户主姓名",
                "身份证号码",
                "保障人数",
                "领取金额（元）",
                "领款人签字（章）",
                "备注",
            ]
        )
    first = len(sheet.rows)
    paid = [pair for pair in lists.of("dibao") if pair[0].community in communities]
    for serial, (household, receipt) in enumerate(paid, start=1):
        sheet.rows += _dibao_rows(lists, household, receipt, serial)
    for serial in range(len(paid) + 1, len(paid) + 4):
        stranger = lists.stranger()
        amount = lists.rng.randrange(300, 900, 5)
        sheet.rows.append(
            [serial, _certificate(lists.rng), stranger.name, stranger.id_number, 1, amount]
        )
    people = len(sheet.rows) - first
    total = sum(row[5] for row in sheet.rows[first:] if isinstance(row[5], int))
    sheet.rows.append(["合   计", None, f"{len(paid) + 3}户", None, people, total])
    sheet.add_line("制表人：            审核人：            制表时间：2024年11月15日")
    return sheet


def _dibao_rows(
    lists: Lists, household: Household, receipt: Receipt, serial: int
) -> list[list[Cell]]:
    """Return the rows of a household: the head with number and certificate, the others without."""
    each, rest = divmod(receipt.amount, household.size)
    rows: list[list[Cell]] = []
    for place, person in enumerate(household.members):
        own: list[Cell] = [serial, _certificate(lists.rng)] if place == 0 else [None, None]
        amount = each + rest if place == 0 else each
        rows.append([*own, person.name, lists.id_number(person, receipt), 1, amount])
    return rows


def _certificate(rng: random.Random) -> str:
    return f"3603020{rng.randint(10, 99)} {rng.randint(100, 999)} {rng.randint(1000, 9999)}"


def _single(folder: Path, lists: Lists) -> None:
    """Write 单人户低保: a plain .xlsx."""
    sheet = Sheet("单人保")
    sheet.add_line(f"河湾街道单人户低保金发放表（{MONTH}）", 6)
    sheet.rows.append(["序号", "社区", "姓名", "身份证号", "发放金额（元）", "备注"])
    add_people(sheet, lists, lists.paid("dibao-single", lists.stranger()), has_amounts=True)
    write_xlsx(folder / "单人户低保金发放表.xlsx", [sheet])


def _subsidies(folder: Path, lists: Lists) -> None:
    """Write 两项补贴: one table, two columns of amounts under one heading."""
    sheet = Sheet("两项补贴")
    title = f"河湾街道{MONTH}困难残疾人生活补贴和重度残疾人护理补贴发放表"
    sheet.add_line(title, 10)
    top = len(sheet.rows)
    heads = ["序号", "社区", "残疾人｜姓名", "身份证号", "残疾人证号", "残疾类别", "残疾等级"]
    sheet.rows.append(
        [*(one.replace("｜", "\n") for one in heads), "补贴金额（元/月）", None, "备注"]
    )
    sheet.rows.append([*[None] * 7, "生活补贴", "护理补贴"])
    sheet.merged += [(top, place, top + 1, place) for place in (*range(7), 9)]
    sheet.merged.append((top, 7, top, 8))
    rows = _subsidy_rows(lists)
    sheet.rows += rows
    sums = [sum(c for row in rows if isinstance(c := row[place], int)) for place in (7, 8)]
    sheet.rows.append(["合计", None, f"{len(rows)}人", None, None, None, None, *sums])
    sheet.add_line("注：2024年补贴标准为每人每月100元。")
    write_xlsx(folder / "2024年11月残疾人两项补贴发放表.xlsx", [sheet])


def _subsidy_rows(lists: Lists) -> list[list[Cell]]:
    """Return a row per holder of a card, with one amount or both."""
    both: dict[Person, dict[str, Receipt]] = {}
    communities: dict[Person, str] = {}
    for programme in ("disability-living", "disability-care"):
        for community, person, receipt in lists.paid(programme):
            both.setdefault(person, {})[programme] = receipt
            communities[person] = community
    for community in ("河口下", "月塘", "望江", "南塘"):
        stranger = lists.stranger()
        stranger.kind, stranger.grade = "limb", 3
        communities[stranger] = community
        both[stranger] = {"disability-living": Receipt("disability-living", stranger, 100)}
    rows: list[list[Cell]] = []
    for serial, (person, receipts) in enumerate(both.items(), start=1):
        amounts = [receipts.get(one) for one in ("disability-living", "disability-care")]
        number = lists.id_number(person, next(iter(receipts.values())))
        is_wreck = any(receipt.is_ruined for receipt in receipts.values())
        grade = ("", "一级", "二级", "三级", "四级")[person.grade]
        card = None if is_wreck else card_number(person)
        row: list[Cell] = [serial, communities[person], person.name, number, card]
        row += [KINDS[person.kind], grade]
        rows.append([*row, *(one.amount if one else None for one in amounts)])
    return rows


def _tekun(folder: Path, lists: Lists) -> None:
    """Write 特困供养金: a text file in GB18030."""
    sheet = Sheet("特困")
    sheet.add_line(f"河湾街道{MONTH}特困人员救助供养金发放表")
    sheet.rows.append(["序号", "社区", "姓名", "身份证号码", "发放金额（元）", "供养方式", "备注"])
    add_people(
        sheet, lists, lists.paid("tekun", lists.stranger(62)), is_text=True, has_amounts=True
    )
    for row in sheet.rows[2:-1]:
        row.append(lists.rng.choice(("分散供养", "分散供养", "集中供养")))
    sheet.rows.append(["制表人：", None, None, None, None, "制表时间：2024年11月12日"])
    write_csv(folder / "特困人员救助供养金发放表202411.csv", sheet, "gb18030")


def _elderly(folder: Path, lists: Lists) -> None:
    """Write the subsidy for the old: a plain .xlsx under a long title."""
    sheet = Sheet("Sheet1")
    sheet.add_line(f"80岁以上低保、特困老人养老服务补贴（高龄补贴）发放表（{MONTH}）", 5)
    sheet.rows.append(["序号", "村（居）", "老人姓名", "公民身份号码", "补贴金额", "签字"])
    paid = lists.paid("elderly-80", *(lists.stranger(82, 88) for _ in range(2)))
    add_people(sheet, lists, paid, has_amounts=True)
    write_xlsx(folder / "高龄补贴发放表.xlsx", [sheet])


def _students(folder: Path, lists: Lists) -> None:
    """Write 学生资助: the school year's list, without a month anywhere."""
    sheet = Sheet("名单")
    sheet.add_line("2024年秋季学期学生资助名单", 8)
    sheet.rows.append(
        ["序号", "就读学校", "学段", "学生姓名", "身份证号", "监护人姓名", "资助金额（元/年）"]
    )
    rows = lists.paid("student-aid", *(lists.stranger(8, 11) for _ in range(4)))
    parents = {one.member: household.head for household, one in lists.of("student-aid")}
    for serial, (_community, person, receipt) in enumerate(rows, start=1):
        stage = person.stage or "primary"
        amount = receipt.amount if person.stage else STUDENT_AID[stage]
        parent = parents.get(person)
        guardian = parent.name if parent and parent is not person else None
        number = lists.id_number(person, receipt)
        school: list[Cell] = [_SCHOOLS[stage], _STAGE_WORDS[stage]]
        sheet.rows.append([serial, *school, person.name, number, guardian, amount])
    write_xlsx(folder / "2024年秋季学期学生资助名单.xlsx", [sheet])


def _medical(folder: Path, lists: Lists) -> None:
    """Write 医疗救助: an export in UTF-8 with a byte order mark."""
    sheet = Sheet("医疗救助")
    sheet.add_line(f"{MONTH}医疗救助发放名单")
    sheet.rows.append(["序号", "社区", "患者姓名", "身份证号", "救助金额（元）"])
    paid = lists.paid("medical-aid", *(lists.stranger() for _ in range(3)))
    add_people(sheet, lists, paid, is_text=True, has_amounts=True)
    write_csv(folder / "2024年11月医疗救助发放名单.csv", sheet, "utf-8-sig")


def _edge(folder: Path, lists: Lists) -> None:
    """Write the register of edge households: heads only, no money."""
    sheet = Sheet("名册")
    sheet.add_line(f"河湾街道低保边缘家庭名册（{MONTH}）", 6)
    sheet.rows.append(["序号", "社区", "户主姓名", "户主身份证号", "家庭人口", "认定日期"])
    for serial, (household, receipt) in enumerate(lists.of("edge"), start=1):
        day = f"2024-{lists.rng.randint(1, 10):02d}-{lists.rng.randint(1, 28):02d}"
        number = lists.id_number(household.head, receipt)
        community = f"{household.community}社区"
        name = household.head.name
        sheet.rows.append([serial, community, name, number, household.size, day])
    stranger = lists.stranger()
    last = len(sheet.rows) - 1
    sheet.rows.append([last, "商城社区", stranger.name, stranger.id_number, 2, "2024-06-18"])
    write_xlsx(folder / "低保边缘家庭名册.xlsx", [sheet])
