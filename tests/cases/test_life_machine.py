"""Imports, undoings, answers and events in any order: nobody is doubled, and no case is lost."""

import datetime as dt
from random import Random

import pytest

from relieftool.cases.case_list import list_cases, open_cases
from relieftool.cases.case_status import list_findings_needing_case
from relieftool.cases.event_answers import record_event_answer, take_back_event_answer
from relieftool.cases.life_events import StatedEvent, record_life_event, take_back_event
from relieftool.cases.verify import verify_ledger
from relieftool.eligibility.gaps import find_gaps
from relieftool.errors import ReliefError
from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.intake.answers import Answer, record_answer
from relieftool.intake.undo import redo_import, undo_import
from relieftool.register.build import rebuild_register, refresh_register
from relieftool.store.database import write
from relieftool.store.entries import FIELD_CHAINS
from relieftool.store.life_events import EventType, list_life_events
from relieftool.store.problem_decisions import list_accepted
from tests.cases.test_year_told_twice import Street
from tests.streets.judging import lake_pack
from tests.support.register_hash import content_of
from tests.support.registers import keep, register, rows

STEPS = 14
KINDS = ("import", "import", "undo", "redo", "event", "event", "answer", "answer", "back", "cases")


class Machine:
    """A register under any commands in any order; what is refused leaves nothing behind."""

    def __init__(self, folder, random):
        self.random = random
        self.street = Street(random)
        self.street.draw()
        self.month = 1
        self.day = dt.date(2024, 2, 1)
        self.db = register(folder, *self.street.lists(1), pack=lake_pack())

    def step(self):
        kind = self.random.choice(KINDS)
        entries = self.count_entries()
        self.day += dt.timedelta(days=self.random.randint(0, 5))
        try:
            with write(self.db):
                getattr(self, f"do_{kind}")()
        except ReliefError:
            assert self.count_entries() == entries
        refresh_register(self.db, lake_pack())
        return kind

    def count_entries(self):
        chains = ("case_entries", "life_events", "decisions", "imports", "import_events")
        return [rows(self.db, f"SELECT count(*) FROM {chain}") for chain in chains]

    def do_import(self):
        if self.month == 12:  # there are no further lists
            return
        self.month += 1
        list(self.street.live_a_month(self.month, 2))
        chosen = self.random.sample(list(self.street.lists(self.month)), 3)
        keep(self.db, *chosen)

    def choose_import(self, state):
        sql = f"SELECT import_id FROM imports WHERE undone_at IS {state}"
        found = [number for (number,) in rows(self.db, sql)]
        return self.random.choice(found) if len(found) > 1 else 0

    def do_undo(self):
        undo_import(self.db, self.choose_import("NULL"))

    def do_redo(self):
        redo_import(self.db, self.choose_import("NOT NULL"))

    def do_event(self):
        people = rows(self.db, "SELECT household_no, member_no FROM members ORDER BY 2")
        (home, member), (other, _member) = self.random.sample(people, 2)
        heads = [number for number, of in ((m, h) for h, m in people) if of == home]
        kind = self.random.choice([kind for kind in EventType if kind != EventType.UNDONE])
        stated = {"people": (member,), "head": self.random.choice([None, *heads])}
        if kind == EventType.MOVED_IN:
            home, stated["other"] = other, home
        if kind == EventType.TO_COMMUNITY:
            stated = {"other": self.random.choice(("河口下", "花园", "东园"))}
        event = StatedEvent(home, kind, self.day, "王五", **stated)
        record_life_event(self.db, lake_pack(), self.day, event)

    def do_answer(self):
        doubts = rows(
            self.db,
            "SELECT DISTINCT number, subject FROM doubts JOIN problems USING (subject) ORDER BY 1",
        )
        number, subject = self.random.choice([*doubts, (999, "gone:")])
        homes = [home for (home,) in rows(self.db, "SELECT household_no FROM households")]
        heads = [head for (head,) in rows(self.db, "SELECT member_no FROM members")]
        text = self.random.choice(list_accepted(subject))
        text = text.replace("DAY", self.day.isoformat())
        text = {"HOUSEHOLD": self.random.choice(homes), "MEMBER": self.random.choice(heads)}.get(
            text, text
        )
        answer = Answer(text, "王五", self.day)
        if not record_event_answer(self.db, lake_pack(), self.day, number, answer):
            record_answer(self.db, lake_pack(), number, answer)

    def do_back(self):
        answered = rows(self.db, "SELECT number FROM doubts JOIN decisions USING (subject)")
        events = list_life_events(self.db)
        if answered and self.random.random() < 0.5:
            ((number,),) = self.random.sample(answered, 1)
            take_back_event_answer(self.db, lake_pack(), self.day, number, "王五", self.day)
        elif events:
            home = self.random.choice(events).household_no
            stated = StatedEvent(home, EventType.UNDONE, self.day, "王五")
            take_back_event(self.db, lake_pack(), self.day, stated)

    def do_cases(self):
        found = find_gaps(self.db, lake_pack(), self.day, with_questions=False)
        open_cases(self.db, list_findings_needing_case(found.findings), self.day)

    def check(self):
        """Check what must hold after every step."""
        sure = "SELECT id_number FROM members WHERE belongs AND NOT may_be_gone"
        doubled = rows(self.db, f"{sure} GROUP BY 1 HAVING count(DISTINCT household_no) > 1")
        assert doubled == []
        faults = verify_ledger(self.db, chains=FIELD_CHAINS, checks=FIELD_CHECKS)
        assert [fault for fault in faults if not fault.is_doubt] == []
        self.check_cases({fault.place for fault in faults})
        totals = find_gaps(self.db, lake_pack(), self.day, with_questions=False).totals
        people = {number for (number,) in rows(self.db, "SELECT id_number FROM members")}
        assert totals.members <= len(people) == totals.members_at_most
        assert totals.households == rows(self.db, "SELECT count(*) FROM households")[0][0]

    def check_cases(self, told):
        """Every open case is about somebody of the register, or verify says that it is not."""
        homes = {home for (home,) in rows(self.db, "SELECT household_no FROM households")}
        people = dict(rows(self.db, "SELECT member_no, household_no FROM members"))
        for case in list_cases(self.db):
            if case.member_no in people:
                assert case.household_no == people[case.member_no]
            elif case.is_open and (case.member_no or case.household_no not in homes):
                assert case.case in told


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_nobody_is_doubled_and_no_case_is_lost(tmp_path, seed):
    machine = Machine(tmp_path, Random(seed))  # noqa: S311 invented people, no secret

    done = set()
    for _step in range(STEPS):
        done.add(machine.step())
        machine.check()
    before = content_of(machine.db)
    rebuild_register(machine.db, lake_pack())

    assert content_of(machine.db) == before
    assert len(done) > 3
