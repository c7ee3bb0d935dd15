"""By the shipped law too, what damages hide only widens the bounds of the same street undamaged."""

from contextlib import closing

import pytest

from relieftool.store.database import open_database
from tests.streets.answering import Office
from tests.streets.judging import bounds_of, draw
from tests.support.registers import empty_register, shipped_pack

STREETS = 6
HOUSEHOLDS = 12
PROGRAMMES = {"care": "disability-care", "living": "disability-living", "elder": "elderly-80"}


def bounds_by_law(folder, scene):
    """Return the bounds of a street by the shipped pack."""
    folder.mkdir()
    with closing(open_database(empty_register(folder / "relief.db"))) as db:
        office = Office(db, shipped_pack(), scene, folder)
        for sheet in scene.sheets:
            sheet.programme = PROGRAMMES.get(sheet.programme, sheet.programme)
        office.bring(scene.sheets)
        return bounds_of(office.count())


@pytest.mark.parametrize("number", range(STREETS))
def test_what_is_damaged_lies_around_what_is_whole(tmp_path, number):
    damaged, whole = (
        draw("law", number, None, HOUSEHOLDS, is_whole=is_whole)[0] for is_whole in (False, True)
    )

    around = bounds_by_law(tmp_path / "damaged", damaged)
    inside = bounds_by_law(tmp_path / "whole", whole)

    assert all(
        around[name][0] <= least and most <= around[name][1]
        for name, (least, most) in inside.items()
    ), (around, inside)
