"""Lists of job openings among an office's tables: known by their headings, kept row for row."""

from collections.abc import Iterable, Sequence

from relieftool.problems import Problem
from relieftool.registry.imports import SourceRow, SourceTable
from relieftool.registry.openings import TARGET, read_opening
from relieftool.spreadsheets.headers import read_heading
from relieftool.spreadsheets.sheets import Sheet
from relieftool.spreadsheets.tables import Table, TableRow, find_tables
from relieftool.text import plain

HEADINGS = {
    "employer": ("用人单位", "单位名称", "企业名称", "招聘单位", "用工单位", "企业"),
    "post": ("岗位", "岗位名称", "招聘岗位", "职位", "工种", "招聘职位", "岗位工种"),
    "pay": ("月薪", "工资", "月工资", "薪资", "薪酬", "工资待遇", "薪资待遇", "待遇", "月收入"),
    "place": ("社区", "所在社区", "工作地点", "工作地址", "地点", "上班地点"),
    "age": ("年龄", "年龄要求", "年龄范围"),
    "sex": ("性别", "性别要求"),
    "capacity": ("劳动能力", "劳动能力要求", "身体条件"),
    "disability": ("是否接受残疾人", "接受残疾人", "残疾人", "可接受残疾类别", "残疾类别"),
    "skills": ("技能", "技能要求", "任职要求", "岗位要求", "要求"),
    "home": ("是否居家", "居家就业", "可居家", "居家", "是否居家就业"),
    "vacancies": ("招聘人数", "人数", "需求人数", "招工人数", "岗位数"),
}
_NAMES = {name: key for key, names in HEADINGS.items() for name in names}
_OWN = {*HEADINGS["post"], *HEADINGS["vacancies"], *HEADINGS["employer"]}
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
    keys = [{_NAMES.get(read_heading(plain(cell)).bare) for cell in row if cell} for row in rows]
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
        target = f"{TARGET}{key}" if key and key not in taken else None
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
    named = {str(one["target"]).removeprefix(TARGET): one for one in columns if one["target"]}
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
        opening, told = read_opening("", cells, None if scale is None else str(scale))
        for name, message in told:
            heading = str(named[name]["header"]) if name in named else ""
            code = "opening-unreadable"
            yield Problem(
                code, message, table.sheet, row.number, heading, is_unused=opening is None
            )
