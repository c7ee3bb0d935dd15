"""Runs the compiled rules over the register.

The rows of the statement are returned as they are; `findings` derives the statuses from them.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlite_utils import Database

from relieftool.eligibility.roster_coverage import find_roster_coverage
from relieftool.pack.models import Pack
from relieftool.rules.base_tables import HAS_ENDS
from relieftool.rules.doubts import Doubts
from relieftool.rules.evaluator import Evaluator, complete_rows
from relieftool.rules.kept_statements import load_kept_statement
from relieftool.rules.programme_rules import ProgrammeRules
from relieftool.rules.question_memo import QuestionMemo
from relieftool.rules.sql import ColumnKind, format_column_name
from relieftool.rules.statement import (
    BoundValues,
    Statement,
    bind_households,
    compile_statement,
)
from relieftool.values.stored_values import UnitRow


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

    @property
    def question_memo(self) -> QuestionMemo:
        """The questions found so far, shared by all households and evaluations of the statement."""
        return _share_memo(self.statement)


_share_memo = lru_cache(maxsize=8)(QuestionMemo)


def evaluate_register(
    db: Database, pack: Pack, as_of: dt.date, households: Collection[str] | None = None
) -> Evaluation:
    """Evaluate the households of the register under a pack, as of a day.

    `households` are the numbers of the households to evaluate; None means all. A number that is not
    in the register is passed over.
    """
    statement = compile_for_register(db, pack, as_of)
    return Evaluation(statement, tuple(stream_households(db, statement, households)))


def compile_for_register(
    db: Database, pack: Pack, as_of: dt.date, kinds: Collection[ColumnKind] | None = None
) -> Statement:
    """Compile a pack for the rosters of a register, as of a day; run by `stream_households`.

    `kinds` are the kinds of columns that its rows have; None means all, and facts as well. Of a
    register that was evaluated elsewhere, the statement reads the rows.
    """
    coverage, doubts = find_roster_coverage(db, pack, as_of), find_doubts(db)
    if kinds is None and _is_on_disk(db):
        statement = load_kept_statement(pack, as_of, coverage, doubts)
    else:
        statement = compile_statement(
            pack, as_of, coverage, doubts, kinds=kinds, is_restricted=True
        )
    if not db.table(EVALUATED).exists():
        return statement
    return replace(
        statement,
        sql=f"""SELECT {", ".join(statement.list_output_names())} FROM {EVALUATED}
            WHERE household__{_ASKED} ORDER BY household__household_no, member__member_no""",
    )


def find_doubts(db: Database) -> Doubts:
    """Return the facts that are in doubt, or within a range, in any household of a register."""
    states = db.execute(f"SELECT fact, max({HAS_ENDS}) FROM fact_states doubt GROUP BY fact")
    found = dict(states.fetchall())
    return Doubts(frozenset(found), frozenset(fact for fact, is_range in found.items() if is_range))


def _is_on_disk(db: Database) -> bool:
    """Whether a register is a file: those in memory try rules out, and keep nothing of them."""
    (_number, _name, path) = db.execute("PRAGMA database_list").fetchone()
    return bool(path)


def stream_households(
    db: Database, statement: Statement, households: Collection[str] | None = None
) -> Iterator[Household]:
    """Yield the evaluated households in order of their numbers.

    They are those whose numbers are in `households`, or all of the register if it is None.
    `statement` must be compiled with `is_restricted`: households are evaluated in batches, so that
    the memory needed does not grow with the register.
    """
    if households is None:
        households = [number for (number,) in db.execute("SELECT household_no FROM households")]
    numbers = sorted(households)
    is_few = len(numbers) <= _FEW and _is_on_disk(db) and not db.table(EVALUATED).exists()
    for start in range(0, len(numbers), _BATCH):
        bound = bind_households(numbers[start : start + _BATCH])
        labels = {number: found for number, *found in db.execute(_LABELS, bound)}
        names = dict(db.execute(_NAMES, bound).fetchall())
        for row, members in _read_rows(db, statement, bound, is_few=is_few):
            number = str(row["household_no"])
            listed = (
                Member(str(member["member_no"]), names[member["member_no"]], member)
                for member in members
            )
            community, head = labels[number]
            yield Household(number, community, head, row, tuple(listed))


def _read_rows(
    db: Database, statement: Statement, bound: BoundValues, *, is_few: bool
) -> Iterator[tuple[UnitRow, Sequence[UnitRow]]]:
    """Yield the row of each household and those of its members; of a few, columns when read."""
    if not is_few:
        yield from statement.group_rows(db.execute(statement.sql, statement.bound | bound))
        return
    columns = statement.list_stored()
    rows = db.execute(statement.stored_sql, statement.bound | bound)
    for row, members in statement.group_rows(rows, columns):
        yield complete_rows(statement, row, members)


EVALUATED = "evaluated_elsewhere"  # the table of a register with the rows of the whole statement
_BATCH = 1000
_FEW = 16  # so many are computed sooner than SQLite prepares the whole statement
_ASKED = "household_no IN (SELECT value FROM json_each(:households))"
_LABELS = f"""
    SELECT households.household_no, communities.name, head.name
    FROM households JOIN communities ON communities.community_id = households.community_id
    LEFT JOIN members head ON head.member_no = households.head_member_no
    WHERE households.{_ASKED}
"""
_NAMES = f"SELECT member_no, name FROM members WHERE {_ASKED}"


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
