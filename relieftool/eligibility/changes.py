"""What an import changed: people who came and went, facts, and findings that came and went."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

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
SORTS: tuple[ChangeSort, ...] = (
    "member-new",
    "member-gone",
    "fact-changed",
    "finding-appeared",
    "finding-resolved",
)
FindingKey = tuple[str, str | None, str]


@dataclass(frozen=True)
class RegisterChange:
    """One change: whom it is about, and the fact or programme.

    `before` and `after` are values of a fact, or statuses of a finding; a fact that is private
    shows neither.
    """

    sort: ChangeSort
    household_no: str
    member_no: str | None
    about: str | None = None
    before: StoredValue = None
    after: StoredValue = None


@dataclass(frozen=True)
class Snapshot:
    """The register at one moment: everybody's facts, who is on no newer list, the findings."""

    members: Mapping[str, str]
    facts: Mapping[FindingKey, StoredValue]
    missing: frozenset[str]
    findings: Mapping[FindingKey, str]


def take_snapshot(db: Database, pack: Pack, today: dt.date) -> Snapshot | None:
    """Look at the register as it is; None where nothing was imported yet."""
    if not db.execute("SELECT 1 FROM imports WHERE undone_at IS NULL").fetchone():
        return None
    refresh_register(db, pack)
    members = dict(db.execute("SELECT member_no, household_no FROM members").fetchall())
    facts = {**_facts(db, pack, "household"), **_facts(db, pack, "member")}
    findings = _findings(db, apply_office_values(db, pack), find_newest_date(db) or today)
    return Snapshot(members, facts, frozenset(_missing_members(db)), findings)


def _findings(db: Database, pack: Pack, day: dt.date) -> dict[FindingKey, str]:
    """Return the findings worth listing with their statuses; what to ask about each is left out."""
    evaluation = evaluate_register(db, pack, day)
    return {
        (finding.household_no, finding.member_no, finding.programme): str(finding.status)
        for household in evaluation.households
        for finding in find_household_findings(evaluation, household, with_grounds=False)
        if finding.status in LISTED_STATUSES
    }


def _facts(db: Database, pack: Pack, owner: Owner) -> dict[FindingKey, StoredValue]:
    """Return the known facts of all households, or of all members."""
    names = [fact.id for fact in pack.facts.values() if fact.owner == owner]
    who = "household_no, NULL" if owner == "household" else "household_no, member_no"
    columns = ", ".join([who, *(f'"{name}"' for name in names)])
    rows = db.execute(f"SELECT {columns} FROM {owner}s")
    return {
        (household, member, name): value
        for household, member, *values in rows
        for name, value in zip(names, values, strict=True)
        if value is not None
    }


def _missing_members(db: Database) -> Iterator[str]:
    """Return the households and members that are told as missing from a newer list."""
    rows = db.execute("SELECT params FROM problems WHERE code = 'not-on-newest-list'")
    return (json.loads(params)["who"] for (params,) in rows)


def find_changes(
    db: Database, pack: Pack, before: Snapshot, after: Snapshot
) -> list[RegisterChange]:
    """List what is otherwise than before, in the order of households and members."""
    before = _renumbered(db, before)
    changes = [
        *_people(before, after),
        *_changed_facts(pack, before, after),
        *_changed_findings(before.findings, after.findings),
    ]
    return sorted(
        changes,
        key=lambda one: (
            SORTS.index(one.sort), one.household_no, one.member_no or "", one.about or ""
        ),
    )  # fmt: skip


def _renumbered(db: Database, before: Snapshot) -> Snapshot:
    """Return a snapshot under the numbers that households and members go by now."""

    def now(number: str) -> str:
        return find_current_number(db, number)

    def key(old: FindingKey) -> FindingKey:
        return now(old[0]), old[1] and now(old[1]), old[2]

    return Snapshot(
        {now(member): now(household) for member, household in before.members.items()},
        {key(old): value for old, value in before.facts.items()},
        frozenset(map(now, before.missing)),
        {key(old): status for old, status in before.findings.items()},
    )


def _people(before: Snapshot, after: Snapshot) -> Iterator[RegisterChange]:
    """Return who is new, and who is in no list any more or on no newer one."""
    for member in after.members.keys() - before.members.keys():
        yield RegisterChange("member-new", after.members[member], member)
    for member in before.members.keys() - after.members.keys():
        yield RegisterChange("member-gone", before.members[member], member)
    newly = after.missing - before.missing
    for member, household in after.members.items():
        if member in before.members and newly & {member, household}:
            yield RegisterChange("member-gone", household, member)


def _changed_facts(pack: Pack, before: Snapshot, after: Snapshot) -> Iterator[RegisterChange]:
    """Return facts that changed of whoever was there before; unknown is a value like any other."""
    there = {(household, member) for member, household in before.members.items()}
    there &= {(household, member) for member, household in after.members.items()}
    homes = {household for household, _member in there}
    for household, member, name in before.facts.keys() | after.facts.keys():
        old = before.facts.get((household, member, name))
        new = after.facts.get((household, member, name))
        is_there = household in homes if member is None else (household, member) in there
        if is_there and old != new:
            shown = (None, None) if pack.facts[name].is_private else (old, new)
            yield RegisterChange("fact-changed", household, member, name, *shown)


def _changed_findings(
    before: Mapping[FindingKey, str], after: Mapping[FindingKey, str]
) -> Iterator[RegisterChange]:
    """Return findings that are new or of another status, and those that are no longer there."""
    for household, member, programme in before.keys() | after.keys():
        key = household, member, programme
        old, new = before.get(key), after.get(key)
        if new is None:
            yield RegisterChange("finding-resolved", household, member, programme, old, None)
        elif old != new:
            yield RegisterChange("finding-appeared", household, member, programme, old, new)


def count_changes(changes: Iterable[RegisterChange]) -> dict[str, int]:
    """Count the changes of each sort."""
    counts: dict[str, int] = dict.fromkeys(SORTS, 0)
    for change in changes:
        counts[change.sort] += 1
    return counts
