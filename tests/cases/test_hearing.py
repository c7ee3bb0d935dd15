"""Nothing is cut or ended before the family was heard and told, from the day the law says so."""

import datetime as dt
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from relieftool.cases.case_list import find_case, open_cases
from relieftool.cases.closing import record_closing
from relieftool.cases.decision_lists import read_decisions
from relieftool.cases.department_decisions import StatedDecision, record_case_decisions
from relieftool.cases.records import CaseFinding, DepartmentDecision
from relieftool.errors import ReliefError
from relieftool.pack.loading import load_pack
from relieftool.pack.models import Hearing
from relieftool.pack.pack_files import find_shipped_pack
from tests.cases.test_decision_list import save
from tests.support.ledger_register import new_register

PACK = load_pack(find_shipped_pack())
SOURCE = {"zh": "法", "en": "the Act"}
DUTY = Hearing.model_validate({"from": dt.date(2024, 12, 15), "source": SOURCE})
OPENED, BEFORE, FROM = dt.date(2024, 12, 10), dt.date(2024, 12, 14), dt.date(2024, 12, 15)
ENDED, REDUCED = DepartmentDecision.ENDED, DepartmentDecision.REDUCED
HEARD, TOLD = dt.date(2024, 12, 12), dt.date(2024, 12, 18)


@pytest.fixture
def db(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    register = new_register(tmp_path / "relief.db")
    open_cases(register, [CaseFinding("HK-1", None, "dibao", "review")], OPENED)
    yield register
    register.close()


def decide(db, decision, on, **stated):
    decided = StatedDecision("C2024-0001", decision, on, "收入超过标准", **stated)
    return record_case_decisions(db, [decided], by="王五", hearing=DUTY)[0]


@pytest.mark.parametrize("decision", [ENDED, REDUCED])
@pytest.mark.parametrize("days", [{}, {"heard_on": HEARD}, {"told_on": TOLD}])
def test_from_the_day_of_the_law_on_taking_away_needs_both_days(db, decision, days):
    with pytest.raises(ReliefError, match="before the family was heard"):
        decide(db, decision, FROM, **days)

    assert find_case(db, "C2024-0001").decision is None


def test_with_both_days_it_is_recorded_with_them(db):
    case = decide(db, ENDED, FROM, heard_on=HEARD, told_on=TOLD)

    assert (case.decision, case.heard_on, case.told_on) == ("ended", "2024-12-12", "2024-12-18")


def test_the_day_before_the_law_neither_day_is_needed(db):
    assert decide(db, ENDED, BEFORE).decision == "ended"


def test_what_stays_as_it_is_needs_no_hearing(db):
    assert decide(db, DepartmentDecision.GRANTED, FROM).decision == "granted"


@pytest.mark.parametrize(
    "heard, told", [(dt.date(2024, 12, 16), TOLD), (HEARD, dt.date(2024, 12, 14))]
)
def test_the_family_is_heard_before_and_told_after(db, heard, told):
    with pytest.raises(ReliefError, match="heard before the decision and told of it after"):
        decide(db, REDUCED, FROM, heard_on=heard, told_on=told)


def test_what_is_received_cannot_be_refused(db):
    with pytest.raises(ReliefError, match="they receive this"):
        decide(db, DepartmentDecision.REFUSED, FROM)


def unclaimed(db):
    open_cases(db, [CaseFinding("HK-2", None, "dibao", "unclaimed")], OPENED)
    return StatedDecision("C2024-0002", ENDED, BEFORE, "收入超过标准")


def test_what_was_never_received_cannot_be_ended(db):
    with pytest.raises(ReliefError, match="receive nothing of this"):
        record_case_decisions(db, [unclaimed(db)], by="王五")

    assert find_case(db, "C2024-0002").decision is None


def test_what_was_granted_in_the_case_can_be_ended_later(db):
    ended = unclaimed(db)
    granted = StatedDecision("C2024-0002", DepartmentDecision.GRANTED, OPENED)
    record_case_decisions(db, [granted], by="王五")

    assert record_case_decisions(db, [ended], by="王五")[0].decision == "ended"


def test_a_case_is_closed_as_ended_only_after_that_was_decided(db):
    closing = {"outcome": "ended", "evidence": "决定书", "by": "王五", "closed_on": TOLD}
    with pytest.raises(ReliefError, match="no end of it is written down"):
        record_closing(db, "C2024-0001", **closing)

    decide(db, ENDED, FROM, heard_on=HEARD, told_on=TOLD)

    assert record_closing(db, "C2024-0001", **closing).record.outcome == "ended"


@pytest.mark.parametrize(
    "day, expected", [(dt.date(2026, 6, 30), False), (dt.date(2026, 7, 1), True)]
)
def test_the_shipped_packs_have_the_duty_from_the_act_on(day, expected):
    cities = [load_pack(find_shipped_pack(name)) for name in ("pingxiang", "shenzhen")]

    lacking = [StatedDecision("C", ENDED, day).lacks_hearing(pack.hearing) for pack in cities]

    assert lacking == [expected, expected]


HEADER = ("条目号", "结果", "理由", "日期", "听取意见日期", "告知日期")


@pytest.mark.parametrize(
    "row, expected",
    [
        (("C2024-0001", "停发", "超标", "2024-12-15", "2024-12-12", "2024-12-18"), "ended"),
        (("C2024-0001", "核减", "超标", "2024-12-15", "2024-12-12", "2024-12-18"), "reduced"),
        (("C2024-0001", "停发", "超标", "2024-12-14", "", ""), "ended"),
        (("C2024-0001", "停发", "超标", "2024-12-15", "", "2024-12-18"), "not-heard"),
        (("C2024-0001", "停发", "超标", "2024-12-15", "2024-12-12", ""), "not-heard"),
        (
            ("C2024-0001", "停发", "超标", "2024-12-15", "2024-12-16", "2024-12-18"),
            "heard-too-late",
        ),
        (("C2024-0001", "停发", "", "2024-12-14", "", ""), "refusal-without-reason"),
        (("C2024-0001", "不批准", "超标", "2024-12-14", "", ""), "decision-unfit"),
    ],
)
def test_a_list_of_decisions_has_the_same_duty(db, row, expected):
    pack = PACK.model_copy(update={"hearing": DUTY})

    found = read_decisions(db, save(row, header=HEADER), pack, None, today=dt.date(2024, 12, 31))

    assert [*(each.decision for each in found.stated), *(each.code for each in found.problems)] == [
        expected
    ]


LIST = """社区困难户（2024年12月10日）
户编号,姓名,身份证号,与户主关系,社区,家庭月收入,家庭存款,机动车数量,住房套数,已享受政策
A-1,赵大山,360302197003051237,户主,河口下,3000,0,0,1,低保
"""
TOWN = """id = "town"
extends = "pingxiang"
version = "1"
title = { zh = "镇", en = "town" }
area = { zh = "镇", en = "town" }
hearing = { from = 2024-01-01, source = { zh = "镇规定", en = "a rule of the town" } }
"""


ON = ("--as-of", "2024-12-10", "--pack", "town")


@pytest.fixture
def town(relief):
    """Return relief with a household whose dibao is to be reviewed, under a town's own duty."""
    Path("town").mkdir()
    Path("town/pack.toml").write_text(TOWN, "utf-8")
    Path("名单.csv").write_text(LIST, "utf-8-sig")
    relief("import", "名单.csv", "--pack", "town")
    return relief


def reviews(relief):
    cases = json.loads(relief("cases", "--format", "json", "--pack", "town").stdout)["cases"]
    return [case["case"] for case in cases if case["found"] == "review"]


def test_a_review_says_that_the_family_must_be_heard_and_gets_a_case_only_when_asked_for(town):
    said = town("explain", "A-1", "dibao", "--pack", "town").stdout
    town("gaps", "--open-cases", *ON)
    unasked = reviews(town)

    town("gaps", "--status", "review", "--open-cases", *ON)
    town("gaps", "--open-cases", *ON)

    assert "hear the family before it is cut" in said
    assert (unasked, len(reviews(town))) == ([], 1)
    assert "no longer" not in town("gaps", "--open-cases", *ON).stderr


def test_decide_takes_both_days_and_names_the_rule_without_them(town):
    town("gaps", "--status", "review", "--open-cases", *ON)
    end = (
        "decide",
        *reviews(town),
        "--ended",
        "--reason",
        "超标",
        "--by",
        "王五",
        "--pack",
        "town",
    )

    unheard = town(*end, "--on", "2024-12-20")
    days = ("--on", "2024-12-20", "--heard", "2024-12-18", "--told", "2024-12-21")
    heard = town(*end, *days, "--format", "json")

    assert (unheard.exit_code, "a rule of the town" in unheard.stderr) == (1, True)
    (case,) = json.loads(heard.stdout)["cases"]
    assert (case["decision"], case["heard_on"], case["told_on"]) == (
        *("ended", "2024-12-18", "2024-12-21"),
    )


def refer(relief, lang, values):
    """Refer the reviews, fill in the last columns of the workbook and take it back."""
    relief("gaps", "--status", "review", "--open-cases", *ON)
    sent = ("--by", "王五", "--on", "2024-12-12", "--out", "转办.xlsx", "--pack", "town")
    relief("refer", *reviews(relief), *sent, "--lang", lang)
    workbook = load_workbook("转办.xlsx")
    sheet = workbook.worksheets[0]
    names = [cell.value for cell in sheet[1]]
    for column, value in zip(names[-len(values) :], values, strict=True):
        sheet.cell(2, names.index(column) + 1).value = value
    workbook.save("转办.xlsx")
    return relief("decide", "--file", "转办.xlsx", "--by", "王五", "--pack", "town")


@pytest.mark.parametrize("lang, outcome", [("zh", "停发"), ("en", "ended")])
def test_a_referral_of_a_review_asks_for_both_days_and_comes_back_with_them(town, lang, outcome):
    filled = (outcome, "超标", "", "2024-12-20", "2024-12-18", "2024-12-21")

    result = refer(town, lang, filled)

    (case,) = json.loads(town("cases", "--format", "json", "--pack", "town").stdout)["cases"]
    assert (result.exit_code, case["decision"]) == (0, "ended")
    assert (case["heard_on"], case["told_on"]) == ("2024-12-18", "2024-12-21")


def test_a_referral_of_a_review_without_the_days_is_not_taken(town):
    result = refer(town, "zh", ("停发", "超标", "", "2024-12-20", "", ""))

    assert (result.exit_code, "write both days" in result.stdout + result.stderr) == (3, True)
