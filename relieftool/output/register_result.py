"""《脱困成效销号管理工作台账》: the cases as offices keep them, one a row, set out for print."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.cases import CaseRecord
from relieftool.cases.case_list import replay_cases
from relieftool.cases.records import format_closing_outcome
from relieftool.fieldwork import Helper, Measure, list_helpers, list_measures
from relieftool.fieldwork.helpers import list_assigned_helpers
from relieftool.fieldwork.measures import format_measure_kind
from relieftool.messages import _
from relieftool.output.cases import format_case_state_in_full
from relieftool.output.history_result import format_case_progress
from relieftool.output.result import RecordTable, ResultColumn
from relieftool.output.result_cells import format_yuan
from relieftool.output.wording import format_programme
from relieftool.pack.models import Pack

_Household = Mapping[str, str | int | None]


@dataclass(frozen=True)
class _Entry:
    """A case, its place in the register, and what is known of its household."""

    place: int
    record: CaseRecord
    household: _Household
    helpers: Sequence[Helper]
    measures: Sequence[Measure]
    steps: Sequence[str]


def register_table(db: Database, pack: Pack, records: Sequence[CaseRecord]) -> RecordTable[_Entry]:
    """Return the cases with the usual columns; names and causes are private."""
    entries = _gather(db, records, has_cause="hardship_cause" in pack.facts)
    title = _("Register of help given and cases closed")
    return RecordTable(title, _register_columns(pack), entries, is_for_print=True)


def _register_columns(pack: Pack) -> tuple[ResultColumn[_Entry], ...]:
    return (
        ResultColumn("place", _("No.")),
        ResultColumn("case", _("Case"), is_whole=True, value=lambda entry: entry.record.case),
        ResultColumn("community", _("Community"), value=lambda entry: entry.record.community),
        *(column.of(lambda entry: entry.household) for column in _household_columns()),
        ResultColumn(
            "programme",
            _("Programme"),
            words=lambda entry: format_programme(pack, entry.record.programme),
        ),
        ResultColumn("unit", _("Helping unit"), words=_units),
        ResultColumn("helper", _("Responsible person"), words=_people),
        ResultColumn("measures", _("Measures"), words=_measures),
        ResultColumn("progress", _("Carried out"), words=_carried_out),
        *(column.of(lambda entry: entry.record) for column in _closing_columns()),
    )


def _household_columns() -> tuple[ResultColumn[_Household], ...]:
    """Return what the register knows of the household, if it is still in it."""
    return (
        ResultColumn("head", _("Head"), unit="name", value=lambda known: known.get("head")),
        ResultColumn(
            "members", _("People"), "right", value=lambda known: known.get("listed_members")
        ),
        ResultColumn(
            "cause", _("Cause of hardship"), unit="private", value=lambda known: known.get("cause")
        ),
    )


def _closing_columns() -> tuple[ResultColumn[CaseRecord], ...]:
    return (
        ResultColumn("effect", _("Effect"), words=_effect),
        ResultColumn("closed_on", _("Closed on"), is_optional=True),
        ResultColumn("checked_by", _("Checked by"), is_optional=True),
    )


def _measures(entry: _Entry) -> str:
    return _("; ").join(format_measure_kind(measure.kind) for measure in entry.measures)


def _carried_out(entry: _Entry) -> str:
    return _("; ").join([*entry.steps, *map(_progress, entry.measures)])


def _units(entry: _Entry) -> str:
    """Return the units that help: those named, and those the helpers belong to."""
    units = (
        helper.name if helper.helper_type == "unit" else helper.unit or ""
        for helper in entry.helpers
    )
    return _(", ").join(filter(None, dict.fromkeys(units)))


def _people(entry: _Entry) -> str:
    people = (helper.name for helper in entry.helpers if helper.helper_type == "person")
    return _(", ").join(people)


def _gather(db: Database, records: Sequence[CaseRecord], *, has_cause: bool) -> list[_Entry]:
    """Put what the register and the fieldwork know of its household beside each case."""
    cause = "households.hardship_cause" if has_cause else "NULL"
    households = {
        row["household_no"]: row
        for row in db.query(f"""
            SELECT households.household_no, households.listed_members, members.name AS head,
                {cause} AS cause
            FROM households LEFT JOIN members ON members.member_no = households.head_member_no
        """)
    }
    by_name = {one.name: one for one in list_helpers(db)}
    helpers = {
        number: [by_name[name] for name in names]
        for number, names in list_assigned_helpers(db).items()
    }
    measures: dict[str, list[Measure]] = defaultdict(list)
    for one in list_measures(db):
        measures[one.household_no].append(one)
    steps = {one.case: format_case_progress(told) for one, told in replay_cases(db, records)}
    return [
        _Entry(
            place,
            record,
            households.get(record.household_no, {}),
            helpers.get(record.household_no, []),
            measures.get(record.household_no, []),
            steps[record.case],
        )
        for place, record in enumerate(records, start=1)
    ]


def _progress(measure: Measure) -> str:
    """Say of a measure when it was done or is planned, with amount and result."""
    day = (
        _("done {day}").format(day=measure.done_on)
        if measure.done_on
        else _("planned {day}").format(day=measure.planned_on)
    )
    amount = (
        None
        if measure.amount_fen is None
        else _("{yuan} yuan").format(yuan=format_yuan(measure.amount_fen))
    )
    return " ".join(filter(None, (format_measure_kind(measure.kind), day, amount, measure.result)))


def _effect(record: CaseRecord) -> str:
    return _(", ").join(
        filter(None, (format_closing_outcome(record.outcome), format_case_state_in_full(record)))
    )
