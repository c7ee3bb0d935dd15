"""What a person decided about a doubt: added, never changed; the last one about a subject counts.

A subject names what is decided about without personal data, so that a decision holds after every
rebuild, and for the same doubt in a later month.
"""

import datetime as dt
from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.store.entries import DECISIONS, record_entry
from relieftool.store.former_numbers import find_current_number
from relieftool.store.settings import keyed_hash, mark_register_stale

LIVES_IN, IS_MEMBER, IS_HEAD = "lives-in", "is", "head"
NOBODY, LEFT, LEAVE, REOPEN = "nobody", "left", "leave", "reopen"
DUPLICATE, SAME, DIFFERENT = "double", "same-household", "different-households"
# What may be decided about each kind of subject; those of _WITH_TARGET name a household or member.
CHOICES = {
    "lives": (LIVES_IN, LEAVE),
    "heads": (IS_HEAD, LEAVE),
    "gone": (LEFT, LEAVE),
    DUPLICATE: (SAME, DIFFERENT),
    "roster": (IS_MEMBER, NOBODY, LEAVE),
}
_WITH_TARGET = {LIVES_IN: "households", IS_HEAD: "members", IS_MEMBER: "members"}
_SUBJECT_LENGTH = 24


@dataclass(frozen=True)
class ProblemDecision:
    """One decision: who chose what about which numbered doubt, and when.

    `target` is the number that household or member goes by now, `written` the one decided on.
    """

    number: int
    subject: str
    choice: str
    target: str | None
    written: str | None
    by: str
    decided_at: str

    def find_target(self, known: Container[str]) -> str | None:
        """Return the target under a number that somebody has; None where nobody has it.

        The number decided on goes first: while an import was taken back it may have led elsewhere.
        """
        numbers = (self.written, self.target)
        return next((number for number in numbers if number is not None and number in known), None)


@dataclass(frozen=True)
class SubjectKeys:
    """Names what may be decided about by keyed hashes, which nobody can try numbers against."""

    secret: str

    def name(self, sort: str, *parts: object) -> str:
        """Return the subject of a sort of doubt; the same parts always give the same."""
        text = "|".join(map(str, parts))
        return f"{sort}:{keyed_hash(self.secret, text, _SUBJECT_LENGTH)}"


@dataclass(frozen=True)
class ProblemDecisions:
    """The decisions that count, by subject, and what names their subjects.

    `former` gives for each number that nobody bears any more the one in its place.
    """

    subjects: SubjectKeys
    counting: Mapping[str, ProblemDecision]
    former: Mapping[str, str] = field(default_factory=dict)

    def of(self, *subjects: str) -> ProblemDecision | None:
        """Return what was decided about the first of these subjects; None where all are open."""
        decided = (self.counting[subject] for subject in subjects if subject in self.counting)
        return next(decided, None)

    def list_former_numbers(self, number: str) -> list[str]:
        """Return a number, and those that its household or member went by before."""
        former = [one for one, now in self.former.items() if now == number]
        return [number, *former]


def load_decisions(db: Database, secret: str) -> ProblemDecisions:
    """Read the decisions that count, their targets by the numbers these have now."""
    counting = {decision.subject: decision for decision in list_decisions(db)}
    former = dict(db.execute("SELECT former_no, number FROM former_numbers").fetchall())
    return ProblemDecisions(SubjectKeys(secret), counting, former)


def list_decisions(db: Database) -> list[ProblemDecision]:
    """List the decisions that count: the last about each subject, unless it opened it again."""
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


def number_problems(db: Database) -> None:
    """Return each subject of the problems found a number, which it keeps; only inside `write`.

    New numbers follow file, sheet and row, however the register was made.
    """
    db.execute(
        "INSERT INTO doubts (subject) SELECT subject FROM problems"
        " JOIN imports ON imports.import_id = problems.import_id WHERE subject IS NOT NULL"
        " AND subject NOT IN (SELECT subject FROM doubts) GROUP BY subject"
        " ORDER BY min(printf('%s|%s|%09d', file_name, sheet, row_number)), subject"
    )


def record_decision(db: Database, number: int, written: str, by: str) -> ProblemDecision:
    """Add a decision such as `lives-in:H1` or `leave`; only inside `write`. The register is stale.

    Raises:
        ReliefError: No doubt has this number, or this cannot be decided about it.
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
    """Read what was decided, and check that it can be."""
    choice, _colon, target = written.partition(":")
    possible = (*list_choices(subject), REOPEN)
    if choice not in possible:
        raise ReliefError(
            written,
            _("this cannot be decided about this problem"),
            _("Choose one of: {choices}.").format(choices=", ".join(map(format_choice, possible))),
        )
    table = _WITH_TARGET.get(choice)
    if table is None and not target:
        return choice, None
    now = find_current_number(db, target)
    if table is None or now not in _possible_targets(db, subject, choice):
        raise ReliefError(
            written,
            _("there is nobody and nothing of this number that this could mean"),
            _("Write it as {form}, with a number that `relief problems` shows.").format(
                form=format_choice(choice)
            ),
        )
    return choice, now


def list_choices(subject: str | None) -> tuple[str, ...]:
    """Return what may be decided about a subject; nothing where there is none."""
    return CHOICES[subject.partition(":")[0]] if subject else ()


def format_choice(choice: str) -> str:
    """Return the form in which a choice is written."""
    marks = {"households": "HOUSEHOLD", "members": "MEMBER"}
    table = _WITH_TARGET.get(choice)
    return f"{choice}:{marks[table]}" if table else choice


def _possible_targets(db: Database, subject: str, choice: str) -> set[str]:
    """Return the households where a person stands, the members of a household, or all members."""
    if choice == IS_MEMBER:
        return {number for (number,) in db.execute("SELECT member_no FROM members")}
    places = (
        "SELECT became.household_no FROM became"
        " JOIN problems ON problems.row_id = became.row_id WHERE problems.subject = ?"
    )
    decided = "SELECT household_no FROM households WHERE household_no IN ({places})"
    if choice == IS_HEAD:
        decided = "SELECT member_no FROM members WHERE household_no IN ({places})"
    return {number for (number,) in db.execute(decided.format(places=places), [subject])}
