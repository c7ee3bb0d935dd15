"""`relief report`: the report on a month to hand in, as a web page, a Word file or a workbook."""

import calendar
import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import RegisterOnDay, today
from relieftool.documents.report import build_month_report
from relieftool.documents.report_parts import Report
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.output.files import check_ending, write_text
from relieftool.output.show import report_written


def report(
    *,
    out: Path,
    community: options.Community = None,
    month: Annotated[str | None, typer.Option(parser=options.parse_month)] = None,
    where: RegisterOnDay,
) -> None:
    """Write the report on a month: what is owed, what was done about it, and who is poor even so.

    A web page needs nothing but itself: each figure leads to the rows it counts, each row to its
    reason. Names are masked.

    Example: relief report --month 2024-12 --out 情况报告.html

    Args:
        out (FILE): The file to write; its ending says how: .html .docx .xlsx.
        month (YYYY-MM): The month to report on; otherwise that of the newest sheets.
    """
    check_ending(out, _("the ending does not say what to write"), ".html", ".docx", ".xlsx")
    with _choose_day(where, month).open() as opened:
        name = opened.community(community)
        opened.refresh_findings()
        built = build_month_report(opened.db, opened.pack, opened.as_of, opened.day, name)
        _write(built, out)
    report_written(out)


def _write(built: Report, out: Path) -> None:
    """Write a report in the format of the file's ending."""
    match out.suffix.lower():
        case ".html":
            from relieftool.documents.report_page import format_report_page

            write_text(format_report_page(built), out)
        case ".docx":
            from relieftool.documents.report_word import write_report_word

            write_report_word(built, out)
        case ".xlsx":
            from relieftool.documents.report_workbook import write_report_workbook

            write_report_workbook(built, out)


def _choose_day(where: RegisterOnDay, month: str | None) -> RegisterOnDay:
    """Return the options for the last day of a month, or for today if that is earlier."""
    if month is None:
        return where
    if where.as_of is not None:
        raise typer.BadParameter(_("say a month or a day, not both"), param_hint="--month")
    first = dt.date.fromisoformat(f"{month}-01")
    if first > today():
        raise ReliefError(
            month,
            _("this month is yet to come, so there is nothing to report on"),
            _("Give a month that has begun."),
        )
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return replace(where, as_of=min(last, today()))
