"""No sequence of commands loses an entry, closes without a reason, or breaks the chain."""

import tempfile
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from ledger_register import DIBAO, MEMBERS_CASE, PRIORITY_CASE, UNDERPAID, new_register, rows_of
from test_following import seen

from relieftool.errors import ReliefError
from relieftool.ledger import (
    Decision,
    Outcome,
    Stated,
    check_case,
    close_case,
    decide_cases,
    follow_up_cases,
    list_cases,
    open_cases,
    refer_case,
    reopen_case,
    verify_ledger,
    writing,
)

CASES = st.sampled_from([f"C2024-{n:04}" for n in range(1, 5)] + ["C2024-0099"])
WORDS = st.sampled_from(["理由", "", " — "])
NAMES = st.sampled_from(["王五", "赵六", ""])
FINDINGS = st.sampled_from([DIBAO, MEMBERS_CASE, PRIORITY_CASE, UNDERPAID])
DAYS = st.integers(-3, 20)


class LedgerMachine(RuleBasedStateMachine):
    """A register under any commands in any order; each either adds entries or is refused."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.db = new_register(Path(self.folder.name) / "relief.db")
        self.day = date(2024, 12, 10)
        self.entries = []

    def teardown(self):
        self.db.close()
        self.folder.cleanup()

    def attempt(self, command, *values, **stated):
        """Run a command; one that is refused must leave nothing behind."""
        before = rows_of(self.db, "case_entries")
        try:
            command(self.db, *values, **stated)
        except ReliefError:
            assert rows_of(self.db, "case_entries") == before

    def on(self, days):
        self.day = max(self.day, self.day + timedelta(days=days))
        return self.day + timedelta(days=min(days, 0))

    @rule(finding=FINDINGS, days=DAYS, rehearsed=st.booleans())
    def open(self, finding, days, rehearsed):
        on = self.on(min(days, 5))
        self.attempt(open_cases, [finding], on.replace(year=2024), is_rehearsal=rehearsed)

    @rule(case=CASES, by=NAMES, days=DAYS)
    def refer(self, case, by, days):
        on = self.on(days)
        self.attempt(lambda db: _refer(db, case, by, on))

    @rule(case=CASES, by=NAMES, reason=WORDS, days=DAYS, decision=st.sampled_from(Decision))
    def decide(self, case, by, reason, days, decision):
        stated = Stated(case, decision, self.on(days), reason)
        self.attempt(decide_cases, [stated], by=by)

    @rule(case=CASES, by=NAMES, evidence=WORDS, days=DAYS, outcome=st.sampled_from(Outcome))
    def close(self, case, by, evidence, days, outcome):
        said = {"outcome": outcome, "evidence": evidence, "by": by, "reason": evidence}
        self.attempt(close_case, case, closed_on=self.on(days), **said)

    @rule(case=CASES, by=NAMES, days=DAYS)
    def check(self, case, by, days):
        self.attempt(check_case, case, by=by, on=self.on(days))

    @rule(case=CASES, by=NAMES, reason=WORDS, days=DAYS)
    def reopen(self, case, by, reason, days):
        self.attempt(reopen_case, case, reason=reason, by=by, on=self.on(days))

    @rule(
        of=FINDINGS,
        status=st.sampled_from(["unclaimed", "receiving", "ineligible", ""]),
        days=DAYS,
        is_priority=st.sampled_from([True, False, None]),
    )
    def follow(self, of, status, days, is_priority):
        self.attempt(follow_up_cases, seen(status, is_priority, of), self.on(days))

    @invariant()
    def every_entry_stays_as_it_was(self):
        entries = rows_of(self.db, "case_entries")
        assert entries[: len(self.entries)] == self.entries
        self.entries = entries

    @invariant()
    def the_chain_holds_and_every_case_adds_up(self):
        assert [one for one in verify_ledger(self.db) if not one.is_doubt] == []

    @invariant()
    def nothing_is_closed_without_reason_and_name(self):
        for entry in rows_of(self.db, "case_entries"):
            if entry["entry_type"] == "closed":
                assert entry["by"].strip()
                assert any(character.isalnum() for character in entry["note"])

    @invariant()
    def every_case_is_listed(self):
        assert len(list_cases(self.db)) == self.db.table("cases").count


def _refer(db, case, by, on):
    with writing(db, is_rehearsal=False):
        refer_case(db, case, "区民政局", by=by, on=on)


LedgerMachine.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestLedgerMachine = LedgerMachine.TestCase
