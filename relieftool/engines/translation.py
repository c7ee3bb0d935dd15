"""Translates the statement, which is written for SQLite, for another engine."""

from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from relieftool.rules.statement import Statement


@dataclass(frozen=True)
class Translation:
    """The statement for one engine: its tables in order, and the SELECT that reads the last."""

    tables: dict[str, str]
    select: str


def translate_statement(statement: Statement, dialect: str) -> Translation:
    """Return the statement in a dialect of sqlglot, with the bound values written in it.

    A quotient of whole numbers is whole in SQLite, but a fraction elsewhere; and INTEGER has 64
    bits in SQLite, but 32 elsewhere. The rows are in no order, which costs nothing.
    """
    tree = sqlglot.parse_one(statement.sql, read="sqlite", into=exp.Select)
    for value in list(tree.find_all(exp.Placeholder)):
        value.replace(exp.convert(statement.bound[value.name]))
    for quotient in list(tree.find_all(exp.Div)):
        quotient.replace(exp.IntDiv(this=quotient.this, expression=quotient.expression))
    for kind in list(tree.find_all(exp.DataType)):
        if kind.is_type("int"):
            kind.replace(exp.DataType.build("bigint"))
    for name, column in zip(statement.list_output_names(), tree.selects, strict=True):
        column.set("alias", exp.to_identifier(name, quoted=True))
    tables = {table.alias: table.this.sql(dialect) for table in tree.find_all(exp.CTE)}
    for clause in (*tree.find_all(exp.With), tree.args["order"]):
        clause.pop()
    return Translation(tables, tree.sql(dialect))
