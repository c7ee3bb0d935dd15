"""The list a sample is drawn from: all households, or those of one step, by stratum."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

from sqlite_utils import Database

from relieftool.eligibility.evaluation import Evaluation, Household, evaluate_register
from relieftool.eligibility.gaps import find_household_findings
from relieftool.errors import ReliefError
from relieftool.fieldwork.samples import FramedHousehold
from relieftool.fieldwork.visits import VisitStep, list_visits
from relieftool.messages import _
from relieftool.pack.models import Pack

STRATA = ("community", "status")
# The most pressing of a household's findings stands for it.
_PRESSING = (
    *("unclaimed", "underpaid", "conflict", "review"),
    *("unlocked", "undetermined", "receiving", "ineligible"),
)
_WHOLE = "all"
_PERCENT = 100


def build_frame(  # noqa: PLR0913 what the list is made of
    db: Database,
    pack: Pack,
    as_of: dt.date,
    by: Sequence[str],
    *,
    step: VisitStep | None = None,
    community: str | None = None,
) -> list[FramedHousehold]:
    """List the households to draw from; with a step, only those it was written down for."""
    evaluation = evaluate_register(db, pack, as_of)
    made = {one.household_no for one in list_visits(db) if one.counts and step in (None, one.step)}
    return [
        FramedHousehold(household.household_no, _stratum(evaluation, household, by))
        for household in evaluation.households
        if (step is None or household.household_no in made)
        and community in (None, household.community)
    ]


def _stratum(evaluation: Evaluation, household: Household, by: Sequence[str]) -> str:
    """Name a household's stratum."""
    parts = []
    if "community" in by:
        parts.append(household.community)
    if "status" in by:
        found = {
            one.status for one in find_household_findings(evaluation, household, with_grounds=False)
        }
        parts.append(next((one for one in _PRESSING if one in found), "ineligible"))
    return "/".join(parts) or _WHOLE


def parse_strata(text: str) -> tuple[str, ...]:
    """Read what to stratify by: "community,status", one of them, or nothing.

    Raises:
        ReliefError: it names something else.
    """
    names = tuple(part.strip() for part in text.replace("，", ",").split(",") if part.strip())
    wrong = [name for name in names if name not in STRATA]
    if wrong:
        raise ReliefError(
            "--by",
            _("'{name}' is nothing to stratify by").format(name=wrong[0]),
            _("Give one or both of: {names}.").format(names=", ".join(STRATA)),
        )
    return tuple(name for name in STRATA if name in names)


def parse_rate(text: str) -> Fraction:
    """Read a share above nothing and up to all, exactly.

    >>> parse_rate("10%"), parse_rate("0.1"), parse_rate("100%")
    (Fraction(1, 10), Fraction(1, 10), Fraction(1, 1))
    """
    stated = text.strip().replace("％", "%")
    try:
        number = Fraction(stated.rstrip("%"))
    except (ValueError, ZeroDivisionError):
        number = Fraction(0)
    rate = number / _PERCENT if stated.endswith("%") else number
    if 0 < rate <= 1:
        return rate
    raise ReliefError(
        "--rate",
        _("'{text}' is no share of households").format(text=text),
        _("Give a share like 10%, above 0% and up to 100%."),
    )
