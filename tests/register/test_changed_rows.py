"""A register built again in part equals the one that is built again as a whole."""

import datetime as dt
import shutil
from random import Random

import pytest

from relieftool.intake.answers import Answer, record_answer
from relieftool.intake.undo import redo_import, undo_import
from relieftool.register import build
from relieftool.register.build import rebuild_register, refresh_register
from relieftool.store.database import open_register, write
from relieftool.store.entries import LIFE_EVENTS, record_entry
from relieftool.store.problem_decisions import (
    EVENT_CHOICES,
    _list_targets,
    list_choices,
    number_questions,
    record_decision,
)
from relieftool.store.settings import mark_register_stale, read_setting
from tests.layouts.outcome import person
from tests.support.register_hash import content_of
from tests.support.registers import empty_register, fact, keep, roster, rows, shipped_pack, table

COLUMNS = "community household_no name id_number relation household_income receives"
WITH_TARGET = ("lives-in", "head", "is")
PLACES = ("河口下", "花园", "西岭")


def drawn_row(random, spread):
    """Draw a row that shares number, name or ID number with others now and then.

    The larger `spread`, the rarer that is.
    """
    home, who = random.randrange(25), random.randrange(40 * spread)
    if spread > 1 and random.random() < 0.9:
        home = who // 2
    rarer = ["", f"00{home}", str(home), person(500 + home), f"{home}-1"]
    numbers = [f"H{home}"] * 8 * spread + rarer
    wrong = ["", person(who)[:17] + "a", person(500 + home)]
    return [
        random.choice([PLACES[home % 3]] * 80 * spread + [*([""] * 10), *(["花园"] * 10), "学前"]),
        random.choice(numbers),
        random.choice([f"王{chr(0x4E00 + who)}"] * 8 * spread + ["", "李一", "张三"]),
        random.choice([person(who)] * 6 * spread + wrong),
        random.choice(["户主", "配偶", ""]),
        random.choice([300, "1,200", "abc", "", 1, 2, "约600", "500-999"]),
        random.choice(["", "低保", "无", "什么"]),
    ]


def drawn_table(random, name, days, spread=1):
    """Draw a list of a few rows, of which some continue the one above."""
    drawn = []
    for _row in range(random.randrange(1, 7)):
        cells = drawn_row(random, spread)
        joined = drawn and random.random() < 0.2
        blank = random.random() < 0.8
        own = [None, None, *cells[2:]] if blank else cells
        drawn.append(("continuation", own) if joined else cells)
    stated = {
        "community": random.choice([None] * 5 + ["花园"]),
        "covers": random.choice(days),
        "sheet": random.choice(["Sheet1"] * 5 + ["西岭", "东园"]),
    }
    columns = COLUMNS
    if random.random() < 0.2:
        columns = "household_no name id_number"
        drawn = [(row[0], row[1][1:4]) if isinstance(row, tuple) else row[1:4] for row in drawn]
    if random.random() < 0.1:
        columns = columns.replace("household_income", "household_income:wan/year")
    return table(columns, *drawn, file=f"{name}.csv", **stated)


def name_of(random, number):
    """Return the name of a file: mostly of a list of its own, else of one with several months."""
    return random.choice([f"{chr(0x4E10 + number)}单"] * 5 + [f"名单{number}"])


def drawn_step(random, db, number, days, spread=1):
    """Draw one thing that may happen to a register; return a function that makes it happen."""
    live = [kept for (kept,) in rows(db, "SELECT import_id FROM imports WHERE undone_at IS NULL")]
    undone = [kept for (kept,) in rows(db, "SELECT import_id FROM imports WHERE undone_at <> ''")]
    doubts = rows(db, "SELECT DISTINCT number, subject FROM doubts JOIN problems USING (subject)")
    sort = random.choice(["import"] * 4 + ["undo", "redo", "both", "decide", "decide"])
    if sort == "undo" and live:
        chosen = random.choice(live)
        return lambda other: undo_import(other, chosen)
    if sort == "both" and live:
        chosen = random.choice(live)
        return lambda other: (undo_import(other, chosen), redo_import(other, chosen))
    if sort == "redo" and undone:
        chosen = random.choice(undone)
        return lambda other: redo_import(other, chosen)
    if sort == "decide" and doubts:
        doubt, subject = random.choice(doubts)
        choices = [each for each in list_choices(subject) if each not in EVENT_CHOICES]
        choice = random.choice([*choices, "reopen"])
        targets = sorted(_list_targets(db, subject, choice)) if choice in WITH_TARGET else ()
        written = f"{choice}:{random.choice(targets)}" if targets else choice
        if targets or choice not in WITH_TARGET:
            return lambda other: record_decision(other, doubt, written, "王")
    drawn = drawn_table(random, name_of(random, number), days, spread)
    return lambda other: keep(other, drawn)


KEPT = {
    "communities": "SELECT name FROM communities ORDER BY 1",
    "household_identities": "SELECT * FROM household_identities ORDER BY 1",
    "household_keys": "SELECT * FROM household_keys ORDER BY 1, 2",
    "household_labels": "SELECT * FROM household_labels ORDER BY 1",
    "person_identities": "SELECT * FROM person_identities ORDER BY 1, 2",
    "household_ids": "SELECT * FROM household_ids ORDER BY 1",
    "doubts": "SELECT * FROM doubts ORDER BY 1",
    "former_numbers": "SELECT * FROM former_numbers ORDER BY 1",
    "built_from": "SELECT * FROM built_from ORDER BY 1",
    "loose_keys": "SELECT DISTINCT * FROM loose_keys ORDER BY 1, 2",
    "problems": """SELECT row_id, code, template, params FROM problems
        WHERE row_id IS NOT NULL ORDER BY row_id, problem_id""",
}


def state_of(db):
    """Return all that a build leaves behind."""
    return content_of(db) | {name: rows(db, sql) for name, sql in KEPT.items()}


@pytest.fixture
def built(monkeypatch):
    """Count the builds in part and as a whole."""
    counts = {"part": 0, "whole": 0}
    attempt = build.try_part

    def counting(*given):
        found = attempt(*given)
        counts["part" if found else "whole"] += 1
        return found

    monkeypatch.setattr(build, "try_part", counting)
    return counts


def drawn_roster(random, name):
    """Draw a roster of people of the lists and of others, some of them hardly readable."""
    paid = []
    for _row in range(random.randrange(3, 12)):
        who = random.randrange(200)
        paid.append(
            [
                random.choice([f"王{chr(0x4E00 + who)}"] * 40 + [""]),
                random.choice([person(who)] * 40 + ["", person(who)[:17] + "a"]),
                random.choice([200, 200, 200, "", 0]),
            ]
        )
    stated = {
        "community": random.choice([None, *PLACES]),
        "covers": random.choice(["2024-10", "2024-11"]),
        "is_complete": random.choice([True, None]),
    }
    programme = random.choice(["dibao", "tekun"])
    return roster(programme, "name id_number amount", *paid, file=f"{name}.csv", **stated)


def two_registers(folder, *files):
    """Return the paths of two equal registers."""
    first, second = empty_register(folder / "part.db"), folder / "whole.db"
    with open_register(first) as db:
        keep(db, *files)
        refresh_register(db, shipped_pack())
    shutil.copy(first, second)
    return first, second


@pytest.mark.parametrize("rosters", [0, 2])
@pytest.mark.parametrize("seed", range(6))
def test_what_changed_is_built_as_the_whole_would_be(tmp_path, built, seed, rosters):
    random = Random(seed)  # noqa: S311 invented people, no secret
    spread = 6 if rosters else 1
    days = ["2024-11"] if seed % 2 else ["2024-10", "2024-11"] * 6 + [None]
    names = [name_of(random, number - 9) if number % 2 else f"名单{number}" for number in range(8)]
    first = [drawn_table(random, name, days, spread) for name in names]
    first += [drawn_roster(random, f"发放{number}") for number in range(rosters)]
    part, whole = two_registers(tmp_path, *first)
    with open_register(part) as db, open_register(whole) as other:
        for number in range(25):
            step = drawn_step(random, db, number, days, spread)
            for register in (db, other):
                with write(register):
                    step(register)
            refresh_register(db, shipped_pack())
            if read_setting(other, "register_state") == "stale":
                rebuild_register(other, shipped_pack())

            assert state_of(db) == state_of(other), number

    assert built["part"] > 0


def drawn_event(random, db):
    """Draw something that happened in a household, or None where it cannot have."""
    homes = [home for (home,) in rows(db, "SELECT household_no FROM households ORDER BY 1")]
    home, other = random.choice(homes), random.choice(homes)
    members = "SELECT member_no FROM members WHERE household_no = ? ORDER BY place"
    people, others = ([no for (no,) in rows(db, members, each)] for each in (home, other))
    ((last,),) = rows(db, "SELECT ifnull(max(event_id), 0) FROM life_events")
    kinds = {
        "died": {"members": people[:1]},
        "moved_out": {"members": people[-1:]},
        "moved_in": {"members": others[:1], "other_no": other},
        "split": {"members": people[1:], "other_no": f"{home}-2"},
        "head": {"members": people[-1:], "head_no": (people or [None])[-1]},
        "dissolved": {"members": people},
        "to_community": {"members": [], "community": "花园"},
        "undone": {"members": [], "undoes": random.randint(1, last) if last else None},
    }
    kind = random.choice(list(kinds))
    used = rows(db, "SELECT 1 FROM life_events WHERE other_no = ?", f"{home}-2")
    if (kind == "moved_in" and home == other) or (kind == "split" and used):
        return None
    day = f"2024-11-{min(last + 1, 28):02}"
    happened = {"household_no": home, "event_type": kind, "happened_on": day, "by": "王五"}

    def happen(register):
        record_entry(register, LIFE_EVENTS, **happened, **kinds[kind], closed_cases=[])
        mark_register_stale(register)

    return happen


@pytest.mark.parametrize("seed", range(2))
def test_events_among_imports_undos_and_answers_leave_one_register(tmp_path, seed):
    random = Random(seed)  # noqa: S311 invented people, no secret
    days = ["2024-11"] if seed % 2 else ["2024-10", "2024-11"]
    part, whole = two_registers(tmp_path, *(drawn_table(random, f"单{n}", days) for n in range(6)))
    with open_register(part) as db, open_register(whole) as other:
        for number in range(16):
            step = (drawn_event(random, db) if number % 2 else None) or drawn_step(
                random, db, number, days
            )
            for register in (db, other):
                with write(register):
                    step(register)
            refresh_register(db, shipped_pack())
            rebuild_register(other, shipped_pack())

            assert state_of(db) == state_of(other), number
            twice = "SELECT id_number FROM members WHERE belongs AND NOT may_be_gone"
            found = rows(db, f"{twice} GROUP BY id_number HAVING count(id_number) > 1")
            assert found == []


def named(homes, **more):
    """Return a list of these households, each of one person."""
    drawn = [["花园", f"H{home}", f"王{chr(0x4E00 + home)}", person(home)] for home in homes]
    return table("community household_no name id_number", *drawn, community=None, **more)


@pytest.mark.parametrize(
    "homes, is_part",
    [
        pytest.param(range(100, 110), True, id="people-on-no-roster"),
        pytest.param(range(5), True, id="people-on-rosters-as-they-are"),
        pytest.param(range(18, 23), True, id="some-of-each"),
        pytest.param(range(45, 52), False, id="somebody-only-rosters-knew"),
    ],
)
def test_a_list_beside_rosters_is_built_alone_unless_they_may_mean_its_people(
    tmp_path, built, homes, is_part
):
    paid = [[f"王{chr(0x4E00 + home)}", person(home), 200] for home in (*range(20), 50)]
    pay = roster("dibao", "name id_number amount", *paid, is_complete=True, community="花园")
    part, whole = two_registers(tmp_path, named(range(40)), pay)

    with open_register(part) as db, open_register(whole) as other:
        for step in (
            lambda db: keep(db, named(homes, file="b.csv")),
            lambda db: undo_import(db, 3),
        ):
            for register in (db, other):
                with write(register):
                    step(register)
            refresh_register(db, shipped_pack())
            rebuild_register(other, shipped_pack())

            assert state_of(db) == state_of(other)

    assert built == ({"part": 2, "whole": 0} if is_part else {"part": 0, "whole": 2})


def test_an_answer_stays_where_somebody_of_the_household_also_stands_in_another(tmp_path):
    listed = table(
        "household_no name id_number relation",
        ["H1", "王一", person(1), "户主"],
        ["H1", "王三", person(3), "儿子"],
        ["H2", "李二", person(2), "户主"],
        ["H2", "王三", person(3), "儿子"],
    )
    with open_register(empty_register(tmp_path / "relief.db")) as db:
        keep(db, listed)
        refresh_register(db, shipped_pack())
        ((lives,),) = rows(db, "SELECT number FROM doubts WHERE subject LIKE 'lives:%'")
        asked = [f"fact:{number}:deposits" for number in ("H1", "H2")]
        with write(db):
            number_questions(db, asked)

        for number, said in ((lives, "H1"), (lives + 1, "5000"), (lives + 2, "7000")):
            with write(db):
                told = Answer(said, "王五", dt.date(2024, 12, 31))
                record_answer(db, shipped_pack(), number, told)
                refresh_register(db, shipped_pack())

        assert fact(db, "deposits") == [500000, 700000]
