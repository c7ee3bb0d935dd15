"""Invented people: names that nobody shares, ID numbers with a right check digit."""

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

AS_OF = dt.date(2024, 12, 10)
# Near the end of a year nobody has a birthday: ages hold for weeks around the date.
_LAST_BIRTHDAY = dt.date(2024, 11, 10)
_COUNTIES = ("360302",) * 14 + ("360313", "360313", "360321", "360322", "360323", "430281")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_SURNAMES = (
    "刘李张王陈黄吴周彭谢钟肖曾罗邓温赖易文甘贺荣柳汤段兰龙姚欧邹廖谭颜漆喻晏敖巫缪宋胡郭林何"
)
_COMPOUND = ("欧阳", "上官", "司马")
_GIVEN = {
    "男": "建国明华军平强勇伟斌根生福贵荣海涛波刚峰林松柏祥瑞庆元成志辉德仁义礼智信文武宏毅泉",
    "女": "秀英兰梅菊芳玲娟丽萍香云霞莲桂珍凤琴红艳燕静洁敏慧婷雪月娥花翠珠玉素淑惠巧春秋金银",
}
STAGE_AGES = {
    "preschool": (4, 5),
    "primary": (7, 11),
    "junior": (13, 14),
    "senior": (16, 17),
    "college": (19, 21),
}


@dataclass(eq=False)
class Person:
    """One invented person and what is so about them; a None is not known to the office.

    `written_id` is what stands in the household sheet instead of the number: 'ruined', 'missing'
    or '' where it stands there in some readable way. `self_care` is '', 'partly' or 'full' (lost);
    `father` and `mother` are what a child's sheet says of its parents, '' where it says nothing.
    `own_income` stands beside the household's income only where somebody asked for it.
    `care` is what treatment cost, what was settled, and what came back later; by default it is
    reckoned back from the own part.
    """

    name: str
    sex: str
    birth: dt.date
    id_number: str
    relation: str = "户主"
    employment: str = "unemployed"
    is_ill: bool = False
    kind: str = ""
    grade: int = 0
    has_supporter: bool | None = None
    stage: str = ""
    is_insured: bool | None = True
    medical: int = 0
    schooling: int = 0
    rehabilitation: int = 0
    own_medical_aid: str = ""
    written_id: str = ""
    self_care: str = ""
    own_income: int | None = None
    father: str = "able"
    mother: str = "able"
    is_registered: bool = False
    idle_months: int | None = None
    insured_months: int | None = None
    left_unwillingly: bool | None = None
    is_unionist: bool = False
    basic_pension: int | None = None
    care: tuple[int, int, int] | None = None

    @property
    def has_resident_pension(self) -> bool:
        """Return whether this person, of working age, is in the pension scheme of residents."""
        is_of_age = 16 <= self.age < 60 and not self.stage
        return is_of_age and self.employment in ("flexible", "unemployed", "none")

    @property
    def age(self) -> int:
        """Return the age in full years on the date of the sheets."""
        had_birthday = (AS_OF.month, AS_OF.day) >= (self.birth.month, self.birth.day)
        return AS_OF.year - self.birth.year - (not had_birthday)


def check_digit(first_17: str) -> str:
    """Return the 18th digit of an ID number (GB 11643).

    >>> check_digit("11010519491231002")
    'X'
    """
    total = sum(int(d) * w for d, w in zip(first_17, _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11]


class Maker:
    """Makes people and chances from one seed; no name and no number comes twice."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._names: set[str] = set()
        self._numbers: set[str] = set()

    def person(self, low: int, high: int, sex: str = "", surname: str = "", **facts: Any) -> Person:
        """Make somebody of an age from low to high (inclusive)."""
        sex = sex or self.rng.choice("男女")
        birth = self._birth(self.rng.randint(low, high))
        name = self.name(sex, surname)
        return Person(name, sex, birth, self._id_number(sex, birth), **facts)

    def name(self, sex: str, surname: str = "") -> str:
        """Make up a name that nobody has yet."""
        while True:
            family = surname or self._surname()
            given = "".join(self.rng.choice(_GIVEN[sex]) for _ in range(self.rng.choice((1, 2, 2))))
            name = family + given
            if len(name) > 1 and name not in self._names:
                self._names.add(name)
                return name

    def _surname(self) -> str:
        is_compound = self.rng.random() < 0.012
        return self.rng.choice(_COMPOUND) if is_compound else self.rng.choice(_SURNAMES)

    def _birth(self, age: int) -> dt.date:
        day = dt.date(AS_OF.year - age, 1, 20)
        span = (_LAST_BIRTHDAY - dt.date(AS_OF.year, 1, 20)).days
        return day + dt.timedelta(days=self.rng.randint(0, span))

    def _id_number(self, sex: str, birth: dt.date) -> str:
        while True:
            sequence = self.rng.randrange(900, 1000, 2) + (sex == "男")
            first = f"{self.rng.choice(_COUNTIES)}{birth:%Y%m%d}{sequence}"
            number = first + check_digit(first)
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def newborn(self, birth: dt.date, surname: str) -> Person:
        """Make a child who was born on a day."""
        sex = self.rng.choice("男女")
        relation = "子" if sex == "男" else "女"
        number = self._id_number(sex, birth)
        return Person(self.name(sex, surname), sex, birth, number, relation, "none")

    def adult(self, low: int = 36, high: int = 58, **facts: Any) -> Person:
        """Make somebody who is able to work."""
        employment = facts.pop("employment", self.rng.choice(("unemployed", "flexible")))
        return self.person(low, high, employment=employment, **facts)

    def elder(self, low: int = 62, high: int = 78, **facts: Any) -> Person:
        """Make somebody old whom somebody is bound and able to support, unless said otherwise."""
        own: dict[str, Any] = {"employment": "retired", "has_supporter": True}
        return self.person(low, high, **(own | facts))

    def pupil(self, stage: str, surname: str = "", **facts: Any) -> Person:
        """Make a child or youth in school."""
        sex = self.rng.choice("男女")
        own: dict[str, Any] = {
            "relation": "子" if sex == "男" else "女",
            "employment": "student" if stage != "preschool" else "none",
            "has_supporter": True,
            "stage": stage,
        }
        return self.person(*STAGE_AGES[stage], sex=sex, surname=surname, **(own | facts))

    def disabled(self, kind: str, grade: int, low: int = 30, high: int = 57, **f: Any) -> Person:
        """Make a grown person who holds a disability card."""
        own: dict[str, Any] = {"employment": "none", "has_supporter": True}
        return self.person(low, high, kind=kind, grade=grade, **(own | f))

    def ward(self, stage: str, guardian: Person, father: str, mother: str) -> Person:
        """Make a grandchild in school of whose parents this is so."""
        child = self.pupil(stage, surname(guardian), father=father, mother=mother)
        child.relation = "孙子" if child.sex == "男" else "孙女"
        return child

    def registered(self, low: int, high: int, **facts: Any) -> Person:
        """Make somebody registered as out of work who never paid for unemployment insurance."""
        own: dict[str, Any] = {
            "employment": "unemployed",
            "is_registered": True,
            "idle_months": 14,
            "insured_months": 0,
            "left_unwillingly": True,
        }
        return self.person(low, high, **(own | facts))

    def couple(self, low: int, high: int, *, is_old: bool = False) -> list[Person]:
        """Make two people married to each other, the first of them the head."""
        head_sex = self.rng.choice(("男", "男", "女"))
        make = self.elder if is_old else self.adult
        head = make(low, high, sex=head_sex)
        other = make(low, high, sex="女" if head_sex == "男" else "男", relation="配偶")
        return [head, other]

    def share(self, low: float, high: float, people: int = 1) -> int:
        """Choose an amount of whole tens of yuan between two multiples of the line per head."""
        return round(self.rng.uniform(low, high) * 93.5 * people) * 10


def spouse(person: Person) -> dict[str, Any]:
    """Return what is so of somebody married to this person."""
    return {"relation": "配偶", "sex": "女" if person.sex == "男" else "男"}


def surname(person: Person) -> str:
    """Return a person's family name."""
    return next((one for one in _COMPOUND if person.name.startswith(one)), person.name[0])
