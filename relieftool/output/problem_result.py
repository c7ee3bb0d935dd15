"""The answer of `relief problems`: place, what is wrong, what to do."""

from collections.abc import Sequence
from dataclasses import asdict

from relieftool.messages import _
from relieftool.output.cells import Cell
from relieftool.output.result import Column, Columns, Grid, Result
from relieftool.registry.decisions import Decision, choice_form, choices_of
from relieftool.registry.imports import KeptProblem


def problems_result(problems: Sequence[KeptProblem]) -> Result:
    """Give the problems for people and programs, in the order of file, sheet and row."""
    document = {
        "relief_result": 1,
        "command": "problems",
        "problems": problem_documents(problems),
    }
    return Result(document, (problems_grid(problems),))


def problems_grid(problems: Sequence[KeptProblem]) -> Grid:
    """Give the table of problems."""
    columns: Columns = (
        Column("number", _("Number"), "right", is_minor=True),
        Column("file", _("File")),
        Column("sheet", _("Sheet")),
        Column("row", _("Row"), "right"),
        Column("column", _("Column")),
        Column("state", _("State")),
        Column("problem", _("What, and what to do"), is_wide=True),
    )
    rows = [_row(one) for one in problems]
    return Grid(_("Problems"), columns, rows, _footer(problems))


def problem_documents(problems: Sequence[KeptProblem]) -> list[dict[str, object]]:
    """Give the problems with the keys of the contract."""
    return [_record(one) for one in problems]


def _row(one: KeptProblem) -> list[Cell]:
    """Give a problem as a line of a table."""
    return [
        "" if one.number is None else one.number,
        one.file_name,
        one.problem.sheet,
        "" if one.problem.row is None else one.problem.row,
        one.problem.column,
        _("not used") if one.problem.is_unused else _("in doubt"),
        str(one.problem.message),
    ]


def _record(one: KeptProblem) -> dict[str, object]:
    """Give a problem for a program."""
    return {
        "number": one.number,
        "file": one.file_name,
        "sheet": one.problem.sheet,
        "row": one.problem.row,
        "column": one.problem.column,
        "code": one.problem.code,
        "is_unused": one.problem.is_unused,
        "message": str(one.problem.message),
        "community": one.problem.community,
        "choices": _choices(one),
    }


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
    """Give the decisions that hold, for people and programs."""
    columns: Columns = (
        Column("number", _("Number"), "right"),
        Column("choice", _("Decided as")),
        Column("target", _("For")),
        Column("by", _("By")),
        Column("decided_at", _("Decided on")),
    )
    rows: list[list[Cell]] = [
        [one.number, one.choice, one.target or "", one.by, one.decided_at] for one in decisions
    ]
    document = {
        "relief_result": 1,
        "command": "decisions",
        "decisions": [
            {key: value for key, value in asdict(one).items() if key not in ("subject", "written")}
            for one in decisions
        ],
    }
    footer = _("`relief problems decide NUMBER --as reopen --by NAME` asks again.")
    return Result(document, (Grid(_("Decisions"), columns, rows, (footer,)),))
