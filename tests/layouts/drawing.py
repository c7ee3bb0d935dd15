"""Files drawn as offices write them, each with its truth: what a clerk would read in it.

`draw(random)` returns one file, or a household list and a roster, with who is there under which ID
number, in which household and community, which facts are stated and what was paid. A truth is what
is seen at once in the sheet alone; nothing of the program decides it.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from tests.layouts import drawing_words as words

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_NUMERALS = "一二三四五六七八九"


class Fact(NamedTuple):
    """What a fact must be: one of `allowed`, or unknown and told; if there is none, unknown."""

    allowed: tuple[Any, ...]
    column: str
    is_blank: bool = False


@dataclass(eq=False)
class Person:
    """Somebody drawn; `row` is where they stand, `relation` what a sheet would say of them."""

    name: str
    number: str
    sex: str
    relation: str
    facts: dict[str, Fact] = field(default_factory=dict)
    place: tuple[str, str, int] = ("", "", 0)  # file, sheet, row
    is_gone: bool = False
    relation_is_shown: bool = False


@dataclass(eq=False)
class Home:
    """A household drawn: its people, the head first."""

    place: str
    no: str
    address: str
    people: list[Person]
    facts: dict[str, Fact] = field(default_factory=dict)
    head_is_shown: bool = True
    place_is_misspelt: bool = False
    place_column: str = ""

    @property
    def head(self) -> Person:
        """Return the head of the household."""
        return self.people[0]


@dataclass(eq=False)
class Payment:
    """What a file says of a programme and a person: paid (months, fen a month), ended or in doubt.

    `months` is the first and last month as ISO text, or None if no month is stated.
    """

    programme: str
    home: Home
    person: Person | None  # None: it is the household's
    says: str  # yes, no or doubt
    months: tuple[str, str] | None
    fen: int | None
    place: tuple[str, str, int]
    columns: tuple[str, ...]


@dataclass
class Column:
    """A column: its heading, what stands above it, and its cell for a person of a household."""

    heading: str
    cell: Callable[[Home, Person], Any]
    group: str = ""
    is_merged: bool = False  # over the rows of a household


@dataclass
class Page:
    """A sheet as it is saved; what is hidden or merged is counted from 0."""

    name: str
    rows: list[list[Any]]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    is_hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


@dataclass
class Paper:
    """A file: its name, its sheets, and in which format it is saved."""

    name: str
    pages: list[Page]
    style: str = "xlsx"


@dataclass
class Drawn:
    """Files with their truth; `kinds` says what was drawn, to sort failures by."""

    papers: list[Paper]
    homes: list[Home]
    payments: list[Payment] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    told: list[tuple[str, str, int]] = field(default_factory=list)  # places that must be told


class Artist:
    """Draws one file after the other out of one source of chance."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.kinds: set[str] = set()
        self.names: set[str] = set()

    def some(self, chance: float) -> bool:
        """Whether something of this chance is drawn."""
        return self.random.random() < chance

    def of(self, kind: str, choices: Any) -> Any:
        """Return one of several choices, and note that it was drawn."""
        found = self.random.choice(list(choices))
        self.kinds.add(f"{kind}: {found}")
        return found

    def pick(self, choices: Any) -> Any:
        """Return one of several choices that are all alike."""
        return self.random.choice(list(choices))


def id_number(random: Random, birth: dt.date, sex: str) -> str:
    """Return an ID number with its check digit; the last figure of the three is odd for men."""
    figures = random.randrange(100, 990) // 2 * 2 + (sex == "男")
    body = f"{random.choice(['360302', '360313', '360321', '430224'])}{birth:%Y%m%d}{figures:03}"
    total = sum(int(figure) * weight for figure, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


SEX_OF = {
    **dict.fromkeys(["儿子", "父亲", "孙子", "长子", "弟弟"], "男"),
    **dict.fromkeys(["女儿", "母亲", "孙女", "儿媳", "次女"], "女"),
}
BORN = {
    **dict.fromkeys(["儿子", "女儿", "长子", "次女", "儿媳"], (1986, 2004)),
    **dict.fromkeys(["孙子", "孙女"], (2009, 2019)),
    **dict.fromkeys(["母亲", "父亲"], (1930, 1942)),
}


def draw_person(artist: Artist, relation: str, born: tuple[int, int] = (1946, 1984)) -> Person:
    """Return a person of a relation; no two of a file have the same name."""
    random = artist.random
    sex = SEX_OF.get(relation) or random.choice("男女")
    given = 2 if artist.some(0.8) else 1
    name = None
    while name is None or name in artist.names:
        name = random.choice(words.SURNAMES) + "".join(random.sample(words.GIVEN, given))
    artist.names.add(name)
    year = random.randint(*BORN.get(relation, born))
    birth = dt.date(year, random.randint(1, 12), random.randint(1, 28))
    return Person(name, id_number(random, birth, sex), sex, relation)


def draw_homes(artist: Artist, *, most: int = 4, place: str | None = None) -> list[Home]:
    """Return two to five households of one community or of two."""
    random = artist.random
    places = [place] if place else random.sample(words.COMMUNITIES, artist.pick([1, 1, 2]))
    homes = []
    for number in range(1, random.randint(2, 5) + 1):
        size = random.choice([1, 2, 2, 3, 4][: most + 1])
        relations = ["户主", *random.sample(words.RELATIONS, min(size, most) - 1)]
        people = [draw_person(artist, relation) for relation in relations]
        # names of roads differ between households, so that no two of them look like one
        address = f"{words.ROADS[number]}{random.randint(1, 99)}号"
        homes.append(Home(random.choice(places), "", address, people))
    return sorted(homes, key=lambda home: home.place)


def blank_or(allowed: Any, column: str, *, is_blank: bool) -> Fact:
    """Return the truth of a cell that is filled in or blank."""
    return Fact((None, 0, "none") if is_blank else (allowed,), column, is_blank=is_blank)


def column_of(heading: str, owner: str, cells: dict[Any, Any], group: str = "") -> Column:
    """Return a column of a fact of people or of households, which stands on the head's row."""
    if owner == "person":
        return Column(heading, lambda _home, person: cells[person], group)
    return Column(heading, lambda home, person: cells[home] if person is home.head else None, group)


def people_of(homes: list[Home]) -> list[Person]:
    """Return everybody of several households."""
    return [person for home in homes for person in home.people]


def draw_disability(artist: Artist, homes: list[Home]) -> list[Column]:
    """Return columns of the kind and grade of a disability, in one way of writing them."""
    way = artist.of("disability", ["words", "codes", "code labels", "one column", "grade in kind"])
    kind_heading, grade_heading = (
        artist.pick(words.KIND_HEADINGS),
        artist.pick(words.GRADE_HEADINGS),
    )
    if way == "one column":
        kind_heading = grade_heading = artist.of("heading", words.BOTH_HEADINGS)
    place_of_grade = artist.random.randrange(6)
    kinds, grades = {}, {}
    for person in people_of(homes):
        has = artist.some(0.5)
        kind = artist.pick(words.KINDS)
        grade = artist.pick(words.GRADES)
        kind_word = artist.pick(words.KINDS[kind])
        grade_word = words.GRADES[grade][place_of_grade]
        code = words.KIND_CODES[kind]
        kinds[person], grades[person] = {
            "words": (kind_word, grade_word),
            "codes": (code, grade[-1]),
            "code labels": (f"6{code}-{words.KINDS[kind][1]}", f"0{grade[-1]}-{grade_word[-2:]}"),
            "one column": (kind_word + artist.pick(["{}", "（{}）", "({})", " {}"]), None),
            "grade in kind": (kind_word + artist.pick(["{}", "（{}）"]), None),
        }[way]
        if way == "code labels":
            grades[person] = f"0{grade[-1]}-{words.GRADES[grade][0]}"
        if "{}" in kinds[person]:
            kinds[person] = kinds[person].format(words.GRADES[grade][0])
        if not has:
            kinds[person] = grades[person] = artist.pick([None, None, "无"])
        is_blank = not has
        person.facts["disability_kind"] = blank_or(kind, kind_heading, is_blank=is_blank)
        person.facts["disability_grade"] = blank_or(grade, grade_heading, is_blank=is_blank)
    if all(cell in (None, "无") for cell in kinds.values()):
        return []
    columns = [column_of(kind_heading, "person", kinds, "健康情况")]
    if way != "one column":
        columns.append(column_of(grade_heading, "person", grades, "健康情况"))
    return columns


def draw_illness(artist: Artist, homes: list[Home]) -> list[Column]:
    """Return a column that says who is gravely ill, all in one way of saying yes and no."""
    heading, way = artist.pick(["是否重病", "重大疾病", "是否患重病"]), artist.random.randrange(5)
    artist.kinds.add(f"illness: {words.ILLNESS[1][way]}")
    cells = {}
    for person in people_of(homes):
        truth = int(artist.some(0.4))
        cells[person] = words.ILLNESS[truth][way]
        if heading != "是否患重病" or cells[person] is not None:
            person.facts["serious_illness"] = Fact((truth,), heading)
    return [column_of(heading, "person", cells, "健康情况")]


def draw_choice(artist: Artist, homes: list[Home]) -> list[Column]:
    """Return a column of occupations or of schools."""
    heading, fact, choices = artist.pick(
        [("就业状况", "employment", words.WORK), ("在读学段", "school_stage", words.STAGES)]
    )
    cells = {}
    for person in people_of(homes):
        word, value = artist.pick(choices)
        is_code = artist.some(0.1)
        cells[person] = f"0{choices.index((word, value)) + 1}-{word}" if is_code else word
        person.facts[fact] = Fact((value,), heading)
    return [column_of(heading, "person", cells, "就业就学")]


def draw_amounts(artist: Artist) -> tuple[Any, int | None]:
    """Return a cell of whole yuan in one of many ways, and the yuan; None: it cannot be known."""
    yuan = artist.random.randrange(1, 60) * 50
    ways = [yuan, yuan, str(yuan), f"{yuan}元", f"{yuan:,}", float(yuan), f"￥{yuan}", f"{yuan}.00"]
    if artist.some(0.06):
        return artist.of(
            "amount", ["约600", "600-1000", "不详", "待核实", "几百元", "详见附件"]
        ), None
    return artist.pick(ways), yuan


def draw_income(artist: Artist, homes: list[Home]) -> list[Column]:
    """Return a column of income: a person's or the household's, by month or year, in a unit."""
    times = artist.of("time", words.TIMES) if artist.some(0.3) else ""
    heading, fact, owner, scale = artist.pick(
        [
            ("月收入（元）", "income", "person", 100),
            ("个人月收入", "income", "person", 100),
            ("家庭月收入（元）", "household_income", "home", 100),
            ("家庭收入（元/月）", "household_income", "home", 100),
            (f"{times}家庭年收入（元）", "household_income_year", "home", 100),
            (f"{times}家庭总收入（元/年）", "household_income_year", "home", 100),
            ("家庭收入（元/年）", "household_income_year", "home", 100),
            (f"{times}家庭年收入（万元）", "household_income_year", "home", 1_000_000),
        ]
    )
    artist.kinds.add(f"income: {heading}")
    owners: list[Any] = people_of(homes) if owner == "person" else homes
    is_limited = artist.some(0.06) and owner == "home"
    if is_limited:
        heading += artist.of("limit", ["（不含低保金）", "（含低保金）", "（不含养老金）"])
        artist.kinds |= {"limit of a time"} if times and times in heading else set()
    is_class = artist.some(0.08) and "年" not in heading
    cells = {}
    for one in owners:
        cells[one], yuan = draw_amounts(artist)
        if yuan is not None and "月" in heading and artist.some(0.08):
            cells[one] = artist.pick([f"月均{yuan}元", f"{yuan - 20}+20", f"{yuan}元/月"])
            artist.kinds.add(f"amount in words: {str(cells[one])[:2]}")
        if scale > 100 and yuan is not None:
            cells[one] = yuan / 1000
            yuan = yuan / 1000
        elif is_class:
            artist.kinds.add("income classes")
            cells[one], yuan = artist.pick(["0~499", "500~999", "1000~1999", "5000以上"]), None
        one.facts[fact] = Fact(
            () if yuan is None or is_limited else (round(yuan * scale),), heading
        )
    return [column_of(heading, owner, cells, "经济情况")]


def draw_property(artist: Artist, homes: list[Home]) -> list[Column]:
    """Return a column of vehicles or of homes owned."""
    heading, fact, choices = artist.pick(
        [
            ("机动车（辆）", "vehicles", [(1, 1), ("无", 0), ("1辆", 1), (2, 2), ("0", 0)]),
            ("车辆", "vehicles", [("1辆", 1), ("无车", 0), ("无", 0), ("电动车1辆", 0)]),
            (
                "住房套数",
                "homes",
                [(1, 1), ("1套", 1), (2, 2), ("自有1套", 1), ("无", 0), ("租房", 0)],
            ),
            ("住房（套）", "homes", [(1, 1), ("1套", 1), ("无房", 0), ("自有住房1套", 1)]),
        ]
    )
    cells = {}
    for home in homes:
        cells[home], value = artist.of(heading, choices)
        home.facts[fact] = Fact((value,), heading)
    return [column_of(heading, "home", cells, "家庭情况")]


def draw_contact(artist: Artist, homes: list[Home]) -> list[Column]:
    """Return a column of addresses or telephones of households."""
    if artist.some(0.5):
        cells = {home: f"13{artist.random.randrange(10**8, 10**9)}" for home in homes}
        heading, fact = artist.pick(["联系电话", "手机号码", "联系方式"]), "phone"
    else:
        cells = {home: home.address for home in homes}
        heading, fact = artist.pick(["家庭住址", "详细地址", "现住址"]), "address"
    for home in homes:
        home.facts[fact] = Fact((cells[home],), heading)
    return [column_of(heading, "home", cells, "家庭情况")]


def draw_size(artist: Artist, homes: list[Home]) -> list[Column]:
    """Return a column of the number of people of a household."""
    heading = artist.of("size", ["家庭人口", "家庭人口数", "家庭人数", "家庭人口（人）"])
    unit = artist.pick(["{}", "{}人"])
    cells = {home: unit.format(len(home.people)) for home in homes}
    for home in homes:
        home.facts["stated_size"] = Fact((len(home.people),), heading)
    return [column_of(heading, "home", cells, "家庭情况")]


def draw_plain(artist: Artist, homes: list[Home]) -> list[Column]:
    """Return a column of sexes or ages, which say what the ID numbers say."""
    if artist.some(0.5):
        way = artist.of(
            "sex",
            [{"男": "男", "女": "女"}, {"男": "1-男", "女": "2-女"}, {"男": "男性", "女": "女性"}],
        )
        return [Column("性别", lambda _home, person: way[person.sex], "基本信息")]
    del homes
    return [Column("出生日期", lambda _home, person: birth_of(person), "基本信息")]


def birth_of(person: Person) -> str:
    """Return the birthday in an ID number."""
    return f"{person.number[6:10]}-{person.number[10:12]}-{person.number[12:14]}"


def draw_noise(artist: Artist, _homes: list[Home]) -> list[Column]:
    """Return a column of which nothing is used."""
    heading = artist.of("noise", words.NOISE)
    chance = Random(artist.random.random())  # noqa: S311 drawn cells
    return [Column(heading, lambda _home, _person: chance.choice(words.NOISE[heading]), "其他")]


FACTS = [
    *(draw_disability, draw_illness, draw_choice, draw_income, draw_property, draw_contact),
    draw_plain,
    draw_size,
]
