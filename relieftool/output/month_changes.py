"""The changes of a month as tables and as JSON: counts that add up, each change, what to do."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from relieftool.cases.headcounts import HOUSEHOLDS, MEMBERS
from relieftool.cases.month_changes import (
    ADDING,
    TAKING,
    ChangeKind,
    Duty,
    MonthChange,
    MonthChanges,
    MonthCount,
)
from relieftool.messages import Message, _
from relieftool.output.result import Column, Columns, RecordTable, Result
from relieftool.output.wording import build_document_head, format_programme
from relieftool.pack.models import Pack


def build_month_changes_result(found: MonthChanges, pack: Pack) -> Result:
    """Return the counts, what the office must do, and the changes; each its own sheet.

    A screen leaves out the programmes of which nothing changed. A workbook is laid out for print.
    """
    counts = build_month_counts_table(found, pack)
    changes = build_month_list_table(found, pack)
    duties = RecordTable(
        _("To be done"),
        _list_duty_columns(pack),
        found.duties,
        nothing=_("Nothing is to be done because of it."),
    )
    document = {
        **build_document_head("changes", found.until, pack),
        "since": found.since.isoformat(),
        "counts": counts.documents(),
        "changes": changes.documents(),
        "duties": duties.documents(),
        "doubtful_rows": dict(found.doubtful),
    }
    whole = replace(counts, records=_add_totals(found.counts, found.until))
    short = build_moving_counts_table(found, pack)
    short = replace(short, footer=[*short.footer, *_advise_doubtful(found, pack)])
    return Result(document, (whole, duties, changes), on_screen=(short, duties, changes))


def build_moving_counts_table(found: MonthChanges, pack: Pack) -> RecordTable[MonthCount]:
    """Return the counts of what changed anywhere, in every community and in all together."""
    moving = {
        count.counted for count in found.counts if count.corrected or any(count.changes.values())
    }
    moved = [count for count in found.counts if count.counted in moving]
    late = {count.counted for count in found.counts if count.lacks_list(found.until)} - moving
    same = len({count.counted for count in found.counts} - moving - late)
    left_out = _("What changed nowhere is left out: {count}.").format(count=same)
    table = build_month_counts_table(found, pack)
    records = _add_totals(moved, found.until)
    return replace(table, records=records, footer=[*table.footer, left_out])


def _add_totals(counts: Sequence[MonthCount], until: dt.date) -> list[MonthCount]:
    """Return the counts with one of all communities below those of more than one.

    Where the list of one community has not come, the total is not known either.
    """
    rows: list[MonthCount] = []
    for counted, group in groupby(counts, key=attrgetter("counted")):
        each = list(group)
        rows += each
        if len(each) > 1:
            changes = sum((Counter(count.changes) for count in each), Counter[str]())
            sums = ("before", "after", "corrected")
            before, after, corrected = (sum(map(attrgetter(end), each)) for end in sums)
            late = (count.lists for count in each if count.lacks_list(until))
            lists = next(late, (None, None))
            rows.append(MonthCount(counted, "", before, changes, after, lists, corrected))
    return rows


def build_month_list_table(found: MonthChanges, pack: Pack) -> RecordTable[MonthChange]:
    """Return the changes that the counts add up, each with its reason and source."""
    title = _("Changes from {since} to {until}").format(since=found.since, until=found.until)
    nothing = _("Nothing changed.")
    return RecordTable(title, _list_change_columns(pack), found.changes, nothing=nothing)


def build_month_counts_table(found: MonthChanges, pack: Pack) -> RecordTable[MonthCount]:
    """Return the counts of each programme and community: before, what came and went, after."""
    return RecordTable(
        _("Counts from {since} to {until}").format(since=found.since, until=found.until),
        _list_count_columns(pack, found.until),
        found.counts,
        _list_notes(found, pack),
    )


def _list_notes(found: MonthChanges, pack: Pack) -> list[str]:
    """Return what the counts rest on, in words that may be handed in."""
    notes = [
        _("The count before, corrections, what came and what went give the count after."),
        _("Of each benefit the newest lists are compared; rows in doubt are not counted."),
    ]
    if late := {count.counted for count in found.counts if count.lacks_list(found.until)}:
        named = _(", ").join(format_programme(pack, name) for name in sorted(late))
        line = _("The list of {month} has not come, so what changed is not known: {programmes}.")
        notes.append(line.format(month=f"{found.until:%Y-%m}", programmes=named))
    if found.doubtful:
        count = sum(found.doubtful.values())
        notes.append(_("Rows in doubt: {count}.").format(count=count))
    return notes


def _advise_doubtful(found: MonthChanges, pack: Pack) -> list[str]:
    """Return for a screen of which programmes rows are in doubt, and what lists them."""
    each = [
        _("{programme} {count}").format(programme=format_programme(pack, name), count=count)
        for name, count in found.doubtful.items()
    ]
    line = _("Rows in doubt of {programmes}: `relief questions` lists them.")
    return [line.format(programmes=_(", ").join(each))] if each else []


def _counted_column(pack: Pack) -> Column[MonthChange]:
    return Column("counted", _("What is counted"), lambda name: _format_counted(pack, name))


def _format_counted(pack: Pack, counted: str) -> str:
    words = {HOUSEHOLDS: _("households of the register"), MEMBERS: _("people of the register")}
    return words.get(counted) or format_programme(pack, counted)


def _list_count_columns(pack: Pack, until: dt.date) -> Columns:
    """Return the columns of the counts; where a list has not come, the count after is empty."""
    kinds = (*ADDING, "arrived", *TAKING, "moved")

    def show_after(count: MonthCount) -> int | str:
        return "" if count.lacks_list(until) else count.after

    def show_lists(count: MonthCount) -> str:
        if not any(count.lists):
            return ""  # of the register
        before, after = (day[:_MONTH] if day else _("none") for day in count.lists)
        if count.lacks_list(until):
            line = _("{before}; the list of {month} has not come")
            return line.format(before=before, month=f"{until:%Y-%m}")
        return f"{before} → {after}"

    return (
        _counted_column(pack),
        Column("community", _("Community"), lambda name: name or _("all communities")),
        Column.number("before", _("Count before")),
        Column.number("corrected", _("corrected later"), words=_write_sign),
        *(_build_kind_column(kind) for kind in kinds),
        Column.number("after", _("Count after"), words=show_after),
        _build_kind_column("amount"),
        Column("lists", _("Months of the lists"), words=show_lists),
        Column("lacks_list", value=lambda count: count.lacks_list(until), only="json"),
    )


def _build_kind_column(kind: str) -> Column[MonthCount]:
    """Return the column of how many changes of a kind there are; empty for none."""
    words = {
        "arrived": _("arrived from another community"),
        "moved": _("left for another community"),
    }
    label = words.get(kind) or str(_KINDS[_as_kind(kind)])
    return Column.number(
        *(kind.replace("-", "_"), label),
        value=lambda count: count.changes.get(kind, 0),
        words=lambda count: count.changes.get(kind) or "",
    )


def _write_sign(count: MonthCount) -> str:
    """Return a correction with its sign; "" for none."""
    return f"{count.corrected:+}" if count.corrected else ""


def _as_kind(kind: str) -> ChangeKind:
    return next(each for each in _KINDS if each == kind)


_MONTH = len("2024-11")


def _list_change_columns(pack: Pack) -> Columns:
    return (
        Column("kind", _("Change"), lambda kind: str(_KINDS[kind])),
        _counted_column(pack),
        Column("community", _("Community")),
        Column("household_no", _("Household"), is_whole=True),
        Column.optional("member_no", _("Member"), is_whole=True),
        Column.name("name", _("Name")),
        Column.money("before", _("Yuan before"), "before_fen", is_optional=True),
        Column.money("after", _("Yuan after"), "after_fen", is_optional=True),
        Column.optional("to_community", _("To community")),
        Column("reason", _("Reason"), value=lambda change: str(change.reason), is_wide=True),
        Column("source", _("Source"), value=_write_source, is_optional=True, is_wide=True),
    )


def _write_source(change: MonthChange) -> str | None:
    return None if change.source is None else str(change.source)


def _list_duty_columns(pack: Pack) -> Columns:
    return (
        Column("duty", _("Duty"), lambda duty: str(_DUTIES[duty])),
        _counted_column(pack),
        Column("community", _("Community")),
        Column("household_no", _("Household"), is_whole=True),
        Column.optional("member_no", _("Member"), is_whole=True),
        Column("words", _("What to do"), value=lambda duty: str(duty.words), is_wide=True),
        Column("due_on", _("Due")),
    )


_KINDS: dict[ChangeKind, Message] = {
    "new": Message("new"),
    "came": Message("born or moved in"),
    "split": Message("divided off"),
    "moved": Message("moved to another community"),
    "amount": Message("changed amount"),
    "died": Message("died"),
    "moved-out": Message("moved out"),
    "stopped": Message("stopped"),
    "unlisted": Message("on no newer list"),
    "late": Message("written down late"),
}
_DUTIES: dict[Duty, Message] = {
    "reclaim": Message("reclaim"),
    "end": Message("end"),
    "hear": Message("hear the family"),
    "re-examine": Message("examine again"),
}
