"""Cases as a table and as the JSON of the contract; they name no person but officials."""

from collections.abc import Sequence

from relieftool.ledger.deadlines import known_years
from relieftool.ledger.history import CaseStep
from relieftool.ledger.records import CaseRecord, decision_word, outcome_word, state_word
from relieftool.messages import _
from relieftool.output.result import Column, Result, Table, documents, in_json
from relieftool.output.words_of_findings import programme_word
from relieftool.pack.models import Pack


def cases_result(command: str, records: Sequence[CaseRecord], pack: Pack) -> Result:
    """Return cases for people and programs; what people wrote is private."""
    answer = {"relief_result": 1, "command": command, "cases": case_documents(records, pack)}
    return Result(answer, (cases_table(records, pack),))


def case_documents(records: Sequence[CaseRecord], pack: Pack) -> list[dict[str, object]]:
    """Return cases with the keys of the contract."""
    return documents(_columns(pack), records)


def cases_table(records: Sequence[CaseRecord], pack: Pack) -> Table[CaseRecord]:
    """Return the table of cases, with what is to be known of their due days below."""
    return Table(_("Cases"), _columns(pack), records, _footer(records))


def _columns(pack: Pack) -> tuple[Column[CaseRecord], ...]:
    """Return what is shown of a case, and the keys of the contract for programs."""
    return (
        Column("case", _("Case"), is_whole=True),
        Column("household_no", _("Household"), is_whole=True),
        Column("member_no", _("Member"), is_whole=True, is_optional=True),
        Column("community", _("Community")),
        Column(
            "programme", _("Programme"), words=lambda record: programme_word(pack, record.programme)
        ),
        Column("state", _("State"), words=state_words),
        Column("opened_on", _("Opened")),
        Column("days_open", _("Days open"), "right", is_optional=True),
        Column("due_on", _("Due"), words=due_words),
        Column("is_overdue", _("Overdue"), is_minor=True, words=_overdue_word),
        Column("referred_on", _("Referred"), is_minor=True, is_optional=True),
        *in_json("department"),
        *_outcome_columns(),
        *in_json("reopened_on", "last_on", "due_counts"),
        Column("reason", only="json", unit="private"),
        *in_json("evidence_sha256", "found", "found_on", "paid_until"),
    )


def _outcome_columns() -> tuple[Column[CaseRecord], ...]:
    """Return what was decided about a case, and how it was closed."""
    return (
        Column(
            "decision",
            _("Decision"),
            is_minor=True,
            words=lambda record: decision_word(record.decision),
        ),
        *in_json("decided_on"),
        Column(
            "amount",
            _("Yuan granted"),
            "right",
            is_minor=True,
            unit="fen",
            is_optional=True,
            json_key="decided_fen",
        ),
        Column("closed_on", _("Closed"), is_minor=True, is_optional=True),
        Column(
            "outcome",
            _("Outcome"),
            is_minor=True,
            words=lambda record: outcome_word(record.outcome),
        ),
        Column("verified", _("Verified"), is_minor=True, is_optional=True),
        Column("by", _("By"), is_minor=True, is_optional=True),
        Column("checked_by", _("Checked by"), is_minor=True, is_optional=True),
    )


def _overdue_word(record: CaseRecord) -> str:
    return _("overdue") if record.is_overdue else ""


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
