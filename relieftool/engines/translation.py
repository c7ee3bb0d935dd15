"""Translates the statement, which is written for SQLite, for another engine."""

from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from relieftool.pack.facts import Owner
from relieftool.rules.statement import Statement


@dataclass(frozen=True)
class Translation:
    """The statement for one engine: its tables in order, and the SELECT of each unit's rows."""

    tables: dict[str, str]
    selects: dict[Owner, str]


def translate_statement(statement: Statement, dialect: str) -> Translation:
    """Return the statement in a dialect of sqlglot, with the bound values written in it."""
    household = _translate(statement, statement.household_sql)
    member = _translate(statement, statement.member_sql)
    tables = {table.alias: table.this.sql(dialect) for table in household.find_all(exp.CTE)}
    for tree in (household, member):
        for tables_above in tree.find_all(exp.With):
            tables_above.pop()
    return Translation(tables, {"household": household.sql(dialect), "member": member.sql(dialect)})


def _translate(statement: Statement, sql: str) -> exp.Expr:
    """Return the tree of a SELECT with what other engines understand in another way replaced.

    A quotient of whole numbers is whole in SQLite, but a fraction elsewhere; and INTEGER has 64
    bits in SQLite, but 32 elsewhere.
    """
    tree = sqlglot.parse_one(sql, read="sqlite")
    for value in list(tree.find_all(exp.Placeholder)):
        value.replace(exp.convert(statement.bound[value.name]))
    for quotient in list(tree.find_all(exp.Div)):
        whole = exp.IntDiv(this=quotient.this, expression=quotient.expression)
        quotient.replace(whole)
    for kind in list(tree.find_all(exp.DataType)):
        if kind.is_type("int"):
            kind.replace(exp.DataType.build("bigint"))
    return tree
