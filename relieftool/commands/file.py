"""Back the register's file up, go back to a backup, and examine the file.

Example: relief file backup
"""

import datetime as dt
import sqlite3
import sys
from collections.abc import Sequence
from operator import itemgetter
from pathlib import Path
from typing import Annotated

import typer
from sqlite_utils import Database

from relieftool.cases.case_list import list_cases
from relieftool.cases.verify import verify_ledger
from relieftool.commands import options
from relieftool.commands.session import back_up_before, state_head, today
from relieftool.errors import EXIT_DONE, EXIT_LOOK, ReliefError
from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.intake.forgetting import forget_again, forget_people, keep_forgotten, list_due
from relieftool.messages import Message, _
from relieftool.output.result import Column, RecordTable
from relieftool.output.streams import print_message
from relieftool.output.terminal import show_progress
from relieftool.pack.pack_cache import drop_kept
from relieftool.store.access_log import (
    Access,
    drop_staff,
    keep_staff,
    list_accesses,
    list_staff,
    record_access,
)
from relieftool.store.backups import (
    BY_HAND,
    Backup,
    copy_register_to,
    list_backups,
    make_backup,
    replace_damaged,
    restore_backup,
)
from relieftool.store.chain import find_writer
from relieftool.store.chosen_pack import load_chosen_pack
from relieftool.store.database import find_backup_folder, open_register, write
from relieftool.store.doctor import Ailment, examine_place
from relieftool.store.entries import FIELD_CHAINS
from relieftool.store.file_check import accept_file
from relieftool.store.head_log import log_beginning
from relieftool.store.settings import read_setting, write_setting
from relieftool.values.text import is_reason

# Name and place of each command of the group, in the order of the help page.
FILE_COMMANDS = {
    name: f"relieftool.commands.file:{name}"
    for name in ("backup", "backups", "restore", "accept", "forget", "log", "staff", "doctor")
}


def backup(*, db: options.Db = options.DEFAULT_DB, to: Path | None = None) -> None:
    """Write a checked copy of the register, even while others use it.

    Copies beside the file are thinned out as they age: 12 days, 10 weeks, 9 months.

    Example: relief file backup

    Args:
        to (FILE): Where to write it, as on a stick; otherwise beside the file.
    """
    with open_register(db) as register, show_progress(sys.stderr, _("Copying")):
        record_access(register, "backup", detail=to.name if to else "")
        written = to or make_backup(register, BY_HAND).path
        if to is not None:
            _require_new(to)
            copy_register_to(register, to)
        head = state_head(register)
    print_message(_("Written and checked: {file}").format(file=written))
    print_message(head)


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


def restore(name: str, *, db: options.Db = options.DEFAULT_DB) -> None:
    """Make the register what it was at a backup; what it was before is kept as another backup.

    Example: relief file restore 2024-12-10T093000-import.db

    Args:
        name (BACKUP): Its name in `relief file backups`, or a file.
    """
    source = _find_backup(db, name)
    if _is_damaged(db):
        aside = replace_damaged(db, source)
        print_message(_("The register could not be opened; it is now {file}.").format(file=aside))
        with open_register(db, is_checked=False) as register:
            log_beginning(register, source.name)
            _begin_again(register, "restore", detail=source.name)
    else:
        with open_register(db, is_checked=False) as register:
            keep_forgotten(register)
            before = restore_backup(register, source)
            _begin_again(register, "restore", detail=source.name)
        print_message(_("To undo this: `relief file restore {backup}`.").format(backup=before.name))
    print_message(_("Restored: {file} is what it was at the backup.").format(file=db.name))


def _begin_again(register: Database, action: str, reason: str = "", detail: str = "") -> None:
    """Log that an older state counts again; forget again whoever had been forgotten since."""
    record_access(register, action, reason, detail)
    if count := forget_again(register, load_chosen_pack(None, register)):
        print_message(_("Forgotten again, as before: {count}.").format(count=count))


def accept(*, reason: str, db: options.Db = options.DEFAULT_DB) -> None:
    """Take on a register that was put here by hand in place of another, after a check of it all.

    An older copy is only read until then. What was written after it is no longer counted.

    Example: relief file accept --reason 从U盘拷回

    Args:
        reason (TEXT): Why; kept in the log.
    """
    if not is_reason(reason):
        raise typer.BadParameter(_("say why, in words"), param_hint="--reason")
    with open_register(db, is_checked=False) as register:
        is_strange = accept_file(register, db.name)
        if is_strange:
            _begin_again(register, "accept", reason)
    print_message(
        _("Checked and taken on: {file}.").format(file=db.name)
        if is_strange
        else _("Checked: {file} is the file that was written here last.").format(file=db.name)
    )


def forget(
    named: str | None = None,
    *,
    reason: str | None = None,
    due: bool = False,
    years: Annotated[int | None, typer.Option(min=1, max=100)] = None,
    db: options.Db = options.DEFAULT_DB,
    showing: options.ShowOptions,
) -> None:
    """Take out of all that is kept what names a household or a member; what is counted stays.

    Their rows stay under a made-up name. It cannot be undone: a backup that is restored is made to
    forget them, too, and copies elsewhere are yours to delete. A later list that names them is a
    new collection. A household with an open case is never due.

    Example: relief file forget HK20240002 --reason 保存期限已满

    Args:
        named (HOUSEHOLD|MEMBER): A household, or a member's number.
        reason (TEXT): Why; kept with the entry.
        due: Whoever nothing new was kept of; without --reason a list of them.
        years (N): With --due: for how long; kept for the next time.
    """
    if due == (named is not None):
        problem = _("name a household or a member, or say --due")
        raise typer.BadParameter(problem, param_hint="HOUSEHOLD")
    if (named or reason is not None) and not is_reason(reason or ""):
        raise typer.BadParameter(_("say why, in words"), param_hint="--reason")
    with open_register(db) as register:
        found = _list_due(register, years) if due else []
        if due:
            columns: tuple[Column[tuple[str, str]], ...] = (
                Column("household_no", _("Household"), value=itemgetter(0), is_whole=True),
                Column("last", _("Last day"), value=itemgetter(1)),
            )
            showing.show(
                RecordTable(_("Due to be forgotten"), columns, found).result("file forget", "due")
            )
        if reason and (
            numbers := [number for number, _last in found] or list(filter(None, [named]))
        ):
            back_up_before(register, "forget", is_rehearsal=False)
            for number in numbers:
                _forget(register, number, reason)


def _list_due(register: Database, years: int | None) -> list[tuple[str, str]]:
    """Return who is due to be forgotten, with the last day known of each; `years` are kept."""
    kept = years or int(read_setting(register, _KEPT_YEARS) or 0)
    if not kept:
        raise typer.BadParameter(_("say for how long with --years"), param_hint="--due")
    if years:
        with write(register):
            write_setting(register, _KEPT_YEARS, str(years))
    at_work = {record.household_no for record in list_cases(register) if record.is_open}
    day = today()
    if (day.month, day.day) == (2, 29):  # the year they were last listed need not have this day
        day -= dt.timedelta(days=1)
    before = day.replace(year=day.year - kept)
    return [pair for pair in list_due(register, before) if pair[0] not in at_work]


_KEPT_YEARS = "kept_years"


def _forget(register: Database, number: str, reason: str) -> None:
    forgotten = forget_people(register, load_chosen_pack(None, register), number, reason)
    sentence = _("Forgotten: {number}. Rows emptied: {rows}.")
    named = forgotten.member_no or forgotten.household_no
    print_message(sentence.format(number=named, rows=forgotten.rows))
    for path in forgotten.evidence:
        print_message(_("Delete this file of evidence yourself: {file}").format(file=path))


def log(
    *,
    db: options.Db = options.DEFAULT_DB,
    action: str | None = None,
    by: str | None = None,
    since: dt.date | None = None,
    showing: options.ShowOptions,
) -> None:
    """List who saw names in full, handed files over, searched by ID number, undid or restored.

    Example: relief file log --action form

    Args:
        action (WORD): Only this, such as export, undo or form.
        by (NAME): Only what they did.
        since: Only from this day on.
    """
    with open_register(db) as register:
        found = list_accesses(
            register, action=action, user=by, since=since.isoformat() if since else ""
        )
    columns: tuple[Column[Access], ...] = (
        Column.number("log_id", _("No.")),
        Column("at", _("Made")),
        Column("user", _("By")),
        Column("machine", _("Machine")),
        Column("action", _("What")),
        Column("reason", _("Reason")),
        Column("detail", _("Detail")),
        Column.number("households", _("Households")),
        Column("file_sha256", _("Hash of the file"), is_whole=True),
    )
    showing.show(RecordTable(_("The log"), columns, found).result("file log", "accesses"))


def staff(
    *,
    db: options.Db = options.DEFAULT_DB,
    add: str | None = None,
    remove: str | None = None,
    me: bool = False,
    showing: options.ShowOptions,
) -> None:
    """List the staff, by whose names the log says who did what; add somebody or take them off.

    Example: relief file staff --add 王五 --me

    Args:
        me: The name added is that of whoever sits here.
        add (NAME): Somebody of the office.
        remove (NAME): Somebody of the office.
    """
    with open_register(db) as register:
        with write(register):
            if add:
                keep_staff(register, options.check_by(add), find_writer()["user"] if me else None)
            if remove and not drop_staff(register, remove):
                raise ReliefError(
                    remove, _("nobody of this name is on the list"), _("`relief file staff` is it.")
                )
        found = sorted(list_staff(register).items())
    columns: tuple[Column[tuple[str, str]], ...] = (
        Column("name", _("Name"), value=itemgetter(0)),
        Column("user", _("User of this system"), value=itemgetter(1)),
    )
    showing.show(RecordTable(_("Staff"), columns, found).result("file staff", "staff"))


def doctor(*, db: options.Db = options.DEFAULT_DB, showing: options.ShowOptions) -> None:
    """Examine the register's file and where it lies, with a remedy for each thing that is wrong.

    Example: relief file doctor
    """
    with (
        open_register(db, is_checked=False) as register,
        show_progress(sys.stderr, _("Examining")),
    ):
        found = _find_faults(register)
    drop_kept()
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
