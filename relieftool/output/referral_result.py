"""What a department gets: its cases on one sheet, with room for its decisions beside them.

The sheet comes back: `relief decide --file` reads these headings in either language.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from relieftool.ledger.referrals import Referral
from relieftool.messages import _
from relieftool.output.case_result import due_words
from relieftool.output.clean import clean
from relieftool.output.gap_result import period_word
from relieftool.output.masking import PersonName
from relieftool.output.result import Column, Result, Shown, Table
from relieftool.output.words_of_findings import amount_cell, programme_word, why_words
from relieftool.pack.models import Pack

_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\s]+')


def referral_result(referrals: Sequence[Referral], pack: Pack, day: str) -> Result:
    """Return one department's cases as its workbook."""
    department = referrals[0].department
    title = _("Referral to {department}, {day}").format(department=department, day=day)
    answer = {"relief_result": 1, "command": "refer", "department": department}
    columns = (*_known_columns(pack), *_columns_to_fill_in())
    return Result(answer, (Table(title, columns, referrals, _advice(), is_for_print=True),))


def _known_columns(pack: Pack) -> tuple[Column[Referral], ...]:
    """Return what the department is told of a case."""
    return (
        Column("case", _("Case"), is_whole=True, value=lambda sent: sent.record.case),
        Column(
            "household_no",
            _("Household"),
            is_whole=True,
            value=lambda sent: sent.record.household_no,
        ),
        Column("community", _("Community"), value=lambda sent: sent.record.community),
        Column("head", _("Head"), unit="name"),
        Column("member", _("Member"), words=_member),
        Column("id_number", _("ID number"), unit="id_number"),
        Column(
            "programme",
            _("Programme"),
            words=lambda sent: programme_word(pack, sent.record.programme),
        ),
        Column("why", _("Grounds"), is_wide=True, words=lambda sent: _grounds(pack, sent)),
        Column(
            "amount",
            _("Yuan due"),
            "right",
            words=lambda sent: amount_cell(sent.finding) if sent.finding else None,
        ),
        Column(
            "period",
            _("Per"),
            words=lambda sent: period_word(sent.finding.amount_period) if sent.finding else "",
        ),
        Column("due_on", _("Due"), words=lambda sent: due_words(sent.record)),
    )


def _columns_to_fill_in() -> tuple[Column[Referral], ...]:
    """Return the empty columns for the department's decision."""
    choices = (_("granted"), _("not granted"))
    return (
        Column("decision", _("Decision"), choices=choices, words=_nothing),
        Column("reason", _("Reason"), words=_nothing),
        Column("granted", _("Amount"), "right", words=_nothing),
        Column("day", _("Day"), words=_nothing),
    )


def _nothing(_referral: Referral) -> str:
    return ""


def _member(referral: Referral) -> Shown:
    return "" if referral.record.member_no is None else PersonName(referral.member)


def _grounds(pack: Pack, referral: Referral) -> str:
    finding = referral.finding
    if finding is None or finding.status not in ("unclaimed", "underpaid"):
        return ""
    return why_words(pack, finding)


def _advice() -> list[str]:
    return [
        _("Please fill in the last four columns and send this file back:"),
        _("Decision: granted or refused; a refusal with its reason; the amount in yuan; the day."),
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
