"""Cases as a table and as the JSON of the contract; they name no person but officials."""

from collections.abc import Sequence

from relieftool.cases.deadlines import list_calendar_years
from relieftool.cases.history import CaseEntry
from relieftool.cases.records import (
    CaseRecord,
    format_case_state,
    format_closing_outcome,
    format_decision,
)
from relieftool.messages import _
from relieftool.output.result import (
    RecordTable,
    Result,
    ResultColumn,
    build_documents,
    list_json_columns,
)
from relieftool.output.wording import format_programme
from relieftool.pack.models import Pack


def build_cases_result(command: str, records: Sequence[CaseRecord], pack: Pack) -> Result:
    """Return cases for people and programs; what people wrote is private."""
    answer = {"relief_result": 1, "command": command, "cases": build_case_documents(records, pack)}
    return Result(answer, (cases_table(records, pack),))


def build_case_documents(records: Sequence[CaseRecord], pack: Pack) -> list[dict[str, object]]:
    """Return cases with the keys of the contract."""
    return build_documents(_case_columns(pack), records)


def cases_table(records: Sequence[CaseRecord], pack: Pack) -> RecordTable[CaseRecord]:
    """Return the table of cases, with what is to be known of their due days below."""
    return RecordTable(_("Cases"), _case_columns(pack), records, _cases_footer(records))


def _case_columns(pack: Pack) -> tuple[ResultColumn[CaseRecord], ...]:
    """Return what is shown of a case, and the keys of the contract for programs."""
    return (
        ResultColumn("case", _("Case"), is_whole=True),
        ResultColumn("household_no", _("Household"), is_whole=True),
        ResultColumn("member_no", _("Member"), is_whole=True, is_optional=True),
        ResultColumn("community", _("Community")),
        ResultColumn(
            "programme",
            _("Programme"),
            words=lambda record: format_programme(pack, record.programme),
        ),
        ResultColumn("state", _("State"), words=format_case_state_in_full),
        ResultColumn("opened_on", _("Opened")),
        ResultColumn("days_open", _("Days open"), "right", is_optional=True),
        ResultColumn("due_on", _("Due"), words=format_due_day),
        ResultColumn("is_overdue", _("Overdue"), is_minor=True, words=_overdue_word),
        ResultColumn("referred_on", _("Referred"), is_minor=True, is_optional=True),
        *list_json_columns("department"),
        *_outcome_columns(),
        *list_json_columns("reopened_on", "last_on", "due_counts"),
        ResultColumn("reason", only="json", unit="private"),
        *list_json_columns("evidence_sha256", "found", "found_on", "paid_until"),
    )


def _outcome_columns() -> tuple[ResultColumn[CaseRecord], ...]:
    """Return what was decided about a case, and how it was closed."""
    return (
        ResultColumn(
            "decision",
            _("Decision"),
            is_minor=True,
            words=lambda record: format_decision(record.decision),
        ),
        *list_json_columns("decided_on"),
        ResultColumn(
            "amount",
            _("Yuan granted"),
            "right",
            is_minor=True,
            unit="fen",
            is_optional=True,
            json_key="decided_fen",
        ),
        ResultColumn("closed_on", _("Closed"), is_minor=True, is_optional=True),
        ResultColumn(
            "outcome",
            _("Outcome"),
            is_minor=True,
            words=lambda record: format_closing_outcome(record.outcome),
        ),
        ResultColumn("verified", _("Verified"), is_minor=True, is_optional=True),
        ResultColumn("by", _("By"), is_minor=True, is_optional=True),
        ResultColumn("checked_by", _("Checked by"), is_minor=True, is_optional=True),
    )


def _overdue_word(record: CaseRecord) -> str:
    return _("overdue") if record.is_overdue else ""


def _cases_footer(records: Sequence[CaseRecord]) -> list[str]:
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
            ).format(first=list_calendar_years()[0], last=list_calendar_years()[1])
        )
    return lines


def format_due_day(record: CaseRecord | CaseEntry) -> str:
    """Write the due day; one counted without knowing the holidays carries a star."""
    mark = "*" if record.due_counts == "weekends" else ""
    return f"{record.due_on}{mark}" if record.due_on else ""


def format_case_state_in_full(record: CaseRecord) -> str:
    """Name the state of a case, and what is still missing of a closed one."""
    words = [format_case_state(record.state)]
    if not record.is_open:
        words += [_("unverified")] if record.verified is False else []
        words += [_("unchecked")] if record.checked_by is None else []
    return _(", ").join(words)
