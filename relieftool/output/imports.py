"""Reports on imports, the problems and their decisions, and the questions about columns.

The questions are asked on a terminal. Columns whose meaning is certain are only shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from operator import itemgetter
from typing import TextIO

from relieftool.eligibility.changes import RegisterChanges, count_changes
from relieftool.errors import ReliefError
from relieftool.fieldwork.entries import WithdrawalCounts
from relieftool.intake.column_mapping import ColumnDoubt
from relieftool.intake.corrections import format_for_correction
from relieftool.intake.imports import FileReport
from relieftool.messages import _
from relieftool.output.corrections import mark_cell
from relieftool.output.result import Column, Columns, RecordTable, Result, build_documents
from relieftool.output.result_cells import MaskableText
from relieftool.pack.models import Pack
from relieftool.register.origins import HouseholdRow, SourceCell
from relieftool.spreadsheets.column_names import Catalogue
from relieftool.spreadsheets.columns import build_pack_catalogue
from relieftool.store.imports import RecordedProblem
from relieftool.store.problem_decisions import ProblemDecision, format_decision_choice, list_choices
from relieftool.values.screen_text import escape_invisible
from relieftool.values.text import squeeze_heading


def build_import_result(
    reports: list[FileReport],
    changes: RegisterChanges | None = None,
    unusable: Iterable[ReliefError] = (),
) -> Result:
    """Return the imported files with their counts, notes on what to do next, and the changes.

    `changes` is None if nothing had been imported before. `unusable` are the errors for the files
    that could not be used.
    """
    columns: tuple[Column[FileReport], ...] = (
        Column.number("import_no", _("Import")),
        Column("file_name", _("File")),
        Column("state", _("State"), words=_state, only="table"),
        *Column.json("is_new", "replaced", "beside"),
        Column.number("rows", _("Rows")),
        Column.number("households", _("Households")),
        Column.number("members", _("Members")),
        Column.number("receipts", _("Receipts")),
        Column.number("problems", _("Problems")),
        Column("unused_columns", only="json", value=_unused_documents),
    )
    files = RecordTable(_("Imported files"), columns, reports, _import_footer(reports))
    not_used = [
        {"file": error.place, "problem": error.problem, "remedy": error.remedy}
        for error in unusable
    ]
    result = files.result("import", "files", changes=_changes_document(changes), unusable=not_used)
    if changes is None or (not changes.changes and changes.are_findings_compared):
        return result
    return replace(result, tables=(_changes_table(changes), files))


def format_unusable(error: ReliefError) -> str:
    """Return the line on a file that could not be used."""
    line = _("NOT imported: {file}: {problem}. {remedy}")
    return line.format(file=error.place, problem=error.problem, remedy=error.remedy)


def format_nothing_replaced(reports: Iterable[FileReport]) -> list[str]:
    """Return a line for each new file that replaces nothing."""
    line = _(
        "--replace: no earlier import named {file} counts, so nothing was replaced. If it had"
        " another name, `relief imports` lists it and `relief undo IMPORT` takes it back."
    )
    return [
        line.format(file=report.file_name)
        for report in reports
        if report.is_new and not report.replaced
    ]


def _unused_documents(report: FileReport) -> list[dict[str, object]]:
    return [asdict(column) for column in report.unused_columns]


def _changes_document(changes: RegisterChanges | None) -> dict[str, object] | None:
    """Return the changes and their counts for JSON; None if nothing had been imported before."""
    if changes is None:
        return None
    return {
        "counts": count_changes(changes.changes),
        "list": [asdict(change) for change in changes.changes],
        "are_findings_compared": changes.are_findings_compared,
    }


def _changes_table(changes: RegisterChanges) -> RecordTable[tuple[str, int]]:
    """Return the table with the number of changes of each kind."""
    words = {
        "member-new": _("people who are new"),
        "member-gone": _("people gone, or on no newer list"),
        "fact-changed": _("facts that changed"),
        "finding-appeared": _("findings that are new or changed"),
        "finding-resolved": _("findings that are resolved"),
    }
    columns = (
        Column("change", _("Change"), words.get, value=itemgetter(0)),
        Column.number("count", _("Count"), value=itemgetter(1)),
    )
    counts = [
        (sort, count)
        for sort, count in count_changes(changes.changes).items()
        if changes.are_findings_compared or not sort.startswith("finding-")
    ]
    footer = [_("`--format json` lists each.")]
    if not changes.are_findings_compared:
        footer.append(
            _("The findings of so many households are only found by the next `relief gaps`.")
        )
    return RecordTable(_("What changed since the last import"), columns, counts, footer)


def _state(report: FileReport) -> str:
    """Return in words whether a file replaces an earlier one or was known before; '' if neither."""
    if report.replaced:
        return _("replaces an earlier one")
    return "" if report.is_new else _("known before")


def _import_footer(reports: list[FileReport]) -> list[str]:
    """Return the notes on problems, on earlier files, on unused columns and on the next step."""
    problems = sum(report.problems for report in reports)
    listed = _("Rows in doubt or unused: {count}. `relief problems` lists them.")
    beside = _(
        "{file} was imported before with other content, or for another programme, community or"
        " month; both count. If this one corrects it, import it again with --replace."
    )
    return [
        *([listed.format(count=problems)] if problems else []),
        *(beside.format(file=report.file_name) for report in reports if report.beside),
        *_unused(reports),
        _("Next: `relief gaps`."),
    ]


def _unused(reports: list[FileReport]) -> list[str]:
    """Return a line on the unused columns of each file, and a last line on how to use them."""
    line = _("Not used: {columns} ({file}; {sheets}).")
    lines = [
        line.format(
            columns=_(", ").join(dict.fromkeys(unused.column for unused in report.unused_columns)),
            file=report.file_name,
            sheets=_(", ").join(dict.fromkeys(unused.sheet for unused in report.unused_columns)),
        )
        for report in reports
        if report.unused_columns
    ]
    remedy = _("`--map COLUMN=FACT` uses such a column, `--map COLUMN=-` leaves it out unnamed.")
    return [*lines, remedy] if lines else []


def format_withdrawals(followed: WithdrawalCounts) -> list[str]:
    """Return the lines that count the visits and needs withdrawn, or restored, with their forms."""
    lines = []
    if followed.visits_gone or followed.needs_gone:
        words = _("Withdrawn, as their forms no longer count: visits {visits}, needs {needs}.")
        lines.append(words.format(visits=followed.visits_gone, needs=followed.needs_gone))
    if followed.visits_back or followed.needs_back:
        words = _("Counting again with their forms: visits {visits}, needs {needs}.")
        lines.append(words.format(visits=followed.visits_back, needs=followed.needs_back))
    return lines


def build_problems_result(problems: Sequence[RecordedProblem]) -> Result:
    """Return the problems as a table and as JSON, in the given order."""
    return problems_table(problems).result("problems", "problems")


def problems_table(problems: Sequence[RecordedProblem]) -> RecordTable[RecordedProblem]:
    """Return the table of problems."""
    columns: Columns = (
        Column.number("number", _("Number"), is_minor=True, is_optional=True),
        Column("file", _("File"), value="file_name"),
        *Column.of_part(
            lambda recorded: recorded.problem,
            Column("sheet", _("Sheet")),
            Column.number("row", _("Row"), is_optional=True),
            Column("column", _("Column")),
            *Column.json("code"),
            Column("state", _("State"), _problem_state, json_key="is_unused"),
            Column(
                "problem",
                _("What, and what to do"),
                is_wide=True,
                value=lambda problem: str(problem.message),
                json_key="message",
            ),
            *Column.json("community"),
        ),
        Column("choices", only="json", value=_choices),
    )
    return RecordTable(_("Problems"), columns, problems, _problems_footer(problems))


def _problem_state(is_unused: bool) -> str:  # noqa: FBT001 the value of a column
    return _("not used") if is_unused else _("in doubt")


def _choices(recorded: RecordedProblem) -> list[str]:
    """Return the possible decisions on a problem, in words and in the order shown."""
    return [format_decision_choice(choice) for choice in list_choices(recorded.problem.subject)]


def _problems_footer(problems: Sequence[RecordedProblem]) -> list[str]:
    """Return the notes on how to decide numbered problems and how to correct rows."""
    lines = []
    numbered = {problem.problem.code: problem for problem in problems if problem.number is not None}
    if numbered:
        lines.append(
            _("Decide a numbered one: `relief problems decide NUMBER --as CHOICE --by NAME`.")
        )
        for code, problem in sorted(numbered.items()):
            lines.append(f"{code}: {', '.join(_choices(problem))}")
    if any(problem.row_id is not None for problem in problems):
        lines.append(_("Correct the rows: `relief problems --out FILE.xlsx` writes them out."))
    return lines


def build_decisions_result(decisions: Sequence[ProblemDecision]) -> Result:
    """Return the decisions in force as a table and as JSON."""
    columns: tuple[Column[ProblemDecision], ...] = (
        Column.number("number", _("Number")),
        Column("choice", _("Decided as")),
        Column.optional("target", _("For")),
        Column("by", _("By")),
        Column("decided_at", _("Decided on")),
    )
    footer = _("`relief problems decide NUMBER --as reopen --by NAME` asks again.")
    table = RecordTable(_("Decisions"), columns, decisions, (footer,))
    return table.result("decisions", "decisions")


_YES = ("", "y", "yes", "是", "确认", "好")


def ask_about_columns(
    doubts: Iterable[ColumnDoubt], known: Catalogue, pack: Pack, asked: TextIO, answered: TextIO
) -> dict[str, dict[str, str]]:
    """Ask about each table's doubtful columns; return the answers by the table's fingerprint.

    A fingerprint is asked about once. Tables without an answer are left out.
    """
    answers: dict[str, dict[str, str]] = {}
    for doubt in doubts:
        if doubt.fingerprint not in answers:
            interview = _Interview(doubt, known, pack, asked, answered)
            answers[doubt.fingerprint] = interview.run()
    return {fingerprint: targets for fingerprint, targets in answers.items() if targets}


@dataclass(frozen=True)
class _Interview:
    """Asks the questions about one table on `asked` and reads the answers from `answered`."""

    doubt: ColumnDoubt
    known: Catalogue
    pack: Pack
    asked: TextIO
    answered: TextIO

    def run(self) -> dict[str, str]:
        """Ask about the doubtful columns; return the answers by heading.

        Empty if the input ends or the user does not confirm the answers.
        """
        place = f"{self.doubt.file_name} / {self.doubt.sheet}"
        self._say(_("{place}: these columns are read as").format(place=place))
        for header, target in self.doubt.certain:
            self._say(f"  {header} = {format_column_meaning(target, self.known, self.pack)}")
        targets: dict[str, str] = {}
        for header, near in self.doubt.unsure:
            answer = self._ask(header, near)
            if answer is None:
                return {}
            if answer:
                targets[squeeze_heading(header)] = answer
        question = _("Read these columns so, now and in later files? [Y/n] ")
        return targets if targets and self._read(question) in _YES else {}

    def _ask(self, header: str, near: tuple[str, ...]) -> str | None:
        """Ask about one column; return the heading or fact that was named.

        '-' leaves the column out, '' decides nothing, and None means that the input has ended.
        """
        self._say(_("The column '{header}' is not known.").format(header=header))
        for number, name in enumerate(near, start=1):
            self._say(f"  {number} = {name}")
        question = _("Its number, another heading, - to leave it out, or Enter to decide later: ")
        while True:
            answer = self._read(question)
            if answer is None or answer in {"", "-"}:
                return answer
            if answer.isdecimal() and 0 < int(answer) <= len(near):
                return near[int(answer) - 1]
            if self.known.target(answer) or answer in self.pack.facts:
                return answer
            self._say(
                _("'{name}' is neither a fact nor a heading that is known").format(name=answer)
            )
        return None

    def _say(self, line: str) -> None:
        self.asked.write(escape_invisible(line) + "\n")

    def _read(self, question: str) -> str | None:
        self.asked.write(question)
        self.asked.flush()
        line = self.answered.readline()
        return line.strip() if line else None


def format_column_meaning(target: str, known: Catalogue, pack: Pack) -> str:
    """Return a column's meaning in words: a fact, a programme or a known heading.

    A meaning without words is returned unchanged.
    """
    if target in pack.facts:
        return str(pack.facts[target].labels)
    if target.startswith("receipt."):
        return str(pack.programmes[target.removeprefix("receipt.")].names)
    return next((text for text in known.shown if known.target(text) == target), target)


_RowCell = tuple[HouseholdRow, SourceCell]


def add_source_rows(result: Result, rows: Sequence[HouseholdRow], pack: Pack) -> Result:
    """Add a household's source rows to its form; the cells of private columns are marked."""
    columns = _cell_columns(pack)
    listed = [
        {
            "file": row.file_name,
            "sheet": row.sheet,
            "row": row.number,
            "cells": build_documents(columns, [(row, cell) for cell in row.cells]),
        }
        for row in rows
    ]
    cells = [(row, cell) for row in rows for cell in row.cells]
    table = RecordTable(_("Rows it came from"), columns, cells)
    document = {**result.document, "rows": listed}
    return replace(result, document=document, tables=(*result.tables, table))


def _cell_columns(pack: Pack) -> tuple[Column[_RowCell], ...]:
    """Return the columns of a source cell: its position, heading, text and the column's meaning."""
    known = build_pack_catalogue(pack)

    def read_as(target: str | None) -> str:
        return _("not used") if target is None else format_column_meaning(target, known, pack)

    def shown(cell: SourceCell) -> MaskableText:
        return mark_cell(pack, cell.target, format_for_correction(cell.value))

    return (
        Column("source", _("File / sheet / row"), words=_source, only="table"),
        *Column.of_part(
            itemgetter(1),
            Column("column", _("Column"), value="heading"),
            Column("cell", _("Cell"), is_wide=True, value=shown, json_key="value"),
            Column("read_as", _("Read as"), read_as, value="target"),
        ),
    )


def _source(cell: _RowCell) -> str:
    row, _cell = cell
    return f"{row.file_name} / {row.sheet} / {row.number}"
