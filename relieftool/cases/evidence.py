"""Evidence for closings and decisions, in words or as a file; checks that files are unchanged.

The ledger has the hash of a file. The path is in a separate table that may be changed or emptied: a
file that was moved is found by its hash, in the folders that the user names.
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

_HASH_OF_NOTHING = hashlib.sha256().hexdigest()


@dataclass(frozen=True)
class Evidence:
    """Evidence in words (`note`), or a file: its name (`note`), SHA-256 and path."""

    note: str
    sha256: str | None = None
    path: Path | None = None


def read_evidence(stated: str) -> Evidence:
    """Return the file with this path as evidence or, if there is no such file, the text itself.

    Raises:
        ReliefError: The text has no letter or digit, or the file is empty or cannot be read.
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
    """Return the name of a file with these people's names and all ID numbers replaced by stars.

    Names of one character stay, because they may be part of any word.

    >>> redact_names("李小二 360302199001011234 通知书.pdf", ["李小二", None])
    '*** *** 通知书.pdf'
    >>> redact_names("通知书.pdf", ["通"])
    '通知书.pdf'
    """
    for name in sorted(filter(None, names), key=len, reverse=True):
        if len(name) > 1:
            file_name = file_name.replace(name, "***")
    return re.sub(r"(?<!\d)(\d{17}[\dXx]|\d{15})(?!\d)", "***", file_name)


def hash_evidence_file(path: Path) -> str | None:
    """Return the SHA-256 of a file; None if it cannot be read."""
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return None


def is_evidence_file(path: Path) -> bool:
    """Whether a path is a file; False for a text that cannot be a path."""
    try:
        return path.is_file()
    except OSError:  # raised for a text that is too long for a path
        return False


def _hash_file(path: Path) -> str:
    sha256 = hash_evidence_file(path)
    if sha256 is None:
        raise ReliefError(
            "--evidence",
            _("cannot be read as evidence"),
            _("Close it where it is open, or check that you may read it; then try again."),
        )
    if sha256 == _HASH_OF_NOTHING:
        raise ReliefError(
            "--evidence",
            _("is empty and proves nothing"),
            _("Name another file, or say in words what proves it."),
        )
    return sha256


class FileState(StrEnum):
    """The state of a file of evidence; `unknown` if there is no path or folder to look in."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class EvidenceFile:
    """A file of evidence: its SHA-256, the cases whose entries have that hash, and its state."""

    sha256: str
    cases: tuple[str, ...]
    state: FileState


def record_evidence_place(db: Database, sha256: str | None, path: Path | None) -> None:
    """Record the path of a file of evidence, outside the ledger; only inside `write`.

    Nothing is recorded if `sha256` or `path` is None, or if the path cannot be stored as text,
    because the file could not be found again.
    """
    if sha256 is None or path is None or escape_surrogates(str(path)) != str(path):
        return
    place = [sha256, str(path.absolute())]
    db.execute("INSERT OR REPLACE INTO evidence_places (sha256, path) VALUES (?, ?)", place)


def check_evidence_files(db: Database, folders: Sequence[Path] = ()) -> list[EvidenceFile]:
    """Return every file of evidence with its state.

    Files are looked for at their recorded paths; files that are not found there, or have changed,
    are looked for in `folders`.
    """
    cases: dict[str, dict[str, None]] = defaultdict(dict)
    places: dict[str, dict[Path, None]] = defaultdict(dict)
    for sha256, case_no, note, path in db.execute(_EVIDENCE).fetchall():
        cases[sha256][case_no] = None
        stated = path or _parse_old_place(note)
        if stated:
            places[sha256][Path(stated)] = None
    states = {
        sha256: _check_places(sha256, list(places[sha256]), is_sought=bool(folders))
        for sha256 in cases
    }
    missing = {sha256 for sha256, state in states.items() if state != FileState.SAME}
    states |= dict.fromkeys(_find_hashes(folders, missing), FileState.SAME)
    return [EvidenceFile(sha256, tuple(cases[sha256]), state) for sha256, state in states.items()]


_EVIDENCE = """
    SELECT evidence_sha256, case_no, note, path FROM case_entries
    LEFT JOIN evidence_places ON evidence_places.sha256 = evidence_sha256
    WHERE evidence_sha256 IS NOT NULL ORDER BY entry_id
"""


def _parse_old_place(note: str | None) -> str | None:
    """Return the path in the note of an old closing, written before paths had their own table.

    None if the note does not end in a path.
    """
    stated = (note or "").rpartition(" — ")[2]
    return stated if Path(stated).is_absolute() else None


def _check_places(sha256: str, places: Sequence[Path], *, is_sought: bool) -> FileState:
    """Return the state of a file by its recorded paths.

    A file without such a path is gone if it is also looked for in folders (`is_sought`), otherwise
    its state is unknown.
    """
    existing = [path for path in places if is_evidence_file(path)]
    if any(hash_evidence_file(path) == sha256 for path in existing):
        return FileState.SAME
    if existing:
        return FileState.CHANGED
    return FileState.GONE if places or is_sought else FileState.UNKNOWN


def _find_hashes(folders: Sequence[Path], wanted: set[str]) -> Iterator[str]:
    """Return each hash in `wanted` that a file in the folders has."""
    left = set(wanted)
    for path in _walk_files(folders):
        if not left:
            return
        found = hash_evidence_file(path)
        if found in left:
            left.discard(found)
            yield found


def _walk_files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for place, _folders, names in os.walk(folder):
            yield from (path for name in names if is_evidence_file(path := Path(place, name)))


def find_evidence_faults(files: Sequence[EvidenceFile]) -> list[LedgerFault]:
    """Return a fault for each file that changed or is gone.

    The place of a fault is the first case whose entry has the hash of the file.
    """
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
