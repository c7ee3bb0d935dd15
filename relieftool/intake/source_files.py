"""Reads files into source tables: reads sheets, finds tables, maps columns. Writes nothing.

Rows that are not understood are kept as they are, never dropped.
"""

import hashlib
import re
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
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
    FileChooser,
    FileDeclaration,
    RefusalCallback,
    find_folder_community,
    format_unread,
    list_shown_names,
    raise_refusal,
)
from relieftool.messages import Message, ProgressCallback, _, no_progress
from relieftool.pack.models import Pack
from relieftool.spreadsheets.column_names import Catalogue
from relieftool.spreadsheets.columns import (
    ColumnMeaning,
    build_pack_catalogue,
    map_columns,
)
from relieftool.spreadsheets.filled_form import FilledForm, split_forms
from relieftool.spreadsheets.grid import Grid
from relieftool.spreadsheets.household_rows import divide_households, tell_divisions_once
from relieftool.spreadsheets.job_lists import find_opening_tables
from relieftool.spreadsheets.reader import Sheet, read_sheets
from relieftool.spreadsheets.rows import has_person
from relieftool.spreadsheets.source_tables import OF_HOMES, SourceRow, SourceTable
from relieftool.spreadsheets.table_kinds import (
    FormKind,
    drop_kinds_of_people,
    find_form_kind,
    find_table_kind,
    is_about_people,
)
from relieftool.spreadsheets.table_problems import (
    FORM_WORDS,
    build_hidden_sheet_problem,
    build_no_rows_problem,
    build_unusable_error,
    find_area_problems,
    find_dropped_amounts,
    find_hidden_parts,
    find_payment_problems,
    find_struck_rows,
    find_table_problems,
    has_no_rows,
    split_by_sections,
)
from relieftool.spreadsheets.tables import Table, find_tables, list_rows_as_notes
from relieftool.spreadsheets.titles import (
    find_covered_period,
    find_year_of_months,
    list_named_communities,
    names_unclear_months,
)
from relieftool.store.database import pause_gc
from relieftool.values.text import escape_surrogates, squeeze_heading
from relieftool.values.vocabulary import list_words

SayCallback = Callable[[str], None]
_NOTHING_STATED = StatedMappings()
_WORD_LIST_NAMES, _AID_NAMES = map("|".join, list_words("sheet_names").values())
_LISTS_OF_WORDS = re.compile(_WORD_LIST_NAMES, re.IGNORECASE)
_AID = re.compile(rf"{_WORD_LIST_NAMES}|{_AID_NAMES}|Sheet\d", re.IGNORECASE)


@dataclass(frozen=True)
class ReadFile:
    """A file that was read but not yet recorded.

    `mappings` are the targets that were stated in this run for the tables' columns, by fingerprint
    of the headings. `doubts` are the columns to ask about, `corrected` the rows of a file with
    corrections, `forms` filled-in forms of relief.
    """

    name: str
    sha256: str
    declared: dict[str, object]
    tables: list[SourceTable]
    mappings: dict[str, dict[str, str]] = field(default_factory=dict)
    doubts: list[ColumnDoubt] = field(default_factory=list)
    corrected: list[CorrectedRow] = field(default_factory=list)
    forms: list[FilledForm] = field(default_factory=list)


def read_paths(  # noqa: PLR0913, PLR0917 what to read, and whom to tell what of it
    pack: Pack,
    paths: list[Path],
    progress: ProgressCallback = no_progress,
    say: SayCallback = lambda _sentence: None,
    said: StatedMappings = _NOTHING_STATED,
    refuse: RefusalCallback = raise_refusal,
) -> list[ReadFile]:
    """Read files, folders and archives without writing anything.

    `progress` is called with each file and the number of rows read, `say` with a sentence about
    files passed over, and `refuse` with the error for each file that cannot be used. `said` are the
    targets of columns and values of files that the user stated; they come before import.toml.

    Raises:
        ReliefError: A heading, target or programme that the user states does not exist.
    """
    with tempfile.TemporaryDirectory(prefix="relief-") as scratch:
        chooser = FileChooser(Path(scratch), refuse)
        files = chooser.choose(paths)
        _report_skipped(chooser, say)
        known = build_pack_catalogue(pack)
        check_targets(said.stated, known, pack, "--map")
        said = said.drop_unusable(known, pack)
        read = []
        places = [chooser.places[path] for path, _declared in files]
        for number, ((path, found), place, name) in enumerate(
            zip(files, places, list_shown_names(places), strict=True), start=1
        ):
            declared = found.override({**said.file_values, "folder": find_folder_community(*place)})
            _check_programme(declared, pack)
            count = f"{number}/{len(files)}"
            try:
                context = _FileContext(name, declared, said, pack, known, count, progress)
                read.append(_read_file(path, context))
            except ReliefError as error:
                refuse(error)
        tables = [table for file in read for table in file.tables]
        refuse_unmet_mappings(said if read else _NOTHING_STATED, tables)
        return read


def _report_skipped(chooser: FileChooser, say: SayCallback) -> None:
    """Call `say` with a sentence about lock files of open workbooks, and about files not read."""
    words = _(
        "Skipped {names}: such a file only says that a workbook is open in WPS or Excel. Save and"
        " close it there, so that nothing is missing here."
    )
    if chooser.skipped:
        say(words.format(names=", ".join(chooser.skipped)))
    if chooser.unread:
        say(format_unread(chooser.unread))


@dataclass(frozen=True)
class _FileContext:
    """The values that are needed to read a file's tables.

    `said` are the user's mappings and the values stated for the files, `known` is the catalogue of
    column names, and `count` the file's number among all, such as 2/5. `communities` are the
    communities that the file names.
    """

    file_name: str
    declared: FileDeclaration
    said: StatedMappings
    pack: Pack
    known: Catalogue
    count: str
    progress: ProgressCallback
    communities: Collection[str] = ()

    def report_rows(self, done: int, total: int) -> None:
        """Report the number of rows read so far, of all rows of the file."""
        words = _("Reading {file} ({place})").format(file=self.file_name, place=self.count)
        self.progress(words, done, total)


def _read_file(path: Path, context: _FileContext) -> ReadFile:
    """Read a file into source tables, or into corrected rows if it is a file with corrections."""
    with pause_gc():
        sheets = read_sheets(path, context.known.known, context.report_rows)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        corrected = find_corrections(sheets)
        if corrected is not None:
            return ReadFile(context.file_name, digest, {}, [], corrected=corrected)
        return _read_tables(path, sheets, digest, context)


def _read_tables(path: Path, sheets: list[Sheet], digest: str, context: _FileContext) -> ReadFile:
    """Read a file's sheets into source tables; `digest` is that of its bytes."""
    own = split_forms(sheets, context.pack, context.said.today)
    found = _SheetContents(tables=list(own.tables))
    _refuse_unknown_sheets(path, context.declared, sheets)
    shown = [sheet for sheet in sheets if not sheet.is_hidden]
    named = list_named_communities((sheet.name for sheet in shown), (sheet.rows for sheet in shown))
    for sheet in own.others:
        declared = context.declared.of_sheet(sheet.name)
        own_context = replace(context, declared=declared, communities=named)
        if sheet.is_hidden and sheet.name.strip() not in context.declared.sheets:
            _leave_out_sheet(sheet, found, own_context)
        else:
            _read_sheet(sheet, found, own_context, path)
    if not found.tables:
        has_rows = any(sheet.rows for sheet in sheets)
        is_openings = context.declared.kind == "openings"
        columns = [column for _table, columns in found.unusable for column in columns]
        raise build_unusable_error(
            path, found.forms, columns, found.hidden, has_rows=has_rows, is_openings=is_openings
        )
    found.tables[0].problems.extend(find_hidden_parts(found.used, digest))
    found.tables[0].problems.extend(find_unmet_mappings(found.tables, context.declared))
    if context.declared.complete is None and not own.tables and has_no_rows(found.tables):
        found.tables[0].problems.append(build_no_rows_problem(found.tables[0].sheet))
    for name, of_sheet in context.declared.sheets.items():
        tables = [table for table in found.tables if table.sheet.strip() == name]
        found.tables[0].problems.extend(find_unmet_mappings(tables, of_sheet) if tables else ())
    unknown = [_keep_unknown_table(*table, context.pack) for table in found.unusable]
    declared = _drop_unused_folder(context.declared, found.tables)
    return ReadFile(
        context.file_name,
        digest,
        declared_values(add_mappings(declared, found.mappings)),
        [*tell_divisions_once(found.tables), *unknown, *found.others],
        found.new_mappings,
        found.doubts,
        forms=own.forms,
    )


def _drop_unused_folder(declared: FileDeclaration, tables: list[SourceTable]) -> FileDeclaration:
    """Return the declaration, without the folder's community unless a table used it."""
    is_used = declared.folder in {table.community for table in tables}
    return declared if is_used else declared.model_copy(update={"folder": None})


@dataclass
class _SheetContents:
    """The contents found in a file's sheets so far.

    `tables` can be used, `unusable` are tables without a known column, and `others` are sheets
    without a table. `used` are the tables that can be used as they are on the sheet, `hidden` the
    names of the hidden sheets that seem to have a list. `mappings` are all targets stated for the
    tables' columns, by fingerprint of the headings, `new_mappings` only those stated in this run.
    """

    tables: list[SourceTable] = field(default_factory=list)
    unusable: list[tuple[Table, tuple[ColumnMeaning, ...]]] = field(default_factory=list)
    others: list[SourceTable] = field(default_factory=list)
    forms: set[FormKind] = field(default_factory=set)
    mappings: dict[str, dict[str, str]] = field(default_factory=dict)
    new_mappings: dict[str, dict[str, str]] = field(default_factory=dict)
    doubts: list[ColumnDoubt] = field(default_factory=list)
    used: list[tuple[Table, tuple[ColumnMeaning, ...]]] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


def _leave_out_sheet(sheet: Sheet, found: _SheetContents, context: _FileContext) -> None:
    """Keep the rows of a hidden sheet unused; it has a problem if it seems to be a list.

    Nobody at the office sees such a sheet: it may be the list of last year. Hidden sheets with the
    words to choose from are part of many templates.
    """
    kept = _keep_other_sheet(sheet, None)
    tables = find_tables(sheet, context.known.known, context.communities)
    has_people = any(has_person(row.cells) for row in kept.rows)
    is_list = has_people or any(is_about_people(table, context.known) for table in tables)
    is_list = is_list or bool(find_opening_tables(sheet, is_declared=False))
    if is_list:
        found.hidden.append(sheet.name)
    problems = [build_hidden_sheet_problem(sheet.name)] if is_list else []
    if kept.rows:
        found.others.append(replace(kept, problems=problems))


def _read_sheet(sheet: Sheet, found: _SheetContents, context: _FileContext, path: Path) -> None:
    """Add a sheet's tables to `found`, or the sheet itself if it has rows but no table."""
    is_declared = context.declared.kind == "openings"
    openings = find_opening_tables(sheet, is_declared=is_declared)
    found.tables += openings
    if openings:
        return
    if is_declared:
        found.others.append(_keep_other_sheet(sheet, None))
        return
    form = find_form_kind(Grid(sheet.rows, sheet.merged), context.known.known)
    tables = [] if form else find_tables(sheet, context.known.known, context.communities)
    if _LISTS_OF_WORDS.search(sheet.name):
        tables = [table for table in tables if is_about_people(table, context.known)]
    if form:
        found.forms.add(form)
    if not tables and sheet.rows:
        found.others.append(_keep_other_sheet(sheet, form))
    for table in tables:
        _read_table(table, found, context, path)


def _read_table(table: Table, found: _SheetContents, context: _FileContext, path: Path) -> None:
    """Map a table's columns by their headings and the stated targets, and add it to `found`."""
    key = hash_headings(table.headers)
    if stated := context.said.list_targets(table.headers):
        found.mappings.setdefault(key, {}).update(stated)
    if new := context.said.list_new_targets(table.headers):
        found.new_mappings.setdefault(key, {}).update(new)
    declared = add_mappings(context.declared, {"": stated})
    columns = map_columns(table, context.known)
    columns = decide_columns(columns, declared.map, context.known, context.pack)
    stem = escape_surrogates(path.stem)
    source = build_source_table(table, columns, declared, context.pack, stem)
    if source is None:
        found.unusable.append((table, columns))
        return
    found.used.append((table, columns))
    found.tables += split_by_sections(source, table.sections)
    if doubt := find_column_doubt(context.file_name, table, columns):
        found.doubts.append(doubt)


def declared_values(declared: FileDeclaration) -> dict[str, object]:
    """Return a file's declaration as plain values, without its path and without defaults."""
    return declared.model_dump(exclude={"path"}, exclude_defaults=True)


def build_source_table(
    table: Table,
    columns: tuple[ColumnMeaning, ...],
    declared: FileDeclaration,
    pack: Pack,
    stem: str,
) -> SourceTable | None:
    """Return a table as a source table; None if none of its columns is known.

    `stem` is the file's name without its ending; it may contain the name of the programme.
    """
    found, programme = find_table_kind(table, columns, pack, stem)
    if found == "unknown":
        return None
    kind = declared.kind or ("roster" if declared.programme else found)
    divided: list[Problem] = []
    if kind == "households":
        columns = drop_kinds_of_people(table, columns, pack, stem)
        table, columns, divided = divide_households(table, columns, pack)
    covers = declared.date or _choose_period(table, kind, stem)
    if kind == "roster" and covers is None and names_unclear_months([], stem):
        table = replace(table, names_unclear_months=True)
    problems = find_table_problems(table, columns, is_dated=covers is not None)
    problems = _add_amount_problems(problems, (table, columns, covers), declared, kind)
    return SourceTable(
        sheet=table.sheet,
        title=table.title,
        first_header_row=table.first_header_row,
        last_header_row=table.last_header_row,
        kind=kind,
        programme=(declared.programme or programme) if kind == "roster" else None,
        community=table.community or declared.area or _choose_folder(declared, columns),
        covers=covers,
        is_complete=declared.complete if kind == "roster" or _lists_people(columns, pack) else None,
        columns=build_column_records(columns, table, pack),
        rows=_SourceRows(table.above, table.rows),
        problems=[*problems, *divided, *find_area_problems(table, columns, declared.area)],
        hidden_rows=table.hidden_rows,
        struck_rows=tuple(find_struck_rows(table, columns)),
    )


def _lists_people(columns: Iterable[ColumnMeaning], pack: Pack) -> bool:
    """Whether a household list may be one of all people who have something."""
    targets = {column.target for column in columns if column.target}
    is_listed = any(fact.is_listed and fact.id in targets for fact in pack.facts.values())
    return is_listed and targets.isdisjoint(OF_HOMES)


def _add_amount_problems(
    problems: list[Problem],
    listed: tuple[Table, Sequence[ColumnMeaning], str | None],
    declared: FileDeclaration,
    kind: str,
) -> list[Problem]:
    """Return the problems with those of amounts not used; a column is told of only once."""
    table, columns, covers = listed
    if kind == "roster":
        return problems + find_payment_problems(table, columns, covers)
    mapped = declared.map.items()
    left_out = {squeeze_heading(header) for header, target in mapped if target == "-"}
    dropped = list(find_dropped_amounts(table, columns, left_out))
    headers = {problem.column for problem in dropped}
    return [problem for problem in problems if problem.column not in headers] + dropped


def _choose_period(table: Table, kind: str, stem: str) -> str | None:
    """Return the period of a table; columns of months are of the year that its names give."""
    covers = _find_period(table, kind, stem)
    names = (table.title, table.sheet, stem)
    of_months = find_year_of_months(names, table.headers, covers) if kind == "roster" else None
    return of_months or covers


def _find_period(table: Table, kind: str, stem: str) -> str | None:
    """Return the period a table names; a roster that names no months has those of the file's name.

    Payments may be for a year, but a household is not known to be the same all year: a list of
    households that names only a year has no period.
    """
    is_year = table.covers is not None and len(table.covers) == len("2024")
    if kind != "roster":
        return None if is_year else table.covers
    if table.names_unclear_months or (table.covers is not None and not is_year):
        return table.covers
    own = find_covered_period([], stem, ())
    # the year may be in the title and the months in the file's name, or the other way round
    joint = own or find_covered_period([table.title, table.sheet], stem, ())
    return joint if table.covers is None or own is None else table.covers


def _choose_folder(declared: FileDeclaration, columns: Iterable[ColumnMeaning]) -> str | None:
    """Return the community of the file's folder; None if the table has a column of communities."""
    has_column = any(column.target == "community" for column in columns)
    return None if has_column else declared.folder


def _refuse_unknown_sheets(path: Path, declared: FileDeclaration, sheets: list[Sheet]) -> None:
    """Raise ReliefError if the file does not have a sheet that is declared."""
    names = [sheet.name for sheet in sheets]
    for name in declared.sheets:
        if name not in map(str.strip, names):
            raise ReliefError(
                f"{path.name}: {name}",
                _("this file has no sheet of this name"),
                _("Its sheets are: {names}").format(names=", ".join(names)),
            )


def _check_programme(declared: FileDeclaration, pack: Pack) -> None:
    """Raise ReliefError if the pack does not have a programme that is declared."""
    for sheet in declared.sheets.values():
        _check_programme(sheet, pack)
    programme = declared.programme
    if programme is not None and programme not in pack.programmes:
        raise ReliefError(
            f"import.toml: {declared.path}: programme",
            _("'{name}' is not a programme").format(name=programme),
            _("The programmes are: {names}").format(names=", ".join(pack.programmes)),
        )


class _SourceRows(Sequence[SourceRow]):
    """The rows above a table and below its headings, each built when it is needed.

    A file may have a million rows, which should not be in memory twice.
    """

    def __init__(self, above: Sequence[SourceRow], below: Sequence[SourceRow] = ()) -> None:
        self._above, self._below = above, below

    def __len__(self) -> int:
        return len(self._above) + len(self._below)

    def __iter__(self) -> Iterator[SourceRow]:
        return chain(self._above, self._below)

    @overload
    def __getitem__(self, place: int) -> SourceRow: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[SourceRow]: ...
    def __getitem__(self, place: int | slice) -> SourceRow | Sequence[SourceRow]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        first = len(self._above)
        return self._above[place] if place < first else self._below[place - first]


def _keep_unknown_table(
    table: Table, columns: tuple[ColumnMeaning, ...], pack: Pack
) -> SourceTable:
    """Return a table without a known column as a source table: its rows as notes, and a problem."""
    message = Message("no column of this table is known; its rows are kept and not used")
    rows = [row._replace(role="note", continues=None) for row in (*table.above, *table.rows)]
    problem = Problem("table-unknown", message, table.sheet, table.first_header_row, is_unused=True)
    heading_rows = (table.first_header_row, table.last_header_row)
    kept = _keep_unused(table.sheet, table.title, rows, [problem], heading_rows)
    return replace(kept, columns=build_column_records(columns, table, pack))


def _keep_other_sheet(sheet: Sheet, form: FormKind | None) -> SourceTable:
    """Return a sheet without a table as a source table, its rows as notes.

    It has a problem if it is a form or has a valid ID number, or if its name is not that of an aid
    to filling in a template. An empty sheet has none.
    """
    rows = list_rows_as_notes(sheet.rows, range(len(sheet.rows)))
    is_problem = (
        form is not None
        or not _AID.search(sheet.name)
        or any(has_person(row.cells) for row in rows)
    )
    problem = Problem(
        "sheet-is-a-form" if form else "sheet-without-table",
        FORM_WORDS[form]
        if form
        else Message("this sheet has no table; its rows are kept and not used"),
        sheet.name,
        is_unused=True,
    )
    return _keep_unused(sheet.name, "", rows, [problem] if is_problem and rows else [])


def _keep_unused(
    sheet: str,
    title: str,
    rows: Sequence[SourceRow],
    problems: list[Problem],
    heading_rows: tuple[int, int] = (0, 0),
) -> SourceTable:
    """Return a source table of rows that are kept but not used."""
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
