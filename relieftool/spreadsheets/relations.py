"""Households told by nothing but the relation to the head: 户主, then 妻子, 儿子 and so on.

Only where no number, no head's name and no serial tells one household from the next; said once.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from relieftool.errors import Problem
from relieftool.messages import Message
from relieftool.spreadsheets.columns import ColumnMeaning
from relieftool.spreadsheets.rows import TableRow, TableRows
from relieftool.spreadsheets.tables import Table
from relieftool.values.communities import normalise_community
from relieftool.values.text import drop_spaces, is_blank, simplified_text
from relieftool.values.words import is_head_word

_TELLING = ("household_no", "head_name", "head_id_number")


def join_by_relation(table: Table, columns: Sequence[ColumnMeaning]) -> tuple[Table, list[Problem]]:
    """Return a list with the rows of each head's people joined to his, and say so once.

    A row of another community or address than the head above joins nobody; nor does one below a
    row that is no head and says no relation.
    """
    places = _places(columns)
    if places is None or not isinstance(table.rows, TableRows):
        return table, []
    joined = _joined(table.rows, places, {section.row for section in table.sections})
    if not joined:
        return table, []
    header = table.headers[places["relation"]]
    told = [_by_relation(table, header, len(joined))]
    told += [
        Problem("relation-missing", _NO_RELATION, table.sheet, row.number, header)
        for row in table.rows
        if row.role == "first" and is_blank(row.cells[places["relation"]])
    ]
    return replace(table, rows=table.rows.joined(joined)), told


_NO_RELATION = Message(
    "nothing says what this person is to a head (户主); it was kept as a household of its own."
    " Write 户主, or the relation to the head above"
)


def _by_relation(table: Table, header: str, count: int) -> Problem:
    """Tell by what the households of a table were told apart."""
    message = Message(
        "nothing but '{header}' tells one household from the next here: {count} rows were counted"
        " to the head (户主) who stands above them. If that is wrong, add a column 户编号",
        {"header": header, "count": count},
    )
    return Problem("households-by-relation", message, table.sheet, table.last_header_row, header)


def _places(columns: Sequence[ColumnMeaning]) -> dict[str, int] | None:
    """Return where relation, community and address stand; None where something else tells."""
    if any(one.place is not None or one.target in _TELLING for one in columns):
        return None
    wanted = ("relation", "community", "address")
    places = {column.target: column.position for column in columns if column.target in wanted}
    return {str(name): place for name, place in places.items()} if "relation" in places else None


def _joined(
    rows: Sequence[TableRow], places: Mapping[str, int], sections: Container[int]
) -> dict[int, int]:
    """Return for each row that belongs to a head above it the number of that head's row.

    `sections` are the rows that begin another community.

    Nothing where most people of a head are told by the layout already, by blanks or merged cells.
    """
    joined: dict[int, int] = {}
    told_already = 0
    head: TableRow | None = None
    for row in rows:
        if row.role == "total" or row.number in sections:
            head = None
        elif row.role == "continuation":
            told_already += 1
        elif row.role == "first":
            if is_blank(row.cells[places["relation"]]) or _is_head(row, places):
                head = row if _is_head(row, places) else None
            elif head is not None and _is_same_place(row, head, places):
                joined[row.number] = head.number
            else:
                head = None  # whose people stand below a stranger is anybody's guess
    return joined if len(joined) > told_already else {}


def _is_head(row: TableRow, places: Mapping[str, int]) -> bool:
    return is_head_word(row.cells[places["relation"]])


def _is_same_place(row: TableRow, head: TableRow, places: Mapping[str, int]) -> bool:
    """Whether neither community nor address, where both rows state it, is another one."""
    for name in ("community", "address"):
        place = places.get(name)
        if place is not None and not is_blank(row.cells[place]) and not is_blank(head.cells[place]):
            one, other = (drop_spaces(simplified_text(each.cells[place])) for each in (row, head))
            if name == "community":
                one, other = normalise_community(one), normalise_community(other)
            if one != other:
                return False
    return True
