"""The words for statuses, programmes, facts, amounts and packs in the user's language.

The advice on a status is worded as a clerk would say it.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from relieftool.eligibility.findings import Finding, Status
from relieftool.messages import _
from relieftool.output.result import Column
from relieftool.output.result_cells import ResultCell, convert_to_yuan, format_yuan
from relieftool.pack.facts import FEN_PER_YUAN, MEMBERS, Fact, Owner, Period
from relieftool.pack.models import (
    Criterion,
    DatedValue,
    Indicator,
    Pack,
    Programme,
    find_time_limit,
    find_urgent_limit,
)
from relieftool.pack.value_overrides import list_office_parameters
from relieftool.spreadsheets.form_row_keys import NeedKind


def format_programme(pack: Pack, programme: str) -> str:
    """Return the name of a programme, also of "priority"; an unknown id is returned unchanged.

    A priority case has no programme, but its column shows "priority household".
    """
    if programme == "priority":
        return _("priority household")
    named = pack.programmes.get(programme)
    return str(named.names) if named else programme


def programme_column(pack: Pack, value: str = "") -> Column[Any]:
    """Return the column of a record's programme.

    `value` is the name of the attribute with the programme's id; '' means `programme`.
    """
    return Column(
        *("programme", _("Programme"), lambda name: format_programme(pack, name)),
        value=value,
        card="lead",
    )


def format_period(period: str | None) -> str:
    """Return the period of an amount in words; '' for None."""
    return {"month": _("month"), "year": _("year"), "once": _("once")}[period] if period else ""


def format_fact(pack: Pack, name: str) -> str:
    """Return the name of what is to be asked: a fact, a receipt, a parameter, or the members.

    A member's number in front is left out; an unknown fact is returned by its id.
    """
    kind, _colon, key = name.rpartition(":")
    if kind == "receipt":
        return _("whether {programme} is received").format(programme=format_programme(pack, key))
    if kind == "paid":
        return _("how much of {programme} is paid").format(programme=format_programme(pack, key))
    if kind == "parameter":
        return str(pack.parameters[key].labels)
    if key == MEMBERS:
        return _("who lives in the household")
    return str(pack.facts[key].labels) if key in pack.facts else key


def format_fact_value(fact: Fact, value: int | str | None) -> ResultCell:
    """Return a stored value as people read it, money in yuan; None (unknown) stays None."""
    if fact.type == "yes_no" and value is not None:
        return value == 1
    if fact.type == "money" and isinstance(value, int):
        return convert_to_yuan(value)
    return next((str(choice.labels) for choice in fact.choices if choice.id == value), value)


def format_amount(fen: int | None, period: Period | None) -> str:
    """Return an amount in fen as yuan with its period; '?' if `fen` is None (unknown)."""
    if fen is None:
        return format_yuan(None)
    patterns = {"month": _("{yuan} a month"), "year": _("{yuan} a year"), "once": _("{yuan} once")}
    return patterns[period or "once"].format(yuan=format_yuan(fen))


def format_uncompared(finding: Finding) -> str | None:
    """Return the reason if it is unknown whether the amount received is enough; otherwise None."""
    words = {
        "due-unknown": _(
            "They receive it; whether it is enough cannot be said: what is due is not known."
        ),
        "paid-unknown": _("They receive it; how much is not known."),
        "other-values": _(
            "They receive it; whether it is enough cannot be said: it was paid before what is due"
            " last changed."
        ),
    }
    return words[finding.uncompared] if finding.uncompared else None


def build_amount_cell(finding: Finding) -> Decimal | str | None:
    """Return a finding's amount in yuan; None is unknown, '' is for findings without an amount."""
    has_none = finding.amount_period is None or finding.status == "review"
    return "" if has_none else convert_to_yuan(finding.amount_fen)


def format_due(finding: Finding) -> str:
    """Return the sentence on what is owed and how much, as far as that is known; otherwise ''."""
    if finding.amount_period is None or finding.amount_fen is None or finding.uncompared:
        return ""
    amount = format_amount(finding.amount_fen, finding.amount_period)
    match finding.status:
        case Status.UNCLAIMED | Status.UNLOCKED:
            return _("They can have {amount}.").format(amount=amount)
        case Status.UNDETERMINED:
            return _("If it is so, they can have {amount}.").format(amount=amount)
        case Status.UNDERPAID:
            less = finding.amount_fen - (finding.paid_fen or 0)
            return _("They receive {amount} too little.").format(
                amount=format_amount(less, finding.amount_period)
            )
        case Status.RECEIVING | Status.CONFLICT | Status.REVIEW | Status.INELIGIBLE:
            return ""


def format_claim_steps(pack: Pack, programme: Programme, day: dt.date) -> str:
    """Return where to claim a programme on a day, with which papers, and when it is decided."""
    office = programme.department
    steps = [_("apply at the sub-district office, for {department}").format(department=office)]
    if papers := _join(map(str, programme.claim_checklist)):
        steps.append(_("to claim: {papers}").format(papers=papers))
    if days := find_time_limit(pack, programme, day)[0]:
        steps.append(_("a decision is due within {days} working days").format(days=days))
    if urgent := find_urgent_limit(programme, day):
        steps.append(_("a small sum is due within {days} days").format(days=urgent.days))
    return _join(steps)


def format_reason(pack: Pack, finding: Finding) -> str:
    """Return one line on the reason for a finding's status."""
    return _WHY[finding.status](pack, finding)


def _unclaimed_words(pack: Pack, finding: Finding) -> str:
    """Return the first condition, the number of others, and that nothing is received."""
    first, *others = pack.programmes[finding.programme].criteria
    if not others:
        return _("{says}; not received").format(says=first.says)
    return _("{says} (and {count} more); not received").format(says=first.says, count=len(others))


def _unlocked_words(pack: Pack, finding: Finding) -> str:
    """Return what has to be claimed first, in order."""
    words = [format_programme(pack, name) for name in finding.unlocked_by]
    if len(words) == 1:
        return _("can be had once this is claimed: {names}").format(names=words[0])
    return _("can be had once these are claimed, in this order: {names}").format(
        names=_(", then ").join(words)
    )


def _ineligible_words(pack: Pack, finding: Finding) -> str:
    """Return the conditions that are not met; if none, the programmes instead, or no occasion."""
    says = _unmet(pack, finding)
    if says:
        return _("does not meet: {says}").format(says=says)
    if finding.alternative_to:
        return _("its place is taken by {names}").format(
            names=_join(format_programme(pack, name) for name in finding.alternative_to)
        )
    return _("nothing says that its occasion has arisen")


def _unmet(pack: Pack, finding: Finding) -> str:
    """Return in words the conditions that do not hold."""
    truths = dict(finding.criteria)
    criteria = pack.programmes[finding.programme].criteria
    return _join(str(criterion.says) for criterion in criteria if truths[criterion.id] is False)


def _join(parts: Iterable[str]) -> str:
    """Join words with the separator of the language."""
    return _("; ").join(parts)


def _undetermined_words(pack: Pack, finding: Finding) -> str:
    """Return what is still to be asked."""
    names = _join(format_fact(pack, name) for name in finding.missing)
    return _("ask for: {names}").format(names=names)


def _underpaid_words(_pack: Pack, finding: Finding) -> str:
    """Return the amount paid and the amount due."""
    return _("is paid {paid}, is due {due}").format(
        paid=format_amount(finding.paid_fen, finding.amount_period),
        due=format_amount(finding.amount_fen, finding.amount_period),
    )


def _conflict_words(pack: Pack, finding: Finding) -> str:
    """Return the programmes received that cannot be had together with this one."""
    return _("receives this and {names}, of which only one may be had; check which").format(
        names=_join(format_programme(pack, name) for name in finding.conflicts_with)
    )


def _review_words(pack: Pack, finding: Finding) -> str:
    """Return whose payment is in question, or the conditions that fail although it is received."""
    if finding.is_paid_to_gone:
        return _("still paid in the name of somebody who died or moved away, or may have")
    words = _("receives it, but by the facts at hand does not meet: {says}").format(
        says=_unmet(pack, finding)
    )
    return words if pack.hearing is None else words + _("; hear the family before it is cut")


_WHY: dict[Status, Callable[[Pack, Finding], str]] = {
    Status.UNCLAIMED: _unclaimed_words,
    Status.UNLOCKED: _unlocked_words,
    Status.UNDETERMINED: _undetermined_words,
    Status.UNDERPAID: _underpaid_words,
    Status.CONFLICT: _conflict_words,
    Status.REVIEW: _review_words,
    Status.RECEIVING: lambda _pack, finding: format_uncompared(finding) or _("is received"),
    Status.INELIGIBLE: _ineligible_words,
}


def format_parameter_value(pack: Pack, parameter: str, value: DatedValue) -> str:
    """Return a parameter's value, with yuan and days named; for a setting, its choice in words."""
    named = pack.parameters[parameter]
    match named.unit:
        case "choice":
            labels = (str(choice.labels) for choice in named.choices if choice.id == value.value)
            return next(labels, str(value.value))
        case "yuan" if named.period == "once":
            amount = format_yuan(int(value.number * FEN_PER_YUAN))
            return _("{value} yuan").format(value=amount)
        case "yuan":
            return format_amount(int(value.number * FEN_PER_YUAN), named.period)
        case "days":
            return _("{value} days").format(value=value.value)
    return str(value.value)


def format_owner(unit: Owner) -> str:
    """Return the word for the owner of a fact or programme: household or member."""
    return _("household") if unit == "household" else _("member")


def format_status_advice(pack: Pack, finding: Finding) -> str:  # noqa: PLR0911 one sentence per status
    """Return what a status means for the household and what to do next, in words."""
    department = finding.department
    match finding.status:
        case Status.UNCLAIMED:
            return _(
                "Owed and not received: every condition below is met."
                " Help them apply; {department} grants it."
            ).format(department=department)
        case Status.UNLOCKED:
            names = _join(format_programme(pack, name) for name in finding.unlocked_by)
            return _("Not yet, but it opens once they have claimed: {names}. Begin there.").format(
                names=names
            )
        case Status.UNDETERMINED:
            names = _join(format_fact(pack, name) for name in finding.missing)
            return _("Cannot be said yet. Still to be asked: {names}.").format(names=names)
        case Status.UNDERPAID:
            return _(
                "Received, but less than is due: {paid} instead of {due}. Ask {department} why."
            ).format(
                paid=format_amount(finding.paid_fen, finding.amount_period),
                due=format_amount(finding.amount_fen, finding.amount_period),
                department=department,
            )
        case Status.CONFLICT:
            return format_reason(pack, finding)
        case Status.REVIEW:
            return _format_review(finding) + _format_hearing(pack)
        case Status.RECEIVING:
            return format_uncompared(finding) or _("They receive it; nothing is to be done.")
        case Status.INELIGIBLE:
            return _format_ineligible(pack, finding)


def _format_review(finding: Finding) -> str:
    """Return what must be looked at where something is received that may not be due."""
    if finding.is_paid_to_gone:
        return _(
            "Paid in the name of somebody who died or moved away, or may have. Find out whether"
            " they did, and since when: {department} stops the payment and reclaims it."
        ).format(department=finding.department)
    return _(
        "Received, though by the facts at hand a condition is not met. The facts may be"
        " old: check them before anything is said to the household."
    )


def _format_hearing(pack: Pack) -> str:
    """Return the sentence on the duty to hear the family; '' where the pack has none."""
    if pack.hearing is None:
        return ""
    return _(
        " From {day}, before anything is cut or ended the family must be heard, and told in writing"
        " ({source}): `relief decide CASE --ended --heard DAY --told DAY`."
    ).format(day=pack.hearing.from_.isoformat(), source=pack.hearing.source)


def _format_ineligible(pack: Pack, finding: Finding) -> str:
    """Return in words why a household cannot have a programme."""
    if finding.alternative_to:
        return _("Cannot be had: {why}.").format(why=format_reason(pack, finding))
    return _("Cannot be had: a condition marked below is not met, or its occasion has not arisen.")


def build_document_head(
    command: str, as_of: dt.date, pack: Pack, unvalued: Sequence[str] | None = None
) -> dict[str, object]:
    """Return the first keys of a JSON answer that uses a pack on a day.

    `unvalued` are the parameters without a value on the day; None if the answer runs no rules.
    """
    head = {
        "relief_result": 1,
        "command": command,
        "as_of": as_of.isoformat(),
        "pack": build_pack_document(pack, as_of),
    }
    return head if unvalued is None else {**head, "unvalued": list(unvalued)}


def build_pack_document(pack: Pack, as_of: dt.date | None = None) -> dict[str, object]:
    """Return a pack's id, version and hash.

    With `as_of`, add the names of the parameters whose value on that day was set by the office.
    """
    document: dict[str, object] = {"id": pack.id, "version": pack.version, "sha256": pack.sha256}
    return (
        document if as_of is None else {**document, "set_here": list_office_parameters(pack, as_of)}
    )


def format_missing_parameters(pack: Pack, as_of: dt.date, unvalued: Sequence[str]) -> list[str]:
    """Return a line on the parameters without a value on the day, with what to do about it."""
    names = [str(pack.parameters[name].labels) for name in unvalued]
    if len(names) > 1:
        sentence = _(
            "No value on {day}: {labels}. What uses them is unknown. `relief pack set` adds them."
        )
        return [sentence.format(day=as_of.isoformat(), labels=_("; ").join(names))]
    sentence = _("No value on {day}: {label}. What uses it is unknown. Add it: {command}")
    return [
        sentence.format(
            day=as_of.isoformat(),
            label=pack.parameters[name].labels,
            command=format_set_command(name, pack.parameters[name].first_day_without(as_of)),
        )
        for name in unvalued
    ]


def format_set_command(parameter: str, day: dt.date) -> str:
    """Return the command that sets a parameter's value from a day on (inclusive)."""
    line = _("relief pack set {parameter} VALUE --from {day} --source TEXT")
    return line.format(parameter=parameter, day=day.isoformat())


def find_says(criteria: Iterable[Criterion | Indicator], name: str) -> str:
    """Return the wording of the criterion or indicator with this id."""
    return next(str(criterion.says) for criterion in criteria if criterion.id == name)


def format_need(need: NeedKind) -> str:
    """Return a need in words."""
    return {
        NeedKind.LIVING: _("money to live on"),
        NeedKind.MEDICAL: _("treatment and its costs"),
        NeedKind.WORK: _("work, or a public-service post"),
        NeedKind.HOME_WORK: _("work that can be done at home"),
        NeedKind.SCHOOLING: _("schooling of the children"),
        NeedKind.DISABILITY: _("aids and services for a disability"),
        NeedKind.CARE: _("somebody to look after a family member"),
        NeedKind.HOUSING: _("repair of the home, or a home"),
        NeedKind.COUNSELLING: _("somebody to talk to"),
        NeedKind.OTHER: _("something else"),
        NeedKind.WORDS: _("Needs in the family's own words"),
    }[need]
