"""Reads what rosters declare: their benefits, periods and endings, and whether they are complete.

A roster is complete only if that is declared, or shown by a total that is the sum of its rows.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Literal

from relieftool.messages import Message
from relieftool.pack.models import Pack, Programme
from relieftool.register.lines import Line, ProblemLog, SheetTable, read_duplicate_cells
from relieftool.register.sheet_receipts import DayRange, ProgrammeNames
from relieftool.values.cells import ValueProblem, is_error, parse_money
from relieftool.values.periods import parse_month_period, parse_period
from relieftool.values.text import Cell, drop_spaces, is_blank, plain_text, simplified_text

# The number of results that are cached: a column repeats the same few cells.
_REMEMBERED = 1 << 10
_MONTH = re.compile(r"(\d{4})[-./年](0?[1-9]|1[0-2])(?:月|[-./月]\d{1,2}日?)?", re.ASCII)
_PACKED_MONTH = re.compile(r"(\d{4})(0[1-9]|1[0-2])(?:\d{2})?", re.ASCII)


@dataclass(frozen=True)
class RosterBenefits:
    """Finds the programmes that a roster pays: of the whole roster, by column, or row by row."""

    pack: Pack
    names: ProgrammeNames

    def list_periods(self, table: SheetTable, lines: Iterable[Line]) -> dict[str, list[DayRange]]:
        """Return the programmes that a roster pays, each with the periods of its rows."""
        columns = self.list_columns(table)
        own = self.find_programme(table)
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

    def find_programme(self, table: SheetTable) -> str | None:
        """Return the programme stated for a whole roster; None if it is not in the pack."""
        return table.programme if table.programme in self.pack.programmes else None

    def list_columns(self, table: SheetTable) -> list[str]:
        """Return the ids of the programmes that have a column in a roster."""
        return [name for name in self.pack.programmes if (f"receipt.{name}", None) in table.columns]

    def find_named_programme(self, line: Line) -> str | None:
        """Return the programme that a row names; None if no programme has this name."""
        return self.names.find(plain_text(line.shared_cell("programme")))


def find_roster_period(table: SheetTable, programme: Programme, stated: Cell = None) -> DayRange:
    """Return the first and last day that a roster covers; (None, None) if it is undated.

    For a monthly benefit these are the days of the whole month. `stated` is the cell in which a row
    may state another month than the roster.
    """
    covers = read_month(stated) or table.covers
    if covers is None:
        return None, None
    return parse_month_period(covers) if programme.period == "month" else parse_period(covers)


@lru_cache(_REMEMBERED, typed=True)
def read_month(cell: Cell) -> str | None:
    """Return a month such as 2024年11月 or 202411 as 2024-11; None if the cell is not a month.

    The figure 2024.1 may have been 2024.10, so it is None.
    """
    text = plain_text(cell)
    if isinstance(cell, float) and text.endswith(".1"):
        return None
    found = _MONTH.fullmatch(text.removesuffix(" 00:00:00")) or _PACKED_MONTH.fullmatch(text)
    return f"{found[1]}-{int(found[2]):02}" if found else None


_GONE = r"死亡|去世|病故|亡故|身故|已故|过世|迁出|迁离|迁走|搬离|搬走|外迁|户口迁移"
_STOPPED = r"停发|停保|停止发放|停止|终止|注销|退保|取消|退出"
_ENDED = re.compile(rf"(?:{_GONE}|{_STOPPED}|[\d年月日.\-/\s()（）,，、:：;已因于自从起]|本人)*")


def find_row_ending(line: Line, paid: Cell) -> str | None:
    """Return the word for death or move if a row ends a benefit by it; None if it ends nothing.

    "" means an end for another reason. State, remark and `paid`, the cell of the amount, are read,
    in this order.
    """
    for cell in (line.cell("paid_state"), line.cell("remark"), paid):
        if cell is not None and (ended := read_ending(cell)) is not None:
            return ended
    return None


@lru_cache(_REMEMBERED, typed=True)
def read_ending(cell: Cell) -> str | None:
    """Return the word for death or move if a cell ends a benefit by it; None if it ends nothing.

    "" means an end for another reason. The text must be about nothing else: 配偶死亡 is about the
    death of another person.
    """
    text = simplified_text(cell)
    if text and _ENDED.fullmatch(text):
        if gone := re.search(_GONE, text):
            return gone[0]
        if re.search(_STOPPED, text):
            return ""
    return None


def find_paid_cell(line: Line, programme: Programme) -> Cell:
    """Return the amount cell of a row, or if it is blank the cell in the programme's own column."""
    amount = line.cell("amount")
    return line.cell(f"receipt.{programme.id}") if is_blank(amount) else amount


@lru_cache(_REMEMBERED, typed=True)
def is_negative_amount(cell: Cell) -> bool:
    """Whether a cell is an amount below 0."""
    text = simplified_text(cell).lstrip("¥ ")
    try:
        return text.startswith("-") and parse_money(text[1:]) > 0
    except ValueProblem:
        return False


# Labels of totals after which more may follow: of a page, of a household, of all pages so far.
_SUBTOTAL = re.compile(r"本[页頁户戶批组組次]|小计|累计|第.{1,4}[页批组]|承前|[转过接]下?[页次]")
_NUMBER = r"[一二三四五六七八九十百\d]+"
_PART = re.compile(rf"第{_NUMBER}[批页次]|部分|补录|补发|增补|追加|(?<!手)续表|\(续|[上中下]册")
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
