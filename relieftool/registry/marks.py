"""Keyed marks of people, which nobody without the register's secret can try numbers or names on."""

import hmac

_BYTES = 5  # marks are compared within one household only


def person_marks(
    secret: str, id_number: str | None, name: str | None
) -> tuple[str | None, str | None]:
    """Give what somebody is known again by: marks of the ID number and of the name, if any."""
    return mark(secret, id_number), mark(secret, name)


def mark(secret: str, text: str | None) -> str | None:
    """Give the mark of an ID number or a name; None of none."""
    if text is None:
        return None
    written = text.encode("utf-8", "surrogatepass")
    return hmac.digest(secret.encode(), written, "sha256")[:_BYTES].hex()
