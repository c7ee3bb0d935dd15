"""`relief pack diff`: whom a change of the rules touches, before it is made."""

from pathlib import Path
from typing import Annotated

import typer

from relieftool.authoring.pack_comparison import compare_packs
from relieftool.commands import options
from relieftool.commands.session import load_chosen_pack, open_session
from relieftool.output.pack_diff_result import build_pack_diff_result
from relieftool.output.result import OutputFormat
from relieftool.pack.loading import find_shipped_pack
from relieftool.pack.models import Pack
from relieftool.register.build import refresh_register, show_register_on
from relieftool.rules.checking import load_checked_pack
from relieftool.store.database import rehearse

_WORDS = "a pack's folder, `shipped`, or `here` for the pack with this register's own values"
Old = Annotated[str, typer.Argument(metavar="OLD", help=f"Before: {_WORDS}.")]
New = Annotated[str, typer.Argument(metavar="NEW", help=f"After: {_WORDS}.")]


def diff_packs(
    old: Old,
    new: New,
    *,
    db: options.Db = options.DEFAULT_DB,
    pack: options.PackDir = None,
    as_of: options.AsOf = None,
    form: options.Format = OutputFormat.TABLE,
    out: options.Out = None,
    reveal: options.Reveal = False,
    reason: options.Reason = None,
) -> None:
    """Compare two packs on this register: who gains, who loses, who becomes undecided.

    Example: relief pack diff shipped here
    """
    showing = options.ShowOptions("pack diff", form, out, reveal, reason)
    with open_session(db, pack, as_of) as opened:
        opened.log_reveal(showing)
        day, here = opened.as_of, opened.pack
    before, after = _named(old, here), _named(new, here)
    with rehearse(db) as under_old, rehearse(db) as under_new:
        for register, rules in ((under_old, before), (under_new, after)):
            refresh_register(register, rules)
            if as_of is not None:
                show_register_on(register, rules, as_of)
        found = compare_packs((under_old, before), (under_new, after), day)
    showing.show(build_pack_diff_result(found, (old, new)))
    is_alike = not found.rules and not found.affected
    raise typer.Exit(options.EXIT_DONE if is_alike else options.EXIT_LOOK)


def _named(word: str, here: Pack) -> Pack:
    """Give the pack that a word or folder stands for."""
    if word == "here":
        return here
    if word == "shipped":
        return load_checked_pack(find_shipped_pack())
    return load_chosen_pack(Path(word))
