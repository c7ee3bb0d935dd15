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
_HARDSHIPS = {"": "", "fire": "火灾", "accident": "交通事故", "illness": "突发重病"}
_EARNING = ("employed", "flexible", "retired")


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
    has_thousands: bool = False
    employment: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)


def household_cell(key: str, one: Household, words: Words) -> Cell:
    """Give what stands under a household's heading."""
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
    }
    return texts[key] if key in texts else _money_or_count(key, one, words)


def _money_or_count(key: str, one: Household, words: Words) -> Cell:
    amounts: dict[str, int | None] = {
        "income": one.income,
        "income_year": None if one.income is None else one.income * 12,
        "deposits": one.deposits,
        "vehicles": one.vehicles,
        "homes": one.homes,
    }
    amount = amounts[key.removesuffix("_wan")]
    if amount is None:
        return None
    if key.endswith("_wan"):
        return round(amount / 10000, 4)
    if key in ("vehicles", "homes"):
        return amount or words.nothing
    return f"{amount:,}" if words.has_thousands else amount


def member_cell(key: str, person: Person, words: Words) -> Cell:
    """Give what stands under a member's heading; the ID number is written elsewhere."""
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
    }
    if key in texts:
        return texts[key]
    costs = {
        "medical": person.medical,
        "schooling": person.schooling,
        "rehabilitation": person.rehabilitation,
    }
    return costs[key] or words.nothing


def own_incomes(one: Household) -> list[int | None]:
    """Divide a household's income among those who earn it; nobody asked: the head's is unknown."""
    if one.income is None:
        return [None, *[0] * (one.size - 1)]
    earners = [person for person in one.members if person.employment in _EARNING] or [one.head]
    each, rest = divmod(one.income // 10, len(earners))
    amounts = {id(person): each * 10 for person in earners}
    amounts[id(earners[0])] += rest * 10 + one.income % 10
    return [amounts.get(id(person), 0) for person in one.members]
