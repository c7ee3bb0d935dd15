"""The same street two years on: one list of October 2026, and a roster for each new programme.

What is to be found is stated for the programmes that are new since 2024, and planted like the rest:
most who are entitled stand on the roster, some do not, and a few stand there who are not.
"""

import datetime as dt
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sample_data.generator.cells import KINDS, Cell
from sample_data.generator.files import Sheet, write_csv, write_xlsx
from sample_data.generator.households import Household
from sample_data.generator.people import Person, surname
from sample_data.generator.street import SEED, Street
from sample_data.generator.truth import HEAD, declare, write_rows

TODAY = dt.date(2026, 10, 31)  # the last day that the rosters of the month speak for
MONTH = "2026年10月"
_NOT_ENTITLED = {"childcare-subsidy": 1, "dibao-extra": 2, "elderly-care-voucher": 2}
_GRADES = ("无", "一级", "二级", "三级", "四级")
_EMPLOYMENT = {"employed": "在职", "flexible": "灵活就业", "retired": "退休", "student": "学生"}
# Programme, file, title, whether it is a text file, and whether amounts stand in it.
_ROSTERS = (
    ("dibao", "2026年10月城市低保金发放表.xlsx", "城市低保金发放表", True),
    ("dibao-single", "2026年10月单人户低保金发放表.xlsx", "单人户低保金发放表", True),
    ("tekun", "2026年10月特困人员救助供养金发放表.xlsx", "特困人员救助供养金发放表", True),
    ("edge", "2026年低保边缘家庭名册.xlsx", "低保边缘家庭名册", False),
    ("orphan", "2026年10月孤儿基本生活费发放表.xlsx", "孤儿基本生活费发放表", True),
    ("employment-help", "2026年就业困难人员认定名单.xlsx", "就业困难人员认定名单", False),
    ("childcare-subsidy", "2026年育儿补贴发放名单.xlsx", "育儿补贴发放名单", True),
    ("elderly-care-voucher", "2026年10月养老服务消费补贴名单.csv", "养老服务消费补贴名单", False),
    ("dibao-extra", "2026年10月分类施保发放表.xlsx", "分类施保发放表", True),
    ("medical-premium", "2026年度医保资助参保名单.csv", "医保资助参保名单", False),
    ("flexible-insurance", "2026年灵活就业社会保险补贴名单.xlsx", "灵活就业社会保险补贴名单", True),
)
_AMOUNTS = {
    "tekun": 1275,
    "orphan": 1360,
    "childcare-subsidy": 3600,
    "dibao-extra": 100,
    "dibao-single": 600,
    "flexible-insurance": 4200,
}


@dataclass
class _Later:
    """The street in October 2026: what was assessed, who is on which list, what is to be found."""

    households: list[Household]
    rng: random.Random
    assessed: dict[Person, str] = field(default_factory=dict)
    pension: dict[Person, str] = field(default_factory=dict)
    paid: dict[str, list[tuple[Household, Person]]] = field(default_factory=dict)
    truth: list[list[str]] = field(default_factory=list)

    def pay(self, programme: str, household: Household, person: Person) -> None:
        """Put somebody on the roster of a programme."""
        self.paid.setdefault(programme, []).append((household, person))

    def is_paid(self, programme: str, person: Person) -> bool:
        """Return whether somebody is on the roster of a programme."""
        return any(person is paid for _household, paid in self.paid.get(programme, ()))

    def expect(self, status: str, programme: str, household: Household, person: Person) -> None:
        """State a finding about a member."""
        number, head = household.number, household.head.id_number
        row = [number, head, household.community, person.id_number, programme, status]
        self.truth.append([*row, str(household.size)])

    def people(self) -> Iterable[tuple[Household, Person]]:
        """List everybody with their household."""
        return [(one, person) for one in self.households for person in one.members]

    def plant(
        self, programme: str, entitled: Sequence[tuple[Household, Person]], listed: float
    ) -> None:
        """Put this share of those entitled on the roster; the others are to be found."""
        for household, person in entitled:
            if self.rng.random() < listed:
                self.pay(programme, household, person)
            else:
                self.expect("unclaimed", programme, household, person)

    def plant_wrongly(self, programme: str, others: list[tuple[Household, Person]]) -> None:
        """Put a few who are not entitled on the roster: that is to be reviewed."""
        for household, person in self.rng.sample(others, _NOT_ENTITLED[programme]):
            self.pay(programme, household, person)
            self.expect("review", programme, household, person)


def write_all(folder: Path, street: Street) -> None:
    """Write the list, the rosters, the truth and import.toml of 2026 into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    later = _Later(street.households, random.Random(SEED + 2026))
    _number(later)
    _give_birth(later, street)
    _keep_benefits(later)
    for plant in (_children, _elderly, _extra, _premiums, _flexible, _singles):
        plant(later)
    _write_list(folder, later)
    for programme, name, title, has_amounts in _ROSTERS:
        _write_roster(folder / name, later, programme, title, has_amounts=has_amounts)
    write_rows(folder / "truth.csv", [HEAD, *sorted(later.truth)])
    rosters = [(name, programme, True) for programme, name, _title, _has in _ROSTERS]
    (folder / "import.toml").write_text(declare(rosters, "2026-10"), "utf-8", newline="\n")


def age(person: Person) -> int:
    """Return the age in full years on the day of the list."""
    had_birthday = (TODAY.month, TODAY.day) >= (person.birth.month, person.birth.day)
    return TODAY.year - person.birth.year - (not had_birthday)


def _number(later: _Later) -> None:
    """Give every household a number: one list has them all now."""
    for place, household in enumerate(later.households, start=1):
        household.number = household.number or f"HW2026{place:04d}"


def _give_birth(later: _Later, street: Street) -> None:
    """Let a child be born, or come, to thirty households; one of them has turned three."""
    young = [
        one for one in later.households if one.size < 4 and any(age(p) < 46 for p in one.members)
    ]
    for place, household in enumerate(later.rng.sample(young, 30)):
        first = dt.date(2023, 9, 1) if place == 0 else dt.date(2023, 11, 1)
        span = 40 if place == 0 else (dt.date(2026, 9, 30) - first).days
        birth = first + dt.timedelta(days=later.rng.randrange(span))
        child = street.maker.newborn(birth, surname(household.head))
        household.members.append(child)


def _keep_benefits(later: _Later) -> None:
    """Let who drew dibao, tekun or the like in 2024 draw it still."""
    kept = ("dibao", "dibao-single", "tekun", "edge", "orphan")
    for household in later.households:
        for receipt in household.receipts:
            if receipt.programme in kept:
                later.pay(receipt.programme, household, receipt.member or household.head)


def _draws_dibao(later: _Later, household: Household, person: Person) -> bool:
    is_alone = later.is_paid("dibao-single", person)
    return is_alone or any(one is household for one, _head in later.paid["dibao"])


def _children(later: _Later) -> None:
    """Plant the childcare subsidy: every child under three, whatever the household has."""
    everybody = later.people()
    later.plant("childcare-subsidy", [pair for pair in everybody if age(pair[1]) < 3], 0.7)
    later.plant_wrongly("childcare-subsidy", [pair for pair in everybody if age(pair[1]) == 3])


def _elderly(later: _Later) -> None:
    """Plant the vouchers: of those of sixty and more a third are assessed, most moderately ill."""
    grades = ("能力完好", "轻度失能", "中度失能", "重度失能", "完全失能")
    entitled, others = [], []
    for household, person in later.people():
        if age(person) < 60 or later.rng.random() < 0.67:
            continue
        grade = later.rng.choice(grades)
        later.assessed[person] = grade
        is_tekun = later.is_paid("tekun", person)
        if not is_tekun:
            (entitled if grade in grades[2:] else others).append((household, person))
    later.plant("elderly-care-voucher", entitled, 0.8)
    later.plant_wrongly("elderly-care-voucher", others)


def _extra(later: _Later) -> None:
    """Plant dibao's extra: the old, minors, the severely disabled and the gravely ill on dibao."""
    on_dibao = [pair for pair in later.people() if _draws_dibao(later, *pair)]
    entitled = [pair for pair in on_dibao if _is_of_extra_group(pair[1])]
    later.plant("dibao-extra", entitled, 0.85)
    others = [pair for pair in on_dibao if not _is_of_extra_group(pair[1])]
    later.plant_wrongly("dibao-extra", others)


def _is_of_extra_group(person: Person) -> bool:
    return not 18 <= age(person) < 60 or person.grade in (1, 2) or person.is_ill


def _premiums(later: _Later) -> None:
    """Plant help with the premium of 2026: dibao, tekun and orphans."""
    entitled = [
        (household, person)
        for household, person in later.people()
        if _draws_dibao(later, household, person)
        or later.is_paid("tekun", person)
        or (age(person) < 18 and later.is_paid("orphan", person))
    ]
    later.plant("medical-premium", entitled, 0.92)


def _singles(later: _Later) -> None:
    """State what opens once the severe cases of edge households claim dibao for themselves."""
    on_edge = [one for one, _head in later.paid["edge"]]
    for household, person in later.people():
        is_severe = person.grade in (1, 2) or person.is_ill
        is_paid = _draws_dibao(later, household, person) or later.is_paid("tekun", person)
        if is_severe and not is_paid and any(one is household for one in on_edge):
            later.expect("unlocked", "dibao-extra", household, person)
            later.expect("unlocked", "medical-premium", household, person)


def _flexible(later: _Later) -> None:
    """Plant the subsidy of flexible workers who are hard to employ; one has the other pension."""
    working = [
        (one, person)
        for one, person in later.people()
        if 40 <= age(person) < 58 and person.employment == "flexible"
    ]
    *entitled, wrong = later.rng.sample(working, 13)
    for household, person in (*entitled, wrong):
        later.pay("employment-help", household, person)
        later.pension[person] = "职工养老保险"
    later.plant("flexible-insurance", entitled, 0.65)
    later.pension[wrong[1]] = "城乡居民养老保险"
    later.pay("flexible-insurance", *wrong)
    later.expect("review", "flexible-insurance", *wrong)


def _write_list(folder: Path, later: _Later) -> None:
    """Write everybody on one sheet; what is so of the household stands in every row."""
    sheet = Sheet("2026年10月")
    heads = [
        "户编号",
        "社区",
        "姓名",
        "身份证号",
        "与户主关系",
        "家庭月收入（元）",
        "残疾类别",
        "残疾等级",
    ]
    heads += ["是否重病", "就业状况", "养老保险参保情况", "老年人能力评估等级"]
    sheet.add_line("河湾街道困难居民台账", len(heads))
    sheet.add_line("填表日期：2026年10月31日")
    sheet.rows.append([*heads])
    for household, person in later.people():
        row: list[Cell] = [household.number, f"{household.community}社区", person.name]
        row += [person.id_number, person.relation, household.income, KINDS[person.kind] or "无"]
        row += [_GRADES[person.grade], "是" if person.is_ill else "否"]
        row += [_EMPLOYMENT.get(person.employment), later.pension.get(person)]
        sheet.rows.append([*row, later.assessed.get(person)])
    write_xlsx(folder / "河湾街道困难居民台账202610.xlsx", [sheet])


def _write_roster(
    path: Path, later: _Later, programme: str, title: str, *, has_amounts: bool
) -> None:
    """Write who is paid; where there are amounts, also a total."""
    sheet = Sheet("名单")
    sheet.add_line(f"河湾街道{title}（{MONTH}）")
    amounts = ["发放金额（元）"] if has_amounts else []
    sheet.rows.append(["序号", "社区", "姓名", "身份证号", *amounts])
    total = 0
    for serial, (household, person) in enumerate(later.paid.get(programme, ()), start=1):
        row: list[Cell] = [serial, f"{household.community}社区", person.name, person.id_number]
        amount = _AMOUNTS.get(programme, max(980 * household.size - (household.income or 0), 50))
        total += amount
        sheet.rows.append([*row, amount] if has_amounts else row)
    if has_amounts:
        sheet.rows.append(["合计", None, None, None, total])
    if path.suffix == ".csv":
        write_csv(path, sheet, "gb18030")
    else:
        write_xlsx(path, [sheet])
