"""Finds whose the columns are that name no benefit and stand beside one."""

from collections.abc import Sequence
from dataclasses import replace

from relieftool.spreadsheets.column_names import LEVEL, MatchesByPosition
from relieftool.values.benefit_days import is_day_heading, names_benefit
from relieftool.values.payments import is_of_others, names_money

# Columns of what is received, whatever it is called.
_RECEIVED = ("amount", "programme", "receives", "paid_state")

# What a list of those who receive one benefit may say besides.
_OF_A_LIST = frozenset(
    {"name", "id_number", "head_name", "head_id_number", "phone", "community", "address"}
    | {"remark", "paid_state", "serial"}
)


def give_days(headers: Sequence[str], found: MatchesByPosition) -> MatchesByPosition:
    """Return the matches, with days that name no benefit given to the benefit before them.

    Elsewhere they are of what the roster pays, or of what the row receives, if their heading says
    more than that they are days: 有效期至 may be that of a card. A list that says of people nothing
    but the amount of one benefit is a roster.
    """
    targets = {match.target for match in found if match}
    benefits = {target for target in targets if target.startswith("receipt.")}
    is_paid = any(
        match and match.target in benefits and names_money(header)
        for header, match in zip(headers, found, strict=True)
    )
    is_of_one = is_paid and len(benefits) == 1 and targets - benefits <= _OF_A_LIST
    is_roster = is_of_one or not targets.isdisjoint(("amount", "programme"))
    given = list(found)
    before = ""
    for place, (header, match) in enumerate(zip(headers, found, strict=True)):
        if match is None or match.target != "paid_state" or not is_day_heading(header):
            of_benefit = match and (match.target in benefits or match.target in _RECEIVED)
            before = match.target if match and of_benefit else ""
        elif before in benefits:
            given[place] = replace(match, target=before)
        elif match.rank >= LEVEL or not (before or is_roster or names_benefit(header)):
            given[place] = None
        elif is_of_one or not (before or is_roster or "receives" in targets):
            given[place] = replace(match, target=min(benefits)) if len(benefits) == 1 else None
    return given


def find_benefit_of_days(
    headers: Sequence[str], found: MatchesByPosition, place: int
) -> str | None:
    """Return the only benefit of a list, of which days that are not used may be; None if not.

    Days behind a card or another thing are of that.
    """
    benefits = {m.target for m in found if m and m.target.startswith("receipt.")}
    is_open = len(benefits) == 1 and not is_of_others(
        "/".join(headers[max(place - 1, 0) : place + 1])
    )
    return min(benefits) if is_open and is_day_heading(headers[place]) else None
