"""Cases as a table and as the JSON of the contract; they name no person but officials."""

from collections.abc import Sequence
from dataclasses import asdict

from relieftool.ledger.deadlines import known_years
from relieftool.ledger.history import CaseStep
from relieftool.ledger.records import CaseRecord, decision_word, outcome_word, state_word
from relieftool.messages import _
from relieftool.output.cells import Cell, yuan
from relieftool.output.masking import HIDDEN
from relieftool.output.result import Column, Columns, Grid, Result
from relieftool.output.words_of_findings import programme_word
from relieftool.pack.models import Pack


def cases_result(
    command: str, records: Sequence[CaseRecord], pack: Pack, *, is_revealed: bool = False
) -> Result:
    """Give cases for people and programs; reasons only when revealed."""
    document = {
        "relief_result": 1,
        "command": command,
        "cases": case_documents(records, is_revealed=is_revealed),
    }
    return Result(document, (cases_grid(records, pack),))


def case_documents(
    records: Sequence[CaseRecord], *, is_revealed: bool = False
) -> list[dict[str, object]]:
    """Give cases with the keys of the contract; what people wrote only when revealed."""
    return [
        {**asdict(one), "reason": shown_words(one.reason, is_revealed=is_revealed)}
        for one in records
    ]


def shown_words(words: str | None, *, is_revealed: bool) -> str | None:
    """Give what people wrote, hidden unless revealed: it may name somebody, or an illness."""
    return words if is_revealed or words is None else HIDDEN


def cases_grid(records: Sequence[CaseRecord], pack: Pack) -> Grid:
    """Give the table of cases, with what is to be known of their due days below."""
    columns: Columns = (
        Column("case", _("Case"), is_whole=True),
        Column("household_no", _("Household"), is_whole=True),
        Column("member_no", _("Member"), is_whole=True),
        Column("community", _("Community")),
        Column("programme", _("Programme")),
        Column("state", _("State")),
        Column("opened_on", _("Opened")),
        Column("days_open", _("Days open"), "right"),
        Column("due_on", _("Due")),
        Column("is_overdue", _("Overdue"), is_minor=True),
        Column("referred_on", _("Referred"), is_minor=True),
        Column("decision", _("Decision"), is_minor=True),
        Column("amount", _("Yuan granted"), "right", is_minor=True),
        Column("closed_on", _("Closed"), is_minor=True),
        Column("outcome", _("Outcome"), is_minor=True),
        Column("verified", _("Verified"), is_minor=True),
        Column("by", _("By"), is_minor=True),
        Column("checked_by", _("Checked by"), is_minor=True),
    )
    rows = [_row(record, pack) for record in records]
    return Grid(_("Cases"), columns, rows, _footer(records))


def _footer(records: Sequence[CaseRecord]) -> list[str]:
    open_count = sum(record.is_open for record in records)
    lines = [_("{count} cases, {open} of them open.").format(count=len(records), open=open_count)]
    overdue = sum(record.is_overdue for record in records)
    if overdue:
        lines.append(_("Overdue: {count}; they stand first.").format(count=overdue))
    if any(record.due_counts == "weekends" for record in records):
        lines.append(
            _(
                "*: the calendar knows the public holidays of {first} to {last}; beyond, every"
                " Monday to Friday was counted. The true day may be later."
            ).format(first=known_years()[0], last=known_years()[1])
        )
    return lines


def _row(record: CaseRecord, pack: Pack) -> list[Cell]:
    return [
        record.case,
        record.household_no,
        record.member_no or "",
        record.community,
        programme_word(pack, record.programme),
        state_words(record),
        record.opened_on,
        "" if record.days_open is None else record.days_open,
        due_words(record),
        _("overdue") if record.is_overdue else "",
        record.referred_on or "",
        decision_word(record.decision),
        "" if record.decided_fen is None else yuan(record.decided_fen),
        record.closed_on or "",
        outcome_word(record.outcome),
        "" if record.verified is None else record.verified,
        record.by or "",
        record.checked_by or "",
    ]


def due_words(record: CaseRecord | CaseStep) -> str:
    """Write the due day; one counted without knowing the holidays carries a star."""
    mark = "*" if record.due_counts == "weekends" else ""
    return f"{record.due_on}{mark}" if record.due_on else ""


def state_words(record: CaseRecord) -> str:
    """Name the state of a case, and what is still missing of a closed one."""
    words = [state_word(record.state)]
    if not record.is_open:
        words += [_("unverified")] if record.verified is False else []
        words += [_("unchecked")] if record.checked_by is None else []
    return _(", ").join(words)
