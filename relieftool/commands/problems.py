"""`relief problems`: rows that could not be used, or only with a doubt."""

import typer

from relieftool.commands import options
from relieftool.commands.session import session
from relieftool.output.deliver import show_result
from relieftool.output.files import check_out_file
from relieftool.output.problem_result import problems_result
from relieftool.output.result import OutputFormat
from relieftool.registry.imports import list_problems


def problems(
    *,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    as_of: options.AsOf = None,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
) -> None:
    """List the rows not used, or used with a doubt: file, sheet, row, column and what to do.

    Example: relief problems
    """
    check_out_file(out)
    with session(db, pack, as_of) as opened:
        found = list_problems(opened.db)
    show_result(problems_result(found), form, out)
    raise typer.Exit(options.EXIT_LOOK if found else options.EXIT_DONE)
