"""How long commands take against an empty Typer command, and help pages against an empty app.

    python -m tests.benchmarks.start_up [RUNS]

Not a test: prints the processors' time of the quickest of some runs, and ratios, from one run. The
register is the sample street's, and its findings are kept before.
"""

import sys
import tempfile
from pathlib import Path

from relieftool.cli import COMMANDS
from tests.benchmarks.kept_findings import RELIEF, run
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
MEASURED = (["cases"], ["show", HOUSEHOLD], ["explain", HOUSEHOLD], ["imports"], ["verify"])


def seconds(script, *arguments, runs=RUNS):
    """Return the processors' time of a script: the least of some runs."""
    return min(run(Path.cwd(), script, *arguments)[1] for _run in range(runs))


def main():
    """Measure each command in turn."""
    runs = int(sys.argv[1]) if sys.argv[1:] else RUNS
    empty, empty_help = seconds(EMPTY, runs=runs), seconds(EMPTY_APP, "--help", runs=runs)
    told = [("--help", seconds(RELIEF, "--help", runs=runs), empty_help)]
    with tempfile.TemporaryDirectory() as folder:
        register = str(Path(folder) / "relief.db")
        run(folder, RELIEF, "import", str(ROOT / "sample_data"), "--db", register)
        run(folder, RELIEF, "gaps", "--db", register)
        for command in MEASURED:
            taken = seconds(RELIEF, *command, "--db", register, runs=runs)
            told.append((command[0], taken, empty))
    for name, taken, floor in told:
        sys.stdout.write(f"{name:>8}: {taken:.3f} s, empty {floor:.3f} s ({taken / floor:.2f} x)\n")


if __name__ == "__main__":
    main()
