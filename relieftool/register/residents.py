"""Who is there: what had begun on a day, what a person decided, and who is on no newer list.

Numbers are given before anybody is taken out here, so that they are the same on every day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath

from relieftool.messages import Message
from relieftool.register.duplicate_households import join_duplicates
from relieftool.register.form_answers import attach_form_answers
from relieftool.register.lines import Line, ProblemLog, SheetTable, find_line_community
from relieftool.register.live_rows import list_household_lines, read_lines
from relieftool.register.member_numbers import MemberNumbers
from relieftool.register.people import RegisterHousehold, RegisterPerson, gather_households
from relieftool.register.resolved_facts import index_by_id_number
from relieftool.register.sheet_communities import apply_sheet_names
from relieftool.store.problem_decisions import IS_HEAD, LEAVE, LEFT, LIVES_IN, ProblemDecisions
from relieftool.values.periods import strip_dates

Households = dict[str, RegisterHousehold]
LinesByTable = list[tuple[SheetTable, list[Line]]]
ListPlace = tuple[str, str, str | None]
MessageParams = Mapping[str, str | int]


def read_households(
    places: MemberNumbers,
    decisions: ProblemDecisions,
    findings: ProblemLog,
    as_of: str | None = None,
) -> tuple[LinesByTable, Households]:
    """Read all rows that count, and the households they come to with those who are there.

    `as_of` None is every day that is imported.
    """
    read = apply_sheet_names(read_lines(places.db))
    findings.add_table_problems(table for table, _lines in read)
    return read, build_households(
        list_household_lines(read), places, decisions, findings, as_of, read
    )


def build_households(  # noqa: PLR0913, PLR0917 rows, and all that settles who they make
    lines: Iterable[Line],
    places: MemberNumbers,
    decisions: ProblemDecisions,
    findings: ProblemLog,
    as_of: str | None = None,
    read: Iterable[tuple[SheetTable, list[Line]]] = (),
) -> Households:
    """Return the households that rows come to, with those who are there and what forms answered."""
    gathered = gather_households(lines, decisions.subjects.secret, findings)
    join_duplicates(gathered, decisions, findings)
    households = gathered.settled(findings)
    places.number(households)
    attach_form_answers(households, read, decisions, findings)
    return _Residents(decisions, findings, as_of).settle(households)


@dataclass(frozen=True)
class _Residents:
    """Settles who is in the register on a day; `as_of` None is every day that is imported."""

    decisions: ProblemDecisions
    findings: ProblemLog
    as_of: str | None = None

    def settle(self, households: Households) -> Households:
        """Return the households with those who are there, and tell what a person must decide."""
        if self.as_of is not None:
            households = _begun(households, self.as_of)
        self._move(households)
        self._miss(households)
        left = {name: one for name, one in households.items() if one.people or not one.moved}
        for household in left.values():
            self._choose_head(household)
        return left

    def _move(self, households: Households) -> None:
        """Let people live where it was decided; tell those in two households, each place."""
        owners = (
            (household, person) for household in households.values() for person in household.people
        )
        for number, places in index_by_id_number(owners).items():
            if len(places) < 2:  # noqa: PLR2004 one place is no doubt
                continue
            subject = self.decisions.subjects.name("lives", number)
            decided = self.decisions.of(subject)
            homes = {home.household_no: (home, person) for home, person in places}
            home = decided.find_target(homes) if decided else None
            if decided and decided.choice == LIVES_IN and home:
                _move_to(homes.pop(home), homes.values())
            elif not decided or decided.choice != LEAVE:
                self._tell_places(places, subject)

    def _tell_places(
        self, places: list[tuple[RegisterHousehold, RegisterPerson]], subject: str
    ) -> None:
        """Tell each line of the same ID number with the place of another."""
        for position, (_home, person) in enumerate(places):
            other_home, other = places[position - 1]
            line, elsewhere = person.sightings[0].line, other.sightings[0].line
            told = {**elsewhere.place_params, "household": other_home.household_no}
            self.findings.add(
                line,
                "person-in-two-households",
                _two_places(told),
                "id_number",
                subject=subject,
            )

    def _miss(self, households: Households) -> None:
        """Tell who is missing from a newer list of the same name; leave out who has left."""
        for household in households.values():
            self._tell_undated(household.lines)
        newest = _newest_lists(line for one in households.values() for line in one.lines)
        if not newest:
            return
        for household in households.values():
            number = household.household_no
            numbers = self.decisions.list_former_numbers(number)
            if not self._is_missing(household.lines, newest, number, "household", numbers):
                for person in list(household.people):
                    lines = [sighting.line for sighting in person.sightings]
                    own = person.id.number
                    called = [own] if own else [f"{one}|{person.name}" for one in numbers]
                    if self._is_missing(lines, newest, person.member_no, "person", called):
                        household.people.remove(person)
                        household.moved |= {line.row_id for line in lines}
            else:
                household.moved |= {line.row_id for line in household.lines}
                household.people = []

    def _tell_undated(self, lines: list[Line]) -> None:
        """Tell lists without a date that name a household which another of their name names too.

        A file called by nothing but figures has no name.
        """
        lists: dict[ListPlace, dict[int, SheetTable]] = {}
        for line in lines:
            if line.table.kind == "households" and _list_of(line)[0]:
                lists.setdefault(_list_of(line), {}).setdefault(line.table.import_id, line.table)
        for tables in lists.values():
            for place, table in enumerate(several := list(tables.values())):
                if len(several) > 1 and table.dated_on is None:
                    self.findings.add_undated_list(table, several[place - 1])

    def _is_missing(
        self,
        lines: list[Line],
        newest: Mapping[ListPlace, Line],
        who: str,
        sort: str,
        called: list[str],
    ) -> bool:
        """Return whether those on some lines have left by decision; tell it where it is open.

        `called` is what they are decided about by, first what they are called now.
        """
        last = max(lines, key=lambda line: line.table.dated_on or "9999", default=None)
        if last is None or last.table.dated_on is None:
            return False
        lists = [newest[name] for name in map(_list_of, lines) if name in newest]
        later = max(lists, key=lambda line: line.table.dated_on or "", default=last)
        if (later.table.dated_on or "") <= last.table.dated_on:
            return False
        subjects = [self.decisions.subjects.name("gone", sort, one) for one in called]
        decided = self.decisions.of(*subjects)
        if decided is None:
            told = {"who": who, "file": later.table.file_name, "day": str(later.table.covers)}
            message = _missing(sort, told)
            self.findings.add(last, "not-on-newest-list", message, subject=subjects[0])
        return decided is not None and decided.choice == LEFT

    def _choose_head(self, household: RegisterHousehold) -> None:
        """Let the decided one of two heads be head; tell where it is open."""
        heads = household.heads
        if len(heads) <= 1:
            return
        keys = sorted(head.id.number or head.name or "" for head in heads)
        subject = self.decisions.subjects.name("heads", *keys)
        decided = self.decisions.of(subject)
        if decided and decided.choice == IS_HEAD:
            members = {person.member_no: person for person in household.people}
            household.stated_head = members.get(decided.find_target(members) or "")
        if decided is None:
            line, other = heads[1].sightings[0].line, heads[0].sightings[0].line
            told = {**other.place_params, "one": heads[0].member_no, "two": heads[1].member_no}
            self.findings.add(line, "two-heads", _two_heads(told), "relation", subject=subject)


def _two_places(told: MessageParams) -> Message:
    return Message(
        "this ID number also stands in household {household} ({file}, {sheet}, row {row});"
        " decide in which household this person lives",
        told,
    )


def _two_heads(told: MessageParams) -> Message:
    return Message(
        "two people are head, {two} and {one} ({file}, {sheet}, row {row}); mark one, or decide",
        told,
    )


def _missing(sort: str, told: MessageParams) -> Message:
    if sort == "household":
        return Message(
            "household {who} is not on the newest list of this name ({file}, {day}) and stays;"
            " decide whether it left",
            told,
        )
    return Message(
        "member {who} is not on the newest list of this name ({file}, {day}) and stays; decide"
        " whether they left",
        told,
    )


def _begun(households: Households, as_of: str) -> Households:
    """Return what lists say that had begun by a day; what is undated always holds."""
    found: Households = {}
    for number, household in households.items():
        lines = [line for line in household.lines if _has_begun(line, as_of)]
        for person in household.people:
            person.sightings = [
                sighting for sighting in person.sightings if _has_begun(sighting.line, as_of)
            ]
        people = [person for person in household.people if person.sightings]
        if lines:
            found[number] = replace(household, lines=lines, people=people)
    return found


def _has_begun(line: Line, as_of: str) -> bool:
    """Return whether a line's list speaks of a day or of one before it."""
    return line.table.begins_on is None or line.table.begins_on <= as_of


def _move_to(
    home: tuple[RegisterHousehold, RegisterPerson],
    others: Iterable[tuple[RegisterHousehold, RegisterPerson]],
) -> None:
    """Let one person stand in one household with all that other households' lines say of him."""
    for household, person in others:
        household.people.remove(person)
        household.moved |= {sighting.line.row_id for sighting in person.sightings}
        home[1].sightings += [
            replace(one, relation=None, is_head=False) for one in person.sightings
        ]


def _newest_lists(lines: Iterable[Line]) -> dict[ListPlace, Line]:
    """Return for each list of which there are months a line of its newest; a form lists nobody."""
    newest: dict[ListPlace, Line] = {}
    for line in lines:
        if line.table.dated_on is not None and line.table.kind != "form":
            best = newest.setdefault(_list_of(line), line)
            if (best.table.dated_on or "") < line.table.dated_on:
                newest[_list_of(line)] = line
    return newest


def _list_of(line: Line) -> ListPlace:
    """Name a list whatever its month: file and sheet without dates and numbers, and community."""
    table = line.table
    return (
        strip_dates(PurePath(table.file_name).stem),
        strip_dates(table.sheet),
        find_line_community(line),
    )
