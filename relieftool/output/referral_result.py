"""What a department gets: its cases on one sheet, with room for its decisions beside them.

The sheet comes back: `relief decide --file` reads these headings in either language.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from relieftool.cases.referrals import Referral
from relieftool.messages import _
from relieftool.output.cases import format_due_day
from relieftool.output.clean import escape_invisible
from relieftool.output.gaps import format_period
from relieftool.output.masking import MaskedName
from relieftool.output.result import RecordTable, Result, ResultColumn, ShownCell
from relieftool.output.wording import build_amount_cell, format_programme, format_reason
from relieftool.pack.models import Pack

_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\s]+')


def build_referral_result(referrals: Sequence[Referral], pack: Pack, day: str) -> Result:
    """Return one department's cases as its workbook."""
    department = referrals[0].department
    title = _("Referral to {department}, {day}").format(department=department, day=day)
    answer = {"relief_result": 1, "command": "refer", "department": department}
    columns = (*_known_columns(pack), *_columns_to_fill_in())
    return Result(answer, (RecordTable(title, columns, referrals, _advice(), is_for_print=True),))


def _known_columns(pack: Pack) -> tuple[ResultColumn[Referral], ...]:
    """Return what the department is told of a case."""
    return (
        ResultColumn("case", _("Case"), is_whole=True, value=lambda sent: sent.record.case),
        ResultColumn(
            "household_no",
            _("Household"),
            is_whole=True,
            value=lambda sent: sent.record.household_no,
        ),
        ResultColumn("community", _("Community"), value=lambda sent: sent.record.community),
        ResultColumn("head", _("Head"), unit="name"),
        ResultColumn("member", _("Member"), words=_member),
        ResultColumn("id_number", _("ID number"), unit="id_number"),
        ResultColumn(
            "programme",
            _("Programme"),
            words=lambda sent: format_programme(pack, sent.record.programme),
        ),
        ResultColumn("why", _("Grounds"), is_wide=True, words=lambda sent: _grounds(pack, sent)),
        ResultColumn(
            "amount",
            _("Yuan due"),
            "right",
            words=lambda sent: build_amount_cell(sent.finding) if sent.finding else None,
        ),
        ResultColumn(
            "period",
            _("Per"),
            words=lambda sent: format_period(sent.finding.amount_period) if sent.finding else "",
        ),
        ResultColumn("due_on", _("Due"), words=lambda sent: format_due_day(sent.record)),
    )


def _columns_to_fill_in() -> tuple[ResultColumn[Referral], ...]:
    """Return the empty columns for the department's decision."""
    choices = (_("granted"), _("not granted"))
    return (
        ResultColumn("decision", _("Decision"), choices=choices, words=_nothing),
        ResultColumn("reason", _("Reason"), words=_nothing),
        ResultColumn("granted", _("Amount"), "right", words=_nothing),
        ResultColumn("day", _("Day"), words=_nothing),
    )


def _nothing(_referral: Referral) -> str:
    return ""


def _member(referral: Referral) -> ShownCell:
    return "" if referral.record.member_no is None else MaskedName(referral.member)


def _grounds(pack: Pack, referral: Referral) -> str:
    finding = referral.finding
    if finding is None or finding.status not in ("unclaimed", "underpaid"):
        return ""
    return format_reason(pack, finding)


def _advice() -> list[str]:
    return [
        _("Please fill in the last four columns and send this file back:"),
        _("Decision: granted or refused; a refusal with its reason; the amount in yuan; the day."),
    ]


def name_department_file(out: Path, department: str, *, is_only: bool) -> Path:
    """Name the file of a department: the name asked for, with the department where there are more.

    >>> name_department_file(Path("转办单.xlsx"), "区民政局", is_only=False).name
    '转办单-区民政局.xlsx'
    """
    if is_only:
        return out
    plain = _NOT_IN_FILE_NAMES.sub("、", escape_invisible(department))
    return out.with_name(f"{out.stem}-{plain}{out.suffix}")
