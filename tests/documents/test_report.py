"""The report on a month: its figures are those of the other answers, and each leads to its rows."""

import json
import re
from collections import Counter
from fractions import Fraction
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from lxml import html
from openpyxl import load_workbook

from relieftool.documents.report import ProgrammeFigures
from relieftool.store.database import open_register
from tests.support import two_months
from tests.support.own_files import ZHAO
from tests.support.ready_folders import fill_folder
from tests.support.small_street import import_small_street

DAY = ("--as-of", "2024-12-10")


@pytest.fixture
def street(relief):
    return fill_folder(_report, relief)


def _report(relief):
    import_small_street(relief)
    relief("gaps", "--open-cases", *DAY)
    for ending in ("html", "docx", "xlsx"):
        result = relief("report", *DAY, "--out", f"报告.{ending}")
        assert result.exit_code == 0, result.stderr


def page():
    return html.fromstring(Path("报告.html").read_text("utf-8"))


def cells(table):
    return [[cell.text_content().strip() for cell in row] for row in table.iter("tr")]


def tables(found):
    return {table.find("caption").text_content(): cells(table) for table in found.iter("table")}


def column(rows, label):
    return {row[0]: row[rows[0].index(label)] for row in rows[1:]}


def answer(relief, *line):
    return json.loads(relief(*line, *DAY, "--format", "json").stdout)


def yuan(fen):
    return f"{fen / 100:,.2f}"


def test_the_figures_are_those_of_the_gaps(street):
    totals = answer(street, "gaps")["totals"]

    shown = tables(page())

    sure, most = (
        column(shown["What is sure, and what it is at most"], each) for each in ("Sure", "At most")
    )
    owed, money = "Households owed a benefit they do not get", "Yuan a month that they do not get"
    assert (sure[owed], most[owed]) == (
        str(totals["unclaimed_households"]),
        str(totals["unclaimed_households_at_most"]),
    )
    assert (sure[money], most[money]) == (
        yuan(totals["unclaimed_fen_per_month"]),
        yuan(totals["unclaimed_fen_per_month_at_most"]),
    )
    (place,) = (rows for title, rows in shown.items() if title.startswith("Gaps per community"))
    assert column(place, "Undetermined")["西岭"] == str(totals["undetermined_households"])
    assert column(place, "Yuan a month unclaimed")["西岭"] == sure[money]


def test_the_findings_by_programme_are_those_of_the_gaps(street):
    findings = answer(street, "gaps")["findings"]

    rows = tables(page())["Findings by programme"]

    for status in ("unclaimed", "undetermined", "unlocked"):
        counted = sum(map(int, column(rows, status).values()))
        assert counted == sum(each["status"] == status for each in findings)


EXACT = ("Findings by programme", "From the finding to the closed case", "Visits as of 2024-12-10")


@pytest.mark.usefixtures("street")
def test_a_figure_leads_to_as_many_rows_as_it_counts():
    found = page()
    shown = dict(re.findall(r"#(f\d+):target ~ \.wide tbody ([.\w]+)", style_of(found)))
    links = [
        (link.text, link.get("href").removeprefix("#"))
        for table in found.iter("table")
        if table.find("caption").text in EXACT
        for link in table.xpath(".//td/a")
    ]

    counted = [
        (int(text), rows_of(found, target, shown.get(target, "").split(".")[1:]))
        for text, target in links
        if text.isdigit()
    ]

    assert len(counted) > 10
    assert [pair for pair in counted if pair[0] != pair[1]] == []


def rows_of(found, target, classes):
    """Count the rows of a list that a filter shows, or all of the list that is named."""
    (section,) = found.xpath(f"//section[*[@id='{target}']]")
    rows = section.xpath(".//tbody/tr")
    return sum({*classes} <= {*row.get("class").split()} for row in rows)


def style_of(found):
    return found.find(".//style").text


@pytest.mark.usefixtures("street")
def test_the_page_asks_for_nothing_and_runs_nothing():
    text = Path("报告.html").read_text("utf-8")

    assert re.findall(r"//\S*|<script|\bsrc=|url\(|@import|<link|\bon\w+=", text) == []
    assert page().xpath("//a[not(starts-with(@href, '#'))]") == []


@pytest.mark.usefixtures("street")
def test_every_table_has_a_caption_and_heads_with_a_scope():
    found = page()

    assert [table for table in found.iter("table") if not table.find("caption").text] == []
    assert found.xpath("//th[not(@scope)]") == []
    assert [int(each.tag[1]) for each in found.xpath("//h1|//h2|//h3")][:3] == [1, 2, 2]


def test_a_row_has_the_conditions_of_its_finding_and_a_case_its_steps(street):
    street("refer", "C2024-0001", "--by", "王五", "--on", "2024-12-10")
    street("report", *DAY, "--out", "报告.html")

    reasons = [item.text_content() for item in page().xpath("//details//li")]

    assert any(reason.startswith("met: income per head") for reason in reasons)
    assert any(reason.startswith("referred 2024-12-10 to") for reason in reasons)


@pytest.mark.usefixtures("street")
@pytest.mark.parametrize("ending", ["html", "docx", "xlsx"])
def test_nobody_is_named_in_a_report(ending):
    texts = {"html": read_page, "docx": read_document, "xlsx": read_workbook}[ending]()

    assert "赵*" in texts
    assert [word for word in ("赵大山", "孙老太", ZHAO) if word in texts] == []


def read_page():
    return Path("报告.html").read_text("utf-8")


def read_document():
    document = Document("报告.docx")
    paragraphs = [each.text for each in document.paragraphs]
    return "\n".join(
        paragraphs + [c.text for t in document.tables for row in t.rows for c in row.cells]
    )


def read_workbook():
    sheets = load_workbook("报告.xlsx").worksheets
    return "\n".join(str(cell) for sheet in sheets for row in sheet.values for cell in row)


@pytest.mark.usefixtures("street")
def test_the_word_file_and_the_workbook_have_the_figures_of_the_page():
    rows = tables(page())["Findings by programme"]

    document = Document("报告.docx")
    heads = [[cell.text for cell in table.rows[0].cells] for table in document.tables]
    words = document.tables[heads.index(rows[0])]
    sheet = next(s for s in load_workbook("报告.xlsx").worksheets if "Findings by" in s.title)

    assert [[cell.text.replace("\u00a0", " ") for cell in row.cells] for row in words.rows] == rows
    assert [row[:8] for row in sheet.values][1:] == [
        (row[0], *map(int, row[1:8])) for row in rows[1:]
    ]


@pytest.mark.usefixtures("street")
def test_nobody_is_told_to_type_or_to_click_in_a_word_file():
    text = read_document()

    assert "Open questions: " in text
    assert [word for word in ("`", "relief ", "follow the figure") if word in text] == []
    assert "follow the figure" in read_page()


def test_the_word_file_has_what_is_owed_how_far_its_case_is_and_a_line_to_sign(street):
    (owed, *_more) = [each for each in answer(street, "gaps")["findings"] if _is_owed(each)]

    document = Document("报告.docx")

    text = read_document()
    styles = document.styles.element.xpath("//w:lang/@w:eastAsia")
    assert f"{yuan(owed['amount_fen'])} a month" in text
    assert "C2024-0001 found" in text
    assert "Filled in by:" in document.paragraphs[-1].text
    assert set(styles) == {"zh-CN"}


def _is_owed(finding):
    return finding["status"] == "unclaimed" and finding["amount_period"] == "month"


@pytest.mark.parametrize(
    "counts, share",
    [
        ({"receiving": 7, "unclaimed": 3, "review": 1}, Fraction(7, 10)),
        ({"underpaid": 1, "unclaimed": 1, "conflict": 2}, Fraction(1, 2)),
        ({"review": 1}, None),
    ],
)
def test_whoever_is_to_be_reviewed_is_not_counted_as_reached(counts, share):
    assert ProgrammeFigures("dibao", Counter(counts), 0).reached == share


@pytest.mark.usefixtures("street")
def test_the_workbook_has_charts_and_prints_on_a4():
    sheets = load_workbook("报告.xlsx").worksheets

    with ZipFile("报告.xlsx") as parts:
        assert sum("/charts/chart" in name for name in parts.namelist()) >= 4
    assert {sheet.page_setup.paperSize for sheet in sheets} == {9}
    assert sheets[0]["A1"].border.left.style == "thin"


def test_a_month_is_set_against_the_last_and_each_change_has_its_reason(relief):
    paid = ("1", "李四", two_months.LI, "635")
    two_months.declare_complete()
    lists = [two_months.household_list(month, two_months.LI_ROW) for month in (11, 12)]
    rosters = [two_months.roster(11, paid), two_months.roster(12)]
    relief("import", *lists, *rosters, "import.toml")
    relief("report", "--month", "2024-12", "--out", "报告.html")

    found = page()

    (counts,) = (rows for title, rows in tables(found).items() if title.startswith("Counts from"))
    dibao = dict(zip(counts[0], counts[1], strict=True))
    assert (dibao["Count before"], dibao["stopped"], dibao["Count after"]) == ("1", "1", "0")
    (row,) = found.xpath("//section[h2[@id='changes']]//tbody/tr")
    assert "no longer on the complete list" in row.text_content()


def test_a_community_in_which_nothing_changed_is_counted_beside_the_others(relief):
    other = ("东园", "Y1", "王五", two_months.id_number("36030219650417123"), "户主")
    two_months.household_list(11, two_months.LI_ROW, (*other, "300", "0", "0", "1"))
    two_months.declare_complete()
    paid = ("1", "李四", two_months.LI, "635")
    rosters = [two_months.roster(11, paid), two_months.roster(12)]
    relief("import", "困难家庭11.csv", *rosters, "import.toml")
    heads = ["序号", "户主姓名", "身份证号", "发放金额"]
    for month in (11, 12):
        title = [f"东园社区城市低保金发放表（2024年{month}月）"]
        two_months.save(f"东园{month}.csv", title, heads, ["1", "王五", other[3], "635"])
    relief("import", "东园11.csv", "东园12.csv")
    relief("report", "--month", "2024-12", "--out", "报告.html")

    (rows,) = (each for title, each in tables(page()).items() if title.startswith("Counts from"))

    named = rows[0].index("Community"), rows[0].index("Count before"), rows[0].index("Count after")
    dibao = [tuple(row[place] for place in named) for row in rows[1:] if "dibao" in row[0]]
    assert dibao == [("东园", "1", "1"), ("西岭", "1", "0"), ("all communities", "2", "1")]


def test_the_hash_of_the_ledger_stands_at_the_foot(street):
    written_down = json.loads(street("verify", "--format", "json").stdout)["write_down"]

    assert written_down in page().find(".//footer").text_content()


def test_a_month_is_reported_as_of_its_last_day(street):
    result = street("report", "--month", "2024-12", "--out", "十二月.html")

    head = html.fromstring(Path("十二月.html").read_text("utf-8")).find(".//header").text_content()
    assert (result.exit_code, "As of 2024-12-31" in head) == (0, True)


@pytest.mark.parametrize(
    "line, code, words",
    [
        (("--out", "r.pdf"), 1, "End the file name in one of: .html .docx .xlsx."),
        (("--out", "r.html", "--month", "2024-12", *DAY), 2, "say a month or a day, not both"),
        (("--out", "r.html", "--community", "无"), 1, "无"),
        (("--out", "r.html", "--month", "2199-01"), 1, "this month is yet to come"),
    ],
)
def test_a_report_that_cannot_be_made_writes_nothing(street, line, code, words):
    result = street("report", *line)

    assert (result.exit_code, words in result.stderr) == (code, True), result.stderr
    assert not Path(line[1]).exists()


def test_a_report_changes_nothing_in_the_ledger(street, tmp_path):
    count = "SELECT count(*) FROM chain_heads"
    with open_register(tmp_path / "relief.db") as db:
        before = db.execute(count).fetchone()

    street("report", *DAY, "--out", "报告.html")

    with open_register(tmp_path / "relief.db") as db:
        assert db.execute(count).fetchone() == before
