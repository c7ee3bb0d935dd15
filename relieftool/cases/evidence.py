"""What proves that a case may be closed: words, or a file of which hash and name are kept."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.values.text import has_letter_or_digit

__all__ = ["Evidence", "read_evidence", "has_letter_or_digit", "escape_surrogates"]


@dataclass(frozen=True)
class Evidence:
    """Words, or a file's own name, its SHA-256 and where it lies; never what the file holds."""

    note: str
    sha256: str | None = None
    path: Path | None = None


def read_evidence(stated: str) -> Evidence:
    """Take what is stated as a file if there is one of that name, otherwise as words.

    Raises:
        ReliefError: it says nothing, or the file is empty or cannot be read.
    """
    if not has_letter_or_digit(stated):
        raise ReliefError(
            "--evidence",
            _("says nothing"),
            _("Say in words what proves it, or name a file: a letter, a photograph, a form."),
        )
    path = Path(stated)
    if is_evidence_file(path):
        return Evidence(escape_surrogates(path.name), _hash_file(path), path.absolute())
    return Evidence(escape_surrogates(stated.strip()))


def escape_surrogates(text: str) -> str:
    r"""Write half characters, as in a file name of another encoding, in a form that can be kept.

    >>> escape_surrogates("回执"), escape_surrogates("\udcbb.jpg")
    ('回执', '\\udcbb.jpg')
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def redact_names(file_name: str, names: Iterable[str | None]) -> str:
    """Hide people's names and ID numbers in the name of a file.

    >>> redact_names("李小二 360302199001011234 通知书.pdf", ["李小二", None])
    '*** *** 通知书.pdf'
    >>> redact_names("通知书.pdf", ["通"])
    '通知书.pdf'
    """
    for name in sorted(filter(None, names), key=len, reverse=True):
        if len(name) > 1:  # one letter may be any word's
            file_name = file_name.replace(name, "***")
    return re.sub(r"(?<!\d)(\d{17}[\dXx]|\d{15})(?!\d)", "***", file_name)


def hash_evidence_file(path: Path) -> str | None:
    """Give the SHA-256 of a file; None where it cannot be read."""
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return None


def is_evidence_file(path: Path) -> bool:
    """Say whether a file lies there; what is no possible name of one is none."""
    try:
        return path.is_file()
    except OSError:  # a long text is no possible file name, and only asking is an error
        return False


def _hash_file(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256")
            is_empty = opened.tell() == 0
    except OSError as error:
        raise ReliefError(
            "--evidence",
            _("cannot be read as evidence"),
            _("Close it where it is open, or check that you may read it; then try again."),
        ) from error
    if is_empty:
        raise ReliefError(
            "--evidence",
            _("is empty and proves nothing"),
            _("Name another file, or say in words what proves it."),
        )
    return sha256.hexdigest()
