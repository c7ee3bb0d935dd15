"""Rosters of what is paid, lists of children, and lists side by side, each with its truth."""

from collections.abc import Callable
from typing import Any

from tests.layouts import drawing_words as words
from tests.layouts.drawing import (
    Artist,
    Column,
    Drawn,
    Fact,
    Home,
    Page,
    Paper,
    Payment,
    Person,
    birth_of,
    draw_homes,
    draw_person,
    people_of,
)
from tests.layouts.drawing_lists import Plan, in_order, name_block, other_block, write_page
from tests.layouts.drawing_receipts import months, roster_days

BASE = "底册.xlsx"
# What a title says of months: the words, and the first and last month meant.
ONE_MONTH = [
    "2024年11月",
    "24年11月",
    "2024年11月份",
    "2024-11",
    "二〇二四年十一月",
    "2024.11",
    "202411",
]
SEVERAL = [
    *(("2024年第四季度", 10, 12), ("2024年四季度", 10, 12), ("2024年第4季度", 10, 12)),
    *(("2024年10-12月", 10, 12), ("2024年10月至12月", 10, 12), ("2024年下半年", 7, 12)),
    *(("2024年7-12月", 7, 12), ("2024年9月-10月", 9, 10), ("2024年3季度", 7, 9)),
    *(("2024年上半年", 1, 6), ("2024年11、12月", 11, 12), ("2024年一季度", 1, 3)),
]


def base_list(homes: list[Home]) -> Paper:
    """Return the list of households that a roster needs, written as plainly as can be."""
    rows: list[list[Any]] = [["社区", "户编号", "姓名", "身份证号", "与户主关系"]]
    for number, home in enumerate(homes, start=1):
        for person in home.people:
            rows.append(
                [f"{home.place}社区", f"B{number:03}", person.name, person.number, person.relation]
            )
            person.place = (BASE, "底册", len(rows))
            person.relation_is_shown = True
    return Paper(BASE, [Page("底册", rows)])


class Roster:
    """A roster that is being drawn: who is paid what for which months, and its columns."""

    def __init__(self, artist: Artist) -> None:
        self.artist = artist
        self.homes = draw_homes(artist, place=artist.pick(words.COMMUNITIES))
        self.programme = artist.of("programme", words.PROGRAMMES)
        self.unit, self.period, names = words.PROGRAMMES[self.programme]
        self.name = artist.pick(names)
        self.months: tuple[str, str] | None = None
        self.count = 1
        self.rows = self._draw_rows()
        self.yuan = {row: artist.random.randrange(1, 19) * 50 for row in self.rows}
        self.states: dict[tuple[Home, Person], Any] = {}
        self.says = dict.fromkeys(self.rows, "yes")
        self.columns: list[str] = []
        self.row_months: dict[tuple[Home, Person], tuple[str, str]] = {}

    def _draw_rows(self) -> list[tuple[Home, Person]]:
        """Return who stands on the roster: heads, or some people."""
        self.has_members = self.programme == "dibao" and self.artist.some(0.35)
        if self.has_members:
            self.artist.kinds.add("roster with members")
            return in_order(self.homes)
        if self.unit == "household":
            return [(home, home.head) for home in self.homes]
        rows = [row for row in in_order(self.homes) if self.artist.some(0.7)]
        return rows or in_order(self.homes)[:1]

    def title(self) -> str:
        """Return the title, which names months in one of many ways or none."""
        artist = self.artist
        kind = artist.pick(words.LISTS)
        if artist.some(0.3):
            text, first, last = artist.of("months", SEVERAL)
            self.months, self.count = months(first, last), last - first + 1
        elif artist.some(0.08):
            artist.kinds.add("months: none")
            return f"{self.name}{kind}"
        else:
            text = artist.of("month", ONE_MONTH)
            self.months = months(11, 11)
        return artist.pick(
            [
                f"{text}{self.name}{kind}",
                f"{self.name}{kind}（{text}）",
                f"{self.name}{kind} {text}",
            ]
        )

    def amount_columns(self) -> list[Column]:
        """Return the columns of amounts: of the whole time, of a month, or of both."""
        artist, several = self.artist, self.count
        way = "whole" if several == 1 or self.period == "once" else artist.pick(["whole", "both"])
        headings = [*words.AMOUNTS, *words.OWN_AMOUNTS.get(self.programme, [])]
        is_rate = several == 1 and self.period == "month" and artist.some(0.3)
        heading = artist.of("amount heading", words.RATES if is_rate else headings)
        cell = self.cell_of(lambda yuan: yuan * several)
        columns = [Column(heading, cell, "金额", is_merged=self.has_members)]
        if way == "both":
            columns.insert(0, Column("月补贴标准（元/月）", self.cell_of(lambda yuan: yuan)))
            artist.kinds.add("amount of a month beside the whole")
        self.columns += [column.heading for column in columns]
        return columns

    def cell_of(self, amount: Callable[[int], int]) -> Any:
        """Return the cell of an amount; blank for some of those who get nothing."""
        is_text = self.artist.some(0.15)
        blank_at_end = self.artist.some(0.5)

        def cell(home: Home, person: Person) -> Any:
            row = (home, home.head if self.has_members else person)
            if self.says[row] == "zero":
                return 0
            if self.says[row] in ("no", "doubt") and blank_at_end:
                return None
            return f"{amount(self.yuan[row]):.2f}" if is_text else amount(self.yuan[row])

        return cell

    def total(self, columns: list[Column]) -> list[Any]:
        """Return a row that adds up the amounts, or no row."""
        if not self.artist.some(0.25):
            return []
        row: list[Any] = [None] * len(columns)
        for place, column in enumerate(columns):
            if column.group == "金额":
                cells = [column.cell(*one) for one in self.rows]
                row[place] = sum(float(cell) for cell in cells if cell is not None)
        row[0] = self.artist.of("total", ["合计", "合  计", "总计"])
        return row

    def state_column(self) -> list[Column]:
        """Return a column of states, of which some end a benefit and some leave it open."""
        artist = self.artist
        if artist.some(0.45) or self.has_members:
            return self.arrears_column()
        heading, paid = (
            artist.of("state heading", words.STATE_HEADINGS),
            artist.of("paid", words.PAID),
        )
        for row in self.rows:
            self.states[row] = paid
            if artist.some(0.3):
                self.says[row] = artist.pick(["no", "doubt"])
                choices = words.ENDED if self.says[row] == "no" else words.PENDING
                self.states[row] = artist.of("state", choices)
        self.columns.append(heading)
        return [Column(heading, lambda home, person: self.states[home, person])]

    def days_columns(self) -> list[Column]:
        """Return columns of the days of the benefit, by which some have ended or not begun."""
        spans = {row: self.row_months.get(row, self.months) for row in self.rows}
        columns, says = roster_days(self.artist, self.name, spans)
        for row, said in says.items():
            if self.says[row] == "yes" or (self.says[row], said) == ("doubt", "no"):
                self.says[row] = said
        self.columns += [column.heading for column in columns]
        return columns

    def arrears_column(self) -> list[Column]:
        """Return a column of remarks, some of which say that an amount holds arrears."""
        artist = self.artist
        if self.count > 1 or self.period == "once" or self.has_members or artist.some(0.7):
            return []
        remarks = dict.fromkeys(self.rows, artist.pick([None, "已核实"]))
        for row in self.rows:
            if artist.some(0.4):
                remarks[row] = artist.of(
                    "arrears", ["含补发10月", "补发9、10月", "补发2个月", "含8月补发", "补发上月"]
                )
                self.says[row] = "arrears"
        self.columns.append("备注")
        return [Column("备注", lambda home, person: remarks[home, person])]

    def person_blocks(self) -> list[list[Column]]:
        """Return the blocks of people: who benefits, and maybe who is paid, and the head."""
        artist = self.artist
        owner = artist.pick(
            {
                "dibao": ["", "低保对象"]
                if self.has_members
                else ["户主", "", "低保对象", "申请人"],
                "elderly-80": ["", "老年人", "高龄老人"],
                "disability-living": ["", "残疾人", "补贴对象"],
                "disability-care": ["", "残疾人"],
                "tekun": ["", "特困人员", "供养对象"],
                "temporary-aid": ["户主", "救助对象", ""],
            }[self.programme]
        )
        artist.kinds.add(f"beneficiary: {owner}")
        blocks = [name_block(artist, owner=owner)]
        if owner in ("补贴对象", "供养对象", "救助对象") and artist.some(0.4):
            artist.kinds.add("somebody beside")
            blocks.append(payee_block(artist, owner="", has_account=False))
        if artist.some(0.35):
            blocks.append(payee_block(artist))
        if self.unit == "member" and artist.some(0.2):
            artist.kinds.add("roster with head")
            head = [Column("户主姓名", lambda home, _person: home.head.name)]
            if artist.some(0.5):
                head.append(Column("户主身份证号", lambda home, _person: home.head.number))
            blocks.append(head)
        artist.random.shuffle(blocks)
        return blocks

    def payments(self, name: str) -> list[Payment]:
        """Return what the roster says, once its rows are written."""
        return [
            Payment(
                programme=self.programme,
                home=home,
                person=None if self.unit == "household" else person,
                says=self.says[home, person],
                months=self.row_months.get((home, person), self.months),
                fen=self.yuan[home, person] * 100 * (self.count if self.period == "once" else 1),
                place=self.places[home, person],
                columns=(*self.columns, name),
            )
            for home, person in self.rows
            if not self.has_members or person is home.head
        ]

    places: dict[tuple[Home, Person], tuple[str, str, int]]


def payee_block(
    artist: Artist, *, owner: str | None = None, has_account: bool = True
) -> list[Column]:
    """Return the columns of who is paid, for a stranger, with an account."""
    if owner is None:
        owner = artist.of("payee", ["收款人", "领款人", "代领人", "开户人", "账户"])
    strangers: dict[Person, Person] = {}

    def stranger(person: Person) -> Person:
        return strangers.setdefault(person, draw_person(artist, "邻居"))

    before = artist.pick([owner, ""])
    columns = [
        Column(f"{owner}姓名", lambda _home, person: stranger(person).name),
        Column(f"{before}身份证号", lambda _home, person: stranger(person).number),
    ]
    columns = columns[: artist.random.randint(1, 2)]
    if not has_account:
        return columns
    return [*columns, Column("银行账号", lambda _home, _person: "6217000012345678901")]


def draw_roster(artist: Artist) -> Drawn:
    """Return a household list and a roster of one programme."""
    roster = Roster(artist)
    paper = base_list(roster.homes)
    title = roster.title()
    states = roster.state_column()
    columns = [column for block in roster.person_blocks() for column in block]
    columns += [*roster.amount_columns(), *states]
    add_times(artist, roster, columns)
    if artist.some(0.15) and not roster.has_members:
        for row in roster.rows[1:]:
            if roster.says[row] == "yes" and artist.some(0.4):
                roster.says[row] = "zero"
                artist.kinds.add("zero")
    if artist.some(0.6):
        rows = [person for _home, person in roster.rows]
        columns.insert(0, Column("序号", lambda _home, person: rows.index(person) + 1))
    if artist.some(0.25):
        heading, cell = artist.of(
            "roster noise",
            [
                ("保障人数", 1),
                ("低保证号", "360302001 001 0001"),
                ("开户行", "农商银行"),
                ("保障类别", "A类"),
            ],
        )
        columns.insert(-1, Column(heading, lambda _home, _person: cell))
    if artist.some(0.2):
        columns.append(Column("签字", lambda _home, _person: None))
    kept = {person: person.place for person in people_of(roster.homes)}
    is_in_file_name = artist.some(0.2)
    name = f"{title}.xlsx".replace("/", "-") if is_in_file_name else "名册.xlsx"
    artist.kinds.add("title in the file's name" if is_in_file_name else "title in the sheet")
    total = [] if roster.has_members else roster.total(columns)
    plan = Plan([], roster.rows, "roster", total=total, leave=artist.some(0.5))
    page = write_page(artist, columns, plan, "" if is_in_file_name else title, "Sheet1", name)
    roster.places = {row: row[1].place for row in roster.rows}
    for person, place in kept.items():
        person.place = place
    if artist.some(0.12) and len(roster.rows) > 1:
        halve(artist, roster, page)
    artist.kinds.add("list: roster")
    papers = [paper, Paper(name, [page])]
    return Drawn(papers, roster.homes, roster.payments(name), artist.kinds)


def add_times(artist: Artist, roster: Roster, columns: list[Column]) -> None:
    """Add columns of the month of each row, and of the days of the benefit, to some rosters."""
    if roster.period != "month" or roster.has_members:
        return
    if roster.count == 1 and artist.some(0.12):
        columns.insert(-1, month_column(artist, roster))
    if artist.some(0.25):
        columns += roster.days_columns()


def month_column(artist: Artist, roster: Roster) -> Column:
    """Return a column of the month paid, which is that of the title or the one before."""
    artist.kinds.add("column of months")
    form = artist.pick(["2024年{}月", "2024{:02}", "2024-{:02}", "2024.{:02}"])
    of_row = {row: artist.pick([10, 11]) for row in roster.rows}
    roster.row_months = {row: months(month, month) for row, month in of_row.items()}
    heading = artist.of("month heading", ["发放年月", "发放月份", "补贴月份", "所属月份"])
    return Column(heading, lambda home, person: form.format(of_row[home, person]))


def halve(artist: Artist, roster: Roster, page: Page) -> None:
    """Write a roster as two lists side by side, with or without a blank column between."""
    places = [row - 1 for *_rest, row in roster.places.values()]
    first, last = min(places), max(places)
    header = page.rows[first - 1]
    if len(places) != last - first + 1 or "序号" not in header:
        return
    if any(isinstance(cell, str) and cell in "①A甲1(1)" for cell in header[:1]) or page.merges:
        return
    artist.kinds.add("roster side by side")
    gap = [None] * artist.random.randint(0, 1)
    half = (len(places) + 1) // 2
    body = page.rows[first : last + 1]
    beside = [
        [*left, *gap, *right]
        for left, right in zip(body[:half], [*body[half:], [None] * len(header)], strict=False)
    ]
    page.rows[first - 1 :] = [[*header, *gap, *header], *beside]
    roster.places = {
        row: (*place[:2], place[2] - (half if place[2] - 1 - first >= half else 0))
        for row, place in roster.places.items()
    }


def draw_children(artist: Artist) -> Drawn:
    """Return a list of children, each with a guardian before or behind."""
    homes = draw_homes(artist, most=1, place=artist.pick(words.COMMUNITIES))
    for home in homes:
        home.people = [draw_person(artist, "儿子", (2009, 2019))]
        home.people[0].number = draw_person(artist, "孙子").number
        home.head_is_shown = False
    owner = artist.of("child", words.CHILDREN)
    block = name_block(artist, owner=owner)
    heading = artist.pick(["残疾类别", "残疾类型"])
    kinds = {home: artist.pick(["智力", "肢体", "听力残疾"]) for home in homes}
    values = {"智力": "intellect", "肢体": "limb", "听力残疾": "hearing"}
    for home in homes:
        home.people[0].facts["disability_kind"] = Fact((values[kinds[home]],), heading)
    block.append(Column(heading, lambda home, _person: kinds[home], "基本信息"))
    guardian = other_block(artist)
    first = guardian[0].heading.removesuffix("姓名")
    guardian = [Column(c.heading.replace(first, "监护人"), c.cell, "监护人信息") for c in guardian]
    blocks = [block, guardian] if artist.some(0.5) else [guardian, block]
    artist.kinds.add("guardian first" if blocks[0] is guardian else "guardian behind")
    columns = [column for block in blocks for column in block]
    plan = Plan([], in_order(homes), "children")
    title = f"{homes[0].place}社区困境儿童台账"
    page = write_page(artist, columns, plan, title, "Sheet1", "儿童.xlsx")
    artist.kinds.add("list: children")
    return Drawn([Paper("儿童.xlsx", [page])], homes, kinds=artist.kinds)


def draw_people(artist: Artist) -> Drawn:
    """Return a household list, and a list of disabled people of some of its households."""
    homes = draw_homes(artist, place=artist.pick(words.COMMUNITIES))
    paper = base_list(homes)
    kept = {person: person.place for person in people_of(homes)}
    rows = [row for row in in_order(homes) if artist.some(0.5)] or in_order(homes)[:1]
    block = name_block(artist, owner=artist.pick(["", "残疾人", "老年人"]))
    headings = artist.of(
        "kind and grade", [("残疾类别", "残疾等级"), ("类别", "等级"), ("类型", "级别")]
    )
    kinds, grades = {"肢体": "limb", "视力": "sight"}, {"一级": "grade1", "三级": "grade3"}
    for heading, fact, values in zip(
        headings, ("disability_kind", "disability_grade"), (kinds, grades), strict=True
    ):
        stated = {person: artist.pick([*values]) for _home, person in rows}
        block.append(Column(heading, lambda _home, person, stated=stated: stated[person]))
        for person, word in stated.items():
            person.facts[fact] = Fact((values[word],), heading)
    place = f"{homes[0].place}社区" if artist.some(0.5) else ""
    artist.kinds |= {"list: people of households", f"community of people: {bool(place)}"}
    name = "残疾人名单.xlsx"
    page = write_page(artist, block, Plan([], rows, "people"), f"{place}残疾人名单", "Sheet1", name)
    for person, before in kept.items():
        person.place = before
    return Drawn([paper, Paper(name, [page])], homes, kinds=artist.kinds)


def draw_side_by_side(artist: Artist) -> Drawn:
    """Return two lists of people beside each other, each living alone."""
    homes = draw_homes(artist, most=1, place=artist.pick(words.COMMUNITIES))
    headings = ["序号", artist.pick(["姓名", "户主姓名", "老年人姓名"]), artist.pick(words.NUMBERS)]
    has_address = artist.some(0.5)
    headings += ["家庭住址"] * has_address
    gap = [None] * artist.random.randint(0, 1)
    title = f"{homes[0].place}社区困难群众名单"
    rows: list[list[Any]] = [[title], [*headings, *gap, *headings]]
    half = (len(homes) + 1) // 2

    def cells(number: int) -> list[Any]:
        if number >= len(homes):
            return [None] * len(headings)
        home = homes[number]
        if has_address:
            home.facts["address"] = Fact((home.address,), "家庭住址")
        return [number + 1, home.head.name, home.head.number, *[home.address] * has_address]

    down = artist.some(0.5)
    for row in range(half):
        left, right = (row, row + half) if down else (2 * row, 2 * row + 1)
        rows.append([*cells(left), *gap, *cells(right)])
        for number in (left, right):
            if number < len(homes):
                homes[number].head.place = ("名单.xlsx", "Sheet1", len(rows))
    artist.kinds |= {"list: side by side", f"gap: {len(gap)}"}
    return Drawn([Paper("名单.xlsx", [Page("Sheet1", rows)])], homes, kinds=artist.kinds)


def draw_sheets(artist: Artist) -> Drawn:
    """Return a workbook with a sheet for each community, whose numbers are the same."""
    homes, pages = [], []
    for place in artist.random.sample(words.COMMUNITIES, 2):
        rows: list[list[Any]] = [["户编号", "姓名", "与户主关系", "身份证号"]]
        for number, home in enumerate(draw_homes(artist, place=place), start=1):
            homes.append(home)
            for person in home.people:
                rows.append([number, person.name, person.relation, person.number])
                person.place = ("名单.xlsx", f"{place}社区", len(rows))
                person.relation_is_shown = True
        pages.append(Page(f"{place}社区", rows))
    artist.kinds.add("list: sheets of communities")
    return Drawn([Paper("名单.xlsx", pages)], homes, kinds=artist.kinds)


def draw_numbers(artist: Artist) -> Drawn:
    """Return a list of nothing but ID numbers, each of somebody alone."""
    homes = draw_homes(artist, most=1, place=artist.pick(words.COMMUNITIES))
    rows: list[list[Any]] = [[f"{homes[0].place}社区{artist.pick(['特殊人群', '困难群众'])}"]]
    rows.append([artist.pick(["身份证号码", "身份证号", "公民身份号码"])])
    for home in homes:
        home.head.name = ""
        rows.append([home.head.number])
        home.head.place = ("名单.xlsx", "Sheet1", len(rows))
    artist.kinds.add("list: numbers alone")
    return Drawn([Paper("名单.xlsx", [Page("Sheet1", rows)])], homes, kinds=artist.kinds)


def draw_births(artist: Artist) -> Drawn:
    """Return a list without ID numbers; some birthdays are the day that a system fills in."""
    homes = draw_homes(artist, place=artist.pick(words.COMMUNITIES))
    rows: list[list[Any]] = [[f"{homes[0].place}社区困难家庭台账"]]
    rows.append(["户编号", "姓名", "与户主关系", "性别", "出生日期"])
    for number, home in enumerate(homes, start=1):
        for person in home.people:
            is_filled = artist.some(0.12)
            birth = "1900-01-01" if is_filled else birth_of(person)
            rows.append([f"C{number}", person.name, person.relation, person.sex, birth])
            if is_filled:
                artist.kinds.add("birth on a default day")
            person.facts["birth_date"] = Fact(() if is_filled else (birth,), "出生日期")
            sex = {"男": "male", "女": "female"}[person.sex]
            person.facts["sex"] = Fact((sex,), "性别")
            person.number, person.relation_is_shown = "", True
            person.place = ("名单.xlsx", "Sheet1", len(rows))
    artist.kinds.add("list: without numbers")
    return Drawn([Paper("名单.xlsx", [Page("Sheet1", rows)])], homes, kinds=artist.kinds)


def draw_two_tables(artist: Artist) -> Drawn:
    """Return a workbook with a sheet of households and one of people, joined by a number."""
    homes = draw_homes(artist)
    key = artist.pick(words.KEYS)
    heading = artist.pick(["家庭月收入（元）", "家庭年收入（元）"])
    fact = "household_income" if "月" in heading else "household_income_year"
    first: list[list[Any]] = [[key, "社区", "户主姓名", heading]]
    second: list[list[Any]] = [[key, "姓名", "身份证号", "与户主关系"]]
    rows = in_order(homes)
    if artist.some(0.5):
        artist.random.shuffle(rows)
    for number, home in enumerate(homes, start=1):
        home.no = f"D{number:02}"
        yuan = artist.random.randrange(0, 40) * 50
        home.facts[fact] = Fact((yuan * 100,), heading)
        first.append([home.no, f"{home.place}社区", home.head.name, yuan])
    for home, person in rows:
        second.append([home.no, person.name, person.number, person.relation])
        person.relation_is_shown = True
        person.place = ("名单.xlsx", "人", len(second))
    artist.kinds.add("list: two tables")
    pages = [Page("户", first), Page("人", second)]
    return Drawn([Paper("名单.xlsx", pages)], homes, kinds=artist.kinds)
