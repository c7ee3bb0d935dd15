"""Loads one household: its rows in the register, its receipts and its findings.

For a number that does not exist, the error names the nearest numbers.
"""

import datetime as dt
from dataclasses import dataclass, replace

from sqlite_utils import Database

from relieftool.eligibility.findings import Finding
from relieftool.errors import ReliefError
from relieftool.messages import _
from relieftool.pack.models import Pack
from relieftool.store.entries import build_unknown_household_error
from relieftool.store.former_numbers import find_current_number
from relieftool.values.stored_values import UnitRow


@dataclass(frozen=True)
class HouseholdRecord:
    """The register rows of a household as stored, its receipts, and all findings about it.

    Entries that a benefit is not received are left out of the receipts. `unvalued` are the
    parameters in use that have no value on the day.
    """

    household: UnitRow
    community: str
    members: tuple[UnitRow, ...]
    receipts: tuple[UnitRow, ...]
    findings: tuple[Finding, ...]
    unvalued: tuple[str, ...] = ()

    def limit_to(self, place: int) -> "HouseholdRecord":
        """Return what is about the household or the member at a place, and nobody else.

        Raises:
            ReliefError: There is no member at this place.
        """
        number = f"{self.household['household_no']}-{place:02}"
        members = tuple(member for member in self.members if member["member_no"] == number)
        if not members:
            raise build_absent_member_error(str(self.household["household_no"]), place)
        theirs = {None, members[0]["member_no"]}
        return replace(
            self,
            members=members,
            receipts=tuple(row for row in self.receipts if row["member_no"] in theirs),
            findings=tuple(found for found in self.findings if found.member_no in theirs),
        )


def build_absent_member_error(household_no: str, place: int) -> ReliefError:
    """Return the error that a household has no member of this number."""
    return ReliefError(
        household_no,
        _("there is no member number {number}").format(number=place),
        _("`relief show {household}` lists the members in order.").format(household=household_no),
    )


def load_household_record(
    db: Database, pack: Pack, as_of: dt.date, household_no: str
) -> HouseholdRecord:
    """Load a household by its number, or by a number that it had before.

    Raises:
        ReliefError: There is no such household; the message names the nearest numbers.
    """
    from relieftool.eligibility.evaluation import evaluate_register  # noqa: PLC0415 start-up time
    from relieftool.eligibility.household_findings import (  # noqa: PLC0415 start-up time
        find_household_findings,
    )
    from relieftool.eligibility.rule_warnings import (  # noqa: PLC0415 start-up time
        list_missing_parameters,
    )

    household_no = find_current_number(db, household_no)
    households = list(db.query(_HOUSEHOLD, [household_no]))
    if not households:
        raise build_absent_household_error(db, household_no)
    evaluation = evaluate_register(db, pack, as_of, [household_no])
    findings = [
        finding
        for household in evaluation.households
        for finding in find_household_findings(evaluation, household)
    ]
    return HouseholdRecord(
        households[0],
        households[0]["community"],
        tuple(db.query(_MEMBERS, [household_no])),
        tuple(receipt for receipt in list_receipts(db, household_no) if receipt["says"] != "no"),
        tuple(findings),
        list_missing_parameters(evaluation.statement),
    )


_HOUSEHOLD = """
    SELECT households.*, communities.name AS community FROM households
    JOIN communities ON communities.community_id = households.community_id
    WHERE households.household_no = ?
"""
_MEMBERS = "SELECT * FROM members WHERE household_no = ? ORDER BY place"
_RECEIPTS = """
    SELECT receipts.*, imports.file_name, source_tables.sheet, source_rows.row_number
    FROM receipts
    JOIN source_rows ON source_rows.row_id = receipts.row_id
    JOIN source_tables ON source_tables.table_id = source_rows.table_id
    JOIN imports ON imports.import_id = source_tables.import_id
    WHERE receipts.household_no = ?
    ORDER BY receipts.programme, receipts.covers_until, receipts.receipt_id
"""


def list_receipts(db: Database, household_no: str) -> list[UnitRow]:
    """Return a household's entries on receipts in rosters and sheets, with file, sheet and row."""
    return list(db.query(_RECEIPTS, [household_no]))


def list_contacts(db: Database, pack: Pack) -> dict[str, tuple[str | None, str | None]]:
    """Return the address and the telephone of each household; None is unknown."""
    known = [f'"{name}"' if name in pack.facts else "NULL" for name in ("address", "phone")]
    rows = db.execute(f"SELECT household_no, {', '.join(known)} FROM households")
    return {number: (address, phone) for number, address, phone in rows.fetchall()}


def build_absent_household_error(db: Database, household_no: str) -> ReliefError:
    """Return the error for a household that is not in the register on the day asked about.

    For a past day, temporary tables hide the tables of the file. `main.households` is searched too:
    otherwise a household that only a later list names would be called unknown.
    """
    if db.execute(
        "SELECT 1 FROM main.households WHERE household_no = ?", [household_no]
    ).fetchone():
        problem = _("no list in force by the day asked about names this household")
        return ReliefError(household_no, problem, _("Ask about a later day with --as-of."))
    return build_unknown_household_error(db, household_no)
