"""Decisions of the user about doubts. They are only added; the last about a subject counts.

A subject identifies a doubt without personal data, so that the decision still applies after a
rebuild, and to the same doubt in the files of a later month.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.store.entries import DECISIONS, record_entry
from relieftool.store.former_numbers import find_current_number
from relieftool.store.settings import keyed_hash, mark_register_stale

LIVES_IN, IS_MEMBER, IS_HEAD = "lives-in", "is", "head"
NOBODY, LEFT, LEAVE, REOPEN = "nobody", "left", "leave", "reopen"
HOLDS = "holds"
HIDDEN, BELONGS = "hidden", "belongs"
COMPLETE, YES, NO = "complete", "yes", "no"
# The subject of the question whether a roster is complete, as SQL: its file's bytes, its place, and
# what it is declared to be.
ROSTER_SUBJECT = (
    f"'{COMPLETE}:' || substr(imports.sha256, 1, 24) || ':' || source_tables.first_header_row"
    " || ':' || source_tables.sheet || ':' || ifnull(source_tables.programme, '')"
    " || ':' || ifnull(source_tables.community, '') || ':' || ifnull(source_tables.covers, '')"
)
DUPLICATE, SAME, DIFFERENT = "double", "same-household", "different-households"
COMMUNITY, SAME_COMMUNITY, OTHER_COMMUNITY = "community", "same-community", "different-communities"
# The choices for each sort of subject; choices in _WITH_TARGET also name a household or a member.
CHOICES = {
    "lives": (LIVES_IN, LEAVE),
    "heads": (IS_HEAD, LEAVE),
    "gone": (LEFT, LEAVE),
    "remark": (HOLDS, LEAVE),
    DUPLICATE: (SAME, DIFFERENT),
    COMMUNITY: (SAME_COMMUNITY, OTHER_COMMUNITY),
    "roster": (IS_MEMBER, NOBODY, LEAVE),
    HIDDEN: (BELONGS, LEAVE),
    COMPLETE: (YES, NO),
}
_WITH_TARGET = {LIVES_IN: "households", IS_HEAD: "members", IS_MEMBER: "members"}
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
    db.execute(
        "INSERT INTO doubts (subject) SELECT subject FROM problems"
        " JOIN imports ON imports.import_id = problems.import_id WHERE subject IS NOT NULL"
        " AND subject NOT IN (SELECT subject FROM doubts) GROUP BY subject"
        " ORDER BY min(printf('%s|%s|%09d', file_name, sheet, row_number)), subject"
    )


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
            _("no problem has this number"),
            _("`relief problems` lists the numbers."),
        )
    (subject,) = found
    choice, target = _read_choice(db, subject, written)
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
    possible = (*list_choices(subject), REOPEN)
    if choice not in possible:
        raise ReliefError(
            written,
            _("this cannot be decided about this problem"),
            _("Choose one of: {choices}.").format(
                choices=", ".join(map(format_decision_choice, possible))
            ),
        )
    table = _WITH_TARGET.get(choice)
    if table is None and not target:
        return choice, None
    now = find_current_number(db, target)
    if table is None or now not in _list_targets(db, subject, choice):
        raise ReliefError(
            written,
            _("no household or member that this could mean has this number"),
            _("Write it as {form}, with a number that `relief problems` shows.").format(
                form=format_decision_choice(choice)
            ),
        )
    return choice, now


def list_choices(subject: str | None) -> tuple[str, ...]:
    """Return the choices for a subject; () for None."""
    return CHOICES[subject.partition(":")[0]] if subject else ()


def format_decision_choice(
    choice: str, household: str = "HOUSEHOLD", member: str = "MEMBER"
) -> str:
    """Return the form in which a choice is written, such as `lives-in:HOUSEHOLD`."""
    placeholders = {"households": household, "members": member}
    table = _WITH_TARGET.get(choice)
    return f"{choice}:{placeholders[table]}" if table else choice


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
