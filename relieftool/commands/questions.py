"""`relief questions`: what is still open, each question once, the most yuan at stake first.

`relief answer`: answer one of them.
"""

import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, get_args

import typer

from relieftool.cases.event_answers import record_event_answer, take_back_event_answer
from relieftool.commands import options
from relieftool.commands.open_cases import finish_writing, report_confirmed_closings
from relieftool.commands.options import check_by
from relieftool.commands.session import RegisterOnDay, Session, choose_written_day
from relieftool.eligibility.gaps import GapTotals, find_gaps
from relieftool.eligibility.question_records import (
    KIND_WORDS,
    AnsweredQuestion,
    OpenQuestion,
    QuestionKind,
)
from relieftool.eligibility.questions import list_answered, list_questions, sum_questions
from relieftool.errors import ReliefError
from relieftool.intake.answers import Answer, Understood, record_answer, take_back_answer
from relieftool.intake.corrections import format_for_correction
from relieftool.messages import Message, NamedChoice, _, list_chinese_names
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
from relieftool.spreadsheets.reader import Sheet, read_document_tables, read_sheets
from relieftool.store.chosen_pack import load_chosen_pack
from relieftool.store.database import write, write_or_rehearse
from relieftool.store.entries import check_household
from relieftool.store.office_values import apply_office_values
from relieftool.store.problem_decisions import number_questions
from relieftool.values.cells import ValueProblem, parse_date

_KINDS = get_args(QuestionKind)
_FEWEST_COLUMNS = 3  # the number of a question, its words and the answer
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help=f"Only of this kind; may be given again. One of {', '.join(_KINDS)}.",
    ),
]


class Place(NamedChoice):
    """What open questions are counted by."""

    COMMUNITY = "community", Message("community")
    FILE = "file", Message("file")


@dataclass(frozen=True)
class QuestionOptions(options.ShowOptions):
    """The options of the list of questions, which may also be written as letters: a .docx.

    Attributes:
        out (FILE): Write to a file instead; its ending says how: .xlsx .csv .json .html, or .docx
            for letters to the offices, with --kind law-value.
    """

    out: Path | None = None

    def __post_init__(self) -> None:
        if not self.is_letter:
            super().__post_init__()

    @property
    def is_letter(self) -> bool:
        """Whether letters to the offices are wanted."""
        return self.out is not None and self.out.suffix.lower() == ".docx"


def _write_letters(opened: Session, showing: QuestionOptions) -> None:
    """Write the questions on values of the law as a letter to each office."""
    from relieftool.authoring.pack_review import list_law_questions
    from relieftool.documents.inquiries import write_inquiries

    used = {
        each.id: each.rests for each in list_law_questions(opened.pack, opened.as_of) if each.rests
    }
    offices: dict[str, list[OpenQuestion]] = {}
    for question in opened.number_questions():
        if question.kind == "law-value":
            names = used.get(question.topic.parameter or "", ())
            office = opened.pack.programmes[names[0]].department if names else _("our own office")
            offices.setdefault(str(office), []).append(question)
    path = showing.out or Path()
    write_inquiries(path, offices, opened.pack, opened.as_of)
    sentence = _(
        "{file}: {questions} questions to {offices} offices. Read the answers back: {command}"
    )
    print_message(
        sentence.format(
            file=path.name,
            questions=sum(map(len, offices.values())),
            offices=len(offices),
            command=f"relief answer --file {path.name} --by NAME",
        )
    )


def _show_answered(
    opened: Session, kinds: Sequence[QuestionKind], showing: options.ShowOptions
) -> None:
    """Show the answered questions of these kinds; of all if there are none."""
    answered = list_answered(opened.db, opened.pack)
    listed = [question for question in answered if not kinds or question.kind in kinds]
    result = build_answered_result(listed, opened.pack)
    if showing.is_json:
        from relieftool.api.question_answers import describe_answered

        result = replace(result, describe=describe_answered(listed).document)
    showing.show(result)


def is_terminal() -> bool:
    """Whether somebody can be asked: both ends of the conversation are a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def questions(
    *,
    where: RegisterOnDay,
    community: options.Community = None,
    kind: Kinds = None,
    household: str | None = None,
    per: Place | None = None,
    ask: bool = False,
    closed: bool = False,
    showing: QuestionOptions,
) -> None:
    """List what is still open, each question once, the most yuan a month at stake first.

    Example: relief questions --community 河口下

    Args:
        household: Only about this household.
        per: Count them per community or per file instead.
        ask: Ask them one by one on a terminal; Enter is not now.
        closed: List what was answered instead: by whom and when.
    """
    is_alone = not (closed and (ask or community or household or per))
    kinds = _read_kinds(kind or ())
    _check_line(kinds, is_asking=ask, is_alone=is_alone, is_letter=showing.is_letter)
    with where.open() as opened:
        if closed:
            _show_answered(opened, kinds, showing)
            return
        if showing.is_letter:
            _write_letters(opened, showing)
            return
        asked = opened.number_questions(opened.community(community))
        number = None if household is None else check_household(opened.db, household)
        listed = [
            each
            for each in asked
            if each.kind in (kinds or _KINDS) and (number is None or number in each.households)
        ]
        if ask:
            ask_and_tell(opened, where.pack, listed)
        else:
            few = not kinds and household is None
            _show_open(opened, listed, per, showing, is_short=few)


def _show_open(
    opened: Session,
    listed: Sequence[OpenQuestion],
    per: Place | None,
    showing: QuestionOptions,
    *,
    is_short: bool,
) -> None:
    """Show the open questions, or how many there are per community or file."""
    by = opened.pack, opened.as_of
    if per:
        _show_sums(opened, listed, per, showing)
        return
    result = build_questions_result(listed, *by, is_short=is_short)
    if showing.is_json:
        from relieftool.api import question_answers

        result = replace(result, describe=question_answers.describe_questions(listed, *by).document)
    showing.show(result)


def _show_sums(
    opened: Session,
    listed: Sequence[OpenQuestion],
    place: Place,
    showing: QuestionOptions,
) -> None:
    """Show how many questions are open per community or file, and what is known there."""
    from relieftool.documents import data_quality

    by = opened.pack, opened.as_of
    per: Literal["community", "file"] = "community" if place is Place.COMMUNITY else "file"
    every = sum_questions(opened.db, *by, listed, per)
    sums = [each for each in every if each.fact is None]
    shares = data_quality.list_known_by_place(opened.db, opened.pack, every, per)
    label = _("Community") if per == "community" else _("File")
    known = data_quality.build_known_table(shares, label)
    result = build_sums_result(sums, per, opened.as_of, known)
    if showing.is_json:
        from relieftool.api import question_answers

        told = data_quality.describe_shares(shares)
        source = question_answers.describe_sums(sums, told, per, *by)
        result = replace(result, describe=source.document)
    showing.show(result)


def _read_kinds(said: Sequence[str]) -> list[QuestionKind]:
    """Return the kinds of questions by their ids or Chinese words; any other is a usage error."""
    ids: dict[str, QuestionKind] = {kind: kind for kind in _KINDS}
    kinds = ids | list_chinese_names(KIND_WORDS)
    if unknown := set(said) - kinds.keys():
        problem = _("'{name}' is no kind of question").format(name=min(unknown))
        raise typer.BadParameter(problem, param_hint="--kind")
    return [kinds[each] for each in said]


def _check_line(
    kinds: Sequence[QuestionKind], *, is_asking: bool, is_alone: bool, is_letter: bool
) -> None:
    """Raise a usage error for options that do not go together or here."""
    if is_letter and kinds != ["law-value"]:
        problem = _("letters are of --kind law-value only")
        raise typer.BadParameter(problem, param_hint="--out")
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


def answer_question(
    number: int | None = None,
    answer: str | None = None,
    *,
    by: options.By,
    undo: bool = False,
    file: Path | None = None,
    source: str | None = None,
    on: dt.date | None = None,
    where: RegisterOnDay,
    dry_run: options.DryRun = False,
) -> None:
    """Answer one question, or those of a filled list, and say what it changes.

    Example: relief answer 12 yes --by 王五

    Args:
        number (QUESTION): Its number; `relief questions` shows it.
        answer: One of the answers it takes, a value or a number.
        undo: Take the answer back: the question is open again.
        file (LIST.xlsx): A file of `relief questions --out`, .xlsx or .docx, with its last column
            filled.
        source (TEXT): Where it stands, or who said so.
        on: The day the answer is about; that of the newest list if left out. For a value of the
            law, which needs it: the first day on which it is in force.
    """
    if (number is None) == (file is None) or ((answer is None) != (undo or file is not None)):
        problem = _("name a question with its answer or --undo, or a --file")
        raise typer.BadParameter(problem, param_hint="QUESTION")
    day = None if on is None else choose_written_day(on)
    with where.open() as opened:
        answers: list[_Filled] = [] if number is None else [_Filled(number, answer)]
        answers += [] if file is None else _read_filled(opened, file)
        before, told = _count(opened, opened.pack), list[str]()
        earlier = _list_earlier(opened)
        with write_or_rehearse(opened.db, is_rehearsal=dry_run):
            for asked, text, first_day in answers:
                if text is None:
                    _take_back(opened, asked, check_by(by))
                else:
                    place = source or (file.name if file else None), first_day or day
                    said = Answer(text.strip(), check_by(by), day or opened.as_of, *place)
                    done = _record(opened, asked, said)
                    told.append(format_understood(asked, done, earlier.get(asked), opened.pack))
            after = _refresh(opened, where.pack)
            told.append(format_answered(before, _count(after, after.pack)))
            print_message("\n".join(told))
            finish_writing(after)
    if dry_run:
        print_message(_("This was a rehearsal: nothing was written."))


class _Filled(NamedTuple):
    """An answer by the number of its question, and the first day of a value, if it was said."""

    number: int
    text: str | None
    first_day: dt.date | None = None


def _record(opened: Session, number: int, said: Answer) -> Understood:
    """Record an answer, or the event that it is, and return what it was understood as.

    Only inside `write`.
    """
    event = record_event_answer(opened.db, opened.pack, opened.as_of, number, said)
    return event or record_answer(opened.db, opened.pack, number, said)


def _take_back(opened: Session, number: int, by: str) -> None:
    """Take back an answer, and the event that it was, if it was one; only inside `write`."""
    named = opened.db, opened.pack
    if not take_back_event_answer(*named, opened.as_of, number, by, opened.written_on):
        take_back_answer(*named, number, by, opened.written_on)


def _read_filled(opened: Session, path: Path) -> list[_Filled]:
    """Return the filled answers of a list by the numbers of the questions, which must be open.

    Raises:
        ReliefError: The file is no such list, or a question is not asked so any more.
    """
    from relieftool.documents.inquiries import LETTER_COLUMNS

    known = {
        question.number: write_every_language(question)
        for question in list_questions(opened.db, opened.pack, opened.as_of)
    }
    answers: list[_Filled] = []
    is_letter = path.suffix.lower() == ".docx"
    sheets = read_document_tables(path) if is_letter else read_sheets(path)[:1]
    for row in _list_answered_rows(sheets, LETTER_COLUMNS if is_letter else None):
        number, words, *figures, text = row
        if words not in known.get(int(number), ()):
            raise ReliefError(
                number,
                _("this question is closed by now, or has changed"),
                _("Nothing was written. Write a new list: `relief questions --out LIST.xlsx`."),
            )
        day = _read_first_day(number, figures[-1]) if is_letter else None
        answers.append(_Filled(int(number), text, day))
    return answers


def _list_answered_rows(sheets: Iterable[Sheet], columns: int | None) -> Iterator[list[str]]:
    """Yield the rows that have a question's number first, and an answer in the last column.

    The width is that of each table, because a row without an answer may be shorter. Tables that
    do not have so many columns are skipped; None: that have fewer than a list needs.
    """
    for sheet in sheets:
        rows = [[format_for_correction(cell).strip() for cell in row] for row in sheet.rows]
        width = max(map(len, rows), default=0)
        if width >= _FEWEST_COLUMNS if columns is None else width == columns:
            for row in rows:
                if len(row) == width and row[0].isdecimal() and row[-1]:
                    yield row


def _list_earlier(opened: Session) -> dict[int | None, AnsweredQuestion]:
    """Return what was answered before, by the number of the question."""
    return {each.number: each for each in list_answered(opened.db, opened.pack)}


def _read_first_day(place: str, text: str) -> dt.date | None:
    """Return the first day that stands beside an answer; None where there is none."""
    if not text:
        return None
    try:
        return dt.date.fromisoformat(parse_date(text))
    except ValueProblem as problem:
        raise ReliefError(place, str(problem.message), _("Nothing was written.")) from None


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
    interview = QuestionInterview(sys.stderr, sys.stdin, opened.pack)
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
                day = interview.ask_first_day() if question.kind == "law-value" else ""
                since = _read_first_day(question.subject, day)
                said = Answer(answer, by, opened.as_of, first_day=since)
                earlier = _list_earlier(opened)
                with write(opened.db):
                    number_questions(opened.db, [question.subject])
                    number = _find_number(opened, question)
                    done = _record(opened, number, said)
                    opened = _refresh(opened, pack_folder)
                    confirmed = report_confirmed_closings(opened)
            except ReliefError as error:
                interview.tell(error.problem)
            else:
                told = format_understood(number, done, earlier.get(number), opened.pack)
                interview.tell("\n".join([told, *confirmed]))
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
