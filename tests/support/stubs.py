"""Commands that exist only in tests: each ends in one of the ways a command can end."""

import sys
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.errors import EXIT_LOOK, ReliefError
from relieftool.output.result import Column, OutputFormat, RecordTable, Result
from relieftool.output.show import show_result

FINDINGS = RecordTable(
    title="Findings as of 2024-12-10",
    columns=Column.by_place(
        Column("household_no", "Household"),
        Column("head", "Head"),
        Column.number("amount", "Yuan"),
        Column.number("members", "Members"),
    ),
    records=(
        (
            "HK-0001-2024-12-10-of-a-very-long-register-number-that-no-screen-has-room-for",
            "李*",
            Decimal("1234.50"),
            3,
        ),
        ("HK-2", "欧阳*", None, 1),
        ("HK-3", "=1+1", Decimal("-500.00"), 2),
    ),
    footer=("Rests on assumed values: line.",),
)
LISTING = FINDINGS.shown(is_revealed=False)
RESULT = Result(
    {"relief_result": 1, "command": "look", "findings": [{"head": "李*", "amount_fen": None}]},
    (FINDINGS,),
)


def look(  # noqa: PLR0913 every shared option once
    household: Annotated[str, typer.Argument(metavar="HOUSEHOLD", help="The household's number.")],
    *,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    as_of: options.AsOf = None,
    community: options.Community = None,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
    reason: options.Reason = None,
    by: options.By = "",
    reveal: options.Reveal = False,
    dry_run: options.DryRun = False,
    rate: Annotated[int, typer.Option("--rate", help="A whole number.")] = 3,
) -> None:
    """List what there is to look at.

    Nothing is changed by it.

    Example: relief look HK-1 --as-of 2024-12-10
    """
    del household, db, pack, as_of, community, by, dry_run, rate
    options.check_reason(reason, is_revealed=reveal)
    show_result(RESULT, form, out)
    raise typer.Exit(EXIT_LOOK)


def done() -> None:
    """Leave a file behind."""
    Path("done.txt").touch()


def refuse() -> None:
    """Refuse, as on a file that cannot be read."""
    raise ReliefError(
        "名册.xlsx\x1b[2J", "is not a spreadsheet", "Save it as .xlsx,\nthen import it again."
    )


def break_down() -> None:
    """Fail by a mistake of our own, holding personal data."""
    raise KeyError("张三 360302199001011234")


def interrupt() -> None:
    """Be stopped by Ctrl-C."""
    raise KeyboardInterrupt


def prompt() -> None:
    """Ask where nobody can answer."""
    typer.prompt("?")


def flood(count: int) -> None:
    """Print many lines."""
    sys.stdout.write("x\n" * count)
