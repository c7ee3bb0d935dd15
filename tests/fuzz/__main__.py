"""Damaged files, thousands of them: each is imported or refused in a sentence, never worse.

    python -m tests.fuzz --count 20000 --seed 1

Half are workbooks and text files damaged as bytes, half are lists edited as a person might. Checks
for each: no traceback, no more than 10 seconds of work, no row lost, and after a refusal the
register byte for byte as before; memory is limited for this process and for the one that parses.
Prints counts by outcome; keeps what failed in the folder named by --keep; then exits with 1.
"""

import argparse
import resource
import sys
import tempfile
from pathlib import Path

from relieftool.messages import use_language
from tests.fuzz.run import Run

MOST_MEMORY = 4 << 30


def main(arguments):
    """Run and report; 1 if anything failed."""
    options = parse(arguments)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    use_language("en")
    with tempfile.TemporaryDirectory() as name:
        run = Run(Path(name), Path(options.keep))
        run.all(options.count, options.seed)
    run.report()
    return 1 if run.failures else 0


def parse(arguments):
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", default="fuzz-failures")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
