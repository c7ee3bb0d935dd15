"""What changed from the end of one month to another: who receives what, and who lives where.

The register is read as of both days. Of each benefit, the newest list of each day is compared, so
that the count before, with all that is listed here, gives the count after.
"""

import calendar
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlite_utils import Database

from relieftool.cases.case_list import list_cases
from relieftool.cases.headcounts import (
    HOUSEHOLDS,
    MEMBERS,
    CountedKey,
    CountedOnDay,
    CountedUnit,
    CurrentNumbers,
    add_payments,
    add_people,
)
from relieftool.cases.month_tables import HandedIn, find_handed_in
from relieftool.cases.reexaminations import list_due_reexaminations
from relieftool.eligibility.findings import Status
from relieftool.eligibility.kept_findings import open_findings
from relieftool.messages import Message
from relieftool.pack.models import Pack
from relieftool.register.build import show_register_on
from relieftool.store.life_events import EventType, LifeEvent, list_life_events
from relieftool.values.stored_values import parse_period

ChangeKind = Literal[
    "new", "came", "split", "moved", "amount", "died", "moved-out", "stopped", "unlisted", "late"
]
ADDING: tuple[ChangeKind, ...] = ("new", "came", "split")
TAKING: tuple[ChangeKind, ...] = ("died", "moved-out", "stopped", "unlisted")
Duty = Literal["reclaim", "end", "hear", "re-examine"]


@dataclass(frozen=True)
class MonthChange:
    """A change of one who is counted, in a programme or in the register, with reason and source.

    `community` is where they are counted: before, if they are gone. `to_community` is where they
    moved. Amounts are fen as the lists have them; None is unknown, or nothing.
    """

    kind: ChangeKind
    counted: str
    community: str
    household_no: str
    member_no: str | None
    name: str | None
    reason: Message
    source: Message | None = None
    before_fen: int | None = None
    after_fen: int | None = None
    to_community: str | None = None


@dataclass(frozen=True)
class MonthCount:
    """The count of a programme, or of the register, in a community before and after.

    `before`, `corrected` and all changes add up to `after`. Where last month's table was handed in,
    `before` is its count, and `corrected` what was written down later of that time. `community` is
    "" for all of them together. `lists` are the months of the lists compared; None where there is
    none, and for the register.
    """

    counted: str
    community: str
    before: int
    changes: Mapping[str, int]
    after: int
    lists: tuple[str | None, str | None] = (None, None)
    corrected: int = 0

    def lacks_list(self, until: dt.date) -> bool:
        """Whether no list is newer than that of the day before, and it ended before this day.

        So what changed is not known yet, and `after` is only what that list counts.
        """
        before, after = self.lists
        return after is not None and before == after and after < until.isoformat()


@dataclass(frozen=True)
class MonthDuty:
    """What the office must do because of a change, and until when."""

    duty: Duty
    counted: str
    community: str
    household_no: str
    member_no: str | None
    words: Message
    due_on: str


@dataclass(frozen=True)
class MonthChanges:
    """All that changed between two days, the counts that it explains, and what it asks for.

    `doubtful` has how many rows of the newest list of a programme are in doubt, and not counted.
    """

    since: dt.date
    until: dt.date
    counts: Sequence[MonthCount]
    changes: Sequence[MonthChange]
    duties: Sequence[MonthDuty]
    doubtful: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class MonthQuestion:
    """Which two days are compared, and of which community and programme; None: of all."""

    since: dt.date
    until: dt.date
    community: str | None = None
    programme: str | None = None

    def is_about(self, record: MonthChange | MonthCount | MonthDuty) -> bool:
        """Whether a change, a count or a duty is asked about."""
        places = {record.community, getattr(record, "to_community", None)}
        return (self.community is None or self.community in places) and (
            self.programme in (None, record.counted)
        )


def find_month_changes(db: Database, pack: Pack, asked: MonthQuestion) -> MonthChanges:
    """Return what changed from the end of one day to the end of another.

    The register is shown as of the second day afterwards.
    """
    before, after = _read(db, pack, asked)
    with open_findings(db, pack, asked.until) as kept:
        findings = list(kept.list_findings([Status.REVIEW, Status.CONFLICT]))
    comparison = _Comparison(db, pack, asked.since, asked.until, before, after)
    changes = sorted(comparison.list_changes(), key=_order)
    handed_in = find_handed_in(db, asked.since)
    counts = list(_count(before, after, changes, handed_in))
    if handed_in is not None:
        changes += comparison.list_late(handed_in.last_event)
    reviewed = {(each.programme, each.household_no, each.member_no) for each in findings}
    duties = list(comparison.list_duties(changes, reviewed))
    return MonthChanges(
        asked.since,
        asked.until,
        list(filter(asked.is_about, counts)),
        list(filter(asked.is_about, changes)),
        list(filter(asked.is_about, duties)),
        _count_doubtful(db, after, asked.programme),
    )


def _count_doubtful(db: Database, after: CountedOnDay, programme: str | None) -> dict[str, int]:
    """Return how many rows of the newest lists are in doubt, by programme, whatever their place."""
    newest: dict[str, str] = {}
    for (name, _community), (until, _is_complete) in after.lists.items():
        newest[name] = max(until, newest.get(name, ""))
    found: Counter[str] = Counter()
    for name, covers, _row_id in db.execute(_DOUBTFUL):
        ends = parse_period(covers)[1] if covers else ""
        if programme in (None, name) and ends == newest.get(name):
            found[name] += 1
    return dict(found)


def _read(db: Database, pack: Pack, asked: MonthQuestion) -> tuple[CountedOnDay, CountedOnDay]:
    """Return who is counted on both days.

    What lists of the first day pay to households that no list named by then counts for that day
    too: their own lists may have been made later than those of payments.
    """
    before, after = CountedOnDay(), CountedOnDay()
    show_register_on(db, pack, asked.since)
    add_people(db, before)
    add_payments(db, pack, before, asked.since)
    known = {household for _counted, household, _member in before.counted}
    show_register_on(db, pack, asked.until)
    add_payments(db, pack, before, asked.since, known)
    if known:  # without earlier lists of households, nobody is new in the register
        add_people(db, after)
    add_payments(db, pack, after, asked.until)
    return before, after


@dataclass
class _Comparison:
    """Compares two days; events and cases are the reasons where there are any."""

    db: Database
    pack: Pack
    since: dt.date
    until: dt.date
    before: CountedOnDay
    after: CountedOnDay
    _by_person: dict[str, LifeEvent] = field(default_factory=dict)
    _by_household: dict[str, LifeEvent] = field(default_factory=dict)
    _gone: dict[str, LifeEvent] = field(default_factory=dict)

    def __post_init__(self) -> None:
        now = CurrentNumbers(self.db)
        for event in list_life_events(self.db, self.until.isoformat()):
            if event.event_type in _ENDS:
                self._gone |= dict.fromkeys(map(now.find, event.members), event)
            if event.happened_on > self.since.isoformat():
                came = self.db.execute(_NEWCOMERS, [event.import_id]).fetchall()
                members = (*event.members, *(number for (number,) in came))
                self._by_person |= dict.fromkeys(map(now.find, members), event)
                self._by_household |= dict.fromkeys(map(now.find, event.households), event)
        self._granted = {
            (case.programme, case.household_no, case.member_no): case.case
            for case in list_cases(self.db)
        }

    def list_changes(self) -> Iterator[MonthChange]:
        """Yield the changes: of who is counted by person, whatever household they are in."""
        old, new = _index(self.before), _index(self.after)
        for who in old.keys() | new.keys():
            earlier, later = old.get(who), new.get(who)
            if later is None and earlier is not None:
                yield self._describe_end(*earlier)
            elif earlier is None and later is not None:
                yield self._describe_beginning(*later)
            elif earlier is not None and later is not None:
                yield from self._compare(earlier[1], *later)

    def list_late(self, last_event: int) -> Iterator[MonthChange]:
        """Yield the events of an earlier month that were written down after it was handed in."""
        for event in list_life_events(self.db, self.since.isoformat()):
            if event.event_id > last_event:
                home = CurrentNumbers(self.db).find(event.household_no)
                params = {"event": event.event_type.word, "day": event.happened_on}
                reason = Message("written down late: {event}, {day}", params)
                member = event.members[0] if len(event.members) == 1 else None
                about = HOUSEHOLDS, self._find_place(event), home, member, None
                yield MonthChange("late", *about, reason, _name(event))

    def _describe_end(self, key: CountedKey, was: CountedUnit) -> MonthChange:
        """Return the change of one who is counted no more."""
        counted, household, member = key
        event = self._by_person.get(member or "") or self._by_household.get(household)
        kind: ChangeKind = "stopped"
        source = self._name_row(was.row_id)
        if event is not None and event.event_type in _ENDS:
            kind, reason, source = _ENDS[event.event_type], event.event_type.word, _name(event)
        elif key in self.after.stopped:
            reason, source = Message("the list says that it ended"), None
            source = self._name_row(self.after.stopped[key])
        elif counted in (HOUSEHOLDS, MEMBERS):
            kind, reason = "unlisted", Message("no longer on the lists that count")
        elif self.after.lists.get((counted, was.community), ("", False))[1]:
            reason = Message("no longer on the complete list")
        else:
            kind, reason = "unlisted", Message("not on the newer list, which may not be complete")
        return MonthChange(
            *(kind, counted, was.community, household, member, was.name, reason, source, was.fen)
        )

    def _describe_beginning(self, key: CountedKey, now: CountedUnit) -> MonthChange:
        """Return the change of one who was not counted before."""
        counted, household, member = key
        event = self._by_person.get(member or "") or self._by_household.get(household)
        kind: ChangeKind = "new"
        source = self._name_row(now.row_id)
        if counted == HOUSEHOLDS and event is not None and event.event_type == EventType.SPLIT:
            kind, reason, source = "split", event.event_type.word, _name(event)
        elif counted in (HOUSEHOLDS, MEMBERS):
            came = event is not None and event.event_type == EventType.MOVED_IN
            born = self._find_birth(counted, member)
            reason = (
                event.event_type.word if came and event else born or Message("new on the lists")
            )
            kind = "came" if came or born else kind
            source = _name(event) if came and event else None
        elif case := self._granted.get(key):
            reason = Message("new on the list, after case {case}", {"case": case})
        else:
            reason = Message("new on the list")
        return MonthChange(
            *(kind, counted, now.community, household, member, now.name, reason, source),
            after_fen=now.fen,
        )

    def _find_birth(self, counted: str, member: str | None) -> Message | None:
        """Return that somebody was born between both days; None if not, or if it is not known."""
        query = "SELECT birth_date FROM members WHERE member_no = ?"
        found = self.db.execute(query, [member]).fetchone() if counted == MEMBERS else None
        day = str(found[0] or "") if found else ""
        is_new = self.since.isoformat() < day <= self.until.isoformat()
        return Message("born on {day}", {"day": day}) if is_new else None

    def _compare(
        self, was: CountedUnit, key: CountedKey, now: CountedUnit
    ) -> Iterator[MonthChange]:
        """Yield that somebody moved to another community, and that another amount is paid."""
        counted, household, member = key
        event = self._by_person.get(member or "") or self._by_household.get(household)
        about = counted, was.community, household, member, now.name
        if was.community != now.community:
            reason = event.event_type.word if event else Message("in another community now")
            source = _name(event) if event else None
            yield MonthChange("moved", *about, reason, source, to_community=now.community)
        if None not in (was.fen, now.fen) and was.fen != now.fen:
            reason = Message("another amount on the list")
            if event is not None:
                params = {"event": event.event_type.word, "day": event.happened_on}
                reason = Message("another amount after: {event}, {day}", params)
            place = self._name_row(now.row_id)
            about = counted, now.community, household, member, now.name
            yield MonthChange("amount", *about, reason, place, was.fen, now.fen)

    def _name_row(self, row_id: int | None) -> Message | None:
        """Return the place of a row that a list has."""
        found = self.db.execute(_PLACE, [row_id]).fetchone() if row_id is not None else None
        return found and Message("{file}, row {row}", {"file": str(found[0]), "row": int(found[1])})

    def list_duties(
        self, changes: Iterable[MonthChange], reviewed: set[tuple[str, str, str | None]]
    ) -> Iterator[MonthDuty]:
        """Yield what the office must do, each until the end of the following month."""
        due = _end_next_month(self.until)
        for change in changes:
            about = change.counted, change.community, change.household_no, change.member_no
            is_paid = change.counted in self.pack.programmes
            if is_paid and change.kind in ("stopped", "unlisted"):
                yield MonthDuty("hear", *about, _HEAR, due)
            if is_paid and change.kind == "new" and about[:1] + about[2:] in reviewed:
                yield MonthDuty("re-examine", *about, _LOOK_AGAIN, due)
        for programme, household, member in sorted(reviewed, key=str):
            counted = self.after.counted.get((programme, household, member))
            event = self._by_household.get(household)
            if counted is not None and event is not None:
                params = {"event": event.event_type.word, "day": event.happened_on}
                words = Message(_END.template, params)
                yield MonthDuty(
                    *("end", programme, counted.community, household, member, words, due)
                )
        yield from self._list_reexamined(due)
        yield from self._list_reclaimed(due)

    def _list_reexamined(self, due: str) -> Iterator[MonthDuty]:
        """Yield who must be examined again: where somebody came or went, or by the law's time."""
        for (programme, household, member), counted in sorted(
            self.after.counted.items(), key=lambda item: str(item[0])
        ):
            event = self._by_household.get(household)
            is_paid = member is None and programme in self.pack.programmes
            if is_paid and event is not None and event.event_type not in _SAME_SIZE:
                params = {"event": event.event_type.word, "day": event.happened_on}
                words = Message(_RECOUNT.template, params)
                yield MonthDuty(
                    "re-examine", programme, counted.community, household, None, words, due
                )
        for found in list_due_reexaminations(self.db, self.pack, self.after, due):
            about = found.programme, found.community, found.household_no, found.member_no
            yield MonthDuty("re-examine", *about, found.words, found.due_on)

    def _list_reclaimed(self, due: str) -> Iterator[MonthDuty]:
        """Yield what lists of these months pay to people who were gone before the month began.

        Not what was looked at already.
        """
        now = CurrentNumbers(self.db)
        for payee, programmes, file, row, covers in self.db.execute(_PAID_TO_GONE).fetchall():
            who = now.find(payee)
            event, (begins, ends) = self._gone.get(who), parse_period(covers)
            is_after = event is not None and event.happened_on < begins
            is_now = self.since.isoformat() < ends and begins <= self.until.isoformat()
            if event is None or not (is_after and is_now):
                continue
            params = {"day": event.happened_on, "file": file, "row": row, "month": covers}
            words = Message(_RECLAIM.template, params)
            about = (now.find(event.household_no), who, words, due)
            for programme in filter(None, programmes.split(",")):
                yield MonthDuty("reclaim", programme, self._find_place(event), *about)

    def _find_place(self, event: LifeEvent) -> str:
        """Return the community of the household of an event; "" if it is in no list."""
        now = CurrentNumbers(self.db).find(event.household_no)
        found = (each.counted.get((HOUSEHOLDS, now, None)) for each in (self.after, self.before))
        counted = next((counted.community for counted in found if counted), None)
        listed = self.db.execute(_COMMUNITY, [now]).fetchone() if counted is None else None
        return counted or (listed[0] if listed else "")


def _index(snapshot: CountedOnDay) -> dict[tuple[str, str], tuple[CountedKey, CountedUnit]]:
    """Return who is counted by person, or by household where that is counted."""
    return {(key[0], key[2] or key[1]): (key, counted) for key, counted in snapshot.counted.items()}


def _count(
    before: CountedOnDay,
    after: CountedOnDay,
    changes: Iterable[MonthChange],
    handed_in: HandedIn | None,
) -> Iterator[MonthCount]:
    """Yield the counts of each programme and community, with the changes between them."""
    told = {} if handed_in is None else handed_in.counts
    known = {counted for counted, _community in told}  # else it was counted nowhere
    kinds: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for change in changes:
        kinds[change.counted, change.community][change.kind] += 1
        if change.to_community is not None:
            kinds[change.counted, change.to_community]["arrived"] += 1
    was, now = (
        Counter((key[0], counted.community) for key, counted in snapshot.counted.items())
        for snapshot in (before, after)
    )
    for counted, community in sorted(was.keys() | now.keys() | kinds.keys() | told.keys()):
        about = counted, community
        months = tuple(snapshot.lists.get(about, (None, False))[0] for snapshot in (before, after))
        first = told.get(about, 0) if counted in known else was[about]
        lists = months[0], months[1]
        yield MonthCount(*about, first, kinds[about], now[about], lists, was[about] - first)


def _order(change: MonthChange) -> tuple[str, str, str, str, str]:
    return (
        change.counted,
        change.community,
        change.kind,
        change.household_no,
        change.member_no or "",
    )


def _name(event: LifeEvent) -> Message:
    params = {"number": event.event_id, "day": event.happened_on}
    return Message("event {number} of {day}", params)


def _end_next_month(day: dt.date) -> str:
    """Return the last day of the month after that of a day."""
    first = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1]).isoformat()


_ENDS: Mapping[EventType, ChangeKind] = {
    EventType.DIED: "died",
    EventType.MOVED_OUT: "moved-out",
    EventType.DISSOLVED: "moved-out",
    EventType.MOVED_IN: "moved-out",  # the household that everybody moved out of
}
_SAME_SIZE = {EventType.HEAD, EventType.TO_COMMUNITY}
_HEAR = Message("Ask the family why this ended, and hear them before it stays so.")
_LOOK_AGAIN = Message("New on the list, and by what is known not entitled: look again.")
_END = Message(
    "After {event} on {day} they receive what they may have no right to: look, and end it."
)
_RECOUNT = Message("Count this benefit anew: {event} on {day}.")
_RECLAIM = Message("Gone since {day}, and still paid for {month} ({file}, row {row}): reclaim it.")
_NEWCOMERS = """
    SELECT member_no FROM main.became JOIN source_rows USING (row_id)
    JOIN source_tables USING (table_id) WHERE import_id = ? AND member_no IS NOT NULL
"""
# Rows of lists that are used for nobody, and payments that may be somebody's.
_DOUBTFUL = """
    SELECT DISTINCT programme, covers, source_rows.row_id
    FROM source_rows JOIN source_tables USING (table_id) JOIN imports USING (import_id)
    WHERE undone_at IS NULL AND programme IS NOT NULL AND (
        row_id IN (SELECT row_id FROM problems WHERE is_unused AND stage = 'register')
        OR row_id IN (SELECT row_id FROM receipts WHERE says = 'maybe' AND origin = 'roster'))
"""
_COMMUNITY = """
    SELECT name FROM households JOIN communities USING (community_id) WHERE household_no = ?
"""
_PLACE = """
    SELECT file_name, row_number FROM source_rows
    JOIN source_tables USING (table_id) JOIN imports USING (import_id) WHERE row_id = ?
"""
_PAID_TO_GONE = """
    SELECT params ->> 'who', params ->> 'programmes', file_name, problems.row_number, covers
    FROM problems JOIN imports USING (import_id) JOIN source_rows USING (row_id)
    JOIN source_tables ON source_tables.table_id = source_rows.table_id
    WHERE code = 'roster-person-left' AND problems.subject IS NOT NULL
    AND undone_at IS NULL AND covers IS NOT NULL
    ORDER BY file_name, problems.row_number
"""
