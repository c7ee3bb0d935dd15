"""What offices send and get in the story: forms filled in, decisions, rosters; all by openpyxl.

Nothing of relieftool is used: what these files say is what the story counts with.
"""

import csv
import tomllib
from pathlib import Path

from openpyxl import Workbook, load_workbook

ROOT = Path(__file__).parent.parent.parent
SAMPLE = ROOT / "sample_data"
PACKS = ROOT / "relieftool" / "packs"
ANSWER, MARK = 5, 7  # the columns of a form
DIBAO = "最低生活保障（低保）"
LEDGER = (
    *("社区", "户主", "人口", "困难原因", "帮扶单位", "责任人", "措施", "落实情况", "成效"),
    *("销号时间", "核查人"),
)
ASTRAY = {"条目号": "C2024-9999", "结果": "批准", "日期": "2024-12-27"}


def read_truth(name="truth.csv"):
    with (SAMPLE / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def planted(programme, statuses=("unclaimed", "underpaid")):
    """Return the heads' ID numbers of the households planted with a status of a programme."""
    return {
        row["head_id"]
        for row in read_truth()
        if row["programme"] == programme and row["status"] in statuses
    }


def departments():
    """Return the department of each programme as the packs' own files name it."""
    return {each["id"]: each["department"]["zh"] for each in read_programmes()}


def programme_names():
    return {each["names"]["zh"]: each["id"] for each in read_programmes()}


def read_programmes():
    """Yield the programmes of the national pack and of Jiangxi's that begin one, for Anyuan."""
    for path in sorted(PACKS.glob("*/programmes/*.toml")):
        text = path.read_text("utf-8")
        if path.parts[-3] in {"national", "jiangxi"} and "overlay =" not in text.split("[", 1)[0]:
            yield tomllib.loads(text.replace("{county}", "区").replace("{city}", "市"))


def rows_of(path):
    """Return the rows of a workbook's first sheet, by the words of its first row."""
    headings, *rows = load_workbook(path).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows if any(row[:3])]


def fill_forms(source, target, answers):
    """Fill in the forms of some households, leave out the others, and name all there were."""
    workbook = load_workbook(source)
    names = workbook.sheetnames
    for sheet in workbook.worksheets:
        if sheet.title in answers:
            fill_form(sheet, answers[sheet.title])
        else:
            workbook.remove(sheet)
    workbook.save(target)
    return names


def fill_form(sheet, answers):
    """Write answers where the marks are; the keyed hash of a person is passed over."""
    rows = {}
    for row in range(1, sheet.max_row + 1):
        parts = str(sheet.cell(row, MARK).value).split(":")
        rows[":".join(parts)] = row
        rows[":".join([*parts[:2], *parts[3:]])] = row
    for mark, answer in answers.items():
        sheet.cell(rows[mark], ANSWER).value = answer


def fill_decisions(source, target, decide, extra=()):
    """Write a department's decisions beside its cases, and rows of its own below; save."""
    workbook = load_workbook(source)
    sheet = workbook.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    for line in sheet.iter_rows(min_row=2):
        row = dict(zip(headings, [cell.value for cell in line], strict=True))
        for heading, value in decide(row).items():
            line[headings.index(heading)].value = value
    for row in extra:
        sheet.append([row.get(heading) for heading in headings])
    workbook.save(target)


def old_age_list(target, month, amounts, source=SAMPLE / "高龄补贴发放表.xlsx"):
    """Write a month's old-age list: the month before with some amounts changed, added or ended.

    `amounts` are by ID number: (community, name, yuan), None where somebody is left out.
    """
    rows = list(load_workbook(source).worksheets[0].iter_rows(values_only=True))
    kept = {row[3]: (row[1], row[2], row[4]) for row in rows[2:] if isinstance(row[0], int)}
    kept |= amounts
    paid = [(number, *stated) for number, stated in kept.items() if stated is not None]
    book = Workbook()
    sheet = book.active
    sheet.append([f"80岁以上低保、特困老人养老服务补贴（高龄补贴）发放表（{month}）"])
    sheet.append(rows[1])
    for place, (number, community, name, yuan) in enumerate(paid, start=1):
        sheet.append([place, community, name, number, yuan])
    sheet.append(["合计", None, f"{len(paid)}人", None, sum(one[3] for one in paid)])
    book.save(target)


def new_dibao_list(target, month, rows):
    """Write a month's list of newly granted dibao: (community, name, ID number, yuan)."""
    book = Workbook()
    book.active.append([f"河湾街道城市低保金新增对象名单（{month}）"])
    book.active.append(["序号", "社区", "户主姓名", "身份证号", "发放金额"])
    for place, row in enumerate(rows, start=1):
        book.active.append([place, *row])
    book.save(target)


def declare(folder, month, date):
    """Say what a month's two lists are: all of old age, and of dibao only what is new."""
    (folder / "import.toml").write_text(
        f"""
        [[file]]
        path = "高龄{month}.xlsx"
        kind = "roster"
        programme = "elderly-80"
        date = "{date}"
        complete = true

        [[file]]
        path = "低保{month}.xlsx"
        kind = "roster"
        programme = "dibao"
        date = "{date}"
        """,
        "utf-8",
    )
