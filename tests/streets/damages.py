"""What goes wrong in the files of an office: each damage hides or blurs what is true of a street.

A damage is a generator: it may change the truth first, and changes the files after its `yield`. No
file says a plain untruth: what is wrong bears a mark, contradicts something, or is not there. A
household is damaged once.
"""

from collections.abc import Callable, Iterator
from copy import copy
from itertools import pairwise
from random import Random
from typing import Any

from tests.streets.sheets import Line, Sheet, list_line, number_lines, roster_line, write_list
from tests.streets.truth import PROGRAMMES, Home, Person, close_number

Damage = Callable[["Scene"], Iterator[None]]
DAMAGES: dict[str, Damage] = {}
WEIGHTS: dict[str, float] = {}
UNREADABLE = ["不详", "待核实", "几百元", "200元/周", "详见附件", "?"]
ENDED = ["停发", "注销", "已失效", "退出", "死亡", "迁出", "未发放"]
UNSURE = ["缓发", "暂停", "待发", "发放失败", "未领取", "暂缓发放"]


def damage(weight: float = 1) -> Callable[[Damage], Damage]:
    """Register a damage; what touches the whole street is drawn less often."""

    def register(made: Damage) -> Damage:
        name = made.__name__.replace("_", "-")
        DAMAGES[name], WEIGHTS[name] = made, weight
        return made

    return register


class Scene:
    """A street, its files, and the households that nothing has happened to yet."""

    def __init__(self, random: Random, homes: list[Home]) -> None:
        self.random = random
        self.homes = homes
        self.sheets: list[Sheet] = []
        self._whole = random.sample(homes, len(homes))

    @property
    def main(self) -> Sheet:
        """The list of households."""
        return self.sheets[0]

    def rosters(self) -> list[str]:
        """Return the programmes that have a roster."""
        return [sheet.programme for sheet in self.sheets if sheet.programme]

    def roster(self, programme: str) -> Sheet:
        """Return the roster of a programme."""
        return next(sheet for sheet in self.sheets if sheet.programme == programme)

    def take(self, fits: Callable[[Home], bool] = lambda _home: True) -> Home:
        """Return a household that fits and is not damaged yet; any if there is none.

        Raises:
            NoHomeError: No household fits.
        """
        for home in self._whole:
            if fits(home):
                self._whole.remove(home)
                return home
        raise NoHomeError

    def take_person(self, fits: Callable[[Person], bool]) -> tuple[Home, Person]:
        """Return somebody who fits, and their household, which is not damaged yet."""
        home = self.take(lambda home: any(map(fits, home.people)))
        return home, next(person for person in home.people if fits(person))

    def lines(self, home: Home) -> list[Line]:
        """Return the rows of a household on the list."""
        return [line for line in self.main.lines if line.home is home]

    def line(self, person: Person) -> Line:
        """Return the row of a person on the list."""
        return next(line for line in self.main.lines if line.person is person)

    def set(self, home: Home, heading: str, cell: Any) -> None:
        """Write a cell into every row of a household."""
        for line in self.lines(home):
            line.cells[heading] = cell

    def column(self, sheet: Sheet, heading: str, fill: Callable[[Line], Any]) -> None:
        """Add a column to a sheet, unless it has one of this heading."""
        if heading not in sheet.head:
            sheet.head.append(heading)
            for line in sheet.lines:
                line.cells[heading] = fill(line)

    def pick(self, choices: Any) -> Any:
        """Return one of several choices."""
        return self.random.choice(list(choices))


class NoHomeError(Exception):
    """No household of the street fits a damage."""


def blank(_line: Line) -> None:
    """Return the cell that says nothing."""


# Income and property


@damage()
def unreadable_income(scene: Scene) -> Iterator[None]:
    """Nobody can read the income of the household; its people's cells say nothing, or 0."""
    homes = [scene.take(), scene.take()]
    yield
    for home in homes:
        word = scene.pick([f"约{home.income}", *UNREADABLE])
        scene.set(home, "家庭月收入", word)
        scene.set(home, "个人月收入", None if word == "不详" else scene.pick([None, 0]))


@damage()
def income_between(scene: Scene) -> Iterator[None]:
    """The income of a household is said to lie between two amounts."""
    homes = [scene.take(), scene.take()]
    yield
    for home in homes:
        low = home.income // 500 * 500
        scene.set(home, "家庭月收入", f"{low}-{low + 499}")
        scene.set(home, "个人月收入", scene.pick([None, 0]))


@damage(0.3)
def income_classes(scene: Scene) -> Iterator[None]:
    """The whole column of incomes states classes."""
    yield
    for line in scene.main.lines:
        income = line.home.income
        steps = [0, 500, 1000, 1500, 2000, 3000, 5000]
        low, high = next(
            ((low, high) for low, high in pairwise(steps) if income < high),
            (5000, None),
        )
        line.cells["家庭月收入"] = f"{low}~{high - 1}" if high else "5000以上"
        line.cells["个人月收入"] = None


@damage()
def lists_disagree(scene: Scene) -> Iterator[None]:
    """Another list of the same day states another income."""
    homes = [scene.take(), scene.take()]
    yield
    other = write_list(homes, "花名册复核.csv")
    for home in homes:
        lines = [line for line in other.lines if line.home is home]
        wrong = scene.pick([lines, scene.lines(home)])
        stated = scene.pick([yuan for yuan in (0, 700, 1400, 4000) if yuan != home.income])
        for line in wrong:
            line.cells["家庭月收入"] = stated
        for line in [*lines, *scene.lines(home)]:
            line.cells["个人月收入"] = None
    scene.sheets.append(other)


@damage()
def lists_disagree_in_unit(scene: Scene) -> Iterator[None]:
    """Another list of the same day states another income, and states it by the year."""
    home = scene.take()
    yield
    other = write_list([home], "花名册年报.csv")
    other.head[other.head.index("家庭月收入")] = "家庭年收入"
    for line in other.lines:
        line.cells["家庭年收入"] = home.income * 12
        line.cells["个人月收入"] = None
    scene.set(home, "家庭月收入", scene.pick([yuan for yuan in (0, 700) if yuan != home.income]))
    scene.set(home, "个人月收入", None)
    scene.sheets.append(other)


@damage()
def members_earn_more(scene: Scene) -> Iterator[None]:
    """The household is said to earn nothing, its people are said to earn something."""
    home = scene.take(lambda home: home.income > 0)
    yield
    scene.set(home, "家庭月收入", 0)
    for line in scene.lines(home):
        line.cells["个人月收入"] = line.person.income


@damage()
def blank_income(scene: Scene) -> Iterator[None]:
    """No income is stated of a household, of another only those of its people."""
    unknown, of_people = scene.take(), scene.take()
    yield
    scene.set(unknown, "家庭月收入", None)
    scene.set(unknown, "个人月收入", None)
    scene.set(of_people, "家庭月收入", None)


@damage(0.2)
def no_income_column(scene: Scene) -> Iterator[None]:
    """No list has a column of incomes."""
    yield
    drop(scene, "家庭月收入", "个人月收入")


@damage(0.3)
def no_grade_column(scene: Scene) -> Iterator[None]:
    """No list has a column of disabilities."""
    yield
    drop(scene, "残疾等级")


@damage(0.3)
def no_deposit_column(scene: Scene) -> Iterator[None]:
    """No list has a column of deposits."""
    yield
    drop(scene, "家庭存款")


def drop(scene: Scene, *headings: str) -> None:
    """Leave columns out of every list."""
    for sheet in scene.sheets:
        sheet.head = [heading for heading in sheet.head if heading not in headings]


@damage()
def income_of_a_year(scene: Scene) -> Iterator[None]:
    """The heading states the year, or the unit, of what is earned."""
    yield
    heading, scale = scene.pick(
        [
            ("家庭收入（元/年）", 12),
            ("2024年家庭总收入（元）", 12),
            ("上年度家庭总收入", 12),
            ("家庭年收入（万元）", 0.0012),
        ]
    )
    for sheet in scene.sheets:
        if sheet.programme or "家庭月收入" not in sheet.head:
            continue
        sheet.head[sheet.head.index("家庭月收入")] = heading
        for line in sheet.lines:
            stated = line.cells["家庭月收入"]
            is_plain = isinstance(stated, int)
            blurred = "?" if stated else None  # what was said of a month is not said of a year
            line.cells[heading] = round(stated * scale, 4) if is_plain else blurred


@damage()
def unreadable_deposits(scene: Scene) -> Iterator[None]:
    """Nobody can read what a household has in the bank; of another nothing is stated."""
    unclear, unknown = scene.take(), scene.take()
    yield
    scene.set(unclear, "家庭存款", scene.pick(["不详", "少量", "待核实"]))
    scene.set(unknown, "家庭存款", None)


@damage()
def unreadable_grade(scene: Scene) -> Iterator[None]:
    """Nobody can read the grade of a disability; of another nothing is stated."""
    people = [scene.take_person(lambda person: person.grade != "无") for _one in range(2)]
    yield
    for (_home, person), cell in zip(
        people, (scene.pick(["不详", "待评定", "?"]), None), strict=True
    ):
        scene.line(person).cells["残疾等级"] = cell


# Rosters


def off_dibao(home: Home) -> bool:
    """Whether a household has a right to dibao that is not paid."""
    return home.dibao is None and home.dibao_due() > 0


def on_dibao(home: Home) -> bool:
    """Whether a household is paid dibao."""
    return home.dibao is not None


def find_paid(scene: Scene, home: Home) -> Line:
    """Return the row of a household on the roster of dibao."""
    return next(line for line in scene.roster("dibao").lines if line.home is home)


def list_unpaid(scene: Scene, home: Home) -> Line:
    """Put a household that is not paid onto the roster of dibao, and return its row."""
    line = roster_line(home, home.head, home.dibao_due())
    roster = scene.roster("dibao")
    roster.lines.append(line)
    for heading in roster.head:
        line.cells.setdefault(heading, None)
    number_lines(roster)
    return line


@damage()
def state_of_payment(scene: Scene) -> Iterator[None]:
    """A column of the roster says of some that they are paid no more, or are not paid yet."""
    ended, unpaid, paid = scene.take(off_dibao), scene.take(off_dibao), scene.take(on_dibao)
    yield
    lines = list_unpaid(scene, ended), list_unpaid(scene, unpaid), find_paid(scene, paid)
    heading = scene.pick(["发放状态", "状态"])
    scene.column(scene.roster("dibao"), heading, lambda _line: "正常")
    for line, words in zip(lines, (ENDED, UNSURE, UNSURE), strict=True):
        line.cells[heading] = scene.pick(words)


@damage()
def remark_on_payment(scene: Scene) -> Iterator[None]:
    """A remark on the roster says that somebody is paid no more, or may not be."""
    ended, unsure = scene.take(off_dibao), scene.take(on_dibao)
    yield
    lines = list_unpaid(scene, ended), find_paid(scene, unsure)
    scene.column(scene.roster("dibao"), "备注", blank)
    lines[0].cells["备注"] = scene.pick(["12月停发", "已停发", "本月起停发", "已注销"])
    lines[1].cells["备注"] = scene.pick(["暂缓发放", "待发", "银行退回，未发放成功"])


@damage()
def part_of_a_month(scene: Scene) -> Iterator[None]:
    """The first month is paid in part; arrears are paid with another."""
    first, arrears = scene.take(on_dibao), scene.take(on_dibao)
    yield
    roster = scene.roster("dibao")
    scene.column(roster, "备注", blank)
    line = find_paid(scene, first)
    line.cells |= {"发放金额": (first.dibao or 0) // 2, "备注": "12月16日起享受，按半月发"}
    line = find_paid(scene, arrears)
    line.cells |= {"发放金额": (arrears.dibao or 0) * 2, "备注": "含补发11月"}


@damage(0.5)
def paid_for_a_quarter(scene: Scene) -> Iterator[None]:
    """A roster is about a quarter of a year and pays for three months at once."""
    yield
    roster = scene.roster(scene.pick(["care", "living", "elder"]))
    roster.title = roster.title.replace("2024年12月", "2024年第四季度")
    roster.date = None
    for line in roster.lines:
        line.cells["发放金额"] *= 3


@damage(0.5)
def roster_dated_ahead(scene: Scene) -> Iterator[None]:
    """The year in the title of a roster is mistyped."""
    yield
    roster = scene.roster(scene.pick(["care", "living", "elder"]))
    roster.title = roster.title.replace("2024年", "2042年")
    roster.date = None


def mistype(number: str, random: Random) -> str:
    """Return an ID number with another serial figure, and the check digit of that."""
    place = random.choice([14, 15])
    figure = (int(number[place]) + random.randint(1, 8)) % 10
    return close_number(number[:place] + str(figure) + number[place + 1 : 17])


@damage()
def corrected_number_on_roster(scene: Scene) -> Iterator[None]:
    """The roster bears another ID number of somebody than the list."""
    homes = [scene.take(on_dibao), scene.take(on_dibao)]
    yield
    for home in homes:
        line = find_paid(scene, home)
        line.cells["身份证号"] = mistype(home.head.number, scene.random)


@damage()
def name_written_otherwise(scene: Scene) -> Iterator[None]:
    """The roster has no ID number of somebody, and their name with a sign or another character."""
    marked, other = scene.take(on_dibao), scene.take(on_dibao)
    yield
    line = find_paid(scene, marked)
    line.cells |= {"身份证号": None, "姓名": f"{marked.head.name}（代领）"}
    line = find_paid(scene, other)
    line.cells |= {"身份证号": None, "姓名": other.head.name[:2] + "烔"}


@damage(0.5)
def roster_without_numbers(scene: Scene) -> Iterator[None]:
    """A roster has names only."""
    yield
    roster = scene.roster(scene.pick(PROGRAMMES))
    roster.head.remove("身份证号")


@damage(0.4)
def hidden_rows(scene: Scene) -> Iterator[None]:
    """A row of the roster is hidden: that of somebody who is not paid any more, or who is."""
    unpaid, paid = scene.take(off_dibao), scene.take(on_dibao)
    if scene.random.random() < 0.5:
        unpaid.dibao = unpaid.dibao_due()
    yield
    roster = scene.roster("dibao")
    roster.name = "低保金发放表.xlsx"
    line = find_paid(scene, paid) if unpaid.dibao else list_unpaid(scene, unpaid)
    line.is_hidden, line.belongs = True, bool(unpaid.dibao)


@damage()
def said_twice(scene: Scene) -> Iterator[None]:
    """A row stands on the list twice, and one on the roster."""
    home = scene.take(on_dibao)
    yield
    scene.main.lines.append(copy(scene.line(home.head)))
    roster = scene.roster("dibao")
    roster.lines.append(copy(find_paid(scene, home)))
    number_lines(roster)


@damage()
def nothing_paid(scene: Scene) -> Iterator[None]:
    """Somebody stands on a roster with an amount of nothing."""
    home = scene.take(off_dibao)
    yield
    list_unpaid(scene, home).cells["发放金额"] = 0


@damage(0.3)
def empty_forms(scene: Scene) -> Iterator[None]:
    """Nobody is paid two benefits; their rosters are the same empty form."""
    for home in scene.homes:
        for person in home.people:
            person.paid -= {"care", "living"}
    yield
    for programme in ("care", "living"):
        roster = scene.roster(programme)
        roster.title, roster.lines = "莲湖街道2024年12月补贴发放表", []


# People


def member(person: Person) -> bool:
    """Whether somebody is not the head."""
    return person.relation != "户主"


def grown_member(person: Person) -> bool:
    """Whether somebody is grown up and neither the head nor their spouse."""
    return person.relation not in ("户主", "配偶") and person.age >= 18


@damage()
def gone_by_state(scene: Scene) -> Iterator[None]:
    """A column of the list says of people that they are dead, have moved, or are in prison."""
    head = scene.take(lambda home: home.dibao is None).head
    people = [scene.take_person(member)[1], head]
    yield from say_gone(scene, people)


@damage()
def gone_head_on_dibao(scene: Scene) -> Iterator[None]:
    """The head is gone, in whose name the dibao of the others is paid."""
    home = scene.take(lambda home: on_dibao(home) and len(home.people) > 1)
    yield from say_gone(scene, [home.head])


def say_gone(scene: Scene, people: list[Person]) -> Iterator[None]:
    """Let people be gone, and say so in a column of the list."""
    words = scene.random.sample(["死亡", "迁出", "服刑", "去世"], len(people))
    for person in people:
        leave(person)
    yield
    scene.column(scene.main, "人员状态", lambda _line: "正常")
    for person, word in zip(people, words, strict=True):
        scene.line(person).cells["人员状态"] = word


def leave(person: Person) -> None:
    """Let somebody not belong to the household any more; nothing is paid for them."""
    person.lives, person.is_gone = False, True
    person.paid = set()


@damage()
def gone_by_remark(scene: Scene) -> Iterator[None]:
    """A remark on the list says that somebody is dead or has moved, or a sign behind the name."""
    people = [scene.take_person(member)[1] for _one in range(2)]
    for person in people:
        leave(person)
    yield
    scene.column(scene.main, "备注", blank)
    scene.line(people[0]).cells["备注"] = scene.pick(["2024年10月去世", "已迁出", "10月已搬走"])
    scene.line(people[1]).cells["姓名"] = f"{people[1].name}（{scene.pick(['已故', '迁出'])}）"


@damage()
def child_of_two_households(scene: Scene) -> Iterator[None]:
    """A child stands on the lists of both parents."""
    _home, child = scene.take_person(lambda person: member(person) and person.age < 18)
    other = scene.take()
    again = copy(child)
    again.lives, child.lives = scene.pick([(True, False), (False, True)])
    again.is_gone, child.is_gone = child.lives, again.lives
    again.paid = child.paid if again.lives else set()
    child.paid = child.paid if child.lives else set()
    other.people.append(again)
    yield


def say_away(scene: Scene, *people: Person) -> None:
    """Say of people that they do not live with their household."""
    scene.column(scene.main, "是否共同生活", lambda _line: "是")
    for person in people:
        scene.line(person).cells["是否共同生活"] = "否"


@damage()
def away_by_law_at_home(scene: Scene) -> Iterator[None]:
    """A spouse or a child is said not to live there, which the law does not ask."""

    def belongs(person: Person) -> bool:
        return person.relation == "配偶" or (member(person) and person.age < 18)

    stays = scene.take_person(belongs)[1]
    yield
    say_away(scene, stays)


@damage()
def away_from_home(scene: Scene) -> Iterator[None]:
    """A grown child or a parent does not live there; nothing is paid for them through this home."""

    def covers(home: Home) -> bool:
        return home.dibao is not None and any(map(grown_member, home.people))

    goes = next(person for person in scene.take(covers).people if grown_member(person))
    goes.lives, goes.grade = False, "三级"
    goes.paid &= {"care"}
    yield
    say_away(scene, goes)


@damage()
def default_birthday(scene: Scene) -> Iterator[None]:
    """The birthday of somebody without an ID number is what a system fills in."""
    people = [scene.take_person(grown_member)[1], scene.take_person(lambda _person: True)[1]]
    yield
    scene.column(scene.main, "出生日期", lambda line: line.person.born.isoformat())
    for person in people:
        scene.line(person).cells |= {"身份证号": None, "出生日期": "1900-01-01"}


@damage()
def blank_number(scene: Scene) -> Iterator[None]:
    """The list has no ID number of somebody, or one with a figure too few."""
    people = [scene.take_person(lambda _person: True)[1] for _one in range(2)]
    yield
    scene.line(people[0]).cells["身份证号"] = None
    scene.line(people[1]).cells["身份证号"] = people[1].number[:-1]


@damage()
def community_nearly_the_same(scene: Scene) -> Iterator[None]:
    """The community of a household is written with a character that looks the same."""
    home = scene.take(lambda home: home.place == "沙井口")
    yield
    scene.set(home, "社区", "沙井囗")


@damage()
def community_written_otherwise(scene: Scene) -> Iterator[None]:
    """A community is written out, or as the one above."""
    home = scene.take()
    yield
    scene.set(home, "社区", f"{scene.pick(['莲湖街道', ''])}{home.place}社区")
    for above, line in pairwise(scene.main.lines):
        if above.home is line.home and line.home is not home and scene.random.random() < 0.2:
            line.cells["社区"] = scene.pick(["〃", "同上"])


@damage()
def missing_from_newer_list(scene: Scene) -> Iterator[None]:
    """Two people stand on the list of the month before and not on this one: one was forgotten."""
    gone, forgotten = (scene.take_person(grown_member)[1] for _one in range(2))
    leave(gone)
    yield
    older = write_list(scene.homes, scene.main.name.replace("花名册", "花名册11月"))
    older.title = older.title.replace("12月31日", "11月30日")
    scene.sheets.append(older)
    for person in (gone, forgotten):
        scene.main.lines.remove(scene.line(person))
    for home in scene.homes:
        scene.set(home, "家庭人口", len(home.living))


@damage()
def moved_between_lists(scene: Scene) -> Iterator[None]:
    """Somebody stands on an older list with one household and on this one with another."""
    home, person = scene.take_person(grown_member)
    other = scene.take()
    there = copy(person)
    there.relation = "父亲" if person.relation == "父亲" else "母亲"
    leave(person)
    other.people.append(there)
    yield
    older = write_list([home], "花名册11月补.csv")
    older.title = older.title.replace("12月31日", "11月30日")
    older.lines = [line for line in older.lines if line.person is person]
    scene.main.lines.remove(scene.line(person))
    scene.set(home, "家庭人口", len(home.living))
    scene.sheets.append(older)


@damage()
def stated_size_differs(scene: Scene) -> Iterator[None]:
    """The list states more people of a household than it has rows."""
    home = scene.take()
    yield
    scene.set(home, "家庭人口", len(home.people) + 1)


@damage()
def older_list(scene: Scene) -> Iterator[None]:
    """A list of a month before says otherwise."""
    homes = [scene.take(), scene.take()]
    yield
    older = write_list(homes, "走访表11月.csv")
    older.title = older.title.replace("12月31日", "11月30日")
    for line in older.lines:
        line.cells["家庭月收入"] = scene.pick([0, 800, 1900])
        line.cells["个人月收入"] = None
    older.head = [heading for heading in older.head if heading in scene.main.head]
    scene.sheets.append(older)


@damage()
def older_list_in_unit(scene: Scene) -> Iterator[None]:
    """A list of a month before states another income by the month, and this one by the year."""
    homes = [scene.take(), scene.take()]
    yield
    older = write_list(homes, "走访表9月.csv")
    older.title = older.title.replace("12月31日", "9月30日")
    scene.column(scene.main, "家庭年收入", blank)
    for line in older.lines:
        line.cells |= {"家庭月收入": scene.pick([0, 800, 1900]), "个人月收入": None}
    for home in homes:
        scene.set(home, "家庭年收入", home.income * 12)
        scene.set(home, "家庭月收入", None)
        scene.set(home, "个人月收入", None)
    scene.sheets.append(older)


@damage()
def corrected_number_on_list(scene: Scene) -> Iterator[None]:
    """A list of a month before has an ID number of somebody that was corrected since."""
    home = scene.take()
    yield
    older = write_list([home], "花名册10月.csv")
    older.title = older.title.replace("12月31日", "10月31日")
    older.lines[0].cells["身份证号"] = mistype(home.head.number, scene.random)
    scene.sheets.append(older)


@damage()
def list_dated_ahead(scene: Scene) -> Iterator[None]:
    """A list with a mistyped year says otherwise of a household."""
    home = scene.take()
    yield
    ahead = write_list([home], "花名册补充.csv")
    ahead.title = ahead.title.replace("2024年", "2042年")
    scene.sheets.append(ahead)


# Whole files, after all that happens in them


@damage(0.4)
def grades_on_a_list_of_their_own(scene: Scene) -> Iterator[None]:
    """Grades stand on a list of the disabled alone, which perhaps lacks some; nobody says which."""
    yield
    drop(scene, "残疾等级")
    people = [(home, person) for home in scene.homes for person in home.people]
    graded = [each for each in people if each[1].grade != "无" and not each[1].is_gone]
    is_part = scene.pick([False, False, True])
    listed = [list_line(*each) for each in (graded[1::2] if is_part else graded)]
    head = ["社区", "姓名", "身份证号", "残疾等级"]
    title = "莲湖街道残疾人名册（2024年12月31日）"
    scene.sheets.append(Sheet("残疾人名册.csv", title, head, listed, is_whole=not is_part))


@damage(0.5)
def part_of_a_roster(scene: Scene) -> Iterator[None]:
    """A roster lacks some of those who are paid, and nobody has said that it is complete."""
    yield
    roster = scene.roster(scene.pick(scene.rosters()))
    del roster.lines[: len(roster.lines) // 4 + 1]
    number_lines(roster)
    roster.complete, roster.is_whole = None, False


@damage(0.5)
def roster_of_unknown_completeness(scene: Scene) -> Iterator[None]:
    """A roster is complete, but nobody has said so."""
    yield
    scene.roster(scene.pick(scene.rosters())).complete = None


@damage(0.4)
def missing_roster(scene: Scene) -> Iterator[None]:
    """There is no roster of a programme."""
    yield
    scene.sheets.remove(scene.roster(scene.pick(scene.rosters())))


@damage()
def notes_below(scene: Scene) -> Iterator[None]:
    """Sums and signatures stand below the tables."""
    yield
    for sheet in scene.sheets:
        sheet.notes = [["制表人：某某", None, None, "审核人："], ["说明：本表一式两份"]]
        if sheet.programme and "发放金额" in sheet.head:
            total = sum(line.cells["发放金额"] for line in sheet.lines)
            cells = {"序号": "合计", "发放金额": total}
            sheet.notes.insert(0, [cells.get(heading) for heading in sheet.head])


@damage(0.5)
def said_on_the_list(scene: Scene) -> Iterator[None]:
    """There is no roster of dibao; the list says who is on it, and of some it says nothing."""
    yield
    if "dibao" in scene.rosters():
        scene.sheets.remove(scene.roster("dibao"))
    scene.column(scene.main, "低保", lambda line: "是" if line.home.dibao else "否")
    for home in scene.homes[::7]:
        scene.set(home, "低保", None)
