"""Spreadsheets into source tables: files -> sheets -> tables -> columns mapped; nothing is written.

What is not understood is kept as it is and told, never dropped.
"""

import hashlib
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import overload

from relieftool.correcting import find_corrections
from relieftool.declared import Declared, FileChoice
from relieftool.errors import ReliefError
from relieftool.mapping import (
    Doubt,
    Said,
    check_targets,
    column_record,
    decide_columns,
    doubt_of,
    fingerprint,
    refuse_unmet,
    unmet_map,
    with_mappings,
)
from relieftool.messages import Message, Tell, _, tell_nobody
from relieftool.pack.models import Pack
from relieftool.problems import Problem
from relieftool.registry.bulk import without_collecting
from relieftool.registry.corrections import HandedRow
from relieftool.registry.imports import SourceRow, SourceTable
from relieftool.spreadsheets.columns import (
    Column,
    catalogue,
    is_about_people,
    map_columns,
    table_kind,
    uncovered_rows,
)
from relieftool.spreadsheets.doubts import table_problems
from relieftool.spreadsheets.forms import FormKind, find_form
from relieftool.spreadsheets.grid import Grid
from relieftool.spreadsheets.headers import Catalogue
from relieftool.spreadsheets.opening_lists import find_opening_tables
from relieftool.spreadsheets.own_forms import FilledForm, part_forms
from relieftool.spreadsheets.rows import has_person
from relieftool.spreadsheets.sheets import Sheet, read_sheets
from relieftool.spreadsheets.tables import Table, TableRow, find_tables, rows_as_notes

Say = Callable[[str], None]
_NOTHING_SAID = Said()
# What a heading never has: a long number, or a house number.
_OF_A_PERSON = re.compile(r"\d{5,}|\d+\s*[号栋幢室组单弄]")


@dataclass(frozen=True)
class ReadFile:
    """A file read and mapped, not yet written.

    `mappings` are what was said this time of its tables' columns, by fingerprint; `doubts` what
    was not.
    `corrected` are rows that stand for kept ones, `forms` relief's own, filled in.
    """

    name: str
    sha256: str
    declared: dict[str, object]
    tables: list[SourceTable]
    mappings: dict[str, dict[str, str]] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    corrected: list[HandedRow] = field(default_factory=list)
    forms: list[FilledForm] = field(default_factory=list)


def read_paths(
    pack: Pack,
    paths: list[Path],
    progress: Tell = tell_nobody,
    tell: Say = lambda _sentence: None,
    said: Said = _NOTHING_SAID,
) -> list[ReadFile]:
    """Read files, folders and archives, writing nothing.

    All files are read before the first is written, so that a file that cannot be used leaves the
    register as it was. `progress` is told the file and how many of its rows are read; `tell` what
    was left out; `said` is what somebody says of columns and files, before import.toml.

    Raises:
        ReliefError: A file is missing, is no spreadsheet, or holds no table that can be used.
    """
    with tempfile.TemporaryDirectory(prefix="relief-") as scratch:
        choice = FileChoice(Path(scratch))
        files = choice.choose(paths)
        if choice.skipped:
            tell(_skipped_words(choice.skipped))
        known = catalogue(pack)
        check_targets(said.stated, known, pack, "--map")
        said = said.usable(known, pack)
        read = []
        for number, (path, found) in enumerate(files, start=1):
            declared = found.model_copy(update=said.of_files)
            _check_declared(declared, pack)
            guide = _Guide(declared, said, pack, known, f"{number}/{len(files)}", progress)
            with without_collecting():
                read.append(_read_file(path, guide))
        refuse_unmet(said, (table for one in read for table in one.tables))
        return read


def _skipped_words(names: list[str]) -> str:
    """Say once which files only tell that a workbook is open."""
    return _(
        "Skipped {names}: such a file only says that a workbook is open in WPS or Excel. Save and"
        " close it there, so that nothing is missing here."
    ).format(names=", ".join(names))


@dataclass(frozen=True)
class _Guide:
    """All that is known of a file before it is read."""

    declared: Declared
    said: Said
    pack: Pack
    known: Catalogue
    place: str
    progress: Tell

    def tell(self, file_name: str) -> Callable[[int, int], None]:
        """Give a function to be told how many of the file's rows are read."""
        words = _("Reading {file} ({place})").format(file=file_name, place=self.place)
        return partial(self.progress, words)


def _read_file(path: Path, guide: _Guide) -> ReadFile:
    """Read one file into source tables."""
    sheets = read_sheets(path, guide.known.known, guide.tell(path.name))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    corrected = find_corrections(sheets)
    if corrected is not None:
        return ReadFile(path.name, digest, {}, [], corrected=corrected)
    own = part_forms(sheets, guide.pack, guide.said.today)
    found = _Found(tables=list(own.tables))
    for sheet in own.others:
        _read_sheet(sheet, found, guide, path)
    if not found.tables:
        has_rows = any(sheet.rows for sheet in sheets)
        is_openings = guide.declared.kind == "openings"
        raise _nothing_usable(path, found, has_rows=has_rows, is_openings=is_openings)
    found.tables[0].problems.extend(unmet_map(found.tables, guide.declared))
    tables = [*found.tables, *(_unused_table(*one) for one in found.unusable)]
    tables += found.others
    said = asdict_of(with_mappings(guide.declared, found.mappings))
    mapped = found.said, found.doubts
    return ReadFile(path.name, digest, said, tables, *mapped, forms=own.forms)


@dataclass
class _Found:
    """What the sheets of a file hold: tables, tables nobody understands, and other sheets."""

    tables: list[SourceTable] = field(default_factory=list)
    unusable: list[tuple[Table, tuple[Column, ...]]] = field(default_factory=list)
    others: list[SourceTable] = field(default_factory=list)
    forms: set[FormKind] = field(default_factory=set)
    mappings: dict[str, dict[str, str]] = field(default_factory=dict)
    said: dict[str, dict[str, str]] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)


def _read_sheet(sheet: Sheet, found: _Found, guide: _Guide, path: Path) -> None:
    """Read the tables of one sheet, or keep it as what it is."""
    is_declared = guide.declared.kind == "openings"
    openings = find_opening_tables(sheet, is_declared=is_declared)
    found.tables += openings
    if openings:
        return
    if is_declared:
        found.others.append(_other_sheet(sheet, None))
        return
    form = find_form(Grid(sheet.rows, sheet.merged), guide.known.known)
    tables = [] if form else find_tables(sheet, guide.known.known)
    if _LISTS_OF_WORDS.search(sheet.name):
        tables = [one for one in tables if is_about_people(one, guide.known)]
    if form:
        found.forms.add(form)
    if not tables and sheet.rows:
        found.others.append(_other_sheet(sheet, form))
    for table in tables:
        _read_table(table, found, guide, path)


def _read_table(table: Table, found: _Found, guide: _Guide, path: Path) -> None:
    """Map the columns of one table by what they say and what is said of them."""
    said = guide.said.of(table.headers)
    if said:
        found.mappings.setdefault(fingerprint(table.headers), {}).update(said)
    if anew := guide.said.anew(table.headers):
        found.said.setdefault(fingerprint(table.headers), {}).update(anew)
    written = with_mappings(guide.declared, {"": said}).map
    columns = decide_columns(map_columns(table, guide.known), written, guide.known, guide.pack)
    source = source_table(table, columns, guide.declared, guide.pack, path.stem)
    if source is None:
        found.unusable.append((table, columns))
        return
    found.tables.append(source)
    if doubt := doubt_of(path.name, table, columns):
        found.doubts.append(doubt)


def asdict_of(declared: Declared) -> dict[str, object]:
    """Give what was declared of a file, without its path, as plain values."""
    return declared.model_dump(exclude={"path"}, exclude_defaults=True)


def source_table(
    table: Table, columns: tuple[Column, ...], declared: Declared, pack: Pack, stem: str
) -> SourceTable | None:
    """Make a source table; None where no column of it is known."""
    found, programme = table_kind(table, columns, pack, stem)
    if found == "unknown":
        return None
    kind = declared.kind or ("roster" if declared.programme else found)
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
        columns=[column_record(one, table) for one in columns],
        rows=_SourceRows(table.above, uncovered_rows(table, columns, pack)),
        problems=table_problems(table, columns),
    )


def _check_declared(declared: Declared, pack: Pack) -> None:
    """Refuse a programme in import.toml that the pack does not have."""
    programme = declared.programme
    if programme is not None and programme not in pack.programmes:
        raise ReliefError(
            f"import.toml: {programme}",
            _("'{name}' is not a programme").format(name=programme),
            _("The programmes are: {names}").format(names=", ".join(pack.programmes)),
        )


class _SourceRows(Sequence[SourceRow]):
    """The rows above a table and those below its header, each made when it is asked for."""

    def __init__(self, above: Sequence[TableRow], below: Sequence[TableRow] = ()) -> None:
        self._above, self._below = above, below

    def __len__(self) -> int:
        return len(self._above) + len(self._below)

    @overload
    def __getitem__(self, place: int) -> SourceRow: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[SourceRow]: ...
    def __getitem__(self, place: int | slice) -> SourceRow | Sequence[SourceRow]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        first = len(self._above)
        return _source_row(self._above[place] if place < first else self._below[place - first])


def _source_row(row: TableRow) -> SourceRow:
    return SourceRow(row.number, row.role, row.continues, row.cells)


def _unused_table(table: Table, columns: tuple[Column, ...]) -> SourceTable:
    """Keep the rows of a table nobody understands, with the reason and its headings."""
    message = Message("no column of this table is known; its rows are kept and not used")
    rows = [row._replace(role="note", continues=None) for row in (*table.above, *table.rows)]
    problem = Problem("table-unknown", message, table.sheet, table.first_header_row, is_unused=True)
    heading_rows = (table.first_header_row, table.last_header_row)
    kept = _kept_aside(table.sheet, table.title, rows, [problem], heading_rows)
    return replace(kept, columns=[column_record(one, table) for one in columns])


def _other_sheet(sheet: Sheet, form: FormKind | None) -> SourceTable:
    """Keep the rows of a sheet that has no table; it is told unless it is an aid to filling in."""
    rows = rows_as_notes(sheet.rows, range(len(sheet.rows)))
    is_aid = sheet.is_hidden or _AID.search(sheet.name)
    is_told = form is not None or not is_aid or any(has_person(row.cells) for row in rows)
    problem = Problem(
        "sheet-is-a-form" if form else "sheet-without-table",
        _FORMS[form]
        if form
        else Message("this sheet has no table; its rows are kept and not used"),
        sheet.name,
        is_unused=True,
    )
    return _kept_aside(sheet.name, "", rows, [problem] if is_told and rows else [])


# Sheets that come with a template: lists to choose from and how to fill it in.
_LISTS_OF_WORDS = re.compile(r"字典|type|下拉|选项|代码|编码", re.IGNORECASE)
_AID = re.compile(
    r"字典|type|下拉|选项|代码|编码|注意事项|说明|须知|示例|样表|Sheet\d", re.IGNORECASE
)
_FORMS = {
    "form": Message(
        "this sheet is the form of one household, and relief reads lists; enter it in a list with"
        " a row for each person"
    ),
    "questionnaire": Message(
        "this sheet is a questionnaire, and relief reads lists; enter its answers in a list with a"
        " row for each person"
    ),
}


def _kept_aside(
    sheet: str,
    title: str,
    rows: Sequence[TableRow],
    problems: list[Problem],
    heading_rows: tuple[int, int] = (0, 0),
) -> SourceTable:
    """Keep rows that are used for nothing."""
    return SourceTable(
        sheet=sheet,
        title=title,
        first_header_row=heading_rows[0],
        last_header_row=heading_rows[1],
        kind="households",
        programme=None,
        community=None,
        covers=None,
        is_complete=False,
        columns=[],
        rows=_SourceRows(rows),
        problems=problems,
    )


def _nothing_usable(path: Path, found: _Found, *, has_rows: bool, is_openings: bool) -> ReliefError:
    """Say why a file gave nothing: it is empty, has no table, or no column that is known."""
    if not has_rows:
        return ReliefError(
            path.name, _("every sheet of this file is empty"), _("Name the file that has the list.")
        )
    if is_openings:
        return ReliefError(
            path.name,
            _("no list of openings was found in this file"),
            _("It needs a row of headings such as 用人单位, 岗位, 月工资, 社区, 招聘人数."),
        )
    if found.forms and not found.unusable:
        message = _FORMS["form" if "form" in found.forms else "questionnaire"]
        return ReliefError(path.name, _("this file is no list"), str(message))
    if not found.unusable:
        return ReliefError(
            path.name,
            _("no table was found in this file"),
            _("A table needs a row of headings such as 姓名, 身份证号, 社区 above its rows."),
        )
    return _no_known_heading(path, found)


def _no_known_heading(path: Path, found: _Found) -> ReliefError:
    """Say which headings a file has, none of them known."""
    columns = [
        column for _table, columns_ in found.unusable for column in columns_ if column.header
    ]
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
