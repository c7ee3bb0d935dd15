"""Which community a row is of: what the file says goes before what is said of it."""

from contextlib import closing

import pytest

from relieftool.errors import ReliefError
from relieftool.intake.remapping import remap_import
from relieftool.register.build import refresh_register
from relieftool.store.database import open_database, write
from tests.layouts.outcome import A, B, C, D
from tests.support.areas_brought import HEAD, IN_COLUMN, Brought, of, save_book, save_csv
from tests.support.registers import rows, shipped_pack


@pytest.mark.parametrize("way", ["line", "toml"])
def test_a_stated_area_speaks_only_where_the_file_says_nothing(tmp_path, way):
    path = save_book(
        tmp_path / "各表.xlsx",
        花园社区=[HEAD, of("H1", "赵甲", A)],
        Sheet2=[["东园社区困难户"], HEAD, of("H2", "赵乙", B)],
        Sheet3=[HEAD, of("H3", "赵丙", C)],
        Sheet4=[IN_COLUMN, of("H4", "赵丁", D, "望江社区")],
    )
    said = {"area": "河口下"} if way == "line" else {}
    if way == "toml":
        text = '[[file]]\npath = "各表.xlsx"\narea = "河口下"'
        (tmp_path / "import.toml").write_text(text, "utf-8")

    brought = Brought(tmp_path, path, **said)

    assert brought.places == [("H1", "花园"), ("H2", "东园"), ("H3", "河口下"), ("H4", "望江")]
    assert brought.codes == ["community-differs"] * 3
    assert brought.spots == [("Sheet2", None), ("Sheet4", 2), ("花园社区", None)]
    assert brought.told[0].startswith(
        "the file names the community 东园社区, but `area` or --area says 河口下"
    )


def test_a_stated_area_that_agrees_with_the_file_is_no_doubt(tmp_path):
    path = save_book(
        tmp_path / "各表.xlsx",
        河口下社区=[HEAD, of("H1", "赵甲", A)],
        Sheet2=[["后埠街道河口下社区困难户"], IN_COLUMN, of("H2", "赵乙", B, "河口下社區")],
        河口下=[HEAD, of("H3", "赵丙", C)],
    )

    brought = Brought(tmp_path, path, area="河口下")

    assert [place for _number, place in brought.places] == ["河口下"] * 3
    assert brought.codes == []


def test_the_bare_name_of_a_sheet_goes_before_a_stated_area(tmp_path):
    path = save_book(
        tmp_path / "各表.xlsx",
        总表=[IN_COLUMN, of("H1", "赵甲", A, "花园社区")],
        花园=[HEAD, of("H2", "赵乙", B)],
    )

    brought = Brought(tmp_path, path, area="河口下")

    assert brought.places == [("H1", "花园"), ("H2", "花园")]
    assert brought.spots == [("总表", 2), ("花园", None)]
    assert "花园 is used" in brought.told[1]


@pytest.mark.parametrize("sheet", ["花园社区", "花园"])
def test_a_sheet_and_a_title_that_differ_are_a_doubt_that_names_both(tmp_path, sheet):
    known = save_csv(tmp_path / "花园.csv", IN_COLUMN, of("H9", "赵丁", D, "花园"))
    lines = [["东园社区困难户"], HEAD, of("H1", "赵甲", A)]
    path = save_book(tmp_path / "各表.xlsx", **{sheet: lines})

    brought = Brought(tmp_path, known, path)

    assert brought.places == [("H1", "东园"), ("H9", "花园")]
    assert brought.codes == ["community-differs"]
    assert "\n".join(brought.told) == (
        f"the sheet's name says the community is {sheet}, its title 东园社区; 东园社区 is used."
        " Correct the one that is wrong"
    )


def test_a_sheet_and_a_title_of_one_community_are_no_doubt(tmp_path):
    lines = [["后埠街道东园社区困难户"], HEAD, of("H1", "赵甲", A)]
    path = save_book(tmp_path / "各表.xlsx", 东园=lines, 东园居委会=[lines[0], HEAD])

    brought = Brought(tmp_path, path)

    assert (brought.places, brought.codes) == ([("H1", "东园")], [])


SHEETS = """
[[file]]
path = "各表.xlsx"
area = "河口下"
date = "2024-11"

[[file]]
path = "各表.xlsx"
sheet = "二表"
area = "花园"

[[file]]
path = "*.xlsx"
sheet = "三表"
kind = "roster"
programme = "dibao"
date = "2024-10"
map = { "钱" = "amount" }
"""


def three_sheets(folder):
    return save_book(
        folder / "各表.xlsx",
        一表=[HEAD, of("H1", "赵甲", A)],
        二表=[HEAD, of("H2", "赵乙", B)],
        三表=[["序号", "姓名", "身份证号", "钱"], [1, "赵甲", A, 300]],
    )


def test_import_toml_says_of_each_sheet_what_it_is(tmp_path):
    path = three_sheets(tmp_path)
    (tmp_path / "import.toml").write_text(SHEETS, "utf-8")

    brought = Brought(tmp_path, path)

    assert brought.places == [("H1", "河口下"), ("H2", "花园")]
    assert brought.codes == []
    with closing(open_database(tmp_path / "relief.db", create=False)) as db:
        said = "SELECT sheet, table_kind, community, covers FROM source_tables ORDER BY table_id"
        assert rows(db, said) == [
            ("一表", "households", "河口下", "2024-11"),
            ("二表", "households", "花园", "2024-11"),
            ("三表", "roster", "河口下", "2024-10"),
        ]
        assert rows(db, "SELECT member_no, amount_fen FROM receipts") == [("H1-01", 30000)]


def test_the_line_goes_before_what_import_toml_says_of_a_sheet(tmp_path):
    path = three_sheets(tmp_path)
    (tmp_path / "import.toml").write_text(SHEETS, "utf-8")

    brought = Brought(tmp_path, path, area="望江")

    assert brought.places == [("H1", "望江"), ("H2", "望江")]


def test_a_sheet_that_a_file_does_not_have_is_refused(tmp_path):
    path = three_sheets(tmp_path)
    (tmp_path / "import.toml").write_text(SHEETS.replace("二表", "四表"), "utf-8")

    with pytest.raises(
        ReliefError,
        match=r"四表: this file has no sheet of this name\nIts sheets are: 一表, 二表, 三表",
    ):
        Brought(tmp_path, path)


@pytest.mark.parametrize("key", ['sheet = ""', "sheets = { 一表 = {} }"])
def test_a_sheet_without_a_name_is_refused_and_so_is_a_key_of_our_own(tmp_path, key):
    path = three_sheets(tmp_path)
    (tmp_path / "import.toml").write_text(f'[[file]]\npath = "各表.xlsx"\n{key}', "utf-8")

    with pytest.raises(ReliefError, match=r"import\.toml"):
        Brought(tmp_path, path)


def test_kept_rows_are_read_again_as_what_their_sheet_is(tmp_path):
    path = three_sheets(tmp_path)
    (tmp_path / "import.toml").write_text(SHEETS, "utf-8")
    Brought(tmp_path, path)

    with closing(open_database(tmp_path / "relief.db", create=False)) as db, write(db):
        remap_import(db, shipped_pack(), 1, {"与户主关系": "-"})
        refresh_register(db, shipped_pack())

        found = "SELECT sheet, table_kind, community, covers FROM source_tables WHERE import_id = 2"
        assert rows(db, found) == [
            ("一表", "households", "河口下", "2024-11"),
            ("二表", "households", "花园", "2024-11"),
            ("三表", "roster", "河口下", "2024-10"),
        ]
