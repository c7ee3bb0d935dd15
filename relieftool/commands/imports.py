"""`relief imports`: what was imported, and what of it counts."""

from collections.abc import Sequence

from relieftool.commands import options
from relieftool.intake.undo import ImportRecord, list_imports
from relieftool.messages import _
from relieftool.output.result import (
    OutputFormat,
    RecordTable,
    Result,
    ResultColumn,
    list_json_columns,
)
from relieftool.store.database import open_register


def imports(
    *,
    db: options.Db = options.DEFAULT_DB,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
) -> None:
    """List the imports with their numbers: which count, were taken back, or were replaced.

    Example: relief imports
    """
    showing = options.ShowOptions("imports", form, out)
    with open_register(db) as register:
        showing.show(build_imports_result("imports", list_imports(register)))


def build_imports_result(command: str, records: Sequence[ImportRecord]) -> Result:
    """Return imports for people and programs."""
    columns: tuple[ResultColumn[ImportRecord], ...] = (
        ResultColumn("import_no", _("Import"), "right"),
        ResultColumn("file_name", _("File")),
        ResultColumn("imported_at", _("Imported")),
        ResultColumn("state", _("State"), words=_state),
        *list_json_columns("replaced_by"),
        ResultColumn("rows", _("Rows"), "right"),
    )
    footer = _("`relief undo IMPORT` takes one back.")
    table = RecordTable(_("Imports"), columns, records, (footer,))
    answer = {"relief_result": 1, "command": command, "imports": table.documents()}
    return Result(answer, (table,))


def _state(record: ImportRecord) -> str:
    """Name what became of an import."""
    if record.state == "replaced":
        return _("replaced by {number}").format(number=record.replaced_by)
    return _("counts") if record.state == "live" else _("taken back")
