"""Columns to facts: which column of a table says what, and what the table is.

A column nobody knows for certain maps to nothing; its cells stay in the source row. Likeness is
offered as a suggestion and never taken.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from relieftool.pack.models import Pack
from relieftool.spreadsheets.column_names import (
    Catalogue,
    HeadingMatch,
    build_catalogue,
    read_heading,
)
from relieftool.spreadsheets.grid import is_figure
from relieftool.spreadsheets.tables import Table
from relieftool.values.id_numbers import read_id_number
from relieftool.values.text import Cell, drop_spaces, is_empty_cell, simplify_characters

__all__ = [
    "Catalogue",
    "ColumnMeaning",
    "TableKind",
    "build_pack_catalogue",
    "find_table_kind",
    "map_columns",
]

TableKind = Literal["households", "roster", "unknown"]
_ROSTER_WORDS = ("发放", "花名册", "名册", "领取", "名单", "公示", "资助", "打卡")
_MOST_FACTS_IN_A_ROSTER = 4
_SEPARATORS = "、，,;；/"
_RELATION = re.compile(
    r"(?:户主|本人|配偶|妻子?|丈?夫|[长次三四五]?(?:儿?子|女儿?|媳|婿)|儿媳妇?|女婿|外?孙[子女]?|外?祖[父母]"
    r"|父亲?|母亲?|岳[父母]|公公|婆婆|哥|弟|姐|妹|兄弟|姐妹|侄[子女]|其他)"
)
_WHO = ("head_name", "name", "id_number", "head_id_number", "household_no")


@dataclass(frozen=True)
class ColumnMeaning:
    """One column of a table and what it means.

    `target` None: nobody knows it. `place` says which member a repeated column is about. `scale`
    is what an amount is measured in where the header says so: yuan, wan, month, wan/year; a
    month or year is what the header states, whatever period the fact has. `near` are suggestions.
    """

    position: int
    header: str
    target: str | None
    place: int | None = None
    scale: str | None = None
    near: tuple[str, ...] = ()


def build_pack_catalogue(pack: Pack) -> Catalogue:
    """Return every header text this pack's facts and programmes are known by."""
    return build_catalogue(pack.facts.values(), pack.programmes.values())


def map_columns(table: Table, catalogue: Catalogue) -> tuple[ColumnMeaning, ...]:
    """Say what each column of a table means.

    Of two that mean the same only the better counts, unless both state a fact, a benefit or an
    amount under names as good: then both are kept, to be compared row by row.
    """
    found = [catalogue.match(header) for header in table.headers]
    for refine in (
        _place_unnamed,
        _unjoin,
        _place_numbered,
        _place_repeated,
        _find_head,
        _keep_members,
    ):
        found = refine(table, found)
    best = _best(found)
    kept = best | _alike(table, found, best, catalogue)
    return tuple(
        _column(position, header, found[position] if position in kept else None, catalogue)
        for position, header in enumerate(table.headers)
    )


def _column(
    position: int, header: str, found: HeadingMatch | None, catalogue: Catalogue
) -> ColumnMeaning:
    if found is not None:
        return ColumnMeaning(position, header, found.target, found.place, found.scale)
    is_named = header.strip() and not catalogue.known(header)
    return ColumnMeaning(position, header, None, near=catalogue.nearest(header) if is_named else ())


MatchesByPlace = list[HeadingMatch | None]


def _positions(found: MatchesByPlace, target: str) -> list[int]:
    """List the columns that mean this and are about no numbered member."""
    return [i for i, m in enumerate(found) if m and m.target == target and m.place is None]


def _place_unnamed(table: Table, found: MatchesByPlace) -> MatchesByPlace:
    """Number the members in columns that have no headings: a name, then an ID number.

    Only right ID numbers prove such a pair; their relations may stand between them. Other words
    before a pair leave it open which is the name. The first may stand under 家庭成员.
    """
    placed, place = list(found), 0
    if _has_places(found):
        return found
    for position in range(len(found) - 1):
        name = _name_of_pair(table, found, position)
        if name is not None:
            place += 1
            placed[name] = HeadingMatch("name", 0, place=place)
            placed[position + 1] = HeadingMatch("id_number", 0, place=place)
            if name < position:
                placed[position] = HeadingMatch("relation", 0, place=place)
    return placed


def _name_of_pair(table: Table, found: MatchesByPlace, position: int) -> int | None:
    """Return the column of the names whose ID numbers stand right of this one; None if unproven."""
    if not _is_unnamed_pair(table, found, position):
        return None
    words = _words_of(table, position)
    has_words_before = (
        position > 0
        and _is_unheaded(table, found, position - 1)
        and any(not is_figure(cell) for cell in _words_of(table, position - 1))
    )
    if all(_RELATION.fullmatch(drop_spaces(cell)) for cell in words):
        return position - 1 if has_words_before else None
    return None if has_words_before else position


def _words_of(table: Table, position: int) -> list[Cell]:
    """List what a column holds in the rows of people."""
    rows = (row.cells[position] for row in table.rows if row.role in ("first", "continuation"))
    return [cell for cell in rows if not is_empty_cell(cell)]


def _is_unheaded(table: Table, found: MatchesByPlace, position: int) -> bool:
    """Return whether a column has no heading, or the one over all members."""
    header, match = table.headers[position], found[position]
    is_over_members = match is not None and match.target == "name" and "成员" in header
    return not header or is_over_members


def is_of_each(column: ColumnMeaning, pack: Pack) -> bool:
    """Return whether what is merged over several rows in a column holds for each of them.

    A yes, no or choice does, and the community; an amount stands once, for it would count twice.
    """
    fact = pack.facts.get(column.target or "")
    return column.target == "community" or (fact is not None and fact.type in ("yes_no", "choice"))


def is_about_people(table: Table, catalogue: Catalogue) -> bool:
    """Return whether a table has any heading for who somebody is."""
    return any(catalogue.target(header) in _WHO for header in table.headers)


def has_unheaded_people(table: Table, columns: Sequence[ColumnMeaning]) -> bool:
    """Return whether right ID numbers stand in a column without heading that is not used."""
    unused = [column.position for column in columns if not column.header and column.target is None]
    return any(read_id_number(cell).number for i in unused for cell in _words_of(table, i))


def _is_unnamed_pair(table: Table, found: MatchesByPlace, position: int) -> bool:
    """Return whether a column without heading holds names and the next one their ID numbers."""
    if table.headers[position + 1] or not _is_unheaded(table, found, position):
        return False
    rows = (row.cells for row in table.rows if row.role in ("first", "continuation"))
    pairs = [(cells[position], cells[position + 1]) for cells in rows]
    filled = [pair for pair in pairs if not (is_empty_cell(pair[0]) and is_empty_cell(pair[1]))]
    return bool(filled) and all(
        isinstance(name, str) and not is_figure(name) and read_id_number(number).number
        for name, number in filled
    )


def _unjoin(table: Table, found: MatchesByPlace) -> MatchesByPlace:
    """Forget a name column whose cells each hold several names, as in 家庭成员."""
    return [
        None if match and match.target == "name" and _holds_lists(table, position) else match
        for position, match in enumerate(found)
    ]


def _holds_lists(table: Table, position: int) -> bool:
    texts = (row.cells[position] for row in table.rows if row.role in ("first", "continuation"))
    return any(isinstance(text, str) and any(s in text for s in _SEPARATORS) for text in texts)


def _place_numbered(_table: Table, found: MatchesByPlace) -> MatchesByPlace:
    """Believe 姓名1, 身份证号1 only where several names are numbered so."""
    names = [m for m in found if m and m.is_numbered and m.target == "name"]
    if len(names) > 1:
        return found
    return [None if match and match.is_numbered else match for match in found]


def _place_repeated(table: Table, found: MatchesByPlace) -> MatchesByPlace:
    """Number the members of a row where the same name column comes again: 姓名 关系 姓名 关系."""
    starts = _repeated_names(table, found)
    if not starts:
        return found
    ends = [*starts[1:], starts[-1] + min(b - a for a, b in pairwise(starts))]
    placed = list(found)
    for place, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
        for position in range(start, min(end, len(found))):
            match = found[position]
            placed[position] = match and replace(match, place=match.place or place)
    return placed


def _repeated_names(table: Table, found: MatchesByPlace) -> list[int]:
    """List the columns of a name header that comes again, each followed by the same column.

    A second 姓名 followed by something else may be the payee; it is no second member.
    """
    names = _positions(found, "name")
    leaves = [read_heading(table.headers[i].rpartition("/")[2]).name for i in names]
    again = [i for i, leaf in zip(names, leaves, strict=True) if leaves.count(leaf) > 1]
    nexts = {(m.target if (m := _at(found, i + 1)) else None) for i in again}
    is_repeated = len(nexts) == 1 and not nexts & {None, "name"}
    return again if is_repeated and not _has_places(found) else []


def _has_places(found: MatchesByPlace) -> bool:
    return any(match and match.place and match.target == "name" for match in found)


def _at(found: MatchesByPlace, position: int) -> HeadingMatch | None:
    return found[position] if position < len(found) else None


def _find_head(table: Table, found: MatchesByPlace) -> MatchesByPlace:
    """Tell the head's name and number from the member's where both stand under plain headers.

    Of 姓名 and a later 家庭成员姓名 the first is the head; of 户主姓名 身份证号 姓名 身份证号 the
    first number is the head's; beside 成员一姓名 … whatever has no place is the head's.
    """
    refined = list(found)
    heads, names = _positions(found, "head_name"), _positions(found, "name")
    is_row_per_household = _has_places(found)
    has_members = is_row_per_household or (len(names) > 1 and "成员" in table.headers[names[1]])
    if not heads and names and has_members and "成员" not in table.headers[names[0]]:
        heads, names = names[:1], names[1:]
        refined[heads[0]] = HeadingMatch("head_name", 0)
    numbers = [i for i in _positions(found, "id_number") if heads and i > heads[0]]
    is_shared = bool(names) and numbers and numbers[0] < names[0] < numbers[-1]
    if numbers and (is_shared or is_row_per_household) and not _positions(found, "head_id_number"):
        refined[numbers[0]] = HeadingMatch("head_id_number", 0)
    return refined


def _keep_members(_table: Table, found: MatchesByPlace) -> MatchesByPlace:
    """Where each member has a row, a fact stated of the head is not that of the member."""
    if not _positions(found, "name"):
        return found
    return [None if match and match.is_of_head else match for match in found]


def _best(found: MatchesByPlace) -> set[int]:
    """Choose one column for each target and place: the better name, then the first."""
    best: dict[tuple[str, int | None], tuple[int, int]] = {}
    for position, match in enumerate(found):
        if match is not None:
            key = (match.target, match.place)
            best[key] = min(best.get(key, (match.rank, position)), (match.rank, position))
    return {position for _rank, position in best.values()}


def _alike(table: Table, found: MatchesByPlace, best: set[int], catalogue: Catalogue) -> set[int]:
    """Return the columns that must agree with the best one of the same meaning."""
    firsts = {(match.target, match.place): i for i in best if (match := found[i])}
    strangers = [i for i, text in enumerate(table.headers) if "姓名" in text and i not in best]
    return {
        i
        for i, match in enumerate(found)
        if match
        and _is_compared(match, found[firsts[match.target, match.place]], catalogue)
        and not _is_of_another(firsts[match.target, match.place], i, strangers)
    }


def _is_compared(match: HeadingMatch, best: HeadingMatch | None, catalogue: Catalogue) -> bool:
    """Return whether a second column counts: names of amounts have an order, those of facts none."""
    if match.target == "amount":
        return best is not None and match.rank == best.rank
    return match.target in catalogue.figures or match.target.startswith("receipt.")


def _is_of_another(one: int, other: int, strangers: Iterable[int]) -> bool:
    """Return whether the name of somebody else stands between two columns, as 监护人姓名 does."""
    return any(min(one, other) < i < max(one, other) for i in strangers)


def find_table_kind(
    table: Table, columns: Sequence[ColumnMeaning], pack: Pack, file_name: str = ""
) -> tuple[TableKind, str | None]:
    """Say what a table is: households (and members), or the roster of a programme.

    A roster with None carries several programmes, told apart by row or by column. A table with
    no column anybody knows is unknown.
    """
    targets = {column.target for column in columns if column.target}
    if not targets:
        return "unknown", None
    texts = tuple(map(simplify_characters, (table.title, table.sheet, file_name)))
    programme = _named_programme(texts, pack)
    pays = "amount" in targets
    is_called_roster = any(word in text for text in texts for word in _ROSTER_WORDS)
    has_few_facts = len(targets & pack.facts.keys()) <= _MOST_FACTS_IN_A_ROSTER
    receipts = [target for target in targets if target.startswith("receipt.")]
    if targets.isdisjoint(_WHO) or not (pays or is_called_roster):
        return "households", None
    if has_few_facts and (len(receipts) > 1 or ("programme" in targets and pays)):
        return "roster", None
    if programme is not None and (pays or has_few_facts or "relation" not in targets):
        return "roster", programme
    is_list_of_benefits = receipts and has_few_facts and "relation" not in targets
    return ("roster", None) if is_list_of_benefits else ("households", None)


def _named_programme(texts: Iterable[str], pack: Pack) -> str | None:
    """Find the programme that the title names, else the sheet, else the file; the longest name."""
    names = [
        (read_heading(name).name, programme.id)
        for programme in pack.programmes.values()
        for name in programme.roster_names
    ]
    for text in texts:
        seen = read_heading(text).name
        hits = sorted(((len(name), owner) for name, owner in names if name in seen), reverse=True)
        if hits:
            owners = {owner for length, owner in hits if length == hits[0][0]}
            return hits[0][1] if len(owners) == 1 else None
    return None
