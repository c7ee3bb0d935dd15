"""Findings are kept in the register: a command evaluates only what it needs and what changed."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlite_utils import Database

from relieftool.eligibility import changes, claim_values, evaluation
from relieftool.eligibility.gaps import find_gaps
from relieftool.eligibility.situations import SituationMemo
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules.question_memo import HouseholdPattern
from relieftool.rules.statement import load_checked_pack
from relieftool.store.database import open_register, write
from tests.support.own_files import QIAN, SUN, ZHAO, write_workbook
from tests.support.registers import LI
from tests.support.small_street import HEAD, MORE, import_small_street
from tests.support.tiny_packs import DAY

HERE = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
LATER = object()  # what no household had before
KEPT = ("kept_evaluations", "kept_households", "kept_findings")


@pytest.fixture
def evaluated(monkeypatch):
    """Return the numbers of the households evaluated since; they can be cleared."""
    numbers = []

    def household(number, *rest):
        numbers.append(number)
        return real(number, *rest)

    real = evaluation.Household
    monkeypatch.setattr(evaluation, "Household", household)
    return numbers


@pytest.fixture
def street(relief):
    """Return relief with two households, X-1 and X-2, whose findings are kept with questions."""
    import_small_street(relief)
    assert relief("gaps", "--format", "json").exit_code == 3
    return relief


def third_household(income=600):
    row = ["X-3", "李四", LI, "户主", "西岭", income, 0, 0, 1, "无", "无", "否", "", "无"]
    title = ["西岭街道困难户摸排情况（2024年12月5日）"]
    return write_workbook(Path("新增户.xlsx"), [title, [*HEAD, *MORE], row])


def kept_rows(table="kept_households", path="relief.db"):
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()


def import_unevaluated(relief):
    """Import the small street, and forget what the import found: it numbers the questions."""
    import_small_street(relief)
    forget_findings()


def forget_findings():
    with open_register(Path("relief.db")) as db, write(db):
        for table in KEPT:
            db.execute(f"DELETE FROM {table}")


def test_asking_again_evaluates_nothing_and_answers_the_same(street, evaluated):
    first = street("gaps", "--format", "json").stdout
    assert evaluated == []

    assert street("priority").exit_code in (0, 3)
    assert street("form", "--undetermined", "--out", "form.xlsx").exit_code == 0
    assert street("sample", "--rate", "50%", "--seed", "1", "--by", "status").exit_code == 0
    assert street("gaps", "--open-cases").exit_code == 3
    assert evaluated == []
    assert street("gaps", "--format", "json").stdout != first  # they have cases now


def test_what_to_ask_is_searched_once_and_only_where_it_is_shown(relief, monkeypatch):
    searched = []

    def search(*asked):
        searched.append(asked)
        return real(*asked)

    real = claim_values.find_question_value
    monkeypatch.setattr(claim_values, "find_question_value", search)
    import_small_street(relief)

    assert relief("gaps").exit_code == 3
    assert relief("priority").exit_code in (0, 3)
    assert relief("gaps", "--open-cases").exit_code == 3
    assert searched == []

    assert relief("gaps", "--status", "undetermined").exit_code == 3
    shown = len(searched)
    assert shown > 0
    found = json.loads(relief("gaps", "--format", "json").stdout)["findings"]
    assert len(searched) == shown
    assert any(finding["cheapest"] for finding in found)
    assert relief("verify", "--findings").exit_code == 0


def test_an_import_evaluates_only_what_it_touches(street, evaluated):
    result = street("import", third_household(), "--format", "json")

    assert set(evaluated) == {"X-3"}
    assert json.loads(result.stdout)["changes"]["counts"]["finding-appeared"] > 0
    evaluated.clear()
    street("gaps")
    assert evaluated == []


def test_an_undo_evaluates_nothing_and_what_comes_back_is_still_kept(street, evaluated):
    before = street("gaps", "--format", "json").stdout
    street("import", third_household())
    after = street("gaps", "--format", "json").stdout
    evaluated.clear()

    street("undo", "--last")
    assert street("gaps", "--format", "json").stdout == before
    street("undo", "--last", "--redo")
    assert street("gaps", "--format", "json").stdout == after
    assert evaluated == []


def test_the_morning_page_keeps_what_it_evaluates_and_then_only_reads(relief, evaluated):
    import_small_street(relief)

    first = relief()
    evaluated.clear()
    again = relief()

    relief("gaps")
    assert evaluated == []
    assert again.stdout == first.stdout


@pytest.mark.parametrize(
    "command, asked",
    [
        (["cases"], set()),
        (["imports"], set()),
        (["problems"], set()),
        (["show", "X-1"], {"X-1"}),
        (["explain", "X-1", "dibao"], {"X-1"}),
        (["undo", "--last"], set()),
        (["verify"], set()),
    ],
)
def test_commands_about_one_household_never_evaluate_the_street(relief, evaluated, command, asked):
    import_small_street(relief)

    assert relief(*command).exit_code in (0, 3)

    assert set(evaluated) <= asked


def test_a_list_that_changes_only_a_name_evaluates_nothing(street, evaluated):
    head, first, second, third, *more = _lines()
    written = write_workbook(Path("困难户.xlsx"), [head, first, renamed(second), third, *more])
    street("import", written, "--replace")
    evaluated.clear()

    found = json.loads(street("gaps", "--format", "json").stdout)

    assert evaluated == []
    assert "赵*" not in {finding["head"] for finding in found["findings"]}


def _lines():
    return [
        ["西岭街道困难户摸排情况（2024年12月5日）"],
        [*HEAD, *MORE],
        ["X-1", "赵大山", ZHAO, "户主", "西岭", 1800, 12345, 0, 1, "无", "无", "否", "", "无"],
        ["X-1", "钱小花", QIAN, "妻", "西岭", "", "", "", "", "二级", "肢体", "否", "", "无"],
        ["X-2", "孙老太", SUN, "户主", "西岭", 500, 0, 0, 1, "无", "无", "否", "", "无"],
    ]


def renamed(row):
    return [row[0], "周大山", *row[2:]]


def test_three_days_are_kept_and_the_one_unused_longest_goes(street, evaluated):
    for day in ("2024-12-06", "2024-12-07"):
        street("gaps", "--as-of", day)
    street("gaps")  # the day of the list is used again
    street("gaps", "--as-of", "2024-12-08")
    evaluated.clear()

    for day in ("2024-12-05", "2024-12-07", "2024-12-08"):
        street("gaps", "--as-of", day)
    assert evaluated == []
    street("gaps", "--as-of", "2024-12-06")
    assert evaluated == ["X-1", "X-2"]
    assert len(kept_rows("kept_evaluations")) == 3


def test_a_value_set_here_and_withdrawn_finds_what_was_kept(street, evaluated):
    before = street("gaps", "--format", "json").stdout
    value = ("dibao_line", "--from", "2024-01-01")
    street("pack", "set", value[0], "3000", *value[1:], "--source", "区", "--by", "王五")
    assert street("gaps", "--format", "json").stdout != before
    assert set(evaluated) == {"X-1", "X-2"}
    evaluated.clear()

    street("pack", "unset", *value, "--by", "王五")

    assert street("gaps", "--format", "json").stdout == before
    assert evaluated == []


@pytest.mark.usefixtures("street")
def test_no_names_are_kept():
    text = str([kept_rows(table) for table in KEPT])

    assert not [name for name in ("赵大山", "钱小花", "孙老太") if name in text]


def test_a_file_that_another_writes_is_answered_without_keeping(relief):
    import_unevaluated(relief)
    with contextlib.closing(sqlite3.connect("relief.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        locked = relief("gaps", "--format", "json")
        other.execute("ROLLBACK")

    assert (locked.exit_code, kept_rows()) == (3, [])
    assert locked.stdout == relief("gaps", "--format", "json").stdout
    assert {row[1] for row in kept_rows()} == {"X-1", "X-2"}


def test_a_file_that_can_only_be_read_is_answered_without_keeping(relief):
    import_unevaluated(relief)
    pack = load_checked_pack(find_shipped_pack())
    with contextlib.closing(
        sqlite3.connect("file:relief.db?mode=ro", uri=True, isolation_level=None)
    ) as connection:
        found = find_gaps(Database(connection), pack, DAY)

    assert {finding.household_no for finding in found.findings} == {"X-1", "X-2"}
    assert kept_rows() == []


@pytest.mark.parametrize("moment, kept", [("before", 0), ("between", 0), ("second", 1)])
def test_a_kill_between_evaluating_and_keeping_leaves_a_whole_register(relief, moment, kept):
    import_unevaluated(relief)
    code = _KILL.format(moment=moment)

    command = [sys.executable, "-c", code]
    killed = subprocess.run(command, check=False, timeout=120, env=HERE)  # noqa: S603 ours

    assert killed.returncode == 9
    assert len(kept_rows()) == kept
    assert relief("verify", "--findings").exit_code == 0
    assert relief("gaps").exit_code == 3
    assert {row[1] for row in kept_rows()} == {"X-1", "X-2"}


_KILL = """
import os, sys
from relieftool.eligibility import kept_findings
keeper, moment, kept_findings._AT_ONCE = kept_findings._Keeper, "{moment}", 1
real, kept = keeper._keep, []
def keep(*arguments):
    if moment != "before":
        real(*arguments)
    kept.append(arguments)
    if len(kept) > (moment == "second"):
        os._exit(9)
keeper._keep = keep
from relieftool.cli import main
sys.argv = ["relief", "gaps"]
main()
"""


def test_what_is_kept_wrongly_is_found(street):
    with open_register(Path("relief.db")) as db, write(db):
        db.execute("UPDATE kept_findings SET amount_fen = 1 WHERE household_no = 'X-2'")

    plain, checked = street("verify"), street("verify", "--findings", "--format", "json")

    document = json.loads(checked.stdout)
    assert (plain.exit_code, checked.exit_code) == (0, 3)
    assert document["findings_compared"] == 2
    assert [(fault["check"], fault["place"]) for fault in document["broken"]] == [
        ("findings-differ", "X-2")
    ]
    assert street("verify", "--findings").exit_code == 0  # it was dropped
    found = json.loads(street("gaps", "--format", "json").stdout)["findings"]
    assert 1 not in {finding["amount_fen"] for finding in found}


@pytest.mark.parametrize(
    "memo, told_apart",
    [
        (SituationMemo, lambda _memo, evaluator: (LATER, len(evaluator.members))),
        (HouseholdPattern, lambda of, *asked: (LATER, len(of.evaluator.members), asked)),
    ],
)
def test_what_was_taken_from_a_household_that_is_not_alike_is_found(
    relief, monkeypatch, memo, told_apart
):
    import_small_street(relief)
    relief("import", third_household(income=""))
    forget_findings()
    with monkeypatch.context() as patch:
        patch.setattr(memo, "describe", told_apart)
        assert relief("gaps", "--format", "json").exit_code == 3

        checked = relief("verify", "--findings", "--format", "json")

    assert checked.exit_code == 3
    assert {fault["place"] for fault in json.loads(checked.stdout)["broken"]} == {"X-3"}


def test_what_was_kept_in_one_language_is_read_in_another(street):
    answers = {
        lang: street("--lang", lang, "gaps", "--format", "json").stdout for lang in ("zh", "en")
    }

    assert street("--lang", "en", "verify", "--findings").exit_code == 0
    departments = {
        lang: {finding["department"] for finding in json.loads(answers[lang])["findings"]}
        for lang in answers
    }
    assert departments["zh"].isdisjoint(departments["en"])
    assert all(name.isascii() for name in departments["en"])


@pytest.mark.parametrize(
    "change",
    [*(f"DELETE FROM {table}" for table in KEPT), "UPDATE kept_findings SET amount_fen = 1"],
)
def test_what_another_program_did_to_kept_findings_is_undone_by_finding_them_again(street, change):
    before = street("gaps", "--format", "json").stdout
    with contextlib.closing(sqlite3.connect("relief.db")) as db, db:
        db.execute(change)

    seen = street("verify").exit_code
    after = street("gaps", "--format", "json").stdout

    assert (seen, after, street("verify").exit_code) == (3, before, 0)


@pytest.mark.parametrize("table", KEPT)
def test_what_is_no_longer_kept_is_found_again(street, table):
    before = street("gaps", "--format", "json").stdout
    with open_register(Path("relief.db")) as db, write(db):
        db.execute(f"DELETE FROM {table}")

    assert street("gaps", "--format", "json").stdout == before


@pytest.mark.parametrize(
    "command",
    [
        ["gaps", "--open-cases"],
        ["priority", "--open-cases"],
        ["sample", "--rate", "50%", "--seed", "1", "--by", "status"],
    ],
)
def test_a_rehearsal_keeps_nothing(relief, command):
    import_unevaluated(relief)

    assert relief(*command, "--dry-run").exit_code in (0, 3)

    assert kept_rows() == []


def test_an_import_that_touches_too_many_compares_no_findings(street, evaluated, monkeypatch):
    monkeypatch.setattr(changes, "_MOST_EVALUATED", 0)

    result = street("import", third_household(), "--format", "json")

    found = json.loads(result.stdout)["changes"]
    assert found["are_findings_compared"] is False
    assert found["counts"]["member-new"] == 1
    assert found["counts"]["finding-appeared"] == 0
    assert evaluated == []  # nor for what may be asked
    listed = json.loads(street("questions", "--household", "X-3", "--format", "json").stdout)
    assert evaluated == ["X-3"]
    numbers = [asked["question"] for asked in listed["questions"]]
    assert numbers
    assert None not in numbers


@pytest.mark.parametrize(
    "command", [["show"], ["explain"], ["form"], ["visit", "--on", "2024-12-10"]]
)
def test_an_error_does_not_repeat_an_id_number(street, command):
    refused = street(command[0], LI, *command[1:])

    assert refused.exit_code in (1, 2)
    assert LI not in refused.output
