"""What most commands start with: an up-to-date open register, the pack, and the day asked about."""

import datetime as dt
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import typer
from sqlite_utils import Database

from relieftool.commands import options
from relieftool.eligibility.question_records import OpenQuestion
from relieftool.errors import ChangedFileError, ReliefError
from relieftool.messages import _
from relieftool.output.result import OutputFormat, Result
from relieftool.output.show import show_result
from relieftool.output.streams import print_message
from relieftool.pack.models import Pack
from relieftool.store.access_log import find_numbers, record_access
from relieftool.store.chain import CHAIN_ENDS, read_chain_end
from relieftool.store.chosen_pack import load_chosen_pack
from relieftool.store.communities import find_community
from relieftool.store.database import (
    explain_older_copy,
    is_older_copy,
    open_register,
    write,
    write_if_free,
)
from relieftool.store.imports import find_newest_date
from relieftool.store.office_values import apply_office_values, list_changed_meanings
from relieftool.store.problem_decisions import load_numbers, number_questions
from relieftool.store.settings import is_register_stale, read_setting


@dataclass(frozen=True)
class Session:
    """An open register with its pack and two days.

    `as_of` is the day that answers are about; `day` is the day of --as-of, otherwise today.
    """

    db: Database
    pack: Pack
    as_of: dt.date
    day: dt.date

    @property
    def written_on(self) -> dt.date:
        """Return the day of new entries: `day`, or today if `day` is later."""
        return min(self.day, today())

    def community(self, name: str | None) -> str | None:
        """Return the register's own name for a community; an unknown name is an error."""
        return None if name is None else find_community(self.db, name)[1]

    def household(self, named: str) -> str:
        """Return the number of the household that a number, name, ID number or address means.

        What means no household is returned unchanged: whatever is asked of it reports that.
        """
        from relieftool.store.entries import find_household
        from relieftool.values.id_numbers import read_id_number

        found = find_household(self.db, named)
        if read_id_number(named).number:
            record_access(self.db, "search-by-id", households=[found] if found else [])
        return found or named

    def refresh_findings(self, *, is_rehearsal: bool = False, with_questions: bool = False) -> None:
        """Evaluate the households whose findings are not kept, and show the progress."""
        from relieftool.eligibility.kept_findings import keep_apart, refresh_findings
        from relieftool.output.terminal import show_progress

        if is_rehearsal:
            keep_apart(self.db)
        with show_progress(sys.stderr, _("Evaluating households"), seconds=1) as progress:
            refresh_findings(
                self.db, self.pack, self.as_of, progress, with_questions=with_questions
            )

    def number_questions(self, community: str | None = None) -> list[OpenQuestion]:
        """Return the open questions, of a community or all, each with a number.

        A file that cannot be written now numbers nothing; what was numbered stays as it is.
        """
        from relieftool.eligibility.questions import list_questions

        self.refresh_findings()
        asked = list_questions(self.db, self.pack, self.as_of, community)
        new = [question.subject for question in asked if question.number is None]
        if not new or not write_if_free(self.db, lambda: number_questions(self.db, new)):
            return asked
        numbers = load_numbers(self.db)
        return [replace(question, number=numbers.get(question.subject)) for question in asked]

    def show(
        self, result: Result, showing: options.ShowOptions, *, households: Iterable[str] = ()
    ) -> None:
        """Show the result of a command; a reveal is recorded in the access log before.

        The log counts `households`, or else those that the result has.
        """
        if is_older_copy(self.db):
            result = _mark_older(result)
        if not isinstance(showing, options.RevealOptions):
            showing.show(result)
            return
        numbers = set(households) or set(find_numbers(result.document))
        if showing.reveal and not numbers:  # a document is only built where JSON is asked for
            numbers = {
                number for table in result.tables for number in table.list_values("household_no")
            }
        if showing.out is not None:
            result = add_head(self.db, result)
        with write(self.db) if showing.reveal and showing.out else nullcontext():
            if showing.out is None:
                self.log_reveal(showing, numbers)
            show_result(
                *(result, showing.form, showing.out),
                is_revealed=showing.reveal,
                is_paged=not showing.no_pager,
            )
            if showing.out is not None:
                self.log_reveal(showing, numbers, showing.out)

    def log_reveal(
        self,
        showing: options.Revealing,
        households: Iterable[str] = (),
        file: Path | None = None,
        *,
        is_always: bool = False,
    ) -> None:
        """Log a reveal of households with its reason; before anything is shown on a screen.

        Of a `file`, its hash is kept: it and its row are written in one transaction. What is handed
        over is logged `is_always`, also where names are masked.
        """
        if showing.reveal or is_always:
            reason = showing.reason or ""
            numbers = set(households)
            record_access(self.db, showing.command, reason, households=numbers, file=file)


def state_head(db: Database) -> str:
    """Return the sentence on where the ledger ends now, for what leaves the office."""
    return _("Hash of the ledger: {hash}").format(hash=read_chain_end(db, CHAIN_ENDS).hash)


def add_head(db: Database, result: Result) -> Result:
    """Return a result that says below its last table where the ledger ends."""
    return _add_footer(result, state_head(db))


def _add_footer(result: Result, line: str) -> Result:
    if not result.tables:
        return result
    *others, last = result.tables
    return replace(result, tables=(*others, replace(last, footer=(*last.footer, line))))


def _mark_older(result: Result) -> Result:
    """Return the result of a register that is an older copy, which says so in files and data."""
    mark, describe = {"is_older_copy": True}, result.describe
    marked = _add_footer(result, explain_older_copy()[0])
    if describe is None:
        return replace(marked, document={**result.document, **mark})
    return replace(marked, describe=lambda is_revealed: {**describe(is_revealed), **mark})


@dataclass(frozen=True)
class Register:
    """The options of a command that writes: the register and the rule pack."""

    db: options.Db = options.DEFAULT_DB
    pack: options.PackDir = None

    def open(self) -> AbstractContextManager[Session]:
        """Open the register for the newest day that its sheets are about."""
        return open_session(self.db, self.pack, None)


@dataclass(frozen=True)
class Recording(Register):
    """The options of a command that records something, shows it, and can be rehearsed."""

    form: options.Format = OutputFormat.TABLE
    dry_run: options.DryRun = False

    def show(self, result: Result) -> None:
        """Show what was recorded, private values masked."""
        show_result(result, self.form)

    def tell_done(self) -> None:
        """Print whether something was written."""
        print_message(_("Nothing was written.") if self.dry_run else _("Written down."))


@dataclass(frozen=True)
class RegisterOnDay(Register):
    """The options of a command that answers: the register, the pack and the day asked about."""

    as_of: options.AsOf = None

    def open(self) -> AbstractContextManager[Session]:
        """Open the register for the day of --as-of, otherwise as `Register` does.

        A day that is yet to come is said to be one.
        """
        if self.as_of is not None and self.as_of > today():
            line = _("{day} is yet to come: what is known now is taken to hold then.")
            print_message(line.format(day=self.as_of))
        return open_session(self.db, self.pack, self.as_of)


@contextmanager
def open_session(
    path: Path, pack_folder: Path | None, as_of: dt.date | None, *, create: bool = False
) -> Iterator[Session]:
    """Open a register, bring it up to date, and apply the values set in it to the pack.

    The day is `as_of`; if that is None, the newest day that the sheets are about, or today if there
    is none.
    """
    with open_register(path, create=create) as db:
        if is_older_copy(db):
            print_message(str(ReliefError(path.name, *explain_older_copy())))
        pack = load_chosen_pack(pack_folder, db)
        _refresh(db, pack, as_of)
        valued = apply_office_values(db, pack)
        yield Session(db, valued, as_of or find_newest_date(db) or today(), as_of or today())


def _refresh(db: Database, pack: Pack, as_of: dt.date | None) -> None:
    """Bring the register up to date, and show it as of a day (None: as it is)."""
    if as_of is None and not is_register_stale(db, pack.sha256):
        return
    from relieftool.register.build import refresh_register, show_register_on

    is_other_law = read_setting(db, "pack_sha256") not in (None, pack.sha256)
    refresh_register(db, pack)
    if is_other_law:
        tell_changed_meanings(db, pack)
    if as_of is not None:
        show_register_on(db, pack, as_of)


def tell_changed_meanings(db: Database, pack: Pack) -> None:
    """Print each of the office's own values that means something else under this pack."""
    for changed in list_changed_meanings(db, pack):
        value = changed.value
        sentence = (
            _("{name} = {value} from {day}: was {before}, which this pack no longer has; not used.")
            if changed.now is None
            else _("{name} = {value} from {day}: was {before}, is now {now}; check it.")
        )
        print_message(
            sentence.format(
                name=value.parameter,
                value=value.value,
                day=value.from_.isoformat(),
                before=changed.before,
                now=changed.now,
            )
        )


def find_programme(pack: Pack, name: str) -> str:
    """Return a programme's id by its id or any of its names. Any other name is a usage error."""
    from relieftool.pack.programme_names import ProgrammeNames, list_programme_names

    found = name if name in pack.programmes else ProgrammeNames(pack.programmes.values()).find(name)
    if found is None:
        raise typer.BadParameter(
            _("'{name}' is not a programme; they are: {names}").format(
                name=name, names=list_programme_names(pack.programmes)
            ),
            param_hint="--roster, --programme",
        )
    return found


def load_register_pack(
    path: Path, pack_folder: Path | None, as_of: dt.date | None
) -> tuple[Pack, dt.date]:
    """Return the pack, with the register's own values if it exists, and the day asked about."""
    if not path.exists():
        return load_chosen_pack(pack_folder), as_of or today()
    with open_register(path) as db:
        pack = load_chosen_pack(pack_folder, db)
        return apply_office_values(db, pack), as_of or find_newest_date(db) or today()


def choose_written_day(on: dt.date | None) -> dt.date:
    """Return the day of an entry: `on`, or today if it is None.

    Raises:
        typer.BadParameter: The day has not come yet.
    """
    day = on or today()
    if day > today():
        raise typer.BadParameter(_("this day has not come yet"), param_hint="--on")
    return day


def back_up_before(db: Database, occasion: str, *, is_rehearsal: bool) -> None:
    """Back the register up if the last backup is an hour old; a failure is told, and no obstacle.

    A rehearsal changes nothing and needs no backup. Only outside transactions, before anything is
    written.
    """
    from relieftool.store.backups import make_backup_if_due

    try:
        if not is_rehearsal:
            make_backup_if_due(db, occasion)
    except ChangedFileError:
        raise
    except ReliefError as error:
        print_message(str(error))


def today() -> dt.date:
    """Return today's date in local time."""
    return dt.datetime.now().astimezone().date()
