"""Fieldwork as people type it: visits, samples, helpers, measures, and the register in print."""

import json

import pytest
from openpyxl import load_workbook

from relieftool.cases.case_list import open_cases
from relieftool.store.database import write
from relieftool.store.entries import ALL_KINDS
from tests.support.fieldwork_entries import fill_fieldwork
from tests.support.ledger_register import DAY, DIBAO, close, new_register

ON = ("--on", "2024-12-12")
VISIT = ("visit", "HK-1", "--by", "张三", "--by", "李四", "--level", "社区", "--method", "上门")


@pytest.fixture
def db(tmp_path):
    register = new_register(tmp_path / "relief.db")
    with write(register):
        register.execute("UPDATE members SET name = '欧阳小明' WHERE member_no = 'HK-1-1'")
        register.execute(
            "UPDATE households SET head_member_no = 'HK-1-1', hardship_cause = '因病'"
            " WHERE household_no = 'HK-1'"
        )
    open_cases(register, [DIBAO], DAY)
    yield register
    register.close()


def answer(relief, *line):
    return json.loads(relief(*line, "--format", "json").stdout)


@pytest.mark.usefixtures("db")
def test_a_visit_is_counted_and_what_was_found_is_shown_only_on_a_reveal(relief):
    done = relief(*VISIT, "--found", "卧床", "--knows-policy", "yes", *ON)

    counted = answer(relief, "visits", "--as-of", "2024-12-31")
    shown = relief("show", "HK-1")
    revealed = relief("show", "HK-1", "--reveal", "--reason", "按月复核")
    survey = [one for one in counted["coverage"] if one["step"] == "survey"][-1]
    assert (done.exit_code, survey["done"], survey["never"]) == (0, 1, 2)
    assert counted["awareness"][-1]["rate"] == 1.0
    assert ("卧床" in shown.stdout, "卧床" in revealed.stdout) == (False, True)
    assert "卧床" not in done.stdout


@pytest.mark.usefixtures("db")
def test_the_interval_over_all_strata_is_not_called_exact(relief):
    relief("sample", "--rate", "50%", "--seed", "7", *ON)
    for number in answer(relief, "sample")["households"]:
        home = ("--record", number["household_no"])
        relief("sample", *home, "--agrees", "yes", "--visitor", "赵六", *ON)

    lines = relief("sample").stdout.splitlines()
    found = answer(relief, "sample")["rates"]

    assert [one["is_approximate"] for one in found] == [False, False, True]
    assert [line for line in lines if "about 0.0 %" in line] == [lines[3]]
    assert lines[3].startswith("all, weighted")


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("method, is_counted", [("上门", True), ("电话", False)])
def test_who_writes_down_a_call_is_told_that_it_does_not_count(relief, method, is_counted):
    done = relief(*VISIT[:-1], method, "--found", "属实", *ON)

    assert ("does not count it" in done.stderr) != is_counted


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "line",
    [
        (*VISIT, "--found", "属实", *ON),
        ("sample", "--rate", "50%", "--seed", "7", *ON),
        ("helpers", "add", "周华", *ON),
        ("measure", "HK-1", "--kind", "慰问", "--done-on", "2024-12-12", "--by", "王五"),
    ],
    ids=lambda line: line[0],
)
def test_a_rehearsal_changes_no_byte(relief, tmp_path, line):
    before = (tmp_path / "relief.db").read_bytes()

    result = relief(*line, "--dry-run")

    assert (result.exit_code, (tmp_path / "relief.db").read_bytes()) == (0, before)


@pytest.mark.usefixtures("db")
def test_a_sample_is_drawn_and_its_results_give_the_error_rate(relief):
    drawn = answer(relief, "sample", "--rate", "100%", "--seed", "7", *ON)
    again = answer(relief, "sample", "--rate", "100%", "--seed", "7", *ON, "--dry-run")
    for number, word in (("HK-1", "no"), ("HK-2", "yes"), ("HY-1", "yes")):
        stated = ("--agrees", word, "--note", "人数不符", "--visitor", "赵六", *ON)
        assert relief("sample", "--record", number, *stated).exit_code == 0

    overall = answer(relief, "sample")["rates"][-1]

    assert drawn["sample"]["frame_sha256"] == again["sample"]["frame_sha256"]
    assert len(drawn["households"]) == 3
    assert overall["rate"] == pytest.approx(1 / 3)
    assert overall["wilson"] == pytest.approx([1 / 3, 1 / 3])


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "line, code, words",
    [
        (("sample", "--rate", "10%"), 2, "--rate and --seed go together"),
        (("sample", "--record", "HK-1"), 2, "say --agrees yes or no, and --visitor NAME"),
        (("assign",), 2, "name a household and a helper, or ask with --suggest"),
        (("assign", "--suggest", "--apply"), 2, "say who does this"),
        (("assign", "HK-1", "周华", "--by", "王五"), 1, "no helper has this name"),
        (("measure", "HK-1", "--kind", "慰问", "--by", "王五"), 1, "a measure needs the day"),
    ],
)
def test_a_line_that_lacks_something_is_refused(relief, line, code, words):
    result = relief(*line)

    assert (result.exit_code, words in result.stderr) == (code, True)


@pytest.mark.usefixtures("db")
def test_a_helper_given_by_hand_stands_beside_the_community(relief):
    relief("helpers", "add", "周华", *ON)

    (given,) = answer(relief, "assign", "HK-1", "周华", "--by", "王五", *ON)["assignments"]

    assert (given["household_no"], given["community"]) == ("HK-1", "河口下")


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("place, is_summed", [((), True), (("--community", "河口下"), False)])
def test_a_sum_over_all_communities_stands_only_below_several(relief, place, is_summed):
    assert ("all communities" in relief("visits", *place).stdout) == is_summed


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("rate, words", [("100%", "100 %"), ("0.1", "10 %"), ("12.5%", "12.5 %")])
def test_a_sample_names_its_share_as_people_do(relief, rate, words):
    drawn = relief("sample", "--rate", rate, "--seed", "7", *ON, "--lang", "en")

    assert f"{words} of each stratum" in drawn.stdout + drawn.stderr


@pytest.mark.usefixtures("db")
def test_suggestions_applied_leave_nobody_without(relief):
    relief("helpers", "add", "周华", "--unit", "区税务局", *ON)
    relief("assign", "--suggest", "--apply", "--by", "王五", *ON)

    left = answer(relief, "assign", "--suggest")["assignments"]
    (listed,) = answer(relief, "helpers", "list")["helpers"]

    assert (left, listed["households"]) == ([], 3)


@pytest.mark.parametrize(
    "options, head, cause",
    [((), "欧阳*", "***"), (("--reveal", "--reason", "年终归档"), "欧阳小明", "因病")],
)
def test_the_workbook_has_the_register_in_front_set_out_for_a4(relief, db, options, head, cause):
    relief("helpers", "add", "周华", "--unit", "区税务局", *ON)
    relief("assign", "HK-1", "周华", "--by", "王五", *ON)
    done = ("--done-on", "2024-12-12", "--amount", "500", "--result", "已送达", "--by", "王五")
    relief("measure", "HK-1", "--kind", "慰问", *done)
    close(db, "C2024-0001", checked_by="赵六")

    relief("cases", "--out", "台账.xlsx", *options, "--lang", "zh")

    sheet = load_workbook("台账.xlsx").worksheets[0]
    row = dict(zip(*[[cell.value for cell in line] for line in sheet.iter_rows()], strict=True))
    usual = ["社区", "户主", "困难原因", "帮扶单位", "责任人", "措施", "核查人"]
    assert [row[name] for name in usual] == [
        *("河口下", head, cause, "区税务局", "周华", "慰问", "赵六"),
    ]
    assert row["人口"] == 1
    assert row["落实情况"] == "慰问 2024-12-12 落实 500.00 元 已送达"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.oddHeader.center.text == "脱困成效销号管理工作台账"


def test_verify_lists_the_end_of_every_chain_that_has_an_entry(relief, db):
    fill_fieldwork(db)

    listed = relief("verify", "--format", "table")

    names = [line.split("\t")[0] for line in listed.stdout.splitlines()[1:12]]
    assert listed.exit_code == 0
    assert names == [
        *("cases", "reveals", "visits", "helpers", "assignments", "measures", "samples"),
        *("re-visits", "needs", "withdrawn forms", "all of these together"),
    ]


@pytest.mark.usefixtures("db")
def test_verify_names_every_chain(relief):
    relief("helpers", "add", "周华", *ON)

    found = answer(relief, "verify")

    entries = {one["table"]: one["entries"] for one in found["chains"]}
    assert found["is_whole"]
    assert {kind.table for kind in ALL_KINDS} <= entries.keys()
    assert entries["helpers"] == 1
