"""The street: how many households of which kind, and which community each lives in."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sample_data.generator import (
    doubtful,
    founding,
    newly_doubtful,
    newly_settled,
    newly_unclaimed,
    ordinary,
    priority,
    unclaimed,
)
from sample_data.generator.follows import settle
from sample_data.generator.households import Household
from sample_data.generator.people import Maker

SEED = 20241210
HOUSEHOLDS = 937
MEMBERS = 1484
# What truth.csv comes to: households with at least one such row; a household may be in several.
KNOWN = {
    "unclaimed": 101,
    "unlocked": 48,
    "undetermined": 82,
    "underpaid": 16,
    "review": 18,
    "conflict": 7,
    "priority": 24,
    "undecided": 8,
}
PRIORITY_MEMBERS = 26


@dataclass(frozen=True)
class Community:
    """A community: how many households it has and what its sheet can hold."""

    name: str
    households: int
    columns: tuple[str, ...] = ()
    most_members: int = 4
    numbers: str = ""


COMMUNITIES = (
    Community(
        "河口下", 118, ("receives", "aid", "parents", "jobs", "own", "union", "grace"), numbers="HK"
    ),
    Community("花园", 96, ("union",)),
    Community("商城", 92, ("own", "parents"), numbers="SC"),
    Community("柳堤", 81, ("own", "parents"), numbers="LD"),
    Community("月塘", 66, ("own", "parents"), numbers="YT"),
    Community("青石", 58, ("own", "parents"), numbers="QS"),
    Community("桥北", 74, ("receives", "later"), most_members=3, numbers="QB"),
    Community("梧桐里", 88),
    Community("东园", 77, ("jobs", "pension"), numbers="DY"),
    Community("望江", 64, ("jobs", "pension"), numbers="WJ"),
    Community("南塘", 71, ("pension",)),
    Community("石榴", 52, ("receives", "aid", "parents", "chain")),
)

Build = Callable[[Maker], Household]
UNCLAIMED: tuple[tuple[Build, int], ...] = (
    (unclaimed.dibao_alone, 7),
    (unclaimed.dibao_old_couple, 3),
    (unclaimed.dibao_with_pupils, 4),
    (unclaimed.dibao_came_later, 1),
    (unclaimed.dibao_with_card, 3),
    (unclaimed.dibao_over_80, 2),
    (unclaimed.dibao_said_on_sheet, 2),
    (unclaimed.tekun_alone, 3),
    (unclaimed.tekun_over_80, 2),
    (unclaimed.edge, 3),
    (unclaimed.edge_with_ill, 2),
    (unclaimed.edge_with_pupil, 2),
    (unclaimed.single_with_card, 3),
    (unclaimed.single_ill, 2),
    (unclaimed.living_subsidy, 6),
    (unclaimed.care_subsidy, 5),
    (unclaimed.both_subsidies, 3),
    (unclaimed.over_80_on_dibao, 4),
    (unclaimed.over_80_on_tekun, 2),
    (unclaimed.pupil_on_dibao, 4),
    (unclaimed.pupil_on_edge, 2),
    (unclaimed.medical_aid, 2),
    (unclaimed.temporary_aid, 2),
    (founding.able_cashier, 2),
    (founding.carer_at_home, 1),
    (founding.chain_of_claims, 2),
    (founding.just_below_line, 1),
    (newly_unclaimed.single_without_edge, 2),
    (newly_unclaimed.care_service, 1),
    (newly_unclaimed.orphan, 1),
    (newly_unclaimed.unsupported_child, 2),
    (newly_unclaimed.elderly_care, 2),
    (newly_unclaimed.housing, 2),
    (newly_unclaimed.cramped_home, 1),
    (newly_unclaimed.public_post, 1),
    (newly_unclaimed.unemployment_benefit, 1),
    (newly_unclaimed.medical_premium, 2),
    (newly_unclaimed.pension_premium, 2),
    (newly_unclaimed.union_on_dibao, 1),
    (newly_unclaimed.union_and_ill, 1),
    (newly_unclaimed.child_rehabilitation, 1),
    (newly_unclaimed.funeral, 1),
    (newly_unclaimed.disaster, 1),
    (newly_unclaimed.medical_chain, 1),
)
DOUBTFUL: tuple[tuple[Build, int], ...] = (
    (doubtful.income_blank, 8),
    (doubtful.income_blank_and_ill, 3),
    (doubtful.deposits_blank, 6),
    (doubtful.deposits_blank_no_family, 3),
    (doubtful.deposits_blank_on_edge, 3),
    (doubtful.size_disagrees, 5),
    (doubtful.supporter_blank, 5),
    (doubtful.supporters_blank, 2),
    (doubtful.dibao_number_ruined, 5),
    (doubtful.dibao_number_ruined_card, 2),
    (doubtful.care_number_ruined, 3),
    (doubtful.pupil_number_ruined, 3),
    (doubtful.tekun_number_ruined, 3),
    (doubtful.edge_number_ruined, 2),
    (doubtful.medical_aid_unknown, 4),
    (doubtful.temporary_aid_unknown, 3),
    (newly_doubtful.parent_blank, 2),
    (newly_doubtful.idle_months_blank, 2),
    (newly_doubtful.insured_months_blank, 1),
    (newly_doubtful.own_income_blank, 2),
    (newly_doubtful.floor_area_blank, 2),
    (newly_doubtful.housing_number_ruined, 2),
    (newly_doubtful.premium_number_ruined, 2),
    (newly_doubtful.care_service_number_ruined, 1),
    (newly_doubtful.elderly_care_number_ruined, 1),
    (newly_doubtful.rehabilitation_number_ruined, 1),
    (newly_doubtful.union_income_blank, 1),
    (newly_doubtful.funeral_unknown, 1),
    (newly_doubtful.disaster_unknown, 2),
)
WRONG: tuple[tuple[Build, int], ...] = (
    (unclaimed.low_underpaid, 6),
    (unclaimed.old_rate_subsidies, 2),
    (unclaimed.old_rate_care, 2),
    (unclaimed.little_for_the_old, 1),
    (unclaimed.tekun_at_dibao_rate, 1),
    (doubtful.dibao_despite_income, 3),
    (doubtful.dibao_despite_vehicles, 2),
    (doubtful.dibao_despite_deposits, 2),
    (doubtful.dibao_despite_homes, 1),
    (doubtful.edge_despite_income, 1),
    (doubtful.living_without_dibao, 1),
    (doubtful.care_with_grade_4, 1),
    (doubtful.elderly_without_dibao, 1),
    (doubtful.aid_for_pupil_not_poor, 1),
    (doubtful.tekun_with_family, 1),
    (doubtful.tekun_and_living, 2),
    (doubtful.tekun_and_care, 1),
    (doubtful.dibao_and_edge, 1),
    (newly_doubtful.care_service_short, 1),
    (newly_doubtful.elderly_care_short, 1),
    (newly_doubtful.orphan_short, 1),
    (newly_doubtful.benefit_short, 1),
    (newly_doubtful.housing_not_poor, 1),
    (newly_doubtful.premium_not_poor, 1),
    (newly_doubtful.elderly_care_not_poor, 1),
    (newly_doubtful.benefit_after_term, 1),
    (newly_doubtful.care_twice, 1),
    (newly_doubtful.tekun_and_orphan, 1),
    (newly_doubtful.living_beside_child, 1),
)
# Nothing is to be found of these either; but they must be there.
SETTLED: tuple[tuple[Build, int], ...] = (
    (founding.at_the_slope, 2),
    (founding.below_line, 3),
    (founding.above_line, 3),
    (founding.basic_pension, 2),
    (founding.in_grace, 1),
    (newly_settled.rigid_costs, 3),
    (newly_settled.in_care, 3),
    (newly_settled.orphan, 1),
    (newly_settled.orphan_unasked, 2),
    (newly_settled.unsupported_child, 3),
    (newly_settled.elderly_care, 4),
    (newly_settled.unemployment_benefit, 1),
    (newly_settled.benefit_unasked, 2),
    (newly_settled.public_post, 2),
    (newly_settled.union_help, 2),
    (newly_settled.child_rehabilitation, 1),
    (newly_settled.lost_job, 2),
    (newly_settled.uninsured, 3),
    (newly_settled.out_of_school, 1),
)
PRIORITY: tuple[tuple[Build, int], ...] = (
    (priority.ill_on_dibao, 9),
    (priority.disabled_and_ill, 4),
    (priority.alone_in_school, 2),
    (priority.ill_on_edge, 2),
    (priority.ill_on_tekun, 1),
    (priority.old_and_ill_on_tekun, 1),
    (priority.couple_on_dibao, 2),
    (priority.ill_without_dibao, 2),
    (priority.ill_without_anything, 1),
)
# Where two and more of the priority households live; everywhere else the rest are spread.
_PRIORITY_WEIGHTS = {"河口下": 2.0}
_BIG_HOUSEHOLDS = {4: 30, 3: 75}
# How a household's own sheet names what is drawn.
_WORDS = {
    "dibao": "低保",
    "dibao-single": "单人保",
    "edge": "低保边缘",
    "tekun": "特困",
    "disability-living": "残疾人生活补贴",
    "disability-care": "残疾人护理补贴",
    "elderly-80": "高龄补贴",
    "student-aid": "助学金",
    "medical-aid": "医疗救助",
    "disabled-care-service": "重度残疾人托养照护",
    "orphan": "孤儿基本生活费",
    "unsupported-child": "事实无人抚养儿童",
    "elderly-care": "失能老人护理补贴",
    "housing": "公租房",
    "employment-help": "就业困难人员",
    "public-post": "公益性岗位",
    "unemployment-benefit": "失业保险金",
    "medical-premium": "参保资助",
    "pension-premium": "养老保险代缴",
    "union-hardship": "困难职工帮扶",
    "child-rehabilitation": "残疾儿童康复救助",
}


@dataclass
class Street:
    """Everybody: the households in the order of their sheets, and what makes more people."""

    households: list[Household]
    maker: Maker

    def of(self, *communities: str) -> list[Household]:
        """Return the households of these communities, in the order of their sheets."""
        return [one for one in self.households if one.community in communities]


def build_street() -> Street:
    """Build the whole street from its seed."""
    make = Maker(SEED)
    placed: list[Household] = []
    for group in (PRIORITY, UNCLAIMED, DOUBTFUL, WRONG, SETTLED):
        weights = _PRIORITY_WEIGHTS if group is PRIORITY else {}
        placed += _spread(_build(make, group), weights)
    placed += _fill(make, placed)
    make.rng.shuffle(placed)
    order = [one.name for one in COMMUNITIES]
    placed.sort(key=lambda one: order.index(one.community))
    street = Street(placed, make)
    _rename(street)
    _number(street)
    _settle(street)
    _tell_receipts(street)
    return street


def _build(make: Maker, group: tuple[tuple[Build, int], ...]) -> list[Household]:
    households = [build(make) for build, count in group for _ in range(count)]
    make.rng.shuffle(households)
    return sorted(households, key=lambda one: not one.needs_column)


def _spread(households: list[Household], weights: dict[str, float]) -> list[Household]:
    """Spread a group over the communities by their size, as far as their sheets allow."""
    had: Counter[str] = Counter()
    for household in households:
        allowed = [one for one in COMMUNITIES if _fits(household, one)]
        best = min(
            allowed,
            key=lambda one: (had[one.name] + 1) / (one.households * weights.get(one.name, 1)),
        )
        household.community = best.name
        had[best.name] += 1
    return households


def _fits(household: Household, community: Community) -> bool:
    has_column = not household.needs_column or household.needs_column in community.columns
    return has_column and household.size <= community.most_members


def _fill(make: Maker, placed: list[Household]) -> list[Household]:
    """Fill every community up with ordinary households, and the street with members."""
    places = Counter({one.name: one.households for one in COMMUNITIES})
    places.subtract(Counter(one.community for one in placed))
    sizes = _sizes(places.total(), MEMBERS - sum(one.size for one in placed))
    households = [build(make) for size in sizes for build in [_chosen(make, size)]]
    for household in sorted(households, key=lambda one: -one.size):
        allowed = [one.name for one in COMMUNITIES if _fits(household, one) and places[one.name]]
        household.community = make.rng.choices(allowed, [places[one] for one in allowed])[0]
        places[household.community] -= 1
    return households


def _sizes(households: int, members: int) -> list[int]:
    """Return the size of each ordinary household so that the members come out exactly."""
    big = [size for size, count in _BIG_HOUSEHOLDS.items() for _ in range(count)]
    couples = members - households - sum(size - 1 for size in big)
    return [*big, *[2] * couples, *[1] * (households - len(big) - couples)]


def _chosen(make: Maker, size: int) -> ordinary.Build:
    builds, weights = zip(*ordinary.BY_SIZE[size], strict=True)
    chosen: ordinary.Build = make.rng.choices(builds, weights)[0]
    return chosen


def _rename(street: Street) -> None:
    """Return a few people names that sheets and fonts have trouble with."""
    names = (
        ("梧桐里", "男", "刘䶮"),
        ("花园", "女", "王㛃"),
        ("商城", "女", "阿依古丽·吐尔逊"),
        ("柳堤", "男", "欧阳明远"),
    )
    for community, sex, name in names:
        alone = (one.head for one in street.of(community) if one.size == 1 and one.expected)
        next(one for one in alone if one.sex == sex).name = name


def _number(street: Street) -> None:
    """Return every household an address and a telephone, and a number where its sheet has one."""
    rng = street.maker.rng
    seen: Counter[str] = Counter()
    letters = {one.name: one.numbers for one in COMMUNITIES}
    for household in street.households:
        name = household.community
        seen[name] += 1
        if letters[name]:
            household.number = f"{letters[name]}2024{seen[name]:04d}"
        house, floor = rng.randint(1, 180), rng.randint(1, 6)
        household.address = f"{name}巷{house}号{rng.randint(1, 9)}栋{floor}0{rng.randint(1, 4)}"
        # No mobile number begins with 12.
        household.phone = f"127{rng.randint(0, 99999999):08d}" if rng.random() < 0.7 else ""


def _settle(street: Street) -> None:
    """Let every household draw what comes with what it draws, as far as its sheet asks for it."""
    columns = {one.name: one.columns for one in COMMUNITIES}
    for household in street.households:
        settle(household, columns[household.community], street.maker.rng)


def _tell_receipts(street: Street) -> None:
    """Let some households' own sheets name what they draw, in communities that ask for it."""
    columns = {one.name: one.columns for one in COMMUNITIES}
    for household in street.households:
        if "receives" not in columns[household.community] or household.expected:
            continue
        if street.maker.rng.random() < 0.6:
            drawn = [_WORDS[one.programme] for one in household.receipts]
            household.own_receives = "、".join(dict.fromkeys(drawn)) or "无"
