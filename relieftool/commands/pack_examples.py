"""`relief pack test`: do the examples of a pack come out, and would they notice a changed rule."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from relieftool.authoring.examples import run_examples
from relieftool.authoring.mutation_testing import find_survivors
from relieftool.commands import options
from relieftool.commands.session import load_chosen_pack
from relieftool.messages import _
from relieftool.output.pack_tests import build_pack_test_result, format_test_totals
from relieftool.output.progress import show_progress
from relieftool.output.result import OutputFormat
from relieftool.output.words import print_message

PackFolder = Annotated[
    Path | None,
    typer.Argument(metavar="DIR", help="The folder of the pack; otherwise the shipped one."),
]


def run_pack_examples(
    folder: PackFolder = None,
    *,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
) -> None:
    """Run the examples of a pack, and find changes of its rules that no example would notice.

    Example: relief pack test
    """
    showing = options.ShowOptions("pack test", form, out)
    pack = load_chosen_pack(folder)
    results = run_examples(pack)
    with show_progress(sys.stderr, _("Trying variants")) as tell:
        report = find_survivors(pack, results, tell)
    failed = sum(not one.is_met for one in results)
    showing.show(build_pack_test_result(pack, results, report))
    is_whole = not failed and not report.survivors
    if report.survivors or out is not None or form is not OutputFormat.TABLE:
        print_message(format_test_totals(len(results), failed, report))
    raise typer.Exit(options.EXIT_DONE if is_whole else options.EXIT_LOOK)
