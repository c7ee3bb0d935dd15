"""The source rows of a household beside its form; cells are masked by what their columns mean."""

from collections.abc import Sequence
from dataclasses import replace

from relieftool.intake.corrections import format_for_correction
from relieftool.messages import _
from relieftool.output.asking import format_column_meaning
from relieftool.output.corrections import cell_of
from relieftool.output.result import RecordTable, Result, ResultColumn, build_documents
from relieftool.pack.models import Pack
from relieftool.register.behind import HouseholdRow, SourceCell
from relieftool.spreadsheets.columns import build_pack_catalogue

_Cell = tuple[HouseholdRow, SourceCell]


def add_source_rows(result: Result, rows: Sequence[HouseholdRow], pack: Pack) -> Result:
    """Add to a household's form the rows it came from; what nobody knows may be private."""
    table = _table(rows, pack)
    cells = [column for column in table.columns if column.only != "table"]
    listed = [
        {
            "file": row.file_name,
            "sheet": row.sheet,
            "row": row.number,
            "cells": build_documents(cells, [(row, cell) for cell in row.cells]),
        }
        for row in rows
    ]
    return replace(
        result, document={**result.document, "rows": listed}, grids=(*result.grids, table)
    )


def _table(rows: Sequence[HouseholdRow], pack: Pack) -> RecordTable[_Cell]:
    """Return the cells, one a row, each with what its column was read as."""
    known = build_pack_catalogue(pack)

    def read_as(cell: _Cell) -> str:
        target = cell[1].target
        return _("not used") if target is None else format_column_meaning(target, known, pack)

    columns: tuple[ResultColumn[_Cell], ...] = (
        ResultColumn("source", _("File / sheet / row"), words=_source, only="table"),
        ResultColumn("column", _("Column"), value=lambda cell: cell[1].heading),
        ResultColumn("read_as", only="json", value=lambda cell: cell[1].target),
        ResultColumn(
            "cell",
            _("Cell"),
            is_wide=True,
            value=lambda cell: cell_of(pack, cell[1].target, format_for_correction(cell[1].value)),
            json_key="value",
        ),
        ResultColumn("read_as", _("Read as"), words=read_as, only="table"),
    )
    return RecordTable(
        _("Rows it came from"), columns, [(row, cell) for row in rows for cell in row.cells]
    )


def _source(cell: _Cell) -> str:
    row, _cell = cell
    return f"{row.file_name} / {row.sheet} / {row.number}"
