"""The answer of `relief import`: what became of each file."""

from dataclasses import asdict

from relieftool.intake import FileReport
from relieftool.messages import _
from relieftool.output.cells import Cell
from relieftool.output.result import Column, Grid, Result


def import_result(reports: list[FileReport]) -> Result:
    """Give the files with their counts, a sum below them, and what to do next."""
    rows: list[list[Cell]] = [
        [
            report.file_name,
            _state(report),
            report.rows,
            report.households,
            report.members,
            report.receipts,
            report.problems,
        ]
        for report in reports
    ]
    document = {
        "relief_result": 1,
        "command": "import",
        "files": [asdict(report) for report in reports],
    }
    columns = (
        Column("file_name", _("File")),
        Column("state", _("State")),
        Column("rows", _("Rows"), "right"),
        Column("households", _("Households"), "right"),
        Column("members", _("Members"), "right"),
        Column("receipts", _("Receipts"), "right"),
        Column("problems", _("Problems"), "right"),
    )
    return Result(document, (Grid(_("Imported files"), columns, rows, _footer(reports)),))


def _state(report: FileReport) -> str:
    """Say whether a file is new, known, or replaces an earlier one of its name."""
    if report.replaced:
        return _("replaces an earlier one")
    return "" if report.is_new else _("known before")


def _footer(reports: list[FileReport]) -> list[str]:
    """Say where the problems are told, and what comes next."""
    problems = sum(report.problems for report in reports)
    lines = []
    if problems:
        lines.append(
            _("{count} rows are in doubt or unused: `relief problems` lists them.").format(
                count=problems
            )
        )
    lines += [
        _(
            "{file} was imported before with other content; both count. If this one corrects it,"
            " import it again with --replace."
        ).format(file=report.file_name)
        for report in reports
        if report.beside
    ]
    return [*lines, _("Next: `relief gaps`.")]
