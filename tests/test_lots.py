import pytest

from relieftool.spreadsheets import sheets
from relieftool.spreadsheets.lots import Lots
from relieftool.spreadsheets.sheets import read_sheets

ROWS = [["姓名", None, 1, 2.5, True], [], ["王\ud800", 10**14], [None, "末"]]


@pytest.fixture
def lots():
    lots = Lots()
    lots.add(ROWS[:1])
    lots.add([])
    lots.add(ROWS[1:])
    return lots


def test_rows_kept_in_lots_come_back_word_for_word_in_any_order(lots):
    assert [lots[place] for place in (3, 0, 2, 1, -1)] == [*(ROWS[i] for i in (3, 0, 2, 1, 3))]
    assert (list(lots), len(lots), lots[1:3]) == (ROWS, 4, ROWS[1:3])


@pytest.mark.parametrize("place", [4, -5])
def test_there_is_no_row_beyond_the_lots(lots, place):
    with pytest.raises(IndexError, match=str(place if place > 0 else -1)):
        lots[place]


def test_a_long_sheet_reads_as_a_short_one(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("姓名,身份证号\n\n" + "".join(f"王{n},\n" for n in range(500)), "utf-8")
    (short,) = read_sheets(path)
    monkeypatch.setattr(sheets, "_MOST_PLAIN_ROWS", 10)

    (long,) = read_sheets(path)

    assert isinstance(long.rows, Lots)
    assert list(long.rows) == short.rows
