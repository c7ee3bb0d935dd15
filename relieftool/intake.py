"""Files that were read into the register: one file one transaction, then the register anew."""

from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.pack.models import Pack
from relieftool.reading import ReadFile, read_paths
from relieftool.registry.imports import (
    find_import,
    import_summary,
    live_namesakes,
    record_import,
    take_back_namesakes,
)
from relieftool.registry.mappings import remember_mappings
from relieftool.registry.projection import ensure_register
from relieftool.registry.store import write

__all__ = ["FileReport", "ReadFile", "keep_files", "read_paths"]


@dataclass(frozen=True)
class FileReport:
    """What became of one file: its rows and what they gave; `is_new` is False if known before.

    `replaced` counts earlier imports of files of this name taken back, `beside` those that still
    count beside it.
    """

    file_name: str
    is_new: bool
    replaced: int
    beside: int
    rows: int
    households: int
    members: int
    receipts: int
    problems: int


def keep_files(
    db: Database, pack: Pack, read: list[ReadFile], *, replace_namesakes: bool = False
) -> list[FileReport]:
    """Keep what is new, one transaction a file, then make the register anew.

    What was imported before changes nothing. With `replace_namesakes`, earlier imports of files of
    the same names no longer count.
    """
    numbers: list[tuple[int, bool]] = []
    for one in read:
        number = find_import(db, one.sha256, one.declared)
        if number is None:
            beside = [other.declared for other in read if other.sha256 == one.sha256]
            with write(db):
                new = record_import(db, one.name, one.sha256, one.declared, one.tables, beside)
            numbers.append((new, True))
        else:
            numbers.append((number, False))
    with write(db):
        for one in read:
            remember_mappings(db, one.mappings)
    kept = {number for number, _is_new in numbers}
    replaced: dict[str, int] = {}
    if replace_namesakes:
        with write(db):
            replaced = {one.name: take_back_namesakes(db, one.name, kept) for one in read}
    ensure_register(db, pack)
    return [
        FileReport(
            file_name=one.name,
            is_new=is_new,
            replaced=replaced.get(one.name, 0),
            beside=len(set(live_namesakes(db, one.name)) - kept),
            **import_summary(db, number),
        )
        for one, (number, is_new) in zip(read, numbers, strict=True)
    ]
