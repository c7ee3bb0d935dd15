"""How long `relief gaps` takes on the sample street, against printing as many rows in a table.

    python -m tests.benchmarks.kept_findings [TIMES]

Not a test: prints CPU seconds of whole processes and ratios, the least of some runs (5 unless told
otherwise): all households stale, and nothing stale. The floor is a Typer command that reads the
same rows with sqlite3 and prints them as one Rich table.
"""

import csv
import io
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from relieftool.store.database import open_register, write

HERE = Path(__file__).parents[2]
RELIEF = "from relieftool.cli import main; main()"
FLOOR = """
import sqlite3, typer
from rich.console import Console
from rich.table import Table

app = typer.Typer()

@app.command()
def show(path: str):
    rows = sqlite3.connect(path).execute("SELECT * FROM rows").fetchall()
    table = Table(*rows[0])
    for row in rows[1:]:
        table.add_row(*row)
    Console(width=200).print(table)

app()
"""


def run(folder, *command):
    """Run a process to its end; return its output and its CPU seconds.

    Its modules are compiled before, as those of an installed program are: the first run does so.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = os.environ | {"PYTHONPATH": str(HERE), "COLUMNS": "200", "RELIEF_LANG": "zh"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir()) / "relief-benchmarks")
    done = subprocess.run(  # noqa: S603 our own program
        [sys.executable, "-c", *command], cwd=folder, env=environment, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def prepare(folder):
    """Import the sample, and store the rows of its gaps for the floor."""
    run(folder, RELIEF, "import", str(HERE / "sample_data"))
    text, _seconds = run(folder, RELIEF, "gaps", "--format", "csv")
    rows = [row for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) if row]
    width = max(map(len, rows))
    rows = [row for row in rows if len(row) == width]
    with sqlite3.connect(folder / "floor.db") as db:
        db.execute(f"CREATE TABLE rows ({', '.join(f'c{place}' for place in range(width))})")
        db.executemany(f"INSERT INTO rows VALUES ({', '.join('?' * width)})", rows)
    return len(rows) - 1


def forget(folder):
    """Delete what is kept, so that all households are stale."""
    with open_register(folder / "relief.db") as db, write(db):
        db.execute("DELETE FROM kept_evaluations")


def main():
    """Measure each in turn, several times."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = prepare(folder)
        floor, stale, again = [], [], []
        for _time in range(times):
            floor.append(run(folder, FLOOR, "floor.db")[1])
            forget(folder)
            stale.append(run(folder, RELIEF, "gaps")[1])
            again.append(run(folder, RELIEF, "gaps")[1])
    least = min(floor)
    sys.stdout.write(f"floor, {rows} rows: {least:.3f} s\n")
    for what, seconds in (("all stale", min(stale)), ("second call", min(again))):
        sys.stdout.write(f"{what}: {seconds:.3f} s, {seconds / least:.2f} x\n")


if __name__ == "__main__":
    main()
