"""Keeps the findings in the register, so that only households that changed are evaluated again.

What is kept of a household holds while its digest, the complete rosters of its community, the pack
with its values, the day and the program are the same. This is checked at each reading, so nothing
is ever marked as stale. What is kept has no names; they are read from the register.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from sqlite_utils import Database

from relieftool import __version__
from relieftool.eligibility.findings import (
    ConstantCriterion,
    Finding,
    HouseholdResult,
    IndicatorTruth,
    PriorityFinding,
    QuestionValue,
    RuleSummary,
    Status,
    find_constant_criteria,
    replace_fields,
)
from relieftool.eligibility.roster_coverage import describe_coverage
from relieftool.messages import ProgressCallback, _, no_progress
from relieftool.pack.models import Pack
from relieftool.pack.pack_cache import format_pack, hash_program
from relieftool.register.register_tables import write_digests
from relieftool.store.database import keep_temporary_in_memory, read_snapshot, write_if_free
from relieftool.store.migrations import make_temporary_tables

# Evaluations kept at once, as of three days for example; the one unused longest goes.
_MOST_KEPT = 3
# Households evaluated at once: the file is locked meanwhile against the end of another's writing.
_AT_ONCE = 1000
_TRIES = 3
_FROM_REGISTER = ("household_no", "community", "head", "member")
_COLUMNS = (
    *("member_no", "programme", "status", "amount_fen", "amount_period", "paid_fen"),
    "gain_fen_per_year",
)
_DEFAULTS = {
    field.name: field.default
    for field in fields(Finding)
    # the department's name depends on the language
    if field.name not in (*_FROM_REGISTER, *_COLUMNS, "department", "find_questions")
}
_EMPTY = Finding("", "", None, None, None, "", Status.INELIGIBLE, None, None, None, (), "")
_STATUSES = {status.value: status for status in Status}
_encode = json.JSONEncoder(ensure_ascii=False).encode  # `dumps` would make one for each finding
_TABLES = ("kept_evaluations", "kept_households", "kept_findings")


@dataclass(frozen=True)
class KeptFindings:
    """What is kept of an evaluation: read only within `open_findings`.

    `households` are the numbers that were asked for; None means all.
    """

    db: Database
    pack: Pack
    evaluation_id: int
    households: Collection[str] | None = None

    @cached_property
    def summary(self) -> RuleSummary:
        """What was found of the rules whatever the households."""
        sql = "SELECT summary FROM kept_evaluations WHERE evaluation_id = ?"
        (text,) = self.db.execute(sql, [self.evaluation_id]).fetchone()
        return RuleSummary(**_freeze(json.loads(text)))

    def list_findings(
        self, statuses: Iterable[Status] = Status, community: str | None = None
    ) -> list[Finding]:
        """Return the findings with one of `statuses`, by community, household and member.

        Findings that are ineligible are not kept.
        """
        order = "communities.name, kept.household_no, ifnull(kept.member_no, ''), kept.place"
        return list(self._read_findings(order, statuses, community))

    def list_by_household(self) -> dict[str, list[Finding]]:
        """Return the findings by household, those of each in the order of the programmes."""
        findings: dict[str, list[Finding]] = {}
        for finding in self._read_findings("kept.household_no, kept.place", Status, None):
            findings.setdefault(finding.household_no, []).append(finding)
        return findings

    def _read_findings(
        self, order: str, statuses: Iterable[Status], community: str | None
    ) -> Iterator[Finding]:
        """Yield findings in some order."""
        columns = ", ".join(f"kept.{name}" for name in _COLUMNS)
        selected = self._select(community) | {"statuses": json.dumps(list(statuses))}
        rows = self.db.execute(_FINDINGS.format(columns=columns, order=order), selected)
        return (_read_finding(self.pack, row) for row in rows)

    def list_priorities(
        self, community: str | None = None
    ) -> Iterator[tuple[PriorityFinding, bool | None]]:
        """Yield each household, and whether it has priority (None: unknown), by number."""
        rows = self.db.execute(_PRIORITIES, self._select(community))
        for *subject, is_priority, text in rows:
            finding = _read_priority(self.pack, subject, text)
            yield finding, None if is_priority is None else bool(is_priority)

    def count_people(
        self, community: str | None = None, *, priority: bool | None = None
    ) -> dict[str | None, tuple[int, int]]:
        """Return how many people each community has, at least and at most; under None, all have.

        Each counts once, known by the ID number. With `priority` True only those of priority
        households count, with False those of undecided households too; None: everybody.
        """
        rows = self.db.execute(_PEOPLE, self._select(community) | {"priority": priority})
        return {name: (least, most) for name, least, most in rows}

    def find_constant_criteria(self, *, of_priority: bool = False) -> tuple[ConstantCriterion, ...]:
        """Return the criteria with one result for everybody; with `of_priority`, the indicators."""
        results = self.db.execute(_RESULTS, {"evaluation": self.evaluation_id})
        (members,) = self.db.execute("SELECT count(*) FROM members").fetchone()
        return tuple(
            criterion
            for criterion in find_constant_criteria(
                self.summary.asked, (text for (text,) in results), members
            )
            if (criterion.programme == "priority") == of_priority
        )

    def _select(self, community: str | None) -> dict[str, object]:
        """Return the values that select the households of a query."""
        numbers = None if self.households is None else json.dumps(sorted(self.households))
        return {"evaluation": self.evaluation_id, "community": community, "numbers": numbers}


_CHOSEN = """kept.evaluation_id = :evaluation
    AND (:community IS NULL OR communities.name = :community)
    AND (:numbers IS NULL OR kept.household_no IN (SELECT value FROM json_each(:numbers)))"""
_FINDINGS = f"""
    SELECT kept.household_no, communities.name, head.name, member.name, {{columns}}, kept.more
    FROM kept_findings kept
    JOIN households ON households.household_no = kept.household_no
    JOIN communities ON communities.community_id = households.community_id
    LEFT JOIN members head ON head.member_no = households.head_member_no
    LEFT JOIN members member ON member.member_no = kept.member_no
    WHERE {_CHOSEN} AND kept.status IN (SELECT value FROM json_each(:statuses))
    ORDER BY {{order}}
"""
_PRIORITIES = f"""
    SELECT kept.household_no, communities.name, head.name,
        (SELECT count(*) FROM members WHERE members.household_no = kept.household_no),
        kept.is_priority, kept.priority
    FROM kept_households kept
    JOIN households ON households.household_no = kept.household_no
    JOIN communities ON communities.community_id = households.community_id
    LEFT JOIN members head ON head.member_no = households.head_member_no
    WHERE {_CHOSEN} ORDER BY kept.household_no
"""
# Somebody on several lists is in one of their households, unless they may be gone altogether.
_PEOPLE = f"""
    WITH listed AS (
        SELECT communities.name, ifnull(members.id_number, members.member_no) AS person,
            members.belongs IS 1 AND NOT members.may_be_gone AS is_sure, members.may_be_gone
        FROM members
        JOIN households ON households.household_no = members.household_no
        JOIN communities ON communities.community_id = households.community_id
        JOIN kept_households kept ON kept.household_no = members.household_no
        WHERE {_CHOSEN}
        AND (:priority IS NULL OR kept.is_priority = 1
            OR (kept.is_priority IS NULL AND NOT :priority))),
    people AS (
        SELECT name, max(is_sure) OR (count(*) > 1 AND NOT max(may_be_gone)) AS is_sure
        FROM listed GROUP BY name, person
        UNION ALL
        SELECT NULL, max(is_sure) OR (count(*) > 1 AND NOT max(may_be_gone))
        FROM listed GROUP BY person)
    SELECT name, sum(is_sure), count(*) FROM people GROUP BY name
"""
_RESULTS = """
    SELECT kept.results FROM kept_households kept
    JOIN households ON households.household_no = kept.household_no
    WHERE kept.evaluation_id = :evaluation
"""


def _read_finding(pack: Pack, row: Sequence[Any]) -> Finding:
    """Return a finding from what the register, the kept tables and the pack have of it."""
    values = dict(zip((*_FROM_REGISTER, *_COLUMNS), row, strict=False))
    more = _freeze(json.loads(row[-1]))
    status = _STATUSES[values["status"]]
    asked = more.pop("questions", None if status == Status.UNDETERMINED else {})

    def find_questions() -> QuestionValue:
        if asked is None:  # a fault of the program: they are kept only where they were asked for
            raise LookupError(values["programme"])
        return QuestionValue(**asked)

    department = str(pack.programmes[values["programme"]].department)
    values |= {"status": status, "department": department, "find_questions": find_questions}
    return replace_fields(_EMPTY, **values | more)


def _freeze(value: Any) -> Any:
    """Return a value read from JSON with tuples for its lists."""
    if isinstance(value, list):
        return tuple(map(_freeze, value)) if value and isinstance(value[0], list) else tuple(value)
    if isinstance(value, dict):
        return {name: _freeze(part) for name, part in value.items()}
    return value


def _read_priority(pack: Pack, subject: Sequence[Any], kept: str) -> PriorityFinding:
    """Return a household's finding on priority from what is kept of it."""
    truths, left, line, missing, is_private, as_due, asks, known = json.loads(kept)
    reasons = tuple(
        IndicatorTruth(indicator.id, truth, Fraction(indicator.weight))
        for indicator, truth in zip(pack.priority.indicators, truths, strict=True)
    )
    number, community, head, members = subject
    return PriorityFinding(
        *(number, community, head, members, reasons),
        *(left, line, tuple(missing), is_private, tuple(as_due)),
        asks=tuple(asks),
        left_known_fen=known,
    )


def keep_apart(db: Database) -> None:
    """Keep findings in temporary tables from now on, which hide those of the file.

    For rehearsals, which change no byte of the file, and for files that cannot be written now.
    """
    if _has_table(db, "temp", "kept_evaluations"):
        return
    if not db.conn.in_transaction:
        keep_temporary_in_memory(db)
    make_temporary_tables(db, _TABLES)
    if _has_table(db, "main", "kept_evaluations"):
        for table in _TABLES:
            db.execute(f"INSERT INTO temp.{table} SELECT * FROM main.{table}")


def refresh_findings(
    db: Database,
    pack: Pack,
    as_of: dt.date,
    progress: ProgressCallback,
    *,
    with_questions: bool = False,
) -> None:
    """Evaluate and keep the households that are not kept as they are."""
    _Keeper(db, pack, as_of, with_questions=with_questions).refresh(progress)


def count_stale(db: Database, pack: Pack, as_of: dt.date) -> int:
    """Return how many households are not kept as they are, and would have to be evaluated."""
    return len(_Keeper(db, pack, as_of).list_stale())


def save_basis(db: Database, pack: Pack, as_of: dt.date, table: str) -> None:
    """Make a temporary table of all households, each with the basis of what is kept of it."""
    _Keeper(db, pack, as_of).save_basis(table)


def check_findings(
    db: Database, pack: Pack, as_of: dt.date, progress: ProgressCallback = no_progress
) -> tuple[int, list[str]]:
    """Evaluate all households; return how many are kept, and which of them are kept wrongly.

    What is kept of the latter is dropped. Households that are not kept as they are now do not
    count: they will be evaluated. Each is evaluated by itself, so that nothing proves itself.
    """
    keep_temporary_in_memory(db)
    make_temporary_tables(db, _TABLES)  # they are empty, and hide what is kept
    keeper = _Keeper(db, pack, as_of, with_questions=True)
    keeper.refresh(progress, is_anew=True)
    db.execute(_HELD, [keeper.key])
    (count,) = db.execute("SELECT count(*) FROM held").fetchone()
    wrong: set[str] = set()
    for table in _TABLES[1:]:
        columns = [row[1] for row in db.execute(f"PRAGMA main.table_info({table})")]
        left_out = ("evaluation_id", "has_questions")
        listed = [f"kept.{name}" for name in columns if name not in left_out]
        shown = ", ".join(_COMPARED.get(name, name) for name in listed)
        old, new = (
            f"SELECT {shown} FROM {schema}.{table} kept JOIN held ON held.household_no ="
            f" kept.household_no AND held.{schema}_id = kept.evaluation_id"
            for schema in ("main", "temp")
        )
        for first, second in ((old, new), (new, old)):
            rows = db.execute(f"SELECT household_no FROM ({first} EXCEPT {second})")
            wrong |= {number for (number,) in rows}

    def forget() -> None:
        for table in _TABLES[:0:-1]:
            sql = f"DELETE FROM main.{table} WHERE household_no = ?"
            db.conn.executemany(sql, ([number] for number in wrong))

    write_if_free(db, forget)
    return count, sorted(wrong)


# What to ask is compared only where it was asked for when the household was kept.
_COMPARED = {
    "kept.more": "CASE WHEN held.has_questions THEN json(kept.more)"
    " ELSE json_remove(kept.more, '$.questions') END"
}
_HELD = """
    CREATE TEMP TABLE held AS
    SELECT kept.household_no, kept.has_questions,
        kept.evaluation_id AS main_id, fresh.evaluation_id AS temp_id
    FROM main.kept_households kept
    JOIN main.kept_evaluations evaluation ON evaluation.evaluation_id = kept.evaluation_id
    JOIN temp.kept_households fresh
        ON fresh.household_no = kept.household_no AND fresh.basis = kept.basis
    WHERE evaluation.key = ?
"""


@contextmanager
def open_findings(  # noqa: PLR0913 what to evaluate, and how to say how far it is
    db: Database,
    pack: Pack,
    as_of: dt.date,
    households: Collection[str] | None = None,
    progress: ProgressCallback = no_progress,
    *,
    with_questions: bool = False,
) -> Iterator[KeptFindings]:
    """Yield the findings of all households, or of `households`, of one state of the file.

    Whatever is not kept is evaluated before. It is kept for this connection only if the file cannot
    be written now, or if the register is in memory. What to ask takes long to find: undetermined
    findings can only be asked for it `with_questions`.
    """
    keeper = _Keeper(db, pack, as_of, households, with_questions=with_questions)
    for _try in range(_TRIES):
        keeper.refresh(progress)
        with read_snapshot(db):
            if keeper.is_fresh():
                yield keeper.open()
                return
    keep_temporary_in_memory(db)
    with read_snapshot(db):  # others keep changing the register
        keep_apart(db)
        keeper.refresh(progress)
        yield keeper.open()


class _Keeper:
    """Evaluates and keeps what is not kept yet, for a pack as used and a day."""

    def __init__(
        self,
        db: Database,
        pack: Pack,
        as_of: dt.date,
        households: Collection[str] | None = None,
        *,
        with_questions: bool = False,
    ) -> None:
        self._db = db
        self._with_questions = with_questions
        self._pack = pack
        self._as_of = as_of
        self._households = households
        self.key = _find_key(pack, as_of)
        if not _has_table(db, "main", "kept_evaluations"):  # a register in memory, without a build
            write_digests(db)
            keep_apart(self._db)

    def open(self) -> KeptFindings:
        """Return what is kept."""
        evaluation_id = self._find_evaluation()
        if evaluation_id is None:
            raise LookupError(self.key)
        return KeptFindings(self._db, self._pack, evaluation_id, self._households)

    def is_fresh(self) -> bool:
        """Whether all households asked for are kept as they are."""
        return self._find_evaluation() is not None and not self.list_stale()

    def refresh(self, progress: ProgressCallback, *, is_anew: bool = False) -> None:
        """Evaluate and keep the households that are not kept as they are.

        If `is_anew`, each by itself: what was found of others alike does not serve it.
        """
        with read_snapshot(self._db):
            stale = self.list_stale()
        if not stale and self._find_evaluation() is not None:
            self._mark_used()
            return
        # imported where something is evaluated: reading needs no rules
        from relieftool.eligibility.household_results import (  # noqa: PLC0415 start-up time
            HouseholdEvaluator,
        )

        evaluator = HouseholdEvaluator(self._db, self._pack, self._as_of, is_anew=is_anew)
        for first in range(0, max(1, len(stale)), _AT_ONCE):
            some = stale[first : first + _AT_ONCE]
            found: list[HouseholdResult] = []
            with read_snapshot(self._db):
                basis = dict(self._select_households(_BASIS, some))
                for result in evaluator.evaluate(some):
                    progress(_("Evaluating households"), first + len(found), len(stale))
                    if self._with_questions:
                        for finding in result.findings:
                            finding.find_questions()  # it takes long: not while the file is locked
                    found.append(result)
            is_last = first + _AT_ONCE >= len(stale)
            self._keep_if_free(evaluator.summary, found, basis, is_last=is_last)

    def _keep_if_free(
        self,
        summary: RuleSummary,
        results: Sequence[HouseholdResult],
        basis: Mapping[str, str],
        *,
        is_last: bool,
    ) -> None:
        """Keep results in the file; if it cannot be written now, for this connection only."""

        def keep() -> None:
            self._keep(summary, results, basis)

        if not write_if_free(self._db, keep, is_sealed=is_last):
            keep_apart(self._db)
            keep()

    def list_stale(self) -> list[str]:
        """Return the numbers of the households that are not kept as they are."""
        rows = self._select_households(_STALE, self._households)
        return [number for number, _basis in rows]

    def _select_households(
        self, sql: str, numbers: Collection[str] | None
    ) -> Iterable[tuple[str, str]]:
        """Return households, all if `numbers` is None, each with the basis of what is kept."""
        self._define_coverage()
        chosen = None if numbers is None else json.dumps(sorted(numbers))
        bound = {"key": self.key, "numbers": chosen, "with_questions": self._with_questions}
        found = self._db.execute(sql, bound)
        rows: list[tuple[str, str]] = found.fetchall()
        return rows

    def save_basis(self, table: str) -> None:
        """Make a temporary table of all households, each with its basis."""
        self._define_coverage()
        self._db.execute(f"CREATE TEMP TABLE {table} AS {_BASIS}", {"numbers": None})

    def _define_coverage(self) -> None:
        """Define the SQL function that returns a hash of a community's complete rosters."""
        described = describe_coverage(self._db, self._pack, self._as_of)
        hashes = {number: _hash(text) for number, text in described.items()}
        self._db.conn.create_function("coverage_of", 1, lambda number: hashes.get(number, ""))

    def _find_evaluation(self) -> int | None:
        """Return the number under which this evaluation is kept; None if it is not."""
        sql = "SELECT evaluation_id FROM kept_evaluations WHERE key = ?"
        found = self._db.execute(sql, [self.key]).fetchone()
        return found[0] if found else None

    def _mark_used(self) -> None:
        """Note that this evaluation was used last, if the file can be written."""
        last = "SELECT key FROM kept_evaluations ORDER BY used DESC LIMIT 1"
        if self._db.execute(last).fetchone() != (self.key,):
            write_if_free(self._db, lambda: self._db.execute(_MARK_USED, [self.key]))

    def _keep(
        self, summary: RuleSummary, results: Sequence[HouseholdResult], basis: Mapping[str, str]
    ) -> None:
        """Replace what is kept of some households; drop the households that are gone."""
        execute, many = self._db.execute, self._db.conn.executemany
        execute(_ADD_EVALUATION, [self.key, json.dumps(asdict(summary))])
        execute(_MARK_USED, [self.key])
        execute(_FORGET_OLDEST, [_MOST_KEPT])
        number = self._find_evaluation()
        execute(_FORGET_GONE)
        for forget in _FORGET_HOUSEHOLD:
            many(forget, ((number, result.household_no) for result in results))
        many(
            _KEEP_HOUSEHOLD,
            (
                (
                    *(number, result.household_no, basis[result.household_no]),
                    *_list_values(result, with_questions=self._with_questions),
                )
                for result in results
            ),
        )
        many(
            _KEEP_FINDING,
            (
                (
                    *(number, result.household_no, place),
                    *_list_finding_values(finding, with_questions=self._with_questions),
                )
                for result in results
                for place, finding in enumerate(result.findings)
                if finding.status != Status.INELIGIBLE
            ),
        )


_BASIS = """
    SELECT households.household_no,
        ifnull(household_digests.digest, '') || coverage_of(households.community_id) AS basis
    FROM households
    LEFT JOIN household_digests ON household_digests.household_no = households.household_no
    WHERE :numbers IS NULL
        OR households.household_no IN (SELECT value FROM json_each(:numbers))
"""
_STALE = f"""
    SELECT present.household_no, present.basis FROM ({_BASIS}) present
    WHERE present.basis IS NOT (
        SELECT kept.basis FROM kept_households kept
        JOIN kept_evaluations ON kept_evaluations.evaluation_id = kept.evaluation_id
        WHERE kept_evaluations.key = :key AND kept.household_no = present.household_no
        AND kept.has_questions >= :with_questions
        AND kept.findings = (
            SELECT count(*) FROM kept_findings found
            WHERE found.evaluation_id = kept.evaluation_id
            AND found.household_no = kept.household_no))
    ORDER BY present.household_no
"""
_ADD_EVALUATION = "INSERT OR IGNORE INTO kept_evaluations (key, used, summary) VALUES (?, 0, ?)"
_MARK_USED = """
    UPDATE kept_evaluations SET used = (SELECT max(used) + 1 FROM kept_evaluations) WHERE key = ?
"""
_FORGET_OLDEST = """
    DELETE FROM kept_evaluations WHERE evaluation_id NOT IN
        (SELECT evaluation_id FROM kept_evaluations ORDER BY used DESC LIMIT ?)
"""
_FORGET_GONE = """
    DELETE FROM kept_households WHERE household_no NOT IN (SELECT household_no FROM households)
"""
# Both: other programs delete rows of one table alone, without what refers to them.
_FORGET_HOUSEHOLD = [
    f"DELETE FROM {table} WHERE evaluation_id = ? AND household_no = ?"
    for table in ("kept_findings", "kept_households")
]
_KEEP_HOUSEHOLD = f"INSERT INTO kept_households VALUES ({', '.join('?' * 11)})"
_KEEP_FINDING = f"INSERT INTO kept_findings VALUES (?, ?, ?, {', '.join('?' * len(_COLUMNS))}, ?)"


def _list_values(result: HouseholdResult, *, with_questions: bool) -> tuple[object, ...]:
    """Return what is kept of a household apart from its findings."""
    finding = result.priority
    is_open = any(each.status == Status.UNDETERMINED for each in result.findings)
    truths = [reason.truth for reason in finding.reasons]
    sums = finding.left_fen, finding.line_fen
    kept = [truths, *sums, finding.missing, finding.is_private, finding.as_due, finding.asks]
    kept.append(finding.left_known_fen)
    count = sum(each.status != Status.INELIGIBLE for each in result.findings)
    has_questions = with_questions or not is_open
    return (
        *(result.results, result.is_priority, json.dumps(kept)),
        *(has_questions, count, result.least_fen_per_year, result.most_fen_per_year),
        result.is_without_limit,
    )


def _list_finding_values(finding: Finding, *, with_questions: bool) -> tuple[object, ...]:
    """Return the columns of a finding, and JSON of its other fields unless they are empty."""
    values = vars(finding)
    more = {
        name: value for name, default in _DEFAULTS.items() if (value := values[name]) != default
    }
    if with_questions and finding.status == Status.UNDETERMINED:
        more["questions"] = vars(finding.find_questions())
    return *(values[name] for name in _COLUMNS), _encode(more)


@lru_cache(maxsize=8)
def _find_key(pack: Pack, as_of: dt.date) -> str:
    """Return a hash of all that findings rest on apart from the households and rosters."""
    code = hash_program("eligibility", "pack", "rules")
    return _hash(f"{__version__} {code} {as_of.isoformat()} {format_pack(pack)}")


def _hash(text: str) -> str:
    """Return a hash of a text, long enough that no two texts have the same."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _has_table(db: Database, schema: str, table: str) -> bool:
    """Whether a schema, main or temp, has a table."""
    sql = f"SELECT 1 FROM {schema}.sqlite_master WHERE name = ?"
    return db.execute(sql, [table]).fetchone() is not None
