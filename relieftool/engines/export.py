"""Exports the register as Parquet: facts and receipts by community, nothing that names a person."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from sqlite_utils import Database

from relieftool.eligibility.evaluation import find_doubts
from relieftool.eligibility.roster_coverage import find_roster_coverage
from relieftool.engines.parquet_folder import (
    COMMUNITIES,
    ROSTERS,
    STATES,
    fill_new_folder,
    import_extra,
)
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.models import Pack
from relieftool.rules.sql import quote_literal
from relieftool.rules.statement import Statement, compile_statement
from relieftool.store.database import read_snapshot

_ROSTERS = ("programme", "community_id", "covers_from", "covers_until", "is_complete")
_KEYS = {
    "households": ("household_no", "listed_members", "dated_on"),
    "members": ("member_no", "household_no", "belongs"),
    "receipts": (
        *("household_no", "member_no", "programme", "says", "origin"),
        *("amount_fen", "amount_period", "covers_from", "covers_until", "payee_is_gone", "is_open"),
    ),
    STATES: ("household_no", "member_no", "fact", "state", "low", "high"),
}
_ROWS_AT_ONCE = 50_000


def export_register(db: Database, pack: Pack, as_of: dt.date, folder: Path) -> int:
    """Write facts, receipts and coverage to a new folder; return the number of households.

    Of the facts only those are written that the rules of the pack read.

    Raises:
        ReliefError: The folder is not new or empty, there is no household, a rule reads free text,
            or pyarrow is not installed.
    """
    import_extra("pyarrow.parquet", "duckdb")
    with read_snapshot(db):
        if not db.table("households").count:
            remedy = _("Import household lists first: `relief import PATH`.")
            raise ReliefError("households", _("there is no household"), remedy)
        coverage = find_roster_coverage(db, pack, as_of)
        statement = compile_statement(pack, as_of, coverage, find_doubts(db))
        read = ", ".join(
            map(quote_literal, [*statement.columns["household"], *statement.columns["member"]])
        )
        with fill_new_folder(folder, "export", statement) as new:
            for place, _name in db.execute("SELECT * FROM communities").fetchall():
                own = f"SELECT household_no FROM households WHERE community_id = {place}"
                for table, columns in list_exported_columns(statement).items():
                    file = new / table / f"community_id={place}" / "rows.parquet"
                    of_facts = f" AND fact IN ({read})" if table == STATES else ""
                    _write_rows(db, file, table, columns, f"household_no IN ({own}){of_facts}")
            _write_rows(db, new / ROSTERS, "rosters", _ROSTERS, "is_complete = 1")
            _write_rows(db, new / COMMUNITIES, "communities", ("community_id", "name"))
        count: int = db.table("households").count
        return count


def list_exported_columns(statement: Statement) -> dict[str, list[str]]:
    """Return the columns of each exported table: keys, and the facts that the statement reads."""
    facts = statement.pack.facts.values()
    read = [fact for fact in facts if fact.id in statement.columns[fact.owner]]
    for fact in read:
        if fact.type == "text":  # anything may be in it, also names
            problem = _("a rule reads this free text, which is never exported")
            raise ReliefError(fact.id, problem, _("Use a pack whose rules do without it."))
    return {
        table: [*keys, *(fact.id for fact in read if f"{fact.owner}s" == table)]
        for table, keys in _KEYS.items()
    }


def _write_rows(
    db: Database, file: Path, table: str, columns: Iterable[str], condition: str = "1 = 1"
) -> None:
    """Write some columns of the rows of a table that meet a condition, a batch at a time."""
    pyarrow, parquet = import_extra("pyarrow", "duckdb"), import_extra("pyarrow.parquet", "duckdb")
    kinds = db.table(table).columns_dict
    types = {int: pyarrow.int64(), str: pyarrow.string()}
    schema = pyarrow.schema([(name, types[kinds[name]]) for name in columns])
    selected = ", ".join(f'{table}."{name}"' for name in columns)
    cursor = db.execute(f"SELECT {selected} FROM {table} WHERE {condition}")
    file.parent.mkdir(parents=True, exist_ok=True)
    with parquet.ParquetWriter(file, schema) as writer:
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            arrays = map(pyarrow.array, zip(*rows, strict=True), schema.types)
            writer.write_table(pyarrow.Table.from_arrays(list(arrays), schema=schema))
