"""What each column of a table means, and what kind of table it is.

A column that is not known for certain maps to nothing; its cells stay in the source row. Similar
names are only suggested, never used.
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
_SEPARATORS = "、，,;；/"
_RELATION = re.compile(
    r"(?:户主|本人|配偶|妻子?|丈?夫|[长次三四五]?(?:儿?子|女儿?|媳|婿)|儿媳妇?|女婿|外?孙[子女]?|外?祖[父母]"
    r"|父亲?|母亲?|岳[父母]|公公|婆婆|哥|弟|姐|妹|兄弟|姐妹|侄[子女]|其他)"
)
_WHO = ("head_name", "name", "id_number", "head_id_number", "household_no")


@dataclass(frozen=True)
class ColumnMeaning:
    """One column of a table and what it means.

    `target` is None if the column is not known. `place` is the member that a repeated column is
    about. `scale` is the unit that the header states: yuan, wan, month, wan/year; None if none.
    `near` are known names similar to the header of an unknown column.
    """

    position: int
    header: str
    target: str | None
    place: int | None = None
    scale: str | None = None
    near: tuple[str, ...] = ()


def build_pack_catalogue(pack: Pack) -> Catalogue:
    """Return the catalogue of the names of this pack's facts and programmes."""
    return build_catalogue(pack.facts.values(), pack.programmes.values())


def map_columns(table: Table, catalogue: Catalogue) -> tuple[ColumnMeaning, ...]:
    """Return what each column of a table means.

    Of two columns with one meaning only the better is used. Two that state the same fact, benefit
    or amount under equally good names are both kept, to be compared row by row.
    """
    found = [catalogue.match(header) for header in table.headers]
    # The order matters: each step relies on the places and heads that those before it settled.
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


MatchesByPlace = list[HeadingMatch | None]


def _find_positions(found: MatchesByPlace, target: str) -> list[int]:
    """Return the columns with this target that are not about a numbered member."""
    return [
        position
        for position, match in enumerate(found)
        if match and match.target == target and match.place is None
    ]


def _number_unheaded_members(table: Table, found: MatchesByPlace) -> MatchesByPlace:
    """Number the members in columns without headings: a name, then an ID number.

    Only valid ID numbers prove such a pair; a relation may be between name and number. With other
    words before a pair it is not clear which column has the name, and nothing is numbered. The
    first pair may have the heading 家庭成员.
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


def _find_names_of_pair(table: Table, found: MatchesByPlace, position: int) -> int | None:
    """Return the column with the names, if ID numbers are right of `position`; None if unproven."""
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
    """Return the cells of a column that are filled in the rows of people."""
    cells = (cells[position] for cells in _list_people_rows(table))
    return [cell for cell in cells if not is_empty_cell(cell)]


def _list_people_rows(table: Table) -> Iterator[tuple[Cell, ...]]:
    """Return the cells of the rows of people."""
    return (row.cells for row in table.rows if row.role in ("first", "continuation"))


def _is_unheaded(table: Table, found: MatchesByPlace, position: int) -> bool:
    """Whether a column has no heading, or one over all members such as 家庭成员."""
    header, match = table.headers[position], found[position]
    is_over_members = match is not None and match.target == "name" and "成员" in header
    return not header or is_over_members


def _is_unheaded_pair(table: Table, found: MatchesByPlace, position: int) -> bool:
    """Whether a column without heading has names and the next one their ID numbers."""
    if table.headers[position + 1] or not _is_unheaded(table, found, position):
        return False
    pairs = (cells[position : position + 2] for cells in _list_people_rows(table))
    filled = [pair for pair in pairs if not all(map(is_empty_cell, pair))]
    return bool(filled) and all(
        isinstance(name, str) and not is_figure(name) and read_id_number(number).number
        for name, number in filled
    )


def _drop_joined_names(table: Table, found: MatchesByPlace) -> MatchesByPlace:
    """Drop a name column whose cells have several names each, as 家庭成员 may."""
    return [
        None if match and match.target == "name" and _has_joined_names(table, position) else match
        for position, match in enumerate(found)
    ]


def _has_joined_names(table: Table, position: int) -> bool:
    return any(
        isinstance(cell, str) and any(sign in cell for sign in _SEPARATORS)
        for cell in (cells[position] for cells in _list_people_rows(table))
    )


def _drop_lone_numbers(_table: Table, found: MatchesByPlace) -> MatchesByPlace:
    """Drop 姓名1, 身份证号1 and so on unless several names are numbered like that."""
    names = [match for match in found if match and match.is_numbered and match.target == "name"]
    if len(names) > 1:
        return found
    return [None if match and match.is_numbered else match for match in found]


def _number_repeated_members(table: Table, found: MatchesByPlace) -> MatchesByPlace:
    """Number the members of a row whose name column is repeated: 姓名 关系 姓名 关系."""
    starts = _find_repeated_names(table, found)
    if not starts:
        return found
    # Columns about the household may follow those of the last member, so they are counted off.
    width = min(following - start for start, following in pairwise(starts))
    ends = [*starts[1:], starts[-1] + width]
    placed = list(found)
    for place, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
        for position in range(start, min(end, len(found))):
            match = found[position]
            placed[position] = match and replace(match, place=match.place or place)
    return placed


def _find_repeated_names(table: Table, found: MatchesByPlace) -> list[int]:
    """Return the columns of a repeated name header that are each followed by the same column.

    A second 姓名 followed by something else may be the payee's and is no second member's.
    """
    names = _find_positions(found, "name")
    leaves = [read_heading(table.headers[place].rpartition("/")[2]).name for place in names]
    repeated = [place for place, leaf in zip(names, leaves, strict=True) if leaves.count(leaf) > 1]
    nexts = [found[place + 1] if place + 1 < len(found) else None for place in repeated]
    targets = {match and match.target for match in nexts}
    is_of_members = len(targets) == 1 and not targets & {None, "name"}
    return repeated if is_of_members and not _has_places(found) else []


def _has_places(found: MatchesByPlace) -> bool:
    """Whether a row has several members, in numbered columns."""
    return any(match and match.place and match.target == "name" for match in found)


def _separate_head(table: Table, found: MatchesByPlace) -> MatchesByPlace:
    """Map the head's name and number apart from the member's where the headers are the same.

    Of 姓名 and a later 家庭成员姓名 the first is the head's; of 户主姓名 身份证号 姓名 身份证号 the
    first number is the head's; beside 成员一姓名 … the columns without a place are the head's.
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


def _drop_facts_of_head(_table: Table, found: MatchesByPlace) -> MatchesByPlace:
    """Drop the head's facts where each member has a row: they are not that member's."""
    if not _find_positions(found, "name"):
        return found
    return [None if match and match.is_of_head else match for match in found]


def _choose_best(found: MatchesByPlace) -> set[int]:
    """Return one column for each target and place: the one with the better name, then the first."""
    best: dict[tuple[str, int | None], tuple[int, int]] = {}
    for position, match in enumerate(found):
        if match is not None:
            key = (match.target, match.place)
            best[key] = min(best.get(key, (match.rank, position)), (match.rank, position))
    return {position for _rank, position in best.values()}


def _find_compared(
    table: Table, found: MatchesByPlace, best: set[int], catalogue: Catalogue
) -> set[int]:
    """Return the columns that are kept to be compared with the best one of the same meaning."""
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
    """Whether a second column of one meaning is used too.

    Among columns of amounts the better name wins (实发金额 over 金额); names of a fact are equal.
    """
    if match.target == "amount":
        return best is not None and match.rank == best.rank
    return match.target in catalogue.figures or match.target.startswith("receipt.")


def _has_name_between(first: int, second: int, other_names: Iterable[int]) -> bool:
    """Whether another person's name is between two columns, so that the second is about them."""
    return any(min(first, second) < place < max(first, second) for place in other_names)


def find_table_kind(
    table: Table, columns: Sequence[ColumnMeaning], pack: Pack, file_name: str = ""
) -> tuple[TableKind, str | None]:
    """Return what a table is: households (and members), or the roster of a programme.

    A roster with None has several programmes, named in its rows or columns. A table without any
    known column is unknown.
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
    """Return the programme named by the first of these texts that names any.

    The longest name counts; None if it belongs to several programmes.
    """
    names = [
        (read_heading(name).name, programme.id)
        for programme in pack.programmes.values()
        for name in programme.roster_names
    ]
    for text in texts:
        seen = read_heading(text).name
        hits = [(len(name), programme) for name, programme in names if name in seen]
        if hits:
            programmes = {programme for length, programme in hits if length == max(hits)[0]}
            return programmes.pop() if len(programmes) == 1 else None
    return None


def is_about_people(table: Table, catalogue: Catalogue) -> bool:
    """Whether a table has a heading that identifies people or households."""
    return any(catalogue.target(header) in _WHO for header in table.headers)


def has_unheaded_people(table: Table, columns: Sequence[ColumnMeaning]) -> bool:
    """Whether there are valid ID numbers in a column that has no heading and is not used."""
    unused = [column.position for column in columns if not column.header and column.target is None]
    return any(
        read_id_number(cell).number for place in unused for cell in _list_filled_cells(table, place)
    )


def is_of_each(column: ColumnMeaning, pack: Pack) -> bool:
    """Whether a cell merged over several rows holds for each of them.

    The community, a yes or no and a choice do; an amount does not, or it would be counted twice.
    """
    fact = pack.facts.get(column.target or "")
    return column.target == "community" or (fact is not None and fact.type in ("yes_no", "choice"))
