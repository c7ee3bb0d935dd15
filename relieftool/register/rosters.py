"""What a roster pays, and for which days: by itself, by its columns, or row by row.

What a row of a roster says of an end: a death, a move, a stop, or money taken back.

Whether nobody is missing from a roster: declared, or shown by a total of all that agrees.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from relieftool.messages import Message
from relieftool.pack.models import Pack, Programme
from relieftool.register.lines import Line, ProblemLog, SheetTable, read_duplicate_cells
from relieftool.register.sheet_receipts import DayRange, ProgrammeNames
from relieftool.values.cells import ValueProblem, is_error, parse_money
from relieftool.values.communities import normalise_community
from relieftool.values.periods import parse_month_period, parse_period
from relieftool.values.text import Cell, drop_spaces, is_blank, plain_text, simplified_text

_MONTH = re.compile(r"(\d{4})[-./年](0?[1-9]|1[0-2])(?:月|[-./月]\d{1,2}日?)?", re.ASCII)
_PACKED_MONTH = re.compile(r"(\d{4})(0[1-9]|1[0-2])(?:\d{2})?", re.ASCII)


@dataclass(frozen=True)
class RosterBenefits:
    """Tells which programmes a roster pays: by itself, by its columns, or row by row."""

    pack: Pack
    names: ProgrammeNames

    def of(self, table: SheetTable, lines: Iterable[Line]) -> dict[str, list[DayRange]]:
        """Name the programmes a roster speaks of, each with the periods of its rows."""
        columns = self.columns(table)
        own = self.programme(table)
        found: dict[str, set[DayRange]] = defaultdict(set)
        for line in lines:
            if line.role != "total":
                named = own or self.find_named_programme(line)
                for name in [named] if named else columns:
                    stated = line.shared_cell("covers")
                    found[name].add(find_roster_period(table, self.pack.programmes[name], stated))
        for name in ([own] if own else columns) if not found else ():
            found[name].add(find_roster_period(table, self.pack.programmes[name]))
        return {name: sorted(periods, key=str) for name, periods in sorted(found.items())}

    def programme(self, table: SheetTable) -> str | None:
        """Return the one programme of a roster; None if there are several, or the pack has it not."""
        return table.programme if table.programme in self.pack.programmes else None

    def columns(self, table: SheetTable) -> list[str]:
        """Name the programmes that have a column in a roster."""
        return [name for name in self.pack.programmes if (f"receipt.{name}", None) in table.columns]

    def find_named_programme(self, line: Line) -> str | None:
        """Return the programme that a row names; None where it names none that is known."""
        return self.names.find(plain_text(line.shared_cell("programme")))


def find_roster_period(table: SheetTable, programme: Programme, stated: Cell = None) -> DayRange:
    """Return the days a roster covers: its month for a monthly benefit, else what it says."""
    covers = read_month(stated) or table.covers
    if covers is None:
        return None, None
    return parse_month_period(covers) if programme.period == "month" else parse_period(covers)


def read_month(cell: Cell) -> str | None:
    """Read a month such as 2024年11月 or 202411 from a row; None where it is none.

    The figure 2024.1 may have been 2024.10, so it is none.
    """
    text = plain_text(cell)
    if isinstance(cell, float) and text.endswith(".1"):
        return None
    found = _MONTH.fullmatch(text.removesuffix(" 00:00:00")) or _PACKED_MONTH.fullmatch(text)
    return f"{found[1]}-{int(found[2]):02}" if found else None


_GONE = r"死亡|去世|病故|亡故|身故|已故|过世|迁出|迁离|迁走|搬离|搬走|外迁|户口迁移"
_STOPPED = r"停发|停保|停止发放|停止|终止|注销|退保|取消|退出"
_ENDED = re.compile(rf"(?:{_GONE}|{_STOPPED}|[\d年月日.\-/\s()（）,，、:：;已因于自从起]|本人)*")


def find_row_ending(line: Line, programme: Programme) -> str | None:
    """Say by which death or move a row ends the benefit, "" by neither; None if it does not.

    It may say so in the place of the amount too.
    """
    cells = (line.cell("paid_state"), line.cell("remark"), find_paid_cell(line, programme))
    return next((ended for cell in cells if (ended := read_ending(cell)) is not None), None)


def read_ending(cell: Cell) -> str | None:
    """Say by which death or move a cell ends the benefit, "" by neither; None if it does not.

    A remark counts only where it says nothing else: 配偶死亡 is not the person's own.
    """
    text = simplified_text(cell)
    if text and _ENDED.fullmatch(text):
        if gone := re.search(_GONE, text):
            return gone[0]
        if re.search(_STOPPED, text):
            return ""
    return None


def find_paid_cell(line: Line, programme: Programme) -> Cell:
    """Return the cell that says what a row pays of a programme."""
    amount = line.cell("amount")
    return line.cell(f"receipt.{programme.id}") if is_blank(amount) else amount


def is_negative_amount(cell: Cell) -> bool:
    """Return whether a cell is an amount below 0."""
    text = simplified_text(cell).lstrip("¥ ")
    try:
        return text.startswith("-") and parse_money(text[1:]) > 0
    except ValueProblem:
        return False


# A total of one page, of one household, or of all pages so far: more may follow.
_SUBTOTAL = re.compile(r"本[页頁户戶批组組次]|小计|累计|第.{1,4}[页批组]|承前|[转过接]下?[页次]")
_NUMBER = r"[一二三四五六七八九十百\d]+"
_PART = re.compile(rf"第{_NUMBER}[批页次]|部分|补录|补发|增补|追加|(?<!手)续表|\(续|[上中下]册")
_ONLY_PAGE = re.compile(rf"第{_NUMBER}页[,/]?共[一1]页")
_MOST_LABELS = 3


@dataclass(frozen=True)
class RosterDeclaration:
    """A roster's declaration: what it pays, where and when, and whether nobody is missing.

    `first` is its first row, None where it has none.
    """

    first: Line | None
    periods: Mapping[str, list[DayRange]]
    area: str | None
    is_complete: bool


def declare_roster(
    table: SheetTable,
    lines: Iterable[Line],
    periods: Mapping[str, list[DayRange]],
    findings: ProblemLog,
    whole: Sequence[Iterable[Line]] = (),
) -> RosterDeclaration:
    """Say what a roster speaks of; one not declared speaks for itself where its total agrees.

    `lines` can be gone through several times. A row that nobody can be known by may be anybody, so
    a roster with one is not complete. `whole` are the rows of all sections of its sheet.
    """
    area = normalise_community(table.community) if table.community else None
    proof = _proof(table, lines, whole, findings)
    is_complete = table.is_complete
    if is_complete is None:
        may_be = bool(proof and area and table.covers and table.is_payment_list)
        is_complete = may_be and proof == "all" and not is_named_part(table)
        if may_be and not is_complete:
            _tell_part(lines, findings)
    nameless = [one for one in lines if one.role != "total" and not _is_somebody(one)]
    if is_complete:
        for line in nameless:
            findings.add(line, "roster-row-nobody", _ANYBODY)
    return RosterDeclaration(next(iter(lines), None), periods, area, is_complete and not nameless)


def is_named_part(table: SheetTable) -> bool:
    """Return whether title, sheet or file call a roster one of several parts of the whole."""
    called = simplified_text(f"{table.title} {table.sheet} {table.file_name}")
    return _PART.search(_ONLY_PAGE.sub("", drop_spaces(called))) is not None


def _tell_part(lines: Iterable[Line], findings: ProblemLog) -> None:
    """Tell a roster that adds up, and may be a part of a longer one."""
    first = next(iter(lines), None)
    if first is not None:
        findings.add(first, "roster-is-part", _MAY_BE_PART)


_MAY_BE_PART = Message(
    "this roster is called a part, or only totals of pages stand on it, so it says nothing of those"
    " it does not list; if nobody is missing, import it with --complete"
)
_ANYBODY = Message(
    "this row has neither a name nor a readable ID number, so the roster cannot say who is missing;"
    " fill one in"
)


def _is_somebody(line: Line) -> bool:
    """Return whether a row has a name or an ID number that can be read."""
    names = (line.cell(target) for target in ("name", "head_name"))
    return any(not is_blank(cell) and not is_error(cell) for cell in names) or any(
        line.id_number(target).number for target in ("id_number", "head_id_number")
    )


CompletenessProof = Literal["all", "pages"]


def join_sections(
    listed: Iterable[tuple[SheetTable, Iterable[Line]]],
) -> dict[tuple[int, str, int], list[Iterable[Line]]]:
    """Return for each place on a sheet the rows of all sections under its headings."""
    whole: dict[tuple[int, str, int], list[Iterable[Line]]] = {}
    for table, lines in listed:
        whole.setdefault(table.place, []).append(lines)
    return whole


def _proof(
    table: SheetTable,
    lines: Iterable[Line],
    whole: Sequence[Iterable[Line]],
    findings: ProblemLog,
) -> CompletenessProof | None:
    """Say what the totals of a programme's roster add up: all rows, or page by page; tell neither.

    The last total of several sections may be that of all of them; a section's own, whatever it is
    called, is that of the section.
    """
    target = "amount" if ("amount", None) in table.columns else f"receipt.{table.programme}"
    own = _sums(lines, target)
    if own.paid is None or not (own.totals or len(whole) > 1):
        return None
    proof = own.proof
    is_section = len(whole) > 1
    if is_section and (proof or _sums(chain.from_iterable(whole), target).proof == "all"):
        proof = "all"
    if own.totals and proof is None:
        findings.add(own.totals[-1][0], "total-differs", _DIFFERS, target)
    return proof if own.rows and table.programme is not None else None


_DIFFERS = Message("the total is not the sum of the rows; a row may be missing")


@dataclass(frozen=True)
class _Totals:
    """The totals of some rows, each with its amount; what the rows pay, None if unreadable."""

    totals: list[tuple[Line, int]]
    paid: int | None
    rows: int

    @property
    def proof(self) -> CompletenessProof | None:
        """Say what the totals add up. Only the last that is none of a page can be that of all."""
        if self.paid is None or not self.totals:
            return None
        whole = [amount for line, amount in self.totals if not _is_subtotal(line)]
        if whole and whole[-1] == self.paid:
            return "all"
        stated = [amount for _line, amount in self.totals]
        return "pages" if self.paid in (stated[-1], sum(stated)) else None


def _sums(lines: Iterable[Line], target: str) -> _Totals:
    """Add up what rows pay, and find their totals."""
    totals: list[tuple[Line, int]] = []
    paid: list[int | None] = []
    for line in lines:
        amount = _money(line, target)
        if line.role != "total" and not is_blank(line.cell(target)):
            paid.append(amount)
        elif line.role == "total" and amount is not None:
            totals.append((line, amount))
    read = [one for one in paid if one is not None]
    return _Totals(totals, sum(read) if len(read) == len(paid) else None, len(paid))


def _is_subtotal(line: Line) -> bool:
    """Return whether a total is one of a page, of a household, or of all pages so far."""
    labels = [drop_spaces(simplified_text(cell)) for cell in line.cells if not is_blank(cell)]
    return any(_SUBTOTAL.search(label) for label in labels[:_MOST_LABELS])


def _money(line: Line, target: str) -> int | None:
    """Read the paid amount of a line for adding up; None where there is none."""
    if is_blank(line.cell(target)):
        return None
    try:
        return read_duplicate_cells(
            line.cell(target), line.table.columns[target, None].scale, parse_money
        )
    except ValueProblem:
        return None
