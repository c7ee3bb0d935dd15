"""`relief import`: an office's spreadsheets into the register."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import chosen_pack
from relieftool.intake import ReadFile, keep_files, read_paths
from relieftool.mapping import Said, parse_map
from relieftool.messages import _
from relieftool.output.asking import ask_about_columns
from relieftool.output.deliver import show_result
from relieftool.output.files import check_out_file
from relieftool.output.import_result import import_result
from relieftool.output.progress import file_progress
from relieftool.output.result import OutputFormat
from relieftool.output.words import say
from relieftool.pack.models import Pack
from relieftool.registry.mappings import remembered_mappings
from relieftool.registry.store import opened, rehearsed
from relieftool.spreadsheets.columns import catalogue

Paths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH", help="Spreadsheet files, folders or .zip archives of them."),
]

Replace = Annotated[
    bool,
    typer.Option("--replace", help="Earlier imports of files of the same name no longer count."),
]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="COLUMN=FACT",
        help="Read a column as this fact or known heading; - leaves it out. Remembered.",
    ),
]


def import_files(
    paths: Paths,
    *,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
    replace: Replace = False,
    columns: Map = None,
    dry_run: options.DryRun = False,
) -> None:
    """Bring household lists and benefit rosters into the register.

    What was imported before changes nothing.

    Example: relief import sample_data
    """
    check_out_file(out)
    stated = _stated(columns or [])
    rules = chosen_pack(pack)
    read = _read(rules, paths, Said(stated, remembered_mappings(db)))
    with rehearsed(db) if dry_run else opened(db, create=True) as register:
        reports = keep_files(register, rules, read, replace_namesakes=replace)
    show_result(import_result(reports), form, out)
    if dry_run:
        say(_("This was a rehearsal: nothing was written to {file}.").format(file=db.name))
    if any(report.problems for report in reports):
        raise typer.Exit(options.EXIT_LOOK)


def _stated(texts: list[str]) -> dict[str, str]:
    """Read what --map says; anything else is a wrong command line."""
    try:
        return parse_map(texts)
    except ValueError as error:
        problem = _("'{text}' is not COLUMN=FACT, such as 月进账=household_income")
        raise typer.BadParameter(problem.format(text=error), param_hint="--map") from error


def _read(rules: Pack, paths: list[Path], said: Said) -> list[ReadFile]:
    """Read the files; on a terminal ask about columns in doubt, and read them again as answered."""
    with file_progress(sys.stderr) as progress:
        read = read_paths(rules, paths, progress, say, said)
    doubts = [doubt for one in read for doubt in one.doubts]
    if not doubts or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return read
    answers = ask_about_columns(doubts, catalogue(rules), rules, sys.stderr, sys.stdin)
    if not answers:
        return read
    return read_paths(rules, paths, said=said.with_answers(answers))
