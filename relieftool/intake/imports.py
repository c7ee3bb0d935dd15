"""Records the files that were read and rebuilds the register, in one transaction."""

from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.intake.corrections import build_corrected_tables
from relieftool.intake.import_toml import RefusalCallback
from relieftool.intake.source_files import ReadFile
from relieftool.messages import ProgressCallback, no_progress
from relieftool.pack.models import Pack
from relieftool.register.build import refresh_register
from relieftool.store.database import write
from relieftool.store.import_status import count_replaced, find_next_step, record_replacements
from relieftool.store.imports import (
    UnusedColumn,
    count_import,
    find_import,
    list_live_namesakes,
    list_unused_columns,
    record_import,
    record_mappings,
)


@dataclass(frozen=True)
class FileReport:
    """The result of importing a file: counts of rows and of their contents, and unread columns.

    `is_new` is False if the same file is imported already. `replaced` is the number of earlier
    imports that it replaced, `beside` the number of live imports of files with this name. `doubts`
    are the problems that are more than an unused column. `without_community` is the number of rows
    that are not used because their community is unknown.
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
    doubts: int
    without_community: int
    unused_columns: list[UnusedColumn]


def record_files(
    db: Database,
    pack: Pack,
    read: list[ReadFile],
    progress: ProgressCallback = no_progress,
    *,
    replace_namesakes: bool = False,
) -> list[FileReport]:
    """Record files and rebuild the register, in one transaction; return a report on each file.

    A file that is imported already is not recorded again. With `replace_namesakes`, each file
    replaces all earlier live imports of files with its name.
    """
    with write(db):
        step = find_next_step(db)
        recorded = [(file, *_record_file(db, file, read, step, progress)) for file in read]
        numbers = {number for _file, number, _is_new in recorded}
        for file, number, _is_new in recorded if replace_namesakes else ():
            _replace_namesakes(db, file, number, numbers)
        for file, number, _is_new in recorded:
            record_mappings(db, number, file.mappings)
        refresh_register(db, pack, progress)
    return [
        build_report(
            db,
            number,
            file.name,
            is_new=is_new,
            replaced=count_replaced(db, number) if is_new or replace_namesakes else 0,
            beside=0 if file.corrected else len(set(list_live_namesakes(db, file.name)) - numbers),
        )
        for file, number, is_new in recorded
    ]


def drop_unusable_corrections(
    db: Database, read: list[ReadFile], refuse: RefusalCallback
) -> list[ReadFile]:
    """Return the files whose corrections, if any, fit the register.

    `refuse` is called with the error for each of the others.
    """
    usable = []
    for file in read:
        try:
            build_corrected_tables(db, file.corrected)
            usable.append(file)
        except ReliefError as error:
            refuse(error)
    return usable


def build_report(  # noqa: PLR0913 all that is reported of a file
    db: Database, number: int, name: str, *, is_new: bool, replaced: int, beside: int
) -> FileReport:
    """Return the report on an import, with its counts and unread columns from the register."""
    counts = count_import(db, number)
    unused = list_unused_columns(db, number)
    return FileReport(number, name, is_new, replaced, beside, **counts, unused_columns=unused)


def _record_file(
    db: Database, file: ReadFile, read: list[ReadFile], step: int, progress: ProgressCallback
) -> tuple[int, bool]:
    """Record a file unless it is imported already; return its import, and whether that is new."""
    known = find_import(db, file.sha256, file.declared)
    if known is not None:
        return known, False
    beside = [other.declared for other in read if other.sha256 == file.sha256]
    tables = [*file.tables, *build_corrected_tables(db, file.corrected)]
    number = record_import(
        db, file.name, file.sha256, file.declared, tables, beside, progress, step
    )
    return number, True


def _replace_namesakes(db: Database, file: ReadFile, number: int, numbers: set[int]) -> None:
    """Record that a file replaces the earlier files of its name.

    `number` is the file's import. `numbers` are all imports of this run, which are not replaced.
    """
    earlier = [other for other in list_live_namesakes(db, file.name) if other not in numbers]
    record_replacements(db, number, earlier)
