"""An export has facts and receipts by number, names nobody, and is whole or not there."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from pyarrow import parquet

from relieftool.engines.export import list_exported_columns
from relieftool.errors import ReliefError
from relieftool.pack.loading import load_pack
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.store.database import open_register
from tests.support.own_files import QIAN, SUN, ZHAO
from tests.support.small_street import import_small_street

KEYS = {
    "households": {"household_no", "community_id", "listed_members", "dated_on"},
    "members": {"household_no", "member_no", "community_id", "belongs"},
    "receipts": {
        *("household_no", "member_no", "community_id", "programme", "says", "origin"),
        *("amount_fen", "amount_period", "covers_from", "covers_until", "payee_is_gone", "is_open"),
    },
    "fact_states": {
        *("household_no", "member_no", "community_id", "fact", "state", "low", "high"),
    },
}


@pytest.fixture
def street(relief):
    import_small_street(relief)
    return relief


def accesses():
    with open_register(Path("relief.db")) as db:
        return db.execute("SELECT action, reason FROM access_log").fetchall()


def test_no_column_is_personal(street):
    street("export", "--parquet", "out", "--reason", "trial")
    facts = load_pack(find_shipped_pack()).facts.values()
    can_be_worked_with = {fact.id for fact in facts if fact.type != "text"}

    columns = {table: set(parquet.read_table(Path("out") / table).column_names) for table in KEYS}

    assert {table: columns[table] & KEYS[table] for table in KEYS} == KEYS
    assert set().union(*(columns[table] - KEYS[table] for table in KEYS)) <= can_be_worked_with
    assert columns["receipts"] == KEYS["receipts"]


def test_no_name_and_no_number_of_a_person_is_in_any_file(street):
    street("export", "--parquet", "out", "--reason", "trial")
    files = [path for path in Path("out").rglob("*") if path.is_file()]

    cells = [
        str(cell)
        for path in files
        if path.suffix == ".parquet"
        for row in parquet.read_table(path, partitioning=None).to_pylist()
        for cell in row.values()
    ]

    assert "X-1" in cells
    words = ("赵大山", "钱小花", "孙老太", ZHAO, QIAN, SUN)
    assert [cell for cell in cells if any(word in cell for word in words)] == []


def test_only_the_owner_may_read_it_and_it_is_in_the_access_log(street):
    result = street("export", "--parquet", "out", "--reason", "trial")

    assert result.exit_code == 0
    assert accesses() == [("import", ""), ("export", "trial")]
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in Path("out").rglob("*")}
    assert modes == {True: 0o700, False: 0o600}
    assert Path("out").stat().st_mode & 0o777 == 0o700


def test_without_a_reason_nothing_is_exported(street):
    result = street("export", "--parquet", "out", "--reason", " ")

    assert (result.exit_code, Path("out").exists(), accesses()) == (2, False, [("import", "")])


def test_a_folder_that_is_not_empty_is_kept(street):
    Path("out").mkdir()
    Path("out/mine.txt").write_text("mine", "utf-8")

    refused = street("export", "--parquet", "out", "--reason", "trial")

    assert refused.exit_code == 1
    assert "not empty" in refused.stderr
    assert [path.name for path in Path("out").iterdir()] == ["mine.txt"]


def test_a_register_without_households_is_not_exported(street):
    street("undo", "--last")

    refused = street("export", "--parquet", "out", "--reason", "trial")

    assert (refused.exit_code, Path("out").exists()) == (1, False)
    assert "no household" in refused.stderr


def test_free_text_that_a_rule_reads_is_not_exported():
    statement = SimpleNamespace(
        pack=load_pack(find_shipped_pack()), columns={"household": {"address"}, "member": set()}
    )

    with pytest.raises(ReliefError, match="free text"):
        list_exported_columns(statement)


def test_an_interrupted_export_leaves_nothing(street, monkeypatch):
    def stop(*_stated):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "chmod", stop)

    stopped = street("export", "--parquet", "out", "--reason", "trial")

    assert stopped.exit_code == 130
    assert [path.name for path in Path().iterdir() if "out" in path.name] == []
