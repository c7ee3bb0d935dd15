"""`relief imports`: the list of imports, and whether they count.

`relief undo`: take an import back, or let it count again.
"""

from collections.abc import Sequence
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import Register, load_chosen_pack, today
from relieftool.fieldwork.entries import WithdrawalCounts, record_withdrawals
from relieftool.intake.undo import (
    ImportRecord,
    UndoStep,
    list_imports,
    redo_import,
    undo_import,
    undo_last,
)
from relieftool.messages import _
from relieftool.output.result import (
    Column,
    OutputFormat,
    RecordTable,
    Result,
)
from relieftool.output.show import show_result
from relieftool.output.streams import print_message
from relieftool.store.database import open_register, write_or_rehearse


def imports(
    *,
    db: options.Db = options.DEFAULT_DB,
    showing: options.ShowOptions,
) -> None:
    """List the imports with their numbers: which count, were taken back, or were replaced.

    Example: relief imports
    """
    with open_register(db) as register:
        showing.show(build_imports_result("imports", list_imports(register)))


def build_imports_result(command: str, records: Sequence[ImportRecord]) -> Result:
    """Return imports as a table and as JSON."""
    columns: tuple[Column[ImportRecord], ...] = (
        Column.number("import_no", _("Import")),
        Column("file_name", _("File")),
        Column("imported_at", _("Imported")),
        Column("state", _("State"), words=_state),
        *Column.json("replaced_by"),
        Column.number("rows", _("Rows")),
    )
    footer = _("`relief undo IMPORT` takes one back.")
    table = RecordTable(_("Imports"), columns, records, (footer,))
    return table.result(command, "imports")


def _state(record: ImportRecord) -> str:
    """Return the state of an import in words."""
    if record.state == "replaced":
        return _("replaced by {number}").format(number=record.replaced_by)
    return _("counts") if record.state == "live" else _("taken back")


ImportNo = Annotated[
    int | None,
    typer.Argument(metavar="[IMPORT]", help="The import's number; `relief imports` lists them."),
]
Last = Annotated[
    bool,
    typer.Option("--last", help="Undo the last step, whether an import or itself an undo."),
]
Redo = Annotated[
    bool,
    typer.Option("--redo", help="Let this import, which was taken back, count again."),
]


def undo(
    number: ImportNo = None,
    *,
    last: Last = False,
    redo: Redo = False,
    where: Register,
    form: options.Format = OutputFormat.TABLE,
    dry_run: options.DryRun = False,
) -> None:
    """Take an import back: the register is as if it had never been, and its rows stay kept.

    Cases stay; visits and needs that its forms brought no longer count. What the import had
    replaced counts again. The undo is kept too, and can be undone.

    Example: relief undo --last
    """
    if (number is None) != last or (redo and last):
        raise typer.BadParameter(_("name one import, or say --last"), param_hint="IMPORT")
    from relieftool.register.build import refresh_register  # noqa: PLC0415 start-up time

    rules = load_chosen_pack(where.pack)
    with open_register(where.db) as register:
        with write_or_rehearse(register, is_rehearsal=dry_run):
            if number is None:
                step = undo_last(register)
            else:
                step = (redo_import if redo else undo_import)(register, number)
            refresh_register(register, rules)
            followed = record_withdrawals(register, today())
            records = list_imports(register)
        show_result(build_imports_result("undo", records), form)
    print_message(_format_undo(step, followed, is_rehearsal=dry_run))


def _format_undo(step: UndoStep, followed: WithdrawalCounts, *, is_rehearsal: bool) -> str:
    """Return lines on what was done, what else changed with it, and how to go back."""
    from relieftool.output.imports import format_withdrawals  # noqa: PLC0415 start-up time

    done = (
        _("Import {number} ({file}) counts again.")
        if step.is_live
        else _("Import {number} ({file}) does not count any more; its rows are kept.")
    )
    lines = [done.format(number=step.import_no, file=step.file_name)]
    if step.back:
        lines.append(_("Counting again: {numbers}.").format(numbers=_format_numbers(step.back)))
    if step.gone:
        lines.append(_("Replaced again: {numbers}.").format(numbers=_format_numbers(step.gone)))
    lines += format_withdrawals(followed)
    if is_rehearsal:
        return "\n".join([*lines, _("This was a rehearsal: nothing was written.")])
    return "\n".join([*lines, _("`relief undo --last` goes back.")])


def _format_numbers(imports: list[int]) -> str:
    return _(", ").join(map(str, imports))
