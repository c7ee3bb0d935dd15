"""What a status means at the door: one or two sentences a clerk can say."""

from relieftool.findings import Finding
from relieftool.messages import _
from relieftool.output.words_of_findings import (
    amount_words,
    fact_word,
    programme_word,
    uncompared_words,
    why_words,
)
from relieftool.pack.models import Pack


def door_words(pack: Pack, finding: Finding) -> str:  # noqa: PLR0911 one sentence per status
    """Say what a status means for the household, and what happens next."""
    department = finding.department
    match finding.status:
        case "unclaimed":
            return _(
                "Owed and not received: every condition below is met."
                " Help them apply; {department} grants it."
            ).format(department=department)
        case "unlocked":
            names = _("; ").join(programme_word(pack, one) for one in finding.unlocked_by)
            return _("Not yet, but it opens once they have claimed: {names}. Begin there.").format(
                names=names
            )
        case "undetermined":
            names = _("; ").join(fact_word(pack, one) for one in finding.missing)
            return _("Cannot be said yet. Still to be asked: {names}.").format(names=names)
        case "underpaid":
            return _(
                "Received, but less than is due: {paid} instead of {due}. Ask {department} why."
            ).format(
                paid=amount_words(finding.paid_fen, finding.amount_period),
                due=amount_words(finding.amount_fen, finding.amount_period),
                department=department,
            )
        case "conflict":
            return why_words(pack, finding)
        case "review":
            return _(
                "Received, though by the facts at hand a condition is not met. The facts may be"
                " old: check them before anything is said to the household."
            )
        case "receiving":
            return uncompared_words(finding) or _("They receive it; nothing is to be done.")
    if finding.alternative_to:
        return _("Cannot be had: {why}.").format(why=why_words(pack, finding))
    return _("Cannot be had: a condition marked below is not met, or its occasion has not arisen.")
