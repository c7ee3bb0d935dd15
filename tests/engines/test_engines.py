"""The statement means the same on every engine: each cell of each row, unknown or not."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from relieftool.commands.session import open_session
from relieftool.eligibility.evaluation import evaluate_register
from relieftool.engines.engine import evaluate_export, open_results
from relieftool.engines.export import export_register
from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.register.register_tables import open_throwaway_register
from relieftool.rules.statement import compile_statement, load_checked_pack
from tests.support.random_registers import fill_with_random_registers
from tests.support.reference_pack import PACK
from tests.support.small_street import import_small_street
from tests.support.tiny_packs import DAY

REGISTERS = 200
SAMPLE = Path(__file__).parent.parents[1] / "sample_data"


def export_filled(register, pack, folder):
    """Add random registers to a register, export all; return the day's rows as SQLite has them."""
    fill_with_random_registers(register, pack, DAY, compile_statement(pack, DAY, {}), REGISTERS)
    export_register(register, pack, DAY, folder)
    return evaluate_register(register, pack, DAY)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """Export the sample with random registers beside it; return pack, folder and SQLite's rows."""
    folder = tmp_path_factory.mktemp("engines")
    pack = load_checked_pack(find_shipped_pack())
    with open_session(folder / "sample.db", None, None, create=True) as opened:
        record_files(opened.db, pack, read_paths(pack, [SAMPLE]))
    with open_throwaway_register(pack) as register:
        register.attach("sample", folder / "sample.db")
        for table in (
            *("communities", "households", "members", "receipts", "rosters", "fact_states"),
        ):
            register.execute(f"INSERT INTO main.{table} SELECT * FROM sample.{table}")
        return pack, folder / "export", export_filled(register, pack, folder / "export")


def read_back(folder, pack):
    """Return the rows of results."""
    with open_results(folder, pack, None) as (register, day):
        return evaluate_register(register, pack, day)


def list_differences(expected, found):
    """Name each cell that is not the same, with its household or member."""
    assert [each.household_no for each in found] == [each.household_no for each in expected]
    pairs = [
        pair
        for ours, theirs in zip(expected, found, strict=True)
        for pair in zip((ours, *ours.members), (theirs, *theirs.members), strict=True)
    ]
    return [
        (
            ours.row.get("member_no", ours.row["household_no"]),
            name,
            ours.row[name],
            theirs.row[name],
        )
        for ours, theirs in pairs
        for name in ours.row.keys() | theirs.row.keys()
        if ours.row[name] != theirs.row[name]
    ]


def test_duckdb_has_every_cell_of_the_sample_and_of_200_random_registers(sample, tmp_path):
    pack, export, expected = sample

    evaluate_export("duckdb", export, tmp_path / "out", pack, None)
    found = read_back(tmp_path / "out", pack)

    assert len(found.households) > 937 + REGISTERS
    assert list_differences(expected.households, found.households) == []


def test_duckdb_has_every_cell_of_a_pack_with_every_form_of_the_language(tmp_path):
    with open_throwaway_register(PACK) as register:
        expected = export_filled(register, PACK, tmp_path / "export")

    evaluate_export("duckdb", tmp_path / "export", tmp_path / "out", PACK, None)
    found = read_back(tmp_path / "out", PACK)

    assert list_differences(expected.households, found.households) == []


@pytest.mark.slow
def test_spark_has_every_cell_of_the_sample_and_of_200_random_registers(
    sample, tmp_path, monkeypatch
):
    # A run this short is over before thorough compiling pays: without it, half the time.
    monkeypatch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    if shutil.which("java") is None and "RELIEF_NEEDS_JAVA" not in os.environ:
        pytest.skip("Java is not installed: Spark was left out")
    pack, export, expected = sample

    evaluate_export("spark", export, tmp_path / "out", pack, None)
    found = read_back(tmp_path / "out", pack)

    assert list_differences(expected.households, found.households) == []
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_results_show_what_plain_gaps_show_but_names(relief):
    import_small_street(relief)
    plain = json.loads(relief("gaps", "--format", "json").stdout)

    relief("export", "--parquet", "out", "--reason", "trial")
    evaluated = relief("gaps", "--engine", "duckdb", "--parquet", "out", "--out", "found")
    shown = relief("gaps", "--results", "found", "--format", "json")

    assert (evaluated.exit_code, shown.exit_code) == (0, 3)
    for finding in plain["findings"]:
        finding |= {"head": None, "member": None}
    assert json.loads(shown.stdout) == plain
    assert "without names" in shown.stderr


def test_results_of_another_day_or_pack_are_not_shown(relief):
    import_small_street(relief)
    relief("export", "--parquet", "out", "--reason", "trial")

    other = relief(
        "gaps", "--engine", "duckdb", "--parquet", "out", "--out", "x", "--as-of", "2024-11-30"
    )
    none = relief("gaps", "--results", "out")

    assert (other.exit_code, none.exit_code) == (1, 1)
    assert "differ now" in other.stderr
    assert "no complete folder" in none.stderr
    assert not Path("x").exists()


@pytest.mark.parametrize("engine, module", [("duckdb", "duckdb"), ("spark", "pyspark")])
def test_a_missing_engine_says_how_to_add_it(relief, monkeypatch, engine, module):
    monkeypatch.setitem(sys.modules, module, None)

    refused = relief("gaps", "--engine", engine, "--parquet", "out", "--out", "found")

    assert refused.exit_code == 1
    assert f"{module}: is not installed" in refused.stderr
    assert f'pip install "relieftool[{engine}]"' in refused.stderr


@pytest.mark.parametrize(
    "line",
    [
        ("--engine", "duckdb"),
        ("--engine", "duckdb", "--parquet", "out"),
        ("--parquet", "out"),
        ("--results", "out", "--open-cases"),
        ("--results", "out", "--reveal", "--reason", "trial"),
    ],
    ids=" ".join,
)
def test_options_of_engines_that_do_not_fit_are_a_wrong_command_line(relief, line):
    assert relief("gaps", *line).exit_code == 2
