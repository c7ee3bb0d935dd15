"""Finds the communities of tables by their sheet's name, and communities of nearly one name.

A sheet's name, such as 河口下 without 社区, counts only if a household list or roster states a
community with this name. Whether communities of nearly one name are one is for people to decide.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import replace

from relieftool.messages import Message
from relieftool.register.lines import (
    Line,
    LinesByTable,
    ProblemLog,
    SheetTable,
    find_line_community,
)
from relieftool.spreadsheets.table_problems import (
    format_stated_difference,
    format_titled_difference,
)
from relieftool.store.problem_decisions import (
    COMMUNITY,
    OTHER_COMMUNITY,
    SAME_COMMUNITY,
    ProblemDecisions,
)
from relieftool.values.communities import (
    is_similar_community,
    list_similar_communities,
    normalise_community,
)
from relieftool.values.text import drop_spaces, match_any, simplified_text
from relieftool.values.vocabulary import list_words

_FEW_ROWS = 50
_PLACE = re.compile(r"[一-鿿]{2,8}")
_NO_PLACE = re.compile(match_any(list_words("lists")["no_place"]))


def apply_sheet_names(read: Iterable[tuple[SheetTable, list[Line]]]) -> LinesByTable:
    """Return the tables and their lines, with the communities that sheets are named after."""
    listed = [(list_stated_communities(table, lines), lines) for table, lines in read]
    known = {name for table, _lines in listed for name in table.stated_communities}
    named = []
    for original, lines in listed:
        table = take_sheet_name(original, known)
        for line in lines:
            line.table = table
        named.append((table, lines))
    return named


def list_stated_communities(table: SheetTable, lines: Iterable[Line]) -> SheetTable:
    """Return a table with the communities that its rows state, or the whole table for a roster."""
    stated = {table.area} if table.kind == "roster" else set()
    if table.kind == "households":
        stated = {find_line_community(line) for line in lines if line.role != "total"}
    return replace(table, stated_communities=frozenset(filter(None, stated)))


def can_take_sheet_name(table: SheetTable) -> bool:
    """Whether nothing but the sheet's name can state the community of a table."""
    return table.community is None and ("community", None) not in table.columns


def take_sheet_name(table: SheetTable, known: Container[str | None]) -> SheetTable:
    """Return a table with the community that its sheet is named after, if that is in `known`.

    A different community that was stated at the import or named by the folder is replaced; a
    community in the title is kept. In both cases the difference is a problem of the table.
    """
    name = normalise_community(table.sheet)
    if name not in known or ("community", None) in table.columns:
        return table
    own = table.area
    if own is None:
        return replace(table, community=name)
    # a full name such as 花园社区 was used when the sheet was read; here only 花园 alone matters
    if own == name or name != drop_spaces(simplified_text(table.sheet)):
        return table
    stated = table.stated_area or ""
    if own not in table.title and own == normalise_community(stated):
        return replace(
            table, community=name, community_problem=format_stated_difference(table.sheet, stated)
        )
    folder = table.folder or ""
    if own not in table.title and own == normalise_community(folder):
        return replace(
            table, community=name, community_problem=_format_folder_difference(table.sheet, folder)
        )
    return replace(
        table, community_problem=format_titled_difference(table.sheet, str(table.community))
    )


def list_doubtful_pairs(
    tables: Iterable[SheetTable], decisions: ProblemDecisions
) -> list[tuple[str, str]]:
    """Return the communities of nearly one name that were not decided to be different."""
    names = {name for table in tables for name in table.stated_communities}
    return [
        pair
        for pair in list_similar_communities(names)
        if decisions.of_communities(*pair) != OTHER_COMMUNITY
    ]


def may_be_one_community(first: str, second: str, decisions: ProblemDecisions) -> bool:
    """Whether two normalised names may mean one community, as nobody has decided otherwise."""
    is_similar = is_similar_community(first, second)
    return is_similar and decisions.of_communities(first, second) != OTHER_COMMUNITY


def unite_communities(read: LinesByTable, decisions: ProblemDecisions) -> LinesByTable:
    """Return the tables and their lines, with one name for what was decided to be one community."""
    if not decisions.unite_communities:
        return read
    pairs = list_doubtful_pairs((table for table, _lines in read), decisions)
    counts = Counter(name for _table, lines in read for name in map(find_line_community, lines))
    united: dict[str, str] = {}
    for pair in pairs:
        if decisions.of_communities(*pair) == SAME_COMMUNITY:
            kept, other = sorted(pair, key=lambda name: (-counts[name], name))
            united[other] = united.get(kept, kept)
    named = []
    for before, lines in read:
        stated = {united.get(name, name) for name in before.stated_communities}
        table = replace(before, united=united, stated_communities=frozenset(stated))
        for line in lines:
            line.table = table
        named.append((table, lines))
    return named


def report_similar_communities(
    lists: Iterable[tuple[SheetTable, Iterable[Line]]],
    decisions: ProblemDecisions,
    problems: ProblemLog,
) -> None:
    """Report communities of nearly one name, at the rows of the one that has fewer of them.

    Of many rows, none is likely to be a slip of the pen: then only the first is named.
    """
    listed = list(lists)
    pairs = list_doubtful_pairs((table for table, _lines in listed), decisions)
    rows: dict[str, list[Line]] = {name: [] for pair in pairs for name in pair}
    for table, lines in listed:
        for line in lines if not rows.keys().isdisjoint(table.stated_communities) else ():
            if line.role != "total" and (name := find_line_community(line)) in rows:
                rows[name].append(line)
    for pair in pairs:
        if all(rows[name] for name in pair):
            kept, name = sorted(pair, key=lambda of: (-len(rows[of]), _first_place(rows[of])))
            subject = decisions.subjects.name(COMMUNITY, *sorted(pair))
            params, code = {"name": name, "other": kept}, "community-similar"
            told = sorted(rows[name], key=lambda line: line.sort_key)
            for line in told if len(told) <= _FEW_ROWS else told[:1]:
                problems.add(line, code, _SIMILAR, "community", params=params, subject=subject)


def _first_place(lines: Iterable[Line]) -> tuple[str, str, int]:
    return min(line.sort_key for line in lines)


_SIMILAR = Message(
    "the community {name} has nearly the same name as {other}; decide whether they are one, or"
    " correct the name"
)


def format_missing_community(
    table: SheetTable, similar: str | None, *, is_numbered: bool
) -> Message:
    """Return the message for rows whose community is unknown, with what to do about it.

    `is_numbered`: the rows have a household number. `similar` is a number on a list with
    communities that differs from that number only by leading zeros; None if there is none.
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
        "no community is known for this row; if all rows are of one, import the file again with"
        " --area and its name, or add a 社区 column"
    )


def _format_folder_difference(sheet: str, folder: str) -> Message:
    """Return the message that a sheet's name and its file's folder name different communities."""
    return Message(
        "the sheet's name says the community is {sheet}, its file or folder {folder}; {sheet} is"
        " used. Correct the one that is wrong",
        {"sheet": sheet, "folder": folder},
    )
