"""Maps columns as the user states it: in import.toml, with --map, or in an answer.

A target is the meaning of a column: the id of a fact, or another id such as "name". A stated target
takes precedence over that of the heading. A heading that only resembles a known heading is mapped
only if the user states its target.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import islice
from typing import NamedTuple

from relieftool.errors import Problem, ReliefError
from relieftool.intake.import_toml import FileDeclaration
from relieftool.messages import Message, _
from relieftool.pack.facts import FACT_TYPES
from relieftool.pack.models import Pack
from relieftool.register.live_rows import find_column_unit
from relieftool.spreadsheets.column_names import Catalogue
from relieftool.spreadsheets.columns import ColumnMeaning
from relieftool.spreadsheets.rows import find_dittos, has_plain_names
from relieftool.spreadsheets.source_tables import SourceTable
from relieftool.spreadsheets.tables import Table
from relieftool.values.amounts import find_least_amount
from relieftool.values.headings import read_heading
from relieftool.values.names import split_people
from relieftool.values.text import (
    Cell,
    drop_spaces,
    is_blank,
    narrow_characters,
    squeeze_heading,
)
from relieftool.values.vocabulary import is_chinese_name

TargetsByHeading = Mapping[str, str]
_MOST_SAMPLES, _TWO = 3, 2

_INCOME = "income"  # in the ids of facts whose amounts are of one size for all
_HOME_KEYS = ("household_no", "head_id_number", "head_name")
_NAMING = ("name", "id_number", *_HOME_KEYS)
_PERSONAL = ("name", "id_number", "relation", "is_head")
# Meanings of columns in which 〃 means the cell above, besides those of facts.
_REPEATED = (
    *("household_no", "head_name", "relation", "receives"),
    *("programme", "paid_state", "covers", "remark"),
)


@dataclass(frozen=True)
class StatedMappings:
    """The targets that the user stated for columns, and the values they stated for files.

    `stated` is from --map, by heading. `answered` are answers in this run and `remembered` mappings
    of earlier imports, both by fingerprint of the headings. `file_values` are values from the
    command line, by the key of import.toml that they replace. A filled form for a visit after
    `today` is not used; None: no day is too late.
    """

    stated: TargetsByHeading = field(default_factory=dict)
    remembered: Mapping[str, TargetsByHeading] = field(default_factory=dict)
    answered: Mapping[str, TargetsByHeading] = field(default_factory=dict)
    file_values: Mapping[str, object] = field(default_factory=dict)
    today: dt.date | None = None

    def list_targets(self, headers: Iterable[str]) -> dict[str, str]:
        """Return the targets stated for a table's columns in this run or earlier ones, by heading.

        The headings are without blanks. Targets in import.toml are not included.
        """
        listed = list(headers)
        earlier = self.remembered.get(hash_headings(listed), {})
        return {**_select_present(earlier, listed), **self.list_new_targets(listed)}

    def list_new_targets(self, headers: Iterable[str]) -> dict[str, str]:
        """Return the targets stated in this run for a table's columns, by heading likewise."""
        listed = list(headers)
        answered = self.answered.get(hash_headings(listed), {})
        return {**_select_present(answered, listed), **_select_present(self.stated, listed)}

    def drop_unusable(self, known: Catalogue, pack: Pack) -> "StatedMappings":
        """Return these mappings without the remembered targets that this pack does not have."""
        usable = {"-", *_list_target_ids(known, pack)}
        kept = {
            key: {
                header: target
                for header, target in mapping.items()
                if target in usable
                or known.target(target)
                or all(part in usable or known.target(part) for part in split_target(target))
            }
            for key, mapping in self.remembered.items()
        }
        return replace(self, remembered=kept)

    def add_answers(self, answers: Mapping[str, TargetsByHeading]) -> "StatedMappings":
        """Return these mappings with more answers, by fingerprint of the tables' headings."""
        return replace(self, answered={**self.answered, **answers})


class UnsureColumn(NamedTuple):
    """A heading to ask about, the known headings that it resembles, and its first cells.

    `has_names`: the cells look like names of people.
    """

    header: str
    near: tuple[str, ...]
    samples: tuple[Cell, ...]
    has_names: bool


@dataclass(frozen=True)
class ColumnDoubt:
    """A table with columns to ask about, because their headings only resemble known headings.

    `certain` are the other headings with their targets.
    """

    file_name: str
    sheet: str
    fingerprint: str
    certain: tuple[tuple[str, str], ...]
    unsure: tuple[UnsureColumn, ...]


def _select_present(targets: TargetsByHeading, headers: Iterable[str]) -> dict[str, str]:
    """Return the targets of the headings that a table has, by heading without blanks."""
    present = {squeeze_heading(header): drop_spaces(header) for header in headers}
    squeezed = {squeeze_heading(header): target for header, target in targets.items()}
    return {present[header]: target for header, target in squeezed.items() if header in present}


def hash_headings(headers: Iterable[str]) -> str:
    """Return the fingerprint of a table's headings, which does not depend on their order.

    >>> hash_headings(["姓名", "户 编号"]) == hash_headings(["户编号", "姓名", ""])
    True
    """
    known = sorted({drop_spaces(header) for header in headers} - {""})
    return hashlib.sha256("\n".join(known).encode()).hexdigest()


def check_targets(targets: TargetsByHeading, known: Catalogue, pack: Pack, place: str) -> None:
    """Raise ReliefError, naming `place`, unless each target is an id, a known heading or '-'."""
    for target in targets.values():
        _find_targets(target, known, pack, place)


def find_column_doubt(
    file_name: str, table: Table, columns: Iterable[ColumnMeaning]
) -> ColumnDoubt | None:
    """Return a table with its columns to ask about; None if it has no such column."""
    listed = list(columns)
    unsure = tuple(
        _describe_unsure(column, table)
        for column in listed
        if column.target is None and column.near
    )
    certain = tuple(
        (column.header, column.target) for column in listed if column.target is not None
    )
    key = hash_headings(table.headers)
    return ColumnDoubt(file_name, table.sheet, key, certain, unsure) if unsure else None


def _describe_unsure(column: ColumnMeaning, table: Table) -> UnsureColumn:
    """Return a column to ask about, with the first few of its cells that differ."""
    cells = [
        row.cells[column.position]
        for row in table.rows
        if row.role in {"first", "continuation"} and not is_blank(row.cells[column.position])
    ]
    named = [cell for cell in cells if is_chinese_name(cell)]
    # the same few words in many rows are no names
    has_names = len(named) * 2 > len(cells) and len(set(cells)) * 2 >= len(cells)
    samples = tuple(islice(dict.fromkeys(cells), _MOST_SAMPLES))
    return UnsureColumn(column.header, column.near, samples, has_names)


def decide_columns(
    columns: tuple[ColumnMeaning, ...], stated: TargetsByHeading, known: Catalogue, pack: Pack
) -> tuple[ColumnMeaning, ...]:
    """Return a table's columns with the stated targets, by heading; '-' leaves a column unused.

    A column without a stated target loses its target if that is stated for another column. Columns
    of one member, as in 成员2姓名, keep theirs.
    """
    written = {squeeze_heading(header): target for header, target in stated.items()}
    targets = {
        header: _find_targets(target, known, pack, f"map: {header}")
        for header, target in written.items()
    }
    present = {squeeze_heading(column.header) for column in columns}
    taken = {target for header, both in targets.items() if header in present for target in both} - {
        None
    }
    decided = []
    for column in columns:
        header = squeeze_heading(column.header)
        if header in targets:
            scale = column.scale or read_heading(drop_spaces(column.header).replace("/", "")).scale
            target, also = targets[header]
            known_now = replace(column, target=target, also=also, scale=scale)
            decided.append(replace(known_now, near=(), is_assumed=False))
        elif column.target in taken and column.place is None:
            decided.append(replace(column, target=None))
        else:
            decided.append(column)
    return tuple(decided)


def add_mappings(
    declared: FileDeclaration, mappings: Mapping[str, TargetsByHeading]
) -> FileDeclaration:
    """Return a file's declaration with more mappings, which take precedence over its own."""
    merged = dict(declared.map)
    for mapping in mappings.values():
        added = {drop_spaces(header): target for header, target in mapping.items()}
        squeezed = {squeeze_heading(header) for header in added}
        kept = {
            header: target
            for header, target in merged.items()
            if squeeze_heading(header) not in squeezed
        }
        merged = kept | added
    return declared.model_copy(update={"map": merged})


def _list_target_ids(known: Catalogue, pack: Pack) -> set[str]:
    """Return the ids that a column can have as its target."""
    receipts = [f"receipt.{name}" for name in pack.programmes]
    return {*(target for target, _rank in known.names.values()), *pack.facts, *receipts}


def split_target(written: str) -> list[str]:
    """Return the parts of a target that names two facts, as kind and grade in one column.

    >>> split_target("残疾类别+残疾等级"), split_target("家庭月收入")
    (['残疾类别', '残疾等级'], ['家庭月收入'])
    """
    parts = [part.strip() for part in narrow_characters(written).split("+")]
    return parts if len(parts) == _TWO and all(parts) else [written]


def _find_targets(
    written: str, known: Catalogue, pack: Pack, place: str
) -> tuple[str | None, str | None]:
    """Return the target, and the second one of a column of two facts; None for '-'.

    Raises:
        ReliefError: There is no such target, or the second is none of the pack's facts.
    """
    first, *more = split_target(written)
    found = [_find_target(part, known, pack, place) for part in (first, *more)]
    if more and not all(target in pack.facts for target in found):
        raise ReliefError(
            place,
            _("only facts can be in one column, not '{name}'").format(name=written),
            _("Name a fact's id, a heading that is known, or - to leave the column out."),
        )
    return found[0], found[1] if more else None


def _find_target(written: str, known: Catalogue, pack: Pack, place: str) -> str | None:
    """Return the target written as its id or as a known heading; None for '-'.

    Raises:
        ReliefError: There is no such target. The remedy suggests the nearest headings, if any.
    """
    if written == "-":
        return None
    if written in _list_target_ids(known, pack):
        return written
    target = known.target(written)
    if target is None:
        near = known.nearest(written)
        remedy = (
            _("Did you mean: {names}?").format(names=", ".join(near))
            if near
            else _("Name a fact's id, a heading that is known, or - to leave the column out.")
        )
        problem = _("'{name}' is neither a fact nor a heading that is known").format(name=written)
        raise ReliefError(place, problem, remedy)
    return target


def find_unmet_mappings(tables: list[SourceTable], declared: FileDeclaration) -> list[Problem]:
    """Return a problem for each heading that a file's declaration maps and no table has."""
    headers = {
        squeeze_heading(str(column["header"])) for table in tables for column in table.columns
    }
    return [
        Problem(
            "map-unused",
            Message(
                "import.toml maps the column '{header}', which is not in this file; compare them",
                {"header": header},
            ),
            tables[0].sheet,
            column=header,
        )
        for header in declared.map
        if squeeze_heading(header) not in headers
    ]


def build_column_records(
    columns: Iterable[ColumnMeaning], table: Table, pack: Pack
) -> list[dict[str, object]]:
    """Return the records of a table's columns, as they are stored with its rows."""
    dittos = find_dittos(table.rows)
    listed = list(columns)
    apart = _find_apart(listed, table)
    count = _count_people(listed, table)
    least = _find_least_incomes(listed, table, pack)
    return [
        _build_column_record(column, table, pack, apart, dittos)
        | least.get(column.position, {})
        | ({"people": count} if count > 1 and _is_of_person(column, pack) else {})
        for column in listed
    ]


def _find_least_incomes(
    columns: Sequence[ColumnMeaning], table: Table, pack: Pack
) -> dict[int, dict[str, object]]:
    """Return the record `least` of each column of incomes that has one, by position."""
    facts = ((column, pack.facts.get(column.target or "")) for column in columns)
    found: dict[int, list[Cell]] = {
        column.position: []
        for column, fact in facts
        if fact is not None and fact.type == "money" and _INCOME in fact.id
    }
    for row in table.rows if found else ():
        if row.role != "total":
            for position, cells in found.items():
                cells.append(row.cells[position])
    least = ((position, find_least_amount(cells)) for position, cells in found.items())
    return {position: {"least": amount} for position, amount in least if amount}


def _count_people(columns: Sequence[ColumnMeaning], table: Table) -> int:
    """Return the most names that a cell of the column of names has; 0 without such a column."""
    places = {column.target: column.position for column in columns if column.place is None}
    if "name" not in places or any(column.place for column in columns):
        return 0
    name, number = places["name"], places.get("id_number", places["name"])
    if has_plain_names(table.rows, name):
        return 1
    return max(
        (len(split_people(row.cells[name], row.cells[number])) for row in table.rows), default=0
    )


def _is_of_person(column: ColumnMeaning, pack: Pack) -> bool:
    """Whether a column has a value for each person in a row."""
    fact = pack.facts.get(column.target or "")
    is_fact = fact is not None and fact.owner == "member"
    return column.place is None and (is_fact or column.target in _PERSONAL)


def _build_column_record(
    column: ColumnMeaning,
    table: Table,
    pack: Pack,
    apart: Mapping[tuple[int, int], bool],
    dittos: Mapping[tuple[int, int], int],
) -> dict[str, object]:
    """Return the record of a column; `apart` are the rows that `_find_apart` returns.

    Its key `covered` lists cells that are merged with the cell above although they need a value of
    their own: cells about each member or without a known meaning, and cells of another household.
    It lists cells such as 〃 too, where the cell above can be meant.
    """
    kept: dict[str, object] = {
        "position": column.position,
        "header": column.header,
        "target": column.target,
        "place": column.place,
        "scale": find_column_unit(column.scale, column.header, table.title),
        "sheet_column": table.sheet_columns[column.position],
    }
    optional = ("covers", "also", "is_scattered")
    kept |= {name: value for name in optional if (value := getattr(column, name))}
    return kept | _find_covered(column, table, pack, apart, dittos)


def _find_covered(
    column: ColumnMeaning,
    table: Table,
    pack: Pack,
    apart: Mapping[tuple[int, int], bool],
    dittos: Mapping[tuple[int, int], int],
) -> dict[str, object]:
    """Return the cells `covered` of a column's record, and what is in them; {} without any."""
    fact = pack.facts.get(column.target or "")
    programme = pack.programmes.get((column.target or "").removeprefix("receipt."))
    owner = fact.owner if fact else programme.unit if programme else "household"
    is_of_people = column.target is None or owner == "member"
    covered = [
        (row, top)
        for (row, position), top in sorted(table.covered.items())
        if position == column.position and (row, top) in apart
        if is_of_people or apart[row, top]
    ]
    if _can_repeat(column, pack):
        covered += [
            (row, top) for (row, position), top in dittos.items() if position == column.position
        ]
    if not covered:
        return {}
    is_paid = programme is not None or column.target == "amount"
    is_amount = is_paid or (fact is not None and FACT_TYPES[fact.type].is_figure)
    return {"covered": covered, "is_of_each": _is_of_each(column, pack), "is_amount": is_amount}


def _find_apart(columns: Sequence[ColumnMeaning], table: Table) -> dict[tuple[int, int], bool]:
    """Return the pairs of rows, joined by a merged cell, that are about two people.

    The value is whether these are of two households. Rows of one person repeat the name and the
    number, or leave them blank.
    """
    if not table.covered:
        return {}
    rows = {row.number: row for row in table.rows}
    named = [column.position for column in columns if column.target in _NAMING]
    homes = [column.position for column in columns if column.target in _HOME_KEYS]
    apart: dict[tuple[int, int], bool] = {}
    for number, top in {(row, top) for (row, _position), top in table.covered.items()}:
        one, other = rows.get(number), rows.get(top)
        if one is None or other is None:  # a kept table is mapped anew: its rows are not at hand
            apart[number, top] = True
            continue
        is_repeated = all(
            is_blank(one.cells[at]) or one.cells[at] == other.cells[at] for at in named
        )
        if not named or not is_repeated:
            firsts = [row.continues or row.number for row in (one, other)]
            is_one_home = firsts[0] == firsts[1] or any(
                one.cells[at] == other.cells[at] and not is_blank(one.cells[at]) for at in homes
            )
            apart[number, top] = not is_one_home
    return apart


def _is_of_each(column: ColumnMeaning, pack: Pack) -> bool:
    """Whether the value of a cell merged over several rows applies to each of these rows.

    It does for the community, for a yes or no and for a choice. An amount would be counted twice.
    """
    fact = pack.facts.get(column.target or "")
    return column.target == "community" or (fact is not None and fact.type in ("yes_no", "choice"))


def _can_repeat(column: ColumnMeaning, pack: Pack) -> bool:
    """Whether 〃 in a column means the cell above; in names, ID numbers and figures it does not."""
    fact = pack.facts.get(column.target or "")
    is_text = fact is not None and fact.type == "text" and fact.owner == "household"
    return column.target in _REPEATED or is_text or _is_of_each(column, pack)


def refuse_unmet_mappings(mappings: StatedMappings, tables: Iterable[SourceTable]) -> None:
    """Raise ReliefError for a heading of --map in no table; the remedy suggests the nearest."""
    headers = [str(column["header"]) for table in tables for column in table.columns]
    present = {squeeze_heading(header) for header in headers}
    for header in mappings.stated:
        if squeeze_heading(header) not in present:
            near = get_close_matches(squeeze_heading(header), sorted(present - {""}), 3)
            raise ReliefError(
                f"--map {header}",
                _("no table of these files has this column"),
                _("Did you mean: {names}?").format(names=", ".join(near))
                if near
                else _("Write the heading as it is in the file."),
            )
