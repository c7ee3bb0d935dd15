"""What a status means at the door: one or two sentences a clerk can say."""

from relieftool.eligibility.findings import Finding
from relieftool.messages import _
from relieftool.output.wording import (
    format_amount,
    format_fact,
    format_programme,
    format_reason,
    format_uncompared,
)
from relieftool.pack.models import Pack


def format_status_advice(pack: Pack, finding: Finding) -> str:  # noqa: PLR0911 one sentence per status
    """Say what a status means for the household, and what happens next."""
    department = finding.department
    match finding.status:
        case "unclaimed":
            return _(
                "Owed and not received: every condition below is met."
                " Help them apply; {department} grants it."
            ).format(department=department)
        case "unlocked":
            names = _("; ").join(format_programme(pack, one) for one in finding.unlocked_by)
            return _("Not yet, but it opens once they have claimed: {names}. Begin there.").format(
                names=names
            )
        case "undetermined":
            names = _("; ").join(format_fact(pack, one) for one in finding.missing)
            return _("Cannot be said yet. Still to be asked: {names}.").format(names=names)
        case "underpaid":
            return _(
                "Received, but less than is due: {paid} instead of {due}. Ask {department} why."
            ).format(
                paid=format_amount(finding.paid_fen, finding.amount_period),
                due=format_amount(finding.amount_fen, finding.amount_period),
                department=department,
            )
        case "conflict":
            return format_reason(pack, finding)
        case "review":
            return _(
                "Received, though by the facts at hand a condition is not met. The facts may be"
                " old: check them before anything is said to the household."
            )
        case "receiving":
            return format_uncompared(finding) or _("They receive it; nothing is to be done.")
    if finding.alternative_to:
        return _("Cannot be had: {why}.").format(why=format_reason(pack, finding))
    return _("Cannot be had: a condition marked below is not met, or its occasion has not arisen.")
