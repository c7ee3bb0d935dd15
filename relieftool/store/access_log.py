"""The log of who saw names, took files out or changed the register as a whole. Only added to.

Who it was is the name given with `relief file staff` for the user of this system, or else the
user's own name. Which households is kept as a number and a keyed hash: the log names no family.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from relieftool.store.chain import find_writer
from relieftool.store.database import write
from relieftool.store.entries import ACCESSES, build_record, list_entries, record_entry
from relieftool.store.settings import keyed_hash, read_setting, write_setting

_STAFF = "staff"
_MARK_LENGTH = 16


@dataclass(frozen=True)
class Access:
    """A row of the log. `households` is their number; None where it was about none."""

    log_id: int
    at: str
    action: str
    user: str
    machine: str
    reason: str
    detail: str
    households: int | None
    file_sha256: str | None


def record_access(  # noqa: PLR0913 a column each
    db: Database,
    action: str,
    reason: str = "",
    detail: str = "",
    *,
    households: Collection[str] | None = None,
    file: Path | None = None,
    at: dt.datetime | None = None,
) -> None:
    """Log what was done, with its reason; `at` is its time (None: now).

    `households` are the numbers of the households shown or taken, `file` is what was written.
    """
    secret = read_setting(db, "secret") or ""
    numbers = None if households is None else json.dumps(sorted(set(households)))
    with write(db):
        record_entry(
            db,
            ACCESSES,
            at=(at or dt.datetime.now(dt.UTC)).isoformat(timespec="seconds"),
            action=action,
            user=find_staff_name(db) or None,
            machine=find_writer()["machine"],
            reason=reason,
            detail=detail,
            households=None if households is None else len(set(households)),
            households_mark=numbers and keyed_hash(secret, numbers, _MARK_LENGTH),
            file_sha256=file and hashlib.sha256(file.read_bytes()).hexdigest(),
        )


def list_accesses(
    db: Database, *, action: str | None = None, user: str | None = None, since: str = ""
) -> list[Access]:
    """Return the log, oldest first, limited to an action, a person and the days from `since` on."""
    rows = list_entries(db, ACCESSES, action=action, user=user)
    return [build_record(Access, row) for row in rows if row["at"] >= since]


def find_numbers(value: object) -> Iterator[str]:
    """Yield the household numbers in a document, such as the JSON of a result."""
    if isinstance(value, Mapping):
        if isinstance(number := value.get("household_no"), str):
            yield number
        for part in value.values():
            yield from find_numbers(part)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for part in value:
            yield from find_numbers(part)


def list_staff(db: Database) -> dict[str, str]:
    """Return the names of the staff; those of a system's user have it as their value, else ""."""
    found: dict[str, str] = json.loads(read_setting(db, _STAFF) or "{}")
    return found


def find_staff_name(db: Database) -> str:
    """Return the name kept for the user of this system, or else the user's own; "" if unknown."""
    user = find_writer()["user"] or ""
    kept = [name for name, of_user in list_staff(db).items() if of_user == user and user]
    return kept[0] if kept else user


def keep_staff(db: Database, name: str, user: str | None) -> None:
    """Add a member of staff, whose user on this system may be stated; only inside `write`."""
    others = {other: "" if of == user else of for other, of in list_staff(db).items()}
    write_setting(db, _STAFF, json.dumps(others | {name: user or ""}, ensure_ascii=False))


def drop_staff(db: Database, name: str) -> bool:
    """Remove a member of staff and return whether there was one; only inside `write`."""
    staff = list_staff(db)
    is_known = staff.pop(name, None) is not None
    write_setting(db, _STAFF, json.dumps(staff, ensure_ascii=False))
    return is_known
