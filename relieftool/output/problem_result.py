"""The answer of `relief problems`: place, what is wrong, what to do."""

from collections.abc import Sequence

from relieftool.messages import _
from relieftool.output.result import Column, Result, Table, in_json
from relieftool.problems import Problem
from relieftool.registry.decisions import Decision, choice_form, choices_of
from relieftool.registry.imports import KeptProblem


def problems_result(problems: Sequence[KeptProblem]) -> Result:
    """Return the problems for people and programs, in the order of file, sheet and row."""
    table = problems_table(problems)
    answer = {"relief_result": 1, "command": "problems", "problems": table.documents()}
    return Result(answer, (table,))


def problems_table(problems: Sequence[KeptProblem]) -> Table[KeptProblem]:
    """Return the table of problems."""
    place = (
        Column[Problem]("sheet", _("Sheet")),
        Column("row", _("Row"), "right", is_optional=True),
        Column("column", _("Column")),
        *in_json("code"),
        Column("state", _("State"), words=_state, json_key="is_unused"),
        Column(
            "problem",
            _("What, and what to do"),
            is_wide=True,
            value=lambda problem: str(problem.message),
            json_key="message",
        ),
        *in_json("community"),
    )
    columns: tuple[Column[KeptProblem], ...] = (
        Column("number", _("Number"), "right", is_minor=True, is_optional=True),
        Column("file", _("File"), value=lambda kept: kept.file_name),
        *(column.of(lambda kept: kept.problem) for column in place),
        Column("choices", only="json", value=_choices),
    )
    return Table(_("Problems"), columns, problems, _footer(problems))


def _state(problem: Problem) -> str:
    return _("not used") if problem.is_unused else _("in doubt")


def _choices(one: KeptProblem) -> list[str]:
    """Give the forms in which a problem can be decided; none where there is nothing to decide."""
    return [choice_form(choice) for choice in choices_of(one.problem.subject)]


def _footer(problems: Sequence[KeptProblem]) -> list[str]:
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


def decisions_result(decisions: Sequence[Decision]) -> Result:
    """Return the decisions that hold, for people and programs."""
    columns: tuple[Column[Decision], ...] = (
        Column("number", _("Number"), "right"),
        Column("choice", _("Decided as")),
        Column("target", _("For"), is_optional=True),
        Column("by", _("By")),
        Column("decided_at", _("Decided on")),
    )
    footer = _("`relief problems decide NUMBER --as reopen --by NAME` asks again.")
    table = Table(_("Decisions"), columns, decisions, (footer,))
    answer = {"relief_result": 1, "command": "decisions", "decisions": table.documents()}
    return Result(answer, (table,))
