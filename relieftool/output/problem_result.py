"""The answer of `relief problems`: place, what is wrong, what to do."""

from collections.abc import Sequence

from relieftool.messages import _
from relieftool.output.result import Column, Grid, Result
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
    rows = [
        [
            one.file_name,
            one.problem.sheet,
            "" if one.problem.row is None else one.problem.row,
            one.problem.column,
            _("not used") if one.problem.is_unused else _("in doubt"),
            str(one.problem.message),
        ]
        for one in problems
    ]
    columns = (
        Column("file", _("File")),
        Column("sheet", _("Sheet")),
        Column("row", _("Row"), "right"),
        Column("column", _("Column")),
        Column("state", _("State")),
        Column("problem", _("What, and what to do"), is_wide=True),
    )
    return Grid(_("Problems"), columns, rows)


def problem_documents(problems: Sequence[KeptProblem]) -> list[dict[str, object]]:
    """Give the problems with the keys of the contract."""
    return [
        {
            "file": one.file_name,
            "sheet": one.problem.sheet,
            "row": one.problem.row,
            "column": one.problem.column,
            "code": one.problem.code,
            "is_unused": one.problem.is_unused,
            "message": str(one.problem.message),
        }
        for one in problems
    ]
