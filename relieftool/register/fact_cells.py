"""Cells as the facts of a pack: what a cell says, or why it cannot be read; no place, no tables.

Whether the unit that a heading states is one that its fact, or its benefit, is measured in.

What is measured in another unit is unknown; it is told once for the column, with what to do.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from relieftool.messages import Message
from relieftool.pack.facts import Fact
from relieftool.pack.models import Pack, Programme
from relieftool.register.lines import Line, MappedColumn, ProblemLog, SheetTable
from relieftool.values.cells import (
    ERROR_LEFT,
    StoredValue,
    ValueProblem,
    find_measure_factor,
    is_error,
    parse_choice,
    parse_date,
    parse_integer,
    parse_measure,
    parse_money,
    parse_text,
    parse_yes_no,
    split_choices,
)
from relieftool.values.text import Cell, fold_heading, is_blank, simplified_text
from relieftool.values.units import (
    COUNTERS,
    FEN,
    PERIODS,
    SHARES,
    TIMES,
    format_unit,
    is_of_whole_table,
    list_column_parts,
    split_heading,
    split_unit,
    strip_scope,
)
from relieftool.values.words import list_cell_words

_AREA, _AGE = "m2", "age"
_MONEY_WORDS = "元, 百元, 千元, 万元, 百万元"


@dataclass(frozen=True)
class UnitFault:
    """A unit that does not belong: the part that is at fault, and whether it is only the period."""

    part: str
    is_period: bool = False


def find_base_unit(fact: Fact) -> str | None:
    """Return what a whole number is counted in, by the units in the fact's own headings.

    A number of months has 失业月数（月） among them; None where things are simply counted.
    """
    measures = (_AREA, _AGE, *sorted(TIMES))
    own = _own_parts(fact)
    return next((measure for measure in measures if measure in own), None)


def _own_parts(fact: Fact) -> set[str]:
    """List the parts of the units in the headings that the pack gives a fact."""
    return {
        part for text in fact.headers for part in split_unit(split_heading(fold_heading(text))[1])
    }


def find_unit_fault(fact: Fact, scale: str | None) -> UnitFault | None:
    """Say what in a heading's unit a fact is not measured in; None where all is well."""
    if scale is None or fact.type in ("date", "text"):
        return None
    if fact.type == "money":
        default = "person" if fact.owner == "member" else "household"
        shares = _own_parts(fact) & SHARES or {default}
        return find_amount_fault(fact.period, shares, scale)
    own = list_column_parts(scale)
    if fact.type != "integer":
        return next((UnitFault(part) for part in own if part in FEN), None)
    return _count_fault(find_base_unit(fact), own, split_unit(scale))


def find_amount_fault(period: str | None, shares: set[str], scale: str | None) -> UnitFault | None:
    """Say what in a heading's unit an amount is not measured in, its period and its share known."""
    for one in split_unit(scale):
        part = strip_scope(one)
        if part in TIMES and not _is_period(part, period):
            return UnitFault(part, is_period=True)
        is_counted = part in COUNTERS and is_of_whole_table(one)
        if not (part in FEN or part in TIMES or part in shares or is_counted):
            return UnitFault(part)
    return None


def _is_period(part: str, period: str | None) -> bool:
    """Return whether an amount for each `part` is one for a period; once is each time."""
    return part == period if period in PERIODS else part == "time"


def _count_fault(base: str | None, own: list[str], every: tuple[str, ...]) -> UnitFault | None:
    """Say what a whole number is not counted in; an area's unit may stand over several columns."""
    if base is None:
        return next((UnitFault(part) for part in own if part not in COUNTERS), None)
    over = [strip_scope(part) for part in every if is_of_whole_table(part) and base == _AREA]
    areas = [part for part in over if part not in (*FEN, *TIMES, *SHARES, *COUNTERS)]
    return next(
        (UnitFault(part) for part in [*own, *areas] if find_measure_factor(part, base) is None),
        None,
    )


def find_programme_fault(programme: Programme, scale: str | None) -> UnitFault | None:
    """Say what in a heading's unit the amounts of a benefit are not measured in."""
    share = "person" if programme.unit == "member" else "household"
    return find_amount_fault(programme.period, {share}, scale)


def report_unit_faults(
    read: Iterable[tuple[SheetTable, Iterable[Line]]], pack: Pack, findings: ProblemLog
) -> None:
    """Tell each column whose unit does not belong, with the number of its cells."""
    for table, lines in read:
        for (target, place), column in table.columns.items():
            message = _message(table, target, column, pack)
            if message is not None:
                cells = (line.cell(target, place) for line in lines if line.role != "total")
                count = sum(not is_blank(cell) for cell in cells)
                told = Message(message.template, {**message.params, "count": count})
                findings.add_column(table, "unit-unknown", told, column.header)


def _message(table: SheetTable, target: str, column: MappedColumn, pack: Pack) -> Message | None:
    """Return what is to be told of a column, without the number of its cells; None for nothing."""
    if table.kind == "roster":
        programme = find_roster_programme(table, target, pack)
        fault = find_programme_fault(programme, column.scale) if programme else None
        return _of_amount(fault, column) if fault else None
    fact = pack.facts.get(target) if table.kind == "households" else None
    fault = find_unit_fault(fact, column.scale) if fact else None
    if fact is None or fault is None:
        return None
    if fault.is_period:
        return _of_period(fact, fault, column, pack)
    return _unknown(fault, column, _known_units(fact))


def find_roster_programme(table: SheetTable, target: str, pack: Pack) -> Programme | None:
    """Return the benefit that all amounts of a roster's column are of; None where rows name it."""
    own = pack.programmes.get(table.programme or "")
    named = pack.programmes.get(target.removeprefix("receipt.")) if "." in target else None
    return own if own and target == "amount" else named


def _of_amount(fault: UnitFault, column: MappedColumn) -> Message:
    """Tell an amount of a benefit that is of another unit or period."""
    if not fault.is_period:
        return _unknown(fault, column, _MONEY_WORDS)
    return Message(
        "the heading '{header}' is of another period than this benefit is paid for, so its cells"
        " ({count}) are unknown; correct the heading, or leave the column out with"
        " --map {header}=-",
        {"header": column.header},
    )


def _of_period(fact: Fact, fault: UnitFault, column: MappedColumn, pack: Pack) -> Message:
    """Tell an amount for another period, and the fact of that period if there is one."""
    params: dict[str, str | int] = {"header": column.header}
    twin = _twin(fact, fault.part, pack)
    if twin is None:
        return Message(
            "the heading '{header}' states another period than belongs here, and no fact is kept"
            " for that one, so its cells ({count}) are unknown; correct the heading, or leave the"
            " column out with --map {header}=-",
            params,
        )
    return Message(
        "the heading '{header}' states another period than belongs here, so its cells ({count})"
        " are unknown; if it is {twin}, import it again with --map {header}={twin}, or leave the"
        " column out with --map {header}=-",
        params | {"twin": twin.headers[0] if twin.headers else twin.id},
    )


def _twin(fact: Fact, period: str, pack: Pack) -> Fact | None:
    """Return the fact that is the same for another period: one of its names differs in that only."""
    names = _timeless(fact)
    others = (one for one in pack.facts.values() if one.owner == fact.owner)
    return next(
        (other for other in others if other.period == period and names & _timeless(other)), None
    )


def _timeless(fact: Fact) -> set[str]:
    """Return the names of a fact without unit and period."""
    names = (split_heading(fold_heading(text))[0] for text in fact.headers)
    return {"".join(sign for sign in name if sign not in "年月度全") for name in names}


def _known_units(fact: Fact) -> str:
    """Name the units that a fact may be stated in."""
    base = find_base_unit(fact) if fact.type == "integer" else None
    if base is not None:
        return ", ".join(map(format_unit, [base, *(["year"] if base == "month" else [])]))
    return _MONEY_WORDS if fact.type == "money" else "个, 人, 户, 套, 辆"


def _unknown(fault: UnitFault, column: MappedColumn, known: str) -> Message:
    """Tell a unit that does not belong."""
    unit = ("/" if fault.part in SHARES else "") + format_unit(fault.part)
    return Message(
        "the unit {unit} of the heading '{header}' is not known here, so its cells ({count}) are"
        " unknown; give them in one of {known}, or leave the column out with --map {header}=-",
        {"unit": unit, "header": column.header, "known": known},
    )


_NONE_OF = re.compile(r"(?:无|没有|没)(?P<what>[一-鿿]{2,8})")
_NONE_OR_UNKNOWN = Message("'无' may mean none, or that nothing is known; write 0 if there is none")
# Facts that offices write in one cell, as 肢体二级.
_PAIRS = {"disability_kind": "disability_grade", "disability_grade": "disability_kind"}
_OLDEST = 130


def parse_fact(
    fact: Fact, cell: Cell, scale: str | None = None, *, two_is_no: bool = False
) -> StoredValue:
    """Read a cell as a fact is stored; `scale` is what its heading says it is measured in.

    With `two_is_no` its column has proved that it codes no as 2. A figure may be stated as none of
    just what its heading names: 无收入 under 月收入 is 0, and 无固定收入 is not. 无 alone is 0
    where a blank means none as well; elsewhere it may mean that nothing is known, and is told.

    Raises:
        ValueProblem: It cannot be read.
    """
    if is_error(cell):
        raise ValueProblem(ERROR_LEFT)
    if fact.is_figure and _says_none(fact, simplified_text(cell)):
        return 0
    value: StoredValue
    match fact.type:
        case "money":
            value = parse_money(cell, scale, fact.period)
        case "integer":
            base = find_base_unit(fact)
            stated = next(iter(list_column_parts(scale)), None)
            value = parse_measure(cell, base, stated) if base else parse_integer(cell)
            value = _no_year(fact, value)
        case "date":
            value = parse_date(cell)
        case "yes_no":
            value = parse_yes_no(cell, two_is_no=two_is_no)
        case "choice":
            value = parse_choice(cell, fact.choices)
        case "text":
            value = parse_text(cell)
    return value


def _says_none(fact: Fact, text: str) -> bool:
    """Return whether a text states that there is none of what a fact counts.

    Raises:
        ValueProblem: It may also say that nothing is known.
    """
    if text in list_cell_words("none"):
        if fact.blank != "none":
            raise ValueProblem(_NONE_OR_UNKNOWN)
        return True
    found = _NONE_OF.fullmatch(text)
    if found is None:
        return False
    names = {split_heading(fold_heading(heading))[0] for heading in fact.headers}
    return any(name.endswith(found["what"]) for name in names)


def split_fact_pair(pack: Pack, fact: str, cell: Cell) -> tuple[str, str] | None:
    """Return a fact and the one that is written with it, where a cell holds both."""
    one, other = pack.facts.get(fact), pack.facts.get(_PAIRS.get(fact, ""))
    if one is None or other is None or is_blank(cell):
        return None
    return split_choices(cell, one.choices, other.choices)


def _no_year(fact: Fact, value: int) -> int:
    """Refuse a year of birth where an age belongs."""
    if fact.id == "stated_age" and value > _OLDEST:
        raise ValueProblem(Message("this is no age; a year of birth belongs under 出生日期"))
    return value
