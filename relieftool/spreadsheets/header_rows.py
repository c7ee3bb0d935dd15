"""Finds the headers on a sheet: their rows, and the full heading of each column.

A header may have several rows. A parent is a heading that covers several columns of the row below:
its cell is merged across, or blank cells follow it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from relieftool.spreadsheets.column_names import LONGEST_HEADER, build_identity_catalogue
from relieftool.spreadsheets.grid import Grid, are_column_signs, is_figure, list_filled_places
from relieftool.values.id_numbers import read_id_number
from relieftool.values.periods import has_time
from relieftool.values.text import Cell, drop_spaces, is_empty_cell, simplify_characters
from relieftool.values.units import find_unit_above
from relieftool.values.vocabulary import list_cell_words, list_words

IsKnownHeading = Callable[[str], bool]
_MOST_HEADER_ROWS = 4
_FEWEST_KNOWN = 2
_FEWEST_KNOWN_AGAIN = 3
_FEWEST_MONTHS, _MONTHS = 3, 12
_OF_BENEFITS = {"programme", "receives"}
_LONGEST_PARENT = 20
_MOST_COLUMNS = 1 << 14
_ROWS_LOOKED_AT = 60
_ABOUT = re.compile(r"[:：]|(?:表|册|名单|台账)$|^附件")
_HINTS = tuple(list_words("around_tables")["column_hints"])


@dataclass(frozen=True)
class HeaderRows:
    """The rows of a header, and its full headings by column of the sheet.

    `group` is the heading over all columns of one of several lists side by side.
    """

    rows: range
    texts: dict[int, str]
    group: str = ""


_A_MONTH = re.compile(r"(?:20)?(?:\d\d年)?(?:[1-9]|1[0-2])月份?")


def find_headers(grid: Grid, known: IsKnownHeading) -> list[HeaderRows]:
    """Return the header of each table on a sheet, from top to bottom.

    If no row has two known headings, the header is guessed, so that the user can be shown which
    headings were found. The list is empty if nothing looks like a header.
    """
    scores = {
        row: score
        for row, cells in enumerate(grid.rows)
        if (score := _score(cells, row, known)) > 1
    }
    if not scores:
        return _guess_headers(grid, known)
    # Not simply the best row: the first header may have fewer known headings than a later header.
    best = max(scores.values())
    first = next(row for row, score in scores.items() if score * 2 >= best)
    headers = [_grow_header(grid, first, known)]
    for row, score in scores.items():
        # A row about a person may contain a few known words, so a later header needs more of them.
        is_strong = score >= max(_FEWEST_KNOWN_AGAIN, len(grid.filled(row)) / 2)
        if row > headers[-1].rows[-1] and is_strong:
            headers.append(_grow_header(grid, row, known, headers[-1].rows[-1] + 1))
    return headers


def split_side_by_side(grid: Grid, header: HeaderRows) -> list[tuple[HeaderRows, range]]:
    """Return the headers of lists side by side, each with its columns; usually there is one list.

    Headings that come again as a whole are those of a second list if each list has its own serial
    numbers or payments, or if a blank column is between them. With a column of relations, they are
    a household's members. The first list may have serial numbers for all. Each list may have a
    heading of its own over all its columns, as 80-89岁.
    """
    columns = list(header.texts)
    groups = {column: header.texts[column].rpartition("/")[0] for column in columns}
    if len({*groups.values()} - {""}) > 1:
        leaves = {column: text.rpartition("/")[2] for column, text in header.texts.items()}
        found = split_side_by_side(grid, replace(header, texts=leaves))
        named = [[*dict.fromkeys(groups[column] for column in part.texts)] for part, _ in found]
        # a heading over a part of a list is no heading of a list, nor is that of a relative
        is_each = all(len(names) == 1 and not _is_of_member(*names) for names in named[1:])
        if len(found) > 1 and is_each:
            grouped = zip(found, named, strict=True)
            return [(replace(part, group=names[-1]), at) for (part, at), names in grouped]
    for lead in range(min(2, len(columns))):
        texts = [header.texts[column] for column in columns[lead:]]
        starts = [place for place, text in enumerate(texts) if text == texts[0]]
        lists = [texts[start:end] for start, end in pairwise([*starts, len(texts)])]
        firsts = [columns[start + lead] for start in starts]
        if len(lists) > 1 and _are_lists(lists, grid, header.rows, firsts):
            ends = [*firsts[1:], _MOST_COLUMNS]
            parts = [range(*part) for part in pairwise([columns[0], *ends])]
            return [
                (replace(header, texts={c: header.texts[c] for c in columns if c in part}), part)
                for part in parts
            ]
    start = _find_list_of_benefits(grid, header.rows, header.texts)
    if start is None:
        return [(header, range(_MOST_COLUMNS))]
    parts = [range(columns[0], start), range(start, _MOST_COLUMNS)]
    return [
        (replace(header, texts={at: text for at, text in header.texts.items() if at in part}), part)
        for part in parts
    ]


def _find_list_of_benefits(grid: Grid, rows: range, texts: dict[int, str]) -> int | None:
    """Return where, behind a blank column, a list of who receives what begins; None if nowhere.

    Both lists have a column of names, and only the second one of benefits.
    """
    for before, column in pairwise(texts):
        if column - before == 1 or not _is_blank_column(grid, column - 1, rows):
            continue
        meant = {at: build_identity_catalogue().target(text) for at, text in texts.items()}
        left = {target for at, target in meant.items() if at < column}
        right = {target for at, target in meant.items() if at >= column}
        is_named = not left.isdisjoint(("name", "head_name")) and "name" in right
        if (
            is_named
            and right & _OF_BENEFITS
            and not left & _OF_BENEFITS
            and "relation" not in right
        ):
            return column
    return None


def _are_lists(
    lists: Sequence[Sequence[str]], grid: Grid, rows: range, firsts: Sequence[int]
) -> bool:
    """Whether repeated headings are those of lists side by side, not of a household's members.

    `firsts` are the first columns of the lists, `rows` the rows of the header.
    """
    targets = [build_identity_catalogue().target(text) for text in lists[0]]
    is_same = all(lists[0][: len(other)] == other and len(other) > 1 for other in lists)
    if (
        not is_same
        or "relation" in targets
        or {"name", "head_name", "id_number"}.isdisjoint(targets)
    ):
        return False
    is_apart = all(_is_blank_column(grid, column - 1, rows) for column in firsts[1:])
    return is_apart or not {"serial", "amount"}.isdisjoint(targets)


def _is_of_member(group: str) -> bool:
    """Whether a heading over several columns is of one member of a household: 配偶, 成员2."""
    words = {*list_cell_words("head"), *list_cell_words("relation")}
    named = group.removesuffix("信息").removesuffix("情况").rstrip("0123456789一二三四五六七八九十")
    return named in words or "成员" in named or "监护人" in named


def _is_blank_column(grid: Grid, column: int, header: range) -> bool:
    """Whether a column is blank from the header on."""
    return all(is_empty_cell(grid.cell(row, column)) for row in range(header[0], len(grid.rows)))


def _list_labels(cells: Sequence[Cell], row: int) -> list[str]:
    """Return the texts of a row, which counts from 0, that may be headings.

    The list is empty if the row begins with a figure or a long text, or has too many of them for a
    header.
    """
    # Near the top of a sheet a fifth of a header's cells may be figures, such as 2023 or 2024.
    figures_left = len(cells) // 5 if row < _ROWS_LOOKED_AT else 0
    labels: list[str] = []
    if not figures_left and not _list_bare_months(cells):
        for cell in cells:
            if isinstance(cell, str) and cell.isdecimal():
                return labels
    months = [str(cell) for cell in cells if _A_MONTH.fullmatch(str(cell))]
    months += _list_bare_months(cells)
    for cell in cells:
        if is_empty_cell(cell):
            continue
        # 10月, 11月, 12月 head amounts, and so does one month behind other headings
        is_month = str(cell) in months and (len(set(months)) > 1 or len(labels) > 1)
        if (is_month or not is_figure(cell)) and len(str(cell)) <= LONGEST_HEADER:
            labels.append(str(cell))
        elif (figures_left := figures_left - 1) < 0 or not labels:
            return []
    return labels


def _list_bare_months(cells: Sequence[Cell]) -> list[str]:
    """Return the figures of a row that may head months: three or more in turn, behind other cells.

    They begin behind the first column, and there are no other figures: 5, 6, 7 is no age.
    """
    figures = [str(cell) for cell in cells if is_figure(cell)]
    numbers = [figure.removesuffix(".0") for figure in figures]
    is_first = not cells or is_figure(cells[0])
    if is_first or len(figures) < _FEWEST_MONTHS or not all(map(str.isdecimal, numbers)):
        return []
    first = int(numbers[0])
    is_in_turn = [int(number) for number in numbers] == [*range(first, first + len(figures))]
    return figures if is_in_turn and 1 <= first <= first + len(figures) - 1 <= _MONTHS else []


def _are_months_below(grid: Grid, header: range, row: int) -> bool:
    """Whether a row has nothing but figures of months below headings of months: 发放月份."""
    filled = grid.filled(row)
    above = _join_levels(grid, header, filled)
    is_of_months = all("月" in above.get(column, "") for column in filled)
    return is_of_months and bool(_list_bare_months([None, *grid.rows[row]]))


def _score(cells: Sequence[Cell], row: int, known: IsKnownHeading) -> int:
    """Return the number of different known headings in a row.

    It is 0 for a row with fewer than two labels, or with figures and fewer than six known headings.
    """
    labels = _list_labels(cells, row)
    if len(labels) < _FEWEST_KNOWN:
        return 0
    found = len({drop_spaces(label) for label in labels if known(_format_level(label))})
    has_figures = len(labels) < len(list_filled_places(cells))
    return 0 if has_figures and found < 2 * _FEWEST_KNOWN_AGAIN else found


def _guess_headers(grid: Grid, known: IsKnownHeading) -> list[HeaderRows]:
    """Return the header of a sheet on which no single row has two known headings.

    Two rows that together have two known headings are preferred. Otherwise, take the first row of
    labels that has no figures, is not a title, and has a filled row among the next two. The list is
    empty if there is no such row.
    """
    rows = range(min(_ROWS_LOOKED_AT, len(grid.rows)))
    labelled = [row for row in rows if len(_list_labels(grid.rows[row], row)) >= _FEWEST_KNOWN]
    for row in labelled:
        if row + 1 in labelled and _count_known(grid, range(row, row + 2), known) >= _FEWEST_KNOWN:
            return [_grow_header(grid, row, known)]
    for row in labelled:
        has_body = any(not grid.is_empty(below) for below in range(row + 1, len(grid.rows))[:2])
        has_figures = len(_list_labels(grid.rows[row], row)) < len(grid.filled(row))
        if has_body and not has_figures and not _is_about_table(grid, row):
            # No row with figures, and no second row: a person's data must not be shown as headings.
            return [HeaderRows(range(row, row + 1), _join_levels(grid, range(row, row + 1)))]
    return _find_lone_heading(grid, rows)


def _find_lone_heading(grid: Grid, rows: range) -> list[HeaderRows]:
    """Return the header of a list that has only a column of ID numbers; empty if there is none.

    The header is a row whose only filled cell is a heading for ID numbers. In the row directly
    below, only the same column is filled, with a right ID number. Later rows are not checked.
    """
    for row, below in pairwise(rows):
        filled = grid.filled(row)
        match = (
            build_identity_catalogue().match(_format_level(grid.cell(row, filled[0])))
            if filled
            else None
        )
        if filled == grid.filled(below) and len(filled) == 1 and match:
            is_number = read_id_number(grid.cell(below, filled[0])).number is not None
            if is_number and match.target.endswith("id_number"):
                return [HeaderRows(range(row, row + 1), _join_levels(grid, range(row, row + 1)))]
    return []


def _grow_header(grid: Grid, seed: int, known: IsKnownHeading, floor: int = 0) -> HeaderRows:
    """Return the header around the row `seed`: with the parents above and the headings below it.

    Rows above `floor` belong to the previous table.
    """
    first, end = seed, seed + 1
    while first > floor and end - first < _MOST_HEADER_ROWS and _is_parent(grid, first - 1, known):
        first -= 1
    while end - first < _MOST_HEADER_ROWS and _is_leaf_row(grid, range(first, end), known):
        end += 1
    return HeaderRows(range(first, end), _join_levels(grid, range(first, end)))


def _is_about_table(grid: Grid, row: int) -> bool:
    """Whether a row describes the table below: a title, 填表日期：… or （2024年11月）."""
    texts = [
        simplify_characters(drop_spaces(grid.cell(row, column))) for column in grid.filled(row)
    ]
    is_unit = len(texts) == 1 and "单位" in texts[0] and find_unit_above(texts) is not None
    return is_unit or any(_ABOUT.search(text) or has_time(text) for text in texts)


def _is_parent(grid: Grid, row: int, known: IsKnownHeading) -> bool:
    """Whether a row has parent headings for the header row below it, and is not a title."""
    filled = grid.filled(row)
    texts = _list_labels(grid.rows[row], row)
    if not texts or len(texts) < len(filled) or _is_about_table(grid, row):
        return False
    if any(len(drop_spaces(text)) > _LONGEST_PARENT for text in texts):
        return False
    known_with, known_without = (
        _count_known(grid, range(first, row + 2), known) for first in (row, row + 1)
    )
    if len(filled) > 1 and (known_with > known_without or _is_between(grid, row, known)):
        return True
    return _covers_leaves(grid, row, filled)


def _is_between(grid: Grid, row: int, known: IsKnownHeading) -> bool:
    """Whether a row of parents is below a row with a known heading that has blank cells below.

    This is for headers without merged cells, whose middle row covers all of the lowest.
    """
    leaves = grid.filled(row + 1)
    above = grid.filled(row - 1) if row else []
    alone = [column for column in above if column not in {*grid.filled(row), *leaves}]
    has_known = any(known(_format_level(grid.cell(row - 1, column))) for column in alone)
    return len(above) > 1 and has_known and bool(_find_gap_parents(grid, row, leaves))


def _count_known(grid: Grid, rows: range, known: IsKnownHeading) -> int:
    """Return the number of columns whose heading, joined from these rows, is known."""
    return sum(1 for text in _join_levels(grid, rows).values() if known(text))


def _covers_leaves(grid: Grid, row: int, filled: list[int]) -> bool:
    """Whether cells of a row cover several cells of the row below.

    They do if they are merged across, or if blank cells follow them.
    """
    below = grid.filled(row + 1)
    merges = grid.merges_from(row, row)
    if len(filled) > 1 and any(bottom > row for _top, _left, bottom, _right in merges):
        return True
    width = below[-1] - below[0] + 1
    spans = [(left, right - left + 1) for _top, left, _bottom, right in merges if right > left]
    if spans:
        return len(filled) > 1 or (spans[0][0] > below[0] and spans[0][1] < width)
    # Without merged cells, a parent has a blank cell to its right, and a heading that is not under
    # a parent has a blank cell below it.
    return len(filled) > 1 and any(column not in below for column in filled)


def _is_leaf_row(grid: Grid, header: range, known: IsKnownHeading) -> bool:
    """Whether the row below these header rows belongs to the header too."""
    row = header[-1] + 1
    if row >= len(grid.rows):
        return False
    filled = grid.filled(row)
    texts = [drop_spaces(grid.cell(row, column)) for column in filled]
    labels = _list_labels(grid.rows[row], row)
    if _are_months_below(grid, header, row):
        return True
    if len(labels) < len(texts) or are_column_signs(texts):
        return False
    if any(word in text for text in texts for word in _HINTS):
        return False
    if any(merge[2] >= row for merge in grid.merges_from(header[0], header[-1])):
        return True
    above = _join_levels(grid, header, grid.filled(row))
    parents = _find_gap_parents(grid, header[-1], filled)
    # Where a heading is known already, the text below must make it another known heading. If it
    # does not, the row below is the first row of people.
    own = [column for column in filled if column in above and column not in parents]
    already_known = [column for column in own if known(above[column])]
    is_under = any(column in above for column in filled)
    return is_under and all(
        known(f"{above[column]}/{_format_level(grid.cell(row, column))}")
        for column in already_known
    )


def _find_gap_parents(grid: Grid, row: int, below: Sequence[int]) -> set[int]:
    """Return the columns of a header row whose heading also covers the next column.

    The next column must be blank in this row, and both must be filled in the row below, whose
    filled columns are `below`.
    """
    filled = grid.filled(row)
    return {
        column
        for column in filled
        if {column, column + 1} <= set(below) and column + 1 not in filled
    }


def _format_level(cell: Cell) -> str:
    """Return a cell's text without spaces; each / becomes ／, because / separates the levels."""
    return drop_spaces(cell).replace("/", "／")


def _join_levels(grid: Grid, rows: range, below: Sequence[int] = ()) -> dict[int, str]:
    """Return the full heading of each column: its texts from top to bottom, joined by '/'.

    A text that repeats the text above it is left out. `below` are the filled columns of the next
    row, while it is tested whether that row belongs to the header too.
    """
    levels = [_spread_parents(grid, row, rows, below) for row in rows]
    columns = sorted({column for level in levels for column in level})
    joined: dict[int, str] = {}
    for column in columns:
        texts = [level[column] for level in levels if column in level]
        joined[column] = "/".join(text for text, _repeats in groupby(texts))
    return joined


def _spread_parents(grid: Grid, row: int, rows: range, below: Sequence[int]) -> dict[int, str]:
    """Return the texts of a header row by column, each parent in all columns that it covers.

    `rows` are all rows of the header; `below` is explained at `_join_levels`.
    """
    own = {column: _format_level(grid.cell(row, column)) for column in grid.filled(row)}
    spread = dict(own)
    lower = {column for i in rows if i > row for column in grid.filled(i)} | set(below)
    wide = [merge for merge in grid.merges_from(rows[0], rows[-1]) if merge[3] > merge[1]]
    for top, left, bottom, right in wide:
        if top == row and left in own and (bottom < rows[-1] or below):
            spread |= {
                column: own[left]
                for column in range(left, right + 1)
                if column in lower or column == left
            }
    # If any cell is merged across, this office merges its parents, and a blank cell is just blank.
    if not wide:
        spread |= _spread_over_gaps(own, lower, grid, row, rows)
    return spread


def _spread_over_gaps(
    own: dict[int, str], lower: set[int], grid: Grid, row: int, rows: range
) -> dict[int, str]:
    """Return the parent of each column whose blank cell is to the right of that parent.

    This is for headers without merged cells. `own` are the texts of the row, `lower` the filled
    columns of the header rows below it.
    """
    upper = {column for i in rows if i < row for column in grid.filled(i)}
    spread: dict[int, str] = {}
    parent = ""
    for column in range(max(lower, default=-1) + 1):
        if column in own:
            parent = own[column] if column in lower else ""
        elif column not in lower or column in upper:
            parent = ""
        elif parent:
            spread[column] = parent
    return spread
