"""Recognises what a sheet or table is: a form, a questionnaire, a list of households or a roster.

Forms and questionnaires are about one household, and are not lists. In a form, the value of each
heading is to the right of it. A questionnaire has questions. A heading with values in many rows
below it belongs to a list, even if there is a value to its right.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Literal

from relieftool.pack.models import Pack
from relieftool.pack.programme_names import ProgrammeNames
from relieftool.spreadsheets.column_names import Catalogue
from relieftool.spreadsheets.columns import ROSTER_WORDS, ColumnMeaning, list_filled_cells
from relieftool.spreadsheets.grid import Grid, is_figure
from relieftool.spreadsheets.tables import Table
from relieftool.spreadsheets.titles import find_titled_programme
from relieftool.values.cells import read_yes_or_no
from relieftool.values.id_numbers import read_id_number
from relieftool.values.text import Cell, drop_spaces, is_empty_cell, plain_text, simplify_characters
from relieftool.values.vocabulary import list_cell_words, list_words, match_words

FormKind = Literal["form", "questionnaire"]
TableKind = Literal["households", "roster", "unknown"]
_MOST_FACTS_IN_A_ROSTER = 4
_WHO = ("head_name", "name", "id_number", "head_id_number", "household_no")
_OF_ANYBODY = frozenset(list_words("lists")["plain"])
_OF_HOUSEHOLD = ("relation", "household_no", "is_head")
IsKnownHeading = Callable[[str], bool]

# Facts that say nothing more than who somebody is.
_OF_ANY_PERSON = frozenset({"sex", "birth_date", "stated_age", "phone", "address"})
_ROWS_LOOKED_AT = 60
_FEWEST_PAIRS = 3
_FEWEST_ROWS = 2
_FEWEST_QUESTIONS = 5
# A heading with this many values below it belongs to a list. Figures are never headings, so fewer
# of them are enough.
_FIGURES_OF_A_LIST = 3
_VALUES_OF_A_LIST = 10
_MONTH = re.compile(r"(?:20\d\d年)?(?:\d{1,2}|[一二三四五六七八九十]{1,2})月份?")
_OF_NUMBERS = re.compile("身份证|公民身份|证件号")
_ROWS_OF_NUMBERS = 6
_ANSWERS = list_cell_words("answers")
_ABOUT_SOMEBODY = re.compile(match_words("around_tables")["about_somebody"])
_QUESTION = re.compile(
    r"[^\d\s?？]{4}[？?]\s*$|1\s*[=＝.．、:：]\s*(?:是|有).{0,4}2\s*[=＝.．、:：]\s*(?:否|无|没有)|[□☐].{1,8}[□☐]"
)


def find_form_kind(grid: Grid, known: IsKnownHeading) -> FormKind | None:
    """Return "form" or "questionnaire"; None for any other sheet.

    `known` returns whether a text is a known heading.
    """
    rows = range(min(_ROWS_LOOKED_AT, len(grid.rows)))
    if sum(_is_question(grid, row) for row in rows) >= _FEWEST_QUESTIONS:
        return "questionnaire"
    seen: set[str] = set()
    has_numbers = False
    pairs = counted = 0
    for row in rows:
        if any(read_id_number(cell).number for cell in grid.rows[row]):
            has_numbers = True
        elif not has_numbers and _heads_numbers(grid, row):
            return None
        labels = _find_labels_with_value(grid, row, known)
        if not labels or seen & labels:
            continue
        seen |= labels
        pairs += len(labels)
        counted += 1
    is_about_somebody = any(_ABOUT_SOMEBODY.search(label) for label in seen)
    is_form = counted >= _FEWEST_ROWS and pairs >= _FEWEST_PAIRS and is_about_somebody
    return "form" if is_form else None


def _heads_numbers(grid: Grid, row: int) -> bool:
    """Whether a row has a heading with several right ID numbers below it, as a list has.

    So has a form, for the members of its household, but below the number of its head.
    """
    for column in grid.filled(row):
        if _OF_NUMBERS.search(_read_label(grid.cell(row, column))):
            below = islice(_list_filled_below(grid, row, column), _ROWS_OF_NUMBERS)
            if sum(bool(read_id_number(cell).number) for cell in below) > 1:
                return True
    return False


def _list_filled_below(grid: Grid, row: int, column: int) -> Iterator[Cell]:
    below = (grid.cell(lower, column) for lower in range(row + 1, len(grid.rows)))
    return (cell for cell in below if not is_empty_cell(cell))


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
    filled = list(islice(_list_filled_below(grid, row, column), _VALUES_OF_A_LIST))
    first = filled[:_FIGURES_OF_A_LIST]
    if grid.cell(row + 1, column) == grid.cell(row, column):
        return True  # the same word in the next row, as 户主 below 户主, is a value
    if len(first) == _FIGURES_OF_A_LIST and all(is_figure(cell) for cell in first):
        return True
    is_long = len(filled) == _VALUES_OF_A_LIST
    return is_long and not any(_is_label(cell, known) for cell in filled)


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
    pays = "amount" in targets or any(
        column.target is None and _MONTH.fullmatch(drop_spaces(column.header)) for column in columns
    )
    programme = find_titled_programme(texts, pack, is_payment=pays)
    called = {word for word in ROSTER_WORDS if any(word in text for text in texts)}
    has_few_facts = len(targets & pack.facts.keys()) <= _MOST_FACTS_IN_A_ROSTER
    receipts = [target for target in targets if target.startswith("receipt.")]
    if targets.isdisjoint(_WHO) or not (pays or called):
        return "households", None
    by_row = pays and _is_paid_by_row(table, columns, pack, (texts, programme))
    is_of_aid = bool(called if by_row else called - _OF_ANYBODY)
    # it states of each household what is received, beside its amount
    is_ledger = not (
        is_of_aid or targets.isdisjoint(_OF_HOUSEHOLD) or (programme and has_few_facts)
    )
    is_apart = programme is None and not (pays and not receipts)
    is_of_people = is_apart and _is_about_people(table, columns, pack)
    if is_ledger or is_of_people:
        return "households", None
    if has_few_facts and (len(receipts) > 1 or by_row):
        return "roster", None
    if programme is not None and (pays or has_few_facts or "relation" not in targets):
        return "roster", programme
    is_list_of_benefits = receipts and has_few_facts and "relation" not in targets
    return ("roster", None) if is_list_of_benefits else ("households", None)


def _is_about_people(table: Table, columns: Sequence[ColumnMeaning], pack: Pack) -> bool:
    """Whether a list states facts of people, and of benefits only whether they are received."""
    facts = [
        column
        for column in columns
        if column.target in pack.facts and column.target not in _OF_ANY_PERSON
    ]
    receipts = [column for column in columns if (column.target or "").startswith("receipt.")]
    cells = (cell for each in receipts for cell in list_filled_cells(table, each.position))
    return bool(facts) and all(read_yes_or_no(cell) is not None for cell in cells)


def _is_paid_by_row(
    table: Table,
    columns: Sequence[ColumnMeaning],
    pack: Pack,
    named: tuple[Sequence[str], str | None],
) -> bool:
    """Whether each row of a list of payments names its benefit; `named` is what titles name.

    Under the title of one benefit, or of a payment that is none, words for others are of people:
    of 困难残疾人生活补贴, 低保 under 类型 says why they have it.
    """
    names = ProgrammeNames(pack.programmes.values())
    texts, programme = named
    places = [column.position for column in columns if column.target == "programme"]
    found = {
        names.find_in_cell(plain_text(cell))
        for place in places
        for cell in set(list_filled_cells(table, place))
    }
    if programme is not None:
        return programme in found
    return bool(places) and not names.names_other_payment(texts)


def drop_kinds_of_people(
    table: Table, columns: tuple[ColumnMeaning, ...], pack: Pack, file_name: str
) -> tuple[ColumnMeaning, ...]:
    """Return the columns of a household list, without that of programmes if it is of people.

    In a list called 春节慰问金 or 高龄补贴, 低保 under 类别 says who they are.
    """
    if all(column.target != "programme" for column in columns):
        return columns
    texts = tuple(map(simplify_characters, (table.title, table.sheet, file_name)))
    programme = find_titled_programme(texts, pack, is_payment=True)
    if _is_paid_by_row(table, columns, pack, (texts, programme)):
        return columns
    return tuple(
        replace(column, target=None, near=(), is_assumed=False)
        if column.target == "programme"
        else column
        for column in columns
    )


def is_about_people(table: Table, catalogue: Catalogue) -> bool:
    """Whether a table has a heading that identifies people or households."""
    found = (catalogue.match(header) for header in table.headers)
    return any(match and match.target in _WHO and not match.is_assumed for match in found)
