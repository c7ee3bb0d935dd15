"""What a terminal shows of a table: columns where they fit, otherwise cards, page by page."""

from decimal import Decimal

import pytest

from relieftool.messages import use_language
from relieftool.output.result import Column, OutputFormat, RecordTable, Result
from relieftool.output.show import show_result
from relieftool.output.terminal import make_console, show_table
from relieftool.values.screen_text import measure_width
from tests.support.screens import Screen

WHY = "家庭人均月收入低于低保标准，或者已享受低保、就业增收后仍在渐退期内，以及另外 4 项；尚未享受"
COLUMNS = Column.by_place(
    Column("household_no", "户编号", is_whole=True, card="title"),
    Column.name("head", "户主", card="title"),
    Column("programme", "救助项目", card="lead"),
    Column.money("amount", "金额"),
    Column("why", "说明", is_wide=True, card="text"),
    Column("department", "办理部门"),
)
ROWS = [
    ("HK20240004", "欧*", "最低生活保障（低保）", Decimal("2805.00"), WHY, "区民政局"),
    ("HK20240004", "欧*", "student aid", None, WHY, "the school and the District Bureau"),
    ("油坊口-0114cce749789407", "郭*", "医疗救助", Decimal("4200.00"), WHY, "区医保局"),
]


def drawn(width, *, table=None, encoding="utf-8", environment=None):
    screen = Screen()
    screen.encoding = encoding
    console = make_console(screen, environment or {"NO_COLOR": "1"})
    console.width = width
    show_table(table or findings(), console)
    return screen.getvalue().splitlines()


def findings(**more):
    return RecordTable("筛查发现", COLUMNS, ROWS, **more).shown(is_revealed=False, is_screen=True)


@pytest.mark.parametrize("width", [20, 24, 40, 60, 80, 100, 120, 160, 200])
@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_no_line_is_wider_than_the_screen_and_no_column_narrower_than_a_word(width, encoding):
    lines = drawn(width, encoding=encoding)

    assert max(map(measure_width, lines)) <= width
    assert not any(line.strip(" |") in set(WHY) for line in lines)
    assert len(lines) < (90 if width < 40 else 30)


def test_no_heading_is_broken_within_a_word_where_there_is_room_for_it():
    headings = ("Import", "File", "State", "Rows", "Households", "Members", "Receipts", "Problems")
    columns = (
        Column(each, each, justify="left" if each in {"File", "State"} else "right")
        for each in headings
    )
    row = ("1", "10月困难家庭.xlsx", "undone", "2", "2", "2", "0", "0")
    table = RecordTable("Imported files", Column.by_place(*columns), [row])

    lines = drawn(80, table=table.shown(is_revealed=False, is_screen=True))

    assert [each for each in headings if each in lines[1].split()] == list(headings)
    assert max(map(measure_width, lines)) <= 80


def test_rows_with_one_title_share_a_card_where_the_table_does_not_fit():
    lines = drawn(80)

    assert [line.split(" ─")[0] for line in lines if "──" in line] == [
        "HK20240004  欧*",
        "油坊口-0114cce749789407  郭*",
    ]
    assert lines[2] == "  最低生活保障（低保）"
    assert lines[3] == "    金额：2,805.00  办理部门：区民政局"
    assert lines[4].startswith("    家庭人均月收入低于低保标准")


def test_what_is_unknown_is_shown_in_a_card_and_what_is_empty_is_not():
    table = RecordTable("单", COLUMNS, [("HK-1", "欧*", "低保", None, "x" * 200, "")])

    lines = drawn(60, table=table.shown(is_revealed=False))

    assert "    金额：?" in lines
    assert not any("办理部门" in line for line in lines)


def test_a_wide_screen_has_a_table_with_a_row_for_each_finding():
    lines = drawn(160)

    assert "户编号" in lines[1]
    assert sum("HK20240004" in line for line in lines) == 2
    assert not any("HK20240004  欧* ─" in line for line in lines)


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"NO_COLOR": "1"}])
def test_cards_need_no_colour_and_a_dumb_or_old_terminal_no_lines(environment):
    lines = drawn(60, environment=environment, encoding="gbk")

    assert not any(sign in "".join(lines) for sign in "─\x1b")
    assert any(line.startswith("HK20240004  欧* ---") for line in lines)


def test_what_is_not_drawn_is_counted_in_a_line_and_whole_everywhere_else(capsys):
    table = findings(is_drawn=lambda row: row[3] is not None, left_out="{count} are to be asked.")

    on_screen = drawn(160, table=table)
    show_table(table)

    assert not any("student aid" in line for line in on_screen)
    assert on_screen[-1] == "1 are to be asked."
    assert "student aid" in capsys.readouterr().out


def test_a_column_for_screens_is_in_no_file_and_no_data(capsys):
    columns = (*COLUMNS, Column("due", "每月", only="screen", words=lambda _row: "735 元"))
    result = Result({}, (RecordTable("单", columns, ROWS),))

    show_result(result, OutputFormat.CSV)
    show_result(result, OutputFormat.TABLE)
    on_screen = drawn(200, table=result.shown().on_screen[0])

    assert "735 元" not in capsys.readouterr().out
    assert any("735 元" in line for line in on_screen)


class Pages:
    """A pager that only remembers."""

    def __init__(self):
        self.shown = []

    def show(self, page):
        self.shown.append(page)


@pytest.fixture
def pages(monkeypatch):
    opened = Pages()
    monkeypatch.setattr("relieftool.output.terminal.SystemPager", lambda: opened)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("PAGER", raising=False)
    return opened


RESULT = Result({}, (RecordTable("筛查发现", COLUMNS, ROWS),), lead=("3 户应享未享。",))


@pytest.mark.parametrize("height, is_paged", [("8", True), ("60", False)])
def test_what_is_longer_than_the_screen_goes_to_a_pager(pages, monkeypatch, height, is_paged):
    monkeypatch.setenv("LINES", height)
    screen = Screen()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setattr("sys.stdin", Screen())

    show_result(RESULT, OutputFormat.TABLE)

    assert bool(pages.shown) == is_paged
    assert [*pages.shown, screen.getvalue()][0].startswith("3 户应享未享。\n")


@pytest.mark.parametrize(
    "variable, value", [("PAGER", "cat"), ("PAGER", ""), ("TERM", "dumb"), (None, None)]
)
def test_nothing_is_paged_where_nobody_wants_it(pages, monkeypatch, variable, value):
    monkeypatch.setenv("LINES", "8")
    monkeypatch.setenv(variable or "LESS", value or "")
    monkeypatch.setattr("sys.stdout", Screen())

    show_result(RESULT, OutputFormat.TABLE, is_paged=variable is not None)

    assert pages.shown == []


@pytest.mark.parametrize("is_paged", [True, False])
def test_a_short_screen_has_the_weightiest_rows_and_says_how_to_see_the_rest(
    pages, monkeypatch, is_paged
):
    monkeypatch.setenv("LINES", "20")
    screen = Screen()
    monkeypatch.setattr("sys.stdout", screen)
    numbers = Column.by_place(Column("number", "编号"))
    rows = [(f"H{place:03}",) for place in range(100)]
    table = RecordTable("名单", numbers, rows, weigh=lambda row: -int(row[0][1:]))

    monkeypatch.setattr("sys.stdin", screen)
    result = Result({}, (table,), lead=("100 户应享未享。",))
    show_result(result, OutputFormat.TABLE, is_paged=is_paged)

    shown = screen.getvalue()
    assert shown.startswith("100 户应享未享。\n")
    assert pages.shown == []
    assert ("H000" in shown) != is_paged
    assert "H099" in shown
    assert ("--no-pager" in shown) == is_paged
    assert (shown.count("\n") < 20) == is_paged


def test_several_lists_share_a_screen_and_one_line_says_how_to_see_the_rest(pages, monkeypatch):
    monkeypatch.setenv("LINES", "36")
    screen = Screen()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setattr("sys.stdin", screen)
    long, short = [[(f"{place:02}",) for place in range(count)] for count in (50, 3)]
    columns = Column.by_place(Column("number", "编号"))
    figures = RecordTable("数", columns, short, is_whole=True)

    lists = [RecordTable("单", columns, rows) for rows in (long, short, long)]
    show_result(Result({}, (figures, *lists)), OutputFormat.TABLE)

    shown = screen.getvalue()
    assert (pages.shown, shown.count("\n") < 36) == ([], True)
    assert (shown.count("--no-pager"), shown.count("还有 ")) == (1, 2)


@pytest.mark.parametrize("form", list(OutputFormat))
def test_nothing_is_paged_off_a_terminal(pages, monkeypatch, form):
    monkeypatch.setenv("LINES", "8")

    show_result(RESULT, form)

    assert pages.shown == []


@pytest.fixture(autouse=True)
def chinese():
    use_language("zh")
