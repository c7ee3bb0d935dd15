"""Whatever order members, rows and files come in, the findings are the same."""

from dataclasses import asdict, replace
from pathlib import Path
from random import Random

import pytest

from relieftool.eligibility.gaps import find_gaps
from relieftool.eligibility.priority import find_priority
from relieftool.intake.imports import record_files
from relieftool.intake.source_files import read_paths
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules.statement import load_checked_pack
from relieftool.store.database import open_register
from tests.support.registers import empty_register
from tests.support.tiny_packs import DAY

SAMPLE = Path(__file__).parent.parents[1] / "sample_data"
# Numbers follow the place of a row; names are unique in the sample and stay.
WITHOUT_PLACE = {"household_no": None, "member_no": None}


@pytest.fixture(scope="module")
def street():
    """Return the shipped pack, the sample's files as read, and what is found in them."""
    pack = load_checked_pack(find_shipped_pack())
    return pack, read_paths(pack, [SAMPLE])


def blocks_of(rows):
    """Return the rows of each household that goes on below its first row; other rows alone."""
    blocks = []
    for row in rows:
        if row.role == "continuation":
            blocks[-1].append(row)
        else:
            blocks.append([row])
    return blocks


def shuffled_rows(rows, random):
    """Return the data rows in another order, in the places where data rows stood."""
    data = [row for row in rows if row.role in ("first", "continuation")]
    others = [row for row in rows if row.role not in ("first", "continuation")]
    blocks = blocks_of(data)
    random.shuffle(blocks)
    places, moved = iter([row.number for row in data]), []
    for first, *more in blocks:
        random.shuffle(more)
        number = next(places)
        moved.append(first._replace(number=number))
        moved += [row._replace(number=next(places), continues=number) for row in more]
    return sorted([*moved, *others], key=lambda row: row.number)


def shuffled(files, seed):
    """Return the files in another order and under other names, their rows in another order."""
    random = Random(seed)  # noqa: S311 an order, no secret
    order = random.sample(files, len(files))
    return [
        replace(
            file,
            name=f"{place:02d}{file.name}",
            tables=[
                replace(table, rows=shuffled_rows(table.rows, random)) for table in file.tables
            ],
        )
        for place, file in enumerate(order)
    ]


def placeless(key, value):
    """Name what to ask without the number of the member: of two alike the first is asked."""
    if key in ("cheapest", "cheapest_eligible"):
        return sorted(text.partition("-")[2].partition(":")[2] or text for text in value)
    if key == "asks":
        return sorted(text.partition("|")[2] for text in value)
    return value


def fields(finding):
    """Return the fields of a finding, and those of the questions on it."""
    own = asdict(finding)
    find_questions = own.pop("find_questions", None)
    return own | (asdict(find_questions()) if find_questions else {})


def found_in(pack, files, folder):
    """Return all findings of gaps and priority, without what follows from a row's place."""
    with open_register(empty_register(folder / "relief.db")) as db:
        record_files(db, pack, files)
        gaps, priority = find_gaps(db, pack, DAY), find_priority(db, pack, DAY)
    listed = [*gaps.findings, *priority.findings, *priority.undecided]
    reported = [
        str({key: placeless(key, value) for key, value in fields(finding).items()} | WITHOUT_PLACE)
        for finding in listed
    ]
    return sorted(reported), gaps.totals, gaps.communities, priority.totals, priority.communities


@pytest.mark.slow
def test_findings_are_the_same_in_whatever_order_files_rows_and_members_come(street, tmp_path):
    pack, files = street
    other = shuffled(files, seed=1)

    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()

    assert [table.rows for file in other for table in file.tables] != [
        table.rows for file in files for table in file.tables
    ]
    assert found_in(pack, other, tmp_path / "other") == found_in(pack, files, tmp_path / "one")
