"""Compares the register before and after an import: members, facts and findings that changed.

Before an import the register is copied by SQL, and afterwards only the households that it touched
are read and evaluated: those whose digest is another.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal, get_args

from sqlite_utils import Database

from relieftool.eligibility.findings import LISTED_STATUSES, Status
from relieftool.eligibility.kept_findings import (
    count_stale,
    open_findings,
    save_basis,
)
from relieftool.messages import Message, ProgressCallback, no_progress
from relieftool.pack.facts import Owner
from relieftool.pack.models import Pack
from relieftool.store.former_numbers import find_current_number
from relieftool.store.imports import find_newest_date
from relieftool.store.office_values import apply_office_values
from relieftool.store.settings import read_setting, write_setting
from relieftool.values.stored_values import StoredValue

ChangeSort = Literal[
    "member-new", "member-gone", "fact-changed", "finding-appeared", "finding-resolved"
]
_SORTS: tuple[ChangeSort, ...] = get_args(ChangeSort)
CHANGE_WORDS: Mapping[str, Message] = {
    "member-new": Message("people who are new"),
    "member-gone": Message("people gone, or on no newer list"),
    "fact-changed": Message("facts that changed"),
    "finding-appeared": Message("findings that are new or changed"),
    "finding-resolved": Message("findings that are resolved"),
}
# Household, member (None: the household itself), and fact or programme.
_Subject = tuple[str, str | None, str]
_Statuses = Mapping[_Subject, str]
_COMPARED = {*LISTED_STATUSES, Status.RECEIVING}
_MOST_EVALUATED = 2000  # households that an import evaluates itself


@dataclass(frozen=True)
class RegisterChange:
    """A change: its sort, the household or member, and the fact or programme (`about`).

    `before` and `after` are values of a fact, or statuses of a finding; both are None for a member
    or a private fact.
    """

    sort: ChangeSort
    household_no: str
    member_no: str | None
    about: str | None = None
    before: StoredValue = None
    after: StoredValue = None


@dataclass(frozen=True)
class RegisterChanges:
    """What an import changed.

    `are_findings_compared` is False if it touched too many households to evaluate them at once.
    `pack` has the values set in it.
    """

    changes: list[RegisterChange]
    are_findings_compared: bool
    pack: Pack


@dataclass(frozen=True)
class RegisterBefore:
    """The register before an import, of which temporary tables have a copy.

    `pack` has the values set in it. `missing` are the households and members that the newest list
    of their community does not name.
    """

    pack: Pack
    day: dt.date
    missing: frozenset[str]


@dataclass(frozen=True)
class _Snapshot:
    """The members, each with its household, and the known facts of the households touched."""

    members: Mapping[str, str]
    facts: Mapping[_Subject, StoredValue]


# What is copied before an import. Receipts and rosters are only needed to evaluate.
_COPIED = ("communities", "households", "members", "rosters", "receipts", "household_digests")


def copy_register(db: Database, pack: Pack, today: dt.date) -> RegisterBefore | None:
    """Refresh the register and copy it to temporary tables; None if it has no imports."""
    if not db.execute("SELECT 1 FROM imports WHERE undone_at IS NULL").fetchone():
        return None
    from relieftool.register.build import refresh_register  # noqa: PLC0415 start-up time

    refresh_register(db, pack)
    used, day = apply_office_values(db, pack), find_newest_date(db) or today
    # receipts are many, and only read if a household has to be evaluated as it was before
    are_kept = not count_stale(db, used, day)
    for table in _COPIED:
        rows = f"SELECT * FROM main.{table}"
        limit = " LIMIT 0" if table == "receipts" and are_kept else ""
        db.execute(f"CREATE TEMP TABLE before_{table} AS {rows}{limit}")
    save_basis(db, used, day, "before_basis")
    return RegisterBefore(used, day, frozenset(_find_missing(db)))


def is_evaluated_at_once(db: Database, pack: Pack, as_of: dt.date) -> bool:
    """Whether so few households are stale that an import evaluates them itself."""
    return count_stale(db, pack, as_of) <= _MOST_EVALUATED


def find_changes(
    db: Database, before: RegisterBefore, today: dt.date, progress: ProgressCallback = no_progress
) -> RegisterChanges:
    """Return the changes since the register was copied, and drop the copy.

    They are sorted by kind of change, household, member, and fact or programme. Only the households
    that were touched are read and evaluated.
    """
    after = replace(before, day=find_newest_date(db) or today, missing=frozenset(_find_missing(db)))
    known_missing = {find_current_number(db, number) for number in before.missing}
    newly_missing = after.missing - known_missing
    save_basis(db, after.pack, after.day, "after_basis")
    findings = _find_findings(db, before, after, progress)
    tables = ("before_household_digests", "main.household_digests")
    old = _read_snapshot(db, before, "temp.before_", _list_changed(db, *tables), newly_missing)
    new = _read_snapshot(db, after, "main.", _list_changed(db, *reversed(tables)), newly_missing)
    for table in (*(f"before_{name}" for name in _COPIED), "before_basis", "after_basis"):
        db.execute(f"DROP TABLE temp.{table}")
    old = _renumber(db, old)
    changes = [
        *_compare_members(old, new, newly_missing),
        *_compare_facts(before.pack, old, new),
        *_compare_findings(*(findings or ({}, {}))),
    ]
    ordered = sorted(changes, key=_order_key)
    return RegisterChanges(ordered, findings is not None, before.pack)


def _find_findings(
    db: Database, before: RegisterBefore, after: RegisterBefore, progress: ProgressCallback
) -> tuple[_Statuses, _Statuses] | None:
    """Return the listed statuses of the households touched, before and after an import.

    None if they are too many to evaluate now. A household is touched if its digest is another or
    the complete rosters of its community are; if another day is asked about now, all are.
    """
    bases = ("before_basis", "after_basis")
    is_all = before.day != after.day
    touched = [
        _list_changed(db, *tables, is_all=is_all) for tables in (bases, tuple(reversed(bases)))
    ]
    if not any(touched):  # an import that was known before writes nothing
        return {}, {}
    if max(map(len, touched)) > _MOST_EVALUATED:
        return None
    with _show_copy(db):
        old = _find_statuses(db, before, touched[0], progress)
    old = {_renumber_subject(db, subject): status for subject, status in old.items()}
    return old, _find_statuses(db, after, touched[1], progress)


def _list_changed(db: Database, table: str, other: str, *, is_all: bool = False) -> list[str]:
    """Return the households whose row in `table` is not in `other`; with `is_all`, all in it.

    A row has the household's digest, or the basis of what is kept of it.
    """
    rows = db.execute(
        f"SELECT household_no FROM {table}"
        if is_all
        else f"SELECT household_no FROM (SELECT * FROM {table} EXCEPT SELECT * FROM {other})"
    )
    return [number for (number,) in rows]


@contextmanager
def _show_copy(db: Database) -> Iterator[None]:
    """Make this connection read the register as it was copied."""
    for table in _COPIED:
        db.execute(f"CREATE TEMP VIEW {table} AS SELECT * FROM temp.before_{table}")
    try:
        yield
    finally:
        for table in _COPIED:
            db.execute(f"DROP VIEW temp.{table}")


def _find_statuses(
    db: Database, register: RegisterBefore, households: list[str], progress: ProgressCallback
) -> _Statuses:
    """Return the status of each finding of some households that is listed, or is received."""
    with open_findings(db, register.pack, register.day, households, progress) as kept:
        return {
            (finding.household_no, finding.member_no, finding.programme): str(finding.status)
            for finding in kept.list_findings(_COMPARED)
        }


def _read_snapshot(
    db: Database,
    register: RegisterBefore,
    schema: str,
    households: list[str],
    newly_missing: Collection[str],
) -> _Snapshot:
    """Return the members and facts of some households, and the members that are newly missing."""
    chosen = json.dumps([*households, *newly_missing])
    members = db.execute(_MEMBERS.format(schema=schema), {"chosen": chosen}).fetchall()
    facts = {
        **_read_facts(db, register.pack, "household", schema, chosen),
        **_read_facts(db, register.pack, "member", schema, chosen),
    }
    return _Snapshot(dict(members), facts)


_MEMBERS = """
    SELECT member_no, household_no FROM {schema}members
    WHERE household_no IN (SELECT value FROM json_each(:chosen))
        OR member_no IN (SELECT value FROM json_each(:chosen))
"""


def _read_facts(
    db: Database, pack: Pack, owner: Owner, schema: str, chosen: str
) -> dict[_Subject, StoredValue]:
    """Return the known facts of some households, or of their members."""
    names = [fact.id for fact in pack.facts.values() if fact.owner == owner]
    keys = "household_no, NULL" if owner == "household" else "household_no, member_no"
    columns = ", ".join([keys, *(f'"{name}"' for name in names)])
    rows = db.execute(
        f"SELECT {columns} FROM {schema}{owner}s"
        " WHERE household_no IN (SELECT value FROM json_each(?))",
        [chosen],
    )
    return {
        (household, member, name): value
        for household, member, *values in rows
        for name, value in zip(names, values, strict=True)
        if value is not None
    }


def _find_missing(db: Database) -> Iterator[str]:
    """Return the numbers of households and members reported as not on the newest list."""
    rows = db.execute("SELECT params FROM problems WHERE code = 'not-on-newest-list'")
    missing = (json.loads(params) for (params,) in rows)
    return (whom.get("who") or whom["household"] for whom in missing)


def _order_key(change: RegisterChange) -> tuple[int, str, str, str]:
    """Return the key by which changes are sorted."""
    sort = _SORTS.index(change.sort)
    return sort, change.household_no, change.member_no or "", change.about or ""


def _renumber(db: Database, before: _Snapshot) -> _Snapshot:
    """Return a snapshot with the present numbers of its households and members.

    An import may give a household another number; without this, everything about it would be listed
    as gone and as new.
    """
    return _Snapshot(
        {
            find_current_number(db, member): find_current_number(db, household)
            for member, household in before.members.items()
        },
        {_renumber_subject(db, subject): value for subject, value in before.facts.items()},
    )


def _renumber_subject(db: Database, subject: _Subject) -> _Subject:
    """Return a subject with the present numbers of its household and member."""
    household, member, about = subject
    current = None if member is None else find_current_number(db, member)
    return find_current_number(db, household), current, about


def _compare_members(
    before: _Snapshot, after: _Snapshot, newly_missing: Collection[str]
) -> Iterator[RegisterChange]:
    """Yield the members who are new, and those who are gone or missing from the newest list."""
    for member in after.members.keys() - before.members.keys():
        yield RegisterChange("member-new", after.members[member], member)
    for member in before.members.keys() - after.members.keys():
        yield RegisterChange("member-gone", before.members[member], member)
    for member, household in after.members.items():
        if member in before.members and not {member, household}.isdisjoint(newly_missing):
            yield RegisterChange("member-gone", household, member)


def _compare_facts(pack: Pack, before: _Snapshot, after: _Snapshot) -> Iterator[RegisterChange]:
    """Yield the changed facts of households and members that are in both snapshots.

    A fact that becomes known or unknown has changed too. A household is in both if a member of it
    is.
    """
    members = before.members.items() & after.members.items()
    households = {household for _member, household in members}
    for household, member, name in before.facts.keys() | after.facts.keys():
        old = before.facts.get((household, member, name))
        new = after.facts.get((household, member, name))
        is_in_both = household in households if member is None else (member, household) in members
        if is_in_both and old != new:
            shown = (None, None) if pack.facts[name].is_private else (old, new)
            yield RegisterChange("fact-changed", household, member, name, *shown)


def _compare_findings(
    before: Mapping[_Subject, str], after: Mapping[_Subject, str]
) -> Iterator[RegisterChange]:
    """Yield the findings that are new or have another status, and those that are gone."""
    for subject in before.keys() | after.keys():
        old, new = before.get(subject), after.get(subject)
        if new in LISTED_STATUSES and old != new:
            yield RegisterChange("finding-appeared", *subject, old, new)
        elif old in LISTED_STATUSES and old != new:
            yield RegisterChange("finding-resolved", *subject, old, new)


_LAST_CHANGES = "last_changes"


def save_counts(db: Database, changes: RegisterChanges) -> None:
    """Store the number of changes of each sort that an import made; only inside `write`."""
    counts = {
        sort: count
        for sort, count in count_changes(changes.changes).items()
        if changes.are_findings_compared or not sort.startswith("finding-")
    }
    kept = {"step": _find_last_step(db), "counts": counts}
    write_setting(db, _LAST_CHANGES, json.dumps(kept))


def load_counts(db: Database) -> dict[str, int]:
    """Return how many changes of each sort the last import made.

    Empty for the first import, or if something was undone since.
    """
    kept = json.loads(read_setting(db, _LAST_CHANGES) or "{}")
    counts: dict[str, int] = kept["counts"] if kept.get("step") == _find_last_step(db) else {}
    return counts


def _find_last_step(db: Database) -> int | None:
    step: int | None = db.execute("SELECT max(step) FROM import_events").fetchone()[0]
    return step


def count_changes(changes: Iterable[RegisterChange]) -> dict[str, int]:
    """Return the number of changes of each sort, 0 included."""
    counts: dict[str, int] = dict.fromkeys(_SORTS, 0)
    for change in changes:
        counts[change.sort] += 1
    return counts
