"""However a list is damaged, every row of it is used, or in the problems, or named as not data."""

import random
from contextlib import closing

from relieftool.errors import ReliefError
from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.store.database import open_database
from tests.fuzz.edits import edited
from tests.layouts.drawing_files import draw
from tests.support.registers import empty_register, shipped_pack
from tests.support.rows_accounted import lost_rows, people_left_aside

FILES = 150


def test_no_damage_loses_a_row(tmp_path):
    lost = {}
    for number in range(FILES):
        folder = tmp_path / str(number)
        (folder / "in").mkdir(parents=True)
        chance = random.Random(f"damage/{number}")  # noqa: S311 damage, not secrets
        sheets = {page.name: page.rows for page in draw("damage", number).papers[-1].pages}
        name, content = edited(chance, folder, sheets)
        path = folder / "in" / name
        path.write_bytes(content)
        if rows := rows_lost(folder, path):
            lost[number] = rows

    assert lost == {}


def rows_lost(folder, path):
    """Return the rows of a file that are nowhere; a file refused as a whole has lost none."""
    try:
        read = read_paths(shipped_pack(), [path])
    except ReliefError:
        return []
    with closing(open_database(empty_register(folder / "relief.db"))) as db:
        record_files(db, shipped_pack(), read)
        return lost_rows(db, path) + people_left_aside(db, path)
