"""Whatever is done in whatever order, the findings kept are those of a full run."""

import datetime as dt
import json
from random import Random

import pytest

from relieftool.api.gap_answers import describe_gaps
from relieftool.eligibility.changes import copy_register, find_changes
from relieftool.eligibility.findings import LISTED_STATUSES, Status
from relieftool.eligibility.gaps import find_gaps
from relieftool.eligibility.kept_findings import check_findings
from relieftool.eligibility.priority import find_priority
from relieftool.intake.undo import redo_import, undo_import
from relieftool.output.priority import build_priority_result
from relieftool.pack.value_overrides import OfficeValue
from relieftool.register.build import refresh_register, show_register_on
from relieftool.store.database import keep_temporary_in_memory, open_register, write
from relieftool.store.former_numbers import find_current_number
from relieftool.store.import_status import list_import_states
from relieftool.store.imports import find_newest_date, list_problems
from relieftool.store.office_values import (
    apply_office_values,
    list_office_values,
    record_office_values,
    withdraw_office_value,
)
from relieftool.store.problem_decisions import EVENT_CHOICES, list_choices, record_decision
from tests.support.registers import (
    GRAN,
    LI,
    NOBODY,
    QIAN,
    ZHAO,
    empty_register,
    keep,
    roster,
    shipped_pack,
    table,
)

TODAY = dt.date(2024, 12, 20)
DAYS = [None, None, None, dt.date(2024, 12, 31), dt.date(2024, 11, 30), dt.date(2025, 7, 1), TODAY]
LIST = (
    "household_no name id_number relation household_income deposits vehicles homes"
    " disability_grade is_seriously_ill"
)
LISTS = (
    table(
        LIST,
        ["H1", "赵大山", ZHAO, "户主", "900", "0", "0", "1", "二级", "否"],
        ["H1", "钱小花", QIAN, "配偶", "", "", "", "", "", ""],
        ["H2", "孙老太", GRAN, "户主", "0", "100", "0", "1", "无", "是"],
        file="a",
        covers="2024-11",
    ),
    table(
        LIST,
        ["H3", "李四", LI, "户主", "2500", "0", "1", "2", "无", "否"],
        ["H3", "钱小花", QIAN, "女", "", "", "", "", "", ""],
        file="b",
        community="花园",
    ),
    table(
        LIST,
        ["H1", "赵大山", ZHAO, "户主", "4900", "0", "0", "1", "二级", "否"],
        ["H5", "周五", NOBODY, "户主", "", "", "0", "1", "", "是"],
        file="c",
        covers="2024-12",
    ),
    roster("dibao", "name id_number amount", ["赵大山", ZHAO, "635"], file="d", is_complete=1),
    roster(
        "dibao",
        "name id_number amount",
        ["孙老太", GRAN, "700"],
        file="e",
        covers="2024-12",
        is_complete=1,
    ),
    roster("dibao", "name id_number", ["李四", LI], file="f", community="花园", is_complete=1),
    roster("elderly-80", "name id_number amount", ["孙老太", GRAN, "50"], file="g"),
    table(
        LIST,
        ["H2", "孙老太", GRAN, "户主", "0", "100", "0", "1", "一级", "是"],
        file="k",
        covers="2024-12",
    ),
    # those that are not complete change nothing but the receipts of those on them
    roster("dibao", "name id_number amount", ["赵大山", ZHAO, "100"], file="h"),
    roster("dibao", "name id_number amount", ["李四", LI, "700"], file="i", community="花园"),
    roster("tekun", "name id_number amount", ["孙老太", GRAN, "900"], file="j"),
)


def import_lists(db, random):
    """Import a list as the command does, and compare what changed with two full runs."""
    before = copy_register(db, shipped_pack(), TODAY)
    old = statuses(db, before.day) if before else {}
    live = {name for (name,) in db.execute("SELECT file_name FROM imports WHERE undone_at IS NULL")}
    with write(db):
        keep(db, *random.sample([each for each in LISTS if each[0] not in live], k=1))
        refresh_register(db, shipped_pack())
        found = before and find_changes(db, before, TODAY)
    if found:
        new = statuses(db, find_newest_date(db) or TODAY)
        assert found.are_findings_compared
        assert changed(found) == difference(db, old, new)


def statuses(db, day):
    """Return the statuses listed, and what is received, of a full run."""
    pack = apply_office_values(db, shipped_pack())
    return {
        (finding.household_no, finding.member_no, finding.programme): finding.status.value
        for finding in find_gaps(
            db, pack, day, statuses={*LISTED_STATUSES, Status.RECEIVING}
        ).findings
    }


def difference(db, old, new):
    """Return the findings that appeared or are resolved, by present numbers."""
    old = {
        (
            find_current_number(db, household),
            member and find_current_number(db, member),
            programme,
        ): status
        for (household, member, programme), status in old.items()
    }
    return {
        (*key, old.get(key), new.get(key))
        for key in old.keys() | new.keys()
        if old.get(key) != new.get(key) and {old.get(key), new.get(key)} & set(LISTED_STATUSES)
    }


def changed(found):
    return {
        (change.household_no, change.member_no, change.about, change.before, change.after)
        for change in found.changes
        if change.sort.startswith("finding-")
    }


def undo_or_redo(db, random):
    states = sorted(list_import_states(db).items())
    if states:
        number, (state, _by) = random.choice(states)
        with write(db):
            (redo_import if state == "undone" else undo_import)(db, number)


def decide(db, random):
    numbered = [kept for kept in list_problems(db) if kept.number]
    if numbered:
        kept = random.choice(numbered)
        choice = random.choice(
            sorted({*list_choices(kept.problem.subject), "reopen"}.difference(EVENT_CHOICES))
        )
        if choice == "lives-in":
            choice = f"lives-in:{random.choice(['H1', 'H3'])}"
        if choice in ("is", "head"):
            choice = "leave"
        with write(db):
            record_decision(db, kept.number, choice, "王五")


def set_or_withdraw_a_value(db, random):
    pack, day = shipped_pack(), dt.date(2024, 1, 1)
    with write(db):
        if list_office_values(db, pack):
            withdraw_office_value(db, pack, ("dibao_line", day), None, TODAY)
        else:
            value = {"parameter": "dibao_line", "from": day, "until": "open"}
            value |= {"value": random.choice(["500", "3000"]), "source": "区"}
            value |= {"confidence": "reported"}
            record_office_values(db, pack, [OfficeValue.model_validate(value)], TODAY)


STEPS = (import_lists, import_lists, undo_or_redo, decide, set_or_withdraw_a_value)


def answers(db, day):
    """Return the JSON of gaps and of priority."""
    pack = apply_office_values(db, shipped_pack())
    gaps = describe_gaps(find_gaps(db, pack, day)).answer(is_revealed=True)
    priority = build_priority_result(find_priority(db, pack, day)).document
    return [gaps.model_dump_json(), json.dumps(priority, default=_show)]


def _show(cell):
    return cell.shown(is_revealed=True)


def fresh_answers(db, day):
    """Return the same of a full run, for which nothing is kept."""
    with write(db):
        db.execute("DELETE FROM kept_evaluations")
    return answers(db, day)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_is_what_a_full_run_finds(tmp_path, seed):
    random = Random(seed)  # noqa: S311 steps, no secret
    path, copy = empty_register(tmp_path / "relief.db"), tmp_path / "copy.db"
    keep_first(path)
    for _step in range(8):
        with open_register(path) as db:
            keep_temporary_in_memory(db)
            random.choice(STEPS)(db, random)
            refresh_register(db, shipped_pack())
        as_of = random.choice(DAYS)

        kept = ask(path, as_of, answers)
        wrong = ask(path, as_of, check_all)
        copy.write_bytes(path.read_bytes())
        fresh = ask(copy, as_of, fresh_answers)

        assert kept == fresh
        assert wrong == []


def keep_first(path):
    """Import the first two lists and find what is in them."""
    with open_register(path) as db:
        keep(db, *LISTS[:2])
        refresh_register(db, shipped_pack())
        answers(db, find_newest_date(db))


def ask(path, as_of, question):
    """Ask about a day as a command does; None is the newest day of the lists."""
    with open_register(path) as db:
        if as_of:
            show_register_on(db, shipped_pack(), as_of)
        return question(db, as_of or find_newest_date(db) or TODAY)


def check_all(db, day):
    return check_findings(db, apply_office_values(db, shipped_pack()), day)[1]
