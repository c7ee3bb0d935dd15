"""`relief import`: an office's spreadsheets into the register."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.opening import confirm_closings
from relieftool.commands.session import Session, chosen_pack, today
from relieftool.fieldwork.filled_forms import Recorded, record_forms
from relieftool.intake import keep_files, read_paths
from relieftool.messages import _
from relieftool.output.deliver import show_result
from relieftool.output.files import check_out_file
from relieftool.output.import_result import import_result
from relieftool.output.progress import file_progress
from relieftool.output.result import OutputFormat
from relieftool.output.words import say
from relieftool.registry.dates import newest_date
from relieftool.registry.store import opened, rehearsed

Paths = Annotated[
    list[Path], typer.Argument(metavar="PATH", help="Spreadsheet files, or folders of them.")
]

Replace = Annotated[
    bool,
    typer.Option("--replace", help="Earlier imports of files of the same name no longer count."),
]


def import_files(
    paths: Paths,
    *,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
    replace: Replace = False,
    dry_run: options.DryRun = False,
) -> None:
    """Bring household lists and benefit rosters into the register.

    What was imported before changes nothing.

    Example: relief import sample_data
    """
    check_out_file(out)
    rules, day = chosen_pack(pack), today()
    with file_progress(sys.stderr) as progress:
        read = read_paths(rules, paths, progress, day)
        with rehearsed(db) if dry_run else opened(db, create=True) as register:
            reports = keep_files(register, rules, read, replace_namesakes=replace)
            confirm_closings(Session(register, rules, newest_date(register) or day, day))
            forms = [form for one in read for form in one.forms]
            recorded = record_forms(register, forms)
    show_result(import_result(reports), form, out)
    if forms:
        say(_told(len(forms), recorded))
    if dry_run:
        say(_("This was a rehearsal: nothing was written to {file}.").format(file=db.name))
    if any(report.problems for report in reports):
        raise typer.Exit(options.EXIT_LOOK)


def _told(forms: int, recorded: Recorded) -> str:
    """Say what the forms added besides facts."""
    return _("{forms} forms: {visits} visits and {needs} needs were written down.").format(
        forms=forms, visits=recorded.visits, needs=recorded.needs
    )
