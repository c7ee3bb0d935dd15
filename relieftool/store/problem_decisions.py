"""Decisions of the user about doubts. They are only added; the last about a subject counts.

A subject identifies a doubt without personal data, so that the decision still applies after a
rebuild, and to the same doubt in the files of a later month.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import LANGUAGES, Message, _, in_language
from relieftool.store.entries import DECISIONS, record_entry
from relieftool.store.former_numbers import find_current_number
from relieftool.store.settings import keyed_hash, mark_register_stale
from relieftool.values.vocabulary import list_cell_words

LIVES_IN, IS_MEMBER, IS_HEAD = "lives-in", "is", "head"
NOBODY, LEFT, LEAVE, REOPEN = "nobody", "left", "leave", "reopen"
HOLDS = "holds"
HIDDEN, BELONGS = "hidden", "belongs"
COMPLETE, YES, NO = "complete", "yes", "no"
WHOLE = "whole"  # a household list that may be an addition to an older one
# What the subject of a question begins with that is about no row of a list.
LAW, FACT, NO_LIST, PRESUMED, COLUMN = "law", "fact", "no-list", "presumed", "column"
# The subject of the question whether a roster is complete, as SQL: its file's bytes, its place, and
# what it is declared to be.
ROSTER_SUBJECT = (
    f"'{COMPLETE}:' || substr(imports.sha256, 1, 24) || ':' || source_tables.first_header_row"
    " || ':' || source_tables.sheet || ':' || ifnull(source_tables.programme, '')"
    " || ':' || ifnull(source_tables.community, '') || ':' || ifnull(source_tables.covers, '')"
)
DUPLICATE, SAME, DIFFERENT = "double", "same-household", "different-households"
RECLAIM, STOPPED = "reclaim", "stopped"
# Somebody of whom it is written down that they died or left stands on a newer list.
STILL_LISTED, COME_BACK, MISTAKEN = "still-listed", "come-back", "mistaken"
UNLISTED = "unlisted"  # a household that only a roster has
PERSON, ONE_PERSON, TWO_PEOPLE = "person", "one-person", "two-people"
COMMUNITY, SAME_COMMUNITY, OTHER_COMMUNITY = "community", "same-community", "different-communities"
PAID, MONTHS, FOR_MONTHS = "paid", "months", "for"
# Choices that are an event of a day, such as died:2024-12-01: it is written down with the answer.
DIED, MOVED_OUT, MOVED_IN, SPLIT = "died", "moved-out", "moved-in", "split"
TO_COMMUNITY, DISSOLVED = "to-community", "dissolved"
EVENT_CHOICES = (DIED, MOVED_OUT, MOVED_IN, SPLIT, TO_COMMUNITY, DISSOLVED)


class DoubtSort(NamedTuple):
    """A sort of doubt about rows: the kind of its question, what it asks, and the choices."""

    kind: str
    asks: Message
    choices: tuple[str, ...]


_DOUBTS: dict[str, DoubtSort] = {
    "lives": DoubtSort(
        "membership", Message("In which household does this person live?"), (LIVES_IN, LEAVE)
    ),
    "heads": DoubtSort("head", Message("Who is head of this household?"), (IS_HEAD, LEAVE)),
    "gone": DoubtSort(
        "membership",
        Message("Are they still of this household?"),
        (DIED, MOVED_OUT, LEFT, LEAVE),
    ),
    "said": DoubtSort(
        "membership", Message("Are they still of this household?"), (DIED, MOVED_OUT, LEAVE)
    ),
    "ended": DoubtSort(
        "household",
        Message("Is this household still here?"),
        (DISSOLVED, MOVED_OUT, DIED, LEFT, LEAVE),
    ),
    SPLIT: DoubtSort("membership", Message("Did this household divide?"), (SPLIT, LIVES_IN, LEAVE)),
    MOVED_IN: DoubtSort("membership", Message("Did they move there?"), (MOVED_IN, LIVES_IN, LEAVE)),
    TO_COMMUNITY: DoubtSort(
        "household", Message("Did this household move there?"), (TO_COMMUNITY, LIVES_IN, LEAVE)
    ),
    "area": DoubtSort(
        "household", Message("Did this household move there?"), (TO_COMMUNITY, LEAVE)
    ),
    "remark": DoubtSort(
        "disputed-value", Message("Does what this text says hold?"), (HOLDS, LEAVE)
    ),
    DUPLICATE: DoubtSort("household", Message("Are these two households one?"), (SAME, DIFFERENT)),
    PERSON: DoubtSort(
        "same-person", Message("Are these two one person?"), (ONE_PERSON, TWO_PEOPLE)
    ),
    COMMUNITY: DoubtSort(
        "community", Message("Are these two communities one?"), (SAME_COMMUNITY, OTHER_COMMUNITY)
    ),
    "roster": DoubtSort(
        "same-person", Message("Whom does this row mean?"), (IS_MEMBER, NOBODY, LEAVE)
    ),
    STILL_LISTED: DoubtSort("event", Message("Is the event right?"), (LEAVE, MISTAKEN)),
    COME_BACK: DoubtSort("event", Message("Have they come back?"), (MOVED_IN, LEAVE, MISTAKEN)),
    UNLISTED: DoubtSort("household", Message("Is this household ours?"), (NOBODY, LEAVE)),
    HIDDEN: DoubtSort(
        "roster-complete", Message("Does what is hidden belong to the list?"), (BELONGS, NO, LEAVE)
    ),
    COMPLETE: DoubtSort("roster-complete", Message("Is this the whole roster?"), (YES, NO)),
    WHOLE: DoubtSort("roster-complete", Message("Is this the whole list?"), (YES, NO)),
    PAID: DoubtSort("payment", Message("Is this paid now?"), (YES, NO)),
    RECLAIM: DoubtSort(
        "payment", Message("Is it stopped, and reclaimed if need be?"), (STOPPED, LEAVE)
    ),
    MONTHS: DoubtSort("payment", Message("For how many months is it?"), (FOR_MONTHS, LEAVE)),
}
# The same about people of whom somebody has another ID number on the newer list than on the older.
CORRECTED = {sort: f"{sort}-corrected" for sort in ("lives", SPLIT, MOVED_IN, TO_COMMUNITY)}
DOUBTS: Mapping[str, DoubtSort] = _DOUBTS | {
    corrected: _DOUBTS[sort]._replace(choices=(*_DOUBTS[sort].choices[:-1], TWO_PEOPLE, LEAVE))
    for sort, corrected in CORRECTED.items()
}
# What the choices and the answers are called.
ANSWER_WORDS: Mapping[str, Message] = {
    LIVES_IN: Message("lives in that household"),
    IS_MEMBER: Message("means that member"),
    IS_HEAD: Message("that member is head"),
    FOR_MONTHS: Message("for so many months"),
    NOBODY: Message("nobody of ours"),
    LEFT: Message("no longer of the household"),
    LEAVE: Message("stays as it is"),
    SAME: Message("they are one"),
    DIFFERENT: Message("they are two"),
    STOPPED: Message("stopped and settled"),
    ONE_PERSON: Message("one person"),
    TWO_PEOPLE: Message("two people"),
    SAME_COMMUNITY: Message("one community"),
    OTHER_COMMUNITY: Message("two communities"),
    HOLDS: Message("the text is right"),
    BELONGS: Message("they belong to it"),
    YES: Message("yes"),
    NO: Message("no"),
    DIED: Message("died"),
    MOVED_OUT: Message("moved out"),
    MOVED_IN: Message("moved in"),
    SPLIT: Message("household divided"),
    TO_COMMUNITY: Message("moved to another community"),
    DISSOLVED: Message("household dissolved"),
    MISTAKEN: Message("written down by mistake"),
    "DAY": Message("YYYY-MM-DD"),
    "HOUSEHOLD": Message("HOUSEHOLD"),
    "MEMBER": Message("MEMBER"),
    "MONTHS": Message("MONTHS"),
    "VALUE": Message("VALUE"),
}
# The answer to a choice that needs a household, a member or months is that alone.
_NAMED = {LIVES_IN: "HOUSEHOLD", IS_HEAD: "MEMBER", IS_MEMBER: "MEMBER", FOR_MONTHS: "MONTHS"}
_NAMED |= {choice: f"{choice}:DAY" for choice in EVENT_CHOICES}
_MOST_MONTHS = 24
_SUBJECT_LENGTH = 24


@dataclass(frozen=True)
class ProblemDecision:
    """A person's choice about a doubt; `number` and `subject` are the doubt's.

    `written` is the number of the chosen household or member as it was then, `target` its current
    number; both are None for a choice without a household or member.
    """

    number: int
    subject: str
    choice: str
    target: str | None
    written: str | None
    by: str
    decided_at: str


@dataclass(frozen=True)
class SubjectKeys:
    """Makes the subjects of doubts. Without the secret, they cannot be compared with ID numbers."""

    secret: str

    def name(self, sort: str, *parts: object) -> str:
        """Return the subject for a doubt: always the same for the same sort and parts."""
        text = "|".join(map(str, parts))
        return f"{sort}:{keyed_hash(self.secret, text, _SUBJECT_LENGTH)}"


@dataclass(frozen=True)
class ProblemDecisions:
    """The decisions that count, by subject, and the maker of subjects."""

    subjects: SubjectKeys
    counting: Mapping[str, ProblemDecision]

    def of(self, *subjects: str) -> ProblemDecision | None:
        """Return the decision about the first of these subjects that has a decision, or None."""
        decided = (self.counting[subject] for subject in subjects if subject in self.counting)
        return next(decided, None)

    def is_of_corrected_number(self, event_id: int) -> bool:
        """Whether an event is the answer about a move of people with a corrected ID number."""
        return any(
            decision.written == str(event_id)
            and decision.choice in EVENT_CHOICES
            and decision.subject.partition(":")[0] in CORRECTED.values()
            for decision in self.counting.values()
        )

    def of_communities(self, first: str, second: str) -> str | None:
        """Return what was chosen about two communities with nearly the same name, if anything."""
        decided = self.of(self.subjects.name(COMMUNITY, *sorted((first, second))))
        return decided.choice if decided else None

    @property
    def unite_communities(self) -> bool:
        """Whether two names were decided to be one community."""
        return any(decision.choice == SAME_COMMUNITY for decision in self.counting.values())


def load_decisions(db: Database, secret: str) -> ProblemDecisions:
    """Return the decisions that count; `secret` is the key for the subjects."""
    counting = {decision.subject: decision for decision in list_decisions(db)}
    return ProblemDecisions(SubjectKeys(secret), counting)


def list_decisions(db: Database) -> list[ProblemDecision]:
    """Return the decisions that count: the last about each subject, unless that is `reopen`."""
    rows = db.query(
        'SELECT doubts.number, doubts.subject, choice, target AS written, "by", decided_at'
        " FROM decisions"
        " JOIN doubts ON doubts.subject = decisions.subject"
        " WHERE decision_id IN (SELECT max(decision_id) FROM decisions GROUP BY subject)"
        " AND choice <> ? ORDER BY doubts.number",
        [REOPEN],
    )
    return [
        ProblemDecision(**row, target=row["written"] and find_current_number(db, row["written"]))
        for row in rows
    ]


def load_numbers(db: Database) -> dict[str, int]:
    """Return the numbers of the questions that have one, by subject."""
    return dict(db.execute("SELECT subject, number FROM doubts").fetchall())


def number_questions(db: Database, subjects: Iterable[str]) -> None:
    """Number the subjects that have no number yet, in their order; only inside `write`."""
    db.conn.executemany(
        "INSERT INTO doubts (subject) SELECT ?1 WHERE ?1 NOT IN (SELECT subject FROM doubts)",
        ([subject] for subject in subjects),
    )


def number_problems(db: Database) -> None:
    """Number the subjects of problems that have no number yet; only inside `write`.

    New numbers follow the order of file, sheet and row, so that they do not depend on the order in
    which the register is built.
    """
    db.execute(_NUMBER_PROBLEMS)


# Of the rows with one doubt, the first stands for all (SQLite takes the other columns of its row).
_NUMBER_PROBLEMS = """
    INSERT INTO doubts (subject, problem)
    SELECT subject, json_object('file_name', file_name, 'sheet', sheet, 'row_number', row_number,
        'column_header', column_header, 'template', template, 'params', json(params))
    FROM (
        SELECT problems.*, file_name,
            min(printf('%s|%s|%09d', file_name, sheet, row_number)) AS place
        FROM problems JOIN imports ON imports.import_id = problems.import_id
        WHERE subject IS NOT NULL AND subject NOT IN (SELECT subject FROM doubts)
        GROUP BY subject)
    ORDER BY place, subject
"""
# The table alias `problems` is open unless it was found in reading and has been decided: those of
# other stages are not found again once they are decided.
IS_OPEN = f"""
    (problems.stage <> 'reading' OR problems.subject IS NULL OR ifnull((
        SELECT choice FROM decisions WHERE decisions.subject = problems.subject
        ORDER BY decision_id DESC LIMIT 1), '{REOPEN}') = '{REOPEN}')
"""


def record_decision(db: Database, number: int, written: str, by: str) -> ProblemDecision:
    """Record a decision such as `lives-in:H1` or `leave`, and mark the register as stale.

    Only inside `write`.

    Raises:
        ReliefError: No doubt has this number, or the choice is not possible for it.
    """
    found = db.execute("SELECT subject FROM doubts WHERE number = ?", [number]).fetchone()
    if found is None:
        raise ReliefError(
            str(number),
            _("no question has this number"),
            _("`relief questions` lists them."),
        )
    (subject,) = found
    return _write_decision(db, number, subject, *_read_choice(db, subject, written), by)


def declare_complete(db: Database, table_id: int, *, is_complete: bool) -> None:
    """Record whether a list is declared complete at its import, as an answer to its question.

    Only inside `write`. Nothing is recorded where that was the last answer.
    """
    (subject,) = db.execute(_SUBJECT_OF, [table_id]).fetchone()
    choice = YES if is_complete else NO
    if (subject, choice) not in {(each.subject, each.choice) for each in list_decisions(db)}:
        number_questions(db, [subject])
        _write_decision(db, load_numbers(db)[subject], subject, choice, None, _IMPORT)


_IMPORT = "relief import"  # who answers what an import declares
_SUBJECT_OF = f"""
    SELECT {ROSTER_SUBJECT} FROM source_tables
    JOIN imports ON imports.import_id = source_tables.import_id WHERE table_id = ?
"""


def record_event_decision(db: Database, number: int, choice: str, event_id: int, by: str) -> None:
    """Record that an event is the answer to a question; only inside `write`."""
    (subject,) = db.execute("SELECT subject FROM doubts WHERE number = ?", [number]).fetchone()
    _write_decision(db, number, subject, choice, str(event_id), by)


def reopen_event_decision(db: Database, event_id: int, by: str) -> None:
    """Open the question again that an event answered, if it did; only inside `write`."""
    for decision in list_decisions(db):
        if decision.choice in EVENT_CHOICES and decision.written == str(event_id):
            _write_decision(db, decision.number, decision.subject, REOPEN, None, by)


def _write_decision(  # noqa: PLR0913, PLR0917 a decision and all that is said of it
    db: Database, number: int, subject: str, choice: str, target: str | None, by: str
) -> ProblemDecision:
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    decision = ProblemDecision(number, subject, choice, target, target, by, now)
    record_entry(
        db, DECISIONS, decided_at=now, by=by, subject=subject, choice=choice, target=target
    )
    mark_register_stale(db)
    return decision


def _read_choice(db: Database, subject: str, written: str) -> tuple[str, str | None]:
    """Return a written choice and the current number of its household or member, if it has one.

    Raises:
        ReliefError: The choice is not possible for this subject.
    """
    choice, _colon, target = written.partition(":")
    remedy = _("Choose one of: {choices}.").format(choices=format_answers(subject))
    if choice not in {*list_choices(subject), REOPEN}.difference(EVENT_CHOICES):
        raise ReliefError(written, _("this is no answer to this question"), remedy)
    named = _NAMED.get(choice)
    if named is None and not target:
        return choice, None
    if named == "MONTHS" and _is_count(target):
        return choice, target
    now = find_current_number(db, target)
    if named in (None, "MONTHS") or now not in _list_targets(db, subject, choice):
        raise ReliefError(
            target, _("no household or member that this could mean has this number"), remedy
        )
    return choice, now


def _is_count(text: str) -> bool:
    """Whether a text is a number of months, such as 2 or 0.5."""
    return (
        text.isascii() and text.replace(".", "", 1).isdigit() and 0 < Decimal(text) <= _MOST_MONTHS
    )


def list_choices(subject: str | None) -> tuple[str, ...]:
    """Return the choices for a subject; () for None."""
    return DOUBTS[subject.partition(":")[0]].choices if subject else ()


def list_accepted(subject: str | None) -> list[str]:
    """Return the answers that the question about a subject takes, as they are written."""
    return [_NAMED.get(choice, choice) for choice in list_choices(subject)]


def format_answers(subject: str) -> str:
    """Return the answers that the question about a subject takes, in words."""
    return " | ".join(map(format_answer, list_accepted(subject)))


def format_answer(answer: str) -> str:
    """Return a written answer or choice in words; what has none, as a number, unchanged.

    >>> format_answer("leave"), format_answer("lives-in:H1"), format_answer("300")
    ('stays as it is', 'lives in that household: H1', '300')
    """
    choice, _colon, target = answer.partition(":")
    if choice not in ANSWER_WORDS:
        return answer
    words = str(ANSWER_WORDS[choice])
    target = str(ANSWER_WORDS.get(target, target))
    return _("{choice}: {target}").format(choice=words, target=target) if target else words


def read_answer(subject: str, text: str) -> str:
    """Return the choice that an answer means, in whatever language: `leave`, or `lives-in:H1`.

    >>> read_answer("lives:1", "维持不变"), read_answer("lives:1", "H1")
    ('leave', 'lives-in:H1')
    >>> read_answer("paid:1", "是"), read_answer("gone:1", "死亡：2024年12月1日")
    ('yes', 'died:2024年12月1日')
    """
    choices = list_choices(subject)
    said = text.strip().lower()
    what, _colon, day = text.replace("：", ":").partition(":")
    for choice in choices:
        if choice in EVENT_CHOICES and what.strip().lower() in _list_words(choice):
            return f"{choice}:{day.strip()}"
    for choice in choices:
        cells = list_cell_words(choice) if choice in (YES, NO) else ()
        if choice not in _NAMED and said in {*cells, *_list_words(choice)}:
            return choice
    others = (choice for choice in choices if choice not in EVENT_CHOICES)
    named = next((choice for choice in others if choice in _NAMED), None)
    return text if named is None or text.partition(":")[0] in choices else f"{named}:{text.strip()}"


def _list_words(choice: str) -> Iterator[str]:
    """Yield the id of a choice, and its words in each language."""
    yield choice
    for language in LANGUAGES:
        with in_language(language):
            yield str(ANSWER_WORDS[choice]).lower()


def _list_targets(db: Database, subject: str, choice: str) -> set[str]:
    """Return the numbers that may follow a choice that names a household or a member.

    For `lives-in`, they are the households of the rows with the problem; for `head`, the members of
    these households; for `is`, all members.
    """
    if choice == IS_MEMBER:
        return {number for (number,) in db.execute("SELECT member_no FROM members")}
    involved = (
        "SELECT became.household_no FROM became"
        " JOIN problems ON problems.row_id = became.row_id WHERE problems.subject = ?"
    )
    targets = "SELECT household_no FROM households WHERE household_no IN ({involved})"
    if choice == IS_HEAD:
        targets = "SELECT member_no FROM members WHERE household_no IN ({involved})"
    return {number for (number,) in db.execute(targets.format(involved=involved), [subject])}
