"""What is told where a table and what is said of it name different communities."""

from collections.abc import Iterator, Sequence

from relieftool.problems import Problem
from relieftool.registry.communities import normal_community
from relieftool.registry.sheet_names import stated_otherwise, titled_otherwise
from relieftool.spreadsheets.columns import Column
from relieftool.spreadsheets.grid import is_blank
from relieftool.spreadsheets.tables import Table

_DIFFERS = "community-differs"


def area_problems(table: Table, columns: Sequence[Column], stated: str | None) -> Iterator[Problem]:
    """Tell a title that names another community than the sheet, and either than is stated."""
    named, on_sheet = table.community, table.sheet_community
    if named and on_sheet and normal_community(named) != normal_community(on_sheet):
        yield Problem(_DIFFERS, titled_otherwise(on_sheet, named), table.sheet)
    if stated is None:
        return
    row, own = _first_other(table, columns, stated)
    if own is not None:
        yield Problem(_DIFFERS, stated_otherwise(own, stated), table.sheet, row)
    elif named and normal_community(named) != normal_community(stated):
        yield Problem(_DIFFERS, stated_otherwise(named, stated), table.sheet)


def _first_other(
    table: Table, columns: Sequence[Column], stated: str
) -> tuple[int | None, str | None]:
    """Give the first row whose own column names another community than is stated, and which."""
    name = normal_community(stated)
    for place in (one.position for one in columns if one.target == "community"):
        for row in table.rows:
            cell = row.cells[place] if row.role in {"first", "continuation"} else None
            if not is_blank(cell) and normal_community(str(cell)) != name:
                return row.number, str(cell)
    return None, None
