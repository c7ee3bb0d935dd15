"""Opening cases from findings, the same for gaps and priority."""

from collections.abc import Sequence

from relieftool.commands.session import Session
from relieftool.ledger import CaseFinding, open_cases
from relieftool.messages import _
from relieftool.output.words import say


def open_for_findings(opened: Session, findings: Sequence[CaseFinding], *, dry_run: bool) -> None:
    """Open a case for each finding that has none yet, and say how many."""
    cases = open_cases(opened.db, findings, opened_on=opened.day, is_rehearsal=dry_run)
    sentence = (
        _("Would open {opened} cases; {already} have one already. Nothing was written.")
        if dry_run
        else _("Opened {opened} cases; {already} had one already. `relief cases` lists them.")
    )
    say(sentence.format(opened=len(cases.opened), already=cases.already))
