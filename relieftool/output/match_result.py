"""Members against openings: why, why not, and what the job would change."""

from collections.abc import Sequence

from relieftool.matching import Demand, Distance, Fit, Match
from relieftool.messages import _
from relieftool.output.cells import Cell, format_yuan
from relieftool.output.gap_result import Name, shown_name
from relieftool.output.masking import HIDDEN
from relieftool.output.result import Column, Columns, Grid, Result
from relieftool.output.words_of_findings import programme_word, status_word
from relieftool.pack.models import Pack
from relieftool.registry.openings import Opening
from relieftool.what_if import Benefit, WhatIf

_ALWAYS_TOLD: tuple[Demand, ...] = ("age", "disability", "capacity", "care")


def match_result(matches: Sequence[Match], pack: Pack, as_of: str, *, is_revealed: bool) -> Result:
    """Give the matches with reasons; what the job changes only where that was worked out."""
    name = shown_name(is_revealed=is_revealed)
    document = {
        "relief_result": 1,
        "command": "match",
        "as_of": as_of,
        "matches": [_document(one, name, is_revealed=is_revealed) for one in matches],
    }
    columns: Columns = (
        Column("household_no", _("Household"), is_whole=True),
        Column("member", _("Member")),
        Column("post", _("Post")),
        Column("pay", _("Yuan a month"), "right"),
        Column("fit", _("Fit")),
        Column("distance", _("Place of work")),
        Column("reasons", _("For and against"), is_wide=True),
        Column("effect", _("What the job would change"), is_wide=True),
    )
    rows = [_row(one, pack, name, is_revealed=is_revealed) for one in matches]
    is_without = any(one.effect is None for one in matches)
    notes = [_("`relief match HOUSEHOLD` works out what a job would change.")] if is_without else []
    title = _("Openings for members who can work, as of {day}").format(day=as_of)
    return Result(document, (Grid(title, columns, rows, notes),))


def _document(one: Match, name: Name, *, is_revealed: bool) -> dict[str, object]:
    opening = one.opening
    return {
        "household_no": one.candidate.household_no,
        "community": one.candidate.community,
        "member_no": one.candidate.member_no,
        "member": name(one.candidate.name),
        "can_work": one.candidate.can_work,
        "opening": opening.opening,
        "employer": opening.employer,
        "post": opening.post,
        "pay_from_fen": opening.pay_from_fen,
        "pay_until_fen": opening.pay_until_fen,
        "is_home_work": opening.is_home_work,
        "fit": one.fit,
        "distance": one.distance,
        "reasons": [{"id": demand, "truth": truth} for demand, truth in one.reasons],
        "effect": _effect_document(one.effect, is_revealed=is_revealed),
    }


def _effect_document(effect: WhatIf | None, *, is_revealed: bool) -> dict[str, object] | None:
    if effect is None:
        return None
    is_hidden = _is_private(effect) and not is_revealed
    return {
        "before_fen": None if is_hidden else effect.before.total_fen,
        "after_fen": None if is_hidden else effect.after.total_fen,
        "benefits": [
            {"programme": one.programme, "before": one.before, "after": one.after}
            for one in _changed(effect)
        ],
    }


def _is_private(effect: WhatIf) -> bool:
    """Say whether what a family lives on would tell a private fact."""
    return effect.before.is_private or effect.after.is_private


def _changed(effect: WhatIf) -> list[Benefit]:
    return [
        one for one in effect.benefits if (one.before, one.before_fen) != (one.after, one.after_fen)
    ]


def _row(one: Match, pack: Pack, name: Name, *, is_revealed: bool) -> list[Cell]:
    employer = one.opening.employer
    post = one.opening.post if employer is None else f"{one.opening.post}（{employer}）"
    return [
        one.candidate.household_no,
        f"{one.candidate.place} {name(one.candidate.name) or ''}".strip(),
        post,
        _pay(one.opening),
        fit_word(one.fit),
        distance_word(one.distance),
        _reasons(one),
        "" if one.effect is None else _effect(one.effect, pack, is_revealed=is_revealed),
    ]


def _pay(opening: Opening) -> str | None:
    low, high = opening.pay_from_fen, opening.pay_until_fen
    if low is None or high is None:
        return None
    return format_yuan(low) if low == high else f"{format_yuan(low)}-{format_yuan(high)}"


def _reasons(one: Match) -> str:
    """Tell for and against; what an opening asks beyond facts is to be asked too."""
    words = [
        _reason(demand, truth, one)
        for demand, truth in one.reasons
        if truth is not True or demand in _ALWAYS_TOLD
    ]
    if one.opening.skills:
        words.append(_("asks for: {skills}").format(skills=one.opening.skills))
    return _("; ").join(words)


def _reason(demand: Demand, truth: bool | None, one: Match) -> str:  # noqa: FBT001 a truth
    """Say one reason; True speaks for, False against, None is to be asked."""
    table: dict[Demand, tuple[str, str, str]] = {
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
            if one.opening.capacity is None
            else _("ask whether the strength is enough"),
        ),
        "care": (
            _("can be done beside caring for the family")
            if one.candidate.cares_for
            else _("nobody at home has to be cared for alone"),
            _("has to be at home"),
            _("cares for {members} alone: ask who would step in").format(
                members=_(", ").join(one.candidate.cares_for)
            ),
        ),
        "idle": (_("has no work"), _("has work already"), _("ask whether there is work already")),
    }
    holds, fails, open_still = table[demand]
    return open_still if truth is None else holds if truth else fails


def _effect(effect: WhatIf, pack: Pack, *, is_revealed: bool) -> str:
    """Say what the family would live on, and which benefits would change."""
    is_hidden = _is_private(effect) and not is_revealed
    before, after = (
        HIDDEN if is_hidden else format_yuan(one.total_fen) for one in (effect.before, effect.after)
    )
    words = [_("lives on {before}, then {after} yuan a month").format(before=before, after=after)]
    for one in _changed(effect):
        change = _("{programme}: {before} -> {after}").format(
            programme=programme_word(pack, one.programme),
            before=_standing(one.before, one.before_fen),
            after=_standing(one.after, one.after_fen),
        )
        words.append(change)
    return _("; ").join(words)


def _standing(status: str | None, fen: int | None) -> str:
    if status is None:
        return "—"
    return status_word(status) if not fen else f"{status_word(status)} {format_yuan(fen)}"


def fit_word(fit: Fit) -> str:
    """Say how a member and an opening go together."""
    return {"fits": _("fits"), "ask": _("to ask"), "against": _("does not fit")}[fit]


def distance_word(distance: Distance) -> str:
    """Say how far off the work is."""
    return {
        "home": _("can be done at home"),
        "same-community": _("same community"),
        "same-street": _("same street"),
        "elsewhere": _("elsewhere"),
        "unknown": _("not said where"),
    }[distance]
