"""Takes one cell, row or file away from a street, and compares what is still sure to be unclaimed.

Example: python -m tests.streets.removals 500 20261130 (drawn streets)
Example: python -m tests.streets.removals 100 20261130 sample (the sample street)
"""

import datetime as dt
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sqlite_utils import Database

from relieftool.eligibility.findings import Status
from relieftool.eligibility.gaps import find_gaps
from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.intake.undo import undo_import
from relieftool.pack.models import Pack
from relieftool.register.build import refresh_register
from relieftool.store.database import open_database, write
from relieftool.store.imports import find_newest_date
from relieftool.store.settings import mark_register_stale
from tests.streets.answering import Office
from tests.streets.damages import Scene
from tests.streets.judging import draw, lake_pack
from tests.support.registers import empty_register, shipped_pack

SAMPLE = Path(__file__).parents[2] / "sample_data"
HOUSEHOLDS = 10
# What is not there; of what contradicts something else, taking it away settles the contradiction.
ABSENT = (
    *("blank-income", "no-grade-column", "no-deposit-column", "missing-roster", "notes-below"),
    *("roster-of-unknown-completeness", "community-written-otherwise", "said-on-the-list"),
)


@dataclass(frozen=True)
class Sure:
    """What is unclaimed for sure: the programme, and the names and numbers of the people."""

    programme: str
    people: frozenset[str]
    fen: int | None

    def is_among(self, others: "set[Sure]") -> bool:
        """Whether something sure of the same programme is about the same people."""
        return any(
            other.programme == self.programme and other.people & self.people for other in others
        )


def find_sure(folder: Path, scene: Scene) -> set[Sure]:
    """Return what is unclaimed for sure by the files of a street, in an empty folder."""
    folder.mkdir()
    try:
        with closing(open_database(empty_register(folder / "relief.db"))) as db:
            office = Office(db, lake_pack(), scene, folder)
            office.bring(scene.sheets)
            return list_sure(db, office.pack, office.day)
    finally:
        shutil.rmtree(folder)


def list_sure(db: Database, pack: Pack, day: dt.date) -> set[Sure]:
    """Return what is unclaimed for sure."""
    names: dict[str, set[str]] = {}
    for household, member, *called in db.execute(
        "SELECT household_no, member_no, name, id_number FROM members"
    ):
        names.setdefault(household, set()).update(filter(None, called))
        names[member] = set(filter(None, called))
    found = find_gaps(db, pack, day, statuses=[Status.UNCLAIMED], with_questions=False).findings
    return {
        Sure(
            finding.programme,
            frozenset(names.get(finding.member_no or finding.household_no, ())),
            finding.amount_fen,
        )
        for finding in found
    }


@contextmanager
def removed(scene: Scene, random: Random) -> Iterator[str]:
    """Take a cell, a row or a file away from a street for a while, and say which."""
    sheets = scene.sheets
    place = random.randrange(len(sheets))
    sheet, kind = sheets[place], random.choice(["cell", "cell", "cell", "row", "row", "file"])
    if kind == "file" or not sheet.lines:
        scene.sheets = [other for other in sheets if other is not sheet]
        yield f"file {sheet.name}"
        scene.sheets = sheets
        return
    row = random.randrange(len(sheet.lines))
    line = sheet.lines[row]
    if kind == "row":
        sheet.lines.pop(row)
        yield f"row {row + 3} of {sheet.name}"
        sheet.lines.insert(row, line)
        return
    heading = random.choice(sheet.head)
    cell = line.cells.get(heading)
    line.cells[heading] = None
    yield f"cell {heading} in row {row + 3} of {sheet.name}"
    line.cells[heading] = cell


def draw_plain(seed: object, number: int) -> Scene:
    """Return a small street of which some things are not known, and nothing contradicts another.

    The sums below the rosters stay when a row is taken away.
    """
    random = Random(f"removals {seed}/{number}")  # noqa: S311 drawn streets
    kinds = tuple(name for name in ABSENT if random.random() < 0.2)
    scene = draw(seed, number, kinds, HOUSEHOLDS)[0]
    for sheet in scene.sheets:
        if sheet.programme:
            total = sum(line.cells["发放金额"] for line in sheet.lines)
            cells = {"序号": "合计", "发放金额": total}
            sheet.notes = [[cells.get(heading) for heading in sheet.head]]
            sheet.complete = None
    return scene


def judge_removals(folder: Path, seed: object, number: int, times: int) -> list[str]:
    """Return what becomes sure when something is taken away from a drawn street."""
    scene, random = draw_plain(seed, number), Random(f"{seed}/{number}")  # noqa: S311 as above
    before, faults = find_sure(folder, scene), []
    for _time in range(times):
        with removed(scene, random) as what:
            after = find_sure(folder, scene)
        faults += [f"{what}: {sure}" for sure in after if not sure.is_among(before)]
    return faults


def judge_sample(folder: Path, seed: object, times: int) -> Iterator[list[str]]:
    """Yield what becomes sure when something is taken away from the sample street, each time.

    Whose own sheet a complete roster contradicts is left out: without the roster, nothing does.
    """
    pack, whole, part = shipped_pack(), folder / "whole.db", folder / "part.db"
    with closing(open_database(empty_register(whole))) as db:
        read = read_paths(pack, [SAMPLE], refuse=lambda _error: None)
        record_files(db, pack, read)
        day = find_newest_date(db)
        assert day is not None
        before = list_sure(db, pack, day)
        disputed = {name for row in db.execute(_CONTRADICTED) for name in row}
    for number in range(times):
        shutil.copy(whole, part)
        with closing(open_database(part)) as db:
            with write(db):
                what = take_kept(db, Random(f"{seed}/{number}"))  # noqa: S311 as above
                mark_register_stale(db)
                refresh_register(db, pack)
            after = list_sure(db, pack, day)
        yield [
            f"{what}: {sure}"
            for sure in after
            if not sure.is_among(before) and sure.people.isdisjoint(disputed)
        ]


def take_kept(db: Database, random: Random) -> str:
    """Take a kept cell, row or file away, and say which.

    A roster that lacks a row is no longer declared complete. A blank amount beside another benefit
    of the same roster says that it is not paid, so such amounts stay.
    """
    kind = random.choice(["cell", "cell", "cell", "row", "row", "file"])
    if kind == "file":
        number, name = random.choice(
            db.execute("SELECT import_id, file_name FROM imports").fetchall()
        )
        undo_import(db, number)
        return f"file {name}"
    rows = db.execute(_KEPT_ROWS).fetchall()
    row, table, cells, columns, name = random.choice(rows)
    if kind == "row":
        db.execute("UPDATE source_rows SET role = 'note', cells = '[]' WHERE row_id = ?", [row])
        db.execute("UPDATE source_tables SET is_complete = NULL WHERE table_id = ?", [table])
        return f"row {row} of {name}"
    targets = {each["position"]: each["target"] or "" for each in json.loads(columns)}
    amounts = [place for place, target in targets.items() if target.startswith("receipt.")]
    filled = [
        place
        for place, cell in enumerate(json.loads(cells))
        if cell not in (None, "") and not (place in amounts and len(amounts) > 1)
    ]
    place = random.choice(filled)
    db.execute(
        "UPDATE source_rows SET cells = json_set(cells, ?, NULL) WHERE row_id = ?",
        [f"$[{place}]", row],
    )
    return f"cell {targets.get(place) or place} in row {row} of {name}"


_CONTRADICTED = """
    SELECT members.name, members.id_number FROM members WHERE household_no IN (
        SELECT household_no FROM became JOIN problems USING (row_id)
        WHERE code = 'sheet-and-roster-disagree')
"""
_KEPT_ROWS = """
    SELECT row_id, table_id, cells, columns, file_name FROM source_rows
    JOIN source_tables USING (table_id) JOIN imports USING (import_id)
    WHERE role IN ('first', 'continuation') ORDER BY row_id
"""


def judge_drawn(folder: Path, seed: object, times: int) -> Iterator[list[str]]:
    """Yield what becomes sure by each five removals from a drawn street."""
    for number in range(times // 5):
        yield judge_removals(folder / "street", seed, number, 5)


def main(arguments: list[str]) -> int:
    """Return 1 if anything became sure."""
    times, seed = int(arguments[0]), arguments[1]
    judges = judge_sample if "sample" in arguments else judge_drawn
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        for new in judges(Path(folder), seed, times):
            faults += new
            for fault in new:
                sys.stdout.write(f"{fault}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{times} removals, {len(faults)} findings that became sure\n")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
