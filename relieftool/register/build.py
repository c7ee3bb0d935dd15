"""The register, made anew from the live source rows; the same rows give the same register."""

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple
from itertools import count
from typing import Any

from sqlite_utils import Database

from relieftool.messages import Message, ProgressCallback, _, no_progress
from relieftool.pack.models import Pack
from relieftool.register.fact_cells import report_unit_faults
from relieftool.register.lines import Line, ProblemLog, SheetTable
from relieftool.register.live_rows import list_household_lines
from relieftool.register.member_numbers import MemberNumbers
from relieftool.register.people import RegisterHousehold, RegisterPerson
from relieftool.register.register_tables import create_indices, create_tables, drop_tables
from relieftool.register.residents import build_households, read_households
from relieftool.register.resolved_facts import FactResolver, find_newest_day, index_by_id_number
from relieftool.register.roster_receipts import RosterReader, drop_duplicate_payments
from relieftool.register.rosters import (
    RosterBenefits,
    RosterDeclaration,
    declare_roster,
    join_sections,
)
from relieftool.register.row_groups import RegisterParts, split_register
from relieftool.register.sheet_receipts import ProgrammeNames, Receipt, SheetReceipts
from relieftool.store.database import pause_gc, read_snapshot, write
from relieftool.store.former_numbers import record_former_numbers, snapshot_numbers
from relieftool.store.imports import record_problems
from relieftool.store.problem_decisions import load_decisions, number_problems
from relieftool.store.settings import FRESH, STATE, read_setting, write_setting
from relieftool.values.cells import StoredValue
from relieftool.values.periods import parse_period

# So many households are written together: each statement has some sixty columns to prepare.
_AT_ONCE = 2000


def refresh_register(db: Database, pack: Pack, progress: ProgressCallback = no_progress) -> None:
    """Make the register anew if rows were added or the pack is another one."""
    if read_setting(db, STATE) != FRESH or read_setting(db, "pack_sha256") != pack.sha256:
        rebuild_register(db, pack, progress)


def rebuild_register(db: Database, pack: Pack, progress: ProgressCallback = no_progress) -> None:
    """Make the register anew in one transaction."""
    with write(db), pause_gc():
        secret = read_setting(db, "secret") or secrets.token_hex(16)
        write_setting(db, "secret", secret)
        is_renamed = _Rebuild(db, pack, secret, progress=progress).run()
        if is_renamed and _is_spoken_of_by_number(db):
            _Rebuild(db, pack, secret, progress=progress).run()
        write_setting(db, "pack_sha256", pack.sha256)
        write_setting(db, STATE, FRESH)


def _is_spoken_of_by_number(db: Database) -> bool:
    """Return whether decisions or filled forms name households and members by their numbers.

    Those given just now are known only once the register is made, which then has to be made again.
    """
    forms = "SELECT 1 FROM source_tables WHERE instr(columns, '\"form_key\"')"
    return db.execute(f"SELECT 1 FROM decisions UNION ALL {forms} LIMIT 1").fetchone() is not None


def show_register_on(db: Database, pack: Pack, as_of: dt.date) -> None:
    """Let this connection see the register as it was known on a day.

    Where no household list begins later, that is the register itself. Otherwise a passing one is
    made in memory, under the same names, without the lists that begin later.
    """
    db.execute("PRAGMA temp_store = memory")  # people's data stay out of temporary files
    with read_snapshot(db):
        drop_tables(db, "temp")
        if _begins_later(db, as_of):
            secret = read_setting(db, "secret") or ""
            _Rebuild(db, pack, secret, as_of.isoformat()).run()


def _begins_later(db: Database, as_of: dt.date) -> bool:
    """Return whether any household list that counts begins after a day."""
    rows = db.execute(
        "SELECT DISTINCT covers FROM source_tables"
        " JOIN imports ON imports.import_id = source_tables.import_id"
        " WHERE undone_at IS NULL AND covers IS NOT NULL AND table_kind = 'households'"
    )
    return any(parse_period(covers)[0] > as_of.isoformat() for (covers,) in rows)


class _Rebuild:
    """One run; holds what is gathered until it is written.

    `as_of` None is the register as it is kept; a day makes one that passes with the connection.
    """

    def __init__(
        self,
        db: Database,
        pack: Pack,
        secret: str,
        as_of: str | None = None,
        progress: ProgressCallback = no_progress,
    ) -> None:
        self._db = db
        self._pack = pack
        self._as_of = as_of
        self._progress = progress
        self._schema = "temp" if as_of else "main"
        self._findings = ProblemLog()
        self._names = ProgrammeNames(pack)
        self._decisions = load_decisions(db, secret)
        self._places = MemberNumbers(db, secret, is_kept=as_of is None)
        self._communities: dict[str, int] = {}
        self._receipt_ids = count(1)

    def run(self) -> bool:
        """Read all live rows, gather, and write the register; say whether a number is gone."""
        if self._schema == "main":
            snapshot_numbers(self._db)
            self._places.begin()
        parts = split_register(self._db, self._progress) if self._as_of is None else None
        if parts is None:
            return self._finish(self._run_at_once())
        return self._finish(self._run_in_parts(parts))

    def _run_in_parts(self, parts: RegisterParts) -> Mapping[int, RosterDeclaration]:
        """Gather and write one part of the households after the other; return the rosters."""
        rosters = self._declared(parts.rosters)
        report_unit_faults(parts.lists, self._pack, self._findings)
        self._begin(parts.communities)
        self._findings.add_table_problems(table for table, _root in parts.tables)
        done = 0
        for read in parts:
            self._progress(_("Making the register"), done, parts.count)
            done += sum(len(lines) for _table, lines in read)
            lines = list_household_lines(read)
            households = build_households(lines, self._places, self._decisions, self._findings)
            self._write_part(households, self._receipts(read, households, rosters))
            self._keep_findings()
        self._leave_out_empty()
        return rosters

    def _run_at_once(self) -> Mapping[int, RosterDeclaration]:
        """Gather everything, and write it; return the rosters."""
        self._progress(_("Making the register"), 0, 0)
        read, households = read_households(
            self._places, self._decisions, self._findings, self._as_of
        )
        report_unit_faults(read, self._pack, self._findings)
        rosters = self._declared([one for one in read if one[0].kind == "roster"])
        receipts = self._receipts(read, households, rosters)
        self._begin({household.community for household in households.values()})
        self._progress(_("Making the register"), 0, len(households))
        self._write_part(households, receipts)
        return rosters

    def _receipts(
        self,
        read: list[tuple[SheetTable, list[Line]]],
        households: dict[str, RegisterHousehold],
        rosters: Mapping[int, RosterDeclaration],
    ) -> list[Receipt]:
        """Gather what the households' own sheets and the rosters say of receipt."""
        reader = SheetReceipts(self._pack, self._findings, self._names)
        receipts = [one for household in households.values() for one in reader.of(household)]
        listed = [one for one in read if one[0].kind == "roster"]
        if listed:
            receipts += self._matched(listed, households, rosters)
            lines = {line.row_id: line for _table, lines in listed for line in lines}
            receipts = drop_duplicate_payments(receipts, lines, self._findings)
        self._tell_disagreement(receipts, rosters.values(), households)
        return receipts

    def _declared(
        self, listed: Iterable[tuple[SheetTable, Iterable[Line]]]
    ) -> dict[int, RosterDeclaration]:
        """Return what each roster declares, by the identity of its table."""
        benefits = RosterBenefits(self._pack, self._names)
        rosters = list(listed)
        whole = join_sections(rosters)
        return {
            id(table): declare_roster(
                table, lines, benefits.of(table, lines), self._findings, whole[table.place]
            )
            for table, lines in rosters
        }

    def _matched(
        self,
        listed: list[tuple[SheetTable, list[Line]]],
        households: dict[str, RegisterHousehold],
        rosters: Mapping[int, RosterDeclaration],
    ) -> Iterator[Receipt]:
        """Match the rows of rosters with people; return their receipts."""
        people = [(household, one) for household in households.values() for one in household.people]
        by_name = defaultdict(list)
        for household, person in people:
            for name in {sighting.name for sighting in person.sightings if sighting.name}:
                by_name[name].append((household, person))
        reader = RosterReader(
            self._pack,
            self._findings,
            RosterBenefits(self._pack, self._names),
            index_by_id_number(people),
            by_name,
            {person.member_no: (household, person) for household, person in people},
            self._decisions,
        )
        for table, lines in listed:
            yield from reader.read(table, lines, rosters[id(table)].area)

    def _tell_disagreement(
        self,
        receipts: list[Receipt],
        rosters: Iterable[RosterDeclaration],
        households: dict[str, RegisterHousehold],
    ) -> None:
        """Tell sheets that say otherwise than a complete roster that covers the household."""
        on_rosters = [one for one in receipts if one.origin == "roster"]
        perhaps = {
            key for on_roster in on_rosters if on_roster.says != "no" for key in _listed(on_roster)
        }
        listed = {key for one in on_rosters if one.says == "yes" for key in _listed(one)}
        complete = {
            (name, roster.area)
            for roster in rosters
            if roster.is_complete
            for name in roster.periods
        }
        lines = {line.row_id: line for household in households.values() for line in household.lines}
        message = Message("the household's sheet and the complete roster disagree on a benefit")
        for receipt in receipts:
            if receipt.origin != "sheet" or self._pack.programmes[receipt.programme].is_event:
                continue
            area = households[receipt.household_no].community
            is_covered = (receipt.programme, None) in complete or (
                receipt.programme,
                area,
            ) in complete
            is_missing = is_covered and _about(receipt) not in perhaps
            if is_missing if receipt.says == "yes" else _about(receipt) in listed:
                self._findings.add(
                    lines[receipt.row_id], "sheet-and-roster-disagree", message, "receives"
                )

    def _begin(self, communities: Iterable[str]) -> None:
        """Make the register's tables anew, and write the communities."""
        create_tables(self._db, self._pack, self._schema)
        if self._schema == "main":
            self._db.execute("DELETE FROM problems WHERE stage = 'register'")
        names = sorted(communities)
        self._communities = {name: number for number, name in enumerate(names, start=1)}
        self._insert("communities", ((number, name) for name, number in self._communities.items()))

    def _write_part(
        self, households: dict[str, RegisterHousehold], receipts: list[Receipt]
    ) -> None:
        """Write households with all that is theirs."""
        knowledge = FactResolver(self._pack, self._findings)
        ordered = [household for _number, household in sorted(households.items())]
        for first in range(0, len(ordered), _AT_ONCE):
            self._write_households(ordered[first : first + _AT_ONCE], knowledge)
        self._insert(
            "receipts",
            (
                (next(self._receipt_ids), *astuple(receipt))
                for receipt in sorted(receipts, key=_receipt_order)
            ),
        )

    def _keep_findings(self) -> None:
        """Keep the problems met so far."""
        if self._schema == "main":
            record_problems(self._db, self._findings.found)
            self._findings.found.clear()

    def _leave_out_empty(self) -> None:
        """Leave out the communities that only rows of nobody name."""
        self._db.execute(
            "DELETE FROM communities"
            " WHERE community_id NOT IN (SELECT community_id FROM households)"
        )
        left = {name for (name,) in self._db.execute("SELECT name FROM communities")}
        self._communities = {name: at for name, at in self._communities.items() if name in left}

    def _finish(self, rosters: Mapping[int, RosterDeclaration]) -> bool:
        """Index what was written, number what may be decided, follow those with new numbers.

        Says whether a number is gone.
        """
        self._write_rosters(rosters.values())
        self._keep_findings()
        create_indices(self._db, self._schema)
        if self._schema != "main":
            return False
        self._places.settle()
        number_problems(self._db)
        return record_former_numbers(self._db)

    def _write_households(self, some: list[RegisterHousehold], knowledge: FactResolver) -> None:
        """Write households with their members, and what each of their lines became."""
        homes: list[tuple[Any, ...]] = []
        members: list[tuple[Any, ...]] = []
        for household in some:
            facts = knowledge.of_household(household)
            people = [(person, knowledge.list_person_values(person)) for person in household.people]
            living = sum(values.get("lives_together") != 0 for _person, values in people)
            knowledge.report_size_difference(household, facts, living)
            homes.append(self._home_row(household, facts))
            members += (_member_row(household, person, values) for person, values in people)
        self._insert("households", homes)
        self._insert("members", members)
        self._insert("became", (row for household in some for row in _became(household)))

    def _home_row(
        self, household: RegisterHousehold, facts: dict[str, StoredValue]
    ) -> tuple[Any, ...]:
        """Return the row of a household."""
        return (
            household.household_no,
            self._communities[household.community],
            household.head.member_no if household.head else None,
            int(household.is_provisional),
            len(household.people),
            find_newest_day(household.lines),
            *facts.values(),
        )

    def _write_rosters(self, rosters: Iterable[RosterDeclaration]) -> None:
        """Write for each roster and programme where, when and whether it is complete.

        A roster of a community that no household list names speaks of nobody, never of everybody.
        """
        rows = []
        for roster in rosters:
            place = self._communities.get(roster.area) if roster.area else None
            if roster.area and place is None:
                if roster.first:
                    self._findings.add(roster.first, "roster-area-unknown", _NO_SUCH_AREA)
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
            self._db.conn.executemany(
                f"INSERT INTO {self._schema}.{table} VALUES ({places})", listed
            )


def _member_row(
    household: RegisterHousehold, person: RegisterPerson, facts: dict[str, StoredValue]
) -> tuple[Any, ...]:
    """Return the row of a member."""
    number = person.id.number
    return (
        person.member_no,
        household.household_no,
        person.place,
        person.name,
        number,
        person.relation,
        int(number is None),
        *facts.values(),
    )


_NO_SUCH_AREA = Message(
    "no household list names the community of this roster; compare the names, or import its list"
)


def _about(receipt: Receipt) -> tuple[str, str | None, str]:
    """Say whom and what a receipt is about."""
    return receipt.household_no, receipt.member_no, receipt.programme


def _listed(receipt: Receipt) -> list[tuple[str, str | None, str]]:
    """Say whom a roster row lists: the person, and with him the household."""
    return [_about(receipt), (receipt.household_no, None, receipt.programme)]


def _receipt_order(one: Receipt) -> tuple[str, ...]:
    """Return the order receipts are kept in, whatever the order of files."""
    return tuple("" if value is None else str(value) for value in astuple(one)[:-1])


def _became(household: RegisterHousehold) -> list[tuple[int, str, str | None]]:
    """Say what each line of a household became: the household, and each person on it."""
    rows: list[tuple[int, str, str | None]] = []
    spoken = set()
    for person in household.people:
        for sighting in person.sightings:
            rows.append((sighting.line.row_id, household.household_no, person.member_no))
            spoken.add(sighting.line.row_id)
    rows += [
        (line.row_id, household.household_no, None)
        for line in household.lines
        if line.row_id not in spoken
    ]
    return rows
