"""Invented households: circumstances, what they receive, and what must be found about them."""

from dataclasses import dataclass, field

from sample_data.generator.people import Maker, Person

LINE = 935
TEKUN = 1220
SUBSIDY = 100
ELDERLY = 50
CHILD = 1360
CARE_SERVICE = 1000
# What the schools paid for a year; a fifth or more above what anybody may presume to be due.
STUDENT_AID = {
    "preschool": 1800,
    "primary": 1250,
    "junior": 1500,
    "senior": 2500,
    "college": 6000,
}


@dataclass(frozen=True)
class Receipt:
    """One line of a roster: who, and how much; `is_ruined` where its ID number is a wreck."""

    programme: str
    member: Person | None
    amount: int
    is_ruined: bool = False


@dataclass(frozen=True)
class Expected:
    """One finding that must be listed; member None where the household is concerned."""

    programme: str
    status: str
    member: Person | None = None


@dataclass(eq=False)
class Household:
    """One household: the first member is the head; None is not known to the office.

    `priority` is '', 'priority' or 'undecided'. The `own_…` are what its own sheet says of aid, in
    the columns of those files that have them. A `floor_area` of 0 is filled in later, with enough.
    """

    archetype: str
    members: list[Person]
    income: int | None
    deposits: int | None = 0
    vehicles: int = 0
    homes: int = 1
    is_safe: bool = True
    hardship: str = ""
    stated_size: int = 0
    priority: str = ""
    own_receives: str = ""
    own_temporary_aid: str = ""
    own_funeral_aid: str = ""
    own_disaster_aid: str = ""
    has_food: bool = True
    has_clothing: bool = True
    has_death: bool = False
    is_in_grace: bool = False
    floor_area: int | None = 0
    needs_column: str = ""
    receipts: list[Receipt] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)
    community: str = ""
    number: str = ""
    address: str = ""
    phone: str = ""

    def __post_init__(self) -> None:
        self.stated_size = self.stated_size or len(self.members)

    @property
    def head(self) -> Person:
        """Return the head of the household."""
        return self.members[0]

    @property
    def size(self) -> int:
        """Return the number of people living in it."""
        return len(self.members)

    def receives(
        self,
        programme: str,
        member: Person | None = None,
        amount: int = 0,
        *,
        is_ruined: bool = False,
    ) -> "Household":
        """Put the household, or a member, on the roster of a programme."""
        self.receipts.append(Receipt(programme, member, amount, is_ruined))
        return self

    def expect(self, status: str, programme: str, member: Person | None = None) -> "Household":
        """State a finding that must be listed."""
        self.expected.append(Expected(programme, status, member))
        return self

    def says(self, programme: str, member: Person | None = None) -> bool:
        """Return whether a receipt or a finding of a programme is stated already."""
        stated = [*self.receipts, *self.expected]
        return any(one.programme == programme and one.member is member for one in stated)

    def gets_dibao(self, share: float = 1, *, is_ruined: bool = False) -> "Household":
        """Put it on the dibao roster with this share of what is due."""
        due = LINE * self.size - (self.income or 0)
        return self.receives("dibao", None, round(due * share), is_ruined=is_ruined)

    def gets_student_aid(self, pupil: Person) -> "Household":
        """Put a pupil on the list of student aid."""
        return self.receives("student-aid", pupil, STUDENT_AID[pupil.stage])

    def gets_subsidies(self, person: Person, *, is_poor: bool = True) -> "Household":
        """Put a holder of a card on the roster: living subsidy if poor, care if grade 1 or 2."""
        if is_poor:
            self.receives("disability-living", person, SUBSIDY)
        if person.grade in (1, 2):
            self.receives("disability-care", person, SUBSIDY)
        return self


def small_savings(make: Maker, people: int) -> int:
    """Choose deposits that nobody would count as property: none, or a few hundred yuan."""
    return make.rng.choice((0, 0, 0, 100, 200, 300, 500)) * people


def poor(
    make: Maker, archetype: str, members: list[Person], income: int | None = None
) -> Household:
    """Make a household below the line, without property; nothing received yet."""
    size = len(members)
    if income is None:
        income = make.rng.choice((0, make.share(0.15, 0.8, size), make.share(0.15, 0.8, size)))
    return Household(
        archetype,
        members,
        income,
        deposits=small_savings(make, size),
        homes=make.rng.choice((0, 0, 1)),
    )


def on_edge(make: Maker, archetype: str, members: list[Person], low: float = 1.16) -> Household:
    """Make a household between the line and one and a half times it, without property."""
    size = len(members)
    return Household(
        archetype,
        members,
        make.share(low, 1.33, size),
        deposits=small_savings(make, size),
        homes=make.rng.choice((0, 1)),
    )


def not_poor(
    make: Maker, archetype: str, members: list[Person], low: float = 1.7, high: float = 3
) -> Household:
    """Make a household whose income is well above every line."""
    size = len(members)
    return Household(
        archetype,
        members,
        make.share(low, high, size),
        deposits=small_savings(make, size),
        homes=1,
    )


def destitute(make: Maker, archetype: str, person: Person) -> Household:
    """Make a household of one who has nothing and nobody."""
    person.has_supporter = False
    person.employment = "none"
    return poor(make, archetype, [person], income=0)
