"""Lists of job openings among an office's tables: known by their headings, kept row for row."""

from collections.abc import Iterable, Sequence

from relieftool.problems import Problem
from relieftool.register.job_openings import OPENING_TARGET, read_job_opening
from relieftool.spreadsheets.column_names import read_heading
from relieftool.spreadsheets.sheets import Sheet
from relieftool.spreadsheets.tables import Table, TableRow, find_tables
from relieftool.store.imports import SourceRow, SourceTable
from relieftool.values.text import plain_text
from relieftool.values.words import list_words

_HEADINGS = list_words("headings_of_openings")
_NAMES = {name: key for key, names in _HEADINGS.items() for name in names}
_ROWS_LOOKED_AT = 20
_ENOUGH = 2


def find_opening_tables(sheet: Sheet, *, is_declared: bool = False) -> list[SourceTable]:
    """Give the lists of openings of a sheet; none where it is another kind of sheet.

    A list names posts, and the employer, the pay or the vacancies beside them; a declared one needs
    the posts alone.
    """
    if not is_declared and not _may_have(sheet):
        return []
    tables = [one for one in find_tables(sheet, _is_known) if _is_list(one, is_declared)]
    return [_source(one) for one in tables]


def _key(heading: str) -> str | None:
    found = read_heading(heading)
    return _NAMES.get(found.name) or _NAMES.get(found.bare)


def _is_known(heading: str) -> bool:
    return _key(heading) is not None


def _may_have(sheet: Sheet) -> bool:
    """Say cheaply whether some first row has headings only a list of openings has."""
    rows = sheet.rows[:_ROWS_LOOKED_AT]
    keys = [
        {_NAMES.get(read_heading(plain_text(cell)).bare) for cell in row if cell} for row in rows
    ]
    return any("post" in found and len(found - {None}) > _ENOUGH for found in keys)


def _is_list(table: Table, is_declared: bool) -> bool:  # noqa: FBT001 said of the file
    keys = {_key(heading) for heading in table.headers}
    beside = keys & {"employer", "pay", "vacancies"}
    bare = {read_heading(heading).bare for heading in table.headers}
    has_people = "姓名" in bare or any("身份证" in heading for heading in bare)
    return "post" in keys and (is_declared or (len(beside) >= _ENOUGH and not has_people))


def _columns(table: Table) -> list[dict[str, object]]:
    """Give the records of the columns; of two that mean the same the first counts."""
    taken: set[str] = set()
    columns: list[dict[str, object]] = []
    for position, heading in enumerate(table.headers):
        key = _key(heading)
        target = f"{OPENING_TARGET}{key}" if key and key not in taken else None
        taken |= {key} if key else set()
        columns.append(
            {
                "position": position,
                "header": heading,
                "target": target,
                "place": None,
                "scale": read_heading(heading).scale,
                "sheet_column": table.sheet_columns[position],
            }
        )
    return columns


def _source(table: Table) -> SourceTable:
    columns = _columns(table)
    return SourceTable(
        sheet=table.sheet,
        title=table.title,
        first_header_row=table.first_header_row,
        last_header_row=table.last_header_row,
        kind="households",
        programme=None,
        community=None,
        covers=None,
        is_complete=None,
        columns=columns,
        rows=[
            SourceRow(row.number, row.role, row.continues, list(row.cells)) for row in table.rows
        ],
        problems=list(_problems(table, columns)),
    )


def _problems(table: Table, columns: Sequence[dict[str, object]]) -> Iterable[Problem]:
    """Tell what of each row cannot be read."""
    named = {
        str(one["target"]).removeprefix(OPENING_TARGET): one for one in columns if one["target"]
    }
    above: TableRow | None = None
    for row in table.rows:
        if row.role not in ("first", "continuation"):
            continue
        above = row if row.role == "first" else above
        cells = {}
        for name, one in named.items():
            place = int(str(one["position"]))
            own = row.cells[place] if place < len(row.cells) else None
            shared = above.cells[place] if above and place < len(above.cells) else None
            cells[name] = shared if own is None else own
        scale = named.get("pay", {}).get("scale")
        opening, told = read_job_opening("", cells, None if scale is None else str(scale))
        for name, message in told:
            heading = str(named[name]["header"]) if name in named else ""
            code = "opening-unreadable"
            yield Problem(
                code, message, table.sheet, row.number, heading, is_unused=opening is None
            )
