"""A register that is made part by part is the one that is made at once."""

from random import Random

import pytest
from layouts.outcome import person
from register_hash import content_of
from registers import keep, shipped_pack, table

from relieftool.messages import tell_nobody
from relieftool.registry import parts
from relieftool.registry.parts import find_parts
from relieftool.registry.projection import project
from relieftool.registry.store import opened

COLUMNS = "community household_no name id_number relation household_income"
PLACES = ("河口下社区", "花园", "西岭")


def drawn_rows(random, count):
    """Draw rows of which some share numbers, people and communities, and some say too little."""
    for home in range(count):
        number = random.choice([f"H{home}"] * 12 + [f"H{home // 2}", "", person(home)])
        place = random.choice([PLACES[home % 3]] * 9 + ["", "花园"])
        for position in range(random.choice((1, 1, 2))):
            who = random.choice([home * 3 + position] * 15 + [random.randrange(300)])
            name, written = f"王{chr(0x4E00 + who)}", person(who % 900)
            cells = [
                place,
                number,
                random.choice([name] * 9 + [""]),
                random.choice([written] * 9 + ["", written[:17] + "a"]),
                random.choice(["户主" if position == 0 else "配偶", ""]),
                random.choice([300, "1,200", "abc", ""]),
            ]
            is_joined = position and random.random() < 0.5
            yield ("continuation", [None, None, *cells[2:]]) if is_joined else cells


def drawn(seed, **stated):
    random = Random(seed)  # noqa: S311 invented people, no secret
    return table(COLUMNS, *drawn_rows(random, 60), **{"community": None} | stated)


@pytest.fixture
def db(tmp_path):
    with opened(tmp_path / "relief.db", create=True) as db:
        yield db


@pytest.fixture
def small_parts(monkeypatch):
    """Part even the smallest register."""

    def small():
        monkeypatch.setattr(parts, "FEWEST_ROWS", 0)
        monkeypatch.setattr(parts, "ROWS_OF_A_PART", 5)

    return small


@pytest.mark.parametrize("seed", range(8))
def test_parts_make_the_register_that_is_made_at_once(db, small_parts, seed):
    keep(db, drawn(seed), drawn(seed + 100, file="b.csv", covers="2024-11"))
    project(db, shipped_pack())
    at_once = content_of(db)

    small_parts()
    project(db, shipped_pack())

    assert content_of(db) == at_once
    assert len(at_once["households"]) > 30


def test_every_row_is_in_one_part_and_most_are_not_all_together(db, small_parts):
    keep(db, drawn(1))
    small_parts()

    found = find_parts(db, tell_nobody)

    sizes = [len(lines) for lines in found]
    numbers = [line.row_id for lines in found for line in lines]
    (kept,) = db.execute("SELECT count(*) FROM source_rows").fetchone()
    assert sorted(numbers) == list(range(1, kept + 1))
    assert max(sizes) < kept / 2


def test_few_rows_are_taken_at_once(db):
    keep(db, drawn(1))

    assert find_parts(db, tell_nobody) is None


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "roster", "programme": "dibao"},
        {"covers": "2024-10"},
    ],
    ids=["a roster", "a list of another day"],
)
def test_rosters_and_lists_of_several_days_are_taken_at_once(db, small_parts, other):
    keep(db, drawn(1, covers="2024-11"), drawn(2, file="b.csv", **other))
    small_parts()

    assert find_parts(db, tell_nobody) is None
