"""Runs the compiled rules over the register.

The rows of the statement are returned as they are; `findings` derives the statuses from them.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from sqlite_utils import Database

from relieftool.pack.models import Pack
from relieftool.rules.compiled_rules import UnitRow
from relieftool.rules.evaluator import Evaluator
from relieftool.rules.programme_rules import ProgrammeRules
from relieftool.rules.question_memo import QuestionMemo
from relieftool.rules.receipts_sql import RosterCoverage
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import Statement, bind_households, compile_statement


@dataclass(frozen=True)
class Household:
    """A household's row of the statement, with its community, its head's name and its members."""

    household_no: str
    community: str
    head: str | None
    row: UnitRow
    members: tuple["Member", ...]

    def evaluator(self, statement: Statement) -> Evaluator:
        """Return the evaluator of single conditions and ranges for this household."""
        return Evaluator(statement, self.row, [member.row for member in self.members])


@dataclass(frozen=True)
class Member:
    """A member's number, name and row of the statement."""

    member_no: str
    name: str | None
    row: UnitRow


@dataclass(frozen=True)
class Evaluation:
    """The statement and all households with their rows of it."""

    statement: Statement
    households: tuple[Household, ...]

    @cached_property
    def question_memo(self) -> QuestionMemo:
        """What to ask of households of one pattern; found for the first of them."""
        return QuestionMemo(self.statement)


def evaluate_register(
    db: Database, pack: Pack, as_of: dt.date, households: Collection[str] | None = None
) -> Evaluation:
    """Evaluate the households of the register under a pack, as of a day.

    `households` are the numbers of the households to evaluate; None means all. A number that is not
    in the register is passed over.
    """
    coverage = _find_roster_coverage(db, pack, as_of)
    statement = compile_statement(pack, as_of, coverage, is_restricted=households is not None)
    bound = statement.bound | ({} if households is None else bind_households(households))
    names = {
        row["member_no"]: row["name"] for row in db.query("SELECT member_no, name FROM members")
    }
    members: dict[str, list[Member]] = {}
    for row in db.query(statement.member_sql, bound):
        number = row["member_no"]
        members.setdefault(row["household_no"], []).append(Member(number, names[number], row))
    labels = {row["household_no"]: row for row in db.query(_LABELS)}
    evaluated = tuple(
        Household(
            row["household_no"],
            labels[row["household_no"]]["community"],
            names.get(labels[row["household_no"]]["head_member_no"]),
            row,
            tuple(members.get(row["household_no"], ())),
        )
        for row in db.query(statement.household_sql, bound)
    )
    return Evaluation(statement, evaluated)


_LABELS = """
    SELECT households.household_no, households.head_member_no, communities.name AS community
    FROM households JOIN communities ON communities.community_id = households.community_id
"""


def read_truth(row: UnitRow, kind: ColumnKind, *ids: str | int) -> bool | None:
    """Return a row's value of a condition: True for 1, False for 0, None for NULL (unknown)."""
    value = row[format_column_name(kind, *ids)]
    return None if value is None else value == 1


def read_number(row: UnitRow, kind: ColumnKind, *ids: str | int) -> int | None:
    """Return the fen or count in a column of a row; None if it is unknown."""
    value = row[format_column_name(kind, *ids)]
    return value if isinstance(value, int) else None


def find_amount_due(rules: ProgrammeRules, row: UnitRow) -> int | None:
    """Return the first amount of a programme whose condition holds for a row, in fen.

    None if no condition holds, an unknown condition comes first, or the amount is unknown.
    """
    name = rules.programme.id
    for place, (when, _value) in enumerate(rules.amounts, start=1):
        holds = when is None or read_truth(row, ColumnKind.AMOUNT_APPLIES, name, place)
        if holds is None:
            return None
        if holds:
            return read_number(row, ColumnKind.AMOUNT, name, place)
    return None


def _find_roster_coverage(db: Database, pack: Pack, as_of: dt.date) -> RosterCoverage:
    """Return the last day of the newest complete roster in force, by programme and community."""
    coverage: dict[str, dict[int | None, str | None]] = {}
    for row in db.query("SELECT * FROM rosters WHERE is_complete = 1 ORDER BY covers_until"):
        programme = pack.programmes.get(row["programme"])
        if programme and _is_in_force(row, as_of, programme.roster_valid_days):
            # undated rosters come first, then by day: the newest overwrites the older
            coverage.setdefault(programme.id, {})[row["community_id"]] = row["covers_until"]
    return coverage


def _is_in_force(roster: UnitRow, as_of: dt.date, valid_days: int) -> bool:
    """Whether a roster is in force on a day; an undated roster always is.

    A dated roster is in force from its first day until `valid_days` after its last, inclusive.
    """
    begins, ends = roster["covers_from"], roster["covers_until"]
    has_begun = begins is None or str(begins) <= as_of.isoformat()
    oldest = (as_of - dt.timedelta(days=valid_days)).isoformat()
    return has_begun and (ends is None or str(ends) >= oldest)
