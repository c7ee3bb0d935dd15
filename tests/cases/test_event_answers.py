"""What a newer list or a roster says of who lives where is one question, answered by an event."""

import datetime as dt
import json

import pytest

from relieftool.cases.case_list import list_cases, open_cases
from relieftool.cases.event_answers import record_event_answer, take_back_event_answer
from relieftool.cases.records import CaseFinding
from relieftool.cases.verify import verify_ledger
from relieftool.errors import ReliefError
from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.fieldwork.helpers import list_household_helpers, record_assignment
from relieftool.fieldwork.visits import list_visits
from relieftool.intake.answers import Answer, record_answer
from relieftool.messages import in_language
from relieftool.register.build import rebuild_register, refresh_register
from relieftool.store.database import write
from relieftool.store.entries import FIELD_CHAINS
from relieftool.store.life_events import list_life_events
from relieftool.store.problem_decisions import list_decisions
from tests.cases.test_life_events import COLUMNS, OTHER, ROWS, happen, homes
from tests.register.test_corrected_numbers import closed
from tests.support.fieldwork_entries import helper, visit
from tests.support.register_hash import content_of
from tests.support.registers import (
    LI,
    PUPIL,
    QIAN,
    keep,
    more,
    register,
    roster,
    rows,
    shipped_pack,
    table,
)

DAY = dt.date(2024, 12, 20)
HEAD, WIFE, SON = ROWS
UNNUMBERED = [["", *HEAD[1:]], more("", *WIFE[1:]), more("", *SON[1:]), ["", *OTHER[1:]]]


def street(folder, later, first=(*ROWS, OTHER), file="名单12.csv", **stated):
    """Return a register of a list of November and one of December."""
    db = register(folder, table(COLUMNS, *first, file="名单11.csv", covers="2024-11"))
    keep(db, table(COLUMNS, *later, file=file, covers="2024-12", **stated))
    refresh_register(db, shipped_pack())
    return db


def asked(db):
    """Return the subjects of the doubts that a decision settles, each once."""
    sql = "SELECT DISTINCT subject FROM problems WHERE subject IS NOT NULL"
    return [subject for (subject,) in rows(db, sql)]


def answer(db, text, number=None):
    """Answer the only question; return whether the answer is an event."""
    if number is None:
        (subject,) = asked(db)
        ((number,),) = rows(db, "SELECT number FROM doubts WHERE subject = ?", subject)
    said = Answer(text, "王五", DAY)
    with write(db):
        is_event = record_event_answer(db, shipped_pack(), DAY, number, said)
        if not is_event:
            record_answer(db, shipped_pack(), number, said)
    refresh_register(db, shipped_pack())
    return number


def doubtful(db):
    return {name for (name,) in rows(db, "SELECT name FROM members WHERE belongs IS NULL")}


def test_a_member_missing_from_the_newer_list_is_one_question(tmp_path):
    db = street(tmp_path, [HEAD, WIFE, OTHER])
    before = doubtful(db)

    answer(db, "died:2024-12-05")

    assert before == {"赵小"}
    assert (homes(db)["H1"], asked(db), doubtful(db)) == (["赵大山", "钱小花"], [], set())
    (event,) = list_life_events(db)
    assert (event.event_type, event.happened_on, event.by) == ("died", "2024-12-05", "王五")


def test_a_head_missing_follows_whom_the_newer_list_names(tmp_path):
    widow = ["H1", "钱小花", QIAN, "户主", ""]
    db = street(tmp_path, [widow, SON, OTHER])

    answer(db, "死亡：2024年12月5日")

    assert homes(db) == {"H1": ["钱小花", "赵小"], "H2": ["孙老太"]}


def test_where_the_head_died_and_no_list_names_another_the_clerk_reads_what_to_write(tmp_path):
    said = ["H1", "赵大山", *HEAD[2:], "2024年12月5日去世"]
    db = register(tmp_path, table(f"{COLUMNS} remark", said, [*WIFE, ""], covers="2024-12"))
    with in_language("zh"), pytest.raises(ReliefError, match="户主") as refused:
        answer(db, "死亡：2024-12-05")

    answer(db, "死亡：2024-12-05：H1-02")

    assert "死亡：年-月-日：成员编号" in str(refused.value.remedy)
    assert "H1-02 配偶" in str(refused.value.remedy)
    assert homes(db) == {"H1": ["钱小花"]}


def test_a_widow_at_the_head_of_a_list_without_numbers_is_one_question(tmp_path):
    widow = ["", "钱小花", QIAN, "户主", ""]
    later = [widow, more("", *SON[1:]), ["", *OTHER[1:]]]
    db = street(tmp_path, later, UNNUMBERED)

    answer(db, "died:2024-12-05")

    assert homes(db) == {"河口下-001": ["钱小花", "赵小"], "河口下-002": ["孙老太"]}


PART = ["H9", *WIFE[1:3], "户主", 200]


@pytest.mark.parametrize(
    "first, later, parts",
    [
        ((*ROWS, OTHER), [PART, ["H9", *SON[1:]], HEAD, OTHER], ("H1", "H9")),
        (
            UNNUMBERED,
            [["", *PART[1:]], more("", *SON[1:]), ["", *HEAD[1:]], ["", *OTHER[1:]]],
            ("河口下-001", "河口下-003"),
        ),
    ],
)
def test_two_half_families_are_one_question(tmp_path, first, later, parts):
    db = street(tmp_path, later, first)
    before = doubtful(db)
    open_cases(db, [CaseFinding(parts[0], f"{parts[0]}-02", "dibao", "unclaimed")], DAY)

    answer(db, "split:2024-12-05")

    assert before == {"钱小花", "赵小"}
    assert [homes(db)[part] for part in parts] == [["赵大山"], ["钱小花", "赵小"]]
    assert (asked(db), doubtful(db)) == ([], set())
    assert [case.member_no for case in list_cases(db)] == [f"{parts[1]}-01"]


def test_who_married_into_another_household_is_one_question(tmp_path):
    db = street(tmp_path, [HEAD, WIFE, OTHER, ["H2", "赵小", PUPIL, "夫", ""]])

    answer(db, "moved-in:2024-12-05")

    assert homes(db) == {"H1": ["赵大山", "钱小花"], "H2": ["孙老太", "赵小"]}
    assert (asked(db), doubtful(db)) == ([], set())


CORRECTED = closed(PUPIL[:15] + "19")  # of PUPIL with two figures corrected
MARRIED = ["H2", "赵小", CORRECTED, "夫", ""]
NEARLY = closed(OTHER[2][:15] + "44")


def test_who_moved_and_has_a_corrected_id_number_there_is_one_question(tmp_path):
    db = street(tmp_path, [HEAD, WIFE, OTHER, MARRIED])
    before = doubtful(db)
    open_cases(db, [CaseFinding("H1", "H1-03", "dibao", "unclaimed")], DAY)

    answer(db, "moved-in:2024-12-05")

    assert before == {"赵小"}
    assert homes(db) == {"H1": ["赵大山", "钱小花"], "H2": ["孙老太", "赵小"]}
    assert (asked(db), doubtful(db)) == ([], set())
    assert rows(db, "SELECT id_number FROM members WHERE name = '赵小'") == [(CORRECTED,)]
    assert [case.member_no for case in list_cases(db)] == ["H2-02"]


@pytest.mark.parametrize(
    "text, sure", [("two-people", ["H2"]), ("lives-in:H1", ["H1"]), ("leave", [])]
)
def test_who_has_nearly_the_id_number_of_a_namesake_elsewhere_may_be_somebody_else(
    tmp_path, text, sure
):
    db = street(tmp_path, [HEAD, WIFE, OTHER, MARRIED])

    answer(db, text)

    found = rows(db, "SELECT household_no FROM members WHERE name = '赵小' AND belongs")
    assert [home for (home,) in found] == sure
    # of the one who may be somebody else it is asked as of whoever is missing
    assert [subject.partition(":")[0] for subject in asked(db)] == ["gone"] * (text == "two-people")


def test_whose_household_is_another_than_that_of_a_namesake_is_asked_as_whoever_is_missing(
    tmp_path,
):
    db = street(tmp_path, [*ROWS, ["H9", OTHER[1], NEARLY, "户主", ""]])

    answer(db, "two-people")

    assert [subject.partition(":")[0] for subject in asked(db)] == ["ended"]


def test_two_half_families_with_a_corrected_id_number_are_one_question(tmp_path):
    db = street(tmp_path, [PART, ["H9", "赵小", CORRECTED, "子", ""], HEAD, OTHER])

    answer(db, "split:2024-12-05")

    assert homes(db) == {"H1": ["赵大山"], "H2": ["孙老太"], "H9": ["钱小花", "赵小"]}
    assert (asked(db), doubtful(db)) == ([], set())


@pytest.mark.parametrize("id_number", [OTHER[2], NEARLY])
def test_a_household_under_another_number_is_one_question(tmp_path, id_number):
    db = street(tmp_path, [*ROWS, ["H9", OTHER[1], id_number, "户主", ""]])
    before = doubtful(db)

    answer(db, "lives-in:H9")

    assert before == {"孙老太"}
    assert homes(db) == {"H1": ["赵大山", "钱小花", "赵小"], "H9": ["孙老太"]}
    assert (asked(db), doubtful(db)) == ([], set())


def test_whom_a_list_has_beside_their_namesake_did_not_move(tmp_path):
    db = street(tmp_path, [*ROWS, OTHER, MARRIED])

    assert (asked(db), doubtful(db)) == ([], set())


@pytest.mark.parametrize("text, names", [("one-person", ["赵小"]), ("two-people", ["赵小"] * 2)])
def test_who_moved_by_an_event_and_is_listed_with_a_corrected_number_is_one_question(
    tmp_path, text, names
):
    db = register(tmp_path, table(COLUMNS, *ROWS, OTHER, file="名单11.csv", covers="2024-11"))
    happen(db, "moved_in", "H2", ["赵小"], dt.date(2024, 12, 1), other="H1")
    keep(db, table(COLUMNS, HEAD, WIFE, OTHER, MARRIED, file="名单12.csv", covers="2024-12"))
    refresh_register(db, shipped_pack())

    answer(db, text)

    assert homes(db)["H2"] == ["孙老太", *names]
    assert [subject.partition(":")[0] for subject in asked(db)] == ["gone"] * (len(names) - 1)


@pytest.mark.parametrize("first", [(*ROWS, OTHER), UNNUMBERED])
def test_a_household_on_a_newer_list_of_another_community_is_one_question(tmp_path, first):
    db = street(tmp_path, first[:3], first, "花园12.csv", community="花园")
    old = next(home for home, names in homes(db).items() if "赵大山" in names)
    open_cases(db, [CaseFinding(old, None, "dibao", "unclaimed")], DAY)

    answer(db, "to-community:2024-12-05")

    assert sorted(map(len, homes(db).values())) == [1, 3]
    places = rows(db, "SELECT name FROM households JOIN communities USING (community_id)")
    assert sorted(places) == [("河口下",), ("花园",)]
    (case,) = list_cases(db)
    assert (case.is_open, case.community) == (True, "花园")
    assert (asked(db), doubtful(db)) == ([], set())


@pytest.mark.parametrize("said, text", [("死亡停发", "died"), ("户口迁出停发", "moved-out")])
def test_a_roster_that_says_who_is_gone_is_one_question(tmp_path, said, text):
    db = register(tmp_path, table(COLUMNS, *ROWS, OTHER, covers="2024-11"))
    paid = ["孙老太", OTHER[2], 50, said]
    keep(db, roster("elderly-80", "name id_number amount remark", paid, covers="2024-12"))
    refresh_register(db, shipped_pack())
    before = doubtful(db)

    answer(db, f"{text}:2024-12-05")

    assert before == {"孙老太"}
    assert homes(db) == {"H1": ["赵大山", "钱小花", "赵小"]}


def number_of(db, sort):
    """Return the number of the one question of a sort."""
    sql = "SELECT DISTINCT number FROM doubts JOIN problems USING (subject) WHERE subject LIKE ?"
    ((number,),) = rows(db, sql, f"{sort}:%")
    return number


def test_visits_helpers_and_open_questions_follow_a_household_to_its_new_number(tmp_path):
    later = [["G7", *row[1:]] for row in ROWS]  # on the list of the other community
    db = street(tmp_path, later, (*ROWS, OTHER), "花园12.csv", community="花园")
    said = ["H1", "赵小", PUPIL, "2024年10月去世"]
    keep(db, table("household_no name id_number remark", said, file="备注.csv", covers="2024-12"))
    refresh_register(db, shipped_pack())
    visit(db, "H1")
    helper(db, "周华")
    record_assignment(db, "H1", "周华", by="王五", on=DAY)
    asked_before = number_of(db, "gone")

    answer(db, "to-community:2024-12-05", number_of(db, "to-community"))

    (home,) = {home for home, names in homes(db).items() if "赵大山" in names}
    assert [each.household_no for each in list_visits(db)] == [home]
    assert [each.name for each in list_household_helpers(db, home)] == ["周华"]
    assert number_of(db, "gone") == asked_before
    assert verify_ledger(db, chains=FIELD_CHAINS, checks=FIELD_CHECKS) == []


def test_a_household_that_is_missing_whole_is_one_question(tmp_path):
    db = street(tmp_path, ROWS)

    answer(db, "dissolved:2024-12-05")

    assert homes(db) == {"H1": ["赵大山", "钱小花", "赵小"]}


LIKE_A_MEMBER = ["H1-02", *OTHER[1:]]


@pytest.mark.parametrize(
    "later, text, found",
    [
        ([*ROWS], "dissolved", {"H1": ["赵大山", "钱小花", "赵小"]}),
        ([HEAD, SON, LIKE_A_MEMBER], "died", {"H1": ["赵大山", "赵小"], "H1-02": ["孙老太"]}),
    ],
)
def test_a_household_numbered_as_a_member_of_another_is_not_taken_for_them(
    tmp_path, later, text, found
):
    db = street(tmp_path, later, (*ROWS, LIKE_A_MEMBER))

    answer(db, f"{text}:2024-12-05")

    assert homes(db) == found


@pytest.mark.parametrize("text", ["lives-in:H1", "leave"])
def test_who_did_not_move_is_in_no_two_households_for_sure(tmp_path, text):
    db = street(tmp_path, [HEAD, WIFE, OTHER, ["H2", "赵小", PUPIL, "夫", ""]])

    answer(db, text)

    sure = rows(db, "SELECT household_no FROM members WHERE name = '赵小' AND belongs")
    assert sure == ([("H1",)] if text != "leave" else [])
    assert asked(db) == []


@pytest.mark.parametrize(
    "text, said",
    [
        ("died", "of which day"),
        ("died:12月", "of which day"),
        ("died:2999-01-01", "has not come"),
        ("split:2024-12-05", "no answer"),
        ("died:2024-12-05:09", "no member"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_nothing_is_written(tmp_path, text, said):
    db = street(tmp_path, [HEAD, WIFE, OTHER])
    before = content_of(db)

    with pytest.raises(ReliefError, match=said):
        answer(db, text)

    assert (content_of(db), list_life_events(db), list_decisions(db)) == (before, [], [])


def test_an_answer_taken_back_takes_its_event_back_and_asks_again(tmp_path):
    db = street(tmp_path, [HEAD, WIFE, OTHER])
    before = content_of(db)
    number = answer(db, "died:2024-12-05")

    with write(db):
        is_event = take_back_event_answer(db, shipped_pack(), DAY, number, "王五", DAY)
    refresh_register(db, shipped_pack())

    assert is_event
    assert (content_of(db), list_life_events(db)) == (before, [])
    answer(db, "moved-out:2024-12-05")
    assert doubtful(db) == set()


@pytest.mark.parametrize(
    "later",
    [
        [HEAD, WIFE, OTHER],
        [PART, ["H9", *SON[1:]], HEAD, OTHER],
        [HEAD, WIFE, OTHER, MARRIED],
    ],
)
def test_a_register_built_in_part_asks_the_same_as_one_built_anew(tmp_path, later):
    db = street(tmp_path, later)
    keep(db, table(COLUMNS, ["K1", "李四", LI, "户主", 10], file="k.csv"))
    refresh_register(db, shipped_pack())
    part = (content_of(db), asked(db))

    rebuild_register(db, shipped_pack())

    assert part == (content_of(db), asked(db))


def test_a_list_of_another_name_with_a_corrected_id_number_is_compared_in_part_too(tmp_path):
    db = register(tmp_path, table(COLUMNS, *ROWS, OTHER, file="名单11.csv", covers="2024-11"))
    keep(db, table(COLUMNS, ["K1", *MARRIED[1:]], file="新增.csv", covers="2024-12"))
    refresh_register(db, shipped_pack())
    part = (content_of(db), asked(db))

    rebuild_register(db, shipped_pack())

    assert part == (content_of(db), asked(db))
    assert len(part[1]) == 1


def test_on_the_command_line_an_answer_is_an_event(tmp_path, relief):
    street(tmp_path, [HEAD, WIFE, OTHER]).close()
    asked_first = json.loads(relief("questions", "--kind", "membership", "--format", "json").stdout)
    (question,) = asked_first["questions"]

    said = relief("answer", question["question"], "died:2024-12-05", "--by", "王五")

    assert question["answers"] == ["died:DAY", "moved-out:DAY", "left", "leave"]
    assert said.exit_code == 0, said.stderr
    closed = json.loads(relief("questions", "--closed", "--format", "json").stdout)["questions"]
    assert [each["answer"] for each in closed] == ["died:2024-12-05"]
    assert f"Question {question['question']}: died: 2024-12-05." in said.stderr
    assert relief("answer", question["question"], "--undo", "--by", "王五").exit_code == 0
    assert relief("verify").exit_code == 0
