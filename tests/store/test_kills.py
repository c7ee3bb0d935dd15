"""A process killed at any moment loses nothing it acknowledged and leaves nothing half done."""

import multiprocessing
import os
import random
import time

from relieftool.store.database import open_register, write
from relieftool.store.file_check import find_faults
from relieftool.store.settings import read_setting, write_setting
from tests.support.figures import note_figure
from tests.support.registers import empty_register

KILLS = int(os.environ.get("RELIEF_KILLS", "15"))
LONGEST_LIFE = 0.06  # seconds


def write_on(path, done, begun, *, is_early):
    """Write two numbers in one transaction, again and again; report each write, early or after."""
    with open_register(path) as db:
        count = int(read_setting(db, "a") or 0)
        while True:
            count += 1
            begun.value = count
            if is_early:
                done.value = count
            with write(db):
                write_setting(db, "a", str(count))
                write_setting(db, "b", str(count))
            done.value = max(done.value, count)


def kill_often(path, *, is_early=False):
    """Kill a writing process again and again; return how often it was lost, halved or caught."""
    context, drawn = multiprocessing.get_context("fork"), random.Random(1)  # noqa: S311 no secret
    lost = halved = caught = 0
    for _kill in range(KILLS):
        # without locks: who is killed holding one would keep it
        done, begun = context.Value("q", 0, lock=False), context.Value("q", 0, lock=False)
        process = context.Process(
            target=write_on, args=(path, done, begun), kwargs={"is_early": is_early}
        )
        process.start()
        while not begun.value:
            time.sleep(0.001)
        time.sleep(drawn.random() * LONGEST_LIFE)
        process.kill()
        process.join()
        caught += begun.value > done.value or is_early
        with open_register(path) as db:
            first, second = read_setting(db, "a") or "0", read_setting(db, "b") or "0"
            lost += int(first) < done.value
            halved += first != second or bool(list(find_faults(db)))
    return lost, halved, caught


def test_a_killed_process_loses_nothing_it_acknowledged_and_leaves_nothing_half_done(tmp_path):
    lost, halved, caught = kill_often(empty_register(tmp_path / "relief.db"))

    note_figure(f"{KILLS:,} kills, {caught:,} inside the transaction, {lost + halved} wrong")
    assert (lost, halved) == (0, 0)
    assert caught >= KILLS * 0.8


def test_what_is_acknowledged_before_it_is_written_is_found_lost(tmp_path):
    lost, halved, _caught = kill_often(empty_register(tmp_path / "relief.db"), is_early=True)

    assert (lost > 0, halved) == (True, 0)
