"""The open questions of a street of two families, and what an answer changes."""

import json
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from relieftool.store.database import open_register
from tests.support.own_files import QIAN, SUN, ZHAO, id_number, write_workbook

LI = id_number("36030219800305125")

HEADINGS = [
    *(
        "社区",
        "户编号",
        "姓名",
        "身份证号",
        "与户主关系",
        "家庭月收入",
        "家庭存款",
        "机动车",
        "住房套数",
    ),
    *("残疾类别", "是否领取特困供养", "是否领取单人户低保"),
]


@pytest.fixture(autouse=True)
def street(relief):
    write_workbook(
        Path("户表.xlsx"),
        [
            ["西岭社区困难家庭表（2024年11月）"],
            HEADINGS,
            ["西岭", "X-1", "赵大山", ZHAO, "户主", 500, 0, 0, 1, "无", "否", "否"],
            ["西岭", "X-1", "钱小花", QIAN, "妻", "", "", "", "", "无", "否", "否"],
            ["西岭", "X-2", "孙老太", SUN, "户主", "", 0, 0, 1, "无", "否", "否"],
        ],
    )
    write_workbook(
        Path("名单.xlsx"),
        [
            ["2024年11月西岭社区城市低保金发放表"],
            ["序号", "姓名", "身份证号", "发放金额"],
            [1, "孙老太", SUN, 300],
        ],
    )
    relief("import", "户表.xlsx", "名单.xlsx")


def questions(relief, *line):
    return json.loads(relief("questions", *line, "--format", "json").stdout)["questions"]


def question(relief, kind, part=""):
    (found,) = [asked for asked in questions(relief, "--kind", kind) if part in asked["text_en"]]
    return found


def test_a_roster_that_may_be_whole_is_asked_about_with_those_it_would_decide(relief):
    asked = question(relief, "roster-complete")

    assert (asked["answers"], asked["households"], asked["is_open"]) == (["yes", "no"], 1, True)
    assert asked["household_nos"] == ["X-1"]
    assert "名单.xlsx" in asked["text_zh"]
    assert asked["at_stake_fen_per_month"] > 0
    assert asked["command"] == f"relief answer {asked['question']} yes|no --by NAME"


def test_a_whole_roster_makes_a_claim_sure_and_is_not_asked_about_again(relief):
    asked = question(relief, "roster-complete")

    result = relief("answer", asked["question"], "yes", "--by", "王五")

    totals = json.loads(relief("gaps", "--format", "json").stdout)["totals"]
    assert (result.exit_code, totals["unclaimed_households"]) == (0, 1)
    assert questions(relief, "--kind", "roster-complete") == []


def test_part_of_a_roster_decides_nobody_and_is_not_asked_about_again(relief):
    asked = question(relief, "roster-complete")

    relief("answer", asked["question"], "no", "--by", "王五")

    totals = json.loads(relief("gaps", "--format", "json").stdout)["totals"]
    assert totals["unclaimed_households"] == 0
    assert questions(relief, "--kind", "roster-complete") == []


def test_a_fact_that_is_answered_is_known_with_its_source_and_can_be_undone(relief):
    asked = question(relief, "fact", "X-2")

    relief("answer", asked["question"], "400", "--by", "王五")

    shown = json.loads(relief("explain", "X-2", "dibao", "--format", "json").stdout)
    assert "answer to question" in json.dumps(shown, ensure_ascii=False)
    assert [each for each in questions(relief, "--kind", "fact") if "X-2" in each["text_en"]] == []
    relief("undo", "--last")
    assert question(relief, "fact", "X-2")["question"] == asked["question"]


def test_a_value_of_the_law_is_kept_with_its_source(relief):
    asked = question(
        relief,
        "law-value",
        "deposits and securities, per person. What is the limit of financial assets",
    )

    answered = ("answer", asked["question"], "30000", "--by", "王五", "--source", "区民政局")
    result = relief(*answered, "--on", "2024-01-01")

    assert result.exit_code == 0
    assert "区民政局" in relief("pack", "values").stdout
    assert asked["question"] not in [each["question"] for each in questions(relief)]


def test_what_no_list_has_of_anybody_is_one_question(relief):
    asked = question(relief, "no-list", "floor area")

    assert asked["households"] == 2
    assert asked["answers"] == []


def test_nobody_of_forty_is_asked_for_a_school(relief):
    assert not [asked for asked in questions(relief) if asked["fact"] == "school_stage"]


@pytest.mark.parametrize(
    "kind, answer", [("roster-complete", "maybe"), ("fact", "about 600"), ("no-list", "yes")]
)
def test_an_answer_that_does_not_fit_is_refused_and_nothing_is_written(relief, kind, answer):
    number = questions(relief, "--kind", kind)[0]["question"]
    before = Path("relief.db").read_bytes()

    result = relief("answer", number, answer, "--by", "王五")

    assert result.exit_code == 1
    assert Path("relief.db").read_bytes() == before


def test_a_number_that_no_question_has_is_refused(relief):
    result = relief("answer", 999, "yes", "--by", "王五")

    assert (result.exit_code, "no question has this number" in result.stderr) == (1, True)


def test_a_rehearsed_answer_says_what_it_would_change_and_writes_nothing(relief):
    asked = question(relief, "roster-complete")

    result = relief("answer", asked["question"], "yes", "--by", "王五", "--dry-run")

    assert "Now: 1 to" in result.stderr
    assert question(relief, "roster-complete") == asked


def test_the_largest_sum_comes_first_and_numbers_stay(relief):
    listed = questions(relief)

    stakes = [asked["at_stake_fen_per_month"] or 0 for asked in listed]
    assert stakes == sorted(stakes, reverse=True)
    assert [asked["question"] for asked in questions(relief)] == [
        asked["question"] for asked in listed
    ]


def test_questions_of_one_household_or_community(relief):
    assert {"X-2"} <= {
        number
        for asked in questions(relief, "--household", "X-2")
        for number in asked["household_nos"]
    }
    assert questions(relief, "--community", "西岭")
    assert relief("questions", "--kind", "anything").exit_code == 2


@pytest.mark.parametrize("command", ["gaps", "priority"])
def test_a_list_on_the_screen_ends_with_how_many_questions_are_open(relief, command):
    shown = relief(command)

    last = (shown.stdout + shown.stderr).strip().splitlines()[-4:]
    assert sum("relief questions" in line for line in last) == 1
    assert not [line for line in last if line.startswith(("Assumed", "Presumed"))]


def test_a_file_still_names_what_is_assumed_and_presumed(relief):
    relief("gaps", "--out", "list.html")

    page = Path("list.html").read_text("utf-8")
    assert "Assumed, to be confirmed" in page
    assert "relief questions" not in page


def test_whatever_is_assumed_or_presumed_is_a_question(relief):
    found = json.loads(relief("gaps", "--format", "json").stdout)["findings"]

    asked = questions(relief)

    assumed = {name for finding in found for name in finding["assumed"]}
    presumed = {name for finding in found for name in finding["presumed"]}
    unsure = [each for each in asked if each["text_en"].startswith("Presumed")]
    assert len([each for each in asked if each["kind"] == "law-value"]) >= len(assumed) > 0
    assert len(unsure) >= len(presumed) > 0
    assert {each["at_stake_fen_per_month"] for each in unsure} == {None}
    assert {each["kind"] for each in unsure} <= {"fact", "no-list"}


ROSTER = [
    ["2024年11月西岭社区特困人员救助供养金发放表"],
    ["序号", "姓名", "身份证号", "发放金额"],
    [1, "孙老太", SUN, 900],
]


@pytest.fixture
def terminal(monkeypatch):
    """Let commands ask, as on a terminal."""
    for module in ("questions", "import_"):
        monkeypatch.setattr(f"relieftool.commands.{module}.is_terminal", lambda: True)


@pytest.mark.usefixtures("terminal")
def test_a_new_roster_is_asked_about_on_a_terminal(relief):
    write_workbook(Path("特困名单.xlsx"), ROSTER)

    result = relief("import", "特困名单.xlsx", input="是\n王五\n")

    assert "Is this the whole roster of 2024-11" in result.stderr
    asked = questions(relief, "--kind", "roster-complete")
    assert [each for each in asked if "特困" in each["text_zh"]] == []


@pytest.mark.usefixtures("terminal")
def test_not_now_leaves_the_question_open(relief):
    write_workbook(Path("特困名单.xlsx"), ROSTER)

    result = relief("import", "特困名单.xlsx", input="\n")

    assert "Your name" not in result.stderr
    assert relief("questions", "--ask", "--kind", "roster-complete", input="").exit_code == 0
    assert questions(relief, "--closed") == []


def test_off_a_terminal_nothing_is_asked_and_one_line_says_so(relief):
    write_workbook(Path("特困名单.xlsx"), ROSTER)

    result = relief("import", "特困名单.xlsx")

    (line,) = [line for line in result.stderr.splitlines() if "relief questions" in line]
    assert line.startswith("Rosters not known to be complete: 1.")


@pytest.mark.usefixtures("terminal")
def test_questions_are_asked_one_by_one_and_each_answer_is_kept(relief):
    result = relief(
        *("questions", "--ask", "--kind", "roster-complete"), input="perhaps\n王五\nyes\n"
    )

    assert result.stderr.count("Is this the whole roster") == 2
    assert "Now: 1 to" in result.stderr
    assert questions(relief, "--kind", "roster-complete") == []


@pytest.mark.usefixtures("terminal")
def test_a_first_day_is_read_on_a_terminal_as_from_a_file(relief):
    asked = questions(relief, "--kind", "law-value")
    place = [each["parameter"] for each in asked].index("dibao_deposit_limit")

    result = relief(
        *("questions", "--ask", "--kind", "law-value"),
        input="\n" * place + "24000\n王五\n2024年12月1日\n",
    )

    assert result.exit_code == 0, result.stderr
    (value,) = json.loads(relief("pack", "values", "--format", "json").stdout)["values"]
    assert value["from"] == "2024-12-01"


def test_nobody_is_asked_off_a_terminal(relief):
    assert relief("questions", "--ask").exit_code == 2


@pytest.mark.parametrize(
    "kind, part, answer",
    [
        ("roster-complete", "", "yes"),
        ("fact", "X-2", "400"),
        ("law-value", "deposits and securities, per person. What is the limit of fin", "30000"),
    ],
)
def test_an_answer_can_be_taken_back(relief, kind, part, answer):
    asked = question(relief, kind, part)
    relief("answer", asked["question"], answer, "--by", "王五", "--on", "2024-11-30")

    result = relief("answer", asked["question"], "--undo", "--by", "赵六")

    assert result.exit_code == 0
    assert question(relief, kind, part) == asked


def test_what_was_not_answered_cannot_be_taken_back(relief):
    asked = question(relief, "roster-complete")

    result = relief("answer", asked["question"], "--undo", "--by", "赵六")

    assert (result.exit_code, "no answer to take back" in result.stderr) == (1, True)
    assert relief("answer", asked["question"], "--by", "赵六").exit_code == 2


def test_what_was_answered_is_listed_with_who_and_when(relief):
    for kind, part, answer in (
        ("roster-complete", "", "yes"),
        ("fact", "X-2", "400"),
        ("law-value", "deposits and securities, per person. What is the limit of fin", "30000"),
    ):
        number = question(relief, kind, part)["question"]
        relief("answer", number, answer, "--by", "王五", "--on", "2024-11-30")

    closed = questions(relief, "--closed")

    assert {(each["kind"], each["answer"], each["by"]) for each in closed} == {
        ("roster-complete", "yes", "王五"),
        ("fact", "400", "王五"),
        ("law-value", "30000", "王五"),
    }
    assert [each["text_en"] for each in closed if "名单.xlsx" in each["text_en"]]
    assert {each["is_open"] for each in closed} == {False}
    assert questions(relief, "--closed", "--kind", "column") == []


def test_a_decision_about_an_import_that_was_undone_stays_listed_and_counts_no_more(relief):
    asked = question(relief, "roster-complete")
    relief("answer", asked["question"], "yes", "--by", "王五")
    (before,) = questions(relief, "--closed")

    relief("undo", "--last")

    (closed,) = questions(relief, "--closed")
    assert (closed["question"], closed["text_en"]) == (asked["question"], asked["text_en"])
    assert (before["is_inert"], closed["is_inert"]) == (False, True)


def test_a_column_that_nobody_knows_is_a_question_with_its_command(relief):
    rows = [["西岭", "X-9", "周九", "户主", 700, 500]]
    headings = ["社区", "户编号", "姓名", "与户主关系", "家庭月收入", "家庭存款余"]
    write_workbook(Path("新表.xlsx"), [["西岭社区困难家庭表（2024年11月）"], headings, *rows])
    relief("import", "新表.xlsx")

    asked = question(relief, "column", "家庭存款余")

    assert (asked["answers"], asked["at_stake_fen_per_month"]) == ([], None)
    assert asked["command"] == "relief import --again 3 --map '家庭存款余=…'"
    result = relief("answer", asked["question"], "yes", "--by", "王五")
    assert (result.exit_code, "a command of its own" in result.stderr) == (1, True)
    relief("import", "--again", "3", "--map", "家庭存款余=家庭存款")
    assert questions(relief, "--kind", "column") == []


def fill(path, answers):
    """Write answers by the numbers of their questions into a list of questions."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(min_row=2):
        if str(row[0].value) in answers:
            sheet.cell(row[0].row, len(row)).value = answers[str(row[0].value)]
    book.save(path)


def test_a_filled_list_answers_its_questions_and_leaves_the_others_open(relief):
    roster = question(relief, "roster-complete")
    fact = question(relief, "fact", "X-2")
    relief("questions", "--out", "list.xlsx")
    fill("list.xlsx", {str(roster["question"]): "是", str(fact["question"]): "400"})

    result = relief("answer", "--file", "list.xlsx", "--by", "王五")

    assert result.exit_code == 0
    assert {each["answer"] for each in questions(relief, "--closed")} == {"yes", "400"}
    assert question(relief, "no-list", "floor area")


def test_a_list_with_a_question_that_is_closed_by_now_is_refused_whole(relief):
    roster = question(relief, "roster-complete")
    fact = question(relief, "fact", "X-2")
    relief("questions", "--out", "list.xlsx")
    fill("list.xlsx", {str(roster["question"]): "yes", str(fact["question"]): "400"})
    relief("answer", fact["question"], "300", "--by", "王五")

    result = relief("answer", "--file", "list.xlsx", "--by", "王五")

    assert (result.exit_code, "closed by now" in result.stderr) == (1, True)
    assert len(questions(relief, "--closed")) == 1


def test_one_answer_or_a_file_of_them_but_not_both(relief):
    assert relief("answer", "--by", "王五").exit_code == 2
    assert relief("answer", "1", "--file", "list.xlsx", "--by", "王五").exit_code == 2


def deposits(relief):
    return [
        asked
        for asked in questions(relief, "--kind", "look-up")
        if "X-1" in asked["household_nos"] and asked["fact"] == "deposits"
    ]


def test_an_answer_goes_before_a_cell_that_nobody_can_read(relief):
    write_workbook(
        Path("户表二.xlsx"),
        [
            ["西岭社区困难家庭表（2024年11月）"],
            ["社区", "户编号", "姓名", "身份证号", "家庭存款"],
            ["西岭", "X-1", "赵大山", ZHAO, "约5万"],
        ],
    )
    relief("import", "户表二.xlsx")
    (asked,) = deposits(relief)

    relief("answer", asked["question"], "100", "--by", "王五")

    assert deposits(relief) == []


def test_a_second_answer_takes_the_place_of_the_first(relief):
    asked = question(relief, "fact", "X-2")

    results = [
        relief("answer", asked["question"], text, "--by", "王五") for text in ("300", "400", "400")
    ]

    imports = json.loads(relief("imports", "--format", "json").stdout)["imports"]
    assert [result.exit_code for result in results] == [0, 0, 0]
    assert ["It replaces: 300 (王五" in result.stderr for result in results] == [False, True, False]
    assert "400.00" in relief("explain", "X-2", "dibao", "--full").stdout
    assert [each["file_name"] for each in imports] == ["户表.xlsx", "名单.xlsx"]


def test_an_answer_moves_the_day_asked_about_to_no_other_and_is_never_of_a_day_to_come(relief):
    asked = question(relief, "fact", "X-2")
    before = json.loads(relief("gaps", "--format", "json").stdout)["as_of"]

    ahead = relief("answer", asked["question"], "300", "--by", "王五", "--on", "2099-01-01")
    relief("answer", asked["question"], "300", "--by", "王五", "--on", "2025-03-01")

    assert ahead.exit_code == 2
    assert json.loads(relief("gaps", "--format", "json").stdout)["as_of"] == before


def test_one_file_imported_as_two_programmes_is_asked_about_twice(relief):
    for programme in ("低保", "edge"):
        relief("import", "--roster", programme, "名单.xlsx")

    assert len(questions(relief, "--kind", "roster-complete")) == 2


def test_a_question_answered_twice_is_open_again_once_its_answer_is_taken_back(relief):
    asked = question(relief, "fact", "X-2")
    for text in ("300", "400"):
        relief("answer", asked["question"], text, "--by", "王五")

    relief("answer", asked["question"], "--undo", "--by", "王五")

    assert question(relief, "fact", "X-2")["question"] == asked["question"]


def test_every_question_of_an_import_has_a_number_and_whoever_reads_writes_nothing(relief):
    before = Path("relief.db").read_bytes()

    listed = questions(relief)

    assert None not in [asked["question"] for asked in listed]
    assert Path("relief.db").read_bytes() == before


def test_a_chinese_screen_is_chinese(relief):
    shown = [relief("questions", "--lang", "zh").stdout]
    relief("answer", question(relief, "roster-complete")["question"], "yes", "--by", "王五")
    shown.append(relief("questions", "--closed", "--lang", "zh").stdout)

    text = re.sub(
        r"relief import .*|relief form|X-\d(-\d\d)?|\S+\.xlsx|Sheet1|`.*?`", "", "".join(shown)
    )
    assert re.findall(r"[A-Za-z]{2,}", text) == []
    assert "是 | 否" in text


def test_an_answer_may_be_a_chinese_word(relief):
    asked = question(relief, "law-value", "costs of work")

    result = relief("answer", asked["question"], "据实扣", "--by", "王五", "--on", "2024-01-01")

    assert result.exit_code == 0
    assert [each["answer"] for each in questions(relief, "--closed")] == ["stated"]


def second_list(relief, name, income):
    headings = ["社区", "户编号", "姓名", "身份证号", "与户主关系", "家庭月收入"]
    rows = [["西岭", "X-1", "赵大山", ZHAO, "户主", income]]
    write_workbook(Path(name), [["西岭社区困难家庭表（2024年11月）"], headings, *rows])
    return relief("import", name)


def test_two_values_of_one_day_are_quoted_and_either_is_an_answer(relief):
    second_list(relief, "另表.xlsx", 900)

    asked = question(relief, "disputed-value")

    assert "“500”（户表.xlsx（Sheet1）第 3 行）" in asked["text_zh"]
    assert "“900”（另表.xlsx（Sheet1）第 3 行）" in asked["text_zh"]
    assert (asked["choices"], asked["fact"]) == (["500", "900"], "household_income")
    relief("answer", asked["question"], "900", "--by", "王五")
    assert questions(relief, "--kind", "disputed-value") == []
    assert "900.00" in relief("explain", "X-1", "dibao", "--full").stdout


def test_a_cell_that_nobody_can_read_is_quoted_in_the_question(relief):
    second_list(relief, "另表.xlsx", "约600")

    (asked,) = [each for each in questions(relief) if "约600" in each["text_zh"]]

    assert (asked["kind"], asked["household_nos"], asked["row"]) == ("fact", ["X-1"], 3)


def test_what_an_authority_knows_is_looked_up_and_not_asked_of_the_family(relief):
    write_workbook(
        Path("另表.xlsx"),
        [
            ["西岭社区困难家庭表（2024年11月）"],
            ["社区", "户编号", "姓名", "身份证号", "与户主关系", "家庭存款"],
            ["西岭", "X-3", "周小满", LI, "户主", ""],
        ],
    )
    relief("import", "另表.xlsx")

    asked = [each for each in questions(relief) if each["household_nos"] == ["X-3"]]

    kinds = {each["fact"]: each["kind"] for each in asked}
    assert kinds["deposits"] == "look-up"


def test_a_fact_is_asked_only_of_the_members_on_whom_something_depends(relief):
    known, unknown = id_number("36030220120305125"), id_number("36030220130405123")
    write_workbook(
        Path("学生.xlsx"),
        [
            ["西岭社区困难家庭表（2024年11月）"],
            ["社区", "户编号", "姓名", "身份证号", "与户主关系", "在校学段", "是否领取低保"],
            ["西岭", "X-1", "赵小山", known, "子", "小学", "是"],
            ["西岭", "X-1", "赵小海", unknown, "子", "不详", "是"],
        ],
    )
    relief("import", "学生.xlsx")

    asked = [each for each in questions(relief) if each["fact"] == "school_stage"]

    (child,) = [each for each in asked if each["member_no"]]
    assert (child["household_nos"], child["row"]) == (["X-1"], 4)
    assert asked == [child]  # nor of their parents, of whom no sheet says it


def test_questions_are_counted_per_community_and_per_file(relief):
    (place,) = document(relief, "--per", "community")["communities"]
    files = {each["file"]: each for each in document(relief, "--per", "file")["files"]}

    totals = json.loads(relief("gaps", "--format", "json").stdout)["totals"]
    assert (place["community"], place["households"]) == ("西岭", 2)
    assert place["at_stake_fen_per_month"] == totals["unclaimed_fen_per_month_at_most"]
    assert files["户表.xlsx"]["at_stake_fen_per_month"] == place["at_stake_fen_per_month"]
    assert files["名单.xlsx"]["questions"] == 1


@pytest.mark.parametrize(
    "in_chinese, by_id",
    [
        (("--kind", "名单是否完整"), ("--kind", "roster-complete")),
        (("--kind", "问住户", "--kind", "查证"), ("--kind", "fact", "--kind", "look-up")),
        (("--per", "社区"), ("--per", "community")),
        (("--per=文件",), ("--per", "file")),
    ],
)
def test_kinds_and_places_can_be_written_in_chinese(relief, in_chinese, by_id):
    assert document(relief, *in_chinese) == document(relief, *by_id)


def test_a_kind_of_question_that_there_is_not_is_refused(relief):
    refused = relief("questions", "--kind", "名单")

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "'名单' is no kind of question" in refused.stderr


def test_per_community_and_per_file_it_is_said_what_is_known_and_what_the_rest_costs(relief):
    (place,) = document(relief, "--per", "community")["communities"]
    files = {each["file"]: each for each in document(relief, "--per", "file")["files"]}
    screen = relief("questions", "--per", "community").stdout

    (income,) = [each for each in place["facts"] if each["fact"] == "household_income"]
    assert (income["known"], income["count"], income["asked"]) == (1, 2, 1)
    assert income["at_stake_fen_per_month"] > 0
    assert income in files["户表.xlsx"]["facts"]
    assert "household income per month\t1\t2\t50%\t1" in screen


def document(relief, *line):
    return json.loads(relief("questions", *line, "--format", "json").stdout)


@pytest.mark.parametrize("answer, received", [("是", ("yes", 90000)), ("no", ("no", None))])
def test_a_payment_in_doubt_is_a_question_about_its_row(relief, answer, received):
    rows = [[1, "孙老太", SUN, 900, "缓发"]]
    head = [*ROSTER[1], "发放状态"]
    write_workbook(Path("特困名单.xlsx"), [ROSTER[0], head, *rows])
    relief("import", "特困名单.xlsx", "--roster", "tekun", "--complete")

    asked = question(relief, "payment", "特困名单.xlsx")
    relief("answer", asked["question"], answer, "--by", "王五")

    assert (asked["answers"], asked["household_nos"]) == (["yes", "no"], ["X-2"])
    assert [each for each in questions(relief, "--kind", "payment") if each["row"]] == []
    assert receipts_of("tekun") == [received]


def receipts_of(programme):
    with open_register(Path("relief.db")) as db:
        sql = "SELECT says, amount_fen FROM receipts WHERE programme = ? AND origin = 'roster'"
        return db.execute(sql, [programme]).fetchall()


@pytest.mark.parametrize("answer, fen", [("2", 45000), ("0.5", 180000), ("leave", None)])
def test_the_months_of_a_payment_are_asked_and_divide_it(relief, answer, fen):
    write_workbook(
        Path("特困名单.xlsx"),
        [ROSTER[0], [*ROSTER[1], "备注"], [1, "孙老太", SUN, 900, "含补发"]],
    )
    relief("import", "特困名单.xlsx")

    asked = question(relief, "payment", "特困名单.xlsx")
    relief("answer", asked["question"], answer, "--by", "王五")

    assert asked["answers"] == ["MONTHS", "leave"]
    assert receipts_of("tekun") == [("yes", fen)]
    assert relief("answer", asked["question"], "25", "--by", "王五").exit_code == 1


def test_where_no_list_says_how_families_live_the_poorest_by_money_are_listed(relief):
    plain = [
        ["西岭", f"X-{number}", name, "户主", income]
        for number, name, income in ((5, "周小五", 400), (6, "周小六", 300), (7, "周小七", 5000))
    ]
    headings = ["社区", "户编号", "姓名", "与户主关系", "家庭月收入"]
    write_workbook(Path("收入表.xlsx"), [["西岭社区困难家庭表（2024年11月）"], headings, *plain])
    relief("import", "收入表.xlsx", "--replace")

    told = json.loads(relief("priority", "--format", "json").stdout)
    shown = relief("priority", "--lang", "zh")

    assert told["by_money"] == ["X-1", "X-6", "X-5"]
    assert told["findings"] == []
    assert told["totals"]["priority_households"] == 0
    assert told["totals"]["priority_households_at_most"] >= 3
    assert shown.stderr.count("全街道没有一张表写明：不愁吃") == 1


@pytest.mark.parametrize("command, words", [("gaps", "应享未享至少"), ("priority", "重点关注至少")])
def test_the_first_sentence_says_both_bounds_and_how_many_answers_decide(relief, command, words):
    shown = relief(command, "--lang", "zh").stderr.splitlines()

    assert re.search(rf"{words} \d+ 户、至多 \d+ 户.*；答清 \d+ 个问题即可确定。$", shown[0])


def test_a_screen_ends_in_three_lines_at_most(relief):
    relief("gaps", "--open-cases")

    shown = relief("gaps").stderr.splitlines()

    last = next(place for place, line in enumerate(shown) if line.startswith("Findings as of"))
    assert 0 < len(shown[last + 1 :]) <= 3
    assert not [line for line in shown if "No value" in line]


def test_an_answer_says_how_it_was_understood(relief):
    result = relief("answer", question(relief, "fact", "X-2")["question"], "两千", "--by", "王五")

    assert "2,000.00 a month" in result.stderr


@pytest.mark.parametrize("day, code", [((), 1), (("--on", "2024-01-01"), 0)])
def test_a_value_of_the_law_needs_the_day_since_which_it_is_in_force(relief, day, code):
    asked = question(relief, "law-value", "limit of financial assets per person for dibao")

    result = relief("answer", asked["question"], "30000", "--by", "王五", *day)

    assert (result.exit_code, "--on YYYY-MM-DD" in result.stderr) == (code, code == 1)
    assert len(questions(relief, "--closed")) == 1 - code


@pytest.mark.parametrize(
    "income, found", [(900, ["“400” (answer to question", "“900” (户表12"]), (400, [])]
)
def test_a_newer_list_that_contradicts_an_answer_asks_again_and_names_both(relief, income, found):
    number = question(relief, "fact", "X-2")["question"]
    relief("answer", number, "400", "--by", "王五")
    row = ["西岭", "X-2", "孙老太", SUN, "户主", income]
    head = ["社区", "户编号", "姓名", "身份证号", "与户主关系", "家庭月收入"]
    write_workbook(Path("户表12.xlsx"), [["西岭社区困难家庭表（2024年12月）"], head, row])

    relief("import", "户表12.xlsx")

    asked = questions(relief, "--kind", "disputed-value")
    assert [each["question"] for each in asked] == [number] * bool(found)
    assert all(part in asked[0]["text_en"] for part in found)


def test_a_screen_has_what_is_alike_in_one_line_and_leaves_out_what_changes_nothing(relief):
    rows = [["西岭", f"Y-{place}", f"周{place}", "户主", ""] for place in "一二三四五"]
    head = ["社区", "户编号", "姓名", "与户主关系", "家庭月收入"]
    write_workbook(Path("新表.xlsx"), [["西岭社区困难家庭表（2024年11月）"], head, *rows])
    relief("import", "新表.xlsx")

    shown = relief("questions")

    assert "(6 questions)" in shown.stdout
    assert "Presumed" not in shown.stdout
    assert "change nothing now" in shown.stderr
    assert len(questions(relief, "--kind", "fact")) >= 6


def test_what_closes_nothing_comes_after_what_does(relief):
    listed = questions(relief)

    stakes = [bool(each["at_stake_fen_per_month"]) for each in listed]
    assert stakes == sorted(stakes, reverse=True)
    assert {each["at_stake_fen_per_month"] for each in listed if each["kind"] == "law-value"} == {
        None
    }


def test_every_page_counts_the_same_questions(relief):
    pages = [relief(*line).stdout + relief(*line).stderr for line in ((), ("gaps",), ("priority",))]

    assert len({re.search(r"Open questions: (\d+)", page).group(1) for page in pages}) == 1
