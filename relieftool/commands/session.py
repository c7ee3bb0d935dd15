"""What most commands start with: the register open and fresh, the pack, the day asked about."""

import datetime as dt
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from sqlite_utils import Database

from relieftool.cases.steps import record_access
from relieftool.commands import options
from relieftool.messages import _
from relieftool.output.result import Result
from relieftool.pack.loading import find_shipped_pack
from relieftool.pack.models import Pack
from relieftool.register.build import refresh_register, show_register_on
from relieftool.register.communities import find_community
from relieftool.rules.statement import load_checked_pack
from relieftool.store.database import open_register
from relieftool.store.imports import find_newest_date
from relieftool.store.office_values import apply_office_values


@dataclass(frozen=True)
class Session:
    """An open register with its pack, the day that answers are for, and the day of what is written.

    What is written carries the day stated with --as-of, otherwise today's; never a later one.
    """

    db: Database
    pack: Pack
    as_of: dt.date
    day: dt.date

    @property
    def written_on(self) -> dt.date:
        """Return the day of entries: a question may be about a later day, an entry may not."""
        return min(self.day, today())

    def community(self, name: str | None) -> str | None:
        """Return the register's own name for a community; an unknown one is an error."""
        return None if name is None else find_community(self.db, name)[1]

    def show(self, result: Result, showing: options.ShowOptions) -> None:
        """Show the answer of a command; a reveal is recorded in the access log before."""
        if isinstance(showing, options.Revealing):
            self.log_reveal(showing)
        showing.show(result)

    def log_reveal(self, showing: options.Revealing) -> None:
        """Record who asked for names in full and why, before anything is shown."""
        if showing.reveal:
            record_access(self.db, showing.command, showing.reason or "", "")


@dataclass(frozen=True)
class Register:
    """The options of a command that writes: the register, and the rule pack."""

    db: options.Db = options.DEFAULT_DB
    pack: options.PackDir = None

    def open(self) -> AbstractContextManager[Session]:
        """Open the register on the day its sheets speak for."""
        return open_session(self.db, self.pack, None)


@dataclass(frozen=True)
class RegisterOnDay(Register):
    """The options of a command that answers: the register, the pack, and the day asked about."""

    as_of: options.AsOf = None

    def open(self) -> AbstractContextManager[Session]:
        """Open the register on the day stated, otherwise on the day its sheets speak for."""
        return open_session(self.db, self.pack, self.as_of)


def load_chosen_pack(folder: Path | None) -> Pack:
    """Load the pack of a folder, or the shipped one."""
    return load_checked_pack(folder or find_shipped_pack())


@contextmanager
def open_session(
    path: Path, pack_folder: Path | None, as_of: dt.date | None, *, create: bool = False
) -> Iterator[Session]:
    """Open a register, bring it up to date, and lay the values set in it over the pack.

    The day is the one stated, else the newest that the sheets speak for, else today.
    """
    pack = load_chosen_pack(pack_folder)
    with open_register(path, create=create) as db:
        refresh_register(db, pack)
        if as_of is not None:
            show_register_on(db, pack, as_of)
        valued = apply_office_values(db, pack)
        yield Session(db, valued, as_of or find_newest_date(db) or today(), as_of or today())


def load_register_pack(
    path: Path, pack_folder: Path | None, as_of: dt.date | None
) -> tuple[Pack, dt.date]:
    """Return the pack with this register's own values, if there is one, and the day asked about."""
    pack = load_chosen_pack(pack_folder)
    if not path.exists():
        return pack, as_of or today()
    with open_register(path) as db:
        return apply_office_values(db, pack), as_of or find_newest_date(db) or today()


def choose_written_day(on: dt.date | None) -> dt.date:
    """Return the day that something is written down for: the one stated, otherwise today.

    Raises:
        typer.BadParameter: The day has not come yet.
    """
    day = on or today()
    if day > today():
        raise typer.BadParameter(_("this day has not come yet"), param_hint="--on")
    return day


def today() -> dt.date:
    """Return today's date; the only clock for questions."""
    return dt.datetime.now().astimezone().date()
