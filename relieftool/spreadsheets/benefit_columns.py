"""Finds whose the columns are that name no benefit and stand beside one."""

from collections.abc import Sequence
from dataclasses import replace

from relieftool.spreadsheets.column_names import LEVEL, MatchesByPosition
from relieftool.values.benefit_days import is_day_heading, names_benefit

# Columns of what is received, whatever it is called.
_RECEIVED = ("amount", "programme", "receives", "paid_state")


def give_days(headers: Sequence[str], found: MatchesByPosition) -> MatchesByPosition:
    """Return the matches, with days that name no benefit given to the benefit before them.

    Elsewhere they are of what the roster pays, or of what the row receives, if their heading says
    more than that they are days: 有效期至 may be that of a card.
    """
    targets = {match.target for match in found if match}
    benefits = {target for target in targets if target.startswith("receipt.")}
    is_roster = not targets.isdisjoint(("amount", "programme"))
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
        elif not (before or is_roster or "receives" in targets):
            given[place] = replace(match, target=min(benefits)) if len(benefits) == 1 else None
    return given
