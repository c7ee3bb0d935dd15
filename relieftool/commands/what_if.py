"""`relief what-if`: the same rules on a changed copy; nothing is written to the register."""

from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.household import ShownHousehold
from relieftool.commands.session import open_session
from relieftool.commands.supposing import (
    build_option_error,
    check_member_places,
    parse_suppositions,
    parse_sweep_range,
)
from relieftool.eligibility.scenario import add_supposed_fact, copy_household
from relieftool.eligibility.sweeping import sweep_household as sweep_over
from relieftool.eligibility.what_if import compare_household as suppose
from relieftool.messages import _
from relieftool.output.result import OutputFormat
from relieftool.output.what_if import build_sweep_result, build_what_if_result

Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FACT=VALUE",
        help="Suppose a fact; 2.income=1000 is the second member's, +1000 adds, nothing: unknown.",
    ),
]
AddMember = Annotated[
    list[str] | None,
    typer.Option(
        "--add-member",
        metavar="FACT=VALUE,...",
        help="Suppose a person who joins; what is left out is what a blank cell would mean.",
    ),
]
RemoveMember = Annotated[
    list[int] | None,
    typer.Option("--remove-member", metavar="N", help="Suppose the member at this place leaves."),
]
SupposedReceipt = Annotated[
    list[str] | None,
    typer.Option("--receives", metavar="PROGRAMME", help="Suppose a benefit is received."),
]
ReceivesNot = Annotated[
    list[str] | None,
    typer.Option("--receives-not", metavar="PROGRAMME", help="Suppose a benefit is not received."),
]
SweepRange = Annotated[
    str | None,
    typer.Option(
        "--sweep",
        metavar="FACT=LOW..HIGH",
        help="Try a fact over a range and show where benefits fall away.",
    ),
]
SweepStep = Annotated[
    int | None,
    typer.Option("--step", metavar="YUAN", help="The width of a step; 50 yuan, or a count of 1."),
]


def what_if(
    household: ShownHousehold,
    *,
    set_: Set = None,
    add_member: AddMember = None,
    remove_member: RemoveMember = None,
    receives: SupposedReceipt = None,
    receives_not: ReceivesNot = None,
    sweep: SweepRange = None,
    step: SweepStep = None,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    as_of: options.AsOf = None,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
    reveal: options.Reveal = False,
    reason: options.Reason = None,
) -> None:
    """Show what a change would do to a household's benefits; the register stays as it is.

    Example: relief what-if HK20240011 --set household_income=+1000
    """
    showing = options.ShowOptions("what-if", form, out, reveal, reason)
    with open_session(db, pack, as_of) as opened:
        changes = parse_suppositions(
            opened.pack, set_, add_member, remove_member, receives, receives_not
        )
        if sweep is None and not any(vars(changes).values()):
            raise build_option_error(
                _("say what to suppose, for example --set household_income=+1000")
            )
        swept = None if sweep is None else parse_sweep_range(opened.pack, sweep, step)
        supposed = changes if swept is None else add_supposed_fact(changes, swept[0])
        check_member_places(
            supposed, [one["place"] for one in copy_household(opened.db, household).members]
        )
        asked = opened.db, opened.pack, opened.as_of, household, changes
        if swept is None:
            result = build_what_if_result(suppose(*asked))
        else:
            result = build_sweep_result(sweep_over(*asked, *swept))
        opened.show(result, showing)
