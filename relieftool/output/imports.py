"""What became of each imported file, the problems and the decisions on them, and the interview.

The interview asks on a terminal about columns: what is certain is shown, what is not is asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from operator import itemgetter
from typing import TextIO

from relieftool.eligibility.changes import RegisterChange, count_changes
from relieftool.fieldwork.entries import WithdrawalCounts
from relieftool.intake.column_mapping import ColumnDoubt
from relieftool.intake.imports import FileReport
from relieftool.messages import _
from relieftool.output.result import Column, Columns, RecordTable, Result
from relieftool.output.result_cells import escape_invisible
from relieftool.pack.models import Pack
from relieftool.spreadsheets.column_names import Catalogue
from relieftool.store.imports import RecordedProblem
from relieftool.store.problem_decisions import ProblemDecision, format_decision_choice, list_choices
from relieftool.values.text import squeeze_heading


def build_import_result(
    reports: list[FileReport], changes: list[RegisterChange] | None = None
) -> Result:
    """Return the files with their counts, what changed, a sum below them, and what to do next.

    `changes` None: nothing had been imported before.
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
    result = files.result("import", "files", changes=_changes_document(changes))
    return replace(result, tables=(_changes_table(changes), files)) if changes else result


def _unused_documents(report: FileReport) -> list[dict[str, object]]:
    return [asdict(column) for column in report.unused_columns]


def _changes_document(changes: list[RegisterChange] | None) -> dict[str, object] | None:
    """Return the counts of what changed, and the list."""
    if changes is None:
        return None
    return {"counts": count_changes(changes), "list": [asdict(change) for change in changes]}


def _changes_table(changes: list[RegisterChange]) -> RecordTable[tuple[str, int]]:
    """Count what changed since before this import."""
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
    counts = list(count_changes(changes).items())
    footer = _("`--format json` lists each.")
    return RecordTable(_("What changed since the last import"), columns, counts, (footer,))


def _state(report: FileReport) -> str:
    """Say whether a file replaces an earlier one of its name or was known before."""
    if report.replaced:
        return _("replaces an earlier one")
    return "" if report.is_new else _("known before")


def _import_footer(reports: list[FileReport]) -> list[str]:
    """Say where the problems are listed, and what comes next."""
    problems = sum(report.problems for report in reports)
    listed = _("Rows in doubt or unused: {count}. `relief problems` lists them.")
    beside = _(
        "{file} was imported before with other content; both count. If this one corrects it,"
        " import it again with --replace."
    )
    return [
        *([listed.format(count=problems)] if problems else []),
        *(beside.format(file=report.file_name) for report in reports if report.beside),
        *_unused(reports),
        _("Next: `relief gaps`."),
    ]


def _unused(reports: list[FileReport]) -> list[str]:
    """Name for each file the columns that are not used, and say what can be done about them."""
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
    """Say how many visits and needs of forms were withdrawn, and how many count again."""
    lines = []
    if followed.visits_gone or followed.needs_gone:
        words = _("Withdrawn, as their forms no longer count: visits {visits}, needs {needs}.")
        lines.append(words.format(visits=followed.visits_gone, needs=followed.needs_gone))
    if followed.visits_back or followed.needs_back:
        words = _("Counting again with their forms: visits {visits}, needs {needs}.")
        lines.append(words.format(visits=followed.visits_back, needs=followed.needs_back))
    return lines


def build_problems_result(problems: Sequence[RecordedProblem]) -> Result:
    """Return the problems for people and programs, in the order of file, sheet and row."""
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
    """Return the choices between which a problem can be decided, in the order shown."""
    return [format_decision_choice(choice) for choice in list_choices(recorded.problem.subject)]


def _problems_footer(problems: Sequence[RecordedProblem]) -> list[str]:
    """Say how the numbered ones are decided, and how rows are corrected."""
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
    """Return the decisions that hold, for people and programs."""
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

    A table of the same headings is asked about once. Without an answer nothing is decided.
    """
    answers: dict[str, dict[str, str]] = {}
    for doubt in doubts:
        if doubt.fingerprint not in answers:
            interview = _Interview(doubt, known, pack, asked, answered)
            answers[doubt.fingerprint] = interview.run()
    return {fingerprint: targets for fingerprint, targets in answers.items() if targets}


@dataclass(frozen=True)
class _Interview:
    """The questions about one table."""

    doubt: ColumnDoubt
    known: Catalogue
    pack: Pack
    asked: TextIO
    answered: TextIO

    def run(self) -> dict[str, str]:
        """Return the target of each heading that was asked about, once the reader agrees to all.

        Empty where the reader stops answering or does not agree.
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
        """Ask about one column; return its target, '' if left open, None if input has ended."""
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
    """Name what a column was mapped to."""
    if target in pack.facts:
        return str(pack.facts[target].labels)
    if target.startswith("receipt."):
        return str(pack.programmes[target.removeprefix("receipt.")].names)
    return next((text for text in known.shown if known.target(text) == target), target)
