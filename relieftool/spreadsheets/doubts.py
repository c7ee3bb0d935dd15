"""What is told of a table as it is read: columns and rows that are kept and used for nothing."""

from collections.abc import Sequence

from relieftool.messages import Message
from relieftool.problems import Problem
from relieftool.spreadsheets.columns import ColumnMeaning, has_unheaded_people
from relieftool.spreadsheets.rows import has_person
from relieftool.spreadsheets.tables import Table, TableRow


def find_table_problems(
    table: Table, columns: Sequence[ColumnMeaning], *, is_dated: bool = False
) -> list[Problem]:
    """List what of a table is not used although it looks as if it should be.

    `is_dated`: somebody says what day or month it speaks for.
    """
    problems = [_several_months(table)] if table.covers_months and not is_dated else []
    problems += [_unknown_column(table, one) for one in columns if _is_worth_telling(one)]
    problems += [_person_above(table, row) for row in table.above if has_person(row.cells)]
    return [*problems, *([_unheaded_people(table)] if has_unheaded_people(table, columns) else [])]


def _several_months(table: Table) -> Problem:
    """Tell a table whose title names several months, so that it has none."""
    message = Message(
        "the title speaks of several months, so it is not known for which this holds; import it"
        " again with --month YYYY-MM, or with `date` in import.toml"
    )
    return Problem("covers-several-months", message, table.sheet, table.first_header_row)


def _is_worth_telling(column: ColumnMeaning) -> bool:
    """Say whether an unknown column looks like a known one; others are kept without a word."""
    return column.target is None and bool(column.near)


def _unknown_column(table: Table, column: ColumnMeaning) -> Problem:
    """Tell a column that was not used although it looks like a known one."""
    return Problem(
        "column-unknown",
        Message(
            "the column '{header}' is not used; if it is {near}, import it again with"
            " --map {header}=…, or map it in import.toml",
            {"header": column.header, "near": " / ".join(column.near)},
        ),
        table.sheet,
        table.last_header_row,
        column.header,
    )


def _person_above(table: Table, row: TableRow) -> Problem:
    """Tell a row over the headings that speaks of a person."""
    message = Message(
        "this row holds an ID number and stands above the headings; it is kept and not used. Move"
        " it below them"
    )
    return Problem("row-above-headings", message, table.sheet, row.number, is_unused=True)


def _unheaded_people(table: Table) -> Problem:
    """Tell ID numbers that stand in a column of which nothing says whose they are."""
    message = Message(
        "ID numbers stand in a column without a heading, and nobody is made of them; head names"
        " and numbers 成员一姓名, 成员一身份证号 and so on"
    )
    return Problem("column-unheaded", message, table.sheet, table.last_header_row, is_unused=True)
