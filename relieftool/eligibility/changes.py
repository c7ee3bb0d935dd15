"""Compares the register before and after an import: members, facts and findings that changed.

Each side is a snapshot of the register.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from sqlite_utils import Database

from relieftool.eligibility.evaluation import evaluate_register
from relieftool.eligibility.findings import LISTED_STATUSES
from relieftool.eligibility.gaps import find_household_findings
from relieftool.pack.facts import Owner
from relieftool.pack.models import Pack
from relieftool.register.build import refresh_register
from relieftool.store.former_numbers import find_current_number
from relieftool.store.imports import find_newest_date
from relieftool.store.office_values import apply_office_values
from relieftool.values.cells import StoredValue

ChangeSort = Literal[
    "member-new", "member-gone", "fact-changed", "finding-appeared", "finding-resolved"
]
_SORTS: tuple[ChangeSort, ...] = get_args(ChangeSort)
# Household, member (None: the household itself), and fact or programme.
_Subject = tuple[str, str | None, str]


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
class Snapshot:
    """The register at one moment.

    `members` has the household of each member. `missing` are the households and members that the
    newest list of their community does not name; `findings` has the statuses listed by default.
    """

    members: Mapping[str, str]
    facts: Mapping[_Subject, StoredValue]
    missing: frozenset[str]
    findings: Mapping[_Subject, str]


def take_snapshot(db: Database, pack: Pack, today: dt.date) -> Snapshot | None:
    """Refresh the register and return a snapshot of it; None if it has no imports."""
    if not db.execute("SELECT 1 FROM imports WHERE undone_at IS NULL").fetchone():
        return None
    refresh_register(db, pack)
    members = dict(db.execute("SELECT member_no, household_no FROM members").fetchall())
    facts = {**_read_facts(db, pack, "household"), **_read_facts(db, pack, "member")}
    day = find_newest_date(db) or today
    findings = _find_statuses(db, apply_office_values(db, pack), day)
    return Snapshot(members, facts, frozenset(_find_missing(db)), findings)


def _find_statuses(db: Database, pack: Pack, day: dt.date) -> dict[_Subject, str]:
    """Return the status of each finding that is listed by default."""
    evaluation = evaluate_register(db, pack, day)
    return {
        (finding.household_no, finding.member_no, finding.programme): str(finding.status)
        for household in evaluation.households
        for finding in find_household_findings(evaluation, household, with_grounds=False)
        if finding.status in LISTED_STATUSES
    }


def _read_facts(db: Database, pack: Pack, owner: Owner) -> dict[_Subject, StoredValue]:
    """Return the known facts of all households, or of all members."""
    names = [fact.id for fact in pack.facts.values() if fact.owner == owner]
    keys = "household_no, NULL" if owner == "household" else "household_no, member_no"
    columns = ", ".join([keys, *(f'"{name}"' for name in names)])
    rows = db.execute(f"SELECT {columns} FROM {owner}s")
    return {
        (household, member, name): value
        for household, member, *values in rows
        for name, value in zip(names, values, strict=True)
        if value is not None
    }


def _find_missing(db: Database) -> Iterator[str]:
    """Return the numbers of households and members reported as not on the newest list."""
    rows = db.execute("SELECT params FROM problems WHERE code = 'not-on-newest-list'")
    return (json.loads(params)["who"] for (params,) in rows)


def find_changes(
    db: Database, pack: Pack, before: Snapshot, after: Snapshot
) -> list[RegisterChange]:
    """Return the changes between two snapshots.

    They are sorted by kind of change, household, member, and fact or programme.
    """
    before = _renumber(db, before)
    changes = [
        *_compare_members(before, after),
        *_compare_facts(pack, before, after),
        *_compare_findings(before.findings, after.findings),
    ]
    return sorted(changes, key=_order_key)


def _order_key(change: RegisterChange) -> tuple[int, str, str, str]:
    """Return the key by which changes are sorted."""
    sort = _SORTS.index(change.sort)
    return sort, change.household_no, change.member_no or "", change.about or ""


def _renumber(db: Database, before: Snapshot) -> Snapshot:
    """Return a snapshot with the present numbers of its households and members.

    An import may give a household another number; without this, everything about it would be listed
    as gone and as new.
    """

    def current(number: str) -> str:
        return find_current_number(db, number)

    def renumber(subject: _Subject) -> _Subject:
        household, member, about = subject
        return current(household), member and current(member), about

    return Snapshot(
        {current(member): current(household) for member, household in before.members.items()},
        {renumber(subject): value for subject, value in before.facts.items()},
        frozenset(map(current, before.missing)),
        {renumber(subject): status for subject, status in before.findings.items()},
    )


def _compare_members(before: Snapshot, after: Snapshot) -> Iterator[RegisterChange]:
    """Yield the members who are new, and those who are gone or missing from the newest list."""
    for member in after.members.keys() - before.members.keys():
        yield RegisterChange("member-new", after.members[member], member)
    for member in before.members.keys() - after.members.keys():
        yield RegisterChange("member-gone", before.members[member], member)
    newly = after.missing - before.missing
    for member, household in after.members.items():
        if member in before.members and newly & {member, household}:
            yield RegisterChange("member-gone", household, member)


def _compare_facts(pack: Pack, before: Snapshot, after: Snapshot) -> Iterator[RegisterChange]:
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
        if new is None:
            yield RegisterChange("finding-resolved", *subject, old, None)
        elif old != new:
            yield RegisterChange("finding-appeared", *subject, old, new)


def count_changes(changes: Iterable[RegisterChange]) -> dict[str, int]:
    """Return the number of changes of each sort, 0 included."""
    counts: dict[str, int] = dict.fromkeys(_SORTS, 0)
    for change in changes:
        counts[change.sort] += 1
    return counts
