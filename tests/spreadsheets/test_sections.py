"""Rows that name the community of those below, and headings that come again."""

from contextlib import closing

import openpyxl
import pytest

from relieftool.store.database import open_database
from tests.layouts.outcome import A, B, C, D
from tests.support.areas_brought import HEAD, IN_COLUMN, PAID, Brought, of, save_book, save_csv
from tests.support.registers import rows


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


def test_a_section_may_have_the_bare_name_of_a_community_that_the_file_names(tmp_path):
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
def test_a_village_is_a_section_where_it_cannot_be_a_persons_name(tmp_path, text):
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


def test_a_row_of_a_new_section_never_belongs_to_the_household_above_it(tmp_path):
    head = ["序号", "户主", "姓名", "身份证号"]
    lines = [["1", "赵甲", "赵甲", A], ["花园社区"], ["", "", "赵乙", B], ["2", "赵丙", "赵丙", C]]
    path = save_book(tmp_path / "各表.xlsx", x=[["河口下社区"], head, *lines])

    brought = Brought(tmp_path, path)

    assert sorted(place for _number, place in brought.places) == ["河口下", "花园", "花园"]


def test_a_stated_area_that_differs_from_the_sections_is_not_used_and_is_reported(tmp_path):
    path = sections(tmp_path, "一、河口下社区", "二、花园社区", "三、东园社区")

    brought = Brought(tmp_path, path, area="望江")

    assert [place for _number, place in brought.places] == ["河口下", "花园", "东园"]
    assert (brought.codes, brought.spots) == (["community-differs"], [("x", 3)])


def paid_in_sections(folder, first, second, whole):
    """Write a payment list of two sections, each with its total, and a total of all."""
    lists = ["花园", "东园"]
    households = save_csv(
        folder / "户.csv",
        IN_COLUMN,
        *(of(f"H{n}", f"赵{n}", number, lists[n > 1]) for n, number in enumerate((A, B, C, D))),
    )
    totals = [[["小计", "", "", total]] if total else [] for total in (first, second)]
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
    "totals, complete, differing",
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
def test_sections_of_a_roster_are_complete_by_their_own_total_or_that_of_all(
    tmp_path, totals, complete, differing
):
    paths = paid_in_sections(tmp_path, *totals)

    brought = Brought(tmp_path, *paths)

    assert brought.codes == ["total-differs"] * differing
    with closing(open_database(tmp_path / "relief.db", create=False)) as db:
        query = (
            "SELECT is_complete FROM rosters JOIN communities USING (community_id) ORDER BY name"
        )
        assert [is_complete for (is_complete,) in rows(db, query)] == complete[::-1]


AGAIN = ["序号", "户主", "姓名", "身份证号"]


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
