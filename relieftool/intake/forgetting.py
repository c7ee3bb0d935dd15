"""Forgets people: what names them goes from all that is kept, and what is counted stays.

Their rows stay in their places, under a made-up name and without numbers, addresses and words. The
ledger stays: of names and texts in entries only salted hashes were sealed, and rows are sealed anew
with another salt, in a chained entry that says who was forgotten, why and when.
"""

import datetime as dt
import json
import re
import secrets
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.models import Pack
from relieftool.register.build import rebuild_register
from relieftool.register.origins import find_person_place
from relieftool.store.access_log import record_access
from relieftool.store.backups import write_whole
from relieftool.store.chain import forget_texts
from relieftool.store.database import find_forgotten_list, write
from relieftool.store.entries import (
    ALL_KINDS,
    CASE_ENTRIES,
    FORGETTINGS,
    check_household,
    list_entries,
    list_forgettable,
    record_entry,
)
from relieftool.store.former_numbers import find_current_number
from relieftool.store.seals import hash_import
from relieftool.store.settings import hash_person, read_setting
from relieftool.values.text import Cell

_MADE_UP, _FIGURES = "佚名", "〇一二三四五六七八九"
_KEPT_TARGETS = {"household_no", "community", "relation", "is_head", "amount", "programme"}
_KEPT_TARGETS |= {"paid_state", "months", "arrears", "covers", "receives"}
_NAMING_TYPES = {"text", "date"}
_NAMES = {"name", "head_name"}
_SALT_BYTES = 16


@dataclass
class Forgotten:
    """Who was forgotten, as they are numbered, and what is left for the office to delete.

    `member_no` is None for a whole household. `evidence` are the files of evidence about it.
    """

    household_no: str
    member_no: str | None
    rows: int = 0
    evidence: list[str] = field(default_factory=list)


def forget_people(db: Database, pack: Pack, named: str, reason: str) -> Forgotten:
    """Forget a household or, if a member's number is given, that member, in one transaction.

    Raises:
        ReliefError: Nobody is meant, or several are.
    """
    listed = read_forgotten(db)
    try:
        with write(db):
            forgotten = _find_meant(db, named)
            number = forgotten.household_no
            _Forgetting(db, pack, forgotten, reason).run()
            rebuild_register(db, pack)
            record_access(db, "forget", reason, households=[number])
            # before the commit: if the power goes between the two, a restored backup forgets them,
            # and nobody who was to be forgotten is kept
            noted = [forgotten.household_no, forgotten.member_no]
            _write_forgotten(db, [*(pair for pair in listed if pair != noted), noted])
    except BaseException:
        _write_forgotten(db, listed)
        raise
    return forgotten


def keep_forgotten(db: Database) -> None:
    """Write beside a register whoever was forgotten in it, before another takes its place."""
    listed = read_forgotten(db)
    done = [[row["household_no"], row["member_no"]] for row in list_entries(db, FORGETTINGS)]
    if missing := [pair for pair in done if pair not in listed]:
        _write_forgotten(db, [*listed, *dict.fromkeys(map(tuple, missing))])


def list_due(db: Database, before: dt.date) -> list[tuple[str, str]]:
    """Return the households of which nothing newer than a day is kept, with the last day of each.

    Whoever was forgotten already is left out. The day is of a list's import, or of an entry.
    """
    found: list[tuple[str, str]] = db.execute(_LAST_DAYS, [before.isoformat()]).fetchall()
    return found


_LAST_DAYS = """
    SELECT household_no, max(day) AS last FROM (
        SELECT household_no, substr(imported_at, 1, 10) AS day FROM (
            SELECT household_no, row_id FROM became UNION ALL
            SELECT household_no, row_id FROM receipts)
        JOIN source_rows USING (row_id) JOIN source_tables USING (table_id)
        JOIN imports USING (import_id)
        UNION ALL SELECT household_no, entered_on FROM cases JOIN case_entries USING (case_no)
        UNION ALL SELECT household_no, visited_on FROM visits
        UNION ALL SELECT household_no, happened_on FROM life_events
    ) WHERE household_no NOT IN (SELECT household_no FROM forgettings WHERE member_no IS NULL)
    GROUP BY household_no HAVING last < ? ORDER BY last, household_no
"""


def forget_again(db: Database, pack: Pack) -> int:
    """Forget again whoever was forgotten since a backup was made; return how many."""
    count = 0
    done = {(row["household_no"], row["member_no"]) for row in list_entries(db, FORGETTINGS)}
    for household_no, member_no in read_forgotten(db):
        if (household_no, member_no) not in done:
            named = member_no or household_no
            try:
                _find_meant(db, named)
            except ReliefError:  # they came after the backup
                continue
            forget_people(db, pack, named, _("forgotten before"))
            count += 1
    return count


def _find_meant(db: Database, named: str) -> Forgotten:
    member = _find_member(db, named)
    return Forgotten(*member) if member else Forgotten(check_household(db, named), None)


def _find_member(db: Database, named: str) -> tuple[str, str] | None:
    number = find_current_number(db, named.strip())
    sql = "SELECT household_no, member_no FROM members WHERE member_no = ?"
    found: tuple[str, str] | None = db.execute(sql, [number]).fetchone()
    return found


def _write_forgotten(db: Database, listed: Sequence[Sequence[str | None]]) -> None:
    """Write who was forgotten beside the register, as a whole: an older backup does not know it."""
    path = find_forgotten_list(db)
    if listed or path.exists():
        write_whole(path, json.dumps(list(listed), ensure_ascii=False).encode())


def read_forgotten(db: Database) -> list[list[Any]]:
    """Return the numbers of those who were forgotten.

    Raises:
        ReliefError: The list cannot be read.
    """
    path: Path = find_forgotten_list(db)
    try:
        return list(json.loads(path.read_text("utf-8"))) if path.is_file() else []
    except ValueError:
        raise ReliefError(
            path.name,
            _("the list of who was forgotten cannot be read"),
            _("Take it from a backup of this folder, or delete it and forget them again by hand."),
        ) from None


def _match_name(name: str, others: Collection[str]) -> re.Pattern[str]:
    """Return the pattern of a name, spaced or not, but not within a longer name of others."""
    pattern = r"\s*".join(map(re.escape, name))
    for other in others:
        before, found, after = other.partition(name)
        if found:
            pattern = rf"(?<!{re.escape(before)}){pattern}" if before else pattern
            pattern = rf"{pattern}(?!\s*{re.escape(after)})" if after else pattern
    return re.compile(pattern)


@dataclass
class _Forgetting:
    """One forgetting: the people, and the made-up name for each of their names."""

    db: Database
    pack: Pack
    forgotten: Forgotten
    reason: str
    names: dict[str, str] = field(default_factory=dict)
    id_numbers: list[str] = field(default_factory=list)
    written: dict[re.Pattern[str], str] = field(default_factory=dict)

    def run(self) -> None:
        """Empty everything that names them; only inside `write`."""
        self._choose_names()
        of_imports = self._empty_rows()
        self._empty_problems()
        self._empty_texts()
        self._seal(of_imports)

    def _choose_names(self) -> None:
        """Choose a made-up name for everybody to be forgotten, and mark them by it."""
        secret = read_setting(self.db, "secret") or ""
        taken = len(list_entries(self.db, FORGETTINGS)) * 10
        people = self.db.execute(_PEOPLE, vars(self.forgotten)).fetchall()
        for count, (name, id_number, place) in enumerate(people, start=taken + 1):
            made_up = _MADE_UP + "".join(_FIGURES[int(figure)] for figure in str(count))
            self.names |= {name: made_up} if name else {}
            self.id_numbers += [id_number] if id_number else []
            marks = hash_person(secret, None, made_up)
            self.db.execute(_MARK, [*marks, self.forgotten.household_no, place])
        others = {name for (name,) in self.db.execute(_OTHERS, vars(self.forgotten))}
        self.written = {
            _match_name(name, others - self.names.keys()): made_up
            for name, made_up in self.names.items()
        }

    def _empty_rows(self) -> set[int]:
        """Empty the cells of their rows, and return the imports that the rows are of."""
        numbered = [
            row_id
            for row_id, cells in self.db.execute("SELECT row_id, cells FROM source_rows")
            if self._has_number(cells)
        ]
        bound = {**vars(self.forgotten), "numbered": json.dumps(numbered)}
        bound.pop("evidence")
        found = self.db.execute(_ROWS, bound).fetchall()
        self.forgotten.rows = len(found)
        for row_id, cells, columns, _import_id, is_theirs in found:
            emptied = self._empty_row(json.loads(cells), json.loads(columns), is_theirs=is_theirs)
            text = json.dumps(emptied, ensure_ascii=False, separators=(",", ":"))
            self.db.execute("UPDATE source_rows SET cells = ? WHERE row_id = ?", [text, row_id])
        return {import_id for *_row, import_id, _is_theirs in found}

    def _empty_row(
        self, cells: list[Cell], columns: list[dict[str, Any]], *, is_theirs: bool
    ) -> list[Cell]:
        """Return what stays of a row; of one about others too, only their own columns go.

        A number with a typing error is nobody's, but it stands in the columns of its member.
        """
        by_position = {column["position"]: column for column in columns}
        places = {
            find_person_place(column)
            for place, cell in enumerate(cells)
            if (column := by_position.get(place)) and self._names_them(cell)
        }
        emptied: list[Cell] = []
        for place, cell in enumerate(cells):
            column = by_position.get(place, {})
            targets = column.get("target"), column.get("also")
            is_own = is_theirs or find_person_place(column) in places - {None}
            emptied.append(self._empty_cell(cell, targets, is_theirs=is_own))
        return emptied

    def _names_them(self, cell: Cell) -> bool:
        said = str(cell)
        return self._has_number(said) or any(name.search(said) for name in self.written)

    def _has_number(self, text: str) -> bool:
        """Whether a text has one of their ID numbers, however it is spaced, of 15 figures too."""
        plain = unicodedata.normalize("NFKC", text)
        joined = "".join(plain.split()).upper()
        return any(
            number.upper() in joined
            or re.search(rf"(?<!\d){number[:6]}{number[8:17]}(?!\d)", plain) is not None
            for number in self.id_numbers
        )

    def _empty_cell(self, cell: Cell, targets: Iterable[str | None], *, is_theirs: bool) -> Cell:
        """Return what stays of a cell; of cells about somebody else, only what names nobody."""
        said = str(cell)
        if self._has_number(said):
            return None
        for name, made_up in self.written.items():
            said = name.sub(made_up, said)
        if said != str(cell):
            return said if set(targets) & _NAMES or not is_theirs else None
        is_kept = any(target and self._is_kept(target) for target in targets)
        return cell if is_kept or not is_theirs else None

    def _is_kept(self, target: str) -> bool:
        fact = self.pack.facts.get(target)
        if fact is not None:
            return fact.type not in _NAMING_TYPES
        return target in _KEPT_TARGETS or target.startswith("receipt.")

    def _empty_problems(self) -> None:
        """Take names and numbers out of what was told of rows, and of questions."""
        for said in [*self.names, *self.id_numbers]:
            for table, column in (("problems", "params"), ("doubts", "problem")):
                sql = f"UPDATE {table} SET {column} = replace({column}, ?1, '***')"
                self.db.execute(f"{sql} WHERE instr({column}, ?1)", [said])

    def _empty_texts(self) -> None:
        """Forget the free texts in entries about the household, and where its evidence lies."""
        cases = "SELECT case_no FROM cases WHERE household_no = ?"
        number = self.forgotten.household_no
        numbers = [case for (case,) in self.db.execute(cases, [number]).fetchall()]
        for kind in ALL_KINDS:
            worded = list_forgettable(kind)
            columns = self.db.table(kind.table).columns_dict
            if worded and "household_no" in columns:
                rows: Iterator[Any] = iter(list_entries(self.db, kind, number))
            elif kind is CASE_ENTRIES:
                rows = iter(
                    row for case in numbers for row in list_entries(self.db, kind, case_no=case)
                )
            else:
                continue
            for row in rows:
                forget_texts(self.db, kind, row[kind.key], worded)
        proofs = json.dumps(numbers)
        self.forgotten.evidence = [
            path for (path,) in self.db.execute(_EVIDENCE.format("path"), [proofs]).fetchall()
        ]
        gone = f"DELETE FROM evidence_places WHERE sha256 IN ({_EVIDENCE.format('sha256')})"
        self.db.execute(gone, [proofs])

    def _seal(self, imports: Collection[int]) -> None:
        """Seal the imports anew, each under another salt, in an entry that says why."""
        seals: dict[int | None, str | None] = {}
        for import_id in sorted(imports):
            salt = secrets.token_hex(_SALT_BYTES)
            self.db.execute("UPDATE imports SET salt = ? WHERE import_id = ?", [salt, import_id])
            seals[import_id] = hash_import(self.db, import_id)
        for sealed, sha256 in seals.items() or [(None, None)]:
            record_entry(
                self.db,
                FORGETTINGS,
                household_no=self.forgotten.household_no,
                member_no=self.forgotten.member_no,
                reason=self.reason,
                import_id=sealed,
                rows_sha256=sha256,
            )


_PEOPLE = """
    SELECT name, id_number, place FROM members WHERE household_no = :household_no
    AND (:member_no IS NULL OR member_no = :member_no) ORDER BY place
"""
_OTHERS = """
    SELECT name FROM members WHERE name IS NOT NULL AND (household_no <> :household_no
        OR :member_no IS NOT NULL AND member_no <> :member_no)
"""
_MARK = """
    UPDATE person_identities SET id_mark = ?, name_mark = ?
    WHERE place = ?4 AND household_id IN (
        SELECT household_id FROM household_ids WHERE household_no = ?3)
"""
# Rows of theirs, and any other that has one of their ID numbers, also in imports that were undone.
# A row is theirs alone if it became nobody else.
_ROWS = """
    WITH theirs AS (
        SELECT row_id FROM became WHERE household_no = :household_no
            AND (:member_no IS NULL OR member_no = :member_no)
        UNION SELECT row_id FROM receipts WHERE household_no = :household_no
            AND (:member_no IS NULL OR member_no = :member_no)
    ), more AS (
        SELECT row_id FROM theirs
        UNION SELECT replaces FROM corrections WHERE row_id IN theirs
        UNION SELECT value FROM json_each(:numbered)
    )
    SELECT source_rows.row_id, cells, columns, import_id, NOT EXISTS (
        SELECT 1 FROM became WHERE became.row_id = source_rows.row_id AND (
            household_no <> :household_no
            OR :member_no IS NOT NULL AND member_no IS NOT :member_no))
    FROM source_rows JOIN source_tables USING (table_id) WHERE row_id IN more
"""
_EVIDENCE = """
    SELECT {} FROM evidence_places WHERE sha256 IN (
        SELECT evidence_sha256 FROM case_entries WHERE case_no IN (SELECT value FROM json_each(?)))
"""
