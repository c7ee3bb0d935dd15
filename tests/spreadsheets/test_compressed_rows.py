import pytest

from relieftool.spreadsheets import reader
from relieftool.spreadsheets.reader import CompressedRows, read_sheets

ROWS = [["姓名", None, 1, 2.5, True], [], ["王\ud800", 10**14], [None, "末"]] * 60


@pytest.fixture
def rows():
    rows = CompressedRows()
    rows.extend(ROWS[:1])
    rows.extend([])
    rows.extend(ROWS[1:])
    return rows


def test_compressed_rows_come_back_word_for_word_in_any_order(rows):
    places = (3, 0, 239, 2, 1, 200, 199, -1, -240)

    assert [rows[place] for place in places] == [ROWS[place] for place in places]
    assert (list(rows), len(rows), rows[198:202]) == (ROWS, 240, ROWS[198:202])


@pytest.mark.parametrize("place", [240, -241])
def test_there_is_no_row_beyond_the_last(rows, place):
    with pytest.raises(IndexError, match="out of range"):
        rows[place]


def test_a_long_sheet_reads_as_a_short_one(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("姓名,身份证号\n\n" + "".join(f"王{n},\n" for n in range(450)), "utf-8")
    (short,) = read_sheets(path)
    monkeypatch.setattr(reader, "_MOST_PLAIN_CELLS", 10)

    (long,) = read_sheets(path)

    assert isinstance(long.rows, CompressedRows)
    assert list(long.rows) == short.rows
