"""Applies what happened in households since their lists were written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from relieftool.messages import Message
from relieftool.register.form_answers import add_member
from relieftool.register.identities import Identities
from relieftool.register.lines import ProblemLog
from relieftool.register.people import (
    HouseholdMember,
    Households,
    RegisterHousehold,
    RegisterPerson,
    index_by_id_number,
    list_members,
)
from relieftool.register.same_people import join_moved
from relieftool.store.life_events import EventType, LifeEvent
from relieftool.store.problem_decisions import COME_BACK, IS_HEAD, STILL_LISTED, ProblemDecisions

_LEAVING = {EventType.DIED, EventType.MOVED_OUT, EventType.DISSOLVED}


@dataclass
class LifeEventChanges:
    """Applies events to households; people and households are found by any number they had."""

    identities: Identities
    households: Households
    problems: ProblemLog
    decisions: ProblemDecisions
    _called: Households = field(default_factory=dict)
    _joined: list[RegisterHousehold] = field(default_factory=list)
    _by_id: dict[str, list[HouseholdMember]] = field(default_factory=dict)
    _came: list[HouseholdMember] = field(default_factory=list)

    def apply(self, events: Sequence[LifeEvent]) -> None:
        """Change the households as the events say, in their order; number whoever is new."""
        for household in self.households.values() if events else ():
            self._called |= dict.fromkeys((household.household_no, *household.former), household)
        self._by_id = index_by_id_number(list_members(self.households)) if events else {}
        self._joined += (
            household
            for household in self.households.values()
            if any(not person.member_no for person in household.people)
        )
        self._number_joined()
        for event in events:
            if home := self._called.get(event.household_no):
                source = self._called.get(event.other_no or "") if event.is_transfer else home
                self._apply(event, home, source)
                self._number_joined()
                self._join_came(event)

    def _number_joined(self) -> None:
        """Number whoever came to a household: a later event may be about them by that number."""
        joined = {household.household_no: household for household in self._joined}
        self._joined.clear()
        if joined:
            self.identities.number_members(joined)

    def _join_came(self, event: LifeEvent) -> None:
        """Join who came by an event to whom a list has there under a corrected ID number."""
        for home, person in self._came:
            is_answer = self.decisions.is_of_corrected_number(event.event_id)
            if join_moved(home, person, self.decisions, self.problems, is_answer=is_answer):
                self._joined.append(home)
        self._came.clear()
        self._number_joined()

    def _apply(
        self, event: LifeEvent, household: RegisterHousehold, source: RegisterHousehold | None
    ) -> None:
        """Change one household, and the one that somebody comes from; report who is not there."""
        people = source.find_members(event.members) if source else []
        is_return = event.event_type == EventType.MOVED_IN and not event.is_transfer
        if not is_return:
            self._report_absent(event, household, people)
        if event.event_type == EventType.DISSOLVED:
            household.moved_rows |= {line.row_id for line in household.lines}
            people = list(household.people)
        if event.event_type in _LEAVING:
            left = [each for person in people for each in self._leave(household, person, event)]
            self._ask_about_listed(household, left, event)
        elif event.event_type == EventType.SPLIT and people:
            self._split(event, household, people)
        elif event.event_type == EventType.MOVED_IN:
            for person in people if event.is_transfer else ():
                self._move(person, source or household, household)
            _return_who_left(household, event)
        elif event.event_type == EventType.TO_COMMUNITY:
            self._change_community(event, household)
        if event.head_no and event.event_type != EventType.SPLIT:
            household.decided_head = household.find_member(event.head_no)
            household.headed_on = event.happened_on

    def _report_absent(
        self,
        event: LifeEvent,
        household: RegisterHousehold,
        people: Sequence[RegisterPerson],
    ) -> None:
        """Report an event about somebody who is not there; `people` are those who are."""
        if len(people) < len(event.members) and household.lines:
            params: dict[str, str | int] = {"event": event.event_id, "day": event.happened_on}
            line = household.first_line
            self.problems.add(line, "event-without-member", _NOBODY_THERE, params=params)

    def _leave(
        self, household: RegisterHousehold, person: RegisterPerson, event: LifeEvent
    ) -> Iterator[RegisterPerson]:
        """Remove a person; who died is in no other household either. Yield who is on a newer list.

        Whether somebody who left lives in the other household that lists them is unknown, unless a
        newer list says so.
        """
        for home, other in self._by_id.get(person.id.number or "", [(household, person)]):
            if other not in home.people:
                continue  # an earlier event removed or moved them
            newest = other.newest_mention.line.table
            is_listed_since = (newest.dated_on or "") > event.happened_on
            if other is person or event.event_type == EventType.DIED:
                has_come_back = newest.kind == "form"  # by an event of its own
                self._remove(home, other, event)
                if is_listed_since and not has_come_back:
                    yield other
            elif not is_listed_since:
                other.left_elsewhere_on = event.happened_on

    def _remove(
        self, household: RegisterHousehold, person: RegisterPerson, event: LifeEvent
    ) -> None:
        """Remove a person from one household."""
        household.people.remove(person)
        household.left.append(person)
        person.left_on = event.happened_on
        household.left_count += 1
        household.moved_rows |= {mention.line.row_id for mention in person.mentions}

    def _ask_about_listed(
        self, household: RegisterHousehold, people: Sequence[RegisterPerson], event: LifeEvent
    ) -> None:
        """Ask once whether an event is right, of all whom a newer list has; until then it is."""
        may_return = event.event_type == EventType.MOVED_OUT and household.people
        sort = COME_BACK if may_return else STILL_LISTED
        subject = self.decisions.subjects.name(sort, event.event_id)
        if self.decisions.of(subject) is not None:
            return
        numbers = [person.member_no for person in people]
        params: dict[str, str | int] = {
            "who": ", ".join(numbers),
            "members": " ".join(numbers),
            "household": household.household_no,
            "event": event.event_id,
            "day": event.happened_on,
        }
        for person in people:
            newest = person.newest_mention
            target = "name" if newest.line.has("name", newest.place) else "head_name"
            self.problems.add(
                *(newest.line, "listed-after-event", _LISTED_SINCE, target),
                params=params,
                subject=subject,
            )

    def _change_community(self, event: LifeEvent, household: RegisterHousehold) -> None:
        """Set the community of a household, and join the one that a list there has, if any."""
        household.community = event.community or household.community
        other = self._called.get(event.other_no or "") or self._find_whole(household)
        if other is not None and other is not household:
            self._merge(other, household)

    def _find_whole(self, household: RegisterHousehold) -> RegisterHousehold | None:
        """Return the other household of its community that lists all people of a household."""
        homes = [
            {
                home.household_no
                for home, person in self._by_id.get(number, ())
                if person in home.people
            }
            for person in household.people
            if (number := person.id.number)
        ]
        shared = set.intersection(*homes) - {household.household_no} if homes else set()
        found = (self.households[number] for number in sorted(shared))
        return next((home for home in found if home.community == household.community), None)

    def _merge(self, other: RegisterHousehold, home: RegisterHousehold) -> None:
        """Make one household of two: a list of another community has its own number for it."""
        for person in other.people:
            former = other.list_numbers(person)
            moved = add_member(home, RegisterPerson(person.mentions, former=former))
            self._came.append((home, moved))
        home.lines += other.lines
        home.moved_rows |= other.moved_rows
        for identity, labels in other.labels.items():
            home.labels.setdefault(identity, labels)
        del self.households[other.household_no]
        self._called |= {name: home for name, called in self._called.items() if called is other}
        self._by_id = index_by_id_number(list_members(self.households))
        self._joined.append(home)

    def _split(
        self, event: LifeEvent, household: RegisterHousehold, people: Sequence[RegisterPerson]
    ) -> None:
        """Move people to a household of their own: the one that a newer list has, if any."""
        part = self._called.get(event.other_no or "")
        if part is None:
            keys = [f"event:{event.event_id}"]
            part = RegisterHousehold(event.other_no or "", household.community, [], keys=keys)
            part.people = list(people)
            self.identities.name_part(part)
            part.people, part.divided_on = [], event.happened_on
            self._called[event.other_no or ""] = self.households[part.household_no] = part
        household.divided_on = event.happened_on
        for person in people:
            self._move(person, household, part)
        if event.head_no:
            head = (p for p in part.people if event.head_no in p.former)
            part.decided_head = next(head, None)

    def _move(
        self, person: RegisterPerson, source: RegisterHousehold, home: RegisterHousehold
    ) -> None:
        """Move a person from one household to another, with the numbers that they had."""
        source.people.remove(person)
        source.left_count += 1
        source.moved_rows |= {mention.line.row_id for mention in person.mentions}
        mentions = [replace(each, relation=None, is_head=False) for each in person.mentions]
        moved = add_member(home, RegisterPerson(mentions, former=source.list_numbers(person)))
        if moved.id.number:
            self._by_id.setdefault(moved.id.number, []).append((home, moved))
        self._came.append((home, moved))
        self._joined.append(home)


def _return_who_left(household: RegisterHousehold, event: LifeEvent) -> None:
    """Add people again who had left before the event that they came: by number, or its import."""
    for person in list(household.left):
        called = {person.member_no, *person.former}
        is_imported = event.import_id is not None and any(
            mention.line.table.import_id == event.import_id for mention in person.mentions
        )
        if is_imported or not (event.is_transfer or called.isdisjoint(event.members)):
            household.left.remove(person)
            household.people.append(person)
            household.left_count -= 1
            household.moved_rows -= {mention.line.row_id for mention in person.mentions}


def ask_about_former_head(
    household: RegisterHousehold, decisions: ProblemDecisions, problems: ProblemLog
) -> None:
    """Ask once who is head if a newer list has another than an event; until then the event's.

    A list that is newer still and has the head of the event settles it.
    """
    head, day = household.decided_head, household.headed_on
    if head is None or day is None:
        return
    listed = [
        mention
        for person in household.people
        for mention in person.mentions
        if mention.is_head and (mention.line.table.dated_on or "") > day
    ]
    newest = max(listed, key=lambda each: each.line.table.dated_on or "", default=None)
    if newest is None or newest in head.mentions:
        return
    other = next(person for person in household.people if newest in person.mentions)
    names = [person.id.number or person.name or "" for person in (head, other)]
    subject = decisions.subjects.name("heads", "event", day, *names)
    decided = decisions.of(subject)
    if decided and decided.choice == IS_HEAD:
        household.decided_head = household.find_member(decided.written)
    if decided is None:
        params: dict[str, str | int] = {"one": head.member_no, "two": other.member_no, "day": day}
        problems.add(
            *(newest.line, "two-heads", _OTHER_HEAD, "relation"), params=params, subject=subject
        )


_OTHER_HEAD = Message(
    "this newer list has {two} as head, and an event of {day} has {one}; the event counts until it"
    " is decided who is head"
)
_LISTED_SINCE = Message(
    "this newer list still has {who}, of whom event {event} says that they died or left on {day};"
    " the event counts until it is decided otherwise"
)
_NOBODY_THERE = Message(
    "event {event} of {day} is about somebody who is not in the household now, so it changes"
    " nothing for them. Import their list again, or take the event back: `relief event --undo`"
)
