"""Settles who is in the register: by the lists that have begun on a day, and by decisions.

Members get their numbers before anybody is left out here, so that a number means the same person
whatever the day.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from relieftool.messages import Message
from relieftool.register.form_answers import attach_form_answers
from relieftool.register.identities import Identities
from relieftool.register.life_event_changes import (
    LifeEventChanges,
    ask_about_former_head,
)
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
    Households,
    RegisterHousehold,
    RegisterPerson,
    gather_households,
    index_by_id_number,
    list_members,
    list_person_keys,
)
from relieftool.register.person_mentions import Mention
from relieftool.register.same_people import (
    find_move,
    join_duplicates,
    join_namesakes,
    join_newcomers,
    list_corrected,
    may_have_moved,
    name_move,
    word_move,
)
from relieftool.register.sheet_communities import (
    apply_sheet_names,
    report_similar_communities,
    unite_communities,
)
from relieftool.store.life_events import list_life_events
from relieftool.store.problem_decisions import (
    CORRECTED,
    IS_HEAD,
    LEAVE,
    LEFT,
    LIVES_IN,
    TWO_PEOPLE,
    WHOLE,
    YES,
    ProblemDecisions,
)
from relieftool.values.remarks import GONE, Claim, read_claims

ListKey = tuple[str, str, str | None]


def read_households(
    identities: Identities,
    decisions: ProblemDecisions,
    problems: ProblemLog,
    as_of: str | None = None,
    ended: list[RegisterHousehold] | None = None,
) -> tuple[LinesByTable, Households]:
    """Return all live rows, and the households built from them; add those that ended to `ended`.

    With `as_of`, lists that begin after that day do not count for the households.
    """
    read = unite_communities(apply_sheet_names(read_lines(identities.db)), decisions)
    report_similar_communities(read, decisions, problems)
    problems.add_table_problems(table for table, _lines in read)
    lines = list_household_lines(read)
    return read, build_households(lines, identities, decisions, problems, as_of, read, ended=ended)


def build_households(  # noqa: PLR0913, PLR0917 rows, and all that decides their households
    lines: Iterable[Line],
    identities: Identities,
    decisions: ProblemDecisions,
    problems: ProblemLog,
    as_of: str | None = None,
    read: Iterable[tuple[SheetTable, list[Line]]] = (),
    newest: Mapping[ListKey, SheetTable] | None = None,
    ended: list[RegisterHousehold] | None = None,
) -> Households:
    """Return the households built from lines, with answers from the forms in `read`.

    `newest` are the newest whole lists of their name and community, if not all are read again.
    Households that everybody has left are added to `ended`.
    """
    gathered = gather_households(lines, decisions, problems)
    identities.name(gathered)
    join_duplicates(gathered, decisions, problems)
    households = gathered.join_people(problems)
    for household in households.values():
        join_namesakes(household, decisions, problems)
    identities.number_members(households)
    attach_form_answers(households, read, decisions.subjects.secret, problems)
    if as_of is not None:
        households = _drop_later_lists(households, as_of)
    happened = list_life_events(identities.db, as_of)
    LifeEventChanges(identities, households, problems, decisions).apply(happened)
    for household in households.values():
        join_newcomers(household, decisions, problems)
    inhabited = _Residents(decisions, problems, newest).apply(households)
    if ended is not None:
        ended += (home for number, home in households.items() if number not in inhabited)
    return inhabited


@dataclass(frozen=True)
class _Residents:
    """Settles who is in the register."""

    decisions: ProblemDecisions
    problems: ProblemLog
    newest: Mapping[ListKey, SheetTable] | None = None
    _moving: set[int] = field(default_factory=set)  # who is asked about as having moved

    def apply(self, households: Households) -> Households:
        """Return the households that remain, with their residents; report what must be decided."""
        self._move_people(households)
        self._ask_about_areas(households)
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
        """Move people listed in several households to the decided household, or report them.

        Of several, it is unknown whether they belong to each until somebody decides.
        """
        moved: dict[tuple[str, str], list[tuple[RegisterPerson, RegisterPerson]]] = {}
        for id_number, members in index_by_id_number(list_members(households)).items():
            if len(members) < 2:  # noqa: PLR2004 in one household there is no doubt
                continue
            move = find_move(members)
            if move and may_have_moved(*(home for home, _p in move)):
                homes = (move[0][0].household_no, move[1][0].household_no)
                moved.setdefault(homes, []).append((move[0][1], move[1][1]))
            else:
                if move:
                    # one household under two numbers: whether the old one ended is no question
                    self._moving.add(id(move[0][1]))
                subject = self.decisions.subjects.name("lives", id_number)
                self._settle(members, subject, self._report_two_households)
        for before, now in list_corrected(households):
            if may_have_moved(before[0], now[0]):
                homes = (before[0].household_no, now[0].household_no)
                moved.setdefault(homes, []).append((before[1], now[1]))
            else:
                numbers = (person.id.number for _home, person in (before, now))
                subject = self.decisions.subjects.name(CORRECTED["lives"], *numbers)
                decided = self.decisions.of(subject)
                if decided and decided.choice == TWO_PEOPLE:
                    continue
                self._moving.add(id(before[1]))
                self._settle([before, now], subject, self._report_two_households)
        for (old_no, new_no), people in moved.items():
            self._settle_move(households[old_no], households[new_no], people)

    def _settle_move(
        self,
        before: RegisterHousehold,
        now: RegisterHousehold,
        people: Sequence[tuple[RegisterPerson, RegisterPerson]],
    ) -> None:
        """Ask once of all who are in one household on a newer list and in another on an older."""
        same = [(old, new) for old, new in people if old.id.number == new.id.number]
        kind = name_move(before, now, people)
        sort = kind if same == people else CORRECTED[kind]
        numbers = {person.id.number or "" for pair in people for person in pair}
        subject = self.decisions.subjects.name(sort, *sorted(numbers), now.keys[:1])
        decided = self.decisions.of(subject)
        if decided and decided.choice == TWO_PEOPLE:
            if same:
                self._settle_move(before, now, same)
            return
        params = _describe_move(before, now, [old.member_no for old, _new in people])

        def report(members: list[HouseholdMember], subject: str) -> None:
            if members[0][1] is not people[0][0]:
                return  # they are asked about together
            for _home, person in reversed(members):
                line = person.mentions[-1].line
                self.problems.add(
                    line,
                    "moved-household",
                    word_move(kind, is_corrected=same != people),
                    "id_number",
                    params=params,
                    subject=subject,
                )

        for old, new in people:
            self._moving.add(id(old))
            self._settle([(before, old), (now, new)], subject, report)

    def _settle(
        self,
        members: list[HouseholdMember],
        subject: str,
        report: Callable[[list[HouseholdMember], str], None],
    ) -> None:
        """Move somebody to the household decided on; otherwise doubt and perhaps report them."""
        decided = self.decisions.of(subject)
        homes = {household.household_no: (household, person) for household, person in members}
        called = {name: no for no, (home, _person) in homes.items() for name in home.former}
        home = decided and called.get(decided.written or "", decided.written)
        if decided and decided.choice == LIVES_IN and home in homes:
            _move_person(homes.pop(home), homes.values())
            for other, person in homes.values():
                other.left_count += id(person) not in self._moving
            return
        for _household, person in members:  # they live in one of them at most
            person.gone_line = person.gone_line or person.mentions[0].line
        if not decided or decided.choice != LEAVE:
            report(members, subject)

    def _report_two_households(self, members: list[HouseholdMember], subject: str) -> None:
        """Report members with the same ID number, each with the household and row of another."""
        for position, (_home, person) in enumerate(members):
            other_home, other = members[position - 1]
            line, elsewhere = person.mentions[0].line, other.mentions[0].line
            params = {**elsewhere.location_params, "household": other_home.household_no}
            code, message = "person-in-two-households", _TWO_HOUSEHOLDS
            if person.id.number != other.id.number:
                message = _TWO_HOUSEHOLDS_CORRECTED
            self.problems.add(line, code, message, "id_number", params=params, subject=subject)

    def _ask_about_areas(self, households: Households) -> None:
        """Report households that the newest of their lists has in another community."""
        for household in households.values():
            lists = [line for line in household.lines if line.table.kind == "households"]
            newest = max(lists, key=lambda line: line.table.dated_on or "", default=None)
            area = newest and find_line_community(newest)
            if newest is None or area in (None, household.community) or not newest.table.dated_on:
                continue
            subject = self.decisions.subjects.name("area", household.keys[:1], area)
            if self.decisions.of(subject) is None:
                params = {"household": household.household_no, "community": str(area)}
                self.problems.add(
                    newest, "moved-community", _OTHER_AREA, params=params, subject=subject
                )

    def _report_missing(self, households: Households) -> None:
        """Report who is missing from a newer list of the same name; remove who has left.

        Only a decision removes anybody, because a row may have been forgotten on the newer list.
        """
        for household in households.values():
            self._report_undated(household.lines)
        if (newest := self.newest) is None:
            newest = self._find_whole_lists(households)
        if not newest:
            return
        for household in households.values():
            self._report_missing_from(household, newest)

    def _find_whole_lists(self, households: Households) -> dict[ListKey, SheetTable]:
        """Return the newest whole list of each name and community; ask of what may be an addition.

        Forms are not lists. Absence from a list with under half of the rows of a fuller older one
        says nothing until somebody says that it is whole: a short list names whom it adds (补录).
        Rows of people who are known to be gone, or to live elsewhere now, are not expected on it.
        """
        expected = _list_expected_rows(households)
        months: dict[ListKey, dict[str, dict[int, Line]]] = {}
        for line in (line for household in households.values() for line in household.lines):
            if line.table.dated_on is not None and line.table.kind != "form":
                days = months.setdefault(_list_key(line), {})
                days.setdefault(line.table.dated_on, {})[line.row_id] = line
        newest: dict[ListKey, SheetTable] = {}
        for key, days in months.items():
            fullest = 0
            for _day, listed in sorted(days.items()):
                if self._is_whole(next(iter(listed.values())), len(listed), fullest):
                    newest[key] = next(iter(listed.values())).table
                fullest = max(fullest, len(expected.intersection(listed)))
        return newest

    def _is_whole(self, line: Line, rows: int, fullest: int) -> bool:
        """Whether a list is whole by decision, or by its rows beside the fullest older list."""
        if rows * 2 >= fullest:
            return True
        names, day = line.table.undated_names, line.table.dated_on
        subject = self.decisions.subjects.name(WHOLE, *names, day, find_line_community(line))
        if decided := self.decisions.of(subject):
            return decided.choice == YES
        params = {"rows": rows, "fullest": fullest}
        self.problems.add(line, "list-may-be-part", _PART, params=params, subject=subject)
        return False

    def _report_missing_from(
        self, household: RegisterHousehold, newest: Mapping[ListKey, SheetTable]
    ) -> None:
        """Report whether a household or somebody of it is missing; remove who has left.

        Of whom the newest list leaves out, alone or with their household, it is unknown whether
        they belong to it. Of a household that is left out as a whole, one question is asked.
        """
        number = household.household_no
        numbers = [number, *household.former]  # a decision made under one of them counts
        is_told = all(id(person) in self._moving for person in household.people)
        if is_told and (household.people or household.moved_rows):
            return  # all have moved, or have left
        all_left = self._has_left(household.lines, newest, number, "household", numbers)
        if all_left:
            household.moved_rows |= {line.row_id for line in household.lines}
            for person in household.people:
                person.left_on = person.last_day
            household.left += household.people
            household.people = []
        newest = _add_own_lists(newest, household)
        for person in list(household.people):
            if id(person) in self._moving:
                continue
            lines = [mention.line for mention in person.mentions]
            keys = list_person_keys(person, household)
            has_left = None
            if not person.is_double:  # else that is asked first
                is_asked = all_left is None  # it is asked of the whole household
                has_left = self._has_left(
                    lines, newest, person.member_no, "person", keys, is_asked=is_asked
                )
            person.may_be_gone = all_left is None or has_left is None
            if has_left:
                household.people.remove(person)
                household.left.append(person)
                person.left_on = person.last_day
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

    def _has_left(  # noqa: PLR0913 whom, and by what they are known
        self,
        lines: list[Line],
        newest: Mapping[ListKey, SheetTable],
        number: str,
        unit: str,
        keys: list[str],
        *,
        is_asked: bool = False,
    ) -> bool | None:
        """Whether a household or person has left by decision; if undecided, report them: None.

        They are not reported if it `is_asked` already.

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
        sort = {"household": "ended", "person": "gone"}[unit]
        subjects = [self.decisions.subjects.name(sort, unit, key) for key in keys]
        decided = self.decisions.of(*subjects)
        if decided is None and is_asked:
            return None
        if decided is None:
            whom = {"household": "household", "person": "who"}[unit]
            params = {whom: number, "file": later.file_name, "day": str(later.covers)}
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
        marked = any(
            person.left_elsewhere_on or any(mention.is_gone for mention in person.mentions)
            for person in household.people
        )
        for person in list(household.people) if claims or marked else ():
            said = [each for each in claims if _is_about(person, each[0], each[2])]
            marks = list(_list_marks(person))
            keys = list_person_keys(person, household)
            days = _date_claims(said, marks)
            choices = {claim: self._find_choice(keys, claim) for claim in days}
            if LEFT in choices.values():
                household.people.remove(person)
                household.left.append(person)
                left = filter(None, (day for claim, day in days.items() if choices[claim] == LEFT))
                person.left_on = next(left, "")
                household.left_count += 1
                household.moved_rows |= {mention.line.row_id for mention in person.mentions}
                continue
            for line, column, claim in said:
                if choices[claim] is None:
                    person.mark_gone(line, days[claim])
                    self._report_claim(person, line, column, self._name_events(keys, claim)[0])
            for claim, mention in (mark for mark in marks if choices[mark[0]] is None):
                if claim.cell == _ELSEWHERE:
                    person.gone_line, person.may_be_gone = mention.line, True
                else:
                    person.mark_gone(mention.line, days[claim])
                self._report_mark(person, mention, claim, self._name_events(keys, claim)[0])

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

    def _report_mark(
        self, person: RegisterPerson, mention: Mention, claim: Claim, subject: str
    ) -> None:
        """Report a name or row that is marked as that of somebody who is gone."""
        line, place = mention.line, mention.place or None
        target = "name" if line.has("name", mention.place) else "head_name"
        code, message = _MARKS.get(claim.cell, ("name-marked", _MARKED))
        params: dict[str, str | int] = {"who": person.member_no, "day": claim.day}
        self.problems.add(line, code, message, target, place, params=params, subject=subject)

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
        ask_about_former_head(household, self.decisions, self.problems)
        if household.decided_head is None and len(heads) == 1:
            household.decided_head = heads[0]
        if len(heads) <= 1 or household.decided_head is not None:
            return
        names = sorted(head.id.number or head.name or "" for head in heads)
        subject = self.decisions.subjects.name("heads", *names, *_name_newest_head(heads))
        decided = self.decisions.of(subject)
        if decided and decided.choice == IS_HEAD:
            household.decided_head = household.find_member(decided.written)
        if decided is None:
            line, other = heads[1].mentions[0].line, heads[0].mentions[0].line
            params = {**other.location_params, "one": heads[0].member_no, "two": heads[1].member_no}
            self.problems.add(
                line, "two-heads", _TWO_HEADS, "relation", params=params, subject=subject
            )


def _date_claims(
    said: Iterable[tuple[Line, MappedColumn, Claim]], marks: Iterable[tuple[Claim, Mention]]
) -> dict[Claim, str]:
    """Return the first day of what texts and marks say, each by the day of its list."""
    found = [*((claim, line) for line, _column, claim in said), *((c, m.line) for c, m in marks)]
    return {claim: claim.find_first_day(line.table.dated_on) for claim, line in found}


def _name_newest_head(heads: Sequence[RegisterPerson]) -> list[str]:
    """Return who is head on the newest list, so that another change is asked; [] if unclear."""
    days = {}
    for head in heads:
        dated = [each.line.table.dated_on or "" for each in head.mentions if each.is_head]
        days[head.id.number or head.name or ""] = max(dated)
    newest = [name for name, day in days.items() if day and day == max(days.values())]
    return newest if len(newest) == 1 else []


def _list_marks(person: RegisterPerson) -> Iterator[tuple[Claim, Mention]]:
    """Yield the marks by which a person may be gone, each with the mention that has it."""
    for mention in person.mentions:
        if mention.is_gone and not _is_on_newer_list(person, mention.line):
            yield _read_mark(mention), mention
    if day := person.left_elsewhere_on:
        yield Claim(GONE, _ELSEWHERE, day=day), person.newest_mention


def _read_mark(mention: Mention) -> Claim:
    """Return what the mark at a name says, as in 李四（已故）, or that the row is struck out."""
    if mention.line.is_struck:
        return Claim(GONE, _ROW_STRUCK)
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


_MARKED = Message(
    "the name is marked as of somebody who died or moved away; whether they still live in this"
    " household is unknown until it is decided, or the row or the mark is taken out"
)
_STRUCK = Message(
    "this row is struck through, as is done when somebody died or moved away; whether they still"
    " live in this household is unknown until it is decided, or the row or the line is taken out"
)
_LEFT_ELSEWHERE = Message(
    "they left another household on {day} and stand in this one too; whether they live in this"
    " household is unknown until it is decided"
)
_ELSEWHERE, _ROW_STRUCK = "left-elsewhere", "struck"
_MARKS = {
    _ELSEWHERE: (_ELSEWHERE, _LEFT_ELSEWHERE),
    _ROW_STRUCK: ("row-struck", _STRUCK),
}
_PERHAPS_GONE = Message(
    "what is said here of member {who} may mean that they are gone; whether they still live in this"
    " household is unknown until it is decided"
)
_TWO_HOUSEHOLDS = Message(
    "this ID number also stands in household {household} ({file}, {sheet}, row {row});"
    " decide in which household this person lives"
)
_TWO_HOUSEHOLDS_CORRECTED = Message(
    "somebody of this name stands in household {household} too ({file}, {sheet}, row {row}), with"
    " an ID number that differs by a digit or two; decide in which household this person lives, or"
    " that they are two people"
)
_OTHER_AREA = Message(
    "household {household} stands in {community} on this newer list; it counts where it was until"
    " it is decided"
)
_TWO_HEADS = Message(
    "two people are head, {two} and {one} ({file}, {sheet}, row {row}); mark one, or decide"
)
_PART = Message(
    "this newer list of the same name has {rows} rows for this community, an older one {fullest};"
    " until you say that it is whole, households that are not on it count as still here"
)
_MISSING = {
    "household": Message(
        "household {household} is not on the newest list of this name ({file}, {day}); whether it"
        " still lives here is unknown until it is decided"
    ),
    "person": Message(
        "member {who} is not on the newest list of this name ({file}, {day}); whether they still"
        " belong to the household is unknown. Write down what happened with `relief event`, or"
        " decide"
    ),
}


def _describe_move(
    before: RegisterHousehold, now: RegisterHousehold, numbers: Sequence[str]
) -> dict[str, str | int]:
    """Return what the message about a move says of it, and the numbers for its answer."""
    return {
        "who": ", ".join(numbers),
        "members": " ".join(numbers),  # no number has a space
        "household": before.household_no,
        "other": now.household_no,
        "community": now.community,
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


def _list_expected_rows(households: Households) -> set[int]:
    """Return the rows whose people are still where these rows have them, or of whom nobody says."""
    rows: set[int] = set()
    for household in households.values():
        unmoved = (line for line in household.lines if line.row_id not in household.moved_rows)
        mentioned = (mention.line for person in household.people for mention in person.mentions)
        rows |= {
            line.row_id
            for line in (*unmoved, *mentioned)
            if find_line_community(line) in (None, household.community)
        }
    return rows


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


def _add_own_lists(
    newest: Mapping[ListKey, SheetTable], household: RegisterHousehold
) -> dict[ListKey, SheetTable]:
    """Return the newest lists, or later ones that have the household, though not all others."""
    own = dict(newest)
    for line in household.lines:
        if line.table.dated_on is not None and line.table.kind != "form":
            best = own.setdefault(_list_key(line), line.table)
            if (best.dated_on or "") < line.table.dated_on:
                own[_list_key(line)] = line.table
    return own


def _list_key(line: Line) -> ListKey:
    """Return file and sheet without dates, and community: all months of a list share them."""
    return *line.table.undated_names, find_line_community(line)
