"""An invented street as it really is, and what its households are owed.

The sums are worked out here alone, from the law of `pack/` as a reader of it would: nothing of the
program's is imported.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

DAY = dt.date(2024, 12, 31)
LINE, DEPOSIT_LIMIT, CARE, LIVING, ELDER = 935, 30_000, 100, 110, 50
HOUSEHOLDS = 30
PROGRAMMES = ("dibao", "care", "living", "elder")
PLACES = ("沙井口", "青石桥")
_SURNAMES = "赵钱孙李周吴郑冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
_GIVEN = "丹乐仁佳俊倩冬刚勇博友和娟婷宁安宏宽岚峰川庆廷强彤彬怡恒悦敏文方旭晓晴朋林柏梅"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(eq=False)
class Person:
    """Somebody on a list; amounts in yuan.

    `lives`: whether they belong to the household by law; `is_gone`: they are dead, in prison or
    have moved, and are nobody of the street.
    """

    name: str
    number: str
    born: dt.date
    relation: str
    income: int = 0
    grade: str = "无"
    lives: bool = True
    is_gone: bool = False
    paid: set[str] = field(default_factory=set)

    @property
    def age(self) -> int:
        """The age on the day in full years."""
        had_birthday = (self.born.month, self.born.day) <= (DAY.month, DAY.day)
        return DAY.year - self.born.year - (not had_birthday)


@dataclass(eq=False)
class Home:
    """A household; `dibao` is what it is paid a month, None if it is not on dibao."""

    number: str
    place: str
    people: list[Person]
    deposits: int = 0
    dibao: int | None = None

    @property
    def head(self) -> Person:
        """The head, who stands first."""
        return self.people[0]

    @property
    def living(self) -> list[Person]:
        """The people who belong to the household."""
        return [person for person in self.people if person.lives]

    @property
    def income(self) -> int:
        """What those who belong to the household earn together a month."""
        return sum(person.income for person in self.living)

    def dibao_due(self) -> int:
        """Return the dibao that the household may have a month; 0: none."""
        size = len(self.living)
        is_poor = self.income < LINE * size and self.deposits <= DEPOSIT_LIMIT * size
        return LINE * size - self.income if is_poor else 0

    def unclaimed(self) -> list[int]:
        """Return the amounts of the benefits that are owed and not paid."""
        found = [0 if self.dibao is not None else self.dibao_due()]
        for person in self.people:
            is_covered = person.lives and self.dibao is not None
            due = {
                "care": CARE if person.grade in ("一级", "二级") and not person.is_gone else 0,
                "living": LIVING if person.grade != "无" and is_covered else 0,
                "elder": ELDER if person.age >= 80 and is_covered else 0,
            }
            found += [yuan for name, yuan in due.items() if name not in person.paid]
        return [yuan for yuan in found if yuan]


@dataclass(frozen=True)
class Figures:
    """Households with something unclaimed, the fen a month of it, and the people."""

    households: int
    fen: int
    members: int


def count(homes: Iterable[Home]) -> Figures:
    """Return what is true of households: nobody counts twice."""
    owed = [home.unclaimed() for home in homes]
    people = {person.number for home in homes for person in home.people if not person.is_gone}
    return Figures(sum(map(bool, owed)), 100 * sum(map(sum, owed)), len(people))


def draw_number(random: Random, born: dt.date, sex: str) -> str:
    """Return an ID number with its check digit."""
    body = f"{random.choice(['360302', '360313', '430224'])}{born:%Y%m%d}"
    return close_number(f"{body}{random.randrange(100, 990) // 2 * 2 + (sex == '男'):03}")


def close_number(body: str) -> str:
    """Return seventeen figures with their check digit behind."""
    total = sum(int(figure) * weight for figure, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


class Drawing:
    """Draws the households of a street; no two people have the same name or ID number."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._names: set[str] = set()
        self._numbers: set[str] = set()

    def street(self, households: int = HOUSEHOLDS) -> list[Home]:
        """Return households in the order of their communities."""
        homes = [self._home(number) for number in range(1, households + 1)]
        return sorted(homes, key=lambda home: (home.place, home.number))

    def name(self) -> str:
        """Return a name that nobody has yet."""
        name = ""
        while not name or name in self._names or any(near(name, other) for other in self._names):
            name = self.random.choice(_SURNAMES) + "".join(self.random.sample(_GIVEN, 2))
        self._names.add(name)
        return name

    def _number(self, born: dt.date, sex: str) -> str:
        """Return an ID number that nobody has yet."""
        number = draw_number(self.random, born, sex)
        while number in self._numbers:
            number = draw_number(self.random, born, sex)
        self._numbers.add(number)
        return number

    def person(self, relation: str, years: tuple[int, int]) -> Person:
        """Return a person of an age between two, with an income and a disability or none."""
        born = dt.date(DAY.year - self.random.randint(*years), self.random.randint(1, 12), 15)
        sexes = {"儿子": "男", "父亲": "男", "女儿": "女", "母亲": "女"}
        sex = sexes.get(relation) or self.random.choice("男女")
        person = Person(self.name(), self._number(born, sex), born, relation)
        if person.age >= 18:
            person.income = self.random.choice([0, 0, 300, 450, 600, 820, 1500, 2600])
        if self.random.random() < 0.2:
            person.grade = self.random.choice(["一级", "二级", "三级", "四级"])
        return person

    def _home(self, number: int) -> Home:
        random = self.random
        oldest = random.choice([(30, 58), (30, 58), (60, 92)])
        people = [self.person("户主", oldest)]
        if random.random() < 0.4:
            people.append(self.person("配偶", (oldest[0], oldest[1])))
        if oldest[0] == 30:
            for _child in range(random.choice([0, 0, 1, 1, 2])):
                years = (3, 10) if random.random() < 0.7 else (19, 24)
                people.append(self.person(random.choice(["儿子", "女儿"]), years))
            if random.random() < 0.2:
                people.append(self.person(random.choice(["母亲", "父亲"]), (78, 92)))
        home = Home(f"L{number:03}", random.choice(PLACES), people)
        home.deposits = random.choice([0, 0, 2_000, 8_000, 20_000, 400_000])
        self._pay(home)
        return home

    def _pay(self, home: Home) -> None:
        """Let most of what is due be paid, and nothing else."""
        random = self.random
        if home.dibao_due() and random.random() < 0.55:
            home.dibao = home.dibao_due()
        for person in home.people:
            is_due = {
                "care": person.grade in ("一级", "二级"),
                "living": person.grade != "无" and home.dibao is not None,
                "elder": person.age >= 80 and home.dibao is not None,
            }
            person.paid = {name for name, due in is_due.items() if due and random.random() < 0.7}


def near(name: str, other: str) -> bool:
    """Whether two names differ in one character only."""
    return sum(one != two for one, two in zip(name, other, strict=True)) < 2
