"""Drawn headings of several people in a row: each column is its owner's, whatever the order."""

from random import Random

from relieftool.spreadsheets.columns import build_pack_catalogue, map_columns
from relieftool.spreadsheets.reader import Sheet
from relieftool.spreadsheets.tables import find_tables
from tests.layouts.outcome import person
from tests.support.registers import shipped_pack

NAMES = ["赵甲", "钱乙", "孙丙", "李丁", "周戊", "吴己", "郑庚", "王辛", "冯壬"]
OWNERS = {
    "person": ["", "老年人", "儿童", "补贴对象", "残疾人", "本人", "退役军人", "某某"],
    "head": ["户主"],
    "other": ["监护人", "配偶", "收款人", "领款人", "代理人", "第一联系人", "帮扶责任人", "赡养人"],
}
NUMBERS = ["身份证号", "身份证号码", "公民身份号码", "证件号码", "身份证件号"]
FACTS = {"性别": "sex", "年龄": "stated_age", "残疾等级": "disability_grade", "月收入": "income"}
CELLS = {"性别": "男", "年龄": 40, "残疾等级": "二级", "月收入": 100, "联系电话": "0799-1"}


def draw_block(random, whose, nouns):
    """Return the headings of one person, each with what it must mean."""
    owner = random.choice(OWNERS[whose])
    before = owner if random.random() < 0.3 else ""
    head = "head_" if whose == "head" else ""
    number = random.choice(NUMBERS)
    rest = [(before + number, f"{head}id_number", "number")]
    rest += [(before + fact, FACTS[fact], fact) for fact in nouns]
    if whose == "other":
        rest = random.sample(
            [*rest, ("联系电话", "phone", "联系电话")], random.randint(0, len(rest))
        )
    random.shuffle(rest)
    block = [(owner + "姓名", f"{head}name", "name"), *rest]
    return [
        (heading, None if whose == "other" else target, cell) for heading, target, cell in block
    ]


def draw_table(random):
    """Return the headings of a table with one to three people in a row, and what they mean."""
    person_facts = random.sample(list(FACTS), random.randint(0, 2))
    blocks = [("person", draw_block(random, "person", person_facts))]
    if random.random() < 0.7:
        blocks.append(
            ("other", draw_block(random, "other", ["性别", "年龄"][: random.randint(0, 2)]))
        )
    if random.random() < 0.4 and not blocks[0][1][0][0].startswith("某某"):
        blocks.append(("head", draw_block(random, "head", [])))
    random.shuffle(blocks)
    return [(whose, *column) for whose, block in blocks for column in block]


def read_columns(catalogue, columns):
    """Return the meanings that the columns of three rows of people get."""
    people = {"person": 0, "other": 3, "head": 6}
    rows = [
        [
            NAMES[people[whose] + row]
            if cell == "name"
            else person(people[whose] + row)
            if cell == "number"
            else CELLS[cell]
            for whose, _heading, _target, cell in columns
        ]
        for row in range(3)
    ]
    headings = [heading for _whose, heading, _target, _cell in columns]
    sheet = Sheet("x", [["河口下社区名单"], headings, *rows], [], is_hidden=False)
    (table,) = find_tables(sheet, catalogue.known)
    return [column.target for column in map_columns(table, catalogue)]


def test_every_column_of_drawn_lists_is_its_owners():
    random = Random(20261130)  # noqa: S311 drawn headings
    catalogue = build_pack_catalogue(shipped_pack())
    drawn = [draw_table(random) for _number in range(300)]

    wrong = [
        [heading for _whose, heading, *_rest in columns]
        for columns in drawn
        if read_columns(catalogue, columns) != [target for _whose, _text, target, _cell in columns]
    ]

    assert wrong == []
