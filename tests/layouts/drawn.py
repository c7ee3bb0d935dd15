"""Registers drawn at random, and the layouts an office may write one in.

A layout gives the columns with their headings over one another, and rows; around them come title,
notes and totals. What stands in a register is what reading it back must give, worked out here from
what was drawn, by nothing of the program's.
"""

import datetime as dt
from dataclasses import dataclass, field

from hypothesis import strategies as st

from relieftool.values.id_numbers import compute_check_digit

SURNAMES, GIVEN = "王李何田方石白丁尤文", "大小山水花木金土天平春秋冬月"
COMMUNITIES = ["河口下", "花園口", "上街"]
# What a sheet writes, and what that means; None is a blank cell.
ILLNESS = [("是", 1), ("√", 1), ("有", 1), ("1", 1), ("无", 0), ("否", 0), (None, 0)]
GRADE = [("一级", "grade1"), ("2级", "grade2"), ("三", "grade3"), ("无", "none"), (None, "none")]
WORK = [("打零工", "flexible"), ("失业", "unemployed"), ("学生", "student"), (None, None)]
MONEY = [(800, 80000), ("1,234.50", 123450), ("0", 0), (1570.25, 157025), ("800元", 80000)]
MONEY += [("0.12万", 120000), (None, None)]
DIBAO = [("是", "yes"), ("√", "yes"), ("否", "no"), (None, None), ("300", "yes")]
RELATIONS = ["妻", "子", "女", "母", "孙子", None]
COUNTIES = ["360302", "110101", "230119", "321119", "500101", "132201", "990101"]


@st.composite
def id_numbers(draw):
    """Return how a sheet writes an ID number, and the number."""
    day = draw(st.dates(dt.date(1900, 1, 1), dt.date(2024, 12, 31)))
    county, place = draw(st.sampled_from(COUNTIES)), draw(st.integers(0, 999))
    body = f"{county}{day:%Y%m%d}{place:03}"
    number = body + compute_check_digit(body)
    writings = [number, number.lower(), f"{number[:6]} {number[6:14]} {number[14:]}", f"'{number}"]
    if number.startswith(f"{county}19"):
        writings.append(county + number[8:17])
    return draw(st.sampled_from(writings)), number


@st.composite
def people(draw, taken):
    """Return one person of a household; no two bear the same name or number."""
    names = st.text(GIVEN, min_size=1, max_size=2).map(lambda text: text)
    name = draw(st.sampled_from(SURNAMES)) + draw(names)
    while name in taken:
        name += draw(st.sampled_from(GIVEN))
    written, number = draw(st.one_of(st.just((None, None)), *[id_numbers()] * 5))
    if number in taken:
        written, number = None, None
    taken |= {name, number} - {None}
    return {
        "name": name,
        "id": (written, number),
        "relation": draw(st.sampled_from(RELATIONS)),
        "serious_illness": draw(st.sampled_from(ILLNESS)),
        "disability_grade": draw(st.sampled_from(GRADE)),
        "employment": draw(st.sampled_from(WORK)),
    }


@st.composite
def registers(draw):
    """Return one to five households of one to four people."""
    taken, homes = set(), []
    prefix = draw(st.sampled_from(["H", "3603020001000", "36030200010000"]))
    for place in range(1, draw(st.integers(1, 5)) + 1):
        members = [draw(people(taken)) for _ in range(draw(st.integers(1, 4)))]
        members[0]["relation"] = "户主"
        homes.append(
            {
                "no": f"{prefix}{place:02}",
                "community": draw(st.sampled_from(COMMUNITIES)),
                "address": draw(st.sampled_from(["上街1巷2", "河口", None])),
                "household_income": draw(st.sampled_from(MONEY)),
                "dibao": draw(st.sampled_from(DIBAO)),
                "people": members,
            }
        )
    return homes


def meaning(homes, *, states_head_relation=True):
    """Return what reading must give: households with facts and receipts, people with facts.

    A head named in columns of its own has no relation written beside it.
    """
    if not states_head_relation:
        heads = [home["people"][0] | {"relation": None} for home in homes]
        homes = [
            home | {"people": [head, *home["people"][1:]]}
            for home, head in zip(homes, heads, strict=True)
        ]
    return sorted(
        (
            home["no"],
            home["community"].replace("園", "园"),
            home["address"],
            home["household_income"][1],
            len(home["people"]),
            home["dibao"][1],
            home["people"][0]["name"],
            tuple(_person_meaning(one) for one in home["people"]),
        )
        for home in homes
    )


def _person_meaning(one):
    facts = (one[name][1] for name in ("serious_illness", "disability_grade", "employment"))
    return (one["name"], one["id"][1], one["relation"], *facts)


# Columns: heading, what is above it in a header of several rows, and the cell of a home or person.
OF_HOME = [
    ("户编号", ("户情况", "基本"), lambda home: home["no"]),
    ("社区", ("户情况", "基本"), lambda home: home["community"] + "社区"),
    ("家庭住址", ("户情况", "基本"), lambda home: home["address"]),
    ("家庭月收入（元）", ("户情况", "经济"), lambda home: home["household_income"][0]),
    ("家庭人口", ("户情况", "经济"), lambda home: len(home["people"])),
    ("是否享受低保", ("户情况", "经济"), lambda home: home["dibao"][0]),
]
OF_PERSON = [
    ("姓名", ("人员情况", "身份"), lambda one: one["name"]),
    ("身份证号", ("人员情况", "身份"), lambda one: one["id"][0]),
    ("与户主关系", ("人员情况", "身份"), lambda one: one["relation"]),
    ("是否重病", ("人员情况", "状况"), lambda one: one["serious_illness"][0]),
    ("残疾等级", ("人员情况", "状况"), lambda one: one["disability_grade"][0]),
    ("就业状况", ("人员情况", "状况"), lambda one: one["employment"][0]),
]
_PLACES = "一二三四"


@dataclass
class Written:
    """Sheets by name, what is merged on each, and whether each must be a file of its own."""

    sheets: dict = field(default_factory=dict)
    merges: dict = field(default_factory=dict)

    def add(self, name, columns, rows, style, merged=()):
        """Add a sheet: lines above, a header of some rows, the body, and what stands around it."""
        header, merges = _header(columns, style)
        lines = [[line] for line in style["above"]]
        body = [list(row) for row in rows]
        top = len(lines) + len(header)
        width = len(columns)
        merges = [(a + len(lines), b, c + len(lines), d) for a, b, c, d in merges]
        if lines:
            merges.append((0, 0, 0, width - 1 + style["title_beyond"]))
        merges += [(a + top, b, c + top, d) for a, b, c, d in merged]
        if style["total"] == "first" and not merged:
            body.insert(0, ["合计", None, None, 99])
            merges = [(a, b, c, d) for a, b, c, d in merges if a < top]
        if style["total"] == "last":
            body.append(["合   计", None, None, f"{len(rows)}人"])
        body += [[line] for line in style["below"]]
        self.sheets[name] = lines + header + body
        self.merges[name] = merges


def _header(columns, style):
    """Return the rows of a header of one to four rows, and its merges from its own first row."""
    depth = style["depth"]
    if depth == 1:
        return [[heading for heading, _parents, _cell in columns]], []
    levels = [[parents[0] for _h, parents, _c in columns]]
    if depth > 2:
        levels.append([parents[-1] for _h, parents, _c in columns])
    if depth > 3:
        levels.insert(1, [parents[0] + "登记" for _h, parents, _c in columns])
    merges, rows = [], []
    for number, level in enumerate(levels):
        row, start = [None] * len(columns), 0
        for place in range(1, len(level) + 1):
            if place == len(level) or _above(levels, number, place) != _above(
                levels, number, start
            ):
                row[start] = level[start]
                if place - start > 1:
                    merges.append((number, start, number, place - 1))
                start = place
        rows.append(row)
    return [*rows, [heading for heading, _parents, _cell in columns]], merges


def _above(levels, number, place):
    return tuple(level[place] for level in levels[: number + 1])


def by_rows(homes, style, *, repeats, serial, merged):
    """One row per person: home cells repeated, or on the first row alone, merged over or not."""
    columns = [("序号", ("户情况", "基本"), None)] * serial + OF_HOME + OF_PERSON
    rows, merges = [], []
    for number, home in enumerate(homes, start=1):
        for place, one in enumerate(home["people"]):
            mine = [cell(home) for _h, _p, cell in OF_HOME]
            shown = [number] * serial + mine
            if place and repeats:
                # 是否享受低保 on each row would be said of each person
                shown = [number] * serial + [mine[0], mine[1], *[None] * (len(mine) - 2)]
            elif place:
                shown = [None] * len(shown)
            rows.append(shown + [cell(one) for _h, _p, cell in OF_PERSON])
        if merged and len(home["people"]) > 1:
            last, first = len(rows) - 1, len(rows) - len(home["people"])
            merges += [(first, c, last, c) for c in range(serial + len(OF_HOME))]
    if repeats:
        rows = style["order"](rows)
    written = Written()
    written.add("名单", columns, rows, style, merges)
    return written


def by_places(homes, style):
    """One row per household, everybody after the head in columns 成员一姓名, 成员一身份证号 …"""
    most = max(len(home["people"]) for home in homes) - 1
    head = [("户主姓名", *OF_PERSON[0][1:]), ("户主身份证号", *OF_PERSON[1][1:]), *OF_PERSON[3:]]
    columns = OF_HOME + head
    for place in range(most):
        who = f"成员{_PLACES[place]}"
        columns = columns + [
            (who + heading, (who + "情况", part), cell) for heading, (_w, part), cell in OF_PERSON
        ]
    rows = []
    for home in homes:
        row = [cell(home) for _h, _p, cell in OF_HOME]
        row += [cell(home["people"][0]) for _h, _p, cell in head]
        for one in home["people"][1:]:
            row += [cell(one) for _h, _p, cell in OF_PERSON]
        rows.append(row)
    written = Written()
    written.add("名单", columns, rows, style)
    return written


def by_two_tables(homes, style):
    """Households in one table and people in another, joined by 户编号."""
    written = Written()
    first = lambda home: home["people"][0]["name"]  # noqa: E731 a column like the others
    home_columns = [*OF_HOME, ("户主姓名", ("户情况", "户主"), first)]
    written.add(
        "户", home_columns, [[cell(home) for _h, _p, cell in home_columns] for home in homes], style
    )
    columns = [OF_HOME[0], *OF_PERSON]
    rows = [
        [home["no"], *[cell(one) for _h, _p, cell in OF_PERSON]]
        for home in homes
        for one in home["people"]
    ]
    written.add("人", columns, style["order"](rows), style)
    return written


LAYOUTS = {
    "merged": lambda homes, style: by_rows(homes, style, repeats=0, serial=0, merged=1),
    "merged serial": lambda homes, style: by_rows(homes, style, repeats=0, serial=1, merged=1),
    "blank serial": lambda homes, style: by_rows(homes, style, repeats=0, serial=1, merged=0),
    "blank number": lambda homes, style: by_rows(homes, style, repeats=0, serial=0, merged=0),
    "repeated number": lambda homes, style: by_rows(homes, style, repeats=1, serial=0, merged=0),
    "places": by_places,
    "two tables": by_two_tables,
}


@st.composite
def styles(draw):
    """Return what may differ between two files of one layout."""
    chance = draw(st.randoms(use_true_random=False))

    def order(rows):
        return chance.sample(rows, len(rows)) if draw(st.booleans()) else rows

    title = ["困难家庭台账（2024年11月）"]
    notes = [[], title, [*title, "填表单位：某某街道　　填表日期：2024年12月10日"]]
    notes += [[*title, "注：请按户填写，户主排第一"]]
    return {
        "depth": draw(st.integers(1, 4)),
        "above": draw(st.sampled_from(notes)),
        "title_beyond": draw(st.sampled_from([-3, 0, 5])),
        "total": draw(st.sampled_from(["", "first", "last"])),
        "below": draw(st.sampled_from([[], ["制表人：周　　审核人：吴"], ["说明：本表一式两份"]])),
        "order": order,
    }
