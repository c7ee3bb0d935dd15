"""Finds the meaning of each column of a table, and the kind of the table.

A column whose meaning is not certain is not used; its cells stay in the stored row. Similar names
are only suggested to the user.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
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

TableKind = Literal["households", "roster", "unknown"]
_ROSTER_WORDS = ("发放", "花名册", "名册", "领取", "名单", "公示", "资助", "打卡")
_MOST_FACTS_IN_A_ROSTER = 4
_SEPARATOR = re.compile("[、，,;；/]")
_RELATION = re.compile(
    r"(?:户主|本人|配偶|妻子?|丈?夫|[长次三四五]?(?:儿?子|女儿?|媳|婿)|儿媳妇?|女婿|外?孙[子女]?|外?祖[父母]"
    r"|父亲?|母亲?|岳[父母]|公公|婆婆|哥|弟|姐|妹|兄弟|姐妹|侄[子女]|其他)"
)
_WHO = ("head_name", "name", "id_number", "head_id_number", "household_no")


@dataclass(frozen=True)
class ColumnMeaning:
    """One column of a table: its position from 0, its heading and its meaning.

    `target` is a fact, `receipt.` with a programme, or a fixed name such as `id_number`; None if
    the column is not used. `place` is the number of the member, in a row with several members;
    otherwise None. `scale` is the unit stated in the heading, such as yuan, month or wan/year; None
    if it states none. `near` are known names that resemble the heading of an unknown column.
    """

    position: int
    header: str
    target: str | None
    place: int | None = None
    scale: str | None = None
    near: tuple[str, ...] = ()


def build_pack_catalogue(pack: Pack) -> Catalogue:
    """Return the catalogue of column names, with those of this pack's facts and programmes."""
    return build_catalogue(pack.facts.values(), pack.programmes.values())


def map_columns(table: Table, catalogue: Catalogue) -> tuple[ColumnMeaning, ...]:
    """Return the meaning of each column of a table.

    Of several columns with the same meaning, the column with the best name is used. The others are
    used too, to be compared row by row, if they state a fact that is not a text, a benefit, or an
    amount under an equally good name, and no other column of names is between.
    """
    found = [catalogue.match(header) for header in table.headers]
    # The order matters: each step relies on the members and heads found by the steps before it.
    for refine in (
        _number_unheaded_members,
        _drop_joined_names,
        _drop_lone_numbers,
        _number_repeated_members,
        _separate_head,
        _drop_facts_of_head,
    ):
        found = refine(table, found)
    best = _choose_best(found)
    kept = best | _find_compared(table, found, best, catalogue)
    return tuple(
        _describe_column(position, header, found[position] if position in kept else None, catalogue)
        for position, header in enumerate(table.headers)
    )


def _describe_column(
    position: int, header: str, found: HeadingMatch | None, catalogue: Catalogue
) -> ColumnMeaning:
    if found is not None:
        return ColumnMeaning(position, header, found.target, found.place, found.scale)
    is_named = header.strip() and not catalogue.known(header)
    return ColumnMeaning(position, header, None, near=catalogue.nearest(header) if is_named else ())


MatchesByPosition = list[HeadingMatch | None]


def _find_positions(found: MatchesByPosition, target: str) -> list[int]:
    """Return the positions of the columns with this target that do not number a member."""
    return [
        position
        for position, match in enumerate(found)
        if match and match.target == target and match.place is None
    ]


def _number_unheaded_members(table: Table, found: MatchesByPosition) -> MatchesByPosition:
    """Number the members in pairs of columns without headings: names, then ID numbers.

    A pair counts only if its ID numbers are valid. There may be a column of relations between the
    two. If another column of words precedes the pair, it is not clear which column has the names,
    and the pair is not numbered. The column of names may have a heading such as 家庭成员.
    """
    placed, place = list(found), 0
    if _has_places(found):
        return found
    for position in range(len(found) - 1):
        name = _find_names_of_pair(table, found, position)
        if name is not None:
            place += 1
            placed[name] = HeadingMatch("name", 0, place=place)
            placed[position + 1] = HeadingMatch("id_number", 0, place=place)
            if name < position:
                placed[position] = HeadingMatch("relation", 0, place=place)
    return placed


def _find_names_of_pair(table: Table, found: MatchesByPosition, position: int) -> int | None:
    """Return the position of the names if the column after `position` has their ID numbers.

    It is `position`, or the column before it if `position` has relations. None if there are no
    such ID numbers, or if it is not clear which column has the names.
    """
    if not _is_unheaded_pair(table, found, position):
        return None
    words = _list_filled_cells(table, position)
    has_words_before = (
        position > 0
        and _is_unheaded(table, found, position - 1)
        and any(not is_figure(cell) for cell in _list_filled_cells(table, position - 1))
    )
    if all(_RELATION.fullmatch(drop_spaces(cell)) for cell in words):
        return position - 1 if has_words_before else None
    return None if has_words_before else position


def _list_filled_cells(table: Table, position: int) -> list[Cell]:
    """Return the filled cells of a column, from rows of people only."""
    cells = (cells[position] for cells in _list_people_rows(table))
    return [cell for cell in cells if not is_empty_cell(cell)]


def _list_people_rows(table: Table) -> Iterator[Sequence[Cell]]:
    """Return the cells of each row that is about a person."""
    return (row.cells for row in table.rows if row.role in ("first", "continuation"))


def _is_unheaded(table: Table, found: MatchesByPosition, position: int) -> bool:
    """Whether a column has no heading, or a heading for all members such as 家庭成员."""
    header, match = table.headers[position], found[position]
    is_over_members = match is not None and match.target == "name" and "成员" in header
    return not header or is_over_members


def _is_unheaded_pair(table: Table, found: MatchesByPosition, position: int) -> bool:
    """Whether a column without a heading has only texts, and the next column their ID numbers.

    The next column must have no heading either.
    """
    if table.headers[position + 1] or not _is_unheaded(table, found, position):
        return False
    pairs = (cells[position : position + 2] for cells in _list_people_rows(table))
    filled = [pair for pair in pairs if not all(map(is_empty_cell, pair))]
    return bool(filled) and all(
        isinstance(name, str) and not is_figure(name) and read_id_number(number).number
        for name, number in filled
    )


def _drop_joined_names(table: Table, found: MatchesByPosition) -> MatchesByPosition:
    """Drop a column of names if any of its cells has several names, as 家庭成员 may have."""
    return [
        None if match and match.target == "name" and _has_joined_names(table, position) else match
        for position, match in enumerate(found)
    ]


def _has_joined_names(table: Table, position: int) -> bool:
    return any(
        isinstance(cell := cells[position], str) and _SEPARATOR.search(cell)
        for cells in _list_people_rows(table)
    )


def _drop_lone_numbers(_table: Table, found: MatchesByPosition) -> MatchesByPosition:
    """Drop columns such as 姓名1 and 身份证号1 unless several names are numbered like this."""
    names = [match for match in found if match and match.is_numbered and match.target == "name"]
    if len(names) > 1:
        return found
    return [None if match and match.is_numbered else match for match in found]


def _number_repeated_members(table: Table, found: MatchesByPosition) -> MatchesByPosition:
    """Number the members if the name column is repeated, as in 姓名 关系 姓名 关系."""
    starts = _find_repeated_names(table, found)
    if not starts:
        return found
    # Columns about the household may follow the last member's, so that member gets only as many
    # columns as the narrowest of the others.
    width = min(following - start for start, following in pairwise(starts))
    ends = [*starts[1:], starts[-1] + width]
    placed = list(found)
    for place, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
        for position in range(start, min(end, len(found))):
            match = found[position]
            placed[position] = match and replace(match, place=match.place or place)
    return placed


def _find_repeated_names(table: Table, found: MatchesByPosition) -> list[int]:
    """Return the positions of the name columns that are repeated, one for each member.

    The same kind of column must follow each of them: a second 姓名 followed by another kind may be
    the payee's. The list is empty if that is not so, or if members are numbered already.
    """
    names = _find_positions(found, "name")
    leaves = [read_heading(table.headers[place].rpartition("/")[2]).name for place in names]
    repeated = [place for place, leaf in zip(names, leaves, strict=True) if leaves.count(leaf) > 1]
    nexts = [found[place + 1] if place + 1 < len(found) else None for place in repeated]
    targets = {match and match.target for match in nexts}
    is_of_members = len(targets) == 1 and not targets & {None, "name"}
    return repeated if is_of_members and not _has_places(found) else []


def _has_places(found: MatchesByPosition) -> bool:
    """Whether a name column has the number of a member, so that a row has several members."""
    return any(match and match.place and match.target == "name" for match in found)


def _separate_head(table: Table, found: MatchesByPosition) -> MatchesByPosition:
    """Find the columns with the head's name and ID number if their headings do not name the head.

    In 姓名 … 家庭成员姓名 the first name is the head's. In 户主姓名 身份证号 姓名 身份证号 the
    first ID number is the head's. Beside numbered columns such as 成员一姓名, the columns without
    a number are the head's.
    """
    refined = list(found)
    heads, names = _find_positions(found, "head_name"), _find_positions(found, "name")
    is_row_per_household = _has_places(found)
    has_members = is_row_per_household or (len(names) > 1 and "成员" in table.headers[names[1]])
    if not heads and names and has_members and "成员" not in table.headers[names[0]]:
        heads, names = names[:1], names[1:]
        refined[heads[0]] = HeadingMatch("head_name", 0)
    if not heads or _find_positions(found, "head_id_number"):
        return refined
    numbers = [place for place in _find_positions(found, "id_number") if place > heads[0]]
    has_both = numbers and names and numbers[0] < names[0] < numbers[-1]
    if numbers and (has_both or is_row_per_household):
        refined[numbers[0]] = HeadingMatch("head_id_number", 0)
    return refined


def _drop_facts_of_head(_table: Table, found: MatchesByPosition) -> MatchesByPosition:
    """Drop columns about the head if each member has a row: they are not about that member."""
    if not _find_positions(found, "name"):
        return found
    return [None if match and match.is_of_head else match for match in found]


def _choose_best(found: MatchesByPosition) -> set[int]:
    """Return the position of the best column for each target and member.

    It is the column with the best name, and among equally good names the first.
    """
    best: dict[tuple[str, int | None], tuple[int, int]] = {}
    for position, match in enumerate(found):
        if match is not None:
            key = (match.target, match.place)
            best[key] = min(best.get(key, (match.rank, position)), (match.rank, position))
    return {position for _rank, position in best.values()}


def _find_compared(
    table: Table, found: MatchesByPosition, best: set[int], catalogue: Catalogue
) -> set[int]:
    """Return the positions of the columns to compare if several have the same meaning."""
    firsts = {(match.target, match.place): place for place in best if (match := found[place])}
    other_names = [
        place
        for place, header in enumerate(table.headers)
        if "姓名" in header and place not in best
    ]
    return {
        place
        for place, match in enumerate(found)
        if match
        and _is_compared(match, found[firsts[match.target, match.place]], catalogue)
        and not _has_name_between(firsts[match.target, match.place], place, other_names)
    }


def _is_compared(match: HeadingMatch, best: HeadingMatch | None, catalogue: Catalogue) -> bool:
    """Whether a column is used besides the best column of the same meaning.

    A column of amounts is used only if its name is as good as the best: 实发金额 is better than
    金额. For figures and benefits, all names are equally good.
    """
    if match.target == "amount":
        return best is not None and match.rank == best.rank
    return match.target in catalogue.figures or match.target.startswith("receipt.")


def _has_name_between(first: int, second: int, other_names: Iterable[int]) -> bool:
    """Whether a column of other names is between two columns, which are then not compared."""
    return any(min(first, second) < place < max(first, second) for place in other_names)


def find_table_kind(
    table: Table, columns: Sequence[ColumnMeaning], pack: Pack, file_name: str = ""
) -> tuple[TableKind, str | None]:
    """Return the kind of a table, and the programme if it is the roster of a single programme.

    For a roster of several programmes, which its rows or columns name, the programme is None. A
    table without any known column is "unknown".
    """
    targets = {column.target for column in columns if column.target}
    if not targets:
        return "unknown", None
    texts = tuple(map(simplify_characters, (table.title, table.sheet, file_name)))
    programme = _find_named_programme(texts, pack)
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


def _find_named_programme(texts: Iterable[str], pack: Pack) -> str | None:
    """Return the programme named in the first of these texts that names a programme.

    If the text has several names, the longest counts. None if that name belongs to several
    programmes, or if no text names a programme.
    """
    names = [
        (read_heading(name).name, programme.id)
        for programme in pack.programmes.values()
        for name in programme.roster_names
    ]
    for text in texts:
        folded = read_heading(text).name
        hits = [(len(name), programme) for name, programme in names if name in folded]
        if hits:
            programmes = {programme for length, programme in hits if length == max(hits)[0]}
            return programmes.pop() if len(programmes) == 1 else None
    return None


def is_about_people(table: Table, catalogue: Catalogue) -> bool:
    """Whether a table has a heading that identifies people or households."""
    return any(catalogue.target(header) in _WHO for header in table.headers)


def has_unheaded_people(table: Table, columns: Sequence[ColumnMeaning]) -> bool:
    """Whether a column that has no heading and is not used has valid ID numbers in it."""
    unused = [column.position for column in columns if not column.header and column.target is None]
    return any(
        read_id_number(cell).number for place in unused for cell in _list_filled_cells(table, place)
    )


def is_of_each(column: ColumnMeaning, pack: Pack) -> bool:
    """Whether the value of a cell merged over several rows applies to each of these rows.

    It does for the community, for a yes or no and for a choice. An amount would be counted twice.
    """
    fact = pack.facts.get(column.target or "")
    return column.target == "community" or (fact is not None and fact.type in ("yes_no", "choice"))
