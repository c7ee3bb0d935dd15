"""How fast and how large an import is, against bare reading of the same file in the same run.

    python -m tests.benchmarks.import_speed [ROWS]

Makes a household list of invented people in a folder that passes, as CSV and as xlsx, imports each
into a new register in a process of its own, and prints rows per second and peak memory.
"""

import csv
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from openpyxl import Workbook
from python_calamine import load_workbook

from relieftool.idnumbers import check_digit
from relieftool.intake import keep_files, read_paths
from relieftool.pack.loading import load_pack, shipped_pack_folder
from relieftool.registry.store import opened

ROWS, MOST_ROWS = 20_000, 1_000_000
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
    """Give invented people, two to a household."""
    for number in range(count):
        home, place = divmod(number, 2)
        born = f"{1940 + number % 60}{number // 60 % 12 + 1:02}{number // 720 % 28 + 1:02}"
        body = f"36030{number // 999_000 % 10}{born}{number % 999:03}"
        community = COMMUNITIES[home % len(COMMUNITIES)]
        relation = "配偶" if place else "户主"
        name = f"王{chr(0x4E00 + number % 5000)}"
        yield [community, f"H{home}", name, body + check_digit(body), relation, "300", "0", "1"]


def write_csv(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(HEADINGS)
        writer.writerows(people(count))


def write_xlsx(path: Path, count: int) -> None:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("名单")
    sheet.append(HEADINGS)
    for row in people(count):
        sheet.append(row)
    workbook.save(path)


def read_csv(path: Path) -> None:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for _row in csv.reader(lines):
            pass


def read_xlsx(path: Path) -> None:
    with path.open("rb") as stream:
        for _row in load_workbook(stream).get_sheet_by_index(0).iter_rows():
            pass


def run_import(path: Path) -> None:
    """Import a file into a new register beside it, as the command does."""
    pack = load_pack(shipped_pack_folder())
    with opened(path.with_suffix(".db"), create=True) as db:
        keep_files(db, pack, read_paths(pack, [path]))


def _timed(job: Callable[[Path], None], path: Path, told: "multiprocessing.Queue") -> None:
    start = time.perf_counter()
    job(path)
    seconds = time.perf_counter() - start
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    told.put((seconds, max(own, reader) / KILOBYTES_PER_MEGABYTE))


def measure(job: Callable[[Path], None], path: Path) -> tuple[float, float]:
    """Give seconds, and megabytes at the peak of the larger of the processes."""
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    process = context.Process(target=_timed, args=(job, path, told))
    process.start()
    found = told.get()
    process.join()
    return found


def main() -> None:
    count = min(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS, MOST_ROWS)
    with tempfile.TemporaryDirectory() as folder:
        for ending, write, read in (
            (".csv", write_csv, read_csv),
            (".xlsx", write_xlsx, read_xlsx),
        ):
            path = Path(folder) / f"名单{ending}"
            write(path, count)
            bare, bare_peak = measure(read, path)
            whole, peak = measure(run_import, path)
            sys.stdout.write(
                f"{ending}: {count} rows; bare {count / bare:,.0f} rows/s, {bare_peak:.0f} MB;"
                f" import {count / whole:,.0f} rows/s, {peak:.0f} MB;"
                f" {whole / bare:.1f} times the time, {peak / bare_peak:.1f} times the memory\n"
            )


if __name__ == "__main__":
    main()
