"""The answer of `relief show`: one household on one form; private facts only when revealed."""

import datetime as dt
from collections.abc import Iterable, Sequence

from relieftool.evaluate import Row
from relieftool.findings import Finding
from relieftool.household_form import HouseholdForm
from relieftool.messages import _
from relieftool.output.cells import Cell, format_cell, yuan
from relieftool.output.gap_result import Name, head_of, period_word, shown_name
from relieftool.output.masking import HIDDEN, mask_id
from relieftool.output.pack_head import unvalued_lines
from relieftool.output.result import Column, Columns, Grid, Result
from relieftool.output.words_of_findings import (
    amount_cell,
    programme_word,
    status_word,
    why_words,
)
from relieftool.pack.facts import Fact, Owner
from relieftool.pack.models import Pack


def form_result(form: HouseholdForm, pack: Pack, as_of: str, *, is_revealed: bool) -> Result:
    """Give a household's form for people and programs."""
    writer = _Writer(pack, shown_name(is_revealed=is_revealed), is_revealed=is_revealed)
    document = {
        **head_of("show", as_of, pack, form.unvalued),
        "household_no": form.household["household_no"],
        "community": form.community,
        "household": writer.facts("household", form.household),
        "members": [writer.member(row) for row in form.members],
        "receipts": [writer.receipt(row) for row in form.receipts],
        "findings": [writer.finding(one) for one in form.findings],
    }
    grids = (
        writer.household_grid(form, as_of),
        writer.members_grid(form.members),
        writer.receipts_grid(form.receipts),
        writer.findings_grid(form.findings, as_of),
    )
    return Result(document, grids)


class _Writer:
    """Writes the parts of a form, masked or in full."""

    def __init__(self, pack: Pack, name: Name, *, is_revealed: bool) -> None:
        self._pack = pack
        self._name = name
        self._is_revealed = is_revealed

    def facts(self, owner: Owner, row: Row) -> dict[str, object]:
        """Give a unit's facts by id; private ones only when revealed."""
        return {
            fact.id: row[fact.id] if self._is_revealed or not fact.is_private else HIDDEN
            for fact in self._pack.facts.values()
            if fact.owner == owner
        }

    def member(self, row: Row) -> dict[str, object]:
        """Give a member with name and ID number masked."""
        number = _text(row["id_number"])
        return {
            "member_no": row["member_no"],
            "name": self._name(_text(row["name"])),
            "id_number": number if self._is_revealed else mask_id(number),
            "relation": row["relation"],
            "facts": self.facts("member", row),
        }

    def receipt(self, row: Row) -> dict[str, object]:
        """Give a receipt with the cell it came from."""
        keys = ("programme", "says", "origin", "amount_fen", "amount_period", "covers_from")
        places = ("covers_until", "file_name", "sheet", "row_number", "member_no")
        return {key: row[key] for key in (*keys, *places)}

    def finding(self, finding: Finding) -> dict[str, object]:
        """Give a finding in short."""
        return {
            "programme": finding.programme,
            "member_no": finding.member_no,
            "status": finding.status,
            "amount_fen": finding.amount_fen,
            "amount_period": finding.amount_period,
            "missing": list(finding.missing),
        }

    def household_grid(self, form: HouseholdForm, as_of: str) -> Grid:
        """Give the household's own facts, one a row."""
        rows: list[Sequence[Cell]] = [
            [_("Community"), form.community],
            [_("Members listed"), _cell(form.household["listed_members"])],
        ]
        rows += self._fact_rows("household", form.household)
        title = _("Household {number}").format(number=form.household["household_no"])
        warnings = unvalued_lines(self._pack, dt.date.fromisoformat(as_of), form.unvalued)
        columns: Columns = (Column("fact", _("Fact")), Column("value", _("Value")))
        return Grid(title, columns, rows, warnings=warnings)

    def members_grid(self, members: Iterable[Row]) -> Grid:
        """Give the members, one a row, with what is known of each in words."""
        rows = [
            [
                _cell(row["member_no"]),
                self._name(_text(row["name"])),
                self.member(row)["id_number"],
                "" if row["relation"] is None else _cell(row["relation"]),
                _("; ").join(
                    _("{label}: {value}").format(label=label, value=value)
                    for label, value in self._known("member", row)
                ),
            ]
            for row in members
        ]
        columns: Columns = (
            Column("member_no", _("Member"), is_whole=True),
            Column("name", _("Name")),
            Column("id_number", _("ID number")),
            Column("relation", _("Relation")),
            Column("facts", _("Facts")),
        )
        return Grid(_("Members"), columns, rows)  # type: ignore[arg-type] # cells by construction

    def receipts_grid(self, receipts: Iterable[Row]) -> Grid:
        """Give what rosters and sheets say is received, with file, sheet and row."""
        rows = [
            [
                programme_word(self._pack, str(row["programme"])),
                "" if row["member_no"] is None else _cell(row["member_no"]),
                _("yes") if row["says"] == "yes" else _("perhaps"),
                yuan(_whole(row["amount_fen"])),
                "" if row["covers_until"] is None else _cell(row["covers_until"]),
                f"{row['file_name']} / {row['sheet']} / {row['row_number']}",
            ]
            for row in receipts
        ]
        columns: Columns = (
            Column("programme", _("Programme")),
            Column("member_no", _("Member"), is_whole=True),
            Column("says", _("Receives")),
            Column("amount", _("Yuan"), "right"),
            Column("until", _("Paid until")),
            Column("source", _("File / sheet / row")),
        )
        return Grid(_("Receipts"), columns, rows)

    def findings_grid(self, findings: Iterable[Finding], as_of: str) -> Grid:
        """Give every programme that is worth a word for this household."""
        rows = [
            [
                programme_word(self._pack, one.programme),
                "" if one.member_no is None else self._name(one.member),
                status_word(one.status),
                amount_cell(one),
                period_word(one.amount_period),
                "" if one.status == "receiving" else why_words(self._pack, one),
            ]
            for one in findings
            if one.status != "ineligible"
        ]
        columns: Columns = (
            Column("programme", _("Programme")),
            Column("member", _("Member")),
            Column("status", _("Status"), is_whole=True),
            Column("amount", _("Yuan"), "right"),
            Column("period", _("Per")),
            Column("why", _("Why"), is_wide=True),
        )
        return Grid(_("Findings as of {day}").format(day=as_of), columns, rows)

    def _fact_rows(self, owner: Owner, row: Row) -> list[Sequence[Cell]]:
        return [
            [str(fact.labels), self._value(fact, row[fact.id])]
            for fact in self._pack.facts.values()
            if fact.owner == owner
        ]

    def _known(self, owner: Owner, row: Row) -> list[tuple[str, str]]:
        """Give the facts that are known and say something; that a private one does is hidden."""
        return [
            (str(fact.labels), format_cell(self._value(fact, row[fact.id])))
            for fact in self._pack.facts.values()
            if fact.owner == owner
            and row[fact.id] not in (None, "none", fact.none_value)
            and (self._is_revealed or not fact.is_private)
        ]

    def _value(self, fact: Fact, value: int | str | None) -> Cell:
        """Write a fact's value in words; a private one is hidden, an unknown one shows as such."""
        if value is None:
            return None
        if fact.is_private and not self._is_revealed:
            return HIDDEN
        if fact.type == "money":
            return yuan(_whole(value))
        if fact.type == "yes_no":
            return value == 1
        if fact.type == "choice":
            return next((str(c.labels) for c in fact.choices if c.id == value), str(value))
        return value


def _text(value: int | str | None) -> str | None:
    """Take a text from a row."""
    return None if value is None else str(value)


def _cell(value: int | str | None) -> Cell:
    """Take a value from a row as a cell."""
    return value


def _whole(value: int | str | None) -> int | None:
    """Take a whole number from a row."""
    return value if isinstance(value, int) else None
