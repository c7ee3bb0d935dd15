"""Parses the cells of facts, and checks that the unit in a heading fits the fact.

If it does not fit, all cells of the column are unknown; nothing is converted by a guess. The column
is reported once.
"""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from relieftool.messages import Message
from relieftool.pack.facts import FACT_PAIRS, Fact
from relieftool.pack.models import Pack, Programme
from relieftool.register.lines import (
    DuplicateCells,
    Line,
    MappedColumn,
    ProblemLog,
    SheetTable,
    TargetKey,
    read_duplicate_cells,
)
from relieftool.values.amounts import read_plain_figure
from relieftool.values.cells import (
    DITTO_LEFT,
    ERROR_LEFT,
    IMPROBABLE_DAY,
    UNIT_UNKNOWN,
    ValueProblem,
    find_measure_factor,
    is_error,
    parse_date,
    parse_integer,
    parse_measure,
    parse_money,
    parse_text,
    parse_yes_no,
    read_yes_or_no,
)
from relieftool.values.choices import parse_choice, split_choices
from relieftool.values.coded_words import list_words_in
from relieftool.values.stored_values import StoredValue
from relieftool.values.text import Cell, drop_spaces, fold_heading, is_blank, simplified_text
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
from relieftool.values.vocabulary import is_ditto, list_cell_words

_AREA, _AGE = "m2", "age"
_MONEY_WORDS = "元, 百元, 千元, 万元, 百万元"


class Doubt(NamedTuple):
    """Why a fact is unknown although cells state it.

    Its `state` is "unusable" if a cell cannot be read, "disputed" if cells of the same day differ,
    or "range" if the value lies from `low` to `high` (None: no end), as in 3000以上. An amount that
    is disputed lies between the least and the most that cells state.
    """

    state: str
    low: int | None = None
    high: int | None = None


DISPUTED = Doubt("disputed")


def find_dispute(fact: Fact, values: Iterable[StoredValue]) -> Doubt:
    """Return the doubt about a fact of which sources state different values, all of them given.

    An amount of money is one of these: it lies between the least and the most.
    """
    amounts = [value for value in values if isinstance(value, int)]
    if fact.type != "money" or not amounts:
        return DISPUTED
    return Doubt("disputed", min(amounts), max(amounts))


def find_doubt(problems: Iterable[ValueProblem]) -> Doubt:
    """Return the doubt about a fact whose newest cells have these problems."""
    doubts = {Doubt(problem.state, problem.low, problem.high) for problem in problems}
    if len(doubts) == 1:
        return doubts.pop()
    return DISPUTED if all(doubt.state == "range" for doubt in doubts) else Doubt("unusable")


@dataclass(frozen=True)
class UnitFault:
    """The part of a unit that does not fit; `is_period`: the part is a wrong period."""

    part: str
    is_period: bool = False


def find_base_unit(fact: Fact) -> str | None:
    """Return the unit of a fact's whole numbers, such as "month"; None if they count things.

    It is taken from the headings that the pack names: 失业月数（月） shows that it is the month.
    """
    measures = (_AREA, _AGE, *sorted(TIMES))
    own = _list_heading_units(fact)
    return next((measure for measure in measures if measure in own), None)


def _list_heading_units(fact: Fact) -> set[str]:
    """Return the parts of all units in the headings that the pack names for a fact."""
    return {
        part for text in fact.headers for part in split_unit(split_heading(fold_heading(text))[1])
    }


def find_unit_fault(fact: Fact, scale: str | None) -> UnitFault | None:
    """Return the part of a heading's unit that does not fit a fact; None if all parts fit.

    Units of dates and texts are not checked.
    """
    if scale is None or fact.type in ("date", "text"):
        return None
    if fact.type == "money":
        default = "person" if fact.owner == "member" else "household"
        shares = _list_heading_units(fact) & SHARES or {default}
        return find_amount_fault(fact.period, shares, scale)
    own = list_column_parts(scale)
    if fact.type != "integer":
        return next((UnitFault(part) for part in own if part in FEN), None)
    return _find_count_fault(find_base_unit(fact), own, split_unit(scale))


def find_amount_fault(period: str | None, shares: set[str], scale: str | None) -> UnitFault | None:
    """Return the part of a heading's unit that does not fit an amount; None if all parts fit.

    `period` is the period of the amount. `shares` has "person", "household" or both: per whom the
    amount may be stated.
    """
    for written in split_unit(scale):
        part = strip_scope(written)
        if part in TIMES and not _is_same_period(part, period):
            return UnitFault(part, is_period=True)
        is_counted = part in COUNTERS and is_of_whole_table(written)
        if not (part in FEN or part in TIMES or part in shares or is_counted):
            return UnitFault(part)
    return None


def _is_same_period(part: str, period: str | None) -> bool:
    """Whether a part is the period; for any but "month" and "year" it must be "time" (每次)."""
    return part == period if period in PERIODS else part == "time"


def _find_count_fault(base: str | None, own: list[str], every: tuple[str, ...]) -> UnitFault | None:
    """Return the part of a heading's unit that does not fit a whole number; None if all fit."""
    if base is None:
        return next((UnitFault(part) for part in own if part not in COUNTERS), None)
    # a unit stated for the whole table is usually that of its money, but may be that of its areas
    over = [strip_scope(part) for part in every if is_of_whole_table(part) and base == _AREA]
    areas = [part for part in over if part not in (*FEN, *TIMES, *SHARES, *COUNTERS)]
    return next(
        (UnitFault(part) for part in [*own, *areas] if find_measure_factor(part, base) is None),
        None,
    )


def find_programme_fault(programme: Programme, scale: str | None) -> UnitFault | None:
    """Return the part of a heading's unit that does not fit a benefit; None if all parts fit."""
    share = "person" if programme.unit == "member" else "household"
    return find_amount_fault(programme.period, {share}, scale)


def report_unit_faults(
    read: Iterable[tuple[SheetTable, Iterable[Line]]], pack: Pack, problems: ProblemLog
) -> None:
    """Report each column whose unit does not fit, with the number of its filled cells."""
    for table, lines in read:
        for (target, place), column in table.columns.items():
            message = _format_unit_problem(table, target, column, pack)
            if message is not None:
                cells = (line.cell(target, place) for line in lines if line.role != "total")
                count = sum(not is_blank(cell) for cell in cells)
                counted = Message(message.template, {**message.params, "count": count})
                problems.add_column(table, "unit-unknown", counted, column.header)


def report_ranges(
    read: Iterable[tuple[SheetTable, Iterable[Line]]],
    ranged: Container[tuple[int, str, int | None]],
    pack: Pack,
    problems: ProblemLog,
) -> None:
    """Report each column that has classes of amounts, such as 500~999, with the number of cells.

    `ranged` are these columns: the id of their table, their meaning and their member.
    """
    for table, lines in read:
        keys = [key for key in table.columns if (table.table_id, *key) in ranged]
        numbers: dict[TargetKey, list[int]] = {key: [] for key in keys}
        for line in lines if keys else ():
            for key in keys if line.role != "total" else ():
                if _is_range(pack.facts[key[0]], line.cell(*key), table.columns[key].scale):
                    numbers[key].append(line.number)
        for key, rows in numbers.items():
            header = table.columns[key].header
            message = Message(
                _RANGES.template,
                {"header": header, "count": len(rows), "row": min(rows, default=0)},
            )
            problems.add_column(table, "value-range", message, header)


def _is_range(fact: Fact, cell: Cell, scale: str | None) -> bool:
    """Whether a cell has a class of amounts."""
    try:
        read_duplicate_cells(cell, scale, partial(parse_fact, fact))
    except ValueProblem as problem:
        return problem.state == "range"
    return False


def _format_unit_problem(
    table: SheetTable, target: str, column: MappedColumn, pack: Pack
) -> Message | None:
    """Return the message for a column, without the number of cells; None if its unit fits."""
    if table.kind == "roster":
        programme = find_roster_programme(table, target, pack)
        fault = find_programme_fault(programme, column.scale) if programme else None
        return _format_amount_problem(fault, column) if fault else None
    fact = pack.facts.get(target) if table.kind == "households" else None
    fault = find_unit_fault(fact, column.scale) if fact else None
    if fact is None or fault is None:
        return None
    if fault.is_period:
        return _format_period_problem(fact, fault, column, pack)
    return _format_unknown_unit(fault, column, _format_known_units(fact))


def find_roster_programme(table: SheetTable, target: str, pack: Pack) -> Programme | None:
    """Return the benefit that a roster's column pays; None if there is none or the rows name it."""
    own = pack.programmes.get(table.programme or "")
    named = pack.programmes.get(target.removeprefix("receipt.")) if "." in target else None
    return own if own and target == "amount" else named


def _format_amount_problem(fault: UnitFault, column: MappedColumn) -> Message:
    """Return the message for amounts of a benefit in another unit or for another period."""
    if not fault.is_period:
        return _format_unknown_unit(fault, column, _MONEY_WORDS)
    return Message(
        "the heading '{header}' is of another period than this benefit is paid for, so its cells"
        " ({count}) are unknown; correct the heading, or leave the column out with"
        " --map {header}=-",
        {"header": column.header},
    )


def _format_period_problem(
    fact: Fact, fault: UnitFault, column: MappedColumn, pack: Pack
) -> Message:
    """Return the message for amounts for another period, with the fact for it, if any."""
    params: dict[str, str | int] = {"header": column.header}
    twin = _find_fact_of_period(fact, fault.part, pack)
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


def _find_fact_of_period(fact: Fact, period: str, pack: Pack) -> Fact | None:
    """Return the fact with the same heading but for the period; None if there is none."""
    names = _names_without_period(fact)
    same = (fact.owner, period)
    for other in pack.facts.values():
        if (other.owner, other.period) == same and names & _names_without_period(other):
            return other
    return None


def _names_without_period(fact: Fact) -> set[str]:
    """Return the headings of a fact without their units and words for periods."""
    names = (split_heading(fold_heading(text))[0] for text in fact.headers)
    return {"".join(sign for sign in name if sign not in "年月度全") for name in names}


def _format_known_units(fact: Fact) -> str:
    """Return the units that a fact may be stated in, as text for a message."""
    base = find_base_unit(fact) if fact.type == "integer" else None
    if base is not None:
        return ", ".join(map(format_unit, [base, *(["year"] if base == "month" else [])]))
    return _MONEY_WORDS if fact.type == "money" else "个, 人, 户, 套, 辆"


def _format_unknown_unit(fault: UnitFault, column: MappedColumn, known: str) -> Message:
    """Return the message for a unit that does not fit; `known` are the units that do."""
    unit = ("/" if fault.part in SHARES else "") + format_unit(fault.part)
    return Message(
        "the unit {unit} of the heading '{header}' is not known here, so its cells ({count}) are"
        " unknown; give them in one of {known}, or leave the column out with --map {header}=-",
        {"unit": unit, "header": column.header, "known": known},
    )


_RANGES = Message(
    "'{header}' states a range such as 500-999 in {count} rows (first: {row}), so the amounts are"
    " unknown; write the amounts themselves where they decide"
)
_NONE_OF = re.compile(r"(?:无|没有|没)(?P<what>[一-鿿]{1,8})")
_COUNTED = re.compile(r"[\d一二两三四五六七八九十]+[套辆间台处个]$")
_NONE_OR_UNKNOWN = Message("'无' may mean none, or that nothing is known; write 0 if there is none")
_OLDEST = 130
_ASKING = tuple(list_cell_words("asking"))


def parse_fact(
    fact: Fact, cell: Cell, scale: str | None = None, *, two_is_no: bool = False
) -> StoredValue:
    """Return the value of a cell as it is stored; `scale` is the unit that its heading states.

    `two_is_no`: the column codes yes and no as 1 and 2. A figure is 0 if its cell is 无
    with the end of a heading: 无收入 under 月收入, but not 无固定收入. 无 alone is 0 if a blank
    cell means none for this fact; otherwise it may mean that nothing is known, and cannot be read.

    Raises:
        ValueProblem: The cell cannot be read.
    """
    if is_error(cell):
        raise ValueProblem(ERROR_LEFT)
    if is_ditto(cell):
        raise ValueProblem(DITTO_LEFT)
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
            value = _check_age(fact, value)
        case "date":
            value = parse_date(cell)
        case "yes_no":
            value = _parse_yes_no(fact, cell, two_is_no=two_is_no)
        case "choice":
            value = parse_choice(cell, fact.choices, fact.several)
        case "text":
            value = parse_text(cell)
    return value


def _parse_yes_no(fact: Fact, cell: Cell, *, two_is_no: bool) -> int:
    """Return 1 for yes and 0 for no; the words that the pack has for this fact count too."""
    words = set(list_words_in(simplified_text(cell))) if fact.written else set()
    if not words.isdisjoint(fact.written.get("yes", ())):
        return 1
    if not words.isdisjoint(fact.written.get("no", ())):
        return 0
    return parse_yes_no(cell, two_is_no=two_is_no)


def _says_none(fact: Fact, text: str) -> bool:
    """Whether a text states that there is none of what a fact counts.

    Raises:
        ValueProblem: The text may also mean that nothing is known.
    """
    if text in list_cell_words("none"):
        if fact.blank != "none":
            raise ValueProblem(_NONE_OR_UNKNOWN)
        return True
    if _COUNTED.sub("", drop_spaces(text)) in fact.written.get("none", ()):
        return True
    found = _NONE_OF.fullmatch(text)
    if found is None:
        return False
    names = {split_heading(fold_heading(heading))[0] for heading in fact.headers}
    return any(name.endswith(found["what"]) for name in names)


def split_fact_pair(pack: Pack, fact: str, cell: Cell) -> tuple[str, str] | None:
    """Return the values of a fact and its partner in FACT_PAIRS; None if the cell lacks either."""
    own, partner = pack.facts.get(fact), pack.facts.get(FACT_PAIRS.get(fact, ""))
    if own is None or partner is None or is_blank(cell):
        return None
    both = (own.several, partner.several)
    return split_choices(cell, own.choices, partner.choices, both)


def read_partner(pack: Pack, fact: str, cell: Cell) -> str | None:
    """Return what a cell of one fact of a pair says of the other: 二级 under 残疾情况.

    None if it says nothing of it; a mere figure is a code of its own fact.
    """
    if both := split_fact_pair(pack, fact, cell):
        return both[1]
    text = drop_spaces(simplified_text(cell))
    partner = pack.facts.get(FACT_PAIRS[fact])
    if partner is None or len(text) < len("二级"):
        return None
    try:
        stated = parse_choice(cell, partner.choices)
    except ValueProblem:
        return None
    return None if stated == partner.none_value else stated


def _check_age(fact: Fact, value: int) -> int:
    """Return a whole number; raise ValueProblem for an age above 130, such as a year of birth."""
    if fact.id == "stated_age" and value > _OLDEST:
        raise ValueProblem(Message("this is no age; a year of birth belongs under 出生日期"))
    return value


# What a cell is read as: its value, None if it is blank, or why it cannot be used.
Reading = StoredValue | ValueProblem
# The number of cells that are remembered for each column, which repeats the same few texts.
_MOST_REMEMBERED = 1 << 12
_TOO_SMALL = Message(
    "this is less than a thousandth of the usual amount of the column, as if it were in 万元, so it"
    " is unknown; write it in the unit of the column"
)
# Reported with the column.
_NOT_IN_UNIT = ValueProblem(UNIT_UNKNOWN)


_YES_ALONE = Message(
    "yes does not say which; write it here, as 肢体二级, or in a column of its own"
)


def _asks(header: str) -> bool:
    """Whether a heading asks if there is something, so that a 1 below it is a yes and no code."""
    return header.startswith(_ASKING)


class FactColumn:
    """A column of a table that states a fact: each distinct cell is read once.

    A cell that cannot be read is unknown, and is reported for each row that has it; a class of
    amounts such as 500~999 is reported with its column. If the unit of the heading does not fit the
    fact, every cell is unknown, also a blank cell.
    """

    def __init__(
        self, pack: Pack, problems: ProblemLog, fact: Fact, table: SheetTable, place: int | None
    ) -> None:
        self.fact, self.place, self.table = fact, place, table
        self._pack, self._problems = pack, problems
        self._column = table.columns[fact.id, place]
        self._position = self._column.position
        self._is_coded = (fact.id, place) in table.two_is_no
        self._is_asking = _asks(self._column.header)
        self._is_faulty = find_unit_fault(fact, self._column.scale) is not None
        self._known: dict[object, Reading] = {}
        self.has_ranges = False

    def read(self, line: Line) -> Reading:
        """Return the value of the column's cell on a line; None if it is blank.

        If the cell cannot be used, the result is why not, which is reported.
        """
        cells, position = line.cells, self._position
        cell = cells[position] if position < len(cells) else None
        # 1, 1.0 and True are equal, but do not mean the same
        key = cell if cell.__class__ is str else (cell.__class__, cell)
        try:
            value = self._known[key]
        except KeyError:
            value = self._read_new(cell, key)
        if isinstance(value, ValueProblem):
            return self._report(line, value)
        return value

    def _report(self, line: Line, problem: ValueProblem) -> Reading:
        """Report why a line's cell cannot be used, unless that is reported with the column.

        A day that systems put for none is the birth date after all if the ID number has it.
        """
        if problem.message is IMPROBABLE_DAY:
            birth_date = line.id_number("id_number", self.place).birth_date
            if birth_date and birth_date in list_cell_words("default_days"):
                return birth_date
        self.has_ranges |= problem.state == "range"
        is_told = problem is _NOT_IN_UNIT or problem.state == "range"
        if not is_told:
            self._problems.add(line, problem.code, problem.message, self.fact.id, self.place)
        return problem

    def _read_new(self, cell: Cell, key: object) -> Reading:
        """Return the value of a cell, or why it cannot be read; remember it if rows are alike."""
        if self._is_faulty:
            return None if is_blank(cell) else _NOT_IN_UNIT
        value: Reading
        try:
            value = self._parse(cell)
        except ValueProblem as problem:
            value = problem
        if not isinstance(cell, DuplicateCells):
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[key] = value
        return value

    def _parse(self, cell: Cell) -> StoredValue:
        """Return the value of a cell; of duplicate cells, the value on which they agree.

        What a blank cell means depends on the fact. A date of birth after the day of the import is
        refused.
        """
        if is_blank(cell):
            return self.fact.none_value if self.fact.blank == "none" else None
        least = self._column.least
        if least and 0 < (read_plain_figure(cell) or 0) < least:
            raise ValueProblem(_TOO_SMALL)
        value = read_duplicate_cells(self._drop_yes(cell), self._column.scale, self._parse_filled)
        latest = self.table.imported_on
        if self.fact.id == "birth_date" and latest and isinstance(value, str) and value > latest:
            raise ValueProblem(Message("this day has not come yet; check the year"))
        return value

    def _drop_yes(self, cell: Cell) -> Cell:
        """Return duplicate cells without a mere yes beside one that says which."""
        if not (isinstance(cell, DuplicateCells) and self.fact.type == "choice"):
            return cell
        own = [
            part
            for part in cell.parts
            if not (_asks(part.column.header) and read_yes_or_no(part.cell))
        ]
        says_which = [
            part
            for part in own
            if self._parse_filled(part.cell, part.column.scale) != self.fact.none_value
        ]
        return DuplicateCells(own) if says_which else cell

    def _parse_filled(self, cell: Cell, scale: str | None) -> StoredValue:
        answer = read_yes_or_no(cell) if self._is_asking else None
        is_pair = self.fact.id in FACT_PAIRS
        if answer is False and (is_pair or self.fact.is_figure):
            return self.fact.none_value
        if answer and is_pair:
            raise ValueProblem(_YES_ALONE)
        both = split_fact_pair(self._pack, self.fact.id, cell)
        return both[0] if both else parse_fact(self.fact, cell, scale, two_is_no=self._is_coded)
