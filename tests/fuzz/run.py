"""One run of the fuzzer: every mutant is made from its own number, tried, and counted."""

import hashlib
import os
import random
import resource
import shutil
import sys
import traceback
from collections import Counter
from pathlib import Path

from relieftool.errors import ReliefError
from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.spreadsheets.reader import _Child
from relieftool.store.database import open_register
from tests.fuzz.edits import edited
from tests.fuzz.mutate import mutate
from tests.fuzz.seeds import LISTS, make_seeds
from tests.support.registers import shipped_pack
from tests.support.rows_accounted import lost_rows, people_left_aside

MOST_SECONDS = 10
EVERY = 500
WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


class Run:
    """Seeds, a register that is the same before every mutant, and counts of outcomes."""

    def __init__(self, folder, keep):
        self.folder, self.keep = folder, keep
        self.seeds = make_seeds(folder)
        self.counts, self.failures, self.slowest = Counter(), [], 0.0
        self.base = folder / "base.db"
        path = folder / "i.csv"
        with open_register(self.base, create=True) as db:
            record_files(db, shipped_pack(), read_paths(shipped_pack(), [path]))

    def all(self, count, seed):
        """Make and try all mutants."""
        for number in range(count):
            choice = random.Random(f"{seed}-{number}")  # noqa: S311 damage, not secrets
            name, content = self.mutant(choice)
            self.one(f"{seed}-{number}-{name}", name, content)
            if number % EVERY == EVERY - 1:
                tell(f"{number + 1} {dict(self.counts)}")

    def mutant(self, choice):
        """Return name and bytes of one damaged file."""
        others = [content for _name, content in self.seeds]
        if choice.random() < 0.5:
            name, content = edited(choice, self.folder, choice.choice(LISTS))
            return name, mutate(choice, content, others) if choice.random() < 0.1 else content
        name, content = choice.choice(self.seeds)
        return name, mutate(choice, content, others)

    def one(self, label, name, content):
        """Try one file."""
        path, register = self.folder / "mutant" / name, self.folder / "register.db"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        register.with_name(f"{register.name}.heads").unlink(missing_ok=True)  # of another file
        shutil.copyfile(self.base, register)
        before = digest(register)
        started = cpu_seconds()
        try:
            outcome = bring(path, register)
        except ReliefError as error:
            outcome = "refused: " + error.problem.split(":")[0].split(";")[0][:60]
            if digest(register) != before:
                self.fail(label, content, "the register changed")
        except Exception:  # noqa: BLE001 whatever it is, it is a fault of ours
            self.fail(label, content, traceback.format_exc())
            outcome = "failed"
        seconds = cpu_seconds() - started
        self.slowest = max(self.slowest, seconds)
        if seconds > MOST_SECONDS:
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
        tell(f"slowest {self.slowest:.2f} s of CPU")
        tell(f"peak memory {peaks[0]} MB here, {peaks[1]} MB where files are parsed")
        tell(f"{self.counts.total()} mutants, {len(self.failures)} failures")


def tell(line):
    """Write a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def cpu_seconds():
    """Return the processor time of this process and of those that parse for it."""
    done = sum(one.ru_utime + one.ru_stime for one in map(resource.getrusage, WHO))
    parser = _Child.process
    if parser is not None and parser.poll() is None:
        fields = Path(f"/proc/{parser.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        done += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return done


def digest(path):
    """Return the digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def bring(path, register):
    """Import a file and say what became of it; rows that are nowhere are lost."""
    read = read_paths(shipped_pack(), [path])
    with open_register(register) as db:
        (report,) = record_files(db, shipped_pack(), read)
        if not report.is_new:
            return "known already"  # damage that changed nothing
        lost = lost_rows(db, path) + people_left_aside(db, path)
        doubts = db.execute("SELECT count(*) FROM problems").fetchone()[0]
    if lost:
        return f"lost rows {lost[:5]}"
    return "imported, with problems" if doubts else "imported"
