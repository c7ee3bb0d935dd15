"""How long DuckDB and Spark take against a bare scan of the same columns, in the same run.

    python -m tests.benchmarks.engines [HOUSEHOLDS] [ENGINE…]

Not a test: prints seconds of all processors and ratios, for 100,000 random households and both
engines unless told otherwise. The bare scan fetches the columns' rows from SQLite.
"""

import os
import resource
import sys
import tempfile
from collections import deque
from pathlib import Path

from relieftool.engines.engine import evaluate_export
from relieftool.engines.export import export_register
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.register.register_tables import open_throwaway_register
from relieftool.rules.statement import compile_statement, load_checked_pack
from tests.benchmarks.gaps import filled
from tests.support.tiny_packs import DAY


def seconds(work):
    """Return the seconds of all processors that some work takes, its processes included."""
    begun = used()
    work()
    return used() - begun


def used():
    """Return the seconds of all processors used by this process and those that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(os.times()[:2]) + ended.ru_utime + ended.ru_stime


def scan(register, columns):
    """Fetch the rows of some columns of each table."""
    for table, names in columns.items():
        deque(register.execute(f"SELECT {', '.join(names)} FROM {table}"), maxlen=0)


def main():
    """Measure the export, the scan and each engine in turn."""
    count, *engines = sys.argv[1:] or ["100000"]
    pack = load_checked_pack(find_shipped_pack())
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "export"
        with open_throwaway_register(pack) as register:
            columns = filled(register, pack, compile_statement(pack, DAY, {}), int(count))
            bare = seconds(lambda: scan(register, columns))
            exporting = seconds(lambda: export_register(register, pack, DAY, folder))
        sys.stdout.write(f"{count} households: export {exporting:.1f} s, scan {bare:.2f} s\n")
        for engine in engines or ("duckdb", "spark"):
            out = Path(place) / engine
            taken = seconds(lambda: evaluate_export(engine, folder, out, pack, None))  # noqa: B023
            sys.stdout.write(f"{engine}: {taken:.1f} s ({taken / bare:.0f} x the scan)\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
