"""A result as one web page that needs nothing else: no script, no picture, no address."""

from collections.abc import Sequence
from html import escape
from typing import Any

from relieftool.messages import current_language
from relieftool.output.clean import escape_invisible
from relieftool.output.result import PlainTable, ResultColumn
from relieftool.output.result_cells import format_cell

_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font-family: sans-serif; margin: 2em; }}
table {{ border-collapse: collapse; }}
th, td {{ border: 1px solid #888; padding: .2em .6em; text-align: left; }}
th {{ background: #eee; }}
.right {{ text-align: right; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def format_html(grids: Sequence[PlainTable]) -> str:
    """Write tables as one page, each under its title; every text is shown, none is obeyed."""
    return _PAGE.format(
        language=current_language(),
        title=_safe(grids[0].title),
        body="\n".join(map(_section, grids)),
    )


def _section(grid: PlainTable) -> str:
    warnings = [f"<p><strong>{_safe(line)}</strong></p>" for line in grid.warnings]
    heading = [f"<h2>{_safe(grid.heading)}</h2>", *warnings]
    if grid.is_said:
        return "\n".join(heading)
    head = "".join(f"<th{_side(column)}>{_safe(column.label)}</th>" for column in grid.columns)
    rows = [
        "".join(
            f"<td{_side(column)}>{_safe(format_cell(cell))}</td>"
            for column, cell in zip(grid.columns, row, strict=True)
        )
        for row in grid.rows
    ]
    lines = [f"<tr>{cells}</tr>" for cells in (head, *rows)]
    notes = [f"<p>{_safe(line)}</p>" for line in grid.footer]
    return "\n".join([*heading, "<table>", *lines, "</table>", *notes])


def _side(column: ResultColumn[Any]) -> str:
    return ' class="right"' if column.justify == "right" else ""


def _safe(text: str) -> str:
    return escape(escape_invisible(text))
