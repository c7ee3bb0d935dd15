"""Spreadsheets into source tables: files -> sheets -> tables -> columns mapped; nothing is written.

What is not understood is kept as it is and told, never dropped.
"""

import hashlib
import re
import tempfile
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import overload

from relieftool.errors import Problem, ReliefError
from relieftool.intake.column_mapping import (
    ColumnDoubt,
    StatedMappings,
    add_mappings,
    build_column_records,
    check_targets,
    decide_columns,
    find_column_doubt,
    find_unmet_mappings,
    hash_headings,
    refuse_unmet_mappings,
)
from relieftool.intake.corrections import CorrectedRow, find_corrections
from relieftool.intake.import_toml import (
    FileChoice,
    FileDeclaration,
    find_folder_community,
    list_shown_names,
)
from relieftool.messages import Message, ProgressCallback, _, no_progress
from relieftool.pack.models import Pack
from relieftool.spreadsheets.column_names import Catalogue
from relieftool.spreadsheets.columns import (
    ColumnMeaning,
    build_pack_catalogue,
    find_table_kind,
    is_about_people,
    map_columns,
)
from relieftool.spreadsheets.filled_form import FilledForm, split_forms
from relieftool.spreadsheets.grid import Grid
from relieftool.spreadsheets.job_lists import find_opening_tables
from relieftool.spreadsheets.questionnaires import FormKind, find_form_kind
from relieftool.spreadsheets.reader import Sheet, read_sheets
from relieftool.spreadsheets.relations import join_by_relation
from relieftool.spreadsheets.rows import TableRow, has_person
from relieftool.spreadsheets.source_tables import SourceRow, SourceTable
from relieftool.spreadsheets.table_problems import (
    FORM_WORDS,
    build_no_rows_problem,
    build_unusable_error,
    find_area_problems,
    find_table_problems,
    has_no_rows,
    split_by_sections,
)
from relieftool.spreadsheets.tables import Table, find_tables, list_rows_as_notes
from relieftool.spreadsheets.titles import list_named_communities
from relieftool.store.database import pause_gc

SayCallback = Callable[[str], None]
_NOTHING_SAID = StatedMappings()


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
    doubts: list[ColumnDoubt] = field(default_factory=list)
    corrected: list[CorrectedRow] = field(default_factory=list)
    forms: list[FilledForm] = field(default_factory=list)


def read_paths(
    pack: Pack,
    paths: list[Path],
    progress: ProgressCallback = no_progress,
    tell: SayCallback = lambda _sentence: None,
    said: StatedMappings = _NOTHING_SAID,
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
        known = build_pack_catalogue(pack)
        check_targets(said.stated, known, pack, "--map")
        said = said.usable(known, pack)
        read = []
        places = [choice.places[path] for path, _found in files]
        names = list_shown_names(places)
        for number, ((path, found), name) in enumerate(zip(files, names, strict=True), start=1):
            declared = found.stated(
                {**said.file_values, "folder": find_folder_community(*places[number - 1])}
            )
            _check_declared(declared, pack)
            place = f"{number}/{len(files)}"
            guide = _FileContext(name, declared, said, pack, known, place, progress)
            with pause_gc():
                read.append(_read_file(path, guide))
        refuse_unmet_mappings(said, (table for one in read for table in one.tables))
        return read


def _skipped_words(names: list[str]) -> str:
    """Say once which files only tell that a workbook is open."""
    return _(
        "Skipped {names}: such a file only says that a workbook is open in WPS or Excel. Save and"
        " close it there, so that nothing is missing here."
    ).format(names=", ".join(names))


@dataclass(frozen=True)
class _FileContext:
    """All that is known of a file before it is read; of its communities, what it says itself."""

    file_name: str
    declared: FileDeclaration
    said: StatedMappings
    pack: Pack
    known: Catalogue
    place: str
    progress: ProgressCallback
    communities: Collection[str] = ()

    def tell(self) -> Callable[[int, int], None]:
        """Return a function to be told how many of the file's rows are read."""
        words = _("Reading {file} ({place})").format(file=self.file_name, place=self.place)
        return partial(self.progress, words)


def _read_file(path: Path, guide: _FileContext) -> ReadFile:
    """Read one file into source tables."""
    sheets = read_sheets(path, guide.known.known, guide.tell())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    corrected = find_corrections(sheets)
    if corrected is not None:
        return ReadFile(guide.file_name, digest, {}, [], corrected=corrected)
    own = split_forms(sheets, guide.pack, guide.said.today)
    found = _SheetContents(tables=list(own.tables))
    _refuse_unknown_sheets(path, guide.declared, sheets)
    named = list_named_communities((one.name for one in sheets), (one.rows for one in sheets))
    for sheet in own.others:
        declared = guide.declared.of_sheet(sheet.name)
        own_guide = replace(guide, declared=declared, communities=named)
        _read_sheet(sheet, found, own_guide, path)
    if not found.tables:
        has_rows = any(sheet.rows for sheet in sheets)
        is_openings = guide.declared.kind == "openings"
        columns = [column for _table, columns in found.unusable for column in columns]
        raise build_unusable_error(
            path, found.forms, columns, has_rows=has_rows, is_openings=is_openings
        )
    found.tables[0].problems.extend(find_unmet_mappings(found.tables, guide.declared))
    if guide.declared.complete is None and not own.tables and has_no_rows(found.tables):
        found.tables[0].problems.append(build_no_rows_problem(found.tables[0].sheet))
    for name, one in guide.declared.sheets.items():
        of_sheet = [table for table in found.tables if table.sheet.strip() == name]
        found.tables[0].problems.extend(find_unmet_mappings(of_sheet, one) if of_sheet else ())
    tables = [*found.tables, *(_unused_table(*one, guide.pack) for one in found.unusable)]
    tables += found.others
    declared = _without_idle_folder(guide.declared, found.tables)
    said = declared_values(add_mappings(declared, found.mappings))
    mapped = found.said, found.doubts
    return ReadFile(guide.file_name, digest, said, tables, *mapped, forms=own.forms)


def _without_idle_folder(declared: FileDeclaration, tables: list[SourceTable]) -> FileDeclaration:
    """Forget the folder's name where every table says its community otherwise."""
    is_used = declared.folder in {table.community for table in tables}
    return declared if is_used else declared.model_copy(update={"folder": None})


@dataclass
class _SheetContents:
    """What the sheets of a file hold: tables, tables nobody understands, and other sheets."""

    tables: list[SourceTable] = field(default_factory=list)
    unusable: list[tuple[Table, tuple[ColumnMeaning, ...]]] = field(default_factory=list)
    others: list[SourceTable] = field(default_factory=list)
    forms: set[FormKind] = field(default_factory=set)
    mappings: dict[str, dict[str, str]] = field(default_factory=dict)
    said: dict[str, dict[str, str]] = field(default_factory=dict)
    doubts: list[ColumnDoubt] = field(default_factory=list)


def _read_sheet(sheet: Sheet, found: _SheetContents, guide: _FileContext, path: Path) -> None:
    """Read the tables of one sheet, or keep it as what it is."""
    is_declared = guide.declared.kind == "openings"
    openings = find_opening_tables(sheet, is_declared=is_declared)
    found.tables += openings
    if openings:
        return
    if is_declared:
        found.others.append(_other_sheet(sheet, None))
        return
    form = find_form_kind(Grid(sheet.rows, sheet.merged), guide.known.known)
    tables = [] if form else find_tables(sheet, guide.known.known, guide.communities)
    if _LISTS_OF_WORDS.search(sheet.name):
        tables = [one for one in tables if is_about_people(one, guide.known)]
    if form:
        found.forms.add(form)
    if not tables and sheet.rows:
        found.others.append(_other_sheet(sheet, form))
    for table in tables:
        _read_table(table, found, guide, path)


def _read_table(table: Table, found: _SheetContents, guide: _FileContext, path: Path) -> None:
    """Map the columns of one table by what they say and what is said of them."""
    said = guide.said.of(table.headers)
    if said:
        found.mappings.setdefault(hash_headings(table.headers), {}).update(said)
    if anew := guide.said.anew(table.headers):
        found.said.setdefault(hash_headings(table.headers), {}).update(anew)
    written = add_mappings(guide.declared, {"": said}).map
    columns = decide_columns(map_columns(table, guide.known), written, guide.known, guide.pack)
    source = build_source_table(table, columns, guide.declared, guide.pack, path.stem)
    if source is None:
        found.unusable.append((table, columns))
        return
    found.tables += split_by_sections(source, table.sections)
    if doubt := find_column_doubt(guide.file_name, table, columns):
        found.doubts.append(doubt)


def declared_values(declared: FileDeclaration) -> dict[str, object]:
    """Return what was declared of a file, without its path, as plain values."""
    return declared.model_dump(exclude={"path"}, exclude_defaults=True)


def build_source_table(
    table: Table,
    columns: tuple[ColumnMeaning, ...],
    declared: FileDeclaration,
    pack: Pack,
    stem: str,
) -> SourceTable | None:
    """Make a source table; None where no column of it is known."""
    found, programme = find_table_kind(table, columns, pack, stem)
    if found == "unknown":
        return None
    kind = declared.kind or ("roster" if declared.programme else found)
    told = find_table_problems(table, columns, is_dated=declared.date is not None)
    if kind == "households":
        table, by_relation = join_by_relation(table, columns)
        told += by_relation
    return SourceTable(
        sheet=table.sheet,
        title=table.title,
        first_header_row=table.first_header_row,
        last_header_row=table.last_header_row,
        kind=kind,
        programme=(declared.programme or programme) if kind == "roster" else None,
        community=table.community or declared.area or _folder(declared, columns),
        covers=declared.date or table.covers,
        is_complete=declared.complete,
        columns=build_column_records(columns, table, pack),
        rows=_SourceRows(table.above, table.rows),
        problems=[*told, *find_area_problems(table, columns, declared.area)],
    )


def _folder(declared: FileDeclaration, columns: Iterable[ColumnMeaning]) -> str | None:
    """Return the community of a file's folder, for a table that has no column for it."""
    has_column = any(column.target == "community" for column in columns)
    return None if has_column else declared.folder


def _refuse_unknown_sheets(path: Path, declared: FileDeclaration, sheets: list[Sheet]) -> None:
    """Refuse a declaration of a sheet that the file does not have."""
    names = [sheet.name for sheet in sheets]
    for name in declared.sheets:
        if name not in {one.strip() for one in names}:
            raise ReliefError(
                f"import.toml: {path.name}: {name}",
                _("this file has no sheet of this name"),
                _("Its sheets are: {names}").format(names=", ".join(names)),
            )


def _check_declared(declared: FileDeclaration, pack: Pack) -> None:
    """Refuse a programme in import.toml that the pack does not have."""
    for sheet in declared.sheets.values():
        _check_declared(sheet, pack)
    programme = declared.programme
    if programme is not None and programme not in pack.programmes:
        raise ReliefError(
            f"import.toml: {declared.path}: programme",
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


def _unused_table(table: Table, columns: tuple[ColumnMeaning, ...], pack: Pack) -> SourceTable:
    """Keep the rows of a table nobody understands, with the reason and its headings."""
    message = Message("no column of this table is known; its rows are kept and not used")
    rows = [row._replace(role="note", continues=None) for row in (*table.above, *table.rows)]
    problem = Problem("table-unknown", message, table.sheet, table.first_header_row, is_unused=True)
    heading_rows = (table.first_header_row, table.last_header_row)
    kept = _kept_aside(table.sheet, table.title, rows, [problem], heading_rows)
    return replace(kept, columns=build_column_records(columns, table, pack))


def _other_sheet(sheet: Sheet, form: FormKind | None) -> SourceTable:
    """Keep the rows of a sheet that has no table; it is told unless it is an aid to filling in."""
    rows = list_rows_as_notes(sheet.rows, range(len(sheet.rows)))
    is_aid = sheet.is_hidden or _AID.search(sheet.name)
    is_told = form is not None or not is_aid or any(has_person(row.cells) for row in rows)
    problem = Problem(
        "sheet-is-a-form" if form else "sheet-without-table",
        FORM_WORDS[form]
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
