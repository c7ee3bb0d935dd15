"""No sequence of commands loses an entry, closes without a reason, or breaks a chain."""

import tempfile
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from relieftool.cases.case_list import list_cases, open_cases
from relieftool.cases.case_status import SubjectStatus
from relieftool.cases.closing import record_check, record_closing
from relieftool.cases.department_decisions import (
    StatedDecision,
    record_case_decisions,
    record_referral,
    record_reopening,
)
from relieftool.cases.follow_up import record_follow_up, record_receipts_seen
from relieftool.cases.records import ClosingOutcome, DepartmentDecision
from relieftool.cases.verify import verify_ledger
from relieftool.errors import ReliefError
from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.fieldwork.entries import record_withdrawals
from relieftool.fieldwork.helpers import (
    Helper,
    record_assignment,
    record_helper,
    record_pairings,
    suggest_helpers,
)
from relieftool.fieldwork.measures import Measure, MeasureKind, record_measure
from relieftool.fieldwork.needs import StatedNeed, list_needs, record_need
from relieftool.fieldwork.samples import FramedHousehold, Revisit, draw_sample, record_revisit
from relieftool.fieldwork.visits import Visit, VisitLevel, VisitMethod, VisitStep, record_visit
from relieftool.spreadsheets.form_row_keys import NeedKind
from relieftool.store.access_log import record_access
from relieftool.store.database import write
from relieftool.store.entries import FIELD_CHAINS
from relieftool.store.import_status import record_import_event, refresh_live_imports
from tests.support.ledger_register import (
    DIBAO,
    MEMBERS_CASE,
    PRIORITY_CASE,
    UNDERPAID,
    add_receipt,
    new_register,
    rows_of,
    seen,
)

CASES = st.sampled_from([f"C2024-{n:04}" for n in range(1, 5)] + ["C2024-0099"])
HOMES = st.sampled_from(["HK-1", "HK-2", "HY-1", "HX-9"])
WORDS = st.sampled_from(["理由", "", " — "])
NAMES = st.sampled_from(["王五", "赵六", ""])
FINDINGS = st.sampled_from([DIBAO, MEMBERS_CASE, PRIORITY_CASE, UNDERPAID])
SEEN = st.sampled_from(["unclaimed", "underpaid", "receiving", "undetermined", "ineligible", ""])
TRUTHS = st.sampled_from([True, False, None])
DAYS = st.integers(-3, 20)
TABLES = ("cases", "case_entries", "access_log", *(chain.table for chain in FIELD_CHAINS))
# What may follow what, written down a second time; a step that is not below leads to its own name.
STEPS = {
    "": {"opened"},
    "found": {"referred", "decided", "receipt_seen", "closed"},
    "referred": {"referred", "decided", "receipt_seen", "closed"},
    "decided": {"referred", "decided", "receipt_seen", "closed"},
    "receipt_seen": {"decided", "closed", "found_again"},
    "closed": {"verified", "checked", "reopened", "found_again"},
    "reopened": {"referred", "decided", "receipt_seen", "closed"},
}
LEADS = {
    "opened": "found",
    "found_again": "reopened",
    "verified": "closed",
    "checked": "closed",
}


class CaseMachine(RuleBasedStateMachine):
    """A register under any commands in any order; each either adds entries or is refused."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.db = new_register(Path(self.folder.name) / "relief.db")
        self.day = date(2024, 12, 10)
        self.known = self.rows()

    def teardown(self):
        self.db.close()
        self.folder.cleanup()

    def rows(self):
        return {table: rows_of(self.db, table) for table in TABLES}

    def attempt(self, command, *values, **stated):
        """Run a command; one that is refused must leave nothing behind."""
        before = self.rows()
        try:
            return command(self.db, *values, **stated)
        except ReliefError:
            assert self.rows() == before
        return None

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

    @rule(
        case=CASES, by=NAMES, reason=WORDS, days=DAYS, decision=st.sampled_from(DepartmentDecision)
    )
    def decide(self, case, by, reason, days, decision):
        stated = StatedDecision(case, decision, self.on(days), reason)
        self.attempt(record_case_decisions, [stated], by=by)

    @rule(
        case=CASES,
        by=NAMES,
        evidence=WORDS,
        reason=WORDS,
        days=DAYS,
        outcome=st.sampled_from([*ClosingOutcome, "done"]),
        checked_by=st.sampled_from([None, "王五", "孙七", ""]),
        is_priority=TRUTHS,
    )
    def close(self, case, by, evidence, reason, days, outcome, checked_by, is_priority):  # noqa: PLR0913, PLR0917 all that is said
        closed = self.attempt(
            record_closing,
            case,
            outcome=outcome,
            evidence=evidence,
            by=by,
            reason=reason,
            closed_on=self.on(days),
            checked_by=checked_by,
            subject=SubjectStatus(is_priority=is_priority),
        )
        if closed is not None:
            assert by in {"王五", "赵六"}
            assert evidence == "理由"
            assert checked_by in (None, "孙七") or checked_by != by
            assert outcome != "improved" or is_priority is False or reason == "理由"

    @rule(case=CASES, by=NAMES, days=DAYS)
    def check(self, case, by, days):
        self.attempt(record_check, case, by=by, on=self.on(days))

    @rule(case=CASES, by=NAMES, reason=WORDS, days=DAYS)
    def reopen(self, case, by, reason, days):
        self.attempt(record_reopening, case, reason=reason, by=by, on=self.on(days))

    @rule(of=FINDINGS, status=SEEN, days=DAYS, is_priority=TRUTHS)
    def follow(self, of, status, days, is_priority):
        self.attempt(record_follow_up, seen(status, is_priority, of), self.on(days))

    @rule(of=FINDINGS, status=SEEN, days=DAYS)
    def roster(self, of, status, days):
        covers = self.on(days).isoformat()
        said = {"covers_from": covers, "covers_until": covers}
        add_receipt(self.db, of.household_no, of.member_no, of.programme, **said)
        self.attempt(record_receipts_seen, seen(status, None, of), self.day)

    @rule(
        home=HOMES,
        names=st.lists(NAMES, max_size=3),
        step=st.sampled_from(VisitStep),
        level=st.sampled_from(VisitLevel),
        found=WORDS,
        days=DAYS,
        knows=TRUTHS,
    )
    def visit(self, home, names, step, level, found, days, knows):  # noqa: PLR0913, PLR0917 all that is said
        on = self.on(days).isoformat()
        stated = Visit(home, on, step, level, VisitMethod.HOME, tuple(names), found, knows)
        self.attempt(record_visit, stated)

    @rule(name=NAMES, is_active=st.booleans(), places=st.sampled_from([(), ("花园",)]))
    def help(self, name, is_active, places):
        self.attempt(record_helper, Helper(name, "person", None, places, is_active), self.day)

    @rule(home=HOMES, name=NAMES, by=NAMES, is_active=st.booleans())
    def assign(self, home, name, by, is_active):
        self.attempt(record_assignment, home, name, by=by, on=self.day, is_active=is_active)

    @rule(by=NAMES, is_one_to_one=st.booleans(), rehearsed=st.booleans())
    def suggest(self, by, is_one_to_one, rehearsed):
        found = suggest_helpers(self.db, is_one_to_one=is_one_to_one)
        self.attempt(record_pairings, found, by=by, on=self.day, is_rehearsal=rehearsed)

    @rule(
        home=HOMES,
        kind=st.sampled_from([MeasureKind.CONDOLENCE, MeasureKind.HOME_WORK]),
        planned=st.booleans(),
        done=st.booleans(),
        days=DAYS,
        by=NAMES,
    )
    def measure(self, home, kind, planned, done, days, by):  # noqa: PLR0913, PLR0917 all that is said
        on = self.on(days).isoformat()
        plan, deed = self.day.isoformat() if planned else None, on if done else None
        self.attempt(record_measure, Measure(home, kind, plan, deed, 50000, None, by))

    @rule(home=HOMES, need=st.sampled_from(NeedKind))
    def need(self, home, need):
        with write(self.db):
            record_need(self.db, StatedNeed(home, self.day.isoformat(), need))

    @rule(home=HOMES)
    def need_on_a_form(self, home):
        with write(self.db):
            stated = StatedNeed(home, self.day.isoformat(), NeedKind.CARE)
            record_need(self.db, stated, import_id=1)

    @rule(is_undone=st.booleans())
    def take_the_import_back_or_let_it_count_again(self, is_undone):
        with write(self.db):
            record_import_event(self.db, 1, "undone" if is_undone else "redone", 1)
            refresh_live_imports(self.db)
            record_withdrawals(self.db, self.day)
        is_listed = any(one.need == NeedKind.CARE for one in list_needs(self.db))
        assert not (is_undone and is_listed and not self.has_care_without_a_form())

    def has_care_without_a_form(self):
        return any(
            row["need"] == NeedKind.CARE and row["import_id"] is None
            for row in rows_of(self.db, "needs")
        )

    @rule(homes=st.lists(HOMES, unique=True, max_size=4), seed=st.sampled_from(["1", "2"]))
    def sample(self, homes, seed):
        frame = [FramedHousehold(one, one[:2]) for one in homes]
        self.attempt(draw_sample, frame, rate=Fraction(1, 2), seed=seed, on=self.day)

    @rule(home=HOMES, agrees=st.booleans(), note=WORDS, by=NAMES)
    def revisit(self, home, agrees, note, by):
        self.attempt(record_revisit, Revisit(home, self.day.isoformat(), agrees, note, by))

    @rule()
    def reveal(self):
        record_access(self.db, "show", "复核", "HK-1")

    @invariant()
    def every_entry_of_every_table_stays_as_it_was(self):
        rows = self.rows()
        for table, known in self.known.items():
            assert rows[table][: len(known)] == known
        self.known = rows

    @invariant()
    def every_chain_holds_and_every_case_adds_up(self):
        found = verify_ledger(self.db, chains=FIELD_CHAINS, checks=FIELD_CHECKS)
        assert [one for one in found if not one.is_doubt] == []

    @invariant()
    def nothing_is_closed_without_outcome_reason_and_name(self):
        for entry in rows_of(self.db, "case_entries"):
            if entry["entry_type"] == "closed":
                assert entry["outcome"] in list(ClosingOutcome)
                assert entry["by"].strip()
                assert any(character.isalnum() for character in entry["note"])

    @invariant()
    def every_case_stands_where_its_steps_lead_and_no_step_is_out_of_turn(self):
        states = {}
        for entry in rows_of(self.db, "case_entries"):
            before, step = states.get(entry["case_no"], ""), entry["entry_type"]
            assert step in STEPS[before]
            states[entry["case_no"]] = LEADS.get(step, step)
        assert {one.case: str(one.state) for one in list_cases(self.db)} == states


def _refer(db, case, by, on):
    with write(db):
        record_referral(db, case, "区民政局", by=by, on=on)


CaseMachine.TestCase.settings = settings(
    max_examples=20,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # a failure names its steps, however many
    suppress_health_check=list(HealthCheck),
)
TestCaseMachine = pytest.mark.slow(CaseMachine.TestCase)
