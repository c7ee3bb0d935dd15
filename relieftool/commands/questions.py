"""`relief questions`: what is still open, each question once, the most yuan at stake first.

`relief answer`: answer one of them.
"""

import datetime as dt
from typing import Annotated, get_args

import typer

from relieftool.commands import options
from relieftool.commands.options import check_by
from relieftool.commands.session import RegisterOnDay, Session, load_chosen_pack
from relieftool.eligibility.gaps import GapTotals, find_gaps
from relieftool.eligibility.questions import OpenQuestion, QuestionKind, list_questions
from relieftool.intake.answers import Answer, record_answer
from relieftool.messages import _
from relieftool.output.gaps import build_questions_result, format_answered
from relieftool.output.streams import print_message
from relieftool.pack.models import Pack
from relieftool.register.build import refresh_register
from relieftool.store.database import write_if_free, write_or_rehearse
from relieftool.store.entries import check_household
from relieftool.store.office_values import apply_office_values
from relieftool.store.problem_decisions import number_questions

_KINDS = get_args(QuestionKind)
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help=f"Only of this kind; may be given again. One of {', '.join(_KINDS)}.",
    ),
]
AskedHousehold = Annotated[
    str | None, typer.Option("--household", metavar="HOUSEHOLD", help="Only about this household.")
]


def questions(
    *,
    where: RegisterOnDay,
    community: options.Community = None,
    kind: Kinds = None,
    household: AskedHousehold = None,
    showing: options.ShowOptions,
) -> None:
    """List what is still open, each question once, the most yuan a month at stake first.

    Example: relief questions --community 河口下
    """
    if unknown := set(kind or ()) - set(_KINDS):
        problem = _("'{name}' is no kind of question").format(name=min(unknown))
        raise typer.BadParameter(problem, param_hint="--kind")
    with where.open() as opened:
        opened.refresh_findings()
        asked = _number(opened, opened.community(community))
        number = None if household is None else check_household(opened.db, household)
        listed = [
            question
            for question in asked
            if (not kind or question.kind in kind)
            and (number is None or number in question.households)
        ]
        showing.show(build_questions_result(listed, opened.pack, opened.as_of))


def _number(opened: Session, community: str | None) -> list[OpenQuestion]:
    """Return the open questions, after numbering those that no import has numbered."""
    listing = (opened.db, opened.pack, opened.as_of, community)
    asked = list_questions(*listing)
    new = [question.subject for question in asked if question.number is None]
    if new and write_if_free(opened.db, lambda: number_questions(opened.db, new)):
        return list_questions(*listing)
    return asked


QuestionNumber = Annotated[
    int, typer.Argument(metavar="QUESTION", help="Its number; `relief questions` shows it.")
]
AnswerText = Annotated[
    str,
    typer.Argument(metavar="ANSWER", help="One of the answers it takes, a value or a number."),
]
AnswerSource = Annotated[
    str | None,
    typer.Option("--source", metavar="TEXT", help="Where it stands, or who said so."),
]
AnsweredOn = Annotated[
    dt.date | None,
    typer.Option(
        "--on",
        parser=options.parse_day,
        metavar="YYYY-MM-DD",
        help="The day the answer is about; that of the newest list if left out.",
    ),
]


def answer_question(
    number: QuestionNumber,
    answer: AnswerText,
    *,
    by: options.By,
    source: AnswerSource = None,
    on: AnsweredOn = None,
    where: RegisterOnDay,
    dry_run: options.DryRun = False,
) -> None:
    """Answer one question, and say what it changes.

    Example: relief answer 12 yes --by 王五
    """
    with where.open() as opened:
        said = Answer(answer.strip(), check_by(by), on or opened.as_of, source)
        before = _count(opened, opened.pack)
        with write_or_rehearse(opened.db, is_rehearsal=dry_run):
            record_answer(opened.db, opened.pack, number, said)
            refresh_register(opened.db, opened.pack)
            pack = apply_office_values(opened.db, load_chosen_pack(where.pack))
            print_message(format_answered(before, _count(opened, pack)))
    if dry_run:
        print_message(_("This was a rehearsal: nothing was written."))


def _count(opened: Session, pack: Pack) -> GapTotals:
    """Return the figures of the gap check."""
    return find_gaps(opened.db, pack, opened.as_of, statuses=(), with_questions=False).totals
