"""All benchmarks in turn, each in a process of its own: the figures of docs/performance.md.

    python -m tests.benchmarks

Takes some forty minutes on two idle cores. OpenFisca is left out where it is not installed. Each
prints ratios from one run; none is a test.
"""

import subprocess
import sys

RUNS = (
    ("start_up",),
    ("kept_findings",),
    ("questions",),
    ("gaps", "1000", "10000"),
    ("streets", "1000"),
    ("openfisca", "100000"),
    ("import_speed", "50000"),
    ("engines", "50000"),
)

for name, *sizes in RUNS:
    sys.stdout.write(f"== {name} {' '.join(sizes)}\n")
    sys.stdout.flush()
    command = [sys.executable, "-m", f"tests.benchmarks.{name}", *sizes]
    subprocess.run(command, check=True)  # noqa: S603 our own modules
