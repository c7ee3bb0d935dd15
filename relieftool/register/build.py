"""Rebuilds the register from the live source rows.

Source rows, corrections and decisions are kept elsewhere; the tables written here can be dropped
and rebuilt at any time.
"""

import datetime as dt
import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count
from typing import Any

from sqlite_utils import Database

from relieftool.messages import Message, ProgressCallback, _, no_progress
from relieftool.pack.models import Pack
from relieftool.pack.programme_names import ProgrammeNames
from relieftool.register.changed_rows import (
    ChangedRows,
    find_changed_rows,
    list_loose_keys,
    recall_rosters,
    remove_former_numbers,
    remove_part,
    store_tables,
    write_basis,
)
from relieftool.register.fact_cells import report_ranges, report_unit_faults
from relieftool.register.identities import Identities
from relieftool.register.lines import (
    Line,
    LinesByTable,
    ProblemLog,
    SheetTable,
    find_newest_day,
)
from relieftool.register.live_rows import list_household_lines
from relieftool.register.origins import list_doubts
from relieftool.register.people import (
    RegisterHousehold,
    RegisterPerson,
    index_by_id_number,
    list_members,
)
from relieftool.register.register_tables import (
    compute_digest,
    create_indices,
    create_tables,
    drop_tables,
)
from relieftool.register.residents import build_households, read_households
from relieftool.register.resolved_facts import FactResolver, list_known
from relieftool.register.roster_receipts import (
    DOUBTFUL,
    RosterReach,
    RosterReader,
)
from relieftool.register.rosters import (
    RosterBenefits,
    RosterDeclaration,
    declare_roster,
    drop_duplicate_payments,
    join_sections,
)
from relieftool.register.row_groups import RegisterParts, split_register
from relieftool.register.sheet_communities import report_similar_communities
from relieftool.register.sheet_receipts import Receipt, SheetReceipts, doubt_shared_names
from relieftool.register.status_lists import StatusList, find_status_lists
from relieftool.store.database import (
    keep_temporary_in_memory,
    pause_gc,
    read_snapshot,
    write,
)
from relieftool.store.imports import record_problems
from relieftool.store.problem_decisions import load_decisions, number_problems
from relieftool.store.settings import FRESH, STATE, is_register_stale, read_setting, write_setting
from relieftool.values.stored_values import StoredValue, parse_period

# Households written at once: their statement has some sixty columns and is costly to prepare.
_HOUSEHOLDS_AT_ONCE = 2000
_NO_SUCH_AREA = Message(
    "no household list names the community of this roster; compare the names, or import its list"
)
ReceiptKey = tuple[str, str | None, str]
# The values of the columns below, and the facts that are known.
RegisterRow = tuple[tuple[Any, ...], dict[str, StoredValue]]
HOUSEHOLD_COLUMNS = (
    *("household_no", "community_id", "head_member_no"),
    *("is_provisional", "listed_members", "dated_on"),
)
MEMBER_COLUMNS = (
    *("member_no", "household_no", "place", "name"),
    *("id_number", "relation", "is_provisional", "belongs", "may_be_gone"),
)


def refresh_register(db: Database, pack: Pack, progress: ProgressCallback = no_progress) -> None:
    """Rebuild what changed source rows or decisions touch; all of it if the pack changed."""
    if is_register_stale(db, pack.sha256):
        is_same_pack = read_setting(db, "pack_sha256") == pack.sha256
        rebuild_register(db, pack, progress, only_changed=is_same_pack)


def rebuild_register(
    db: Database,
    pack: Pack,
    progress: ProgressCallback = no_progress,
    *,
    only_changed: bool = False,
) -> None:
    """Rebuild the register in one transaction.

    With `only_changed`, only the part that changed is rebuilt, if that gives the same register.
    """
    with write(db), pause_gc():
        secret = read_setting(db, "secret") or secrets.token_hex(16)
        write_setting(db, "secret", secret)
        rebuild = _Rebuild(db, pack, secret, progress=progress)
        changed = find_changed_rows(db, rebuild.decisions) if only_changed else None
        if changed is None or not try_part(db, rebuild, changed):
            _Rebuild(db, pack, secret, progress=progress).run()
        write_basis(db)
        write_setting(db, "pack_sha256", pack.sha256)
        write_setting(db, STATE, FRESH)


def try_part(db: Database, rebuild: "_Rebuild", changed: ChangedRows) -> bool:
    """Build only what changed; undo it and return False if that turns out not to be enough."""
    db.execute("SAVEPOINT part")
    is_enough = rebuild.run_part(changed)
    if not is_enough:
        db.execute("ROLLBACK TO part")
    db.execute("RELEASE part")
    return is_enough


def show_register_on(db: Database, pack: Pack, as_of: dt.date) -> None:
    """Make this connection read the register as it was known on a day.

    If a household list begins or an event happened after that day, a register without it is built
    in temporary tables, which hide the tables of the file. Otherwise that of the file is read.
    """
    keep_temporary_in_memory(db)
    with read_snapshot(db):
        drop_tables(db, "temp")
        if _has_later_list(db, as_of) or db.execute(_LATER, [as_of.isoformat()]).fetchone():
            secret = read_setting(db, "secret") or ""
            _Rebuild(db, pack, secret, as_of.isoformat()).run()


def _mark_paid_gone(
    receipts: list[Receipt], households: Mapping[str, RegisterHousehold]
) -> list[Receipt]:
    """Return the receipts, marked where a roster pays a member who was perhaps gone by then."""
    members = {person.member_no: person for _home, person in list_members(households)}
    return [
        receipt._replace(
            payee_is_gone=members[receipt.member_no].is_paid_gone(receipt.covers_until)
        )
        if receipt.origin == "roster" and receipt.member_no is not None
        else receipt
        for receipt in receipts
    ]


def _has_later_list(db: Database, as_of: dt.date) -> bool:
    """Whether any live household list begins after a day."""
    rows = db.execute(
        "SELECT DISTINCT covers FROM source_tables"
        " JOIN imports ON imports.import_id = source_tables.import_id"
        " WHERE undone_at IS NULL AND covers IS NOT NULL AND table_kind = 'households'"
    )
    return any(parse_period(covers)[0] > as_of.isoformat() for (covers,) in rows)


_LATER = "SELECT 1 FROM life_events WHERE happened_on > ? LIMIT 1"


_SAID_GONE = """
    SELECT 1 FROM problems JOIN main.members ON member_no = params ->> 'who'
    WHERE code = 'roster-says-gone' AND household_no IN (SELECT value FROM json_each(?)) LIMIT 1
"""


class _Rebuild:
    """One rebuild of the register.

    With `as_of` None it builds the register of the file; with a day, a temporary register for this
    connection.
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
        self._problems = ProblemLog()
        self._names = ProgrammeNames(pack.programmes.values())
        self.decisions = load_decisions(db, secret)
        self._identities = Identities(db, secret, is_saved=as_of is None)
        self._communities: dict[str, int] = {}
        self._doubtful: set[int] = set()
        self._ended: list[RegisterHousehold] = []
        self._ranged: set[tuple[int, str, int | None]] = set()
        self._complete: dict[int, bool] = {}
        self._lists: list[StatusList] = []

    def run(self) -> None:
        """Build the register."""
        if self._schema == "main":
            self._db.execute("DELETE FROM former_numbers")
        is_whole = self._as_of is not None or self.decisions.unite_communities
        parts = None if is_whole else split_register(self._db, self._progress)
        rosters = self._run_at_once() if parts is None else self._run_in_parts(parts)
        self._write_rosters(rosters)
        self._save_problems()
        create_indices(self._db, self._schema)
        if self._schema == "main":
            number_problems(self._db)

    def run_part(self, changed: ChangedRows) -> bool:
        """Build only what changed; return False if rosters may be touched: all must be built."""
        self._progress(_("Making the register"), 0, 0)
        remove_former_numbers(self._db, changed)
        lines = list_household_lines(changed.read)
        households = build_households(
            lines,
            self._identities,
            self.decisions,
            self._problems,
            read=changed.read,
            newest=changed.newest,
            ended=self._ended,
        )
        report_unit_faults(changed.added, self._pack, self._problems)
        self._find_lists(changed.lists)
        self._problems.add_table_problems(table for table, _lines in changed.added)
        if changed.rosters and self._may_touch_rosters(changed, households):
            return False
        known = recall_rosters(self._db, changed)
        receipts = self._gather_receipts(changed.read, households, *known)
        remove_part(self._db, changed)
        before = self._number_communities(item.community for item in households.values())
        self._write_part(changed.read, households, receipts)
        report_ranges(changed.added, self._ranged, self._pack, self._problems)
        if changed.rosters and self._has_empty_community():
            return False  # a roster may be of it, and would then count for nobody
        self._drop_empty_communities()
        if changed.rosters and before != self._communities:
            return False  # a roster counts only while a household is in its community
        store_tables(self._db, "main", [table for table, _lines in changed.added], {})
        self._save_problems()
        number_problems(self._db)
        return True

    def _may_touch_rosters(
        self, changed: ChangedRows, households: dict[str, RegisterHousehold]
    ) -> bool:
        """Whether what the rows of rosters mean may be another now, or one says who is gone."""
        if self._db.execute(_SAID_GONE, [json.dumps(list(changed.households))]).fetchone():
            return True
        ids = {person.member_no: person.id.number for _home, person in list_members(households)}
        now = [
            (row_id, number, member, ids.get(member or ""), household.community)
            for household in households.values()
            for row_id, number, member in _list_became(household)
        ]
        live = (line for _table, lines in changed.read for line in lines)
        lines = {line.row_id: line for line in (*changed.gone_lines, *live)}
        reach = RosterReach(self._db, changed.rosters, lines, self.decisions)
        return reach.is_touched(changed.households, now)

    def _run_in_parts(self, parts: RegisterParts) -> list[RosterDeclaration]:
        """Build and write the households part by part; return the rosters' declarations."""
        rosters = self._declare_rosters(parts.rosters)
        report_unit_faults(parts.lists, self._pack, self._problems)
        report_similar_communities(parts.lists, self.decisions, self._problems)
        self._create_tables(parts.communities)
        self._problems.add_table_problems(table for table, _stored_under in parts.tables)
        self._identities.is_in_parts = True
        self._find_lists(parts.lists)
        done = 0
        for read in parts:
            self._progress(_("Making the register"), done, parts.count)
            done += sum(len(lines) for _table, lines in read)
            lines = list_household_lines(read)
            households = build_households(
                *(lines, self._identities, self.decisions, self._problems), ended=self._ended
            )
            self._write_part(read, households, self._gather_receipts(read, households, rosters))
            self._save_problems()
        report_ranges(parts.lists, self._ranged, self._pack, self._problems)
        self._drop_empty_communities()
        tables = [table for table, _stored in parts.tables]
        store_tables(self._db, self._schema, tables, self._complete)
        return rosters

    def _run_at_once(self) -> list[RosterDeclaration]:
        """Build and write all households at once; return the rosters' declarations."""
        self._progress(_("Making the register"), 0, 0)
        read, households = read_households(
            self._identities, self.decisions, self._problems, self._as_of, self._ended
        )
        report_unit_faults(read, self._pack, self._problems)
        self._find_lists(read)
        rosters = self._declare_rosters(_list_rosters(read))
        receipts = self._gather_receipts(read, households, rosters)
        self._create_tables({household.community for household in households.values()})
        self._progress(_("Making the register"), 0, len(households))
        self._write_part(read, households, receipts)
        report_ranges(read, self._ranged, self._pack, self._problems)
        store_tables(self._db, self._schema, [table for table, _lines in read], self._complete)
        return rosters

    def _gather_receipts(
        self,
        read: LinesByTable,
        households: dict[str, RegisterHousehold],
        rosters: list[RosterDeclaration],
        known: Iterable[Receipt] = (),
    ) -> list[Receipt]:
        """Return the receipts stated by sheets and rosters, and report where they disagree.

        `known` are those of rosters that are not read again.
        """
        reader = SheetReceipts(self._pack, self._problems, self._names)
        receipts = list(chain.from_iterable(map(reader.read_household, households.values())))
        receipts += known
        listed = _list_rosters(read)
        if listed:
            receipts += self._match_rosters(listed, households)
            lines = {line.row_id: line for _table, lines in listed for line in lines}
            receipts = drop_duplicate_payments(receipts, lines, self._problems)
        rows = chain(*(home.lines for home in households.values()), *(some for _of, some in listed))
        receipts = doubt_shared_names(receipts, rows, self._pack, self._problems)
        receipts = _mark_paid_gone(receipts, households)
        self._report_disagreements(receipts, rosters, households)
        return receipts

    def _find_lists(self, read: Iterable[tuple[SheetTable, Iterable[Line]]]) -> None:
        """Find the lists of all people of a sort, and keep which of them are declared whole."""
        self._lists = list(find_status_lists(self._pack, read, self._as_of))
        for each in self._lists:
            self._complete[each.table.table_id] = bool(each.table.is_complete)

    def _declare_rosters(
        self, listed: Iterable[tuple[SheetTable, Iterable[Line]]]
    ) -> list[RosterDeclaration]:
        """Return the declarations of the rosters, in the same order."""
        benefits = RosterBenefits(self._pack, self._names)
        rosters = list(listed)
        sections = join_sections(rosters)
        declared = []
        for table, lines in rosters:
            periods = benefits.list_periods(table, lines)
            benefits.report_list(table, lines, self._problems)
            same_headings = sections[table.headings_key]
            roster = declare_roster(table, lines, periods, self._problems, same_headings)
            self._complete[table.table_id] = roster.is_complete
            declared.append(roster)
        return declared

    def _match_rosters(
        self,
        listed: LinesByTable,
        households: dict[str, RegisterHousehold],
    ) -> Iterator[Receipt]:
        """Match the rows of rosters to members, and yield the receipts."""
        members = list_members(households)
        by_name = defaultdict(list)
        for household, person in members:
            for name in {mention.name for mention in person.mentions if mention.name}:
                by_name[name].append((household, person))
        reader = RosterReader(
            self._pack,
            self._problems,
            RosterBenefits(self._pack, self._names),
            index_by_id_number(members),
            by_name,
            {
                number: (household, person)
                for household, person in members
                for number in household.list_numbers(person)
            },
            self.decisions,
            self._doubtful,
            {
                called: (household, person)
                for household in (*households.values(), *self._ended)
                for person in household.left
                for called in (person.id.number, person.name, *household.list_numbers(person))
                if called
            },
        )
        for table, lines in listed:
            yield from reader.read(table, lines)

    def _report_disagreements(
        self,
        receipts: list[Receipt],
        rosters: list[RosterDeclaration],
        households: dict[str, RegisterHousehold],
    ) -> None:
        """Report receipts on sheets that rosters contradict; event programmes are left out.

        A yes is contradicted by a complete roster that covers the household and does not list the
        receipt, a no by any roster row that does. The rules use the rosters, and the office should
        know that they differ.
        """
        on_rosters = [receipt for receipt in receipts if receipt.origin == "roster"]
        perhaps = _list_keys(receipt for receipt in on_rosters if receipt.says != "no")
        listed = _list_keys(receipt for receipt in on_rosters if receipt.says == "yes")
        complete = {
            (name, roster.area)
            for roster in rosters
            if roster.is_complete
            for name in roster.periods
        }
        if not receipts:
            return
        lines = {line.row_id: line for household in households.values() for line in household.lines}
        message = Message("the household's sheet and the complete roster disagree on a benefit")
        for receipt in receipts:
            is_event = self._pack.programmes[receipt.programme].is_event
            if receipt.origin != "sheet" or receipt.says == "maybe" or is_event:
                continue
            area = households[receipt.household_no].community
            covering = {(receipt.programme, None), (receipt.programme, area)}
            is_covered = not covering.isdisjoint(complete)
            is_missing = is_covered and _receipt_key(receipt) not in perhaps
            if is_missing if receipt.says == "yes" else _receipt_key(receipt) in listed:
                line = lines[receipt.row_id]
                self._problems.add(line, "sheet-and-roster-disagree", message, "receives")

    def _create_tables(self, communities: Iterable[str]) -> None:
        """Create empty register tables and write the communities; delete the file's old problems.

        A temporary register leaves the problems as they are.
        """
        create_tables(self._db, self._pack, self._schema)
        if self._schema == "main":
            self._db.execute("DELETE FROM problems WHERE stage = 'register'")
        self._number_communities(communities)

    def _number_communities(self, communities: Iterable[str]) -> dict[str, int]:
        """Write the communities that are not there yet; return the numbers of those that were."""
        listed = self._db.execute(f"SELECT name, community_id FROM {self._schema}.communities")
        before: dict[str, int] = dict(listed.fetchall())
        first = max(before.values(), default=0) + 1
        new = dict(zip(sorted(set(communities) - before.keys()), count(first), strict=False))
        self._insert("communities", ((number, name) for name, number in new.items()))
        self._communities = before | new
        return before

    def _write_part(
        self,
        read: LinesByTable,
        households: dict[str, RegisterHousehold],
        receipts: list[Receipt],
    ) -> None:
        """Write households with their members, receipts, and links to the rows they come from."""
        resolver = FactResolver(self._pack, self._problems, self.decisions, self._lists)
        ordered = [household for _number, household in sorted(households.items())]
        in_order = sorted(receipts, key=_receipt_order)
        received: dict[str, list[Receipt]] = defaultdict(list)
        for receipt in in_order:
            received[receipt.household_no].append(receipt)
        for first in range(0, len(ordered), _HOUSEHOLDS_AT_ONCE):
            some = ordered[first : first + _HOUSEHOLDS_AT_ONCE]
            self._write_households(some, resolver, received)
        self._ranged |= resolver.list_ranged()
        named = ((number, home.household_no) for home in ordered for number in home.labels)
        self._insert("household_ids", named)
        self._insert("receipts", ((None, *receipt) for receipt in in_order))
        kinds = ("households", "form")
        lines = [line for table, lines in read if table.kind in kinds for line in lines]
        self._insert("loose_keys", list_loose_keys(lines, households.values()))
        self._insert("loose_keys", ((DOUBTFUL, row_id) for row_id in sorted(self._doubtful)))
        self._doubtful.clear()

    def _save_problems(self) -> None:
        """Write the problems found so far; a temporary register writes none."""
        if self._schema == "main":
            record_problems(self._db, self._problems.found)
            self._problems.found.clear()

    def _has_empty_community(self) -> bool:
        """Whether any community has no household."""
        numbers = "SELECT community_id FROM communities EXCEPT SELECT community_id FROM households"
        return self._db.execute(f"{numbers} LIMIT 1").fetchone() is not None

    def _drop_empty_communities(self) -> None:
        """Delete the communities that have no household."""
        self._db.execute(
            "DELETE FROM communities"
            " WHERE community_id NOT IN (SELECT community_id FROM households)"
        )
        left = self._db.execute("SELECT name FROM communities")
        self._communities = {name: self._communities[name] for (name,) in left}

    def _write_households(
        self,
        some: list[RegisterHousehold],
        resolver: FactResolver,
        received: Mapping[str, list[Receipt]],
    ) -> None:
        """Write some households with their members, digests, and links to source rows."""
        household_rows: list[RegisterRow] = []
        member_rows: list[RegisterRow] = []
        digests: list[tuple[str, str]] = []
        doubts: list[tuple[Any, ...]] = []
        for household in some:
            number, (own, of_people) = household.household_no, resolver.resolve(household)
            facts, people = list_known(own), []
            in_doubt = list_doubts(number, None, own) if len(facts) < len(own) else []
            for person, resolved in zip(household.people, of_people, strict=True):
                known, member = list_known(resolved), person.member_no
                if len(known) < len(resolved):
                    in_doubt += list_doubts(number, member, resolved)
                people.append((person, known))
            living = sum(
                values.get("lives_together") != 0 and person.gone_line is None
                for person, values in people
            )
            resolver.report_size_difference(household, facts, living)
            household_rows.append((self._household_row(household), facts))
            member_rows += ((_member_row(household, person), values) for person, values in people)
            read = _list_read(household_rows[-1], people, received.get(number, ()))
            read.append(sorted((doubt[1:-1] for doubt in in_doubt), key=str))
            doubts += in_doubt
            digests.append((number, compute_digest(read)))
        self._insert_facts("households", HOUSEHOLD_COLUMNS, household_rows)
        self._insert_facts("members", MEMBER_COLUMNS, member_rows)
        self._insert("household_digests", digests)
        self._insert("fact_states", doubts)
        self._insert("became", (row for household in some for row in _list_became(household)))

    def _household_row(self, household: RegisterHousehold) -> tuple[Any, ...]:
        """Return the values of HOUSEHOLD_COLUMNS."""
        return (
            household.household_no,
            self._communities[household.community],
            household.head.member_no if household.head else None,
            int(household.is_provisional),
            len(household.people),
            find_newest_day(household.lines),
        )

    def _write_rosters(self, rosters: Iterable[RosterDeclaration]) -> None:
        """Write the community, periods and completeness of each roster, by programme.

        A roster is left out, and reported at its first row, if no household is in its community:
        written without a community it would count for all of them.
        """
        rows = []
        for roster in rosters:
            area = self._communities.get(roster.area) if roster.area else None
            if roster.area and area is None:
                if roster.first:
                    self._problems.add(roster.first, "roster-area-unknown", _NO_SUCH_AREA)
                continue
            rows += [
                (name, area, begins, ends, int(roster.is_complete))
                for name, periods in roster.periods.items()
                for begins, ends in periods
            ]
        rows.sort(key=str)
        self._insert("rosters", ((number, *row) for number, row in enumerate(rows, start=1)))

    def _insert_facts(self, table: str, columns: tuple[str, ...], rows: list[RegisterRow]) -> None:
        """Insert rows with the facts that any of them has.

        Most facts are in no list: to write NULL into all their columns is most of the cost.
        """
        facts = list(dict.fromkeys(chain.from_iterable(values for _row, values in rows)))
        named = ", ".join(f'"{name}"' for name in (*columns, *facts))
        filled = [(*row, *map(values.get, facts)) for row, values in rows]
        self._insert(f"{table} ({named})", filled)

    def _insert(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert rows that have a value for every column of the table, or for those named."""
        listed = list(rows)
        if listed:
            places = ", ".join("?" * len(listed[0]))
            self._db.conn.executemany(
                f"INSERT INTO {self._schema}.{table} VALUES ({places})", listed
            )


def _list_read(
    household: RegisterRow,
    people: Iterable[tuple[RegisterPerson, dict[str, StoredValue]]],
    receipts: Iterable[Receipt],
) -> list[Any]:
    """Return all that the rules read of a household, in the same order at every build.

    That is no name, ID number or number of a row, nor the community: it has a number that changes,
    and its rosters count apart.
    """
    (*_unread, listed_members, dated_on), facts = household
    return [
        (listed_members, dated_on, sorted(facts.items())),
        sorted(
            (person.member_no, person.gone_line is None, sorted(values.items()))
            for person, values in people
        ),
        [receipt._replace(row_id=0)[1:] for receipt in receipts],
    ]


def _member_row(household: RegisterHousehold, person: RegisterPerson) -> tuple[Any, ...]:
    """Return the values of MEMBER_COLUMNS; a member without valid ID number is provisional."""
    number = person.id.number
    return (
        person.member_no,
        household.household_no,
        person.place,
        person.name,
        number,
        person.relation,
        int(number is None),
        1 if person.gone_line is None else None,
        int(person.may_be_gone),
    )


def _list_rosters(read: LinesByTable) -> LinesByTable:
    return [(table, lines) for table, lines in read if table.kind == "roster"]


def _receipt_key(receipt: Receipt) -> ReceiptKey:
    """Return the household, member and programme of a receipt."""
    return receipt.household_no, receipt.member_no, receipt.programme


def _list_keys(receipts: Iterable[Receipt]) -> set[ReceiptKey]:
    """Return the keys of receipts, each also without the member, as for the whole household."""
    keys = {_receipt_key(receipt) for receipt in receipts}
    return keys | {(household, None, programme) for household, _member, programme in keys}


def _receipt_order(receipt: Receipt) -> tuple[str, ...]:
    """Return a sort key of all columns but the row id, which depends on the order of imports."""
    return tuple("" if value is None else str(value) for value in receipt[:-1])


def _list_became(household: RegisterHousehold) -> list[tuple[int, str, str | None]]:
    """Return row id, household number and member number for each person on each line.

    A line without people is listed once, with None for the member.
    """
    number = household.household_no
    rows: list[tuple[int, str, str | None]] = [
        (mention.line.row_id, number, person.member_no)
        for person in household.people
        for mention in person.mentions
    ]
    with_people = {row_id for row_id, _household, _member in rows}
    rows += [
        (line.row_id, number, None) for line in household.lines if line.row_id not in with_people
    ]
    return rows
