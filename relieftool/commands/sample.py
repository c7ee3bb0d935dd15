"""`relief sample`: draw households for a spot check, and record what the re-visits find."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

import typer

from relieftool.commands import options
from relieftool.commands.session import Register, Session, choose_written_day
from relieftool.fieldwork.samples import (
    Revisit,
    SampleResults,
    build_frame,
    draw_sample,
    find_sample_results,
    parse_rate,
    parse_strata,
    record_revisit,
)
from relieftool.fieldwork.visits import VisitStep
from relieftool.messages import _
from relieftool.output.fieldwork import build_sample_result


def sample(
    *,
    rate: str | None = None,
    seed: str | None = None,
    by: Annotated[str, typer.Option(show_default=False)] = "community",
    step: Annotated[VisitStep | None, typer.Option(case_sensitive=False)] = None,
    record: str | None = None,
    agrees: options.YesNo | None = None,
    note: str | None = None,
    visitor: str | None = None,
    sample: int | None = None,
    community: options.Community = None,
    on: options.On = None,
    where: Register,
    showing: options.ShowOptions,
    dry_run: options.DryRun = False,
) -> None:
    """Draw households for a spot check, keep what re-visits find, show the error rate.

    With --rate and --seed it draws; with --record it keeps a result; otherwise it shows the newest
    sample with its error rates and their 95 % intervals.

    Example: relief sample --rate 10% --seed 7 --by community,status

    Args:
        rate (SHARE): Draw this share of each stratum; 100% is all.
        seed (N): Same list and seed, same sample, on any machine.
        by (LIST): Strata: `community` (if left out), `status`, or both with a comma.
        step (STEP): Draw only from households with this step: `screening`, `survey` or `check`.
        record (HOUSEHOLD): Keep what the re-visit of it found.
        agrees (YES-or-NO): Whether it agrees with what was written down before: `yes` or `no`.
        note (TEXT): What was found to be otherwise.
        visitor (PERSON): Who made the re-visit.
        sample (N): Which sample; otherwise the newest.
    """
    _check_line((rate, seed), record, agrees, visitor)
    with where.open() as opened:
        day = choose_written_day(on)
        if rate is not None:
            place = opened.community(community)
            results = _draw(opened, _Drawing(rate, str(seed), by, step, place, day), dry_run)
        else:
            if record is not None:
                stated = (record, day.isoformat(), agrees == options.YesNo.YES, note)
                found = Revisit(*stated, str(visitor))
                record_revisit(opened.db, found, sample_id=sample, is_rehearsal=dry_run)
            results = find_sample_results(opened.db, sample)
        showing.show(build_sample_result(results))


@dataclass(frozen=True)
class _Drawing:
    """A sample to draw, as the options state it."""

    rate: str
    seed: str
    strata: str
    step: VisitStep | None
    community: str | None
    day: dt.date


def _draw(opened: Session, drawing: _Drawing, is_rehearsal: bool) -> SampleResults:  # noqa: FBT001 the option as it came
    """Draw a sample from the households in the register."""
    share, strata = parse_rate(drawing.rate), parse_strata(drawing.strata)
    if "status" in strata:
        opened.refresh_findings(is_rehearsal=is_rehearsal)
    frame = build_frame(
        *(opened.db, opened.pack, opened.as_of, strata),
        step=drawing.step,
        community=drawing.community,
    )
    drawn = draw_sample(
        *(opened.db, frame),
        rate=share,
        seed=drawing.seed,
        on=drawing.day,
        stratified_by=strata,
        step=drawing.step,
        is_rehearsal=is_rehearsal,
    )
    return SampleResults(drawn, {})


def _check_line(
    draw: tuple[str | None, str | None],
    record: str | None,
    agrees: options.YesNo | None,
    visitor: str | None,
) -> None:
    """Raise a usage error if a draw and a re-visit are mixed, or either of them is incomplete.

    `draw` is rate and seed; `record` is the household that was visited again.
    """
    rate, seed = draw
    if rate is not None and record is not None:
        raise typer.BadParameter(_("draw first, record later"), param_hint="--record")
    if (rate is None) != (seed is None):
        raise typer.BadParameter(_("--rate and --seed go together"), param_hint="--seed")
    if record is not None and (agrees is None or visitor is None):
        raise typer.BadParameter(
            _("say --agrees yes or no, and --visitor NAME"), param_hint="--record"
        )
