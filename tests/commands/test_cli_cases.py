import json
from datetime import date

import pytest

from relieftool.cases.case_list import list_cases, open_cases
from relieftool.cases.records import CaseFinding, ClosingOutcome, format_closing_outcome
from relieftool.commands.close_case import parse_outcome
from relieftool.messages import use_language
from relieftool.store.chain import CHAIN_ENDS, read_chain_end
from relieftool.store.database import write
from relieftool.store.entries import CASE_ENTRIES
from tests.support.ledger_register import (
    DAY,
    DIBAO,
    MEMBERS_CASE,
    PRIORITY_CASE,
    UNDERPAID,
    add_receipt,
    add_roster,
    close,
    ledger_rows,
    new_register,
    tamper,
)


@pytest.fixture
def db(tmp_path):
    register = new_register(tmp_path / "relief.db")
    open_cases(register, [DIBAO, PRIORITY_CASE, MEMBERS_CASE, UNDERPAID], DAY)
    yield register
    register.close()


WHY = ("--reason", "街道初审未通过")
CLOSING = ("close-case", "C2024-0001", "--evidence", "决定书 12 号", "--by", "王五", *WHY)
ON = ("--on", "2024-12-20")


def test_cases_are_given_with_the_keys_of_the_contract(relief, db):
    add_receipt(db)
    close(db, "C2024-0001", "receiving")

    result = relief("cases", "--format", "json", "--as-of", "2024-12-31")

    document = json.loads(result.stdout)
    assert (result.exit_code, document["relief_result"], document["command"]) == (0, 1, "cases")
    assert len(document["cases"]) == 4
    assert document["cases"][0] == {
        "case": "C2024-0001",
        "household_no": "HK-1",
        "member_no": None,
        "community": "河口下",
        "programme": "dibao",
        "state": "closed",
        "opened_on": "2024-12-10",
        "due_on": None,
        "closed_on": "2024-12-20",
        "outcome": "receiving",
        "verified": True,
        "by": "王五",
        "checked_by": None,
        "referred_on": None,
        "department": None,
        "proxy": None,
        "decision": None,
        "decided_on": None,
        "decided_fen": None,
        "heard_on": None,
        "told_on": None,
        "reopened_on": None,
        "last_on": "2024-12-20",
        "due_counts": None,
        "is_overdue": False,
        "days_open": None,
        "reason": "***",
        "evidence_sha256": None,
        "found": "unclaimed",
        "found_on": "2024-12-10",
        "paid_until": None,
    }


@pytest.mark.parametrize(
    "options, expected",
    [
        ((), ["C2024-0001", "C2024-0002", "C2024-0003", "C2024-0004"]),
        (("--community", "河口下社区"), ["C2024-0001", "C2024-0002", "C2024-0003"]),
        (("--community", "花園"), ["C2024-0004"]),
        (("--state", "closed"), ["C2024-0002"]),
        (("--state", "found", "--community", "河口下"), ["C2024-0001", "C2024-0003"]),
    ],
)
def test_cases_are_listed_by_community_and_state(relief, db, options, expected):
    close(db, "C2024-0002", "improved")

    result = relief("cases", *options, "--format", "json", "--as-of", "2024-12-31")

    assert [one["case"] for one in json.loads(result.stdout)["cases"]] == expected


@pytest.mark.usefixtures("db")
def test_off_a_terminal_cases_are_tab_separated_and_counted(relief):
    result = relief("cases", "--as-of", "2024-12-31")

    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].split("\t")[:4] == [
        "Case",
        "Household",
        "Member",
        "Community",
    ]
    assert result.stdout.splitlines()[3].split("\t")[:4] == [
        "C2024-0003",
        "HK-2",
        "HK-2-2",
        "河口下",
    ]
    assert "4 cases, 4 of them open." in result.stderr


@pytest.mark.usefixtures("db")
def test_cases_are_written_to_a_file(relief, tmp_path):
    result = relief("cases", "--out", "台账.xlsx")

    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / "台账.xlsx").stat().st_size > 0


@pytest.mark.usefixtures("db")
def test_an_unknown_community_is_refused_with_the_nearest(relief):
    result = relief("cases", "--community", "河口上")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "河口下" in result.stderr


def test_closing_says_what_was_recorded_and_what_comes_next(relief, db):
    result = relief(*CLOSING, "--outcome", "refused", *ON)

    assert result.exit_code == 0
    assert result.stdout.splitlines()[1].startswith("C2024-0001\tHK-1\t")
    assert result.stderr.splitlines()[-4:] == [
        "C2024-0001 is closed on 2024-12-20, outcome: refused.",
        "Evidence: kept in words (there is no file of that name).",
        "Unchecked: somebody else checks it with `relief check-case C2024-0001 --by NAME`.",
        "`relief cases` lists what is still open.",
    ]
    assert "决定书" not in result.stdout + result.stderr
    assert list_cases(db)[0].outcome == "refused"


@pytest.mark.parametrize(
    "origin, verified, told",
    [
        ("roster", True, "Verified: a roster in the register lists HK-1 for "),
        ("sheet", False, "Unverified: no roster in the register shows that HK-1 now receives "),
    ],
)
def test_receiving_is_said_to_be_verified_or_not(relief, db, origin, verified, told):
    add_receipt(db, origin=origin)

    result = relief(*CLOSING, "--outcome", "receiving", *ON, "--format", "json")

    (closed,) = json.loads(result.stdout)["cases"]
    assert (result.exit_code, closed["state"], closed["verified"]) == (0, "closed", verified)
    assert told in result.stderr


def test_a_complete_list_that_lacks_whom_a_closing_calls_receiving_is_named(relief, db):
    add_roster(db, 1, covers_from="2024-11-01", covers_until="2024-11-30")

    result = relief(*CLOSING, "--outcome", "receiving", *ON)

    assert result.exit_code == 0
    assert "minimum living guarantee (dibao) (2024-11) does not list HK-1" in result.stderr


def test_where_the_month_of_the_finding_is_unknown_it_is_said(relief, db):
    legacy = CaseFinding("HK-2", None, "dibao", "underpaid")
    open_cases(db, [legacy], DAY)
    add_receipt(db, "HK-2", covers_from="2024-12-01", covers_until="2024-12-31")

    result = relief("close-case", "C2024-0005", *CLOSING[2:], "--outcome", "receiving", *ON)

    assert "by which month HK-2 was found underpaid is not known" in result.stderr
    assert "a month that begins after 2024-12-10 counts" in result.stderr


@pytest.mark.usefixtures("db")
def test_of_a_file_the_hash_is_told(relief, tmp_path):
    (tmp_path / "notice.pdf").write_bytes(b"abc")

    result = relief(*CLOSING, "--outcome", "refused", "--evidence", "notice.pdf", *ON)

    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert f"its place is kept and its SHA-256: {abc}." in result.stderr


def test_without_a_day_a_case_is_closed_today(relief, db):
    relief(*CLOSING, "--outcome", "moved")

    assert list_cases(db)[0].closed_on == date.today().isoformat()  # noqa: DTZ011 the local day


def test_a_dry_run_says_what_would_be_and_changes_no_byte(relief, tmp_path, db):
    before = (tmp_path / "relief.db").read_bytes()

    result = relief(*CLOSING, "--outcome", "refused", *ON, "--dry-run")

    assert result.exit_code == 0
    assert "would be closed on 2024-12-20, outcome: refused. Nothing was written." in result.stderr
    assert (tmp_path / "relief.db").read_bytes() == before
    assert list_cases(db)[0].state == "found"


@pytest.mark.parametrize(
    "changed, code, told",
    [
        (
            ("--outcome", "done"),
            2,
            "'done' is no outcome; there are: receiving 已享受, refused 未获批准,",
        ),
        (("--outcome", "refused", "--by", " "), 1, "Error: --by: names nobody\n"),
        (("--outcome", "refused", "--evidence", ""), 1, "Error: --evidence: says nothing\n"),
        (("--outcome", "refused", "--on", "2024-12-01"), 1, "was opened on 2024-12-10, after "),
        ((), 2, "--outcome is missing"),
    ],
)
def test_a_closing_that_lacks_something_is_refused(relief, db, changed, code, told):
    before = ledger_rows(db)

    result = relief(*CLOSING, *changed)

    assert (result.exit_code, result.stdout) == (code, "")
    assert told in result.stderr
    assert ledger_rows(db) == before


@pytest.mark.parametrize("outcome", list(ClosingOutcome))
def test_an_outcome_is_taken_by_its_id_and_by_the_word_that_lists_in_chinese_show(outcome):
    use_language("zh")

    assert parse_outcome(format_closing_outcome(outcome)) == outcome
    assert parse_outcome(f" {outcome.upper()} ") == outcome


def test_departments_call_a_refusal_by_another_word():
    assert parse_outcome("不予批准") == "refused"


@pytest.mark.parametrize(
    "case, told",
    [
        ("C2024-0001", "`relief refer` sends it to its department"),
        ("C2024-0002", "plan help for it: `relief assign HK-1` and `relief measure HK-1`."),
    ],
)
@pytest.mark.usefixtures("db")
def test_after_reopening_the_next_step_is_one_that_can_be_taken(relief, case, told):
    relief("close-case", case, *CLOSING[2:], "--outcome", "其他", *ON)

    result = relief("reopen-case", case, "--reason", "误销", "--by", "王五", *ON)

    assert (result.exit_code, told in result.stderr) == (0, True)


@pytest.mark.parametrize("option", ["--evidence", "--by"])
@pytest.mark.usefixtures("db")
def test_evidence_and_name_are_compulsory(relief, option):
    place = CLOSING.index(option)

    result = relief(*CLOSING[:place], *CLOSING[place + 2 :], "--outcome", "refused")

    assert (result.exit_code, f"{option} is missing" in result.stderr) == (2, True)


@pytest.mark.usefixtures("db")
def test_an_unknown_case_is_refused_with_the_nearest(relief):
    result = relief("close-case", "C2024-0011", *CLOSING[2:], "--outcome", "refused")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: C2024-0011: there is no such case\nDid you mean C2024-")


@pytest.mark.usefixtures("db")
def test_a_closed_case_is_not_closed_again(relief):
    relief(*CLOSING, "--outcome", "refused", *ON)

    result = relief(*CLOSING, "--outcome", "moved")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "Error: C2024-0001: was closed on 2024-12-20, outcome refused\n" in result.stderr


@pytest.mark.parametrize("command", [("cases",), ("verify",), (*CLOSING, "--outcome", "moved")])
def test_without_a_register_nothing_is_made(relief, tmp_path, command):
    result = relief(*command)

    assert (result.exit_code, result.stdout, list(tmp_path.iterdir())) == (1, "", [])


def test_a_whole_ledger_exits_0_and_shows_the_hash_to_write_down(relief, db):
    result = relief("verify", "--format", "json")

    document = json.loads(result.stdout)
    assert (result.exit_code, document["is_whole"], document["broken"]) == (0, True, [])
    assert (document["entries"], document["head"]) == (4, read_chain_end(db, CASE_ENTRIES).hash)
    assert "Whole: every entry is as it was written" in result.stderr


def test_a_changed_note_exits_3_and_names_the_entry(relief, db, tmp_path):
    close(db, "C2024-0001")
    tamper(tmp_path / "relief.db", "UPDATE case_entries SET note = 'x' WHERE entry_id = 5")

    result = relief("verify")

    assert result.exit_code == 3
    assert "entry-changed\tcase_entries 5\tno\tis not what was written" in result.stdout
    assert "Not whole: " in result.stderr


def test_a_doubt_exits_3_and_is_called_one(relief, db):
    with write(db):
        db.execute("DELETE FROM members WHERE household_no = 'HY-1'")
        db.execute("DELETE FROM households WHERE household_no = 'HY-1'")

    result = relief("verify", "--format", "csv")

    assert result.exit_code == 3
    assert result.stdout.splitlines()[1].startswith("household-unknown,C2024-0004,yes,")


def test_a_hash_written_down_proves_that_nothing_was_cut_off(relief, db, tmp_path):
    head = read_chain_end(db, CASE_ENTRIES).hash
    emptied = [f"DELETE FROM {table}" for table in ("case_entries", "cases", "chain_heads")]
    tamper(tmp_path / "relief.db", *emptied)

    without, with_head = relief("verify"), relief("verify", "--head", head)

    assert (without.exit_code, with_head.exit_code) == (3, 3)
    assert "log-differs\trelief.db.heads " in without.stdout
    assert f"head-lost\t{head}\t" in with_head.stdout


def test_verify_says_which_hash_to_write_down_and_what_it_proves(relief, db):
    head = read_chain_end(db, CHAIN_ENDS).hash

    without, with_head = relief("verify", "--format", "json"), relief("verify", "--head", head)

    document = json.loads(without.stdout)
    assert (document["write_down"], document["is_end_proved"]) == (head, False)
    assert f"Write this hash down with the day, outside this computer: {head}\n" in without.stderr
    assert with_head.exit_code == 0
    assert "Not proved: what was written after the hash given" in with_head.stderr
