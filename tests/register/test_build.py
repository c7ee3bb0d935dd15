"""The register, rebuilt from the live source rows: the same rows, the same register."""

import pytest

from relieftool.register.build import rebuild_register, refresh_register
from relieftool.store.database import write
from relieftool.store.imports import find_newest_date, record_import
from relieftool.store.settings import mark_register_stale
from tests.support.registers import (
    DAMAGED,
    GRAN,
    PUPIL,
    QIAN,
    ZHAO,
    codes,
    households,
    keep,
    more,
    register,
    roster,
    rows,
    said,
    shipped_pack,
    table,
    total,
)

PERSON = "household_no name id_number relation"

SHUFFLED = [
    table(PERSON + " income", ["H1", "赵大山", ZHAO, "户主", 500], ["H1", "小赵", PUPIL, "子", ""]),
    table("household_no head_name vehicles", ["H1", "赵大山", 1], ["H2", "孙老太", ""], file="b"),
    table(PERSON, ["H2", "孙老太", GRAN, "户主"], ["H2", "钱小花", QIAN, "女"], file="c"),
    table(PERSON, ["H1", "赵 大山", DAMAGED, ""], ["H1", "小赵", "", ""], file="d"),
    roster("dibao", "name id_number amount", ["赵大山", ZHAO, 300], ["孙老太", "", 200], file="e"),
    roster("dibao", "name id_number amount", ["孙老太", GRAN, 250], ["小赵", PUPIL, 100], file="f"),
]


def turned(file):
    """Return a file with its rows in the other order."""
    name, source = file
    numbers = [row.number for row in source.rows]
    cells = [row.cells for row in source.rows][::-1]
    columns = source.columns
    again = [list(line) for line in cells]
    names = " ".join(str(column["header"]) for column in columns)
    assert numbers == [2, 3]
    keys = {"file": name, "kind": source.kind, "programme": source.programme}
    return table(names, *again, **keys)


def content(db):
    return {
        "households": rows(db, "SELECT * FROM households ORDER BY household_no"),
        "members": rows(db, "SELECT * FROM members ORDER BY member_no"),
        "receipts": rows(
            db,
            "SELECT household_no, member_no, programme, says, origin, amount_fen, covers_from"
            " FROM receipts ORDER BY receipt_id",
        ),
        "rosters": rows(db, "SELECT * FROM rosters ORDER BY roster_id"),
    }


@pytest.mark.parametrize(
    "files",
    [
        SHUFFLED[::-1],
        SHUFFLED[3:] + SHUFFLED[:3],
        [turned(file) for file in SHUFFLED],
        [turned(file) for file in SHUFFLED[::-1]],
    ],
    ids=["files backwards", "files turned", "rows backwards", "both backwards"],
)
def test_the_order_of_files_and_rows_decides_nothing(tmp_path, files):
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()

    straight, shuffled = register(first, *SHUFFLED), register(second, *files)

    assert content(shuffled) == content(straight)
    assert len(content(straight)["members"]) == 4
    assert len(content(straight)["receipts"]) == 4


def test_making_the_register_again_changes_nothing(tmp_path):
    db = register(tmp_path, *SHUFFLED)
    before = list(db.conn.iterdump())

    rebuild_register(db, shipped_pack())

    assert list(db.conn.iterdump()) == before


def undo(db, file_name):
    with write(db):
        db.execute("UPDATE imports SET undone_at = '2024-12-11' WHERE file_name = ?", [file_name])
        mark_register_stale(db)


def test_an_import_taken_back_is_as_if_it_had_never_been(tmp_path):
    late = [
        table(PERSON, ["H9", "李四", DAMAGED, "户主"], file="z", covers="2025-01"),
        roster("dibao", "name id_number", ["赵大山", ZHAO], file="y", covers="2025-01"),
    ]
    db = register(tmp_path, *SHUFFLED)
    before = content(db), codes(db), find_newest_date(db)
    keep(db, *late)
    refresh_register(db, shipped_pack())
    assert households(db) == [("H1",), ("H2",), ("H9",)]

    undo(db, "y")
    undo(db, "z")
    refresh_register(db, shipped_pack())

    assert (content(db), codes(db), find_newest_date(db)) == before


def test_an_import_taken_back_can_be_made_again(tmp_path):
    db = register(tmp_path, SHUFFLED[0])
    undo(db, "名单.csv")

    keep(db, SHUFFLED[0])
    refresh_register(db, shipped_pack())

    assert households(db) == [("H1",)]


def imported(db, declared, beside=()):
    with write(db):
        file, source = SHUFFLED[0]
        return record_import(db, file, "0" * 64, declared, [source], beside)


def test_a_file_declared_otherwise_replaces_its_earlier_import(tmp_path):
    db = register(tmp_path)
    first = imported(db, {})

    second = imported(db, {"date": "2024-11"})

    assert rows(db, "SELECT import_id FROM imports WHERE undone_at IS NULL") == [(second,)]
    assert first != second


def test_the_same_bytes_declared_in_two_ways_in_one_run_both_stay(tmp_path):
    db = register(tmp_path)
    both = [{"date": "2024-10"}, {"date": "2024-11"}]

    imported(db, both[0], both)
    imported(db, both[1], both)

    assert rows(db, "SELECT count(*) FROM imports WHERE undone_at IS NULL") == [(2,)]


def test_another_pack_rebuilds_the_register(tmp_path):
    pack = shipped_pack()
    db = register(tmp_path, SHUFFLED[4], SHUFFLED[0])
    fewer = pack.model_copy(
        update={
            "sha256": "other",
            "facts": {key: fact for key, fact in pack.facts.items() if key != "income"},
            "programmes": {
                key: programme for key, programme in pack.programmes.items() if key != "dibao"
            },
        }
    )

    refresh_register(db, fewer)

    assert "income" not in db.table("members").columns_dict
    assert said(db, "dibao") == []
    assert "benefit-unknown" in codes(db)


def test_nobody_is_left_of_an_empty_import(tmp_path):
    db = register(tmp_path, table(PERSON), roster("dibao", "name id_number amount"))

    assert households(db) == []


def test_each_row_says_what_it_became(tmp_path):
    listed = table(
        PERSON, ["H1", "赵大山", ZHAO, "户主"], more("", "钱小花", QIAN, "妻"), total("合计")
    )

    db = register(tmp_path, listed)

    assert rows(
        db,
        "SELECT row_number, household_no, member_no FROM source_rows"
        " LEFT JOIN became USING (row_id) ORDER BY row_number",
    ) == [(2, "H1", "H1-01"), (3, "H1", "H1-02"), (4, None, None)]
