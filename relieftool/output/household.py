"""The answer of `relief show`: one household on one form; private facts only when revealed.

What was done for one household: helpers, measures, visits and needs, to stand on its form.

The source rows of a household beside its form; cells are masked by what their columns mean.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from relieftool.eligibility.findings import Finding
from relieftool.eligibility.household import HouseholdRecord
from relieftool.fieldwork.helpers import Helper
from relieftool.fieldwork.measures import Measure
from relieftool.fieldwork.needs import AnsweredNeed
from relieftool.fieldwork.visits import Visit
from relieftool.intake.corrections import format_for_correction
from relieftool.messages import _
from relieftool.output.corrections import cell_of
from relieftool.output.fieldwork import helpers_table, measures_table, needs_table, visits_table
from relieftool.output.gaps import (
    build_document_head,
    build_member_cell,
    format_period,
    list_kind_columns,
)
from relieftool.output.imports import format_column_meaning
from relieftool.output.result import (
    RecordTable,
    Result,
    ResultColumn,
    ShownCell,
    build_documents,
    by_place,
    list_json_columns,
)
from relieftool.output.result_cells import (
    HiddenValue,
    MaskableText,
    ResultCell,
    convert_to_yuan,
    format_cell,
    hide_value,
    join_texts,
)
from relieftool.output.wording import (
    build_amount_cell,
    format_missing_parameters,
    format_programme,
    format_reason,
)
from relieftool.pack.facts import Fact, Owner
from relieftool.pack.models import Pack
from relieftool.register.origins import HouseholdRow, SourceCell
from relieftool.rules.bounds import UnitRow
from relieftool.spreadsheets.columns import build_pack_catalogue

_FactRow = tuple[str, ShownCell]


def build_household_result(form: HouseholdRecord, pack: Pack, as_of: str) -> Result:
    """Return a household's form for people and programs; what is private is marked."""
    writer = _HouseholdWriter(pack)
    members = RecordTable(_("Members"), writer.member_columns(), form.members)
    receipts = RecordTable(_("Receipts"), _receipt_columns(pack), form.receipts)
    columns = _finding_columns(pack)
    shown = [finding for finding in form.findings if finding.status != "ineligible"]
    answer = {
        **build_document_head("show", as_of, pack, form.unvalued),
        "household_no": form.household["household_no"],
        "community": form.community,
        "household": writer.facts("household", form.household),
        "members": members.documents(),
        "receipts": receipts.documents(),
        "findings": build_documents(columns, form.findings),
    }
    findings = RecordTable(_("Findings as of {day}").format(day=as_of), columns, shown)
    return Result(answer, (writer.household_table(form, as_of), members, receipts, findings))


def _receipt_columns(pack: Pack) -> tuple[ResultColumn[UnitRow], ...]:
    """Return what rosters and sheets say is received, with file, sheet and row."""
    return (
        ResultColumn(
            "programme",
            _("Programme"),
            words=lambda row: format_programme(pack, str(row["programme"])),
        ),
        ResultColumn("member_no", _("Member"), is_whole=True, is_optional=True),
        ResultColumn(
            "says",
            _("Receives"),
            words=lambda row: _("yes") if row["says"] == "yes" else _("perhaps"),
        ),
        *list_json_columns("origin"),
        ResultColumn("amount", _("Yuan"), "right", unit="fen", json_key="amount_fen"),
        *list_json_columns("amount_period", "covers_from"),
        ResultColumn("until", _("Paid until"), is_optional=True, json_key="covers_until"),
        ResultColumn(
            "source",
            _("File / sheet / row"),
            words=lambda row: f"{row['file_name']} / {row['sheet']} / {row['row_number']}",
            only="table",
        ),
        *list_json_columns("file_name", "sheet", "row_number"),
    )


def _finding_columns(pack: Pack) -> tuple[ResultColumn[Finding], ...]:
    """Return what is said of a programme for this household; for programs in short."""
    return (
        *(column for column in list_kind_columns(pack) if column.key == "programme"),
        ResultColumn("member", _("Member"), words=build_member_cell, only="table"),
        *list_json_columns("member_no"),
        *(column for column in list_kind_columns(pack) if column.key == "status"),
        ResultColumn("amount", _("Yuan"), "right", words=build_amount_cell, json_key="amount_fen"),
        ResultColumn(
            "period",
            _("Per"),
            words=lambda finding: format_period(finding.amount_period),
            json_key="amount_period",
        ),
        ResultColumn(
            "why", _("Why"), is_wide=True, words=lambda one: _why(pack, one), only="table"
        ),
        *list_json_columns("missing"),
    )


def _why(pack: Pack, finding: Finding) -> str:
    return "" if finding.status == "receiving" else format_reason(pack, finding)


class _HouseholdWriter:
    """Writes the facts of a form, private ones marked."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack

    def facts(self, owner: Owner, row: UnitRow) -> dict[str, object]:
        """Return a unit's facts by id; of a private one not even whether it is known."""
        return {
            fact.id: HiddenValue(row[fact.id]) if fact.is_private else row[fact.id]
            for fact in self._owned_by(owner)
        }

    def member_columns(self) -> tuple[ResultColumn[UnitRow], ...]:
        """Return what is known of a member: for people in words, for programs each fact."""
        return (
            ResultColumn("member_no", _("Member"), is_whole=True),
            ResultColumn("name", _("Name"), unit="name"),
            ResultColumn("id_number", _("ID number"), unit="id_number"),
            ResultColumn("relation", _("Relation"), is_optional=True),
            ResultColumn(
                "facts",
                _("Facts"),
                value=lambda row: self.facts("member", row),
                words=lambda row: join_texts(_("; "), self._known("member", row)),
            ),
        )

    def household_table(self, form: HouseholdRecord, as_of: str) -> RecordTable[_FactRow]:
        """Return the household's own facts, one a row."""
        rows: list[_FactRow] = [
            (_("Community"), form.community),
            (_("Members listed"), form.household["listed_members"]),
        ]
        for fact in self._owned_by("household"):
            words = _in_words(fact, form.household[fact.id])
            rows.append((str(fact.labels), hide_value(words) if fact.is_private else words))
        title = _("Household {number}").format(number=form.household["household_no"])
        warnings = format_missing_parameters(
            self._pack, dt.date.fromisoformat(as_of), form.unvalued
        )
        columns = by_place(ResultColumn("fact", _("Fact")), ResultColumn("value", _("Value")))
        return RecordTable(title, columns, rows, warnings=warnings)

    def _owned_by(self, owner: Owner) -> list[Fact]:
        return [fact for fact in self._pack.facts.values() if fact.owner == owner]

    def _known(self, owner: Owner, row: UnitRow) -> list[MaskableText]:
        """Return the facts that are known and say something; a private one only if revealed."""
        known = [
            fact
            for fact in self._owned_by(owner)
            if row[fact.id] not in (None, "none", fact.none_value)
        ]
        return [
            HiddenValue(self._labelled(fact, row), instead=None)
            if fact.is_private
            else self._labelled(fact, row)
            for fact in known
        ]

    @staticmethod
    def _labelled(fact: Fact, row: UnitRow) -> str:
        value = format_cell(_in_words(fact, row[fact.id]))
        return _("{label}: {value}").format(label=fact.labels, value=value)


def _in_words(fact: Fact, value: int | str | None) -> ResultCell:
    """Return a fact's value in words."""
    if value is None:
        return None
    if fact.type == "money":
        return convert_to_yuan(_whole(value))
    if fact.type == "yes_no":
        return value == 1
    if fact.type == "choice":
        return next((str(c.labels) for c in fact.choices if c.id == value), str(value))
    return value


def _whole(value: int | str | None) -> int | None:
    """Return a whole number of a row."""
    return value if isinstance(value, int) else None


@dataclass(frozen=True)
class HouseholdWork:
    """What the fieldwork knows of one household."""

    helpers: Sequence[Helper]
    measures: Sequence[Measure]
    visits: Sequence[Visit]
    needs: Sequence[AnsweredNeed]


def add_work(result: Result, work: HouseholdWork) -> Result:
    """Return a household's form with the work done for it; a table without rows is left out."""
    helpers, needs = helpers_table(work.helpers), needs_table(work.needs)
    measures, visits = measures_table(work.measures), visits_table(work.visits)
    answer = {
        **result.document,
        "helpers": helpers.documents(),
        "measures": measures.documents(),
        "visits": visits.documents(),
        "needs": needs.documents(),
    }
    tables: tuple[RecordTable[Any], ...] = (helpers, needs, measures, visits)
    *before, listing = result.grids
    return Result(answer, (*before, *(table for table in tables if table.records), listing))


_Cell = tuple[HouseholdRow, SourceCell]


def add_source_rows(result: Result, rows: Sequence[HouseholdRow], pack: Pack) -> Result:
    """Add to a household's form the rows it came from; what nobody knows may be private."""
    table = _table(rows, pack)
    cells = [column for column in table.columns if column.only != "table"]
    listed = [
        {
            "file": row.file_name,
            "sheet": row.sheet,
            "row": row.number,
            "cells": build_documents(cells, [(row, cell) for cell in row.cells]),
        }
        for row in rows
    ]
    return replace(
        result, document={**result.document, "rows": listed}, grids=(*result.grids, table)
    )


def _table(rows: Sequence[HouseholdRow], pack: Pack) -> RecordTable[_Cell]:
    """Return the cells, one a row, each with what its column was read as."""
    known = build_pack_catalogue(pack)

    def read_as(cell: _Cell) -> str:
        target = cell[1].target
        return _("not used") if target is None else format_column_meaning(target, known, pack)

    columns: tuple[ResultColumn[_Cell], ...] = (
        ResultColumn("source", _("File / sheet / row"), words=_source, only="table"),
        ResultColumn("column", _("Column"), value=lambda cell: cell[1].heading),
        ResultColumn("read_as", only="json", value=lambda cell: cell[1].target),
        ResultColumn(
            "cell",
            _("Cell"),
            is_wide=True,
            value=lambda cell: cell_of(pack, cell[1].target, format_for_correction(cell[1].value)),
            json_key="value",
        ),
        ResultColumn("read_as", _("Read as"), words=read_as, only="table"),
    )
    return RecordTable(
        _("Rows it came from"), columns, [(row, cell) for row in rows for cell in row.cells]
    )


def _source(cell: _Cell) -> str:
    row, _cell = cell
    return f"{row.file_name} / {row.sheet} / {row.number}"
