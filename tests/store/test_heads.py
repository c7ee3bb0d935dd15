"""Where every chain ended is kept after each write, and what was cut off since is found."""

import contextlib

import pytest

from relieftool.cases.verify import LEDGER_CHAINS, verify_ledger
from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.store.access_log import record_access
from relieftool.store.chain import CHAIN_ENDS, add_entry, find_chains, read_recorded_ends
from relieftool.store.database import write, write_or_rehearse
from relieftool.store.entries import FIELD_CHAINS, PARAMETER_VALUES
from relieftool.store.import_status import record_import_event
from tests.support.fieldwork_entries import fill_fieldwork
from tests.support.ledger_register import close, fill_ledger, new_register, tamper


@pytest.fixture
def path(tmp_path):
    return tmp_path / "relief.db"


@pytest.fixture
def db(path):
    with contextlib.closing(new_register(path)) as register:
        yield register


@pytest.fixture
def filled(db):
    fill_ledger(db)
    fill_fieldwork(db)
    with write(db):
        record_import_event(db, 1, "imported", 1)
    record_access(db, "show", "visit", "")
    return db


# Found besides by what guards the file as a whole: the tests here are about chains and rules.
BESIDE = {"schema-changed", "table-changed", "seals-changed", "log-differs"}


def found(db):
    broken = verify_ledger(db, chains=FIELD_CHAINS, checks=FIELD_CHECKS)
    return [
        (fault.check, fault.place)
        for fault in broken
        if not fault.is_doubt and fault.check not in BESIDE
    ]


def test_every_chained_table_is_proved_and_its_end_kept(filled):
    chains = [(chain.table, chain.key) for chain in (*LEDGER_CHAINS, *FIELD_CHAINS)]

    kept = {(chain.table, chain.key) for chain in (*find_chains(filled), CHAIN_ENDS)}
    assert kept == set(chains)
    assert len(chains) == len(set(chains))


def test_one_write_keeps_all_ends_once(filled):
    before = filled.table("chain_heads").count
    with write(filled):
        record_access(filled, "show", "visit", "")
        record_access(filled, "show", "visit", "")

    assert filled.table("chain_heads").count == before + 1
    assert read_recorded_ends(filled)["access_log"][0] == 5


def test_a_rehearsal_keeps_no_end(filled):
    before = read_recorded_ends(filled)

    with write_or_rehearse(filled, is_rehearsal=True):
        record_import_event(filled, 1, "undone", 2)

    assert (read_recorded_ends(filled), found(filled)) == (before, [])


CUT = [
    ("case_entries", "entry_id", 5),
    ("access_log", "log_id", 3),
    ("import_events", "event_id", 1),
    ("visits", "visit_id", None),
    ("helpers", "helper_id", None),
    ("needs", "need_id", None),
]


@pytest.mark.parametrize("table, key, last", CUT)
def test_the_last_entry_of_one_chain_cut_off_is_named_without_any_hash(
    filled, path, table, key, last
):
    count = filled.table(table).count
    tamper(path, f"DELETE FROM {table} WHERE {key} = {last or count}")

    assert found(filled)[0] == ("entries-cut-off", f"{table} {count}")
    assert last in (None, count)


@pytest.mark.parametrize("table", ["case_entries", "visits", "import_events"])
def test_a_whole_chain_emptied_is_named(filled, path, table):
    tamper(path, f"DELETE FROM {table}")

    assert ("entries-cut-off", f"{table} 1") in found(filled)


def test_a_chain_cut_off_together_with_the_ends_shows_where_others_went_on(filled, path):
    record_access(filled, "gaps", "later", "")
    tamper(
        path,
        "DELETE FROM import_events",
        "DELETE FROM chain_heads WHERE json_extract(heads, '$.import_events') IS NOT NULL",
    )

    assert found(filled) == [("end-not-kept", "access_log 3")]


def test_ends_cut_off_alone_show_too(filled, path):
    tamper(path, "DELETE FROM chain_heads")

    assert ("end-not-kept", "case_entries 1") in found(filled)


def test_a_changed_end_is_named_and_nothing_is_concluded_from_it(filled, path):
    tamper(path, "UPDATE chain_heads SET at = '2024-12-01' WHERE head_id = 2")

    assert found(filled) == [("entry-changed", "chain_heads 2")]


def test_an_entry_added_by_another_program_with_a_right_seal_is_found(filled, path):
    tamper(path)
    own = {"pack_id": "p", "parameter": "line", "holds_from": "2024-01-01", "set_on": "2024-05-01"}
    add_entry(filled, PARAMETER_VALUES, own)
    filled.conn.commit()

    assert found(filled) == [("end-not-kept", "parameter_values 1")]


def test_an_end_kept_in_other_words_than_ours_says_nothing_and_stops_nothing(filled, path):
    tamper(path)
    add_entry(filled, CHAIN_ENDS, {"at": "2024-12-10", "heads": '{"visits": "x"}'})

    assert found(filled) == []
    with write(filled):
        record_import_event(filled, 1, "imported", 2)
    assert found(filled) == []


def test_what_follows_a_write_of_ours_still_verifies(filled):
    close(filled, "C2024-0002")

    assert found(filled) == []


@pytest.mark.parametrize("chain", [*LEDGER_CHAINS, *FIELD_CHAINS], ids=lambda chain: chain.table)
def test_every_chained_table_only_grows(db, chain):
    triggers = db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?", [chain.table]
    )

    rules = ("no_update", "no_delete", "in_order")
    assert {name for (name,) in triggers} == {f"{chain.table}_{rule}" for rule in rules}
