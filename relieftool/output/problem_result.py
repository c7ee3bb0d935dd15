"""The answer of `relief problems`: place, what is wrong, what to do."""

from collections.abc import Sequence

from relieftool.messages import _
from relieftool.output.result import RecordTable, Result, ResultColumn, list_json_columns
from relieftool.problems import Problem
from relieftool.store.imports import RecordedProblem
from relieftool.store.problem_decisions import ProblemDecision, format_choice, list_choices


def build_problems_result(problems: Sequence[RecordedProblem]) -> Result:
    """Return the problems for people and programs, in the order of file, sheet and row."""
    table = problems_table(problems)
    answer = {"relief_result": 1, "command": "problems", "problems": table.documents()}
    return Result(answer, (table,))


def problems_table(problems: Sequence[RecordedProblem]) -> RecordTable[RecordedProblem]:
    """Return the table of problems."""
    place = (
        ResultColumn[Problem]("sheet", _("Sheet")),
        ResultColumn("row", _("Row"), "right", is_optional=True),
        ResultColumn("column", _("Column")),
        *list_json_columns("code"),
        ResultColumn("state", _("State"), words=_problem_state, json_key="is_unused"),
        ResultColumn(
            "problem",
            _("What, and what to do"),
            is_wide=True,
            value=lambda problem: str(problem.message),
            json_key="message",
        ),
        *list_json_columns("community"),
    )
    columns: tuple[ResultColumn[RecordedProblem], ...] = (
        ResultColumn("number", _("Number"), "right", is_minor=True, is_optional=True),
        ResultColumn("file", _("File"), value=lambda kept: kept.file_name),
        *(column.of(lambda kept: kept.problem) for column in place),
        ResultColumn("choices", only="json", value=_choices),
    )
    return RecordTable(_("Problems"), columns, problems, _problems_footer(problems))


def _problem_state(problem: Problem) -> str:
    return _("not used") if problem.is_unused else _("in doubt")


def _choices(one: RecordedProblem) -> list[str]:
    """Give the forms in which a problem can be decided; none where there is nothing to decide."""
    return [format_choice(choice) for choice in list_choices(one.problem.subject)]


def _problems_footer(problems: Sequence[RecordedProblem]) -> list[str]:
    """Say how the numbered ones are decided, and how rows are corrected."""
    lines = []
    if any(one.number is not None for one in problems):
        line = _("Decide a numbered one: `relief problems decide NUMBER --as CHOICE --by NAME`.")
        lines.append(line)
        codes = {one.problem.code: one for one in problems if one.number is not None}
        lines += [f"{code}: {', '.join(_choices(one))}" for code, one in sorted(codes.items())]
    if any(one.row_id is not None for one in problems):
        lines.append(_("Correct the rows: `relief problems --out FILE.xlsx` writes them out."))
    return lines


def build_decisions_result(decisions: Sequence[ProblemDecision]) -> Result:
    """Return the decisions that hold, for people and programs."""
    columns: tuple[ResultColumn[ProblemDecision], ...] = (
        ResultColumn("number", _("Number"), "right"),
        ResultColumn("choice", _("Decided as")),
        ResultColumn("target", _("For"), is_optional=True),
        ResultColumn("by", _("By")),
        ResultColumn("decided_at", _("Decided on")),
    )
    footer = _("`relief problems decide NUMBER --as reopen --by NAME` asks again.")
    table = RecordTable(_("Decisions"), columns, decisions, (footer,))
    answer = {"relief_result": 1, "command": "decisions", "decisions": table.documents()}
    return Result(answer, (table,))
