"""Several clerks on one file: nothing refused, nothing lost; a file in use is said to be in use."""

import contextlib
import json
import multiprocessing
import os
import sqlite3
import time

import pytest

from relieftool.errors import ReliefError
from relieftool.store.database import open_database, open_register, write
from relieftool.store.file_check import find_faults
from relieftool.store.settings import read_setting, write_setting
from tests.support.figures import note_figure
from tests.support.registers import empty_register

CLERKS, WRITES = 8, int(os.environ.get("RELIEF_WRITES", "10"))
LONGEST_WAIT = 5  # seconds


def count_up(path, times, found):
    """Read and raise a number, each time in a register opened anew; report the longest wait."""
    longest = 0.0
    for _time in range(times):
        with open_register(path) as db:
            begun = time.monotonic()
            with write(db):
                longest = max(longest, time.monotonic() - begun)
                write_setting(db, "count", str(int(read_setting(db, "count") or 0) + 1))
    found.put(longest)


def read_on(path, is_over, found):
    """Read all the time; report how often."""
    reads = 0
    while not is_over.is_set():
        with open_register(path) as db:
            reads += bool(db.execute("SELECT count(*) FROM settings").fetchone())
    found.put(reads)


def count_at_once(path, writes=WRITES):
    """Let clerks write at once while others read; return exit codes, reads and longest waits."""
    context = multiprocessing.get_context("fork")
    is_over, waits, reads = context.Event(), context.Queue(), context.Queue()
    writers = [
        context.Process(target=count_up, args=(path, writes, waits)) for _clerk in range(CLERKS)
    ]
    readers = [context.Process(target=read_on, args=(path, is_over, reads)) for _clerk in range(2)]
    for process in writers + readers:
        process.start()
    longest = [waits.get(timeout=600) for _clerk in writers]
    is_over.set()
    read = [reads.get(timeout=60) for _clerk in readers]
    for process in writers + readers:
        process.join()
    return [process.exitcode for process in writers + readers], read, max(longest)


def test_eight_clerks_write_at_once_and_every_write_counts(tmp_path):
    path = empty_register(tmp_path / "relief.db")

    codes, reads, longest = count_at_once(path)

    note_figure(f"{CLERKS} × {WRITES} writes, {sum(reads):,} reads, longest wait {longest:.1f} s")
    with open_register(path) as db:
        assert read_setting(db, "count") == str(CLERKS * WRITES)
        assert list(find_faults(db)) == []
    assert (set(codes), min(reads) > 0, longest < LONGEST_WAIT) == ({0}, True, True)


def test_without_the_lock_from_the_start_writes_are_refused(tmp_path):
    path = empty_register(tmp_path / "relief.db")
    with (
        contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as one,
        contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as other,
    ):
        for connection in (one, other):
            connection.execute("BEGIN")
            connection.execute("SELECT * FROM settings").fetchall()
        one.execute("INSERT INTO settings VALUES ('a', 'b')")

        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("INSERT INTO settings VALUES ('c', 'd')")


def test_a_file_that_another_process_keeps_writing_is_said_to_be_in_use(tmp_path):
    path = empty_register(tmp_path / "relief.db")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        db = open_database(path)
        db.execute("PRAGMA busy_timeout = 50")

        with pytest.raises(ReliefError, match="another process is writing"), write(db):
            pass


def test_a_lock_of_a_process_that_was_killed_holds_nobody_up(tmp_path):
    path = empty_register(tmp_path / "relief.db")
    context = multiprocessing.get_context("fork")
    has_begun = context.Event()

    def hold():
        with open_register(path) as db, write(db):
            write_setting(db, "said", "half")
            has_begun.set()
            time.sleep(60)

    holder = context.Process(target=hold)
    holder.start()
    has_begun.wait(20)
    holder.kill()
    holder.join()

    begun = time.monotonic()
    with open_register(path) as db, write(db):
        write_setting(db, "said", json.dumps(read_setting(db, "said")))
    with open_register(path) as db:
        assert (read_setting(db, "said"), time.monotonic() - begun < 10) == ("null", True)
