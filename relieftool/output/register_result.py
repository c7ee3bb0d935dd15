"""《脱困成效销号管理工作台账》: the cases as offices keep them, one a row, set out for print."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from relieftool.fieldwork import Helper, Measure, list_helpers, list_measures
from relieftool.fieldwork.helpers import assigned_helpers
from relieftool.fieldwork.measures import kind_word
from relieftool.ledger import CaseRecord
from relieftool.ledger.cases import tell_cases
from relieftool.ledger.records import outcome_word
from relieftool.messages import _
from relieftool.output.case_result import state_words
from relieftool.output.cells import Cell, format_yuan
from relieftool.output.gap_result import shown_name
from relieftool.output.history_result import progress_words
from relieftool.output.result import Column, Columns, Grid
from relieftool.output.words_of_findings import programme_word
from relieftool.pack.models import Pack

_HIDDEN = "***"


@dataclass(frozen=True)
class _Known:
    """What the register and the fieldwork know of households, gathered once."""

    households: dict[str, dict[str, str | int | None]]
    helpers: dict[str, list[Helper]]
    measures: dict[str, list[Measure]]
    steps: dict[str, list[str]]


def register_grid(
    db: Database, pack: Pack, records: Sequence[CaseRecord], *, is_revealed: bool
) -> Grid:
    """Give the cases with the usual columns; names and causes are hidden unless revealed."""
    known = _gather(db, records, has_cause="hardship_cause" in pack.facts)
    columns: Columns = (
        Column("place", _("No.")),
        Column("case", _("Case"), is_whole=True),
        Column("community", _("Community")),
        Column("head", _("Head")),
        Column("members", _("People"), "right"),
        Column("cause", _("Cause of hardship")),
        Column("programme", _("Programme")),
        Column("unit", _("Helping unit")),
        Column("helper", _("Responsible person")),
        Column("measures", _("Measures")),
        Column("progress", _("Carried out")),
        Column("effect", _("Effect")),
        Column("closed_on", _("Closed on")),
        Column("checked_by", _("Checked by")),
    )
    rows = [
        [place, *_row(one, pack, known, is_revealed=is_revealed)]
        for place, one in enumerate(records, start=1)
    ]
    return Grid(_("Register of help given and cases closed"), columns, rows, is_for_print=True)


def _gather(db: Database, records: Sequence[CaseRecord], *, has_cause: bool) -> _Known:
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
        number: [by_name[name] for name in names] for number, names in assigned_helpers(db).items()
    }
    measures: dict[str, list[Measure]] = defaultdict(list)
    for one in list_measures(db):
        measures[one.household_no].append(one)
    steps = {one.case: progress_words(told) for one, told in tell_cases(db, records)}
    return _Known(households, helpers, measures, steps)


def _row(record: CaseRecord, pack: Pack, known: _Known, *, is_revealed: bool) -> list[Cell]:
    household = known.households.get(record.household_no, {})
    helpers = known.helpers.get(record.household_no, [])
    measures = known.measures.get(record.household_no, [])
    head, cause = household.get("head"), household.get("cause")
    units = dict.fromkeys(
        one.name if one.helper_type == "unit" else one.unit or "" for one in helpers
    )
    return [
        record.case,
        record.community,
        shown_name(is_revealed=is_revealed)(None if head is None else str(head)),
        household.get("listed_members"),
        cause if is_revealed or cause is None else _HIDDEN,
        programme_word(pack, record.programme),
        _(", ").join(filter(None, units)),
        _(", ").join(one.name for one in helpers if one.helper_type == "person"),
        _("; ").join(kind_word(one.kind) for one in measures),
        _("; ").join([*known.steps[record.case], *map(_progress, measures)]),
        _effect(record),
        record.closed_on or "",
        record.checked_by or "",
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
    return " ".join(filter(None, (kind_word(measure.kind), day, amount, measure.result)))


def _effect(record: CaseRecord) -> str:
    return _(", ").join(filter(None, (outcome_word(record.outcome), state_words(record))))
