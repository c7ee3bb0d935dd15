"""Takes one cell, row or file away from a street, and compares what is still sure to be unclaimed.

Example: python -m tests.streets.removals 500 20261130 (drawn streets)
Example: python -m tests.streets.removals 100 20261130 sample (the sample street)
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from relieftool.eligibility.findings import Status
from relieftool.eligibility.gaps import find_gaps
from relieftool.store.database import open_database
from tests.streets.answering import Office
from tests.streets.damages import Scene
from tests.streets.judging import draw, lake_pack
from tests.support.registers import empty_register

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
            return list_sure(office)
    finally:
        shutil.rmtree(folder)


def list_sure(office: Office) -> set[Sure]:
    """Return what is unclaimed for sure."""
    names: dict[str, set[str]] = {}
    for household, member, *called in office.db.execute(
        "SELECT household_no, member_no, name, id_number FROM members"
    ):
        names.setdefault(household, set()).update(filter(None, called))
        names[member] = set(filter(None, called))
    found = find_gaps(office.db, office.pack, office.day, statuses=[Status.UNCLAIMED]).findings
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


def main(arguments: list[str]) -> int:
    """Return 1 if anything became sure."""
    count, seed = int(arguments[0]), arguments[1]
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            new = judge_removals(Path(folder) / "street", seed, number, 5)
            faults += new
            for fault in new:
                sys.stdout.write(f"{number} {fault}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{count * 5} removals, {len(faults)} findings that became sure\n")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
