"""The register, made anew from the live source rows; the same rows give the same register."""

import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Any

from sqlite_utils import Database

from relieftool.messages import Message
from relieftool.pack.models import Fact, Pack
from relieftool.registry.communities import normal_community
from relieftool.registry.forms import attach_forms
from relieftool.registry.imports import (
    FRESH,
    STALE,
    STATE,
    record_problems,
    set_setting,
    setting,
)
from relieftool.registry.known import Knowledge, by_number, newest_day
from relieftool.registry.lines import (
    Findings,
    Line,
    SheetTable,
    household_lines,
    read_lines,
)
from relieftool.registry.people import Household, Person, gather_households, name_by_sheet
from relieftool.registry.receiving import (
    Period,
    ProgrammeNames,
    Receipt,
    RosterReader,
    SheetStatements,
)
from relieftool.registry.repeats import without_repeats
from relieftool.registry.store import write
from relieftool.values import ValueProblem, is_blank, parse_money

_TABLES = ("became", "receipts", "rosters", "members", "households", "communities")
_TYPES = {"money": "INTEGER", "integer": "INTEGER", "yes_no": "INTEGER"}


def ensure_register(db: Database, pack: Pack) -> None:
    """Make the register anew if rows were added or the pack is another one."""
    if setting(db, STATE) != FRESH or setting(db, "pack_sha256") != pack.sha256:
        project(db, pack)


def project(db: Database, pack: Pack) -> None:
    """Make the register anew in one transaction."""
    with write(db):
        secret = setting(db, "secret") or secrets.token_hex(16)
        set_setting(db, "secret", secret)
        _Projection(db, pack, secret).run()
        set_setting(db, "pack_sha256", pack.sha256)
        set_setting(db, STATE, FRESH)


def mark_stale(db: Database) -> None:
    """Say that source rows changed; only inside `write`."""
    set_setting(db, STATE, STALE)


@dataclass(frozen=True)
class _Roster:
    """A roster's declaration: what it pays, where and when, and whether nobody is missing."""

    lines: list[Line]
    periods: dict[str, list[Period]]
    area: str | None
    is_complete: bool


class _Projection:
    """One run; holds what is gathered until it is written."""

    def __init__(self, db: Database, pack: Pack, secret: str) -> None:
        self._db = db
        self._pack = pack
        self._secret = secret
        self._findings = Findings()
        self._names = ProgrammeNames(pack)
        self._communities: dict[str, int] = {}

    def run(self) -> None:
        """Read all live rows, gather, and write the register's tables."""
        read = name_by_sheet(read_lines(self._db))
        households = gather_households(household_lines(read), self._secret, self._findings)
        attach_forms(households, read, self._secret, self._findings)
        people = [(household, one) for household in households.values() for one in household.people]
        self._tell_doubles(people)
        receipts = self._statements(households)
        rosters = self._rosters(read, people, receipts)
        on_rosters = {
            line.row_id: line for table, lines in read if table.kind == "roster" for line in lines
        }
        receipts = without_repeats(receipts, on_rosters, self._findings)
        self._tell_disagreement(receipts, rosters, households)
        self._write(households, receipts, rosters)

    def _tell_doubles(self, people: list[tuple[Household, Person]]) -> None:
        """Tell the same ID number in two households, on every line it stands on."""
        message = Message("this ID number also stands in another household; decide where he lives")
        for owners in by_number(people).values():
            for _household, person in owners if len(owners) > 1 else ():
                line = person.sightings[0].line
                self._findings.add(line, "person-in-two-households", message, "id_number")

    def _statements(self, households: dict[str, Household]) -> list[Receipt]:
        """Gather what the households' own sheets say of receipt."""
        reader = SheetStatements(self._pack, self._findings, self._names)
        return [one for household in households.values() for one in reader.of(household)]

    def _rosters(
        self,
        read: list[tuple[SheetTable, list[Line]]],
        people: list[tuple[Household, Person]],
        receipts: list[Receipt],
    ) -> list[_Roster]:
        """Match every roster, adding to the receipts; give what each roster declares."""
        by_name = defaultdict(list)
        for household, person in people:
            for name in {one.name for one in person.sightings if one.name}:
                by_name[name].append((household, person))
        reader = RosterReader(
            self._pack, self._findings, self._names, by_number(people), dict(by_name)
        )
        rosters = []
        for table, lines in read:
            if table.kind != "roster":
                continue
            area = normal_community(table.community) if table.community else None
            agrees = self._total_agrees(table, lines)
            is_complete = table.is_complete
            if is_complete is None:  # not said: a list whose total agrees speaks for itself
                is_complete = bool(agrees and area and table.covers and table.is_payment_list)
            rosters.append(_Roster(lines, reader.declared(table, lines), area, is_complete))
            receipts += reader.read(table, lines, area)
        return rosters

    def _total_agrees(self, table: SheetTable, lines: list[Line]) -> bool:
        """Say whether a programme's roster ends in the sum of its rows; tell it if it does not."""
        target = "amount" if ("amount", None) in table.columns else f"receipt.{table.programme}"
        totals = [one for one in lines if one.role == "total"]
        stated = [sum_ for sum_ in (_money(one, target) for one in totals) if sum_ is not None]
        rows = [one for one in lines if one.role != "total" and not is_blank(one.cell(target))]
        read = [_money(line, target) for line in rows]
        if not stated or None in read:
            return False
        paid = [amount for amount in read if amount is not None]
        # one grand total at the end, or one total a page
        agrees = sum(paid) in (stated[-1], sum(stated))
        if not agrees:
            message = Message("the total is not the sum of the rows; a row may be missing")
            self._findings.add(totals[-1], "total-differs", message, target)
        return agrees and bool(paid) and table.programme is not None

    def _tell_disagreement(
        self, receipts: list[Receipt], rosters: list[_Roster], households: dict[str, Household]
    ) -> None:
        """Tell sheets that say otherwise than a complete roster that covers the household."""
        on_rosters = [one for one in receipts if one.origin == "roster"]
        perhaps = {key for one in on_rosters for key in _listed(one)}
        listed = {key for one in on_rosters if one.says == "yes" for key in _listed(one)}
        complete = {(name, one.area) for one in rosters if one.is_complete for name in one.periods}
        lines = {line.row_id: line for one in households.values() for line in one.lines}
        message = Message("the household's sheet and the complete roster disagree on a benefit")
        for one in receipts:
            if one.origin != "sheet" or self._pack.programmes[one.programme].is_event:
                continue
            area = households[one.household_no].community
            is_covered = (one.programme, None) in complete or (one.programme, area) in complete
            is_missing = is_covered and _about(one) not in perhaps
            if is_missing if one.says == "yes" else _about(one) in listed:
                self._findings.add(
                    lines[one.row_id], "sheet-and-roster-disagree", message, "receives"
                )

    def _write(
        self, households: dict[str, Household], receipts: list[Receipt], rosters: list[_Roster]
    ) -> None:
        """Write the register's tables and the problems met."""
        _make_tables(self._db, self._pack)
        names = {one.community for one in households.values()}
        self._communities = {name: number for number, name in enumerate(sorted(names), start=1)}
        self._insert("communities", ((number, name) for name, number in self._communities.items()))
        knowledge = Knowledge(self._pack, self._findings)
        ordered = sorted(households.items())
        for _number, household in ordered:
            self._write_household(household, knowledge)
        self._insert(
            "receipts",
            (
                (number, *astuple(one))
                for number, one in enumerate(sorted(receipts, key=_receipt_order), start=1)
            ),
        )
        self._write_rosters(rosters)
        self._db.execute("DELETE FROM problems WHERE stage = 'register'")
        record_problems(self._db, self._findings.found)

    def _write_household(self, household: Household, knowledge: Knowledge) -> None:
        """Write one household with its members, and what each of its lines became."""
        facts = knowledge.of_household(household)
        members = [(person, knowledge.of_person(person)) for person in household.people]
        living = sum(values.get("lives_together") != 0 for _person, values in members)
        knowledge.tell_size(household, facts, living)
        head = next((one.member_no for one in household.people if one.is_head), None)
        row = (
            household.household_no,
            self._communities[household.community],
            head,
            int(household.is_provisional),
            len(household.people),
            newest_day(household.lines),
            *facts.values(),
        )
        self._insert("households", [row])
        self._insert(
            "members",
            (
                (
                    person.member_no,
                    household.household_no,
                    person.place,
                    person.name,
                    person.id.number,
                    person.relation,
                    int(person.id.number is None),
                    *values.values(),
                )
                for person, values in members
            ),
        )
        self._insert("became", _became(household))

    def _write_rosters(self, rosters: Iterable[_Roster]) -> None:
        """Write for each roster and programme where, when and whether it is complete.

        A roster of a community that no household list names speaks of nobody, never of everybody.
        """
        rows = []
        for roster in rosters:
            place = self._communities.get(roster.area) if roster.area else None
            if roster.area and place is None:
                if roster.lines:
                    self._findings.add(roster.lines[0], "roster-area-unknown", _NO_SUCH_AREA)
                continue
            rows += [
                (name, place, begins, ends, int(roster.is_complete))
                for name, periods in roster.periods.items()
                for begins, ends in periods
            ]
        rows.sort(key=str)
        self._insert("rosters", ((number, *row) for number, row in enumerate(rows, start=1)))

    def _insert(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert whole rows in one go."""
        listed = list(rows)
        if listed:
            places = ", ".join("?" * len(listed[0]))
            self._db.conn.executemany(f"INSERT INTO {table} VALUES ({places})", listed)


_NO_SUCH_AREA = Message(
    "no household list names the community of this roster; compare the names, or import its list"
)


def _money(line: Line, target: str) -> int | None:
    """Read the paid amount of a line for adding up; None where there is none."""
    if is_blank(line.cell(target)):
        return None
    try:
        return parse_money(line.cell(target))
    except ValueProblem:
        return None


def _about(receipt: Receipt) -> tuple[str, str | None, str]:
    """Say whom and what a receipt is about."""
    return receipt.household_no, receipt.member_no, receipt.programme


def _listed(receipt: Receipt) -> list[tuple[str, str | None, str]]:
    """Say whom a roster row lists: the person, and with him the household."""
    return [_about(receipt), (receipt.household_no, None, receipt.programme)]


def _receipt_order(one: Receipt) -> tuple[str, ...]:
    """Give the order receipts are kept in, whatever the order of files."""
    return tuple("" if value is None else str(value) for value in astuple(one)[:-1])


def _became(household: Household) -> list[tuple[int, str, str | None]]:
    """Say what each line of a household became: the household, and each person on it."""
    rows: list[tuple[int, str, str | None]] = []
    spoken = set()
    for person in household.people:
        for one in person.sightings:
            rows.append((one.line.row_id, household.household_no, person.member_no))
            spoken.add(one.line.row_id)
    rows += [
        (line.row_id, household.household_no, None)
        for line in household.lines
        if line.row_id not in spoken
    ]
    return rows


def _make_tables(db: Database, pack: Pack) -> None:
    """Drop the register's tables and make them with a column for each fact of the pack."""
    for table in _TABLES:
        db.execute(f"DROP TABLE IF EXISTS {table}")
    facts = {
        owner: "".join(f", {_column(one)}" for one in pack.facts.values() if one.owner == owner)
        for owner in ("household", "member")
    }
    for statement in _SCHEMA.format(**facts).split(";\n"):
        if statement.strip():
            db.execute(statement)


def _column(fact: Fact) -> str:
    """Give the column of a fact; yes and no are 1 and 0."""
    check = f' CHECK ("{fact.id}" IN (0, 1))' if fact.type == "yes_no" else ""
    return f'"{fact.id}" {_TYPES.get(fact.type, "TEXT")}{check}'


_SCHEMA = """
CREATE TABLE communities (
    community_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE households (
    household_no TEXT PRIMARY KEY, community_id INTEGER NOT NULL REFERENCES communities,
    head_member_no TEXT REFERENCES members DEFERRABLE INITIALLY DEFERRED,
    is_provisional INTEGER NOT NULL CHECK (is_provisional IN (0, 1)),
    listed_members INTEGER NOT NULL, dated_on TEXT{household}
) STRICT;
CREATE TABLE members (
    member_no TEXT PRIMARY KEY, household_no TEXT NOT NULL REFERENCES households,
    place INTEGER NOT NULL, name TEXT, id_number TEXT, relation TEXT,
    is_provisional INTEGER NOT NULL CHECK (is_provisional IN (0, 1)){member}
) STRICT;
CREATE INDEX members_household ON members (household_no);
CREATE INDEX members_id_number ON members (id_number);
CREATE TABLE receipts (
    receipt_id INTEGER PRIMARY KEY, household_no TEXT NOT NULL REFERENCES households,
    member_no TEXT REFERENCES members, programme TEXT NOT NULL,
    says TEXT NOT NULL CHECK (says IN ('yes', 'no', 'maybe')),
    origin TEXT NOT NULL CHECK (origin IN ('roster', 'sheet')),
    amount_fen INTEGER, amount_period TEXT, covers_from TEXT, covers_until TEXT,
    row_id INTEGER NOT NULL REFERENCES source_rows
) STRICT;
CREATE INDEX receipts_household ON receipts (household_no);
CREATE INDEX receipts_member ON receipts (member_no);
CREATE TABLE rosters (
    roster_id INTEGER PRIMARY KEY, programme TEXT NOT NULL,
    community_id INTEGER REFERENCES communities, covers_from TEXT, covers_until TEXT,
    is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1))
) STRICT;
CREATE TABLE became (
    row_id INTEGER NOT NULL REFERENCES source_rows,
    household_no TEXT NOT NULL REFERENCES households, member_no TEXT REFERENCES members
) STRICT;
CREATE INDEX became_row ON became (row_id);
CREATE INDEX became_household ON became (household_no)
"""
