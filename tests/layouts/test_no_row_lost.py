"""However a list is damaged, every row of it is used, or in the problems, or named as not data."""

import random
import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from relieftool.errors import ReliefError
from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.store.database import open_database
from tests.fuzz.edits import edited
from tests.layouts import drawn
from tests.support.registers import empty_register, shipped_pack
from tests.support.rows_accounted import lost_rows, people_left_aside


@settings(
    derandomize=True,
    deadline=None,
    max_examples=150,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # making a failure smaller would take minutes
)
@given(
    homes=drawn.registers(),
    layout=st.sampled_from(list(drawn.LAYOUTS)),
    style=drawn.styles(),
    number=st.integers(0, 10**9),
)
def test_no_damage_loses_a_row(homes, layout, style, number):
    chance = random.Random(f"{number}{homes}")  # noqa: S311 damage, not secrets
    sheets = drawn.LAYOUTS[layout](homes, style).sheets

    with tempfile.TemporaryDirectory() as folder:
        name, content = edited(chance, Path(folder), sheets)
        (Path(folder) / "in").mkdir()
        path = Path(folder) / "in" / name
        path.write_bytes(content)

        assert rows_lost(Path(folder), path) == []


def rows_lost(folder, path):
    """Return the rows of a file that are nowhere; a file refused as a whole has lost none."""
    try:
        read = read_paths(shipped_pack(), [path])
    except ReliefError:
        return []
    with closing(open_database(empty_register(folder / "relief.db"))) as db:
        record_files(db, shipped_pack(), read)
        return lost_rows(db, path) + people_left_aside(db, path)
