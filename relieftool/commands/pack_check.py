"""`relief pack check`: is the pack whole, what does it hold, and what in it is worth a look."""

from pathlib import Path
from typing import Annotated

import typer

from relieftool.authoring.pack_review import count_contents, review_pack
from relieftool.commands import options
from relieftool.commands.session import load_register_pack
from relieftool.output.pack_check_result import build_pack_check_result
from relieftool.output.result import OutputFormat

PackFolder = Annotated[
    Path | None,
    typer.Argument(metavar="DIR", help="The folder of the pack; otherwise the shipped one."),
]


def check_pack_folder(
    folder: PackFolder = None,
    *,
    db: options.Db = options.DEFAULT_DB,
    as_of: options.AsOf = None,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
) -> None:
    """Read a pack strictly, say what it holds, and what in it is unused, unnamed or running out.

    Example: relief pack check
    """
    showing = options.ShowOptions("pack check", form, out)
    pack, day = load_register_pack(db, folder, as_of)
    doubts = review_pack(pack, day)
    showing.show(build_pack_check_result(pack, day, count_contents(pack), doubts))
    raise typer.Exit(options.EXIT_LOOK if doubts else options.EXIT_DONE)
