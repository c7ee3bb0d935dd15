"""`relief form`: survey forms for households, to print or to fill in.

A workbook with answers is overwritten only with --overwrite.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from relieftool.cases.decision_lists import DECISION_HEADINGS
from relieftool.commands import options
from relieftool.commands.session import RegisterOnDay, state_head
from relieftool.eligibility.survey_questions import find_survey_forms
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.output.files import check_ending, check_out_file
from relieftool.output.streams import print_message
from relieftool.output.survey_form import write_form_workbook
from relieftool.output.terminal import show_progress
from relieftool.spreadsheets.filled_form import has_answers
from relieftool.spreadsheets.reader import Sheet, read_sheets
from relieftool.store.database import write
from relieftool.values.screen_text import escape_invisible
from relieftool.values.text import is_blank, plain_text

IsUnfilled = Callable[[Sequence[Sheet]], bool]


def check_unfilled(path: Path, is_unfilled: IsUnfilled, *, is_overwriting: bool) -> None:
    """Raise ReliefError if a file other than an unfilled workbook would be overwritten.

    `is_unfilled` checks the sheets of the file. With `is_overwriting` nothing is checked.
    """
    if is_overwriting or not path.is_file() or _is_unfilled(path, is_unfilled):
        return
    raise ReliefError(
        escape_invisible(path.name),
        _("holds answers already, or is not the workbook that would take its place"),
        _("Nothing was written. Give --out another name; --overwrite writes over it."),
    )


def _is_unfilled(path: Path, is_unfilled: IsUnfilled) -> bool:
    try:
        sheets = read_sheets(path)
    except ReliefError:
        return False  # an unreadable file may contain answers
    return bool(sheets) and is_unfilled(sheets)


def are_blank_forms(sheets: Sequence[Sheet]) -> bool:
    """Whether all sheets are survey forms without any answer."""
    return not any(has_answers(sheet) for sheet in sheets)


def is_undecided_list(sheets: Sequence[Sheet]) -> bool:
    """Whether the first sheet has one column of decisions, empty from there to the right."""
    rows = sheets[0].rows
    headings = [plain_text(cell) for cell in rows[0]] if rows else []
    places = [
        place for place, heading in enumerate(headings) if heading in DECISION_HEADINGS["decision"]
    ]
    if len(places) != 1:
        return False
    return all(is_blank(cell) for row in rows[1:] for cell in row[places[0] :])


def form(
    households: Annotated[list[str] | None, typer.Argument(metavar="HOUSEHOLD")] = None,
    *,
    out: Path,
    community: options.Community = None,
    undetermined: bool = False,
    overwrite: bool = False,
    where: RegisterOnDay,
    revealing: options.Revealing,
) -> None:
    """Write a workbook of survey forms, one sheet a household; `relief import` reads them back.

    Example: relief form --undetermined --community 河口下 --out 入户调查表.xlsx

    Args:
        out (FILE): The workbook to write; it ends in .xlsx.
        undetermined: Households whose answers would decide something.
        overwrite: Write over a workbook that holds answers already.
    """
    _check_asked(households, community, out, is_undetermined=undetermined)
    check_unfilled(out, are_blank_forms, is_overwriting=overwrite)
    with where.open() as opened:
        if undetermined:
            opened.refresh_findings(with_questions=True)
        forms = find_survey_forms(
            *(opened.db, opened.pack, opened.as_of),
            numbers=[opened.household(named) for named in households or ()],
            community=opened.community(community),
            is_undetermined=undetermined,
        )
        if forms:
            with (
                write(opened.db),
                show_progress(sys.stderr, _("Writing forms"), seconds=1) as progress,
            ):
                write_form_workbook(
                    *(forms, opened.pack, out, progress),
                    is_revealed=revealing.reveal,
                    head=state_head(opened.db),
                )
                numbers = [form.household_no for form in forms]
                opened.log_reveal(revealing, numbers, out, is_always=True)
    print_message(_format_written(len(forms), out))
    if forms:
        revealing.print_hint()


def _check_asked(
    households: list[str] | None, community: str | None, out: Path, *, is_undetermined: bool
) -> None:
    """Raise an error if no households are chosen, or if the file is not to be a workbook."""
    check_ending(out, _("a form to fill in can only be a workbook"), ".xlsx")
    check_out_file(out)
    if not (households or community or is_undetermined):
        raise typer.BadParameter(
            _("name households, or say --community or --undetermined"), param_hint="HOUSEHOLD"
        )


def _format_written(count: int, out: Path) -> str:
    """Return the sentence on how many forms were written, and what to do with them."""
    if not count:
        return _("No household waits for an answer; nothing was written.")
    return _(
        "Forms in {file}: {count}. Print them, or fill them in; `relief import` reads them back."
    ).format(count=count, file=out)
