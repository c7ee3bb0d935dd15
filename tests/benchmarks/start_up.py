"""How long commands take against an empty Typer command, and help pages against an empty app.

    python -m tests.benchmarks.start_up [RUNS]

Not a test: prints the processors' time of the quickest of some runs, and ratios, from one run. The
register is the sample street's, and its findings are kept before.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from relieftool.cli import COMMANDS
from tests.rules_of_the_code import ROOT

RUNS = 9
HOUSEHOLD = "HK20240001"
EMPTY = "import typer\ntyper.run(lambda: None)"
EMPTY_APP = (
    "import typer\n"
    "app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True,"
    " pretty_exceptions_enable=False)\n"
    f"for name in {list(COMMANDS)!r}:\n    app.command(name)(lambda: None)\n"
    "app()"
)
RELIEF = "from relieftool.cli import main; main()"
MEASURED = (["cases"], ["show", HOUSEHOLD], ["explain", HOUSEHOLD], ["imports"], ["verify"])


def seconds(script, *arguments, runs=RUNS):
    """Return the processors' time of a script: the least of some runs."""
    return min(one_run(script, arguments) for _run in range(runs))


def one_run(script, arguments):
    """Return the processors' time of one run of a script in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(  # noqa: S603 our own Python on our own script
        [sys.executable, "-c", script, *arguments], capture_output=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    """Measure each command in turn."""
    runs = int(sys.argv[1]) if sys.argv[1:] else RUNS
    empty, empty_help = seconds(EMPTY, runs=runs), seconds(EMPTY_APP, "--help", runs=runs)
    told = [("--help", seconds(RELIEF, "--help", runs=runs), empty_help)]
    with tempfile.TemporaryDirectory() as folder:
        register = str(Path(folder) / "relief.db")
        one_run(RELIEF, ["import", str(ROOT / "sample_data"), "--db", register])
        one_run(RELIEF, ["gaps", "--db", register])
        for command in MEASURED:
            taken = seconds(RELIEF, *command, "--db", register, runs=runs)
            told.append((command[0], taken, empty))
    for name, taken, floor in told:
        sys.stdout.write(f"{name:>8}: {taken:.3f} s, empty {floor:.3f} s ({taken / floor:.2f} x)\n")


if __name__ == "__main__":
    main()
