"""A month's changes explain its counts: who is new, stopped, died or moved, and what to do."""

import datetime as dt
import json

import pytest
from openpyxl import load_workbook

from relieftool.cases.month_changes import MonthQuestion, find_month_changes
from relieftool.cases.verify import verify_ledger
from relieftool.register.build import refresh_register
from relieftool.store.database import write
from relieftool.store.imports import list_problems
from relieftool.store.problem_decisions import record_decision
from tests.cases.test_life_events import COLUMNS, OTHER, ROWS, happen
from tests.support.registers import (
    GRAN,
    LI,
    NOBODY,
    QIAN,
    ZHAO,
    keep,
    register,
    roster,
    rows,
    shipped_pack,
    table,
)

NOVEMBER, DECEMBER = dt.date(2024, 11, 30), dt.date(2024, 12, 31)
PAID = "name id_number amount remark"
LONE = ["K1", "李四", LI, "户主", 200]
GOING = ["K2", "王一", NOBODY, "户主", 100]
DIBAO = {"赵大山": 900, "李四": 500, "王一": 400}
NEW_DIBAO = {"赵大山": 700, "李四": 500, "孙老太": 300}
IDS = {"赵大山": ZHAO, "李四": LI, "王一": NOBODY, "孙老太": GRAN, "钱小花": QIAN}


def paid(programme, amounts, month, *, is_complete=True, **remarks):
    cells = [[name, IDS[name], fen, remarks.get(name, "")] for name, fen in amounts.items()]
    return roster(
        *(programme, PAID, *cells),
        file=f"{programme}{month}.csv",
        covers=month,
        is_complete=is_complete,
        community=None,
    )


def street(folder, *december):
    """Return a register of November's lists, and of some of December's."""
    lists = [
        table(COLUMNS, *ROWS, OTHER, covers="2024-11"),
        table(COLUMNS, LONE, GOING, file="花园.csv", covers="2024-11", community="花园"),
        paid("dibao", DIBAO, "2024-11"),
        paid("elderly-80", {"孙老太": 100}, "2024-11"),
    ]
    return register(folder, *lists, *december)


def changes(db, **asked):
    asked = MonthQuestion(NOVEMBER, DECEMBER, **asked)
    return find_month_changes(db, shipped_pack(), asked)


def kinds(found, counted):
    return {(change.kind, change.name): change for change in found.changes
            if change.counted == counted}  # fmt: skip


def test_new_stopped_and_changed_amounts_have_reason_and_source(tmp_path):
    db = street(tmp_path, paid("dibao", NEW_DIBAO, "2024-12"))

    found = kinds(changes(db), "dibao")

    assert found.keys() == {("amount", "赵大山"), ("stopped", "王一"), ("new", "孙老太")}
    amount = found["amount", "赵大山"]
    assert (amount.before_fen, amount.after_fen) == (90000, 70000)
    assert str(found["stopped", "王一"].reason) == "no longer on the complete list"
    assert str(found["new", "孙老太"].source) == "dibao2024-12.csv, row 4"


@pytest.mark.parametrize(
    "is_complete, remark, kind, reason",
    [
        (False, "", "unlisted", "not on the newer list, which may not be complete"),
        (False, "停发", "stopped", "the list says that it ended"),
    ],
)
def test_why_somebody_is_paid_no_more(tmp_path, is_complete, remark, kind, reason):
    listed = NEW_DIBAO | ({"王一": 0} if remark else {})
    db = street(tmp_path, paid("dibao", listed, "2024-12", is_complete=is_complete, 王一=remark))

    found = kinds(changes(db), "dibao")

    assert str(found[kind, "王一"].reason) == reason


def test_who_was_born_in_the_month_and_is_on_its_list_came(tmp_path):
    columns = f"{COLUMNS} birth_date"
    born = ["H1", "赵小宝", "", "子", "", "2024-12-05"]
    older = ["H1", "赵小美", "", "女", "", "2020-12-05"]
    lists = [*([*row, ""] for row in ROWS), born, older]
    db = street(tmp_path, table(columns, *lists, file="new.csv", covers="2024-12"))

    found = kinds(changes(db), "members")

    assert {key for key in found if key[1].startswith("赵小")} == {
        ("came", "赵小宝"),
        ("new", "赵小美"),
    }


def test_without_a_newer_list_nothing_changed(tmp_path):
    found = changes(street(tmp_path))

    assert (found.changes, found.duties) == ([], [])
    assert sum(count.after for count in found.counts if count.counted == "dibao") == len(DIBAO)


@pytest.fixture
def lived(tmp_path):
    """Return a register in which somebody died, was born, divided off, and moved in December."""
    db = street(tmp_path, paid("elderly-80", {"孙老太": 100}, "2024-12", is_complete=True))
    happen(db, "moved_in", "H1", ["赵二"], on=dt.date(2024, 12, 2))
    happen(db, "split", "H1", ["2", "3"], on=dt.date(2024, 12, 3))
    happen(db, "to_community", "K2", on=dt.date(2024, 12, 4), other="河口下")
    happen(db, "died", "H2", ["1"], on=dt.date(2024, 11, 30))
    return db


def test_events_are_the_reasons_of_what_changed(lived):
    found = changes(lived)

    assert {kind for kind, _name in kinds(found, "members")} == {"came", "moved"}
    assert {kind for kind, _name in kinds(found, "households")} == {"split", "moved"}
    assert {kind for kind, _name in kinds(found, "dibao")} == {"moved"}
    moved = kinds(found, "dibao")["moved", "王一"]
    assert (moved.community, moved.to_community, str(moved.source)) == (
        *("花园", "河口下"),
        "event 3 of 2024-12-04",
    )


def test_what_is_paid_to_the_dead_is_reclaimed_and_who_came_is_counted_anew(lived):
    duties = {(duty.duty, duty.counted, duty.household_no) for duty in changes(lived).duties}

    assert duties == {("reclaim", "elderly-80", "H2"), ("re-examine", "dibao", "H1")}
    assert {duty.due_on for duty in changes(lived).duties} == {"2025-01-31"}


def reclaimed(db):
    return [duty.member_no for duty in changes(db).duties if duty.duty == "reclaim"]


def test_what_is_paid_to_the_dead_is_reclaimed_whatever_their_number_is_now(lived):
    with write(lived):
        lived.execute("INSERT INTO former_numbers VALUES ('H2-01', 'H2-09', 'H2')")

    assert reclaimed(lived) == ["H2-09"]


@pytest.mark.parametrize("choice, expected", [("stopped", []), ("leave", [])])
def test_what_was_looked_at_is_not_asked_for_again(lived, choice, expected):
    left = [each for each in list_problems(lived) if each.problem.code == "roster-person-left"]
    (kept,) = (each for each in left if each.number)
    with write(lived):
        record_decision(lived, kept.number, choice, "王五")
        refresh_register(lived, shipped_pack())

    assert reclaimed(lived) == expected


def test_the_count_before_and_all_changes_give_the_count_after(lived):
    keep(lived, paid("dibao", NEW_DIBAO, "2024-12"))

    found = changes(lived)

    for count in found.counts:
        came = sum(count.changes[kind] for kind in ("new", "came", "split", "arrived"))
        went = sum(
            count.changes[kind] for kind in ("died", "moved-out", "stopped", "unlisted", "moved")
        )
        assert count.before + came - went == count.after, count
    members = sum(count.after for count in found.counts if count.counted == "members")
    assert rows(lived, "SELECT count(*) FROM members") == [(members,)]


def test_a_screen_counts_every_community_all_together_and_the_rows_in_doubt(tmp_path, relief):
    stranger = ["周不明", "", 300, ""]
    cells = [["赵大山", ZHAO, 700, ""], ["李四", LI, 500, ""], ["王一", NOBODY, 400, ""], stranger]
    how = {"file": "new.csv", "covers": "2024-12", "is_complete": True, "community": None}
    street(tmp_path, roster("dibao", PAID, *cells, **how)).close()

    shown = relief("changes", "--programme", "dibao", "--as-of", "2024-12-31")

    counts = shown.stdout.split("\n\n")[0].splitlines()
    assert ["花园" in line for line in counts].count(True) == 1
    assert any(line.split("\t")[1:3] == ["all communities", "3"] for line in counts)
    assert "Rows in doubt of minimum living guarantee (dibao) 1" in shown.stderr


AGE = "old-age service subsidy for dibao and tekun persons from 80 on"


def test_where_the_list_of_a_month_has_not_come_no_count_of_it_is_claimed(tmp_path, relief):
    street(tmp_path, paid("dibao", DIBAO, "2024-12")).close()

    relief("changes", "--as-of", "2024-12-31", "--out", "表.xlsx")

    book = load_workbook("表.xlsx")
    counts = [[*row] for row in book.worksheets[0].values]
    after, lists = (counts[0].index(name) for name in ("Count after", "Months of the lists"))
    found = {(row[0], row[1]): (row[after], row[lists]) for row in counts}
    assert found[AGE, "河口下"] == (*(None, "2024-11; the list of 2024-12 has not come"),)
    assert found["minimum living guarantee (dibao)", "河口下"][1] == "2024-11 → 2024-12"
    notes = [str(row[0]) for row in book.worksheets[-1].values]
    assert any(note.startswith("The list of 2024-12 has not come, so ") for note in notes)


def test_one_community_and_one_programme(lived):
    found = changes(lived, community="花园", programme="dibao")

    assert {(count.counted, count.community) for count in found.counts} == {("dibao", "花园")}
    assert [change.kind for change in found.changes] == ["moved"]


def test_the_command_lists_it_and_says_that_there_is_something_to_do(tmp_path, relief):
    street(tmp_path, paid("dibao", NEW_DIBAO, "2024-12")).close()

    shown = relief("changes", "--as-of", "2024-12-31", "--format", "json")

    document = json.loads(shown.stdout)
    assert (shown.exit_code, document["since"]) == (3, "2024-11-30")
    assert {change["kind"] for change in document["changes"]} == {"new", "stopped", "amount"}
    assert [duty["duty"] for duty in document["duties"]] == ["hear"]
    assert "孙老太" not in shown.stdout
    assert relief("changes", "--since", "2024-13").exit_code == 2
    assert relief("changes", "--since", "2025-01", "--as-of", "2024-12-31").exit_code == 2


EARLIER = (
    table(COLUMNS, *ROWS, OTHER, file="十月.csv", covers="2024-10"),
    table(COLUMNS, LONE, GOING, file="花园十月.csv", covers="2024-10", community="花园"),
)


def hand_in(relief, day, out="表.xlsx"):
    return relief("changes", "--as-of", day, "--out", out)


def count_of(relief, counted, day="2024-12-31"):
    listed = relief("changes", "--as-of", day, "--format", "json")
    return {
        each["community"]: (each["before"], each["corrected"], each["died"], each["after"])
        for each in json.loads(listed.stdout)["counts"]
        if each["counted"] == counted
    }


def test_what_is_written_down_late_corrects_the_next_table(tmp_path, relief):
    db = street(tmp_path, *EARLIER)
    handed_in = hand_in(relief, "2024-11-30")
    happen(db, "died", "H1", ["3"], on=dt.date(2024, 11, 20))
    happen(db, "died", "H1", ["2"], on=dt.date(2024, 12, 2))

    assert "Kept as handed in for 2024-11" in handed_in.stderr
    assert count_of(relief, "members") == {"河口下": (4, -1, 1, 2), "花园": (2, 0, 0, 2)}
    late = [each for each in changes(db).changes if each.kind == "late"]
    assert [(each.household_no, each.community) for each in late] == [("H1", "河口下")]
    assert str(late[0].source) == "event 1 of 2024-11-20"
    assert str(late[0].reason) == "written down late: died, 2024-11-20"


def test_the_newest_table_of_a_month_is_the_one_handed_in(tmp_path, relief):
    db = street(tmp_path, *EARLIER)
    hand_in(relief, "2024-11-30")
    happen(db, "died", "H1", ["3"], on=dt.date(2024, 11, 20))
    hand_in(relief, "2024-11-30", "更正.xlsx")

    assert count_of(relief, "members")["河口下"] == (3, 0, 0, 3)
    assert [each for each in changes(db).changes if each.kind == "late"] == []


def test_a_list_imported_late_is_a_correction_too(tmp_path, relief):
    db = street(tmp_path, *EARLIER)
    hand_in(relief, "2024-11-30")
    keep(db, table(COLUMNS, ["H9", "钱小花", "", "户主", 1], file="补.csv", covers="2024-11"))
    refresh_register(db, shipped_pack())

    assert count_of(relief, "members")["河口下"] == (4, 1, 0, 5)


@pytest.mark.parametrize(
    "part", [("2024-11-30", "--programme", "dibao"), ("2024-11-15",)], ids=["benefit", "month"]
)
def test_a_part_of_the_table_is_not_handed_in(tmp_path, relief, part):
    db = street(tmp_path)

    relief("changes", "--out", "表.xlsx", "--as-of", *part)

    assert rows(db, "SELECT count(*) FROM month_tables") == [(0,)]


def test_tables_handed_in_are_part_of_the_ledger(tmp_path, relief):
    db = street(tmp_path)
    hand_in(relief, "2024-11-30")

    db.conn.executescript("DROP TRIGGER month_tables_no_update")
    db.conn.execute("UPDATE month_tables SET last_event = 7")
    db.conn.commit()

    assert [fault.place for fault in verify_ledger(db)] != []


def test_what_no_table_counted_before_is_no_correction(tmp_path, relief):
    street(tmp_path)
    hand_in(relief, "2024-11-30")

    assert count_of(relief, "members")["河口下"] == (4, 0, 0, 4)
