"""Scenarios: copies of a household with supposed changes, in a throwaway register.

The register of the office is never changed. A supposed fact that the rules pass over is reported:
if the household's income is stated, a member's pay is not read, and without the report it would
seem that taking up work changes nothing.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sqlite_utils import Database

from relieftool.eligibility.household import build_absent_household_error, list_receipts
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.models import Pack
from relieftool.register.register_tables import open_throwaway_register
from relieftool.values.stored_values import StoredValue

_StoredRow = dict[str, StoredValue]


@dataclass(frozen=True)
class SupposedFact:
    """A supposed value of a fact; None supposes that it is unknown.

    `place` is that of the member; None for a fact of the household. `is_added`: the value is added
    to the present value.
    """

    fact: str
    value: StoredValue
    place: int | None = None
    is_added: bool = False


@dataclass(frozen=True)
class Suppositions:
    """Everything that is supposed about a household.

    `added` has the facts of each person who joins, `removed` the places of members who leave. A
    receipt is a place (None: the household), a programme, and whether it is received.
    """

    settings: tuple[SupposedFact, ...] = ()
    added: tuple[Mapping[str, StoredValue], ...] = ()
    removed: tuple[int, ...] = ()
    receipts: tuple[tuple[int | None, str, bool], ...] = ()


def add_supposed_fact(changes: Suppositions, setting: SupposedFact) -> Suppositions:
    """Return the suppositions with one more fact."""
    return replace(changes, settings=(*changes.settings, setting))


@dataclass
class HouseholdCopy:
    """The rows of a household, to be changed and put into a throwaway register.

    `states` say why facts are unknown although cells state them, as long as they are unknown.
    `dropped` are the receipts ended by `end_receipts`: each is a programme and the member's place
    in the copy (None: the household).
    """

    household: _StoredRow
    community: str
    members: list[_StoredRow]
    receipts: list[_StoredRow]
    rosters: list[_StoredRow]
    states: list[_StoredRow] = field(default_factory=list)
    dropped: set[tuple[str, int | None]] = field(default_factory=set)


def copy_household(db: Database, household_no: str) -> HouseholdCopy:
    """Return a copy of a household's rows in the register.

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
        raise build_absent_household_error(db, household_no)
    members = list(
        db.query("SELECT * FROM members WHERE household_no = ? ORDER BY place", [household_no])
    )
    keys = ("programme", "says", "origin", "amount_fen", "amount_period", "member_no")
    days = ("covers_from", "covers_until", "is_open")
    receipts: list[_StoredRow] = [
        {key: row[key] for key in (*keys, *days)} for row in list_receipts(db, household_no)
    ]
    community = str(found[0].pop("community"))
    rosters = list(db.query("SELECT * FROM rosters"))
    states = db.query("SELECT * FROM fact_states WHERE household_no = ?", [household_no])
    return HouseholdCopy(found[0], community, members, receipts, rosters, list(states))


def apply_suppositions(
    pack: Pack, copy: HouseholdCopy, changes: Suppositions, as_of: dt.date
) -> HouseholdCopy:
    """Return the copy with all suppositions applied.

    Raises:
        ReliefError: A value is to be added to a fact that is unknown.
    """
    household, members = dict(copy.household), [dict(member) for member in copy.members]
    receipts = list(copy.receipts)
    for setting in changes.settings:
        row = household if setting.place is None else _find_member(members, setting.place)
        row[setting.fact] = (
            _add_to_present(pack, copy, setting, row) if setting.is_added else setting.value
        )
    for place, programme, is_received in changes.receipts:
        member_no = None if place is None else _find_member(members, place)["member_no"]
        last = _find_last_day(copy, programme, as_of)
        receipt = _build_receipt(programme, member_no, last, is_received=is_received)
        receipts = _replace_receipts(receipts, receipt)
    gone = {_find_member(members, place)["member_no"] for place in changes.removed}
    kept = [member for member in members if member["member_no"] not in gone]
    kept += [_build_newcomer(pack, number, facts) for number, facts in enumerate(changes.added, 1)]
    receipts = [receipt for receipt in receipts if receipt["member_no"] not in gone]
    _update_size(pack, household, copy, changes, kept)
    return HouseholdCopy(household, copy.community, kept, receipts, copy.rosters, copy.states)


def _find_member(members: Iterable[_StoredRow], place: int) -> _StoredRow:
    """Return the member at a place, read from the row: a place stays empty when somebody leaves."""
    return next(member for member in members if member["place"] == place)


def _replace_receipts(receipts: Iterable[_StoredRow], new: _StoredRow) -> list[_StoredRow]:
    """Return receipts with `new` in place of those about the same programme and member.

    A new receipt of the household replaces those of all members; a new receipt of a member replaces
    the household's too.
    """
    kept = [
        receipt
        for receipt in receipts
        if receipt["programme"] != new["programme"]
        or (new["member_no"] is not None and receipt["member_no"] not in (None, new["member_no"]))
    ]
    return [*kept, new]


def _add_to_present(
    pack: Pack, copy: HouseholdCopy, setting: SupposedFact, row: _StoredRow
) -> StoredValue:
    """Return the sum of a supposed value and the present value, known or presumed.

    Raises:
        ReliefError: The present value is unknown; the message names known facts to use instead, if
            any.
    """
    fact, present = pack.facts[setting.fact], row[setting.fact]
    if present is None and fact.presume is not None:
        present = int(fact.presume.value)
    if not isinstance(present, int) or not isinstance(setting.value, int):
        known = [
            pack.facts[name] for name in _list_alternatives(pack, fact.id) if _is_known(copy, name)
        ]
        names = _(", ").join(f"{alternative.labels} ({alternative.id})" for alternative in known)
        problem = _("{label} is unknown for this household, so nothing can be added to it")
        remedy = (
            _(
                "Known instead: {names}."
                " Add to one of these, or write the whole value: {fact}=VALUE."
            )
            if known
            else _("Write the whole value: {fact}=VALUE.")
        )
        raise ReliefError(
            f"--set {fact.id}",
            problem.format(label=fact.labels),
            remedy.format(names=names, fact=fact.id),
        )
    return present + setting.value


def _list_alternatives(pack: Pack, fact: str) -> list[str]:
    """Return the other facts in each first_known of a definition that contains `fact`."""
    from relieftool.rules import syntax  # noqa: PLC0415 start-up time
    from relieftool.rules.parser import parse_definition  # noqa: PLC0415 start-up time

    found: list[str] = []
    for definition in pack.definitions.values():
        for node in syntax.walk(parse_definition(pack, definition)):
            if isinstance(node, syntax.FirstKnown):
                names = [name for part in node.parts for name in syntax.list_facts(part)]
                found += names if fact in names else []
    return [name for name in dict.fromkeys(found) if name != fact]


def _is_known(copy: HouseholdCopy, fact: str) -> bool:
    """Whether a fact is known of the household or of any member."""
    return any(row.get(fact) is not None for row in (copy.household, *copy.members))


def _find_last_day(copy: HouseholdCopy, programme: str, as_of: dt.date) -> str:
    """Return the last day that a supposed receipt has to cover.

    It is the as-of date or the last day of any roster of the programme, whichever is later: a
    complete roster that ends later would overrule the receipt.
    """
    ends = [roster["covers_until"] for roster in copy.rosters if roster["programme"] == programme]
    return max([as_of.isoformat(), *(str(day) for day in ends if day is not None)])


def _build_receipt(
    programme: str, member_no: StoredValue, last: str | None, *, is_received: bool
) -> _StoredRow:
    """Return the row of a receipt that begins (like a roster row) or ends (like a sheet row)."""
    return {
        "programme": programme,
        "says": "yes" if is_received else "no",
        "origin": "roster" if is_received else "sheet",
        "amount_fen": None,
        "amount_period": None,
        "member_no": member_no,
        "covers_from": None,
        "covers_until": last if is_received else None,
        "is_open": 0,
    }


def _build_newcomer(pack: Pack, number: int, stated: Mapping[str, StoredValue]) -> _StoredRow:
    """Return the row of a person who joins; facts not stated are read as blank cells."""
    blank = {
        fact.id: None if fact.blank == "unknown" or fact.is_doubted_by(stated) else fact.none_value
        for fact in pack.facts.values()
        if fact.owner == "member"
    }
    flags = {"is_provisional": 0, "may_be_gone": 0}
    return {**blank, **stated, "member_no": f"+{number}", "name": None, **flags}


def _update_size(
    pack: Pack,
    household: _StoredRow,
    copy: HouseholdCopy,
    changes: Suppositions,
    kept: Sequence[_StoredRow],
) -> None:
    """Adjust the stated number of people to the members, if it agreed with the members before.

    A supposed number stays. The number may count those who live together, or everybody listed.
    Without this, the size would be disputed when somebody joins or leaves, and everything that
    rests on it would be unknown.
    """
    household["listed_members"] = len(kept)
    stated = copy.household.get("stated_size")
    if any(setting.fact == "stated_size" for setting in changes.settings):
        return
    if stated == _count_living(pack, copy.members):
        household["stated_size"] = _count_living(pack, kept)
    elif stated == len(copy.members):
        household["stated_size"] = len(kept)


def _count_living(pack: Pack, members: Sequence[_StoredRow]) -> int:
    """Return the number of members known or presumed to live together."""
    fact = pack.facts.get("lives_together")
    if fact is None:
        return len(members)
    presumed = None if fact.presume is None else int(fact.presume.value)
    lives = [member[fact.id] for member in members]
    return sum((presumed if live is None else live) == 1 for live in lives)


@contextmanager
def open_scenario_register(pack: Pack, copies: Mapping[str, HouseholdCopy]) -> Iterator[Database]:
    """Open a throwaway register with copies of one household; the keys are their numbers."""
    with open_throwaway_register(pack) as register:
        first = next(iter(copies.values()))
        number = first.household["community_id"]
        register.table("communities").insert({"community_id": number, "name": first.community})
        register.table("rosters").insert_all(first.rosters)
        for name, copy in copies.items():
            _insert_copy(register, name, copy)
        yield register


def _insert_copy(register: Database, name: str, copy: HouseholdCopy) -> None:
    """Insert a copy with its members and receipts; members get places from 1 in order."""
    household = {**copy.household, "household_no": name, "head_member_no": None}
    register.table("households").insert(household)
    numbers: dict[StoredValue, str | None] = {None: None}
    rows = []
    for place, member in enumerate(copy.members, start=1):
        numbers[member["member_no"]] = f"{name}|{place:03}"
        own = {"household_no": name, "member_no": numbers[member["member_no"]], "place": place}
        rows.append({"belongs": 1, **member, **own})  # nobody doubts who is supposed to join
    register.table("members").insert_all(rows)
    register.table("receipts").insert_all(
        {**receipt, "household_no": name, "member_no": numbers[receipt["member_no"]], "row_id": 0}
        for receipt in copy.receipts
    )
    rows_by_number = {None: household} | {row["member_no"]: row for row in rows}
    states = [{**row, "member_no": numbers.get(row["member_no"], "")} for row in copy.states]
    register.table("fact_states").insert_all(
        {**state, "household_no": name}
        for state in states
        if rows_by_number.get(state["member_no"], {}).get(str(state["fact"]), 0) is None
    )


def end_receipts(copy: HouseholdCopy, ended: set[tuple[str, int | None]]) -> HouseholdCopy:
    """Return a copy in which receipts have ended, each named by its programme and place there."""
    receipts = copy.receipts
    for programme, place in ended:
        member_no = None if place is None else copy.members[place - 1]["member_no"]
        receipt = _build_receipt(programme, member_no, None, is_received=False)
        receipts = _replace_receipts(receipts, receipt)
    return replace(copy, receipts=receipts, dropped=copy.dropped | ended)


@dataclass(frozen=True)
class UnreadSupposition:
    """A supposed fact that the rules do not read, because they prefer the known facts in `by`.

    `place` is that of the member, from 1; None for a fact of the household.
    """

    fact: str
    by: tuple[str, ...]
    place: int | None = None
