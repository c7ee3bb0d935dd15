"""The form of one household: its facts, findings, the work done for it, and its source rows.

Names, private facts and the cells of private columns are marked.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from relieftool.eligibility.findings import Finding
from relieftool.eligibility.household import HouseholdRecord
from relieftool.fieldwork.helpers import Helper
from relieftool.fieldwork.measures import Measure
from relieftool.fieldwork.needs import AnsweredNeed
from relieftool.fieldwork.visits import Visit
from relieftool.messages import _
from relieftool.output.fieldwork import helpers_table, measures_table, needs_table, visits_table
from relieftool.output.gaps import (
    build_member_cell,
    list_amount_columns,
    status_column,
    weigh_finding,
    why_column,
)
from relieftool.output.result import Column, RecordTable, Result, ShownCell, build_documents
from relieftool.output.result_cells import (
    HiddenValue,
    MaskableText,
    format_cell,
    hide_value,
    join_texts,
)
from relieftool.output.wording import (
    build_document_head,
    format_fact_value,
    format_missing_parameters,
    format_reason,
    programme_column,
)
from relieftool.pack.facts import Fact, Owner
from relieftool.pack.models import Pack
from relieftool.values.stored_values import UnitRow


def build_household_result(form: HouseholdRecord, pack: Pack, as_of: dt.date) -> Result:
    """Return a household's form as tables and as JSON; private values are marked."""
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
    title = _("Findings as of {day}").format(day=as_of)
    findings = RecordTable(title, columns, shown, weigh=weigh_finding)
    return Result(answer, (writer.household_table(form, as_of), members, receipts, findings))


def _receipt_columns(pack: Pack) -> tuple[Column[UnitRow], ...]:
    """Return the columns of a receipt, with the file, sheet and row that it is known from."""
    return (
        programme_column(pack),
        Column.optional("member_no", _("Member"), is_whole=True),
        Column("says", _("Receives"), lambda says: _("yes") if says == "yes" else _("perhaps")),
        *Column.json("origin"),
        Column.money("amount", _("Yuan")),
        *Column.json("amount_period", "covers_from"),
        Column.optional("until", _("Paid until"), json_key="covers_until"),
        Column("source", _("File / sheet / row"), words=_receipt_source, only="table"),
        *Column.json("file_name", "sheet", "row_number"),
    )


def _receipt_source(row: UnitRow) -> str:
    return f"{row['file_name']} / {row['sheet']} / {row['row_number']}"


def _finding_columns(pack: Pack) -> tuple[Column[Finding], ...]:
    """Return the columns of a finding; JSON has fewer keys than for `relief gaps`."""
    return (
        programme_column(pack),
        Column("member", _("Member"), words=build_member_cell, only="table"),
        *Column.json("member_no"),
        status_column(),
        *list_amount_columns(),
        why_column(lambda finding: _why(pack, finding)),
        *Column.json("missing"),
    )


def _why(pack: Pack, finding: Finding) -> str:
    return "" if finding.status == "receiving" else format_reason(pack, finding)


@dataclass(frozen=True)
class _HouseholdWriter:
    """Formats the facts of a form; private facts are marked."""

    pack: Pack

    def facts(self, owner: Owner, row: UnitRow) -> dict[str, object]:
        """Return a unit's facts by id; a private fact is hidden even if it is unknown."""
        return {
            fact.id: HiddenValue(row[fact.id]) if fact.is_private else row[fact.id]
            for fact in self._owned_by(owner)
        }

    def member_columns(self) -> tuple[Column[UnitRow], ...]:
        """Return the columns of a member; the facts are text in tables, an object in JSON."""
        return (
            Column("member_no", _("Member"), is_whole=True),
            Column.name("name", _("Name")),
            Column("id_number", _("ID number"), unit="id_number"),
            Column.optional("relation", _("Relation")),
            Column(
                "facts",
                _("Facts"),
                value=lambda row: self.facts("member", row),
                words=lambda row: join_texts(_("; "), self._known("member", row)),
            ),
        )

    def household_table(
        self, form: HouseholdRecord, as_of: dt.date
    ) -> RecordTable[tuple[str, ShownCell]]:
        """Return the table of the household's own facts, after its community and its size."""
        rows: list[tuple[str, ShownCell]] = [
            (_("Community"), form.community),
            (_("Members listed"), form.household["listed_members"]),
        ]
        for fact in self._owned_by("household"):
            words = format_fact_value(fact, form.household[fact.id])
            rows.append((str(fact.labels), hide_value(words) if fact.is_private else words))
        title = _("Household {number}").format(number=form.household["household_no"])
        warnings = format_missing_parameters(self.pack, as_of, form.unvalued)
        columns = Column.by_place(Column("fact", _("Fact")), Column("value", _("Value")))
        return RecordTable(
            title, columns, rows, warnings=warnings, weigh=lambda row: row[1] is None
        )

    def _owned_by(self, owner: Owner) -> list[Fact]:
        return [fact for fact in self.pack.facts.values() if fact.owner == owner]

    def _known(self, owner: Owner, row: UnitRow) -> list[MaskableText]:
        """Return the known facts that are not "none", as text; private facts only if revealed."""
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
        value = format_cell(format_fact_value(fact, row[fact.id]))
        return _("{label}: {value}").format(label=fact.labels, value=value)


@dataclass(frozen=True)
class HouseholdWork:
    """The helpers, measures, visits and needs of one household."""

    helpers: Sequence[Helper]
    measures: Sequence[Measure]
    visits: Sequence[Visit]
    needs: Sequence[AnsweredNeed]


def add_work(result: Result, work: HouseholdWork) -> Result:
    """Add the work done for a household to its form, before the last table.

    Tables without rows are left out; JSON has them as empty lists.
    """
    tables: dict[str, RecordTable[Any]] = {
        "helpers": helpers_table(work.helpers),
        "needs": needs_table(work.needs),
        "measures": measures_table(work.measures),
        "visits": visits_table(work.visits),
    }
    document = {**result.document, **{key: table.documents() for key, table in tables.items()}}
    *before, listing = result.tables
    filled = (table for table in tables.values() if table.records)
    return Result(document, (*before, *filled, listing))
