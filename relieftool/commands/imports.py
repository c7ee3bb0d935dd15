"""`relief imports`: what was imported, and what of it counts."""

from collections.abc import Sequence
from dataclasses import asdict

from relieftool.commands import options
from relieftool.messages import _
from relieftool.output.cells import Cell
from relieftool.output.deliver import show_result
from relieftool.output.files import check_out_file
from relieftool.output.result import Column, Columns, Grid, OutputFormat, Result
from relieftool.registry.store import opened
from relieftool.registry.undoing import ImportRecord, list_imports


def imports(
    *,
    db: options.Db = options.DEFAULT_DB,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
) -> None:
    """List the imports with their numbers: which count, were taken back, or were replaced.

    Example: relief imports
    """
    check_out_file(out)
    with opened(db) as register:
        show_result(imports_result("imports", list_imports(register)), form, out)


def imports_result(command: str, records: Sequence[ImportRecord]) -> Result:
    """Give imports for people and programs."""
    document = {
        "relief_result": 1,
        "command": command,
        "imports": [asdict(one) for one in records],
    }
    columns: Columns = (
        Column("import_no", _("Import"), "right"),
        Column("file_name", _("File")),
        Column("imported_at", _("Imported")),
        Column("state", _("State")),
        Column("rows", _("Rows"), "right"),
    )
    rows: list[list[Cell]] = [
        [one.import_no, one.file_name, one.imported_at, _state(one), one.rows] for one in records
    ]
    footer = _("`relief undo IMPORT` takes one back.")
    return Result(document, (Grid(_("Imports"), columns, rows, (footer,)),))


def _state(record: ImportRecord) -> str:
    """Name what became of an import."""
    if record.state == "replaced":
        return _("replaced by {number}").format(number=record.replaced_by)
    return _("counts") if record.state == "live" else _("taken back")
