"""The schema of the register's file, its stamp, and the migrations from one schema to the next.

Until 1.0.0 there are no migrations: schema.sql is edited freely, its stamp changes by itself, and a
file with another stamp is refused. From 1.0.0 on, whoever edits schema.sql adds a migration:

1. Note the stamp: `python -c "from relieftool.store.migrations import load_shipped_schema;
   print(load_shipped_schema().stamp)"`.
2. Edit schema.sql as if it had always been so, and print the stamp again.
3. Append `Migration(BEFORE, AFTER, CHANGE)` to MIGRATIONS. The change is SQL, or a function if SQL
   is not enough. All pending migrations run in one transaction, after the file is copied aside.
4. Keep the old schema as a file among the tests. Test that a register made with it, with a row in
   every table that changes, has a new register's tables and all of its own rows afterwards.

A published migration is never edited or removed: somebody may still have a file that needs it.
"""

import hashlib
import re
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from sqlite_utils import Database

_COMMENT = re.compile(r"--[^\n]*")


@dataclass(frozen=True)
class Migration:
    """A change of a file from the schema with stamp `before` to the schema with stamp `after`."""

    before: int
    after: int
    change: str | Callable[[Database], None]

    def apply(self, db: Database) -> None:
        """Change the file and its stamp; only inside `write`."""
        if isinstance(self.change, str):
            run_script(db, self.change)
        else:
            self.change(db)
        db.execute(f"PRAGMA user_version = {self.after}")


MIGRATIONS: tuple[Migration, ...] = ()


@dataclass(frozen=True)
class Schema:
    """The statements that make a new file, and the migrations of older files to the same schema."""

    sql: str
    migrations: Sequence[Migration] = ()

    @cached_property
    def stamp(self) -> int:
        """The stamp of files with this schema: a checksum of the statements, never 0.

        Comments and spacing do not count, so that they can be improved without a migration. A file
        without a stamp has 0.

        >>> Schema("CREATE TABLE a (b); -- c").stamp == Schema("CREATE  TABLE a (b);").stamp
        True
        >>> Schema("CREATE TABLE a (b)").stamp == Schema("CREATE TABLE a (c)").stamp
        False
        """
        statements = " ".join(_COMMENT.sub("", self.sql).split())
        digest = hashlib.sha256(statements.encode("utf-8")).digest()
        # user_version is a signed number of four bytes
        return int.from_bytes(digest[:4]) % (2**31 - 1) + 1

    def steps_from(self, stamp: int) -> list[Migration] | None:
        """Return the migrations that lead from a stamp to this schema, in order.

        The list is empty for this schema's own stamp; None means that no migrations lead here.

        >>> Schema("CREATE TABLE a (b)").steps_from(1)
        """
        steps = []
        leaving = {migration.before: migration for migration in self.migrations}
        while stamp != self.stamp:
            step = leaving.pop(stamp, None)
            if step is None:
                return None
            steps.append(step)
            stamp = step.after
        return steps


@cache
def load_shipped_schema() -> Schema:
    """Return the schema of this version."""
    sql = (files("relieftool.store") / "schema.sql").read_text("utf-8")
    return Schema(sql, MIGRATIONS)


def run_script(db: Database, script: str) -> None:
    """Run SQL statements inside the open transaction; each must end at the end of a line."""
    # executescript of sqlite3 commits first; that of sqlite-utils takes 30 ms for the schema
    for statement in _split_statements(script):
        db.conn.execute(statement)


def make_temporary_tables(db: Database, names: Collection[str]) -> None:
    """Make tables of the schema, empty, for this connection only; they hide those of the file."""
    for statement in _split_statements(load_shipped_schema().sql):
        _comments, _create, rest = statement.partition("CREATE TABLE ")
        if rest.split(" ", 1)[0] in names:
            db.execute(f"CREATE TEMP TABLE {rest}")


def _split_statements(script: str) -> Iterator[str]:
    r"""Yield the statements of an SQL script.

    >>> list(_split_statements("CREATE TABLE a (b);\nDROP TABLE a"))
    ['CREATE TABLE a (b);\n', 'DROP TABLE a']
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        # a trigger has statements inside it, whose semicolons do not end the trigger
        if line.rstrip().endswith(";") and sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    yield statement
