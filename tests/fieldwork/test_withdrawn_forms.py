"""Visits and needs of a form go when its import is taken back, and come again with it."""

import json
import shutil
import sqlite3

import pytest

from relieftool.cases.verify import verify_ledger
from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.fieldwork.needs import list_needs
from relieftool.fieldwork.visits import list_visits
from relieftool.store.database import open_register
from relieftool.store.entries import FIELD_CHAINS
from tests.support.survey_forms import VISIT, fill
from tests.support.survey_forms import street as street  # noqa: PLC0414 a fixture that files share

FORM = {**VISIT, "need:care": "√"}


def standing(folder):
    """Return what was found on the visits that count, and how many needs do."""
    with open_register(folder / "relief.db") as db:
        assert verify_ledger(db, chains=FIELD_CHAINS, checks=FIELD_CHECKS) == []
        return [one.found for one in list_visits(db)], len(list_needs(db))


def withdrawals(folder):
    with open_register(folder / "relief.db") as db:
        rows = db.execute("SELECT import_id, is_withdrawn FROM withdrawals ORDER BY 1, rowid")
        return rows.fetchall()


def never_visited(street):
    found = json.loads(street("visits", "--format", "json").stdout)["coverage"]
    return next(one["never"] for one in found if one["step"] == "survey" and not one["community"])


def test_an_undone_form_takes_its_visit_and_needs_along_and_redone_brings_them_back(
    street, tmp_path
):
    fill(FORM)
    street("import", "filled.xlsx")
    before = standing(tmp_path), never_visited(street)

    gone = street("undo", "2")
    after = standing(tmp_path), never_visited(street)
    back = street("undo", "2", "--redo")

    assert "Withdrawn, as their forms no longer count: visits 1, needs 1." in gone.stderr
    assert "Counting again with their forms: visits 1, needs 1." in back.stderr
    assert (before, after) == (((["卧床"], 1), 1), (([], 0), 2))
    assert (standing(tmp_path), withdrawals(tmp_path)) == ((["卧床"], 1), [(2, 1), (2, 0)])


def test_a_corrected_form_replaces_the_visit_and_needs_of_the_one_before(street, tmp_path):
    fill({**FORM, "need:work": "√"})
    street("import", "filled.xlsx")
    fill({**FORM, "visit:found": "可行走"})

    told = street("import", "filled.xlsx", "--replace")
    corrected = standing(tmp_path)
    street("undo", "--last")

    assert "visits 1, needs 2." in told.stderr
    assert "Written down: visits 1, needs 1." in told.stderr
    assert corrected == (["可行走"], 1)
    assert standing(tmp_path) == (["卧床"], 2)


def test_what_two_files_tell_counts_once_and_stays_until_both_are_taken_back(street, tmp_path):
    fill(FORM)
    street("import", "filled.xlsx")
    fill({**FORM, "need:work": "√"})
    shutil.copy("filled.xlsx", "again.xlsx")

    told = street("import", "again.xlsx")
    seen = [standing(tmp_path)]
    for number in ("2", "3"):
        street("undo", number)
        seen.append(standing(tmp_path))

    assert "Written down: visits 0, needs 1." in told.stderr
    assert seen == [(["卧床"], 2), (["卧床"], 2), ([], 0)]


def test_a_visit_written_by_hand_follows_no_import(street, tmp_path):
    by = ("--by", "张三", "--by", "李四", "--level", "社区", "--method", "上门")
    street("visit", "H1", *by, "--found", "属实", "--on", "2024-12-12")
    fill(FORM)
    street("import", "filled.xlsx")

    both = standing(tmp_path)
    street("undo", "2")

    assert (both, standing(tmp_path)) == ((["属实"], 1), (["属实"], 0))


def test_other_imports_taken_back_and_rehearsals_withdraw_nothing(street, tmp_path):
    fill(FORM)
    street("import", "filled.xlsx")

    street("undo", "2", "--dry-run")
    street("undo", "1")

    assert (standing(tmp_path), withdrawals(tmp_path)) == ((["卧床"], 1), [])


@pytest.mark.parametrize("answers", [{"fact:household:household_income": 1200}, {}])
def test_a_form_cannot_be_read_again_by_another_mapping(street, tmp_path, answers):
    fill(FORM | answers)
    street("import", "filled.xlsx")

    refused = street("import", "--again", "2", "--map", "户编号=-")

    assert (refused.exit_code, standing(tmp_path)) == (1, (["卧床"], 1))
    assert "whose rows are not mapped by headings" in refused.stderr


def test_the_help_of_undo_says_what_becomes_of_visits(street):
    assert "visits and needs that their forms brought no longer count" in " ".join(
        street("undo", "--help").stdout.split()
    )


@pytest.mark.parametrize("statement", ["UPDATE withdrawals SET import_id = 1", "DELETE FROM needs"])
def test_withdrawing_deletes_nothing(street, tmp_path, statement):
    fill(FORM)
    street("import", "filled.xlsx")
    street("undo", "2")

    with (
        open_register(tmp_path / "relief.db") as db,
        pytest.raises(sqlite3.IntegrityError, match=r"are never (changed|deleted)"),
    ):
        db.conn.execute(statement)
