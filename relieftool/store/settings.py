"""Settings of the file: whether the register is stale, and the secret key of its hashes.

People are recognised by hashes with that key. Without the key, nobody can hash a name or ID number
to compare it with them.
"""

import hmac

from sqlite_utils import Database

STATE, STALE, FRESH = "register_state", "stale", "fresh"
_MARK_LENGTH = 10  # enough, because people are compared within one household only


def mark_register_stale(db: Database) -> None:
    """Mark the register as stale: source rows or decisions changed. Only inside `write`."""
    write_setting(db, STATE, STALE)


def read_setting(db: Database, key: str) -> str | None:
    """Return a setting of the file; None if it is not set."""
    found = db.execute("SELECT value FROM settings WHERE key = ?", [key]).fetchone()
    return found[0] if found else None


def write_setting(db: Database, key: str, value: str) -> None:
    """Store a setting of the file; only inside `write`."""
    db.execute(
        "INSERT INTO settings (key, value) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [key, value],
    )


def hash_person(
    secret: str, id_number: str | None, name: str | None
) -> tuple[str | None, str | None]:
    """Return the hashes of a person's ID number and name; None for None."""
    number_mark, name_mark = (
        None if text is None else keyed_hash(secret, text, _MARK_LENGTH)
        for text in (id_number, name)
    )
    return number_mark, name_mark


def keyed_hash(secret: str, text: str, length: int) -> str:
    """Return the first `length` hex digits of the hash of a text with a secret key."""
    written = text.encode("utf-8", "surrogatepass")
    return hmac.digest(secret.encode(), written, "sha256").hex()[:length]
