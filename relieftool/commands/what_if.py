"""`relief what-if`: the same rules on a changed copy; nothing is written to the register."""

from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import session
from relieftool.commands.show import HouseholdNo
from relieftool.commands.supposing import check_places, read_changes, read_range, wrong
from relieftool.messages import _
from relieftool.output.result import OutputFormat
from relieftool.output.what_if_result import sweep_result, what_if_result
from relieftool.supposed import read_copy, with_setting
from relieftool.sweeping import sweep as sweep_over
from relieftool.what_if import what_if as suppose

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
Receives = Annotated[
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
Step = Annotated[
    int | None,
    typer.Option("--step", metavar="YUAN", help="The width of a step; 50 yuan, or a count of 1."),
]


def what_if(
    household: HouseholdNo,
    *,
    set_: Set = None,
    add_member: AddMember = None,
    remove_member: RemoveMember = None,
    receives: Receives = None,
    receives_not: ReceivesNot = None,
    sweep: SweepRange = None,
    step: Step = None,
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
    showing = options.Showing("what-if", form, out, reveal, reason)
    with session(db, pack, as_of) as opened:
        changes = read_changes(opened.pack, set_, add_member, remove_member, receives, receives_not)
        if sweep is None and not any(vars(changes).values()):
            raise wrong(_("say what to suppose, for example --set household_income=+1000"))
        swept = None if sweep is None else read_range(opened.pack, sweep, step)
        supposed = changes if swept is None else with_setting(changes, swept[0])
        check_places(supposed, [one["place"] for one in read_copy(opened.db, household).members])
        asked = opened.db, opened.pack, opened.as_of, household, changes
        if swept is None:
            result = what_if_result(suppose(*asked))
        else:
            result = sweep_result(sweep_over(*asked, *swept))
        opened.show(result, showing)
