"""What a roster pays, and for which days: by itself, by its columns, or row by row."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from relieftool.pack.models import Pack, Programme
from relieftool.register.lines import Line, SheetTable
from relieftool.register.sheet_receipts import DayRange, ProgrammeNames
from relieftool.values.periods import parse_month_period, parse_period
from relieftool.values.text import Cell, plain_text

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
        """Give the one programme of a roster; None if there are several, or the pack has it not."""
        return table.programme if table.programme in self.pack.programmes else None

    def columns(self, table: SheetTable) -> list[str]:
        """Name the programmes that have a column in a roster."""
        return [name for name in self.pack.programmes if (f"receipt.{name}", None) in table.columns]

    def find_named_programme(self, line: Line) -> str | None:
        """Give the programme that a row names; None where it names none that is known."""
        return self.names.find(plain_text(line.shared_cell("programme")))


def find_roster_period(table: SheetTable, programme: Programme, stated: Cell = None) -> DayRange:
    """Give the days a roster covers: its month for a monthly benefit, else what it says."""
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
