"""Read, check, test and compare the rule pack, and keep this office's own values over it.

Example: relief pack check

`relief pack check`: count what a pack contains, and list what is worth a look.

`relief pack show`: the rules as people read them, and the open questions.

`relief pack test`: run a pack's examples, and find changes of rules that they do not notice.

`relief pack calendar`: every value of the law by its days.

`relief pack diff`: who is affected by a change of the rules, before it is made.
"""

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import RegisterOnDay, load_register_pack
from relieftool.errors import EXIT_DONE, EXIT_LOOK
from relieftool.messages import _
from relieftool.output.result import OutputFormat, Result
from relieftool.output.streams import print_message
from relieftool.output.terminal import show_progress
from relieftool.pack.models import Pack
from relieftool.pack.pack_files import find_pack_folder, locate_pack
from relieftool.register.build import refresh_register, show_register_on
from relieftool.store.chosen_pack import find_chosen_pack, load_chosen_pack, load_whole_pack
from relieftool.store.database import rehearse

# Name and place of each command of the group, in the order of the help page.
PACK_COMMANDS = {
    "list": "relieftool.commands.pack_choice:list_shipped_packs",
    "use": "relieftool.commands.pack_choice:use_pack",
    "new": "relieftool.commands.pack_choice:begin_pack",
    "check": "relieftool.commands.pack:check_pack_folder",
    "show": "relieftool.commands.pack:show_pack",
    "calendar": "relieftool.commands.pack:show_calendar",
    "test": "relieftool.commands.pack:run_pack_examples",
    "set": "relieftool.commands.pack_values:set_value",
    "unset": "relieftool.commands.pack_values:unset_value",
    "values": "relieftool.commands.pack_values:list_values",
    "diff": "relieftool.commands.pack:diff_packs",
    "templates": "relieftool.commands.pack_choice:write_templates",
    "schema": "relieftool.commands.pack_choice:write_schema",
}


def check_pack_folder(
    folder: Annotated[Path | None, typer.Argument(parser=options.parse_pack)] = None,
    *,
    db: options.Db = options.DEFAULT_DB,
    as_of: options.AsOf = None,
    showing: options.ShowOptions,
) -> None:
    """Read a pack strictly and count its contents.

    List unused parameters and facts, programmes without a roster name, and parameters whose value
    ends soon or has ended.

    Example: relief pack check

    Args:
        folder (PACK): The pack's name or folder; otherwise the register's.
    """
    from relieftool.authoring.pack_review import count_contents, review_pack
    from relieftool.output.pack import build_pack_check_result

    pack, day = load_register_pack(db, folder, as_of)
    doubts = review_pack(pack, day)
    contents = count_contents(load_whole_pack(folder or find_chosen_pack(db)))
    showing.show(build_pack_check_result(pack, day, contents, doubts))
    raise typer.Exit(EXIT_LOOK if doubts else EXIT_DONE)


def show_pack(
    programme: str | None = None,
    *,
    assumed: bool = False,
    local: bool = False,
    where: RegisterOnDay,
    showing: options.ShowOptions,
) -> None:
    """Show a programme's rule with its values and sources, all programmes, or open questions.

    Example: relief pack show dibao

    Args:
        programme: The programme's name; otherwise all are listed.
        assumed: List what must still be asked of the district office.
        local: List what the pack changes of its base, with the base's values.
    """
    rules, day = load_register_pack(where.db, where.pack, where.as_of)
    if local:
        showing.show(_local_result(rules, day))
    else:
        showing.show(_result(rules, day, programme, is_assumed=assumed))


def _local_result(pack: Pack, day: dt.date) -> Result:
    """Return what a pack changes of the pack that it extends."""
    from relieftool.authoring.law_calendar import list_local_values
    from relieftool.authoring.pack_comparison import list_local_changes
    from relieftool.output.pack_tests import build_local_result

    if pack.extends is None:
        return build_local_result(pack, day, [], [])
    base = load_chosen_pack(find_pack_folder(pack.extends, Path.cwd()))
    return build_local_result(pack, day, list_local_values(pack), list_local_changes(base, pack))


_FIRST, _LAST = dt.date(2021, 7, 1), dt.date(2027, 1, 1)


def show_calendar(*, where: RegisterOnDay, showing: options.ShowOptions) -> None:
    """Show every value of the law from 2021-07-01 to 2027-01-01 by its days, and the holes.

    Example: relief pack calendar
    """
    from relieftool.authoring.law_calendar import LawCalendar
    from relieftool.output.pack import build_calendar_result

    rules, day = load_register_pack(where.db, where.pack, where.as_of)
    spans = LawCalendar(rules, _FIRST, _LAST).list_spans()
    showing.show(build_calendar_result(rules, day, spans))


def _result(pack: Pack, day: dt.date, programme: str | None, *, is_assumed: bool) -> Result:
    """Return the result for the options of the command line."""
    from relieftool.authoring.pack_review import find_programme_or_unencoded, list_law_questions
    from relieftool.output.pack import (
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
    folder: Annotated[Path | None, typer.Argument(parser=options.parse_pack)] = None,
    *,
    db: options.Db = options.DEFAULT_DB,
    showing: options.ShowOptions,
) -> None:
    """Run the examples of a pack, and find changes of its rules that no example would notice.

    Example: relief pack test

    Args:
        folder (PACK): The pack's name or folder; otherwise the register's.
    """
    from relieftool.authoring.examples import run_examples
    from relieftool.authoring.mutation_testing import find_survivors
    from relieftool.output.pack_tests import build_pack_test_result, format_test_totals

    pack = load_whole_pack(folder or find_chosen_pack(db))
    results = run_examples(pack)
    with show_progress(sys.stderr, _("Trying variants")) as progress:
        report = find_survivors(pack, results, progress)
    failed = sum(not result.is_met for result in results)
    showing.show(build_pack_test_result(pack, results, report))
    is_whole = not failed and not report.survivors
    if report.survivors or showing.out is not None or showing.form is not OutputFormat.TABLE:
        print_message(format_test_totals(len(results), failed, report))
    raise typer.Exit(EXIT_DONE if is_whole else EXIT_LOOK)


_WORDS = (
    "a pack's name or folder, `shipped`, or `here` for the pack with this register's own values;"
    " @YYYY-MM-DD after it asks for that day"
)
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

    They may also be two versions, two cities, or one pack on two days.

    Example: relief pack diff here@2024-12-31 here@2025-01-01
    """
    from relieftool.authoring.pack_comparison import compare_packs
    from relieftool.output.pack_tests import build_pack_diff_result

    with where.open() as opened:
        (before, first), (after, last) = (_named(word, opened.pack) for word in (old, new))
        first, last = first or where.as_of, last or where.as_of
        with rehearse(where.db) as under_old, rehearse(where.db) as under_new:
            for register, rules, day in ((under_old, before, first), (under_new, after, last)):
                refresh_register(register, rules)
                if day is not None:
                    show_register_on(register, rules, day)
            compared = (under_old, before), (under_new, after)
            found = compare_packs(*compared, last or opened.as_of, before_on=first)
        opened.show(build_pack_diff_result(found, (old, new)), showing)
    is_alike = not found.rules and not found.affected
    raise typer.Exit(EXIT_DONE if is_alike else EXIT_LOOK)


def _named(word: str, here: Pack) -> tuple[Pack, dt.date | None]:
    """Return the pack for `here`, `shipped`, a pack's folder or name, and the day after an @."""
    name, _at, day = word.partition("@")
    pack = here
    if name not in ("", "here"):
        pack = load_chosen_pack(None if name == "shipped" else locate_pack(name))
    return pack, options.parse_day(day) if day else None
