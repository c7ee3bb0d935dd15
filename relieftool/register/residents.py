"""Settles who is in the register: by the lists that have begun on a day, and by decisions.

Members get their numbers before anybody is left out here, so that a number means the same person
whatever the day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from relieftool.messages import Message
from relieftool.register.duplicate_households import join_duplicates
from relieftool.register.form_answers import add_member, attach_form_answers
from relieftool.register.identities import Identities
from relieftool.register.lines import (
    Line,
    LinesByTable,
    MappedColumn,
    ProblemLog,
    SheetTable,
    find_line_community,
)
from relieftool.register.live_rows import list_household_lines, read_lines
from relieftool.register.people import (
    HouseholdMember,
    RegisterHousehold,
    RegisterPerson,
    gather_households,
    index_by_id_number,
    list_members,
    list_person_keys,
)
from relieftool.register.person_mentions import Mention
from relieftool.register.sheet_communities import (
    apply_sheet_names,
    report_similar_communities,
    unite_communities,
)
from relieftool.store.life_events import EventType, LifeEvent, list_life_events
from relieftool.store.problem_decisions import IS_HEAD, LEAVE, LEFT, LIVES_IN, ProblemDecisions
from relieftool.values.remarks import GONE, Claim, read_claims

Households = dict[str, RegisterHousehold]
ListKey = tuple[str, str, str | None]


def read_households(
    identities: Identities,
    decisions: ProblemDecisions,
    problems: ProblemLog,
    as_of: str | None = None,
) -> tuple[LinesByTable, Households]:
    """Return all live rows, and the households built from them.

    With `as_of`, lists that begin after that day do not count for the households.
    """
    read = unite_communities(apply_sheet_names(read_lines(identities.db)), decisions)
    report_similar_communities(read, decisions, problems)
    problems.add_table_problems(table for table, _lines in read)
    lines = list_household_lines(read)
    return read, build_households(lines, identities, decisions, problems, as_of, read)


def build_households(  # noqa: PLR0913, PLR0917 rows, and all that decides their households
    lines: Iterable[Line],
    identities: Identities,
    decisions: ProblemDecisions,
    problems: ProblemLog,
    as_of: str | None = None,
    read: Iterable[tuple[SheetTable, list[Line]]] = (),
    newest: Mapping[ListKey, SheetTable] | None = None,
) -> Households:
    """Return the households built from lines, with answers from the forms in `read`.

    `newest` are lists that are not read again, of the newest month of their name and community.
    """
    gathered = gather_households(lines, decisions, problems)
    identities.name(gathered)
    join_duplicates(gathered, decisions, problems)
    households = gathered.join_people(decisions, problems)
    identities.number_members(households)
    attach_form_answers(households, read, decisions.subjects.secret, problems)
    if as_of is not None:
        households = _drop_later_lists(households, as_of)
    _LifeEvents(identities, households, problems).apply(list_life_events(identities.db, as_of))
    inhabited = _Residents(decisions, problems, newest or {}).apply(households)
    identities.deserted += (home for home in households.values() if not home.people and home.left)
    return inhabited


@dataclass
class _LifeEvents:
    """Applies what happened in households since the lists were written."""

    identities: Identities
    households: Households
    problems: ProblemLog
    _called: Households = field(default_factory=dict)
    _joined: list[RegisterHousehold] = field(default_factory=list)

    def apply(self, events: Sequence[LifeEvent]) -> None:
        """Change the households as the events say, in their order; number whoever is new."""
        for household in self.households.values() if events else ():
            self._called |= dict.fromkeys((household.household_no, *household.former), household)
        for event in events:
            if event.household_no in self._called:
                self._apply(event, self._called[event.household_no])
        self._joined += (
            household
            for household in self.households.values()
            if any(not person.member_no for person in household.people)
        )
        joined = {household.household_no: household for household in self._joined}
        self.identities.number_members(joined)

    def _apply(self, event: LifeEvent, household: RegisterHousehold) -> None:
        """Change one household, and the other one that the event is about, if any."""
        found = (household.find_member(number) for number in event.members)
        people = [person for person in found if person is not None]
        if event.event_type in {EventType.DIED, EventType.MOVED_OUT}:
            for person in people:
                self._leave(household, person, event)
        elif event.event_type == EventType.DISSOLVED:
            household.moved_rows |= {line.row_id for line in household.lines}
            for person in list(household.people):
                self._leave(household, person, event)
        elif event.event_type == EventType.SPLIT and people:
            self._split(event, household, people)
        elif event.event_type == EventType.MOVED_IN and event.other_no in self._called:
            source = self._called[event.other_no or ""]
            for number in event.members:
                self._move(source.find_member(number), source, household)
        elif event.event_type == EventType.TO_COMMUNITY:
            household.community = event.community or household.community
        if event.head_no and event.event_type != EventType.SPLIT:
            household.decided_head = household.find_member(event.head_no)

    def _leave(
        self, household: RegisterHousehold, person: RegisterPerson, event: LifeEvent
    ) -> None:
        """Remove a person; a newer list that still has them is reported."""
        household.people.remove(person)
        household.left.append(person)
        person.left_on = event.happened_on
        household.left_count += 1
        household.moved_rows |= {mention.line.row_id for mention in person.mentions}
        newest = max(person.mentions, key=lambda mention: mention.line.table.dated_on or "")
        if (newest.line.table.dated_on or "") > event.happened_on:
            params: dict[str, str | int] = {"who": person.member_no, "day": event.happened_on}
            target = "name" if newest.line.has("name", newest.place) else "head_name"
            self.problems.add(
                newest.line, "listed-after-event", _LISTED_SINCE, target, params=params
            )

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
        self,
        person: RegisterPerson | None,
        source: RegisterHousehold,
        home: RegisterHousehold,
    ) -> None:
        """Move a person from one household to another, with the numbers that they had."""
        if person is None:
            return
        source.people.remove(person)
        source.left_count += 1
        source.moved_rows |= {mention.line.row_id for mention in person.mentions}
        mentions = [replace(each, relation=None, is_head=False) for each in person.mentions]
        add_member(home, RegisterPerson(mentions, former=source.list_numbers(person)))
        self._joined.append(home)


@dataclass(frozen=True)
class _Residents:
    """Settles who is in the register."""

    decisions: ProblemDecisions
    problems: ProblemLog
    newest: Mapping[ListKey, SheetTable] = field(default_factory=dict)

    def apply(self, households: Households) -> Households:
        """Return the households that remain, with their residents; report what must be decided."""
        self._move_people(households)
        self._report_missing(households)
        for household in households.values():
            self._doubt_people(household)
        # households that everybody has left are dropped; households listed without people are kept
        inhabited = {
            number: household
            for number, household in households.items()
            if household.people or not household.moved_rows
        }
        for household in inhabited.values():
            self._choose_head(household)
        return inhabited

    def _move_people(self, households: Households) -> None:
        """Move people listed in several households to the decided household, or report them."""
        for id_number, members in index_by_id_number(list_members(households)).items():
            if len(members) < 2:  # noqa: PLR2004 in one household there is no doubt
                continue
            subject = self.decisions.subjects.name("lives", id_number)
            decided = self.decisions.of(subject)
            homes = {household.household_no: (household, person) for household, person in members}
            called = {name: no for no, (home, _person) in homes.items() for name in home.former}
            home = decided and called.get(decided.written or "", decided.written)
            if decided and decided.choice == LIVES_IN and home in homes:
                _move_person(homes.pop(home), homes.values())
            elif not decided or decided.choice != LEAVE:
                self._report_two_households(members, subject)

    def _report_two_households(self, members: list[HouseholdMember], subject: str) -> None:
        """Report members with the same ID number, each with the household and row of another."""
        for position, (_home, person) in enumerate(members):
            other_home, other = members[position - 1]
            line, elsewhere = person.mentions[0].line, other.mentions[0].line
            params = {**elsewhere.location_params, "household": other_home.household_no}
            code, message = "person-in-two-households", _TWO_HOUSEHOLDS
            person.gone_line = person.gone_line or line  # they live in one of them at most
            self.problems.add(line, code, message, "id_number", params=params, subject=subject)

    def _report_missing(self, households: Households) -> None:
        """Report who is missing from a newer list of the same name; remove who has left.

        Only a decision removes anybody, because a row may have been forgotten on the newer list.
        """
        for household in households.values():
            self._report_undated(household.lines)
        newest = _find_newest_lists(
            line for household in households.values() for line in household.lines
        )
        for key, table in self.newest.items():
            if key not in newest or (newest[key].dated_on or "") < (table.dated_on or ""):
                newest[key] = table
        if not newest:
            return
        for household in households.values():
            self._report_missing_from(household, newest)

    def _report_missing_from(
        self, household: RegisterHousehold, newest: Mapping[ListKey, SheetTable]
    ) -> None:
        """Report whether a household or somebody of it is missing; remove who has left.

        Of whom the newest list leaves out, alone or with their household, it is unknown whether
        they belong to it. Of a household that is left out as a whole, one question is asked.
        """
        number = household.household_no
        numbers = [number, *household.former]  # a decision made under one of them counts
        all_left = self._has_left(household.lines, newest, number, "household", numbers)
        if all_left:
            household.moved_rows |= {line.row_id for line in household.lines}
            for person in household.people:
                person.left_on = _find_last_day(person)
            household.left += household.people
            household.people = []
        for person in list(household.people):
            lines = [mention.line for mention in person.mentions]
            keys = list_person_keys(person, household)
            has_left = None
            if all_left is not None and not person.is_double:  # else that is asked first
                has_left = self._has_left(lines, newest, person.member_no, "person", keys)
            person.may_be_gone = has_left is None
            if has_left:
                household.people.remove(person)
                household.left.append(person)
                person.left_on = _find_last_day(person)
                household.moved_rows |= {line.row_id for line in lines}
            elif has_left is None:
                person.gone_line = person.gone_line or lines[-1]

    def _report_undated(self, lines: list[Line]) -> None:
        """Report undated lists if a household is also on another list of the same name.

        Files whose name is nothing but dates and digits are not compared.
        """
        if len({line.table.import_id for line in lines}) <= 1:
            return
        lists: dict[ListKey, dict[int, SheetTable]] = {}
        for line in lines:
            if line.table.kind == "households" and _list_key(line)[0]:
                lists.setdefault(_list_key(line), {}).setdefault(line.table.import_id, line.table)
        for tables in lists.values():
            for position, table in enumerate(several := list(tables.values())):
                if len(several) > 1 and table.dated_on is None:
                    self.problems.add_undated_list(table, several[position - 1])

    def _has_left(
        self,
        lines: list[Line],
        newest: Mapping[ListKey, SheetTable],
        number: str,
        unit: str,
        keys: list[str],
    ) -> bool | None:
        """Whether a household or person has left by decision; if undecided, report them: None.

        False, without report, unless a list of the same name is newer than the last list they are
        on. `keys` are the keys that a decision may be stored under, the current key first.
        """
        dated = [line for line in lines if line.table.dated_on is not None]
        last = max(dated, key=lambda line: line.table.dated_on or "", default=None)
        if last is None or last.table.dated_on is None:
            return False
        lists = [newest[key] for key in map(_list_key, dated) if key in newest]
        later = max(lists, key=lambda table: table.dated_on or "", default=last.table)
        if (later.dated_on or "") <= last.table.dated_on:
            return False
        subjects = [self.decisions.subjects.name("gone", unit, key) for key in keys]
        decided = self.decisions.of(*subjects)
        if decided is None:
            params = {"who": number, "file": later.file_name, "day": str(later.covers)}
            code, message = "not-on-newest-list", _MISSING[unit]
            self.problems.add(last, code, message, params=params, subject=subjects[0])
            return None
        return decided.choice == LEFT

    def _doubt_people(self, household: RegisterHousehold) -> None:
        """Report of whom the newest list says that they died or moved away; remove who has left.

        Until that is decided, it is unknown whether they still belong to the household.
        """
        claims = [
            (line, column, claim)
            for line in household.lines
            if line.table.free_columns
            for column, claim in line.list_claims()
            if claim.fact == GONE
        ]
        marked = any(mention.is_gone for person in household.people for mention in person.mentions)
        for person in list(household.people) if claims or marked else ():
            said = [each for each in claims if _is_about(person, each[0], each[2])]
            marks = [
                (_read_mark(mention), mention)
                for mention in person.mentions
                if mention.is_gone and not _is_on_newer_list(person, mention.line)
            ]
            keys = list_person_keys(person, household)
            stated = [each[2] for each in said] + [each[0] for each in marks]
            choices = {claim: self._find_choice(keys, claim) for claim in stated}
            if LEFT in choices.values():
                household.people.remove(person)
                household.left.append(person)
                person.left_on = next((c.day for c in choices if choices[c] == LEFT and c.day), "")
                household.left_count += 1
                household.moved_rows |= {mention.line.row_id for mention in person.mentions}
                continue
            for line, column, claim in said:
                if choices[claim] is None:
                    person.gone_line, person.may_be_gone, person.is_said_gone = line, True, True
                    self._report_claim(person, line, column, self._name_events(keys, claim)[0])
            for claim, mention in (mark for mark in marks if choices[mark[0]] is None):
                person.gone_line, person.may_be_gone = mention.line, True
                person.is_said_gone = True
                self._report_mark(mention, self._name_events(keys, claim)[0])

    def _name_events(self, keys: list[str], claim: Claim) -> list[str]:
        """Return the subjects of an event, so that another event of a person is asked anew."""
        name = self.decisions.subjects.name
        return [name("gone", "said", key, claim.cell, claim.day) for key in keys]

    def _find_choice(self, keys: list[str], claim: Claim) -> str | None:
        """Return what was decided about an event of a person; None if nothing was.

        Who left by an event without a day has left by the same event with one.
        """
        decided = self.decisions.of(*self._name_events(keys, claim))
        if decided is not None:
            return decided.choice
        undated = [claim._replace(day=day) for day in ("", "?")]
        earlier = [self.decisions.of(*self._name_events(keys, other)) for other in undated]
        return LEFT if any(found and found.choice == LEFT for found in earlier) else None

    def _report_mark(self, mention: Mention, subject: str) -> None:
        """Report a name or row that is marked as that of somebody who is gone."""
        line, place = mention.line, mention.place or None
        target = "name" if line.has("name", mention.place) else "head_name"
        code, message = ("row-struck", _STRUCK) if line.is_struck else ("name-marked", _MARKED)
        self.problems.add(line, code, message, target, place, subject=subject)

    def _report_claim(
        self, person: RegisterPerson, line: Line, column: MappedColumn, subject: str
    ) -> None:
        """Report a text that says that somebody is gone; the text itself may be private."""
        params: dict[str, str | int] = {"who": person.member_no, "position": column.position}
        self.problems.add(
            line,
            "perhaps-gone",
            _PERHAPS_GONE,
            params=params,
            subject=subject,
            header=column.header,
        )

    def _choose_head(self, household: RegisterHousehold) -> None:
        """Set the head of a household with several heads by decision; if undecided, report them."""
        heads = [head for head in household.heads if head.gone_line is None]
        if household.decided_head is None and len(heads) == 1:
            household.decided_head = heads[0]
        if len(heads) <= 1 or household.decided_head is not None:
            return
        names = sorted(head.id.number or head.name or "" for head in heads)
        subject = self.decisions.subjects.name("heads", *names)
        decided = self.decisions.of(subject)
        if decided and decided.choice == IS_HEAD:
            household.decided_head = household.find_member(decided.written)
        if decided is None:
            line, other = heads[1].mentions[0].line, heads[0].mentions[0].line
            params = {**other.location_params, "one": heads[0].member_no, "two": heads[1].member_no}
            self.problems.add(
                line, "two-heads", _TWO_HEADS, "relation", params=params, subject=subject
            )


def _find_last_day(person: RegisterPerson) -> str:
    """Return the day of the last list that has a person; '' if none has a day."""
    return max(mention.line.table.dated_on or "" for mention in person.mentions)


def _read_mark(mention: Mention) -> Claim:
    """Return what the mark at a name says, as in 李四（已故）, or that the row is struck out."""
    if mention.line.is_struck:
        return Claim(GONE, "struck")
    target = "name" if mention.line.has("name", mention.place) else "head_name"
    said = read_claims(mention.line.cell(target, mention.place or None), mention.name)
    return next((claim for claim in said if claim.fact == GONE), Claim(GONE, ""))


def _is_about(person: RegisterPerson, line: Line, claim: Claim) -> bool:
    """Whether what a line says is about a person, and no newer list has them."""
    if _is_on_newer_list(person, line):
        return False
    if claim.about == "household":
        return True
    if claim.about == "head":
        return person.is_head
    return any(mention.line is line and mention.place is None for mention in person.mentions)


def _is_on_newer_list(person: RegisterPerson, line: Line) -> bool:
    """Whether a person is on a list that is newer than that of a line."""
    day = line.table.dated_on
    days = (mention.line.table.dated_on for mention in person.mentions)
    return day is not None and any(other is not None and other > day for other in days)


_LISTED_SINCE = Message(
    "this list still has member {who}, who left the household on {day}; the event counts. If it was"
    " a mistake, take it back with `relief event`"
)
_MARKED = Message(
    "the name is marked as of somebody who died or moved away; whether they still live in this"
    " household is unknown until it is decided, or the row or the mark is taken out"
)
_STRUCK = Message(
    "this row is struck through, as is done when somebody died or moved away; whether they still"
    " live in this household is unknown until it is decided, or the row or the line is taken out"
)
_PERHAPS_GONE = Message(
    "what is said here of member {who} may mean that they are gone; whether they still live in this"
    " household is unknown until it is decided"
)
_TWO_HOUSEHOLDS = Message(
    "this ID number also stands in household {household} ({file}, {sheet}, row {row});"
    " decide in which household this person lives"
)
_TWO_HEADS = Message(
    "two people are head, {two} and {one} ({file}, {sheet}, row {row}); mark one, or decide"
)
_MISSING = {
    "household": Message(
        "household {who} is not on the newest list of this name ({file}, {day}); whether it still"
        " lives here is unknown until it is decided"
    ),
    "person": Message(
        "member {who} is not on the newest list of this name ({file}, {day}); whether they still"
        " belong to the household is unknown. Write down what happened with `relief event`, or"
        " decide"
    ),
}


def _drop_later_lists(households: Households, as_of: str) -> Households:
    """Return the households without lines of lists that begin after a day; undated lists stay.

    Households that are only on later lists are left out.
    """
    found: Households = {}
    for number, household in households.items():
        lines = [line for line in household.lines if _has_begun(line, as_of)]
        for person in household.people:
            person.mentions = [
                mention for mention in person.mentions if _has_begun(mention.line, as_of)
            ]
        people = [person for person in household.people if person.mentions]
        if lines:
            found[number] = replace(household, lines=lines, people=people)
    return found


def _has_begun(line: Line, as_of: str) -> bool:
    """Whether a line's list begins on or before a day, or is undated."""
    return line.table.begins_on is None or line.table.begins_on <= as_of


def _move_person(home: HouseholdMember, others: Iterable[HouseholdMember]) -> None:
    """Move a person to one household, and with them their mentions in the others."""
    _household, resident = home
    for household, person in others:
        household.people.remove(person)
        household.moved_rows |= {mention.line.row_id for mention in person.mentions}
        # the relation and being head are about the other household
        resident.mentions += [
            replace(mention, relation=None, is_head=False) for mention in person.mentions
        ]


def _find_newest_lists(lines: Iterable[Line]) -> dict[ListKey, SheetTable]:
    """Return the table of the newest month of each dated list; forms are not lists."""
    newest: dict[ListKey, SheetTable] = {}
    for line in lines:
        if line.table.dated_on is not None and line.table.kind != "form":
            best = newest.setdefault(_list_key(line), line.table)
            if (best.dated_on or "") < line.table.dated_on:
                newest[_list_key(line)] = line.table
    return newest


def _list_key(line: Line) -> ListKey:
    """Return file and sheet without dates, and community: all months of a list share them."""
    return *line.table.undated_names, find_line_community(line)
