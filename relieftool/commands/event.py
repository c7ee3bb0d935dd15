"""`relief event`: write down what happened in a household, and see at once what that changes.

`relief changes`: all that changed from one month to another.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer

from relieftool.cases.life_events import StatedEvent, record_life_event, take_back_event
from relieftool.cases.month_changes import MonthChanges, MonthQuestion, find_month_changes
from relieftool.cases.month_tables import record_month_table
from relieftool.commands import options
from relieftool.commands.open_cases import finish_writing
from relieftool.commands.session import Recording, RegisterOnDay, Session, find_programme
from relieftool.eligibility.kept_findings import keep_apart
from relieftool.errors import EXIT_DONE, EXIT_LOOK
from relieftool.messages import _
from relieftool.output.cases import build_event_result
from relieftool.output.month_changes import build_month_changes_result
from relieftool.output.streams import print_message
from relieftool.store.database import write
from relieftool.store.life_events import EventType
from relieftool.values.stored_values import parse_period


@dataclass(frozen=True)
class Happening:
    """The options of what happened: exactly one of them, or --head alone.

    Attributes:
        died (MEMBER): Who died: a member's number, place, name or ID number.
        moved_out (MEMBER): Who moved away or married out.
        moved_in (PERSON): Who was born into it, married in or came.
        id_number (NUMBER): The ID number of who came.
        from_household (HOUSEHOLD): The household they come from.
        split (MEMBER,MEMBER): Who is a household of their own from now on.
        head (MEMBER): The new head: alone an event, else of who stays, or of the part split off.
        to_community: The household moved to this community.
        dissolved: The household is no more, and nobody is left in it.
        undo: Take back the household's last event instead.
    """

    died: list[str] | None = None
    moved_out: list[str] | None = None
    moved_in: str | None = None
    id_number: str | None = None
    from_household: str | None = None
    split: str | None = None
    head: str | None = None
    to_community: Annotated[str | None, typer.Option(**options.COMMUNITY)] = None
    dissolved: bool = False
    undo: bool = False

    def state(self, household: str, on: date, by: str, evidence: str | None) -> StatedEvent:
        """Return the event; a usage error unless exactly one thing happened."""
        people = {
            EventType.DIED: self.died or [],
            EventType.MOVED_OUT: self.moved_out or [],
            EventType.MOVED_IN: [self.moved_in] if self.moved_in else [],
            EventType.SPLIT: _list_names(self.split),
        }
        happened = [kind for kind, named in people.items() if named]
        happened += [EventType.TO_COMMUNITY] if self.to_community else []
        happened += [EventType.DISSOLVED] if self.dissolved else []
        happened += [EventType.UNDONE] if self.undo else []
        if self.head and not happened:
            happened, people = [EventType.HEAD], {EventType.HEAD: [self.head]}
        if len(happened) != 1:
            raise typer.BadParameter(
                _("say what happened: one of the options"), param_hint="--died, --moved-out, …"
            )
        if (self.id_number or self.from_household) and happened != [EventType.MOVED_IN]:
            raise typer.BadParameter(
                _("belongs to --moved-in"), param_hint="--id-number, --from-household"
            )
        named = tuple(people.get(happened[0], ()))
        other = self.from_household or self.to_community
        return StatedEvent(
            household, happened[0], on, by, named, self.head, self.id_number, other, evidence
        )


def event(
    household: str,
    *,
    what: Happening,
    on: date,
    by: options.By,
    evidence: str | None = None,
    where: Recording,
) -> None:
    """Write down what happened in a household on a day: lists, counts and cases follow.

    The cases of who died or moved away are closed, and those of a household where nobody is left;
    what the change does to each benefit is shown. --undo takes back the household's last event.

    Example: relief event HK20240004 --died 01 --head 02 --on 2024-12-01 --by 王五

    Args:
        on: The day it happened.
        evidence (TEXT-or-FILE): What proves it, in words or a file.
    """
    stated = what.state(household, on, by, evidence)
    record = take_back_event if what.undo else record_life_event
    with where.open() as opened:
        if where.dry_run:
            keep_apart(opened.db)
        recorded = record(opened.db, opened.pack, opened.as_of, stated, is_rehearsal=where.dry_run)
        where.show(build_event_result(recorded, opened.pack))
        where.tell_done()
        if not where.dry_run:
            finish_writing(opened)


def changes(
    *,
    where: RegisterOnDay,
    since: Annotated[str | None, typer.Option(parser=options.parse_month)] = None,
    community: options.Community = None,
    programme: str | None = None,
    showing: options.RevealOptions,
) -> None:
    """List what changed since last month: who is new, stopped, died or moved, and what to do.

    Counts are those of the lists of payments, and of the register; they add up per community. What
    the office must do because of it is due by the end of the following month. The next table begins
    with the counts of one that was written at a month's end.

    Example: relief changes --out 动态管理表.xlsx

    Args:
        since (YYYY-MM): Compare with the end of this month; that before the day asked about if left
            out.
        programme: Only of this benefit.
    """
    with where.open() as opened:
        before = opened.as_of.replace(day=1) - timedelta(days=1)
        if since is not None:
            before = date.fromisoformat(parse_period(since)[1])
        if before >= opened.as_of:
            raise typer.BadParameter(_("is not before the day asked about"), param_hint="--since")
        name = opened.community(community)
        of = None if programme is None else find_programme(opened.pack, programme)
        asked = MonthQuestion(before, opened.as_of, name, of)
        found = find_month_changes(opened.db, opened.pack, asked)
        opened.show(build_month_changes_result(found, opened.pack), showing)
        is_whole = (opened.as_of + timedelta(days=1)).day == 1 and (name, of) == (None, None)
        if showing.out is not None and is_whole:
            _keep_as_handed_in(opened, found)
    raise typer.Exit(EXIT_LOOK if found.duties else EXIT_DONE)


def _keep_as_handed_in(opened: Session, found: MonthChanges) -> None:
    """Keep the counts of a table that was written, so that the next one begins with them."""
    counts = {(count.counted, count.community): count.after for count in found.counts}
    with write(opened.db):
        record_month_table(opened.db, found.until, counts, datetime.now(UTC))
    line = _("Kept as handed in for {month}: what is written down of it later corrects the next.")
    print_message(line.format(month=f"{found.until:%Y-%m}"))


def _list_names(written: str | None) -> list[str]:
    """Return the members named in one option, separated by commas."""
    return [name for name in (written or "").replace("，", ",").split(",") if name.strip()]
