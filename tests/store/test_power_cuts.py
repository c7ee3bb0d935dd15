"""A power cut at any moment of an import leaves the register as it was or as it becomes."""

import os
import random

import pytest

from tests.support.power_cuts import NEEDED, STRACE, Cuts, examine, record

STATES = 60
IMPORTING = """
from pathlib import Path
from relieftool.store.database import open_register
from tests.support.registers import keep, table
with open_register(Path("relief.db"), create=True) as db:
    for number in "12":
        keep(db, table("household_no name", [number, "甲一"], file=number))
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """Import a list into a new register; return its folder, and each change of a file."""
    if STRACE is None and not os.environ.get(NEEDED):
        pytest.skip("strace is not installed: no power cuts are tried")
    folder = tmp_path_factory.mktemp("cut") / "street"
    folder.mkdir()
    done, changes = record(folder, code=IMPORTING)
    assert done.returncode == 0, done.stderr
    return folder, changes


def cut(recorded, changes, states):
    folder, _changes = recorded
    cuts = Cuts(changes, {}, folder / "scratch")
    return cuts.run(states, random.Random(1), lambda files: examine(files, folder))  # noqa: S311


def test_a_power_cut_leaves_the_old_state_or_the_new_one(recorded):
    cuts = cut(recorded, recorded[1], STATES)

    assert (len(cuts.seen), cuts.faults) == (STATES, [])


def test_where_nothing_waits_for_the_disk_a_power_cut_is_found_to_do_damage(recorded):
    unsynced = [change for change in recorded[1] if change.action != "sync"]

    assert cut(recorded, unsynced, STATES // 2).faults
