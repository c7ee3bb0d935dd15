"""Back the register's file up, go back to a backup, and examine the file.

The first sentence is shown by `relief --help`.
"""

import datetime as dt
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from sqlite_utils import Database

from relieftool.cases.verify import verify_ledger
from relieftool.commands import options
from relieftool.commands.help import ReliefCommand, ReliefGroup, with_option_groups
from relieftool.errors import EXIT_DONE, EXIT_LOOK, ReliefError
from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.messages import Message, _
from relieftool.output.result import Column, RecordTable
from relieftool.output.streams import print_message
from relieftool.output.terminal import show_progress
from relieftool.store.backups import (
    BY_HAND,
    Backup,
    copy_register_to,
    list_backups,
    make_backup,
    replace_damaged,
    restore_backup,
)
from relieftool.store.database import find_backup_folder, open_register
from relieftool.store.doctor import Ailment, examine_place
from relieftool.store.entries import FIELD_CHAINS

app = typer.Typer(
    cls=ReliefGroup,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Back the register's file up, go back to a backup, and examine the file."
    "\n\nExample: relief file backup",
)

BackupTarget = Annotated[
    Path | None,
    typer.Option(
        "--to", metavar="FILE", help="Where to write it, as on a stick; otherwise beside the file."
    ),
]
BackupName = Annotated[
    str, typer.Argument(metavar="BACKUP", help="Its name in `relief file backups`, or a file.")
]


@app.command("backup", cls=ReliefCommand)
@with_option_groups("file backup")
def backup(*, db: options.Db = options.DEFAULT_DB, to: BackupTarget = None) -> None:
    """Write a checked copy of the register, even while others use it.

    Copies beside the file are thinned out as they age: 12 days, 10 weeks, 9 months.

    Example: relief file backup
    """
    with open_register(db) as register, show_progress(sys.stderr, _("Copying")):
        written = to or make_backup(register, BY_HAND).path
        if to is not None:
            _require_new(to)
            copy_register_to(register, to)
    print_message(_("Written and checked: {file}").format(file=written))


@app.command("backups", cls=ReliefCommand)
@with_option_groups("file backups")
def backups(*, db: options.Db = options.DEFAULT_DB, showing: options.ShowOptions) -> None:
    """List the backups beside the register, newest first.

    Example: relief file backups
    """
    columns: tuple[Column[Backup], ...] = (
        Column("name", _("Backup"), is_whole=True),
        Column("made_at", _("Made"), _format_moment),
        Column("occasion", _("Occasion"), _format_occasion),
        Column.number("size", _("MB"), format=lambda size: f"{size / 10**6:.1f}"),
    )
    footer = _("`relief file restore BACKUP` goes back to one.")
    found = list_backups(db)
    table = RecordTable(_("Backups"), columns, found, (footer,) if found else ())
    showing.show(table.result("file backups", "backups"))


@app.command("restore", cls=ReliefCommand)
@with_option_groups("file restore")
def restore(name: BackupName, *, db: options.Db = options.DEFAULT_DB) -> None:
    """Make the register what it was at a backup; what it was before is kept as another backup.

    Example: relief file restore 2024-12-10T093000-import.db
    """
    source = _find_backup(db, name)
    if _is_damaged(db):
        aside = replace_damaged(db, source)
        print_message(_("The register could not be opened; it is now {file}.").format(file=aside))
    else:
        with open_register(db, is_checked=False) as register:
            before = restore_backup(register, source)
        print_message(_("To undo this: `relief file restore {backup}`.").format(backup=before.name))
    print_message(_("Restored: {file} is what it was at the backup.").format(file=db.name))


@app.command("doctor", cls=ReliefCommand)
@with_option_groups("file doctor")
def doctor(*, db: options.Db = options.DEFAULT_DB, showing: options.ShowOptions) -> None:
    """Examine the register's file and where it lies, with a remedy for each thing that is wrong.

    Example: relief file doctor
    """
    with (
        open_register(db, is_checked=False) as register,
        show_progress(sys.stderr, _("Examining")),
    ):
        found = _find_faults(register)
    found += examine_place(db)
    columns: tuple[Column[Ailment], ...] = (
        Column("check", _("Check")),
        Column("message", _("What is wrong"), value=lambda ailment: str(ailment.message)),
        Column("remedy", _("What to do"), value=lambda ailment: str(ailment.remedy)),
        Column("is_mended", _("Mended")),
    )
    showing.show(RecordTable(_("The file"), columns, found).result("file doctor", "ailments"))
    if not found:
        print_message(_("Nothing is wrong with the file or where it lies."))
    raise typer.Exit(EXIT_LOOK if found else EXIT_DONE)


def _find_faults(register: Database) -> list[Ailment]:
    """Return the faults of the file and its ledger, as `relief verify` finds them."""
    faults = verify_ledger(register, chains=FIELD_CHAINS, checks=FIELD_CHECKS)
    remedy = Message("`relief verify` says more. Go back to the newest backup that verifies.")
    return [
        Ailment(f"{fault.check} {fault.place}", fault.message, remedy)
        for fault in faults
        if not fault.is_doubt
    ]


def _require_new(target: Path) -> None:
    """Raise ReliefError if a file is there already: a backup never replaces another."""
    if target.exists():
        raise ReliefError(
            target.name,
            _("there is a file of this name already"),
            _("Give another name; nothing was written."),
        )


def _find_backup(db: Path, name: str) -> Path:
    """Return the path of a backup by its name in the list, or of a file named."""
    listed: Sequence[Backup] = list_backups(db)
    found = {backup.name: backup.path for backup in listed}.get(name) or Path(name)
    if not found.is_file():
        raise ReliefError(
            name,
            _("there is no such backup"),
            _("`relief file backups` lists those in {folder}.").format(
                folder=find_backup_folder(db).name
            ),
        )
    return found


def _is_damaged(db: Path) -> bool:
    """Whether a register cannot be opened because of what is in it, not because it is in use."""
    try:
        with open_register(db, is_checked=False):
            return False
    except ReliefError as error:
        code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
        return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _format_moment(moment: dt.datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _format_occasion(occasion: str) -> str:
    words = {
        "hand": _("by hand"),
        "import": _("before an import"),
        "undo": _("before an undo"),
        "restore": _("before a restore"),
        "migration": _("before a change of its schema"),
        "forget": _("before forgetting"),
    }
    return words.get(occasion, occasion)
