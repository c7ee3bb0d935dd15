"""Damaged files, thousands of them: each is imported or refused in a sentence, never worse.

    python -m tests.fuzz --mutants 20000 --seed 1

Checks for each: no traceback, no more than 10 seconds, no row lost, and after a refusal the
register byte for byte as before; at the end, how much memory was used. Prints counts; what failed
is kept in the folder named by --keep, and the exit code is 1.
"""

import argparse
import hashlib
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from relieftool.errors import ReliefError
from relieftool.intake import keep_files, read_paths
from relieftool.messages import use_language
from relieftool.registry.store import opened
from tests.fuzz.mutate import mutate
from tests.fuzz.seeds import make_seeds
from tests.registers import shipped_pack
from tests.rows_accounted import lost_rows

MOST_SECONDS = 10
MOST_MEGABYTES = 4096


def main(arguments):
    """Run and report; 1 if anything failed."""
    options = parse(arguments)
    use_language("en")
    with tempfile.TemporaryDirectory() as name:
        run = Run(Path(name), Path(options.keep))
        run.all(options.mutants, options.seed)
    run.report()
    return 1 if run.failures else 0


def parse(arguments):
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", default="fuzz-failures")
    return parser.parse_args(arguments)


class Run:
    """One run: seeds, a register that is the same before every mutant, and counts."""

    def __init__(self, folder, keep):
        self.folder, self.keep = folder, keep
        self.seeds = make_seeds(folder)
        self.counts, self.failures, self.slowest = Counter(), [], 0.0
        self.base = folder / "base.db"
        path = folder / "i.csv"
        with opened(self.base, create=True) as db:
            keep_files(db, shipped_pack(), read_paths(shipped_pack(), [path]))

    def all(self, mutants, seed):
        """Make and try all mutants; each is made from its own number alone."""
        others = [content for _name, content in self.seeds]
        for number in range(mutants):
            choice = random.Random(f"{seed}-{number}")  # noqa: S311 damage, not secrets
            name, content = choice.choice(self.seeds)
            self.one(f"{seed}-{number}-{name}", name, mutate(choice, content, others))
            if number % 1000 == 999:
                tell(f"{number + 1} {dict(self.counts)}")

    def one(self, label, name, content):
        """Try one file."""
        path, register = self.folder / "mutant" / name, self.folder / "register.db"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        shutil.copyfile(self.base, register)
        before = digest(register)
        started = time.monotonic()
        try:
            outcome = bring(path, register)
        except ReliefError as error:
            outcome = "refused: " + error.problem.split(":")[0][:60]
            if digest(register) != before:
                self.fail(label, content, "the register changed")
        except Exception:  # noqa: BLE001 whatever it is, it is a fault of ours
            self.fail(label, content, traceback.format_exc())
            outcome = "failed"
        seconds = time.monotonic() - started
        self.slowest = max(self.slowest, seconds)
        if seconds > MOST_SECONDS + 1:
            self.fail(label, content, f"took {seconds:.1f} s")
        if outcome.startswith("lost"):
            self.fail(label, content, outcome)
        self.counts[outcome] += 1

    def fail(self, label, content, why):
        """Keep a mutant that failed, and why."""
        self.failures.append((label, why))
        self.keep.mkdir(exist_ok=True)
        (self.keep / label).write_bytes(content)
        tell(f"FAILED {label} {why}")

    def report(self):
        """Say what became of all mutants, and what they cost."""
        for outcome, count in self.counts.most_common():
            tell(f"{count:7} {outcome}")
        peaks = [resource.getrusage(who).ru_maxrss // 1024 for who in WHO]
        tell(f"slowest {self.slowest:.2f} s, peak memory {peaks[0]} MB here, {peaks[1]} MB child")
        if max(peaks) > MOST_MEGABYTES:
            self.failures.append(("memory", f"{peaks} MB"))
        tell(f"{sum(self.counts.values())} mutants, {len(self.failures)} failures")


def tell(line):
    """Write a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def digest(path):
    """Give the digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def bring(path, register):
    """Import a file and say what became of it; rows that are nowhere are lost."""
    read = read_paths(shipped_pack(), [path])
    with opened(register) as db:
        keep_files(db, shipped_pack(), read)
        lost = lost_rows(db, path)
    return f"lost rows {lost[:5]}" if lost else "imported"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
