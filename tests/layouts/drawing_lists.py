"""Household lists drawn in every way a household may be shown, each with its truth."""

from dataclasses import dataclass, field
from typing import Any

from tests.layouts import drawing_words as words
from tests.layouts.drawing import (
    FACTS,
    Artist,
    Column,
    Drawn,
    Fact,
    Home,
    Page,
    Paper,
    Person,
    draw_homes,
    draw_noise,
    draw_person,
    people_of,
)

NUMERALS = "一二三四五六七八九"
# Columns without use whose few values may by accident divide rows as households do.
FEW_VALUES = ("血型", "开户银行", "政治面貌", "文化程度", "婚姻状况", "健康状况", "民族", "网格员")


@dataclass
class Plan:
    """How a list is to be written: its blocks of columns, and the order of its rows."""

    blocks: list[list[Column]]
    order: list[tuple[Home, Person]]
    kind: str
    leave: bool = False  # values stay below what is merged
    formats: tuple[str, ...] = ("xlsx", "xls", "ods", "csv", "bad byte")
    serial: str = "rows"
    first: list[Column] = field(default_factory=list)
    total: list[Any] = field(default_factory=list)


def name_block(artist: Artist, *, cell: Any = None, owner: str | None = None) -> list[Column]:
    """Return name and ID number of the person of the row, in any order."""
    if owner is None:
        owner = artist.pick(words.OWNERS)
        if artist.some(0.25):
            owner = artist.of("owner", words.GROUPS)
        elif artist.some(0.15):
            owner = artist.of("unseen owner", words.UNSEEN_GROUPS)
    of_number = owner if artist.some(0.4) else ""
    name = Column(f"{owner}姓名", cell or (lambda _home, person: person.name), "基本信息")
    number = Column(f"{of_number}{artist.pick(words.NUMBERS)}", number_cell(artist), "基本信息")
    return [number, name] if of_number and artist.some(0.2) else [name, number]


def number_cell(artist: Artist) -> Any:
    """Return how ID numbers are written in a column."""
    ways = [str, str, str, str.lower, "'{}".format]
    ways.append(lambda number: f"{number[:6]} {number[6:14]} {number[14:]}")
    way = artist.pick(ways)
    return lambda _home, person: way(person.number)


def other_block(artist: Artist) -> list[Column]:
    """Return the columns of somebody who is not of the household: one for all rows or many."""
    owner = artist.of("other person", words.OTHERS)
    strangers: dict[Person, Person] = {}

    def stranger(person: Person) -> Person:
        return strangers.setdefault(person, draw_person(artist, "邻居"))

    columns = [Column(f"{owner}姓名", lambda _home, person: stranger(person).name, f"{owner}信息")]
    before = owner if artist.some(0.5) else ""
    if artist.some(0.6):
        columns.append(
            Column(
                f"{before}身份证号", lambda _home, person: stranger(person).number, f"{owner}信息"
            )
        )
    if artist.some(0.5):
        columns.append(
            Column(f"{before}联系电话", lambda _home, _person: "13900000000", f"{owner}信息")
        )
    if artist.some(0.2):
        age = artist.random.randrange(30, 60)
        columns.append(Column(f"{before}年龄", lambda _home, _person: age, f"{owner}信息"))
    return columns


def relation_column(artist: Artist, homes: list[Home]) -> Column:
    """Return a column of relations to the head, whose word for the head varies."""
    heading = artist.of("relation", words.RELATION_HEADINGS)
    head = artist.of("head", words.HEADS)
    is_code = artist.some(0.15)
    if is_code:
        artist.kinds.add("relation codes")
    for person in people_of(homes):
        person.relation_is_shown = True

    def cell(home: Home, person: Person) -> str:
        if is_code:
            return f"{words.RELATION_CODES[person.relation]}-{person.relation}"
        return head if person is home.head else person.relation

    return Column(heading, cell, "基本信息")


def marked_names(artist: Artist, homes: list[Home], *, with_head: bool) -> Any:
    """Return the cell of a name, some with a mark in brackets behind it."""
    written = {person: person.name for person in people_of(homes)}
    for home in homes:
        if with_head:
            artist.kinds.add("mark: （户主）")
            written[home.head] += "（户主）"
        for person in home.people[1:]:
            if artist.some(0.12):
                mark = artist.of("mark", words.GONE if artist.some(0.4) else words.MARKS)
                written[person] += mark
                person.is_gone = mark in words.GONE
    return lambda _home, person: written[person]


def in_order(homes: list[Home]) -> list[tuple[Home, Person]]:
    """Return every person with the household, household by household."""
    return [(home, person) for home in homes for person in home.people]


def number_homes(artist: Artist, homes: list[Home]) -> None:
    """Number the households in one of the ways of offices."""
    first = artist.random.randrange(1, 400)
    way = artist.pick(["{:04}", "{}", "H{:03}", "360302001{:06}", "A-{:02}"])
    for number, home in enumerate(homes, start=first):
        home.no = way.format(number)


def by_number(artist: Artist, homes: list[Home]) -> Plan:
    """Each row has its household's number, whatever the column is called."""
    number_homes(artist, homes)
    is_unseen = artist.some(0.45)
    heading = artist.of("key", words.UNSEEN_KEYS if is_unseen else words.KEYS)
    if is_unseen and artist.some(0.3):
        heading = artist.of("key", words.BARE_KEYS)
        artist.kinds.add("hidden meaning of key")
    as_figure = homes[0].no.isdigit() and not homes[0].no.startswith("0") and artist.some(0.5)
    key = Column(heading, lambda home, _p: int(home.no) if as_figure else home.no, "家庭信息")
    has_mark = not is_unseen and artist.some(0.3)
    blocks = [[key]]
    if has_mark:
        blocks.append(name_block(artist, cell=marked_names(artist, homes, with_head=True)))
    else:
        blocks.append([*name_block(artist), relation_column(artist, homes)])
    order = in_order(homes)
    if artist.some(0.35):
        artist.kinds.add("scattered rows")
        artist.random.shuffle(order)
    return Plan(blocks, order, "number")


def by_merged_number(artist: Artist, homes: list[Home]) -> Plan:
    """The household's number is merged over its rows, maybe with values left below."""
    number_homes(artist, homes)
    heading = artist.of("merged key", [*words.KEYS, "序号", "户序号"])
    key = Column(heading, lambda home, _person: home.no, "家庭信息", is_merged=True)
    relation = [relation_column(artist, homes)] if artist.some(0.5) else []
    hide_heads(homes, is_shown=bool(relation))
    return Plan(
        [[*name_block(artist), *relation]],
        in_order(homes),
        "merged number",
        leave=artist.some(0.3),
        formats=("xlsx", "xlsx", "xls", "ods"),
        first=[key],
        serial="none" if heading == "序号" else "rows",
    )


def by_merged_dwelling(artist: Artist, homes: list[Home]) -> Plan:
    """The dwelling is merged over the rows of those who live in it."""
    heading = artist.of("dwelling", words.DWELLINGS)
    dwelling = Column(heading, lambda home, _person: home.address, "住房信息", is_merged=True)
    for home in homes if "住址" in heading else ():
        home.facts["address"] = Fact((home.address,), heading)
    relation = [relation_column(artist, homes)] if artist.some(0.3) else []
    hide_heads(homes, is_shown=bool(relation))
    return Plan(
        [[*name_block(artist), *relation]],
        in_order(homes),
        "merged dwelling",
        leave=artist.some(0.2),
        formats=("xlsx",),
        first=[dwelling],
    )


def by_is_head(artist: Artist, homes: list[Home]) -> Plan:
    """A column says of each row whether it is the head's, who stands first."""
    heading = artist.of("is head", words.IS_HEAD)
    yes, no = artist.of("head mark", words.HEAD_MARKS)
    column = Column(heading, lambda home, person: yes if person is home.head else no, "基本信息")
    block = name_block(artist)
    block.insert(artist.random.randint(1, len(block)), column)
    return Plan([block], in_order(homes), "is head")


def by_relation(artist: Artist, homes: list[Home]) -> Plan:
    """The relation alone shows where a household begins."""
    names = marked_names(artist, homes, with_head=False) if artist.some(0.4) else None
    block = [*name_block(artist, cell=names), relation_column(artist, homes)]
    return Plan([block], in_order(homes), "relation")


def by_head_name(artist: Artist, homes: list[Home]) -> Plan:
    """Each row names the head of its household, maybe with the number."""
    heads = [
        Column(
            artist.of("head name", words.HEAD_NAMES), lambda home, _p: home.head.name, "户主信息"
        )
    ]
    if artist.some(0.5):
        heading = artist.of("head number", words.HEAD_NUMBERS)
        heads.append(Column(heading, lambda home, _person: home.head.number, "户主信息"))
    person = name_block(artist)
    if artist.some(0.6):
        person.append(relation_column(artist, homes))
    order = in_order(homes)
    if artist.some(0.3):
        artist.kinds.add("scattered rows")
        artist.random.shuffle(order)
    return Plan([heads, person] if artist.some(0.7) else [person, heads], order, "head name")


def by_blank_serial(artist: Artist, homes: list[Home]) -> Plan:
    """Only the head's row has a serial number; those who follow are of the household."""
    relation = [relation_column(artist, homes)] if artist.some(0.4) else []
    block = [*name_block(artist, owner=artist.pick(["", "", "户主"])), *relation]
    if block[0].heading == "户主姓名":
        artist.kinds.add("members under 户主姓名")
    return Plan([block], in_order(homes), "blank serial", serial="heads")


def by_columns(artist: Artist, homes: list[Home]) -> Plan:
    """One row for each household, its members one beside the other."""
    most = max(len(home.people) for home in homes) - 1
    form = artist.of("member", words.MEMBERS)
    numerals = artist.pick([NUMERALS, "123456789"])
    has_relation, is_plain = artist.some(0.6), artist.some(0.35)
    owner = artist.pick(["户主", "户主", "", "本人"])
    block = [
        Column(f"{owner}姓名", lambda home, _person: home.head.name, "户主信息"),
        Column(
            f"{'' if is_plain else owner}身份证号", lambda home, _p: home.head.number, "户主信息"
        ),
    ]
    relation = artist.pick(["与户主关系", "关系", "与本人关系"])
    for place in range(1, most + 1):
        who = form.format(numerals[place - 1])
        block.append(Column(f"{who}姓名", member_cell(place, "name"), f"{who}信息"))
        plain = "" if is_plain else who
        block.append(Column(f"{plain}身份证号", member_cell(place, "number"), f"{who}信息"))
        if has_relation:
            block.append(Column(f"{plain}{relation}", member_cell(place, "relation"), f"{who}信息"))
    for person in people_of(homes):
        person.relation_is_shown = has_relation and person.relation != "户主"
    return Plan([block], [(home, home.head) for home in homes], "columns")


def member_cell(place: int, of: str) -> Any:
    """Return the cell of a member of a household by their place; 0 is the head."""
    return lambda home, _person: (
        getattr(home.people[place], of) if place < len(home.people) else None
    )


def by_lines(artist: Artist, homes: list[Home]) -> Plan:
    """One row for each household, its members' names in one cell, one on each line."""
    joined = artist.pick(["\n", "\n", "、"])
    artist.kinds.add(f"members in one cell: {joined!r}")

    def cell(of: str) -> Any:
        return lambda home, _p: joined.join(getattr(one, of) for one in home.people[1:]) or None

    block = [
        Column("户主姓名", lambda home, _person: home.head.name, "户主信息"),
        Column("户主身份证号", lambda home, _person: home.head.number, "户主信息"),
        Column("家庭成员", cell("name"), "成员信息"),
        Column(artist.pick(["成员身份证号", "家庭成员身份证号"]), cell("number"), "成员信息"),
    ]
    return Plan([block], [(home, home.head) for home in homes], "lines in a cell")


def by_person(artist: Artist, homes: list[Home]) -> Plan:
    """Each person stands alone: nothing says who lives with whom."""
    owner = artist.pick([None, None, "户主", "申请人"])
    return Plan([name_block(artist, owner=owner)], in_order(homes), "alone")


def hide_heads(homes: list[Home], *, is_shown: bool) -> None:
    """Note whether the list says who the head is."""
    for home in homes:
        home.head_is_shown = is_shown


PLANS = [
    *(by_number, by_number, by_merged_number, by_merged_dwelling, by_is_head, by_relation),
    *(by_relation, by_head_name, by_head_name, by_blank_serial, by_columns, by_lines, by_person),
]


def draw_list(artist: Artist) -> Drawn:
    """Return a file with one list of households."""
    plan_of = artist.pick(PLANS)
    homes = draw_homes(artist, most=1 if plan_of is by_person else 4)
    plan = plan_of(artist, homes)
    artist.kinds.add(f"list: {plan.kind}")
    blocks = plan.blocks
    rows_alone = plan.kind in ("columns", "lines in a cell")
    facts = artist.random.sample(FACTS, artist.random.choice([0, 1, 2, 2, 3]))
    for draw in facts:
        columns = draw(artist, homes)
        if rows_alone and any(is_of_person(homes, column) for column in columns):
            forget(homes, columns)
        else:
            blocks[place_of_facts(blocks)] += columns
    if artist.some(0.3) and plan.kind != "lines in a cell":
        artist.random.shuffle(blocks)
        other = other_block(artist)
        artist.random.choice([blocks.append, lambda block: blocks.insert(0, block)])(other)
    if artist.some(0.12) and not rows_alone:
        blocks.append([remark_column(artist, homes)])
    elif artist.some(0.5):
        blocks.append(draw_noise(artist, homes))
    return finish_list(artist, homes, plan)


def remark_column(artist: Artist, homes: list[Home]) -> Column:
    """Return a column of remarks, of which some say that somebody is gone."""
    said: dict[Person, str | None] = {}
    for person in people_of(homes):
        said[person] = artist.pick([None, None, "已核实", "低保户"])
        if artist.some(0.15):
            said[person] = artist.of(
                "remark", ["2024年10月去世", "已迁出本市", "死亡", "2024.9病故", "服刑"]
            )
            person.is_gone = True
    return Column("备注", lambda _home, person: said[person], "其他")


def place_of_facts(blocks: list[list[Column]]) -> int:
    """Return the block of the person of the row."""
    for place, block in enumerate(blocks):
        if any(column.heading.endswith("姓名") and column.group == "基本信息" for column in block):
            return place
    return len(blocks) - 1


def is_of_person(homes: list[Home], column: Column) -> bool:
    """Whether a column has a fact of people, not of households."""
    del homes
    return (
        column.group not in ("经济情况", "家庭情况")
        or "个人" in column.heading
        or (column.heading == "月收入（元）")
    )


def forget(homes: list[Home], columns: list[Column]) -> None:
    """Take back what was drawn for columns that the list does not get."""
    headings = {column.heading for column in columns}
    for one in [*homes, *people_of(homes)]:
        one.facts = {name: fact for name, fact in one.facts.items() if fact.column not in headings}


def finish_list(artist: Artist, homes: list[Home], plan: Plan) -> Drawn:
    """Return the drawn list with its community, its serial numbers and what stands around it."""
    columns = [*plan.first, *(column for block in plan.blocks for column in block)]
    serials = serial_column(artist, homes, plan)
    columns = [*serials, *columns]
    title, name, place_columns = draw_community(artist, homes)
    if place_columns:
        columns.insert(artist.random.choice([0, len(serials), len(columns)]), place_columns[0])
    style = artist.pick(plan.formats) if artist.some(0.25) else plan.formats[0]
    if name != "Sheet1" and style in ("csv", "bad byte"):
        style = "xlsx"
    file = "名单.csv" if style == "bad byte" else f"名单.{style}"
    page = write_page(artist, columns, plan, title, "名单" if file == "名单.csv" else name, file)
    note_together(artist, plan)
    drawn = Drawn([Paper(file, [page], style)], homes, kinds=artist.kinds)
    artist.kinds.add(f"format: {style}")
    if style == "xlsx":
        hide_something(artist, drawn, homes)
    return drawn


def note_together(artist: Artist, plan: Plan) -> None:
    """Note kinds that are drawn together and need more together than each alone."""
    is_grouped = any(kind.startswith("header rows") for kind in artist.kinds)
    if plan.kind in ("columns", "lines in a cell") and is_grouped:
        artist.kinds.add("columns under groups")
    if plan.kind in ("relation", "is head") and any(
        kind.startswith("noise") and kind.endswith(FEW_VALUES) for kind in artist.kinds
    ):
        artist.kinds.add("few values beside heads")
    if plan.kind == "head name":
        if any(kind.startswith("unseen owner") for kind in artist.kinds):
            artist.kinds.add("unseen owner beside the head")
        if is_grouped and artist.kinds & {"head name: 户主", "head name: 家庭户主"}:
            artist.kinds.add("head under a group")


def serial_column(artist: Artist, homes: list[Home], plan: Plan) -> list[Column]:
    """Return the column of serial numbers, if the list has one."""
    if plan.serial == "none" or (plan.serial == "rows" and artist.some(0.3)):
        return []
    rows = [person for _home, person in plan.order]
    heads = [home.head for home in homes]

    def cell(_home: Home, person: Person) -> int | None:
        if plan.serial == "rows":
            return rows.index(person) + 1
        return heads.index(person) + 1 if person in heads else None

    return [Column(artist.pick(["序号", "序号", "编号"]), cell)]


def draw_community(artist: Artist, homes: list[Home]) -> tuple[str, str, list[Column]]:
    """Return title, name of the sheet and maybe a column, one of which names the community."""
    places = sorted({home.place for home in homes})
    kind = artist.pick(
        ["困难家庭台账", "低收入人口台账", "困难群众花名册", "特殊群体摸底表", "走访登记表"]
    )
    month = artist.pick(["（2024年11月）", "2024年10月", "", ""])
    way = "column" if len(places) > 1 else artist.pick(["column", "title", "sheet", "line"])
    artist.kinds.add(f"community: {way}")
    if way == "column":
        return f"{kind}{month}" if artist.some(0.5) else "", "Sheet1", [place_column(artist, homes)]
    if way == "title":
        return f"{places[0]}社区{kind}{month}", "Sheet1", []
    if way == "sheet":
        return f"{kind}{month}" if artist.some(0.5) else "", f"{places[0]}社区", []
    unit = artist.pick(["填报单位：", "单位：", "统计单位：", "社区名称："])
    return f"{kind}{month}\n{unit}{places[0]}社区", "Sheet1", []


def place_column(artist: Artist, homes: list[Home]) -> Column:
    """Return a column of communities, written in one way, in several or with ditto marks."""
    heading = artist.of(
        "community heading",
        [
            "社区",
            "所属社区",
            "所在社区",
            "村（居）",
            "社区名称",
            "居委会",
            "所属乡镇/社区",
            "镇/村（居）委会",
        ],
    )
    street = artist.pick(words.STREETS)
    forms = ["{}社区", "{}社区", "{}", street + "{}社区", "安源区" + street + "{}社区"]
    way = artist.of("community cells", ["one", "one", "several", "ditto"])
    one, mark = artist.pick(forms), artist.pick(words.DITTO)
    if "/" in heading:
        one, way = "{}社区", "one"
    cells = {}
    for home in homes:
        form = artist.pick([*forms[1:], "{}社区（村）"]) if way == "several" else one
        for person in home.people:
            cells[person] = form.format(home.place)
    misspelt = [home for home in homes[1:] if home.place == homes[0].place == "沙井口"]
    if misspelt and way == "one" and "{}社区" in one:
        artist.kinds.add("misspelt community")
        misspelt[0].place_is_misspelt, misspelt[0].place_column = True, heading
        cells |= {person: one.format("沙井囗") for person in misspelt[0].people}
    seen: list[Home] = []

    def cell(home: Home, person: Person) -> str:
        above = seen[-1].place if seen else None
        seen.append(home)
        return mark if way == "ditto" and above == home.place else cells[person]

    return Column(heading, cell, "家庭信息")


def write_page(  # noqa: PLR0913, PLR0917 all that a sheet is made of
    artist: Artist, columns: list[Column], plan: Plan, title: str, name: str, file: str
) -> Page:
    """Return the sheet of a list, and note where everybody stands on it."""
    top = [[line] for line in title.split("\n") if line]
    if artist.some(0.1):
        top.append([artist.of("note", ["注：请按户填写，户主排第一。", "说明：本表由社区填写"])])
    if artist.some(0.08):
        top.append([])
    header, merges = draw_header(artist, columns, len(top))
    if top and artist.some(0.5):
        # as wide as the table, less, or more
        merges.append((0, 0, 0, max(len(columns) - 1 + artist.pick([0, 0, -2, 4]), 1)))
    signs = draw_signs(artist, len(columns))
    start = len(top) + len(header) + len(signs)
    body = [[column.cell(home, person) for column in columns] for home, person in plan.order]
    for place, (home, person) in enumerate(plan.order):
        person.place = (file, name, start + place + 1)
        if plan.kind in ("columns", "lines in a cell"):
            for member in home.people:
                member.place = person.place
    for place, column in enumerate(columns):
        if column.is_merged:
            artist.kinds |= {"left below merges"} if plan.leave else set()
            merges += merge_homes(plan, body, place, start)
    foot = draw_foot(artist, plan, columns)
    return Page(name, [*top, *header, *signs, *body, *foot], merges)


def merge_homes(
    plan: Plan, body: list[list[Any]], place: int, start: int
) -> list[tuple[int, int, int, int]]:
    """Return the merges of a column over the rows of each household; below them cells are blank."""
    merges, first = [], 0
    homes = [home for home, _person in plan.order]
    for row in range(1, len(homes) + 1):
        if row == len(homes) or homes[row] is not homes[first]:
            if row - first > 1:
                merges.append((start + first, place, start + row - 1, place))
                for below in range(first + 1, row):
                    body[below][place] = left_below(body, below, place) if plan.leave else None
            first = row
    return merges


def left_below(body: list[list[Any]], row: int, place: int) -> Any:
    """Return what is left below a merged cell: an amount again, or what stood there before."""
    cell = body[row][place]
    return cell if isinstance(cell, int) or place % 2 else f"{cell}旧"


def draw_header(
    artist: Artist, columns: list[Column], above: int
) -> tuple[list[list[Any]], list[tuple[int, int, int, int]]]:
    """Return the headings in one to three rows; what groups them is merged above them."""
    depth = 1
    if artist.some(0.2) and len({column.group for column in columns}) >= 3:
        depth = artist.of("header rows", [2, 2, 3])
    paths = [path_of(column, decorated(artist, column.heading), depth) for column in columns]
    rows: list[list[Any]] = [[None] * len(columns) for _level in range(depth)]
    merges = []
    for level in range(depth):
        first = 0
        for place in range(1, len(columns) + 1):
            is_same = place < len(columns) and len(paths[first]) > level + 1
            if is_same and paths[place][: level + 1] == paths[first][: level + 1]:
                continue
            if level < len(paths[first]):
                rows[level][first] = paths[first][level]
            bottom = depth - 1 if level == len(paths[first]) - 1 else level
            if (bottom, place - 1) != (level, first) and level < len(paths[first]):
                merges.append((above + level, first, above + bottom, place - 1))
            first = place
    return rows, merges


def path_of(column: Column, heading: str, depth: int) -> list[str]:
    """Return a heading with what stands above it in a header of some rows."""
    if depth == 1 or not column.group:
        return [heading]
    if depth == 2:
        return [column.group, heading]
    is_home = column.group in ("家庭信息", "家庭情况", "经济情况", "住房信息", "其他")
    return ["家庭登记" if is_home else "人员登记", column.group, heading]


def decorated(artist: Artist, heading: str) -> str:
    """Return a heading, now and then with a star, blanks or a line break in it."""
    if artist.some(0.06):
        return artist.pick(["{}*", " {}", "{} "]).format(heading)
    if artist.some(0.04) and len(heading) == 2:
        return f"{heading[0]}  {heading[1]}"
    return heading


def draw_signs(artist: Artist, width: int) -> list[list[Any]]:
    """Return a row of signs of the columns, if the list has one."""
    if not artist.some(0.12) or width > 15:
        return []
    row: list[Any] = list(artist.of("column signs", [*words.SIGNS, "123456789"])[:width])
    if row[0] == "1":
        row = artist.pick([list(range(1, width + 1)), [f"({place + 1})" for place in range(width)]])
    return [row]


def draw_foot(artist: Artist, plan: Plan, columns: list[Column]) -> list[list[Any]]:
    """Return what stands below the rows: a total, who made the list."""
    foot: list[list[Any]] = []
    if plan.total:
        foot.append(plan.total)
    elif artist.some(0.2) and plan.kind != "roster":
        count = len(plan.order)
        total = artist.of("total", ["合计", "合  计", "总计", "合计{}人", "小计"]).format(count)
        foot.append([total] + [None] * (len(columns) - 2) + [count])
    if artist.some(0.25):
        foot.append(
            [
                artist.of(
                    "sign row",
                    [
                        "制表人：周　　审核人：吴",
                        "填表人：　　　联系电话：",
                        "社区负责人（签字）：　　　（公章）",
                    ],
                )
            ]
        )
    return foot


def hide_something(artist: Artist, drawn: Drawn, homes: list[Home]) -> None:
    """Hide rows or a column of the list, or put a hidden sheet with an old list beside it."""
    page = drawn.papers[0].pages[0]
    if artist.some(0.08):
        artist.kinds.add("hidden sheet")
        stranger = draw_person(artist, "户主")
        head = homes[0].head
        rows = [
            ["社区", "户编号", "姓名", "与户主关系", "身份证号", "月收入"],
            [f"{homes[0].place}社区", "1", head.name, "户主", head.number, 777],
            [f"{homes[0].place}社区", "2", stranger.name, "户主", stranger.number, 100],
        ]
        old = Page(artist.pick(["旧表", "2023", "Sheet9", "上年名单"]), rows, is_hidden=True)
        drawn.papers[0].pages.append(old)
        drawn.told.append((drawn.papers[0].name, old.name, 0))
    elif artist.some(0.06):
        artist.kinds.add("hidden rows")
        person = artist.pick([p for p in people_of(homes) if p.place[2]])
        page.hidden_rows.add(person.place[2] - 1)
        drawn.told.append((drawn.papers[0].name, page.name, 0))
    elif artist.some(0.06):
        artist.kinds.add("hidden column")
        numbers = [
            place
            for row in page.rows
            for place, cell in enumerate(row)
            if isinstance(cell, str) and any(cell == word for word in words.NUMBERS)
        ]
        page.hidden_columns |= set(numbers[:1])
        if numbers:
            drawn.told.append((drawn.papers[0].name, page.name, 0))
