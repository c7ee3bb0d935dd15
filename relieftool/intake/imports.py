"""Files that were read into the register, and the register made anew, all in one transaction."""

from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.intake.corrections import build_corrected_tables
from relieftool.intake.source_files import ReadFile, read_paths
from relieftool.messages import ProgressCallback, no_progress
from relieftool.pack.models import Pack
from relieftool.register.build import refresh_register
from relieftool.store.database import write
from relieftool.store.import_status import record_replacements
from relieftool.store.imports import (
    UnusedColumn,
    count_import,
    find_import,
    list_live_namesakes,
    list_unused_columns,
    record_import,
    record_mappings,
)

__all__ = ["FileReport", "ReadFile", "read_paths", "record_files"]


@dataclass(frozen=True)
class FileReport:
    """What became of one file: its rows and what they gave; `is_new` is False if known before.

    `list_unused_columns` are those that nobody knows and nobody chose to leave out.
    `replaced` counts earlier imports of files of this name taken back, `beside` those that still
    count beside it.
    """

    import_no: int
    file_name: str
    is_new: bool
    replaced: int
    beside: int
    rows: int
    households: int
    members: int
    receipts: int
    problems: int
    unused_columns: list[UnusedColumn]


def record_files(
    db: Database,
    pack: Pack,
    read: list[ReadFile],
    progress: ProgressCallback = no_progress,
    *,
    replace_namesakes: bool = False,
) -> list[FileReport]:
    """Keep what is new and make the register anew, all in one transaction.

    What was imported before changes nothing. With `replace_namesakes`, earlier imports of files of
    the same names no longer count.
    """
    with write(db):
        kept = [(one, *_keep(db, one, read, progress)) for one in read]
        numbers = {number for _one, number, _is_new in kept}
        replaced = [
            _replace(db, one, number, numbers) if replace_namesakes else 0
            for one, number, _is_new in kept
        ]
        for one, number, _is_new in kept:
            record_mappings(db, number, one.mappings)
        refresh_register(db, pack, progress)
    return [
        build_report(
            db,
            number,
            one.name,
            is_new=is_new,
            replaced=count,
            beside=0 if one.corrected else len(set(list_live_namesakes(db, one.name)) - numbers),
        )
        for (one, number, is_new), count in zip(kept, replaced, strict=True)
    ]


def build_report(  # noqa: PLR0913 all that is told of a file
    db: Database, number: int, name: str, *, is_new: bool, replaced: int, beside: int
) -> FileReport:
    """Say what an import came to."""
    counts = count_import(db, number)
    unused = list_unused_columns(db, number)
    return FileReport(number, name, is_new, replaced, beside, **counts, unused_columns=unused)


def _keep(
    db: Database, one: ReadFile, read: list[ReadFile], progress: ProgressCallback
) -> tuple[int, bool]:
    """Keep a file unless it is known; return the import's number and whether it is new."""
    known = find_import(db, one.sha256, one.declared)
    if known is not None:
        return known, False
    beside = [other.declared for other in read if other.sha256 == one.sha256]
    tables = [*one.tables, *build_corrected_tables(db, one.corrected)]
    number = record_import(db, one.name, one.sha256, one.declared, tables, beside, progress)
    return number, True


def _replace(db: Database, one: ReadFile, number: int, numbers: set[int]) -> int:
    """Let a file stand in the place of its earlier namesakes; return how many."""
    earlier = [other for other in list_live_namesakes(db, one.name) if other not in numbers]
    record_replacements(db, number, earlier)
    return len(earlier)
