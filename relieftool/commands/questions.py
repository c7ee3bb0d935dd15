"""`relief questions`: what is still open, each question once, the most yuan at stake first.

`relief answer`: answer one of them.
"""

import datetime as dt
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, get_args

import typer

from relieftool.commands import options
from relieftool.commands.options import check_by
from relieftool.commands.session import (
    RegisterOnDay,
    Session,
    choose_written_day,
    load_chosen_pack,
)
from relieftool.eligibility.gaps import GapTotals, find_gaps
from relieftool.eligibility.question_records import (
    AnsweredQuestion,
    OpenQuestion,
    QuestionKind,
)
from relieftool.eligibility.questions import list_answered, list_questions, sum_questions
from relieftool.errors import ReliefError
from relieftool.intake.answers import Answer, record_answer, take_back_answer
from relieftool.intake.corrections import format_for_correction
from relieftool.messages import _
from relieftool.output.questions import (
    QuestionInterview,
    build_answered_result,
    build_questions_result,
    build_sums_result,
    format_answered,
    format_understood,
    write_every_language,
)
from relieftool.output.streams import print_message
from relieftool.pack.models import Pack
from relieftool.register.build import refresh_register
from relieftool.spreadsheets.reader import read_sheets
from relieftool.store.database import write, write_or_rehearse
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
    str | None,
    typer.Option(
        "--household",
        metavar="HOUSEHOLD",
        autocompletion=options.complete_household,
        help="Only about this household.",
    ),
]

AskOneByOne = Annotated[
    bool, typer.Option("--ask", help="Ask them one by one on a terminal; Enter is not now.")
]


Per = Annotated[
    Literal["community", "file"] | None,
    typer.Option("--per", help="Count them per community or per file instead."),
]
Closed = Annotated[
    bool, typer.Option("--closed", help="List what was answered instead: by whom and when.")
]


def _show_answered(opened: Session, kind: list[str] | None, showing: options.ShowOptions) -> None:
    """Show the answered questions."""
    answered = list_answered(opened.db, opened.pack)
    listed = [question for question in answered if not kind or question.kind in kind]
    showing.show(build_answered_result(listed, opened.pack))


def is_terminal() -> bool:
    """Whether somebody can be asked: both ends of the conversation are a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def questions(
    *,
    where: RegisterOnDay,
    community: options.Community = None,
    kind: Kinds = None,
    household: AskedHousehold = None,
    per: Per = None,
    ask: AskOneByOne = False,
    closed: Closed = False,
    showing: options.ShowOptions,
) -> None:
    """List what is still open, each question once, the most yuan a month at stake first.

    Example: relief questions --community 河口下
    """
    _check_line(
        kind, is_asking=ask, is_alone=not (closed and (ask or community or household or per))
    )
    with where.open() as opened:
        if closed:
            _show_answered(opened, kind, showing)
            return
        opened.refresh_findings()
        asked = list_questions(opened.db, opened.pack, opened.as_of, opened.community(community))
        number = None if household is None else check_household(opened.db, household)
        listed = [
            question
            for question in asked
            if (not kind or question.kind in kind)
            and (number is None or number in question.households)
        ]
        if ask:
            ask_and_tell(opened, where.pack, listed)
        elif per is not None:
            sums = sum_questions(opened.db, opened.pack, opened.as_of, listed, per)
            showing.show(build_sums_result(sums, per, opened.pack, opened.as_of))
        else:
            is_short = not kind and household is None
            result = build_questions_result(listed, opened.pack, opened.as_of, is_short=is_short)
            showing.show(result)


def _check_line(kinds: list[str] | None, *, is_asking: bool, is_alone: bool) -> None:
    """Raise a usage error for an unknown kind, or options that do not go together or here."""
    if unknown := set(kinds or ()) - set(_KINDS):
        problem = _("'{name}' is no kind of question").format(name=min(unknown))
        raise typer.BadParameter(problem, param_hint="--kind")
    if not is_alone:
        problem = _("with --closed only --kind selects")
        raise typer.BadParameter(problem, param_hint="--closed")
    if is_asking and not is_terminal():
        problem = _("there is nobody to ask: this is no terminal")
        raise typer.BadParameter(problem, param_hint="--ask")


def ask_and_tell(opened: Session, pack_folder: Path | None, asked: Sequence[OpenQuestion]) -> None:
    """Ask the questions that take an answer one by one, and print what the answers changed."""
    before = _count(opened, opened.pack)
    if answer_on_terminal(opened, pack_folder, [each for each in asked if each.answers]):
        with_answers = _refresh(opened, pack_folder)
        print_message(format_answered(before, _count(opened, with_answers.pack)))
        with_answers.number_questions()


QuestionNumber = Annotated[
    int | None,
    typer.Argument(metavar="[QUESTION]", help="Its number; `relief questions` shows it."),
]
AnswerFile = Annotated[
    Path | None,
    typer.Option(
        "--file",
        metavar="LIST.xlsx",
        help="A list of `relief questions --out LIST.xlsx` with its last column filled.",
    ),
]
AnswerText = Annotated[
    str | None,
    typer.Argument(metavar="[ANSWER]", help="One of the answers it takes, a value or a number."),
]
UndoAnswer = Annotated[
    bool, typer.Option("--undo", help="Take the answer back: the question is open again.")
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
        help="The day the answer is about; that of the newest list if left out. For a value of the"
        " law, which needs it: the first day on which it is in force.",
    ),
]


def answer_question(
    number: QuestionNumber = None,
    answer: AnswerText = None,
    *,
    by: options.By,
    undo: UndoAnswer = False,
    file: AnswerFile = None,
    source: AnswerSource = None,
    on: AnsweredOn = None,
    where: RegisterOnDay,
    dry_run: options.DryRun = False,
) -> None:
    """Answer one question, or those of a filled list, and say what it changes.

    Example: relief answer 12 yes --by 王五
    """
    if (number is None) == (file is None) or ((answer is None) != (undo or file is not None)):
        problem = _("name a question with its answer or --undo, or a --file")
        raise typer.BadParameter(problem, param_hint="QUESTION")
    day = None if on is None else choose_written_day(on)
    with where.open() as opened:
        answers: list[tuple[int, str | None]] = [(number, answer)] if number is not None else []
        answers += [] if file is None else _read_filled(opened, file)
        before, told = _count(opened, opened.pack), list[str]()
        earlier = _list_earlier(opened)
        with write_or_rehearse(opened.db, is_rehearsal=dry_run):
            for asked, text in answers:
                if text is None:
                    take_back_answer(opened.db, opened.pack, asked, check_by(by), opened.written_on)
                else:
                    said = Answer(text.strip(), check_by(by), day or opened.as_of, source, day)
                    done = record_answer(opened.db, opened.pack, asked, said)
                    told.append(format_understood(asked, done, earlier.get(asked), opened.pack))
            after = _refresh(opened, where.pack)
            print_message("\n".join([*told, format_answered(before, _count(after, after.pack))]))
            after.number_questions()
    if dry_run:
        print_message(_("This was a rehearsal: nothing was written."))


def _read_filled(opened: Session, path: Path) -> list[tuple[int, str]]:
    """Return the filled answers of a list by the numbers of the questions, which must be open.

    Raises:
        ReliefError: The file is no such list, or a question is not asked so any more.
    """
    known = {
        question.number: write_every_language(question)
        for question in list_questions(opened.db, opened.pack, opened.as_of)
    }
    answers: list[tuple[int, str]] = []
    rows = [
        [format_for_correction(cell).strip() for cell in row] for row in read_sheets(path)[0].rows
    ]
    width = max(map(len, rows), default=0)  # a row without an answer may be shorter
    for row in rows:
        if len(row) < width or not row[0].isdecimal() or not row[-1]:
            continue
        number, words, *_figures, text = row
        if words not in known.get(int(number), ()):
            raise ReliefError(
                number,
                _("this question is closed by now, or has changed"),
                _("Nothing was written. Write a new list: `relief questions --out LIST.xlsx`."),
            )
        answers.append((int(number), text))
    return answers


def _list_earlier(opened: Session) -> dict[int | None, AnsweredQuestion]:
    """Return what was answered before, by the number of the question."""
    return {each.number: each for each in list_answered(opened.db, opened.pack)}


def _refresh(opened: Session, pack_folder: Path | None) -> Session:
    """Build what an answer changes, and return the session with the pack as it is valued now."""
    refresh_register(opened.db, opened.pack)
    return replace(
        opened, pack=apply_office_values(opened.db, load_chosen_pack(pack_folder, opened.db))
    )


def answer_on_terminal(
    opened: Session, pack_folder: Path | None, asked: Sequence[OpenQuestion]
) -> int:
    """Ask questions one by one, record each answer at once, and return how many were answered.

    Whoever answers is asked their name. A question that an earlier answer has closed is not asked.
    """
    interview = QuestionInterview(opened.pack, sys.stderr, sys.stdin)
    count, by, closed = 0, "", set[str]()
    open_before = _list_subjects(opened)
    for question in asked:
        if question.subject in closed:
            continue
        while answer := interview.ask(question):
            by = by or interview.ask_name()
            if not by:
                return count
            try:
                day = interview.ask_first_day() if question.kind == "law-value" else None
                said = Answer(answer, by, opened.as_of, first_day=day)
                earlier = _list_earlier(opened)
                with write(opened.db):
                    number_questions(opened.db, [question.subject])
                    number = _find_number(opened, question)
                    done = record_answer(opened.db, opened.pack, number, said)
                    opened = _refresh(opened, pack_folder)
            except ReliefError as error:
                interview.refuse(error)
            else:
                told = format_understood(number, done, earlier.get(number), opened.pack)
                interview.tell(told)
                count += 1
                closed = open_before - _list_subjects(opened)
                break
        if answer is None:
            break
    return count


def _list_subjects(opened: Session) -> set[str]:
    """Return the subjects of the questions that are open now."""
    asked = list_questions(opened.db, opened.pack, opened.as_of)
    return {question.subject for question in asked}


def _find_number(opened: Session, question: OpenQuestion) -> int:
    """Return the number of a question that has one by now."""
    sql = "SELECT number FROM doubts WHERE subject = ?"
    return int(opened.db.execute(sql, [question.subject]).fetchone()[0])


def _count(opened: Session, pack: Pack) -> GapTotals:
    """Return the figures of the gap check."""
    return find_gaps(opened.db, pack, opened.as_of, statuses=(), with_questions=False).totals
