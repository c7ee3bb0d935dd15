"""The steps of a case: what may follow what, what each must say, what it leaves."""

from datetime import date

import pytest

from relieftool.cases.case_list import find_case, open_cases
from relieftool.cases.case_status import SubjectStatus
from relieftool.cases.closing import record_check
from relieftool.cases.deadlines import add_deadlines
from relieftool.cases.department_decisions import (
    StatedDecision,
    record_case_decisions,
    record_referral,
    record_reopening,
)
from relieftool.cases.records import DepartmentDecision
from relieftool.cases.steps import add_step
from relieftool.cases.verify import verify_ledger
from relieftool.errors import ReliefError
from relieftool.pack.loading import load_pack
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.store.database import write
from tests.support.ledger_register import (
    DAY,
    DIBAO,
    MEMBERS_CASE,
    PRIORITY_CASE,
    add_receipt,
    close,
    ledger_rows,
    new_register,
    rows_of,
)

PACK = load_pack(find_shipped_pack())
CASE = "C2024-0001"
LATER = date(2024, 12, 20)
STATES = {
    "found": [],
    "referred": ["referred"],
    "decided": ["decided"],
    "receipt_seen": ["receipt_seen"],
    "closed": ["closed"],
    "reopened": ["closed", "reopened"],
}
# Written out by hand from the working method, not taken from the program.
ALLOWED = {
    "referred": {"found", "referred", "decided", "reopened"},
    "decided": {"found", "referred", "decided", "receipt_seen", "reopened"},
    "receipt_seen": {"found", "referred", "decided", "reopened"},
    "closed": {"found", "referred", "decided", "receipt_seen", "reopened"},
    "verified": {"closed"},
    "checked": {"closed"},
    "reopened": {"closed"},
    "found_again": {"closed", "receipt_seen"},
    "opened": set(),
}
LEAVES = {
    "referred": "referred",
    "decided": "decided",
    "receipt_seen": "receipt_seen",
    "closed": "closed",
    "verified": "closed",
    "checked": "closed",
    "reopened": "reopened",
    "found_again": "reopened",
}
SAYS = {
    "decided": {"outcome": "granted"},
    "closed": {"outcome": "receiving", "is_verified": 0},
    "referred": {"department": "区民政局"},
}
MOVES = [(state, step) for state in STATES for step in ALLOWED]


@pytest.fixture
def db(tmp_path):
    register = new_register(tmp_path / "relief.db")
    open_cases(register, [DIBAO], DAY)
    yield register
    register.close()


def take(db, step, by="王五", reason="理由", on=LATER):
    with write(db):
        add_step(db, find_case(db, CASE), step, on, by=by, reason=reason, **SAYS.get(step, {}))


def bring(db, state):
    for step in STATES[state]:
        take(db, step)


@pytest.mark.parametrize("state, step", [one for one in MOVES if one[0] in ALLOWED[one[1]]])
def test_a_step_that_may_follow_leaves_its_state_and_a_whole_ledger(db, state, step):
    add_receipt(db)
    bring(db, state)

    take(db, step, by="赵六")

    assert find_case(db, CASE).state == LEAVES[step]
    assert verify_ledger(db) == []


@pytest.mark.parametrize("state, step", [one for one in MOVES if one[0] not in ALLOWED[one[1]]])
def test_a_step_that_may_not_follow_is_refused_and_nothing_is_written(db, state, step):
    bring(db, state)
    before = ledger_rows(db)

    with pytest.raises(ReliefError, match="Nothing was written"):
        take(db, step)

    assert ledger_rows(db) == before


@pytest.mark.parametrize("step", ["opened", "closed", "reopened", "found_again"])
@pytest.mark.parametrize("reason", [None, "", " — "])
def test_a_step_that_needs_a_reason_is_refused_without_one(db, step, reason):
    bring(db, {"opened": "found", "closed": "found"}.get(step, "closed"))

    with pytest.raises(ReliefError, match=r"says nothing\nSay why|Nothing was written"):
        take(db, step, reason=reason)


@pytest.mark.parametrize("step", ["referred", "decided", "closed", "reopened", "checked"])
@pytest.mark.parametrize("by", [None, " ", "--"])
def test_a_step_that_a_person_takes_is_refused_without_a_name(db, step, by):
    bring(db, "closed" if step in ("reopened", "checked") else "found")

    with pytest.raises(ReliefError, match="--by: names nobody"):
        take(db, step, by=by)


@pytest.mark.parametrize("step", ["receipt_seen", "verified", "found_again"])
def test_what_the_program_sees_itself_names_no_person(db, step):
    bring(db, "found" if step == "receipt_seen" else "closed")

    take(db, step, by=None)

    assert rows_of(db, "case_entries")[-1]["by"] is None


def test_a_step_may_not_be_older_than_the_one_before(db):
    take(db, "referred", on=date(2024, 12, 20))

    with pytest.raises(ReliefError, match="has an entry of 2024-12-20, after 2024-12-19"):
        take(db, "decided", on=date(2024, 12, 19))


@pytest.mark.parametrize("step", ["referred", "decided", "receipt_seen", "closed"])
def test_no_step_is_taken_on_a_day_that_has_not_come(db, step):
    before = ledger_rows(db)

    with pytest.raises(ReliefError, match="C2024-0001: 2999-01-01 has not come yet"):
        take(db, step, on=date(2999, 1, 1))

    assert ledger_rows(db) == before


def test_no_case_is_opened_on_a_day_that_has_not_come(db):
    with pytest.raises(ReliefError, match="2999-01-01 has not come yet"):
        open_cases(db, [MEMBERS_CASE], date(2999, 1, 1))

    assert len(rows_of(db, "cases")) == 1


def test_a_step_is_taken_today(db):
    today = date.today()  # noqa: DTZ011 the local day

    take(db, "referred", on=today)

    assert find_case(db, CASE).referred_on == today.isoformat()


def test_a_reminder_does_not_begin_the_time_limit_anew_but_a_new_referral_does(db):
    take(db, "referred", on=date(2024, 12, 12))
    take(db, "referred", on=date(2024, 12, 20))
    reminded = find_case(db, CASE).referred_on
    take(db, "decided", on=date(2024, 12, 21))
    take(db, "referred", on=date(2024, 12, 25))

    record = find_case(db, CASE)

    assert (reminded, record.referred_on, record.decision) == ("2024-12-12", "2024-12-25", None)


def test_a_reopened_case_begins_anew_and_keeps_every_entry(db):
    take(db, "referred")
    take(db, "decided")
    close(db, CASE, "receiving", checked_by="赵六")
    entries = rows_of(db, "case_entries")

    record = record_reopening(db, CASE.lower(), reason="12月起停发", by="王五", on=date(2025, 1, 2))

    assert (record.state, record.reopened_on) == ("reopened", "2025-01-02")
    begun_anew = (record.outcome, record.closed_on, record.checked_by, record.decision)
    assert begun_anew == (None, None, None, None)
    assert (record.referred_on, record.department) == (None, None)
    (dated,) = add_deadlines([record], PACK, date(2025, 1, 2))
    # 30 working days after 2 January: 26 January and 8 February are worked, 28.1. to 4.2. are not
    assert dated.due_on == "2025-02-19"
    assert rows_of(db, "case_entries")[: len(entries)] == entries
    assert rows_of(db, "case_entries")[-1]["note"] == "12月起停发"


def test_a_receipt_that_is_gone_is_a_doubt_until_the_case_is_open_again(db):
    add_receipt(db)
    close(db, CASE, "receiving")
    whole = verify_ledger(db)
    with write(db):
        db.execute("DELETE FROM receipts")

    doubted = [(one.check, one.place, one.is_doubt) for one in verify_ledger(db)]
    record_reopening(db, CASE, reason="12月起停发", by="王五", on=date(2025, 1, 2))

    assert (whole, doubted) == ([], [("receipt-gone", CASE, True)])
    assert verify_ledger(db) == []


def test_a_rehearsed_reopening_leaves_the_case_closed(db):
    close(db, CASE)

    record_reopening(db, CASE, reason="x", by="王五", on=date(2025, 1, 2), is_rehearsal=True)

    assert find_case(db, CASE).state == "closed"


@pytest.mark.parametrize("checker", ["王五", " 王 五 "])
def test_whoever_closed_a_case_does_not_check_it(db, checker):
    with pytest.raises(ReliefError, match="--checked-by: is the person who closed the case"):
        close(db, CASE, checked_by=checker)
    close(db, CASE)

    with pytest.raises(ReliefError, match="--by: is the person who closed the case"):
        record_check(db, CASE, by=checker, on=LATER)

    assert find_case(db, CASE).checked_by is None


def test_a_check_is_named_at_once_or_later(db):
    open_cases(db, [MEMBERS_CASE], DAY)

    at_once = close(db, CASE, checked_by="赵六").record
    close(db, "C2024-0002")
    later = record_check(db, "C2024-0002", by="赵六", on=date(2025, 1, 2))

    assert (at_once.checked_by, later.checked_by) == ("赵六", "赵六")
    assert verify_ledger(db) == []


@pytest.mark.parametrize(
    "status, verified, is_underpaid",
    [
        ("receiving", True, False),
        ("underpaid", False, True),
        ("unclaimed", False, False),
        (None, True, False),
    ],
)
def test_less_than_is_due_is_not_receiving_enough(db, status, verified, is_underpaid):
    add_receipt(db)

    closed = close(db, CASE, "receiving", subject=SubjectStatus(status))

    assert (closed.is_verified, closed.is_underpaid) == (verified, is_underpaid)


@pytest.mark.parametrize(
    "is_priority, reason, verified",
    [(False, None, True), (True, "子女已就业", None), (None, "子女已就业", None)],
)
def test_improved_needs_a_household_that_no_longer_comes_first_or_a_reason(
    db, is_priority, reason, verified
):
    open_cases(db, [PRIORITY_CASE], DAY)
    standing = SubjectStatus(is_priority=is_priority)

    closed = close(db, "C2024-0002", "improved", subject=standing, reason=reason)

    assert closed.is_verified is verified
    assert ("子女已就业" in rows_of(db, "case_entries")[-1]["note"]) == bool(reason)


@pytest.mark.parametrize(
    "is_priority, words",
    [(True, "still meets the priority rule\n"), (None, "priority rule is not known\n")],
)
@pytest.mark.parametrize("reason", [None, "--"])
def test_improved_without_either_is_refused(db, is_priority, words, reason):
    with pytest.raises(ReliefError, match=words):
        close(db, CASE, "improved", subject=SubjectStatus(is_priority=is_priority), reason=reason)

    assert find_case(db, CASE).state == "found"


NO = {"decision": DepartmentDecision.REFUSED, "reason": "收入超标"}


@pytest.mark.parametrize(
    "before, reason, words",
    [
        ([], None, "no refusal is written down\nWrite the department's refusal down first"),
        ([], " — ", "no refusal is written down"),
        ([{}], None, "it was granted on 2024-12-20, so it is not refused"),
        ([{}], "家属说没批", "it was granted on 2024-12-20, so it is not refused"),
        ([NO, {}], "家属说没批", "it was granted on 2024-12-20, so it is not refused"),
        ([NO, "receipt_seen"], "家属说没批", "a receipt was seen, so it is not refused"),
        (["receipt_seen"], "家属说没批", "a receipt was seen, so it is not refused"),
    ],
)
def test_refused_is_no_outcome_against_a_grant_or_a_receipt_or_without_a_refusal(
    db, before, reason, words
):
    for step in before:
        take(db, step) if isinstance(step, str) else decide(db, **step)

    with pytest.raises(ReliefError, match=words):
        close(db, CASE, "refused", reason=reason)

    assert find_case(db, CASE).is_open


@pytest.mark.parametrize(
    "before, reason",
    [([NO], None), ([], "街道初审未通过"), ([{}, NO], None), (["receipt_seen", NO], None)],
)
def test_refused_is_an_outcome_with_a_refusal_that_stands_or_with_a_reason(db, before, reason):
    for step in before:
        take(db, step) if isinstance(step, str) else decide(db, **step)

    closed = close(db, CASE, "refused", reason=reason)

    assert (closed.record.outcome, closed.is_verified) == ("refused", None)
    assert verify_ledger(db) == []


def decide(db, decision=DepartmentDecision.GRANTED, on=LATER, **stated):
    return record_case_decisions(db, [StatedDecision(CASE, decision, on, **stated)], by="王五")


def test_a_decision_is_kept_with_amount_reason_and_day(db):
    (record,) = decide(db, amount_fen=63500, reason="符合条件")

    assert (record.state, record.decision) == ("decided", "granted")
    assert (record.decided_fen, record.decided_on) == (63500, "2024-12-20")
    assert rows_of(db, "case_entries")[-1]["note"] == "符合条件"


def test_the_same_decision_again_is_not_written_again_and_another_is(db):
    decide(db, amount_fen=63500)
    decide(db, amount_fen=63500)
    once = len(rows_of(db, "case_entries"))

    decide(db, amount_fen=70000)

    assert (once, len(rows_of(db, "case_entries"))) == (2, 3)


@pytest.mark.parametrize(
    "again, entries",
    [("收入超标", 2), (" 收入超标 ", 2), ("收入 1,200 元，超标", 3)],
)
def test_a_corrected_reason_is_written_and_the_same_one_is_not(db, again, entries):
    decide(db, DepartmentDecision.REFUSED, reason="收入超标")

    decide(db, DepartmentDecision.REFUSED, reason=again)

    assert len(rows_of(db, "case_entries")) == entries
    assert rows_of(db, "case_entries")[-1]["note"] == again.strip()


def test_a_refusal_of_a_closed_case_is_not_corrected_in_silence(db):
    decide(db, DepartmentDecision.REFUSED, reason="收入超标")
    close(db, CASE)

    decide(db, DepartmentDecision.REFUSED, reason="收入超标")
    with pytest.raises(ReliefError, match="was closed on"):
        decide(db, DepartmentDecision.REFUSED, reason="财产超标")

    assert len(rows_of(db, "case_entries")) == 3


@pytest.mark.parametrize(
    "stated, words",
    [
        ({}, "a refusal needs its reason"),
        ({"reason": "-"}, "a refusal needs its reason"),
        ({"reason": "超标", "amount_fen": 1}, "a refusal grants no amount"),
    ],
)
def test_a_refusal_needs_a_reason_and_grants_nothing(db, stated, words):
    with pytest.raises(ReliefError, match=words):
        decide(db, DepartmentDecision.REFUSED, **stated)

    assert find_case(db, CASE).state == "found"


def test_of_several_decisions_all_are_written_or_none(db):
    wrong = StatedDecision("C2024-0009", DepartmentDecision.GRANTED, LATER)

    with pytest.raises(ReliefError, match="there is no such case"):
        record_case_decisions(
            db, [StatedDecision(CASE, DepartmentDecision.GRANTED, LATER), wrong], by="王五"
        )

    assert find_case(db, CASE).state == "found"


@pytest.mark.parametrize("decision", [{}, NO])
def test_a_decided_case_is_referred_anew_only_where_that_is_said(db, decision):
    decide(db, **decision)
    before = find_case(db, CASE)

    with (
        pytest.raises(ReliefError, match=r"C2024-0001: was decided on 2024-12-20: .*\nNothing was"),
        write(db),
    ):
        record_referral(db, CASE, "区民政局", by="王五", on=LATER)
    kept = find_case(db, CASE)
    with write(db):
        anew = record_referral(db, CASE, "区民政局", by="王五", on=LATER, is_anew=True)

    assert kept == before
    assert (anew.state, anew.decision) == ("referred", None)


def test_a_referral_keeps_the_department(db):
    with write(db):
        record = record_referral(db, CASE, "区民政局", by="王五", on=LATER)

    assert (record.state, record.department) == ("referred", "区民政局")
