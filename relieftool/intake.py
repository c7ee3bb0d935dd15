"""Spreadsheets into the register: files -> tables -> source rows, one file one transaction."""

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from sqlite_utils import Database

from relieftool.declared import Declared, chosen_files
from relieftool.errors import ReliefError
from relieftool.messages import Message, _
from relieftool.pack.models import Pack
from relieftool.problems import Problem
from relieftool.registry.imports import (
    SourceRow,
    SourceTable,
    find_import,
    import_summary,
    live_namesakes,
    record_import,
    take_back_namesakes,
)
from relieftool.registry.projection import ensure_register
from relieftool.registry.store import write
from relieftool.spreadsheets.columns import Column, catalogue, map_columns, table_kind
from relieftool.spreadsheets.headers import Catalogue, read_heading
from relieftool.spreadsheets.opening_lists import find_opening_tables
from relieftool.spreadsheets.own_forms import FilledForm, part_forms
from relieftool.spreadsheets.sheets import read_sheets
from relieftool.spreadsheets.tables import Table, find_tables

Progress = Callable[[str, int, int], None]
# What a heading never has: a long number, or a house number.
_OF_A_PERSON = re.compile(r"\d{5,}|\d+\s*[号栋幢室组单弄]")


@dataclass(frozen=True)
class FileReport:
    """What became of one file: its rows and what they gave; `is_new` is False if known before.

    `replaced` counts earlier imports of files of this name taken back, `beside` those that still
    count beside it.
    """

    file_name: str
    is_new: bool
    replaced: int
    beside: int
    rows: int
    households: int
    members: int
    receipts: int
    problems: int


@dataclass(frozen=True)
class ReadFile:
    """A file read and mapped, not yet written."""

    name: str
    sha256: str
    declared: dict[str, object]
    tables: list[SourceTable]
    forms: list[FilledForm] = field(default_factory=list)


def read_paths(
    pack: Pack,
    paths: list[Path],
    progress: Progress = lambda *_step: None,
    today: dt.date | None = None,
) -> list[ReadFile]:
    """Read files and folders, writing nothing.

    All files are read before the first is written, so that a file that cannot be used leaves the
    register as it was. `progress` is told file name, number done and number of all.
    A filled form of a visit after `today` is kept and not used.

    Raises:
        ReliefError: A file is missing, is no spreadsheet, or holds no table that can be used.
    """
    files = chosen_files(paths)
    known = catalogue(pack)
    read = []
    for number, (path, declared) in enumerate(files):
        progress(path.name, number, len(files))
        _check_declared(declared, pack)
        read.append(_read_file(path, declared, pack, known, today))
    progress("", len(files), len(files))
    return read


def keep_files(
    db: Database, pack: Pack, read: list[ReadFile], *, replace_namesakes: bool = False
) -> list[FileReport]:
    """Keep what is new, one transaction a file, then make the register anew.

    What was imported before changes nothing. With `replace_namesakes`, earlier imports of files of
    the same names no longer count.
    """
    numbers: list[tuple[int, bool]] = []
    for one in read:
        number = find_import(db, one.sha256, one.declared)
        if number is None:
            beside = [other.declared for other in read if other.sha256 == one.sha256]
            with write(db):
                new = record_import(db, one.name, one.sha256, one.declared, one.tables, beside)
            numbers.append((new, True))
        else:
            numbers.append((number, False))
    kept = {number for number, _is_new in numbers}
    replaced: dict[str, int] = {}
    if replace_namesakes:
        with write(db):
            replaced = {one.name: take_back_namesakes(db, one.name, kept) for one in read}
    ensure_register(db, pack)
    return [
        FileReport(
            file_name=one.name,
            is_new=is_new,
            replaced=replaced.get(one.name, 0),
            beside=len(set(live_namesakes(db, one.name)) - kept),
            **import_summary(db, number),
        )
        for one, (number, is_new) in zip(read, numbers, strict=True)
    ]


def _read_file(
    path: Path, declared: Declared, pack: Pack, known: Catalogue, today: dt.date | None
) -> ReadFile:
    """Read one file into source tables."""
    tables: list[SourceTable] = []
    unusable: list[tuple[Table, tuple[Column, ...]]] = []
    own = part_forms(read_sheets(path), pack, today)
    sheets = own.others
    for sheet in sheets:
        openings = find_opening_tables(sheet, is_declared=declared.kind == "openings")
        if openings or declared.kind == "openings":
            tables += openings
            continue
        for table in find_tables(sheet, known.known):
            columns = _declared_columns(map_columns(table, known), declared, known, pack)
            source = _source_table(table, columns, declared, pack, path.stem)
            if source is None:
                unusable.append((table, columns))
            else:
                tables.append(source)
    if not tables and declared.kind == "openings":
        raise ReliefError(
            path.name,
            _("no list of openings was found in this file"),
            _("It needs a row of headings such as 用人单位, 岗位, 月工资, 社区, 招聘人数."),
        )
    if not tables and not own.tables:
        raise _nothing_usable(path, unusable, has_rows=any(sheet.rows for sheet in sheets))
    tables = [*own.tables, *tables]
    tables[0].problems.extend(_unmet_map(tables, declared))
    tables += [_unused_table(table) for table, _columns in unusable]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    said = asdict_of(declared)
    return ReadFile(path.name, digest, said, tables, own.forms)


def asdict_of(declared: Declared) -> dict[str, object]:
    """Give what was declared of a file, without its path, as plain values."""
    return declared.model_dump(exclude={"path"}, exclude_defaults=True)


def _declared_columns(
    columns: tuple[Column, ...], declared: Declared, known: Catalogue, pack: Pack
) -> tuple[Column, ...]:
    """Let import.toml's map decide on columns; '-' leaves a column unused.

    A column that the map does not name gives way to one that it maps to the same fact.
    """
    written = {_squeezed(header): target for header, target in declared.map.items()}
    targets = {header: _target(target, known, pack) for header, target in written.items()}
    taken = set(targets.values())
    decided = []
    for one in columns:
        header = _squeezed(one.header)
        if header in targets:
            scale = one.scale or read_heading(header.replace("/", "")).scale
            decided.append(replace(one, target=targets[header], scale=scale, near=()))
        elif one.target in taken and one.place is None:
            decided.append(replace(one, target=None))
        else:
            decided.append(one)
    return tuple(decided)


def _squeezed(header: str) -> str:
    """Give a heading without blanks and line breaks."""
    return "".join(header.split())


def _target(written: str, known: Catalogue, pack: Pack) -> str | None:
    """Give the target that import.toml's map names: a fact's id, or a heading it is known by."""
    if written == "-":
        return None
    receipts = [f"receipt.{name}" for name in pack.programmes]
    if written in {*(target for target, _rank in known.names.values()), *pack.facts, *receipts}:
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
        raise ReliefError("import.toml: map", problem, remedy)
    return target


def _unmet_map(tables: list[SourceTable], declared: Declared) -> list[Problem]:
    """Tell headings that import.toml maps and the file does not have."""
    headers = {_squeezed(str(column["header"])) for table in tables for column in table.columns}
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
        if _squeezed(header) not in headers
    ]


def _source_table(
    table: Table, columns: tuple[Column, ...], declared: Declared, pack: Pack, stem: str
) -> SourceTable | None:
    """Make a source table; None where no column of it is known."""
    found, programme = table_kind(table, columns, pack, stem)
    if found == "unknown":
        return None
    kind = declared.kind or ("roster" if declared.programme else found)
    rows = [SourceRow(row.number, row.role, row.continues, list(row.cells)) for row in table.rows]
    return SourceTable(
        sheet=table.sheet,
        title=table.title,
        first_header_row=table.first_header_row,
        last_header_row=table.last_header_row,
        kind=kind,
        programme=(declared.programme or programme) if kind == "roster" else None,
        community=declared.area or table.community,
        covers=declared.date or table.covers,
        is_complete=declared.complete,
        columns=[_column_record(one, table) for one in columns],
        rows=rows,
        problems=[_unknown_column(table, one) for one in columns if _is_worth_telling(one)],
    )


def _column_record(column: Column, table: Table) -> dict[str, object]:
    """Give what is kept of a column with its source rows."""
    kept = {
        key: value
        for key, value in asdict(column).items()
        if key in ("position", "header", "target", "place", "scale")
    }
    return kept | {"sheet_column": table.sheet_columns[column.position]}


def _check_declared(declared: Declared, pack: Pack) -> None:
    """Refuse a programme in import.toml that the pack does not have."""
    programme = declared.programme
    if programme is not None and programme not in pack.programmes:
        raise ReliefError(
            f"import.toml: {programme}",
            _("'{name}' is not a programme").format(name=programme),
            _("The programmes are: {names}").format(names=", ".join(pack.programmes)),
        )


def _is_worth_telling(column: Column) -> bool:
    """Say whether an unknown column looks like a known one; others are kept without a word."""
    return column.target is None and bool(column.near)


def _unknown_column(table: Table, column: Column) -> Problem:
    """Tell a column that was not used although it looks like a known one."""
    return Problem(
        "column-unknown",
        Message(
            "the column '{header}' is not used; if it is {near}, map it in import.toml:"
            ' map = {{ "{header}" = "…" }}',
            {"header": column.header, "near": " / ".join(column.near)},
        ),
        table.sheet,
        table.last_header_row,
        column.header,
    )


def _unused_table(table: Table) -> SourceTable:
    """Keep the rows of a table nobody understands, with the reason."""
    problem = Problem(
        "table-unknown",
        Message("no column of this table is known; its rows are kept and not used"),
        table.sheet,
        table.first_header_row,
        is_unused=True,
    )
    rows = [SourceRow(row.number, "note", None, list(row.cells)) for row in table.rows]
    return SourceTable(
        sheet=table.sheet,
        title=table.title,
        first_header_row=table.first_header_row,
        last_header_row=table.last_header_row,
        kind="households",
        programme=None,
        community=None,
        covers=None,
        is_complete=False,
        columns=[],
        rows=rows,
        problems=[problem],
    )


def _nothing_usable(
    path: Path, unusable: list[tuple[Table, tuple[Column, ...]]], *, has_rows: bool
) -> ReliefError:
    """Say why a file gave nothing: it is empty, has no table, or no column that is known."""
    if not has_rows:
        return ReliefError(
            path.name, _("every sheet of this file is empty"), _("Name the file that has the list.")
        )
    if not unusable:
        return ReliefError(
            path.name,
            _("no table was found in this file"),
            _("A table needs a row of headings such as 姓名, 身份证号, 社区 above its rows."),
        )
    columns = [column for _table, found in unusable for column in found if column.header]
    if any(_OF_A_PERSON.search(column.header) for column in columns):
        # most likely people, whose data no message may repeat
        return ReliefError(
            path.name,
            _("this table has no row of headings"),
            _("Put headings such as 姓名, 身份证号, 社区 above its rows."),
        )
    headers = ", ".join(column.header for column in columns)
    near = sorted({name for column in columns for name in column.near})
    problem = _("no heading of this table is known; it has: {headers}").format(headers=headers)
    remedy = (
        _("The nearest known ones are: {names}. Map them in import.toml, or rename them.").format(
            names=", ".join(near)
        )
        if near
        else _("Name at least the person (姓名) and the ID number (身份证号) in the headings.")
    )
    return ReliefError(path.name, problem, remedy)
