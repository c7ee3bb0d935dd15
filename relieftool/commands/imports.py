"""`relief imports`: the list of imports, what they are about, and whether they count.

`relief undo`: take imports back, or let them count again.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter

import typer

from relieftool.commands import options
from relieftool.commands.open_cases import finish_writing
from relieftool.commands.session import Recording, Register, back_up_before, today
from relieftool.fieldwork.entries import record_withdrawals
from relieftool.intake.undo import (
    ImportContents,
    ImportRecord,
    UndoStep,
    list_import_contents,
    list_last_imported,
    redo_import,
    redo_last,
    undo_import,
    undo_last,
)
from relieftool.messages import _
from relieftool.output.result import (
    Column,
    RecordTable,
    Result,
)
from relieftool.output.streams import print_message
from relieftool.output.wording import format_programme
from relieftool.pack.models import Pack
from relieftool.store.access_log import record_access
from relieftool.store.chosen_pack import load_chosen_pack
from relieftool.store.database import open_register, write_or_rehearse

_MOST_NAMES = 3  # that are shown of the programmes, communities and months of an import


def imports(*, where: Register, showing: options.ShowOptions) -> None:
    """List the imports with their numbers: what they are about, and which of them count.

    Example: relief imports
    """
    with where.open() as opened:
        found = list_import_contents(opened.db)
        showing.show(build_imports_result("imports", found, opened.pack))


def build_imports_result(command: str, imports: Sequence[ImportContents], pack: Pack) -> Result:
    """Return imports as a table and as JSON."""

    def names(programmes: list[str]) -> str:
        return _join([format_programme(pack, programme) for programme in programmes])

    file, *states = Column.of_part(
        attrgetter("record"),
        Column("file_name", _("File"), card="title"),
        Column("imported_at", _("Imported"), is_for_files=True),
        Column(
            "minute",
            _("Imported"),
            format_minute,
            value="imported_at",
            only="screen",
            is_whole=True,
        ),
        Column("state", _("State"), words=_state, is_minor=True),
        *Column.json("replaced_by"),
        Column.number("rows", _("Rows")),
    )
    columns = (
        Column.number("import_no", _("Import"), value="record.import_no", card="title"),
        file,
        Column("programmes", _("Programme"), names),
        Column("communities", _("Community"), _join),
        Column("months", _("Month"), _join),
        Column("is_complete", _("Complete"), _format_complete, is_optional=True),
        *states,
    )
    footer = _("`relief undo IMPORT` takes one back.")
    table = RecordTable(_("Imports"), columns, imports, (footer,))
    return table.result(command, "imports")


def format_minute(moment: str) -> str:
    """Return an ISO moment to the minute, in local time."""
    return dt.datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")


def _join(names: Sequence[str]) -> str:
    """Return names in one line; of many, only the first few and their number."""
    shown = _(", ").join(names[:_MOST_NAMES])
    more = _("{names} and {count} more")
    count = len(names) - _MOST_NAMES
    return more.format(names=shown, count=count) if count > 0 else shown


def _format_complete(is_complete: bool) -> str:  # noqa: FBT001 the value of a column
    return _("yes") if is_complete else _("no")


def _state(record: ImportRecord) -> str:
    """Return the state of an import in words."""
    if record.state == "replaced":
        return _("replaced by {number}").format(number=record.replaced_by)
    return _("counts") if record.state == "live" else _("taken back")


def undo(
    number: int | None = None,
    *,
    last: bool = False,
    redo: bool = False,
    where: Recording,
) -> None:
    """Take imports back: the register is as if they had never been, and their rows stay kept.

    Cases stay; visits and needs that their forms brought no longer count. What they had replaced
    counts again. Said again, --last takes back the imports of the command before; --redo goes back.

    Example: relief undo --last

    Args:
        number (IMPORT): The import's number; `relief imports` lists them.
        last: All imports of the last command whose imports still count.
        redo: Let imports that were taken back count again.
    """
    if (number is None) != last:
        raise typer.BadParameter(_("name one import, or say --last"), param_hint="IMPORT")
    from relieftool.output.imports import format_withdrawals
    from relieftool.register.build import refresh_register

    with open_register(where.db) as register:
        rules = load_chosen_pack(where.pack, register)
        back_up_before(register, "undo", is_rehearsal=where.dry_run)
        with write_or_rehearse(register, is_rehearsal=where.dry_run):
            if number is None:
                step = (redo_last if redo else undo_last)(register)
            else:
                step = (redo_import if redo else undo_import)(register, number)
            refresh_register(register, rules)
            followed = record_withdrawals(register, today())
            numbers = " ".join(str(record.import_no) for record in step.records)
            record_access(register, "redo" if redo else "undo", detail=numbers)
            found = list_import_contents(register)
            following = list_last_imported(register)
        where.show(_build_step_result(step, found, rules))
    lines = [*_format_undo(step), *format_withdrawals(followed)]
    lines += [] if where.dry_run else _format_next(step, following if last else None)
    print_message("\n".join(lines))
    _finish(where, is_rehearsal=where.dry_run)


def _build_step_result(step: UndoStep, found: Sequence[ImportContents], pack: Pack) -> Result:
    """Return all imports, of which a screen shows those that the step changed."""
    changed = {*step.back, *step.gone, *(record.import_no for record in step.records)}
    shown = [each for each in found if each.record.import_no in changed]
    result = build_imports_result("undo", found, pack)
    return replace(result, on_screen=build_imports_result("undo", shown, pack).tables)


def _finish(where: Register, *, is_rehearsal: bool) -> None:
    """Print what else follows from the undoing, or that nothing was written."""
    if is_rehearsal:
        print_message(_("This was a rehearsal: nothing was written."))
        return
    with where.open() as opened:
        finish_writing(opened)


def _format_undo(step: UndoStep) -> Iterator[str]:
    """Return lines on what was done, and what else changed with it."""
    done = (
        _("Counting again: {numbers}.")
        if step.is_live
        else _("Not counting any more, with all rows kept: {numbers}.")
    )
    yield done.format(numbers=_name_imports(step.records))
    if step.back:
        yield _("Counting again: {numbers}.").format(numbers=_format_numbers(step.back))
    if step.gone:
        yield _("Replaced again: {numbers}.").format(numbers=_format_numbers(step.gone))


def _format_next(step: UndoStep, following: list[ImportRecord] | None) -> Iterator[str]:
    """Return lines on how to go back, and on what --last would do next.

    `following` are the imports that it would take back; None if --last was not said.
    """
    numbers = [record.import_no for record in step.records]
    if step.is_live:
        yield _("`relief undo {number}` takes it back again.").format(number=numbers[0])
    elif following is None:
        yield _("`relief undo {number} --redo` makes it count again.").format(number=numbers[0])
    else:
        yield _("`relief undo --last --redo` makes them count again.")
    if following:
        again = _("`relief undo --last`, said now, takes back: {files}.")
        yield again.format(files=_name_imports(following))


def _name_imports(records: Iterable[ImportRecord]) -> str:
    """Return the numbers and files of imports in one line."""
    return _(", ").join(f"{record.import_no} {record.file_name}" for record in records)


def _format_numbers(imports: list[int]) -> str:
    return _(", ").join(map(str, imports))
