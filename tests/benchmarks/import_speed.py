"""How fast and how large an import is, against bare reading of the same file in the same run.

    python -m tests.benchmarks.import_speed [ROWS | --million]

Makes a household list of invented people in a folder that passes, as CSV and as xlsx, and a
payment roster of the same people as CSV. Each is imported in a process of its own, the lists into
a new register, the roster into the one that the CSV list made. Prints rows per second, the time of
the processors against that of the bare reading, peak memory of the process and of the child that
reads for it, which step took longest, and for comparison what it costs only to write the finished
rows into the same tables.
Not more than MOST_ROWS rows unless --million asks for it: that takes many minutes.
"""

import csv
import multiprocessing
import resource
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from openpyxl import Workbook
from python_calamine import load_workbook

from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.pack.loading import load_pack
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.spreadsheets.reader import stop_reader
from relieftool.store.database import open_register
from relieftool.values.id_numbers import compute_check_digit

ROWS, MOST_ROWS, MILLION = 50_000, 200_000, 1_000_000
LIST, WORKBOOK, ROSTER = "名单.csv", "名单.xlsx", "低保发放花名册.csv"
# Times the processor time of the bare reading; megabytes.
AIM_OF_TIME = {LIST: 25, WORKBOOK: 3, ROSTER: 40}
AIM_OF_MEMORY = 300
BARE_READINGS = 5
HEADINGS = (
    "社区",
    "户编号",
    "姓名",
    "身份证号",
    "与户主关系",
    "家庭月收入",
    "家庭存款",
    "住房套数",
)
COMMUNITIES = ("河口下", "花园", "西岭", "东园")
KILOBYTES_PER_MEGABYTE = 1024


def people(count: int) -> Iterator[list[str]]:
    """Return invented people, two to a household."""
    for number in range(count):
        home, place = divmod(number, 2)
        born = f"{1940 + number % 60}{number // 60 % 12 + 1:02}{number // 720 % 28 + 1:02}"
        body = f"36030{number // 999_000 % 10}{born}{number % 999:03}"
        community = COMMUNITIES[home % len(COMMUNITIES)]
        relation = "配偶" if place else "户主"
        name = f"王{chr(0x4E00 + number % 5000)}"
        yield [
            community,
            f"H{home}",
            name,
            body + compute_check_digit(body),
            relation,
            "300",
            "0",
            "1",
        ]


def payments(count: int) -> Iterator[list[str]]:
    """Return a row of a roster for each of the same people."""
    for community, _home, name, number, *_rest in people(count):
        yield [community, name, number, "200"]


def write_csv(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(HEADINGS)
        writer.writerows(people(count))


def write_roster(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["社区", "姓名", "身份证号", "发放金额"])
        writer.writerows(payments(count))


def write_xlsx(path: Path, count: int) -> None:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("名单")
    sheet.append(HEADINGS)
    for row in people(count):
        sheet.append(row)
    workbook.save(path)


def _repeat(read: Callable[[Path], None], path: Path) -> None:
    """Read a file several times, because a single time is too short to tell."""
    for _time in range(BARE_READINGS):
        read(path)


def read_csv(path: Path) -> None:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for _row in csv.reader(lines):
            pass


def read_xlsx(path: Path) -> None:
    with path.open("rb") as stream:
        for _row in load_workbook(stream).get_sheet_by_index(0).iter_rows():
            pass


@dataclass
class Steps:
    """The seconds that each step of an import took, by what a progress bar would say."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    words: str = ""
    since: float = 0.0

    def tell(self, words: str, _done: int, _total: int) -> None:
        now = time.perf_counter()
        if self.words:
            self.seconds[self.words] += now - self.since
        self.words, self.since = words, now


def write_finished(path: Path) -> None:
    """Write the rows of a finished register into empty tables of the same form."""
    with closing(sqlite3.connect(path)) as made, closing(sqlite3.connect(":memory:")) as copy:
        for name in ("source_rows", "households", "members", "became"):
            (form,) = made.execute(
                "SELECT sql FROM sqlite_master WHERE name = ?", [name]
            ).fetchone()
            copy.execute(form)
            columns = [column[0] for column in made.execute(f"SELECT * FROM {name}").description]
            counts = ", ".join(f'count("{column}")' for column in columns)
            filled = made.execute(f"SELECT {counts} FROM {name}").fetchone()
            named = ", ".join(
                f'"{column}"' for column, count in zip(columns, filled, strict=True) if count
            )
            places = ", ".join("?" * sum(map(bool, filled)))
            rows = made.execute(f"SELECT {named} FROM {name}")
            copy.executemany(f"INSERT INTO {name} ({named}) VALUES ({places})", rows)


def run_import(path: Path) -> dict[str, float]:
    """Import a file into the register beside it, as the command does; return each step's time."""
    steps = Steps()
    pack = load_pack(find_shipped_pack())
    with open_register(path.parent / f"{path.suffix[1:]}.db", create=True) as db:
        record_files(db, pack, read_paths(pack, [path], steps.tell), steps.tell)
        steps.tell("", 0, 0)
    return steps.seconds


@dataclass
class Measured:
    """One job: its seconds, those of the processors, peaks in megabytes, and what it gave."""

    seconds: float
    computing: float
    own: float
    child: float
    gave: dict[str, float] | None


def _timed(job: Callable[[Path], object], path: Path, told: "multiprocessing.Queue") -> None:
    start, before = time.perf_counter(), time.process_time()
    gave = job(path)
    seconds = time.perf_counter() - start
    stop_reader()
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    peaks = [one.ru_maxrss / KILOBYTES_PER_MEGABYTE for one in used]
    computing = sum(one.ru_utime + one.ru_stime for one in used) - before
    told.put(Measured(seconds, computing, *peaks, gave))


def measure(job: Callable[[Path], object], path: Path) -> Measured:
    """Do a job in a process of its own."""
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    process = context.Process(target=_timed, args=(job, path, told))
    process.start()
    found = told.get()
    process.join()
    return found


def report(title: str, count: int, bare: Measured, whole: Measured) -> str:
    """Say what an import came to, and whether the aims are reached."""
    seconds = bare.seconds / BARE_READINGS
    times, most = whole.computing / bare.computing * BARE_READINGS, AIM_OF_TIME[title]
    peak = max(whole.own, whole.child)
    longest = max(whole.gave, key=whole.gave.get)
    share = whole.gave[longest] / whole.seconds
    return (
        f"{title}: {count:,} rows\n"
        f"  bare    {count / seconds:>11,.0f} rows/s {bare.own:>6.0f} MB\n"
        f"  import  {count / whole.seconds:>11,.0f} rows/s {whole.own:>6.0f} MB,"
        f" child {whole.child:.0f} MB\n"
        f"  processors {times:.1f} x the bare reading; aim {most} x: {_verdict(times <= most)}\n"
        f"  memory  {peak:.0f} MB; aim {AIM_OF_MEMORY} MB: {_verdict(peak <= AIM_OF_MEMORY)}\n"
        f"  longest: {longest} ({share:.0%} of the time)\n"
    )


def _verdict(is_reached: bool) -> str:  # noqa: FBT001 the question itself
    return "reached" if is_reached else "NOT reached"


def wanted_rows() -> int:
    """Return how many rows are asked for."""
    asked = sys.argv[1] if len(sys.argv) > 1 else str(ROWS)
    return MILLION if asked == "--million" else min(int(asked), MOST_ROWS)


def main() -> None:
    count = wanted_rows()
    jobs = (
        (LIST, write_csv, read_csv),
        (WORKBOOK, write_xlsx, read_xlsx),
        (ROSTER, write_roster, read_csv),
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, write, read in jobs:
            path = Path(folder) / name
            write(path, count)
            bare = measure(partial(_repeat, read), path)
            whole = measure(run_import, path)
            sys.stdout.write(report(name, count, bare, whole))
            if write is write_csv:
                floor = measure(write_finished, path.parent / "csv.db")
                times = floor.computing / bare.computing * BARE_READINGS
                sys.stdout.write(f"  writing the finished rows alone {times:.1f} x\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
