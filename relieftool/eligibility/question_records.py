"""What a question is, and the words in which it asks: of facts, values, rosters and rows."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, reduce
from typing import Any, Literal, cast

from sqlite_utils import Database

from relieftool.eligibility.findings import TIMES_A_YEAR, Finding, Status, sum_per_month
from relieftool.messages import Message
from relieftool.pack.facts import FACT_PAIRS, RECEIPT, Fact
from relieftool.pack.models import Pack, Parameter
from relieftool.store.problem_decisions import DOUBTS, NO, PRESUMED, REOPEN, ROSTER_SUBJECT, YES
from relieftool.values.communities import normalise_community

# Of questions with equal stakes, those of an earlier kind come first.
QuestionKind = Literal[
    "roster-complete",
    "column",
    "same-person",
    "household",
    "community",
    "head",
    "membership",
    "event",
    "payment",
    "disputed-value",
    "law-value",
    "no-list",
    "fact",
    "look-up",
]
# What a clerk may write for a kind instead of its id, in Chinese.
KIND_WORDS: dict[QuestionKind, Message] = {
    "roster-complete": Message("whole roster"),
    "column": Message("column's meaning"),
    "same-person": Message("same person"),
    "household": Message("which household"),
    "community": Message("which community"),
    "head": Message("who is head"),
    "membership": Message("still in the household"),
    "event": Message("change in the household"),
    "payment": Message("whether paid"),
    "disputed-value": Message("lists disagree"),
    "law-value": Message("value of the law"),
    "no-list": Message("no list"),
    "fact": Message("to ask the household"),
    "look-up": Message("to look up"),
}


Narrowed = Literal["gaps", "priority"]
Owed = tuple[int, int]  # fen a year, at least and at most
OPEN_STATUSES = (Status.UNDETERMINED, Status.UNCLAIMED)  # the amount of a claim may be open
PARAMETER = "parameter:"  # begins the name of a value of the law that is missing


def sum_stakes(owed: Iterable[Owed]) -> int:
    """Return what hangs on some households in fen per month: the most less the least of all."""
    listed = list(owed)
    return sum_per_month(most for _least, most in listed) - sum_per_month(
        least for least, _most in listed
    )


@dataclass(frozen=True)
class QuestionTopic:
    """What a question is about, for programs; None where it does not apply."""

    member_no: str | None = None
    fact: str | None = None
    programme: str | None = None
    parameter: str | None = None
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True)
class OpenQuestion:
    """A question, the households it touches, and the answers it takes.

    `subject` identifies it without personal data and stays the same from month to month. `number`
    is None until an import or an answer has numbered it. `answers` in capitals stand for what is
    asked, of which `choices` are the likely ones. `owed_fen_per_year` is what each household is
    owed at least, and with the findings that lack the answer at most; `waiting` is how many these
    are, and `names` what they call it. `rests_fen_per_month` is what claims bring that rest on an
    assumed value of the law, None for other questions. `narrows` are the results that it may make
    surer. `command` is what brings the answer; None if that is `relief answer`.
    """

    subject: str
    kind: QuestionKind
    words: Message
    households: frozenset[str]
    answers: tuple[str, ...] = ()
    command: Message | None = None
    owed_fen_per_year: Mapping[str, Owed] = field(default_factory=dict)
    waiting: int = 0
    names: frozenset[str] = frozenset()
    number: int | None = None
    narrows: tuple[Narrowed, ...] = ("gaps", "priority")
    topic: QuestionTopic = QuestionTopic()
    choices: tuple[str, ...] = ()
    rests_fen_per_month: int | None = None

    @property
    def at_stake_fen_per_month(self) -> int | None:
        """The most that the households could be owed, less what is sure; None if nothing."""
        return sum_stakes(self.owed_fen_per_year.values()) or None

    def list_names(self) -> frozenset[str]:
        """Return what findings call it that lack the answer."""
        topic = self.topic
        names = {topic.fact, topic.programme and f"{RECEIPT}{topic.programme}"}
        names |= {topic.parameter and f"{PARAMETER}{topic.parameter}"}
        if self.kind == "roster-complete":
            names.add(FACT_PAIRS.get(topic.fact or ""))
        return self.names | {name for name in names if name}

    @property
    def is_idle(self) -> bool:
        """Whether no answer changes anything now: of what is presumed, or of the law for nobody."""
        is_of_law = self.kind == "law-value" and not self.households
        return is_of_law or self.subject.startswith(f"{PRESUMED}:")


@dataclass(frozen=True)
class Waiting:
    """The findings that lack an answer, by the name of the unknown, household and member."""

    by_name: Mapping[tuple[str, str, str], list[Finding]]

    @classmethod
    def read(cls, findings: Iterable[Finding]) -> "Waiting":
        """Return the open findings by what they lack, each also for the whole household."""
        found: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
        for finding in findings:
            for each in finding.asks if finding.status in OPEN_STATUSES else ():
                member, _bar, name = each.rpartition("|")
                for whom in {member, ""}:
                    found[name, finding.household_no, whom].append(finding)
        return cls(found)

    def find(self, question: OpenQuestion, household: str) -> list[Finding]:
        """Return the findings of a household that lack the answer to a question, each once."""
        whom = question.topic.member_no or ""
        keys = [(name, household, whom) for name in question.list_names()]
        listed = [finding for key in keys for finding in self.by_name.get(key, ())]
        return list({(each.programme, each.member_no): each for each in listed}.values())

    def bound(self, question: OpenQuestion, household: str, owed: Owed) -> Owed:
        """Return what a household is owed at least, and at most with these findings alone."""
        gains = [_find_most(finding) for finding in self.find(question, household)]
        least, most = owed
        known = [gain for gain in gains if gain is not None]
        return least, most if not gains or None in gains else min(most, least + sum(known))


def _find_most(finding: Finding) -> int | None:
    """Return what a finding may bring in fen per year; None if nobody can tell."""
    times = TIMES_A_YEAR.get(finding.amount_period)
    amount = finding.amount_fen
    return 0 if times is None else None if amount is None else amount * times


@dataclass(frozen=True)
class QuestionSums:
    """How many questions touch a community or a file, and what hangs on them, each household once.

    `at_stake_fen_per_month` is the most that these households could be owed, less what is sure.
    With `fact` it is about the questions for that fact alone.
    """

    name: str
    questions: int
    households: int
    at_stake_fen_per_month: int
    fact: str | None = None


@dataclass(frozen=True)
class AnsweredQuestion:
    """A question that somebody answered, with what, by whom and when.

    `by` is None where the name was forgotten, `number` where a value was set without a question.
    `is_inert`: what it is about does not count now, as its import was taken back.
    """

    number: int | None
    subject: str
    kind: QuestionKind
    words: Message
    answer: str
    by: str | None
    answered_on: str
    source: str | None = None
    is_private: bool = False
    is_inert: bool = False


def ask_fact(owner: str, fact: Fact) -> Message:
    """Return the question about a fact of a household or member, or who can look it up."""
    params = {"owner": owner, "question": fact.question or fact.labels, "label": fact.labels}
    if fact.looked_up:
        return Message("{owner}: look up {label} ({place}).", {**params, "place": fact.looked_up})
    return Message("{owner}: {question}", params)


def ask_value(parameter: Parameter) -> Message:
    """Return the question about a value of the law."""
    return Message(
        "Value of the law: {label}. {question}",
        {"label": parameter.labels, "question": parameter.question or ""},
    )


def find_kind(subject: str) -> QuestionKind:
    """Return the kind of the question about some rows."""
    return cast("QuestionKind", DOUBTS[subject.partition(":")[0]].kind)


def name_place(file: str | None, sheet: str | None, row: int | None = None) -> Message:
    """Return where something stands; a sheet that is called like its file is not named.

    >>> str(name_place("a.csv", "a", 3)), str(name_place("a.xlsx", "b"))
    ('a.csv, row 3', 'a.xlsx, b')
    """
    params = {"file": file, "sheet": sheet}
    place = Message("{file}, {sheet}", params)
    if file and sheet in (None, file.rpartition(".")[0]):
        place = Message("{file}", params)
    return place if row is None else Message("{place}, row {row}", {"place": place, "row": row})


def ask_row(subject: str, told: Mapping[str, Any]) -> Message:
    """Return the question about a doubt, with what was told of the first row that has it."""
    kept = told["params"]
    problem = Message(told["template"], json.loads(kept) if isinstance(kept, str) else kept)
    place = name_place(told["file_name"], told["sheet"], told["row_number"])
    asks = DOUBTS[subject.partition(":")[0]].asks
    return Message(
        "{place}: {problem}. {question}", {"place": place, "problem": problem, "question": asks}
    )


@dataclass(frozen=True)
class UnsureRoster:
    """A roster of which nobody has said whether it is complete; `targets` are its columns.

    Unless it `is_roster`, it is a household list that may name everybody of whom some facts hold.
    """

    subject: str
    file_name: str
    sheet: str
    covers: str | None
    community: str | None
    programme: str | None
    is_live: bool
    is_roster: bool
    targets: frozenset[str]

    def list_programmes(self, pack: Pack) -> list[str]:
        """Return the programmes of the roster: that of its rows, or those of its columns."""
        named = (self.programme, *sorted(each.removeprefix("receipt.") for each in self.targets))
        return list(dict.fromkeys(name for name in named if name and name in pack.programmes))

    def find_programme(self, pack: Pack) -> str | None:
        """Return the programme of the roster, or of the first of its columns that has one."""
        return next(iter(self.list_programmes(pack)), None)

    def ask(
        self, pack: Pack, programme: str | None, households: Iterable[str] = ()
    ) -> OpenQuestion:
        """Return the question whether it is complete: as a roster, or for None as a list."""
        facts = [fact for fact in pack.facts.values() if fact.id in self.targets and fact.is_listed]
        params: dict[str, object] = {"place": name_place(self.file_name, self.sheet)}
        about = QuestionTopic(programme=programme, file=self.file_name, sheet=self.sheet)
        if programme is not None:
            named = dict.fromkeys((programme, *self.list_programmes(pack)))
            names = _join(pack.programmes[each].names for each in named)
            params |= {"month": self.covers or "?", "programme": names}
            words = Message("Is this the whole roster of {month} for {programme}: {place}?", params)
        else:
            params["fact"] = facts[0].labels if facts else ""
            words = Message(
                "Does {place} list everybody who has this: {fact}? If so, all others have none.",
                params,
            )
            about = replace(about, fact=facts[0].id if facts else None)
        answers = (YES, NO)
        return OpenQuestion(
            *(self.subject, "roster-complete", words, frozenset(households), answers), topic=about
        )

    def pays(self, programme: str, community: str) -> bool:
        """Whether the roster may list who receives a programme in a community."""
        named = {self.programme, *self.targets}
        is_of_programme = bool(named & {programme, f"receipt.{programme}"})
        return is_of_programme and self._is_of(community)

    def settles(self, fact: str, community: str) -> bool:
        """Whether it may list everybody of a community of whom a fact holds."""
        pair = {fact, FACT_PAIRS.get(fact, fact)}
        return not self.is_roster and bool(pair & self.targets) and self._is_of(community)

    def _is_of(self, community: str) -> bool:
        """Whether it may be of a community: a list that names none is of all."""
        area = self.community and normalise_community(self.community)
        return area in (None, community)


def list_unsure_rosters(db: Database, imports: Iterable[int] | None = None) -> list[UnsureRoster]:
    """Return the rosters of live imports of which nobody has said whether they are complete.

    Only those of `imports`, unless that is None.
    """
    return list_rosters(db, _ROSTERS, imports=None if imports is None else json.dumps([*imports]))


def list_rosters(db: Database, sql: str, **values: object) -> list[UnsureRoster]:
    """Return the rosters that a query finds."""
    return [
        UnsureRoster(**row | {"targets": frozenset(filter(None, json.loads(row["targets"])))})
        for row in db.query(sql, values)
    ]


@dataclass(frozen=True)
class StatedFact:
    """What cells say of a fact that they leave unknown: the text of each, and its place.

    `is_remark`: a remark contradicts it, and is asked about itself.
    """

    cells: tuple[tuple[str, QuestionTopic], ...]
    is_disputed: bool
    is_remark: bool

    @property
    def topic(self) -> QuestionTopic:
        """The place of the first cell."""
        return self.cells[0][1] if self.cells else QuestionTopic()

    def list_values(self, fact: Fact) -> tuple[str, ...]:
        """Return the different texts of the cells, which may be the answer; none if private."""
        texts = dict.fromkeys(text for text, _topic in self.cells)
        return () if fact.is_private or not self.is_disputed else tuple(texts)

    def ask(self, owner: str, fact: Fact) -> Message:
        """Return the question about the fact, with its cells and their places.

        Of a private fact only the places are shown.
        """
        if not self.cells:
            return ask_fact(owner, fact)
        quoted = [_quote(None if fact.is_private else text, topic) for text, topic in self.cells]
        params = {"asked": ask_fact(owner, fact), "cells": _join(quoted)}
        if self.is_disputed:
            return Message("{asked} What is written differs: {cells}.", params)
        return Message("{asked} What is written cannot be used: {cells}.", params)


def _join(parts: Iterable[Any]) -> Any:
    """Return messages or texts in two languages as one."""
    return reduce(lambda one, two: Message("{one}; {two}", {"one": one, "two": two}), parts)


def _quote(text: str | None, topic: QuestionTopic) -> Message:
    """Return a text with its place; None is a text that is not shown."""
    place = name_place(topic.file, topic.sheet, topic.row)
    return place if text is None else Message("“{text}” ({place})", {"text": text, "place": place})


def list_stating_cells(row: Mapping[str, Any], fact: str) -> Iterator[tuple[str, QuestionTopic]]:
    """Yield the filled cells of a source row under the headings of a fact."""
    cells = json.loads(row["cells"])
    for position, header in _find_columns(row["columns"], fact):
        if position < len(cells) and cells[position] not in (None, ""):
            topic = QuestionTopic(file=row["file_name"])
            if not row["is_answer"]:  # it has one row, and no sheet that anybody wrote
                where = {"sheet": row["sheet"], "row": row["row_number"], "column": header}
                topic = replace(topic, **where)
            yield str(cells[position]), topic


@lru_cache(maxsize=1000)  # all rows of a table have the same columns
def _find_columns(columns: str, fact: str) -> list[tuple[int, str]]:
    """Return the places and headings of the columns of a table that state a fact."""
    ordered = sorted(json.loads(columns), key=lambda column: int(column["position"]))
    return [
        (place, column["header"])
        for place, column in enumerate(ordered)
        if fact in (column["target"], column.get("also"))
    ]


EVERY_ROSTER = f"""
    SELECT {ROSTER_SUBJECT} AS subject,
        imports.file_name, source_tables.sheet, source_tables.covers, source_tables.community,
        source_tables.programme, imports.undone_at IS NULL AS is_live,
        source_tables.table_kind = 'roster' AS is_roster,
        (SELECT json_group_array(value ->> 'target') FROM json_each(source_tables.columns))
            AS targets
    FROM source_tables JOIN imports ON imports.import_id = source_tables.import_id
    WHERE source_tables.table_kind IN ('roster', 'households')
"""
# Of household lists only those that the register found to be of all people of a sort.
_ROSTERS = f"""
    {EVERY_ROSTER} AND (source_tables.table_kind = 'roster' OR source_tables.table_id IN (
            SELECT table_id FROM built_from WHERE is_complete IS NOT NULL))
        AND imports.undone_at IS NULL AND ifnull((
            SELECT choice FROM decisions WHERE subject = {ROSTER_SUBJECT}
            ORDER BY decision_id DESC LIMIT 1), '{REOPEN}') = '{REOPEN}'
        AND source_tables.table_id NOT IN (SELECT table_id FROM built_from WHERE is_complete)
        AND (:imports IS NULL OR imports.import_id IN (SELECT value FROM json_each(:imports)))
"""
