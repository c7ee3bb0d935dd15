"""Open and answered questions as tables and as JSON, and the interview on a terminal."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from relieftool.eligibility.gaps import GapTotals
from relieftool.eligibility.question_records import AnsweredQuestion, OpenQuestion, QuestionSums
from relieftool.intake.answers import Understood
from relieftool.messages import LANGUAGES, Message, _, in_language
from relieftool.output.result import Column, Columns, RecordTable, Result
from relieftool.output.result_cells import format_yuan
from relieftool.output.streams import Conversation
from relieftool.output.wording import (
    format_amount,
    format_fact_value,
    format_parameter_value,
)
from relieftool.pack.facts import Fact
from relieftool.pack.models import Pack
from relieftool.pack.value_overrides import OfficeValue
from relieftool.store.problem_decisions import DOUBTS, FACT, LAW, format_answer
from relieftool.values.stored_values import StoredValue


def _list_figures() -> Columns:
    """Return the columns of the households that a question touches, and the money."""
    return (
        Column.number("households", _("Households"), value=lambda asked: len(asked.households)),
        Column.money(
            *("at_stake", _("Yuan a month at stake"), "at_stake_fen_per_month"),
            value="at_stake_fen_per_month",
            is_optional=True,
        ),
    )


def build_questions_result(
    questions: Sequence[OpenQuestion], pack: Pack, as_of: dt.date, *, is_short: bool = False
) -> Result:
    """Return the open questions, each with its words in both languages for JSON.

    On a screen the answers stand below the question. If `is_short`, a screen has those about one
    fact, or alike of one file, in one line, and none that changes nothing now.
    """
    writer = _AnswerWriter(pack)
    number = Column.number(
        "number", _("Question"), value="number", json_key="question", is_optional=True
    )
    figures = _list_figures()
    columns: tuple[Column[OpenQuestion], ...] = (
        number,
        _words_column(_("What to find out")),
        *figures,
        Column("answers", _("Answers"), words=writer.write),
        # Filled in by hand: `relief answer --file` reads the first, the second and the last column.
        Column("answer", _("Answer"), is_for_files=True, words=lambda _asked: "", only="table"),
    )
    title = _("Open questions as of {day}").format(day=as_of)
    footer = [_("Answer one: `relief answer QUESTION ANSWER --by NAME`.")] if questions else []
    table = RecordTable(title, columns, questions, footer)
    both = replace(_words_column(_("What to find out")), words=writer.write_both)
    on_screen = replace(table, columns=(number, both, *figures))
    on_screen = _shorten(on_screen, pack) if is_short else on_screen
    return Result({}, (table,), on_screen=(on_screen,))


def _shorten(table: RecordTable[OpenQuestion], pack: Pack) -> RecordTable[OpenQuestion]:
    """Return open questions with alike ones joined, and without those that change nothing now."""
    listed = [asked for asked in table.records if not asked.is_idle]
    footer = list(table.footer)
    if idle := len(table.records) - len(listed):
        line = _("Not listed, as they change nothing now: {count}. `--format csv` has them.")
        footer.append(line.format(count=idle))
    joined = _join_alike(listed, pack)
    joined.sort(key=lambda asked: -(asked.at_stake_fen_per_month or 0))
    return replace(table, records=joined, footer=footer)


_FEW_ALIKE = 3  # questions that are alike and stand singly on a screen


def _join_alike(questions: Sequence[OpenQuestion], pack: Pack) -> list[OpenQuestion]:
    """Return questions with those about one fact, or of one kind and file, joined at the first."""
    groups: dict[tuple[str, ...], list[OpenQuestion]] = defaultdict(list)
    for asked in questions:
        groups[_find_likeness(asked)].append(asked)
    return [
        asked if len(group) <= _FEW_ALIKE else _join(group, pack)
        for asked in questions
        if len(group := groups[_find_likeness(asked)]) <= _FEW_ALIKE or group[0] is asked
    ]


def _find_likeness(asked: OpenQuestion) -> tuple[str, ...]:
    """Return what alike questions have in common; a question that is like no other has its own."""
    if asked.topic.fact and len(asked.households) == 1:
        return asked.kind, asked.topic.fact
    sort = asked.subject.partition(":")[0]
    if sort in DOUBTS and asked.topic.file:
        return asked.kind, sort, asked.topic.file
    return (asked.subject,)


def _join(group: Sequence[OpenQuestion], pack: Pack) -> OpenQuestion:
    """Return one question for those that are alike; `--kind` lists each."""
    first = group[0]
    owed = {home: fen for each in group for home, fen in each.owed_fen_per_year.items()}
    about = first.topic.fact
    asks: object = (
        pack.facts[about].labels if about else DOUBTS[first.subject.partition(":")[0]].asks
    )
    if first.topic.file:
        asks = Message("{file}: {asks}", {"file": first.topic.file, "asks": asks})
    words = Message("{asks} ({count} questions)", {"asks": asks, "count": len(group)})
    return replace(
        first,
        number=None,
        words=words,
        households=frozenset().union(*(each.households for each in group)),
        command=Message("relief questions --kind {kind}", {"kind": first.kind}),
        owed_fen_per_year=owed,
    )


def build_sums_result(
    sums: Sequence[QuestionSums], per: str, as_of: dt.date, known: RecordTable[Any]
) -> Result:
    """Return how many questions are open per community or per file, `per`.

    `known` is the table of what is known there of each fact.
    """
    label = _("Community") if per == "community" else _("File")
    columns: tuple[Column[QuestionSums], ...] = (
        Column("name", label, value="name", json_key=per),
        Column.number("questions", _("Questions")),
        Column.number("households", _("Households")),
        Column.money(
            *("at_stake", _("Yuan a month at stake"), "at_stake_fen_per_month"),
            value="at_stake_fen_per_month",
        ),
    )
    title = _("Open questions as of {day}").format(day=as_of)
    footer = [_("A household counts once, however many questions it has.")] if sums else []
    table = RecordTable(title, columns, sums, footer)
    return Result({}, (known, table), on_screen=(table, known))


def build_answered_result(answered: Sequence[AnsweredQuestion], pack: Pack) -> Result:
    """Return the answered questions: what was answered, by whom and when, and if it counts."""
    columns: tuple[Column[AnsweredQuestion], ...] = (
        Column.number(
            "number", _("Question"), value="number", json_key="question", is_optional=True
        ),
        _words_column(_("What was asked")),
        Column(
            *("answer", _("Answer")),
            words=_AnswerWriter(pack).write_answered,
            value="answer",
            is_hidden=lambda asked: asked.is_private,
        ),
        Column.optional("by", _("By")),
        Column("answered_on", _("On")),
        Column.optional("source", _("Source")),
        Column("is_inert", _("State"), _write_state),
    )
    footer = [_("Take one back: `relief answer QUESTION --undo --by NAME`.")] if answered else []
    table = RecordTable(_("Answered questions"), columns, answered, footer)
    return Result({}, (table,))


def _words_column(label: str) -> Column[Any]:
    """Return the column of a question's words, for people."""
    return Column("words", label, is_wide=True, card="text", words=_write_words, only="table")


def _write_state(is_inert: bool) -> str:  # noqa: FBT001 the value of a column
    return _("counts no more: its import was taken back") if is_inert else _("in effect")


def write_in_language(asked: OpenQuestion | AnsweredQuestion, language: str) -> str:
    """Return the words of a question in a language."""
    with in_language(language):
        return str(asked.words)


@dataclass(frozen=True)
class _AnswerWriter:
    """Writes the answers to questions in words; `pack` has the words of choices."""

    pack: Pack

    def write(self, asked: OpenQuestion) -> str:
        """Return the answers that a question takes, or the command that brings its answer."""
        if asked.command is not None:
            return str(asked.command)
        listed = []
        for answer in asked.answers:
            is_short = answer.isupper() and 0 < len(asked.choices) <= _FEW
            listed += [*asked.choices] if is_short else []
            listed += [] if is_short and answer not in {"VALUE", "DAY"} else [answer]
        return " | ".join(self._write_choice(asked.subject, answer) for answer in listed)

    def write_both(self, asked: OpenQuestion) -> str:
        """Return a question with the answers that it takes."""
        return f"{asked.words} → {self.write(asked)}"

    def write_answered(self, answered: AnsweredQuestion) -> str:
        """Return what was answered."""
        return self._write_choice(answered.subject, answered.answer)

    def _write_choice(self, subject: str, answer: str) -> str:
        """Return an answer in words: of a choice of a fact or parameter, of rows, yes or no."""
        sort, _colon, rest = subject.partition(":")
        fact = self.pack.facts.get(rest.rpartition(":")[2]) if sort == FACT else None
        parameter = self.pack.parameters.get(rest) if sort == LAW else None
        known = fact or parameter
        for choice in known.choices if known else ():
            if answer in (choice.id, choice.labels.zh, choice.labels.en):
                return str(choice.labels)
        if answer in _CHINESE_ANSWERS:
            return format_answer(_CHINESE_ANSWERS[answer])
        return format_answer(answer)


_FEW = 4
_CHINESE_ANSWERS = {"是": "yes", "否": "no"}  # as a sheet has them, and so an answered fact


@dataclass(frozen=True)
class QuestionInterview(Conversation):
    """Asks open questions."""

    pack: Pack

    def ask(self, question: OpenQuestion) -> str | None:
        """Return the answer to a question: '' is not now, None means that the input has ended."""
        answers = _AnswerWriter(self.pack).write(question)
        self.tell(_write_words(question))
        return self.read(_("{answers}, or Enter for not now: ").format(answers=answers))

    def ask_name(self) -> str:
        """Return the name of who answers; '' if nobody says it."""
        return self.read(_("Your name, which is kept with the answer: ")) or ""

    def ask_first_day(self) -> str:
        """Return the day since which a value is in force, as written; '' if nobody says it."""
        return self.read(_("Since which day is it in force (YYYY-MM-DD): ")) or ""


def write_every_language(asked: OpenQuestion) -> set[str]:
    """Return the words of a question in each language."""
    return {write_in_language(asked, language) for language in LANGUAGES}


def format_unsure_rosters(asked: Sequence[OpenQuestion]) -> str:
    """Return the line on rosters that nobody has said to be complete."""
    line = _("Rosters not known to be complete: {count}. `relief questions` asks about them.")
    return line.format(count=len(asked))


def _write_words(asked: OpenQuestion | AnsweredQuestion) -> str:
    return str(asked.words)


def format_answer_command(asked: OpenQuestion) -> str:
    """Return what to type to answer a question, in English, as programs read it."""
    number = "QUESTION" if asked.number is None else asked.number
    if asked.command is None:
        return f"relief answer {number} {'|'.join(asked.answers)} --by NAME"
    with in_language("en"):
        return str(asked.command)


def format_understood(
    number: int, understood: Understood, earlier: AnsweredQuestion | None, pack: Pack
) -> str:
    """Return the line on what an answer was understood as, and which earlier one it replaces."""
    about, value = understood.about, understood.value
    if isinstance(value, OfficeValue):
        words = _("{value}, since {day}").format(
            value=format_parameter_value(pack, value.parameter, value), day=value.from_
        )
    elif isinstance(about, Fact):
        words = "*" if about.is_private else _format_fact(about, value)
    else:
        words = format_answer(str(value))
    if earlier is None:
        return _("Question {number}: {value}.").format(number=number, value=words)
    replaced = "*" if earlier.is_private else _AnswerWriter(pack).write_answered(earlier)
    return _("Question {number}: {value}. It replaces: {earlier} ({by}, {day}).").format(
        number=number, value=words, earlier=replaced, by=earlier.by or "?", day=earlier.answered_on
    )


def _format_fact(fact: Fact, value: StoredValue) -> str:
    """Return a fact's value in words, an amount with its period."""
    if fact.type == "yes_no":
        return _("yes") if value else _("no")
    if fact.type == "money" and isinstance(value, int):
        return format_amount(value, fact.period)
    return str(format_fact_value(fact, value))


def format_answered(before: GapTotals, after: GapTotals) -> str:
    """Return the sentence on what an answer changes: households and yuan, at least and at most."""
    line = _(
        "Answered. Before: {before}. Now: {after}.",
    )
    return line.format(before=_format_bounds(before), after=_format_bounds(after))


def _format_bounds(totals: GapTotals) -> str:
    """Return the households owed a benefit and the yuan a month, at least and at most."""
    sentence = _("{least} to {most} households, {yuan} to {yuan_most} yuan a month")
    if totals.unclaimed_fen_per_month_at_most is None:
        sentence = _(
            "{least} to {most} households, {yuan} yuan a month to no known limit ({yuan_most} as"
            " far as known)"
        )
    return sentence.format(
        least=totals.unclaimed_households,
        most=totals.unclaimed_households_at_most,
        yuan=format_yuan(totals.unclaimed_fen_per_month),
        yuan_most=format_yuan(totals.unclaimed_fen_per_month_as_known),
    )
