"""What statuses, programmes, facts, amounts and packs are called in the reader's language.

All answers use the same words. A status is also explained as a clerk would say it at the door.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from relieftool.eligibility.finding_basis import MEMBERS
from relieftool.eligibility.findings import Finding, Status
from relieftool.eligibility.rule_warnings import ConstantCriterion, find_first_day_without
from relieftool.messages import _
from relieftool.output.result import Column
from relieftool.output.result_cells import ResultCell, convert_to_yuan, format_yuan
from relieftool.pack.facts import FEN_PER_YUAN, Fact, Owner, Period
from relieftool.pack.models import Criterion, DatedValue, Indicator, Pack
from relieftool.pack.value_overrides import list_office_parameters


def format_programme(pack: Pack, programme: str) -> str:
    """Name a programme; a priority case is no programme but stands in the same column."""
    if programme == "priority":
        return _("priority household")
    named = pack.programmes.get(programme)
    return str(named.names) if named else programme


def programme_column(pack: Pack, value: str = "") -> Column[Any]:
    """Return the column that names a record's programme, which `value` says where to find."""
    return Column(
        "programme", _("Programme"), lambda name: format_programme(pack, name), value=value
    )


def format_period(period: str | None) -> str:
    """Name the period of an amount; nothing for None."""
    return {"month": _("month"), "year": _("year"), "once": _("once")}[period] if period else ""


def format_fact(pack: Pack, name: str) -> str:
    """Name what is asked for: a fact, a receipt, or a value of the law."""
    kind, _colon, key = name.rpartition(":")
    if kind == "receipt":
        return _("whether {programme} is received").format(programme=format_programme(pack, key))
    if kind == "parameter":
        return str(pack.parameters[key].labels)
    if key == MEMBERS:
        return _("who lives in the household")
    return str(pack.facts[key].labels) if key in pack.facts else key


def format_fact_value(fact: Fact, value: int | str | None) -> ResultCell:
    """Return a stored value of a fact as people read it; None, unknown, stays None."""
    if fact.type == "yes_no" and value is not None:
        return value == 1
    if fact.type == "money" and isinstance(value, int):
        return convert_to_yuan(value)
    return next((str(choice.labels) for choice in fact.choices if choice.id == value), value)


def format_amount(fen: int | None, period: Period | None) -> str:
    """Write an amount with its period; the sign for unknown where it is unknown."""
    if fen is None:
        return format_yuan(None)
    patterns = {"month": _("{yuan} a month"), "year": _("{yuan} a year"), "once": _("{yuan} once")}
    return patterns[period or "once"].format(yuan=format_yuan(fen))


def format_uncompared(finding: Finding) -> str | None:
    """Say why it is unknown whether what is received is enough; None where that is known."""
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
    """Return the amount of a finding as money; a status that carries no money has none."""
    has_none = finding.amount_period is None or finding.status == "review"
    return "" if has_none else convert_to_yuan(finding.amount_fen)


def format_reason(pack: Pack, finding: Finding) -> str:
    """Say in one line why a finding has its status and what to do about it."""
    return _WHY[finding.status](pack, finding)


def _unclaimed_words(pack: Pack, finding: Finding) -> str:
    """Say the first condition that holds, how many more do, and that nothing is received."""
    first, *others = pack.programmes[finding.programme].criteria
    if not others:
        return _("{says}; not received").format(says=first.says)
    return _("{says} (and {count} more); not received").format(says=first.says, count=len(others))


def _unlocked_words(pack: Pack, finding: Finding) -> str:
    """Name what is to be claimed first, in order."""
    words = [format_programme(pack, name) for name in finding.unlocked_by]
    if len(words) == 1:
        return _("can be had once this is claimed: {names}").format(names=words[0])
    return _("can be had once these are claimed, in this order: {names}").format(
        names=_(", then ").join(words)
    )


def _ineligible_words(pack: Pack, finding: Finding) -> str:
    """Say which conditions fail, or which programme excludes it, or that it has no occasion."""
    says = _unmet(pack, finding)
    if says:
        return _("does not meet: {says}").format(says=says)
    if finding.alternative_to:
        return _("its place is taken by {names}").format(
            names=_join(format_programme(pack, name) for name in finding.alternative_to)
        )
    return _("nothing says that its occasion has arisen")


def _unmet(pack: Pack, finding: Finding) -> str:
    """Return the sentences of the criteria that do not hold."""
    truths = dict(finding.criteria)
    criteria = pack.programmes[finding.programme].criteria
    return _join(str(criterion.says) for criterion in criteria if truths[criterion.id] is False)


def _join(parts: Iterable[str]) -> str:
    """Join words the way the language does."""
    return _("; ").join(parts)


def _undetermined_words(pack: Pack, finding: Finding) -> str:
    """Name what is still to be asked."""
    names = _join(format_fact(pack, name) for name in finding.missing)
    return _("ask for: {names}").format(names=names)


def _underpaid_words(_pack: Pack, finding: Finding) -> str:
    """Say what is paid and what is due."""
    return _("is paid {paid}, is due {due}").format(
        paid=format_amount(finding.paid_fen, finding.amount_period),
        due=format_amount(finding.amount_fen, finding.amount_period),
    )


def _conflict_words(pack: Pack, finding: Finding) -> str:
    """Name the excluded programmes that are received too."""
    return _("receives this and {names}, of which only one may be had; check which").format(
        names=_join(format_programme(pack, name) for name in finding.conflicts_with)
    )


def _review_words(pack: Pack, finding: Finding) -> str:
    """Say which conditions fail although the programme is received."""
    return _("receives it, but by the facts at hand does not meet: {says}").format(
        says=_unmet(pack, finding)
    )


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
    """Write a parameter's value with its unit; a setting's choice in words."""
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
    """Name whom a programme or fact belongs to: a household or a member."""
    return _("household") if unit == "household" else _("member")


def format_status_advice(pack: Pack, finding: Finding) -> str:  # noqa: PLR0911 one sentence per status
    """Say what a status means for the household, and what happens next."""
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
            return _(
                "Received, though by the facts at hand a condition is not met. The facts may be"
                " old: check them before anything is said to the household."
            )
        case Status.RECEIVING:
            return format_uncompared(finding) or _("They receive it; nothing is to be done.")
        case Status.INELIGIBLE:
            return _format_ineligible(pack, finding)


def _format_ineligible(pack: Pack, finding: Finding) -> str:
    """Return why a household cannot have a programme."""
    if finding.alternative_to:
        return _("Cannot be had: {why}.").format(why=format_reason(pack, finding))
    return _("Cannot be had: a condition marked below is not met, or its occasion has not arisen.")


def build_document_head(
    command: str, as_of: dt.date, pack: Pack, unvalued: Sequence[str] | None = None
) -> dict[str, object]:
    """Return the keys that start every JSON answer which rests on a pack.

    `unvalued` are the parameters without a value on the day; None where the answer runs no rules.
    """
    head = {
        "relief_result": 1,
        "command": command,
        "as_of": as_of.isoformat(),
        "pack": build_pack_document(pack, as_of),
    }
    return head if unvalued is None else {**head, "unvalued": list(unvalued)}


def build_pack_document(pack: Pack, as_of: dt.date | None = None) -> dict[str, object]:
    """Return which pack this is and, for a day, the parameters that the office has set itself."""
    document: dict[str, object] = {"id": pack.id, "version": pack.version, "sha256": pack.sha256}
    return (
        document if as_of is None else {**document, "set_here": list_office_parameters(pack, as_of)}
    )


def format_missing_parameters(pack: Pack, as_of: dt.date, unvalued: Iterable[str]) -> list[str]:
    """Name each parameter without a value on the day, and the command that adds one."""
    sentence = _("No value on {day}: {label}. What uses it is unknown. Add it: {command}")
    return [
        sentence.format(
            day=as_of.isoformat(),
            label=pack.parameters[name].labels,
            command=format_set_command(name, find_first_day_without(pack.parameters[name], as_of)),
        )
        for name in unvalued
    ]


def format_set_command(parameter: str, day: dt.date) -> str:
    """Write the command that sets a parameter's value from a day on (inclusive)."""
    return f"relief pack set {parameter} VALUE --from {day.isoformat()} --source TEXT"


def format_constant_criteria(pack: Pack, uniform: Sequence[ConstantCriterion]) -> list[str]:
    """Name the conditions that are the same for every household, a line for each truth."""
    sentences: dict[bool | None, str] = {
        True: _("True for everybody, is that so? {names}"),
        False: _("False for everybody, is that so? {names}"),
        None: _("Unknown for everybody, is a column missing or misread? {names}"),
    }
    lines = []
    for truth, sentence in sentences.items():
        criteria = [criterion for criterion in uniform if criterion.truth is truth]
        names = [_criterion_words(pack, criterion) for criterion in criteria[:_MOST_NAMED]]
        if len(criteria) > _MOST_NAMED:
            more = _("and {count} more, listed by --format json")
            names.append(more.format(count=len(criteria) - _MOST_NAMED))
        if names:
            lines.append(sentence.format(names=_("; ").join(names)))
    return lines


_MOST_NAMED = 5


def find_says(criteria: Iterable[Criterion | Indicator], name: str) -> str:
    """Return the sentence of the criterion or indicator of that id."""
    return next(str(criterion.says) for criterion in criteria if criterion.id == name)


def _criterion_words(pack: Pack, uniform: ConstantCriterion) -> str:
    """Name a condition: its programme and what it says; an indicator by what it says."""
    if uniform.programme == "priority":
        return find_says(pack.priority.indicators, uniform.criterion)
    says = find_says(pack.programmes[uniform.programme].criteria, uniform.criterion)
    programme = format_programme(pack, uniform.programme)
    return _("{label}: {value}").format(label=programme, value=says)
