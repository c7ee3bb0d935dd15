"""The open questions of a register, each asked once, and the visits that answer some of them.

Whatever is unknown becomes a question: whether a roster is complete, who is meant by a row, what a
column says, which value of the law is in force, or a fact of a household. The more yuan a month may
hang on a question, the earlier it comes.
"""

import datetime as dt
import hashlib
import json
import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Literal, get_args

from sqlite_utils import Database

from relieftool.eligibility.findings import (
    TIMES_A_YEAR,
    Finding,
    PriorityFinding,
    Status,
    sum_per_month,
)
from relieftool.eligibility.kept_findings import KeptFindings, open_findings
from relieftool.intake.answers import COLUMN, FACT, LAW, NO_LIST, PRESUMED
from relieftool.messages import Message
from relieftool.pack.facts import RECEIPT, Fact
from relieftool.pack.models import Pack, Parameter
from relieftool.store.imports import build_kept_problem
from relieftool.store.office_values import list_office_values
from relieftool.store.problem_decisions import (
    COMMUNITY,
    COMPLETE,
    IS_OPEN,
    NO,
    OTHER_COMMUNITY,
    REOPEN,
    ROSTER_SUBJECT,
    SAME_COMMUNITY,
    YES,
    list_decisions,
)
from relieftool.values.communities import normalise_community

PRIORITY_SHARE = "priority_share"  # the parameter that sets the line of priority, if a pack has it
_Doubtful = Finding | PriorityFinding
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
# What kind of question each sort of doubt about rows is, and the answers it takes.
_DOUBTS: Mapping[str, tuple[QuestionKind, tuple[str, ...]]] = {
    "lives": ("membership", ("HOUSEHOLD", "leave")),
    "heads": ("head", ("MEMBER", "leave")),
    "gone": ("membership", ("left", "leave")),
    "remark": ("disputed-value", ("holds", "leave")),
    "hidden": ("roster-complete", ("belongs", "leave")),
    "double": ("household", ("same-household", "different-households")),
    COMPLETE: ("roster-complete", (YES, NO)),
    COMMUNITY: ("community", (SAME_COMMUNITY, OTHER_COMMUNITY)),
    "roster": ("same-person", ("MEMBER", "nobody", "leave")),
}


@dataclass(frozen=True)
class OpenQuestion:
    """A question, the households it touches, and the answers it takes.

    `subject` identifies it without personal data and stays the same from month to month. `number`
    is None until an import or an answer has numbered it. `at_stake_fen_per_month` is the most that
    the households could be owed, less what they are owed for sure; None where no sum is known.
    `command` is what brings the answer; '' if that is `relief answer`.
    """

    subject: str
    kind: QuestionKind
    words: Message
    households: frozenset[str]
    answers: tuple[str, ...] = ()
    command: str = ""
    at_stake_fen_per_month: int | None = None
    number: int | None = None
    is_of_money: bool = True


@dataclass(frozen=True)
class AnsweredQuestion:
    """A question that somebody answered, with what, by whom and when.

    `by` is None where the name was forgotten, `number` where a value was set without a question.
    """

    number: int | None
    kind: QuestionKind
    words: Message
    answer: str
    by: str | None
    answered_on: str
    source: str | None = None
    is_private: bool = False


def list_answered(db: Database, pack: Pack) -> list[AnsweredQuestion]:
    """Return the answered questions by number: decisions, values of the law, facts.

    A decision about an import that was undone is listed too: it holds again with the import.
    """
    numbers = dict(db.execute("SELECT subject, number FROM doubts").fetchall())
    answered = [*_list_decided(db, pack), *_list_stated(db, pack)]
    for value in list_office_values(db, pack):
        if value.parameter in pack.parameters:
            words = _ask_value(pack.parameters[value.parameter])
            number = numbers.get(f"{LAW}:{value.parameter}")
            said = (str(value.value), value.by, str(value.on), value.source)
            answered.append(AnsweredQuestion(number, "law-value", words, *said))
    return sorted(answered, key=lambda each: (each.number is None, each.number, each.answered_on))


def _list_decided(db: Database, pack: Pack) -> Iterator[AnsweredQuestion]:
    """Yield the decisions that count, also about what is no longer in the register."""
    words = {row["subject"]: build_kept_problem(row).message for row in db.query(_EVER_DOUBTFUL)}
    for roster in _list_rosters(db, _EVERY_ROSTER):
        if programme := roster.find_programme(pack):
            words[roster.subject] = roster.ask(pack, programme).words
    for decision in list_decisions(db):
        sort = decision.subject.partition(":")[0]
        yield AnsweredQuestion(
            decision.number,
            _DOUBTS.get(sort, ("disputed-value", ()))[0],
            words.get(decision.subject, Message("A doubt about rows that do not count now.")),
            ":".join(filter(None, (decision.choice, decision.target))),
            decision.by,
            decision.decided_at[:10],
        )


def _list_stated(db: Database, pack: Pack) -> Iterator[AnsweredQuestion]:
    """Yield the facts that were answered and still count."""
    for number, subject, by, source, covers, cell in db.execute(_STATED):
        owner, _colon, name = subject.removeprefix(f"{FACT}:").rpartition(":")
        if fact := pack.facts.get(name):
            words = _ask_fact(owner, fact)
            said = (cell, by, covers, source)
            yield AnsweredQuestion(number, "fact", words, *said, is_private=fact.is_private)


def _ask_fact(owner: str, fact: Fact) -> Message:
    """Return the question about a fact of a household or member."""
    return Message(
        "{owner}: {question}", {"owner": owner, "question": fact.question or fact.labels}
    )


def _ask_value(parameter: Parameter) -> Message:
    """Return the question about a value of the law."""
    return Message(
        "Value of the law: {label}. {question}",
        {"label": parameter.labels, "question": parameter.question or ""},
    )


def list_questions(
    db: Database, pack: Pack, as_of: dt.date, community: str | None = None
) -> list[OpenQuestion]:
    """Return the open questions about all households, or about those of one community.

    Those with the most at stake come first, then those without a known sum, by how many households
    they touch. The stakes overlap, since one household may have several questions.
    """
    with open_findings(db, pack, as_of) as kept:
        findings = kept.list_findings(Status, community)
        found = _Questions(db, pack, as_of, kept, findings, list(kept.list_priorities(community)))
        asked = _join_equal(found.list_all())
        stakes = found.find_stakes()
    numbers = dict(db.execute("SELECT subject, number FROM doubts").fetchall())
    kinds = get_args(QuestionKind)
    return sorted(
        (
            replace(
                question,
                number=numbers.get(question.subject),
                at_stake_fen_per_month=_sum_stakes(question.households, stakes)
                if question.is_of_money
                else None,
            )
            for question in asked
        ),
        key=lambda question: (
            -(question.at_stake_fen_per_month or 0),
            -len(question.households),
            kinds.index(question.kind),
            question.subject,
        ),
    )


def _join_equal(questions: Iterable[OpenQuestion]) -> Iterable[OpenQuestion]:
    """Return the questions, each subject once: one roster may be about several programmes."""
    joined: dict[str, OpenQuestion] = {}
    for question in questions:
        first = joined.setdefault(question.subject, question)
        households = first.households | question.households
        joined[question.subject] = replace(first, households=households)
    return joined.values()


def _sum_stakes(households: Iterable[str], stakes: Mapping[str, int]) -> int | None:
    """Return the fen per month that hang on some households; None if no sum is known."""
    return sum(stakes.get(number, 0) for number in households) or None


@dataclass(frozen=True)
class _Roster:
    """A roster of which nobody has said whether it is complete; `targets` are its columns."""

    subject: str
    file_name: str
    sheet: str
    covers: str | None
    community: str | None
    programme: str | None
    targets: frozenset[str]

    def find_programme(self, pack: Pack) -> str | None:
        """Return the programme of the roster, or of the first of its columns that has one."""
        named = (self.programme, *sorted(target.removeprefix(RECEIPT) for target in self.targets))
        return next((name for name in named if name in pack.programmes), None)

    def ask(self, pack: Pack, programme: str, households: Iterable[str] = ()) -> OpenQuestion:
        """Return the question whether the roster is complete."""
        words = Message(
            "Is this the whole roster of {month} for {programme}: {file}, {sheet}?",
            {
                "month": self.covers or "?",
                "programme": pack.programmes[programme].names,
                "file": self.file_name,
                "sheet": self.sheet,
            },
        )
        return OpenQuestion(
            self.subject, "roster-complete", words, frozenset(households), (YES, NO)
        )

    def pays(self, programme: str, community: str) -> bool:
        """Whether the roster may list who receives a programme in a community."""
        named = {self.programme, *self.targets}
        is_of_programme = bool(named & {programme, f"receipt.{programme}"})
        area = self.community and normalise_community(self.community)
        return is_of_programme and area in (None, community)


def _list_unsure_rosters(db: Database, imports: Iterable[int] | None = None) -> list[_Roster]:
    """Return the rosters of live imports of which nobody has said whether they are complete.

    Only those of `imports`, unless that is None.
    """
    return _list_rosters(db, _ROSTERS, imports=None if imports is None else json.dumps([*imports]))


def _list_rosters(db: Database, sql: str, **values: object) -> list[_Roster]:
    """Return the rosters that a query finds."""
    return [
        _Roster(**row | {"targets": frozenset(filter(None, json.loads(row["targets"])))})
        for row in db.query(sql, values)
    ]


def list_roster_questions(db: Database, pack: Pack, imports: Iterable[int]) -> list[OpenQuestion]:
    """Return for the rosters of some imports whether each is complete, as far as nobody has said.

    Of several months of a programme in a community, only the newest is asked about. Nothing is
    evaluated for it, so that the households it touches are not known.
    """
    newest: dict[tuple[str, str | None], _Roster] = {}
    for roster in sorted(_list_unsure_rosters(db, imports), key=lambda each: each.covers or ""):
        if programme := roster.find_programme(pack):
            newest[programme, roster.community] = roster
    numbers = dict(db.execute("SELECT subject, number FROM doubts").fetchall())
    asked = [roster.ask(pack, programme) for (programme, _area), roster in newest.items()]
    return [replace(question, number=numbers.get(question.subject)) for question in asked]


@dataclass(frozen=True)
class _Questions:
    """Gathers the questions behind findings, and those about the rows they rest on."""

    db: Database
    pack: Pack
    as_of: dt.date
    kept: KeptFindings
    findings: list[Finding]
    priorities: list[tuple[PriorityFinding, bool | None]]

    def list_all(self) -> Iterator[OpenQuestion]:
        """Yield the questions of every kind, in no particular order."""
        missing: dict[str, list[_Doubtful]] = defaultdict(list)
        undetermined = [each for each in self.findings if each.status == Status.UNDETERMINED]
        undecided = [each for each, is_priority in self.priorities if is_priority is None]
        doubtful: list[_Doubtful] = [*undetermined, *undecided]
        for finding in doubtful:
            for name in finding.missing:
                missing[name].append(finding)
        for name, findings in missing.items():
            if name.startswith(RECEIPT):
                yield from self._ask_who_receives(name.removeprefix(RECEIPT), findings)
            elif name in self.pack.facts:
                yield from self._ask_for_fact(self.pack.facts[name], findings)
        yield from self._ask_for_law(missing)
        yield from self._ask_about_presumed()
        yield from self._ask_what_is_paid()
        yield from self._ask_about_columns()
        yield from self._ask_about_rows()

    def find_stakes(self) -> dict[str, int]:
        """Return what each household could be owed beyond what is sure, in fen per month."""
        rows = self.db.execute(_STAKES, [self.kept.evaluation_id])
        return {number: sum_per_month([fen]) for number, fen in rows}

    def _ask_who_receives(
        self, programme: str, findings: Iterable[_Doubtful]
    ) -> Iterator[OpenQuestion]:
        """Yield a question for each roster that may be whole; one where there is none."""
        touched: dict[_Roster | None, set[str]] = defaultdict(set)
        for finding in findings:
            rosters = [
                roster for roster in self._rosters if roster.pays(programme, finding.community)
            ]
            newest = max(rosters, key=lambda roster: roster.covers or "", default=None)
            touched[newest].add(finding.household_no)
        names = self.pack.programmes[programme].names
        for roster, households in touched.items():
            if roster is None:
                words = Message("Who receives {programme}? No list says it.", {"programme": names})
                command = f"relief import FILE --roster {programme} --complete --month MONTH"
                subject = f"{NO_LIST}:{programme}"
                yield OpenQuestion(subject, "no-list", words, frozenset(households), (), command)
            else:
                yield roster.ask(self.pack, programme, households)

    @cached_property
    def _rosters(self) -> list[_Roster]:
        """The rosters of live imports of which nobody has said whether they are complete."""
        return _list_unsure_rosters(self.db)

    def _is_of_nobody(self, fact: Fact) -> bool:
        """Whether no list says this fact of anybody."""
        sql = f"SELECT 1 FROM {fact.owner}s WHERE {fact.id} IS NOT NULL LIMIT 1"
        return self.db.execute(sql).fetchone() is None

    def _ask_for_fact(self, fact: Fact, findings: Sequence[_Doubtful]) -> Iterator[OpenQuestion]:
        """Yield a question for each household or member; only one if nobody's fact is known."""
        if self._is_of_nobody(fact):
            households = frozenset(finding.household_no for finding in findings)
            words = Message("No list says this of anybody: {label}", {"label": fact.labels})
            subject = f"{NO_LIST}:{fact.id}"
            yield OpenQuestion(subject, "no-list", words, households, (), "relief form")
            return
        answers = tuple(choice.id for choice in fact.choices)
        answers = answers or ((YES, NO) if fact.type == "yes_no" else ("VALUE",))
        asked = {finding.household_no for finding in findings}
        sql = f"SELECT {fact.owner}_no, household_no FROM {fact.owner}s WHERE {fact.id} IS NULL"
        for owner, household in self.db.execute(sql):
            if household in asked:
                words = _ask_fact(owner, fact)
                subject = f"{FACT}:{owner}:{fact.id}"
                yield OpenQuestion(subject, "fact", words, frozenset([household]), answers)

    def _ask_for_law(self, missing: Mapping[str, Iterable[_Doubtful]]) -> Iterator[OpenQuestion]:
        """Yield a question for each value of the law that is assumed, or that nobody has."""
        summary = self.kept.summary
        touched: dict[str, set[str]] = {
            name: set() for name in (*summary.unvalued, *summary.unvalued_for_priority)
        }
        for finding in self.findings:
            for name in finding.assumed:
                touched.setdefault(name, set()).add(finding.household_no)
        share = self.pack.parameters.get(PRIORITY_SHARE)
        value = share.in_force(self.as_of) if share else None
        if value is not None and value.confidence == "assumed":
            touched.setdefault(PRIORITY_SHARE, set())
        for name, findings in missing.items():
            if (lacking := name.removeprefix("parameter:")) in touched:
                touched[lacking] |= {finding.household_no for finding in findings}
        for name, households in touched.items():
            parameter = self.pack.parameters[name]
            words = _ask_value(parameter)
            answers = tuple(choice.id for choice in parameter.choices) or ("VALUE",)
            yield OpenQuestion(f"{LAW}:{name}", "law-value", words, frozenset(households), answers)

    def _ask_about_presumed(self) -> Iterator[OpenQuestion]:
        """Yield a question for each fact that is presumed where nobody has stated it."""
        touched: dict[str, set[str]] = defaultdict(set)
        for finding in self.findings:
            for name in finding.presumed:
                touched[name].add(finding.household_no)
        for name, households in touched.items():
            fact = self.pack.facts[name]
            words = Message(
                "Presumed, to be checked when claimed: {label}.", {"label": fact.labels}
            )
            kind: QuestionKind = "no-list" if self._is_of_nobody(fact) else "fact"
            subject = f"{PRESUMED}:{name}"
            yield OpenQuestion(
                *(subject, kind, words, frozenset(households), (), "relief form"),
                is_of_money=False,
            )

    def _ask_about_columns(self) -> Iterator[OpenQuestion]:
        """Yield a question for each heading whose meaning nobody knows, or is only assumed.

        It is about the newest import with this heading, and names no money: every household of the
        sheet would count, also for a column that no rule needs.
        """
        asked = {finding.household_no for finding in self.findings}
        for row in self.db.query(_COLUMNS):
            households = frozenset(json.loads(row["households"]))
            if households and households.isdisjoint(asked):
                continue
            words = Message(
                "{file}, {sheet}: {problem}",
                {
                    "file": row["file_name"],
                    "sheet": row["sheet"],
                    "problem": build_kept_problem(row).message,
                },
            )
            number, header = row["import_id"], row["column_header"]
            subject = f"{COLUMN}:{hashlib.sha256(header.encode()).hexdigest()[:24]}"
            command = f"relief import --again {number} --map {shlex.quote(f'{header}=…')}"
            yield OpenQuestion(subject, "column", words, households, (), command, is_of_money=False)

    def _ask_what_is_paid(self) -> Iterator[OpenQuestion]:
        """Yield a question for each programme of which priority counts what is due instead."""
        touched: dict[str, set[str]] = defaultdict(set)
        for finding, is_priority in self.priorities:
            for programme in () if is_priority is False else finding.as_due:
                touched[programme].add(finding.household_no)
        for programme, households in touched.items():
            words = Message(
                "What is paid of {programme}? No sheet says it, so what is due counts.",
                {"programme": self.pack.programmes[programme].names},
            )
            command = f"relief import FILE --roster {programme} --month MONTH"
            subject = f"{NO_LIST}:paid:{programme}"
            yield OpenQuestion(subject, "payment", words, frozenset(households), (), command)

    def _ask_about_rows(self) -> Iterator[OpenQuestion]:
        """Yield a question for each doubt about rows that a decision settles."""
        touched: dict[str, set[str]] = defaultdict(set)
        for subject, number in self.db.execute(_TOUCHED):
            touched[subject].add(number)
        asked = {finding.household_no for finding in self.findings}
        for row in self.db.query(_DOUBTFUL):
            subject = row["subject"]
            kind, answers = _DOUBTS.get(subject.partition(":")[0], ("disputed-value", ()))
            households = frozenset(touched[subject])
            if not touched[subject] or not households.isdisjoint(asked):
                words = build_kept_problem(row).message
                yield OpenQuestion(subject, kind, words, households, answers)


_STAKES = f"""
    SELECT kept.household_no, kept.most_fen_per_year - ifnull((
        SELECT sum(gain_fen_per_year) FROM kept_findings found
        WHERE found.evaluation_id = kept.evaluation_id
            AND found.household_no = kept.household_no AND found.status = '{Status.UNCLAIMED}'), 0)
    FROM kept_households kept WHERE kept.evaluation_id = ?
"""
# The last live import with a heading that is not known or only assumed, and the households of the
# sheet.
_COLUMNS = """
    SELECT problems.*, imports.file_name, max(imports.import_id), (
        SELECT json_group_array(DISTINCT became.household_no) FROM became
        JOIN source_rows ON source_rows.row_id = became.row_id
        JOIN source_tables ON source_tables.table_id = source_rows.table_id
        WHERE source_tables.import_id = problems.import_id
            AND source_tables.sheet = problems.sheet) AS households
    FROM problems JOIN imports ON imports.import_id = problems.import_id
    WHERE imports.undone_at IS NULL
        AND problems.code IN ('column-unknown', 'column-assumed', 'column-of-numbers')
    GROUP BY problems.column_header
"""
_STATED = f"""
    SELECT doubts.number, doubts.subject, declared ->> 'by', declared ->> 'source',
        source_tables.covers, source_rows.cells ->> 1
    FROM imports JOIN doubts ON doubts.number = declared ->> 'question'
    JOIN source_tables ON source_tables.import_id = imports.import_id
    JOIN source_rows ON source_rows.table_id = source_tables.table_id
    WHERE imports.undone_at IS NULL AND doubts.subject LIKE '{FACT}:%'
"""
_EVER_DOUBTFUL = """
    SELECT * FROM problems WHERE problem_id IN (
        SELECT min(problem_id) FROM problems WHERE subject IS NOT NULL GROUP BY subject)
"""
# A doubt may be told at several rows: the first stands for all.
_DOUBTFUL = f"""
    SELECT * FROM problems WHERE problem_id IN (
        SELECT min(problem_id) FROM problems
        JOIN imports ON imports.import_id = problems.import_id
        WHERE imports.undone_at IS NULL AND problems.subject IS NOT NULL AND {IS_OPEN}
        GROUP BY problems.subject)
"""
_TOUCHED = """
    SELECT DISTINCT problems.subject, became.household_no FROM problems
    JOIN became ON became.row_id = problems.row_id WHERE problems.subject IS NOT NULL
"""
_EVERY_ROSTER = f"""
    SELECT {ROSTER_SUBJECT} AS subject,
        imports.file_name, source_tables.sheet, source_tables.covers, source_tables.community,
        source_tables.programme,
        (SELECT json_group_array(value ->> 'target') FROM json_each(source_tables.columns))
            AS targets
    FROM source_tables JOIN imports ON imports.import_id = source_tables.import_id
    WHERE source_tables.table_kind = 'roster'
"""
_ROSTERS = f"""
    {_EVERY_ROSTER} AND source_tables.is_complete IS NULL
        AND imports.undone_at IS NULL AND ifnull((
            SELECT choice FROM decisions WHERE subject = {ROSTER_SUBJECT}
            ORDER BY decision_id DESC LIMIT 1), '{REOPEN}') = '{REOPEN}'
        AND source_tables.table_id NOT IN (SELECT table_id FROM built_from WHERE is_complete)
        AND (:imports IS NULL OR imports.import_id IN (SELECT value FROM json_each(:imports)))
"""


@dataclass(frozen=True)
class PlannedVisit:
    """A household with undetermined findings: what to ask, and the fen per month at stake.

    `at_stake_fen_per_month` is the most that the findings could bring; None if no finding has a
    known limit per month. `is_more`: a monthly or yearly benefit without a known limit may come on
    top.
    """

    household_no: str
    community: str
    head: str | None
    ask: tuple[str, ...]
    programmes: tuple[str, ...]
    at_stake_fen_per_month: int | None
    is_more: bool


def plan_visits(findings: Iterable[Finding]) -> list[PlannedVisit]:
    """Return one visit for each household with undetermined findings, the most at stake first.

    Visits without a known limit come last; of equal visits, those with fewer questions come first,
    then those with the lower household number.
    """
    undetermined = [finding for finding in findings if finding.status == Status.UNDETERMINED]
    number = attrgetter("household_no")
    visits = [
        _plan_visit(list(of_household))
        for _number, of_household in groupby(sorted(undetermined, key=number), number)
    ]
    return sorted(
        visits,
        key=lambda visit: (
            visit.at_stake_fen_per_month is None,
            -(visit.at_stake_fen_per_month or 0),
            len(visit.ask),
            visit.household_no,
        ),
    )


def _plan_visit(findings: list[Finding]) -> PlannedVisit:
    """Return the visit for the undetermined findings of one household."""
    first = findings[0]
    at_stake = [finding for finding in findings if finding.at_stake_fen_per_month is not None]
    return PlannedVisit(
        first.household_no,
        first.community,
        first.head,
        tuple(
            dict.fromkeys(
                name for finding in findings for name in finding.cheapest or finding.missing
            )
        ),
        tuple(dict.fromkeys(finding.programme for finding in findings)),
        _sum_at_stake(at_stake) if at_stake else None,
        any(
            finding.amount_period in TIMES_A_YEAR and finding.at_stake_fen_per_month is None
            for finding in findings
        ),
    )


def _sum_at_stake(findings: list[Finding]) -> int:
    """Return the fen per month at stake; of exclusive programmes only the highest amount counts."""
    counted: list[Finding] = []
    for finding in sorted(findings, key=lambda each: -(each.at_stake_fen_per_month or 0)):
        is_excluded = any(
            other.programme in finding.alternative_to or finding.programme in other.alternative_to
            for other in counted
            if other.member_no in (None, finding.member_no) or finding.member_no is None
        )
        if not is_excluded:
            counted.append(finding)
    return sum(finding.at_stake_fen_per_month or 0 for finding in counted)


def count_decided_by_rosters(findings: Iterable[Finding]) -> Counter[str]:
    """Count, for each programme, the findings that lack only the receipt of this programme.

    A complete roster of the programme could decide them.
    """
    return Counter(
        finding.missing[0].removeprefix(RECEIPT)
        for finding in findings
        if len(finding.missing) == 1 and finding.missing[0].startswith(RECEIPT)
    )
