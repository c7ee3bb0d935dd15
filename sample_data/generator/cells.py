"""What stands in a cell of a household sheet: a fact in the words of one office or another."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sample_data.generator.households import Household
from sample_data.generator.people import Person

Cell = None | str | int | float

KINDS = {
    "": "",
    "sight": "视力",
    "hearing": "听力",
    "speech": "言语",
    "limb": "肢体",
    "intellect": "智力",
    "mental": "精神",
}
# The order of the kinds in the last two digits of a disability card.
CARD_DIGITS = {"sight": 1, "hearing": 2, "speech": 3, "limb": 4, "intellect": 5, "mental": 6}
_EMPLOYMENT = {
    "employed": "在职",
    "flexible": "灵活就业",
    "unemployed": "失业",
    "retired": "退休",
    "student": "学生",
    "none": "无劳动能力",
}
_STAGES = {
    "": "",
    "preschool": "学前",
    "primary": "小学",
    "junior": "初中",
    "senior": "高中",
    "college": "大专以上",
}
_HARDSHIPS = {
    "": "",
    "fire": "火灾",
    "accident": "交通事故",
    "illness": "突发重病",
    "disaster": "洪灾",
    "job_loss": "突然失业",
}
_PARENTS = {
    "": None,
    "able": "健在",
    "dead": "去世",
    "untraceable": "下落不明",
    "severe": "重残",
    "ill": "重病",
    "custody": "服刑",
    "rehab": "强制隔离戒毒",
    "lost": "失联",
}
_EARNING = ("employed", "flexible", "retired")
_OF_AGE = 18
_WORKING_AGE = 16


@dataclass(frozen=True)
class Words:
    """How one office writes things down; `none` is what it writes where there is nothing."""

    yes: str = "是"
    no: str = "否"
    safe: tuple[str, str] = ("是", "否")
    insured: tuple[str, str] = ("是", "否")
    none: str = ""
    nothing: Cell = None
    grades: tuple[str, ...] = ("", "一级", "二级", "三级", "四级")
    kind_ending: str = ""
    self_care: tuple[str, str, str] = ("", "部分丧失", "完全丧失")
    has_thousands: bool = False
    employment: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)


def household_cell(key: str, one: Household, words: Words) -> Cell:
    """Return what stands under a household's heading."""
    texts: dict[str, Cell] = {
        "number": one.number,
        "community": f"{one.community}社区",
        "head_name": one.head.name,
        "address": f" {one.address}",
        "phone": one.phone,
        "size": one.stated_size,
        "safe": words.safe[0 if one.is_safe else 1],
        "hardship": _HARDSHIPS[one.hardship] or words.none,
        "receives": one.own_receives,
        "temporary_aid": one.own_temporary_aid,
        "funeral_aid": one.own_funeral_aid,
        "disaster_aid": one.own_disaster_aid,
        "food": words.yes if one.has_food else words.no,
        "clothing": words.yes if one.has_clothing else words.no,
        "death": words.yes if one.has_death else words.no,
        "grace": words.yes if one.is_in_grace else None,
    }
    return texts[key] if key in texts else _money_or_count(key, one, words)


def _money_or_count(key: str, one: Household, words: Words) -> Cell:
    amounts: dict[str, int | None] = {
        "income": one.income,
        "income_year": None if one.income is None else one.income * 12,
        "deposits": one.deposits,
        "vehicles": one.vehicles,
        "homes": one.homes,
        "area": one.floor_area,
    }
    amount = amounts[key.removesuffix("_wan")]
    if amount is None:
        return None
    if key.endswith("_wan"):
        return round(amount / 10000, 4)
    if key in ("vehicles", "homes", "area"):
        return amount or words.nothing
    return f"{amount:,}" if words.has_thousands else amount


def member_cell(key: str, person: Person, words: Words) -> Cell:
    """Return what stands under a member's heading; the ID number is written elsewhere."""
    texts: dict[str, Cell] = {
        "name": person.name,
        "relation": person.relation,
        "sex": person.sex,
        "age": person.age,
        "employment": words.employment.get(person.employment, _EMPLOYMENT[person.employment]),
        "ill": words.yes if person.is_ill else words.none,
        "kind": KINDS[person.kind] + words.kind_ending if person.kind else words.none,
        "grade": words.grades[person.grade] or words.none,
        "supporter": {True: "有", False: "无", None: None}[person.has_supporter],
        "stage": words.stages.get(person.stage, _STAGES[person.stage]) or words.none,
        "insured": words.insured[0 if person.is_insured else 1],
        "medical_aid": person.own_medical_aid,
        "self_care": words.self_care[("", "partly", "full").index(person.self_care)],
    }
    if key in texts:
        return texts[key]
    costs = {
        "medical": person.medical,
        **dict(zip(_CARE, _care(person), strict=True)),
        "schooling": person.schooling,
        "rehabilitation": person.rehabilitation,
    }
    return costs[key] or words.nothing if key in costs else _asked_of_some(key, person, words)


_CARE = ("medical_total", "medical_settled", "medical_second")


def _care(person: Person) -> tuple[int, int, int]:
    """Return what treatment cost, what was settled and what came back; four fifths are settled."""
    own = person.medical
    return person.care or (own * 5 + own // 5, own * 4, own // 5)


def _asked_of_some(key: str, person: Person, words: Words) -> Cell:
    """Return what only some offices ask, and only of those whom it concerns."""
    parents = {"father": person.father, "mother": person.mother}
    if key in parents:
        return _PARENTS[parents[key]] if person.age < _OF_AGE else None
    is_idle, is_in_job = person.employment == "unemployed", person.employment == "employed"
    unwillingly = {True: words.yes, False: words.no, None: None}[person.left_unwillingly]
    answers: dict[str, Cell] = {
        "stated_income": person.own_income,
        "registered": _yes_no(words, is_so=person.is_registered) if is_idle else None,
        "idle_months": person.idle_months,
        "insured_months": person.insured_months,
        "unwillingly": unwillingly,
        "union": _yes_no(words, is_so=person.is_unionist) if is_in_job else None,
        "pension": _pension(person),
        "basic_pension": person.basic_pension,
    }
    return answers[key]


def _yes_no(words: Words, *, is_so: bool) -> str:
    return words.yes if is_so else words.no


def _pension(person: Person) -> Cell:
    """Name the pension scheme of somebody grown; nobody asks it of the young or of students."""
    if person.age < _WORKING_AGE or person.stage:
        return None
    is_resident = person.has_resident_pension or person.employment == "none"
    return "居民养老" if is_resident else "职工养老"


def own_incomes(one: Household) -> list[int | None]:
    """Divide a household's income among those who earn it; nobody asked: the head's is unknown."""
    if one.income is None:
        return [None, *[0] * (one.size - 1)]
    earners = [person for person in one.members if person.employment in _EARNING] or [one.head]
    each, rest = divmod(one.income // 10, len(earners))
    amounts = {id(person): each * 10 for person in earners}
    amounts[id(earners[0])] += rest * 10 + one.income % 10
    return [amounts.get(id(person), 0) for person in one.members]
