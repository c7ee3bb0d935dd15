"""Reads what rosters declare: their benefits, periods and endings, and whether they are complete.

A roster is complete only if that is declared, or shown by a total that is the sum of its rows. Of
several rosters for the same days the first counts, and the amounts of its rows are added up only if
each row states another purpose.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import chain
from typing import Literal, NamedTuple

from relieftool.messages import Message
from relieftool.pack.models import Pack, Programme
from relieftool.pack.programme_names import ProgrammeNames
from relieftool.register.lines import (
    Line,
    MappedColumn,
    ProblemLog,
    SheetTable,
    read_duplicate_cells,
)
from relieftool.register.sheet_receipts import (
    DayRange,
    Receipt,
    is_zero,
    list_cell_parts,
)
from relieftool.values.benefit_days import is_day_heading, may_be_months_paid, may_be_of_card
from relieftool.values.cells import (
    ValueProblem,
    is_error,
    parse_measure,
    parse_money,
    read_yes_or_no,
)
from relieftool.values.payments import (
    count_heading_months,
    find_ended_benefits,
    find_word_of_leaving,
    read_payment_remark,
    read_state,
    strip_months_word,
)
from relieftool.values.periods import (
    count_months,
    count_named_months,
    parse_month_period,
    read_months,
)
from relieftool.values.remarks import GONE, read_claims
from relieftool.values.stored_values import parse_period
from relieftool.values.text import (
    Cell,
    drop_spaces,
    fold_heading,
    is_blank,
    match_any,
    plain_text,
    simplified_text,
)
from relieftool.values.units import find_time_part
from relieftool.values.vocabulary import list_words, match_words

_REMEMBERED = 1 << 10  # a column repeats the same few cells
_LISTS = list_words("states")
_OTHERS, _CHANGES, _PROPOSED, _LEFT_OUT = (
    re.compile(match_any(_LISTS[f"lists_{kind}"]))
    for kind in ("of_others", "of_changes", "of_proposed", "without")
)
_ENDS = match_any(_LISTS["lists_of_ended"])
# 停发人员, 停发(死亡)低保人员名单, or at the end of a name; not 取消纸质存折后
_ENDED = re.compile(
    rf"(?:{_ENDS})(?:{_ENDS}|{match_any(_LISTS['lists_about'])}|[的及和、/()])*"
    rf"(?:{match_any(_LISTS['lists'])}|[)\d年月.\-]*(?:\.\w+)?$)"
)
_PARTS_OF_NAME = re.compile("[()\\[\\],;。_]")
ListState = Literal["others", "ended", "proposed"]
_OF_YEAR = Message(
    "this list is of a whole year, so it is not known whether the amounts of '{header}' are for the"
    " year or for a month, and they are unknown. Write 元/月 or 元/年 in the heading"
)
_OF_MONTHS = Message(
    "it is not clear which months this list is for, so the amounts of '{header}' are unknown; write"
    " 元/月 in the heading, or import it again with --month YYYY-MM"
)
_OF_OTHERS: dict[ListState | None, Message] = {
    "ended": Message(
        "this list is called one of people whose benefit ended, so nobody on it counts as receiving"
        " it unless the row says so; if they do receive it, give the list another name"
    ),
    "others": Message(
        "this list is called one of people who do not receive the benefit, so nobody on it counts"
        " as receiving it; if they do, give the list another name"
    ),
    "proposed": Message(
        "this list is called one of proposals (拟), so it is unknown whether those on it receive"
        " the benefit; import the list of those who do"
    ),
}


@dataclass(frozen=True)
class RosterBenefits:
    """Finds the programmes that a roster pays: of the whole roster, by column, or row by row."""

    pack: Pack
    names: ProgrammeNames

    def list_periods(self, table: SheetTable, lines: Iterable[Line]) -> dict[str, list[DayRange]]:
        """Return the programmes that a roster pays, each with the periods of its rows."""
        columns = self.list_columns(table)
        own = self.find_programme(table)
        if own is not None and (paid := find_months_paid(table, lines)):
            return {own: [paid]}
        found: dict[str, set[DayRange]] = defaultdict(set)
        # of one benefit, and without months of their own, all rows are about the same period
        are_alike = own is not None and ("covers", None) not in table.columns
        for line in () if are_alike else lines:
            if line.role != "total":
                named = own or self.find_named_programme(line)
                for name in [named] if named else columns:
                    stated = line.shared_cell("covers")
                    found[name].add(find_roster_period(table, self.pack.programmes[name], stated))
        if not found:  # also an empty roster, which states that nobody receives its benefits
            for name in [own] if own else columns:
                found[name].add(find_roster_period(table, self.pack.programmes[name]))
        return {name: sorted(periods, key=str) for name, periods in sorted(found.items())}

    def report_list(self, table: SheetTable, lines: Iterable[Line], problems: ProblemLog) -> None:
        """Report a list of people who may not receive, and amounts that may be a year's."""
        own = self.pack.programmes.get(self.find_programme(table) or "")
        first = next((line for line in lines if line.role != "total"), None)
        if own is None or first is None:
            return
        list_state = find_list_state(table)
        if list_state in _OF_OTHERS and not own.is_event:
            problems.add(first, "roster-of-others", _OF_OTHERS[list_state])
        keys = [("amount", None), (f"receipt.{own.id}", None)]
        column = next((table.columns[key] for key in keys if key in table.columns), None)
        states_months = any((target, None) in table.columns for target in ("covers", "months"))
        if column is None or states_months or table.month_columns:
            return
        if divide_by_months(0, own, column, table.covers, count_table_months(table)) is None:
            reason = _OF_YEAR if table.covers else _OF_MONTHS
            message = Message(reason.template, {"header": column.header})
            problems.add_column(table, "amount-of-year", message, column.header)

    def find_programme(self, table: SheetTable) -> str | None:
        """Return the programme stated for a whole roster; None if it is not in the pack."""
        return table.programme if table.programme in self.pack.programmes else None

    def list_columns(self, table: SheetTable) -> list[str]:
        """Return the ids of the programmes that have a column in a roster."""
        return [name for name in self.pack.programmes if (f"receipt.{name}", None) in table.columns]

    def find_named_programme(self, line: Line) -> str | None:
        """Return the programme that a row names; None if no programme has this name."""
        return self.names.find_in_cell(plain_text(line.shared_cell("programme")))


def find_roster_period(table: SheetTable, programme: Programme, stated: Cell = None) -> DayRange:
    """Return the first and last day that a roster covers; (None, None) if it is undated.

    For a monthly benefit these are the days of whole months. `stated` is the cell in which a row
    may state other months than the roster.
    """
    covers = find_covered_months(table, stated) or table.covers
    if covers is None:
        return None, None
    return parse_month_period(covers) if programme.period == "month" else parse_period(covers)


def find_covered_months(table: SheetTable, stated: Cell) -> str | None:
    """Return the month or months in a row's own cell; None if there are none."""
    year = table.covers[: len("2024")] if table.covers else None
    return None if is_blank(stated) else read_months(stated, year)


def find_row_period(line: Line) -> str | None:
    """Return the period that a roster's row is for: its own months, otherwise the table's."""
    return find_covered_months(line.table, line.shared_cell("covers")) or line.table.covers


class RowState(NamedTuple):
    """What a roster's row says of its payment besides the amount: `says` is None if nothing.

    "no" states an end, and `left` is the word for death or move, if there is one. `header` is that
    of the column which says "no" or "maybe". `in_part` is the column that says that the amount
    holds arrears, or is not for the whole month. `months` is how many months it is for.
    """

    says: Literal["yes", "no", "maybe"] | None = None
    header: str = ""
    left: str | None = None
    in_part: str | None = None
    months: int | None = None
    cell: Cell = None


def read_row_state(line: Line) -> RowState:
    """Return what the states, the remark, the months and the arrears of a roster's row say."""
    if not line.table.states_payments and not line.table.text_columns:
        return _NOTHING_SAID
    states = list_cell_parts(line, ("paid_state", None))
    said = [("paid_state", part.column.header, part.cell) for part in states]
    for target in ("remark", "arrears"):
        if not is_blank(cell := line.cell(target)):
            said.append((target, line.header(target), cell))  # noqa: PERF401 two at most
    for column in line.table.text_columns:
        cell = line.cells[column.position] if column.position < len(line.cells) else None
        if isinstance(cell, str) and _says_end(cell):
            said.append(("text", column.header, cell))
    return _read_row_state(tuple(said), find_row_period(line)) if said else _NOTHING_SAID


_NOTHING_SAID = RowState()
_MERE_END = re.compile("$|:")


@lru_cache(_REMEMBERED)
def _says_end(text: str) -> bool:
    """Whether a free text says that a benefit has ended, or that the row's person is gone."""
    return _says_gone(text) or any(_MERE_END.match(part) for part in find_ended_benefits(text))


def _says_gone(text: Cell) -> bool:
    """Whether a free text says that the row's person died or moved away."""
    return any(claim.fact == GONE and claim.about == "self" for claim in read_claims(text))


def _find_leaving(said: Iterable[tuple[str, str, Cell]], ended: str = "") -> str | None:
    """Return the word for death or move in what a row says of its person.

    Under the heading `ended` it is that for which the benefit ended; elsewhere it may be of others.
    """
    words = (
        find_word_of_leaving(cell)
        for target, header, cell in said
        if header == ended or (target != "paid_state" and _says_gone(cell))
    )
    return next(filter(None, words), None)


@lru_cache(_REMEMBERED, typed=True)
def _read_row_state(said: tuple[tuple[str, str, Cell], ...], covers: str | None) -> RowState:
    """Return what a row's cells for a period say; each is its meaning, its heading and the cell."""
    months = in_part = None
    states: dict[str | None, tuple[str, Cell]] = {}
    for target, header, cell in said:
        if target == "arrears":
            is_none = read_yes_or_no(cell) is False or is_zero(cell)
            in_part = in_part or (None if is_none else target)
        else:
            remark = read_payment_remark(cell, covers)
            state, is_of_days = remark.state, False
            if target == "text":
                states.setdefault("unpaid", (header, cell))
                continue
            if target == "paid_state":
                state, is_of_days = read_state(cell, header, covers), is_day_heading(header)
            if is_of_days and state == "ended" and may_be_of_card(header):
                state = "unclear"
            states.setdefault(state, (header, cell))
            is_in_part = remark.is_in_part
            if is_of_days:
                is_in_part = (remark.months or 0) > 1 and may_be_months_paid(header)
            in_part = in_part or (target if is_in_part else None)
            months = months or (None if is_of_days else remark.months)
    if "ended" in states and "paid" not in states:
        header, _cell = states["ended"]
        return RowState("no", header, _find_leaving(said, header))
    if unsure := states.get("ended") or states.get("unpaid") or states.get("unclear"):
        return RowState("maybe", unsure[0], _find_leaving(said), cell=unsure[1])
    return RowState("yes" if "paid" in states else None, "", None, in_part, months)


@lru_cache(_REMEMBERED, typed=True)
def _read_count(cell: Cell) -> int | None:
    """Return a number of months; None if the cell is anything else."""
    try:
        return parse_measure(cell, "month") or None
    except ValueProblem:
        return None


def divide_by_months(
    fen: int, programme: Programme, column: MappedColumn, covers: str | None, months: int | None
) -> int | None:
    """Return the amount for one month of an amount that is for several; None if it is not clear.

    `months` is their number, if it is stated, 0 if that is not clear; otherwise those of the period
    `covers` count. Of a whole year (年度) it is not known whether amounts are for the year or for a
    month. A heading may say that they are for a month, or for how many: 月补差, 金额（10-12月）.
    """
    if programme.period != "month":
        return fen
    of_heading = count_heading_months(column.header)
    months = of_heading if months is None else months
    if months is None:
        is_year = covers is not None and len(covers) == len("2024")
        months = 0 if is_year else count_months(covers) if covers else 1
    if 1 in (months, of_heading) or find_time_part(column.scale) == "month":
        return fen
    return round(Fraction(fen, months)) if months else None


def read_months_column(line: Line, column: MappedColumn) -> int | None:
    """Return the number of months in a row's column of these for an amount's column, if any.

    Of several such columns (月数) each is of the amount with the same words above or before it.
    """
    table = line.table
    own = [table.columns[key] for key in (("months", None),) if key in table.columns]
    if not own and not table.unknown_columns:
        return None
    best: tuple[int, MappedColumn] | None = None
    for counted in (*own, *table.unknown_columns):
        of = strip_months_word(counted.header)
        if of is not None and of in fold_heading(column.header):
            best = max(best or (-1, counted), (len(of), counted), key=lambda each: each[0])
        elif of is None and counted in own:
            best = best or (0, counted)
    position = best[1].position if best else len(line.cells)
    return _read_count(line.cells[position]) if position < len(line.cells) else None


def find_months_paid(table: SheetTable, lines: Iterable[Line]) -> DayRange | None:
    """Return the first and last day of the columns of months in which any row has something."""
    columns = table.month_columns
    filled: set[int] = set()
    for line in lines if columns else ():
        if line.role != "total":
            filled |= {place for place, cell in enumerate(line.cells) if not is_blank(cell)}
    days = [days for days, column in columns if column.position in filled]
    return (min(days)[0], max(end for _begin, end in days)) if days else None


def count_table_months(table: SheetTable) -> int | None:
    """Return how many months the names of an undated table name, without a year or not in a row.

    0 if they are not clear, None if the table has a period or names none.
    """
    if table.covers is not None:
        return None
    names = (table.title, table.sheet, table.file_name.rpartition("/")[2])
    return next((count for name in names if (count := count_named_months(name)) is not None), None)


def find_list_state(table: SheetTable) -> ListState | None:
    """Return what a list's name says of all on it: that their benefit ended, or is only proposed.

    "others": that they do not receive it. None if it says none of these, or is a list of changes.
    """
    own_name = table.file_name.rpartition("/")[2]  # not the folder it was in
    names = (table.title, table.sheet, own_name)
    return _read_list_state(tuple(drop_spaces(simplified_text(name)) for name in names))


@lru_cache
def _read_list_state(names: tuple[str, ...]) -> ListState | None:
    joined = " ".join(names)
    if _OTHERS.search(joined):
        return "others"
    if _PROPOSED.search(joined):
        return "proposed"
    return "ended" if any(map(_names_ended, names)) and not _CHANGES.search(joined) else None


def _names_ended(name: str) -> bool:
    """Whether a list's name is of people whose benefit ended, not of a list without these."""
    found = _ENDED.search(name)
    if found is None:
        return False
    before = _PARTS_OF_NAME.split(name[: found.start()])[-1]
    after = _PARTS_OF_NAME.split(name[found.end() :])[0]
    return not _LEFT_OUT.search(before) and not _LEFT_OUT.search(after)


# Labels of totals after which more may follow: of a page, of a household, of all pages so far.
_SUBTOTAL = re.compile(r"本[页頁户戶批组組次]|小计|累计|第.{1,4}[页批组]|承前|[转过接]下?[页次]")
_NUMBER = r"[一二三四五六七八九十百\d]+"
_AROUND = match_words("around_tables")
_PART = re.compile(rf"第{_NUMBER}[批页次]|{_AROUND['parts']}|(?<!手)续表")
_ONLY_PAGE = re.compile(rf"第{_NUMBER}页[,/]?共[一1]页")
_MOST_LABELS = 3


@dataclass(frozen=True)
class RosterDeclaration:
    """What a roster declares: its programmes with their days, its area, and whether it is complete.

    `first` is its first row; None if it has no rows.
    """

    first: Line | None
    periods: Mapping[str, list[DayRange]]
    area: str | None
    is_complete: bool


def declare_roster(
    table: SheetTable,
    lines: Iterable[Line],
    periods: Mapping[str, list[DayRange]],
    problems: ProblemLog,
    sections: Sequence[Iterable[Line]] = (),
) -> RosterDeclaration:
    """Return a roster's declaration; if it does not state completeness, a total may prove it.

    `lines` must be iterable more than once. A row without name and readable ID number may be about
    anybody, so a roster with such a row is not complete, nor is one with a hidden row. `sections`
    are the rows of all sections below its heading row.
    """
    proof = _prove_completeness(table, lines, sections, problems)
    is_complete = table.is_complete
    if is_complete is None:
        may_be = bool(proof and table.area and table.covers and table.is_payment_list)
        is_complete = may_be and proof == "all" and not is_named_part(table)
        if may_be and not is_complete:
            _report_part(lines, problems)
    unknown = [
        line
        for line in (lines if is_complete else ())
        if line.role != "total" and not _names_somebody(line)
    ]
    for line in unknown:
        problems.add(line, "roster-row-nobody", _ANYBODY)
    first = next(iter(lines), None)
    is_hidden = any(line.number in table.hidden_rows for line in lines if table.hidden_rows)
    is_complete = is_complete and not unknown and not is_hidden
    return RosterDeclaration(first, periods, table.area, is_complete)


def is_named_part(table: SheetTable) -> bool:
    """Whether title, sheet or file name call a roster a part of a longer roster."""
    names = simplified_text(f"{table.title} {table.sheet} {table.file_name}")
    return _PART.search(_ONLY_PAGE.sub("", drop_spaces(names))) is not None


def _report_part(lines: Iterable[Line], problems: ProblemLog) -> None:
    """Report a roster whose totals are right, but which may be a part of a longer roster."""
    first = next(iter(lines), None)
    if first is not None:
        problems.add(first, "roster-is-part", _MAY_BE_PART)


_MAY_BE_PART = Message(
    "this roster is called a part, or has only totals of pages, so it says nothing about people who"
    " are not on it; if nobody is missing, import it with --complete"
)
_ANYBODY = Message(
    "this row has neither a name nor a readable ID number, so the roster cannot say who is missing;"
    " fill one in"
)


def _names_somebody(line: Line) -> bool:
    """Whether a row has a name or a readable ID number."""
    names = (line.cell(target) for target in ("name", "head_name"))
    return any(not is_blank(cell) and not is_error(cell) for cell in names) or any(
        line.id_number(target).number for target in ("id_number", "head_id_number")
    )


CompletenessProof = Literal["all", "pages"]


def join_sections(
    listed: Iterable[tuple[SheetTable, Iterable[Line]]],
) -> dict[tuple[int, str, int], list[Iterable[Line]]]:
    """Return the rows of each section, grouped by the heading row that they share."""
    sections: dict[tuple[int, str, int], list[Iterable[Line]]] = {}
    for table, lines in listed:
        sections.setdefault(table.headings_key, []).append(lines)
    return sections


def _prove_completeness(
    table: SheetTable,
    lines: Iterable[Line],
    sections: Sequence[Iterable[Line]],
    problems: ProblemLog,
) -> CompletenessProof | None:
    """Return "all" if the total of all rows is right, "pages" if only totals of pages are.

    None if the totals prove nothing; a total that differs is reported. If several sections share a
    heading row, the last total may be that of all sections or only of its own.
    """
    target = "amount" if ("amount", None) in table.columns else f"receipt.{table.programme}"
    own = _add_up(lines, target)
    is_section = len(sections) > 1
    if own.paid is None or not (own.totals or is_section):
        return None
    proof = own.proof
    if is_section and (proof or _add_up(chain.from_iterable(sections), target).proof == "all"):
        proof = "all"
    if own.totals and proof is None:
        problems.add(own.totals[-1][0], "total-differs", _DIFFERS, target)
    return proof if own.rows and table.programme is not None else None


_DIFFERS = Message("the total is not the sum of the rows; a row may be missing")


@dataclass(frozen=True)
class _Totals:
    """The total lines among some rows, each with its amount in fen, and the sum of the other rows.

    `paid` is that sum, None if an amount in it cannot be read. `rows` is the number of other rows
    whose amount is filled in.
    """

    totals: list[tuple[Line, int]]
    paid: int | None
    rows: int

    @property
    def proof(self) -> CompletenessProof | None:
        """Return "all" if a total is the sum of all rows, "pages" if totals of pages are, or None.

        Only the last total that is not a subtotal can be the sum of all rows.
        """
        if self.paid is None or not self.totals:
            return None
        overall = [amount for line, amount in self.totals if not _is_subtotal(line)]
        if overall and overall[-1] == self.paid:
            return "all"
        stated = [amount for _line, amount in self.totals]
        return "pages" if self.paid in (stated[-1], sum(stated)) else None


def _add_up(lines: Iterable[Line], target: str) -> _Totals:
    """Return the total lines among some rows, and the sum of the other rows."""
    totals: list[tuple[Line, int]] = []
    paid: list[int | None] = []
    for line in lines:
        amount = _read_paid(line, target)
        if line.role != "total" and not is_blank(line.cell(target)):
            paid.append(amount)
        elif line.role == "total" and amount is not None:
            totals.append((line, amount))
    return _Totals(totals, add_amounts(paid), len(paid))


def add_amounts(amounts: Sequence[int | None]) -> int | None:
    """Return the sum of the amounts in fen; None if any is unknown."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def _is_subtotal(line: Line) -> bool:
    """Whether a total line is only the total of a page, of a household, or of all pages so far."""
    labels = [drop_spaces(simplified_text(cell)) for cell in line.cells if not is_blank(cell)]
    return any(_SUBTOTAL.search(label) for label in labels[:_MOST_LABELS])


def _read_paid(line: Line, target: str) -> int | None:
    """Return the amount on a line in fen; None if it is blank or unreadable."""
    if is_blank(line.cell(target)):
        return None
    try:
        return read_duplicate_cells(
            line.cell(target), line.table.columns[target, None].scale, parse_money
        )
    except ValueProblem:
        return None


_DISAGREE = Message(
    "another roster of the same days pays this person another amount; the amount counts as unknown"
)
_ADDED = Message(
    "this person stands on this roster more than once for the same days, for different things; the"
    " amounts were added up"
)
_NOT_ADDED = Message(
    "this person stands on this roster more than once for the same days, and nothing says what each"
    " row is for; the amount counts as unknown. Delete the row that is one too many, or write under"
    " 备注 what each is for"
)
_PURPOSE_COLUMNS = ("programme", "covers", "paid_state", "remark")
_PURPOSE_HEADINGS = re.compile(_AROUND["purposes"])


def drop_duplicate_payments(
    receipts: Iterable[Receipt], lines: Mapping[int, Line], problems: ProblemLog
) -> list[Receipt]:
    """Return the receipts, but of only one roster for each person, benefit and period.

    If rosters state different amounts, the amount is unknown. Receipts from sheets and
    uncertain receipts all stay. `lines` are the rows of all rosters by id.
    """
    kept: list[Receipt] = []
    groups: dict[tuple[object, ...], dict[tuple[object, ...], list[Receipt]]] = defaultdict(dict)
    for receipt in receipts:
        if receipt.origin != "roster" or receipt.says != "yes":
            kept.append(receipt)
            continue
        table = lines[receipt.row_id].table
        # of a benefit for each month, the list of a quarter is of the same days as that of its end
        begins = None if receipt.amount_period == "month" else receipt.covers_from
        about = (
            receipt.household_no,
            receipt.member_no,
            receipt.programme,
            begins,
            receipt.covers_until,
        )
        roster = (table.file_name, table.sheet, table.import_id, id(table))
        groups[about].setdefault(roster, []).append(receipt)
    for tables in groups.values():
        kept += _drop_repeated_rows(tables, lines, problems)
    return kept


def _drop_repeated_rows(
    tables: Mapping[tuple[object, ...], list[Receipt]],
    lines: Mapping[int, Line],
    problems: ProblemLog,
) -> list[Receipt]:
    """Return the first roster's receipts; if other sums differ, report it and drop the amounts."""
    if len(tables) == 1:
        (only,) = tables.values()
        return _check_repeated_rows(only, lines, problems)
    first, *others = (
        _check_repeated_rows(tables[roster], lines, problems) for roster in sorted(tables, key=str)
    )
    if all(_sum_amounts(rows) == _sum_amounts(first) for rows in others):
        return first
    for rows in others:
        problems.add(lines[rows[0].row_id], "roster-amounts-disagree", _DISAGREE, "amount")
    return _drop_amounts(first)


def _check_repeated_rows(
    rows: list[Receipt], lines: Mapping[int, Line], problems: ProblemLog
) -> list[Receipt]:
    """Return one roster's receipts for a person; drop the amounts if a row may be a repetition.

    Two rows may be two payments, or one payment entered twice. They count as two only if each
    states another purpose. Repeated rows are reported, but not two payments of one-time aid, which
    may be paid as often as there is cause. Arrears beside the payment of the month do not count.
    """
    if len(rows) == 1:
        return rows
    paying = [row for row in rows if row.amount_fen != 0]
    if len(paying) > 1 and rows[0].amount_period == "month":
        arrears = {row.row_id for row in paying if read_row_state(lines[row.row_id]).in_part}
        if len(arrears) < len(paying):
            rows = [row for row in rows if row.row_id not in arrears]
            paying = [row for row in paying if row.row_id not in arrears]
    if len(paying) <= 1:
        return rows
    purposes = {_read_purpose(lines[row.row_id]) for row in paying}
    is_clear = len(purposes) == len(paying)
    if not is_clear or rows[0].amount_period != "once":
        message = _ADDED if is_clear else _NOT_ADDED
        problems.add(lines[paying[-1].row_id], "roster-person-repeated", message, "amount")
    return rows if is_clear else _drop_amounts(rows)


def _drop_amounts(receipts: list[Receipt]) -> list[Receipt]:
    return [receipt._replace(amount_fen=None) for receipt in receipts]


def _read_purpose(line: Line) -> tuple[str, ...]:
    """Return the texts of a row that may state its purpose, also under unknown headings."""
    cells = [line.shared_cell(target) for target in _PURPOSE_COLUMNS]
    cells += [
        line.cells[column.position]
        for column in line.table.unknown_columns
        if _PURPOSE_HEADINGS.search(column.header) and column.position < len(line.cells)
    ]
    return tuple(plain_text(cell) for cell in cells)


def _sum_amounts(receipts: Iterable[Receipt]) -> int | None:
    """Return the sum of the amounts in fen; None if any is unknown."""
    return add_amounts([receipt.amount_fen for receipt in receipts])
