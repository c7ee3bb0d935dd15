"""Which community a row is of: what the file says goes before what is said of it."""

import csv
import zipfile
from contextlib import closing

import openpyxl
import pytest

from relieftool.again import map_again
from relieftool.errors import ReliefError
from relieftool.intake import keep_files, read_paths
from relieftool.mapping import Said
from relieftool.registry.imports import list_problems
from relieftool.registry.projection import ensure_register
from relieftool.registry.store import open_database, write
from tests.layouts.outcome import A, B, C, D
from tests.registers import register, roster, rows, shipped_pack, table, total
from tests.rows_accounted import lost_rows

HEAD = ["户编号", "姓名", "身份证号", "与户主关系"]
IN_COLUMN = [*HEAD, "社区"]


def of(number, name, id_number, *more):
    return [number, name, id_number, "户主", *more]


def save_csv(path, *lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(lines)
    return path


def save_book(path, **sheets):
    """Write a workbook; the names of sheets are given as keywords."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    book.save(path)
    return path


class Brought:
    """What an import came to: household and community, problems as code and words, in order."""

    def __init__(self, folder, *paths, replace=False, **said):
        with closing(open_database(folder / "relief.db", create=True)) as db:
            stated = Said(of_files=said)
            read = read_paths(shipped_pack(), list(paths), said=stated)
            self.reports = keep_files(db, shipped_pack(), read, replace_namesakes=replace)
            files = [path for path in paths if path.is_file() and path.suffix != ".zip"]
            assert [lost for path in files for lost in lost_rows(db, path)] == []
            self.places = rows(
                db,
                "SELECT household_no, communities.name FROM households"
                " JOIN communities USING (community_id) ORDER BY household_no",
            )
            kept = list_problems(db)
            self.codes = [one.problem.code for one in kept]
            self.told = [str(one.problem.message) for one in kept]
            self.files = [one.file_name for one in kept]
            self.spots = [(one.problem.sheet, one.problem.row) for one in kept]


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
        "the file names the community 东园社区, and 河口下 was stated"
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
        map_again(db, shipped_pack(), 1, {"与户主关系": "-"})
        ensure_register(db, shipped_pack())

        found = "SELECT sheet, table_kind, community, covers FROM source_tables WHERE import_id = 2"
        assert rows(db, found) == [
            ("一表", "households", "河口下", "2024-11"),
            ("二表", "households", "花园", "2024-11"),
            ("三表", "roster", "河口下", "2024-10"),
        ]


def merged_over(path, *rows, columns=4):
    """Merge the first cell of these rows over the whole table."""
    book = openpyxl.load_workbook(path)
    for row in rows:
        book.active.merge_cells(start_row=row, start_column=1, end_row=row, end_column=columns)
    book.save(path)
    return path


def sections(folder, first, second, third, *, is_merged=False):
    path = save_book(
        folder / "各表.xlsx",
        x=[
            ["困难户名单"],
            HEAD,
            *([first], of("H1", "赵甲", A)),
            *([second], of("H2", "赵乙", B), ["", "赵小", C, "子"]),
            *([third], of("H3", "赵丁", D)),
        ],
    )
    return merged_over(path, 3, 5, 8) if is_merged else path


@pytest.mark.parametrize("is_merged", [False, True])
@pytest.mark.parametrize(
    "names",
    [
        ("一、河口下社区", "二、花园社区（12户）", "三、后埠街道东园居委会"),
        ("河口下社区", "花园社区 共2户3人", "东园村民委员会："),
        ("（一）河口下社区", "社区：花园", "所属社区：东园"),
        ("1.河口下社區", "第二部分、花园社区", "3、东园居民委员会"),
    ],
)
def test_a_row_that_names_a_community_speaks_for_the_rows_below(tmp_path, names, is_merged):
    brought = Brought(tmp_path, sections(tmp_path, *names, is_merged=is_merged))

    assert brought.places == [("H1", "河口下"), ("H2", "花园"), ("H3", "东园")]
    assert brought.codes == []
    with closing(open_database(tmp_path / "relief.db", create=False)) as db:
        (note,) = rows(db, "SELECT role, cells FROM source_rows WHERE row_number = 5")
        assert note[0] == "note"
        assert names[1] in note[1]
        assert rows(db, "SELECT count(*) FROM members") == [(4,)]


@pytest.mark.parametrize(
    "text", ["二、低保户", "二、各社区困难户", "（二）本社区", "花园社区负责人意见", "二、花园"]
)
def test_a_row_that_is_not_clearly_a_community_stays_a_note_or_a_doubt(tmp_path, text):
    path = save_book(
        tmp_path / "各表.xlsx",
        x=[["河口下社区"], HEAD, of("H1", "赵甲", A), [text], of("H2", "赵乙", B)],
    )

    brought = Brought(tmp_path, merged_over(path, 4))

    assert brought.places == [("H1", "河口下"), ("H2", "河口下")]


def test_a_section_may_bear_the_bare_name_of_a_community_that_the_file_names(tmp_path):
    path = save_book(
        tmp_path / "各表.xlsx",
        x=[["困难户"], HEAD, ["一、花园"], of("H1", "赵甲", A), ["二、东园"], of("H2", "赵乙", B)],
        花园社区=[HEAD, of("H3", "赵丙", C)],
        y=[["东园社区名单"], HEAD, of("H4", "赵丁", D)],
    )

    assert Brought(tmp_path, path).places == [
        ("H1", "花园"), ("H2", "东园"), ("H3", "花园"), ("H4", "东园")
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["二、跃进村", "跃进村（3户）"])
def test_a_village_is_a_section_where_it_is_no_persons_name(tmp_path, text):
    lines = [["困难户"], HEAD, ["河口下社区"], of("H1", "赵甲", A), [text], of("H2", "赵乙", B)]

    brought = Brought(tmp_path, save_book(tmp_path / "各表.xlsx", x=lines))

    assert brought.places == [("H1", "河口下"), ("H2", "跃进村")]


@pytest.mark.parametrize("name", ["陈新村", "王家村"])
def test_a_person_called_like_a_village_stays_a_person(tmp_path, name):
    path = save_csv(
        tmp_path / "河口下社区.csv", ["姓名", "身份证号", "年龄"], ["赵甲", A, 50], [name, "", ""]
    )

    brought = Brought(tmp_path, path)

    assert [place for _number, place in brought.places] == ["河口下", "河口下"]


def test_nobody_of_a_new_section_belongs_to_the_household_above_it(tmp_path):
    head = ["序号", "户主", "姓名", "身份证号"]
    lines = [["1", "赵甲", "赵甲", A], ["花园社区"], ["", "", "赵乙", B], ["2", "赵丙", "赵丙", C]]
    path = save_book(tmp_path / "各表.xlsx", x=[["河口下社区"], head, *lines])

    brought = Brought(tmp_path, path)

    assert sorted(place for _number, place in brought.places) == ["河口下", "花园", "花园"]


def test_a_stated_area_gives_way_to_sections_and_is_told(tmp_path):
    path = sections(tmp_path, "一、河口下社区", "二、花园社区", "三、东园社区")

    brought = Brought(tmp_path, path, area="望江")

    assert [place for _number, place in brought.places] == ["河口下", "花园", "东园"]
    assert (brought.codes, brought.spots) == (["community-differs"], [("x", 3)])


PAID = ["序号", "姓名", "身份证号", "金额"]


def paid_in_sections(folder, first, second, whole):
    """Write a payment list of two sections, each with its total, and a total of all."""
    lists = ["花园", "东园"]
    households = save_csv(
        folder / "户.csv",
        IN_COLUMN,
        *(of(f"H{n}", f"赵{n}", one, lists[n > 1]) for n, one in enumerate((A, B, C, D))),
    )
    totals = [[["小计", "", "", one]] if one else [] for one in (first, second)]
    payments = save_book(
        folder / "2024年11月城市低保金发放表.xlsx",
        x=[
            *(["2024年11月城市低保金发放表"], PAID),
            *(["一、花园社区"], [1, "赵0", A, 300], *totals[0]),
            *(["二、东园社区"], [1, "赵2", C, 200], *totals[1]),
            *([["合计", "", "", whole]] if whole else []),
        ],
    )
    return households, payments


@pytest.mark.parametrize(
    "totals, complete, told",
    [
        ((300, 200, 500), [1, 1], 0),
        ((None, None, 500), [1, 1], 0),
        ((300, 200, None), [1, 1], 0),
        ((None, None, 900), [0, 0], 1),
        ((300, 200, 900), [1, 0], 1),
        ((700, 200, 500), [1, 1], 0),
        ((700, 200, None), [0, 1], 1),
        ((None, None, None), [0, 0], 0),
    ],
)
def test_sections_of_a_roster_are_whole_by_their_own_total_or_that_of_all(
    tmp_path, totals, complete, told
):
    paths = paid_in_sections(tmp_path, *totals)

    brought = Brought(tmp_path, *paths)

    assert brought.codes == ["total-differs"] * told
    with closing(open_database(tmp_path / "relief.db", create=False)) as db:
        said = "SELECT is_complete FROM rosters JOIN communities USING (community_id) ORDER BY name"
        assert [one for (one,) in rows(db, said)] == complete[::-1]


AGAIN = ["序号", "户主", "姓名", "身份证号"]
SPLIT = ["序号", "户主", "家庭成员/姓名", "身份证号"]


@pytest.mark.parametrize("again", [AGAIN, ["序号", "户主", "姓名", "身份证号 "]])
@pytest.mark.parametrize("title", [[], [["（续表）"]], [["第2页"]]])
def test_headings_that_come_again_on_a_new_page_keep_community_and_month(tmp_path, title, again):
    place = "所属地区：后埠街道　花园　村（居）委会　2024年11月"
    lines = [["困难户"], [place], ["序号", "户主", "家庭成员", ""], ["", "", "姓名", "身份证号"]]
    path = save_book(
        tmp_path / "各表.xlsx",
        x=[*lines, [1, "赵甲", "赵甲", A], ["小计", "1户"], *title, again, [2, "赵乙", "赵乙", B]],
    )

    brought = Brought(tmp_path, path)

    assert [place for _number, place in brought.places] == ["花园", "花园"]
    assert brought.codes == []
    with closing(open_database(tmp_path / "relief.db", create=False)) as db:
        assert set(rows(db, "SELECT covers FROM source_tables")) == {("2024-11",)}


def test_a_title_of_another_community_over_the_same_headings_begins_a_list(tmp_path):
    path = save_csv(
        tmp_path / "a.csv",
        *(["河口下社区困难户"], HEAD, of("H1", "赵甲", A)),
        *(["花园社区困难户"], HEAD, of("H2", "赵乙", B)),
        *(["花园社区困难户"], HEAD, of("H3", "赵丙", C)),
    )

    brought = Brought(tmp_path, path)

    assert brought.places == [("H1", "河口下"), ("H2", "花园"), ("H3", "花园")]
    assert brought.codes == []


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
    assert [one.file_name for one in brought.reports] == [
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
    assert [one.file_name for one in brought.reports] == ["a.csv", "b.csv", "c.csv", "东园.csv"]
    assert "\n".join(brought.told) == (
        "the sheet's name says the community is 东园, its folder 花园社区; 东园 is used."
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
    assert [(one.is_new, one.replaced) for one in brought.reports] == [(True, 1), (False, 0)]


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
