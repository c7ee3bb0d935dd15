"""What programs outside rely on: the keys and types of the answers, on the screen and in files."""

import csv
import io
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from relieftool.api.gap_answers import describe_gaps
from relieftool.cases.case_list import open_cases
from relieftool.eligibility.gaps import find_gaps
from relieftool.eligibility.priority import find_priority
from relieftool.output.files import format_json
from relieftool.output.priority import build_priority_result
from tests.support.ledger_register import DAY as OPENED
from tests.support.ledger_register import DIBAO, PRIORITY_CASE, new_register
from tests.support.own_files import QIAN, SUN, ZHAO, write_workbook
from tests.support.ready_folders import fill_folder
from tests.support.tiny_packs import DAY, home, pack_of, person, programme, receipt, register_of

PACK = pack_of(
    [
        programme(
            "aid",
            criteria={"safe": "not is_safe", "urban": "is_urban", "car": "cars = 0"},
            amounts=["line"],
        ),
        programme("care", "member", "is_ill", amounts=["line"], period="once"),
    ]
)
NO_AID = [receipt("aid", "no", "sheet")]
ILL = person([receipt("care", "no", "sheet")], name="欧阳小明", is_ill=1)
POOR = home([ILL], NO_AID, wages=0, rent=1, is_safe=0, is_urban=0, cars=None)
UNSURE = home([person(name="赵大山", is_ill=0)], NO_AID, wages=0, rent=None, is_safe=None)

HEAD = {"relief_result": int, "command": str, "as_of": str, "pack": dict, "unvalued": list}
TOTALS = {
    "communities": int,
    "households": int,
    "members": int,
    "unclaimed_households": int,
    "undetermined_households": int,
    "review_households": int,
    "unclaimed_fen_per_month": int,
    "unclaimed_amount_unknown": int,
    **dict.fromkeys(("unclaimed_households_at_most", "members_at_most"), int),
    "unclaimed_fen_per_month_at_most": int,
    **dict.fromkeys(("unclaimed_fen_per_month_as_known", "households_without_limit"), int),
}
PRIORITY_TOTALS = {
    "communities": int,
    "households": int,
    "members": int,
    "priority_households": int,
    "priority_members": int,
    "undecided_households": int,
    "h": float,
    "a": float,
    "m0": float,
    "h_exact": str,
    "a_exact": str,
    "m0_exact": str,
    "left_out_members": int,
    **dict.fromkeys(("priority_households_at_most", "priority_members_at_most"), int),
}
GAP = {
    "household_no": str,
    "community": str,
    "head": str,
    "member_no": str,
    "member": str,
    "programme": str,
    "status": str,
    "amount_fen": int,
    "amount_period": str,
    "paid_fen": type(None),
    "criteria": list,
    "missing": list,
    "assumed": list,
    "presumed": list,
    "unlocked_by": list,
    "alternative_to": list,
    "conflicts_with": list,
    "undated": list,
    "gain_fen_per_year": type(None),
    "cheapest": list,
    "cheapest_eligible": list,
    "cheapest_proof": type(None),
    "cheapest_eligible_proof": type(None),
    "at_stake_fen_per_month": type(None),
    "near": list,
    "paid_until": type(None),
    "uncompared": type(None),
    "department": str,
    "case": type(None),
    "days_open": type(None),
}
FIRST = {
    "household_no": str,
    "community": str,
    "head": str,
    "members": int,
    "score": float,
    "score_max": float,
    "score_exact": str,
    "score_max_exact": str,
    "left_fen_per_month": int,
    "left_known_fen_per_month": int,
    "line_fen_per_month": int,
    "missing": list,
    "reasons": list,
    "as_due": list,
}


def types_of(record):
    return {key: type(value) for key, value in record.items()}


def answers(*homes):
    """Return the answers of gaps and priority as a program reads them."""
    with register_of(PACK, *homes) as db:
        gaps = describe_gaps(find_gaps(db, PACK, DAY)).document(is_revealed=False)
        priority = build_priority_result(find_priority(db, PACK, DAY)).shown().document
    return [json.loads(format_json(one)) for one in (gaps, priority)]


def test_gaps_have_the_keys_and_types_of_the_contract():
    gaps, _priority = answers(POOR)

    lists = {"communities": list, "findings": list, "uniform": list}
    assert types_of(gaps) == {**HEAD, "totals": dict, **lists}
    assert types_of(gaps["totals"]) == TOTALS
    assert [types_of(one) for one in gaps["communities"]] == [{"community": str, **TOTALS}]
    assert [types_of(one) for one in gaps["findings"]] == [GAP]


def test_priority_has_the_keys_and_types_of_the_contract():
    known = home([person(name="赵大山", is_ill=0)], NO_AID, wages=0, rent=1, is_safe=0, is_urban=0)

    _gaps, priority = answers(known)

    lists = {"communities": list, "findings": list, "undecided": list, "uniform": list}
    lists |= {"by_money": list}
    assert types_of(priority) == {**HEAD, "totals": dict, **lists}
    assert types_of(priority["totals"]) == PRIORITY_TOTALS
    assert [types_of(o) for o in priority["communities"]] == [{"community": str, **PRIORITY_TOTALS}]
    assert [types_of(one) for one in priority["findings"]] == [FIRST]
    assert priority["findings"][0]["reasons"] == [
        {"id": "unsafe", "truth": True, "weight": 1.0, "weight_exact": "1"}
    ]


def test_both_answers_begin_alike_and_say_which_pack_and_day():
    heads = [[one[key] for key in HEAD] for one in answers(POOR)]

    pack = {"id": "tiny", "version": "1", "sha256": "", "set_here": []}
    assert heads == [[1, "gaps", "2024-12-10", pack, []], [1, "priority", "2024-12-10", pack, []]]


def test_truth_is_true_false_or_null():
    gaps, priority = answers({**UNSURE, "is_safe": 0, "is_urban": 1}, UNSURE)

    truths = [[one["truth"] for one in finding["criteria"]] for finding in gaps["findings"]]
    assert truths == [[True, True, None], [None, None, None]]
    assert [one["reasons"][0]["truth"] for one in priority["undecided"]] == [True, None]


def test_false_is_written_as_false_and_unknown_money_as_null():
    unlucky = home([ILL], [receipt("aid")], wages=None, is_safe=1, is_urban=None, cars=1)

    gaps, priority = answers(unlucky)

    review = gaps["findings"][0]
    assert [one["truth"] for one in review["criteria"]] == [False, None, False]
    assert (review["member_no"], review["member"], review["paid_fen"]) == (None, None, None)
    assert priority["undecided"] == []


def test_names_are_masked_in_the_answers():
    gaps, priority = answers(POOR, UNSURE)

    assert {(one["head"], one["member"]) for one in gaps["findings"]} == {
        ("欧阳*", "欧阳*"),
        ("赵*", None),
    }
    shown = priority["findings"] + priority["undecided"]
    assert {one["head"] for one in shown} == {"欧阳*", "赵*"}


def test_cases_have_the_keys_and_types_of_the_contract(relief, tmp_path):
    open_cases(new_register(tmp_path / "relief.db"), [DIBAO, PRIORITY_CASE], OPENED)

    document = json.loads(relief("cases", "--format", "json").stdout)

    texts = ("case", "household_no", "community", "programme", "state", "opened_on")
    open_still = ("member_no", "due_on", "closed_on", "outcome", "verified", "by")
    expected = dict.fromkeys(texts, str) | dict.fromkeys(open_still, type(None))
    assert types_of(document) == {"relief_result": int, "command": str, "cases": list}
    added = ("checked_by", "referred_on", "department", "decision", "decided_on", "decided_fen")
    expected |= dict.fromkeys(
        (
            *added,
            "proxy",
            "reopened_on",
            "due_counts",
            "reason",
            "evidence_sha256",
            "heard_on",
            "told_on",
        ),
        type(None),
    )
    expected |= {"last_on": str, "is_overdue": bool, "days_open": int}
    expected |= {"found": str, "found_on": str, "paid_until": type(None)}
    limited = expected | {"due_on": str, "due_counts": str}
    assert [types_of(one) for one in document["cases"]] == [limited, expected]


@pytest.fixture
def imported(relief):
    """Return relief with two households of its own, and everything about them to ask."""
    return fill_folder(_import_households, relief)


def _import_households(relief):
    head = ["户编号", "姓名", "身份证号", "与户主关系", "社区", "车辆（辆）", "银行存款（元）"]
    path = write_workbook(
        Path("困难户.xlsx"),
        [
            ["西岭街道困难户摸排情况（2024年12月5日）"],
            [*head, "月收入合计", "残疾级别", "残疾类型", "联系电话"],
            ["X-1", "赵大山", ZHAO, "户主", "西岭", 0, 100, 800, "", "", "13900001111"],
            ["X-1", "钱小花", QIAN, "妻", "西岭", "", "", "", "二级", "肢体", ""],
            ["X-2", "孙老太", SUN, "户主", "西岭", 0, 0, 300, "", "", ""],
        ],
    )
    assert relief("import", path).exit_code in (0, 3)


SECRETS = ("赵大山", "钱小花", "孙老太", ZHAO, QIAN, SUN, "肢体", "13900001111")
KEYS = {
    "gaps": "household_no community head member_no member programme status amount period why"
    " department",
    "priority": "household_no community head members left line score reasons unknown",
}
BOTH = pytest.mark.parametrize("command", ["gaps", "priority"])


def asked(relief, command):
    return json.loads(relief(command, "--format", "json").stdout)


def written_text(path):
    """Return all text of a file, of a workbook that of its cells."""
    if path.suffix != ".xlsx":
        return path.read_text("utf-8-sig")
    sheets = load_workbook(path).worksheets
    return "".join(str(row) for sheet in sheets for row in sheet.iter_rows(values_only=True))


@BOTH
def test_the_json_file_gives_the_same_as_the_screen(imported, command):
    imported(command, "--out", "answer.json")

    assert json.loads(Path("answer.json").read_text("utf-8")) == asked(imported, command)


@BOTH
def test_csv_for_programs_is_headed_by_the_keys_of_the_listing(imported, command):
    lines = list(csv.reader(io.StringIO(imported(command, "--format", "csv").stdout)))

    assert lines[0] == KEYS[command].split()
    assert len(lines) - 1 == len(asked(imported, command)["findings"])


@BOTH
def test_files_for_people_hold_every_household_that_the_answer_lists(imported, command):
    imported(command, "--out", "answer.xlsx")
    imported(command, "--out", "answer.html")
    answer = asked(imported, command)

    listed = [one["household_no"] for one in answer["findings"] + answer.get("undecided", [])]
    cells = [
        row[0]
        for sheet in load_workbook("answer.xlsx").worksheets
        for row in sheet.iter_rows(values_only=True)
    ]
    page = Path("answer.html").read_text("utf-8")
    assert listed != []
    assert sorted(one for one in cells if one in ("X-1", "X-2")) == sorted(listed)
    assert page.count(">X-1<") + page.count(">X-2<") == len(listed)


@pytest.mark.parametrize("ending", ["json", "csv", "xlsx", "html"])
@BOTH
def test_no_file_holds_anything_unmasked(imported, command, ending):
    path = Path(f"answer.{ending}")

    imported(command, "--out", path)

    text = written_text(path)
    assert text != ""
    assert [word for word in SECRETS if word in text] == []


def test_a_reveal_shows_names_in_the_answer(imported):
    result = imported("gaps", "--format", "json", "--reveal", "--reason", "home visit")

    assert {one["head"] for one in json.loads(result.stdout)["findings"]} == {"赵大山", "孙老太"}
