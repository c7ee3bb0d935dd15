"""What happened in a household changes it, its cases and its benefits, and can be taken back."""

import datetime as dt

import pytest

from relieftool.cases.case_list import list_cases, open_cases
from relieftool.cases.event_answers import record_event_answer
from relieftool.cases.life_events import StatedEvent, record_life_event, take_back_event
from relieftool.cases.records import CaseFinding
from relieftool.cases.verify import verify_ledger
from relieftool.errors import ReliefError
from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.intake.answers import Answer, record_answer
from relieftool.intake.undo import undo_import
from relieftool.register.build import rebuild_register, refresh_register, show_register_on
from relieftool.store.database import write
from relieftool.store.entries import FIELD_CHAINS
from relieftool.store.imports import find_newest_date, list_problems
from relieftool.store.life_events import EventType, list_life_events
from relieftool.store.problem_decisions import number_problems
from relieftool.values.id_numbers import read_id_number
from tests.support.register_hash import content_of
from tests.support.registers import (
    GRAN,
    LI,
    NOBODY,
    PUPIL,
    QIAN,
    ZHAO,
    codes,
    keep,
    register,
    rows,
    shipped_pack,
    table,
)

DAY = dt.date(2024, 12, 10)
COLUMNS = "household_no name id_number relation household_income"
ROWS = [
    ["H1", "赵大山", ZHAO, "户主", 600],
    ["H1", "钱小花", QIAN, "配偶", ""],
    ["H1", "赵小", PUPIL, "子", ""],
]
OTHER = ["H2", "孙老太", GRAN, "户主", 300]


@pytest.fixture
def db(tmp_path):
    """Return a register of a family of three and a woman alone, with a case for each subject."""
    db = register(tmp_path, table(COLUMNS, *ROWS, OTHER, covers="2024-11"))
    subjects = [("H1", None), ("H1", "H1-01"), ("H1", "H1-02"), ("H2", None)]
    found = [CaseFinding(home, member, "dibao", "unclaimed") for home, member in subjects]
    open_cases(db, found, dt.date(2024, 12, 1))
    yield db
    db.close()


def happen(db, kind, household="H1", people=(), on=DAY, **stated):
    stated = StatedEvent(household, EventType(kind), on, "王五", tuple(people), **stated)
    return record_life_event(db, shipped_pack(), DAY, stated)


def take_back(db, household="H1", on=DAY):
    stated = StatedEvent(household, EventType.UNDONE, on, "王五")
    return take_back_event(db, shipped_pack(), DAY, stated)


def homes(db):
    """Return the names of each household, the head first."""
    found = {}
    for home, name in rows(
        db,
        "SELECT members.household_no, name FROM members JOIN households USING (household_no)"
        " ORDER BY members.household_no, member_no IS NOT head_member_no, place",
    ):
        found.setdefault(home, []).append(name)
    return found


def closed(db):
    return {(case.household_no, case.member_no): case.outcome for case in list_cases(db)
            if not case.is_open}  # fmt: skip


def test_who_died_is_gone_and_their_case_is_closed(db):
    happen(db, "died", people=["钱小花"])

    assert homes(db) == {"H1": ["赵大山", "赵小"], "H2": ["孙老太"]}
    assert closed(db) == {("H1", "H1-02"): "deceased"}
    assert verify_ledger(db, chains=FIELD_CHAINS, checks=FIELD_CHECKS) == []


def test_nobody_dies_before_they_were_born(db):
    with pytest.raises(ReliefError, match="born on"):
        happen(db, "died", people=["钱小花"], on=dt.date(1975, 11, 10))

    assert list_life_events(db) == []


def test_who_comes_is_born_by_then(db):
    birth = dt.date.fromisoformat(read_id_number(LI).birth_date)
    with pytest.raises(ReliefError, match="born on"):
        happen(db, "moved_in", people=["李四"], on=birth - dt.timedelta(1), id_number=LI)

    assert happen(db, "moved_in", people=["李四"], on=birth, id_number=LI).event.event_id == 1


def test_a_household_that_ends_closes_its_cases(db):
    happen(db, "moved_out", "H2", ["1"])

    assert "H2" not in homes(db)
    assert closed(db) == {("H2", None): "moved"}
    (area,) = {case.community for case in list_cases(db)}
    assert area == "河口下"
    assert len(list_cases(db, area)) == 4


@pytest.mark.parametrize("choice", [None, "3", "2"])
def test_when_the_head_dies_somebody_else_is_head(db, choice):
    if choice is None:
        with pytest.raises(ReliefError, match="others stay"):
            happen(db, "died", people=["1"])
        assert list_life_events(db) == []
    else:
        happen(db, "died", people=["1"], head=choice)
        assert homes(db)["H1"][0] == {"2": "钱小花", "3": "赵小"}[choice]


def test_who_comes_out_of_another_household_takes_their_cases_along(db):
    open_cases(db, [CaseFinding("H2", "H2-01", "elderly-80", "unclaimed")], dt.date(2024, 12, 1))

    happen(db, "moved_in", people=["孙老太"], other="H2")

    assert homes(db) == {"H1": ["赵大山", "钱小花", "赵小", "孙老太"]}
    (case,) = [case for case in list_cases(db) if case.programme == "elderly-80"]
    assert (case.household_no, case.member_no, case.is_open) == ("H1", "H1-04", True)
    assert closed(db) == {("H2", None): "moved"}


def test_who_is_born_is_a_member_until_a_list_has_them_too(db):
    happen(db, "moved_in", people=["李四"], id_number=LI)
    before = homes(db)
    later = [*ROWS, ["H1", "李四", LI, "子", ""], OTHER]
    keep(db, table(COLUMNS, *later, file="名单12.csv", covers="2024-12"))
    refresh_register(db, shipped_pack())

    assert before == homes(db) == {"H1": ["赵大山", "钱小花", "赵小", "李四"], "H2": ["孙老太"]}


def test_a_part_of_a_household_is_one_of_its_own(db):
    happen(db, "split", people=["2", "3"])

    assert homes(db) == {"H1": ["赵大山"], "H1-2": ["钱小花", "赵小"], "H2": ["孙老太"]}
    assert {case.member_no for case in list_cases(db)} == {None, "H1-01", "H1-2-01"}
    income = rows(db, "SELECT household_no, household_income FROM households ORDER BY 1")
    assert income == [("H1", None), ("H1-2", None), ("H2", 30000)]


def test_a_newer_list_that_numbers_the_part_means_the_same_household(db):
    happen(db, "split", people=["2", "3"])
    parted = [["H9", *ROWS[1][1:3], "户主", 200], ["H9", *ROWS[2][1:]], [*ROWS[0][:4], 500]]
    keep(db, table(COLUMNS, *parted, OTHER, file="名单12.csv", covers="2024-12"))
    refresh_register(db, shipped_pack())

    assert homes(db) == {"H1": ["赵大山"], "H9": ["钱小花", "赵小"], "H2": ["孙老太"]}
    assert {case.member_no for case in list_cases(db)} == {None, "H1-01", "H9-01"}
    income = rows(db, "SELECT household_no, household_income FROM households ORDER BY 1")
    assert income == [("H1", 50000), ("H2", 30000), ("H9", 20000)]


def test_another_head_and_another_community(db):
    keep(db, table(COLUMNS, ["K1", "李四", LI, "户主", 100], file="k.csv", community="花园"))
    refresh_register(db, shipped_pack())

    happen(db, "head", people=["2"])
    happen(db, "to_community", other="花园社区")

    assert homes(db)["H1"][0] == "钱小花"
    where = "SELECT name FROM households JOIN communities USING (community_id) WHERE household_no ="
    assert rows(db, f"{where} 'H1'") == [("花园",)]


def test_a_household_is_dissolved(db):
    happen(db, "dissolved")

    assert homes(db) == {"H2": ["孙老太"]}
    assert set(closed(db).values()) == {"other"}


@pytest.mark.parametrize(
    "kind, people, stated, said",
    [
        ("died", ["李四"], {}, "no member"),
        ("died", ["9"], {}, "no member"),
        ("split", ["1"], {}, "others stay"),
        ("split", ["1", "2", "3"], {}, "nobody would stay"),
        ("split", ["2"], {"head": "3"}, "is not in the household"),
        ("died", ["2"], {"head": "2"}, "is not in the household"),
        ("moved_in", ["赵小"], {}, "already"),
        ("moved_in", ["李四"], {"id_number": "360302"}, "valid"),
        ("moved_in", ["赵小"], {"other": "H1"}, "same household"),
        ("to_community", [], {"other": "河口下"}, "already"),
    ],
)
def test_what_cannot_have_happened_so_is_refused_and_nothing_is_written(
    db, kind, people, stated, said
):
    before = content_of(db)

    with pytest.raises(ReliefError, match=said):
        happen(db, kind, people=people, **stated)

    assert (content_of(db), list_life_events(db)) == (before, [])


@pytest.mark.parametrize(
    "kind, household, people, stated",
    [
        ("died", "H1", ["1"], {}),
        ("split", "H1", ["1", "3"], {"head": "1"}),
        ("split", "H1", ["1"], {}),
        ("moved_in", "H2", ["赵大山"], {"other": "H1"}),
    ],
)
def test_where_the_head_leaves_the_refusal_names_who_stays_and_the_option(
    db, kind, household, people, stated
):
    with pytest.raises(ReliefError, match="others stay") as refused:
        happen(db, kind, household, people, **stated)

    remedy = str(refused.value.remedy)
    assert "--head" in remedy
    assert "H1-02 配偶" in remedy
    assert "H1-01" not in remedy
    assert "钱小花" not in remedy


@pytest.mark.parametrize("day", [dt.date(2024, 12, 9), dt.date(2999, 1, 1)])
def test_a_day_ahead_or_before_the_last_event_is_refused(db, day):
    happen(db, "died", people=["3"])

    with pytest.raises(ReliefError, match=r"had an event|has not come"):
        happen(db, "died", people=["2"], on=day)

    assert len(list_life_events(db)) == 1


EVENTS = [
    ("died", "H1", ["2"], {}),
    ("moved_out", "H2", ["1"], {}),
    ("moved_in", "H1", ["孙老太"], {"other": "H2"}),
    ("moved_in", "H1", ["李四"], {"id_number": LI}),
    ("split", "H1", ["2", "3"], {"head": "3"}),
    ("head", "H1", ["2"], {}),
    ("dissolved", "H1", [], {}),
]


@pytest.mark.parametrize("kind, household, people, stated", EVENTS)
def test_an_event_taken_back_leaves_the_register_and_its_cases_as_they_were(
    db, kind, household, people, stated
):
    before = content_of(db)
    happen(db, kind, household, people, **stated)
    changed = content_of(db)

    take_back(db, household)

    assert changed != before == content_of(db)
    assert closed(db) == {}
    assert verify_ledger(db, chains=FIELD_CHAINS, checks=FIELD_CHECKS) == []


@pytest.mark.parametrize("kind, household, people, stated", EVENTS)
def test_a_register_built_anew_or_in_part_has_the_same_after_an_event(
    db, kind, household, people, stated
):
    happen(db, kind, household, people, **stated)
    once = content_of(db)

    rebuild_register(db, shipped_pack())
    whole = content_of(db)
    keep(db, table(COLUMNS, ["K1", "王一", "", "户主", 10], file="k.csv"))
    refresh_register(db, shipped_pack())
    keep(db, table(COLUMNS, ["H1", "钱小花", QIAN, "", ""], file="更.csv"))
    refresh_register(db, shipped_pack())
    part = content_of(db)
    rebuild_register(db, shipped_pack())

    assert once == whole
    assert part == content_of(db)


def test_the_register_of_a_day_before_is_without_the_event(db):
    happen(db, "died", people=["3"])

    show_register_on(db, shipped_pack(), dt.date(2024, 12, 9))

    assert homes(db)["H1"] == ["赵大山", "钱小花", "赵小"]


def test_a_newer_list_that_still_has_who_died_is_reported(db):
    happen(db, "died", people=["3"])

    keep(db, table(COLUMNS, *ROWS, OTHER, file="名单12.csv", covers="2024-12"))
    refresh_register(db, shipped_pack())

    assert homes(db)["H1"] == ["赵大山", "钱小花"]
    assert codes(db) == ["listed-after-event"]


def list_december(db, *more):
    keep(db, table(COLUMNS, *ROWS, OTHER, *more, file="名单12.csv", covers="2024-12"))
    refresh_register(db, shipped_pack())
    number_problems(db)


def answer(db, text, on=DAY):
    (number,) = {each.number for each in list_problems(db)}
    said = Answer(text, "王五", on)
    with write(db):
        if not record_event_answer(db, shipped_pack(), DAY, number, said):
            record_answer(db, shipped_pack(), number, said)
    refresh_register(db, shipped_pack())


def test_a_newer_list_with_a_whole_household_that_ended_is_one_question(db):
    happen(db, "dissolved")

    list_december(db)

    assert codes(db) == ["listed-after-event"] * 3
    assert len({each.number for each in list_problems(db)}) == 1
    assert homes(db) == {"H2": ["孙老太"]}


@pytest.mark.parametrize(
    "kind, text, at_home, events",
    [
        ("died", "leave", ["赵大山", "钱小花"], 1),
        ("died", "mistaken", ["赵大山", "钱小花", "赵小"], 0),
        ("moved_out", "leave", ["赵大山", "钱小花"], 1),
        ("moved_out", "登记有误", ["赵大山", "钱小花", "赵小"], 0),
        ("moved_out", "moved-in:2024-12-20", ["赵大山", "钱小花", "赵小"], 2),
    ],
)
def test_what_is_answered_of_who_left_and_is_listed_settles_it(db, kind, text, at_home, events):
    happen(db, kind, people=["3"])
    list_december(db)

    answer(db, text)

    assert homes(db)["H1"] == at_home
    assert codes(db) == []
    assert len(list_life_events(db)) == events
    whole = content_of(db)
    rebuild_register(db, shipped_pack())
    assert content_of(db) == whole


def test_a_return_that_is_taken_back_is_asked_about_again(db):
    happen(db, "moved_out", people=["3"])
    list_december(db)
    answer(db, "moved-in:2024-12-20")

    take_back(db, on=dt.date(2024, 12, 21))

    assert (homes(db)["H1"], codes(db)) == (["赵大山", "钱小花"], ["listed-after-event"])


def test_who_died_cannot_have_come_back(db):
    happen(db, "died", people=["3"])
    list_december(db)

    with pytest.raises(ReliefError, match="no answer to this question"):
        answer(db, "moved-in:2024-12-20")


@pytest.fixture
def doubled(db):
    """Return the register where the old woman stands in the family's household too."""
    second = ["H1", "孙老太", GRAN, "母", ""]
    keep(db, table(COLUMNS, *ROWS, second, file="花名.csv", covers="2024-11"))
    refresh_register(db, shipped_pack())
    return db


def certainty(db, name):
    return rows(db, f"SELECT household_no, belongs FROM members WHERE name = '{name}' ORDER BY 1")


def test_who_died_is_in_no_other_household_either(doubled):
    before = certainty(doubled, "孙老太")
    happen(doubled, "died", "H2", ["1"])

    assert before == [("H1", None), ("H2", None)]
    assert homes(doubled) == {"H1": ["赵大山", "钱小花", "赵小"]}
    rebuild_register(doubled, shipped_pack())
    assert homes(doubled) == {"H1": ["赵大山", "钱小花", "赵小"]}


def test_whether_who_left_lives_in_their_other_household_is_asked(doubled):
    happen(doubled, "moved_out", "H2", ["1"])

    assert certainty(doubled, "孙老太") == [("H1", None)]
    assert codes(doubled) == ["left-elsewhere"]


def test_a_newer_list_says_that_who_left_lives_in_another_household(doubled):
    happen(doubled, "moved_out", "H2", ["1"], on=dt.date(2024, 12, 1))
    second = ["H1", "孙老太", GRAN, "母", ""]
    keep(doubled, table(COLUMNS, *ROWS, second, file="花名12.csv", covers="2024-12"))
    refresh_register(doubled, shipped_pack())

    assert certainty(doubled, "孙老太") == [("H1", 1)]


def test_the_death_of_who_stands_in_two_households_closes_their_cases_in_both(doubled):
    found = [CaseFinding("H1", "H1-04", "elderly-80", "unclaimed")]
    open_cases(doubled, found, dt.date(2024, 12, 1))

    happen(doubled, "died", "H2", ["1"])

    assert closed(doubled) == {("H2", None): "deceased", ("H1", "H1-04"): "deceased"}


def test_an_event_on_which_a_later_one_rests_is_not_taken_back_first(db):
    happen(db, "split", people=["2", "3"])
    happen(db, "moved_in", "H2", ["赵小"], other="H1-2")

    with pytest.raises(ReliefError, match="rests on event 1"):
        take_back(db, "H1")
    take_back(db, "H2")
    take_back(db, "H1")

    assert homes(db) == {"H1": ["赵大山", "钱小花", "赵小"], "H2": ["孙老太"]}


def test_a_move_before_the_last_event_of_the_other_household_is_refused(db):
    happen(db, "died", people=["3"])

    with pytest.raises(ReliefError, match=r"H1.*had an event"):
        happen(db, "moved_in", "H2", ["2"], on=dt.date(2024, 12, 9), other="H1")


def test_an_event_about_somebody_who_is_on_no_list_now_is_reported(db):
    keep(db, table(COLUMNS, ["H2", "李四", LI, "子", ""], file="更.csv"))
    refresh_register(db, shipped_pack())
    happen(db, "died", "H2", ["李四"])
    with write(db):
        undo_import(db, 2)
    refresh_register(db, shipped_pack())

    assert codes(db) == ["event-without-member"]


def test_who_came_is_taken_back_though_their_import_was_undone_before(db):
    recorded = happen(db, "moved_in", people=["李四"], id_number=LI)
    with write(db):
        undo_import(db, recorded.event.import_id)

    take_back(db)

    assert homes(db) == {"H1": ["赵大山", "钱小花", "赵小"], "H2": ["孙老太"]}


def test_the_day_asked_about_is_that_of_the_last_event(db):
    before = find_newest_date(db)
    happen(db, "died", people=["3"])

    assert (before, find_newest_date(db)) == (dt.date(2024, 11, 30), DAY)


def test_who_comes_back_is_the_same_person_with_the_same_number(db):
    happen(db, "moved_out", people=["钱小花"])
    away = homes(db)["H1"]
    happen(db, "moved_in", people=["钱小花"], on=dt.date(2024, 12, 15), id_number=QIAN)

    assert away == ["赵大山", "赵小"]
    assert homes(db)["H1"] == ["赵大山", "钱小花", "赵小"]
    assert rows(db, "SELECT member_no FROM members WHERE name = '钱小花'") == [("H1-02",)]
    assert codes(db) == []


def test_a_later_event_is_about_somebody_by_the_number_that_an_earlier_one_gave(db):
    happen(db, "moved_in", "H2", ["赵小"], other="H1")
    happen(db, "died", "H2", ["赵小"])
    rebuild_register(db, shipped_pack())

    assert homes(db) == {"H1": ["赵大山", "钱小花"], "H2": ["孙老太"]}
    assert codes(db) == []


@pytest.mark.parametrize("said, sure", [("one-person", 4), ("two-people", 5)])
def test_who_came_by_an_event_and_is_listed_under_another_name_counts_once_until_decided(
    db, said, sure
):
    happen(db, "moved_in", people=["赵宝"])
    list_december(db, ["H1", "赵小宝", LI, "子", ""])

    assert codes(db) == ["newcomer-listed"]
    assert len(homes(db)["H1"]) == 5
    assert certainty(db, "赵宝") == [("H1", None)]
    assert certainty(db, "赵小宝") == [("H1", 1)]

    answer(db, said)
    assert codes(db) == []
    counted = rows(db, "SELECT count(*) FROM members WHERE household_no = 'H1' AND belongs")
    assert counted == [(sure,)]


def test_who_came_by_an_event_with_another_id_number_than_who_is_listed_is_somebody_else(db):
    happen(db, "moved_in", people=["赵宝"], id_number=LI)
    list_december(db, ["H1", "赵小宝", NOBODY, "子", ""])

    assert codes(db) == []
    assert len(homes(db)["H1"]) == 5


@pytest.mark.parametrize("text, head", [("head:H1-01", "赵大山"), ("head:H1-02", "钱小花")])
def test_a_newer_list_with_the_head_of_before_an_event_is_one_question(db, text, head):
    happen(db, "head", people=["2"])
    list_december(db)

    assert codes(db) == ["two-heads"]
    assert heads(db)["H1"] == "钱小花"
    answer(db, text)
    assert codes(db) == []
    assert heads(db)["H1"] == head


def heads(db):
    return dict(
        rows(
            db,
            "SELECT household_no, name FROM households JOIN members USING (household_no)"
            " WHERE member_no = head_member_no",
        )
    )
