"""Evaluates an export on DuckDB or Spark, where the data lie, and reads the results back."""

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from sqlite_utils import Database

from relieftool.eligibility.evaluation import EVALUATED
from relieftool.engines.export import list_exported_columns
from relieftool.engines.parquet_folder import (
    COMMUNITIES,
    ROSTERS,
    STATES,
    fill_new_folder,
    fill_states,
    import_extra,
    load_statement,
    read_parquet,
)
from relieftool.engines.translation import Translation, translate_statement
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.models import Pack
from relieftool.register.register_tables import open_throwaway_register

Engine = Literal["duckdb", "spark"]  # also the extra that installs it, and its dialect in sqlglot


def evaluate_export(
    engine: Engine, source: Path, out: Path, pack: Pack, as_of: dt.date | None
) -> None:
    """Evaluate the export in `source` and write the rows of the statement to the new folder `out`.

    Raises:
        ReliefError: The engine is not installed, `out` is there already, or `source` is no export
            for this pack on the day `as_of` (None: on its own day).
    """
    import_extra({"duckdb": "duckdb", "spark": "pyspark"}[engine], engine)
    statement = load_statement(source, "export", pack, as_of)
    files = {
        table: [str(file) for file in sorted(source.glob(f"{table}/*/*.parquet"))]
        for table in list_exported_columns(statement)
    }
    with fill_new_folder(out, "results", statement) as new:
        run = {"duckdb": _run_duckdb, "spark": _run_spark}[engine]
        run(files, translate_statement(statement, engine), new)
        for name in (COMMUNITIES, ROSTERS):
            shutil.copyfile(source / name, new / name)
        shutil.copytree(source / STATES, new / STATES)


@contextmanager
def open_results(
    folder: Path, pack: Pack, as_of: dt.date | None
) -> Iterator[tuple[Database, dt.date]]:
    """Open the results in a folder as a register in memory, without names, and its day.

    Raises:
        ReliefError: As in `load_statement`.
    """
    statement = load_statement(folder, "results", pack, as_of)
    with open_throwaway_register(pack) as register:
        for table in ("communities", "rosters"):
            register.table(table).insert_all(read_parquet(folder / f"{table}.parquet"))
        fill_states(register, folder)
        names = statement.list_output_names()
        register.execute(f"CREATE TABLE {EVALUATED} ({', '.join(names)})")
        register.conn.executemany(
            f"INSERT INTO {EVALUATED} VALUES ({', '.join(f':{name}' for name in names)})",
            read_parquet(folder / "rows.parquet"),
        )
        for sql in _FILL:
            register.execute(sql)
        yield register, statement.as_of


# What a register in memory needs of households and members: numbers, and where they are.
_FILL = (
    f"CREATE INDEX evaluated_household ON {EVALUATED} (household__household_no)",
    f"""INSERT INTO households (household_no, community_id, is_provisional, listed_members)
        SELECT DISTINCT household__household_no, household__community_id, 0,
            household__listed_members FROM {EVALUATED}""",
    f"""INSERT INTO members (member_no, household_no, place, is_provisional)
        SELECT member__member_no, household__household_no, 0, 0 FROM {EVALUATED}
        WHERE member__member_no IS NOT NULL""",
)


def _run_duckdb(files: dict[str, list[str]], translation: Translation, out: Path) -> None:
    """Write the rows with DuckDB, which keeps beside them what does not fit into memory."""
    duckdb = import_extra("duckdb", "duckdb")
    with (
        tempfile.TemporaryDirectory(dir=out) as spilled,
        duckdb.connect(config={"temp_directory": spilled}) as connection,
    ):
        connection.execute("SET enable_progress_bar = false")
        for table, paths in files.items():
            connection.read_parquet(paths, hive_partitioning=True).create_view(table)
        tables = ", ".join(f"{name} AS ({sql})" for name, sql in translation.tables.items())
        rows = connection.sql(f"WITH {tables} {translation.select}")
        columns = (
            name if kind == "VARCHAR" else f"CAST({name} AS BIGINT) AS {name}"
            for name, kind in zip(rows.columns, rows.types, strict=True)
        )
        rows.project(", ".join(columns)).write_parquet(str(out / "rows.parquet"))


def _run_spark(files: dict[str, list[str]], translation: Translation, out: Path) -> None:
    """Write the rows with Spark."""
    parquet = import_extra("pyarrow.parquet", "spark")
    types = {"int64": "bigint", "string": "string"}
    with _start_spark(out) as spark:
        for table, paths in files.items():
            # Without these Spark would read a file first to find out.
            schema = [
                f"{field.name} {types[str(field.type)]}" for field in parquet.read_schema(paths[0])
            ]
            place = Path(paths[0]).parent.parent
            rows = spark.read.schema(", ".join([*schema, "community_id bigint"]))
            rows.parquet(str(place)).createOrReplaceTempView(table)
        for name, sql in translation.tables.items():
            spark.sql(sql).createOrReplaceTempView(name)
        rows = spark.sql(translation.select)
        columns = [
            rows[name] if kind == "string" else rows[name].cast("bigint").alias(name)
            for name, kind in rows.dtypes
        ]
        rows.select(columns).write.parquet(str(out / "rows.parquet"))


@contextmanager
def _start_spark(out: Path) -> Iterator[Any]:
    """Start Spark on two cores of this machine, and end its process afterwards.

    It listens on the loopback address only and shows no page; its own files are beside the results
    until it ends.
    """
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise ReliefError("java", _("is not installed"), _("Spark needs Java, 17 or newer."))
    os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LAUNCHER_OPTS": "-XX:-UsePerfData"}
    sql = import_extra("pyspark.sql", "spark")
    with tempfile.TemporaryDirectory(dir=out) as own:
        builder = sql.SparkSession.builder.master("local[2]").appName("relief")
        for key, value in _list_spark_settings(own).items():
            builder = builder.config(key, value)
        spark = builder.getOrCreate()
        gateway = spark.sparkContext._gateway  # noqa: SLF001 it has no public end
        try:
            yield spark
        finally:
            spark.stop()
            gateway.shutdown()
            gateway.proc.stdin.close()
            gateway.proc.wait()


def _list_spark_settings(own: str) -> dict[str, str]:
    """Return the settings of Spark; `own` is the folder for its own files."""
    return {
        "spark.driver.memory": "4g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": f"-Djava.io.tmpdir={own} -XX:-UsePerfData",
        "spark.local.dir": own,
        "spark.log.level": "ERROR",
        # One method for a whole stage is too large for Java here, and compiling it is in vain.
        "spark.sql.codegen.wholeStage": "false",
        # To look for what follows from so many conditions takes longer than it saves.
        "spark.sql.constraintPropagation.enabled": "false",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": own,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
