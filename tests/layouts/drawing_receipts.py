"""What household lists say of a benefit, and its days, in lists and rosters, each with its truth.

What days say depends on the months of the list alone: what ended before them is not received, what
begins after them is in doubt, and so is an end where the list names no month.
"""

import calendar
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.layouts import drawing_words as words
from tests.layouts.drawing import (
    Artist,
    Column,
    Drawn,
    Fact,
    Home,
    Paper,
    Payment,
    Person,
    draw_homes,
)
from tests.layouts.drawing_lists import Plan, in_order, name_block, write_page

_SORTS = [("begin",), ("last",), ("stop",), ("span",), ("begin", "last"), ("begin", "stop")]
_FAR = 40


class Days(NamedTuple):
    """What the days of a row say (yes, no or doubt), and its cells: a begin, an end or both."""

    says: str
    begin: str | None
    end: str | None
    whole: str | None


def months(first: int, last: int, year: int = 2024) -> tuple[str, str]:
    """Return the first and last day of some months."""
    days = calendar.monthrange(year, last)[1]
    return f"{year}-{first:02}-01", f"{year}-{last:02}-{days}"


def write_month(form: str, day: str, later: int) -> str:
    """Return a day in a month so many months after that of a day, or before it."""
    count = int(day[:4]) * 12 + int(day[5:7]) - 1 + later
    return form.format(count // 12, count % 12 + 1, 15)


def draw_days(
    artist: Artist, name: str, spans: dict[Any, tuple[str, str] | None]
) -> tuple[list[str], dict[Any, Days], list[Callable[[Days], str | None]]]:
    """Return headings, what each row's days say, and for each heading the cell of a row's days.

    `spans` has the first and last day of what each row is about; None if no month is named.
    """
    sorts = artist.of("days", _SORTS)
    before = name if artist.some(0.4) else ""
    artist.kinds.add(f"days: {'named' if before else 'plain'}")
    form = artist.of("date", words.DATES)
    days = {key: _draw_row(artist, sorts, form, span) for key, span in spans.items()}
    headings = [before + artist.pick(words.DAYS[sort]) for sort in sorts]
    cells = {
        "begin": lambda row: row.begin,
        "last": lambda row: row.end,
        "stop": lambda row: row.end,
        "span": lambda row: row.whole,
    }
    return headings, days, [cells[sort] for sort in sorts]


def _draw_row(
    artist: Artist, sorts: tuple[str, ...], form: str, span: tuple[str, str] | None
) -> Days:
    """Return the days of a row."""
    first, last = span or months(11, 11)
    chance = artist.random.randrange
    begin, end = write_month(form, first, -chance(0, 30)), artist.pick(words.NO_END)
    says = artist.pick(["yes", "yes", "no", "doubt"])
    has_begin, has_end = sorts[0] in ("begin", "span"), sorts != ("begin",)
    if says == "doubt" and has_begin:
        begin = write_month(form, last, chance(1, 9))
    elif says == "no" and has_end:
        begin, end = write_month(form, first, -_FAR), write_month(form, first, -chance(1, 30))
    else:
        says = "yes"
        if has_end and artist.some(0.4):
            # what was stopped within the month of the list may have been paid for it
            end = write_month(form, last, chance(int(sorts[-1] == "stop"), 30))
    if span is None and has_end and end not in words.NO_END:
        says = "doubt"
    elif span is None and says == "doubt":
        says = "yes"  # when it begins is all that is said, and no month to compare it with
    if sorts[-1] == "stop" and end in words.NO_END:
        end = None
    return Days(says, begin, end, f"{begin}{artist.pick(['-', '至', '～'])}{end or '至今'}")


def roster_days(
    artist: Artist, name: str, spans: dict[tuple[Home, Person], tuple[str, str] | None]
) -> tuple[list[Column], dict[tuple[Home, Person], str]]:
    """Return the columns of days of a roster or list, and what they say of each row."""
    headings, days, cells = draw_days(artist, name, spans)
    columns = [
        Column(heading, lambda home, person, cell=cell: cell(days[home, person]))
        for heading, cell in zip(headings, cells, strict=True)
    ]
    return columns, {key: row.says for key, row in days.items()}


def draw_receipts(artist: Artist) -> Drawn:
    """Return a list of people living alone, with what each receives in columns of its own."""
    homes = draw_homes(artist, most=1, place=artist.pick(words.COMMUNITIES))
    owner = artist.pick(["户主", ""])
    columns = name_block(artist, owner=owner)
    way = artist.of(
        "sheet receipt",
        [
            *("yes and amount", "yes", "amount", "policies", "state of a person", "yes and state"),
            *("yes and days", "amount and days", "policies and days", "policies and plain amount"),
            *("yes and plain amount", "amount and days and second"),
        ],
    )
    month = artist.pick(["（2024年11月）", "2024年11月", ""])
    benefit = SheetBenefit(artist, homes, months(11, 11) if month else None)
    is_state = way == "state of a person"
    parts = [] if is_state else way.split(" and ")
    more = [column for part in parts for column in benefit.columns(part)]
    more = more or [draw_state(artist, homes)]
    columns = [*columns, *more]
    # with an amount and without a household's number it is a roster of people nobody knows
    if artist.some(0.95 if "plain" in way or "policies" in way else 0.7):
        artist.kinds.add("receipts beside a number")
        columns.insert(0, Column("户编号", lambda home, _person: f"J{homes.index(home):03}"))
        columns.insert(-len(more), Column("家庭住址", lambda home, _person: home.address))
        for home in homes:
            home.facts["address"] = Fact((home.address,), "家庭住址")
    plan = Plan([], in_order(homes), "receipts")
    title = f"{homes[0].place}社区困难家庭台账{month}"
    page = write_page(artist, columns, plan, title, "Sheet1", "名单.xlsx")
    has_amount = "amount" in way
    payments = benefit.payments(more, has_amount=has_amount, is_zero=way.startswith("amount"))
    payments = [] if is_state else payments
    for payment in payments:
        payment.place = payment.home.head.place
    artist.kinds.add("list: receipts")
    # an amount beside two benefits is of neither for certain
    told = [home.head.place for home in homes if has_amount and benefit.has_other[home]]
    return Drawn([Paper("名单.xlsx", [page])], homes, payments, artist.kinds, told)


def _only_for(column: Column, has: dict[Home, bool]) -> Column:
    """Return a column that is blank in the rows of those who have nothing."""
    cell = column.cell
    return Column(column.heading, lambda home, person: cell(home, person) if has[home] else None)


def draw_state(artist: Artist, homes: list[Home]) -> Column:
    """Return a column of what people are, which says nothing of what they receive."""
    has = {home: artist.some(0.6) for home in homes}
    heading, cells = artist.of(
        "state of a person",
        {
            "是否孤儿": ["是", "否"],
            "是否单人户": ["是", "否"],
            "是否残疾人": ["是", "否"],
            "是否独居": ["是", "否"],
            "是否特困职工": ["是", "否"],
            "人员属性": ["孤儿", "其他"],
        }.items(),
    )
    if heading == "是否残疾人":  # a no denies kind and grade, a yes leaves them open
        for home in homes:
            said = Fact(() if has[home] else ("none",), heading)
            home.people[0].facts |= {"disability_kind": said, "disability_grade": said}
    return Column(heading, lambda home, _person: cells[0] if has[home] else cells[1])


class SheetBenefit:
    """A benefit that a household list states, in the columns that are drawn of it."""

    def __init__(self, artist: Artist, homes: list[Home], span: tuple[str, str] | None) -> None:
        self.artist = artist
        self.homes = homes
        self.span = span
        self.programme, self.name = artist.pick(
            [("dibao", "低保"), ("dibao", "城市低保"), ("elderly-80", "高龄补贴")]
        )
        self.other = ("elderly-80", "高龄补贴") if self.programme == "dibao" else ("dibao", "低保")
        self.says = {home: "yes" if artist.some(0.6) else "no" for home in homes}
        self.has = {home: self.says[home] == "yes" for home in homes}
        self.has_other = dict.fromkeys(homes, False)
        self.stated_of = homes
        self.second: dict[Home, str] = {}
        self.yuan: dict[Home, int | None] = {
            home: artist.random.randrange(2, 20) * 50 for home in homes
        }

    def columns(self, part: str) -> list[Column]:
        """Return the columns of one part of what is said of the benefit."""
        return {
            "yes": self._yes,
            "amount": self._amount,
            "policies": self._policies,
            "state": self._state,
            "days": self._days,
            "plain amount": self._plain_amount,
            "second": self._second,
        }[part]()

    def _yes(self) -> list[Column]:
        heading = self.artist.pick([f"是否{self.name}", self.name, f"是否享受{self.name}"])
        return [Column(heading, lambda home, _person: "是" if self.has[home] else "否")]

    def _amount(self) -> list[Column]:
        heading = self.artist.pick(
            [f"{self.name}金额", f"{self.name}金额（元/月）", f"{self.name}金额（元）"]
        )
        return [Column(heading, self._cell_of([0, None]))]

    def _cell_of(self, none: list[Any]) -> Any:
        """Return the cell of an amount, and what stands where nothing is received."""
        return lambda home, _person: self.yuan[home] if self.has[home] else self.artist.pick(none)

    def _policies(self) -> list[Column]:
        """Return a column of what is received, which names two benefits in some rows."""
        for home in self.homes:
            self.has_other[home] = self.has[home] and self.artist.some(0.12)
        both = f"{self.name}、{self.other[1]}"
        heading = self.artist.of("policies", words.POLICIES)
        none = "无" if heading.endswith("政策") else None
        if none is None:  # where nothing is named nothing is said
            self.stated_of = [home for home in self.homes if self.has[home]]

        def cell(home: Home, _person: Person) -> str | None:
            named = both if self.has_other[home] else self.name
            return named if self.has[home] else none

        return [Column(heading, cell)]

    def _plain_amount(self) -> list[Column]:
        """Return a column of amounts that names no benefit."""
        heading = self.artist.of("amount beside", words.BESIDE)
        return [Column(heading, self._cell_of([None]))]

    def _state(self) -> list[Column]:
        states = {home: self.artist.pick(["正常", "正常", "停发", "注销"]) for home in self.homes}
        self.says = {h: "no" if states[h] != "正常" else self.says[h] for h in self.homes}
        return [
            Column(
                f"{self.name}状态", lambda home, _person: states[home] if self.has[home] else None
            )
        ]

    def _days(self) -> list[Column]:
        """Return columns of days; of rows that name two benefits they say nothing certain."""
        rows = {(home, home.head): self.span for home in self.homes}
        columns, says = roster_days(self.artist, self.name, rows)
        for (home, _person), said in says.items():
            if self.has[home]:
                self.says[home] = said
                self.has_other[home] = False
        return [_only_for(column, self.has) for column in columns]

    def _second(self) -> list[Column]:
        """Return columns of another benefit and its days, which are headed as those before them."""
        has = {home: self.artist.some(0.5) for home in self.homes}
        rows = {(home, home.head): self.span for home in self.homes}
        columns, says = roster_days(self.artist, self.other[1], rows)
        self.second = {home: says[home, home.head] if has[home] else "no" for home in self.homes}
        yes = Column(f"是否{self.other[1]}", lambda home, _person: "是" if has[home] else "否")
        return [yes, *(_only_for(column, has) for column in columns)]

    def payments(self, columns: list[Column], *, has_amount: bool, is_zero: bool) -> list[Payment]:
        """Return what the list says is received."""
        headings = tuple(column.heading for column in columns)
        found = []
        for home in self.stated_of:
            told = has_amount and self.has[home] and not self.has_other[home]
            yuan = self.yuan[home] if told else None
            says = "zero" if is_zero and not self.has[home] else self.says[home]
            of = [(self.programme, says, yuan)]
            of += [(self.other[0], "yes", None)] * self.has_other[home]
            of += [(self.other[0], self.second[home], None)] if self.second else []
            found += [
                Payment(
                    programme=programme,
                    home=home,
                    person=None if programme == "dibao" else home.head,
                    says=said,
                    months=self.span,
                    fen=None if amount is None else amount * 100,
                    place=("", "", 0),
                    columns=headings,
                )
                for programme, said, amount in of
            ]
        return found
