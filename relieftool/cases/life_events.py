"""Records what happened in a household, and ends the cases that end with it.

The register changes at once, and what that does to each benefit is found by evaluating the
households before and after.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from sqlite_utils import Database

from relieftool.cases.case_list import find_case, list_cases
from relieftool.cases.closing import join_reason
from relieftool.cases.evidence import Evidence, read_evidence, record_evidence_place
from relieftool.cases.records import BenefitChange, CaseRecord, ClosingOutcome, RecordedEvent
from relieftool.cases.steps import add_step, check_not_ahead
from relieftool.eligibility.findings import Finding, round_per_month
from relieftool.eligibility.kept_findings import open_findings
from relieftool.errors import ReliefError
from relieftool.intake.undo import undo_import
from relieftool.messages import _
from relieftool.pack.models import Pack
from relieftool.register.build import refresh_register
from relieftool.register.form_answers import NEW_MEMBER
from relieftool.spreadsheets.filled_form import build_column
from relieftool.spreadsheets.form_row_keys import FORM_KEY, HOUSEHOLD
from relieftool.spreadsheets.source_tables import SourceRow, SourceTable
from relieftool.store.communities import find_community
from relieftool.store.database import write_or_rehearse
from relieftool.store.entries import LIFE_EVENTS, check_household, record_entry
from relieftool.store.former_numbers import find_current_number
from relieftool.store.imports import is_import_live, record_import
from relieftool.store.life_events import (
    EventType,
    LifeEvent,
    list_household_events,
    list_life_events,
)
from relieftool.store.problem_decisions import ANSWER_WORDS, format_answer, reopen_event_decision
from relieftool.store.settings import mark_register_stale
from relieftool.values.id_numbers import read_id_number
from relieftool.values.names import clean_name

_OUTCOMES = {
    EventType.DIED: ClosingOutcome.DECEASED,
    EventType.MOVED_OUT: ClosingOutcome.MOVED,
    EventType.MOVED_IN: ClosingOutcome.MOVED,
    EventType.DISSOLVED: ClosingOutcome.OTHER,
}
_LEAVING = {EventType.DIED, EventType.MOVED_OUT, EventType.SPLIT}
_NO_EVIDENCE = Evidence("", None, None)


@dataclass(frozen=True)
class StatedEvent:
    """An event as somebody states it; people are named by number, place, name or ID number.

    `other` is the household that somebody comes from, or the community that it moves to. `into` is
    the household that a newer list has of who was split off, or of the household that moved.
    """

    household: str
    event_type: EventType
    on: dt.date
    by: str
    people: tuple[str, ...] = ()
    head: str | None = None
    id_number: str | None = None
    other: str | None = None
    evidence: str | None = None
    into: str | None = None


@dataclass
class _Members:
    """The members of a household in the register: number, place, name and ID number of each."""

    household_no: str
    rows: Sequence[tuple[str, int, str | None, str | None]]
    head_no: str | None
    relations: Mapping[str, str | None]

    @classmethod
    def read(cls, db: Database, household_no: str) -> "_Members":
        """Read the members of a household."""
        rows = db.execute(_MEMBERS, [household_no]).fetchall()
        head = db.execute(_HEAD, [household_no]).fetchone()
        relations = db.execute(_RELATIONS, [household_no]).fetchall()
        return cls(household_no, rows, head and head[0], dict(relations))

    def find(self, named: str, option: str) -> str:
        """Return the number of the member who is meant.

        Raises:
            ReliefError: Nobody here is meant, or several are.
        """
        text = named.strip()
        place = int(text) if text.isdecimal() and len(text) <= _PLACE_DIGITS else None
        id_number, name = read_id_number(text).number, clean_name(text)
        found = [
            number
            for number, own_place, own_name, own_id in self.rows
            if text == number
            or place == own_place
            or (id_number is not None and id_number == own_id)
            or (name is not None and name == own_name)
        ]
        if len(found) == 1:
            return found[0]
        problem = _("several members of {household} are called so")
        if not found:
            problem = _("no member of {household} is called so")
        raise ReliefError(
            option,
            problem.format(household=self.household_no),
            _("Nothing was written. Its members are: {members}.").format(
                members=self.list_labels(number for number, *_rest in self.rows)
            ),
        )

    def refuse_headless(self, leaving: Iterable[str], remedy: str, answer: str = "") -> ReliefError:
        """Return the error that the head leaves; `remedy` names the household and who stays."""
        staying = (number for number, *_rest in self.rows if number not in leaving)
        return ReliefError(
            self.household_no,
            _("the head leaves, and others stay"),
            remedy.format(
                household=self.household_no, members=self.list_labels(staying), answer=answer
            ),
        )

    def list_labels(self, numbers: Iterable[str]) -> str:
        """Return the numbers of some members, each with its relation to the head."""
        return _(", ").join(f"{number} {self.relations[number] or '?'}" for number in numbers)


_PLACE_DIGITS = 2
_MEMBERS = """
    SELECT member_no, place, name, id_number FROM members WHERE household_no = ? ORDER BY place
"""
_RELATIONS = "SELECT member_no, relation FROM members WHERE household_no = ?"
_HEAD = "SELECT head_member_no FROM households WHERE household_no = ?"


@dataclass
class _Recording:
    """One event being recorded: what is there before it."""

    db: Database
    pack: Pack
    as_of: dt.date
    stated: StatedEvent
    home: _Members
    proof: Evidence = _NO_EVIDENCE
    open_cases: Sequence[CaseRecord] = field(default_factory=list)

    def build(self) -> LifeEvent:
        """Return the event to record; ReliefError if it cannot have happened so."""
        stated, home = self.stated, self.home
        kind = stated.event_type
        event = LifeEvent(home.household_no, kind, stated.on.isoformat())
        if kind == EventType.MOVED_IN:
            return self._build_moved_in(event)
        if kind == EventType.TO_COMMUNITY:
            return self._build_to_community(event)
        option = f"--{kind.replace('_', '-')}"
        members = tuple(dict.fromkeys(home.find(name, option) for name in stated.people))
        if kind == EventType.DISSOLVED:
            members = tuple(number for number, *_rest in home.rows)
        if kind == EventType.HEAD:
            return replace(event, members=members, head_no=members[0])
        event = replace(event, members=members, head_no=self._choose_head(members))
        return self._build_split(event) if kind == EventType.SPLIT else event

    def _choose_head(self, leaving: Sequence[str]) -> str | None:
        """Return the new head; ReliefError if one is needed and none is stated.

        After a split the head is that of the part, and the old household keeps its own.
        """
        stated, home = self.stated, self.home
        staying = [number for number, *_rest in home.rows if number not in leaving]
        of = leaving if stated.event_type == EventType.SPLIT else staying
        if stated.head is not None:
            head = home.find(stated.head, "--head")
            if head not in of:
                problem = _("{member} is not in the household whose head they are to be")
                raise ReliefError(
                    "--head", problem.format(member=head), _("Nothing was written. Name another.")
                )
            return head
        is_headless = staying and home.head_no in leaving
        if is_headless and stated.event_type in _LEAVING - {EventType.SPLIT}:
            answer = format_answer(f"{stated.event_type.replace('_', '-')}:DAY")
            answer = _("{choice}: {target}").format(choice=answer, target=ANSWER_WORDS["MEMBER"])
            remedy = _(
                "Nothing was written. Say who is head now: --head MEMBER, in an answer {answer}."
                " Who stays: {members}."
            )
            raise home.refuse_headless(leaving, remedy, answer)
        return leaving[0] if stated.event_type == EventType.SPLIT else None

    def _build_split(self, event: LifeEvent) -> LifeEvent:
        if len(event.members) == len(self.home.rows):
            raise ReliefError(
                "--split",
                _("nobody would stay in {household}").format(household=event.household_no),
                _("Nothing was written. Name only those who leave."),
            )
        if self.home.head_no in event.members:
            remedy = _(
                "Nothing was written. Name those who leave the head, or say first who is head of"
                " {household}: `relief event {household} --head MEMBER`. Who stays: {members}."
            )
            raise self.home.refuse_headless(event.members, remedy)
        if self.stated.into is not None:  # the newer list says who is head there
            return replace(event, other_no=self.stated.into, head_no=self.stated.head)
        count = 2
        while self.db.execute(_TAKEN, {"number": f"{event.household_no}-{count}"}).fetchone():
            count += 1
        return replace(event, other_no=f"{event.household_no}-{count}")

    def _build_to_community(self, event: LifeEvent) -> LifeEvent:
        name = self.stated.other or ""
        if self.stated.into is None:  # a newer list names it otherwise, and none of its households
            _number, name = find_community(self.db, name)
        (own,) = self.db.execute(_COMMUNITY, [event.household_no]).fetchone()
        if own == name:
            raise ReliefError(
                "--to-community",
                _("{household} is in {community} already").format(
                    household=event.household_no, community=name
                ),
                _("Nothing was written."),
            )
        return replace(event, community=name, other_no=self.stated.into)

    def _build_moved_in(self, event: LifeEvent) -> LifeEvent:
        """Return the event that somebody came: out of another household, or new here."""
        stated, name = self.stated, self.stated.people[0]
        if stated.other is not None:
            source = _Members.read(self.db, check_household(self.db, stated.other))
            self.check_day(source.household_no)
            numbers = tuple(source.find(each, "--moved-in") for each in stated.people)
            if source.household_no == event.household_no:
                raise ReliefError(
                    "--from-household", _("is the same household"), _("Nothing was written.")
                )
            if source.head_no in numbers and len(source.rows) > len(numbers):
                remedy = _(
                    "Nothing was written. Say first who is head of {household}: `relief event"
                    " {household} --head MEMBER`. Who stays: {members}."
                )
                raise source.refuse_headless(numbers, remedy)
            return replace(event, members=numbers, other_no=source.household_no)
        left = self.list_left()
        if left.issuperset(stated.people):
            return replace(event, members=stated.people)
        read = read_id_number(stated.id_number or "")
        if stated.id_number and (read.number is None or read.problem):
            raise ReliefError(
                "--id-number", _("is not a valid ID number"), _("Nothing was written. Check it.")
            )
        called = {own for _number, _place, own, _id in self.home.rows}
        called |= {own for _number, _place, _name, own in self.home.rows}
        if clean_name(name) in called or (read.number and read.number in called):
            raise ReliefError(
                "--moved-in",
                _("a member of {household} is called so already").format(
                    household=event.household_no
                ),
                _("Nothing was written."),
            )
        return replace(event, import_id=self._record_newcomer(event, name))

    def list_left(self) -> set[str]:
        """Return the numbers of who moved out of this household by an event and is not back."""
        earlier = list_household_events(self.db, self.home.household_no)
        moved = (each.members for each in earlier if each.event_type == EventType.MOVED_OUT)
        return {*chain(*moved)}.difference(number for number, *_rest in self.home.rows)

    def _record_newcomer(self, event: LifeEvent, name: str) -> int:
        """Record somebody new as an import of one row; return its number."""
        number, on = event.household_no, self.stated.on
        heads = [(FORM_KEY, f"{HOUSEHOLD}:{number}"), ("name", "姓名"), ("id_number", "身份证号")]
        columns = [build_column(place, target, text) for place, (target, text) in enumerate(heads)]
        cells = [f"event:{NEW_MEMBER}::", name, self.stated.id_number or ""]
        table = SourceTable(
            sheet=number,
            title=_("Moved in"),
            first_header_row=1,
            last_header_row=1,
            kind="households",
            covers=on.isoformat(),
            columns=columns,
            rows=[SourceRow(1, "first", None, cells)],
        )
        text = json.dumps([number, *cells, on.isoformat(), self.stated.by], ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        file_name = _("moved into {household}").format(household=number)
        return record_import(self.db, file_name, digest, {"by": self.stated.by}, [table])

    def check_day(self, household_no: str) -> None:
        """Raise ReliefError if the day is ahead, or before the last event of a household."""
        check_not_ahead(household_no, self.stated.on)
        earlier = list_household_events(self.db, household_no)
        last = max((event.happened_on for event in earlier), default="")
        if self.stated.on.isoformat() < last:
            raise ReliefError(
                household_no,
                _("had an event on {last}, after {day}").format(
                    last=last, day=self.stated.on.isoformat()
                ),
                _("Nothing was written. Take that back first, or give the right day with --on."),
            )

    def check_births(self, event: LifeEvent) -> None:
        """Raise ReliefError if somebody whom an event is about was born after its day."""
        born = dict(self.db.execute(_IDS, [json.dumps(event.members)]).fetchall())
        if event.import_id is not None:
            born[_("who came")] = self.stated.id_number
        for who, id_number in born.items():
            birth = read_id_number(id_number or "").birth_date
            if birth is not None and event.happened_on < birth:
                raise ReliefError(
                    event.household_no,
                    _("{member} was born on {birth}, after {day}").format(
                        member=who, birth=birth, day=event.happened_on
                    ),
                    _("Nothing was written. Check the day it happened."),
                )


_IDS = """
    SELECT member_no, id_number FROM members
    WHERE member_no IN (SELECT value FROM json_each(?))
"""
_TAKEN = """
    SELECT 1 FROM household_labels WHERE label = :number
    UNION SELECT 1 FROM life_events WHERE other_no = :number
"""
_COMMUNITY = """
    SELECT name FROM households JOIN communities USING (community_id) WHERE household_no = ?
"""


def record_life_event(
    db: Database, pack: Pack, as_of: dt.date, stated: StatedEvent, *, is_rehearsal: bool = False
) -> RecordedEvent:
    """Record an event, change the register, and close the cases of who is gone.

    Raises:
        ReliefError: It cannot have happened so; nothing is written.
    """
    proof = read_evidence(stated.evidence) if stated.evidence else _NO_EVIDENCE
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        home = _Members.read(db, check_household(db, stated.household))
        recording = _Recording(db, pack, as_of, stated, home, proof)
        recording.check_day(home.household_no)
        event = recording.build()
        recording.check_births(event)
        touched = event.households | _list_other_homes(db, event)
        before = _find_benefits(db, pack, as_of, touched)
        ending = _list_ending(db, event)
        event = replace(event, closed_cases=tuple(case.case for case in ending))
        event = _write(db, event, proof, stated.by)
        mark_register_stale(db)
        refresh_register(db, pack)
        for case in ending:
            _close(db, case, event, proof)
        after = _find_benefits(db, pack, as_of, touched)
        closed = tuple(find_case(db, number) for number in event.closed_cases)
        return RecordedEvent(event, closed, tuple(_compare(db, before, after)))


def take_back_event(
    db: Database, pack: Pack, as_of: dt.date, stated: StatedEvent, *, is_rehearsal: bool = False
) -> RecordedEvent:
    """Take back the last event of a household; the cases that it closed are open again.

    Raises:
        ReliefError: The household has no event, or another household of it has a later one.
    """
    number = _find_ended(db, stated.household) or check_household(db, stated.household)
    events = list_household_events(db, number)
    if not events:
        raise ReliefError(number, _("has no event to take back"), _("Nothing was written."))
    last = max(events, key=lambda event: event.event_id)
    return withdraw_event(db, pack, as_of, last, stated, is_rehearsal=is_rehearsal)


def withdraw_event(  # noqa: PLR0913 an event, who takes it back and when
    db: Database,
    pack: Pack,
    as_of: dt.date,
    event: LifeEvent,
    stated: StatedEvent,
    *,
    is_rehearsal: bool = False,
) -> RecordedEvent:
    """Take back an event, and the answer that it was; the cases that it closed are open again.

    Raises:
        ReliefError: Another event of one of its households is later.
    """
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        _check_nothing_rests_on(db, event)
        before = _find_benefits(db, pack, as_of, event.households)
        if event.import_id is not None and is_import_live(db, event.import_id):
            undo_import(db, event.import_id)
        undone = LifeEvent(
            event.household_no, EventType.UNDONE, event.happened_on, undoes=event.event_id
        )
        undone = _write(db, undone, _NO_EVIDENCE, stated.by)
        reopen_event_decision(db, event.event_id, stated.by)
        mark_register_stale(db)
        refresh_register(db, pack)
        for case in event.closed_cases:
            record = find_case(db, case)
            if not record.is_open:
                reason = _("event {number} was taken back").format(number=event.event_id)
                day = max(stated.on, dt.date.fromisoformat(record.last_on or record.opened_on))
                add_step(db, record, "reopened", day, by=stated.by, reason=reason)
        after = _find_benefits(db, pack, as_of, event.households | _list_other_homes(db, event))
        opened = tuple(find_case(db, case) for case in event.closed_cases)
        return RecordedEvent(undone, opened, tuple(_compare(db, before, after)))


def _check_nothing_rests_on(db: Database, event: LifeEvent) -> None:
    """Raise ReliefError if a later event that counts is about a household of this one."""
    homes = {find_current_number(db, number) for number in event.households}
    for later in list_life_events(db):
        shared = homes & {find_current_number(db, number) for number in later.households}
        if later.event_id > event.event_id and shared:
            raise ReliefError(
                min(shared),
                _("event {later} of {day} rests on event {event}").format(
                    later=later.event_id, day=later.happened_on, event=event.event_id
                ),
                _(
                    "Nothing was written. Take that back first: `relief event {number} --undo`."
                ).format(number=find_current_number(db, later.household_no)),
            )


def _list_other_homes(db: Database, event: LifeEvent) -> set[str]:
    """Return the other households that list somebody whom an event is about."""
    return {number for (number,) in db.execute(_OTHER_HOMES, [json.dumps(event.members)])}


def _find_ended(db: Database, named: str) -> str | None:
    """Return the number of a household that ended by an event, if that is what is named."""
    ended = "SELECT household_no FROM life_events WHERE household_no = ? LIMIT 1"
    found = db.execute(ended, [named.strip()]).fetchone()
    return found[0] if found else None


def _write(db: Database, event: LifeEvent, proof: Evidence, by: str) -> LifeEvent:
    """Add the entry of an event; return the event with its number."""
    row = vars(event) | {
        "event_type": str(event.event_type),
        "members": list(event.members),
        "closed_cases": list(event.closed_cases),
        "evidence_sha256": proof.sha256,
        "note": join_reason(None, proof, _list_names(db, event)) or None,
        "by": by,
    }
    del row["event_id"]
    number = record_entry(db, LIFE_EVENTS, **row)
    record_evidence_place(db, proof.sha256, proof.path)
    return replace(event, event_id=number, by=by)


def _list_names(db: Database, event: LifeEvent) -> list[str]:
    """Return the names of the people of the households that an event is about."""
    names = "SELECT name FROM members WHERE household_no IN (?, ?) AND name IS NOT NULL"
    found = db.execute(names, [event.household_no, event.other_no or event.household_no])
    return [name for (name,) in found]


def _list_ending(db: Database, event: LifeEvent) -> list[CaseRecord]:
    """Return the open cases of who is gone, and of a household where nobody is left."""
    outcome = _OUTCOMES.get(event.event_type)
    if outcome is None:
        return []
    gone = set(event.members)
    if event.event_type == EventType.DIED:  # who died is in no other household either
        listed = db.execute(_SAME_PEOPLE, [json.dumps(event.members)])
        gone |= {number for (number,) in listed}
    ended = {number for (number,) in db.execute(_ENDED, [json.dumps([*gone])])}
    is_transfer = event.event_type == EventType.MOVED_IN  # their own cases go with them
    return [
        case
        for case in list_cases(db)
        if case.is_open
        and (case.household_no in ended if case.member_no is None else case.member_no in gone)
        and not (is_transfer and case.member_no is not None)
    ]


_SAME_PEOPLE = """
    SELECT other.member_no FROM members JOIN members AS other USING (id_number)
    WHERE members.member_no IN (SELECT value FROM json_each(?))
"""
_OTHER_HOMES = """
    SELECT other.household_no FROM members JOIN members AS other USING (id_number)
    WHERE members.member_no IN (SELECT value FROM json_each(?))
"""
# The households of which everybody is gone.
_ENDED = """
    SELECT household_no FROM members GROUP BY household_no
    HAVING min(member_no IN (SELECT value FROM json_each(?)))
"""


def _close(db: Database, case: CaseRecord, event: LifeEvent, proof: Evidence) -> None:
    """Close a case because of an event, on its day, or on that of the case's last entry."""
    said = _("{event} on {day} (event {number})").format(
        event=event.event_type.word, day=event.happened_on, number=event.event_id
    )
    add_step(
        db,
        case,
        "closed",
        dt.date.fromisoformat(max(event.happened_on, case.last_on or case.opened_on)),
        by=event.by,
        reason=said,
        outcome=str(_OUTCOMES[event.event_type]),
        evidence_sha256=proof.sha256,
    )


_BenefitKey = tuple[str, str | None, str]


def _find_benefits(
    db: Database, pack: Pack, as_of: dt.date, households: Iterable[str]
) -> dict[_BenefitKey, Finding]:
    """Return the findings of some households by household, member and programme."""
    with open_findings(db, pack, as_of, set(households)) as kept:
        return {
            (finding.household_no, finding.member_no, finding.programme): finding
            for finding in kept.list_findings()
        }


def _compare(
    db: Database, before: Mapping[_BenefitKey, Finding], after: Mapping[_BenefitKey, Finding]
) -> Iterable[BenefitChange]:
    """Yield the benefits whose status or amount is another now; who moved is the same person."""
    moved = dict(db.execute("SELECT former_no, number FROM former_numbers").fetchall())
    households = dict(db.execute("SELECT member_no, household_no FROM members").fetchall())
    earlier: dict[_BenefitKey, Finding] = {}
    for (household, member, programme), finding in before.items():
        now = member if member is None else moved.get(member, member)
        earlier[households.get(now or "", household), now, programme] = finding
    for key in sorted(earlier.keys() | after.keys(), key=lambda key: tuple(map(str, key))):
        old, new = _describe(earlier.get(key)), _describe(after.get(key))
        if old != new:
            yield BenefitChange(*key, *old, *new)


def _describe(finding: Finding | None) -> tuple[str | None, int | None]:
    """Return the status of a finding, and what is due a month."""
    if finding is None:
        return None, None
    return str(finding.status), round_per_month(finding.amount_fen, finding.amount_period)
