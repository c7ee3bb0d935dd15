"""The report as a workbook: a sheet for each table of figures with its chart, and for each list."""

from pathlib import Path
from typing import Any

from relieftool.documents.charts import COLOURS
from relieftool.documents.report_parts import FigureTable, Report
from relieftool.output.files import replace_file
from relieftool.output.workbooks import write_workbook

_CHART_WIDTH_CM, _BAR_CM, _FRAME_CM, _HIGHEST_CM = 18, 0.7, 3.0, 14.0


def write_report_workbook(report: Report, path: Path) -> None:
    """Write the report as an .xlsx whose sheets print on A4; private values are masked."""
    figures = [figures for section in report.sections for figures in section.figures]
    tables = [*(each.table for each in figures), *(each.table for each in report.lists)]
    shown = [table.shown(is_revealed=False) for table in tables]
    lines = [*report.head, *(line for each in report.sections for line in each.lines), *report.foot]

    def add_charts(workbook: Any) -> None:
        for sheet, each in zip(workbook.worksheets, figures, strict=False):
            if each.drawn and each.table.records:
                _add_chart(sheet, each)

    with replace_file(path) as beside:
        write_workbook(shown, beside, [report.title, *lines], add_charts)


def _add_chart(sheet: Any, figures: FigureTable) -> None:
    """Add a chart of horizontal bars below a table, drawn from the table's own cells."""
    from openpyxl.chart import (  # type: ignore[import-untyped]  # noqa: PLC0415 start-up time
        BarChart,
        Reference,
    )
    from openpyxl.worksheet.pagebreak import Break  # type: ignore[import-untyped]  # noqa: PLC0415

    keys = [column.key for column in figures.table.columns if column.only in (None, "table")]
    last = len(figures.table.records) + 1 - figures.has_total
    chart = BarChart()
    chart.type, chart.style = "bar", 10
    chart.title = str(figures.table.title)
    chart.y_axis.delete = chart.x_axis.delete = False
    chart.x_axis.scaling.orientation = "maxMin"  # the first row at the top
    for key, colour in zip(figures.drawn, COLOURS, strict=False):
        place = keys.index(key) + 1
        values = Reference(sheet, min_col=place, min_row=1, max_row=last)
        chart.add_data(values, titles_from_data=True)
        chart.series[-1].graphicalProperties.solidFill = colour.upper()
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
    if len(figures.drawn) == 1:
        chart.legend = None
    chart.width = _CHART_WIDTH_CM
    chart.height = min(_HIGHEST_CM, _FRAME_CM + _BAR_CM * (last - 1) * len(figures.drawn))
    # On paper the chart has a page of its own, without the head of the table.
    end = len(figures.table.records) + 2
    sheet.row_breaks.append(Break(id=end))
    sheet._print_rows = None  # noqa: SLF001 no other way to print the first row once
    sheet.add_chart(chart, f"A{end + 2}")
