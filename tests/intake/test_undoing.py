"""An import taken back leaves the register as if it had never been; rows stay, and so do cases."""

import hashlib
import json
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from relieftool.cases.case_list import list_cases, open_cases
from relieftool.cases.records import CaseFinding
from relieftool.errors import ReliefError
from relieftool.intake.undo import (
    list_imports,
    redo_import,
    redo_last,
    undo_import,
    undo_last,
)
from relieftool.register.build import refresh_register
from relieftool.store.database import open_database, write
from relieftool.store.import_status import find_next_step, record_replacements
from relieftool.store.imports import list_problems, record_import
from relieftool.store.problem_decisions import record_decision
from relieftool.store.settings import write_setting
from tests.support.register_hash import content_by_people, content_of
from tests.support.registers import (
    LI,
    QIAN,
    ZHAO,
    empty_register,
    keep,
    people,
    roster,
    rows,
    shipped_pack,
    table,
)

PERSON = "household_no name id_number relation"
FILES = (
    table("name id_number", ["赵大山", ZHAO], file="a"),
    table(PERSON, ["H1", "赵大山", ZHAO, "户主"], ["H1", "钱小花", QIAN, ""], file="b"),
    table(PERSON, ["H1", "李四", LI, "户主"], file="c", community="花园"),
    table(PERSON, ["H2", "钱小花", QIAN, "户主"], file="d", covers="2024-11"),
    roster("dibao", "name id_number amount", ["赵大山", ZHAO, 500], ["李四", "", 1], file="e"),
)


def new_register(folder):
    db = open_database(empty_register(folder / "relief.db"))
    with write(db):
        write_setting(db, "secret", "the same in every register")
    return db


def settle(db):
    refresh_register(db, shipped_pack())
    return db


def step(db, do, *arguments):
    with write(db):
        found = do(db, *arguments)
        refresh_register(db, shipped_pack())
    return found


def states(db):
    return [record.state for record in list_imports(db)]


@pytest.mark.parametrize("place", range(len(FILES)))
def test_an_import_taken_back_leaves_what_never_having_it_would(tmp_path_factory, place):
    never = new_register(tmp_path_factory.mktemp("never"))
    keep(never, *FILES[:place], *FILES[place + 1 :])
    db = new_register(tmp_path_factory.mktemp("undone"))
    keep(db, *FILES)
    settle(db)

    step(db, undo_import, place + 1)

    assert content_by_people(db) == content_by_people(settle(never))


steps = st.lists(
    st.one_of(
        st.tuples(st.just("undo"), st.integers(0, len(FILES) - 1)),
        st.tuples(st.just("redo"), st.integers(0, len(FILES) - 1)),
        st.tuples(st.just("last"), st.none()),
        st.tuples(st.just("back"), st.none()),
        st.tuples(st.just("decide"), st.sampled_from(["leave", "reopen", "lives-in:H2"])),
    ),
    max_size=8,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example([("decide", "lives-in:H2"), ("undo", 3), ("back", None)])
@example([("last", None), ("last", None), ("back", None), ("last", None)])
@given(steps)
def test_after_any_undoing_the_register_is_that_of_the_imports_that_count(tmp_path_factory, listed):
    db = new_register(tmp_path_factory.mktemp("a"))
    keep(db, *FILES)
    settle(db)
    for name, argument in listed:
        take_step(db, name, argument)
    other = new_register(tmp_path_factory.mktemp("b"))
    keep(other, *(file for file, state in zip(FILES, states(db), strict=True) if state == "live"))
    copy_decisions(db, other)

    assert content_by_people(db) == content_by_people(settle(other))


def take_step(db, name, argument):
    """Take one step where it can be taken."""
    possible = {"undo": "live", "redo": "undone"}
    if name in ("last", "back"):
        with suppress(ReliefError):  # nothing may be left to take back
            step(db, undo_last if name == "last" else redo_last)
    elif name == "decide":
        numbers = [recorded.number for recorded in list_problems(db) if recorded.number]
        for number in numbers:
            with suppress(ReliefError):  # not every choice is one for every doubt
                step(db, record_decision, number, argument, "王五")
    elif states(db)[argument] == possible[name]:
        step(db, undo_import if name == "undo" else redo_import, argument + 1)


def copy_decisions(db, other):
    for name in ("doubts", "decisions"):
        for row in db.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall():
            other.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", row)


def test_undoing_is_kept_and_can_itself_be_undone(tmp_path):
    db = new_register(tmp_path)
    keep(db, *FILES[:2])
    before = content_of(settle(db))

    step(db, undo_last)
    step(db, redo_last)

    assert content_of(db) == before
    assert rows(db, "SELECT import_id, event FROM import_events") == [
        (1, "imported"), (2, "imported"), (2, "undone"), (2, "redone")
    ]  # fmt: skip


def keep_together(db, *files):
    """Keep files as one command does that imports a folder."""
    with write(db):
        number = find_next_step(db)
        for name, source in files:
            sha256 = hashlib.sha256(name.encode()).hexdigest()
            record_import(db, name, sha256, {}, [source], step=number)


def test_the_last_command_is_undone_as_a_whole_and_then_the_one_before(tmp_path_factory):
    never = new_register(tmp_path_factory.mktemp("never"))
    keep(never, FILES[0])
    db = new_register(tmp_path_factory.mktemp("undone"))
    keep(db, FILES[0])
    keep_together(db, *FILES[1:])
    before = content_of(settle(db))

    step(db, undo_last)
    assert states(db) == ["live"] + ["undone"] * 4
    assert content_by_people(db) == content_by_people(settle(never))
    step(db, undo_last)
    assert states(db) == ["undone"] * 5
    with pytest.raises(ReliefError, match="no import that counts is left"):
        step(db, undo_last)
    step(db, redo_last)
    assert states(db) == ["live"] + ["undone"] * 4
    step(db, redo_last)
    assert content_of(db) == before
    with pytest.raises(ReliefError, match="no import was taken back"):
        step(db, redo_last)


def test_what_was_undone_alone_is_left_out_of_the_last_command(tmp_path):
    db = new_register(tmp_path)
    keep_together(db, *FILES[:3])

    step(db, undo_import, 2)
    done = step(db, undo_last)
    assert [record.import_no for record in done.records] == [1, 3]
    back = step(db, redo_last)

    assert [record.import_no for record in back.records] == [1, 3]
    assert states(db) == ["live", "undone", "live"]


def test_undoing_says_what_the_same_words_would_do_next(relief, tmp_path):
    for folder, names in (("一月", "ab"), ("二月", "cd")):
        (tmp_path / folder).mkdir()
        for name in names:
            lines = f"社区,户编号,姓名,身份证号\n河口下,{name},赵大山,{ZHAO}\n"
            (tmp_path / folder / f"{name}.csv").write_text(lines, "utf-8")
        relief("import", tmp_path / folder)

    rehearsed = relief("undo", "--last", "--dry-run")
    first = relief("undo", "--last", "--format", "json")
    second = relief("undo", "--last")
    third = relief("undo", "--last")
    back = relief("undo", "--last", "--redo")

    assert "rehearsal" in rehearsed.stderr
    found = [record["state"] for record in json.loads(first.stdout)["imports"]]
    assert found == ["live", "live", "undone", "undone"]
    assert "said now, takes back: 1 a.csv, 2 b.csv." in first.stderr
    assert "--last --redo" in second.stderr
    assert "takes back" not in second.stderr
    assert (third.exit_code, "no import that counts is left" in third.stderr) == (1, True)
    assert "Counting again: 1 a.csv, 2 b.csv." in back.stderr


def test_what_an_import_replaced_counts_again_when_it_is_taken_back(tmp_path):
    db = new_register(tmp_path)
    keep(db, *FILES[:2])
    step(db, record_replacements, 2, [1])
    assert states(db) == ["replaced", "live"]

    done = step(db, undo_import, 2)

    assert (states(db), done.back) == (["live", "undone"], [1])


def test_of_the_same_file_imported_anew_only_one_counts(tmp_path):
    db = new_register(tmp_path)
    keep(db, FILES[1])
    step(db, undo_import, 1)
    keep(db, FILES[1])

    step(db, redo_import, 1)

    assert states(db) == ["live", "replaced"]
    assert len(people(db)) == 2


@pytest.mark.parametrize(
    "do, number, words",
    [
        (undo_import, 9, "no import has this number"),
        (redo_import, 1, "was not taken back"),
        (undo_import, 2, "taken back already"),
    ],
)
def test_what_cannot_be_undone_is_told(tmp_path, do, number, words):
    db = new_register(tmp_path)
    keep(db, *FILES[:2])
    step(db, undo_import, 2)

    with pytest.raises(ReliefError, match=words):
        step(db, do, number)


def test_cases_stay_and_are_found_under_the_number_a_household_has_now(tmp_path):
    db = new_register(tmp_path)
    keep(db, FILES[0])
    settle(db)
    ((old,),) = rows(db, "SELECT household_no FROM households")
    finding = CaseFinding(old, None, "dibao", "unclaimed")
    open_cases(db, [finding], date(2024, 12, 10))

    keep(db, FILES[1])
    settle(db)
    (renamed,) = list_cases(db, "河口下")
    again = open_cases(db, [CaseFinding("H1", None, "dibao", "unclaimed")], date(2024, 12, 11))
    step(db, undo_import, 2)
    (back,) = list_cases(db, "河口下")

    assert (renamed.household_no, again.opened, back.household_no) == ("H1", [], old)
