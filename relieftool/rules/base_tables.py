"""Writes the lowest tables of the statement: facts and receipts of households and members."""

from dataclasses import dataclass
from functools import cached_property

from relieftool.pack.facts import Owner
from relieftool.pack.models import Pack, Programme
from relieftool.rules.doubts import Doubts
from relieftool.rules.layers import OWNERS, Layers, UnitColumns
from relieftool.rules.receipts_sql import (
    RosterCoverage,
    compile_paid,
    compile_paid_until,
    compile_receipt_tables,
    compile_received,
)
from relieftool.rules.sql import (
    UNIT,
    ColumnKind,
    compile_truth,
    format_column_name,
    quote_column,
    quote_literal,
)
from relieftool.rules.syntax import FactRef, Node, list_facts, walk

_KEYS: UnitColumns = {
    "household": ["household_no", "community_id", "listed_members", "dated_on", "size"],
    "member": ["member_no", "household_no", "lives"],
}
# Whether a member still belongs to the household, 1 or unknown: unknown of somebody who is said to
# have died or moved away.
BELONGS = "belongs"
# A fact that is in doubt lies within a range: within a class, or between amounts that differ.
HAS_ENDS = "(doubt.low IS NOT NULL OR doubt.high IS NOT NULL)"
LAW_MEMBER = "belongs_by_law"  # the definition by which a member counts wherever they live


@dataclass(frozen=True)
class BaseTables:
    """Writes the tables of facts and receipts of each unit, which are the lowest layer."""

    pack: Pack
    coverage: RosterCoverage
    in_force: frozenset[str]
    is_restricted: bool
    law_member: Node | None  # the condition under which the law counts a member wherever they live
    doubts: Doubts

    def list_tables(self, layers: Layers) -> list[tuple[str, str]]:
        """Return name and SQL of the tables, with the columns that the layers read.

        The outer join keeps a household without members, as a row of its own.
        """
        receipts = compile_receipt_tables(
            self.pack.programmes.values(), self.coverage, self._restrict("AND", "receipt")
        )
        lives = self._lives_sql()
        facts = {owner: self._facts_sql(owner) for owner in OWNERS}
        living = f"""SELECT member.household_no, SUM({lives}) AS living,
            SUM({self._at_home_sql()}) AS at_home,
            COUNT(*) - COUNT({lives}) AS unsure FROM {facts["member"]} member
            {self._restrict("WHERE", "member")} GROUP BY member.household_no"""
        columns = [f'{self._column_sql(name)} AS "{name}"' for name in layers.list_stored(0)]
        joined = f"""SELECT {", ".join(columns)} FROM {facts["household"]} household
            LEFT JOIN living ON living.household_no = household.household_no
            LEFT JOIN household_receipts ON household_receipts.household_no = household.household_no
            LEFT JOIN {facts["member"]} member ON member.household_no = household.household_no
            LEFT JOIN member_receipts ON member_receipts.member_no = member.member_no
            LEFT JOIN unassigned_receipts
            ON unassigned_receipts.household_no = household.household_no
            {self._restrict("WHERE", "household")}"""
        doubted = [
            (name, self._doubted_sql(owner)) for owner, name in facts.items() if name != f"{owner}s"
        ]
        return [*receipts, *doubted, ("living", living), ("layer_0", joined)]

    def _list_doubt_columns(self, owner: Owner) -> dict[str, tuple[str, ColumnKind]]:
        """Return the columns of a unit that tell of doubts, by name, with fact and kind."""
        listed = self.doubts.list_columns().items()
        return {name: of for name, of in listed if self.pack.facts[of[0]].owner == owner}

    def _facts_sql(self, owner: Owner) -> str:
        """Return the table that has the facts of a unit, with the columns that tell of doubts."""
        return f"doubted_{owner}s" if self._list_doubt_columns(owner) else f"{owner}s"

    def _doubted_sql(self, owner: Owner) -> str:
        """Return the SQL of a unit's table with the columns that tell of doubts.

        A fact is known, and both ends are its value, or it has a row among the states.
        """
        number, other = f"{owner}_no", "IS NULL" if owner == "household" else "IS NOT NULL"
        told, added = [], []
        for name, (fact, kind) in self._list_doubt_columns(owner).items():
            of_fact = f"doubt.fact = {quote_literal(fact)}"
            if kind == ColumnKind.IN_DOUBT:
                told.append(f'MAX(CASE WHEN {of_fact} THEN 1 END) AS "{name}"')
                added.append(f'COALESCE(doubt."{name}", 0) AS "{name}"')
                continue
            # no amount is below nothing, so that a range without a low end begins there
            end = "COALESCE(doubt.low, 0)" if kind == ColumnKind.LOW else "doubt.high"
            in_range = f"{of_fact} AND {HAS_ENDS}"
            told.append(f'MAX(CASE WHEN {in_range} THEN {end} END) AS "{name}"')
            added.append(f'COALESCE({owner}."{fact}", doubt."{name}") AS "{name}"')
        return f"""SELECT {owner}.*, {", ".join(added)} FROM {owner}s {owner} LEFT JOIN (
            SELECT doubt.{number}, {", ".join(told)} FROM fact_states doubt
            WHERE doubt.member_no {other} {self._restrict("AND", "doubt")}
            GROUP BY doubt.{number}
        ) doubt ON doubt.{number} = {owner}.{number} {self._restrict("WHERE", owner)}"""

    def _restrict(self, word: str, table: str) -> str:
        """Return the SQL that keeps only rows of the households asked about; "" if all are."""
        if not self.is_restricted:
            return ""
        return f"{word} {table}.household_no IN (SELECT value FROM json_each(:households))"

    def _column_sql(self, name: str) -> str:
        """Return the SQL of a column of facts or receipts."""
        if name in self._receipts:
            return self._receipts[name][1]
        if name == "size":
            return self._size_sql()
        if name == "lives":
            # In the row of a household without members, nobody must seem to live there.
            return f"CASE WHEN member.member_no IS NOT NULL THEN {self._lives_sql()} END"
        of_fact, _kind = self.doubts.list_columns().get(name, (name, None))
        if of_fact in self.pack.facts:
            return quote_column(self.pack.facts[of_fact].owner, name)
        return quote_column("member" if name in ("member_no", BELONGS) else "household", name)

    def list_columns(self, unit: Owner, trees: list[Node]) -> list[str]:
        """Return the columns of a unit: keys, the facts that the rules read, and receipts."""
        used = {
            node.fact
            for tree in trees
            for node in walk(tree)
            if isinstance(node, FactRef) and node.owner == unit
        }
        used |= {
            "stated_size" if unit == "household" else "lives_together"
        } & self.pack.facts.keys()
        used |= {BELONGS} if "lives_together" in used else set()
        if unit == "member" and self.law_member is not None:
            used |= set(list_facts(self.law_member))
        used |= self._list_doubt_columns(unit).keys()
        receipts = [name for name, (owner, _sql) in self._receipts.items() if owner == unit]
        return [*_KEYS[unit], *sorted(used), *receipts]

    def _lives_sql(self) -> str:
        """Return the SQL of whether a member counts: is at home, or belongs there by law."""
        at_home = self._at_home_sql()
        if self.law_member is None:
            return at_home
        by_law = compile_truth(self.law_member).replace(f"{UNIT}.", "member.")
        by_law = f"(member.{BELONGS} = 1 AND ({by_law}))"
        return f"CAST(({by_law} OR {at_home} = 1) AS INTEGER)"

    def _at_home_sql(self) -> str:
        """Return the SQL of whether a member lives with the household, as known or as presumed.

        Of somebody of whom that is in doubt, or whether they still belong to it, nothing is.
        """
        fact = self.pack.facts.get("lives_together")
        if fact is None:
            return "1"
        column = quote_column("member", fact.id)
        if fact.presume is None:
            return column
        is_sure = f"member.{BELONGS} = 1"
        if fact.id in self.doubts.facts:
            in_doubt = format_column_name(ColumnKind.IN_DOUBT, fact.id)
            is_sure += f" AND {quote_column('member', in_doubt)} = 0"
        presumed = f"CASE WHEN {is_sure} THEN {int(fact.presume.value)} END"
        return f"COALESCE({column}, {presumed})"

    @cached_property
    def _receipts(self) -> dict[str, tuple[Owner, str]]:
        """Unit and SQL of each receipt column of the programmes, by name."""
        columns: dict[str, tuple[Owner, str]] = {}
        for programme in self.pack.programmes.values():
            undated, gone = (
                format_column_name(kind, programme.id)
                for kind in (ColumnKind.UNDATED, ColumnKind.PAID_TO_GONE)
            )
            sql_of = {
                ColumnKind.RECEIVES: self._receives_sql(programme),
                ColumnKind.PAID: compile_paid(programme),
                ColumnKind.PAID_UNTIL: compile_paid_until(programme),
                ColumnKind.UNDATED: quote_column(f"{programme.unit}_receipts", undated),
                ColumnKind.PAID_TO_GONE: quote_column(f"{programme.unit}_receipts", gone),
            }
            for kind, sql in sql_of.items():
                columns[format_column_name(kind, programme.id)] = programme.unit, sql
        return columns

    def _receives_sql(self, programme: Programme) -> str:
        """Return the SQL of a receipt; if the programme is not in force, unknown counts as no."""
        received = compile_received(programme, self.coverage)
        if programme.id in self.in_force:
            return received
        return f"CASE WHEN ({received}) = 1 THEN 1 ELSE 0 END"

    def _size_sql(self) -> str:
        """Return the SQL of the household's size: the number of members who live together.

        The size is unknown if it is unknown of a member whether they live here, or if the sheet
        states a number that is neither that of the members who count, or who are at home, nor that
        of all listed. If nobody is listed, it is unknown unless the sheet states 0.
        """
        is_agreed, is_empty = "living.unsure = 0", "1 = 0"
        if "stated_size" in self.pack.facts:
            stated = quote_column("household", "stated_size")
            known = f"{stated} IN (living.living, living.at_home, household.listed_members)"
            is_agreed += f" AND ({stated} IS NULL OR {known})"
            is_empty = f"living.household_no IS NULL AND {stated} = 0"
        return f"CASE WHEN {is_empty} THEN 0 WHEN {is_agreed} THEN living.living END"
