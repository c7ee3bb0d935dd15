"""Writes doubtful rows to a workbook, laid out as imported, with what is wrong beside each row."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from relieftool.intake.corrections import KEY_HEADING, DoubtfulTable, RowKeys, format_for_correction
from relieftool.messages import _
from relieftool.output.files import replace_file
from relieftool.output.result_cells import (
    HiddenValue,
    MaskableText,
    MaskedIdNumber,
    MaskedName,
    format_plain,
    reveal_or_mask,
)
from relieftool.output.workbooks import format_sheet_name, widen_columns, write_cell
from relieftool.pack.models import Pack
from relieftool.values.id_numbers import read_id_number

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
