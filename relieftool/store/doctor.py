"""What may be wrong with a register's file and the place where it lies, each with its remedy.

The ledger's own proof is in `cases.verify`; what is checked here needs no ledger.
"""

import datetime as dt
import os
import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from relieftool.messages import Message
from relieftool.store.backups import list_backups
from relieftool.store.database import find_backup_folder

_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700
_OTHERS = 0o077
_OLDEST_BACKUP = 7  # days
_ROOM_NEEDED = 3  # times the size of the register: for a backup, its check, and the journal
# Folders whose program copies files to other computers while they are in use.
_SYNCED = re.compile(
    r"onedrive|dropbox|google ?drive|icloud|nextcloud|seafile|syncthing|baidu|百度网盘|坚果云"
    r"|nutstore|wps ?cloud|wps云|wpsdrive|微云|阿里云盘|同步盘",
    re.IGNORECASE,
)
_NETWORK_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afpfs", "davfs"}


@dataclass(frozen=True)
class Ailment:
    """Something wrong with a register or its place: what was checked, what it is, what to do."""

    check: str
    message: Message
    remedy: Message
    is_mended: bool = False


def examine_place(register: Path, *, now: dt.datetime | None = None) -> list[Ailment]:
    """Return what is wrong with where a register lies; files that others can read are mended."""
    now = now or dt.datetime.now(dt.UTC)
    return [
        *_close_to_others(register),
        *_find_shared_place(register),
        *_find_old_backup(register, now),
        *_find_little_room(register),
    ]


def _close_to_others(register: Path) -> Iterator[Ailment]:
    """Take away the rights of others to a register and its side files, and yield each."""
    if os.name == "nt":  # rights are those of the folder there
        return
    beside = (f"{register.name}-journal", f"{register.name}.heads", f"{register.name}.damaged-*")
    files = [register, *(path for name in beside for path in register.parent.glob(name))]
    folder = find_backup_folder(register)
    private = [(path, _PRIVATE_FILE) for path in [*files, *folder.glob("*.db"), folder / "heads"]]
    for path, mode in [*private, (folder, _PRIVATE_FOLDER)]:
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & _OTHERS:
            path.chmod(mode)
            yield Ailment(
                "rights",
                Message("others on this computer could read {file}.", {"file": path.name}),
                Message("Mended: only you can read it now."),
                is_mended=True,
            )


def _find_shared_place(register: Path) -> Iterator[Ailment]:
    folder = str(register.resolve().parent)
    if folder.startswith("\\\\") or _find_file_system(folder) in _NETWORK_SYSTEMS:
        yield Ailment(
            "place",
            Message("the register lies on a network drive, where locks are not dependable."),
            Message("Move it to this computer's own disk; `relief file backup --to` makes copies."),
        )
    elif _SYNCED.search(folder):
        yield Ailment(
            "place",
            Message("the register lies in a folder that is copied to other computers."),
            Message(
                "Move it out of that folder; `relief file backup --to` makes copies to hand on."
            ),
        )


def _find_file_system(folder: str) -> str:
    """Return the kind of file system a folder is on; empty where that cannot be seen."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return ""
    fields = [line.split() for line in mounts.read_text("utf-8", "replace").splitlines()]
    on = [(len(place), kind) for _device, place, kind, *_rest in fields if _lies_in(folder, place)]
    return max(on, default=(0, ""))[1]


def _lies_in(folder: str, place: str) -> bool:
    return folder == place or folder.startswith(place.rstrip("/") + "/")


def _find_old_backup(register: Path, now: dt.datetime) -> Iterator[Ailment]:
    newest = next((made for made in list_backups(register) if made.made_at <= now), None)
    remedy = Message("`relief file backup` makes one; keep another on a disk of its own.")
    if newest is None:
        yield Ailment("backup", Message("there is no backup."), remedy)
    elif (days := (now - newest.made_at).days) > _OLDEST_BACKUP:
        message = Message("the last backup is {days} days old.", {"days": days})
        yield Ailment("backup", message, remedy)


def _find_little_room(register: Path) -> Iterator[Ailment]:
    free = shutil.disk_usage(register.parent).free
    needed = register.stat().st_size * _ROOM_NEEDED
    if free < needed:
        megabytes = {"free": free // 10**6, "needed": needed // 10**6}
        yield Ailment(
            "room",
            Message("{free} MB are free on the disk, {needed} MB are needed.", megabytes),
            Message("Make room: an import or backup that finds none writes nothing."),
        )
