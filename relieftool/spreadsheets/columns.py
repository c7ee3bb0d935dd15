"""Finds the meaning of each column of a table.

A column whose meaning is not certain is not used; its cells stay in the stored row. Similar names
are only suggested to the user.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, pairwise

from relieftool.pack.models import Pack
from relieftool.pack.programme_names import is_kind_of_aid
from relieftool.spreadsheets.benefit_columns import find_benefit_of_days, give_days
from relieftool.spreadsheets.column_names import (
    Catalogue,
    HeadingMatch,
    MatchesByPosition,
    build_catalogue,
    find_years,
)
from relieftool.spreadsheets.grid import is_figure
from relieftool.spreadsheets.rows import find_keys, has_plain_names
from relieftool.spreadsheets.tables import Table
from relieftool.values.benefit_days import is_day_heading
from relieftool.values.headings import OwnerRole, find_role, read_heading
from relieftool.values.id_numbers import read_id_number
from relieftool.values.names import can_split_people, clean_name
from relieftool.values.payments import are_states, is_state_heading
from relieftool.values.text import Cell, drop_spaces, is_empty_cell, plain_text
from relieftool.values.vocabulary import (
    are_head_marks,
    are_relations,
    is_chinese_name,
    is_relation,
    list_words,
    match_words,
)

ROSTER_WORDS = tuple(list_words("lists")["rosters"])
_COMMUNITY_ENDING = re.compile(f"(?:{match_words('around_tables')['communities']}|村)$")
# What belongs to the owner of the name before it, besides the facts of members.
_PERSONAL = frozenset({"id_number", "relation", "phone"})
_OF_ANYBODY = ("sex", "birth_date", "stated_age")
_OWN_WORDS = ("本人", "个人")
# Whose names may stand under a heading without a noun, such as 救助对象.
_UNNAMED = ("group", "member", "dead")
# What stays of the whole row in the block of the head.
_WHOLE = ("head_name", "head_id_number", "id_number", "relation", "phone")
_ROWS_LOOKED_AT = 1000
_NAMES = ("name", "head_name")


@dataclass(frozen=True)
class ColumnMeaning:
    """One column of a table: its position from 0, its heading and its meaning.

    `target` is a fact, `receipt.` with a programme, or a fixed name such as `id_number`; None if
    the column is not used. `place` is the number of the member, in a row with several members;
    otherwise None. `scale` is the unit stated in the heading, such as yuan, month or wan/year; None
    if it states none. `near` are known names that resemble the heading of an unknown column, or
    mean the fact that the cells show. `is_assumed`: the cells show the meaning, not the heading.
    `covers` is the year or month that the heading states for its cells, if any. `is_scattered`, of
    the first column: households of the table have rows apart from each other. `also` is a second
    meaning that the user stated: kind and grade may be in one cell.
    """

    position: int
    header: str
    target: str | None
    place: int | None = None
    scale: str | None = None
    near: tuple[str, ...] = ()
    is_assumed: bool = False
    covers: str | None = None
    is_scattered: bool = False
    also: str | None = None


@lru_cache(maxsize=4)
def build_pack_catalogue(pack: Pack) -> Catalogue:
    """Return the catalogue of column names, with those of this pack's facts and programmes."""
    return build_catalogue(pack.facts.values(), pack.programmes.values())


def map_columns(table: Table, catalogue: Catalogue) -> tuple[ColumnMeaning, ...]:
    """Return the meaning of each column of a table.

    Of several columns with the same meaning, that with the best name is used. Another one is used
    too, and compared with it row by row, if no column of names is between them and it states a
    benefit, a fact that is not a text, or an amount under an equally good name.
    """
    matched = catalogue.match_all(table.headers)
    known = _set_aside(table, _find_head_marks(table, matched))
    found = _decide_by_cells(table, known, catalogue)
    # The order matters: each step relies on the members and heads found by the steps before it.
    for refine in (
        _number_unheaded_members,
        _drop_joined_names,
        _drop_lone_numbers,
        _number_repeated_members,
    ):
        found = refine(table, found)
    found = _assign_blocks(table, found, catalogue)
    for refine in (_separate_head, _choose_person, _drop_facts_of_head):
        found = refine(table, found)
    found = give_days(table.headers, find_years(found, table.covers))
    best = _choose_best(found)
    kept = best | _find_compared(table, found, best, catalogue)
    used = [match if place in kept else None for place, match in enumerate(found)]
    aside = {place for place, match in enumerate(matched) if known[place] != match}
    return tuple(
        _describe_column(
            place, header, used[place], _list_near(table, used, place, catalogue, aside)
        )
        for place, header in enumerate(table.headers)
    )


def _find_head_marks(table: Table, found: MatchesByPosition) -> MatchesByPosition:
    """Return the matches; 户主 beside names is no name where its cells only mark the head."""
    place = find_keys(table.headers).marked
    if place is None or not are_head_marks(islice(_list_column(table, place), _ROWS_LOOKED_AT)):
        return found
    return [*found[:place], HeadingMatch("is_head", 0), *found[place + 1 :]]


def _set_aside(table: Table, found: MatchesByPosition) -> MatchesByPosition:
    """Drop 死者 beside others, the columns of years that are over (see `is_over`), and the like.

    Beside an applicant, the names of the dead stay: for them a funeral subsidy is paid. A rate such
    as 补贴标准 is what was paid only where nothing else is. Nobody is called by a figure.
    """
    is_paid = any(
        match
        and (_is_of_receipt(match, header) or (match.target == "amount" and not match.is_rate))
        for header, match in zip(table.headers, found, strict=True)
    )
    found = [None if match and is_paid and match.is_rate else match for match in found]
    named = {match.role for match in found if match and match.target in ("name", "head_name")}
    is_beside = (bool(named) and "dead" not in named) or any(
        match and match.target in ("head_name", "head_id_number") and not _is_applicant(header)
        for header, match in zip(table.headers, found, strict=True)
    )
    found = [
        None if match and match.target in _NAMES and _are_figures(table, place) else match
        for place, match in enumerate(found)
    ]
    return [
        match if match and not (is_beside and match.role == "dead") else None
        for match in (match and (None if match.is_over(table.covers) else match) for match in found)
    ]


def _is_of_receipt(match: HeadingMatch, header: str) -> bool:
    """Whether a column may hold the amount of a benefit, not only its state or its days."""
    is_of_state = is_state_heading(header) or is_day_heading(header)
    return match.target.startswith("receipt.") and not is_of_state


def _are_figures(table: Table, position: int) -> bool:
    """Whether there are figures alone in a column such as 户主, which nobody is called."""
    cells = [] if "名" in table.headers[position] else _list_first_cells(table, position)
    return bool(cells) and all(map(is_figure, cells))


def _is_applicant(header: str) -> bool:
    """Whether a heading names the applicant and does not say that it is the head of household."""
    name = read_heading(header).name
    return "申请人" in name and "户主" not in name


def _describe_column(
    position: int, header: str, found: HeadingMatch | None, near: tuple[str, ...]
) -> ColumnMeaning:
    if found is None:
        return ColumnMeaning(position, header, None, near=near)
    return ColumnMeaning(
        position,
        header,
        found.target,
        found.place,
        found.scale,
        near=near,
        is_assumed=found.is_assumed,
        covers=found.covers,
    )


def _list_near(
    table: Table, used: MatchesByPosition, place: int, catalogue: Catalogue, aside: Collection[int]
) -> tuple[str, ...]:
    """Return what a column may be that is not used, or is by its cells alone."""
    header, found = table.headers[place], used[place]
    if found is not None:
        return catalogue.list_choice_names(found) if found.is_assumed else ()
    match = catalogue.match(header)
    is_of_days = match is not None and match.target == "paid_state"
    if is_of_days and (benefit := find_benefit_of_days(table.headers, used, place)):
        return (f"{catalogue.name_benefit(benefit)}{header}",)
    is_named = header.strip() and (match is None or match.is_assumed or place in aside)
    return catalogue.nearest(header) if is_named else ()


def _find_positions(found: MatchesByPosition, target: str) -> list[int]:
    """Return the positions of the columns with this target that do not number a member."""
    return [
        position
        for position, match in enumerate(found)
        if match and match.target == target and match.place is None
    ]


def _decide_by_cells(
    table: Table, found: MatchesByPosition, catalogue: Catalogue
) -> MatchesByPosition:
    """Keep an assumed meaning only if the cells show it and no certain column has that meaning.

    Beside the names of heads, other names need ID numbers of their own, or rows that show the
    members of each head. If no heading is certainly
    of names, a heading such as 救助对象 is, if its cells are names. Then the columns whose headings
    begin with the same owner are kept too.
    """
    decided = [None if match and match.is_assumed else match for match in found]
    certain = {match.target for match in _assign_blocks(table, decided, catalogue) if match}
    assumed = _list_assumed(table, found, certain, catalogue)
    shown = {
        place
        for place, match in assumed.items()
        if _shows_cells_of(match.target, table, place, catalogue)
    }
    numbered = {assumed[place].owner for place in shown if assumed[place].target == "id_number"}
    refused: set[str] = set()
    for place in sorted(assumed, key=lambda place: (assumed[place].target != "name", place)):
        match = assumed[place]
        is_beside = match.target == "name" and "head_name" in certain
        is_own = match.owner in numbered or (is_beside and _lists_members(table, decided, place))
        is_taken = match.target in certain or (is_beside and not is_own)
        if is_taken or place not in shown or (match.owner and match.owner in refused):
            refused |= {match.owner} if match.target == "name" else set()
        else:
            decided[place] = match
            certain.add(match.target)
    owners = {match.owner for match in decided if match and match.is_assumed} - {""}
    return [
        match
        or next((fact for owner in owners if (fact := catalogue.match_after(owner, header))), None)
        for header, match in zip(table.headers, decided, strict=True)
    ]


def _lists_members(table: Table, found: MatchesByPosition, position: int) -> bool:
    """Whether names before a column of ID numbers are those of each head and of other members.

    Heads are named on several rows, with another number on each, and one of these is their own.
    """
    number = found[position + 1] if position + 1 < len(found) else None
    heads = _find_positions(found, "head_name")
    if number is None or number.target != "id_number" or not heads:
        return False
    homes: dict[Cell, list[Sequence[Cell]]] = {}
    for cells in islice(list_people_rows(table), _ROWS_LOOKED_AT):
        homes.setdefault(cells[heads[0]], []).append(cells)
    several = [rows for head, rows in homes.items() if len(rows) > 1 and not is_empty_cell(head)]
    are_apart = all(len({cells[position + 1] for cells in rows}) == len(rows) for rows in several)
    own = [rows for rows in several if any(row[position] == row[heads[0]] for row in rows)]
    return are_apart and len(own) * 2 > len(several)


def _list_assumed(
    table: Table, found: MatchesByPosition, certain: Collection[str], catalogue: Catalogue
) -> dict[int, HeadingMatch]:
    """Return what the cells of each column may show, beside the targets that are certain."""
    assumed = {place: match for place, match in enumerate(found) if match and match.is_assumed}
    is_paying = "amount" in certain and not catalogue.programmes.names_other_payment(
        (table.title, table.sheet)
    )
    for place, header in enumerate(table.headers):
        leaf = read_heading(header.rpartition("/")[2]).bare
        if is_paying and is_kind_of_aid(leaf):
            if found[place] is None or place in assumed or is_kind_of_aid(leaf, of_people=True):
                assumed[place] = HeadingMatch("programme", 0, is_assumed=True)
            continue
        if found[place] is not None or not header:
            continue
        is_beside = place + 1 < len(found) and _is_own_number(found[place + 1])
        role = find_role(read_heading(header).name)
        is_person = role in _UNNAMED or (is_beside and role != "other")
        if is_person and not {"name", "head_name"} & set(certain):
            assumed[place] = HeadingMatch("name", 0, role="group", owner=header)
        elif is_paying and are_states(header, set(list_filled_cells(table, place))):
            assumed[place] = HeadingMatch("paid_state", 0, is_assumed=True)
        elif choice := catalogue.find_choice(header, _list_first_cells(table, place)):
            assumed[place] = HeadingMatch(choice, 0, is_assumed=True)
        elif "relation" not in certain:
            assumed[place] = HeadingMatch("relation", 0, is_assumed=True)
    return assumed


def _is_own_number(match: HeadingMatch | None) -> bool:
    """Whether a column surely has the ID numbers of the rows' people."""
    return match is not None and match.target == "id_number" and not match.is_assumed


def _shows_cells_of(target: str, table: Table, position: int, catalogue: Catalogue) -> bool:
    """Whether most filled cells of a column fit this meaning; of relations, all."""
    if target == "relation":
        return are_relations(islice(_list_column(table, position), _ROWS_LOOKED_AT))
    cells = list_filled_cells(table, position)
    if target.endswith("id_number"):
        fitting = [cell for cell in cells if read_id_number(cell).number]
    elif target == "paid_state" or target in catalogue.choices:
        return True  # it was assumed by its cells
    elif target == "amount":
        return bool(cells) and all(map(is_figure, cells))
    elif target == "programme":
        # rows of other aid are told one by one
        find = catalogue.programmes.find_in_cell
        return sum(find(plain_text(cell)) is not None for cell in cells) * 2 >= len(cells) > 0
    elif target == "community":
        fitting = [cell for cell in cells if _COMMUNITY_ENDING.search(drop_spaces(cell))]
    else:
        # the same few names in many rows are those of officials
        is_varied = len(set(cells)) * 2 >= len(cells)
        fitting = [cell for cell in cells if is_varied and is_chinese_name(clean_name(cell))]
    return len(fitting) * 2 > len(cells)


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
    words = list_filled_cells(table, position)
    has_words_before = (
        position > 0
        and _is_unheaded(table, found, position - 1)
        and any(not is_figure(cell) for cell in list_filled_cells(table, position - 1))
    )
    if all(map(is_relation, words)):
        return position - 1 if has_words_before else None
    return None if has_words_before else position


def list_filled_cells(table: Table, position: int) -> list[Cell]:
    """Return the filled cells of a column, from rows of people only."""
    return [cell for cell in _list_column(table, position) if not is_empty_cell(cell)]


def _list_first_cells(table: Table, position: int) -> list[Cell]:
    """Return the filled cells of a column in the first rows of people."""
    first = islice(_list_column(table, position), _ROWS_LOOKED_AT)
    return [cell for cell in first if not is_empty_cell(cell)]


def _list_column(table: Table, position: int) -> Iterator[Cell]:
    """Return the cells of a column, from rows of people only."""
    return (cells[position] for cells in list_people_rows(table))


def list_people_rows(table: Table) -> Iterator[Sequence[Cell]]:
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
    pairs = (cells[position : position + 2] for cells in list_people_rows(table))
    filled = [pair for pair in pairs if not all(map(is_empty_cell, pair))]
    return bool(filled) and all(
        isinstance(name, str) and not is_figure(name) and read_id_number(number).number
        for name, number in filled
    )


def _drop_joined_names(table: Table, found: MatchesByPosition) -> MatchesByPosition:
    """Drop a column with several names in a cell, as 家庭成员 may have, if they cannot be split."""
    numbers = _find_positions(found, "id_number")
    return [
        None
        if match and match.target == "name" and not _can_split(table, place, numbers)
        else match
        for place, match in enumerate(found)
    ]


def _can_split(table: Table, position: int, ids: Sequence[int]) -> bool:
    """Whether most cells with several names, if there are any, have as many ID numbers beside."""
    if has_plain_names(table.rows, position):
        return True
    number = next((place for place in ids if place > position), position)
    pairs = ((cells[position], cells[number]) for cells in list_people_rows(table))
    return can_split_people(pairs, has_numbers=number != position)


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


def _assign_blocks(
    table: Table, found: MatchesByPosition, catalogue: Catalogue
) -> MatchesByPosition:
    """Assign a plain column, such as 身份证号 or 性别, to the owner of the name column before it.

    A relative's or official's column is dropped. After a numbered name, the columns get its number.
    A column under another parent heading than the name is left as it is.
    """
    placed = list(found)
    block: HeadingMatch | None = None
    opened_under = ""
    is_name = [bool(match and match.target in ("name", "head_name")) for match in found]
    named = [match.owner for match, is_of in zip(found, is_name, strict=True) if match and is_of]
    owners = tuple(filter(None, named))  # 居民身份证号 beside 居民姓名 is no agent's
    for position, header in enumerate(table.headers):
        match, parent = found[position], header.rpartition("/")[0]
        owner = catalogue.find_named(header) if header and match is None else None
        if match and is_name[position]:
            block, opened_under = replace(match, owner=match.owner or str(position)), parent
            placed[position] = block
        elif owner is not None:
            role: OwnerRole = "other" if owner.role == "dead" else owner.role
            block = HeadingMatch("other", 0, role=role, owner=owner.word)
            opened_under = parent
        elif (
            match
            and block
            and parent == opened_under
            and _is_plain(match, header, catalogue)
            and not header.startswith(owners)
        ):
            is_last = not any(is_name[position:])
            is_second = any(
                earlier and earlier.target == match.target for earlier in placed[:position]
            )
            placed[position] = _give_to(block, match, is_last=is_last, is_second=is_second)
    return _drop_lone_places(found, placed)


def _drop_lone_places(found: MatchesByPosition, placed: MatchesByPosition) -> MatchesByPosition:
    """Return the matches, where a fact is numbered only if several members have it.

    After the last member's columns, columns about the whole household may follow.
    """
    keys = Counter((match.target, match.place) for match in placed if match)
    members = Counter(target for target, place in keys if place)
    return [
        before
        if after
        and before
        and after.place != before.place
        and (keys[after.target, after.place] > 1 or members[after.target] < min(2, members["name"]))
        else after
        for before, after in zip(found, placed, strict=True)
    ]


def _is_plain(match: HeadingMatch, header: str, catalogue: Catalogue) -> bool:
    """Whether a heading is about a person without naming the person, such as 身份证号."""
    is_personal = match.target in _PERSONAL or match.target in catalogue.member_facts
    is_of_row = header.rpartition("/")[2].startswith(_OWN_WORDS)
    return is_personal and match.role == "plain" and match.place is None and not is_of_row


def _give_to(
    block: HeadingMatch, match: HeadingMatch, *, is_last: bool, is_second: bool
) -> HeadingMatch | None:
    """Return a plain column assigned to the block's owner; None if that is a relative or official.

    `is_last`: no further names follow, so the column may be about the row's person again. After a
    guardian it is, unless it is a detail such as a phone number; after a head it is, unless there
    was such a column before (`is_second`).
    """
    if block.role == "other":
        return match if is_last and match.target not in (*_PERSONAL, *_OF_ANYBODY) else None
    if match.target == "phone" and block.place:
        return match  # of a household whose members are in its row
    if block.role == "head" and (match.target == "relation" or (is_last and not is_second)):
        return match  # nobody states the head's relation to the head; it is the member's
    return replace(match, role=block.role, owner=block.owner, place=block.place)


def _separate_head(table: Table, found: MatchesByPosition) -> MatchesByPosition:
    """Find the columns of the head of household, also if their headings do not name the head.

    In 姓名 … 家庭成员姓名 the first name is the head's. Beside numbered columns such as 成员一姓名,
    the columns without a number are the head's. An applicant beside a head with an ID number is a
    person of their own.
    """
    heads, names = _find_positions(found, "head_name"), _find_positions(found, "name")
    has_members = _has_places(found) or (len(names) > 1 and "成员" in table.headers[names[1]])
    if not heads and names and has_members and "成员" not in table.headers[names[0]]:
        heads, found = names[:1], _rename_block(found, names[0], "head_name")
    if not heads:
        return found
    ranks = {place: match.rank for place in heads if (match := found[place])}
    head, *applicants = sorted(heads, key=lambda place: (ranks[place], place))
    for place in applicants:
        has_number = any(
            _is_same_owner(found, place, at) for at in _find_positions(found, "id_number")
        )
        found = _rename_block(found, place, "name" if has_number else None)
    return [
        replace(match, is_of_head=True)
        if match and _is_same_owner(found, head, place) and match.target not in _WHOLE
        else match
        for place, match in enumerate(_separate_number(found, head))
    ]


def _is_same_owner(found: MatchesByPosition, first: int, second: int) -> bool:
    """Whether the same person owns two columns."""
    owners = [match.owner if (match := found[place]) else None for place in (first, second)]
    return owners[0] is not None and owners[0] == owners[1]


def _separate_number(found: MatchesByPosition, head: int) -> MatchesByPosition:
    """Find the head's ID number: in 户主姓名 身份证号 姓名 身份证号 the first, for instance.

    Where a row has only one ID number, it is that of the row's person.
    """
    numbers, names = _find_positions(found, "id_number"), _find_positions(found, "name")
    own = [place for place in numbers if _is_same_owner(found, head, place)]
    later = [place for place in numbers if place > head]
    if later and (_has_places(found) or (names and later[0] < names[0] < later[-1])):
        own = later
    elif not names or len(own) == len(numbers):
        own = []
    if not own or _find_positions(found, "head_id_number"):
        return found
    separated = list(found)
    separated[own[0]] = HeadingMatch("head_id_number", 0, role="head")
    return separated


def _rename_block(found: MatchesByPosition, name: int, target: str | None) -> MatchesByPosition:
    """Return the matches with another meaning of a name column; None drops its whole block."""
    role: OwnerRole = "head" if target == "head_name" else "member"
    renamed = [
        (replace(match, role=role) if target else None)
        if match and _is_same_owner(found, name, place)
        else match
        for place, match in enumerate(found)
    ]
    if target and (match := renamed[name]):
        renamed[name] = replace(match, target=target)
    return renamed


def _choose_person(table: Table, found: MatchesByPosition) -> MatchesByPosition:
    """Drop the columns of people who are named in the row but are not its person.

    In a list of payments, the person for whom a benefit is meant (老人姓名) comes before a member.
    """
    names = _find_positions(found, "name")
    if len(names) <= 1:
        return found
    pays = any(match and match.target in ("amount", "programme") for match in found)
    is_roster = pays or any(word in table.title for word in ROSTER_WORDS)

    found_names = [(place, match) for place in names if (match := found[place])]
    _place, person = min(
        found_names,
        key=lambda name: (
            is_roster and name[1].role not in ("group", "dead"),
            name[1].rank,
            name[0],
        ),
    )
    others = {match.owner for _place, match in found_names} - {person.owner}
    return [None if match and match.owner in others else match for match in found]


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
        and _is_compared(match, found[first := firsts[match.target, match.place]], catalogue)
        and not any(min(first, place) < name < max(first, place) for name in other_names)
    }


def _is_compared(match: HeadingMatch, best: HeadingMatch | None, catalogue: Catalogue) -> bool:
    """Whether a column is used besides the best column of the same meaning.

    A column of amounts is used only if its name is as good as the best: 实发金额 is better than
    金额. For figures and benefits, all names are equally good.
    """
    if match.target == "amount":
        return best is not None and match.rank == best.rank
    return match.target in catalogue.figures or match.target.startswith(("receipt.", "paid_state"))
