"""Power cuts, simulated: what may be on the disk when the power goes while a command runs.

`record` runs the real command under strace and returns each change of a file in its folder. `Disk`
follows them: what was not synced may be lost, each write for itself and torn at 512 or 4,096 bytes;
names of files are kept in the order in which they were changed. A new name is only safe once its
folder was synced.
"""

import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from relieftool.errors import ReliefError
from relieftool.intake.forgetting import read_forgotten
from relieftool.store.backups import list_backups
from relieftool.store.database import is_older_copy, open_register
from relieftool.store.entries import FORGETTINGS, list_entries

STRACE = shutil.which("strace")
NEEDED = "RELIEF_NEEDS_STRACE"  # set where a missing strace is a failure: in .ci/run
CALLS = (
    "openat,creat,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fsync,fdatasync,rename,"
    "renameat,renameat2,unlink,unlinkat,link,linkat,mkdir,mkdirat,sendfile,copy_file_range,fallocate"
)
START = "from relieftool.start import start; start()"
_CALL = re.compile(
    r"(\d+) +(?:(\w+)\((.*)\) += (-?\d+|\?)|<\.\.\. \w+ resumed>(.*)|(.*) <unfinished \.\.\.>)"
)
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_OPENED = re.compile(r"(-?\d+|AT_FDCWD)<((?:\\x[0-9a-f]{2})*)")
_SECTORS = (512, 4096)
UNREADABLE = "unreadable "  # what a damaged register is, before and while a backup replaces it


class Change(NamedTuple):
    """A change of a file: what is done, to which file, where, and with what."""

    action: str
    path: str = ""
    offset: int = 0
    content: bytes = b""
    target: str = ""
    source: slice = slice(0)


def record(folder, *line, code=START):
    """Run Python code, as it is relief's with a command line; return how it ended, and changes."""
    log = folder.with_name(f"{folder.name}.strace")
    command = [STRACE, "-f", "-y", "-qq", "-xx", "-s", "16777216", "--seccomp-bpf"]
    command += ["-e", f"trace={CALLS}", "-e", "signal=none", "-o", str(log)]
    command += [sys.executable, "-c", code, *map(str, line)]
    paths = {"PYTHONPATH": os.pathsep.join(sys.path), "RELIEF_DB": str(folder / "relief.db")}
    done = subprocess.run(  # noqa: S603 our own program
        command, cwd=folder, env=os.environ | paths, check=False, capture_output=True, text=True
    )
    changes = list(_read_log(log, str(folder)))
    log.unlink()
    return done, changes


def _read_log(log, folder):
    """Yield the changes below a folder; calls that another process interrupted are put together."""
    begun, offsets = {}, {}
    for text in log.read_text("ascii").splitlines():
        match = _CALL.match(text)
        if match is None:
            continue
        process, call, arguments, result, rest, start = match.groups()
        if start is not None:
            begun[process] = start
            continue
        if rest is not None:
            match = _CALL.match(f"{process} {begun.pop(process, '')}{rest}")
            if match is None:
                continue
            process, call, arguments, result = match.groups()[:4]
        if result == "?" or int(result) < 0:
            continue
        yield from _read_call(call, arguments, int(result), folder, offsets)


def _read_call(call, arguments, result, folder, offsets):  # noqa: C901, PLR0912 a call each
    """Yield the changes that a call made below a folder."""
    opened = [
        _decode(found[1]).decode("utf-8", "surrogateescape") for found in _OPENED.findall(arguments)
    ]
    texts = [_decode(text) for text in _TEXT.findall(arguments)]
    numbers = [int(text) for text in re.findall(r"(?<=, )-?\d+(?=,|$)", arguments)]
    if call in {"write", "writev"} and arguments[:2] in {"1<", "2<"}:
        yield Change("said")
        return
    if call in _OF_NAMES:
        start = opened[0] if opened else folder
        names = [str(Path(start) / os.fsdecode(text)) for text in texts]
        if names and not names[-1].startswith(folder):
            return
        if call in {"openat", "creat"}:
            offsets[result, names[0]] = -1 if "O_APPEND" in arguments else 0
            if "O_CREAT" in arguments or call == "creat":
                yield Change("create", names[0])
            if "O_TRUNC" in arguments or call == "creat":
                yield Change("size", names[0])
        elif call == "truncate":
            yield Change("size", names[0], numbers[-1])
        else:
            yield Change(_OF_NAMES[call], names[0], target=names[-1])
        return
    if not opened or not opened[0].startswith(folder):
        return
    path, file = opened[0], int(arguments.partition("<")[0])
    if call in {"fsync", "fdatasync"}:
        yield Change("sync", path)
    elif call == "ftruncate":
        yield Change("size", path, numbers[-1])
    elif call == "pwrite64":
        yield Change("write", path, numbers[-1], texts[0][:result])
    elif call in {"write", "sendfile"}:
        at = offsets.get((file, path), 0)
        if call == "write":
            yield Change("write", path, at, texts[0][:result])
        else:
            source = slice(begin := int(re.findall(r"\[(\d+)\]", arguments)[0]), begin + result)
            yield Change("copy", path, at, target=opened[1], source=source)
        if at >= 0:
            offsets[file, path] = at + result
    elif call != "openat":
        raise NotImplementedError(f"{call} {path}")


_OF_NAMES = {"openat": "", "creat": "", "truncate": ""} | dict.fromkeys(
    ("mkdir", "mkdirat"), "mkdir"
)
_OF_NAMES |= dict.fromkeys(("unlink", "unlinkat"), "unlink") | dict.fromkeys(
    ("link", "linkat"), "link"
)
_OF_NAMES |= dict.fromkeys(("rename", "renameat", "renameat2"), "rename")


def _decode(text):
    return bytes.fromhex(text.replace("\\x", ""))


class Disk:
    """Files as a process sees them, what of them is safe, and what a power cut may lose."""

    def __init__(self, files):
        self.names = {path: number for number, path in enumerate(files)}
        self.contents = dict(enumerate(files.values()))
        self.safe_names, self.safe = dict(self.names), dict(self.contents)
        self.pending = []

    def follow(self, change):
        """Make a change; what of it is not safe yet is noted."""
        path = change.path
        if change.action == "sync":
            self._sync(path)
        elif change.action in {"create", "rename", "unlink", "link"}:
            self._name(change)
        elif change.action in {"write", "size", "copy"}:
            number = self.names.get(path)
            if number is None:  # a file that has no name any more
                return
            at = len(self.contents[number]) if change.offset < 0 else change.offset
            noted = (change.action, number, at, change.content)
            if change.action == "copy":
                copied = self.contents[self.names[change.target]][change.source]
                noted = ("write", number, at, copied)
            self.contents[number] = _apply(self.contents[number], noted)
            self.pending.append(noted)

    def _name(self, change):
        number = self.names.get(change.path)
        if change.action == "create":
            if number is not None:
                return
            number = len(self.contents)
            self.contents[number] = self.safe[number] = b""
        noted = (change.action, change.path, change.target, number)
        _rename(self.names, noted)
        self.pending.append(noted)

    def _sync(self, path):
        if (number := self.names.get(path)) is not None:
            kept = []
            for noted in self.pending:
                if noted[0] in {"write", "size"} and noted[1] == number:
                    self.safe[number] = _apply(self.safe[number], noted)
                else:
                    kept.append(noted)
            self.pending = kept
            return
        kept = []
        for noted in self.pending:
            if noted[0] not in {"write", "size"} and str(Path(noted[1]).parent) == path:
                _rename(self.safe_names, noted)
            else:
                kept.append(noted)
        self.pending = kept

    def cut(self, drawn):
        """Return the files that a power cut may leave now, drawn by chance."""
        style, sector = (
            drawn.choice(("all", "none", "some", "some", "torn", "torn")),
            drawn.choice(_SECTORS),
        )
        names, contents = dict(self.safe_names), dict(self.safe)
        named = [noted for noted in self.pending if noted[0] not in {"write", "size"}]
        most = (
            len(named) if style == "all" else 0 if style == "none" else drawn.randint(0, len(named))
        )
        for noted in named[:most]:
            _rename(names, noted)
        share = drawn.choice((0.1, 0.5, 0.9))
        for noted in self.pending:
            if noted[0] in {"write", "size"}:
                for part in _tear(noted, sector) if style == "torn" else [noted]:
                    if style == "all" or (style != "none" and drawn.random() < share):
                        contents[noted[1]] = _apply(contents[noted[1]], part)
        return {path: contents[number] for path, number in names.items()}

    def files(self):
        """Return the files as a process sees them."""
        return {path: self.contents[number] for path, number in self.names.items()}


def _apply(content, noted):
    action, _number, at, new = noted
    if action == "size":
        return content[:at].ljust(at, b"\0")
    return content[:at].ljust(at, b"\0") + new + content[at + len(new) :]


def _tear(noted, sector):
    """Return the parts of a write, one for each sector of the disk."""
    action, number, at, new = noted
    if action == "size":
        return [noted]
    ends = [*range(at - at % sector + sector, at + len(new), sector), at + len(new)]
    return [
        (action, number, begin, new[begin - at : end - at])
        for begin, end in zip([at, *ends], ends, strict=False)
    ]


def _rename(names, noted):
    action, path, target, number = noted
    if action == "create":
        names[path] = number
    elif action == "link":
        names[target] = names[path]
    elif path in names:
        moved = names.pop(path)
        if action == "rename":
            names[target] = moved


def hash_rows(connection):
    """Return a hash of all that a database holds."""
    digest = hashlib.sha256()
    tables = connection.execute(
        "SELECT name, sql FROM sqlite_schema ORDER BY type, name"
    ).fetchall()
    for name, made in tables:
        digest.update(repr((name, made)).encode())
        if made and made.startswith("CREATE TABLE"):
            digest.update(repr(connection.execute(f'SELECT * FROM "{name}"').fetchall()).encode())
    return digest.hexdigest()


def hash_state(content, scratch):
    """Return a hash of what a register's file holds; of its bytes if it is no database."""
    if not content:
        return "none"
    scratch.write_bytes(content)
    try:
        with closing(sqlite3.connect(scratch)) as connection:
            return hash_rows(connection)
    except sqlite3.DatabaseError:
        return UNREADABLE + hashlib.sha256(content).hexdigest()
    finally:
        scratch.unlink()
        scratch.with_name(f"{scratch.name}-journal").unlink(missing_ok=True)


class Cuts:
    """A command's changes, cut short again and again; what was found in the files then.

    A register must be as it was at one of the command's own commits: the last that it went on
    after, or one it had begun. `before` are the files as the command found them.
    """

    def __init__(self, changes, before, scratch):
        self.changes, self.before, self.scratch = changes, before, scratch
        self.register = str(scratch.parent / "relief.db")
        self.commits, self.acknowledged = [], 0
        self.seen, self.faults = set(), []

    def run(self, count, drawn, examine):
        """Cut the power until `count` different states were examined, or no new ones come."""
        for _round in range(20):
            self._run_once(drawn, examine, count)
            if len(self.seen) >= count:
                break
        return self

    def _run_once(self, drawn, examine, count):
        disk = Disk(self.before)
        self.commits, self.acknowledged = [self._hash(disk)], 0
        chosen = sorted(drawn.randint(0, len(self.changes)) for _cut in range(count))
        for place, change in enumerate([*self.changes, Change("said")]):
            while chosen and chosen[0] == place:
                chosen.pop(0)
                self._examine(place, disk.cut(drawn), examine, count)
            is_commit = self._is_commit(change, disk)
            if change.action != "sync":
                self.acknowledged = len(self.commits) - 1
            disk.follow(change)
            if is_commit:
                self.commits.append(self._hash(disk))

    def _is_commit(self, change, disk):
        journal = f"{self.register}-journal"
        if change.action == "rename":
            return self.register in {change.path, change.target}
        is_emptied = change.path == journal and (change.action, change.offset) in {
            ("size", 0),
            ("unlink", 0),
        }
        return is_emptied and bool(disk.files().get(journal))

    def _hash(self, disk):
        return hash_state(disk.files().get(self.register, b""), self.scratch)

    def _examine(self, place, files, examine, count):
        state = hashlib.sha256(repr((sorted(files.items()), self.acknowledged)).encode()).digest()
        if state in self.seen or len(self.seen) >= count:
            return
        self.seen.add(state)
        found, said = examine(files)
        if (said and UNREADABLE not in found) or found not in self.commits[self.acknowledged :]:
            self.faults.append((place, said or ("lost" if found in self.commits else "damaged")))


def read_files(folder):
    """Return the files below a folder, by path."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write_files(files, folder):
    """Make a folder hold these files and no others."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path, content in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(content)
        Path(path).chmod(0o600)


def examine(files, folder):
    """Return the hash of what relief finds in these files once they are opened, and what is wrong.

    A register that is not there, or is empty, must be one that an import can begin with.
    """
    write_files(files, folder)
    path = folder / "relief.db"
    try:
        with open_register(path) as db:
            return hash_rows(db.conn), next(find_wrong(path, db), "")
    except (ReliefError, sqlite3.DatabaseError) as error:
        if path.exists() and path.stat().st_size:
            return hash_state(path.read_bytes(), folder / "scratch"), str(error)
    with open_register(path, create=True):
        return "none", ""


def find_wrong(path, db):
    """Yield what is wrong with an open register and what lies beside it."""
    if is_older_copy(db):
        yield "taken for an older copy"
    forgotten = {row["household_no"] for row in list_entries(db, FORGETTINGS)}
    if forgotten - {number for number, _member in read_forgotten(db)}:
        yield "the list of who was forgotten lacks somebody"
    for backup in list_backups(path):
        with closing(sqlite3.connect(backup.path)) as copy:
            if copy.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                yield "a backup is damaged"
