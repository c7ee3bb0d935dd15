"""The answer of `relief show`: one household on one form; private facts only when revealed."""

import datetime as dt

from relieftool.evaluate import Row
from relieftool.findings import Finding
from relieftool.household_form import HouseholdForm
from relieftool.messages import _
from relieftool.output.cells import Cell, format_cell, yuan
from relieftool.output.gap_result import head_of, period_word
from relieftool.output.masking import Private, Words, join, private
from relieftool.output.near_result import kind_columns, member_cell
from relieftool.output.pack_head import unvalued_lines
from relieftool.output.result import (
    Column,
    Result,
    Shown,
    Table,
    by_place,
    documents,
    in_json,
)
from relieftool.output.words_of_findings import (
    amount_cell,
    programme_word,
    why_words,
)
from relieftool.pack.facts import Fact, Owner
from relieftool.pack.models import Pack

_FactRow = tuple[str, Shown]


def form_result(form: HouseholdForm, pack: Pack, as_of: str) -> Result:
    """Return a household's form for people and programs; what is private is marked."""
    writer = _Writer(pack)
    members = Table(_("Members"), writer.member_columns(), form.members)
    receipts = Table(_("Receipts"), _receipt_columns(pack), form.receipts)
    columns = _finding_columns(pack)
    shown = [finding for finding in form.findings if finding.status != "ineligible"]
    answer = {
        **head_of("show", as_of, pack, form.unvalued),
        "household_no": form.household["household_no"],
        "community": form.community,
        "household": writer.facts("household", form.household),
        "members": members.documents(),
        "receipts": receipts.documents(),
        "findings": documents(columns, form.findings),
    }
    findings = Table(_("Findings as of {day}").format(day=as_of), columns, shown)
    return Result(answer, (writer.household_table(form, as_of), members, receipts, findings))


def _receipt_columns(pack: Pack) -> tuple[Column[Row], ...]:
    """Return what rosters and sheets say is received, with file, sheet and row."""
    return (
        Column(
            "programme",
            _("Programme"),
            words=lambda row: programme_word(pack, str(row["programme"])),
        ),
        Column("member_no", _("Member"), is_whole=True, is_optional=True),
        Column(
            "says",
            _("Receives"),
            words=lambda row: _("yes") if row["says"] == "yes" else _("perhaps"),
        ),
        *in_json("origin"),
        Column("amount", _("Yuan"), "right", unit="fen", json_key="amount_fen"),
        *in_json("amount_period", "covers_from"),
        Column("until", _("Paid until"), is_optional=True, json_key="covers_until"),
        Column(
            "source",
            _("File / sheet / row"),
            words=lambda row: f"{row['file_name']} / {row['sheet']} / {row['row_number']}",
            only="table",
        ),
        *in_json("file_name", "sheet", "row_number"),
    )


def _finding_columns(pack: Pack) -> tuple[Column[Finding], ...]:
    """Return what is said of a programme for this household; for programs in short."""
    return (
        *(column for column in kind_columns(pack) if column.key == "programme"),
        Column("member", _("Member"), words=member_cell, only="table"),
        *in_json("member_no"),
        *(column for column in kind_columns(pack) if column.key == "status"),
        Column("amount", _("Yuan"), "right", words=amount_cell, json_key="amount_fen"),
        Column(
            "period",
            _("Per"),
            words=lambda finding: period_word(finding.amount_period),
            json_key="amount_period",
        ),
        Column("why", _("Why"), is_wide=True, words=lambda one: _why(pack, one), only="table"),
        *in_json("missing"),
    )


def _why(pack: Pack, finding: Finding) -> str:
    return "" if finding.status == "receiving" else why_words(pack, finding)


class _Writer:
    """Writes the facts of a form, private ones marked."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack

    def facts(self, owner: Owner, row: Row) -> dict[str, object]:
        """Return a unit's facts by id; of a private one not even whether it is known."""
        return {
            fact.id: Private(row[fact.id]) if fact.is_private else row[fact.id]
            for fact in self._owned_by(owner)
        }

    def member_columns(self) -> tuple[Column[Row], ...]:
        """Return what is known of a member: for people in words, for programs each fact."""
        return (
            Column("member_no", _("Member"), is_whole=True),
            Column("name", _("Name"), unit="name"),
            Column("id_number", _("ID number"), unit="id_number"),
            Column("relation", _("Relation"), is_optional=True),
            Column(
                "facts",
                _("Facts"),
                value=lambda row: self.facts("member", row),
                words=lambda row: join(_("; "), self._known("member", row)),
            ),
        )

    def household_table(self, form: HouseholdForm, as_of: str) -> Table[_FactRow]:
        """Return the household's own facts, one a row."""
        rows: list[_FactRow] = [
            (_("Community"), form.community),
            (_("Members listed"), form.household["listed_members"]),
        ]
        for fact in self._owned_by("household"):
            words = _in_words(fact, form.household[fact.id])
            rows.append((str(fact.labels), private(words) if fact.is_private else words))
        title = _("Household {number}").format(number=form.household["household_no"])
        warnings = unvalued_lines(self._pack, dt.date.fromisoformat(as_of), form.unvalued)
        columns = by_place(Column("fact", _("Fact")), Column("value", _("Value")))
        return Table(title, columns, rows, warnings=warnings)

    def _owned_by(self, owner: Owner) -> list[Fact]:
        return [fact for fact in self._pack.facts.values() if fact.owner == owner]

    def _known(self, owner: Owner, row: Row) -> list[Words]:
        """Return the facts that are known and say something; a private one only if revealed."""
        known = [
            fact
            for fact in self._owned_by(owner)
            if row[fact.id] not in (None, "none", fact.none_value)
        ]
        return [
            Private(self._labelled(fact, row), instead=None)
            if fact.is_private
            else self._labelled(fact, row)
            for fact in known
        ]

    @staticmethod
    def _labelled(fact: Fact, row: Row) -> str:
        value = format_cell(_in_words(fact, row[fact.id]))
        return _("{label}: {value}").format(label=fact.labels, value=value)


def _in_words(fact: Fact, value: int | str | None) -> Cell:
    """Return a fact's value in words."""
    if value is None:
        return None
    if fact.type == "money":
        return yuan(_whole(value))
    if fact.type == "yes_no":
        return value == 1
    if fact.type == "choice":
        return next((str(c.labels) for c in fact.choices if c.id == value), str(value))
    return value


def _whole(value: int | str | None) -> int | None:
    """Return a whole number of a row."""
    return value if isinstance(value, int) else None
