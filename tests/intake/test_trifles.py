"""Nothing is lost for a trifle: a wrong byte, a row of signs, one column, lists side by side."""

import pytest

from tests.layouts.files import save_xlsx
from tests.layouts.outcome import A, B, C, imported

PLACE = "河口下"
HEADINGS = "社区,姓名,身份证号,与户主关系,备注\r\n"
LINE = f"河口下,钱测一,{A},户主,"
HEAD = [(PLACE, {}, [("钱测一", A, "户主", {})])]


def read(folder, *rows, name="名单.xlsx", book=()):
    paths = [save_xlsx(folder / "底册.xlsx", {"x": book})] if book else []
    return imported(folder, *paths, save_xlsx(folder / name, {"x": rows}))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("byte", [b"\x80", b"\xff", b"\x01"])
def test_a_wrong_byte_costs_only_its_cell(tmp_path, encoding, byte):
    path = tmp_path / "困难户.csv"
    path.write_bytes((HEADINGS + LINE).encode(encoding) + byte + b"500\r\n")

    got = imported(tmp_path, path)

    assert got.whole == HEAD
    assert got.problems == [("cell-damaged", 2, "备注")]


def test_a_wrong_byte_in_a_name_or_figure_is_told_at_its_cell(tmp_path):
    path = tmp_path / "困难户.csv"
    rows = [f"河口下,,{A},户主,".encode("gb18030")] + [LINE.encode("gb18030")] * 200
    rows[0] = rows[0].replace(A.encode(), A[:9].encode() + b"\xff" + A[10:].encode())
    path.write_bytes(HEADINGS.encode("gb18030") + b"\r\n".join(rows))

    problems = imported(tmp_path, path).problems

    assert ("cell-damaged", 2, "身份证号") in problems


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x00\x01", bytes(range(128, 256)) * 4])
def test_a_file_that_is_no_text_is_still_refused(tmp_path, data):
    path = tmp_path / "图.csv"
    path.write_bytes(data)

    with pytest.raises(Exception, match="not a spreadsheet"):
        imported(tmp_path, path)


@pytest.mark.parametrize(
    "signs",
    [
        ["①", "②", "③"],
        ["(1)", "（2）", "(3)"],
        ["A", "B", "C"],
        ["甲", "乙", "1"],
        ["栏次", 1, 2],
        ["1", "2", "3=1+2"],
        ["⑴", "⑵", "⑶"],
        ["一", "二", "三"],
    ],
)
@pytest.mark.parametrize("is_deep", [False, True])
def test_a_row_of_column_signs_is_neither_heading_nor_person(tmp_path, signs, is_deep):
    headings = [["社区", "户主", None], [None, "姓名", "身份证号"]]
    shown = headings if is_deep else [["社区", "户主姓名", "身份证号"]]

    got = read(tmp_path, *shown, signs, [PLACE, "钱测一", A])

    assert (got.households, got.with_ids, got.problems) == ([(PLACE, "钱测一")], [A], [])


@pytest.mark.parametrize("heading", ["身份证号码", "公民身份号码", "老年人身份证号"])
def test_a_single_column_of_right_numbers_is_a_list(tmp_path, heading):
    titled = read(tmp_path, ["河口下社区"], [heading], [A], [B])

    assert titled.with_ids == sorted([A, B])


def test_a_single_column_of_other_things_is_none(tmp_path):
    with pytest.raises(Exception, match="no table"):
        read(tmp_path, ["身份证号码"], ["一百"], ["二百"])


SIDE = ["序号", "姓名", "身份证号", "家庭住址"]


@pytest.mark.parametrize("gap", [[], [None]])
def test_two_lists_side_by_side_are_strangers(tmp_path, gap):
    got = read(
        tmp_path,
        ["河口下社区困难户"],
        [*SIDE, *gap, *SIDE],
        [1, "钱测一", A, "一号", *gap, 2, "吴测五", B, "二号"],
        [3, "周测四", C, "三号"],
    )

    assert got.households == [(PLACE, "吴测五"), (PLACE, "周测四"), (PLACE, "钱测一")]
    assert sorted(got.fact("address")) == ["一号", "三号", "二号"]
    assert got.problems == [("households-of-one", 2, "")]


def test_a_roster_of_three_lists_side_by_side_pays_everybody(tmp_path):
    book = [["社区", "户主姓名", "身份证号"], *([PLACE, f"孙{n}", n] for n in (A, B, C))]
    headings = ["姓名", "身份证号", "补贴金额"]
    people = [["孙" + number, number, 100] for number in (A, B, C)]

    got = read(
        tmp_path,
        [*headings, None, *headings, None, *headings],
        [*people[0], None, *people[1], None, *people[2]],
        name="2024年11月养老服务补贴发放公示.xlsx",
        book=book,
    )

    assert [fen for _name, _programme, fen, _until in got.receipts] == [10000, 10000, 10000]


def test_payments_side_by_side_need_no_gap(tmp_path):
    book = [["社区", "户主姓名", "身份证号"], [PLACE, "孙甲", A], [PLACE, "孙乙", B]]
    list_of = ["姓名", "身份证号", "补贴金额"]

    got = read(
        tmp_path,
        ["序号", *list_of, *list_of],
        [1, "孙甲", A, 100, "孙乙", B, 200],
        name="2024年11月养老服务补贴发放公示.xlsx",
        book=book,
    )

    assert [(name, fen) for name, _programme, fen, _until in got.receipts] == [
        ("孙乙", 20000),
        ("孙甲", 10000),
    ]


def test_the_same_headings_with_a_relation_are_members(tmp_path):
    member = ["姓名", "与户主关系"]

    got = read(
        tmp_path,
        ["河口下社区困难户"],
        ["户主姓名", "身份证号", *member, None, *member],
        ["钱测一", A, "孙测二", "配偶", None, "李测三", "儿子"],
    )

    assert got.households == [(PLACE, "钱测一", "孙测二", "李测三")]


@pytest.mark.parametrize("byte", [b"\xff", b"\x1b", b"\x00"])
def test_a_household_number_with_a_wrong_byte_is_told_and_not_used(tmp_path, byte):
    path = tmp_path / "困难户.csv"
    lines = f"社区,户编号,姓名,身份证号\r\n河口下,H1,钱测一,{A}\r\n河口下,H2".encode("gb18030")
    path.write_bytes(lines + byte + f",吴测五,{B}\r\n".encode("gb18030"))

    got = imported(tmp_path, path)

    assert got.with_ids == sorted([A, B])
    assert ("cell-damaged", 3, "户编号") in got.problems
    assert all(number.isprintable() and "\ufffd" not in number for number in got.numbers)


@pytest.mark.parametrize("sign", ["_x0000_", "_x001B_", "_x000B_"])
def test_a_household_number_of_a_workbook_has_no_control_character(tmp_path, sign):
    headings = ["社区", "户编号", "姓名", "身份证号"]

    got = read(tmp_path, headings, [PLACE, "H1", "钱测一", A], [PLACE, f"H1{sign}", "孙测二", B])

    assert (got.numbers, got.households) == (["H1"], [(PLACE, "钱测一", "孙测二")])


@pytest.mark.parametrize("cell", ["?", "？", "1200?", "二级？"])
def test_cells_with_a_question_mark_make_no_questionnaire_of_a_list(tmp_path, cell):
    people = [[PLACE, f"H{place}", name, cell] for place, name in enumerate("甲乙丙丁戊己")]

    got = read(tmp_path, ["社区", "户编号", "姓名", "家庭月收入"], *people)

    assert len(got.households) == 6
