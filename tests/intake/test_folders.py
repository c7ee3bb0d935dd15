"""Communities by folders, archives and the bare names of sheets; names that tell files apart."""

import zipfile
from contextlib import closing

import pytest

from relieftool.errors import ReliefError
from relieftool.store.database import open_database
from relieftool.store.imports import list_problems
from tests.layouts.outcome import A, B, C, D
from tests.support.areas_brought import HEAD, IN_COLUMN, PAID, Brought, of, save_book, save_csv
from tests.support.registers import register, roster, rows, table, total


def test_a_bare_sheet_name_counts_where_a_roster_or_another_sheet_knows_it(tmp_path):
    book = save_book(
        tmp_path / "各表.xlsx",
        河口下=[["河口下困难户"], HEAD, of("H1", "赵甲", A)],
        花园=[["花园困难户"], HEAD, of("H2", "赵乙", B)],
        总表=[IN_COLUMN, of("H3", "赵丙", C, "河口下社区")],
    )
    title, headings = ["花园社区城市低保金发放表"], ["姓名", "身份证号", "金额"]
    paid = save_csv(tmp_path / "发放表.csv", title, headings, ["赵乙", B, 300])

    brought = Brought(tmp_path, book, paid)

    assert brought.places == [("H1", "河口下"), ("H2", "花园"), ("H3", "河口下")]
    assert brought.codes == []


@pytest.mark.parametrize(
    "sheet, words",
    [
        (
            "河口下",
            "if it is 河口下, as the sheet is called, import the file again with --area 河口下",
        ),
        ("困难户", "household number; add a 社区 column, or `area` in import.toml"),
        ("Sheet1", "household number; add a 社区 column, or `area` in import.toml"),
        ("2024年11月", "household number; add a 社区 column, or `area` in import.toml"),
    ],
)
def test_a_sheet_that_may_be_named_by_its_community_is_asked_about(tmp_path, sheet, words):
    path = save_book(tmp_path / "各表.xlsx", **{sheet: [HEAD, of("H1", "赵甲", A)]})

    brought = Brought(tmp_path, path)

    assert (brought.places, brought.codes) == ([], ["community-unknown"])
    assert words in brought.told[0]


def test_a_household_number_that_is_on_no_list_is_told_as_that(tmp_path):
    homes = save_csv(tmp_path / "户.csv", IN_COLUMN, of("H1", "赵甲", A, "河口下"))
    people = save_csv(
        tmp_path / "成员表.csv", HEAD, ["H1", "赵小", B, "子"], ["H9", "赵乙", C, "子"]
    )

    brought = Brought(tmp_path, homes, people)

    assert brought.places == [("H1", "河口下")]
    assert "\n".join(brought.told) == (
        "no community is known for this row, and no list that names communities has its household"
        " number; add a 社区 column, or `area` in import.toml, or correct the number"
    )


def zipped(folder, name="材料.zip", **lists):
    """Write an archive; the folders in it are given as keywords, each with one list's lines."""
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for inside, lines in lists.items():
            text = "\n".join(",".join(line) for line in lines)
            archive.writestr(f"{inside}/困难户名单.csv", text)
    return path


TWO = {"河口下社区": [HEAD, of("H1", "赵甲", A)], "花园社区": [HEAD, of("H2", "赵乙", B)]}


def test_a_folder_in_an_archive_says_the_community_and_is_shown(tmp_path):
    path = zipped(tmp_path, **TWO)
    folder = tmp_path / "各社区"
    for name, lines in {"东园居委会": [HEAD, of("H3", "赵丙", C)], "望江": TWO["花园社区"]}.items():
        save_csv(folder / name / "困难户名单.csv", *lines)

    brought = Brought(tmp_path, path, folder)

    assert brought.places == [("H1", "河口下"), ("H2", "花园"), ("H3", "东园")]
    assert [report.file_name for report in brought.reports] == [
        "河口下社区/困难户名单.csv",
        "花园社区/困难户名单.csv",
        "东园居委会/困难户名单.csv",
        "望江/困难户名单.csv",
    ]


def test_a_folder_speaks_only_where_nothing_else_does(tmp_path):
    folder = tmp_path / "花园社区"
    save_csv(folder / "a.csv", ["河口下社区困难户"], HEAD, of("H1", "赵甲", A))
    save_csv(folder / "b.csv", IN_COLUMN, of("H2", "赵乙", B, "东园"))
    save_csv(folder / "c.csv", HEAD, of("H3", "赵丙", C))
    save_csv(folder / "东园.csv", HEAD, of("H4", "赵丁", D))

    brought = Brought(tmp_path, folder)

    assert brought.places == [("H1", "河口下"), ("H2", "东园"), ("H3", "花园"), ("H4", "东园")]
    assert [report.file_name for report in brought.reports] == [
        "a.csv",
        "b.csv",
        "c.csv",
        "东园.csv",
    ]
    assert "\n".join(brought.told) == (
        "the sheet's name says the community is 东园, its file or folder 花园社区; 东园 is used."
        " Correct the one that is wrong"
    )


def test_a_file_that_needs_no_folder_is_the_same_import_wherever_it_lies(tmp_path):
    loose = save_csv(tmp_path / "b.csv", IN_COLUMN, of("H2", "赵乙", B, "东园"))
    Brought(tmp_path, loose)
    save_csv(tmp_path / "花园社区" / "b.csv", IN_COLUMN, of("H2", "赵乙", B, "东园"))

    (report,) = Brought(tmp_path, tmp_path / "花园社区").reports

    assert not report.is_new


@pytest.mark.parametrize(
    "path", ["花园社区/困难户名单.csv", "材料.zip/花园社区/困难户名单.csv", "花园社区/*"]
)
@pytest.mark.parametrize("is_folder", [False, True])
def test_import_toml_beside_an_archive_speaks_of_a_file_in_it(tmp_path, path, is_folder):
    folder = tmp_path / "全部"
    folder.mkdir()
    archive = zipped(folder, **TWO)
    text = f'[[file]]\npath = "{path}"\ndate = "2024-11"'
    (folder / "import.toml").write_text(text, "utf-8")

    Brought(tmp_path, folder if is_folder else archive)

    with closing(open_database(tmp_path / "relief.db", create=False)) as db:
        said = "SELECT community, covers FROM source_tables ORDER BY community"
        assert rows(db, said) == [("河口下社区", None), ("花园社区", "2024-11")]


def test_a_path_that_is_in_no_archive_is_refused(tmp_path):
    folder = tmp_path / "全部"
    folder.mkdir()
    zipped(folder, **TWO)
    (folder / "import.toml").write_text('[[file]]\npath = "东园社区/*"', "utf-8")

    with pytest.raises(ReliefError, match="no file of this folder has this path"):
        Brought(tmp_path, folder)


def test_problems_are_found_by_the_name_with_its_folder_and_without(tmp_path):
    lists = {"甲": [HEAD, of("H1", "赵甲", A)], "乙": [HEAD, of("H2", "赵乙", B)]}
    Brought(tmp_path, zipped(tmp_path, **lists))

    with closing(open_database(tmp_path / "relief.db", create=False)) as db:
        counts = [
            len(list_problems(db, file=file))
            for file in ("甲/困难户名单.csv", "困难户名单.csv", "乙/*", "户名单.csv")
        ]

    assert counts == [1, 2, 1, 0]


def test_a_new_archive_replaces_the_files_of_the_same_folders(tmp_path):
    Brought(tmp_path, zipped(tmp_path, **TWO))
    lists = {"河口下社区": [HEAD, of("H5", "赵甲", A)], "花园社区": TWO["花园社区"]}

    brought = Brought(tmp_path, zipped(tmp_path, **lists), replace=True)

    assert brought.places == [("H2", "花园"), ("H5", "河口下")]
    assert [(report.is_new, report.replaced) for report in brought.reports] == [
        (True, 1),
        (False, 0),
    ]


@pytest.mark.parametrize(
    "lines", [[IN_COLUMN], [["困难户"], IN_COLUMN], [IN_COLUMN, ["制表人：王某"]]]
)
def test_a_file_of_headings_alone_is_told_as_empty(tmp_path, lines):
    path = save_book(tmp_path / "各表.xlsx", x=lines, y=[HEAD])

    brought = Brought(tmp_path, path)

    assert brought.codes == ["list-empty"]
    assert brought.reports[0].problems == 1


def test_an_empty_sheet_beside_a_list_and_a_list_declared_complete_are_not_told(tmp_path):
    filled = save_book(
        tmp_path / "甲.xlsx", x=[IN_COLUMN], y=[IN_COLUMN, of("H1", "赵甲", A, "东园")]
    )
    nobody = save_book(tmp_path / "乙.xlsx", x=[["东园社区低保金发放表"], PAID])
    declared = '[[file]]\npath = "乙.xlsx"\ncomplete = true'
    (tmp_path / "import.toml").write_text(declared, "utf-8")

    assert Brought(tmp_path, filled, nobody).codes == []


@pytest.mark.parametrize("name, complete", [("发放/名单.csv", 0), ("名单/发放表.csv", 1)])
def test_a_folder_makes_no_payment_list(tmp_path, name, complete):
    homes = table("household_no name id_number", ["H1", "赵甲", A])
    paid = roster(
        "dibao", "id_number amount", [A, 300], total("合计", 300), file=name, covers="2024-11"
    )

    db = register(tmp_path, homes, paid)

    assert rows(db, "SELECT is_complete FROM rosters") == [(complete,)]


@pytest.mark.parametrize(
    "name, place, codes",
    [
        ("柳树巷社区低收入人员名单.csv", [("H1", "柳树巷")], []),
        ("各社区困难人员名单.csv", [], ["community-unknown"]),
    ],
)
def test_a_file_says_the_community_before_its_folder_does(tmp_path, name, place, codes):
    (tmp_path / "街道").mkdir()
    brought = Brought(tmp_path, save_csv(tmp_path / "街道" / name, HEAD, of("H1", "赵甲", A)))

    assert (brought.places, brought.codes) == (place, codes)
