"""No answer is silently wrong because a bit of the file changed on the disk."""

import contextlib
import datetime as dt
import json
import os
import random
import sqlite3

import pytest

from relieftool.errors import ReliefError
from relieftool.store.database import open_database, open_register
from relieftool.store.head_log import find_head_log
from tests.support.figures import note_figure
from tests.support.small_street import import_small_street

ANSWERED = ("members", "households", "receipts", "rosters", "kept_findings", "case_entries")
FLIPS = int(os.environ.get("RELIEF_FLIPS", "50"))


@pytest.fixture
def street(relief, tmp_path):
    import_small_street(relief)
    relief("gaps", "--open-cases", "--as-of", "2024-12-10")
    return tmp_path / "relief.db"


def read_answers(db):
    """Return what answers are made of, as the indexes find it, too."""
    orders = {"members": "name", "receipts": "household_no"}
    return [
        db.execute(f"SELECT * FROM {table} ORDER BY {orders.get(table, '1')}").fetchall()
        for table in ANSWERED
    ]


def answers(path, opening):
    """Return what is read of a register; None if it is refused or cannot be read.

    None too where what was kept of findings is gone as a whole: the next command finds it again.
    """
    try:
        with opening(path) as db:
            is_kept = db.execute("SELECT 1 FROM kept_evaluations").fetchone()
            return read_answers(db) if is_kept else None
    except (ReliefError, sqlite3.DatabaseError, UnicodeDecodeError):
        return None


def let_be_checked(path, hours):
    """Write down that the file was checked so many hours ago, and looks as it does now."""
    log = find_head_log(path)
    line = json.loads(log.read_text().splitlines()[-1])
    line["checked"] = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=hours)).isoformat()
    log.write_text(json.dumps(line) + "\n")


def flip(path, whole, bit):
    """Flip one bit as a disk does: size and time of the file stay."""
    seen = path.stat()
    content = bytearray(whole)
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def count_outcomes(path, opening, hours):
    """Flip a bit at a time and return how often the answer is refused, right and wrong."""
    whole, right = path.read_bytes(), answers(path, opening)
    drawn = random.Random(1)  # noqa: S311 no secret
    outcomes = {"refused": 0, "right": 0, "wrong": 0}
    for _time in range(FLIPS):
        let_be_checked(path, hours)
        flip(path, whole, drawn.randrange(len(whole) * 8))
        found = answers(path, opening)
        outcomes["refused" if found is None else "right" if found == right else "wrong"] += 1
        path.with_name("relief.db-journal").unlink(missing_ok=True)
        path.write_bytes(whole)
        let_look_as_now(path)
    return outcomes


def let_look_as_now(path):
    log, seen = find_head_log(path), path.stat()
    line = json.loads(log.read_text().splitlines()[-1])
    log.write_text(json.dumps(line | {"changed_ns": seen.st_mtime_ns}) + "\n")


@pytest.mark.parametrize("hours", [25, 1 / 60], ids=["a day after the check", "a minute after it"])
def test_no_flipped_bit_makes_an_answer_silently_wrong(street, hours):
    outcomes = count_outcomes(street, open_register, hours)

    note_figure(f"{FLIPS:,} flips after {hours:.2g} h, {outcomes['wrong']} silently wrong")
    assert outcomes["wrong"] == 0
    assert outcomes["refused"] > 0


def test_without_the_check_flipped_bits_make_answers_wrong(street):
    outcomes = count_outcomes(street, lambda path: contextlib.closing(open_database(path)), 25)

    assert outcomes["wrong"] > 0
