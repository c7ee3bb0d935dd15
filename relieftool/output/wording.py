"""How statuses, programmes, criteria and facts are called in the reader's language."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from relieftool.eligibility.finding_basis import MEMBERS
from relieftool.eligibility.findings import Finding
from relieftool.eligibility.statuses import Status
from relieftool.messages import _
from relieftool.output.result_cells import convert_to_yuan, format_yuan
from relieftool.pack.facts import Period
from relieftool.pack.models import Pack


def format_programme(pack: Pack, programme: str) -> str:
    """Name a programme; a priority case is no programme but stands in the same column."""
    if programme == "priority":
        return _("priority household")
    named = pack.programmes.get(programme)
    return str(named.names) if named else programme


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


def format_amount(fen: int | None, period: Period | None) -> str:
    """Write an amount with its period; the sign for unknown where it is unknown."""
    if fen is None:
        return format_yuan(None)
    patterns = {
        "month": _("{yuan} a month"),
        "year": _("{yuan} a year"),
        "once": _("{yuan} once"),
    }
    return patterns[period or "once"].format(yuan=format_yuan(fen))


def format_uncompared(finding: Finding) -> str | None:
    """Say why nobody knows whether what is received is enough; None where it is known."""
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
    """Give the amount of a finding as money; a status that carries no money has none."""
    has_none = finding.amount_period is None or finding.status == "review"
    return "" if has_none else convert_to_yuan(finding.amount_fen)


def format_reason(pack: Pack, finding: Finding) -> str:
    """Say in one line why a finding has its status and what to do about it."""
    return _WHY[finding.status](pack, finding)


def _unclaimed_words(pack: Pack, finding: Finding) -> str:
    """Say the first condition, how many more hold too, and that nothing is received."""
    first, *others = pack.programmes[finding.programme].criteria
    if not others:
        return _("{says}; not received").format(says=first.says)
    return _("{says} (and {count} more); not received").format(says=first.says, count=len(others))


def _unlocked_words(pack: Pack, finding: Finding) -> str:
    """Name what is to be claimed before, in that order."""
    words = [format_programme(pack, name) for name in finding.unlocked_by]
    if len(words) == 1:
        return _("can be had once this is claimed: {names}").format(names=words[0])
    return _("can be had once these are claimed, in this order: {names}").format(
        names=_(", then ").join(words)
    )


def _ineligible_words(pack: Pack, finding: Finding) -> str:
    """Say what does not hold; if nothing, that the occasion or an exclusion is against it."""
    says = _unmet(pack, finding)
    if says:
        return _("does not meet: {says}").format(says=says)
    if finding.alternative_to:
        return _("its place is taken by {names}").format(
            names=_join(format_programme(pack, name) for name in finding.alternative_to)
        )
    return _("nothing says that its occasion has arisen")


def _unmet(pack: Pack, finding: Finding) -> str:
    """Give the sentences of the criteria that do not hold."""
    truths = dict(finding.criteria)
    criteria = pack.programmes[finding.programme].criteria
    return _join(str(one.says) for one in criteria if truths[one.id] is False)


def _join(parts: Iterable[str]) -> str:
    """Join words the way the language does."""
    return _("; ").join(parts)


def _undetermined_words(pack: Pack, finding: Finding) -> str:
    """Name what is still to be asked."""
    names = _join(format_fact(pack, name) for name in finding.missing)
    return _("ask for: {names}").format(names=names)


def _underpaid_words(_pack: Pack, finding: Finding) -> str:
    """Set what is paid beside what is due."""
    return _("is paid {paid}, is due {due}").format(
        paid=format_amount(finding.paid_fen, finding.amount_period),
        due=format_amount(finding.amount_fen, finding.amount_period),
    )


def _conflict_words(pack: Pack, finding: Finding) -> str:
    """Name what is received beside it."""
    return _("receives this and {names}, of which only one may be had; check which").format(
        names=_join(format_programme(pack, name) for name in finding.conflicts_with)
    )


def _review_words(pack: Pack, finding: Finding) -> str:
    """Say what does not hold though it is received."""
    return _("receives it, but by the facts at hand does not meet: {says}").format(
        says=_unmet(pack, finding)
    )


_WHY: dict[Status, Callable[[Pack, Finding], str]] = {
    "unclaimed": _unclaimed_words,
    "unlocked": _unlocked_words,
    "undetermined": _undetermined_words,
    "underpaid": _underpaid_words,
    "conflict": _conflict_words,
    "review": _review_words,
    "receiving": lambda _pack, finding: format_uncompared(finding) or _("is received"),
    "ineligible": _ineligible_words,
}
