"""Which column means what: what the file says of itself, and what somebody says of it.

`import.toml`, --map and what was answered before decide; likeness never does.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from difflib import get_close_matches

from relieftool.errors import Problem, ReliefError
from relieftool.intake.import_toml import FileDeclaration
from relieftool.messages import Message, _
from relieftool.pack.models import Pack
from relieftool.register.live_rows import find_column_unit
from relieftool.spreadsheets.column_names import Catalogue, read_heading
from relieftool.spreadsheets.columns import ColumnMeaning, is_of_each
from relieftool.spreadsheets.source_tables import SourceTable
from relieftool.spreadsheets.tables import Table
from relieftool.values.text import drop_spaces, squeeze_heading

TargetsByHeading = Mapping[str, str]


@dataclass(frozen=True)
class StatedMappings:
    """What somebody says of columns: with --map, and by the headings of the table when asked.

    What was `remembered` was said the same way earlier.

    `file_values` is what the command line says of the files themselves, as import.toml would. A filled
    form of a visit after `today` is kept and not used; None: no day is too late.
    """

    stated: TargetsByHeading = field(default_factory=dict)
    remembered: Mapping[str, TargetsByHeading] = field(default_factory=dict)
    answered: Mapping[str, TargetsByHeading] = field(default_factory=dict)
    file_values: Mapping[str, object] = field(default_factory=dict)
    today: dt.date | None = None

    def of(self, headers: Iterable[str]) -> dict[str, str]:
        """Return what is said of the columns of one table, by heading without blanks."""
        listed = list(headers)
        earlier = self.remembered.get(hash_headings(listed), {})
        return {**_present(earlier, listed), **self.anew(listed)}

    def anew(self, headers: Iterable[str]) -> dict[str, str]:
        """Return what is said this time of the columns of one table."""
        listed = list(headers)
        answered = self.answered.get(hash_headings(listed), {})
        return {**_present(answered, listed), **_present(self.stated, listed)}

    def usable(self, known: Catalogue, pack: Pack) -> "StatedMappings":
        """Leave out what was remembered with another pack's facts."""
        kept = {
            key: {
                header: to
                for header, to in one.items()
                if to in ("-", *_ids(known, pack)) or known.target(to)
            }
            for key, one in self.remembered.items()
        }
        return replace(self, remembered=kept)

    def add_answers(self, answers: Mapping[str, TargetsByHeading]) -> "StatedMappings":
        """Add what was answered about tables, by fingerprint."""
        return replace(self, answered={**self.answered, **answers})


@dataclass(frozen=True)
class ColumnDoubt:
    """A table with columns that look like known ones: what is certain, and what is not.

    `certain` are headings and targets, `unsure` headings and the known names they look like.
    """

    file_name: str
    sheet: str
    fingerprint: str
    certain: tuple[tuple[str, str], ...]
    unsure: tuple[tuple[str, tuple[str, ...]], ...]


def _present(said: Mapping[str, str], headers: Iterable[str]) -> dict[str, str]:
    """Return what is said of the headings that are there, by heading without blanks."""
    present = {squeeze_heading(header): drop_spaces(header) for header in headers}
    by_header = {squeeze_heading(header): target for header, target in said.items()}
    return {present[header]: to for header, to in by_header.items() if header in present}


def hash_headings(headers: Iterable[str]) -> str:
    """Return what tables of the same headings have in common, in whatever order they stand.

    >>> hash_headings(["姓名", "户 编号"]) == hash_headings(["户编号", "姓名", ""])
    True
    """
    known = sorted({drop_spaces(header) for header in headers} - {""})
    return hashlib.sha256("\n".join(known).encode()).hexdigest()


def check_targets(targets: TargetsByHeading, known: Catalogue, pack: Pack, place: str) -> None:
    """Refuse a mapping to what is neither a fact nor a known heading."""
    for target in targets.values():
        _target(target, known, pack, place)


def find_column_doubt(
    file_name: str, table: Table, columns: Iterable[ColumnMeaning]
) -> ColumnDoubt | None:
    """Return a table's doubtful columns; None if there are none."""
    listed = list(columns)
    unsure = tuple((one.header, one.near) for one in listed if one.target is None and one.near)
    certain = tuple((one.header, one.target) for one in listed if one.target is not None)
    key = hash_headings(table.headers)
    return ColumnDoubt(file_name, table.sheet, key, certain, unsure) if unsure else None


def decide_columns(
    columns: tuple[ColumnMeaning, ...], said: TargetsByHeading, known: Catalogue, pack: Pack
) -> tuple[ColumnMeaning, ...]:
    """Let what is said of columns decide; '-' leaves a column unused.

    A column of which nothing is said gives way to one of the same table mapped to the same fact.
    """
    written = {squeeze_heading(header): target for header, target in said.items()}
    targets = {
        header: _target(target, known, pack, f"map: {header}") for header, target in written.items()
    }
    present = {squeeze_heading(one.header) for one in columns}
    taken = {target for header, target in targets.items() if header in present} - {None}
    decided = []
    for column in columns:
        header = squeeze_heading(column.header)
        if header in targets:
            scale = column.scale or read_heading(drop_spaces(column.header).replace("/", "")).scale
            decided.append(replace(column, target=targets[header], scale=scale, near=()))
        elif column.target in taken and column.place is None:
            decided.append(replace(column, target=None))
        else:
            decided.append(column)
    return tuple(decided)


def add_mappings(
    declared: FileDeclaration, mappings: Mapping[str, TargetsByHeading]
) -> FileDeclaration:
    """Add to what is declared of a file what is said of its columns; the latter goes first."""
    merged = dict(declared.map)
    for mapping in mappings.values():
        said = {drop_spaces(header): target for header, target in mapping.items()}
        again = {squeeze_heading(header) for header in said}
        merged = {h: to for h, to in merged.items() if squeeze_heading(h) not in again} | said
    return declared.model_copy(update={"map": merged})


def _ids(known: Catalogue, pack: Pack) -> set[str]:
    """List the targets there are."""
    receipts = [f"receipt.{name}" for name in pack.programmes]
    return {*(target for target, _rank in known.names.values()), *pack.facts, *receipts}


def _target(written: str, known: Catalogue, pack: Pack, place: str) -> str | None:
    """Return the target that a map names: a fact's id, or a heading it is known by."""
    if written == "-":
        return None
    if written in _ids(known, pack):
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
    """Tell headings that import.toml maps and the file does not have."""
    headers = {
        squeeze_heading(str(column["header"])) for table in tables for column in table.columns
    }
    return [
        Problem(
            "map-unused",
            Message(
                "import.toml maps the column '{header}', which this file has not; compare them",
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
    """Return what is kept of the columns of a table with its source rows."""
    firsts = (
        {row.number: row.continues or row.number for row in table.rows} if table.covered else {}
    )
    return [_column_record(column, table, pack, firsts) for column in columns]


def _column_record(
    column: ColumnMeaning, table: Table, pack: Pack, firsts: Mapping[int, int]
) -> dict[str, object]:
    """Return what is kept of one column; `firsts` are the first rows of all rows' households."""
    kept = {
        key: value
        for key, value in asdict(column).items()
        if key in ("position", "header", "target", "place")
    }
    kept["scale"] = find_column_unit(column.scale, column.header, table.title)
    kept["sheet_column"] = table.sheet_columns[column.position]
    fact = pack.facts.get(column.target or "")
    is_of_people = column.target is None or (fact is not None and fact.owner == "member")
    covered = [
        (row, top)
        for (row, position), top in sorted(table.covered.items())
        if position == column.position
        and (is_of_people or firsts.get(row, row) != firsts.get(top, top))
    ]
    return kept | ({"covered": covered, "is_of_each": is_of_each(column, pack)} if covered else {})


def refuse_unmet_mappings(said: StatedMappings, tables: Iterable[SourceTable]) -> None:
    """Refuse a --map of a column that no table has; the nearest headings are named."""
    headers = [str(column["header"]) for table in tables for column in table.columns]
    present = {squeeze_heading(header) for header in headers}
    for header in said.stated:
        if squeeze_heading(header) not in present:
            near = get_close_matches(squeeze_heading(header), sorted(present - {""}), 3)
            raise ReliefError(
                f"--map {header}",
                _("no table of these files has this column"),
                _("Did you mean: {names}?").format(names=", ".join(near))
                if near
                else _("Write the heading as it stands in the file."),
            )
