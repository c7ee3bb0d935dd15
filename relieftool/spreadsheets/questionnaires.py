"""Recognises forms and questionnaires: sheets about one household, which are not lists.

In a form, the value of each heading is to the right of it. A questionnaire has questions. A heading
with values in many rows below it belongs to a list, even if there is a value to its right.
"""

import re
from collections.abc import Callable
from itertools import islice
from typing import Literal

from relieftool.spreadsheets.grid import Grid, is_figure
from relieftool.values.text import Cell, drop_spaces, is_empty_cell

FormKind = Literal["form", "questionnaire"]
IsKnownHeading = Callable[[str], bool]

_ROWS_LOOKED_AT = 60
_FEWEST_PAIRS = 3
_FEWEST_ROWS = 2
_FEWEST_QUESTIONS = 5
# A heading with this many values below it belongs to a list. Figures are never headings, so fewer
# of them are enough.
_FIGURES_OF_A_LIST = 3
_VALUES_OF_A_LIST = 10
# Words that are headings in lists but may be answers in a form.
_ANSWERS = frozenset(
    {"户主", "申请人", "主申请人", "户主本人", "本人", "成员", "家庭成员", "其他", "说明", "低保"}
)
_ABOUT_SOMEBODY = re.compile(r"姓名|身份证|公民身份|户主|联系电话|住址|地址")
_QUESTION = re.compile(
    r"[？?]\s*$|1\s*[=＝.．、:：]\s*(?:是|有).{0,4}2\s*[=＝.．、:：]\s*(?:否|无|没有)|[□☐].{1,8}[□☐]"
)


def find_form_kind(grid: Grid, known: IsKnownHeading) -> FormKind | None:
    """Return "form" or "questionnaire"; None for any other sheet.

    `known` returns whether a text is a known heading.
    """
    rows = range(min(_ROWS_LOOKED_AT, len(grid.rows)))
    if sum(_is_question(grid, row) for row in rows) >= _FEWEST_QUESTIONS:
        return "questionnaire"
    seen: set[str] = set()
    pairs = counted = 0
    for row in rows:
        labels = _find_labels_with_value(grid, row, known)
        if not labels or seen & labels:
            continue
        seen |= labels
        pairs += len(labels)
        counted += 1
    is_about_somebody = any(_ABOUT_SOMEBODY.search(label) for label in seen)
    is_form = counted >= _FEWEST_ROWS and pairs >= _FEWEST_PAIRS and is_about_somebody
    return "form" if is_form else None


def _is_question(grid: Grid, row: int) -> bool:
    return any(
        isinstance(cell, str) and _QUESTION.search(cell) is not None for cell in grid.rows[row]
    )


def _find_labels_with_value(grid: Grid, row: int, known: IsKnownHeading) -> set[str]:
    """Return the headings in a row of a form, each with a value to its right.

    The set is empty if the row is a row of headings, or if any of them heads a column of values.
    """
    columns = grid.filled(row)
    is_label = [_is_label(grid.cell(row, column), known) for column in columns]
    labels = {
        column
        for column, is_own, is_next in zip(columns, is_label, [*is_label[1:], True], strict=False)
        if is_own and not is_next
    }
    # In a row of a list's header, headings follow each other; in a form, a value follows each.
    if sum(is_label) > len(labels) + 1:
        return set()
    if any(_heads_a_column(grid, row, column, known) for column in labels):
        return set()
    return {_read_label(grid.cell(row, column)) for column in labels}


def _is_label(cell: Cell, known: IsKnownHeading) -> bool:
    text = _read_label(cell)
    return not is_figure(cell) and text not in _ANSWERS and known(text.replace("/", "／"))


def _read_label(cell: Cell) -> str:
    return drop_spaces(cell).rstrip(":：")


def _heads_a_column(grid: Grid, row: int, column: int, known: IsKnownHeading) -> bool:
    """Whether a heading has enough values below it to be the heading of a list's column."""
    below = (grid.cell(lower, column) for lower in range(row + 1, len(grid.rows)))
    filled = list(islice((cell for cell in below if not is_empty_cell(cell)), _VALUES_OF_A_LIST))
    first = filled[:_FIGURES_OF_A_LIST]
    if grid.cell(row + 1, column) == grid.cell(row, column):
        return True  # the same word in the next row, as 户主 below 户主, is a value
    if len(first) == _FIGURES_OF_A_LIST and all(is_figure(cell) for cell in first):
        return True
    is_long = len(filled) == _VALUES_OF_A_LIST
    return is_long and not any(_is_label(cell, known) for cell in filled)
