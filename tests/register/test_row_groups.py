"""A register built in parts equals the one built at once."""

from random import Random

import pytest

from relieftool.messages import no_progress
from relieftool.register import row_groups
from relieftool.register.build import rebuild_register
from relieftool.register.row_groups import split_register
from relieftool.store.database import open_register
from relieftool.store.imports import list_problems
from tests.layouts.outcome import person
from tests.support.register_hash import content_of
from tests.support.registers import empty_register, keep, roster, shipped_pack, table

COLUMNS = "community household_no name id_number relation household_income"
PLACES = ("河口下社区", "花园", "西岭")


def drawn_rows(random, count):
    """Draw rows of which some share numbers, people and communities, and some say too little."""
    for home in range(count):
        number = random.choice([f"H{home}"] * 12 + [f"H{home // 2}", "", person(home)])
        place = random.choice([PLACES[home % 3]] * 9 + ["", "花园", "花圆"])
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
    with open_register(empty_register(tmp_path / "relief.db")) as db:
        yield db


@pytest.fixture
def small_parts(monkeypatch):
    """Part even the smallest register."""

    def small():
        monkeypatch.setattr(row_groups, "FEWEST_ROWS", 0)
        monkeypatch.setattr(row_groups, "ROWS_OF_A_PART", 5)

    return small


@pytest.mark.parametrize("seed", range(8))
def test_parts_make_the_register_that_is_made_at_once(db, small_parts, seed):
    keep(db, drawn(seed), drawn(seed + 100, file="b.csv", covers="2024-11"))
    rebuild_register(db, shipped_pack())
    at_once = content_of(db)

    small_parts()
    rebuild_register(db, shipped_pack())

    assert content_of(db) == at_once
    assert len(at_once["households"]) > 30


def test_parts_report_a_column_in_another_unit_as_it_is_reported_at_once(db, small_parts):
    rows = [["河口下", f"H{home}", f"王{home}", 3] for home in range(20)]
    keep(db, table("community household_no name household_income:wan/year", *rows, community=None))
    rebuild_register(db, shipped_pack())
    at_once = content_of(db)

    small_parts()
    rebuild_register(db, shipped_pack())

    assert content_of(db) == at_once
    (reported,) = [
        kept.problem for kept in list_problems(db) if kept.problem.code == "unit-unknown"
    ]
    assert reported.message.params["count"] == 20


def drawn_heads(seed, **stated):
    """Return a list that numbers no household: a head's columns, and members on rows below."""
    random = Random(seed)  # noqa: S311 invented people, no secret
    rows = []
    for home in range(40):
        head = random.choice([home * 3] * 9 + [random.randrange(300)])
        named = [random.choice([PLACES[home % 3]] * 9 + [""]), f"王{chr(0x4E00 + head)}"]
        named.append(random.choice([person(head)] * 9 + [""]))
        rows.append([*named, *random.choice([named[1:], ["", ""]])])
        if random.random() < 0.5:
            member = home * 3 + 1
            cells = [f"王{chr(0x4E00 + member)}", random.choice([person(member), ""])]
            rows.append(("continuation", [None, None, None, *cells]))
    columns = "community head_name head_id_number name id_number"
    return table(columns, *rows, **{"community": None} | stated)


def drawn_payments(random, count):
    """Draw rows of a roster: of people of the lists, of strangers, and of some hardly readable."""
    for _number in range(count):
        who = random.randrange(220)
        name, written = f"王{chr(0x4E00 + who)}", person(who)
        cells = [
            random.choice([PLACES[who // 3 % 3]] * 6 + ["", "花园"]),
            random.choice([name] * 9 + ["", "李一"]),
            random.choice([written] * 9 + ["", written[:17] + "a", person(950)]),
            random.choice([200, "1,200", "abc", "", 0]),
        ]
        is_joined = random.random() < 0.1
        yield ("continuation", [None, *cells[1:]]) if is_joined else cells


def drawn_roster(seed, programme="dibao", **stated):
    random = Random(seed)  # noqa: S311 invented people, no secret
    columns = "community name id_number amount"
    rows = [[PLACES[0], "王一", person(1), 100], *drawn_payments(random, 40)]
    return roster(programme, columns, *rows, **{"community": None} | stated)


@pytest.mark.parametrize("seed", range(12))
def test_parts_with_rosters_make_the_register_that_is_made_at_once(db, small_parts, seed):
    keep(
        db,
        drawn_roster(seed + 1, file="甲.csv", covers="2024-10", is_complete=True),
        drawn(seed, covers="2024-11"),
        drawn_roster(seed + 2, "tekun", file="乙.csv", community="花园", is_complete=True),
        drawn_roster(seed + 3, file="丙.csv", covers="2024-10", sheet="西岭"),
        drawn(seed + 4, file="b.csv", sheet="花园"),
        drawn_heads(seed, file="c.csv"),
    )
    rebuild_register(db, shipped_pack())
    at_once = content_of(db)

    small_parts()
    rebuild_register(db, shipped_pack())

    assert split_register(db, no_progress) is not None
    assert content_of(db) == at_once
    assert len(at_once["receipts"]) > 20


_DOUBTS = """
    SELECT number, code, file_name, row_number FROM doubts JOIN problems USING (subject)
    JOIN imports USING (import_id) ORDER BY 1, 2, 3, 4
"""


def test_parts_number_new_doubts_as_they_are_numbered_at_once(tmp_path, monkeypatch):
    numbered = []
    for name, fewest in (("at-once.db", 10**6), ("parts.db", 0)):
        monkeypatch.setattr(row_groups, "FEWEST_ROWS", fewest)
        monkeypatch.setattr(row_groups, "ROWS_OF_A_PART", 5)
        with open_register(empty_register(tmp_path / name)) as db:
            keep(db, drawn(3), drawn_roster(4, file="b.csv"))
            rebuild_register(db, shipped_pack())
            numbered.append(db.execute(_DOUBTS).fetchall())

    assert numbered[0] == numbered[1]
    assert len(numbered[0]) > 10


def test_a_row_of_a_roster_that_may_be_anybody_meets_all_of_its_name(db, small_parts):
    lists = [["花园", f"H{home}", "王一", "", "户主", 300] for home in range(20)]
    keep(db, table(COLUMNS, *lists, community=None))
    keep(db, roster("dibao", "name amount", ["王一", 200], community="花园"))
    small_parts()

    rebuild_register(db, shipped_pack())

    (perhaps,) = db.execute("SELECT count(*) FROM receipts WHERE says = 'maybe'").fetchone()
    assert perhaps == 20


@pytest.mark.parametrize(
    "name, written",
    [
        ("王伟", person(7)[:17] + "a"),
        ("王伟", person(7)[:13] + person(7)[14:]),
        ("王伟", float(person(7)[:15] + "000")),
        ("李阿七", ""),
    ],
)
def test_a_miswritten_row_of_a_roster_meets_whoever_is_written_nearly_so(
    db, small_parts, name, written
):
    lists = [["花园", f"H{home}", "李小七", person(home), "户主", 300] for home in range(6, 20)]
    keep(db, table(COLUMNS, *lists, community=None))
    keep(db, roster("dibao", "name id_number amount", [name, written, 200], community="花园"))
    rebuild_register(db, shipped_pack())
    at_once = content_of(db)

    small_parts()
    rebuild_register(db, shipped_pack())

    assert content_of(db) == at_once
    meant = {row[0] for row in db.execute("SELECT household_no FROM receipts WHERE says = 'maybe'")}
    assert "H7" in meant


def test_a_right_number_on_a_roster_meets_whose_own_is_miswritten(db, small_parts):
    wrong = person(7)[:17] + "a"
    lists = [["花园", f"H{home}", "王伟", wrong, "户主", 300] for home in range(5)]
    keep(db, table(COLUMNS, *lists, community=None))
    keep(db, roster("dibao", "name id_number amount", ["李七", person(7), 200], community="花园"))
    small_parts()

    rebuild_register(db, shipped_pack())

    (perhaps,) = db.execute("SELECT count(*) FROM receipts WHERE says = 'maybe'").fetchone()
    assert perhaps == 5


def test_rows_of_a_roster_are_spread_over_the_parts(db, small_parts):
    lists = [["花园", f"H{home}", f"王{home}", person(home), "户主", 300] for home in range(40)]
    paid = [[f"王{home}", person(home), 200] for home in range(40)]
    keep(
        db, table(COLUMNS, *lists, community=None), roster("dibao", "name id_number amount", *paid)
    )
    small_parts()

    found = split_register(db, no_progress)

    sizes = [sum(len(lines) for _table, lines in read) for read in found]
    assert sum(sizes) == 80
    assert max(sizes) < 40


def test_every_row_is_in_one_part_and_most_are_not_all_together(db, small_parts):
    keep(db, drawn(1))
    small_parts()

    found = split_register(db, no_progress)

    sizes = [sum(len(lines) for _table, lines in read) for read in found]
    numbers = [line.row_id for read in found for _table, lines in read for line in lines]
    (kept,) = db.execute("SELECT count(*) FROM source_rows").fetchone()
    assert sorted(numbers) == list(range(1, kept + 1))
    assert max(sizes) < kept / 2


def test_few_rows_are_taken_at_once(db):
    keep(db, drawn(1))

    assert split_register(db, no_progress) is None


def test_lists_of_several_days_are_taken_at_once(db, small_parts):
    keep(db, drawn(1, covers="2024-11"), drawn(2, file="b.csv", covers="2024-10"))
    small_parts()

    assert split_register(db, no_progress) is None
