"""The street: how many households of which kind, and which community each lives in."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sample_data.generator import doubtful, ordinary, priority, unclaimed
from sample_data.generator.households import Household
from sample_data.generator.people import Maker

SEED = 20241210
HOUSEHOLDS = 937
MEMBERS = 1484
# What truth.csv comes to: households with at least one such row; a household may be in several.
KNOWN = {
    "unclaimed": 101,
    "unlocked": 27,
    "undetermined": 60,
    "underpaid": 12,
    "review": 14,
    "conflict": 4,
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
    Community("河口下", 118, ("receives", "aid"), numbers="HK"),
    Community("花园", 96),
    Community("商城", 92, numbers="SC"),
    Community("柳堤", 81, numbers="LD"),
    Community("月塘", 66, numbers="YT"),
    Community("青石", 58, numbers="QS"),
    Community("桥北", 74, ("receives", "later"), most_members=3, numbers="QB"),
    Community("梧桐里", 88),
    Community("东园", 77, numbers="DY"),
    Community("望江", 64, numbers="WJ"),
    Community("南塘", 71),
    Community("石榴", 52, ("receives", "aid")),
)

Build = Callable[[Maker], Household]
UNCLAIMED: tuple[tuple[Build, int], ...] = (
    (unclaimed.dibao_alone, 11),
    (unclaimed.dibao_old_couple, 5),
    (unclaimed.dibao_with_pupils, 5),
    (unclaimed.dibao_came_later, 1),
    (unclaimed.dibao_with_card, 5),
    (unclaimed.dibao_over_80, 3),
    (unclaimed.dibao_said_on_sheet, 3),
    (unclaimed.tekun_alone, 4),
    (unclaimed.tekun_over_80, 2),
    (unclaimed.edge, 6),
    (unclaimed.edge_with_ill, 3),
    (unclaimed.edge_with_pupil, 3),
    (unclaimed.single_with_card, 4),
    (unclaimed.single_ill, 3),
    (unclaimed.living_subsidy, 8),
    (unclaimed.care_subsidy, 8),
    (unclaimed.both_subsidies, 3),
    (unclaimed.over_80_on_dibao, 6),
    (unclaimed.over_80_on_tekun, 2),
    (unclaimed.pupil_on_dibao, 5),
    (unclaimed.pupil_on_edge, 2),
    (unclaimed.medical_aid, 3),
    (unclaimed.temporary_aid, 3),
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
)
PRIORITY: tuple[tuple[Build, int], ...] = (
    (priority.ill_on_dibao, 9),
    (priority.disabled_and_ill, 4),
    (priority.orphan_in_school, 2),
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
}


@dataclass
class Street:
    """Everybody: the households in the order of their sheets, and what makes more people."""

    households: list[Household]
    maker: Maker

    def of(self, *communities: str) -> list[Household]:
        """Give the households of these communities, in the order of their sheets."""
        return [one for one in self.households if one.community in communities]


def build_street() -> Street:
    """Build the whole street from its seed."""
    make = Maker(SEED)
    placed: list[Household] = []
    for group in (PRIORITY, UNCLAIMED, DOUBTFUL, WRONG):
        weights = _PRIORITY_WEIGHTS if group is PRIORITY else {}
        placed += _spread(_build(make, group), weights)
    placed += _fill(make, placed)
    make.rng.shuffle(placed)
    order = [one.name for one in COMMUNITIES]
    placed.sort(key=lambda one: order.index(one.community))
    street = Street(placed, make)
    _rename(street)
    _number(street)
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
    """Give the size of each ordinary household so that the members come out exactly."""
    big = [size for size, count in _BIG_HOUSEHOLDS.items() for _ in range(count)]
    couples = members - households - sum(size - 1 for size in big)
    return [*big, *[2] * couples, *[1] * (households - len(big) - couples)]


def _chosen(make: Maker, size: int) -> ordinary.Build:
    builds, weights = zip(*ordinary.BY_SIZE[size], strict=True)
    chosen: ordinary.Build = make.rng.choices(builds, weights)[0]
    return chosen


def _rename(street: Street) -> None:
    """Give a few people names that sheets and fonts have trouble with."""
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
    """Give every household an address and a telephone, and a number where its sheet has one."""
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


def _tell_receipts(street: Street) -> None:
    """Let some households' own sheets name what they draw, in communities that ask for it."""
    columns = {one.name: one.columns for one in COMMUNITIES}
    for household in street.households:
        if "receives" not in columns[household.community] or household.expected:
            continue
        if street.maker.rng.random() < 0.6:
            drawn = [_WORDS[one.programme] for one in household.receipts]
            household.own_receives = "、".join(dict.fromkeys(drawn)) or "无"
