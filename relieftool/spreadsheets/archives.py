"""A .zip of spreadsheets, unpacked into a folder; used in the child process only.

Names that a Chinese Windows wrote are read as such. Nothing leaves the folder.
"""

import re
import shutil
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO

from relieftool.spreadsheets.archive_guard import RefusedError, refuse_bombs

_MOST_MEMBERS = 2000
_MOST_ARCHIVE_BYTES = 1 << 30
_LONGEST_NAME = 80
_IS_UTF8, _IS_LOCKED = 0x800, 0x1
_DRIVE = re.compile(r"^[A-Za-z]:")


def decode_member_name(entry: zipfile.ZipInfo) -> str:
    """Give a member's name; one not marked as UTF-8 is tried as UTF-8, then as GB18030.

    >>> decode_member_name(zipfile.ZipInfo("名单.csv".encode("gbk").decode("cp437")))
    '名单.csv'
    """
    if entry.flag_bits & _IS_UTF8:
        return entry.filename
    try:
        written = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def unpack_members(stream: IO[bytes], folder: Path, endings: tuple[str, ...]) -> None:
    """Unpack the members of an archive that end so; all others stay packed.

    Raises:
        RefusedError: it is locked, would fill the disk, or holds another archive or a name that
            leads out of the folder.
        zipfile.BadZipFile: it is damaged.
    """
    with zipfile.ZipFile(stream) as archive:
        refuse_bombs(archive)
        wanted = [entry for entry in archive.infolist() if not entry.is_dir()]
        if (
            len(wanted) > _MOST_MEMBERS
            or sum(entry.file_size for entry in wanted) > _MOST_ARCHIVE_BYTES
        ):
            raise RefusedError("archive-too-large")
        for entry in wanted:
            name = decode_member_name(entry).replace("\\", "/")
            if _leads_out(name):
                raise RefusedError("archive-leads-out")
            if name.lower().endswith(".zip"):
                raise RefusedError("archive-in-archive")
            if name.lower().endswith(endings):
                _write(archive, entry, folder / name)


def _leads_out(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name.startswith("/") or ".." in parts or _DRIVE.match(name) is not None


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    """Unpack one member under a name of bearable length; no earlier one is written over."""
    if entry.flag_bits & _IS_LOCKED:
        raise RefusedError("password")
    path = path.with_name(path.name[-_LONGEST_NAME:])
    if path.exists():
        raise RefusedError("archive-twice")
    path.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as packed, path.open("wb") as unpacked:
        shutil.copyfileobj(packed, unpacked)
