"""Groups rows into households by the relation to the head alone: 户主, then 妻子, 儿子 and so on.

This is only for a list without a household number or a column of heads; a problem reports it.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from relieftool.errors import Problem
from relieftool.messages import Message
from relieftool.spreadsheets.columns import ColumnMeaning
from relieftool.spreadsheets.rows import TableRows
from relieftool.spreadsheets.source_tables import SourceRow
from relieftool.spreadsheets.tables import Table
from relieftool.values.communities import normalise_community
from relieftool.values.text import drop_spaces, is_blank, simplified_text
from relieftool.values.vocabulary import is_head_word

_HOUSEHOLD_TARGETS = ("household_no", "head_name", "head_id_number")
_NO_RELATION = Message(
    "this row does not say how the person is related to a head (户主), so it was kept as a separate"
    " household. Write 户主, or the relation to the head above"
)


def join_by_relation(table: Table, columns: Sequence[ColumnMeaning]) -> tuple[Table, list[Problem]]:
    """Return a table with the rows of members joined to the head above them, and the problems.

    A row with another community or address than the head, or without a relation, is not joined; the
    rows below it, down to the next head, are not joined either. The table stays unchanged if
    anything but the relation identifies its households.
    """
    places = _find_places(columns)
    if places is None or not isinstance(table.rows, TableRows):
        return table, []
    heads = _find_heads(table.rows, places, {section.row for section in table.sections})
    if not heads:
        return table, []
    header = table.headers[places["relation"]]
    problems = [_build_relation_problem(table, header, len(heads))]
    problems += [
        Problem("relation-missing", _NO_RELATION, table.sheet, row.number, header)
        for row in table.rows
        if row.role == "first" and is_blank(row.cells[places["relation"]])
    ]
    return replace(table, rows=table.rows.joined(heads)), problems


def _build_relation_problem(table: Table, header: str, count: int) -> Problem:
    """Return the problem that households were separated by the relation alone."""
    message = Message(
        "only '{header}' separates the households here: {count} rows were assigned to the head"
        " (户主) above them. If that is wrong, add a column 户编号",
        {"header": header, "count": count},
    )
    return Problem("households-by-relation", message, table.sheet, table.last_header_row, header)


def _find_places(columns: Sequence[ColumnMeaning]) -> dict[str, int] | None:
    """Return the positions of the columns of relation, community and address.

    None if there is no column of relations, or if other columns identify the households.
    """
    if any(column.place is not None or column.target in _HOUSEHOLD_TARGETS for column in columns):
        return None
    places = {
        column.target: column.position
        for column in columns
        if column.target in ("relation", "community", "address")
    }
    return places if "relation" in places else None


def _find_heads(
    rows: Sequence[SourceRow], places: Mapping[str, int], sections: Container[int]
) -> dict[int, int]:
    """Return a map of row numbers: from each row that belongs to a head above to the head's row.

    `sections` are the numbers of the rows that begin another community. The map is empty if blank
    or merged cells join at least as many rows already.
    """
    joined: dict[int, int] = {}
    joined_by_layout = 0
    head: SourceRow | None = None
    for row in rows:
        if row.role == "total" or row.number in sections:
            head = None
        elif row.role == "continuation":
            joined_by_layout += 1
        elif row.role == "first":
            relation = row.cells[places["relation"]]
            if is_head_word(relation):
                head = row
            elif not is_blank(relation) and head and _is_same_place(row, head, places):
                joined[row.number] = head.number
            else:
                head = None  # the rows below may belong to the household of this person
    return joined if len(joined) > joined_by_layout else {}


def _is_same_place(row: SourceRow, head: SourceRow, places: Mapping[str, int]) -> bool:
    """Whether two rows have the same community and address; a blank cell is not compared."""
    for name in ("community", "address"):
        place = places.get(name)
        if place is None or is_blank(row.cells[place]) or is_blank(head.cells[place]):
            continue
        texts = [drop_spaces(simplified_text(cells[place])) for cells in (row.cells, head.cells)]
        if len(set(map(normalise_community, texts) if name == "community" else texts)) > 1:
            return False
    return True
