"""The open questions of a register, each asked once, and those that were answered.

Whatever is unknown becomes a question: whether a roster is complete, who is meant by a row, what a
column says, which value of the law is in force, or a fact of a household. The more yuan a month may
hang on a question, the earlier it comes.
"""

import datetime as dt
import hashlib
import json
import re
import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import get_args

from sqlite_utils import Database

from relieftool.eligibility.findings import (
    TIMES_A_YEAR,
    Finding,
    PriorityFinding,
    Status,
    sum_per_month,
)
from relieftool.eligibility.kept_findings import KeptFindings, open_findings
from relieftool.eligibility.question_records import (
    EVERY_ROSTER,
    OPEN_STATUSES,
    PARAMETER,
    AnsweredQuestion,
    Narrowed,
    OpenQuestion,
    Owed,
    QuestionKind,
    QuestionSums,
    QuestionTopic,
    StatedFact,
    UnsureRoster,
    Waiting,
    ask_fact,
    ask_row,
    ask_value,
    find_kind,
    list_rosters,
    list_stating_cells,
    list_unsure_rosters,
    name_place,
    sum_stakes,
)
from relieftool.messages import Message
from relieftool.pack.facts import RECEIPT, Fact
from relieftool.pack.models import Amount, Pack
from relieftool.pack.programme_names import name_to_type
from relieftool.spreadsheets.form_row_keys import FORM_KEY
from relieftool.store.imports import build_kept_problem
from relieftool.store.life_events import list_life_events
from relieftool.store.office_values import list_office_values
from relieftool.store.problem_decisions import (
    COLUMN,
    EVENT_CHOICES,
    FACT,
    IS_OPEN,
    LAW,
    NO,
    NO_LIST,
    PRESUMED,
    YES,
    list_accepted,
    list_decisions,
    load_numbers,
)

PRIORITY_SHARE = "priority_share"  # the parameter that sets the line of priority, if a pack has it
_Doubtful = Finding | PriorityFinding
_KINDS = get_args(QuestionKind)
_WORD = re.compile("[a-z_0-9]+")


def list_answered(db: Database, pack: Pack) -> list[AnsweredQuestion]:
    """Return the answered questions by number: decisions, values of the law, facts.

    A decision about an import that was undone is listed too: it holds again with the import.
    """
    numbers = load_numbers(db)
    answered = [*_list_decided(db, pack), *_list_stated(db, pack)]
    for value in list_office_values(db, pack):
        if value.parameter in pack.parameters:
            words = ask_value(pack.parameters[value.parameter])
            said = (str(value.value), value.by, str(value.on), value.source)
            subject = f"{LAW}:{value.parameter}"
            number = numbers.get(subject)
            answered.append(AnsweredQuestion(number, subject, "law-value", words, *said))
    return sorted(answered, key=lambda each: (each.number is None, each.number, each.answered_on))


def _list_decided(db: Database, pack: Pack) -> Iterator[AnsweredQuestion]:
    """Yield the decisions that count, also about what is no longer in the register."""
    told = {row["subject"]: json.loads(row["problem"]) for row in db.query(_EVER_DOUBTFUL)}
    live = {name for (name,) in db.execute(_LIVE_FILES)}
    rosters: dict[str, tuple[Message, bool]] = {}
    for roster in list_rosters(db, EVERY_ROSTER):
        programme = roster.find_programme(pack)
        if programme or not roster.is_roster:
            is_live = rosters[roster.subject][1] if roster.subject in rosters else False
            words = roster.ask(pack, programme).words
            rosters[roster.subject] = words, is_live or roster.is_live
    days = {str(event.event_id): event.happened_on for event in list_life_events(db)}
    for decision in list_decisions(db):
        subject, target = decision.subject, decision.target
        if decision.choice in EVENT_CHOICES:
            target = days.get(target or "", target)
        if subject in rosters:
            words, is_live = rosters[subject]
        else:
            words = ask_row(subject, told[subject]) if subject in told else Message("?")
            is_live = subject in told and told[subject]["file_name"] in live
        yield AnsweredQuestion(
            decision.number,
            subject,
            find_kind(subject),
            words,
            ":".join(filter(None, (decision.choice, target))),
            decision.by,
            decision.decided_at[:10],
            is_inert=not is_live,
        )


def _list_stated(db: Database, pack: Pack) -> Iterator[AnsweredQuestion]:
    """Yield the facts that were answered and still count."""
    for number, subject, by, source, covers, cell in db.execute(_STATED):
        owner, _colon, name = subject.removeprefix(f"{FACT}:").rpartition(":")
        if fact := pack.facts.get(name):
            words = ask_fact(owner, fact)
            said = (cell, by, covers, source)
            kind: QuestionKind = "look-up" if fact.looked_up else "fact"
            about = number, subject, kind, words
            yield AnsweredQuestion(*about, *said, is_private=fact.is_private)


def list_questions(
    db: Database, pack: Pack, as_of: dt.date, community: str | None = None
) -> list[OpenQuestion]:
    """Return the open questions about all households, or about those of one community.

    Those with the most at stake come first; of equal ones, that for which the fewest households
    must be asked, then that for which most findings wait. Then come those without a known sum, by
    how many households they touch; those that close nothing now come last. The stakes overlap,
    since one household may have several questions.
    """
    with open_findings(db, pack, as_of) as kept:
        findings = kept.list_findings(Status, community)
        priorities = list(kept.list_priorities(community))
        found = _Questions(db, pack, as_of, kept, findings, priorities)
        asked = _join_equal(found.list_all())
        owed = _find_owed(kept)
    waiting, numbers = Waiting.read(findings), load_numbers(db)

    def complete(question: OpenQuestion) -> OpenQuestion:
        touched = question.households & owed.keys() if "gaps" in question.narrows else ()
        return replace(
            question,
            number=numbers.get(question.subject),
            owed_fen_per_year={
                number: waiting.bound(question, number, owed[number]) for number in touched
            },
            waiting=sum(len(waiting.find(question, number)) for number in touched),
        )

    return sorted(map(complete, asked), key=_order)


def _order(question: OpenQuestion) -> tuple[object, ...]:
    """Return the key by which questions are sorted."""
    stake = question.at_stake_fen_per_month
    is_of_all = question.topic.fact is None or question.kind == "roster-complete"
    asked_of = 0 if is_of_all else len(question.households)
    return (
        *(-(stake or 0), question.is_idle, not question.narrows),
        *((asked_of, -question.waiting) if stake else ()),
        *(-len(question.households), _KINDS.index(question.kind), question.subject),
    )


def _find_owed(kept: KeptFindings) -> dict[str, Owed]:
    """Return what is owed at least and at most to each household of which these differ."""
    rows = kept.db.execute(_OWED, [kept.evaluation_id])
    return {number: (least, most) for number, least, most in rows}


def sum_questions(
    db: Database, pack: Pack, as_of: dt.date, asked: Iterable[OpenQuestion], per: str
) -> list[QuestionSums]:
    """Return the sums per "community" or per "file" whose rows the households come from.

    The most at stake comes first. A question about rows counts for their file alone. Those of the
    facts that are asked for follow.
    """
    with open_findings(db, pack, as_of) as kept:
        owed = _find_owed(kept)
        groups: dict[str, set[str]] = defaultdict(set)
        for household, name in db.execute(PLACES[per]):
            groups[household].add(name)
    counts: Counter[tuple[str, str | None]] = Counter()
    touched: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    for question in asked:
        names = {name for number in question.households for name in groups[number]}
        if per == "file" and question.topic.file:
            names = {question.topic.file}
        keys = set(product(names, (None, question.topic.fact)))
        counts.update(keys)
        for number in question.households if "gaps" in question.narrows else ():
            for name, fact in keys:
                touched[name, fact] |= {number} if name in groups[number] else set()
    sums = [
        QuestionSums(
            *(name, count, len(touched[name, fact])),
            sum_stakes(owed[each] for each in touched[name, fact] & owed.keys()),
            fact,
        )
        for (name, fact), count in counts.items()
    ]
    return sorted(
        sums,
        key=lambda each: (
            each.fact is not None,
            *(-each.at_stake_fen_per_month, -each.questions, each.name, each.fact or ""),
        ),
    )


# The households of each community, and those of each file.
PLACES = {
    "community": """
        SELECT household_no, communities.name FROM households
        JOIN communities ON communities.community_id = households.community_id
    """,
    "file": """
        SELECT DISTINCT became.household_no, imports.file_name AS name FROM became
        JOIN source_rows ON source_rows.row_id = became.row_id
        JOIN source_tables ON source_tables.table_id = source_rows.table_id
        JOIN imports ON imports.import_id = source_tables.import_id
    """,
}


def _join_equal(questions: Iterable[OpenQuestion]) -> Iterable[OpenQuestion]:
    """Return the questions, each subject once: one roster may be about several programmes."""
    joined: dict[str, OpenQuestion] = {}
    for question in questions:
        first = joined.setdefault(question.subject, question)
        if first is not question:
            joined[question.subject] = replace(
                first,
                households=first.households | question.households,
                narrows=tuple(dict.fromkeys((*first.narrows, *question.narrows))),
                names=first.list_names() | question.list_names(),
            )
    return joined.values()


def list_roster_questions(db: Database, pack: Pack, imports: Iterable[int]) -> list[OpenQuestion]:
    """Return for the rosters of some imports whether each is complete, as far as nobody has said.

    Of several months of a programme or of a fact in a community, only the newest is asked about.
    Nothing is evaluated for it, so that the households it touches are not known.
    """
    newest: dict[tuple[str | None, ...], OpenQuestion] = {}
    for roster in sorted(list_unsure_rosters(db, imports), key=lambda each: each.covers or ""):
        programme = roster.find_programme(pack)
        if programme or not roster.is_roster:
            question = roster.ask(pack, programme)
            about = question.topic  # lists of facts have no programme, but each its fact
            newest[about.programme, about.fact, roster.community] = question
    numbers = load_numbers(db)
    return [replace(question, number=numbers.get(question.subject)) for question in newest.values()]


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
        asked: dict[str, dict[str, str]] = defaultdict(dict)
        narrows: dict[str, tuple[Narrowed, ...]] = {}
        undetermined = [each for each in self.findings if each.status in OPEN_STATUSES]
        undecided = [each for each, is_priority in self.priorities if is_priority is None]
        doubtful: list[_Doubtful] = [*undetermined, *undecided]
        for finding in doubtful:
            of: Narrowed = "gaps" if isinstance(finding, Finding) else "priority"
            for name in finding.missing:
                missing[name].append(finding)
                if of not in narrows.get(name, ()):
                    narrows[name] = (*narrows.get(name, ()), of)
            for each in finding.asks:
                member, _bar, name = each.rpartition("|")
                asked[name][member or finding.household_no] = finding.household_no
        for name, findings in missing.items():
            if name.startswith(RECEIPT):
                yield from self._ask_who_receives(name.removeprefix(RECEIPT), findings)
            elif name in self.pack.facts:
                for question in self._ask_for_fact(self.pack.facts[name], asked[name]):
                    yield replace(question, narrows=narrows[name])
        yield from self._ask_for_law(missing)
        yield from self._ask_about_presumed()
        yield from self._ask_what_is_paid()
        yield from self._ask_about_columns()
        yield from self._ask_about_rows()

    def _ask_who_receives(
        self, programme: str, findings: Iterable[_Doubtful]
    ) -> Iterator[OpenQuestion]:
        """Yield a question for each roster that may be whole; one where there is none."""
        touched: dict[UnsureRoster | None, set[str]] = defaultdict(set)
        for finding in findings:
            rosters = [
                roster for roster in self._rosters if roster.pays(programme, finding.community)
            ]
            newest = max(rosters, key=lambda roster: roster.covers or "", default=None)
            number = finding.household_no
            if newest is not None or (number, programme) not in self._with_unsure_rows:
                touched[newest].add(number)
        names = self.pack.programmes[programme].names
        for roster, households in touched.items():
            if roster is not None:
                yield roster.ask(self.pack, programme, households)
                continue
            words = Message(
                "Who receives {programme}? No complete list says it.", {"programme": names}
            )
            command = Message(
                "relief import FILE --roster {programme} --complete --month MONTH",
                {"programme": name_to_type(self.pack.programmes[programme])},
            )
            subject, topic = f"{NO_LIST}:{programme}", QuestionTopic(programme=programme)
            of = frozenset(households)
            yield OpenQuestion(subject, "no-list", words, of, command=command, topic=topic)

    @cached_property
    def _with_unsure_rows(self) -> set[tuple[str, str]]:
        """The households and programmes about which a row of a roster is in doubt: it is asked."""
        return set(self.db.execute(_UNSURE_ROWS).fetchall())

    @cached_property
    def _rosters(self) -> list[UnsureRoster]:
        """The rosters of live imports of which nobody has said whether they are complete."""
        return list_unsure_rosters(self.db)

    def _is_of_nobody(self, fact: Fact) -> bool:
        """Whether no list says this fact of anybody, not even in a way that cannot be used.

        What forms and answers say of some leaves it one question for all others.
        """
        sql = f"SELECT count(*) FROM {fact.owner}s WHERE {fact.id} IS NOT NULL"
        (known,) = self.db.execute(sql).fetchone()
        return bool(known + self._stated[fact.id] <= self._told_on_forms.get(fact.id, 0))

    @cached_property
    def _told_on_forms(self) -> dict[str, int]:
        """How many times each fact is told on forms and as answers."""
        return dict(self.db.execute(_TOLD_ON_FORMS).fetchall())

    def _ask_for_fact(self, fact: Fact, asked: Mapping[str, str]) -> Iterator[OpenQuestion]:
        """Yield a question for each household or member; only one if nobody's fact is known.

        `asked` has their numbers, each with that of the household.
        """
        if fact.id == "lives_together" and not list(self._list_owners(fact, asked)):
            return
        if self._is_of_nobody(fact):
            words = Message("No list says this of anybody: {label}", {"label": fact.labels})
            subject, topic = f"{NO_LIST}:{fact.id}", QuestionTopic(fact=fact.id)
            of, command = frozenset(asked.values()), _ASK_ON_FORMS
            yield OpenQuestion(subject, "no-list", words, of, command=command, topic=topic)
            return
        answers = tuple(choice.id for choice in fact.choices)
        answers = answers or _TYPED.get(fact.type, ("VALUE",))
        for owner, household in self._list_owners(fact, asked):
            state = self._states.get((owner, fact.id))
            if state is not None and state.is_remark:
                continue  # the remark itself is asked about
            if state is None and (whole := self._find_list(fact, household)):
                yield whole.ask(self.pack, None, [household])
                continue
            member = None if fact.owner == "household" else owner
            topic = replace(
                state.topic if state else QuestionTopic(), member_no=member, fact=fact.id
            )
            kind: QuestionKind = "look-up" if fact.looked_up else "fact"
            question = OpenQuestion(
                f"{FACT}:{owner}:{fact.id}",
                "disputed-value" if state and state.is_disputed else kind,
                state.ask(owner, fact) if state else ask_fact(owner, fact),
                frozenset([household]),
                answers,
                topic=topic,
                choices=state.list_values(fact) if state else (),
            )
            yield question

    def _find_list(self, fact: Fact, household: str) -> UnsureRoster | None:
        """Return the newest list that, if it is whole, settles a fact of a household's people."""
        lists = [each for each in self._rosters if not each.is_roster] if fact.is_listed else []
        community = self._communities.get(household, "")
        settling = (each for each in lists if each.settles(fact.id, community))
        return max(settling, key=lambda each: each.covers or "", default=None)

    @cached_property
    def _communities(self) -> dict[str, str]:
        """The communities of the households that are asked about."""
        return {each.household_no: each.community for each, _is_priority in self.priorities}

    def _list_owners(self, fact: Fact, asked: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Yield whom a fact is asked of, with their households.

        A household stands for those of its members of whom it is unknown. Whether somebody lives
        with it is not asked while it is asked whether somebody of it has left.
        """
        if fact.owner == "household":
            yield from asked.items()
            return
        members = self.db.execute(
            f"SELECT member_no, household_no, {fact.id} IS NOT NULL, belongs FROM members"
        ).fetchall()
        is_home = fact.id == "lives_together"
        leaving = {household for _no, household, _is, belongs in members if belongs is None}
        for member, household, is_known, belongs in members:
            is_asked_alone = member in asked and not (is_home and belongs is None)
            is_one_of = household in asked and not is_known
            if is_asked_alone or (is_one_of and not (is_home and household in leaving)):
                yield member, household

    @cached_property
    def _stated(self) -> Counter[str]:
        """Of how many each fact is unknown although cells say something of it."""
        return Counter(name for _owner, name in self._states)

    @cached_property
    def _states(self) -> dict[tuple[str, str], "StatedFact"]:
        """What cells say of the facts that they leave unknown, by owner and fact."""
        rows = {row["row_id"]: row for row in self.db.query(_STATING_ROWS)}
        remarks = {number for (number,) in self.db.execute(_REMARKS)}
        found = {}
        for owner, fact, state, row_ids in self.db.execute(_STATES).fetchall():
            stating = [rows[number] for number in json.loads(row_ids) if number in rows]
            is_remark = not remarks.isdisjoint(json.loads(row_ids))
            cells = tuple(cell for row in stating for cell in list_stating_cells(row, fact))
            found[owner, fact] = StatedFact(cells, state == "disputed", is_remark)
        return found

    def _ask_for_law(self, missing: Mapping[str, Iterable[_Doubtful]]) -> Iterator[OpenQuestion]:
        """Yield a question for each value of the law that is assumed, or that nobody has.

        The bounds rest on an assumed value as if it were in force: only one that nobody has, or of
        which only the least is known, leaves them open.
        """
        summary = self.kept.summary
        touched: dict[str, set[str]] = {
            name: set() for name in (*summary.unvalued, *summary.unvalued_for_priority)
        }
        rests: Counter[str] = Counter()
        for finding in self.findings:
            for name in finding.assumed:
                touched.setdefault(name, set()).add(finding.household_no)
                rests[name] += finding.gain_fen_per_year or 0
        share = self.pack.parameters.get(PRIORITY_SHARE)
        value = share.in_force(self.as_of) if share else None
        if value is not None and value.confidence == "assumed":
            touched.setdefault(PRIORITY_SHARE, set())
        open_of: dict[str, set[str]] = defaultdict(set)
        for name, findings in missing.items():
            if name.startswith(PARAMETER):
                open_of[name.removeprefix(PARAMETER)] |= {
                    finding.household_no for finding in findings
                }
        unlimited = {name: self._list_unlimited(name) for name in summary.unvalued}
        open_of |= {name: open_of[name] | of for name, of in unlimited.items() if of}
        for name in touched | open_of:
            households = open_of.get(name) or touched[name]
            parameter = self.pack.parameters[name]
            words = ask_value(parameter)
            answers = tuple(choice.id for choice in parameter.choices) or ("VALUE",)
            subject, topic = f"{LAW}:{name}", QuestionTopic(parameter=name)
            of = frozenset(households)
            asked = OpenQuestion(subject, "law-value", words, of, answers, topic=topic)
            asked = replace(asked, rests_fen_per_month=sum_per_month([rests[name]]) or None)
            yield asked if name in open_of else replace(asked, narrows=())

    def _list_unlimited(self, parameter: str) -> set[str]:
        """Return the households of whose open findings an amount is unknown without a value."""
        paid = {
            name
            for name, programme in self.pack.programmes.items()
            if self._may_read(parameter, programme.amounts)
        }
        unknown = (each for each in self.findings if each.amount_fen is None)
        return {
            each.household_no
            for each in unknown
            if each.programme in paid
            and each.status in OPEN_STATUSES
            and each.amount_period in TIMES_A_YEAR
        }

    def _may_read(self, parameter: str, amounts: Iterable[Amount]) -> bool:
        """Whether amounts name a parameter, also by definitions that they name."""
        known, waiting = set[str](), set(_WORD.findall(str(list(amounts))))
        while waiting:
            known |= waiting
            named = (self.pack.definitions[name] for name in waiting & self.pack.definitions.keys())
            waiting = {word for each in named for word in _WORD.findall(each.value)} - known
        return parameter in known

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
            yield OpenQuestion(
                f"{PRESUMED}:{name}",
                kind,
                words,
                frozenset(households),
                command=_ASK_ON_FORMS,
                narrows=(),
                topic=QuestionTopic(fact=name),
            )

    def _ask_about_columns(self) -> Iterator[OpenQuestion]:
        """Yield a question for each heading whose meaning nobody knows, or is only assumed.

        It is about the newest import with this heading, and names no money: every household of the
        sheet would count, also for a column that no rule needs.
        """
        for row in self.db.query(_COLUMNS):
            households = frozenset(json.loads(row["households"]))
            if households and households.isdisjoint(self._communities):
                continue
            words = Message(
                "{place}: {problem}",
                {
                    "place": name_place(row["file_name"], row["sheet"]),
                    "problem": build_kept_problem(row).message,
                },
            )
            number, header = row["import_id"], row["column_header"]
            subject = f"{COLUMN}:{hashlib.sha256(header.encode()).hexdigest()[:24]}"
            mapped = shlex.quote(f"{header}=…")
            params = {"number": number, "mapped": mapped}
            command = Message("relief import --again {number} --map {mapped}", params)
            topic = QuestionTopic(file=row["file_name"], sheet=row["sheet"], column=header)
            asked = OpenQuestion(subject, "column", words, households, (), command, topic=topic)
            yield replace(asked, narrows=())

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
            params = {"programme": name_to_type(self.pack.programmes[programme])}
            command = Message("relief import FILE --roster {programme} --month MONTH", params)
            subject, topic = f"{NO_LIST}:paid:{programme}", QuestionTopic(programme=programme)
            of = frozenset(households)
            asked = OpenQuestion(subject, "payment", words, of, (), command, topic=topic)
            yield replace(asked, narrows=("priority",))

    def _ask_about_rows(self) -> Iterator[OpenQuestion]:
        """Yield a question for each doubt about rows that a decision settles."""
        touched: dict[str, set[str]] = defaultdict(set)
        perhaps: dict[str, set[str]] = defaultdict(set)
        for subject, number, member in self.db.execute(_TOUCHED):
            touched[subject].add(number)
            perhaps[subject] |= {member} - {None}
        for row in self.db.query(_DOUBTFUL):
            subject = row["subject"]
            households = frozenset(touched[subject])
            if households and households.isdisjoint(self._communities):
                continue
            answers, params = tuple(list_accepted(subject)), json.loads(row["params"])
            if "columns" in params:  # hidden columns cannot be left out: their cells are used
                answers = tuple(answer for answer in answers if answer != NO)
            named: Iterable[str] = perhaps[subject] if "MEMBER" in answers else ()
            named = households if "HOUSEHOLD" in answers else named
            if find_kind(subject) == "head":
                named = {params["one"], params["two"]}
            topic = QuestionTopic(
                file=row["file_name"],
                sheet=row["sheet"],
                row=row["row_number"],
                column=row["column_header"] or None,
            )
            words = ask_row(subject, row)
            yield OpenQuestion(
                subject,
                find_kind(subject),
                words,
                households,
                answers,
                topic=topic,
                choices=tuple(sorted(named)),
            )


_ASK_ON_FORMS = Message("relief form")
# The answers to the question about a fact of these types.
_TYPED = {"yes_no": (YES, NO), "date": ("DAY",)}

_OWED = """
    SELECT household_no, least_fen_per_year, most_fen_per_year FROM kept_households
    WHERE evaluation_id = ? AND most_fen_per_year > least_fen_per_year
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
# A form has a table for each answer: the key of its row stands in the first of its columns.
_TOLD_ON_FORMS = f"""
    SELECT told.value ->> 'target' AS fact, count(DISTINCT (columns ->> '$[0].header')
        || (cells ->> ('$[' || (columns ->> '$[0].position') || ']')))
    FROM source_tables JOIN imports ON imports.import_id = source_tables.import_id
    JOIN source_rows ON source_rows.table_id = source_tables.table_id
    JOIN json_each(columns) AS told
    WHERE imports.undone_at IS NULL AND columns ->> '$[0].target' = '{FORM_KEY}' GROUP BY fact
"""
_EVER_DOUBTFUL = "SELECT subject, problem FROM doubts WHERE problem IS NOT NULL"
_LIVE_FILES = "SELECT DISTINCT file_name FROM imports WHERE undone_at IS NULL"
# A remark that contradicts a fact stands on a row that states it.
_REMARKS = "SELECT row_id FROM problems WHERE code = 'remark-differs'"
_STATES = "SELECT ifnull(member_no, household_no), fact, state, row_ids FROM fact_states"
_STATING_ROWS = """
    SELECT row_id, row_number, cells, columns, sheet, file_name,
        json_extract(declared, '$.question') IS NOT NULL AS is_answer FROM source_rows
    JOIN source_tables ON source_tables.table_id = source_rows.table_id
    JOIN imports ON imports.import_id = source_tables.import_id
    WHERE row_id IN (SELECT value FROM fact_states, json_each(fact_states.row_ids))
"""
_UNSURE_ROWS = """
    SELECT DISTINCT receipts.household_no, receipts.programme FROM receipts
    JOIN problems ON problems.row_id = receipts.row_id
    WHERE receipts.says = 'maybe' AND receipts.origin = 'roster' AND problems.subject IS NOT NULL
"""
# A doubt may be told at several rows: the first stands for all.
_DOUBTFUL = f"""
    SELECT problems.*, imports.file_name FROM problems
    JOIN imports ON imports.import_id = problems.import_id WHERE problem_id IN (
        SELECT min(problem_id) FROM problems
        JOIN imports ON imports.import_id = problems.import_id
        WHERE imports.undone_at IS NULL AND problems.subject IS NOT NULL AND {IS_OPEN}
        GROUP BY problems.subject)
"""
_TOUCHED = """
    SELECT problems.subject, became.household_no, NULL FROM problems
    JOIN became ON became.row_id = problems.row_id WHERE problems.subject IS NOT NULL
    UNION SELECT problems.subject, receipts.household_no, receipts.member_no FROM problems
    JOIN receipts ON receipts.row_id = problems.row_id WHERE problems.subject IS NOT NULL
"""
