"""Settings of the file: whether the register is as its source rows are, and its secret key.

Marks under that key know people again; nobody without it can try names or numbers on them.
"""

import hmac

from sqlite_utils import Database

STATE, STALE, FRESH = "register_state", "stale", "fresh"
_MARK_LENGTH = 10  # marks are compared within one household only


def mark_register_stale(db: Database) -> None:
    """Say that source rows, or what is decided about them, changed; only inside `write`."""
    write_setting(db, STATE, STALE)


def read_setting(db: Database, key: str) -> str | None:
    """Return a setting of the file."""
    found = db.execute("SELECT value FROM settings WHERE key = ?", [key]).fetchone()
    return found[0] if found else None


def write_setting(db: Database, key: str, value: str) -> None:
    """Keep a setting of the file; only inside `write`."""
    db.execute(
        "INSERT INTO settings (key, value) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [key, value],
    )


def hash_person(
    secret: str, id_number: str | None, name: str | None
) -> tuple[str | None, str | None]:
    """Return what a person is known again by: marks of ID number and name, if any."""
    return _mark(secret, id_number), _mark(secret, name)


def _mark(secret: str, text: str | None) -> str | None:
    """Return the mark of an ID number or a name; None where there is none."""
    return None if text is None else keyed_hash(secret, text, _MARK_LENGTH)


def keyed_hash(secret: str, text: str, length: int) -> str:
    """Return so many hex digits of a text, which nobody can try out without the secret."""
    written = text.encode("utf-8", "surrogatepass")
    return hmac.digest(secret.encode(), written, "sha256").hex()[:length]
