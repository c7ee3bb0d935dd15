"""Keyed marks of people, which nobody without the register's secret can try numbers or names on."""

import hmac

_MARK_LENGTH = 10  # marks are compared within one household only


def person_marks(
    secret: str, id_number: str | None, name: str | None
) -> tuple[str | None, str | None]:
    """Give what somebody is known again by: marks of the ID number and of the name, if any."""
    return mark(secret, id_number), mark(secret, name)


def mark(secret: str, text: str | None) -> str | None:
    """Return the mark of an ID number or a name; None of none."""
    return None if text is None else keyed_hash(secret, text, _MARK_LENGTH)


def keyed_hash(secret: str, text: str, length: int) -> str:
    """Return so many hex digits of a text, which nobody can try out without the secret."""
    written = text.encode("utf-8", "surrogatepass")
    return hmac.digest(secret.encode(), written, "sha256").hex()[:length]
