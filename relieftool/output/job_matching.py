"""Members and job openings: reasons for and against a match, and what the job would change."""

from collections.abc import Sequence

from relieftool.eligibility.findings import format_status
from relieftool.eligibility.job_matching import Distance, JobCandidate, JobDemand, JobFit, JobMatch
from relieftool.eligibility.what_if import Benefit, WhatIf
from relieftool.messages import _
from relieftool.output.result import Column, Columns, RecordTable, Result
from relieftool.output.result_cells import (
    HiddenValue,
    MaskableText,
    MaskedName,
    build_sentence,
    format_yuan,
    join_texts,
)
from relieftool.output.what_if import list_advice
from relieftool.output.wording import format_programme
from relieftool.pack.models import Pack
from relieftool.spreadsheets.job_lists import JobOpening

_ALWAYS_SHOWN: tuple[JobDemand, ...] = ("age", "disability", "capacity", "care")


def build_match_result(matches: Sequence[JobMatch], pack: Pack, as_of: str) -> Result:
    """Return the matches with their reasons and, if calculated, what the job would change."""
    is_without = any(match.effect is None for match in matches)
    notes = [_("`relief match HOUSEHOLD` works out what a job would change.")] if is_without else []
    title = _("Openings for members who can work, as of {day}").format(day=as_of)
    table = RecordTable(title, _columns(pack), matches, notes)
    return table.result("match", "matches", as_of=as_of)


def _columns(pack: Pack) -> Columns:
    return (
        *Column.of_part(
            lambda match: match.candidate,
            Column("household_no", _("Household"), is_whole=True),
            *Column.json("community", "member_no"),
            Column.name("member", _("Member"), value="name", words=_member),
            *Column.json("can_work"),
        ),
        *Column.of_part(
            lambda match: match.opening,
            *Column.json("opening", "employer"),
            Column("post", _("Post"), words=_format_post),
            Column.number("pay", _("Yuan a month"), words=_format_pay, only="table"),
            *Column.json("pay_from_fen", "pay_until_fen", "is_home_work"),
        ),
        Column("fit", _("Fit"), format_fit),
        Column("distance", _("Place of work"), format_distance),
        Column(
            "reasons",
            _("For and against"),
            is_wide=True,
            value=_list_reason_documents,
            words=_format_reasons,
        ),
        Column(
            "effect",
            _("What the job would change"),
            is_wide=True,
            value=_effect_document,
            words=lambda match: "" if match.effect is None else _format_effect(match.effect, pack),
        ),
    )


def _list_reason_documents(match: JobMatch) -> list[dict[str, object]]:
    return [{"id": demand, "truth": truth} for demand, truth in match.reasons]


def _effect_document(match: JobMatch) -> dict[str, object] | None:
    effect = match.effect
    if effect is None:
        return None
    is_private = _is_private(effect)
    before, after = (
        HiddenValue(means.total_fen, instead=None) if is_private else means.total_fen
        for means in (effect.before, effect.after)
    )
    benefits = [
        {"programme": benefit.programme, "before": benefit.before, "after": benefit.after}
        for benefit in _list_changed(effect)
    ]
    return {
        "before_fen": before,
        "after_fen": after,
        "benefits": benefits,
        "advice": list_advice(effect),
    }


def _is_private(effect: WhatIf) -> bool:
    """Whether the family's means, before or after, would reveal a private fact."""
    return effect.before.is_private or effect.after.is_private


def _list_changed(effect: WhatIf) -> list[Benefit]:
    return [
        benefit
        for benefit in effect.benefits
        if (benefit.before, benefit.before_fen) != (benefit.after, benefit.after_fen)
    ]


def _member(candidate: JobCandidate) -> MaskableText:
    if not candidate.name:
        return str(candidate.place)
    return build_sentence("{place} {name}", place=candidate.place, name=MaskedName(candidate.name))


def _format_post(opening: JobOpening) -> str:
    return opening.post if opening.employer is None else f"{opening.post}（{opening.employer}）"


def _format_pay(opening: JobOpening) -> str | None:
    low, high = opening.pay_from_fen, opening.pay_until_fen
    if low is None or high is None:
        return None
    return format_yuan(low) if low == high else f"{format_yuan(low)}-{format_yuan(high)}"


def _format_reasons(match: JobMatch) -> str:
    """Return the reasons in words, with the skills that the opening asks for.

    Some reasons are left out if they are for the match.
    """
    words = [
        _format_reason(demand, truth, match)
        for demand, truth in match.reasons
        if truth is not True or demand in _ALWAYS_SHOWN
    ]
    if match.opening.skills:
        words.append(_("asks for: {skills}").format(skills=match.opening.skills))
    return _("; ").join(words)


def _format_reason(demand: JobDemand, truth: bool | None, match: JobMatch) -> str:  # noqa: FBT001 a value
    """Return one reason in words; True is for the match, False against it, None is to be asked."""
    cares_for = match.candidate.cares_for
    sentences: dict[JobDemand, tuple[str, str, str]] = {
        "age": (
            _("the age fits"),
            _("is not of the age asked for"),
            _("ask for the age, or which is wanted"),
        ),
        "sex": (_("the sex fits"), _("is not of the sex asked for"), _("ask which sex is wanted")),
        "disability": (
            _("no disability stands against it"),
            _("the post takes nobody with this disability"),
            _("ask whether the post takes this disability"),
        ),
        "capacity": (
            _("the strength asked for is there"),
            _("is not strong enough"),
            _("ask how strong one must be")
            if match.opening.capacity is None
            else _("ask whether the strength is enough"),
        ),
        "care": (
            _("can be done beside caring for the family")
            if cares_for
            else _("nobody at home has to be cared for alone"),
            _("has to be at home"),
            _("cares for {members} alone: ask who would step in").format(
                members=_(", ").join(cares_for)
            ),
        ),
        "idle": (_("has no work"), _("has work already"), _("ask whether there is work already")),
    }
    holds, fails, unknown = sentences[demand]
    return unknown if truth is None else holds if truth else fails


def _format_effect(effect: WhatIf, pack: Pack) -> MaskableText:
    """Return in words what the family would live on, and which benefits would change."""
    is_private = _is_private(effect)
    before, after = (
        HiddenValue(format_yuan(means.total_fen)) if is_private else format_yuan(means.total_fen)
        for means in (effect.before, effect.after)
    )
    lives_on = build_sentence(
        _("lives on {before}, then {after} yuan a month"), before=before, after=after
    )
    changes = [
        _("{programme}: {before} -> {after}").format(
            programme=format_programme(pack, benefit.programme),
            before=_benefit_words(benefit.before, benefit.before_fen),
            after=_benefit_words(benefit.after, benefit.after_fen),
        )
        for benefit in _list_changed(effect)
    ]
    return join_texts(_("; "), [lives_on, *changes, *list_advice(effect)])


def _benefit_words(status: str | None, fen: int | None) -> str:
    if status is None:
        return "—"
    return format_status(status) if not fen else f"{format_status(status)} {format_yuan(fen)}"


def format_fit(fit: JobFit) -> str:
    """Return in words whether a member fits an opening."""
    return {"fits": _("fits"), "ask": _("to ask"), "against": _("does not fit")}[fit]


def format_distance(distance: Distance) -> str:
    """Return in words how far away the work is."""
    return {
        "home": _("can be done at home"),
        "same-community": _("same community"),
        "same-street": _("same street"),
        "elsewhere": _("elsewhere"),
        "unknown": _("not said where"),
    }[distance]
