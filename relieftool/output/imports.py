"""The answer of `relief import`: what became of each file."""

from dataclasses import asdict

from relieftool.eligibility.changes import RegisterChange, count_changes
from relieftool.fieldwork.withdrawals import WithdrawalCounts
from relieftool.intake.imports import FileReport
from relieftool.messages import _
from relieftool.output.result import RecordTable, Result, ResultColumn, by_place, list_json_columns


def build_import_result(
    reports: list[FileReport], changes: list[RegisterChange] | None = None
) -> Result:
    """Return the files with their counts, what changed, a sum below them, and what to do next.

    `changes` None: nothing had been imported before.
    """
    columns: tuple[ResultColumn[FileReport], ...] = (
        ResultColumn("import_no", _("Import"), "right"),
        ResultColumn("file_name", _("File")),
        ResultColumn("state", _("State"), words=_state, only="table"),
        *list_json_columns("is_new", "replaced", "beside"),
        ResultColumn("rows", _("Rows"), "right"),
        ResultColumn("households", _("Households"), "right"),
        ResultColumn("members", _("Members"), "right"),
        ResultColumn("receipts", _("Receipts"), "right"),
        ResultColumn("problems", _("Problems"), "right"),
        ResultColumn(
            "unused_columns",
            only="json",
            value=lambda report: [asdict(column) for column in report.unused_columns],
        ),
    )
    files = RecordTable(_("Imported files"), columns, reports, _import_footer(reports))
    answer = {
        "relief_result": 1,
        "command": "import",
        "files": files.documents(),
        "changes": _changes_document(changes),
    }
    return Result(answer, (_changes_table(changes), files) if changes else (files,))


def _changes_document(changes: list[RegisterChange] | None) -> dict[str, object] | None:
    """Give the counts of what changed, and the list."""
    if changes is None:
        return None
    return {"counts": count_changes(changes), "list": [asdict(one) for one in changes]}


def _changes_table(changes: list[RegisterChange]) -> RecordTable[tuple[str, int]]:
    """Count what changed since before this import."""
    words = {
        "member-new": _("people who are new"),
        "member-gone": _("people gone, or on no newer list"),
        "fact-changed": _("facts that changed"),
        "finding-appeared": _("findings that are new or changed"),
        "finding-resolved": _("findings that are resolved"),
    }
    counts = [(words[sort], count) for sort, count in count_changes(changes).items()]
    columns = by_place(
        ResultColumn("change", _("Change")), ResultColumn("count", _("Count"), "right")
    )
    footer = _("`--format json` lists each.")
    return RecordTable(_("What changed since the last import"), columns, counts, (footer,))


def _state(report: FileReport) -> str:
    """Say whether a file is new, known, or replaces an earlier one of its name."""
    if report.replaced:
        return _("replaces an earlier one")
    return "" if report.is_new else _("known before")


def _import_footer(reports: list[FileReport]) -> list[str]:
    """Say where the problems are told, and what comes next."""
    problems = sum(report.problems for report in reports)
    lines = []
    if problems:
        lines.append(
            _("Rows in doubt or unused: {count}. `relief problems` lists them.").format(
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
    return [*lines, *_unused(reports), _("Next: `relief gaps`.")]


def _unused(reports: list[FileReport]) -> list[str]:
    """Name for each file the columns that are not used, and say what can be done about them."""
    lines = []
    for report in filter(lambda one: one.unused_columns, reports):
        columns = dict.fromkeys(one.column for one in report.unused_columns)
        sheets = dict.fromkeys(one.sheet for one in report.unused_columns)
        lines.append(
            _("Not used: {columns} ({file}; {sheets}).").format(
                columns=_(", ").join(columns),
                file=report.file_name,
                sheets=_(", ").join(sheets),
            )
        )
    remedy = _("`--map COLUMN=FACT` uses such a column, `--map COLUMN=-` leaves it out unnamed.")
    return [*lines, remedy] if lines else []


def format_withdrawals(followed: WithdrawalCounts) -> list[str]:
    """Say how many visits and needs of forms were withdrawn, and how many count again."""
    lines = []
    if followed.visits_gone or followed.needs_gone:
        words = _("Withdrawn, as their forms no longer count: visits {visits}, needs {needs}.")
        lines.append(words.format(visits=followed.visits_gone, needs=followed.needs_gone))
    if followed.visits_back or followed.needs_back:
        words = _("Counting again with their forms: visits {visits}, needs {needs}.")
        lines.append(words.format(visits=followed.visits_back, needs=followed.needs_back))
    return lines
