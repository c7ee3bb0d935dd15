"""A changed copy of a household, and a passing register to run the rules over it.

Supposed facts that a rule passes over, because one that it prefers is known.

Where the household's income is stated, a member's pay is not read: whoever supposes that somebody
takes up work must be told, or sees that nothing changes and believes it.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sqlite_utils import Database

from relieftool.eligibility.evaluation import Household
from relieftool.eligibility.household import build_unknown_household_error, list_receipts
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.models import Pack
from relieftool.register.register_tables import open_throwaway_register
from relieftool.rules import syntax
from relieftool.rules.bounds import Bounds, UnitRow
from relieftool.rules.parser import parse_definition
from relieftool.rules.statement import Statement
from relieftool.rules.syntax import Node

StoredValue = int | str | None
StoredRow = dict[str, StoredValue]


@dataclass(frozen=True)
class SupposedFact:
    """A fact put to a value, None: unknown; `place` is the member's, None the household's.

    `is_added`: the value is added to the present one.
    """

    fact: str
    value: StoredValue
    place: int | None = None
    is_added: bool = False


@dataclass(frozen=True)
class Suppositions:
    """What is supposed: facts, people who join and leave (by place), receipts begun and ended."""

    settings: tuple[SupposedFact, ...] = ()
    added: tuple[Mapping[str, StoredValue], ...] = ()
    removed: tuple[int, ...] = ()
    receipts: tuple[tuple[int | None, str, bool], ...] = ()


def add_supposed_fact(changes: Suppositions, setting: SupposedFact) -> Suppositions:
    """Return changes with one fact more."""
    return replace(changes, settings=(*changes.settings, setting))


@dataclass
class HouseholdCopy:
    """The rows of a household, to be changed and put into another register."""

    household: StoredRow
    community: str
    members: list[StoredRow]
    receipts: list[StoredRow]
    rosters: list[StoredRow]
    dropped: set[tuple[str, int | None]] = field(default_factory=set)


def copy_household(db: Database, household_no: str) -> HouseholdCopy:
    """Take a household's rows out of the register.

    Raises:
        ReliefError: There is no such household.
    """
    found = list(
        db.query(
            "SELECT households.*, communities.name AS community FROM households JOIN communities"
            " ON communities.community_id = households.community_id WHERE household_no = ?",
            [household_no],
        )
    )
    if not found:
        raise build_unknown_household_error(db, household_no)
    members = list(
        db.query("SELECT * FROM members WHERE household_no = ? ORDER BY place", [household_no])
    )
    keys = ("programme", "says", "origin", "amount_fen", "amount_period", "member_no")
    dates = ("covers_from", "covers_until")
    receipts: list[StoredRow] = [
        {key: row[key] for key in (*keys, *dates)} for row in list_receipts(db, household_no)
    ]
    community = str(found[0].pop("community"))
    return HouseholdCopy(
        found[0], community, members, receipts, list(db.query("SELECT * FROM rosters"))
    )


def apply_suppositions(
    pack: Pack, copy: HouseholdCopy, changes: Suppositions, as_of: dt.date
) -> HouseholdCopy:
    """Return a copy as it would be with the changes."""
    household, members = dict(copy.household), [dict(one) for one in copy.members]
    receipts = [dict(receipt) for receipt in copy.receipts]
    for setting in changes.settings:
        row = household if setting.place is None else _at(members, setting.place)
        row[setting.fact] = _raised(pack, copy, setting, row) if setting.is_added else setting.value
    for place, programme, is_received in changes.receipts:
        member_no = None if place is None else _at(members, place)["member_no"]
        receipts = [
            one
            for one in receipts
            if one["programme"] != programme or not _speaks_of(one, member_no)
        ]
        last = _last_day(copy, programme, as_of)
        receipts.append(_receipt(programme, member_no, last, is_received=is_received))
    gone = {_at(members, place)["member_no"] for place in changes.removed}
    kept = [member for member in members if member["member_no"] not in gone]
    kept += [_newcomer(pack, number, facts) for number, facts in enumerate(changes.added, 1)]
    receipts = [one for one in receipts if one["member_no"] not in gone]
    _tell_size(pack, household, copy, changes, kept)
    return HouseholdCopy(household, copy.community, kept, receipts, copy.rosters)


def _at(members: Iterable[StoredRow], place: int) -> StoredRow:
    """Return the member who has a place; where somebody left, places are missing between others."""
    return next(member for member in members if member["place"] == place)


def _speaks_of(receipt: StoredRow, member_no: StoredValue) -> bool:
    """Return whether a receipt is the member's, or anybody's for a programme of the household."""
    return member_no is None or receipt["member_no"] in (None, member_no)


def _raised(pack: Pack, copy: HouseholdCopy, setting: SupposedFact, row: StoredRow) -> StoredValue:
    """Add to the present value of a fact; to one that nobody knows nothing can be added.

    Raises:
        ReliefError: The present value is not known.
    """
    fact, present = pack.facts[setting.fact], row[setting.fact]
    if present is None and fact.presume is not None:
        present = int(fact.presume.value)
    if not isinstance(present, int) or not isinstance(setting.value, int):
        known = [pack.facts[name] for name in _beside(pack, fact.id) if _is_known(copy, name)]
        names = _(", ").join(f"{one.labels} ({one.id})" for one in known)
        problem = _("{label} is not known of this household, so nothing can be added to it")
        remedy = (
            _("Known instead: {names}. Add to that one; or write the whole: {fact}=VALUE.")
            if known
            else _("Write the whole value: {fact}=VALUE.")
        )
        raise ReliefError(
            f"--set {fact.id}",
            problem.format(label=fact.labels),
            remedy.format(names=names, fact=fact.id),
        )
    return present + setting.value


def _beside(pack: Pack, fact: str) -> list[str]:
    """Name the facts that a definition reads in place of one, in its order of preference."""
    found: list[str] = []
    for definition in pack.definitions.values():
        for node in syntax.walk(parse_definition(pack, definition)):
            if isinstance(node, syntax.FirstKnown):
                names = [name for part in node.parts for name in syntax.list_facts(part)]
                found += names if fact in names else []
    return [name for name in dict.fromkeys(found) if name != fact]


def _is_known(copy: HouseholdCopy, fact: str) -> bool:
    return any(row.get(fact) is not None for row in (copy.household, *copy.members))


def _last_day(copy: HouseholdCopy, programme: str, as_of: dt.date) -> str:
    """Return the day a supposed receipt must reach, or a roster that ends later would deny it."""
    ends = [roster["covers_until"] for roster in copy.rosters if roster["programme"] == programme]
    return max([as_of.isoformat(), *(str(day) for day in ends if day is not None)])


def _receipt(
    programme: str, member_no: StoredValue, last: str | None, *, is_received: bool
) -> StoredRow:
    return {
        "programme": programme,
        "says": "yes" if is_received else "no",
        "origin": "roster" if is_received else "sheet",
        "amount_fen": None,
        "amount_period": None,
        "member_no": member_no,
        "covers_from": None,
        "covers_until": last if is_received else None,
    }


def _newcomer(pack: Pack, number: int, stated: Mapping[str, StoredValue]) -> StoredRow:
    """Make the row of a person who joins; what is not said is what a blank cell would mean."""
    blank = {
        fact.id: None if fact.blank == "unknown" or fact.is_doubted_by(stated) else fact.none_value
        for fact in pack.facts.values()
        if fact.owner == "member"
    }
    return {**blank, **stated, "member_no": f"+{number}", "name": None, "is_provisional": 0}


def _tell_size(
    pack: Pack,
    household: StoredRow,
    copy: HouseholdCopy,
    changes: Suppositions,
    kept: Sequence[StoredRow],
) -> None:
    """Keep the stated number of people in step, where it agreed and is not itself supposed.

    It may count those who live together, or everybody who is listed.
    """
    household["listed_members"] = len(kept)
    stated = copy.household.get("stated_size")
    if any(setting.fact == "stated_size" for setting in changes.settings):
        return
    if stated == _living(pack, copy.members):
        household["stated_size"] = _living(pack, kept)
    elif stated == len(copy.members):
        household["stated_size"] = len(kept)


def _living(pack: Pack, members: Sequence[StoredRow]) -> int:
    """Count those who live together, as far as known or presumed."""
    fact = pack.facts.get("lives_together")
    if fact is None:
        return len(members)
    presumed = None if fact.presume is None else int(fact.presume.value)
    lives = [member[fact.id] for member in members]
    return sum((presumed if live is None else live) == 1 for live in lives)


@contextmanager
def open_scenario_register(pack: Pack, copies: Mapping[str, HouseholdCopy]) -> Iterator[Database]:
    """Return a passing register that holds each copy under its number."""
    with open_throwaway_register(pack) as register:
        first = next(iter(copies.values()))
        number = first.household["community_id"]
        register.table("communities").insert({"community_id": number, "name": first.community})
        register.table("rosters").insert_all(first.rosters)
        for name, copy in copies.items():
            _insert_row(register, name, copy)
        yield register


def _insert_row(register: Database, name: str, copy: HouseholdCopy) -> None:
    """Put one copy in, its members numbered anew."""
    household = {**copy.household, "household_no": name, "head_member_no": None}
    register.table("households").insert(household)
    numbers: dict[StoredValue, str | None] = {None: None}
    rows = []
    for place, member in enumerate(copy.members, start=1):
        numbers[member["member_no"]] = f"{name}|{place:03}"
        own = {"household_no": name, "member_no": numbers[member["member_no"]], "place": place}
        rows.append({**member, **own})
    register.table("members").insert_all(rows)
    register.table("receipts").insert_all(
        {**receipt, "household_no": name, "member_no": numbers[receipt["member_no"]], "row_id": 0}
        for receipt in copy.receipts
    )


def end_receipts(copy: HouseholdCopy, ended: set[tuple[str, int | None]]) -> HouseholdCopy:
    """Return a copy in which some receipts have ended."""
    receipts = list(copy.receipts)
    for programme, place in ended:
        member_no = None if place is None else copy.members[place - 1]["member_no"]
        receipts = [
            receipt
            for receipt in receipts
            if receipt["programme"] != programme or not _speaks_of(receipt, member_no)
        ]
        receipts.append(_receipt(programme, member_no, None, is_received=False))
    dropped = copy.dropped | ended
    return HouseholdCopy(
        copy.household, copy.community, copy.members, receipts, copy.rosters, dropped
    )


SupposedValues = tuple[str, int | None]  # a fact, and the place of the member it is about


@dataclass(frozen=True)
class UnreadSupposition:
    """A fact, and the known facts that some rule prefers to it here.

    `place` is the member's whose fact it is, from 1; None the household's.
    """

    fact: str
    by: tuple[str, ...]
    place: int | None = None


@dataclass
class _PreferenceReader:
    """The facts passed over for a preferred one where the rules are read for a household."""

    bounds: Bounds
    passed: dict[SupposedValues, list[str]] = field(default_factory=dict)

    def visit(self, node: Node, member: UnitRow | None) -> None:
        """Follow a node as far as its value is looked for."""
        match node:
            case syntax.FirstKnown(parts=parts):
                self._visit_preferred(parts, member)
                return
            case syntax.OverMembers(of=of):
                for row in self.bounds.members:
                    self.visit(of, row)
                return
        for child in syntax.children(node):
            self.visit(child, member)

    def _visit_preferred(self, parts: tuple[Node, ...], member: UnitRow | None) -> None:
        for place, part in enumerate(parts):
            self.visit(part, member)
            if self.bounds.is_known(part, member):
                preferred = list(syntax.list_facts(part))
                for later in parts[place + 1 :]:
                    for supposed in self._facts(later, member):
                        self.passed.setdefault(supposed, []).extend(preferred)
                return

    def _facts(self, node: Node, member: UnitRow | None) -> Iterator[SupposedValues]:
        """Return the facts a node reads, each with the member it is read of."""
        if isinstance(node, syntax.FactRef):
            yield node.fact, None if node.owner == "household" else self._place(member)
        asked = self.bounds.members if isinstance(node, syntax.OverMembers) else [member]
        for row in asked:
            for child in syntax.children(node):
                yield from self._facts(child, row)

    def _place(self, member: UnitRow | None) -> int | None:
        return next(
            (place for place, row in enumerate(self.bounds.members, 1) if row is member), None
        )


def find_unread_suppositions(
    statement: Statement, household: Household, supposed: Iterable[SupposedValues]
) -> list[UnreadSupposition]:
    """Name the supposed facts that a programme in force passes over, and for which others."""
    reading = _PreferenceReader(household.bounds(statement))
    members = [one.row for one in household.members]
    for name in sorted(statement.in_force):
        rules = statement.rules[name]
        asked = members if rules.programme.unit == "member" else [None]
        for tree in rules.nodes:
            for member in asked:
                reading.visit(tree, member)
    return [
        UnreadSupposition(one[0], tuple(dict.fromkeys(reading.passed[one])), one[1])
        for one in dict.fromkeys(supposed)
        if one in reading.passed
    ]
