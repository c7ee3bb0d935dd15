"""What proves that a case may be closed: words, or a file of which hash and name are kept.

Whether the files that entries rest on are still what they were, by the hash that was kept.

The ledger holds hashes and names that name nobody. Where a file lies is kept apart, in a table
that may be changed or emptied; a file that was moved is known by its hash under any name.
"""

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import Message, _
from relieftool.store.chain_check import LedgerFault
from relieftool.values.text import escape_surrogates, has_letter_or_digit


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
    """Return the SHA-256 of a file; None where it cannot be read."""
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return None


def is_evidence_file(path: Path) -> bool:
    """Return whether a file lies there; what is no possible name of one is none."""
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


class FileState(StrEnum):
    """What was found of a file of evidence; `unknown` where nobody knows where to look."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class EvidenceFile:
    """A file of evidence by its SHA-256, the cases whose entries rest on it, what was found."""

    sha256: str
    cases: tuple[str, ...]
    state: FileState


def record_evidence_place(db: Database, sha256: str | None, path: Path | None) -> None:
    """Keep where a file of evidence lies now, outside the ledger; only inside `write`.

    A place that cannot be written as text is not kept: it could not be found again.
    """
    if sha256 is None or path is None or escape_surrogates(str(path)) != str(path):
        return
    place = [sha256, str(path.absolute())]
    db.execute("INSERT OR REPLACE INTO evidence_places (sha256, path) VALUES (?, ?)", place)


def check_evidence_files(db: Database, folders: Sequence[Path] = ()) -> list[EvidenceFile]:
    """Hold every file of evidence against its hash: where it was kept, then anywhere in folders."""
    cases: dict[str, dict[str, None]] = defaultdict(dict)
    places: dict[str, dict[Path, None]] = defaultdict(dict)
    for sha256, case_no, note, path in db.execute(_EVIDENCE).fetchall():
        cases[sha256][case_no] = None
        stated = path or _place_in(note)
        if stated:
            places[sha256][Path(stated)] = None
    there = {case: _found_at(case, list(places[case]), is_sought=bool(folders)) for case in cases}
    missing = {one for one, state in there.items() if state != FileState.SAME}
    found = set(_found_in(folders, missing))
    return [
        EvidenceFile(one, tuple(cases[one]), FileState.SAME if one in found else state)
        for one, state in there.items()
    ]


_EVIDENCE = """
    SELECT evidence_sha256, case_no, note, path FROM case_entries
    LEFT JOIN evidence_places ON evidence_places.sha256 = evidence_sha256
    WHERE evidence_sha256 IS NOT NULL ORDER BY entry_id
"""


def _place_in(note: str | None) -> str | None:
    """Return the place that closings named in their words before it was kept apart."""
    stated = (note or "").rpartition(" — ")[2]
    return stated if Path(stated).is_absolute() else None


def _found_at(sha256: str, places: Sequence[Path], *, is_sought: bool) -> FileState:
    """Say what lies where a file was; one that is sought and nowhere known counts as gone."""
    lying = [path for path in places if is_evidence_file(path)]
    if any(hash_evidence_file(path) == sha256 for path in lying):
        return FileState.SAME
    if lying:
        return FileState.CHANGED
    return FileState.GONE if places or is_sought else FileState.UNKNOWN


def _found_in(folders: Sequence[Path], wanted: set[str]) -> Iterator[str]:
    """Return the hashes wanted of which a file lies in the folders, whatever its name."""
    left = set(wanted)
    for path in _files_in(folders):
        if not left:
            return
        found = hash_evidence_file(path)
        if found in left:
            left.discard(found)
            yield found


def _files_in(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for place, _folders, names in os.walk(folder):
            yield from (path for name in names if is_evidence_file(path := Path(place, name)))


def find_evidence_faults(files: Sequence[EvidenceFile]) -> list[LedgerFault]:
    """Return the files that changed or are gone, each at the first case that rests on it."""
    messages = {FileState.CHANGED: _CHANGED, FileState.GONE: _GONE}
    return [
        LedgerFault(
            f"evidence-{file.state}",
            file.cases[0],
            Message(messages[file.state], {"sha256": file.sha256, "count": len(file.cases)}),
            is_doubt=True,
        )
        for file in files
        if file.state in messages
    ]


_CHANGED = Message(
    "the file of evidence with the SHA-256 {sha256} is no longer what it was: look for the"
    " original. Cases that rest on it: {count}."
).template
_GONE = Message(
    "the file of evidence with the SHA-256 {sha256} is not there: name the folder where it lies"
    " now with --evidence. Cases that rest on it: {count}."
).template
