"""Communities by the bare names of sheets, which say 河口下 without 社区.

Such a name counts only where another list knows a community of that name.
"""

import re
from collections.abc import Container, Iterable
from dataclasses import replace

from relieftool.messages import Message
from relieftool.register.lines import Line, SheetTable, find_line_community
from relieftool.spreadsheets.table_problems import (
    format_stated_difference,
    format_titled_difference,
)
from relieftool.values.communities import normalise_community
from relieftool.values.text import drop_spaces, simplified_text

_PLACE = re.compile(r"[一-鿿]{2,8}")
_NO_PLACE = re.compile(
    r"[表册户年月单]|台账|名单|低保|特困|残疾|残联|困难|成员|家庭|人员|汇总|总计|合计|数据|明细|情况|信息|登记"
    r"|街道|摸底|全部|其他|救助|补贴|对象|调查|公示|统计|原始|附件|帮扶|工作|示例|说明|老人|儿童|重病|新增|模板"
)


def apply_sheet_names(
    read: Iterable[tuple[SheetTable, list[Line]]],
) -> list[tuple[SheetTable, list[Line]]]:
    """Let a sheet that says no community but bears the bare name of one speak for it."""
    listed = list(read)
    lists = (lines for table, lines in listed if table.kind == "households")
    known = {find_line_community(line) for lines_ in lists for line in lines_}
    known |= list_roster_communities(table for table, _lines in listed)
    named = []
    for table, lines in listed:
        settled = take_sheet_name(table, known)
        for line in lines:
            line.table = settled
        named.append((settled, lines))
    return named


def list_roster_communities(tables: Iterable[SheetTable]) -> set[str]:
    """Return the communities that rosters are of as a whole."""
    named = (table.community for table in tables if table.kind == "roster")
    return {normalise_community(name) for name in named if name}


def can_take_sheet_name(table: SheetTable) -> bool:
    """Return whether only its sheet's name may say which community a table is of."""
    return table.community is None and ("community", None) not in table.columns


def take_sheet_name(table: SheetTable, known: Container[str | None]) -> SheetTable:
    """Let the sheet's name speak where the table itself does not; tell where the two differ.

    What is stated from outside gives way to the sheet's name, as it does to the title.
    """
    name = normalise_community(table.sheet)
    if name not in known or ("community", None) in table.columns:
        return table
    own = normalise_community(table.community) if table.community else None
    if own is None:
        return replace(table, community=name)
    if own == name or name != drop_spaces(simplified_text(table.sheet)):
        return table  # a sheet named 花园社区 has spoken when it was read
    stated = table.stated_area or ""
    if own not in table.title and own == normalise_community(stated):
        return replace(table, community=name, doubt=format_stated_difference(table.sheet, stated))
    folder = table.folder or ""
    if own not in table.title and own == normalise_community(folder):
        return replace(table, community=name, doubt=_format_folder_difference(table.sheet, folder))
    return replace(table, doubt=format_titled_difference(table.sheet, str(table.community)))


def format_missing_community(
    table: SheetTable, similar: str | None, *, is_numbered: bool
) -> Message:
    """Say that nobody knows the community of rows, and what would make it known.

    `is_numbered`: they have a household number, and no list with communities has it; `similar` is
    one like it that such a list has.
    """
    if similar is not None:
        return Message(
            "no list that names communities has the household number of this row, but {other}, the"
            " same but for zeros in front; if that is meant, write both alike, as text",
            {"other": similar},
        )
    name = drop_spaces(table.sheet)
    if _PLACE.fullmatch(name) and not _NO_PLACE.search(simplified_text(name)):
        return Message(
            "no community is known for this row; if it is {sheet}, as the sheet is called, import"
            " the file again with --area {sheet}, or add a 社区 column",
            {"sheet": name},
        )
    if is_numbered:
        return Message(
            "no community is known for this row, and no list that names communities has its"
            " household number; add a 社区 column, or `area` in import.toml, or correct the number"
        )
    return Message(
        "no community is known for this row; add a 社区 column, or `area` in import.toml"
    )


def _format_folder_difference(sheet: str, folder: str) -> Message:
    """Say that a sheet's name and the folder of its file name different communities."""
    return Message(
        "the sheet's name says the community is {sheet}, its folder {folder}; {sheet} is used."
        " Correct the one that is wrong",
        {"sheet": sheet, "folder": folder},
    )
