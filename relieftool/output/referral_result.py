"""What a department gets: its cases on one sheet, with room for its decisions beside them.

The sheet comes back: `relief decide --file` reads these headings in either language.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from relieftool.ledger.referrals import Referral
from relieftool.messages import _
from relieftool.output.case_result import due_words
from relieftool.output.cells import Cell
from relieftool.output.clean import clean
from relieftool.output.gap_result import Name, period_word
from relieftool.output.masking import mask_id
from relieftool.output.result import Column, Columns, Grid, Result
from relieftool.output.words_of_findings import amount_cell, programme_word, why_words
from relieftool.pack.models import Pack

_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\s]+')


def referral_result(
    referrals: Sequence[Referral], pack: Pack, day: str, name: Name, *, is_revealed: bool
) -> Result:
    """Give one department's cases as its workbook."""
    columns: Columns = (
        Column("case", _("Case"), is_whole=True),
        Column("household_no", _("Household"), is_whole=True),
        Column("community", _("Community")),
        Column("head", _("Head")),
        Column("member", _("Member")),
        Column("id_number", _("ID number")),
        Column("programme", _("Programme")),
        Column("why", _("Grounds"), is_wide=True),
        Column("amount", _("Yuan due"), "right"),
        Column("period", _("Per")),
        Column("due_on", _("Due")),
        Column("decision", _("Decision"), choices=(_("granted"), _("not granted"))),
        Column("reason", _("Reason")),
        Column("granted", _("Amount"), "right"),
        Column("day", _("Day")),
    )
    department = referrals[0].department
    rows = [_row(one, pack, name, is_revealed=is_revealed) for one in referrals]
    title = _("Referral to {department}, {day}").format(department=department, day=day)
    return Result(
        {"relief_result": 1, "command": "refer", "department": department},
        (Grid(title, columns, rows, _advice(), is_for_print=True),),
    )


def _advice() -> list[str]:
    return [
        _("Please fill in the last four columns and send this file back:"),
        _("Decision: granted or refused; a refusal with its reason; the amount in yuan; the day."),
    ]


def _row(referral: Referral, pack: Pack, name: Name, *, is_revealed: bool) -> list[Cell]:
    record, finding = referral.record, referral.finding
    number = referral.id_number
    return [
        record.case,
        record.household_no,
        record.community,
        name(referral.head),
        "" if record.member_no is None else name(referral.member),
        number if is_revealed else mask_id(number),
        programme_word(pack, record.programme),
        why_words(pack, finding)
        if finding and finding.status in ("unclaimed", "underpaid")
        else "",
        amount_cell(finding) if finding else None,
        period_word(finding.amount_period) if finding else "",
        due_words(record),
        "",
        "",
        "",
        "",
    ]


def file_for(out: Path, department: str, *, is_only: bool) -> Path:
    """Name the file of a department: the name asked for, with the department where there are more.

    >>> file_for(Path("转办单.xlsx"), "区民政局", is_only=False).name
    '转办单-区民政局.xlsx'
    """
    if is_only:
        return out
    plain = _NOT_IN_FILE_NAMES.sub("、", clean(department))
    return out.with_name(f"{out.stem}-{plain}{out.suffix}")
