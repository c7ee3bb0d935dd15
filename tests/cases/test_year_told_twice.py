"""A year of a street, once told by events and once only by the lists of each month and answers."""

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass, field
from random import Random

import pytest

from relieftool.cases.case_list import list_cases, open_cases
from relieftool.cases.case_status import list_findings_needing_case
from relieftool.cases.event_answers import record_event_answer
from relieftool.cases.life_events import StatedEvent, record_life_event
from relieftool.cases.verify import verify_ledger
from relieftool.eligibility.gaps import find_gaps
from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.intake.answers import Answer, record_answer
from relieftool.register.build import refresh_register
from relieftool.store.database import write
from relieftool.store.entries import FIELD_CHAINS
from relieftool.store.life_events import EventType
from tests.streets.judging import lake_pack
from tests.support.own_files import id_number
from tests.support.registers import keep, register, roster, rows, table

COLUMNS = "household_no name id_number relation disability_grade"
PLACES = ("河口下", "花园", "东园")
KINDS = ("died", "moved_out", "moved_in", "born", "split", "head", "to_community", "dissolved")
EVENTS_A_MONTH = (4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3)  # forty, from February on
LEVELS = ("一级", "二级", "四级", "无", "无")
CARE = "care"


@dataclass(eq=False)
class Person:
    """Somebody of the street."""

    name: str
    id_number: str
    level: str

    @property
    def is_owed(self):
        return self.level in ("一级", "二级")


@dataclass(eq=False)
class Home:
    """A household: its number on lists, its community, and its people, the head first."""

    number: str
    place: str
    people: list[Person]


@dataclass
class Happened:
    """An event of the street: its kind and day, of which household, who, and where to or from."""

    kind: str
    day: dt.date
    home: str
    people: tuple[str, ...] = ()
    other: str | None = None
    head: str | None = None
    newcomer: Person | None = None


@dataclass
class Street:
    """The truth, drawn; nothing of it is read from a register."""

    random: Random
    homes: list[Home] = field(default_factory=list)
    made: int = 0
    parted: int = 0

    def draw(self):
        for number in range(1, 31):
            people = [self.make_person() for _n in range(self.random.choice((1, 2, 3, 3, 4)))]
            self.homes.append(Home(f"H{number}", PLACES[number % 3], people))

    def make_person(self):
        self.made += 1
        birth = f"{self.random.randint(1945, 2005)}{self.random.randint(1, 12):02}15"
        name = "赵钱孙李周吴郑王"[self.made % 8] + chr(0x4E10 + self.made)
        return Person(name, id_number(f"360302{birth}{self.made:03}"), self.random.choice(LEVELS))

    def live_a_month(self, month, count):
        """Let so many things happen, each in other households, and yield them."""
        touched = set()
        while count:
            kind = self.random.choice(KINDS)
            free = [home for home in self.homes if home.number not in touched]
            home, other = self.random.sample(free, 2)
            happened = self.happen(kind, home, other, dt.date(2024, month, 10 + count))
            if happened is not None:
                touched |= {home.number, other.number, self.homes[-1].number}
                count -= 1
                yield happened

    def happen(self, kind, home, other, day):  # noqa: PLR0911 one for each kind
        several = len(home.people) > 1
        match kind:
            case "died" if several:
                gone = self.random.choice(home.people)
                home.people.remove(gone)
                return Happened(kind, day, home.number, (gone.name,), head=home.people[0].name)
            case "moved_out" if several:
                gone = home.people.pop()
                return Happened(kind, day, home.number, (gone.name,))
            case "moved_in" if several:
                mover = home.people.pop()
                other.people.append(mover)
                return Happened(kind, day, other.number, (mover.name,), other=home.number)
            case "born":
                child = self.make_person()
                home.people.append(child)
                return Happened(kind, day, home.number, newcomer=child)
            case "split" if len(home.people) > 2:
                self.parted += 1
                part = Home(f"N{self.parted}", home.place, home.people[1:])
                home.people = home.people[:1]
                self.homes.append(part)
                names = tuple(person.name for person in part.people)
                return Happened(kind, day, home.number, names)
            case "head" if several:
                home.people.insert(0, home.people.pop())
                return Happened(kind, day, home.number, (home.people[0].name,))
            case "to_community" if several:
                home.place = PLACES[(PLACES.index(home.place) + 1) % 3]
                return Happened(kind, day, home.number, other=home.place)
            case "dissolved":
                self.homes.remove(home)
                return Happened(kind, day, home.number)
        return None

    def lists(self, month):
        """Return the list of each community, and the complete roster of nobody."""
        for place in PLACES:
            cells = [
                [home.number, each.name, each.id_number, "" if place_of else "户主", each.level]
                for home in sorted(self.homes, key=lambda home: home.number)
                if home.place == place
                for place_of, each in enumerate(home.people)
            ]
            file, covers = f"{place}困难户{month}月.csv", f"2024-{month:02}"
            yield table(COLUMNS, *cells, file=file, covers=covers, community=place)
        yield roster(
            *(CARE, "name id_number amount"),
            file=f"护理补贴{month}月.csv",
            covers=f"2024-{month:02}",
            is_complete=True,
            community=None,
        )

    def tell(self):
        """Return the households as a register must have them, whatever it calls them."""
        return sorted(
            (home.place, home.people[0].name, tuple(sorted(each.name for each in home.people)))
            for home in self.homes
        )


def read(db):
    """Return the households of a register as `Street.tell` does."""
    homes = {}
    for home, place, head, name in rows(
        db,
        "SELECT members.household_no, communities.name, head.name, members.name FROM members"
        " JOIN households USING (household_no) JOIN communities USING (community_id)"
        " JOIN members AS head ON head.member_no = head_member_no",
    ):
        homes.setdefault((home, place, head), []).append(name)
    return sorted(
        (place, head, tuple(sorted(names))) for (_no, place, head), names in homes.items()
    )


def end_month(db, day):
    """Open cases for what is owed; return the counts, and who has which case."""
    refresh_register(db, lake_pack())
    found = find_gaps(db, lake_pack(), day, with_questions=False)
    open_cases(db, list_findings_needing_case(found.findings), day)
    name_of = dict(rows(db, "SELECT member_no, name FROM members"))
    gone = dict(rows(db, "SELECT former_no, number FROM former_numbers"))
    cases = Counter(
        (case.programme, name_of.get(gone.get(case.member_no, case.member_no)), case.outcome)
        for case in list_cases(db)
    )
    return vars(found.totals), cases


def tell_event(db, happened):
    """Write an event down as a clerk who knows it does."""
    kind = {"born": "moved_in"}.get(happened.kind, happened.kind)
    home = current(db, happened.home)
    people, newcomer = happened.people, happened.newcomer
    stated = {"people": people, "head": happened.head if kind == "died" else None}
    if kind == "moved_in":
        stated["other"] = current(db, happened.other) if happened.other else None
    if kind == "to_community":
        stated["other"] = happened.other
    if newcomer is not None:
        stated |= {"people": (newcomer.name,), "id_number": newcomer.id_number}
    event = StatedEvent(home, EventType(kind), happened.day, "王五", **stated)
    record_life_event(db, lake_pack(), happened.day, event)


def current(db, number):
    """Return what a household of a list is called now."""
    sql = (
        "SELECT household_no FROM households"
        " WHERE household_no = ?1 OR household_no LIKE '%-' || ?1"
        " UNION SELECT number FROM former_numbers WHERE former_no = ?1"
    )
    return rows(db, sql, number)[0][0]


def answer_all(db, events):
    """Answer what the lists of a month leave open with what happened; return how many asked.

    Whether a list that lost half of its rows in a month is whole is no event.
    """
    asked = 0
    while doubts := rows(
        db,
        "SELECT DISTINCT doubts.number, problems.subject, params FROM problems"
        " JOIN doubts USING (subject) WHERE problems.subject IS NOT NULL ORDER BY 1",
    ):
        number, subject, params = doubts[0]
        text, day = find_answer(db, subject, json.loads(params), events)
        answer = Answer(text, "王五", day)
        with write(db):
            if not record_event_answer(db, lake_pack(), day, number, answer):
                record_answer(db, lake_pack(), number, answer)
        refresh_register(db, lake_pack())
        asked += not subject.startswith("whole")
    return asked


def find_answer(db, subject, params, events):
    """Return the answer to a question, and the day it is about."""
    names = dict(rows(db, "SELECT member_no, name FROM members"))
    if subject.startswith("whole"):
        return "yes", events[0].day
    if subject.startswith("heads"):
        heads = {names[params["one"]]: params["one"], names[params["two"]]: params["two"]}
        event = next(each for each in events if each.kind == "head" and each.people[0] in heads)
        return heads[event.people[0]], event.day
    who = {names[number] for number in params.get("who", "").split(", ") if number in names}
    home = params.get("household") or params.get("who", "")
    event = next(
        each
        for each in events
        if who & set(each.people)
        or (each.kind in ("to_community", "dissolved") and home.split("-")[-1] == each.home)
    )
    return f"{event.kind.replace('_', '-')}:{event.day}", event.day


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_a_year_told_by_events_or_by_lists_and_answers_is_the_same(tmp_path, seed):
    street = Street(Random(seed))  # noqa: S311 invented people, no secret
    street.draw()
    (tmp_path / "told").mkdir()
    (tmp_path / "asked").mkdir()
    told = register(tmp_path / "told", *street.lists(1), pack=lake_pack())
    asked = register(tmp_path / "asked", *street.lists(1), pack=lake_pack())
    questions, kinds = 0, Counter()

    for month, count in enumerate(EVENTS_A_MONTH, start=2):
        events = list(street.live_a_month(month, count))
        kinds.update(event.kind for event in events)
        for event in sorted(events, key=lambda event: event.day):
            tell_event(told, event)
        for db in (told, asked):
            keep(db, *street.lists(month))
            refresh_register(db, lake_pack())
        assert answer_all(told, []) == 0
        questions += answer_all(asked, events)

        day = dt.date(2024, month, 28)
        assert read(told) == read(asked) == street.tell(), month
        (counts, cases), others = end_month(told, day), end_month(asked, day)
        assert (counts, cases) == others, month
        for db in (told, asked):
            assert verify_ledger(db, chains=FIELD_CHAINS, checks=FIELD_CHECKS) == []

        owed = {name for _programme, name, outcome in cases if outcome is None}
        assert owed == {each.name for home in street.homes for each in home.people if each.is_owed}

    assert kinds.total() == 40
    assert questions == kinds.total() - kinds["born"]
