"""The source rows of a household beside its form; cells are masked by what their columns mean."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from relieftool.messages import _
from relieftool.output.asking import meaning_of
from relieftool.output.cells import Cell
from relieftool.output.correction_result import shown_cells
from relieftool.output.result import Column, Columns, Grid, Result
from relieftool.pack.models import Pack
from relieftool.registry.behind import RowBehind, SourceCell
from relieftool.registry.corrections import handed_out
from relieftool.spreadsheets.columns import catalogue


def with_rows(
    result: Result, rows: Sequence[RowBehind], pack: Pack, *, is_revealed: bool
) -> Result:
    """Add to a household's form the rows it came from; what nobody knows is hidden when masked."""
    shown = shown_cells(pack, is_revealed=is_revealed)

    def text(one: SourceCell) -> str:
        return shown(one.target, handed_out(one.value))

    document = {
        "rows": [
            {
                "file": row.file_name,
                "sheet": row.sheet,
                "row": row.number,
                "cells": [
                    {"column": one.heading, "read_as": one.target, "value": text(one)}
                    for one in row.cells
                ],
            }
            for row in rows
        ]
    }
    lines = ((row, one.heading, text(one), one.target) for row in rows for one in row.cells)
    return replace(
        result,
        document={**result.document, **document},
        grids=(*result.grids, _grid(lines, pack)),
    )


def _grid(lines: Iterable[tuple[RowBehind, str, str, str | None]], pack: Pack) -> Grid:
    """Give the cells, one a row, each with what its column was read as."""
    known = catalogue(pack)
    cells: list[Sequence[Cell]] = [
        [
            f"{row.file_name} / {row.sheet} / {row.number}",
            heading,
            text,
            _("not used") if target is None else meaning_of(target, known, pack),
        ]
        for row, heading, text, target in lines
    ]
    columns: Columns = (
        Column("source", _("File / sheet / row")),
        Column("column", _("Column")),
        Column("cell", _("Cell"), is_wide=True),
        Column("read_as", _("Read as")),
    )
    return Grid(_("Rows it came from"), columns, cells)
