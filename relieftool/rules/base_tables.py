"""Writes the lowest tables of the statement: facts and receipts of households and members."""

from dataclasses import dataclass
from functools import cached_property

from relieftool.pack.facts import Owner
from relieftool.pack.models import Pack, Programme
from relieftool.rules.layers import Layers, UnitColumns
from relieftool.rules.receipts_sql import (
    RosterCoverage,
    compile_paid,
    compile_paid_until,
    compile_receipt_tables,
    compile_received,
)
from relieftool.rules.sql import UNIT, ColumnKind, compile_truth, format_column_name, quote_column
from relieftool.rules.syntax import FactRef, Node, list_facts, walk

_KEYS: UnitColumns = {
    "household": ["household_no", "community_id", "listed_members", "dated_on", "size"],
    "member": ["member_no", "household_no", "lives"],
}
# Whether a member still belongs to the household, 1 or unknown: unknown of somebody who is said to
# have died or moved away.
BELONGS = "belongs"
LAW_MEMBER = "belongs_by_law"  # the definition by which a member counts wherever they live


@dataclass(frozen=True)
class BaseTables:
    """Writes the tables of facts and receipts of each unit, which are the lowest layer."""

    pack: Pack
    coverage: RosterCoverage
    in_force: frozenset[str]
    is_restricted: bool

    def list_tables(self, layers: Layers) -> list[tuple[str, str]]:
        """Return name and SQL of the tables, with the columns that the layers read.

        The outer join keeps a household without members, as a row of its own.
        """
        receipts = compile_receipt_tables(
            self.pack.programmes.values(), self.coverage, self._restrict("AND", "receipt")
        )
        lives = self._lives_sql()
        living = f"""SELECT member.household_no, SUM({lives}) AS living,
            SUM({self._at_home_sql()}) AS at_home,
            COUNT(*) - COUNT({lives}) AS unsure FROM members member
            {self._restrict("WHERE", "member")} GROUP BY member.household_no"""
        columns = [f'{self._column_sql(name)} AS "{name}"' for name in layers.list_stored(0)]
        joined = f"""SELECT {", ".join(columns)} FROM households household
            LEFT JOIN living ON living.household_no = household.household_no
            LEFT JOIN household_receipts ON household_receipts.household_no = household.household_no
            LEFT JOIN members member ON member.household_no = household.household_no
            LEFT JOIN member_receipts ON member_receipts.member_no = member.member_no
            LEFT JOIN unassigned_receipts
            ON unassigned_receipts.household_no = household.household_no
            {self._restrict("WHERE", "household")}"""
        return [*receipts, ("living", living), ("layer_0", joined)]

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
        if name in self.pack.facts:
            return quote_column(self.pack.facts[name].owner, name)
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
        if unit == "member" and self._law_member is not None:
            used |= set(list_facts(self._law_member))
        receipts = [name for name, (owner, _sql) in self._receipts.items() if owner == unit]
        return [*_KEYS[unit], *sorted(used), *receipts]

    @cached_property
    def _law_member(self) -> Node | None:
        """The condition under which the law counts a member wherever they live, if there is one."""
        from relieftool.rules.parser import parse_definition  # noqa: PLC0415 start-up time

        definition = self.pack.definitions.get(LAW_MEMBER)
        return None if definition is None else parse_definition(self.pack, definition)

    def _lives_sql(self) -> str:
        """Return the SQL of whether a member counts: is at home, or belongs there by law."""
        at_home = self._at_home_sql()
        if self._law_member is None:
            return at_home
        by_law = compile_truth(self._law_member).replace(f"{UNIT}.", "member.")
        by_law = f"(member.{BELONGS} = 1 AND ({by_law}))"
        return f"CAST(({by_law} OR {at_home} = 1) AS INTEGER)"

    def _at_home_sql(self) -> str:
        """Return the SQL of whether a member lives with the household, as known or as presumed.

        Of somebody of whom it is unknown whether they still belong to it, nothing is presumed.
        """
        fact = self.pack.facts.get("lives_together")
        if fact is None:
            return "1"
        column = quote_column("member", fact.id)
        if fact.presume is None:
            return column
        presumed = f"CASE WHEN member.{BELONGS} = 1 THEN {int(fact.presume.value)} END"
        return f"COALESCE({column}, {presumed})"

    @cached_property
    def _receipts(self) -> dict[str, tuple[Owner, str]]:
        """Unit and SQL of each receipt column of the programmes, by name."""
        columns: dict[str, tuple[Owner, str]] = {}
        for programme in self.pack.programmes.values():
            undated = format_column_name(ColumnKind.UNDATED, programme.id)
            sql_of = {
                ColumnKind.RECEIVES: self._receives_sql(programme),
                ColumnKind.PAID: compile_paid(programme),
                ColumnKind.PAID_UNTIL: compile_paid_until(programme),
                ColumnKind.UNDATED: quote_column(f"{programme.unit}_receipts", undated),
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
