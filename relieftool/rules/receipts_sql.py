"""SQL of the receipts: who receives which programme on the as-of date, and how much.

Whoever is on a roster in force receives the benefit, unless a newer complete roster does not list
them or a row records its end. Whoever is missing from a complete roster does not receive it; a row
that may or may not mean a person leaves this open. The household's own sheet counts only if the
rosters give no answer.
"""

from collections.abc import Iterable, Mapping

from relieftool.pack.facts import Owner
from relieftool.pack.models import Programme
from relieftool.rules.sql import ColumnKind, ReceiptCount, format_column_name

# The last day of the newest complete roster, by programme and community. Community None: a roster
# for all communities; day None: the roster is undated.
RosterCoverage = Mapping[str, Mapping[int | None, str | None]]
_UNTIL = {"roster": ReceiptCount.UNTIL_ROSTER, "sheet": ReceiptCount.UNTIL_SHEET}
_PAID = {"roster": ReceiptCount.PAID_ROSTER, "sheet": ReceiptCount.PAID_SHEET}
# A roster row that records the end of a member's benefit cancels the member's rows up to its month;
# a row that leaves open whether the member is paid cancels those of earlier months.
_ENDED = """SELECT 1 FROM receipts ended
            WHERE ended.origin = 'roster' AND (ended.says = 'no' OR ended.is_open = 1)
            AND ended.member_no = receipt.member_no AND ended.programme = receipt.programme
            AND (ended.covers_from IS NULL OR ended.covers_from <= :as_of)
            AND CASE ended.is_open WHEN 1 THEN ended.covers_from > receipt.covers_until
                ELSE ended.covers_until IS NULL OR receipt.covers_until IS NULL
                OR ended.covers_until >= receipt.covers_until END"""


def compile_receipt_tables(
    programmes: Iterable[Programme], coverage: RosterCoverage, restriction: str
) -> list[tuple[str, str]]:
    """Return name and SQL of the tables that gather the receipts per household and per member.

    `restriction` is an SQL condition, beginning with AND, that every receipt must meet; it may be
    empty.
    """
    listed = list(programmes)
    return [
        ("valid", _select_valid_receipts(listed, coverage, restriction)),
        ("household_receipts", _select_unit_receipts(listed, "household")),
        ("member_receipts", _select_unit_receipts(listed, "member")),
        ("unassigned_receipts", _select_unassigned_receipts(listed)),
    ]


def _select_valid_receipts(
    programmes: list[Programme], coverage: RosterCoverage, restriction: str
) -> str:
    """Return the SELECT of the receipts that count on the as-of date.

    `newest_until` is the last day covered by rows with the same answer and origin, for the
    household or member of the programme: of the rosters of several months, the newest shows what is
    paid now. `newest_said` is the last day covered by rows of the same origin about the same
    member, whatever their answer: of several sheets, the newest counts.
    """
    if not programmes:
        nothing = "NULL AS newest_until, NULL AS newest_said"
        return f"SELECT receipt.*, {nothing} FROM receipts receipt WHERE 1 = 0"
    oldest = " ".join(
        f"WHEN '{programme.id}' THEN {_compile_oldest_day(programme, coverage)}"
        for programme in programmes
    )
    of_members = ", ".join(f"'{each.id}'" for each in programmes if each.unit == "member") or "''"
    unit = f"CASE WHEN receipt.programme IN ({of_members}) THEN receipt.member_no END"
    return f"""
        SELECT receipt.*, MAX(receipt.covers_until) OVER (
            PARTITION BY receipt.household_no, receipt.programme, receipt.says, receipt.origin,
            {unit}) AS newest_until, MAX(receipt.covers_until) OVER (
            PARTITION BY receipt.household_no, receipt.programme, receipt.origin,
            receipt.member_no) AS newest_said
        FROM receipts receipt
        JOIN households household ON household.household_no = receipt.household_no
        WHERE (receipt.covers_from IS NULL OR receipt.covers_from <= :as_of)
        AND (receipt.origin = 'sheet' OR receipt.says = 'no' OR NOT EXISTS ({_ENDED}))
        AND (receipt.origin = 'sheet' OR receipt.covers_until IS NULL
            OR receipt.covers_until >= CASE receipt.programme {oldest} END)
        {restriction}"""


def _compile_oldest_day(programme: Programme, coverage: RosterCoverage) -> str:
    """Return the SQL of the oldest day that still counts as the last day of a roster.

    It is the last day of the newest complete roster for the community or for all communities:
    whoever is only on an older roster no longer receives the benefit. Without a dated complete
    roster it is the as-of date minus the programme's roster_valid_days. For aid paid once per
    event, complete rosters do not count: not being on this month's list does not undo last month's
    payment.
    """
    newest = {} if programme.is_event else coverage.get(programme.id, {})
    everywhere = f"'{newest[None]}'" if newest.get(None) else name_oldest_day(programme.id)
    own = " ".join(
        f"WHEN {place} THEN '{max(day, newest.get(None) or day)}'"
        for place, day in sorted(
            (community, day) for community, day in newest.items() if community is not None and day
        )
    )
    return f"CASE household.community_id {own} ELSE {everywhere} END" if own else everywhere


def name_oldest_day(programme: str) -> str:
    """Return the SQL parameter to which the oldest valid day of a programme's rosters is bound."""
    return f":{format_column_name(ColumnKind.OLDEST_DAY, programme)}"


def _select_unit_receipts(programmes: list[Programme], unit: Owner) -> str:
    """Return the SELECT that sums up the receipts of each household or member in one row."""
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
    """Return the SQL of the columns of a programme: counts by answer and origin, sums, days."""

    def counted(kind: ReceiptCount, says: str, origin: str) -> str:
        test = _match_receipt(programme.id, says, origin)
        if origin == "sheet":  # the newest sheet counts; undated sheets only if none has a date
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
    undated = f"{_match_receipt(programme.id, 'yes')} AND valid.covers_until IS NULL"
    gone_name = format_column_name(ColumnKind.PAID_TO_GONE, programme.id)
    gone = f"{_match_receipt(programme.id, 'yes')} AND valid.payee_is_gone = 1"
    return [
        *counts,
        f"SUM(CASE WHEN {gone} THEN 1 ELSE 0 END) AS {gone_name}",
        f"SUM(CASE WHEN {undated} THEN 1 ELSE 0 END) AS {undated_name}",
        *(
            _sum_paid(
                programme, origin, f"{_match_receipt(programme.id, 'yes', origin)} AND {newest}"
            )
            for origin in ("roster", "sheet")
        ),
        *(_find_paid_until(programme, origin) for origin in ("roster", "sheet")),
    ]


def _find_paid_until(programme: Programme, origin: str) -> str:
    """Return the SQL of a column: the last day that the receipts of one origin cover."""
    name = format_column_name(_UNTIL[origin], programme.id)
    test = _match_receipt(programme.id, "yes", origin)
    return f"MAX(CASE WHEN {test} THEN valid.covers_until END) AS {name}"


def _sum_paid(programme: Programme, origin: str, test: str) -> str:
    """Return the SQL of a column: the sum paid.

    NULL if nothing is paid, or an amount is unknown or for another period.
    """
    # SUM skips NULL: without this count, the sum of the known amounts would pass for the whole.
    period = programme.period or ""
    amount = f"CASE WHEN {test} AND valid.amount_period = '{period}' THEN valid.amount_fen END"
    rows = f"SUM(CASE WHEN {test} THEN 1 ELSE 0 END)"
    name = format_column_name(_PAID[origin], programme.id)
    return f"CASE WHEN COUNT({amount}) = {rows} THEN SUM({amount}) END AS {name}"


def _match_receipt(programme: str, says: str, origin: str | None = None) -> str:
    """Return the SQL condition that a receipt has this programme, answer and origin (None: any)."""
    test = f"valid.programme = '{programme}' AND valid.says = '{says}'"
    return f"{test} AND valid.origin = '{origin}'" if origin else test


def _select_unassigned_receipts(programmes: list[Programme]) -> str:
    """Return the SELECT that counts, per household, the receipts that do not name a member.

    Only receipts of members' programmes are counted.
    """
    columns = [
        f"SUM(CASE WHEN {_match_receipt(programme.id, says)} THEN 1 ELSE 0 END)"
        f" AS {format_column_name(kind, programme.id)}"
        for programme in programmes
        if programme.unit == "member"
        for kind, says in ((ReceiptCount.UNASSIGNED_YES, "yes"), (ReceiptCount.UNASSIGNED_NO, "no"))
    ]
    selected = ", ".join(["valid.household_no", *columns])
    return f"SELECT {selected} FROM valid WHERE valid.member_no IS NULL GROUP BY valid.household_no"


def compile_received(programme: Programme, coverage: RosterCoverage) -> str:
    """Return the SQL of whether a programme is received: 1 yes, 0 no, NULL unknown.

    The first source with an answer counts: yes on a roster, absence from a complete roster, a
    roster row that the benefit ended, the household's sheet. A unit without receipts has NULL
    counts (outer join): a comparison with NULL is not true, and the next source is tried.
    """
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
        # A sheet that names no member means the only member, if just one is listed. With several
        # its yes leaves open who receives, so the receipt is unknown. Its no is about all members.
        named, denied = (
            f"unassigned_receipts.{format_column_name(kind, programme.id)}"
            for kind in (ReceiptCount.UNASSIGNED_YES, ReceiptCount.UNASSIGNED_NO)
        )
        says_yes = f"{says_yes} OR ({named} > 0 AND household.listed_members = 1)"
        unclear = f"{unclear} OR {named} > 0"
        says_no = f"{says_no} OR {denied} > 0"
    covered = _compile_is_covered(programme, coverage)
    return f"""CASE WHEN {yes} > 0 THEN 1
        WHEN {covered} AND ({maybe} IS NULL OR {maybe} = 0) THEN 0
        WHEN {ended} > 0 THEN 0
        WHEN {says_yes} THEN 1 WHEN {unclear} THEN NULL WHEN {says_no} THEN 0 END"""


def compile_paid(programme: Programme) -> str:
    """Return the SQL of the fen paid per period of the programme; NULL if unknown or none."""
    return _prefer_roster(programme, _PAID)


def compile_paid_until(programme: Programme) -> str:
    """Return the SQL of the last day that the payment covers, inclusive; NULL without a date."""
    return _prefer_roster(programme, _UNTIL)


def _prefer_roster(programme: Programme, counts: Mapping[str, ReceiptCount]) -> str:
    """Return the SQL of the roster's value if a roster says yes, otherwise of the sheet's value."""
    roster, sheet, yes = (
        f"{programme.unit}_receipts.{format_column_name(count, programme.id)}"
        for count in (counts["roster"], counts["sheet"], ReceiptCount.ROSTER_YES)
    )
    return f"CASE WHEN {yes} > 0 THEN {roster} ELSE {sheet} END"


def _compile_is_covered(programme: Programme, coverage: RosterCoverage) -> str:
    """Return the SQL of whether a complete roster in force covers the household's community.

    Never true for aid paid once per event.
    """
    if programme.is_event or programme.id not in coverage:
        return "1 = 0"
    communities = coverage[programme.id]
    if None in communities:
        return "1 = 1"
    places = sorted(place for place in communities if place is not None)
    return f"household.community_id IN ({', '.join(map(str, places))})"
