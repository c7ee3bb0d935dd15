"""Read, check, test and compare the rule pack, and keep this office's own values over it.

The first sentence is shown by `relief --help`.

`relief pack check`: count what a pack contains, and list what is worth a look.

`relief pack show`: the rules as people read them, and the open questions.

`relief pack test`: run a pack's examples, and find changes of rules that they do not notice.

`relief pack diff`: who is affected by a change of the rules, before it is made.
"""

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from relieftool.commands import options
from relieftool.commands.help import LateCommands, ReliefGroup
from relieftool.commands.session import (
    RegisterOnDay,
    load_chosen_pack,
    load_register_pack,
)
from relieftool.errors import EXIT_DONE, EXIT_LOOK
from relieftool.messages import _
from relieftool.output.result import OutputFormat, Result
from relieftool.output.streams import print_message
from relieftool.output.terminal import show_progress
from relieftool.pack.models import Pack
from relieftool.register.build import refresh_register, show_register_on
from relieftool.store.database import rehearse

# Name and place of each command of the group, in the order of the help page.
PACK_COMMANDS = {
    "check": "relieftool.commands.pack:check_pack_folder",
    "show": "relieftool.commands.pack:show_pack",
    "test": "relieftool.commands.pack:run_pack_examples",
    "set": "relieftool.commands.pack_values:set_value",
    "unset": "relieftool.commands.pack_values:unset_value",
    "values": "relieftool.commands.pack_values:list_values",
    "diff": "relieftool.commands.pack:diff_packs",
}


class _PackGroup(ReliefGroup):
    """The commands under `relief pack`, each imported only when it is used."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = LateCommands(PACK_COMMANDS)


app = typer.Typer(cls=_PackGroup, add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def pack() -> None:
    """Read, check, test and compare the rule pack, and keep this office's own values over it.

    Example: relief pack check
    """


PackFolder = Annotated[
    Path | None,
    typer.Argument(metavar="DIR", help="The folder of the pack; otherwise the shipped one."),
]


def check_pack_folder(
    folder: PackFolder = None,
    *,
    db: options.Db = options.DEFAULT_DB,
    as_of: options.AsOf = None,
    showing: options.ShowOptions,
) -> None:
    """Read a pack strictly and count its contents.

    List unused parameters and facts, programmes without a roster name, and parameters whose value
    ends soon or has ended.

    Example: relief pack check
    """
    from relieftool.authoring.pack_review import count_contents, review_pack  # noqa: PLC0415 start-up time
    from relieftool.output.pack import build_pack_check_result  # noqa: PLC0415 start-up time

    pack, day = load_register_pack(db, folder, as_of)
    doubts = review_pack(pack, day)
    showing.show(build_pack_check_result(pack, day, count_contents(pack), doubts))
    raise typer.Exit(EXIT_LOOK if doubts else EXIT_DONE)


ShownProgramme = Annotated[
    str | None,
    typer.Argument(
        metavar="PROGRAMME",
        autocompletion=options.complete_programme,
        help="The programme's name; otherwise all are listed.",
    ),
]
Assumed = Annotated[
    bool,
    typer.Option("--assumed", help="List what must still be asked of the district office."),
]


def show_pack(
    programme: ShownProgramme = None,
    *,
    assumed: Assumed = False,
    where: RegisterOnDay,
    showing: options.ShowOptions,
) -> None:
    """Show a programme's rule with its values and sources, all programmes, or open questions.

    Example: relief pack show dibao
    """
    rules, day = load_register_pack(where.db, where.pack, where.as_of)
    showing.show(_result(rules, day, programme, is_assumed=assumed))


def _result(pack: Pack, day: dt.date, programme: str | None, *, is_assumed: bool) -> Result:
    """Return the result for the options of the command line."""
    from relieftool.authoring.pack_review import (  # noqa: PLC0415 start-up time
        find_programme_or_unencoded,
        list_law_questions,
    )
    from relieftool.output.pack import (  # noqa: PLC0415 start-up time
        build_law_questions_result,
        build_programme_result,
        build_programmes_result,
    )

    if is_assumed:
        return build_law_questions_result(pack, day, list_law_questions(pack, day, programme))
    if programme is None:
        return build_programmes_result(pack, day)
    return build_programme_result(pack, day, find_programme_or_unencoded(pack, programme))


def run_pack_examples(
    folder: PackFolder = None,
    *,
    showing: options.ShowOptions,
) -> None:
    """Run the examples of a pack, and find changes of its rules that no example would notice.

    Example: relief pack test
    """
    from relieftool.authoring.examples import run_examples  # noqa: PLC0415 start-up time
    from relieftool.authoring.mutation_testing import find_survivors  # noqa: PLC0415 start-up time
    from relieftool.output.pack_tests import (  # noqa: PLC0415 start-up time
        build_pack_test_result,
        format_test_totals,
    )

    pack = load_chosen_pack(folder)
    results = run_examples(pack)
    with show_progress(sys.stderr, _("Trying variants")) as progress:
        report = find_survivors(pack, results, progress)
    failed = sum(not result.is_met for result in results)
    showing.show(build_pack_test_result(pack, results, report))
    is_whole = not failed and not report.survivors
    if report.survivors or showing.out is not None or showing.form is not OutputFormat.TABLE:
        print_message(format_test_totals(len(results), failed, report))
    raise typer.Exit(EXIT_DONE if is_whole else EXIT_LOOK)


_WORDS = "a pack's folder, `shipped`, or `here` for the pack with this register's own values"
Old = Annotated[str, typer.Argument(metavar="OLD", help=f"Before: {_WORDS}.")]
New = Annotated[str, typer.Argument(metavar="NEW", help=f"After: {_WORDS}.")]


def diff_packs(
    old: Old,
    new: New,
    *,
    where: RegisterOnDay,
    showing: options.RevealOptions,
) -> None:
    """Compare two packs on this register: who gains, who loses, who becomes undecided.

    Example: relief pack diff shipped here
    """
    from relieftool.authoring.pack_comparison import compare_packs  # noqa: PLC0415 start-up time
    from relieftool.output.pack_tests import build_pack_diff_result  # noqa: PLC0415 start-up time

    with where.open() as opened:
        before, after = _named(old, opened.pack), _named(new, opened.pack)
        with rehearse(where.db) as under_old, rehearse(where.db) as under_new:
            for register, rules in ((under_old, before), (under_new, after)):
                refresh_register(register, rules)
                if where.as_of is not None:
                    show_register_on(register, rules, where.as_of)
            found = compare_packs((under_old, before), (under_new, after), opened.as_of)
        opened.show(build_pack_diff_result(found, (old, new)), showing)
    is_alike = not found.rules and not found.affected
    raise typer.Exit(EXIT_DONE if is_alike else EXIT_LOOK)


def _named(word: str, here: Pack) -> Pack:
    """Return the pack for the word `here` or `shipped`, or for the path of a folder."""
    if word == "here":
        return here
    if word == "shipped":
        return load_chosen_pack(None)
    return load_chosen_pack(Path(word))
