"""Reports on imports, their problems, the rows to correct, and the questions about columns.

The questions are asked on a terminal. Columns whose meaning is certain are only shown.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any, TextIO

from relieftool.eligibility.changes import (
    CHANGE_WORDS,
    ChangeSort,
    RegisterChange,
    RegisterChanges,
    count_changes,
)
from relieftool.eligibility.findings import format_status
from relieftool.errors import ReliefError
from relieftool.fieldwork.entries import WithdrawalCounts
from relieftool.intake.column_mapping import (
    ColumnDoubt,
    UnsureColumn,
    check_targets,
    split_target,
)
from relieftool.intake.corrections import KEY_HEADING, DoubtfulTable, RowKeys, format_for_correction
from relieftool.intake.imports import FileReport
from relieftool.messages import _
from relieftool.output.files import replace_file
from relieftool.output.result import Column, Columns, RecordTable, Result, build_documents
from relieftool.output.result_cells import (
    HIDDEN,
    HiddenValue,
    MaskableText,
    MaskedIdNumber,
    MaskedName,
    ResultCell,
    format_plain,
    mask_id,
    mask_name,
    reveal_or_mask,
    when_hidden,
)
from relieftool.output.streams import Conversation
from relieftool.output.wording import format_fact, format_fact_value, format_programme
from relieftool.output.workbooks import format_sheet_name, widen_columns, write_cell
from relieftool.pack.models import Pack
from relieftool.register.origins import HouseholdRow, SourceCell
from relieftool.spreadsheets.column_names import Catalogue
from relieftool.spreadsheets.columns import build_pack_catalogue
from relieftool.store.imports import RecordedProblem
from relieftool.store.problem_decisions import DOUBTS, format_answers, list_accepted
from relieftool.values.id_numbers import read_id_number
from relieftool.values.text import Cell, format_runs, squeeze_heading


def build_import_result(
    reports: list[FileReport],
    changes: RegisterChanges | None = None,
    unusable: Iterable[ReliefError] = (),
) -> Result:
    """Return the imported files with their counts, notes on what to do next, and the changes.

    `changes` is None if nothing had been imported before. `unusable` are the errors for the files
    that could not be used.
    """
    columns: tuple[Column[FileReport], ...] = (
        Column.number("import_no", _("Import"), card="title"),
        Column("file_name", _("File"), card="title"),
        Column("state", _("State"), words=_state, only="table"),
        *Column.json("is_new", "replaced", "beside"),
        Column.number("rows", _("Rows")),
        Column.number("households", _("Households")),
        Column.number("members", _("Members")),
        Column.number("receipts", _("Receipts")),
        Column.number("problems", _("Problems")),
        Column("unused_columns", only="json", value=_unused_documents),
    )
    files = RecordTable(_("Imported files"), columns, reports, _import_footer(reports))
    not_used = [
        {"file": error.place, "problem": error.problem, "remedy": error.remedy}
        for error in unusable
    ]
    result = files.result("import", "files", changes=_changes_document(changes), unusable=not_used)
    if changes is None or (not changes.changes and changes.are_findings_compared):
        return result
    listed = (_change_list(changes),) if changes.changes else ()
    return replace(result, tables=(_changes_table(changes), *listed, files))


def format_unusable(error: ReliefError) -> str:
    """Return the line on a file that could not be used."""
    line = _("NOT imported: {file}: {problem}. {remedy}")
    return line.format(file=error.place, problem=error.problem, remedy=error.remedy)


def list_import_news(
    reports: Iterable[FileReport], unusable: Iterable[ReliefError], *, is_replacing: bool
) -> list[str]:
    """Return a line for each thing that a clerk may believe done and that the import did not do."""
    lost = _(
        "NOT used: {count} of {rows} rows of {file}: no community is known for them. If all are of"
        " one, import the file again with --area and its name."
    )
    alone = _(
        "--replace: no earlier import named {file} counts, so nothing was replaced. If it had"
        " another name, `relief imports` lists it and `relief undo IMPORT` takes it back."
    )
    lines = []
    for report in reports:
        name, count = report.file_name, report.without_community
        lines += [lost.format(count=count, rows=report.rows, file=name)] if count else []
        is_alone = is_replacing and report.is_new and not report.replaced
        lines += [alone.format(file=name)] if is_alone else []
    return [*lines, *map(format_unusable, unusable)]


def _unused_documents(report: FileReport) -> list[dict[str, object]]:
    return [asdict(column) for column in report.unused_columns]


def _changes_document(changes: RegisterChanges | None) -> dict[str, object] | None:
    """Return the changes and their counts for JSON; None if nothing had been imported before."""
    if changes is None:
        return None
    return {
        "counts": count_changes(changes.changes),
        "list": [asdict(change) for change in changes.changes],
        "are_findings_compared": changes.are_findings_compared,
    }


def _changes_table(changes: RegisterChanges) -> RecordTable[tuple[str, int]]:
    """Return the table with the number of changes of each kind."""
    columns = (
        Column("change", _("Change"), _format_change_sort, value=itemgetter(0)),
        Column.number("count", _("Count"), value=itemgetter(1)),
    )
    counts = [
        (sort, count)
        for sort, count in count_changes(changes.changes).items()
        if changes.are_findings_compared or not sort.startswith("finding-")
    ]
    footer = []
    if not changes.are_findings_compared:
        footer.append(
            _("The findings of so many households are only found by the next `relief gaps`.")
        )
    return RecordTable(_("What changed since the last import"), columns, counts, footer)


def _format_change_sort(sort: ChangeSort) -> str:
    return str(CHANGE_WORDS[sort])


def _change_list(changes: RegisterChanges) -> RecordTable[RegisterChange]:
    """Return the table of all changes: whose, of which fact or benefit, and from what to what."""
    pack = changes.pack
    columns: tuple[Column[RegisterChange], ...] = (
        Column("change", _("Change"), _format_change_sort, value="sort"),
        Column("household_no", _("Household"), is_whole=True),
        Column.optional("member_no", _("Member number"), is_whole=True),
        Column("about", _("Fact or benefit"), words=partial(_changed_thing, pack)),
        Column("before", _("Before"), words=lambda change: _changed_value(pack, change, "before")),
        Column("after", _("After"), words=lambda change: _changed_value(pack, change, "after")),
    )
    return RecordTable(_("Changes"), columns, changes.changes)


def _changed_thing(pack: Pack, change: RegisterChange) -> str:
    """Return the fact or the benefit that a change is about; "" if it is a person."""
    if change.about is None:
        return ""
    is_fact = change.sort == "fact-changed"
    return format_fact(pack, change.about) if is_fact else format_programme(pack, change.about)


def _changed_value(pack: Pack, change: RegisterChange, side: str) -> ResultCell:
    """Return a value before or after a change in words; a private one is never kept."""
    value = change.before if side == "before" else change.after
    if change.sort == "fact-changed":
        fact = pack.facts[change.about or ""]
        return HIDDEN if fact.is_private else format_fact_value(fact, value)
    return "" if value is None else format_status(str(value))


def _state(report: FileReport) -> str:
    """Return in words whether a file replaces an earlier one or was known before; '' if neither."""
    if report.replaced:
        return _("replaces an earlier one")
    return "" if report.is_new else _("known before")


def _import_footer(reports: list[FileReport]) -> list[str]:
    """Return the notes on problems, on earlier files, on unused columns and on the next step."""
    problems = sum(report.problems for report in reports)
    listed = _("Rows in doubt or unused: {count}. `relief problems` lists them.")
    beside = _(
        "{file} was imported before with other content, or for another programme, community or"
        " month; both count. If this one corrects it, import it again with --replace."
    )
    return [
        *([listed.format(count=problems)] if problems else []),
        *(beside.format(file=report.file_name) for report in reports if report.beside),
        *_unused(reports),
        _("Next: `relief gaps`."),
    ]


def _unused(reports: list[FileReport]) -> list[str]:
    """Return lines on the columns of each file without facts, and a last one on how to use them."""
    wordings = {
        False: _("Not used: {columns} ({file}; {sheets})."),
        True: _("Read as text only, which states no fact: {columns} ({file}; {sheets})."),
    }
    lines = [
        line.format(
            columns=_(", ").join(dict.fromkeys(unused.column for unused in found)),
            file=report.file_name,
            sheets=_(", ").join(dict.fromkeys(unused.sheet for unused in found)),
        )
        for report in reports
        for is_text, line in wordings.items()
        if (found := [each for each in report.unused_columns if each.is_text == is_text])
    ]
    remedy = _("`--map COLUMN=FACT` uses such a column, `--map COLUMN=-` leaves it out unnamed.")
    return [*lines, remedy] if lines else []


def format_withdrawals(followed: WithdrawalCounts) -> list[str]:
    """Return the lines that count the visits and needs withdrawn, or restored, with their forms."""
    lines = []
    if followed.visits_gone or followed.needs_gone:
        words = _("Withdrawn, as their forms no longer count: visits {visits}, needs {needs}.")
        lines.append(words.format(visits=followed.visits_gone, needs=followed.needs_gone))
    if followed.visits_back or followed.needs_back:
        words = _("Counting again with their forms: visits {visits}, needs {needs}.")
        lines.append(words.format(visits=followed.visits_back, needs=followed.needs_back))
    return lines


def build_problems_result(problems: Sequence[RecordedProblem]) -> Result:
    """Return the problems as a table and as JSON, in the given order.

    On a screen, problems that say the same of one column are one line.
    """
    listed = problems_table(problems)
    grouped = _grouped_problems_table(problems, listed.footer)
    return replace(listed.result("problems", "problems"), on_screen=(grouped,))


def problems_table(problems: Sequence[RecordedProblem]) -> RecordTable[RecordedProblem]:
    """Return the table of problems."""
    columns: Columns = (
        Column.number("number", _("Number"), is_minor=True, is_optional=True),
        Column("file", _("File"), value="file_name"),
        *Column.of_part(
            lambda recorded: recorded.problem,
            Column("sheet", _("Sheet")),
            Column.number("row", _("Row"), is_optional=True),
            Column("column", _("Column")),
            *Column.json("code"),
            Column("state", _("State"), _problem_state, json_key="is_unused"),
            Column(
                "problem",
                _("What, and what to do"),
                is_wide=True,
                value=lambda problem: str(problem.message),
                json_key="message",
            ),
            *Column.json("community"),
        ),
        *_whom_columns(),
        _text_column(),
        Column("choices", only="json", value=_choices),
    )
    return RecordTable(_("Problems"), columns, problems, _problems_footer(problems))


def _whom_columns() -> Columns:
    """Return the columns of whom the row of a problem is about."""
    return (
        Column("household_no", _("Household"), is_optional=True, is_minor=True),
        Column.name("member", _("Member"), is_optional=True, is_minor=True),
    )


def _text_column() -> Column[Any]:
    """Return the column of the text that a decision is about, which is private."""
    return Column("cell", _("Text"), unit="private", is_optional=True, is_minor=True, is_wide=True)


def _grouped_problems_table(
    problems: Sequence[RecordedProblem], footer: Sequence[MaskableText]
) -> RecordTable[list[RecordedProblem]]:
    """Return the table in which problems that say the same of one column are one line."""
    groups: dict[tuple[object, ...], list[RecordedProblem]] = defaultdict(list)
    for recorded in problems:
        problem = recorded.problem
        whom = recorded.number and (recorded.household_no, recorded.member)
        place = recorded.file_name, problem.sheet, problem.column, recorded.cell, whom
        key = *place, problem.code, problem.is_unused, str(problem.message)
        groups[key if problem.column else (id(recorded),)].append(recorded)
    columns: Columns = (
        Column("number", _("Number"), words=_numbers, is_minor=True, card="lead"),
        *Column.of_part(
            itemgetter(0),
            Column("file", _("File"), value="file_name", card="title"),
            Column("sheet", _("Sheet"), value="problem.sheet", card="title"),
        ),
        Column("row", _("Row"), words=_rows, is_wide=True),
        Column.number("count", _("Count"), value=len, is_minor=True),
        *Column.of_part(
            itemgetter(0),
            Column("column", _("Column"), value="problem.column"),
            Column("state", _("State"), _problem_state, value="problem.is_unused", card="lead"),
            Column(
                *("problem", _("What, and what to do"), str),
                is_wide=True,
                card="text",
                value="problem.message",
            ),
            *_whom_columns(),
            _text_column(),
        ),
    )
    return RecordTable(_("Problems"), columns, list(groups.values()), footer, weigh=_weigh_problems)


def _weigh_problems(group: Sequence[RecordedProblem]) -> tuple[bool, int]:
    """Return the place of problems that say the same on a short screen: unused rows, then many."""
    return not group[0].problem.is_unused, -len(group)


def _numbers(group: Sequence[RecordedProblem]) -> str:
    return format_runs(recorded.number for recorded in group)


def _rows(group: Sequence[RecordedProblem]) -> str:
    return format_runs(recorded.problem.row for recorded in group)


def _problem_state(is_unused: bool) -> str:  # noqa: FBT001 the value of a column
    return _("not used") if is_unused else _("in doubt")


def _choices(recorded: RecordedProblem) -> list[str]:
    """Return what `relief answer` takes for a problem, in the order shown."""
    return list_accepted(recorded.problem.subject)


def _problems_footer(problems: Sequence[RecordedProblem]) -> list[MaskableText]:
    """Return the notes on how to decide numbered problems and how to correct rows."""
    lines: list[MaskableText] = []
    if any(problem.number for problem in problems):
        lines.append(_("Answer a numbered one: `relief answer NUMBER ANSWER --by NAME`."))
    sorts = {str(problem.problem.subject).partition(":")[0] for problem in problems}
    lines += [
        _("{question} {answers}").format(question=doubt.asks, answers=format_answers(sort))
        for sort, doubt in DOUBTS.items()
        if sort in sorts
    ]
    if any(problem.cell is not None for problem in problems):
        lines.append(when_hidden(_("`--reveal --reason REASON` shows the texts.")))
    if any(problem.row_id is not None for problem in problems):
        lines.append(_("Correct the rows: `relief problems --out FILE.xlsx` writes them out."))
    return lines


_YES = ("", "y", "yes", "是", "确认", "好")


def ask_about_columns(
    doubts: Iterable[ColumnDoubt], known: Catalogue, pack: Pack, asked: TextIO, answered: TextIO
) -> dict[str, dict[str, str]]:
    """Ask about each table's doubtful columns; return the answers by the table's fingerprint.

    A fingerprint is asked about once. Tables without an answer are left out.
    """
    answers: dict[str, dict[str, str]] = {}
    for doubt in doubts:
        if doubt.fingerprint not in answers:
            interview = _Interview(asked, answered, doubt, known, pack)
            answers[doubt.fingerprint] = interview.run()
    return {fingerprint: targets for fingerprint, targets in answers.items() if targets}


@dataclass(frozen=True)
class _Interview(Conversation):
    """Asks the questions about one table."""

    doubt: ColumnDoubt
    known: Catalogue
    pack: Pack

    def run(self) -> dict[str, str]:
        """Ask about the doubtful columns; return the answers by heading.

        Empty if the input ends or the user does not confirm the answers.
        """
        place = f"{self.doubt.file_name} / {self.doubt.sheet}"
        self.tell(_("{place}: these columns are read as").format(place=place))
        for header, target in self.doubt.certain:
            self.tell(f"  {header} = {format_column_meaning(target, self.known, self.pack)}")
        targets: dict[str, str] = {}
        for column in self.doubt.unsure:
            answer = self._ask(column)
            if answer is None:
                return {}
            if answer:
                targets[squeeze_heading(column.header)] = answer
        question = _("Read these columns so, now and in later files? [Y/n] ")
        return targets if targets and self.read(question) in _YES else {}

    def _ask(self, column: UnsureColumn) -> str | None:
        """Ask about one column; return the heading or fact that was named, or two as A+B.

        '-' leaves the column out, '' decides nothing, and None means that the input has ended.
        """
        self.tell(_("The column '{header}' is not known.").format(header=column.header))
        if column.samples:
            cells = _(", ").join(_format_sample(cell, column) for cell in column.samples)
            self.tell(_("  Its cells: {cells}").format(cells=cells))
        for number, name in enumerate(column.near, start=1):
            self.tell(f"  {number} = {name}")
        question = _(
            "Its number, another heading, two as 1+2, - to leave it out, or Enter to decide later: "
        )
        while True:
            answer = self.read(question)
            if answer is None or answer in {"", "-"}:
                return answer
            parts = [self._name(part, column.near) for part in split_target(answer)]
            named = "+".join(parts)
            try:
                check_targets({"": named}, self.known, self.pack, column.header)
            except ReliefError as error:
                self.tell(error.problem)
            else:
                return named
        return None

    @staticmethod
    def _name(answer: str, near: Sequence[str]) -> str:
        """Return the heading of a number; any other answer is returned unchanged."""
        is_number = answer.isdecimal() and 0 < int(answer) <= len(near)
        return near[int(answer) - 1] if is_number else answer


_LONG_NUMBER = re.compile(r"\d{7,}[\dXx]*")
_OF_A_PLACE = re.compile(r"\d+\s*[号栋幢室单弄]")
_LONG_TEXT = 12


def _format_sample(cell: Cell, column: UnsureColumn) -> str:
    """Return a cell of a column that nobody knows yet: numbers, names, addresses are masked."""
    text = format_for_correction(cell).strip()
    if column.has_names:
        return mask_name(text) or ""
    if _OF_A_PLACE.search(text) or (len(text) > _LONG_TEXT and not _LONG_NUMBER.fullmatch(text)):
        return HIDDEN
    return _LONG_NUMBER.sub(lambda number: mask_id(number[0]) or "", text)


def format_column_meaning(target: str, known: Catalogue, pack: Pack) -> str:
    """Return a column's meaning in words: a fact, a programme or a known heading.

    A meaning without words is returned unchanged.
    """
    if target in pack.facts:
        return str(pack.facts[target].labels)
    if target.startswith("receipt."):
        return str(pack.programmes[target.removeprefix("receipt.")].names)
    return next((text for text in known.shown if known.target(text) == target), target)


_RowCell = tuple[HouseholdRow, SourceCell]


def add_source_rows(result: Result, rows: Sequence[HouseholdRow], pack: Pack) -> Result:
    """Add a household's source rows to its form; the cells of private columns are marked."""
    columns = _cell_columns(pack)
    listed = [
        {
            "file": row.file_name,
            "sheet": row.sheet,
            "row": row.number,
            "cells": build_documents(columns, [(row, cell) for cell in row.cells]),
        }
        for row in rows
    ]
    cells = [(row, cell) for row in rows for cell in row.cells]
    table = RecordTable(_("Rows it came from"), columns, cells)
    document = {**result.document, "rows": listed}
    return replace(result, document=document, tables=(*result.tables, table))


def _cell_columns(pack: Pack) -> tuple[Column[_RowCell], ...]:
    """Return the columns of a source cell: its position, heading, text and the column's meaning."""
    known = build_pack_catalogue(pack)

    def read_as(target: str | None) -> str:
        return _("not used") if target is None else format_column_meaning(target, known, pack)

    def shown(cell: SourceCell) -> MaskableText:
        if cell.is_of_others:
            return HIDDEN
        return mark_cell(pack, cell.target, format_for_correction(cell.value))

    return (
        Column("source", _("File / sheet / row"), words=_source, only="table"),
        *Column.of_part(
            itemgetter(1),
            Column("column", _("Column"), value="heading"),
            Column("cell", _("Cell"), is_wide=True, value=shown, json_key="value"),
            Column("read_as", _("Read as"), read_as, value="target"),
        ),
    )


def _source(cell: _RowCell) -> str:
    row, _cell = cell
    return f"{row.file_name} / {row.sheet} / {row.number}"


_PLAIN_TARGETS = frozenset(
    {
        *("serial", "household_no", "community", "relation", "receives"),
        *("amount", "programme", "covers", "paid_state"),
    }
)
CellFormatter = Callable[[str | None, str], str]


def write_corrections(
    tables: Sequence[DoubtfulTable], keys: RowKeys, pack: Pack, path: Path, *, is_revealed: bool
) -> None:
    """Write the doubtful rows, one sheet per table; private cells are masked unless revealed.

    When the workbook is imported, a masked cell that nobody changed keeps its value.
    """
    from openpyxl import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 start-up time

    def shown(target: str | None, text: str) -> str:
        return str(reveal_or_mask(mark_cell(pack, target, text), is_revealed=is_revealed))

    workbook = Workbook()
    workbook.remove(workbook.active)
    for number, table in enumerate(tables, start=1):
        sheet = workbook.create_sheet(format_sheet_name(f"{number} {table.sheet}"))
        _fill(sheet, table, keys, shown)
    if not tables:
        workbook.create_sheet(_("Notes"))
    with replace_file(path) as beside:
        workbook.save(beside)


def mark_cell(pack: Pack, target: str | None, text: str) -> MaskableText:
    """Return a cell's text, marked as private unless its column is known to be open.

    A valid ID number is marked in any column. `target` is the meaning of the column; None if it has
    none.
    """
    if target in ("name", "head_name"):
        return MaskedName(text)
    if target in ("id_number", "head_id_number") or read_id_number(text).number:
        return MaskedIdNumber(text)
    fact = pack.facts.get(target or "")
    is_plain = target in _PLAIN_TARGETS or (target or "").startswith("receipt.")
    is_open = is_plain or (fact is not None and not fact.is_private)
    return text if is_open or not text.strip() else HiddenValue(text)


def _fill(sheet: Any, table: DoubtfulTable, keys: RowKeys, shown: CellFormatter) -> None:
    """Fill one sheet: a note on its source, the headings, and the rows with their hidden keys."""
    rows: list[list[str]] = [
        [KEY_HEADING, _("Row"), _("What, and what to do"), *map(format_plain, table.headings)]
    ]
    for row in table.rows:
        texts = [
            format_plain(shown(target, format_for_correction(cell)))
            for target, cell in zip(table.targets, row.cells, strict=False)
        ]
        reasons = " / ".join(str(reason) for reason in row.reasons)
        rows.append([keys.make(row.row_id, texts), str(row.number), reasons, *texts])
    place = _("{file}, sheet {sheet}: correct the cells, save, and import this file.")
    write_cell(sheet.cell(1, 2), place.format(file=table.file_name, sheet=table.sheet))
    for number, cells in enumerate(rows, start=2):
        for column, text in enumerate(cells, start=1):
            write_cell(sheet.cell(number, column), text)
    widen_columns(sheet, [cells[: len(rows[0])] for cells in rows])
    sheet.column_dimensions["A"].hidden = True
    sheet.freeze_panes = "D3"
