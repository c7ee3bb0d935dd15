"""Several processes import into one register at once, and all that they import is kept."""

import multiprocessing

import pytest

from relieftool.register.build import refresh_register
from relieftool.store.database import open_register, write
from tests.layouts.outcome import person
from tests.support.register_hash import content_by_people
from tests.support.registers import empty_register, keep, rows, shipped_pack, table

COLUMNS = "community household_no name id_number relation"
WRITERS = 8

pytestmark = pytest.mark.durability


def people_of(writer):
    """Return a list of ten households, of which two are on the list of the next writer too."""
    homes = range(writer * 8, writer * 8 + 10)
    drawn = [
        ["花园", f"H{home}", f"王{chr(0x4E00 + home)}", person(home), "户主"] for home in homes
    ]
    return table(COLUMNS, *drawn, file=f"{writer}.csv", community=None)


def keep_and_build(path, writer, begin, is_short):
    """Import a list, as a process of its own; with `is_short` it is not patient."""
    begin.wait()
    with open_register(path) as db:
        if is_short:
            db.execute("PRAGMA busy_timeout = 1000")
        with write(db):
            keep(db, people_of(writer))
            refresh_register(db, shipped_pack())


@pytest.mark.parametrize("is_short", [False, True])
def test_eight_imports_at_once_are_all_kept(tmp_path, is_short):
    shipped_pack()
    path, alone = empty_register(tmp_path / "relief.db"), empty_register(tmp_path / "alone.db")
    with open_register(path) as db, write(db):
        refresh_register(db, shipped_pack())
    context = multiprocessing.get_context("fork")
    begin = context.Barrier(WRITERS)
    writers = [
        context.Process(target=keep_and_build, args=(path, writer, begin, is_short))
        for writer in range(WRITERS)
    ]

    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)

    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    with open_register(path) as db, open_register(alone) as other:
        keep(other, *map(people_of, range(WRITERS)))
        refresh_register(other, shipped_pack())
        assert len(rows(db, "SELECT * FROM imports")) == WRITERS
        assert content_by_people(db) == content_by_people(other)
