"""`relief verify`: prove that the ledger is whole."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.fieldwork import FIELD_CHAINS, FIELD_CHECKS
from relieftool.ledger import ACCESSES, ENTRIES, Broken, Head, read_head, verify_ledger
from relieftool.messages import _
from relieftool.output.cells import Cell
from relieftool.output.deliver import show_result
from relieftool.output.files import check_out_file
from relieftool.output.result import Column, Grid, OutputFormat, Result
from relieftool.output.words import say
from relieftool.registry.store import opened

Heads = Annotated[
    list[str] | None,
    typer.Option(
        "--head",
        metavar="HASH",
        help="A hash written down earlier, which some entry must still have; may be repeated.",
    ),
]


def verify(
    *,
    db: options.Db = options.DEFAULT_DB,
    head: Heads = None,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
) -> None:
    """Prove that no entry of the ledger was changed, removed or slipped in, and that cases add up.

    Write down the hashes it shows: given with --head, they also tell whether the end was cut off.

    Example: relief verify
    """
    check_out_file(out)
    with opened(db) as register:
        broken = verify_ledger(register, head or (), chains=FIELD_CHAINS, checks=FIELD_CHECKS)
        chains = (ENTRIES, ACCESSES, *FIELD_CHAINS)
        ends = {chain.table: read_head(register, chain) for chain in chains}
    show_result(_result(broken, ends), form, out)
    say(_outcome(broken))
    raise typer.Exit(options.EXIT_LOOK if broken else options.EXIT_DONE)


def _result(broken: Sequence[Broken], ends: Mapping[str, Head]) -> Result:
    entries, accesses = ends[ENTRIES.table], ends[ACCESSES.table]
    document = {
        "relief_result": 1,
        "command": "verify",
        "is_whole": not broken,
        "entries": entries.number,
        "head": entries.hash,
        "accesses": accesses.number,
        "access_head": accesses.hash,
        "chains": [
            {"table": table, "entries": head.number, "head": head.hash}
            for table, head in ends.items()
        ],
        "broken": [
            {
                "check": one.check,
                "place": one.place,
                "is_doubt": one.is_doubt,
                "message": str(one.message),
            }
            for one in broken
        ],
    }
    return Result(document, (_ends(ends), _listing(broken)))


def _ends(ends: Mapping[str, Head]) -> Grid:
    """Give the hashes to write down; a chain of the fieldwork only once it has an entry."""
    words = {
        "case_entries": _("cases"),
        "access_log": _("reveals"),
        "visits": _("visits"),
        "helpers": _("helpers"),
        "assignments": _("assignments"),
        "measures": _("measures"),
        "samples": _("samples"),
        "revisits": _("re-visits"),
        "needs": _("needs"),
        "withdrawals": _("withdrawn forms"),
    }
    always = (ENTRIES.table, ACCESSES.table)
    return Grid(
        _("The ends of the chains, to be written down"),
        (
            Column("chain", _("Chain")),
            Column("entries", _("Entries"), "right"),
            Column("head", _("Hash of the last")),
        ),
        [
            [words.get(table, table), head.number, head.hash]
            for table, head in ends.items()
            if head.number or table in always
        ],
    )


def _listing(broken: Sequence[Broken]) -> Grid:
    columns = (
        Column("check", _("Check")),
        Column("place", _("Place")),
        Column("is_doubt", _("Only a doubt")),
        Column("message", _("What is wrong")),
    )
    rows = [_row(one) for one in broken]
    return Grid(_("What must not be"), columns, rows)


def _row(one: Broken) -> list[Cell]:
    return [one.check, one.place, one.is_doubt, str(one.message)]


def _outcome(broken: Sequence[Broken]) -> str:
    if not broken:
        return _("Whole: every entry is as it was written, and the cases add up.")
    if all(one.is_doubt for one in broken):
        return _("Every entry is as it was written; {count} to look into.").format(
            count=len(broken)
        )
    return _(
        "Not whole: {count} listed. Keep this file as it is, work on with the newest copy that"
        " verifies, and tell whoever answers for the ledger."
    ).format(count=len(broken))
