"""The base of the statement: who receives what on the as-of date, as far as anybody knows.

A roster row says yes, until a newer complete roster lacks the person or a row says that it ended. A
complete roster says no to those it lacks. The household's own sheet comes after both. A roster row
that may mean somebody leaves his receipt unknown, never no.
"""

from collections.abc import Iterable, Mapping

from relieftool.pack.facts import Owner
from relieftool.pack.models import Programme
from relieftool.rules.sql import ColumnKind, ReceiptCount, format_column_name

# For a programme: the last day of the newest complete roster, by community; None as a community is
# everywhere, None as a day is undated.
RosterCoverage = Mapping[str, Mapping[int | None, str | None]]
_UNTIL = {"roster": ReceiptCount.UNTIL_ROSTER, "sheet": ReceiptCount.UNTIL_SHEET}
_PAID = {"roster": ReceiptCount.PAID_ROSTER, "sheet": ReceiptCount.PAID_SHEET}


def compile_receipt_tables(
    programmes: Iterable[Programme], coverage: RosterCoverage
) -> list[tuple[str, str]]:
    """Return the common tables that gather receipts per household and per member."""
    listed = list(programmes)
    return [
        ("valid", _valid_sql(listed, coverage)),
        ("household_receipts", _gathered_sql(listed, "household")),
        ("member_receipts", _gathered_sql(listed, "member")),
        ("unassigned_receipts", _unassigned_sql(listed)),
    ]


def _valid_sql(programmes: list[Programme], coverage: RosterCoverage) -> str:
    """Return the receipts that hold on the as-of date, with the newest month of each programme."""
    if not programmes:
        nothing = "NULL AS newest_until, NULL AS newest_said"
        return f"SELECT receipt.*, {nothing} FROM receipts receipt WHERE 1 = 0"
    oldest = " ".join(
        f"WHEN '{programme.id}' THEN {_oldest_sql(programme, coverage)}" for programme in programmes
    )
    own = ", ".join(f"'{one.id}'" for one in programmes if one.unit == "member") or "''"
    unit = f"CASE WHEN receipt.programme IN ({own}) THEN receipt.member_no END"
    return f"""
        SELECT receipt.*, MAX(receipt.covers_until) OVER (
            PARTITION BY receipt.household_no, receipt.programme, receipt.says, receipt.origin,
            {unit}) AS newest_until, MAX(receipt.covers_until) OVER (
            PARTITION BY receipt.household_no, receipt.programme, receipt.origin,
            receipt.member_no) AS newest_said
        FROM receipts receipt
        JOIN households household ON household.household_no = receipt.household_no
        WHERE (receipt.covers_from IS NULL OR receipt.covers_from <= :as_of)
        AND (receipt.origin = 'sheet' OR receipt.says = 'no' OR NOT EXISTS ({_CLOSED}))
        AND (receipt.origin = 'sheet' OR receipt.covers_until IS NULL
            OR receipt.covers_until >= CASE receipt.programme {oldest} END)"""


# A roster row that says the benefit ended ends what rosters up to its month say of the person.
_CLOSED = """SELECT 1 FROM receipts closed
            WHERE closed.origin = 'roster' AND closed.says = 'no'
            AND closed.member_no = receipt.member_no AND closed.programme = receipt.programme
            AND (closed.covers_from IS NULL OR closed.covers_from <= :as_of)
            AND (closed.covers_until IS NULL OR receipt.covers_until IS NULL
                OR closed.covers_until >= receipt.covers_until)"""


def _oldest_sql(programme: Programme, coverage: RosterCoverage) -> str:
    """Return the last day a roster must reach to count: that of the newest complete one, if any."""
    newest = {} if programme.is_event else coverage.get(programme.id, {})
    everywhere = f"'{newest[None]}'" if newest.get(None) else name_oldest_day(programme.id)
    own = " ".join(
        f"WHEN {place} THEN '{max(day, newest.get(None) or day)}'"
        for place, day in sorted((p, d) for p, d in newest.items() if p is not None and d)
    )
    return f"CASE household.community_id {own} ELSE {everywhere} END" if own else everywhere


def name_oldest_day(programme: str) -> str:
    """Return the bound name of the oldest day a roster of a programme may end on."""
    return f":{format_column_name(ColumnKind.OLDEST_DAY, programme)}"


def _gathered_sql(programmes: list[Programme], unit: Owner) -> str:
    """Count, per unit and programme, what rosters and sheets say, and add up what is paid."""
    key = f"{unit}_no"
    columns = [
        column
        for programme in programmes
        if programme.unit == unit
        for column in _programme_columns(programme)
    ]
    selected = ", ".join([f"valid.{key}", *columns])
    return f"SELECT {selected} FROM valid WHERE valid.{key} IS NOT NULL GROUP BY valid.{key}"


def _programme_columns(programme: Programme) -> list[str]:
    """Return what is counted and added up for a programme, by what rosters and sheets say."""

    def counted(kind: ReceiptCount, says: str, origin: str) -> str:
        test = _is(programme.id, says, origin)
        if origin == "sheet":  # the newest sheet speaks; an undated one only where none is dated
            test += " AND (valid.newest_said IS NULL OR valid.covers_until = valid.newest_said)"
        return (
            f"SUM(CASE WHEN {test} THEN 1 ELSE 0 END) AS {format_column_name(kind, programme.id)}"
        )

    newest = "(valid.newest_until IS NULL OR valid.covers_until = valid.newest_until)"
    counts = [
        counted(ReceiptCount.ROSTER_YES, "yes", "roster"),
        counted(ReceiptCount.ROSTER_MAYBE, "maybe", "roster"),
        counted(ReceiptCount.ROSTER_ENDED, "no", "roster"),
        counted(ReceiptCount.SHEET_YES, "yes", "sheet"),
        counted(ReceiptCount.SHEET_NO, "no", "sheet"),
    ]
    undated_name = format_column_name(ColumnKind.UNDATED, programme.id)
    undated = f"{_is(programme.id, 'yes')} AND valid.covers_until IS NULL"
    return [
        *counts,
        f"SUM(CASE WHEN {undated} THEN 1 ELSE 0 END) AS {undated_name}",
        *(
            _paid_sql(programme, origin, f"{_is(programme.id, 'yes', origin)} AND {newest}")
            for origin in ("roster", "sheet")
        ),
        *(_paid_until_sql(programme, origin) for origin in ("roster", "sheet")),
    ]


def _paid_until_sql(programme: Programme, origin: str) -> str:
    """Return the last day the receipts of one origin cover."""
    name = format_column_name(_UNTIL[origin], programme.id)
    test = _is(programme.id, "yes", origin)
    return f"MAX(CASE WHEN {test} THEN valid.covers_until END) AS {name}"


def _paid_sql(programme: Programme, origin: str, test: str) -> str:
    """Add up the newest amounts of one origin; one unknown amount leaves the sum unknown."""
    period = programme.period or ""
    amount = f"CASE WHEN {test} AND valid.amount_period = '{period}' THEN valid.amount_fen END"
    rows = f"SUM(CASE WHEN {test} THEN 1 ELSE 0 END)"
    name = format_column_name(_PAID[origin], programme.id)
    return f"CASE WHEN COUNT({amount}) = {rows} THEN SUM({amount}) END AS {name}"


def _is(programme: str, says: str, origin: str | None = None) -> str:
    """Test what a receipt row says of a programme."""
    test = f"valid.programme = '{programme}' AND valid.says = '{says}'"
    return f"{test} AND valid.origin = '{origin}'" if origin else test


def _unassigned_sql(programmes: list[Programme]) -> str:
    """Count what a household's sheet says of members' programmes without naming a member."""
    columns = [
        f"SUM(CASE WHEN {_is(programme.id, says)} THEN 1 ELSE 0 END)"
        f" AS {format_column_name(kind, programme.id)}"
        for programme in programmes
        if programme.unit == "member"
        for kind, says in ((ReceiptCount.UNASSIGNED_YES, "yes"), (ReceiptCount.UNASSIGNED_NO, "no"))
    ]
    selected = ", ".join(["valid.household_no", *columns])
    return f"SELECT {selected} FROM valid WHERE valid.member_no IS NULL GROUP BY valid.household_no"


def compile_received(programme: Programme, coverage: RosterCoverage) -> str:
    """Return the SQL of whether a programme is received: 1 yes, 0 no, NULL unknown."""
    table = f"{programme.unit}_receipts"
    yes, maybe, ended, sheet_yes, sheet_no = (
        f"{table}.{format_column_name(kind, programme.id)}"
        for kind in (
            ReceiptCount.ROSTER_YES,
            ReceiptCount.ROSTER_MAYBE,
            ReceiptCount.ROSTER_ENDED,
            ReceiptCount.SHEET_YES,
            ReceiptCount.SHEET_NO,
        )
    )
    says_yes, says_no, unclear = f"{sheet_yes} > 0", f"{sheet_no} > 0", f"{maybe} > 0"
    if programme.unit == "member":
        named, denied = (
            f"unassigned_receipts.{format_column_name(kind, programme.id)}"
            for kind in (ReceiptCount.UNASSIGNED_YES, ReceiptCount.UNASSIGNED_NO)
        )
        says_yes = f"{says_yes} OR ({named} > 0 AND household.listed_members = 1)"
        unclear = f"{unclear} OR {named} > 0"
        says_no = f"{says_no} OR {denied} > 0"
    covered = _covered_sql(programme, coverage)
    return f"""CASE WHEN {yes} > 0 THEN 1
        WHEN {covered} AND ({maybe} IS NULL OR {maybe} = 0) THEN 0
        WHEN {ended} > 0 THEN 0
        WHEN {says_yes} THEN 1 WHEN {unclear} THEN NULL WHEN {says_no} THEN 0 END"""


def compile_paid(programme: Programme) -> str:
    """Return the column paid: fen per period of the programme; NULL unknown or nothing."""
    roster, sheet, yes = (
        f"{programme.unit}_receipts.{format_column_name(kind, programme.id)}"
        for kind in (ReceiptCount.PAID_ROSTER, ReceiptCount.PAID_SHEET, ReceiptCount.ROSTER_YES)
    )
    return f"CASE WHEN {yes} > 0 THEN {roster} ELSE {sheet} END"


def compile_paid_until(programme: Programme) -> str:
    """Return the column paid_until: the last day that what is paid covers; NULL without a date."""
    roster, sheet, yes = (
        f"{programme.unit}_receipts.{format_column_name(kind, programme.id)}"
        for kind in (ReceiptCount.UNTIL_ROSTER, ReceiptCount.UNTIL_SHEET, ReceiptCount.ROSTER_YES)
    )
    return f"CASE WHEN {yes} > 0 THEN {roster} ELSE {sheet} END"


def _covered_sql(programme: Programme, coverage: RosterCoverage) -> str:
    """Test whether a complete roster in force covers the household's community."""
    if programme.is_event or programme.id not in coverage:
        return "1 = 0"
    communities = coverage[programme.id]
    if None in communities:
        return "1 = 1"
    places = sorted(place for place in communities if place is not None)
    return f"household.community_id IN ({', '.join(map(str, places))})"
