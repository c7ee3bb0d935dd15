"""Spot checks: the list of households to draw from, a stratified sample, and its re-visits.

Households are drawn in the order of a keyed hash of their number, so that the same list,
rate and seed lead to the same sample on every machine.
"""

import datetime as dt
import hashlib
import hmac
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sqlite_utils import Database

from relieftool.eligibility.findings import Finding, Status
from relieftool.eligibility.kept_findings import open_findings
from relieftool.errors import ReliefError
from relieftool.fieldwork.entries import find_shared_names
from relieftool.fieldwork.visits import VisitStep, list_visits
from relieftool.messages import _
from relieftool.pack.models import Pack
from relieftool.store.chain import add_entry
from relieftool.store.database import write_or_rehearse
from relieftool.store.entries import (
    REVISITS,
    SAMPLES,
    build_entry,
    build_record,
    check_household,
    list_entries,
)
from relieftool.store.former_numbers import find_current_number


@dataclass(frozen=True)
class FramedHousehold:
    """A household of the list that a sample is drawn from, and its stratum."""

    household_no: str
    stratum: str


@dataclass(frozen=True)
class Stratum:
    """A stratum, with its number of households on the list and the household numbers drawn."""

    name: str
    households: int
    drawn: tuple[str, ...]


@dataclass(frozen=True)
class Sample:
    """A sample as it was drawn; `frame_sha256` is the hash of the list it was drawn from.

    `step`: only households with a visit of this step were on the list (None: with or without).
    """

    sample_id: int
    drawn_on: str
    rate: str
    seed: str
    stratified_by: tuple[str, ...]
    step: str | None
    frame_sha256: str
    strata: tuple[Stratum, ...]

    @property
    def drawn(self) -> list[str]:
        """Return the numbers of all households drawn, stratum by stratum."""
        return [number for stratum in self.strata for number in stratum.drawn]


@dataclass(frozen=True)
class Revisit:
    """A re-visit; `agrees` is whether it confirmed what was recorded before."""

    household_no: str
    revisited_on: str
    agrees: bool
    note: str | None
    by: str


@dataclass(frozen=True)
class SampleResults:
    """A sample and the latest re-visit of each household that has one.

    The keys of `revisits` are the household numbers at the time of the draw.
    """

    sample: Sample
    revisits: Mapping[str, Revisit]


def hash_frame(frame: Sequence[FramedHousehold]) -> str:
    """Return the SHA-256 of a list, written as a line for each household, sorted by number."""
    ordered = sorted(frame, key=lambda household: household.household_no)
    text = "".join(f"{household.household_no}\t{household.stratum}\n" for household in ordered)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def draw_strata(frame: Sequence[FramedHousehold], rate: Fraction, seed: str) -> tuple[Stratum, ...]:
    """Draw the same share of the households of each stratum, rounded up; `rate` is above 0."""
    strata: dict[str, list[str]] = {}
    for household in frame:
        strata.setdefault(household.stratum, []).append(household.household_no)
    return tuple(
        Stratum(name, len(numbers), _draw(numbers, rate, seed))
        for name, numbers in sorted(strata.items())
    )


def _draw(numbers: Sequence[str], rate: Fraction, seed: str) -> tuple[str, ...]:
    key = seed.encode("utf-8")
    ordered = sorted(
        numbers, key=lambda number: (hmac.digest(key, number.encode("utf-8"), "sha256"), number)
    )
    return tuple(sorted(ordered[: math.ceil(rate * len(numbers))]))


def draw_sample(  # noqa: PLR0913 what makes a sample that can be drawn again
    db: Database,
    frame: Sequence[FramedHousehold],
    *,
    rate: Fraction,
    seed: str,
    on: dt.date,
    stratified_by: Sequence[str] = (),
    step: str | None = None,
    is_rehearsal: bool = False,
) -> Sample:
    """Draw a sample from a list, record it with the hash of that list, and return it.

    Raises:
        ReliefError: The list is empty.
    """
    if not frame:
        raise ReliefError(
            "relief sample",
            _("there is no household to draw from"),
            _("Import household lists, or leave out --step: no visit of that step is recorded."),
        )
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        row = build_entry(
            db,
            SAMPLES,
            drawn_on=on,
            rate=rate,
            seed=seed,
            stratified_by=stratified_by,
            step=step,
            frame_sha256=hash_frame(frame),
            strata=map(vars, draw_strata(frame, rate, seed)),
        )
        number = add_entry(db, SAMPLES, row).number
    return _build_sample(row | {"sample_id": number})


def find_sample(db: Database, sample_id: int | None = None) -> Sample:
    """Return a sample by its number; the newest if `sample_id` is None.

    Raises:
        ReliefError: There is no such sample.
    """
    entries = list_entries(db, SAMPLES, sample_id=sample_id)
    if not entries:
        raise ReliefError(
            "relief sample" if sample_id is None else str(sample_id),
            _("there is no such sample"),
            _("`relief sample --rate 10% --seed 1` draws one."),
        )
    return _build_sample(entries[-1])


def _build_sample(entry: Mapping[str, Any]) -> Sample:
    strata = tuple(
        Stratum(stratum["name"], stratum["households"], tuple(stratum["drawn"]))
        for stratum in json.loads(entry["strata"])
    )
    return replace(build_record(Sample, entry), strata=strata)


def record_revisit(
    db: Database, revisit: Revisit, *, sample_id: int | None = None, is_rehearsal: bool = False
) -> Sample:
    """Record a re-visit in a sample (`sample_id` None: the newest), and return that sample.

    The last re-visit of a household counts.

    Raises:
        ReliefError: There is no such household or sample, the household was not drawn, an error has
            no note, no `by` is stated, the day is before the draw or before the household's last
            re-visit, or the visitor surveyed the household.
    """
    with write_or_rehearse(db, is_rehearsal=is_rehearsal):
        number = check_household(db, revisit.household_no)
        sample = find_sample(db, sample_id)
        drawn = {find_current_number(db, drawn_no): drawn_no for drawn_no in sample.drawn}
        if number not in drawn:
            raise ReliefError(
                number,
                _("this household is not in sample {number}").format(number=sample.sample_id),
                _("`relief sample` lists the households drawn; --sample names another sample."),
            )
        stated = vars(revisit) | {"household_no": drawn[number], "sample_id": sample.sample_id}
        row = build_entry(db, REVISITS, () if revisit.agrees else ("note",), **stated)
        _check_independence(db, sample, number, revisit.revisited_on, row["by"])
        add_entry(db, REVISITS, row)
    return sample


def _check_independence(db: Database, sample: Sample, number: str, day: str, by: str) -> None:
    """Raise ReliefError if a re-visit is too early, or its visitor surveyed the household.

    It is too early before the draw, and before the last re-visit. `number` is the household's
    current number.
    """
    if day < sample.drawn_on:
        raise ReliefError(
            "--on",
            _("sample {number} was drawn on {drawn}, after {day}").format(
                number=sample.sample_id, drawn=sample.drawn_on, day=day
            ),
            _("Give the day of the re-visit with --on, {drawn} or later.").format(
                drawn=sample.drawn_on
            ),
        )
    found = find_sample_results(db, sample.sample_id).revisits.items()
    last = next(
        (revisit for drawn, revisit in found if find_current_number(db, drawn) == number), None
    )
    if last is not None and day < last.revisited_on:
        raise ReliefError(
            "--on",
            _("a re-visit of {last} is recorded already, after {day}").format(
                last=last.revisited_on, day=day
            ),
            _("The last re-visit counts: state its day with --on, {last} or later.").format(
                last=last.revisited_on
            ),
        )
    surveys = [visit for visit in list_visits(db, number) if visit.step == VisitStep.SURVEY]
    if any(find_shared_names([by], survey.investigators) for survey in surveys):
        raise ReliefError(
            "--visitor",
            _("surveyed this household, so this would be no independent re-visit"),
            _("Somebody else must make it."),
        )


def find_sample_results(db: Database, sample_id: int | None = None) -> SampleResults:
    """Return a sample (`sample_id` None: the newest) with each household's latest re-visit."""
    sample = find_sample(db, sample_id)
    entries = list_entries(db, REVISITS, sample_id=sample.sample_id)
    found = {
        entry["household_no"]: build_record(Revisit, entry | {"household_no": entry["written_no"]})
        for entry in entries
    }
    current = {drawn_no: find_current_number(db, drawn_no) for drawn_no in sample.drawn}
    revisits = {drawn_no: found[number] for drawn_no, number in current.items() if number in found}
    return SampleResults(sample, revisits)


STRATA = ("community", "status")
_ONE_STRATUM = "all"
_PERCENT = 100


def build_frame(  # noqa: PLR0913 all that selects and groups the list
    db: Database,
    pack: Pack,
    as_of: dt.date,
    by: Sequence[str],
    *,
    step: VisitStep | None = None,
    community: str | None = None,
) -> list[FramedHousehold]:
    """Return the list to draw from; `by` are the names in `STRATA` that form its strata.

    With `step`, it has only households with a visit of this step that counts; with `community`,
    only those of this community.
    """
    made = {
        visit.household_no
        for visit in list_visits(db)
        if visit.counts and step in (None, visit.step)
    }
    communities = dict(db.execute(_COMMUNITIES, [community, community]).fetchall())
    findings: Mapping[str, list[Finding]] = {}
    if "status" in by:
        with open_findings(db, pack, as_of, communities) as kept:
            findings = kept.list_by_household()
    return [
        FramedHousehold(number, _name_stratum(name, findings.get(number, ()), by))
        for number, name in communities.items()
        if step is None or number in made
    ]


_COMMUNITIES = """
    SELECT households.household_no, communities.name FROM households
    JOIN communities ON communities.community_id = households.community_id
    WHERE ? IS NULL OR communities.name = ? ORDER BY households.household_no
"""


def _name_stratum(community: str, findings: Iterable[Finding], by: Sequence[str]) -> str:
    """Return a household's community, status or both, as `by` names them; "all" if it is empty."""
    parts = []
    if "community" in by:
        parts.append(community)
    if "status" in by:
        # a household belongs to the stratum of its most urgent finding
        found = {finding.status for finding in findings}
        parts.append(min(found, key=lambda status: status.urgency, default=Status.INELIGIBLE))
    return "/".join(parts) or _ONE_STRATUM


def parse_strata(text: str) -> tuple[str, ...]:
    """Return the names of `STRATA` in a text such as "community,status", in their fixed order.

    Raises:
        ReliefError: The text has another name.
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
    """Return a share above 0 and up to 1 as an exact fraction.

    Raises:
        ReliefError: The text is no such share.

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
