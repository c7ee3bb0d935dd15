"""Settings of the file: whether the register is stale, and the secret key of its hashes.

People are recognised by hashes with that key. Without the key, nobody can hash a name or ID number
to compare it with them.
"""

import hashlib
from functools import lru_cache

from sqlite_utils import Database

STATE, STALE, FRESH = "register_state", "stale", "fresh"
_BLOCK = 64  # bytes that SHA-256 takes at once
_MARK_LENGTH = 10  # enough, because people are compared within one household only


def mark_register_stale(db: Database) -> None:
    """Mark the register as stale: source rows or decisions changed. Only inside `write`."""
    write_setting(db, STATE, STALE)


def is_register_stale(db: Database, pack_sha256: str) -> bool:
    """Whether source rows, decisions or the pack changed since the register was built."""
    return read_setting(db, STATE) != FRESH or read_setting(db, "pack_sha256") != pack_sha256


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
    return (
        None if id_number is None else keyed_hash(secret, id_number, _MARK_LENGTH),
        None if name is None else keyed_hash(secret, name, _MARK_LENGTH),
    )


def keyed_hash(secret: str, text: str, length: int) -> str:
    """Return the first `length` hex digits of the hash of a text with a secret key."""
    begun_inner, begun_outer = _begin_hash(secret)
    inner, outer = begun_inner.copy(), begun_outer.copy()
    inner.update(text.encode("utf-8", "surrogatepass"))
    outer.update(inner.digest())
    return outer.hexdigest()[:length]


@lru_cache
def _begin_hash(secret: str) -> "tuple[hashlib._Hash, hashlib._Hash]":
    """Return the inner and outer hash that every HMAC-SHA256 with this key begins with (RFC 2104).

    `hmac.digest` makes them anew for each text, which takes most of its time.
    """
    key = secret.encode()
    key = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in key)) for pad in (0x36, 0x5C))
    return inner, outer
